"""The runs of a project over time: which of them make up one line, and where its pass rates changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pytest_mathbench.analysis.buckets import Bucket, Cell
from pytest_mathbench.analysis.changes import Change, find
from pytest_mathbench.analysis.comparison import NOTHING, Cost, Measured
from pytest_mathbench.analysis.decisions import Status
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.analysis.statistics import ERROR, Difference, clustered_difference
from pytest_mathbench.decides import Decides
from pytest_mathbench.domains import NO_LEVEL, in_order
from pytest_mathbench.recording.run_info import RunInfo, differences, sentence
from pytest_mathbench.records import AttemptId


@dataclass(frozen=True, slots=True)
class Solved:
    """How many of the attempts at a problem were measured, and are right."""

    domain: str
    level: int
    cluster: str
    """Its family, or itself."""
    right: int
    measured: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A run as a history needs it; `place` says where it was found.

    `gates` is what they came to, `wall_seconds` how long the run took; both are None where that is not known. `cost`
    is of the measured attempts.
    """

    place: str
    info: RunInfo
    problems: Mapping[str, Solved]
    cost: Cost
    gates: Status | None = None
    wall_seconds: float | None = None

    @property
    def started(self) -> datetime:
        """When it was started; what does not say so was long ago."""
        try:
            found = datetime.fromisoformat(self.info.started)
        except ValueError:
            return datetime.min.replace(tzinfo=UTC)
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    @property
    def measured(self) -> int:
        """How many attempts were measured."""
        return sum(each.measured for each in self.problems.values())

    @property
    def tokens_per_second(self) -> float | None:
        """How fast a request's tokens came, on average; None where that is not known."""
        return self.cost.completion_tokens / self.cost.seconds if self.cost.seconds else None

    def score(self, bucket: Bucket) -> Score:
        """Return its score on a bucket, for problems of this kind."""
        return Score.of(
            (each.cluster, each.right, each.measured)
            for each in self.problems.values()
            if bucket.holds((each.domain, each.level))
        )


def past(
    place: str,
    info: RunInfo,
    attempts: Mapping[AttemptId, Measured],
    gates: Status | None = None,
    wall_seconds: float | None = None,
) -> Past:
    """Add up a run's measured attempts."""
    problems: dict[str, Solved] = {}
    for (problem, _), each in attempts.items():
        before = problems.get(problem) or Solved(each.domain, each.level, each.family or problem, 0, 0)
        problems[problem] = replace(before, right=before.right + each.correct, measured=before.measured + 1)
    cost = sum((each.cost for each in attempts.values()), NOTHING)
    info = replace(info, order=())
    return Past(place=place, info=info, problems=problems, cost=cost, gates=gates, wall_seconds=wall_seconds)


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of one bucket: by how much the stretch of runs after it is better than that before, and how sure."""

    bucket: Bucket
    change: Change
    difference: Difference


@dataclass(frozen=True)
class Line:
    """Runs that can be compared, the oldest first."""

    runs: Sequence[Past]

    @cached_property
    def buckets(self) -> list[Bucket]:
        """The parts of the problems that are told apart: domains, levels, and all of them, which come last."""
        cells = {(each.domain, each.level) for run in self.runs for each in run.problems.values()}
        domains = [Bucket(domain) for domain in in_order({domain for domain, _ in cells})]
        levels = [Bucket(level=level) for level in sorted({level for _, level in cells} - {NO_LEVEL})]
        return [*(each for kind in (domains, levels) if len(kind) > 1 for each in kind), Bucket()]

    @cached_property
    def shifts(self) -> list[Shift]:
        """The changes that are told from noise, by where they are; all problems first.

        Half of the error is for all problems together, the other half for the other buckets in equal parts, so that of
        the histories of an unchanged model at most 5 % have any.
        """
        found = [shift for bucket in reversed(self.buckets) for shift in self._shifts(bucket)]
        return sorted(found, key=lambda shift: shift.change.first)

    def allowed(self, bucket: Bucket) -> float:
        """Return the chance of a false change of a bucket, over the whole history."""
        others = len(self.buckets) - 1
        if not others:
            return ERROR
        return ERROR / 2 if bucket == Bucket() else ERROR / 2 / others

    def settings_changed(self, change: Change) -> str:
        """Say in which settings the runs on either side of a change differ; what decides a comparison is equal."""
        before, after = (self.runs[number].info for number in change.between)
        return sentence(differences(before, after))

    @cached_property
    def _rows(self) -> list["_Row"]:
        """The problems, each with its counts in every run."""
        problems = {problem: each for run in self.runs for problem, each in run.problems.items()}
        nothing = Solved("", NO_LEVEL, "", 0, 0)
        counts = ([run.problems.get(problem, nothing) for run in self.runs] for problem in problems)
        return [
            _Row((each.domain, each.level), each.cluster, [run.right for run in row], [run.measured for run in row])
            for each, row in zip(problems.values(), counts, strict=True)
        ]

    def _shifts(self, bucket: Bucket) -> Iterator[Shift]:
        rows = [row for row in self._rows if bucket.holds(row.cell)]
        changes = find([row.right for row in rows], [row.measured for row in rows], self.allowed(bucket))
        for change, (start, end) in zip(changes, _neighbours(changes, len(self.runs)), strict=True):
            yield Shift(bucket, change, _difference(rows, slice(start, change.first), slice(change.first, end)))


class _Row(NamedTuple):
    """A problem in every run."""

    cell: Cell
    cluster: str
    right: list[int]
    measured: list[int]


def _neighbours(changes: Sequence[Change], runs: int) -> Iterator[tuple[int, int]]:
    """Yield where the stretch before each change begins, and where that after it ends."""
    edges = [0, *(each.first for each in changes), runs]
    return zip(edges, edges[2:], strict=False)


def _difference(rows: Iterable[_Row], before: slice, after: slice) -> Difference:
    """Return how much higher the later runs' rate is than the earlier ones', with its 95 % interval."""
    clusters: dict[str, list[int]] = {}
    for row in rows:
        sides = [sum(counts[runs]) for runs in (before, after) for counts in (row.right, row.measured)]
        if sides[1] and sides[3]:
            sums = clusters.setdefault(row.cluster, [0, 0, 0, 0])
            clusters[row.cluster] = [one + other for one, other in zip(sums, sides, strict=True)]
    return clustered_difference([(a, b, c, d) for a, b, c, d in clusters.values()])


@dataclass(frozen=True, slots=True)
class Apart:
    """A run that is in no line, and why."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class History:
    """Lines of comparable runs, that of the newest run first; and the runs that are in none."""

    lines: Sequence[Line] = ()
    apart: Sequence[Apart] = field(default=())


