"""Who uses what, by origin: the figures behind the inventory and the ranking.

Unlike `meanings` it needs no canonical definition: it is what one is chosen by.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from keyword import iskeyword

from codemods.toolkit.python.layout import Layout, is_test, layout_of
from codemods.toolkit.python.names import ImportStatement
from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.facts import BindingFact, Facts, ScopeFact, UseFact

Key = tuple[str, str]
"""The identity of a definition: the path of its file, and its name there."""

_TEST_FOLDER = re.compile(r"(?:tests?|testing|e2e|mocks?|doubles)(?:_.*)?|.*_tests?")


def in_tests(path: str) -> bool:
    """Whether a file belongs to the tests, or to what helps them: nothing in it can be canonical.

    >>> [in_tests(path) for path in ("tests/ws.py", "app/test_ws.py", "test_framework/ws.py", "app/latest.py")]
    [True, True, True, False]
    """
    return is_test(path) or any(_TEST_FOLDER.fullmatch(folder) for folder in path.split("/")[:-1])


@dataclass(frozen=True, slots=True)
class Users:
    """How many files use something, and how many calls of it there are in them."""

    production: int = 0
    tests: int = 0
    calls: int = 0

    @property
    def figures(self) -> str:
        """Production and tests, for a column of a table."""
        return f"{self.production:,} + {self.tests:,}"

    def __str__(self) -> str:
        return f"{self.production:,} production and {self.tests:,} test files"


class Census:
    """The uses in one project.  The file that defines something doesn't count among its users."""

    def __init__(self, project: Project[Facts], origins: Origins) -> None:
        self.project = project
        self.origins = origins
        self._scopes: dict[str, dict[int, ScopeFact]] = {}
        self._files: dict[Key, set[str]] = {}
        self._asked: dict[Key, set[str]] = {}
        self._calls: Counter[Key] = Counter()
        self.spelled: Counter[tuple[Key, str, str]] = Counter()
        wanted = _names_of_definitions(project)
        for path, entry in sorted(project.entries.items()):
            if entry.names is not None:
                for statement in entry.names.imports:
                    self._count_imports(path, statement, wanted)
            if entry.facts is not None:
                self._count_uses(path, entry.facts)

    def users(self, key: Key, instances: Sequence[Key] = ()) -> Users:
        """The files that import a definition, under whatever name and from wherever, or reach it as an attribute.

        Those that import one of `instances` (of a class, at module level) use the class as well.
        """
        files = self._files.get(key, frozenset[str]()).union(*(self._files.get(each, ()) for each in instances))
        return self._users(files, self._calls[key])

    def users_of_name(self, path: str, name: str) -> Users:
        """The files that import this very name from this very module."""
        return self._users(self._asked.get((path, name), frozenset()), 0)

    def facts(self) -> Iterator[tuple[str, Facts]]:
        """All files of which facts are known, by path."""
        for path, entry in sorted(self.project.entries.items()):
            if entry.facts is not None:
                yield path, entry.facts

    def of_use(self, path: str, use: UseFact) -> Origin | None:
        """What the whole chain of a use leads to; None where an attribute of something that is no module is left."""
        name, *rest = use.names
        scope = self._scopes_of(path).get(use.bound)
        bindings = scope.bindings.get(name, ()) if scope else ()
        imported = [self._of_binding(path, binding) for binding in bindings if binding.kind == "import"]
        if imported:
            origin = next((o for o in imported if not o.nowhere), imported[0])
        elif use.bound <= 0:
            origin = self.origins.bound(path, name)
        else:
            return None
        origin, left = self.origins.follow(origin, rest)
        return None if left else origin

    def chain(self, path: str, dotted: str) -> Origin | None:
        """What a dotted name leads to at the top level of a module."""
        root, *rest = dotted.split(".")
        origin, left = self.origins.follow(self.origins.bound(path, root), rest)
        return None if left else origin

    def _users(self, files: Set[str], calls: int) -> Users:
        tests = sum(in_tests(path) for path in files)
        return Users(len(files) - tests, tests, calls)

    def _scopes_of(self, path: str) -> dict[int, ScopeFact]:
        found = self._scopes.get(path)
        if found is None:
            facts = self.project.entries[path].facts
            found = self._scopes[path] = {scope.index: scope for scope in facts.scopes} if facts else {}
        return found

    def _of_binding(self, path: str, binding: BindingFact) -> Origin:
        if binding.is_from:
            return self.origins.imported(path, binding.level, binding.module, binding.member)
        return self.origins.module(path, 0, binding.module)

    def _count_imports(self, path: str, statement: ImportStatement, wanted: Set[str]) -> None:
        found = [imported.name for imported in statement.names if imported.name in wanted]
        if not found or not statement.is_from:
            return
        module = self.origins.module(path, statement.level, statement.module)
        if module.status != "module":
            return
        for name in found:
            origin = self.origins.imported(path, statement.level, statement.module, name)
            self._asked.setdefault((module.path, name), set()).add(path)
            if origin.path != path and origin.name:
                self._files.setdefault(origin.key, set()).add(path)
                if not statement.level:
                    self.spelled[(origin.key, statement.module, name)] += 1

    def _count_uses(self, path: str, facts: Facts) -> None:
        for use in facts.uses:
            if use.raises or use.quoted:
                continue
            origin = self.of_use(path, use)
            if origin is not None and origin.name and origin.path != path:
                self._files.setdefault(origin.key, set()).add(path)
                self._calls[origin.key] += use.form == "call"


