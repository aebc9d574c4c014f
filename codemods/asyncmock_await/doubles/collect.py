"""What this family collects of one module."""

from __future__ import annotations

from codemods.asyncmock_await.doubles.facts import DoubleFacts
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module


def collect(module: Module, names: ModuleNames, mocks: MockNames) -> DoubleFacts:
    """The facts of one module."""
    return DoubleFacts()
