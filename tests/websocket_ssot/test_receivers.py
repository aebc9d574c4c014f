from __future__ import annotations

import msgspec
import pytest

from codemods.websocket_ssot.facts import FunctionFact, Member, Parameter, Receiver
from codemods.websocket_ssot.receivers import Misfit, misfits, takes

SELF = Parameter("self", "any", None)
USER = Parameter("user", "any", None)
RETRIES = Parameter("retries", "any", "3")


def method(*parameters: Parameter, is_async: bool = False, decorators: tuple[str, ...] = ()) -> FunctionFact:
    return FunctionFact("send", is_async, parameters, (), False, (), 1, 0, 0, decorators=decorators)


def called(positional: int = 0, *keywords: str, unpacked: bool = False, awaited: bool = False) -> Member:
    return Member("send", 7, True, positional, keywords, unpacked, awaited, False)


def reasons(member: Member, *, is_open: bool = False, **members: FunctionFact | None) -> list[str]:
    receiver = Receiver("name", "manager", True, (member,), 0, (), (0, 0), False)
    return [misfit.reason for misfit in misfits(receiver, members, None, is_open=is_open)]


@pytest.mark.parametrize(
    ("parameters", "member", "fits"),
    [
        pytest.param((SELF, USER), called(1), True, id="positional"),
        pytest.param((SELF, USER), called(0, "user"), True, id="by name"),
        pytest.param((SELF, USER, RETRIES), called(1), True, id="default left out"),
        pytest.param((SELF, USER), called(2), False, id="too many"),
        pytest.param((SELF, USER, Parameter("rest", "*", None)), called(5), True, id="any number"),
        pytest.param((SELF, USER), called(1, "topic"), False, id="unknown keyword"),
        pytest.param((SELF, USER, Parameter("rest", "**", None)), called(1, "topic"), True, id="any keyword"),
        pytest.param((SELF, USER), called(0), False, id="too few"),
        pytest.param((SELF, USER, RETRIES), called(1, "user"), False, id="the same one twice"),
        pytest.param((SELF, USER), called(0, unpacked=True), True, id="unpacked: can't be told"),
    ],
)
def test_a_method_takes_what_its_parameters_say(parameters: tuple[Parameter, ...], member: Member, fits: bool) -> None:
    assert takes(method(*parameters), member) is fits


def test_a_static_method_has_no_self() -> None:
    assert takes(method(USER, decorators=("staticmethod",)), called(1))
    assert not takes(method(USER), called(1))


def test_an_attribute_that_nobody_has_is_a_misfit() -> None:
    assert reasons(called()) == ["has no attribute send"]
    assert reasons(called(), is_open=True) == []
    assert reasons(msgspec.structs.replace(called(), attribute="__class__")) == []


def test_an_attribute_of_a_mock_is_none_of_a_method() -> None:
    read = msgspec.structs.replace(called(), called=False)
    mocked = msgspec.structs.replace(read, attribute="return_value")
    assert reasons(read, send=method(SELF)) == []
    assert reasons(mocked, return_value=None) == ["has no attribute return_value.return_value"]


def test_nothing_is_known_of_what_a_property_gives() -> None:
    assert reasons(called(5), send=method(SELF, decorators=("property",))) == []


@pytest.mark.parametrize(
    ("member", "is_async", "found"),
    [
        pytest.param(called(1, awaited=True), False, ["send() can't be awaited"], id="plain, awaited"),
        pytest.param(called(1, awaited=True), True, [], id="coroutine, awaited"),
        pytest.param(
            msgspec.structs.replace(called(1), bare=True), True, ["send() has to be awaited"], id="coroutine, forgotten"
        ),
        pytest.param(called(1), True, [], id="coroutine, given to something"),
    ],
)
def test_a_coroutine_has_to_be_awaited_and_nothing_else_can_be(
    member: Member, is_async: bool, found: list[str]
) -> None:
    assert reasons(member, send=method(SELF, USER, is_async=is_async)) == found


def test_what_the_code_itself_puts_there_is_no_misfit() -> None:
    stored = msgspec.structs.replace(called(), called=False, stored=True)
    receiver = Receiver("name", "manager", True, (stored, called()), 0, (), (0, 0), False)
    assert list(misfits(receiver, {}, None, is_open=False)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({"send": method(SELF)}, True, id="the old one had it"),
        pytest.param({"send": method(SELF, USER)}, False, id="nor could the old one do it"),
        pytest.param({}, False, id="nor had the old one"),
        pytest.param(None, False, id="the old one is unknown"),
    ],
)
def test_a_misfit_is_new_if_the_old_origin_offered_it(old: dict[str, FunctionFact | None] | None, new: bool) -> None:
    receiver = Receiver("name", "manager", True, (called(),), 0, (), (0, 0), False)
    found = list(misfits(receiver, {"send": method(SELF, USER)}, old, is_open=False))
    assert found == [Misfit(new, 7, "send() takes other arguments")]
