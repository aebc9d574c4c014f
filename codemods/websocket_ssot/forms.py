"""What a name is used for: the form of one use, from the nodes around it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import pairwise

from codemods.toolkit.python.collect_names import blocks, dotted_name, expects_failure, last_part, with_context
from codemods.toolkit.python.scopes import FUNCTION

MOCKS = frozenset(
    {"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock", "PropertyMock", "create_autospec"}
)
_SPEC_KEYWORDS = frozenset({"spec", "spec_set", "autospec", "wraps"})
_INTROSPECTION = frozenset(
    {
        "callable", "delattr", "dir", "getattr", "getmembers", "getmro", "getsource", "getsourcefile", "hasattr",
        "hash", "id", "iscoroutinefunction", "isclass", "isfunction", "len", "repr", "setattr", "signature", "str",
        "type", "vars",
    }
)  # fmt: skip
_CONSUMERS = frozenset(
    {"run", "run_until_complete", "create_task", "ensure_future", "gather", "wait_for", "shield", "start_soon"}
)
_LOOPS = frozenset({"asyncio", "loop", "anyio", "trio", "tg", "task_group", "nursery", "event_loop", "self"})

CLASS_FORMS = frozenset({"annotation", "isinstance", "assert-instance", "spec", "base", "generic", "cast"})
"""Uses that mean the class itself: they stay references and point at the real one."""

PURPOSE_FORMS = frozenset({"compare", "assert", "introspection", "raises-argument"})
"""Uses that ask about the old object itself: rewriting them would change what they check."""


def in_annotation(path: Sequence[ast.AST], node: ast.AST) -> bool:
    """Whether a node stands in an annotation (PEP 526 and 3107)."""
    child = node
    for parent in reversed(path):
        if isinstance(parent, ast.arg):
            return True
        if isinstance(parent, FUNCTION):
            return parent.returns is child
        if isinstance(parent, ast.AnnAssign):
            return parent.annotation is child
        if isinstance(parent, (ast.stmt, ast.Lambda)):
            return type(parent).__name__ == "TypeAlias"
        child = parent
    return False


def form_of(path: Sequence[ast.AST], node: ast.AST) -> str:
    """The form of the use `node` (the whole chain), `path` being its ancestors, outermost first."""
    parent = path[-1] if path else None
    if isinstance(parent, ast.Call) and parent.func is node:
        return "call"
    if in_annotation(path, node):
        return "annotation"
    match parent:
        case ast.ClassDef():
            return "base" if any(base is node for base in parent.bases) else "decorator"
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return "decorator"
        case ast.keyword(arg=arg):
            return _keyword_form(path, arg)
        case ast.Call():
            return _argument_form(parent, node)
        case ast.Compare():
            return _compare_form(parent, node)
        case ast.If() | ast.While() | ast.IfExp() | ast.BoolOp() | ast.UnaryOp() | ast.Assert():
            return "truth" if not (isinstance(parent, ast.IfExp) and parent.test is not node) else "other"
        case ast.Subscript():
            return "generic" if parent.slice is node or parent.value is node else "other"
        case ast.Tuple() | ast.List() | ast.Set():
            return _collection_form(path)
        case ast.Dict():
            return "collection"
        case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
            return "alias"
        case ast.Return() | ast.Yield():
            return "returned"
        case ast.BinOp() if isinstance(parent.op, ast.BitOr):
            return "generic"
        case ast.Expr():
            return "bare"
        case ast.FormattedValue():
            return "introspection"
        case ast.ExceptHandler():
            return "caught"
        case ast.MatchClass():
            return "isinstance"
    return "other"


def _keyword_form(path: Sequence[ast.AST], arg: str | None) -> str:
    if arg in _SPEC_KEYWORDS:
        return "spec"
    call = path[-2] if len(path) > 1 else None
    if arg == "bound" and isinstance(call, ast.Call) and last_part(call.func) == "TypeVar":
        return "generic"
    return "passed"


def _argument_form(call: ast.Call, node: ast.AST) -> str:
    name = last_part(call.func)
    first = bool(call.args) and call.args[0] is node
    if name in {"isinstance", "issubclass"}:
        return "isinstance" if not first else "introspection"
    if name in {"assertIsInstance", "assertNotIsInstance"}:
        return "assert-instance" if not first else "assert"
    if name in MOCKS:
        return "spec"
    if name == "cast":
        return "cast" if first else "passed"
    if name in {"assertRaises", "assertRaisesRegex", "raises"}:
        return "raises-argument"
    dotted = dotted_name(call.func)
    if first and dotted.endswith(("patch.object", "patch.multiple", "monkeypatch.setattr")):
        return "patch-object"
    if name in _INTROSPECTION or dotted.startswith("inspect."):
        return "introspection"
    return "assert" if "assert" in name.lower() else "passed"


def _compare_form(compare: ast.Compare, node: ast.AST) -> str:
    sides = [compare.left, *compare.comparators]
    other = [side for side in sides if side is not node]
    if len(other) == 1 and isinstance(other[0], ast.Constant) and other[0].value is None:
        return "truth"
    return "compare"


def _collection_form(path: Sequence[ast.AST]) -> str:
    owner = path[-2] if len(path) > 1 else None
    if isinstance(owner, ast.Call) and last_part(owner.func) in {"isinstance", "issubclass"}:
        return "isinstance"
    if isinstance(owner, ast.Call) and last_part(owner.func) in {"assertIsInstance", "assertNotIsInstance"}:
        return "assert-instance"
    if isinstance(owner, ast.Subscript):
        return "generic"
    return "collection"


def expects_error(path: Sequence[ast.AST]) -> bool:
    """Whether the block of a use is there to see an exception or a warning; functions defined in it belong to it.

    That is `with pytest.raises(...)` and its relatives, and a `try` that fails the test when nothing is raised.
    """
    child: ast.AST | None = None
    for index in range(len(path) - 1, -1, -1):
        parent = path[index]
        if isinstance(parent, (ast.With, ast.AsyncWith)) and with_context(parent.items) == "raises":
            return True
        if isinstance(parent, (ast.Try, ast.TryStar)) and child in parent.body:
            following = _following(parent, path[index - 1] if index else None)
            if expects_failure(parent, following):
                return True
        child = parent
    return False


def _following(statement: ast.stmt, owner: ast.AST | None) -> ast.stmt | None:
    """The statement behind another one in its block."""
    bodies: list[Sequence[ast.stmt]] = []
    if isinstance(owner, ast.stmt):
        bodies.extend(body for body, _word in blocks(owner))
    elif isinstance(owner, (ast.Module, ast.ExceptHandler)):
        bodies.append(owner.body)
    for body in bodies:
        for one, other in pairwise(body):
            if one is statement:
                return other
    return None


def consumer_of(path: Sequence[ast.AST], call: ast.Call) -> str:
    """The function that takes a call as a coroutine (`asyncio.run(make())`), "" when nothing does."""
    parent = path[-1] if path else None
    if not isinstance(parent, ast.Call) or parent.func is call or last_part(parent.func) not in _CONSUMERS:
        return ""
    dotted = dotted_name(parent.func)
    root = dotted.rpartition(".")[0].rpartition(".")[2]
    return dotted if root in _LOOPS or dotted in {"gather", "create_task", "wait_for", "ensure_future"} else ""
