"""rope on texts in memory: it plans, and touches nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from rope.refactor.rename import Rename

from codemods.engines.rope.memory import MemoryProject, plain
from codemods.engines.rope.planning import Refused, planned
from codemods.engines.rope.readable import unreadable
from codemods.toolkit.codemod import Edit
from codemods.toolkit.pipeline.source import spliced
from codemods.toolkit.python.layout import layout_of

Edits: TypeAlias = Mapping[str, tuple[Edit, ...]]


def rename(path: str, word: str, new: str) -> Callable[[MemoryProject], Any]:
    def request(project: MemoryProject) -> Any:
        resource = project.get_resource(path)
        return Rename(project, resource, resource.read().index(word)).get_changes(new)

    return request


def plan(files: dict[str, bytes], path: str, word: str, new: str, *roots: str) -> Edits:
    return planned(files, layout_of(files, roots), rename(path, word, new))


def after(files: dict[str, bytes], result: Edits) -> dict[str, bytes]:
    return {path: spliced(files[path], edits) for path, edits in result.items()}


def test_only_what_differs_is_an_edit() -> None:
    result = plan({"a.py": b"class Old:\n    pass\n"}, "a.py", "Old", "New")
    assert result == {"a.py": (Edit(6, 9, b"New"),)}


def test_names_are_followed_through_packages_and_source_roots() -> None:
    files = {
        "pkg/__init__.py": b"from .a import Old\n",
        "pkg/a.py": b"class Old:\n    pass\n",
        "src/app/use.py": b"import pkg\npkg.Old()\n",
        "src/app/__init__.py": b"",
        "src/again.py": b"from app.use import pkg as p\np.Old\n",
    }
    changed = after(files, plan(files, "pkg/a.py", "Old", "New", "src"))
    assert changed == {
        "pkg/__init__.py": b"from .a import New\n",
        "pkg/a.py": b"class New:\n    pass\n",
        "src/app/use.py": b"import pkg\npkg.New()\n",
        "src/again.py": b"from app.use import pkg as p\np.New\n",
    }


def test_mixed_line_ends_stay() -> None:
    files = {"a.py": b"old = 1\r\nprint(old)\nold += 1\r\n"}
    changed = after(files, plan(files, "a.py", "old", "new"))
    assert changed == {"a.py": b"new = 1\r\nprint(new)\nnew += 1\r\n"}


def test_a_text_is_utf_8_whatever_the_file_declares() -> None:
    files = {"a.py": "# -*- coding: latin-1 -*-\ns = 'é'; old = s\n".encode()}
    changed = after(files, plan(files, "a.py", "old", "new"))
    assert changed == {"a.py": "# -*- coding: latin-1 -*-\ns = 'é'; new = s\n".encode()}


def test_the_declaration_of_an_encoding_can_stand_in_the_second_line() -> None:
    assert plain(b"#!/usr/bin/env python\n# vim: set fileencoding=latin-1\n") == (
        "#!/usr/bin/env python\n# vim: set fileenc_ding=latin-1\n"
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with Python 3.12")
def test_type_parameters_are_understood() -> None:
    files = {
        "a.py": b"class Old:\n    pass\n",
        "b.py": b"from a import Old\ndef f[T](x: T) -> Old: ...\ntype A = Old\n",
    }
    assert after(files, plan(files, "a.py", "Old", "New"))["b.py"] == (
        b"from a import New\ndef f[T](x: T) -> New: ...\ntype A = New\n"
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 701 came with Python 3.12")
def test_an_f_string_that_holds_its_own_quotes_can_not_be_read() -> None:
    problem = unreadable(b'ok = 1\nx = f"{a["b"]}"\n')
    assert problem is not None
    assert (problem.kind, problem.line) == ("strings", 2)


def test_what_is_more_than_a_change_of_texts_is_refused() -> None:
    files = {"pkg/__init__.py": b"", "pkg/a.py": b"x = 1\n", "b.py": b"from pkg.a import x\n"}
    with pytest.raises(Refused, match=r"rope plans more than changes of texts: MoveResource of pkg/a\.py"):
        planned(
            files, layout_of(files), lambda project: Rename(project, project.get_resource("pkg/a.py")).get_changes("c")
        )


def test_a_file_that_is_not_there_is_known_to_be_missing() -> None:
    files = {"pkg/a.py": b""}
    project = MemoryProject({path: plain(body) for path, body in files.items()}, layout_of(files))
    assert [project.get_file("pkg/a.py").exists(), project.get_file("pkg/b.py").exists()] == [True, False]
    assert [project.get_folder("pkg").exists(), project.get_folder("lib").exists()] == [True, False]
    assert project.find_module("lib") is None


@pytest.mark.parametrize("write", ["write", "create_file", "create_folder", "remove", "move", "read"])
def test_rope_can_not_write(write: str) -> None:
    operations = MemoryProject({"a.py": ""}, layout_of(["a.py"])).fscommands
    arguments = {"write": ("a.py", b""), "move": ("a.py", "b.py")}.get(write, ("a.py",))
    with pytest.raises(OSError, match=r"a\.py: "):
        getattr(operations, write)(*arguments)


def test_the_reason_of_rope_is_one_line() -> None:
    with pytest.raises(Refused, match="resolvable python identifier") as caught:
        plan({"a.py": b"x = 1  # here\n"}, "a.py", "# here", "new")
    assert "\n" not in str(caught.value)


def test_a_failure_of_rope_is_a_refusal() -> None:
    def request(project: MemoryProject) -> Any:
        raise IndexError("list index out of range")

    with pytest.raises(Refused, match="rope fails: IndexError: list index out of range"):
        planned({"a.py": b""}, layout_of(["a.py"]), request)


def test_no_folder_of_the_disk_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.rope]\nextension_modules = ["evil"]\n')
    (tmp_path / "evil.py").write_text("raise SystemExit('executed')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "listdir", lambda *_: pytest.fail("the disk is listed"))
    monkeypatch.setattr(os, "mkdir", lambda *_: pytest.fail("a folder is made"))
    files = {"a.py": b"import evil, os\nold = evil.x\n"}
    assert after(files, plan(files, "a.py", "old", "new")) == {"a.py": b"import evil, os\nnew = evil.x\n"}


def test_a_file_that_is_no_python_is_named() -> None:
    problem = unreadable(b"ok = 1\nx = (\n")
    assert problem is not None
    assert (problem.kind, problem.line) == ("syntax", 2)


def test_an_f_string_in_the_old_style_can_be_read() -> None:
    assert unreadable(b"""x = f'{a["b"]}' rf"{y}"  # f"{"\n""") is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 'a'  # it's", id="no f-string"),
        pytest.param("x = f'{\"a\" + b}' + y[1]", id="a string in an f-string, and code behind it"),
    ],
)
def test_a_text_in_which_rope_sees_the_same_strings_can_be_read(text: str) -> None:
    assert unreadable(text.encode()) is None
