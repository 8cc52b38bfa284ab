"""The numbers behind a report."""

import math
import statistics
from collections.abc import Collection, Mapping, Sequence
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


def pass_at(k: int, samples: int, correct: int) -> float:
    """Return the probability that at least one of `k` samples, drawn out of all without replacement, is correct.

    The unbiased estimator 1 - C(n - c, k) / C(n, k) of Chen et al. 2021 (arXiv 2107.03374). Raises `ValueError` unless
    0 ≤ correct ≤ samples and 1 ≤ k ≤ samples.
    """
    if not (0 <= correct <= samples and 1 <= k <= samples):
        raise ValueError(f"no pass@{k} of {correct} correct out of {samples}")
    return 1.0 - math.comb(samples - correct, k) / math.comb(samples, k)


def majority(votes: Mapping[str, int], correct: Collection[str]) -> float:
    """Return the probability that the most frequent answer is among the correct ones; a tie is drawn by lot."""
    most = max(votes.values(), default=0)
    winners = [answer for answer, count in votes.items() if count == most]
    return sum(answer in correct for answer in winners) / len(winners) if winners else 0.0


def kappa(both: int, only_first: int, only_second: int, neither: int) -> float | None:
    """Return Cohen's kappa of two raters' yes and no (Cohen 1960): 1 for agreement, 0 for what chance would give.

    None where chance alone agrees always: nothing was rated, or both gave the same answer throughout.
    """
    total = both + only_first + only_second + neither
    if not total:
        return None
    agreed = (both + neither) / total
    first, second = (both + only_first) / total, (both + only_second) / total
    chance = first * second + (1 - first) * (1 - second)
    return None if chance == 1 else (agreed - chance) / (1 - chance)
