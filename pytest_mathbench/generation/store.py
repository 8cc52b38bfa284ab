"""Completions on disk: written as they are made, found again by what was asked."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pytest_mathbench.errors import ConfigurationError, GenerationError
from pytest_mathbench.journal import COMPLETIONS, Journal, line_at, whole_lines
from pytest_mathbench.record import Record
from pytest_mathbench.records import Completion, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Record):
    """One line: what a model answered to the request with this key."""

    model: str
    key: str
    completion: Completion


class Recording:
    """The completions of a run. Only where each lies is held in memory. Thread-safe."""

    def __init__(self, folder: Path, warn: Callable[[str], None]) -> None:
        """Open a run's recording; `warn` is told of each line that holds no completion.

        Raises `ConfigurationError` if there is none.
        """
        self.path = folder / COMPLETIONS
        self._offsets = _index(self.path, warn)
        try:
            self._file = self.path.open("rb")
        except OSError as error:
            raise ConfigurationError(f"{self.path}: no completions are recorded here: {error.strerror}") from None

    def __len__(self) -> int:
        return len(self._offsets)

    def has(self, model: str, request: Request) -> bool:
        """Whether there is a completion."""
        return _name(model, request.key) in self._offsets

    def get(self, model: str, request: Request) -> Completion | None:
        """Return the completion, or None if there is none. Raises `GenerationError` if it can no longer be read."""
        offset = self._offsets.get(_name(model, request.key))
        if offset is None:
            return None
        try:
            return Entry.from_json(line_at(self._file.fileno(), offset)).completion
        except ValueError as error:  # closed; or changed since by somebody
            raise GenerationError(f"{self.path}: a completion can no longer be read: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class CompletionStore(Recording):
    """The recording of the run that is being made."""

    def __init__(self, folder: Path, warn: Callable[[str], None] = lambda _: None) -> None:
        """Open the folder's recording, or begin it. Raises `ConfigurationError` if another run writes it."""
        self._journal = Journal(folder / COMPLETIONS)
        super().__init__(folder, warn)

    def put(self, model: str, request: Request, completion: Completion) -> None:
        """Write a completion down. Raises `RecordingError`."""
        entry = Entry(model=model, key=request.key, completion=completion)
        self._offsets[_name(model, request.key)] = self._journal.append(entry.to_json())

    def close(self) -> None:
        """Close the file."""
        self._journal.close()
        super().close()


def _index(path: Path, warn: Callable[[str], None]) -> dict[tuple[str, bytes], int]:
    offsets = {}
    for number, offset, line in whole_lines(path):
        try:
            entry = Entry.from_json(line)
            offsets[_name(entry.model, entry.key)] = offset
        except ValueError as error:
            warn(f"{path}, line {number}: no completion, left out: {error}")
    return offsets


def _name(model: str, key: str) -> tuple[str, bytes]:
    return model, bytes.fromhex(key)
