"""Bundled against fresh problems, paired by family: the gap and its interval."""

import math
import random

import pytest
from factories import PROPERTY, make_fault, make_problem, make_result
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.contamination import gap
from pytest_mathbench.analysis.statistics import Difference, clustered_difference
from pytest_mathbench.records import ItemResult, Outcome

COUNTS = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)).map(
    lambda each: (min(each[0], each[1] + 1), each[1] + 1, min(each[2], each[3] + 1), each[3] + 1)
)
CLUSTERS = st.lists(COUNTS, min_size=2, max_size=30)


def result(family: str, variant: int | None, *, correct: bool, number: int = 1) -> ItemResult:
    """One attempt at a problem of a family."""
    problem = make_problem(id=f"{family}-{variant}-{number}", family=family, variant=variant)
    return make_result(problem=problem, outcome=Outcome.CORRECT if correct else Outcome.WRONG)


def test_the_gap_is_fresh_less_bundled() -> None:
    """Rates of both sides over the families that have both; what no family has drawn counts nowhere."""
    results = [
        result("a", 0, correct=True),
        result("a", 7, correct=False),
        result("b", 0, correct=True),
        result("b", 7, correct=True),
        result("only bundled", 0, correct=True),
        result("", None, correct=True),
    ]
    found = gap(results)
    assert found is not None
    assert 2 == found.families
    assert (2, 2) == found.bundled
    assert (1, 2) == found.fresh
    assert -0.5 == found.difference.value


def test_families_are_of_a_cell() -> None:
    """The same name in another domain or level is another family; what was not measured is on neither side."""
    fresh = make_problem(id="f", family="a", variant=7)
    elsewhere = make_result(problem=make_problem(id="g", family="a", variant=7, level=2))
    assert gap([result("a", 0, correct=True), elsewhere, make_fault(problem=fresh)]) is None


def test_without_both_sides_there_is_no_gap() -> None:
    """A run on one side alone, or on a user's problems, has none."""
    assert gap([result("a", 0, correct=True)]) is None
    assert gap([result("a", None, correct=True)]) is None


def test_the_interval_by_hand() -> None:
    """Four families, a problem each on either side: Student's interval, with one half gained and one half lost."""
    found = clustered_difference([(1, 1, 0, 1), (0, 1, 0, 1), (1, 1, 1, 1), (1, 1, 0, 1)])
    differences = [-1.0, 0.0, 0.0, -1.0]
    center = sum(differences) / 6
    spread = 4 / 3 * sum((each + 0.5) ** 2 for each in differences) + 4 * 0.5**2 + 1
    reach = 3.182446305284263 * math.sqrt(spread / 6 - center**2) / math.sqrt(6)  # 97.5 %, 3 degrees of freedom
    assert -0.5 == found.value
    assert [pytest.approx(max(-1, center - reach)), pytest.approx(center + reach)] == [found.low, found.high]


def test_one_family_has_no_interval() -> None:
    """Nothing is known of the spread between families."""
    assert Difference(-0.5) == clustered_difference([(2, 2, 1, 2)])


@PROPERTY
@given(CLUSTERS)
def test_the_sides_are_treated_alike(clusters: list[tuple[int, int, int, int]]) -> None:
    """Swapping before and after turns the difference and its interval round; the interval holds the difference."""
    found = clustered_difference(clusters)
    turned = clustered_difference([(c, d, a, b) for a, b, c, d in clusters])
    assert found.low is not None and found.high is not None and turned.low is not None and turned.high is not None  # noqa: PT018 - for mypy
    assert found.low <= found.value <= found.high
    assert [pytest.approx(-found.high), pytest.approx(-found.low)] == [turned.low, turned.high]


@pytest.mark.parametrize("families", [12, 60])
def test_the_interval_covers_the_truth(families: int) -> None:
    """Of 1,000 simulated comparisons without a difference at least 930 hold 0, families unlike as they are."""
    draw = random.Random(families)  # noqa: S311 - a simulation
    covered = 0
    for _ in range(1000):
        rates = [draw.choice((0.05, 0.3, 0.9)) for _ in range(families)]
        clusters = [(_hits(draw, rate), 5, _hits(draw, rate), 5) for rate in rates]
        found = clustered_difference(clusters)
        assert found.low is not None and found.high is not None  # noqa: PT018 - for mypy
        covered += found.low <= 0 <= found.high
    assert 930 <= covered


def _hits(draw: random.Random, rate: float) -> int:
    return sum(draw.random() < rate for _ in range(5))
