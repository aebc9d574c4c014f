"""Names that a module binds in several ways: what is called may be either, so that no `await` is written."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

FILES = {
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
    "real.py": "async def save():\n    return 1\n\n\nclass Orders:\n    async def save(self):\n        return 1\n",
    "fake.py": "def save():\n    return 1\n\n\nclass Orders:\n    def save(self):\n        return 1\n",
}
BY_NAME = "from app import save\n\n\nasync def test_a():\n    {}save()\n"
BY_OBJECT = "from app import Orders\n\n\nasync def test_a():\n    orders = Orders()\n    {}orders.save()\n"
BY_MODULE = "import app\n\n\nasync def test_a():\n    {}app.save()\n"
TRY = "try:\n    import nothing\n    from real import save\nexcept ImportError:\n    "

EITHER = [
    pytest.param(TRY + "from fake import save\n", BY_NAME, id="two imports"),
    pytest.param(TRY + "def save():\n        return 1\n", BY_MODULE, id="a definition"),
    pytest.param("def save():\n    return 1\n\n\n" + TRY + "pass\n", BY_NAME, id="a definition before"),
    pytest.param((TRY + "from fake import save\n").replace("save", "Orders"), BY_OBJECT, id="classes"),
    pytest.param((TRY + "from fake import save as x\n").replace("save\nex", "save as x\nex") + "save = x\n", BY_NAME,
                 id="another name"),
]  # fmt: skip


@pytest.mark.parametrize(("app", "test"), EITHER)
def test_what_may_be_either_gets_no_await(app: str, test: str) -> None:
    check_noop(codemod, {**FILES, "app.py": app, "test_a.py": test.format("")})


def test_so_it_is_in_the_test_itself() -> None:
    text = TRY + "from fake import save\n\n\nasync def test_a():\n    save()\n"
    check_noop(codemod, {**FILES, "test_a.py": text})


ONE = [
    pytest.param("from real import save\n", BY_NAME, id="one import"),
    pytest.param("try:\n    from real import save\nexcept ImportError:\n    save = None\n", BY_NAME, id="or None"),
    pytest.param(TRY + "from fake import save\n\nfrom real import save\n", BY_NAME, id="one that hides two others"),
    pytest.param("from fake import save\n\n\nasync def save():\n    pass\n", BY_MODULE, id="a definition of another"),
]  # fmt: skip


@pytest.mark.parametrize(("app", "test"), ONE)
def test_what_is_always_the_same_is_awaited(app: str, test: str) -> None:
    files = {**FILES, "app.py": app, "test_a.py": test.format("")}
    check_transformed(codemod, files, {"test_a.py": test.format("await ")})
