"""How sections write figures out."""

from collections.abc import Iterable
from math import floor, log10

from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.analysis.statistics import Difference
from pytest_mathbench.records import ItemResult

DASH = "-"
"""Stands where nothing was measured."""

_CENTS = 2
_FIGURES = 3
"""How many figures of a small amount are shown; of any other, cents are enough."""


def counted(count: int, noun: str, plural: str = "") -> str:
    """Write how many there are of something: 1 pair, 2 pairs."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def attempt(result: ItemResult) -> str:
    """Name an attempt: by its problem, and from the second sample on by which it is, counted from 1."""
    return result.problem.id if result.sample == 0 else f"{result.problem.id}:{result.sample + 1}"


def amount(money: float | None, places: int | None = None) -> str:
    """Write an amount of money, with the `decimals` of its column if it stands in one."""
    return DASH if money is None else f"{money:,.{decimals([money]) if places is None else places}f}"


def decimals(amounts: Iterable[float | None]) -> int:
    """Return with how many decimals even the least of some amounts has figures."""
    least = min((each for each in amounts if each), default=1.0)
    return max(_CENTS, _FIGURES - 1 - floor(log10(least)))


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


def bounds(interval: tuple[float, float]) -> str:
    """Write the interval of a rate."""
    low, high = interval
    return f"{low:.1%} to {high:.1%}"
