"""The codes of `websocket_ssot`: what each refusal and finding means, and what to do about it.

`codemods explain CODE` and docs/codes/ are made from this table.  WS120 to WS130: a call.  WS131 to WS138: an import, a
patch target or `__all__`.  WS14x: something that the codemod noticed and that is not its to change.
"""

from __future__ import annotations

from codemods.toolkit.codemod import Code

_CALLS = (
    Code(
        "WS120",
        "positional argument without a name",
        """A positional argument can't be given the keyword that the factory knows it by. The old signature is gone or
has no such position, or the argument is named like another parameter than the one it stands for.

```python
manager = WebSocketManager(ctx, "unified")     # the class is (mode, user_context): one of the two is wrong
```

Positions differ between constructors and factories, so every argument is passed by keyword, and only where the two
real signatures say which.

**What to do.** Write the keyword at the call (`user_context=ctx`) and run again.
""",
    ),
    Code(
        "WS121",
        "stale keyword argument",
        """The call passes a keyword that the canonical factory doesn't have.

```python
manager = WebSocketManager(user_context=ctx, heartbeat=30)     # the factory has no `heartbeat`
```

Leaving an argument out may change what the program does, so it isn't done unasked.

**What to do.** Where the argument means nothing any more, name it once for the whole project and run again:

```toml
[tool.codemods.websocket_ssot]
drop = ["heartbeat"]
```

Otherwise add the parameter to the factory, or change the call by hand.
""",
    ),
    Code(
        "WS122",
        "factory object used beyond create_manager",
        """An object that makes managers is made here, and more is done with it than asking it for one: it is stored,
handed on, asked for statistics, or made with arguments of its own.

```python
factory = get_websocket_manager_factory()
manager = factory.create_manager(ctx)
factory.cleanup_expired()                # the canonical factory has nothing like it
```

`Factory().create_manager(ctx)` is rewritten only where local data flow proves that the object serves nothing else.

**What to do.** Move the other uses elsewhere or delete them; once only `create_manager` is left, the call is
rewritten.
""",
    ),
    Code(
        "WS123",
        "unpacked arguments",
        """The call passes `*args` or `**kwargs`: which parameters they fill is known only when the program runs.

```python
manager = create_websocket_manager(**options)
```

**What to do.** Write the arguments out, or check by hand that every key is a parameter of the canonical factory and
change the call yourself.
""",
    ),
    Code(
        "WS124",
        "dropped argument may have an effect",
        """The configuration allows this keyword to be left out (`drop`), but its value may do more than give a value.

```python
manager = WebSocketManager(user_context=ctx, token=tokens.pop())     # drop = ["token"] would lose the pop
```

**What to do.** Put the effect in a statement of its own before the call, or delete it, and run again.
""",
    ),
    Code(
        "WS125",
        "required argument missing",
        """The canonical factory needs an argument that the call doesn't give.

```python
manager = LegacyWebSocketManager()       # get_websocket_manager(user_context) has no default
```

**What to do.** Pass the argument. If there is nothing to pass, give the parameter a default in the factory: a
decision about the design that no codemod can take.
""",
    ),
    Code(
        "WS126",
        "manager made without its context",
        """The call gives no context, and what it calls refuses to work without one (or is gone, so that nobody knows).

```python
manager = create_websocket_manager()     # raises without a user context; the canonical factory makes one up
```

Rewriting it would turn an error into a manager that belongs to nobody.

**What to do.** Pass the context of the user the manager is for. A test of the error belongs into
`pytest.raises(...)`: there it is kept.
""",
    ),
    Code(
        "WS127",
        "function does more than hand on",
        """What is called makes a manager and does something else besides: it registers, caches, configures.

```python
def create_websocket_manager(ctx):
    manager = get_websocket_manager(ctx)
    REGISTRY[ctx.user_id] = manager      # lost if callers went to the factory directly
    return manager
```

A function is a shim, and its callers are rewritten, only when it warns, imports and returns a call of the canonical
factory.

**What to do.** Move what it does into the factory or to its callers. Once it only hands on, all its calls are
rewritten.
""",
    ),
    Code(
        "WS128",
        "name with more than one meaning",
        """The name leads to different things on different ways through the code, or its uses need different things of
it.

```python
from shop.ws import WebSocketManager
if TESTING:
    WebSocketManager = make_double()     # no import: which one is called below?

manager = WebSocketManager(ctx)
```

**What to do.** Give each meaning a name of its own, or remove the one that is dead, and run again.
""",
    ),
    Code(
        "WS129",
        "call where a coroutine is expected",
        """The call is handed to something that runs a coroutine, and the canonical factory returns a manager.

```python
manager = asyncio.run(create_websocket_manager(ctx))
```

Only `await` goes by itself when an async function makes room for a plain one.

**What to do.** Take the call out of `asyncio.run`, `gather` or `create_task`, and run again or write it by hand.
""",
    ),
    Code(
        "WS130",
        "canonical class lacks what is used",
        """What is then done with the manager worked with the old class and doesn't with the canonical one: an
attribute is missing, a method takes other arguments, or can't be awaited. The reason names the line.

```python
manager = LegacyManager(ctx)
manager.send_all("hello")                # the canonical class has no send_all
```

**What to do.** Change that line to what the canonical class offers, or add the method to it, and run again.
""",
    ),
)

