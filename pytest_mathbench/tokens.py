"""What is known of the tokens of a completion."""

from dataclasses import dataclass
from itertools import accumulate

from pytest_mathbench.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens(Record):
    """A completion's tokens, a column for each thing that is known of them.

    `texts` joined are the completion's text; a token in mid-character, or one that a server does not show (an end
    mark), has an empty text. Of each token's distribution, `margins` is by how much the probability of the first leads
    the second's, and `entropies` the entropy, in nats, of what the server tells of it: a lower bound. `logprobs` are
    those of the tokens themselves; there are none in what earlier versions recorded.
    """

    ids: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    margins: tuple[float, ...] = ()
    entropies: tuple[float, ...] = ()
    logprobs: tuple[float, ...] = ()

    def __add__(self, other: "Tokens") -> "Tokens":
        """Append tokens."""
        return Tokens(
            ids=self.ids + other.ids,
            texts=self.texts + other.texts,
            margins=self.margins + other.margins,
            entropies=self.entropies + other.entropies,
            logprobs=self.logprobs + other.logprobs,
        )

    def before(self, position: int) -> "Tokens":
        """Return the tokens before a position."""
        return Tokens(
            ids=self.ids[:position],
            texts=self.texts[:position],
            margins=self.margins[:position],
            entropies=self.entropies[:position],
            logprobs=self.logprobs[:position],
        )

    def starts(self) -> list[int]:
        """Return where each token's text begins in the completion's, in characters."""
        return list(accumulate(map(len, self.texts), initial=0))[:-1]

    def whole(self) -> "Tokens":
        """Return the tokens without those at the end that show nothing: parts of a character, and an end mark."""
        return self.before(max((place for place, text in enumerate(self.texts, 1) if text), default=0))

    def can_be_cut(self, position: int) -> bool:
        """Whether the text before a token is whole: no character is split there."""
        return self.texts[position] != "" and (position == 0 or self.texts[position - 1] != "")
