"""Workers that xdist starts elsewhere: here through execnet's own socket server."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from execnet.gateway_base import Message, get_execmodel
from execnet.gateway_socket import SocketIO
from factories import results_of
from waiting import SECONDS

from conftest import ScriptedServer, row
from pytest_mathbench.plugin import workers

EVERYWHERE = "0.0.0.0"  # noqa: S104 - an address of this machine that counts as another host's
REFUSED = "*would go to {} unencrypted*--mathbench-allow-unencrypted-workers*"


@pytest.fixture
def gateway_port(tmp_path: Path) -> Iterator[str]:
    """Start execnet's socket server, as on another host; yields its port."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    command = [sys.executable, "-m", "execnet.script.socketserver", "127.0.0.1:0"]
    with (
        (folder / "log").open("w+") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env={"PYTHONUNBUFFERED": "1"}) as server,
    ):
        try:
            while "Accept loop" not in (folder / "log").read_text():
                assert server.poll() is None, (folder / "log").read_text()
            yield (folder / "log").read_text().rsplit(",", 1)[1].strip(" )\n")
        finally:
            server.kill()


@pytest.fixture
def run(
    pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]
) -> Callable[..., pytest.RunResult]:
    """Run four problems on workers of these specs."""
    suite = pytester.makepyfile(test_suite="def test_problem(problem, mathbench): mathbench(problem)")
    problems = problem_file(*(row(f"a-{number}") for number in range(4)))

    def start(*arguments: str) -> pytest.RunResult:
        given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest_subprocess(str(suite), *given, "-d", f"--rsyncdir={suite}", *arguments)

    return start


def test_a_worker_behind_a_socket_gateway_measures_as_any_other(
    run: Callable[..., pytest.RunResult], server: ScriptedServer, gateway_port: str
) -> None:
    """Its programs run there, its completions and results go through the controller; a megabyte passes whole."""
    server.default = "```python\nprint(42)\n```\n" + "It is so.\n" * 100_000
    result = run(f"--tx=socket=localhost:{gateway_port}")
    result.assert_outcomes(passed=4, warnings=result.parseoutcomes().get("warnings", 0))
    (folder,) = Path(".mathbench").iterdir()
    assert {f"a-{number}": server.default for number in range(4)} == {
        each.problem.id: each.completion.text for each in results_of(folder) if each.completion
    }
    assert len(server.asked) == 4


def test_traffic_in_clear_is_refused_unless_that_is_wanted(
    run: Callable[..., pytest.RunResult], server: ScriptedServer, gateway_port: str
) -> None:
    """An address that others may listen to needs a word of the user's; nothing is sent there before."""
    refused = run(f"--tx=socket={EVERYWHERE}:{gateway_port}")
    refused.stderr.fnmatch_lines([REFUSED.format(EVERYWHERE)])
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    assert server.asked == []
    allowed = run(f"--tx=socket={EVERYWHERE}:{gateway_port}", "--mathbench-allow-unencrypted-workers")
    allowed.assert_outcomes(passed=4, warnings=allowed.parseoutcomes().get("warnings", 0))


@pytest.mark.parametrize(
    ("spec", "host"),
    [
        ("popen", ""),
        ("popen//python=python3.12", ""),
        ("ssh=somebody@192.0.2.7", ""),
        ("ssh=-p 2222 worker.example//python=python3", ""),
        ("vagrant_ssh=default", ""),
        ("socket=127.0.0.1:8888", ""),
        ("socket=127.9.9.9:8888", ""),
        ("socket=localhost:8888", ""),
        ("execmodel=main_thread_only//socket=192.0.2.7:8888//id=a", "192.0.2.7"),
        ("socket=worker.example:8888", "worker.example"),
        (f"socket={EVERYWHERE}:8888", EVERYWHERE),
        ("socket=localhost.example:8888", "localhost.example"),
        ("socket=127.0.0.1.example:8888", "127.0.0.1.example"),
        ("socket//installvia=far", "far"),
        ("socket", "another host"),
    ],
)
def test_what_is_reached_in_clear_is_known_by_its_spec(spec: str, host: str) -> None:
    """Pipes, ssh and this machine's own loopback are not; whatever else a bare socket leads to is."""
    assert workers._reached_in_clear(spec) == host


def test_a_proxy_in_clear_is_refused_too(run: Callable[..., pytest.RunResult], gateway_port: str) -> None:
    """What goes through a gateway is as open as the way to that gateway."""
    refused = run(f"--px=id=far//socket={EVERYWHERE}:{gateway_port}", "--tx=popen//via=far")
    refused.stderr.fnmatch_lines([REFUSED.format(EVERYWHERE)])


def test_messages_of_several_threads_stay_whole() -> None:
    """Sockets of execnet may split a message where another thread writes; the channels of a run do not."""
    here, there = socket.create_connection, socket.create_server
    with there(("127.0.0.1", 0)) as listening, here(listening.getsockname()) as near:
        far, _ = listening.accept()
        far.settimeout(SECONDS)  # a split message would be waited for
        gateway = SimpleNamespace(_io=SocketIO(near, get_execmodel("thread")))
        workers._write_whole_messages(gateway)
        texts = [bytes([number]) * (1 << 20) for number in range(8)]
        threads = [
            threading.Thread(target=Message(4, number, text).to_io, args=(gateway._io,), daemon=True)
            for number, text in enumerate(texts)
        ]
        for thread in threads:
            thread.start()
        reading = SocketIO(far, get_execmodel("thread"))
        received = [Message.from_io(reading) for _ in texts]
        for thread in threads:
            thread.join()
        far.close()
    assert texts == [message.data for message in sorted(received, key=lambda message: message.channelid)]
