"""Every command that LibCST ships, on code of each form that the commands are about and files of the example.

What LibCST's own runner writes is what the adapter writes, unless a change is refused: then the code is named here.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import libcst.codemod.commands
import pytest
from libcst.codemod import CodemodCommand, parallel_exec_transform_with_prettyprint

from codemods.libcst_command import codemod
from codemods.libcst_command.config import Config
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline.run import Settings, run

SHOP = Path(__file__).resolve().parents[2] / "examples" / "shop"
PACKAGE = "libcst.codemod.commands"

FORMS = {
    "forms/__init__.py": "",
    "forms/code.py": """\
from typing import Callable, Dict, List, NamedTuple, Optional, Union

name, count = "a", 2
print("%s is ready" % name)
print("%s of %s" % (name, count))
print("{} is ready".format(name))
print(f"plain")

handler: Callable[[...], int]
either: Union[int, str] = 1
maybe: "Optional[int]" = None
table: Dict[str, List[int]] = {}


class Point(NamedTuple):
    x: int
    y: int = 0


def double(x):
    # type: (int) -> int
    return x * 2
""",
    "forms/strict.py": """\
# pyre-strict
def total(
    first,
    second
):
    return sum([
        first,
        second
    ])
""",
    "forms/unsafe.py": "# pyre-unsafe\n# pyre-ignore-all-errors\nx = 1\n",
    "forms/imports.py": "import os\n\n# pyre strict\nimport sys\n\nprint(sys)\n",
    "forms/generic.py": "from typing import Dict, List\n\ntable: Dict[str, List[int]] = {}\n",
    "forms/old.py": "def old():\n    return 1\n",
    "forms/uses_old.py": "from forms.old import old\n\nprint(old())\n",
}
FROM_THE_EXAMPLE = "shop/realtime/manager.py"
USUAL = ("forms/code.py", FROM_THE_EXAMPLE)
PYRE = ("forms/code.py", "forms/strict.py", "forms/unsafe.py", "forms/imports.py", FROM_THE_EXAMPLE)
RENAMED = ("forms/__init__.py", "forms/old.py", "forms/uses_old.py", FROM_THE_EXAMPLE)


class Outcome(NamedTuple):
    """What comes of a command on some files: how many of them it changes, and those refused by code.

    Each file takes LibCST a tenth of a second or more.
    """

    command: str
    arguments: tuple[str, ...]
    changed: int
    refused: Mapping[str, int]
    files: tuple[str, ...]


def outcome(
    command: str, changed: int, *arguments: str, refused: Mapping[str, int] = {}, files: tuple[str, ...] = USUAL
) -> Any:
    return pytest.param(
        Outcome(f"{PACKAGE}.{command}", arguments, changed, refused, files), id=command.partition(".")[2]
    )


OUTCOMES = [
    outcome("add_pyre_directive.AddPyreStrictCommand", 4, files=PYRE),
    outcome("add_pyre_directive.AddPyreUnsafeCommand", 4, files=PYRE),
    outcome("add_trailing_commas.AddTrailingCommas", 2, refused={"TK206": 1}, files=(*USUAL, "forms/strict.py")),
    outcome("convert_format_to_fstring.ConvertFormatStringCommand", 1),
    outcome("convert_namedtuple_to_dataclass.ConvertNamedTupleToDataclassCommand", 1),
    outcome("convert_percent_format_to_fstring.ConvertPercentFormatStringCommand", 1),
    outcome("convert_type_comments.ConvertTypeComments", 0, refused={"TK208": 1}),
    outcome("convert_union_to_or.ConvertUnionToOrCommand", 1),
    outcome(
        "ensure_import_present.EnsureImportPresentCommand",
        0,
        "--module",
        "os",
        refused={"TK204": 1},
        files=("forms/imports.py", FROM_THE_EXAMPLE),
    ),
    outcome("fix_pyre_directives.FixPyreDirectivesCommand", 0, refused={"TK208": 1}, files=PYRE),
    outcome("fix_variadic_callable.FixVariadicCallableCommmand", 1),
    outcome("noop.NOOPCommand", 0),
    outcome("remove_pyre_directive.RemovePyreStrictCommand", 0, refused={"TK208": 1}, files=PYRE),
    outcome("remove_pyre_directive.RemovePyreUnsafeCommand", 0, refused={"TK208": 1}, files=PYRE),
    outcome("remove_unused_imports.RemoveUnusedImportsCommand", 1, files=("forms/imports.py", FROM_THE_EXAMPLE)),
    outcome(
        "rename.RenameCommand",
        0,
        "--old_name=forms.old.old",
        "--new_name=forms.old.new",
        refused={"TK202": 1},
        files=RENAMED,
    ),
    outcome("rename_typing_generic_aliases.RenameTypingGenericAliases", 1, files=("forms/generic.py",)),
    outcome("strip_strings_from_types.StripStringsCommand", 1),
    outcome("unnecessary_format_string.UnnecessaryFormatString", 1),
]

NOT_TO_BE_RUN = {
    f"{PACKAGE}.add_pyre_directive.AddPyreDirectiveCommand": "can't be made: AttributeError",
    f"{PACKAGE}.remove_pyre_directive.RemovePyreDirectiveCommand": "can't be made: AttributeError",
}


def tree_of(folder: Path, files: tuple[str, ...]) -> Path:
    """A project with these files."""
    for path in files:
        text = FORMS.get(path)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(
            (SHOP / path).read_text(encoding="utf-8") if text is None else text, encoding="utf-8"
        )
    return folder


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.py")}


def written_by_libcst(outcome: Outcome, root: Path) -> dict[str, bytes]:
    """What LibCST's own runner leaves in the tree."""
    module, _, name = outcome.command.rpartition(".")
    command = getattr(importlib.import_module(module), name)
    files = [str(path) for path in root.rglob("*.py")]
    parser = argparse.ArgumentParser()
    command.add_args(parser)
    arguments = vars(parser.parse_args(outcome.arguments))
    done = parallel_exec_transform_with_prettyprint(
        command, files, jobs=1, repo_root=str(root), codemod_args=arguments, hide_progress=True
    )
    assert done.failures == 0
    return contents(root)


