from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import pytest

from codemods.toolkit import cli, registry
from codemods.toolkit.arguments import Arguments, parse
from codemods.toolkit.codemod import AnyCodemod, Positional
from codemods.toolkit.config import with_options

PLUGIN = Path(__file__).parent / "plugin"


@pytest.fixture(name="codemod")
def _codemod(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AnyCodemod:
    monkeypatch.syspath_prepend(PLUGIN)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_bytes(b"old = 1\n")
    toy = registry.load("toy")
    return dataclasses.replace(toy, positionals=(Positional("new", "NEW_NAME", "what it becomes"),), rest="note")


def configured(codemod: AnyCodemod, given: Arguments) -> Any:
    return with_options(codemod.config(), given.options)


def run(codemod: AnyCodemod, *words: str) -> tuple[int, str, str]:
    stdout, stderr = io.BytesIO(), io.StringIO()
    status = cli.main(codemod, [*words, "--no-cache", "--jobs", "1"], stdout, stderr)
    return status, stdout.getvalue().decode(), stderr.getvalue()


def test_the_first_word_sets_the_key_and_the_others_are_paths(codemod: AnyCodemod, tmp_path: Path) -> None:
    given = parse(codemod, ["fresh", "a.py"])
    assert configured(codemod, given).new == "fresh"
    assert given.target.paths == (tmp_path / "a.py",)


def test_options_may_stand_before_the_words(codemod: AnyCodemod) -> None:
    given = parse(codemod, ["--check", "fresh"])
    assert configured(codemod, given).new == "fresh"
    assert given.check


def test_paths_may_stand_behind_options(codemod: AnyCodemod, tmp_path: Path) -> None:
    given = parse(codemod, ["fresh", "--jobs", "1", "a.py", "--check"])
    assert configured(codemod, given).new == "fresh"
    assert (given.target.paths, given.jobs, given.check) == ((tmp_path / "a.py",), 1, True)


def test_all_words_after_two_dashes_set_the_rest(codemod: AnyCodemod) -> None:
    given = parse(codemod, ["fresh", ".", "--apply", "--", "one", "--two", "--", "three"])
    assert configured(codemod, given).note == ("one", "--two", "--", "three")


def test_without_words_after_the_dashes_the_configuration_holds(codemod: AnyCodemod) -> None:
    assert all(option.key != "note" for option, _ in parse(codemod, ["fresh", "--"]).options)


def test_a_codemod_without_a_rest_takes_paths_after_two_dashes(codemod: AnyCodemod, tmp_path: Path) -> None:
    given = parse(dataclasses.replace(codemod, rest=""), ["fresh", "--", "a.py"])
    assert given.target.paths == (tmp_path / "a.py",)


def test_a_run_takes_the_word(codemod: AnyCodemod) -> None:
    status, stdout, _stderr = run(codemod, "fresh")
    assert status == 0
    assert "+fresh = 1\n" in stdout


def test_a_word_may_stand_in_the_configuration(codemod: AnyCodemod, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.codemods.toy]\nnew = "configured"\n')
    status, stdout, _stderr = run(codemod)
    assert status == 0
    assert "+configured = 1\n" in stdout


def test_a_word_that_is_missing_is_one_line_that_shows_the_usage(codemod: AnyCodemod, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.codemods.toy]\nnew = ""\n')
    status, stdout, stderr = run(codemod)
    assert (status, stdout) == (2, "")
    assert stderr == (
        "error: NEW_NAME is missing: codemods toy NEW_NAME [PATH ...] (or 'new' in [tool.codemods.toy])\n"
    )


def test_help_shows_the_words_in_their_place(codemod: AnyCodemod, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(codemod, ["--help"])
    shown = capsys.readouterr().out
    assert shown.startswith("usage: codemods toy NEW_NAME [PATH ...] [OPTION ...] [-- ARG ...]\n")
    assert "NEW_NAME:\n  what it becomes\n" in shown
