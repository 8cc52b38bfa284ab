"""What the test modules share: which tests run and may be skipped, a small OpenAI-compatible server, problem files."""

import json
import os
import re
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pytest_mathbench.analysis.statistics import mcnemar
from pytest_mathbench.errors import ServerError
from pytest_mathbench.plugin import fixtures
from pytest_mathbench.problems import bundled_folder
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.sandbox.layers import Layers
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.probe import probe

MAY_BE_SKIPPED = (
    r"the real material \S+ is not here",  # it is beside the repository, no part of it
    r"root may write everywhere",  # each of these three tests is for the other kind of user
    r"only a superuser has capabilities to give up",
    r"these tests are run by an ordinary user already",
    r"only root may (run|read) .*",  # Python is installed in root's home: no other user can run the tests there
)
"""The reasons for which a test may be skipped where MATHBENCH_REQUIRE_ALL is set."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of each mark that is not asked for, as `pytest -m vllm` does (make test-vllm)."""
    left_out = [mark for mark in ("vllm", "slow", "exporters") if mark not in config.option.markexpr]
    chosen = [item for item in items if not any(map(item.get_closest_marker, left_out))]
    if len(chosen) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that is skipped for a reason that it may not be skipped for."""
    return _skipped_is_failed((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a module that is skipped for a reason that it may not be skipped for."""
    return _skipped_is_failed((yield))


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def _skipped_is_failed(report: Report) -> Report:
    if os.environ.get("MATHBENCH_REQUIRE_ALL") and report.skipped and not hasattr(report, "wasxfail"):
        assert isinstance(report.longrepr, tuple)
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not any(re.fullmatch(allowed, reason) for allowed in MAY_BE_SKIPPED):
            report.outcome = "failed"
            report.longrepr = f"skipped, which MATHBENCH_REQUIRE_ALL forbids: {reason}"
    return report


Answer = str | tuple[int, str] | Callable[[dict[str, Any]], Any]


class ScriptedServer:
    """A real HTTP server that speaks the chat completions API and answers from a script.

    `answers` maps a part of the user's message to the completion's text, to (status, body) for a fault, or to a
    function of the request; `default` answers everything else. `models` are listed, if there are any. It plays the
    model, where no model is needed.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.default: Answer = "```python\nprint(42)\n```"
        self.key: str | None = None
        self.models: list[str] = []
        self.requests: list[dict[str, Any]] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with owner.lock:
                    owner.in_flight += 1
                    owner.most_in_flight = max(owner.most_in_flight, owner.in_flight)
                try:
                    status, text = owner.answer(body, self.headers.get("Authorization"))
                finally:
                    with owner.lock:
                        owner.in_flight -= 1
                payload = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json" if text[:1] in "[{" else "text/html")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def do_GET(self) -> None:
                listed = [{"id": name, "object": "model", "created": 0, "owned_by": "x"} for name in owner.models]
                payload = json.dumps({"object": "list", "data": listed}).encode()
                self.send_response(200 if owner.models else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128  # as many requests may come at once

            def handle_error(self, *_: object) -> None:
                """A client that hangs up is no error of ours."""

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def questions(self) -> list[dict[str, Any]]:
        """All requests but those that try the endpoint out."""
        trials = ("1+1=", "What is $1 + 1$?")
        texts = [(request, request["messages"][-1]["content"]) for request in self.requests]
        return [request for request, text in texts if text != trials[0] and trials[1] not in text]

    @property
    def asked(self) -> list[str]:
        """The user messages of these."""
        return [request["messages"][-1]["content"] for request in self.questions]

    def answer(self, body: dict[str, Any], authorization: str | None) -> tuple[int, str]:
        with self.lock:
            self.requests.append(body)
        if self.key and authorization != f"Bearer {self.key}":
            return 401, json.dumps({"error": {"message": "bad key"}})
        message = body["messages"][-1]["content"]
        answer = next((text for part, text in self.answers.items() if part in message), self.default)
        if callable(answer):
            answer = answer(body)
        if isinstance(answer, tuple):
            return answer
        return 200, json.dumps(completion(answer))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def completion(text: str | None, finish_reason: str | None = "stop") -> dict[str, Any]:
    """A chat completion as the API returns it."""
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30},
    }


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A scripted model endpoint."""
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


def row(id_: str, answer: str = "42", domain: str = "algebra", level: int | str = 1, **more: Any) -> dict[str, Any]:
    """One row of a problem file; its statement names the id."""
    return {"id": id_, "domain": domain, "level": level, "problem": f"Problem {id_}.", "answer": answer} | more


@pytest.fixture
def problem_file(tmp_path: Path) -> Callable[..., Path]:
    """Write rows (or raw lines) as a problem file."""

    def write(*rows: dict[str, Any] | str, name: str = "set.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in rows))
        return path

    return write


WARM_LITTLE = "--mathbench-preload=math -p no:hypothesispytest -p no:anyio"
"""Inner sessions are given this: their sandboxes start in two thirds of the time, and no plugin is loaded in vain."""

WORKERS = pytest.mark.parametrize("workers", ["-n0", "-n1"])
"""For what is the same in one process and across two: one worker is enough to cross, and costs half of two.

Where it matters that there are several (test_hub above all), a test says so.
"""


@pytest.fixture(autouse=True, scope="session")
def _warm_little() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_ADDOPTS", WARM_LITTLE)
        yield


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Pytest's own, which takes such options away."""
    monkeypatch.setenv("PYTEST_ADDOPTS", WARM_LITTLE)
    return pytester


@pytest.fixture(autouse=True, scope="session")
def _imported_once() -> None:
    """Import here, to the last lazy module, what pytester's in-process sessions would import and forget again.

    A client half of whose classes are older than the other half no longer knows its own exceptions, and numpy cannot be
    imported twice.
    """
    for name in (
        "hypothesis",
        "pytest_mathbench.plugin.reporter",
        "pytest_mathbench.reporting.page",
    ):
        import_module(name)
    mcnemar(1, 2)
    with suppress(ServerError):
        probe(Endpoint(base_url="http://127.0.0.1:1/v1", model="m"))


@pytest.fixture(autouse=True, scope="session")
def _warm_processes_are_kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let in-process sessions share a sandbox where they want the same: its start is most of a small session.

    It is a real one, and hides all that any test writes. Sessions in processes of their own have their own.
    """
    all_hidden = [bundled_folder(), tmp_path_factory.getbasetemp()]
    kept: dict[tuple[object, ...], Sandbox] = {}

    def sandbox(
        preload: Sequence[str], *, layers: Layers, hidden: Sequence[Path], scratch_bytes: int
    ) -> AbstractContextManager[Sandbox]:
        if not all(any(path.is_relative_to(place) for place in all_hidden) for path in hidden):
            return Sandbox(preload, layers=layers, hidden=hidden, scratch_bytes=scratch_bytes)
        key = (tuple(preload), layers.to_json(), scratch_bytes)
        if key not in kept:
            kept[key] = Sandbox(preload, layers=layers, hidden=all_hidden, scratch_bytes=scratch_bytes)
        return nullcontext(kept[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fixtures, "Sandbox", sandbox)
        yield
    for each in kept.values():
        each.close()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's own pytest settings out of the tests' inner sessions."""
    for name in [name for name in os.environ if name.startswith("PYTEST_") and name != "PYTEST_CURRENT_TEST"]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
