"""The codes of this family."""

from __future__ import annotations

from codemods.toolkit.codemod import Code

CODES: tuple[Code, ...] = (
    Code(
        "AM101",
        "call of an AsyncMock is not awaited",
        """A call of an AsyncMock makes a coroutine. Here nobody takes it, so the mock never runs: it returns nothing,
raises nothing, and counts no await. Python says so when the coroutine is thrown away: `RuntimeWarning: coroutine
'AsyncMockMixin._execute_mock_call' was never awaited`.

```python
async def test_orders_are_saved():
    db = AsyncMock()
    db.commit()                  # AM101, becomes: await db.commit()
```

A test module is searched if it says `AsyncMock`, if it gets one from a fixture of a conftest.py, from a helper module
or a base class of the tests, or if it has to be read for another reason: one that only patches an `async def` by its
name is not, without the evidence of a run.

Patches are followed by what they hand over: to parameters (by position, and by name from `patch.multiple` with
`DEFAULT`), to a `with`, by `start()`, by pytest-mock. So is the place where one puts an AsyncMock, if it says so
itself, as `patch.multiple` and `patch.dict` do, as long as nothing may have put something else there: `mail.send()`
within `patch.multiple("shop.mail", send=AsyncMock())`, `HANDLERS["send"]()` within a `patch.dict` of `HANDLERS`.

**What to do.** Nothing: the `await` is written where the receiver is an AsyncMock on every path that leads there.
""",
    ),
    Code(
        "AM102",
        "coroutine of an AsyncMock is used as a value",
        """The result of a call of an AsyncMock is compared, tested, formatted or taken apart, but it is a coroutine:
such an assertion fails for the wrong reason, or passes for it.

```python
async def test_a_price_is_found():
    prices = AsyncMock(return_value={"tea": 2})
    assert prices("tea")                     # AM102: a coroutine is always true
    assert prices("tea")["tea"] == 2         # AM102, becomes: (await prices("tea"))["tea"] == 2
    assert [prices("tea")] == [{"tea": 2}]   # AM102, becomes: [await prices("tea")] == [{"tea": 2}]
```

**What to do.** Nothing: the `await` is written, in brackets where its value is taken apart. A test that passed only
because a coroutine is true may fail then, and tells the truth.
""",
    ),
    Code(
        "AM103",
        "sync test loses a coroutine",
        """A sync test calls an AsyncMock, or an `async def` of the project. No `await` can stand there, so the
coroutine is dropped: the test has to be async.

```python
def test_orders_are_saved():             # AM103, becomes: async def test_orders_are_saved():
    db = AsyncMock()
    db.commit()                          # and: await db.commit()
```

The test gets the marker that its module, or else the project, uses (`@pytest.mark.asyncio`, `anyio` or `trio`) where
the settings don't run every async test, and a plain `unittest.TestCase` becomes an `IsolatedAsyncioTestCase`. A sync
fixture becomes async where the auto mode of pytest-asyncio awaits it; under anyio and pytest-trio, which await it for
their own tests only, it becomes async together with the tests that ask for it.

So does a helper, a function of a test module or a method of a test class: each call of it gets its `await`, in other
modules too, and the tests, fixtures and helpers that call it become async with it.

```python
def given_an_order():                    # AM103, becomes: async def given_an_order():
    db = AsyncMock()
    db.commit()                          # and: await db.commit()
    return db

def test_orders_are_kept():              # and: async def test_orders_are_kept():
    assert given_an_order()              # and: assert await given_an_order()
```

A `setUp` or `tearDown` of an `IsolatedAsyncioTestCase` becomes `asyncSetUp` or `asyncTearDown`, where no class around
has another of these, as the runner calls `setUp` before `asyncSetUp`, and `asyncTearDown` before `tearDown`.

**What to do.** Nothing. Where it can't be done, AM113 says why.
""",
    ),
    Code(
        "AM104",
        "call of a coroutine function is not awaited",
        """A test calls an `async def` of the project without `await`, as a statement, or as if the coroutine were the
result: the body never runs.

```python
async def test_orders_are_saved():
    save(order)                  # AM104, becomes: await save(order)
    assert total() == 2          # AM104, becomes: assert await total() == 2
```

Every test module is searched for calls of functions that it imports or defines, of methods of the test class itself
(also of those that it inherits from one base), and of methods of objects that it makes itself (in a name, an attribute
of `self`, a fixture, or by `async with Manager() as manager` where `__aenter__` returns `self`) or gets from another
file: from a fixture of a conftest.py, from the set-up of a base class, from a helper of the tests, from a name of a
module (`manager = Manager()`) or a function that returns nothing else (`return Manager()`). The class of the object has
to be certain by the code that makes it: what an annotation says is no proof. A method may be inherited, where nothing
that Python looks at before could have one. Nothing may come before the method, either: an attribute that instances
hold, a derived class, what replaces it in the module, in a conftest.py or in what these import. A name that a module
binds in several ways (in the branches of a `try` or an `if`) is left alone.

**What to do.** Nothing, where the name leads to the `async def` by origin. See whether the test passes once the body
runs.
""",
    ),
    Code(
        "AM105",
        "await of a sync mock",
        """What is called is a sync mock on every path that leads here (a MagicMock, or a sync method by a spec), so
that its result can't be awaited: `TypeError: object MagicMock can't be used in 'await' expression`.

```python
async def test_orders_are_saved():
    orders = AsyncMock(spec=Orders)      # Orders.count is no coroutine function
    await orders.count()                 # AM105, becomes: orders.count()
```

With the evidence of a run, so is an `await` in a test of a member that becomes sync (AM201) because production calls
it without one, and the class that production knows has a plain method of that name.

**What to do.** Nothing: the `await` goes where nothing was set that the call would give.
""",
    ),
    Code(
        "AM106",
        "assertion on an awaited double counts calls",
        """`assert_called_once()` of an AsyncMock doesn't notice a missing `await`: a call counts when it is made, an
await when its coroutine has run.

```python
db.commit.assert_called_once()       # AM106, becomes: db.commit.assert_awaited_once()
```

It is rewritten only on request (`--select AM106`), and only where all calls of the double are known to be awaited: in
the test itself, or by evidence of a run.

**What to do.** Select it once all other codes are mended, with evidence that was recorded after that.
""",
    ),
    Code(
        "AM111",
        "no await can stand here",
        """The coroutine of an AsyncMock is used as a value in a lambda, where an `await` would be a syntax error, or in
a generator expression, which it would make an asynchronous one. (In the other comprehensions it is written.)

```python
is_ready = lambda: client.ping() == "pong"     # AM111; `lambda: client.ping()` hands it to whoever calls it
```

**What to do.** Write a function or a loop in its place, or give the double a sync mock.
""",
    ),
    Code(
        "AM112",
        "kind of the double is not certain",
        """What is called is an AsyncMock on some of the paths that lead here, and something else on others, so that an
`await` would be right for some of them only.

```python
double = AsyncMock() if slow else MagicMock()
double.send()                    # AM112
```

A helper that gets the double as a parameter is such a place too where its calls don't agree, or where another module
may call it; so is an attribute of a real object (`cart.db = AsyncMock()`) whose class may keep something else than what
is set: a property, a name that the class binds, a base class that isn't the project's.

So is a coroutine function, or its method, in whose place something else may stand while the test runs: the reason names
the line that does it (`tests/conftest.py:12 may put something else in its place`), or the class that derives from the
test's own. What is replaced of another class, or of a module by which the test doesn't come to the function, is no
reason, where the source shows whose it is (`patch("shop.Orders.save")`, `monkeypatch.setattr(Orders, "save", ...)`);
of a variable, or of a name that is put together, the last name counts.

Code that is no test counts, too: where it sets that attribute on the module or class, or, for a double, one of its name
on anything but `self`, the reason names the file.

**What to do.** Make it the same kind on every path, or await it where it is an AsyncMock.
""",
    ),
    Code(
        "AM114",
        "method of a result is an AsyncMock",
        """What an awaited call of an AsyncMock gives is an AsyncMock too, unless something else is configured, and so
are its methods. The object that it stands for is a result more often than not (rows of a query, a response), whose
methods are no coroutine functions: an `await` would silence the warning and depart from the real thing.

```python
result = await session.execute(query)
rows = result.all()              # AM114: a real result has a plain `all()`
```

**What to do.** Give the call a `MagicMock()` as its `return_value`. With the evidence of a run that is done where all
uses agree (AM202). Where the real method is a coroutine function, write the `await`.
""",
    ),
    Code(
        "AM113",
        "call of an AsyncMock in a sync function",
        """A function that isn't async calls an AsyncMock and loses the coroutine. There can be no `await` unless the
function and everybody who calls it become async.

```python
def given_an_order():
    db = AsyncMock()
    db.commit()                  # AM113: two_orders can't await what it calls
    return db

two_orders = [given_an_order() for _ in range(2)]
```

A sync test, fixture or helper becomes async by itself (AM103), unless there is a reason against it, which is named: it
runs an event loop itself or calls a module that does, the project names no plugin that would run it, something that
can't await it calls it (a lambda, a generator expression, a property, code that is no test), it is passed on as a
value.

**What to do.** Make the function async (with the marker that the project uses, if it is a test), and run again: the
`await` is written then. Or give the double a sync mock, if the real method is none that is awaited.
""",
    ),
    Code(
        "AM115",
        "call of an AsyncMock that stands for a sync method",
        """A test calls a method of an AsyncMock and loses the coroutine, but the class that annotates the double, or
the class of the object in whose attribute it stands (`cart.add = AsyncMock()`), has a plain method of that name: an
`await` would silence the warning and depart from the real thing.

```python
async def test_a_cart_is_filled():
    cart: Cart = AsyncMock()         # Cart.add is no coroutine function
    cart.add("tea")                  # AM115
```

**What to do.** Give that member a sync mock (`cart.add = MagicMock()`), or the double its class as `spec`. With the
evidence of a run that is done for you where all uses agree (AM201).
""",
    ),
    Code(
        "AM116",
        "awaited call of an AsyncMock would raise",
        """The coroutine of an AsyncMock is lost whose `side_effect` is an exception, a list that holds one or ends, or
a function that may raise. Nothing is raised as long as nobody awaits it, so that the test passes; with an `await` it
may fail.

```python
async def test_orders_are_saved():
    db = AsyncMock()
    db.commit.side_effect = OSError
    db.commit()                  # AM116
```

Within `pytest.raises`, or a `try` that expects this exception, the `await` is written.

**What to do.** Await it where the test expects the exception (`with pytest.raises(OSError): await db.commit()`), or
take the call away.
""",
    ),
)
"""All codes of the family, in order."""
