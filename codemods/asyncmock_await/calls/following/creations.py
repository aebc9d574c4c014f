"""Which expressions make a double, and of which kind."""

from __future__ import annotations

import ast
import re
from typing import Literal

from codemods.asyncmock_await.calls.facts import Form, Kind
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import dotted_name

_SYNC = frozenset({"MagicMock", "Mock", "NonCallableMock", "NonCallableMagicMock", "PropertyMock", "ThreadingMock"})
_BY_SPEC = frozenset({"MagicMock", "Mock", "NonCallableMagicMock", "NonCallableMock", "ThreadingMock"})
"""The sync mocks whose members are AsyncMocks where a spec has coroutine functions (`_get_child_mock`)."""

_SPECS = frozenset({"spec", "spec_set", "wraps", "autospec"})
_OF_MOCK = frozenset({"name", "unsafe", "new", "new_callable", "create", "target", "attribute", "instance", *_SPECS})
"""Keywords of a mock's class or a patch that configure no member of the double."""

_MOCKER = re.compile(r"((class|module|package|session)_)?mocker\Z")
"""The fixtures of pytest-mock."""

Patch = Literal["patch", "patch.object"]


def of_mocker(name: str) -> str:
    """The rest of a dotted name that begins with a fixture of pytest-mock, else ""."""
    first, _, rest = name.partition(".")
    return rest if _MOCKER.match(first) else ""


def known_as(node: ast.expr, mocks: MockNames) -> str:
    """What of the mock library a name leads to, as it is called there (pytest-mock's, too), "" for anything else."""
    name = dotted_name(node)
    return (mocks.canonical(name) or of_mocker(name)) if name else ""


def class_kind(node: ast.expr, mocks: MockNames) -> Kind:
    """What a call of an instance gives, of a class that an expression names (`AsyncMock`, `mock.MagicMock`)."""
    known = known_as(node, mocks)
    if known == "AsyncMock":
        return "async"
    return "sync" if known in _SYNC else "unknown"


def created_kind(call: ast.Call, mocks: MockNames) -> Kind:
    """What a call of the double gives that an expression like `AsyncMock(...)` makes.

    A mock with a spec is unknown unless it is an AsyncMock: `MagicMock(spec=f)` of an `async def` is one too.
    """
    if of_mocker(dotted_name(call.func)) == "async_stub":
        return "async"
    return class_kind(call.func, mocks)


def has_spec(call: ast.Call) -> bool:
    """Whether members depend on something that is not known here: a spec, or keywords from a mapping."""
    return bool(call.args) or has_open_keywords(call) or any(keyword.arg in _SPECS for keyword in call.keywords)


def has_open_keywords(call: ast.Call) -> bool:
    """Whether a call has keywords from a mapping that isn't written there, or one that may be more than members."""
    return any(keyword.arg is None and not _is_of_members(keyword.value) for keyword in call.keywords)


def _is_of_members(mapping: ast.expr) -> bool:
    """Whether a mapping of keywords names nothing but members, or members of members (`{"load.return_value": 1}`)."""
    return isinstance(mapping, ast.Dict) and all(
        isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value not in _OF_MOCK
        for key in mapping.keys
    )


def has_spec_of_names(call: ast.Call) -> bool:
    """Whether all that is known of the members of a double are their names, in a list or tuple that is written there.

    A name says of no member that it is a coroutine function (`NonCallableMock._mock_add_spec` in CPython's
    `unittest/mock.py`, the same in 3.11 to 3.13).
    """
    named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg in _SPECS}
    given = [*call.args, *named.values()]
    if len(given) != 1 or has_open_keywords(call) or not named.keys() <= {"spec", "spec_set"}:
        return False
    spec = given[0]
    return isinstance(spec, (ast.List, ast.Tuple)) and all(
        isinstance(each, ast.Constant) and isinstance(each.value, str) for each in spec.elts
    )


