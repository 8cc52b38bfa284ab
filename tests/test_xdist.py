"""Under xdist: one server, one generation service, one report, the same results."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

import pytest
from factories import make_problem, make_run_info, results_of

from conftest import ScriptedServer, row
from pytest_mathbench.errors import GenerationError, ServerError
from pytest_mathbench.generation.strategies import Single
from pytest_mathbench.inspection import Triggers
from pytest_mathbench.pipeline import Questionnaire
from pytest_mathbench.plugin.activation import Benchmark
from pytest_mathbench.plugin.backend import LocalBackend
from pytest_mathbench.plugin.xdist import Hub, Link, RemoteBackend
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.prompts import Template
from pytest_mathbench.records import Request, Sampling
from pytest_mathbench.reporting.files import RunFolder
from pytest_mathbench.sandbox.layers import probe
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.settings import Settings

Run = Callable[..., pytest.RunResult]

LOOPBACK = "127.0.0.1"
QUESTIONNAIRE = Questionnaire(Template("{problem}"), Sampling())


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
    return {result.problem.id: str(result.outcome or result.fault) for result in results_of(run)}


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


@pytest.fixture
def backend_of(server: ScriptedServer, tmp_path: Path) -> Iterator[Callable[..., LocalBackend]]:
    """Make backends on the scripted server, of any kind, with a run's folder; all are closed at the end."""
    made: list[LocalBackend] = []
    problems = tuple(make_problem(id=text, statement=text) for text in ("good", "bad"))
    settings = Settings(model="m", base_url=server.url, concurrency=4)
    benchmark = Benchmark(
        settings=settings,
        selection=ProblemSet("two", problems),
        problem_set=ProblemSet("two", problems),
        questionnaire=QUESTIONNAIRE,
        strategy=Single(),
        triggers=Triggers(settings.triggers, settings.margin, settings.entropy),
        output=tmp_path,
    )

    with RunFolder.create(tmp_path, make_run_info()) as folder:

        def make(kind: type[LocalBackend] = LocalBackend) -> LocalBackend:
            made.append(kind(benchmark, lambda: folder, print, pytest.fail))
            return made[-1]

        yield make
        for backend in made:
            backend.close()


@pytest.fixture
def hub_of() -> Iterator[Callable[[LocalBackend], Hub]]:
    """Make hubs, closed at the end."""
    made: list[Hub] = []

    def make(backend: LocalBackend) -> Hub:
        made.append(Hub(backend))
        return made[-1]

    yield make
    for hub in made:
        hub.close()


def worker_of(hub: Hub) -> RemoteBackend:
    """Reach a hub as a worker does."""
    return RemoteBackend(Link(host=LOOPBACK, port=hub.port, secret=hub.secret, layers=probe(), model="m"))


def ask(text: str) -> Request:
    """Make a request that asks just this."""
    return QUESTIONNAIRE.request(make_problem(statement=text))


def test_hub_answers_calls_and_passes_faults_on(
    server: ScriptedServer, backend_of: Callable[..., LocalBackend], hub_of: Callable[[LocalBackend], Hub]
) -> None:
    """A worker gets completions, those that it announced too, and the very errors that the controller met."""
    worker = worker_of(hub_of(backend_of()))
    endpoint = worker.endpoint()
    source = worker.source(endpoint)
    server.answers["bad"] = (400, '{"error": {"message": "no"}}')
    worker.announce(endpoint, [("good", 0), ("bad", 0)])
    assert server.default == source.complete(ask("good")).text
    with pytest.raises(GenerationError, match="no"):
        source.complete(ask("bad"))
    assert ["bad", "good"] == sorted(server.asked)


def test_hub_turns_strangers_away(
    server: ScriptedServer, backend_of: Callable[..., LocalBackend], hub_of: Callable[[LocalBackend], Hub]
) -> None:
    """Without the run's secret nobody gets a completion, and the hub goes on."""
    hub = hub_of(backend_of())
    with pytest.raises(AuthenticationError):
        Client((LOOPBACK, hub.port), authkey=b"guess")
    assert Endpoint(base_url=server.url, model="m") == worker_of(hub).endpoint()


def test_hub_is_not_held_up_by_a_silent_stranger(
    server: ScriptedServer, backend_of: Callable[..., LocalBackend]
) -> None:
    """Somebody who connects and says nothing keeps no worker waiting, and closing leaves no open port."""
    hub = Hub(backend_of())
    address = (LOOPBACK, hub.port)
    with socket.create_connection(address):
        assert server.url == worker_of(hub).endpoint().base_url
    hub.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def test_an_unforeseen_error_in_the_hub_reaches_the_worker(
    backend_of: Callable[..., LocalBackend], hub_of: Callable[[LocalBackend], Hub]
) -> None:
    """The worker learns what happened, and the channel goes on."""

    class Broken(LocalBackend):
        def endpoint(self) -> Endpoint:
            raise ZeroDivisionError("oops")

    worker = worker_of(hub_of(backend_of(Broken)))
    for _ in range(2):
        with pytest.raises(GenerationError, match="ZeroDivisionError: oops"):
            worker.endpoint()


def test_an_interrupted_call_does_not_answer_the_next(
    server: ScriptedServer, backend_of: Callable[..., LocalBackend], hub_of: Callable[[LocalBackend], Hub]
) -> None:
    """A call that a signal cut off closes the channel: its late answer is taken for no other call's."""
    release = threading.Event()

    def slow(_: dict[str, Any]) -> str:
        os.kill(os.getpid(), signal.SIGUSR1)  # the worker now waits for the answer
        release.wait(timeout=30)
        return "late"

    server.answers["slow"] = slow
    worker = worker_of(hub_of(backend_of()))
    source = worker.source(worker.endpoint())

    def interrupt(*_: object) -> None:
        raise TimeoutError("a test's own clock")

    previous = signal.signal(signal.SIGUSR1, interrupt)
    with pytest.raises((TimeoutError, GenerationError)):
        source.complete(ask("slow"))
    signal.signal(signal.SIGUSR1, previous)
    release.set()
    with pytest.raises(GenerationError, match="the controller is gone"):
        source.complete(ask("other"))


def test_a_controller_that_is_gone_is_a_fault(
    backend_of: Callable[..., LocalBackend], hub_of: Callable[[LocalBackend], Hub]
) -> None:
    """A worker whose controller died measures nothing more."""

    class Dying(LocalBackend):
        def endpoint(self) -> Endpoint:
            raise ServerError("no model")

    worker = worker_of(hub_of(backend_of(Dying)))
    with pytest.raises(ServerError, match="no model"):
        worker.endpoint()
    worker._connection.close()
    with pytest.raises(GenerationError, match="the controller is gone"):
        worker.call(name="endpoint")
