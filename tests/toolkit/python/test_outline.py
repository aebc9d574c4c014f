"""A module whose functions are read one by one can't be told from the one that is parsed as a whole."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
import tokenize
import unittest.mock
from types import ModuleType

import pytest

from codemods.toolkit.pipeline.source import decoded, outlined, parsed
from codemods.toolkit.python.collect_names import module_names
from codemods.toolkit.python.project import Module


def outline_of(text: str) -> Module:
    return outlined(decoded("a.py", text.encode()))


def whole(text: str) -> Module:
    return parsed(decoded("a.py", text.encode()))


def dumped(module: Module) -> str:
    return ast.dump(module.tree, include_attributes=True)


def check_same(text: str) -> None:
    """The names are those of the whole before anything is read, and the tree is when all of it is."""
    module = outline_of(text)
    assert module_names(module) == module_names(whole(text))
    module.read_all()
    assert dumped(module) == dumped(whole(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f():\n    return 1\n", id="one line"),
        pytest.param("def f():\n    return 1", id="no line end at the end"),
        pytest.param("def f():\n  0\nx = 1\n", id="a body of one character"),
        pytest.param("def f():\n    x = 1\n\n    # why\n\n    return x\n# done\n\n\nx = 2\n", id="comments"),
        pytest.param("def f():\n    x = 1\n# in the midst\n    return x\n", id="a comment at the margin"),
        pytest.param("class A:\n    def f(self):\n        g(\n            1,\n        )\n    x = 1\n", id="a bracket"),
        pytest.param('def f():\n    """Text.\n\n    # More.\n    """\n\n\nx = 1\n', id="a docstring alone"),
        pytest.param("def f(\n    a: int = 1,  # (\n    b=')',\n) -> dict[str, int]:\n    return {}\n", id="header"),
        pytest.param("def f():  # (\n    return 1\n", id="a comment behind the header"),
        pytest.param("@a\n@b(\n    1\n)\nasync def f():\n    await x\n", id="decorators"),
        pytest.param("if x:\n    def f():\n        return 1\nelse:\n    def f():\n        return 2\n", id="conditions"),
        pytest.param("class A:\n    class B:\n        def f(self):\n            return 1\n", id="a class in a class"),
        pytest.param("def f():\n    def g():\n        return 1\n    return g\n", id="a function in a function"),
        pytest.param("def f(x):\n    return f\"{x['a']:{x}}{{\"\n", id="an f-string"),
        pytest.param('def f(x):\n    return f"""\n  {x!r}"""\n', id="an f-string of several lines"),
        pytest.param("def f():\n    x = 'é'; return 'ü'\n\nz = 'é', 1\n", id="letters of several bytes"),
        pytest.param("def f():\n    x = 1 + \\\n        2\n    return x\n", id="a line that goes on"),
        pytest.param("def f(a=lambda: 1):\n    return a\n", id="a colon in the header"),
        pytest.param("match x:\n    case 1:\n        def f():\n            return 1\n", id="in a match"),
        pytest.param(
            "try:\n    def f():\n        return 1\nexcept E:\n    def f():\n        return 2\n", id="in an except"
        ),
        pytest.param("def f():\n    return 1\n    \ndef g():\n    return 2\n", id="blanks in an empty line"),
        pytest.param("def f(): return 1\ndef g():\n    return 2\n", id="behind one of a single line"),
        pytest.param("# def f(\ndef g():\n    return 2\n", id="behind a comment that speaks of one"),
        pytest.param(
            "def f[T: int](a: T):\n    return a\n",
            id="type parameters",
            marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695"),
        ),
        pytest.param("def f():\n    x = 1  # a 'quote\n", id="a comment behind the last statement"),
        pytest.param("def f():\n    x = '#'  # '\n", id="a hash in a string before a comment"),
        pytest.param('def f():\n    x = """\n  a#"""  # why\n', id="a hash in a string that ends before a comment"),
        pytest.param('class A:\n    def f():\n        return """\n"""\n', id="a string that ends at the margin"),
        pytest.param("def f():\n    g([\n]\n)\n", id="brackets that close at the margin"),
        pytest.param("def f():\n    g(\n  )\n", id="a bracket that closes before the indentation"),
    ],
)
def test_a_body_is_read_later_and_comes_out_the_same(text: str) -> None:
    assert outline_of(text).unread
    check_same(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1\n", id="no function"),
        pytest.param("def f():\n\treturn 1\n", id="tabs"),
        pytest.param("def f():\r\n    return 1\r\n", id="carriage returns"),
        pytest.param("def f():\n    return 1\n\fclass A:\n    x = 1\n", id="a form feed before the next statement"),
        pytest.param("def f(): return 1\n", id="a body in the line of the header"),
        pytest.param("def f():\n    x = 1;\n", id="a semicolon at the end"),
        pytest.param("def f():\n    return 'a\\\nb'\n", id="a string that goes on at the margin"),
        pytest.param("def f():\n    x = 1 + \\\n2\n", id="a line that goes on at the margin"),
        pytest.param("def f(a=(1, (2, (3,)))):\n    return a\n", id="brackets in the header"),
        pytest.param("def f(a=(1, (2, (3,)))):\n    def g():\n        return a\n", id="a function in such a one"),
        pytest.param("def f():\n    import a\n", id="an import"),
        pytest.param("def f():\n    if x: from a import b\n", id="an import behind a colon"),
        pytest.param("def f():\n    x = 1; import a\n", id="an import behind a semicolon"),
        pytest.param("def f():\n    x = 1; \\\n    import a\n", id="an import on a line that goes on"),
        pytest.param("def f():\n    global x\n", id="global"),
        pytest.param("def f():\n    globals()['x'] = 1\n", id="globals()"),
        pytest.param("def f():\n    vars()['x'] = 1\n", id="vars()"),
    ],
)
def test_a_body_that_may_name_something_for_the_module_or_is_not_plain_is_parsed_at_once(text: str) -> None:
    assert not outline_of(text).unread
    check_same(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1\n    import a\n    y = 2\n", id="between other statements"),
        pytest.param("import a\n    x = 1\n    y = 2\n", id="first"),
        pytest.param("x = 1\n    y = 2\n    import a\n", id="last"),
        pytest.param("x = 1\n    import a, b\n    from .c import (\n        d,\n    )\n    y = 2\n", id="two"),
        pytest.param("x = 1; import a\n    y\n", id="behind a semicolon"),
        pytest.param("global x\n    x = 1\n    y = 2\n", id="global"),
        pytest.param("x = 1\n    globals()['x'] = 1\n    y = 2\n", id="globals()"),
        pytest.param("x = 1\n    import a\n    y\n", id="one letter at the end"),
        pytest.param("import a\n    x = [\n   ]\n", id="a bracket that closes before the indentation"),
        pytest.param("import a\n    f(\n    b,\n    c)\n    x = 1\n", id="lines in brackets at the indentation"),
        pytest.param("# why\n\n    import a\n    # what\n    x = 1  # so\n    # end\n", id="comments"),
        pytest.param('"""Text.\n    import b\n    """\n    import a\n    x = 1\n', id="a docstring that speaks of one"),
        pytest.param("x = '\\\n    import b'\n    import a\n    y = 1\n", id="a string that goes on"),
        pytest.param("x = 1\n    if x: import a\n    y = 1\n", id="behind a colon"),
        pytest.param("x = 1\n    if x:\n        import a\n    else:\n        b\n        c\n", id="in an if"),
        pytest.param("if x:\n        a\n    elif (\n   y):\n        b\n        import c\n    z\n", id="a long header"),
        pytest.param("if [a, lambda:\n        0, x]:\n        import b\n    c\n", id="a header that is a bracket"),
        pytest.param(
            "if f'{'{'}':\n        import b\n    c\n",
            id="quotes in an f-string in a header",
            marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 701"),
        ),
        pytest.param("with x('#:'):  # why\n        # so\n        import a\n        b\n    c\n", id="in a with"),
        pytest.param(
            "with a:\n        with b:\n            c\n            import d\n            e\n    f\n", id="deep"
        ),
        pytest.param("def g():\n        x\n        import a\n        y\n    return g\n", id="in a function"),
        pytest.param(
            "@a\n    @b\n    class C:\n        x = 1\n        import d\n        y = 1\n    z\n", id="in a class"
        ),
        pytest.param("try:\n        import a\n        b\n    except E:\n        c\n        d\n    e\n", id="in a try"),
        pytest.param(
            "try:\n        import a\n        b\n        fail()\n    except E:\n        c\n    e\n", id="that fails"
        ),
        pytest.param(
            "try:\n        import a\n    except E:\n        b\n    else:\n        c\n        assert 0\n    d\n",
            id="else",
        ),
        pytest.param(
            "for x in y:\n        import a\n        b\n        if c:\n            d\n            e\n    f\n",
            id="in a loop",
        ),
        pytest.param("match x:\n        case 1:\n            import a\n            b\n    c\n", id="in a match"),
        pytest.param(
            "try:\n        # why\n        import a\n    except E:\n        b\n    c\n", id="alone below a comment"
        ),
        pytest.param("# globals\n    import a\n    b\n", id="below a comment that speaks of globals"),
        pytest.param("x; global y\n    y = 1\n    z\n", id="global behind a semicolon"),
    ],
)
def test_of_a_body_that_imports_something_the_names_are_known_before_it_is_read(text: str) -> None:
    module = outline_of(f"class A:\n  async def f():\n    {text}\n\ndef g():\n    x\nz = 1\n")
    check_same(f"def f():\n    {text}")
    assert len(module.unread) == 2


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("x = 'a global state'\n    global_one = 1\n", ["pass"], id="what speaks of a global"),
        pytest.param("# globals\n    x = 1\n", ["pass"], id="a comment that speaks of globals"),
        pytest.param(
            "try:\n        import a\n        a.run()\n        a.stop()\n    except E:\n        print(1)\n    else:\n"
            "        failed = 1\n        print(2)\n    finally:\n        one()\n        two()\n    x = 1\n",
            ["try:\n    import a\n    0\nexcept E:\n    pass\nelse:\n    pass\n    print(2)\nfinally:\n    pass", "0"],
            id="all of a try but what may end it by failing the test",
        ),
        pytest.param(
            "if a:\n        import b\n        b.fail()\n    else:\n        fail()\n    x = 1\n",
            ["if a:\n    import b\n    0\nelse:\n    pass", "0"],
            id="what ends the blocks of other statements",
        ),
    ],
)
def test_what_tells_nothing_of_the_names_of_the_module_is_left_out(text: str, left: list[str]) -> None:
    (function,) = outline_of(f"def f():\n    {text}").tree.body
    assert isinstance(function, ast.FunctionDef)
    assert [ast.unparse(each) for each in function.body] == left
    check_same(f"def f():\n    {text}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f():\n    g(\n1)\n", id="a bracket with a line at the margin"),
        pytest.param(
            "def f():\n    try:\n        import a\n        fail(\n        b)\n    except E:\n        c\n    d\n",
            id="a bracket at the end of a try that may fail the test",
        ),
        pytest.param("def f(:\n    return 1\n", id="an error in a header"),
        pytest.param("def f():\nreturn 1\n", id="no body"),
        pytest.param("def f():\n    return 1\nx = = 2\n", id="an error outside of functions"),
    ],
)
def test_what_was_misread_or_has_an_error_outside_of_bodies_is_no_outline(text: str) -> None:
    with pytest.raises(SyntaxError):
        outline_of(text).read_all()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('def f():\n    x = """\ndef g():\n    pass\n"""\n    return x\n', id="code in a string"),
        pytest.param('def f():\n    return """\ntext\n"""\n\n\nx = 1\n', id="a string that ends at the margin"),
        pytest.param("def f():\n    x = '''a'b'''\n    y = \"'''\"\n", id="quotes in a string"),
        pytest.param('def f():\n    """a\n    # b"""\n    # c\n', id="a hash in a string"),
    ],
)
def test_strings_of_several_lines_are_not_taken_for_code(text: str) -> None:
    check_same(text)


