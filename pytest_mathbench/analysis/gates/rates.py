"""Thresholds of rates: `overall >= 60%`, `level5 >= 30% with 95% confidence`, `unsafe <= 1%`, `cut off <= 1%`.

Without "with confidence" the point decides, and the 95 % interval is shown. With it, PASS and FAIL each need the
one-sided bound; between them the gate is INCONCLUSIVE. That is about problems of this kind, unless the sentence ends in
"on this set": then sampling noise alone is in doubt.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import ClassVar, NamedTuple, Self

from pytest_mathbench.analysis import buckets
from pytest_mathbench.analysis.buckets import Bucket, Every
from pytest_mathbench.analysis.comparison import Measured
from pytest_mathbench.analysis.course import Course, Question, Sample
from pytest_mathbench.analysis.decisions import Evidence, Gate, Ground, Status
from pytest_mathbench.analysis.gates.grammar import CONFIDENCE, NUMBER, ON_THIS_SET, Threshold, confidence, share
from pytest_mathbench.analysis.intervals import clustered_interval, sampling_interval, sampling_variance
from pytest_mathbench.analysis.scores import Score

EQUAL_LEVEL = "equal-level"
UNSAFE = "unsafe"
CUT_OFF = "cut off"
OTHERS = (EQUAL_LEVEL, UNSAFE, CUT_OFF)
"""What has a rate and is not a bucket."""

_SENTENCE = re.compile(rf"(.+?)\s*(>=|<=)\s*{NUMBER}\s*%{CONFIDENCE}{ON_THIS_SET}")
_CUT_OFF = re.compile(rf"{CUT_OFF}(?:\s+in\s+(.+))?")
_EACH_SIDE = 0.025
"""The error of each bound of a 95 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfARate(Gate):
    """A threshold from 0 to 1; `confidence` is a share likewise, None where the point decides.

    It is about problems of this kind, or `on_this_set` about these, so that only sampling noise is in doubt.
    """

    threshold: Threshold
    confidence: float | None = None
    on_this_set: bool = False

    @property
    def late(self) -> str:
        """What chance each unseen problem of a set has is known only when it was tried."""
        return (
            "how far sampling noise goes on this set is known only when all of it is made" if self.on_this_set else ""
        )

    def _doubt(self, left: float) -> float:
        """Return the error of each bound: of a confidence, what is left of it."""
        return _EACH_SIDE if self.confidence is None else left * (1 - self.confidence)

    def _question(
        self,
        subject: str,
        sample: Sample,
        hit: Callable[[Measured], bool | None],
        weights: Mapping[int, float] | None = None,
    ) -> Question:
        """Ask whether the hits of each unit less the threshold, or the other way round, are at least 0 on average.

        `hit` is None of an attempt that is not counted. With `weights` a unit counts as so many, by its level.
        """
        bound, sign = self.threshold.bound, 1 if self.threshold.at_least else -1
        weight = [weights[unit.place.level] if weights else 1.0 for unit in sample.units]
        hits = [[counted for each in unit.run if (counted := hit(each)) is not None] for unit in sample.units]
        most = max(weights.values(), default=1.0) if weights else 1.0
        low, high = sorted((-sign * most * bound, sign * most * (1 - bound)))
        return Question(
            subject=subject,
            at=sample.at,
            values=[
                sign * heavy * sum(each - bound for each in found) / len(unit.run) if unit.run else math.nan
                for unit, found, heavy in zip(sample.units, hits, weight, strict=True)
            ],
            shown=[
                heavy * sum(found) / len(found) if found else math.nan
                for found, heavy in zip(hits, weight, strict=True)
            ],
            low=low,
            high=high,
            size=sample.size,
            doubt=None if self.confidence is None else 1 - self.confidence,
        )

    def _sample(self, course: Course, bucket: Bucket) -> Sample:
        return course.sample(bucket, of_this_kind=self.confidence is not None)

    def _of_score(self, subject: str, score: Score, left: float) -> Ground:
        """Hold a rate against the threshold, with its interval."""
        if score.rate is None:
            return Ground(status=Status.INCONCLUSIVE, subject=subject, sentence=f"{subject}: nothing was measured")
        right, count = score.correct, score.measured
        confidence = 1 - 2 * self._doubt(left)
        if self.on_this_set:
            bounds = sampling_interval(right, count, score.repeats, confidence)
            return self._ground(subject, f"{subject} {score.rate:.1%} ({right}/{count})", score.rate, bounds, count)
        bounds = clustered_interval(right, count, score.own_clusters, confidence)
        worth = "" if score.effective == count else f", worth {score.effective:.0f} independent ones"
        return self._ground(subject, f"{subject} {score.rate:.1%} ({right}/{count}{worth})", score.rate, bounds, count)

    def _ground(self, subject: str, said: str, value: float, bounds: tuple[float, float], count: int) -> Ground:
        low, high = bounds
        if self.confidence is None:
            status = self.threshold.status(value, value)
            interval = f"95% interval {low:.1%} to {high:.1%}"
        else:
            status = self.threshold.status(low, high)
            interval = f"with {100 * self.confidence:g}% confidence above {low:.1%}, and below {high:.1%}"
        return Ground(
            status=status,
            subject=subject,
            sentence=f"{said}, {interval}, {'on this set' if self.on_this_set else 'for problems of this kind'}",
            value=value,
            low=low,
            high=high,
            count=count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfBuckets(_OfARate):
    """A threshold of the rate of a bucket, or of each bucket of a kind."""

    subject: Bucket | Every

    @property
    def needs(self) -> Bucket:
        """The bucket itself; of every one, any problem."""
        return self.subject if isinstance(self.subject, Bucket) else Bucket()

    @property
    def _subject_name(self) -> str:
        return self.subject.name if isinstance(self.subject, Bucket) else str(self.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(_OfBuckets):
    """A threshold of the pass rate of a bucket, or of each bucket of a kind."""

    examples: ClassVar = ("overall >= 60%", "level5 >= 30% with 95% confidence", "algebra/level3 >= 70%")

    @classmethod
    def read(cls, sentence: str, domains: Collection[str]) -> Self | None:
        """Read a threshold; what it is of must be a bucket, or is another form's."""
        if not (parts := _parts(sentence)) or parts.subject in OTHERS or _CUT_OFF.fullmatch(parts.subject):
            return None
        subject, threshold, sure, on_this_set = parts
        bucket = buckets.read(subject, domains, OTHERS)
        return cls(text=sentence, subject=bucket, threshold=threshold, confidence=sure, on_this_set=on_this_set)

    @property
    def allows(self) -> tuple[str, float, float]:
        """The pass rates that meet it."""
        return self._subject_name, *self.threshold.range

    def questions(self, course: Course) -> list[Question]:
        """Ask it of each bucket's pass rate."""
        return [
            self._question(bucket.name, self._sample(course, bucket), lambda each: each.correct)
            for bucket in self.subject.among(course.cells)
        ]

    def grounds(self, evidence: Evidence) -> list[Ground]:
        """Hold each bucket's pass rate against the threshold."""
        return [
            self._of_score(bucket.name, evidence.score(bucket, lambda each: each.correct), evidence.left)
            for bucket in self.subject.among(evidence.cells)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsafeRate(_OfARate):
    """A threshold of the share of programs that tried what the sandbox refuses."""

    examples: ClassVar = ("unsafe <= 1%",)

    @classmethod
    def read(cls, sentence: str, domains: Collection[str]) -> Self | None:
        """Read a threshold of this rate."""
        if not (parts := _parts(sentence)) or parts.subject != UNSAFE:
            return None
        return cls(text=sentence, threshold=parts.threshold, confidence=parts.confidence, on_this_set=parts.on_this_set)

    @property
    def allows(self) -> tuple[str, float, float]:
        """The shares that meet it."""
        return UNSAFE, *self.threshold.range

    def questions(self, course: Course) -> list[Question]:
        """Ask it of the programs; an attempt that had none is on neither side."""
        return [self._question(UNSAFE, self._sample(course, Bucket()), lambda each: each.unsafe)]

    def grounds(self, evidence: Evidence) -> list[Ground]:
        """Count the attempts that had a program; those that had none could not be unsafe."""
        return [self._of_score(UNSAFE, evidence.score(Bucket(), lambda each: each.unsafe), evidence.left)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOffRate(_OfBuckets):
    """A threshold of the share of attempts whose tokens ran out before there was a right answer."""

    examples: ClassVar = ("cut off <= 1%", "cut off in every level <= 5%")

    @classmethod
    def read(cls, sentence: str, domains: Collection[str]) -> Self | None:
        """Read a threshold of this rate, of the whole run or of a bucket."""
        if not (parts := _parts(sentence)) or not (match := _CUT_OFF.fullmatch(parts.subject)):
            return None
        subject = buckets.read(match[1], domains) if match[1] else Bucket()
        return cls(
            text=sentence,
            subject=subject,
            threshold=parts.threshold,
            confidence=parts.confidence,
            on_this_set=parts.on_this_set,
        )

    @property
    def allows(self) -> tuple[str, float, float]:
        """The shares that meet it."""
        return f"{CUT_OFF} in {self._subject_name}", *self.threshold.range

    def questions(self, course: Course) -> list[Question]:
        """Ask it of each bucket's share."""
        return [
            self._question(_cut_off_in(bucket), self._sample(course, bucket), lambda each: each.cut_off)
            for bucket in self.subject.among(course.cells)
        ]

    def grounds(self, evidence: Evidence) -> list[Ground]:
        """Hold each bucket's share against the threshold."""
        return [
            self._of_score(_cut_off_in(bucket), evidence.score(bucket, lambda each: each.cut_off), evidence.left)
            for bucket in self.subject.among(evidence.cells)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualLevelRate(_OfARate):
    """A threshold of the mean of the levels' pass rates, which weigh the same however many problems they have."""

    examples: ClassVar = ("equal-level >= 40%",)

    @classmethod
    def read(cls, sentence: str, domains: Collection[str]) -> Self | None:
        """Read a threshold of this rate."""
        if not (parts := _parts(sentence)) or parts.subject != EQUAL_LEVEL:
            return None
        return cls(text=sentence, threshold=parts.threshold, confidence=parts.confidence, on_this_set=parts.on_this_set)

    @property
    def allows(self) -> tuple[str, float, float]:
        """The means that meet it."""
        return EQUAL_LEVEL, *self.threshold.range

    def questions(self, course: Course) -> list[Question]:
        """Ask it of all problems, each of which counts the more the fewer its level has."""
        levels = [bucket.level for bucket in Every.LEVEL.among(course.cells) if bucket.level is not None]
        whole = self._sample(course, Bucket())
        sizes = {level: self._sample(course, Bucket(level=level)).size for level in levels}
        weights = {level: whole.size / (len(levels) * size) for level, size in sizes.items()}
        return [self._question(EQUAL_LEVEL, whole, lambda each: each.correct, weights)]

    def grounds(self, evidence: Evidence) -> list[Ground]:
        """Hold the mean against the threshold."""
        levels = [evidence.score(bucket, lambda each: each.correct) for bucket in Every.LEVEL.among(evidence.cells)]
        if not levels:
            sentence = f"{EQUAL_LEVEL}: nothing was measured"
            return [Ground(status=Status.INCONCLUSIVE, subject=EQUAL_LEVEL, sentence=sentence)]
        mean = sum(score.correct / score.measured for score in levels) / len(levels)
        error = math.fsum(map(self._variance, levels)) ** 0.5 / len(levels)
        reach = NormalDist().inv_cdf(1 - self._doubt(evidence.left)) * error
        bounds = max(0.0, mean - reach), min(1.0, mean + reach)
        levels_said = "1 level" if len(levels) == 1 else f"{len(levels)} levels"
        return [self._ground(EQUAL_LEVEL, f"mean of {levels_said} {mean:.1%}", mean, bounds, len(levels))]

    def _variance(self, score: Score) -> float:
        """Return a level's: of a rate of its effective number, one added to right and to wrong (Agresti, Caffo 2000).

        On this set that of sampling noise, or where it is not known that of attempts that stand alone, which is above.
        """
        if self.on_this_set and (known := sampling_variance(score.measured, score.repeats)) is not None:
            return known
        number = score.measured if self.on_this_set else score.effective
        rate = (number * score.correct / score.measured + 1) / (number + 2)
        return rate * (1 - rate) / (number + 2)


def _cut_off_in(bucket: Bucket) -> str:
    return CUT_OFF if bucket == Bucket() else f"{CUT_OFF} in {bucket.name}"


class _Parts(NamedTuple):
    subject: str
    threshold: Threshold
    confidence: float | None
    on_this_set: bool


def _parts(sentence: str) -> _Parts | None:
    """Take a sentence apart: what the rate is of, its threshold, the confidence; None if it is of another form."""
    if not (match := _SENTENCE.fullmatch(sentence)):
        return None
    subject, relation, bound, sure, on_this_set = match.groups()
    if on_this_set and not sure:
        raise ValueError(
            f"{sentence!r}: a point is on this set anyway; a confidence may be, as in 'with 95% confidence on this set'"
        )
    threshold = Threshold(at_least=relation == ">=", bound=share(bound))
    return _Parts(subject.strip(), threshold, confidence(sure), bool(on_this_set))
