"""What uses of a name lead to: the second half of "wherever it is used", for codemods about one definition.

A codemod that changes the uses of one function or class hands these functions on:

    relevant    uses.mentions(body, "shop.mail.send")
    collect     uses.uses_of(module, "shop.mail.send", words)
    widen       aliases(project, "shop.mail.send")
    demand      unknown_files(project, "shop.mail.send")
    decide      plan_of_uses(project, "shop.mail.send", withheld, what_happens_to_one_use)

A definition is `package.module.name`.  One of the project is known by its file, however it is imported; one of another
package by the dotted name that imports spell, as that package isn't read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from codemods.toolkit.codemod import Decision, Edit, Plan, Site, UsageError
from codemods.toolkit.python.names import Bound
from codemods.toolkit.python.origin import Origin
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.toolkit.python.uses import Import, Kind, Use, Uses

KINDS = ("import", "call", "name")
"""The rows of the summary that `plan_of_uses` counts in."""

_UNSURE = frozenset({"dynamic", "unparsable", "unloaded", "ambiguous", "cycle"})
_DEFINED = frozenset({"def", "async def", "class", "value"})


class Decided(NamedTuple):
    """What happens to one use, and why."""

    decision: Decision
    reason: str
    code: str = ""
    edits: tuple[Edit, ...] = ()


def rewritten(reason: str, *edits: Edit) -> Decided:
    """The use is changed by these edits."""
    return Decided("rewritten", reason, edits=edits)


def right(reason: str) -> Decided:
    """The use is already as it should be."""
    return Decided("right", reason)


def kept(reason: str) -> Decided:
    """The use is left alone on purpose."""
    return Decided("kept", reason)


def refused(code: str, reason: str) -> Decided:
    """The use should be changed, and a person has to do it."""
    return Decided("refused", reason, code)


Deciding: TypeAlias = Callable[[Use], Decided | None]
"""Says what happens to a use that leads to the definition; None where it is no matter of the codemod."""


class Definition:
    """Answers about one definition of a project.

    Raises `UsageError` where `dotted` is no `module.name`, or leads nowhere in the project.
    """

    def __init__(self, project: Project[Any], dotted: str) -> None:
        first, *rest = dotted.split(".")
        if not rest or not all(part.isidentifier() for part in (first, *rest)):
            raise UsageError(f"{dotted!r} is no package.module.name")
        self._entries = project.entries
        self._origins = Origins(project)
        origin, left = self._origins.follow(self._origins.module("", 0, first), rest)
        if origin.nowhere or origin.status == "module":
            raise UsageError(f"{dotted}: there is no such function or class")
        if left and origin.status in _DEFINED:
            raise UsageError(f"{dotted}: only functions and classes of a module can be followed, not their attributes")
        self._identity = _identity(origin, left)
        self._certain = origin.status not in _UNSURE

    @property
    def unloaded(self) -> frozenset[str]:
        """Files that answers had to do without so far."""
        return frozenset(self._origins.unloaded)

    def leads(self, path: str, use: Use) -> bool | None:
        """Whether a use in a file leads to the definition; None where that can't be told."""
        if use.kind == "import" and len(use.imports) == 1:
            return self._is_it(self._imported(path, use.imports[0]), ())
        attributes = use.names[1:]
        if use.imports or use.local:
            answers = [self._is_it(self._imported(path, each), attributes) for each in use.imports]
            return _agreed([*answers, *([False] if use.local else [])])
        entry = self._entries.get(path)
        bounds = entry.names.bindings.get(use.names[0], ()) if entry is not None and entry.names is not None else ()
        bounds = tuple(bound for bound in bounds if not bound.none)
        whole = self._is_it(self._origins.bound(path, use.names[0]), attributes)
        answers = [whole, *(self._is_it(self._bound(path, each), attributes) for each in bounds if len(bounds) > 1)]
        hidden = entry is not None and entry.names is not None and use.names[0] in entry.names.global_names
        return _agreed([*answers, *([False] if hidden else [])])

    def _imported(self, path: str, each: Import) -> Origin:
        if each.member:
            return self._origins.imported(path, each.level, each.module, each.member)
        return self._origins.module(path, each.level, each.module)

    def _bound(self, path: str, bound: Bound) -> Origin:
        match bound.kind:
            case "import" | "from":
                return self._imported(path, Import(bound.level, bound.module, bound.member))
            case "def" | "async def" | "class":
                return Origin(bound.kind, path, bound.name)
        return Origin("ambiguous", path, bound.name)

    def _is_it(self, origin: Origin, attributes: Sequence[str]) -> bool | None:
        reached, left = self._origins.follow(origin, attributes)
        if reached.status in _UNSURE or not self._certain:
            return None
        return _identity(reached, left) == self._identity


