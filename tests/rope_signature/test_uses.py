"""Each mention of a function is looked at: calls in every form, other names, doubles, texts."""

from __future__ import annotations

import sys

import pytest

from codemods.rope_signature import codemod
from codemods.testing import check_noop
from tests.rope_signature.situations import follows, refused, told

FUNCTION = "def fetch(url, wait=5):\n    return url, wait\n"
AFTER = FUNCTION.replace("url, wait=5", "url, *, wait=5")
IMPORT = "from net import fetch\n\n"
TARGET = ("net:fetch", "(url, *, wait=5)")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("fetch(fetch(1, 2), 3)\n", "fetch(fetch(1, wait=2), wait=3)\n", id="within its own arguments"),
        pytest.param("(fetch)(1, 2)\n", "(fetch)(1, wait=2)\n", id="parentheses"),
        pytest.param("fetch(  # (see\n    1, 2)\n", "fetch(  # (see\n    1, wait=2)\n", id="comment with a bracket"),
        pytest.param("get = fetch\nget(1, 2)\n", "get = fetch\nget(1, wait=2)\n", id="another name"),
        pytest.param("get: object = fetch\nget(1, 2)\n", "get: object = fetch\nget(1, wait=2)\n", id="with annotation"),
        pytest.param(
            "@fetch(1, 2)\ndef f(): ...\n", "@fetch(1, wait=2)\ndef f(): ...\n", id="decorator that is called"
        ),
        pytest.param(
            "fetch.assert_called_with(1, 2)\n", "fetch.assert_called_with(1, wait=2)\n", id="asserted of itself"
        ),
        pytest.param("fetch.cache_clear()\nfetch(1, 2)\n", "fetch.cache_clear()\nfetch(1, wait=2)\n", id="attribute"),
        pytest.param("fetch is None or fetch(1, 2)\n", "fetch is None or fetch(1, wait=2)\n", id="comparison"),
        pytest.param(
            "import net as n\n\n\ndef f():\n    return n.fetch(1, 2)\n",
            "import net as n\n\n\ndef f():\n    return n.fetch(1, wait=2)\n",
            id="module by another name",
        ),
    ],
)
def test_calls_follow(before: str, after: str) -> None:
    follows({"net.py": FUNCTION, "use.py": IMPORT + before}, {"net.py": AFTER, "use.py": IMPORT + after}, *TARGET)


def test_the_name_may_come_through_another_module() -> None:
    files = {"net.py": FUNCTION, "mid.py": IMPORT + "get = fetch\n", "use.py": "import mid\n\nmid.get(1, 2)\n"}
    follows(files, {"net.py": AFTER, "use.py": "import mid\n\nmid.get(1, wait=2)\n"}, *TARGET)


def test_the_target_may_be_named_by_a_re_export() -> None:
    files = {"pkg/__init__.py": "from .core import fetch\n", "pkg/core.py": FUNCTION}
    follows(files, {"pkg/core.py": AFTER}, "pkg:fetch", TARGET[1])


@pytest.mark.parametrize(
    ("code", "use"),
    [
        pytest.param("RS102", "for f in (fetch,): f(1, 2)\n", id="element"),
        pytest.param("RS102", "def g():\n    f = fetch\n    f(1, 2)\n", id="local name"),
        pytest.param("RS102", "@fetch\ndef f(): ...\n", id="decorator"),
        pytest.param("RS102", "import net\n\nnet.fetch = print\n", id="replaced"),
        pytest.param("RS102", "def g():\n    global fetch\n    fetch = print\n", id="global"),
        pytest.param("RS102", "if x:\n    from other import fetch\n\nfetch(1, 2)\n", id="one import of two"),
        pytest.param(
            "RS102",
            "def g(x):\n    if x:\n        from net import fetch\n    else:\n        from other import fetch\n"
            "    fetch(1, 2)\n",
            id="one import of two in a function",
        ),
        pytest.param("RS102", "import net\n\ngetattr(net, 'fetch')(1, 2)\n", id="looked up"),
        pytest.param("RS111", "import net\n\n\ndef f(x):\n    x.fetch(1, 2)\n\n\nf(net)\n", id="module handed on"),
    ],
)
def test_nothing_changes_where_one_use_can_not_follow(code: str, use: str) -> None:
    files = {"net.py": FUNCTION, "other.py": "def fetch(*args): ...\n", "use.py": f"x = 1\n{IMPORT}{use}"}
    assert code in refused(files, *TARGET)


def test_a_call_that_does_not_fit_even_now_can_be_left() -> None:
    files = {"net.py": FUNCTION, "use.py": IMPORT + "fetch()\n"}
    assert "RS103" in refused(files, *TARGET)
    assert told(follows(files, {"net.py": AFTER}, *TARGET, leave_unknown=True)) == [("RS103", 3)]


