"""The generated code: each part of it works by itself, and the example has what is printed."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.pattern_filter import codemod
from codemods.pattern_filter.config import Config
from codemods.pattern_filter.generated import BEGIN, CALLED, END, code, needed, whole
from codemods.pattern_filter.part import GeneratedCode
from codemods.testing import check_noop, check_transformed
from codemods.toolkit import cli
from codemods.toolkit.config import Configuration, ToolkitConfig
from codemods.toolkit.promises import Subject, after, written
from codemods.toolkit.python.reads import module_reads

EXAMPLE = Path(__file__).parents[2] / "examples" / "runner"


def generated(*functions: str, present: tuple[str, ...] = ()) -> GeneratedCode:
    policy = (("database", "none"), ('a "b"', "path"))
    return GeneratedCode(0, 0, functions, policy, ("check_*.py",), 1, present)


@pytest.mark.parametrize("function", CALLED)
def test_each_function_stands_with_all_that_it_needs(function: str) -> None:
    text = code(generated(function))
    assert text.startswith(BEGIN)
    assert text.endswith(END)
    names: dict[str, object] = {"__file__": __file__}
    exec(compile(text, "generated", "exec"), names)
    assert function in names
    assert module_reads(ast.parse(text)).undefined == ()


def test_the_code_holds_the_policy_and_the_place_of_the_project() -> None:
    names: dict[str, object] = {"__file__": __file__}
    exec(code(generated("apply_pattern")), names)
    assert names["CATEGORY_POLICY"] == {"database": "none", 'a "b"': "path"}
    assert names["TEST_FILE_NAMES"] == ("check_*.py",)
    assert names["SELECTION_ROOT"] == Path(__file__).resolve().parents[1]


def test_modules_that_are_imported_already_are_not_imported_again() -> None:
    assert "import shlex\nimport subprocess" in code(generated("shell_command", present=("os",)))
    assert "import os" not in code(generated("shell_command", present=("os",)))


def test_a_function_that_needs_nothing_comes_alone() -> None:
    assert needed(["is_filtered"]) == ("CATEGORY_POLICY", "is_filtered")


def test_the_generated_code_runs_where_annotations_are_evaluated() -> None:
    text = code(generated(*CALLED))
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


def test_the_command_line_prints_the_module_with_the_policy(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.codemods.pattern_filter]\nmodule = "tests.pytest_selection"\n'
        '[tool.codemods.pattern_filter.policy]\ndocs = "path"\n'
    )
    stdout = io.BytesIO()
    assert cli.main(codemod, [str(tmp_path), "--selection", "--no-cache"], stdout, io.StringIO()) == 0
    names: dict[str, object] = {"__file__": __file__}
    exec(stdout.getvalue(), names)
    assert names["CATEGORY_POLICY"] == {"docs": "path"}
    assert names["SELECTION_ROOT"] == Path(__file__).resolve().parents[1]


def test_another_rule_than_the_three_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.codemods.pattern_filter.policy]\ndocs = "file"\n')
    stderr = io.StringIO()
    assert cli.main(codemod, [str(tmp_path), "--no-cache"], io.BytesIO(), stderr) == 2
    assert stderr.getvalue() == (
        "error: pyproject.toml:1: [tool.codemods.pattern_filter]: "
        "policy of 'docs': 'file' is none of name, path, none\n"
    )


def test_the_functions_are_imported_once_where_a_module_has_them() -> None:
    config = Config(placement="module")
    files = {"run.py": SECOND, "pytest_selection.py": whole({}, config.test_files, 0)}
    imported = SECOND.replace("import subprocess\n", "import subprocess\nfrom pytest_selection import narrow\n")
    after_run = imported.replace('command += ["-m", words]', 'narrow(command, "-m", words)')
    check_transformed(codemod, files, {"run.py": after_run}, config=config)
    again = after_run + SECOND.replace("import subprocess\n\n\n", "\n\n").replace("run(", "run_more(", 1)
    expected = again.replace('command += ["-m", words]', 'narrow(command, "-m", words)')
    check_transformed(codemod, {**files, "run.py": again}, {"run.py": expected}, config=config)


def test_a_file_without_imports_gets_the_code_at_its_top() -> None:
    text = check_transformed_text('def build(p):\n    command = ["pytest", "-m", "a"]\n    command += ["-m", p]\n')
    assert text.startswith(BEGIN)
    assert "\n\n\ndef build(p):\n" in text


def test_an_import_at_the_very_top_of_a_file_without_one() -> None:
    config = Config(placement="module")
    before = 'def build(p):\n    command = ["pytest", "-m", "a"]\n    command += ["-m", p]\n'
    files = {"run.py": before, "pytest_selection.py": whole({}, config.test_files, 0)}
    expected = "from pytest_selection import narrow\n" + before.replace(
        'command += ["-m", p]', 'narrow(command, "-m", p)'
    )
    check_transformed(codemod, files, {"run.py": expected}, config=config)


def test_the_package_is_started_as_a_module(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codemods.pattern_filter", str(tmp_path), "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
