"""Runs at equal cost: curves, budgets, and who is ahead."""

import math
from collections.abc import Sequence

import pytest
from factories import PROPERTY, make_fault, make_ruling
from hypothesis import given, settings
from hypothesis import strategies as st
from standings import in_one, passed_through

from pytest_mathbench.analysis.at_cost import COMPARED, At, AtCost, Curve, Measure, at_cost, paths
from pytest_mathbench.analysis.scores import scores
from pytest_mathbench.records import ItemResult, Outcome

STEPS = st.lists(st.tuples(st.integers(1, 50), st.sampled_from("rwc")), min_size=1, max_size=5)
RUNS = st.lists(STEPS, min_size=1, max_size=8)


def run_of(attempts: Sequence[Sequence[tuple[int, str]]]) -> list[ItemResult]:
    """Make a run of attempts, each of (tokens, outcome) of its completions."""
    return [
        passed_through(f"p{number}", [tokens for tokens, _ in steps], "".join(outcome for _, outcome in steps))
        for number, steps in enumerate(attempts)
    ]


def curve_of(results: Sequence[ItemResult], measure: Measure = Measure.TOKENS) -> Curve:
    """Draw a run's curve."""
    return Curve(paths(results), measure)


def known(at: At | None) -> At:
    """Return what a run has right at a cost that it can be held to."""
    assert at is not None
    return at


# By hand: the first completions cost 10 and 20 tokens, 15 in the mean; the whole run 40 and 30, 35 in the mean.
BY_HAND = [passed_through("a", [10, 20, 10], "cwr"), passed_through("b", [20, 10], "rw")]


@pytest.mark.parametrize(
    ("budget", "cost", "right"),
    [
        (0, 15.0, {"a": 0, "b": 1}),
        (19, 19.5, {"a": 0, "b": 1}),
        (29, 29.0, {"a": 0, "b": 1}),
        (30, 30.0, {"a": 0, "b": 0}),
        (39, 34.5, {"a": 0, "b": 0}),
        (40, 35.0, {"a": 1, "b": 0}),
        (math.inf, 35.0, {"a": 1, "b": 0}),
    ],
)
def test_a_budget_is_used_up_and_the_last_standing_within_it_counts(
    budget: float, cost: float, right: dict[str, int]
) -> None:
    """The first completion is always made; what is not finished is paid for, and thrown away."""
    curve = curve_of(BY_HAND)
    assert cost == curve.cost(budget)
    assert right == {problem: count for problem, (count, _) in curve.rights(budget).items()}


@pytest.mark.parametrize(
    ("cost", "budget"), [(15.0, 10.0), (19.5, 19.0), (32.5, 35.0), (35.0, math.inf), (99.0, math.inf)]
)
def test_every_mean_cost_has_its_budget(cost: float, budget: float) -> None:
    """From that of the first completions on; beyond all that a run spends it needs none."""
    assert curve_of(BY_HAND).budget(cost) == budget


def test_less_than_the_first_completions_cannot_be_spent() -> None:
    """There is no answer for that."""
    assert curve_of(BY_HAND).at(14.9) is None


@pytest.mark.parametrize(("measure", "cost"), [(Measure.TOKENS, 35.0), (Measure.REQUESTS, 2.5), (Measure.SECONDS, 2.5)])
def test_costs_are_counted_in_three_ways(measure: Measure, cost: float) -> None:
    """Tokens, requests, seconds: each is a curve of its own."""
    assert cost == curve_of(BY_HAND, measure).most


def test_an_attempt_in_one_request_has_one_standing() -> None:
    """It costs what its completion did, whatever it might have spent."""
    curve = curve_of([in_one("a", 10, "r"), in_one("b", 30, "w")])
    assert (20.0, 20.0) == (curve.least, curve.most)
    assert known(curve.at(40)).score.rate == 0.5
    assert 1 == len(curve.points())


def test_what_a_person_ruled_counts_in_the_end() -> None:
    """The last outcome is the run's own."""
    ruled = passed_through("a", [10, 10], "cw").ruled(make_ruling())
    rates = [known(curve_of([ruled]).at(cost)).score.rate for cost in (10, 20)]
    assert [0.0, 1.0] == rates


def test_what_was_not_measured_is_left_out() -> None:
    """A fault of ours is no wrong answer, and costs nothing."""
    assert 1 == len(paths([in_one("a", 10, "r"), make_fault()]))


def test_a_run_without_standings_cannot_be_used() -> None:
    """It is said why; nothing is guessed from what it did write down."""
    (whole,) = paths(run_of([[(5, "r")]]))
    assert whole.standings
    bare = passed_through("a", [10], "r")
    assert bare.effort is not None
    with pytest.raises(ValueError, match="no standings: it was recorded before they were kept; run it again"):
        paths([ItemResult(problem=bare.problem, outcome=Outcome.WRONG, effort=type(bare.effort)(
            requests=2, prompt_tokens=1, completion_tokens=1, seconds=1.0, executions=1, ended="loop"))])  # fmt: skip


@PROPERTY
@given(attempts=RUNS, budgets=st.lists(st.floats(0, 400), min_size=2, max_size=5))
def test_costs_grow_with_the_budget(attempts: list[list[tuple[int, str]]], budgets: list[float]) -> None:
    """A larger budget never costs less, by any measure."""
    for measure in Measure:
        curve = curve_of(run_of(attempts), measure)
        costs = [curve.cost(budget) for budget in sorted(budgets)]
        assert costs == sorted(costs)


