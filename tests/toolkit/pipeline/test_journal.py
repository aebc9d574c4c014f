from __future__ import annotations

import json
from pathlib import Path

import pytest

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline import journal
from codemods.toolkit.pipeline.atomic import no_step
from codemods.toolkit.pipeline.journal import KEPT_RUNS, Replacement, Run

FILES = (
    Replacement("a.py", 0o644, (0, 0), b"old", b"new"),
    Replacement("pkg/b.py", 0o755, (0, 0), b"shim\r\n\xff", None),
    Replacement("empty.py", 0o644, (0, 0), b"", b"filled"),
)


def published(top: Path) -> Run:
    (top / "state" / "runs").mkdir(parents=True, exist_ok=True)
    run = journal.prepare(top / "state", top, "demo", FILES, no_step)
    journal.publish(run, no_step)
    return run


def test_a_journal_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    run = published(tmp_path)
    assert journal.load(tmp_path / "state", tmp_path, run.id) == run
    assert run.paths == ("a.py", "pkg/b.py", "empty.py")
    parts = [(entry.before, entry.after) for entry in run.header.files]
    read = [[part and journal.content(run, run.header.files[0], part) for part in pair] for pair in parts]
    assert read == [[file.before, file.after] for file in FILES]


def test_a_journal_does_not_count_before_it_is_published(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    run = journal.prepare(tmp_path, tmp_path, "demo", FILES, no_step)
    assert not journal.published(run)
    assert journal.names(tmp_path) == []


def test_the_bytes_of_private_files_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    assert (published(tmp_path).folder / "contents").stat().st_mode & 0o077 == 0


def test_old_runs_are_dropped_but_never_one_that_is_interrupted(tmp_path: Path) -> None:
    interrupted = published(tmp_path)
    for _ in range(KEPT_RUNS + 2):
        journal.mark(published(tmp_path), "applied", no_step)
    names = journal.names(tmp_path / "state")
    assert len(names) == KEPT_RUNS + 1
    assert names[-1] == interrupted.id
    assert len(list((tmp_path / "state" / "runs").iterdir())) == len(names)


def test_other_things_in_the_folder_are_no_runs_and_stay(tmp_path: Path) -> None:
    run = published(tmp_path)
    for name in ("notes", "notes.new"):
        (tmp_path / "state" / "runs" / name).mkdir()
    (tmp_path / "state" / "runs" / f"{run.id[:-4]}beef").symlink_to(run.folder)
    newer = published(tmp_path)
    assert journal.names(tmp_path / "state") == [newer.id, run.id]
    assert (tmp_path / "state" / "runs" / "notes.new").is_dir()


def test_a_folder_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").symlink_to("runs")
    with pytest.raises(UsageError, match=r"^the journal .*runs can't be read: Too many levels of symbolic links$"):
        journal.names(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b'{"schema": 1}', id="incomplete"),
    ],
)
def test_a_damaged_header_is_told_in_one_line(tmp_path: Path, text: bytes) -> None:
    run = published(tmp_path)
    (run.folder / "header.json").write_bytes(text)
    with pytest.raises(UsageError, match=r"^the journal .* is damaged \(.*\): move it away to go on without it$"):
        journal.load(tmp_path / "state", tmp_path, run.id)


@pytest.mark.parametrize(
    ("key", "value"),
    [("mode", 0o100644), ("mode", -1), ("owner", [0, 2**40]), ("before", {"start": -1, "size": 1, "sha256": ""})],
)
def test_values_that_no_file_can_have_are_damage(tmp_path: Path, key: str, value: object) -> None:
    run = published(tmp_path)
    header = json.loads((run.folder / "header.json").read_bytes())
    header["files"][0][key] = value
    (run.folder / "header.json").write_text(json.dumps(header))
    with pytest.raises(UsageError, match="is damaged"):
        journal.load(tmp_path / "state", tmp_path, run.id)


def test_a_missing_header_is_damage(tmp_path: Path) -> None:
    run = published(tmp_path)
    (run.folder / "header.json").unlink()
    with pytest.raises(UsageError, match="is damaged"):
        journal.load(tmp_path / "state", tmp_path, run.id)


def test_a_journal_of_another_version_is_told(tmp_path: Path) -> None:
    run = published(tmp_path)
    header = json.loads((run.folder / "header.json").read_bytes())
    (run.folder / "header.json").write_text(json.dumps({**header, "schema": 2}))
    with pytest.raises(UsageError, match="was written by another version of codemods"):
        journal.load(tmp_path / "state", tmp_path, run.id)


def test_an_unknown_state_is_damage(tmp_path: Path) -> None:
    run = published(tmp_path)
    (run.folder / "state").write_bytes(b"flying")
    with pytest.raises(UsageError, match=r"\(its state is none of writing, applied, undoing, undone, rolled back\)"):
        journal.state_of(tmp_path / "state", run.id)


def test_a_missing_state_is_damage(tmp_path: Path) -> None:
    run = published(tmp_path)
    (run.folder / "state").unlink()
    with pytest.raises(UsageError, match=r"\(its state can't be read: No such file or directory\)"):
        journal.state_of(tmp_path / "state", run.id)


def test_missing_contents_are_damage(tmp_path: Path) -> None:
    run = published(tmp_path)
    (run.folder / "contents").unlink()
    with pytest.raises(UsageError, match="is damaged"):
        journal.check_contents(run)


def test_a_size_beyond_the_contents_is_damage_and_takes_no_memory(tmp_path: Path) -> None:
    run = published(tmp_path)
    header = json.loads((run.folder / "header.json").read_bytes())
    header["files"][0]["before"] = {"start": 2**62, "size": 2**62, "sha256": "0"}
    (run.folder / "header.json").write_text(json.dumps(header))
    with pytest.raises(UsageError, match=r"it no longer has the bytes of a\.py"):
        journal.check_contents(journal.load(tmp_path / "state", tmp_path, run.id))
