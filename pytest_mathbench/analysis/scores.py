"""ItemResults → RunReport."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pytest_mathbench.analysis.contamination import FamilyTally, Gap
from pytest_mathbench.analysis.efforts import Efforts
from pytest_mathbench.analysis.statistics import Spread, kappa, majority, pass_at, spread
from pytest_mathbench.domains import in_order
from pytest_mathbench.records import UNDECIDED, ItemResult, Outcome, Ruling
from pytest_mathbench.verdicts import Verdict


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
class Sampled:
    """Sums over problems of which several samples were measured; divide by `problems` for the rates.

    `pass_at_1` is the mean over each problem's samples, `pass_at_k` the unbiased estimate for all samples asked for,
    `majority` the vote of a problem's samples. A problem of which a sample was not measured is left out.
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


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judge said. Of the answers it rated: how many it and the strict symbols pass, or only one of the two.

    `ratings` counts each domain's ratings; `faults` are answers that it gave no rating for. Costs are in tokens and
    seconds.
    """

    both: int = 0
    only_judge: int = 0
    only_symbols: int = 0
    neither: int = 0
    faults: int = 0
    ratings: dict[str, dict[int, int]] = field(default_factory=dict)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0

    @property
    def rated(self) -> int:
        """How many answers it rated."""
        return self.both + self.only_judge + self.only_symbols + self.neither

    @property
    def agreement(self) -> float:
        """The share of rated answers on which judge and symbols agree, from 0 to 1."""
        return (self.both + self.neither) / self.rated if self.rated else 0.0

    @property
    def kappa(self) -> float | None:
        """Their agreement beyond chance; None where that means nothing."""
        return kappa(self.both, self.only_judge, self.only_symbols, self.neither)


class Stage(StrEnum):
    """What an attempt spends its time on."""

    QUEUED = "queued"
    FIRST_TOKEN = "first token"  # noqa: S105 - no password
    GENERATION = "generation"
    EXECUTION = "execution"
    PROGRAM_CPU = "program CPU"
    GRADING = "grading"
    JUDGING = "judging"


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run measured. Items that were not measured are in `faults` only.

    `programs` were run; of these `unsafe_programs` tried what the sandbox refuses, counted by kind in `unsafe`.
    `verdicts` are the scores by strict symbols, by lenient ones and by the judge; `judged` is empty without a judge.
    `overruled` counts what a person decided otherwise, by the outcome before and after.
    `sampled` is empty where each problem was attempted once. `gap` compares bundled with fresh problems where both
    were measured. `unsolved` are the ids of problems that no sample solved. `efforts` are those of a strategy of
    several requests. Durations are in seconds.
    """

    cells: dict[tuple[str, int], Score]
    outcomes: dict[Outcome, int]
    durations: dict[str, dict[Stage, Spread]]
    overall_durations: dict[Stage, Spread]
    verdicts: dict[Verdict, Score] = field(default_factory=dict)
    judged: Judged = field(default_factory=Judged)
    overruled: dict[tuple[Outcome, Outcome], int] = field(default_factory=dict)
    samples: int = 1
    sampled: dict[tuple[str, int], Sampled] = field(default_factory=dict)
    truncated: int = 0
    undecided: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    programs: int = 0
    unsafe: dict[str, int] = field(default_factory=dict)
    unsafe_programs: int = 0
    echoed: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)
    gap: Gap | None = None
    unsolved: list[str] = field(default_factory=list)
    efforts: Efforts | None = None

    @property
    def total(self) -> Score:
        """The score of all cells together."""
        return sum(self.cells.values(), Score())

    @property
    def domains(self) -> list[str]:
        """The domains that were measured, in the order of reports."""
        return in_order(domain for domain, _ in self.cells)

    @property
    def levels(self) -> list[int]:
        """The levels that were measured, from the lowest."""
        return sorted({level for _, level in self.cells})

    def score(self, domain: str | None = None, level: int | None = None) -> Score:
        """Return the pooled score of a domain, a level, both, or all."""
        return sum((self.cells[cell] for cell in _cells(self.cells, domain, level)), Score())

    def sampled_score(self, domain: str | None = None, level: int | None = None) -> Sampled:
        """Return the pooled scores over samples of a domain, a level, both, or all."""
        return sum((self.sampled[cell] for cell in _cells(self.sampled, domain, level)), Sampled())