def test_an_error_in_a_body_is_found_when_that_is_read_and_not_before() -> None:
    module = outline_of("def f():\n    return = 1\ndef g():\n    return 2\n")
    broken, right = module.tree.body
    assert isinstance(broken, ast.FunctionDef)
    assert isinstance(right, ast.FunctionDef)
    assert isinstance(module.read(right).body[0], ast.Return)
    with pytest.raises(SyntaxError, match="invalid syntax") as raised:
        module.read(broken)
    assert raised.value.lineno == 2


def test_only_functions_that_hold_a_word_are_read_for_it() -> None:
    module = outline_of("def f():\n    one()\nclass A:\n    def g(self):\n        two()\n")
    module.read_all(words=[b"two"])
    assert list(module.unread) == [1]


def test_the_span_of_a_body_is_known_without_reading_it() -> None:
    module = outline_of("def f(a):\n    one()\n    two(a)\nx = 1\n")
    (function, _rest) = module.tree.body
    assert isinstance(function, ast.FunctionDef)
    start, end = module.body_span(function)
    assert module.source.body[start:end] == b"    one()\n    two(a)"
    assert (module.body_holds(function, b"two"), module.body_holds(function, b"def")) == (True, False)
    assert module.unread


@pytest.mark.parametrize("module", [ast, inspect, textwrap, tokenize, unittest.mock], ids=lambda each: each.__name__)
def test_modules_of_the_standard_library_come_out_the_same(module: ModuleType) -> None:
    check_same(inspect.getsource(module))
