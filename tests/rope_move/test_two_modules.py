"""The old module and the new one where they use each other, `__all__`, and imports for type checkers."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_noop, check_transformed

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
ORDER = "class Order:\n    pass\n"
USE = "X = 1\n\n\nclass Order:\n    pass\n\n\ndef f():\n    return Order()\n"
CART = {"shop/__init__.py": "", "shop/cart.py": "class Cart: ...\n\n\nclass Basket: ...\n"}


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Check a move in the package `shop`."""
    check_transformed(codemod, {**CART, **before}, after, config=CONFIG)


def refused(files: Mapping[str, str]) -> set[str]:
    """The codes of what is refused where nothing moves."""
    result = check_noop(codemod, {**CART, **files}, config=CONFIG)
    return {site.code for site in result.sites if site.decision == "refused"}


@pytest.mark.parametrize(
    ("models", "orders"),
    [
        pytest.param(
            USE,
            "import shop.models\n\n\ndef g():\n    return shop.models.Order, shop.models.X\n",
            id="the new one imports the old one",
        ),
        pytest.param(
            USE,
            "from shop.models import Order, X\n\n\ndef g():\n    return Order, X\n",
            id="the new one imports from the old one",
        ),
        pytest.param(
            USE,
            "from shop import models\n\n\ndef g():\n    return models.X, models.Order\n",
            id="the new one imports the old one from its package",
        ),
        pytest.param(
            "import shop.orders\n\nX = 1\n\n\ndef Order():\n    return X\n\n\nshop.orders.Y\n",
            "Y = 1\n",
            id="the old one imports the new one, and has what it needs",
        ),
        pytest.param(
            "from shop.orders import Y\n\nX = Y\n\n\ndef Order():\n    return X\n",
            "Y = 1\n",
            id="the old one imports from the new one, and has what it needs",
        ),
    ],
)
def test_modules_that_would_import_each_other_keep_all_in_its_place(models: str, orders: str) -> None:
    assert "RM104" in refused({"shop/models.py": models, "shop/orders.py": orders})


@pytest.mark.parametrize(
    ("before", "after", "models", "left"),
    [
        pytest.param(
            "import shop.models\n\n\ndef g():\n    return shop.models.Order\n",
            "def g():\n    return Order\n\n\nclass Order:\n    pass\n",
            USE,
            "from shop.orders import Order\n\nX = 1\n\n\ndef f():\n    return Order()\n",
            id="for the definition only",
        ),
        pytest.param(
            "def g():\n    import shop.models\n\n    return shop.models.Order, shop.models.X\n",
            "def g():\n    import shop.models\n\n    return Order, shop.models.X\n\n\nclass Order:\n    pass\n",
            USE,
            "from shop.orders import Order\n\nX = 1\n\n\ndef f():\n    return Order()\n",
            id="in a function",
        ),
        pytest.param(
            "Y = 1\n",
            "from shop.models import X\n\nY = 1\n\n\ndef Order():\n    return X\n",
            "X = 1\n\n\ndef f():\n    from shop.orders import Y\n\n    return Y\n\n\ndef Order():\n    return X\n",
            "X = 1\n\n\ndef f():\n    from shop.orders import Y\n\n    return Y\n",
            id="in a function of the old one",
        ),
    ],
)
def test_an_import_of_the_other_module_that_makes_no_cycle_is_no_obstacle(
    before: str, after: str, models: str, left: str
) -> None:
    moved({"shop/models.py": models, "shop/orders.py": before}, {"shop/models.py": left, "shop/orders.py": after})


def test_annotations_of_the_old_module_import_it_for_type_checkers_where_the_new_one_needs_the_old_one() -> None:
    moved(
        {"shop/models.py": "LIMIT = 1\n\n\ndef Order():\n    return LIMIT\n\n\ndef f(x: 'Order') -> None: ...\n"},
        {
            "shop/models.py": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
            "    from shop.orders import Order\n"
            "\nLIMIT = 1\n\n\ndef f(x: 'Order') -> None: ...\n",
            "shop/orders.py": "from shop.models import LIMIT\n\n\ndef Order():\n    return LIMIT\n",
        },
    )


def test_the_old_module_imports_it_back_as_it_imports_its_neighbours() -> None:
    moved(
        {"shop/models.py": f"from .cart import Cart\n\n\n{ORDER}\n\nprint(Cart, Order)\n"},
        {
            "shop/models.py": "from .cart import Cart\nfrom .orders import Order\n\n\nprint(Cart, Order)\n",
            "shop/orders.py": ORDER,
        },
    )


