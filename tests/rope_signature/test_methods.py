"""Methods: overrides change with them, and calls follow wherever it is known what they are made on."""

from __future__ import annotations

import pytest

from codemods.rope_signature import codemod
from codemods.testing import check_noop
from codemods.toolkit.codemod import UsageError
from tests.rope_signature.situations import follows, refused, told

METHOD = "class C:\n    def fetch(self, url, wait=5):\n        return url, wait\n"
AFTER = METHOD.replace("url, wait=5", "url, *, wait=5")
IMPORT = "from net import C\n\n"
TARGET = ("net:C.fetch", "(self, url, *, wait=5)")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("C().fetch(1, 2)\n", "C().fetch(1, wait=2)\n", id="instance"),
        pytest.param("c = C()\nc.fetch(1, 2)\n", "c = C()\nc.fetch(1, wait=2)\n", id="variable"),
        pytest.param("C.fetch(C(), 1, 2)\n", "C.fetch(C(), 1, wait=2)\n", id="class"),
        pytest.param(
            "def f(c: 'C | None'):\n    c.fetch(1, 2)\n",
            "def f(c: 'C | None'):\n    c.fetch(1, wait=2)\n",
            id="annotation",
        ),
        pytest.param(
            "class D(C):\n    def go(self):\n        return self.fetch(1, 2), super().fetch(1, 2)\n",
            "class D(C):\n    def go(self):\n        return self.fetch(1, wait=2), super().fetch(1, wait=2)\n",
            id="self and super",
        ),
        pytest.param(
            "class D(C):\n    @classmethod\n    def go(cls, c):\n        return cls.fetch(c, 1, 2)\n",
            "class D(C):\n    @classmethod\n    def go(cls, c):\n        return cls.fetch(c, 1, wait=2)\n",
            id="class of a class method",
        ),
        pytest.param(
            "class H:\n    def __init__(self, c: C):\n        self.c = c\n\n    def go(self):\n"
            "        self.c.fetch(1, 2)\n",
            "class H:\n    def __init__(self, c: C):\n        self.c = c\n\n    def go(self):\n"
            "        self.c.fetch(1, wait=2)\n",
            id="attribute",
        ),
        pytest.param(
            "class D:\n    def fetch(self, url, wait=5): ...\n\n\nD().fetch(1, 2)\nC().fetch(1, 2)\n",
            "class D:\n    def fetch(self, url, wait=5): ...\n\n\nD().fetch(1, 2)\nC().fetch(1, wait=2)\n",
            id="another class",
        ),
        pytest.param(
            "def f(c: C):\n    c.fetch.assert_called_once_with(1, 2)\n",
            "def f(c: C):\n    c.fetch.assert_called_once_with(1, wait=2)\n",
            id="asserted",
        ),
    ],
)
def test_calls_follow(before: str, after: str) -> None:
    follows({"net.py": METHOD, "use.py": IMPORT + before}, {"net.py": AFTER, "use.py": IMPORT + after}, *TARGET)


@pytest.mark.parametrize(
    ("decorator", "first", "before", "after"),
    [
        pytest.param(
            "staticmethod", "", "C.fetch(1, 2)\nC().fetch(1, 2)\n", "C.fetch(1, wait=2)\nC().fetch(1, wait=2)\n",
            id="static",
        ),
        pytest.param(
            "classmethod", "cls, ", "C.fetch(1, 2)\nC().fetch(1, 2)\n", "C.fetch(1, wait=2)\nC().fetch(1, wait=2)\n",
            id="class",
        ),
    ],
)  # fmt: skip
def test_static_and_class_methods_have_no_instance(decorator: str, first: str, before: str, after: str) -> None:
    code = f"class C:\n    @{decorator}\n    def fetch({first}url, wait=5): ...\n"
    expected = {"net.py": code.replace("url, wait", "url, *, wait"), "use.py": IMPORT + after}
    follows({"net.py": code, "use.py": IMPORT + before}, expected, "net:C.fetch", f"({first}url, *, wait=5)")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "class D(C):\n    def fetch(this, url: int, wait=6):\n        return super().fetch(url, wait)\n",
            "class D(C):\n    def fetch(this, url: int, *, wait=6):\n        return super().fetch(url, wait=wait)\n",
            id="own default and annotation",
        ),
        pytest.param(
            "class D(C):\n    def fetch(self, *args, **kwargs):\n        return super().fetch(*args, **kwargs)\n",
            "",
            id="hands on what it gets",
        ),
        pytest.param(
            "class M:\n    def fetch(self, url, wait=6): ...\n\n\nclass D(M, C): ...\n",
            "class M:\n    def fetch(self, url, *, wait=6): ...\n\n\nclass D(M, C): ...\n",
            id="common subclass",
        ),
    ],
)
def test_overrides_change_with_it(before: str, after: str) -> None:
    expected = {"net.py": AFTER, **({"sub.py": IMPORT + after} if after else {})}
    follows({"net.py": METHOD, "sub.py": IMPORT + before}, expected, *TARGET)


