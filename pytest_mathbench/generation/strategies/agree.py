"""Several completions, and the answer that most of them give."""

from dataclasses import dataclass, replace

from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.generation.strategies.draws import draw
from pytest_mathbench.generation.strategies.strategy import Attempt, Inspector, Ledger, limited
from pytest_mathbench.records import Completion, Request

_LEAD = 2
"""Votes by which an answer leads all others when no more are asked for: two that agree are enough."""


@dataclass(slots=True)
class _Votes:
    """Who gave an answer first, and how many did."""

    answer: str
    first: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Agree:
    """Two completions, more where they differ; the most frequent answer wins, of several the earliest.

    A program that fails has no vote. Ends when an answer leads by two votes, after so many `regenerations`, or when
    `budget` tokens have been made. Wang et al. 2023; stopping early, Aggarwal et al. 2023.
    """

    regenerations: int
    budget: int
    cut: bool = False
    needs_tokens = False

    def first(self, request: Request) -> Request:
        """Ask for the first completion."""
        return limited(replace(request, cut=self.cut), self.budget)

    def attempt(self, request: Request, source: CompletionSource, inspector: Inspector) -> Attempt:
        """Ask for one completion after another."""
        ledger = Ledger(source, self.budget)
        versions: list[Completion] = []
        poll: list[_Votes] = []
        ended = ""
        while not ended:
            versions.append(ledger.ask(limited(draw(replace(request, cut=self.cut), len(versions)), ledger.left)))
            if (answer := inspector.answer(versions[-1])) is not None:
                votes = next((each for each in poll if inspector.same(answer, each.answer)), None)
                if votes is None:
                    poll.append(votes := _Votes(answer, len(versions) - 1))
                votes.count += 1
            chosen = max(poll, key=lambda each: each.count).first if poll else 0
            ledger.stands(chosen)
            ended = self._end(len(versions) - 1, poll, ledger)
        return ledger.attempt(versions, ended, chosen)

    def _end(self, more: int, poll: list[_Votes], ledger: Ledger) -> str:
        """Return why no more are asked for; empty if they are."""
        first, second = (*sorted((each.count for each in poll), reverse=True), 0, 0)[:2]
        if first - second >= _LEAD:
            return "agreed"
        if more == self.regenerations:
            return "regenerations"
        return "" if ledger.left > 0 else "tokens"
