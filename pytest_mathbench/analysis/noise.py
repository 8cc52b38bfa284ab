"""Runs of one set-up against each other: how much pass rates move when nothing has changed."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist, stdev

from pytest_mathbench.analysis.comparison import Measured
from pytest_mathbench.analysis.statistics import detectable_drop
from pytest_mathbench.domains import in_order
from pytest_mathbench.record import Record
from pytest_mathbench.records import AttemptId

_Z = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise(Record):
    """One bucket over several runs; rates and shares from 0 to 1.

    `deviation` is the standard deviation of the runs' rates, `largest` the largest difference of two. `discordant` is
    the share of problems on which two runs disagree, on average. A gate that looks at points alone needs the `margin`
    to fail no more than 5 % of pairs of runs: 1.645 √(discordant / problems).
    """

    bucket: str
    problems: int
    rates: tuple[float, ...]
    deviation: float
    largest: float
    discordant: float

    @property
    def margin(self) -> float:
        """The margin that a gate on points alone would need."""
        return _Z * math.sqrt(self.discordant / self.problems)

    def fails_by_points(self, margin: float) -> float:
        """Return in what share of pairs of runs a gate on points alone would fail at this margin."""
        if not self.discordant:
            return 0.0
        return NormalDist().cdf(-margin / math.sqrt(self.discordant / self.problems))

    @property
    def detectable(self) -> float:
        """The smallest drop that "no worse than baseline" alone finds with 80 % power."""
        return detectable_drop(self.problems, max(self.discordant, 1 / (self.problems + 2)), 0.05)


def by_sample(attempts: Mapping[AttemptId, Measured]) -> list[dict[str, Measured]]:
    """Take a run of several samples apart: each sample is a run of its own."""
    samples = sorted({sample for _, sample in attempts})
    return [{problem: each for (problem, at), each in attempts.items() if at == sample} for sample in samples]


def noise(runs: Sequence[Mapping[str, Measured]]) -> list[Noise]:
    """Hold runs against each other, on the problems that all of them measured: by domain, by level, over all.

    Raises `ValueError` for fewer than two runs, or without a problem in common.
    """
    shared = set.intersection(*(set(run) for run in runs)) if runs else set()
    shared = {each for each in shared if len({run[each].text for run in runs}) == 1}
    if len(runs) < 2 or not shared:  # noqa: PLR2004 - a pair
        raise ValueError(f"{len(runs)} runs with {len(shared)} problems in common cannot show noise")
    return [_noise(bucket, names, runs) for bucket, names in _buckets(shared, runs[0])]


def _buckets(shared: set[str], run: Mapping[str, Measured]) -> Iterator[tuple[str, list[str]]]:
    for domain in in_order({run[each].domain for each in shared}):
        yield domain, [each for each in sorted(shared) if run[each].domain == domain]
    for level in sorted({run[each].level for each in shared}):
        yield f"level{level}", [each for each in sorted(shared) if run[each].level == level]
    yield "overall", sorted(shared)


def _noise(bucket: str, names: Sequence[str], runs: Sequence[Mapping[str, Measured]]) -> Noise:
    rates = tuple(sum(run[each].correct for each in names) / len(names) for run in runs)
    pairs = list(combinations(runs, 2))
    disagreeing = sum(one[each].correct != other[each].correct for one, other in pairs for each in names)
    return Noise(
        bucket=bucket,
        problems=len(names),
        rates=rates,
        deviation=stdev(rates),
        largest=max(rates) - min(rates),
        discordant=disagreeing / (len(pairs) * len(names)),
    )
