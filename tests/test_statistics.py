"""The numbers behind a report agree with their definitions."""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from factories import PROPERTY
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binom

from pytest_mathbench.analysis.intervals import wilson
from pytest_mathbench.analysis.statistics import (
    Difference,
    Spread,
    detectable_difference,
    kappa,
    mcnemar,
    mean_difference,
    paired_difference,
    spread,
    worse_by_chance,
    worse_by_permutation,
)

SAMPLES = st.lists(st.floats(0, 1e9), min_size=1, max_size=30)
COUNTS = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0], Spread(mean=3.0, p50=3.0, p95=3.0)),
        ([4.0, 1.0], Spread(mean=2.5, p50=2.5, p95=3.85)),
        ([1.0, 3.0, 2.0], Spread(mean=2.0, p50=2.0, p95=2.9)),
        ([float(value) for value in range(101)], Spread(mean=50.0, p50=50.0, p95=95.0)),
    ],
)
def test_a_spread_is_mean_median_and_95th_percentile(values: list[float], expected: Spread) -> None:
    """Small samples, in any order, give what can be computed by hand."""
    found = spread(values)
    assert found is not None
    assert pytest.approx((expected.mean, expected.p50, expected.p95)) == (found.mean, found.p50, found.p95)


def test_an_empty_sample_has_no_spread() -> None:
    """Nothing is said of nothing."""
    assert spread([]) is None


@PROPERTY
@given(SAMPLES)
@example([0.1] * 3)
@example([0.7, 0.7000000000000001])
def test_percentiles_lie_within_the_sample(values: list[float]) -> None:
    """Rounding takes no percentile below the least value, above the greatest, or past another percentile."""
    found = spread(values)
    assert found is not None
    assert sorted([min(values), found.p50, found.p95, max(values)]) == [min(values), found.p50, found.p95, max(values)]


@PROPERTY
@given(SAMPLES)
def test_percentiles_and_mean_are_numpys(values: list[float]) -> None:
    """The percentiles are those of numpy's default method, the mean is numpy's mean."""
    found = spread(values)
    assert found is not None
    expected = [np.mean(values), *np.percentile(values, [50, 95])]
    assert pytest.approx(expected, rel=1e-12, abs=1e-300) == [found.mean, found.p50, found.p95]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((20, 5, 10, 15), 0.4),  # they agree on 35 of 50; chance, with 25 and 30 of 50 each, on 25
        ((45, 15, 25, 15), 3 / 23),  # 60 of 100, by chance 0.6 * 0.7 + 0.4 * 0.3
        ((25, 35, 5, 35), 7 / 27),  # 60 of 100 again, by chance 0.6 * 0.3 + 0.4 * 0.7
        ((1, 1, 1, 1), 0.0),
        ((4, 2, 2, 1), 0.0),
        ((0, 1, 1, 0), -1.0),
        ((1, 1, 0, 1), 0.4),  # 2 of 3, by chance 4 of 9
        ((3, 4, 0, 0), 0.0),  # one says yes to all
        ((0, 0, 3, 4), 0.0),  # or no
    ],
)
def test_kappa_is_the_agreement_beyond_chance(counts: tuple[int, int, int, int], expected: float) -> None:
    """Of small tables it is what can be computed by hand."""
    assert pytest.approx(expected, abs=1e-15) == kappa(*counts)


@pytest.mark.parametrize("counts", [(0, 0, 0, 0), (1, 0, 0, 0), (0, 0, 0, 1), (7, 0, 0, 0), (0, 0, 0, 10**9)])
def test_kappa_of_nothing_or_of_one_answer_throughout_is_undefined(counts: tuple[int, int, int, int]) -> None:
    """Where chance alone agrees always, nothing is said, and nothing is divided by 0."""
    assert kappa(*counts) is None


@PROPERTY
@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_kappa_of_raters_that_agree_is_1(both: int, neither: int) -> None:
    """Perfect agreement is exactly 1, however seldom one of the answers is."""
    assert 1.0 == kappa(both, 0, 0, neither)


