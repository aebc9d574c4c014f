"""Corners of what a run showed: places that are gone, conflicts within members, closers, plain coroutines."""

from __future__ import annotations

import msgspec
import pytest

from codemods.asyncmock_await import codemod
from codemods.evidence.schema import Coroutine, Evidence, Form, FunctionKind, Place, written
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.codemod import Site
from codemods.toolkit.pipeline.result import Result
from tests.asyncmock_await.doubles.evidence_records import PRODUCTION, TESTS, Run

SAVE = "async def save(db):\n    db.add(1)\n    await db.commit()\n"
IMPORTS = "from unittest.mock import DEFAULT, AsyncMock, MagicMock, patch\n\n"


def run_of(tests: str, production: str = SAVE) -> Run:
    return Run({PRODUCTION: production, TESTS: IMPORTS + tests})


def left(run: Run, evidence: Evidence | None = None, **config: str) -> Result:
    inputs = {"evidence": (written(evidence or run.evidence),)}
    return check_noop(codemod, run.files, inputs=inputs, config=config)


def only(result: Result, kind: str = "double") -> Site:
    [site] = [site for site in result.sites if site.kind == kind]
    return site


# -- doubles


def test_a_double_of_another_place_is_told_of_where_its_coroutine_was_dropped() -> None:
    run = run_of("db = AsyncMock()\n")
    call = run.call("add", "db.add(1)", dropped=1)
    run.double("AsyncMock()", call, run.call("get", "db.commit()", awaited=1))
    run.doubles[0] = msgspec.structs.replace(run.doubles[0], place=Place("", 0))
    [finding] = left(run).findings
    assert (finding.code, finding.path, finding.line) == ("AM292", PRODUCTION, 2)
    assert finding.message == "`add` of a double that was created outside of these files was never awaited"


def test_neither_place_is_one_of_the_project_s_so_there_is_nothing_to_tell() -> None:
    run = run_of("db = AsyncMock()\n")
    call = msgspec.structs.replace(run.call("add", "db.add(1)", dropped=1), place=Place("gone.py", 3))
    run.double("AsyncMock()", call)
    run.doubles[0] = msgspec.structs.replace(run.doubles[0], place=Place("gone.py", 1))
    result = left(run)
    assert (result.sites, result.findings) == ((), ())


def test_a_place_where_nothing_creates_a_double_is_refused() -> None:
    run = run_of("db = AsyncMock()\n")
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1))
    run.doubles[0] = msgspec.structs.replace(run.doubles[0], place=Place(TESTS, 1, 0, 1, 4))
    site = only(left(run))
    assert (site.decision, site.code, site.line) == ("refused", "AM292", 1)


def test_where_only_the_line_is_known_the_only_call_of_the_line_is_meant() -> None:
    run = run_of("db = AsyncMock()\n")
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1), run.call("commit", "db.commit()", awaited=1))
    run.doubles[0] = msgspec.structs.replace(run.doubles[0], place=Place(TESTS, 3))
    after = f"{run.files[TESTS]}db.add = MagicMock()\n"
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs)


def test_where_only_the_line_is_known_and_it_has_two_calls_none_is_meant() -> None:
    run = run_of("one, two = AsyncMock(), AsyncMock()\n")
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1))
    run.doubles[0] = msgspec.structs.replace(run.doubles[0], place=Place(TESTS, 3))
    assert only(left(run)).code == "AM292"


def test_what_was_dropped_in_a_file_that_has_changed_says_nothing() -> None:
    run = run_of("db = AsyncMock()\n")
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1))
    evidence = msgspec.structs.replace(run.evidence, files={**run.evidence.files, PRODUCTION: "0" * 32})
    result = left(run, evidence)
    assert (result.sites, result.findings) == ((), ())


def test_a_member_of_a_member_that_is_awaited_keeps_the_outer_one() -> None:
    run = run_of("db = AsyncMock()\n")
    run.double(
        "AsyncMock()",
        run.call("session", "db.add(1)", dropped=1),
        run.call("session.commit", "db.commit()", awaited=1, test=1),
    )
    site = only(left(run))
    assert (site.decision, site.code) == ("refused", "AM291")
    assert "awaited in test_two, and called without `await` in test_one" in site.reason


