"""What a gate "no worse than baseline" can decide, as far as that is known before a run."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from pytest_mathbench.analysis.betting import settle_no_worse
from pytest_mathbench.analysis.statistics import ERROR, detectable_drop

POWER = 0.8
_MOST = 1_000_000
_RUNS = 200
"""How many runs are drawn to see where they are decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """One comparison: so many problems, the share on which two runs of one model disagree, the margin of the gate.

    It is one of so many `comparisons` of its run. With several samples, `discordant` is that of two single samples.
    """

    problems: int
    discordant: float
    margin: float
    comparisons: int = 1
    samples: int = 1

    @property
    def independent(self) -> int:
        """How many problems with one sample tell as much: noise of a sampling shrinks with the number of samples."""
        return self.problems * self.samples


@dataclass(frozen=True, slots=True)
class Certified:
    """What is known before a run: how far runs of one model disagree, on each bucket; comparisons, and samples."""

    discordant: Callable[[str], float | None]
    comparisons: int
    samples: int


def detectable(setup: Setup) -> float:
    """Return the smallest drop that the gate finds with 80 % power."""
    error = ERROR / setup.comparisons
    return detectable_drop(setup.independent, setup.discordant, error, setup.margin, POWER)


def passes(setup: Setup, confidence: float) -> float:
    """Return the chance that an unchanged model passes "with confidence".

    Its difference is about normal, with the variance `discordant` / n, and its lower bound must be above -margin.
    """
    error = math.sqrt(max(setup.discordant, 1 / (setup.independent + 2)) / setup.independent)
    return NormalDist().cdf(setup.margin / error - NormalDist().inv_cdf(confidence))


def needed(setup: Setup, confidence: float) -> int | None:
    """Return how many problems an unchanged model needs to pass "with confidence" with 80 % power; None without margin.

    n = (z of the confidence + z of the power)² discordant / margin².
    """
    if not setup.margin:
        return None
    z = NormalDist().inv_cdf(confidence) + NormalDist().inv_cdf(POWER)
    return math.ceil(z * z * setup.discordant / (setup.margin**2 * setup.samples))


def problems_to_find(setup: Setup, drop: float) -> int | None:
    """Return how many problems the gate needs to find this drop with 80 % power; None if no number is enough."""
    if drop <= setup.margin:
        return None
    error, low, high = ERROR / setup.comparisons, 1, 2

    def finds(problems: int) -> bool:
        found = detectable_drop(problems * setup.samples, setup.discordant, error, setup.margin, POWER)
        return found <= drop

    while not finds(high):
        low, high = high, 2 * high
        if high > _MOST:
            return None
    while high - low > max(1, high // 100):
        middle = (low + high) // 2
        low, high = (low, middle) if finds(middle) else (middle, high)
    return high


def early_share(setup: Setup, drop: float = 0.0) -> float:
    """Return the mean share of the problems on which a run with this drop is decided early, by 200 that are drawn."""
    import numpy as np  # only who plans pays for it

    generator = np.random.default_rng(0)
    share = max(setup.discordant, drop)
    shape = (_RUNS, setup.problems, setup.samples)
    drawn = generator.random(shape)
    values = np.where(drawn < (share + drop) / 2, -1.0, np.where(drawn < share, 1.0, 0.0)).mean(axis=-1)
    found = settle_no_worse(values, setup.margin, comparisons=setup.comparisons)
    passed, failed = (np.where(each == 0, setup.problems, each) for each in (found.passed, found.failed))
    return float(np.minimum(passed, failed).mean()) / setup.problems
