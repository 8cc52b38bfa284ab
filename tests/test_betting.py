"""Tests by betting hold their error however often one looks, and find what is there."""

from itertools import permutations, product
from math import inf, isinf, log

import numpy as np
import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_mathbench.analysis.betting import AGREEMENT, EARLY, Bet, log_wealth, settle_at_least, settle_no_worse

DIFFERENCES = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=40)


def pairs(trials: int, worse: float, better: float, seed: int = 0, count: int = 945) -> NDArray[np.float64]:
    """Draw the differences of so many runs on `count` problems."""
    drawn = np.random.default_rng(seed).random((trials, count))
    return np.where(drawn < worse, -1.0, np.where(drawn < worse + better, 1.0, 0.0))


@pytest.mark.parametrize("values", [[-1, 1], [-1, 0, 1], [-0.5, -0.5, 1], [-1, -1, 0, 2], [-1, -0.5, 0.25, 0.25, 1]])
def test_nobody_gains_where_the_sum_is_zero(values: list[float]) -> None:
    """Over all orders of a population whose sum is 0 the gambler owns 1 on average, after each value."""
    logs = log_wealth(list(permutations(values)), min(values), len(values))
    assert np.exp(logs).mean(axis=0) == pytest.approx(1)


@pytest.mark.parametrize("values", [[-1, 0], [-1, -1, 1], [-1, -0.5, 0, 1]])
def test_the_gambler_loses_where_the_sum_is_below_zero(values: list[float]) -> None:
    """Over all orders the wealth is 1 on average at most, at every look: it is a supermartingale."""
    means = np.exp(log_wealth(list(permutations(values)), min(values), len(values))).mean(axis=0)
    assert (means <= 1 + 1e-12).all()
    assert (np.diff(means) <= 1e-12).all()


def test_nobody_gains_by_fair_coins() -> None:
    """Without a size each value is expected to be 0: over all outcomes of eight coins the wealth is 1 on average."""
    logs = log_wealth(list(product([-1.0, 1.0], repeat=8)), -1)
    assert np.exp(logs).mean(axis=0) == pytest.approx(1)


def test_the_wealth_is_the_mean_of_four_stakes() -> None:
    """Of one value 1 it is 1 plus the mean of the stakes, and of -1 what is left of it."""
    assert float(log_wealth([1.0], -1)[0]) == pytest.approx(log(1 + (0.15 + 0.3 + 0.6 + 0.9) / 4))
    assert float(log_wealth([-1.0], -1)[0]) == pytest.approx(log(1 - (0.15 + 0.3 + 0.6 + 0.9) / 4))


def test_what_is_left_is_expected_to_make_up_for_what_was_seen() -> None:
    """After a 1, of four values whose sum is 0, the next ones are expected to be -1/3: a 0 is a gain."""
    one, other = np.exp(log_wealth([1.0, 0.0], -1, 4))
    assert other > one


@pytest.mark.parametrize(("values", "sure"), [([1, 1], False), ([1, 1, 1], True), ([1, -1, 1], False)])
def test_what_the_rest_cannot_turn_round_is_sure(values: list[float], *, sure: bool) -> None:
    """Three of five values at 1 are more than two at -1 can take back."""
    assert isinf(log_wealth(values, -1, 5)[-1]) == sure


def test_more_values_than_there_are_is_a_mistake() -> None:
    """The size is that of the whole run."""
    with pytest.raises(ValueError, match="3 values are more than the 2"):
        log_wealth([0.0, 0.0, 0.0], -1, 2)


def test_nobody_bets_on_what_was_not_measured() -> None:
    """The wealth stays as it is, and the others are reckoned as if it had not been there."""
    found = log_wealth([1.0, np.nan, 1.0], -1)
    assert found[1] == found[0]
    assert found[2] == pytest.approx(log_wealth([1.0, 1.0], -1)[1])


