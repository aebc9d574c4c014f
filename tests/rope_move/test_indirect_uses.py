"""Uses of the old module that are no plain attribute: strings, annotations in strings, mocks, the module as a value."""

from __future__ import annotations

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_noop, check_transformed

CONFIG = {"target": "shop.models:Order", "destination": "shop.orders"}
PACKAGE = {"shop/__init__.py": "", "shop/models.py": "class Customer:\n    pass\n\n\nclass Order:\n    pass\n"}
MOVED = {"shop/models.py": "class Customer:\n    pass\n", "shop/orders.py": "class Order:\n    pass\n"}
HEAD = "from shop import {0}\n\n"
MULTIPLE = "from unittest.mock import patch\n\nfrom shop import {0}\n\n\n@patch.multiple({0}, {1})\ndef test(): ...\n"


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(HEAD + "print(f'{{{0}.Order}} {{{0}.Order}}' f'{{{0}.Order!r:>{{{0}.Order}}}}')\n", id="f-string"),
        pytest.param(HEAD + "x: 'list[{0}.Order | None]' = []\n", id="annotation"),
        pytest.param("from typing import cast\n\n" + HEAD + "x = cast('{0}.Order', 1)\n", id="cast"),
        pytest.param(HEAD + "x = list['{0}.Order']\n", id="argument of a generic"),
        pytest.param(
            "from typing import TypeVar\n\n" + HEAD + "T = TypeVar('T', '{0}.Order', '{0}.Order')\n", id="TypeVar"
        ),
        pytest.param(HEAD + "match 1:\n    case {0}.Order():\n        pass\n", id="pattern"),
        pytest.param(HEAD + "{0}.Order += 1\ndel {0}.Order\n", id="changed and deleted"),
        pytest.param(
            HEAD + "if hasattr({0}, 'Order'):\n    delattr({0}, 'Order')\n    setattr({0}, 'Order', 1)\n", id="setattr"
        ),
        pytest.param(HEAD + "def test(mocker):\n    mocker.spy({0}, 'Order')\n", id="spy"),
        pytest.param("def f():\n    from shop import {0}\n\n    class A:\n        x = {0}.Order\n", id="in a class"),
        pytest.param(HEAD + "def test(mocker):\n    mocker.patch.object({0}, attribute='Order')\n", id="attribute"),
        pytest.param(HEAD + "def test(patch):\n    patch.setattr(target={0}, name='Order', value=1)\n", id="target"),
        pytest.param("def test(mocker):\n    mocker.patch(target='shop.{0}.Order')\n", id="target by a string"),
        pytest.param("def test(mocker):\n    mocker.patch.multiple('shop.{0}', Order=1)\n", id="multiple by a string"),
        pytest.param("import importlib\n\nx = getattr(importlib.import_module('shop.{0}'), 'Order')\n", id="of a call"),
        pytest.param(
            "def test(monkeypatch):\n    monkeypatch.setattr('shop.{0}.Order', 1)\n", id="setattr by a string"
        ),
    ],
)
def test_it_follows(use: str) -> None:
    before, after = use.format("models"), use.format("orders")
    result = check_transformed(codemod, {**PACKAGE, "use.py": before}, {**MOVED, "use.py": after}, config=CONFIG)
    assert {site.decision for site in result.sites if site.path == "use.py"} == {"rewritten"}


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(HEAD.format("models") + "x: 'models.' 'Order' = 1\n", id="annotation in parts"),
        pytest.param(HEAD.format("models") + "x: \"list['models.Order']\" = []\n", id="annotation in an annotation"),
        pytest.param(HEAD.format("models") + "x: '''list[\nmodels.Order]''' = 1\n", id="annotation in lines"),
        pytest.param(HEAD.format("models") + "x = (models\n     .Order)\n", id="line break before the name"),
        pytest.param(MULTIPLE.format("models", "Order=1, Customer=2"), id="mock of several"),
        pytest.param("class A:\n    from shop import models\n\n    x = models.Order\n", id="attribute of a class"),
        pytest.param(MULTIPLE.format("'shop.models'", "Order=1, Customer=2"), id="mock of several by a string"),
    ],
)
def test_what_can_not_be_edited_keeps_all_in_its_place(use: str) -> None:
    use = use.replace("from shop import 'shop.models'\n", "import shop.models\n")
    result = check_noop(codemod, {**PACKAGE, "use.py": use}, config=CONFIG)
    assert "RM107" in {site.code for site in result.sites if site.path == "use.py"}


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("m = models\nm.Order()\n", id="variable"),
        pytest.param("def f(m):\n    return m.Order\n\n\nf(models)\n", id="argument"),
        pytest.param("vars(models)['Order']\n", id="namespace"),
    ],
)
def test_the_old_module_as_a_value_is_told(use: str) -> None:
    files = {**PACKAGE, "use.py": HEAD.format("models") + use}
    result = check_transformed(codemod, files, MOVED, config=CONFIG)
    assert [site.code for site in result.sites if site.path == "use.py"] == ["RM111"]


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(HEAD.format("models") + "print(models, models.Customer)\n", id="value, without the name"),
        pytest.param(MULTIPLE.format("models", "Customer=2"), id="mock of another name"),
        pytest.param("import importlib\n\nimportlib.import_module('shop.models')\n", id="module that is imported only"),
        pytest.param("import importlib\n\nx = importlib.import_module('shop.models').Customer\n", id="another name"),
        pytest.param("from other import models\n\nmodels.Order()\n", id="another module"),
    ],
)
def test_what_has_nothing_to_do_with_it_is_no_site(use: str) -> None:
    result = check_transformed(codemod, {**PACKAGE, "use.py": use}, MOVED, config=CONFIG)
    assert [site for site in result.sites if site.path == "use.py"] == []


def test_what_another_module_passes_on_is_kept() -> None:
    cart = "from shop.{} import Order\n\nprint(Order)\n"
    files = {**PACKAGE, "shop/cart.py": cart.format("models"), "use.py": "from shop import cart\n\ncart.Order()\n"}
    result = check_transformed(codemod, files, {**MOVED, "shop/cart.py": cart.format("orders")}, config=CONFIG)
    [site] = [site for site in result.sites if site.path == "use.py"]
    assert (site.decision, site.reason) == ("kept", "it leads through another module, which still has it")
