"""What runs of the tests showed: bodies that never ran, and how tests ended, there and where they did run.

A run of a copy in which the tests were already let run tells beforehand which of them will fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from codemods.toolkit.codemod import UsageError

if TYPE_CHECKING:
    from codemods.evidence.schema import Evidence

_Function = tuple[str, str]
"""A test or a set-up function: the path of its file, and its qualified name."""
_Class = tuple[str, str]
"""A class: the path of its file, and its qualified name."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How tests ended, by functions: where a runner dropped their coroutine, and in runs where none did."""

    dropped: Mapping[_Function, frozenset[str]] = field(default_factory=dict)
    ran: Mapping[_Function, frozenset[str]] = field(default_factory=dict)

    def fails(self, path: str, name: str) -> bool:
        """Whether a test that never ran in one run failed in another, where it did run."""
        return (path, name) in self.dropped and not {"failed", "error"}.isdisjoint(self.ran.get((path, name), ()))

    def remark(self, path: str, name: str) -> str:
        """What to add to the reason of a site, "" where no run says anything."""
        if not self.ran and not self.dropped:
            return ""
        ended = self.ran.get((path, name), frozenset())
        if (path, name) not in self.dropped:
            told = sorted(ended & {"failed", "error"})
            return f"; seen: {told[-1]}" if told else ""
        green = " (passed as green)" if "passed" in self.dropped[path, name] else ""
        later = (
            ", fails once it runs" if self.fails(path, name) else ", passes once it runs" if "passed" in ended else ""
        )
        return f"; seen: never ran{green}{later}"


@lru_cache(maxsize=1)
def classes_that_ran(files: tuple[bytes, ...]) -> frozenset[_Class]:
    """The classes of which the evidence files name a test: whatever the settings say, something collects them.

    Raises:
        UsageError: a file is no evidence.
    """
    functions = {_function(test.id) for part in _parts(files) for test in part.tests}
    return frozenset((path, name.rpartition(".")[0]) for path, name in functions if "." in name)


def seen(files: Sequence[bytes]) -> Seen:
    """What the evidence files say of tests.

    Raises:
        UsageError: a file is no evidence.
    """
    if not files:
        return Seen()
    parts = _parts(files)
    tests: dict[_Function, set[str]] = {}
    for part in parts:
        for test in part.tests:
            tests.setdefault(_function(test.id), set()).add(test.id)
        for coroutine in part.coroutines:
            if coroutine.is_test:
                # A method of a mixin is a test of the classes that have it; of a set-up it says nothing how those end.
                key = (coroutine.defined.path, coroutine.function)
                during = {part.tests[index].id for index in coroutine.tests}
                tests.setdefault(key, set()).update(each for each in during if _name(_function(each)) == _name(key))
    dropped: dict[_Function, set[str]] = {}
    ran: dict[_Function, set[str]] = {}
    for part in parts:
        lost = {(each.defined.path, each.function) for each in part.coroutines if each.is_test}
        outcomes = {test.id: test.outcome for test in part.tests}
        for key, ids in tests.items():
            target = dropped if key in lost else ran
            target.setdefault(key, set()).update(outcomes[each] for each in ids if each in outcomes)
    return Seen(_frozen(dropped), _frozen(ran))


def _parts(files: Sequence[bytes]) -> list[Evidence]:
    from codemods.evidence.schema import UnreadableEvidence, read

    try:
        return [read(content) for content in files]
    except UnreadableEvidence as unreadable:
        raise UsageError(f"--evidence: {unreadable}") from None


def _function(test: str) -> _Function:
    """The function of a test by its id, without the parameters."""
    path, _, rest = test.partition("::")
    return path, rest.partition("[")[0].replace("::", ".")


def _name(function: _Function) -> str:
    return function[1].rpartition(".")[2]


def _frozen(outcomes: Mapping[_Function, set[str]]) -> Mapping[_Function, frozenset[str]]:
    return {key: frozenset(several) for key, several in outcomes.items()}
