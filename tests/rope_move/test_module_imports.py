"""Uses through the module: which import of the new module they go by."""

from __future__ import annotations

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_noop, check_transformed

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
MODELS = "class Customer:\n    pass\n\n\nclass Order:\n    pass\n"
LEFT = "class Customer:\n    pass\n"
PACKAGE = {"shop/__init__.py": "", "shop/models.py": MODELS, "other/__init__.py": ""}
THERE = "X = 1\n"
JOINED = "X = 1\n\n\nclass Order:\n    pass\n"


def followed(before: str, after: str, path: str = "use.py") -> None:
    """Check how a file follows a move into a module that is there."""
    files = {**PACKAGE, "shop/orders.py": THERE, path: before}
    check_transformed(codemod, files, {"shop/models.py": LEFT, "shop/orders.py": JOINED, path: after}, config=CONFIG)


def refused(files: dict[str, str], destination: str = "shop.orders") -> list[tuple[str, str]]:
    """The code and reason of each refusal but that of the definition, where nothing moves."""
    result = check_noop(codemod, {**PACKAGE, **files}, config={**CONFIG, "destination": destination})
    assert "rewritten" not in {site.decision for site in result.sites}
    return [
        (site.code, site.reason) for site in result.sites if site.decision == "refused" and site.kind != "definition"
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from shop import models, orders\n\nmodels.Order(orders.X)\n",
            "from shop import orders\n\norders.Order(orders.X)\n",
            id="of the same statement",
        ),
        pytest.param(
            "from shop import models\nfrom shop import orders as o\n\nmodels.Order(o.X)\n",
            "from shop import orders as o\n\no.Order(o.X)\n",
            id="by another name",
        ),
        pytest.param(
            "from shop import models\nimport shop.orders as o\n\nmodels.Order(o.X, models.Customer)\n",
            "from shop import models\nimport shop.orders as o\n\no.Order(o.X, models.Customer)\n",
            id="plain import by another name",
        ),
        pytest.param(
            "def f():\n    from shop import models\n    return models.Order\n\n\nfrom shop import orders\n\norders.X\n",
            "def f():\n    return orders.Order\n\n\nfrom shop import orders\n\norders.X\n",
            id="of the top level, for a function",
        ),
    ],
)
def test_an_import_of_the_new_module_that_is_there_serves(before: str, after: str) -> None:
    followed(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "import shop.models as m\nfrom shop import models\n\nm.Order(models.Order)\n",
            "from shop import orders\n\norders.Order(orders.Order)\n",
            id="from-import second",
        ),
        pytest.param(
            "from shop import models\nimport shop.models as m\n\nm.Order(models.Order, m.Customer)\n",
            "from shop import orders\nimport shop.models as m\n\norders.Order(orders.Order, m.Customer)\n",
            id="from-import first",
        ),
        pytest.param(
            "import shop.models as m\nimport shop.models as n\n\nm.Order(n.Order, n.Customer)\n",
            "from shop import orders\nimport shop.models as n\n\norders.Order(orders.Order, n.Customer)\n",
            id="two names",
        ),
    ],
)
def test_the_new_module_is_imported_once(before: str, after: str) -> None:
    followed(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from shop import models\nimport shop.orders\n\nmodels.Order(shop.orders.X)\n",
            "from shop import orders\nimport shop.orders\n\norders.Order(shop.orders.X)\n",
            id="plain import",
        ),
        pytest.param(
            "from shop import models\n\nmodels.Order()\n\nimport shop.orders as o\n\no.X\n",
            "from shop import orders\n\norders.Order()\n\nimport shop.orders as o\n\no.X\n",
            id="comes after the use",
        ),
        pytest.param(
            "import shop.orders as o\nfrom shop import models\n\n\ndef f(o):\n    return models.Order(o)\n\n\no.X\n",
            "import shop.orders as o\nfrom shop import orders\n\n\ndef f(o):\n    return orders.Order(o)\n\n\no.X\n",
            id="a parameter hides its name",
        ),
        pytest.param(
            "import shop.orders as o\nfrom shop import models\n\n\ndef f():\n    import os as o\n\n"
            "    return models.Order(o)\n\n\no.X\n",
            "import shop.orders as o\nfrom shop import orders\n\n\ndef f():\n    import os as o\n\n"
            "    return orders.Order(o)\n\n\no.X\n",
            id="another import hides its name",
        ),
        pytest.param(
            "from typing import TYPE_CHECKING\n\nfrom shop import models\n\nif TYPE_CHECKING:\n"
            "    from shop import orders\n\nx: 'orders.X' = models.Order()\n",
            "from typing import TYPE_CHECKING\n\nfrom shop import orders\n\nif TYPE_CHECKING:\n"
            "    from shop import orders\n\nx: 'orders.X' = orders.Order()\n",
            id="for type checkers only",
        ),
        pytest.param(
            "def f():\n    from shop import models\n\n    return models.Order\n\n\ndef g():\n"
            "    from shop import orders\n\n    return orders\n",
            "def f():\n    from shop import orders\n\n    return orders.Order\n\n\ndef g():\n"
            "    from shop import orders\n\n    return orders\n",
            id="in another function",
        ),
    ],
)
def test_an_import_of_the_new_module_that_does_not_reach_the_use_is_left_alone(before: str, after: str) -> None:
    followed(before, after)


