"""How the expression that creates a double changes, so that some of its members make no coroutines any more."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codemods.asyncmock_await.doubles.facts import Creation, DoubleFacts
from codemods.asyncmock_await.doubles.impossible import Impossible
from codemods.asyncmock_await.doubles.raising import SET_ALREADY, closing_before
from codemods.asyncmock_await.doubles.stands_for import PATCHES
from codemods.asyncmock_await.doubles.uses import Chain
from codemods.asyncmock_await.mock_names import MockNames, made_available
from codemods.asyncmock_await.part import CallChange, Change, Lines
from codemods.toolkit.python.names import ModuleNames

_OWN_KEYWORDS = frozenset(
    {
        "spec", "spec_set", "side_effect", "return_value", "wraps", "name", "unsafe", "parent", "new", "new_callable",
        "create", "autospec", "target", "attribute", "self", "spec_class", "kwargs", "method_calls", "mock_calls",
    }
)  # fmt: skip
"""Keywords that a mock's class or `patch` takes for itself: a member of that name can't be set by one."""

FIRST_ARGUMENT = frozenset(
    {
        "run", "wait_for", "create_task", "ensure_future", "run_coroutine_threadsafe", "run_until_complete", "shield",
    }
)  # fmt: skip
"""Functions of asyncio and methods of its loops whose first argument is the coroutine."""


@dataclass(frozen=True, slots=True)
class Maker:
    """The mock classes as they can be written in one module, with the imports that this takes."""

    names: ModuleNames
    mocks: MockNames

    def spelled(self, name: str, callee: str) -> tuple[str, tuple[Change, ...]]:
        """A class of the library as written beside `callee`.

        Raises:
            Impossible: the name can't be imported.
        """
        prefix, _, last = callee.rpartition(".")
        if prefix and last in {"AsyncMock", "MagicMock", "Mock"}:
            return f"{prefix}.{name}", ()
        if callee == name and self.mocks.canonical(callee) == name:
            return name, ()
        found = made_available(self.names, self.mocks, name)
        if found is not None:
            return found
        if callee.startswith("mocker."):
            return f"mocker.{name}", ()
        raise Impossible(
            "AM294", f"{name} can't be imported here: the name means something else, or nothing is imported"
        )


def refuse_coroutines(
    creation: Creation, members: Sequence[Chain], facts: DoubleFacts, imported: Callable[[str], bool]
) -> None:
    """A sync mock gives what its `side_effect` gives: nothing is gained where that is a coroutine.

    `imported` says whether a dotted name of the module leads to an `async def` of another one.

    Raises:
        Impossible: the `side_effect` of one of the members is a coroutine function.
    """
    effect = next(filter(None, (facts.coroutine_effect(creation, chain, imported) for chain in members)), "")
    if effect:
        reason = f"its side_effect `{effect}` is a coroutine function, so a sync mock would return a coroutine"
        raise Impossible("AM294", f"{reason}: make it a `def`, too")


def refuse_raising(effect: str) -> None:
    """A sync mock raises where a coroutine was dropped; `effect` is a `side_effect` as written, "" if none may raise.

    Raises:
        Impossible: one may, so that a test that passes may fail.
    """
    if effect:
        reason = f"its side_effect `{effect}` would be raised once it is sync, which may fail a test that passes"
        raise Impossible("AM294", reason)


def refuse_expected(where: str) -> None:
    """Once a double is sync, or a coroutine awaited, its use raises nothing; `where` a test expects that it does.

    Raises:
        Impossible: a test does ("" where none does).
    """
    if where:
        raise Impossible("AM299", f"{where} expects what the use of the coroutine raises, and passes for that")


def refuse_read_awaits(name: str) -> None:
    """A sync mock can't be asked how often it was awaited; `name` is that of a member that is, "" without one.

    Raises:
        Impossible: there is one.
    """
    if name:
        reason = f"a test asks how often `{name}` was awaited, which only an AsyncMock can tell"
        raise Impossible("AM294", f"{reason}: ask how often it was called")


def sync_instead(creation: Creation, maker: Maker, *, implicit: bool) -> tuple[Change, ...]:
    """The whole double becomes a MagicMock.

    `implicit` says that a patch without `new_callable` makes an AsyncMock by itself, since the target is async.

    Raises:
        Impossible: it is no expression that can be changed like that.
    """
    keywords = dict(creation.keywords)
    if creation.what in PATCHES:
        if _new_given(creation) or "autospec" in keywords or "spec" in keywords:
            raise Impossible("AM294", "what this patch puts in the place is decided by other arguments of it")
        if not implicit and "new_callable" in keywords:
            return (CallChange(creation.start, creation.end, dropped=("new_callable",)),)
        spelled, imports = maker.spelled("MagicMock", creation.callee)
        dropped = ("new_callable",) if "new_callable" in keywords else ()
        change = CallChange(creation.start, creation.end, dropped=dropped, added=(("new_callable", spelled),))
        return (change, *imports)
    if creation.what.rpartition(".")[2] != "AsyncMock":
        raise Impossible(
            "AM294", f"`{creation.callee}(...)` is no plain AsyncMock: a person has to choose another double"
        )
    if "wraps" in keywords:
        raise Impossible("AM294", "what it wraps may be a coroutine function, so a sync mock would return a coroutine")
    spelled, imports = maker.spelled("MagicMock", creation.callee)
    return (CallChange(creation.start, creation.end, function=spelled), *imports)


def sync_members(creation: Creation, maker: Maker, members: Sequence[Chain]) -> tuple[Change, ...]:
    """Members of the double become MagicMocks, in lines below where it has a name, else by keywords.

    Raises:
        Impossible: there is no place for that.
    """
    chains = _outermost(members)
    # A line below would undo what a mapping sets of a member (`**{"add.return_value": 1}`), a keyword doesn't.
    if creation.target and creation.below and not creation.given("**"):
        spelled, imports = maker.spelled("MagicMock", creation.callee)
        lines = tuple(f"{creation.target}.{_written(chain)} = {spelled}()" for chain in chains)
        if chains == [("()",)] and creation.what.endswith("AsyncMock"):
            return _by_keywords(creation, maker, chains)
        return (Lines(*creation.statement, "below", lines), *imports)
    return _by_keywords(creation, maker, chains)


def _by_keywords(creation: Creation, maker: Maker, chains: Sequence[Chain]) -> tuple[Change, ...]:
    if creation.what.rpartition(".")[2] != "AsyncMock" and (creation.what not in PATCHES or _new_given(creation)):
        raise Impossible("AM294", f"`{creation.callee}(...)` has no name here that a line below could use")
    imports: list[Change] = []
    added: list[tuple[str, str]] = []
    for name in dict.fromkeys(chain[0] for chain in chains):
        written = "return_value" if name == "()" else name
        if written in dict(creation.keywords) or (written != name and not written) or _reserved(name):
            raise Impossible("AM294", f"`{written}` can't be given to `{creation.callee}(...)` as a keyword")
        below = [chain[1:] for chain in chains if chain[0] == name]
        text, needed = _nested(maker, creation.callee, below)
        added.append((written, text))
        imports += needed
    return (CallChange(creation.start, creation.end, added=tuple(added)), *dict.fromkeys(imports))


def _nested(maker: Maker, callee: str, below: Sequence[Chain]) -> tuple[str, tuple[Change, ...]]:
    """The mock for a member: a MagicMock, or an AsyncMock some members of which are one."""
    if () in below:
        spelled, imports = maker.spelled("MagicMock", callee)
        return f"{spelled}()", imports
    spelled, imports = maker.spelled("AsyncMock", callee)
    arguments: list[str] = []
    for name in dict.fromkeys(chain[0] for chain in below):
        if _reserved(name):
            raise Impossible("AM294", f"`{name}` can't be given to an AsyncMock as a keyword")
        text, needed = _nested(maker, callee, [chain[1:] for chain in below if chain[0] == name])
        arguments.append(f"{'return_value' if name == '()' else name}={text}")
        imports = (*imports, *needed)
    return f"{spelled}({', '.join(arguments)})", imports


def closing(creation: Creation, maker: Maker, facts: DoubleFacts) -> tuple[Change, ...]:
    """A patched function closes the coroutine that it is given, and returns what it returned before.

    Raises:
        Impossible: what it does with its arguments is decided already.
    """
    if creation.what not in PATCHES or _new_given(creation):
        raise Impossible("AM295", "it is no plain patch that a side_effect could be added to")
    if dict(creation.keywords).keys() & {"side_effect", "wraps", "autospec", "spec", "new_callable", "**"}:
        raise Impossible("AM295", SET_ALREADY)
    effects = facts.effects_assigned(creation)
    if effects:
        return closing_before(effects, maker.names)
    spelled, imports = maker.spelled("DEFAULT", "")
    effect = f"lambda coroutine, *_, **__: coroutine.close() or {spelled}"
    return (CallChange(creation.start, creation.end, added=(("side_effect", effect),)), *imports)


def _new_given(creation: Creation) -> bool:
    positional = 2 if creation.what.endswith("object") else 1
    return len(creation.positional) > positional or any(name == "new" for name, _text in creation.keywords)


def _outermost(members: Sequence[Chain]) -> list[Chain]:
    """The members without those that lie within another one."""
    return sorted({each for each in members if not any(each[:length] in members for length in range(1, len(each)))})


def _written(chain: Chain) -> str:
    return ".".join("return_value" if step == "()" else step for step in chain)


def _reserved(name: str) -> bool:
    if name == "()":
        return False
    return name in _OWN_KEYWORDS or not name.isidentifier() or keyword.iskeyword(name) or name.startswith("__")