def test_a_class_that_inherits_may_be_in_a_file_without_the_name() -> None:
    files = {
        "net.py": METHOD,
        "mixed.py": "from net import C\nfrom mixin import M\n\n\nclass D(M, C): ...\n",
        "mixin.py": "class M:\n    def fetch(self, url, wait=5): ...\n",
    }
    expected = {"net.py": AFTER, "mixin.py": files["mixin.py"].replace("url, wait", "url, *, wait")}
    follows(files, expected, *TARGET)


def test_a_mixin_calls_what_a_common_subclass_brings() -> None:
    mixin = "class M:\n    def go(self):\n        return self.fetch(1, {}2)\n\n\nclass D(M, C): ...\n"
    files = {"net.py": METHOD, "sub.py": IMPORT + mixin.format("")}
    follows(files, {"net.py": AFTER, "sub.py": IMPORT + mixin.format("wait=")}, *TARGET)


def test_a_mixin_of_two_families_can_not_be_followed() -> None:
    mixin = (
        "class M:\n    def go(self):\n        return self.fetch(1, 2)\n\n\nclass D(M, C): ...\n\n\n"
        "class Other:\n    def fetch(self, a, b): ...\n\n\nclass E(M, Other): ...\n"
    )
    assert "RS111" in refused({"net.py": METHOD, "sub.py": IMPORT + mixin}, *TARGET)


def test_a_default_that_overrides_share_changes_in_all() -> None:
    sub = "class D(C):\n    def fetch(self, url, wait={0}):\n        return super().fetch(url{1})\n"
    files = {"net.py": METHOD, "sub.py": IMPORT + sub.format("5", "")}
    expected = {"net.py": METHOD.replace("5", "7"), "sub.py": IMPORT + sub.format("7", ", 5")}
    follows(files, expected, "net:C.fetch", "(self, url, wait=7)", spell_defaults=True)


@pytest.mark.parametrize("signature", ["(self, url, wait=7)", "(self, url, wait)"], ids=["changes", "goes"])
def test_a_default_of_which_overrides_have_another_one_stays(signature: str) -> None:
    files = {"net.py": METHOD, "sub.py": IMPORT + "class D(C):\n    def fetch(self, url, wait=6): ...\n"}
    reasons = refused(files, "net:C.fetch", signature, spell_defaults=True)
    assert "its default for `wait` is another one" in reasons["RS110"]


def test_a_renamed_parameter_is_renamed_in_overrides() -> None:
    sub = "class D(C):\n    def fetch(self, url, {0}=6):\n        return super().fetch(url, {0}={0} + 1)\n"
    files = {"net.py": METHOD, "sub.py": IMPORT + sub.format("wait")}
    expected = {"net.py": METHOD.replace("wait", "time"), "sub.py": IMPORT + sub.format("time")}
    follows(files, expected, "net:C.fetch", "(self, url, time=5)", rename=("wait=time",))


@pytest.mark.parametrize(
    ("code", "sub"),
    [
        pytest.param("RS110", "class D(C):\n    def fetch(self, url, wait=5, more=1): ...\n", id="more parameters"),
        pytest.param("RS110", "class D(C):\n    @staticmethod\n    def fetch(url, wait=5): ...\n", id="static"),
        pytest.param("RS110", "class D(C):\n    fetch = print\n", id="no function"),
        pytest.param(
            "RS110", "class D(C):\n    def __init__(self):\n        self.fetch = print\n", id="of an instance"
        ),
        pytest.param("RS101", "class D(C):\n    @wrapped\n    def fetch(self, url, wait=5): ...\n", id="decorated"),
        pytest.param(
            "RS102",
            "class D(C):\n    def fetch(self, *args, **kwargs):\n        return args, super().fetch(*args, **kwargs)\n",
            id="looks at what it hands on",
        ),
        pytest.param("RS101", "from lib import Base\n\n\nclass D(C, Base): ...\nclass E(D): ...\n", id="outside"),
        pytest.param(
            "RS101",
            "from typing import Protocol\n\n\nclass P(Protocol):\n    def fetch(self, url, wait=5): ...\n",
            id="protocol",
        ),
        pytest.param("RS102", "def f(c: C):\n    return map(c.fetch, [1])\n", id="handed on"),
        pytest.param("RS102", "c = C()\nget = c.fetch\nget(1, 2)\n", id="another name"),
        pytest.param("RS102", "C.fetch = print\n", id="replaced"),
        pytest.param("RS102", "getattr(C(), 'fetch')(1, 2)\n", id="looked up"),
        pytest.param("RS102", "C().fetch(*x)\n", id="unpacked"),
        pytest.param("RS111", "def f(c):\n    c.fetch(1, 2)\n", id="unknown object"),
        pytest.param("RS111", "def f(c):\n    return c.fetch\n", id="method of an unknown object"),
    ],
)
def test_nothing_changes_where_one_use_can_not_follow(code: str, sub: str) -> None:
    files = {"net.py": METHOD, "sub.py": IMPORT.rstrip() + f"\nx = ()\n\n\n{sub}"}
    if "Base" in sub:  # the method has to be one of the class with that base
        files["net.py"] = f"from lib import Base\n\n\n{METHOD.replace('class C:', 'class C(Base):')}"
    assert code in refused(files, *TARGET)


