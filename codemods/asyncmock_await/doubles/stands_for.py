"""What a patch stands for, by the source alone: the function of the project that its target leads to."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from codemods.asyncmock_await.doubles.attributes import EVERY
from codemods.asyncmock_await.doubles.facts import ENTERING, SUBSCRIPTED, ClassOf, Creation, Function
from codemods.asyncmock_await.imported_within import origin_of
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

PATCHES = frozenset({"patch", "patch.object", "mocker.patch", "mocker.patch.object"})
ASKS = "asks what is a coroutine"
"""The mark of files that call `iscoroutinefunction`, `iscoroutine` or `isawaitable`."""

_PLAIN_BASES = frozenset(
    {"abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Generic", "typing_extensions.Protocol"}
)
"""Base classes that bring no attribute but such with two underscores, and have no say in what one is."""

_DEEP = 30
"""So many base classes are followed."""


def patched_functions(project: Project[Facts], origins: Origins) -> Iterator[tuple[str, Creation, Function]]:
    """Each patch with `new_callable` whose target is a function of the project: (path, patch, function)."""
    for path, entry in project.entries.items():
        if entry.facts is None:
            continue
        for creation in entry.facts.doubles.creations:
            if creation.what in PATCHES and creation.given("new_callable"):
                found = function_of(project, origins, path, creation)
                if found is not None:
                    yield path, creation, found


def function_of(project: Project[Facts], origins: Origins, path: str, creation: Creation) -> Function | None:
    """The function that a patch replaces, None where it is anything else or can't be told."""
    if creation.what in {"patch", "mocker.patch"}:
        target = _string(creation.positional[0]) if creation.positional else ""
        return function_at(project, origins, path, target)
    if creation.what in {"patch.object", "mocker.patch.object"} and len(creation.positional) > 1:
        name = _string(creation.positional[1])
        root, *attributes = creation.positional[0].split(".")
        if name and all(part.isidentifier() for part in (root, *attributes)):
            return _reached(project, origins, origin_of(project, origins, path, root), [*attributes, name])
    return None


def function_at(project: Project[Facts], origins: Origins, path: str, target: str) -> Function | None:
    """The function with the dotted name `target`, as an import in the file `path` would find it."""
    first, *attributes = target.split(".")
    if not attributes:
        return None
    return _reached(project, origins, origins.module(path, 0, first), attributes)


def function_named(project: Project[Facts], origins: Origins, path: str, dotted: str) -> Function | None:
    """The function or method that a dotted name of the file `path` leads to."""
    root, *attributes = dotted.split(".")
    return _reached(project, origins, origin_of(project, origins, path, root), attributes)


def leads_to_coroutine(project: Project[Facts], origins: Origins, path: str) -> Callable[[str], bool]:
    """A function that says whether a dotted name of a file leads to an `async def` of the project."""

    def leads(dotted: str) -> bool:
        found = function_named(project, origins, path, dotted)
        return found is not None and found.asynchronous

    return leads


def _string(text: str) -> str:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return ""
    return value if isinstance(value, str) else ""


def _reached(project: Project[Facts], origins: Origins, start: Origin, attributes: list[str]) -> Function | None:
    origin, rest = origins.follow(start, attributes)
    if origin.fallback:
        return None
    if origin.status in {"def", "async def"} and not rest:
        return _only(each for each in _functions(project, origins, origin.path) if each.name == origin.name)
    if origin.status == "class" and len(rest) == 1:
        return method_of(project, origins, origin, rest[0])
    return None


def _only(functions: Iterator[Function]) -> Function | None:
    found = list(functions)
    return found[0] if len(found) == 1 else None


def _functions(project: Project[Facts], origins: Origins, path: str) -> Iterator[Function]:
    entry = project.entries.get(path)
    if entry is None or entry.facts is None:
        origins.unloaded.add(path)
        return iter(())
    return iter(entry.facts.doubles.functions)


def _class(project: Project[Facts], origins: Origins, origin: Origin) -> ClassOf | None:
    entry = project.entries.get(origin.path)
    if entry is None or entry.facts is None:
        origins.unloaded.add(origin.path)
        return None
    named = [each for each in entry.facts.doubles.classes if each.name == origin.name]
    return named[0] if len(named) == 1 else None


def method_of(project: Project[Facts], origins: Origins, owner: Origin, name: str) -> Function | None:
    """A method by the class, or by the first of its bases that has one; None where that can't be told.

    None, too, where a base further right may come before the class that it was found in (a diamond), and has another.
    """
    found = _looked_up(project, origins, owner, name, _DEEP)
    return found if isinstance(found, Function) else None


