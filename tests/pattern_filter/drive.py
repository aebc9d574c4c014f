"""Run a rewritten runner for many categories and patterns in one process: `drive.py RUNNER` reads and prints JSON.

For each (category, pattern, alone) the runner builds its command.  With `alone` pytest runs with just this one.  The
others are taken together where their commands differ in `-k` and `-m` only: pytest collects once, and its own code
selects by each of the options from what it collected.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import shlex
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from _pytest.mark import deselect_by_keyword, deselect_by_mark

FIXED = ("-p", "no:cacheprovider")


class Recorder:
    """A plugin that selects by several pairs of options, or knows which tests are left where there are none."""

    def __init__(self, options: Sequence[tuple[str, str]] = ()) -> None:
        self.options = options
        self.found: list[tuple[list[str], int]] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if not self.options:
            self.found.append((sorted(item.nodeid for item in session.items), 0))
        for keyword, marker in self.options:
            items = list(session.items)
            session.config.option.keyword, session.config.option.markexpr = keyword, marker
            try:
                deselect_by_keyword(items, session.config)
                deselect_by_mark(items, session.config)
            except pytest.UsageError:
                self.found.append(([], 4))
            else:
                self.found.append((sorted(item.nodeid for item in items), 0 if items else 5))
        session.config.option.keyword = session.config.option.markexpr = ""


def runner_of(path: str) -> Any:
    """The runner as a module."""
    spec = importlib.util.spec_from_file_location("runner", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def command_of(runner: Any, category: str, pattern: str) -> dict[str, Any]:
    """The arguments of pytest, and what was said on stderr."""
    args = argparse.Namespace(pattern=pattern, fast_fail=False, collect=True)
    told = io.StringIO()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()):
        try:
            words = shlex.split(runner.Runner().build_command("backend", category, args))
        except SystemExit as exit_:
            return {"ids": [], "status": exit_.code, "command": [], "told": told.getvalue()}
    return {"command": words[words.index("pytest") + 1 :], "told": told.getvalue()}


def ran(arguments: Sequence[str], recorder: Recorder) -> int:
    """The exit status of pytest."""
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        return int(pytest.main([*FIXED, *arguments], plugins=[recorder]))


def parted(command: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, str]]:
    """(what pytest collects, the values of its `-k` and `-m`)."""
    rest, values = list(command), {"-k": "", "-m": ""}
    for option in values:
        if option in rest:
            at = rest.index(option)
            values[option] = rest[at + 1]
            del rest[at : at + 2]
    assert not {"-k", "-m"} & set(rest), command
    return tuple(rest), (values["-k"], values["-m"])


def main(runner: Any, asked: Sequence[tuple[str, str, bool]]) -> list[dict[str, Any]]:
    """The outcome of everything that was asked."""
    outcomes = [command_of(runner, category, pattern) for category, pattern, _alone in asked]
    together: dict[tuple[str, ...], dict[tuple[str, str], list[int]]] = {}
    for at, (outcome, (_category, _pattern, alone)) in enumerate(zip(outcomes, asked, strict=True)):
        if "status" in outcome:
            continue
        if alone:
            recorder = Recorder()
            status = ran(outcome["command"], recorder)
            outcome |= {"ids": recorder.found[0][0] if recorder.found else [], "status": status}
        else:
            rest, options = parted(outcome["command"])
            together.setdefault(rest, {}).setdefault(options, []).append(at)
    for rest, by_options in together.items():
        recorder = Recorder(list(by_options))
        status = ran(rest, recorder)
        found = [([], status)] * len(by_options) if status == 4 else recorder.found
        for places, (ids, own) in zip(by_options.values(), found, strict=True):
            for at in places:
                outcomes[at] |= {"ids": ids, "status": own}
    return outcomes


if __name__ == "__main__":
    json.dump(main(runner_of(sys.argv[1]), json.load(sys.stdin)), sys.stdout)
