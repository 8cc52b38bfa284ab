"""Results add up to a report, whatever their order."""

import random
from collections import Counter

import pytest
from factories import PROPERTY, make_completion, make_execution, make_fault, make_grade, make_problem, make_result
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.scores import Score, Stage, report
from pytest_mathbench.analysis.statistics import Spread
from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.records import ItemResult, Outcome

PROBLEMS = st.builds(
    make_problem,
    id=st.text("ab1-", min_size=1, max_size=4),
    domain=st.sampled_from(Domain),
    level=st.sampled_from(LEVELS),
)
RESULTS = st.lists(
    st.builds(make_result, st.sampled_from(Outcome), problem=PROBLEMS)
    | st.builds(make_fault, st.sampled_from(["the server died", "no sandbox"]), problem=PROBLEMS),
    max_size=20,
)


@pytest.mark.parametrize(
    ("score", "rate"), [(Score(), None), (Score(0, 4), 0.0), (Score(3, 4), 0.75), (Score(4, 4), 1.0)]
)
def test_a_rate_is_the_correct_part(score: Score, rate: float | None) -> None:
    """The pass rate is correct over measured, and nothing where nothing was measured."""
    assert rate == score.rate


def test_pooled_scores_weigh_items_equally() -> None:
    """Pooling adds items up; it does not average rates."""
    assert Score(91, 110) == Score(1, 10) + Score(90, 100)


@PROPERTY
@given(RESULTS)
def test_outcomes_and_faults_add_up_to_the_results(results: list[ItemResult]) -> None:
    """Every result is counted once: under its outcome, or as a fault outside the score."""
    found = report(results)
    outcomes = Counter(result.outcome for result in results if result.outcome)
    assert {outcome: outcomes[outcome] for outcome in Outcome} == found.outcomes
    assert sum(found.outcomes.values()) == found.total.measured == len(results) - len(found.faults)
    assert found.outcomes[Outcome.CORRECT] == found.total.correct
    assert [(result.problem.id, result.fault) for result in results if result.fault] == found.faults


@PROPERTY
@given(RESULTS, st.none() | st.sampled_from(Domain), st.none() | st.sampled_from(LEVELS))
def test_a_pooled_score_is_the_sum_of_its_cells(
    results: list[ItemResult], domain: Domain | None, level: int | None
) -> None:
    """The score of a domain, a level, both or neither counts the items of these."""
    inside = [
        result
        for result in results
        if domain in {None, result.problem.domain} and level in {None, result.problem.level}
    ]
    found = report(results)
    assert report(inside).total == found.score(domain, level)
    assert sum(found.cells.values(), Score()) == found.total


@PROPERTY
@given(RESULTS, st.integers())
def test_the_order_of_results_does_not_matter(results: list[ItemResult], seed: int) -> None:
    """Workers finish in any order: the report is the same, faults' order apart."""
    shuffled = random.Random(seed).sample(results, len(results))  # noqa: S311 - no secret
    one, other = report(results), report(shuffled)
    assert (one.cells, one.outcomes, one.durations) == (other.cells, other.outcomes, other.durations)
    assert sorted(one.faults) == sorted(other.faults)


@PROPERTY
@given(RESULTS)
def test_a_fault_changes_no_score(results: list[ItemResult]) -> None:
    """What was not measured is neither right nor wrong, and has no duration."""
    measured = [result for result in results if result.outcome]
    found, expected = report(results), report(measured)
    assert (expected.cells, expected.durations) == (found.cells, found.durations)


def test_only_measured_cells_are_in_the_report() -> None:
    """A cell of which nothing was measured is no cell with the rate 0."""
    results = [make_result(), make_fault(problem=make_problem(level=2))]
    assert {(Domain.ALGEBRA, 1): Score(1, 1)} == report(results).cells


def test_durations_are_of_the_stages_that_were_reached() -> None:
    """Model time is of every completion, CPU time of every program: an item without a stage adds nothing to it."""
    results = [
        make_result(
            completion=make_completion(seconds=1.0, queued_seconds=100.5), execution=make_execution(cpu_seconds=3.0)
        ),
        make_result(Outcome.NO_PROGRAM, completion=make_completion(seconds=2.0), execution=None, grade=None),
        make_result(problem=make_problem(domain=Domain.GEOMETRY), completion=make_completion(seconds=6.0)),
        make_fault(completion=make_completion(seconds=1000.0)),
    ]
    found = report(results)
    assert [Domain.ALGEBRA, Domain.GEOMETRY] == list(found.durations)
    assert {
        Stage.QUEUED: Spread(50.5, 50.5, 95.5),
        Stage.GENERATION: Spread(1.5, 1.5, 1.95),
        Stage.EXECUTION: Spread(0.3, 0.3, 0.3),
        Stage.PROGRAM_CPU: Spread(3.0, 3.0, 3.0),
        Stage.GRADING: Spread(0.01, 0.01, 0.01),
    } == found.durations[Domain.ALGEBRA]
    assert Spread(3.0, 2.0, 5.6) == found.overall_durations[Stage.GENERATION]


def test_the_time_to_the_first_token_is_of_streamed_completions() -> None:
    """A completion that was not streamed has no first token: it adds nothing to that stage, and to no other less."""
    results = [make_result(completion=make_completion(first_token_seconds=first)) for first in (0.5, None, 1.5)]
    found = report(results).overall_durations
    assert [stage for stage in Stage if stage != Stage.JUDGING] == list(found)
    assert (Spread(1.0, 1.0, 1.45), Spread(2.0, 2.0, 2.0)) == (found[Stage.FIRST_TOKEN], found[Stage.GENERATION])


def test_asides_are_counted() -> None:
    """Cut-off completions, undecided grades and tokens are counted over all results that have them."""
    results = [
        make_result(Outcome.NO_PROGRAM, completion=make_completion(finish_reason="length"), grade=None),
        make_result(Outcome.WRONG, grade=make_grade(correct=False, rule="undecided")),
        make_result(),
        make_fault(completion=make_completion(prompt_tokens=3, completion_tokens=5)),
        make_fault(),
    ]
    found = report(iter(results))
    assert (1, 1, 33, 65) == (found.truncated, found.undecided, found.prompt_tokens, found.completion_tokens)


def test_what_programs_tried_is_counted_by_kind() -> None:
    """Of the programs that were run, those that tried something are counted once, and once for each kind."""
    executions = [
        make_execution(),
        make_execution(unsafe={"network": "socket"}, echoed=True),
        make_execution(unsafe={"network": "socket", "read": "open /etc/passwd"}),
    ]
    found = report([*(make_result(execution=execution) for execution in executions), make_fault()])
    assert (3, 2, {"network": 2, "read": 1}, 1) == (
        found.programs,
        found.unsafe_programs,
        found.unsafe,
        found.echoed,
    )


def test_no_results_give_an_empty_report() -> None:
    """A run that was stopped before its first item has a report too."""
    found = report([])
    assert ({}, Score(), {}, {}, {}, []) == (
        found.cells,
        found.total,
        found.sampled,
        found.durations,
        found.overall_durations,
        found.faults,
    )
