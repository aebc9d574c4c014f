"""A suite of tests as data, what patterns mean for it (by `fnmatch`, not by the code under test), and its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple


class Case(NamedTuple):
    """One test: its file, class ("" for none), function, the ids of its parameters, its markers."""

    file: str
    owner: str
    function: str
    ids: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()


class Item(NamedTuple):
    """One test as pytest counts them: its file, its id, and the names that `-k` looks at."""

    file: str
    id: str
    names: tuple[str, ...]
    markers: tuple[str, ...]


CASES = (
    Case("tests/unit/test_golden_path.py", "", "test_login"),
    Case("tests/unit/test_golden_path.py", "", "test_path_is_golden"),
    Case("tests/unit/test_golden_path.py", "TestSlow", "test_handler", markers=("slow",)),
    Case("tests/unit/test_plain.py", "", "test_golden"),
    Case("tests/unit/test_plain.py", "", "test_a"),
    Case("tests/unit/test_plain.py", "", "test_b", markers=("smoke",)),
    Case("tests/unit/test_plain.py", "", "test_c", ids=("x1", "x2", "y-1")),
    Case("tests/unit/test_plain.py", "", "test_nothing"),
    Case("tests/core/test_core.py", "", "test_order_or_not"),
    Case("tests/core/test_core.py", "TestGolden", "test_path", markers=("smoke",)),
    Case("tests/core/test_core.py", "", "test_caf\u00e9"),
    Case("tests/core/deep/path_test.py", "", "test_golden"),
    Case("tests/database/test_golden_queries.py", "", "test_path"),
    Case("tests/database/test_queries.py", "", "test_select"),
    Case("tests/test_connections.py", "", "test_connect"),
    Case("tests/e2e/test_login.py", "", "test_golden_path"),
    Case("tests/e2e/test_login.py", "", "test_auth_path", markers=("slow",)),
    Case("tests/e2e/test_security_golden.py", "", "test_path"),
    Case("tests/e2e/test_websocket.py", "", "test_ws_golden_path"),
    Case("tests/e2e/test_websocket.py", "", "test_ws_close"),
    Case("tests/perf/test_performance_golden_path.py", "", "test_speed"),
    Case("tests/perf/test_performance.py", "", "test_golden_path"),
)


def items() -> Iterator[Item]:
    """All tests of the suite."""
    for case in CASES:
        *folders, name = case.file.split("/")
        for function in [f"{case.function}[{each}]" for each in case.ids] or [case.function]:
            names = (*folders, name, *([case.owner] if case.owner else []), function, *case.markers)
            node = "::".join((case.file, *([case.owner] if case.owner else []), function))
            yield Item(case.file, node, names, case.markers)


def write(root: Path) -> None:
    """The files of the suite; each test passes."""
    (root / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow\n    smoke\n", encoding="utf-8")
    for file in dict.fromkeys(case.file for case in CASES):
        lines = ["import pytest\n"]
        for case in CASES:
            if case.file == file:
                lines += _lines(case)
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _lines(case: Case) -> list[str]:
    indent = "    " if case.owner else ""
    lines = [f"\nclass {case.owner}:"] if case.owner else [""]
    lines += [f"{indent}@pytest.mark.{marker}" for marker in case.markers]
    if case.ids:
        lines.append(f"{indent}@pytest.mark.parametrize('given', [1] * {len(case.ids)}, ids={list(case.ids)})")
    given = ["self"] * bool(case.owner) + ["given"] * bool(case.ids)
    return [*lines, f"{indent}def {case.function}({', '.join(given)}):", f"{indent}    pass"]


Names = Sequence[str]
Meaning = Callable[[Names], bool]


def has(*globs: str) -> Meaning:
    """Each glob is found in one of the names, ignoring case."""
    return lambda names: all(any(fnmatchcase(name.lower(), f"*{glob.lower()}*") for name in names) for glob in globs)


def anything(names: Names) -> bool:
    """Every test."""
    return True


class Files(NamedTuple):
    """Tests by the path of their file: one of these globs matches it."""

    globs: tuple[str, ...]


def files(*globs: str) -> Files:
    """Tests in files that one of the globs matches."""
    return Files(globs)


ERROR = "error"
"""The pattern has no meaning: wrong usage."""

Expected = Meaning | Files | str

PATTERNS: dict[str, Expected] = {
    # everything
    "": anything,
    "*": anything,
    "**": anything,
    "  ": anything,
    "* or golden": anything,
    # globs
    "*golden*path*": has("golden", "path"),
    "*path*golden*": has("golden", "path"),
    "golden*path": has("golden", "path"),
    "**golden**path**": has("golden", "path"),
    "*golden*": has("golden"),
    "golden": has("golden"),
    "golden*": has("golden"),
    "GOLDEN*Path": has("golden", "path"),
    "*a*b*c*": has("a", "b", "c"),
    "*nowhere*": has("nowhere"),
    "*golden*nowhere*": has("golden", "nowhere"),
    "test_*": has("test_"),
    "*.py*": has(".py"),
    # brackets
    "test_[ab]": lambda names: has("test_a")(names) or has("test_b")(names),
    "test_[a-c]*": lambda names: has("test_a")(names) or has("test_b")(names) or has("test_c")(names),
    "*x[12]*": lambda names: has("x1")(names) or has("x2")(names),
    "*[gp][oa][lt]*": lambda names: any(has(a + b + c)(names) for a in "gp" for b in "oa" for c in "lt"),
    "test_c[[]x1": has("test_c[[]x1"),
    "y-1": has("y-1"),
    "[!a]b": ERROR,
    "test_?": ERROR,
    # expressions
    "golden and path": has("golden", "path"),
    "golden or login": lambda names: has("golden")(names) or has("login")(names),
    "not golden": lambda names: not has("golden")(names),
    "not slow": lambda names: not has("slow")(names),
    "golden and not slow": lambda names: has("golden")(names) and not has("slow")(names),
    "(golden or login) and not (slow or ws)": lambda names: (
        (has("golden")(names) or has("login")(names)) and not (has("slow")(names) or has("ws")(names))
    ),
    "*golden* or *plain*": lambda names: has("golden")(names) or has("plain")(names),
    "not *golden*path*": lambda names: not has("golden", "path")(names),
    "golden path": has("golden", "path"),
    " golden   path ": has("golden", "path"),
    "TestGolden::test_path": has("TestGolden", "test_path"),
    "smoke": has("smoke"),
    # words that mean something to pytest
    "*and*": has("and"),
    "*or*": has("or"),
    "*not*": has("not"),
    "*or*not*": has("or", "not"),
    "None": has("None"),
    "and": ERROR,
    "not": ERROR,
    "or golden": ERROR,
    "golden and": ERROR,
    "(golden": ERROR,
    "golden)": ERROR,
    "not *": ERROR,
    # characters
    "caf\u00e9": has("caf\u00e9"),
    "*CAF\u00c9*": has("caf\u00e9"),
    "\u00fcbung": has("\u00fcbung"),
    "a@b": ERROR,
    "'golden'": ERROR,
    '"golden"': ERROR,
    "$HOME": ERROR,
    "golden;path": ERROR,
    # paths
    "tests/unit/test_plain.py": files("tests/unit/test_plain.py"),
    "./tests/unit/test_plain.py": files("tests/unit/test_plain.py"),
    "test_login.py": files("*/test_login.py"),
    "*golden*.py": files("*golden*.py"),
    "unit/*": files("*/unit/*"),
    "tests/unit": files("tests/unit/*"),
    "tests/unit/": files("tests/unit/*"),
    "e2e/test_*golden*": files("*/e2e/test_*golden*"),
    "tests/*/test_[cp]*.py": files("tests/*/test_[cp]*.py"),
    "test_?ore.py": files("*/test_?ore.py"),
    "*/nowhere/*": files("*/nowhere/*"),
    "nowhere.py": files("*/nowhere.py"),
}

FOLDERS: dict[str, Callable[[str], bool]] = {
    "unit": lambda file: file.startswith(("tests/unit/", "tests/core/")),
    "database": lambda file: file.startswith("tests/database/") or file == "tests/test_connections.py",
    "e2e": lambda file: file.startswith("tests/e2e/"),
}
"""The files of the categories that select by path."""

CATEGORIES: dict[str, Callable[[Item], bool]] = {
    "smoke": lambda item: "smoke" in item.markers,
    "unit": lambda item: FOLDERS["unit"](item.file),
    "database": lambda item: FOLDERS["database"](item.file),
    "websocket": lambda item: has("websocket")(item.names) or has("ws")(item.names),
    "security": lambda item: has("auth")(item.names) or has("security")(item.names),
    "e2e": lambda item: FOLDERS["e2e"](item.file),
    "performance": lambda item: has("performance")(item.names),
    "unheard_of": lambda item: True,
}
"""The categories of the runner, and what each selects by itself."""

POLICY = {"database": "none", "performance": "path"}


def selected(category: str, pattern: str) -> list[str] | None:
    """The ids of the tests that are meant, None where the pattern is an error."""
    expected = PATTERNS[pattern]
    rule = POLICY.get(category, "name")
    if expected == ERROR and rule != "none":
        return None
    found = []
    for item in items():
        if not CATEGORIES[category](item):
            continue
        if rule == "none":
            found.append(item.id)
        elif isinstance(expected, Files):
            if any(fnmatchcase(item.file, glob) for glob in expected.globs):
                found.append(item.id)
        elif not isinstance(expected, str):
            names = item.names if rule == "name" else (item.file.split("/")[-1],)
            found += [item.id] if expected(names) else []
    return sorted(found)


def files_left(category: str, pattern: str) -> bool:
    """Whether any file below the paths of a category matches, where files are selected; True where none are."""
    expected = PATTERNS[pattern]
    below = [each.file for each in items() if category not in FOLDERS or FOLDERS[category](each.file)]
    if isinstance(expected, Files):
        return any(fnmatchcase(file, glob) for file in below for glob in expected.globs)
    if POLICY.get(category) != "path" or isinstance(expected, str):
        return True
    return any(expected((file.split("/")[-1],)) for file in below)
