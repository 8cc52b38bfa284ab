"""The numbers behind a report."""

import math
import statistics
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

ERROR = 0.05
"""The chance of any false FAIL among all tests of significance of a run."""

_Z = statistics.NormalDist().inv_cdf(0.975)
_Z_POWER = statistics.NormalDist().inv_cdf(0.8)
_ROUNDING = 1e-9
_HALVINGS = 40
"""How often a range is halved in which a bound lies: that is enough for twelve digits."""
_STEP = 0.001
"""A tenth of a percentage point."""
_Answer = TypeVar("_Answer", bound=Hashable)


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
    """Interpolate so that no rounding leaves the sample, as that of `statistics.quantiles` may."""
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


def majority(votes: Mapping[_Answer, int], correct: Collection[_Answer]) -> float:
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


def clustered_difference(clusters: Sequence[tuple[float, float, float, float]], confidence: float = 0.95) -> Difference:
    """Return how much higher the second rate is, of clusters of (correct, measured, correct, measured), all measured.

    Of K clusters the variance is that of their own contributions to the difference, by the factor K / (K - 1) (Liang
    and Zeger 1986; Miller 2024, arXiv 2411.00640, sections 2 and 4), and the quantile Student's with K - 1 degrees of
    freedom. Such an interval has no width where all clusters seen went alike, though few of those unseen may. So two
    are added as Bonett and Price 2012 do to pairs (doi 10.3102/1076998611411915): of their four halves one is wholly
    gained and one wholly lost. Raises `ValueError` without clusters.
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
    from scipy.special import stdtrit  # a session without families pays for none of it

    squares = count**3 / (count - 1) * math.fsum(each * each for each in contributions)
    center = value * count / (count + 2)
    error = math.sqrt(squares + 1 + 2 * value * center) / (count + 2)
    reach = float(stdtrit(count - 1, (1 + confidence) / 2)) * error
    return Difference(value, max(-1.0, center - reach), min(1.0, center + reach))


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
    from scipy.stats import binomtest  # a second, for comparisons only

    return float(binomtest(only_first, only_first + only_second).pvalue)


def paired_difference(pairs: int, only_first: int, only_second: int, confidence: float = 0.95) -> Difference:
    """Return how much higher the second rate is, of pairs of which the given numbers are right in just one of two.

    The interval, two-sided of the given confidence, is the score interval of Tango 1998 (Statistics in Medicine 17,
    891-908), which holds its coverage where few pairs differ, or none. Raises `ValueError` without pairs.
    """
    if pairs < 1 or not 0 <= only_first + only_second <= pairs:
        raise ValueError(f"{only_first} and {only_second} of {pairs} pairs")
    z = statistics.NormalDist().inv_cdf((1 + confidence) / 2)

    def score(difference: float) -> float:
        """Return how many standard errors the pairs are above a difference, under which the variance is estimated."""
        b = -only_first - only_second + (2 * pairs + only_first - only_second) * difference
        c = -only_first * difference * (1 - difference)
        first = (math.sqrt(max(0.0, b * b - 8 * pairs * c)) - b) / (4 * pairs)
        variance = pairs * (2 * first + difference * (1 - difference))
        return (only_second - only_first - pairs * difference) / math.sqrt(max(variance, _ROUNDING))

    low, high = _last_above(score, z), _last_above(score, -z)
    return Difference((only_second - only_first) / pairs, low, high)


def _last_above(falls: Callable[[float], float], bound: float) -> float:
    """Return where a function that falls from -1 to 1 comes down to a bound; an end of the range if it does not."""
    low, high = -1.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if falls(middle) > bound else (low, middle)
    return (low + high) / 2


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
    from scipy.special import stdtrit  # as above

    error = statistics.stdev(differences) / math.sqrt(len(differences))
    reach = float(stdtrit(len(differences) - 1, 0.975)) * error
    return Difference(mean, mean - reach, mean + reach)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted so that the chance of any false finding among all of them is held (Holm 1979)."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


def worse_by_chance(only_first: int, only_second: int, *, mid: bool = False) -> float:
    """Return the one-sided p-value of the exact McNemar test: the second is worse than the first by chance alone.

    Its `mid` p-value counts what was seen by half. It may be below an error a little more often than the error says,
    which in 9,595 set-ups of Fagerland, Lydersen and Laake 2013 (doi 10.1186/1471-2288-13-91) it never was.
    """
    if not only_first + only_second:
        return 1.0
    from scipy.stats import binom  # as above

    discordant = only_first + only_second
    less = binom.pmf(only_first, discordant, 0.5) / 2 if mid else 0.0
    return float(binom.sf(only_first - 1, discordant, 0.5) - less)


def worse_by_permutation(problems: Collection[tuple[int, int, int, int]], *, mid: bool = False) -> float:
    """Return the one-sided p-value of a second run that is worse, of problems of (right, measured) in each run.

    The samples of a problem are dealt anew to the two runs, whatever its difficulty and however many each has: how many
    of the right ones the second gets is hypergeometric, and their sum over all problems is reckoned exactly. With one
    sample each it is the exact McNemar test. See Kübler et al. 2026 (arXiv 2602.10144). `mid` as in `worse_by_chance`.
    """
    import numpy as np  # as scipy
    from scipy.stats import hypergeom  # as above

    likely, seen = np.ones(1), 0
    for (right_before, before, right_after, after), count in Counter(problems).items():
        right, of = right_before + right_after, before + after
        if not 0 < right < of:  # however they are dealt, the second run has its share of them
            continue
        fewest = max(0, right - before)
        seen += count * (right_after - fewest)
        chances = hypergeom.pmf(np.arange(fewest, min(right, after) + 1), of, right, after)
        for _ in range(count):
            likely = np.convolve(likely, chances)
    if len(likely) == 1:
        return 1.0
    return float(min(1.0, likely[: seen + 1].sum() - (likely[seen] / 2 if mid else 0.0)))


def detectable_drop(pairs: int, discordant: float, error: float, margin: float = 0.0, power: float = 0.8) -> float:
    """Return the smallest drop of a rate that the exact one-sided McNemar test finds with this power.

    `discordant` is the share of pairs in which just one of two is right; a finding is a p-value of at most `error` and
    a drop of more than `margin` seen. Reckoned exactly, by the binomial distributions of the number of discordant pairs
    and of those that are worse, to a tenth of a point.
    """
    import numpy as np  # as scipy
    from scipy.stats import binom  # as above

    counts = np.arange(pairs + 1)
    # The least number of worse pairs, of each number of discordant ones, that is a finding.
    by_chance = np.where(binom.sf(counts - 1, counts, 0.5) <= error, counts, counts + 1)
    least = np.maximum(binom.isf(error, counts, 0.5) + 1, np.floor((counts + margin * pairs) / 2 + 1e-9) + 1)
    least = np.where(by_chance > counts, counts + 1, least)

    def found(drop: float) -> float:
        share = max(discordant, drop)
        worse = (share + drop) / (2 * share)
        return float((binom.pmf(counts, pairs, share) * binom.sf(least - 1, counts, worse)).sum())

    # The larger a drop, the likelier it is found.
    smallest = max(margin, _STEP)
    steps = range(math.ceil((1 - smallest) / _STEP))
    first = bisect_left(steps, power, key=lambda step: found(smallest + step * _STEP))
    return smallest + first * _STEP if first < len(steps) else 1.0
