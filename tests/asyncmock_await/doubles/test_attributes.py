"""Methods that an instance doesn't have: something else comes before what the body of its class shows."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

TEST = """from shop import Orders


async def test_a():
    orders = Orders()
    {}orders.save(1)
"""
FILES = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n"}
SAVE = "    async def save(self, order):\n        return order\n"
BASE = "class Base:\n{}\n\nclass Orders(Base):\n" + SAVE

CERTAIN = [
    pytest.param("class Orders:\n" + SAVE, id="a plain class"),
    pytest.param("class Orders:\n    limit: int\n\n" + SAVE, id="a field of another name"),
    pytest.param(
        "from unittest import mock\n\n\n@mock.patch('os.sep', '')\nclass Orders:\n" + SAVE, id="a patched class"
    ),
    pytest.param(
        "class Orders:\n    def __init__(self):\n        self.limit, self.saved = 1, 2\n\n" + SAVE,
        id="attributes of other names",
    ),
    pytest.param(
        "class Orders:\n    def __init__(self):\n        self.on_save(self.save, 1)\n\n"
        "    def on_save(self, save, limit=2):\n        pass\n\n" + SAVE,
        id="a method that is handed on",
    ),
    pytest.param(
        "class Orders:\n    def __init__(self):\n        setattr(self, 'limit', 1)\n\n" + SAVE,
        id="setattr of another name",
    ),
    pytest.param(
        "class Orders:\n    def copy_to(self, other, *names):\n        for each in names:\n"
        "            setattr(other, each, 1)\n\n" + SAVE,
        id="setattr of another object",
    ),
    pytest.param(
        "class Orders:\n    def as_dict(self):\n        return self.__dict__\n\n" + SAVE,
        id="a __dict__ that is read",
    ),
    pytest.param(
        "class Orders:\n    _only = None\n\n    def __new__(cls):\n        return super().__new__(cls)\n\n" + SAVE,
        id="a __new__ that calls that of object",
    ),
    pytest.param(BASE.format("    save = None\n"), id="a base class binds the name"),
    pytest.param(BASE.format("    def __init__(self):\n        self.limit = 1\n"), id="a base class sets another"),
    pytest.param("from gone import Base\n\n\nclass Orders(Base):\n" + SAVE, id="a base class from outside"),
    pytest.param(
        "class Orders:\n" + SAVE + "\n\ndef close(orders):\n    orders.closed = True\n    return orders.save == 1\n",
        id="another attribute is set",
    ),
]


@pytest.mark.parametrize("shop", CERTAIN)
def test_a_method_that_nothing_comes_before_is_awaited(shop: str) -> None:
    before, after = TEST.format(""), TEST.format("await ")
    check_transformed(codemod, {**FILES, "shop.py": shop, "tests/test_a.py": before}, {"tests/test_a.py": after})


LEFT = [
    pytest.param(
        "class Orders:\n    def __init__(self, *names):\n        for each in names:\n"
        "            setattr(self, each, int)\n\n" + SAVE,
        id="setattr of any name",
    ),
    pytest.param(
        "class Orders:\n    def __init__(self):\n        setattr(self, 'save', int)\n\n" + SAVE,
        id="setattr of its name",
    ),
    pytest.param(
        "class Orders:\n    def __init__(self):\n        self.__dict__.update(save=int)\n\n" + SAVE,
        id="the __dict__ is filled",
    ),
    pytest.param(
        "class Orders:\n    def __init__(self):\n        vars(self)['save'] = int\n\n" + SAVE, id="its vars are filled"
    ),
    pytest.param(
        "class Orders:\n    def __init__(self):\n        self.limit, self.save = 1, int\n\n" + SAVE,
        id="set with another one",
    ),
    pytest.param(
        "class Orders:\n    def __getattribute__(self, name):\n        return int\n\n" + SAVE, id="every attribute"
    ),
    pytest.param("from shelf import quick\n\n\n@quick\nclass Orders:\n" + SAVE, id="a class that is decorated"),
    pytest.param("class Orders:\n" + SAVE + "\n    for save in (int,):\n        pass\n", id="bound by a loop"),
    pytest.param("class Orders:\n" + SAVE + "\n    from shelf import save\n", id="bound by an import"),
    pytest.param(
        "class Orders:\n" + SAVE + "\n    if FAST:\n        def save(self, order):\n            return order\n",
        id="bound on a condition",
    ),
    pytest.param("class Orders:\n" + SAVE + "\n    class save:\n        pass\n", id="a class within"),
    pytest.param(
        "class Orders:\n" + SAVE + "\n\ndef quickly(self, order):\n    return order\n\n\nOrders.save = quickly\n",
        id="replaced in its module",
    ),
    pytest.param(
        "class Orders:\n" + SAVE + "\n\nfor name in ('save',):\n    setattr(Orders, name, int)\n",
        id="setattr in its module",
    ),
    pytest.param(BASE.format("    def __init__(self):\n        self.save = int\n"), id="a base class sets it"),
    pytest.param(
        "from dataclasses import dataclass\nfrom typing import Callable\n\n\n@dataclass\n"
        + BASE.format("    save: Callable = int\n"),
        id="a field of a base class",
    ),
    pytest.param(
        "from dataclasses import dataclass\nfrom typing import Callable\n\n\nclass Base:\n"
        + SAVE
        + "\n\n@dataclass\nclass Orders(Base):\n    save: Callable\n",
        id="a field for a method of a base class",
    ),
    pytest.param(
        "class Base:\n" + SAVE + "\n\nclass Orders(Base):\n    def __init__(self):\n        self.save = int\n",
        id="set for a method of a base class",
    ),
    pytest.param(
        BASE.format("    def __init_subclass__(cls):\n        cls.save = int\n"), id="a base class changes derived ones"
    ),
    pytest.param("class Meta(type):\n    pass\n\n\n" + BASE.replace("Base:", "Base(metaclass=Meta):").format(""),
        id="a metaclass of a base class"),
    pytest.param(
        BASE.format("    def __new__(cls):\n        return Quick()\n"), id="a base class makes other instances"
    ),
]  # fmt: skip


@pytest.mark.parametrize("shop", LEFT)
def test_what_may_come_before_a_method_leaves_its_calls_as_they_are(shop: str) -> None:
    check_noop(codemod, {**FILES, "shop.py": shop, "tests/test_a.py": TEST.format("")})
