"""Tests that never run (AM3xx): async tests and set-ups whose coroutine is dropped, so that they pass.

- `facts`: the records that all else speaks in.  `codes`: what may be said of a test.
- `collect`: the classes, async tests and set-ups of one module.
- `classes`: what a test class is, by its bases.  `modes`: which async tests the settings of pytest run.
- `verdicts`: which of them never run, and why the others do or may.
- `seen`: what runs of the tests showed of that.
- `bases`, `setups`, `markers`: what makes them run.
- `decide`: one decision with a reason for each.  `reach`: which modules that takes.
"""
