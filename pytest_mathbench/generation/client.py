"""One request to an OpenAI-compatible endpoint → Completion."""

import time
from collections.abc import Mapping
from typing import Any

import openai

from pytest_mathbench.errors import GenerationError
from pytest_mathbench.records import Completion, Prompt, Request
from pytest_mathbench.serving.endpoint import Endpoint

RETRIES = 4
_REQUEST_SECONDS = 1800.0
_CONNECT_SECONDS = 20.0


class Client:
    """Makes completions; connection errors, 429 and 5xx are retried by the openai client with its own backoff."""

    def __init__(self, endpoint: Endpoint, *, retries: int = RETRIES) -> None:
        self._model = endpoint.model
        self._openai = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key,
            max_retries=retries,
            timeout=openai.Timeout(_REQUEST_SECONDS, connect=_CONNECT_SECONDS),
            http_client=openai.DefaultAsyncHttpxClient(trust_env=False) if endpoint.is_local else None,
        )

    async def complete(self, request: Request, queued_seconds: float = 0.0) -> Completion:
        """Ask once. Raises `GenerationError`, with the cause, if no usable completion came back."""
        start = time.monotonic()
        try:
            answer = await self._openai.chat.completions.create(
                model=self._model, messages=_messages(request.prompt), **_sampling(request)
            )
        except openai.OpenAIError as error:
            raise GenerationError(_explain(error)) from error
        except ValueError as error:
            raise GenerationError(f"the endpoint's answer is no JSON: {error}") from error
        return _completion(answer, queued_seconds, time.monotonic() - start)

    async def close(self) -> None:
        """Close the connections."""
        await self._openai.close()


def _messages(prompt: Prompt) -> list[Any]:
    return [{"role": "user", "content": prompt.user}]


def _sampling(request: Request) -> Mapping[str, Any]:
    sampling = request.sampling
    parameters: dict[str, Any] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
    }
    if sampling.seed is not None:
        parameters["seed"] = sampling.seed
    return parameters


def _completion(answer: Any, queued_seconds: float, seconds: float) -> Completion:  # noqa: ANN401 - may be anything
    """Take what is needed out of an answer that need not be what the API promises."""
    try:
        choice = answer.choices[0]
        text, finish_reason = choice.message.content, choice.finish_reason
    except (AttributeError, IndexError, TypeError):
        raise GenerationError(f"the endpoint's answer is no chat completion: {str(answer)[:200]!r}") from None
    if not isinstance(finish_reason, str):
        raise GenerationError(f"the endpoint's answer has no finish reason: {str(answer)[:200]!r}")
    usage = getattr(answer, "usage", None)
    return Completion(
        # No text is an answer too: a refusal, or a thought in a channel of its own that took all the tokens.
        text=text if isinstance(text, str) else "",
        finish_reason=finish_reason,
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
        queued_seconds=queued_seconds,
        seconds=seconds,
    )


def _count(usage: object, name: str) -> int:
    """Read a token count; an endpoint that does not count, or counts nonsense, has 0."""
    value = getattr(usage, name, 0)
    return value if isinstance(value, int) else 0


def _explain(error: openai.OpenAIError) -> str:
    if isinstance(error, openai.APITimeoutError):
        return f"no answer in time ({_CONNECT_SECONDS:g} s to connect, {_REQUEST_SECONDS:g} s to answer), at any try"
    if isinstance(error, openai.APIConnectionError):
        return f"the endpoint cannot be reached: {error.__cause__ or error}"
    return f"the endpoint refused: {' '.join(str(error).split())[:500]}"
