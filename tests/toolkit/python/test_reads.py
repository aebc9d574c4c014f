from __future__ import annotations

import ast
import builtins
import symtable
import sys
import textwrap
import warnings
from collections.abc import Iterator

import hypothesmith
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from codemods.toolkit.python.reads import ModuleReads, module_reads

NEWER = pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are new in Python 3.12")


def reads(text: str) -> ModuleReads:
    return module_reads(ast.parse(textwrap.dedent(text)))


def undefined(text: str) -> list[str]:
    return [read.name for read in reads(text).undefined]


def unread(text: str) -> list[str]:
    return [found.name for found in reads(text).unread_imports]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1; x", id="assignment"),
        pytest.param("x: int\nx", id="a declaration without a value"),
        pytest.param("import a.b\na", id="import of a submodule"),
        pytest.param("import a.b as c\nc", id="import with another name"),
        pytest.param("from a import b as c\nc", id="from-import with another name"),
        pytest.param("print(__name__, __file__, WindowsError)", id="builtins and names of every module"),
        pytest.param("f()\ndef f(): pass", id="read before the binding"),
        pytest.param("del x\nx = 1", id="deletion"),
        pytest.param("x = 1\ndel x\nx", id="read after a deletion, as control flow is not followed"),
        pytest.param("def f(a, /, b, *c, d, **e): a, b, c, d, e", id="every kind of parameter"),
        pytest.param("lambda a, *b, c=1: (a, b, c)", id="parameters of a lambda"),
        pytest.param("def f():\n x = 1\n def g(): return x", id="enclosing function"),
        pytest.param("def f():\n global x\n x = 1\nx", id="global assigned in a function"),
        pytest.param("def f():\n global x\n x = 1\ndef g(): return x", id="global read in another function"),
        pytest.param("def f():\n global x\n import x\nx", id="global imported in a function"),
        pytest.param("def f():\n x = 1\n def g():\n  nonlocal x\n  x = 2\n  return x", id="nonlocal"),
        pytest.param("[x for x in []]", id="comprehension"),
        pytest.param("{x: y for x in [] for y in x if y}", id="nested comprehension"),
        pytest.param("[y := 1 for x in []]\ny", id="walrus in a comprehension binds around it"),
        pytest.param("def f():\n return [y := 1, y]", id="walrus in a function"),
        pytest.param("try: pass\nexcept E if 0 else Exception as e: e\nE = 1", id="name of an exception"),
        pytest.param("with open('') as (a, b): a, b", id="with"),
        pytest.param("for a, *b in []: a, b", id="loop"),
        pytest.param("class A:\n x = 1\n y = x", id="class body reads its own names"),
        pytest.param("class A:\n def f(self): return __class__", id="__class__ in a method"),
        pytest.param("class A:\n print(__qualname__, __module__)", id="names of every class body"),
        pytest.param("class A:\n T = int\n def f(self, x: T = T) -> T: pass", id="annotations and defaults in a class"),
        pytest.param("x = 1\nx += 1", id="augmented assignment"),
        pytest.param("def f(x: 'a.b | List[\"c\"]'): pass\nimport a, c\nfrom t import List", id="annotation strings"),
        pytest.param("x: Literal['nothing']\nfrom t import Literal", id="a literal type is no annotation string"),
        pytest.param("x: Annotated[int, 'nothing']\nfrom t import Annotated", id="metadata is no annotation string"),
        pytest.param("x: 'a[\\'\\\\d\\']'", id="a string with an escape"),
        pytest.param("x: 'not an expression'", id="a string that is no expression"),
        pytest.param("d = {}\nd['nothing'], d.type['nothing']", id="a key is no annotation string"),
        pytest.param("f'{x!r:{y}}'\nx = y = 1", id="f-string"),
        pytest.param(
            "match 1:\n case {'a': a, **b}: a, b\n case [c, *d]: c, d\n case A(e=e) as f: e, f\n case _: pass\nA = 1",
            id="match captures",
        ),
    ],
)
def test_bound_names_are_not_undefined(text: str) -> None:
    assert undefined(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("x", ["x"], id="a name that nothing binds"),
        pytest.param("x.y = 1; x[0] = 1", ["x", "x"], id="an assignment to a part reads the whole"),
        pytest.param("x: int = y", ["y"], id="value of an annotated assignment"),
        pytest.param("x += y", ["y"], id="value of an augmented assignment"),
        pytest.param("def f(): x = 1\nx", ["x"], id="a local name outside its function"),
        pytest.param("class A:\n x = 1\n def f(self): return x", ["x"], id="a method doesn't see the class body"),
        pytest.param("class A:\n x = 1\n y = [x for _ in []]", ["x"], id="nor does a comprehension in it"),
        pytest.param("class A:\n x = 1\n y = lambda: x", ["x"], id="nor does a lambda in it"),
        pytest.param("class A:\n x = []\n y = [1 for _ in x]", [], id="but its first iterable does"),
        pytest.param("[x for x in x]", ["x"], id="the first iterable is evaluated outside"),
        pytest.param("[x for x in []]; x", ["x"], id="a comprehension's name stays in it"),
        pytest.param("def f():\n global x\n return x", ["x"], id="global without any binding"),
        pytest.param("def f():\n x = 1\n def g():\n  global x\n  return x", ["x"], id="global hides the function's"),
        pytest.param("class A:\n x = __class__", ["__class__"], id="__class__ outside a method"),
        pytest.param("def f(x=x): pass", ["x"], id="a default is evaluated outside"),
        pytest.param("def f(x) -> x: pass", ["x"], id="and so is an annotation"),
        pytest.param("@x\ndef f(x): pass", ["x"], id="and a decorator"),
        pytest.param("class A(x, k=y):\n x = y = 1", ["x", "y"], id="and bases"),
        pytest.param("lambda x=x: x", ["x"], id="and the default of a lambda"),
        pytest.param("def f(x: 'a.b') -> 'c': pass", ["a", "c"], id="annotation strings"),
        pytest.param("x: List['a', Literal[b]] | 'c'", ["List", "Literal", "a", "b", "c"], id="parts of annotations"),
        pytest.param("x: Annotated['a', b, 'c']", ["Annotated", "a", "b"], id="metadata is code"),
        pytest.param("def f(*args: *'a'): pass", ["a"], id="a starred annotation string"),
        pytest.param("def f(x: Callable[['a'], 'b']): pass", ["Callable", "a", "b"], id="a callable's parameters"),
        pytest.param(
            "X = Dict['a', 'List[\"b\"]']", ["Dict", "List", "a", "b"], id="quoted generic outside annotations"
        ),
        pytest.param("X = list['a']", ["a"], id="quoted builtin generic"),
        pytest.param("cast('a', b)", ["a", "b", "cast"], id="cast"),
        pytest.param("typing.cast('a')", ["a", "typing"], id="cast as an attribute"),
        pytest.param("TypeVar('T', 'a', bound='b')", ["TypeVar", "a", "b"], id="type variable"),
        pytest.param("from __future__ import annotations\nx: a", ["a"], id="annotations that are never evaluated"),
        pytest.param("f'{x!r:{y}}'", ["x", "y"], id="f-string"),
        pytest.param("match x:\n case y.z: pass", ["x", "y"], id="match subject and value pattern"),
        pytest.param("try: pass\nexcept x: pass", ["x"], id="exception type"),
    ],
)
def test_names_that_nothing_binds_are_undefined(text: str, names: list[str]) -> None:
    assert sorted(undefined(text)) == names


