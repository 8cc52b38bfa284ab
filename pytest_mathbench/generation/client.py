"""One try at one request: what is sent, what comes back, and what kind of fault it is when nothing usable does."""

import asyncio
import email.utils
import json
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing
from http import HTTPStatus
from typing import Any

import openai

from pytest_mathbench.errors import EndpointLostError, GenerationError, RefusedError
from pytest_mathbench.generation.answers import Answer, Manner, Stream, of_whole
from pytest_mathbench.generation.body import body_of, patch_hint
from pytest_mathbench.records import Completion, Request
from pytest_mathbench.serving.endpoint import Endpoint, client_settings
from pytest_mathbench.serving.words import KEY, NAME, code_of, said_by, way_out, words_of

Told = Callable[[int, bool, str], None]
"""Hears how many tokens have come since it last heard, whether the thought is over by now, and what came last."""

DEADLINE_SECONDS = 1800.0
CONNECT_SECONDS = 20.0

_BUSY = {429, 503, 529}
_PASSING = {408, 409, 425, 499}
_GATEWAY = {502, 504, 520, 522, 524}
_SLOW_SECONDS = 30.0
"""A gateway's fault after so long is its own time limit, which another try would meet again."""

_EXHAUSTED = ("insufficient_quota", "billing", "insufficient_balance", "credit", "account_deactivated", "payment")


class PassingError(GenerationError):
    """A fault that another try may not meet."""


class BusyError(PassingError):
    """The endpoint has no room now; it asks not to be asked for `delay` seconds, None if it does not say."""

    def __init__(self, message: str, delay: float | None) -> None:
        super().__init__(message)
        self.delay = delay


class NoConnectionError(PassingError):
    """The endpoint cannot be reached."""


