"""Bowler queries as functions of a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.engines.bowler import Altered, Match, QueryFailed, Rejected, Transformed, Unparsable, transformed
from codemods.engines.bowler_source import QuerySource

RENAME = "def fix(): return Query().select_function('old').rename('new')"


def source(folder: Path, text: str) -> QuerySource:
    file = folder / "queries.py"
    file.write_text(f"from bowler import Query\nfrom fissix.fixer_util import Name\n{text}\n", encoding="utf-8")
    return QuerySource(f"{file}:fix", text, ())


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("\n\n", "\n\n", id="blank lines"),
        pytest.param("old()", "new()", id="no newline at the end"),
        pytest.param("# old\nold()  # old\n# old", "# old\nnew()  # old\n# old", id="comments"),
        pytest.param("\x0cold()\n", "\x0cnew()\n", id="a form feed at the beginning"),
        pytest.param("\\\nold()\n", "\\\nnew()\n", id="a backslash at the beginning"),
        pytest.param("if 1:\n\told()\n\n  # c\nx\n", "if 1:\n\tnew()\n\n  # c\nx\n", id="a comment between blocks"),
        pytest.param("print >>f, old()\n", "print >>f, new()\n", id="print is a name"),
        pytest.param("exec = old()\n", "exec = new()\n", id="exec is a name"),
    ],
)
def test_only_what_the_query_changes_is_changed(tmp_path: Path, text: str, after: str) -> None:
    assert transformed(source(tmp_path, RENAME), "a.py", text).text == after


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("x = 1\nmatch y:\n    case 1: pass\n", 2, id="newer syntax"),
        pytest.param("x = (\n", 2, id="an open parenthesis"),
        pytest.param("x = '''\n", 1, id="an open string"),
        pytest.param("if 1:\n    a\n  b\n", 3, id="an indentation that fits nowhere"),
    ],
)
def test_a_text_that_can_not_be_parsed_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(Unparsable) as caught:
        transformed(source(tmp_path, RENAME), "a.py", text)
    assert caught.value.line == line


def test_a_text_that_does_not_come_back_as_it_was_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codemods.engines.bowler.str", lambda tree: "other\n", raising=False)
    with pytest.raises(Altered):
        transformed(source(tmp_path, RENAME), "a.py", "old()\n")


@pytest.mark.parametrize(
    ("selector", "text", "name"),
    [
        pytest.param("select_function('old')", "x; old()", "old", id="function"),
        pytest.param("select_method('old')", "x.old()", "old", id="method"),
        pytest.param("select_attribute('old')", "x.old = 1", "old", id="attribute"),
        pytest.param("select_class('Old')", "class Old(A):\n    x = 1", "Old", id="class"),
        pytest.param("select_subclass('Old')", "class A(Old):\n    x = 1", "A", id="subclass"),
        pytest.param("select_var('old')", "x = old", "old", id="variable"),
        pytest.param("select_module('old')", "import old", "old", id="module"),
        pytest.param("select_module('a.old')", "import a.old", "old", id="dotted module"),
        pytest.param("select_module('a.old')", "a.old.f(1)", "old", id="use of a dotted module"),
        pytest.param("select(\"power< a='old' any >\")", "old(1)", "old", id="own capture"),
        pytest.param("select(\"power< 'a' trailer< '.' 'old' > any >\")", "a.old(1)", "old", id="no capture"),
        pytest.param("select(\"'old'\")", "f(old)", "old", id="a name alone"),
        pytest.param("select_root()", "old", None, id="no name"),
        pytest.param("select('NUMBER')", "x = 1", None, id="a number"),
    ],
)
def test_a_match_says_which_name_it_is_about(tmp_path: Path, selector: str, text: str, name: str | None) -> None:
    (match, *_) = transformed(source(tmp_path, f"def fix(): return Query().{selector}"), "a.py", text).matches
    found = text[slice(*match.name)] if match.name is not None else None
    assert found == name


def test_only_matches_that_are_allowed_are_transformed(tmp_path: Path) -> None:
    def second(match: Match) -> bool:
        return match.name == (7, 10)

    result = transformed(source(tmp_path, RENAME), "a.py", "old(), old()\n", allowed=second)
    assert result == Transformed("old(), new()\n", (Match(0, (0, 3)), Match(0, (7, 10))))


def test_features_of_the_future_are_known_to_fixers(tmp_path: Path) -> None:
    text = """
from fissix.fixer_base import BaseFix

class Fixer(BaseFix):
    PATTERN = "'old'"

    def start_tree(self, tree, filename):
        super().start_tree(tree, filename)
        self.features = sorted(tree.future_features)

    def transform(self, node, results):
        return Name(self.features[0], prefix=node.prefix)

def fix(): return Query().fixer(Fixer)
"""
    assert transformed(source(tmp_path, text), "a.py", "old\n", frozenset({"annotations"})).text == "annotations\n"


@pytest.mark.parametrize(
    ("raising", "told"),
    [
        pytest.param("raise KeyError('x')", "KeyError: 'x'", id="an error"),
        pytest.param("raise SystemExit(3)", "SystemExit: 3", id="an exit"),
        pytest.param("raise GeneratorExit", "GeneratorExit", id="what is no error"),
        pytest.param("bad(*given)", "RecursionError: maximum recursion depth exceeded", id="a call without an end"),
    ],
)
def test_a_modifier_that_fails_is_told_with_its_line(tmp_path: Path, raising: str, told: str) -> None:
    text = f"def bad(*given):\n    {raising}\ndef fix(): return Query().select_root().modify(bad)"
    with pytest.raises(QueryFailed) as caught:
        transformed(source(tmp_path, text), "a.py", "x\n")
    assert str(caught.value) == f"{told} (queries.py:4)"


def test_ctrl_c_within_a_modifier_ends_the_run(tmp_path: Path) -> None:
    text = "def stop(*given):\n    raise KeyboardInterrupt\ndef fix(): return Query().select_root().modify(stop)"
    with pytest.raises(KeyboardInterrupt):
        transformed(source(tmp_path, text), "a.py", "x\n")


def test_lines_around_a_hunk_that_is_rejected_are_told(tmp_path: Path) -> None:
    text = f"{RENAME}.process(lambda filename, hunk: '-old(1)' not in hunk)"
    lines = ["old(1)", *("x" * 9), "old(2)"]
    result = transformed(source(tmp_path, text), "a.py", "\n".join(lines))
    assert result.rejected == (Rejected(0, 4),)


def test_a_file_that_does_not_match_is_left_alone(tmp_path: Path) -> None:
    text = "def fix(): return Query(filename_matcher=lambda name: 'b' in name).select_var('old').rename('new')"
    found = [transformed(source(tmp_path, text), path, "old\n").text for path in ("a.py", "b.py")]
    assert found == ["old\n", "new\n"]
