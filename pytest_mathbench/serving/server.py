"""A model server of our own as a context manager: started, watched, started again, and ended with its owner."""

import re
import secrets
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import Protocol

from pytest_mathbench.errors import NotAnsweringError, ServerError
from pytest_mathbench.serving import demo, guard
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.models import DEMO_MODEL, resolve
from pytest_mathbench.serving.probe import probe

_HOST = "127.0.0.1"
_POLL_SECONDS = 0.25
_CONNECT_SECONDS = 1.0
_STOP_SECONDS = 15.0
_LOG_LINES = 15
_LOG_BYTES = 1 << 16
_COUNT_SECONDS = 2.0
"""No more often are a server's metrics asked for."""

_METRICS_SECONDS = 2.0
"""No longer are they waited for."""

_METRICS_BYTES = 1 << 22
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""No proxy stands before this machine."""

_CAUSE = re.compile(r"\b[A-Z]\w*(?:Error|Exception): .{1,300}")
_NUMBER = re.compile(r"0x[0-9a-f]+|\d+")


class Engine(Protocol):
    """A program that serves a model through the OpenAI API. All that is particular to one program is said here."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def phases(self) -> Sequence[tuple[str, str]]:
        """Patterns of lines in its log, and what it is doing after such a line."""

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """Patterns in the log of a server that died, and what to do about it; the first that matches counts."""

    @property
    def speed(self) -> str:
        """A pattern of the lines in its log that state who of it (group 1) makes how many tokens per second (2)."""

    @property
    def counter(self) -> str:
        """A pattern of the lines in its metrics that state how many tokens were made (group 1); lines add up.

        Empty where they say nothing of requests that are not finished.
        """

    def check(self) -> None:
        """Raise `ServerError` if it is not installed."""

    def command(self, model: str, endpoint: Endpoint, /) -> list[str]:
        """Return the command that serves a model (a hub id or an absolute folder) at an endpoint on this machine."""

    def environment(self, model: str, endpoint: Endpoint, /) -> dict[str, str]:
        """Return the whole environment of that command."""


