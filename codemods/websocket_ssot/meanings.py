"""What a name really is: the meaning of an origin, by what its definition does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.canonical import Canonical, class_named, function_named
from codemods.websocket_ssot.facts import BindingFact, ClassFact, Facts, FunctionFact, Parameter, ScopeFact, UseFact
from codemods.websocket_ssot.family import about_sockets, plainly_named, role
from codemods.websocket_ssot.shims import Translation, handed_on, only

Kind = Literal[
    "factory", "class", "shim", "class-shim", "object", "object-maker", "other-class", "maker", "not-a-maker",
    "missing-class", "missing-function", "missing", "unknown", "stranger",
]  # fmt: skip
"""`factory` and `class` are the canonical ones; `shim` is a function that only hands on to them, `class-shim` a class
that stands for the canonical one (always raises, only passes arguments on, is an exact copy, or is made by `type`);
`object` is a class of factory objects, `object-maker` a function that gives one; `other-class` and `maker` are managers
with a life of their own; `not-a-maker` is a function under a manager's name that makes none; the `missing-*` lead
nowhere and are known by their spelling; `unknown` can't be resolved; `stranger` has nothing to do with managers."""

_MADE = frozenset({"factory", "class", "shim", "class-shim", "missing-class", "missing-function"})
FAMILY_KINDS = frozenset(
    {"factory", "class", "shim", "class-shim", "object", "object-maker", "missing-class", "missing-function"}
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind, the origin that it was read from, and the definition's facts where there is one."""

    kind: Kind
    origin: Origin
    function: FunctionFact | None = None
    cls: ClassFact | None = None
    translation: Translation | None = None


class Meanings:
    """Answers about one project, given the canonical definitions."""

    def __init__(self, project: Project[Facts], origins: Origins, canonical: Canonical, drop: Sequence[str]) -> None:
        self._project = project
        self.origins = origins
        self.canonical = canonical
        self._drop = drop
        self._known: dict[tuple[Origin, str], Meaning] = {}
        self._scopes: dict[str, dict[int, ScopeFact]] = {}
        self._uses: dict[str, dict[int, UseFact]] = {}

    def facts(self, path: str) -> Facts | None:
        """The facts of a file, None where there are none."""
        entry = self._project.entries.get(path)
        return entry.facts if entry else None

    def scopes(self, path: str) -> dict[int, ScopeFact]:
        """The scopes of a file by index."""
        found = self._scopes.get(path)
        if found is None:
            facts = self.facts(path)
            found = self._scopes[path] = {scope.index: scope for scope in facts.scopes} if facts else {}
        return found

    def use_at(self, path: str, start: int) -> UseFact | None:
        """The use that starts at an offset."""
        found = self._uses.get(path)
        if found is None:
            facts = self.facts(path)
            found = self._uses[path] = {use.start: use for use in facts.uses} if facts else {}
        return found.get(start)

    def bindings(self, path: str, use: UseFact) -> tuple[BindingFact, ...]:
        """All bindings of the first name of a use in the scope that binds it."""
        scope = self.scopes(path).get(use.bound)
        return scope.bindings.get(use.names[0], ()) if scope else ()

    def of_binding(self, path: str, binding: BindingFact, name: str) -> Origin:
        """What one binding gives; `value` for anything that isn't an import."""
        if binding.kind != "import":
            return Origin("none" if binding.kind == "none" else "value", path, name)
        if binding.is_from:
            return self.origins.imported(path, binding.level, binding.module, binding.member)
        return self.origins.module(path, 0, binding.module)

    def of_use(self, path: str, use: UseFact) -> tuple[Origin, tuple[str, ...]]:
        """(what the chain of a use leads to, the attributes left over).

        Imports that lead somewhere come before those that lead nowhere.  Anything else that a function binds is a value
        of which nothing is known.
        """
        name, *rest = use.names
        origins = [self.of_binding(path, b, name) for b in self.bindings(path, use) if b.kind == "import"]
        if origins:
            return self.origins.follow(next((o for o in origins if not o.nowhere), origins[0]), rest)
        if use.bound <= 0:
            return self.origins.follow(self.origins.bound(path, name), rest)
        return Origin("value", path, name), tuple(rest)

    def meaning(self, origin: Origin, name: str) -> Meaning:
        """The meaning of an origin that goes by `name` where it is used."""
        key = (origin, name)
        found = self._known.get(key)
        if found is None:
            self._known[key] = Meaning("unknown", origin)  # a shim of itself is none
            found = self._known[key] = self._meaning(origin, name)
        return found

    def _meaning(self, origin: Origin, name: str) -> Meaning:
        if origin.key == self.canonical.factory.key:
            return Meaning("factory", origin, self.canonical.factory_fact)
        if origin.key == self.canonical.cls.key:
            return Meaning("class", origin, cls=self.canonical.class_fact)
        if origin.nowhere:
            return Meaning(missing_kind(origin, name, _package(self.canonical.factory_path)), origin)
        match origin.status:
            case "class":
                return self._class(origin, name)
            case "def" | "async def":
                return self._function(origin, name)
            case "value":
                return self._value(origin, name)
            case "external" | "module" | "none":
                return Meaning("stranger", origin)
        return Meaning("unknown", origin)

    def _value(self, origin: Origin, name: str) -> Meaning:
        facts = self.facts(origin.path)
        made = next((cls for cls in facts.type_made if cls.name == origin.name), None) if facts else None
        if made is None:
            return Meaning("unknown" if role(name) != "other" and plainly_named(name) else "stranger", origin)
        kind = role(name)
        if kind == "factory":
            return Meaning("object", origin, cls=made)
        return Meaning("class-shim" if kind == "manager" and plainly_named(name) else "other-class", origin, cls=made)

    def _class(self, origin: Origin, name: str) -> Meaning:
        fact = class_named(self.facts(origin.path), origin.name)
        roles = {role(name), role(origin.name)}
        if fact is None or not roles & {"manager", "factory", "adapter"} or "double" in roles:
            return Meaning("stranger", origin, cls=fact)
        plain = plainly_named(name) and (about_sockets(name) or about_sockets(origin.path))
        if fact.raises and role(name) == "manager":
            return Meaning("class-shim", origin, cls=fact)
        if fact.digest and fact.digest == self.canonical.class_fact.digest:
            return Meaning("class-shim", origin, cls=fact)
        if fact.passes and any(self._leads_to_class(origin.path, base) for base in fact.bases):
            return Meaning("class-shim", origin, cls=fact)
        if not plain:
            return Meaning("stranger", origin, cls=fact)
        if role(name) == "factory":
            made = any(self.translation(origin.path, method) is not None for method in fact.methods if method.delegates)
            return Meaning("object" if made or fact.raises else "other-class", origin, cls=fact)
        return Meaning("other-class", origin, cls=fact)

    def _leads_to_class(self, path: str, base: str) -> bool:
        root, *rest = base.split(".")
        origin, left = self.origins.follow(self.origins.bound(path, root), rest)
        return not left and self.meaning(origin, base.rpartition(".")[2]).kind in {"class", "class-shim"}

    def _function(self, origin: Origin, name: str) -> Meaning:
        fact = function_named(self.facts(origin.path), origin.name)
        if fact is None:
            return Meaning(
                "not-a-maker" if role(name) == "make" and role(origin.name) != "make" else "stranger", origin
            )
        plain = plainly_named(name) and (about_sockets(name) or about_sockets(origin.path))
        if "make-factory" in {role(origin.name), role(name)}:
            return Meaning("object-maker" if plain else "stranger", origin, fact)
        translation = self.translation(origin.path, fact) if fact.delegates else None
        if translation is not None:
            return Meaning("shim", origin, fact, translation=translation)
        kinds = {target.kind if target else "" for target in (self._returned(origin.path, at) for at in fact.returns)}
        if kinds == {"other-class"}:
            return Meaning("other-class", origin, fact)
        if kinds and kinds <= _MADE:
            return Meaning("maker", origin, fact)
        if self._annotated(origin.path, fact) or (role(origin.name) == "make" and plain):
            return Meaning("maker", origin, fact)
        return Meaning(
            "not-a-maker" if role(name) == "make" and role(origin.name) != "make" else "stranger", origin, fact
        )

    def translation(self, path: str, fact: FunctionFact) -> Translation | None:
        """How a function or method of the file `path` hands its parameters on, None when it does more than that."""
        found = []
        for start in fact.returns:
            use = self.use_at(path, start) if start >= 0 else None
            meaning = self._returned(path, start)
            if use is None or use.call is None or meaning is None or meaning.kind not in _MADE:
                return None
            if meaning.kind == "missing-function" and not use.call.arguments and self.canonical.parameters:
                return None
            found.append(
                handed_on(
                    fact, use.call.arguments, self._taken(meaning), self._drop, meaning.translation,
                    self.canonical.parameters,
                )
            )  # fmt: skip
        return only(found)

    def made_by(self, path: str, fact: FunctionFact) -> Meaning | None:
        """The one meaning of all that a function returns the call of."""
        found = {self._returned(path, start) for start in fact.returns}
        return found.pop() if len(found) == 1 else None

    def _taken(self, meaning: Meaning) -> Sequence[Parameter]:
        """The parameters of what a shim calls."""
        if meaning.kind == "shim" and meaning.function is not None:
            return meaning.function.parameters
        if meaning.kind in {"factory", "missing-function"}:
            return self.canonical.parameters
        return self.canonical.constructor or ()

    def _returned(self, path: str, start: int) -> Meaning | None:
        use = self.use_at(path, start) if start >= 0 else None
        if use is None:
            return None
        origin, rest = self.of_use(path, use)
        return None if rest else self.meaning(origin, use.names[-1])

    def _annotated(self, path: str, fact: FunctionFact) -> bool:
        chain = fact.annotation.strip("\"'").split(".")
        if not all(part.isidentifier() for part in chain):
            return False
        origin, rest = self.origins.follow(self.origins.bound(path, chain[0]), chain[1:])
        return not rest and self.meaning(origin, chain[-1]).kind in {"class", "class-shim", "missing-class"}


def _package(path: str) -> str:
    """The top-level package of a file, or of a dotted module name that leads nowhere."""
    return path.lstrip(".").replace("/", ".").partition(".")[0]


def missing_kind(origin: Origin, name: str, package: str) -> Kind:
    """What a name that leads nowhere was meant to be: only its spelling, and the module that it was asked of, can tell.

    A connection manager is one of sockets only if its name or its module says so.  `package` is the top-level package
    of the canonical factory.
    """
    if not plainly_named(name) or not (about_sockets(name) or about_sockets(origin.path)):
        return "missing"
    if _package(origin.path) != package:
        return "missing"  # what another package was meant to have is not for this one to say
    match role(name):
        case "manager":
            return "missing-class"
        case "make":
            return "missing-function"
        case "factory":
            return "object"
        case "make-factory":
            return "object-maker"
    return "missing"
