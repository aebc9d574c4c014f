"""What rope takes single names for: its inference of types, asked about one place at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from rope.base import evaluate
from rope.refactor import occurrences

from codemods.engines.rope.memory import plain
from codemods.engines.rope.planning import Refused, opened, refusing
from codemods.toolkit.python.layout import Layout


class Answer(NamedTuple):
    """Whether a name is one of the definitions, and what rope says it is."""

    is_it: Literal["same", "other", "unknown"]
    reason: str


class Occurrences:
    """Answers about some definitions (path, offset in `Source.body`).

    `bodies` are the texts of all files that rope may look at; those that it is asked about have to be `readable`.
    """

    def __init__(self, bodies: Mapping[str, bytes], layout: Layout, definitions: Iterable[tuple[str, int]]) -> None:
        self._bodies = bodies
        self._project = opened(bodies, layout)
        self._definitions = list(definitions)
        self._wanted: list[Any] | None = None

    def at(self, path: str, offset: int) -> Answer:
        """What the name at an offset of `Source.body` is."""
        try:
            with refusing():
                return self._answer(path, offset)
        except Refused as problem:
            return Answer("unknown", str(problem))

    def _answer(self, path: str, offset: int) -> Answer:
        found = self._pyname(path, offset)
        if occurrences.unsure_pyname(found, unbound=False):
            return Answer("unknown", "rope can't tell what stands before the dot")
        if self._wanted is None:
            self._wanted = [self._pyname(*definition) for definition in self._definitions]
        if any(occurrences.same_pyname(each, found) for each in self._wanted):
            return Answer("same", "by rope's inference")
        module, line = found.get_definition_location()
        resource = module.get_resource() if module is not None else None
        if resource is None or line is None:
            return Answer("unknown", "rope can't tell where it is defined")
        return Answer("other", f"by rope's inference defined in {resource.path}:{line}")

    def _pyname(self, path: str, offset: int) -> Any:
        module = self._project.get_pymodule(self._project.get_resource(path))
        return evaluate.eval_location(module, _characters(self._bodies[path], offset))


def _characters(body: bytes, offset: int) -> int:
    """Where in rope's text an offset of the body is."""
    returns = body.count(b"\r\n", 0, offset)
    text = plain(body)
    return offset - returns if len(text) == len(body) - body.count(b"\r\n") else len(body[:offset].decode()) - returns
