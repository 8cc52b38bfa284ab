"""The server and the generation service of a run: made once, at first need, in the process that owns the run."""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from pytest_mathbench.errors import GenerationError, MathbenchError, ServerError
from pytest_mathbench.generation import ENDED, CompletionSource
from pytest_mathbench.generation.answers import Manner
from pytest_mathbench.generation.replay import Replay
from pytest_mathbench.grading import judge as judging
from pytest_mathbench.inspection.watcher import Watcher
from pytest_mathbench.plugin.benchmark import Benchmark
from pytest_mathbench.plugin.terminal import ending, long_run, progress_line, silent_run
from pytest_mathbench.recording.completions import CompletionStore, RecordedCompletions
from pytest_mathbench.recording.folder import SERVER_LOG, RunFolder
from pytest_mathbench.records import AttemptId, ItemResult, Problem, Request
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.sandbox.layers import Layers
from pytest_mathbench.serving.adapters import check_adapter
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.engines import asked_model, engine_of
from pytest_mathbench.serving.named import given_endpoint, judge_endpoint
from pytest_mathbench.serving.probe import probe, same_model
from pytest_mathbench.serving.server import Server

if TYPE_CHECKING:
    from pytest_mathbench.generation.service import GenerationService
    from pytest_mathbench.generation.trial import Trial


class Backend(Protocol):
    """What fixtures need of the run, be it in this process or, under xdist, in the controller's."""

    def endpoint(self) -> Endpoint:
        """Return the model's endpoint, starting a server if need be. Raises `ServerError`."""

    judge_format: judging.Format
    """How the judge's endpoint can be held to JSON."""

    def judge(self) -> Endpoint | None:
        """Return the judge's endpoint, if one is asked."""

    def source(self, endpoint: Endpoint) -> CompletionSource:
        """Return the one source of completions from an endpoint."""

    def announce(self, endpoint: Endpoint, attempts: Iterable[AttemptId]) -> None:
        """Say which attempts will be made, in order, so that their completions are made ahead."""

    def recorded(self) -> Collection[AttemptId]:
        """Return the attempts for which a resumed run had results when it went on."""

    def recall(self, attempt: AttemptId) -> ItemResult | None:
        """Return such a result."""

    def close(self) -> None:
        """Cancel what nobody will ask for any more."""