@PROPERTY
@given(DIFFERENCES, st.integers(0, 20))
def test_later_problems_change_no_earlier_look(differences: list[float], more: int) -> None:
    """What is known after some problems is the same however the run goes on: bets are made before values are seen."""
    size = len(differences) + more
    short = log_wealth(differences, -1, size)
    longer = log_wealth(differences + [1.0] * more, -1, size)
    assert np.array_equal(short, longer[: len(differences)])


@PROPERTY
@given(DIFFERENCES)
def test_runs_are_decided_one_by_one(differences: list[float]) -> None:
    """Beside each other in an array, runs are decided as alone."""
    both = settle_no_worse([differences, differences[::-1]], 0.05)
    assert int(both.passed[0]) == int(settle_no_worse(differences, 0.05).passed)
    assert int(both.failed[1]) == int(settle_no_worse(differences[::-1], 0.05).failed)


@PROPERTY
@given(DIFFERENCES, st.floats(0, 0.5))
def test_a_look_says_one_thing(differences: list[float], margin: float) -> None:
    """No problem settles a gate both ways."""
    found = settle_no_worse(differences, margin)
    assert not int(found.passed) or int(found.passed) != int(found.failed)


def test_an_unchanged_model_passes_early_and_does_not_fail() -> None:
    """A margin of 5 points, 10 % discordant pairs: on under 30 % of the problems on average, all of 500 runs."""
    found = settle_no_worse(pairs(500, 0.05, 0.05), 0.05, comparisons=8)
    assert (found.passed > 0).all()
    assert found.passed.mean() < 0.3 * 945
    assert (found.failed == 0).all()


def test_a_worse_model_fails_early() -> None:
    """10 points worse: on under 20 % of the problems."""
    found = settle_no_worse(pairs(500, 0.1, 0.0), 0.05, comparisons=8)
    assert (found.failed > 0).mean() > 0.99
    assert found.failed[found.failed > 0].mean() < 0.2 * 945


def test_a_broken_model_fails_at_once() -> None:
    """Of what was right half the time nothing is: 3 % of the problems are enough."""
    found = settle_no_worse(pairs(500, 0.5, 0.0), 0.05, comparisons=8)
    assert found.failed.max() < 0.06 * 945
    assert found.failed.mean() < 0.03 * 945


def test_an_unchanged_model_does_not_fail_by_a_small_bucket() -> None:
    """135 problems often show more than 5 points by chance: what is no proof of a drop fails nothing."""
    drawn = pairs(2000, 0.05, 0.05, count=135)
    assert (drawn.mean(axis=-1) < -0.05).mean() > 0.02
    assert (settle_no_worse(drawn, 0.05, comparisons=8).failed > 0).mean() <= EARLY / 8


@pytest.mark.parametrize("rate", [0.3, 0.6, 0.9])
def test_a_threshold_is_decided_as_the_whole_run_would(rate: float) -> None:
    """At the boundary itself, where it is hardest, the verdict is that of all 300 values but for the stated chance."""
    drawn = (np.random.default_rng(1).random((2000, 300)) < rate).astype(float)
    found = settle_at_least(drawn, rate)
    full = drawn.mean(axis=-1) >= rate
    passed = (found.passed > 0) & ((found.failed == 0) | (found.passed < found.failed))
    failed = (found.failed > 0) & ((found.passed == 0) | (found.failed < found.passed))
    assert (passed & ~full).mean() <= AGREEMENT
    assert (failed & full).mean() <= EARLY


def test_without_an_end_a_bet_is_on_what_is_expected() -> None:
    """Fair coins hardly ever refute their own mean, however many there are."""
    drawn = (np.random.default_rng(2).random((1000, 500)) < 0.5).astype(float) - 0.5
    found = Bet(values=drawn, low=-0.5, high=0.5, passes=0.05, fails=0.05).settled
    assert (found.passed > 0).mean() <= 0.05
    assert (found.failed > 0).mean() <= 0.05


def test_evidence_once_seen_stays() -> None:
    """What was enough at one look is enough at every later one."""
    bet = Bet(values=[1.0] * 20 + [-1.0] * 20, low=-1, high=1, size=inf)
    assert int(bet.settled.passed) <= 20
    assert bet.for_pass[-1] >= 1
