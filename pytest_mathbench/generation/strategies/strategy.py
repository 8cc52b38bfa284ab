"""What a strategy is: it asks for completions, hears where they go wrong, and says which of them is the answer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.records import Completion, Finding, Regeneration, Request


class Inspector(Protocol):
    """Says where a completion goes wrong, as far as that can be known without the reference answer."""

    def inspect(self, completion: Completion, settled: int) -> Finding | None:
        """Return what is wrong, None if nothing is. In tokens before `settled` there is no further doubt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a strategy made: its completions in their order, which of them is the answer, and how it came to them."""

    versions: tuple[Completion, ...]
    chosen: int = 0
    regenerations: tuple[Regeneration, ...] = ()
    requests: int = 1
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None
    ended: str = ""

    @property
    def completion(self) -> Completion:
        """The answer; its duration is that of all requests."""
        return replace(self.versions[self.chosen], seconds=self.seconds)


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
    """Asks, and counts what that costs."""

    source: CompletionSource
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = 0.0

    def ask(self, request: Request) -> Completion:
        """Return the completion. Raises `GenerationError`."""
        completion = self.source.complete(request)
        self.requests += 1
        self.prompt_tokens += completion.prompt_tokens
        self.completion_tokens += completion.completion_tokens
        self.seconds += completion.seconds
        self.cost = None if self.cost is None or completion.cost is None else self.cost + completion.cost
        return completion

    def attempt(
        self, versions: Iterable[Completion], ended: str, chosen: int = 0, steps: Iterable[Regeneration] = ()
    ) -> Attempt:
        """Close the account."""
        return Attempt(
            versions=tuple(versions),
            chosen=chosen,
            regenerations=tuple(steps),
            requests=self.requests,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            seconds=self.seconds,
            cost=self.cost,
            ended=ended,
        )


def limited(request: Request, length: int) -> Request:
    """Ask for no more than so many tokens."""
    sampling = request.sampling
    return replace(request, sampling=replace(sampling, max_tokens=min(sampling.max_tokens, length)))
