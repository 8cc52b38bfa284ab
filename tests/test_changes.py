"""Changes of a pass rate are told from noise, with a false-alarm rate over the whole history."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_mathbench.analysis.changes import Change, find

PROBLEMS, RUNS, SAMPLES = 300, 8, 2

Counts = NDArray[np.int64]


def drawn(seed: int, *rates: float) -> tuple[Counts, Counts]:
    """Draw runs of a model that solves each problem by a chance of its own, and so much of it in each run."""
    generator = np.random.default_rng(seed)
    chance = generator.beta(0.5, 0.5, PROBLEMS)
    right = generator.binomial(SAMPLES, np.outer(chance, rates))
    return right, np.full_like(right, SAMPLES)


def firsts(found: list[Change]) -> list[int]:
    """Return the first run after each change."""
    return [change.first for change in found]


def test_a_drop_is_found_where_it_is() -> None:
    """At its run, and at once where it is large."""
    (change,) = find(*drawn(1, *[1.0] * 4, *[0.7] * 4))
    assert 4 == change.first
    assert (3, 4) == change.between
    assert 4 == change.seen


def test_a_rise_is_found_as_well() -> None:
    """A change is two-sided."""
    assert [5] == firsts(find(*drawn(2, *[0.7] * 5, *[1.0] * 3)))


def test_a_drop_and_its_mending_are_two_changes() -> None:
    """After a change the history is looked at anew."""
    assert [2, 6] == firsts(find(*drawn(3, *[1.0] * 2, *[0.6] * 4, *[1.0] * 2)))


def test_a_small_drop_is_found_later() -> None:
    """Runs after it add up; until they are enough nothing is marked."""
    right, measured = drawn(4, *[1.0] * 6, *[0.93] * 10)
    (change,) = find(right, measured)
    assert change.seen > change.first
    assert [] == find(right[:, : change.seen], measured[:, : change.seen])
    assert change.between[0] < 6 <= change.between[1]


def test_what_is_marked_once_stays_marked() -> None:
    """A history that grows keeps its marks: they were made at the run where they were seen."""
    right, measured = drawn(5, *[1.0] * 3, *[0.7] * 9)
    whole = find(right, measured)
    assert whole == find(right[:, : whole[0].seen + 1], measured[:, : whole[0].seen + 1])


def test_an_unchanged_model_is_hardly_ever_marked() -> None:
    """At most in 5 % of histories; of 200, at an error of 20 %, at most 40: the bound holds at any error."""
    assert sum(bool(find(*drawn(seed, *[1.0] * RUNS), error=0.2)) for seed in range(200)) <= 40


def test_frozen_answers_that_flip_once_are_no_change() -> None:
    """At temperature 0 runs repeat each other: six before and six after a new library are two draws, not twelve."""
    marked = 0
    for seed in range(100):
        generator = np.random.default_rng(seed)
        chance = generator.beta(0.5, 0.5, PROBLEMS)
        before, after = (generator.random(PROBLEMS) < chance for _ in range(2))
        right = np.array([before] * 6 + [after] * 6, dtype=np.int64).T
        marked += bool(find(right, np.ones_like(right)))
    assert marked <= 5


def test_runs_that_repeat_each_other_show_nothing() -> None:
    """Where nothing differs there is nothing to tell."""
    right = np.array([[1, 1, 1], [0, 0, 0], [1, 1, 1]])
    assert [] == find(right, np.ones_like(right))


@pytest.mark.parametrize("runs", [0, 1])
def test_a_single_run_has_no_change(runs: int) -> None:
    """Nor has none."""
    assert [] == find(np.ones((3, runs)), np.ones((3, runs)))


def test_problems_that_one_side_has_not_measured_count_for_nothing() -> None:
    """A run that lost its easy problems to a fault is no worse for it."""
    right, measured = drawn(6, *[1.0] * RUNS)
    right[: PROBLEMS // 2, 4:] = measured[: PROBLEMS // 2, 4:] = 0
    assert [] == find(right, measured)


def test_the_bound_is_stated_with_the_change() -> None:
    """At the second run: half of the error, shared by no other cut."""
    (change,) = find(*drawn(7, 1.0, 0.5))
    assert pytest.approx(0.025) == change.allowed
    assert change.p_value <= change.allowed
