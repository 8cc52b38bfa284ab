"""The parts that several forms of gate are made of: numbers, confidences, thresholds."""

from dataclasses import dataclass
from math import inf

from pytest_mathbench.analysis.decisions import Status

NUMBER = r"(\d+(?:\.\d+)?)"
CONFIDENCE = rf"(?:\s+with\s+{NUMBER}\s*%\s+confidence)?"
ON_THIS_SET = r"(\s+on\s+this\s+set)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A bound of a value, in the value's own unit: the value is to be at least, or at most, so large."""

    at_least: bool
    bound: float

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest value that meet it."""
        return (self.bound, inf) if self.at_least else (-inf, self.bound)

    def status(self, low: float, high: float) -> Status:
        """Hold a value against the threshold that is known to be from `low` to `high`."""
        met, missed = (
            (low >= self.bound, high < self.bound) if self.at_least else (high <= self.bound, low > self.bound)
        )
        return Status.PASS if met else Status.FAIL if missed else Status.INCONCLUSIVE


def share(text: str) -> float:
    """Read a percentage as a share from 0 to 1. Raises `ValueError` above 100."""
    found = float(text) / 100
    if found > 1:
        raise ValueError(f"{text}% is more than all")
    return found


def confidence(text: str | None) -> float | None:
    """Read a confidence in per cent as a share; None for none. Raises `ValueError` unless it is from 50 to 100."""
    if text is None:
        return None
    found = float(text) / 100
    if not 0.5 < found < 1:  # noqa: PLR2004 - a bound that holds by the toss of a coin bounds nothing
        raise ValueError(f"a confidence of {text}% decides nothing; it must lie between 50% and 100%")
    return found