def _identity(origin: Origin, left: Sequence[str]) -> tuple[str, str]:
    """A file and a name in it; of another package the dotted name alone."""
    if origin.status == "external":
        return "", ".".join(part for part in (origin.path, origin.name, *left) if part)
    return origin.path, ".".join((origin.name, *left))


def _agreed(answers: Sequence[bool | None]) -> bool | None:
    """What several bindings of a name say together."""
    return answers[0] if len(set(answers)) == 1 else None


def aliases(project: Project[Any], dotted: str) -> frozenset[str]:
    """Further names under which a definition goes in the project: `from mail import send as deliver`, `post = send`."""
    definition = Definition(project, dotted)
    found: set[str] = set()
    known = {dotted.rpartition(".")[2]}
    while known:
        new = {name for name, use in _renamed(project, known) if definition.leads(*use) is not False} - found
        found |= new
        known = new
    return frozenset(found - {dotted.rpartition(".")[2]})


def _renamed(project: Project[Any], known: set[str]) -> Iterator[tuple[str, tuple[str, Use]]]:
    """Names that are bound to one of the known names, each with the (path, use) that it stands for."""
    for path, entry in project.entries.items():
        if entry.names is None:
            continue
        for statement in entry.names.imports:
            for name in statement.names:
                if statement.is_from and name.asname and name.name in known:
                    origin = Import(statement.level, statement.module, name.name)
                    yield name.asname, (path, _a_use("import", (name.name,), imports=(origin,)))
        for bounds in entry.names.bindings.values():
            for bound in bounds:
                if bound.kind == "alias" and bound.member.rpartition(".")[2] in known:
                    yield bound.name, (path, _a_use("alias", tuple(bound.member.split("."))))


def _a_use(kind: Kind, names: tuple[str, ...], imports: tuple[Import, ...] = ()) -> Use:
    return Use(kind, names, 0, 0, 0, 0, 0, imports=imports)


def unknown_files(project: Project[Uses], dotted: str) -> frozenset[str]:
    """Files that have to be read to tell what the uses lead to."""
    definition = Definition(project, dotted)
    for path, entry in project.entries.items():
        for use in entry.facts or ():
            definition.leads(path, use)
    return definition.unloaded - project.entries.keys()


def plan_of_uses(
    project: Project[Uses], dotted: str, withheld: Mapping[str, tuple[str, str]], deciding: Deciding
) -> Plan[tuple[Edit, ...]]:
    """The plan for all uses of a definition; `deciding` says what happens to one.

    What it would change is refused (TK301) where can't be told whether it leads to the definition.
    """
    definition = Definition(project, dotted)
    parts: dict[str, tuple[Edit, ...]] = {}
    sites: list[Site] = []
    for path, entry in sorted(project.entries.items()):
        for use in entry.facts or ():
            decided = _decided(definition.leads(path, use), deciding(use), dotted)
            if decided is None:
                continue
            decision, reason, code, edits = decided
            if decision == "rewritten" and path in withheld:
                decision, (code, reason) = "refused", withheld[path]
            elif decision == "rewritten":
                parts[path] = (*parts.get(path, ()), *edits)
            kind = "name" if use.kind == "alias" else use.kind
            sites.append(Site(kind, path, use.line, use.column, use.spelled, decision, reason, code))
    return Plan(parts, tuple(sites))


def _decided(leads: bool | None, decided: Decided | None, dotted: str) -> Decided | None:
    if decided is None or leads is False:
        return None
    if leads is None:  # what would stay as it is in any case needs no person to look at it
        return refused("TK301", f"whether it is {dotted} can't be told") if decided.decision == "rewritten" else None
    return decided
