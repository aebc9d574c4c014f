"""The real class of a double as its spec, where the source names it and the evidence agrees with it.

The class is named by what annotates the double: its own name, the function that hands it out, or else the parameters
and attributes by which the code under test calls it (as a run showed), which have to agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.asyncmock_await.doubles.facts import Creation, DoubleFacts, Function
from codemods.asyncmock_await.doubles.impossible import Impossible
from codemods.asyncmock_await.doubles.stands_for import class_at, lineage, members_of
from codemods.asyncmock_await.doubles.uses import Chain, Uses, dotted
from codemods.asyncmock_await.part import CallChange, Change, ImportedName, NewImport
from codemods.toolkit.python.cycles import ImportGraph
from codemods.toolkit.python.names import Bound, ImportStatement, ModuleNames
from codemods.toolkit.python.origin import Origin
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_NOT_RUN = frozenset({"typing", "main"})


@dataclass(frozen=True, slots=True)
class Spec:
    """A class as it is written beside a double, and the imports that this takes."""

    written: str
    imports: tuple[Change, ...] = ()


def spec_instead(
    project: Project[Facts], origins: Origins, path: str, creation: Creation, uses: Uses, sync: Sequence[Chain],
    out_of_date: frozenset[str],
) -> tuple[Spec, tuple[Change, ...]]:  # fmt: skip
    """The double gets its class as a spec: the class, and all changes.

    `spec` allows no names but those of the class (an attribute that `__init__` sets is none of them), and makes its
    coroutine functions AsyncMocks and all other members MagicMocks (`NonCallableMock._mock_add_spec` and
    `_get_child_mock` of CPython).  So every member that was seen has to be known, and be of the kind that was seen.

    `out_of_date` are files in which places of the evidence mean nothing any more.

    Raises:
        Impossible: the class isn't known, can't be written there, or isn't known to be right.
    """
    if creation.what.rpartition(".")[2] != "AsyncMock" or creation.positional:
        raise Impossible("AM298", f"`{creation.callee}(...)` is no plain AsyncMock")
    given = {name for name, _text in creation.keywords} & {"spec", "spec_set", "wraps", "**"}
    if given:
        raise Impossible("AM298", f"`{min(given)}` of it says already what it has")
    owner = _class_of(project, origins, path, creation, uses, out_of_date)
    members = members_of(project, origins, owner)
    if members is None:
        raise Impossible("AM298", f"`{owner.name}` has a base class that isn't one of the project's")
    _refuse_disagreement(owner.name, members, uses, sync, creation)
    _refuse_asked(project, origins, owner, uses)
    spec = _spelled(project, origins, path, creation, owner)
    return spec, (CallChange(creation.start, creation.end, added=(("spec", spec.written),)), *spec.imports)


def ask_for_spec(
    project: Project[Facts], origins: Origins, path: str, creation: Creation, uses: Uses, out_of_date: frozenset[str]
) -> None:
    """Ask for all that a decision about a spec needs (what is missing stands in `origins.unloaded`)."""
    with suppress(Impossible):
        spec_instead(project, origins, path, creation, uses, (), out_of_date)


def _class_of(
    project: Project[Facts], origins: Origins, path: str, creation: Creation, uses: Uses, out_of_date: frozenset[str]
) -> Origin:
    own = creation.annotated or creation.handed_out
    places = {(path, own)} if own else set(_annotated_receivers(project, uses, out_of_date))
    if not places:
        raise Impossible("AM298", "nothing says of what class the real object is: annotate it, or what it is given to")
    found = {place: class_at(origins, *place) for place in places}
    unknown = next((name for (_path, name), owner in sorted(found.items()) if owner is None), "")
    if unknown:
        raise Impossible("AM298", f"`{unknown}` is no class of the project")
    owners = {owner.key: owner for owner in found.values() if owner is not None}
    if len(owners) > 1:
        names = ", ".join(f"`{name}`" for _path, name in sorted(owners))
        raise Impossible("AM298", f"it stands for objects of several classes: {names}")
    return next(iter(owners.values()))


def _annotated_receivers(project: Project[Facts], uses: Uses, out_of_date: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Where the double was called by an annotated name: (file, class as written there)."""
    for double in uses.doubles:
        for call in double.calls:
            place, facts = call.place, _facts(project, call.place.path)
            for each in facts.received if facts is not None and place.path not in out_of_date else ():
                span = (each.line, each.column, each.end_line, each.end_column)
                if len(call.chain) == 1 and span == (place.line, place.column, place.end_line, place.end_column):
                    yield place.path, each.annotated


def _facts(project: Project[Facts], path: str) -> DoubleFacts | None:
    entry = project.entries.get(path)
    return entry.facts.doubles if entry is not None and entry.facts is not None else None


