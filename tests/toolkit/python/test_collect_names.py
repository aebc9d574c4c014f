from __future__ import annotations

import ast
import re
import sys
import textwrap

import pytest

from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import parsed
from codemods.toolkit.python.collect_names import (
    caught_names,
    dotted_name,
    expects_failure,
    holds_line,
    last_part,
    lines_of,
    module_names,
)
from codemods.toolkit.python.names import Bound, ImportStatement, ModuleNames
from codemods.toolkit.python.project import Module

needs_3_12 = pytest.mark.skipif(sys.version_info < (3, 12), reason="type aliases came with Python 3.12")


def module(text: str) -> Module:
    return parsed(Source("m.py", textwrap.dedent(text).encode()))


def names(text: str) -> ModuleNames:
    return module_names(module(text))


def bindings(text: str, name: str = "X") -> tuple[Bound, ...]:
    return names(text).bindings.get(name, ())


def statement(text: str) -> ImportStatement:
    (only,) = names(text).imports
    return only


@pytest.mark.parametrize(
    ("text", "kind", "origin"),
    [
        pytest.param("import X", "import", (0, "X", ""), id="import"),
        pytest.param("import X.y.z", "import", (0, "X", ""), id="import of a submodule binds the package"),
        pytest.param("import a.b as X", "import", (0, "a.b", ""), id="import as"),
        pytest.param("from a import X", "from", (0, "a", "X"), id="from import"),
        pytest.param("from a import b as X", "from", (0, "a", "b"), id="from import as"),
        pytest.param("from . import X", "from", (1, "", "X"), id="from the own package"),
        pytest.param("from ..a.b import X", "from", (2, "a.b", "X"), id="relative"),
        pytest.param("def X(): 0", "def", (0, "", ""), id="function"),
        pytest.param("async def X(): 0", "async def", (0, "", ""), id="coroutine function"),
        pytest.param("class X: 0", "class", (0, "", ""), id="class"),
        pytest.param("X = Y", "alias", (0, "", "Y"), id="alias"),
        pytest.param("X = a.b.Y", "alias", (0, "", "a.b.Y"), id="dotted alias"),
        pytest.param("X: type = Y", "alias", (0, "", "Y"), id="annotated alias"),
        pytest.param("Z = X = Y", "alias", (0, "", "Y"), id="two targets"),
        pytest.param("X = Y()", "value", (0, "", ""), id="call"),
        pytest.param("X = Y().z", "value", (0, "", ""), id="attribute of a call"),
        pytest.param("X = 1", "value", (0, "", ""), id="constant"),
        pytest.param("X += Y", "value", (0, "", ""), id="augmented assignment"),
        pytest.param("X, (a, *b) = Y", "value", (0, "", ""), id="unpacking"),
        pytest.param("a, *X = Y", "value", (0, "", ""), id="rest of an unpacking"),
        pytest.param("for X in Y: 0", "value", (0, "", ""), id="loop"),
        pytest.param("with Y as X: 0", "value", (0, "", ""), id="with"),
        pytest.param("with Y, Z as (a, X): 0", "value", (0, "", ""), id="unpacking in with"),
        pytest.param("f(X := 1)", "value", (0, "", ""), id="walrus"),
        pytest.param("if X := f(): 0", "value", (0, "", ""), id="walrus in a condition"),
        pytest.param("[0 for a in b if (X := a)]", "value", (0, "", ""), id="walrus in a comprehension"),
        pytest.param("def f(a=(X := 1)): 0", "value", (0, "", ""), id="walrus in a default value"),
        pytest.param("match a:\n case X: 0", "value", (0, "", ""), id="capture"),
        pytest.param("match a:\n case [1, *X]: 0", "value", (0, "", ""), id="rest of a sequence pattern"),
        pytest.param("match a:\n case {'k': 1, **X}: 0", "value", (0, "", ""), id="rest of a mapping pattern"),
        pytest.param("match a:\n case C(b=X): 0", "value", (0, "", ""), id="capture in a class pattern"),
    ],
)
def test_a_statement_binds_a_name(text: str, kind: str, origin: tuple[int, str, str]) -> None:
    (found,) = bindings(text)
    assert (found.kind, (found.level, found.module, found.member)) == (kind, origin)
    assert not found.none


