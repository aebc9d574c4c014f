"""What names are in less usual forms of code.  Each of these was found by running such a program before and after."""

from __future__ import annotations

import sys

import pytest

from codemods.rope_rename import codemod
from codemods.rope_rename.config import Config
from codemods.testing import check_noop, check_transformed

DATA = "from dataclasses import dataclass\n@dataclass\nclass A:\n    OLD: int = 0\n"
PLAIN = "class A:\n    def OLD(self): ...\n"


def renamed(target: str, **modules: str) -> None:
    """Modules with `OLD` where the word gets the new name, and `old` where it stays."""
    config = Config(target=target, new_name="new")
    before = {f"{name}.py": text.replace("OLD", "old") for name, text in modules.items()}
    after = {f"{name}.py": text.replace("OLD", "new") for name, text in modules.items() if "OLD" in text}
    check_transformed(codemod, before, after, config=config)


def refused(text: str, target: str, new: str = "new", *, path: str = "a.py", **more: str) -> set[str]:
    before = {path: text, **{f"{name.replace('_', '/')}.py": other for name, other in more.items()}}
    result = check_noop(codemod, before, config=Config(target=target, new_name=new))
    return {site.code for site in result.sites if site.decision == "refused"}


def left(text: str, target: str) -> list[str]:
    """The codes of what is reported, where the rest is renamed."""
    before, after = {"a.py": text.replace("OLD", "old")}, {"a.py": text.replace("OLD", "new")}
    result = check_transformed(codemod, before, after, config=Config(target=target, new_name="new"))
    return [site.code for site in result.sites if site.decision == "refused"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(DATA + "class B(A):\n    def __init__(self): super().__init__(OLD=7)\n", id="super"),
        pytest.param(DATA + "class B(A):\n    def __init__(self): A.__init__(self, OLD=7)\n", id="by the class"),
        pytest.param(DATA + "    @classmethod\n    def f(cls): return cls(OLD=3).OLD\n", id="cls"),
        pytest.param(DATA + "    def f(self): return type(self)(OLD=self.OLD)\n", id="type of self"),
        pytest.param(DATA + "    def f(self): return self.__class__(OLD=self.OLD)\n", id="class of self"),
        pytest.param(DATA + "from dataclasses import replace\na = A()\nreplace(a, OLD=1).OLD\n", id="replace"),
        pytest.param(
            "class Base:\n    def __init__(self): ...\n" + DATA.replace("class A", "class A(Base)") + "A(OLD=1)\n",
            id="a base with a constructor of its own",
        ),
        pytest.param(
            "from typing import NamedTuple\nclass A(NamedTuple):\n    OLD: int\na = A(OLD=1)\na._replace(OLD=2).OLD\n",
            id="named tuple",
        ),
    ],
)
def test_a_field_is_a_keyword_of_the_constructor(text: str) -> None:
    renamed("a:A.old", a=text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("class M(type):\n    def OLD(cls): ...\nclass A(metaclass=M): ...\nA.OLD()\n", id="metaclass"),
        pytest.param("old = 1\nclass M:\n    x = old\n    OLD = 2\n    y = OLD\n", id="read before it is bound"),
        pytest.param("old = 1\nclass M:\n    if old:\n        OLD = 2\n", id="read by the condition"),
        pytest.param(
            "class M:\n    __slots__ = 'a OLD'.split()\n    def f(self): self.OLD = 1\n", id="slots of a text"
        ),
        pytest.param("import enum\nclass M(enum.Enum):\n    OLD = 1\nM['OLD']\n", id="key of an enumeration"),
        pytest.param("class M:\n    OLD = 1\nM.__dict__['OLD'], vars(M)['OLD']\n", id="key of a namespace"),
        pytest.param("class M:\n    def __init__(self): self.__dict__.pop('OLD')\n    OLD = 1\n", id="taken from it"),
    ],
)
def test_an_attribute_is_followed(text: str) -> None:
    renamed("a:M.old", a=text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f(x): ...\nif (a := A()):\n    a.OLD()\n", id="walrus"),
        pytest.param("def f(x):\n    match x:\n        case A() as a: a.OLD()\n", id="pattern"),
        pytest.param(
            "class B(A):\n    def __enter__(self): return self\n    def __exit__(self, *a): ...\n"
            "with B() as b:\n    b.OLD()\n",
            id="with",
        ),
        pytest.param(
            "class B(A):\n    async def __aenter__(self): return self\n"
            "async def f():\n    async with B() as b: b.OLD()\n",
            id="async with",
        ),
        pytest.param("class B:\n    a = A()\n    def f(self): self.a.OLD()\n", id="attribute of the class"),
        pytest.param(
            "class B:\n    def a(self) -> A: ...\n    def me(self) -> 'B': ...\nB().me().a().OLD()\n",
            id="calls in a row",
        ),
        pytest.param(
            "class B:\n    async def a(self) -> A: ...\nasync def f(b: B):\n    (await b.a()).OLD()\n",
            id="awaited method",
        ),
        pytest.param("async def make() -> A: ...\nasync def f():\n    (await make()).OLD()\n", id="awaited function"),
        pytest.param("class B(A):\n    @classmethod\n    def f(cls): return cls().OLD()\n", id="made by the class"),
        pytest.param("class B(A):\n    def f(self): return type(self).OLD, self.__class__.OLD\n", id="class of self"),
        pytest.param(
            "class B(A):\n    @classmethod\n    def make(cls): return cls()\nB.make().OLD()\n", id="made by a method"
        ),
        pytest.param(
            "from typing import Self\nclass B(A):\n    def me(self) -> Self: ...\nB().me().OLD()\n", id="Self"
        ),
        pytest.param("from copy import copy\ndef f(a: A): return copy(a).OLD()\n", id="copy"),
        pytest.param(
            "class B:\n    @property\n    def a(self) -> A: ...\n    def f(self): self.a.OLD()\nB().a.OLD()\n",
            id="property",
        ),
        pytest.param("x: 'A[int]'\nA[int]().OLD()\n", id="generic"),
        pytest.param(
            "def same(other: object):\n    'Doc.'\n    if not isinstance(other, A):\n        return 1\n"
            "    return other.OLD()\n",
            id="checked first",
        ),
        pytest.param("def same(other):\n    return isinstance(other, A) and other.OLD()\n", id="checked in place"),
        pytest.param("from unittest.mock import patch\npatch.multiple(A, OLD=1)\n", id="patch of several"),
        pytest.param("from unittest.mock import patch\npatch.multiple('a.A', OLD=1)\n", id="patch of several by name"),
        pytest.param(
            "from unittest.mock import patch\npatch.object(A, attribute='OLD')\n", id="keyword of patch.object"
        ),
        pytest.param("from unittest.mock import Mock\nMock(spec=A, OLD=1)\n", id="double with a specification"),
    ],
)
def test_a_receiver_is_known(text: str) -> None:
    renamed("a:A.old", a=PLAIN + text)


