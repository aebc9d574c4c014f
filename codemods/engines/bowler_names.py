"""Which name a match of Bowler is about, and where that stood in the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from fissix.pgen2 import token
from fissix.pygram import python_symbols
from fissix.pytree import Leaf, Node

Tree: TypeAlias = Node | Leaf
Captured: TypeAlias = Mapping[str, Any]

_NAMES = ("function_name", "class_name", "class_ancestor", "attr_name", "var_name", "module_name")
"""What the selectors of Bowler call the name that they look for."""


class Spans:
    """Where the leaves of a tree stood in its text before anything changed, in characters."""

    def __init__(self, leaves: Iterable[Leaf]) -> None:
        self._spans: dict[int, tuple[int, int]] = {}
        self._leaves: list[Leaf] = []  # kept, so that no other leaf gets the identity of one of them
        at = 0
        for leaf in leaves:
            start = at + len(leaf.prefix)
            at = start + len(leaf.value)
            self._spans[id(leaf)] = (start, at)
            self._leaves.append(leaf)

    def of(self, leaf: Leaf) -> tuple[int, int] | None:
        """The span of a leaf; None for one that was made later."""
        return self._spans.get(id(leaf))


def name_of(node: Tree, captured: Captured, wanted: str, spans: Spans) -> tuple[int, int] | None:
    """The span of the name that a match is about; `wanted` is the name that the selector was given, if any."""
    leaf = _name_leaf(node, captured, wanted)
    return None if leaf is None else spans.of(leaf)


def _name_leaf(node: Tree, captured: Captured, wanted: str) -> Leaf | None:
    for key in _NAMES:
        if key in captured:
            return _last_name(captured[key], wanted)
    for key, value in captured.items():
        if key != "node" and _is_name(value):
            leaf: Leaf = value
            return leaf
    return _last_name(node, "")


def _is_name(value: object) -> bool:
    return isinstance(value, Leaf) and value.type == token.NAME


def _last_name(value: object, wanted: str) -> Leaf | None:
    """The last part of a dotted name: of `wanted` where that stands at the beginning of a longer chain."""
    if isinstance(value, Leaf):
        return value if _is_name(value) else None
    if not isinstance(value, Node):
        return None
    parts = list(_dotted(value))
    names = [part.value for part in parts]
    words = wanted.split(".") if wanted else names
    return parts[len(words) - 1] if words and names[: len(words)] == words else None


def _dotted(node: Node) -> Iterable[Leaf]:
    """The names of `a.b.c` at the beginning of an expression or of a dotted name."""
    if node.type == python_symbols.dotted_name:
        yield from (child for child in node.children if _is_name(child))
    elif node.type == python_symbols.power:
        children = list(node.children)
        if children and _is_name(children[0]) and children[0].value == "await":
            del children[0]
        for number, child in enumerate(children):
            if number == 0 and _is_name(child):
                yield child
            elif number > 0 and child.type == python_symbols.trailer and child.children[0].type == token.DOT:
                yield child.children[1]
            else:
                return
