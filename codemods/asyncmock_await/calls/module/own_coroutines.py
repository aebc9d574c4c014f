"""The coroutine functions that a test calls on itself: methods of its class, and of what that derives from."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cached_property

from codemods.asyncmock_await.calls.module.definitions import Definitions
from codemods.asyncmock_await.calls.module.references import is_coroutine_function
from codemods.asyncmock_await.doubles.attributes import bound_by, keeps_its_methods
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.project import Module

_FAR = 8
"""So many base classes of a module are followed, one after another."""

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


class OwnCoroutines:
    """Answers about the classes at the top level of one module."""

    def __init__(self, module: Module, definitions: Definitions) -> None:
        self._module = module
        self._definitions = definitions

    @cached_property
    def _classes(self) -> Mapping[str, ast.ClassDef | None]:
        """The classes by name, None where two have one, or where what a class has is not certain."""
        found: dict[str, ast.ClassDef | None] = {}
        for node in self._definitions.methods:
            found[node.name] = None if node.name in found or _may_be_changed(node) else node
        return found

    def meant(self, owner: str, name: str) -> str:
        """The method that `self.name` means in a class, as the module calls it; "" where it is no coroutine function.

        `Class.name` for a class of the module, which is certain; `Base.name` where a base from elsewhere has to tell.
        """
        if name.startswith("__"):  # another name by which the class is known may lead there (name mangling)
            return ""
        for _step in range(_FAR):
            node = self._classes.get(owner)
            if node is None:
                return ""
            found = [each for each in self._definitions.methods[node] if each.name == name]
            if found:
                own = (
                    len(found) == 1
                    and not _binds_besides(node, name)
                    and is_coroutine_function(self._module, found[0])
                    and found[0] in node.body
                )
                return f"{owner}.{name}" if own else ""
            bases = [dotted_name(base) for base in node.bases]
            if len(bases) != 1 or not bases[0] or node.keywords:
                return ""
            if bases[0] not in self._classes:
                return f"{bases[0]}.{name}"
            owner = bases[0]
        return ""

    def certain(self, owner: str, name: str) -> bool:
        """Whether `self.name` surely means a coroutine function, unless something else takes its place."""
        return self.knows(self.meant(owner, name))

    def knows(self, meant: str) -> bool:
        """Whether a method is one of a class of the module."""
        return meant.partition(".")[0] in self._classes


def _binds_besides(node: ast.ClassDef, name: str) -> bool:
    """Whether something in the body of a class that is no function binds a name."""
    return any(name in bound_by(each) for each in node.body if not isinstance(each, _FUNCTION))


def _may_be_changed(node: ast.ClassDef) -> bool:
    """Whether a class may have other methods than its body shows, by its decorators or by what finds attributes."""
    finds = any(isinstance(each, _FUNCTION) and each.name == "__getattribute__" for each in node.body)
    return finds or not keeps_its_methods(node)
