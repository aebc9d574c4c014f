"""Sync functions that lose a coroutine and become async (AM103), with everyone who calls them.

- `callers`: all who call a function, or why that isn't certain.
- `askers`: the tests that ask for a fixture.  `set_ups`: a `setUp` that can become `asyncSetUp`.
- `sync_tests`: what all of that means for one function: its changes, or the reason why it stays sync.
"""
