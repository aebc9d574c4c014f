"""`collect`: what may lead to the definition in one module, and what has to be known of the old and the new place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.rope_move.config import Config, last
from codemods.rope_move.definition import definition_of
from codemods.rope_move.exports import listed
from codemods.rope_move.facts import Definition, Facts, Logger, Statement
from codemods.rope_move.quoted import Strings
from codemods.rope_move.statements import import_statements
from codemods.rope_move.uses import Search, is_logger
from codemods.toolkit.python.collect_names import dotted_name, if_context
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.targets import captured_names


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Whether a text holds the name, or takes the old module (imports may have to stay for it)."""
    if not config.name:
        return False
    if config.name.encode() in body:
        return True
    stem = last(config.module).encode()
    return stem in body and _imports(stem).search(body) is not None


def _imports(stem: bytes) -> re.Pattern[bytes]:
    word = rb"\b" + re.escape(stem) + rb"\b"
    # Bounded: files that aren't Python may have lines of megabytes.
    before = (rb"(?:import|from)[^\r\n]{0,400}", rb"import\s*\([^)]{0,9999}", rb"['\"][\w.]{0,400}", rb"\w\s*\.\s*")
    return re.compile(rb"(?:" + rb"|".join(before) + rb")" + word)


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Facts:
    """The facts of one module."""
    name, stem = config.name, last(config.module)
    statements = import_statements(module)
    whole = any(_may_be(module.source.path, dotted) for dotted in (config.module, config.destination))
    future = any(each.is_from and each.module == "__future__" and _annotations(each) for each in statements)
    imported = {alias.bound for statement in statements for alias in statement.aliases}
    wanted = imported | {name} | _given(module, name, statements)
    search = Search(
        module,
        name,
        (lambda _name: True) if whole else wanted.__contains__,
        None if whole else _lines(statements, {name, stem, *words}),
        future=future,
    )
    chains = tuple(search.chains())
    strings = Strings(module, name, stem, search.walk.uses, (frozenset(imported), words))
    body = module.source.body
    definition = definition_of(module, name) if whole else None
    return Facts(
        statements=statements,
        chains=chains,
        quoted=tuple(strings.quoted()),
        unknown=tuple(strings.unknown()),
        bound=_bound_of(module, config, statements),
        whole=whole,
        future=future,
        bom=module.source.bom,
        line_end="\r\n" if body.count(b"\r\n") * 2 > body.count(b"\n") else "\n",
        definition=definition,
        module_names=frozenset(names.bindings) if whole else frozenset(),
        mentions=re.search(rb"\b" + re.escape(name.encode()) + rb"\b", body) is not None,
        named=re.search(rb"['\".]" + re.escape(name.encode()) + rb"\b", body) is not None,
        listed=listed(module) if whole else frozenset(),
        words=strings.words(),
        by_string=strings.by_string(),
        computed=strings.computed(),
        loggers=tuple(_loggers(module)) if whole else (),
        namespaces=tuple(strings.namespaces()) if whole else (),
        guard=_guard(module, definition),
        unsteady=frozenset(_unsteady(module.tree)) if re.search(rb"\b(?:del|nonlocal)\b", body) else frozenset(),
    )


def _given(module: Module, name: str, statements: tuple[Statement, ...]) -> frozenset[str]:
    """What the name is an attribute of, where a star import may give it."""
    if not any(alias.name == "*" for statement in statements for alias in statement.aliases):
        return frozenset()
    found = re.findall(rb"([^\W\d]\w*)(?:\.\w+)*\." + re.escape(name.encode()) + rb"\b", module.source.body)
    return frozenset(each.decode() for each in found)


def _annotations(statement: Statement) -> bool:
    return any(alias.name == "annotations" for alias in statement.aliases)


def _lines(statements: tuple[Statement, ...], words: set[str]) -> re.Pattern[bytes]:
    """What stands in the lines that matter: the name, the module, and what imports of the module bind."""
    wanted = set(words)
    for statement in statements:
        for alias in statement.aliases:
            parts = {*statement.module.split("."), *alias.name.split(".")}
            if words & parts or statement.level:
                wanted.add(alias.bound)
    found = b"|".join(re.escape(word.encode()) for word in sorted(wanted))
    return re.compile(rb"(?<!\w)(?:" + found + rb")(?!\w)")


def _may_be(path: str, dotted: str) -> bool:
    """Whether a file can be a module of this name: the shorter of both is the end of the other."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    wanted = dotted.split(".")
    count = min(len(parts), len(wanted))
    return bool(dotted) and parts[-count:] == wanted[-count:]


def _bound_of(module: Module, config: Config, statements: tuple[Statement, ...]) -> frozenset[str]:
    """Those names by which the new module is imported, or can be, that anything but an import binds."""
    wanted = {last(config.destination)}
    if config.destination.partition(".")[0] != config.module.partition(".")[0]:
        wanted.add(config.destination.partition(".")[0])
    wanted |= {
        alias.asname
        for statement in statements
        for alias in statement.aliases
        if alias.asname and last(config.destination) in alias.name.split(".")
    }
    body = module.source.body
    if not any(re.search(rb"\b" + re.escape(word.encode()) + rb"\b", body) for word in wanted if word):
        return frozenset()
    return frozenset(wanted.intersection(_bound(module.tree)))


def _guard(module: Module, definition: Definition | None) -> str:
    """The name by which the only block of imports for type checkers is guarded, where nothing else reads that name."""
    guards = [node for node in module.tree.body if isinstance(node, ast.If) and if_context(node.test) == "typing"]
    if len(guards) != 1 or guards[0].orelse:
        return ""
    if not all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in guards[0].body):
        return ""
    name, body = dotted_name(guards[0].test).partition(".")[0], module.source.body
    if definition is not None:
        body = body[: definition.start] + body[definition.end :]
    return name if len(re.findall(rb"\b" + re.escape(name.encode()) + rb"\b", body)) == 2 else ""


def _loggers(module: Module) -> Iterator[Logger]:
    """The loggers that a module makes for itself: `logger = logging.getLogger(__name__)` and the like."""
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func, args=args, keywords=[])) if (
                is_logger(func) and dotted_name(func)
            ):
                named = any(isinstance(arg, ast.Name) and arg.id == "__name__" for arg in args)
                if len(args) == named:
                    start, end = module.span(node)
                    yield Logger(name, start, end, module.source.body[start:end].decode(), named)


def _unsteady(tree: ast.Module) -> Iterator[str]:
    """Names that a `del` takes away, or that an inner function sets by `nonlocal`."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Del()):
                yield name
            case ast.Nonlocal(names=names):
                yield from names


def _bound(tree: ast.Module) -> Iterator[str]:
    """All names that any scope of a module binds, but for imports."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.ExceptHandler(name=str() as name):
                yield name
            case ast.pattern():
                yield from captured_names(node)
            case _ if type(node).__name__ in {"TypeVar", "ParamSpec", "TypeVarTuple"}:
                yield str(getattr(node, "name", ""))
