"""Several models on the same problems."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pytest_mathbench.analysis.scores import RunReport, Tally
from pytest_mathbench.records import ItemResult, Outcome, Ruling


@dataclass(frozen=True, slots=True)
class Row:
    """One model's run. `wall_seconds` is how long it took, where that is known."""

    model: str
    report: RunReport
    outcomes: Mapping[str, Counter[Outcome]]
    wall_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Unsolved:
    """Of `shared` problems, which all models measured, those that none of them solved: id → how often each outcome."""

    shared: int
    problems: dict[str, Counter[Outcome]]

    @property
    def reasons(self) -> Counter[Outcome]:
        """How often each outcome occurred among the attempts at them."""
        return sum(self.problems.values(), Counter())


def row(
    model: str,
    results: Iterable[ItemResult],
    samples: int,
    rulings: Mapping[tuple[str, int], Ruling],
    wall_seconds: float | None,
) -> Row:
    """Add up one model's run."""
    tally = Tally(samples, rulings)
    outcomes: dict[str, Counter[Outcome]] = {}
    for result in results:
        tally.add(result)
        if result.outcome is not None:
            outcomes.setdefault(result.problem.id, Counter())[result.outcome] += 1
    return Row(model, tally.report(), outcomes, wall_seconds)


def unsolved(rows: Iterable[Row]) -> Unsolved:
    """Find the problems that all rows measured and none solved."""
    found = list(rows)
    shared = set.intersection(*(set(each.outcomes) for each in found)) if found else set()
    never = set.intersection(*(set(each.report.unsolved) for each in found)) & shared if found else set()
    return Unsolved(
        len(shared),
        {problem: sum((each.outcomes[problem] for each in found), Counter()) for problem in sorted(never)},
    )
