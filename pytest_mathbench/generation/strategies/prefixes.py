"""Going on from token ids, so that what is kept is kept to the token.

Text would be split into tokens anew, and not always into the same ones. docs/strategies.md.
"""

from dataclasses import replace

from pytest_mathbench.errors import GenerationError
from pytest_mathbench.records import Completion, Prefix, Request
from pytest_mathbench.tokens import Tokens


def going_on(request: Request, prefix: Prefix, length: int) -> Request:
    """Ask for so many tokens after a prefix. A seed is moved on with it, or each request would draw the same again."""
    seed = request.sampling.seed
    sampling = replace(request.sampling, max_tokens=length, seed=None if seed is None else seed + len(prefix.ids))
    return replace(request, tokens=True, prefix=prefix, sampling=sampling)


def joined(first: Completion, tokens: Tokens, finish_reason: str) -> Completion:
    """Return the first completion with other tokens in its place."""
    text = "".join(tokens.texts)
    return replace(first, text=text, finish_reason=finish_reason, tokens=tokens, completion_tokens=len(tokens.ids))


def tokens_of(completion: Completion) -> Tokens:
    """Return the tokens. Raises `GenerationError` where there are none."""
    if completion.tokens is None:
        raise GenerationError("the source of completions brings no tokens, which the strategy needs")
    return completion.tokens


def prompt_ids_of(completion: Completion) -> tuple[int, ...]:
    """Return the prompt's token ids. Raises `GenerationError` where they are not told."""
    if not completion.prompt_ids:
        raise GenerationError("the endpoint does not tell the prompt's token ids, which the strategy goes on from")
    return completion.prompt_ids
