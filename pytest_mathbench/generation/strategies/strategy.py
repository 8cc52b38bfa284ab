"""What a strategy is: it asks for completions, hears where they go wrong, and says which of them is the answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.records import Completion, Finding, Regeneration, Request


class Inspector(Protocol):
    """Says where a completion goes wrong, as far as that can be known without the reference answer."""

    def inspect(self, completion: Completion, settled: int) -> Finding | None:
        """Return what is wrong, None if nothing is. In tokens before `settled` there is no further doubt."""

    def traceback(self, completion: Completion) -> str:
        """Return what the interpreter said of a program that was run and failed; empty if it said nothing."""

    def answer(self, completion: Completion) -> str | None:
        """Return what the completion's program prints; None if it fails, prints nothing, or there is none."""

    def same(self, answer: str, other: str) -> bool:
        """Whether two printed answers are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What requests cost, added up; durations in seconds. `cost` is the endpoint's own figure, in dollars."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = 0.0

    def with_request(self, completion: Completion) -> "Cost":
        """Add a request."""
        return Cost(
            requests=self.requests + 1,
            prompt_tokens=self.prompt_tokens + completion.prompt_tokens,
            completion_tokens=self.completion_tokens + completion.completion_tokens,
            seconds=self.seconds + completion.seconds,
            cost=None if self.cost is None or completion.cost is None else self.cost + completion.cost,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a strategy made: its completions in their order, which of them is the answer, and how it came to them.

    `standings` are the costs so far at which an end was possible, with the number of the version that would have been
    the answer; the last is the whole cost, and the answer.
    """

    versions: tuple[Completion, ...]
    standings: tuple[tuple[Cost, int], ...]
    regenerations: tuple[Regeneration, ...] = ()
    ended: str = ""

    @property
    def cost(self) -> Cost:
        """What the whole attempt cost."""
        return self.standings[-1][0]

    @property
    def chosen(self) -> int:
        """Which version is the answer."""
        return self.standings[-1][1]

    @property
    def completion(self) -> Completion:
        """The answer; its duration is that of all requests."""
        return replace(self.versions[self.chosen], seconds=self.cost.seconds)


class Strategy(Protocol):
    """Makes a completion out of requests."""

    needs_tokens: bool
    """Whether the endpoint has to bring tokens, and to go on from them."""

    def first(self, request: Request) -> Request:
        """Return the request that it begins with, which can be made ahead."""

    def attempt(self, request: Request, source: CompletionSource, inspector: Inspector) -> Attempt:
        """Make the completion that `request` asks for. Raises `GenerationError`."""


@dataclass(slots=True)
class Ledger:
    """Asks, counts what that costs, and notes how the attempt stands; `budget` is in tokens."""

    source: CompletionSource
    budget: int
    cost: Cost = Cost()
    standings: list[tuple[Cost, int]] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many tokens may still be made."""
        return self.budget - self.cost.completion_tokens

    def ask(self, request: Request) -> Completion:
        """Return the completion. Raises `GenerationError`."""
        completion = self.source.complete(request)
        self.cost = self.cost.with_request(completion)
        return completion

    def stands(self, version: int) -> None:
        """Note which version would be the answer if this were the end. What cost no more than before replaces that."""
        if self.standings and self.standings[-1][0].requests == self.cost.requests:
            self.standings.pop()
        self.standings.append((self.cost, version))

    def attempt(
        self, versions: Iterable[Completion], ended: str, chosen: int = 0, steps: Iterable[Regeneration] = ()
    ) -> Attempt:
        """Close the account."""
        self.stands(chosen)
        return Attempt(
            versions=tuple(versions), standings=tuple(self.standings), regenerations=tuple(steps), ended=ended
        )


def limited(request: Request, length: int) -> Request:
    """Ask for no more than so many tokens."""
    sampling = request.sampling
    return replace(request, sampling=replace(sampling, max_tokens=min(sampling.max_tokens, length)))
