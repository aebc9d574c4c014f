"""`decide`: what each call becomes, and whether the signature can be changed at all: it is all or nothing."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping

from codemods.rope_signature.change import (
    Problem,
    override_change,
    part_of,
    problems,
    renamed_reads,
    takes_anything,
    wanted_change,
)
from codemods.rope_signature.config import CONSTRUCTOR, Config
from codemods.rope_signature.draft import LINK, Draft
from codemods.rope_signature.facts import Facts, Function, Part
from codemods.rope_signature.sites import Sites
from codemods.rope_signature.target import Target, found, function_at, known, module_path
from codemods.rope_signature.verdicts import Verdicts
from codemods.toolkit.codemod import Plan, Site, UsageError
from codemods.toolkit.codes import LEFT_OUT
from codemods.toolkit.python.mentions.classes import Classes, Key, Outside, lacks
from codemods.toolkit.python.mentions.heirs import files_of_heirs
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

_TAKING = frozenset({"int", "float", "complex", "bool", "str", "bytes", "tuple", "frozenset", "type"})
"""Classes of Python that take arguments before `__init__` does."""

_METACLASSES = frozenset({"builtins.type", "abc.ABCMeta", "enum.EnumMeta", "enum.EnumType"})
"""Metaclasses that hand on what they get."""


def widen(project: Project[Facts], config: Config) -> frozenset[str]:
    """Further names that it may be called by: those that imports and assignments give it, and classes that inherit.

    What they lead to is found out later.
    """
    words = {config.called}
    if config.is_constructor:
        words |= _class_names(project, config)
    while True:
        more = set(_renamed(project, words)) - words
        if not more:
            return frozenset(words - {config.called})
        words |= more


def _class_names(project: Project[Facts], config: Config) -> set[str]:
    origins = Origins(project)
    classes = Classes(known(project), origins)
    try:
        target = found(origins, classes, config)
    except UsageError:  # raised again when there is no more to know
        return set()
    return {key.names[-1] for key in target.made}


def _renamed(project: Project[Facts], words: set[str]) -> Iterator[str]:
    for entry in project.entries.values():
        if entry.names is None:
            continue
        for statement in entry.names.imports:
            yield from (name.asname for name in statement.names if name.asname and name.name in words)
        for bounds in entry.names.bindings.values():
            for bound in bounds:
                if bound.kind == "alias" and bound.member.rpartition(".")[2] in words:
                    yield bound.name


def demand(project: Project[Facts], config: Config) -> frozenset[str]:
    """The file of the function, files that names lead through, and those with classes that inherit."""
    origins = Origins(project)
    classes = Classes(known(project), origins)
    path = module_path(origins, config)
    if path not in project.entries:
        return frozenset({path})
    try:
        target = found(origins, classes, config)
    except UsageError:
        if origins.unloaded - project.entries.keys():
            return frozenset(origins.unloaded - project.entries.keys())
        raise
    function = function_at(project, target.place)
    if function is None:
        return frozenset((origins.unloaded | {target.place.path}) - project.entries.keys())
    verdicts = Verdicts(project, origins, classes, config, target)
    for each, entry in project.entries.items():
        for occurrence in entry.facts.occurrences if entry.facts is not None else ():
            verdicts.of(each, occurrence, function)
    heirs = files_of_heirs(known(project), classes, target.family)
    return frozenset((*verdicts.unloaded, *heirs)) - project.entries.keys()


def decide(project: Project[Facts], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    """The plan.  Raises `UsageError` where there is no such function."""
    origins = Origins(project)
    classes = Classes(known(project), origins)
    target = found(origins, classes, config)
    function = function_at(project, target.place)
    if function is None:
        raise UsageError(f"{config.target}: there is no such function at the top level of its module")
    change = wanted_change(config, function)
    draft = Draft(target.place, function, config.name)
    if change.new == function.parameters:
        site = draft.at_definition("right", "this is its signature already")
        return Plan(sites=(site,))
    for problem in problems(function, change, spell_defaults=config.spell_defaults):
        draft.stop(target.place, function, problem)
    draft.change(target.place, function, part_of(function, change), renamed_reads(function, change), change)
    _overrides(project, config, target, function, draft)
    _outside(classes, config, target, draft)
    verdicts = Verdicts(project, origins, classes, config, target)
    on_any_object = bool(target.family) or _is_value(project, origins, target)
    sites = Sites(config, target, change, draft, verdicts, on_any_object=on_any_object)
    if config.is_constructor:
        _exception(project, classes, target, function, draft)
    for path, entry in sorted(project.entries.items()):
        kept = withheld.get(path, ("", ""))
        if entry.names is None and kept[0] != LEFT_OUT:
            draft.unparsable(path)
        if entry.facts is not None and not kept[1].endswith(LINK):
            sites.of_file(path, entry.facts, left_out=kept[0] == LEFT_OUT)
    return draft.plan(withheld)


def _is_value(project: Project[Facts], origins: Origins, target: Target) -> bool:
    """Whether the module of the function is handed on as a value in a file that mentions the function."""
    return any(
        origins.brought(path, each).key == (target.place.path, "")
        for path, entry in project.entries.items()
        for each in (entry.facts.handed_on if entry.facts is not None else ())
    )


def _overrides(project: Project[Facts], config: Config, target: Target, function: Function, draft: Draft) -> None:
    """The other methods of the family."""
    change = draft.changes[target.place]
    for place in target.places[1:]:
        override = function_at(project, place)
        if override is None:
            draft.stop_at(
                place.path, 1, 0, Problem("RS110", f"`{config.name}` of {place.names[-2]} is no plain method")
            )
            continue
        if takes_anything(override):
            draft.sites.append(
                Site("definition", place.path, override.line, override.column, config.name, "kept", "it takes anything")
            )
            draft.open[place] = override
            continue
        own = override_change(function, change, override)
        if isinstance(own, Problem):
            draft.stop(place, override, own)
            continue
        for problem in problems(override, own, spell_defaults=config.spell_defaults):
            draft.stop(place, override, problem)
        draft.change(place, override, part_of(override, own), renamed_reads(override, own), own)


def _outside(classes: Classes, config: Config, target: Target, draft: Draft) -> None:
    """Stop where something from outside of the project, or a protocol, asks for the method as it is."""
    if config.is_constructor:
        _constructor(classes, target, draft, own=config.own)
        return
    for key in sorted(target.family):
        line = classes.facts[key].line
        for base in classes.line(key):
            if isinstance(base, Outside) and not config.own and not lacks(base, config.name):
                reason = f"`{base.name}` may have a method `{config.name}`, too (--own: it has none)"
                draft.stop_at(key.path, line, 0, Problem("RS101", reason))
    for protocol in classes.protocols(target.family, config.name):
        reason = f"the protocol {protocol} asks for the method as it is"
        draft.stop_at(protocol.path, classes.facts[protocol].line, 0, Problem("RS101", reason))


def _exception(project: Project[Facts], classes: Classes, target: Target, function: Function, draft: Draft) -> None:
    """Stop where an exception keeps its arguments (`args`), as its constructor doesn't hand on what they are."""
    entry = project.entries[target.place.path]
    occurrences = entry.facts.occurrences if entry.facts is not None else ()
    calls = (each.use for each in occurrences if each.word == CONSTRUCTOR)
    if any(use is not None and use.action == "call" and use.inside == target.place.names for use in calls):
        return
    for base in classes.line(Key(target.place.path, target.place.names[:-1])):
        name = base.name.partition(".")[2] if isinstance(base, Outside) else ""
        kind = getattr(builtins, name, None) if isinstance(base, Outside) and base.name == f"builtins.{name}" else None
        if isinstance(kind, type) and issubclass(kind, BaseException):
            reason = f"`{name}` keeps the arguments (`args`): hand on to it what they are, by `super().__init__(...)`"
            draft.stop(target.place, function, Problem("RS101", reason))


