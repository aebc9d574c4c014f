"""What a run of the tests showed: bodies that never ran, and how tests ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from codemods.toolkit.codemod import UsageError


@dataclass(frozen=True, slots=True)
class Seen:
    """`dropped` are functions (path, qualified name) whose coroutine a runner dropped, `outcomes` those of tests."""

    dropped: frozenset[tuple[str, str]] = frozenset()
    outcomes: dict[tuple[str, str], str] = field(default_factory=dict)

    def remark(self, path: str, name: str, function: str) -> str:
        """What to add to the reason of a site, "" where the run says nothing."""
        outcome = self.outcomes.get((path, name), "")
        if (path, name) in self.dropped:
            return f"; seen: never ran ({outcome or 'in a run'} as if green)" if outcome != "passed" else _GREEN
        return f"; seen: {outcome}" if outcome in {"failed", "error"} else ""


_GREEN = "; seen: never ran (passed as green)"


def seen(files: Sequence[bytes]) -> Seen:
    """What the evidence files say of tests.

    Raises:
        UsageError: a file is no evidence.
    """
    if not files:
        return Seen()
    from codemods.evidence.schema import UnreadableEvidence, read

    dropped: set[tuple[str, str]] = set()
    outcomes: dict[tuple[str, str], str] = {}
    for content in files:
        try:
            evidence = read(content)
        except UnreadableEvidence as unreadable:
            raise UsageError(str(unreadable)) from None
        for coroutine in evidence.coroutines:
            if coroutine.is_test:
                dropped.add((coroutine.defined.path, coroutine.function))
        for test in evidence.tests:
            path, _, rest = test.id.partition("::")
            key = (path, rest.partition("[")[0].replace("::", "."))
            if outcomes.get(key) not in {"failed", "error"}:
                outcomes[key] = test.outcome
    return Seen(frozenset(dropped), outcomes)
