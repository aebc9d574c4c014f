"""Commands that can't be had are one line; and what a run with a command does beyond its edits."""

from __future__ import annotations

import io
import textwrap
from pathlib import Path

import pytest

from codemods.libcst_command import codemod
from codemods.testing import check_noop, check_transformed
from codemods.toolkit import cli
from codemods.toolkit.codemod import UsageError

HEAD = """\
import libcst as cst
from libcst.codemod import CodemodCommand, ContextAwareTransformer, SkipFile, VisitorBasedCodemodCommand
from libcst.metadata import FullyQualifiedNameProvider, TypeInferenceProvider, VisitorMetadataProvider


class Visiting(CodemodCommand, cst.CSTTransformer):
    def transform_module_impl(self, tree):
        return tree.visit(self)


"""
RENAMING = """
class Command(Visiting):
    @staticmethod
    def add_args(parser):
        parser.add_argument("--new", default="new")
        parser.add_argument("--often", type=int, default=1)

    def __init__(self, context, new, often):
        super().__init__(context)
        self.new = new * often

    def leave_Name(self, original_node, updated_node):
        return updated_node.with_changes(value=self.new) if original_node.value == "old" else updated_node
"""


def written(folder: Path, text: str) -> str:
    """The command in a file with this text."""
    (folder / "commands.py").write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
    return f"{folder}/commands.py:Command"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Command = 1", "is no CodemodCommand of LibCST", id="no class"),
        pytest.param("class Command: pass", "is no CodemodCommand of LibCST", id="another class"),
        pytest.param(
            "class Command(ContextAwareTransformer): pass", "is no CodemodCommand of LibCST", id="a transformer"
        ),
        pytest.param(
            "class Command(CodemodCommand): pass", "is abstract, it lacks transform_module_impl", id="an abstract class"
        ),
        pytest.param(
            "class Command(Visiting):\n    def __init__(self, context, x): pass",
            "can't be made: TypeError: .*missing 1 required positional argument: 'x'",
            id="an argument that add_args does not add",
        ),
        pytest.param(
            "class Command(Visiting):\n    METADATA_DEPENDENCIES = (TypeInferenceProvider,)",
            "needs TypeInferenceProvider, which runs a program over the whole project",
            id="types",
        ),
        pytest.param(
            """
            class Own(VisitorMetadataProvider[str]):
                METADATA_DEPENDENCIES = (TypeInferenceProvider,)

            class Command(Visiting):
                METADATA_DEPENDENCIES = (Own,)
            """,
            "needs TypeInferenceProvider",
            id="types for a provider",
        ),
    ],
)
def test_a_command_that_can_not_be_had_is_one_line(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        check_noop(codemod, "x = 1\n", config={"command": written(tmp_path, text)})


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["--nw", "a"], "unrecognized arguments: --nw a: arguments are -- ", id="unknown"),
        pytest.param(["--often", "x"], "argument --often: invalid int value: 'x'", id="wrong type"),
        pytest.param(["--help"], r"(?m)--help: arguments are -- \[--new NEW\] \[--often OFTEN\]$", id="help"),
    ],
)
def test_wrong_arguments_are_one_line_that_shows_the_right_ones(
    tmp_path: Path, arguments: list[str], expected: str
) -> None:
    with pytest.raises(UsageError, match=expected):
        check_noop(codemod, "x = 1\n", config={"command": written(tmp_path, RENAMING), "args": arguments})


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([], "new", id="none"),
        pytest.param(["--new", "a"], "a", id="one"),
        pytest.param(["--new=a", "--often=3"], "aaa", id="converted"),
    ],
)
def test_the_words_are_parsed_as_the_command_says(tmp_path: Path, arguments: list[str], expected: str) -> None:
    config = {"command": written(tmp_path, RENAMING), "args": arguments}
    check_transformed(codemod, "old = 1\n", f"{expected} = 1\n", config=config)


def test_a_command_that_exits_is_a_finding(tmp_path: Path) -> None:
    text = "class Command(Visiting):\n    def visit_Name(self, node): raise SystemExit(0)"
    result = check_noop(codemod, "x = 1\n", config={"command": written(tmp_path, text)})
    assert [(found.code, found.message) for found in result.findings] == [
        ("LC103", "the command raises SystemExit: 0 (commands.py:12)")
    ]


