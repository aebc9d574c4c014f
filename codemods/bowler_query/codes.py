"""The codes of `bowler_query`: what they mean and what to do about them."""

from __future__ import annotations

from codemods.toolkit.codemod import Code

CODES: tuple[Code, ...] = (
    Code(
        "BQ101",
        "file that Bowler's parser can't read",
        """Bowler is built on fissix, whose grammar ends about where Python 3.8 began. A file with newer syntax was
not looked at: what the query would have changed in it is not known, and the exit status is 3.

```python
match command:                                  # BQ101
    case "stop": ...
```

Not understood are, among others: `match`, `except*`, positional-only `/`, parenthesised `with`, type parameters, `type`
statements, f-strings that hold their own quotes, and a walrus in a subscript or set.

**What to do.** Look at the file yourself, or write the change as a command of LibCST, which reads all of Python
(`codemods libcst_command`). `--exclude` leaves the file out on purpose.
""",
    ),
    Code(
        "BQ102",
        "file that Bowler's parser alters",
        """Bowler's parser gives the text back otherwise than it was, although nothing was changed. Edits would be
made at the wrong place, so none is made, and the exit status is 3.

**What to do.** Look at the file yourself, and report it: this is a safeguard, no such file is known.
""",
    ),
    Code(
        "BQ103",
        "query that raises an error",
        """A filter, modifier, fixer or process function of the query raised an exception while it was at work on this
file. Nothing of the file is changed, and the exit status is 3.

```python
def only_strings(node, capture, filename):
    return capture["arguments"][0].type == TOKEN.STRING      # IndexError where there is no argument: BQ103
```

**What to do.** The message names the line of your file. Mend the function, and run the codemod again.
""",
    ),
    Code(
        "BQ104",
        "name that can't be followed",
        """With `--origin`, a match is transformed only where its name leads to that definition. Of this one it can't
be told: what stands before the dot is no module or class, the name comes from a module that can't be read, or it may be
inherited.

```python
def call(client):
    client.connect()                            # BQ104: what is a client?
    getattr(client, "connect")                  # BQ104
```

Where the query changes the definition of a method or attribute (its name, its parameters), nothing is changed as long
as there is such a place: it may fail afterwards. A function of a module is hardly ever an attribute of anything else:
there such places are only told.

**What to do.** Look at the place yourself. `codemods rope_rename` knows more of what objects are (by annotations, by
what is assigned). Or narrow the query with a `.filter()` of your own and leave `--origin` out.
""",
    ),
    Code(
        "BQ105",
        "edits for several names at one place",
        """With `--origin`, a file holds several names that lead to the definition, and others that don't. What the
query does for each of the names was worked out by itself, and two of these edits meet at one place (both insert an
import, say): what they would be together is not known.

**What to do.** Make the change in this file by hand, or run the query without `--origin` on this file alone.
""",
    ),
    Code(
        "BQ106",
        "origin that is not defined",
        """No file of the project defines what `--origin` names, so nothing is transformed. (After a rename that was
applied this is as it should be.)

```console
$ codemods bowler_query queries.py:rename --origin net.client.conect -- connect dial     # BQ106: connect
```

**What to do.** Correct the name: the module from the root of the project (or a source root), a dot, and the name in it;
for a method the class, too (`net.client.Client.connect`).
""",
    ),
    Code(
        "BQ107",
        "use that the query misses",
        """With `--origin`, the query changes the definition (its name, its parameters), and leaves a use of it as it
is: the program would fail there. So nothing is changed. Bowler's selectors look for a few forms only.

```python
import net.client
from .client import connect                     # BQ107: Bowler overlooks imports from a relative module

__all__ = ["connect"]                           # BQ107
net.client.connect("localhost")                 # BQ107: select_function knows calls of a bare name
mock.patch("net.client.connect")                # BQ107
```

Where the query changes calls alone, each of them by itself, those that it doesn't see are only told.

**What to do.** Add a selector for the form that is missing (`select_method`, or a pattern), or change the uses that are
listed first. The codemod `rope_rename` finds every use by itself.
""",
    ),
)
