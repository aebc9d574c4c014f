"""The codes of `rope_move`: what they mean and what to do about them."""

from __future__ import annotations

from codemods.toolkit.codemod import Code

CODES: tuple[Code, ...] = (
    Code(
        "RM101",
        "definition that can't be moved",
        """Only what one statement at the top level of a module defines can be moved (and overloads with it). Not what
is defined under a condition, twice, together with other names, or in a line with other statements; nor what other
statements of the module go on to make: `Name.limit = 3`, `@name.register`.

```python
if sys.platform == "win32":
    def clock(): ...                            # RM101: defined under a condition
else:
    def clock(): ...
```

**What to do.** Make it one statement first, and put what belongs to it into it.
""",
    ),
    Code(
        "RM102",
        "name that is taken in the new module",
        """The new module (or one that star-imports it) has something else of this name, or knows the definition by
another name. Or the package has something else by the name of the module that is to be made.

```python
from shop.models import Order as Entry          # in shop/orders.py, where Order is to go: RM102
```

**What to do.** Rename one of the two first (`codemods rope_rename`).
""",
    ),
    Code(
        "RM103",
        "name that means something else in the new module",
        """The definition reads a name that the new module has for something else, or of which can't be told where it
comes from.

```python
from decimal import Context                     # the old module
from click import Context                       # the new module: RM103
```

**What to do.** Import it under another name in one of the two modules.
""",
    ),
    Code(
        "RM104",
        "modules that would import each other",
        """The definition needs names of the old module, and the old module still uses the definition (or imports the
new one anyway). Each of the two would have to be imported before the other.

```python
LIMIT = 10

def allowed(count):                             # RM104: it needs LIMIT, and `check` needs it
    return count < LIMIT

def check(cart):
    return allowed(len(cart))
```

**What to do.** Move what it needs first (here `LIMIT`), or move what uses it with it.
""",
    ),
    Code(
        "RM105",
        "definition that would come too late",
        """The new module uses the definition while it is imported, and before a name is there that the definition needs
itself.

**What to do.** Change the order of the new module first.
""",
    ),
    Code(
        "RM106",
        "definition that depends on its module",
        """It reads `__name__` or `__file__`, calls `globals()` or `exec`, reads a name that a function changes by
`global`, or has annotations where one of the two modules has `from __future__ import annotations` and the other has
not. In another module it would mean something else.

```python
def template(name):
    return Path(__file__).parent / name         # RM106: the folder would be another one
```

**What to do.** Hand such values in as arguments; give both modules the same `from __future__` imports.
""",
    ),
    Code(
        "RM107",
        "use that can't follow",
        """A use of the definition has to change, and it can't be told how: the file can't be parsed, what binds the
module there is more than one import, the name of the new module is taken there, a string is put together, a script
names a neighbour that may be the old module, an `__all__` takes over that of the old module.

```python
def f(dry):
    from shop import models
    if dry:
        models = None
    return models and models.Order              # RM107: what `models` is here can't be told
```

**What to do.** Change this place by hand first (`from package.module import name` is understood everywhere), then run
again. Where a script means its neighbour, name the folder as a source root: `roots = ["scripts"]` in `[tool.codemods]`.
""",
    ),
    Code(
        "RM108",
        "mock that would no longer reach everything",
        """A test puts something in place of a name of the old module. After the move that name would be looked up in
both modules, or what moves would look up its own import of it, and the mock would miss a part.

```python
@patch("shop.models.send")                      # RM108: Order.confirm reads `send`, and so does the rest of models
```

**What to do.** Patch the name in both modules, or patch what it leads to; then run again.
""",
    ),
    Code(
        "RM109",
        "string that may name the definition",
        """A string is the dotted name of the definition in the old module, and nothing tells what is done with it: it
may be imported by it, or be no more than a label. Or it may be a part of such a name: the name alone, where another
string of the file names the old module; its end, which something is put before; bytes that hold both words, as pickle
writes them.

```python
HANDLERS = {"order": "shop.models.Order"}       # RM109
LAZY = {"Order": "shop.models"}                 # RM109
```

**What to do.** Look at it. The move was made; change the string where it is imported by it.
""",
    ),
    Code(
        "RM110",
        "text that tells of the old place",
        """A comment or a text mentions the definition by its old module, or a doctest uses it (or what it needs)
without an import of its own. Prose is not changed.

**What to do.** Change it, where it is still meant to lead there.
""",
    ),
    Code(
        "RM111",
        "module whose names may be taken unseen",
        """A module that imports by strings takes an attribute of this name from something of which nothing is known. It
may be the old module. Or the old module is used as a value (`module = models`), all of its names are looked through
(`vars(models)`, `globals()` in the module itself). The same holds for a module that had the definition by a star import
only, and for the new module where it looks through its own names: there is one more now.

```python
module = importlib.import_module(f"shop.{name}")
module.Order()                                  # RM111
```

**What to do.** Look at it. The move was made; change it where it is the old module.
""",
    ),
    Code(
        "RM112",
        "decorator that runs elsewhere now",
        """The definition has a decorator that may register it somewhere (a route, a command, a signal). That happens
when the module is imported that it is in: from now on this is the new module.

```python
@app.route("/orders")                           # RM112
def orders(): ...
```

**What to do.** See that the new module is imported where the old one was.
""",
    ),
    Code(
        "RM113",
        "logger of the new module",
        """The definition logs by a logger that has the name of its module (`logging.getLogger(__name__)`). The new
module has one of its own, or gets it.

```python
logger = logging.getLogger(__name__)

def confirm(order):                             # RM113: logs as shop.orders from now on, not as shop.models
    logger.info("confirmed")
```

**What to do.** Look for the old name in the configuration of logging, and in tests (`assertLogs`, `caplog`).
""",
    ),
    Code(
        "RM114",
        "old place in a file that isn't Python",
        """A file that isn't Python has the definition in its old place: an entry point, a setting, documentation. Such
files stay as they are.

```toml
[project.scripts]
order = "shop.models:order"                     # RM114
```

**What to do.** Change it there: an entry point would lead nowhere.
""",
    ),
)
