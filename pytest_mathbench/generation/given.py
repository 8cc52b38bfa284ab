"""One completion, whatever is asked."""

from dataclasses import dataclass

from pytest_mathbench.records import Completion, Request


@dataclass(frozen=True, slots=True)
class Given:
    """A `CompletionSource` that answers every request with one completion."""

    completion: Completion

    def complete(self, _: Request) -> Completion:
        """Return it."""
        return self.completion
