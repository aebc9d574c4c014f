"""Comments that go with code to another file are not lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codemods.toolkit.codemod import Creation, Edit, Source
from codemods.toolkit.pipeline.moved_comments import lost_for_good
from codemods.toolkit.pipeline.run import Settings, run

Write = Callable[[Mapping[str, str | bytes]], Path]


@pytest.mark.parametrize(
    ("texts", "lost"),
    [
        pytest.param({"a.py": (b"# x\n", b""), "b.py": (b"", b"# x\n")}, set(), id="moved"),
        pytest.param({"a.py": (b"# x\n", b""), "b.py": (b"# x\n", b"# x\n")}, {("a.py", 1)}, id="was there before"),
        pytest.param(
            {"a.py": (b"# x\n# x\n", b""), "b.py": (b"", b"# x\n")}, {("a.py", 2)}, id="two leave and one arrives"
        ),
        pytest.param({"a.py": (b"# x\n", b""), "b.py": (b"", b"'# x'\n")}, {("a.py", 1)}, id="arrives in a string"),
        pytest.param({"a.py": (b"# x\n", b""), "b.py": (b"", b"# x\n(\n")}, {("a.py", 1)}, id="can't be parsed"),
    ],
)
def test_a_comment_is_lost_where_it_arrives_nowhere(
    texts: Mapping[str, tuple[bytes, bytes]], lost: set[tuple[str, int]]
) -> None:
    assert lost_for_good(texts) == lost


@pytest.mark.parametrize(
    ("comes", "withheld"),
    [pytest.param("y = 1  # why\n", set(), id="arrives"), pytest.param("y = 1\n", {"TK208"}, id="doesn't arrive")],
)
def test_a_run_lets_a_comment_go_to_another_file(
    write: Write, renaming: ModuleType, comes: str, withheld: set[str]
) -> None:
    def rewrite(source: Source, part: Any) -> tuple[Edit, ...]:
        start = source.body.index(b"  # why")
        return (*part.edits, Edit(start, start + len(b"  # why"), b""))

    codemod = dataclasses.replace(renaming.codemod, rewrite=rewrite)
    root = write({"core.py": "class Old:  # why\n    pass\n"})
    config = renaming.Config(creates={"fresh.py": Creation(comes.encode())})
    result = run(codemod, config, Settings(root, jobs=1, cache=False))
    assert {breakage.code for breakage in result.withheld} == withheld
