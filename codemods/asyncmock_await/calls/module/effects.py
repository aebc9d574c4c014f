"""What a `side_effect` does once the coroutine of a call runs: an `await` in front of a call that raises is no mend.

A call that nobody awaits raises nothing, whatever the `side_effect` of the double is, so that the test passes.  The
rules are those of `AsyncMockMixin._execute_mock_call` in CPython's `unittest/mock.py` (the same in 3.11 to 3.13): an
exception, or a class of one, is raised; of a list one item is taken for each call, and `StopAsyncIteration` is raised
once there are none; a function is called.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping

import msgspec

from codemods.asyncmock_await.calls.module.forms import expected_by_call, passed_over_by_call
from codemods.asyncmock_await.calls.module.scan import nodes_of
from codemods.toolkit.python.collect_names import caught_names, dotted_name, last_part

SIDE_EFFECT = "side_effect"
NEVER = -1
_ENDS = "StopAsyncIteration"
_BROAD = frozenset({"Exception", "BaseException"})
_ASSERTS = ("assert", "fail", "throw")
"""How the names of functions begin that may raise where a test says so: `pytest.fail`, `iterator.throw`."""


class SideEffect(msgspec.Struct, frozen=True):
    """A `side_effect`: so many calls give something before one raises (`NEVER`: none does), and the exception's name.

    `name` is "" where it isn't known.
    """

    after: int = 0
    name: str = ""

    @property
    def harmless(self) -> bool:
        """Whether no call raises."""
        return self.after == NEVER

    def next(self, *, at_once: bool) -> SideEffect:
        """The effect after one call more; `at_once`: after so many that any may raise."""
        return SideEffect(0 if at_once else self.after - 1, self.name) if self.after > 0 else self


HARMLESS = SideEffect(NEVER)
UNKNOWN_EFFECT = SideEffect()


def sooner(one: SideEffect | None, other: SideEffect | None) -> SideEffect | None:
    """Of two effects that a double may have the one that raises first, None where neither ever does."""
    raising = [each for each in (one, other) if each is not None and not each.harmless]
    return min(raising, key=lambda each: (each.after, each.name)) if raising else None


def raising(value: object) -> SideEffect | None:
    """The effect of what a `side_effect` is set to, where that may raise: what nobody knows may."""
    effect = value if isinstance(value, SideEffect) else UNKNOWN_EFFECT
    return None if effect.harmless else effect


def is_expected(name: str, expected: frozenset[str]) -> bool:
    """Whether code around a call expects an exception of that name; `expected` has "" where it may be any."""
    if name in expected or not _BROAD.isdisjoint(expected):
        return True
    kind = getattr(builtins, name, None)
    others = (getattr(builtins, each, None) for each in expected)
    return isinstance(kind, type) and any(isinstance(each, type) and issubclass(kind, each) for each in others)


def expected_by(node: ast.Try | ast.TryStar | ast.With | ast.AsyncWith) -> frozenset[str]:
    """The last names of the exceptions that a block expects of what is in it; "" if it has to raise one of any name.

    A `try` that does more than to pass over it tells the two ways apart.
    """
    if isinstance(node, (ast.Try, ast.TryStar)):
        silent = len(node.body) == 1 and all(
            isinstance(each, ast.Pass) for handler in node.handlers for each in handler.body
        )
        return frozenset().union(*(caught_names(each.type) for each in (node.handlers if silent else ())))
    found: set[str] = set()
    for call in (item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)):
        by_text = any(each.arg == "match" for each in call.keywords)
        expected = expected_by_call(call) if not by_text or len(node.body) == 1 else []
        found.update(*map(caught_names, (*expected, *passed_over_by_call(call))), [""] if expected else ())
    return frozenset(found)


def effect_of(node: ast.expr, names: Mapping[str, object], known: Callable[[str], SideEffect]) -> SideEffect:
    """What an expression does as a `side_effect`.

    `names` are those that the function binds, a `SideEffect` where one is known; `known` says it of a name
    of the module, or of a method that is called on `self`.
    """
    match node:
        case ast.Constant():
            return HARMLESS
        case ast.Lambda():
            return _of_function(node, names)
        case ast.Name(id=name) if name in names:
            bound = names[name]
            return bound if isinstance(bound, SideEffect) else SideEffect(0, name if name[:1].isupper() else "")
        case ast.Name(id=name):
            return SideEffect(0, name) if is_builtin_exception(name) or name[:1].isupper() else known(name)
        case ast.Attribute(value=ast.Name(id="self")):
            return known(dotted_name(node))
        case ast.Attribute(attr=name):
            return SideEffect(0, name if name[:1].isupper() else "")
        case ast.Call(func=called):
            name = last_part(called)
            return SideEffect(0, name if name[:1].isupper() else "")
        case ast.NamedExpr(value=value):
            return effect_of(value, names, known)
        case ast.IfExp(body=body, orelse=orelse):
            found = sooner(effect_of(body, names, known), effect_of(orelse, names, known))
            return found if found is not None else HARMLESS
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return _of_items(items, names, known)
    return UNKNOWN_EFFECT


def _of_items(
    items: list[ast.expr], names: Mapping[str, object], known: Callable[[str], SideEffect]
) -> SideEffect:  # fmt: skip
    for number, item in enumerate(items):
        if isinstance(item, ast.Starred):
            return SideEffect(number)
        if isinstance(item, (ast.Name, ast.Attribute, ast.Call, ast.IfExp)) and not _is_mock(item):
            found = effect_of(item, names, known)
            if not found.harmless:
                return SideEffect(number, found.name)
    return SideEffect(len(items), _ENDS)


def _is_mock(node: ast.expr) -> bool:
    """Whether an item is a mock by its spelling: it is no exception, whatever calls of it do."""
    return isinstance(node, ast.Call) and last_part(node.func).endswith("Mock")


def may_raise(text: str) -> bool:
    """Whether a `side_effect` may raise, as its text alone shows: of functions nothing is known.

    It may be cut off at the end of its line.
    """
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return not text.startswith("lambda")
    found = effect_of(node, {}, lambda _name: HARMLESS)
    if isinstance(node, ast.Lambda):
        return not found.harmless
    return bool(found.name) and not (found.name == _ENDS and found.after)


def effect_of_function(node: ast.FunctionDef | ast.AsyncFunctionDef, names: Mapping[str, object]) -> SideEffect:
    """What a function does as a `side_effect`: it may raise where it says so, or calls what does."""
    return _of_function(node, names)


def _of_function(node: ast.AST, names: Mapping[str, object]) -> SideEffect:
    for part in nodes_of(node):
        match part:
            case ast.Raise() | ast.Assert():
                return UNKNOWN_EFFECT
            case ast.Call(func=called) if last_part(called).startswith(_ASSERTS):
                return UNKNOWN_EFFECT
            case ast.Call(func=ast.Name(id=name)):
                found = names.get(name)
                if isinstance(found, SideEffect) and not found.harmless:
                    return found
    return HARMLESS


def makes_exception(node: ast.expr) -> bool:
    """Whether an expression is a call of what is called like an exception."""
    return isinstance(node, ast.Call) and last_part(node.func).endswith(("Error", "Exception"))


def is_builtin_exception(name: str) -> bool:
    """Whether one of Python's own exceptions is called so."""
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)
