"""Un-awaited calls of AsyncMocks: one situation each, what becomes of it and what is left alone."""

from __future__ import annotations

from collections import Counter

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

IMPORTS = (
    "import asyncio\nimport pytest\nfrom unittest import mock\n"
    "from unittest.mock import AsyncMock, MagicMock, Mock, patch\n"
)
PATH = "tests/test_orders.py"


def module(text: str) -> str:
    return IMPORTS + "\n\n" + text


def body(text: str, head: str = "async def test_it():") -> str:
    return module(head + "\n" + "".join(f"    {line}\n" for line in text.splitlines()))


REWRITTEN = [
    pytest.param("m = AsyncMock()\nm.save(1)", "m = AsyncMock()\nawait m.save(1)", id="a bare call of a member"),
    pytest.param("m = AsyncMock()\nm(1)", "m = AsyncMock()\nawait m(1)", id="a bare call of the mock itself"),
    pytest.param("m = mock.AsyncMock()\nm.a.b.c()", "m = mock.AsyncMock()\nawait m.a.b.c()", id="a member of a member"),
    pytest.param(
        "m = AsyncMock()\nm.call_tool()\nm.mock_it()", "m = AsyncMock()\nawait m.call_tool()\nawait m.mock_it()",
        id="members that are named like those of every mock",
    ),
    pytest.param(
        'm = AsyncMock()\nassert hasattr(m, "save")\nm.save()',
        'm = AsyncMock()\nassert hasattr(m, "save")\nawait m.save()',
        id="a member that is asked for before",
    ),
    pytest.param("m = n = AsyncMock()\nn.save()", "m = n = AsyncMock()\nawait n.save()", id="another name"),
    pytest.param("m = AsyncMock()\nassert m.get() == 1", "m = AsyncMock()\nassert await m.get() == 1", id="compared"),
    pytest.param("m = AsyncMock()\nassert m.get()", "m = AsyncMock()\nassert await m.get()", id="asserted"),
    pytest.param("m = AsyncMock()\nassert m.get().id", "m = AsyncMock()\nassert (await m.get()).id", id="an attribute"),
    pytest.param("m = AsyncMock()\nassert m.get()[0]", "m = AsyncMock()\nassert (await m.get())[0]", id="an item"),
    pytest.param(
        "m = AsyncMock()\nx = [1, 2]\nassert x[m.first() : m.last()] == x[:: m.step()]",
        "m = AsyncMock()\nx = [1, 2]\nassert x[await m.first() : await m.last()] == x[:: await m.step()]",
        id="a bound of a slice",
    ),
    pytest.param(
        "m = AsyncMock()\nm.get()['a'] = 1\nm.get()['a'] += 1\ndel m.get()['a']",
        "m = AsyncMock()\n(await m.get())['a'] = 1\n(await m.get())['a'] += 1\ndel (await m.get())['a']",
        id="an item that is set or deleted",
    ),
    pytest.param(
        "m = AsyncMock()\nm.get().id = 1\nm.get().name: str = 'a'\nfor m.get().x in []:\n    pass\ndel m.get().id",
        "m = AsyncMock()\n(await m.get()).id = 1\n(await m.get()).name: str = 'a'\n"
        "for (await m.get()).x in []:\n    pass\ndel (await m.get()).id",
        id="an attribute that is set or deleted",
    ),
    pytest.param("m = AsyncMock()\ns = f'{m.get()}'", "m = AsyncMock()\ns = f'{await m.get()}'", id="formatted"),
    pytest.param("m = AsyncMock()\nassert len(m.get())", "m = AsyncMock()\nassert len(await m.get())", id="its length"),
    pytest.param("m = AsyncMock()\nx = not m.get()", "m = AsyncMock()\nx = not await m.get()", id="negated"),
    pytest.param(
        "m = AsyncMock()\nif m.get():\n    pass", "m = AsyncMock()\nif await m.get():\n    pass", id="a condition"
    ),
    pytest.param(
        "m = AsyncMock()\nassert [m.get(), (m.get(), 2)] == {'a': m.get()}",
        "m = AsyncMock()\nassert [await m.get(), (await m.get(), 2)] == {'a': await m.get()}",
        id="an item of what is compared",
    ),
    pytest.param(
        "m = AsyncMock()\nd = {'a': m.get()}\nassert d == {'a': 1}",
        "m = AsyncMock()\nd = {'a': await m.get()}\nassert d == {'a': 1}",
        id="an item of what has a name and is only compared",
    ),
    pytest.param(
        "m = AsyncMock()\nself.assertEqual(m.get(), 1)\nself.assertIsNone(m.get())",
        "m = AsyncMock()\nself.assertEqual(await m.get(), 1)\nself.assertIsNone(await m.get())",
        id="an assertion of unittest",
    ),
    pytest.param(
        "m = AsyncMock()\nfor r in m.get():\n    assert r",
        "m = AsyncMock()\nfor r in await m.get():\n    assert r",
        id="what a loop goes through",
    ),
    pytest.param(
        "m = AsyncMock()\nx = [m.load(r) for r in m.get() if m.ask(r)]\nassert x == [1]",
        "m = AsyncMock()\nx = [m.load(r) for r in await m.get() if await m.ask(r)]\nassert x == [1]",
        id="in a comprehension",
    ),
    pytest.param(
        "m = AsyncMock()\nassert {m.load(r) for r in 'ab'} == {1}",
        "m = AsyncMock()\nassert {await m.load(r) for r in 'ab'} == {1}",
        id="the items of a comprehension that is compared",
    ),
    pytest.param(
        "m = AsyncMock()\nx = list(r for r in m.get())",
        "m = AsyncMock()\nx = list(r for r in await m.get())",
        id="what a generator expression goes through",
    ),
    pytest.param("AsyncMock().save()", "await AsyncMock().save()", id="a mock without a name"),
    pytest.param(
        "with patch('shop.mail.send', AsyncMock()) as send:\n    send()",
        "with patch('shop.mail.send', AsyncMock()) as send:\n    await send()",
        id="put in place by with",
    ),
    pytest.param(
        "m, n = AsyncMock(), MagicMock()\nm.save()\nn.save()",
        "m, n = AsyncMock(), MagicMock()\nawait m.save()\nn.save()",
        id="two mocks in a line",
    ),
    pytest.param(
        "m = AsyncMock() if x else AsyncMock(spec_set=None)\nm = AsyncMock() if x else AsyncMock(y=1)\nm.save()",
        "m = AsyncMock() if x else AsyncMock(spec_set=None)\nm = AsyncMock() if x else AsyncMock(y=1)\nawait m.save()",
        id="either of two",
    ),
    pytest.param(
        "if x:\n    m = AsyncMock()\n    m.get.return_value = 1\nelse:\n    m = AsyncMock()\n"
        "assert m.get() == m.load()",
        "if x:\n    m = AsyncMock()\n    m.get.return_value = 1\nelse:\n    m = AsyncMock()\n"
        "assert await m.get() == await m.load()",
        id="one of each branch",
    ),
    pytest.param(
        "m = AsyncMock()\nfor i in y:\n    m.save()\n    m = AsyncMock()\nm.save()",
        "m = AsyncMock()\nfor i in y:\n    await m.save()\n    m = AsyncMock()\nawait m.save()",
        id="another one each time",
    ),
    pytest.param("m = AsyncMock()\nassert any([m.get()])", "m = AsyncMock()\nassert any([await m.get()])", id="tested"),
    pytest.param("m = AsyncMock()\na, b = m.get()", "m = AsyncMock()\na, b = await m.get()", id="unpacked"),
    pytest.param("m = AsyncMock()\nf(*m.get())", "m = AsyncMock()\nf(*await m.get())", id="unpacked in a call"),
    pytest.param("m = AsyncMock()\nf(**m.get())", "m = AsyncMock()\nf(**await m.get())", id="unpacked as keywords"),
    pytest.param(
        "o = AsyncMock()\n(m, n), p = (o, MagicMock()), Mock()\nm.save()\nn.save()\np.save()\no.save()",
        "o = AsyncMock()\n(m, n), p = (o, MagicMock()), Mock()\nawait m.save()\nn.save()\np.save()\nawait o.save()",
        id="a name among those of a tuple within one",
    ),
    pytest.param("m = AsyncMock()\nx = 1\nx += m.get()", "m = AsyncMock()\nx = 1\nx += await m.get()", id="added"),
    pytest.param(
        "m = AsyncMock()\nassert (r := m.get()) == 1 and r", "m = AsyncMock()\nassert (r := await m.get()) == 1 and r",
        id="a name that a condition gives",
    ),
    pytest.param(
        "m = AsyncMock()\nn = MagicMock()\nr, s = m.get(), n.get()\nassert r == s",
        "m = AsyncMock()\nn = MagicMock()\nr, s = await m.get(), n.get()\nassert r == s",
        id="one of several names",
    ),
    pytest.param(
        "m = AsyncMock()\nr = m.get()\nassert r == 1", "m = AsyncMock()\nr = await m.get()\nassert r == 1",
        id="a name that is only compared",
    ),
    pytest.param("m = AsyncMock()\nr = m.get()", "m = AsyncMock()\nr = await m.get()", id="a name that nobody reads"),
    pytest.param(
        "m = AsyncMock()\nwith pytest.raises(ValueError):\n    m.get()",
        "m = AsyncMock()\nwith pytest.raises(ValueError):\n    await m.get()",
        id="where an exception is expected",
    ),
    pytest.param(
        "with patch('shop.mail.send', new_callable=AsyncMock) as send:\n    send()",
        "with patch('shop.mail.send', new_callable=AsyncMock) as send:\n    await send()",
        id="patched by with",
    ),
    pytest.param(
        "service = MagicMock()\nservice.save = AsyncMock()\nservice.save()\nservice.name()",
        "service = MagicMock()\nservice.save = AsyncMock()\nawait service.save()\nservice.name()",
        id="one member of a sync mock",
    ),
    pytest.param(
        "m = MagicMock(save=AsyncMock())\nm.save()", "m = MagicMock(save=AsyncMock())\nawait m.save()", id="a keyword"
    ),
    pytest.param(
        "m = MagicMock()\nsetattr(m, 'save', AsyncMock())\nm.save()",
        "m = MagicMock()\nsetattr(m, 'save', AsyncMock())\nawait m.save()",
        id="set by setattr",
    ),
    pytest.param(
        "m = MagicMock()\nm.configure_mock(save=AsyncMock())\nm.save()",
        "m = MagicMock()\nm.configure_mock(save=AsyncMock())\nawait m.save()",
        id="set by configure_mock",
    ),
    pytest.param(
        "for i in range(3):\n    m = AsyncMock()\n    m.save(i)",
        "for i in range(3):\n    m = AsyncMock()\n    await m.save(i)",
        id="in a loop",
    ),
    pytest.param(
        "if x:\n    m = AsyncMock()\nelse:\n    m = AsyncMock(return_value=1)\nm = AsyncMock()\nm.save()",
        "if x:\n    m = AsyncMock()\nelse:\n    m = AsyncMock(return_value=1)\nm = AsyncMock()\nawait m.save()",
        id="behind a condition",
    ),
    pytest.param(
        "m = AsyncMock()\ntry:\n    m.save()\nfinally:\n    m.close()",
        "m = AsyncMock()\ntry:\n    await m.save()\nfinally:\n    await m.close()",
        id="in a try",
    ),
    pytest.param(
        "m: AsyncMock = AsyncMock()\nm.save(\n    1,  # one\n)",
        "m: AsyncMock = AsyncMock()\nawait m.save(\n    1,  # one\n)",
        id="over several lines",
    ),
    pytest.param("m = AsyncMock()\nm.save(m.get())", "m = AsyncMock()\nawait m.save(m.get())", id="an argument of it"),
    pytest.param(
        "async def inner():\n    m = AsyncMock()\n    m.save()\nawait inner()",
        "async def inner():\n    m = AsyncMock()\n    await m.save()\nawait inner()",
        id="in a function within",
    ),
    pytest.param(
        "m = AsyncMock()\nmatch x:\n    case 1:\n        m.save()",
        "m = AsyncMock()\nmatch x:\n    case 1:\n        await m.save()",
        id="in a case",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), REWRITTEN)
