"""Code of one form becomes code of another."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import pytest

from codemods.rope_restructure import codemod
from codemods.testing import check_noop, check_promises, check_transformed
from codemods.toolkit.codemod import UsageError

WRITE = {"pattern": "${f}.write(${text})", "goal": "print(${f}, ${text})"}


@pytest.mark.parametrize(
    ("config", "before", "after"),
    [
        pytest.param(WRITE, "log.write(1)  # one\n", "print(log, 1)  # one\n", id="expression"),
        pytest.param(WRITE, "log.write(a + b)\n", "print(log, a + b)\n", id="argument with an operator"),
        pytest.param(WRITE, "x(log.write(1), y.z.write('é'))\n", "x(print(log, 1), print(y.z, 'é'))\n", id="two"),
        pytest.param(
            WRITE, "\ufeffa = 1\r\n\x0c\r\nlog.write(1)\r\na", "\ufeffa = 1\r\n\x0c\r\nprint(log, 1)\r\na", id="bytes",
        ),
        pytest.param(
            {"pattern": "${x} = ${x} + ${n}", "goal": "${x} += ${n}"}, "a = a + 1\nb = a + 1\n", "a += 1\nb = a + 1\n",
            id="statement",
        ),
        pytest.param(
            {"pattern": "${a} if ${a} else ${b}", "goal": "${a} or ${b}"},
            "x = y if y else z\nx = y if w else z\n",
            "x = y or z\nx = y if w else z\n",
            id="same wildcard twice",
        ),
        pytest.param(
            {"pattern": "len(${x}) == 0", "goal": "not ${x}"}, "if len(a) == 0:\n    pass\n", "if not a:\n    pass\n",
            id="condition",
        ),
        pytest.param(
            {**WRITE, "goal": "save(${f}, ${text})", "imports": ("from store import save",)},
            '"""Doc."""\n\nimport os\n\nlog.write(os)\n',
            '"""Doc."""\n\nimport os\nfrom store import save\n\nsave(log, os)\n',
            id="import",
        ),
        pytest.param(
            {"pattern": "${x}.scaled(${n})", "goal": "(${x}) * ${n}"}, "y = (a + b).scaled(2)\n", "y = (a + b) * 2\n",
            id="goal with parentheses",
        ),
    ],
)  # fmt: skip
def test_matches_are_replaced(config: Mapping[str, object], before: str, after: str) -> None:
    files = {"store.py": "def save(f, text): ...\n", "a.py": before}
    result = check_transformed(codemod, files, {"a.py": after}, config=config)
    assert {site.decision for site in result.sites} == {"rewritten"}


def test_a_wildcard_can_be_narrowed_to_a_definition() -> None:
    config = {"pattern": "${f}(${x})", "goal": "${f}(${x}, 1)", "where": ("f:name=lib.core.start",)}
    files = {
        "lib/__init__.py": "from lib.core import start\n",
        "lib/core.py": "def start(x, y=0): ...\n",
        "a.py": "from lib import start as go\n\n\ndef start(x): ...\n\n\ngo(2)\nstart(3)\n",
    }
    result = check_transformed(codemod, files, {"a.py": files["a.py"].replace("go(2)", "go(2, 1)")}, config=config)
    assert {site.decision for site in result.sites} == {"rewritten"}


@pytest.mark.parametrize(
    ("config", "text"),
    [
        pytest.param(WRITE, "log.write(1, 2)\n", id="more arguments"),
        pytest.param(WRITE, "x = 'log.write(1)'  # log.write(2)\n", id="string and comment"),
        pytest.param(WRITE, "def write(f, text): ...\n", id="no match"),
    ],
)
def test_something_else_stays(config: Mapping[str, object], text: str) -> None:
    result = check_noop(codemod, text, config=config)
    assert (result.sites, result.findings) == ((), ())


@pytest.mark.parametrize(
    ("code", "config", "text"),
    [
        pytest.param(
            "RX103", {"pattern": "${x}.scaled(${n})", "goal": "${x} * ${n}"}, "y = a.scaled(b + 1)\n", id="argument"
        ),
        pytest.param(
            "RX103", {"pattern": "plus(${a}, ${b})", "goal": "${a} + ${b}"}, "y = plus(1, 2) * 3\n", id="whole"
        ),
    ],
)
def test_a_goal_that_needs_parentheses_changes_nothing(code: str, config: Mapping[str, object], text: str) -> None:
    result = check_noop(codemod, text, config=config)
    assert [finding.code for finding in result.findings] == [code]


def test_a_pattern_that_matches_its_own_goal_is_refused() -> None:
    result = check_noop(codemod, "abs(1)\n", config={"pattern": "abs(${x})", "goal": "abs(abs(${x}))"})
    assert {site.code for site in result.sites} == {"TK206"}


def test_a_match_that_would_lose_a_comment_is_refused() -> None:
    result = check_noop(codemod, "log.write(  # why\n    1\n)\n", config=WRITE)
    assert {site.code for site in result.sites} == {"TK208"}


def test_a_name_that_nothing_defines_is_refused() -> None:
    result = check_noop(
        codemod, "def f(log):\n    log.write(1)\n", config={**WRITE, "goal": "undefined(${f}, ${text})"}
    )
    assert {site.code for site in result.sites} == {"TK201"}


def test_a_check_that_rope_does_not_know_changes_nothing() -> None:
    result = check_noop(codemod, "log.write(1)\n", config={**WRITE, "where": ("f:name=",)})
    assert [site for site in result.sites if site.decision == "rewritten"] == []


@pytest.mark.parametrize(
    ("key", "config"),
    [
        pytest.param("pattern", {"pattern": "f(", "goal": "g"}, id="pattern"),
        pytest.param("goal", {"pattern": "f(${x})", "goal": "g(${y})"}, id="unknown wildcard"),
        pytest.param("where", {**WRITE, "where": ("g:exact",)}, id="where"),
        pytest.param("imports", {**WRITE, "imports": ("x = 1",)}, id="import"),
    ],
)
def test_a_bad_key_is_named(key: str, config: Mapping[str, object]) -> None:
    with pytest.raises(ValueError, match=key):
        check_noop(codemod, "x = 1\n", config=config)


def test_nothing_to_look_for_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="say what is looked for"):
        check_noop(codemod, "x = 1\n", config={})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "import os\nfrom store import keep\n\n# A note.\nos.write(keep)\nimport sys\n",
            "import os\nfrom store import keep\nfrom store import save\n\n# A note.\nsave(os, keep)\nimport sys\n",
            id="behind the head, other imports stay",
        ),
        pytest.param(
            "from store import save\nimport os\n\nos.write(1)\n",
            "from store import save\nimport os\n\nsave(os, 1)\n",
            id="there already",
        ),
        pytest.param('"Doc."\n\nx.write(1)\n', '"Doc."\n\nfrom store import save\n\nsave(x, 1)\n', id="docstring"),
        pytest.param("# head\nx.write(1)\n", "# head\nfrom store import save\n\nsave(x, 1)\n", id="no head"),
    ],
)
def test_an_import_comes_where_it_is_needed(before: str, after: str) -> None:
    config = {**WRITE, "goal": "save(${f}, ${text})", "imports": ("from store import save",)}
    files = {"store.py": "def save(*a): ...\n\n\nkeep = 1\n", "a.py": before}
    check_transformed(codemod, files, {"a.py": after}, config=config)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("def f(x, save):\n    x.write(1)\n", "", id="parameter"),
        pytest.param("def save(x):\n    x.write(1)\n", "", id="definition"),
        pytest.param("from other import save\n\nx.write(1)\n", "", id="another import"),
        pytest.param(
            "def f(x, save):\n    x.write(1)\n\n\ndef g(x):\n    x.write(2)\n",
            "from store import save\n\ndef f(x, save):\n    x.write(1)\n\n\ndef g(x):\n    save(x, 2)\n",
            id="in one of two functions",
        ),
    ],
)
def test_a_name_that_is_something_else_is_not_taken_by_an_import(before: str, after: str) -> None:
    config = {**WRITE, "goal": "save(${f}, ${text})", "imports": ("from store import save",)}
    files = {"store.py": "def save(*a): ...\n", "other.py": "def save(*a): ...\n", "a.py": before}
    result = check_transformed(codemod, files, {"a.py": after} if after else {}, config=config)
    assert [site.code for site in result.sites if site.decision == "refused"] == ["RX105"]


def test_an_insertion_is_checked_as_well() -> None:
    config = {"pattern": "put(${x})", "goal": "put(${x}, save)", "imports": ("from store import save",)}
    files = {"store.py": "save = 1\n", "a.py": "def f(put, save):\n    put(1)\n"}
    result = check_noop(codemod, files, config=config)
    assert [site.code for site in result.sites] == ["RX105"]


def test_an_unpacked_argument_stays() -> None:
    result = check_transformed(codemod, "log.write(*x)\nlog.write(1)\n", "log.write(*x)\nprint(log, 1)\n", config=WRITE)
    assert [(site.line, site.code) for site in result.sites if site.decision == "refused"] == [(1, "RX106")]


@pytest.mark.parametrize(
    ("goal", "stays"),
    [
        pytest.param("print(${f})\nprint(${text})", "if x: log.write(1)\n", id="two statements"),
        pytest.param("print(${f})\nprint(${text})", "log.write(1); x = 1\n", id="another one behind"),
        pytest.param("with ${f}:\n    print(${text})", "if x: log.write(1)\n", id="block"),
        pytest.param("y = ${text}", "x = log.write(1)\n", id="assignment in an assignment"),
        pytest.param("y = ${text}", "print(log.write(1))\n", id="assignment in a call"),
    ],
)
def test_a_goal_that_is_a_statement_needs_a_line(goal: str, stays: str) -> None:
    files = {"a.py": f"log, x = open('x'), 1\n{stays}"}
    result = check_noop(codemod, files, config={**WRITE, "goal": goal})
    assert [site.code for site in result.sites] == ["RX107"]


def test_two_statements_take_the_place_of_one() -> None:
    config = {**WRITE, "goal": "print(${f})\nprint(${text})"}
    before = "def f(log):\n    if log:\n        log.write(1)  # why\n    return log\n"
    after = "def f(log):\n    if log:\n        print(log)\n        print(1)  # why\n    return log\n"
    check_transformed(codemod, before, after, config=config)


def test_each_match_is_one_site() -> None:
    result = check_transformed(codemod, "log.write(1)\n", "print(log, 1)\n", config=WRITE)
    assert [(site.line, site.column, site.decision) for site in result.sites] == [(1, 0, "rewritten")]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 701 is in Python 3.12")
def test_a_file_that_rope_can_not_read_is_told() -> None:
    files = {"a.py": "log.write(1)\n", "b.py": 'log.write(f"{x["y"]}")\n'}
    result = check_transformed(codemod, files, {"a.py": "print(log, 1)\n"}, config=WRITE)
    assert [(finding.code, finding.path, finding.failed) for finding in result.findings] == [("RX101", "b.py", True)]


def test_every_promise_holds() -> None:
    text = "import os\n\n# a comment\nos.write(1)  # one\nprint(os.write(2))\n"
    config = {**WRITE, "goal": "save(${f}, ${text})", "imports": ("from store import save",)}
    check_promises(codemod, {"store.py": "def save(f, text): ...\n", "a.py": text}, config)
