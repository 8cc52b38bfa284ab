"""What an endpoint says of its tokens → Tokens."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pytest_mathbench.tokens import Tokens

TOP = 5
"""Candidates asked for at each position: as many as the completions API allows."""

_PLACES = 4
_LEAST = -9999.0
"""A logprob that stands for probability 0, as in the API."""

_REPLACEMENT = "\ufffd"


def align(text: str, shown: Iterable[bytes]) -> tuple[str, ...]:
    """Return each token's share of a text, of which `shown` are the tokens as the server shows them, in UTF-8.

    The shares joined are the text. A character that is split among tokens belongs to the last of them. Tokens that
    the text does not show, such as an end mark, have no share. Raises `ValueError` if the tokens do not make the text.
    """
    data = text.encode("utf-8", "surrogatepass")
    ends = []
    end = 0
    for token in shown:
        if data.startswith(token, end):
            end += len(token)
        elif end == 0 and data.startswith(stripped := token.lstrip(b" ")):
            end = len(stripped)  # some decoders drop the space that a text begins with
        ends.append(end)
    if ends and not data[end:].decode("utf-8", "replace").strip(_REPLACEMENT):
        ends[-1] = len(data)  # a character that was cut off
    elif end != len(data):
        raise ValueError(f"the tokens stop matching at {text[:80]!r}…, byte {end} of {len(data)}")
    shares = []
    start = 0
    for end in ends:
        while 0 < end < len(data) and data[end] & 0xC0 == 0x80:  # noqa: PLR2004 - UTF-8: not the first of a character
            end -= 1  # noqa: PLW2901 - back to where the character begins
        shares.append(data[start:end].decode("utf-8", "surrogatepass"))
        start = end
    return tuple(shares)


def of_chat(text: str, choice: Mapping[str, Any]) -> Tokens:
    """Read the tokens of a choice of the chat completions API. Raises `ValueError` if they are not all there."""
    content = _present(_member(choice, "logprobs").get("content"), "logprobs")
    shown = [bytes(each["bytes"]) if each.get("bytes") is not None else _encoded(each["token"]) for each in content]
    tops = [[top["logprob"] for top in each["top_logprobs"]] for each in content]
    return _tokens(choice, text, shown, tops, [each["logprob"] for each in content])


def of_continuation(text: str, choice: Mapping[str, Any]) -> Tokens:
    """Read the tokens of a choice of the completions API, which goes on from a prefix.

    Raises `ValueError` if they are not all there.
    """
    logprobs = _member(choice, "logprobs")
    shown = [_encoded(token) for token in _present(logprobs.get("tokens"), "logprobs")]
    tops: Sequence[Mapping[str, float] | None] = _present(logprobs.get("top_logprobs"), "logprobs")
    own = _present(logprobs.get("token_logprobs"), "logprobs")
    return _tokens(choice, text, shown, [[] if top is None else list(top.values()) for top in tops], own)


def _tokens(
    choice: Mapping[str, Any],
    text: str,
    shown: Sequence[bytes],
    tops: Sequence[Sequence[float]],
    logprobs: Sequence[float | None],
) -> Tokens:
    ids = _present(choice.get("token_ids"), "token ids")
    if not len(ids) == len(shown) == len(tops) == len(logprobs):
        raise ValueError(f"{len(ids)} token ids and {len(shown)} logprobs")
    return Tokens(
        ids=tuple(ids),
        texts=align(text, shown),
        margins=tuple(round(_margin(each), _PLACES) for each in tops),
        entropies=tuple(round(_entropy(each), _PLACES) for each in tops),
        logprobs=tuple(round(_LEAST if each is None else max(each, _LEAST), _PLACES) for each in logprobs),
    )


def _member(choice: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    member = choice.get(name)
    return member if isinstance(member, dict) else {}


def _present(column: Any, what: str) -> Any:  # of the endpoint's answer
    if column is None:
        raise ValueError(f"no {what} in it")
    return column


def _encoded(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")


def _margin(logprobs: Sequence[float]) -> float:
    """Return by how much the most probable leads the next, from 0 to 1; 1 where only one was told."""
    first, second = (*sorted(map(math.exp, logprobs), reverse=True), 0.0, 0.0)[:2]
    return first - second if logprobs else 1.0


def _entropy(logprobs: Sequence[float]) -> float:
    """Return Shannon's entropy of what was told of a distribution, in nats: a lower bound of the whole one's."""
    return math.fsum(-each * math.exp(each) for each in logprobs if each > -math.inf)
