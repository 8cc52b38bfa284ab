"""One try at one request: what is sent, what comes back, and what kind of fault it is when nothing usable does."""

import asyncio
import email.utils
import json
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from pytest_mathbench.errors import EndpointLostError, GenerationError, RefusedError
from pytest_mathbench.generation.answers import Answer, Manner, Stream, of_whole
from pytest_mathbench.generation.body import body_of, patch_hint
from pytest_mathbench.records import Completion, Request
from pytest_mathbench.serving import http
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.probe import CHAT, TEXT
from pytest_mathbench.serving.words import KEY, NAME, code_of, way_out, words_of

Told = Callable[[int, bool, str], None]
"""Hears how many tokens have come since it last heard, whether the thought is over by now, and what came last."""

IsLost = Callable[[str], bool]
"""Whether no continuation of an answer's whole lines makes its program a sound one. Called in a thread; may wait."""

DEADLINE_SECONDS = 1800.0

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
        is_lost: IsLost | None = None,
    ) -> None:
        """`deadline` is in seconds, for one try. `manner` is the model's, which all its clients share.

        `is_lost` is asked about answers that are to be cut; without it they come as others do.
        """
        self._is_lost = is_lost
        self._manner = manner or Manner()
        self._model = endpoint.model
        self._deadline = deadline
        self._stream = stream
        self._http = http.Http(endpoint)

    async def complete(self, request: Request, queued_seconds: float = 0.0, told: Told = lambda *_: None) -> Completion:
        """Ask once; `told` hears of a stream as it comes.

        Raises `GenerationError`, with the cause, if no usable completion came back in time: one of the kinds above, or
        `EndpointLostError`.
        """
        streamed = self._stream or (request.cut and self._is_lost is not None)
        start = time.monotonic()
        try:
            async with asyncio.timeout(self._deadline):
                answer = await (self._streamed(request, start, told) if streamed else self._whole(request))
        except TimeoutError:
            raise GenerationError(f"no answer within {self._deadline:g} s (--mathbench-request-timeout)") from None
        except http.NoConnectionError as error:
            raise NoConnectionError(f"the endpoint cannot be reached: {error}") from error
        except http.StatusError as error:
            body = body_of(request, self._model, stream=streamed)
            raise fault_of(error, time.monotonic() - start, body, streamed=streamed) from None
        except ValueError as error:
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
        await self._http.close()

    async def _whole(self, request: Request) -> Answer:
        """Ask for the answer in one piece."""
        return _read(await self._http.post(_path(request), body_of(request, self._model)), request)

    async def _streamed(self, request: Request, start: float, told: Told) -> Answer:
        """Ask for the answer in pieces."""
        joined = Stream(start, request)
        before_it = request.prefix.text if request.prefix else ""
        seen = 0
        async with self._http.stream(_path(request), body_of(request, self._model, stream=True)) as (kind, lines):
            if "json" in kind:  # it does not stream, whatever it is asked
                return _read(b"\n".join([line async for line in lines]), request)
            try:
                async for line in lines:
                    if not line.startswith(b"data:"):
                        continue
                    if (data := line[5:].strip()) == b"[DONE]":
                        break
                    before = joined.pieces
                    joined.add(_checked(json.loads(data)))
                    told(joined.pieces - before, joined.thought_is_over, joined.latest)
                    if self._is_lost and request.cut and len(lines_so_far := joined.lines) > seen:
                        seen = len(lines_so_far)
                        if await asyncio.to_thread(self._is_lost, before_it + lines_so_far):
                            return joined.cut(seen)
            except http.BrokenOffError as error:
                raise PassingError(f"the answer broke off: {error}") from error
            except (ValueError, RecursionError) as error:
                raise PassingError(f"the endpoint's stream is not JSON: {error}") from error
        return joined.answer()


def _path(request: Request) -> str:
    return TEXT if request.raw or request.prefix else CHAT


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


def fault_of(error: http.StatusError, seconds: float, body: Mapping[str, Any], *, streamed: bool) -> GenerationError:
    """Return what an HTTP error is to us, told in the endpoint's own words; it came after so many seconds."""
    status, words = error.status, str(error)
    try:
        code = code_of(json.loads(error.content))
    except (ValueError, RecursionError):
        code = ""
    if status == HTTPStatus.PAYMENT_REQUIRED or any(word in code for word in _EXHAUSTED):
        return EndpointLostError(f"the endpoint's quota is used up ({status}): {words}")
    if status in _BUSY:
        return BusyError(f"the endpoint has no room ({status}): {words}", retry_after(error.headers))
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
