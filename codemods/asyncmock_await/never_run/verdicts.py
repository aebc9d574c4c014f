"""Which async tests and set-ups of a file never run, and why the others do or may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from codemods.asyncmock_await.never_run.classes import Classes, Key, Kind
from codemods.asyncmock_await.never_run.facts import SETUPS, Function, TestClass
from codemods.asyncmock_await.never_run.modes import Modes
from codemods.asyncmock_await.never_run.seen import Seen, classes_that_ran
from codemods.toolkit.codemod import Decision, Site
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_RUN_BY_MARK = frozenset(
    f"pytest.mark.{name}"
    for name in ("asyncio", "anyio", "trio", "curio", "tornado", "gen_test", "twisted", "asyncio_cooperative")
)
_FIXTURES = frozenset({"pytest.fixture", "pytest_asyncio.fixture", "pytest.yield_fixture"})
_UNITTEST_SETUPS = frozenset({"setUp", "tearDown", "setUpClass", "tearDownClass"})
IN_CASE = "unittest calls it and drops the coroutine"
UNMARKED = "no marker, and no setting that runs every async test"
DROPPED = "the runner calls it and drops the coroutine"


class Verdict(NamedTuple):
    """What becomes of one async test or set-up.

    `code` is "" where it runs, may run, or isn't a test; `decision` says which.  `runners` are the plain classes that
    would have to change, `owner` is the class of a set-up that could get another name.
    """

    path: str
    group: str
    function: Function
    decision: Decision
    reason: str
    code: str = ""
    runners: tuple[Key, ...] = ()
    owner: Key | None = None

    @property
    def name(self) -> str:
        """Its name behind that of its class."""
        return f"{self.group}.{self.function.name}" if self.group else self.function.name

    @property
    def by_hand(self) -> tuple[str, str] | None:
        """The code and the reason why only a person can mend it, where that is told by the function itself."""
        if self.function.yields:
            return "AM504", "it is an async generator, which no runner iterates"
        if self.code != "AM303" or self.owner is not None:
            return None
        if SETUPS.get(self.function.name):
            return "AM503", "it stands in a class that is no TestCase itself"
        return "AM504", f"there is no async form of {self.function.name} that a runner would call"

    @property
    def remedy(self) -> str:
        """What can be done about it, in a few words."""
        code, reason = self.by_hand or ("", "")
        return f"{code}: {reason}" if code else f"--select {self.code} rewrites"

    def site(self, evidence: Seen, *, asked: bool) -> Site:
        """The site, as long as nothing is rewritten.  `asked`: a rewrite of its code is requested."""
        kind = "set-up" if self.function.name in SETUPS or not self.function.name.startswith("test") else "test"
        reason = self.reason
        if self.code:
            reason = f"never runs: {reason}" + ("" if asked else f"; {self.remedy}")
        reason += evidence.remark(self.path, self.name)
        return Site(
            kind, self.path, self.function.line, self.function.column, self.name, self.decision, reason, self.code
        )  # fmt: skip


class Verdicts:
    """Judges the functions of one project's files."""

    def __init__(self, project: Project[Facts], classes: Classes, modes: Modes) -> None:
        self._project = project
        self._classes = classes
        self._modes = modes
        evidence = project.inputs.get("evidence", ())
        self._ran = classes_that_ran(evidence) if evidence else frozenset()
        self._users: dict[Key, tuple[tuple[tuple[Key, Kind], ...], bool]] = {}

    def of_file(self, path: str) -> Iterator[Verdict]:
        """Every async test and every async set-up of a file, once."""
        facts = self._project.entries[path].facts
        if facts is None:
            return
        for function in facts.tests.functions:
            if function.is_async and not self._is_fixture(path, function):
                yield self._of_module(path, function, facts.tests.marks)
        for each in facts.tests.classes:
            functions = [function for function in each.functions if function.is_async and function.name in SETUPS]
            functions += [function for function in each.functions if function.is_async and _is_test(function)]
            if functions:
                kind = self._kind(path, each)
                for function in functions:
                    if not self._is_fixture(path, function):
                        yield self._in_class(path, each, function, kind, facts.tests.marks)

    def if_async(self, path: str, group: str, function: Function) -> Verdict:
        """What would become of a sync test if it were async; `group` is its class, "" at the top level.

        Where it lacks the project's marker it would get that: what runs tests without one is no matter then.
        """
        verdict = Verdict(path, group, function, "kept", "its module can't be read")
        facts = self._project.entries[path].facts
        if facts is None:
            return verdict
        if not group:
            return self._once_marked(self._by_marker(path, "", function, facts.tests.marks))
        found = [each for each in facts.tests.classes if each.name == group]
        if len(found) != 1:
            return verdict._replace(reason="its class can't be told from others")
        kind = self._kind(path, found[0])
        return self._once_marked(self._in_class(path, found[0], function, kind, facts.tests.marks))

    def _once_marked(self, verdict: Verdict) -> Verdict:
        """A test that lacks nothing but the project's marker, if it is not certain only what becomes of it without."""
        uncertain = self._modes.uncertain(verdict.path)
        if verdict.code or not uncertain or verdict.reason != uncertain:
            return verdict
        if self._modes.uncertain(verdict.path, self._modes.marker(verdict.path)):
            return verdict
        return self._undecorated(verdict._replace(reason=UNMARKED, code="AM302"))

    def at(self, path: str, keyword: int) -> Verdict | None:
        """What becomes of the async test whose definition stands there, None where there is none."""
        return next((each for each in self.of_file(path) if each.function.keyword == keyword), None)

    def plugins(self, verdict: Verdict) -> frozenset[str]:
        """The markers by which a test is run, or that of the mode which runs it."""
        facts = self._project.entries[verdict.path].facts
        marks = [*verdict.function.decorators, *(facts.tests.marks if facts is not None else ())]
        for each in self._classes.order(Key(verdict.path, verdict.group)) or () if verdict.group else ():
            known = self._classes.get(each)
            marks += [*known.marks, *known.decorators] if known is not None else ()
        found = _RUN_BY_MARK.intersection(self._classes.canonical(verdict.path, each) for each in marks if each)
        return frozenset(name.rpartition(".")[2] for name in found) or frozenset({self._modes.marker(verdict.path)})

    def _is_fixture(self, path: str, function: Function) -> bool:
        return any(self._classes.canonical(path, each) in _FIXTURES for each in function.decorators if each)

    def _kind(self, path: str, found: TestClass) -> Kind:
        if self._classes.get(Key(path, found.name)) is None:
            return Kind("unknown", "the module has several classes of this name")
        return self._classes.kind(Key(path, found.name))

    def _of_module(self, path: str, function: Function, marks: Sequence[str]) -> Verdict:
        if _is_test(function):
            return self._by_marker(path, "", function, marks)
        verdict = Verdict(path, "", function, "kept", DROPPED, "AM303")
        if not self._modes.collects(path):
            return verdict._replace(reason="pytest doesn't collect its file", code="")
        return self._undecorated(verdict)

    def _undecorated(self, verdict: Verdict) -> Verdict:
        for decorator in verdict.function.decorators:
            if not self._classes.neutral(verdict.path, decorator):
                return verdict._replace(reason=f"its decorator @{decorator or '...'} may run it", code="", runners=())
        return verdict

    def _in_class(self, path: str, found: TestClass, function: Function, kind: Kind, marks: Sequence[str]) -> Verdict:
        if kind.word == "unknown":
            return Verdict(path, found.name, function, "kept", kind.reason)
        key = Key(path, found.name)
        if kind.word == "pytest":
            return self._outside_cases(Verdict(path, found.name, function, "kept", kind.reason), key, found, marks)
        if not found.test:
            return Verdict(path, found.name, function, "kept", "its class isn't collected (__test__ = False)")
        runners = (key,) if kind.word == "plain" else ()
        if function.name in SETUPS:
            reason = IN_CASE if function.name in _UNITTEST_SETUPS else "pytest calls it and drops the coroutine"
            return self._undecorated(Verdict(path, found.name, function, "kept", reason, "AM303", runners, key))
        if kind.word == "isolated":
            return Verdict(path, found.name, function, "right", "an IsolatedAsyncioTestCase runs it")
        return self._undecorated(Verdict(path, found.name, function, "kept", IN_CASE, "AM301", runners))

    def _outside_cases(self, verdict: Verdict, key: Key, found: TestClass, marks: Sequence[str]) -> Verdict:
        """A class that is no TestCase: TestCases may derive from it, or pytest collects it or a class below it."""
        below, collected = self._used_by(key)
        users = tuple(each for each, kind in below if kind.word == "plain")
        if verdict.function.name in SETUPS:
            return self._set_up(verdict, users, below, collected)
        if users:
            reason = f"{IN_CASE} in {users[0].name}"
            return self._undecorated(verdict._replace(reason=reason, code="AM301", runners=users))
        if any(kind.word == "isolated" for _, kind in below):
            return verdict._replace(decision="right", reason="an IsolatedAsyncioTestCase runs it")
        if not collected:
            return verdict._replace(reason="no runner collects its class")
        inherited: list[str] = []
        for each in self._classes.order(key) or ():
            known = self._classes.get(each)
            if known is not None:
                inherited += [*known.marks, *known.decorators]
        return self._by_marker(verdict.path, found.name, verdict.function, [*marks, *inherited])

    def _used_by(self, key: Key) -> tuple[tuple[tuple[Key, Kind], ...], bool]:
        """The classes below one, each with what runs it, and whether pytest collects the class or one of these."""
        found = self._users.get(key)
        if found is None:
            below = tuple((each, self._classes.kind(each)) for each in self._classes.below(key))
            of_pytest = (key, *(each for each, kind in below if kind.word == "pytest"))
            found = self._users[key] = below, any(self._collected(each) for each in of_pytest)
        return found

    def _set_up(
        self, verdict: Verdict, users: tuple[Key, ...], below: Sequence[tuple[Key, Kind]], collected: bool
    ) -> Verdict:
        cases = [each for each, kind in below if kind.word in {"plain", "isolated"}]
        if cases:
            return self._undecorated(verdict._replace(reason=f"{IN_CASE} in {cases[0].name}", code="AM303"))
        if verdict.function.name in _UNITTEST_SETUPS:
            return verdict._replace(reason="no runner calls it: its class is no TestCase")
        if not collected:
            return verdict._replace(reason="no runner collects its class")
        return self._undecorated(verdict._replace(reason="pytest calls it and drops the coroutine", code="AM303"))

    def _collected(self, key: Key) -> bool:
        """Whether pytest takes a class that is no TestCase (`_pytest/python.py`, `PyCollector.istestclass`).

        It did where a run names a test of it: a plugin or the command line may have more settings than can be read.
        """
        if (key.path, key.name) in self._ran:
            return True
        found = self._classes.get(key)
        if found is None or not found.test or not self._modes.collects(key.path):
            return False
        if {"__init__", "__new__"} & set(found.members):
            return False
        return self._modes.collects_class(key.path, key.name.rpartition(".")[2])

    def _by_marker(self, path: str, group: str, function: Function, marks: Sequence[str]) -> Verdict:
        """A test that a plugin of pytest runs, if any does."""
        if self._modes.runs_all(path):
            return Verdict(path, group, function, "right", "the settings of pytest run every async test")
        names = [self._classes.canonical(path, each) if each else "" for each in (*function.decorators, *marks)]
        if "anyio_backend" in function.parameters or _RUN_BY_MARK.intersection(names):
            return Verdict(path, group, function, "right", "its marker runs it")
        verdict = Verdict(path, group, function, "kept", UNMARKED)
        if not self._modes.collects(path):
            return verdict._replace(reason="pytest doesn't collect its file")
        if not self._modes.collects_function(path, function.name):
            return verdict._replace(reason="pytest doesn't collect it by its name")
        readable = all(name.startswith("pytest.mark.") for name in names[len(function.decorators) :])
        if not readable or self._marks_elsewhere(path):
            return verdict._replace(reason="not all of its markers can be read")
        if function.called:
            return verdict._replace(reason="the module runs it itself")
        if function.yields:
            return verdict._replace(reason="it is an async generator")
        uncertain = self._modes.uncertain(path)
        if uncertain:
            return verdict._replace(reason=uncertain)
        return self._undecorated(verdict._replace(code="AM302"))

    def _marks_elsewhere(self, path: str) -> bool:
        """Whether the module may have marks that its facts don't tell: other forms than one plain assignment."""
        entry = self._project.entries[path]
        if entry.names is None or entry.facts is None or entry.names.stars:
            return True
        bounds = entry.names.bindings.get("pytestmark", ())
        return len(bounds) > 1 or (bool(bounds) and not entry.facts.tests.marks)


def _is_test(function: Function) -> bool:
    return function.name.startswith("test")
