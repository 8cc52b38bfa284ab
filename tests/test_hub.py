"""Under xdist: one server, one generation service, one report, the same results."""

import json
import os
import queue
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from factories import make_benchmark, make_problem, make_run_info, results_of
from waiting import SECONDS, wait_until

from conftest import ScriptedServer, row
from pytest_mathbench.errors import GenerationError, ServerError
from pytest_mathbench.plugin import hub
from pytest_mathbench.plugin.backend import LocalBackend
from pytest_mathbench.plugin.hub import RemoteBackend
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.records import Request
from pytest_mathbench.serving.endpoint import NO_KEY, Endpoint

Run = Callable[..., pytest.RunResult]

QUESTIONNAIRE = make_benchmark().questionnaire


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
    assert outcomes("alone") == outcomes("shared")
    assert asked_alone == len(server.asked)
    assert alone.ret == shared.ret
    shared.stdout.fnmatch_lines(["all *8/12  66.7%", "*= 8 passed, 4 wrong in *"])


def test_faults_and_hostile_text_cross_to_the_controller(run: Run, server: ScriptedServer) -> None:
    """What could not be measured in a worker is reported with its cause.

    Text that no channel can encode is carried all the same: an exception's, a completion's, an output's.
    """
    server.answers["a-05"] = (400, '{"error": {"message": "context too short"}}')
    server.answers["a-01"] = "```python\nraise ValueError('\\ud800')\n```"
    server.answers["a-02"] = "```python\nprint('\ud800')\n```"
    server.answers["a-04"] = "```python\nimport os; os.write(1, bytes(range(256)))\n```"
    result = run("-n1")
    result.stdout.fnmatch_lines(["outcomes: 4 correct, 5 wrong, 2 crashed; 1 not measured", "*context too short*"])


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
    assert pytest.ExitCode.INTERRUPTED == result.ret
    assert result.parseoutcomes()["errors"] <= 2


@pytest.fixture
def backend_of(server: ScriptedServer, tmp_path: Path) -> Iterator[Callable[..., LocalBackend]]:
    """Make backends on the scripted server, of any kind, with a run's folder; all are closed at the end."""
    made: list[LocalBackend] = []
    problems = [make_problem(id=text, statement=text) for text in ("good", "bad")]

    with RunFolder.create(tmp_path, make_run_info()) as folder:

        def make(kind: type[LocalBackend] = LocalBackend, **more: Any) -> LocalBackend:
            benchmark = make_benchmark(*problems, base_url=(server.url,), concurrency=4, **more)
            made.append(kind(benchmark, QUESTIONNAIRE.request, lambda: folder, print, pytest.fail, pytest.fail))
            return made[-1]

        yield make
        for backend in made:
            backend.close()


class End:
    """One end of a channel within this process."""

    def __init__(self, sending: "queue.SimpleQueue[str | None]", receiving: "queue.SimpleQueue[str | None]") -> None:
        self._sending = sending
        self._receiving = receiving
        self.sent: list[str] = []
        self.is_closed = False

    def send(self, message: str) -> None:
        if self.is_closed:
            raise OSError("cannot send to a closed channel")
        self.sent.append(message)
        self._sending.put(message)

    def receive(self) -> str:
        message = self._receiving.get()
        if message is None:
            raise EOFError
        return message

    def close(self) -> None:
        """End the other side's waiting, as the end of this process would."""
        self.is_closed = True
        self._sending.put(None)


def connected(backend: LocalBackend) -> tuple[End, End]:
    """Serve a backend; return the worker's end of the channel, and the controller's."""
    calls: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    controllers = End(answers, calls)
    hub.serve(backend, controllers)
    return End(calls, answers), controllers


def worker_of(backend: LocalBackend) -> RemoteBackend:
    """Reach a backend as a worker does."""
    return RemoteBackend(connected(backend)[0])


def ask(text: str) -> Request:
    """Make a request that asks just this."""
    return QUESTIONNAIRE.request(make_problem(statement=text))


def serving() -> list[threading.Thread]:
    """The threads that answer workers."""
    return [thread for thread in threading.enumerate() if thread.name == "mathbench-hub"]


def test_calls_are_answered_and_faults_passed_on(
    server: ScriptedServer, backend_of: Callable[..., LocalBackend]
) -> None:
    """A worker gets completions, those that it announced too, and the very errors that the controller met."""
    worker = worker_of(backend_of())
    endpoint = worker.endpoint()
    source = worker.source(endpoint)
    server.answers["bad"] = (400, '{"error": {"message": "no"}}')
    worker.announce(endpoint, [("good", 0), ("bad", 0)])
    assert source.complete(ask("good")).text == server.default
    with pytest.raises(GenerationError, match="no"):
        source.complete(ask("bad"))
    assert sorted(server.asked) == ["bad", "good"]


