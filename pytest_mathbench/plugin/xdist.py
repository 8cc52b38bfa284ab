"""Under xdist the server and the generation service live in the controller; workers reach them over a channel.

The channel is `multiprocessing.connection` with its own authentication, and carries JSON: a call and its argument one
way, `{"value"}` or `{"fault"}` the other. Without xdist the same backend is used directly.
"""

import json
import secrets
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from typing import TYPE_CHECKING, Any, cast

import pytest

from pytest_mathbench import errors
from pytest_mathbench.errors import GenerationError, MathbenchError, SandboxError, ServerError
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.plugin.activation import BENCHMARK, given_endpoint
from pytest_mathbench.plugin.backend import Backend, LocalBackend
from pytest_mathbench.records import Completion, Request
from pytest_mathbench.reporting.files import SERVER_LOG
from pytest_mathbench.sandbox.layers import Layers, choose
from pytest_mathbench.serving.endpoint import Endpoint, probe

if TYPE_CHECKING:
    from pytest_mathbench.plugin.reporter import Reporter

_INPUT = "mathbench"
_BACKLOG = 128
_PROBE_RETRIES = 2
BACKEND = pytest.StashKey[Backend]()
LAYERS = pytest.StashKey[Layers]()


def is_worker(config: pytest.Config) -> bool:
    """Whether this process runs items for a controller."""
    return hasattr(config, "workerinput")


def backend_of(config: pytest.Config) -> Backend:
    """Return this process's way to the server and the generation service."""
    if BACKEND not in config.stash:  # only in a worker, at its first item
        address, secret, _ = cast("Any", config).workerinput[_INPUT]
        config.stash[BACKEND] = RemoteBackend(tuple(address), secret)
    return config.stash[BACKEND]


def layers_of(config: pytest.Config) -> Layers:
    """Return what confines this run's programs: the controller found it out."""
    if LAYERS not in config.stash:
        *_, layers = cast("Any", config).workerinput[_INPUT]
        config.stash[LAYERS] = Layers.from_json(layers)
    return config.stash[LAYERS]


class Controller:
    """Owns the backend and knows the sandbox's layers; opens the channel to both when xdist makes workers."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        reporter = cast("Reporter", config.pluginmanager.getplugin("mathbench-reporter"))
        self._backend = LocalBackend(
            config.stash[BENCHMARK].settings, lambda: reporter.folder.path / SERVER_LOG, reporter.progress
        )
        config.stash[BACKEND] = self._backend
        self._hub: Hub | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Find out whether programs can be confined and a named endpoint answers, before anything else is started."""
        settings = session.config.stash[BENCHMARK].settings
        option = session.config.option
        if option.collectonly or option.showfixtures or option.show_fixtures_per_test:
            return
        try:
            session.config.stash[LAYERS] = choose(settings.sandbox, scratch=bool(settings.scratch))
            if endpoint := given_endpoint(settings):
                probe(endpoint, retries=_PROBE_RETRIES)
        except (SandboxError, ServerError) as error:
            raise pytest.UsageError(f"mathbench: {error}") from None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - xdist has no public type for it
        """Tell a worker where the controller is."""
        if self._hub is None:
            self._hub = Hub(self._backend)
        node.workerinput[_INPUT] = (self._hub.address, self._hub.secret, layers_of(self._config).to_json())

    def pytest_unconfigure(self) -> None:
        """End everything, however the session ended."""
        if self._hub:
            self._hub.close()
        self._backend.close()


class Hub:
    """Answers the workers' calls, a thread for each connection."""

    def __init__(self, backend: LocalBackend) -> None:
        self._backend = backend
        self.secret = secrets.token_hex(32)
        self._listener = Listener(("127.0.0.1", 0), backlog=_BACKLOG)
        self._closed = False
        self._thread = threading.Thread(target=self._accept, name="mathbench-hub", daemon=True)
        self._thread.start()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return cast("tuple[str, int]", self._listener.address)

    def close(self) -> None:
        """Accept no more connections; those that are open end with their workers."""
        self._closed = True
        with socket.create_connection(self.address):
            pass  # or accept() would not notice
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            connection = self._listener.accept()
            if self._closed:
                connection.close()
                return
            threading.Thread(target=self._serve, args=(connection,), name="mathbench-hub", daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        # The handshake is made here: a silent stranger holds up nobody.
        with connection, suppress(OSError, EOFError, AuthenticationError):
            deliver_challenge(connection, self.secret.encode())
            answer_challenge(connection, self.secret.encode())
            while True:
                answer = self._answer(connection.recv_bytes())
                connection.send_bytes(json.dumps(answer).encode())

    def _answer(self, call: bytes) -> dict[str, Any]:
        try:
            return {"value": self._call(json.loads(call))}
        except MathbenchError as error:
            return {"fault": str(error), "kind": type(error).__name__}
        except Exception as error:  # noqa: BLE001 - the worker must hear of it, whatever it is
            return {"fault": f"{type(error).__name__}: {error}", "kind": GenerationError.__name__}

    def _call(self, call: dict[str, Any]) -> str | None:
        if call["name"] == "endpoint":
            return self._backend.endpoint().to_json()
        source = self._backend.source(Endpoint.from_json(call["endpoint"]))
        if call["name"] == "announce":
            source.announce(map(Request.from_json, call["requests"]))
            return None
        return source.complete(Request.from_json(call["request"])).to_json()


class RemoteBackend:
    """The controller's backend, as a worker sees it."""

    def __init__(self, address: tuple[str, int], secret: str) -> None:
        try:
            self._connection = Client(address, authkey=secret.encode())
        except (OSError, EOFError, AuthenticationError) as error:
            raise ServerError(f"the controller cannot be reached: {error}") from error
        self._lock = threading.Lock()

    def endpoint(self) -> Endpoint:
        """Return the model's endpoint. Raises `ServerError`."""
        return Endpoint.from_json(self.call(name="endpoint"))

    def source(self, endpoint: Endpoint) -> CompletionSource:
        """Return the controller's source of completions from an endpoint."""
        return RemoteSource(self, endpoint)

    def call(self, **call: object) -> str:
        """Ask the controller. Raises the `MathbenchError` that it met, or `GenerationError` if it is gone."""
        try:
            with self._lock:
                self._connection.send_bytes(json.dumps(call).encode())
                answer = json.loads(self._connection.recv_bytes())
        except BaseException as error:
            self._connection.close()  # cut off half-way, the answer must not be taken for the next call's
            if isinstance(error, OSError | EOFError):
                raise GenerationError(f"the controller is gone: {type(error).__name__}") from error
            raise
        if "fault" in answer:
            raise getattr(errors, answer["kind"])(answer["fault"])
        return cast("str", answer["value"])


class RemoteSource:
    """A `CompletionSource` in the controller."""

    def __init__(self, backend: RemoteBackend, endpoint: Endpoint) -> None:
        self._backend = backend
        self._endpoint = endpoint.to_json()

    def announce(self, requests: Iterable[Request]) -> None:
        """Pass the announcement on."""
        self._backend.call(
            name="announce", endpoint=self._endpoint, requests=[request.to_json() for request in requests]
        )

    def complete(self, request: Request) -> Completion:
        """Return the completion, waiting for it. Raises `GenerationError`."""
        return Completion.from_json(
            self._backend.call(name="complete", endpoint=self._endpoint, request=request.to_json())
        )
