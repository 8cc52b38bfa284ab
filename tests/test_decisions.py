"""The verdict on each gate follows from the numbers, by the rule that the module states."""

from dataclasses import replace

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.comparison import Attempt, Cost, Measured
from pytest_mathbench.analysis.decisions import Evidence, decide, settled
from pytest_mathbench.analysis.gates import Decision, Status, read
from pytest_mathbench.domains import Domain
from pytest_mathbench.records import Outcome

DOMAINS = list(map(str, Domain))


def run(right: int, wrong: int, domain: str = "algebra", level: int = 1, **fields: object) -> dict[Attempt, Measured]:
    """Attempts at one cell, the right ones first."""
    attempt = Measured(
        domain=domain, level=level, text="t", outcome=Outcome.CORRECT, cost=Cost(1, 10, 100, 2.0, 1), unsafe=False,
        execution_seconds=0.5, program_seconds=0.25,
    )  # fmt: skip
    made = {}
    for number in range(right + wrong):
        outcome = Outcome.CORRECT if number < right else Outcome.WRONG
        made[f"{domain}-{level}-{number}", 0] = replace(attempt, outcome=outcome, **fields)  # type: ignore[arg-type]
    return made


def decided(text: str, *given_: object, **more: int) -> Decision:
    """Decide one gate on a run, and a baseline."""
    (decision, *_) = decide([read(text, DOMAINS)], Evidence(*given_, **more))  # type: ignore[arg-type]
    return decision


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("overall >= 60%", Status.PASS),
        ("overall >= 60.1%", Status.FAIL),
        ("overall <= 60%", Status.PASS),
        ("algebra/level1 >= 60%", Status.PASS),
        ("geometry >= 1%", Status.INCONCLUSIVE),
        ("overall >= 40% with 95% confidence", Status.PASS),
        ("overall >= 55% with 95% confidence", Status.INCONCLUSIVE),
        ("overall >= 80% with 95% confidence", Status.FAIL),
        ("overall <= 80% with 95% confidence", Status.PASS),
        ("equal-level >= 60%", Status.PASS),
        ("unsafe <= 1%", Status.PASS),
        ("execution p95 <= 0.5 s", Status.PASS),
        ("execution p95 <= 0.4 s", Status.FAIL),
        ("generation <= 2 s", Status.PASS),
        ("tokens per problem <= 99", Status.FAIL),
    ],
)
def test_thresholds(text: str, status: Status) -> None:
    """60 of 100 are right: the point decides, or with confidence the bound."""
    assert status == decided(text, run(60, 40)).status


def test_a_sentence_shows_the_numbers() -> None:
    """Rate, counts and interval are in it."""
    assert "overall 60.0% (60/100), 95% interval 50.2% to 69.1%" == decided("overall >= 50%", run(60, 40)).sentence


def test_every_bucket_must_hold() -> None:
    """One domain below fails the gate, and both are shown."""
    both = run(9, 1) | run(1, 9, domain="geometry")
    decision = decided("every domain >= 50%", both)
    assert (Status.FAIL, True, True) == (
        decision.status,
        "algebra 90.0%" in decision.sentence,
        "geometry 10.0%" in decision.sentence,
    )


def test_levels_weigh_the_same_in_equal_level() -> None:
    """A level of few problems counts as much as one of many."""
    assert "mean of 2 levels 50.0%" in decided("equal-level >= 50%", run(90, 0) | run(0, 10, level=2)).sentence


def test_unsafe_counts_programs() -> None:
    """An attempt without a program is not among those that could have been unsafe."""
    tried = run(1, 0, unsafe=True) | run(0, 3, level=2) | run(0, 5, level=3, unsafe=None)
    assert "unsafe 25.0% (1/4)" in decided("unsafe <= 50%", tried).sentence


@pytest.mark.parametrize(
    ("worse", "better", "status"),
    [(20, 2, Status.FAIL), (5, 0, Status.PASS), (3, 0, Status.PASS), (20, 18, Status.PASS), (2, 20, Status.PASS)],
)
def test_a_drop_fails_if_it_is_large_and_no_chance(worse: int, better: int, status: Status) -> None:
    """Beyond 4 points of 100 pairs, and with p at most 5 %: five worse and none better are p = 3 %."""
    before = run(50, 50)
    after = {
        attempt: replace(
            each, outcome=Outcome.WRONG if place < worse else Outcome.CORRECT if place >= 100 - better else each.outcome
        )
        for place, (attempt, each) in enumerate(before.items())
    }
    decision = decided("overall no worse than baseline by more than 5 points", after, before)
    assert status == decision.status


def test_a_drop_that_may_be_chance_is_told() -> None:
    """It is beyond the margin and passes, and the sentence says why."""
    before, after = run(3, 0), run(1, 2)
    decision = decided("overall no worse than baseline", after, before)
    assert (Status.PASS, True) == (decision.status, "which may be chance" in decision.sentence)


