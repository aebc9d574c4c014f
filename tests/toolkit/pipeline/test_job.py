from __future__ import annotations

import os
import pickle
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from codemods.toolkit.pipeline import job as job_module
from codemods.toolkit.pipeline.job import Job, content_key, naming, read, read_with_stamp, reference
from codemods.toolkit.pipeline.source import Unreadable


def test_a_codemod_is_known_by_the_module_that_holds_it(renaming: ModuleType) -> None:
    assert reference(renaming.codemod) == "renaming:codemod"


def test_a_job_travels_as_a_reference(renaming: ModuleType) -> None:
    job = Job(renaming.codemod, renaming.Config(old="A"), "/root", 7)
    sent = pickle.dumps(job)
    again = pickle.loads(sent)
    assert again == job
    assert again.codemod is renaming.codemod
    assert job.portable


def test_a_codemod_that_no_module_holds_stays_in_this_process(renaming: ModuleType) -> None:
    from dataclasses import replace

    job = Job(replace(renaming.codemod, name="other"), renaming.Config(), "/root", 7)
    assert not job.portable


def test_a_content_is_known_by_its_path_and_bytes() -> None:
    keys = {content_key("a.py", b"x"), content_key("b.py", b"x"), content_key("a.py", b"y"), content_key("a.p", b"yx")}
    assert len(keys) == 4
    assert content_key("a.py", b"x") == content_key("a.py", b"x")


@pytest.mark.parametrize("content", [b"", b"x", b"a\r\nb\x1a" * 1_000], ids=["empty", "one byte", "binary"])
def test_all_bytes_are_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.py").write_bytes(content)
    assert read(str(tmp_path), "a.py") == content


def test_a_file_is_read_to_its_end_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_bytes(b"abcdefg")
    real = os.read
    monkeypatch.setattr(os, "read", lambda handle, size: real(handle, min(size, 3)))
    assert read(str(tmp_path), "a.py") == b"abcdefg"


@pytest.mark.parametrize("expected", [0, 3, 6, 7, 8, 100], ids=lambda size: f"{size} expected")
def test_a_file_of_another_size_than_expected_is_read_to_its_end(tmp_path: Path, expected: int) -> None:
    (tmp_path / "a.py").write_bytes(b"abcdefg")
    raw, (size, *_times) = read_with_stamp(str(tmp_path), "a.py", expected)
    assert (raw, size) == (b"abcdefg", 7)


def test_a_file_that_is_gone_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="can't be read: No such file") as caught:
        read(str(tmp_path), "a.py")
    assert caught.value.code == "TK106"


def test_a_bug_is_told_with_the_file_that_showed_it() -> None:
    with pytest.raises(KeyError) as caught, naming("a.py"):
        raise KeyError
    assert caught.value.__notes__ == ["while working on a.py"]


def test_what_is_wrong_with_a_file_needs_no_note() -> None:
    with pytest.raises(Unreadable) as caught, naming("a.py"):
        raise Unreadable("TK101", 1, "no")
    assert not hasattr(caught.value, "__notes__")


def test_an_unreadable_file_can_be_told_across_processes() -> None:
    problem = pickle.loads(pickle.dumps(Unreadable("TK101", 3, "no")))
    assert (problem.code, problem.line, problem.message) == ("TK101", 3, "no")


def test_the_same_value_has_the_same_bytes() -> None:
    assert job_module.encode({"b": {2, 1}, "a": 1}) == job_module.encode({"a": 1, "b": {1, 2}})
    assert msgspec.msgpack.decode(job_module.encode({"a": 1})) == {"a": 1}


def test_a_codemod_of_functions_of_the_toolkit_is_known_by_its_configuration(
    renaming: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    from codemods.toolkit.codemod_of_uses import codemod_of_uses

    short = codemod_of_uses(
        name="short",
        summary="nothing happens",
        config=renaming.Config,
        definition=lambda config: "shop.mail.send",
        decided=lambda use, config: None,
    )
    assert reference(short) is None
    monkeypatch.setattr(renaming, "short", short, raising=False)
    assert reference(short) == "renaming:short"
