from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline.lock import Holder, hold, holder

HOLDS = """
import sys
from pathlib import Path
from codemods.toolkit.pipeline.lock import hold
with hold(Path(sys.argv[1]), "websocket_ssot"):
    print("held", flush=True)
    sys.stdin.read()
"""


def another_process_that_holds(state: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen((sys.executable, "-c", HOLDS, str(state)), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_lock_is_free_again_when_its_block_ends(tmp_path: Path) -> None:
    with hold(tmp_path, "first"):
        pass
    assert holder(tmp_path) is None
    with hold(tmp_path, "second"):
        held = holder(tmp_path)
    assert held is not None
    assert held.codemod == "second"


def test_a_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(tmp_path, "first"):
        raise ZeroDivisionError
    assert holder(tmp_path) is None


def test_a_second_run_says_who_holds_the_lock(tmp_path: Path) -> None:
    process = another_process_that_holds(tmp_path)
    with process:
        with pytest.raises(UsageError) as refused, hold(tmp_path, "second"):
            pass
        process.communicate()
    message = str(refused.value)
    assert message.startswith(f"websocket_ssot (pid {process.pid} on {socket.gethostname()}, since 2")
    assert message.endswith(f"Z) is at work here: wait until it has finished ({tmp_path / 'lock'})")
    assert "\n" not in message


def test_the_refused_run_leaves_the_lock_as_it_is(tmp_path: Path) -> None:
    with hold(tmp_path, "first"):
        with pytest.raises(UsageError), hold(tmp_path, "second"):
            pass
        held = holder(tmp_path)
    assert held is not None
    assert (held.codemod, held.pid) == ("first", os.getpid())


def test_the_lock_of_a_killed_run_is_taken_over(tmp_path: Path) -> None:
    with another_process_that_holds(tmp_path) as process:
        process.kill()
    assert (tmp_path / "lock").read_bytes() != b""
    assert holder(tmp_path) is None
    with hold(tmp_path, "next"):
        held = holder(tmp_path)
    assert held is not None
    assert held.codemod == "next"


def test_a_process_id_that_is_in_use_again_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(f'{{"codemod": "old", "pid": {os.getppid()}, "host": "{socket.gethostname()}"}}')
    with hold(tmp_path, "next"):
        pass


def test_nobody_holds_a_lock_that_was_never_taken(tmp_path: Path) -> None:
    assert holder(tmp_path) is None


def test_a_lock_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to("lock")
    with pytest.raises(UsageError, match=r"lock can't be read: Too many levels of symbolic links$"):
        holder(tmp_path)


def test_a_holder_that_is_still_starting_has_no_name(tmp_path: Path) -> None:
    with hold(tmp_path, "first"):
        (tmp_path / "lock").write_bytes(b"")
        held = holder(tmp_path)
        with pytest.raises(UsageError, match=r"^a run is at work here"), hold(tmp_path, "second"):
            pass
    assert held == Holder()


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    (tmp_path / "lock").symlink_to(precious)
    with pytest.raises(OSError, match="lock"), hold(tmp_path, "first"):
        pass
    assert precious.read_bytes() == b"mine"


def test_a_run_that_is_done_does_not_fail_over_the_name_in_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, size: int) -> None:
        raise OSError(28, "No space left on device")

    with hold(tmp_path, "first"):
        monkeypatch.setattr(os, "ftruncate", full)
    assert holder(tmp_path) is None
