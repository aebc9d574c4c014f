"""`if TYPE_CHECKING:` goes with the last import that it guards, and class bodies read what is around them."""

from __future__ import annotations

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_transformed

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
PACKAGE = {"shop/__init__.py": "", "shop/models.py": "class Customer: ...\n\n\nclass Order: ...\n"}
MOVED = {"shop/models.py": "class Customer: ...\n", "shop/orders.py": "class Order: ...\n"}
ORDER = "class Order:\n    def price(self) -> Decimal: ...\n"
FUTURE = "from __future__ import annotations\n\n"


@pytest.mark.parametrize(
    ("head", "test"),
    [
        pytest.param("from typing import TYPE_CHECKING\n", "TYPE_CHECKING", id="name"),
        pytest.param("import typing\n", "typing.TYPE_CHECKING", id="attribute"),
        pytest.param("import typing as t\n", "t.TYPE_CHECKING", id="attribute of another name"),
    ],
)
def test_the_old_module_has_no_guard_without_imports(head: str, test: str) -> None:
    rest = "class Customer: ...\n"
    models = f"{FUTURE}{head}\nif {test}:\n    from decimal import Decimal\n\n\n{rest}\n\n{ORDER}"
    new = f"{FUTURE}from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from decimal import Decimal\n\n\n{ORDER}"
    files = {**PACKAGE, "shop/models.py": models}
    expected = {"shop/models.py": f"{FUTURE.rstrip()}\n\n\n{rest}", "shop/orders.py": new}
    check_transformed(codemod, files, expected, config=CONFIG)


def test_the_new_module_has_no_guard_without_imports() -> None:
    orders = "def f(order: 'Order'): ...\n"
    before = f"from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.models import Order\n\n\n{orders}"
    after = f"{orders}\n\nclass Order: ...\n"
    check_transformed(codemod, {**PACKAGE, "shop/orders.py": before}, {**MOVED, "shop/orders.py": after}, config=CONFIG)


@pytest.mark.parametrize(
    "guarded",
    [
        pytest.param("    from shop.models import Order\n    from decimal import Decimal\n", id="another import"),
        pytest.param("    from shop.models import Order\n\n    Alias = int\n", id="a definition"),
    ],
)
def test_a_guard_stays_for_what_else_it_guards(guarded: str) -> None:
    rest = "def f(order: 'Order'): ...\n"
    before = f"from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n{guarded}\n\n{rest}"
    left = guarded.replace("    from shop.models import Order\n", "")
    after = f"from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n{left}\n\n{rest}\n\nclass Order: ...\n"
    check_transformed(codemod, {**PACKAGE, "shop/orders.py": before}, {**MOVED, "shop/orders.py": after}, config=CONFIG)


def test_imports_for_type_checkers_come_into_the_guard_that_is_there_and_others_above_it() -> None:
    head = "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
    order = "class Order:\n    sep = os.sep\n\n    def price(self) -> Decimal: ...\n"
    models = f"{head}    from decimal import Decimal\n\nimport os\n\n\n{order}\n\ndef f(x: Decimal): ...\n"
    orders = f"{head}    from fractions import Fraction\n\nX: Fraction | None = None\n"
    short = f"{head}    from fractions import Fraction\n"
    for there in (orders, short):
        rest = there[len(short) :]
        above = short.replace("import TYPE_CHECKING\n", "import TYPE_CHECKING\nimport os\n")
        after = f"{above}    from decimal import Decimal\n{rest}\n\n{order}"
        files = {**PACKAGE, "shop/models.py": models, "shop/orders.py": there}
        left = f"{head}    from decimal import Decimal\n\n\ndef f(x: Decimal): ...\n"
        check_transformed(codemod, files, {"shop/models.py": left, "shop/orders.py": after}, config=CONFIG)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("    Order = Order\n", id="assigned"),
        pytest.param("    x = property(Order)\n\n    def Order(self): ...\n", id="read before the method"),
    ],
)
def test_a_class_body_that_binds_the_name_later_reads_it_from_its_module(body: str) -> None:
    models = f"class Order: ...\n\n\nclass A:\n{body}\n\ndef f() -> Order: ...\n"
    after = f"from shop.orders import Order\n\n\nclass A:\n{body}\n\ndef f() -> Order: ...\n"
    check_transformed(codemod, {**PACKAGE, "shop/models.py": models}, {**MOVED, "shop/models.py": after}, config=CONFIG)


def test_a_class_body_that_has_bound_the_name_reads_its_own() -> None:
    rest = "class A:\n    def Order(self): ...\n\n    x = property(Order)\n"
    files = {**PACKAGE, "shop/models.py": f"class Order: ...\n\n\n{rest}"}
    check_transformed(codemod, files, {**MOVED, "shop/models.py": rest}, config=CONFIG)