@NEWER
@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("def f[T: (int, T)](x: T) -> T: return T", [], id="function"),
        pytest.param("class A[T](B[T]):\n x: T\n def f(self, x: T): return T\nB = 1", [], id="class"),
        pytest.param("type X[T] = dict[T, 'X']", [], id="type alias"),
        pytest.param("type X = y", ["y"], id="value of a type alias"),
        pytest.param("def f[T](): pass\nT", ["T"], id="outside of its function"),
        pytest.param("def f[T](x=T): pass", ["T"], id="in a default value"),
        pytest.param("class A:\n x = 1\n def f[T](self, y: x): pass", [], id="an annotation sees the class around it"),
        pytest.param("class A:\n x = 1\n def f[T](self): return x", ["x"], id="a function's body doesn't"),
    ],
)
def test_type_parameters_have_a_scope_of_their_own(text: str, names: list[str]) -> None:
    assert undefined(text) == names


def test_reads_tell_scope_and_line() -> None:
    found = reads("""\
        class Shop:
            def open(self):
                return [
                    missing for _ in ()
                ]
        x: "also_missing"
    """).undefined
    assert [(read.scope, read.name, read.line) for read in found] == [
        ("Shop.open", "missing", 4),
        ("", "also_missing", 6),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("import a", ["a"], id="at the top level"),
        pytest.param("import a.b, c as d", ["a", "d"], id="several names"),
        pytest.param("def f():\n import a", ["a"], id="in a function"),
        pytest.param("import a\ndef f(a): return a", ["a"], id="hidden by a parameter"),
        pytest.param("import a\nclass A:\n a = 1\n b = a", ["a"], id="hidden by a class body"),
        pytest.param("import a\na", [], id="read"),
        pytest.param("import a\ndef f(): return a", [], id="read in a function"),
        pytest.param("import a\nx: 'a.b'", [], id="read in an annotation string"),
        pytest.param("import a\ndel a", [], id="deleted"),
        pytest.param("def f():\n global a\n import a\ndef g(): a", [], id="imported as a global"),
        pytest.param("def f():\n import a\n def g():\n  nonlocal a\n  a = a", [], id="read as a nonlocal"),
    ],
)
def test_imports_that_nothing_reads(text: str, names: list[str]) -> None:
    assert unread(text) == names


