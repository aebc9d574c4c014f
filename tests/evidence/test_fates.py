"""What becomes of the coroutines: awaited, cancelled, closed, dropped, pending, handed on."""

from __future__ import annotations

import pytest

from codemods.evidence.schema import Fate
from tests.evidence.conftest import Record

MAIN = "async def main():\n    {}\nasyncio.run(main())"

CANCELLED = """\
async def forever(): await asyncio.Event().wait()
    task = asyncio.create_task(AsyncMock(**{'m.side_effect': forever}).m())
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError): await task"""
CANCELLED_TOO_EARLY = """\
task = asyncio.create_task(AsyncMock().m())
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError): await task"""

FATES: list[tuple[str, str, Fate]] = [
    ("awaited", "await AsyncMock().m()", Fate(awaited=1)),
    ("awaited-later", "x = AsyncMock().m()\n    await x", Fate(awaited=1)),
    ("gathered", "d = AsyncMock()\n    await asyncio.gather(*[d.m() for _ in range(2)])", Fate(awaited=2)),
    ("in-a-task", "await asyncio.create_task(AsyncMock().m())", Fate(awaited=1)),
    ("fails", "with contextlib.suppress(ValueError): await AsyncMock(**{'m.side_effect': ValueError}).m()",
     Fate(awaited=1)),
    ("closed", "AsyncMock().m().close()", Fate(closed=1)),
    ("closed-later", "x = AsyncMock().m()\n    x.close()\n    del x", Fate(closed=1)),
    ("thrown-into", "with contextlib.suppress(ValueError): AsyncMock().m().throw(ValueError)", Fate(closed=1)),
    ("dropped", "AsyncMock().m()", Fate(dropped=1)),
    ("dropped-often", "d = AsyncMock()\n    for _ in range(1000): d.m()", Fate(dropped=1000)),
    ("dropped-with-its-mock", "d = AsyncMock()\n    d.kept = [d.m()]", Fate(dropped=1)),
    ("some", "d = AsyncMock()\n    for i in range(5):\n        x = d.m()\n        if i % 2: await x",
     Fate(awaited=2, dropped=3)),
    ("pending", "global kept\n    kept = AsyncMock().m()", Fate(pending=1)),
    ("cancelled", CANCELLED, Fate(cancelled=1)),
    ("cancelled-before-it-began", CANCELLED_TOO_EARLY, Fate(closed=1)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "fate"), [case[1:] for case in FATES], ids=[case[0] for case in FATES])
def test_fates(record: Record, code: str, fate: Fate) -> None:
    double = next(double for double in record(MAIN.format(code)).evidence.doubles if double.calls)
    (call,) = double.calls
    assert (call.chain, call.asynchronous, call.fate) == (("m",), True, fate)
    assert call.count == fate.awaited + fate.cancelled + fate.closed + fate.dropped + fate.pending


def test_calls_of_other_mocks_have_no_fate(record: Record) -> None:
    call = record("Mock().m()").call("m")
    assert (call.asynchronous, call.count, call.fate) == (False, 1, Fate())


def test_a_mock_of_an_async_function_is_asynchronous(record: Record) -> None:
    call = record("MagicMock(spec=serve)()").call()
    assert (call.asynchronous, call.fate, call.real) == (True, Fate(dropped=1), "async")


def test_async_context_managers_are_made_by_themselves(record: Record) -> None:
    recorded = record(MAIN.format("async with MagicMock() as entered: entered.x()"))
    assert recorded.call("__aenter__").fate == Fate(awaited=1)
    assert recorded.call("__aenter__", "()", "x").fate == Fate(dropped=1)


def test_the_stack_of_the_first_that_was_dropped(record: Record) -> None:
    recorded = record("double = AsyncMock()\ndef inner():\n    double()\ndef outer():\n    inner()\nouter()\ninner()")
    call = recorded.call()
    assert [(recorded.text(frame.place), frame.function) for frame in call.stack] == [
        ("double()", "inner"),
        ("inner()", "outer"),
        ("outer()", "<module>"),
    ]


def test_a_deep_stack_is_cut(record: Record) -> None:
    recorded = record("double = AsyncMock()\ndef deep(n):\n    deep(n - 1) if n else double()\ndeep(100)")
    assert [frame.function for frame in recorded.call().stack] == ["deep"] * 12


def test_what_was_awaited_has_no_stack(record: Record) -> None:
    assert record(MAIN.format("await AsyncMock()()")).call().stack == ()


HANDED: list[tuple[str, str]] = [
    ("argument", "run(async_double())"),
    ("keyword", "run(main=async_double())"),
    ("starred", "run(*[async_double()])"),
    ("in-a-list", "run([async_double()])"),
    ("in-a-set", "run({async_double()})"),
    ("variable", "x = async_double(); run(x); del x"),
    ("member", "run.until.complete(async_double())"),
]


@pytest.mark.parametrize("code", [case[1] for case in HANDED], ids=[case[0] for case in HANDED])
@pytest.mark.parametrize("made_by", ["AsyncMock()", "serve"])
def test_a_mock_that_gets_a_coroutine(record: Record, code: str, made_by: str) -> None:
    recorded = record(f"run = MagicMock()\nasync_double = {made_by}\n{code}")
    number = recorded.doubles().index("MagicMock()")
    if made_by == "serve":
        assert recorded.coroutine().handed_to == (number,)
    else:
        assert recorded.call(of="AsyncMock()").handed_to == (number,)


def test_a_coroutine_that_two_mocks_got(record: Record) -> None:
    recorded = record("one, two = Mock(), MagicMock()\nx = serve()\none(x)\ntwo(x)\ndel x")
    assert len(recorded.coroutine().handed_to) == 2


def test_a_coroutine_at_the_address_of_one_that_was_handed(record: Record) -> None:
    recorded = record(
        "run = Mock(return_value=1)\nx = serve()\nrun(x)\nx.close()\nrun.reset_mock()\ndel x\n"
        "for _ in range(50): Repository().load(1)"
    )
    assert recorded.coroutine().handed_to == ()


def test_the_function_that_stands_for_an_autospecced_one(record: Record) -> None:
    recorded = record("run, double = Mock(), create_autospec(serve)\ndouble(1)\nrun(double(2))")
    double = recorded.double("create_autospec(serve)")
    assert sum(call.fate.dropped for call in double.calls) == 2
    assert {call.handed_to for call in double.calls} == {(), (recorded.doubles().index("Mock()"),)}
    assert recorded.evidence.coroutines == ()


def test_the_function_that_stands_for_an_autospecced_one_awaited(record: Record) -> None:
    recorded = record(MAIN.format("await create_autospec(serve)(1)"))
    call = recorded.call()
    assert (recorded.text(call.place), call.form, call.fate) == (
        "create_autospec(serve)(1)",
        "awaited",
        Fate(awaited=1),
    )


def test_several_threads(record: Record) -> None:
    recorded = record(
        """
        double = AsyncMock()
        def work():
            for _ in range(500):
                double.m()
                double.n.o()
            serve()
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """
    )
    assert recorded.call("m").fate == Fate(dropped=2000)
    assert recorded.call("n", "o").count == 2000
    assert (recorded.coroutine().count, recorded.text(recorded.coroutine().place)) == (4, "serve()")
