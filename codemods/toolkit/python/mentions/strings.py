"""What a word in a string is: a target of a patch, an annotation, the name of an attribute, or just a word."""

from __future__ import annotations

import ast
import re
from typing import Literal

from codemods.toolkit.python.collect_names import dotted_name, holds_line, last_part, lines_of
from codemods.toolkit.python.mentions.facts import Beginning, Form, Ref
from codemods.toolkit.python.mentions.held import path_of
from codemods.toolkit.python.mentions.identifiers import Mentions, StringAt
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import Scope

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
_GETTERS = frozenset({"attrgetter", "methodcaller"})
"""Functions that take a name, and look it up in what they are given later."""
_KEYS = frozenset({"get", "pop", "setdefault"})
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
    relative = _relative_module(string, value, old)
    if relative is not None:
        return "target", relative, False
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
        listed = _listed(string)
        if listed == "export":
            return "export", Ref("here", (old,)), False
        if listed == "member":
            return "target", Ref("exact", (*path_of(string.scope), old)), False
        return "word", Ref("unknown", reason="a word in a string"), False
    return _name(walk, string, value, before, old)


def _relative_module(string: StringAt, value: object, old: str) -> Ref | None:
    """The module of `import_module(".word", package)`, where that is the package of this file, or its name is given."""
    call, position = _call(string)
    if call is None or position or last_part(call.func) != "import_module" or not isinstance(value, str):
        return None
    module = value.lstrip(".")
    level = len(value) - len(module)
    if not level or module != old:
        return None
    match call.args[1:] + [each.value for each in call.keywords if each.arg == "package"]:
        case [ast.Constant(value=str(package))] if level == 1:
            return Ref("imported", (), 0, f"{package}.{module}")
        case [ast.Name(id="__package__" | "__name__")]:
            return Ref("imported", (), level, module)
    return None


def _texts(node: ast.AST) -> list[str]:
    """The text of a string; of an f-string those of its parts, which have no places of their own before Python 3.12."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def _name(walk: Mentions, string: StringAt, value: str, before: str, old: str) -> tuple[Form, Ref, bool]:
    """A string that is nothing else than a (dotted) name."""
    parent = string.path[-1] if string.path else None
    if isinstance(parent, ast.BinOp):
        return "string", Ref("unknown", reason="a part of a text that is put together"), False
    call, position = _call(string)
    function = last_part(call.func) if call is not None else ""
    in_brackets = isinstance(parent, ast.Subscript) and parent.slice is string.node
    whole = _is_module(string, call, position)
    if "." in value or whole:
        names = (*before.split(".")[:-1], old)
        form: Form = "target" if whole or (position == 0 and function in _BY_PATH) else "string"
        if len(names) == 1 and form == "string":
            return form, Ref("unknown", reason="the first of several names"), False
        return form, Ref("imported", names[1:], 0, names[0]), False
    if isinstance(parent, ast.Subscript) and in_brackets and last_part(parent.value) != "Literal":
        return _key(walk, parent, string.scope)
    if call is not None and position == 0 and function in _KEYS and isinstance(call.func, ast.Attribute):
        inside = _namespace(walk, call.func.value, string.scope)
        if inside is not None:
            return "target", *inside
    if call is not None and position == 1 and function in _BY_NAME and call.args:
        ref, firm = walk.receiver(call.args[0], string.scope)
        return "target", ref, firm
    if function in _GETTERS and position >= 0:
        return "target", Ref("unknown", reason=f"what `{function}` looks it up in can't be told"), False
    if _listed(string) == "member":
        return "target", Ref("exact", (*path_of(string.scope), old)), False
    return "string", Ref("unknown", reason="a string that may be the name"), False


def _call(string: StringAt) -> tuple[ast.Call | None, int]:
    """The call that a string is an argument of, and as which: 0, 1, ..., -1 for one of no known place."""
    match string.path[-2:]:
        case [*_, ast.Call(args=args) as call] if string.node in args:
            return call, args.index(string.node)
        case [ast.Call() as call, ast.keyword(arg=name)]:
            return call, {"target": 0, "attribute": 1}.get(name or "", -1)
    return None, -1


def _is_module(string: StringAt, call: ast.Call | None, position: int) -> bool:
    """Whether a string is the whole name of a module: of an import, or a key of `sys.modules`."""
    if call is not None and position == 0:
        by_key = last_part(call.func) in _KEYS and isinstance(call.func, ast.Attribute)
        loaded = call.func.value if by_key and isinstance(call.func, ast.Attribute) else call
        return last_part(call.func) in {"import_module", "__import__"} or dotted_name(loaded) == "sys.modules"
    parent = string.path[-1] if string.path else None
    return isinstance(parent, ast.Subscript) and dotted_name(parent.value) == "sys.modules"


def _key(walk: Mentions, parent: ast.Subscript, scope: Scope) -> tuple[Form, Ref, bool]:
    """A string in brackets: a key of a namespace (`globals()["word"]`), or of something else."""
    inside = _namespace(walk, parent.value, scope)
    if inside is not None:
        return "target", *inside
    return "key", walk.receiver(parent.value, scope)[0], False


def _namespace(walk: Mentions, node: ast.expr, scope: Scope) -> tuple[Ref, bool] | None:
    """What the word is as a key of the namespace that an expression gives; None where it gives none."""
    match node:
        case ast.Attribute(value=value, attr="__dict__"):
            return walk.receiver(value, scope)
        case ast.Call(func=ast.Name(id="vars"), args=[value]):
            return walk.receiver(value, scope)
        case ast.Call(func=ast.Name(id="globals"), args=[]):
            return Ref("here", (walk.old,)), False
        case ast.Call(func=ast.Name(id="locals"), args=[]):
            return walk.read(scope, walk.old)[0], False
    return None


def _listed(string: StringAt) -> Literal["", "export", "member"]:
    """Whether a string is (part of) an entry of `__all__`, or of `__slots__` or the like in a class."""
    statement = next((node for node in reversed(string.path) if isinstance(node, ast.stmt)), None)
    if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return ""
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    if string.scope.kind == "class" and names & _NAMES_OF_MEMBERS:
        return "member"
    return "export" if string.scope.kind == "module" and "__all__" in names else ""


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


_GETATTR = re.compile(rb"\bgetattr\b")


def name_beginnings(module: Module) -> tuple[Beginning, ...]:
    """Texts that `getattr` makes names of by adding to them."""
    if b"getattr" not in module.source.body:
        return ()
    found: list[Beginning] = []
    lines = lines_of(module, _GETATTR)
    stack: list[ast.AST] = [module.tree]
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.stmt, ast.expr)) and not holds_line(node, lines):
            continue
        match node:
            case ast.Call(func=ast.Name(id="getattr"), args=[_, name, *_]):
                text = _beginning(name)
                if text:
                    found.append(Beginning(text, node.lineno, node.col_offset))
        stack.extend(ast.iter_child_nodes(node))
    return tuple(found)


def _beginning(node: ast.expr) -> str:
    """What a text that is put together begins with, "" where that isn't known."""
    match node:
        case ast.BinOp(left=left, op=ast.Add()):
            return _beginning(left) or (str(left.value) if isinstance(left, ast.Constant) else "")
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            return text.partition("%")[0]
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return text
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            return text.partition("{")[0]
    return ""
