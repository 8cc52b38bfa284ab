"""How close a rate-limited run comes to its ideal: every request answered, the last one as early as the limit allows.

    python benchmarks/rate_limit.py [--problems 120] [--per-minute 60]

Each row is an endpoint on the loopback interface that refuses with 429 what is beyond its limit; all rows run at once.
"""

import argparse
import asyncio
import json
import math
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.recording.completions import CompletionStore
from pytest_mathbench.records import Prompt, Request, Sampling
from pytest_mathbench.serving.endpoint import Endpoint

BURST = 10
"""Requests that the bucket holds at the start."""

ANSWER = json.dumps(
    {
        "choices": [{"index": 0, "message": {"content": "4"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1},
    }
).encode()


@dataclass(frozen=True)
class Row:
    """One kind of limit: how the wait is named, how long an answer takes, how many may be in flight."""

    name: str
    header: str
    seconds: float = 1.0
    in_flight: int = 10**9
    bucket: bool = True


ROWS = (
    Row("token bucket, Retry-After", "retry-after"),
    Row("token bucket, retry-after-ms", "retry-after-ms"),
    Row("token bucket, no header", ""),
    Row("token bucket, Retry-After, 20 s answers", "retry-after", 20.0),
    Row("token bucket, no header, 20 s answers", "", 20.0),
    Row("8 in flight, no header", "", 1.0, in_flight=8, bucket=False),
)


class Limited:
    """An endpoint behind a limit."""

    def __init__(self, row: Row, per_second: float) -> None:
        self.row = row
        self.refused = 0
        self._per_second = per_second
        self._tokens, self._at, self._running = float(BURST), time.monotonic(), 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                await reader.readexactly(length)
                writer.write(await self._answer())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self) -> bytes:
        now = time.monotonic()
        self._tokens, self._at = min(BURST, self._tokens + (now - self._at) * self._per_second), now
        if (self.row.bucket and self._tokens < 1) or self._running >= self.row.in_flight:
            self.refused += 1
            wait = (1 - self._tokens) / self._per_second
            named = {"retry-after": f"{math.ceil(wait)}", "retry-after-ms": f"{1000 * wait:.0f}"}.get(self.row.header)
            extra = f"{self.row.header}: {named}\r\n".encode() if named else b""
            body = b'{"error": {"message": "rate limit"}}'
            return b"HTTP/1.1 429 Too Many Requests\r\n" + extra + _length(body)
        self._tokens -= 1
        self._running += 1
        await asyncio.sleep(self.row.seconds)
        self._running -= 1
        return b"HTTP/1.1 200 OK\r\n" + _length(ANSWER)


def _length(body: bytes) -> bytes:
    return b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def ideal(row: Row, problems: int, per_second: float) -> float:
    """When the last answer could come at the earliest, in seconds."""
    if row.bucket:
        return max(0, problems - BURST) / per_second + row.seconds
    return math.ceil(problems / row.in_flight) * row.seconds


def measure(row: Row, problems: int, per_second: float, loop: asyncio.AbstractEventLoop) -> tuple[float, int, int]:
    """Return when the last answer came, how many were lost, and how many requests were refused."""
    limited = Limited(row, per_second)
    starting = asyncio.start_server(limited.serve, "127.0.0.1", 0, backlog=256)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result()
    endpoint = Endpoint(base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", model="m")
    requests = [Request(prompt=Prompt(user=f"question {each}"), sampling=Sampling()) for each in range(problems)]
    lost = 0
    with tempfile.TemporaryDirectory() as folder:
        store = CompletionStore(Path(folder))
        start = time.monotonic()
        service = GenerationService(endpoint, store, concurrency=64)
        service.announce(requests)
        for each in requests:
            try:
                service.complete(each)
            except GenerationError as error:
                lost += 1
                print(row.name, error)
        seconds = time.monotonic() - start
        service.close()
        store.close()
    return seconds, lost, limited.refused


def main() -> None:
    """Print a row for each kind of limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=120)
    parser.add_argument("--per-minute", type=float, default=60.0)
    options = parser.parse_args()
    per_second = options.per_minute / 60
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    with ThreadPoolExecutor(len(ROWS)) as pool:
        found = list(pool.map(lambda row: measure(row, options.problems, per_second, loop), ROWS))
    print(f"{'limit':40} {'last answer':>12} {'ideal':>8} {'ratio':>6} {'lost':>5} {'refused':>8}")
    for row, (seconds, lost, refused) in zip(ROWS, found, strict=True):
        best = ideal(row, options.problems, per_second)
        print(f"{row.name:40} {seconds:10.1f} s {best:6.1f} s {seconds / best:6.3f} {lost:5} {refused:8}")


if __name__ == "__main__":
    main()
