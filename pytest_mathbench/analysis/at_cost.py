"""Runs at equal cost: what each had right when it had spent as much as the others.

An attempt's *path* is its standings: what its answer would have been, had it ended when it had cost so much. A *budget*
is how much an attempt may spend. The first completion is always made, since every strategy makes it, and what a shorter
one would have said nobody knows. Then the attempt goes on until the budget is used up, or until it ends by itself; a
completion that is not finished by then is paid for and thrown away. So at a budget B an attempt whose first completion
cost a, and which cost b in all, costs min(max(a, B), b), and its answer is that of the last standing that cost no more.
That needs no knowledge of what the next completion will cost, and so it can be done: `--mathbench-token-budget` does.

The mean cost grows with B without jumps, so that there is a budget for every mean cost from that of the first
completions to that of the whole run, and runs are compared at the same mean. The budgets are taken as given: what
there is of chance in them is in no interval.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import product

from pytest_mathbench.analysis.comparison import Pairs
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.analysis.statistics import Difference, holm
from pytest_mathbench.records import ItemResult, Outcome, Standing

MULTIPLES = (1.0, 1.25, 1.5, 2.0, 3.0)
"""Mean costs at which pass rates are told, in first completions of the first run."""

COMPARED = (1.5, 2.0)
"""Those at which runs are compared pair by pair."""

_POINTS = 61
"""Of a curve, at equal distances: what a picture can show."""

_ROUNDING = 1e-9


class Measure(StrEnum):
    """What a cost is counted in; each is the name of a field of `Standing`."""

    TOKENS = "completion_tokens"
    REQUESTS = "requests"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Path:
    """One attempt: its problem, by id, family and text, and its standings; the last is all that it cost."""

    problem: str
    family: str
    text: tuple[str, str]
    standings: tuple[Standing, ...]


def paths(results: Iterable[ItemResult]) -> list[Path]:
    """Return the path of each measured attempt.

    The last outcome is the run's own, with what a person ruled. Raises `ValueError` for a run whose strategy made
    several completions and did not write down what they would have come to.
    """
    return [
        Path(each.problem.id, each.problem.family, (each.problem.statement, each.problem.answer), _standings(each))
        for each in results
        if each.outcome is not None
    ]


def _standings(result: ItemResult) -> tuple[Standing, ...]:
    assert result.outcome is not None  # noqa: S101 - as above
    effort, completion = result.effort, result.completion
    if effort is None:
        tokens = (completion.prompt_tokens, completion.completion_tokens) if completion else (0, 0)
        return (
            Standing(
                requests=1,
                prompt_tokens=tokens[0],
                completion_tokens=tokens[1],
                seconds=completion.seconds if completion else 0.0,
                outcome=result.outcome,
            ),
        )
    if not effort.standings:
        raise ValueError("its attempts have no standings: it was recorded before they were kept; run it again")
    return (*effort.standings[:-1], replace(effort.standings[-1], outcome=result.outcome))


@dataclass(frozen=True, slots=True)
class At:
    """What a run has right at a budget: the mean cost of an attempt there, and the score of the answers it has then."""

    budget: float
    cost: float
    score: Score


@dataclass(frozen=True)
class Curve:
    """A run's pass rate as a function of what its attempts may spend, by one measure."""

    attempts: Sequence[Path]
    measure: Measure

    @cached_property
    def _costs(self) -> list[list[float]]:
        return [[float(getattr(each, self.measure)) for each in path.standings] for path in self.attempts]

    @cached_property
    def _knots(self) -> list[float]:
        """Between these budgets the mean cost grows in a straight line."""
        return sorted({each for costs in self._costs for each in (costs[0], costs[-1])})

    @cached_property
    def least(self) -> float:
        """The mean cost of the first completions."""
        return math.fsum(costs[0] for costs in self._costs) / len(self._costs)

    @cached_property
    def most(self) -> float:
        """The mean cost of the whole run."""
        return math.fsum(costs[-1] for costs in self._costs) / len(self._costs)

    def cost(self, budget: float) -> float:
        """Return the mean cost of an attempt at a budget: it grows with it, piece by piece in a straight line."""
        return math.fsum(min(max(costs[0], budget), costs[-1]) for costs in self._costs) / len(self._costs)

    def rights(self, budget: float) -> dict[str, tuple[int, int]]:
        """Return, of each problem, how many attempts are right at a budget, and how many there are."""
        found: dict[str, tuple[int, int]] = {}
        for path, costs in zip(self.attempts, self._costs, strict=True):
            standing = path.standings[max(0, bisect_right(costs, budget) - 1)]
            right, of = found.get(path.problem, (0, 0))
            found[path.problem] = right + (standing.outcome == Outcome.CORRECT), of + 1
        return found

    def budget(self, cost: float) -> float | None:
        """Return the budget of this mean cost; infinity if all is spent by then, None if it is below the least."""
        if cost < self.least * (1 - _ROUNDING):
            return None
        if cost >= self.most * (1 - _ROUNDING):
            return math.inf
        place = bisect_left(self._knots, cost, key=self.cost)
        if place == 0:
            return self._knots[0]
        low, high = self._knots[place - 1], self._knots[place]
        below, above = self.cost(low), self.cost(high)
        return low + (high - low) * (cost - below) / (above - below)

    def at(self, cost: float) -> At | None:
        """Return what is right at a mean cost, or at all that the run spends; None below the first completions."""
        budget = self.budget(cost)
        if budget is None:
            return None
        families = families_of(self.attempts)
        score = Score.of((families[problem], *found) for problem, found in self.rights(budget).items())
        return At(budget, self.cost(budget), score)

    def points(self) -> list[At]:
        """Return the curve from the first completions to the end, as a picture has room for."""
        steps = _POINTS - 1 if self.most > self.least else 0
        costs = [self.least + (self.most - self.least) * step / max(steps, 1) for step in range(steps + 1)]
        return [point for cost in costs if (point := self.at(cost))]