def history(runs: Iterable[Past], allowed: int = 0) -> History:
    """Put runs into lines, by what decides a comparison; `allowed` is how many attempts may be not measured.

    A run that has no other to be compared with is apart, unless all have none: then the newest begins a line.
    """
    found = sorted(runs, key=lambda run: run.started)
    named = {Path(run.place).name: run for run in found}
    apart, lines, seen = list[Apart](), list[list[Past]](), dict[str, Past]()
    for run in found:
        twin = seen.setdefault(_answers(run, named), run)
        if twin is not run:
            apart.append(Apart(run.place, f"its answers are those of {twin.place}"))
        elif why := _unfit(run, allowed):
            apart.append(Apart(run.place, why))
        else:
            same = (line for line in lines if not differences(line[0].info, run.info, Decides.COMPARISON))
            if (line := next(same, None)) is None:
                lines.append([run])
            else:
                line.append(run)
    newest_first = sorted(lines, key=lambda line: line[-1].started, reverse=True)
    kept = [line for line in newest_first if len(line) > 1] or newest_first[:1]
    for line in newest_first:
        if line not in kept:
            apart.append(Apart(line[0].place, _unlike(line[0], kept[0][-1])))
    return History([Line(line) for line in kept], apart)


def _answers(run: Past, named: Mapping[str, Past]) -> str:
    """Return what only runs with the same answers have in common: copies, regrades and replays of one run.

    Counted twice, they would pass for two draws of the model's.
    """
    if source := run.info.source:
        others = {name: each for name, each in named.items() if each is not run}
        return _answers(others[source], others) if source in others else source
    return replace(run.info, commit="").to_json()


def _unlike(run: Past, other: Past) -> str:
    """Say why a run cannot be compared with another. Other problems are said to be such, and not by their hashes."""
    found = differences(other.info, run.info, Decides.COMPARISON)
    settings = [each for each in found if each.name != "problems_sha256"]
    why = [*(["its problems are others"] if len(settings) < len(found) else []), *map(str, settings)]
    return f"it cannot be compared with {other.place}: {'; '.join(why)}"


def _unfit(run: Past, allowed: int) -> str:
    """Say why a run is not to be compared with any; nothing if it may be."""
    if run.info.shard:
        return f"it is shard {run.info.shard} of a run: mathbench merge makes one of all of them"
    expected = run.info.problem_count * run.info.samples
    missing = expected - run.measured
    if missing and run.info.order_seed is not None:
        return f"it was decided early, after {run.measured:,} of {expected:,} attempts, which are no fair sample"
    if missing > allowed or not run.measured:
        return f"{missing:,} of its {expected:,} attempts were not measured; --unmeasured allows {allowed:,}"
    return ""
