"""Imports that lead nowhere, and which of them a change brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from codemods.toolkit.python.names import ImportedName, ImportStatement, ModuleNames
from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Project

_Key: TypeAlias = tuple[int, str, str]


class Dangling(msgspec.Struct, frozen=True):
    """An import in line `line` of `path` that leads nowhere after a change, and led somewhere or was not there before.

    `culprit` is the changed file that is to blame: `path` itself, or the one that no longer gives the name.
    """

    path: str
    line: int
    module: str
    name: str
    culprit: str


def new_dangling(
    before: Project[Any], after: Project[Any], changed: Collection[str], origins: Origins
) -> tuple[Dangling, ...]:
    """Imports that newly lead nowhere, in changed files and in the files that import from them.

    `changed` are the files that differ or are gone, `origins` answers for `after`.  Imports in `with raises(...)` are
    meant to fail.
    """
    comparison = _Comparison(before, after, frozenset(changed), Origins(before), origins)
    found = [each for path in sorted(changed) for each in _in_changed(comparison, path)]
    words = _lost_words(before, after, changed)
    for path, entry in after.entries.items() if words is None or words else ():
        if entry.names is not None and path not in comparison.changed:
            found += _in_unchanged(comparison, path, entry.names, words)
    return tuple(found)


def follow_new_imports(before: Project[Any], after: Project[Any], path: str, origins: Origins) -> None:
    """Ask for the origins of imports that a change brought, so that `origins.unloaded` holds what they lead through."""
    was, now = _names(before, path), _names(after, path)
    if now is not None:
        old = set() if was is None else {_key(*each) for each in _imports(was)}
        for each in _imports(now):
            if _key(*each) not in old:
                _origin(origins, path, _key(*each))


def _imports(names: ModuleNames) -> Iterator[tuple[ImportStatement, ImportedName]]:
    for statement in names.imports:
        if "raises" not in statement.context:
            for name in statement.names:
                yield statement, name


def _key(statement: ImportStatement, name: ImportedName) -> _Key:
    return (statement.level, statement.module, name.name) if statement.is_from else (0, name.name, "")


def _origin(origins: Origins, path: str, key: _Key) -> Origin:
    level, module, name = key
    if name in {"", "*"}:
        return origins.module(path, level, module)
    return origins.imported(path, level, module, name)


def _names(project: Project[Any], path: str) -> ModuleNames | None:
    entry = project.entries.get(path)
    return None if entry is None else entry.names


@dataclass(frozen=True, slots=True)
class _Comparison:
    before: Project[Any]
    after: Project[Any]
    changed: frozenset[str]
    earlier: Origins
    later: Origins

    def nowhere_before(self, path: str, key: _Key) -> bool:
        return _origin(self.earlier, path, key).nowhere

    def nowhere(self, path: str, key: _Key) -> bool:
        """Whether an import leads nowhere after the change.

        A module of this tree that is gone with everything beside it looks like one of somebody else.
        """
        origin = _origin(self.later, path, key)
        return origin.nowhere or (origin.status == "external" and self.before.layout.internal(origin.path, path))

    def culprit(self, path: str, key: _Key) -> str:
        """The changed file to blame: where the way of an import ends now, ended before, or what it passed before."""
        ends = (_origin(self.later, path, key).path, _origin(self.earlier, path, key).path)
        return next((file for file in (*ends, *self._way(path, key)) if file in self.changed), path)

    def _way(self, path: str, key: _Key) -> Iterator[str]:
        """The files that an import led through before, as far as they pass names on by from-imports."""
        seen: set[tuple[str, str]] = set()
        while True:
            level, module, name = key
            path = self.earlier.module(path, level, module).path
            yield path
            names = _names(self.before, path)
            found = () if names is None else names.bindings.get(name, ())
            bound = next((each for each in reversed(found) if each.kind == "from"), None)
            if bound is None or (path, name) in seen:
                return
            seen.add((path, name))
            key = (bound.level, bound.module, bound.member)


def _in_changed(comparison: _Comparison, path: str) -> Iterator[Dangling]:
    now, was = _names(comparison.after, path), _names(comparison.before, path)
    if now is None or path not in comparison.after.layout.paths:
        return
    had = Counter[_Key]()
    if was is not None:
        had.update(key for key in (_key(*each) for each in _imports(was)) if comparison.nowhere_before(path, key))
    for statement, name in _imports(now):
        key = _key(statement, name)
        if not comparison.nowhere(path, key):
            continue
        if had[key] > 0:
            had[key] -= 1
        else:
            yield Dangling(path, statement.line, "." * key[0] + key[1], key[2], path)


def _in_unchanged(
    comparison: _Comparison, path: str, names: ModuleNames, words: frozenset[str] | None
) -> Iterator[Dangling]:
    for statement, name in _imports(names):
        key = _key(statement, name)
        if words is not None and words.isdisjoint((*key[1].split("."), key[2])):
            continue
        if comparison.nowhere(path, key) and not comparison.nowhere_before(path, key):
            culprit = comparison.culprit(path, key)
            yield Dangling(path, statement.line, "." * key[0] + key[1], key[2], culprit)


def _lost_words(before: Project[Any], after: Project[Any], changed: Collection[str]) -> frozenset[str] | None:
    """Names that an import must mention to have lost its origin by the change; None when it may be any name."""
    words: set[str] = set()
    for path in changed:
        was, now = _names(before, path), _names(after, path)
        if path not in after.layout.paths:
            words.add(path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2])
            now = None
        elif now is None:
            continue  # it can't be parsed: nothing in it is missing
        if was is None:
            continue
        if now is not None and (set(was.stars) - set(now.stars) or (was.dynamic and not now.dynamic)):
            return None
        kept = frozenset() if now is None else now.bindings.keys() | set(now.global_names)
        words |= (was.bindings.keys() | set(was.global_names)) - kept
        words |= _rebound(was, now)
    return _with_aliases(after, words)


def _rebound(was: ModuleNames, now: ModuleNames | None) -> set[str]:
    """Names that a changed module binds in another way than before: they may lead elsewhere, or nowhere."""
    if now is None:
        return set()
    return {
        name
        for name, found in now.bindings.items()
        if [(b.kind, b.level, b.module, b.member, b.context) for b in found]
        != [(b.kind, b.level, b.module, b.member, b.context) for b in was.bindings.get(name, ())]
    }


def _with_aliases(project: Project[Any], words: set[str]) -> frozenset[str]:
    """With the names under which modules pass these names on (`from m import word as other`, `other = word`)."""
    if not words:
        return frozenset()
    passed_on = [
        (name, frozenset(bound.member.split(".")))
        for entry in project.entries.values()
        if entry.names is not None
        for name, found in entry.names.bindings.items()
        for bound in found
        if bound.member not in {"", name}
    ]
    size = 0
    while size < len(words):
        size = len(words)
        words |= {name for name, parts in passed_on if not parts.isdisjoint(words)}
    return frozenset(words)
