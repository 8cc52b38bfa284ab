"""How a completion comes to be: in one request, one token at a time, or mended where it goes wrong.

Every strategy but `Single` goes on from token ids, so that what it keeps is kept to the token: text would be split into
tokens anew, and not always the same ones. docs/strategies.md.
"""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.records import Completion, Finding, Prefix, Regeneration, Request, Tokens
from pytest_mathbench.settings import Settings

_RETRY_TEMPERATURE = 0.8
"""Of whole retries, at least: the same prompt at temperature 0 gives the same text. Chen et al. 2021 for many tries."""

_CHOICES = 3
"""Tokens that are tried at one place, the first one included."""

_REPEATS = 2
"""Texts in a row that had been there before, after which nothing new is to be expected."""

_LONGEST_CHARACTER = 8
"""Tokens that one character may be split into: four bytes at most, and some that a server does not show."""


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
class _Ledger:
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


@dataclass(frozen=True, slots=True)
class Single:
    """One request, one completion."""

    needs_tokens = False

    def first(self, request: Request) -> Request:
        """Return the request as it is."""
        return request

    def attempt(self, request: Request, source: CompletionSource, inspector: Inspector) -> Attempt:  # noqa: ARG002
        """Make it."""
        ledger = _Ledger(source)
        return ledger.attempt([ledger.ask(request)], "")


@dataclass(frozen=True, slots=True)
class Stepwise:
    """One token a request, each appended to what the next one goes on from.

    With greedy sampling that is what `Single` does, and so the null control: what it changes is the price only.
    """

    needs_tokens = True

    def first(self, request: Request) -> Request:
        """Ask for the first token."""
        return _limited(replace(request, tokens=True), 1)

    def attempt(self, request: Request, source: CompletionSource, inspector: Inspector) -> Attempt:  # noqa: ARG002
        """Ask for one token after another, to the end mark or the token limit."""
        ledger = _Ledger(source)
        beginning = self._step(ledger, request, None, request.sampling.max_tokens)
        made, finish_reason = _tokens(beginning), beginning.finish_reason
        while finish_reason == "length" and (left := request.sampling.max_tokens - len(made.ids)) > 0:
            step = self._step(ledger, request, Prefix(prompt_ids=_prompt_ids(beginning), ids=made.ids), left)
            made, finish_reason = made + _tokens(step), step.finish_reason
        return ledger.attempt([_joined(beginning, made, finish_reason)], "")

    def _step(self, ledger: _Ledger, request: Request, prefix: Prefix | None, left: int) -> Completion:
        """Ask for one token; for more where it is a part of a character, whose text only the last of them tells."""
        for length in range(1, min(left, _LONGEST_CHARACTER) + 1):
            step = ledger.ask(_from(request, prefix, length) if prefix else _limited(self.first(request), length))
            if step.finish_reason != "length" or any(_tokens(step).texts[-1:]):
                break
        return step


@dataclass(frozen=True, slots=True)
class Regenerate:
    """Where a completion goes wrong, the tokens before are kept, the token is forbidden, and the model goes on.

    Ends when the inspector finds nothing, after so many `regenerations`, or when `budget` tokens have been made for the
    attempt. The answer is then the last version in which no fault of the program is known, or else the first.
    """

    regenerations: int
    budget: int
    needs_tokens = True

    def first(self, request: Request) -> Request:
        """Ask for the completion with its tokens."""
        return _limited(replace(request, tokens=True), self.budget)

    def attempt(self, request: Request, source: CompletionSource, inspector: Inspector) -> Attempt:
        """Make a completion, and mend it."""
        ledger = _Ledger(source)
        current = ledger.ask(self.first(request))
        work = _Work(request, ledger, _prompt_ids(current), self.budget)
        versions, faulty, seen = [current], list[bool](), {current.text}
        steps: list[Regeneration] = []
        settled = repeats = 0
        while True:
            finding = inspector.inspect(current, settled)
            faulty[len(versions) - 1 :] = [finding is not None and finding.trigger not in DOUBTS]
            if ended := self._end(finding, len(steps), repeats, work):
                break
            assert finding is not None  # noqa: S101 - or it had ended
            renewed = self._renew(work, current, finding, len(steps))
            if renewed is None:
                ended = "no place left"
                break
            position, new = renewed
            repeat = new.text in seen
            repeats = repeats + 1 if repeat else 0
            steps.append(_step(finding, position, current, new, repeat=repeat))
            if not repeat:
                seen.add(new.text)
                versions.append(new)
                current, settled = new, position + 1
        sound = [number for number, is_faulty in enumerate(faulty) if not is_faulty]
        return ledger.attempt(versions, ended, sound[-1] if sound else 0, steps)

    def _end(self, finding: Finding | None, steps: int, repeats: int, work: "_Work") -> str:
        """Return why there is to be no further regeneration; empty if there may be one."""
        if finding is None:
            return "nothing found"
        if repeats == _REPEATS:
            return "loop"
        if steps == self.regenerations:
            return "regenerations"
        return "" if work.left > 0 else "tokens"

    def _renew(self, work: "_Work", current: Completion, finding: Finding, _: int) -> tuple[int, Completion] | None:
        """Return where the completion was cut, and the new one; None if there is no place left to cut."""
        return work.go_on(current, finding.positions)


class Random(Regenerate):
    """Cuts at a random token, whatever the finding: the control for knowing where."""

    def _renew(self, work: "_Work", current: Completion, finding: Finding, step: int) -> tuple[int, Completion] | None:  # noqa: ARG002
        positions = list(range(len(_tokens(current).ids)))
        random.Random(f"{work.request.key}:{step}").shuffle(positions)  # noqa: S311 - a draw that can be drawn again
        return work.go_on(current, positions)


