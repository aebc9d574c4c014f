"""CPU time and memory of one command with all the processes that it starts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in one unit of `ru_maxrss`: macOS counts bytes, Linux kilobytes."""


class Cost(NamedTuple):
    """What a command took: seconds of CPU (user and system, all processes), seconds on the clock, bytes at the peak.

    The peak is that of the largest single process: that is what the system accounts for.
    """

    cpu: float
    wall: float
    peak: int


class CommandError(Exception):
    """A measured command ended with an unexpected status, or can't be started."""


def cost(command: Sequence[str], environment: Mapping[str, str], *, accepted: Sequence[int] = (0,)) -> Cost:
    """Run a command with its output thrown away, and tell what it took.

    Raises `CommandError` when its exit status is not among the accepted ones.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None  # asked for above
    with process.stderr:
        told = process.stderr.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # it is waited for: Popen must not do it again
    if process.returncode not in accepted:
        last = told.decode(errors="replace").strip().splitlines()[-3:]
        raise CommandError(f"{Path(command[0]).name} ended with status {process.returncode}: {' / '.join(last)}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - started, usage.ru_maxrss * _MAXRSS_UNIT)