def spec_of(call: ast.Call, mocks: MockNames) -> tuple[Form, str] | None:
    """How a call makes a double with a spec, and the dotted name of that; None where it has none, or another one.

    Only names are looked up (`spec=["save"]` is a list of strings), and nothing else may be there that gives members;
    where a spec and `wraps` are, the spec says what members there are, and of which kind.
    Of an instance that is made on the spot (`spec=Orders()`) the name is followed by brackets.
    """
    known = known_as(call.func, mocks)
    keywords = {each.arg: each.value for each in call.keywords}
    open_ended = has_open_keywords(call) or not keywords.keys().isdisjoint({"autospec", "new_callable"})
    if open_ended or len(call.args) > 1:
        return None
    named = {"spec"} if known == "create_autospec" else {"spec", "spec_set", "wraps"}
    given = [*call.args, *(value for each, value in keywords.items() if each in named - {"wraps"})]
    wraps = not given and "wraps" in keywords and "wraps" in named
    given += [keywords["wraps"]] if wraps else []
    spec = _spec_name(given[0]) if len(given) == 1 else ""
    if not spec:
        return None
    if wraps and known == "AsyncMock":
        return "async wraps", spec
    if wraps:
        return ("wraps", spec) if known in _BY_SPEC else None
    if known == "create_autospec":
        instance = keywords.get("instance")
        if instance is not None and not isinstance(instance, ast.Constant):
            return None
        of_instance = (isinstance(instance, ast.Constant) and bool(instance.value)) or spec.endswith("()")
        return ("mock spec" if of_instance else "autospec"), spec
    if known == "AsyncMock":
        return "spec", spec
    return ("mock spec", spec) if known in _BY_SPEC else None


def added_spec(call: ast.Call) -> str:
    """The dotted name that a call of `mock_add_spec` makes the spec of a mock, as in `spec_of`; "" for another one."""
    keywords = {each.arg: each.value for each in call.keywords}
    given = [*call.args[:1], *(value for each, value in keywords.items() if each == "spec")]
    open_ended = len(call.args) > 2 or not keywords.keys() <= {"spec", "spec_set"}
    return _spec_name(given[0]) if len(given) == 1 and not open_ended else ""


def attached(call: ast.Call) -> str:
    """The attribute as which a call of `attach_mock` sets a mock, "" where that isn't written there."""
    match call:
        case ast.Call(args=[_mock, ast.Constant(value=str(name))], keywords=[]):
            return name
    return ""


def _spec_name(node: ast.expr) -> str:
    """The dotted name that a spec is, `Orders()` for an instance that is made on the spot, else ""."""
    if isinstance(node, ast.Call):
        return f"{dotted_name(node.func)}()" if dotted_name(node.func) else ""
    return dotted_name(node)


def stands_in(call: ast.Call, form: str) -> tuple[Form, str] | None:
    """In whose place a patch puts the mock that it makes by itself, as a dotted name; None where that isn't written."""
    if has_open_keywords(call) or any(each.arg in {"new", "new_callable", "wraps"} for each in call.keywords):
        return None
    spec = [each.value for each in call.keywords if each.arg in {"spec", "spec_set"}]
    if spec:
        name = _spec_name(spec[0]) if len(spec) == 1 and keyword_value(call, "autospec") is None else ""
        return ("mock spec", name) if name else None
    autospec = keyword_value(call, "autospec")
    by_spec = isinstance(autospec, ast.Constant) and autospec.value is True
    if autospec is not None and not by_spec:
        return None
    if form == "patch":
        target = stated_target(call)
        if "." not in target:
            return None
        return "patch autospec" if by_spec else "patch", target
    owner, attribute = patched_place(call)
    name = dotted_name(owner) if owner is not None else ""
    if not name or not attribute:
        return None
    return "autospec" if by_spec else "patch object", f"{name}.{attribute}"