@needs_3_12
def test_a_type_alias_statement_binds_a_value() -> None:
    (found,) = bindings("type X[T] = list[T]")
    assert found.kind == "value"
    assert set(names("type X[T] = list[T]").bindings) == {"X"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("X: int", id="annotation without a value"),
        pytest.param("a.X = 1", id="attribute"),
        pytest.param("a[X] = 1", id="item"),
        pytest.param("def f():\n X = 1\n import X", id="inside a function"),
        pytest.param("class A:\n X = 1\n def X(self): 0", id="inside a class"),
        pytest.param("[0 for X in a]", id="target of a comprehension"),
        pytest.param("f(lambda: (X := 1))", id="walrus in a lambda"),
        pytest.param("def f():\n if (X := 1): 0", id="walrus in a function"),
        pytest.param("try: 0\nexcept E as X: 0", id="exception: unbound again behind its handler"),
        pytest.param("import a.X\nfrom a import X as b", id="the name of something imported under another one"),
        pytest.param("match a:\n case X.b: 0", id="value pattern"),
        pytest.param("print(X)", id="read"),
    ],
)
def test_a_statement_does_not_bind_a_name(text: str) -> None:
    assert bindings(text) == ()


def test_none_is_marked() -> None:
    assert [bound.none for bound in bindings("X = None\nX: T = None\nX = 0")] == [True, True, False]


def test_bindings_stand_in_the_order_of_the_source_with_their_place() -> None:
    text = "def X(): 0\nif a:\n    X = Y\n"
    assert [(bound.kind, bound.line, text[bound.start : bound.end]) for bound in bindings(text)] == [
        ("def", 1, "def X(): 0"),
        ("alias", 3, "X = Y"),
    ]


def test_places_are_counted_in_bytes() -> None:
    text = 'é = "ü"; from a import X'
    (found,) = bindings(text)
    assert text.encode()[found.start : found.end] == b"from a import X"


@pytest.mark.parametrize(
    ("text", "context"),
    [
        pytest.param("X = 1", (), id="top level"),
        pytest.param("if a:\n X = 1", ("if",), id="if"),
        pytest.param("if a: 0\nelse:\n X = 1", ("else",), id="else"),
        pytest.param("if a: 0\nelif b:\n X = 1", ("else", "if"), id="elif"),
        pytest.param("if TYPE_CHECKING:\n X = 1", ("typing",), id="TYPE_CHECKING"),
        pytest.param("if t.TYPE_CHECKING:\n X = 1", ("typing",), id="typing.TYPE_CHECKING"),
        pytest.param("if TYPE_CHECKING: 0\nelse:\n X = 1", ("else",), id="else of TYPE_CHECKING"),
        pytest.param("if not TYPE_CHECKING:\n X = 1", ("else",), id="not TYPE_CHECKING"),
        pytest.param("if not TYPE_CHECKING: 0\nelse:\n X = 1", ("typing",), id="else of not TYPE_CHECKING"),
        pytest.param("if -TYPE_CHECKING:\n X = 1", ("if",), id="another operator"),
        pytest.param("if __name__ == '__main__':\n X = 1", ("main",), id="main"),
        pytest.param("if '__main__' == __name__:\n X = 1", ("main",), id="main, reversed"),
        pytest.param("if __name__ != '__main__':\n X = 1", ("if",), id="not main"),
        pytest.param("if a == b:\n X = 1", ("if",), id="another comparison"),
        pytest.param("if a == __name__ == b:\n X = 1", ("if",), id="a chain of comparisons"),
        pytest.param("try:\n X = 1\nexcept ImportError: 0", ("try:import-error",), id="ImportError"),
        pytest.param("try:\n X = 1\nexcept ModuleNotFoundError: 0", ("try:import-error",), id="ModuleNotFoundError"),
        pytest.param("try:\n X = 1\nexcept (A, ImportError): 0", ("try:import-error",), id="among others"),
        pytest.param("try:\n X = 1\nexcept A: 0\nexcept ImportError: 0", ("try:import-error",), id="second handler"),
        pytest.param("try:\n X = 1\nexcept Exception: 0", ("try:broad",), id="Exception"),
        pytest.param("try:\n X = 1\nexcept: 0", ("try:broad",), id="bare except"),
        pytest.param("try:\n X = 1\nexcept ValueError: 0", ("try",), id="another exception"),
        pytest.param("try:\n X = 1\nexcept* ImportError: 0", ("try:import-error",), id="except*"),
        pytest.param("try:\n X = 1\nfinally: 0", ("try",), id="finally only"),
        pytest.param("try: 0\nexcept A:\n X = 1", ("except",), id="handler"),
        pytest.param("try: 0\nexcept A: 0\nelse:\n X = 1", ("try-else",), id="else of a try"),
        pytest.param("try: 0\nfinally:\n X = 1", ("finally",), id="finally"),
        pytest.param("try:\n X = 1\n pytest.fail('no')\nexcept A: 0", ("raises",), id="try that has to fail"),
        pytest.param(
            "try:\n X = 1\nexcept A: 0\nelse:\n raise AssertionError", ("raises",), id="try with failing else"
        ),
        pytest.param("for a in b:\n X = 1", ("loop",), id="for"),
        pytest.param("for a in b: 0\nelse:\n X = 1", ("loop",), id="else of a loop"),
        pytest.param("while a:\n X = 1", ("loop",), id="while"),
        pytest.param("while a: 0\nelse:\n X = 1", ("loop",), id="else of while"),
        pytest.param("with a:\n X = 1", ("with",), id="with"),
        pytest.param("with a():\n X = 1", ("with",), id="with a call"),
        pytest.param("with pytest.raises(E):\n X = 1", ("raises",), id="raises"),
        pytest.param("with a, suppress(ImportError):\n X = 1", ("raises",), id="suppress"),
        pytest.param("with pytest.warns(W):\n X = 1", ("raises",), id="warns"),
        pytest.param("with catch_warnings(record=True) as w:\n X = 1", ("raises",), id="recorded warnings"),
        pytest.param("with catch_warnings():\n X = 1", ("with",), id="silenced warnings"),
        pytest.param("match a:\n case 1:\n  X = 1", ("if",), id="match"),
        pytest.param(
            "if a:\n try:\n  with b:\n   X = 1\n except: 0", ("if", "try:broad", "with"), id="outermost first"
        ),
    ],
)
def test_a_binding_knows_the_blocks_around_it(text: str, context: tuple[str, ...]) -> None:
    (found,) = bindings(text)
    assert found.context == context


