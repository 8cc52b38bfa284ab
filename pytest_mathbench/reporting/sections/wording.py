"""How sections write figures out."""

from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.analysis.statistics import Difference

DASH = "-"
"""Stands where nothing was measured."""

_WHOLE = 10
"""From this amount of money on, cents are enough."""


def counted(count: int, noun: str, plural: str = "") -> str:
    """Write how many there are of something: 1 pair, 2 pairs."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def amount(money: float | None) -> str:
    """Write an amount of money so that even a small one has figures."""
    if money is None:
        return DASH
    return f"{money:,.2f}" if money >= _WHOLE else f"{money:.4g}"


def percent(rate: float | None) -> str:
    """Write a rate from 0 to 1."""
    return DASH if rate is None else f"{rate:.1%}"


def rate(score: Score) -> str:
    """Write a score within a sentence."""
    return DASH if score.rate is None else f"{score.correct}/{score.measured} ({score.rate:.1%})"


def points(difference: float) -> str:
    """Write a difference of two rates, in percentage points."""
    return f"{100 * difference:+.1f}"


def interval(difference: Difference, scale: float = 100, places: int = 1) -> str:
    """Write the interval of a difference; of rates, in percentage points."""
    if difference.low is None or difference.high is None:
        return DASH
    return f"{scale * difference.low:+.{places}f} to {scale * difference.high:+.{places}f}"


def bounds(score: Score) -> str:
    """Write the 95 % interval of a score in which something was measured."""
    low, high = score.interval
    return f"{low:.1%} to {high:.1%}"
