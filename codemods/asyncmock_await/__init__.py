"""Make un-awaited calls of AsyncMocks right: an `await` where one is missing, a mock of the right kind where none is.

Before::

    async def test_orders_are_saved():
        db = AsyncMock()
        service = Orders(db)            # calls db.add(order), which is no coroutine function, and awaits db.commit()
        service.save(order)
        db.commit.assert_called_once()

After (`db.add` was seen to be dropped in a run of the tests, `Orders.save` is an `async def`)::

    async def test_orders_are_saved():
        db = AsyncMock()
        db.add = MagicMock()
        service = Orders(db)            # calls db.add(order), which is no coroutine function, and awaits db.commit()
        await service.save(order)
        db.commit.assert_called_once()

What the source proves is rewritten by itself; what only a run can show is rewritten by the evidence of one
(`pytest --codemods-evidence=FILE`, then `--evidence FILE`).  Tests that never run (an `async def test_*` in a plain
`unittest.TestCase`) are always reported, and rewritten on request (`--select AM3`).
"""

from __future__ import annotations

from codemods.asyncmock_await.codes import CODES, ON_REQUEST
from codemods.asyncmock_await.collect import collect
from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.decide import KINDS, decide
from codemods.asyncmock_await.facts import Facts
from codemods.asyncmock_await.part import Part
from codemods.asyncmock_await.reach import SETTINGS, again, demand, marks, relevant, widen
from codemods.toolkit.codemod import Codemod, Edit, Input, Option, Source


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits of one file (LibCST is loaded only where something changes)."""
    from codemods.asyncmock_await.rewrite import rewrite as edits

    return edits(source, part)


def no_evidence(content: bytes) -> str:
    """Why the content of a file is no evidence that can be read, "" where it is."""
    from codemods.evidence.schema import UnreadableEvidence, read

    try:
        read(content)
    except UnreadableEvidence as problem:
        return str(problem)
    return ""


codemod: Codemod[Config, Facts, Part] = Codemod(
    name="asyncmock_await",
    summary="await what AsyncMocks return, and give sync methods a sync mock",
    config=Config,
    facts=Facts,
    part=Part,
    codes=CODES,
    relevant=relevant,
    collect=collect,
    widen=widen,
    demand=demand,
    decide=decide,
    rewrite=rewrite,
    again=again,
    outlined=True,
    marks=marks,
    settings=SETTINGS,
    inputs=(
        Input(
            "--evidence",
            "evidence",
            "FILE",
            "what a run of the tests showed (pytest --codemods-evidence=FILE)",
            wrong=no_evidence,
        ),
    ),
    on_request=ON_REQUEST,
    options=(
        Option(
            "--style",
            "style",
            "STYLE",
            "what a double that is too wide gets: smallest (the default: its real class as its spec where that is "
            "known, else sync members), spec (its class, or it is refused), attribute (sync members), magicmock (a "
            "MagicMock where nothing of it is awaited)",
        ),
    ),
    kinds=KINDS,
)
