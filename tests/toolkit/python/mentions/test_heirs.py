"""Files with classes that inherit are found by the bytes of their headers."""

from __future__ import annotations

import pytest

from codemods.toolkit.python.mentions.heirs import bases_in


@pytest.mark.parametrize(
    ("body", "bases"),
    [
        pytest.param(b"class A(B): ...\n", ("B",), id="one"),
        pytest.param(b"class A(\n    m.B,\n    C[int],  # both\n): ...\n", ("B", "C", "both", "int", "m"), id="lines"),
        pytest.param(b"from m import B as C\n\nclass A(C): ...\n", ("B", "C"), id="another name by an import"),
        pytest.param(b"class A[T](B): ...\n", ("B",), id="type parameters"),
        pytest.param(b"class A:\n    x = f(B)\n", (), id="no base"),
        pytest.param(b"x = 'class'\n", (), id="no class"),
        pytest.param(b"with a as B:\n    pass\n", (), id="something else under a name"),
    ],
)
def test_names_of_bases(body: bytes, bases: tuple[str, ...]) -> None:
    assert bases_in(body) == bases
