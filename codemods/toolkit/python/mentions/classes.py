"""The classes of a project: what they inherit, and which class an attribute belongs to."""

from __future__ import annotations

import ast
import builtins
import sysconfig
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from codemods.toolkit.python.mentions.facts import ClassFact, Facts, Ref, ReturnFact, Via
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

_HARMLESS = frozenset(
    {"abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol", "typing.NamedTuple",
     "typing.TypedDict", "typing_extensions.TypedDict", "typing.Any", "builtins.object"}
)  # fmt: skip
_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})


DOUBLES = frozenset(
    {"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock", "PropertyMock", "SimpleNamespace"}
)  # fmt: skip
"""What stands for anything (unittest.mock, types)."""
_ANYTHING = frozenset({"Any", "object"})
_LOOKING_UP = frozenset({"__getattr__", "__getattribute__"})


class Key(NamedTuple):
    """A class of the project: its file, and the path of its definition there."""

    path: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.path}:{'.'.join(self.names)}"


class Outside(NamedTuple):
    """A class of which nothing is known but its name (`known`: as it is not from the project), or not even that.

    `final` says that inference from the code would be wrong.
    """

    name: str
    known: bool
    final: bool = False


Base: TypeAlias = Key | Outside


class Owner(NamedTuple):
    """The class that an attribute is found in (None: in none); `doubt` says what may have it besides."""

    key: Key | None
    doubt: str = ""


