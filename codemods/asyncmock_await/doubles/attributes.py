"""What may come before the methods that the body of a class shows: other names of the body, and what instances hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property

from codemods.toolkit.python.collect_names import dotted_name, last_part
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.targets import statements_in, stored_names, targets_of

EVERY = "*"
"""Instances may hold any attribute, whatever it is called."""

_KEEPING = frozenset(
    {
        "dataclass", "define", "frozen", "mutable", "attrs", "s", "final", "total_ordering", "runtime_checkable",
        "unique", "deprecated", "dataclass_transform", "skip", "skipIf", "skipUnless",
    }
)  # fmt: skip
"""Decorators of classes that leave the methods as they are, by their last names."""

_OF_TESTS = frozenset({"pytest", "mark", "unittest", "mock", "patch"})
"""What decorators of test classes begin with: they mark, skip or wrap tests, and a wrapped `async def` is one still."""

_METACLASSES = frozenset({"ABCMeta", "EnumMeta", "EnumType", "type"})
_SET_ON_SELF = tuple(
    re.compile(rb"%s\.(?<!\w%s\.)(\w++)[ \t]*+(?::[^=\n]++)?=(?!=)" % (each, each)) for each in (b"self", b"cls")
)
"""One pattern for each: what begins with letters is searched as fast as these alone."""

_SEVERAL_ON_SELF = re.compile(rb"\n[ \t]++((?:self\.)?\w++(?:[ \t]*+,[ \t]*+(?:self\.)?\w++)+)[ \t]*+=(?!=)")
_OF_SELF = re.compile(rb"self\.(\w+)")
_SETATTR = re.compile(rb"""setattr\([ \t\r\n]*([\w.]+)[ \t\r\n]*,[ \t\r\n]*(?:["'](\w+)["'])?""")
_OWN = frozenset({b"self", b"cls"})
_OWN_LENGTH = len(b"self") + 1
"""So far before a dot it is told whether `self` or `cls` stands there, and nothing longer."""

SET = re.compile(rb"\.(\w++)[ \t]*+=(?!=)")
"""An attribute of anything is assigned; from the dot on, as most words have none behind them."""

_OWN_MODULE = re.compile(rb"sys\.modules\[__name__\][ \t]*=(?!=)")
_BEHIND_OWN = re.compile(rb"(?<![\w\])])(?:self|cls)\Z")
_ANY = re.compile(
    rb"__dict__[ \t]*(?:\.update\(|\[[^\]\n]*\][ \t]*=(?!=)|\|?=(?!=))"
    rb"|\bvars\([^()]*\)(?:\.update\(|\[[^\]\n]*\][ \t]*=(?!=))"
    rb"|def __getattribute__\(|def __init_subclass__\("
)
"""What fills an object without naming its attributes, or says by itself what they are."""

_IN_ANY = (b"__dict__", b"vars(", b"def __getattribute__(", b"def __init_subclass__(")
"""What such a text has in any case: nearly none does, and that is told sooner."""


class Attributes:
    """Answers about the classes of one module."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._on_self: dict[ast.ClassDef, frozenset[str]] = {}

    @cached_property
    def _set_outside(self) -> frozenset[str]:
        """The attributes that a module which is none of tests sets on anything but `self`, `EVERY` where it may be any.

        What tests set on an object of theirs is known where they are followed.
        """
        module = self._module
        if is_test(module.source.path):
            return frozenset()
        body = module.source.body
        found = {
            match[1].decode()
            for match in SET.finditer(body)
            if not _BEHIND_OWN.search(body, max(0, match.start() - _OWN_LENGTH), match.start())
        }
        if _OWN_MODULE.search(body):
            found.add(EVERY)
        if b"setattr(" in body:
            for node in module.tree.body:
                if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    found.update(_set_by_setattr(body[slice(*module.span(node))]))
        return frozenset(found)

    def bound_besides(self, node: ast.ClassDef, methods: frozenset[str]) -> Iterator[str]:
        """The names that a class binds to anything but one of its methods, or that the module replaces afterwards."""
        for each in node.body:
            match each:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Expr():
                    pass
                case ast.AnnAssign(value=None):
                    pass
                case ast.ClassDef(name=name):
                    yield name
                case _:
                    yield from bound_by(each)
        outside = self._set_outside
        yield from methods if EVERY in outside else methods & outside
        text = self._text(node)
        yield from methods if _may_be_another(node, text) else methods & self._set_on_self(node)

    def of_instances(self, node: ast.ClassDef) -> Iterator[str]:
        """The attributes that instances of a class, or of one that derives from it, may hold by themselves."""
        text = self._text(node)
        fills = any(word in text for word in _IN_ANY) and _ANY.search(text) is not None
        if fills or _makes_anything(node, text):
            yield EVERY
        yield from self._set_on_self(node)
        yield from _set_by_setattr(text, of_self=True)
        for each in node.body:
            if isinstance(each, ast.AnnAssign):
                yield from stored_names(each.target)

    def _set_on_self(self, node: ast.ClassDef) -> frozenset[str]:
        """The attributes of `self` that a class assigns anywhere."""
        found = self._on_self.get(node)
        if found is None:
            found = self._on_self[node] = frozenset(_set_on_self(self._text(node)))
        return found

    def _text(self, node: ast.ClassDef) -> bytes:
        return self._module.source.body[slice(*self._module.span(node))]


def _set_on_self(text: bytes) -> Iterator[str]:
    """The attributes of `self` that a text assigns."""
    yield from (name.decode() for pattern in _SET_ON_SELF for name in pattern.findall(text))
    for several in _SEVERAL_ON_SELF.findall(text):
        yield from (name.decode() for name in _OF_SELF.findall(several))


def _set_by_setattr(text: bytes, *, of_self: bool = False) -> Iterator[str]:
    """The attributes that a text gives to `setattr`, for any object or for `self`: `EVERY` where no name is written."""
    for owner, name in _SETATTR.findall(text):
        if not of_self or owner in _OWN:
            yield name.decode() or EVERY


def bound_by(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement in the body of a class binds."""
    for each in statements_in([statement]):
        match each:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (name.asname or name.name.partition(".")[0] for name in names)
            case _:
                for target in targets_of(each):
                    yield from stored_names(target)


def _may_be_another(node: ast.ClassDef, text: bytes) -> bool:
    """Whether instances of a class may have other methods than its body shows, by what makes the class or them."""
    return not keeps_its_methods(node) or _makes_anything(node, text)


def keeps_its_methods(node: ast.ClassDef) -> bool:
    """Whether the decorators of a class leave its methods as its body shows them."""
    names = (dotted_name(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list)
    return all(name.rpartition(".")[2] in _KEEPING or name.partition(".")[0] in _OF_TESTS for name in names)


def _makes_anything(node: ast.ClassDef, text: bytes) -> bool:
    """Whether a class, and any that derives from it, may be made by something else, or have other instances."""
    if any(each.arg == "metaclass" and last_part(each.value) not in _METACLASSES for each in node.keywords):
        return True
    return b"def __new__(" in text and text.count(b"__new__(") == 1
