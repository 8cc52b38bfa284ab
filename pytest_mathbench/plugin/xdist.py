"""Under xdist the server and the generation service live in the controller; workers reach them over a channel.

The channel is `multiprocessing.connection` over TCP with its own authentication, and carries JSON: a call and its
argument one way, `{"value"}` or `{"fault"}` the other. It is opened on the loopback interface, and where xdist starts
workers on other hosts, on the interface that leads there. Without xdist the same backend is used directly.
"""

import json
import secrets
import socket
import threading
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from typing import TYPE_CHECKING, Any, cast

import pytest

from pytest_mathbench import errors
from pytest_mathbench.errors import GenerationError, MathbenchError, SandboxError, ServerError
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.plugin.activation import BENCHMARK, given_endpoint, judge_endpoint
from pytest_mathbench.plugin.backend import Backend, LocalBackend
from pytest_mathbench.record import Record
from pytest_mathbench.records import Attempt, Completion, ItemResult, Request
from pytest_mathbench.sandbox.layers import Layers, choose
from pytest_mathbench.serving.endpoint import Endpoint, probe

if TYPE_CHECKING:
    from pytest_mathbench.plugin.reporter import Reporter

_INPUT = "mathbench"
_BACKLOG = 128
_PROBE_RETRIES = 2
_LOOPBACK = "127.0.0.1"
BACKEND = pytest.StashKey[Backend]()
LAYERS = pytest.StashKey[Layers]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Record):
    """What a worker needs to know of the controller: where its hub listens, and what it found out."""

    host: str
    port: int
    secret: str = field(repr=False)
    layers: Layers
    model: str


def is_worker(config: pytest.Config) -> bool:
    """Whether this process runs items for a controller."""
    return hasattr(config, "workerinput")


def link_of(config: pytest.Config) -> Link:
    """Return what the controller told this worker."""
    return Link.from_json(cast("Any", config).workerinput[_INPUT])


def backend_of(config: pytest.Config) -> Backend:
    """Return this process's way to the server and the generation service."""
    if BACKEND not in config.stash:  # only in a worker, at its first item
        config.stash[BACKEND] = RemoteBackend(link_of(config))
    return config.stash[BACKEND]


def layers_of(config: pytest.Config) -> Layers:
    """Return what confines this run's programs: the controller found it out."""
    return config.stash[LAYERS] if LAYERS in config.stash else link_of(config).layers


class Controller:
    """Owns the backend and knows the sandbox's layers; opens the channel to both when xdist makes workers."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        reporter = cast("Reporter", config.pluginmanager.getplugin("mathbench-reporter"))
        self._backend = LocalBackend(
            config.stash[BENCHMARK], lambda: reporter.folder, reporter.terminal.say, reporter.warn
        )
        reporter.follow(self._backend)
        config.stash[BACKEND] = self._backend
        self._hubs: dict[str, Hub] = {}

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
                probe(endpoint, retries=_PROBE_RETRIES, tokens=session.config.stash[BENCHMARK].strategy.needs_tokens)
            if endpoint := judge_endpoint(settings):
                probe(endpoint, retries=_PROBE_RETRIES)
        except (SandboxError, ServerError) as error:
            raise pytest.UsageError(f"mathbench: {error}") from None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - xdist has no public type for it
        """Tell a worker where the controller is."""
        host = _address_towards(node.gateway.spec)
        if host not in self._hubs:
            self._hubs[host] = Hub(self._backend, host)
        hub = self._hubs[host]
        node.workerinput[_INPUT] = Link(
            host=host,
            port=hub.port,
            secret=hub.secret,
            layers=layers_of(self._config),
            model=self._config.stash[BENCHMARK].settings.model,
        ).to_json()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Cancel what is owed at the failure that ends the session (-x): xdist waits for its workers' current items."""
        scheduler: Any = self._config.pluginmanager.getplugin("dsession")
        if scheduler and scheduler.maxfail and scheduler.countfailures + report.failed >= scheduler.maxfail:
            self._backend.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Cancel what no item will ask for any more (-x, --maxfail, Ctrl-C), before workers are waited for."""
        self._backend.close()

    def pytest_unconfigure(self) -> None:
        """End everything, however the session ended."""
        for hub in self._hubs.values():
            hub.close()
        self._backend.close()


def _address_towards(spec: Any) -> str:  # noqa: ANN401 - execnet is untyped
    """Return the address of this machine as a worker's host sees it. Raises `pytest.UsageError` if there is none."""
    if spec.socket:
        host, _, port = spec.socket.rpartition(":")
    elif spec.ssh:
        # ssh=[options] [user@]host
        host, port = spec.ssh.split()[-1].rpartition("@")[2], "22"
    else:
        return _LOOPBACK
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe_socket:
            probe_socket.connect((host, int(port)))  # sends nothing: the kernel only chooses the way
            return str(probe_socket.getsockname()[0])
    except (OSError, ValueError) as error:
        raise pytest.UsageError(f"mathbench: the xdist host {host!r} cannot be reached from here: {error}") from None


