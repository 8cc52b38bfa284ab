"""Prompt → Completion, many at once."""

from collections.abc import Iterable
from typing import Protocol

from pytest_mathbench.records import Completion, Request


class CompletionSource(Protocol):
    """Where items get their completions from. Implement it to put another model behind the benchmark."""

    def announce(self, requests: Iterable[Request]) -> None:
        """Hear which completions will be wanted, in order; nothing needs to be done about it."""

    def complete(self, request: Request) -> Completion:
        """Return the completion, waiting for it. Raises `GenerationError` if there is none."""
