"""What `Origins` says of a name is what importing the module gives: the interpreter is the judge.

Small packages are generated and really imported.  A name stands for the definition that it leads to.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Project

pytestmark = pytest.mark.no_cover  # test_origins.py has each of these forms measured

Build = Callable[..., Project[None]]
Texts = Mapping[str, str]
Thing = tuple[str, str, str]
"""Kind, module and name of a definition."""

NAMES = ("A", "B", "C", "_D")
MODULES = {
    "farm.a": "farm/a.py",
    "farm.sub.b": "farm/sub/b.py",
    "farm.sub": "farm/sub/__init__.py",
    "farm.ns.d": "farm/ns/d.py",
    "farm.c": "farm/c.py",
    "farm": "farm/__init__.py",
    "town": "town.py",
}
"""Every module imports from those before it only, so that importing them can't fail by their order."""

thorough = settings(
    max_examples=150,
    report_multiple_bugs=False,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],  # fixtures give pure functions
)


class Writer:
    """Writes one module.  `have` are the names that it binds so far, `exports` what stars take from the others."""

    def __init__(self, draw: st.DrawFn, module: str, exports: Mapping[str, tuple[set[str], set[str]]]) -> None:
        self.draw = draw
        self.module = module
        self.exports = exports
        self.have: set[str] = set()
        self.count = 0

    def name(self) -> str:
        return self.draw(st.sampled_from(NAMES))

    def text(self, *, branches: bool) -> str:
        kinds = [self.definition, self.imported, self.attribute, self.copy, self.star, self.guarded]
        if branches:
            kinds += [self.branch, self.unrun]
        for_each = self.draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=5))
        lines = [line for kind in for_each for line in kind()]
        exported = self.draw(st.none() | st.sets(st.sampled_from(NAMES), max_size=3))
        if exported is not None:
            listed = sorted(exported & self.have)
            lines.append(self.draw(st.sampled_from([f"__all__ = {listed}", f"__all__ = []\n__all__ += {listed}"])))
        self.star_exports = {n for n in self.have if n[0] != "_"} if exported is None else exported & self.have
        return "\n".join(["from __future__ import annotations", "TYPE_CHECKING = False", *lines, ""])

    def spelled(self, target: str) -> str:
        """One way to spell a module in a from-import: absolute, or relative by any level that works."""
        package = self.module.split(".")
        if not MODULES[self.module].endswith("/__init__.py"):
            package.pop()
        ways = [target]
        for level in range(1, len(package) + 1):
            base = [*package[: len(package) - level + 1], ""]
            if (target + ".").startswith(".".join(base)):
                ways.append("." * level + (target + ".").removeprefix(".".join(base)).rstrip("."))
        return self.draw(st.sampled_from(ways))

    def definition(self) -> list[str]:
        name = self.name()
        self.have.add(name)
        value = f"('value', __name__, {name!r})"
        forms = [
            f"class {name}: pass", f"def {name}(): pass", f"async def {name}(): pass", f"{name} = None",
            f"{name} = {value}", f"{name}: object = {value}", f"for {name} in [{value}]: pass",
            f"str({name} := {value})",
        ]  # fmt: skip
        return [self.draw(st.sampled_from(forms))]

    def imported(self) -> list[str]:
        found = [(target, name) for target, (have, _star) in self.exports.items() for name in sorted(have)]
        return self.from_import(*self.draw(st.sampled_from(found))) if found else self.definition()

    def from_import(self, target: str, name: str) -> list[str]:
        bound = self.name()
        self.have.add(bound)
        return [f"from {self.spelled(target)} import {name}" + (f" as {bound}" if bound != name else "")]

    def attribute(self) -> list[str]:
        """A name as the attribute of a module."""
        found = [(target, name) for target, (have, _star) in self.exports.items() for name in sorted(have)]
        if not found:
            return self.definition()
        target, name = self.draw(st.sampled_from(found))
        package, _, last = target.rpartition(".")
        self.count += 1
        alias = f"m{self.count}"
        ways = [(f"import {target} as {alias}", alias)]
        if not target.startswith(self.module + "."):  # a package is an attribute of the one above once it is loaded
            ways.append((f"import {target}", target))
        if package:
            ways.append((f"from {package} import {last} as {alias}", alias))
            if package in self.exports:
                ways.append((f"from {self.spelled(package)} import {last} as {alias}", alias))
        statement, module = self.draw(st.sampled_from(ways))
        bound = self.name()
        self.have.add(bound)
        return [statement, f"{bound} = {module}.{name}"]

    def copy(self) -> list[str]:
        if not self.have:
            return self.definition()
        name, bound = self.draw(st.sampled_from(sorted(self.have))), self.name()
        self.have.add(bound)
        return [f"{bound} = {name}"]

    def star(self) -> list[str]:
        if not self.exports:
            return self.definition()
        target = self.draw(st.sampled_from(sorted(self.exports)))
        self.have |= self.exports[target][1]
        return [f"from {self.spelled(target)} import *"]

    def guarded(self, depth: int = 0) -> list[str]:
        """An import that may lead nowhere, with or without an alternative."""
        target = self.draw(st.sampled_from([*sorted(self.exports), "farm.gone"]))
        before = set(self.have)
        if target == "farm.gone":
            works, line = False, f"from {target} import {self.draw(st.sampled_from([self.name(), '*']))}"
        else:
            name = self.name()
            works = name in self.exports[target][0]
            (line,) = self.from_import(target, name)
        after = self.have if works else before
        self.have = set(before)
        kinds: list[Callable[[], list[str]]] = [self.definition, self.imported, self.copy, self.star, lambda: ["pass"]]
        if depth < 2:
            kinds.append(lambda: self.guarded(depth + 1))
        handler = self.draw(st.sampled_from(kinds))()
        if works and self.have - after:
            handler = ["pass"]  # a name that only a handler binds counts, as the import may fail for other reasons
        self.have = after if works else self.have
        caught = self.draw(st.sampled_from([" ImportError", " (ImportError, OSError)", " Exception", ""]))
        return ["try:", *indented([line]), f"except{caught}:", *indented(handler)]

    def branch(self) -> list[str]:
        """Bindings under a condition that no one evaluates before it runs."""
        before = set(self.have)
        kinds = st.sampled_from([self.definition, self.imported, self.copy, self.star, self.guarded])
        sides, states = [], []
        for _ in range(2):
            self.have = set(before)
            sides.append(self.draw(kinds)())
            states.append(self.have)
        runs = self.draw(st.booleans())
        either = self.draw(st.booleans())
        self.have = states[0] if runs else states[1] if either else before
        lines = [f"if {runs}:", *indented(sides[0])]
        return [*lines, "else:", *indented(sides[1])] if either else lines

    def unrun(self) -> list[str]:
        before = set(self.have)
        test = self.draw(st.sampled_from(["TYPE_CHECKING", '__name__ == "__main__"']))
        body = self.draw(st.sampled_from([self.definition, self.imported, self.copy]))()
        self.have = before
        return [f"if {test}:", *indented(body)]