def puts_its_own(call: ast.Call, form: str) -> bool:
    """Whether a patch puts in place what it makes by itself: an AsyncMock for a coroutine function, else a MagicMock.

    An AsyncMock counts for a coroutine function, any other mock does not (`_patch.__enter__` in `unittest/mock.py`).
    """
    says = {"new", "new_callable", "wraps", "spec", "spec_set", "autospec"}
    return (
        new_value(call, form) is None
        and not has_open_keywords(call)
        and says.isdisjoint(keyword.arg for keyword in call.keywords)
    )


def configured_members(call: ast.Call) -> list[tuple[str, ast.expr]]:
    """What keywords of a mock's class or of a patch set (`AsyncMock(return_value=1, close=MagicMock())`)."""
    return [(name, value) for name, value in members_set(call) if is_member(name)]


def is_member(keyword: str) -> bool:
    """Whether a keyword of a mock's class sets a member of the double, or its outcome."""
    return keyword not in _OF_MOCK


def members_set(call: ast.Call) -> list[tuple[str, ast.expr]]:
    """What the keywords of a call set, those of a mapping that is written there included, members of members last.

    In the order of `NonCallableMock.configure_mock` in CPython's `unittest/mock.py`; an outcome that a `side_effect`
    decides about is not told from its `return_value`, so that comes first.
    """
    found: list[tuple[str, ast.expr]] = []
    for keyword in call.keywords:
        if keyword.arg is not None:
            found.append((keyword.arg, keyword.value))
        elif isinstance(keyword.value, ast.Dict) and _is_of_members(keyword.value):
            keys = [str(key.value) for key in keyword.value.keys if isinstance(key, ast.Constant)]
            found += zip(keys, keyword.value.values, strict=True)
    return sorted(found, key=lambda pair: (pair[0].count("."), pair[0].endswith("side_effect")))


def keyword_value(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def is_patch(call: ast.Call, mocks: MockNames) -> bool:
    """Whether a call is one of the library's (or pytest-mock's) that replace something, however it is used."""
    known = known_as(call.func, mocks)
    return known.partition(".")[0] in {"patch", "spy"}


def patch_form(call: ast.expr, mocks: MockNames) -> Patch | Literal[""]:
    """Whether an expression is a call of `patch` or `patch.object` (pytest-mock's as well)."""
    known = known_as(call.func, mocks) if isinstance(call, ast.Call) else ""
    return "patch" if known == "patch" else "patch.object" if known == "patch.object" else ""


def patched_place(call: ast.Call) -> tuple[ast.expr | None, str]:
    """The object whose attribute a `patch.object` replaces, and the attribute ("" where it isn't a literal)."""
    owner = call.args[0] if call.args else keyword_value(call, "target")
    attribute = call.args[1] if len(call.args) > 1 else keyword_value(call, "attribute")
    known = isinstance(attribute, ast.Constant) and isinstance(attribute.value, str)
    return owner, str(attribute.value) if known and isinstance(attribute, ast.Constant) else ""


def names_its_place(call: ast.Call, form: str) -> bool:
    """Whether it is written what a patch replaces: the whole target, or the attribute of an object."""
    if form == "patch.object":
        return bool(patched_place(call)[1])
    return bool(stated_target(call))


def stated_target(call: ast.Call) -> str:
    """The target of a `patch`, as its string says, "" where that isn't written there."""
    target = call.args[0] if call.args else keyword_value(call, "target")
    return target.value if isinstance(target, ast.Constant) and isinstance(target.value, str) else ""


def new_value(call: ast.Call, form: str) -> ast.expr | None:
    """What a patch puts in place, where it says so (its `new`)."""
    index = 1 if form == "patch" else 2
    if len(call.args) > index:
        return call.args[index]
    return keyword_value(call, "new")


def patched_kind(call: ast.Call, mocks: MockNames) -> Kind:
    """What a call of the double gives that a patch makes by itself: known only by its `new_callable`.

    Without that it depends on what is patched: an `async def` becomes an AsyncMock.
    """
    made_by = keyword_value(call, "new_callable")
    if made_by is None or has_spec(ast.Call(made_by, [], call.keywords)):
        return "unknown"
    return class_kind(made_by, mocks)
