from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from codemods.toolkit import registry
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.codes import TOOLKIT_CODES
from codemods.toolkit.explain import explain, pages, written_pages

DOCS = Path(__file__).parents[2] / "docs" / "codes"
PROJECT = tomllib.loads((DOCS.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OWN = sorted(PROJECT["entry-points"]["codemods"])


def test_the_page_of_a_code_tells_its_meaning_and_whose_it_is() -> None:
    text = explain("tk101", pages([]))
    assert text.startswith("# TK101: file can't be parsed\n\n")
    assert TOOLKIT_CODES[0].explanation.strip() in text
    assert text.endswith("\n\nReported by: toolkit\n")


def test_an_unknown_code_is_an_error_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        explain("TK1O1", pages([]))
    assert str(caught.value) == "no code is named 'TK1O1' (did you mean 'TK101'?)"


def test_no_code_is_used_twice() -> None:
    codemods = [registry.load(name) for name in OWN]
    codes = [code.code for code in (*TOOLKIT_CODES, *(code for codemod in codemods for code in codemod.codes))]
    assert sorted(codes) == sorted(set(codes))


def test_every_code_has_a_page_in_the_docs_that_is_up_to_date() -> None:
    expected = written_pages(pages(registry.load(name) for name in OWN))
    written = {path.name: path.read_text(encoding="utf-8") for path in DOCS.iterdir()}
    assert written == expected, "run `python -m codemods explain --write docs`"
