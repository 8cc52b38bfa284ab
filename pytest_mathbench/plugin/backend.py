"""The server and the generation service of a run: made once, at first need, in the process that owns the run."""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from pytest_mathbench.errors import GenerationError, ServerError
from pytest_mathbench.generation import ENDED, CompletionSource
from pytest_mathbench.generation.replay import Replay
from pytest_mathbench.generation.store import CompletionStore, Recording
from pytest_mathbench.plugin.activation import Benchmark, given_endpoint, judge_endpoint
from pytest_mathbench.records import Attempt, ItemResult, Request
from pytest_mathbench.reporting.files import SERVER_LOG, RunFolder
from pytest_mathbench.serving.endpoint import Endpoint, probe
from pytest_mathbench.serving.vllm import VllmServer

if TYPE_CHECKING:
    from pytest_mathbench.generation.service import GenerationService, Progress


class Backend(Protocol):
    """What fixtures need of the run, be it in this process or, under xdist, in the controller's."""

    def endpoint(self) -> Endpoint:
        """Return the model's endpoint, starting a server if need be. Raises `ServerError`."""

    def source(self, endpoint: Endpoint) -> CompletionSource:
        """Return the one source of completions from an endpoint."""

    def announce(self, endpoint: Endpoint, attempts: Iterable[Attempt]) -> None:
        """Say which attempts will be made, in order, so that their completions are made ahead."""

    def recorded(self) -> Collection[Attempt]:
        """Return the attempts for which a resumed run had results when it went on."""

    def recall(self, attempt: Attempt) -> ItemResult | None:
        """Return such a result, once."""

    def close(self) -> None:
        """Cancel what nobody will ask for any more."""


class LocalBackend:
    """The run's own server and services. Thread-safe; `close` ends all of them, however far they got."""

    def __init__(
        self,
        benchmark: Benchmark,
        folder: Callable[[], RunFolder],
        progress: Callable[[str], None],
        warn: Callable[[str], None],
    ) -> None:
        """`folder` is the run's, asked only when something is to be written; the others are told of what happens."""
        self._settings = benchmark.settings
        self._questionnaire = benchmark.questionnaire
        self._strategy = benchmark.strategy
        self._problems = {problem.id: problem for problem in benchmark.problem_set.problems}
        self._replayed = benchmark.replayed
        self._folder = folder
        self._progress = progress
        self._warn = warn
        self._lock = threading.RLock()
        self._server: VllmServer | None = None
        self._endpoint: Endpoint | None = given_endpoint(self._settings)
        self._judge = judge_endpoint(self._settings)
        self._failure: ServerError | None = None
        self._ended = False
        self._store: CompletionStore | None = None
        self._services: dict[Endpoint, GenerationService | Replay] = {}
        self._announced: dict[Endpoint, set[Attempt]] = {}

    def endpoint(self) -> Endpoint:
        """Return the model's endpoint; a server that could not be started is not tried again."""
        with self._lock:
            if self._failure:
                raise self._failure
            if self._replayed:
                return Endpoint(base_url=self._replayed.as_uri(), model=self._settings.model)
            if self._endpoint is None:
                self._server = VllmServer(
                    self._settings.model,
                    log=self._folder().path / SERVER_LOG,
                    arguments=self._settings.vllm_args,
                    timeout=self._settings.server_timeout,
                    restarts=self._settings.server_restarts,
                    progress=self._progress,
                )
                try:
                    self._endpoint = self._server.__enter__()
                    if self._strategy.needs_tokens:
                        probe(self._endpoint, tokens=True)
                except ServerError as error:
                    self._failure = error
                    raise
                except Exception as error:
                    self._failure = ServerError(f"the server could not be started: {type(error).__name__}: {error}")
                    raise self._failure from error
            return self._endpoint

    def source(self, endpoint: Endpoint) -> CompletionSource:
        """Return the service for an endpoint, made at first need."""
        return self._service(endpoint)

    def announce(self, endpoint: Endpoint, attempts: Iterable[Attempt]) -> None:
        """Have the completions of attempts made that were not announced before."""
        service = self._service(endpoint)
        if isinstance(service, Replay):
            return
        with self._lock:
            announced = self._announced.setdefault(endpoint, set())
            recorded = self.recorded()
            new = [attempt for attempt in attempts if attempt not in announced and attempt not in recorded]
            announced.update(new)
        service.announce(self._requests(new))

    def recorded(self) -> Collection[Attempt]:
        """Return the attempts for which a resumed run had results when it went on."""
        return self._folder().recorded

    def recall(self, attempt: Attempt) -> ItemResult | None:
        """Return such a result, once."""
        with self._lock:
            return self._folder().recall(attempt)

    def progress(self) -> "list[tuple[int, Progress]]":
        """Return, for each service, how many completions were announced to it, and how far it is."""
        return [
            (len(self._announced.get(endpoint, ())), service.progress())
            for endpoint, service in list(self._services.items())
            if not isinstance(service, Replay)
        ]

    def close(self) -> None:
        """Cancel what is in flight and end the server. Waits for no start: that one fails when its server is gone."""
        self._ended = True
        if self._server:
            self._server.close()
        for service in list(self._services.values()):
            service.close()
        self._services.clear()
        if self._store:
            self._store.close()
            self._store = None

    def _service(self, endpoint: Endpoint) -> "GenerationService | Replay":
        from pytest_mathbench.generation.service import GenerationService  # noqa: PLC0415 - the openai client is slow

        with self._lock:
            if self._ended:
                raise GenerationError(ENDED)
            if endpoint in self._services:
                return self._services[endpoint]
            if self._store is None:
                self._store = CompletionStore(self._folder().path, self._warn)
            service: GenerationService | Replay
            if self._replayed and endpoint != self._judge:
                service = Replay(endpoint.model, Recording(self._replayed, self._warn), self._store)
            else:
                service = GenerationService(
                    endpoint,
                    self._store,
                    concurrency=self._settings.concurrency,
                    deadline=self._settings.request_timeout,
                    stream=self._settings.stream and endpoint != self._judge,
                    server=self._server if endpoint == self._endpoint else None,
                )
            self._services[endpoint] = service
            return service

    def _requests(self, attempts: Iterable[Attempt]) -> Iterator[Request]:
        for problem, sample in attempts:
            yield self._strategy.first(self._questionnaire.request(self._problems[problem], sample))
