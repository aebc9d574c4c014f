"""Codemods of other packages: an entry point makes them like those of this one, and a faulty one is one line."""

from __future__ import annotations

import importlib
import io
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from codemods.toolkit import cli, registry

TOY = Path(__file__).parent / "plugin"


class Done(NamedTuple):
    status: int
    stdout: str
    stderr: str


def codemods(*words: str) -> Done:
    stdout, stderr = io.BytesIO(), io.StringIO()
    status = cli.main(None, words, stdout, stderr)
    return Done(status, stdout.getvalue().decode(), stderr.getvalue())


class Site:
    """A folder on the import path that packages can be installed in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: set[str] = set()

    def install(self, package: str, entry_points: str, **modules: str) -> None:
        """Put in place what an installer writes: modules, and the metadata with the entry points."""
        for module, text in modules.items():
            (self.folder / f"{module}.py").write_text(text)
        self.modules.update(modules)
        importlib.invalidate_caches()
        info = self.folder / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[codemods]\n{entry_points}\n")


@pytest.fixture(name="site")
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    site = Site(folder)
    yield site
    for module in site.modules:
        sys.modules.pop(module, None)


def line_of(name: str) -> str:
    """What `codemods list` says of one codemod."""
    done = codemods("list")
    assert (done.status, done.stderr) == (0, "")
    (line,) = [line for line in done.stdout.splitlines() if line.split()[0] == name]
    return line.removeprefix(name).strip()


def variant(name: str, code: str = "TY101") -> str:
    """The text of a module with a codemod that is the toy's but for its name and a code."""
    text = (TOY / "toy_codemod.py").read_text()
    return text.replace('name="toy"', f'name="{name}"').replace("TY101", code)


def test_a_codemod_of_another_package_is_listed_run_explained_and_undone(site: Site, tmp_path: Path) -> None:
    site.install("far-away", "far_away = far_codemod:codemod", far_codemod=variant("far_away", "FA101"))
    target = tmp_path / "target"
    target.mkdir()
    (target / "a.py").write_text("old = 1\n")

    assert line_of("far_away") == "Rename old to new."
    assert codemods("explain", "FA101").stdout.endswith("Somebody wrote `# refuse`.\n\nReported by: far_away\n")
    assert "-old = 1\n+new = 1\n" in codemods("far_away", str(target)).stdout
    assert codemods("far_away", str(target), "--apply").status == 0
    assert (target / "a.py").read_text() == "new = 1\n"
    assert "(far_away) is undone" in codemods("undo", str(target)).stdout
    assert (target / "a.py").read_text() == "old = 1\n"


def test_its_table_in_the_configuration_is_known_to_the_others(site: Site, tmp_path: Path) -> None:
    site.install("far-away", "far_away = far_codemod:codemod", far_codemod=variant("far_away"))
    (tmp_path / "pyproject.toml").write_text("[tool.codemods.far_away]\nnew = 'fresh'\n")
    assert codemods("pattern_filter", str(tmp_path)).status == 0


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        pytest.param("import no_such_module", "No module named 'no_such_module'", id="an import that fails"),
        pytest.param("1 / 0", "ZeroDivisionError: division by zero", id="an error while it is imported"),
        pytest.param("def (", "SyntaxError: invalid syntax (faulty_one.py, line 1)", id="no Python"),
        pytest.param("raise SystemExit('no')", "SystemExit: no", id="an exit"),
        pytest.param("raise ImportError('two\\nlines')", "two lines", id="a message of two lines"),
    ],
)
def test_one_that_can_not_be_imported_is_a_line_of_the_list(site: Site, module: str, reason: str) -> None:
    site.install("faulty", "faulty = faulty_one:codemod", faulty_one=module)
    message = f"codemod 'faulty' (faulty_one:codemod) can't be imported: {reason}"
    assert line_of("faulty") == message
    assert codemods("faulty", ".") == (2, "", f"error: {message}\n")
    assert codemods("explain", "TK101").status == 0


def test_one_that_goes_by_another_name_is_a_line_of_the_list(site: Site) -> None:
    site.install("misnamed", "misnamed = misnamed_codemod:codemod", misnamed_codemod=variant("named"))
    assert line_of("misnamed") == (
        "codemod 'misnamed': misnamed_codemod:codemod calls itself 'named': the two have to be the same"
    )


def test_two_of_one_name_are_a_line_of_the_list(site: Site) -> None:
    site.install("first", "twice = twice_one:codemod", twice_one=variant("twice"))
    site.install("second", "twice = twice_two:codemod", twice_two=variant("twice"))
    assert line_of("twice") == (
        "several codemods are named 'twice': twice_one:codemod, twice_two:codemod (only one package may be installed)"
    )


def test_a_package_that_is_found_twice_is_one(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install("far-away", "far_away = far_codemod:codemod", far_codemod=variant("far_away"))
    shutil.copytree(site.folder / "far-away-1.0.dist-info", tmp_path / "more" / "other-1.0.dist-info")
    metadata = tmp_path / "more" / "other-1.0.dist-info" / "METADATA"
    metadata.write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(tmp_path / "more")
    assert registry.load("far_away").name == "far_away"


def test_a_code_that_two_codemods_have_is_told(site: Site) -> None:
    site.install("near", "near = near_codemod:codemod", near_codemod=variant("near", "NF101"))
    site.install("far", "far = farther_codemod:codemod", farther_codemod=variant("far", "NF101"))
    assert "NF101 is a code of far, near: reports can't tell them apart\n" in codemods("list").stdout
    page = codemods("explain", "NF101").stdout
    assert page.count("# NF101: old on purpose\n") == 2
    assert "Reported by: far\n" in page
    assert page.endswith("Reported by: near\n")


def test_a_code_of_the_toolkit_is_not_for_others(site: Site) -> None:
    site.install("near", "near = near_tk:codemod", near_tk=variant("near", "TK101"))
    assert "TK101 is a code of toolkit, near: reports can't tell them apart\n" in codemods("list").stdout
