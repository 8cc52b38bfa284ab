"""Where the model is in doubt, each of the likeliest tokens is followed for a little, and the best is taken."""

from dataclasses import dataclass, field, replace
from statistics import fmean

from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.generation.strategies.prefixes import going_on, joined, prompt_ids_of, tokens_of
from pytest_mathbench.generation.strategies.strategy import Attempt, Inspector, Ledger, limited
from pytest_mathbench.records import Completion, Prefix, Regeneration, Request
from pytest_mathbench.tokens import Tokens

_PIECE = 32
"""Tokens asked for at once: what comes after a token that is replaced was made in vain."""

_AHEAD = 5
"""Tokens that a candidate is followed for."""

_CANDIDATES = 3
"""Tokens compared at one place, the model's own included."""


@dataclass(frozen=True, slots=True)
class Lookahead:
    """A token of more than `entropy` nats is compared with others, by the mean log-probability of it and what follows.

    After AdaDec (He et al. 2025), in a form of our own: the threshold is given and not learned, candidates are followed
    greedily or as the run samples, and the answer is made in pieces, since an endpoint cannot be made to pause. The
    tokens that the answer itself may yet need are kept back from the `budget`.
    """

    regenerations: int
    budget: int
    entropy: float
    needs_tokens = True

    def first(self, request: Request) -> Request:
        """Ask for the first piece."""
        return limited(replace(request, tokens=True), min(_PIECE, self.budget))

    def attempt(self, request: Request, source: CompletionSource, inspector: Inspector) -> Attempt:  # noqa: ARG002 - it hears of nothing
        """Go through the answer token by token."""
        ledger = Ledger(source, self.budget)
        beginning = ledger.ask(self.first(request))
        path = _Path(request, ledger, prompt_ids_of(beginning))
        path.add(beginning)
        steps: list[Regeneration] = []
        position = 0
        while path.reach(position + 1 + _AHEAD) > position:
            if len(steps) < self.regenerations and path.made.entropies[position] > self.entropy:
                before = path.made
                if scores := path.choose(position):
                    steps.append(_step(before, path.made, position, *scores))
            position += 1
        return ledger.attempt([joined(beginning, path.made, path.finish_reason)], "", steps=steps)


@dataclass(slots=True)
class _Path:
    """The answer as far as it is made."""

    request: Request
    ledger: Ledger
    prompt_ids: tuple[int, ...]
    made: Tokens = field(default_factory=Tokens)
    finish_reason: str = "length"

    @property
    def room(self) -> int:
        """How many tokens the answer may still have."""
        return self.request.sampling.max_tokens - len(self.made.ids)

    def add(self, piece: Completion) -> bool:
        """Append a piece; return whether it brought anything. One that ends in mid-character is asked for again."""
        found = tokens_of(piece)
        if len(found.logprobs) != len(found.ids):
            raise GenerationError("the recorded completion has no log-probabilities: an earlier version made it")
        at_the_limit = piece.finish_reason == "length" and self.room > len(found.ids)
        found = found.whole() if at_the_limit else found
        self.made, self.finish_reason = self.made + found, piece.finish_reason
        return bool(found.ids)

    def reach(self, length: int) -> int:
        """Make the answer so long, if it goes on for so long; return its length."""
        while len(self.made.ids) < length and self.finish_reason == "length":
            most = min(_PIECE, self.room, self.ledger.left)
            if most <= 0 or not self.add(self.ledger.ask(self._after(self.made, most))):
                break
        return len(self.made.ids)

    def choose(self, position: int) -> tuple[float, float] | None:
        """Put the best candidate in the place of a token; return the scores of the two, None if it stays."""
        spare = self.ledger.left - self.room
        if not self.made.can_be_cut(position) or spare < (_CANDIDATES - 1) * (1 + _AHEAD):
            return None
        kept = self.made.before(position)
        own = best = fmean(self.made.logprobs[position : position + 1 + _AHEAD])
        tried = {self.made.ids[position]}
        chosen: _Path | None = None
        for _ in range(_CANDIDATES - 1):
            other = _Path(self.request, self.ledger, self.prompt_ids, kept)
            token = self.ledger.ask(replace(self._after(kept, 1), forbidden=tuple(sorted(tried))))
            if not tokens_of(token).ids:
                break
            tried.add(tokens_of(token).ids[0])
            if not other.add(token):
                continue  # a part of a character
            if other.finish_reason == "length" and other.room > 0:
                other.add(self.ledger.ask(self._after(other.made, min(_AHEAD, other.room))))
            if (score := fmean(other.made.logprobs[position:])) > best:
                best, chosen = score, other
        if chosen is None:
            return None
        self.made, self.finish_reason = chosen.made, chosen.finish_reason
        return own, best

    def _after(self, kept: Tokens, length: int) -> Request:
        return going_on(self.request, Prefix(prompt_ids=self.prompt_ids, ids=kept.ids), length)


def _step(before: Tokens, after: Tokens, position: int, own: float, best: float) -> Regeneration:
    return Regeneration(
        trigger="entropy",
        detail=f"entropy {before.entropies[position]:.2f}, mean log-probability {own:.3f}, then {best:.3f}",
        position=position,
        before=before.texts[position],
        after=after.texts[position],
        tokens_before=len(before.ids),
        tokens_after=len(after.ids),
    )
