"""Payments: the till works also where nobody listens."""

from shop.app import app
from shop.context import UserContext

try:
    from shop.realtime.broadcast import WebSocketManager  # the module was renamed long ago: this always fails
except ImportError:
    WebSocketManager = None


@app.websocket("/payments/received")
async def payment_received(context: UserContext, cents: int) -> str:
    told = "in silence"
    if WebSocketManager is not None:
        await WebSocketManager(user_context=context).send("payment received", cents=cents)
        told = "and told"
    return f"{cents / 100:.2f} received {told}"
