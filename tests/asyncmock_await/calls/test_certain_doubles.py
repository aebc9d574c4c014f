"""What may have become something else, or is meant as a coroutine, is never awaited: inside one function."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop

PATH = "tests/test_orders.py"
IMPORTS = """\
import asyncio
import inspect
import pytest
import warnings
from contextlib import ExitStack
from types import SimpleNamespace
from unittest import mock
from unittest.mock import AsyncMock, MagicMock, Mock, patch
from tests import doubles
"""
LEFT_ALONE = [
    pytest.param("m = AsyncMock()\nwith patch.multiple(m, save=MagicMock()):\n    m.save()", id="patch.multiple"),
    pytest.param(
        'm = AsyncMock()\np = patch.object(m, "save", print)\np.start()\nm.save()', id="a patcher that is started"
    ),
    pytest.param(
        'm = AsyncMock()\nwith ExitStack() as s:\n    s.enter_context(patch.object(m, "save", print))\n    m.save()',
        id="patched by an exit stack",
    ),
    pytest.param(
        'm = AsyncMock()\nwith patch.object(target=m, attribute="save", new=print):\n    m.save()',
        id="patch.object keywords",
    ),
    pytest.param(
        'm = AsyncMock()\nwith patch.object(m, attribute="save", new=print):\n    m.save()',
        id="an attribute of a patch by keyword",
    ),
    pytest.param("m = AsyncMock()\ndoubles.setup(m)\nm.save()", id="set up by a function of a module"),
    pytest.param('m = AsyncMock()\n[setattr(m, n, print) for n in ("save",)]\nm.save()', id="set in a comprehension"),
    pytest.param(
        'm = AsyncMock()\n[m.configure_mock(**{n: print}) for n in ("save",)]\nm.save()',
        id="configured in a comprehension",
    ),
    pytest.param("m = AsyncMock()\n[m := MagicMock() for n in (1,)]\nm.save()", id="bound in a comprehension"),
    pytest.param("m = AsyncMock()\nm.save, m.get = MagicMock(), MagicMock()\nm.save()", id="one of several targets"),
    pytest.param("m = AsyncMock()\nfor x in [m]:\n    x.save = MagicMock()\nm.save()", id="another name by a loop"),
    pytest.param(
        "m = AsyncMock()\ns = SimpleNamespace()\ns.db = m\ns.db.save = MagicMock()\nm.save()",
        id="set through an object that holds it",
    ),
    pytest.param(
        "m = AsyncMock()\ns = SimpleNamespace(db=m)\ns.db.save = MagicMock()\nm.save()",
        id="set through an object that was made with it",
    ),
    pytest.param('m = AsyncMock()\nd = {"m": m}\nd["m"].save = MagicMock()\nm.save()', id="set through a dict"),
    pytest.param("m = AsyncMock()\nsetup([m])\nm.save()", id="handed on in a list"),
    pytest.param('m = AsyncMock()\nd = {"m": m}\nsetup(d)\nm.save()', id="handed on in a dict"),
    pytest.param("m = AsyncMock()\ns = SimpleNamespace(db=m)\nsetup(s)\nm.save()", id="handed on in an object"),
    pytest.param("ms = [AsyncMock()]\nm = AsyncMock()\nms.append(m)\nsetup(*ms)\nm.save()", id="handed on by a star"),
    pytest.param(
        "m = AsyncMock()\nif x:\n    await m.save()\nelse:\n    configure(m)\nm.save()", id="handed on at one path only"
    ),
    pytest.param(
        "m = MagicMock()\nn = AsyncMock()\nm.client = n\nconfigure(m)\nn.save()", id="a member of what was handed on"
    ),
    pytest.param(
        "n = AsyncMock()\nm = MagicMock(return_value=n)\nconfigure(m)\nn.save()", id="the result of what was handed on"
    ),
    pytest.param("m = AsyncMock()\ndef change(n):\n    n.save = print\nchange(m)\nm.save()", id="nested change param"),
    pytest.param(
        'with patch("shop.mail.send", new_callable=AsyncMock, save=MagicMock()) as m:\n    m.save()',
        id="with configured",
    ),
    pytest.param(
        "m = AsyncMock()\nwith pytest.warns(RuntimeWarning):\n    m.save()\n    import gc\n    gc.collect()",
        id="a warning that is expected",
    ),
    pytest.param(
        "m = AsyncMock()\nwith warnings.catch_warnings(record=True) as w:\n    m.save()\nassert w",
        id="warnings that are recorded",
    ),
    pytest.param(
        "m = AsyncMock()\nwith pytest.raises(AttributeError):\n    m.get().id",
        id="an attribute of a coroutine that is expected to fail",
    ),
    pytest.param(
        'm = AsyncMock()\nwith pytest.raises(TypeError):\n    m.get()["x"]',
        id="an item of a coroutine that is expected to fail",
    ),
    pytest.param(
        'm = AsyncMock()\nwith pytest.raises(expected_exception=TypeError):\n    m.get()["x"]',
        id="an item of a coroutine that is expected to fail, by a keyword",
    ),
    pytest.param(
        "import types\nm = AsyncMock()\nr = m.get()\nassert isinstance(r, types.CoroutineType)",
        id="isinstance coroutine",
    ),
    pytest.param('m = AsyncMock()\nassert type(m.get()).__name__ == "coroutine"', id="its type is asked for"),
    pytest.param("m = AsyncMock()\nm.save()\nm.save.assert_not_awaited()", id="it is never awaited on purpose"),
    pytest.param(
        "m = AsyncMock()\nawait m.x() if inspect.iscoroutinefunction(m.x) else m.x()",
        id="a conditional that asks first",
    ),
    pytest.param(
        "m = AsyncMock()\nis_async = inspect.iscoroutinefunction(m.x)\nif is_async:\n    await m.x()\nelse:\n    m.x()",
        id="an answer in a name",
    ),
    pytest.param("global task\nm = AsyncMock()\ntask = m.run()", id="global"),
    pytest.param(
        "t = None\nasync def inner():\n    nonlocal t\n    m = AsyncMock()\n    t = m.run()\nawait inner()\nawait t",
        id="nonlocal",
    ),
    pytest.param(
        "a = b = c = d = AsyncMock()\nfor i in x:\n    a()\n    a = b\n    b = c\n    c = d\n    d = MagicMock()",
        id="a chain of names in a loop",
    ),
    pytest.param(
        "m = AsyncMock()\nwhile x:\n    if y:\n        m = MagicMock()\n        break\n    m = AsyncMock()\nm.save()",
        id="while break",
    ),
    pytest.param(
        "m = AsyncMock()\ntry:\n    m = MagicMock()\n    boom()\nexcept ValueError:\n    pass\nm.save()", id="finally"
    ),
    pytest.param(
        'm = AsyncMock()\n@patch.object(m, "save", print)\ndef inner():\n    m.save()\ninner()',
        id="decorated nested patch",
    ),
    pytest.param('m = AsyncMock()\nobject.__setattr__(m, "save", print)\nm.save()', id="set by object.__setattr__"),
    pytest.param('m = AsyncMock()\nm.__setattr__("save", print)\nm.save()', id="set by its own dunder method"),
    pytest.param('m = AsyncMock()\nvars(m)["save"] = print\nm.save()', id="set through vars"),
    pytest.param(
        'm = AsyncMock()\nl = [m]\nfor x in l:\n    setattr(x, "save", print)\nm.save()', id="unknown setattr"
    ),
    pytest.param(
        "m = AsyncMock()\nl = [m]\nfor x in l:\n    x.configure_mock(save=print)\nm.save()", id="unknown configure"
    ),
    pytest.param('m = AsyncMock()\nexec("m.save = print")\nm.save()', id="set by exec"),
    pytest.param("m = AsyncMock()\nclass A:\n    m.save = print\nm.save()", id="changed by a class within"),
    pytest.param("m = AsyncMock()\nm.save: object = MagicMock()\nm.save()", id="an annotated attribute"),
    pytest.param('m = AsyncMock()\nwith open("x") as m.save:\n    m.save()', id="bound by with as"),
    pytest.param("m = AsyncMock()\nfor m.save in [print]:\n    m.save()", id="bound by for"),
    pytest.param("m = AsyncMock()\nfor i, m.save in [(1, print)]:\n    m.save()", id="for tuple attr"),
    pytest.param("m = AsyncMock()\nfor m in [MagicMock()]:\n    m.save()", id="for name"),
    pytest.param("m = AsyncMock()\nr = m.save()\nyield r", id="async gen fn"),
    pytest.param("m = AsyncMock()\nr = m.save()\nx = [await c for c in [r]]", id="loads in comp"),
    pytest.param("m = AsyncMock()\nr = m.save()\ns.task = r\nawait s.task", id="alias coroutine attr"),
    pytest.param('m = AsyncMock()\nd = {}\nd["a"] = m.save()\nawait d["a"]', id="dict store"),
    pytest.param("m = AsyncMock()\ns.a = m.save()\nawait s.a", id="attr store"),
    pytest.param("m = AsyncMock()\nm.t = m.save()\nawait m.t", id="m attr store"),
    pytest.param("m = AsyncMock()\nx = flag and m.save()\nawait x", id="one side of an and"),
    pytest.param("m = AsyncMock()\nx = m.save() if flag else None\nif x:\n    await x", id="ifexp await"),
    pytest.param("m = AsyncMock()\na, c = m.save(), m.get()\nawait a\nawait c", id="tuple"),
    pytest.param("m = AsyncMock()\nawait asyncio.gather(*[m.save()])", id="starred call"),
    pytest.param(
        "m = AsyncMock()\nd = {i: m.save() for i in range(2)}\nawait asyncio.gather(*d.values())", id="dict comp"
    ),
    pytest.param("m = AsyncMock()\nawait asyncio.gather(*(m.save() for i in range(2)))", id="genexp"),
    pytest.param("m = AsyncMock()\ntry:\n    return m.save()\nfinally:\n    pass", id="return in try"),
    pytest.param("m = AsyncMock()\nx = lambda: m.save()\nawait x()", id="a lambda"),
    pytest.param("m = AsyncMock()\nimport functools\nawait functools.partial(m.save)()", id="partial"),
    pytest.param(
        "m = MagicMock()\nm.save.return_value = asyncio.sleep(0)\nawait m.save()",
        id="a sync mock that returns a coroutine",
    ),
    pytest.param("m = AsyncMock()\nc = m.save()\nassert c in [c]\nawait c", id="compared and awaited"),
    pytest.param("m = AsyncMock()\nprint(c := m.save())\nawait c", id="kept in a walrus"),
    pytest.param("m = AsyncMock()\nwith changed(m):\n    m.save()", id="a context manager of unknown effect"),
    pytest.param("m = AsyncMock()\nwith Changed(m):\n    m.save()", id="a context manager that is made with it"),
    pytest.param(
        "m = AsyncMock()\nasync with doubles.changed(m) as n:\n    m.save()\n    n.save()",
        id="an async context manager that is made with it",
    ),
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_a_call_whose_receiver_or_coroutine_is_not_certain_is_left_alone(text: str) -> None:
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    check_noop(codemod, f"{IMPORTS}\n\nasync def test_it():\n{lines}", path=PATH)
