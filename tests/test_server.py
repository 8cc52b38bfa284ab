"""A server of our own, whatever its engine: a small scripted one, which dies as it is told."""

import json
import os
import re
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from factories import make_benchmark, make_request
from waiting import wait_until

from pytest_mathbench.errors import ServerError
from pytest_mathbench.plugin.backend import LocalBackend
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.server import Server

SCRIPT = '''
"""Speak chat completions; die with the words that the folder holds, at once or when the next request comes."""

import json, os, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

port, folder = int(sys.argv[1]), Path(sys.argv[2])
print("loading", flush=True)


def die():
    print((folder / "words").read_text().replace("PID", str(os.getpid())), flush=True)
    os._exit(1)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        text = (folder / "metrics").read_bytes() if (folder / "metrics").exists() else b""
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        choice = {"index": 0, "message": {"role": "assistant", "content": "2"}, "finish_reason": "stop"}
        answer = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        payload = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_):
        pass


def watch():
    while not (folder / "words").exists():
        time.sleep(0.01)
    die()


if not (folder / "hang").exists():
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (folder / "up").touch()
watch()
'''


class Scripted:
    """An engine in a few lines: the whole of what a second engine has to say."""

    name = "scripted"
    phases = ((r"^loading", "loading its script"),)
    hints = ((r"out of luck", "try again on another day"),)
    speed = r"(\w+) makes ([\d.]+)"
    counter = r"^tokens_total\{.*\} ([\d.e+]+)$"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "engine.py").write_text(SCRIPT)

    def check(self) -> None:
        pass

    def command(self, _: str, endpoint: Endpoint) -> list[str]:
        port = endpoint.base_url.removesuffix("/v1").rpartition(":")[2]
        return [sys.executable, str(self.folder / "engine.py"), port, str(self.folder)]

    def environment(self, _: str, __: Endpoint) -> dict[str, str]:
        return dict(os.environ)


@pytest.fixture
def said() -> list[str]:
    """What the server said of its progress."""
    return []


@pytest.fixture
def server(tmp_path: Path, said: list[str]) -> Iterator[Server]:
    """A server that may be started again three times."""
    made = Server(
        Scripted(tmp_path), "org/model", log=tmp_path / "server.log", restarts=3, timeout=30, progress=said.append
    )
    yield made
    made.close()


def kill(server: Server, folder: Path, words: str) -> None:
    """Have the engine die with these last words, and wait until it has."""
    (folder / "new").write_text(words)
    (folder / "new").rename(folder / "words")
    wait_until(lambda: server.died() is not None)
    (folder / "words").unlink()


def test_a_server_answers_where_it_says(server: Server) -> None:
    """Entering returns an endpoint that has completed; it is on this machine and has a key of its own."""
    with server as endpoint:
        asked = urllib.request.Request(f"{endpoint.base_url}/chat/completions", data=b"{}")  # noqa: S310 - our own
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 - as above
            assert "2" == json.load(answer)["choices"][0]["message"]["content"]
        assert endpoint.is_local
        assert "org/model" == endpoint.model
        assert len(endpoint.api_key) > 16


def test_a_death_at_the_start_is_told_with_what_to_do(server: Server, tmp_path: Path) -> None:
    """The cause, the end of the log, and the engine's hint."""
    (tmp_path / "words").write_text("ValueError: out of luck\nand more")
    with pytest.raises(ServerError) as caught, server:
        pass
    assert "the scripted server ended with status 1 (ValueError: out of luck)" in str(caught.value)
    assert "and more\n→ try again on another day" in str(caught.value)


def test_a_warning_is_not_the_cause(server: Server, tmp_path: Path) -> None:
    """Engines warn of errors that they got over; the cause of a death is the first that they did not."""
    (tmp_path / "words").write_text("(W) WARNING 11-29 Too few files, expect OSError: no more\nValueError: bad luck")
    with pytest.raises(ServerError, match=r"status 1 \(ValueError: bad luck\)"), server:
        pass


def test_a_start_that_takes_too_long_says_what_it_was_doing(tmp_path: Path) -> None:
    """The engine's phase is named, and the option that allows more time."""
    (tmp_path / "hang").touch()
    server = Server(Scripted(tmp_path), "org/model", log=tmp_path / "server.log", timeout=1)
    with (
        pytest.raises(ServerError, match=r"within 1 s \(it was loading its script\); .* --mathbench-server-timeout"),
        server,
    ):
        pass


