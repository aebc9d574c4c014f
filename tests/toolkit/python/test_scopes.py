from __future__ import annotations

import re
import sys
import textwrap

import pytest

from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import parsed
from codemods.toolkit.python.collect_names import lines_of
from codemods.toolkit.python.scopes import Use, Walk

needs_3_12 = pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with Python 3.12")


def walk(text: str, *names: str, strings: bool = False) -> Walk:
    """A walk that looks for these names."""
    module = parsed(Source("m.py", textwrap.dedent(text).encode()))
    pattern = re.compile(rb"\b(?:" + b"|".join(name.encode() for name in names) + rb")\b")
    return Walk(module, frozenset(names).__contains__, lines_of(module, pattern), strings=strings)


def owners(text: str, name: str = "X") -> list[str]:
    """For each read of a name: the scope that it stands in, and the one that binds it."""
    return [f"{described(use)} <- {bound(use, name)}" for use in walk(text, name).uses]


def described(use: Use) -> str:
    return f"{use.scope.kind} {use.scope.name}".strip()


def bound(use: Use, name: str) -> str:
    owner = use.scope.lookup(name)
    return "nobody" if owner is None else f"{owner.kind} {owner.name}".strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("from a import X\nX()", ["module <- module"], id="module"),
        pytest.param("print(X)", ["module <- nobody"], id="nothing binds it"),
        pytest.param("import X.y\nX.y", ["module <- module"], id="import of a submodule binds its package"),
        pytest.param("import a.X\nX", ["module <- nobody"], id="import of a submodule binds no more"),
        pytest.param("import a.b as X\nX", ["module <- module"], id="import as"),
        pytest.param("from a import X as Y\nX", ["module <- nobody"], id="renamed"),
        pytest.param("def f():\n X()\nX = 1", ["function f <- module"], id="from a function"),
        pytest.param("def f():\n from a import X\n X()\nX", ["function f <- function f", "module <- nobody"], id="f"),
        pytest.param("X = 1\ndef f(X):\n X()", ["function f <- function f"], id="parameter"),
        pytest.param("def f(*X): X", ["function f <- function f"], id="var-positional parameter"),
        pytest.param("def f(**X): X", ["function f <- function f"], id="var-keyword parameter"),
        pytest.param("def f(X, /): X", ["function f <- function f"], id="positional-only parameter"),
        pytest.param("async def f(*, X): X", ["function f <- function f"], id="keyword-only parameter"),
        pytest.param("f = lambda X: X", ["function <lambda> <- function <lambda>"], id="parameter of a lambda"),
        pytest.param("def f():\n X()\n X = 1", ["function f <- function f"], id="bound later, local all the same"),
        pytest.param("def f():\n if a:\n  X = 1\n X", ["function f <- function f"], id="bound in a block"),
        pytest.param("def f():\n for X in a: X", ["function f <- function f"], id="loop variable"),
        pytest.param("async def f():\n async for X in a: X", ["function f <- function f"], id="async loop variable"),
        pytest.param("def f():\n with a as X: X", ["function f <- function f"], id="with"),
        pytest.param("def f():\n with a as (b, X), c: X", ["function f <- function f"], id="tuple in with"),
        pytest.param("async def f():\n async with a as X: X", ["function f <- function f"], id="async with"),
        pytest.param("def f():\n try: a\n except E as X: X", ["function f <- function f"], id="except as"),
        pytest.param("def f():\n try: a\n except* E as X: X", ["function f <- function f"], id="except* as"),
        pytest.param("def f():\n try: a\n except E: X", ["function f <- nobody"], id="except without a name"),
        pytest.param("def f():\n X += 1\n X", ["function f <- function f"], id="augmented assignment"),
        pytest.param("def f():\n a, (X, *b) = c\n X", ["function f <- function f"], id="unpacking"),
        pytest.param("def f():\n a = X = c\n X", ["function f <- function f"], id="assignment to two names"),
        pytest.param("def f():\n X: int = 1\n X", ["function f <- function f"], id="annotated assignment"),
        pytest.param("def f():\n a.X = a[X] = 1", ["function f <- nobody"], id="attributes and items bind no name"),
        pytest.param("def f():\n def X(): X\n X", ["function f.X <- function f", "function f <- function f"], id="def"),
        pytest.param("def f():\n class X: X\n X", ["class f.X <- function f", "function f <- function f"], id="class"),
        pytest.param("match a:\n case X: X", ["module <- module"], id="match capture"),
        pytest.param("def f():\n match a:\n  case [*X]: X", ["function f <- function f"], id="match star"),
        pytest.param("def f():\n match a:\n  case {**X}: X", ["function f <- function f"], id="match rest"),
        pytest.param("def f():\n match a:\n  case {'k': b}: X", ["function f <- nobody"], id="match of others"),
        pytest.param("def f():\n match a:\n  case X.b: X", ["function f <- nobody"] * 2, id="value pattern reads"),
    ],
)  # fmt: skip
def test_a_name_belongs_to_the_scope_that_binds_it(text: str, expected: list[str]) -> None:
    assert owners(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "class A:\n X = 1\n X\n def f(self): X",
            ["class A <- class A", "function A.f <- nobody"],
            id="not in methods",
        ),
        pytest.param("X = 1\nclass A:\n X = 2\n f = lambda: X", ["function <lambda> <- module"], id="not in lambdas"),
        pytest.param(
            "class A:\n X = 1\n a = [X for b in X if X]",
            ["class A <- class A", "function <comprehension> <- nobody", "function <comprehension> <- nobody"],
            id="in comprehensions only for what they iterate over first",
        ),
        pytest.param("class A:\n X = 1\n class B: X", ["class A.B <- nobody"], id="not in classes inside"),
        pytest.param("class A:\n X = 1\n def f(self, a=X): 0", ["class A <- class A"], id="in default values"),
        pytest.param(
            "class A:\n X = 1\n def f(self, *, a=X): 0", ["class A <- class A"], id="in keyword-only defaults"
        ),
        pytest.param("class A:\n X = 1\n def f(self, a: X) -> X: 0", ["class A <- class A"] * 2, id="in annotations"),
        pytest.param("class A:\n X = 1\n @X\n def f(self): 0", ["class A <- class A"], id="in decorators"),
        pytest.param(
            "class A:\n X = 1\n f = lambda a=X, *, b=X: 0", ["class A <- class A"] * 2, id="in lambda defaults"
        ),
        pytest.param("class A:\n X = 1\nclass B(X, m=X): 0", ["module <- nobody"] * 2, id="not outside"),
        pytest.param("@X\nclass X: 0", ["module <- module"], id="decorator of the class itself"),
    ],
)
def test_a_class_body_is_seen_by_no_scope_inside(text: str, expected: list[str]) -> None:
    assert owners(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "[X for X in X]", ["module <- nobody", "function <comprehension> <- function <comprehension>"], id="list"
        ),
        pytest.param("{X for X in a}", ["function <comprehension> <- function <comprehension>"], id="set"),
        pytest.param("{X: X for X in a}", ["function <comprehension> <- function <comprehension>"] * 2, id="dict"),
        pytest.param("f(X for a, X in b)", ["function <comprehension> <- function <comprehension>"], id="generator"),
        pytest.param(
            "[0 for X in a for b in X if X]",
            ["function <comprehension> <- function <comprehension>"] * 2,
            id="second generator",
        ),
        pytest.param("[0 for a.b[X] in c]", ["function <comprehension> <- nobody"], id="target that reads"),
        pytest.param("X = 1\n[0 for X in a]\nX", ["module <- module"], id="binds nothing outside"),
    ],
)
def test_a_comprehension_has_a_scope_of_its_own(text: str, expected: list[str]) -> None:
    assert owners(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("def f():\n if (X := a): X", ["function f <- function f"], id="if"),
        pytest.param("def f():\n with (X := a): X", ["function f <- function f"], id="with"),
        pytest.param("def f():\n while b: X\n else: (X := a)", ["function f <- function f"], id="else of a loop"),
        pytest.param(
            "def f():\n [0 for a in b if (X := a)]\n X", ["function f <- function f"], id="through a comprehension"
        ),
        pytest.param(
            "f = lambda: [X := 1, X]\nX",
            ["function <lambda> <- function <lambda>", "module <- nobody"],
            id="not out of a lambda",
        ),
        pytest.param("def f():\n g(lambda a=(X := 1): 0)\n X", ["function f <- function f"], id="default of a lambda"),
        pytest.param("def f(a=(X := 1)): X\nX", ["function f <- module", "module <- module"], id="default value"),
        pytest.param("class A(m=(X := 1)): 0\nX", ["module <- module"], id="keyword of a class"),
        pytest.param("(Y := 1)\n[X for X in a]\nX", [
            "function <comprehension> <- function <comprehension>", "module <- nobody"
        ], id="targets of comprehensions stay inside, also where there is a walrus"),
        pytest.param("def f():\n match (X := a):\n  case 1: X", ["function f <- function f"], id="subject of match"),
        pytest.param(
            "def f():\n match a:\n  case 1 if (X := a): X", ["function f <- function f"], id="guard of a case"
        ),
    ],
)  # fmt: skip
def test_a_walrus_binds_in_the_scope_around_it(text: str, expected: list[str]) -> None:
    assert owners(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("X = 0\ndef f():\n global X\n X = 1\n X", ["function f <- module"], id="global"),
        pytest.param("def f():\n global X\n X = 1\n X", ["function f <- nobody"], id="global that only functions bind"),
        pytest.param(
            "X = 0\ndef f():\n X = 1\n def g():\n  global X\n  X",
            ["function f.g <- module"],
            id="global past a function",
        ),
        pytest.param(
            "X = 0\ndef f():\n X = 1\n def g():\n  global X\n  def h(): X",
            ["function f.g.h <- module"],
            id="global of a function around",
        ),
        pytest.param(
            "X = 0\ndef f():\n X = 1\n def g():\n  nonlocal X\n  X = 2\n  X",
            ["function f.g <- function f"],
            id="nonlocal",
        ),
        pytest.param("X = 0\nclass A:\n global X\n X = 1\n X", ["class A <- module"], id="global in a class"),
        pytest.param("X = 0\ndef f():\n global Y\n X", ["function f <- module"], id="another name"),
    ],
)
def test_global_and_nonlocal_say_where_a_name_lives(text: str, expected: list[str]) -> None:
    assert owners(text) == expected


