"""What attempts cost: by a price of tokens that the user gave, or by the endpoint's own figure."""

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_mathbench.domains import in_order
from pytest_mathbench.records import ItemResult, Outcome

Price = tuple[float, ...]
"""Of a million tokens of prompts, of completions, and of thoughts where they have a price of their own.

It is empty where none was given, and in whatever currency it was given in.
"""

_MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Spending:
    """Tokens and what an endpoint says that they cost; `thinking_tokens` are a part of `completion_tokens`.

    `own` is None where the endpoint does not tell; `requests` without any answer cost nothing.
    """

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    thinking_tokens: int = 0
    own: float | None = None

    def __add__(self, other: "Spending") -> "Spending":
        """Add up; the sum of the endpoint's own figures is known only where each is."""
        if not self.requests or not other.requests:
            return self if self.requests else other
        own = None if self.own is None or other.own is None else self.own + other.own
        return Spending(
            self.requests + other.requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.thinking_tokens + other.thinking_tokens,
            own,
        )

    def money(self, price: Price) -> float | None:
        """Return what it cost: by the price, or else by the endpoint's own figure; None where neither is known."""
        if not self.requests:
            return 0.0
        if not price:
            return self.own
        prompt, completion, thinking = (*price, price[1])[:3]
        answers = self.completion_tokens - self.thinking_tokens
        return (self.prompt_tokens * prompt + answers * completion + self.thinking_tokens * thinking) / _MILLION


def spent_on(result: ItemResult) -> Spending:
    """Return what an attempt took of the model, measured or not; of a strategy, all that it asked for."""
    completion = result.completion
    if effort := result.effort:
        return Spending(effort.requests, effort.prompt_tokens, effort.completion_tokens, 0, effort.cost)
    if completion is None:
        return Spending()
    thinking = completion.thinking_tokens
    return Spending(1, completion.prompt_tokens, completion.completion_tokens, thinking, completion.cost)


def spent_on_judging(result: ItemResult) -> Spending:
    """Return what an attempt took of the judge."""
    if result.grade is None or (judgement := result.grade.judgement) is None:
        return Spending()
    tokens = judgement.prompt_tokens, judgement.completion_tokens, judgement.thinking_tokens
    return Spending(int(judgement.prompt_tokens > 0), *tokens, judgement.cost)


@dataclass(slots=True)
class Account:
    """What attempts took, and how many of them there are, and are right."""

    spending: Spending = Spending()
    attempts: int = 0
    correct: int = 0

    def add(self, result: ItemResult) -> None:
        """Count an attempt, measured or not: it is paid for."""
        self.spending += spent_on(result)
        self.attempts += 1
        self.correct += result.outcome == Outcome.CORRECT


class CostTally:
    """What the model took by domain, and what the judge took."""

    def __init__(self) -> None:
        self.total = Account()
        self.judge = Spending()
        self._domains: dict[str, Account] = {}

    def add(self, result: ItemResult) -> None:
        """Count an attempt."""
        self.total.add(result)
        self.judge += spent_on_judging(result)
        self._domains.setdefault(result.problem.domain, Account()).add(result)

    @property
    def domains(self) -> dict[str, Account]:
        """Each domain's account, in the order of reports."""
        return {domain: self._domains[domain] for domain in in_order(self._domains)}


def total(amounts: Iterable[float | None]) -> float | None:
    """Add up amounts; None if one of them is unknown."""
    found = 0.0
    for amount in amounts:
        if amount is None:
            return None
        found += amount
    return found
