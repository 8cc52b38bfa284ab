"""What a mended completion goes on with: the tokens before the blamed one, and another in its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pytest_mathbench.errors import RefusedError
from pytest_mathbench.generation.strategies.prefixes import going_on, joined, tokens_of
from pytest_mathbench.generation.strategies.strategy import Ledger
from pytest_mathbench.records import Completion, Prefix, Request
from pytest_mathbench.tokens import Tokens

_NAME = 12
"""Tokens that a name is asked for in, with what follows it."""

CHOICES = 3
"""Tokens that are tried at one place, the first one included."""


@dataclass(slots=True)
class Work:
    """What regenerating one completion has come to."""

    request: Request
    ledger: Ledger
    prompt_ids: tuple[int, ...]
    tried: dict[tuple[int, ...], set[int]] = field(default_factory=dict)
    """The tokens that were tried after each prefix."""
    named: dict[tuple[int, ...], set[str]] = field(default_factory=dict)
    """The names that were tried after each prefix."""

    def go_on(
        self, current: Completion, positions: Sequence[int], lead: str = "", allowed: Sequence[str] = ()
    ) -> tuple[int, Completion] | None:
        """Cut before the first of the positions at which there is something left to try, and go on otherwise.

        At the first of them with one of the names that are `allowed` there after a `lead`, where the endpoint holds its
        answers to that.
        """
        tokens = tokens_of(current)
        if allowed and tokens.can_be_cut(positions[0]):
            chosen = self._by_name(current, positions[0], lead, allowed)
            if chosen:
                return positions[0], chosen
        for position in positions:
            if not tokens.can_be_cut(position):
                continue
            kept = tokens.before(position)
            tried = self.tried.setdefault(kept.ids, set())
            tried.add(tokens.ids[position])
            while len(tried) < CHOICES and self.ledger.left > 0:
                other = self.ledger.ask(self._after(kept, 1, tuple(sorted(tried))))
                if not (found := tokens_of(other)).ids:
                    break
                tried.add(found.ids[0])
                if found.texts[0] or other.finish_reason != "length":  # not a part of a character
                    return position, self._completed(current, kept + found, other.finish_reason)
        return None

    def _by_name(self, current: Completion, position: int, lead: str, allowed: Sequence[str]) -> Completion | None:
        """Go on with a name that is allowed and not tried; None if there is none, or the endpoint brings another."""
        kept = tokens_of(current).before(position)
        tried = self.named.setdefault(kept.ids, set())
        free = tuple(name for name in allowed if name not in tried)
        length = min(_NAME, self.ledger.left, self.request.sampling.max_tokens - len(kept.ids))
        if not free or length <= 0 or len(tried) >= CHOICES - 1:
            return None
        try:
            answer = self.ledger.ask(replace(self._after(kept, length), lead=lead, allowed=free))
        except RefusedError:
            return None  # it knows no such thing
        found = tokens_of(answer).whole()
        text = "".join(found.texts)
        name = re.match(r"\w+", text.removeprefix(lead))
        is_ended = name and (answer.finish_reason != "length" or len(lead) + name.end() < len(text))
        if not name or not is_ended or name[0] not in free:
            return None
        tried.add(name[0])
        return self._completed(current, kept + found, answer.finish_reason)

    def go_on_softly(
        self, current: Completion, position: int, penalties: dict[int, float], length: int
    ) -> Completion | None:
        """Cut there, make so many tokens under penalties, and go on without; None if that makes no character."""
        kept = tokens_of(current).before(position)
        length = min(length, self.ledger.left, self.request.sampling.max_tokens - position)
        asked = self._after(kept, length, tuple(penalties))
        soft = self.ledger.ask(replace(asked, penalties=tuple(penalties.values())))
        found = tokens_of(soft).whole() if soft.finish_reason == "length" else tokens_of(soft)
        return self._completed(current, kept + found, soft.finish_reason) if found.ids else None

    def _completed(self, current: Completion, made: Tokens, finish_reason: str) -> Completion:
        length = min(self.request.sampling.max_tokens - len(made.ids), self.ledger.left)
        if finish_reason == "length" and length > 0:
            rest = self.ledger.ask(self._cut(self._after(made, length), made))
            made, finish_reason = made + tokens_of(rest), rest.finish_reason
        return joined(current, made, finish_reason)

    def _after(self, kept: Tokens, length: int, forbidden: tuple[int, ...] = ()) -> Request:
        prefix = Prefix(prompt_ids=self.prompt_ids, ids=kept.ids)
        return replace(going_on(self.request, prefix, length), forbidden=forbidden, cut=False)

    def _cut(self, request: Request, made: Tokens) -> Request:
        """Have what comes after these tokens cut, if all is."""
        if not self.request.cut or request.prefix is None:
            return request
        return replace(request, cut=True, prefix=replace(request.prefix, text="".join(made.texts)))
