"""One request, one completion."""

from dataclasses import dataclass

from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.generation.strategies.strategy import Attempt, Inspector, Ledger
from pytest_mathbench.records import Request


@dataclass(frozen=True, slots=True)
class Single:
    """One request, one completion."""

    needs_tokens = False

    def first(self, request: Request) -> Request:
        """Return the request as it is."""
        return request

    def attempt(self, request: Request, source: CompletionSource, inspector: Inspector) -> Attempt:  # noqa: ARG002
        """Make it."""
        ledger = Ledger(source, request.sampling.max_tokens)
        return ledger.attempt([ledger.ask(request)], "")
