"""What annotations say of the objects that doubles stand for, and where a class is written as a spec."""

from __future__ import annotations

import ast

import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.doubles.annotations import asked_of, bound_within, class_named, handed_out, received
from codemods.testing import check_noop, check_transformed
from tests.asyncmock_await.doubles.evidence_records import TESTS, Run

DB = "class Db:\n    def add(self, number) -> None: ...\n    async def commit(self): ...\n"
SAVE = "from app.db import Db\n\nasync def save(db: Db):\n    db.add(1)\n    await db.commit()\n"


def annotation(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("Db", "Db", id="a name"),
        pytest.param("app.Db", "app.Db", id="a dotted name"),
        pytest.param("'Db'", "Db", id="a string"),
        pytest.param("'Db |'", "", id="a string that is no expression"),
        pytest.param("Db | None", "Db", id="or None"),
        pytest.param("None | Db", "Db", id="None or"),
        pytest.param("typing.Optional[Db]", "Db", id="optional"),
        pytest.param("Annotated[Db, Depends(get)]", "Db", id="with what a framework reads"),
        pytest.param("Db | Other", "", id="one of two"),
        pytest.param("list[Db]", "", id="several in a list"),
        pytest.param("type[Db]", "", id="the class itself"),
        pytest.param("Iterator[Db]", "", id="an iterator that is no generator's"),
    ],
)
def test_an_annotation_names_one_class_or_says_nothing(text: str, named: str) -> None:
    assert class_named(annotation(text)) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("Iterator[Db]", "Db", id="an iterator"),
        pytest.param("AsyncGenerator[Db, None]", "Db", id="an async generator"),
        pytest.param("'Iterator[Db]'", "Db", id="a string"),
        pytest.param("Db", "", id="no generator's"),
        pytest.param("list[Db]", "", id="a list"),
    ],
)
def test_what_a_generator_yields_is_named_within(text: str, named: str) -> None:
    assert class_named(annotation(text), yielded=True) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("def f() -> Db:\n    db = m()\n    return db", "Db", id="returned by its name"),
        pytest.param("def f() -> Iterator[Db]:\n    yield m()\n    return", "Db", id="yielded"),
        pytest.param("def f():\n    return m()", None, id="no annotation"),
        pytest.param("def f() -> Db:\n    db = m()\n    db = g(db)\n    return db", None, id="its name is bound twice"),
        pytest.param(
            "def f() -> Db:\n    if x:\n        return g()\n    return m()", None, id="two things are returned"
        ),
        pytest.param("def f() -> Iterator[Db]:\n    yield from m()", None, id="what another one yields"),
        pytest.param(
            "def f() -> Db:\n    def g():\n        return 1\n    g()", None, id="only an inner function returns"
        ),
        pytest.param("def f() -> Db:\n    return", None, id="nothing is returned"),
    ],
)
def test_a_function_hands_out_one_thing_of_the_class_that_annotates_it(text: str, named: str | None) -> None:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    found = handed_out(function)
    assert (found[1] if found else None) == named


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("def f(db: Db):\n    db.add(1)", ["Db"], id="a parameter"),
        pytest.param("async def f(*, db: Db | None):\n    await db.add(1)", ["Db"], id="by keyword, or None"),
        pytest.param("def f(db: Db):\n    db.session.add(1)", [], id="a part of it"),
        pytest.param("def f(db: Db):\n    db = db.session\n    db.add(1)", [], id="another object later"),
        pytest.param("def f(db: Db):\n    def g(db):\n        db.add(1)", [], id="an inner function's own"),
        pytest.param("def f(db):\n    db.add(1)", [], id="no annotation"),
        pytest.param(
            "class A:\n    def __init__(self, db: Db):\n        self.db = db\n    def f(self):\n        self.db.add(1)",
            ["Db"],
            id="an attribute that is set to a parameter",
        ),
        pytest.param("class A:\n    db: Db\n    def f(self):\n        self.db.add(1)", ["Db"], id="a field"),
        pytest.param(
            "class A:\n    def g(self):\n        self.db: Db = x\n    def f(self):\n        self.db.add(1)",
            ["Db"],
            id="an annotated attribute",
        ),
        pytest.param(
            "class A:\n    db: Db\n    def g(self, other):\n        self.db = other\n"
            "    def f(self):\n        self.db.add(1)",
            [],
            id="a field that is set to something else",
        ),
        pytest.param(
            "class A:\n    db: Db\n    def f(self):\n        for self.db in x:\n            self.db.add(1)",
            [],
            id="a field that a loop sets",
        ),
        pytest.param(
            "class A:\n    def g(self, db: Db, pile: Pile):\n        self.db = db\n        self.db = pile\n"
            "    def f(self):\n        self.db.add(1)",
            [],
            id="one of two classes",
        ),
    ],
)
def test_a_call_is_known_by_the_annotation_of_its_receiver(text: str, found: list[str]) -> None:
    assert [each.annotated for each in received(ast.parse(text))] == found


def test_the_classes_are_told_that_code_asks_for() -> None:
    text = "isinstance(x, (Db, app.Pile))\nissubclass(y, Row)\nmatch x:\n    case Order():\n        pass\nlen(Other)\n"
    assert asked_of(ast.parse(text)) == ("Db", "Order", "Pile", "Row", "app")


