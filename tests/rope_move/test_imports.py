"""Imports and uses follow what moves."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_promises, check_transformed
from codemods.toolkit.pipeline.result import Result

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
MODELS = "class Customer:\n    pass\n\n\nclass Order:\n    pass\n"
LEFT = "class Customer:\n    pass\n"
NEW = "class Order:\n    pass\n"
PACKAGE = {"shop/__init__.py": "", "shop/models.py": MODELS}
MOVED = {"shop/models.py": LEFT, "shop/orders.py": NEW}


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> Result:
    """Check a move of `Order`; the two modules are as above where they aren't given."""
    return check_transformed(codemod, {**PACKAGE, **before}, {**MOVED, **after}, config=CONFIG)


FOLLOWING = [
    pytest.param("from shop.models import Order\n", "from shop.orders import Order\n", id="from"),
    pytest.param(
        "from shop.models import Order as O  # why\n", "from shop.orders import Order as O  # why\n", id="alias"
    ),
    pytest.param(
        "from shop.models import Customer, Order\n",
        "from shop.models import Customer\nfrom shop.orders import Order\n",
        id="last of two",
    ),
    pytest.param(
        "from shop.models import Order, Customer\n",
        "from shop.models import Customer\nfrom shop.orders import Order\n",
        id="first of two",
    ),
    pytest.param(
        "from shop.models import (\n    Customer,\n    Order,  # why\n)\n",
        "from shop.models import (\n    Customer,\n)\nfrom shop.orders import Order  # why\n",
        id="a line of its own",
    ),
    pytest.param(
        "from shop.models import (  # all\n    Customer, Order\n)  # end\n",
        "from shop.models import (  # all\n    Customer\n)  # end\nfrom shop.orders import Order\n",
        id="in one line in parentheses",
    ),
    pytest.param(
        "from .models import Customer, \\\n    Order\n",
        "from .models import Customer\nfrom .orders import Order\n",
        id="relative, with a backslash",
    ),
    pytest.param("from . models import Order\n", "from .orders import Order\n", id="odd blanks"),
    pytest.param(
        "if True: from shop.models import Customer, Order\n",
        "if True: from shop.models import Customer; from shop.orders import Order\n",
        id="in the line of its block",
    ),
    pytest.param(
        "def f():\n    from shop.models import Customer, Order\n    return Customer, Order\n",
        "def f():\n    from shop.models import Customer\n    from shop.orders import Order\n"
        "    return Customer, Order\n",
        id="in a function",
    ),
    pytest.param(
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.models import Order\n\n\n"
        "def f(order: 'Order') -> None: ...\n",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.orders import Order\n\n\n"
        "def f(order: 'Order') -> None: ...\n",
        id="for type checkers",
    ),
    pytest.param(
        "try:\n    from shop.models import Order\nexcept ImportError:\n    Order = None\n",
        "try:\n    from shop.orders import Order\nexcept ImportError:\n    Order = None\n",
        id="guarded",
    ),
    pytest.param(
        "import shop.models\n\nshop.models.Order()\n", "import shop.orders\n\nshop.orders.Order()\n", id="import"
    ),
    pytest.param(
        "import shop.models\n\nshop.models.Order(shop.models.Customer())\n",
        "import shop.models\nimport shop.orders\n\nshop.orders.Order(shop.models.Customer())\n",
        id="import that stays",
    ),
    pytest.param(
        "import shop.models as m\n\nm.Order()\n",
        "from shop import orders\n\norders.Order()\n",
        id="import with a name",
    ),
    pytest.param(
        "from shop import models\n\nmodels.Order()\n", "from shop import orders\n\norders.Order()\n", id="module"
    ),
    pytest.param(
        "from shop import models\n\nmodels.Order(models.Customer)\n",
        "from shop import models, orders\n\norders.Order(models.Customer)\n",
        id="module that stays",
    ),
    pytest.param(
        "from . import models as m\n\n\ndef f() -> 'm.Order':\n    return m.Order()\n",
        "from . import orders\n\n\ndef f() -> 'orders.Order':\n    return orders.Order()\n",
        id="relative module, quoted annotation",
    ),
    pytest.param(
        "from shop import models\n\nprint(f'{models.Order} and {models.Customer}')\n",
        "from shop import models, orders\n\nprint(f'{orders.Order} and {models.Customer}')\n",
        id="f-string",
    ),
    pytest.param(
        "from shop import models\n\nfound = getattr(models, 'Order', None)\n",
        "from shop import orders\n\nfound = getattr(orders, 'Order', None)\n",
        id="getattr",
    ),
    pytest.param(
        "import importlib\n\nOrder = importlib.import_module('shop.models').Order\n",
        "import importlib\n\nOrder = importlib.import_module('shop.orders').Order\n",
        id="import_module",
    ),
    pytest.param(
        "from django.utils.module_loading import import_string\n\nOrder = import_string('shop.models.Order')\n",
        "from django.utils.module_loading import import_string\n\nOrder = import_string('shop.orders.Order')\n",
        id="import_string",
    ),
    pytest.param(
        "from unittest.mock import patch\n\n\n@patch('shop.models.Order.save')\ndef test(save): ...\n",
        "from unittest.mock import patch\n\n\n@patch('shop.orders.Order.save')\ndef test(save): ...\n",
        id="patch",
    ),
    pytest.param(
        "from unittest.mock import patch\n\nfrom shop import models\n\n\ndef test():\n"
        "    with patch.object(models, 'Order'):\n        pass\n",
        "from unittest.mock import patch\n\nfrom shop import orders\n\n\ndef test():\n"
        "    with patch.object(orders, 'Order'):\n        pass\n",
        id="patch.object",
    ),
    pytest.param(
        "from shop import models\n\n\ndef test(monkeypatch):\n    monkeypatch.setattr(models, 'Order', None)\n"
        "    models.Order = 1\n",
        "from shop import orders\n\n\ndef test(monkeypatch):\n    monkeypatch.setattr(orders, 'Order', None)\n"
        "    orders.Order = 1\n",
        id="setattr and assignment",
    ),
]


