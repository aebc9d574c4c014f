"""What the objects behind a double are, told in words.

Everything is looked up without running code of the user's: no property, `__getattr__` or descriptor is triggered.
"""

from __future__ import annotations

import inspect
import types
import weakref
from collections.abc import Sequence

from codemods.evidence.records import Chain, Original, Real

_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
)
_PLAIN = (types.ModuleType, str, bytes, int, float, complex, list, tuple, dict, set, frozenset, types.NoneType)
_MISSING = object()


def name_of(thing: object) -> str:
    """`module:qualname` of a class or function, of the class for any other object; "" where there is no such name."""
    if isinstance(thing, (list, tuple)) or thing is None or thing is True:
        return ""
    named = thing if isinstance(thing, (type, *_FUNCTIONS)) else type(thing)
    module, qualname = (_text(named, attribute) for attribute in ("__module__", "__qualname__"))
    return f"{module}:{qualname}" if module and qualname else ""


def target_of(target: object, attribute: str) -> str:
    """`package.module.Class.name`: what a patch replaces, by the object that the name is taken from."""
    if isinstance(target, types.ModuleType):
        return f"{target.__name__}.{attribute}"
    return f"{name_of(target).replace(':', '.')}.{attribute}"


def kind_of(original: object, default: object) -> Original:
    """What a patch replaced; `default` is the object that stands for nothing."""
    if original is default:
        return "missing"
    if isinstance(original, (staticmethod, classmethod)):
        original = original.__func__
    if isinstance(original, type):
        return "class"
    if inspect.iscoroutinefunction(original):
        return "async function"
    if isinstance(original, _FUNCTIONS):
        return "function"
    return "other" if isinstance(original, (property, *_PLAIN)) else "instance"


def real_of(model: object, chain: Chain) -> Real:
    """What a member is in the spec or in what was patched; "" where that can't be told without running it.

    The return value of a class is an instance of it; what a function returns isn't known.
    """
    thing = model
    for step in chain:
        if step == "()":
            if not isinstance(thing, type):
                return ""
            continue
        thing = inspect.getattr_static(thing, step, _MISSING)
        if thing is _MISSING:
            return ""
        if isinstance(thing, (staticmethod, classmethod)):
            thing = thing.__func__
    if chain and chain[-1] == "()":
        thing = inspect.getattr_static(thing, "__call__", _MISSING)
    if inspect.iscoroutinefunction(thing):
        return "async"
    if isinstance(thing, (type, *_FUNCTIONS)):
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


def _text(thing: object, attribute: str) -> str:
    found = getattr(thing, attribute, None)
    return found if isinstance(found, str) else ""
