"""Workers that xdist starts elsewhere reach the controller over TCP: here through execnet's own socket server."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from factories import results_of

from conftest import ScriptedServer, row
from pytest_mathbench.plugin.xdist import _address_towards


class Spec:
    """The part of an execnet specification that says where."""

    def __init__(self, socket: str | None = None, ssh: str | None = None) -> None:
        self.socket = socket
        self.ssh = ssh


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[str]:
    """Start execnet's socket server, as on another host; yields its address."""
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
            port = (folder / "log").read_text().rsplit(",", 1)[1].strip(" )\n")
            yield f"127.0.0.1:{port}"
        finally:
            server.kill()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # xdist's own, of rsync
def test_a_worker_behind_a_socket_gateway_measures_as_any_other(
    pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path], gateway: str
) -> None:
    """Its programs run there, its completions and results go through the controller."""
    pytester.makepyfile(test_suite="def test_problem(problem, mathbench): mathbench(problem)")
    suite = pytester.path / "test_suite.py"
    problems = problem_file(*(row(f"a-{number}") for number in range(4)))
    result = pytester.runpytest_subprocess(
        str(suite),
        "--mathbench-model=m",
        f"--mathbench-problems={problems}",
        f"--mathbench-base-url={server.url}",
        "-d",
        f"--tx=socket={gateway}",
        f"--rsyncdir={suite}",
    )
    result.assert_outcomes(passed=4, warnings=result.parseoutcomes().get("warnings", 0))
    (run,) = Path(".mathbench").iterdir()
    assert (["a-0", "a-1", "a-2", "a-3"], 4) == (sorted(each.problem.id for each in results_of(run)), len(server.asked))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (Spec(), "127.0.0.1"),
        (Spec(socket="127.0.0.1:8888"), "127.0.0.1"),
        (Spec(ssh="somebody@127.0.0.1"), "127.0.0.1"),
        (Spec(ssh="-p 2222 127.0.0.1"), "127.0.0.1"),
    ],
)
def test_a_worker_is_told_the_address_that_leads_back(spec: Spec, expected: str) -> None:
    """Local workers use the loopback interface, others the one through which their host is reached."""
    assert expected == _address_towards(spec)


def test_a_host_that_is_not_there_is_named() -> None:
    """A misspelt host ends the session with its name, before a worker is waited for."""
    with pytest.raises(pytest.UsageError, match=r"the xdist host 'no\.such\.host\.invalid' cannot be reached"):
        _address_towards(Spec(ssh="no.such.host.invalid"))