def _looked_up(
    project: Project[Facts], origins: Origins, owner: Origin, name: str, left: int
) -> Function | Literal["nowhere"] | None:
    """The method of a class, "nowhere" where neither the class nor what it derives from binds the name."""
    found = _class(project, origins, owner)
    if found is None or left <= 0 or name in found.others:
        return None
    own = [each for each in found.methods if each.name == name]
    if own:
        return own[0] if len(own) == 1 else None
    bases = [base for base in found.bases if not _is_plain(origins, owner, base)]
    for index, base in enumerate(bases):
        above = _base(origins, owner, base)
        inherited = _looked_up(project, origins, above, name, left - 1) if above is not None else None
        if (
            above is None
            or inherited is None
            or (base.endswith(SUBSCRIPTED) and not _is_itself(project, origins, above))
        ):
            return None
        if inherited == "nowhere":
            continue
        if name in _bound_by(_class(project, origins, above)):
            return inherited
        others = [other for base in bases[index + 1 :] if (other := _base(origins, owner, base)) is not None]
        return None if any(_differs(project, origins, other, inherited, left - 1) for other in others) else inherited
    return "nowhere"


def enters_itself(project: Project[Facts], origins: Origins, owner: Origin) -> bool:
    """Whether what a `with` or `async with` gives of an instance of a class is that instance."""
    found = [_looked_up(project, origins, owner, name, _DEEP) for name in ENTERING]
    enters = [each for each in found if each != "nowhere"]
    return bool(enters) and all(each is not None and each.gives_self for each in enters)


def _is_itself(project: Project[Facts], origins: Origins, owner: Origin) -> bool:
    """Whether a class with a subscript stands for that class: it has no `__class_getitem__` of its own (PEP 560)."""
    return _looked_up(project, origins, owner, "__class_getitem__", _DEEP) == "nowhere"


def may_be_held(project: Project[Facts], origins: Origins, owner: Origin, name: str, left: int = _DEEP) -> bool:
    """Whether an instance of a class may hold an attribute itself, which then comes before a method of that name."""
    found = _class(project, origins, owner)
    if found is None or left <= 0:
        return True
    if name in found.held or EVERY in found.held:
        return True
    bases = (_base(origins, owner, base) for base in found.bases)
    return any(may_be_held(project, origins, base, name, left - 1) for base in bases if base is not None)


def lineage(
    project: Project[Facts], origins: Origins, owner: Origin, left: int = _DEEP
) -> frozenset[tuple[str, str]] | None:
    """A class of the project and all classes of the project that it derives from, by their keys.

    None where a base is neither one of these nor one from elsewhere.
    """
    found = _class(project, origins, owner)
    if found is None or left <= 0:
        return None
    keys = {owner.key}
    for base in found.bases:
        if _is_plain(origins, owner, base):
            continue
        origin, rest = _reached_by(origins, owner, base)
        above = lineage(project, origins, origin, left - 1) if origin.status == "class" and not rest else None
        if origin.fallback or (above is None and origin.status != "external"):
            return None
        keys |= above or frozenset()
    return frozenset(keys)


def keeps(project: Project[Facts], origins: Origins, owner: Origin, name: str, left: int = _DEEP) -> bool:
    """Whether an attribute that is set on an instance of a class is what was set.

    A property, another descriptor or a `__setattr__` may see to it that it isn't, also one of a base class that isn't
    the project's.
    """
    found = _class(project, origins, owner)
    if found is None or left <= 0 or EVERY in found.held:
        return False
    decides = {name, "__setattr__", "__getattribute__"}
    methods = {each.name for each in found.methods}
    if not decides.isdisjoint(found.others) or (methods and methods <= set(found.others)):
        return False
    if any(each.name in decides and (each.name != name or each.decorated) for each in found.methods):
        return False
    bases = [_base(origins, owner, base) for base in found.bases if not _is_plain(origins, owner, base)]
    return all(base is not None and keeps(project, origins, base, name, left - 1) for base in bases)


def _base(origins: Origins, owner: Origin, base: str) -> Origin | None:
    """A base of a class of the project, None where it is none of the project's itself."""
    origin, rest = _reached_by(origins, owner, base)
    return origin if origin.status == "class" and not rest else None


