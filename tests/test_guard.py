"""The guard: a server's process tree ends with its owner, however the owner ends."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from pytest_mathbench.serving import guard

# A stand-in for a server's tree: a parent that ignores SIGTERM, a child, and a grandchild in a session of its own.
TREE = textwrap.dedent("""
    import os, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
        time.sleep(600)
    open(sys.argv[1], "w").close()
    time.sleep(600)
""")


def start(tmp_path: Path, program: str) -> tuple[subprocess.Popen[bytes], Path]:
    """Start a program under the guard, as the server's owner does."""
    ready = tmp_path / "ready"
    with (tmp_path / "log").open("wb") as log:
        return guard.start([sys.executable, "-c", program, str(ready)], log, os.environ), ready


def tree_of(process: subprocess.Popen[bytes], ready: Path, size: int) -> list[psutil.Process]:
    """Wait for the tree to be complete."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        tree = psutil.Process(process.pid).children(recursive=True)
        if ready.exists() and len(tree) == size:
            return tree
        time.sleep(0.02)
    raise AssertionError(f"the tree did not grow: {tree}")


def survivors(tree: list[psutil.Process]) -> list[psutil.Process]:
    """Return what still runs after a generous wait."""
    _, alive = psutil.wait_procs(tree, timeout=20)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_the_tree_ends_when_the_owner_closes_the_pipe(tmp_path: Path) -> None:
    """Closing is the ordinary end: the whole tree goes, also what ignores SIGTERM or left the group."""
    process, ready = start(tmp_path, TREE)
    tree = tree_of(process, ready, 3)
    assert process.stdin
    process.stdin.close()
    assert 0 == process.wait(20)
    assert [] == survivors(tree)


def test_the_tree_ends_when_the_owner_is_killed(tmp_path: Path) -> None:
    """An owner killed with -9 cannot clean up; its end of the pipe closes all the same."""
    owner_program = textwrap.dedent(f"""
        import os, sys, time
        from pytest_mathbench.serving import guard
        process = guard.start([sys.executable, "-c", {TREE!r}, sys.argv[1]], sys.stdout.buffer, os.environ)
        time.sleep(600)
    """)
    ready = tmp_path / "ready"
    owner = subprocess.Popen([sys.executable, "-c", owner_program, str(ready)])
    tree = tree_of(owner, ready, 4)
    owner.kill()
    owner.wait()
    assert survivors(tree) == []


def test_the_tree_ends_on_sigterm(tmp_path: Path) -> None:
    """A guard that is asked to end takes its tree with it."""
    process, ready = start(tmp_path, TREE)
    tree = tree_of(process, ready, 3)
    process.terminate()
    with process:
        assert 0 == process.wait(20)
    assert [] == survivors(tree)


def test_the_server_dies_with_a_killed_guard(tmp_path: Path) -> None:
    """Even the guard may be killed: the kernel then kills the server itself."""
    process, ready = start(tmp_path, "import sys, time; open(sys.argv[1], 'w').close(); time.sleep(600)")
    tree = tree_of(process, ready, 1)
    process.kill()
    with process:
        process.wait()
    assert survivors(tree) == []


@pytest.mark.parametrize(
    ("program", "status"),
    [("raise SystemExit(0)", 0), ("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)],
)
def test_a_server_that_ends_by_itself_passes_its_status_on(tmp_path: Path, program: str, status: int) -> None:
    """The owner learns at once how its server ended; a signal shows as in a shell."""
    process, _ = start(tmp_path, program)
    with process:
        assert status == process.wait(20)


def test_what_a_dead_server_leaves_behind_is_ended(tmp_path: Path) -> None:
    """A crashed server's children do not stay."""
    program = textwrap.dedent("""
        import os, sys, time
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
        open(sys.argv[1], "w").close()
        while not os.path.exists(sys.argv[1] + ".go"): time.sleep(0.01)
        os._exit(1)
    """)
    process, ready = start(tmp_path, program)
    tree = tree_of(process, ready, 2)
    Path(f"{ready}.go").touch()
    with process:
        assert 1 == process.wait(20)
        assert [] == survivors(tree)


def test_ctrl_c_is_the_owners_business(tmp_path: Path) -> None:
    """SIGINT does not end the guard: the owner decides."""
    process, ready = start(tmp_path, TREE)
    tree = tree_of(process, ready, 3)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    still_there = len(psutil.Process(process.pid).children(recursive=True))
    process.terminate()
    with process:
        process.wait(20)
    assert 3 == still_there
    assert [] == survivors(tree)
