"""Comparisons with a baseline: `every domain no worse than baseline by more than 5 points`.

Without "with confidence", FAIL needs a drop beyond the margin that chance does not explain: the exact one-sided McNemar
test, or its mid-p if the sentence ends in "by mid-p", corrected for all such comparisons of the run. With it, PASS and
FAIL each need the one-sided bound of the paired difference; between them the gate is INCONCLUSIVE.
"""

import math
import re
from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from pytest_mathbench.analysis import buckets
from pytest_mathbench.analysis.buckets import Bucket, Cell, Every
from pytest_mathbench.analysis.comparison import Pairs
from pytest_mathbench.analysis.course import Course, Question
from pytest_mathbench.analysis.decisions import Evidence, Gate, Ground, Significance, Status
from pytest_mathbench.analysis.gates.grammar import CONFIDENCE, NUMBER, confidence, share
from pytest_mathbench.analysis.outlook import POWER, Certified, Setup, detectable, needed, passes, problems_to_find
from pytest_mathbench.analysis.statistics import ERROR, detectable_drop

_LARGE = 0.1
"""A drop that a gate should find, whatever its margin."""

_SENTENCE = re.compile(
    rf"(.+?)\s+no\s+worse\s+than\s+baseline(?:\s+by\s+more\s+than\s+{NUMBER}\s+points?)?{CONFIDENCE}"
    rf"(,?\s+by\s+mid-p)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _NoWorse(Gate):
    """A drop of at most `margin`, a difference of rates from 0 to 1, in a bucket or in each bucket of a kind."""

    compares: ClassVar = True

    subject: Bucket | Every
    margin: float

    @property
    def needs(self) -> Bucket:
        """The bucket itself; of every one, any problem."""
        return self.subject if isinstance(self.subject, Bucket) else Bucket()

    def questions(self, course: Course) -> list[Question]:
        """Ask of each bucket whether its problems' differences, with the margin added, are at least 0 on average."""
        return [self._question(bucket, course) for bucket in self.subject.among(course.cells)]

    def _question(self, bucket: Bucket, course: Course, doubt: float | None = None) -> Question:
        sample = course.sample(bucket, paired=True, of_this_kind=doubt is not None)
        differences = [unit.difference for unit in sample.units]
        return Question(
            subject=bucket.name,
            at=sample.at,
            values=[each + self.margin for each in differences],
            shown=differences,
            low=self.margin - 1,
            high=self.margin + 1,
            size=sample.size,
            drops=None if doubt is not None else [-each for each in differences],
            doubt=doubt,
        )

    def prospects(self, sizes: Mapping[Cell, int], known: Certified) -> list[str]:
        """Say of which buckets so many problems will not decide it."""
        found = []
        for bucket in self.subject.among(list(sizes)):
            problems = sum(count for cell, count in sizes.items() if bucket.holds(cell))
            if problems and (said := self._hopeless(problems, known)):
                found.append(f"{self.text!r}: {bucket.name}: {said}")
            elif problems and (discordant := known.discordant(bucket.name)) is not None:
                setup = Setup(
                    problems=problems,
                    discordant=discordant,
                    margin=self.margin,
                    comparisons=known.comparisons,
                    samples=known.samples,
                )
                if said := self._prospect(setup):
                    found.append(f"{self.text!r}: {bucket.name}: {said}")
        return found

    def _hopeless(self, problems: int, known: Certified) -> str:  # noqa: ARG002 - a test needs them
        """Say why so many problems can decide nothing at all; nothing if they can."""
        return ""

    @abstractmethod
    def _prospect(self, setup: Setup) -> str:
        """Say what a set-up will not decide; nothing if it will."""

    def written(self, value: float) -> str:
        """Write a difference of rates."""
        return f"{100 * value:+.1f} points"

    def grounds(self, evidence: Evidence) -> list[Ground]:
        """Hold each bucket's pairs against the margin."""
        return [
            self._ground(bucket.name, pairs, evidence.left)
            if (pairs := evidence.pairs(bucket))
            else Ground(
                status=Status.INCONCLUSIVE,
                subject=bucket.name,
                sentence=f"{bucket.name}: nothing was measured in both runs",
            )
            for bucket in self.subject.among(evidence.cells)
        ]

    @abstractmethod
    def _ground(self, subject: str, pairs: Pairs, left: float) -> Ground:
        """Hold pairs against the margin, with what share of its error is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWorse(_NoWorse):
    """It fails if the drop is larger than the margin, and is not chance."""

    examples: ClassVar = ("every domain no worse than baseline by more than 5 points",)

    mid_p: bool = False

    @classmethod
    def read(cls, sentence: str, domains: Collection[str]) -> Self | None:
        """Read a comparison that names no confidence."""
        match = _SENTENCE.fullmatch(sentence)
        if not match or match[3] is not None:
            return None
        subject, margin = buckets.read(match[1], domains), share(match[2] or "0")
        return cls(text=sentence, subject=subject, margin=margin, mid_p=match[4] is not None)

    def _ground(self, subject: str, pairs: Pairs, left: float) -> Ground:  # noqa: ARG002 - corrected with the others
        return Ground(
            status=Status.FAIL if -pairs.difference.value > self.margin else Status.PASS,
            subject=subject,
            value=pairs.difference.value,
            count=pairs.count,
            run=pairs.second.rate,
            baseline=pairs.first.rate,
            significance=Significance(
                p_value=pairs.worse_by_chance(mid=self.mid_p),
                discordant=pairs.only_first + pairs.only_second,
                mid_p=self.mid_p,
            ),
        )

    def _hopeless(self, problems: int, known: Certified) -> str:
        """Say so if a model that lost every sample of every problem would not fail: that it is chance is too likely."""
        chance = math.comb(2 * known.samples, known.samples) ** -problems * known.comparisons
        if chance <= ERROR:
            return ""
        enough = math.ceil(math.log(known.comparisons / ERROR, math.comb(2 * known.samples, known.samples)))
        return f"of {problems} problems it cannot fail, even if all are lost: there must be {enough} at least"

    def _prospect(self, setup: Setup) -> str:
        """Say which drop is found, if that is more than twice the margin and more than ten points."""
        if (drop := detectable(setup)) <= max(2 * self.margin, _LARGE):
            return ""
        found = problems_to_find(setup, max(2 * self.margin, _LARGE))
        enough = f"; {found:,} problems would find one of {100 * max(2 * self.margin, _LARGE):.0f}" if found else ""
        return f"of {setup.problems:,} problems only a drop of {100 * drop:.0f} points is found in 80% of runs{enough}"

    def explain(self, ground: Ground) -> Ground:
        """Say what the p-value is, and which drop so many pairs would show at the discordance that was seen."""
        if ground.significance is None or ground.value is None or ground.count is None:
            return ground  # there were no pairs
        found = ground.significance
        share_of_discordant = (found.discordant + 1) / (ground.count + 2)
        drop = detectable_drop(ground.count, share_of_discordant, ERROR / found.comparisons, self.margin)
        may_be = ", which may be chance" if ground.status == Status.PASS and -ground.value > self.margin else ""
        several = f" corrected for {found.comparisons} comparisons" if found.comparisons > 1 else ""
        chance = f"{'mid-p' if found.mid_p else 'p'} {found.p_value:.3f}{several}"
        return replace(
            ground,
            significance=replace(found, detectable=drop),
            sentence=f"{ground.subject} {100 * ground.value:+.1f} points{may_be} ({ground.count} pairs, {chance}; a "
            f"drop of {100 * drop:.0f} would be found with 80% power)",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenNoWorse(_NoWorse):
    """It passes if the bound of the difference excludes a larger drop, and fails if the other bound proves one."""

    examples: ClassVar = ("overall no worse than baseline by more than 2 points with 95% confidence",)

    confidence: float

    @classmethod
    def read(cls, sentence: str, domains: Collection[str]) -> Self | None:
        """Read a comparison that names a confidence."""
        match = _SENTENCE.fullmatch(sentence)
        if not match or (sure := confidence(match[3])) is None:
            return None
        if match[4] is not None:
            raise ValueError(f"{sentence!r}: with confidence a bound decides, and no p-value: leave out 'by mid-p'")
        subject = buckets.read(match[1], domains)
        return cls(text=sentence, subject=subject, margin=share(match[2] or "0"), confidence=sure)

    def _prospect(self, setup: Setup) -> str:
        """Say how often an unchanged model would pass, if that is in less than 80 % of runs."""
        if (share := passes(setup, self.confidence)) >= POWER:
            return ""
        enough = needed(setup, self.confidence)
        if enough is None:
            return f"without a margin an unchanged model would pass in {share:.0%} of runs, of any size"
        samples = -(-enough * setup.samples // setup.problems)
        would = f"{enough:,} problems or {samples} samples would do"
        return f"at this size an unchanged model would pass in {share:.0%} of runs; {would}"

    def questions(self, course: Course) -> list[Question]:
        """Ask the same of problems of this kind."""
        return [self._question(bucket, course, 1 - self.confidence) for bucket in self.subject.among(course.cells)]

    def _ground(self, subject: str, pairs: Pairs, left: float) -> Ground:
        difference = pairs.difference_at(1 - 2 * left * (1 - self.confidence))
        value, low, high = difference.value, difference.low, difference.high
        if low is None or high is None:
            return Ground(
                status=Status.INCONCLUSIVE,
                subject=subject,
                sentence=f"{subject} {100 * value:+.1f} points, of too few problems for a bound ({pairs.count} pairs)",
                value=value,
                count=pairs.count,
                run=pairs.second.rate,
                baseline=pairs.first.rate,
            )
        return Ground(
            status=Status.PASS if low >= -self.margin else Status.FAIL if high < -self.margin else Status.INCONCLUSIVE,
            subject=subject,
            sentence=f"{subject} {100 * value:+.1f} points, with {100 * self.confidence:g}% confidence above "
            f"{100 * low:+.1f}, and below {100 * high:+.1f}, for problems of this kind ({pairs.count} pairs)",
            value=value,
            low=low,
            high=high,
            count=pairs.count,
            run=pairs.second.rate,
            baseline=pairs.first.rate,
        )
