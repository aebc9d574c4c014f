from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.toolkit.codemod import Edit
from codemods.toolkit.pipeline.result import Change
from codemods.toolkit.review.diff import diff, file_diff, quoted

if TYPE_CHECKING:
    from pathlib import Path

BOM = b"\xef\xbb\xbf"


def changed(body: bytes, edits: tuple[Edit, ...]) -> bytes:
    for edit in sorted(edits, reverse=True):
        body = body[: edit.start] + edit.new + body[edit.end :]
    return body


def change_of(body: bytes, *edits: Edit, path: str = "a.py", bom: bytes = b"") -> Change:
    return Change(path, bom + body, bom + changed(body, edits), edits, 0o644)


def git(folder: Path, *args: str, stdin: bytes = b"") -> bytes:
    command = ["git", "-c", "core.autocrlf=false", "-c", "core.safecrlf=false", *args]
    done = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def assert_git_applies(folder: Path, *changes: Change) -> None:
    git(folder, "init", "-q", ".")
    for change in changes:
        path = folder / change.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if change.before is not None:
            path.write_bytes(change.before)
            path.chmod(change.mode)
    patch = diff(changes)
    git(folder, "apply", "--check", "-", stdin=patch)
    git(folder, "apply", "--whitespace=nowarn", "-", stdin=patch)
    for change in changes:
        path = folder / change.path
        assert (path.read_bytes() if path.exists() else None) == change.after


def test_a_changed_line_stands_between_three_lines_of_context() -> None:
    body = b"".join(b"%d\n" % n for n in range(10))
    assert file_diff(change_of(body, Edit(10, 11, b"five"))) == (
        b"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -3,7 +3,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
    )


def test_changes_close_together_share_a_hunk() -> None:
    body = b"".join(b"%d\n" % n for n in range(10))
    assert file_diff(change_of(body, Edit(0, 1, b"x"), Edit(14, 15, b"y"))).count(b"@@ -") == 1


def test_changes_on_neighbouring_lines_show_the_old_lines_first() -> None:
    change = change_of(b"a\nb\n", Edit(0, 1, b"x"), Edit(2, 3, b"y"))
    assert file_diff(change).endswith(b"@@ -1,2 +1,2 @@\n-a\n-b\n+x\n+y\n")


def test_changes_far_apart_have_a_hunk_each() -> None:
    body = b"".join(b"%d\n" % n for n in range(10))
    assert file_diff(change_of(body, Edit(0, 1, b"x"), Edit(16, 17, b"y"))).count(b"@@ -") == 2


def test_an_edit_that_repeats_its_neighbours_shows_only_what_differs() -> None:
    body = b"a\nb\nc\n"
    assert file_diff(change_of(body, Edit(0, 6, b"a\nB\nc\n"))).endswith(b"@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n")


def test_a_rewritten_block_shows_its_unchanged_lines_as_context() -> None:
    body = b"a\nb\nc\nd\n"
    expected = b"@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n-d\n+D\n"
    assert file_diff(change_of(body, Edit(0, 8, b"A\nb\nc\nD\n"))).endswith(expected)


def test_files_stand_in_the_order_of_their_paths() -> None:
    patch = diff([change_of(b"x\n", Edit(0, 1, b"y"), path=path) for path in ("b.py", "a.py")])
    assert patch.index(b"a/a.py") < patch.index(b"a/b.py")


def test_an_edit_that_changes_nothing_has_no_diff() -> None:
    assert diff([change_of(b"x\n", Edit(0, 1, b"x"))]) == b""


def test_a_change_that_names_no_edits_is_compared_line_by_line() -> None:
    assert file_diff(Change("a.py", b"x\ny\n", b"x\nz\n", (), 0o644)).endswith(b"@@ -1,2 +1,2 @@\n x\n-y\n+z\n")


def test_a_missing_final_newline_is_marked_on_the_side_that_lacks_it() -> None:
    assert file_diff(change_of(b"x", Edit(1, 1, b"\n"))).endswith(b"-x\n\\ No newline at end of file\n+x\n")


def test_carriage_returns_stay_in_the_patch() -> None:
    assert file_diff(change_of(b"x\r\ny\r\n", Edit(0, 1, b"z"))).endswith(b"-x\r\n+z\r\n y\r\n")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("a/b c.py", b"a/b c.py", id="a space needs no quotes"),
        pytest.param("ä.py", b'"\\303\\244.py"', id="beyond ASCII"),
        pytest.param('q".py', b'"q\\".py"', id="a quote"),
        pytest.param("b\\s.py", b'"b\\\\s.py"', id="a backslash"),
        pytest.param("t\tn\n.py", b'"t\\tn\\n.py"', id="tab and newline"),
        pytest.param("\x1b.py", b'"\\033.py"', id="another control character"),
        pytest.param("\udcff.py", b'"\\377.py"', id="bytes that are not UTF-8"),
    ],
)
def test_paths_are_quoted_as_git_quotes_them(name: str, expected: bytes) -> None:
    assert quoted(name) == expected


