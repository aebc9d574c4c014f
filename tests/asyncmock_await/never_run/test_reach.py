"""What the bytes of a file say of its classes and tests, and which files are asked for."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await.never_run.reach import wanted
from codemods.asyncmock_await.reach import marks
from codemods.toolkit.python.layout import layout_of
from codemods.toolkit.python.project import Project


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param("from shop.cases import Case\n", "test from Case shop.cases Case", id="plain"),
        pytest.param("from .cases import (\n    Other,\n    Case,\n)\n", "test from Case .cases Case", id="brackets"),
        pytest.param("from shop.cases import Base as Case\n", "test from Case shop.cases Base", id="as"),
        pytest.param("if True:\n    from cases import Case  # why\n", "test from Case cases Case", id="in a block"),
        pytest.param("from cases import (Other, Case", "test from Case cases Case", id="bracket that is never closed"),
    ],
)
def test_a_base_is_marked_with_the_module_that_it_is_imported_from(body: str, said: str) -> None:
    text = f"class Test(Case):\n    async def test_a(self): ...\n{body}"
    assert said in marks(text.encode())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("from cases import Case as Other\n", id="under another name"),
        pytest.param("from cases import Other\nCase = 1\n", id="not imported"),
        pytest.param("from cases import CaseBase\n", id="a longer name"),
        pytest.param("import Case\n", id="a module"),
    ],
)
def test_a_base_that_no_from_import_gives_has_no_mark_of_one(body: str) -> None:
    text = f"class Test(Case):\n    async def test_a(self): ...\n{body}"
    assert not [mark for mark in marks(text.encode()) if mark.startswith("test from Case")]


def test_every_module_that_may_give_a_base_is_marked() -> None:
    text = b"try:\n    from fast import Case\nexcept ImportError:\n    from slow import Case\nclass Test(Case): ...\n"
    assert {"test from Case fast Case", "test from Case slow Case"} <= set(marks(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(b"@pytest.mark.asyncio\n", {"test word mark.asyncio"}, id="asyncio"),
        pytest.param(b"@pytest.mark.anyio\n", {"test word mark.anyio"}, id="anyio"),
        pytest.param(b"args = ['--asyncio-mode=auto']\n", {"test word asyncio-mode"}, id="option"),
        pytest.param(b"asyncio.run(main())\n", set(), id="another use"),
    ],
)
def test_the_words_of_plugins_are_marked(text: bytes, said: set[str]) -> None:
    assert set(marks(text)) == said


def asked(texts: dict[str, bytes], settings: dict[str, bytes]) -> frozenset[str]:
    said = {path: found for path, text in texts.items() if (found := marks(text))}
    return wanted(Project(layout_of(texts), {}, said, settings))


IN_CASE = b"class TestA(TestCase):\n    async def test_a(self): ...\n"
IN_CLASS = b"class TestA:\n    async def test_a(self): ...\n"
AUTO = {"pytest.ini": b"[pytest]\nasyncio_mode = auto\n"}


def test_a_change_of_a_file_or_of_a_setting_changes_what_is_wanted() -> None:
    assert asked({"test_a.py": IN_CASE}, AUTO) == {"test_a.py"}
    assert asked({"test_a.py": IN_CLASS}, AUTO) == frozenset()
    assert asked({"test_a.py": IN_CLASS}, {}) == {"test_a.py"}
    assert asked({"test_b.py": IN_CLASS}, {}) == {"test_b.py"}
    assert asked({"test_a.py": IN_CASE}, AUTO) == {"test_a.py"}


TEST = b"    async def test_a(self): ...\n"
LEADING = [
    pytest.param(b"class Case(TestCase): ...\n", id="a class"),
    pytest.param(b"Case = unittest.TestCase\n", id="another name of it"),
    pytest.param(b"Case = unittest.TestCase  # why\r\n", id="another name, with a comment"),
    pytest.param(b"class Own(TestCase): ...\nCase = Own\n", id="another name of a class"),
    pytest.param(b"class Case(\n    Mixin[int], TestCase\n): ...\n", id="a header of several lines"),
]
"""The text of cases.py, where `Case` is a TestCase."""


@pytest.mark.parametrize("cases", LEADING)
@pytest.mark.parametrize(
    "test",
    [
        pytest.param(b"from cases import Case\nclass TestA(Case):\n" + TEST, id="imported"),
        pytest.param(b"from cases import Case as Base\nclass TestA(Base):\n" + TEST, id="imported under another name"),
        pytest.param(b"import cases\nclass TestA(cases.Case):\n" + TEST, id="of its module"),
    ],
)
def test_a_class_is_followed_to_a_test_case(test: bytes, cases: bytes) -> None:
    assert asked({"test_a.py": test, "cases.py": b"\n" + cases}, AUTO) == {"test_a.py"}


@pytest.mark.parametrize(
    ("package", "base"),
    [
        pytest.param(b"from base import Case\n", b"class Case(unittest.TestCase): ...\n", id="a class"),
        pytest.param(b"from base import Own as Case\n", b"class Own(unittest.TestCase): ...\n", id="another name"),
        pytest.param(b"from unittest import TestCase as Case\n", b"", id="that of the library"),
    ],
)
def test_a_class_is_followed_through_a_module_that_derives_from_it_too(package: bytes, base: bytes) -> None:
    package += b"class Other(Case): ...\n"
    test = b"from package import Case\nclass TestA(Case):\n" + TEST
    assert asked({"test_a.py": test, "package.py": package, "base.py": base}, AUTO) == {"test_a.py"}


def test_a_mixin_is_wanted_with_the_test_cases_that_have_it() -> None:
    mixin, users = b"class Mixin:\n" + TEST, b"from mixin import Mixin\nclass TestA(Mixin, TestCase): ...\n"
    other = b"class Other:\n" + TEST
    assert asked({"mixin.py": mixin, "test_a.py": users, "other.py": other}, AUTO) == {"mixin.py", "test_a.py"}


def test_a_class_is_not_wanted_for_its_name_that_a_test_case_of_another_file_has() -> None:
    assert asked({"test_a.py": IN_CASE, "test_b.py": IN_CLASS}, AUTO) == {"test_a.py"}


OWN = b"class OwnTestCase(object): ...\n"


@pytest.mark.parametrize(
    ("test", "cases"),
    [
        pytest.param(b"from cases import Case\n", b"class Case(Base): ...\n", id="no TestCase"),
        pytest.param(b"from cases import Case\n", b"class Case(OwnTestCase): ...\n" + OWN, id="one of its own"),
        pytest.param(b"from other import Case\n", b"class Case: ...\n", id="of another module"),
    ],
)
def test_a_class_that_leads_to_no_test_case_is_not_wanted(test: bytes, cases: bytes) -> None:
    test += b"class TestA(Case):\n" + TEST
    assert asked({"test_a.py": test, "cases.py": cases}, AUTO) == frozenset()
