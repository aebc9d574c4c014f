"""From what a run showed of a double to the change of the expression that creates it."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_promises, check_transformed
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline.result import Result
from tests.asyncmock_await.doubles.evidence_records import PRODUCTION, TESTS, Run

SAVE = """\
async def save(db):
    db.add(1)
    await db.commit()
"""


def run_of(tests: str, production: str = SAVE) -> Run:
    return Run({PRODUCTION: production, TESTS: tests})


def decided(result: Result) -> list[tuple[str, str]]:
    return [(site.decision, site.code) for site in result.sites if site.kind == "double"]


def added(tests: str, created: str) -> Run:
    """A run in which `add` of a double was dropped, and `commit` awaited."""
    run = run_of(tests)
    run.double(created, run.call("add", "db.add(1)", dropped=1), run.call("commit", "db.commit()", awaited=1))
    return run


def check(run: Run, expected: str, **config: str) -> Result:
    return check_transformed(codemod, run.files, {TESTS: expected}, config=config, inputs=run.inputs)


IMPORTS = "from unittest.mock import AsyncMock, MagicMock\n\nfrom app import Db, dbs, f\n"


@pytest.mark.parametrize(
    ("created", "mended"),
    [
        pytest.param("db = AsyncMock()", "db = AsyncMock()\ndb.add = MagicMock()", id="a name"),
        pytest.param("f.b = c = AsyncMock()", "f.b = c = AsyncMock()\nf.b.add = MagicMock()", id="several targets"),
        pytest.param("a: Db = AsyncMock()  # -", "a: Db = AsyncMock()  # -\na.add = MagicMock()", id="an annotation"),
        pytest.param("dbs['x'] = AsyncMock()", "dbs['x'] = AsyncMock(add=MagicMock())", id="an item"),
        pytest.param("f(1, db=AsyncMock())", "f(1, db=AsyncMock(add=MagicMock()))", id="an argument"),
        pytest.param("db = AsyncMock(); f(db)", "db = AsyncMock(add=MagicMock()); f(db)", id="no line of its own"),
        pytest.param(
            "db = AsyncMock(**{'add.return_value': 5})",
            "db = AsyncMock(**{'add.return_value': 5}, add=MagicMock())",
            id="a mapping that sets its members",
        ),
        pytest.param(
            "def made():\n    return AsyncMock()",
            "def made():\n    return AsyncMock(add=MagicMock())",
            id="a helper returns it",
        ),
    ],
)
def test_a_sync_member_becomes_a_magic_mock(created: str, mended: str) -> None:
    run = added(f"{IMPORTS}\n{created}\n", "AsyncMock(**{'add.return_value': 5})" if "**" in created else "AsyncMock()")

    result = check(run, f"{IMPORTS}\n{mended}\n")

    assert decided(result) == [("rewritten", "AM201")]


@pytest.mark.parametrize(
    ("imports", "asynchronous", "magic"),
    [
        pytest.param("from unittest import mock", "mock.AsyncMock", "mock.MagicMock", id="through the module"),
        pytest.param("from unittest.mock import AsyncMock as AM, MagicMock as MM", "AM", "MM", id="by other names"),
        pytest.param("import unittest.mock", "unittest.mock.AsyncMock", "unittest.mock.MagicMock", id="in full"),
    ],
)
def test_the_sync_mock_is_spelled_as_the_module_does(imports: str, asynchronous: str, magic: str) -> None:
    run = added(f"{imports}\n\ndb = {asynchronous}()\n", f"{asynchronous}()")

    check(run, f"{imports}\n\ndb = {asynchronous}()\ndb.add = {magic}()\n")


def test_a_deep_member_is_given_by_nested_keywords() -> None:
    run = run_of("from unittest.mock import AsyncMock, MagicMock\n\nf(AsyncMock())\n")
    run.double(
        "AsyncMock()",
        run.call("session.add", "db.add(1)", dropped=1),
        run.call("session.commit", "db.commit()", awaited=1),
    )

    check(run, "from unittest.mock import AsyncMock, MagicMock\n\nf(AsyncMock(session=AsyncMock(add=MagicMock())))\n")


def test_a_member_within_another_one_needs_no_line() -> None:
    run = run_of("from unittest.mock import AsyncMock, MagicMock\n\ndb = AsyncMock()\n")
    run.double(
        "AsyncMock()",
        run.call("add", "db.add(1)", dropped=1),
        run.call("add.more", "db.add(1)", dropped=1),
        run.call("commit", "db.commit()", awaited=1),
    )

    check(run, "from unittest.mock import AsyncMock, MagicMock\n\ndb = AsyncMock()\ndb.add = MagicMock()\n")


def test_of_a_result_that_is_awaited_in_part_only_the_sync_member_changes() -> None:
    run = run_of("from unittest.mock import AsyncMock, MagicMock\n\ndb = AsyncMock()\n")
    run.double(
        "AsyncMock()",
        run.call("get", "db.commit()", awaited=1),
        run.call("get.().json", "db.commit()", awaited=1),
        run.call("get.().close", "db.add(1)", dropped=1),
    )

    check(
        run,
        "from unittest.mock import AsyncMock, MagicMock\n\ndb = AsyncMock()\ndb.get.return_value.close = MagicMock()\n",
    )


def test_the_style_magicmock_makes_the_whole_double_sync_where_nothing_is_awaited() -> None:
    run = run_of("from unittest.mock import AsyncMock, MagicMock\n\ndb = AsyncMock()\nother = AsyncMock()\n")
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1))

    check(
        run,
        "from unittest.mock import AsyncMock, MagicMock\n\ndb = MagicMock()\nother = AsyncMock()\n",
        style="magicmock",
    )


def test_a_mock_of_pytest_mock_is_mended_by_its_fixture() -> None:
    run = run_of("def test_one(mocker):\n    call = mocker.AsyncMock(return_value=1)\n")
    run.double("mocker.AsyncMock(return_value=1)", run.call("", "db.add(1)", dropped=1))

    check(run, "def test_one(mocker):\n    call = mocker.MagicMock(return_value=1)\n")


def test_an_import_that_nothing_needs_any_more_goes() -> None:
    run = run_of("from unittest.mock import AsyncMock, patch\n\nadd = AsyncMock()\npatch\n")
    run.double("AsyncMock()", run.call("", "db.add(1)", dropped=1))

    check(run, "from unittest.mock import MagicMock, patch\n\nadd = MagicMock()\npatch\n")


@pytest.mark.parametrize(
    ("created", "member", "code"),
    [
        pytest.param("f(AsyncMock())", "name", "AM294", id="a keyword of the mock's own"),
        pytest.param("f(AsyncMock())", "__enter__", "AM294", id="a magic method"),
        pytest.param("f = AsyncMock(side_effect=answer)", "", "AM294", id="a coroutine function as side effect"),
        pytest.param("f = AsyncMock(wraps=answer)", "", "AM294", id="wrapping"),
        pytest.param("f = patch('app.orders.save', autospec=True)", "", "AM294", id="autospec"),
    ],
)
def test_what_can_t_be_changed_is_refused(created: str, member: str, code: str) -> None:
    source = f"from unittest.mock import AsyncMock, MagicMock, patch\n\nasync def answer(): ...\n\n{created}\n"
    run = run_of(source)
    made = created.removeprefix("f = ").removeprefix("f(").removesuffix(")" if created.startswith("f(") else "")
    more = {"made_by": "patch", "original": "function"} if "patch" in made else {}
    run.double(
        made,
        run.call(member, "db.add(1)", dropped=1),
        *((run.call("commit", "db.commit()", awaited=1),) if member else ()),
        **more,
    )

    result = check_noop(codemod, run.files, inputs=run.inputs)

    assert decided(result) == [("refused", code)]


EFFECTS = [
    pytest.param("save = AsyncMock()\nsave.side_effect = answer\n", "", id="of the double"),
    pytest.param("save = AsyncMock()\nsave.add.side_effect = answer\n", "add", id="of a member"),
    pytest.param("save = AsyncMock()\ndef test(db):\n    db.add.side_effect = answer\n", "add", id="by another name"),
    pytest.param("save = AsyncMock()\nsave.side_effect = lambda *_: answer()\n", "", id="called in a lambda"),
    pytest.param("save = AsyncMock()\nsave.side_effect = partial(answer, 1)\n", "", id="with arguments given"),
    pytest.param(
        "class Tests:\n    def setup_method(self):\n        self.save = AsyncMock()\n\n"
        "    def test_one(self):\n        self.save.side_effect = answer\n", "", id="in another method",
    ),
]  # fmt: skip
ANSWER = "from functools import partial\nfrom unittest.mock import AsyncMock\n\nasync def answer(*_): ...\n\n"


@pytest.mark.parametrize(("text", "member"), EFFECTS)
def test_a_sync_mock_would_give_the_coroutine_of_its_side_effect(text: str, member: str) -> None:
    run = run_of(ANSWER + text)
    awaited = (run.call("commit", "db.commit()", awaited=1),) if member else ()
    run.double("AsyncMock()", run.call(member, "db.add(1)", dropped=1), *awaited)

    result = check_noop(codemod, run.files, inputs=run.inputs)

    assert decided(result) == [("refused", "AM294")]
    assert "`answer` is a coroutine function" in result.sites[0].reason


IMPORTED = [
    pytest.param("from answers import answer", "answer", id="by its name"),
    pytest.param("from answers import answer as slow", "slow", id="under another name"),
    pytest.param("import answers", "answers.answer", id="through its module"),
    pytest.param("import answers", "answers.Answers.give", id="of a class"),
]


def with_an_imported_effect(imported: str, effect: str, kind: str) -> Run:
    text = f"from unittest.mock import AsyncMock\n\n{imported}\n\nsave = AsyncMock()\nsave.side_effect = {effect}\n"
    answers = f"{kind} answer(*_): ...\nclass Answers:\n    @staticmethod\n    {kind} give(*_): ...\n"
    run = Run({PRODUCTION: SAVE, TESTS: text, "answers.py": answers})
    run.double("AsyncMock()", run.call("", "db.add(1)", dropped=1))
    return run


@pytest.mark.parametrize(("imported", "effect"), IMPORTED)
def test_a_sync_mock_would_give_the_coroutine_of_an_imported_side_effect(imported: str, effect: str) -> None:
    run = with_an_imported_effect(imported, effect, "async def")

    result = check_noop(codemod, run.files, inputs=run.inputs)

    assert decided(result) == [("refused", "AM294")]
    assert f"`{effect}` is a coroutine function" in result.sites[0].reason


@pytest.mark.parametrize(("imported", "effect"), IMPORTED)
def test_an_imported_side_effect_that_is_no_coroutine_function_does_not_matter(imported: str, effect: str) -> None:
    run = with_an_imported_effect(imported, effect, "def")
    assert decided(check(run, run.files[TESTS].replace("AsyncMock", "MagicMock"))) == [("rewritten", "AM201")]


OTHER_EFFECTS = [
    pytest.param("save.side_effect = OSError\n", id="of a class"),
    pytest.param("save.side_effect = ['answer']\n", id="of a list"),
    pytest.param("save.get.side_effect = answer\n", id="of another member"),
    pytest.param("def test():\n    save = f()\n    save.side_effect = answer\n", id="of another double"),
]


@pytest.mark.parametrize("text", OTHER_EFFECTS)
def test_another_side_effect_does_not_matter(text: str) -> None:
    before = f"{ANSWER}def made():\n    save = AsyncMock()\n    return save\n\n\n{text}"
    run = run_of(before)
    run.double("AsyncMock()", run.call("", "db.add(1)", dropped=1))

    check(run, before.replace("AsyncMock", "MagicMock"))


def test_a_member_that_another_test_awaits_is_refused_with_both_tests() -> None:
    run = run_of("from unittest.mock import AsyncMock\n\ndb = AsyncMock()\n")
    run.double(
        "AsyncMock()",
        run.call("add", "db.add(1)", dropped=1, test=0),
        run.call("add", "db.commit()", awaited=1, test=1),
    )

    result = check_noop(codemod, run.files, inputs=run.inputs)

    assert decided(result) == [("refused", "AM291")]
    assert "awaited in test_two" in result.sites[0].reason
    assert "in test_one" in result.sites[0].reason


def test_a_runner_closes_a_coroutine_that_another_test_awaits() -> None:
    tests = "from unittest.mock import DEFAULT, AsyncMock, patch\n\ndb = AsyncMock()\nrun = patch('asyncio.run')\n"
    production = SAVE + "\n\ndef main(db):\n    asyncio.run(db.add(2))\n"
    run = run_of(tests, production)
    run.double(
        "AsyncMock()",
        run.call("add", "db.add(2)", dropped=1, form="argument", around="sync", handed_to=(1,)),
        run.call("add", "db.commit()", awaited=1),
    )
    run.double("patch('asyncio.run')", made_by="patch", type="MagicMock", target="asyncio.run", original="function")

    result = check(
        run,
        tests.replace(
            "'asyncio.run')", "'asyncio.run', side_effect=lambda coroutine, *_, **__: coroutine.close() or DEFAULT)"
        ),
    )

    assert decided(result) == [("kept", ""), ("rewritten", "AM205")]


def test_a_double_stays_a_coroutine_function_where_the_project_asks_for_one() -> None:
    tests = "from unittest.mock import DEFAULT, patch\n\nsave = patch('app.orders.save')\nrun = patch('asyncio.run')\n"
    production = SAVE + "\n\ndef main(db):\n    assert iscoroutinefunction(save)\n    asyncio.run(save(db))\n"
    run = run_of(tests, production)
    call = run.call("", "save(db)", dropped=1, form="argument", around="sync", real="async", handed_to=(1,))
    run.double("patch('app.orders.save')", call, made_by="patch", original="async function", target="app.orders.save")
    run.double("patch('asyncio.run')", made_by="patch", type="MagicMock", target="asyncio.run", original="function")

    result = check(
        run,
        tests.replace(
            "'asyncio.run')", "'asyncio.run', side_effect=lambda coroutine, *_, **__: coroutine.close() or DEFAULT)"
        ),
    )

    assert decided(result) == [("kept", ""), ("rewritten", "AM205")]


def test_a_file_that_changed_since_is_told_once_and_left() -> None:
    run = added("from unittest.mock import AsyncMock\n\ndb = AsyncMock()\n", "AsyncMock()")
    changed = {**run.files, TESTS: run.files[TESTS] + "# more\n"}

    result = check_noop(codemod, changed, inputs=run.inputs)

    assert [(finding.code, finding.path) for finding in result.findings] == [("AM290", TESTS)]
    assert not result.sites


def test_a_latin_1_file_is_the_one_that_was_recorded() -> None:
    source = f"# -*- coding: latin-1 -*-\n# caf\u00e9\n{IMPORTS}\nf(AsyncMock())\n"
    run = added(source, "AsyncMock()")
    run.encoding = "latin-1"
    files = {path: text.encode("latin-1") for path, text in run.files.items()}

    result = check_transformed(
        codemod,
        files,
        {TESTS: source.replace("AsyncMock())", "AsyncMock(add=MagicMock()))").encode("latin-1")},
        inputs=run.inputs,
    )

    assert decided(result) == [("rewritten", "AM201")]


def test_evidence_that_can_t_be_read_is_said_in_one_line() -> None:
    with pytest.raises(UsageError, match=r"^--evidence: not an evidence file"):
        check_noop(codemod, {PRODUCTION: SAVE}, inputs={"evidence": (b"{}",)})


def test_two_files_of_evidence_are_taken_together() -> None:
    source = "from unittest.mock import AsyncMock\n\ndb = AsyncMock()\n"
    dropped, awaited = run_of(source), run_of(source)
    dropped.double("AsyncMock()", dropped.call("add", "db.add(1)", dropped=1))
    awaited.double("AsyncMock()", awaited.call("add", "db.commit()", awaited=1))

    both = {"evidence": (*dropped.inputs["evidence"], *awaited.inputs["evidence"])}
    result = check_noop(codemod, dropped.files, inputs=both)

    assert decided(result) == [("refused", "AM291")]


def test_a_rewrite_keeps_every_promise_of_a_run() -> None:
    run = added("from unittest.mock import AsyncMock\n\ndb = AsyncMock()\n", "AsyncMock()")

    check_promises(codemod, run.files, inputs=run.inputs)


CLASS = """\
class Base:
    async def commit(self):
        await commit()