class Hub:
    """Answers the workers' calls, a thread for each connection."""

    def __init__(self, backend: LocalBackend, host: str = _LOOPBACK) -> None:
        """Listen on this address of this machine."""
        self._backend = backend
        self.secret = secrets.token_hex(32)
        self._listener = Listener((host, 0), backlog=_BACKLOG)
        self._closed = False
        self._thread = threading.Thread(target=self._accept, name="mathbench-hub", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.address[1])

    def close(self) -> None:
        """Accept no more connections; those that are open end with their workers."""
        self._closed = True
        with socket.create_connection(cast("tuple[str, int]", self._listener.address)):
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

    def _call(self, call: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever goes into JSON
        name = call["name"]
        if name == "endpoint":
            return self._backend.endpoint().to_json()
        if name == "recorded":
            return list(self._backend.recorded())
        if name == "recall":
            result = self._backend.recall((call["attempt"][0], call["attempt"][1]))
            return result.to_json() if result else None
        endpoint = Endpoint.from_json(call["endpoint"])
        if name == "announce":
            self._backend.announce(endpoint, [(problem, sample) for problem, sample in call["attempts"]])
            return None
        return self._backend.source(endpoint).complete(Request.from_json(call["request"])).to_json()


class RemoteBackend:
    """The controller's backend, as a worker sees it."""

    def __init__(self, link: Link) -> None:
        try:
            self._connection = Client((link.host, link.port), authkey=link.secret.encode())
        except (OSError, EOFError, AuthenticationError) as error:
            raise ServerError(
                f"the controller cannot be reached at {link.host}:{link.port}: {error or type(error).__name__}"
            ) from error
        self._lock = threading.Lock()
        self._recorded: frozenset[Attempt] | None = None

    def endpoint(self) -> Endpoint:
        """Return the model's endpoint. Raises `ServerError`."""
        return Endpoint.from_json(self.call(name="endpoint"))

    def source(self, endpoint: Endpoint) -> CompletionSource:
        """Return the controller's source of completions from an endpoint."""
        return RemoteSource(self, endpoint)

    def announce(self, endpoint: Endpoint, attempts: Iterable[Attempt]) -> None:
        """Pass the announcement on."""
        self.call(name="announce", endpoint=endpoint.to_json(), attempts=list(attempts))

    def recorded(self) -> Collection[Attempt]:
        """Return the attempts for which a resumed run had results when it went on."""
        if self._recorded is None:
            self._recorded = frozenset((problem, sample) for problem, sample in self.call(name="recorded"))
        return self._recorded

    def recall(self, attempt: Attempt) -> ItemResult | None:
        """Return such a result, once."""
        result = self.call(name="recall", attempt=attempt)
        return ItemResult.from_json(result) if result else None

    def close(self) -> None:
        """Ask nothing more."""
        self._connection.close()

    def call(self, **call: object) -> Any:  # noqa: ANN401 - whatever comes out of JSON
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
        return answer["value"]


class RemoteSource:
    """A `CompletionSource` in the controller."""

    def __init__(self, backend: RemoteBackend, endpoint: Endpoint) -> None:
        self._backend = backend
        self._endpoint = endpoint.to_json()

    def complete(self, request: Request) -> Completion:
        """Return the completion, waiting for it. Raises `GenerationError`."""
        return Completion.from_json(
            self._backend.call(name="complete", endpoint=self._endpoint, request=request.to_json())
        )
