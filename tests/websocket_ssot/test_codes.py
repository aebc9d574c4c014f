from __future__ import annotations

import re
from pathlib import Path

import pytest

import codemods.websocket_ssot
from codemods.toolkit.codemod import Code
from codemods.websocket_ssot import codemod
from codemods.websocket_ssot.codes import CODES

_PACKAGE = Path(codemods.websocket_ssot.__file__).parent


def _used() -> set[str]:
    """The codes that the package's source gives to sites and findings."""
    sources = [path.read_text("utf-8") for path in _PACKAGE.glob("*.py") if path.name != "codes.py"]
    return {code for source in sources for code in re.findall(r'"(WS1\d\d)"', source)}


def test_every_code_that_the_package_reports_is_explained() -> None:
    assert _used() - {code.code for code in CODES} == set()


def test_every_code_that_is_explained_is_reported_somewhere() -> None:
    assert {code.code for code in CODES} - _used() == set()


def test_codes_are_in_order_and_each_there_once() -> None:
    codes = [code.code for code in CODES]
    assert codes == sorted(set(codes))


def test_the_codemod_carries_its_codes() -> None:
    assert codemod.codes == CODES


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_every_explanation_shows_an_example_and_says_what_to_do(code: Code) -> None:
    assert "```python\n" in code.explanation
    assert "**What to do.**" in code.explanation
    assert code.explanation.count("```") % 2 == 0


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_every_title_fits_into_a_line_of_the_summary(code: Code) -> None:
    assert re.fullmatch(r"[a-z][^.\n]{5,60}", code.title)


def test_titles_are_all_different() -> None:
    assert len({code.title for code in CODES}) == len(CODES)


@pytest.mark.parametrize(
    "example",
    [block for code in CODES for block in re.findall(r"```python\n(.*?)```", code.explanation, re.DOTALL)],
    ids=lambda example: example.strip().splitlines()[0][:40],
)
def test_examples_are_python(example: str) -> None:
    compile(example if not example.startswith("@") else f"{example}def test(): ...\n", "<example>", "exec")