class LocalBackend:
    """The run's own server and services. Thread-safe; `close` ends all of them, however far they got."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it asks and tells
        self,
        benchmark: Benchmark,
        request_for: Callable[[Problem, int], Request],
        folder: Callable[[], RunFolder],
        progress: Callable[[str], None],
        warn: Callable[[str], None],
        layers: Callable[[], Layers],
    ) -> None:
        """`request_for` makes the request for an attempt. `folder` is the run's, asked when something is to be written.

        `layers` confine what looks at completions while they are made. The others are told of what happens.
        """
        self._settings = benchmark.settings
        self._request_for = request_for
        self._strategy = benchmark.strategy
        self._problems = {problem.id: problem for problem in benchmark.problem_set.problems}
        self._replayed = benchmark.replayed
        self._reused = benchmark.reused
        self._hidden = benchmark.answers
        self._triggers = benchmark.triggers
        self._questionnaire = benchmark.questionnaire
        self._folder = folder
        self._progress = progress
        self._warn = warn
        self._layers = layers
        self._parser: Sandbox | None = None
        self._starting = threading.Lock()
        self._lock = threading.RLock()
        self._server: Server | None = None
        self._endpoint: Endpoint | None = given_endpoint(self._settings)
        self._judge = judge_endpoint(self._settings)
        self.judge_format = judging.Format.SCHEMA
        self._manner = Manner()
        self._failure: ServerError | None = None
        self._ended = False
        self._warned_of_length = self._warned_of_silence = False
        self._store: CompletionStore | None = None
        self._services: dict[Endpoint, GenerationService | Replay] = {}
        self._announced: dict[Endpoint, set[AttemptId]] = {}

    def endpoint(self) -> Endpoint:
        """Return the model's endpoint; a server that could not be started is not tried again."""
        with self._starting:
            if self._failure:
                raise self._failure
            if self._ended:
                raise ServerError(ENDED)
            if self._replayed:
                return Endpoint(base_url=self._replayed.as_uri(), model=asked_model(self._settings))
            if self._endpoint is None:
                self._server = Server(
                    engine_of(self._settings),
                    self._settings.model,
                    log=self._folder().path / SERVER_LOG,
                    timeout=self._settings.server_timeout,
                    restarts=self._settings.server_restarts,
                    raw=self._settings.raw_prompt,
                    progress=self._progress,
                )
                try:
                    endpoint = replace(self._server.__enter__(), model=asked_model(self._settings))
                    self._check_adapter(endpoint)
                    self._endpoint = endpoint
                    if self._strategy.needs_tokens:
                        probe(self._endpoint, tokens=True)
                except ServerError as error:
                    self._failure = error
                    raise
                except OSError as error:
                    cure = "see that there is room on the disk, and that the folder may be written to"
                    self._failure = ServerError(f"the server could not be started: {error}\n→ {cure}")
                    raise self._failure from error
                except Exception as error:
                    self._failure = ServerError(f"the server could not be started: {type(error).__name__}: {error}")
                    raise self._failure from error
            return self._endpoint

    def judge(self) -> Endpoint | None:
        """Return the judge's endpoint, if one is asked."""
        return self._judge

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints of this run that are known by now, with their keys."""
        return [endpoint for endpoint in (self._endpoint, self._judge) if endpoint]

    def try_endpoints(self) -> None:
        """Ask the endpoint that was named a small question just as the run will ask its own; the judge likewise.

        Raises `ServerError`, with the endpoint's own words.
        """
        from pytest_mathbench.generation.trial import Trial  # its HTTP library is slow

        trial = partial(Trial, loading_seconds=self._settings.server_timeout, say=self._progress)
        if self._endpoint:
            request = self._questionnaire.trial()
            for lane in self._endpoint.lanes:
                trial(endpoint=lane, stream=self._settings.streams, manner=self._manner).ask(request)
            same_model(self._endpoint)
            self._check_adapter(self._endpoint)
            if self._strategy.needs_tokens:
                probe(self._endpoint, tokens=True)
        for lane in self._judge.lanes if self._judge else ():
            self.judge_format = _format(trial(endpoint=lane), self._settings.judge_request, self.judge_format)

    def _check_adapter(self, endpoint: Endpoint) -> None:
        if self._settings.adapter:
            check_adapter(endpoint, self._settings.adapter, self._settings.model)

    def source(self, endpoint: Endpoint) -> CompletionSource:
        """Return the service for an endpoint, made at first need."""
        return self._service(endpoint)

    def announce(self, endpoint: Endpoint, attempts: Iterable[AttemptId]) -> None:
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

    def recorded(self) -> Collection[AttemptId]:
        """Return the attempts for which a resumed run had results when it went on."""
        return self._folder().recorded

    def recall(self, attempt: AttemptId) -> ItemResult | None:
        """Return such a result."""
        with self._lock:
            return self._folder().recall(attempt)

    def progress(self) -> str:
        """Say how far the server's start is, or the completions; nothing when there is nothing to wait for."""
        if self._server and (waiting := self._server.waiting()):
            return waiting
        running = [
            (len(self._announced.get(endpoint, ())), service.progress())
            for endpoint, service in list(self._services.items())
            if not isinstance(service, Replay)
        ]
        for _, made in running:
            if not (self._warned_of_silence or self._settings.streams) and (hint := silent_run(made)):
                self._warned_of_silence = True
                self._progress(hint)
        for each in running:
            if not self._warned_of_length and (warning := long_run(*each, self._settings.max_tokens)):
                self._warned_of_length = True
                self._progress(warning)
        said = "; ".join(filter(None, (progress_line(*each, self._settings.max_tokens) for each in running)))
        texts = [ending(made.text) for _, made in running if self._settings.watch and made.text.strip()]
        return "\n".join((said, *texts)) if said else ""

    def close(self) -> None:
        """Cancel what is in flight and end the server. Waits for no start: that one fails when its server is gone."""
        self._ended = True
        if self._server:
            self._server.close()
        with self._lock:
            services, self._services = self._services, {}
            parser, self._parser = self._parser, None
            store, self._store = self._store, None
        for service in services.values():
            service.close()
        if store:
            store.close()
        if parser:
            parser.close()

    def _is_lost(self) -> Callable[[str], bool] | None:
        """Return what looks at completions while they are made, if they are to be looked at."""
        if not self._settings.cut:
            return None
        names = self._triggers.modules
        if self._parser is None:
            preload = (*self._settings.preload, *names) if names else ()
            self._parser = Sandbox(preload, layers=self._layers(), hidden=self._hidden)
        return Watcher(self._parser, names=bool(names)).is_lost

    def _service(self, endpoint: Endpoint) -> "GenerationService | Replay":
        from pytest_mathbench.generation.service import GenerationService  # its HTTP library is slow

        with self._lock:
            if self._ended:
                raise GenerationError(ENDED)
            if endpoint in self._services:
                return self._services[endpoint]
            if self._store is None:
                reused = [RecordedCompletions(folder, self._warn) for folder in self._reused]
                self._store = CompletionStore(self._folder().path, self._warn, reused)
            service: GenerationService | Replay
            if self._replayed and endpoint != self._judge:
                service = Replay(endpoint.model, RecordedCompletions(self._replayed, self._warn), self._store)
            else:
                service = GenerationService(
                    endpoint,
                    self._store,
                    concurrency=self._settings.concurrency,
                    deadline=self._settings.request_timeout,
                    stream=self._settings.streams and endpoint != self._judge,
                    server=self._server if endpoint == self._endpoint else None,
                    manner=Manner() if endpoint == self._judge else self._manner,
                    is_lost=None if endpoint == self._judge else self._is_lost(),
                    warn=self._progress,
                )
            self._services[endpoint] = service
            return service

    def _requests(self, attempts: Iterable[AttemptId]) -> Iterator[Request]:
        for problem, sample in attempts:
            with suppress(MathbenchError):  # its item meets the same, and says so
                yield self._strategy.first(self._request_for(self._problems[problem], sample))


def _format(trial: "Trial", patch: str, wanted: judging.Format) -> judging.Format:
    """Return the strictest format from the wanted one on that a judge's endpoint takes. Raises `ServerError`."""
    from pytest_mathbench.generation.trial import NotTakenError  # its HTTP library is slow

    formats = list(judging.Format)
    for held in formats[formats.index(wanted) :]:
        try:
            trial.ask(judging.request_of(judging.TRIAL, "2", held, patch))
        except NotTakenError:
            if held == formats[-1]:
                raise
        else:
            return held
    raise AssertionError  # the last one returned or raised
