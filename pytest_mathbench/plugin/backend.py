"""The server and the generation service of a run: made once, at first need, in the process that owns the run."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pytest_mathbench.errors import ServerError
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.plugin.activation import given_endpoint
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.vllm import VllmServer
from pytest_mathbench.settings import Settings

if TYPE_CHECKING:
    from pytest_mathbench.generation.service import GenerationService


class Backend(Protocol):
    """What fixtures need of the run, be it in this process or, under xdist, in the controller's."""

    def endpoint(self) -> Endpoint:
        """Return the model's endpoint, starting a server if need be. Raises `ServerError`."""

    def source(self, endpoint: Endpoint) -> CompletionSource:
        """Return the one source of completions from an endpoint."""


class LocalBackend:
    """The run's own server and services. Thread-safe; `close` ends all of them, however far they got."""

    def __init__(self, settings: Settings, log: Callable[[], Path], progress: Callable[[str], None]) -> None:
        """`log` names the server's log file, asked only when a server is started."""
        self._settings = settings
        self._log = log
        self._progress = progress
        self._starting = threading.Lock()
        self._server: VllmServer | None = None
        self._endpoint: Endpoint | None = given_endpoint(settings)
        self._failure: ServerError | None = None
        self._services: dict[Endpoint, GenerationService] = {}

    def endpoint(self) -> Endpoint:
        """Return the model's endpoint; a server that could not be started is not tried again."""
        with self._starting:
            if self._failure:
                raise self._failure
            if self._endpoint is None:
                self._server = VllmServer(
                    self._settings.model,
                    log=self._log(),
                    arguments=self._settings.vllm_args,
                    timeout=self._settings.server_timeout,
                    progress=self._progress,
                )
                try:
                    self._endpoint = self._server.__enter__()
                except ServerError as error:
                    self._failure = error
                    raise
                except Exception as error:
                    self._failure = ServerError(f"the server could not be started: {type(error).__name__}: {error}")
                    raise self._failure from error
            return self._endpoint

    def source(self, endpoint: Endpoint) -> CompletionSource:
        """Return the service for an endpoint, made at first need."""
        from pytest_mathbench.generation.service import GenerationService  # noqa: PLC0415 - the openai client is slow

        with self._starting:
            if endpoint not in self._services:
                diagnose = self._server.died if self._server and endpoint == self._endpoint else lambda: None
                self._services[endpoint] = GenerationService(
                    endpoint, concurrency=self._settings.concurrency, diagnose=diagnose
                )
            return self._services[endpoint]

    def close(self) -> None:
        """Cancel what is in flight and end the server. Waits for no start: that one fails when its server is gone."""
        if self._server:
            self._server.close()
        for service in list(self._services.values()):
            service.close()
