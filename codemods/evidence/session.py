"""One recorded run of pytest: tests by their ids, the parts of xdist's workers, and the file."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from codemods.evidence.export import exported
from codemods.evidence.hooks import installed, recorder_of
from codemods.evidence.merge import merged
from codemods.evidence.outcomes import outcome_of
from codemods.evidence.output import obstacle, taken_for_a_test, write
from codemods.evidence.schema import Evidence, read, written
from codemods.evidence.syntax import completed

_PART, _ERRORS = "codemods_evidence", "codemods_evidence_errors"


class Session:
    """Registered as a plugin while a run is recorded.

    `file` is what is written, `root` the folder that paths are relative to (None: pytest's rootdir).
    A worker of pytest-xdist hands its part to the controller; the controller, or the only process, writes the file.
    """

    def __init__(self, config: pytest.Config, file: str, root: str | None) -> None:
        self._file = Path(os.path.abspath(file))
        self._root = Path(os.path.abspath(root or config.rootpath))
        self._parts: list[Evidence] = []
        self._notes: list[str] = []
        self._errors: list[str] = []
        self._hooks = ExitStack()
        self._done = False
        self._recorder = recorder_of(self._root)
        self._hooks.enter_context(installed(self._recorder))

    def pytest_configure(self, config: pytest.Config) -> None:
        """Say at once if all would be in vain."""
        if not _is_worker(config):
            given = config.invocation_params
            better = taken_for_a_test([str(each) for each in given.args], given.dir)
            problem = f'write {better}, with a "=": pytest took it for a test' if better else obstacle(self._file)
            if problem:
                raise pytest.UsageError(f"--codemods-evidence: {problem}")

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None]:
        """What happens from set-up to tear-down belongs to the test."""
        self._recorder.started(item.nodeid)
        yield
        self._recorder.started(None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The outcome of a phase."""
        outcome = outcome_of(report)
        if outcome is not None:
            self._recorder.ended(report.nodeid, outcome)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object, error: object) -> None:
        """A worker has ended: take its part."""
        output = getattr(node, "workeroutput", {})
        self._errors += output.get(_ERRORS, ())
        if _PART in output:
            self._parts.append(read(output[_PART]))
        else:
            self._notes.append("a worker ended without handing over what it had recorded")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        """All tests have run: hand the part over, or write the file.

        This is outside of pytest's own wrapper that catches warnings: those of garbage that is collected here end
        where they would have ended when the process did.
        """
        yield
        self._finish(session.config)

    def _finish(self, config: pytest.Config) -> None:
        if self._done or not self._recorder.belongs_here():
            return
        self._done = True
        try:
            evidence = exported(self._recorder)
            self._hooks.close()
            if _is_worker(config):
                config.workeroutput[_PART] = written(evidence)  # type: ignore[attr-defined]  # xdist's
            else:
                self._write(completed(merged(self._parts or [evidence]), self._root))
        except Exception as error:  # noqa: BLE001 - the tests have their outcome, whatever becomes of the file
            self._recorder.failed(error)
            self._notes.append("nothing was written")
        if _is_worker(config):
            config.workeroutput[_ERRORS] = self._recorder.errors  # type: ignore[attr-defined]  # xdist's
        self._errors += self._recorder.errors

    def _write(self, whole: Evidence) -> None:
        write(self._file, written(whole))
        of_mocks = sum(call.fate.dropped for double in whole.doubles for call in double.calls)
        lost = of_mocks + sum(each.count for each in whole.coroutines)
        doubles, never = _counted(len(whole.doubles), "double"), "was" if lost == 1 else "were"
        told = f"{doubles}, {_counted(lost, 'coroutine')} that {never} never awaited ({of_mocks} of mocks)"
        self._notes.append(f"{told}: {self._file}")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Where the file is, and what went wrong with the recording itself."""
        for line in [*self._notes, *(f"internal error: {error}" for error in self._errors)]:
            terminalreporter.write_line(f"codemods evidence: {line}")

    def pytest_unconfigure(self) -> None:
        """A run that ended before its end leaves no hook behind."""
        self._hooks.close()


def _counted(number: int, noun: str) -> str:
    """A number of things in words: "1 double", "2 doubles"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _is_worker(config: pytest.Config) -> bool:
    """Whether this is a process of pytest-xdist that runs tests; it is known from `pytest_configure` on."""
    return hasattr(config, "workerinput")
