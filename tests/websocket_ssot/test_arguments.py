from __future__ import annotations

import pytest

from codemods.websocket_ssot.arguments import Mapped, Refusal, mapped, without_self
from codemods.websocket_ssot.calls import NOT_FOLLOWED
from codemods.websocket_ssot.facts import Argument, Call, Parameter
from codemods.websocket_ssot.shims import Translation

CONTEXT, MODE = Parameter("user_context", "any", "None"), Parameter("mode", "any", '"unified"')
FACTORY = (CONTEXT, MODE)
CONSTRUCTOR = (MODE, CONTEXT)


def given(text: str, keyword: str = "", *, pure: bool = True, at: int = 0) -> Argument:
    return Argument(keyword, at, at + len(text), text, (), pure)


def call(*arguments: Argument, one_line: bool = True) -> Call:
    return Call(0, 0, arguments, one_line, (0, 0), "", NOT_FOLLOWED)


def test_a_positional_argument_gets_the_name_of_its_parameter() -> None:
    assert mapped(call(given("ctx")), FACTORY, FACTORY, ()) == Mapped(((0, "user_context"),))


def test_arguments_that_got_names_stand_in_the_order_of_the_factory() -> None:
    found = mapped(call(given('"isolated"'), given("ctx")), CONSTRUCTOR, FACTORY, ())
    assert found == Mapped(((1, "user_context"), (0, "mode")))


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(call(given('"isolated"'), given("ctx"), one_line=False), id="over several lines"),
        pytest.param(call(given("next(modes)", pure=False), given("ctx")), id="a value that does something"),
    ],
)
def test_arguments_stay_in_place_where_their_order_may_matter(written: Call) -> None:
    assert mapped(written, CONSTRUCTOR, FACTORY, ()) == Mapped(((0, "mode"), (1, "user_context")))


def test_named_arguments_stay_as_they_are_written() -> None:
    found = mapped(call(given('"isolated"', "mode"), given("ctx", "user_context")), CONSTRUCTOR, FACTORY, ())
    assert found == Mapped(((0, ""), (1, "")))


def test_a_keyword_beyond_the_parameters_goes_last_where_the_factory_takes_any() -> None:
    open_factory = (*FACTORY, Parameter("options", "**", None))
    found = mapped(call(given("3", "retries"), given("ctx", "x"), given("m", "mode")), None, open_factory, ())
    assert found == Mapped(((0, ""), (1, ""), (2, "")))
    sorted_too = mapped(call(given("ctx"), given("3", "retries"), given("m", "mode")), FACTORY, open_factory, ())
    assert sorted_too == Mapped(((0, "user_context"), (2, ""), (1, "")))


@pytest.mark.parametrize(
    ("argument", "old", "drop", "code"),
    [
        pytest.param(given("*args", "*"), FACTORY, (), "WS123", id="unpacked sequence"),
        pytest.param(given("**options", "**"), FACTORY, (), "WS123", id="unpacked mapping"),
        pytest.param(given("value"), None, (), "WS120", id="no old signature"),
        pytest.param(given("value"), (), (), "WS120", id="more than the old signature takes"),
        pytest.param(given("mode"), FACTORY, (), "WS120", id="named like another parameter"),
        pytest.param(given("value"), (Parameter("topic", "any", None),), (), "WS120", id="unknown to the factory"),
        pytest.param(given("value", "topic"), FACTORY, (), "WS121", id="stale keyword"),
        pytest.param(given("next(t)", "topic", pure=False), FACTORY, ("topic",), "WS124", id="dropped with an effect"),
    ],
)
def test_what_has_no_sure_meaning_is_refused(
    argument: Argument, old: tuple[Parameter, ...] | None, drop: tuple[str, ...], code: str
) -> None:
    found = mapped(call(argument), old, FACTORY, drop)
    assert isinstance(found, Refusal)
    assert found.code == code


def test_a_long_positional_argument_is_called_by_its_place() -> None:
    found = mapped(call(given("")), (), FACTORY, ())
    assert found == Refusal("WS120", "positional argument 1 has no name in the old signature")


def test_without_an_old_signature_the_name_of_the_value_says_what_it_is() -> None:
    assert mapped(call(given("self.user_context")), None, FACTORY, ()) == Mapped(((0, "user_context"),))
    twice = mapped(call(given("user_context"), given("a.user_context")), None, FACTORY, ())
    assert isinstance(twice, Refusal)
    assert twice.code == "WS120"


def test_a_keyword_that_may_be_dropped_is_dropped_with_its_span() -> None:
    found = mapped(call(given("ctx", "user_context"), given("t", "topic", at=40)), FACTORY, FACTORY, ("topic",))
    assert found == Mapped(((0, ""),), ((40, 41),))


def test_a_parameter_without_default_has_to_be_given() -> None:
    found = mapped(call(), FACTORY, (Parameter("user_context", "any", None), MODE), ())
    assert found == Refusal("WS125", "the canonical factory needs user_context")


def test_a_shim_says_what_its_parameters_are_called_by_the_factory() -> None:
    found = mapped(
        call(given("ctx", "context")), (Parameter("context", "any", None),), FACTORY, (),
        Translation({"context": "user_context"}),
    )  # fmt: skip
    assert found == Mapped(((0, "user_context"),))


def test_what_a_shim_never_used_is_dropped() -> None:
    shim = Translation({}, frozenset({"topic"}))
    topic = (Parameter("topic", "any", None),)
    assert mapped(call(given("t", at=7)), topic, FACTORY, (), shim) == Mapped((), ((7, 8),))
    refused = mapped(call(given("next(t)", pure=False)), topic, FACTORY, (), shim)
    assert refused == Refusal("WS124", "the value of topic may do more than give a value")


def test_what_a_shim_fixes_is_added_unless_the_call_gives_it() -> None:
    shim = Translation({"mode": "mode"}, fixed=(("mode", '"isolated"'),))
    assert mapped(call(), (), FACTORY, (), shim) == Mapped(((-1, 'mode="isolated"'),))
    assert mapped(call(given('"unified"', "mode")), FACTORY, FACTORY, (), shim) == Mapped(((0, ""),))


def test_a_default_of_the_shim_that_the_call_relies_on_is_written_out() -> None:
    shim = Translation({"how": "mode"}, defaults={"how": '"isolated"'})
    how = (Parameter("how", "any", '"isolated"'),)
    assert mapped(call(), how, FACTORY, (), shim) == Mapped(((-1, 'mode="isolated"'),))
    assert mapped(call(given("m")), how, FACTORY, (), shim) == Mapped(((0, "mode"),))


def test_a_value_of_the_shim_that_is_no_literal_cannot_be_written_out() -> None:
    shim = Translation({"how": "mode"}, defaults={"how": "DEFAULT"})
    found = mapped(call(), (Parameter("how", "any", "DEFAULT"),), FACTORY, (), shim)
    assert found == Refusal("WS127", "the old function gives mode a value of its own")


def test_a_method_is_called_without_its_first_parameter() -> None:
    assert without_self((Parameter("self", "any", None), MODE)) == (MODE,)
