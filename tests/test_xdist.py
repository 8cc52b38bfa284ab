"""Under xdist: one server, one generation service, one report, the same results."""

import os
import signal
import socket
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

import pytest

from conftest import ScriptedServer, row
from pytest_mathbench.errors import GenerationError, ServerError
from pytest_mathbench.plugin.backend import LocalBackend
from pytest_mathbench.plugin.xdist import Hub, RemoteBackend
from pytest_mathbench.records import Prompt, Request, Sampling
from pytest_mathbench.reporting.files import read_results
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.settings import Settings

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]) -> Run:
    """Run twelve problems, every third answered wrongly, with the given arguments."""
    problems = problem_file(*(row(f"a-{number:02}", answer="42" if number % 3 else "7") for number in range(12)))

    def start(*arguments: str) -> pytest.RunResult:
        given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest(*given, *arguments)

    return start


def outcomes(folder: str) -> dict[str, str]:
    """The recorded outcome, or fault, of each problem."""
    (run,) = Path(folder).iterdir()
    return {result.problem.id: str(result.outcome or result.fault) for result in read_results(run)}


def test_workers_and_one_process_give_the_same_results(run: Run, server: ScriptedServer) -> None:
    """The same outcomes, and the same number of requests: each completion is made once for all workers."""
    alone = run("--mathbench-output=alone")
    asked_alone = len(server.asked)
    server.requests.clear()
    shared = run("-n2", "--mathbench-output=shared")
    assert (outcomes("alone"), asked_alone, alone.ret) == (outcomes("shared"), len(server.asked), shared.ret)
    shared.stdout.fnmatch_lines(["all *8/12  66.7%", "*= 8 passed, 4 wrong in *"])


def test_faults_cross_to_the_controller(run: Run, server: ScriptedServer) -> None:
    """What could not be measured in a worker is reported with its cause."""
    server.answers["a-05"] = (400, '{"error": {"message": "context too short"}}')
    result = run("-n2")
    result.stdout.fnmatch_lines(["outcomes: 7 correct, 4 wrong; 1 not measured", "*context too short*"])


def test_hostile_text_crosses_to_the_controller(run: Run, server: ScriptedServer) -> None:
    """Text that no channel can encode is carried all the same: an exception's, a completion's, an output's."""
    server.answers["a-01"] = "```python\nraise ValueError('\\ud800')\n```"
    server.answers["a-02"] = "```python\nprint('\ud800')\n```"
    server.answers["a-04"] = "```python\nimport os; os.write(1, bytes(range(256)))\n```"
    run("-n2").stdout.fnmatch_lines(["outcomes: 5 correct, 5 wrong, 2 crashed; 0 not measured"])


def test_a_worker_that_crashes_costs_one_item(run: Run, pytester: pytest.Pytester) -> None:
    """The item of a crashed worker is not measured; all others are."""
    pytester.makepyfile(
        test_suite="""
        import os

        def test_problem(problem, mathbench):
            if problem.id == "a-04":
                os._exit(1)
            mathbench(problem)
        """
    )
    result = run("test_suite.py", "-n2", "--max-worker-restart=2")
    result.stdout.fnmatch_lines(["outcomes: 7 correct, 4 wrong; 1 not measured"])
    assert "crashed while running" in outcomes(".mathbench")["a-04"]


