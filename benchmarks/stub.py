"""An OpenAI-compatible server without a model: every completion takes the same time, and any number are made at once.

    python benchmarks/stub.py --latency 1.0 [--port N] [--limit N] [--vary] [--log FILE]

It prints its port. The completion is a program that prints 42; with --vary it depends on the prompt and the seed alone:
most print 42, some another number, and some fail or are no program. --limit is the number of requests in the works at
once, as of a server whose batch is full; without it there is no limit. --log appends a JSON line for each request when
it comes: `asked` (the prompt and the seed, see `asked`) and `body` (its SHA-256). GET /stats tells how many requests
came, the most that were in the works at once, and when the first came and the last was answered (by the machine's
monotonic clock), all since it was last asked; the probe for one token is answered at once and not counted. The
benchmarks start it with `running`.
"""

import argparse
import asyncio
import hashlib
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

MODEL = "stub"
ANSWER = "42"
PROBE = b'"1+1="'
"""What the plugin asks to see whether an endpoint works (serving/endpoint.py)."""

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_STREAM = re.compile(rb'"stream":\s*true')
_USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
_BACKLOG = 1024


def asked(message: str, seed: int | None) -> str:
    """Name a request by its prompt and its seed, in hexadecimal."""
    return hashlib.sha256(json.dumps([message, seed]).encode()).hexdigest()


def varied(name: str) -> str:
    """Return the completion of a request. Programs name it in a comment, so that no two completions are the same."""
    kind = int(name[:8], 16)
    lines = {7: f"print({kind})", 8: "print(1 / 0)", 9: "pass"}.get(kind % 11, f"print({ANSWER})")
    return f"I cannot do {name}." if kind % 11 == 10 else f"```python\n# {name}\n{lines}\n```"


def http(body: bytes, status: str = "200 OK", content_type: str = "application/json") -> bytes:
    """Return a whole response."""
    return f"HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


@cache
def completed(text: str | None, *, stream: bool) -> bytes:
    """Return the response that holds a completion, in one piece or as the events of a stream; None is the usual one."""
    text = f"```python\nprint({ANSWER})\n```" if text is None else text
    message = {"role": "assistant", "content": text}
    head = {"id": "chatcmpl-1", "created": 0, "model": MODEL}
    if not stream:
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        answer = {**head, "object": "chat.completion", "choices": [choice], "usage": _USAGE}
        return http(json.dumps(answer).encode())
    head["object"] = "chat.completion.chunk"
    events = [
        {**head, "choices": [{"index": 0, "delta": message, "finish_reason": None}]},
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {**head, "choices": [], "usage": _USAGE},
    ]
    lines = [*(json.dumps(event) for event in events), "[DONE]"]
    return http("".join(f"data: {line}\n\n" for line in lines).encode(), content_type="text/event-stream")


class Model:
    """What all connections share: the clock, the counts, the log."""

    def __init__(self, latency: float, limit: int | None, log: Path | None, *, vary: bool) -> None:
        self._latency = latency
        self._limit = limit
        self._vary = vary
        # Unbuffered: the log is read after this process was killed.
        self._log = log.open("ab", buffering=0) if log else None
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Callable[[], None]] = deque()
        self._requests = self._at_once = self._most = 0
        self._first = self._last = 0.0

    def ask(self, body: bytes, reply: Callable[[bytes], None]) -> None:
        """Reply to a request for a completion when its time has come. Raises `ValueError` if it is none."""
        stream = bool(_STREAM.search(body))
        if PROBE in body:
            reply(completed(None, stream=stream))
            return
        text = None
        if self._vary or self._log:
            request = json.loads(body)
            name = asked(request["messages"][-1]["content"], request.get("seed"))
            text = varied(name) if self._vary else None
            if self._log:
                self._log.write(b'{"asked": "%b", "body": "%b"}\n' % (name.encode(), _sha256(body)))
        self._first = self._first if self._requests else time.monotonic()
        self._requests += 1
        start = self._timer(completed(text, stream=stream), reply)
        if self._limit and self._at_once >= self._limit:
            self._waiting.append(start)
        else:
            start()

    def stats(self) -> bytes:
        """Return the counts, and begin anew."""
        counts = {"requests": self._requests, "most_at_once": self._most, "first": self._first, "last": self._last}
        answer = json.dumps(counts)
        self._requests, self._most = 0, self._at_once
        return http(answer.encode())

    def _timer(self, response: bytes, reply: Callable[[bytes], None]) -> Callable[[], None]:
        def start() -> None:
            self._at_once += 1
            self._most = max(self._most, self._at_once)
            self._loop.call_later(self._latency, end)

        def end() -> None:
            self._at_once -= 1
            reply(response)
            self._last = time.monotonic()
            if self._waiting:
                self._waiting.popleft()()

        return start


def _sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


class Connection(asyncio.Protocol):
    """One client: requests one after the other, as HTTP/1.1 clients send them."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer as soon as a request is whole."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._received[:end]
        length = _LENGTH.search(head)
        whole = end + 4 + (int(length[1]) if length else 0)
        if len(self._received) < whole:
            return
        body, self._received = self._received[end + 4 : whole], self._received[whole:]
        method, path, _ = head.partition(b"\r\n")[0].split(b" ")
        self._answer(method, path.partition(b"?")[0], body)

    def _answer(self, method: bytes, path: bytes, body: bytes) -> None:
        if path == b"/v1/chat/completions" and method == b"POST":
            try:
                self._model.ask(body, self._reply)
            except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
                message = {"error": {"message": f"no chat completion request: {error!r}"}}
                self._reply(http(json.dumps(message).encode(), "400 Bad Request"))
        elif path == b"/v1/models":
            models = [{"id": MODEL, "object": "model", "created": 0, "owned_by": "nobody"}]
            self._reply(http(json.dumps({"object": "list", "data": models}).encode()))
        elif path == b"/stats":
            self._reply(self._model.stats())
        elif path in (b"/health", b"/"):
            self._reply(http(b"{}"))
        else:
            self._reply(http(b'{"error": {"message": "there is no such path"}}', "404 Not Found"))

    def _reply(self, response: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(response)


async def serve(arguments: argparse.Namespace) -> None:
    """Serve until killed."""
    model = Model(arguments.latency, arguments.limit, arguments.log, vary=arguments.vary)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(model), "127.0.0.1", arguments.port, backlog=_BACKLOG, reuse_address=True
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Server(NamedTuple):
    """A stub in a process of its own."""

    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        """The base URL, as clients take it."""
        return f"http://127.0.0.1:{self.port}/v1"

    def stats(self) -> dict[str, Any]:
        """Return `requests`, `most_at_once`, `first` and `last` since this was last asked."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/stats") as answer:
            return cast("dict[str, Any]", json.load(answer))


def start(*arguments: str) -> Server:
    """Start a stub with these options."""
    command = [sys.executable, "-I", str(Path(__file__).resolve()), *arguments]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    port = process.stdout.readline().strip() if process.stdout else ""
    if not port:
        raise SystemExit(f"the stub did not start: {' '.join(command)}")
    return Server(process, int(port))


@contextmanager
def running(*arguments: str) -> Iterator[Server]:
    """Start a stub with these options, and end it."""
    server = start(*arguments)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate()


def main() -> None:
    """Read the options, and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latency", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="default: any that is free")
    parser.add_argument("--limit", type=int, metavar="N", help="requests in the works at once")
    parser.add_argument("--vary", action="store_true", help="let the completion depend on prompt and seed")
    parser.add_argument("--log", type=Path, metavar="FILE")
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
