"""The signature of a function changes, and every call follows."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.rope_signature import codemod
from codemods.testing import check_noop, check_promises, check_transformed
from codemods.toolkit.codemod import UsageError

IMPORT = "from net import fetch\n\n"
Case = tuple[str, str, str, str, str, Mapping[str, object]]
CASES: list[Case] = [
    ("url, wait=5", "(url, *, wait=5)", "url, *, wait=5", "fetch(1, 2)", "fetch(1, wait=2)", {}),
    ("url, wait=5", "(url, wait=5, more=None)", "url, wait=5, more=None", "fetch(1, 2)", "", {}),
    ("url, wait", "(url, wait, more)", "url, wait, more", "fetch(1, 2)", "fetch(1, 2, 7)", {"value": ("more=7",)}),
    ("url, wait", "(more, url, wait)", "more, url, wait", "fetch(1, 2)", "fetch(7, 1, 2)", {"value": ("more=7",)}),
    ("url, wait", "(wait, url)", "wait, url", "fetch(1, x)", "fetch(x, 1)", {}),
    ("url, wait", "(wait, url)", "wait, url", "fetch(url=1, wait=2)", "", {}),
    ("url, wait", "(url)", "url", "fetch(1, 2)", "fetch(1)", {}),
    ("url, wait", "(url)", "url", "fetch(1, wait=2)", "fetch(1)", {}),
    ("url", "()", "", "fetch(1,)", "fetch()", {}),
    ("", "(url)", "url", "fetch()", "fetch(7)", {"value": ("url=7",)}),
    ("url, wait=5", "(url, time=5)", "url, time=5", "fetch(1, wait=2)", "fetch(1, time=2)", {"rename": ("wait=time",)}),
    ("url, wait=5", "(url, wait)", "url, wait", "fetch(1)", "fetch(1, 5)", {}),
    ("url, a, b=2", "(url, b=2)", "url, b=2", "fetch(1, 2, 3)", "fetch(1, 3)", {}),
    ("url, a=1, b=2", "(url, b=2)", "url, b=2", "fetch(1, 2, b=3)", "fetch(1, b=3)", {}),
    (
        "url: 'str', wait: int = 5", "(url, *, wait=5)", "url: 'str', *, wait: int = 5",
        "fetch(url=1)", "", {},
    ),
    (
        "\n    url,\n    wait=5,\n", "(url, *, wait=5)", "\n    url,\n    *,\n    wait=5,\n",
        "fetch(\n    1,  # one\n    2,  # two\n)", "fetch(\n    1,  # one\n    wait=2,  # two\n)", {},
    ),
    (
        "url, wait", "(url, wait, *, more)", "url, wait, *, more",
        "fetch(\n    1,  # one\n    2,\n)", "fetch(\n    1,  # one\n    2,\n    more=7,\n)", {"value": ("more=7",)},
    ),
    ("a, b = \"x\"  , c=(1)", "(a, *, b='x', c=1)", "a, *, b=\"x\", c=1", "fetch(1, 2)", "fetch(1, b=2)", {}),
    ("url, wait", "(url, /, wait)", "url, /, wait", "fetch(url=1, wait=2)", "fetch(1, wait=2)", {}),
]  # fmt: skip
IDS = [
    "keyword only", "added with a default", "added with a value", "added before", "reordered", "reordered by keyword",
    "removed", "removed keyword", "removed the only one", "added the only one", "renamed", "default goes",
    "removed amid", "removed before a keyword", "annotations stay", "lines", "added in lines", "quotes stay",
    "positional only",
]  # fmt: skip


def files(inside: str, call: str) -> dict[str, str]:
    return {"net.py": f"def fetch({inside}):\n    return 1\n", "use.py": f"{IMPORT}x = 3\n{call}\n"}


def config(signature: str, more: Mapping[str, object] | None = None) -> dict[str, object]:
    return {"target": "net:fetch", "signature": signature, **(more or {})}


@pytest.mark.parametrize(("before", "signature", "after", "call", "becomes", "more"), CASES, ids=IDS)
def test_calls_follow(
    before: str, signature: str, after: str, call: str, becomes: str, more: Mapping[str, object]
) -> None:
    expected = files(after, becomes or call)
    changed = expected if becomes else {"net.py": expected["net.py"]}
    check_transformed(codemod, files(before, call), changed, config=config(signature, more))
    check_noop(codemod, expected, config=config(signature, more))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("import net\n\nnet.fetch(1, 2)\n", "import net\n\nnet.fetch(1, wait=2)\n", id="module"),
        pytest.param(
            "from net import fetch as f\n\nf(1, 2)\n", "from net import fetch as f\n\nf(1, wait=2)\n", id="alias"
        ),
        pytest.param(
            "from middle import fetch\n\nfetch(1, 2)\n",
            "from middle import fetch\n\nfetch(1, wait=2)\n",
            id="re-export",
        ),
        pytest.param("from net import *\n\nfetch(1, 2)\n", "from net import *\n\nfetch(1, wait=2)\n", id="star"),
        pytest.param("def fetch(a, b): ...\n\n\nfetch(1, 2)\n", "", id="another one"),
        pytest.param("def f(net):\n    net.fetch(1, 2)\n", "", id="parameter of that name"),
    ],
)
def test_calls_are_followed_by_origin(before: str, after: str) -> None:
    project = {**files("url, wait=5", "fetch(1)"), "middle.py": "from net import fetch\n", "app.py": before}
    expected = {"net.py": "def fetch(url, *, wait=5):\n    return 1\n", **({"app.py": after} if after else {})}
    check_transformed(codemod, project, expected, config=config("(url, *, wait=5)"))


def test_a_renamed_parameter_is_renamed_in_the_body() -> None:
    body = "def fetch({0}):\n    {0} = {0} or 1\n    return lambda: {0} + fetch({1})\n"
    project = {"net.py": body.format("old", "old=1")}
    expected = {"net.py": body.format("new", "new=1")}
    check_transformed(codemod, project, expected, config=config("(new)", {"rename": ("old=new",)}))


@pytest.mark.parametrize(
    ("code", "definition", "signature", "call"),
    [
        pytest.param("RS101", "@wrap\ndef fetch(url, wait=5): ...\n", "(url, *, wait=5)", "fetch(1)", id="decorator"),
        pytest.param("RS101", "def fetch(a): ...\ndef fetch(a): ...\n", "(b)", "fetch(1)", id="twice"),
        pytest.param("RS101", "def fetch(a): return locals()\n", "(a, b)", "fetch(1)", id="locals"),
        pytest.param("RS102", "def fetch(url, wait=5): ...\n", "(url, *, wait=5)", "fetch(*x)", id="star"),
        pytest.param("RS102", "def fetch(url, wait=5): ...\n", "(url, *, wait=5)", "fetch(**x)", id="two stars"),
        pytest.param("RS102", "def fetch(url, wait=5): ...\n", "(url, *, wait=5)", "partial(fetch, 1)", id="handed on"),
        pytest.param("RS103", "def fetch(url): ...\n", "(url, wait=5)", "fetch()", id="passes less"),
        pytest.param("RS103", "def fetch(url): ...\n", "()", "fetch(1, 2)", id="passes more"),
        pytest.param("RS104", "def fetch(url): ...\n", "(url, wait)", "fetch(1)", id="nothing to pass"),
        pytest.param("RS105", "def fetch(a, b): ...\n", "(b, a)", "fetch(f(), g())", id="other order"),
        pytest.param("RS105", "def fetch(a, b): ...\n", "(b, a)", "fetch(f(), x)", id="other order of a name"),
        pytest.param("RS105", "def fetch(a, b): ...\n", "(a)", "fetch(1, f())", id="dropped call"),
        pytest.param("RS105", "def fetch(a): ...\n", "(a, b=1, *, c)", "fetch(i for i in x)", id="generator"),
        pytest.param("RS106", "def fetch(a, b): return b\n", "(a)", "fetch(1, 2)", id="body reads it"),
        pytest.param("RS106", "def fetch(a): return b\n", "(a, b)", "fetch(1)", id="name of the module"),
        pytest.param("RS107", "def fetch(a=1): ...\n", "(a=2)", "fetch()", id="default"),
        pytest.param("RS107", "def fetch(a=x): ...\n", "(a)", "fetch()", id="default that is no literal"),
        pytest.param("RS107", "def fetch(a): ...\n", "(*a)", "fetch(1)", id="other meaning"),
        pytest.param("RS108", "def fetch(a): ...\n", "()", "fetch(:", id="not parsed"),
    ],
)
def test_nothing_changes_where_one_use_can_not_follow(code: str, definition: str, signature: str, call: str) -> None:
    more = {"value": ("c=1",)} if "c" in signature else {}
    project = {
        "net.py": definition,
        "use.py": f"{IMPORT}x = 3\nfetch(1, 2) if x else 1\n".replace("fetch(1, 2) if x else 1", call),
    }
    result = check_noop(codemod, project, config=config(signature, more))
    assert code in {site.code for site in result.sites if site.decision == "refused"}


def test_a_function_that_is_handed_on_may_get_further_parameters() -> None:
    project = files("url", "print(fetch, fetch(*x))")
    check_transformed(codemod, project, {"net.py": files("url, more=1", "")["net.py"]}, config=config("(url, more=1)"))


def test_a_mock_is_told() -> None:
    test = (
        "from unittest.mock import patch\n\n\n@patch('net.fetch')\ndef test(fetch):\n    fetch.assert_called_with(1)\n"
    )
    project = {**files("url, wait=5", "fetch(1, 2)"), "test_net.py": test}
    expected = files("url, *, wait=5", "fetch(1, wait=2)")
    result = check_transformed(codemod, project, expected, config=config("(url, *, wait=5)"))
    assert [site.code for site in result.sites if site.code] == ["RS109"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        pytest.param("net:lost", "no such function", id="function"),
        pytest.param("lost:fetch", "no such module", id="module"),
        pytest.param("net:Class", "no such function", id="class"),
    ],
)
def test_wrong_usage_is_one_line(target: str, message: str) -> None:
    project = {"net.py": "def fetch(): ...\n\n\nclass Class: ...\n"}
    with pytest.raises(UsageError, match=message):
        check_noop(codemod, project, config={"target": target, "signature": "()"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("signature", "a, b", id="no parentheses"),
        pytest.param("signature", "(a, a", id="no syntax"),
        pytest.param("signature", "() -> int", id="more than parameters"),
        pytest.param("rename", ("a=c",), id="unknown new name"),
        pytest.param("value", ("b=1 +",), id="no expression"),
        pytest.param("value", ("c=1",), id="unknown parameter"),
        pytest.param("value", ("b=1, 2",), id="two expressions"),
        pytest.param("value", ("b=1, c=2",), id="two arguments"),
        pytest.param("value", ("b=1) + f(2",), id="more than a call"),
        pytest.param("value", ("b=x for x in y",), id="generator without parentheses"),
        pytest.param("value", ("b=1  # one",), id="comment"),
        pytest.param("target", "net.fetch", id="no colon"),
    ],
)
def test_a_bad_key_is_named(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=key):
        check_noop(codemod, {"net.py": ""}, config={**config("(a, b)"), key: value})


def test_every_promise_holds() -> None:
    calls = "".join(f"{call}\n" for before, _, _, call, _, _ in CASES if before == "url, wait=5")
    check_promises(codemod, files("url, wait=5", calls), config("(url, *, time=5)", {"rename": ("wait=time",)}))
