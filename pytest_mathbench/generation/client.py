"""One request to an OpenAI-compatible endpoint → Completion."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import openai

from pytest_mathbench.errors import GenerationError, UnreachableError
from pytest_mathbench.generation import tokens
from pytest_mathbench.records import Completion, Prompt, Request, Tokens
from pytest_mathbench.serving.endpoint import Endpoint

RETRIES = 8
"""With the openai client's backoff (0.5 s, doubled up to 8 s) these take about 40 s."""

DEADLINE_SECONDS = 1800.0
_CONNECT_SECONDS = 20.0
_PUSHING_BACK = {429, 503}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is taken of an endpoint's answer, streamed or whole. The fields may be anything that JSON holds."""

    text: object
    finish_reason: object
    usage: object
    first_token_seconds: float | None = None
    tokens: Tokens | None = None
    prompt_ids: tuple[int, ...] = ()


class Client:
    """Makes completions; connection errors, 429 and 5xx are retried by the openai client with its own backoff."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        retries: int = RETRIES,
        deadline: float = DEADLINE_SECONDS,
        stream: bool = False,
        pushed_back: Callable[[], None] = lambda: None,
    ) -> None:
        """`deadline` is in seconds, retries included; `pushed_back` is told when the server has no room."""
        self._model = endpoint.model
        self._deadline = deadline
        self._stream = stream
        self._retries = retries

        async def look(response: Any) -> None:  # noqa: ANN401 - of the HTTP library that the client brings
            if response.status_code in _PUSHING_BACK:
                pushed_back()

        self._openai = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key,
            max_retries=retries,
            timeout=openai.Timeout(deadline, connect=min(_CONNECT_SECONDS, deadline)),
            http_client=openai.DefaultAsyncHttpxClient(
                trust_env=not endpoint.is_local,
                event_hooks={"response": [look]},
            ),
        )

    async def complete(self, request: Request, queued_seconds: float = 0.0) -> Completion:
        """Ask once. Raises `GenerationError`, with the cause, if no usable completion came back in time."""
        ask = self._streamed if self._stream and not request.tokens else self._whole
        start = time.monotonic()
        try:
            async with asyncio.timeout(self._deadline):
                answer, seconds = await ask(request)
        except TimeoutError:
            raise GenerationError(f"no answer within {self._deadline:g} s (--mathbench-request-timeout)") from None
        except openai.APITimeoutError as error:
            raise GenerationError(
                f"no answer in time ({_CONNECT_SECONDS:g} s to connect, {self._deadline:g} s to answer), at any try"
            ) from error
        except openai.APIConnectionError as error:
            raise UnreachableError(
                f"the endpoint cannot be reached, after {self._retries} retries: {error.__cause__ or error}"
            ) from error
        except openai.OpenAIError as error:
            raise GenerationError(f"the endpoint refused: {' '.join(str(error).split())[:500]}") from error
        except ValueError as error:
            raise GenerationError(f"the endpoint's answer is no JSON: {error}") from error
        waited = time.monotonic() - start - seconds
        return _completion(answer, queued_seconds + waited, seconds)

    async def close(self) -> None:
        """Close the connections."""
        await self._openai.close()

    async def _whole(self, request: Request) -> tuple[Answer, float]:
        """Ask for the answer in one piece. Return it, and the seconds of the try that brought it."""
        api: Any = self._openai.completions if request.prefix else self._openai.chat.completions
        response = await api.with_raw_response.create(**self._arguments(request))
        answer: Any = response.parse()
        try:
            return _read(answer, request), response.elapsed.total_seconds()
        except (AttributeError, LookupError, TypeError):
            raise GenerationError(f"the endpoint's answer is no chat completion: {str(answer)[:200]!r}") from None
        except ValueError as error:
            raise GenerationError(f"the endpoint's answer has not the tokens that were asked for: {error}") from None

    async def _streamed(self, request: Request) -> tuple[Answer, float]:
        """Ask for the answer in pieces; one that breaks off is asked for again."""
        for left in reversed(range(self._retries + 1)):
            start = time.monotonic()
            stream: Any = await self._openai.chat.completions.create(
                stream=True, stream_options={"include_usage": True}, **self._arguments(request)
            )
            try:
                answer = await _joined(stream, start)
                return answer, time.monotonic() - start
            except (GenerationError, ValueError, openai.APIStatusError):
                raise
            except Exception as error:  # whatever the HTTP library and the client make of it
                if not left:
                    raise GenerationError(f"the answer broke off: {error.__cause__ or error}") from error
        raise AssertionError  # the last try returned or raised

    def _arguments(self, request: Request) -> Mapping[str, Any]:
        asked: Mapping[str, Any]
        if request.prefix:
            asked = {"prompt": [*request.prefix.prompt_ids, *request.prefix.ids], "logprobs": tokens.TOP}
        elif request.tokens:
            asked = {"messages": _messages(request.prompt), "logprobs": True, "top_logprobs": tokens.TOP}
        else:
            asked = {"messages": _messages(request.prompt)}
        return {"model": self._model, **asked, **_sampling(request), **_response_format(request), **_tokens(request)}


async def _joined(stream: Any, start: float) -> Answer:  # noqa: ANN401 - the endpoint's chunks may be anything
    """Read a stream to its end; `start` is when it was asked for."""
    pieces: list[str] = []
    first = finish_reason = usage = None
    async with stream:
        async for chunk in stream:
            usage = getattr(chunk, "usage", None) or usage
            for choice in getattr(chunk, "choices", None) or ():
                if isinstance(piece := getattr(choice.delta, "content", None), str) and piece:
                    first = first or time.monotonic() - start
                    pieces.append(piece)
                finish_reason = choice.finish_reason or finish_reason
    if finish_reason is None:
        raise GenerationError(f"the endpoint's stream ended without a finish reason, after {len(pieces)} pieces")
    return Answer("".join(pieces), finish_reason, usage, first)


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


def _tokens(request: Request) -> Mapping[str, Any]:
    """Ask for token ids (vLLM's `return_token_ids`), and forbid some."""
    if not request.tokens:
        return {}
    bias = {str(token): -100 for token in request.forbidden}  # the API's "never"
    return {"extra_body": {"return_token_ids": True}, **({"logit_bias": bias} if bias else {})}


def _read(answer: Any, request: Request) -> Answer:  # noqa: ANN401 - the endpoint's answer may be anything
    """Take what is needed. Raises `ValueError` if tokens were asked for and are not there."""
    choice = answer.choices[0]
    text = choice.text if request.prefix else choice.message.content
    if not request.tokens:
        return Answer(text, choice.finish_reason, answer.usage)
    if request.prefix:
        found, prompt_ids = tokens.of_continuation(text or "", choice), request.prefix.prompt_ids
    else:
        found, prompt_ids = tokens.of_chat(text or "", choice), tuple(answer.prompt_token_ids or ())
    return Answer(text, choice.finish_reason, answer.usage, tokens=found, prompt_ids=prompt_ids)


def _response_format(request: Request) -> Mapping[str, Any]:
    if not request.json_schema:
        return {}
    schema = {"name": "answer", "schema": json.loads(request.json_schema), "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def _completion(answer: Answer, queued_seconds: float, seconds: float) -> Completion:
    """Take what is needed out of an answer that need not be what the API promises."""
    if not isinstance(answer.finish_reason, str):
        raise GenerationError(f"the endpoint's answer has no finish reason: {str(answer)[:200]!r}")
    return Completion(
        # No text is an answer too: a refusal, or a thought in a channel of its own that took all the tokens.
        text=answer.text if isinstance(answer.text, str) else "",
        finish_reason=answer.finish_reason,
        prompt_tokens=_count(answer.usage, "prompt_tokens"),
        completion_tokens=_count(answer.usage, "completion_tokens"),
        queued_seconds=queued_seconds,
        seconds=seconds,
        first_token_seconds=answer.first_token_seconds,
        tokens=answer.tokens,
        prompt_ids=answer.prompt_ids,
    )


def _count(usage: object, name: str) -> int:
    """Read a token count; an endpoint that does not count, or counts nonsense, has 0."""
    value = getattr(usage, name, 0)
    return value if isinstance(value, int) else 0
