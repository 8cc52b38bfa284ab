"""A run problem by problem, in the order that was drawn before it: all that gates that decide early look at.

Looks are at beginnings of that order, never at what happens to be complete: short answers come first, and right ones
are short.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isnan, nan
from statistics import fmean
from typing import NamedTuple

from pytest_mathbench.analysis.betting import AGREEMENT, EARLY, Bet
from pytest_mathbench.analysis.buckets import Bucket, Cell
from pytest_mathbench.analysis.comparison import Measured, by_problem
from pytest_mathbench.domains import in_order
from pytest_mathbench.recording.order import Place
from pytest_mathbench.records import AttemptId


@dataclass(frozen=True, slots=True)
class Unit:
    """One problem of the order: its measured attempts, and the baseline's on the same text."""

    place: Place
    run: tuple[Measured, ...]
    before: tuple[Measured, ...] = ()

    @property
    def rate(self) -> float:
        """The share of its attempts that are right; NaN if none was measured."""
        return _mean([each.correct for each in self.run])

    @property
    def difference(self) -> float:
        """How much higher that is than the baseline's; NaN unless both have measured it."""
        return self.rate - _mean([each.correct for each in self.before])


@dataclass(frozen=True, slots=True)
class Course:
    """The whole order, and the units at its beginning of which every attempt is made, measured or not.

    `paired` are the problems that the baseline has measured. `faults` says after how many problems there was the first
    attempt that was not measured, then the second, and so on.
    """

    places: Sequence[Place]
    units: Sequence[Unit]
    paired: Collection[str] = ()
    faults: Sequence[int] = ()

    @property
    def cells(self) -> list[Cell]:
        """The cells of the whole order, in the order of reports."""
        domains = in_order({each.domain for each in self.places})
        found = {(each.domain, each.level) for each in self.places}
        return sorted(found, key=lambda cell: (domains.index(cell[0]), cell[1]))

    def sample(self, bucket: Bucket, *, paired: bool = False, of_this_kind: bool = False) -> "Sample":
        """Return a bucket's units so far; `paired` are those that the baseline has measured as well.

        Of problems `of_this_kind` the first of each family counts only: a further one is no problem of its own.
        """
        numbers = list(self._numbers(bucket, paired=paired, of_this_kind=of_this_kind))
        made = [(number, self.units[number - 1]) for number in numbers if number <= len(self.units)]
        return Sample([number for number, _ in made], [unit for _, unit in made], len(numbers))

    def _numbers(self, bucket: Bucket, *, paired: bool, of_this_kind: bool) -> Iterator[int]:
        families: set[str] = set()
        for number, place in enumerate(self.places, start=1):
            if not bucket.holds((place.domain, place.level)) or (paired and place.problem not in self.paired):
                continue
            if of_this_kind and place.family:
                if place.family in families:
                    continue
                families.add(place.family)
            yield number


class Sample(NamedTuple):
    """The units of a bucket that are made, each with its number in the order, from 1; and how many there will be."""

    at: list[int]
    units: list[Unit]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a gate that is decided early asks of one bucket: whether its values are at least 0 on average.

    `at` is after how many problems of the order each of `values` is known, which lie from `low` to `high`, and are NaN
    where nothing was measured; `shown` is what people read instead, a rate or a difference. `size` is the number of
    values in the whole run. `drops` are there where a fail needs the proof of a drop. A `doubt` is what a sentence
    "with confidence" leaves: it is about problems of this kind, so that there is no last one; a family is one value.
    """

    subject: str
    at: Sequence[int]
    values: Sequence[float]
    shown: Sequence[float]
    low: float
    high: float
    size: int
    drops: Sequence[float] | None = None
    doubt: float | None = None

    def bet(self, comparisons: int, error: float) -> Bet:
        """Return the bet that decides it, one of so many in a run whose whole error is `error`."""
        bet = Bet(values=self.values, low=self.low, high=self.high, size=self.size, fails=EARLY / comparisons)
        if self.doubt is not None:
            early = self.doubt * EARLY / error
            return replace(bet, size=inf, passes=early, fails=early / comparisons)
        if self.drops is not None:
            return replace(bet, fails=AGREEMENT, drops=self.drops, by_chance=EARLY / comparisons)
        return bet

    def shown_until(self, number: int) -> tuple[float | None, int]:
        """Return the mean of what people read after so many problems of the order, and of how many it is."""
        found = [each for at, each in zip(self.at, self.shown, strict=True) if at <= number and not isnan(each)]
        return (fmean(found) if found else None), len(found)


def course(
    places: Sequence[Place],
    samples: int,
    found: Mapping[AttemptId, Measured | None],
    baseline: Mapping[AttemptId, Measured] | None,
) -> Course:
    """Follow the order as far as all attempts of each problem are made; None stands for one that was not measured."""
    units: list[Unit] = []
    faults: list[int] = []
    before = by_problem(baseline or {})
    for number, place in enumerate(places, start=1):
        attempts = [(place.problem, sample) for sample in range(samples)]
        if not all(attempt in found for attempt in attempts):
            break
        run = tuple(each for attempt in attempts if (each := found[attempt]))
        faults += [number] * (samples - len(run))
        text = run[0].text if run else ""
        units.append(Unit(place, run, tuple(each for each in before.get(place.problem, ()) if each.text == text)))
    return Course(places, units, before.keys(), faults)


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else nan
