"""Prompt → Completion, many at once."""

from typing import Protocol

from pytest_mathbench.records import Completion, Request

ENDED = "the run ended before this completion was made"
"""The fault of whoever still waits for a completion then."""


class CompletionSource(Protocol):
    """Where items get their completions from. Implement it to put another model behind the benchmark."""

    def complete(self, request: Request) -> Completion:
        """Return the completion, waiting for it. Called from several threads at once.

        Raises `GenerationError` if there is none.
        """