def test_a_start_says_each_phase_once_and_how_long_it_takes(server: Server, tmp_path: Path, said: list[str]) -> None:
    """A line tells what it is doing when that changes; the run's live line, what it is doing now."""
    (tmp_path / "hang").touch()
    backend = LocalBackend(
        make_benchmark(), lambda *_: make_request(), pytest.fail, pytest.fail, pytest.fail, pytest.fail
    )
    backend._server = server
    assert "" == backend.progress()
    with ThreadPoolExecutor() as threads:
        entering = threads.submit(server.__enter__)
        wait_until(lambda: len(said) == 2)
        shown = backend.progress()
        server.close()
        assert isinstance(entering.exception(), ServerError)
    assert re.fullmatch(r"scripted server: loading its script \(\d+ s\)", shown)
    assert ["scripted server: starting", "scripted server: loading its script"] == [
        each.rpartition(" (")[0] for each in said
    ]
    assert "" == backend.progress()


def test_a_death_is_followed_by_a_start(server: Server, tmp_path: Path, said: list[str]) -> None:
    """At the same address, as often as allowed while it answers in between."""
    with server as endpoint:
        for left in (2, 1, 0):
            kill(server, tmp_path, "RuntimeError: bad luck")
            server.restart(progressed=True)
            assert None is server.died()
            assert f"scripted server: died; starting it again ({left} more times allowed)" in said
        kill(server, tmp_path, "RuntimeError: bad luck")
        with pytest.raises(ServerError, match=r"ended with status 1 \(RuntimeError: bad luck\)"):
            server.restart(progressed=True)
    assert endpoint.is_local


def test_the_same_death_without_an_answer_is_the_last(server: Server, tmp_path: Path) -> None:
    """What kills it at once each time will do so again; process ids and addresses are no difference."""
    with server:
        kill(server, tmp_path, "TimeoutError: RPC call of PID at 0x7f1 timed out")
        server.restart(progressed=False)
        kill(server, tmp_path, "TimeoutError: RPC call of PID at 0x8a2 timed out")
        with pytest.raises(ServerError, match="it died of the same before, and answered nothing in between"):
            server.restart(progressed=False)


def test_another_death_may_be_another_matter(server: Server, tmp_path: Path) -> None:
    """A server that dies of something else is started again, also without an answer in between."""
    with server:
        kill(server, tmp_path, "TimeoutError: RPC call timed out")
        server.restart(progressed=False)
        kill(server, tmp_path, "MemoryError: no room")
        server.restart(progressed=False)
        assert None is server.died()


def test_its_speed_is_what_its_log_said_last(server: Server, tmp_path: Path) -> None:
    """Zero until it says so; replicas add up."""
    with server:
        assert 0.0 == server.speed()
        with (tmp_path / "server.log").open("a") as log:
            log.write("one makes 3.5\none makes 80.25\n")
        assert 80.25 == server.speed()
        with (tmp_path / "server.log").open("a") as log:
            log.write("other makes 2\none makes 79\n")
        assert 81.0 == server.speed()


def test_what_it_has_made_is_what_its_metrics_say(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Engines add up; nothing before it runs, nor of what it has not made since it was started again."""
    monkeypatch.setattr("pytest_mathbench.serving.server._COUNT_SECONDS", 0.0)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert 0 == server.made()
    with server:
        assert 0 == server.made()
        (tmp_path / "metrics").write_text('# HELP\ntokens_total{engine="0"} 1.5e+03\ntokens_total{engine="1"} 20.0\n')
        assert 1520 == server.made()
        (tmp_path / "metrics").unlink()
        kill(server, tmp_path, "MemoryError")
        server.restart(progressed=True)
        assert 0 == server.made()


def test_the_newest_phase_is_the_one(tmp_path: Path) -> None:
    """What the log says last is what the server is doing; warnings and chatter after it say nothing."""
    log = tmp_path / "server.log"
    log.write_text("loading\nchatter\n")
    assert "loading its script" == Server(Scripted(tmp_path), "org/model", log=log)._phase()
    with suppress(FileNotFoundError):
        log.unlink()
    assert "starting" == Server(Scripted(tmp_path), "org/model", log=log)._phase()