def test_the_coroutine_of_a_mock_is_awaited(before: str, after: str) -> None:
    check_transformed(codemod, body(before), body(after), path=PATH)


LEFT_ALONE = [
    pytest.param("m = AsyncMock()\nawait m.save()", id="awaited"),
    pytest.param("m = AsyncMock()\ntask = asyncio.create_task(m.save())\nawait task", id="a task"),
    pytest.param("m = AsyncMock()\nawait asyncio.gather(m.save(), m.get())", id="gathered"),
    pytest.param("m = AsyncMock()\ncalls = [m.save() for i in range(3)]\nawait asyncio.gather(*calls)", id="collected"),
    pytest.param("m = AsyncMock()\nc = m.save()\nawait c", id="stored and awaited"),
    pytest.param("m = AsyncMock()\nif x:\n    c = m.save()\nelse:\n    c = m.get()\nawait c", id="stored on each path"),
    pytest.param("m = AsyncMock()\nfor c in [m.save(), m.get()]:\n    await c", id="awaited one by one"),
    pytest.param("m = AsyncMock()\ncs = {'a': m.save()}\nassert cs\nawait cs['a']", id="awaited by its key"),
    pytest.param("m = AsyncMock()\nc, d = m.save(), m.get()\nawait c\nawait d", id="stored in two names and awaited"),
    pytest.param(
        "m = AsyncMock()\nif (c := m.save()) is not None:\n    await c", id="stored by a condition and awaited"
    ),
    pytest.param("m = AsyncMock()\nawait asyncio.gather(*[m.save(i) for i in y])", id="gathered from a comprehension"),
    pytest.param("m = AsyncMock()\nself.assertIsInstance(m.save(), Coroutine)", id="asked for its type"),
    pytest.param("m = AsyncMock()\nself.assertRaises(ValueError, asyncio.run, m.save())", id="handed to an assertion"),
    pytest.param("m = AsyncMock()\ncs = {'a': m.save()}\nawait gathered(**cs)", id="handed on as keywords"),
    pytest.param("m = AsyncMock()\nm.save()\nassert m.save.await_count == 0", id="said to be awaited by nobody"),
    pytest.param('m = AsyncMock()\nassert "coroutine" in repr(m.save())', id="shown to be a coroutine"),
    pytest.param("m, n = MagicMock(), AsyncMock()\nm.save()", id="the other one of two"),
    pytest.param(
        "a = AsyncMock()\nif x:\n    m = a\nelse:\n    m = AsyncMock()\na.save = print\nm.save()",
        id="one of two that has another name as well",
    ),
    pytest.param(
        "if x:\n    m = AsyncMock()\nelse:\n    m = MagicMock()\nm.save = MagicMock()\nm.save()",
        id="a member that is sync whatever it belongs to",
    ),
    pytest.param("AsyncMock = MagicMock\nm = AsyncMock()\nm.save()", id="another class of that name"),
    pytest.param("m = AsyncMock()\nc = m.save()\nd = c\nassert d\nawait c", id="stored in a name and another one"),
    pytest.param("m = AsyncMock()\nc = m.save()\nc.close()", id="closed"),
    pytest.param("m = AsyncMock()\nreturn m.save()", id="returned"),
    pytest.param("m = AsyncMock()\nrun(m.save())", id="handed to a function"),
    pytest.param("m = AsyncMock()\nx = m.save() or 1\nawait x", id="one side of an or"),
    pytest.param("m = AsyncMock()\nawait (m.save() if x else m.get())", id="one branch of a conditional"),
    pytest.param("m = AsyncMock()\nm.save = MagicMock()\nm.save()", id="a member that was made sync"),
    pytest.param("m = AsyncMock()\nm.events = []\nm.events.append(1)", id="a member that is a list"),
    pytest.param("m = AsyncMock()\nm = {}\nm.get(1)", id="a name that became a dict"),
    pytest.param("m = AsyncMock(spec=dict)\nm.get(1)", id="a spec"),
    pytest.param("m = AsyncMock(**options)\nm.get(1)", id="members from a mapping"),
    pytest.param("m = AsyncMock()\nm.assert_called_once()\nm.reset_mock()\nm.get.assert_not_called()", id="assertions"),
    pytest.param(
        "m = AsyncMock()\nif asyncio.iscoroutinefunction(m.save):\n    await m.save()\nelse:\n    m.save()",
        id="asked first",
    ),
    pytest.param("m = AsyncMock()\nm.save.side_effect = lambda: 1\nm2 = MagicMock()\nm2.save()", id="another mock"),
    pytest.param("m = AsyncMock()\nconfigure(m)\nm.save()", id="set up by a function that nobody knows"),
    pytest.param("m = AsyncMock()\nself.prepare(m)\nm.save()", id="set up by a method"),
    pytest.param("m = AsyncMock()\nm.__dict__['save'] = print\nm.save()", id="changed through its namespace"),
    pytest.param("m = AsyncMock()\nm.mock_add_spec(dict)\nm.get()", id="a spec added later"),
    pytest.param("m = AsyncMock()\nsetattr(m, name, print)\nm.save()", id="any member set"),
    pytest.param("m = AsyncMock()\ndel m.save\nm.save()", id="a member that is gone"),
    pytest.param("m = AsyncMock()\ndef change():\n    m.save = print\nchange()\nm.save()", id="changed within"),
    pytest.param("m = AsyncMock()\nwith patch.object(m, 'save', print):\n    m.save()", id="a member patched"),
    pytest.param("m = AsyncMock()\nwith patch.object(m, name):\n    m.save()", id="any member patched"),
    pytest.param("with patch('shop.mail.send') as send:\n    send()", id="a patch that says nothing"),
    pytest.param("with patch('shop.mail.send', new_callable=MagicMock) as send:\n    send()", id="a sync patch"),
    pytest.param("with patch('shop.mail.send', print) as send:\n    send()", id="a patch with something else"),
    pytest.param(
        "with patch('a.b', new_callable=AsyncMock, spec=True) as send:\n    send.x()", id="a patch with a spec"
    ),
    pytest.param("with open(x) as m:\n    m.read()\nm = AsyncMock()", id="a name bound by with"),
    pytest.param("for m in things:\n    m.save()\nm = AsyncMock()", id="a name bound by for"),
    pytest.param("global m\nm = AsyncMock()\nx = [m := MagicMock()]\nm.save()", id="a walrus"),
    pytest.param("m = AsyncMock()\nmatch x:\n    case {'k': m}:\n        m.save()", id="captured by a pattern"),
    pytest.param(
        "try:\n    m = AsyncMock()\n    m = MagicMock()\nexcept ValueError as m:\n    m.save()", id="an exception"
    ),
    pytest.param("m = AsyncMock()\nasync with m.begin() as t:\n    t.save()", id="an async with"),
    pytest.param("m = AsyncMock()\nm.total += 1\nm.total()", id="a member that was added to"),
    pytest.param("m = AsyncMock()\nhasattr(m, 'x')\nraise ValueError(m)", id="handed on by raise"),
    pytest.param("m = AsyncMock\nm.save()", id="the class itself"),
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_awaited_elsewhere_or_no_coroutine_is_left_alone(text: str) -> None:
    check_noop(codemod, body(text), path=PATH)


REFUSED = [
    pytest.param("m = AsyncMock() if x else MagicMock()\nm.save()", {"AM112": 1}, id="a conditional expression"),
    pytest.param("m = AsyncMock()\nassert all(m.get(i) for i in y)", {"AM111": 1}, id="tested one by one"),
    pytest.param("m = x or AsyncMock()\nm.save()", {"AM112": 1}, id="one side of an or"),
    pytest.param(
        "if x:\n    m = AsyncMock()\nelse:\n    m = MagicMock()\nm.save()", {"AM112": 1}, id="one branch of an if"
    ),
    pytest.param("m = None\nif x:\n    m = AsyncMock()\nm.save()", {"AM112": 1}, id="an if without an else"),
    pytest.param(
        "m = AsyncMock()\nif x:\n    m.save = MagicMock()\nm.save()", {}, id="a member that is sync on a path"
    ),
    pytest.param("m = AsyncMock()\nfor i in y:\n    m.save()\n    m.save = MagicMock()", {"AM112": 1}, id="a loop"),
    pytest.param("m = AsyncMock()\ns = list(f'{m.get()}' for i in y)", {"AM111": 1}, id="a generator expression"),
    pytest.param("m = AsyncMock()\nf = lambda x: m.get(x) == 1", {"AM111": 1}, id="a lambda that compares"),
    pytest.param("m = AsyncMock()\nf = lambda m: m.get() == 1", {}, id="a parameter of a lambda"),
    pytest.param("m = AsyncMock()\nf = lambda x=m.get(): x", {}, id="a default of a lambda"),
    pytest.param("m = AsyncMock()\nm.save.side_effect = lambda: m.get()", {}, id="a lambda that hands it on"),
    pytest.param("m = AsyncMock()\nr = await m.execute()\nr.all()", {"AM114": 1}, id="a method of a result"),
    pytest.param("def inner():\n    m = AsyncMock()\n    m.save()\ninner()", {"AM113": 1}, id="a sync function within"),
]


@pytest.mark.parametrize(("text", "codes"), REFUSED)
def test_what_is_not_certain_is_refused_with_a_code(text: str, codes: dict[str, int]) -> None:
    result = check_noop(codemod, body(text), path=PATH)
    assert Counter(site.code for site in result.sites if site.decision == "refused") == codes


def test_a_sync_test_is_named() -> None:
    result = check_noop(codemod, body("m = AsyncMock()\nm.save()", "def test_it():"), path=PATH)
    assert [site.code for site in result.sites if site.kind == "mock call"] == ["AM113"]


def test_decorators_hand_over_their_doubles_from_the_bottom_up() -> None:
    head = (
        "@pytest.mark.asyncio\n@patch('a.b', new_callable=AsyncMock)\n@patch('a.c')\n@patch('a.d', 1)\n"
        "@patch.object(x, 'e', new_callable=MagicMock)\nasync def test_it(e, c, b, tmp_path):"
    )
    check_transformed(codemod, body("b()\nc()\ne()", head), body("await b()\nc()\ne()", head), path=PATH)


OF_CLASS = """\
@patch('a.b', new_callable=AsyncMock)
@patch('a.c', new_callable=MagicMock)
@patch('a.d', 1)
class TestIt:
    @patch('a.e', new_callable=AsyncMock)
    async def test_it(self, e, c, b, tmp_path):
        {0}e()
        c()
        {0}b()

    async def test_more(self, c, b):
        c()
        {0}b()

    def helper(self, b):
        b()
"""


def test_patches_of_a_class_hand_over_their_doubles_behind_those_of_its_tests() -> None:
    check_transformed(codemod, module(OF_CLASS.format("")), module(OF_CLASS.format("await ")), path=PATH)


BY_MOCKER = """\
async def test_it(mocker):
    ms = mocker.patch.multiple("a", b=mocker.DEFAULT, c=MagicMock(), new_callable=mocker.{0})
    {1}ms["b"]()
    ms["c"]()
"""


@pytest.mark.parametrize(("made_by", "awaited"), [("AsyncMock", "await "), ("MagicMock", "")], ids=["async", "sync"])
def test_patch_multiple_of_pytest_mock_gives_what_it_makes(made_by: str, awaited: str) -> None:
    check_transformed(
        codemod, module(BY_MOCKER.format(made_by, "")), module(BY_MOCKER.format(made_by, awaited)), path=PATH
    )


STARTED = [
    pytest.param(
        "m = patch.multiple('a', b=mock.DEFAULT, new_callable=AsyncMock).start()['b']", id="as one of several"
    ),
    pytest.param(
        "with patch.multiple('a', b=mock.DEFAULT, new_callable=AsyncMock) as ms:\n    pass\nm = ms.get('b')",
        id="as one of several by a with",
    ),
    pytest.param(
        "p = patch.multiple('a', b=mock.DEFAULT, new_callable=AsyncMock)\nwith p as ms:\n    pass\nm = ms['b']",
        id="as one of several by a name",
    ),
    pytest.param(
        "s = ExitStack()\n"
        "ms = s.enter_context(patch.multiple('a', b=mock.DEFAULT, new_callable=AsyncMock))\nm = ms['b']",
        id="as one of several in an exit stack",
    ),
    pytest.param("m = patch('a.b', new_callable=AsyncMock).start()", id="at once"),
    pytest.param("p = patch('a.b', new_callable=AsyncMock)\nm = p.start()", id="by its name"),
    pytest.param("p = patch.object(x, 'b', AsyncMock())\nm = p.start()", id="of an object"),
    pytest.param("stack = ExitStack()\nm = stack.enter_context(patch('a.b', AsyncMock()))", id="in an exit stack"),
    pytest.param("m = self.enterContext(patch('a.b', AsyncMock()))", id="in a test case"),
]


@pytest.mark.parametrize("started", STARTED)
def test_a_patch_that_is_started_gives_its_double(started: str) -> None:
    check_transformed(codemod, body(f"{started}\nm(1)"), body(f"{started}\nawait m(1)"), path=PATH)


def test_a_patch_with_a_name_gives_its_double_to_the_with() -> None:
    start = "p = patch('a.b', new_callable=AsyncMock)\nwith p as m:\n    "
    check_transformed(codemod, body(start + "m()"), body(start + "await m()"), path=PATH)


def test_a_patch_that_is_one_of_two_gives_nobody_knows_what() -> None:
    text = "p = patch('a.b', AsyncMock()) if x else patch('a.b', MagicMock())\nm = p.start()\nm()"
    check_noop(codemod, body(text), path=PATH)


SEVERAL = "@patch('a.b', new_callable=AsyncMock)\n@patch.multiple({})\nasync def test_it(b, c=None):"
UNCERTAIN = [
    pytest.param("'a', **names", id="a mapping from elsewhere"),
    pytest.param("'a', **{name: mock.DEFAULT}", id="a name from elsewhere"),
    pytest.param("*target, c=mock.DEFAULT", id="a target from elsewhere"),
]


@pytest.mark.parametrize("said", UNCERTAIN)
def test_patch_multiple_that_may_hand_over_anything_makes_parameters_unknown(said: str) -> None:
    check_noop(codemod, body("b()\nc()", SEVERAL.format(said)), path=PATH)


BY_NAME = [
    pytest.param("'a', c=1", "", id="a value"),
    pytest.param("'a', c=AsyncMock()", "", id="a mock of its own"),
    pytest.param("'a', c=OTHER, new_callable=AsyncMock", "", id="a name that may be DEFAULT"),
    pytest.param("'a', c=mock.DEFAULT", "", id="of a target that nobody knows"),
    pytest.param("'a', c=mock.DEFAULT, new_callable=MagicMock", "", id="of a sync kind"),
    pytest.param("'a', c=mock.DEFAULT, new_callable=AsyncMock", "await ", id="of an async kind"),
    pytest.param("target=a, c=mock.DEFAULT, new_callable=AsyncMock", "await ", id="of a target by its keyword"),
    pytest.param("'a', **{'c': mock.DEFAULT, 'b': 1}, new_callable=AsyncMock", "await ", id="in a mapping"),
]


@pytest.mark.parametrize(("said", "awaited"), BY_NAME)
def test_patch_multiple_hands_over_by_keyword_what_it_makes(said: str, awaited: str) -> None:
    head = SEVERAL.format(said)
    check_transformed(codemod, body("b()\nc()", head), body(f"await b()\n{awaited}c()", head), path=PATH)


def test_one_name_of_two_patches_is_not_certain() -> None:
    head = SEVERAL.format("'a', c=mock.DEFAULT, new_callable=AsyncMock")
    check_noop(codemod, body("c()", "@patch.multiple('b', c=mock.DEFAULT)\n" + head), path=PATH)


FIXTURE = "@pytest.fixture\ndef db():\n    m = AsyncMock()\n    m.add = MagicMock()\n    {give} m\n\n\n{more}"


@pytest.mark.parametrize("give", ["return", "yield"])
def test_a_fixture_gives_its_double(give: str) -> None:
    text = FIXTURE.format(give=give, more="async def test_it(db):\n    db.add(1)\n    {}db.commit()\n")
    check_transformed(codemod, module(text.format("")), module(text.format("await ")), path=PATH)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("@pytest.fixture\ndef ready(db):\n    db.commit = MagicMock()\n\n\n", id="another fixture has it"),
        pytest.param("@pytest.mark.parametrize('db', [1])\n", id="parametrised"),
    ],
)
def test_a_double_that_others_may_change_is_not_certain(more: str) -> None:
    text = FIXTURE.format(give="return", more=more + "async def test_it(db):\n    db.commit()\n")
    check_noop(codemod, module(text), path=PATH)