def _cells(cells: Iterable[tuple[str, int]], domain: str | None, level: int | None) -> Iterator[tuple[str, int]]:
    return (cell for cell in cells if domain in {None, cell[0]} and level in {None, cell[1]})


def report(
    results: Iterable[ItemResult], samples: int = 1, rulings: Mapping[tuple[str, int], Ruling] | None = None
) -> RunReport:
    """Add up a run's results, in any order."""
    tally = Tally(samples, rulings)
    for result in results:
        tally.add(result)
    return tally.report()


@dataclass(slots=True)
class _Attempts:
    """The measured samples of one problem: how many were right, and what they answered."""

    cell: tuple[str, int]
    measured: int = 0
    correct: int = 0
    votes: Counter[str] = field(default_factory=Counter)


_RIGHT = "\n"
"""The one vote of all right answers, however they are written; no answer has more than one line."""


class Tally:
    """Adds results up as they come; of each it keeps its durations only, not its texts."""

    def __init__(self, samples: int = 1, rulings: Mapping[tuple[str, int], Ruling] | None = None) -> None:
        """Begin at nothing; `samples` of each problem are to come, and a person's `rulings` hold for some of them."""
        self._samples = samples
        self._rulings = rulings or {}
        self._verdicts: dict[Verdict, Score] = {}
        self._ratings: dict[str, Counter[int]] = {}
        self._judge_seconds = 0.0
        self._overruled: Counter[tuple[Outcome, Outcome]] = Counter()
        self._cells: dict[tuple[str, int], Score] = {}
        self._counts: Counter[str] = Counter()
        self._unsafe: Counter[str] = Counter()
        self._durations: dict[str, dict[Stage, array[float]]] = {}
        self._problems: dict[str, _Attempts] = {}
        self._families = FamilyTally()
        self._efforts = Efforts()
        self._solved: dict[str, bool] = {}
        self._faults: list[tuple[str, str]] = []

    def __len__(self) -> int:
        """Return the number of results."""
        return self._counts["results"]

    def add(self, result: ItemResult) -> None:
        """Count a result."""
        problem, completion, execution = result.problem, result.completion, result.execution
        self._counts["results"] += 1
        if completion:
            self._counts["truncated"] += completion.truncated
            cost = result.effort or completion
            self._counts["prompt_tokens"] += cost.prompt_tokens
            self._counts["completion_tokens"] += cost.completion_tokens
        if execution:
            self._counts["programs"] += 1
            self._counts["unsafe"] += bool(execution.unsafe)
            self._counts["echoed"] += execution.echoed
            self._unsafe.update(execution.unsafe.keys())
        if result.fault is not None:
            self._faults.append((problem.id, result.fault))
        if result.outcome is None:
            return
        outcome = self._ruled(result, result.outcome)
        self._count_verdicts(result)
        if result.effort:
            self._efforts.add(result.effort, outcome)
        self._families.add(result, outcome)
        correct = outcome == Outcome.CORRECT
        self._solved[problem.id] = self._solved.get(problem.id, False) or correct
        cell = (problem.domain, problem.level)
        self._cells[cell] = self._cells.get(cell, Score()) + Score(int(correct), 1)
        self._counts[f"outcome {outcome}"] += 1
        self._counts["undecided"] += result.grade is not None and result.grade.rule == UNDECIDED
        stages = self._durations.setdefault(problem.domain, {})
        for stage, seconds in _seconds(result):
            stages.setdefault(stage, array("d")).append(seconds)
        if self._samples > 1:
            attempts = self._problems.setdefault(problem.id, _Attempts(cell))
            attempts.measured += 1
            attempts.correct += correct
            if correct:
                attempts.votes[_RIGHT] += 1
            elif result.grade and result.grade.rule != UNDECIDED:
                attempts.votes[result.grade.answer] += 1

    def _ruled(self, result: ItemResult, outcome: Outcome) -> Outcome:
        """Return the outcome as a person has it, if one has looked at it."""
        ruling = self._rulings.get((result.problem.id, result.sample))
        if ruling is None or ruling.correct == (outcome == Outcome.CORRECT):
            return outcome
        ruled = Outcome.CORRECT if ruling.correct else Outcome.WRONG
        self._overruled[outcome, ruled] += 1
        return ruled

    def _count_verdicts(self, result: ItemResult) -> None:
        grade = result.grade
        for verdict in Verdict:
            correct = grade.correct(verdict) if grade else False
            if correct is not None:
                self._verdicts[verdict] = self._verdicts.get(verdict, Score()) + Score(int(correct), 1)
        if grade is None or (judgement := grade.judgement) is None:
            return
        self._counts["judge prompt_tokens"] += judgement.prompt_tokens
        self._counts["judge completion_tokens"] += judgement.completion_tokens
        self._judge_seconds += judgement.seconds
        if judgement.rating is None:
            self._counts["judge faults"] += 1
            return
        self._counts[f"judge {bool(judgement.correct)} {grade.strict}"] += 1
        self._ratings.setdefault(result.problem.domain, Counter())[judgement.rating] += 1

    def _judged(self) -> Judged:
        counts = self._counts
        return Judged(
            both=counts["judge True True"],
            only_judge=counts["judge True False"],
            only_symbols=counts["judge False True"],
            neither=counts["judge False False"],
            faults=counts["judge faults"],
            ratings={domain: dict(self._ratings[domain]) for domain in in_order(self._ratings)},
            prompt_tokens=counts["judge prompt_tokens"],
            completion_tokens=counts["judge completion_tokens"],
            seconds=self._judge_seconds,
        )

    def report(self) -> RunReport:
        """Return what was counted so far."""
        counts = self._counts
        overall: dict[Stage, array[float]] = {}
        for stages in self._durations.values():
            for stage, seconds in stages.items():
                overall.setdefault(stage, array("d")).extend(seconds)
        return RunReport(
            cells=dict(self._cells),
            outcomes={outcome: counts[f"outcome {outcome}"] for outcome in Outcome},
            durations={domain: _spreads(self._durations[domain]) for domain in in_order(self._durations)},
            overall_durations=_spreads(overall),
            verdicts=dict(self._verdicts),
            judged=self._judged(),
            overruled=dict(self._overruled),
            samples=self._samples,
            sampled=self._sampled(),
            truncated=counts["truncated"],
            undecided=counts["undecided"],
            prompt_tokens=counts["prompt_tokens"],
            completion_tokens=counts["completion_tokens"],
            programs=counts["programs"],
            unsafe=dict(self._unsafe),
            unsafe_programs=counts["unsafe"],
            echoed=counts["echoed"],
            faults=list(self._faults),
            gap=self._families.gap(),
            unsolved=sorted(problem for problem, solved in self._solved.items() if not solved),
            efforts=self._efforts if self._efforts.attempts else None,
        )

    def _sampled(self) -> dict[tuple[str, int], Sampled]:
        sampled: dict[tuple[str, int], Sampled] = {}
        for attempts in self._problems.values():
            if attempts.measured < self._samples:
                continue
            sampled[attempts.cell] = sampled.get(attempts.cell, Sampled()) + Sampled(
                problems=1,
                pass_at_1=attempts.correct / attempts.measured,
                pass_at_k=pass_at(self._samples, attempts.measured, attempts.correct),
                majority=majority(attempts.votes, {_RIGHT}),
            )
        return sampled


def _seconds(result: ItemResult) -> Iterator[tuple[Stage, float]]:
    if completion := result.completion:
        yield Stage.QUEUED, completion.queued_seconds
        yield Stage.GENERATION, completion.seconds
        if completion.first_token_seconds is not None:
            yield Stage.FIRST_TOKEN, completion.first_token_seconds
    if result.execution:
        yield Stage.EXECUTION, result.execution.wall_seconds
        yield Stage.PROGRAM_CPU, result.execution.cpu_seconds
    if result.grade:
        yield Stage.GRADING, result.grade.seconds
        if result.grade.judgement:
            yield Stage.JUDGING, result.grade.judgement.seconds


def _spreads(stages: Mapping[Stage, Sequence[float]]) -> dict[Stage, Spread]:
    """Return each stage's spread, in the order of the stages."""
    return {stage: found for stage in Stage if (found := spread(stages.get(stage, ())))}
