from __future__ import annotations

import pytest

from codemods.toolkit.codemod import UsageError
from codemods.websocket_ssot.config import reference


def test_a_reference_is_a_module_and_a_name() -> None:
    assert reference("shop.ws.manager:get_websocket_manager", "factory") == ("shop.ws.manager", "get_websocket_manager")


@pytest.mark.parametrize("value", ["shop.ws.manager", "shop.ws:a.b", ":name", "shop..ws:name", "shop/ws.py:name"])
def test_anything_else_is_told_with_its_key(value: str) -> None:
    with pytest.raises(UsageError, match=r"^factory: '.*' is not of the form package\.module:name$"):
        reference(value, "factory")