@pytest.mark.parametrize(
    ("lib", "use"),
    [
        pytest.param("OLD = 1\n", "import sys\nsys.modules['lib'].OLD\n", id="module that is loaded"),
        pytest.param("OLD = 1\n", "__import__('lib').OLD\n", id="module that is imported by a function"),
        pytest.param("OLD = 1\n", "import lib\nlib.__dict__['OLD'], vars(lib)['OLD']\n", id="namespace"),
        pytest.param("import sys\nOLD = 1\nsys.modules[__name__].OLD\n", "", id="the module itself"),
        pytest.param("OLD = 1\nglobals()['OLD'], globals().get('OLD')\n", "", id="globals"),
        pytest.param("__all__ = 'x OLD'.split()\nOLD = x = 1\n", "from lib import *\nOLD\n", id="exports of a text"),
        pytest.param("OLD = 1\nclass A:\n    old = OLD\n    x = old\n", "", id="attribute of a class that takes it"),
    ],
)
def test_a_name_of_a_module_is_followed(lib: str, use: str) -> None:
    renamed("lib:old", lib=lib, use=use)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax came with Python 3.12")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("type OLD[T] = list[T]\nx: OLD[int]\n", id="alias of a type"),
        pytest.param("OLD = 1\ndef f[*old, **x](*a: *old): ...\nOLD\n", id="type parameters"),
    ],
)
def test_new_syntax_is_followed(text: str) -> None:
    renamed("a:old", a=text)


def test_a_keyword_of_a_class_statement_is_a_parameter() -> None:
    text = "class A:\n    def __init_subclass__(cls, OLD=0): ...\nclass B(A, OLD=3): ...\n"
    renamed("a:A.__init_subclass__.old", a=text)


def test_a_local_name_is_a_key_of_locals() -> None:
    renamed("a:f.old", a="def f(OLD): return locals()['OLD']\n")