class Resample(Regenerate):
    """Makes the whole completion anew: the control for regenerating at all."""

    def _renew(self, work: "_Work", current: Completion, finding: Finding, step: int) -> tuple[int, Completion] | None:  # noqa: ARG002
        return 0, work.start_again(step)


def choose(settings: Settings) -> Strategy:
    """Make the strategy that the settings name."""
    if settings.strategy == "single":
        return Single()
    if settings.strategy == "stepwise":
        return Stepwise()
    kind = {"regenerate": Regenerate, "resample": Resample, "random": Random}[settings.strategy]
    return kind(settings.regenerations, settings.token_budget)


def describe(settings: Settings) -> str:
    """Say in one line all that decides what the strategy does."""
    if settings.strategy in {"single", "stepwise"}:
        return settings.strategy
    thresholds = {"margin": f"margin < {settings.margin:g}", "entropy": f"entropy > {settings.entropy:g}"}
    triggers = ", ".join(thresholds.get(name, name) for name in settings.triggers)
    bounds = f"{settings.regenerations} regenerations, {settings.token_budget} tokens"
    return f"{settings.strategy} on {triggers}; at most {bounds}"


DOUBTS = {"margin", "entropy"}
"""Triggers that tell of a token in doubt, which is no fault of the program."""


@dataclass(slots=True)
class _Work:
    """What regenerating one completion has come to."""

    request: Request
    ledger: _Ledger
    prompt_ids: tuple[int, ...]
    budget: int
    tried: dict[tuple[int, ...], set[int]] = field(default_factory=dict)
    """The tokens that were tried after each prefix."""

    @property
    def left(self) -> int:
        """How many tokens may still be made."""
        return self.budget - self.ledger.completion_tokens

    def go_on(self, current: Completion, positions: Sequence[int]) -> tuple[int, Completion] | None:
        """Cut before the first of the positions at which there is something left to try, and go on otherwise."""
        tokens = _tokens(current)
        for position in positions:
            if not tokens.can_be_cut(position):
                continue
            kept = tokens.before(position)
            tried = self.tried.setdefault(kept.ids, set())
            tried.add(tokens.ids[position])
            while len(tried) < _CHOICES and self.left > 0:
                other = self.ledger.ask(self._after(kept, 1, tuple(sorted(tried))))
                if not (found := _tokens(other)).ids:
                    break
                tried.add(found.ids[0])
                if found.texts[0] or other.finish_reason != "length":  # not a part of a character
                    return position, self._completed(current, kept + found, other.finish_reason)
        return None

    def start_again(self, step: int) -> Completion:
        """Make the whole completion anew, with chances of its own."""
        sampling = self.request.sampling
        digest = hashlib.sha256(f"{self.request.key}:{step}".encode()).digest()
        again = replace(
            sampling,
            temperature=max(sampling.temperature, _RETRY_TEMPERATURE),
            seed=int.from_bytes(digest[:4]) >> 1,
            max_tokens=min(sampling.max_tokens, self.left),
        )
        prefix = Prefix(prompt_ids=self.prompt_ids, ids=())
        return self.ledger.ask(replace(self.request, tokens=True, prefix=prefix, sampling=again))

    def _completed(self, current: Completion, made: Tokens, finish_reason: str) -> Completion:
        length = min(self.request.sampling.max_tokens - len(made.ids), self.left)
        if finish_reason == "length" and length > 0:
            rest = self.ledger.ask(self._after(made, length))
            made, finish_reason = made + _tokens(rest), rest.finish_reason
        return _joined(current, made, finish_reason)

    def _after(self, kept: Tokens, length: int, forbidden: tuple[int, ...] = ()) -> Request:
        prefix = Prefix(prompt_ids=self.prompt_ids, ids=kept.ids)
        return replace(_from(self.request, prefix, length), forbidden=forbidden)


def _limited(request: Request, length: int) -> Request:
    sampling = request.sampling
    return replace(request, sampling=replace(sampling, max_tokens=min(sampling.max_tokens, length)))


def _from(request: Request, prefix: Prefix, length: int) -> Request:
    """Ask for so many tokens after a prefix. A seed is moved on with it, or each request would draw the same again."""
    seed = request.sampling.seed
    sampling = replace(request.sampling, max_tokens=length, seed=None if seed is None else seed + len(prefix.ids))
    return replace(request, tokens=True, prefix=prefix, sampling=sampling)


def _joined(first: Completion, tokens: Tokens, finish_reason: str) -> Completion:
    text = "".join(tokens.texts)
    return replace(first, text=text, finish_reason=finish_reason, tokens=tokens, completion_tokens=len(tokens.ids))


def _step(finding: Finding, position: int, old: Completion, new: Completion, *, repeat: bool) -> Regeneration:
    return Regeneration(
        trigger=finding.trigger,
        detail=finding.detail,
        position=position,
        before=_text_at(old, position),
        after=_text_at(new, position),
        tokens_before=len(_tokens(old).ids),
        tokens_after=len(_tokens(new).ids),
        repeat=repeat,
    )


def _text_at(completion: Completion, position: int) -> str:
    """Return a token's text; of what ends before it, none."""
    return "".join(_tokens(completion).texts[position : position + 1])


def _tokens(completion: Completion) -> Tokens:
    if completion.tokens is None:
        raise GenerationError("the source of completions brings no tokens, which the strategy needs")
    return completion.tokens


def _prompt_ids(completion: Completion) -> tuple[int, ...]:
    if not completion.prompt_ids:
        raise GenerationError("the endpoint does not tell the prompt's token ids, which the strategy goes on from")
    return completion.prompt_ids
