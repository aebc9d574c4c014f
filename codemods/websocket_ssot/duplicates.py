"""Classes that are the same, nearly the same, or only named the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from codemods.websocket_ssot.census import Key
from codemods.websocket_ssot.facts import ClassFact

DRIFTED, STRANGERS = 0.75, 0.25
"""Copies that drifted apart still share this much of their methods; classes with a common name and less than the
second figure have nothing else in common."""

Likeness = Literal["exact", "drifted", "namesake"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Classes that are alike.  `share` is the least share of methods that two of them have in common (0 to 1).

    `changed` are methods that not all of them have, or that take other parameters in some.
    """

    likeness: Likeness
    members: tuple[Key, ...]
    share: float
    changed: tuple[str, ...]


def exact(classes: Mapping[Key, ClassFact]) -> tuple[Cluster, ...]:
    """Classes whose bodies are the same but for docstrings, comments and layout."""
    groups: dict[str, list[Key]] = {}
    for key, cls in sorted(classes.items()):
        if cls.digest:
            groups.setdefault(cls.digest, []).append(key)
    return tuple(Cluster("exact", tuple(keys), 1.0, ()) for keys in groups.values() if len(keys) > 1)


def drifted(classes: Mapping[Key, ClassFact]) -> tuple[Cluster, ...]:
    """Copies that no longer are: three methods of four in common, and at least one that changed."""
    pairs = [
        (one, other)
        for one, other in combinations(sorted(classes), 2)
        if classes[one].digest != classes[other].digest
        and min(len(classes[one].methods), len(classes[other].methods)) > 1
        and _share(classes[one], classes[other]) >= DRIFTED
    ]
    return tuple(_cluster("drifted", keys, classes) for keys in _joined(pairs))


def namesakes(classes: Mapping[Key, ClassFact], known: Sequence[Cluster]) -> tuple[Cluster, ...]:
    """Classes of one name that are no copies of each other (`known` are the clusters of copies)."""
    groups: dict[str, list[Key]] = {}
    for key in sorted(classes):
        groups.setdefault(key[1], []).append(key)
    copies = [set(cluster.members) for cluster in known]
    return tuple(
        _cluster("namesake", keys, classes)
        for keys in groups.values()
        if len(keys) > 1 and not any(set(keys) <= copied for copied in copies)
    )


def _cluster(likeness: Likeness, keys: Sequence[Key], classes: Mapping[Key, ClassFact]) -> Cluster:
    share = min(_share(classes[one], classes[other]) for one, other in combinations(keys, 2))
    return Cluster(likeness, tuple(keys), share, tuple(sorted(_changed([classes[key] for key in keys]))))


def _share(one: ClassFact, other: ClassFact) -> float:
    """How much of the methods of the larger class the other has too, by name."""
    mine, theirs = _methods(one), _methods(other)
    return len(mine & theirs) / max(len(mine), len(theirs), 1)


def _methods(cls: ClassFact) -> set[str]:
    return {method.name for method in cls.methods}


def _changed(classes: Sequence[ClassFact]) -> Iterator[str]:
    for name in set().union(*(_methods(cls) for cls in classes)):
        found = [[(m.is_async, m.parameters) for m in cls.methods if m.name == name] for cls in classes]
        if any(forms != found[0] for forms in found):
            yield name


def _joined(pairs: Sequence[tuple[Key, Key]]) -> list[tuple[Key, ...]]:
    """The connected groups of pairs, in order."""
    group: dict[Key, set[Key]] = {}
    for one, other in pairs:
        together = group.get(one, {one}) | group.get(other, {other})
        group.update(dict.fromkeys(together, together))
    return sorted({tuple(sorted(members)) for members in group.values()})
