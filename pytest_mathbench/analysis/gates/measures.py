"""Gates on durations, tokens and cost: `execution p95 <= 2 s`, `cost <= 2.50`, `cost no more than 1.2 x baseline`.

The point decides. Durations, tokens and cost have no extremes: nothing is settled before the last attempt.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from pytest_mathbench.analysis.comparison import Measured
from pytest_mathbench.analysis.costs import total
from pytest_mathbench.analysis.decisions import Evidence, Gate, Ground, Measurements, Status
from pytest_mathbench.analysis.durations import Stage
from pytest_mathbench.analysis.gates.grammar import NUMBER, Threshold
from pytest_mathbench.analysis.statistics import spread

_VALUE = re.compile(rf"(.+?)\s*(>=|<=)\s*{NUMBER}\s*(s|tokens)?")
_RATIO = re.compile(rf"(.+?)\s+no\s+more\s+than\s+{NUMBER}\s*x\s+baseline")


class Statistic(StrEnum):
    """What is taken of many durations."""

    MEAN = "mean"
    MEDIAN = "median"
    P95 = "p95"


_SECONDS: dict[Stage, Callable[[Measured], float | None]] = {
    Stage.EXECUTION: lambda attempt: attempt.execution_seconds,
    Stage.GENERATION: lambda attempt: attempt.cost.seconds,
    Stage.PROGRAM_CPU: lambda attempt: attempt.program_seconds,
}
"""The stages that gates are about: how long an attempt spent on each, None if it never came to that."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A statistic of the seconds that a stage takes."""

    stage: Stage
    statistic: Statistic = Statistic.MEAN

    unit: ClassVar = " s"

    @property
    def name(self) -> str:
        """As in `execution p95`."""
        return f"{self.stage} {self.statistic}"

    def of(self, attempts: Measurements) -> float | None:
        """Return the statistic in seconds; None where there is nothing to measure."""
        seconds_of = _SECONDS[self.stage]
        found = spread([seconds for each in attempts.values() if (seconds := seconds_of(each)) is not None])
        if found is None:
            return None
        return {Statistic.MEAN: found.mean, Statistic.MEDIAN: found.p50, Statistic.P95: found.p95}[self.statistic]


@dataclass(frozen=True, slots=True)
class TokensPerProblem:
    """The completion tokens of all attempts by the number of problems."""

    unit: ClassVar = ""
    name: ClassVar = "tokens per problem"

    def of(self, attempts: Measurements) -> float | None:
        """Return the mean number of tokens; None where there is nothing to measure."""
        problems = {problem for problem, _ in attempts}
        return sum(each.cost.completion_tokens for each in attempts.values()) / len(problems) if problems else None


@dataclass(frozen=True, slots=True)
class Money:
    """What the model's tokens cost: all of them, or by what they were spent for."""

    name: str
    per: Callable[[Measurements], int]

    unit: ClassVar = ""

    def of(self, attempts: Measurements) -> float | None:
        """Return the amount, in the price's currency; None where an attempt's cost is unknown, or there is nothing."""
        spent, count = total(each.cost.money for each in attempts.values()), self.per(attempts)
        return spent / count if attempts and spent is not None and count else None


_MONEY = (
    Money("cost", lambda _: 1),
    Money("cost per problem", lambda attempts: len({problem for problem, _ in attempts})),
    Money("cost per right answer", lambda attempts: sum(each.correct for each in attempts.values())),
)

Measure = Duration | TokensPerProblem | Money

_MEASURES: dict[str, Measure] = {
    TokensPerProblem.name: TokensPerProblem(),
    **{money.name: money for money in _MONEY},
    **{stage: Duration(stage) for stage in _SECONDS},
    **{f"{stage} {statistic}": Duration(stage, statistic) for stage in _SECONDS for statistic in Statistic},
}
"""By what a sentence may call them; a duration without a statistic is its mean."""

NAMES = tuple(_MEASURES)

_LATE = "durations, tokens and cost have no bounds, so that nothing before the last attempt decides on them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value(Gate):
    """A threshold of a measure, in seconds, tokens or money."""

    examples: ClassVar = ("execution p95 <= 2 s", "cost <= 2.50")

    measure: Measure
    threshold: Threshold

    @classmethod
    def read(cls, sentence: str, domains: Collection[str]) -> Self | None:
        """Read a threshold of a duration, which names seconds, or of tokens, which may name them."""
        if not (match := _VALUE.fullmatch(sentence)) or not (measure := _MEASURES.get(match[1].strip())):
            return None
        if (match[4] == "s") != isinstance(measure, Duration) or (match[4] == "tokens" and isinstance(measure, Money)):
            return None
        threshold = Threshold(at_least=match[2] == ">=", bound=float(match[3]))
        return cls(text=sentence, measure=measure, threshold=threshold)

    @property
    def late(self) -> str:
        """A single attempt may yet move it by any amount."""
        return _LATE

    @property
    def allows(self) -> tuple[str, float, float]:
        """The values that meet it."""
        return self.measure.name, *self.threshold.range

    def grounds(self, evidence: Evidence) -> list[Ground]:
        """Hold the value against the threshold."""
        name = self.measure.name
        if (found := self.measure.of(evidence.run)) is None:
            sentence = _unknown(self.measure, evidence.run)
            return [Ground(status=Status.INCONCLUSIVE, subject=name, sentence=sentence)]
        status = self.threshold.status(found, found)
        sentence = f"{name} {found:.4g}{self.measure.unit}"
        return [Ground(status=status, subject=name, sentence=sentence, value=found, count=len(evidence.run))]


def _unknown(measure: Measure, attempts: Measurements) -> str:
    if isinstance(measure, Money) and any(each.cost.money is None for each in attempts.values()):
        return f"{measure.name}: the endpoint does not tell it; give --mathbench-price"
    return f"{measure.name}: nothing was measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Gate):
    """A bound of how many times the baseline's a measure is, on the attempts that both runs have measured."""

    examples: ClassVar = ("tokens per problem no more than 1.2 x baseline",)
    compares: ClassVar = True

    measure: Measure
    factor: float

    @classmethod
    def read(cls, sentence: str, domains: Collection[str]) -> Self | None:
        """Read a comparison of a measure."""
        if not (match := _RATIO.fullmatch(sentence)) or not (measure := _MEASURES.get(match[1].strip())):
            return None
        if not float(match[2]):
            raise ValueError(f"{sentence!r}: nothing is no more than 0 x baseline")
        return cls(text=sentence, measure=measure, factor=float(match[2]))

    @property
    def late(self) -> str:
        """A single attempt may yet move it by any amount."""
        return _LATE

    def grounds(self, evidence: Evidence) -> list[Ground]:
        """Hold the ratio against the factor."""
        name, baseline = self.measure.name, evidence.baseline or {}
        shared = [each for each in evidence.run if each in baseline and evidence.run[each].text == baseline[each].text]
        after = self.measure.of({each: evidence.run[each] for each in shared})
        before = self.measure.of({each: baseline[each] for each in shared})
        if after is None or not before:
            sentence = f"{name}: nothing was measured in both runs"
            return [Ground(status=Status.INCONCLUSIVE, subject=name, sentence=sentence)]
        ratio = after / before
        return [
            Ground(
                status=Status.PASS if ratio <= self.factor else Status.FAIL,
                subject=name,
                sentence=f"{name} {after:.4g}, in the baseline {before:.4g}: {ratio:.2f} x",
                value=ratio,
                count=len(shared),
                run=after,
                baseline=before,
            )
        ]
