"""The finding codes of `asyncmock_await`: those of its families, and those of the whole."""

from __future__ import annotations

from codemods.asyncmock_await.calls.codes import CODES as CALLS
from codemods.asyncmock_await.doubles.codes import CODES as DOUBLES
from codemods.asyncmock_await.never_run.codes import CODES as NEVER_RUN
from codemods.toolkit.codemod import Code

WHOLE = (
    Code(
        "AM190",
        "changes touch the same place",
        """Two changes of this run would touch the same expression or the same function header, so the second one is
left for the next run: nobody should have to review both at once.

**What to do.** Apply this run, record evidence again where it was used, and run once more.
""",
    ),
)

CODES: tuple[Code, ...] = tuple(sorted((*CALLS, *DOUBLES, *WHOLE, *NEVER_RUN), key=lambda code: code.code))
"""All codes, in order."""

ON_REQUEST: tuple[str, ...] = ("AM106", "AM301", "AM302", "AM303")
"""Codes whose sites are rewritten only where `--select` names them."""
