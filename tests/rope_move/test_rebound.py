"""Names of the old module that anything but one import binds, too: what they are at a use can't be told."""

from __future__ import annotations

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_noop, check_transformed

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
PACKAGE = {"shop/__init__.py": "", "shop/models.py": "class Customer:\n    pass\n\n\nclass Order:\n    pass\n"}
MOVED = {"shop/models.py": "class Customer:\n    pass\n", "shop/orders.py": "class Order:\n    pass\n"}


@pytest.mark.parametrize(
    ("use", "line"),
    [
        pytest.param(
            "def f():\n    import shop.models as u\n    u.Order()\n    u = None\n", 3, id="set behind it in a function"
        ),
        pytest.param(
            "def f(x):\n    if x:\n        from shop import models as m\n    else:\n        m = None\n"
            "    return m and m.Order\n",
            6,
            id="in one of two branches",
        ),
        pytest.param(
            "def f():\n    from shop import models\n    from shop import models\n    models.Order()\n",
            4,
            id="imported twice",
        ),
        pytest.param(
            "class A:\n    from shop import models\n    x = models.Order\n    models = 3\n", 3, id="set in a class"
        ),
        pytest.param("from shop import models\nmodels.Order()\nmodels = 3\n", 2, id="set at the top level"),
        pytest.param(
            "import sys\n\nif sys.argv:\n    from shop import models\nelse:\n    from other import models\n"
            "models.Order()\n",
            7,
            id="one of two modules",
        ),
        pytest.param(
            "def f():\n    from shop import models\n    models.Order()\n    del models\n", 3, id="deleted in a function"
        ),
        pytest.param("from shop import models\nmodels.Order()\ndel models\n", 2, id="deleted"),
        pytest.param(
            "def f():\n    from shop import models\n\n    def g():\n        nonlocal models\n        models = None\n\n"
            "    g()\n    return models.Order\n",
            9,
            id="set by an inner function",
        ),
        pytest.param(
            "from shop import models\n\n\ndef f():\n    global models\n    models = 3\n\n\nmodels.Order()\n",
            9,
            id="set by a function",
        ),
    ],
)
def test_nothing_moves(use: str, line: int) -> None:
    files = {**PACKAGE, "other/__init__.py": "", "other/models.py": "class Order: ...\n", "use.py": use}
    result = check_noop(codemod, files, config=CONFIG)
    assert ("RM107", line) in [(site.code, site.line) for site in result.sites if site.path == "use.py"]


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("def f(models):\n    return models.Order\n", id="parameter"),
        pytest.param("def f():\n    models = 1\n    return models.Order\n", id="variable"),
        pytest.param("def f():\n    from other import models\n    return models.Order\n", id="another module"),
        pytest.param(
            "def f(x):\n    from other import models\n    if x:\n        models = 1\n    return models.Order\n",
            id="another module or a variable",
        ),
    ],
)
def test_what_hides_the_old_module_is_left_alone(use: str) -> None:
    files = {**PACKAGE, "other/__init__.py": "", "other/models.py": "class Order: ...\n"}
    files["use.py"] = f"from shop import models\n\nmodels.Customer()\n\n\n{use}"
    check_transformed(codemod, files, MOVED, config=CONFIG)


def test_none_where_it_is_not_there_is_no_other_module() -> None:
    before = "try:\n    from shop import models\nexcept ImportError:\n    models = None\nx = models and models.Order\n"
    after = before.replace("import models", "import models, orders").replace("models.Order", "orders.Order")
    check_transformed(codemod, {**PACKAGE, "use.py": before}, {**MOVED, "use.py": after}, config=CONFIG)
