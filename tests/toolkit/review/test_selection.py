from __future__ import annotations

import pytest

from codemods.toolkit.codemod import Finding, UsageError
from codemods.toolkit.review.selection import Selection, selection

KNOWN = ("WS121", "WS122", "TK101")


@pytest.mark.parametrize(
    ("selected", "code", "shown"),
    [
        pytest.param(Selection(), "WS121", True, id="everything by default"),
        pytest.param(Selection(select=("WS121",)), "WS121", True, id="selected"),
        pytest.param(Selection(select=("WS121",)), "WS122", False, id="not selected"),
        pytest.param(Selection(select=("WS",)), "WS122", True, id="selected by its beginning"),
        pytest.param(Selection(ignore=("WS1",)), "WS122", False, id="ignored by its beginning"),
        pytest.param(Selection(("WS",), ("WS122",)), "WS122", False, id="ignored among the selected"),
        pytest.param(Selection(select=("WS121",)), "", True, id="without a code"),
    ],
)
def test_a_selection_shows_what_is_selected_and_not_ignored(selected: Selection, code: str, shown: bool) -> None:
    assert selected.shows(Finding(code, "a.py", 1, 0, "")) is shown


def test_codes_can_be_given_in_one_word_and_in_small_letters() -> None:
    assert selection(["ws121,TK1", "WS122"], [" "], KNOWN) == Selection(("WS121", "TK1", "WS122"), ())


def test_a_code_that_nobody_knows_is_an_error_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        selection([], ["WX121"], KNOWN)
    assert str(caught.value) == "no code is, or begins with, 'WX121' (did you mean 'WS121'?)"