def test_no_key_is_sent_to_a_worker(
    server: ScriptedServer, backend_of: Callable[..., LocalBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker names the model's and the judge's endpoint without their keys; the controller asks with them."""
    server.key = "s3cret"
    monkeypatch.setenv("KEY", "s3cret")
    end, controllers = connected(
        backend_of(api_key_env="KEY", judge_base_url=(server.url,), judge_model="wise", judge_api_key_env="KEY")
    )
    worker = RemoteBackend(end)
    model, judge = worker.endpoint(), worker.judge()
    assert judge is not None
    assert [model.api_key, judge.api_key] == [NO_KEY, NO_KEY]
    assert judge.model == "wise"
    assert worker.source(model).complete(ask("good")).text == server.default
    assert worker.source(judge).complete(ask("judge")).text == server.default
    assert [message for message in controllers.sent if "s3cret" in message] == []


def test_an_endpoint_of_the_suites_own_is_asked_with_its_own_key(
    server: ScriptedServer, backend_of: Callable[..., LocalBackend]
) -> None:
    """What a suite's `mathbench_server` returns in a worker is used as it is."""
    server.key = "mine"
    own = Endpoint(base_url=server.url, model="other", api_key="mine")
    assert worker_of(backend_of()).source(own).complete(ask("good")).text == server.default


def test_without_a_judge_there_is_none(backend_of: Callable[..., LocalBackend]) -> None:
    """A worker is told so."""
    assert worker_of(backend_of()).judge() is None


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (ServerError("no model"), ServerError, "no model"),
        (ZeroDivisionError("oops"), GenerationError, "ZeroDivisionError: oops"),
        (type("OwnError", (ServerError,), {})("a suite's own"), GenerationError, "a suite's own"),
    ],
)
def test_whatever_the_controller_meets_reaches_the_worker(
    backend_of: Callable[..., LocalBackend], error: Exception, kind: type[Exception], said: str
) -> None:
    """The worker learns what happened, and the channel goes on."""

    class Broken(LocalBackend):
        def endpoint(self) -> Endpoint:
            raise error

    worker = worker_of(backend_of(Broken))
    for _ in range(2):
        with pytest.raises(kind, match=said):
            worker.endpoint()


def test_an_unknown_call_is_refused(backend_of: Callable[..., LocalBackend]) -> None:
    """A worker of another version hears of it, by the call's name."""
    with pytest.raises(GenerationError, match="knows no call 'shutdown'"):
        worker_of(backend_of()).call(name="shutdown")


