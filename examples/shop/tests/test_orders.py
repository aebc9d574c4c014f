"""Orders, seen from outside."""

from unittest.mock import AsyncMock, MagicMock, patch

import pytest

from shop import chat, orders, payments  # noqa: F401  (registers the routes)
from shop.app import app
from shop.context import UserContext
from shop.realtime.manager import get_websocket_manager

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_a_customer_hears_of_a_placed_order() -> None:
    anna = UserContext("anna")
    assert app.handle("/orders/placed", context=anna, number=7) == "order 7 placed"
    assert get_websocket_manager(anna).sent[-1] == {"event": "order placed", "number": 7}


def test_a_customer_hears_of_a_shipped_order() -> None:
    ben = UserContext("ben")
    assert app.handle("/orders/shipped", context=ben, number=7) == "order 7 shipped"
    assert get_websocket_manager(ben).sent[-1]["parcels"] == 1


def test_an_order_is_told_through_the_manager_of_its_customer() -> None:
    cleo = UserContext("cleo")
    with patch("shop.orders.create_websocket_manager", autospec=True) as create:
        create.return_value = MagicMock(send=AsyncMock())
        app.handle("/orders/placed", context=cleo, number=8)
    create.assert_called_once_with(cleo)


@pytest.mark.xfail(reason="imports a module that is gone", raises=ImportError)
def test_a_customer_hears_of_a_cancelled_order() -> None:
    dora = UserContext("dora")
    assert app.handle("/orders/cancelled", context=dora, number=9) == "order 9 cancelled"
    assert get_websocket_manager(dora).sent[-1]["event"] == "order cancelled"


@pytest.mark.xfail(reason="the guarded import always fails", raises=AssertionError)
def test_a_customer_hears_of_a_payment() -> None:
    assert app.handle("/payments/received", context=UserContext("emil"), cents=1250) == "12.50 received and told"
