"""A synthetic monorepo: the mixture of a real one in any size, the same bytes for the same seed.

About 15 % of the files reach a WebSocket manager, each in one of the ways that a study of real repositories counted;
the others have nothing to do with any, and a few of these are large.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from string import Template

SHARE_OF_USERS = 0.15
SHARE_OF_TESTS = 0.6
"""Of the files that use a manager, so many are tests: in code bases that were migrated halfway it is most of them."""

CONFIGURATION = """\
[tool.codemods.websocket_ssot]
factory = "shop.realtime.manager:get_websocket_manager"
class = "shop.realtime.unified_manager:UnifiedWebSocketManager"
"""
OLD_NAME, NEW_NAME = "shop.realtime.legacy:WebSocketManager", "shop.realtime.manager:get_websocket_manager"
CLASS_NAME = "shop.realtime.unified_manager:UnifiedWebSocketManager"

CORE = {
    "shop/__init__.py": "",
    "shop/services/__init__.py": "",
    "shop/realtime/__init__.py": (
        "from shop.realtime.legacy import WebSocketManager, create_websocket_manager\n\n"
        '__all__ = ["WebSocketManager", "create_websocket_manager"]\n'
    ),
    "shop/realtime/unified_manager.py": """\
class UnifiedWebSocketManager:
    def __init__(self, mode="unified", user_context=None):
        self.mode = mode
        self.user_context = user_context

    async def send(self, event, **payload):
        return event, payload

    def is_open(self):
        return self.mode != "closed"
""",
    "shop/realtime/manager.py": """\
from shop.realtime.unified_manager import UnifiedWebSocketManager


def get_websocket_manager(user_context=None, mode="unified"):
    return UnifiedWebSocketManager(mode, user_context)
""",
    "shop/realtime/legacy.py": """\
import warnings


class WebSocketManager:
    def __new__(cls, *args, **kwargs):
        raise RuntimeError("use get_websocket_manager()")


def create_websocket_manager(user_context, mode="unified"):
    warnings.warn("use get_websocket_manager()", DeprecationWarning, stacklevel=2)
    from shop.realtime.manager import get_websocket_manager

    return get_websocket_manager(user_context, mode)


async def create_websocket_manager_async(user_context):
    from shop.realtime.manager import get_websocket_manager

    return get_websocket_manager(user_context)
""",
}

_LEGACY = "from shop.realtime.legacy import "
USES: tuple[tuple[int, str, str], ...] = (
    (30, _LEGACY + "WebSocketManager", 'manager = WebSocketManager("unified", context)'),
    (18, "from shop.realtime import WebSocketManager", "manager = WebSocketManager(user_context=context)"),
    (12, "from shop.realtime import create_websocket_manager", "manager = create_websocket_manager(context)"),
    (8, _LEGACY + "create_websocket_manager_async", "manager = await create_websocket_manager_async(context)"),
    (8, "", _LEGACY + "WebSocketManager as Manager\n\n    manager = Manager(user_context=context)"),
    (12, "from shop.realtime.manager import get_websocket_manager", "manager = get_websocket_manager(context)"),
    (6, "from shop.realtime.gone import WebSocketManager", "manager = WebSocketManager(user_context=context)"),
    (4, _LEGACY + "WebSocketManager", "manager: WebSocketManager = context.manager"),
    (2, _LEGACY + "create_websocket_manager", "manager = create_websocket_manager(context, priority=1)"),
)
"""(weight, import at the top, what a function does with it): the forms of use and about how often each occurs."""

_USER = Template("""\
\"\"\"Service $number.\"\"\"

import asyncio
$imported

$filler
async def handle_$number(context, number):
    $use
    await manager.send("event", number=number)
    return manager.is_open()
""")
_TEST = Template("""\
\"\"\"Tests of service $number.\"\"\"

from unittest.mock import MagicMock, patch

import pytest
$imported

$filler
@pytest.mark.asyncio
async def test_service_$number():
    context = MagicMock()
    $use
    with patch("shop.realtime.legacy.create_websocket_manager"):
        assert manager is not None
""")
_FUNCTION = Template("""\
def $verb${noun}_$number($noun, limit=$limit):
    \"\"\"$Verb the $noun up to a limit.\"\"\"
    total = 0
    for index, item in enumerate($noun):
        if index >= limit or item is None:
            break
        total += item.get("$key", $limit) if isinstance(item, dict) else int(item)
    return {"$key": total, "rows": [row for row in $noun if row], "limit": limit}


""")
_VERBS = ("load", "check", "merge", "price", "ship", "count", "order", "find")
_NOUNS = ("orders", "parcels", "customers", "articles", "invoices", "stores", "baskets", "returns")


def corpus(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """(path, text) of each file of a corpus of `count` modules beside the core of a few."""
    chance = random.Random(seed)
    yield "pyproject.toml", CONFIGURATION
    yield from CORE.items()
    for number in range(count):
        if chance.random() < SHARE_OF_USERS:
            yield _user(number, chance)
        else:
            size = chance.choice((400, 600)) if chance.random() < 0.01 else chance.randint(3, 50)
            yield f"shop/services/part_{number:05}.py", f'"""Part {number}."""\n\n\n' + _filler(size, chance)


def _user(number: int, chance: random.Random) -> tuple[str, str]:
    _weight, imported, use = chance.choices(USES, [use[0] for use in USES])[0]
    is_test = chance.random() < SHARE_OF_TESTS
    path = f"tests/test_service_{number:05}.py" if is_test else f"shop/services/service_{number:05}.py"
    text = (_TEST if is_test else _USER).substitute(
        number=number, imported=imported, use=use, filler=_filler(chance.randint(2, 40), chance)
    )
    return path, text


def _filler(functions: int, chance: random.Random) -> str:
    parts = []
    for number in range(functions):
        verb, noun, limit = chance.choice(_VERBS), chance.choice(_NOUNS), chance.randint(1, 999)
        words = {"verb": f"{verb}_", "Verb": verb.title(), "noun": noun, "key": noun[:-1]}
        parts.append(_FUNCTION.substitute(words, number=number, limit=limit))
    return "".join(parts)


def write_corpus(folder: Path, count: int, seed: int) -> int:
    """Write a corpus; returns how many Python files it has."""
    written = 0
    for path, text in corpus(count, seed):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        written += path.endswith(".py")
    return written
