"""Under xdist the server and the generation service live in the controller; workers call it.

A call and its answer are JSON on the channel that execnet has to each worker anyway: `{"number", "name", …}` one way,
`{"number", "value"}` or `{"number", "fault", "kind"}` the other. Nothing listens anywhere, so nobody else can call. No
secret of an endpoint goes to a worker: it names one without them, and the controller puts them back.
"""

import json
import threading
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest

from pytest_mathbench import errors
from pytest_mathbench.errors import GenerationError, MathbenchError
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.grading.judge import Format
from pytest_mathbench.plugin.backend import Backend, LocalBackend
from pytest_mathbench.plugin.benchmark import LAYERS
from pytest_mathbench.plugin.workers import Channel, channel_of, what_was_told
from pytest_mathbench.record import Record
from pytest_mathbench.records import AttemptId, Completion, ItemResult, Request
from pytest_mathbench.sandbox.layers import Layers
from pytest_mathbench.serving.endpoint import NO_KEY, Endpoint

_LONGEST_ANSWER = 1 << 28
"""Characters of one answer: execnet counts bytes in 31 bits, and drops what it cannot count."""

BACKEND = pytest.StashKey[Backend]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Record):
    """What the controller has found out and a worker needs to know."""

    layers: Layers
    model: str
    max_tokens: int
    judge_format: Format


def told(config: pytest.Config) -> Told:
    """Return what the controller told this worker."""
    return Told.from_json(what_was_told(config))


def backend_of(config: pytest.Config) -> Backend:
    """Return this process's way to the server and the generation service."""
    if BACKEND not in config.stash:  # only in a worker, at its first item
        config.stash[BACKEND] = RemoteBackend(channel_of(config), told(config).judge_format)
    return config.stash[BACKEND]


def layers_of(config: pytest.Config) -> Layers:
    """Return what confines this run's programs: the controller found it out."""
    return config.stash[LAYERS] if LAYERS in config.stash else told(config).layers


def serve(backend: LocalBackend, channel: Channel) -> None:
    """Answer a worker's calls one by one, in a thread of their own, until the worker has ended."""

    def answer_all() -> None:
        with suppress(OSError, EOFError):
            while True:
                channel.send(_answer(backend, channel.receive()))

    threading.Thread(target=answer_all, name="mathbench-hub", daemon=True).start()


def _answer(backend: LocalBackend, message: str) -> str:
    """Return the answer to a call: whatever goes wrong is an answer too."""
    call = json.loads(message)
    number = call["number"]
    try:
        answer = json.dumps({"number": number, "value": _call(backend, call)})
    except MathbenchError as error:
        answer = json.dumps({"number": number, "fault": str(error), "kind": type(error).__name__})
    except Exception as error:  # noqa: BLE001 - the worker must hear of it, whatever it is
        answer = json.dumps({"number": number, "fault": f"{type(error).__name__}: {error}"})
    if len(answer) > _LONGEST_ANSWER:
        answer = json.dumps({"number": number, "fault": f"{len(answer):,} characters are more than a worker is sent"})
    return answer


def _call(backend: LocalBackend, call: dict[str, Any]) -> Any:  # whatever goes into JSON
    match call["name"]:
        case "endpoint":
            return _without_secrets(backend.endpoint()).to_json()
        case "judge":
            judge = backend.judge()
            return _without_secrets(judge).to_json() if judge else None
        case "recorded":
            return list(backend.recorded())
        case "recall":
            problem, sample = call["attempt"]
            result = backend.recall((problem, sample))
            return result.to_json() if result else None
        case "announce":
            attempts = [(problem, sample) for problem, sample in call["attempts"]]
            return backend.announce(_with_secrets(backend, call["endpoint"]), attempts)
        case "complete":
            source = backend.source(_with_secrets(backend, call["endpoint"]))
            return source.complete(Request.from_json(call["request"])).to_json()
        case name:
            raise GenerationError(f"the controller knows no call {name!r}")


def _without_secrets(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint as a worker may know it: without key, headers, query and password."""
    url = urlsplit(endpoint.base_url)
    address = url._replace(netloc=url.netloc.rpartition("@")[2]).geturl()
    return replace(endpoint, base_url=address, api_key=NO_KEY, headers={}, query={}, replicas=())


def _with_secrets(backend: LocalBackend, named: str) -> Endpoint:
    """Return the endpoint that a worker names: one of the run's own with its secrets, or a suite's own as it is."""
    endpoint = Endpoint.from_json(named)
    return next((known for known in backend.endpoints() if _without_secrets(known) == endpoint), endpoint)


class RemoteBackend:
    """The controller's backend, as a worker sees it. Thread-safe; one call at a time."""

    def __init__(self, channel: Channel, judge_format: Format = Format.SCHEMA) -> None:
        self.judge_format = judge_format
        self._channel = channel
        self._numbers = count()
        self._lock = threading.Lock()
        self._recorded: frozenset[AttemptId] | None = None

    def endpoint(self) -> Endpoint:
        """Return the model's endpoint, without its secrets. Raises `ServerError`."""
        return Endpoint.from_json(self.call(name="endpoint"))

    def judge(self) -> Endpoint | None:
        """Return the judge's endpoint, without its secrets."""
        judge = self.call(name="judge")
        return Endpoint.from_json(judge) if judge else None

    def source(self, endpoint: Endpoint) -> CompletionSource:
        """Return the controller's source of completions from an endpoint."""
        return RemoteSource(self, endpoint)

    def announce(self, endpoint: Endpoint, attempts: Iterable[AttemptId]) -> None:
        """Pass the announcement on."""
        self.call(name="announce", endpoint=endpoint.to_json(), attempts=list(attempts))

    def recorded(self) -> Collection[AttemptId]:
        """Return the attempts for which a resumed run had results when it went on."""
        if self._recorded is None:
            self._recorded = frozenset((problem, sample) for problem, sample in self.call(name="recorded"))
        return self._recorded

    def recall(self, attempt: AttemptId) -> ItemResult | None:
        """Return such a result."""
        result = self.call(name="recall", attempt=attempt)
        return ItemResult.from_json(result) if result else None

    def close(self) -> None:
        """Do nothing: the controller cancels what no worker will ask for any more."""

    def call(self, **call: object) -> Any:  # whatever comes out of JSON
        """Ask the controller. Raises the `MathbenchError` that it met, or `GenerationError` if it is gone."""
        with self._lock:
            number = next(self._numbers)
            try:
                self._channel.send(json.dumps({"number": number, **call}))
                answer = json.loads(self._channel.receive())
                while answer["number"] != number:  # of a call that a signal cut off
                    answer = json.loads(self._channel.receive())
            except (OSError, EOFError) as error:
                raise GenerationError("the controller is gone") from error
        if "fault" in answer:
            raise getattr(errors, answer.get("kind", ""), GenerationError)(answer["fault"])
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