HINTED = (
    "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .cart import Cart\n\n\n"
    "def Order(cart: 'Cart') -> None: ...\n"
)
DEFINITION = "\n\ndef Order(cart: 'Cart') -> None: ...\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "import os\n\nprint(os)\n",
            "import os\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .cart import Cart\n"
            "\nprint(os)\n",
            id="without a block",
        ),
        pytest.param(
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .cart import Basket  # why\n\n\n"
            "def g(basket: 'Basket'): ...\n",
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .cart import Basket  # why\n"
            "    from .cart import Cart\n\n\ndef g(basket: 'Basket'): ...\n",
            id="into its block",
        ),
        pytest.param(
            "import typing\n\nif typing.TYPE_CHECKING:\n    from .cart import Basket\n\n\n"
            "def g(basket: 'Basket'): ...\n",
            "import typing\n\nif typing.TYPE_CHECKING:\n    from .cart import Basket\n"
            "    from .cart import Cart\n\n\ndef g(basket: 'Basket'): ...\n",
            id="into a block by another name",
        ),
    ],
)
def test_imports_for_type_checkers_come_into_a_module_that_is_there(before: str, after: str) -> None:
    files = {"shop/models.py": HINTED, "shop/orders.py": before}
    moved(files, {"shop/models.py": "", "shop/orders.py": after + DEFINITION})


def test_imports_for_type_checkers_come_into_an_empty_module() -> None:
    moved({"shop/models.py": HINTED, "shop/orders.py": ""}, {"shop/models.py": "", "shop/orders.py": HINTED})


def test_a_name_for_type_checkers_that_others_import_stays() -> None:
    user = "from shop.models import TYPE_CHECKING\n\nprint(TYPE_CHECKING)\n"
    moved(
        {"shop/models.py": HINTED, "app.py": user},
        {"shop/models.py": "from typing import TYPE_CHECKING\n", "shop/orders.py": HINTED},
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("__all__: list[str] = ['Order', 'X']\n", "__all__: list[str] = ['X']\n", id="annotated"),
        pytest.param("__all__ = ['X']\n__all__ += ['Order']\n", "__all__ = ['X']\n__all__ += []\n", id="augmented"),
        pytest.param("__all__ = ['X'] + ['Order']\n", "__all__ = ['X'] + []\n", id="sum"),
        pytest.param(
            "__all__ = ['X']\n__all__.extend(('Order', 'Y'))\n",
            "__all__ = ['X']\n__all__.extend(('Y',))\n",
            id="extended",
        ),
        pytest.param(
            "__all__ = ['X']\nif X:\n    __all__ += ['Order']\n",
            "__all__ = ['X']\nif X:\n    __all__ += []\n",
            id="under a condition",
        ),
        pytest.param(
            "from . import cart\n\n__all__ = [*cart.__all__, 'Order']\n",
            "from . import cart\n\n__all__ = [*cart.__all__]\n",
            id="with those of another",
        ),
    ],
)
def test_it_leaves_every_form_of_all(before: str, after: str) -> None:
    files = {"shop/models.py": f"X = Y = 1\n{before}\n\n{ORDER}", "shop/cart.py": "__all__ = []\n"}
    moved(files, {"shop/models.py": f"X = Y = 1\n{after}", "shop/orders.py": ORDER})


def test_a_form_of_all_that_can_not_be_edited_keeps_all_in_its_place() -> None:
    assert refused({"shop/models.py": f"__all__ = ['X']\n__all__.append('Order')\nX = 1\n\n\n{ORDER}"}) == {"RM107"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("__all__ = ()\n", '__all__ = ("Order",)\n', id="empty tuple"),
        pytest.param("__all__ = []\n", '__all__ = ["Order"]\n', id="empty list"),
        pytest.param(
            "X = Y = 1\n__all__ = ['X']\n__all__ += ['Y']\n",
            "X = Y = 1\n__all__ = ['X']\n__all__ += ['Y', 'Order']\n",
            id="the last of two",
        ),
        pytest.param(
            "X = Y = 1\n__all__ = ['X']\nif X:\n    __all__ += ['Y']\n",
            "X = Y = 1\n__all__ = ['X', 'Order']\nif X:\n    __all__ += ['Y']\n",
            id="not under a condition",
        ),
    ],
)
def test_it_comes_into_all_of_the_new_module(before: str, after: str) -> None:
    files = {"shop/models.py": f"__all__ = ['Order']\n\n\n{ORDER}", "shop/orders.py": before}
    moved(files, {"shop/models.py": "__all__ = []\n", "shop/orders.py": f"{after}\n\n{ORDER}"})


@pytest.mark.parametrize(
    "user",
    [
        pytest.param("from shop.orders import *\nfrom shop.cart import *\n\nprint(X, Cart)\n", id="by a star"),
        pytest.param("class Cart: ...\n\n\nfrom shop.orders import *\n\nprint(X, Cart)\n", id="its own"),
    ],
)
def test_a_star_import_of_the_new_module_that_would_bring_another_thing_keeps_all_in_its_place(user: str) -> None:
    files = {"shop/models.py": "class Cart: ...\n", "shop/orders.py": "X = 1\n", "app.py": user}
    result = check_noop(codemod, {**CART, **files}, config={**CONFIG, "target": "shop.models:Cart"})
    assert [site.code for site in result.sites if site.kind == "import"] == ["RM102"]