def test_an_unread_import_tells_its_place() -> None:
    (found,) = reads("def f():\n    from a import (\n        b,\n    )\n").unread_imports
    assert (found.scope, found.name, found.line, found.end_line, found.same) == ("f", "b", 2, 4, False)


@pytest.mark.parametrize("text", ["from __future__ import annotations", "from a import b as b", "import a as a"])
def test_imports_that_are_kept_on_purpose_are_marked(text: str) -> None:
    assert [found.same for found in reads(text).unread_imports] == [True]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("__all__ = ['a', 'b']", id="list"),
        pytest.param("__all__: list[str] = ['a', 'b']", id="annotated"),
        pytest.param("__all__ = ['a'] + ('b',)", id="sum"),
        pytest.param("__all__ = ['a']\n__all__ += ['b']", id="augmented"),
        pytest.param("__all__ = ['a']\n__all__.append('b')", id="appended"),
        pytest.param("__all__ = ['a']\n__all__.extend(['b'])", id="extended"),
    ],
)
def test_exported_names(text: str) -> None:
    assert reads(text).exported == {"a", "b"}


def test_star_imports_are_told() -> None:
    assert reads("from a import *\nfrom ..b import *\nfrom . import *").stars == {(0, "a"), (2, "b"), (1, "")}


def test_lookups_at_run_time_are_told() -> None:
    assert reads("globals()['x']").dynamic
    assert not reads("x = 1; f = print(x)").dynamic


def test_bound_names_and_scopes_are_those_of_the_whole_module() -> None:
    found = reads("import a\nclass B:\n def c(self): d = 1")
    assert {"a", "B", "c", "self", "d"} <= found.bound
    assert found.scopes == {"", "B", "B.c"}


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _undefined_for_the_compiler(text: str) -> set[str]:
    """Names that CPython looks up among the globals, where no scope binds them."""
    top = symtable.symtable(text, "module", "exec")
    bound: set[str] = set()
    looked_up: set[str] = set()
    for table in _tables(top):
        for symbol in table.get_symbols():
            at_top = table is top or symbol.is_declared_global()
            if at_top and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
                bound.add(symbol.get_name())
            if (symbol.is_global() or table is top) and symbol.is_referenced():
                looked_up.add(symbol.get_name())
    return looked_up - bound - set(dir(builtins))


_SCOPES = """\
import {0}
def {1}({2}, *{3}):
    global {4}
    {4} = [{5} for {6} in {7}]
    def {8}():
        return lambda {9}=({10} := {11}): ({9}, {0}, {2})
    class {2}({3}):
        {5} = {6}
        def {7}(self): return {5}, {8}
    try: del {9}
    except {10} as {11}: raise
    with {0} as ({1}, {6}): {1}.x += {4}
@{5}
class {6}:
    from {0} import {7} as {8}
    {9}: int = {8}
    {10} += {{{3}: {4} for {3} in {9} if {5} for {1} in {3}}}
"""


@given(st.lists(st.sampled_from("abcdefgh"), min_size=12, max_size=12))
@settings(max_examples=300, deadline=None)
def test_scopes_are_those_of_the_compiler(names: list[str]) -> None:
    text = _SCOPES.format(*names)
    try:
        expected = _undefined_for_the_compiler(text)
    except SyntaxError:  # a parameter that is global too
        reject()
    assert set(undefined(text)) == expected


@given(hypothesmith.from_grammar())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_module_can_be_read(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = reads(text)
    assert not {read.name for read in found.undefined} & set(dir(builtins))
