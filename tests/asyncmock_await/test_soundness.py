"""Random programs judge the static analysis: what it rewrites was dropped whenever it ran, and then gets through."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.config import Config
from codemods.toolkit.config import Configuration, ToolkitConfig
from codemods.toolkit.promises import Subject, after, written
from tests.asyncmock_await.programs import running_program, watched

SEEDS = range(25)


@pytest.mark.no_cover  # the tests of each form have it measured
@pytest.mark.parametrize("seed", SEEDS, ids=str)
def test_only_calls_whose_coroutine_is_always_dropped_get_an_await(seed: int) -> None:
    text = running_program(seed)
    files = {"test_program.py": text.encode()}
    with written(files) as root:
        result = Subject(codemod, Configuration(ToolkitConfig(), Config())).run(root)
    new = after(files, result)["test_program.py"].decode()
    lines = zip(text.splitlines(), new.splitlines(), strict=True)
    changed = {number for number, (old, line) in enumerate(lines, 1) if old != line}
    seen = watched(text, f"program{seed}.py")
    wrong = {number: fates for number, fates in seen.fates.items() if number in changed and fates != {"dropped"}}

    assert not wrong, f"{wrong}\n{new}"
    later = watched(new, f"program{seed}.py")
    assert not later.failures, f"{later.failures}\n{new}"
    dropped = {number for number, fates in later.fates.items() if "dropped" in fates}
    assert not dropped & changed, f"{dropped & changed}\n{new}"
