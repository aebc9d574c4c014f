"""Which file is which module: source roots and module names.

A file can be reached by several names (`backend/app/x.py` as `backend.app.x` and, with `backend` on the path, as
`app.x`), so the identity of a module is its path, and a name is looked up from the file that imports it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

INIT = "/__init__.py"


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Layout:
    """The modules of a tree.  `roots` are folders ("" is the root itself) that stand on the import path.

    >>> layout = layout_of(["pkg/__init__.py", "pkg/a.py", "src/other/b.py"], roots=["", "src"])
    >>> layout.find("pkg.a", "pkg/__init__.py"), layout.find("other.b", "pkg/a.py")
    ('pkg/a.py', 'src/other/b.py')
    >>> layout.names("src/other/b.py")
    ('other.b', 'src.other.b')
    """

    paths: frozenset[str]
    roots: tuple[str, ...]
    _found: dict[tuple[str, str], tuple[str | None, str | None]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _homes: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)
    _roots: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict, compare=False, repr=False)
    _folders: frozenset[str] = frozenset()
    _tops: dict[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    def names(self, path: str) -> tuple[str, ...]:
        """All names under which a file can be imported, the one from the deepest root first."""
        home = self.home(path)
        roots = [root for root in reversed(self.roots) if _inside(path, root)]
        found = (self._name(path, root) for root in ([home, *roots] if home else roots))
        return tuple(name for name in found if all(part.isidentifier() for part in name.split(".")))

    def _name(self, path: str, root: str) -> str:
        rest = path[len(root) + 1 :] if root else path
        rest = rest[: -len(INIT)] if rest.endswith(INIT) else rest.removesuffix(".py")
        return rest.replace("/", ".")

    def roots_for(self, importer: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Roots that hold the importer (deepest first, the root itself last), and the others."""
        folder = _parent(importer)
        found = self._roots.get(folder)
        if found is None:
            own = tuple(r for r in reversed(self.roots) if _inside(importer, r))
            found = self._roots[folder] = own, tuple(r for r in self.roots if r not in own)
        return found

    def find(self, module: str, importer: str) -> str | None:
        """The file that `import module` in `importer` reaches; None when there is none (or several: ambiguous)."""
        return self._lookup(module, importer)[0]

    def exists(self, module: str, importer: str) -> bool:
        """Whether `import module` can succeed: a file, or a folder of modules (PEP 420)."""
        return self._lookup(module, importer) != (None, None)

    def folder(self, module: str, importer: str) -> str | None:
        """The folder of modules that `import module` in `importer` reaches."""
        return self._lookup(module, importer)[1]

    def home(self, importer: str) -> str | None:
        """The folder that holds the package of a file, where that is no known root: it comes first for that package.

        A service has an `app` of its own beside that of its neighbours; what stands in it means that one.
        """
        folder = _parent(importer)
        found = self._homes.get(folder, "?")
        if found == "?":
            base = folder
            while base and f"{base}{INIT}" in self.paths:
                base = _parent(base)
            found = self._homes[folder] = base if base != folder and base not in self.roots else None
        return found

    def _in_home(self, module: str, importer: str) -> str | None:
        """Where a module is searched for when its first part is the importer's own package, None for any other."""
        home = self.home(importer)
        if home is None:
            return None
        own = importer[len(home) + 1 :].partition("/")[0]
        return home if module.partition(".")[0] == own else None

    def _lookup(self, module: str, importer: str) -> tuple[str | None, str | None]:
        key = (module, importer.rpartition("/")[0])
        found = self._found.get(key)
        if found is None:
            at_home = self._in_home(module, importer)
            found = self._search(module, *self.roots_for(importer)) if at_home is None else self._below(at_home, module)
            self._found[key] = found
        return found

    def _at(self, base: str) -> tuple[str | None, str | None]:
        if base + INIT in self.paths:
            return base + INIT, base
        if base + ".py" in self.paths:
            return base + ".py", None  # hides a folder of the same name
        return None, base if base in self._folders else None

    def _below(self, folder: str, module: str) -> tuple[str | None, str | None]:
        """(file, folder) of a dotted name in a folder.  A file `a.py` hides a folder `a` that is no package."""
        parts = module.split(".")
        for part in parts[:-1]:
            folder = f"{folder}/{part}" if folder else part
            if folder + ".py" in self.paths and folder + INIT not in self.paths:
                return None, None
        return self._at(f"{folder}/{parts[-1]}" if folder else parts[-1])

    def _search(self, module: str, own: tuple[str, ...], others: tuple[str, ...]) -> tuple[str | None, str | None]:
        top = module.partition(".")[0]
        having = [root for root in own if top in self._tops[root]]
        if not having:
            having = [root for root in others if top in self._tops[root]]
            if len(having) != 1:
                return None, None
        hits = [self._below(root, module) for root in having]
        for hit in hits:
            if hit[0] is not None:
                return hit
        return None, next((folder for _path, folder in hits if folder), None)

    def internal(self, module: str, importer: str) -> bool:
        """Whether the first part of a dotted name belongs to this tree (so that a miss leads nowhere)."""
        if self._in_home(module, importer) is not None:
            return True
        top = module.partition(".")[0]
        own, others = self.roots_for(importer)
        if any(top in self._tops[root] for root in own):
            return True
        return sum(top in self._tops[root] for root in others) == 1

    def absolute(self, importer: str, level: int, module: str) -> str | None:
        """The dotted name from the root "" of a relative import ("" for the root itself), None above the root."""
        if level == 0:
            return module
        folder = _parent(importer)
        for _ in range(level - 1):
            if not folder:
                return None
            folder = _parent(folder)
        base = folder.replace("/", ".")
        return ".".join(part for part in (base, module) if part)

    def find_relative(self, importer: str, level: int, module: str) -> tuple[str | None, str | None]:
        """(file, folder) of `from ..module import` in `importer`: relative imports go by the importer's own folder."""
        folder = _parent(importer)
        for _ in range(level - 1):
            if not folder:
                return None, None
            folder = _parent(folder)
        if module:
            return self._below(folder, module)
        package = folder + INIT if folder else "__init__.py"
        return (package if package in self.paths else None), folder

    def find_written(self, module: str, importer: str) -> str | None:
        """The file of a module by its name as a from-import in the file `importer` writes it, with its dots."""
        plain = module.lstrip(".")
        level = len(module) - len(plain)
        return self.find_relative(importer, level, plain)[0] if level else self.find(plain, importer)

    def is_package(self, path: str) -> bool:
        """Whether a file is the `__init__.py` of a package."""
        return path == "__init__.py" or path.endswith(INIT)

    def child(self, folder: str, name: str) -> tuple[str | None, str | None]:
        """(file, folder) of the submodule `name` of a folder of modules."""
        return self._at(f"{folder}/{name}" if folder else name)


