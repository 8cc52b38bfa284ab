"""How many of the measured attempts are correct, by domain and level."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pytest_mathbench.analysis.buckets import ByCell
from pytest_mathbench.analysis.intervals import Clusters, clustered_interval, effective_number
from pytest_mathbench.records import ItemResult, Outcome


@dataclass(frozen=True, slots=True)
class Score:
    """How many of the measured attempts are correct."""

    correct: int = 0
    measured: int = 0
    clusters: Clusters | None = field(default=None, compare=False)
    """Of attempts at one problem, and of problems of one family; None where each attempt stands for itself."""

    @property
    def rate(self) -> float | None:
        """The pass rate from 0 to 1; None where nothing was measured."""
        return self.correct / self.measured if self.measured else None

    def __add__(self, other: "Score") -> "Score":
        """Pool two scores: every attempt counts the same."""
        clusters = self.own_clusters + other.own_clusters if self.clusters or other.clusters else None
        return Score(self.correct + other.correct, self.measured + other.measured, clusters)

    @property
    def own_clusters(self) -> Clusters:
        """The clusters, of one attempt each where nothing else is known."""
        return self.clusters or Clusters(self.measured, self.correct, self.correct, self.measured)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the rate for problems of this kind. Raises `ValueError` if nothing was measured."""
        return clustered_interval(self.correct, self.measured, self.own_clusters)

    @property
    def effective(self) -> float:
        """How many independent attempts would tell as much."""
        return effective_number(self.correct, self.measured, self.own_clusters) if self.measured else 0.0


class Scores(ByCell[Score]):
    """The score of each cell in which anything was measured."""

    def __init__(self) -> None:
        super().__init__(Score())
        self._clusters: dict[str, tuple[int, int]] = {}

    def add(self, result: ItemResult) -> None:
        """Count a result; one that was not measured has no score."""
        if result.outcome is None:
            return
        cell = (result.problem.domain, result.problem.level)
        name = result.problem.family or result.problem.id
        correct, measured = self._clusters.get(name, (0, 0))
        right = int(result.outcome == Outcome.CORRECT)
        self._clusters[name] = now = correct + right, measured + 1
        before = Clusters.of([(correct, measured)] if measured else [])
        self.count(cell, Score(right, 1, Clusters.of([now]) - before))


def scores(results: Iterable[ItemResult]) -> Scores:
    """Add up results, in any order."""
    found = Scores()
    for result in results:
        found.add(result)
    return found
