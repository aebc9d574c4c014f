"""Where calls and doubles stand, and what the code around a call does with its result."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import CodeType
from typing import cast

import pytest

from codemods.evidence.places import Places, Site
from codemods.evidence.schema import Form, FunctionKind, Place
from tests.evidence.conftest import Record

FORMS: list[tuple[str, str, str, Form, FunctionKind]] = [
    ("statement", "double.m()", "double.m()", "statement", "async"),
    ("awaited", "await double.m()", "double.m()", "awaited", "async"),
    ("several-lines", "(double\n     .m(\n         1))", "double\n     .m(\n         1)", "statement", "async"),
    ("argument", "print(double.m(), file=None)", "double.m()", "argument", "async"),
    ("keyword", "dict(x=double.m())", "double.m()", "argument", "async"),
    ("nested", "double.other(double.m(1))", "double.m(1)", "argument", "async"),
    ("assigned", "x = double.m()", "double.m()", "assigned", "async"),
    ("annotated", "x: object = double.m()", "double.m()", "assigned", "async"),
    ("walrus", "(x := double.m())", "double.m()", "assigned", "async"),
    ("augmented", "x = []; x += [double.m()]", "double.m()", "value", "async"),
    ("compared", "double.m() == 3", "double.m()", "value", "async"),
    ("condition", "if double.m(): pass", "double.m()", "value", "async"),
    ("assert", "assert double.m()", "double.m()", "value", "async"),
    ("f-string", 'f"{1} {double.m(1)!r:>10}"', "double.m(1)", "value", "async"),
    ("behind-umlauts", "'äöü'; double.m('ß')", "double.m('ß')", "statement", "async"),
    ("attribute", "double.m().__class__", "double.m()", "attribute", "async"),
    ("item", "with contextlib.suppress(TypeError): double.m()[0]", "double.m()", "attribute", "async"),
    ("called", "with contextlib.suppress(TypeError): double.m()()", "double.m()", "attribute", "async"),
    ("method", "double.m().close()", "double.m()", "attribute", "async"),
    ("returned", "return double.m()", "double.m()", "returned", "async"),
    ("lambda", "(lambda: double.m())()", "double.m()", "returned", "lambda"),
    ("default-of-lambda", "(lambda x=double.m(): x)()", "double.m()", "value", "async"),
    ("comprehension", "[double.m() for _ in range(2)]", "double.m()", "value", "comprehension"),
    ("dict-comprehension", "{1: double.m() for _ in range(2)}", "double.m()", "value", "comprehension"),
    ("generator", "list(double.m() for _ in range(2))", "double.m()", "value", "comprehension"),
    ("condition-of-comprehension", "[_ for _ in range(2) if double.m()]", "double.m()", "value", "comprehension"),
    ("second-iterable", "try: [1 for _ in 'a' for _ in double.m()]\n    except TypeError: pass", "double.m()", "for",
     "comprehension"),
    ("first-iterable", "try: [1 for _ in double.m()]\n    except TypeError: pass", "double.m()", "for", "async"),
    ("for", "try:\n        for _ in double.m(): pass\n    except TypeError: pass", "double.m()", "for", "async"),
    ("async-for", "try:\n        async for _ in double.m(): pass\n    except TypeError: pass", "double.m()",
     "async for", "async"),
    ("with", "try:\n        with double.m(): pass\n    except (TypeError, AttributeError): pass", "double.m()", "with",
     "async"),
    ("async-with", "try:\n        async with double.m() as x: pass\n    except (TypeError, AttributeError): pass",
     "double.m()", "async with", "async"),
    ("body-of-with", "with contextlib.nullcontext(1): double.m()", "double.m()", "statement", "async"),
    ("sync-function", "def inner():\n        double.m()\n    inner()", "double.m()", "statement", "sync"),
    ("yielded", "def inner():\n        yield double.m()\n    list(inner())", "double.m()", "returned", "sync"),
    ("default-of-function", "def inner(x=double.m()): pass", "double.m()", "value", "async"),
    ("decorator", "@functools.partial(lambda made, f: f, double.m())\n    def inner(): pass", "double.m()", "argument",
     "async"),
    ("class-body", "class Inner:\n        x = double.m()", "double.m()", "assigned", "class"),
    ("starred", "with contextlib.suppress(TypeError): print(*double.m())", "double.m()", "value", "async"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "text", "form", "around"), [case[1:] for case in FORMS], ids=[case[0] for case in FORMS]
)
def test_forms_of_calls(record: Record, code: str, text: str, form: Form, around: FunctionKind) -> None:
    recorded = record(f"double = AsyncMock()\nasync def main():\n    {code}\nasyncio.run(main())\n")
    call = recorded.call("m")
    assert (recorded.text(call.place), call.form, call.around) == (text, form, around)
    assert call.caller == ""


def test_module_level(record: Record) -> None:
    recorded = record("AsyncMock()()")
    assert recorded.call(of="AsyncMock()").around == "module"


def test_a_comprehension_in_a_class_body(record: Record) -> None:
    recorded = record("double = AsyncMock()\nclass Inner:\n    made = [double() for _ in 'ab']")
    assert recorded.call().around == "comprehension"


def test_entering_has_the_place_of_the_item(record: Record) -> None:
    recorded = record(
        """
        double = MagicMock()
        with double.lock() as entered:
            pass
        async def main():
            async with double.begin() as session:
                session.add(1)
        asyncio.run(main())
        """
    )
    enter, leave = recorded.call("lock", "()", "__enter__"), recorded.call("begin", "()", "__aexit__")
    assert (recorded.text(enter.place), enter.form) == ("double.lock()", "with")
    assert (recorded.text(leave.place), leave.form) == ("double.begin()", "async with")


def test_entering_several_items_at_once(record: Record) -> None:
    recorded = record("double = MagicMock()\nwith double.one(), double.two(): pass")
    entered = recorded.call("one", "()", "__enter__")
    if sys.version_info >= (3, 13):
        assert recorded.text(entered.place) == "double.one()"
    else:  # the compiler notes the whole statement for all of them
        assert (entered.place.end_line, entered.form) == (0, "unknown")


def test_iterating_has_the_place_of_the_iterable(record: Record) -> None:
    recorded = record("double = MagicMock()\nfor _ in double.rows():\n    pass")
    call = recorded.call("rows", "()", "__iter__")
    assert (recorded.text(call.place), call.form) == ("double.rows()", "for")


def test_an_item_is_a_call_of_a_magic_method(record: Record) -> None:
    recorded = record("MagicMock()[0].x()")
    call = recorded.call("__getitem__", of="MagicMock()")
    assert (recorded.text(call.place), call.form) == ("MagicMock()[0]", "attribute")
    assert recorded.text(recorded.call("__getitem__", "()", "x").place) == "MagicMock()[0].x()"


def test_a_call_by_a_library_has_the_place_where_the_project_called_that(record: Record) -> None:
    recorded = record("import json\ndouble = MagicMock(return_value=1)\njson.dumps(double, default=double)")
    call = recorded.call()
    assert (recorded.text(call.place), call.caller) == ("json.dumps(double, default=double)", "json.encoder")
    assert (call.form, call.around) == ("unknown", "unknown")


def test_a_call_through_another_mock_is_its_callers(record: Record) -> None:
    recorded = record("inner = AsyncMock()\nouter = MagicMock(side_effect=inner)\nmade = outer()")
    call = recorded.call(of="AsyncMock()")
    assert (recorded.text(call.place), call.form, call.caller) == ("outer()", "assigned", "")


def test_a_call_that_nothing_of_the_project_made(record: Record) -> None:
    recorded = record("double = AsyncMock()\nthread = threading.Thread(target=double)\nthread.start()\nthread.join()")
    call = recorded.call()
    assert (call.place.path, call.place.line, call.caller, call.form) == ("", 0, "threading", "unknown")


def test_installed_code_is_not_the_projects(record: Record) -> None:
    recorded = record("AsyncMock()()", path="venv/lib/site-packages/library.py")
    (double,) = recorded.evidence.doubles
    assert (double.place.path, double.calls[0].caller) == ("", "code")
    assert recorded.evidence.files == {}


def test_paths_have_forward_slashes_and_files_a_digest(record: Record) -> None:
    recorded = record("AsyncMock()", path="deep/er/code.py")
    assert recorded.double().place.path == "deep/er/code.py"
    assert list(recorded.evidence.files) == ["deep/er/code.py"]
    assert len(recorded.evidence.files["deep/er/code.py"]) == 32


def test_a_coroutine_without_a_mock_has_its_call(record: Record) -> None:
    recorded = record("def main():\n    x = 1; serve(\n        x)\nmain()")
    dropped = recorded.coroutine()
    assert (recorded.text(dropped.place), dropped.form, dropped.around) == ("serve(\n        x)", "statement", "sync")
    assert recorded.text(dropped.defined) == "async def serve(*arguments): ..."
    assert [frame.function for frame in dropped.stack] == ["main", "<module>"]


def test_two_calls_of_one_name_on_a_line_leave_only_the_line(record: Record) -> None:
    recorded = record("serve(1), serve(2)")
    assert (recorded.coroutine().place.end_line, recorded.coroutine().form) == (0, "unknown")
    assert recorded.coroutine().count == 2


def test_a_method_call_over_several_lines_counts_to_the_line_of_its_name(record: Record) -> None:
    recorded = record("(Repository()\n  .load(\n    1))")
    assert recorded.text(recorded.coroutine().place) == "Repository()\n  .load(\n    1)"


def test_a_definition_starts_behind_its_decorators(record: Record) -> None:
    recorded = record("def same(f):\n    return f\n\n@same\n@same\nasync def decorated(): ...\ndecorated()")
    assert recorded.text(recorded.coroutine().defined) == "async def decorated(): ..."


class Compiled:
    """A code object that counts how often its positions are read."""

    def __init__(self) -> None:
        self.reads = 0

    def co_positions(self) -> Iterator[tuple[int, int, int, int]]:
        self.reads += 1
        return ((line, line, 0, 1) for line in range(1, 9))


def test_the_positions_of_a_function_are_read_once_however_many_places_lie_in_it() -> None:
    compiled = Compiled()
    sites = [Site("test_it.py", cast("CodeType", compiled), 2 * index) for index in range(8)]
    places = Places(sites)
    assert [places.of(site).line for site in sites] == list(range(1, 9))
    assert compiled.reads == 1


def test_an_instruction_that_the_compiler_noted_nothing_of_has_no_line() -> None:
    site = Site("test_it.py", cast("CodeType", Compiled()), 100)
    assert Places([site]).of(site) == Place("test_it.py", 0)