@pytest.mark.parametrize(("before", "after"), FOLLOWING)
def test_a_use_follows(before: str, after: str) -> None:
    path = "shop/use.py"
    result = moved({path: before}, {path: after})
    assert {site.decision for site in result.sites} == {"rewritten"}


def test_every_promise_holds_for_all_of_them() -> None:
    texts = [str(case.values[0]) for case in FOLLOWING]
    check_promises(codemod, {**PACKAGE, **{f"shop/use{n}.py": text for n, text in enumerate(texts)}}, CONFIG)


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("from other import Order\n\nOrder()\n", id="of another module"),
        pytest.param("class Order:\n    pass\n\n\nOrder()\n", id="its own"),
        pytest.param("from shop.cart import Order\n\nOrder()\n", id="of another module of the project"),
        pytest.param("def f(models):\n    return models.Order\n", id="attribute of a parameter"),
        pytest.param(
            "from unittest.mock import patch\n\n\n@patch('shop.cart.Order')\ndef test(order): ...\n",
            id="patch elsewhere",
        ),
    ],
)
def test_something_else_of_that_name_stays(use: str) -> None:
    moved({"shop/use.py": use, "shop/cart.py": "class Order:\n    pass\n"}, {})


def test_a_reexport_is_followed_and_those_who_use_it_stay() -> None:
    moved(
        {
            "shop/__init__.py": 'from .models import Customer, Order\n\n__all__ = ["Customer", "Order"]\n',
            "app.py": "import shop\nfrom shop import Order\n\nprint(Order, shop.Order)\n",
        },
        {
            "shop/__init__.py": "from .models import Customer\nfrom .orders import Order\n\n"
            '__all__ = ["Customer", "Order"]\n'
        },
    )


def test_a_star_import_that_gave_the_name_is_joined_by_an_import_of_it() -> None:
    moved(
        {"shop/__init__.py": "from .models import *\n", "app.py": "from shop import *\n\nOrder()\n"},
        {"shop/__init__.py": "from .models import *\nfrom .orders import Order\n"},
    )