@PROPERTY
@given(attempts=RUNS)
def test_without_a_bound_it_is_the_run(attempts: list[list[tuple[int, str]]]) -> None:
    """The pass rate is that of the run, with its interval, and so is what it cost."""
    results = run_of(attempts)
    curve = curve_of(results)
    assert scores(results).total == known(curve.at(math.inf)).score
    spent = [result.effort.completion_tokens for result in results if result.effort]
    assert curve.cost(math.inf) == pytest.approx(sum(spent) / len(spent))


@PROPERTY
@given(attempts=RUNS, share=st.floats(0, 1))
def test_a_budget_costs_what_it_was_chosen_for(attempts: list[list[tuple[int, str]]], share: float) -> None:
    """What is found for a mean cost has that mean cost."""
    curve = curve_of(run_of(attempts))
    cost = curve.least + share * (curve.most - curve.least)
    assert known(curve.at(cost)).cost == pytest.approx(cost)


@settings(PROPERTY, max_examples=20)
@given(attempts=RUNS, data=st.data())
def test_the_order_of_attempts_is_of_no_account(attempts: list[list[tuple[int, str]]], data: st.DataObject) -> None:
    """A run that was recorded in another order has the same curve."""
    results = run_of(attempts)
    assert curve_of(results).points() == curve_of(data.draw(st.permutations(results))).points()


@PROPERTY
@given(attempts=RUNS)
def test_a_run_against_itself_differs_by_nothing(attempts: list[list[tuple[int, str]]]) -> None:
    """At every cost at which they can be compared."""
    run = paths(run_of(attempts))
    found, left_out = at_cost([run, run])
    leads = [lead for each in found.values() for lead in each.leads()]
    assert [0.0] * len(leads) == [lead.difference.value for lead in leads]
    assert {1.0} == {lead.corrected for lead in leads}
    assert len(COMPARED) * len(Measure) == len(leads)
    assert 0 == left_out


def three() -> list[list[ItemResult]]:
    """Ten problems: `single` has three right; a second try of 10 tokens mends six; another mends none."""
    first = ["r" if number < 3 else "c" for number in range(10)]
    tries = [[10] if outcome == "r" else [10, 10] for outcome in first]
    mended = ["r" if outcome == "r" else "cr" if number < 9 else "cc" for number, outcome in enumerate(first)]
    return [
        [in_one(f"p{number}", 10, outcome) for number, outcome in enumerate(first)],
        [passed_through(f"p{number}", tries[number], mended[number]) for number in range(10)],
        [passed_through(f"p{number}", tries[number], first[number] * len(tries[number])) for number in range(10)],
    ]


def compared(baselines: Sequence[int] = (0,)) -> AtCost:
    """Compare the three by tokens."""
    found, _ = at_cost([paths(run) for run in three()], baselines)
    return found[Measure.TOKENS]


def test_who_is_ahead_at_which_cost() -> None:
    """At 1x all are level, since they share their first completions; at 2x the second try is ahead."""
    assert [0, 1, 2] == compared().ahead(1.0)
    assert [1] == compared().ahead(2.0)
    assert [0.3, 0.3, 0.3, 0.9, 0.9] == [at and at.score.rate for at in compared().row(1)]


def test_differences_are_paired_and_corrected() -> None:
    """Six problems are won and none lost: p is 2 / 2**6, times the four comparisons with this baseline."""
    lead = next(each for each in compared().leads() if each.run == 1 and each.multiple == 2.0)
    assert 0.6 == pytest.approx(lead.difference.value)
    assert (6, 0) == (lead.pairs.only_second, lead.pairs.only_first)
    assert 0.03125 == pytest.approx(lead.p_value)
    assert 0.125 == pytest.approx(lead.corrected)


def test_baselines_are_compared_with_each_other_once() -> None:
    """Each baseline has those before it behind itself."""
    found = {(lead.baseline, lead.run) for lead in compared((0, 1)).leads()}
    assert {(0, 1), (0, 2), (1, 2)} == found


def test_samples_are_averaged_by_problem() -> None:
    """One run has two samples of each problem, the other one: every problem counts the same."""
    twice = [in_one(f"p{number}", 10, "rw"[sample], sample=sample) for number in range(4) for sample in range(2)]
    once = [in_one(f"p{number}", 10, "r") for number in range(4)]
    found, _ = at_cost([paths(twice), paths(once)])
    leads = found[Measure.TOKENS].leads()
    assert [0.5] * len(COMPARED) == [lead.difference.value for lead in leads]
    assert all(0 < lead.p_value <= 1 for lead in leads)


def test_families_are_clusters() -> None:
    """Problems of one family are no independent pairs: the interval is wider than of as many families."""

    def width(of: int) -> float:
        runs = [
            [
                in_one(f"p{number}", 10, "rw"[(number // 4 + side) % 2], family=f"family-{number // of}")
                for number in range(24)
            ]
            for side in range(2)
        ]
        found, _ = at_cost([paths(run) for run in runs])
        difference = found[Measure.TOKENS].leads()[0].difference
        return (difference.high or 0.0) - (difference.low or 0.0)

    assert width(1) < width(4)


def test_only_problems_that_all_have_measured_are_compared() -> None:
    """One that is missing in a run, or has another text there, is left out of every run."""
    whole = [in_one(name, 10, "r") for name in "abc"]
    other = [in_one("a", 10, "w"), in_one("b", 10, "r", statement="Another?")]
    found, left_out = at_cost([paths(whole), paths(other)])
    assert 2 == left_out
    assert [["a"], ["a"]] == [[path.problem for path in curve.attempts] for curve in found[Measure.TOKENS].curves]


def test_runs_on_other_problems_have_nothing_to_compare() -> None:
    """There is no curve of no problem."""
    with pytest.raises(ValueError, match="measured no problem in common"):
        at_cost([paths([in_one("a", 10, "r")]), paths([in_one("b", 10, "r")])])
