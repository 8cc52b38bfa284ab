"""A server that dies in the middle of a run is started again: no completion is lost, and the end of it is told."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from waiting import SECONDS, wait_until

from pytest_mathbench.errors import GenerationError, ServerError
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.recording.completions import CompletionStore
from pytest_mathbench.records import Prompt, Request, Sampling
from pytest_mathbench.serving.endpoint import Endpoint

KINDS = ("quick", "slow", "later")

SCRIPT = '''
"""Speak chat completions; note in a file each request as it comes, and hold those that the folder says to hold."""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

port, folder = int(sys.argv[1]), Path(sys.argv[2])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body["messages"][-1]["content"]
        with (folder / "asked").open("a") as asked:
            asked.write(text + "\\n")
        while "slow" in text and (folder / "hold").exists():
            time.sleep(0.01)
        message = {"role": "assistant", "content": "answer to " + text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        answer = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        payload = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass


Server(("127.0.0.1", port), Handler).serve_forever()
'''


class Process:
    """A server that is a process of its own on a port that stays; it may be started again some times."""

    def __init__(self, folder: Path, restarts: int) -> None:
        self.folder = folder
        self.restarts = restarts
        self.started = 0
        self.progressed: list[bool] = []
        self._script = folder / "server.py"
        self._script.write_text(SCRIPT)
        self.hold.touch()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._start()

    @property
    def hold(self) -> Path:
        """While this file is there, slow requests are not answered."""
        return self.folder / "hold"

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(base_url=f"http://127.0.0.1:{self._port}/v1", model="m")

    @property
    def asked(self) -> list[str]:
        """All requests that any of the processes saw."""
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []

    def died(self) -> str | None:
        status = self._process.poll()
        return None if status is None else f"the server ended with status {status}"

    def restart(self, *, progressed: bool) -> None:
        self.progressed.append(progressed)
        if self.started > self.restarts:
            raise ServerError(f"{self.died()}; it was started again {self.restarts} times")
        self._start()

    def made(self) -> int:
        return 0

    def speed(self) -> float:
        return 0.0

    def kill(self) -> None:
        """End it as the kernel does when memory is short."""
        os.kill(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def _start(self) -> None:
        self.started += 1
        self._process = subprocess.Popen([sys.executable, str(self._script), str(self._port), str(self.folder)])

        def answers() -> bool:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port)):
                return True
            return False

        wait_until(answers)


def ask(text: str) -> Request:
    """Make a request that asks just this."""
    return Request(prompt=Prompt(user=text), sampling=Sampling())


@pytest.fixture
def server_of(tmp_path: Path) -> Iterator[Callable[[int], Process]]:
    """Start a server that may be started again so often."""
    made: list[Process] = []

    def make(restarts: int) -> Process:
        made.append(Process(tmp_path, restarts))
        return made[-1]

    yield make
    for process in made:
        process.close()


@pytest.fixture
def service_of(tmp_path: Path) -> Iterator[Callable[..., GenerationService]]:
    """Make a service on a server."""
    store = CompletionStore(tmp_path)
    made: list[GenerationService] = []

    def make(server: Process, concurrency: int = 4, deadline: float = 1800.0) -> GenerationService:
        service = GenerationService(server.endpoint, store, concurrency=concurrency, deadline=deadline, server=server)
        made.append(service)
        return service

    yield make
    for service in made:
        service.close()
    store.close()


def test_what_a_dying_server_cut_off_is_asked_again(
    server_of: Callable[[int], Process], service_of: Callable[..., GenerationService]
) -> None:
    """Killed with requests in flight and more announced: after its return all completions come, each once."""
    server = server_of(1)
    service = service_of(server)
    requests = [ask(f"{kind} {number}") for kind in KINDS for number in range(4)]
    service.announce(requests)
    quick = [service.complete(each).text for each in requests[:4]]
    wait_until(lambda: len(server.asked) == 8)
    server.kill()
    wait_until(lambda: server.started == 2)
    server.hold.unlink()
    texts = quick + [service.complete(each).text for each in requests[4:]]
    assert [f"answer to {each.prompt.user}" for each in requests] == texts
    assert 12 == service.progress().done
    assert [1, 2, 1] == [max(server.asked.count(f"{kind} {number}") for number in range(4)) for kind in KINDS]


def test_it_is_started_as_often_as_allowed(
    server_of: Callable[[int], Process], service_of: Callable[..., GenerationService]
) -> None:
    """Killed again after each return, until it is enough: then every request has that as its fault, at once."""
    server = server_of(2)
    service = service_of(server, concurrency=2)
    requests = [ask(f"slow {number}") for number in range(6)]
    kept = service.complete(ask("quick")).text
    service.announce(requests)

    def asked(times: int) -> bool:
        return len(server.asked) == times

    def started(times: int) -> bool:
        return server.started == times

    for death in range(3):
        wait_until(partial(asked, 1 + 2 * (death + 1)))
        server.kill()
        if death < server.restarts:
            wait_until(partial(started, death + 2))
    said = set()
    for request in [*requests, ask("urgent")]:
        with pytest.raises(GenerationError) as caught:
            service.complete(request)
        said.add(str(caught.value))
    assert {"the server ended with status -9; it was started again 2 times"} == said
    assert 3 == server.started
    assert "answer to quick" == kept
    assert kept == service.complete(ask("quick")).text
    assert [True, False, False] == server.progressed


def test_requests_that_come_while_it_is_down_wait_for_it(
    server_of: Callable[[int], Process], service_of: Callable[..., GenerationService]
) -> None:
    """A server that died idle is back before the next request fails."""
    server = server_of(3)
    service = service_of(server)
    server.hold.unlink()
    texts = []
    for number in range(3):
        server.kill()
        wait_until(lambda: server.died() is not None or server.started > number + 1)  # noqa: B023 - called at once
        texts.append(service.complete(ask(f"question {number}")).text)
    assert [f"answer to question {number}" for number in range(3)] == texts


def test_a_closed_service_leaves_its_waiters_while_the_server_is_down(
    server_of: Callable[[int], Process], service_of: Callable[..., GenerationService]
) -> None:
    """The end of the run waits for no completion that a dead server owes, nor for its fault."""
    server = server_of(9)
    service = service_of(server)
    said: list[str] = []

    def wait() -> None:
        try:
            service.complete(ask("slow"))
        except GenerationError as error:
            said.append(str(error))

    waiter = threading.Thread(target=wait, daemon=True)
    waiter.start()
    wait_until(lambda: server.asked == ["slow"])
    server.kill()
    service.close()
    waiter.join(SECONDS)
    assert ["the run ended before this completion was made"] == said
