"""The toolkit's own finding codes: what they mean and what to do about them.

`codemods explain CODE` and docs/codes/ are made from this table.  TK1xx: a file can't be processed.  TK2xx: a change
would break something and is refused.  TK3xx: what a name leads to can't be told.
"""

from __future__ import annotations

from codemods.toolkit.codemod import Code

LEFT_OUT = "TK107"
"""The code of files that are there to be read only."""

TOOLKIT_CODES: tuple[Code, ...] = (
    Code(
        "TK101",
        "file can't be parsed",
        """The file is not valid Python, so nothing is known of what it uses, and it is left as it is.

```python
def handler(:      # TK101 at this line
    pass
```

**What to do.** Mend the syntax error and run again. A file that is broken on purpose (a test of a parser, a
template) is left out with `--exclude` or `exclude` in `[tool.codemods]`. Code for Python 2 has to be ported
first.
""",
    ),
    Code(
        "TK102",
        "file may need a newer Python",
        """The file can't be parsed by the Python that runs the codemod, and the place looks like newer syntax.

```python
type Names = list[str]      # since Python 3.12
```

**What to do.** Run the codemod with the Python version that the message names, or a newer one. The version is a
guess from the line with the error: when that Python can't parse the file either, the file has an ordinary
syntax error.
""",
    ),
    Code(
        "TK103",
        "file can't be decoded",
        """The bytes of the file are no text in its encoding (UTF-8, or what its `coding` comment says), or new text
can't be written in that encoding. A file that can't be written back byte by byte is not touched.

```python
# -*- coding: ascii -*-
name = "Zoë"                # TK103: no ASCII
```

**What to do.** Correct the `coding` comment (PEP 263) or store the file as UTF-8.
""",
    ),
    Code(
        "TK104",
        "file is too large",
        """The file mentions something that the codemod looks for, but is larger than the limit (5 MB unless set
otherwise). Files of that size are data or generated code nearly always, and parsing them takes a hundred times
their size in memory.

**What to do.** Leave it out with `exclude`, or raise the limit when it is code that
people edit.
""",
    ),
    Code(
        "TK105",
        "code is nested too deeply",
        """Expressions or blocks in the file are nested deeper than Python's parser or the codemod can follow.

```python
total = 1 + (1 + (1 + (1 + ...)))      # a thousand levels
```

**What to do.** Such code is generated nearly always: leave it out with `exclude`, or change its generator.
""",
    ),
    Code(
        "TK106",
        "file can't be read",
        """A Python file or folder exists but can't be read: no permission, a link that leads nowhere, a link that leads
out of the project, a name that is no UTF-8, or something that is no regular file. Links out of the project are
never followed: what lies there doesn't belong to it.

**What to do.** Give the permission, remove the broken link, or leave the path out with `exclude`. To change
what a link out of the project leads to, run the codemod there.
""",
    ),
    Code(
        LEFT_OUT,
        "file is left out",
        """The file is vendored, generated, excluded by the configuration, or a link to another file of the project. It
is read when other code leads to it, and never changed. A new file doesn't come to such a place either, nor to one that
git ignores, where it would be missing from the commit.

**What to do.** Nothing, mostly. `exclude = ["!path/"]` in `[tool.codemods]` takes a folder back in. A linked
file is changed at its own path; code that is generated is changed in its generator.
""",
    ),
    Code(
        "TK201",
        "change would leave an undefined name",
        """With the change, the module would use a name that nothing in it binds, or read one before it is bound: a
`NameError` when the line runs. The change of the whole file is refused.

```python
from shop.sockets import make_manager
manager = get_manager()                # TK201: get_manager is not imported
class Sockets(Manager): ...            # TK201: Manager would be read before it is bound
from shop.sockets import Manager
```

**What to do.** Change this file by hand, and please report it: a codemod that plans such a change has a bug.
""",
    ),
    Code(
        "TK202",
        "change would leave a dangling import",
        """With the change, an import would lead to a module or a name that doesn't exist: an `ImportError`. It can
stand in the changed file or in another one that imports from it.

```python
from shop.sockets import Manager       # TK202: shop/sockets.py no longer binds Manager
```

**What to do.** See who still imports the name, change these first, and run again.
""",
    ),
    Code(
        "TK203",
        "change would close an import cycle",
        """With the change, modules would import each other while they are being imported, and they didn't before. That
can end in "cannot import name ... from partially initialized module".

```python
# a.py                                 # b.py
from b import get_manager              import a
```

**What to do.** Move the definition that both need into a module of its own, or import it inside the function
that uses it, and run again.
""",
    ),
    Code(
        "TK204",
        "change would leave an unused import",
        """With the change, the module would import a name that it uses nowhere, and used before. The change of the
whole file is refused, as linters would fail on it.

```python
from shop.sockets import OldManager    # TK204: used before the change, not after it
```

**What to do.** Change this file by hand, and please report it: a codemod removes the imports that it leaves
unused.
""",
    ),
    Code(
        "TK205",
        "change would no longer parse",
        """The changed text is not valid Python, or the edits of the file contradict each other. The change of the whole
file is refused.

**What to do.** Change this file by hand, and please report it with the file: this is always a bug of the
codemod.
""",
    ),
    Code(
        "TK206",
        "second run would change it again",
        """The plan was run again on its own result and would have changed the file once more. Such a change is refused,
as nobody could tell when it is finished. When the second run would change *another* file, the changes of the
modules that this file imports are refused.

**What to do.** Change this file by hand, and please report it: this is always a bug of the codemod.
""",
    ),
    Code(
        "TK207",
        "file changed while the codemod ran",
        """The bytes of the file are no longer those that the plan was made for: an editor, a formatter or a `git
checkout` wrote it in the meantime. It is left as it is.

**What to do.** Run again when nothing else writes to the project.
""",
    ),
    Code(
        "TK208",
        "change would lose a comment",
        """A comment that stands in the text before the change would be nowhere in the text after it, nor in another
file that changes (with code that moves). The change of the whole file is refused: only a person can say whether the
comment still matters.

```python
from shop.sockets import (
    OldManager,  # kept for the mobile app      TK208: the line goes, and the comment with it
)
```

**What to do.** Move or remove the comment and run again, or change this file by hand.
""",
    ),
    Code(
        "TK209",
        "file is there already",
        """A file that the change would make is there already, and it is not what the codemod would write. It is left as
it is, and with it everything that counts on the new file.

```console
$ python -m codemods rope_move shop.models:Order shop.orders
TK209 shop/orders.py: would be created, but there is such a file already
```

That can also be a file that git ignores, or one that the configuration excludes.

**What to do.** Move the file out of the way or choose another name, and run again.
""",
    ),
    Code(
        "TK301",
        "name that may be something else",
        """A codemod about one function or class found a use that it would change, but what the name leads to can't be
told: it is bound to several things, or comes from a module that makes its names at run time, or that can't be found.

```python
if fast:
    from shop.fast_mail import send
else:
    from shop.mail import send

send("ada@example.org", subject="Hello")        # TK301 in a codemod about shop.mail.send
```

**What to do.** Look at the place, and change it by hand where it is the function in question.
""",
    ),
)
"""All codes of the toolkit, in order."""
