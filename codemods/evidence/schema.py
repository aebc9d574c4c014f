"""The evidence file: frozen records, their version, and how a file is read and written.

One file tells of one or several runs of a project's tests.  It holds facts, no judgement: which double was created
where, which of its members were called from where, and what became of each coroutine.  Paths are relative to the root
with forward slashes; a place outside the root is never named by its path.  The same calls are counted together, so the
size goes with the number of places, not with the number of calls; `Limits` bounds the rest, and what was cut is counted
in `left_out`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import ClassVar, Literal

import msgspec

VERSION = 1
"""Goes up when a reader of the version before could be misled."""

TESTS_NAMED = 20
"""So many tests are named with each call and each coroutine; `count` fields are of all of them."""

DOUBLES = 100_000
"""So many doubles (places of creation) are recorded."""

CALLS_OF_DOUBLE = 1_000
"""So many calls (member, place, form) are recorded of one double."""

STACK = 12
"""So many frames of a stack are kept, the innermost of the project's own."""

Form = Literal[
    "statement", "awaited", "with", "async with", "for", "async for", "returned", "assigned", "argument",
    "attribute", "value", "unknown",
]  # fmt: skip
"""What the source does with the result of a call, as the syntax around it says.

`statement`: nothing.  `awaited`: under an `await`.  `with`, `async with`, `for`, `async for`: it is the item.
`returned`: by `return` or `yield`, or as a lambda's body.  `assigned`: the whole right-hand side of an assignment or a
walrus.  `argument`: of another call.  `attribute`: an attribute, an item or the call of it is taken.  `value`: any
other expression (a comparison, a condition, part of an f-string or a collection).  `unknown`: the source could not be
read, or the call stands outside of the project.
"""

FunctionKind = Literal["async", "sync", "lambda", "comprehension", "class", "module", "unknown"]
"""What is around a call: whether an `await` would be legal there (`async` only)."""

Outcome = Literal["passed", "failed", "error", "skipped", "xfailed", "xpassed", "unknown"]


