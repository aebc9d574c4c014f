"""The codes of `rope_restructure`: what they mean and what to do about them."""

from __future__ import annotations

from codemods.toolkit.codemod import Code

CODES: tuple[Code, ...] = (
    Code(
        "RX101",
        "file that rope can't read",
        """rope takes f-strings that hold their own quotes (PEP 701) for something else than they are. The file may
match the pattern and was not looked at; the exit status is 3.

**What to do.** Look at the file yourself, or leave it out with `--exclude`.
""",
    ),
    Code(
        "RX102",
        "restructuring that rope refuses",
        """rope doesn't carry the restructuring out, or fails on its way: the message is its own. Nothing is changed.

**What to do.** Mend the pattern, the goal or the checks of `--where`.
""",
    ),
    Code(
        "RX103",
        "goal that would need parentheses",
        """rope puts the code of a match into the goal as text. Here it would be read in another way than it is meant.

```python
# pattern ${x}.scaled(${n}), goal ${x} * ${n}
rate.scaled(net + tax)                          # RX103: rate * net + tax is something else
```

**What to do.** Put the wildcards of the goal, or all of it, into parentheses: `(${x}) * ${n}`.
""",
    ),
    Code(
        "RX104",
        "change that gives no Python",
        """The text that rope makes of a file can't be parsed. Nothing is changed in it, and the exit status is 3.

**What to do.** Change the places by hand.
""",
    ),
)
