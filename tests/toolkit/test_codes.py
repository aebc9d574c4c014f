from __future__ import annotations

import re

import pytest

from codemods.toolkit.codemod import Code
from codemods.toolkit.codes import TOOLKIT_CODES


def test_codes_are_in_order_and_each_there_once() -> None:
    codes = [code.code for code in TOOLKIT_CODES]
    assert codes == sorted(set(codes))
    assert all(re.fullmatch(r"TK[123]\d\d", code) for code in codes)


@pytest.mark.parametrize("code", TOOLKIT_CODES, ids=lambda code: code.code)
def test_every_explanation_says_what_to_do(code: Code) -> None:
    assert "**What to do.**" in code.explanation
    assert code.explanation.count("```") % 2 == 0
    assert code.title[0].islower()
