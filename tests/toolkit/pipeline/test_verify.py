from __future__ import annotations

import warnings
from collections.abc import Callable

import hypothesmith
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline import verify
from codemods.toolkit.pipeline.source import line_starts, parsed
from codemods.toolkit.pipeline.verify import (
    changed_lines,
    comments_lost,
    file_breakages,
    project_breakages,
    unknown_modules,
)
from codemods.toolkit.python.project import Module, Project


def broken(before: str, after: str, path: str = "a.py", kept: frozenset[str] = frozenset()) -> list[str]:
    """Code, line and message of each breakage."""
    found = file_breakages(Source(path, before.encode()), Source(path, after.encode()), kept)
    assert {breakage.path for breakage in found} <= {path}
    return [f"{breakage.code} {breakage.line} {breakage.message}" for breakage in found]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("import a\na.b", "import a\na.b", id="nothing changed"),
        pytest.param("import a\na.b", "import a\na.c", id="an attribute"),
        pytest.param("from m import a\na()", "from n import b\nb()", id="a name with its import"),
        pytest.param("x = 1  # why", "x = 2  # why", id="a line with a comment"),
        pytest.param("# why\nx = 1", "x = 1\n# why", id="a comment that moves"),
        pytest.param("x = '# no comment'", "x = 2", id="a number sign in a string"),
        pytest.param('"""\n# no comment\n"""', '"""\n"""', id="a number sign in a docstring"),
        pytest.param("async def f(): await g()\ng = f", "async def f(): g()\ng = f", id="an await that goes"),
        pytest.param("x = 1\r\ny = 2 # why\r\n", "x = 1\r\ny = 3 # why\r\n", id="lines that end in CRLF"),
        pytest.param("x = (", "x = (1", id="a file that could not be parsed before"),
        pytest.param("x = ( # why", "x = missing", id="a file that can be parsed now"),
        pytest.param("return", "return 1", id="a file that could not be compiled before"),
        pytest.param("import unused\nx = '\\d'", "import unused\nx = '\\w'", id="an invalid escape"),
        pytest.param("é = 1\nprint(é)", "é = 2\nprint(é)", id="a name that is no ASCII"),
        pytest.param("x = a\nimport a", "x = a, 1\nimport a", id="a name that was read too early before"),
    ],
)
def test_a_change_that_breaks_nothing(before: str, after: str) -> None:
    assert broken(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("import a\na\na", "import b\nb\na", "TK201 3 `a` would be undefined", id="a name left behind"),
        pytest.param(
            "import a\nclass B(a.A): ...",
            "class B(a.A): ...\nimport a",
            "TK201 1 `a` would be read before it is bound",
            id="an import that comes too late",
        ),
        pytest.param(
            "def f(a, b): pass",
            "def f(b, b): pass",
            "TK205 1 can't be compiled: duplicate argument 'b' in function definition",
            id="two parameters of one name",
        ),
        pytest.param(
            "def f(a): pass",
            "def f(a, a=1): pass",
            "TK205 1 can't be compiled: duplicate argument 'a' in function definition",
            id="another parameter of that name",
        ),
        pytest.param(
            "print(end=1,\n  sep=2)",
            "print(end=1,\n  end=2)",
            "TK205 2 can't be compiled: keyword argument repeated: end",
            id="a keyword twice",
        ),
        pytest.param(
            "b = 1\ndef f(a):\n  global b",
            "b = 1\ndef f(b):\n  global b",
            "TK205 3 can't be compiled: name 'b' is parameter and global",
            id="a parameter that is global",
        ),
        pytest.param("a = 1\na", "b = 1\na", "TK201 2 `a` would be undefined", id="a binding alone renamed"),
        pytest.param("a = 1\nprint(a)", "a = 1\nprint(b)", "TK201 2 `b` would be undefined", id="a read alone"),
        pytest.param("print(1)", "write(1)", "TK201 1 `write` would be undefined", id="no builtin any more"),
        pytest.param("from a import *\nx", "from b import *\nx", "TK201 2 `x` would be undefined", id="another star"),
        pytest.param(
            "import b\nimport a\nb(a.c)",
            "import b\nimport a\na(a.c)",
            "TK204 1 `b` would be imported and not used",
            id="another name of the module",
        ),
        pytest.param(
            "from m import a\na()", "\na()", "TK201 2 `a` would be undefined", id="an import that is still needed"
        ),
        pytest.param(
            "def f(): pass", "def f(): g()", "TK201 1 `g` would be undefined in f", id="a name without an import"
        ),
        pytest.param(
            "from m import a\na()",
            "from m import a\n",
            "TK204 1 `a` would be imported and not used",
            id="an import that is no longer needed",
        ),
        pytest.param(
            "def f(): pass",
            "def f(): import a",
            "TK204 1 `a` would be imported and not used in f",
            id="an import that nobody needs",
        ),
        pytest.param(
            "import ﬁne\nprint(ﬁne)",
            "import ﬁne\nprint()",
            "TK204 1 `fine` would be imported and not used",
            id="an import whose name is written in another way",
        ),
        pytest.param(
            "import a\na.b\n",
            "import a\nx = '''\na.b\n'''\n",
            "TK204 1 `a` would be imported and not used",
            id="a use that becomes part of a string",
        ),
        pytest.param("x = 1\ny = 2", "x = 1\ny = (2", "TK205 2 can't be parsed: '(' was never closed", id="a bracket"),
        pytest.param(
            "async def f():\n    await g()\ng = f",
            "def f():\n    await g()\ng = f",
            "TK205 2 can't be compiled: 'await' outside async function",
            id="an await outside an async function",
        ),
        pytest.param(
            "from __future__ import annotations\nx = 1",
            "import os\nfrom __future__ import annotations\nx = os",
            "TK205 2 can't be compiled: from __future__ imports must occur at the beginning of the file",
            id="an import before those from the future",
        ),
        pytest.param(
            "x = 1\ny = 2  # why ", "x = 1\ny = 2", "TK208 2 the comment `# why` would be lost", id="a comment"
        ),
        pytest.param(
            "# why\n# why\n", "# why\n", "TK208 2 the comment `# why` would be lost", id="one of two comments"
        ),
        pytest.param(
            "x = '#'  # why", "x = '#'", "TK208 1 the comment `# why` would be lost", id="a comment after a string"
        ),
    ],
)
def test_a_change_that_breaks_something(before: str, after: str, expected: str) -> None:
    assert broken(before, after) == [expected]


