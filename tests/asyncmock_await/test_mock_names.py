"""What a name of a module is in unittest.mock: its imports say so, never its spelling."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await.mock_names import MockNames, made_available, mock_names
from codemods.asyncmock_await.part import ImportedName, NewImport
from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import parsed
from codemods.toolkit.python.collect_names import module_names
from codemods.toolkit.python.names import ModuleNames


def names_of(text: str) -> ModuleNames:
    return module_names(parsed(Source("test_a.py", text.encode())))


def mocks_of(text: str) -> MockNames:
    return mock_names(names_of(text))


@pytest.mark.parametrize(
    ("text", "written", "what"),
    [
        pytest.param("from unittest.mock import AsyncMock", "AsyncMock", "AsyncMock", id="from-import"),
        pytest.param("from unittest.mock import AsyncMock as AM", "AM", "AsyncMock", id="another name"),
        pytest.param("from unittest import mock as m", "m.patch.object", "patch.object", id="module"),
        pytest.param("import unittest.mock", "unittest.mock.Mock", "Mock", id="dotted"),
        pytest.param("import unittest.mock as um", "um.Mock", "Mock", id="dotted under another name"),
        pytest.param("import mock", "mock.Mock", "Mock", id="backport"),
        pytest.param("from mock import mock", "mock.Mock", "Mock", id="module of the backport"),
        pytest.param("from mock import Mock", "Mock", "Mock", id="class of the backport"),
        pytest.param("from unittest.mock import *", "AsyncMock", "AsyncMock", id="star"),
        pytest.param("from unittest import mock\nAM = mock.AsyncMock", "AM", "AsyncMock", id="assigned"),
        pytest.param("def f():\n    from unittest import mock", "mock.Mock", "Mock", id="import in a function"),
        pytest.param("from unittest import mock", "mock.inspect", "", id="no name of the library"),
        pytest.param("from unittest import mock", "other.Mock", "", id="another root"),
        pytest.param("import AsyncMock", "AsyncMock", "", id="another module of that name"),
        pytest.param("import a as AsyncMock", "AsyncMock", "", id="a module under that name"),
        pytest.param("from a import b as AsyncMock", "AsyncMock", "", id="another thing under that name"),
        pytest.param(
            "from unittest.mock import AsyncMock\nclass AsyncMock: ...", "AsyncMock", "", id="a class takes the name"
        ),
        pytest.param(
            "from unittest.mock import AsyncMock\nfrom a import x as AsyncMock", "AsyncMock", "", id="two imports"
        ),
        pytest.param("X = object\nX = print", "X", "", id="a name that is assigned twice"),
        pytest.param("class AsyncMock: ...", "AsyncMock", "", id="a class of the module"),
    ],
)
def test_a_spelling_leads_to_the_library_or_not(text: str, written: str, what: str) -> None:
    assert mocks_of(text).canonical(written) == what


def test_a_class_that_the_project_exports_again_is_assumed() -> None:
    mocks = mocks_of("from .doubles import AsyncMock as AM, other")
    assert mocks.canonical("AM") == "AsyncMock"
    assert [(each.name, each.level, each.module, each.member) for each in mocks.assumed] == [
        ("AM", 1, "doubles", "AsyncMock")
    ]


def test_nothing_is_assumed_of_a_name_that_is_bound_otherwise_too() -> None:
    assert mocks_of("from doubles import Mock\nMock = None\n").assumed == ()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("from unittest import mock", "mock.Mock", id="through the module"),
        pytest.param("from unittest import mock\nfrom unittest.mock import Mock", "Mock", id="the short one"),
        pytest.param("from unittest.mock import AsyncMock", "", id="none"),
    ],
)
def test_the_spelling_of_a_class(text: str, written: str) -> None:
    assert mocks_of(text).spelling("Mock") == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("from unittest.mock import Mock\n", "Mock", id="imported"),
        pytest.param("import unittest.mock\n", "unittest.mock.Mock", id="through the package"),
        pytest.param("from unittest.mock import *\n", "Mock", id="star"),
    ],
)
def test_a_name_that_can_be_written_needs_no_import(text: str, written: str) -> None:
    names = names_of(text)
    assert made_available(names, mock_names(names), "Mock") == (written, ())


def test_a_name_joins_the_import_of_the_library() -> None:
    names = names_of("import os\nfrom unittest.mock import (\n    AsyncMock,\n)\n")
    assert made_available(names, mock_names(names), "Mock") == ("Mock", (ImportedName(10, 55, "Mock"),))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("import os", id="another import"),
        pytest.param("from unittest import TestCase", id="unittest"),
    ],
)
def test_a_new_import_goes_below_another_one(text: str) -> None:
    names = names_of(text + "\n")
    new = NewImport(0, len(text), "below", "from unittest.mock import Mock")
    assert made_available(names, mock_names(names), "Mock") == ("Mock", (new,))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("import os\nclass Mock: ...\n", id="the name is another thing"),
        pytest.param("x = 1\n", id="there is no import"),
        pytest.param("def f():\n    from unittest.mock import AsyncMock\n", id="only an import in a function"),
    ],
)
def test_a_name_that_there_is_no_way_to(text: str) -> None:
    names = names_of(text)
    assert made_available(names, mock_names(names), "Mock") is None
