"""Commands of LibCST as functions of a text."""

from __future__ import annotations

from pathlib import Path

import libcst
import pytest

from codemods.engines.libcst_commands import (
    GENERATED,
    Altered,
    Commanded,
    CommandSource,
    Place,
    Unparsable,
    commanded,
)

PLACE = Place("/project", "", "a.py")


@pytest.fixture(name="source")
def _source(tmp_path: Path) -> CommandSource:
    file = tmp_path / "commands.py"
    file.write_text(
        "from libcst.codemod import CodemodCommand\n"
        "class Command(CodemodCommand):\n"
        "    def transform_module_impl(self, tree):\n"
        "        return tree.with_changes(body=[*tree.body, *tree.body])\n"
    )
    return CommandSource(f"{file}:Command", file.read_text(), ())


def test_what_the_command_makes_of_it(source: CommandSource) -> None:
    assert commanded(source, PLACE, "x = 1\n") == Commanded("x = 1\nx = 1\n")


def test_a_text_that_can_not_be_parsed_is_told_with_its_line(source: CommandSource) -> None:
    with pytest.raises(Unparsable) as caught:
        commanded(source, PLACE, "x = 1\ny = (\n")
    assert caught.value.line == 2


def test_a_text_that_does_not_come_back_as_it_was_is_left_alone(
    source: CommandSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = libcst.parse_module("x = 2\n")
    monkeypatch.setattr(libcst, "parse_module", lambda *given: other)
    with pytest.raises(Altered):
        commanded(source, PLACE, "x = 1\n")


def test_a_file_that_says_that_it_is_generated_is_skipped_as_by_the_own_runner(source: CommandSource) -> None:
    text = f"# {GENERATED}\nx = 1\n"
    assert commanded(source, PLACE, text) == Commanded(text, skipped=f"it says that it is generated ({GENERATED})")
