"""Modules as values: places where the definition may be taken in a way that nobody can follow are told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_transformed

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
PACKAGE = {"shop/__init__.py": "", "shop/models.py": "class Customer:\n    pass\n\n\nclass Order:\n    pass\n"}
MOVED = {"shop/models.py": "class Customer:\n    pass\n", "shop/orders.py": "class Order:\n    pass\n"}
IMPORT = "import importlib\n\n"


def told(files: Mapping[str, str], path: str = "use.py", expected: Mapping[str, str] = MOVED) -> list[tuple[str, int]]:
    """The code and line of each refusal in a file that stays as it is."""
    result = check_transformed(codemod, {**PACKAGE, **files}, expected, config=CONFIG)
    return [(site.code, site.line) for site in result.sites if site.path == path and site.decision == "refused"]


@pytest.mark.parametrize(
    ("use", "code", "line"),
    [
        pytest.param("from shop import models\n\nprint(vars(models))\n", "RM111", 3, id="vars"),
        pytest.param("from shop import models\n\nprint(dir(models))\n", "RM111", 3, id="dir"),
        pytest.param("import shop.models\n\nprint(shop.models.__dict__)\n", "RM111", 3, id="__dict__"),
        pytest.param(
            "from shop import models\n\n\ndef f(x):\n    return getattr(models, x)\n", "RM111", 5, id="getattr"
        ),
        pytest.param("R = {'Order': 'shop.models'}\n", "RM109", 1, id="two strings"),
        pytest.param("R = [('.shop.models', 'Order')]\n", "RM109", 1, id="two strings, relative"),
        pytest.param("M = 'shop.models'\nT = M + '.Order'\n", "RM109", 2, id="end of a sum"),
        pytest.param("M = 'shop.models'\nT = f'{M}:Order'\n", "RM109", 2, id="end of an f-string"),
        pytest.param("T = '%s.Order' % M\n", "RM109", 1, id="end of a form"),
        pytest.param("T = '{}.Order.x'.format(M)\n", "RM109", 1, id="end of another form"),
        pytest.param("T = PATH + 'Order'\n", "RM109", 1, id="name behind something"),
        pytest.param("T = '.'.join([P, 'Order'])\n", "RM109", 1, id="name joined"),
        pytest.param("T = 'shop.models.' + Order.__name__\n", "RM109", 1, id="begin of a sum"),
        pytest.param("T = f'shop.models.{Order}'\n", "RM109", 1, id="begin of an f-string"),
        pytest.param("T = 'shop.models:%s' % 'Order'\n", "RM109", 1, id="begin of a form"),
        pytest.param("mock.patch.dict('shop.models.__dict__', Order=1)\n", "RM109", 1, id="namespace by a string"),
        pytest.param("P = b'cshop.models\\nOrder\\n.'\n", "RM109", 1, id="pickle"),
        pytest.param(
            f"{IMPORT}m = importlib.import_module('shop.models')\nm.Order()\n", "RM111", 4, id="import_module"
        ),
        pytest.param(
            f"{IMPORT}m = importlib.import_module('shop.' + 'models')\nm.Order()\n", "RM111", 4, id="computed"
        ),
        pytest.param(
            f"{IMPORT}\ndef f(x):\n    return getattr(importlib.import_module(x), 'Order')\n", "RM111", 5, id="both"
        ),
        pytest.param("import sys\n\nsys.modules['shop.models'].Order()\n", "RM111", 3, id="sys.modules"),
        pytest.param(
            "import sys\n\n\ndef f(x):\n    return sys.modules[x].Order\n", "RM111", 5, id="sys.modules by a variable"
        ),
    ],
)
def test_it_is_told(use: str, code: str, line: int) -> None:
    assert told({"use.py": use}) == [(code, line)]


def test_a_module_that_goes_to_a_file_that_takes_the_name_of_something_is_told() -> None:
    taker = "def f(module):\n    return module.Order()\n"
    use = "import taker\n\nfrom shop import models\n\ntaker.f(models)\n"
    assert told({"taker.py": taker, "use.py": use}) == [("RM111", 5)]


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("import star\n\nprint(vars(star))\n", id="vars"),
        pytest.param("import star\n\nprint(star.__dict__['Order'])\n", id="__dict__"),
        pytest.param("import sys\n\nsys.modules['star'].Order()\n", id="sys.modules"),
        pytest.param(f"{IMPORT}m = importlib.import_module('star'); m.Order()\n", id="import_module"),
        pytest.param("import star\n\nm = star; print(m, lambda m: m.Order)\n", id="variable"),
    ],
)
def test_a_module_that_had_it_by_a_star_only_is_told_too(use: str) -> None:
    [(code, line)] = told({"star.py": "from shop.models import *\n\nCustomer()\n", "use.py": use})
    assert (code, line) == ("RM111", 3)


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("R = {'Order': 'shop.cart'}\n", id="two strings"),
        pytest.param("x = 'Order'\n", id="the name alone"),
        pytest.param("x = f'models.{Order}'\n", id="a word that is no module here"),
        pytest.param("x = 'new-Order', 'x.Order', '.Orders'\n", id="other words"),
        pytest.param("x = f'shop.cart.{Order}', 'shop.models2.' + 'x', Order\n", id="begin of another"),
        pytest.param("def f(x):\n    return x.Order\n", id="attribute of a parameter"),
        pytest.param(f"{IMPORT}m = importlib.import_module('shop.cart')\nm.Order()\n", id="another module"),
        pytest.param("P = b'cshop.cart\\nOrder\\n.'\n", id="pickle of another"),
        pytest.param("from shop import cart\n\nprint(vars(cart), getattr(cart, 'Order'))\n", id="namespace of another"),
    ],
)
def test_what_leads_elsewhere_is_not(use: str) -> None:
    assert told({"shop/cart.py": "class Order: ...\n", "use.py": use}) == []


@pytest.mark.parametrize(
    "look",
    [
        pytest.param("    return globals()[name]\n", id="globals"),
        pytest.param("    return getattr(sys.modules[__name__], name)\n", id="sys.modules"),
    ],
)
def test_the_old_module_that_looks_into_its_own_namespace_is_told(look: str) -> None:
    finder = f"import sys\n\n\ndef find(name):\n{look}\n\nprint(sys)\n"
    files = {"shop/models.py": f"{finder}\n\nclass Order:\n    pass\n"}
    assert told(files, "shop/models.py", {**MOVED, "shop/models.py": finder}) == [("RM111", 5)]


def test_the_new_module_that_looks_into_its_own_namespace_is_told() -> None:
    orders = "def names():\n    return dir()\n\n\nNAMES = dir()\n"
    expected = {**MOVED, "shop/orders.py": f"{orders}\n\nclass Order:\n    pass\n"}
    assert told({"shop/orders.py": orders}, "shop/orders.py", expected) == [("RM111", 5)]


def test_the_old_module_that_goes_on_using_it_has_it_still() -> None:
    files = {"shop/models.py": "class Order:\n    pass\n\n\ndef f():\n    return Order, globals()\n"}
    after = "from shop.orders import Order\n\n\ndef f():\n    return Order, globals()\n"
    assert told(files, "shop/models.py", {**MOVED, "shop/models.py": after}) == []


DOCUMENTED = '''def other():
    """
    >>> {}
    1
    """


def Order():
    """
    >>> {}
    1
    """
'''


@pytest.mark.parametrize(
    ("there", "moved", "expected"),
    [
        pytest.param("Order()", "1", [("RM110", 2)], id="by the old module"),
        pytest.param("from shop.models import Order", "1", [("RM110", 2)], id="imported from the old module"),
        pytest.param("1", "other()", [("RM110", 9)], id="of the old module"),
        pytest.param("1", "Order()", [], id="by itself"),
        pytest.param("1", "from shop.models import other; other()", [], id="that imports what it needs"),
    ],
)
def test_examples_that_see_another_module_now_are_told(there: str, moved: str, expected: list[tuple[str, int]]) -> None:
    text = DOCUMENTED.format(there, moved)
    at = text.index("def Order")
    after = {"shop/models.py": text[:at].rstrip() + "\n", "shop/orders.py": text[at:]}
    assert told({"shop/models.py": text}, "shop/models.py", after) == expected


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        pytest.param("@register('order')", [("RM112", 4)], id="a call"),
        pytest.param("@register", [("RM112", 4)], id="a name"),
        pytest.param("@final", [], id="one that does nothing else"),
    ],
)
def test_a_decorator_that_may_register_it_is_told(decorator: str, expected: list[tuple[str, int]]) -> None:
    name = decorator.strip("@").partition("(")[0]
    module = "typing" if name == "final" else "registry"
    files = {"shop/models.py": f"from {module} import {name}\n\n{decorator}\ndef Order(): ...\n"}
    after = {
        "shop/models.py": "",
        "shop/orders.py": f"from {module} import {name}\n\n\n{decorator}\ndef Order(): ...\n",
    }
    assert told(files, "shop/models.py", after) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param("register(Order)", [("RM112", 4)], id="given to something"),
        pytest.param("Order()", [("RM112", 4)], id="called"),
        pytest.param("x = Order()", [], id="called for its value"),
        pytest.param("x = Order().a.b[1]", [], id="read"),
        pytest.param("if __name__ == '__main__':\n    Order()", [], id="where the module is the program"),
        pytest.param("def f():\n    Order().a()", [], id="in a function"),
    ],
)
def test_what_the_old_module_does_with_it_while_it_is_imported_is_told(
    statement: str, expected: list[tuple[str, int]]
) -> None:
    files = {
        "shop/models.py": f"from registry import register\n\n\nclass Order:\n    pass\n\n\n{statement}\n\nregister(1)\n"
    }
    head = "from registry import register\nfrom shop.orders import Order\n"
    after = {"shop/models.py": f"{head}\n\n{statement}\n\nregister(1)\n", "shop/orders.py": "class Order:\n    pass\n"}
    found = told(files, "shop/models.py", after)
    assert found == [(code, line + 4) for code, line in expected]


def test_a_decorator_of_what_the_old_module_imports_runs_as_before() -> None:
    rest = "@register\ndef f():\n    return Order()\n"
    files = {"shop/models.py": f"from registry import register\n\n\n@register\ndef Order(): ...\n\n\n{rest}"}
    after = {
        "shop/models.py": f"from registry import register\nfrom shop.orders import Order\n\n\n{rest}",
        "shop/orders.py": "from registry import register\n\n\n@register\ndef Order(): ...\n",
    }
    assert told(files, "shop/models.py", after) == []
