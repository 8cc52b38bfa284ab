"""Attempts whose tokens ran out before there was a right answer, and how many of the tokens thinking took."""

from dataclasses import dataclass

from pytest_mathbench.analysis.buckets import ByCell
from pytest_mathbench.records import ItemResult, Outcome


@dataclass(frozen=True, slots=True)
class CutOffs:
    """How many of the measured attempts were cut off."""

    cut_off: int = 0
    measured: int = 0

    @property
    def rate(self) -> float | None:
        """The share from 0 to 1; None where nothing was measured."""
        return self.cut_off / self.measured if self.measured else None

    def __add__(self, other: "CutOffs") -> "CutOffs":
        """Pool two shares: every attempt counts the same."""
        return CutOffs(self.cut_off + other.cut_off, self.measured + other.measured)


class CutOffTally(ByCell[CutOffs]):
    """What was cut off in each cell in which anything was measured."""

    def __init__(self) -> None:
        super().__init__(CutOffs())
        self.only_thought = 0
        """How many of those that were cut off never came to an answer: all their tokens went into thinking."""
        self.longest_thought = 0
        """The most tokens of one of them."""

    def add(self, result: ItemResult) -> None:
        """Count a measured attempt."""
        if result.outcome is None:
            return
        is_cut_off = result.outcome == Outcome.CUT_OFF
        cell = (result.problem.domain, result.problem.level)
        self.count(cell, CutOffs(int(is_cut_off), 1))
        if is_cut_off and (made := result.completion) and 0 < made.completion_tokens <= made.thinking_tokens:
            self.only_thought += 1
            self.longest_thought = max(self.longest_thought, made.completion_tokens)