def _names_of_definitions(project: Project[Facts]) -> Set[str]:
    """All names under which a class, function or instance of interest may be imported: its own, and every alias."""
    found: set[str] = set()
    renamed: dict[str, set[str]] = {}
    for entry in project.entries.values():
        if entry.facts is not None:
            found.update(cls.name for cls in (*entry.facts.classes, *entry.facts.type_made))
            found.update(function.name for function in entry.facts.functions if not function.name.startswith("test_"))
            found.update(use.call.receiver.name for use in entry.facts.uses if use.call and not use.scope)
        for name, bindings in entry.names.bindings.items() if entry.names else ():
            for bound in bindings:
                source = bound.member.rpartition(".")[2]
                if source and source != name:
                    renamed.setdefault(source, set()).add(name)
    due = list(found)
    while due:
        new = renamed.get(due.pop(), set()) - found
        found |= new
        due.extend(new)
    return found


def module_names(census: Census, path: str, key: Key) -> Sequence[str]:
    """The names by which the configuration can name a module, the one that importers use most first.

    Empty where none is a valid and unambiguous module name.
    """
    known = possible_names(census.project.layout, path)
    used: Counter[str] = Counter()
    for (of, module, _name), count in census.spelled.items():
        if of == key and module in known:
            used[module] += count
    return sorted(known, key=lambda name: (-used[name], known.index(name)))


def possible_names(layout: Layout, path: str) -> Sequence[str]:
    """The valid and unambiguous names of a module, the one from the deepest root first."""
    return [
        name
        for name in layout.names(path)
        if layout.find(name, "") == path and all(_can_be_imported(part) for part in name.split("."))
    ]


def _can_be_imported(word: str) -> bool:
    return word.isidentifier() and not iskeyword(word)


def service_folder(path: str) -> str:
    """The innermost folder of a file whose name no import statement can write ("" where there is none).

    >>> service_folder("services/my-shop/app/ws.py"), service_folder("app/ws.py")
    ('services/my-shop', '')
    """
    folder = path.rpartition("/")[0]
    while folder and _can_be_imported(folder.rpartition("/")[2]):
        folder = folder.rpartition("/")[0]
    return folder


def layout_naming(layout: Layout, paths: Sequence[str]) -> Layout | None:
    """A layout in which each of these modules has a name, if need be with further roots; None where none help."""
    lacking = [path for path in paths if not possible_names(layout, path)]
    if not lacking:
        return layout
    wider = layout_of(layout.paths, (*layout.roots, *map(service_folder, lacking)))
    return wider if all(possible_names(wider, path) for path in paths) else None
