"""A recorded run, as what reads one wants it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from pytest_mathbench.analysis import scores
from pytest_mathbench.analysis.comparison import Measured, measured
from pytest_mathbench.analysis.scores import RunReport
from pytest_mathbench.records import Attempt, ItemResult, Ruling, RunInfo
from pytest_mathbench.reporting import files


@dataclass(frozen=True)
class Recorded:
    """A run's folder, read when it is asked; `warn` is told of each line in it that cannot be read."""

    folder: Path
    info: RunInfo
    warn: Callable[[str], None]

    @classmethod
    def find(cls, run: str, output: Path, warn: Callable[[str], None]) -> Self:
        """Open a run by path, by name in `output`, or the newest. Raises `ConfigurationError` if there is none."""
        folder = files.find(run, output)
        return cls(folder, files.read_info(folder), warn)

    def results(self) -> Iterator[ItemResult]:
        """Read the results, one at a time."""
        return files.read_results(self.folder, self.warn)

    @cached_property
    def rulings(self) -> dict[Attempt, Ruling]:
        """What persons decided about its attempts."""
        return files.read_rulings(self.folder, self.warn)

    @cached_property
    def attempts(self) -> dict[Attempt, Measured]:
        """What was measured, as comparisons and gates take it."""
        return measured(self.results(), self.rulings)

    def report(self) -> RunReport:
        """Add the results up."""
        return scores.report(self.results(), self.info.samples, self.rulings)

    @property
    def wall_seconds(self) -> float | None:
        """How long it took; None where that was not written down."""
        return files.wall_seconds(self.folder)