def test_a_star_import_that_nobody_takes_the_name_from_stays() -> None:
    moved({"app.py": "from shop.models import *\n\nCustomer()\n"}, {})


def test_a_patch_where_the_name_is_used_stays() -> None:
    test = "from unittest.mock import patch\n\n\n@patch('shop.cart.Order')\ndef test(order): ...\n"
    moved(
        {"shop/cart.py": "from shop.models import Order\n\nOrder()\n", "tests/test_cart.py": test},
        {"shop/cart.py": "from shop.orders import Order\n\nOrder()\n"},
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from shop.orders import X\nfrom shop.models import Customer, Order\n\nOrder(X, Customer)\n",
            "from shop.orders import X, Order\nfrom shop.models import Customer\n\nOrder(X, Customer)\n",
            id="joins it",
        ),
        pytest.param(
            "from shop.models import Customer, Order\nfrom shop.orders import X\n\nOrder(X, Customer)\n",
            "from shop.models import Customer\nfrom shop.orders import Order\nfrom shop.orders import X\n\n"
            "Order(X, Customer)\n",
            id="comes later",
        ),
    ],
)
def test_an_import_from_the_new_module_is_joined_where_it_comes_first(before: str, after: str) -> None:
    files = {"shop/orders.py": "X = 1\n", "use.py": before}
    moved(files, {"shop/orders.py": f"X = 1\n\n\n{NEW}", "use.py": after})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "def g():\n    from shop.models import Order; return Order\n",
            "def g():\n    return Order\n",
            id="first in its line",
        ),
        pytest.param(
            "def g():\n    x = 1; from shop.models import Order\n    return Order, x\n",
            "def g():\n    x = 1\n    return Order, x\n",
            id="last in its line",
        ),
        pytest.param(
            "def g():\n    from shop.models import Order  # why\n    return Order\n",
            "def g():\n    # why\n    return Order\n",
            id="with a comment",
        ),
        pytest.param(
            "try:\n    from shop.models import Order\nexcept ImportError:\n    pass\n\n\ndef g():\n    return Order\n",
            "try:\n    pass\nexcept ImportError:\n    pass\n\n\ndef g():\n    return Order\n",
            id="alone in its block",
        ),
    ],
)
def test_an_import_in_the_new_module_leaves(before: str, after: str) -> None:
    moved({"shop/orders.py": before}, {"shop/orders.py": f"{after}\n\n{NEW}"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from . import models\n\nmodels.Order()\n",
            "import orders\n\norders.Order()\n",
            id="module from its package",
        ),
        pytest.param("from .models import Order\n\nOrder()\n", "from orders import Order\n\nOrder()\n", id="from"),
        pytest.param(
            "import shop.models\n\nshop.models.Order()\n", "import orders\n\norders.Order()\n", id="plain import"
        ),
    ],
)
def test_a_module_at_the_top_is_imported_by_its_name(before: str, after: str) -> None:
    check_transformed(
        codemod,
        {**PACKAGE, "shop/use.py": before},
        {"shop/models.py": LEFT, "orders.py": NEW, "shop/use.py": after},
        config={**CONFIG, "destination": "orders"},
    )


SCRIPTS = {"tool/models.py": MODELS, "tool/run.py": "from models import Order\n\nOrder()\n", "other/__init__.py": ""}


def test_a_script_beside_the_old_module_imports_the_new_one_as_it_did_the_old_one() -> None:
    after = {"tool/models.py": LEFT, "tool/orders.py": NEW, "tool/run.py": "from orders import Order\n\nOrder()\n"}
    check_transformed(codemod, SCRIPTS, after, config={"target": "tool.models:Order", "destination": "tool.orders"})


def test_a_script_that_can_not_import_the_new_module_keeps_all_in_its_place() -> None:
    config = {"target": "tool.models:Order", "destination": "other.orders"}
    result = check_transformed(codemod, SCRIPTS, {}, config=config)
    assert [(site.code, site.path) for site in result.sites if site.kind == "import"] == [("RM107", "tool/run.py")]
