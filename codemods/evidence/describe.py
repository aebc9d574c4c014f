"""What the objects behind a double are, told in words.

Everything is looked up without running code of the user's: no property, `__getattr__` or descriptor is triggered.
"""

from __future__ import annotations

import functools
import inspect
import types
import weakref
from collections.abc import Sequence
from typing import Any

from codemods.evidence.records import Chain, Original, Real

_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    functools.partial,
)
_PLAIN = (types.ModuleType, str, bytes, int, float, complex, list, tuple, dict, set, frozenset, types.NoneType)
_MISSING = object()


def _is(thing: object, *kinds: type) -> bool:
    """`isinstance` that doesn't ask the object: `__class__` of a proxy may do anything."""
    return issubclass(type(thing), kinds)


def bare(thing: Any) -> Any:
    """The function inside of a static or class method."""
    return thing.__func__ if _is(thing, staticmethod, classmethod) else thing


def name_of(thing: Any) -> str:
    """`module:qualname` of a class or function, of the class for any other object; "" where there is no such name."""
    if thing is None or thing is True or _is(thing, list, tuple):
        return ""
    named = thing if _is(thing, type, *_FUNCTIONS) else type(thing)
    module, qualname = getattr(named, "__module__", None), getattr(named, "__qualname__", None)
    return f"{module}:{qualname}" if isinstance(module, str) and isinstance(qualname, str) else ""


def target_of(target: Any, attribute: str) -> str:
    """`package.module.Class.name`: what a patch replaces, by the object that the name is taken from."""
    if _is(target, types.ModuleType):
        return f"{target.__name__}.{attribute}"
    return f"{name_of(target).replace(':', '.')}.{attribute}"


def kind_of(original: Any, default: object) -> Original:
    """What a patch replaced; `default` is the object that stands for nothing."""
    if original is default:
        return "missing"
    original = bare(original)
    if _is(original, type):
        return "class"
    if _is(original, *_FUNCTIONS):
        return "async function" if inspect.iscoroutinefunction(original) else "function"
    return "other" if _is(original, property, *_PLAIN) else "instance"


def real_of(model: Any, chain: Chain) -> Real:
    """What a member is in the spec or in what was patched; "" where that can't be told without running it.

    The return value of a class is an instance of it; what a function returns isn't known.
    """
    thing = model
    for step in chain:
        if step == "()":
            if not _is(thing, type):
                return ""
            continue
        thing = bare(inspect.getattr_static(thing, step, _MISSING))
        if thing is _MISSING:
            return ""
    if chain and chain[-1] == "()":
        thing = bare(inspect.getattr_static(thing, "__call__", _MISSING))
    if _is(thing, *_FUNCTIONS):
        return "async" if inspect.iscoroutinefunction(thing) else "sync"
    if _is(thing, type):
        return "sync"
    return "" if thing is _MISSING else "other"


def weakly(thing: object) -> weakref.ref[object] | None:
    """A reference that keeps nothing alive; None where the type has none."""
    try:
        return weakref.ref(thing)
    except TypeError:
        return None


def spec_of(arguments: Sequence[object], keywords: dict[str, object]) -> object:
    """The spec among the arguments of a mock's class, None without one."""
    strict = keywords.get("spec_set")
    if strict is None:
        strict = keywords.get("spec")
    return strict if strict is not None else (arguments[0] if arguments else None)
