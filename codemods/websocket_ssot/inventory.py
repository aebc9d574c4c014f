"""`--inventory`: the whole picture of a project before anything is decided, as plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import TypeVar

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.python.names import Bound, Context, ModuleNames
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.census import Census, Key, Users, in_tests
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.duplicates import STRANGERS, Cluster, drifted, exact, namesakes
from codemods.websocket_ssot.facts import ClassFact, Facts
from codemods.websocket_ssot.family import family_named, role
from codemods.websocket_ssot.kinds import CLASS_KINDS, ClassKind, Makers, kind_of
from codemods.websocket_ssot.proposal import table, toml
from codemods.websocket_ssot.ranking import Ranking, chosen, counted, ranked

WIDTH = 100
"""Columns that the text fits into."""

_ROWS, _NAMES = 10, 6
_REAL: frozenset[ClassKind | None] = frozenset({"manager", "factory", "adapter"})
_GUARDS = {
    "raises": "meant to fail",
    "try:import-error": "except ImportError",
    "try:broad": "except Exception",
    "typing": "TYPE_CHECKING",
}
T = TypeVar("T")

_TITLES: dict[ClassKind, tuple[str, str]] = {
    "manager": ("manager", ""),
    "factory": ("factory", ": classes of objects that make managers"),
    "adapter": ("adapter", ""),
    "protocol": ("protocol", ""),
    "ABC": ("ABC", ""),
    "enum": ("enum", ""),
    "test double": ("test double", ", with all other classes in test code"),
    "stranger": ("stranger", ", like a manager by name only"),
}


def inventory_text(project: Project[Facts], config: Config) -> str:
    """What there is: classes by kind, duplicates, names that lead to them, instances, dangling imports, candidates.

    Long lists show their most used entries and count the rest.
    """
    return "\n".join(_Inventory(project, config).lines()) + "\n"


class _Inventory:
    def __init__(self, project: Project[Facts], config: Config) -> None:
        self.project = project
        self.config = config
        self.origins = Origins(project)
        self.census = Census(project, self.origins)
        self.makers = Makers(self.census)
        self.classes: dict[Key, ClassFact] = {}
        self.kinds: dict[Key, ClassKind] = {}
        for path, facts in self.census.facts():
            for cls in (*facts.classes, *facts.type_made):
                if family_named(cls.name) or cls.name in config.names:
                    self.classes[(path, cls.name)] = cls
                    self.kinds[(path, cls.name)] = kind_of(self.census, path, cls)

    def lines(self) -> Iterator[str]:
        known = sum(1 for _path, facts in self.census.facts() if facts.classes or facts.uses or facts.functions)
        yield f"{counted(known, 'file')} with something of a WebSocket manager, of {len(self.project.layout.paths):,}"
        yield "users are files: production + tests"
        ranking = ranked(self.project, self.origins, self.config.names)
        for title, rows in (
            ("Classes", self.class_rows()),
            ("Duplicates", self.duplicate_rows()),
            ("Functions that make managers", self.function_rows()),
            ("Names that lead to them", self.alias_rows()),
            ("Instances at module level", self.instance_rows()),
            ("Dangling imports", self.dangling_rows()),
            ("Candidates", self.candidate_rows(ranking)),
        ):
            yield from ("", title, "=" * len(title))
            yield from (fitted(row) for row in rows)

    # -- classes

    def class_rows(self) -> Iterator[str]:
        if not self.classes:
            yield "none"
        for kind in CLASS_KINDS:
            keys = sorted((key for key, found in self.kinds.items() if found == kind), key=self.most_used)
            if keys:
                noun, about = _TITLES[kind]
                yield f"{counted(len(keys), noun)}{about}"
                yield from shortened(keys, lambda key: self.class_row(key, self.classes[key]))

    def users(self, key: Key) -> Users:
        return self.makers.users(key) if key in self.classes else self.census.users(key)

    def most_used(self, key: Key) -> tuple[int, int, Key]:
        users = self.users(key)
        return -users.production, -users.tests, key

    def class_row(self, key: Key, cls: ClassFact) -> Iterator[str]:
        yield used_row(f"{key[1]}  {counted(len(cls.methods), 'method')}", self.users(key))
        yield f"      {key[0]}:{cls.line}"
        nature = _nature(cls)
        if nature:
            yield f"      {nature}"

    # -- duplicates

    def duplicate_rows(self) -> Iterator[str]:
        mine = {key: cls for key, cls in self.classes.items() if self.kinds[key] in _REAL}
        same = exact(self.classes)
        near = drifted(mine)
        others = namesakes(mine, (*same, *near))
        if not (same or near or others):
            yield "none"
        for title, clusters in (
            ("exact: the same but for comments; keep one", same),
            ("drifted: mostly the same methods, some changed; a person merges them", near),
            ("the same name and nothing else to merge", others),
        ):
            if clusters:
                yield f"{counted(len(clusters), 'cluster')} {title}"
                yield from shortened(clusters, self.cluster_row)

    def cluster_row(self, cluster: Cluster) -> Iterator[str]:
        names = sorted({name for _path, name in cluster.members})
        about = "" if cluster.likeness == "exact" else f", {cluster.share:.0%} of the methods shared"
        if cluster.likeness == "namesake" and cluster.share < STRANGERS:
            about += ": strangers to each other"
        yield f"    {', '.join(names)} ({len(cluster.members)} classes{about})"
        if cluster.likeness == "drifted":
            yield f"      changed: {_listed(cluster.changed) or 'only bodies of methods'}"
        shown = cluster.members[: _ROWS // 2]
        for path, name in shown:
            yield f"      {path}:{self.classes[(path, name)].line}  {self.users((path, name)).figures}"
        if len(cluster.members) > len(shown):
            yield f"      … and {len(cluster.members) - len(shown):,} more"

    # -- functions, names, instances

    def function_rows(self) -> Iterator[str]:
        found: list[tuple[Key, str]] = []
        for path, facts in self.census.facts():
            for function in facts.functions:
                maker = None if in_tests(path) else self.makers.maker(path, function)
                if maker is not None and self.kinds.get(maker.cls) in _REAL:
                    what = f"makes {maker.cls[1]}"
                    if maker.through is not None:
                        what = (
                            f"only hands on to {maker.through[1]}" if maker.only else f"{what}, by {maker.through[1]}"
                        )
                    found.append(((path, function.name), what))
                elif not in_tests(path) and role(function.name) == "make" and family_named(function.name):
                    found.append(((path, function.name), "nothing shows what it makes"))
        if not found:
            yield "none"
        yield from shortened(sorted(found, key=lambda item: self.most_used(item[0])), self.function_row)

    def function_row(self, item: tuple[Key, str]) -> Iterator[str]:
        key, what = item
        yield used_row(f"{key[1]}  {what}", self.census.users(key))
        yield f"      {key[0]}"

    def alias_rows(self) -> Iterator[str]:
        """Every other name of a class or function: aliases and re-exports, by what they lead to in the end."""
        edges: dict[Key, list[tuple[Key, str]]] = {}
        for path, entry in sorted(self.project.entries.items()):
            if entry.names is None or in_tests(path):
                continue
            for name, bindings in entry.names.bindings.items():
                via = _via(bindings[-1])
                if not via or not family_named(f"{name} {via}"):
                    continue
                key = self.origins.bound(path, name).key
                offered = self.named((path, name)) or key[0] == path or name in _exported(entry.names)
                if offered and (key in self.classes or self.makes(key)):
                    edges.setdefault(key, []).append(((path, name), via))
        if not edges:
            yield "none"
        yield from shortened(sorted(edges, key=self.most_used), lambda key: self.names_of(key, edges[key]))

    def names_of(self, key: Key, edges: Sequence[tuple[Key, str]]) -> Iterator[str]:
        yield f"{key[1]}  ({key[0]})"
        named = sorted(edges, key=lambda edge: (-self.named(edge[0]), edge[0]))
        yield from shortened(named, self.alias_row, _NAMES)

    def makes(self, key: Key) -> bool:
        entry = self.project.entries.get(key[0])
        functions = entry.facts.functions if entry and entry.facts else ()
        return role(key[1]) == "make" and any(function.name == key[1] for function in functions)

    def named(self, key: Key) -> int:
        users = self.census.users_of_name(*key)
        return users.production + users.tests

    def alias_row(self, edge: tuple[Key, str]) -> Iterator[str]:
        (path, name), via = edge
        yield used_row(f"{name}  {via}", self.census.users_of_name(path, name))
        yield f"      {path}"

    def instance_rows(self) -> Iterator[str]:
        instances = self.makers.instances
        found = {key: made for key, made in instances.items() if self.kinds.get(made) in _REAL and not in_tests(key[0])}
        if not found:
            yield "none"
            return
        yield "each has an audience of its own: merging two merges who gets their messages, so they stay apart"
        yield from shortened(sorted(found, key=self.most_used), lambda key: self.instance_row(key, found[key]))

    def instance_row(self, key: Key, made: Key) -> Iterator[str]:
        yield used_row(f"{key[1]} = {made[1]}(…)", self.census.users(key))
        yield f"      {key[0]}"

    # -- imports that lead nowhere

    def dangling_rows(self) -> Iterator[str]:
        counts: Counter[tuple[str, str]] = Counter()
        guards: dict[tuple[str, str], Counter[str]] = {}
        files: set[str] = set()
        for path, entry in sorted(self.project.entries.items()):
            for statement in entry.names.imports if entry.names else ():
                for imported in statement.names if statement.is_from else ():
                    if imported.name == "*" or not family_named(f"{statement.module} {imported.name}"):
                        continue
                    if self.origins.imported(path, statement.level, statement.module, imported.name).nowhere:
                        what = ("." * statement.level + statement.module, imported.name)
                        counts[what] += 1
                        guards.setdefault(what, Counter())[_guard(statement.context)] += 1
                        files.add(path)
        if not counts:
            yield "none"
            return
        in_production = sum(not in_tests(path) for path in files)
        yield f"{counts.total():,} in {counted(len(files), 'file')}, {in_production:,} of them production"
        order = sorted(counts, key=lambda what: (-counts[what], what))
        yield from shortened(order, lambda what: _dangling_row(what, counts[what], guards[what]))

    # -- what to choose

    def candidate_rows(self, ranking: Ranking) -> Iterator[str]:
        try:
            found = chosen(self.project, self.origins, self.config)
        except UsageError as error:
            for line in str(error).split("\n"):
                yield from wrap(line, WIDTH) or [""]
            return
        yield from table("factories", ranking.factories)
        yield from table("classes", ranking.classes)
        yield ""
        if self.config.factory and self.config.class_:
            yield "configured:"
        else:
            yield "clearly ahead: a run without configuration takes them.  To settle it:"
        yield from toml(found.factory, found.class_)


def used_row(text: str, users: Users) -> str:
    """A row whose figures stand in a column on the right."""
    return f"    {fitted(text, WIDTH - 22):<{WIDTH - 22}}{users.figures:>18}"


def fitted(text: str, width: int = WIDTH) -> str:
    """A text in that many columns: what is too long loses its middle."""
    if len(text) <= width:
        return text
    keep = width - 1
    return f"{text[: keep // 2]}…{text[len(text) - (keep - keep // 2) :]}"


def shortened(items: Sequence[T], rows: Callable[[T], Iterable[str]], limit: int = _ROWS) -> Iterator[str]:
    """The rows of the first items, and how many more there are."""
    for item in items[:limit]:
        yield from rows(item)
    if len(items) > limit:
        yield f"    … and {len(items) - limit:,} more"


def _nature(cls: ClassFact) -> str:
    """What else there is to say of a class."""
    if cls.raises:
        return "can't be made: its constructor always raises"
    if cls.passes:
        return f"adds nothing to {_listed(cls.bases)}"
    return f"extends {_listed(cls.bases)}" if cls.bases else ""


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMES])
    return shown if len(names) <= _NAMES else f"{shown} and {len(names) - _NAMES:,} more"


def _via(bound: Bound) -> str:
    match bound.kind:
        case "from":
            return f"from {'.' * bound.level}{bound.module}" + (
                "" if bound.member == bound.name else f" import {bound.member}"
            )
        case "alias":
            return f"= {bound.member}"
    return ""


def _exported(names: ModuleNames) -> frozenset[str]:
    return frozenset(export.name for export in names.exports or ())


def _guard(context: Context) -> str:
    for block, guard in _GUARDS.items():
        if block in context:
            return guard
    return "unguarded"


def _dangling_row(what: tuple[str, str], count: int, guards: Mapping[str, int]) -> Iterator[str]:
    module, name = what
    how = ", ".join(f"{guard} {guards[guard]:,}" for guard in (*_GUARDS.values(), "unguarded") if guard in guards)
    yield f"    {count:>5,}  {module}: {name}"
    yield f"          {how}"
