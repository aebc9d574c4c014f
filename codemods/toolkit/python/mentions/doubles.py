"""What stands for something else in tests."""

from __future__ import annotations

import re

_DOUBLE = re.compile(r"(?i)^_?(?:mock|fake|stub|dummy|spy)|(?:mock|fake|stub|dummy|double|spy)$")


def is_double(name: str) -> bool:
    """Whether a class stands for another one without inheriting from it, by its name (`FakeClient`, `ClientStub`)."""
    return _DOUBLE.search(name) is not None
