from __future__ import annotations

import pytest

from codemods.websocket_ssot.facts import Argument, FunctionFact, Parameter
from codemods.websocket_ssot.shims import Translation, handed_on, only, same_text

FACTORY = (Parameter("user_context", "any", "None"), Parameter("mode", "any", '"unified"'))


def shim(*parameters: Parameter, reassigned: tuple[str, ...] = ()) -> FunctionFact:
    return FunctionFact("create_websocket_manager", False, parameters, (0,), True, (), 1, 0, 0, reassigned)


def gives(text: str, keyword: str = "") -> Argument:
    return Argument(keyword, 0, 0, text, (), True)


def translated(
    function: FunctionFact, *returned: Argument, drop: tuple[str, ...] = (), through: Translation | None = None
) -> Translation | None:
    target = FACTORY if through is None else tuple(Parameter(name, "any", None) for name in ("ctx", "old"))
    return handed_on(function, returned, target, drop, through, FACTORY)


CONTEXT = Parameter("context", "any", None)


def test_a_parameter_that_is_handed_on_is_another_name_of_the_factorys() -> None:
    assert translated(shim(CONTEXT), gives("context")) == Translation({"context": "user_context"})
    assert translated(shim(CONTEXT), gives("context", "user_context")) == Translation({"context": "user_context"})


def test_a_parameter_that_is_not_handed_on_is_ignored() -> None:
    found = translated(shim(CONTEXT, Parameter("topic", "kw", None)), gives("context"))
    assert found == Translation({"context": "user_context"}, frozenset({"topic"}))


def test_a_literal_that_is_not_the_factorys_default_is_fixed() -> None:
    assert translated(shim(), gives('"isolated"', "mode")) == Translation(fixed=(("mode", '"isolated"'),))
    assert translated(shim(), gives("'unified'", "mode")) == Translation()


@pytest.mark.parametrize(
    ("function", "argument"),
    [
        pytest.param(shim(), gives("now()", "mode"), id="a value of its own"),
        pytest.param(shim(CONTEXT), gives("context", "topic"), id="a keyword that the factory doesn't take"),
        pytest.param(shim(CONTEXT, reassigned=("context",)), gives("context"), id="a parameter that it binds anew"),
    ],
)
def test_a_function_that_does_more_is_no_shim(function: FunctionFact, argument: Argument) -> None:
    assert translated(function, argument) is None


def test_more_arguments_than_the_target_takes_are_no_handing_on() -> None:
    assert translated(shim(CONTEXT), gives("context"), gives('"unified"'), gives("3")) is None


@pytest.mark.parametrize(
    ("returned", "rest"), [((gives("**rest", "**"),), "given"), ((), "ignored")], ids=["handed on", "swallowed"]
)
def test_further_keywords_are_handed_on_or_swallowed(returned: tuple[Argument, ...], rest: str) -> None:
    assert translated(shim(Parameter("rest", "**", None)), *returned) == Translation(rest=rest)


def test_a_default_of_its_own_is_noted() -> None:
    found = translated(shim(Parameter("how", "any", '"isolated"')), gives("how", "mode"))
    assert found == Translation({"how": "mode"}, defaults={"how": '"isolated"'})


def test_what_may_be_dropped_does_not_make_a_shim_more_than_that() -> None:
    assert translated(shim(), gives("pool", "pool"), drop=("pool",)) == Translation()


def test_a_shim_of_a_shim_hands_on_what_that_one_hands_on() -> None:
    inner = Translation({"ctx": "user_context"}, frozenset({"old"}), (("mode", '"isolated"'),))
    found = translated(shim(CONTEXT), gives("context"), gives("1", "old"), through=inner)
    assert found == Translation({"context": "user_context"}, fixed=(("mode", '"isolated"'),))


def test_a_shim_of_a_shim_that_gives_what_that_one_does_not_take_is_none() -> None:
    assert translated(shim(CONTEXT), gives("context", "topic"), through=Translation({"ctx": "user_context"})) is None


def test_all_ways_out_have_to_agree() -> None:
    one, other = Translation({"a": "mode"}), Translation({"b": "mode"})
    assert only([one, one]) == one
    assert only([one, other]) is None
    assert only([None]) is None
    assert only([]) is None


def test_defaults_are_the_same_in_any_quotes() -> None:
    assert same_text("'unified'", '"unified"')
    assert not same_text(None, '"unified"')
