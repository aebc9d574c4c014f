"""From counters to the records of the schema, with places as the compiler noted them.

`syntax.completed` makes them places of the source.
"""

from __future__ import annotations

import gc
import inspect
import platform
from types import CoroutineType

from codemods.evidence.places import OUTSIDE, Places
from codemods.evidence.recorder import Recorder
from codemods.evidence.records import CallRecord, CoroutineRecord, DoubleRecord, Named
from codemods.evidence.schema import (
    TESTS_NAMED,
    VERSION,
    Call,
    Coroutine,
    Double,
    Evidence,
    Fate,
    Frame,
    Place,
    Test,
)


def exported(recorder: Recorder) -> Evidence:
    """All that was recorded.  Mocks and coroutines that are garbage are collected first: they count as dropped."""
    gc.collect()
    with recorder.lock:
        _count_pending(recorder)
        places = Places(recorder.project.sites)
        tests = tuple(Test(name, recorder.outcomes.get(name, "unknown")) for name in recorder.tests)
        return Evidence(
            version=VERSION,
            python=platform.python_version(),
            files={},
            tests=tests,
            doubles=tuple(_double(record, places) for record in recorder.doubles),
            coroutines=tuple(_coroutine(record) for record in recorder.plain.records.values()),
            left_out=recorder.left_out + recorder.plain.left_out,
        )


def _count_pending(recorder: Recorder) -> None:
    for doubled in recorder.doubles:
        for call in doubled.calls.values():
            call.pending = 0
    for thing in gc.get_objects():
        if type(thing) is CoroutineType and inspect.getcoroutinestate(thing) == inspect.CORO_CREATED:
            token = recorder.token_of(thing)
            if token is not None and not token.done:
                token.call.pending += 1


def _tests(first: Named, more: Named | None = None) -> tuple[int, ...]:
    return tuple(dict.fromkeys([*first.first, *(more.first if more else ())]))[:TESTS_NAMED]


def _call(record: CallRecord, places: Places) -> Call:
    settled = record.awaited + record.cancelled + record.dropped + record.pending
    fate = Fate(
        awaited=record.awaited,
        cancelled=record.cancelled,
        closed=record.count - settled if record.asynchronous else 0,
        dropped=record.dropped,
        pending=record.pending,
    )
    return Call(
        chain=record.chain,
        asynchronous=record.asynchronous,
        place=Place(*record.line) if record.line else places.of(record.site),
        caller=record.caller,
        form="unknown",
        around="unknown",
        count=record.count,
        fate=fate,
        real=record.real,
        handed_to=tuple(sorted(record.handed_to)),
        tests=_tests(record.dropping, record.tests),
        stack=tuple(Frame(places.of(site), site.code.co_qualname) for site in record.stack),
        dropping=len(record.dropping.first),
    )


def _double(record: DoubleRecord, places: Places) -> Double:
    return Double(
        place=places.of(record.site),
        made_by=record.made_by,
        type=record.type,
        spec=record.spec,
        target=record.target,
        original=record.original,
        parents=tuple(sorted(record.parents)),
        attributes=tuple(sorted(record.attributes)),
        count=record.count,
        tests=_tests(record.tests),
        calls=tuple(_call(call, places) for call in record.calls.values()),
    )


def _coroutine(record: CoroutineRecord) -> Coroutine:
    return Coroutine(
        function=record.function,
        module=record.module,
        defined=Place(*record.defined) if record.defined[0] else OUTSIDE,
        place=Place(*record.made) if record.made else OUTSIDE,
        form="unknown",
        around="unknown",
        is_test=record.is_test,
        count=record.count,
        handed_to=tuple(sorted(record.handed_to)),
        tests=_tests(record.tests),
        stack=tuple(Frame(Place(path, line), function) for path, line, function in record.stack),
    )
