"""Prompts that an endpoint may have cut: it counts fewer tokens than their text must have."""

import re

from pytest_mathbench.records import ItemResult

_RUN = re.compile(r"[^\W\d_]+|\d+")
_DIGITS = 3
"""Digits that one token may hold, in the tokenizers that group them."""

_CERTAIN = 0.9
"""Below this share of the least number a count is no matter of the tokenizer."""

_SHORTEST = 20


def least_tokens(text: str) -> int:
    """Return how many tokens a text has at least: tokenizers join no two words, and no more than three digits."""
    return sum(-(-len(run[0]) // _DIGITS) if run[0].isdecimal() else 1 for run in _RUN.finditer(text))


def is_cut(result: ItemResult) -> bool:
    """Whether the endpoint counted fewer prompt tokens than an attempt's prompt must have; it may not count at all."""
    request, completion = result.request, result.completion
    if request is None or completion is None or request.prefix or not completion.prompt_tokens:
        return False
    least = least_tokens(request.prompt.system) + least_tokens(request.prompt.user)
    return least >= _SHORTEST and completion.prompt_tokens < _CERTAIN * least
