from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import msgspec
import pytest

from codemods.toolkit.codemod import AnyCodemod, Codemod, Option, Plan, UsageError
from codemods.toolkit.config import ToolkitConfig, line_of, load, outside, with_options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codemods.toolkit import config


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    limit: int = 0


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    class_: str = msgspec.field(default="", name="class")
    drop: tuple[str, ...] = ()
    depth: int = 1
    prune: bool = False
    rule: Rule = Rule()
    rules: dict[str, Rule] = {}
    shade: Literal["light", "dark"] = "light"

    def __post_init__(self) -> None:
        if self.depth == 13:
            raise ValueError("depth: 13 brings bad luck")


TOY: AnyCodemod = Codemod(
    "toy",
    "",
    Config,
    int,
    int,
    (),
    relevant=lambda *_: False,
    collect=lambda *_: 0,
    widen=lambda *_: frozenset(),
    demand=lambda *_: frozenset(),
    decide=lambda *_: Plan(),
    rewrite=lambda *_: (),
)


def loaded(root: Path, text: str, file: str | None = None) -> config.Configuration[Config]:
    (root / (file or "pyproject.toml")).write_text(text, encoding="utf-8")
    found: config.Configuration[Config] = load(root, TOY, lambda: ("toy", "other"), str(root / file) if file else None)
    return found


def error(root: Path, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        loaded(root, text)
    return str(caught.value)


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert load(tmp_path, TOY, lambda: ()) == (ToolkitConfig(), Config())


def test_a_file_without_the_tables_sets_nothing(tmp_path: Path) -> None:
    assert loaded(tmp_path, "[project]\nname = 'x'\n") == (ToolkitConfig(), Config())


def test_both_tables_are_read(tmp_path: Path) -> None:
    text = "[tool.codemods]\njobs = 2\ncache = false\n[tool.codemods.toy]\nclass = 'a:B'\ndrop = ['x']\n"
    assert loaded(tmp_path, text) == (ToolkitConfig(jobs=2, cache=False), Config(class_="a:B", drop=("x",)))


def test_a_configuration_file_takes_the_place_of_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.codemods]\nnonsense = 1\n", encoding="utf-8")
    assert loaded(tmp_path, "[tool.codemods]\njobs = 3\n", "other.toml").toolkit.jobs == 3


def test_a_byte_order_mark_and_crlf_are_no_obstacle(tmp_path: Path) -> None:
    assert loaded(tmp_path, "\ufeff[tool.codemods]\r\njobs = 3\r\n").toolkit.jobs == 3