CLASS = (
    "class TestOrders(unittest.IsolatedAsyncioTestCase):\n    def setUp(self):\n        self.db = AsyncMock()\n"
    "        self.db.add = MagicMock()\n\n"
    "    async def test_it(self):\n        self.db.add(1)\n        {}self.db.commit()\n"
)


def test_an_attribute_that_the_set_up_makes_is_known() -> None:
    text = "import unittest\n" + IMPORTS + "\n\n" + CLASS
    check_transformed(codemod, text.format(""), text.format("await "), path=PATH)


BOTH = """\
class TestOrders(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        {extra}self.mail = AsyncMock()

    def setUp(self):
        self.db = AsyncMock()

    async def test_it(self):
        {wait}self.db.commit()
        await self.mail.send()
"""


def test_an_attribute_is_known_where_an_async_set_up_follows_the_plain_one() -> None:
    text = "import unittest\n" + IMPORTS + "\n\n" + BOTH
    check_transformed(codemod, text.format(extra="", wait=""), text.format(extra="", wait="await "), path=PATH)


def test_an_attribute_that_the_async_set_up_replaces_is_what_that_makes() -> None:
    text = "import unittest\n" + IMPORTS + "\n\n" + BOTH
    check_noop(codemod, text.format(extra="self.db = MagicMock()\n        ", wait=""), path=PATH)