class Classes:
    """Answers about the classes of one project.  Files that they had to do without are in `origins.unloaded`."""

    def __init__(self, project: Project[Facts], origins: Origins) -> None:
        self._origins = origins
        self.facts: dict[Key, ClassFact] = {}
        self._returns: dict[tuple[str, tuple[str, ...]], ReturnFact] = {}
        for path, entry in project.entries.items():
            if entry.facts is not None:
                self.facts |= {Key(path, fact.names): fact for fact in entry.facts.classes}
                self._returns |= {(path, fact.names): fact for fact in entry.facts.returns}
        self._lines: dict[Key, list[Base]] = {}
        self._has_base = {key for key, fact in self.facts.items() if fact.bases}

    def named(self, path: str, ref: Ref) -> Base:
        """The class that a name leads to."""
        if ref.how == "exact":
            key = Key(path, ref.names)
            return key if key in self.facts else Outside(".".join(ref.names), known=False)
        if ref.how == "unknown":
            return Outside(ref.reason, known=False)
        if ref.how == "here":
            origin, rest = self._origins.follow(self._origins.bound(path, ref.names[0]), ref.names[1:])
        elif ref.names:
            start = self._origins.imported(path, ref.level, ref.module, ref.names[0])
            origin, rest = self._origins.follow(start, ref.names[1:])
        else:
            origin, rest = self._origins.module(path, ref.level, ref.module), ()
        dotted = ".".join(part for part in (origin.path, origin.name, *rest) if part)
        if origin.status == "external":
            return Outside(dotted, known=not _is_open(dotted, ref.via))
        if origin.status == "missing-name" and origin.path == path and not rest and hasattr(builtins, origin.name):
            return Outside(f"builtins.{origin.name}", known=not _is_open(f"builtins.{origin.name}", ref.via))
        key = Key(origin.path, (origin.name, *rest))
        if key in self.facts and ref.via == "entered":
            return self._entered(key)
        if key in self.facts and ref.via != "awaited":
            described = ref.via == "default" and self.owner(key, "__get__").key is not None
            return Outside(f"{key}.__get__", known=False, final=True) if described else key
        if ref.via in {"made", "awaited", "default"} and origin.status in {"class", "def", "async def"}:
            return self._given(key, awaited=ref.via == "awaited")
        return Outside(".".join(ref.names) or ref.module, known=False)

    def _given(self, function: Key, *, awaited: bool) -> Base:
        """The class of what a function, or the method of a class, says that it returns."""
        path, names = function
        if len(names) > 1 and Key(path, names[:-1]) in self.facts:
            owner = self.owner(Key(path, names[:-1]), names[-1]).key
            path, names = (owner.path, (*owner.names, names[-1])) if owner is not None else function
        stated = self._returns.get((path, names))
        if stated is None or stated.awaited is not awaited:
            return Outside(".".join(names), known=False)
        if stated.ref.how == "exact" and self._overridden_otherwise(Key(path, names[:-1]), names[-1]):
            return Outside(".".join(names), known=False, final=True)
        return self.named(path, stated.ref)

    def _overridden_otherwise(self, key: Key, method: str) -> bool:
        """Whether a subclass has a method of its own that doesn't give the object it is called on."""
        for heir in self.related(frozenset({key})):
            if heir != key and self.defines(heir, method):
                stated = self._returns.get((heir.path, (*heir.names, method)))
                if stated is None or stated.ref.how != "exact":
                    return True
        return False

    def _entered(self, key: Key) -> Base:
        """The class of what a `with` statement binds."""
        asynchronous = self.owner(key, "__aenter__").key is not None
        return self._given(
            Key(key.path, (*key.names, "__aenter__" if asynchronous else "__enter__")), awaited=asynchronous
        )

    def line(self, key: Key) -> list[Base]:
        """The class and all that it inherits from, in the order of resolution."""
        found = self._lines.get(key)
        if found is None:
            self._lines[key] = [key]  # a class that inherits from itself
            found = self._lines[key] = self._linearized(key)
        return found

    def _linearized(self, key: Key) -> list[Base]:
        bases = [self.named(key.path, ref) for ref in self.facts[key].bases]
        sequences: list[list[Base]] = [[*self.line(base)] if isinstance(base, Key) else [base] for base in bases]
        sequences.append(list(bases))
        result: list[Base] = [key]
        while any(sequences):
            sequences = [each for each in sequences if each]
            head = next((each[0] for each in sequences if _is_next(each[0], sequences)), sequences[0][0])
            result.append(head)
            sequences = [[base for base in each if base != head] for each in sequences]
        return result

    def defines(self, key: Key, name: str) -> bool:
        """Whether a class itself has an attribute: its body binds it, or one of its methods stores it."""
        fact = self.facts[key]
        return name in fact.members or name in fact.stored

    def owner(self, key: Key, name: str, *, behind: bool = False) -> Owner:
        """The class that an attribute of a class is found in (`behind`: as `super()` looks for it)."""
        doubt = ""
        for base in self.line(key)[1 if behind else 0 :]:
            if isinstance(base, Outside):
                doubt = doubt or ("" if lacks(base, name) else base.name)
            elif self.defines(base, name):
                return Owner(base, doubt)
            elif not _LOOKING_UP.isdisjoint(self.facts[base].members):
                doubt = doubt or f"its own `__getattr__` ({base})"
        return self._of_metaclass(key, name, doubt)

    def _of_metaclass(self, key: Key, name: str, doubt: str) -> Owner:
        """The attribute that a class itself has of its metaclass."""
        for base in self.line(key):
            stated = self.facts[base].metaclass if isinstance(base, Key) else None
            if stated is None or not isinstance(base, Key):
                continue
            kind = self.named(base.path, stated)
            if isinstance(kind, Key) and kind != key:
                owner = self.owner(kind, name)
                return Owner(owner.key, doubt or owner.doubt)
            if isinstance(kind, Outside) and kind.name != "abc.ABCMeta" and not lacks(kind, name):
                doubt = doubt or f"its metaclass {kind.name}"
        return Owner(None, doubt)

    def attribute(self, key: Key, name: str) -> Base:
        """The class of what an attribute of an instance holds, or (`name()`, `await name()`) its method gives."""
        if name.endswith("()"):
            method = name.removeprefix("await ").removesuffix("()")
            return self._given(Key(key.path, (*key.names, method)), awaited=name.startswith("await "))
        for base in self.line(key):
            if isinstance(base, Outside):
                break
            ref = self.facts[base].attributes.get(name)
            if ref is not None:
                return self.named(base.path, ref)
            if self.defines(base, name):
                break
        return Outside(name, known=False)

    def family(self, key: Key, name: str) -> frozenset[Key]:
        """All classes with the attribute that have to go on sharing its name, `key` among them.

        Those are the ones that it overrides or is overridden by, and those which a common subclass inherits from.
        """
        family = {key}
        while True:
            more = {
                base
                for each in self.related(frozenset(family))
                for base in self.line(each)
                if isinstance(base, Key) and self.defines(base, name)
            }
            if more <= family:
                return frozenset(family)
            family |= more

    def related(self, family: frozenset[Key]) -> list[Key]:
        """All classes that inherit from one of these, and these."""
        heirs = [key for key in self._has_base if key not in family and not family.isdisjoint(self.line(key))]
        return [*sorted(family), *sorted(heirs)]

    def protocols(self, family: frozenset[Key], name: str) -> Iterator[Key]:
        """Protocols with the attribute that a class of the family may implement without inheriting from it."""
        for key, fact in sorted(self.facts.items()):
            if key in family or name not in fact.members or not self._is_protocol(key):
                continue
            if any(self._implements(each, fact) for each in family):
                yield key

    def implementing(self, family: frozenset[Key], name: str) -> Iterator[Key]:
        """Classes that may implement a protocol of the family by its attribute, without inheriting from it."""
        protocols = [self.facts[key] for key in family if self._is_protocol(key)]
        for key in sorted(self.facts) if protocols else ():
            if key in family or not self.defines(key, name) or self._is_protocol(key):
                continue
            if any(self._implements(key, protocol) for protocol in protocols):
                yield key

    def _implements(self, key: Key, protocol: ClassFact) -> bool:
        """Whether a class has all that a protocol asks for."""
        asked = {member for member in protocol.members if not member.startswith("__")}
        return asked <= {
            member
            for base in self.line(key)
            if isinstance(base, Key)
            for member in (*self.facts[base].members, *self.facts[base].stored, *self.facts[base].attributes)
        }

    def _is_protocol(self, key: Key) -> bool:
        bases = (self.named(key.path, ref) for ref in self.facts[key].bases)
        return any(isinstance(base, Outside) and base.name in _PROTOCOLS for base in bases)


