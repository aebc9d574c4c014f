"""Each example of Bowler's README and documentation: it works, or it is refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.bowler_query import codemod
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.codemod import UsageError
from tests.bowler_query.query_file import QueryFile

RENAMED = ("def old_name():\n    return 1\n", "def new_name():\n    return 1\n")

PRINT = '''
pattern = """
    power< "print"
        trailer< "(" print_args=any* ")" >
    >
"""

def print_string(node: LN, capture: Capture, filename: Filename) -> bool:
    args = capture.get("print_args")
    if args:
        return len(args) == 1 and args[0].type == TOKEN.STRING
    return False

def translate_string(node: LN, capture: Capture, filename: Filename) -> None:
    args = capture.get("print_args")
    if args and args[0].type == TOKEN.STRING:
        args[0].replace(Call(Name("tr"), args=[args[0].clone()]))
'''

FUNCTIONS = """
def marked(node, capture, filename):
    leaf = capture["{key}"]
    leaf.replace(Name("seen", prefix=leaf.prefix))

def fix():
    return Query().{selector}.modify(marked)
"""


def selecting(selector: str, key: str) -> str:
    """A query that writes `seen` over what a selector captures."""
    return FUNCTIONS.format(selector=selector, key=key)


def works(folder: Path, text: str, before: str, after: str, *arguments: str) -> None:
    QueryFile(folder, text, *arguments).changes(before, after)


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param('def fix(): return Query().select_function("old_name").rename("new_name")', *RENAMED, id="README"),
        pytest.param(
            """
            def fix():
                return (
                    Query()
                    # rename class Foo to Bar
                    .select_class("Foo")
                    .rename("Bar")
                    # change method buzz(x) to buzzard(x: int)
                    .select_method("buzz")
                    .rename("buzzard")
                    .modify_argument("x", type_annotation="int")
                )
            """,
            "class Foo:\n    def buzz(self, x):\n        return x\n\n\nprint(Foo())\n",
            "class Bar:\n    def buzzard(self, x: int):\n        return x\n\n\nprint(Bar())\n",
            id="README of the package",
        ),
        pytest.param(
            """
            def fix():
                query = Query()
                query.select_function("old_name")
                query.rename("new_name")
                return query
            """,
            *RENAMED,
            id="api-query: not fluent",
        ),
        pytest.param(
            PRINT + "def fix(): return Query().select(pattern).filter(print_string).modify(translate_string)",
            "def tr(text):\n    return text\n\n\nprint('a')\nprint(1)\nprint('a', 'b')\n",
            "def tr(text):\n    return text\n\n\nprint(tr('a'))\nprint(1)\nprint('a', 'b')\n",
            id="basics-refactoring: selector, filter and modifier",
        ),
        pytest.param(
            """
            MODIFIED = set()

            def modified_files(filename: Filename, hunk: Hunk) -> bool:
                MODIFIED.add(filename)
                return True

            def fix():
                return Query().select_function("old_name").rename("new_name").process(modified_files)
            """,
            *RENAMED,
            id="basics-refactoring: processor",
        ),
        pytest.param(
            """
            def fix():
                return Query(filename_matcher=lambda name: name == "module.py", python_version=3) \\
                    .select_function("old_name").rename("new_name")
            """,
            *RENAMED,
            id="api-query: filename_matcher and python_version",
        ),
        pytest.param(
            """
            class Fixer(BaseFix):
                PATTERN = "NAME"
                BM_compatible = False

                def transform(self, node, results):
                    return Name("new_name", prefix=node.prefix) if node.value == "old_name" else None

            def fix(): return Query().fixer(Fixer)
            """,
            *RENAMED,
            id="api-query: fixer",
        ),
        pytest.param(
            """
            def fix():
                return Query().select_function("old_name").filter("'function_def' in capture").rename("new_name")
            """,
            *RENAMED,
            id="api-query: filter as a string",
        ),
        pytest.param(
            """
            def added(node, capture, filename):
                if "VERSION" not in str(node):
                    node.append_child(Leaf(TOKEN.NAME, "VERSION = 1\\n"))

            def fix(): return Query().select_root().modify(added)
            """,
            "x = 1\n",
            "x = 1\nVERSION = 1\n",
            id="api-selectors: root",
        ),
        pytest.param(
            "def fix(): return Query().select_module('simplejson').rename('json')",
            "import simplejson\n\nprint(simplejson.dumps(1))\n",
            "import json\n\nprint(json.dumps(1))\n",
            id="api-selectors: module",
        ),
        pytest.param(
            "def fix(): return Query().select_class('Bar').rename('Baz')",
            "class Foo:\n    pass\n\n\nclass Bar(Foo):\n    pass\n\n\nprint(Bar())\n",
            "class Foo:\n    pass\n\n\nclass Baz(Foo):\n    pass\n\n\nprint(Baz())\n",
            id="api-selectors: class",
        ),
        pytest.param(
            selecting("select_subclass('Foo')", "class_name"),
            "class Foo:\n    pass\n\n\nclass Bar(Foo):\n    pass\n",
            "class Foo:\n    pass\n\n\nclass seen(Foo):\n    pass\n",
            id="api-selectors: subclass",
        ),
        pytest.param(
            "def fix(): return Query().select_attribute('foo').rename('bar')",
            "def f(self):\n    self.foo = 42\n    return self.foo\n",
            "def f(self):\n    self.bar = 42\n    return self.bar\n",
            id="api-selectors: attribute",
        ),
        pytest.param(
            "def fix(): return Query().select_method('bar').rename('baz')",
            "class A:\n    def bar(self, x):\n        return self.bar(x)\n",
            "class A:\n    def baz(self, x):\n        return self.baz(x)\n",
            id="api-selectors: method",
        ),
        pytest.param(
            "def fix(): return Query().select_function('foo').rename('bar')",
            "def foo(a, b):\n    return foo(b, a)\n",
            "def bar(a, b):\n    return bar(b, a)\n",
            id="api-selectors: function",
        ),
        pytest.param(
            "def fix(): return Query().select_var('foo').rename('bar')",
            "foo = 42\nprint(foo)\n",
            "bar = 42\nprint(bar)\n",
            id="api-selectors: var",
        ),
        pytest.param(
            selecting(
                '''select("""
                    classdef<
                        "class" name=NAME ["(" [ancestors=arglist] ")"] ":"
                        suite< any* funcdef< "def" func_name=NAME any* > any* >
                    >""")''',
                "func_name",
            ),
            "class A:\n    def f(self):\n        return 1\n",
            "class A:\n    def seen(self):\n        return 1\n",
            id="api-selectors: pattern with captures",
        ),
        pytest.param(
            "def fix(): return Query().select_var('a').is_filename(include='mod').is_filename(exclude='x').rename('b')",
            "a = 1\n",
            "b = 1\n",
            id="api-filters: is_filename",
        ),
        pytest.param(
            "def fix(): return Query().select_function('old').is_call().rename('new')",
            "def old(new):\n    return old(new)\n",
            "def old(new):\n    return new(new)\n",
            id="api-filters: is_call",
        ),
        pytest.param(
            "def fix(): return Query().select_function('old').is_def().rename('new')",
            "def old(old):\n    return old(1)\n",
            "def new(old):\n    return old(1)\n",
            id="api-filters: is_def",
        ),
        pytest.param(
            "def fix(): return Query().select_method('old').in_class('A', include_subclasses=False).rename('new')",
            "class A:\n    def old(self, x): return x\n\n\nclass B(A):\n    def old(self, x): return x\n",
            "class A:\n    def new(self, x): return x\n\n\nclass B(A):\n    def old(self, x): return x\n",
            id="api-filters: in_class",
        ),
        pytest.param(
            "def fix(): return Query().select_attribute('f').in_class('Bar').encapsulate('_f')",
            "class Bar:\n    f = '42'\n",
            "class Bar:\n    _f = '42'\n    @property\n    def f(self):\n        return self._f\n\n"
            "    @f.setter\n    def f(self, value):\n        self._f = value\n\n    ",
            id="api-modifiers: encapsulate",
        ),
        pytest.param(
            """
            def f(x, y): pass

            def fix(): return Query().select_function(f).remove_argument("y")
            """,
            "def f(x, y):\n    return x\n\n\nprint(f(1, 2))\n",
            "def f(x):\n    return x\n\n\nprint(f(1))\n",
            id="api-modifiers: remove_argument",
        ),
        pytest.param(
            "def fix(): return Query().select_function('f').modify_argument('x', new_name='y', default_value='1')",
            "def f(x):\n    return 1\n\n\nprint(f(x=2))\n",
            "def f(y= 1):\n    return 1\n\n\nprint(f(y=2))\n",
            id="api-modifiers: modify_argument",
        ),
    ],
)
def test_an_example_works(tmp_path: Path, text: str, before: str, after: str) -> None:
    works(tmp_path, text, before, after)


def test_the_arguments_of_a_script_are_those_of_the_function(tmp_path: Path) -> None:
    text = "def fix(old_name, new_name): return Query().select_function(old_name).rename(new_name)"
    works(tmp_path, text, "def foo(): pass\n", "def bar(): pass\n", "foo", "bar")


@pytest.mark.parametrize(
    ("modifier", "before"),
    [
        pytest.param("add_argument('y', '5', positional=True)", "print(f(3))\n", id="positional"),
        pytest.param("add_argument('y', '5', positional=True, after=START)", "print(f(3))\n", id="at the start"),
    ],
)
def test_an_argument_that_each_run_adds_once_more_is_refused(tmp_path: Path, modifier: str, before: str) -> None:
    query = QueryFile(tmp_path, f"def fix(): return Query().select_function('f').{modifier}")
    result = check_noop(codemod, "from a import f\n" * ("print" in before) + before, config=query.config)
    assert {breakage.code for breakage in result.withheld} == {"TK206"}


@pytest.mark.parametrize(
    ("modifier", "parameters"),
    [
        pytest.param("add_argument('y', '5')", "x, y=5", id="keyword"),
        pytest.param("add_argument('y', '5', type_annotation='int')", "x, y: int =5", id="annotated"),
    ],
)
def test_a_parameter_that_would_come_twice_comes_once(tmp_path: Path, modifier: str, parameters: str) -> None:
    query = QueryFile(tmp_path, f"def fix(): return Query().select_function('f').{modifier}")
    after = f"def f({parameters}):\n    return x\n"
    check_transformed(codemod, "def f(x):\n    return x\n", after, config=query.config)
    result = check_noop(codemod, after, config=query.config)
    assert {breakage.code for breakage in result.withheld} == {"TK205"}


def test_an_argument_that_is_added_where_it_is_missing_is_added_once(tmp_path: Path) -> None:
    query = QueryFile(
        tmp_path,
        """
        def missing(node, capture, filename):
            return "y" not in str(capture["function_parameters"])

        def fix():
            return Query().select_function("f").is_def().filter(missing).add_argument("y", "5")
        """,
    )
    check_transformed(codemod, "def f(x):\n    return x\n", "def f(x, y=5):\n    return x\n", config=query.config)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "def fix(): return Query().select_function('old_name').rename('new_name').diff(interactive=True)",
            r"calls \.diff\(\), which runs the query itself: take it off, and return the query",
            id="README: diff",
        ),
        pytest.param(
            "query = Query().select_function('a').rename('b')\nquery.diff()\nquery.write()\ndef fix(): return query",
            r"calls \.diff\(\), which runs the query itself",
            id="README of the package: at the top level",
        ),
        pytest.param(
            "def fix(): return Query(['src/']).select_function('a').rename('b')",
            r"names paths \(src/\): give them on the command line instead",
            id="README: paths",
        ),
        pytest.param(
            "fix = Query().select_function('a').rename('b')",
            "is a query: put it into a function that returns it",
            id="README: a query in a variable",
        ),
        pytest.param("def fix(): Query().execute(interactive=True)", r"calls \.execute\(\)", id="execute"),
        pytest.param(
            "def fix(): return Query('.').select_function('a').rename('b').idiff()", r"\.idiff\(\)", id="idiff"
        ),
        pytest.param("def fix(): return Query().select_root().write()", r"calls \.write\(\)", id="api-query: write"),
        pytest.param("def fix(): return Query().select_root().silent()", r"calls \.silent\(\)", id="silent"),
        pytest.param("def fix(): return Query().select_root().dump()", r"calls \.dump\(\)", id="api-query: dump"),
        pytest.param(
            "old, new, more = []\n(Query('.').select_function(old).rename(new).idiff())",
            "can't be imported: ValueError: ",
            id="basics-usage: a script that reads its arguments",
        ),
        pytest.param(
            "def fix(): return Query().select('{name}', name='x')",
            r"raises an error: TypeError: .*unexpected keyword argument 'name'",
            id="api-query: keywords of select, which Bowler itself doesn't take",
        ),
        pytest.param(
            "def fix(): return Query().select_function('f').remove_argument('y')",
            "raises an error: ValueError: remove_argument requires passing original function",
            id="api-modifiers: remove_argument by name",
        ),
        pytest.param(
            "def fix(): return Query().select_attribute('f').encapsulate()",
            "raises an error: ValueError: encapsulate requires in_class filter",
            id="api-modifiers: encapsulate alone",
        ),
    ],
)
def test_an_example_is_refused_with_a_reason(tmp_path: Path, text: str, expected: str) -> None:
    query = QueryFile(tmp_path, text)
    with pytest.raises(UsageError, match=expected) as caught:
        check_noop(codemod, "def old_name():\n    return 1\n", config=query.config)
    assert "\n" not in str(caught.value)
