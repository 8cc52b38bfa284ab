"""The numbers behind a report."""

import math
import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

_Z = statistics.NormalDist().inv_cdf(0.975)
_Z_POWER = statistics.NormalDist().inv_cdf(0.8)


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


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two rates with its 95 % confidence interval; without one where it cannot be known."""

    value: float
    low: float | None = None
    high: float | None = None


def clustered_difference(clusters: Sequence[tuple[int, int, int, int]], confidence: float = 0.95) -> Difference:
    """Return how much higher the second rate is, of clusters of (correct, measured, correct, measured), all measured.

    The variance is that of the clusters' own contributions to the difference (Liang and Zeger 1986, with the factor
    K / (K - 1) for K clusters), and the interval is Student's with K - 1 degrees of freedom: see Miller 2024 (arXiv
    2411.00640), sections 2 and 4. Raises `ValueError` without clusters.
    """
    if not clusters:
        raise ValueError("no clusters to compare")
    correct_before, before, correct_after, after = (sum(column) for column in zip(*clusters, strict=True))
    rate_before, rate_after = correct_before / before, correct_after / after
    value = rate_after - rate_before
    count = len(clusters)
    if count < 2:  # noqa: PLR2004 - one cluster has no spread
        return Difference(value)
    contributions = [
        (hits_after - rate_after * size_after) / after - (hits_before - rate_before * size_before) / before
        for hits_before, size_before, hits_after, size_after in clusters
    ]
    error = math.sqrt(count / (count - 1) * math.fsum(each * each for each in contributions))
    from scipy.special import stdtrit  # noqa: PLC0415 - a session without families pays for none of it

    reach = float(stdtrit(count - 1, (1 + confidence) / 2)) * error
    return Difference(value, value - reach, value + reach)


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


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the two-sided p-value of the exact McNemar test, of the pairs in which just one of two is right.

    Under the null hypothesis either is as likely: a binomial test at 1/2 (McNemar 1947; exact form in Agresti 2013,
    section 11.1.4).
    """
    if not only_first + only_second:
        return 1.0
    from scipy.stats import binomtest  # noqa: PLC0415 - a second, for comparisons only

    return float(binomtest(only_first, only_first + only_second).pvalue)


def paired_difference(pairs: int, only_first: int, only_second: int, confidence: float = 0.95) -> Difference:
    """Return how much higher the second rate is, of pairs of which the given numbers are right in just one of two.

    The interval, two-sided of the given confidence, is the adjusted Wald one of Bonett and Price 2012 (doi
    10.3102/1076998611411915): a half of a pair is added to each of the four cells. Raises `ValueError` without pairs.
    """
    if pairs < 1 or not 0 <= only_first + only_second <= pairs:
        raise ValueError(f"{only_first} and {only_second} of {pairs} pairs")
    first, second = (only_first + 1) / (pairs + 2), (only_second + 1) / (pairs + 2)
    z = statistics.NormalDist().inv_cdf((1 + confidence) / 2)
    reach = z * math.sqrt((first + second - (second - first) ** 2) / (pairs + 2))
    center = second - first
    return Difference((only_second - only_first) / pairs, max(-1.0, center - reach), min(1.0, center + reach))


def detectable_difference(pairs: int, discordant: float) -> float:
    """Return the smallest difference of two paired rates that a test at 5 % finds with 80 % power.

    `discordant` is the share of pairs in which just one of two is right: (z₀.₉₇₅ + z₀.₈) √(discordant / pairs), the
    variance under the null hypothesis (Connor 1987; Miller 2024, section 5).
    """
    return (_Z + _Z_POWER) * math.sqrt(discordant / pairs)


def mean_difference(pairs: Sequence[tuple[float, float]]) -> Difference | None:
    """Return how much larger the second mean is, with Student's interval of the paired differences; None of no pair."""
    if not pairs:
        return None
    differences = [second - first for first, second in pairs]
    mean = statistics.fmean(differences)
    if len(differences) == 1:
        return Difference(mean)
    from scipy.special import stdtrit  # noqa: PLC0415 - as above

    error = statistics.stdev(differences) / math.sqrt(len(differences))
    reach = float(stdtrit(len(differences) - 1, 0.975)) * error
    return Difference(mean, mean - reach, mean + reach)


def wilson(correct: int, measured: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval of a rate by Wilson 1927: it holds its coverage at small counts and at 0 and 1.

    `confidence` is two-sided, from 0 to 1: (1 + c) / 2 of the normal distribution lie below each bound's quantile. See
    Brown, Cai and DasGupta 2001, section 3.1.1. Raises `ValueError` unless 0 ≤ correct ≤ measured and measured > 0.
    """
    if not 0 <= correct <= measured or not measured:
        raise ValueError(f"no rate of {correct} correct out of {measured}")
    z = statistics.NormalDist().inv_cdf((1 + confidence) / 2)
    rate = correct / measured
    center = (rate + z * z / (2 * measured)) / (1 + z * z / measured)
    reach = z / (1 + z * z / measured) * math.sqrt(rate * (1 - rate) / measured + z * z / (4 * measured**2))
    return max(0.0, center - reach), min(1.0, center + reach)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted so that the chance of any false finding among all of them is held (Holm 1979)."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


def worse_by_chance(only_first: int, only_second: int) -> float:
    """Return the one-sided p-value of the exact McNemar test: the second is worse than the first by chance alone."""
    if not only_first + only_second:
        return 1.0
    from scipy.stats import binom  # noqa: PLC0415 - as above

    return float(binom.sf(only_first - 1, only_first + only_second, 0.5))


def detectable_drop(pairs: int, discordant: float, error: float, margin: float = 0.0, power: float = 0.8) -> float:
    """Return the smallest drop of a rate that the exact one-sided McNemar test finds with this power.

    `discordant` is the share of pairs in which just one of two is right; a finding is a p-value of at most `error` and
    a drop of more than `margin` seen. Reckoned exactly, by the binomial distributions of the number of discordant pairs
    and of those that are worse, to a tenth of a point.
    """
    import numpy as np  # noqa: PLC0415 - as scipy
    from scipy.stats import binom  # noqa: PLC0415 - as above

    counts = np.arange(pairs + 1)
    # The least number of worse pairs, of each number of discordant ones, that is a finding.
    by_chance = np.where(binom.sf(counts - 1, counts, 0.5) <= error, counts, counts + 1)
    least = np.maximum(binom.isf(error, counts, 0.5) + 1, np.floor((counts + margin * pairs) / 2 + 1e-9) + 1)
    least = np.where(by_chance > counts, counts + 1, least)
    drop = max(margin, 0.001)
    while drop < 1:
        share = max(discordant, drop)
        worse = (share + drop) / (2 * share)
        found = float((binom.pmf(counts, pairs, share) * binom.sf(least - 1, counts, worse)).sum())
        if found >= power:
            return drop
        drop += 0.001
    return 1.0