def indented(lines: Sequence[str]) -> list[str]:
    return ["    " + line for line in lines]


@st.composite
def packages(draw: st.DrawFn, *, branches: bool = False) -> dict[str, str]:
    """The texts of some modules that can be imported, in an order in which they can be written."""
    chosen = draw(st.sets(st.sampled_from(sorted(MODULES)), min_size=3))
    exports: dict[str, tuple[set[str], set[str]]] = {}
    texts: dict[str, str] = {}
    for module in MODULES:
        if module in chosen:
            writer = Writer(draw, module, dict(exports))
            texts[module] = writer.text(branches=branches)
            exports[module] = (writer.have, writer.star_exports)
    return texts


@st.composite
def tangles(draw: st.DrawFn) -> dict[str, str]:
    """Modules that import from each other as they like, each name bound once, so that it has one meaning."""
    chosen = sorted(draw(st.sets(st.sampled_from(sorted(MODULES)), min_size=2, max_size=5)))
    texts = {}
    for module in chosen:
        lines = []
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
            target = draw(st.none() | st.sampled_from(chosen))
            member = draw(st.sampled_from(NAMES))
            lines.append(f"class {name}: pass" if target is None else f"from {target} import {member} as {name}")
        texts[module] = "\n".join([*lines, ""])
    return texts


@contextmanager
def importable(folder: Path, texts: Texts) -> Iterator[None]:
    """These modules lie in a folder on the import path."""
    for module, text in texts.items():
        file = folder / MODULES[module]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    wrote_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = wrote_bytecode
        forget()


def forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in {"farm", "town"}]:
        del sys.modules[name]


