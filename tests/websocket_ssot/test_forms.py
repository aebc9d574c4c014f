from __future__ import annotations

import ast

import pytest

from codemods.websocket_ssot.forms import consumer_of, expects_error, form_of


def way_to(
    tree: ast.AST, name: str = "WSManager", path: tuple[ast.AST, ...] = ()
) -> tuple[tuple[ast.AST, ...], ast.AST]:
    """(ancestors, node) of the one place where a name stands."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Name) and child.id == name:
            return (*path, tree), child
        found = way_to(child, name, (*path, tree))
        if found[0]:
            return found
    return (), tree


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("WSManager()", "call"),
        ("x: WSManager = None", "annotation"),
        ("def f(x: list[WSManager]): ...", "annotation"),
        ("def f() -> WSManager: ...", "annotation"),
        ("type X = WSManager | None", "annotation"),
        ("class X(WSManager): ...", "base"),
        ("@WSManager\nclass X: ...", "decorator"),
        ("@WSManager\ndef f(): ...", "decorator"),
        ("Mock(spec=WSManager)", "spec"),
        ("Mock(WSManager)", "spec"),
        ("TypeVar('T', bound=WSManager)", "generic"),
        ("f(bound=WSManager)", "passed"),
        ("f(**WSManager)", "passed"),
        ("isinstance(x, WSManager)", "isinstance"),
        ("isinstance(WSManager, type)", "introspection"),
        ("isinstance(x, (WSManager, str))", "isinstance"),
        ("self.assertIsInstance(x, WSManager)", "assert-instance"),
        ("self.assertIsInstance(WSManager, type)", "assert"),
        ("self.assertIsInstance(x, (WSManager, str))", "assert-instance"),
        ("cast(WSManager, x)", "cast"),
        ("cast(int, WSManager)", "passed"),
        ("pytest.raises(WSManager)", "raises-argument"),
        ("mock.patch.object(WSManager, 'send')", "patch-object"),
        ("monkeypatch.setattr(WSManager, 'send', 1)", "patch-object"),
        ("patch.multiple(WSManager, send=1)", "patch-object"),
        ("inspect.unwrap(WSManager)", "introspection"),
        ("print(f'{WSManager}')", "introspection"),
        ("self.assertTrue(WSManager)", "assert"),
        ("register(WSManager)", "passed"),
        ("WSManager is None", "truth"),
        ("WSManager is other", "compare"),
        ("if WSManager: ...", "truth"),
        ("x = 1 if WSManager else 2", "truth"),
        ("x = WSManager if y else None", "other"),
        ("list[WSManager]", "generic"),
        ("WSManager[int]", "generic"),
        ("dict[str, WSManager]", "generic"),
        ("x = (WSManager, 1)", "collection"),
        ("x = {'a': WSManager}", "collection"),
        ("x = WSManager", "alias"),
        ("def f():\n    return WSManager", "returned"),
        ("x = WSManager | None", "generic"),
        ("WSManager + 1", "other"),
        ("WSManager", "bare"),
        ("try: ...\nexcept WSManager: ...", "caught"),
        ("match x:\n    case WSManager(): ...", "isinstance"),
        ("lambda: WSManager", "other"),
    ],
)
def test_the_nodes_around_a_name_say_what_it_is_used_for(text: str, form: str) -> None:
    if text.startswith("type ") and not hasattr(ast, "TypeAlias"):
        pytest.skip("this Python has no type statement")
    path, node = way_to(ast.parse(text))
    assert form_of(path, node) == form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("with pytest.raises(E):\n    WSManager()", True),
        ("async def f():\n    async with self.assertRaises(E):\n        WSManager()", True),
        ("with pytest.raises(E):\n    def f():\n        WSManager()", True),
        ("with open(x):\n    WSManager()", False),
        ("try:\n    WSManager()\n    self.fail()\nexcept E: ...", True),
        ("try:\n    x()\nexcept E:\n    WSManager()\nelse:\n    self.fail()", False),
        ("def f():\n    try:\n        WSManager()\n    except E:\n        return\n    raise AssertionError", True),
        (
            "try:\n    x\nexcept E:\n    try:\n        WSManager()\n    except E:\n        continue\n    pytest.fail()",
            True,
        ),
        ("try:\n    WSManager()\nexcept E: ...", False),
        ("try:\n    WSManager()\nexcept E: ...\nx = 1", False),
    ],
)
def test_a_block_may_be_there_to_see_an_exception(text: str, expected: bool) -> None:
    path, _node = way_to(ast.parse(text))
    assert expects_error(path) is expected


@pytest.mark.parametrize(
    ("text", "consumer"),
    [
        ("asyncio.run(WSManager())", "asyncio.run"),
        ("gather(WSManager())", "gather"),
        ("self.loop.create_task(WSManager())", "self.loop.create_task"),
        ("job.run(WSManager())", ""),
        ("run(WSManager())", ""),
        ("print(WSManager())", ""),
        ("asyncio.run(main=WSManager())", ""),
        ("WSManager()()", ""),
    ],
)
def test_some_functions_take_a_coroutine(text: str, consumer: str) -> None:
    *path, call = way_to(ast.parse(text))[0]
    assert isinstance(call, ast.Call)
    assert consumer_of(path, call) == consumer
