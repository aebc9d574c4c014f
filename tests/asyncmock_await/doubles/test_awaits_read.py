"""A member of which a test says that nobody awaits it stays an AsyncMock."""

from __future__ import annotations

import msgspec
import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.doubles.awaits_read import reads_marks
from codemods.evidence.schema import TESTS_NAMED
from codemods.testing import check_noop, check_transformed
from tests.asyncmock_await.doubles.evidence_records import PRODUCTION, TESTS, Run

SAVE = "async def save(db):\n    db.add(1)\n    await db.commit()\n"
DOUBLE = "from unittest.mock import AsyncMock, MagicMock\n\ndb = AsyncMock()\n"
MENDED = DOUBLE + "db.add = MagicMock()\n"
ELSEWHERE = "tests/test_more.py"


def run_of(reads: str, path: str = TESTS) -> Run:
    files = {PRODUCTION: SAVE, TESTS: DOUBLE}
    run = Run({**files, path: files.get(path, "") + reads})
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1), run.call("commit", "db.commit()", awaited=1))
    return run


@pytest.mark.parametrize(
    "reads",
    [
        pytest.param("db.add.assert_not_awaited()\n", id="an assertion"),
        pytest.param("assert db.add.await_count == 0\n", id="a count"),
        pytest.param("assert db.add.await_args is None\n", id="the arguments"),
        pytest.param("def check(add):\n    assert not add.await_args_list\n", id="by its name alone"),
    ],
)
def test_a_member_whose_awaits_are_read_stays(reads: str) -> None:
    run = run_of("\n\n" + reads)
    [site] = [each for each in check_noop(codemod, run.files, inputs=run.inputs).sites if each.kind == "double"]
    assert (site.decision, site.code) == ("refused", "AM294")
    assert "how often `add` was awaited" in site.reason


@pytest.mark.parametrize(
    ("reads", "path"),
    [
        pytest.param("\n\ndb.commit.assert_not_awaited()\n", TESTS, id="of another member"),
        pytest.param("\n\ndb.add.assert_not_called()\n", TESTS, id="calls"),
        pytest.param("def test(db):\n    db.add.assert_not_awaited()\n", ELSEWHERE, id="in tests that don't use it"),
    ],
)
def test_other_questions_keep_nothing(reads: str, path: str) -> None:
    run = run_of(reads, path)
    check_transformed(codemod, run.files, {TESTS: MENDED + (reads if path == TESTS else "")}, inputs=run.inputs)


def test_every_file_counts_for_a_double_that_more_tests_use_than_are_named() -> None:
    run = run_of("def test(db):\n    db.add.assert_not_awaited()\n", ELSEWHERE)
    run.doubles[0] = msgspec.structs.replace(run.doubles[0], tests=(0,) * TESTS_NAMED)
    [site] = [each for each in check_noop(codemod, run.files, inputs=run.inputs).sites if each.kind == "double"]
    assert (site.decision, site.code) == ("refused", "AM294")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        pytest.param(b"assert a.b.return_value.await_count == 1", ("reads awaits of b",), id="of a result"),
        pytest.param(b"b.await_args; a.assert_not_awaited()", ("reads awaits of a b",), id="of two"),
        pytest.param(b"made().await_count", (), id="of no name"),
        pytest.param(b"a.b.assert_awaited_once()", (), id="of what is awaited"),
    ],
)
def test_a_file_is_marked_with_the_names_that_it_asks(body: bytes, names: tuple[str, ...]) -> None:
    assert reads_marks(body) == names