@pytest.mark.parametrize(
    ("use", "destination"),
    [
        pytest.param("from shop import models\n\nmodels.Order(models.Customer)\n", "other.models", id="of the old one"),
        pytest.param(
            "import shop.models as orders\n\norders.Order(orders.Customer)\n", "shop.orders", id="given by an alias"
        ),
    ],
)
def test_a_name_that_the_old_module_still_needs_is_not_given_to_the_new_one(use: str, destination: str) -> None:
    [(code, reason)] = refused({"use.py": use}, destination)
    assert code == "RM107"
    assert "is the old module here, which is still used" in reason


def test_a_module_of_the_same_name_takes_the_place_of_the_old_one_where_nothing_else_needs_that() -> None:
    check_transformed(
        codemod,
        {**PACKAGE, "use.py": "from shop import models\n\nmodels.Order()\n"},
        {
            "shop/models.py": LEFT,
            "other/models.py": "class Order:\n    pass\n",
            "use.py": "from other import models\n\nmodels.Order()\n",
        },
        config={**CONFIG, "destination": "other.models"},
    )


def test_a_name_that_hides_the_package_of_the_new_module_keeps_all_in_its_place() -> None:
    use = "import shop.models\n\nother = 3\nshop.models.Order(other)\n"
    assert [code for code, _ in refused({"use.py": use}, "other.orders")] == ["RM107"]


@pytest.mark.parametrize(
    ("use", "after"),
    [
        pytest.param("shop.models.Order()", "import shop.orders\n\nshop.orders.Order()\n", id="alone"),
        pytest.param(
            "shop.models.Order(shop.models.Customer)",
            "import shop\nimport shop.orders\n\nshop.orders.Order(shop.models.Customer)\n",
            id="with the old one",
        ),
    ],
)
def test_a_package_that_loads_the_old_module_is_not_taken_to_load_the_new_one(use: str, after: str) -> None:
    files = {**PACKAGE, "shop/__init__.py": "from . import models\n", "use.py": f"import shop\n\n{use}\n"}
    check_transformed(
        codemod,
        files,
        {"shop/models.py": LEFT, "shop/orders.py": "class Order:\n    pass\n", "use.py": after},
        config=CONFIG,
    )


