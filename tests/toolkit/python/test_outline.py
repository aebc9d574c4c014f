"""A tree whose functions are parsed when they are read can't be told from the one that `ast.parse` gives."""

from __future__ import annotations

import ast
import inspect
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codemods.toolkit.python.outline import outline


def nothing() -> ast.Module:
    raise AssertionError("the file is parsed as a whole")


def same(text: str) -> bool:
    """Whether the outline is the tree of the text, once all of it is read."""
    tree = outline(text.encode(), nothing)
    assert tree is not None
    whole = ast.parse(text)
    return ast.dump(tree, include_attributes=True) == ast.dump(whole, include_attributes=True)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f():\n    return 1\n", id="one line"),
        pytest.param("def f():\n    return 1", id="no line end at the end"),
        pytest.param("def f():\n  0\nx = 1\n", id="a body of one character"),
        pytest.param("def f():\n    x = 1\n\n    # why\n\n    return x  # this\n# done\n\n\nx = 2\n", id="comments"),
        pytest.param("def f():\n    x = 1\n# in the midst\n    return x\n", id="a comment at the margin"),
        pytest.param("def f():\n    x = 1  # a 'quote\n", id="a quote in the last comment"),
        pytest.param("def f():\n    x = '''a'b''' # '\n", id="quotes in the last line"),
        pytest.param("def f():\n    return '# no comment'\n", id="a hash in the last string"),
        pytest.param(
            "class A:\n    def f(self):\n        g(\n            1,\n        )\n    x = 1\n", id="closing bracket"
        ),
        pytest.param('def f():\n    x = """\ndef g():\n    pass\n"""\n    return x\n', id="code in a string"),
        pytest.param('def f():\n    return """\ntext\n"""\n\n\nx = 1\n', id="a string that ends at the margin"),
        pytest.param(
            "def f(\n    a: int = 1,  # (\n    b=')',\n) -> dict[str, int]:\n    return {}\n", id="long header"
        ),
        pytest.param("def f(): return 1\ndef g():\n    return 2\n", id="a body in the line of the header"),
        pytest.param("def f():  # (\n    return 1\n", id="a comment behind the header"),
        pytest.param("@a\n@b(\n    1\n)\nasync def f():\n    await x\n", id="decorators"),
        pytest.param("if x:\n    def f():\n        return 1\nelse:\n    def f():\n        return 2\n", id="conditions"),
        pytest.param("class A:\n    class B:\n        def f(self):\n            return 1\n", id="a class in a class"),
        pytest.param("def f():\n    def g():\n        return 1\n    return g\n", id="a function in a function"),
        pytest.param("def f(x):\n    return f\"{x['a']:{x}}{{\"\n", id="an f-string"),
        pytest.param('def f(x):\n    return f"""\n{x!r}"""\n', id="an f-string of several lines"),
        pytest.param("def f():\n    x = 'é'; return 'ü'\n\nz = 'é', 1\n", id="letters of several bytes"),
        pytest.param("def f():\n    x = 1 + \\\n        2\n    return x\n", id="a line that goes on"),
        pytest.param("def f():\n    return 'a\\\n    b'\n", id="a string that goes on"),
        pytest.param("def f(a=lambda: 1):\n    return a\n", id="a colon in the header"),
    ],
)
def test_the_tree_is_the_one_of_the_whole_file(text: str) -> None:
    assert same(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1\n", id="no function"),
        pytest.param("def f():\n\treturn 1\n", id="tabs"),
        pytest.param("def f():\r\n    return 1\r\n", id="carriage returns"),
        pytest.param("def f():\n    return 1\n\f\nx = 1\n", id="form feed"),
        pytest.param("def f():\n    g(\n1)\n", id="a bracket with a line at the margin"),
        pytest.param("def f():\n    x = 1 + \\\n2\n", id="a line that goes on at the margin"),
        pytest.param("def f():\n    x = 1;\n", id="semicolon at the end"),
        pytest.param("def f(a, \\\n      b):\n    return 1\n", id="a header that goes on"),
        pytest.param("def f():\n    return f'{x['a']}'\n", id="quotes in quotes"),
        pytest.param("def f():\n    print 'a'\n", id="Python 2"),
        pytest.param("def f():\n    try:\n        g()\n    except ValueError, e:\n        pass\n", id="old except"),
        pytest.param("def f(:\n    return 1\n", id="an error in a header"),
        pytest.param("def f():\n    return 'a\n", id="a string that doesn't end"),
        pytest.param('def f():\n    return """a\n', id="a long string that doesn't end"),
        pytest.param("def f():\nreturn 1\n", id="no body"),
        pytest.param("def f():\n    return 'a\\\nb'\n", id="a string that goes on at the margin"),
        pytest.param("def f():\n    return 1\nx = = 2\n", id="an error outside of functions"),
    ],
)
def test_what_is_not_plain_is_left_to_the_parser(text: str) -> None:
    assert outline(text.encode(), nothing) is None