def test_without_a_server_workers_stop(
    pytester: pytest.Pytester, problem_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that cannot be served ends the run, with an error per worker at most."""
    folder = pytester.mkdir("model")
    (folder / "config.json").write_text("{}")
    problems = problem_file(*(row(f"a-{number}") for number in range(12)))
    result = pytester.runpytest(
        f"--mathbench-model={folder}",
        f"--mathbench-problems={problems}",
        "--mathbench-vllm-args=--no-such-option",
        "-n2",
    )
    result.stdout.fnmatch_lines(["*Interrupted: mathbench: there is no model to measure*"])
    assert (pytest.ExitCode.INTERRUPTED, True) == (result.ret, result.parseoutcomes()["errors"] <= 2)


def test_hub_answers_calls_and_passes_faults_on(server: ScriptedServer, tmp_path: Path) -> None:
    """A worker gets completions, and the very errors that the controller met."""
    settings = Settings(model="m", base_url=server.url, concurrency=4)
    backend = LocalBackend(settings, lambda: tmp_path / "log", print)
    hub = Hub(backend)
    worker = RemoteBackend(hub.address, hub.secret)
    source = worker.source(worker.endpoint())
    good, bad = (Request(prompt=Prompt(user=text), sampling=Sampling()) for text in ("good", "bad"))
    server.answers["bad"] = (400, '{"error": {"message": "no"}}')
    source.announce([good, bad])
    assert server.default == source.complete(good).text
    with pytest.raises(GenerationError, match="no"):
        source.complete(bad)
    backend.close()
    hub.close()


def test_hub_turns_strangers_away(server: ScriptedServer, tmp_path: Path) -> None:
    """Without the run's secret nobody gets a completion, and the hub goes on."""
    backend = LocalBackend(Settings(model="m", base_url=server.url), lambda: tmp_path / "log", print)
    hub = Hub(backend)
    with pytest.raises(AuthenticationError):
        Client(hub.address, authkey=b"guess")
    assert Endpoint(base_url=server.url, model="m") == RemoteBackend(hub.address, hub.secret).endpoint()
    backend.close()
    hub.close()


def test_hub_is_not_held_up_by_a_silent_stranger(server: ScriptedServer, tmp_path: Path) -> None:
    """Somebody who connects and says nothing keeps no worker waiting, and closing leaves no open port."""
    backend = LocalBackend(Settings(model="m", base_url=server.url), lambda: tmp_path / "log", print)
    hub = Hub(backend)
    with socket.create_connection(hub.address):
        assert server.url == RemoteBackend(hub.address, hub.secret).endpoint().base_url
    address = hub.address
    hub.close()
    backend.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def test_an_unforeseen_error_in_the_hub_reaches_the_worker(tmp_path: Path) -> None:
    """The worker learns what happened, and the channel goes on."""

    class Broken(LocalBackend):
        def endpoint(self) -> Endpoint:
            raise ZeroDivisionError("oops")

    hub = Hub(Broken(Settings(model="m"), lambda: tmp_path / "log", print))
    worker = RemoteBackend(hub.address, hub.secret)
    for _ in range(2):
        with pytest.raises(GenerationError, match="ZeroDivisionError: oops"):
            worker.endpoint()
    hub.close()


def test_an_interrupted_call_does_not_answer_the_next(server: ScriptedServer, tmp_path: Path) -> None:
    """A call that a signal cut off closes the channel: its late answer is taken for no other call's."""
    release = threading.Event()

    def slow(_: dict[str, Any]) -> str:
        os.kill(os.getpid(), signal.SIGUSR1)  # the worker now waits for the answer
        release.wait(timeout=30)
        return "late"

    server.answers["slow"] = slow
    backend = LocalBackend(Settings(model="m", base_url=server.url), lambda: tmp_path / "log", print)
    hub = Hub(backend)
    worker = RemoteBackend(hub.address, hub.secret)
    source = worker.source(worker.endpoint())

    def interrupt(*_: object) -> None:
        raise TimeoutError("a test's own clock")

    previous = signal.signal(signal.SIGUSR1, interrupt)
    with pytest.raises((TimeoutError, GenerationError)):
        source.complete(Request(prompt=Prompt(user="slow"), sampling=Sampling()))
    signal.signal(signal.SIGUSR1, previous)
    release.set()
    with pytest.raises(GenerationError, match="the controller is gone"):
        source.complete(Request(prompt=Prompt(user="other"), sampling=Sampling()))
    backend.close()
    hub.close()


def test_a_controller_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    """A worker whose controller died measures nothing more."""

    class Dying(LocalBackend):
        def endpoint(self) -> Endpoint:
            raise ServerError("no model")

    hub = Hub(Dying(Settings(model="m"), lambda: tmp_path / "log", print))
    worker = RemoteBackend(hub.address, hub.secret)
    with pytest.raises(ServerError, match="no model"):
        worker.endpoint()
    worker._connection.close()
    with pytest.raises(GenerationError, match="the controller is gone"):
        worker.call(name="endpoint")
    hub.close()
