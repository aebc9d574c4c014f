"""The codes of this family: doubles of the wrong kind (AM2xx), and what production forgot (AM4xx)."""

from __future__ import annotations

from codemods.toolkit.codemod import Code

_MENDED = (
    Code(
        "AM201",
        "sync member of an AsyncMock",
        """An AsyncMock stands for an object that has sync methods too. Each member of an AsyncMock is an AsyncMock,
so the code under test gets a coroutine where the real object gives a value, and nobody awaits it. A run of the tests
showed which members these are (`--evidence`).

```python
db = AsyncMock()
db.add = MagicMock()      # new: `db.add(order)` is no coroutine function, `await db.commit()` is one
```

Where the double has no name of its own, its call says the same (`AsyncMock(add=MagicMock())`), or it becomes a
`MagicMock()` itself if nothing of it is ever awaited. Configuration below (`db.add.return_value = 1`) stays valid.

A double whose real class is known gets that as its spec instead (`AsyncMock(spec=Session)`), with the import that this
takes. It is known by what annotates the double (`db: Session = AsyncMock()`, or the function or fixture that hands it
out), or else by the annotations of all parameters and attributes by which the code under test calls it (`Orders(db)`
with `def __init__(self, session: Session)`). The class has to be one of the project, with all that was seen of the
double, each member of the same kind; an attribute that only `__init__` sets is nothing that a spec allows. It stays
without a spec where the code asks `isinstance`, or where the import would load a module that isn't loaded already.

`--style` says which of these are taken:

- `smallest` (the default): the real class where that is known, else a sync mock for each of the members, or a
  `MagicMock()` where the double has no name and nothing of it is ever awaited.
- `spec`: the real class, or the double is refused with the reason (AM298).
- `attribute`: a sync mock for each of the members.
- `magicmock`: a `MagicMock()` where nothing of the double is ever awaited, else a sync mock for each of the members.

**What to do.** Nothing; read the change.
""",
    ),
    Code(
        "AM202",
        "sync result of an awaited call",
        """What an AsyncMock gives when it is awaited is an AsyncMock again, and the code under test calls sync
methods of it (`result.scalars().all()`).

```python
session = AsyncMock()
session.execute.return_value = MagicMock()     # new
```

**What to do.** Nothing; read the change. Real data instead of a mock is better still.
""",
    ),
    Code(
        "AM203",
        "patch makes an AsyncMock of a sync function",
        """`patch(..., new_callable=AsyncMock)` replaces a function that is no coroutine function: what it returns is
never awaited. Without `new_callable`, `patch` makes the right mock by itself: a MagicMock for a sync function, an
AsyncMock for an `async def`. This is rewritten without evidence too, where the target leads to a function of the
project whose definition says that it returns nothing awaitable.

**What to do.** Nothing; read the change.
""",
    ),
    Code(
        "AM204",
        "async context manager from an AsyncMock",
        """`async with m.begin()` asks for an object with `__aenter__`, and an AsyncMock gives a coroutine: the
statement fails, and the coroutine is never awaited. A MagicMock gives an object that can be entered (what the body
gets is `m.begin.return_value.__aenter__.return_value`).

```python
m = AsyncMock()
m.begin = MagicMock()     # new
```

**What to do.** Nothing; read the change.
""",
    ),
    Code(
        "AM205",
        "patched runner drops a coroutine",
        """`asyncio.run`, `wait_for`, `create_task` or another function that is given a coroutine is patched, and its
mock drops it. Where the coroutine came from a double that nobody awaits, that double becomes sync
(`patch("pkg.serve", new_callable=MagicMock)`): what it returns is never wanted. Where it is a real one, the patched
function closes it and returns what it returned before, or raises what it raised (one of Python's own exceptions).

```python
@patch("asyncio.run", side_effect=lambda coroutine, *_, **__: coroutine.close() or DEFAULT)
```

**What to do.** Nothing; read the change.
""",
    ),
)

