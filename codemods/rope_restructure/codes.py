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
    Code(
        "RX105",
        "name of an import that is something else there",
        """An import that comes with the goal (`--import`) would bind a name that the file, or a function around the
match, uses for something else.

```python
# --import 'from store import save'
def keep(log, save):
    log.write(1)                                # RX105: `save` is the parameter
```

**What to do.** Give it another name (`--import 'from store import save as save_text'`), or change the place by hand.
""",
    ),
    Code(
        "RX106",
        "unpacked argument",
        """A wildcard stands for an argument with a star: rope would put it into the goal without.

```python
# pattern ${f}.write(${text}), goal save(${f}, ${text})
log.write(*lines)                               # RX106: save(log, lines) is something else
```

**What to do.** Change the place by hand.
""",
    ),
    Code(
        "RX107",
        "goal that needs a line of its own",
        """The goal is a statement where the pattern is an expression, or several statements, or a block; and something
else stands in the line of the match.

```python
# goal: a(${x}) and b(${x}) in a line each
if late: log.write("late")                      # RX107: the second would run in any case
```

**What to do.** Give the match a line of its own, or change the place by hand.
""",
    ),
)
