"""By which names a module reaches what a patch names by a string: `mail.send` is "shop.mail.send" after an import.

What `patch` resolves (by `pkgutil.resolve_name`, see `_get_target` in CPython's `unittest/mock.py`, 3.11 to 3.13) is
the object that an import gives, unless something stands in its place; where the text of the module speaks of that,
there is no name for it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property

from codemods.toolkit.python.names import Bound, ModuleNames

_AS_IT_IS = (b"multiple(", b"dict(")
"""What stands before the string of a patch that leaves what it names where it is, and changes what that holds."""

_EXCHANGES = (b"sys.modules", b"import_module(", b"reload(")
"""What a module says that may put another module in the place of one that it has imported."""


class Spellings:
    """Answers about the names of one module."""

    def __init__(self, body: bytes = b"", names: ModuleNames | None = None) -> None:
        self._body = body
        self._names = names
        self._replaced: dict[str, bool] = {}

    @cached_property
    def _paths(self) -> dict[str, str]:
        """The dotted path of what a name stands for that one import binds, and nothing else."""
        if self._names is None or self._names.stars or any(word in self._body for word in _EXCHANGES):
            return {}
        found = ((name, bounds[0]) for name, bounds in self._names.bindings.items() if len(bounds) == 1)
        return {name: _path(bound) for name, bound in found if _path(bound)}

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        """The names that stand for each path."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name, path in self._paths.items():
            found[path].append(name)
        return dict(found)

    def path(self, dotted: str) -> str:
        """The path of what a dotted name stands for, "" where that isn't certain."""
        first, dot, rest = dotted.partition(".")
        known = self._paths.get(first, "")
        return f"{known}{dot}{rest}" if known and not self._may_be_replaced(dotted.split(".")) else ""

    def of(self, path: str, *, itself: bool = False) -> tuple[str, ...]:
        """The names by which the module reaches an attribute of what it imports.

        `itself`: what is named is changed where it is, so that a name which an import gave it counts as well.
        """
        found: list[str] = []
        owner, _, rest = path.rpartition(".") if not itself else (path, "", "")
        while owner:
            for name in self._named.get(owner, ()):
                written = f"{name}.{rest}" if rest else name
                checked = written.split(".")
                if not self._may_be_replaced(checked if itself else checked[:-1]):
                    found.append(written)
            owner, _, last = owner.rpartition(".")
            rest = f"{last}.{rest}" if rest else last
        return tuple(found)

    def _may_be_replaced(self, names: list[str]) -> bool:
        return any(self._is_replaced(name) for name in names)

    def _is_replaced(self, name: str) -> bool:
        """Whether something in the module may set a name, or patch it, as its text tells."""
        known = self._replaced.get(name)
        if known is None:
            word = re.escape(name).encode()
            known = re.search(rb"(?<!\w)" + word + rb"[ \t]*(?::[^=\n]+)?=(?!=)", self._body) is not None
            quoted = re.compile(rb"""["'](?:[\w.]*\.)?""" + word + rb"""["']""")
            known = known or any(
                not self._body[: match.start()].rstrip().endswith(_AS_IT_IS) for match in quoted.finditer(self._body)
            )
            self._replaced[name] = known
        return known


def _path(bound: Bound) -> str:
    if bound.kind not in {"import", "from"} or bound.level or bound.context:
        return ""
    return f"{bound.module}.{bound.member}" if bound.kind == "from" else bound.module
