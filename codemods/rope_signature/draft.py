"""The plan on its way: what changes, what stays, and what stands in the way of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from codemods.rope_signature.calls import Change
from codemods.rope_signature.change import Problem
from codemods.rope_signature.facts import CallPart, Function, FunctionPart, Part, Span
from codemods.rope_signature.signature import texts
from codemods.rope_signature.target import Place
from codemods.toolkit.codemod import Decision, Plan, Site

LINK = ": a link"
"""How the reason ends for a file that changes as the one that it is a link to."""


class Draft:
    """The plan so far, for the function `target`."""

    def __init__(self, target: Place, function: Function, name: str) -> None:
        self._target = target
        self.function = function
        self._name = name
        self.changes: dict[Place, Change] = {}
        self.open: dict[Place, Function] = {}
        """Methods that hand on what they get."""
        self.calls: dict[str, list[CallPart]] = {}
        self.sites: list[Site] = []
        self._functions: dict[str, list[FunctionPart]] = {}
        self._names: dict[str, list[tuple[Span, str]]] = {}
        self._definitions: list[Site] = []
        self._blockers: list[Site] = []

    def at_definition(self, decision: Decision, reason: str, code: str = "") -> Site:
        """The site of the target itself."""
        at = (self._target.path, self.function.line, self.function.column)
        return Site("definition", *at, self._name, decision, reason, code)

    def change(
        self,
        place: Place,
        function: Function,
        part: FunctionPart,
        names: Sequence[tuple[Span, str]],
        change: Change,
    ) -> None:
        """A definition changes."""
        self.changes[place] = change
        self._functions.setdefault(place.path, []).append(part)
        self._names.setdefault(place.path, []).extend(names)
        reason = f"now ({', '.join(texts(change.new))})"
        at = (place.path, function.line, function.column)
        self._definitions.append(Site("definition", *at, self._name, "rewritten", reason))

    def block(self, site: Site, code: str, reason: str) -> None:
        """A site can't follow, and nothing changes."""
        self._blockers.append(msgspec.structs.replace(site, decision="refused", reason=reason, code=code))

    def stop(self, place: Place, function: Function, problem: Problem) -> None:
        """A definition can't change, and nothing does."""
        self.stop_at(place.path, function.line, function.column, problem)

    def stop_at(self, path: str, line: int, column: int, problem: Problem) -> None:
        """Something at this place keeps all as it is."""
        site = Site("definition", path, line, column, self._name, "refused", problem.reason, problem.code)
        self._blockers.append(site)

    def unparsable(self, path: str) -> None:
        """A file may call the function, and nothing can be told of it."""
        reason = "it can't be parsed, and may call the function: mend it, or leave it out with --exclude"
        self._blockers.append(Site("file", path, 1, 0, path, "refused", reason, "RS108"))

    def plan(self, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
        """The plan: all, or nothing."""
        touched = {*self._functions, *self.calls, *(path for path, names in self._names.items() if names)}
        for path in sorted(touched & withheld.keys()):
            code, reason = withheld[path]
            self._blockers.append(self.at_definition("refused", f"{path}: {reason}", code))
        for path, functions in self._functions.items():
            inside = [function.inside for function in functions]
            for call in self.calls.get(path, ()):
                if any(span.start <= call.end <= span.end for span in inside):
                    self._blockers.append(self.at_definition("refused", "its parameters call it themselves", "RS101"))
        if self._blockers:
            return Plan(sites=tuple(_once(self._refused())))
        parts = {
            path: Part(
                tuple(sorted(self.calls.get(path, ()), key=lambda call: call.end)),
                tuple(self._functions.get(path, ())),
                tuple(self._names.get(path, ())),
            )
            for path in sorted(touched)
        }
        return Plan(parts, tuple(_once((*self._definitions, *self.sites))))

    def _refused(self) -> Iterator[Site]:
        first = self._blockers[0]
        yield from self._blockers
        yield self.at_definition("refused", f"nothing changes: {first.path}:{first.line}: {first.reason}", first.code)
        for site in (*self._definitions, *self.sites):
            if site.decision == "rewritten":
                yield msgspec.structs.replace(site, decision="kept", reason="nothing changes, see the definition")
            else:
                yield site


def _once(sites: Sequence[Site] | Iterator[Site]) -> Iterator[Site]:
    seen: set[tuple[str, str, int, int, str]] = set()
    for site in sites:
        key = (site.kind, site.path, site.line, site.column, site.name)
        if key not in seen:
            seen.add(key)
            yield site
