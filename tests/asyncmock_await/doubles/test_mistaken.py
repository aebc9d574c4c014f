"""Awaits that only tests have, of what production calls and knows to be sync: they go, or the conflict stays."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.doubles.mistaken import awaits_marks
from codemods.asyncmock_await.doubles.reach import marks
from codemods.asyncmock_await.doubles.stands_for import ASKS
from codemods.testing import check_noop, check_transformed
from tests.asyncmock_await.doubles.evidence_records import PRODUCTION, TESTS, Run

SESSION = "class Session:\n    def add(self, order):\n        pass\n\n    async def commit(self):\n        pass\n\n\n"
SAVE = SESSION + "async def save(db):\n    db.add(1)\n    await db.commit()\n"
IMPORTS = "from unittest.mock import AsyncMock, MagicMock\n\n"
TEST = "async def test_one(db):\n    await db.add(2)\n"
DOUBLE = "db = AsyncMock()\n"


def run_of(tests: str, production: str = SAVE, *, double: str = DOUBLE) -> Run:
    run = Run({PRODUCTION: production, TESTS: IMPORTS + double + "\n\n" + tests})
    run.double(
        "AsyncMock()",
        run.call("add", "db.add(1)", dropped=1),
        run.call("add", "db.add(2)", TESTS, awaited=1, form="awaited"),
        run.call("commit", "db.commit()", awaited=1, form="awaited"),
    )
    return run


def test_the_await_goes_and_the_member_becomes_sync() -> None:
    run = run_of(TEST)

    after = IMPORTS + DOUBLE + "db.add = MagicMock()\n\n\n" + TEST.replace("await ", "")
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs)


def test_the_await_goes_in_a_test_that_names_no_mock_too() -> None:
    run = Run({PRODUCTION: SAVE, TESTS: IMPORTS + DOUBLE, "tests/test_more.py": TEST})
    run.double(
        "AsyncMock()",
        run.call("add", "db.add(1)", dropped=1),
        run.call("add", "db.add(2)", "tests/test_more.py", awaited=1, form="awaited"),
        run.call("commit", "db.commit()", awaited=1, form="awaited"),
    )

    after = {TESTS: IMPORTS + DOUBLE + "db.add = MagicMock()\n", "tests/test_more.py": TEST.replace("await ", "")}
    check_transformed(codemod, run.files, after, inputs=run.inputs)


CONFLICTS = [
    pytest.param(TEST, SAVE.replace(SESSION, ""), id="nothing says what the method is"),
    pytest.param(TEST, SAVE.replace("def add", "async def add"), id="the method is a coroutine function"),
    pytest.param(TEST, SAVE.replace("    def add", "    @traced\n    def add"), id="the method is decorated"),
    pytest.param(TEST + "    db.add.assert_awaited_once()\n", SAVE, id="the test looks at awaits"),
    pytest.param(TEST + "    m = db.add\n    assert m.await_count == 1\n", SAVE, id="the test may look at awaits"),
]


@pytest.mark.parametrize(("tests", "production"), CONFLICTS)
def test_it_stays_a_conflict(tests: str, production: str) -> None:
    run = run_of(tests, production)

    result = check_noop(codemod, run.files, inputs=run.inputs)
    assert "AM105" not in {site.code for site in result.sites}


def test_it_stays_a_conflict_where_production_awaits_it_too() -> None:
    run = run_of(TEST, SAVE + "    await db.add(3)\n")
    double = run.doubles.pop()
    run.double("AsyncMock()", *double.calls, run.call("add", "db.add(3)", awaited=1, form="awaited"))

    (site,) = [site for site in check_noop(codemod, run.files, inputs=run.inputs).sites if site.kind == "double"]
    assert site.code == "AM291"


WRITTEN = [
    pytest.param("    await (db.add(2))\n", "    (db.add(2))\n", id="in brackets"),
    pytest.param("    x = [await  db.add(2)]\n", "    x = [db.add(2)]\n", id="two blanks"),
    pytest.param("    x = (await  # slow\n    db.add(2))\n", "    x = (# slow\n    db.add(2))\n", id="a comment"),
    pytest.param("    assert (await db.add(2)).x\n", "    assert (db.add(2)).x\n", id="its value taken apart"),
    pytest.param("    await db.get(await db.add(2))\n", "    await db.get(db.add(2))\n", id="within another one"),
]


@pytest.mark.parametrize(("before", "after"), WRITTEN)
def test_the_await_goes_however_it_is_written(before: str, after: str) -> None:
    run = run_of("async def test_one(db):\n" + before)

    new = IMPORTS + DOUBLE + "db.add = MagicMock()\n\n\nasync def test_one(db):\n" + after
    check_transformed(codemod, run.files, {TESTS: new}, inputs=run.inputs)


LOOKS = [
    pytest.param(b"await x\nm.assert_called_once()\n", (), id="at calls"),
    pytest.param(b"await x\ndb.add.assert_awaited_once_with(1)\n", ("asserts awaits of add",), id="at awaits"),
    pytest.param(b"await x\ndb.add.assert_not_awaited()\n", ("asserts awaits of add",), id="that there are none"),
    pytest.param(b"await x\nm.await_args\ndb.get.await_count\n", ("asserts awaits of * get",), id="of a name alone"),
    pytest.param(b"await x\nassert_awaits(m)\n", (), id="with another function"),
]


@pytest.mark.parametrize(("text", "marks"), LOOKS)
def test_what_a_file_says_of_awaits_that_it_looks_at(text: bytes, marks: tuple[str, ...]) -> None:
    assert awaits_marks(text) == marks


ASKING = [
    pytest.param(b"inspect.iscoroutinefunction(f)\n", True, id="iscoroutinefunction"),
    pytest.param(b"if isawaitable(x):\n    await x\n", True, id="isawaitable"),
    pytest.param(b"m.assert_awaited_once()\n", False, id="another question"),
    pytest.param(b"await x\n", False, id="an await"),
]


@pytest.mark.parametrize(("text", "asks"), ASKING)
def test_a_file_is_marked_where_it_asks_what_can_be_awaited(text: bytes, asks: bool) -> None:
    assert (ASKS in marks(text)) == asks


def test_a_sync_method_by_annotation_gets_a_sync_mock_and_no_await() -> None:
    test = "from app.orders import Session\n\n\nasync def test_one():\n    db: Session = AsyncMock()\n    db.add(2)\n"
    run = Run({PRODUCTION: SAVE, TESTS: IMPORTS + test})
    call = run.call("add", "db.add(2)", TESTS, dropped=1, function="test_one")
    run.double("AsyncMock()", call, run.call("commit", "db.commit()", awaited=1, form="awaited"), attributes=("add",))

    after = IMPORTS + test.replace("AsyncMock()", "AsyncMock(spec=Session)")
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs)
