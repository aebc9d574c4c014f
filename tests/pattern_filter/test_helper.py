"""The generated code: each part of it works by itself, and the example has what is printed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from codemods.pattern_filter import codemod
from codemods.pattern_filter.config import Config
from codemods.pattern_filter.helper import BEGIN, END, code, needed, whole
from codemods.pattern_filter.part import Helper
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.config import Configuration, ToolkitConfig
from codemods.toolkit.promises import Subject, after, written
from codemods.toolkit.python.reads import module_reads

PUBLIC = ("apply_pattern", "is_filtered", "matching_files", "narrow", "pattern_for", "shell_command")
EXAMPLE = Path(__file__).parents[2] / "examples" / "runner"


def helper(*functions: str, present: tuple[str, ...] = ()) -> Helper:
    policy = (("database", "none"), ('a "b"', "path"))
    return Helper(0, 0, functions, policy, ("check_*.py",), 1, present)


@pytest.mark.parametrize("function", PUBLIC)
def test_each_function_stands_with_all_that_it_needs(function: str) -> None:
    text = code(helper(function))
    assert text.startswith(BEGIN)
    assert text.endswith(END)
    names: dict[str, object] = {"__file__": __file__}
    exec(compile(text, "generated", "exec"), names)
    assert function in names
    assert module_reads(ast.parse(text)).undefined == ()


def test_the_code_holds_the_policy_and_the_place_of_the_project() -> None:
    names: dict[str, object] = {"__file__": __file__}
    exec(code(helper("apply_pattern")), names)
    assert names["CATEGORY_POLICY"] == {"database": "none", 'a "b"': "path"}
    assert names["TEST_FILE_NAMES"] == ("check_*.py",)
    assert names["SELECTION_ROOT"] == Path(__file__).resolve().parents[1]


def test_modules_that_are_imported_already_are_not_imported_again() -> None:
    assert "import shlex\nimport subprocess" in code(helper("shell_command", present=("os",)))
    assert "import os" not in code(helper("shell_command", present=("os",)))


def test_a_function_that_needs_nothing_comes_alone() -> None:
    assert needed(["is_filtered"]) == ("CATEGORY_POLICY", "is_filtered")


def test_the_generated_code_runs_where_annotations_are_evaluated() -> None:
    text = code(helper(*PUBLIC))
    assert "from __future__" not in text


def test_the_module_of_the_example_is_what_the_tool_prints() -> None:
    printed = (EXAMPLE / "pytest_selection.py").read_text(encoding="utf-8")
    config = Config(policy={"database": "none"}, placement="module")
    (view,) = codemod.views
    assert view.flag == "--selection"
    assert printed.rstrip() == whole(config.policy, config.test_files, 0).rstrip()


SECOND = """\
import subprocess


def run(words):
    command = ["pytest", "-m", "not slow"]
    command += ["-m", words]
    subprocess.run(command)
"""


def test_a_second_change_adds_to_the_generated_code() -> None:
    first = check_transformed_text(SECOND)
    more = first + (
        "\n\ndef run_all(pattern):\n"
        '    command = ["pytest"]\n'
        '    command += ["-k", pattern.strip("*")]\n'
        "    subprocess.run(command)\n"
    )
    second = check_transformed_text(more)
    assert second.count(BEGIN) == second.count(END) == 1
    assert "def narrow(" in second
    assert "def apply_pattern(" in second


def check_transformed_text(text: str, config: Config | None = None) -> str:
    """The text after a run."""
    files = {"run.py": text.encode()}
    with written(files) as root:
        result = Subject(codemod, Configuration(ToolkitConfig(), config or Config()), {}).run(root)
    return after(files, result)["run.py"].decode()


def test_another_policy_is_written_anew() -> None:
    pattern = 'import subprocess\n\n\ndef run(pattern):\n    subprocess.run(["pytest", "-k", pattern.strip("*")])\n'
    text = check_transformed_text(pattern)
    config = Config(policy={"database": "none"})
    result = check_transformed(
        codemod,
        text,
        text.replace("CATEGORY_POLICY: dict[str, str] = {}", 'CATEGORY_POLICY: dict[str, str] = {"database": "none"}'),
        config=config,
        path="run.py",
    )
    assert [site.code for site in result.sites if site.decision == "rewritten"] == ["PF107"]
    check_noop(codemod, text, path="run.py")


def test_generated_code_without_a_policy_table_has_none_to_renew() -> None:
    check_noop(codemod, check_transformed_text(SECOND), config=Config(policy={"database": "none"}), path="run.py")
