"""Two runs on the same problems, pair by pair."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from statistics import NormalDist

from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.analysis.statistics import (
    Difference,
    clustered_difference,
    detectable_difference,
    mcnemar,
    mean_difference,
    paired_difference,
    worse_by_chance,
)
from pytest_mathbench.domains import in_order
from pytest_mathbench.record import Record
from pytest_mathbench.records import Attempt, ItemResult, Outcome, Problem, Ruling


@dataclass(frozen=True, slots=True)
class Pairs:
    """Attempts that both runs measured: in how many both are right, just one of the two, or neither.

    `problems` holds, for each, (right, measured) of the first run and of the second: samples of one problem are no
    pairs that are independent of each other.
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    problems: tuple[tuple[int, int, int, int], ...]

    @property
    def count(self) -> int:
        """How many pairs."""
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def first(self) -> Score:
        """The first run's score on them."""
        return Score(self.both + self.only_first, self.count)

    @property
    def second(self) -> Score:
        """The second run's."""
        return Score(self.both + self.only_second, self.count)

    @property
    def sampled(self) -> bool:
        """Whether a problem has more than one pair."""
        return len(self.problems) < self.count

    @property
    def difference(self) -> Difference:
        """The second rate less the first, with its 95 % interval."""
        return self.difference_at(0.95)

    def difference_at(self, confidence: float) -> Difference:
        """Return the second rate less the first; clustered by problem if there are several samples."""
        if self.sampled:
            return clustered_difference(self.problems, confidence)
        return paired_difference(self.count, self.only_first, self.only_second, confidence)

    @property
    def worse_by_chance(self) -> float:
        """The one-sided p-value of a worse second run: exact McNemar; with several samples, by the interval."""
        if not self.sampled:
            return worse_by_chance(self.only_first, self.only_second)
        difference = self.difference_at(0.95)
        if difference.low is None or difference.high is None or difference.high == difference.low:
            return 1.0
        error = (difference.high - difference.low) / 2 / NormalDist().inv_cdf(0.975)
        return NormalDist().cdf(difference.value / error)

    @property
    def p_value(self) -> float | None:
        """The exact McNemar test's; None where several samples of a problem forbid it."""
        return None if self.sampled else mcnemar(self.only_first, self.only_second)

    @property
    def detectable(self) -> float:
        """The smallest difference that a test of so many pairs finds with 80 % power, at the discordance seen."""
        return detectable_difference(self.count, (self.only_first + self.only_second + 1) / (self.count + 2))


