"""What star imports brought, and what others take from the modules that use the definition."""

from __future__ import annotations

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_noop, check_transformed

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
MODELS = "class Customer:\n    pass\n\n\nclass Order:\n    pass\n"
PACKAGE = {"shop/__init__.py": "", "shop/models.py": MODELS}
MOVED = {"shop/models.py": "class Customer:\n    pass\n", "shop/orders.py": "class Order:\n    pass\n"}
STAR = "from shop.models import *\n"
BOTH = "from shop.models import *\nfrom shop.orders import Order\n"
GIVEN = "from shop.models import *\n\nCustomer()\n"
PATCH = "from unittest.mock import patch\n\n\n@patch('use.{}')\ndef test(mock): ...\n"
SET = "import use\n\n\ndef test(monkeypatch):\n    monkeypatch.setattr(use, '{}', 1)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(f"{STAR}\nOrder(Customer)\n", f"{BOTH}\nOrder(Customer)\n", id="used"),
        pytest.param(f"{STAR}\n__all__ = ['Order']\n", f"{BOTH}\n__all__ = ['Order']\n", id="exported"),
        pytest.param(
            "try:\n    from shop.models import *\nexcept ImportError:\n    Order = None\n\nOrder\n",
            "try:\n    from shop.models import *\n    from shop.orders import Order\nexcept ImportError:\n"
            "    Order = None\n\nOrder\n",
            id="with a fallback",
        ),
        pytest.param(
            "import sys\n\nif sys.argv:\n    from shop.models import *\nelse:\n    class Order: ...\n\nOrder\n",
            "import sys\n\nif sys.argv:\n    from shop.models import *\n    from shop.orders import Order\nelse:\n"
            "    class Order: ...\n\nOrder\n",
            id="in one of two branches",
        ),
        pytest.param(f"Order = None\n{STAR}\nOrder\n", f"Order = None\n{BOTH}\nOrder\n", id="takes a place"),
        pytest.param(
            f"from typing import TYPE_CHECKING\n{STAR}\nif TYPE_CHECKING:\n    from shop.models import Order\nOrder\n",
            f"from typing import TYPE_CHECKING\n{BOTH}\nif TYPE_CHECKING:\n    from shop.orders import Order\nOrder\n",
            id="by its name for type checkers only",
        ),
    ],
)
def test_a_star_import_is_joined_by_an_import_of_the_name(before: str, after: str) -> None:
    check_transformed(codemod, {**PACKAGE, "use.py": before}, {**MOVED, "use.py": after}, config=CONFIG)


@pytest.mark.parametrize(
    "taker",
    [
        pytest.param("from use import Order\n\nOrder()\n", id="by its name"),
        pytest.param("from use import *\n\nOrder()\n", id="by a star"),
    ],
)
def test_a_star_import_that_others_take_the_name_from_is_joined_by_an_import_of_it(taker: str) -> None:
    files = {**PACKAGE, "use.py": GIVEN, "taker.py": taker}
    check_transformed(codemod, files, {**MOVED, "use.py": f"{BOTH}\nCustomer()\n"}, config=CONFIG)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(f"{STAR}\n\nclass Order: ...\n\n\nOrder()\n", "", id="its own"),
        pytest.param(f"{STAR}from other import Order\n\nOrder()\n", "", id="of another module"),
        pytest.param(f"{STAR}from shop.models import Order\n\nOrder()\n", f"{BOTH}\nOrder()\n", id="by its name"),
    ],
)
def test_a_star_import_whose_name_something_else_gives_stays_alone(before: str, after: str) -> None:
    check_transformed(codemod, {**PACKAGE, "use.py": before}, {**MOVED, "use.py": after or before}, config=CONFIG)


def test_a_star_import_in_the_new_module_stays_for_the_other_names() -> None:
    before = f"{STAR}\n\ndef f():\n    return Order(Customer)\n"
    files = {**PACKAGE, "shop/orders.py": before}
    after = f"{before}\n\nclass Order:\n    pass\n"
    check_transformed(codemod, files, {**MOVED, "shop/orders.py": after}, config=CONFIG)


@pytest.mark.parametrize(
    "taker",
    [
        pytest.param("import use\n\nuse.Order()\n", id="attribute"),
        pytest.param("import use\n\nfound = getattr(use, 'Order')\n", id="getattr"),
        pytest.param(PATCH.format("Order"), id="patch"),
        pytest.param(SET.format("Order"), id="monkeypatch"),
        pytest.param(
            "from django.utils.module_loading import import_string\n\nfound = import_string('use.Order')\n",
            id="import_string",
        ),
        pytest.param("import importlib\n\nimportlib.import_module('use').Order()\n", id="import_module"),
        pytest.param("found = getattr(__import__('use'), 'Order')\n", id="__import__"),
    ],
)
def test_a_name_that_others_look_up_beside_a_star_import_is_passed_on_by_name(taker: str) -> None:
    files = {**PACKAGE, "use.py": GIVEN, "taker.py": taker}
    after = "from shop.models import *\nfrom shop.orders import Order as Order\n\nCustomer()\n"
    check_transformed(codemod, files, {**MOVED, "use.py": after}, config=CONFIG)


