"""What `collect` finds in one module: every mention of the word, and what it hangs on."""

from __future__ import annotations

import zlib
from typing import Literal, TypeAlias

import msgspec

How: TypeAlias = Literal["here", "imported", "exact", "unknown"]
Via: TypeAlias = Literal["", "self", "super", "instance", "made", "awaited", "entered", "default", "keyword"]
Form: TypeAlias = Literal[
    "definition", "parameter", "name", "attribute", "import", "as", "module part", "global", "keyword", "export",
    "annotation", "target", "key", "string", "word", "comment", "other",
]  # fmt: skip
"""How the word stands there.

`definition` is a `def`, `class` or assignment, `module part` a part of the name of an imported module, `target` a
string that is looked up (`mock.patch("a.b.word")`, `getattr(x, "word")`), `key` a string in brackets behind something
(`Colour["word"]`), `string` any other that is nothing else than a (dotted) name, `word` a word in a longer string,
`other` a place in code that is not understood.
"""


class Ref(msgspec.Struct, frozen=True, array_like=True):
    """What a name is by its own module.

    `here`: `names` are looked up at the top level of the module, one after the other; `imported`: in the module that
    is imported, by `level` and `module`; `exact`: they are the path of the definition itself (`("Class", "method",
    "parameter")`); `unknown`: can't be told, `reason` says why.

    `via` says what the word is to what the names lead to: the same (""), an attribute of an instance of that class
    (`self`, `instance`, behind it in the order of resolution: `super`), an attribute of what its call gives (`made`),
    or gives when it is awaited (`awaited`) or entered by `with` (`entered`), or to an attribute that a class body binds
    to it (`default`), or a keyword argument of its call.
    `receiver` are attributes between that instance and the word (`self.client.word`), and methods that are called there
    (`self.make().word`: "make()", with `await` in front where that stands there).
    """

    how: How
    names: tuple[str, ...] = ()
    level: int = 0
    module: str = ""
    reason: str = ""
    via: Via = ""
    receiver: tuple[str, ...] = ()


class Mention(msgspec.Struct, frozen=True, array_like=True):
    """One place where the word stands, as an identifier of its own.

    `scope` is the index of the scope it stands in, `variable` that of the scope which binds it (-1 where it is no
    variable).  `firm` says that rope may be asked what the receiver is: it is bound only once.  `bare` is an import
    that binds the word itself, `called` the last name of what a keyword argument is handed to.
    """

    offset: int
    line: int
    column: int
    form: Form
    ref: Ref
    scope: int = 0
    variable: int = -1
    firm: bool = False
    bare: bool = False
    called: str = ""


class ScopeFact(msgspec.Struct, frozen=True, array_like=True):
    """A scope: its parent (-1 for the module), and whether it binds the new name, or reads it from further out."""

    parent: int
    kind: str
    binds_new: int = 0
    reads_new: int = 0


class ClassFact(msgspec.Struct, frozen=True, array_like=True):
    """A class: the path of its definition, bases, names that its body binds, and attributes that its methods set.

    `attributes` are known types of attributes (name -> what the class of its value is), `keywords` says that its
    fields are keywords of its constructor (a data class), `takes_more` that its `__init__` takes keywords of any name
    (`**`) and has no parameter of the word.
    """

    names: tuple[str, ...]
    bases: tuple[Ref, ...]
    members: tuple[str, ...]
    stored: tuple[str, ...]
    attributes: dict[str, Ref]
    keywords: bool
    line: int
    metaclass: Ref | None = None
    takes_more: bool = False


class FunctionFact(msgspec.Struct, frozen=True, array_like=True):
    """A function of the name that the target names: its path, its decorators as written, and what it binds.

    `bound` are those of the old and the new name that it binds, as parameters or otherwise.
    """

    names: tuple[str, ...]
    decorators: tuple[str, ...]
    bound: tuple[str, ...]
    line: int


class ReturnFact(msgspec.Struct, frozen=True, array_like=True):
    """A function whose annotation says the class of what it returns; `awaited` says that it is a coroutine function."""

    names: tuple[str, ...]
    ref: Ref
    awaited: bool


class Beginning(msgspec.Struct, frozen=True, array_like=True):
    """A text that names begin with, and the place of the call that puts them together."""

    text: str
    line: int
    column: int


class Facts(msgspec.Struct, frozen=True):
    """What is known of one module.

    `packed` is its whole text, which only rope needs: a large project has hundreds of megabytes of it (`encoding` and
    `bom` as in `Source`).  `forks` are the names of functions that return one thing or another: rope takes one of them
    for all.  `taking_more` are functions that take keywords of any name (`**`), the word among them.  `news` are the
    places in code where the new name is an attribute or a keyword.  `beginnings` are texts that `getattr` makes names
    of by adding to them (`getattr(self, "visit_" + kind)`).
    """

    packed: bytes
    mentions: tuple[Mention, ...] = ()
    scopes: tuple[ScopeFact, ...] = ()
    classes: tuple[ClassFact, ...] = ()
    functions: tuple[FunctionFact, ...] = ()
    returns: tuple[ReturnFact, ...] = ()
    forks: tuple[str, ...] = ()
    taking_more: tuple[tuple[str, ...], ...] = ()
    news: tuple[Mention, ...] = ()
    beginnings: tuple[Beginning, ...] = ()
    encoding: str = "utf-8"
    bom: bool = False

    @property
    def body(self) -> bytes:
        """The text of the module (`Source.body`)."""
        return zlib.decompress(self.packed)


def packed(body: bytes) -> bytes:
    """The text of a module as `Facts` hold it."""
    return zlib.compress(body, 1)
