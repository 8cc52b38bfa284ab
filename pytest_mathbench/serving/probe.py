"""Whether an endpoint answers, with what, and which models it lists."""

import json
from http import HTTPStatus
from typing import Any

from pytest_mathbench.errors import NotAnsweringError, ServerError
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.words import KEY, NAME, WAY, way_out, words_of

CHAT = "/chat/completions"
TEXT = "/completions"

_SECONDS = 60.0
_QUESTION = "1+1="
_NOT_TAKEN = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
"""How endpoints say that they do not know what is asked of them."""


def listed(endpoint: Endpoint, seconds: float = _SECONDS) -> list[dict[str, Any]]:
    """Return what an endpoint tells of each of its models, `id` among it; nothing where it does not tell."""
    from pytest_mathbench.serving import http  # its library takes a moment

    try:
        data = json.loads(http.ask(endpoint, "/models", seconds=seconds))["data"]
    except (http.NoConnectionError, http.NoAnswerError, http.StatusError, ValueError, LookupError, TypeError):
        return []
    return [each for each in data if isinstance(each, dict) and "id" in each] if isinstance(data, list) else []


def same_model(endpoint: Endpoint) -> None:
    """See that all replicas serve one model, as far as they tell. Raises `ServerError` if they do not."""
    told: dict[str, dict[str, Any]] = {}
    for lane in endpoint.lanes if endpoint.replicas else ():
        if models := listed(lane):
            of_ours = next((model for model in models if model["id"] == lane.model), {})
            names = ("root", "parent", "max_model_len")
            told[lane.base_url] = {name: of_ours[name] for name in names if name in of_ours}
    for url, found in told.items():
        first, expected = next(iter(told.items()))
        if found != expected:
            raise ServerError(
                f"{url} serves another model than {first}: {found} and {expected}; replicas must serve the same"
            )


def probe(endpoint: Endpoint, seconds: float = _SECONDS, *, tokens: bool = False, raw: bool = False) -> None:
    """Ask for one token: the only proof that an endpoint works. With `tokens`, go on from it to another one.

    With `raw` a text is gone on with, which takes no chat template. Each answer is waited for so many `seconds`.

    Raises `ServerError`, which says what to do, if no completion comes back: `NotAnsweringError` where a later try may
    succeed.
    """
    where = f"{endpoint.base_url} (model {endpoint.model!r})"
    asked = {"prompt": _QUESTION} if raw else {"messages": [{"role": "user", "content": _QUESTION}]}
    answer = answer_to(endpoint, TEXT if raw else CHAT, {**asked, "max_tokens": 1}, seconds)
    if not answer.get("choices"):
        raise ServerError(f"{where}: the answer is no chat completion\n→ is this an OpenAI-compatible endpoint? {NAME}")
    if tokens and (missing := _missing(endpoint, seconds)):
        raise ServerError(
            f"{where}: the endpoint {missing}, which the strategy needs; vLLM from 0.10.2 has it all, and "
            "--mathbench-strategy=single needs none of it"
        )


class NotTakenError(ServerError):
    """The endpoint does not take what was asked, in its own words."""


def answer_to(endpoint: Endpoint, path: str, body: dict[str, Any], seconds: float = _SECONDS) -> dict[str, Any]:
    """Return the endpoint's answer to a body, to which its model is added; what is no JSON object is an empty one.

    Raises `ServerError`, which says what to do: `NotAnsweringError` where a later try may succeed, `NotTakenError`
    where the endpoint does not know what it is asked.
    """
    from pytest_mathbench.serving import http  # its library takes a moment

    where = f"{endpoint.base_url} (model {endpoint.model!r})"
    try:
        answer = json.loads(http.ask(endpoint, path, {"model": endpoint.model, **body}, seconds=seconds))
    except http.NoAnswerError as error:
        raise NotAnsweringError(f"{where}: {error}") from None
    except http.NoConnectionError as error:
        raise NotAnsweringError(f"{where}: unreachable ({error})\n→ {WAY}") from None
    except http.StatusError as error:
        if error.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise ServerError(f"{where}: the endpoint refuses the API key ({error.status})\n→ {KEY}") from None
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise NotAnsweringError(f"{where}: the server failed ({error})") from None
        what = "not found" if error.status == HTTPStatus.NOT_FOUND else "no completion came back"
        cure = f"\n→ {NAME}" if error.status == HTTPStatus.NOT_FOUND else way_out(str(error))
        kind = NotTakenError if error.status in _NOT_TAKEN else ServerError
        raise kind(f"{where}: {what} ({error}){cure}") from None
    except (ValueError, RecursionError):
        return {}
    if words := words_of(answer):
        raise ServerError(f"{where}: no completion came back ({words}){way_out(words)}")
    return answer if isinstance(answer, dict) else {}


def first_choice(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the first of an answer's choices; an empty one if there is none."""
    choices = answer.get("choices")
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}


def _missing(endpoint: Endpoint, seconds: float) -> str:
    """Say what an endpoint lacks of what it takes to go on from a token; empty if nothing."""
    asked = {"max_tokens": 1, "return_token_ids": True}
    chat = {"messages": [{"role": "user", "content": _QUESTION}], "logprobs": True, "top_logprobs": 2}
    try:
        answer = answer_to(endpoint, CHAT, {**asked, **chat}, seconds)
    except NotTakenError as error:
        return f"gives no logprobs or token ids ({_short(error)})"
    choice = first_choice(answer)
    if not (choice.get("logprobs") or {}).get("content"):
        return "gives no logprobs"
    ids = [*(answer.get("prompt_token_ids") or ()), *(choice.get("token_ids") or ())]
    if not ids or not choice.get("token_ids"):
        return "gives no token ids (return_token_ids)"
    try:
        more = answer_to(
            endpoint, TEXT, {**asked, "prompt": ids, "logprobs": 2, "logit_bias": {str(ids[-1]): -100}}, seconds
        )
    except NotTakenError as error:
        return f"does not go on from token ids in /completions ({_short(error)})"
    going_on = first_choice(more)
    if not (going_on.get("logprobs") or {}).get("tokens") or not going_on.get("token_ids"):
        return "gives no logprobs or token ids in /completions"
    return ""


def _short(error: Exception) -> str:
    """Return what an endpoint said, without the hint that would be the wrong one here."""
    return str(error).partition("\n")[0]