@pytest.mark.parametrize(
    "taker",
    [
        pytest.param("import use\n\nuse.models.Customer()\n", id="attribute"),
        pytest.param(PATCH.format("models"), id="patch"),
        pytest.param(SET.format("models"), id="monkeypatch"),
    ],
)
def test_a_module_that_others_look_up_in_its_user_does_not_leave_it(taker: str) -> None:
    use = "from shop import models\n\nmodels.Order()\n"
    result = check_noop(codemod, {**PACKAGE, "use.py": use, "taker.py": taker}, config=CONFIG)
    reasons = [site.reason for site in result.sites if (site.code, site.path) == ("RM107", "use.py")]
    assert reasons == [
        "taker.py takes `models` from here, where nothing else would use it: import shop.models there first"
    ]


@pytest.mark.parametrize(
    "taker",
    [
        pytest.param("from use import u\n\nu.Customer()\n", id="by its name"),
        pytest.param(
            "import use\n\n\ndef f():\n    from use import u as w\n\n    return w, use.f\n", id="in a function"
        ),
    ],
)
def test_a_module_that_others_import_from_its_user_by_another_name_does_not_leave_it(taker: str) -> None:
    before = "import shop.models as u\n\n\ndef f():\n    return u.Order()\n"
    after = before.replace("as u\n", "as u\nfrom shop import orders\n").replace("u.Order", "orders.Order")
    files = {**PACKAGE, "use.py": before, "taker.py": taker}
    check_transformed(codemod, files, {**MOVED, "use.py": after}, config=CONFIG)


@pytest.mark.parametrize(
    "taker",
    [
        pytest.param("import use\n\nuse.u.Customer()\n", id="attribute"),
        pytest.param(PATCH.format("u.Customer"), id="patch"),
    ],
)
def test_a_module_that_others_look_up_in_its_user_by_another_name_does_not_leave_it(taker: str) -> None:
    use = "import shop.models as u\n\n\ndef f():\n    return u.Order()\n"
    result = check_noop(codemod, {**PACKAGE, "use.py": use, "taker.py": taker}, config=CONFIG)
    assert [site.code for site in result.sites if site.path == "use.py" and site.kind == "import"] == ["RM107"]


def test_a_list_of_exports_that_takes_over_that_of_the_old_module_keeps_all_in_its_place() -> None:
    models = "__all__ = ['Customer', 'Order']\n\n" + MODELS
    use = "from shop import models\nfrom shop.models import *\n\n__all__ = ['x']\n__all__ += models.__all__\nx = 1\n"
    result = check_noop(codemod, {**PACKAGE, "shop/models.py": models, "use.py": use}, config=CONFIG)
    assert ("RM107", "models.__all__") in [(site.code, site.name) for site in result.sites]


def test_a_list_of_exports_that_never_had_the_name_is_no_obstacle() -> None:
    models = "__all__ = ['Customer']\n\n" + MODELS
    use = "from shop import models\n\n__all__ = models.__all__\n"
    files = {**PACKAGE, "shop/models.py": models, "use.py": use}
    after = "__all__ = ['Customer']\n\n" + MOVED["shop/models.py"]
    check_transformed(codemod, files, {**MOVED, "shop/models.py": after}, config=CONFIG)


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        pytest.param(
            "from shop import models\n\n__all__ = ['models']\nmodels.Order()\n",
            "from shop import models, orders\n\n__all__ = ['models']\norders.Order()\n",
            "use.py",
            id="exported",
        ),
        pytest.param(
            "from shop import models as models\n\nmodels.Order()\n",
            "from shop import models as models, orders\n\norders.Order()\n",
            "use.py",
            id="as itself",
        ),
        pytest.param(
            "from shop import models\n\nmodels.Order()\n",
            "from shop import models, orders\n\norders.Order()\n",
            "app/__init__.py",
            id="in a package",
        ),
        pytest.param(
            "from shop import models\n\nmodels.Order()\n",
            "from shop import models, orders\n\norders.Order()\n",
            "used.py",
            id="imported by another",
        ),
    ],
)
def test_an_import_of_the_old_module_that_others_may_need_stays(before: str, after: str, path: str) -> None:
    files = {**PACKAGE, "taker.py": "from used import models\n\nmodels.Customer()\n", path: before}
    check_transformed(codemod, files, {**MOVED, path: after}, config=CONFIG)
