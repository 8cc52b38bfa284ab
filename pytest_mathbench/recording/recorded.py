"""Recorded runs: where they are, and what they measured. Every reader of a run's results reads them here."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

from pytest_mathbench.decides import Decides
from pytest_mathbench.errors import ConfigurationError, RecordingError
from pytest_mathbench.record import Record
from pytest_mathbench.recording.journal import line_at, whole_lines
from pytest_mathbench.recording.rulings import read_rulings
from pytest_mathbench.recording.run_info import RunInfo, differences, format_of, from_document, sentence
from pytest_mathbench.records import AttemptId, ItemResult, Ruling
from pytest_mathbench.settings import LATEST

RUN = "run.json"
RESULTS = "results.jsonl"
DURATIONS = "durations.jsonl"

_FIRST_FORMAT_OF_KEYS = 2
"""Before it, completions had other keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption(Record):
    """A line between results: the run was resumed at this time, in ISO 8601."""

    resumed: str


class _Place(NamedTuple):
    """Where the last result of an attempt begins in results.jsonl, in bytes, and how many it replaces."""

    offset: int
    reruns: int
    is_measured: bool


@dataclass(frozen=True)
class RecordedRun:
    """A run's folder, read when it is asked; `warn` is told of each line in it that cannot be read.

    An attempt has one result, its last: a rerun replaces what was there before. What could not be measured is forgotten
    when the run is resumed. In memory there is only where each result lies.
    """

    folder: Path
    info: RunInfo
    warn: Callable[[str], None] = field(repr=False)

    @classmethod
    def open(cls, folder: Path, warn: Callable[[str], None]) -> Self:
        """Open a folder. Raises `ConfigurationError` if it holds no run that this version can read."""
        return cls(folder, read_info(folder), warn)

    @classmethod
    def find(cls, run: str, parent: Path, warn: Callable[[str], None]) -> Self:
        """Find a run as `find` does, and open it. Raises `ConfigurationError`."""
        return cls.open(find(run, parent), warn)

    def results(self) -> Iterator[ItemResult]:
        """Read the result of each attempt as it counts: what a person ruled decides its outcome."""
        return map(self._ruled, self.raw_results())

    def raw_results(self) -> Iterator[ItemResult]:
        """Read the result of each attempt as it was measured, whatever a person ruled since."""
        return (self._read(place) for place in self._places.values())

    def result_of(self, attempt: AttemptId) -> ItemResult | None:
        """Read the result of one attempt as it counts; None if there is none."""
        place = self._places.get(attempt)
        return self._ruled(self._read(place)) if place else None

    @cached_property
    def measured_attempts(self) -> frozenset[AttemptId]:
        """The attempts that have an outcome."""
        return frozenset(attempt for attempt, place in self._places.items() if place.is_measured)

    @property
    def wall_seconds(self) -> float | None:
        """How long the run took, all its sessions together; None where that was not written down."""
        try:
            return sum(map(float, (self.folder / DURATIONS).read_text(encoding="ascii").split())) or None
        except (OSError, ValueError):
            return None

    @cached_property
    def _rulings(self) -> dict[AttemptId, Ruling]:
        return read_rulings(self.folder, self.warn)

    @cached_property
    def _places(self) -> dict[AttemptId, _Place]:
        """Find the last result of each attempt, in the order in which they were written."""
        path = self.folder / RESULTS
        places: dict[AttemptId, _Place] = {}
        for number, offset, line in whole_lines(path):
            if _is_resumption(line):
                places = {attempt: place for attempt, place in places.items() if place.is_measured}
                continue
            try:
                result = ItemResult.from_json(line)
            except ValueError as error:
                self.warn(f"{path}, line {number}: not a result, left out: {error}")
                continue
            replaced = places.pop(result.attempt, None)
            reruns = max(result.reruns, replaced.reruns + 1 if replaced else 0)
            places[result.attempt] = _Place(offset, reruns, result.outcome is not None)
        return places

    def _read(self, place: _Place) -> ItemResult:
        path = self.folder / RESULTS
        try:
            with path.open("rb") as file:
                return replace(ItemResult.from_json(line_at(file.fileno(), place.offset)), reruns=place.reruns)
        except (OSError, ValueError) as error:
            raise RecordingError(f"{path} was changed while it was being read: {error}") from None

    def _ruled(self, result: ItemResult) -> ItemResult:
        ruling = self._rulings.get(result.attempt)
        return result.ruled(ruling) if ruling else result


def find(run: str, parent: Path) -> Path:
    """Return the folder of a recorded run: a path, a name in `parent`, or the newest there for `LATEST`.

    Raises `ConfigurationError` if no run is recorded there.
    """
    if run == LATEST:
        runs = sorted(parent.glob(f"*/{RUN}"), key=lambda path: path.stat().st_mtime)
        if not runs:
            raise ConfigurationError(f"no run is recorded in {parent}/; name a run's folder")
        return runs[-1].parent
    for path in (Path(run).expanduser(), parent / run):
        if (path / RUN).is_file():
            return path
    raise ConfigurationError(f"{run}: no run is recorded here, nor in {parent}/ under this name")


def read_info(folder: Path) -> RunInfo:
    """Read run.json. Raises `ConfigurationError` if the folder holds no run, or one of a later version's."""
    path = folder / RUN
    try:
        return from_document(json.loads(path.read_bytes()), path)
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path}: no run is recorded here: {error}") from None


def check_replay(folder: Path, info: RunInfo) -> None:
    """Raise `ConfigurationError` if a recorded run's completions are not those that a run of this kind would get."""
    found = differences(read_info(folder), info, Decides.COMPLETION)
    check_keys(folder)
    if found:
        raise ConfigurationError(
            f"{folder} cannot be replayed: its completions were made with other settings: {sentence(found)}"
        )


def check_resumption(folder: Path, info: RunInfo) -> None:
    """Raise `ConfigurationError` if a recorded run's results could not be those of a run of this kind."""
    found = differences(read_info(folder), info)
    check_keys(folder)
    if found:
        raise ConfigurationError(f"{folder} cannot be resumed: its settings differ: {sentence(found)}")


def check_keys(folder: Path) -> None:
    """Raise `ConfigurationError` if the completions of a recorded run have keys that this version does not make."""
    number = format_of(json.loads((folder / RUN).read_bytes()))
    if number < _FIRST_FORMAT_OF_KEYS:
        raise ConfigurationError(
            f"{folder} cannot be resumed, replayed or merged: it is of format {number}, whose completions had other "
            "keys; run it again, or use the version of pytest-mathbench that recorded it"
        )


def _is_resumption(line: bytes) -> bool:
    try:
        return line.startswith(b'{"resumed"') and bool(Resumption.from_json(line))
    except ValueError:
        return False
