"""ItemResults → RunReport."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pytest_mathbench.analysis.statistics import Spread, spread
from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.records import ItemResult, Outcome


@dataclass(frozen=True, slots=True)
class Score:
    """How many of the measured items are correct."""

    correct: int = 0
    measured: int = 0

    @property
    def rate(self) -> float | None:
        """The pass rate from 0 to 1; None where nothing was measured."""
        return self.correct / self.measured if self.measured else None

    def __add__(self, other: "Score") -> "Score":
        """Pool two scores: every item counts the same."""
        return Score(self.correct + other.correct, self.measured + other.measured)


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds of model time (a request's answer) and of program CPU time."""

    generation: Spread | None
    execution: Spread | None


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run measured. Items that were not measured are in `faults` only.

    `programs` were run; of these `unsafe_programs` tried what the sandbox refuses, counted by kind in `unsafe`.
    """

    cells: dict[tuple[Domain, int], Score]
    outcomes: dict[Outcome, int]
    durations: dict[Domain, Durations]
    overall_durations: Durations
    truncated: int = 0
    undecided: int = 0
    completion_tokens: int = 0
    programs: int = 0
    unsafe: dict[str, int] = field(default_factory=dict)
    unsafe_programs: int = 0
    echoed: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def total(self) -> Score:
        """The score of all cells together."""
        return self.score(Domain, LEVELS)

    def score(self, domains: Iterable[Domain], levels: Iterable[int]) -> Score:
        """Return the pooled score of some domains and levels."""
        levels = tuple(levels)
        return sum((self.cells.get((domain, level), Score()) for domain in domains for level in levels), Score())


def report(results: Iterable[ItemResult]) -> RunReport:
    """Add up a run's results, in any order."""
    results = list(results)
    measured = [result for result in results if result.outcome is not None]
    cells: dict[tuple[Domain, int], Score] = {}
    for result in measured:
        cell = (result.problem.domain, result.problem.level)
        cells[cell] = cells.get(cell, Score()) + Score(int(result.outcome == Outcome.CORRECT), 1)
    counts = Counter(result.outcome for result in measured)
    completions = [result.completion for result in results if result.completion]
    executions = [result.execution for result in results if result.execution]
    by_domain = {domain: [result for result in measured if result.problem.domain == domain] for domain in Domain}
    return RunReport(
        cells=cells,
        outcomes={outcome: counts[outcome] for outcome in Outcome},
        durations={domain: _durations(members) for domain, members in by_domain.items() if members},
        overall_durations=_durations(measured),
        truncated=sum(completion.truncated for completion in completions),
        undecided=sum(result.grade is not None and result.grade.rule == "undecided" for result in measured),
        completion_tokens=sum(completion.completion_tokens for completion in completions),
        programs=len(executions),
        unsafe=dict(Counter(kind for execution in executions for kind in execution.unsafe)),
        unsafe_programs=sum(bool(execution.unsafe) for execution in executions),
        echoed=sum(execution.echoed for execution in executions),
        faults=[(result.problem.id, result.fault) for result in results if result.fault is not None],
    )


def _durations(results: Iterable[ItemResult]) -> Durations:
    results = list(results)
    return Durations(
        generation=spread([result.completion.seconds for result in results if result.completion]),
        execution=spread([result.execution.cpu_seconds for result in results if result.execution]),
    )