class Needy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    function: str


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(None, "pyproject.toml: [tool.codemods.toy] has to have the key 'function'", id="no file"),
        pytest.param(
            "[project]\n[tool.codemods.toy]\n",
            "pyproject.toml:2: [tool.codemods.toy] has to have the key 'function'",
            id="a table without it",
        ),
    ],
)
def test_a_key_that_has_no_default_is_asked_for(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load(tmp_path, replace(TOY, config=Needy), lambda: ("toy",))
    assert str(caught.value) == message


def test_the_table_of_another_codemod_is_not_looked_into(tmp_path: Path) -> None:
    assert loaded(tmp_path, "[tool.codemods.other]\nwhatever = 1\n").codemod == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "[tool.codemods]\njobs = 1\njbos = 2\n",
            "pyproject.toml:3: [tool.codemods] has no key 'jbos' (did you mean 'jobs'?)",
            id="an unknown key of the toolkit",
        ),
        pytest.param(
            "\n[tool.codemods.toy]\n# clas\nclas = 'x'\n",
            "pyproject.toml:4: [tool.codemods.toy] has no key 'clas' (did you mean 'class'?)",
            id="an unknown key of the codemod",
        ),
        pytest.param(
            "[tool.codemods.toy.rule]\nlimits = 1\n",
            "pyproject.toml:2: [tool.codemods.toy.rule] has no key 'limits'",
            id="an unknown key further in",
        ),
        pytest.param(
            "[tool.codemods.tyo]\nclass = 'x'\n",
            "pyproject.toml:1: no codemod is named 'tyo' (did you mean 'toy'?)",
            id="an unknown table",
        ),
        pytest.param(
            "[tool.codemods]\njobs = 'many'\n", "pyproject.toml:2: jobs: expected int, got str", id="a wrong type"
        ),
        pytest.param(
            "[tool.codemods]\njobs = true\n", "pyproject.toml:2: jobs: expected int, got bool", id="a bool is no number"
        ),
        pytest.param(
            "[tool.codemods.toy]\nshade = 'red'\n",
            "pyproject.toml:2: shade: it is one of light, dark, not 'red'",
            id="none of the choices",
        ),
        pytest.param("[tool.codemods]\njobs = -1\n", "pyproject.toml:2: jobs: expected int >= 0", id="out of range"),
        pytest.param(
            "[tool.codemods.toy]\ndrop = [\n  'a',\n  2,\n]\n",
            "pyproject.toml:2: drop: expected str, got int",
            id="a wrong element",
        ),
        pytest.param(
            "[tool.codemods.toy.rules.'a.b']\nlimit = 'x'\n",
            "pyproject.toml:1: limit: expected int, got str",
            id="a wrong type below a name that the user chose",
        ),
        pytest.param(
            "[tool.codemods.toy]\nrule = 3\n", "pyproject.toml:2: rule: expected table, got int", id="no table inside"
        ),
        pytest.param(
            "[tool.codemods.toy]\ndepth = 13\n",
            "pyproject.toml:1: [tool.codemods.toy]: depth: 13 brings bad luck",
            id="what the codemod itself refuses",
        ),
        pytest.param(
            "[tool.codemods]\ntoy = 3\n",
            "pyproject.toml:2: [tool.codemods.toy]: expected table, got int",
            id="the codemod's table is none",
        ),
        pytest.param("[tool]\ncodemods = 3\n", "pyproject.toml:2: 'codemods' has to be a table", id="no table"),
        pytest.param("tool = 3\n", "pyproject.toml:1: 'tool' has to be a table", id="no table at all"),
        pytest.param(
            "x = \n", "pyproject.toml: not valid TOML: Invalid value (at line 1, column 5)", id="not even TOML"
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_key(tmp_path: Path, text: str, message: str) -> None:
    assert error(tmp_path, text) == message


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("include = ['../other']", "include: '../other' leads outside the root", id="upwards"),
        pytest.param(
            "exclude = ['ok', 'a/../../b']", "exclude: 'a/../../b' leads outside the root", id="in the middle"
        ),
        pytest.param(r"exclude = ['..\b']", r"exclude: '..\\b' leads outside the root", id="backslashes"),
        pytest.param("exclude = ['!../b/*']", "exclude: '!../b/*' leads outside the root", id="taken back"),
        pytest.param("exclude = ['C:/x']", "exclude: 'C:/x' leads outside the root", id="a drive"),
        pytest.param("include = ['/usr/*']", "include: '/usr/*' leads outside the root", id="absolute"),
        pytest.param("include = ['link/*.py']", "include: 'link/*.py' leads outside the root", id="through a link"),
        pytest.param("roots = ['../lib']", "roots: '../lib' leads outside the root", id="a source root"),
        pytest.param(
            "roots = ['/usr']", "roots: '/usr' is absolute: source roots are relative to the root", id="an absolute one"
        ),
        pytest.param("roots = ['link']", "roots: 'link' leads outside the root", id="a source root that is a link"),
        pytest.param("roots = ['missing']", "roots: 'missing' is no folder", id="a source root that is missing"),
    ],
)
def test_a_path_that_leads_outside_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path, target_is_directory=True)
    assert error(root, f"[tool.codemods]\njobs = 1\n{text}\n") == f"pyproject.toml:3: {problem}"