def test_an_attribute_that_another_method_may_change_is_not_certain() -> None:
    text = "import unittest\n" + IMPORTS + "\n\n" + CLASS + "\n    def other(self):\n        self.db.commit = print\n"
    check_noop(codemod, text.format(""), path=PATH)


def test_a_helper_that_changes_nothing_leaves_the_double_as_it_is() -> None:
    helper = "def shown(m):\n    return m.name\n\n\n"
    before, after = (helper + body(f"m = AsyncMock()\nshown(m)\n{word}m.save()") for word in ("", "await "))
    check_transformed(codemod, before, after, path=PATH)


def test_a_helper_that_changes_its_parameter_makes_it_unknown() -> None:
    check_noop(
        codemod, "def ready(m):\n    m.save = print\n\n\n" + body("m = AsyncMock()\nready(m)\nm.save()"), path=PATH
    )


def test_a_class_of_its_own_that_is_called_asyncmock_is_none() -> None:
    text = "class AsyncMock:\n    def save(self):\n        pass\n\n\n"
    text += "async def test_it():\n    AsyncMock().save()\n    m = AsyncMock()\n    m.save()\n"
    check_noop(codemod, text, path=PATH)


def test_code_that_is_no_test_is_left_alone() -> None:
    check_noop(codemod, body("m = AsyncMock()\nm.save()"), path="shop/orders.py")


