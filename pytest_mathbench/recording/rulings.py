"""What people decided about single answers of a run: the last word on each counts, and all of them are kept."""

from collections.abc import Callable
from pathlib import Path

from pytest_mathbench.recording.journal import Journal, whole_lines
from pytest_mathbench.records import AttemptId, Ruling

RULINGS = "rulings.jsonl"


def read_rulings(folder: Path, warn: Callable[[str], None]) -> dict[AttemptId, Ruling]:
    """Read the rulings on a run's attempts; `warn` is told of each line that holds none."""
    path = folder / RULINGS
    rulings = {}
    for number, _, line in whole_lines(path):
        try:
            ruling = Ruling.from_json(line)
        except ValueError as error:
            warn(f"{path}, line {number}: not a ruling, left out: {error}")
            continue
        rulings[ruling.problem, ruling.sample] = ruling
    return rulings


def rule(folder: Path, ruling: Ruling) -> None:
    """Write a ruling down. Raises `ConfigurationError` or `RecordingError` if it cannot be written."""
    journal = Journal(folder / RULINGS)
    try:
        journal.append(ruling.to_json())
    finally:
        journal.close()