class Db(Base):
    limit = 3

    def __init__(self):
        self.size = 0

    def add(self, number) -> None:
        print(number)
"""


def annotated(attributes: tuple[str, ...], real: str = CLASS) -> Run:
    tests = (
        "from unittest.mock import AsyncMock, MagicMock\n\nfrom app.orders import Db\n\ndef db() -> Db:\n"
        "    return AsyncMock()\n"
    )
    run = run_of(tests, f"{SAVE}\n\n{real}")
    calls = run.call("add", "db.add(1)", dropped=1), run.call("commit", "db.commit()", awaited=1)
    run.double("AsyncMock()", *calls, attributes=attributes)
    return run


def test_a_double_gets_the_class_that_annotates_it_as_its_spec() -> None:
    run = annotated(("add", "commit", "limit"))

    check(run, run.files[TESTS].replace("AsyncMock()", "AsyncMock(spec=Db)"))


def test_a_class_without_all_that_was_seen_is_no_spec() -> None:
    run = annotated(("add", "commit", "size"))

    check(run, run.files[TESTS].replace("AsyncMock()", "AsyncMock(add=MagicMock())"))


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        pytest.param(
            "    async def commit(self):\n        await", "    def commit(self):\n        ", id="awaited, but sync"
        ),
        pytest.param("class Base:", "class Base(Unknown):", id="a base is not known"),
        pytest.param("-> None", "", id="its result may be awaitable"),
        pytest.param(
            "class Db(Base):",
            "class Left(Base): ...\n\nclass Right(Base):\n    def commit(self): ...\n\nclass Db(Left, Right):",
            id="the base that comes second has another",
        ),
    ],
)
def test_a_class_that_disagrees_with_the_evidence_is_no_spec(there: str, instead: str) -> None:
    run = annotated(("add", "commit"), CLASS.replace(there, instead).replace("        print", "        return print"))

    check(run, run.files[TESTS].replace("AsyncMock()", "AsyncMock(add=MagicMock())"))


def test_another_style_than_spec_leaves_the_class_alone() -> None:
    run = annotated(("add", "commit"))

    check(run, run.files[TESTS].replace("AsyncMock()", "AsyncMock(add=MagicMock())"), style="attribute")


TESTS_CALL = (
    "from unittest.mock import AsyncMock\n\ndb = AsyncMock()\n\nasync def test_one(db):\n    rows = db.fetch()\n"
)


def test_a_value_in_a_test_is_left_where_nothing_says_what_it_is() -> None:
    run = run_of(TESTS_CALL)
    run.double("AsyncMock()", run.call("fetch", "db.fetch()", TESTS, dropped=1, form="assigned", function="test_one"))

    assert decided(check_noop(codemod, run.files, inputs=run.inputs)) == [("refused", "AM297")]


def test_a_value_in_a_test_is_awaited_where_the_spec_says_that_it_is_a_coroutine() -> None:
    run = run_of(TESTS_CALL)
    call = run.call("fetch", "db.fetch()", TESTS, dropped=1, form="assigned", real="async", function="test_one")
    run.double("AsyncMock()", call)

    result = check(run, TESTS_CALL.replace("db.fetch()", "await db.fetch()"))

    assert {site.decision for site in result.sites if site.kind == "mock call"} == {"rewritten"}
    assert decided(result) == [("kept", "")]


def test_asyncio_that_never_ran_a_coroutine_is_not_the_double_s_fault() -> None:
    source = "from unittest.mock import AsyncMock\n\ndb = AsyncMock()\n"
    run = run_of(source, "import asyncio\n\ndef save(db):\n    asyncio.create_task(db.add(1))\n")
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1, form="argument", around="sync"))

    assert decided(check_noop(codemod, run.files, inputs=run.inputs)) == [("refused", "AM296")]


GIVEN_TO_ASYNCIO = [
    pytest.param(
        "asyncio.gather(\n        a(),\n        # one\n        # two\n        db.add(1),\n    )", id="far below"
    ),
    pytest.param("asyncio.gather(*[db.add(1) for _ in range(2)])", id="a comprehension"),
    pytest.param("asyncio.gather(*(a(), db.add(1)))", id="a tuple"),
    pytest.param("asyncio.wait_for(a() if db is None else db.add(1), 1)", id="one of two"),
]


@pytest.mark.parametrize("given", GIVEN_TO_ASYNCIO)
def test_what_production_gives_to_asyncio_is_a_coroutine_wherever_it_stands(given: str) -> None:
    source = "from unittest.mock import AsyncMock\n\ndb = AsyncMock()\n"
    run = run_of(source, f"async def save(db):\n    await {given}\n")
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1, form="argument"))

    assert decided(check_noop(codemod, run.files, inputs=run.inputs)) == [("refused", "AM296")]


NOT_GIVEN_TO_ASYNCIO = [
    pytest.param("asyncio.create_task(a())\n    log(db.add(1))", id="a line below"),
    pytest.param("asyncio.create_task(a(db.add(1)))", id="an argument of what is given to it"),
    pytest.param("asyncio.wait_for(a(), timeout=db.add(1))", id="another argument"),
]


@pytest.mark.parametrize("used", NOT_GIVEN_TO_ASYNCIO)
def test_what_stands_near_a_call_of_asyncio_may_be_sync(used: str) -> None:
    source = "from unittest.mock import AsyncMock\n\ndb = AsyncMock()\n"
    run = run_of(source, f"async def save(db):\n    {used}\n")
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1, form="argument"))

    check(run, "from unittest.mock import AsyncMock, MagicMock\n\ndb = AsyncMock()\ndb.add = MagicMock()\n")


def test_entering_what_a_real_coroutine_function_gives_is_production_s_fault() -> None:
    source = "from unittest.mock import patch\n\nwait = patch('asyncio.wait_for')\n"
    run = run_of(source)
    call = run.call("", "db.add(1)", dropped=1, form="async with", real="async")
    run.double("patch('asyncio.wait_for')", call, made_by="patch", original="async function", target="asyncio.wait_for")

    result = check_noop(codemod, run.files, inputs=run.inputs)

    assert [(finding.code, finding.path, finding.line) for finding in result.findings] == [("AM401", PRODUCTION, 2)]
    assert decided(result) == [("kept", "")]
