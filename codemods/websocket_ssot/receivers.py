"""Whether what is done with an old manager can be done with the canonical one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codemods.websocket_ssot.arguments import without_self
from codemods.websocket_ssot.facts import FunctionFact, Member, Receiver

_OF_MOCKS = frozenset(
    {"return_value", "side_effect", "call_args", "call_args_list", "call_count", "mock_calls", "called"}
)
_OF_OBJECTS = frozenset(dir(object))


@dataclass(frozen=True, slots=True)
class Misfit:
    """A use of the manager that the canonical class doesn't offer; `new` says that the old origin offered it."""

    new: bool
    line: int
    reason: str


def takes(method: FunctionFact, member: Member) -> bool:
    """Whether a method can be called with that many arguments and these keywords."""
    if member.unpacked:
        return True
    parameters = method.parameters if "staticmethod" in method.decorators else without_self(method.parameters)
    positional = [p for p in parameters if p.kind in {"pos", "any"}]
    open_positional = any(p.kind == "*" for p in parameters)
    if member.positional > len(positional) and not open_positional:
        return False
    keywords = {p.name for p in parameters if p.kind in {"any", "kw"}}
    if not set(member.keywords) <= keywords and not any(p.kind == "**" for p in parameters):
        return False
    filled = {p.name for p in positional[: member.positional]} | set(member.keywords)
    if len(filled) < min(member.positional, len(positional)) + len(member.keywords):
        return False  # the same parameter twice
    return all(p.default is not None or p.name in filled for p in parameters if p.kind in {"pos", "any", "kw"})


def _misfit(member: Member, members: Mapping[str, FunctionFact | None], *, is_open: bool) -> str:
    """Why a class doesn't offer a use of an attribute, "" when it does."""
    name = member.attribute
    if name not in members:
        return "" if is_open or name in _OF_OBJECTS or member.stored else f"has no attribute {name}"
    method = members[name]
    if method is None or not member.called:
        return f"has no attribute {name}.{name}" if name in _OF_MOCKS else ""
    if {"property", "cached_property"} & set(method.decorators):
        return ""
    if not takes(method, member):
        return f"{name}() takes other arguments"
    if member.awaited and not method.is_async:
        return f"{name}() can't be awaited"
    return f"{name}() has to be awaited" if member.bare and method.is_async else ""


def misfits(
    receiver: Receiver,
    members: Mapping[str, FunctionFact | None],
    old: Mapping[str, FunctionFact | None] | None,
    *,
    is_open: bool,
) -> Iterator[Misfit]:
    """What is done with a manager that its canonical class (`members`) doesn't offer.

    `old` is what the old origin offered, None where that isn't known or is nothing at all (it could never be made).
    """
    stored = {member.attribute for member in receiver.members if member.stored}
    for member in receiver.members:
        if member.attribute in stored:
            continue  # the code itself puts it there
        reason = _misfit(member, members, is_open=is_open)
        if reason:
            new = old is not None and member.attribute in old and not _misfit(member, old, is_open=False)
            yield Misfit(new, member.line, reason)