@pytest.mark.parametrize(
    ("text", "target", "codes"),
    [
        pytest.param(DATA + "dict(old=3)\n", "a:A.old", ["RR104"], id="key that may become a field"),
        pytest.param(DATA + "def f(k): return k(old=1)\n", "a:A.old", ["RR104"], id="class that is handed on"),
        pytest.param("def f(OLD): ...\nf(**dict(old=1))\n", "a:f.old", ["RR104"], id="key that may become a keyword"),
        pytest.param("def f(OLD): ...\ndef g(h): h(old=1)\n", "a:f.old", ["RR104"], id="function that is handed on"),
        pytest.param("def f(OLD): ...\nF = [f]\nF[0](old=1)\n", "a:f.old", ["RR104"], id="function in a list"),
        pytest.param("def f(OLD): ...\ndef g(**k): f(**k)\ng(old=1)\n", "a:f.old", ["RR104"], id="keywords handed on"),
        pytest.param("def f(OLD): ...\nfrom mock import call\ncall(old=1)\n", "a:f.old", ["RR104"], id="call"),
        pytest.param(
            "class A:\n    OLD = 1\n    def set(self, **k): ...\nA().set(old=1)\n", "a:A.old", ["RR104"], id="method"
        ),
        pytest.param("OLD = 1\n'a.' + 'old'\n", "a:old", ["RR105"], id="part of a text"),
        pytest.param("OLD = 1\ndef f(m): return m.old\n", "a:old", ["RR104"], id="attribute of something unknown"),
        pytest.param("class A:\n    OLD = 1\nx = {}\nx['old']\n", "a:A.old", ["RR105"], id="key of something"),
    ],
)  # fmt: skip
def test_what_may_be_meant_is_reported(text: str, target: str, codes: list[str]) -> None:
    assert left(text, target) == codes


@pytest.mark.parametrize(
    ("text", "target", "code"),
    [
        pytest.param(
            "from typing import Protocol\nclass P(Protocol):\n    def old(self): ...\n"
            "class A:\n    def old(self): ...\n",
            "a:P.old", "RR107", id="protocol that others implement",
        ),
        pytest.param("import typing\nclass A(typing.TypedDict):\n    old: int\n", "a:A.old", "RR107", id="keys"),
        pytest.param("class A:\n    old = 1\nA().new = 2\n", "a:A.old", "RR101", id="attribute set from outside"),
        pytest.param("class A:\n    old = 1\nhasattr(A, 'new')\n", "a:A.old", "RR101", id="attribute asked for"),
        pytest.param("def f(old, **k): ...\nf(1, new=2)\n", "a:f.old", "RR101", id="keyword of another name"),
        pytest.param("class A:\n    if x: old = 1\n    old\nold = 1\n", "a:A.old", "RR104", id="by a condition"),
        pytest.param(
            "class A:\n    def __init__(self, **k): ...\n    old = 1\nA(old=1)\n", "a:A.old", "RR104", id="any keyword"
        ),
    ],
)  # fmt: skip
def test_what_would_break_stops_the_rename(text: str, target: str, code: str) -> None:
    assert code in refused(text, target)


