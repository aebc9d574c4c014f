"""Which factory and which class could be the canonical ones, with the reasons: what to do when none is configured.

The best candidate is taken only when it is clearly ahead; a guess here would rewrite a whole project.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.canonical import defined, function_named
from codemods.websocket_ssot.census import Census, Key, Users, in_tests, module_names
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.facts import ClassFact, Facts, FunctionFact
from codemods.websocket_ssot.family import role, words
from codemods.websocket_ssot.kinds import Maker, Makers, kind_of
from codemods.websocket_ssot.proposal import SHOWN, Definition, definition, undecided, unnamed

AHEAD = 1.5
"""The best candidate is clearly ahead with this many times the score of the next one."""

_BASE, _PRODUCTION, _TEST = 2.0, 5.0, 1.0
_FEW_METHODS = 3
_FOR = frozenset({"canonical", "unified", "ssot"})
_AGAINST = frozenset(
    {"deprecated", "legacy", "compat", "compatibility", "obsolete", "backup", "archive", "archived", "old"}
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A definition that could be canonical.

    `module` and `name` are how the configuration would name it (`module` "" where it can't).  `makes` is the class
    that a factory makes, the class itself for a class.  `users` of a class include those of its factories.
    """

    module: str
    name: str
    key: Key
    line: int
    makes: Key
    score: float
    reasons: tuple[str, ...]
    used: bool

    @property
    def reference(self) -> str:
        """`module:name`, as in the configuration."""
        return f"{self.module or self.key[0]}:{self.name}"


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates, best first, and the instances of the classes at module level, those of tests left out."""

    factories: tuple[Candidate, ...]
    classes: tuple[Candidate, ...]
    instances: Mapping[Key, tuple[Key, ...]]

    def factories_of(self, cls: Key) -> tuple[Candidate, ...]:
        """The factories that make one class."""
        return tuple(candidate for candidate in self.factories if candidate.makes == cls)


def ranked(project: Project[Facts], origins: Origins, names: Sequence[str] = ()) -> Ranking:
    """All candidates for the canonical factory and class.

    Definitions in test code and test doubles are none, nor are protocols, ABCs, enums, classes that can't be
    instantiated, and functions that only hand on to another one.  `names` are classes that mean a manager although
    their name doesn't say so (`names` of the configuration).
    """
    return _Ranked(Census(project, origins), frozenset(names)).ranking()


class _Ranked:
    def __init__(self, census: Census, names: frozenset[str]) -> None:
        self.census = census
        self.names = names
        self.makers = Makers(census)
        self.classes: dict[Key, ClassFact] = {}
        self.functions: dict[Key, tuple[FunctionFact, Maker]] = {}
        self.shims: dict[Key, list[Key]] = {}
        for path, facts in census.facts():
            if not in_tests(path):
                self.classes.update({(path, cls.name): cls for cls in facts.classes if self.could_be(path, cls)})
        for path, facts in census.facts():
            if not in_tests(path):
                self.add_functions(path, facts)

    def could_be(self, path: str, cls: ClassFact) -> bool:
        if cls.raises or cls.passes:
            return False
        return cls.name in self.names or kind_of(self.census, path, cls) == "manager"

    def add_functions(self, path: str, facts: Facts) -> None:
        for function in facts.functions:
            if role(function.name) == "double":
                continue
            maker = self.makers.maker(path, function)
            if maker is None or maker.cls not in self.classes:
                continue
            if maker.only and maker.through is not None:
                self.shims.setdefault(maker.through, []).append((path, function.name))
            else:
                self.functions[(path, function.name)] = function, maker

    def ranking(self) -> Ranking:
        factories = sorted((self.factory(key) for key in self.functions), key=_order)
        behind: dict[Key, list[Candidate]] = {}
        for factory in factories:
            behind.setdefault(factory.makes, []).append(factory)
        classes = sorted((self.cls(key, behind.get(key, [])) for key in self.classes), key=_order)
        instances = {
            key: tuple(each for each in self.makers.instances_of(key) if not in_tests(each[0])) for key in self.classes
        }
        return Ranking(tuple(factories), tuple(classes), instances)

    def factory(self, key: Key) -> Candidate:
        function, maker = self.functions[key]
        users = self.census.users(key)
        score = _weight(users)
        reasons = [_used_by(users), "returns a call of it" if maker.proved else "is annotated to return it"]
        score *= 1.0 if maker.proved else 0.8
        if maker.through is not None:
            score *= 0.5
            reasons.append(f"makes it through {maker.through[1]}")
        shims = self.shims.get(key, [])
        if shims:
            handed = [self.census.users(shim) for shim in shims]
            score += sum(_weight(users) - _BASE for users in handed) / 2
            reasons.append(f"{counted(len(shims), 'function')} only {'hands' if len(shims) == 1 else 'hand'} on to it")
        factor, hints = _hinted(key, (*function.hints, *function.decorators))
        return self.candidate(key, function.line, maker.cls, score * factor, [*reasons, *hints], users)

    def cls(self, key: Key, factories: Sequence[Candidate]) -> Candidate:
        cls = self.classes[key]
        users = self.makers.users(key)
        score = _weight(users) + sum(factory.score for factory in factories)
        reasons = [_used_by(users), counted(len(cls.methods), "method")]
        imported = [name for path, name in self.makers.instances_of(key) if self.census.users((path, name)) != Users()]
        if imported:
            reasons.append(f"users of its {'instance' if len(imported) == 1 else 'instances'} {_some(imported)} count")
        if factories:
            made = _some([factory.name for factory in factories])
            reasons.append(f"{made} make{'s' * (len(factories) == 1)} it")
        if len(cls.methods) < _FEW_METHODS:
            score *= 0.5
        if any(self.leads_to_candidate(key[0], base) for base in cls.bases):
            score *= 0.5
            reasons.append("extends another manager")
        factor, hints = _hinted(key, cls.hints)
        used = any(factory.used for factory in factories)
        found = self.candidate(key, cls.line, key, score * factor, [*reasons, *hints], users)
        return Candidate(found.module, found.name, key, found.line, key, found.score, found.reasons, found.used or used)

    def leads_to_candidate(self, path: str, base: str) -> bool:
        origin = self.census.chain(path, base.partition("[")[0].strip())
        return origin is not None and origin.key in self.classes and origin.key != (path, base)

    def candidate(
        self, key: Key, line: int, makes: Key, score: float, reasons: Sequence[str], users: Users
    ) -> Candidate:
        modules = module_names(self.census, key[0], key)
        name = public_name(self.census, key)
        return Candidate(
            modules[0] if modules else "", name, key, line, makes, round(score, 1), tuple(reasons), users.production > 0
        )


def public_name(census: Census, key: Key) -> str:
    """The name of a definition in its module that importers use: an alias where its own is private."""
    path, name = key
    names = census.project.entries[path].names
    if names is None or not name.startswith("_"):
        return name
    public = [n for n in names.bindings if not n.startswith("_") and census.origins.bound(path, n).key == key]
    return min(public, key=lambda n: (-_importers(census, path, n), n), default=name)


def _importers(census: Census, path: str, name: str) -> int:
    users = census.users_of_name(path, name)
    return users.production + users.tests


def _order(candidate: Candidate) -> tuple[float, str]:
    return -candidate.score, candidate.reference


def _weight(users: Users) -> float:
    return _BASE + _PRODUCTION * users.production + _TEST * users.tests


def _used_by(users: Users) -> str:
    return f"used by {users}" + (f" ({counted(users.calls, 'call')})" if users.calls else "")


def _some(names: Sequence[str]) -> str:
    return f"{', '.join(names[:2])}{' and others' if len(names) > 2 else ''}"


def counted(count: int, noun: str) -> str:
    """A number of things, in words: "1 method", "1,200 methods"."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def _hinted(key: Key, said: Sequence[str]) -> tuple[float, list[str]]:
    """What names and docstrings say: never more than a nudge."""
    spoken = {*words(key[1]), *said, *re.split(r"[/_.]", key[0].lower())}
    favour, against = sorted(spoken & _FOR), sorted(spoken & _AGAINST)
    factor = (1.1 if favour else 1.0) * (0.8 if against else 1.0)
    return factor, [f"says {word}" for word in (*favour, *against)]


