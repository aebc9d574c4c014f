"""Files that a codemod wants a closer look at, once more of the project is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codemods.toolkit.codemod import AnyCodemod, Plan
from codemods.toolkit.pipeline.run import Settings, run
from codemods.toolkit.python.project import Module, Project

Write = Callable[[Mapping[str, str | bytes]], Path]

FILES = {"a.py": "Old = 1\n", "b.py": "Old = 2\n", "c.py": "Old = 3\n"}


@pytest.fixture(name="words")
def _words() -> list[dict[str, tuple[str, ...]]]:
    return []


@pytest.fixture(name="collected")
def _collected() -> list[str]:
    return []


@pytest.fixture(name="looking")
def _looking(renaming: ModuleType, words: list[dict[str, tuple[str, ...]]], collected: list[str]) -> AnyCodemod:
    """The toy codemod: `a.py` makes it look at `b.py` with two words, and that at `c.py`; `words` are those of each."""

    def again(project: Project[Any], config: Any) -> Mapping[str, frozenset[str]]:
        facts = project.entries["b.py"].facts
        if facts is not None and facts.words:
            return {"c.py": frozenset({"three"})}
        return {"b.py": frozenset({"two", "one"})}

    def collect(module: Module, *rest: Any) -> Any:
        collected.append(module.source.path)
        return renaming.collect(module, *rest)

    def decide(project: Project[Any], config: Any, withheld: Mapping[str, tuple[str, str]]) -> Plan[Any]:
        words.append({path: entry.facts.words for path, entry in project.entries.items() if entry.facts is not None})
        return Plan()

    toy: AnyCodemod = renaming.codemod
    return replace(toy, collect=collect, decide=decide, again=again)


def test_a_file_is_collected_with_the_words_that_are_asked_again(
    write: Write, looking: AnyCodemod, words: list[dict[str, tuple[str, ...]]]
) -> None:
    run(looking, looking.config(), Settings(root=write(FILES), jobs=1))
    assert words[-1] == {"a.py": (), "b.py": ("one", "two"), "c.py": ("three",)}


def test_what_was_asked_again_is_known_from_the_cache(
    write: Write, looking: AnyCodemod, words: list[dict[str, tuple[str, ...]]], collected: list[str]
) -> None:
    run(looking, looking.config(), Settings(root=write(FILES), jobs=1))
    assert collected == ["a.py", "b.py", "c.py", "b.py", "c.py"]

    # Another file that doesn't matter, so that the result as a whole isn't remembered.
    run(looking, looking.config(), Settings(root=write({"d.py": "y = 1\n"}), jobs=1))
    assert len(collected) == 5
    assert len(words) > 1
    assert words[0] == words[-1]


def test_nothing_is_asked_twice_about_the_same_state(write: Write, looking: AnyCodemod) -> None:
    asked: list[tuple[str, dict[str, tuple[str, ...]]]] = []

    def state(project: Project[Any]) -> dict[str, tuple[str, ...]]:
        return {path: entry.facts.words for path, entry in project.entries.items() if entry.facts is not None}

    def demand(project: Project[Any], config: Any) -> frozenset[str]:
        asked.append(("demand", state(project)))
        return frozenset()

    def widen(project: Project[Any], config: Any) -> frozenset[str]:
        asked.append(("widen", state(project)))
        return frozenset()

    run(replace(looking, demand=demand, widen=widen), looking.config(), Settings(root=write(FILES), jobs=1))
    states = [known for question, known in asked if question == "demand"]
    assert states == [
        {"a.py": (), "b.py": (), "c.py": ()},
        {"a.py": (), "b.py": ("one", "two"), "c.py": ()},
        {"a.py": (), "b.py": ("one", "two"), "c.py": ("three",)},
    ]
    # Words are looked for in all files, so they are asked for when all else is known.
    assert [known for question, known in asked if question == "widen"] == states[-1:]


def test_the_tree_after_the_change_is_asked_once_for_what_was_found_in_rounds(
    write: Write, renaming: ModuleType
) -> None:
    asked: list[list[str]] = []

    def demand(project: Project[Any], config: Any) -> frozenset[str]:
        asked.append(sorted(project.entries))
        return frozenset({"one.py"} if len(project.entries) == 1 else {"two.py"})

    root = write({"a.py": "class Old: pass\n", "one.py": "x = 1\n", "two.py": "x = 2\n"})
    result = run(replace(renaming.codemod, demand=demand), renaming.Config(), Settings(root=root, jobs=1, cache=False))
    assert [change.path for change in result.changes] == ["a.py"]
    # Nothing in a.py matters any more when it has changed.
    assert asked == [["a.py"], ["a.py", "one.py"], ["a.py", "one.py", "two.py"], ["one.py", "two.py"]]
