"""How the names of unittest.mock are told apart from others of the same spelling."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await.mock_names import Assumed, MockNames, made_available, mock_names
from codemods.asyncmock_await.part import ImportedName, NewImport
from codemods.toolkit.pipeline.source import decoded, parsed
from codemods.toolkit.python.collect_names import module_names
from codemods.toolkit.python.names import ModuleNames


def names_of(text: str) -> ModuleNames:
    return module_names(parsed(decoded("test_it.py", text.encode())))


@pytest.mark.parametrize(
    ("text", "written", "meant"),
    [
        pytest.param("from unittest.mock import AsyncMock", "AsyncMock", "AsyncMock", id="a name"),
        pytest.param("from unittest.mock import AsyncMock as AM", "AM", "AsyncMock", id="under another name"),
        pytest.param("from unittest import mock", "mock.patch.object", "patch.object", id="the module"),
        pytest.param("from unittest import mock as m", "m.AsyncMock", "AsyncMock", id="the module under another name"),
        pytest.param("import unittest.mock", "unittest.mock.MagicMock", "MagicMock", id="a dotted module"),
        pytest.param("import unittest.mock as um", "um.MagicMock", "MagicMock", id="a dotted module with a name"),
        pytest.param("import unittest", "unittest.mock.AsyncMock", "AsyncMock", id="through the package"),
        pytest.param("import unittest as u", "u.mock.AsyncMock", "AsyncMock", id="through the package with a name"),
        pytest.param("import unittest\nunittest = 1", "unittest.mock.AsyncMock", "", id="no package any more"),
        pytest.param("import unittest as u", "unittest.mock.AsyncMock", "", id="a package by another name"),
        pytest.param("import mock", "mock.AsyncMock", "AsyncMock", id="the backport"),
        pytest.param("from mock import mock", "mock.AsyncMock", "AsyncMock", id="the module of the backport"),
        pytest.param("from unittest.mock import *", "AsyncMock", "AsyncMock", id="a star"),
        pytest.param("def f():\n    from unittest.mock import patch", "patch", "patch", id="within a function"),
        pytest.param("from unittest.mock import AsyncMock\nAM = AsyncMock", "AM", "AsyncMock", id="an alias"),
        pytest.param("from unittest import mock\nAM = mock.AsyncMock", "AM", "AsyncMock", id="an alias of a member"),
        pytest.param("from unittest.mock import AsyncMock", "Other", "", id="another name"),
        pytest.param("from unittest import mock", "mock.nothing", "", id="no name of the library"),
        pytest.param("class AsyncMock: ...", "AsyncMock", "", id="a class of its own"),
        pytest.param(
            "from unittest.mock import AsyncMock\nclass AsyncMock: ...", "AsyncMock", "", id="bound once more"
        ),
        pytest.param(
            "from unittest.mock import Mock\nfrom unittest.mock import AsyncMock as Mock", "Mock", "", id="two imports"
        ),
        pytest.param("import fake as AsyncMock", "AsyncMock", "", id="a module of that name"),
        pytest.param("from fake import thing as AsyncMock", "AsyncMock", "", id="a thing of that name"),
    ],
)
def test_a_name_is_the_librarys_by_the_imports(text: str, written: str, meant: str) -> None:
    assert mock_names(names_of(text)).canonical(written) == meant


def test_a_name_from_another_module_is_assumed() -> None:
    found = mock_names(names_of("from tests.doubles import AsyncMock as AM"))
    assert found.canonical("AM") == "AsyncMock"
    assert found.assumed == (Assumed("AM", 0, "tests.doubles", "AsyncMock"),)


@pytest.mark.parametrize(
    ("text", "written", "change"),
    [
        pytest.param("from unittest.mock import MagicMock\n", "MagicMock", None, id="there already"),
        pytest.param("from unittest import mock\n", "mock.MagicMock", None, id="through the module"),
        pytest.param("import unittest\n", "MagicMock", NewImport, id="never through the package alone"),
        pytest.param("from unittest.mock import AsyncMock\n", "MagicMock", ImportedName, id="beside another name"),
        pytest.param("import os\nimport sys\n", "MagicMock", NewImport, id="below another import"),
        pytest.param("x = 1\n", None, None, id="no import at all"),
        pytest.param("import os\nMagicMock = 1\n", None, None, id="another thing of that name"),
        pytest.param(
            "import os\ndef f():\n    from unittest.mock import MagicMock\n", "MagicMock", NewImport,
            id="only within a function",
        ),
    ],
)  # fmt: skip
def test_a_name_is_made_available(text: str, written: str | None, change: type | None) -> None:
    names = names_of(text)
    made = made_available(names, mock_names(names), "MagicMock")
    if written is None:
        assert made is None
        return
    assert made is not None
    assert (made[0], [type(each) for each in made[1]]) == (written, [change] if change else [])


def test_without_imports_nothing_is_the_librarys() -> None:
    assert MockNames().spelling("AsyncMock") == ""
