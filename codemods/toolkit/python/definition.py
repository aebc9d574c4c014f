"""What names lead to in the project: the second half of "wherever it is used", for codemods about one definition.

`Definition` answers about names, as `spelled.spelled_at` gives them.  A codemod that changes the uses of one function
or class hands these functions on:

    relevant    uses.mentions(body, "shop.mail.send")
    collect     uses.uses_of(module, "shop.mail.send", words)
    widen       aliases(project, "shop.mail.send")
    demand      unknown_files(project, "shop.mail.send")
    decide      plan_of_uses(project, "shop.mail.send", withheld, what_happens_to_one_use)

A definition is `package.module.name`.  One of the project is known by its file, however it is imported; one of another
package by the dotted name that imports spell, as that package isn't read.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from codemods.toolkit.codemod import Decision, Edit, Plan, Site, UsageError
from codemods.toolkit.python.names import Import
from codemods.toolkit.python.origin import DEFINED, Origin
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.toolkit.python.spelled import Spelled
from codemods.toolkit.python.uses import Use, Uses

KINDS = ("import", "call", "name")
"""The rows of the summary that `plan_of_uses` counts in."""

_UNSURE = frozenset({"dynamic", "unparsable", "unloaded", "ambiguous", "cycle"})
_BOUND = DEFINED | {"none"}


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


class Verdict(NamedTuple):
    """Whether a name leads to the definition in question (None: that can't be told), and why.

    `of_object` says that it is an attribute of something that is no module, or not known to be one.
    """

    same: bool | None
    reason: str
    of_object: bool = False


class _Identity(NamedTuple):
    """What a definition is known by: its file and dotted name there; outside of the project a dotted name alone."""

    path: str
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.name}" if self.path and self.name else self.path or self.name


class Definition:
    """Answers about one definition, named `package.module.name` or `package.module.Class.name`.

    It need not exist (see `known`): then nothing leads to it.
    """

    def __init__(self, project: Project[Any], dotted: str) -> None:
        self._entries = project.entries
        self._origins = Origins(project)
        first, *rest = dotted.split(".")
        self.origin, left = self._origins.follow(self._origins.module("", 0, first), rest)
        self._below = bool(left)
        self._wanted = _identity(self.origin, left)
        self.word = dotted.rpartition(".")[2]

    @property
    def known(self) -> bool:
        """Whether there is such a definition (outside of the project anything may be)."""
        return self._wanted is not None and not (self._below and self.origin.status not in {"class", "external"})

    @property
    def is_attribute(self) -> bool:
        """Whether it is one of a class or value, as far as these are known."""
        return self._below and self.origin.status in _BOUND

    @property
    def unloaded(self) -> frozenset[str]:
        """Files that answers had to do without so far."""
        return frozenset(self._origins.unloaded)

    def leads(self, path: str, use: Use) -> bool | None:
        """Whether a use in a file leads to a function or class of a module; None where that can't be told.

        These are attributes of modules: an attribute of any other object is taken for something else.
        """
        same, _reason, of_object = self.verdict(path, use.meaning)
        return False if of_object else same

    def verdict(self, path: str, spelled: Spelled) -> Verdict:
        """Whether a name in a file leads to the definition."""
        if not spelled.names:
            return Verdict(None, spelled.reason)
        first, *attributes = spelled.names
        if spelled.imports or spelled.local:
            verdicts = [self._verdict(path, self._origins.brought(path, each), attributes) for each in spelled.imports]
            if spelled.local and attributes:
                verdicts.append(Verdict(None, f"what `{first}` is can't be told", of_object=True))
            elif spelled.local:
                verdicts.append(Verdict(False, f"`{first}` is bound within a function"))
        else:
            verdicts = [self._verdict(path, origin, attributes) for origin in self._bound(path, first)]
        if len({verdict.same for verdict in verdicts}) == 1:
            return min(verdicts, key=lambda verdict: verdict.of_object)
        return Verdict(None, f"`{first}` may be one thing or another")

    def _bound(self, path: str, name: str) -> Iterator[Origin]:
        """What a name of a module leads to in the end, and what each of its bindings does where there are several."""
        yield self._origins.bound(path, name)
        entry = self._entries.get(path)
        if entry is None or entry.names is None:
            return
        if name in entry.names.global_names:
            yield Origin("value", path, name)
        bounds = [bound for bound in entry.names.bindings.get(name, ()) if not bound.none]
        for bound in bounds if len(bounds) > 1 else ():
            match bound.kind:
                case "import" | "from":
                    yield self._origins.brought(path, Import(bound.level, bound.module, bound.member))
                case "alias":
                    yield Origin("ambiguous", path, name)
                case kind:
                    yield Origin(kind, path, name)

    def _verdict(self, path: str, start: Origin, attributes: Sequence[str]) -> Verdict:
        origin, rest = self._origins.follow(start, attributes)
        found = _identity(origin, rest)
        if found is None and origin.status == "missing-name" and origin.path == path and not rest:
            built_in = hasattr(builtins, origin.name)
            return Verdict(False, f"`{origin.name}` is {'built in' if built_in else 'bound by nothing'}")
        if found is None or self.origin.status in _UNSURE:
            status = self.origin.status if found is not None else origin.status
            return Verdict(None, f"where it comes from can't be told ({status})")
        if found == self._wanted:
            return Verdict(True, f"leads to {found}")
        # An attribute may be inherited, or belong to an instance.
        if rest and rest[-1] == self.word and origin.status != "external" and self._below:
            holder = _Identity(origin.path, origin.name)
            return Verdict(None, f"`{'.'.join(rest)}` of {holder} may be inherited", of_object=True)
        return Verdict(False, f"leads to {found}")


def _identity(origin: Origin, rest: Sequence[str]) -> _Identity | None:
    """What it is known by, None where that is not known."""
    if origin.status == "external":
        return _Identity("", ".".join(part for part in (origin.path, origin.name, *rest) if part))
    if origin.status == "module" or origin.status in _BOUND:
        return _Identity(origin.path, ".".join(part for part in (origin.name, *rest) if part))
    return None


def function_or_class(project: Project[Any], dotted: str) -> Definition:
    """The definition of a function or class of a module.

    Raises `UsageError` where `dotted` is no `module.name`, or leads nowhere in the project.
    """
    parts = dotted.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        raise UsageError(f"{dotted!r} is no package.module.name")
    definition = Definition(project, dotted)
    if definition.origin.nowhere or definition.origin.status == "module":
        raise UsageError(f"{dotted}: there is no such function or class")
    if definition.is_attribute:
        raise UsageError(f"{dotted}: only functions and classes of a module can be followed, not their attributes")
    return definition


def aliases(project: Project[Any], dotted: str) -> frozenset[str]:
    """Further names under which a definition goes in the project: `from mail import send as deliver`, `post = send`."""
    definition = function_or_class(project, dotted)
    found: set[str] = set()
    known = {dotted.rpartition(".")[2]}
    while known:
        new = {
            name for name, spelled in _renamed(project, known) if definition.verdict(*spelled).same is not False
        } - found
        found |= new
        known = new
    return frozenset(found - {dotted.rpartition(".")[2]})


def _renamed(project: Project[Any], known: set[str]) -> Iterator[tuple[str, tuple[str, Spelled]]]:
    """Names that are bound to one of the known names, each with (path, what it stands for there)."""
    for path, entry in project.entries.items():
        if entry.names is None:
            continue
        for statement in entry.names.imports:
            for name in statement.names:
                if statement.is_from and name.asname and name.name in known:
                    origin = Import(statement.level, statement.module, name.name)
                    yield name.asname, (path, Spelled((name.name,), (origin,)))
        for bounds in entry.names.bindings.values():
            for bound in bounds:
                if bound.kind == "alias" and bound.member.rpartition(".")[2] in known:
                    yield bound.name, (path, Spelled(tuple(bound.member.split("."))))


def unknown_files(project: Project[Uses], dotted: str) -> frozenset[str]:
    """Files that have to be read to tell what the uses lead to."""
    definition = function_or_class(project, dotted)
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
    definition = function_or_class(project, dotted)
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
