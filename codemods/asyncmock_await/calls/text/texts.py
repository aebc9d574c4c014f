"""What the text of a module says of its functions: none of them has to be read for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from functools import cached_property

from codemods.asyncmock_await.calls.module.forms import ASKING, ASKS
from codemods.asyncmock_await.calls.module.scan import Function, parameters
from codemods.asyncmock_await.calls.text.candidates import gives_doubles
from codemods.asyncmock_await.calls.text.places import values_assigned
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import last_part
from codemods.toolkit.python.project import Module

_MADE = (
    rb"AsyncMock", rb"async_stub", rb"create_autospec", rb"spec(?:_set)?[ ]?=", rb"wraps[ ]?=", rb"mock_add_spec\(",
    rb"Mock\([A-Za-z_][\w.]*[,)]",
)  # fmt: skip
"""What a line says that may make an AsyncMock, or a mock with AsyncMocks among its members."""

_DEFAULT = rb"DEFAULT\b"
"""What a `patch.multiple` says where it makes a mock itself: for an `async def` that is an AsyncMock."""

_STARTING = (b".start()", b"enterContext(", b"enter_context(")
_SYNC_MOCK = re.compile(rb"\n[ \t]++(\w++)[ \t]*+=[ \t]*+(?:\w++\.)*+(?:Magic)?Mock\(")
_AWAITED = re.compile(rb"await[ \t]++(\w++)((?:\.\w++)++)\(")
_CALLED = re.compile(rb"(?<![\w.])([A-Za-z_]\w*+)(?:\.\w++)*+\(")


class Texts:
    """The functions of one module, by their text; what was found out is kept.

    `spelled` are the names by which the module knows `AsyncMock` and `patch`.
    """

    def __init__(self, module: Module, mocks: MockNames, spelled: frozenset[bytes]) -> None:
        self._module = module
        self._mocks = mocks
        self._spelled = spelled
        self._mentioning: dict[Function, bool] = {}
        self._values: dict[str, list[str]] = {}

    @cached_property
    def _making(self) -> tuple[re.Pattern[bytes], ...]:
        """What a piece of code says that may make an AsyncMock."""
        spelled = [written for written, what in self._mocks.spellings if what == "AsyncMock"]
        several = (_DEFAULT,) if b"patch.multiple(" in self._module.source.body else ()
        words = [*_MADE, *several, *(re.escape(word).encode() for word in spelled if word != "AsyncMock")]
        return tuple(re.compile(word) for word in words)

    def mentions_mocks(self, function: Function) -> bool:
        """Whether a function makes an AsyncMock, as its text tells."""
        found = self._mentioning.get(function)
        if found is None:
            found = self._mentioning[function] = self.makes_mocks(function)
        return found

    def may_set_mocks(self, setup: Function) -> bool:
        """Whether a set-up may give AsyncMocks to `self`: a patch that it starts makes one of an `async def`."""
        start, end = self._module.span(setup)
        body = self._module.source.body
        return self.mentions_mocks(setup) or (
            body.find(b"patch", start, end) >= 0 and any(body.find(word, start, end) >= 0 for word in _STARTING)
        )

    def makes_mocks(self, node: ast.stmt | ast.expr) -> bool:
        """Whether a piece of code makes an AsyncMock."""
        return self.makes_between(*self._module.whole_span(node))

    def makes_between(self, start: int, end: int) -> bool:
        """Whether the code in a span makes an AsyncMock."""
        return any(word.search(self._module.source.body, start, end) for word in self._making)

    def parametrises(self, function: Function) -> bool:
        """Whether a function is given AsyncMocks as parameters that `parametrize` makes."""
        marks = (each for each in function.decorator_list if isinstance(each, ast.Call))
        return any(last_part(each.func) == "parametrize" and self.makes_mocks(each) for each in marks)

    def asks(self, function: Function) -> bool:
        """Whether a function finds out itself what a call gives, or says that nothing is awaited."""
        start, end = self._module.whole_span(function)
        body = self._module.source.body
        if not any(body.find(word, start, end) >= 0 for word in ASKING):
            return False
        return any(pattern.search(body, start, end) for pattern in ASKS)

    def yields_patched(self, function: Function) -> bool:
        """Whether a fixture may yield what a patch puts in place: an AsyncMock by itself, for an `async def`."""
        start, end = self._module.span(function)
        return all(self._module.source.body.find(word, start, end) >= 0 for word in (b"yield", b"patch"))

    def awaits_sync_mock(self, function: Function) -> bool:
        """Whether a function awaits a member of a sync mock that it makes, and doesn't set it."""
        start, end = self._module.span(function)
        body = self._module.source.body
        if not isinstance(function, ast.AsyncFunctionDef) or body.find(b"Mock(", start, end) < 0:
            return False
        made = set(_SYNC_MOCK.findall(body, start, end))
        awaited = (match for match in _AWAITED.finditer(body, start, end) if match[1] in made) if made else ()
        return any(body.find(match[1] + match[2] + b" =", start, end) < 0 for match in awaited)

    def may_give_double(self, function: Function, given: Collection[str]) -> bool:
        """Whether a function may give a double, if some of its parameters are one."""
        start, end = self._module.span(function)
        return gives_doubles(
            self._module.source.body[start:end], [name for name in parameters(function) if name in given], self._spelled
        )

    def calls_one_of(self, function: Function, names: Collection[str]) -> bool:
        """Whether a function calls something by one of some names: it may make an object of the project."""
        start, end = self._module.span(function)
        return any(match[1].decode() in names for match in _CALLED.finditer(self._module.source.body, start, end))

    def values_of(self, attribute: str) -> list[str]:
        """What the module assigns to attributes of `self` that have a name: dotted names, by the text."""
        found = self._values.get(attribute)
        if found is None:
            named = values_assigned(self._module.source.body, f"self.{attribute}".encode())
            found = self._values[attribute] = [value.decode() for value in named]
        return found