def _refuse_disagreement(
    name: str, members: dict[str, Function | None], uses: Uses, sync: Sequence[Chain], creation: Creation
) -> None:
    """Raises `Impossible` unless the class has all that was seen, each of the kind that was seen."""
    chains = (*sync, *uses.wanted, *uses.dropped)
    deeper = next((chain for chain in chains if not chain or (len(chain) > 1 and chain in sync)), None)
    if deeper is not None:
        raise Impossible("AM298", f"a spec says nothing of `{dotted(deeper) or 'the double itself'}`")
    methods = {each: method for each, method in members.items() if method is not None}
    for chain in sync:
        if chain[0] not in methods or not methods[chain[0]].plain:
            raise Impossible("AM298", f"`{name}.{chain[0]}` isn't known to be a sync method")
    for chain in (*uses.wanted, *(each for each in uses.dropped if each[:1] not in sync)):
        if sync and (chain[0] not in methods or not methods[chain[0]].asynchronous):
            raise Impossible("AM298", f"`{name}.{chain[0]}` isn't known to be a coroutine function")
    seen = {each for double in uses.doubles for each in double.attributes} | {*creation.read}
    missing = sorted(seen - members.keys())
    if missing:
        raise Impossible("AM298", f"`{name}` has no `{missing[0]}` by its class: a spec allows only what that has")


def _refuse_asked(project: Project[Facts], origins: Origins, owner: Origin, uses: Uses) -> None:
    """A double with a spec is an instance of that class for `isinstance`, which it wasn't before.

    Raises:
        Impossible: a file that calls the double asks objects whether they are instances of the class, or of a base.
    """
    names = {name for _path, name in lineage(project, origins, owner) or {owner.key}}
    for path in sorted({call.place.path for double in uses.doubles for call in double.calls}):
        facts = _facts(project, path)
        asked = sorted(names.intersection(facts.asked_of)) if facts is not None else []
        if asked:
            raise Impossible("AM298", f"{path} asks what is a `{asked[0]}`, which the double isn't without a spec")


def _spelled(project: Project[Facts], origins: Origins, path: str, creation: Creation, owner: Origin) -> Spec:
    entry = project.entries[path]
    names, facts = entry.names, _facts(project, path)
    if names is None or facts is None:
        raise Impossible("AM298", "the file could not be parsed")
    within = {*facts.within, *_imported_within(names)}
    if creation.annotated and _is_there(names, creation.annotated, creation):
        return Spec(creation.annotated)
    for name in sorted(name for name, bounds in names.bindings.items() if _may_be(bounds, owner.name)):
        if _is_there(names, name, creation) and name not in within and origins.bound(path, name).key == owner.key:
            return Spec(name)
    if owner.name in names.bindings or owner.name in within or names.stars or owner.name in names.global_names:
        raise Impossible("AM298", f"`{owner.name}` can't be imported there: the name means something else, or not yet")
    return _imported(project, origins, path, creation, owner)


def _may_be(bounds: Sequence[Bound], name: str) -> bool:
    """Whether a name that is bound like that may mean a class of some name."""
    return any(name in {bound.name, bound.member.rpartition(".")[2]} for bound in bounds)


def _is_there(names: ModuleNames, dotted_name: str, creation: Creation) -> bool:
    """Whether a name is bound whenever the double is created."""
    bounds: Sequence[Bound] = names.bindings.get(dotted_name.partition(".")[0], ())
    late = [bound for bound in bounds if not creation.until and bound.start > creation.start]
    return bool(bounds) and not late and all(not _NOT_RUN & set(bound.context) for bound in bounds)


def _top_imports(names: ModuleNames | None, creation: Creation) -> list[ImportStatement]:
    """The imports at the top level, outside of any block, that have run once the double is created."""
    imports = names.imports if names is not None else ()
    top = [each for each in imports if each.at_import and not each.context]
    return [each for each in top if creation.until or each.end <= creation.start]


def _imported_within(names: ModuleNames) -> Iterator[str]:
    return (each.bound for statement in names.imports if statement.function for each in statement.names)


def _imported(project: Project[Facts], origins: Origins, path: str, creation: Creation, owner: Origin) -> Spec:
    """An import of the class from its module, below what loads that module already: nothing new runs for it."""
    top = _top_imports(project.entries[path].names, creation)
    graph = ImportGraph(project)
    loading = [index for index, each in enumerate(top) if _loads(graph, path, each, owner.path)]
    origins.unloaded.update(graph.unloaded)
    roots = {root for each in top for root in _roots(each)}
    names = (each for each in project.layout.names(owner.path) if project.layout.find(each, path) == owner.path)
    module = next((each for each in names if each.partition(".")[0] in roots), "")
    if not loading or not module:
        raise Impossible("AM298", f"`{owner.name}` can't be imported there without more being loaded than is now")
    below = top[loading[0] :]
    same = next((each for each in top if each.is_from and not each.level and each.module == module), None)
    if same is not None:
        return Spec(owner.name, (ImportedName(same.start, same.end, owner.name),))
    beside = [each for each in below if each.is_from and module.partition(".")[0] in _roots(each)] or below[-1:]
    anchor = ([each for each in beside if each.module < module] or beside[:1])[-1]
    return Spec(owner.name, (NewImport(anchor.start, anchor.end, "below", f"from {module} import {owner.name}"),))


def _loads(graph: ImportGraph, path: str, statement: ImportStatement, wanted: str) -> bool:
    """Whether an import loads a file, directly or by what it loads."""
    names = [each.name for each in statement.names]
    if statement.is_from:
        targets = graph.from_import(path, statement.level, statement.module, names)
    else:
        targets = frozenset().union(*(graph.plain_import(path, name) for name in names))
    return wanted in targets or any(wanted in graph.edges(target) for target in sorted(targets))


def _roots(statement: ImportStatement) -> set[str]:
    """The top packages that an import names."""
    if statement.is_from:
        return set() if statement.level else {statement.module.partition(".")[0]}
    return {each.name.partition(".")[0] for each in statement.names}