def test_a_coroutine_function_of_the_project_is_awaited() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/mail.py": "async def send():\n    pass\n\n\ndef name():\n    pass\n",
    }
    text = "from unittest.mock import AsyncMock\nfrom shop import mail\nfrom shop.mail import send\n\n\n"
    text += (
        "async def test_it():\n    m = AsyncMock()\n    {0}send()\n    {0}mail.send()\n    mail.name()\n    print(m)\n"
    )
    check_transformed(codemod, {**files, PATH: text.format("")}, {PATH: text.format("await ")})


def test_the_library_through_a_module_of_the_project_is_the_library() -> None:
    text = "from tests.doubles import AsyncMock\n\n\nasync def test_it():\n    m = AsyncMock()\n    {}m.save()\n"
    files = {"tests/__init__.py": "", "tests/doubles.py": "from unittest.mock import AsyncMock\n"}
    check_transformed(codemod, {**files, PATH: text.format("")}, {PATH: text.format("await ")})


def test_a_class_of_that_name_from_a_module_of_the_project_is_none() -> None:
    text = "from tests.doubles import AsyncMock\n\n\nasync def test_it():\n    m = AsyncMock()\n    m.save()\n"
    files = {"tests/__init__.py": "", "tests/doubles.py": "class AsyncMock:\n    def save(self):\n        pass\n"}
    check_noop(codemod, {**files, PATH: text})