@PROPERTY
@given(COUNTS, COUNTS, COUNTS, COUNTS)
@example(0, 0, 1, 2)
def test_kappa_is_cohens(both: int, only_first: int, only_second: int, neither: int) -> None:
    """It is Cohen's formula in exact fractions, lies from -1 to 1, and is there unless chance agrees always."""
    total = both + only_first + only_second + neither
    chance = Fraction(1)
    if total:
        first, second = Fraction(both + only_first, total), Fraction(both + only_second, total)
        chance = first * second + (1 - first) * (1 - second)
    found = kappa(both, only_first, only_second, neither)
    assert (chance == 1) == (found is None)
    if found is not None:
        assert pytest.approx(float((Fraction(both + neither, total) - chance) / (1 - chance)), abs=1e-9) == found
        assert -1 <= found <= 1


@PROPERTY
@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_kappa_is_symmetric(both: int, only_first: int, only_second: int, neither: int) -> None:
    """It does not matter who of the raters is the first, nor which of the answers is called yes."""
    found = kappa(both, only_first, only_second, neither)
    assert found == kappa(both, only_second, only_first, neither)
    assert pytest.approx(found, abs=1e-9) == kappa(neither, only_second, only_first, both)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p_value"),
    [(0, 0, 1.0), (0, 5, 0.0625), (1, 1, 1.0), (2, 10, 0.0386), (101, 59, 0.0011)],
)
def test_mcnemar_is_the_exact_binomial_test(only_first: int, only_second: int, p_value: float) -> None:
    """By hand: 2 · Σ C(n, k) / 2ⁿ over the smaller tail, at most 1."""
    count, fewer = only_first + only_second, min(only_first, only_second)
    by_hand = min(1.0, 2 * sum(math.comb(count, k) for k in range(fewer + 1)) / 2**count)
    assert pytest.approx(p_value, abs=5e-5) == mcnemar(only_first, only_second)
    assert pytest.approx(by_hand) == mcnemar(only_first, only_second)


def test_the_paired_interval_is_tangos() -> None:
    """The example of Fagerland, Lydersen and Laake 2014: of 21 children one was better only before, seven after."""
    found = paired_difference(21, 7, 1)
    assert (-6 / 21, -0.517, -0.026) == pytest.approx((found.value, found.low, found.high), abs=5e-4)


@pytest.mark.parametrize("pairs", [27, 945])
def test_pairs_of_which_none_differs_may_differ_elsewhere(pairs: int) -> None:
    """The bound is that of a rate of which none was seen."""
    found = paired_difference(pairs, 0, 0)
    _, high = wilson(0, pairs)
    assert (-high, high) == pytest.approx((found.low, found.high))


@PROPERTY
@given(st.integers(1, 500), st.data())
def test_a_paired_interval_holds_its_bounds(pairs: int, data: st.DataObject) -> None:
    """It lies within -1 and 1, and turns round with the runs."""
    only_first = data.draw(st.integers(0, pairs))
    only_second = data.draw(st.integers(0, pairs - only_first))
    one, other = paired_difference(pairs, only_first, only_second), paired_difference(pairs, only_second, only_first)
    assert one.low is not None
    assert one.high is not None
    assert -1 <= one.low < one.high <= 1
    assert one.value == -other.value
    assert one.low == -(other.high or 0)


@pytest.mark.parametrize(("pairs", "only_first", "only_second"), [(0, 0, 0), (3, 2, 2), (3, -1, 0)])
def test_a_paired_difference_needs_pairs(pairs: int, only_first: int, only_second: int) -> None:
    """What cannot be a fourfold table is refused."""
    with pytest.raises(ValueError, match="pairs"):
        paired_difference(pairs, only_first, only_second)


def test_the_detectable_difference_is_the_papers() -> None:
    """At n = 945, 5 to 25 % of pairs discordant: 2.0 to 4.6 points (80 % power)."""
    assert pytest.approx(0.0204, abs=5e-5) == detectable_difference(945, 0.05)
    assert pytest.approx(0.0456, abs=5e-5) == detectable_difference(945, 0.25)


def test_a_mean_difference_is_students() -> None:
    """Differences 1, 2 and 3: mean 2, standard error 1/√3, t(2) = 4.3027; of one pair no interval, of none nothing."""
    found = mean_difference([(0, 1), (0, 2), (0, 3)])
    assert found is not None
    assert 2.0 == found.value
    assert pytest.approx(2 - 4.302653 / math.sqrt(3)) == found.low
    assert Difference(1.5) == mean_difference([(1.0, 2.5)])
    assert mean_difference([]) is None