def test_what_is_given_to_setattr_is_handed_on() -> None:
    assert "RS102" in refused({"net.py": FUNCTION, "use.py": IMPORT + "setattr(x, 'f', fetch)\n"}, *TARGET)


def test_a_call_on_an_unknown_object_is_told() -> None:
    files = {"net.py": FUNCTION, "use.py": IMPORT + "class A:\n    def f(self):\n        self.net.fetch(1, 2)\n"}
    assert told(follows(files, {"net.py": AFTER}, *TARGET)) == [("RS111", 5)]


@pytest.mark.parametrize(
    ("use", "line"),
    [
        pytest.param("create_autospec(fetch)\n", 3, id="made after it"),
        pytest.param("import net\n\nnet.fetch = Mock()\n", 5, id="takes its place"),
        pytest.param("patch('net.fetch')\n", 3, id="patched"),
        pytest.param("setattr(x, 'fetch', 1)\n", 3, id="set by a string"),
    ],
)
def test_doubles_are_told(use: str, line: int) -> None:
    result = follows({"net.py": FUNCTION, "use.py": IMPORT + use}, {"net.py": AFTER}, *TARGET)
    assert told(result) == [("RS109", line)]


@pytest.mark.parametrize(
    ("use", "found"),
    [
        pytest.param("# fetch(1, 2)\n", [("RS112", 3)], id="call in a comment"),
        pytest.param("'''\n>>> fetch(1, 2)\n'''\n", [("RS112", 4)], id="doctest"),
        pytest.param("# fetch it\n", [], id="word"),
    ],
)
def test_texts_that_may_show_a_call_are_told(use: str, found: list[tuple[str, int]]) -> None:
    result = follows({"net.py": FUNCTION, "use.py": IMPORT + use}, {"net.py": AFTER}, *TARGET)
    assert told(result) == found


def test_a_text_of_a_file_without_a_use_is_no_matter() -> None:
    result = follows(
        {"net.py": FUNCTION, "use.py": "# fetch(1, 2) 'fetch'\nX = {'fetch': 1}\n"}, {"net.py": AFTER}, *TARGET
    )
    assert told(result) == []


@pytest.mark.parametrize(
    ("inside", "signature", "after"),
    [
        pytest.param(
            "\n    url,  # where\n    # how long\n    wait=5,  # seconds\n", "(url, *, wait=5)",
            "\n    url,  # where\n    *,\n    # how long\n    wait=5,  # seconds\n", id="kept",
        ),
        pytest.param(
            "\n    url,  # where\n    wait=5,  # seconds\n    # the end\n", "(url)",
            "\n    url,  # where\n    # seconds\n    # the end\n", id="of one that goes",
        ),
        pytest.param(
            "url,  # where\n          wait=5", "(url, wait=5, more=1)",
            "\n    url,  # where\n    wait=5,\n    more=1,\n", id="behind the bracket",
        ),
        pytest.param(
            "\n    # first\n    *args,  # rest\n    **kw,  # others\n", "(*args, wait=5, **kw)",
            "\n    # first\n    *args,  # rest\n    wait=5,\n    **kw,  # others\n", id="stars",
        ),
    ],
)  # fmt: skip
def test_comments_of_parameters_stay(inside: str, signature: str, after: str) -> None:
    code = "def fetch({}):\n    return 1\n"
    follows({"net.py": code.format(inside)}, {"net.py": code.format(after)}, "net:fetch", signature)


def test_code_in_a_string_is_told() -> None:
    files = {"net.py": FUNCTION, "use.py": "exec('from net import fetch; fetch(1, 2)')\n"}
    assert told(follows(files, {"net.py": AFTER}, *TARGET)) == [("RS112", 1)]


def test_a_parameter_is_renamed_within_a_call_of_the_function_itself() -> None:
    code = "def fetch(url, {0}=5):\n    return fetch(url, {1}{0} + 1)\n"
    files = {"net.py": code.format("wait", "")}
    expected = {"net.py": code.format("*, time", "time=").replace("*, time + 1", "time + 1")}
    follows(files, expected, "net:fetch", "(url, *, time=5)", rename=("wait=time",))


