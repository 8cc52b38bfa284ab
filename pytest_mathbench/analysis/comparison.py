"""Two runs on the same problems, pair by pair."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pytest_mathbench.analysis.costs import Price, spent_on, total
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.analysis.statistics import (
    Difference,
    clustered_difference,
    detectable_difference,
    mcnemar,
    mean_difference,
    paired_difference,
    worse_by_chance,
    worse_by_permutation,
)
from pytest_mathbench.domains import in_order
from pytest_mathbench.record import Record
from pytest_mathbench.records import AttemptId, ItemResult, Outcome


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
    families: tuple[tuple[int, int, int, int], ...] = ()
    """The same by family, where problems have one: what an interval for problems of this kind is made of."""

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
        """The second rate less the first, with its 95 % interval for problems of this kind."""
        return self.difference_at(0.95)

    def difference_at(self, confidence: float) -> Difference:
        """Return the second rate less the first, for problems of this kind; clustered by family, and by problem."""
        clusters = self.families or self.problems
        if len(clusters) < self.count:
            return clustered_difference(clusters, confidence)
        return paired_difference(self.count, self.only_first, self.only_second, confidence)

    @property
    def worse_by_chance(self) -> float:
        """The one-sided p-value of a worse second run on these problems: samples are dealt anew within each problem.

        Of one sample a problem that is the exact McNemar test.
        """
        if not self.sampled:
            return worse_by_chance(self.only_first, self.only_second)
        return worse_by_permutation(self.problems)

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
    """What a run's paired attempts cost: tokens, requests, programs run, and generation in seconds, summed.

    `money` is by the run's price or by the endpoint's own figure, None where that is unknown.
    """

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    executions: int = 0
    money: float | None = None

    def __add__(self, other: "Cost") -> "Cost":
        """Add costs."""
        return Cost(
            self.requests + other.requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.seconds + other.seconds,
            self.executions + other.executions,
            total((self.money, other.money)),
        )


NOTHING = Cost(money=0.0)
"""What no attempt costs."""


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

    `family` names that of its problem, where it has one. `text` is the SHA-256 of statement and reference, in
    hexadecimal; the durations are in seconds, and None where there is none: what was cut off has no duration of its
    own. `unsafe` is None where there was no program.
    """

    domain: str
    level: int
    text: str
    outcome: Outcome
    cost: Cost
    family: str = ""
    unsafe: bool | None = None
    execution_seconds: float | None = None
    program_seconds: float | None = None

    @property
    def correct(self) -> bool:
        """Whether the answer was right."""
        return self.outcome == Outcome.CORRECT

    @property
    def cut_off(self) -> bool:
        """Whether the tokens ran out before there was a right answer."""
        return self.outcome == Outcome.CUT_OFF


def measured(results: Iterable[ItemResult], price: Price = ()) -> dict[AttemptId, Measured]:
    """Take what a comparison needs of each measured result; `price` is that of the run's tokens, if it has one."""
    found = {}
    for result in results:
        if result.outcome is None:
            continue
        problem, answered = result.problem, result.execution if result.grade else None
        text = f"{problem.statement}\0{problem.answer}".encode("utf-8", "surrogatepass")
        found[result.attempt] = Measured(
            domain=problem.domain,
            level=problem.level,
            family=problem.family,
            text=hashlib.sha256(text).hexdigest(),
            outcome=result.outcome,
            cost=_cost(result, price),
            unsafe=bool(result.execution.unsafe) if result.execution else None,
            execution_seconds=answered.wall_seconds if answered else None,
            program_seconds=answered.cpu_seconds if answered else None,
        )
    return found


def compare(before: Mapping[AttemptId, Measured], after: Mapping[AttemptId, Measured]) -> Comparison | None:
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
            sum((one.cost for _, one, _ in both), NOTHING),
            sum((other.cost for _, _, other in both), NOTHING),
        ),
        unpaired=len(before.keys() | after.keys()) - len(paired),
        program_seconds=list(_program_seconds(both)),
    )


_Both = tuple[AttemptId, Measured, Measured]


def _cost(result: ItemResult, price: Price) -> Cost:
    money = spent_on(result).money(price)
    if effort := result.effort:
        # Where the strategy ran no program, the answer's was run once.
        executions = max(effort.executions, int(result.execution is not None))
        return Cost(effort.requests, effort.prompt_tokens, effort.completion_tokens, effort.seconds, executions, money)
    if completion := result.completion:
        ran = int(result.execution is not None)
        return Cost(1, completion.prompt_tokens, completion.completion_tokens, completion.seconds, ran, money)
    return NOTHING


def _program_seconds(both: Iterable[_Both]) -> Iterator[tuple[float, float]]:
    for _, one, other in both:
        if one.program_seconds is not None and other.program_seconds is not None:
            yield one.program_seconds, other.program_seconds


def _pairs(both: Iterable[_Both]) -> Pairs:
    counts = {(one, other): 0 for one in (False, True) for other in (False, True)}
    problems: dict[str, list[int]] = {}
    families: dict[str, list[int]] = {}
    for (problem, _), one, other in both:
        counts[one.correct, other.correct] += 1
        for clusters, name in ((problems, problem), (families, other.family or problem)):
            sums = clusters.setdefault(name, [0, 0, 0, 0])
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
        families=tuple((a, b, c, d) for a, b, c, d in families.values()),
    )
