from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from codemods.toolkit.python.project import Entry, Project
from codemods.toolkit.python.remembered import Remembered

Build = Callable[..., Project[None]]
Asked = tuple[Callable[..., dict[str, frozenset[str]]], list[str]]

FILES = {"a.py": "import b\n", "b.py": "import c\n", "d.py": ""}


@pytest.fixture
def imports() -> Asked:
    """A function that tells what each file imports, through the files that it leads to; which files it was asked of."""
    remembered, asked = Remembered(), list[str]()

    def ask(project: Project[Any], path: str) -> frozenset[str]:
        asked.append(path)
        found: set[str] = set()
        ahead = [path]
        while ahead:
            entry = project.entries.get(ahead.pop())
            names = entry.names if entry is not None else None
            new = {each.name for one in names.imports for each in one.names} - found if names is not None else set()
            found |= new
            ahead += (f"{name}.py" for name in new)
        return frozenset(found)

    def answered(project: Project[Any], basis: str = "") -> dict[str, frozenset[str]]:
        asked.clear()
        return dict(remembered.answers(project, "imports", basis, ("a.py", "d.py"), ask))

    return answered, asked


def without(project: Project[None], path: str) -> Project[None]:
    return replace(project, entries={each: entry for each, entry in project.entries.items() if each != path})


def test_what_was_answered_is_not_asked_again(project_of: Build, imports: Asked) -> None:
    answered, asked = imports
    project = project_of(FILES)
    first = answered(project)
    assert first == {"a.py": {"b", "c"}, "d.py": frozenset()}
    assert answered(replace(project, entries=dict(project.entries))) == first
    assert asked == []


def test_it_is_asked_again_once_a_file_is_there_that_was_missed(project_of: Build, imports: Asked) -> None:
    answered, asked = imports
    project = project_of(FILES)
    assert answered(without(project, "b.py"))["a.py"] == {"b"}
    assert answered(project)["a.py"] == {"b", "c"}
    assert asked == ["a.py"]


def test_it_is_asked_again_where_a_file_on_the_way_is_another(project_of: Build, imports: Asked) -> None:
    answered, asked = imports
    project = project_of(FILES)
    answered(project)
    changed = project.with_entries({"b.py": project_of({"b.py": "import d\n"}).entries["b.py"]})
    assert answered(changed)["a.py"] == {"b", "d"}
    assert asked == ["a.py"]


def test_an_answer_on_another_basis_is_another(project_of: Build, imports: Asked) -> None:
    answered, asked = imports
    project = project_of(FILES)
    answered(project)
    answered(project, "another")
    assert asked == ["a.py", "d.py"]


def test_an_answer_in_another_layout_is_another(project_of: Build, imports: Asked) -> None:
    answered, asked = imports
    project = project_of(FILES)
    answered(project)
    answered(replace(project, layout=project_of({**FILES, "c.py": ""}).layout))
    assert asked == ["a.py", "d.py"]


def test_other_files_may_be_looked_for_with_in_and_by_index(project_of: Build) -> None:
    def ask(project: Project[Any], path: str) -> frozenset[str]:
        entries: Mapping[str, Entry[Any]] = project.entries
        with pytest.raises(KeyError):
            entries["b.py"]
        return frozenset({"b.py"} if "b.py" in entries else {"none"} if entries[path].names is not None else ())

    project, remembered = project_of(FILES), Remembered()
    assert dict(remembered.answers(without(project, "b.py"), "b", None, ["a.py"], ask)) == {"a.py": {"none"}}


@pytest.mark.parametrize("whole", [pytest.param(list, id="all files"), pytest.param(len, id="their number")])
def test_what_is_asked_of_one_file_cannot_go_by_all_files(project_of: Build, whole: Callable[..., object]) -> None:
    def ask(project: Project[Any], path: str) -> frozenset[str]:
        whole(project.entries)
        return frozenset()

    with pytest.raises(NotImplementedError, match="can't go by all files"):
        list(Remembered().answers(project_of(FILES), "all", None, ["a.py"], ask))
