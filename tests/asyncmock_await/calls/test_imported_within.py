"""Names that only functions of a test module import."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

MAIL = "async def send(text):\n    return text\n\n\nasync def open(path):\n    return path\n"
OTHER = "def send(text):\n    return text\n"
FILES = {
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
    "shop/__init__.py": "",
    "shop/mail.py": MAIL,
    "other.py": OTHER,
}
WITHIN = "async def test_a():\n    from shop.mail import send\n    "

LOST = [
    pytest.param(WITHIN, "send(1)", "\n", id="a from-import"),
    pytest.param(WITHIN + "assert ", "send(1)", " == 1\n", id="its value"),
    pytest.param("async def test_a():\n    from shop import mail\n    ", "mail.send(1)", "\n", id="of a module"),
    pytest.param("async def test_a():\n    import shop.mail as m\n    ", "m.send(1)", "\n", id="an import with a name"),
    pytest.param(
        "async def test_a():\n    if 1:\n        from shop.mail import send\n    ", "send(1)", "\n", id="in a block"
    ),
    pytest.param(
        "async def test_b():\n    from shop.mail import send\n    await send(2)\n\n\n" + WITHIN,
        "send(1)", "\n", id="the same in another test",
    ),
    pytest.param(
        "async def test_b():\n    send = print\n    send(2)\n\n\n" + WITHIN,
        "send(1)", "\n", id="a name of another test",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "call", "after"), LOST)
@pytest.mark.parametrize(
    "start",
    [
        pytest.param("", id="without a mock"),
        pytest.param("from unittest.mock import AsyncMock\n\n\n", id="with a mock"),
    ],
)
def test_it_is_followed_to_the_coroutine_function(start: str, before: str, call: str, after: str) -> None:
    check_transformed(
        codemod,
        {**FILES, "tests/test_a.py": start + before + call + after},
        {"tests/test_a.py": start + before + "await " + call + after},
    )


STAYS = [
    pytest.param("async def test_a():\n    from other import send\n    send(1)\n", id="a sync function"),
    pytest.param(
        WITHIN + "await send(1)\n\n\nasync def test_b():\n    from other import send\n    send(1)\n",
        id="another function in another test",
    ),
    pytest.param(
        WITHIN + "await send(1)\n\n\nasync def test_b(send):\n    send(1)\n", id="a parameter of another test"
    ),
    pytest.param(WITHIN + "send = print\n    send(1)\n", id="a name that is bound anew"),
    pytest.param(
        "async def test_a():\n    try:\n        from shop.mail import send\n    except ImportError:\n"
        "        send = print\n    send(1)\n",
        id="another function where the import fails",
    ),
    pytest.param(
        "from other import send\n\n\n" + WITHIN + "await send(1)\n\n\nasync def test_b():\n    send(1)\n",
        id="the module imports another one",
    ),
    pytest.param("from other import *\n\n\n" + WITHIN + "send(1)\n", id="the module imports all of another one"),
    pytest.param(
        "async def test_a():\n    from shop.mail import open\n    await open(1)\n\n\n"
        "async def test_b(tmp_path):\n    open(tmp_path / 'a', 'w').close()\n",
        id="a name of Python's own",
    ),
    pytest.param(
        "import sys\n\n\nasync def test_a(monkeypatch):\n    monkeypatch.setitem(sys.modules, 'shop.mail', print)\n"
        "    from shop.mail import send\n    send(1)\n",
        id="another module stands in its place",
    ),
    pytest.param(
        "class Mail:\n    from shop.mail import send\n\n\nasync def test_a(send):\n    send(1)\n", id="within a class"
    ),
    pytest.param(
        "async def test_a():\n    class Mail:\n        from shop.mail import send\n\n    send(1)\n",
        id="within a class of the function",
    ),
]


@pytest.mark.parametrize("text", STAYS)
def test_what_may_mean_something_else_is_left_alone(text: str) -> None:
    check_noop(codemod, {**FILES, "tests/test_a.py": text})