def test_a_conflict_names_three_tests_and_counts_the_rest() -> None:
    run = run_of("db = AsyncMock()\n")
    dropped = msgspec.structs.replace(run.call("add", "db.add(1)", dropped=9), tests=(0, 1, 2, 3, 4), dropping=4)
    run.double("AsyncMock()", dropped, run.call("add", "db.commit()", awaited=1, test=4))
    tests = tuple(msgspec.structs.replace(run.evidence.tests[0], id=f"test_{number}") for number in range(5))
    site = only(left(run, msgspec.structs.replace(run.evidence, tests=tests)))
    assert "awaited in test_4, and called without `await` in test_0, test_1, test_2 and 1 more" in site.reason


@pytest.mark.parametrize(
    ("created", "member"),
    [
        pytest.param("f(MagicMock())", "add", id="no name for a line below"),
        pytest.param("f(AsyncMock(add=f))", "add", id="the keyword is taken"),
        pytest.param("f(AsyncMock())", "session.spec", id="a keyword of the mock's own in a member"),
        pytest.param("f(MagicMock())", "", id="no AsyncMock"),
        pytest.param("f(patch('app.orders.save', f))", "", id="a patch with a double of its own"),
    ],
)
def test_an_expression_that_can_not_be_changed_is_refused(created: str, member: str) -> None:
    run = run_of(f"{created}\n")
    awaited = (run.call("commit", "db.commit()", awaited=1),) if member else ()
    run.double(created[2:-1], run.call(member, "db.add(1)", dropped=1), *awaited)
    site = only(left(run))
    assert (site.decision, site.code) == ("refused", "AM294")


def test_a_class_that_can_not_be_imported_is_refused() -> None:
    run = Run({PRODUCTION: SAVE, TESTS: "from unittest.mock import AsyncMock\n\nMagicMock = None\nf(AsyncMock())\n"})
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1), run.call("commit", "db.commit()", awaited=1))
    site = only(left(run))
    assert (site.code, "MagicMock can't be imported here" in site.reason) == ("AM294", True)


# -- the spec of a double


ANNOTATED = "if TYPE_CHECKING:\n    from app.orders import Db\nfrom app.orders import Real\n\n"
REAL = SAVE + "\n\nclass Real:\n    def add(self, number) -> None: ...\n    async def commit(self): ...\n"


@pytest.mark.parametrize(
    ("created", "mended"),
    [
        pytest.param("db: Real = AsyncMock()", "db: Real = AsyncMock(spec=Real)", id="it is known"),
        pytest.param("db: Db = AsyncMock()", "db: Db = AsyncMock()\ndb.add = MagicMock()", id="for types only"),
        pytest.param(
            "db: Real = AsyncMock(spec=f)", "db: Real = AsyncMock(spec=f)\ndb.add = MagicMock()", id="has one"
        ),
        pytest.param("db: Real = AsyncMock(f)", "db: Real = AsyncMock(f)\ndb.add = MagicMock()", id="by position"),
        pytest.param("db: Real = MagicMock()", "db: Real = MagicMock()\ndb.add = MagicMock()", id="no AsyncMock"),
        pytest.param("db: f.Db = AsyncMock()", "db: f.Db = AsyncMock()\ndb.add = MagicMock()", id="not imported"),
    ],
)
def test_the_class_that_annotates_a_double_is_its_spec(created: str, mended: str) -> None:
    run = run_of(f"{ANNOTATED}{created}\n", REAL)
    calls = run.call("add", "db.add(1)", dropped=1), run.call("commit", "db.commit()", awaited=1)
    run.double(created.partition(" = ")[2], *calls)
    check_transformed(codemod, run.files, {TESTS: f"{IMPORTS}{ANNOTATED}{mended}\n"}, inputs=run.inputs)


def test_a_class_is_no_spec_of_a_double_that_is_called_itself() -> None:
    run = run_of(f"{ANNOTATED}db: Real = AsyncMock()\n", REAL)
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1), run.call("", "db.commit()", awaited=1))
    after = f"{run.files[TESTS]}db.add = MagicMock()\n"
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs)


# -- what a coroutine is handed to