def test_names_of_functions_own_are_told_that_may_hide_a_class() -> None:
    text = (
        "def f(Given, small):\n    Set = 1\n    from app import Db as Brought\n    class Inner: ...\n"
        "    try:\n        pass\n    except E as Caught:\n        pass\n"
        "    match x:\n        case Row() as Matched:\n            pass\nOutside = 1\n"
    )
    assert bound_within(ast.parse(text)) == ("Brought", "Caught", "Given", "Inner", "Matched", "Set")


def run_with(tests: str, files: dict[str, str] | None = None) -> Run:
    run = Run({"app/db.py": DB, "app/orders.py": SAVE, TESTS: tests, **(files or {})})
    run.double("AsyncMock()", run.call("add", "db.add(1)", dropped=1), run.call("commit", "db.commit()", awaited=1))
    return run


HEAD = "from unittest.mock import AsyncMock, MagicMock\n\n"
TEST = "\nasync def test_one():\n    db = AsyncMock()\n    await save(db)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            HEAD + "from app.orders import save\n" + TEST,
            HEAD + "from app.orders import save\nfrom app.db import Db\n" + TEST,
            id="a new import, below what loads its module",
        ),
        pytest.param(
            HEAD + "from app.db import url\nfrom app.orders import save\n" + TEST,
            HEAD + "from app.db import Db, url\nfrom app.orders import save\n" + TEST,
            id="a name more of its module",
        ),
        pytest.param(
            HEAD + "from app.db import Db as Real\nfrom app.orders import save\n" + TEST,
            HEAD + "from app.db import Db as Real\nfrom app.orders import save\n" + TEST.replace("Db", "Real"),
            id="by another name that it has there",
        ),
        pytest.param(
            HEAD + "import app.orders\n\ndb = AsyncMock()\n",
            HEAD + "import app.orders\nfrom app.db import Db\n\ndb = AsyncMock()\n",
            id="beside an import of a module",
        ),
    ],
)
def test_the_class_by_whose_name_a_double_is_called_is_its_spec(before: str, after: str) -> None:
    run = run_with(before)
    written = "Real" if "as Real" in before else "Db"
    after = after.replace("AsyncMock()", f"AsyncMock(spec={written})")
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs, config={"style": "spec"})


@pytest.mark.parametrize(
    ("tests", "why"),
    [
        pytest.param(HEAD + TEST, "without more being loaded", id="nothing loads its module"),
        pytest.param(
            HEAD + "from app.orders import save\nDb = 1\n" + TEST, "means something else", id="the name is taken"
        ),
        pytest.param(
            HEAD + "from app.orders import save\n" + TEST + "    Db = 1\n", "means something else", id="hidden"
        ),
        pytest.param(
            HEAD + "from app.orders import save\n" + TEST + "    from app.db import Db\n",
            "means something else",
            id="imported within the test",
        ),
        pytest.param(
            HEAD + "db = AsyncMock()\nfrom app.orders import save\n", "without more being loaded", id="imported later"
        ),
        pytest.param(
            HEAD + "from app.orders import save\n" + TEST + "    assert db.size\n", "no `size`", id="a member is read"
        ),
        pytest.param(
            HEAD + "from app.orders import *\n" + TEST, "means something else", id="the name may come by a star"
        ),
    ],
)
def test_a_class_is_no_spec_where_it_can_not_be_named_or_has_not_all(tests: str, why: str) -> None:
    run = run_with(tests)
    result = check_noop(codemod, run.files, inputs=run.inputs, config={"style": "spec"})
    [site] = [each for each in result.sites if each.kind == "double"]
    assert (site.code, why in site.reason) == ("AM298", True), site.reason


def test_a_member_that_the_test_sets_before_it_is_read_is_no_reason_against_a_spec() -> None:
    tests = HEAD + "from app.orders import save\n" + TEST + "    db.size = 1\n    assert db.size\n"
    run = run_with(tests)
    after = tests.replace("AsyncMock()", "AsyncMock(spec=Db)").replace("save\n\n", "save\nfrom app.db import Db\n\n")
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs)


@pytest.mark.parametrize(
    ("orders", "why"),
    [
        pytest.param(SAVE.replace("db: Db", "db: Any"), "`Any` is no class of the project", id="anything"),
        pytest.param(SAVE.replace("db: Db", "db"), "nothing says of what class", id="no annotation"),
        pytest.param(SAVE + "\ndef f(x):\n    return isinstance(x, Db)\n", "asks what is a `Db`", id="it is asked for"),
        pytest.param("import app.base\n" + SAVE.replace("from app.db", "from app.base"), "base class", id="base"),
    ],
)
def test_a_class_is_no_spec_where_the_code_says_too_little(orders: str, why: str) -> None:
    base = "from lib import Base\n\nclass Db(Base):\n    def add(self): ...\n"
    run = run_with(HEAD + "from app.orders import save\n" + TEST, {"app/orders.py": orders, "app/base.py": base})
    result = check_noop(codemod, run.files, inputs=run.inputs, config={"style": "spec"})
    [site] = [each for each in result.sites if each.kind == "double"]
    assert (site.code, why in site.reason) == ("AM298", True), site.reason