def test_several_breakages_are_all_told() -> None:
    assert broken("import a\na\n# why", "import a\nb") == [
        "TK201 2 `b` would be undefined",
        "TK204 1 `a` would be imported and not used",
        "TK208 3 the comment `# why` would be lost",
    ]


def test_names_that_others_import_may_be_unused() -> None:
    assert broken("from m import a\na()", "from m import a\n", kept=frozenset({"a"})) == []


def test_a_package_re_exports_what_it_imports() -> None:
    assert broken("from m import a\na()", "from m import a\n", path="shop/__init__.py") == []


def test_code_that_only_the_compiler_finds_too_deep_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str, *_: object, **__: object) -> None:  # how deep it may be differs from version to version
        if "deep" in text:
            raise RecursionError

    monkeypatch.setattr(verify, "compile", fail, raising=False)
    assert broken("def f(): pass", "def f(deep): yield") == ["TK205 0 is nested too deeply to be compiled"]


def test_a_tree_that_is_there_already_is_not_parsed_again() -> None:
    before, after = Source("a.py", b"x = 1"), Source("a.py", b"x = y")
    other = Module(after, parsed(Source("a.py", b"\nx = y")).tree, line_starts(after.body))
    assert [found.line for found in file_breakages(before, after, module=other)] == [2]