@pytest.mark.parametrize(
    "sub",
    [
        pytest.param("def f(x):\n    x.fetch()\n", id="passes less"),
        pytest.param("def f(x):\n    x.fetch(1, 2, 3)\n", id="passes more"),
        pytest.param("def f(x):\n    x.fetch(key=1)\n", id="another keyword"),
        pytest.param("def f(x):\n    x.fetch(1)\n", id="fits both"),
        pytest.param("def f(x):\n    x.fetch.return_value = 1\n", id="result of a double"),
    ],
)
def test_calls_on_unknown_objects_that_can_not_break_are_no_obstacle(sub: str) -> None:
    result = follows({"net.py": METHOD, "sub.py": sub}, {"net.py": AFTER}, *TARGET)
    assert told(result) == []


def test_calls_on_unknown_objects_can_be_left() -> None:
    files = {"net.py": METHOD, "sub.py": "def f(x):\n    x.fetch(1, 2)\n"}
    assert told(follows(files, {"net.py": AFTER}, *TARGET, leave_unknown=True)) == [("RS111", 2)]


def test_a_base_class_from_outside_can_be_said_to_lack_the_method() -> None:
    code = f"from lib import Base\n\n\n{METHOD.replace('class C:', 'class C(Base):')}"
    expected = {"net.py": code.replace("url, wait=5", "url, *, wait=5")}
    follows({"net.py": code}, expected, *TARGET, own=True)


@pytest.mark.parametrize(
    ("use", "line"),
    [
        pytest.param("class FakeC:\n    def fetch(self, url, wait=5): ...\n", 4, id="class"),
        pytest.param("def f(m):\n    m.fetch.assert_called_with(1, 2)\n", 4, id="asserted of an unknown double"),
        pytest.param("from unittest.mock import call\n\nassert calls == [call.fetch(1, 2)]\n", 5, id="expected call"),
        pytest.param("from unittest.mock import Mock\n\nC.fetch = Mock()\n", 5, id="replaced by a double"),
        pytest.param("patch('net.C.fetch')\n", 3, id="patched"),
        pytest.param("patch.object(C, 'fetch')\n", 3, id="patched object"),
    ],
)
def test_doubles_are_told(use: str, line: int) -> None:
    calls = "calls = []\n" if "calls ==" in use else ""
    files = {"net.py": METHOD, "use.py": IMPORT + use.replace("assert", f"{calls}assert", bool(calls))}
    result = follows(files, {"net.py": AFTER}, *TARGET)
    assert told(result) == [("RS109", line + bool(calls))]


def test_the_signature_of_a_method_has_its_first_parameter() -> None:
    with pytest.raises(UsageError, match=r"signature: that of a method has its first parameter, too: \(self, ...\)"):
        check_noop(codemod, METHOD, path="net.py", config={"target": "net:C.fetch", "signature": "(url, *, wait=5)"})


@pytest.mark.parametrize(
    ("target", "message"),
    [
        pytest.param("net:D.fetch", "no class D", id="class"),
        pytest.param("net:C.lost", "no such method", id="method"),
        pytest.param("net:C.__init__", "no such method", id="constructor"),
    ],
)
def test_a_method_that_is_not_there_is_wrong_usage(target: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_noop(codemod, METHOD, path="net.py", config={"target": target, "signature": "(self)"})


def test_a_special_method_is_called_by_python() -> None:
    with pytest.raises(ValueError, match="target: '__enter__' is called by Python itself"):
        check_noop(codemod, "", config={"target": "net:C.__enter__", "signature": "(self)"})
