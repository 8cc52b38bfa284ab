"""What an attempt spends its time on, by domain."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from pytest_mathbench.analysis.statistics import Spread, spread
from pytest_mathbench.domains import in_order
from pytest_mathbench.records import ItemResult


class Stage(StrEnum):
    """What an attempt spends its time on."""

    QUEUED = "queued"
    FIRST_TOKEN = "first token"  # noqa: S105 - not a password
    GENERATION = "generation"
    EXECUTION = "execution"
    PROGRAM_CPU = "program CPU"
    GRADING = "grading"
    JUDGING = "judging"


class DurationTally:
    """The seconds of each stage that measured attempts came to, by domain."""

    def __init__(self) -> None:
        self._seconds: dict[str, dict[Stage, array[float]]] = {}

    def add(self, result: ItemResult) -> None:
        """Keep a measured result's durations."""
        if result.outcome is None:
            return
        stages = self._seconds.setdefault(result.problem.domain, {})
        for stage, seconds in _seconds(result):
            stages.setdefault(stage, array("d")).append(seconds)

    @property
    def domains(self) -> dict[str, dict[Stage, Spread]]:
        """The spread of each stage in each domain, in the order of reports."""
        return {domain: _spreads(self._seconds[domain]) for domain in in_order(self._seconds)}

    @property
    def overall(self) -> dict[Stage, Spread]:
        """The spread of each stage over all domains."""
        pooled: dict[Stage, array[float]] = {}
        for stages in self._seconds.values():
            for stage, seconds in stages.items():
                pooled.setdefault(stage, array("d")).extend(seconds)
        return _spreads(pooled)


def _seconds(result: ItemResult) -> Iterator[tuple[Stage, float]]:
    if completion := result.completion:
        yield Stage.QUEUED, completion.queued_seconds
        yield Stage.GENERATION, completion.seconds
        if completion.first_token_seconds is not None:
            yield Stage.FIRST_TOKEN, completion.first_token_seconds
    if result.execution:
        yield Stage.EXECUTION, result.execution.wall_seconds
        yield Stage.PROGRAM_CPU, result.execution.cpu_seconds
    if result.grade:
        yield Stage.GRADING, result.grade.seconds
        if result.grade.judgement:
            yield Stage.JUDGING, result.grade.judgement.seconds


def _spreads(stages: Mapping[Stage, Sequence[float]]) -> dict[Stage, Spread]:
    """Return each stage's spread, in the order of the stages."""
    return {stage: found for stage in Stage if (found := spread(stages.get(stage, ())))}
