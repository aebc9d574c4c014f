"""What is told of a project before its files are parsed: the key by which answers are kept."""

from __future__ import annotations

import pytest

from codemods.toolkit.python.layout import layout_of
from codemods.toolkit.python.project import Project, Told

LAYOUT = layout_of(["a.py", "b.py"])
MARKS = {"a.py": ("one",)}
SETTINGS = {"pytest.ini": b"[pytest]\n"}


def test_it_is_the_same_while_more_files_are_parsed() -> None:
    project: Project[object] = Project(LAYOUT, {}, dict(MARKS), dict(SETTINGS))
    later: Project[object] = Project(LAYOUT, {}, dict(MARKS), dict(SETTINGS))

    assert project.told == later.told
    assert hash(project.told) == hash(later.told)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Told(LAYOUT, {"a.py": ("two",)}, SETTINGS), id="a mark"),
        pytest.param(Told(LAYOUT, MARKS, {"pytest.ini": b""}), id="a setting"),
        pytest.param(Told(layout_of(["a.py"]), MARKS, SETTINGS), id="the files"),
    ],
)
def test_it_is_another_where_something_else_is_told(other: Told) -> None:
    assert Told(LAYOUT, MARKS, SETTINGS) != other
