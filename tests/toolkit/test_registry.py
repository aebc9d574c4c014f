from __future__ import annotations

import re
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from codemods.toolkit import registry
from codemods.toolkit.codemod import UsageError

PLUGIN = Path(__file__).parent / "plugin"


@pytest.fixture(autouse=True)
def _plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PLUGIN)


def test_codemods_of_this_package_and_of_others_are_known() -> None:
    assert {"websocket_ssot", "toy"} <= registry.names()


def test_a_codemod_is_loaded_by_its_name() -> None:
    assert registry.load("toy").summary == "Rename old to new."


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param(
            "toi", "no codemod is named 'toi' (did you mean 'toy'?): `codemods list` shows them", id="an unknown name"
        ),
        pytest.param(
            "toy_broken",
            "codemod 'toy_broken' (toy_codemod:missing) can't be imported: "
            "module 'toy_codemod' has no attribute 'missing'",
            id="an attribute that is missing",
        ),
        pytest.param(
            "toy_wrong", "codemod 'toy_wrong': toy_codemod:Config is a StructMeta, not a Codemod", id="something else"
        ),
    ],
)
def test_what_can_not_be_loaded_is_named(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        registry.load(name)


def test_what_a_module_prints_while_it_is_imported_goes_to_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "printing_codemod.py").write_text("print('here')\nfrom toy_codemod import codemod\n")
    monkeypatch.syspath_prepend(tmp_path)
    entry = EntryPoint("toy", "printing_codemod:codemod", registry.GROUP)
    monkeypatch.setattr(registry, "_entry_points", lambda: {"toy": (entry,)})
    assert registry.load("toy").name == "toy"
    assert capsys.readouterr() == ("", "here\n")
