"""What is collected with the bodies of functions read one by one is what the whole tree gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.asyncmock_await.collect import ALL, FOLLOWED, collect
from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.facts import Facts
from codemods.toolkit.pipeline.source import Unreadable, decoded, outlined, parsed
from codemods.toolkit.python.collect_names import module_names
from codemods.toolkit.python.project import Module

FIXTURES = Path(__file__).parents[2] / "fixtures" / "asyncmock_await"
FOLDERS = sorted(folder.name for folder in FIXTURES.iterdir() if folder.is_dir())


def collected(module: Module, words: frozenset[str]) -> Facts:
    return collect(module, module_names(module), Config(), words)


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_the_facts_of_a_fixture_are_those_of_its_whole_files(folder: str) -> None:
    for path in sorted((FIXTURES / folder).rglob("*.py")):
        source = decoded(path.relative_to(FIXTURES / folder).as_posix(), path.read_bytes())
        try:
            whole = parsed(source)
        except Unreadable:
            continue
        for words in (frozenset[str](), frozenset({"save", f"{FOLLOWED}given", "check"})):
            expected, found = collected(whole, words), collected(outlined(source), words)
            assert found == expected, path
        assert collected(outlined(source), frozenset({ALL})) == collected(whole, frozenset({ALL})), path


def test_a_double_in_a_function_that_nothing_is_called_in_is_told_when_all_is_asked() -> None:
    source = decoded("test_a.py", b"from unittest.mock import AsyncMock\ndef test_a():\n    serve(AsyncMock())\n")
    assert collected(outlined(source), frozenset()).doubles.creations == ()
    assert len(collected(outlined(source), frozenset({ALL})).doubles.creations) == 1