def test_comments_are_told_with_their_line_before() -> None:
    assert comments_lost(b"# a\r\nx = 1 # b\r\n", b"x = 1\n# c\n") == ((1, "# a"), (2, "# b"))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(b"a\nb\nc\n", b"a\nx\nc\n", ([b"b\n"], [b"x\n"]), id="one line"),
        pytest.param(b"a\nb\nc\nd\n", b"x\nb\nc\n", ([b"a\n", b"d\n"], [b"x\n"]), id="lines apart from each other"),
        pytest.param(b"a\nb\nc\n", b"b\na\nc\n", ([b"a\n", b"b\n"], [b"b\n", b"a\n"]), id="lines that change places"),
        pytest.param(b"a\r\nb", b"a\nb", ([b"a\r\n"], [b"a\n"]), id="another line end"),
        pytest.param(b"", b"a", ([], [b"a"]), id="an empty file"),
        pytest.param(b"a\n\nb\n\nc", b"a\n\nb\nc", ([b"\n"], []), id="one of two equal lines"),
    ],
)
def test_changed_lines(before: bytes, after: bytes, expected: tuple[list[bytes], list[bytes]]) -> None:
    gone, come = changed_lines(before, after)
    assert ([*gone], [*come]) == expected


_LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"\n", b"c # why\r\n"]), max_size=12)


def _without(lines: list[bytes], some: list[bytes]) -> list[list[bytes]]:
    """All that can be left when these lines are taken out."""
    if not some:
        return [lines]
    return [
        rest
        for at, line in enumerate(lines)
        if line == some[0]
        for rest in _without(lines[:at] + lines[at + 1 :], some[1:])
    ]


@given(_LINES.filter(lambda lines: len(lines) < 6), _LINES.filter(lambda lines: len(lines) < 6))
@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_lines_that_did_not_change_are_the_same_in_the_same_order(old: list[bytes], new: list[bytes]) -> None:
    gone, come = changed_lines(b"".join(old), b"".join(new))
    rests = _without(new, [*come])
    assert any(rest in rests for rest in _without(old, [*gone]))


@given(hypothesmith.from_grammar(), st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_change_of_any_module_can_be_verified(text: str, data: st.DataObject) -> None:
    lines = text.splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines)))
    changed = "".join(lines[:at] + data.draw(st.sampled_from([["x\n"], ["import y # z\n"], []])) + lines[at + 1 :])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = broken(text, changed)
    assert found == [] or changed != text


Build = Callable[..., Project[None]]


def project_broken(before: Project[None], after: Project[None], changed: list[str]) -> list[str]:
    return [f"{b.code} {b.path}:{b.line} {b.message}" for b in project_breakages(before, after, changed)]


def test_imports_that_newly_lead_nowhere(project_of: Build) -> None:
    files = {"ws.py": "def make(): pass", "cart.py": "from ws import make", "bill.py": ""}
    after = project_of({**files, "ws.py": "", "bill.py": "\nimport ws.gone"})
    assert project_broken(project_of(files), after, ["ws.py", "bill.py"]) == [
        "TK202 bill.py:2 `import ws.gone` would lead nowhere",
        "TK202 ws.py:0 `from ws import make` in cart.py:1 would lead nowhere",
    ]


def test_imports_that_close_a_cycle(project_of: Build) -> None:
    files = {"a.py": "import b", "b.py": ""}
    assert project_broken(project_of(files), project_of({**files, "b.py": "\nimport a"}), ["b.py"]) == [
        "TK203 b.py:2 would import a.py while it is imported, which leads back to b.py"
    ]


def test_modules_that_have_to_be_known_are_told_step_by_step(project_of: Build) -> None:
    files = {"a.py": "", "b.py": "from c import x", "c.py": "import d", "d.py": "import a", "other.py": ""}
    changed = {**files, "a.py": "from b import x"}
    known = ["a.py"]
    asked = []
    while unknown := unknown_modules(project_of(files, known=known), project_of(changed, known=known), ["a.py"]):
        asked.append(sorted(unknown))
        known += unknown
    assert asked == [["b.py"], ["c.py"], ["d.py"]]
    assert project_broken(project_of(files, known=known), project_of(changed, known=known), ["a.py"]) == [
        "TK202 a.py:1 `from b import x` would lead nowhere",
        "TK203 a.py:1 would import b.py while it is imported, which leads back to a.py",
    ]


def test_nothing_has_to_be_known_where_no_import_is_new(project_of: Build) -> None:
    files = {"a.py": "import b\nb.x", "b.py": ""}
    after = project_of({**files, "a.py": "import b\nb.y"}, known=["a.py"])
    assert unknown_modules(project_of(files, known=["a.py"]), after, ["a.py"]) == frozenset()