def test_a_command_that_skips_a_file_as_soon_as_it_is_made_skips_that_file(tmp_path: Path) -> None:
    text = """
    class Command(Visiting):
        def __init__(self, context):
            super().__init__(context)
            if context.full_module_name == "a":
                raise SkipFile("not this one")

        def leave_Name(self, original_node, updated_node):
            return updated_node.with_changes(value="new") if original_node.value == "old" else updated_node
    """
    files = {"a.py": "old = 1\n", "b.py": "old = 1\n"}
    config = {"command": written(tmp_path, text)}
    result = check_transformed(codemod, files, {"b.py": "new = 1\n"}, config=config)
    assert [(site.path, site.reason) for site in result.sites if site.decision == "kept"] == [("a.py", "not this one")]


def test_a_command_knows_the_encoding_of_the_file(tmp_path: Path) -> None:
    text = """
    class Command(Visiting):
        def transform_module_impl(self, tree):
            return cst.parse_module(tree.bytes.replace(b"old", b"new"))
    """
    before = "# -*- coding: latin-1 -*-\nold = '\u00e9'\n".encode("latin-1")
    config = {"command": written(tmp_path, text)}
    check_transformed(codemod, {"a.py": before}, {"a.py": before.replace(b"old", b"new")}, config=config)


def test_a_command_keeps_no_state_from_file_to_file(tmp_path: Path) -> None:
    text = """
    class Command(Visiting):
        def __init__(self, context):
            super().__init__(context)
            self.context.scratch.setdefault("seen", [])

        def leave_Name(self, original_node, updated_node):
            if original_node.value != "old" or self.context.scratch["seen"]:
                return updated_node
            self.context.scratch["seen"].append(1)
            return updated_node.with_changes(value="new")
    """
    before, after = "old = 1\n", "new = 1\n"
    config = {"command": written(tmp_path, text)}
    check_transformed(codemod, {"a.py": before, "b.py": before}, {"a.py": after, "b.py": after}, config=config)


def test_a_command_knows_the_module_that_it_works_on(tmp_path: Path) -> None:
    text = """
    class Command(Visiting):
        def leave_SimpleString(self, original_node, updated_node):
            names = self.context.full_module_name, self.context.full_package_name
            return updated_node.with_changes(value=repr(" ".join(names)))
    """
    config = {"command": written(tmp_path, text)}
    files = dict.fromkeys(
        ["a/__init__.py", "a/b.py", "src/c/d.py", "service/e/__init__.py", "service/e/f.py"], "x = ''\n"
    )
    after = {
        "a/__init__.py": "x = 'a a'\n",
        "a/b.py": "x = 'a.b a'\n",
        "src/c/d.py": "x = 'c.d c'\n",
        "service/e/__init__.py": "x = 'e e'\n",
        "service/e/f.py": "x = 'e.f e'\n",
    }
    check_transformed(codemod, files, after, config=config)


def test_names_of_modules_below_src_are_resolved_by_the_providers_too(tmp_path: Path) -> None:
    text = """
    class Command(Visiting):
        METADATA_DEPENDENCIES = (FullyQualifiedNameProvider,)

        def leave_Call(self, original_node, updated_node):
            names = self.get_metadata(FullyQualifiedNameProvider, original_node.func, set())
            is_old = any(name.name == "shop.mail.old" for name in names)
            return updated_node.with_changes(func=cst.Name("print")) if is_old else updated_node
    """
    files = {
        "src/shop/__init__.py": "",
        "src/shop/mail.py": "def old(): ...\n",
        "src/shop/sale.py": "from . import mail\n\nmail.old()\nprint(mail)\n",
    }
    after = {"src/shop/sale.py": "from . import mail\n\nprint()\nprint(mail)\n"}
    check_transformed(codemod, files, after, config={"command": written(tmp_path, text)})


def test_a_command_that_changes_is_run_anew_although_the_files_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEMODS_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_text("old = 1\n")

    def diff() -> str:
        stdout = io.BytesIO()
        words = [f"{tmp_path}/commands.py:Command", str(tmp_path / "project"), "--jobs", "1"]
        assert cli.main(codemod, words, stdout, io.StringIO()) == 0
        return stdout.getvalue().decode()

    written(tmp_path, RENAMING)
    assert "+new = 1\n" in diff()
    assert "+new = 1\n" in diff()
    written(tmp_path, RENAMING.replace('"new"', '"other"'))
    assert "+other = 1\n" in diff()
