"""What holds for any source, on sources that nobody wrote."""

from __future__ import annotations

import hypothesmith
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.testing import check_transformed
from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import Unreadable, parsed
from codemods.toolkit.python.collect_names import module_names
from codemods.websocket_ssot import codemod
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.part import Part

few = settings(
    deadline=None,
    max_examples=25,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
CONFIG = Config(factory="shop.manager:get_websocket_manager", class_="shop.manager:WebSocketManager", drop=("pool",))
MANAGER = """
class WebSocketManager:
    def __init__(self, mode="unified", user_context=None):
        self.mode = mode

def get_websocket_manager(user_context=None, mode="unified"):
    return WebSocketManager(mode, user_context)
"""
MENTIONS = st.sampled_from(
    [
        "from shop.legacy import WebSocketManager\n",
        "from shop.legacy import *\nWebSocketManager()\n",
        "import shop.legacy as ws\nws.WebSocketManager(1)\n",
        "WebSocketManager(pool=1, *[2])\n",
        "with patch('shop.legacy.WebSocketManager'): pass\n",
        "__all__ = ['WebSocketManager']\n",
    ]
)


@few
@given(hypothesmith.from_grammar(), MENTIONS)
def test_any_source_can_be_collected_and_an_empty_part_changes_nothing(text: str, mention: str) -> None:
    source = Source("shop/orders.py", (mention + text).encode())
    try:
        module = parsed(source)
    except Unreadable:  # the mention made it so: a `from __future__` has to come first
        return
    assert codemod.relevant(source.body, CONFIG, frozenset())
    facts = codemod.collect(module, module_names(module), CONFIG, frozenset())
    assert all(source.body[use.start : use.ends[0]].decode() == use.names[0] for use in facts.uses)
    assert codemod.rewrite(source, Part()) == ()


IMPORTS = st.sampled_from(
    ["from shop.legacy import WebSocketManager", "from shop.legacy import (\n    WebSocketManager,\n)"]
)
CALLS = st.sampled_from(
    [
        ("WebSocketManager()", "get_websocket_manager()"),
        ("WebSocketManager( 'unified' )", "get_websocket_manager( mode='unified' )"),
        ("WebSocketManager(user_context = 1, )", "get_websocket_manager(user_context = 1, )"),
        ("WebSocketManager('é',\n  2)", "get_websocket_manager(mode='é',\n  user_context=2)"),
    ]
)
STATEMENTS = st.lists(
    st.sampled_from(
        [
            "x = 1",
            "def f(a, *, b=2):\n\n\treturn a",
            "class C:  # ü\n    y: int = 3",
            "if x:\n  pass\nelse: x = '''\n\n'''",
            "for i in [1,2 ,3]: print( i )",
            "\f",
            "# a comment",
            "lambda: (yield)",
            "x = f'{x!r:>{x}}'",
            "try: x\nfinally: x",
            "match x:\n    case [1, *_]: pass",
            "@C\nasync def g():\n    async with x as y: await y",
            'del x; "text"',
        ]
    ),
    max_size=6,
)


@few
@given(STATEMENTS, IMPORTS, STATEMENTS, CALLS, STATEMENTS, st.sampled_from(["\n", "\r\n"]))
def test_only_the_import_and_the_call_change(
    head: list[str], written: str, between: list[str], call: tuple[str, str], tail: list[str], newline: str
) -> None:
    def module(imported: str, made: str) -> dict[str, str]:
        lines = [*head, imported, *between, "value = " + made + "  # here", *tail, ""]
        return {"shop/orders.py": "\n".join(lines).replace("\n", newline)}

    others = {
        "shop/manager.py": MANAGER,
        "shop/legacy.py": "from shop.manager import WebSocketManager as M\nclass WebSocketManager(M):\n    pass\n",
    }
    moved = written.replace("shop.legacy", "shop.manager").replace("WebSocketManager", "get_websocket_manager")
    before, after = module(written, call[0]), module(moved, call[1])
    check_transformed(codemod, {**others, **before}, after, config=CONFIG)
    check_transformed(codemod, {**others, **after}, {}, config=CONFIG)
