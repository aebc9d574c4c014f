"""What tests put in the place of names of the old module, and what is set in it, has to reach all that reads it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.codemod import Site

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
LIMIT = "LIMIT = 1\n\n\ndef Order():\n    return LIMIT\n"
BOTH = "import os\n\n\ndef Order():\n    return os\n\n\nprint(os)\n"
USED = "class Order:\n    x = 1\n\n\ndef f():\n    return Order()\n"
USED_AFTER = "from shop.orders import Order\n\n\ndef f():\n    return Order()\n"
PATCH = "from unittest.mock import patch\n\n\n@patch('shop.{}', 1)\ndef test(): ...\n"
SET = "from shop import {}\n\n\ndef test(monkeypatch):\n    monkeypatch.setattr({}, 1)\n"
LATE = "def f():\n    from shop.models import {0}\n\n    return {0}\n"
THROUGH = "from shop import models\n\n\ndef f():\n    return models.{}\n"


def package(source: str, files: Mapping[str, str]) -> dict[str, str]:
    """The files before a move."""
    return {"shop/__init__.py": "", "shop/models.py": source, **files}


def sites(source: str, after: Mapping[str, str], files: Mapping[str, str]) -> list[Site]:
    """The sites of test_it.py, when the definition moves as said."""
    result = check_transformed(codemod, package(source, files), after, config=CONFIG)
    return [site for site in result.sites if site.path == "test_it.py"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(PATCH.format("models.LIMIT"), PATCH.format("orders.LIMIT"), id="patch"),
        pytest.param(
            SET.format("models", "models, 'LIMIT'"), SET.format("orders", "orders, 'LIMIT'"), id="monkeypatch"
        ),
        pytest.param(
            "from shop import models\n\nmodels.LIMIT = 2\n", "from shop import orders\n\norders.LIMIT = 2\n", id="set"
        ),
    ],
)
def test_what_only_the_definition_reads_is_changed_in_the_new_module(before: str, after: str) -> None:
    new = "from shop.models import LIMIT\n\n\ndef Order():\n    return LIMIT\n"
    expected = {"shop/models.py": "LIMIT = 1\n", "shop/orders.py": new, "test_it.py": after}
    assert {site.decision for site in sites(LIMIT, expected, {"test_it.py": before})} == {"rewritten"}


CHANGES = [
    pytest.param(PATCH.format("models.{}"), id="patch"),
    pytest.param(SET.format("models", "models, '{}'"), id="monkeypatch"),
    pytest.param("from shop import models\n\nmodels.{} = 2\n", id="set"),
]


@pytest.mark.parametrize("test", CHANGES)
@pytest.mark.parametrize(
    ("source", "name", "reader"),
    [
        pytest.param(BOTH, "os", "", id="by the old module"),
        pytest.param(LIMIT, "LIMIT", LATE.format("LIMIT"), id="by an import in a function"),
        pytest.param(LIMIT, "LIMIT", THROUGH.format("LIMIT"), id="through the module"),
        pytest.param(USED, "Order", LATE.format("Order"), id="the definition, by an import in a function"),
        pytest.param(USED, "Order", THROUGH.format("Order"), id="the definition, through the module"),
    ],
)
def test_a_change_of_what_others_read_too_keeps_all_in_its_place(
    source: str, name: str, reader: str, test: str
) -> None:
    files = package(source, {"reader.py": reader, "test_it.py": test.format(name)})
    result = check_noop(codemod, files, config=CONFIG)
    assert [site.code for site in result.sites if site.path == "test_it.py"] == ["RM108"]


@pytest.mark.parametrize("test", CHANGES)
def test_a_change_of_the_definition_where_only_the_old_module_uses_it_stays(test: str) -> None:
    files = {"test_it.py": test.format("Order")}
    [site] = sites(USED, {"shop/models.py": USED_AFTER, "shop/orders.py": "class Order:\n    x = 1\n"}, files)
    assert (site.decision, site.reason) == ("kept", "it is looked up in the old module, which imports it")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(PATCH.format("models.Order.x"), "", id="patch"),
        pytest.param(
            SET.format("models", "models.Order, 'x'"), SET.format("orders", "orders.Order, 'x'"), id="monkeypatch"
        ),
    ],
)
def test_an_attribute_of_the_definition_is_the_same_in_both_modules(before: str, after: str) -> None:
    files = {"reader.py": "def f():\n    from shop.models import Order\n\n    return Order\n", "test_it.py": before}
    expected = {
        "shop/models.py": USED_AFTER,
        "shop/orders.py": "class Order:\n    x = 1\n",
        "reader.py": "def f():\n    from shop.orders import Order\n\n    return Order\n",
        "test_it.py": after or before,
    }
    [site] = sites(USED, expected, files)
    assert site.decision == ("rewritten" if after else "kept")


@pytest.mark.parametrize(
    "test",
    [
        pytest.param(PATCH.format("models.os.sep"), id="patch"),
        pytest.param(SET.format("models", "models.os, 'sep'"), id="monkeypatch"),
        pytest.param("from shop import models\n\nmodels.os.sep = 1\n", id="set"),
    ],
)
def test_an_attribute_of_what_both_modules_have_is_no_site(test: str) -> None:
    expected = {
        "shop/models.py": "import os\n\n\nprint(os)\n",
        "shop/orders.py": "import os\n\n\ndef Order():\n    return os\n",
    }
    assert sites(BOTH, expected, {"test_it.py": test}) == []