def test_a_body_is_parsed_when_it_is_read_and_not_before() -> None:
    tree = outline(b"def f():\n    return = 1\ndef g():\n    return 2\n", nothing)
    assert tree is not None
    broken, right = tree.body
    assert isinstance(broken, ast.FunctionDef)
    assert isinstance(right, ast.FunctionDef)
    assert isinstance(right.body[0], ast.Return)
    assert type(right) is ast.FunctionDef
    with pytest.raises(AssertionError, match="as a whole"):
        broken.body  # noqa: B018 - it is parsed here


def test_what_a_function_lacks_besides_is_lacking() -> None:
    tree = outline(b"async def f():\n    return 1\n", nothing)
    assert tree is not None
    assert not hasattr(tree.body[0], "no_such_field")


def test_visitors_take_a_function_for_one() -> None:
    tree = outline(b"def f():\n    x = 1\nasync def g():\n    y = 2\n", nothing)
    assert tree is not None
    seen: list[str] = []

    class Visitor(ast.NodeVisitor):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
            seen.append(node.name)

        def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
            seen.append(node.name)

    Visitor().visit(tree)
    assert seen == ["f", "g"]


@pytest.mark.parametrize("module", [ast, inspect, textwrap], ids=lambda module: str(module.__name__))
def test_the_tree_of_a_real_module_is_the_same(module: object) -> None:
    text = inspect.getsource(module)  # type: ignore[arg-type]  # it is a module
    assert same(text.replace("\f", "").replace("\t", "    "))


LINES = st.sampled_from(
    [
        "x = 1",
        "# def no():",
        "",
        "x = '''\ndef no():\n    '''",
        'y = """a"b\n"""  # "',
        "g(\n1,\n)",
        "g(')', \"(\")  # ]",
        "z = f'{x}' 'a#b'",
        "z = rf'{x:{x}}\\d'",
        "if x: pass",
        "def inner():\n    return 1",
        "class Inner:\n    def f(self): pass",
        "x = 1 + \\\n    2",
        "return 'é'",
        "@d\nasync def inner(a: 'b' = \"(\"): # :\n    '''doc\n    '''\n",
    ]
)
HEADERS = st.sampled_from(
    ["def f():", "async def f(a, b=')'):  # c", "def f(\n    a,\n) -> 'x':", "class A:", "if x:", "@d\ndef f(*a: int):"]
)


def indented(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for block in lines for line in block.split("\n"))


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.lists(st.tuples(HEADERS, st.lists(LINES, min_size=1, max_size=4)), min_size=1, max_size=4))
def test_no_mixture_of_odd_lines_gives_another_tree(blocks: list[tuple[str, list[str]]]) -> None:
    text = "".join(f"{header}\n{indented([*lines, 'pass'])}" for header, lines in blocks)
    whole = ast.parse(text)
    tree = outline(text.encode(), lambda: ast.parse(text))
    assert tree is None or ast.dump(tree, include_attributes=True) == ast.dump(whole, include_attributes=True)