class Place(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """The span of an expression as `ast` counts: lines from 1, columns in bytes of UTF-8 from 0.

    `path` is "" for a place outside the project; `line` is 0 where the place is not known, `end_line` is 0 where only
    the line is.
    """

    path: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0


class Frame(msgspec.Struct, frozen=True, order=True):
    """One frame of a stack: where, and in which function (its qualified name)."""

    place: Place
    function: str


class Test(msgspec.Struct, frozen=True):
    """A test by its id (pytest's node id, or `path::Class::method` for unittest), and how it ended.

    A phase that fails counts: an error in set-up or tear-down is `error`.
    """

    __test__: ClassVar[bool] = False
    """pytest is not to take it for a class of tests where it is imported."""

    id: str
    outcome: Outcome


class Fate(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of the coroutines of a call, counted.

    `awaited`: it began to run.  `cancelled`: it began and was cancelled.  `closed`: `close()` before it began, or an
    exception was thrown into it then, as asyncio does with a task that is cancelled before its first step.
    `dropped`: it was never awaited.  `pending`: it was still there when the recording ended, and hadn't begun.
    """

    awaited: int = 0
    cancelled: int = 0
    closed: int = 0
    dropped: int = 0
    pending: int = 0


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """The calls of one member of a double from one place.

    `chain` leads from the double to what was called: names of attributes, and "()" for the return value of what comes
    before it.  `()` is the double itself, `("execute", "()", "scalars")` is `double.execute.return_value.scalars`.
    `asynchronous` says that the member is an AsyncMock, so that each call made a coroutine (`fate`); of other members
    nothing but the number of calls is known.  (From Python 3.13 on an autospecced `async def` is a function that calls
    its mock when it is awaited: calls of it are seen when they begin or are dropped, not when they are closed.)
    `place` is the call in the innermost frame of the project (path "" when there is none), `caller` names the module
    of the frame that called, if that is another (`asyncio.base_events`), and `form`, `around` what the source does
    with the result.  `real` tells what the member is in the spec or in the patched original ("" where there is none).
    `handed_to` are the doubles (as indices of `Evidence.doubles`) that were called with the coroutine as an argument.
    `tests` are indices of `Evidence.tests`: those that made the calls, those with a dropped coroutine first.
    `stack` belongs to the first dropped coroutine, innermost frame first.
    `dropping` says how many of `tests`, from the first on, had a coroutine dropped.
    """

    chain: tuple[str, ...]
    asynchronous: bool
    place: Place
    caller: str
    form: Form
    around: FunctionKind
    count: int
    fate: Fate
    real: Literal["async", "sync", "other", ""]
    handed_to: tuple[int, ...]
    tests: tuple[int, ...]
    stack: tuple[Frame, ...] = ()
    dropping: int = 0


class Double(msgspec.Struct, frozen=True):
    """All mocks that were created by one expression.

    `place` is the call that created them: `AsyncMock(...)`, `patch(...)` and its kin (also as a decorator, of a class
    too), `create_autospec(...)`, `mocker.patch(...)`.  Children that mocks make by themselves are no doubles of their
    own but members (see `Call.chain`), as are doubles that were given to another one as an attribute or return value.
    Those have a double of their own: calls are recorded with the double that was created nearest to the call.
    `parents` are the doubles that such a double was seen to be attached to.
    Mocks of one expression that differ in `made_by`, `type`, `spec`, `target` or `original` (`patch.multiple`, a helper
    that gets the spec as an argument) are doubles of their own with the same `place`.
    `made_by` is the callable as written by its last part (`AsyncMock`, `MagicMock`, `patch`, `patch.object`,
    `patch.multiple`, `patch.dict`, `create_autospec`, `mocker.patch`, ... or the class's name for a subclass), `type`
    the class of the mock that came out.
    `spec` is `module:qualname` of the spec class or object ("" without one).
    `target` is what was patched (`package.module.name`, by the object that the name is taken from), `original` what
    stood there before.  They are also known of a double that was given to `patch` as `new`.
    `attributes` are the direct members that it made by itself when somebody read them, sorted.
    `count` is the number of mocks created, `tests` as in `Call`: those during which one was created.
    """

    place: Place
    made_by: str
    type: str
    spec: str
    target: str
    original: Literal["function", "async function", "class", "instance", "other", "missing", ""]
    parents: tuple[int, ...]
    attributes: tuple[str, ...]
    count: int
    tests: tuple[int, ...]
    calls: tuple[Call, ...]


class Coroutine(msgspec.Struct, frozen=True, omit_defaults=True):
    """Coroutines of one `async def` (no mock) that were never awaited, from one place.

    `function` is its qualified name, `defined` where it stands (path "" outside of the project), `module` the module.
    `place`, `form` and `around` tell of the call that made it, as in `Call`; line 0 where nothing of the project called
    it (a test runner called a test).  `handed_to` as in `Call`: doubles that it was given to.
    `is_test` says that it is the body of a test (or of a set-up or tear-down method) that a runner called.
    """

    function: str
    module: str
    defined: Place
    place: Place
    form: Form
    around: FunctionKind
    is_test: bool
    count: int
    handed_to: tuple[int, ...]
    tests: tuple[int, ...]
    stack: tuple[Frame, ...] = ()


class Evidence(msgspec.Struct, frozen=True):
    """The whole file.

    `files` holds, for each file of the project that a place names, the BLAKE2b digest (16 bytes, hexadecimal) of its
    bytes when the tests ran: evidence about a file that has changed since is out of date.
    `left_out` counts what the limits cut.
    """

    version: int
    python: str
    files: dict[str, str]
    tests: tuple[Test, ...]
    doubles: tuple[Double, ...]
    coroutines: tuple[Coroutine, ...]
    left_out: int = 0


class _Version(msgspec.Struct, frozen=True):
    version: int


class UnreadableEvidence(ValueError):  # noqa: N818 - what it says is the evidence's fault, as `NotFound` would
    """The bytes are no evidence file of a known version: one line that says what is wrong."""


def read(content: bytes) -> Evidence:
    """The evidence in the bytes of a file.

    Raises `UnreadableEvidence` for anything else: other content, an unknown version, an index that leads nowhere.
    """
    try:
        version = msgspec.json.decode(content, type=_Version).version
        if version != VERSION:
            raise UnreadableEvidence(f"evidence of version {version}, but this is read: {VERSION}")
        evidence = msgspec.json.decode(content, type=Evidence)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableEvidence(f"not an evidence file: {error}") from error
    _check_indices(evidence)
    return evidence


def _check_indices(evidence: Evidence) -> None:
    doubles, tests = len(evidence.doubles), len(evidence.tests)
    for record in _indexed(evidence):
        handed = record.parents if isinstance(record, Double) else record.handed_to
        if not (all(0 <= index < doubles for index in handed) and all(0 <= index < tests for index in record.tests)):
            raise UnreadableEvidence("not an evidence file: it refers to a double or a test that it doesn't hold")


def _indexed(evidence: Evidence) -> Iterable[Double | Call | Coroutine]:
    yield from evidence.coroutines
    for double in evidence.doubles:
        yield double
        yield from double.calls


def written(evidence: Evidence) -> bytes:
    """The bytes of a file: JSON with a record on each line, the same bytes for the same evidence."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    lines = [
        b'{"version":%d,"python":%s,"left_out":%d,' % (evidence.version, encode(evidence.python), evidence.left_out)
    ]
    lines.append(b'"files":{')
    lines += _separated([encode(path) + b":" + encode(digest) for path, digest in sorted(evidence.files.items())])
    lines.append(b'},"tests":[')
    lines += _separated([encode(test) for test in evidence.tests])
    lines.append(b'],"doubles":[')
    lines += _separated([_double_lines(double, encode) for double in evidence.doubles])
    lines.append(b'],"coroutines":[')
    lines += _separated([encode(coroutine) for coroutine in evidence.coroutines])
    lines.append(b"]}\n")
    return b"\n".join(lines)


def _double_lines(double: Double, encode: Callable[[object], bytes]) -> bytes:
    head = encode(msgspec.structs.replace(double, calls=())).removesuffix(b"[]}")
    return b"\n".join([head + b"[", *_separated([b"  " + encode(call) for call in double.calls]), b"]}"])


def _separated(records: list[bytes]) -> list[bytes]:
    return [record + b"," for record in records[:-1]] + records[-1:]


def json_schema() -> bytes:
    """The JSON Schema of the file (docs/evidence.schema.json)."""
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Evidence)}
    for definition in described["$defs"].values():
        definition["description"] = inspect.cleandoc(definition["description"])  # 3.13 does so by itself
    return msgspec.json.format(msgspec.json.encode(described), indent=2) + b"\n"
