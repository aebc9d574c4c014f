"""What the definition needs in its new module: imports that go with it, names of the old module, names that differ."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from codemods.rope_move.facts import Chain, Definition, Facts, Logger, Statement
from codemods.rope_move.places import Places, text
from codemods.toolkit.python.names import Bound, ModuleNames
from codemods.toolkit.python.origin import Origin
from codemods.toolkit.python.origins import Origins

_OF_THE_MODULE = frozenset({"__name__", "__file__", "__package__", "__spec__", "__path__", "__loader__", "__doc__"})
_COMMANDS = frozenset({"globals", "exec", "eval"})


class Obstacle(NamedTuple):
    """Why the definition can't be moved as it is: a code, a reason, and where in the old module."""

    code: str
    reason: str
    line: int
    column: int


@dataclass(slots=True)
class Needs:
    """What the new module has to have.

    `head` and `typing` are import statements, `from_source` are names that are imported from the old module, `local`
    names that the new module has by itself (with the chains that read them), `copied` names whose imports are copied.
    `own` are statements that make a logger of the new module; `told` is what differs there.
    """

    head: list[str] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)
    from_source: set[str] = field(default_factory=set)
    local: dict[str, list[Chain]] = field(default_factory=dict)
    copied: set[str] = field(default_factory=set)
    obstacles: list[Obstacle] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)
    told: list[Obstacle] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """All names that the definition reads and the old module binds."""
        return {*self.from_source, *self.local, *self.copied, *self.own}


class Modules(NamedTuple):
    """The old and the new module (None where it isn't there yet)."""

    source: tuple[ModuleNames, Facts]
    target: tuple[ModuleNames, Facts] | None


def needs_of(name: str, definition: Definition, modules: Modules, places: Places, origins: Origins) -> Needs:
    """What the definition needs."""
    return _Search(name, definition, modules, places, origins).needs()


