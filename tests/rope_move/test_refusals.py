"""Where a move would break something nothing moves, and it is said why."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_noop, check_promises, check_transformed

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
ORDER = "class Order:\n    pass\n"
USED = "from shop.models import Order\n\nOrder()\n"


def refused(code: str, files: Mapping[str, str | bytes], **config: object) -> None:
    """Check that nothing changes, and that the definition is refused with a code."""
    result = check_noop(codemod, {"shop/__init__.py": "", **files}, config={**CONFIG, **config})
    assert code in {site.code for site in result.sites if site.decision == "refused"}
    assert "rewritten" not in {site.decision for site in result.sites}


@pytest.mark.parametrize(
    ("code", "source"),
    [
        pytest.param("RM101", "if True:\n    class Order: ...\n", id="condition"),
        pytest.param("RM101", "try:\n    Order = 1\nexcept OSError:\n    Order = 2\n", id="try"),
        pytest.param("RM101", "Order = 1\nOrder = 2\n", id="twice"),
        pytest.param("RM101", "Order = Cart = 1\n", id="with another name"),
        pytest.param("RM101", "Order, Cart = 1, 2\n", id="unpacked"),
        pytest.param("RM101", "x = 1; Order = 2\n", id="one line"),
        pytest.param("RM101", "Order = 1\n\n\ndef f():\n    global Order\n    Order = 2\n", id="set by a function"),
        pytest.param("RM101", "for Order in (1, 2):\n    pass\n", id="loop"),
        pytest.param("RM101", "class Order: ...\n\n\nOrder.limit = 3\n", id="attribute set"),
        pytest.param("RM101", "Order = []\nOrder.append(1)\n", id="list that gets more"),
        pytest.param(
            "RM101", "Order = {}\nfor each in (1, 2):\n    Order[each] = 1\n", id="dict that gets more in a loop"
        ),
        pytest.param("RM101", "Order = {1: []}\nOrder[1].append(2)\n", id="list in it that gets more"),
        pytest.param("RM101", "Order = {1: 2}\ndel Order[1]\n", id="dict that gets less"),
        pytest.param("RM101", "class Order: ...\n\n\nOrder.model_rebuild()\n", id="method that completes it"),
        pytest.param(
            "RM107",
            "class Order:\n    def f(self):\n        import shop.models\n\n        return shop.models.Order\n",
            id="reaches itself",
        ),
        pytest.param(
            "RM107",
            "class Order:\n    def f(self):\n        from .models import Order\n\n        return Order\n",
            id="imports itself",
        ),
        pytest.param(
            "RM101",
            "from functools import singledispatch\n\n\n@singledispatch\ndef Order(x): ...\n\n\n@Order.register\n"
            "def _(x: int): ...\n",
            id="registered",
        ),
        pytest.param(
            "RM103",
            "from odd import *\nfrom ends import *\n\n\ndef Order():\n    return thing\n",
            id="two star imports",
        ),
        pytest.param("RM103", "from odd import *\n\n\ndef Order():\n    return sum\n", id="star import or built in"),
        pytest.param(
            "RM103",
            "try:\n    import a as b\nexcept ImportError:\n    import b\n\n\ndef Order():\n    return b\n",
            id="conditional import",
        ),
        pytest.param(
            "RM104", "LIMIT = 1\n\n\ndef Order():\n    return LIMIT\n\n\ndef f():\n    return Order()\n", id="cycle"
        ),
        pytest.param("RM106", "def Order():\n    return __file__\n", id="__file__"),
        pytest.param("RM106", "def Order():\n    return globals()\n", id="globals"),
        pytest.param(
            "RM106",
            "n = 0\n\n\ndef Order():\n    return n\n\n\ndef f():\n    global n\n    n += 1\n",
            id="global",
        ),
    ],
)
def test_a_definition_that_depends_on_its_place_stays(code: str, source: str) -> None:
    refused(code, {"shop/models.py": source, "app.py": USED})


@pytest.mark.parametrize(
    ("code", "target"),
    [
        pytest.param("RM102", "class Order: ...\n", id="another one"),
        pytest.param("RM102", "from shop.models import Order as O\n\nO()\n", id="another name"),
        pytest.param("RM102", "print(Order)\n", id="something unknown"),
        pytest.param("RM102", "from shop.other import *\n", id="another one by a star"),
        pytest.param("RM104", "from shop.models import Cart\n\nCart()\n", id="imports the old module"),
        pytest.param("RM106", "from __future__ import annotations\n", id="future"),
    ],
)
def test_a_new_module_that_differs_is_left_alone(code: str, target: str) -> None:
    source = "class Cart: ...\n\n\nclass Order:\n    x: int = 1\n\n\nOrder()\n"
    refused(code, {"shop/models.py": source, "shop/orders.py": target, "shop/other.py": "class Order: ...\n"})


@pytest.mark.parametrize(
    "package",
    [
        pytest.param("orders = []\n", id="variable"),
        pytest.param("from shop.other import orders\n", id="import"),
        pytest.param("from shop.other import *\n", id="star import"),
    ],
)
def test_a_new_module_does_not_take_the_place_of_what_its_package_has(package: str) -> None:
    refused("RM102", {"shop/__init__.py": package, "shop/models.py": ORDER, "shop/other.py": "orders = []\n"})


def test_a_new_module_may_be_called_like_what_moves_there() -> None:
    files = {"shop/__init__.py": "from shop.sale import order\n", "shop/sale.py": "def order(): ...\n"}
    after = {
        "shop/__init__.py": "from shop.order import order\n",
        "shop/sale.py": "",
        "shop/order.py": "def order(): ...\n",
    }
    check_transformed(codemod, files, after, config={"target": "shop.sale:order", "destination": "shop.order"})


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param("import json\n\n\ndef Order():\n    return json\n", "import yaml as json\n\njson\n", id="import"),
        pytest.param("def Order():\n    return len\n", "def len(): ...\n", id="built in"),
        pytest.param(
            "import shop.orders\n\n\ndef Order():\n    return shop.orders.X\n", "X = 1\n", id="the module itself"
        ),
        pytest.param(
            "from . import orders\n\n\ndef Order():\n    return orders.X\n", "X = 1\n", id="the module as a name"
        ),
        pytest.param("X = 1\n\n\ndef Order():\n    return X\n", "X = 2\n", id="name of the old module"),
        pytest.param(
            "from shop.orders import f as g\n\n\ndef Order():\n    return g\n",
            "def f(): ...\n",
            id="another name for it",
        ),
    ],
)
def test_a_name_that_means_something_else_there_is_told(source: str, target: str) -> None:
    refused("RM103", {"shop/models.py": source, "shop/orders.py": target})


def test_a_definition_that_would_come_before_what_it_needs_stays() -> None:
    target = "import shop.models\n\n\ndef f(x=shop.models.Order): ...\n\n\nclass Base: ...\n"
    source = "from shop.orders import Base\n\n\nclass Order(Base): ...\n"
    refused("RM105", {"shop/models.py": source, "shop/orders.py": target})


@pytest.mark.parametrize(
    ("code", "use"),
    [
        pytest.param("RM107", "def f(:\n    Order\n", id="can't be parsed"),
        pytest.param(
            "RM107",
            "try:\n    from shop import models\nexcept ImportError:\n    from old import models\n\nmodels.Order()\n",
            id="two imports",
        ),
        pytest.param("RM107", "from shop import models\n\norders = models.Order()\n", id="name of the module is taken"),
        pytest.param(
            "RM107",
            "from unittest.mock import patch\n\nimport shop.use2\n\n\n"
            "@patch('shop.use2.models.Order')\ndef test(o): ...\n",
            id="patch through another module",
        ),
        pytest.param(
            "RM107",
            "from unittest.mock import patch\n\n\n@patch('shop.' 'models.Order')\ndef test(o): ...\n",
            id="string in parts",
        ),
    ],
)
def test_a_use_that_can_not_follow_keeps_all_in_its_place(code: str, use: str) -> None:
    refused(code, {"shop/models.py": ORDER, "shop/use.py": use, "shop/use2.py": "from shop import models\n\nmodels\n"})


PATCH = "from unittest.mock import patch\n\n\n@patch('shop.models.{}')\ndef test(mock): ...\n"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        pytest.param("import os\n\n\ndef Order():\n    return os\n\n\nprint(os)\n", "os", id="import that both read"),
        pytest.param("X = 1\n\n\ndef Order():\n    return X\n\n\nprint(X)\n", "X", id="name that both read"),
        pytest.param(
            "def Order():\n    return Order\n\n\ndef f():\n    return Order\n",
            "Order",
            id="looked up by itself and others",
        ),
    ],
)
def test_a_mock_that_would_miss_a_part_keeps_all_in_its_place(source: str, name: str) -> None:
    refused("RM108", {"shop/models.py": source, "tests/test_it.py": PATCH.format(name)})


def test_a_mock_of_what_only_the_definition_reads_goes_with_it() -> None:
    source = "import os\n\n\ndef Order():\n    return os\n"
    check_transformed(
        codemod,
        {"shop/__init__.py": "", "shop/models.py": source, "test_it.py": PATCH.format("os.sep")},
        {
            "shop/models.py": "",
            "shop/orders.py": source,
            "test_it.py": PATCH.replace("shop.models", "shop.orders").format("os.sep"),
        },
        config=CONFIG,
    )


def test_a_mock_in_the_old_module_which_still_uses_it_stays() -> None:
    source = "def Order(): ...\n\n\ndef f():\n    return Order()\n"
    check_transformed(
        codemod,
        {"shop/__init__.py": "", "shop/models.py": source, "test_it.py": PATCH.format("Order")},
        {
            "shop/models.py": "from shop.orders import Order\n\n\ndef f():\n    return Order()\n",
            "shop/orders.py": "def Order(): ...\n",
        },
        config=CONFIG,
    )


@pytest.mark.parametrize(
    ("code", "text"),
    [
        pytest.param("RM109", "LABEL = 'shop.models.Order'\n", id="string"),
        pytest.param("RM109", "LABEL = 'shop.models:Order'\n", id="string with a colon"),
        pytest.param("RM110", "# see shop.models.Order\nx = 1\n", id="comment"),
        pytest.param("RM110", '"""As models.Order does."""\n', id="docstring"),
        pytest.param(
            "RM111",
            "import importlib\n\nx = importlib.import_module(f'shop.{1}')\ny = x.Order, 'models'\n",
            id="unknown attribute",
        ),
    ],
)
def test_what_may_mean_it_is_told_and_stays(code: str, text: str) -> None:
    result = check_transformed(
        codemod,
        {"shop/__init__.py": "", "shop/models.py": ORDER, "app.py": text},
        {"shop/models.py": "", "shop/orders.py": ORDER},
        config=CONFIG,
    )
    assert [site.code for site in result.sites if site.path == "app.py"] == [code]


@pytest.mark.parametrize(
    "text",
    ["LABEL = 'other.models.Order'\n", "# Order of the models\nx = 1\n", "LABEL = 'Order'\n"],
    ids=["another module", "comment", "name alone"],
)
def test_what_means_something_else_is_no_site(text: str) -> None:
    files = {"shop/__init__.py": "", "shop/models.py": ORDER, "app.py": text, "other/models.py": ORDER}
    result = check_transformed(codemod, files, {"shop/models.py": "", "shop/orders.py": ORDER}, config=CONFIG)
    assert [site for site in result.sites if site.path == "app.py"] == []


def test_a_decorator_that_registers_is_told() -> None:
    source = "from app import app\n\n\n@app.route('/')\ndef Order(): ...\n"
    result = check_transformed(
        codemod,
        {"shop/__init__.py": "", "shop/models.py": source, "app.py": "app = object()\n"},
        {"shop/models.py": "", "shop/orders.py": source},
        config=CONFIG,
    )
    assert [site.code for site in result.sites if site.code] == ["RM112"]


def test_a_cycle_through_a_third_module_is_found_by_the_proof() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/models.py": "import shop.cart\n\nLIMIT = 1\n\n\ndef Order():\n    return LIMIT\n\n\nprint(shop.cart)\n",
        "shop/cart.py": "import shop.orders\n\nprint(shop.orders)\n",
        "shop/orders.py": "X = 1\n",
    }
    refused("TK203", files)
    check_promises(codemod, files, CONFIG)


def test_a_module_that_only_passes_it_on_follows() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/models.py": "from .cart import Order\n",
        "shop/cart.py": ORDER,
        "app.py": "from shop.models import Order\n\nOrder()\n",
    }
    config = {"target": "shop.cart:Order", "destination": "shop.orders"}
    expected = {"shop/cart.py": "", "shop/models.py": "from .orders import Order\n", "shop/orders.py": ORDER}
    check_transformed(codemod, files, expected, config=config)
