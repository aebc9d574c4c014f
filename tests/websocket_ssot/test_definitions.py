"""What a module says about its classes and functions, as `collect` reads it."""

from __future__ import annotations

import pytest

from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import parsed
from codemods.toolkit.python.collect_names import module_names
from codemods.websocket_ssot.collect import collect
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.facts import ClassFact, Facts, FunctionFact


def facts(text: str) -> Facts:
    module = parsed(Source("shop/ws.py", text.encode()))
    return collect(module, module_names(module), Config(), frozenset())


def cls(body: str, head: str = "class WebSocketManager:") -> ClassFact:
    return facts(f"{head}\n    {body}\n").classes[0]


def function(body: str, parameters: str = "") -> FunctionFact:
    return facts(f"def create_websocket_manager({parameters}):\n    {body}\n").functions[0]


def test_parameters_are_read_in_the_order_of_the_call() -> None:
    found = function("...", "a, /, b=1, *rest, c, d=None, **more").parameters
    assert [(p.name, p.kind, p.default) for p in found] == [
        ("a", "pos", None),
        ("b", "any", "1"),
        ("rest", "*", None),
        ("c", "kw", None),
        ("d", "kw", "None"),
        ("more", "**", None),
    ]


@pytest.mark.parametrize(
    ("body", "delegates"),
    [
        ("return make()", True),
        ("logger.info('x')\n    return make()", True),
        ("my_warning('x')\n    return make()", True),
        ("register()\n    return make()", False),
        ("x.y = 1\n    return make()", False),
        ("del x[0]\n    return make()", False),
        ("for x in y: ...\n    return make()", False),
        ("yield make()", False),
        ("def inner(): ...\n    return make()", False),
    ],
)
def test_a_function_that_does_nothing_else_delegates(body: str, delegates: bool) -> None:
    assert function(body).delegates is delegates


@pytest.mark.parametrize(
    ("body", "guards"),
    [
        ("if a is None: raise ValueError\n    return a", ("a",)),
        ("if not a:\n        log()\n        raise ValueError\n    return a", ("a",)),
        ("if a: raise ValueError\n    return a", ()),
        ("if a is None: raise ValueError\n    else: pass\n    return a", ()),
    ],
)
def test_a_guard_refuses_none(body: str, guards: tuple[str, ...]) -> None:
    assert function(body, "a").guards == guards


@pytest.mark.parametrize(
    ("body", "raises"),
    [
        ("def __init__(self):\n        raise RuntimeError('gone')", True),
        ("def __new__(cls): raise RuntimeError('gone')\n    def __init__(self): ...", True),
        ("def __init__(self):\n        if self: return\n        raise RuntimeError", False),
        ("def __init__(self): ...", False),
        ("def send(self): raise RuntimeError", False),
    ],
)
def test_a_class_that_always_raises_can_never_be_made(body: str, raises: bool) -> None:
    assert cls(body).raises is raises


def test_the_message_of_a_class_that_raises_is_kept() -> None:
    assert cls("def __init__(self):\n        raise RuntimeError('gone')").message == "RuntimeError('gone')"
    assert cls("def __init__(self):\n        raise").message == ""


def test_attributes_are_those_of_the_class_and_those_on_self() -> None:
    found = cls("a = b = 1\n    c: int\n    class D: ...\n    def f(self):\n        self.e = other.g = 1")
    assert found.attributes == ("D", "a", "b", "c", "e")


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("class WebSocketManager:\n    x = 1", False),
        ("class WebSocketManager:\n    def __getattr__(self, name): ...", True),
        ("class WebSocketManager(metaclass=Meta):\n    x = 1", True),
        ("@final\nclass WebSocketManager:\n    x = 1", False),
        ("@register('x')\nclass WebSocketManager:\n    x = 1", True),
        ("class WebSocketManager:\n    def f(self): setattr(self, 'x', 1)", True),
        ("class FakeWebSocketManager(WebSocketManager):\n    x = 1", True),
    ],
)
def test_a_class_may_get_attributes_that_nobody_sees(text: str, is_open: bool) -> None:
    assert facts(text + "\n").classes[0].open is is_open


@pytest.mark.parametrize(
    ("body", "passes"),
    [
        ("pass", True),
        ('"""Kept."""', True),
        ("def __init__(self, *a, **k):\n        super().__init__(*a, **k)", True),
        ("def __init__(self, *a, **k):\n        warn('old')\n        super().__init__(*a, **k)", True),
        ("def __init__(self):\n        for x in y: ...", False),
        ("def send(self): ...", False),
        ("x = 1", False),
    ],
)
def test_a_class_may_only_pass_on_to_its_base(body: str, passes: bool) -> None:
    assert cls(body, "class WebSocketManager(Base):").passes is passes
    assert not cls(body).passes


def test_comments_docstrings_and_layout_make_no_other_class() -> None:
    one = cls("def f(self, x):\n        return x")
    other = cls('"""Doc."""\n\n    # why\n    def f(self, x):\n        """Doc."""\n        # how\n        return x')
    assert one.digest == other.digest != ""
    assert cls("def f(self, y):\n        return y").digest != one.digest
    assert cls("x = 1").digest == ""


