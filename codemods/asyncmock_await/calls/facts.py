"""What is known of calls of mocks and coroutine functions (AM1xx) in one module."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from codemods.asyncmock_await.never_run.facts import Function

Kind = Literal["async", "sync", "unknown"]
"""What a call of a double gives: a coroutine, something else, or nobody knows."""

RESULT = "()"
"""The member of a double that a call of it gives (for an AsyncMock, what its coroutine gives)."""

Fate = Literal["dropped", "value", "awaited", "consumed"]
"""What becomes of the coroutine of a call, as the syntax around it shows.

`dropped`: the call is a statement, or its result is never read.  `value`: it is used as if it were the result.
`awaited`: there is an `await`.  `consumed`: it is handed on to something that may await it.
"""

Place = Literal["async", "sync", "closed"]
"""What is around a call: an async function, a sync one, or a lambda or generator expression within either."""

Form = Literal[
    "fixture", "self", "call", "entered", "function", "name", "spec", "mock spec", "autospec", "wraps", "async wraps",
    "patch", "patch object", "patch autospec",
]  # fmt: skip
"""How a function comes by a double whose kind other places decide about.

`fixture`: the parameter of that name.  `self`: an attribute that a base class sets up.  `call`: what a function or
class of the project gives, by its dotted name, `entered`: what a `with` gives of that.  `function`: that function
itself.  `name`: a name of the module.
`spec`, `mock spec`, `autospec`: the function makes it itself, an AsyncMock, a sync mock, or `create_autospec`, with the
class or function of that name as its spec (`Orders()` is an instance); `wraps`, `async wraps`: a sync mock, or an
AsyncMock, with that as what it calls.  `patch`: what `patch` puts in the place of this dotted target, `patch autospec`:
with that as its spec; `patch object`: in the place of this name.
"""


class Outside(msgspec.Struct, frozen=True, array_like=True):
    """Where a double comes from that a function only has the use of.

    `owner` is the class around the function, as the module calls it, "" at the top level.
    """

    form: Form
    name: str
    owner: str = ""


class Put(msgspec.Struct, frozen=True, array_like=True):
    """A double was put into an attribute of a real object, and is read from there: its class has a say in that.

    `outside` is what gave the object (the call of a class), `name` the attribute.
    """

    outside: Outside
    name: str


class Shape(msgspec.Struct, frozen=True):
    """What a double is when it leaves the function that made it.

    Its own calls, its members unless set, and those that were set: None is one that isn't certain.  `outside` is where
    it comes from, with the names of members that lead to it there, if the function didn't make it itself.  `makes`: it
    is no double, but a function that makes one, which is what its call gives.  `raises`: its `side_effect` may raise.
    """

    kind: Kind = "unknown"
    children: Kind = "unknown"
    members: dict[str, Shape | None] = {}
    outside: Outside | None = None
    chain: tuple[str, ...] = ()
    makes: bool = False
    raises: bool = False


Definition: TypeAlias = Literal["fixture", "call", "entered", "self", "instance", "name"]


class Gift(msgspec.Struct, frozen=True, array_like=True):
    """What a function, a fixture, the set-up of a class or a name of the module gives; None where it isn't certain.

    The name of an attribute that a set-up gives, or the `__init__` of a class, is `Class.attribute`, that of a fixture
    or a method of a class `Class.fixture`.
    """

    what: Definition
    name: str
    shape: Shape | None


class ClassOf(msgspec.Struct, frozen=True, array_like=True):
    """A class of a test module: its bases as written, whether it has a set-up, the fixtures that it defines.

    `methods` are those that its tests and set-ups may call.  `line` is that of its `class`.
    """

    name: str
    bases: tuple[str, ...]
    setup: bool
    fixtures: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    line: int = 0


class Replaced(msgspec.Struct, frozen=True, array_like=True):
    """Something that a module of tests may replace while tests of other modules run: its last name, and the line.

    `kind` says what `owner` is that has it: for a `target`, the dotted path that `patch` imports, for an `object`, a
    dotted name of the module.  Of a `member` nobody knows whose it is, a `self` is set by an object on itself.  For a
    `module`, in whose place something else is put, `name` is the whole dotted name.  `asynchronous`: by an AsyncMock.
    """

    name: str
    line: int
    kind: Literal["target", "object", "member", "self", "module"]
    owner: str = ""
    asynchronous: bool = False


class CallSite(msgspec.Struct, frozen=True, array_like=True):
    """One call that makes a coroutine, or may.

    `start`, `end` are the span of the call, `name` what is called as written.  `brackets`: an `await` needs brackets
    around it.  `certain`: the receiver is an AsyncMock on every path that leads here.  `reference`: what is called is
    not a mock but this name of the module, which may be a coroutine function.  `function` is the name of the function
    around it, `test` whether that is a test.  `of_result`: it is a method of what an awaited call gave.
    `sync`: the receiver is a sync mock on every path, so that what it gives can't be awaited; `awaiting` is the span
    of the `await` in front of it.  `unset`: nothing was set that the call would give.
    `keyword` is where the `def` of the sync test around it stands (-1: it stands in something else).
    `outside` is where the double comes from if other places decide what it is, and `chain` the names of the members
    that lead from it to what is called.  `fixtures` are those of the module on which all this rests.  `made` is where
    the call ends that creates the double (-1 where that isn't known) and `member` the one member of it that is called
    ("" where it is the double itself, or a member of a member), `annotated` is the dotted name that annotates the
    parameter which holds it.  `received` is where the `def` of the helper around it stands, if it gets the double as a
    parameter: all calls of it in the module hand over such a one.  `owner` is the class around it, where the double
    comes from its set-up or from a fixture.  `late`: it stands behind the `yield` of a fixture, so that a test may have
    changed the double.  `doubt` says why it is not `certain`, where that is known.  `shared`: what is called is found
    in a module, where something else may have replaced it.  `put` are the attributes of real objects through which the
    double is reached.  `raises`: the `side_effect` of the double may raise there, which nothing around it expects;
    `guarded`: something around it may expect that.
    """

    start: int
    end: int
    line: int
    column: int
    name: str
    fate: Fate
    around: Place
    function: str
    test: bool
    brackets: bool = False
    certain: bool = True
    reference: bool = False
    of_result: bool = False
    sync: bool = False
    awaiting: tuple[int, int] = (0, 0)
    unset: bool = False
    keyword: int = -1
    outside: Outside | None = None
    chain: tuple[str, ...] = ()
    fixtures: tuple[str, ...] = ()
    made: int = -1
    member: str = ""
    annotated: str = ""
    received: int = -1
    owner: str = ""
    late: bool = False
    doubt: str = ""
    shared: bool = False
    put: tuple[Put, ...] = ()
    raises: bool = False
    guarded: bool = False


class Assertion(msgspec.Struct, frozen=True, array_like=True):
    """An assertion that an AsyncMock was called, in a function that was followed.

    `start`, `end` are the span of what is called (`db.commit.assert_called_once`), `name` is that as written, `method`
    its last part.  `made` is where the call ends that creates the double (-1 where that isn't known), `chain` the names
    of the members that lead from there.  `awaited`: the function awaits a call of it, or loses it.  `keyword` is where
    the `def` of the sync function around it stands, -1 in an async one.
    """

    start: int
    end: int
    line: int
    column: int
    name: str
    method: str
    made: int
    chain: tuple[str, ...]
    awaited: bool
    keyword: int = -1


Role = Literal["test", "fixture", "helper", "set-up"]
"""What a sync function of a test module is: `helper` is any that is none of the others.

A `set-up` is a method that unittest calls, and has an async form of.
"""


class SyncFunction(msgspec.Struct, frozen=True, array_like=True):
    """A sync function of a test module in which a coroutine is lost: what has to be known to make it async.

    `owner` is its class, "" at the top level, `calls` are the dotted names that it calls, or hands to what it calls,
    those of the fixtures of the module that it asks for included.  `obstacle` says why it can't become async, as far
    as its module shows.  `asked_for` is the name by which tests ask for a fixture, "" where it comes by itself.
    """

    function: Function
    owner: str
    calls: tuple[str, ...]
    obstacle: str = ""
    role: Role = "test"
    asked_for: str = ""


Naming: TypeAlias = Literal["call", "definition", "import", "parameter", "text", "other"]
"""How a place names a function: `text` is a string, `other` a use that is no call.

`parameter`: a function has a parameter of this name, and may so ask for a fixture.
"""


class Mention(msgspec.Struct, frozen=True, array_like=True):
    """A place that names a function, by its last name; `receiver` is what stands before that ("self", "?").

    For a parameter, `receiver` is the role of the function that has it, and `start`, `end` are the span of that one.

    `start`, `end` are the span of the call (of the name, where it is none), `brackets`: an `await` needs brackets
    around it.  `obstacle` says why no `await` can stand there.  `function`, `owner` are the function and the class
    around it, `keyword` is where the `def` of that function stands (-1 where it is async, or where there is none).
    """

    name: str
    how: Naming
    receiver: str
    line: int
    column: int
    start: int
    end: int
    obstacle: str
    function: str
    owner: str
    keyword: int
    brackets: bool = False

    @property
    def written(self) -> str:
        """What is called, as written."""
        return f"{self.receiver}.{self.name}" if self.receiver else self.name


class Suspect(msgspec.Struct, frozen=True, array_like=True):
    """A call, in a function that was not followed, whose coroutine would be lost if it made one.

    `outside` and `chain` say what is called, as in a `CallSite`.  `handed`: it is an argument of another call, which
    may await what it gives.
    """

    function: str
    outside: Outside
    chain: tuple[str, ...]
    handed: bool = False


class CallFacts(msgspec.Struct, frozen=True):
    """The facts of one module about calls of mocks and coroutine functions.

    `assumed` are the names of the mock library that come from another module of the project: (level, module, member).
    `coroutines` are the functions of the module whose call makes a coroutine and does nothing else.
    `gifts` are the doubles that others may get from here, `altered` the fixtures that its own fixtures change
    ("*": any of them), `suspects` what has to be known before it is worth while to follow more of its functions,
    `functions` the sync functions around sites, and around `mentions`: where the module names functions that may have
    to become async.  `assertions` are collected only where a rewrite of theirs
    is requested.  `received` are the helpers, sync or async, around sites whose double is a parameter.  `replaces` is
    what the module may replace while tests of other modules run, `plugins` are its `pytest_plugins`.
    """

    sites: tuple[CallSite, ...] = ()
    assumed: tuple[tuple[int, str, str], ...] = ()
    coroutines: tuple[str, ...] = ()
    gifts: tuple[Gift, ...] = ()
    classes: tuple[ClassOf, ...] = ()
    altered: tuple[str, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    functions: tuple[SyncFunction, ...] = ()
    mentions: tuple[Mention, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    received: tuple[SyncFunction, ...] = ()
    replaces: tuple[Replaced, ...] = ()
    plugins: tuple[str, ...] = ()
