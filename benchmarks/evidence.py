"""What recording evidence costs: a generated suite with many mocks, with and without `--codemods-evidence`.

    python -m benchmarks.evidence

Runs alternate, so that a machine whose speed drifts does it to both.  What pytest takes to start is measured as well
(a file with one empty test), since a short suite would hide the recorder's share behind it.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import NamedTuple

from benchmarks.measure import CommandError, cost

HERE = Path(__file__).resolve().parent.parent
TESTS_OF_FILE = 20

CONFIGURATION = """\
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
pythonpath = .
"""
SERVICE = """\
class Client:
    async def send(self, letter): ...
    async def close(self): ...
    def url(self, name): ...


async def deliver(letter): ...


class Letters:
    def __init__(self, session, client):
        self.session = session
        self.client = client

    async def post(self, letter):
        self.session.add(letter)
        await self.session.commit()
        await self.client.send(letter)
        return self.client.url(letter)

    async def first(self):
        result = await self.session.execute("select 1")
        return result.scalars().first()

    async def deliver(self, letters):
        for letter in letters:
            await deliver(letter)
"""
_HEAD = """\
from unittest.mock import AsyncMock, MagicMock, Mock, create_autospec, patch

import pytest

from service import Client, Letters


@pytest.fixture
def session():
    session = AsyncMock()
    session.add = MagicMock()
    return session


"""
TESTS = {
    "spec": """\
async def test_letters_are_posted_$number(session):
    client = AsyncMock(spec=Client)
    client.url.return_value = "letters/$number"
    letters = Letters(session, client)
    for number in range($rounds):
        assert await letters.post(number) == "letters/$number"
    assert session.add.call_count == client.send.await_count == $rounds


""",
    "results": """\
async def test_the_first_letter_is_found_$number(session):
    session.execute.return_value = result = MagicMock()
    result.scalars.return_value.first.return_value = $number
    letters = Letters(session, Mock())
    for _ in range($rounds):
        assert await letters.first() == $number
    assert session.execute.await_count == $rounds


""",
    "patched": """\
@patch("service.deliver")
async def test_letters_are_delivered_$number(deliver):
    await Letters(Mock(), Mock()).deliver(range($rounds))
    assert deliver.await_count == $rounds
    with patch.object(Client, "send", new_callable=AsyncMock) as send:
        await Client().send($number)
    send.assert_awaited_once_with($number)


""",
    "chains": """\
def test_a_client_has_urls_$number():
    client = create_autospec(Client, instance=True)
    client.url.side_effect = "/{}".format
    view = MagicMock()
    for number in range($rounds):
        view.page(number).render(url=client.url(number))
    assert client.url.call_count == view.page.call_count == $rounds


""",
    "lost": """\
async def test_a_letter_is_lost_$number():
    session = AsyncMock()
    letters = Letters(session, AsyncMock())
    for number in range($rounds):
        await letters.post(number)
    assert session.add.call_count == $rounds


""",
}
"""The forms of tests; in `lost`, sync methods of doubles that are too wide drop their coroutines."""


class Row(NamedTuple):
    """CPU seconds of the runs of one command."""

    label: str
    seconds: tuple[float, ...]


def suite(count: int, seed: int, forms: Sequence[str] = tuple(TESTS)) -> Iterator[tuple[str, str]]:
    """(path, text) of each file of a suite with `count` tests of these forms; the same bytes for the same seed."""
    chance = random.Random(seed)
    yield "pytest.ini", CONFIGURATION
    yield "service.py", SERVICE
    for start in range(0, count, TESTS_OF_FILE):
        numbers = range(start, min(start + TESTS_OF_FILE, count))
        bodies = [
            Template(TESTS[chance.choice(forms)]).substitute(number=number, rounds=chance.randint(5, 40))
            for number in numbers
        ]
        yield f"test_part_{start // TESTS_OF_FILE:03}.py", _HEAD + "".join(bodies)


def measured(files: Iterable[tuple[str, str]], scratch: Path, runs: int, warm_up: int) -> list[Row]:
    """The runs of each command that count on a suite, after `warm_up` of each that don't."""
    for path, text in (*files, ("start/test_nothing.py", "def test_nothing(): ...\n")):
        (scratch / path).parent.mkdir(exist_ok=True)
        (scratch / path).write_text(text, encoding="utf-8", newline="\n")
    whole = [str(path) for path in sorted(scratch.glob("test_*.py"))]
    commands = {
        "pytest": whole,
        "pytest --codemods-evidence": [*whole, f"--codemods-evidence={scratch / 'evidence.json'}"],
        "start of pytest alone": [str(scratch / "start")],
    }
    environment = _environment()
    seconds: dict[str, list[float]] = {label: [] for label in commands}
    for number in range(-warm_up, runs):
        for label, arguments in commands.items():
            took = cost([*_PYTEST, f"--rootdir={scratch}", *arguments], environment)
            if number >= 0:
                seconds[label].append(took.cpu)
    return [Row(label, tuple(each)) for label, each in seconds.items()]


_PLUGINS = ("no:cacheprovider", "pytest_asyncio.plugin", "codemods.evidence.plugin")
_PYTEST = (sys.executable, "-m", "pytest", "-q", *(f"-p{plugin}" for plugin in _PLUGINS))


def _environment() -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    # Other plugins that happen to be installed would only make the start of pytest longer.
    return {**kept, "PYTHONPATH": str(HERE), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def table(rows: Sequence[Row]) -> str:
    """A Markdown table; ratios are of medians to the first row, with and without what pytest takes to start."""
    plain, _recorded, start = (statistics.median(row.seconds) for row in rows)
    lines = ["| | CPU seconds, least | median | ratio | ratio without the start |", "|---|---:|---:|---:|---:|"]
    for label, seconds in rows[:2]:
        median = statistics.median(seconds)
        ratios = f"{median / plain:.2f} | {(median - start) / (plain - start):.2f}"
        lines.append(f"| {label} | {min(seconds):.2f} | {median:.2f} | {ratios} |")
    lines.append(f"| {rows[2].label} | {min(rows[2].seconds):.2f} | {start:.2f} | | |")
    return "".join(f"{line}\n" for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.evidence", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--tests", type=int, default=400, metavar="N", help="tests of the suite (400)")
    parser.add_argument("--form", choices=TESTS, help="only tests of this form")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="runs of each command that count (7)")
    parser.add_argument("--warm-up", type=int, default=1, metavar="N", help="runs before that, which don't (1)")
    parser.add_argument("--seed", type=int, default=0, help="of the suite (0)")
    given = parser.parse_args(arguments)
    if not hasattr(os, "wait4"):
        print("error: this system doesn't account for the processes of a command (no wait4)", file=sys.stderr)
        return 2
    files = suite(given.tests, given.seed, [given.form] if given.form else tuple(TESTS))
    with tempfile.TemporaryDirectory() as name:
        try:
            rows = measured(files, Path(name).resolve(), given.runs, given.warm_up)
        except (CommandError, OSError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 3
    print(table(rows), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