@pytest.mark.parametrize(
    "name", ["plain.py", "with space.py", "ä.py", 'q".py', "tab\t.py", "ä space.py", "deep/er/x.py"], ids=repr
)
def test_git_applies_a_change_and_a_deletion_under_any_name(tmp_path: Path, name: str) -> None:
    gone = Change("gone " + name.replace("/", "-"), b"x\n", None, (), 0o644)
    assert_git_applies(tmp_path, change_of(b"x\n", Edit(0, 1, b"y"), path=name), gone)


@pytest.mark.parametrize(
    "before", [b"", b"x\n", b"x", b"\r\n\x0cx\r\n"], ids=["empty", "newline", "no newline", "form feed"]
)
@pytest.mark.parametrize("mode", [0o644, 0o755], ids=oct)
def test_git_applies_a_deletion(tmp_path: Path, before: bytes, mode: int) -> None:
    assert_git_applies(tmp_path, Change("gone.py", before, None, (), mode))


@pytest.mark.parametrize(
    ("body", "edits"),
    [
        pytest.param(b"", (Edit(0, 0, b"x = 1\n"),), id="into an empty file"),
        pytest.param(b"x\ny\n", (Edit(0, 4, b""),), id="all lines go"),
        pytest.param(b"x\ny\nz\n", (Edit(2, 4, b""),), id="a whole line goes"),
        pytest.param(b"x\ny", (Edit(1, 3, b""),), id="the last line goes with the newline before it"),
        pytest.param(b"x\ny", (Edit(3, 3, b"\nz"),), id="a line after a last line without newline"),
        pytest.param(b"x\n", (Edit(1, 2, b""), Edit(2, 2, b"y")), id="the final newline goes and text comes"),
        pytest.param(b"x", (Edit(0, 1, b"y"), Edit(1, 1, b"z")), id="two edits of a last line without newline"),
        pytest.param(b"x\ry\r", (Edit(2, 3, b"z"),), id="carriage returns alone end no line for git"),
        pytest.param(b"a\nb\nc\nd\n", (Edit(0, 1, b"b"), Edit(2, 4, b""), Edit(6, 6, b"d\n")), id="shifted lines"),
    ],
)
@pytest.mark.parametrize("bom", [b"", BOM], ids=["plain", "bom"])
def test_git_applies_an_edit(tmp_path: Path, body: bytes, edits: tuple[Edit, ...], bom: bytes) -> None:
    assert_git_applies(tmp_path, change_of(body, *edits, bom=bom))


def test_git_applies_the_change_of_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    body = "# coding: latin-1\nä = 1\nb = 'ä'\nc\n" + "d\n" * 20
    edits = (Edit(body.encode().index(b"c\n"), body.encode().index(b"c\n") + 1, "ö".encode()),)
    after = changed(body.encode(), edits).decode().encode("latin-1")
    change = Change("a.py", body.encode("latin-1"), after, edits, 0o644)
    assert file_diff(change).count(b"\n-") == 2  # the header's and the one line
    assert_git_applies(tmp_path, change)


LINES = st.lists(
    st.sampled_from([b"x = 1", b"y = 2", b"", b"\x0c", b"  z", b"\tw", "s = 'ä'".encode(), b"# \xe2\x80\xae"]),
    max_size=30,
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes, tuple[Edit, ...]]:
    body = b"".join(line + draw(ENDS) for line in draw(LINES)) + draw(st.sampled_from([b"", b"last"]))
    cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=8, unique=True)))
    texts = st.sampled_from([b"", b"n", b"n\n", b"\nn", b"x = 1\n", b"\r\n", b"\n\n\n", b"x = 1\ny = 2\n"])
    return body, tuple(Edit(a, b, draw(texts)) for a, b in zip(cuts[::2], cuts[1::2], strict=False))


@given(edited(), st.sampled_from([b"", BOM]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_git_applies_any_edits(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[bytes, tuple[Edit, ...]], bom: bytes
) -> None:
    change = change_of(case[0], *case[1], bom=bom)
    if change.before != change.after:
        assert_git_applies(tmp_path_factory.mktemp("repo"), change)


@given(edited())
@settings(deadline=None)
def test_lines_outside_the_edits_are_never_in_the_diff_as_changed(case: tuple[bytes, tuple[Edit, ...]]) -> None:
    change = change_of(case[0], *case[1])
    lines = [line for line in file_diff(change).split(b"\n")[3:] if line[:1] in b"+-"]
    touched = sum(case[0].count(b"\n", edit.start, edit.end) + 2 for edit in case[1])
    assert sum(line.startswith(b"-") for line in lines) <= touched