def test_comparisons_are_one_family() -> None:
    """A drop that fails alone passes beside others: the chance of a false alarm is that of the whole run."""
    gates = [read("every domain no worse than baseline", DOMAINS)]
    before = {key: each for domain in DOMAINS for key, each in run(10, 10, domain=domain).items()}
    after = before | run(5, 15)
    alone = decide([read("algebra no worse than baseline", DOMAINS)], Evidence(after, before))
    beside = decide(gates, Evidence(after, before))
    assert ([Status.FAIL], [Status.PASS]) == ([each.status for each in alone], [each.status for each in beside])


@pytest.mark.parametrize(("margin", "status"), [(20, Status.PASS), (5, Status.INCONCLUSIVE), (1, Status.INCONCLUSIVE)])
def test_with_confidence_the_bound_of_the_difference_decides(margin: int, status: Status) -> None:
    """No drop is seen in 100 pairs of which 20 disagree: 20 points are excluded, 5 are not."""
    before = run(50, 50)
    after = {
        key: replace(each, outcome=Outcome.WRONG if place < 10 else Outcome.CORRECT if place >= 90 else each.outcome)
        for place, (key, each) in enumerate(before.items())
    }
    text = f"overall no worse than baseline by more than {margin} points with 95% confidence"
    assert status == decided(text, after, before).status


def test_a_sure_drop_fails_with_confidence() -> None:
    """All are lost: the upper bound is below the margin."""
    text = "overall no worse than baseline by more than 5 points with 95% confidence"
    assert Status.FAIL == decided(text, run(0, 100), run(100, 0)).status


@pytest.mark.parametrize(("factor", "status"), [("1.2", Status.PASS), ("0.9", Status.FAIL)])
def test_a_ratio_is_of_what_both_have_measured(factor: str, status: Status) -> None:
    """Tokens on the shared problems, whatever else was run."""
    before = run(5, 5) | run(5, 5, level=2, cost=Cost(1, 1, 10_000, 1.0, 1))
    assert status == decided(f"tokens per problem no more than {factor} x baseline", run(5, 5), before).status


@pytest.mark.parametrize(
    "text",
    [
        "overall no worse than baseline",
        "overall no worse than baseline with 95% confidence",
        "execution no more than 2 x baseline",
    ],
)
def test_without_pairs_nothing_is_decided(text: str) -> None:
    """A baseline of other problems settles nothing."""
    assert Status.INCONCLUSIVE == decided(text, run(1, 1), run(1, 1, domain="geometry")).status


@pytest.mark.parametrize(("missing", "allowed", "count"), [(0, 0, 1), (1, 0, 2), (2, 2, 1), (3, 2, 2)])
def test_what_was_not_measured_is_bounded(missing: int, allowed: int, count: int) -> None:
    """More than is allowed makes the run inconclusive, whatever the gates say."""
    decisions = decide([read("overall >= 1%", DOMAINS)], Evidence(run(5, 5), None, missing), allowed)
    assert (count, Status.INCONCLUSIVE if count == 2 else Status.PASS) == (len(decisions), decisions[-1].status)


GATES_TO_SETTLE = [
    "overall >= 50%",
    "overall <= 50%",
    "unsafe <= 30%",
    "equal-level >= 40% with 90% confidence",
    "every domain >= 20%",
    "overall no worse than baseline",
    "every level no worse than baseline by more than 10 points",
    "overall no worse than baseline by more than 10 points with 90% confidence",
]


@PROPERTY
@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=2, max_size=25),
    st.lists(st.sampled_from(GATES_TO_SETTLE), min_size=1, max_size=3),
    st.data(),
)
def test_what_is_settled_early_is_what_the_full_run_decides(
    attempts: list[tuple[bool, bool, bool]], sentences: list[str], data: st.DataObject
) -> None:
    """Whatever the rest shows, and after however many attempts."""
    gates = [read(sentence, DOMAINS) for sentence in sentences]
    after, before = {}, {}
    for number, (right, was_right, unsafe) in enumerate(attempts):
        ((_, each),) = run(1, 0, domain=DOMAINS[number % 2], level=1 + number % 3, unsafe=unsafe).items()
        key = (str(number), 0)
        after[key] = replace(each, outcome=Outcome.CORRECT if right else Outcome.WRONG)
        before[key] = replace(each, outcome=Outcome.CORRECT if was_right else Outcome.WRONG)
    place = data.draw(st.integers(1, len(after) - 1))
    done = dict(list(after.items())[:place])
    found = settled(gates, Evidence(done, before), list(after.items())[place:])
    full = [each.status for each in decide(gates, Evidence(after, before), explain=False)]
    assert found is None or full == [each.status for each in found]


def test_durations_are_not_settled_early() -> None:
    """The last program may take any time."""
    gates = [read("execution <= 2 s", DOMAINS)]
    assert settled(gates, Evidence(run(5, 0)), list(run(0, 1, level=2).items())) is None


@PROPERTY
@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 100), st.sampled_from(["", " with 90% confidence"]))
def test_more_right_answers_never_turn_a_pass_round(right: int, wrong: int, bound: int, how: str) -> None:
    """Thresholds are monotonous: one wrong answer made right does not fail what passed."""
    text = f"overall >= {bound}%{how}"
    before, after = decided(text, run(right, wrong)).status, decided(text, run(right + 1, wrong - 1)).status
    order = [Status.FAIL, Status.INCONCLUSIVE, Status.PASS]
    assert order.index(before) <= order.index(after)