@pytest.mark.parametrize(
    ("text", "hands_on"),
    [
        ("import a\nfrom b import c\n'doc'\npass\n", True),
        ("warnings.warn('x')\n", True),
        ("register()\n", False),
        ("__all__ = ['x']\n", True),
        ("__all__: list[str] = ['x']\n", True),
        ("WSManager = ws.Manager\nX = None\n", True),
        ("x = make()\n", False),
        ("def create_ws_manager():\n    return make()\n", True),
        ("def f():\n    register()\n", False),
        ("class C: ...\n", False),
        ("class C(Base): ...\n", True),
        ("class C:\n    def __init__(self): raise E\n", True),
        ("try:\n    import a\nexcept ImportError:\n    a = None\n", True),
        ("try:\n    import a\nfinally:\n    register()\n", False),
        ("if x:\n    import a\nelse:\n    import b as a\n", True),
        ("if x:\n    register()\n", False),
        ("if __name__ == '__main__':\n    import a\n", False),
    ],
)
def test_a_module_may_only_hand_on(text: str, hands_on: bool) -> None:
    assert facts("from shop.ws import WebSocketManager\n" + text).hands_on is hands_on


def test_a_class_made_by_type_has_the_lambdas_of_its_namespace_as_methods() -> None:
    text = "WSManager = type('WSManager', (), {'send': lambda self, x: x, 'mode': 'a', 1: 2})\n"
    (found,) = facts(text).type_made
    assert [(method.name, [p.name for p in method.parameters]) for method in found.methods] == [("send", ["self", "x"])]
    assert (found.attributes, found.open) == (("mode",), False)


@pytest.mark.parametrize("space", ["space", "{**space}"])
def test_a_class_made_of_an_unknown_namespace_is_open(space: str) -> None:
    (found,) = facts(f"WSManager = type('WSManager', (), {space})\n").type_made
    assert found.open
    assert not found.methods


def test_classes_in_branches_are_at_the_top_level_too() -> None:
    branches = "if x:\n    class WSManager: ...\nelse:\n    class WSManager2: ...\n"
    text = branches + "try:\n    class WSManager3: ...\nfinally: ...\n"
    assert [found.name for found in facts(text).classes] == ["WSManager", "WSManager2", "WSManager3"]


def receiver(text: str) -> object:
    indented = text.replace("\n", "\n    ")
    (use,) = [u for u in facts(f"def f(self):\n    {indented}\n").uses if u.call]
    assert use.call is not None
    return use.call.receiver


@pytest.mark.parametrize(
    ("text", "kind", "compared"),
    [
        ("x = WSManager()\nassert x is y", "name", ("y",)),
        ("x = WSManager()\nassert id(x) == id(y)", "name", ("y",)),
        ("x = WSManager()\nids.add(id(x))", "name", ("id()",)),
        ("x = WSManager()\nprint(f'{id(x)}')", "name", ()),
        ("x = WSManager()\nself.assertIs(x, y)", "name", ("y",)),
        ("x = WSManager()\nassert x < y", "name", ()),
        ("x = WSManager()\nassert x is not None", "name", ()),
        ("assert WSManager() is y", "", ("id()",)),
        ("x: int = WSManager()", "name", ()),
        ("if (x := WSManager()): pass", "name", ()),
        ("x, y = WSManager(), 1", "name", ()),
        ("x = y = WSManager()", "", ()),
        ("x[0] = WSManager()", "", ()),
        ("self.x = WSManager()", "", ()),
        ("WSManager().send", "chain", ()),
    ],
)
def test_what_is_done_with_the_value_of_a_call_is_followed(text: str, kind: str, compared: tuple[str, ...]) -> None:
    found = receiver(text)
    assert (getattr(found, "kind", None), getattr(found, "compared", None)) == (kind, compared)


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("x = WSManager()", True),
        ("x = WSManager()\nreturn x", False),
        ("try: ...\nexcept E:\n    x = WSManager()", True),
        ("try: ...\nexcept E:\n    x = WSManager()\n    return x", False),
    ],
)
def test_a_statement_may_be_alone_in_its_block(text: str, alone: bool) -> None:
    assert getattr(receiver(text), "alone", None) is alone


@pytest.mark.parametrize(
    ("annotation", "found"),
    [
        ('"WSManager"', True),
        ('"list[ws.WSManager]"', False),
        ('"list[WSManager]"', True),
        ('"WSManager)"', False),
        (r'"\x57SManager"', False),
        ('"""WSManager"""', False),
    ],
)
def test_a_name_in_a_string_annotation_is_a_use_if_it_stands_there_as_written(annotation: str, found: bool) -> None:
    text = f"from shop.ws import WSManager\n\nx: {annotation} = None  # WSManager\n"
    assert any(use.quoted for use in facts(text).uses) is found