@pytest.mark.parametrize(
    ("text", "exports", "is_open"),
    [
        pytest.param("", None, False, id="none"),
        pytest.param("__all__ = ['a', 'b']", ["a", "b"], False, id="list"),
        pytest.param("__all__ = ('a',)", ["a"], False, id="tuple"),
        pytest.param("__all__ = {'a'}", ["a"], False, id="set"),
        pytest.param("__all__: list[str] = []", [], False, id="annotated, empty"),
        pytest.param("__all__ = ['a']\n__all__ = ['b']", ["b"], False, id="replaced"),
        pytest.param("__all__ = ['a']\n__all__ += ['b']", ["a", "b"], False, id="added to"),
        pytest.param("__all__ = ['a']\n__all__.append('b')", ["a", "b"], False, id="append"),
        pytest.param("__all__ = ['a']\n__all__.extend(['b', 'c'])", ["a", "b", "c"], False, id="extend"),
        pytest.param("__all__ = ['a'] + ['b']", ["a", "b"], False, id="sum"),
        pytest.param("__all__ = ['a'] + b.__all__", ["a"], True, id="sum with something unknown"),
        pytest.param("__all__ = ['a'] * n", [], True, id="another operator"),
        pytest.param("__all__ = ['a', *b.__all__]", ["a"], True, id="unpacking"),
        pytest.param("__all__ = ['a', b]", ["a"], True, id="an element that is no literal"),
        pytest.param("__all__ = ['a', 1]", ["a"], True, id="an element that is no string"),
        pytest.param("__all__ = names()", [], True, id="call"),
        pytest.param("__all__ = ['a']\n__all__ += b", ["a"], True, id="something unknown added"),
        pytest.param("from b import *\n__all__ += ['a']", ["a"], True, id="added to something unknown"),
        pytest.param("__all__ = ['a']\n__all__.remove('a')", ["a"], True, id="another method"),
        pytest.param("__all__ = ['a']\nlist.append(__all__, 'b')", ["a"], False, id="a method of something else"),
        pytest.param("__all__ = ['a']\nprint('b')", ["a"], False, id="some call"),
        pytest.param("__all__ = ['a']\n__all__.extend()", ["a"], False, id="call without arguments"),
        pytest.param("if b:\n __all__ = ['a']\nelse:\n __all__ = ['c']", ["a", "c"], False, id="branches add up"),
    ],
)
def test_the_export_list_is_read_as_far_as_it_is_literal(
    text: str, exports: list[str] | None, *, is_open: bool
) -> None:
    found = names(text)
    assert (None if found.exports is None else [export.name for export in found.exports]) == exports
    assert found.open_exports is is_open