# -- the choice


def chosen(project: Project[Facts], origins: Origins, config: Config) -> Config:
    """The configuration, with what it lacks filled in where one candidate is clearly ahead.

    Raises `UsageError` with the ranked candidates and the TOML to paste where none is.
    """
    if config.factory and config.class_:
        return config
    ranking = ranked(project, origins, config.names)
    if config.factory:
        return _with_class(project, origins, config, ranking)
    if config.class_:
        return _with_factory(project, origins, config, ranking)
    if not ranking.classes:
        raise UsageError(
            "no class that manages WebSockets was found; if there is one, name it: --class MODULE:NAME, "
            "and --factory MODULE:NAME for the function that makes it"
        )
    cls = clearly_ahead(ranking.classes)
    best = clearly_ahead(ranking.factories_of(cls.key)) if cls else None
    if cls is None or best is None:
        factories = ranking.factories_of(cls.key) if cls else ranking.factories
        first = cls or ranking.classes[0]
        instances = ranking.instances.get(first.key, ())
        raise _refused(undecided(project, ranking, factories, definition(first), instances, open_class=cls is None))
    if not (best.module and cls.module):
        raise _refused(unnamed(project, definition(best), definition(cls)))
    return msgspec.structs.replace(config, factory=best.reference, class_=cls.reference)


