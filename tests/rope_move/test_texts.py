"""Files that aren't Python: where they have the definition in its old place is told."""

from __future__ import annotations

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_noop, check_transformed

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
PACKAGE = {"shop/__init__.py": "", "shop/models.py": "class Customer: ...\n\n\nclass Order: ...\n"}
MOVED = {"shop/models.py": "class Customer: ...\n", "shop/orders.py": "class Order: ...\n"}


@pytest.mark.parametrize(
    ("path", "text", "places"),
    [
        pytest.param("pyproject.toml", "[project.scripts]\norder = 'shop.models:Order'\n", [(2, 9)], id="entry point"),
        pytest.param("setup.cfg", "x =\n    a = src.shop.models:Order.run\n", [(2, 8)], id="below a folder"),
        pytest.param("README.md", "`from shop.models import Customer, Order`\n", [(1, 6)], id="import"),
        pytest.param(
            "docs/a.rst", ":class:`models.Order` and\n:class:`shop.models.Order`", [(1, 8), (2, 8)], id="twice"
        ),
        pytest.param("Makefile", "test:\n\tpytest shop/models.py::Order\n", [(2, 8)], id="file"),
        pytest.param("README.md", "other.models.Order, shop.models.Orders, shop.models, Order\n", [], id="others"),
    ],
)
def test_the_old_place_is_told(path: str, text: str, places: list[tuple[int, int]]) -> None:
    result = check_transformed(codemod, {**PACKAGE, path: text}, MOVED, config=CONFIG)
    found = [(finding.code, finding.path, finding.line, finding.column) for finding in result.findings]
    assert found == [("RM114", path, line, column) for line, column in places]


def test_where_nothing_moves_nothing_is_told() -> None:
    files = {**PACKAGE, "shop/orders.py": "class Order: ...\n", "README.md": "shop.models.Order\n"}
    assert check_noop(codemod, files, config=CONFIG).findings == ()
