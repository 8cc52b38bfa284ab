"""One token a request: the null control."""

from dataclasses import dataclass, replace

from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.generation.strategies.prefixes import going_on, joined, prompt_ids_of, tokens_of
from pytest_mathbench.generation.strategies.strategy import Attempt, Inspector, Ledger, limited
from pytest_mathbench.records import Completion, Prefix, Request

_LONGEST_CHARACTER = 8
"""Tokens that one character may be split into: four bytes at most, and some that a server does not show."""


@dataclass(frozen=True, slots=True)
class Stepwise:
    """One token a request, each appended to what the next one goes on from.

    With greedy sampling that is what `Single` does, and so the null control: what it changes is the price only.
    """

    needs_tokens = True

    def first(self, request: Request) -> Request:
        """Ask for the first token."""
        return limited(replace(request, tokens=True), 1)

    def attempt(self, request: Request, source: CompletionSource, inspector: Inspector) -> Attempt:  # noqa: ARG002
        """Ask for one token after another, to the end mark or the token limit."""
        ledger = Ledger(source, request.sampling.max_tokens)
        beginning = self._step(ledger, request, None, request.sampling.max_tokens)
        made, finish_reason = tokens_of(beginning), beginning.finish_reason
        while finish_reason == "length" and (left := request.sampling.max_tokens - len(made.ids)) > 0:
            step = self._step(ledger, request, Prefix(prompt_ids=prompt_ids_of(beginning), ids=made.ids), left)
            made, finish_reason = made + tokens_of(step), step.finish_reason
        return ledger.attempt([joined(beginning, made, finish_reason)], "")

    def _step(self, ledger: Ledger, request: Request, prefix: Prefix | None, left: int) -> Completion:
        """Ask for one token; for more where it is a part of a character, whose text only the last of them tells."""
        for length in range(1, min(left, _LONGEST_CHARACTER) + 1):
            step = ledger.ask(going_on(request, prefix, length) if prefix else limited(self.first(request), length))
            if step.finish_reason != "length" or any(tokens_of(step).texts[-1:]):
                break
        return step
