"""How tests end, from pytest's reports and from unittest's results."""

from __future__ import annotations

import functools
import sys
import unittest
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from codemods.evidence.hooks import replaced
from codemods.evidence.recorder import Recorder
from codemods.evidence.schema import Outcome

if TYPE_CHECKING:
    import pytest

_METHODS: dict[str, Outcome] = {
    "addSuccess": "passed",
    "addError": "error",
    "addFailure": "failed",
    "addSkip": "skipped",
    "addExpectedFailure": "xfailed",
    "addUnexpectedSuccess": "xpassed",
}


def outcome_of(report: pytest.TestReport) -> Outcome | None:
    """What a phase of a test says of it; None for a set-up or tear-down that only passed."""
    expected = hasattr(report, "wasxfail")
    if report.failed:
        return "failed" if report.when == "call" else "error"
    if report.skipped:
        return "xfailed" if expected else "skipped"
    if report.when != "call":
        return None
    return "xpassed" if expected else "passed"


@contextmanager
def unittest_results(recorder: Recorder) -> Iterator[None]:
    """Tell a recorder which test of unittest runs and how it ends.

    It listens at `unittest.TestResult`, which every runner's result calls up to.
    """
    with ExitStack() as stack:
        result = unittest.TestResult
        stack.enter_context(replaced(result, "startTest", functools.partial(_starting, recorder)))
        stack.enter_context(replaced(result, "stopTest", functools.partial(_stopping, recorder)))
        stack.enter_context(replaced(result, "addSubTest", functools.partial(_subtest, recorder)))
        for name, outcome in _METHODS.items():
            stack.enter_context(replaced(result, name, functools.partial(_adding, recorder, outcome)))
        yield


def _starting(recorder: Recorder, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def start_test(self: unittest.TestResult, test: unittest.TestCase) -> None:
        recorder.started(id_of(recorder, test))
        original(self, test)

    return start_test


def _stopping(recorder: Recorder, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def stop_test(self: unittest.TestResult, test: unittest.TestCase) -> None:
        original(self, test)
        recorder.started(None)

    return stop_test


def _adding(recorder: Recorder, outcome: Outcome, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def add(self: unittest.TestResult, test: unittest.TestCase, *details: Any) -> None:
        recorder.ended(id_of(recorder, test), outcome)
        original(self, test, *details)

    return add


def _subtest(recorder: Recorder, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def add_subtest(self: unittest.TestResult, test: unittest.TestCase, subtest: unittest.TestCase, error: Any) -> None:
        if error is not None:
            recorder.ended(id_of(recorder, test), "failed" if issubclass(error[0], test.failureException) else "error")
        original(self, test, subtest, error)

    return add_subtest


def id_of(recorder: Recorder, test: unittest.TestCase) -> str:
    """`path::Class::method`; unittest's own id for what stands in no file of the project."""
    kind = type(test)
    path = recorder.project.path(getattr(sys.modules.get(kind.__module__), "__file__", None) or "")
    method = getattr(test, "_testMethodName", "")
    return f"{path}::{kind.__qualname__.replace('.', '::')}::{method}" if path and method else test.id()
