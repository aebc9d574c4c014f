"""The codes of `libcst_command`: what they mean and what to do about them."""

from __future__ import annotations

from codemods.toolkit.codemod import Code

CODES: tuple[Code, ...] = (
    Code(
        "LC101",
        "file that LibCST can't read",
        """Python can parse the file, but LibCST can't, so the command did not see it. The exit status is 3.

```python
message = t"hello {name}"                       # LC101 with a LibCST that is older than this syntax
```

**What to do.** Install a newer LibCST, or look at the file yourself. `--exclude` leaves the file out on purpose.
""",
    ),
    Code(
        "LC102",
        "file that LibCST alters",
        """LibCST gives the text back otherwise than it was, although nothing was changed. Edits would be made at the
wrong place, so none is made, and the exit status is 3.

**What to do.** Look at the file yourself, and tell the authors of LibCST: it promises to keep every byte.
""",
    ),
    Code(
        "LC103",
        "command that raises an error",
        """The command raised an exception while it was at work on this file. Nothing of the file is changed, and the
exit status is 3.

```python
class Command(VisitorBasedCodemodCommand):
    def leave_Call(self, original_node, updated_node):
        return updated_node.with_changes(args=[updated_node.args[0]])   # IndexError for a call without arguments: LC103
```

**What to do.** The message names the line of your file. Mend the command, and run the codemod again.
""",
    ),
    Code(
        "LC104",
        "warning of the command",
        """The command has something to tell about this file (`self.warn(...)`). What it changes is made all the same.

```python
self.warn("could not convert the call in line 7")       # LC104
```

**What to do.** Read it: it mostly says what the command left for you to do.
""",
    ),
)