def _constructor(classes: Classes, target: Target, draft: Draft, *, own: bool) -> None:
    for key in sorted(target.made):
        line = classes.facts[key].line
        for reason in _makers(classes, key, own=own):
            draft.stop_at(key.path, line, 0, Problem("RS101", reason))


def _makers(classes: Classes, key: Key, *, own: bool) -> Iterator[str]:
    """What gets the arguments of a constructor as well."""
    if classes.owner(key, "__new__").key is not None:
        yield "its `__new__` gets the same arguments"
    for base in classes.line(key):
        if isinstance(base, Key):
            yield from _metaclass(classes, base, own=own)
        elif base.name.startswith("builtins."):
            if base.name.partition(".")[2] in _TAKING:
                yield f"`{base.name}` takes the same arguments"
        elif not own and not lacks(base, "__new__"):
            yield f"`{base.name}` may get the same arguments, in its `__new__` (--own: it has none)"


def _metaclass(classes: Classes, key: Key, *, own: bool) -> Iterator[str]:
    """The metaclass of a class, where its `__call__` may get the arguments first."""
    metaclass = classes.facts[key].metaclass
    if metaclass is None:
        return
    match classes.named(key.path, metaclass):
        case Key() as found if classes.owner(found, "__call__").key is not None:
            yield f"its metaclass {found} gets the same arguments"
        case Outside(name) if not own and name not in _METACLASSES:
            yield f"its metaclass `{name}` may get the same arguments (--own: it does not)"