def _is_plain(origins: Origins, owner: Origin, base: str) -> bool:
    """Whether a base is `object`, or one of those that bring no attributes."""
    origin, rest = _reached_by(origins, owner, base)
    if origin.nowhere and not rest:
        return base == "object"
    return origin.status == "external" and ".".join(filter(None, (origin.path, origin.name, *rest))) in _PLAIN_BASES


def _reached_by(origins: Origins, owner: Origin, base: str) -> tuple[Origin, tuple[str, ...]]:
    """What a base leads to, as the class writes it."""
    root, *attributes = base.removesuffix(SUBSCRIPTED).split(".")
    return origins.follow(origins.bound(owner.path, root), attributes)


def _bound_by(found: ClassOf | None) -> frozenset[str]:
    """The names that the body of a class binds."""
    return frozenset() if found is None else frozenset({*found.others, *(each.name for each in found.methods)})


def _differs(project: Project[Facts], origins: Origins, owner: Origin, method: Function, left: int) -> bool:
    """Whether a class, or any class that it derives from, binds the name of a method to anything else."""
    found = _class(project, origins, owner)
    if found is None or left <= 0 or method.name in found.others:
        return True
    if any(each.name == method.name and each != method for each in found.methods):
        return True
    bases = (_base(origins, owner, base) for base in found.bases)
    return any(_differs(project, origins, base, method, left - 1) for base in bases if base is not None)


def methods_near(project: Project[Facts], origins: Origins, path: str, name: str) -> tuple[Function, ...]:
    """The methods of that name in the classes that a module defines or imports."""
    entry = project.entries.get(path)
    if entry is None or entry.names is None or entry.facts is None:
        return ()
    classes = list(entry.facts.doubles.classes)
    for statement in entry.names.imports:
        for imported in statement.names if statement.is_from else ():
            origin = origins.imported(path, statement.level, statement.module, imported.name)
            if origin.status == "class":
                found = _class(project, origins, origin)
                classes += [found] if found is not None else []
    return tuple(method for each in classes for method in each.methods if method.name == name)


def method_by_annotation(
    project: Project[Facts], origins: Origins, path: str, annotated: str, name: str
) -> Function | None:  # fmt: skip
    """The method of the class of the project that annotates a double; None where that isn't certain."""
    owner = class_at(origins, path, annotated) if annotated and name else None
    return method_of(project, origins, owner, name) if owner is not None else None


def asks(project: Project[Facts]) -> bool:
    """Whether any code of the project that is no test asks what is a coroutine (function).

    It may be far from where the double is called: a registry of handlers, a scheduler.
    """
    return any(ASKS in marks and not is_test(path) for path, marks in project.marks.items())


def class_at(origins: Origins, path: str, dotted: str) -> Origin | None:
    """The class that a dotted name means in a module, None for anything else."""
    root, *attributes = dotted.split(".")
    origin, rest = origins.follow(origins.bound(path, root), attributes)
    return origin if origin.status == "class" and not rest and not origin.fallback else None


def members_of(
    project: Project[Facts], origins: Origins, owner: Origin, left: int = _DEEP
) -> dict[str, Function | None] | None:
    """What the body of a class and those of its bases bind: methods, and None for other names.

    None where a base is not one of the project's classes, so that there may be more.
    """
    found = _class(project, origins, owner)
    if found is None or left <= 0:
        return None
    members: dict[str, Function | None] = {}
    for base in reversed(found.bases):
        if base == "object":
            continue
        origin = class_at(origins, owner.path, base) if base else None
        inherited = members_of(project, origins, origin, left - 1) if origin is not None else None
        if origin is None or inherited is None:
            return None
        own = _bound_by(_class(project, origins, origin))
        # What a base has from one of its own bases may be another's that comes before that one (a diamond).
        members |= {
            name: each if name in own or members.get(name, each) == each else None for name, each in inherited.items()
        }
    names = [method.name for method in found.methods]
    members |= {method.name: method if names.count(method.name) == 1 else None for method in found.methods}
    return members | dict.fromkeys(found.others, None)


def named_by_doubles(project: Project[Facts], origins: Origins, path: str) -> None:
    """Ask for what the doubles of a file name (what is missing stands in `origins.unloaded`).

    These are the classes that annotate them, and the functions that are a `side_effect`.
    """
    entry = project.entries.get(path)
    if entry is None or entry.facts is None:
        return
    leads = leads_to_coroutine(project, origins, path)
    for name in entry.facts.doubles.effects():
        leads(name)
    for creation in entry.facts.doubles.creations:
        owner = class_at(origins, path, creation.annotated) if creation.annotated else None
        if owner is not None:
            members_of(project, origins, owner)