class Server:
    """An engine's process for one model; entering it returns the `Endpoint` once a completion has come back."""

    def __init__(  # noqa: PLR0913 - how the server is run
        self,
        engine: Engine,
        model: str,
        *,
        log: Path,
        timeout: float = 600.0,
        restarts: int = 0,
        raw: bool = False,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`timeout` is how many seconds a start may take; `restarts` is how often `restart` may be called.

        A `raw` server is ready when it goes on with a text: its model may have no chat template.
        """
        self._engine = engine
        self._model = model
        self._log = log
        self._log_start = 0
        self._timeout = timeout
        self._restarts_left = restarts
        self._raw = raw
        self._progress = progress
        self._launch: Callable[[], None] | None = None
        self._started: float | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._last_death = ""
        self._closed = threading.Event()
        self._metrics = ""
        self._made = 0
        self._counted_at = 0.0

    def __enter__(self) -> Endpoint:
        """Start the server and wait for it.

        Raises `ServerError` when the server dies, with the end of its log and a hint, or when the time is up.
        """
        self._engine.check()
        model = str(demo.ensure(self._progress) if self._model == DEMO_MODEL else resolve(self._model))
        port = free_port()
        endpoint = Endpoint(base_url=f"http://{_HOST}:{port}/v1", model=self._model, api_key=secrets.token_urlsafe(24))
        command = self._engine.command(model, endpoint)
        environment = self._engine.environment(model, endpoint)
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._launch = partial(self._start, command, environment, endpoint, port)
        self._launch()
        return endpoint

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def restart(self, *, progressed: bool) -> None:
        """Start a server that died again, at the same address and with the same key, its log continued.

        `progressed` says whether it answered any request since it was last started. Raises `ServerError` as entering
        does, when it was restarted as often as allowed, and when it died as before without an answer in between: it
        would do so again.
        """
        died = self.died()
        if self._launch is None or died is None:
            raise ServerError(f"the {self._engine.name} server is not running")
        death = self._death()
        if not self._restarts_left:
            raise ServerError(f"{died}{self._hint()}")
        if death == self._last_death and not progressed:
            again = "it died of the same before, and answered nothing in between: it is not started again"
            raise ServerError(f"{died}\n{again}{self._hint()}")
        self._last_death = death
        self._end()
        self._restarts_left -= 1
        self._progress(
            f"{self._engine.name} server: died; starting it again ({self._restarts_left} more times allowed)"
        )
        self._launch()

    def close(self) -> None:
        """End the server and all its processes, for good."""
        self._closed.set()
        self._end()

    def died(self) -> str | None:
        """Return what became of a server that died by itself, with the end of its log; None while it runs."""
        process = self._guard
        if process is None or (status := process.poll()) is None:
            return None
        cause = self._cause()
        tail = "\n".join(self._log_text().splitlines()[-_LOG_LINES:])
        return (
            f"the {self._engine.name} server ended with status {status}{f' ({cause})' if cause else ''}; "
            f"the end of its log ({self._log}):\n{tail}"
        )

    def speed(self) -> float:
        """Return how many tokens per second its log last stated, over all replicas; 0 if none yet."""
        newest = dict(re.findall(self._engine.speed, self._log_text()))
        return sum(map(float, newest.values()))

    def made(self) -> int:
        """Return how many tokens it has made since it was last started, by its metrics; 0 if it does not tell."""
        now = time.monotonic()
        if self._metrics and self._engine.counter and now - self._counted_at >= _COUNT_SECONDS:
            self._counted_at = now
            try:
                with _DIRECT.open(self._metrics, timeout=_METRICS_SECONDS) as answer:
                    text = answer.read(_METRICS_BYTES).decode("utf-8", "replace")
            except (OSError, ValueError, HTTPException):
                return self._made  # it is busy, or on its way down
            self._made = int(sum(map(float, re.findall(self._engine.counter, text, re.MULTILINE))))
        return self._made

    def waiting(self) -> str:
        """Say what the server is doing before it answers, and for how long it was waited for; nothing once it does."""
        started = self._started
        if started is None:
            return ""
        return f"{self._engine.name} server: {self._phase()} ({time.monotonic() - started:.0f} s)"

    def _start(self, command: list[str], environment: Mapping[str, str], endpoint: Endpoint, port: int) -> None:
        if self._closed.is_set():
            raise ServerError("the run ended before the server was started")
        with self._log.open("ab") as log:  # a file, since a pipe that nobody reads would block the server
            self._log_start = log.tell()
            self._guard = guard.start(command, log, environment)
        self._started = time.monotonic()
        try:
            self._wait_until_ready(endpoint, port, self._started)
        except BaseException:
            self._end()
            raise
        finally:
            self._started = None
        self._metrics = f"http://{_HOST}:{port}/metrics"
        self._made = 0

    def _end(self) -> None:
        process, self._guard = self._guard, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()  # the server dies with its guard
            process.wait()

    def _wait_until_ready(self, endpoint: Endpoint, port: int, start: float) -> None:
        name, said = self._engine.name, ""
        while True:
            if died := self.died():
                raise ServerError(f"{died}{self._hint()}")
            if self._closed.is_set():
                raise ServerError("the run ended while the server was starting")
            waited = time.monotonic() - start
            if waited > self._timeout:
                raise ServerError(
                    f"the {name} server did not answer within {self._timeout:g} s (it was {self._phase()}); allow more "
                    f"with --mathbench-server-timeout, or see its log: {self._log}"
                )
            if (phase := self._phase()) != said:
                said = phase
                self._progress(f"{name} server: {phase} ({waited:.0f} s)")
            if _listens(port) and self._answers(endpoint):
                self._progress(f"{name} server: ready after {time.monotonic() - start:.0f} s")
                return
            self._closed.wait(_POLL_SECONDS)

    def _answers(self, endpoint: Endpoint) -> bool:
        try:
            probe(endpoint, raw=self._raw)
        except NotAnsweringError:
            return False  # died() and the deadline tell when to give up
        return True

    def _phase(self) -> str:
        for line in reversed(self._log_text().splitlines()):
            for pattern, phase in self._engine.phases:
                if " WARNING " not in line and re.search(pattern, line):
                    return phase
        return "starting"

    def _death(self) -> str:
        """Name the kind of a death: two deaths of one cause differ in addresses, times and process ids."""
        status = self._guard.poll() if self._guard else None
        return f"{status} {_NUMBER.sub('#', self._cause())}"

    def _cause(self) -> str:
        """Return the first error in the log, the cause of those that follow; what it only warns of is none."""
        lines = (line for line in self._log_text().splitlines() if " WARNING " not in line)
        return next((found[0] for line in lines if (found := _CAUSE.search(line))), "")

    def _hint(self) -> str:
        text = self._log_text()
        hint = next((hint for pattern, hint in self._engine.hints if re.search(pattern, text, re.IGNORECASE)), None)
        return f"\n→ {hint}" if hint else ""

    def _log_text(self) -> str:
        """Return the end of what the log says since the last start."""
        try:
            with self._log.open("rb") as log:
                log.seek(max(self._log_start, self._log.stat().st_size - _LOG_BYTES))
                return log.read().decode("utf-8", "replace")
        except OSError:
            return ""


def free_port() -> int:
    """Return a port of this machine that nobody listens on. Raises `ServerError` where it could not be reached.

    In a new network namespace one can listen, and not connect.
    """
    try:
        with socket.create_server((_HOST, 0)) as listener:
            socket.create_connection(listener.getsockname(), _CONNECT_SECONDS).close()
            return int(listener.getsockname()[1])
    except OSError as error:
        raise ServerError(f"no server can be reached on {_HOST}: {error.strerror}\n→ sudo ip link set lo up") from None


def _listens(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.settimeout(_CONNECT_SECONDS)
        return attempt.connect_ex((_HOST, port)) == 0