@dataclass(frozen=True, slots=True)
class Cost(Record):
    """What a run's paired attempts cost: tokens, requests, programs run, and generation in seconds, summed."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    executions: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        """Add costs."""
        return Cost(
            self.requests + other.requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.seconds + other.seconds,
            self.executions + other.executions,
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs on what both measured. `unpaired` attempts were measured by one of them only, or on another problem.

    `program_seconds` are (CPU time in the first run, in the second) of attempts whose program ran to its end in both.
    """

    pairs: Pairs
    domains: dict[str, Pairs]
    levels: dict[int, Pairs]
    cells: dict[tuple[str, int], Pairs]
    costs: tuple[Cost, Cost]
    unpaired: int
    program_seconds: list[tuple[float, float]] = field(default_factory=list)

    @property
    def program_difference(self) -> Difference | None:
        """How much longer the second run's programs take, in seconds of CPU time."""
        return mean_difference(self.program_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured(Record):
    """What a comparison needs of a measured attempt.

    `text` is the SHA-256 of statement and reference, in hexadecimal; the durations are in seconds, and None where there
    is none: what was cut off has no duration of its own. `unsafe` is None where there was no program.
    """

    domain: str
    level: int
    text: str
    outcome: Outcome
    cost: Cost
    unsafe: bool | None = None
    execution_seconds: float | None = None
    program_seconds: float | None = None

    @property
    def correct(self) -> bool:
        """Whether the answer was right."""
        return self.outcome == Outcome.CORRECT


def measured(results: Iterable[ItemResult], rulings: Mapping[Attempt, Ruling] | None = None) -> dict[Attempt, Measured]:
    """Take what a comparison needs of each measured result; a person's ruling overrules its outcome."""
    found = {}
    for result in results:
        if result.outcome is None:
            continue
        attempt, outcome = (result.problem.id, result.sample), result.outcome
        if ruling := (rulings or {}).get(attempt):
            wrong = Outcome.WRONG if outcome == Outcome.CORRECT else outcome
            outcome = Outcome.CORRECT if ruling.correct else wrong
        answered = result.execution if result.grade else None
        found[attempt] = replace(
            unmade(result.problem),
            outcome=outcome,
            cost=_cost(result),
            unsafe=bool(result.execution.unsafe) if result.execution else None,
            execution_seconds=answered.wall_seconds if answered else None,
            program_seconds=answered.cpu_seconds if answered else None,
        )
    return found


def unmade(problem: Problem) -> Measured:
    """Return what is known of an attempt before it is made: counted as wrong, at no cost."""
    text = f"{problem.statement}\0{problem.answer}".encode("utf-8", "surrogatepass")
    return Measured(
        domain=problem.domain,
        level=problem.level,
        text=hashlib.sha256(text).hexdigest(),
        outcome=Outcome.WRONG,
        cost=Cost(),
    )


def compare(before: Mapping[Attempt, Measured], after: Mapping[Attempt, Measured]) -> Comparison | None:
    """Pair two runs' attempts by problem and sample; None if nothing was measured by both."""
    paired = [each for each in before if each in after and before[each].text == after[each].text]
    if not paired:
        return None
    both = [(attempt, before[attempt], after[attempt]) for attempt in paired]
    domains = in_order({one.domain for _, one, _ in both})
    levels = sorted({one.level for _, one, _ in both})
    cells = [(domain, level) for domain in domains for level in levels]
    return Comparison(
        pairs=_pairs(both),
        domains={domain: _pairs(each for each in both if each[1].domain == domain) for domain in domains},
        levels={level: _pairs(each for each in both if each[1].level == level) for level in levels},
        cells={
            cell: found
            for cell in cells
            if (found := _pairs(each for each in both if (each[1].domain, each[1].level) == cell)).count
        },
        costs=(
            sum((one.cost for _, one, _ in both), Cost()),
            sum((other.cost for _, _, other in both), Cost()),
        ),
        unpaired=len(before.keys() | after.keys()) - len(paired),
        program_seconds=list(_program_seconds(both)),
    )


_Both = tuple[Attempt, Measured, Measured]


def _cost(result: ItemResult) -> Cost:
    if effort := result.effort:
        # Where the strategy ran no program, the answer's was run once.
        executions = max(effort.executions, int(result.execution is not None))
        return Cost(effort.requests, effort.prompt_tokens, effort.completion_tokens, effort.seconds, executions)
    if completion := result.completion:
        ran = int(result.execution is not None)
        return Cost(1, completion.prompt_tokens, completion.completion_tokens, completion.seconds, ran)
    return Cost()


def _program_seconds(both: Iterable[_Both]) -> Iterator[tuple[float, float]]:
    for _, one, other in both:
        if one.program_seconds is not None and other.program_seconds is not None:
            yield one.program_seconds, other.program_seconds


def _pairs(both: Iterable[_Both]) -> Pairs:
    counts = {(one, other): 0 for one in (False, True) for other in (False, True)}
    problems: dict[str, list[int]] = {}
    for (problem, _), one, other in both:
        counts[one.correct, other.correct] += 1
        sums = problems.setdefault(problem, [0, 0, 0, 0])
        sums[0] += one.correct
        sums[1] += 1
        sums[2] += other.correct
        sums[3] += 1
    return Pairs(
        both=counts[True, True],
        only_first=counts[True, False],
        only_second=counts[False, True],
        neither=counts[False, False],
        problems=tuple((a, b, c, d) for a, b, c, d in problems.values()),
    )
