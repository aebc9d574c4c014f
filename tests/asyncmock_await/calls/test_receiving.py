"""Helpers that get their doubles as parameters: what all calls of them hand over decides."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

TEST = "tests/test_orders.py"
AUTO = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "tests/__init__.py": ""}
IMPORTS = "import unittest\n\nimport pytest\nfrom unittest.mock import AsyncMock, MagicMock\n\n\n"
CHECK = "{0}def check(db):\n    {1}db.save()\n\n\n"
FIXTURE = "@pytest.fixture\ndef db():\n    return AsyncMock()\n\n\n"
CALLS = "async def test_it():\n    {1}check(AsyncMock())\n"

REWRITTEN = [
    pytest.param(CHECK + CALLS, id="one call"),
    pytest.param(CHECK + CALLS + "\n\nasync def test_more():\n    {1}check(db=AsyncMock(x=1))\n", id="several calls"),
    pytest.param(
        CHECK + "async def test_it():\n    m = MagicMock()\n    m.db = AsyncMock()\n    {1}check(m.db)\n", id="a member"
    ),
    pytest.param(CHECK + FIXTURE + "async def test_it(db):\n    {1}check(db)\n", id="a fixture"),
    pytest.param(
        CHECK + "async def test_it():\n    m = AsyncMock()\n    for i in range(3):\n        {1}check(m)\n",
        id="in a loop",
    ),
    pytest.param(
        "class TestIt:\n    {0}def check(self, n, db):\n        assert {1}db.get() == n\n\n"
        "    async def test_it(self):\n        {1}self.check(1, AsyncMock())\n",
        id="a method",
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", REWRITTEN)
def test_what_every_call_hands_over_is_awaited(text: str) -> None:
    before, after = (IMPORTS + text.format(*words) for words in (("", ""), ("async ", "await ")))
    check_transformed(codemod, {**AUTO, TEST: before}, {TEST: after})


def test_a_helper_that_is_async_already_is_called_as_before() -> None:
    text = IMPORTS + "async def check(db):\n    {0}db.save()\n\n\nasync def test_it():\n    await check(AsyncMock())\n"
    check_transformed(codemod, {**AUTO, TEST: text.format("")}, {TEST: text.format("await ")})


ONE_MORE = "\n\n{}def test_more():\n    {}\n"
ELSEWHERE = {"tests/test_more.py": "from tests.test_orders import check\n\n\ndef test_it():\n    check([])\n"}
REFUSED = [
    pytest.param({}, ONE_MORE.format("", "check(MagicMock())"), id="another call hands over a sync mock"),
    pytest.param({}, ONE_MORE.format("", "check([])"), id="another call hands over something else"),
    pytest.param({}, ONE_MORE.format("", "check(*[AsyncMock()])"), id="another call hands over a list"),
    pytest.param({}, ONE_MORE.format("", "list(map(check, [MagicMock()]))"), id="something else calls it"),
    pytest.param(ELSEWHERE, "", id="another module calls it"),
]


@pytest.mark.parametrize(("others", "more"), REFUSED)
def test_what_may_be_something_else_is_refused(others: Mapping[str, str], more: str) -> None:
    files = {**AUTO, **others, TEST: IMPORTS + (CHECK + CALLS).format("", "") + more}

    (site,) = [site for site in check_noop(codemod, files).sites if site.kind == "mock call"]
    assert (site.decision, site.code) == ("refused", "AM112")


LEFT_ALONE = [
    pytest.param("def check(db):\n    db.save()\n\n\nasync def test_it():\n    check(MagicMock())\n", id="a sync mock"),
    pytest.param(
        "def check(db):\n    db.save = print\n    db.save()\n\n\nasync def test_it():\n    check(AsyncMock())\n",
        id="a member that the helper replaces",
    ),
    pytest.param(
        "def check(db):\n    db.save()\n\n\nasync def test_it():\n    check = MagicMock()\n    check(AsyncMock())\n",
        id="another function of that name",
    ),
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_no_asyncmock_is_left_alone(text: str) -> None:
    check_noop(codemod, {**AUTO, TEST: IMPORTS + text})