_REFUSED = (
    Code(
        "AM290",
        "evidence out of date",
        """The file has other bytes than when the evidence was recorded, so places in it may mean something else.

**What to do.** Record the evidence again (`pytest --codemods-evidence=FILE`) and run once more. After a run that was
applied with evidence, this is to be expected: the new recording shows whether anything is left.
""",
    ),
    Code(
        "AM291",
        "uses of a double contradict each other",
        """One expression creates the double for several tests (a fixture, a helper), and the same member is awaited
in some of them and called without `await` in others. Whatever kind it is, it is wrong for one of them.

Or a test awaits a double (`patch(..., new_callable=AsyncMock)`) whose target is a function that is no coroutine
function: the code under test calls that without `await`.

**What to do.** Look at the tests that are named: either an `await` is missing in one place, or they need doubles of
their own.
""",
    ),
    Code(
        "AM292",
        "double not found at its place",
        """The evidence names a place where a double was created, and the source has no call there that this codemod
knows to create one: a class of the project's own, a helper of a library, or a mock that is created by a default.

**What to do.** Change the double by hand: the members named must be `MagicMock`.
""",
    ),
    Code(
        "AM293",
        "called in a sync test",
        """A function of a test that is no `async def` calls the AsyncMock and can't await it. The test becomes async by
itself (AM103) where the call stands in it, and unless there is a reason against it, which is named.

**What to do.** Make the function `async def` and await the call, or use a `MagicMock` where the code under test would
call it synchronously.
""",
    ),
    Code(
        "AM294",
        "no small change makes this double sync",
        """The double is created in a way that neither a new line nor a keyword can mend: its class is decided by
other arguments, it has no name, or the import would collide with another name. Or its `side_effect` is a coroutine
function, so that a sync mock would return a coroutine as well. Or it is an exception, which nobody raises as
long as the coroutine is dropped, in a test that passes. Or a test asks how often it was awaited (`assert_not_awaited`,
`await_count`), which only an AsyncMock can tell.

**What to do.** Change it by hand: give it a `MagicMock` for the members named, and make the `side_effect` a `def`; ask
how often it was called (`assert_not_called`).
""",
    ),
    Code(
        "AM295",
        "patched runner whose behaviour is set already",
        """A patched function is given a coroutine and drops it, but its `side_effect` is set already (to something
else than one of Python's own exceptions, made of constants), or it isn't known which of its arguments the coroutine is.
Or it is given other things in other calls: a task, which has no `close`, or a coroutine that the test awaits.

**What to do.** Have the `side_effect` close its argument before it returns or raises:

```python
def stopped(coroutine, **kwargs):
    coroutine.close()
    raise KeyboardInterrupt
```
""",
    ),
    Code(
        "AM296",
        "coroutine that asyncio was given and did not run",
        """The code under test hands the coroutine of a double to `create_task`, `gather` or the like, which failed or
never came to run it: no event loop is running, or another argument of `gather` is no awaitable. The double is of the
right kind.

**What to do.** Run the test with an event loop (`async def`), make the doubles beside it AsyncMocks, too, or patch the
function that starts the task.
""",
    ),
    Code(
        "AM298",
        "real class of a double not known to be right as its spec",
        """With `--style spec`, a double that is too wide gets its real class as its spec, or nothing. No annotation
tells the class (AM201 says which count), or it isn't one of the project, or has not all that was seen of the double
(an attribute that only `__init__` sets is nothing that a spec allows), or the code asks whether the double is an
instance, or the class can't be named there without loading more than the tests load now.

**What to do.** Annotate the double or the parameter that it is given to, or take another style: `smallest` makes the
members sync where no class is known.
""",
    ),
    Code(
        "AM299",
        "test that expects what a lost coroutine raises",
        """A coroutine is used as what it stands for (`rows.first()`, where `rows` is one), which raises an
`AttributeError` or a `TypeError`, and a test that passes expects this: the call stands within `pytest.raises`,
`assertRaises`, or a `try` that does something else then. Once the double is mended, or the coroutine awaited, nothing
is raised there, and the test fails.

**What to do.** Find out what the test is meant to show. If it is another failure, make the double raise that by a
`side_effect`, and mend it then.
""",
    ),
)

_UNCLEAR = (
    Code(
        "AM297",
        "coroutine used as a value in a test",
        """A test uses what an AsyncMock returns without awaiting it (`rows = result.fetchall()`), and neither a spec
nor another call tells whether the real method is a coroutine function. Where it is none, an `await` would silence the
warning and depart from the real API. Or the coroutine is handed on (`task = start()`, then `tasks.append(task)`): who
takes it may await it, though not in each test that was run.

**What to do.** Await the call if the real method is `async def`; else give the double a `MagicMock` for that member or
for all of it (`result = MagicMock()`), which is right for most results.
""",
    ),
)

_PRODUCTION = (
    Code(
        "AM401",
        "production forgot an await",
        """Code that is no test calls a coroutine function and does nothing with the coroutine. A run of the tests
showed it. It is reported, never rewritten.

**What to do.** Await the call, or start a task for it. Where the coroutine function is a stub that a test puts in place
(the report says so) and what it stands for is none, make the stub a plain `def`.
""",
    ),
)

CODES: tuple[Code, ...] = (*_MENDED, *_REFUSED, *_UNCLEAR, *_PRODUCTION)
"""All codes of this family."""
