"""What the attributes of a mock are."""

from __future__ import annotations

from unittest.mock import AsyncMock, MagicMock

import pytest

from codemods.asyncmock_await.calls.following.mock_attributes import is_own


@pytest.mark.parametrize("kind", [AsyncMock, MagicMock])
def test_what_the_library_gives_to_every_mock_is_no_member(kind: type[MagicMock]) -> None:
    attributes = {*kind().__dict__, *(name for each in kind.__mro__ for name in vars(each))}
    assert "_mock_call" in attributes
    assert [each for each in sorted(attributes) if not (each.startswith(("__", "_NonCallable")) or is_own(each))] == []
