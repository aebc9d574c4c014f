"""Every code that is reported is explained, and every one that is explained is reported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import codemods.bowler_query
from codemods.bowler_query import codemod
from codemods.bowler_query.codes import CODES
from codemods.toolkit.codemod import Code

_PACKAGE = Path(codemods.bowler_query.__file__).parent


def _used() -> set[str]:
    sources = [path.read_text("utf-8") for path in _PACKAGE.rglob("*.py") if path.name != "codes.py"]
    return {code for source in sources for code in re.findall(r'"(BQ\d\d\d)"', source)}


def test_every_code_that_the_package_reports_is_explained() -> None:
    assert _used() - {code.code for code in CODES} == set()


def test_every_code_that_is_explained_is_reported_somewhere() -> None:
    assert {code.code for code in CODES} - _used() == set()


def test_codes_are_in_order_and_each_there_once() -> None:
    codes = [code.code for code in codemod.codes]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_every_explanation_says_what_to_do(code: Code) -> None:
    assert "**What to do.**" in code.explanation
    assert code.explanation.count("```") % 2 == 0


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_every_title_fits_into_a_line_of_the_summary(code: Code) -> None:
    assert re.fullmatch(r"[a-z`][^.\n]{5,60}", code.title)
