"""HTTP as the endpoints of models speak it: JSON goes out, bytes come back. No other module knows the HTTP library."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from pytest_mathbench.serving.endpoint import NO_KEY, Endpoint
from pytest_mathbench.serving.loop import LoopThread
from pytest_mathbench.serving.words import words_in

CONNECT_SECONDS = 20.0
_HEADER_BYTES = 1 << 16
"""Of one header of an answer: gateways put policies into them."""

_ERROR = 400
"""The first of the statuses that tell of one."""


class NoConnectionError(Exception):
    """The endpoint could not be reached, or hung up without a whole answer; says why."""


class BrokenOffError(NoConnectionError):
    """The endpoint hung up within a streamed answer; says how."""


class NoAnswerError(Exception):
    """Nothing came back in time."""


class StatusError(Exception):
    """The endpoint answered with the status of an error. As a text it is the endpoint's own words."""

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        super().__init__(words_in(content) or f"status {status}")
        self.status = status
        self.headers = headers
        self.content = content


class Http:
    """Connections to one endpoint, kept open for further requests. For one event loop, in which it is first used."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._proxy = None if endpoint.is_local else _proxy(endpoint.base_url)
        self._session: aiohttp.ClientSession | None = None

    async def get(self, path: str) -> bytes:
        """Return what is at a path below the base URL. Raises as `post` does."""
        async with self._answer("GET", path, None) as answer:
            return await answer.read()

    async def post(self, path: str, body: Mapping[str, Any]) -> bytes:
        """Return the answer to a body. Raises `NoConnectionError`, `StatusError`, or `ValueError` for what is unfit."""
        async with self._answer("POST", path, body) as answer:
            return await answer.read()

    @asynccontextmanager
    async def stream(self, path: str, body: Mapping[str, Any]) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        """Yield the content type of the answer to a body, and its lines as they come. Raises as `post` does."""
        async with self._answer("POST", path, body) as answer:
            yield answer.content_type, _lines(answer.content)

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    @asynccontextmanager
    async def _answer(
        self, method: str, path: str, body: Mapping[str, Any] | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        url = URL(self._endpoint.base_url.rstrip("/") + path)
        data = None if body is None else json.dumps(body, allow_nan=False).encode("ascii")
        try:
            async with self._opened().request(
                method, url.update_query(self._endpoint.query), data=data, proxy=self._proxy
            ) as answer:
                if answer.status >= _ERROR:
                    raise StatusError(answer.status, answer.headers, await answer.read())
                yield answer
        except aiohttp.ConnectionTimeoutError as error:
            raise NoConnectionError(f"no connection within {CONNECT_SECONDS:g} s") from error
        except aiohttp.ClientConnectorError as error:
            raise NoConnectionError(str(error.os_error)) from error
        except aiohttp.InvalidURL as error:
            raise ValueError(f"{error} is no address") from error
        except aiohttp.ClientError as error:
            raise NoConnectionError(str(error) or type(error).__name__) from error

    def _opened(self) -> aiohttp.ClientSession:
        """Return the session, which belongs to the loop that is running when it is made."""
        if self._session is None:
            is_secure = self._endpoint.base_url.startswith("https:")
            trusted = ssl.create_default_context() if is_secure else True  # as SSL_CERT_FILE says by now
            self._session = aiohttp.ClientSession(
                headers=self._headers(),
                connector=aiohttp.TCPConnector(limit=0, ssl=trusted),  # whoever asks counts what is in flight
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                max_line_size=_HEADER_BYTES,
                max_field_size=_HEADER_BYTES,
            )
        return self._session

    def _headers(self) -> dict[str, str]:
        headers = {"accept": "application/json", "content-type": "application/json", "user-agent": "pytest-mathbench"}
        if self._endpoint.api_key != NO_KEY and not urlsplit(self._endpoint.base_url).username:
            headers["authorization"] = f"Bearer {self._endpoint.api_key}"
        return headers | {name.lower(): value for name, value in self._endpoint.headers.items()}


def ask(endpoint: Endpoint, path: str, body: Mapping[str, Any] | None = None, *, seconds: float) -> bytes:
    """Ask once on a connection of its own, with a body or for what is there, and return what comes back.

    Raises `NoAnswerError` if that takes longer than so many seconds, and as `Http.post` does.
    """

    async def once() -> bytes:
        http = Http(endpoint)
        try:
            async with asyncio.timeout(seconds):
                return await (http.get(path) if body is None else http.post(path, body))
        except TimeoutError:
            raise NoAnswerError(f"no answer within {seconds:g} s") from None
        finally:
            await http.close()

    with LoopThread() as loop:
        return loop.run(once())


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Yield lines of any length, without what ends them. Raises `BrokenOffError`."""
    rest = b""
    try:
        async for block in content.iter_any():
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                yield line
    except aiohttp.ClientError as error:
        raise BrokenOffError(str(error) or type(error).__name__) from error
    if rest:
        yield rest


def _proxy(url: str) -> str | None:
    """Return the proxy that the environment names for an address, if any."""
    address, proxies = urlsplit(url), getproxies()
    if address.hostname is None or proxy_bypass(address.hostname):
        return None
    proxy = proxies.get(address.scheme) or proxies.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"
