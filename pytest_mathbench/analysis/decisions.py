"""Gates and what was measured → a decision on each gate.

What a gate asks is its own business (`analysis.gates`); here is what holds for all of them. Each gate states its
grounds, one for each bucket or measure that it is about. Where a ground rests on a test of significance, all such tests
of a run are one family: the chance of any false FAIL among them is at most 5 % (Holm 1979).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar, Self

from pytest_mathbench.analysis.buckets import Bucket, Cell
from pytest_mathbench.analysis.comparison import Comparison, Measured, Pairs, compare
from pytest_mathbench.analysis.course import Course, Question
from pytest_mathbench.analysis.intervals import Repeats
from pytest_mathbench.analysis.outlook import Certified
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.analysis.statistics import ERROR, holm
from pytest_mathbench.domains import in_order
from pytest_mathbench.record import Record
from pytest_mathbench.records import AttemptId

ERROR_RATE = (
    "of the runs of an unchanged model at most 5% fail a comparison with the baseline, sampling noise included, all "
    "required gates together"
)
"""What the error is of, as reports say it."""

MID_P = "by mid-p, which is not exact, about as many"
"""What is to be said besides, where a gate is decided so."""

Measurements = Mapping[AttemptId, Measured]


class Status(StrEnum):
    """What became of a gate."""

    PASS = "PASS"  # noqa: S105 - not a password
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


EXIT_STATUS = {Status.PASS: 0, Status.FAIL: 1, Status.INCONCLUSIVE: 6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Significance(Record):
    """Whether chance alone may have made a drop, by pairs of which `discordant` came out differently in the two runs.

    `p_value` is one-sided; in a decision it is adjusted for all `comparisons` of the run. `detectable` is the smallest
    drop that would be found with 80 % power, from 0 to 1; None until the decision is explained. `mid_p` is of a gate
    that asks for the mid-p.
    """

    p_value: float
    discordant: int
    comparisons: int = 1
    detectable: float | None = None
    mid_p: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground(Record):
    """What a decision rests on: what was measured of one `subject`, its numbers, and a sentence of them.

    `value` is a rate from 0 to 1, a difference of two rates from -1 to 1, seconds, tokens, or a ratio to the baseline;
    a difference or ratio is of `run` and `baseline`. `low` and `high` are the bounds that the sentence states, and
    `count` the attempts, programs, levels or pairs that the value is of. A number is None where there is none.
    """

    status: Status
    subject: str = ""
    sentence: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    count: int | None = None
    run: float | None = None
    baseline: float | None = None
    significance: Significance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Record):
    """What became of one gate, and on what grounds. One that is `advisory` is shown, and decides nothing."""

    status: Status
    gate: str
    grounds: tuple[Ground, ...]
    advisory: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What gates are decided on: a run's measured attempts, a baseline's, and how many were not measured."""

    run: Measurements
    baseline: Measurements | None = None
    not_measured: int = 0
    left: float = 1.0
    """What share of every error is left to be made: all of it, unless earlier looks have had some."""
    comparison: Comparison | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "comparison", compare(self.baseline, self.run) if self.baseline else None)

    @property
    def cells(self) -> list[Cell]:
        """The cells that were measured, in the order of reports."""
        domains = in_order({each.domain for each in self.run.values()})
        found = {(each.domain, each.level) for each in self.run.values()}
        return sorted(found, key=lambda cell: (domains.index(cell[0]), cell[1]))

    def score(self, bucket: Bucket, hit: Callable[[Measured], bool | None]) -> Score:
        """Return how many of a bucket's attempts hit, of those that count (`hit` is not None), in their clusters."""
        problems: dict[str, tuple[int, int]] = {}
        families: dict[str, str] = {}
        for (problem, _), each in self.run.items():
            if bucket.holds((each.domain, each.level)) and (found := hit(each)) is not None:
                right, count = problems.get(problem, (0, 0))
                problems[problem] = right + found, count + 1
                families[problem] = each.family or problem
        score = Score.of((families[problem], *found) for problem, found in problems.items())
        return replace(score, repeats=Repeats.of(problems.values()))

    def pairs(self, bucket: Bucket) -> Pairs | None:
        """Return a bucket's attempts that the baseline has measured as well; None where there are none."""
        if (comparison := self.comparison) is None:
            return None
        if bucket.domain is not None and bucket.level is not None:
            return comparison.cells.get((bucket.domain, bucket.level))
        if bucket.domain is not None:
            return comparison.domains.get(bucket.domain)
        return comparison.pairs if bucket.level is None else comparison.levels.get(bucket.level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(ABC):
    """One sentence that a run must meet, read. A subclass is one form of sentence.

    `examples` are sentences of this form. A form that `compares` needs a baseline. Unless it is `late` it asks
    questions of a course, by which it may be decided early. A gate that is `advisory` is decided and never fails a run.
    """

    text: str
    advisory: bool = False

    examples: ClassVar[tuple[str, ...]]
    compares: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def read(cls, sentence: str, domains: Collection[str]) -> Self | None:
        """Read a sentence on problems of these domains; None if it is of another form.

        Raises `ValueError` for one of this form that means nothing.
        """

    @property
    def needs(self) -> Bucket:
        """The problems without which it means nothing."""
        return Bucket()

    @property
    def late(self) -> str:
        """Why nothing before the last attempt can decide it; empty if its questions may."""
        return ""

    @property
    def allows(self) -> tuple[str, float, float] | None:
        """The subject whose value it keeps within (low, high); None if it does not name such values."""
        return None

    @abstractmethod
    def grounds(self, evidence: Evidence) -> list[Ground]:
        """Return what was measured, each ground with its own status, on which the worst of them decides.

        A FAIL that has a `significance` stands only if chance does not explain it; that is looked into afterwards.
        """

    def prospects(self, sizes: Mapping[Cell, int], known: Certified) -> list[str]:  # noqa: ARG002 - comparisons need it
        """Say what so many problems a cell will not decide, by what is known of the noise."""
        return []

    def questions(self, course: Course) -> list[Question]:  # noqa: ARG002 - forms that can settle need it
        """Return what is asked early, one question for each bucket, on as much of the order as is made."""
        return []

    def written(self, value: float) -> str:
        """Write what a question shows: a rate, unless a form says otherwise."""
        return f"{value:.1%}"

    def explain(self, ground: Ground) -> Ground:
        """Complete a ground that is decided with what people want to read, however long that takes to compute."""
        return ground


def decide(gates: Sequence[Gate], evidence: Evidence, allowed: int = 0) -> list[Decision]:
    """Return the decision on each gate; and one more, if more than `allowed` attempts were not measured."""
    decisions = []
    for gate, grounds in zip(gates, _grounds(gates, evidence), strict=True):
        explained = tuple(map(gate.explain, grounds))
        status = _worst_of(grounds)
        decisions.append(Decision(status=status, gate=gate.text, grounds=explained, advisory=gate.advisory))
    if evidence.not_measured > allowed:
        sentence = f"{evidence.not_measured} attempts were not measured; --mathbench-unmeasured allows {allowed}"
        decisions.append(undecided("everything is measured", sentence, evidence.not_measured))
    return decisions


def statuses(gates: Sequence[Gate], evidence: Evidence) -> list[Status]:
    """Return what becomes of each gate, and nothing else: this takes a moment less than `decide`."""
    return list(map(_worst_of, _grounds(gates, evidence)))


def undecided(gate: str, sentence: str, count: int | None = None) -> Decision:
    """Return that something which all gates presuppose is not so."""
    ground = Ground(status=Status.INCONCLUSIVE, sentence=sentence, count=count)
    return Decision(status=Status.INCONCLUSIVE, gate=gate, grounds=(ground,))


def overall(decisions: Sequence[Decision]) -> Status:
    """Return what all decisions together come to; advisory ones count for nothing."""
    return worst([decision.status for decision in decisions if not decision.advisory])


def worst(found: Collection[Status]) -> Status:
    """Return what several statuses come to: one that fails decides, then one that is inconclusive."""
    return next((status for status in (Status.FAIL, Status.INCONCLUSIVE) if status in found), Status.PASS)


def _worst_of(grounds: Sequence[Ground]) -> Status:
    return worst([ground.status for ground in grounds])


def _grounds(gates: Sequence[Gate], evidence: Evidence) -> list[list[Ground]]:
    """Return each gate's grounds, the significance of all of them corrected together, those of advisory ones apart."""
    found = [gate.grounds(evidence) for gate in gates]
    for tier in (False, True):
        _correct(found, [number for number, gate in enumerate(gates) if gate.advisory == tier], ERROR * evidence.left)
    return found


def _correct(found: list[list[Ground]], gates: Sequence[int], error: float) -> None:
    """Let a drop fail only if it is not chance, as one of all comparisons of these gates."""
    tested = [
        (number, place, ground, ground.significance)
        for number in gates
        for place, ground in enumerate(found[number])
        if ground.significance
    ]
    adjusted = holm([significance.p_value for *_, significance in tested])
    for (number, place, ground, significance), p_value in zip(tested, adjusted, strict=True):
        found[number][place] = replace(
            ground,
            status=Status.FAIL if ground.status == Status.FAIL and p_value <= error else Status.PASS,
            significance=replace(significance, p_value=p_value, comparisons=len(tested)),
        )
