"""Names in a text."""

from __future__ import annotations

import pytest

from codemods.toolkit.python.words import as_identifiers


@pytest.mark.parametrize(
    ("names", "text", "found"),
    [
        pytest.param(["send"], "send(send) + mail.send", ["send"] * 3, id="as often as it stands there"),
        pytest.param(["send"], "sender resend _send send_ send2 ésend sendé", [], id="not in a longer name"),
        pytest.param(["send"], "'send' #send\nsend", ["send"] * 3, id="in strings and comments too"),
        pytest.param(["send", "sender"], "send sender senders", ["send", "sender"], id="one begins with the other"),
        pytest.param(["a", "b"], "b a ab", ["b", "a"], id="several"),
        pytest.param(["größe"], "größe größen", ["größe"], id="more than ASCII"),
    ],
)
def test_names_are_found_as_identifiers(names: list[str], text: str, found: list[str]) -> None:
    assert [match.decode() for match in as_identifiers(names).findall(text.encode())] == found
