"""Two runs on the same problems, pair by pair."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pytest_mathbench.analysis.buckets import Bucket
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
    """Problems that both runs measured. A problem's samples are averaged: one run may have more of them.

    `problems` holds, for each, (right, measured) of the first run and of the second; `families` names that of each.
    """

    problems: tuple[tuple[int, int, int, int], ...]
    families: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many pairs there are; of several samples, how many pairs of single ones tell as much of their noise.

        The variance of a problem's difference goes with 1/k + 1/m for k samples against m, which is 2 for a pair.
        """
        return round(math.fsum(map(_worth, self.problems)))

    @property
    def first(self) -> Score:
        """The first run's score on them."""
        return self._score(0)

    @property
    def second(self) -> Score:
        """The second run's."""
        return self._score(2)

    def _score(self, side: int) -> Score:
        pairs = zip(self.families, self.problems, strict=True)
        return Score.of((family, each[side], each[side + 1]) for family, each in pairs)

    @property
    def only_first(self) -> int:
        """In how many pairs just the first is right, if a problem's samples are paired in every way."""
        return round(math.fsum(_worth(each) * each[0] / each[1] * (1 - each[2] / each[3]) for each in self.problems))

    @property
    def only_second(self) -> int:
        """In how many just the second."""
        return round(math.fsum(_worth(each) * (1 - each[0] / each[1]) * each[2] / each[3] for each in self.problems))

    @property
    def sampled(self) -> bool:
        """Whether a problem has more than one sample, in either run."""
        return any(each[1] + each[3] > 2 for each in self.problems)  # noqa: PLR2004 - one of each

    @property
    def difference(self) -> Difference:
        """The second rate less the first, with its 95 % interval for problems of this kind."""
        return self.difference_at(0.95)

    def difference_at(self, confidence: float) -> Difference:
        """Return the second rate less the first, each problem counting the same, for problems of this kind.

        A family is one cluster; where it has several problems, or they several samples, the interval is by clusters.
        """
        if not self.sampled and len(set(self.families)) == len(self.families):
            return paired_difference(self.count, self.only_first, self.only_second, confidence)
        rates = ((right / of, 1, right_after / of_after, 1) for right, of, right_after, of_after in self.problems)
        return clustered_difference(self._by_family(rates), confidence)

    def _by_family(self, found: Iterable[tuple[float, ...]]) -> list[Any]:
        """Add up what was found of each problem by family."""
        sums: dict[str, tuple[float, ...]] = {}
        for family, each in zip(self.families, found, strict=True):
            before = sums.get(family)
            sums[family] = each if before is None else tuple(map(sum, zip(before, each, strict=True)))
        return list(sums.values())

    def worse_by_chance(self, *, mid: bool = False) -> float:
        """Return the one-sided p-value, or mid-p, of a worse second run on these problems.

        Samples are dealt anew within each problem. Of one sample a problem that is the exact McNemar test.
        """
        if not self.sampled:
            return worse_by_chance(self.only_first, self.only_second, mid=mid)
        return worse_by_permutation(self.problems, mid=mid)

    @property
    def p_value(self) -> float | None:
        """The exact McNemar test's; None where several samples of a problem forbid it."""
        return None if self.sampled else mcnemar(self.only_first, self.only_second)

    @property
    def detectable(self) -> float:
        """The smallest difference that a test of so many pairs finds with 80 % power, at the discordance seen."""
        return detectable_difference(self.count, (self.only_first + self.only_second + 1) / (self.count + 2))


def _worth(problem: tuple[int, int, int, int]) -> float:
    """Return how many pairs of single attempts a problem's samples are worth: the harmonic mean of their numbers."""
    _, before, _, after = problem
    return 2 * before * after / (before + after)


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
    """Two runs on what both measured. `unpaired` attempts are at problems that one of them did not, or at another text.

    Rates are of all samples of a problem; costs and durations of the samples that both have, by their numbers.
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
    """Pair two runs' attempts by problem; None if no problem was measured by both."""
    problems = _paired(before, after)
    if not problems:
        return None
    domains = in_order({each.domain for each in problems.values()})
    levels = sorted({each.level for each in problems.values()})
    cells = [(domain, level) for domain in domains for level in levels]
    matched = [(one, after[attempt]) for attempt, one in before.items() if attempt in after and attempt[0] in problems]

    def pairs(bucket: Bucket) -> Pairs:
        held = [each for each in problems.values() if bucket.holds((each.domain, each.level))]
        return Pairs(tuple(each.sums for each in held), tuple(each.family for each in held))

    return Comparison(
        pairs=pairs(Bucket()),
        domains={domain: pairs(Bucket(domain)) for domain in domains},
        levels={level: pairs(Bucket(level=level)) for level in levels},
        cells={cell: found for cell in cells if (found := pairs(Bucket(*cell))).problems},
        costs=(sum((one.cost for one, _ in matched), NOTHING), sum((other.cost for _, other in matched), NOTHING)),
        unpaired=sum(problem not in problems for problem, _ in (*before, *after)),
        program_seconds=list(_program_seconds(matched)),
    )


class _Paired(NamedTuple):
    """A problem that two runs have measured: its place, and (right, measured) of the one and of the other."""

    domain: str
    level: int
    family: str
    sums: tuple[int, int, int, int]


def _paired(before: Mapping[AttemptId, Measured], after: Mapping[AttemptId, Measured]) -> dict[str, _Paired]:
    """Return the problems of which both have measured the same text; one without a family is its own."""
    first, second = by_problem(before), by_problem(after)
    found = {}
    for problem, ours in first.items():
        theirs = [each for each in second.get(problem, ()) if each.text == ours[0].text]
        if theirs:
            place = theirs[0]
            sums = (sum(e.correct for e in ours), len(ours), sum(e.correct for e in theirs), len(theirs))
            found[problem] = _Paired(place.domain, place.level, place.family or problem, sums)
    return found


def by_problem(attempts: Mapping[AttemptId, Measured]) -> dict[str, list[Measured]]:
    """Return the attempts of each problem together."""
    problems: dict[str, list[Measured]] = {}
    for (problem, _), each in attempts.items():
        problems.setdefault(problem, []).append(each)
    return problems


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


def _program_seconds(matched: Iterable[tuple[Measured, Measured]]) -> Iterator[tuple[float, float]]:
    for one, other in matched:
        if one.program_seconds is not None and other.program_seconds is not None:
            yield one.program_seconds, other.program_seconds
