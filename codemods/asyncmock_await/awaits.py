"""An `await` in front of an expression comes or goes: the expression stays as it is, so nothing has to be parsed."""

from __future__ import annotations

import re

_KEYWORD = re.compile(r"await(?:\s|\\\r?\n|#[^\r\n]*)*")


def awaited(text: str, *, brackets: bool) -> str:
    """The expression under an `await`, in brackets where its value is taken apart.

    >>> awaited("mock.read( 1 )", brackets=True)
    '(await mock.read( 1 ))'
    """
    return f"(await {text})" if brackets else f"await {text}"


def unawaited(text: str) -> str:
    """What stands behind the `await`; brackets around both stay where they are.

    >>> unawaited("await  mock.read(1)")
    'mock.read(1)'
    """
    return _KEYWORD.sub("", text, count=1)
