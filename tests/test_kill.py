"""Nothing outlives a run: workers, warm processes and programs end with it, however it ends.

Here on a scripted endpoint; test_vllm_server does the same with a real vLLM server.
"""

import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from sessions import Session, reaping, survivors

from conftest import ScriptedServer, row

# A program that starts more processes, and runs until it is killed.
PROGRAM = """```python
import os, time
if os.fork() == 0:
    time.sleep(600)
print("under way", flush=True)
time.sleep(600)
```"""


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_nothing_is_left_of_a_killed_run(
    tmp_path: Path,
    server: ScriptedServer,
    problem_file: Callable[..., Path],
    how: signal.Signals,
    workers: list[str],
) -> None:
    """Killed while programs run: no process is left, of pytest, of xdist, of the sandbox, of a program."""
    server.default = PROGRAM
    problems = problem_file(*(row(f"a-{number}") for number in range(4)))
    arguments = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
    with reaping() as descendants:
        session = Session(tmp_path, [*arguments, "--timeout=500", *workers])
        # A program is the child of a zygote and has a child of its own.
        session.wait_until(lambda: programs(descendants) >= max(1, len(workers) * 2))
        session.end(how)
        assert [] == survivors(descendants)


def programs(descendants: Callable[[], list[psutil.Process]]) -> int:
    """Count the programs that run: children of a zygote that have a child themselves."""
    found = 0
    for process in descendants():
        try:
            parent = process.parent()
            found += bool(parent and "zygote.py" in " ".join(parent.cmdline()) and process.children())
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
def test_nothing_is_left_of_a_run_that_ends_by_itself(
    tmp_path: Path, server: ScriptedServer, problem_file: Callable[..., Path], workers: list[str]
) -> None:
    """The ordinary end leaves nothing either, nor does an error in a fixture."""
    (tmp_path / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture(autouse=True, scope='session')\ndef broken(mathbench_sandbox):\n"
        "    yield\n    raise OSError('at teardown')\n"
    )
    (tmp_path / "test_suite.py").write_text("def test_problem(problem, mathbench): mathbench(problem)\n")
    problems = problem_file(row("a-1"), row("a-2"))
    arguments = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
    with reaping() as descendants:
        session = Session(tmp_path, ["test_suite.py", *arguments, *workers])
        session.process.wait(60)
        assert [] == survivors(descendants)
        assert "at teardown" in session.log.read_text()
