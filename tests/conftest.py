"""What all tests share: a server for runs of Python, and a heap that is quick to collect."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.forked import Forked


def pytest_collection_finish() -> None:
    """Don't look at what is loaded by now in every collection: tests of what garbage collection frees call for many."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def forked() -> Iterator[Forked]:
    """Runs of Python in processes of their own, at little cost."""
    with Forked() as server:
        yield server