def settled(project: Project[Facts], origins: Origins, config: Config) -> Config:
    """The configuration as `chosen` fills it in, or as it is where nothing can be chosen (yet)."""
    try:
        return chosen(project, origins, config)
    except UsageError:
        return config


def clearly_ahead(candidates: Sequence[Candidate]) -> Candidate | None:
    """The first of some candidates, if nobody would have to ask: it stands alone, or production uses it far more."""
    if not candidates:
        return None
    best, *others = candidates
    if not others:
        return best
    return best if best.used and best.score >= AHEAD * others[0].score else None


def _with_factory(project: Project[Facts], origins: Origins, config: Config, ranking: Ranking) -> Config:
    """The factory that makes the configured class."""
    module, name, path, origin = defined(project, origins, config.class_, "class")
    factories = ranking.factories_of(origin.key)
    best = clearly_ahead(factories)
    cls = Definition(path, module, name)
    if best is None:
        instances = ranking.instances.get(origin.key, ())
        raise _refused(undecided(project, ranking, factories, cls, instances, open_class=False))
    if not best.module:
        raise _refused(unnamed(project, definition(best), cls))
    return msgspec.structs.replace(config, factory=best.reference)


def _with_class(project: Project[Facts], origins: Origins, config: Config, ranking: Ranking) -> Config:
    """The class that the configured factory makes."""
    module, name, path, origin = defined(project, origins, config.factory, "factory")
    entry = project.entries.get(origin.path)
    function = function_named(entry.facts if entry else None, origin.name)
    census = Census(project, origins)
    maker = Makers(census).maker(origin.path, function) if function else None
    if maker is None:
        hint = "".join(
            f"\n  --class {candidate.reference}" for candidate in ranking.classes[:SHOWN] if candidate.module
        )
        raise UsageError(
            f"class: can't tell what {config.factory} makes; name the class:{hint or ' --class MODULE:NAME'}"
        )
    modules = module_names(census, maker.cls[0], maker.cls)
    cls = Definition(maker.cls[0], modules[0] if modules else "", public_name(census, maker.cls))
    if not modules:
        raise _refused(unnamed(project, Definition(path, module, name), cls))
    return msgspec.structs.replace(config, class_=f"{cls.module}:{cls.name}")


def _refused(lines: Iterable[str]) -> UsageError:
    return UsageError("\n".join(lines))