def families_of(attempts: Iterable[Path]) -> dict[str, str]:
    """Return the family of each problem; one that has none is its own."""
    return {path.problem: path.family or path.problem for path in attempts}


@dataclass(frozen=True, slots=True)
class Lead:
    """How far a run is ahead of a baseline, both given by their places, at so many times the unit of cost.

    `p_value` is two-sided, of the exact McNemar test, or of samples dealt anew within each problem; `corrected` holds
    the chance of any false finding among all that are compared with this baseline (Holm 1979).
    """

    baseline: int
    run: int
    multiple: float
    pairs: Pairs
    p_value: float
    corrected: float

    @property
    def difference(self) -> Difference:
        """The run's rate less the baseline's, with its 95 % interval, by families."""
        return self.pairs.difference


@dataclass(frozen=True)
class AtCost:
    """Several runs on the same problems, by one measure of cost."""

    curves: Sequence[Curve]
    baselines: Sequence[int]

    @property
    def unit(self) -> float:
        """The mean cost of a first completion of the first run."""
        return self.curves[0].least

    def row(self, run: int) -> list[At | None]:
        """Return what a run has right at each of `MULTIPLES`."""
        return [self.curves[run].at(multiple * self.unit) for multiple in MULTIPLES]

    def ahead(self, multiple: float) -> list[int]:
        """Return the runs that have most right at a mean cost, by what was seen, be it chance or not."""
        found = [self.curves[run].at(multiple * self.unit) for run in range(len(self.curves))]
        rates = {run: at.score.rate or 0.0 for run, at in enumerate(found) if at}
        best = max(rates.values(), default=0.0)
        return [run for run, rate in rates.items() if rate == best]

    def leads(self) -> list[Lead]:
        """Compare every run with each baseline at each of `COMPARED`, baselines with those before them only."""
        places = enumerate(self.baselines, 1)
        return [lead for number, baseline in places for lead in self._against(baseline, self.baselines[:number])]

    def _against(self, baseline: int, left_out: Sequence[int]) -> list[Lead]:
        others = [run for run in range(len(self.curves)) if run not in left_out]
        tested = [
            (run, multiple, pairs)
            for run, multiple in product(others, COMPARED)
            if (pairs := self._pairs(baseline, run, multiple * self.unit))
        ]
        p_values = [two_sided(pairs) for *_, pairs in tested]
        return [
            Lead(baseline, run, multiple, pairs, p_value, corrected)
            for (run, multiple, pairs), p_value, corrected in zip(tested, p_values, holm(p_values), strict=True)
        ]

    def _pairs(self, baseline: int, run: int, cost: float) -> Pairs | None:
        one, other = self.curves[baseline], self.curves[run]
        budgets = one.budget(cost), other.budget(cost)
        if budgets[0] is None or budgets[1] is None:
            return None
        before, after = one.rights(budgets[0]), other.rights(budgets[1])
        families = families_of(one.attempts)
        return Pairs(
            tuple((*found, *after[problem]) for problem, found in before.items()),
            tuple(families[problem] for problem in before),
        )


def two_sided(pairs: Pairs) -> float:
    """Return the two-sided p-value of equally good runs; of several samples twice the smaller one-sided one."""
    if (p_value := pairs.p_value) is not None:
        return p_value
    mirrored = Pairs(tuple((*each[2:], *each[:2]) for each in pairs.problems), pairs.families)
    return min(1.0, 2 * min(pairs.worse_by_chance(), mirrored.worse_by_chance()))


def at_cost(runs: Sequence[Sequence[Path]], baselines: Sequence[int] = (0,)) -> tuple[dict[Measure, AtCost], int]:
    """Compare runs on the problems that all have measured; return that, and how many problems are left out.

    `baselines` are places in `runs`. Raises `ValueError` if there is no such problem.
    """
    texts = [{path.problem: path.text for path in run} for run in runs]
    shared = _shared(texts)
    if not shared:
        raise ValueError("measured no problem in common")
    kept = [[path for path in run if path.problem in shared] for run in runs]
    every = set[str]().union(*texts)
    found = {measure: AtCost([Curve(each, measure) for each in kept], baselines) for measure in Measure}
    return found, len(every) - len(shared)


def _shared(texts: Sequence[Mapping[str, tuple[str, str]]]) -> set[str]:
    """Return the problems that all have, with the same statement and reference."""
    first, *others = texts
    return {problem for problem, text in first.items() if all(other.get(problem) == text for other in others)}
