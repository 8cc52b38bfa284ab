"""The numbers behind a report agree with their definitions."""

import numpy as np
import pytest
from factories import PROPERTY
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_mathbench.analysis.statistics import Spread, spread

SAMPLES = st.lists(st.floats(0, 1e9), min_size=1, max_size=30)


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