class Client:
    """Sends requests to one endpoint. Nothing is tried twice here: that is for whoever counts requests to decide."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        deadline: float = DEADLINE_SECONDS,
        stream: bool = False,
        manner: Manner | None = None,
    ) -> None:
        """`deadline` is in seconds, for one try. `manner` is the model's, which all its clients share."""
        self._manner = manner or Manner()
        self._model = endpoint.model
        self._deadline = deadline
        self._stream = stream
        settings = client_settings(endpoint)
        self._more = settings.pop("per_request")
        self._openai = openai.AsyncOpenAI(
            max_retries=0,
            timeout=openai.Timeout(deadline, connect=min(CONNECT_SECONDS, deadline)),
            http_client=openai.DefaultAsyncHttpxClient(trust_env=not endpoint.is_local, **settings.pop("http")),
            **settings,
        )

    async def complete(self, request: Request, queued_seconds: float = 0.0, told: Told = lambda *_: None) -> Completion:
        """Ask once; `told` hears of a stream as it comes.

        Raises `GenerationError`, with the cause, if no usable completion came back in time: one of the kinds above, or
        `EndpointLostError`.
        """
        streamed = self._stream and not request.tokens
        start = time.monotonic()
        try:
            async with asyncio.timeout(self._deadline):
                answer = await (self._streamed(request, start, told) if streamed else self._whole(request))
        except TimeoutError:
            raise GenerationError(f"no answer within {self._deadline:g} s (--mathbench-request-timeout)") from None
        except openai.APITimeoutError as error:
            raise NoConnectionError(f"no connection within {CONNECT_SECONDS:g} s") from error
        except openai.APIConnectionError as error:
            raise NoConnectionError(f"the endpoint cannot be reached: {error.__cause__ or error}") from error
        except openai.APIStatusError as error:
            body = body_of(request, self._model, stream=streamed)
            raise fault_of(error, time.monotonic() - start, body, streamed=streamed) from None
        except openai.OpenAIError as error:
            raise GenerationError(f"the request could not be sent: {error}") from error
        seconds = time.monotonic() - start
        if not request.tokens:  # they make up the text as it is
            answer = self._manner.apart(answer)
        return Completion(
            text=answer.text,
            finish_reason=answer.finish_reason,
            prompt_tokens=answer.usage.prompt_tokens,
            completion_tokens=answer.usage.completion_tokens,
            queued_seconds=queued_seconds,
            seconds=seconds,
            first_token_seconds=answer.first_token_seconds,
            tokens=answer.tokens,
            prompt_ids=answer.prompt_ids,
            reasoning=answer.reasoning,
            reasoning_tokens=answer.usage.reasoning_tokens,
            cost=answer.usage.cost,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._openai.close()

    def _call(self, request: Request, *, stream: bool) -> tuple[Any, dict[str, Any]]:
        """Return the API to call and its arguments: the body goes as it is, so that nothing is added to it."""
        is_text = request.raw or request.prefix
        api: Any = self._openai.completions if is_text else self._openai.chat.completions
        body = body_of(request, self._model, stream=stream)
        names = ("model", "prompt") if is_text else ("model", "messages")
        return api, {**{name: body.pop(name) for name in names}, "extra_body": body, **self._more}

    async def _whole(self, request: Request) -> Answer:
        """Ask for the answer in one piece."""
        api, arguments = self._call(request, stream=False)
        response = await api.with_raw_response.create(**arguments)
        return _read(response.http_response.content, request)

    async def _streamed(self, request: Request, start: float, told: Told) -> Answer:
        """Ask for the answer in pieces. They are read here: the openai client takes several times as long."""
        api, arguments = self._call(request, stream=True)
        joined = Stream(start)
        try:
            async with api.with_streaming_response.create(stream=True, **arguments) as response:
                if "json" in response.headers.get("content-type", ""):  # it does not stream, whatever it is asked
                    return _read(await response.read(), request)
                async with aclosing(response.iter_lines()) as lines:
                    async for line in lines:
                        if not line.startswith("data:"):
                            continue
                        if (data := line[5:].strip()) == "[DONE]":
                            break
                        before = joined.pieces
                        joined.add(_checked(json.loads(data)))
                        told(joined.pieces - before, joined.thought_is_over, joined.latest)
        except (GenerationError, openai.OpenAIError):
            raise
        except (ValueError, RecursionError) as error:
            raise PassingError(f"the endpoint's stream is not JSON: {error}") from error
        except Exception as error:  # whatever the HTTP library makes of a connection that closes
            raise PassingError(f"the answer broke off: {error.__cause__ or error}") from error
        return joined.answer()


def _checked(chunk: object) -> object:
    """Return a chunk of a stream. Raises `GenerationError` for one that tells of an error."""
    if isinstance(words_of(chunk), str):
        raise _of_body(chunk, "the endpoint's stream broke off with an error")
    return chunk


def _read(content: bytes, request: Request) -> Answer:
    """Read an answer that came in one piece. Raises `GenerationError`."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        said = " ".join(content.decode("utf-8", "replace").split())[:200]
        raise GenerationError(
            f"the endpoint's answer is not JSON ({error}): {said!r}\n→ is this an OpenAI-compatible endpoint? {NAME}"
        ) from None
    if isinstance(words_of(data), str):
        raise _of_body(data, "the endpoint answered with an error")
    return of_whole(data, request)


def fault_of(
    error: openai.APIStatusError, seconds: float, body: Mapping[str, Any], *, streamed: bool
) -> GenerationError:
    """Return what an HTTP error is to us, told in the endpoint's own words; it came after so many seconds."""
    status, words = error.status_code, said_by(error)
    try:
        code = code_of(json.loads(error.response.content))
    except (ValueError, RecursionError):
        code = ""
    if status == HTTPStatus.PAYMENT_REQUIRED or any(word in code for word in _EXHAUSTED):
        return EndpointLostError(f"the endpoint's quota is used up ({status}): {words}")
    if status in _BUSY:
        return BusyError(f"the endpoint has no room ({status}): {words}", retry_after(error.response.headers))
    if status in _GATEWAY and seconds > _SLOW_SECONDS:
        way_out = "" if streamed else ": stream the answers with --mathbench-stream"
        return GenerationError(f"a gateway gave up on a long answer after {seconds:.0f} s ({status}){way_out}; {words}")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        return PassingError(f"the endpoint failed ({status}): {words}")
    return _refused(status, words, body)


def _refused(status: int, words: str, body: Mapping[str, Any]) -> GenerationError:
    if status == HTTPStatus.UNAUTHORIZED:
        return EndpointLostError(f"the endpoint refuses the API key ({status}): {words}\n→ {KEY}")
    if status == HTTPStatus.FORBIDDEN:
        missing = "a key (--mathbench-api-key-env) or a header (--mathbench-headers) may be missing"
        return RefusedError(f"forbidden ({status}): {words}\n→ {missing}")
    if status == HTTPStatus.NOT_FOUND:
        return RefusedError(f"not found ({status}): {words}\n→ {NAME}")
    return RefusedError(f"the endpoint refused ({status}): {words}{way_out(words) or patch_hint(words, body)}")


def _of_body(data: object, what: str) -> GenerationError:
    """Return what an error body is to us that came with the status of a success; `what` happened."""
    code, words = code_of(data), words_of(data)
    if any(word in code for word in _EXHAUSTED):
        return EndpointLostError(f"the endpoint's quota is used up: {words}")
    message = f"{what}: {words}"
    number = next((int(part) for part in code.split() if part.isdecimal()), 0)
    if number in _BUSY or "rate_limit" in code or "overloaded" in code:
        return BusyError(message, None)
    if HTTPStatus.BAD_REQUEST <= number < HTTPStatus.INTERNAL_SERVER_ERROR and number not in _PASSING:
        return RefusedError(message)
    return PassingError(message)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds a server asks not to be asked; None if it does not say (RFC 9110, 10.2.3)."""
    try:
        return max(0.0, float(headers["retry-after-ms"]) / 1000)
    except (KeyError, ValueError):
        pass
    if (value := headers.get("retry-after")) is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        date = email.utils.parsedate_tz(value)
        return max(0.0, email.utils.mktime_tz(date) - time.time()) if date else None
