"""Several parts become one: of the workers of pytest-xdist, of the shards of a CI job, of several Python versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from codemods.evidence.schema import (
    CALLS_OF_DOUBLE,
    DOUBLES,
    TESTS_NAMED,
    VERSION,
    Call,
    Coroutine,
    Double,
    Evidence,
    Fate,
    Outcome,
    Test,
)

_RANK: tuple[Outcome, ...] = ("error", "failed", "xpassed", "passed", "xfailed", "skipped", "unknown")
"""Of a test that ran more than once, the outcome that comes first here is the one that is kept."""

_Record = TypeVar("_Record", Double, Call, Coroutine)
_Indices = Callable[[tuple[int, ...]], tuple[int, ...]]


def merged(several: Sequence[Evidence]) -> Evidence:
    """One evidence of all, in an order that doesn't depend on theirs.

    Records that tell of the same expression are added up, so a double that each part created counts once for each.  A
    file that differed between the parts keeps no digest (""), which makes what is said of it out of date.
    """
    tests = _tests(several)
    number_of_test = {test.id: index for index, test in enumerate(tests)}
    keys = sorted({_double_key(double) for part in several for double in part.doubles})
    number_of_double = {key: index for index, key in enumerate(keys[:DOUBLES])}
    doubles: list[Double] = []
    coroutines: list[Coroutine] = []
    for part in several:
        test_numbers = [number_of_test[test.id] for test in part.tests]
        double_numbers = [number_of_double.get(_double_key(double), -1) for double in part.doubles]
        renumbered = _Renumbering(test_numbers, double_numbers)
        doubles += [
            renumbered.double(double)
            for double, number in zip(part.doubles, double_numbers, strict=True)
            if number >= 0
        ]
        coroutines += [renumbered.coroutine(coroutine) for coroutine in part.coroutines]
    left_out = sum(part.left_out for part in several) + len(keys) - len(number_of_double)
    added = tuple(_added_double(group) for group in _groups(doubles, _double_key))
    return Evidence(
        version=VERSION,
        python=", ".join(sorted({part.python for part in several})),
        files=_files(several),
        tests=tests,
        doubles=added,
        coroutines=tuple(_added_coroutine(group) for group in _groups(coroutines, _coroutine_key)),
        left_out=left_out,
    )


class _Renumbering:
    """The indices of one part, in the whole."""

    def __init__(self, tests: list[int], doubles: list[int]) -> None:
        self._tests = tests
        self._doubles = doubles

    def double(self, double: Double) -> Double:
        return msgspec.structs.replace(
            double,
            parents=self._of_doubles(double.parents),
            tests=self._of_tests(double.tests),
            calls=tuple(
                msgspec.structs.replace(
                    call, handed_to=self._of_doubles(call.handed_to), tests=self._of_tests(call.tests)
                )
                for call in double.calls
            ),
        )

    def coroutine(self, coroutine: Coroutine) -> Coroutine:
        return msgspec.structs.replace(
            coroutine, handed_to=self._of_doubles(coroutine.handed_to), tests=self._of_tests(coroutine.tests)
        )

    def _of_tests(self, indices: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(self._tests[index] for index in indices)

    def _of_doubles(self, indices: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(number for index in indices if (number := self._doubles[index]) >= 0)


def _double_key(double: Double) -> Any:
    return (double.place, double.made_by, double.type, double.spec, double.target, double.original)


def _call_key(call: Call) -> Any:
    return (call.chain, call.place, call.caller, call.asynchronous, call.form, call.around)


def _coroutine_key(coroutine: Coroutine) -> Any:
    return (
        coroutine.defined, coroutine.module, coroutine.function, coroutine.place, coroutine.form, coroutine.around,
        coroutine.is_test,
    )  # fmt: skip


def _groups(records: Iterable[_Record], key: Callable[[_Record], Any]) -> list[list[_Record]]:
    groups: dict[Any, list[_Record]] = {}
    for record in records:
        groups.setdefault(key(record), []).append(record)
    return [group for _key, group in sorted(groups.items(), key=lambda item: item[0])]


def _added_double(group: list[Double]) -> Double:
    calls = [_added_call(calls) for calls in _groups((call for double in group for call in double.calls), _call_key)]
    return msgspec.structs.replace(
        group[0],
        parents=_union(double.parents for double in group),
        attributes=tuple(sorted({name for double in group for name in double.attributes})[:CALLS_OF_DOUBLE]),
        count=sum(double.count for double in group),
        tests=_union(double.tests for double in group)[:TESTS_NAMED],
        calls=tuple(calls),
    )


def _added_call(group: list[Call]) -> Call:
    dropping = _union(call.tests[: call.dropping] for call in group)[:TESTS_NAMED]
    others = [index for index in _union(call.tests for call in group) if index not in dropping]
    return msgspec.structs.replace(
        group[0],
        count=sum(call.count for call in group),
        fate=Fate(*(sum(getattr(call.fate, name) for call in group) for name in Fate.__struct_fields__)),
        real=max(call.real for call in group),  # "" where the model was gone when the call was first seen
        handed_to=_union(call.handed_to for call in group),
        tests=(*dropping, *others)[:TESTS_NAMED],
        stack=min((call.stack for call in group if call.stack), default=()),
        dropping=len(dropping),
    )


def _added_coroutine(group: list[Coroutine]) -> Coroutine:
    return msgspec.structs.replace(
        group[0],
        count=sum(coroutine.count for coroutine in group),
        handed_to=_union(coroutine.handed_to for coroutine in group),
        tests=_union(coroutine.tests for coroutine in group)[:TESTS_NAMED],
        stack=min((coroutine.stack for coroutine in group if coroutine.stack), default=()),
    )


def _union(several: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sorted({index for indices in several for index in indices}))


def _tests(several: Sequence[Evidence]) -> tuple[Test, ...]:
    outcomes: dict[str, Outcome] = {}
    for part in several:
        for test in part.tests:
            outcomes[test.id] = min(outcomes.get(test.id, "unknown"), test.outcome, key=_RANK.index)
    return tuple(Test(name, outcome) for name, outcome in sorted(outcomes.items()))


def _files(several: Sequence[Evidence]) -> dict[str, str]:
    digests: dict[str, str] = {}
    for part in several:
        for path, digest in part.files.items():
            digests[path] = digest if digests.get(path, digest) == digest else ""
    return digests
