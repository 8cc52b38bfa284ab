"""Several samples of a problem: what they give on average, at best, and by vote."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from pytest_mathbench.analysis.buckets import Bucket, Cell
from pytest_mathbench.analysis.statistics import majority, pass_at
from pytest_mathbench.records import UNDECIDED, ItemResult, Outcome


@dataclass(frozen=True, slots=True)
class Sampled:
    """Sums over problems of which all samples were measured; divide by `problems` for the rates.

    `pass_at_1` is the mean over each problem's samples, `pass_at_k` the unbiased estimate for all samples asked for,
    `majority` the vote of a problem's samples.
    """

    problems: int = 0
    pass_at_1: float = 0.0
    pass_at_k: float = 0.0
    majority: float = 0.0

    def __add__(self, other: "Sampled") -> "Sampled":
        """Pool two: every problem counts the same."""
        return Sampled(
            self.problems + other.problems,
            self.pass_at_1 + other.pass_at_1,
            self.pass_at_k + other.pass_at_k,
            self.majority + other.majority,
        )


_RIGHT = None
"""The one vote of all right answers, however they are written."""


@dataclass(slots=True)
class _Attempts:
    """The measured samples of one problem: how many there are, and the votes of those that answered."""

    cell: Cell
    measured: int = 0
    votes: Counter[Hashable] = field(default_factory=Counter)


class SampleTally:
    """The measured samples of each problem. Of a wrong answer it keeps the hash, by which equal answers vote as one."""

    def __init__(self) -> None:
        self._problems: dict[str, _Attempts] = {}

    def add(self, result: ItemResult) -> None:
        """Count a measured result; an answer that could not be compared has no vote."""
        if result.outcome is None:
            return
        problem, grade = result.problem, result.grade
        attempts = self._problems.setdefault(problem.id, _Attempts((problem.domain, problem.level)))
        attempts.measured += 1
        if result.outcome == Outcome.CORRECT:
            attempts.votes[_RIGHT] += 1
        elif grade and grade.rule != UNDECIDED:
            attempts.votes[hash(grade.answer)] += 1

    @property
    def unsolved(self) -> list[str]:
        """The ids of problems that were measured and that no sample solved, sorted."""
        return sorted(problem for problem, each in self._problems.items() if not each.votes[_RIGHT])

    @property
    def problems(self) -> int:
        """How many problems were measured."""
        return len(self._problems)

    def sampled(self, samples: int) -> dict[Cell, Sampled]:
        """Return what several samples give, by cell; a problem of which one was not measured is left out."""
        found: dict[Cell, Sampled] = {}
        for attempts in self._problems.values():
            if attempts.measured < samples:
                continue
            right = attempts.votes[_RIGHT]
            found[attempts.cell] = found.get(attempts.cell, Sampled()) + Sampled(
                problems=1,
                pass_at_1=right / attempts.measured,
                pass_at_k=pass_at(samples, attempts.measured, right),
                majority=majority(attempts.votes, {_RIGHT}),
            )
        return found


def pooled(cells: Mapping[Cell, Sampled], bucket: Bucket) -> Sampled:
    """Pool the cells of a bucket."""
    return sum((each for cell, each in cells.items() if bucket.holds(cell)), Sampled())
