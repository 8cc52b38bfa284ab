"""Completions of a recorded run: a pipeline tested, or run again, without a model."""

from pytest_mathbench.errors import GenerationError
from pytest_mathbench.recording.completions import CompletionStore, RecordedCompletions
from pytest_mathbench.records import Completion, Request


class Replay:
    """A `CompletionSource` that answers with recorded completions, and copies them into the run's own store."""

    def __init__(self, model: str, recorded: RecordedCompletions, store: CompletionStore) -> None:
        self._model = model
        self._recorded = recorded
        self._store = store

    def complete(self, request: Request) -> Completion:
        """Return the recorded completion. Raises `GenerationError` if there is none for this request."""
        completion = self._recorded.get(self._model, request)
        if completion is None:
            raise GenerationError(f"{self._recorded.path} has no completion of {self._model} for this request")
        if not self._store.has(self._model, request):
            self._store.put(self._model, request, completion)
        return completion

    def close(self) -> None:
        """Close the file of recorded completions."""
        self._recorded.close()
