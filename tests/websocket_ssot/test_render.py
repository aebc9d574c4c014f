from __future__ import annotations

import pytest

from codemods.websocket_ssot.part import ImportChange, NewImport
from codemods.websocket_ssot.render import call_of, import_lines

FACTORY = "get_websocket_manager"
NEW = NewImport("shop.ws.manager", FACTORY)


@pytest.mark.parametrize(
    ("old", "arguments", "new"),
    [
        pytest.param("Old()", (), f"{FACTORY}()", id="nothing"),
        pytest.param("Old( )", (), f"{FACTORY}( )", id="nothing but a blank"),
        pytest.param("Old(ctx)", ((0, "user_context"),), f"{FACTORY}(user_context=ctx)", id="a name"),
        pytest.param("Old(a, b)", ((1, "x"), (0, "y")), f"{FACTORY}(x=b, y=a)", id="another order"),
        pytest.param("Old(\n    a,\n    b,\n)", ((1, ""),), f"{FACTORY}(\n    b,\n)", id="one left of two"),
        pytest.param("Old(  a, )", (), f"{FACTORY}()", id="none left"),
        pytest.param("Old(ctx = c)", ((0, "user"),), f"{FACTORY}(user = c)", id="blanks around the sign"),
        pytest.param("Old()", ((-1, 'mode="x"'),), f'{FACTORY}(mode="x")', id="a value of its own"),
        pytest.param("Old(a)", ((0, ""), (-1, 'm="x"')), f'{FACTORY}(a, m="x")', id="a value of its own besides"),
        pytest.param(
            "Old(a)", ((0, ""), (-1, "m=1"), (-1, "n=2")), f"{FACTORY}(a, m=1, n=2)", id="two values of its own"
        ),
        pytest.param("Old((yield))", ((0, "x"),), f"{FACTORY}(x=(yield))", id="brackets that are needed stay"),
        pytest.param("Old(x for x in y)", ((0, "u"),), f"{FACTORY}(u=(x for x in y))", id="a bare generator"),
        pytest.param("Old(x := y)", ((0, "u"),), f"{FACTORY}(u=(x := y))", id="a walrus"),
        pytest.param("Old((x := y))", ((0, "u"),), f"{FACTORY}(u=(x := y))", id="a walrus in brackets"),
        pytest.param("a.b.Old(x)", ((0, ""),), f"{FACTORY}(x)", id="through a module"),
    ],
)
def test_a_call_keeps_its_layout(old: str, arguments: tuple[tuple[int, str], ...], new: str) -> None:
    assert call_of(old, FACTORY, arguments, awaited=False) == new


def test_an_await_goes_with_the_coroutine() -> None:
    assert call_of("await  old(ctx)", "ws.get", ((0, ""),), awaited=True) == "ws.get(ctx)"


@pytest.mark.parametrize(
    ("old", "gone", "added", "statement", "below"),
    [
        pytest.param("from a import X", (0,), (), "", (), id="goes"),
        pytest.param("from a import X, Y", (0,), (), "from a import Y", (), id="first goes"),
        pytest.param("from a import X, Y", (1,), (), "from a import X", (), id="last goes"),
        pytest.param("from a import X", (0,), (NEW,), f"from shop.ws.manager import {FACTORY}", (), id="another"),
        pytest.param("from a import X", (0,), (NewImport(".b", "Z", "Q"),), "from .b import Z as Q", (), id="relative"),
        pytest.param("from .a import X", (0,), (NewImport("..", "Z"),), "from .. import Z", (), id="a package"),
        pytest.param("from a import X as Y", (0,), (NewImport("a", "Z", "Y"),), "from a import Z as Y", (), id="alias"),
        pytest.param("from a import X  as  Y", (0,), (NewImport("a", "Z"),), "from a import Z", (), id="no alias"),
        pytest.param(
            "from a import X, Y",
            (0,),
            (NEW,),
            "from a import Y",
            (f"from shop.ws.manager import {FACTORY}",),
            id="below",
        ),
        pytest.param(
            "from a import X",
            (0,),
            (NewImport("b", "Y"), NewImport("c", "Z", "Q")),
            "from b import Y",
            ("from c import Z as Q",),
            id="two modules",
        ),
        pytest.param(
            "from b import X",
            (0,),
            (NewImport("b", "Y"), NewImport("b", "Z")),
            "from b import Y, Z",
            (),
            id="two of its own module",
        ),
        pytest.param("from a import *", (), (NEW,), "from a import *", (f"from shop.ws.manager import {FACTORY}",)),
        pytest.param("import a", (), (NEW,), "import a", (f"from shop.ws.manager import {FACTORY}",), id="module"),
        pytest.param("import a, b as c, d", (0, 2), (), "import b as c", (), id="modules go"),
        pytest.param("import a", (0,), (NEW,), "", (f"from shop.ws.manager import {FACTORY}",), id="module goes"),
    ],
)
def test_an_import_keeps_what_stays(
    old: str, gone: tuple[int, ...], added: tuple[NewImport, ...], statement: str, below: tuple[str, ...]
) -> None:
    assert import_lines(old, ImportChange(0, len(old), gone, added)) == (statement, below)


def test_a_comment_without_a_name_in_its_place_stands_below() -> None:
    old = "from a import (\n    X,  # of X\n    Y,\n)"
    change = ImportChange(0, len(old), (0,), ())
    assert import_lines(old, change) == ("from a import (\n    Y,\n)", ("# of X",))


def test_the_last_name_that_stays_closes_the_brackets_with_its_own_comment() -> None:
    old = "from a import (\n    X,  # of X\n    Y)"
    change = ImportChange(0, len(old), (1,), ())
    statement, below = import_lines(old, change)
    assert statement.startswith("from a import (\n    X,  # of X\n")
    assert statement.endswith(")")
    assert below == ()