@pytest.mark.parametrize(
    ("code", "body"),
    [
        pytest.param("RS106", "for i in [wait for wait in url]: ...", id="comprehension"),
        pytest.param("RS106", "lambda wait: wait", id="lambda"),
        pytest.param("RS106", "class A:\n        wait = 1", id="class"),
        pytest.param("RS106", "import wait", id="import"),
        pytest.param("RS106", "match url:\n        case {**wait}: ...", id="rest of a mapping"),
        pytest.param("RS106", "match url:\n        case [*wait]: ...", id="star pattern"),
        pytest.param("RS106", "def g():\n        nonlocal wait", id="nonlocal"),
        pytest.param("RS106", "try: ...\n    except E as wait: ...", id="exception"),
        pytest.param("RS106", "print(f'{wait=}')", id="shown by an f-string"),
    ],
)
def test_a_parameter_that_is_bound_anew_keeps_its_name(code: str, body: str) -> None:
    files = {"net.py": f"def fetch(url, wait=5):\n    {body}\n"}
    assert code in refused(files, "net:fetch", "(url, time=5)", rename=("wait=time",))


@pytest.mark.parametrize(
    ("parameters", "signature", "call", "after"),
    [
        pytest.param("url, *rest", "(url, *rest, wait=5)", "fetch(1, 2, 3)", "", id="added behind them"),
        pytest.param("a, b, *rest", "(b, a, *rest)", "fetch(1, 2, 3)", "fetch(2, 1, 3)", id="before them"),
        pytest.param("a, b=1, **kw", "(a, *, b=1, **kw)", "fetch(1, 2, c=3)", "fetch(1, b=2, c=3)", id="keywords"),
    ],
)
def test_further_arguments_follow(parameters: str, signature: str, call: str, after: str) -> None:
    files = {"net.py": f"def fetch({parameters}): ...\n", "use.py": f"{IMPORT}{call}\n"}
    expected = {"net.py": f"def fetch{signature}: ...\n", **({"use.py": f"{IMPORT}{after}\n"} if after else {})}
    follows(files, expected, "net:fetch", signature)


def test_a_keyword_that_a_new_parameter_would_take_is_refused() -> None:
    files = {"net.py": "def fetch(**kw): ...\n", "use.py": IMPORT + "fetch(wait=1)\n"}
    assert "would no longer be one of its `**` arguments" in refused(files, "net:fetch", "(wait=5, **kw)")["RS103"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("fetch(1)\nfetch(1, 2)\n", "fetch(1, 5)\nfetch(1, 2)\n", id="by position"),
        pytest.param("fetch(url=1)\n", "fetch(url=1, wait=5)\n", id="behind a keyword"),
        pytest.param("f'{fetch(1)}'\n", "f'{fetch(1, 5)}'\n", id="f-string"),
    ],
)
@pytest.mark.skipif(sys.version_info < (3, 12), reason="places in f-strings are known from Python 3.12 on")
def test_calls_that_rely_on_a_default_pass_it(before: str, after: str) -> None:
    files = {"net.py": FUNCTION, "use.py": IMPORT + before}
    expected = {"net.py": FUNCTION.replace("5", "7"), "use.py": IMPORT + after}
    follows(files, expected, "net:fetch", "(url, wait=7)", spell_defaults=True)


@pytest.mark.parametrize(
    ("code", "default", "use"),
    [
        pytest.param("RS102", "5", "print(fetch)\n", id="handed on"),
        pytest.param("RS107", "[]", "fetch(1)\n", id="a list is the same one in all calls"),
        pytest.param("RS107", "([],)", "fetch(1)\n", id="list in a tuple"),
    ],
)
def test_a_default_that_can_not_be_spelled_out_stays(code: str, default: str, use: str) -> None:
    files = {"net.py": FUNCTION.replace("5", default), "use.py": IMPORT + use}
    assert code in refused(files, "net:fetch", "(url, wait=7)", spell_defaults=True)


def test_a_string_with_quotes_does_not_come_into_an_f_string() -> None:
    files = {"net.py": FUNCTION.replace("5", "'x'"), "use.py": IMPORT + "f'{fetch(1)}'\n"}
    found = refused(files, "net:fetch", "(url, wait=7)", spell_defaults=True)
    assert found.keys() & {"RS103", "RS102"}


def test_an_f_string_that_shows_a_call_keeps_it() -> None:
    assert refused({"net.py": FUNCTION, "use.py": IMPORT + "f'{fetch(1, 2)=}'\n"}, *TARGET).keys() & {"RS105", "RS102"}


def test_a_file_that_is_left_out_and_would_have_to_change_keeps_all() -> None:
    from codemods.toolkit.config import Configuration, ToolkitConfig

    config = codemod.config(target=TARGET[0], signature=TARGET[1])
    files = {"net.py": FUNCTION, "old/use.py": IMPORT + "fetch(1, 2)\n"}
    result = check_noop(codemod, files, config=Configuration(ToolkitConfig(exclude=("old/**",)), config))
    assert {site.decision for site in result.sites if site.kind == "definition"} == {"refused"}
