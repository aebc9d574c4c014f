"""Constructors: their calls are those of the class, and of classes that inherit them."""

from __future__ import annotations

import pytest

from codemods.rope_signature import codemod
from codemods.testing import check_noop
from codemods.toolkit.codemod import UsageError
from tests.rope_signature.situations import follows, refused, told

CLASS = "class C:\n    def __init__(self, url, wait=5):\n        self.it = url, wait\n"
AFTER = CLASS.replace("url, wait=5", "url, *, wait=5")
IMPORT = "from net import C\n\n"
TARGET = ("net:C.__init__", "(self, url, *, wait=5)")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("C(1, 2)\n", "C(1, wait=2)\n", id="class"),
        pytest.param("K = C\nK(1, 2)\n", "K = C\nK(1, wait=2)\n", id="alias"),
        pytest.param("C[int](1, 2)\n", "C[int](1, wait=2)\n", id="generic"),
        pytest.param("class D(C): ...\n\n\nD(1, 2)\n", "class D(C): ...\n\n\nD(1, wait=2)\n", id="inherited"),
        pytest.param(
            "class D(C):\n    def __init__(self):\n        super().__init__(1, 2)\n\n\nD()\n",
            "class D(C):\n    def __init__(self):\n        super().__init__(1, wait=2)\n\n\nD()\n",
            id="super",
        ),
        pytest.param(
            "class D(C):\n    def __init__(self):\n        C.__init__(self, 1, 2)\n",
            "class D(C):\n    def __init__(self):\n        C.__init__(self, 1, wait=2)\n",
            id="explicit",
        ),
        pytest.param(
            "class D(C):\n    @classmethod\n    def make(cls):\n        return cls(1, 2)\n",
            "class D(C):\n    @classmethod\n    def make(cls):\n        return cls(1, wait=2)\n",
            id="class method",
        ),
        pytest.param(
            "class D(C):\n    def clone(self):\n        return type(self)(1, 2), self.__class__(1, 2)\n",
            "class D(C):\n    def clone(self):\n        return type(self)(1, wait=2), self.__class__(1, wait=2)\n",
            id="class of self",
        ),
        pytest.param(
            "class M:\n    def __init__(self, url):\n        super().__init__(url, 2)\n\n\nclass D(M, C): ...\n",
            "class M:\n    def __init__(self, url):\n        super().__init__(url, wait=2)\n\n\nclass D(M, C): ...\n",
            id="mixin",
        ),
    ],
)
def test_calls_follow(before: str, after: str) -> None:
    follows({"net.py": CLASS, "use.py": IMPORT + before}, {"net.py": AFTER, "use.py": IMPORT + after}, *TARGET)


def test_a_class_that_inherits_is_followed_through_files_and_names() -> None:
    files = {
        "net.py": CLASS,
        "sub.py": "import net\n\n\nclass D(net.C): ...\n",
        "use.py": "from sub import D as E\n\nE(1, 2)\n",
    }
    follows(files, {"net.py": AFTER, "use.py": files["use.py"].replace("1, 2", "1, wait=2")}, *TARGET)


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("def f(c: C, d: 'C', *e: list[C]) -> type[C]: ...\n", id="annotations"),
        pytest.param("def f(c): return isinstance(c, (C, int)) or type(c) is C\n", id="checks"),
        pytest.param("C.it\n", id="attribute"),
        pytest.param("patch('net.C.it')\n", id="patched attribute"),
        pytest.param("patch.object(C, 'it')\n", id="patched attribute of the class"),
        pytest.param("class FakeC:\n    def __init__(self, url): ...\n", id="constructor of a double"),
        pytest.param("class D(C):\n    def __init__(self): ...\n\n\nD()\n", id="own constructor"),
        pytest.param("def f(C):\n    C(1, 2)\n", id="parameter of that name"),
        pytest.param("class E:\n    def C(self, a, b):\n        self.C(1, 2)\n", id="method of that name"),
        pytest.param("import lib\n\nlib.C(1, 2)\n", id="of another package"),
        pytest.param(
            "class B:\n    def __init__(self, *args): ...\n\n\nclass D(B):\n    def __init__(self):\n"
            "        super().__init__(1, 2)\n",
            id="super of others",
        ),
    ],
)
def test_what_makes_no_instance_is_no_obstacle(use: str) -> None:
    assert told(follows({"net.py": CLASS, "use.py": IMPORT + use}, {"net.py": AFTER}, *TARGET)) == []


@pytest.mark.parametrize(
    ("code", "use"),
    [
        pytest.param("RS102", "map(C, [1], [2])\n", id="handed on"),
        pytest.param("RS102", "MADE = {'c': C}\n", id="registered"),
        pytest.param("RS102", "raise C\n", id="raised"),
        pytest.param("RS102", "@C\ndef f(): ...\n", id="decorator"),
        pytest.param(
            "RS102",
            "class D(C):\n    @classmethod\n    def make(cls):\n        return cls(1, 2)\n\n\n"
            "class E(D):\n    def __init__(self): ...\n",
            id="class method of one with its own",
        ),
        pytest.param("RS111", "c = C(1)\ntype(c)(1, 2)\n", id="class of any object"),
        pytest.param("RS111", "def f(x):\n    x.C(1, 2)\n", id="attribute of any object"),
        pytest.param("RS111", "def f():\n    make().C(1, 2)\n", id="attribute of a result"),
        pytest.param(
            "RS102",
            "def f(x):\n    if x:\n        from net import C\n    else:\n        C = x\n    C(1, 2)\n",
            id="one of two in a function",
        ),
        pytest.param("RS102", "if 1:\n    from other import C\n\nC(1, 2)\n", id="one of two imports"),
    ],
)
def test_nothing_changes_where_one_use_can_not_follow(code: str, use: str) -> None:
    files = {"net.py": CLASS, "other.py": "class C:\n    def __init__(self, *args): ...\n", "use.py": IMPORT + use}
    assert code in refused(files, *TARGET)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        pytest.param("class C:\n    def __new__(cls, *args): ...\n", "`__new__` gets the same", id="new"),
        pytest.param(
            "class M(type):\n    def __call__(cls, *args): ...\n\n\nclass C(metaclass=M):\n",
            "its metaclass net.py:M gets the same",
            id="metaclass",
        ),
        pytest.param("class C(int):\n", "`builtins.int` takes the same", id="builtin"),
        pytest.param("class C(ValueError):\n", "`ValueError` keeps the arguments", id="exception"),
        pytest.param("from lib import Base\n\n\nclass C(Base):\n", "`lib.Base` may get the same", id="outside"),
    ],
)
def test_what_else_gets_the_arguments_keeps_the_signature(head: str, reason: str) -> None:
    assert reason in refused({"net.py": CLASS.replace("class C:\n", head)}, *TARGET)["RS101"]


def test_an_exception_that_hands_on_what_it_keeps_is_free() -> None:
    code = "class C(Exception):\n    def __init__(self, url, {}wait=5):\n        super().__init__(url)\n"
    follows({"net.py": code.format("")}, {"net.py": code.format("*, ")}, *TARGET)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        pytest.param("@dataclass\nclass C:\n    url: str\n", "a data class makes it from its fields", id="data class"),
        pytest.param("class B:\n    def __init__(self): ...\nclass C(B): ...\n", "from net.py:B", id="inherited"),
    ],
)
def test_a_class_without_its_own_constructor_is_wrong_usage(code: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_noop(codemod, code, path="net.py", config={"target": TARGET[0], "signature": TARGET[1]})
