"""Intervals of a rate: of attempts that stand alone, of attempts in clusters, and of one set's sampling noise alone."""

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

_FEW = 3


@dataclass(frozen=True, slots=True)
class Clusters:
    """What an interval needs of clusters of (correct, measured): how many there are, and sums of products over them."""

    count: int = 0
    correct_squared: int = 0
    correct_measured: int = 0
    measured_squared: int = 0

    def __add__(self, other: "Clusters") -> "Clusters":
        """Pool clusters."""
        return Clusters(
            self.count + other.count,
            self.correct_squared + other.correct_squared,
            self.correct_measured + other.correct_measured,
            self.measured_squared + other.measured_squared,
        )

    def __sub__(self, other: "Clusters") -> "Clusters":
        """Take clusters out."""
        return Clusters(
            self.count - other.count,
            self.correct_squared - other.correct_squared,
            self.correct_measured - other.correct_measured,
            self.measured_squared - other.measured_squared,
        )

    @classmethod
    def of(cls, clusters: Iterable[tuple[int, int]]) -> "Clusters":
        """Sum over clusters, each of so many (correct, measured)."""
        found = cls()
        for correct, measured in clusters:
            found += cls(1, correct**2, correct * measured, measured**2)
        return found


def effective_number(correct: int, measured: int, clusters: Clusters) -> float:
    """Return how many independent attempts would tell as much of a rate as these, which come in clusters.

    The variance is that of the clusters' contributions to the rate (as in `clustered_difference`), of which p (1 - p) /
    variance is the effective number (Kish 1965, section 8.2): at most all attempts, and at least as many as there are
    clusters, less one for their mean. To the variance half a cluster is added, of which half is right: few clusters
    that went alike say little of those unseen, and next to 0 and 1 one interval in eight would miss without it.
    """
    if clusters.measured_squared == measured:  # each is alone
        return measured
    rate, count = correct / measured, clusters.count
    if count < 2:  # noqa: PLR2004 - one cluster has no spread
        return count
    squares = clusters.correct_squared - 2 * rate * clusters.correct_measured + rate**2 * clusters.measured_squared
    squares += (measured / count) ** 2 * (rate**2 + (1 - rate) ** 2) / 4
    return min(measured, max(count - 1, rate * (1 - rate) * measured**2 * (count - 1) / (count * squares)))


def clustered_interval(
    correct: int, measured: int, clusters: Clusters, confidence: float = 0.95
) -> tuple[float, float]:
    """Return the interval of a rate on clusters, for problems of their kind; `wilson` where each attempt is alone.

    It is that of Korn and Graubard 1998 (Survey Methodology 24, 193-201): Clopper and Pearson's, which does not fall
    short next to 0 and 1, of the effective number. That is made smaller by (z / t)², with Student's t of as many
    degrees of freedom as there are clusters less one, for a variance that was estimated. One cluster alone tells
    nothing: its interval is from 0 to 1. Raises `ValueError` as `wilson` does.
    """
    if not measured or clusters.measured_squared == measured:
        return wilson(correct, measured, confidence)
    if clusters.count < 2:  # noqa: PLR2004 - as above
        return 0.0, 1.0
    from scipy.special import betaincinv, stdtrit  # as above

    tail = (1 + confidence) / 2
    smaller = (statistics.NormalDist().inv_cdf(tail) / float(stdtrit(clusters.count - 1, tail))) ** 2
    number = effective_number(correct, measured, clusters) * smaller
    right, wrong = correct / measured * number, (1 - correct / measured) * number
    low = float(betaincinv(right, wrong + 1, 1 - tail)) if correct else 0.0
    return low, float(betaincinv(right + 1, wrong, tail)) if correct < measured else 1.0


@dataclass(frozen=True, slots=True)
class Repeats:
    """What tells of sampling noise: problems, those of them that were tried once, and the variance within the others.

    `noise` is Σ c (k - c) / (k - 1) over problems of c right in k samples: an unbiased estimate of the variance of how
    many answers are right, of these problems.
    """

    problems: int = 0
    once: int = 0
    noise: float = 0.0

    def __add__(self, other: "Repeats") -> "Repeats":
        """Pool problems."""
        return Repeats(self.problems + other.problems, self.once + other.once, self.noise + other.noise)

    def __sub__(self, other: "Repeats") -> "Repeats":
        """Take problems out."""
        return Repeats(self.problems - other.problems, self.once - other.once, self.noise - other.noise)

    @classmethod
    def of(cls, problems: Iterable[tuple[int, int]]) -> "Repeats":
        """Sum over problems, each of so many (correct, measured)."""
        found = cls()
        for correct, measured in problems:
            noise = correct * (measured - correct) / (measured - 1) if measured > 1 else 0.0
            found += cls(1, int(measured == 1), noise)
        return found


def sampling_variance(measured: int, repeats: Repeats) -> float | None:
    """Return the variance of a rate by sampling noise alone, on these problems; None where one was tried once.

    One problem is added of which half the samples are right: that none was seen in doubt does not tell that none is.
    """
    if repeats.once or not repeats.problems:
        return None
    samples = measured / repeats.problems
    return (repeats.noise + samples**2 / (4 * (samples - 1))) / measured**2


def sampling_interval(correct: int, measured: int, repeats: Repeats, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval of a rate for this set of problems, by sampling noise alone: were all of it run again.

    Where problems were tried once their noise cannot be told from their difficulty, and the interval is `wilson`'s: an
    upper bound, since a binomial variance is that of both. Raises `ValueError` as `wilson` does.
    """
    variance = sampling_variance(measured, repeats)
    if not measured or variance is None:
        return wilson(correct, measured, confidence)
    reach = statistics.NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(variance)
    return max(0.0, correct / measured - reach), min(1.0, correct / measured + reach)


def wilson(correct: int, measured: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval of a rate by Wilson 1927, modified next to 0 and 1.

    `confidence` is two-sided, from 0 to 1: (1 + c) / 2 of the normal distribution lie below each bound's quantile. A
    rate of 2 % on 27 problems it would hold in 90 % only, since of 2 right ones the bound is above it: of up to 3 right
    or wrong ones the nearer bound is Poisson's, half the quantile of χ² (Brown, Cai and DasGupta 2001, sections 3.1.1
    and 4.1.1). Raises `ValueError` unless 0 ≤ correct ≤ measured and measured > 0.
    """
    if not 0 <= correct <= measured or not measured:
        raise ValueError(f"no rate of {correct} correct out of {measured}")
    z = statistics.NormalDist().inv_cdf((1 + confidence) / 2)
    rate = correct / measured
    center = (rate + z * z / (2 * measured)) / (1 + z * z / measured)
    reach = z / (1 + z * z / measured) * math.sqrt(rate * (1 - rate) / measured + z * z / (4 * measured**2))
    low = min(max(0.0, center - reach), _poisson(correct, measured, confidence))
    return low, max(min(1.0, center + reach), 1 - _poisson(measured - correct, measured, confidence))


def _poisson(found: int, measured: int, confidence: float) -> float:
    """Return the lower bound of a rate of which few were found; 1 if there are more, which bounds nothing."""
    if found > _FEW:
        return 1.0
    from scipy.special import gammaincinv  # as above

    return float(gammaincinv(found, 1 - confidence)) / measured if found else 0.0