_IMPORTS = (
    Code(
        "WS131",
        "leads nowhere and has no canonical meaning",
        """The name is imported from a place that doesn't define it, and it isn't clear what would be meant today.

```python
from shop.ws.factory import WebSocketManagerFactory      # the class was deleted
```

A dangling import is repaired only where exactly one canonical meaning exists: a manager class or a function that
makes one. A class of factory objects has none.

**What to do.** Delete the import and what uses it, or write the function or class that is missing.
""",
    ),
    Code(
        "WS132",
        "canonical name is taken here",
        """The file, or the function, already uses the name of the canonical definition for something else.

```python
from shop.ws.legacy import create_websocket_manager

def get_websocket_manager():             # not the canonical one
    return create_websocket_manager(ctx)
```

**What to do.** Rename the local definition, and run again.
""",
    ),
    Code(
        "WS133",
        "canonical module can't be imported from here",
        """No import of the canonical module written in this file would reach it: the file belongs to another source
root or to another service.

```python
# services/billing/notify.py, where only services/billing is on the import path
from ws_manager import WebSocketManager
```

**What to do.** If the two are on one import path, say so with `roots` in `[tool.codemods]`. If not, the service needs
its own canonical factory: run the codemod on it alone.
""",
    ),
    Code(
        "WS134",
        "would close an import cycle",
        """An import of the canonical module at the top of this file would close an import cycle: that module leads
back to this file when it is imported.

```python
# shop/ws/events.py, which shop/ws/manager.py imports
from shop.ws.legacy import WebSocketManager
```

**What to do.** Move the import into the function that uses it, or under `TYPE_CHECKING` where only annotations do, and
run again: imports are rewritten where they stand.
""",
    ),
    Code(
        "WS135",
        "no import to put the canonical name beside",
        """The name comes from no import statement of this file, and there is none at the top level beside which the
canonical one could be imported.

```python
class WebSocketManager:                  # a shim that always raises, in a file without any import
    def __new__(cls, *args):
        raise RuntimeError("use get_websocket_manager()")

manager = WebSocketManager()
```

**What to do.** Import the canonical factory in this file, and run again.
""",
    ),
    Code(
        "WS136",
        "patch target leads nowhere",
        """The string names something to replace that doesn't exist. The test fails, or replaces something that nobody
looks up.

```python
@patch("shop.ws.manager.WebSocketManagerFactory")        # no such name in that module
```

**What to do.** Name what the code under test really looks up, or delete the patch.
""",
    ),
    Code(
        "WS137",
        "patch target has no canonical counterpart",
        """The code under test now goes to the canonical factory, and what this test replaces isn't there: a method that
the canonical class lacks, or an attribute of a module that was handed over as an object.

```python
with patch("shop.ws.legacy.WebSocketManager.send_all"):  # the canonical class has no send_all
    run()
```

**What to do.** Patch what is called now: a method of the canonical class, or the name in the module that the reason
gives.
""",
    ),
    Code(
        "WS138",
        "entry of __all__ leads nowhere",
        """`__all__` promises a name that the module doesn't bind, and the list has parts that can't be read, so that
nobody knows what else it promises.

```python
__all__ = ["WebSocketManager", *legacy.__all__]
```

**What to do.** Write the list out as strings, or take the entry away by hand.
""",
    ),
)

_REMARKS = (
    Code(
        "WS139",
        "new object where the factory shares one",
        """The canonical factory gives the same object to everybody, and this call makes a new one.

```python
_manager = WebSocketManager()

def get_websocket_manager():
    return _manager

manager = WebSocketManager()      # refused: it would become the one that all others use
```

Two managers have two audiences: to put the shared one in the place of a new one merges them, and tests that each make
their own would see each other's connections.

**What to do.** Look at each place.  If sharing is what you want, say so: `shared = true` in
`[tool.codemods.websocket_ssot]`.
""",
    ),
    Code(
        "WS140",
        "manager used but bound nowhere",
        """A name that means a manager is called, and nothing binds it: no import, no assignment, no builtin. Running
this line raises `NameError`.

```python
def handler(ctx):
    return WebSocketManager(ctx)         # the import was deleted and this was not
```

It is left as it is: giving the name a meaning would make code run that has never run.

**What to do.** Import the canonical factory and call it, or delete the dead code.
""",
    ),
    Code(
        "WS141",
        "attribute that no manager has",
        """The call was rewritten, and what is done with the manager works with neither the old origin nor the canonical
class. The fault was there before.

```python
manager = get_websocket_manager(user_context=ctx)
manager.no_such_method()                 # nor had the old class one
```

**What to do.** Mend the line by hand: the codemod made nothing worse, and can't know what was meant.
""",
    ),
    Code(
        "WS142",
        "copy that drifted from the canonical class",
        """A class shares at least three of four methods with the canonical class and isn't equal to it: a copy that
went its own way.

```python
class WebSocketManager:                  # copied from shop/ws/manager.py, then changed
    async def send(self, user, message, retry=3): ...
```

Which of the two behaviours is right can't be seen from the source, so its callers stay where they are.

**What to do.** Merge what is worth keeping into the canonical class, and delete the copy or let it inherit: then its
calls are rewritten. `--inventory` lists what changed.
""",
    ),
    Code(
        "WS143",
        "right name, wrong object",
        """A function goes by the name of one that makes managers, and makes something else.

```python
from shop.context import create_user_context as create_websocket_manager

manager = create_websocket_manager(user_id)      # a user context
```

Names are resolved by origin, so it is kept as it is and never rewritten as a manager.

**What to do.** Import it under its own name; where a manager was wanted, call the canonical factory.
""",
    ),
    Code(
        "WS144",
        "shim that something keeps alive",
        """A module or an alias only hands a manager on, and `--prune` leaves it: something still uses it. The message
names who.

```python
from shop.ws.manager import get_websocket_manager as create_websocket_manager      # shop/ws/compat.py
```

**What to do.** Point these importers at the canonical module (most of them are refusals of the same run), then run
`--prune` again.
""",
    ),
)

CODES: tuple[Code, ...] = (*_CALLS, *_IMPORTS, *_REMARKS)
