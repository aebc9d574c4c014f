"""What a word in a string is: a target of a patch, an annotation, the name of an attribute, or just a word."""

from __future__ import annotations

import ast
import re

from codemods.toolkit.python.collect_names import last_part
from codemods.toolkit.python.mentions.facts import Form, Ref
from codemods.toolkit.python.mentions.held import path_of
from codemods.toolkit.python.mentions.identifiers import Mentions, StringAt

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")
_END_OF_PATH = re.compile(r"(?:\.[^\W\d]\w*)+\Z")
_QUOTES = re.compile(rb"""[A-Za-z]{0,2}(\"\"\"|'''|"|')""")
_BY_PATH = frozenset(
    {
        "patch", "setattr", "delattr", "setitem", "import_module", "import_string", "resolve_name", "locate", "spy",
        "stub", "multiple", "dict", "import_from_string", "load_object",
    }
)  # fmt: skip
"""Functions that look up a dotted path (`mock.patch`, `monkeypatch.setattr`, `import_string`)."""
_BY_NAME = frozenset({"getattr", "setattr", "hasattr", "delattr", "object", "spy", "stub", "getattr_static"})
"""Functions that take an object and the name of its attribute (`getattr`, `patch.object`, `monkeypatch.setattr`)."""
_GENERICS = frozenset(
    {
        "Optional", "Union", "List", "Dict", "Set", "FrozenSet", "Tuple", "Type", "Iterable", "Iterator", "Sequence",
        "Mapping", "MutableMapping", "Callable", "Awaitable", "Coroutine", "AsyncIterator", "AsyncGenerator",
        "Generator", "ClassVar", "Final", "DefaultDict", "Deque", "Collection", "AsyncIterable", "TypeGuard",
    }
)  # fmt: skip
_NAMES_OF_MEMBERS = frozenset({"__slots__", "__match_args__", "_fields"})


def word_in_string(walk: Mentions, string: StringAt, offset: int, old: str) -> tuple[Form, Ref, bool]:
    """How the word stands in a string, what it is, and whether rope may be asked."""
    value = string.node.value if isinstance(string.node, ast.Constant) else None
    written = walk.module.source.body[string.start : string.end]
    if any(_END_OF_PATH.match(text) and old in text for text in _texts(string.node)):
        return "string", Ref("unknown", reason="the end of a path that is put together"), False
    quotes = _QUOTES.match(written)
    if not isinstance(value, str) or quotes is None:
        return "word", Ref("unknown", reason="a word in a string"), False
    begin = string.start + quotes.end()
    if written[quotes.end() : quotes.end() + len(value.encode())] != value.encode():
        return "word", Ref("unknown", reason="a word in a string"), False  # escapes, or several strings in a row
    before = walk.module.source.body[begin:offset].decode()
    if _is_annotation(string.path, string.node):
        annotated = _in_annotation(walk, string, value, len(before.encode()), old)
        if annotated is not None:
            return "annotation", annotated, True
    if not _DOTTED.match(value):
        return "word", Ref("unknown", reason="a word in a string"), False
    return _name(walk, string, value, before, old)


def _texts(node: ast.AST) -> list[str]:
    """The text of a string; of an f-string those of its parts, which have no places of their own before Python 3.12."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def _name(walk: Mentions, string: StringAt, value: str, before: str, old: str) -> tuple[Form, Ref, bool]:
    """A string that is nothing else than a (dotted) name."""
    call = next((node for node in reversed(string.path) if isinstance(node, (ast.Call, ast.stmt))), None)
    function, position = "", -1
    if isinstance(call, ast.Call) and string.path and string.path[-1] is call:
        function = last_part(call.func)
        position = next((n for n, arg in enumerate(call.args) if arg is string.node), -1)
    elif isinstance(call, ast.Call) and call in string.path[-2:-1] and isinstance(string.path[-1], ast.keyword):
        function, position = last_part(call.func), 0 if string.path[-1].arg == "target" else -1
    if value == old and position == 1 and function in _BY_NAME and isinstance(call, ast.Call):
        ref, firm = walk.receiver(call.args[0], string.scope)
        return "target", ref, firm
    if "." in value:
        names = (*before.split(".")[:-1], old)
        form: Form = "target" if position == 0 and function in _BY_PATH else "string"
        return form, Ref("imported", names[1:], 0, names[0]) if len(names) > 1 else Ref("unknown"), False
    owner = _slots(string)
    if owner:
        return "target", Ref("exact", (*path_of(string.scope), old)), False
    return "string", Ref("unknown", reason="a string that may be the name"), False


def _slots(string: StringAt) -> bool:
    """Whether a string is an entry of `__slots__` or the like in a class."""
    statement = next((node for node in reversed(string.path) if isinstance(node, ast.stmt)), None)
    if string.scope.kind != "class" or not isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(target, ast.Name) and target.id in _NAMES_OF_MEMBERS for target in targets)


def _is_annotation(path: tuple[ast.AST, ...], node: ast.AST) -> bool:
    """Whether an expression stands where type checkers expect a type."""
    child = node
    for parent in reversed(path):
        match parent:
            case ast.Subscript(value=value) if last_part(value) == "Literal":
                return False
            case ast.Subscript(value=value, slice=inner) if last_part(value) == "Annotated":
                elements = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                if child is not inner and child not in elements[:1]:
                    return False
            case ast.Subscript(value=value) if child is not value and last_part(value) in _GENERICS:
                return True
            case ast.arg(annotation=annotation) | ast.AnnAssign(annotation=annotation):
                return child is annotation
            case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns):
                return child is returns
            case ast.Call(func=func, args=args) if last_part(func) == "cast":
                return bool(args) and child is args[0]
            case ast.keyword(arg="bound"):
                return True
            case ast.Call() | ast.Compare() | ast.Dict() | ast.stmt():
                return False
        child = parent
    return False


def _in_annotation(walk: Mentions, string: StringAt, value: str, at: int, old: str) -> Ref | None:
    """What the word at a position (in bytes) of a string annotation is."""
    try:
        tree = ast.parse(value, mode="eval")
    except SyntaxError:
        return None
    scope = string.scope
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == old and (node.lineno, node.col_offset) == (1, at):
            return walk.read(scope, old)[0]
        if isinstance(node, ast.Attribute) and node.attr == old and node.end_col_offset == at + len(old.encode()):
            return walk.receiver(node.value, scope)[0]
    return None