def test_exports_say_where_their_strings_stand() -> None:
    text = "__all__ = [\n  'é', 'X',\n]"
    (_first, export) = names(text).exports or ()
    assert (export.line, text.encode()[export.start : export.end]) == (2, b"'X'")


def test_star_imports_are_kept_apart() -> None:
    found = names("from a import *\ntry:\n from ..b.c import *\nexcept ImportError: 0")
    assert found.stars == ((0, "a"), (2, "b.c"))
    assert found.bindings == {}


@pytest.mark.parametrize(
    ("text", "dynamic"),
    [
        pytest.param("def __getattr__(name): 0", True, id="__getattr__ (PEP 562)"),
        pytest.param("from lazy import __getattr__", True, id="imported __getattr__"),
        pytest.param("__getattr__, __dir__ = lazy.attach(__name__)", True, id="assigned __getattr__"),
        pytest.param("class A:\n def __getattr__(self, name): 0", False, id="__getattr__ of a class"),
        pytest.param("globals()[name] = 1", True, id="item of globals"),
        pytest.param("for n in a:\n vars()[n] = 1", True, id="item of vars"),
        pytest.param("globals().update(a)", True, id="update of globals"),
        pytest.param("def f():\n globals().setdefault(a, b)", True, id="setdefault in a function"),
        pytest.param("a = globals()['b']\nglobals().get(a)\nvars()", False, id="globals that are read"),
        pytest.param("a = globals()\nfill(a)", True, id="globals by another name"),
        pytest.param("fill('a', globals())", True, id="globals that are handed on"),
        pytest.param("sorted(globals())", False, id="names of globals"),
        pytest.param("sys.modules[__name__] = Lazy()", True, id="another object in its place"),
        pytest.param("a = sys.modules[__name__]", False, id="itself"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_module_that_makes_names_at_run_time_is_dynamic(text: str, *, dynamic: bool) -> None:
    assert names(text).dynamic is dynamic


def test_names_that_functions_declare_global_are_known() -> None:
    text = "def f():\n if a:\n  global b, c\n  b = c = 1\nclass D:\n def g(self):\n  global a\n# global z\n'global y'\n"
    assert names(text).global_names == ("a", "b", "c")
    assert names("def f(): 0").global_names == ()


@pytest.mark.parametrize(
    ("text", "function", "at_import"),
    [
        ("import X", "", True),
        ("try:\n import X\nexcept ImportError: 0", "", True),
        ("if TYPE_CHECKING:\n import X", "", False),
        ("if __name__ == '__main__':\n import X", "", False),
        ("def f():\n import X", "f", False),
        ("async def f():\n async with a:\n  async for b in c:\n   import X", "f", False),
        ("class A:\n import X", "A", True),
        ("class A:\n def f(self):\n  if a:\n   import X", "A.f", False),
        ("def f():\n def g():\n  import X", "f.g", False),
        ("if a:\n def f():\n  import X", "f", False),
    ],
)
def test_an_import_knows_its_function_and_whether_it_runs_on_import(
    text: str, function: str, *, at_import: bool
) -> None:
    found = statement(text)
    assert (found.function, found.at_import) == (function, at_import)


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("import X", True),
        ("import X\na = 1", False),
        ("try:\n import X\nexcept A: pass", True),
        ("def f():\n import X", True),
        ("def f():\n import X\n X()", False),
    ],
)
def test_an_import_knows_whether_its_block_holds_nothing_else(text: str, *, alone: bool) -> None:
    assert statement(text).alone is alone


def test_an_import_statement_is_recorded_as_written() -> None:
    text = "if a:\n    from ..b.c import (\n        D as E,  # why\n        F,\n    )\n"
    found = statement(text)
    assert (found.is_from, found.level, found.module) == (True, 2, "b.c")
    assert [(name.name, name.asname, name.bound) for name in found.names] == [("D", "E", "E"), ("F", "", "F")]
    assert (found.line, found.column, found.context) == (2, 4, ("if",))
    assert text[found.start : found.end] == text[10:-1]


def test_a_plain_import_has_names_and_no_module() -> None:
    found = statement("import a.b as c, d")
    assert (found.is_from, found.level, found.module) == (False, 0, "")
    assert [(name.name, name.asname) for name in found.names] == [("a.b", "c"), ("d", "")]


def test_imports_in_functions_have_the_blocks_around_them() -> None:
    text = "def f():\n with raises(E):\n  def g():\n   try:\n    import X\n   except: 0"
    assert statement(text).context == ("function", "raises", "function", "try:broad")


def test_the_word_import_elsewhere_is_no_import() -> None:
    assert names("def f():\n '''import X'''\n important = 'from a import b'\n # import c").imports == ()


@pytest.mark.parametrize(
    ("text", "dotted", "last"),
    [
        ("a", "a", "a"),
        ("a.b.c", "a.b.c", "c"),
        ("a().b", "", "b"),
        ("a[0].b.c", "", "c"),
        ("a()", "", ""),
        ("'a.b'", "", ""),
    ],
)
def test_chains_of_attributes_have_a_dotted_name_and_a_last_part(text: str, dotted: str, last: str) -> None:
    node = ast.parse(text, mode="eval").body
    assert (dotted_name(node), last_part(node)) == (dotted, last)


def test_a_bare_except_catches_everything() -> None:
    assert caught_names(None) == {"BaseException"}
    assert caught_names(ast.parse("(a.B, C)", mode="eval").body) == {"B", "C"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("try:\n f()\n self.fail()\nexcept E: pass", True, id="fail"),
        pytest.param("try:\n f()\n raise AssertionError('no')\nexcept E: pass", True, id="raise AssertionError"),
        pytest.param("try:\n f()\n assert False, 'no'\nexcept E: pass", True, id="assert False"),
        pytest.param("try:\n f()\n assert True\nexcept E: pass", False, id="assert True"),
        pytest.param("try:\n f()\n raise ValueError\nexcept E: pass", False, id="raise something else"),
        pytest.param("try:\n f()\nexcept E: return\nself.fail()", True, id="fail behind handlers that leave"),
        pytest.param("try:\n f()\nexcept E: pass\nself.fail()", False, id="fail behind handlers that stay"),
        pytest.param("try:\n f()\nexcept E: return\ng()", False, id="something else behind"),
        pytest.param("try:\n f()\nexcept E: return", False, id="nothing behind"),
        pytest.param("try:\n f()\nfinally: g()\nself.fail()", False, id="no handlers"),
    ],
)
def test_a_try_is_there_to_see_that_its_body_raises(text: str, *, expected: bool) -> None:
    statement, *following = ast.parse(text).body
    assert isinstance(statement, ast.Try)
    assert bool(expects_failure(statement, following[0] if following else None)) is expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_the_parser_counts_them(end: str) -> None:
    text = end.join(["import a", "\f# import b", "x = 1; import c; import d", "", "import e"])
    found = parsed(Source("m.py", text.encode()))
    assert lines_of(found, re.compile(rb"\bimport\b")) == [1, 2, 3, 5]
    assert [statement.line for statement in module_names(found).imports] == [1, 3, 3, 5]


def test_the_lines_of_a_statement_begin_with_its_first_decorator() -> None:
    (function,) = ast.parse("\n@a\n@b\ndef f():\n  pass\n").body
    assert [line for line in range(8) if holds_line(function, [line])] == [2, 3, 4, 5]
    assert not holds_line(function, [])


def test_a_node_that_no_parser_made_has_no_span() -> None:
    found = module("a = 1")
    assert found.span(found.tree.body[0]) == (0, 5)
    assert found.offset(1, 4) == 4
    with pytest.raises(ValueError, match="no span: Name"):
        found.span(ast.Name("a", ast.Load(), lineno=1, col_offset=0))