def _is_open(dotted: str, via: Via) -> bool:
    """Whether an instance of a class from outside, or what a call of something there gives, may be anything."""
    name = dotted.rpartition(".")[2]
    if via == "default":  # fields of ORMs give the objects themselves
        return True
    if via in {"made", "awaited", "entered"}:
        is_class = isinstance(getattr(builtins, name, None), type) or name.lstrip("_")[:1].isupper()
        return not is_class or name in DOUBLES
    return via == "instance" and (name in DOUBLES or name in _ANYTHING)


def _is_next(base: Base, sequences: Sequence[Sequence[Base]]) -> bool:
    return not any(base in each[1:] for each in sequences)


def lacks(base: Outside, name: str) -> bool:
    """Whether a class from outside surely has no such attribute of its own."""
    if not base.known:
        return False
    if base.name in _HARMLESS:
        return True
    module, _, own = base.name.partition(".")
    if module == "builtins":
        return not hasattr(getattr(builtins, own, None), name)
    names = _names_in(module)
    return names is not None and name not in names and not name.startswith(_prefixes_in(module))


@cache
def _names_in(module: str) -> frozenset[str] | None:
    """All names of attributes in a module or package of the standard library, by its source; None for any other.

    It is parsed, not imported: what is found under its name then could be part of the project.
    """
    library = Path(sysconfig.get_path("stdlib"))
    files = [library / f"{module}.py"] if (library / f"{module}.py").is_file() else []
    if (library / module).is_dir() and module != "site-packages":
        files += sorted((library / module).glob("*.py"))
    if not files:
        return None
    return frozenset(name for file in files for name in _attributes_in(file))


@cache
def _prefixes_in(module: str) -> tuple[str, ...]:
    """Beginnings of names that a module of the standard library completes itself (`"visit_" + name`)."""
    if module == "unittest":  # its names are known in full, but for those of the tests
        return ()
    return tuple(sorted(name for name in _names_in(module) or () if len(name) > 2 and name.endswith("_")))


def _attributes_in(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