OTHER = "class B:\n    def old(self): ...\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "class D:\n    def __get__(self, i, o): return A()\n    def old(self): ...\n"
            "class C:\n    d = D()\nC().d.old()\n",
            id="descriptor",
        ),
        pytest.param(
            OTHER + "    def pick(self, x):\n        if x: return self\n        return A()\nB().pick(1).old()\n",
            id="one thing or another",
        ),
        pytest.param(
            OTHER + "    def me(self): return self\nclass C(B):\n    def me(self): return A()\n"
            "def f(b: B): b.me().old()\n",
            id="overridden to give something else",
        ),
    ],
)
def test_a_method_waits_where_inference_would_be_wrong(text: str) -> None:
    assert refused("class A:\n    def old(self): ...\n" + text, "a:A.old") == {"RR104"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def deco(c): return c\n@deco\nclass A:\n    old: int = 0\nA(old=1)\n", id="decorator"),
        pytest.param(
            "class Meta(type):\n    def __call__(cls, **k): ...\nclass A(metaclass=Meta):\n    old = 0\nA(old=1)\n",
            id="metaclass",
        ),
    ],
)
def test_a_field_waits_where_nobody_knows_the_constructor(text: str) -> None:
    assert refused(text, "a:A.old") == {"RR104"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("'on_' + k", id="sum"),
        pytest.param("'on_' + k + '_'", id="longer sum"),
        pytest.param("f'on_{k}'", id="f-string"),
        pytest.param("'on_%s' % k", id="percent"),
        pytest.param("'on_{}'.format(k)", id="format"),
    ],
)
def test_a_name_that_a_base_class_puts_together_is_told(name: str) -> None:
    base = (
        f"class Base:\n    def f(self, k): return getattr(self, {name}), getattr(self, k), getattr(self, 'off_' + k)\n"
    )
    use = "from base import Base\nclass A(Base):\n    def {}(self): ...\n"
    before, after = {"base.py": base, "a.py": use.format("on_old")}, {"a.py": use.format("on_new")}
    result = check_transformed(codemod, before, after, config=Config(target="a:A.on_old", new_name="on_new"))
    assert [(each.code, each.path, each.line) for each in result.findings] == [("RR105", "base.py", 2)]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        pytest.param("class A:\n    OLD = 1\nNAMES = ['A.old', 'B.old']\n", "a:A.old", id="class"),
        pytest.param("OLD = 1\nNAMES = ['tasks.a.old', 'tasks.b.old']\n", "a:old", id="module"),
    ],
)
def test_a_string_that_may_be_the_end_of_a_path_is_told(text: str, target: str) -> None:
    assert left(text, target) == ["RR105"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("if isinstance(x, A): x.old()\n    else: x.old()\n", id="both ways"),
        pytest.param("if not isinstance(x, A):\n        x = 1\n    x.old()\n", id="bound again"),
        pytest.param("if not isinstance(x, (A, B)):\n        return 1\n    x.old()\n", id="several classes"),
    ],
)
def test_other_checks_tell_nothing(text: str) -> None:
    text = f"class A:\n    def old(self): ...\n{OTHER}def f(x):\n    {text}"
    assert refused(text, "a:A.old") == {"RR104"}


def test_methods_that_are_named_like_functions_are_no_copies() -> None:
    text = "class A:\n    def OLD(self): ...\nclass R:\n    def copy(self, x) -> A: ...\n    def old(self): ...\n"
    renamed("a:A.old", a=text + "r = R()\nr.copy(r).OLD()\n")


@pytest.mark.parametrize(
    ("text", "target", "new"),
    [
        pytest.param("class A:\n    old = 1\nA.old\n", "a:A.old", "__new", id="attribute that becomes private"),
        pytest.param("old = 1\nclass A:\n    x = old\n", "a:old", "__new", id="global that a class reads"),
        pytest.param(
            "class A:\n    __old = 1\nclass B(A):\n    __old = 2\n", "a:A.__old", "new", id="private in several classes"
        ),
    ],
)
def test_private_names_are_others_in_each_class(text: str, target: str, new: str) -> None:
    assert refused(text, target, new) == {"RR101"}


def test_a_private_name_as_it_is_from_outside_stops_the_rename() -> None:
    assert refused("class A:\n    __old = 1\nA._A__old\n", "a:A.__old", "__new") == {"RR104"}


def test_a_private_name_stays_one() -> None:
    config = Config(target="a:A.__old", new_name="__new")
    text = "class A:\n    {0} = 1\n    def f(self): return self.{0}\n"
    check_transformed(codemod, {"a.py": text.format("__old")}, {"a.py": text.format("__new")}, config=config)


def test_a_module_of_the_new_name_in_the_package_stops_the_rename() -> None:
    assert refused("old = 1\n", "pkg:old", path="pkg/__init__.py", pkg_new="") == {"RR101"}


@pytest.mark.parametrize(
    ("path", "text", "target"),
    [
        pytest.param("test_a.py", "def test_old(): ...\n", "test_a:test_old", id="by the file"),
        pytest.param(
            "a.py", "import unittest\nclass A(unittest.TestCase):\n    def test_old(self): ...\n", "a:A.test_old",
            id="by the class",
        ),
    ],
)  # fmt: skip
def test_what_is_collected_by_its_name_stays_a_test(path: str, text: str, target: str) -> None:
    assert refused(text, target, path=path) == {"RR107"}
    config = Config(target=target, new_name="test_new")
    check_transformed(codemod, {path: text}, {path: text.replace("test_old", "test_new")}, config=config)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("import ast\nclass V(ast.NodeVisitor):\n    def visit_old(self, node): ...\n", id="visitor"),
        pytest.param("import cmd\nclass V(cmd.Cmd):\n    def do_old(self, line): ...\n", id="command"),
    ],
)
def test_names_that_the_standard_library_puts_together_stay(text: str) -> None:
    name = "visit_old" if "visit" in text else "do_old"
    assert refused(text, f"a:V.{name}") == {"RR103"}