def is_test(path: str) -> bool:
    """Whether a file belongs to tests, by pytest's conventions for names of files and folders.

    >>> is_test("app/tests/unit/fakes.py"), is_test("app/test_ws.py"), is_test("app/testing.py")
    (True, True, False)
    """
    *folders, name = path.split("/")
    return (
        bool({"tests", "test"} & set(folders))
        or name.startswith("test_")
        or name in {"conftest.py", "tests.py"}
        or (name.endswith("_test.py"))
    )


def _inside(path: str, root: str) -> bool:
    return not root or path.startswith(root + "/")


def layout_of(paths: Iterable[str], roots: Iterable[str] = ()) -> Layout:
    """The layout of a tree with these Python files (relative, forward slashes) and source roots."""
    files = frozenset(paths)
    folders: set[str] = set()
    for path in files:
        folder = _parent(path)
        while folder and folder not in folders:
            folders.add(folder)
            folder = _parent(folder)
    known = tuple(sorted({"", *(r.strip("/") for r in roots)}, key=lambda r: (r.count("/") + bool(r), r)))
    tops: dict[str, set[str]] = {root: set() for root in known}
    for path in files:
        for root in known:
            if _inside(path, root):
                rest = path[len(root) + 1 :] if root else path
                top = rest.partition("/")[0]
                tops[root].add(top.removesuffix(".py"))
    return Layout(
        files, known, {}, {}, {}, frozenset(folders), {root: frozenset(names) for root, names in tops.items()}
    )
