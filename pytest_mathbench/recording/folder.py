"""The folder that a run writes: run.json, results.jsonl; the completions and the server's log lie beside them."""

import errno
import itertools
import json
import os
import re
import tempfile
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pytest_mathbench.errors import ConfigurationError, RecordingError
from pytest_mathbench.recording.journal import Journal
from pytest_mathbench.recording.recorded import DURATIONS, RESULTS, RUN, RecordedRun, Resumption, check_resumption
from pytest_mathbench.recording.run_info import RunInfo, to_document
from pytest_mathbench.records import AttemptId, ItemResult

SERVER_LOG = "server.log"

_SMALLEST_RUN = 1 << 16
"""Bytes that a run of a few items takes."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class RunFolder:
    """Writes one run: each result as it comes, whole, so that a killed run keeps all that it measured."""

    def __init__(self, path: Path, info: RunInfo, resumed: RecordedRun | None = None) -> None:
        """Open a run's folder; `resumed` is what it holds already.

        Raises `ConfigurationError` if it cannot be written or another run writes it.
        """
        self.path = path
        self.info = info
        self._results = Journal(path / RESULTS)
        self._resumed = resumed
        self.recorded: Collection[AttemptId] = resumed.measured_attempts if resumed else ()
        """The attempts that a resumed run had measured before."""

    @classmethod
    def create(cls, parent: Path, info: RunInfo) -> Self:
        """Make a new folder named by the time and the model, and write run.json. Raises `RecordingError`."""
        slug = re.sub(r"[^A-Za-z0-9.]+", "-", info.model).strip("-.")[-60:]
        name = f"{datetime.now():%Y%m%d-%H%M%S}-{slug}"  # noqa: DTZ005 - the user's own clock names the folder
        for number in itertools.count(1):
            path = parent / (name if number == 1 else f"{name}-{number}")
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                continue
            except OSError as error:
                raise RecordingError(f"{path} cannot be made: {error.strerror}; fix that, and start again") from None
            break
        part = path / f"{RUN}.part"
        try:
            part.write_text(json.dumps(to_document(info), indent=2) + "\n", encoding="utf-8")
            part.rename(path / RUN)  # whole, or not there
        except OSError as error:
            raise RecordingError(f"{path} cannot be written: {error.strerror}; fix that, and start again") from None
        return cls(path, info)

    @classmethod
    def resume(cls, path: Path, info: RunInfo, warn: Callable[[str], None]) -> Self:
        """Open the folder of a run that was stopped; it stays the run that it was, with the `info` that it recorded.

        `warn` is told of each line that holds no result. Raises `ConfigurationError` if the folder cannot be written,
        or if `info` differs from the run's in what a result depends on.
        """
        check_resumption(path, info)
        recorded = RecordedRun.open(path, warn)
        folder = cls(path, recorded.info, recorded)
        folder._results.append(Resumption(resumed=datetime.now(UTC).isoformat(timespec="seconds")).to_json())
        return folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def recall(self, attempt: AttemptId) -> ItemResult | None:
        """Return the result that a resumed run had for an attempt, as a person has it if one has ruled on it."""
        return self._resumed.result_of(attempt) if self._resumed and attempt in self.recorded else None

    def append(self, result: ItemResult) -> None:
        """Write a result. Raises `RecordingError`."""
        self.append_line(result.to_json())

    def append_line(self, line: str) -> None:
        """Write a result that is JSON already, in one line. Raises `RecordingError`."""
        self._results.append(line)

    def took(self, seconds: float) -> None:
        """Write down how long a session of the run took."""
        with (self.path / DURATIONS).open("a", encoding="ascii") as file:
            file.write(f"{seconds:.3f}\n")

    def close(self) -> None:
        """Close results.jsonl."""
        self._results.close()


def prepare_output(parent: Path) -> None:
    """Make the folder that runs are recorded in. Raises `ConfigurationError` if runs could not be recorded there."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"the output folder {parent} cannot be made: {error}\n→ name another with --mathbench-output"
        ) from None
    check_output(parent)


def nearest(path: Path) -> Path:
    """Return a path, or the nearest of the folders above it that is there."""
    return next(each for each in (path, *path.parents) if each.exists())


def check_output(parent: Path) -> None:
    """See that a run could be written into a folder: rights and quotas are known by doing. Raises as above."""
    try:
        with tempfile.TemporaryFile(dir=parent) as file:
            file.write(bytes(_SMALLEST_RUN))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        cure = "make room there, or name another" if error.errno in _FULL else "name another"
        raise ConfigurationError(
            f"the output folder {parent} cannot be written to: {error.strerror}\n→ {cure} with --mathbench-output"
        ) from None