def test_an_answer_that_no_channel_carries_is_a_fault(
    backend_of: Callable[..., LocalBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said how long it is; the channel goes on."""
    monkeypatch.setattr(hub, "_LONGEST_ANSWER", 200)
    worker = worker_of(backend_of())
    endpoint = worker.endpoint()
    with pytest.raises(GenerationError, match=r"^\d\d\d characters are more than a worker is sent"):
        worker.source(endpoint).complete(ask("good"))
    assert worker.endpoint() == endpoint


def test_an_interrupted_call_does_not_answer_the_next(
    server: ScriptedServer, backend_of: Callable[..., LocalBackend]
) -> None:
    """The late answer of a call that a signal cut off is taken for no other call's."""
    release = threading.Event()

    def slow(_: dict[str, Any]) -> str:
        os.kill(os.getpid(), signal.SIGUSR1)  # the worker now waits for the answer
        release.wait(SECONDS)
        return "late"

    server.answers |= {"slow": slow, "other": "in time"}
    worker = worker_of(backend_of())
    source = worker.source(worker.endpoint())

    def interrupt(*_: object) -> None:
        raise TimeoutError("a test's own clock")

    previous = signal.signal(signal.SIGUSR1, interrupt)
    with pytest.raises((TimeoutError, GenerationError)):
        source.complete(ask("slow"))
    signal.signal(signal.SIGUSR1, previous)
    release.set()
    assert source.complete(ask("other")).text == "in time"


def test_a_controller_that_is_gone_is_a_fault(backend_of: Callable[..., LocalBackend]) -> None:
    """A worker whose controller died measures nothing more."""
    end, controllers = connected(backend_of())
    worker = RemoteBackend(end)
    controllers.close()
    with pytest.raises(GenerationError, match="the controller is gone"):
        worker.call(name="nothing")


def test_a_worker_that_is_gone_leaves_no_thread_behind(
    server: ScriptedServer, backend_of: Callable[..., LocalBackend]
) -> None:
    """It may go while it waits for an answer, or between two calls."""
    before = set(serving())
    asked, release = threading.Event(), threading.Event()

    def held(_: dict[str, Any]) -> str:
        asked.set()
        release.wait(SECONDS)
        return "late"

    server.answers["held"] = held
    backend = backend_of()
    waiting, controllers = connected(backend)
    idle, _ = connected(backend)
    call = {"number": 0, "name": "complete", "endpoint": backend.endpoint().to_json(), "request": ask("held").to_json()}
    waiting.send(json.dumps(call))
    assert asked.wait(SECONDS)
    controllers.is_closed = True  # as after the worker's death
    release.set()
    idle.close()
    wait_until(lambda: set(serving()) <= before)


def test_a_worker_that_dies_in_the_middle_of_a_call_costs_one_item(
    run: Run, pytester: pytest.Pytester, server: ScriptedServer
) -> None:
    """The answer has nobody to go to; every other item is measured, and no thread is left."""
    pytester.makepyfile(
        test_suite="""
        import os, threading, time
        from pathlib import Path

        def test_problem(problem, mathbench, mathbench_client):
            if problem.id == "a-04":
                threading.Thread(target=mathbench, args=(problem,), daemon=True).start()
                while not mathbench_client._backend._lock.locked():
                    time.sleep(0.01)
                Path("pid").write_text(str(os.getpid()))
                os._exit(1)
            mathbench(problem)
        """
    )
    pid = pytester.path / "pid"

    def held(_: dict[str, Any]) -> str:
        wait_until(lambda: pid.exists() and pid.read_text() != "")
        wait_until(lambda: not psutil.pid_exists(int(pid.read_text())))
        return "```python\nprint(42)\n```"

    server.answers["a-04"] = held
    before = set(serving())
    run("test_suite.py", "-n2", "--max-worker-restart=2").stdout.fnmatch_lines(
        ["outcomes: 7 correct, 4 wrong; 1 not measured"]
    )
    assert "crashed while running" in outcomes(".mathbench")["a-04"]
    wait_until(lambda: set(serving()) <= before)


NOTHING_LISTENS = """
import os
from pathlib import Path

def accepting():
    yield from (line.split()[6] for line in Path("/proc/net/unix").open() if line.split()[3] == "00010000")
    for family in ("tcp", "tcp6"):
        yield from (line.split()[9] for line in Path("/proc/net", family).open() if line.split()[3] == "0A")

def sockets(process):
    return {os.readlink(each) for each in Path(f"/proc/{process}/fd").iterdir() if each.is_symlink()}

def test_problem(problem, mathbench):
    mathbench.evaluate(problem)
    listening = {f"socket:[{inode}]" for inode in accepting()}
    assert listening & (sockets(os.getppid()) | sockets(os.getpid())) == set()
"""


def test_a_session_with_workers_opens_little_and_nothing_that_strangers_could_reach(
    pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]
) -> None:
    """No port, no socket with a name, in controller or worker: what does not listen cannot be flooded.

    256 descriptors are enough, as on a machine where nobody raised the limit.
    """
    pytester.makepyfile(test_suite=NOTHING_LISTENS)
    problems = problem_file(*(row(f"a-{number}") for number in range(12)))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n2", "--mathbench-model=m"]
    command += ["-p", "no:rerunfailures", "test_suite.py"]
    command += [f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
    result = subprocess.run(
        command,
        check=False,
        cwd=pytester.path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256)),
    )
    assert "outcomes: 12 correct; 0 not measured" in result.stdout
    assert " 12 passed" in result.stdout


def test_a_worker_needs_no_key_in_its_environment(
    run: Run, pytester: pytest.Pytester, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another host there is none: completions and ratings are asked for by the controller."""
    server.key = "s3cret"
    monkeypatch.setenv("BENCH_KEY", "s3cret")
    server.answers["The case, as JSON"] = '{"reason": "they differ", "rating": 1}'
    pytester.makeconftest("import os\nif 'PYTEST_XDIST_WORKER' in os.environ: del os.environ['BENCH_KEY']")
    pytester.makepyfile(test_suite="def test_problem(problem, mathbench): mathbench(problem)")
    keys = ["--mathbench-api-key-env=BENCH_KEY", "--mathbench-judge-api-key-env=BENCH_KEY"]
    judge = [f"--mathbench-judge-base-url={server.url}", "--mathbench-judge=all", "--mathbench-judge-model=j"]
    result = run("test_suite.py", "-n1", *keys, *judge)
    result.stdout.fnmatch_lines(["judge, 12 answers *", "outcomes: 8 correct, 4 wrong; 0 not measured"])
