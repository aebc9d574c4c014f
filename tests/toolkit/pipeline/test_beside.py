"""What a codemod sees besides parsed files: marks of any file, settings files, and inputs of the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from codemods.toolkit import cli
from codemods.toolkit.codemod import AnyCodemod, Code, Finding, Plan
from codemods.toolkit.config import ToolkitConfig, with_requested
from codemods.toolkit.pipeline.run import Settings, run
from codemods.toolkit.python.project import Project

Write = Callable[[Mapping[str, str | bytes]], Path]
Seen = list[Project[Any]]

FILES = {
    "a.py": "Old = 1\n",
    "b.py": "# marked\n",
    "c.py": "x = 1\n",
    "pytest.ini": "[pytest]\n",
    "tox.ini": "[tox]\n",
}


def marks(body: bytes) -> tuple[str, ...]:
    return ("marked",) if b"marked" in body else ()


@pytest.fixture(name="seen")
def _seen() -> Seen:
    return []


@pytest.fixture(name="looking")
def _looking(renaming: ModuleType, seen: Seen) -> AnyCodemod:
    """The toy codemod; `seen` gets each project that it decides about, and a finding tells its inputs."""

    def decide(project: Project[Any], config: Any, withheld: Mapping[str, tuple[str, str]]) -> Plan[Any]:
        seen.append(project)
        told = b"".join(project.inputs.get("evidence", ())).decode()
        return Plan(findings=(Finding("RN101", "", 0, 0, told),))

    toy: AnyCodemod = renaming.codemod
    return replace(toy, decide=decide, marks=marks, settings=frozenset({"pytest.ini"}))


def looked(codemod: AnyCodemod, root: Path, *contents: bytes) -> list[str]:
    settings = Settings(root=root, jobs=1, inputs={"evidence": contents} if contents else {})
    return [finding.message for finding in run(codemod, codemod.config(), settings).findings]


def test_marks_are_those_of_all_files_parsed_or_not(write: Write, looking: AnyCodemod, seen: Seen) -> None:
    looked(looking, write(FILES))
    assert seen[-1].marks == {"b.py": ("marked",)}


def test_marks_are_known_from_the_cache(write: Write, looking: AnyCodemod, seen: Seen) -> None:
    root = write(FILES)
    looked(looking, root)
    # Another file, so that the result as a whole isn't remembered.
    looked(looking, write({"d.py": "y = 1\n"}))
    assert [project.marks for project in seen] == [{"b.py": ("marked",)}] * len(seen)
    assert len(seen) > 1


def test_only_the_settings_files_that_are_asked_for_are_read(write: Write, looking: AnyCodemod, seen: Seen) -> None:
    looked(looking, write(FILES))
    assert seen[-1].settings == {"pytest.ini": b"[pytest]\n"}


def test_inputs_come_in_the_order_in_which_they_are_given(write: Write, looking: AnyCodemod) -> None:
    assert looked(looking, write(FILES), b"two", b"one") == ["twoone"]


def test_another_input_gives_another_result_from_a_warm_cache(write: Write, looking: AnyCodemod) -> None:
    root = write(FILES)
    assert [looked(looking, root, text) for text in (b"one", b"two", b"one")] == [["one"], ["two"], ["one"]]


class Requesting(msgspec.Struct, frozen=True):
    requested: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("select", "requested"),
    [
        pytest.param((), (), id="nothing is selected"),
        pytest.param(("RN2",), ("RN201", "RN202"), id="a family on request"),
        pytest.param(("RN202",), ("RN202",), id="one code"),
        pytest.param(("RN",), (), id="a word that begins other codes too"),
    ],
)
def test_codes_on_request_are_those_that_select_names(
    renaming: ModuleType, select: tuple[str, ...], requested: tuple[str, ...]
) -> None:
    codes = (Code("RN101", "a", "a"), Code("RN201", "b", "b"), Code("RN202", "c", "c"))
    codemod = replace(renaming.codemod, codes=codes, on_request=("RN201", "RN202"))
    assert with_requested(codemod, ToolkitConfig(select=select), Requesting()) == Requesting(requested)


def test_a_codemod_without_codes_on_request_keeps_its_configuration(renaming: ModuleType) -> None:
    config = renaming.Config()
    assert with_requested(renaming.codemod, ToolkitConfig(select=("RN",)), config) is config


def test_an_input_that_is_missing_is_an_error_of_one_line(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(write(FILES))
    assert cli.main(None, ("asyncmock_await", "--no-cache", "--evidence", "gone.json")) == 2
    assert capsysbinary.readouterr().err.splitlines() == [b"error: --evidence: gone.json: No such file or directory"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"{", b"not an evidence file: ", id="no JSON"),
        pytest.param(b'{"version": 99}', b"evidence of version 99, but this is read: ", id="another version"),
    ],
)
def test_an_input_that_can_t_be_used_is_named_in_one_line(
    content: bytes,
    told: bytes,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.chdir(write(FILES))
    Path("bad.json").write_bytes(content)
    assert cli.main(None, ("asyncmock_await", "--no-cache", "--evidence", "bad.json")) == 2
    [line] = capsysbinary.readouterr().err.splitlines()
    assert line.startswith(b"error: --evidence: bad.json: " + told)