def thing(value: object) -> Thing | None:
    """The definition that an object stems from."""
    if value is None:
        return ("none", "", "")
    if isinstance(value, tuple):
        return value
    assert not isinstance(value, ModuleType)
    assert isinstance(value, type) or inspect.isfunction(value)
    kind = "class" if isinstance(value, type) else "async def" if inspect.iscoroutinefunction(value) else "def"
    return (kind, value.__module__, value.__name__)


def really(module: ModuleType, name: str) -> Thing | None:
    """What the interpreter found: None when the module has no such name."""
    return thing(getattr(module, name)) if hasattr(module, name) else None


def resolved(origin: Origin) -> Thing | None:
    """What the resolver found, in the same words."""
    if origin.nowhere:
        return None
    if origin.status == "none":
        return ("none", "", "")
    modules = {path: module for module, path in MODULES.items()}
    return (origin.status, modules[origin.path], origin.name)


def project(project_of: Build, texts: Texts) -> Project[None]:
    return project_of({MODULES[module]: text for module, text in texts.items()})


@pytest.fixture
def compared(
    project_of: Build, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Texts], Iterator[tuple[str, str, Origin, Thing | None]]]:
    """Imports modules and gives (module, name, origin, what it really is) for each name in each of them."""

    def each(texts: Texts) -> Iterator[tuple[str, str, Origin, Thing | None]]:
        origins = Origins(project(project_of, texts))
        with importable(tmp_path_factory.mktemp("farm"), texts):
            for module in texts:
                loaded = importlib.import_module(module)
                for name in NAMES:
                    yield module, name, origins.bound(MODULES[module], name), really(loaded, name)

    return each


Compared = Callable[[Texts], Iterator[tuple[str, str, Origin, Thing | None]]]


@given(texts=packages())
@thorough
def test_a_name_leads_where_importing_it_leads(compared: Compared, texts: dict[str, str]) -> None:
    for module, name, origin, real in compared(texts):
        assert resolved(origin) == real, f"{name} in {module}"


@given(texts=packages(branches=True))
@thorough
def test_a_name_under_conditions_never_leads_to_something_else(compared: Compared, texts: dict[str, str]) -> None:
    for module, name, origin, real in compared(texts):
        if origin.status != "ambiguous" and real is not None and real[0] != "none":
            found = resolved(origin)
            assert found is not None
            assert found[1:] == real[1:], f"{name} in {module}"
            assert found[0] == real[0] or real[0] == "value", f"{name} in {module}"


@given(texts=tangles())
@thorough
def test_a_name_in_a_cycle_that_can_be_imported_leads_where_importing_it_leads(
    project_of: Build, tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str]
) -> None:
    origins = Origins(project(project_of, texts))
    with importable(tmp_path_factory.mktemp("farm"), texts):
        for module in texts:
            forget()
            try:
                loaded = importlib.import_module(module)
            except ImportError:
                continue
            for name in NAMES:
                assert resolved(origins.bound(MODULES[module], name)) == really(loaded, name), f"{name} in {module}"


LINES = st.sampled_from(
    [
        "class A: pass", "B = None", "A = B", "B = A", "from a import *", "from b import *", "from c import *",
        "from a import A", "from b import A as B", "from c import B", "from c import B as A", "from gone import A",
        "try:\n from a import B\nexcept ImportError:\n from b import B", "try:\n from c import A\nexcept: A = None",
        "if x:\n from b import A\nelse:\n from c import A", "if TYPE_CHECKING:\n from c import A", "import b as A",
    ]
)  # fmt: skip


@given(
    texts=st.fixed_dictionaries(
        {path: st.lists(LINES, max_size=4).map("\n".join) for path in ("a.py", "b.py", "c.py")}
    ),
    questions=st.permutations([(path, name) for path in ("a.py", "b.py", "c.py") for name in "AB"]),
)
@example(
    texts={
        "a.py": "class A: pass\nfrom b import *",
        "b.py": "try:\n from a import *\nexcept ImportError: pass\nfrom c import *",
        "c.py": "from a import *",
    },
    questions=[("b.py", "A"), ("a.py", "A"), ("c.py", "A")],
)
@thorough
def test_an_answer_does_not_depend_on_what_was_asked_before(
    project_of: Build, texts: dict[str, str], questions: list[tuple[str, str]]
) -> None:
    found = project_of(texts)
    origins = Origins(found)
    assert [origins.bound(*question) for question in questions] == [
        Origins(found).bound(*question) for question in questions
    ]
