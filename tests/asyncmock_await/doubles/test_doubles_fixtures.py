"""Each fixture of doubles comes out as it says, and with it every promise of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_fixture

FOLDER = Path(__file__).parents[3] / "fixtures" / "asyncmock_await"


@pytest.mark.parametrize("name", sorted(folder.name for folder in FOLDER.glob("doubles_*")))
def test_the_fixture_comes_out_as_it_says(name: str) -> None:
    check_fixture(codemod, FOLDER / name)
