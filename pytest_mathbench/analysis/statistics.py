"""The numbers behind a report."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, median and 95th percentile of a sample, in its own unit."""

    mean: float
    p50: float
    p95: float


def spread(values: Sequence[float]) -> Spread | None:
    """Return the spread of a sample, or None of an empty one.

    Percentiles interpolate linearly between order statistics (Hyndman and Fan 1996, type 7; numpy's default).
    """
    if not values:
        return None
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    percentiles = statistics.quantiles(values, n=100, method="inclusive")
    return Spread(statistics.fmean(values), percentiles[49], percentiles[94])
