"""What goes with the definition, what stays, and how the two modules look afterwards."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_noop, check_promises, check_transformed
from codemods.toolkit.codemod import UsageError

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
ORDER = "class Order:\n    pass\n"


def moved(before: Mapping[str, str | bytes], after: Mapping[str, str | bytes], **config: object) -> None:
    """Check a move in the package `shop`."""
    files = {"shop/__init__.py": "", **before}
    check_transformed(codemod, files, after, config={**CONFIG, **config})


@pytest.mark.parametrize(
    ("source", "left", "new"),
    [
        pytest.param(
            "import json\nimport os\n\n\ndef Order():\n    return json\n\n\nprint(os)\n",
            "import os\n\n\nprint(os)\n",
            "import json\n\n\ndef Order():\n    return json\n",
            id="import that only it needs",
        ),
        pytest.param(
            "import json\n\n\ndef Order():\n    return json\n\n\nprint(json)\n",
            "import json\n\n\nprint(json)\n",
            "import json\n\n\ndef Order():\n    return json\n",
            id="import that both need",
        ),
        pytest.param(
            "from os import path, sep as s\n\n\ndef Order():\n    return path, s\n",
            "",
            "from os import path, sep as s\n\n\ndef Order():\n    return path, s\n",
            id="names of one statement",
        ),
        pytest.param(
            "import os.path\nimport os\nimport xml.dom as dom\n\n\ndef Order():\n    return os.path, dom\n",
            "",
            "import os\nimport os.path\nimport xml.dom as dom\n\n\ndef Order():\n    return os.path, dom\n",
            id="plain imports",
        ),
        pytest.param(
            "from .cart import Cart\n\n\nclass Order(Cart):\n    pass\n",
            "",
            "from .cart import Cart\n\n\nclass Order(Cart):\n    pass\n",
            id="relative import",
        ),
        pytest.param(
            "from os import path\nfrom os import path\n\n\ndef Order():\n    return path\n",
            "",
            "from os import path\n\n\ndef Order():\n    return path\n",
            id="import that is there twice",
        ),
        pytest.param(
            "LIMIT = 3\n\n\ndef Order(n=LIMIT):\n    return n\n",
            "LIMIT = 3\n",
            "from shop.models import LIMIT\n\n\ndef Order(n=LIMIT):\n    return n\n",
            id="name of the old module",
        ),
        pytest.param(
            "from os.path import *\n\n\ndef Order():\n    return 1\n\n\nprint(join)\n",
            "from os.path import *\n\n\nprint(join)\n",
            "def Order():\n    return 1\n",
            id="star import that it doesn't need",
        ),
        pytest.param(
            "from odd import *\n\n\ndef Order():\n    return thing\n",
            "from odd import *\n",
            "from odd import thing\n\n\ndef Order():\n    return thing\n",
            id="star import of a module outside",
        ),
        pytest.param(
            "from .cart import *\n\n\ndef Order():\n    return Cart\n",
            "from .cart import *\n",
            "from .cart import Cart\n\n\ndef Order():\n    return Cart\n",
            id="star import that it needs",
        ),
        pytest.param(
            "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
            "    from .cart import Cart\n\n\ndef Order(cart: Cart) -> None: ...\n",
            "from __future__ import annotations\n",
            "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
            "    from .cart import Cart\n\n\ndef Order(cart: Cart) -> None: ...\n",
            id="import for type checkers",
        ),
        pytest.param(
            "try:\n    import fast as json\nexcept ImportError:\n    import json\n\n\n"
            "def Order():\n    return json\n\n\nprint(json)\n",
            "try:\n    import fast as json\nexcept ImportError:\n    import json\n\n\nprint(json)\n",
            "from shop.models import json\n\n\ndef Order():\n    return json\n",
            id="guarded import",
        ),
        pytest.param(
            "import functools\n\n\n# --- orders\n\n# About it.\n# More.\n@functools.cache  # fast\n"
            "def Order():  # this\n    return 1  # one\n\n\n# --- rest\nX = 1\n",
            "# --- orders\n\n\n# --- rest\nX = 1\n",
            "import functools\n\n\n# About it.\n# More.\n@functools.cache  # fast\ndef Order():  # this\n"
            "    return 1  # one\n",
            id="comments and decorators",
        ),
        pytest.param("X = 1\nOrder = 2  # two\nY = 3\n", "X = 1\nY = 3\n", "Order = 2  # two\n", id="variable"),
        pytest.param(
            "Order: int = (\n    2\n)\nY = 3\n", "Y = 3\n", "Order: int = (\n    2\n)\n", id="annotated variable"
        ),
        pytest.param(
            '# Y.\nimport os\n\n# About it.\nOrder = os.sep\n"""Its docstring."""\nY = 3\n',
            "# Y.\nY = 3\n",
            'import os\n\n# About it.\nOrder = os.sep\n"""Its docstring."""\n',
            id="variable with a docstring",
        ),
        pytest.param(
            "from typing import overload\n\n\n@overload\ndef Order(x: int) -> int: ...\n@overload\n"
            "def Order(x: str) -> str: ...\ndef Order(x):\n    return x\n\n\nX = 1\n",
            "X = 1\n",
            "from typing import overload\n\n\n@overload\ndef Order(x: int) -> int: ...\n@overload\n"
            "def Order(x: str) -> str: ...\ndef Order(x):\n    return x\n",
            id="overloads",
        ),
        pytest.param(
            "async def Order():\n    return Order\n",
            "",
            "async def Order():\n    return Order\n",
            id="one that names itself",
        ),
        pytest.param(
            "class Order:\n    pass\n\n\ndef f(x=Order):\n    return x\n",
            "from shop.orders import Order\n\n\ndef f(x=Order):\n    return x\n",
            ORDER,
            id="used in the old module",
        ),
        pytest.param(
            '"""Models."""\n\nclass Order:\n    pass\n\n\nprint(Order)\n',
            '"""Models."""\n\nfrom shop.orders import Order\n\n\nprint(Order)\n',
            ORDER,
            id="used below a docstring",
        ),
        pytest.param(
            '__all__ = [\n    "Cart",\n    "Order",  # why\n]\n\nfrom .cart import Cart\n\n\nclass Order:\n    pass\n',
            '__all__ = [\n    "Cart",\n    # why\n]\n\nfrom .cart import Cart\n',
            ORDER,
            id="exported",
        ),
        pytest.param('__all__ = ["Order"]\n\n\nclass Order:\n    pass\n', "__all__ = []\n", ORDER, id="sole export"),
        pytest.param(
            '__all__ = ("Order", "X")\nX = 1\n\n\nclass Order:\n    pass\n',
            '__all__ = ("X",)\nX = 1\n',
            ORDER,
            id="tuple",
        ),
    ],
)
def test_it_moves_to_a_new_module(source: str, left: str, new: str) -> None:
    cart = {"shop/cart.py": "class Cart:\n    pass\n"}
    moved({"shop/models.py": source, **cart}, {"shop/models.py": left, "shop/orders.py": new})


@pytest.mark.parametrize(
    ("source", "new", "left", "after"),
    [
        pytest.param(
            ORDER,
            "import os\n\nprint(os)\n",
            "",
            "import os\n\nprint(os)\n\n\nclass Order:\n    pass\n",
            id="at the end",
        ),
        pytest.param(ORDER, "", "", ORDER, id="into an empty file"),
        pytest.param(
            ORDER, "X = 1", "", "X = 1\n\n\nclass Order:\n    pass", id="into a file without a newline at its end"
        ),
        pytest.param(
            ORDER,
            'def main(): ...\n\n\nif __name__ == "__main__":\n    main()\n',
            "",
            'def main(): ...\n\n\nclass Order:\n    pass\n\n\nif __name__ == "__main__":\n    main()\n',
            id="before the main block",
        ),
        pytest.param(
            ORDER,
            "from shop.models import Order\n\n\nclass Special(Order):\n    pass\n",
            "",
            "class Order:\n    pass\n\n\nclass Special(Order):\n    pass\n",
            id="before its first use",
        ),
        pytest.param(
            ORDER,
            "from shop import models\n\n\ndef f():\n    return models.Order()\n",
            "",
            "def f():\n    return Order()\n\n\nclass Order:\n    pass\n",
            id="used there through its module",
        ),
        pytest.param(
            "import json\nimport re\n\n\ndef Order():\n    return json, re\n",
            '"""Orders."""\n\nfrom __future__ import annotations\n\nimport json\n\nprint(json)\n',
            "",
            '"""Orders."""\n\nfrom __future__ import annotations\n\nimport json\nimport re\n\nprint(json)\n\n\n'
            "def Order():\n    return json, re\n",
            id="imports that are there already",
        ),
        pytest.param(
            "from shop.orders import helper\n\n\ndef Order():\n    return helper()\n",
            "def helper(): ...\n",
            "",
            "def helper(): ...\n\n\ndef Order():\n    return helper()\n",
            id="what the new module has",
        ),
        pytest.param(
            '__all__ = ["Order"]\n\n\nclass Order:\n    pass\n',
            "__all__ = ['x', 'y']\nx = y = 1\n",
            "__all__ = []\n",
            "__all__ = ['x', 'y', 'Order']\nx = y = 1\n\n\nclass Order:\n    pass\n",
            id="into __all__",
        ),
        pytest.param(
            ORDER,
            "__all__ = [\n    'x',\n]\nx = 1\n",
            "",
            "__all__ = [\n    'x',\n    'Order',\n]\nx = 1\n\n\nclass Order:\n    pass\n",
            id="into __all__ with lines",
        ),
        pytest.param(
            "import a_b\n\n\ndef Order():\n    return a_b\n",
            "# A note.\n\n# About f.\ndef f(): ...\n",
            "",
            "# A note.\n\nimport a_b\n\n\n# About f.\ndef f(): ...\n\n\ndef Order():\n    return a_b\n",
            id="imports into a module that has none",
        ),
    ],
)
def test_it_moves_to_a_module_that_is_there(source: str, new: str, left: str, after: str) -> None:
    moved({"shop/models.py": source, "shop/orders.py": new}, {"shop/models.py": left, "shop/orders.py": after})


def test_imports_that_others_take_from_the_old_module_stay() -> None:
    source = "import json\n\n\ndef Order():\n    return json\n"
    moved(
        {"shop/models.py": source, "app.py": "from shop.models import json\n\nprint(json)\n"},
        {"shop/models.py": "import json\n", "shop/orders.py": source},
    )


def test_relative_imports_are_spelled_anew_in_another_package() -> None:
    source = "from .cart import Cart\n\n\ndef Order():\n    from . import cart\n    return Cart, cart\n"
    new = "from shop.cart import Cart\n\n\ndef Order():\n    from shop import cart\n    return Cart, cart\n"
    files = {"shop/models.py": source, "shop/cart.py": "class Cart: ...\n", "shop/sub/__init__.py": ""}
    moved(files, {"shop/models.py": "", "shop/sub/orders.py": new}, destination="shop.sub.orders")


def test_an_alias_is_left_behind_on_request() -> None:
    moved(
        {"shop/models.py": ORDER, "app.py": "from shop.models import Order\n\nOrder()\n"},
        {
            "shop/models.py": "from shop.orders import Order as Order\n",
            "shop/orders.py": ORDER,
            "app.py": "from shop.orders import Order\n\nOrder()\n",
        },
        keep_alias=True,
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695 and PEP 701 are in Python 3.12")
def test_newer_syntax_is_no_obstacle() -> None:
    order = (
        "class Order[T: (int, str)]:\n    def f(self, x: T) -> list[T]:\n"
        '        return [x, f"{os.path.join(f"{x}", "y")}"]\n'
    )
    alias = 'type Orders = list["Order[int]"]\n'
    use = 'from shop import models{}\n\nprint(f"{{{}.Order[int].__name__:{{models.Orders}}}} {{f"{{{}.Order}}"}}")\n'
    moved(
        {"shop/models.py": f"import os\n\n\n{order}\n\n{alias}", "app.py": use.format("", "models", "models")},
        {
            "shop/models.py": f"from shop.orders import Order\n\n{alias}",
            "shop/orders.py": f"import os\n\n\n{order}",
            "app.py": use.format(", orders", "orders", "orders"),
        },
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695 is in Python 3.12")
def test_a_type_alias_moves() -> None:
    source = "class Cart: ...\n\n\ntype Order = list[Cart]\n"
    new = "from shop.models import Cart\n\ntype Order = list[Cart]\n"
    moved({"shop/models.py": source}, {"shop/models.py": "class Cart: ...\n", "shop/orders.py": new})


def test_form_feeds_and_line_ends_and_encodings_stay() -> None:
    moved(
        {
            "shop/models.py": b"\xef\xbb\xbfX = 1\r\n\x0c\r\n\r\nclass Order:\r\n    '''\xc3\xa4'''\r\n"
            b"\r\n\r\n\x0c\r\nY = 2",
            "shop/orders.py": b"# -*- coding: latin-1 -*-\nx = '\xe4'\n",
        },
        {
            "shop/models.py": b"\xef\xbb\xbfX = 1\r\n\x0c\r\n\r\n\r\n\x0c\r\nY = 2",
            "shop/orders.py": b"# -*- coding: latin-1 -*-\nx = '\xe4'\n\n\nclass Order:\n    '''\xe4'''\n",
        },
    )


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"shop/models.py": "", "shop/orders.py": ORDER}, id="moved"),
        pytest.param(
            {"shop/models.py": "from shop.orders import Order\n\nOrder()\n", "shop/orders.py": ORDER}, id="used"
        ),
    ],
)
def test_what_has_moved_already_stays(files: Mapping[str, str]) -> None:
    result = check_noop(codemod, {"shop/__init__.py": "", **files}, config=CONFIG)
    assert [(site.decision, site.path) for site in result.sites] == [("right", "shop/orders.py")]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        pytest.param(
            {"target": "shop.models:Ordr"}, r"there is no such definition \(did you mean 'Order'\?\)", id="name"
        ),
        pytest.param({"target": "shop.modles:Order"}, r"no such module .* 'shop.models'\?\)", id="module"),
        pytest.param({"target": "shop.models:Cart"}, "is imported there, from shop.cart", id="imported"),
        pytest.param({"destination": "shop.deep.orders"}, "there is no package shop.deep", id="package"),
        pytest.param({"destination": "shop.models"}, "is where Order is already", id="same"),
        pytest.param({"destination": ""}, "say what moves and where to", id="nothing"),
    ],
)
def test_wrong_usage_is_one_line(config: Mapping[str, str], message: str) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/models.py": "from shop.cart import Cart\n\n\nclass Order(Cart): ...\n",
        "shop/cart.py": "class Cart: ...\n",
    }
    with pytest.raises(UsageError, match=message):
        check_noop(codemod, files, config={**CONFIG, **config})


def test_imports_of_a_new_module_are_grouped_and_wrapped() -> None:
    names = [f"a_rather_long_name_{number}" for number in range(5)]
    source = (
        f"import os\nimport yaml\nfrom os import path\n\nfrom shop.cart import {', '.join(names)}\n\n\n"
        f"def Order():\n    return os, yaml, path, {', '.join(names)}\n"
    )
    lines = "".join(f"    {name},\n" for name in names)
    new = (
        f"import os\nfrom os import path\n\nimport yaml\n\nfrom shop.cart import (\n{lines})\n\n\n"
        f"def Order():\n    return os, yaml, path, {', '.join(names)}\n"
    )
    cart = "".join(f"{name} = 1\n" for name in names)
    moved({"shop/models.py": source, "shop/cart.py": cart}, {"shop/models.py": "", "shop/orders.py": new})


def test_every_promise_holds_where_both_modules_change() -> None:
    files = {
        "shop/__init__.py": "from .models import Order\n",
        "shop/models.py": '"""Models."""\n\nimport json\nimport os\n\n__all__ = ["Order"]\n\n\n# About it.\n'
        "class Order:\n    dump = json.dumps  # why\n\n\nprint(os)\n",
        "shop/orders.py": '"""Orders."""\n\nimport re\n\nprint(re)\n',
    }
    check_promises(codemod, files, CONFIG)


@pytest.mark.parametrize(
    ("there", "after"),
    [
        pytest.param('"""Orders."""\n', '"""Orders."""\n\nimport os\n\n\n', id="docstring"),
        pytest.param('"""Orders."""', '"""Orders."""\n\nimport os\n\n\n', id="docstring without a line end"),
        pytest.param("import sys\n", "import sys\nimport os\n\n\n", id="import"),
        pytest.param("# Orders\n", "# Orders\n\nimport os\n\n\n", id="comment"),
        pytest.param(
            "# -*- coding: utf-8 -*-\n\n# x\n", "# -*- coding: utf-8 -*-\n\n# x\n\nimport os\n\n\n", id="cookie"
        ),
        pytest.param(
            "import sys  # noqa: F401\n# end\n", "import sys  # noqa: F401\nimport os\n# end\n\n\n", id="comments"
        ),
    ],
)
def test_imports_come_before_the_definition_in_a_module_with_little_else(there: str, after: str) -> None:
    order = "class Order:\n    sep = os.sep\n"
    files = {"shop/__init__.py": "", "shop/models.py": f"import os\n\n\n{order}", "shop/orders.py": there}
    expected = {"shop/models.py": "", "shop/orders.py": (after + order).rstrip("\n" if there[-1:] != "\n" else "")}
    config = {"target": "shop.models:Order", "destination": "shop.orders"}
    check_transformed(codemod, files, expected, config=config)
