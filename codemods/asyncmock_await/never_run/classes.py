"""What a test class is: by its bases through the project's files, in the order in which Python looks methods up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from codemods.asyncmock_await.never_run.facts import RUNNING, Function, TestClass
from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

PLAIN = frozenset({"unittest.TestCase", "unittest.case.TestCase"})
ISOLATED = frozenset({"unittest.IsolatedAsyncioTestCase", "unittest.async_case.IsolatedAsyncioTestCase"})
HARMLESS = frozenset({"object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"})
"""Classes of the library that have nothing which a runner would call."""

_METACLASSES = frozenset({"", "abc.ABCMeta"})
_NEUTRAL = frozenset(
    {
        "typing.override", "typing_extensions.override", "typing.final", "unittest.skip", "unittest.skipIf",
        "unittest.skipUnless", "unittest.expectedFailure", "unittest.mock.patch", "mock.patch", "unittest.case.skip",
    }
)  # fmt: skip
_BINDING = frozenset({"classmethod", "staticmethod"})
_NEUTRAL_ROOTS = ("pytest.mark.", "unittest.mock.patch.", "mock.patch.")


class Key(NamedTuple):
    """A class of the project, or (path "") of another library by its dotted name."""

    path: str
    name: str


class Kind(NamedTuple):
    """What runs the tests of a class: `plain` (a TestCase), `isolated`, `pytest`, or `unknown` for a reason."""

    word: str
    reason: str = ""


CASE, ISOLATED_CASE = Key("", "unittest.TestCase"), Key("", "unittest.IsolatedAsyncioTestCase")
OBJECT = Key("", "object")


class Classes:
    """Answers about the classes of one project; what a name means is asked of `origins`."""

    def __init__(self, project: Project[Facts], origins: Origins) -> None:
        self._project = project
        self._origins = origins
        self._of_file: dict[str, dict[str, list[TestClass]]] = {}
        self._orders: dict[Key, tuple[Key, ...] | None] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._bases: dict[Key, tuple[Key | None, ...]] = {}
        self._kinds: dict[Key, Kind] = {}
        self._below: defaultdict[Key, list[Key]] | None = None

    def of_file(self, path: str) -> Mapping[str, list[TestClass]]:
        """The classes of a file by their names."""
        found = self._of_file.get(path)
        if found is None:
            found = self._of_file[path] = {}
            entry = self._project.entries.get(path)
            if entry is not None and entry.facts is not None:
                for each in entry.facts.tests.classes:
                    found.setdefault(each.name, []).append(each)
        return found

    def get(self, key: Key) -> TestClass | None:
        """The class, None where it is another library's, or where the file has several of the name."""
        found = self.of_file(key.path).get(key.name, ()) if key.path else ()
        return found[0] if len(found) == 1 else None

    def resolve_all(self, path: str) -> None:
        """Ask for all that the classes of a file derive from, so that `origins` notes the files it lacks."""
        asked = [Key(path, name) for name, several in self.of_file(path).items() if several[0].bases]
        for key in asked:  # it grows
            if key not in self._bases:
                asked += [base for base in self.bases(key) if base is not None and base.path]

    def canonical(self, path: str, dotted: str) -> str:
        """The full name of what a dotted name is in another library, "" for what is none of one.

        >>> # from unittest import mock: canonical(path, "mock.patch.object") == "unittest.mock.patch.object"
        """
        known = self._names.get((path, dotted))
        if known is None:
            origin, rest = self._followed(path, dotted)
            known = ""
            if origin.status == "external":
                known = ".".join(part for part in (origin.path, origin.name, *rest) if part)
            self._names[path, dotted] = known
        return known

    def neutral(self, path: str, dotted: str) -> bool:
        """Whether a decorator leaves a coroutine function what it is."""
        name = self.canonical(path, dotted) if dotted else ""
        return name in _NEUTRAL or name.startswith(_NEUTRAL_ROOTS) or self._is_builtin(path, dotted, _BINDING)

    def _is_builtin(self, path: str, dotted: str, names: frozenset[str]) -> bool:
        """Whether a name is one of these of the builtins: the module has none of its own."""
        return dotted in names and self._followed(path, dotted)[0].status in {"missing-name", "dynamic"}

    def _followed(self, path: str, dotted: str) -> tuple[Origin, tuple[str, ...]]:
        root, *rest = dotted.split(".")
        return self._origins.follow(self._origins.bound(path, root), rest)

    def base(self, path: str, dotted: str) -> Key | None:
        """What a base is, None where that isn't known."""
        if not dotted:
            return None
        origin, rest = self._followed(path, dotted)
        if origin.status == "external":
            name = ".".join(part for part in (origin.path, origin.name, *rest) if part)
            return CASE if name in PLAIN else ISOLATED_CASE if name in ISOLATED else Key("", name)
        if origin.status == "class":
            name = ".".join((origin.name, *rest))
            return Key(origin.path, name) if self.get(Key(origin.path, name)) is not None else None
        return OBJECT if self._is_builtin(path, dotted, frozenset({"object"})) else None

    def bases(self, key: Key) -> tuple[Key | None, ...]:
        """The bases of a class of the project."""
        known = self._bases.get(key)
        if known is None:
            found = self.get(key)
            known = (None,)
            if found is not None and not found.open_bases:
                known = tuple(self.base(key.path, each.dotted) for each in found.bases)
            self._bases[key] = known
        return known

    def order(self, key: Key, replaced: Mapping[Key, tuple[Key, ...]] | None = None) -> tuple[Key, ...] | None:
        """The method resolution order (C3), as far as the project shows it; None where a base isn't known or none fits.

        `replaced` gives classes other bases than they have.
        """
        if replaced is not None:
            return self._order(key, replaced, frozenset(), {})
        if key not in self._orders:
            self._order(key, {}, frozenset(), self._orders)
        return self._orders[key]

    def _order(
        self, key: Key, replaced: Mapping[Key, tuple[Key, ...]], seen: frozenset[Key],
        known: dict[Key, tuple[Key, ...] | None],
    ) -> tuple[Key, ...] | None:  # fmt: skip
        if key in known:
            return known[key]
        if key in seen or len(seen) > 50:
            return None
        found: tuple[Key, ...] | None
        if not key.path:
            found = (key, CASE, OBJECT) if key == ISOLATED_CASE else (key,) if key == OBJECT else (key, OBJECT)
        else:
            bases = replaced.get(key) or self.bases(key)
            orders = [self._order(base, replaced, seen | {key}, known) for base in bases if base is not None]
            fitting = [order for order in orders if order is not None]
            found = None
            if len(fitting) == len(bases):
                found = linearised(key, fitting, [base for base in bases if base is not None])
        known[key] = found
        return found

    def kind(self, key: Key) -> Kind:
        """What runs the tests of a class."""
        found = self._kinds.get(key)
        if found is None:
            found = self._kinds[key] = self._kind(key)
        return found

    def _kind(self, key: Key) -> Kind:
        order = self.order(key)
        if order is None:
            return Kind("unknown", "what its class derives from is not known")
        if ISOLATED_CASE in order:
            return Kind("isolated")
        strange = next((each.name for each in order if not each.path and each.name not in _known_names()), "")
        if strange:
            return Kind("unknown", f"its class derives from {strange}, which may run it")
        if CASE not in order:
            return Kind("pytest")
        return self._plain(order)

    def _plain(self, order: Sequence[Key]) -> Kind:
        for each in order:
            found = self.get(each)
            if found is None:
                continue
            running = sorted(RUNNING.intersection(found.members))
            if running:
                return Kind("unknown", f"{found.name}.{running[0]} may run it")
            metaclass = self.canonical(each.path, found.metaclass) if found.metaclass else ""
            if found.metaclass and metaclass not in _METACLASSES - {""}:
                return Kind("unknown", f"the metaclass of {found.name} may run it")
            for decorator in found.decorators:
                if not self.neutral(each.path, decorator):
                    return Kind("unknown", f"the decorator @{decorator or '...'} of {found.name} may run it")
        return Kind("plain")

    def below(self, key: Key) -> tuple[Key, ...]:
        """All classes of the project, in files that were parsed, that derive from this one, nearest first."""
        if self._below is None:
            self._below = defaultdict(list)
            for path in self._project.entries:
                for name, several in self.of_file(path).items():
                    if not several[0].bases:  # most have none, and where there are several the bases aren't known
                        continue
                    derived = Key(path, name)
                    for base in self.bases(derived):
                        if base is not None:
                            self._below[base].append(derived)
        found: dict[Key, None] = {}
        queue = list(self._below[key])
        while queue:
            each = queue.pop(0)
            if each not in found:
                found[each] = None
                queue += self._below[each]
        return tuple(found)

    def defining(self, order: Sequence[Key], name: str) -> tuple[Key, Function] | None:
        """The first class in an order that has a function of this name among its facts."""
        for each in order:
            found = self.get(each)
            for function in found.functions if found is not None else ():
                if function.name == name:
                    return each, function
        return None


def _known_names() -> frozenset[str]:
    return HARMLESS | PLAIN | ISOLATED


def linearised(key: Key, orders: Sequence[Sequence[Key]], bases: Sequence[Key]) -> tuple[Key, ...] | None:
    """Merge the orders of the bases by C3 ("The Python 2.3 Method Resolution Order"); None where none fits."""
    if len(orders) == 1:
        return (key, *orders[0])
    pending = [list(order) for order in orders] + [list(bases)]
    found = [key]
    while pending := [order for order in pending if order]:
        for order in pending:
            if all(order[0] not in other[1:] for other in pending):
                break
        else:
            return None
        head = order[0]
        found.append(head)
        for other in pending:
            if other[0] == head:
                del other[0]
    return (*found, OBJECT) if OBJECT not in found else tuple(found)
