"""The codes of `rope_rename`: what they mean and what to do about them."""

from __future__ import annotations

from codemods.toolkit.codemod import Code

CODES: tuple[Code, ...] = (
    Code(
        "RR101",
        "new name is taken",
        """Where the definition stands, or in a class that shares its attribute, the new name is bound already, or it
is read and would lead to something else. Nothing is renamed at all.

```python
def connect(): ...
def dial(): ...             # RR101 for connect -> dial
```

Where only a module that *imports* the definition has something of the new name, the import gets an alias:
`from net import dial as connect`, and everything else in that module stays.

**What to do.** Choose another name, or rename what is in the way first.
""",
    ),
    Code(
        "RR102",
        "use that must not change",
        """A use of the definition stands in a file that must stay as it is (it is excluded, outside of the given
paths, or its change did not pass verification), or at a place that can't be changed. The definition would be lost to
it, so nothing is renamed at all.

**What to do.** The reason names the place: take the file in, or change it by hand first.
""",
    ),
    Code(
        "RR103",
        "base class that may ask for the name",
        """A class with the attribute inherits from one outside of the project, which may have (and call) an attribute
of that name: with another name it would not be overridden any more. Nothing is renamed at all.

```python
class Handler(vendor.Base):
    def handle(self): ...   # RR103: does vendor.Base call self.handle()?
```

**What to do.** If it doesn't, say so with `--own`.
""",
    ),
    Code(
        "RR104",
        "name of something unknown",
        """What a name belongs to can't be told, neither by the toolkit nor by rope's inference, so it may be the one
that is renamed, or another one. It is left as it is. Where it would break if it is a use, nothing is renamed at all:
that is an attribute of something unknown for the attribute of a class, also as a string (`getattr(x, "close")`) or of
a double in tests, an import of something unknown for a name of a module, and a call of something that has the name of
the function for its parameter.

```python
def stop(server):
    server.close()          # RR104: what is a server?
```

**What to do.** Look at the place. An annotation (`server: Server`) settles it for good. With `--leave-unknown` the rest
is renamed all the same, and a dry run lists just what is left: change by hand what is meant.
""",
    ),
    Code(
        "RR105",
        "string that may be the name",
        """A string holds the name and nothing else, and it is not known to what it is handed. A string that is looked
up for sure is renamed: `mock.patch("net.connect")`, `getattr(net, "connect")`, `__all__`, annotations. A call that puts
names together may ask for it, too: `getattr(self, "visit_" + kind)`.

**What to do.** Look at the place, and change the string by hand if it means the definition.
""",
    ),
    Code(
        "RR106",
        "mention in a comment or text",
        """A comment, a docstring or a longer string mentions the word, in a file that uses the definition. It is left
as it is.

**What to do.** Change it by hand where it means the definition.
""",
    ),
    Code(
        "RR107",
        "name that others go by",
        """The name is more than a name: pytest hands a fixture to parameters of its name and collects tests by theirs,
a decorator may pass arguments by name, a class may implement a protocol that it doesn't inherit from, and keys of a
`TypedDict` are strings in all dictionaries. Nothing is renamed at all.

```python
@pytest.fixture
def client(): ...           # RR107: asked for by `def test_it(client)`
```

**What to do.** Rename it by hand, or take the decorator off for the time of the rename.
""",
    ),
    Code(
        "RR108",
        "file that rope can't read",
        """rope takes the strings of this file for something else than they are (f-strings that hold their own quotes,
PEP 701), so it was not asked about names in it. What the toolkit can tell by itself is renamed all the same.

**What to do.** Look at the places in this file that have the code RR104.
""",
    ),
    Code(
        "RR109",
        "file that can't be parsed",
        """The file mentions the name, but is no Python that can be parsed, so it may use the definition. Nothing is
renamed at all, unless the file is left out (`exclude`): then it is told only.

**What to do.** Mend the file. One that has to be broken (the sample of a test) can be left out: `--exclude PATH`.
""",
    ),
    Code(
        "RR110",
        "mention outside of Python",
        """A file that isn't Python (documentation, configuration, a script, a template) names the definition: by its
path (`net.client:connect`, `net/client.py` for a module), as code in backticks or as a call, or by a name that is no
word of a language (`connect_all`, `NetClient`). It is left as it is; entry points and commands break if they mean it.

**What to do.** Change it by hand. With `--ignore RR110` such places are not listed.
""",
    ),
)
