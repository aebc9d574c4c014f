"""What the configuration takes: names of modules and of what stands at their top level."""

from __future__ import annotations

import re

import pytest

from codemods.rope_move import codemod
from codemods.rope_move.config import Config
from codemods.testing import check_noop
from codemods.toolkit.codemod import UsageError


@pytest.mark.parametrize(
    ("target", "destination", "message"),
    [
        pytest.param("shop.models", "shop.orders", "target: 'shop.models' is no package.module:name", id="no name"),
        pytest.param(":Order", "shop.orders", "target: ':Order' is no package.module:name", id="no module"),
        pytest.param("shop.class:Order", "shop.orders", "is no package.module:name", id="keyword"),
        pytest.param("shop.models:Order.save", "shop.orders", "Order.save is not at the top level", id="method"),
        pytest.param("shop.models:Order", "shop/orders.py", "'shop/orders.py' is no package.module", id="path"),
    ],
)
def test_what_is_no_name_is_an_error(target: str, destination: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Config(target=target, destination=destination)


@pytest.mark.parametrize(
    ("files", "destination", "message"),
    [
        pytest.param({"shop/sub/x.py": ""}, "shop.sub", "shop.sub is a package without a file of its own", id="folder"),
        pytest.param({"shop/orders.py": "def f(:\n"}, "shop.orders", "shop/orders.py can't be parsed", id="broken"),
    ],
)
def test_a_destination_that_can_hold_nothing_is_an_error(files: dict[str, str], destination: str, message: str) -> None:
    package = {"shop/__init__.py": "", "shop/models.py": "Order = 1\n"}
    with pytest.raises(UsageError, match=re.escape(message)):
        check_noop(codemod, {**package, **files}, config={"target": "shop.models:Order", "destination": destination})