REALM = {"realm/__init__.py": "", "realm/shop/models.py": MODELS, "realm/shop/orders.py": THERE}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from realm import shop\n\nshop.models.Order()\n",
            "from realm import shop\n\nshop.orders.Order()\n",
            id="from",
        ),
        pytest.param(
            "import realm.shop as s\n\ns.models.Order()\n", "import realm.shop as s\n\ns.orders.Order()\n", id="alias"
        ),
    ],
)
def test_a_package_that_loads_the_new_module_gives_it_as_its_attribute(before: str, after: str) -> None:
    check_transformed(
        codemod,
        {**REALM, "realm/shop/__init__.py": "from . import models, orders\n", "use.py": before},
        {"realm/shop/models.py": LEFT, "realm/shop/orders.py": JOINED, "use.py": after},
        config={"target": "realm.shop.models:Order", "destination": "realm.shop.orders"},
    )


@pytest.mark.parametrize(
    ("loads", "destination"),
    [
        pytest.param("from . import models\n", "realm.shop.orders", id="not loaded"),
        pytest.param("from . import models, orders\n", "realm.orders", id="another package"),
    ],
)
def test_a_package_that_has_no_such_attribute_gives_way_to_an_import_of_the_new_module(
    loads: str, destination: str
) -> None:
    above = destination.rpartition(".")[0]
    use = "from realm import shop\n\nshop.models.Order()\n"
    files = {**REALM, "realm/orders.py": THERE, "realm/shop/__init__.py": loads, "use.py": use}
    new = f"{destination.replace('.', '/')}.py"
    after = {"realm/shop/models.py": LEFT, new: JOINED, "use.py": f"from {above} import orders\n\norders.Order()\n"}
    check_transformed(codemod, files, after, config={"target": "realm.shop.models:Order", "destination": destination})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from a import u\n\nu.Order()\n", "from shop import orders\n\norders.Order()\n", id="imported from it"
        ),
        pytest.param(
            "from a import u\n\nu.Order(u.Customer)\n",
            "from a import u\nfrom shop import orders\n\norders.Order(u.Customer)\n",
            id="imported from it and needed",
        ),
        pytest.param(
            "import a\n\na.u.Order(a)\n", "import a\nfrom shop import orders\n\norders.Order(a)\n", id="attribute of it"
        ),
        pytest.param(
            "def f():\n    from a import u as w\n\n    return w.Order()\n",
            "def f():\n    from shop import orders\n\n    return orders.Order()\n",
            id="in a function",
        ),
    ],
)
def test_a_module_that_comes_through_another_one_gives_way_to_an_import_of_the_new_module(
    before: str, after: str
) -> None:
    files = {**PACKAGE, "shop/orders.py": THERE, "a.py": "import shop.models as u\n\nu.Customer()\n", "use.py": before}
    check_transformed(
        codemod, files, {"shop/models.py": LEFT, "shop/orders.py": JOINED, "use.py": after}, config=CONFIG
    )


@pytest.mark.parametrize(
    "star", [pytest.param("u.Order()\n", id="call"), pytest.param("x: 'u.Order' = 1\n", id="annotation")]
)
def test_a_module_that_comes_by_a_star_keeps_all_in_its_place(star: str) -> None:
    use = f"from a import *\n\n{star}"
    found = refused({"a.py": "import shop.models as u\n\nu.Customer()\n", "use.py": use})
    assert found == [("RM107", "`u` is no import of the old module here: import `Order` by its own name first")]


def test_one_statement_that_imports_the_old_module_twice_is_edited_once() -> None:
    before = "import shop.models, shop.models as m, os\n\nshop.models.Order(m.Order, os)\n"
    after = "import shop.orders, os\nfrom shop import orders\n\nshop.orders.Order(orders.Order, os)\n"
    followed(before, after)


def test_an_import_of_a_package_alone_does_not_load_the_old_module() -> None:
    before = "import shop.models\nimport shop\n\nshop.models.Order(shop.models.Customer)\n"
    after = "import shop.models\nimport shop.orders\nimport shop\n\nshop.orders.Order(shop.models.Customer)\n"
    followed(before, after)