def handed(run: Run, created: str, more: dict[str, object] | None = None) -> None:
    """A double whose coroutine another test awaits, and one that is given it."""
    run.double(
        "AsyncMock()",
        run.call("add", "db.add(1)", dropped=1, form="argument", handed_to=(1,)),
        run.call("add", "db.commit()", awaited=1),
    )
    run.double(created)
    told: dict[str, object] = {"made_by": "patch", "target": "asyncio.run", "original": "function", **(more or {})}
    run.doubles[-1] = msgspec.structs.replace(run.doubles[-1], **told)


def closer(result: Result) -> Site:
    [site] = [site for site in result.sites if site.kind == "double" and site.decision != "kept"]
    return site


@pytest.mark.parametrize(
    ("created", "more", "code"),
    [
        pytest.param("patch('asyncio.run', side_effect=f)", {}, "AM295", id="a side effect of its own"),
        pytest.param("patch('asyncio.run', f)", {}, "AM295", id="a double of its own"),
        pytest.param("patch('app.orders.save')", {"target": "app.orders.save"}, "AM295", id="another function"),
        pytest.param("MagicMock()", {"made_by": "MagicMock", "target": ""}, "AM295", id="no patch"),
        pytest.param("f(1)", {}, "AM292", id="no double at all"),
    ],
)
def test_what_can_not_close_a_coroutine_is_refused(created: str, more: dict[str, object], code: str) -> None:
    run = run_of(f"db = AsyncMock()\nrun = {created}\n")
    handed(run, created, more)
    assert (closer(left(run)).decision, closer(left(run)).code) == ("refused", code)


RAISED = [
    pytest.param("OSError", id="a class"),
    pytest.param("OSError(2, 'down')", id="an instance"),
    pytest.param("KeyboardInterrupt()  # at once", id="above a comment"),
]


@pytest.mark.parametrize("raised", RAISED)
def test_what_raises_an_exception_closes_the_coroutine_before(raised: str) -> None:
    run = run_of(f"db = AsyncMock()\nrun = patch('asyncio.run')\nrun.side_effect = {raised}\n")
    handed(run, "patch('asyncio.run')")
    exception = raised.partition("  #")[0]
    defined = f"def close_and_raise(coroutine, *_, **__):\n    coroutine.close()\n    raise {exception}\n\n"
    after = run.files[TESTS].replace("run.side_effect = ", f"{defined}run.side_effect = ")
    after = after.replace(f"side_effect = {exception}", "side_effect = close_and_raise")
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs)


NOT_RAISED = [
    pytest.param("run.side_effect = [OSError, 1]", id="one after the other"),
    pytest.param("run.side_effect = stop", id="a function"),
    pytest.param("run.side_effect = Down('now')", id="an exception that may be anything"),
    pytest.param("run.side_effect = OSError(code)", id="made of what may change"),
    pytest.param("run.side_effect = OSError(\n    2, 'down'\n)", id="over several lines"),
    pytest.param("run.side_effect = OSError; run()", id="beside another statement"),
    pytest.param("if db: run.side_effect = OSError", id="behind a colon"),
    pytest.param("run.side_effect = OSError\nrun.side_effect = None", id="set twice"),
    pytest.param("OSError = stop\nrun.side_effect = OSError", id="a name of the module's own"),
    pytest.param("from app.orders import *\nrun.side_effect = OSError", id="a name that may come from elsewhere"),
    pytest.param("close_and_raise = 1\nrun.side_effect = OSError", id="the name is taken"),
]


@pytest.mark.parametrize("configured", NOT_RAISED)
def test_another_side_effect_is_for_a_person_to_change(configured: str) -> None:
    run = run_of(f"db = AsyncMock()\nrun = patch('asyncio.run')\n{configured}\n")
    handed(run, "patch('asyncio.run')")
    assert (closer(left(run)).decision, closer(left(run)).code) == ("refused", "AM295")


def test_a_runner_of_the_project_closes_what_its_parameter_says_is_a_coroutine() -> None:
    production = SAVE + "\n\ndef start(main: 'Coroutine[None, None, None]', more=1) -> None: ...\n"
    run = run_of("db = AsyncMock()\nrun = patch('app.orders.start')\n", production)
    handed(run, "patch('app.orders.start')", {"target": "app.orders.start"})
    closing = "side_effect=lambda coroutine, *_, **__: coroutine.close() or DEFAULT"
    after = run.files[TESTS].replace("'app.orders.start')", f"'app.orders.start', {closing})")
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs)


