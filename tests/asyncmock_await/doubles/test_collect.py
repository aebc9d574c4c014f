"""What is collected of doubles: little where no evidence tells of a file, all where some does."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.collect import ALL, collect
from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.doubles.facts import DoubleFacts
from codemods.testing import check_transformed
from codemods.toolkit.pipeline.source import decoded, outlined
from codemods.toolkit.python.collect_names import module_names

IMPORTS = "from unittest.mock import AsyncMock, patch\nfrom app.orders import Session\n\n"


def doubles_of(text: str, *words: str, path: str = "tests/test_orders.py") -> DoubleFacts:
    module = outlined(decoded(path, text.encode()))
    return collect(module, module_names(module), Config(), frozenset(words)).doubles


CREATED = [
    pytest.param("p = patch('app.save', new_callable=AsyncMock)\n", ["patch"], id="a patch that is told what to make"),
    pytest.param(
        "@patch(\n    'app.save',\n    new_callable=AsyncMock,\n)\nasync def test_one(save): ...\n", ["patch"],
        id="a decorator over several lines",
    ),
    pytest.param("p = patch('app.save')\n", [], id="another patch"),
    pytest.param("async def test_one():\n    db: Session = AsyncMock()\n    db.add()\n", ["AsyncMock"], id="annotated"),
    pytest.param("async def test_one():\n    db: Session = AsyncMock()\n", [], id="annotated, but never called"),
    pytest.param("async def test_one():\n    db = AsyncMock()\n    db.add(1)\n", [], id="called, but not annotated"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "callees"), CREATED)
def test_without_evidence_only_those_doubles_are_told_that_the_source_can_judge(text: str, callees: list[str]) -> None:
    found = doubles_of(IMPORTS + text)
    assert [each.callee for each in found.creations] == callees
    assert (found.digest, found.lengths, found.configured, found.consumed) == ("", b"", (), ())


def test_with_evidence_all_is_told() -> None:
    text = "async def test_one():\n    db = AsyncMock()\n    db.add.side_effect = 1\n    asyncio.run(db.add(1))\n"
    found = doubles_of(IMPORTS + text, ALL)
    assert [each.callee for each in found.creations] == ["AsyncMock"]
    assert found.digest
    assert found.lengths
    assert [(each.line, each.owner, each.text) for each in found.configured] == [(6, "db.add", "1")]
    assert found.consumed == ((7, 16, 7, 25),)
    assert found.coroutines == ("test_one",)
    assert found.mentioned == 2


FAKES = [
    pytest.param("m = AsyncMock(spec=Fake)\n", ["Fake"], id="as a spec"),
    pytest.param("m = AsyncMock(Fake)\n", ["Fake"], id="as the first argument"),
    pytest.param("m = create_autospec(Fake, instance=True)\n", ["Fake"], id="as an autospec"),
    pytest.param("m = MagicMock(wraps=Fake())\n", ["Fake"], id="as what a mock wraps"),
    pytest.param("m = Fake()\n", [], id="by itself"),
    pytest.param("", [], id="nowhere"),
]


@pytest.mark.parametrize(("text", "classes"), FAKES)
def test_a_class_of_a_test_file_is_told_where_doubles_stand_for_it(text: str, classes: list[str]) -> None:
    fake = "class Fake:\n    async def save(self): ...\n\n\n"
    assert [each.name for each in doubles_of(IMPORTS + fake + text).classes] == classes


def test_the_import_goes_with_the_last_patch_that_names_it_without_evidence_too() -> None:
    test = "from unittest.mock import AsyncMock, patch\n\np = patch('app.save', new_callable=AsyncMock)\n"
    files = {"app.py": "def save() -> None: ...\n", "tests/test_app.py": test}
    after = "from unittest.mock import patch\n\np = patch('app.save')\n"
    check_transformed(codemod, files, {"tests/test_app.py": after})