class _Search:
    def __init__(self, name: str, definition: Definition, modules: Modules, places: Places, origins: Origins) -> None:
        self._name = name
        self._names, self._facts = modules.source
        self._target = modules.target
        self._places = places
        self._origins = origins
        self._needs = Needs()
        self._rest = readers(self._facts, definition)
        self._read: dict[str, list[Chain]] = {}
        for chain in self._facts.chains:
            if definition.start <= chain.start < definition.end and chain.bound == "module":
                self._read.setdefault(chain.names[0], []).append(chain)

    def needs(self) -> Needs:
        """All of it."""
        for name, chains in self._read.items():
            if name == self._name:
                continue
            if (
                name == "__name__"
                and name not in self._names.bindings
                and all(each.effect == "logs" for each in chains)
            ):
                self._logs(chains[0])
            elif name in _OF_THE_MODULE and name not in self._names.bindings:
                self._stop("RM106", chains[0], f"it reads `{name}`, which is another one in another module")
            elif name in _COMMANDS:
                self._stop("RM106", chains[0], f"it calls `{name}`, which sees the names of the module that it is in")
            elif name in self._names.global_names:
                self._stop("RM106", chains[0], f"`{name}` is changed at run time by a `global` of the old module")
            elif name in self._names.bindings:
                self._bound(name, chains, self._names.bindings[name])
            else:
                self._unbound(name, chains)
        if self._needs.from_source:
            names = ", ".join(sorted(self._needs.from_source))
            self._needs.head.append(f"from {self._source()} import {names}")
        return self._needs

    def _stop(self, code: str, chain: Chain, reason: str) -> None:
        self._needs.obstacles.append(Obstacle(code, reason, chain.line, chain.column))

    def _source(self) -> str:
        """The old module as an import in the new one spells it: as the imports around do."""
        around = self._target[1] if self._target is not None else self._facts
        relative = self._places.relative_source()
        if relative is not None and any(statement.level for statement in around.statements):
            return text(*relative)
        return self._places.module

    def _unbound(self, name: str, chains: list[Chain]) -> None:
        """A name that nothing in the old module binds by that name: built in, or of a star import."""
        statements = self._stars(name)
        outside = any(self._is_outside(statement) for statement in statements)
        if len(statements) > 1 or (outside and hasattr(builtins, name)):
            self._stop("RM103", chains[0], f"which star import `{name}` comes from, if any, can't be told")
        elif statements:
            statement = statements[0]
            self._copy(name, chains, self._imported(statement.level, statement.module, name), typing=False)
        elif self._target is not None and name in self._target[0].bindings:
            self._stop("RM103", chains[0], f"`{name}` is built in here, and something else in the new module")

    def _stars(self, name: str) -> list[Statement]:
        """The star imports that may give a name: those that do by what is known, or else those of unknown modules."""
        found: list[Statement] = []
        for statement in self._facts.statements:
            if statement.is_from and not statement.function and statement.aliases[0].name == "*":
                origin = self._origins.imported(self._places.source, statement.level, statement.module, name)
                private = name.startswith("_") and origin.status == "external"
                if not origin.nowhere and not private:
                    found.append(statement)
        return found

    def _is_outside(self, statement: Statement) -> bool:
        module = self._origins.module(self._places.source, statement.level, statement.module)
        return module.status != "module"

    def _bound(self, name: str, chains: list[Chain], bounds: tuple[Bound, ...]) -> None:
        """A name that the old module binds."""
        logger = next((each for each in self._facts.loggers if each.name == name and len(bounds) == 1), None)
        if logger is not None and self._logger(logger, chains):
            return
        contexts = {bound.context for bound in bounds}
        imports = all(bound.kind in {"import", "from"} for bound in bounds)
        if imports and contexts in ({()}, {("typing",)}):
            typing = contexts == {("typing",)}
            same = {(bound.kind, bound.level, bound.module, bound.member) for bound in bounds}
            if len(same) == 1 and bounds[0].kind == "from":
                bound = bounds[0]
                self._copy(name, chains, self._imported(bound.level, bound.module, bound.member, name), typing=typing)
                return
            if all(bound.kind == "import" for bound in bounds):
                for statement in self._plain_imports(name, chains):
                    self._copy(name, chains, statement, typing=typing)
                return
        if self._target is not None and name in self._target[0].bindings:
            self._same_or_stop(name, chains)
        elif imports and name not in self._rest:
            self._stop("RM103", chains[0], f"how `{name}` is imported depends on conditions, and only this needs it")
        else:
            self._needs.from_source.add(name)

    def _logger(self, logger: Logger, chains: list[Chain]) -> bool:
        """Have the new module log by itself, as the old one does; whether it can."""
        name = logger.name
        made = [each for each in self._facts.chains if logger.start <= each.start < logger.end]
        root = next((each for each in made if each.names[0] != "__name__"), None)
        if root is None or root.names[0] not in self._names.bindings:
            return False
        if self._target is not None and name in self._target[0].bindings:
            there = [each for each in self._target[1].loggers if each.name == name]
            same = _identity(self._origins.bound(self._places.source, root.names[0])) == _identity(
                self._origins.bound(self._places.target, root.names[0])
            )
            if [each.text for each in there] != [logger.text] or not same:
                return False
            self._needs.local.setdefault(name, []).extend(chains)
        else:
            self._bound(root.names[0], [root], self._names.bindings[root.names[0]])
            self._needs.own[name] = logger.text
        if logger.named:
            self._logs(chains[0])
        return True

    def _logs(self, chain: Chain) -> None:
        reason = f"it logs by the name of {self._places.destination} from now on"
        self._needs.told.append(Obstacle("RM113", reason, chain.line, chain.column))

    def _imported(self, level: int, module: str, member: str, name: str = "") -> str:
        """The statement that imports a name in the new module, "" where that module itself has it."""
        spelled = text(level, module)
        if level:
            spelled = spelled_in_target(self._places, level, module)
        origin = self._origins.module(self._places.source, level, module)
        alias = f"{member} as {name}" if name and name != member else member
        if self._is_target(self._origins.imported(self._places.source, level, module, member)):
            return "?"
        if self._is_target(origin):
            return "" if alias == member else "?"
        return f"from {spelled} import {alias}"

    def _plain_imports(self, name: str, chains: list[Chain]) -> Iterator[str]:
        """The `import a.b` statements that bind a name and that the chains go through."""
        found = [
            alias
            for statement in self._facts.statements
            if not statement.is_from and not statement.function
            for alias in statement.aliases
            if alias.bound == name
        ]
        through = [
            alias
            for alias in found
            if alias.asname or any(f"{chain.spelled}.".startswith(f"{alias.name}.") for chain in chains)
        ]
        for alias in through or found:
            itself = self._is_target(self._origins.module(self._places.source, 0, alias.name))
            yield "?" if itself else f"import {alias.text}"

    def _is_target(self, origin: Origin) -> bool:
        return self._places.exists and (origin.status, origin.path) == ("module", self._places.target)

    def _copy(self, name: str, chains: list[Chain], statement: str, *, typing: bool) -> None:
        """Have the new module import a name, unless it has it."""
        if statement == "?":
            reason = f"`{name}` is the new module, or is there by another name: the definition would go around it"
            self._stop("RM103", chains[0], reason)
            return
        if not statement:
            self._needs.local.setdefault(name, []).extend(chains)
            return
        if self._target is not None and name in self._target[0].bindings:
            if not self._same_or_stop(name, chains):
                return
            if not statement.startswith("import ") or self._has(statement):
                return
        self._needs.copied.add(name)
        wanted = self._needs.typing if typing else self._needs.head
        if statement not in wanted:
            wanted.append(statement)

    def _has(self, statement: str) -> bool:
        return self._target is not None and any(
            not each.is_from and f"import {alias.text}" == statement and not each.function
            for each in self._target[1].statements
            for alias in each.aliases
        )

    def _same_or_stop(self, name: str, chains: list[Chain]) -> bool:
        """Whether a name is the same thing in both modules."""
        here = self._origins.bound(self._places.source, name)
        there = self._origins.bound(self._places.target, name)
        if _identity(here) == _identity(there) and not here.nowhere:
            self._needs.local.setdefault(name, []).extend(chains)
            return True
        self._stop("RM103", chains[0], f"`{name}` is something else in the new module")
        return False


def _identity(origin: Origin) -> tuple[str, ...]:
    if origin.status == "external":
        return ("external", ".".join(part for part in (origin.path, origin.name) if part))
    return (*origin.key,)


def spelled_in_target(places: Places, level: int, module: str) -> str:
    """A relative import within the definition, as the new module spells it."""
    own, other = places.source.rpartition("/")[0], places.target.rpartition("/")[0]
    if own == other:
        return text(level, module)
    parts = places.module.split(".")
    if not places.layout.is_package(places.source):
        parts = parts[:-1]
    parts = parts[: len(parts) - (level - 1)]
    return ".".join([*parts, *([module] if module else [])])


def readers(facts: Facts, definition: Definition) -> Mapping[str, list[Chain]]:
    """The chains of the old module outside of the definition that begin with a name of the module."""
    found: dict[str, list[Chain]] = {}
    for chain in facts.chains:
        if not definition.start <= chain.start < definition.end and chain.bound == "module":
            found.setdefault(chain.names[0], []).append(chain)
    return found
