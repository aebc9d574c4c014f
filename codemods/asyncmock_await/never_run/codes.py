"""The codes of tests that never run (AM3xx), and why one isn't rewritten (AM50x).

No refusal begins with AM3, as `--select AM3` asks for the rewrites.
"""

from __future__ import annotations

from codemods.toolkit.codemod import Code

CODES: tuple[Code, ...] = (
    Code(
        "AM301",
        "async test in a plain TestCase",
        """An `async def test_*` stands in a class that derives from `unittest.TestCase` and not from
`unittest.IsolatedAsyncioTestCase`. unittest calls the method, gets a coroutine and drops it: the body never runs, and
the test passes. A marker of pytest changes nothing in such a class, whatever its mode.

```python
class OrdersTest(unittest.TestCase):
    async def test_order_is_saved(self):
        self.assertEqual(1, 2)          # passes: nobody ever comes here
```

Classes are followed through base classes in other files. Where a base belongs to another library, or a decorator, a
metaclass or a `run` of the class's own may run the coroutine, nothing is reported.

**What to do.** Run with `--select AM301` (or `--select AM3`) as a step of its own: the class becomes an
`IsolatedAsyncioTestCase`, and the tests tell the truth, so some will fail. Where a base class of the project defines
`asyncSetUp` or `asyncTearDown`, which nothing but an `IsolatedAsyncioTestCase` calls, that class is the one to change.

To know beforehand which will fail, record a run as it is and a run of a copy in which this is applied: with
`--evidence before.json --evidence applied.json` the report names them.
""",
    ),
    Code(
        "AM302",
        "async test that no plugin runs",
        """An async test has no marker, and no setting says that every async test is run: pytest-asyncio's mode is
`strict` unless `asyncio_mode = auto` is set. pytest 8.4 and later fail such a test, earlier ones skip it with a
warning; it never runs.

```python
async def test_order_is_saved():        # lacks @pytest.mark.asyncio
    assert await save(order) == 1
```

Nothing is reported where something else may run it: hooks in a conftest.py, another plugin in the requirements, a mode
that depends on the folder that pytest is started in.

**What to do.** Run with `--select AM302`: the test gets the marker that the project uses. Or set `asyncio_mode = auto`.
""",
    ),
    Code(
        "AM303",
        "async set-up that never runs",
        """An async set-up or tear-down is called by a runner that doesn't await it: `setUp` and `tearDown` of a
TestCase, also of an `IsolatedAsyncioTestCase`, and pytest's `setup_method` and its kin, in every mode of every plugin.

```python
class OrdersTest(unittest.IsolatedAsyncioTestCase):
    async def setUp(self):              # asyncSetUp is meant
        self.db = await connect()
```

**What to do.** Run with `--select AM303`: `setUp` becomes `asyncSetUp`, with the whole chain of `super()` calls, where
that means the same. Write pytest's `setup_method` as a fixture: `@pytest_asyncio.fixture(autouse=True)`.
""",
    ),
    Code(
        "AM501",
        "class that may break as IsolatedAsyncioTestCase",
        """The class, one of its bases or one that derives from it does something that worked in a plain TestCase and
may break in an `IsolatedAsyncioTestCase`, also for its sync tests. It closes the current event loop, which would be the
runner's (the runner then fails on it); hands itself to another process, which takes pickling; or defines `asyncSetUp`
without `async`, which fails an assertion of unittest.

```python
def setUp(self):
    self.loop = asyncio.get_event_loop()

def tearDown(self):
    self.loop.close()                   # RuntimeError: Event loop is closed
```

**What to do.** Remove what the reason names (an `IsolatedAsyncioTestCase` makes and closes its loop by itself), and run
again.
""",
    ),
    Code(
        "AM502",
        "no marker is known",
        """An async test lacks a marker, and the project doesn't say which: neither pytest-asyncio nor anyio is named in
its settings or used in its tests, or both are.

**What to do.** Add `pytest-asyncio` to the requirements and set `asyncio_mode` in the settings of pytest.
""",
    ),
    Code(
        "AM503",
        "set-up whose other name would mean something else",
        """An async `setUp` or `tearDown` can't simply become `asyncSetUp` or `asyncTearDown`: it takes arguments, calls
`super()` in its midst, is called by name, leaves out the `setUp` of its base class (which would run as soon as it isn't
replaced any more), stands in a mixin, or a base class or subclass has one that stays.

```python
async def setUp(self):
    self.db = await connect()
    super().setUp()                     # the base's setUp would now run before the connection is there
```

**What to do.** Rename it by hand. unittest calls `setUp`, `asyncSetUp`, the test, `asyncTearDown`, `tearDown`.
""",
    ),
    Code(
        "AM504",
        "async function without a runner",
        """No runner awaits such a function: `setUpClass`, `setup_method`, `setup_module` and their kin have no async
form, and a test that yields is an async generator.

**What to do.** Make it a fixture:

```python
@pytest_asyncio.fixture(autouse=True)
async def database(self):
    self.db = await connect()
    yield
    await self.db.close()
```

or, in an `IsolatedAsyncioTestCase`, do its work in `asyncSetUp`.
""",
    ),
    Code(
        "AM505",
        "bases that can't be changed",
        """The class can't be made an `IsolatedAsyncioTestCase` by changing one base: its bases are written in an
unusual form, would contradict each other (no method resolution order fits), or the module has no place for the import.

**What to do.** Change the class by hand.
""",
    ),
)
"""All codes of this family."""
