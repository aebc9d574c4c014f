"""Orders: the customer hears of every step."""

from shop.app import app
from shop.context import UserContext
from shop.realtime import create_websocket_manager
from shop.realtime.compat import create_websocket_manager_async


@app.websocket("/orders/placed")
async def order_placed(context: UserContext, number: int) -> str:
    manager = create_websocket_manager(context)  # one for each user
    await manager.send("order placed", number=number)
    return f"order {number} placed"


@app.websocket("/orders/shipped")
async def order_shipped(context: UserContext, number: int, parcels: int = 1) -> str:
    manager = await create_websocket_manager_async(context)
    await manager.send("order shipped", number=number, parcels=parcels)
    return f"order {number} shipped"


@app.websocket("/orders/cancelled")
async def order_cancelled(context: UserContext, number: int) -> str:
    # The module went in the last clean-up.
    from shop.realtime.sessions import create_websocket_manager as make_manager

    manager = make_manager(context, mode="unified")
    await manager.send("order cancelled", number=number)
    return f"order {number} cancelled"
