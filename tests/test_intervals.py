"""An interval of a rate is as wide as what it is of moves."""

import numpy as np
import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.intervals import (
    Clusters,
    Repeats,
    clustered_interval,
    effective_number,
    sampling_interval,
    sampling_variance,
    wilson,
)


def test_attempts_that_stand_alone_are_worth_what_they_are() -> None:
    """Clusters of one: Wilson's interval, of all of them."""
    alone = Clusters.of([(1, 1)] * 6 + [(0, 1)] * 4)
    assert effective_number(6, 10, alone) == 10
    assert clustered_interval(6, 10, alone) == wilson(6, 10)


def test_clusters_that_are_all_or_nothing_are_worth_one_less_than_they_are() -> None:
    """Ten clusters of ten, each right throughout or wrong throughout: K - 1, since their mean is estimated."""
    assert effective_number(60, 100, Clusters.of([(10, 10)] * 6 + [(0, 10)] * 4)) == pytest.approx(9)


def test_clusters_that_went_alike_are_worth_their_attempts_in_the_middle() -> None:
    """Ten that are each right by half vary less than chance alone would have them: families say nothing there."""
    assert effective_number(50, 100, Clusters.of([(5, 10)] * 10)) == 100


@pytest.mark.parametrize("right", [0, 10])
def test_clusters_that_are_all_right_or_all_wrong_are_worth_no_more_than_they_are(right: int) -> None:
    """Nothing tells how far one unseen may be from them."""
    assert effective_number(10 * right, 100, Clusters.of([(right, 10)] * 10)) == 9


def test_one_cluster_tells_nothing() -> None:
    """Its interval is all there is."""
    assert clustered_interval(4, 8, Clusters.of([(4, 8)])) == (0.0, 1.0)


@PROPERTY
@given(st.lists(st.integers(0, 4), min_size=2, max_size=40))
def test_a_clustered_interval_holds_its_rate(rights: list[int]) -> None:
    """It lies within 0 and 1, and is no narrower than if each attempt stood alone."""
    count, correct = 4 * len(rights), sum(rights)
    low, high = clustered_interval(correct, count, Clusters.of([(each, 4) for each in rights]))
    assert 0 <= low <= correct / count + 1e-12
    assert correct / count - 1e-12 <= high <= 1
    assert high - low >= wilson(correct, count)[1] - wilson(correct, count)[0] - 1e-12


def test_clusters_are_pooled_by_adding_them() -> None:
    """And taken out by subtracting them."""
    one, other = Clusters.of([(1, 2), (3, 4)]), Clusters.of([(5, 5)])
    assert one + other == Clusters.of([(1, 2), (3, 4), (5, 5)])
    assert one + other - other == one


@pytest.mark.parametrize(("clusters", "size"), [(30, 4), (140, 10)])
def test_a_clustered_interval_covers(clusters: int, size: int) -> None:
    """Problems of unequal difficulty with several samples: at least 93 % of 95 % intervals hold the rate."""
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        rights = generator.binomial(size, generator.beta(1.2, 0.8, clusters)).tolist()
        low, high = clustered_interval(sum(rights), clusters * size, Clusters.of([(each, size) for each in rights]))
        held += low <= 0.6 <= high
    assert held / 400 >= 0.93


@pytest.mark.parametrize("rate", [0.02, 0.5])
def test_a_clustered_interval_covers_families_of_several_samples(rate: float) -> None:
    """27 families of five problems, most of a family all or nothing, ten samples each: 93 % or more hold the rate."""
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        centers = np.clip(generator.beta(rate / 2, (1 - rate) / 2, (27, 1)), 1e-6, 1 - 1e-6)
        rights = generator.binomial(10, generator.beta(4 * centers, 4 - 4 * centers, (27, 5))).sum(axis=1).tolist()
        low, high = clustered_interval(sum(rights), 27 * 50, Clusters.of([(each, 50) for each in rights]))
        held += low <= rate <= high
    assert held / 400 >= 0.93


def test_problems_that_go_alike_each_time_leave_half_a_sample_of_noise() -> None:
    """None was seen in doubt, of ten in four samples; by hand √(4² / (4 · 3)) / 40, each side 1.96 of it."""
    repeats = Repeats.of([(4, 4)] * 5 + [(0, 4)] * 5)
    low, high = sampling_interval(20, 40, repeats)
    assert repeats == Repeats(10, 0, 0.0)
    assert (0.5 - low, high - 0.5) == pytest.approx((1.96 * (16 / 12) ** 0.5 / 40,) * 2, rel=1e-4)


def test_problems_in_doubt_make_noise() -> None:
    """One of two right, in ten problems: 1 / 2 each, and as much again of the one that is added; by hand."""
    variance = sampling_variance(20, Repeats.of([(1, 2)] * 10))
    assert variance == pytest.approx((10 * 1 + 1) / 20**2)


def test_where_problems_were_tried_once_their_noise_is_bounded_by_wilsons_interval() -> None:
    """Difficulty and noise look alike there."""
    repeats = Repeats.of([(1, 1)] * 6 + [(0, 1)] * 4)
    assert sampling_variance(10, repeats) is None
    assert sampling_interval(6, 10, repeats) == wilson(6, 10)


def test_repeats_are_pooled_by_adding_them() -> None:
    """And taken out by subtracting them."""
    one, other = Repeats.of([(1, 2), (3, 4)]), Repeats.of([(1, 1)])
    assert one + other == Repeats.of([(1, 2), (3, 4), (1, 1)])
    assert one + other - other == one


@pytest.mark.parametrize(("problems", "samples"), [(9, 4), (27, 2), (135, 2), (135, 10)])
@pytest.mark.parametrize("spread", [0.1, 4.0])
def test_an_interval_of_the_set_covers(problems: int, samples: int, spread: float) -> None:
    """One set of problems, most all or nothing or most in doubt, made again and again: 93 % or more hold its rate."""
    generator = np.random.default_rng(1)
    chances = generator.beta(spread / 2, spread / 2, problems)
    held = 0
    for _ in range(500):
        rights = generator.binomial(samples, chances).tolist()
        low, high = sampling_interval(sum(rights), problems * samples, Repeats.of([(each, samples) for each in rights]))
        held += low <= chances.mean() <= high
    assert held / 500 >= 0.93