@needs_3_12
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "def f[X](a: X) -> X: X", ["type <- type", "type <- type", "function f <- type"], id="type parameter"
        ),
        pytest.param("def f[T: X](a=X): 0", ["module <- nobody", "type <- nobody"], id="bound, and default value"),
        pytest.param("class A[X](B[X]): X", ["type <- type", "class A <- type"], id="of a class"),
        pytest.param("class A:\n X = 1\n def f[T](a: X): X", [
            "type A <- class A", "function A.f <- nobody"
        ], id="annotations see the class, the body does not"),
        pytest.param("def f[T](X: X): 0", ["type <- nobody"], id="an annotation does not see the parameters"),
        pytest.param("type X = int\nX", ["module <- module"], id="alias statement"),
        pytest.param("def f():\n type A[X] = list[X]\n X", [
            "type f <- type f", "function f <- nobody"
        ], id="parameter of an alias"),
        pytest.param("type A = list[X]", ["module <- nobody"], id="alias of something"),
    ],
)  # fmt: skip
def test_type_parameters_have_a_scope_around_annotations(text: str, expected: list[str]) -> None:
    assert owners(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import X", [("import", ())]),
        ("from a import b, X", [("import", ())]),
        ("def f(): 0\nX = f", [("alias", ())]),
        ("X = a.b.C", [("alias", ())]),
        ("Y = X = a.b.C", [("alias", ())]),
        ("X = None", [("none", ())]),
        ("X = make()", [("value", ())]),
        ("X: T", []),
        ("X: T = a.b", [("alias", ())]),
        ("X: T = None", [("none", ())]),
        ("a, X = b, c", [("value", ())]),
        ("def X(): 0", [("def", ())]),
        ("async def X(): 0", [("def", ())]),
        ("class X: 0", [("class", ())]),
        (
            "try:\n from a import X\nexcept ImportError:\n X = None",
            [("import", ("try:import-error",)), ("none", ("except",))],
        ),
        ("if TYPE_CHECKING:\n from a import X\nelse:\n X = b", [("import", ("typing",)), ("alias", ("else",))]),
        ("with a:\n while b:\n  X = 1", [("value", ("with", "loop"))]),
    ],
)
def test_bindings_say_what_they_are_and_which_blocks_they_stand_in(
    text: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    module = walk(text, "X").scopes[0]
    assert [(binding.kind, binding.context) for binding in module.bindings.get("X", [])] == expected


def test_an_import_says_which_of_its_names_binds() -> None:
    module = walk("from a import b, X, c\nimport d, e as X", "X").scopes[0]
    assert [(binding.index, binding.name) for binding in module.bindings["X"]] == [(1, "X"), (1, "X")]


def test_names_that_nobody_asked_for_cost_nothing() -> None:
    found = walk("import Y\ndef f(Y):\n  Y = X\nclass Y: 0\nfrom Y import Z", "X")
    assert [type(use.node).__name__ for use in found.uses] == ["Name"]
    assert all(not scope.bindings for scope in found.scopes)
    assert [scope.name for scope in found.scopes] == ["", "f"]


def test_a_use_knows_the_nodes_around_it() -> None:
    (use,) = walk("class A:\n def f(self):\n  return [g(X.y)]", "X").uses
    assert [type(node).__name__ for node in use.path] == [
        "ClassDef",
        "FunctionDef",
        "Return",
        "List",
        "Call",
        "Attribute",
    ]


def test_annotations_stand_below_their_parameter() -> None:
    (use,) = walk("def f(a: X): 0", "X").uses
    assert [type(node).__name__ for node in use.path] == ["FunctionDef", "arg"]


def test_strings_and_keywords_are_uses_on_request() -> None:
    text = 'patch("a.X")\nf(X=1)\nf(b=1)\nf(**X)\n"other"\nb"X"'
    assert [type(use.node).__name__ for use in walk(text, "X").uses] == ["Name"]
    found = walk(text, "X", strings=True).uses
    assert [type(use.node).__name__ for use in found] == ["Constant", "keyword", "Name"]


def test_a_decorator_on_a_line_of_its_own_is_not_missed() -> None:
    assert owners("from a import X\n@g\n@X(1)\ndef f(): 0") == ["module <- module"]


def test_names_in_f_strings_are_uses() -> None:
    assert owners('from a import X\nf"{X} {b:>{X}}"') == ["module <- module"] * 2
