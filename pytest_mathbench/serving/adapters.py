"""LoRA adapters: whether a server knows the one that is to be asked, and whether that changes anything."""

from dataclasses import replace

from pytest_mathbench.errors import ServerError
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.probe import CHAT, NotTakenError, answer_to, first_choice, listed

_QUESTION = "Write a Python program that prints the sum of 17 and 25."
_TOKENS = 8
_SAME = 1e-4
"""Log probabilities that differ by no more are equal: the same computation, made twice."""


def check_adapter(endpoint: Endpoint, adapter: str, base: str) -> None:
    """See that an endpoint, whose model is asked with an adapter, knows that and does not ignore it.

    The endpoint's list of models has to name it, where there is a list. Whether the adapter changes anything is seen by
    the probabilities of a few tokens, asked of the `base` model as well, where the endpoint tells them. Raises
    `ServerError`.
    """
    where = f"{endpoint.base_url} (adapter {adapter!r})"
    known = [model["id"] for model in listed(endpoint)]
    if known and not {adapter, endpoint.model} & set(known):
        raise ServerError(
            f"{where}: the server knows no such adapter; it knows {', '.join(map(repr, known))}. A vLLM server of "
            f"the run loads one with --mathbench-vllm-args='--enable-lora --lora-modules {adapter}=FOLDER'"
        )
    found = [_probabilities(replace(endpoint, model=name)) for name in (endpoint.model, base)]
    if found[0] and found[1] and _same(found[0], found[1]):
        raise ServerError(
            f"{where}: the server answers with the adapter just as it does without it (equal probabilities of all of "
            f"{len(found[0])} tokens): it ignores the adapter, or the adapter changes nothing. See that its target "
            "modules are the model's, and that it was trained and saved"
        )


def _probabilities(endpoint: Endpoint) -> list[tuple[str, float]]:
    """Return the first tokens of an answer with their log probabilities; none where the endpoint does not tell."""
    messages = [{"role": "user", "content": _QUESTION}]
    asked = {"messages": messages, "max_tokens": _TOKENS, "temperature": 0.0, "logprobs": True}
    try:
        choice = first_choice(answer_to(endpoint, CHAT, asked))
    except NotTakenError:
        return []
    content = (choice.get("logprobs") or {}).get("content") or ()
    return [(token["token"], token["logprob"]) for token in content]


def _same(one: list[tuple[str, float]], other: list[tuple[str, float]]) -> bool:
    return len(one) == len(other) and all(
        first == second and abs(here - there) <= _SAME
        for (first, here), (second, there) in zip(one, other, strict=True)
    )
