"""Bundled problems against fresh ones of the same families: what a model knows beyond what it can do."""

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_mathbench.analysis.statistics import Difference, clustered_difference
from pytest_mathbench.records import ItemResult, Outcome


@dataclass(frozen=True, slots=True)
class Gap:
    """How bundled and fresh problems of the same families went; `difference` is fresh less bundled.

    Families of which one side was not measured are left out.
    """

    families: int
    bundled: tuple[int, int]
    fresh: tuple[int, int]
    difference: Difference


class FamilyTally:
    """Counts right answers and measured problems, by family, of the bundled set and of fresh draws."""

    def __init__(self) -> None:
        self._families: dict[tuple[str, int, str], list[int]] = {}

    def add(self, result: ItemResult) -> None:
        """Count a measured result; one that no family has drawn counts nowhere."""
        problem = result.problem
        if result.outcome is None or not problem.family or problem.variant is None:
            return
        counts = self._families.setdefault((problem.domain, problem.level, problem.family), [0, 0, 0, 0])
        side = 0 if problem.variant == 0 else 2
        counts[side] += result.outcome == Outcome.CORRECT
        counts[side + 1] += 1

    def gap(self) -> Gap | None:
        """Return the gap; None where no family was measured on both sides."""
        paired = [(a, b, c, d) for a, b, c, d in self._families.values() if b and d]
        if not paired:
            return None
        correct, measured, fresh_correct, fresh_measured = (sum(column) for column in zip(*paired, strict=True))
        return Gap(len(paired), (correct, measured), (fresh_correct, fresh_measured), clustered_difference(paired))


def gap(results: Iterable[ItemResult]) -> Gap | None:
    """Return the gap between the bundled and the fresh problems among results."""
    tally = FamilyTally()
    for result in results:
        tally.add(result)
    return tally.gap()
