"""What evidence says of tests that never run: that they passed as green, and which of them fail once they run."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.never_run.seen import classes_that_ran, seen
from codemods.evidence.schema import VERSION, Coroutine, Evidence, Outcome, Place, Test, written
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.codemod import UsageError

PATH = "test_orders.py"
ONE, OTHER = f"{PATH}::OrdersTest::test_one", f"{PATH}::OrdersTest::test_other"
PLAIN = """import unittest


class OrdersTest(unittest.TestCase):
    async def test_one(self):
        pass

    async def test_other(self):
        pass
"""


def evidence(outcomes: dict[str, Outcome], *dropped: str, during: tuple[int, ...] = (0,)) -> bytes:
    """A run in which tests ended so, and the coroutines of these functions were dropped."""
    tests = tuple(Test(name, outcome) for name, outcome in outcomes.items())
    coroutines = tuple(
        Coroutine(function, "m", Place(PATH, 5), Place("", 0), "unknown", "unknown", True, 1, (), during)
        for function in dropped
    )
    return written(Evidence(VERSION, "3.12.1", {}, tests, (), coroutines))


def remark(name: str, *files: bytes) -> str:
    return seen(files).remark(PATH, name)


def test_without_evidence_nothing_is_said() -> None:
    assert remark("OrdersTest.test_one") == ""


def test_a_test_that_the_run_tells_nothing_of_gets_no_remark() -> None:
    assert remark("OrdersTest.test_other", evidence({ONE: "passed"}, "OrdersTest.test_one")) == ""


def test_a_test_that_never_ran_was_green() -> None:
    given = evidence({ONE: "passed"}, "OrdersTest.test_one")
    assert remark("OrdersTest.test_one", given) == "; seen: never ran (passed as green)"


def test_a_test_that_failed_without_its_body_was_not_green() -> None:
    given = evidence({ONE: "failed"}, "OrdersTest.test_one")
    assert remark("OrdersTest.test_one", given) == "; seen: never ran"


@pytest.mark.parametrize(
    ("outcome", "ending"),
    [
        pytest.param("failed", ", fails once it runs", id="fails"),
        pytest.param("error", ", fails once it runs", id="its set-up fails"),
        pytest.param("passed", ", passes once it runs", id="passes"),
        pytest.param("skipped", "", id="is skipped"),
    ],
)
def test_a_second_run_in_which_it_ran_tells_how_it_ends(outcome: Outcome, ending: str) -> None:
    first, second = evidence({ONE: "passed"}, "OrdersTest.test_one"), evidence({ONE: outcome})
    for files in ((first, second), (second, first)):
        assert remark("OrdersTest.test_one", *files) == f"; seen: never ran (passed as green){ending}"


def test_of_the_cases_of_a_parametrised_test_one_that_fails_is_enough() -> None:
    ids: tuple[str, str] = (f"{PATH}::test_one[a::b]", f"{PATH}::test_one[c]")
    first, second = evidence(dict.fromkeys(ids, "passed"), "test_one"), evidence({ids[0]: "failed", ids[1]: "passed"})
    assert remark("test_one", first, second) == "; seen: never ran (passed as green), fails once it runs"


def test_a_test_of_a_mixin_is_found_by_the_tests_that_dropped_it() -> None:
    name = f"{PATH}::AllTest::test_one"
    first, second = evidence({name: "passed"}, "Mixin.test_one"), evidence({name: "failed"})
    assert remark("Mixin.test_one", first, second) == "; seen: never ran (passed as green), fails once it runs"


def test_of_a_set_up_that_was_dropped_the_tests_say_nothing() -> None:
    first, second = evidence({ONE: "passed"}, "OrdersTest.setUp"), evidence({ONE: "failed"})
    assert remark("OrdersTest.setUp", first, second) == "; seen: never ran"


@pytest.mark.parametrize("outcome", ["failed", "error"])
def test_a_test_that_ran_and_failed_is_told(outcome: Outcome) -> None:
    assert remark("OrdersTest.test_one", evidence({ONE: outcome})) == f"; seen: {outcome}"


def test_a_file_that_is_no_evidence_is_told_in_one_line() -> None:
    with pytest.raises(UsageError, match=r"^--evidence: not an evidence file: .*$"):
        seen((b"{}",))


def test_the_report_names_the_tests_that_fail_once_they_run() -> None:
    first = evidence({ONE: "passed", OTHER: "passed"}, "OrdersTest.test_one", "OrdersTest.test_other", during=(0, 1))
    second = evidence({ONE: "passed", OTHER: "failed"})
    result = check_noop(codemod, PLAIN, path=PATH, inputs={"evidence": (first, second)})
    [finding] = result.findings
    assert finding.message.endswith("; where they ran, these failed: test_other")
    alone = check_noop(codemod, PLAIN, path=PATH, inputs={"evidence": (first,)})
    assert [each.message for each in alone.findings] == [finding.message.partition("; where")[0]]


def test_what_was_seen_stands_with_each_test_that_is_rewritten() -> None:
    first = evidence({ONE: "passed", OTHER: "passed"}, "OrdersTest.test_one", "OrdersTest.test_other", during=(0, 1))
    second = evidence({ONE: "passed", OTHER: "failed"})
    after = PLAIN.replace("unittest.TestCase", "unittest.IsolatedAsyncioTestCase")
    result = check_transformed(
        codemod, PLAIN, after, path=PATH, config={"requested": ("AM301",)}, inputs={"evidence": (first, second)}
    )
    endings = {site.name: site.reason.rpartition(", ")[2] for site in result.sites if site.kind == "test"}
    assert endings == {"OrdersTest.test_one": "passes once it runs", "OrdersTest.test_other": "fails once it runs"}


def test_a_class_ran_of_which_a_run_names_a_test() -> None:
    one = evidence({f"{PATH}::OrdersSpec::Inner::test_one[a.b]": "failed", f"{PATH}::test_alone": "passed"})
    other = evidence({f"{PATH}::Orders::test_other": "skipped"})
    assert classes_that_ran((one, other)) == {(PATH, "OrdersSpec.Inner"), (PATH, "Orders")}
