"""From what a module says of a mention to what it is in the project."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from codemods.toolkit.python.mentions.classes import Classes, Key, Outside, Owner
from codemods.toolkit.python.mentions.facts import Facts, Ref, Via
from codemods.toolkit.python.origin import Origin
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project


class Variable(NamedTuple):
    """A name at the top level of a module."""

    path: str
    name: str


class Member(NamedTuple):
    """An attribute that is found in a class, if it is found; `start` is the class that it is looked up from."""

    start: Key
    name: str
    owner: Owner


class Local(NamedTuple):
    """A definition by its path in a module, other than a name at the top level."""

    path: str
    names: tuple[str, ...]


class Call(NamedTuple):
    """A keyword of a call: of a function, or of the constructor of a class."""

    callee: Variable | Member | Local | Key


class Else(NamedTuple):
    """Surely something else (`sure`), or something that can't be told; and why.

    `final` says that nobody else can tell it, either, `broken` that it leads nowhere: the place fails as it is.
    """

    sure: bool
    reason: str
    final: bool = False
    broken: bool = False


Place: TypeAlias = Variable | Member | Local | Call | Else


class Places:
    """Answers about one project."""

    def __init__(self, project: Project[Facts], origins: Origins, classes: Classes) -> None:
        self._project = project
        self._origins = origins
        self._classes = classes

    def of(self, path: str, ref: Ref, word: str) -> Place:
        """What a word that hangs on `ref` in a file is."""
        if ref.via == "keyword":
            return self._call(path, ref)
        if ref.via:
            return self._attribute(path, ref, word)
        match ref.how:
            case "unknown":
                return Else(False, ref.reason)
            case "exact":
                return self._exact(path, ref.names)
            case "here" if len(ref.names) == 1:
                return Variable(path, ref.names[0])
        return self._followed(path, ref)

    def _exact(self, path: str, names: tuple[str, ...]) -> Place:
        owner = Key(path, names[:-1])
        if owner in self._classes.facts:
            return Member(owner, names[-1], self._classes.owner(owner, names[-1]))
        return Local(path, names)

    def _followed(self, path: str, ref: Ref) -> Place:
        """What a chain of names leads to, by the module (or class) that holds the last of them."""
        if not ref.names:
            return Else(True, f"`{ref.module}` is a module")
        *before, last = ref.names
        if ref.how == "here":
            holder, rest = self._origins.follow(self._origins.bound(path, before[0]), before[1:])
        else:
            dotted, names = self._split(path, ref, before)
            holder, rest = self._origins.follow(self._origins.module(path, ref.level, dotted), names)
        return self._held(path, holder, rest, last)

    def _split(self, path: str, ref: Ref, before: list[str]) -> tuple[str, list[str]]:
        """A package may have no `__init__.py` that binds its modules: as many names as there are modules."""
        dotted, names = ref.module, list(before)
        while names:
            below = ".".join(part for part in (dotted, names[0]) if part)
            module = self._origins.module(path, ref.level, dotted)
            if module.status == "module" and module.path.endswith(".py") and not module.path.endswith("__init__.py"):
                break
            if self._origins.module(path, ref.level, below).status != "module":
                break
            if module.status == "module" and self._bound_otherwise(module, names[0]):
                break
            dotted = below
            del names[0]
        return dotted, names

    def _bound_otherwise(self, module: Origin, name: str) -> bool:
        entry = self._project.entries.get(module.path)
        return entry is not None and entry.names is not None and name in entry.names.bindings

    def _held(self, path: str, holder: Origin, rest: tuple[str, ...], last: str) -> Place:
        match holder.status:
            case "module" if not rest:
                if holder.path.endswith(".py"):
                    child = self._origins.follow(holder, (last,))[0]
                    if child.status == "module":
                        return Else(True, f"`{last}` is a module")
                    return Variable(holder.path, last)
                init = f"{holder.path}/__init__.py"
                return Variable(init, last) if init in self._project.layout.paths else Else(True, "a module")
            case "class":
                key = Key(holder.path, (holder.name, *rest))
                if key in self._classes.facts:
                    return Member(key, last, self._classes.owner(key, last))
                return Else(False, f"what `{'.'.join((holder.name, *rest))}` is can't be told")
            case "external":
                return Else(True, f"`{'.'.join((holder.path, holder.name)).strip('.')}` is not part of the project")
            case "def" | "async def":
                return Else(True, f"an attribute of the function `{holder.name}`")
            case _:
                reason = f"what stands before the dot can't be told ({holder.status})"
                return Else(False, reason, broken=holder.nowhere)

    def _attribute(self, path: str, ref: Ref, word: str) -> Place:
        start = self._classes.named(path, Ref(ref.how, ref.names, ref.level, ref.module, ref.reason, ref.via))
        for name in ref.receiver:
            if isinstance(start, Outside):
                break
            start = self._classes.attribute(start, name)
        if isinstance(start, Outside):
            if start.known:
                return Else(True, f"an attribute of `{start.name}`, which is not part of the project")
            return Else(False, f"what `{start.name}` is can't be told", start.final)
        return Member(start, word, self._classes.owner(start, word, behind=ref.via == "super"))

    def _call(self, path: str, ref: Ref) -> Place:
        if ref.receiver:  # the method of an instance: `reason` is how it is reached
            vias: dict[str, Via] = {"super": "super", "made": "made", "awaited": "awaited", "entered": "entered"}
            via = vias.get(ref.reason, "instance")
            *between, method = ref.receiver
            found = self._attribute(
                path, Ref(ref.how, ref.names, ref.level, ref.module, "", via, tuple(between)), method
            )
            return Call(found) if isinstance(found, Member) else found
        bare = Ref(ref.how, ref.names, ref.level, ref.module, ref.reason)
        if ref.how != "unknown":
            key = self._classes.named(path, bare)
            if isinstance(key, Key):
                return Call(key)
            if key.known:
                return Else(True, f"a keyword of `{key.name}`, which is not part of the project")
        found = self.of(path, bare, ref.names[-1] if ref.names else "")
        if isinstance(found, Variable):
            origin = self._origins.bound(found.path, found.name)
            if origin.status in {"def", "async def"}:
                return Call(Variable(origin.path, origin.name))
            return Else(False, f"what `{found.name}` is can't be told ({origin.status})")
        if isinstance(found, (Member, Local)):
            return Call(found)
        return found if isinstance(found, Else) else Else(False, "what is called can't be told")