@pytest.mark.no_cover  # most of it is LibCST at work
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_command_gives_what_the_own_runner_gives(outcome: Outcome, tmp_path: Path) -> None:
    tree = tree_of(tmp_path, outcome.files)
    before = contents(tree)
    result = run(codemod, Config(command=outcome.command, args=outcome.arguments), Settings(tree, jobs=1, cache=False))
    found = before | {change.path: change.after or b"" for change in result.changes}
    assert contents(tree) == before

    expected = written_by_libcst(outcome, tree)
    kept = {breakage.path for breakage in result.withheld}
    assert found == {path: before[path] if path in kept else content for path, content in expected.items()}
    assert all(expected[path] != before[path] for path in kept)
    refused = Counter(breakage.code for breakage in result.withheld)
    assert (len(result.changes), dict(refused)) == (outcome.changed, dict(outcome.refused))
    assert not result.findings


def commands() -> set[str]:
    """All commands of LibCST, by their dotted names."""
    found = set()
    for info in pkgutil.iter_modules(libcst.codemod.commands.__path__, f"{PACKAGE}."):
        if info.name != f"{PACKAGE}.tests":
            module = importlib.import_module(info.name)
            found |= {
                f"{info.name}.{name}"
                for name, value in vars(module).items()
                if inspect.isclass(value) and issubclass(value, CodemodCommand) and value.__module__ == info.name
            }
    return found


def test_every_command_is_here() -> None:
    named = {param.values[0].command for param in OUTCOMES}
    assert commands() == named | NOT_TO_BE_RUN.keys()


@pytest.mark.parametrize(("command", "reason"), NOT_TO_BE_RUN.items(), ids=lambda word: word.rpartition(".")[2])
def test_a_base_class_of_commands_is_refused(command: str, reason: str, tmp_path: Path) -> None:
    tree = tree_of(tmp_path, ("forms/code.py",))
    with pytest.raises(UsageError, match=reason):
        run(codemod, Config(command=command), Settings(tree, jobs=1, cache=False))
