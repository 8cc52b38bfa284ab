"""An interval of a rate is as wide as what it is of moves."""

import numpy as np
import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.intervals import Clusters, clustered_interval, effective_number, wilson


def test_attempts_that_stand_alone_are_worth_what_they_are() -> None:
    """Clusters of one: Wilson's interval, of all of them."""
    alone = Clusters.of([(1, 1)] * 6 + [(0, 1)] * 4)
    assert effective_number(6, 10, alone) == 10
    assert clustered_interval(6, 10, alone) == wilson(6, 10)


def test_clusters_that_are_all_or_nothing_are_worth_one_less_than_they_are() -> None:
    """Ten clusters of ten, each right throughout or wrong throughout: K - 1, since their mean is estimated."""
    assert effective_number(60, 100, Clusters.of([(10, 10)] * 6 + [(0, 10)] * 4)) == pytest.approx(9)


def test_clusters_that_went_alike_are_worth_their_number() -> None:
    """There is no spread to measure by: each counts once, however many attempts it has."""
    assert effective_number(50, 100, Clusters.of([(5, 10)] * 10)) == 10


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
