"""Completions out of a recorded run: a pipeline tested, or run again, without a model."""

from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation.store import CompletionStore, Recording
from pytest_mathbench.records import Completion, Request


class Replay:
    """A `CompletionSource` that answers from a recording, and copies what it gives into the run's own store."""

    def __init__(self, model: str, recording: Recording, store: CompletionStore) -> None:
        self._model = model
        self._recording = recording
        self._store = store

    def complete(self, request: Request) -> Completion:
        """Return the recorded completion. Raises `GenerationError` if this was never asked, or got no answer."""
        completion = self._recording.get(self._model, request)
        if completion is None:
            raise GenerationError(f"{self._recording.path} holds no answer of {self._model} to this request")
        if not self._store.has(self._model, request):
            self._store.put(self._model, request, completion)
        return completion

    def close(self) -> None:
        """Close the recording."""
        self._recording.close()