@PROPERTY
@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_a_permutation_of_single_samples_is_mcnemars_test(both: int, lost: int, won: int, neither: int) -> None:
    """Problems on which the two agree tell nothing, and the others are coins."""
    problems = [(1, 1, 1, 1)] * both + [(1, 1, 0, 1)] * lost + [(0, 1, 1, 1)] * won + [(0, 1, 0, 1)] * neither
    assert worse_by_permutation(problems) == pytest.approx(worse_by_chance(lost, won))


def test_a_permutation_is_within_problems() -> None:
    """Two samples each: of six ways to deal two right and two wrong ones, one is as bad; of two problems 1 in 36."""
    assert worse_by_permutation([(2, 2, 0, 2)]) == pytest.approx(1 / 6)
    assert worse_by_permutation([(2, 2, 0, 2)] * 2) == pytest.approx(1 / 36)
    assert worse_by_permutation([(2, 2, 0, 2), (0, 2, 0, 2), (2, 2, 2, 2)]) == pytest.approx(1 / 6)


def by_brute_force(problems: Sequence[tuple[int, int, int, int]]) -> tuple[Fraction, Fraction]:
    """Deal the samples of each problem anew in every way; return how often the second run is worse, and as bad."""
    ways = [
        [sum(chosen) for chosen in combinations([1] * (one + other) + [0] * (of + of_other - one - other), of_other)]
        for one, of, other, of_other in problems
    ]
    seen = sum(other for _, _, other, _ in problems)
    dealt = [sum(each) for each in product(*ways)]
    return Fraction(sum(each < seen for each in dealt), len(dealt)), Fraction(dealt.count(seen), len(dealt))


@pytest.mark.parametrize(
    "problems",
    [
        [(4, 4, 0, 1), (3, 4, 0, 1), (1, 4, 1, 1)],
        [(1, 1, 1, 4), (0, 1, 2, 4), (1, 1, 0, 4)],
        [(3, 3, 1, 2), (4, 4, 0, 1), (1, 1, 3, 4)],
        [(4, 4, 1, 1), (4, 4, 0, 1)],
    ],
)
def test_a_permutation_of_unequal_samples_is_exact(problems: list[tuple[int, int, int, int]]) -> None:
    """Four samples against one, one against four, and mixed: by all ways in which they may be dealt."""
    worse, equal = by_brute_force(problems)
    assert worse_by_permutation(problems) == pytest.approx(float(worse + equal))
    assert worse_by_permutation(problems, mid=True) == pytest.approx(float(worse + equal / 2))


@pytest.mark.parametrize(("pairs", "discordant"), [(27, 0.1), (27, 0.25), (135, 0.05), (135, 0.25)])
def test_an_unchanged_model_is_worse_by_mid_p_about_as_often_as_the_error_says(pairs: int, discordant: float) -> None:
    """By all numbers of pairs that differ, and of those that are worse: in 5.5 % at most, more often than exactly."""

    def error(*, mid: bool) -> float:
        found = 0.0
        for count in range(pairs + 1):
            least = count // 2
            while least <= count and worse_by_chance(least, count - least, mid=mid) > 0.05:
                least += 1
            found += float(binom.pmf(count, pairs, discordant) * binom.sf(least - 1, count, 0.5))
        return found

    exact, by_mid = error(mid=False), error(mid=True)
    assert exact <= 0.05
    assert exact < by_mid <= 0.055


def test_an_unchanged_model_is_seldom_worse_by_permutation() -> None:
    """Four samples of problems of unequal difficulty on either side: at 5 %, in at most 5 % of pairs of runs."""
    generator = np.random.default_rng(3)
    found = 0
    for _ in range(400):
        chance = generator.beta(0.5, 0.5, 40)
        before, after = (generator.binomial(4, chance).tolist() for _ in range(2))
        found += worse_by_permutation([(one, 4, other, 4) for one, other in zip(before, after, strict=True)]) <= 0.05
    assert found / 400 <= 0.05 + 0.02
