"""The numbers behind a report."""

import math
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
    ordered = sorted(values)
    return Spread(statistics.fmean(ordered), _quantile(ordered, 0.50), _quantile(ordered, 0.95))


def _quantile(ordered: Sequence[float], share: float) -> float:
    position = share * (len(ordered) - 1)
    low, high = ordered[math.floor(position)], ordered[math.ceil(position)]
    return low + (high - low) * (position % 1)
