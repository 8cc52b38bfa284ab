"""What a second replica is worth, and what it costs that one of two is killed in mid-run.

    python benchmarks/replicas.py [--problems 320] [--in-flight 16]

The replicas are endpoints on the loopback interface that answer after a second. The goal is 0.95 of twice the
throughput of one, and no request lost when one dies.
"""

import argparse
import asyncio
import json
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.recording.completions import CompletionStore
from pytest_mathbench.records import Prompt, Request, Sampling
from pytest_mathbench.serving.endpoint import Endpoint

SECONDS = 1.0
"""How long an answer takes."""

BODY = json.dumps(
    {
        "choices": [{"index": 0, "message": {"content": "4"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1},
    }
).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


class Replica:
    """An endpoint that may be killed: its connections are then reset, and nobody listens."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.answered = 0
        self._loop = loop
        self._writers: set[asyncio.StreamWriter] = set()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=256)
        self._server = asyncio.run_coroutine_threadsafe(starting, loop).result()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                await reader.readexactly(length)
                await asyncio.sleep(SECONDS)
                writer.write(ANSWER)
                await writer.drain()
                self.answered += 1
        except (asyncio.IncompleteReadError, ConnectionError):
            self._writers.discard(writer)

    def kill(self) -> None:
        """Reset all connections, and listen no more."""

        def end() -> None:
            self._server.close()
            for writer in self._writers:
                writer.transport.abort()

        self._loop.call_soon_threadsafe(end)


def run(replicas: list[Replica], problems: int, in_flight: int, kill_after: int = 0) -> tuple[float, int]:
    """Return how long all requests took, in seconds, and how many were lost; the last replica may be killed."""
    endpoint = Endpoint(base_url=replicas[0].url, replicas=tuple(each.url for each in replicas[1:]), model="m")
    requests = [Request(prompt=Prompt(user=f"question {each}"), sampling=Sampling()) for each in range(problems)]
    lost = 0
    with tempfile.TemporaryDirectory() as folder, closing(CompletionStore(Path(folder))) as store:
        service = GenerationService(endpoint, store, concurrency=in_flight, warn=lambda said: print("   ", said))
        start = time.monotonic()
        service.announce(requests)
        for number, each in enumerate(requests):
            if kill_after and number == kill_after:
                replicas[-1].kill()
            try:
                service.complete(each)
            except GenerationError as error:
                lost += 1
                print("    lost:", error)
        seconds = time.monotonic() - start
        service.close()
    return seconds, lost


def main() -> None:
    """Print what one replica does, what two do, and what two do of which one dies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=320)
    parser.add_argument("--in-flight", type=int, default=16, help="requests in flight to each replica")
    options = parser.parse_args()
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    alone, _ = run([Replica(loop)], options.problems, options.in_flight)
    print(f"one replica: {options.problems} answers in {alone:.2f} s")
    both, _ = run([Replica(loop), Replica(loop)], options.problems, options.in_flight)
    print(f"two replicas: {both:.2f} s, {alone / both / 2:.3f} of twice the throughput")
    pair = [Replica(loop), Replica(loop)]
    seconds, lost = run(pair, options.problems, options.in_flight, options.problems // 4)
    shares = " and ".join(str(each.answered) for each in pair)
    print(f"one of two killed after a quarter: {seconds:.2f} s, {lost} lost; they answered {shares}")


if __name__ == "__main__":
    main()
