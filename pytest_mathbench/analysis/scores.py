"""How many of the measured attempts are correct, by domain and level."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pytest_mathbench.analysis.buckets import ByCell
from pytest_mathbench.analysis.intervals import (
    Clusters,
    Repeats,
    clustered_interval,
    effective_number,
    sampling_interval,
)
from pytest_mathbench.records import ItemResult, Outcome


@dataclass(frozen=True, slots=True)
class Score:
    """How many of the measured attempts are correct."""

    correct: int = 0
    measured: int = 0
    clusters: Clusters | None = field(default=None, compare=False)
    """Of attempts at one problem, and of problems of one family; None where each attempt stands for itself."""
    repeats: Repeats = field(default=Repeats(), compare=False)
    """Of the attempts at one problem; of none where that is not known."""

    @classmethod
    def of(cls, problems: Iterable[tuple[str, int, int]]) -> "Score":
        """Pool problems, each of a (family, correct, measured); those of one family are one cluster."""
        families: dict[str, tuple[int, int]] = {}
        for family, correct, measured in problems:
            before = families.get(family, (0, 0))
            families[family] = before[0] + correct, before[1] + measured
        correct, measured = (sum(column) for column in zip(*families.values(), strict=True)) if families else (0, 0)
        return cls(correct, measured, Clusters.of(families.values()))

    @property
    def rate(self) -> float | None:
        """The pass rate from 0 to 1; None where nothing was measured."""
        return self.correct / self.measured if self.measured else None

    def __add__(self, other: "Score") -> "Score":
        """Pool two scores: every attempt counts the same."""
        clusters = self.own_clusters + other.own_clusters if self.clusters or other.clusters else None
        repeats = self.repeats + other.repeats
        return Score(self.correct + other.correct, self.measured + other.measured, clusters, repeats)

    @property
    def own_clusters(self) -> Clusters:
        """The clusters, of one attempt each where nothing else is known."""
        return self.clusters or Clusters(self.measured, self.correct, self.correct, self.measured)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the rate for problems of this kind. Raises `ValueError` if nothing was measured."""
        return clustered_interval(self.correct, self.measured, self.own_clusters)

    @property
    def interval_of_the_set(self) -> tuple[float, float] | None:
        """The 95 % interval of the rate for these very problems; None where a problem has no second sample."""
        if not self.repeats.problems or self.repeats.once:
            return None
        return sampling_interval(self.correct, self.measured, self.repeats)

    @property
    def effective(self) -> float:
        """How many independent attempts would tell as much."""
        return effective_number(self.correct, self.measured, self.own_clusters) if self.measured else 0.0


class Scores(ByCell[Score]):
    """The score of each cell in which anything was measured."""

    def __init__(self) -> None:
        super().__init__(Score())
        self._clusters: dict[str, tuple[int, int]] = {}
        self._problems: dict[str, tuple[int, int]] = {}

    def add(self, result: ItemResult) -> None:
        """Count a result; one that was not measured has no score."""
        if result.outcome is None:
            return
        cell = (result.problem.domain, result.problem.level)
        right = int(result.outcome == Outcome.CORRECT)
        before, after = _count(self._clusters, result.problem.family or result.problem.id, right)
        tried_before, tried = _count(self._problems, result.problem.id, right)
        clusters, repeats = Clusters.of(after) - Clusters.of(before), Repeats.of(tried) - Repeats.of(tried_before)
        self.count(cell, Score(right, 1, clusters, repeats))


def _count(counts: dict[str, tuple[int, int]], name: str, right: int) -> tuple[list[tuple[int, int]], ...]:
    """Count an attempt for a name; return its (correct, measured) before, if there were any, and after."""
    before = counts.get(name)
    correct, measured = before or (0, 0)
    counts[name] = correct + right, measured + 1
    return [before] if before else [], [counts[name]]


def scores(results: Iterable[ItemResult]) -> Scores:
    """Add up results, in any order."""
    found = Scores()
    for result in results:
        found.add(result)
    return found
