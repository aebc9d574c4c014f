"""rope_rename of whole modules: the file gets the name, and so do all that import it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from codemods.rope_rename import codemod
from codemods.rope_rename.config import Config
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.config import Configuration, ToolkitConfig
from codemods.toolkit.pipeline.result import Result
from codemods.toolkit.pipeline.run import Settings, run

MODULE = "x = 1\n"
PACKAGE = {"pkg/__init__.py": "", "pkg/old.py": MODULE}


def moved(files: Mapping[str, str], target: str = "pkg.old") -> Result:
    """Files with `OLD` where the word gets the new name, and `old` where it stays; the module is among them."""
    before = {path: text.replace("OLD", "old") for path, text in files.items()}
    path = f"{target.replace('.', '/')}.py"
    after = {each: text.replace("OLD", "new") for each, text in files.items() if "OLD" in text and each != path}
    after[path.replace("old.py", "new.py")] = files[path].replace("OLD", "new")
    return check_transformed(codemod, before, after, config=Config(target=target, new_name="new"), deleted=(path,))


def refused(files: Mapping[str, str], target: str = "pkg.old", new: str = "new") -> set[str]:
    result = check_noop(codemod, files, config=Config(target=target, new_name=new))
    return {site.code for site in result.sites if site.decision == "refused"}


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("import pkg.OLD\npkg.OLD.x\n", id="dotted"),
        pytest.param("import pkg.OLD as o\no.x\n", id="another name"),
        pytest.param("import pkg.OLD as old\nold.x\n", id="its own name by as"),
        pytest.param("def f():\n    import pkg.OLD as old\n    return old.x\n", id="its own name by as in a function"),
        pytest.param("from pkg import OLD\nOLD.x\n", id="from the package"),
        pytest.param("from pkg import OLD as OLD\nOLD.x\n", id="from the package by as"),
        pytest.param("from pkg import OLD as o\no.x\n", id="from the package by another name"),
        pytest.param("from pkg.OLD import x as old\nold\n", id="from the module"),
        pytest.param("import pkg.OLD\nold = pkg.OLD\nold.x\n", id="assigned"),
        pytest.param("from pkg import OLD\ndef f(old): return old\nclass C:\n    old = OLD\nC.old\n", id="namesakes"),
        pytest.param("try:\n    from pkg import OLD\nexcept ImportError:\n    OLD = None\n", id="with a fallback"),
        pytest.param("import pkg.OLD\nx: 'pkg.OLD.x'\ngetattr(pkg, 'OLD')\n", id="annotation and getattr"),
        pytest.param("import importlib\nimportlib.import_module('pkg.OLD').x\n", id="imported by its name"),
        pytest.param(
            "import importlib\nimportlib.import_module('.OLD', 'pkg').x\n", id="imported by its relative name"
        ),
        pytest.param("import sys\nsys.modules['pkg.OLD'], sys.modules.get('pkg.OLD')\n", id="loaded"),
        pytest.param("from unittest.mock import patch\npatch('pkg.OLD.x'), patch(target='pkg.OLD')\n", id="patched"),
    ],
)
def test_a_module_is_followed(use: str) -> None:
    moved({**PACKAGE, "use.py": use})


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"pkg/__init__.py": "from . import OLD\nfrom .OLD import x\n__all__ = ['OLD']\n"}, id="package"),
        pytest.param({"pkg/__init__.py": "from .OLD import x\n", "use.py": "import pkg\npkg.OLD.x\n"}, id="loaded"),
        pytest.param({"pkg/__init__.py": "from . import OLD as OLD\n", "use.py": "import pkg\npkg.OLD\n"}, id="by as"),
        pytest.param({"pkg/__init__.py": "from . import OLD\n", "use.py": "from pkg import *\nOLD.x\n"}, id="star"),
        pytest.param({"pkg/a.py": "from . import OLD\nfrom .OLD import x\ny = OLD.x\n"}, id="relative"),
        pytest.param({"pkg/sub/__init__.py": "", "pkg/sub/old.py": "", "a.py": "import pkg.sub.old\n"}, id="namesake"),
        pytest.param({"hub.py": "from pkg import OLD\n", "use.py": "import hub\nhub.OLD.x\n"}, id="handed on"),
        pytest.param({"hub.py": "from pkg import OLD as o\n", "use.py": "import hub\nhub.o.x\n"}, id="under a name"),
        pytest.param(
            {"pkg/old.py": "from . import OLD\nfrom .a import y\ndef f(): return OLD\n", "pkg/a.py": "y = 1\n"},
            id="itself",
        ),
        pytest.param({"pkg/a.py": "import importlib as i\ni.import_module('.OLD', __package__)\n"}, id="by name"),
        pytest.param({"pkg/old.py": "def old(): ...\n", "use.py": "from pkg.OLD import old\nold()\n"}, id="function"),
    ],
)  # fmt: skip
def test_a_module_is_followed_through_others(files: dict[str, str]) -> None:
    moved({**PACKAGE, **files})


def test_a_module_at_the_top_is_a_name_of_its_own() -> None:
    use = "import OLD\nOLD.x\ndef f():\n    import OLD\n    return OLD.x\n"
    moved({"old.py": MODULE, "use.py": use, "as.py": "import OLD as OLD\nOLD.x\n"}, "old")


def test_a_module_in_a_folder_without_an_init_is_renamed() -> None:
    moved({"space/old.py": MODULE, "use.py": "import space.OLD\nfrom space import OLD\nOLD.x\n"}, "space.old")


@pytest.mark.parametrize(
    ("use", "becomes"),
    [
        pytest.param("import old\nnew = old.x\n", "import new as old\nnew = old.x\n", id="import"),
        pytest.param("import old\nfrom old import new\n", "import new as old\nfrom new import new\n", id="both"),
        pytest.param("class C:\n    import old\nC.old\n", "class C:\n    import new as old\nC.old\n", id="attribute"),
    ],
)
def test_where_the_new_name_would_clash_the_import_gives_the_old_one(use: str, becomes: str) -> None:
    before = {"old.py": "x = new = 1\n", "use.py": use}
    after = {"new.py": "x = new = 1\n", "use.py": becomes}
    check_transformed(codemod, before, after, config=Config(target="old", new_name="new"), deleted=("old.py",))


def test_the_import_of_a_function_in_a_class_keeps_its_name() -> None:
    use = "class C:\n    from net import {}\nC.old\n"
    before = {"net.py": "def old(): ...\n", "use.py": use.format("old")}
    after = {"net.py": "def new(): ...\n", "use.py": use.format("new as old")}
    check_transformed(codemod, before, after, config=Config(target="net:old", new_name="new"))


@pytest.mark.parametrize(
    ("files", "new", "code"),
    [
        pytest.param({"pkg/new.py": ""}, "new", "RR101", id="a module of that name"),
        pytest.param({"pkg/new/a.py": ""}, "new", "RR101", id="a folder of that name"),
        pytest.param({"pkg/__init__.py": "new = 1\n"}, "new", "RR101", id="a name of the package"),
        pytest.param({}, "conftest", "RR107", id="found by its name"),
        pytest.param({}, "test_it", "RR107", id="collected by its name"),
        pytest.param({"pkg/__init__.py": "def new(): ...\n"}, "new", "RR101", id="a function of the package"),
        pytest.param(
            {"use.py": "from lazy import old\n", "lazy.py": "def __getattr__(n): ...\n"}, "new", "RR104", id="unknown"
        ),
        pytest.param({"use.py": "import pkg.old\npkg.old(\n"}, "new", "RR109", id="broken"),
    ],
)  # fmt: skip
def test_what_is_in_the_way_of_a_module_stops_the_rename(files: dict[str, str], new: str, code: str) -> None:
    assert refused({**PACKAGE, **files}, new=new) == {code}


def test_a_module_among_tests_is_collected_by_its_name() -> None:
    assert refused({"tests/old.py": MODULE}, "tests.old", "test_new") == {"RR107"}
    check_transformed(
        codemod, {"tests/old.py": MODULE}, {"tests/new.py": MODULE}, config=Config(target="tests.old", new_name="new"),
        deleted=("tests/old.py",),
    )  # fmt: skip


def test_a_module_at_the_top_does_not_hide_the_standard_library() -> None:
    assert refused({"old.py": MODULE}, "old", "json") == {"RR101"}


@pytest.mark.parametrize("excluded", ["pkg/old.py", "use.py"])
def test_a_module_that_must_stay_stops_its_rename(excluded: str) -> None:
    config = Configuration(ToolkitConfig(exclude=(excluded,)), Config(target="pkg.old", new_name="new"))
    result = check_noop(codemod, {**PACKAGE, "use.py": "import pkg.old\n"}, config=config)
    assert {site.code for site in result.sites if site.decision == "refused"} == {"RR102"}


def test_a_string_that_names_the_module_is_reported() -> None:
    result = moved({**PACKAGE, "use.py": "LOADED = ['pkg.old', 'old.x']\n"})
    assert [(site.code, site.line) for site in result.sites if site.path == "use.py"] == [("RR105", 1), ("RR105", 1)]


def test_a_module_keeps_its_encoding_and_its_permissions(tmp_path: Path) -> None:
    text = "# coding: latin-1\r\nx = 'é'".encode("latin-1")
    (tmp_path / "old.py").write_bytes(text)
    (tmp_path / "old.py").chmod(0o755)
    result = run(codemod, Config(target="old", new_name="new"), Settings(tmp_path, jobs=1, cache=False))
    assert {change.path: (change.after, change.mode & 0o777) for change in result.changes if change.after} == {
        "new.py": (text, 0o755)
    }


@pytest.mark.parametrize(
    ("target", "message"),
    [
        pytest.param("pkg", "pkg is a package; modules are renamed, packages are not", id="package"),
        pytest.param("pkg.od", "there is no module pkg.od (did you mean 'pkg.old'?)", id="nothing"),
    ],
)
def test_a_module_that_cannot_be_renamed_is_one_line(target: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_noop(codemod, PACKAGE, config=Config(target=target, new_name="new"))
    assert str(caught.value) == f"rope_rename: {message}"


def test_a_module_that_has_the_new_name_is_right() -> None:
    result = check_noop(codemod, {"pkg/new.py": MODULE}, config=Config(target="pkg.old", new_name="new"))
    assert [(site.path, site.decision) for site in result.sites] == [("pkg/new.py", "right")]
