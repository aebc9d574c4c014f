"""What rope says of single names."""

from __future__ import annotations

import pytest

from codemods.engines.rope.occurrences import Occurrences
from codemods.toolkit.python.layout import layout_of

NET = """\
class Client:
    def go(self): ...


class Other:
    def go(self): ...


def make():
    return Client()
"""
USE = """\
from net import Other, make

é = make()
é.go()
Other().go()


def f(x):
    x.go()
    ''.upper()
"""
FILES = {"net.py": NET.encode(), "use.py": USE.replace("\n", "\r\n").encode()}


def answers() -> Occurrences:
    return Occurrences(FILES, layout_of(FILES), [("net.py", FILES["net.py"].index(b"go"))])


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        pytest.param("é.go", "same", id="of an object that a function returns, behind CRLF and accents"),
        pytest.param("Other().go", "other", id="of another class"),
        pytest.param("    x.go", "unknown", id="of a parameter"),
        pytest.param("''.upper", "unknown", id="of something that rope has built in"),
    ],
)
def test_an_attribute_is_told_by_the_object(text: str, is_it: str) -> None:
    end = FILES["use.py"].index(text.encode()) + len(text.encode())
    offset = end - len(text.rpartition(".")[2])
    assert answers().at("use.py", offset).is_it == is_it


def test_the_place_of_another_definition_is_said() -> None:
    offset = FILES["use.py"].index(b"Other().go") + len("Other().")
    assert answers().at("use.py", offset).reason == "by rope's inference defined in net.py:6"


def test_more_than_one_place_can_be_asked_about() -> None:
    rope, use = answers(), FILES["use.py"]
    places = [use.index(b".go") + 1, use.index(b"Other().go") + len("Other().")]
    assert [rope.at("use.py", place).is_it for place in places] == ["same", "other"]


def test_what_rope_fails_on_can_not_be_told() -> None:
    answer = Occurrences({"a.py": b"x = (\n"}, layout_of(["a.py"]), []).at("a.py", 0)
    assert (answer.is_it, answer.reason) == ("unknown", "Syntax error in file <a.py> line <1>: '(' was never closed")