def test_paths_inside_are_taken(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    found = loaded(tmp_path, "[tool.codemods]\nroots = ['src', '.']\ninclude = ['/src/*.py', '!a..b']\n").toolkit
    assert (found.roots, found.include) == (("src", "."), ("/src/*.py", "!a..b"))


def test_a_link_that_stays_inside_is_inside(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    assert outside(tmp_path, "link/*.py") == ""


def test_a_missing_configuration_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"missing\.toml: no such configuration file"):
        load(tmp_path, TOY, lambda: (), str(tmp_path / "missing.toml"))


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(UsageError, match=r"pyproject\.toml: can't be read: "):
        load(tmp_path, TOY, lambda: ())


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"x = '\xff'\n")
    with pytest.raises(UsageError, match=r"pyproject\.toml: not UTF-8 \(byte 5\)"):
        load(tmp_path, TOY, lambda: ())


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        pytest.param("a = 1\nb = 2\n", ("b",), 2, id="plain"),
        pytest.param("[a]\nb = 2\n[c]\nb = 3\n", ("c", "b"), 4, id="same key in two tables"),
        pytest.param("a.'b' = 1\na.\"c\" = 2\n", ("a", "c"), 2, id="dotted and quoted"),
        pytest.param("x = '''\nb = 1\n'''\nb = 2\n", ("b",), 4, id="the word stands in a string before"),
        pytest.param("x = [\n  'b',\n  # b = 1\n]\n\n# b\nb = 2", ("b",), 7, id="behind comments, no final newline"),
        pytest.param("a = {b = 1, c = 2}\n", ("a", "c"), 1, id="an inline table"),
        pytest.param("[[a]]\nb = 1\n[[a]]\nb = 2\n", ("a", 1, "b"), 4, id="an array of tables"),
        pytest.param("a = [\n 1,\n 2,\n]\n", ("a", 1), 1, id="an element: the statement's line"),
        pytest.param("x = 1\n[a]\n", ("a", "missing"), 2, id="missing: the table around it"),
        pytest.param("x = 1\n", ("y",), 1, id="nothing around it: the top"),
    ],
)
def test_the_line_of_a_key_is_where_its_statement_begins(text: str, path: Sequence[str | int], line: int) -> None:
    assert line_of(text, path) == line


OPTIONS = {key: Option(f"--{key}", key, "X", "") for key in ("class", "class_", "drop", "depth", "prune", "shade")}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        pytest.param("class", ["a:B"], Config("a:B", ("z",)), id="a word"),
        pytest.param("class_", ["a:B"], Config("a:B", ("z",)), id="by the name of the attribute"),
        pytest.param("class", ["a:B", "c:D"], Config("c:D", ("z",)), id="the last of several"),
        pytest.param("drop", ["x"], Config(drop=("x",)), id="a list of one"),
        pytest.param("drop", ["x", "y"], Config(drop=("x", "y")), id="a list"),
        pytest.param("depth", ["7"], Config(drop=("z",), depth=7), id="a number"),
        pytest.param("prune", True, Config(drop=("z",), prune=True), id="a switch"),
    ],
)
def test_an_option_takes_the_place_of_a_key(key: str, value: Sequence[str] | bool, expected: Config) -> None:
    assert with_options(Config(drop=("z",)), [(OPTIONS[key], value)]) == expected


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        pytest.param("depth", "x", "--depth: expected int, got str", id="a wrong type"),
        pytest.param("depth", "13", "--depth: 13 brings bad luck", id="what the codemod itself refuses"),
        pytest.param("shade", "red", "--shade: it is one of light, dark, not 'red'", id="none of the choices"),
    ],
)
def test_a_wrong_option_is_named(key: str, value: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        with_options(Config(), [(OPTIONS[key], [value])])
    assert str(caught.value) == message
