"""`decide`: what each call becomes, and whether the signature can be changed at all: it is all or nothing."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from codemods.rope_signature.calls import Change, Given, Impossible, rewritten
from codemods.rope_signature.config import Config
from codemods.rope_signature.facts import CallPart, Facts, Function, Part, Span
from codemods.rope_signature.signature import Parameter, Parameters, parameters, texts
from codemods.toolkit.codemod import Plan, Site, UsageError
from codemods.toolkit.python.definition import aliases, function_or_class
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.toolkit.python.uses import Use

LEFT_OUT = "TK107"
"""The code of files that are there to be read only."""


def widen(project: Project[Facts], config: Config) -> frozenset[str]:
    """Further names of the function."""
    return aliases(project, config.function) if _file(project, config) in project.entries else frozenset()


def demand(project: Project[Facts], config: Config) -> frozenset[str]:
    """The file of the function, and files that names lead through."""
    path = _file(project, config)
    if path not in project.entries:
        return frozenset({path})
    definition = function_or_class(project, config.function)
    for each, entry in project.entries.items():
        for use in entry.facts.uses if entry.facts is not None else ():
            definition.leads(each, use)
    return definition.unloaded - project.entries.keys()


def _file(project: Project[Facts], config: Config) -> str:
    """The file that the function is in.  Raises `UsageError` where there is none."""
    if not config.target or not config.signature:
        raise UsageError("rope_signature: say which function and what signature: package.module:name '(a, b)'")
    module = config.target.partition(":")[0]
    origin = Origins(project).module("", 0, module)
    if origin.status != "module" or not origin.path.endswith(".py"):
        raise UsageError(f"{module}: there is no such module in the project")
    return origin.path


@dataclass(slots=True)
class _Draft:
    """The plan so far."""

    calls: dict[str, list[CallPart]] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)
    blockers: list[Site] = field(default_factory=list)


def decide(project: Project[Facts], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    """The plan.  Raises `UsageError` where there is no such function."""
    path = _file(project, config)
    entry = project.entries.get(path)
    function = entry.facts.function if entry is not None and entry.facts is not None else None
    if function is None:
        raise UsageError(f"{config.target}: there is no such function at the top level of its module")
    change = _change(config, function)
    name = config.target.rpartition(":")[2]
    if change.new == function.parameters:
        site = Site("definition", path, function.line, function.column, name, "right", "this is its signature already")
        return Plan(sites=(site,))
    draft = _Draft()
    definition = _definition(path, function, change, draft, name)
    _uses(project, config, change, withheld, draft)
    for each in (path, *draft.calls):
        if each in withheld:
            code, reason = withheld[each]
            at = (function.line, function.column)
            draft.blockers.append(Site("definition", path, *at, name, "refused", f"{each}: {reason}", code))
    if draft.blockers:
        return Plan(sites=_refused(draft, path, function, name))
    parts = {each: Part(calls=tuple(calls)) for each, calls in sorted(draft.calls.items())}
    parts[path] = msgspec.structs.replace(definition, calls=tuple(draft.calls.get(path, ())))
    reason = f"now ({', '.join(texts(change.new))})"
    site = Site("definition", path, function.line, function.column, name, "rewritten", reason)
    return Plan(parts, (site, *draft.sites))


def _change(config: Config, function: Function) -> Change:
    """The change that leads to the signature: annotations stay where none are given."""
    wanted = parameters(config.signature)
    renamed = {old: new for old, new in config.renamed.items() if any(each.name == old for each in function.parameters)}
    before = {renamed.get(each.name, each.name): each for each in function.parameters}
    new = tuple(
        msgspec.structs.replace(each, annotation=each.annotation or before[each.name].annotation)
        if each.name in before
        else each
        for each in wanted
    )
    return Change(function.parameters, new, renamed, config.values)


def _definition(path: str, function: Function, change: Change, draft: _Draft, name: str) -> Part:
    """What happens to the function itself."""

    def stop(code: str, reason: str) -> None:
        draft.blockers.append(Site("definition", path, function.line, function.column, name, "refused", reason, code))

    if function.problem:
        stop("RS101", function.problem)
    names: list[tuple[Span, str]] = []
    before = {each.name: each for each in change.old}
    after = {each.name: each for each in change.new}
    for old in change.old:
        new = change.renamed.get(old.name, old.name)
        if new not in after:
            if function.reads.get(old.name):
                stop("RS106", f"its body reads `{old.name}`, which would go")
        elif new != old.name:
            if old.name in function.closed or (new in function.words):
                stop("RS106", f"`{old.name}` can't become `{new}` in its body: one of the two means more there")
            names += [(span, new) for span in function.reads.get(old.name, ())]
        if new in after:
            _same(old, after[new], stop)
    for each in change.new:
        origin = {change.renamed.get(old.name, old.name) for old in change.old}
        if each.name not in origin and each.name in function.words and each.name not in before:
            stop("RS106", f"`{each.name}` means something else in its body already")
    return Part(
        inside=function.inside,
        parameters=tuple(texts(_as_written(function, change.new))),
        indent=function.indent,
        names=tuple(names),
    )


def _as_written(function: Function, wanted: Parameters) -> Parameters:
    """The parameters with defaults and annotations as they stand in the file, as far as they stand there."""
    written = function.written
    return tuple(
        msgspec.structs.replace(
            each,
            default=written.get(each.default, each.default),
            annotation=written.get(each.annotation, each.annotation),
        )
        for each in wanted
    )


def _same(old: Parameter, new: Parameter, stop: Callable[[str, str], None]) -> None:
    """Stop where a parameter would get another default, or another meaning of its star."""
    if old.default and new.default and old.default != new.default:
        stop("RS107", f"the default of `{new.name}` would change from {old.default} to {new.default}")
    if old.default and not new.default and not _is_literal(old.default):
        stop("RS107", f"calls would have to pass `{old.default}` for `{new.name}`, which is no literal")
    if {old.kind, new.kind} & {"rest", "keywords"} and old.kind != new.kind:
        stop("RS107", f"`{new.name}` would take its arguments in another way")


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    return not text.startswith(("[", "{"))


def _uses(
    project: Project[Facts], config: Config, change: Change, withheld: Mapping[str, tuple[str, str]], draft: _Draft
) -> None:
    definition = function_or_class(project, config.function)
    for path, entry in sorted(project.entries.items()):
        if entry.names is None:
            reason = "it can't be parsed, and may call the function: mend it, or leave it out with --exclude"
            draft.blockers.append(Site("file", path, 1, 0, path, "refused", reason, "RS108"))
        if entry.facts is None or withheld.get(path, ("",))[0] == LEFT_OUT:
            continue
        given = {call.start: call.given for call in entry.facts.calls}
        for use in entry.facts.uses:
            leads = definition.leads(path, use)
            if leads is not False:
                _use(path, use, given.get(use.start, ()), change, draft, certain=leads is True)
        for double in entry.facts.doubles:
            reason = "it may be replaced or looked up by this string: look at the calls that follow"
            draft.sites.append(
                Site("double", path, double.line, double.column, double.value, "refused", reason, "RS109")
            )


def _use(path: str, use: Use, given: Sequence[Given], change: Change, draft: _Draft, *, certain: bool) -> None:
    """What happens to one use."""
    if use.kind in {"import", "alias"}:
        return
    kind = "call" if use.kind == "call" else "reference"
    site = Site(kind, path, use.line, use.column, use.spelled, "kept", "it fits as it is")
    if use.kind == "name":
        if _is_extension(change):
            draft.sites.append(msgspec.structs.replace(site, reason="what is called there stays right"))
            return
        reason = "it is handed on: who calls it, and with what, can't be told"
        draft.blockers.append(msgspec.structs.replace(site, decision="refused", reason=reason, code="RS102"))
        return
    try:
        new = rewritten(change, given)
    except Impossible as problem:
        if _is_extension(change) and problem.code == "RS102":
            draft.sites.append(site)
            return
        draft.blockers.append(
            msgspec.structs.replace(site, decision="refused", reason=problem.reason, code=problem.code)
        )
        return
    part = _part(use, given, [(taken.text, taken.old) for taken in new])
    if part is None:
        draft.sites.append(site)
    elif not certain:
        reason = "whether it is this function can't be told"
        draft.blockers.append(msgspec.structs.replace(site, decision="refused", reason=reason, code="RS102"))
    else:
        draft.calls.setdefault(path, []).append(part)
        draft.sites.append(msgspec.structs.replace(site, decision="rewritten", reason="it fits the new signature"))


def _is_extension(change: Change) -> bool:
    """Whether every call that was right stays right: parameters with defaults come behind all others."""
    if change.values or change.renamed or len(change.new) < len(change.old):
        return False
    plain = [each for each in change.new if each in change.old]
    added = [each for each in change.new if each not in change.old]
    if plain != list(change.old) or not all(each.default for each in added):
        return False
    if any(each.kind in {"rest", "keywords"} for each in change.old):
        return all(each.kind == "keyword" for each in added) and all(each.kind != "keywords" for each in change.old)
    by_position = [each for each in change.new if each.kind != "keyword"]
    count = sum(each.kind != "keyword" for each in change.old)
    return by_position[:count] == [each for each in change.old if each.kind != "keyword"]


def _part(use: Use, given: Sequence[Given], new: Sequence[tuple[str, int | None]]) -> CallPart | None:
    """The part for a call, None where it stays as it is."""
    old = [each.value if not each.name else f"{each.name}={each.value}" for each in given]
    if [text for text, _ in new] == old:
        return None
    kept = {index for _, index in new}
    drop = tuple(index for index in range(len(given)) if index not in kept)
    spans = tuple(Span(argument.start, argument.end) for argument in use.arguments)
    return CallPart(use.end, spans, drop, tuple(text for text, _ in new))


def _refused(draft: _Draft, path: str, function: Function, name: str) -> tuple[Site, ...]:
    first = draft.blockers[0]
    at = (path, function.line, function.column)
    reason = f"nothing changes: {first.path}:{first.line}: {first.reason}"
    own = Site("definition", *at, name, "refused", reason, first.code)
    return tuple(_once((*draft.blockers, own, *map(_kept, draft.sites))))


def _kept(site: Site) -> Site:
    if site.decision != "rewritten":
        return site
    return msgspec.structs.replace(site, decision="kept", reason="nothing changes, see the definition")


def _once(sites: Sequence[Site]) -> Iterator[Site]:
    seen: set[tuple[str, str, int, int, str]] = set()
    for site in sites:
        key = (site.kind, site.path, site.line, site.column, site.name)
        if key not in seen:
            seen.add(key)
            yield site