def test_a_closer_at_a_place_without_any_call_is_refused() -> None:
    run = run_of("db = AsyncMock()\nrun = patch('asyncio.run')\n")
    handed(run, "patch('asyncio.run')")
    run.doubles[1] = msgspec.structs.replace(run.doubles[1], place=Place(TESTS, 1, 0, 1, 4))
    assert closer(left(run)).code == "AM292"


def test_a_closer_outside_of_the_project_is_nobody_s_to_change() -> None:
    run = run_of("db = AsyncMock()\nrun = patch('asyncio.run')\n")
    handed(run, "patch('asyncio.run')")
    run.doubles[1] = msgspec.structs.replace(run.doubles[1], place=Place("", 0))
    assert only(left(run)).decision == "kept"


# -- coroutines that no mock made


CALLS = "from elsewhere import load\n\nasync def first():\n    load()\n\ndef second():\n    load()\n"
"""No source tells what `load` is: only the run does."""


def plain(run: Run, path: str, around: FunctionKind, form: Form = "statement") -> None:
    """The first call of `load` made a coroutine that was never awaited."""
    place = run.place("load()", path)
    run.coroutines.append(Coroutine("load", "m", Place("", 0), place, form, around, False, 1, (), (0,)))


def test_a_coroutine_of_a_test_is_awaited() -> None:
    run = run_of(CALLS)
    plain(run, TESTS, "async")
    after = run.files[TESTS].replace("    load()", "    await load()", 1)
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs)


def test_an_attribute_of_a_coroutine_needs_brackets() -> None:
    run = run_of(CALLS.partition("\n\ndef second")[0].replace("load()", "load().x()") + "\n")
    plain(run, TESTS, "async", "attribute")
    after = run.files[TESTS].replace("load().x()", "(await load()).x()", 1)
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs)


def test_a_coroutine_of_a_sync_test_is_refused() -> None:
    run = run_of(CALLS)
    plain(run, TESTS, "sync")
    site = only(left(run), "coroutine call")
    assert (site.decision, site.code) == ("refused", "AM293")


def test_a_coroutine_of_which_only_the_line_is_known_is_refused() -> None:
    run = run_of(CALLS)
    plain(run, TESTS, "async")
    run.coroutines[0] = msgspec.structs.replace(run.coroutines[0], place=Place(TESTS, 6))
    assert only(left(run), "coroutine call").code == "AM292"


def test_a_coroutine_of_production_is_reported() -> None:
    run = run_of("x = AsyncMock()\n", CALLS)
    plain(run, PRODUCTION, "async")
    [finding] = left(run).findings
    assert (finding.code, finding.line) == ("AM401", 4)
    assert finding.message == "`load` is a coroutine function, and nobody awaits what this call makes"


def test_a_coroutine_of_a_stub_of_a_test_may_be_the_stub_s_fault() -> None:
    run = run_of("async def load():\n    pass\n", CALLS)
    plain(run, PRODUCTION, "async")
    run.coroutines[0] = msgspec.structs.replace(run.coroutines[0], defined=Place(TESTS, 1))
    [finding] = left(run).findings
    assert (finding.code, finding.path, finding.line) == ("AM401", PRODUCTION, 4)
    assert f"is a coroutine function of a test ({TESTS}:1), which may have to be a plain `def`," in finding.message


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"is_test": True}, id="of a test's body"),
        pytest.param({"form": "argument"}, id="that is an argument"),
        pytest.param({"around": "lambda"}, id="in a lambda"),
        pytest.param({"place": Place("", 0)}, id="without a place"),
        pytest.param({"place": Place("gone.py", 3)}, id="of a file that isn't there"),
    ],
)
def test_a_coroutine_is_nobody_s_to_change(more: dict[str, object]) -> None:
    run = run_of(CALLS)
    plain(run, TESTS, "async")
    run.coroutines[0] = msgspec.structs.replace(run.coroutines[0], **more)
    result = left(run)
    assert (result.sites, result.findings) == ((), ())
