"""Runs of Python, each in a process of its own, without the start and the imports of each.

One server imports pytest and its plugins, by running pytest once, and is forked for each run.  So a run begins with
these modules loaded and is alone in all else: arguments, environment, current folder, output, and the end of its
process with what that frees.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Self

LIMIT = 300
"""Seconds after which a run is ended."""

WITHOUT = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:hypothesispytest")
"""What runs of pytest leave out: importing hypothesis takes longer than all of the rest."""

FIRST = """
import asyncio
import unittest.mock

class TestIt(unittest.IsolatedAsyncioTestCase):
    async def test_it(self): ...
"""
"""The tests of the first run: what most runs import, and pytest only when it meets it."""


class Forked:
    """A server of runs; a context manager that ends it."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, __file__], env=_environment({}), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._server.communicate()

    def pytest(self, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """What `python -m pytest` with these arguments does in a folder."""
        return self.python(folder, "-m", "pytest", *WITHOUT, *arguments, **environment)

    def python(self, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """What `python` with these arguments (`-m MODULE ...` or `-c CODE ...`) does in a folder.

        The environment is this process's without what an outer run of pytest has set, and with `environment`.
        """
        with tempfile.TemporaryDirectory(prefix="forked-") as name:
            outputs = [Path(name, stream) for stream in ("stdout", "stderr")]
            request = {
                "folder": str(folder),
                "arguments": arguments,
                "environment": _environment(environment),
                "outputs": [str(output) for output in outputs],
            }
            status = self._answer(json.dumps(request))
            stdout, stderr = (output.read_text(encoding="utf-8") for output in outputs)
        return subprocess.CompletedProcess([sys.executable, *arguments], status, stdout, stderr)

    def _answer(self, request: str) -> int:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(f"{request}\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    outer = ("PYTEST_", "COV_", "COVERAGE_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(outer)}
    return {**inherited, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", **more}


# -- the server


def serve() -> list[str]:
    """Run each request of standard input in a fork and print its exit status; what returns is a fork."""
    requests, replies = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)
    first_run()
    # What is loaded now is no garbage in any run.
    gc.collect()
    gc.freeze()
    for request in requests:
        child = os.fork()
        if not child:
            return become(**json.loads(request))
        _child, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=replies, flush=True)
    sys.exit()


def first_run() -> None:
    """Have pytest import what it needs, as it imports it: a plugin that is there before pytest is makes it warn."""
    import pytest

    with tempfile.TemporaryDirectory(prefix="forked-") as name:
        Path(name, "test_it.py").write_text(FIRST, encoding="utf-8")
        os.chdir(name)
        ended = pytest.main([*WITHOUT, "-q", "-o", "asyncio_default_fixture_loop_scope=function", name])
        os.chdir("/")
    assert ended == pytest.ExitCode.OK, ended
    del sys.modules["test_it"]


def become(folder: str, arguments: list[str], environment: dict[str, str], outputs: list[str]) -> list[str]:
    """Make this process look as if it had been started with these."""
    signal.alarm(LIMIT)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, output in enumerate(outputs, 1):
        opened = os.open(output, os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    return arguments


def run(option: str, what: str, *arguments: str) -> None:
    """Run a module or code as `python` does."""
    if option == "-m":
        sys.argv[:] = [what, *arguments]
        sys.path[0] = os.getcwd()
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        sys.argv[:] = ["-c", *arguments]
        sys.path[0] = ""
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(what, "<string>", "exec"), main.__dict__)


if __name__ == "__main__":
    run(*serve())
