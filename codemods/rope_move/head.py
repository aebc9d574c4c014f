"""Import statements as the head of a module has them: names of one module together, in groups."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

_WIDEST = 88
"""So many characters may a line have (as Black and Ruff have it by default)."""


def merged(statements: Iterable[str]) -> list[str]:
    """The statements, from-imports of one module as one.

    >>> merged(["import os", "from a import b", "from a import c as d"])
    ['import os', 'from a import b, c as d']
    """
    plain: list[str] = []
    names: dict[str, list[str]] = {}
    for each in dict.fromkeys(statements):
        module, found, imported = each.removeprefix("from ").partition(" import ")
        if each.startswith("from ") and found:
            names.setdefault(module, []).extend(imported.split(", "))
        else:
            plain.append(each)
    return [*plain, *(_from(module, sorted(set(imported))) for module, imported in names.items())]


def _from(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= _WIDEST:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in names), ")"])


def grouped(statements: Iterable[str], own: str) -> list[str]:
    """Groups of statements, as PEP 8 has them: the standard library, other packages, the package `own` itself."""
    groups: tuple[list[str], list[str], list[str]] = ([], [], [])
    for each in merged(statements):
        module = each.split()[1]
        root = module.partition(".")[0]
        number = 2 if root in {"", own} else 0 if root in sys.stdlib_module_names else 1
        groups[number].append(each)
    ordered = (sorted(group, key=lambda each: (each.startswith("from "), each)) for group in groups)
    return ["\n".join(group) for group in ordered if group]
