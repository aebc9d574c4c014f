"""The canonical names as a file sees them: how their modules are spelled there, and what already leads to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codemods.toolkit.python.layout import Layout
from codemods.toolkit.python.names import ImportStatement
from codemods.websocket_ssot.facts import BindingFact
from codemods.websocket_ssot.family import family_named
from codemods.websocket_ssot.meanings import Meanings
from codemods.websocket_ssot.outcomes import Target


class Targets:
    """What the canonical factory and class are called where they are imported.

    `closes_cycle(path, module file)` tells whether a new import at import time would close a cycle.  `needed` are, by
    file, module-level names that others import from it or that it promises, `pinned` those that others reach in ways
    that can't be rewritten.
    """

    def __init__(
        self, meanings: Meanings, layout: Layout, closes_cycle: Callable[[str, str], bool],
        needed: Mapping[str, frozenset[str]], pinned: Mapping[str, frozenset[str]],
    ) -> None:  # fmt: skip
        self._meanings = meanings
        self._canonical = meanings.canonical
        self._layout = layout
        self._closes_cycle = closes_cycle
        self._needed = needed
        self._pinned = pinned
        self._spelled: dict[str, bool] = {}

    def target(self, target: Target) -> tuple[str, str, str]:
        """(module, name, file of the module) of the canonical factory or class."""
        c = self._canonical
        if target == "factory":
            return c.factory_module, c.factory_name, c.factory_path
        return c.class_module, c.class_name, c.class_path

    def module_as_seen(self, path: str, statement: ImportStatement, target: Target) -> str | None:
        """How `path` spells the canonical module, in the style of the statement; None when it can't reach it."""
        module, _name, file = self.target(target)
        if statement.level:
            relative = relative_module(path, file)
            if relative is not None:
                return relative
        top = statement.module.partition(".")[0]
        reachable = [n for n in (module, *self._layout.names(file)) if self._layout.find(n, path) == file]
        return next((n for n in reachable if n.partition(".")[0] == top), reachable[0] if reachable else None)

    def is_canonical(self, path: str, binding: BindingFact, target: Target) -> bool:
        """Whether an import already takes the canonical name from the canonical module."""
        _module, name, file = self.target(target)
        origin = self._meanings.origins.module(path, binding.level, binding.module)
        return binding.is_from and binding.member == name and origin.path == file

    def leads_to(self, path: str, binding: BindingFact, target: Target) -> bool:
        """Whether an import gives the very object that the target is."""
        origin = self._meanings.of_binding(path, binding, binding.member)
        wanted = self._canonical.factory if target == "factory" else self._canonical.cls
        return origin.key == wanted.key

    def closes_cycle(self, path: str, target: Target) -> bool:
        """Whether importing the target at import time would close a cycle."""
        return self._closes_cycle(path, self.target(target)[2])

    @property
    def meanings(self) -> Meanings:
        """The meanings that all this is about."""
        return self._meanings

    def may_be_manager(self, name: str) -> bool:
        """Whether an imported name can mean a manager: by its spelling, or as it is the canonical one."""
        found = self._spelled.get(name)
        if found is None:
            found = family_named(name) or name in {self._canonical.factory_name, self._canonical.class_name}
            self._spelled[name] = found
        return found

    def needed(self, path: str) -> frozenset[str]:
        """See the class."""
        return self._needed.get(path, frozenset())

    def pinned(self, path: str) -> frozenset[str]:
        """See the class."""
        return self._pinned.get(path, frozenset())


def relative_module(importer: str, target: str) -> str | None:
    """`target` as a relative import in `importer` spells it, None when they share no package."""
    here = importer.split("/")[:-1]
    there = target.removesuffix("/__init__.py").removesuffix(".py").split("/")
    shared = 0
    while shared < min(len(here), len(there)) and here[shared] == there[shared]:
        shared += 1
    if not shared:
        return None
    return "." * (len(here) - shared + 1) + ".".join(there[shared:])
