"""Completions on disk: written as they are made, found again by what was asked."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from pytest_mathbench.errors import ConfigurationError, GenerationError
from pytest_mathbench.record import Record
from pytest_mathbench.recording.journal import Journal, line_at, whole_lines
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.records import Completion, Request

COMPLETIONS = "completions.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Record):
    """One line: what a model answered to the request with this key."""

    model: str
    key: str
    completion: Completion


class RecordedCompletions:
    """The completions of a run. Only where each lies is held in memory. Thread-safe."""

    def __init__(self, folder: Path, warn: Callable[[str], None]) -> None:
        """Open a run's completions; `warn` is told of each line that holds none.

        Raises `ConfigurationError` if none were recorded.
        """
        self.path = folder / COMPLETIONS
        self._offsets = _index(self.path, warn)
        try:
            self._file = self.path.open("rb")
        except OSError as error:
            raise ConfigurationError(f"{self.path}: no completions are recorded here: {error.strerror}") from None

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
        except ValueError as error:  # closed; or the file was changed by somebody else
            raise GenerationError(f"{self.path}: a completion can no longer be read: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def tokens_without_result(run: RecordedRun) -> Iterator[int]:
    """Yield the tokens of each completion that a run's model has made and that no result was made of.

    The completions that a strategy asks for on its way belong to results as well: of such a run nothing is told.
    """
    results = [(result.request, result.effort) for result in run.raw_results()]
    if any(effort for _, effort in results):
        return
    used = {request.key for request, _ in results if request}
    model = run.info.asked_model or run.info.model
    for _, _, line in whole_lines(run.folder / COMPLETIONS):
        with suppress(ValueError):  # whoever opens the completions is told of it
            entry = Entry.from_json(line)
            if entry.model == model and entry.key not in used:
                yield entry.completion.completion_tokens


class CompletionStore(RecordedCompletions):
    """The completions of the run that is being made; each is on disk before it is used."""

    def __init__(
        self,
        folder: Path,
        warn: Callable[[str], None] = lambda _: None,
        reused: Sequence[RecordedCompletions] = (),
    ) -> None:
        """Open the folder's completions, or begin them; those that are `reused` are copied when they are asked for.

        Raises `ConfigurationError` if another run writes them.
        """
        self._journal = Journal(folder / COMPLETIONS)
        self._reused = reused
        super().__init__(folder, warn)

    def has(self, model: str, request: Request) -> bool:
        """Whether there is a completion, here or among those that are reused."""
        return super().has(model, request) or self._known(model, request) is not None

    def get(self, model: str, request: Request) -> Completion | None:
        """Return the completion, or None if there is none. Raises `GenerationError` and `RecordingError`."""
        if super().has(model, request) or not (known := self._known(model, request)):
            return super().get(model, request)
        recorded, asked = known
        completion = recorded.get(model, asked)
        if completion and not request.tokens:
            completion = replace(completion, tokens=None, prompt_ids=())
        if completion:
            self.put(model, request, completion)
        return completion

    def put(self, model: str, request: Request, completion: Completion) -> None:
        """Write a completion down. Raises `RecordingError`."""
        entry = Entry(model=model, key=request.key, completion=completion)
        self._offsets[_name(model, request.key)] = self._journal.append(entry.to_json())

    def close(self) -> None:
        """Close the file."""
        self._journal.close()
        for recorded in self._reused:
            recorded.close()
        super().close()

    def _known(self, model: str, request: Request) -> tuple[RecordedCompletions, Request] | None:
        """Return what was asked elsewhere and answers this request: one with tokens has all that one without has."""
        asked = (request, replace(request, tokens=True))
        return next((each for each in product(self._reused, asked) if each[0].has(model, each[1])), None)


def _index(path: Path, warn: Callable[[str], None]) -> dict[tuple[str, bytes], int]:
    """Find where the last completion for each request begins, in bytes."""
    offsets = {}
    for number, offset, line in whole_lines(path):
        try:
            entry = Entry.from_json(line)
            offsets[_name(entry.model, entry.key)] = offset
        except ValueError as error:
            warn(f"{path}, line {number}: not a completion, left out: {error}")
    return offsets


def _name(model: str, key: str) -> tuple[str, bytes]:
    return model, bytes.fromhex(key)
