"""Scores add up, by domain and level, whatever the order of results."""

import pytest
from factories import PROPERTY, make_fault, make_problem, make_result
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.scores import Score, Scores, scores
from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.records import ItemResult, Outcome

RESULTS = st.lists(
    st.builds(
        lambda outcome, domain, level: (
            make_result(outcome, problem=make_problem(domain=domain, level=level))
            if outcome
            else make_fault(problem=make_problem(domain=domain, level=level))
        ),
        st.none() | st.sampled_from(Outcome),
        st.sampled_from(Domain),
        st.sampled_from(LEVELS),
    ),
    max_size=20,
)


@pytest.mark.parametrize(
    ("score", "rate"), [(Score(), None), (Score(0, 4), 0.0), (Score(3, 4), 0.75), (Score(4, 4), 1.0)]
)
def test_a_rate_is_the_correct_part(score: Score, rate: float | None) -> None:
    """The pass rate is correct over measured, and nothing where nothing was measured."""
    assert rate == score.rate


def test_pooled_scores_weigh_attempts_equally() -> None:
    """Pooling adds attempts up; it does not average rates."""
    assert Score(91, 110) == Score(1, 10) + Score(90, 100)


@PROPERTY
@given(RESULTS, st.none() | st.sampled_from(Domain), st.none() | st.sampled_from(LEVELS))
def test_a_bucket_scores_its_attempts(results: list[ItemResult], domain: Domain | None, level: int | None) -> None:
    """Those of a domain, a level, both or neither; what was not measured is in none."""
    bucket = Bucket(domain, level)
    inside = [
        result.outcome
        for result in results
        if result.outcome and bucket.holds((result.problem.domain, result.problem.level))
    ]
    assert Score(inside.count(Outcome.CORRECT), len(inside)) == scores(results).of(bucket)


@PROPERTY
@given(RESULTS)
def test_the_total_is_of_all_cells(results: list[ItemResult]) -> None:
    """And the order of results does not matter."""
    found = scores(results)
    assert sum(found.cells.values(), Score()) == found.total
    assert scores(results[::-1]).cells == found.cells


def test_only_measured_cells_are_there() -> None:
    """A cell of which nothing was measured is not one with the rate 0."""
    found = scores([make_result(), make_fault(problem=make_problem(domain=Domain.GEOMETRY, level=2))])
    assert {(Domain.ALGEBRA, 1): Score(1, 1)} == found.cells
    assert [Domain.ALGEBRA] == found.domains
    assert [1] == found.levels


def test_domains_and_levels_are_in_the_order_of_reports() -> None:
    """MATH's own order, then others by name; levels from the lowest."""
    names = ["zoology", "botany", Domain.GEOMETRY, Domain.PREALGEBRA]
    found = scores(make_result(problem=make_problem(domain=name, level=5 - place)) for place, name in enumerate(names))
    assert [Domain.PREALGEBRA, Domain.GEOMETRY, "botany", "zoology"] == found.domains
    assert [2, 3, 4, 5] == found.levels


def test_nothing_scores_nothing() -> None:
    """A run that was stopped before its first item."""
    assert Score() == Scores().total
    assert [] == Scores().domains
