"""What is known of test classes and async tests (AM3xx) in one module."""

from __future__ import annotations

import msgspec


class Base(msgspec.Struct, frozen=True, array_like=True):
    """One base of a class as written (`unittest.TestCase`; "" where it is no dotted name), and its span.

    Of `Base[int]` the name is `Base`.
    """

    dotted: str
    start: int
    end: int


class SuperCall(msgspec.Struct, frozen=True, array_like=True):
    """A statement that is nothing but `super().name()`, with or without `await`: the span of its expression.

    `first` and `last`: whether it opens (behind a docstring) and ends its function.  `arguments`: it has some.
    """

    name: str
    start: int
    end: int
    awaited: bool
    first: bool
    last: bool
    arguments: bool


class Function(msgspec.Struct, frozen=True, array_like=True):
    """An async test, or a set-up or tear-down function, async or not.

    `start` is where the definition begins (its first decorator's `@`), `keyword` where `async` or `def` stands.
    `decorators` are their dotted names, "" for what is none (of `@a.b(c)` it is `a.b`).  `yields`: it is a generator.
    `supers` are its statements that call `super()`, `odd_supers` says that there are calls of another form.
    `called`: the module calls its name somewhere.  These three are told of set-ups only where they may be renamed.
    """

    name: str
    line: int
    column: int
    start: int
    keyword: int
    end: int
    name_start: int
    name_end: int
    is_async: bool
    yields: bool
    called: bool
    decorators: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    supers: tuple[SuperCall, ...] = ()
    odd_supers: bool = False


class TestClass(msgspec.Struct, frozen=True, array_like=True):
    """A class of a module, in a class or at the top level; those in functions are no test runner's.

    `bases` are the positional ones; `open_bases` says that there are starred ones, `metaclass` is that of the header.
    `marks` are the names in `pytestmark` ("" for what is none), `test` is False under `__test__ = False`.
    `members` are names of the class that decide how its tests are run (`run`, `__init__`, ...).
    `hazards` say what in it may break in an IsolatedAsyncioTestCase.
    """

    name: str
    line: int
    column: int
    bases: tuple[Base, ...]
    open_bases: bool
    metaclass: str
    decorators: tuple[str, ...]
    marks: tuple[str, ...]
    test: bool
    members: tuple[str, ...]
    hazards: tuple[str, ...]
    functions: tuple[Function, ...]


class TestFacts(msgspec.Struct, frozen=True):
    """The facts of one module about test classes and async tests.

    `functions` are those at the top level, `marks` the names in the module's `pytestmark`.  `first` is the span of the
    first statement behind the docstring and `__future__` imports (0, 0 in an empty module).  `case_uses` counts how
    often a `TestCase` that is imported by name from unittest is read.
    """

    classes: tuple[TestClass, ...] = ()
    functions: tuple[Function, ...] = ()
    marks: tuple[str, ...] = ()
    first: tuple[int, int] = (0, 0)
    case_uses: int = 0


SETUPS = {
    "setUp": "asyncSetUp",
    "tearDown": "asyncTearDown",
    "setUpClass": "",
    "tearDownClass": "",
    "setup_method": "",
    "teardown_method": "",
    "setup_class": "",
    "teardown_class": "",
}
"""Methods that unittest and pytest call before and after tests: the async counterpart that unittest has for it."""

MODULE_SETUPS = frozenset(
    {"setUpModule", "tearDownModule", "setup_module", "teardown_module", "setup_function", "teardown_function"}
)
"""Functions of a module that they call."""

ASYNC_SETUPS = frozenset({"asyncSetUp", "asyncTearDown"})
"""Methods that nothing but an IsolatedAsyncioTestCase calls."""

RUNNING = frozenset(
    {
        "run", "debug", "_callTestMethod", "_callSetUp", "_callTearDown", "__call__", "__getattribute__",
        "__init_subclass__", "__new__",
    }
)  # fmt: skip
"""Methods of a class that change how unittest runs its tests."""
