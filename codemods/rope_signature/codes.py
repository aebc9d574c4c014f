"""The codes of `rope_signature`: what they mean and what to do about them."""

from __future__ import annotations

from codemods.toolkit.codemod import Code

CODES: tuple[Code, ...] = (
    Code(
        "RS101",
        "function whose signature can't be changed",
        """It is defined more than once, has type parameters, looks names up at run time (`locals()`), or has a
decorator that may call it or take other arguments than the function. A method may be one that a base class from outside
of the project has, too, or one that a protocol asks for; a constructor may share its arguments with `__new__`.

```python
@retry(times=3)                                 # RS101: what `retry` passes on can't be told
def fetch(url, timeout): ...
```

**What to do.** Change it by hand, or take the decorator off while the codemod runs. Where a base class is in the way
that has no such method, say so (`--own`).
""",
    ),
    Code(
        "RS102",
        "use that can't be followed",
        """The function is handed on (`partial(fetch, 1)`, `callback=fetch`), something else takes its place
(`net.fetch = traced`), a call unpacks its arguments (`*args`, `**options`), or it can't be told whether a name is this
function. Nothing changes.

**What to do.** Write the call out first. (Parameters with defaults that come behind all others harm no use.)
""",
    ),
    Code(
        "RS103",
        "call that doesn't fit",
        """A call passes more, less or something else than the function takes now, or it can't be written by the new
signature: a parameter by position only comes behind one that the call leaves out.

**What to do.** Mend the call first. (`--leave-unknown` leaves those as they are that don't fit the function even now.)
""",
    ),
    Code(
        "RS104",
        "nothing to pass for a new parameter",
        """The signature has a new parameter without a default, and nothing says what the calls there are pass for it.

**What to do.** Say it (`--value name=EXPRESSION`), or give the parameter a default.
""",
    ),
    Code(
        "RS105",
        "evaluation that would change",
        """An argument that does something (a call, an `await`, an assignment) would no longer be evaluated, or at
another time than now.

```python
send(read(), count())                           # RS105 where the parameters change places
```

**What to do.** Evaluate it in a statement of its own before the call.
""",
    ),
    Code(
        "RS106",
        "body that needs the parameter",
        """The body reads a parameter that would go, or a name that a parameter would get means something else there.

**What to do.** Change the body first.
""",
    ),
    Code(
        "RS107",
        "parameter that would mean something else",
        """A default would become another one, one that is no constant would go, or a parameter would become `*args` or
`**kwargs`. Calls that leave it out would do something else than before.

**What to do.** With `--spell-defaults` calls that rely on the old default pass it from then on, where it is a constant.
Otherwise that is no change of form: make it by hand.
""",
    ),
    Code(
        "RS108",
        "file that can't be parsed",
        """A file that holds the name of the function can't be parsed, so nothing can be told of the calls in it.

**What to do.** Mend the file, or leave it out with `--exclude`.
""",
    ),
    Code(
        "RS109",
        "string or double that may stand for the function",
        """A mock is put in place of the function by this string, or the function is looked up by it; or a double is
made after it (`create_autospec(fetch)`), takes its place (`net.fetch = Mock()`), or stands for its class
(`class FakeClient`). What is called there, or asserted of calls, may be the old form.

**What to do.** Look at it. The signature was changed. (What is asserted of the function itself,
`client.fetch.assert_called_with(...)`, follows like a call where it is known what `client` is.)
""",
    ),
    Code(
        "RS110",
        "method that can't follow the one that it overrides",
        """A method of the same name in a class above or below takes other parameters, has another default for one that
changes, or is called in another way (`staticmethod`). Callers don't know which of the two they call.

**What to do.** Give both the same parameters first. (One that takes `*args, **kwargs` and hands them on stays.)
""",
    ),
    Code(
        "RS111",
        "use on an unknown object",
        """A method of this name is called on something of which nobody can tell what it is, and the call fits.

```python
def warm(pool):
    pool.client.fetch("a", 10)                  # RS111: what is `pool`?
```

Nothing is changed because of it, unless it is a function of a module that is nowhere handed on as a value
(`warm(net)`) in the files that mention the function: then such a call is told, and left as it is.

**What to do.** Annotate what it is called on, or look at the places and run again with `--leave-unknown`, which leaves
them as they are.
""",
    ),
    Code(
        "RS112",
        "text that may show a call",
        """A comment, a docstring or another string shows the function with a parenthesis behind it, maybe a call in the
old form. (Doctests are executed.)

**What to do.** Look at it. The signature was changed.
""",
    ),
)
