"""The sandbox: how programs end, what they may use, and that nothing of them stays."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.records import Ending, Limits
from pytest_mathbench.sandbox.host import Sandbox

LIMITS = Limits(cpu_seconds=1.0, wall_seconds=5.0, memory_bytes=512 << 20)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One warm process for all programs."""
    with Sandbox() as warm:
        yield warm


ENDINGS = [
    ("print(6 * 7)", Ending.FINISHED, "", "42\n"),
    ("", Ending.FINISHED, "", ""),
    ("import os; os._exit(0)", Ending.FINISHED, "", ""),
    ("import sys; sys.exit()", Ending.FINISHED, "", ""),
    ("import sys; sys.exit(3)", Ending.EXIT_STATUS, "exit status 3", ""),
    ("import os; os._exit(5)", Ending.EXIT_STATUS, "exit status 5", ""),
    ("print(1); raise SystemExit('no')", Ending.EXIT_STATUS, "exit status 1", "1\n"),
    ("print(1)\n1 / 0", Ending.EXCEPTION, "ZeroDivisionError: division by zero", "1\n"),
    ("x = (", Ending.EXCEPTION, "SyntaxError: '(' was never closed", ""),
    ("\0", Ending.EXCEPTION, "SyntaxError: source code string cannot contain null bytes", ""),
    ("def f(): return f()\nf()", Ending.EXCEPTION, "RecursionError: maximum recursion depth exceeded", ""),
    ("print(input())", Ending.EXCEPTION, "EOFError: EOF when reading a line", ""),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", Ending.SIGNAL, "SIGTERM", ""),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", Ending.SIGNAL, "SIGKILL", ""),
    ("import ctypes; ctypes.string_at(0)", Ending.SIGNAL, "SIGSEGV", ""),
    ("raise ValueError('\\ud800')", Ending.EXCEPTION, "ValueError: \\ud800", ""),
    ("x = [0] * 10**10", Ending.MEMORY, "MemoryError", ""),
    ("x = bytearray(1 << 30)", Ending.MEMORY, "MemoryError", ""),
    ("while True: pass", Ending.CPU_TIME, "over 1 s of CPU time", ""),
    ("import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass", Ending.CPU_TIME,
     "over 1 s of CPU time", ""),
    ("import os\nos.write(3, b'{\"exception\": \"forged\"}')\nprint(1)", Ending.FINISHED, "", "1\n"),
    ("import os\nos.close(3)\nprint(1)", Ending.FINISHED, "", "1\n"),
    ("import sys\nclass E(Exception):\n    def __str__(self): sys.exit(0)\nraise E", Ending.EXCEPTION,
     "E: <exception str() failed>", ""),
]  # fmt: skip


@pytest.mark.parametrize(("program", "ending", "detail", "stdout"), ENDINGS)
def test_the_parent_decides_how_a_program_ended(
    sandbox: Sandbox, program: str, ending: Ending, detail: str, stdout: str
) -> None:
    """Every way to end has its class, its reason, and what was printed until then."""
    execution = sandbox.run(program, LIMITS)
    assert (ending, detail, stdout) == (execution.ending, execution.detail, execution.stdout)


def test_a_program_that_waits_meets_the_wall_limit(sandbox: Sandbox) -> None:
    """Sleeping costs no CPU time, so the backstop ends it."""
    limits = Limits(cpu_seconds=1.0, wall_seconds=0.3, memory_bytes=512 << 20)
    execution = sandbox.run("import time; time.sleep(60)", limits)
    assert (Ending.WALL_TIME, "over 0.3 s of wall time") == (execution.ending, execution.detail)


def test_output_is_capped(sandbox: Sandbox) -> None:
    """A flood is cut at the limit, and the program with it."""
    limits = Limits(cpu_seconds=5.0, wall_seconds=20.0, memory_bytes=512 << 20, output_bytes=1000)
    execution = sandbox.run("while True: print('x' * 100)", limits)
    assert (Ending.OUTPUT, 1000) == (execution.ending, len(execution.stdout))


def test_output_at_the_limit_is_whole(sandbox: Sandbox) -> None:
    """Exactly as much as allowed is no flood."""
    limits = Limits(cpu_seconds=5.0, wall_seconds=20.0, memory_bytes=512 << 20, output_bytes=1000)
    execution = sandbox.run("print('x' * 999)", limits)
    assert (Ending.FINISHED, "x" * 999 + "\n") == (execution.ending, execution.stdout)


def test_without_time_limits_a_program_may_take_its_time(sandbox: Sandbox) -> None:
    """No limit is no limit: what the user switched off stays off."""
    limits = Limits(cpu_seconds=None, wall_seconds=None, memory_bytes=512 << 20)
    execution = sandbox.run("import time; time.sleep(0.2); print('done')", limits)
    assert (Ending.FINISHED, "done\n") == (execution.ending, execution.stdout)


@pytest.mark.parametrize(
    ("program", "stdout"),
    [
        ("print(__name__)", "__main__\n"),
        ("import sys\nprint(sys.argv)", "['program.py']\n"),
        ("import os\nprint([name for name in os.environ if name != 'LC_CTYPE'])", "[]\n"),
        ("import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.1), print('late'))).start()", "late\n"),
        ("import atexit; atexit.register(print, 'bye'); print('hi')", "hi\nbye\n"),
        ("print('\u00e9\u222a')", "é∪\n"),
        ("# -*- coding: latin-1 -*-\nprint(len('é'))", "2\n"),
        ("import sys; print(sys.stdin.read() == '')", "True\n"),
        ("import sympy; x = sympy.symbols('x'); print(sympy.solve(x**2 - 3, x))", "[-sqrt(3), sqrt(3)]\n"),
        ("import numpy; print(numpy.arange(3).sum())", "3\n"),
        ("import os; print(sorted(map(int, os.listdir('/proc/self/fd')))[:4])", "[0, 1, 2, 3]\n"),
    ],
)
def test_a_program_finds_what_a_script_finds(sandbox: Sandbox, program: str, stdout: str) -> None:
    """A program behaves as under `python program.py`, with an empty environment and an empty standard input."""
    execution = sandbox.run(program, LIMITS)
    assert (stdout, "") == (execution.stdout, execution.stderr)


def test_standard_input_reaches_the_program(sandbox: Sandbox) -> None:
    """A grading child gets its pair on standard input, however large."""
    text = "x" * 300_000
    execution = sandbox.run("import sys; print(len(sys.stdin.read()))", LIMITS, stdin=text)
    assert execution.stdout == "300000\n"


def test_one_program_leaves_no_trace_in_the_next(sandbox: Sandbox) -> None:
    """Each program starts from the same warm state."""
    sandbox.run("import math, builtins\nmath.pi = 3\nbuiltins.print = None", LIMITS)
    assert sandbox.run("import math; print(math.pi)", LIMITS).stdout == "3.141592653589793\n"


def test_randomness_repeats(sandbox: Sandbox) -> None:
    """Seeds and hashes are fixed, so a program prints the same each time."""
    program = "import random, numpy\nprint(random.random(), numpy.random.rand(), hash('x'), {'a', 'b', 'c'})"
    assert sandbox.run(program, LIMITS).stdout == sandbox.run(program, LIMITS).stdout


def test_a_traceback_shows_the_programs_own_lines_only(sandbox: Sandbox) -> None:
    """The program sees its own frames, as in a plain interpreter."""
    stderr = sandbox.run("x = 1\nx / 0\n", LIMITS).stderr
    assert (True, False) == ('File "program.py", line 2, in <module>' in stderr, "zygote" in stderr)


def test_programs_run_side_by_side_under_their_own_limits(sandbox: Sandbox) -> None:
    """Several threads may run programs at once; one's limit does not touch another."""
    endings: dict[int, Ending] = {}

    def run(number: int) -> None:
        program = "while True: pass" if number % 2 else "import time; time.sleep(0.5); print(1)"
        endings[number] = sandbox.run(program, LIMITS).ending

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = {number: Ending.CPU_TIME if number % 2 else Ending.FINISHED for number in range(6)}
    assert expected == endings


def test_what_a_program_starts_ends_with_it(sandbox: Sandbox) -> None:
    """A child that a program leaves behind in its session is killed."""
    execution = sandbox.run("import os, time\npid = os.fork()\nif pid == 0: time.sleep(60)\nprint(pid)", LIMITS)
    assert _gone(int(execution.stdout))


def test_what_a_program_starts_may_print(sandbox: Sandbox) -> None:
    """A child of the program has its standard streams, as under `python program.py`."""
    execution = sandbox.run("import os; os.system('echo 42')", LIMITS)
    assert "42\n" == execution.stdout


@pytest.mark.parametrize("close", [False, True], ids=["ended", "closed"])
def test_what_leaves_its_session_ends_too(close: bool) -> None:  # noqa: FBT001 - a parameter
    """A daemon of a program is killed with the program, or with the sandbox."""
    program = (
        "import os, subprocess, sys, time\n"
        "daemon = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "print(daemon.pid, flush=True)\n"
    )
    with Sandbox(preload=()) as sandbox:
        if not close:
            assert _gone(int(sandbox.run(program, LIMITS).stdout))
            return
        limits = Limits(cpu_seconds=None, wall_seconds=None, memory_bytes=512 << 20)
        failed: list[SandboxError] = []

        def run() -> None:
            try:
                sandbox.run(program + "time.sleep(600)", limits)
            except SandboxError as error:
                failed.append(error)

        runner = threading.Thread(target=run)
        runner.start()
        daemon = _wait_for_daemon()
        sandbox.close()
        runner.join(20)
    assert (True, 1) == (_gone(daemon), len(failed))


def _wait_for_daemon() -> int:
    """Return the pid of the `sleep 600` that a program of ours started."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if process.name() == "sleep":
                    return process.pid
        time.sleep(0.02)
    raise AssertionError("the program did not start its daemon")


def test_no_descriptor_is_left_in_the_host(sandbox: Sandbox) -> None:
    """A run opens five pipes and closes all of them."""
    sandbox.run("print(1)", LIMITS)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for program in ("print(1)", "1 / 0", "while True: print(1)"):
        sandbox.run(program, LIMITS)
    assert before == len(list(Path("/proc/self/fd").iterdir()))


def test_the_warm_process_is_started_again_after_its_death() -> None:
    """A killed zygote costs one program at most, and the sandbox goes on."""
    with Sandbox(preload=()) as sandbox:
        first = int(sandbox.run("import os; print(os.getppid())", LIMITS).stdout)
        os.kill(first, 9)
        assert _gone(first)
        second = int(sandbox.run("import os; print(os.getppid())", LIMITS).stdout)
        assert first != second


def test_a_warm_process_that_dies_under_a_program_is_our_fault() -> None:
    """The program gets no outcome: the item is not measured."""
    with Sandbox(preload=()) as sandbox, pytest.raises(SandboxError, match="died while a program ran"):
        sandbox.run("import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(60)", LIMITS)


def test_closing_ends_the_warm_process_and_its_programs() -> None:
    """Nothing outlives the sandbox, its scratch folder included."""
    sandbox = Sandbox(preload=())
    output = sandbox.run("import os; print(os.getppid(), os.getcwd())", LIMITS).stdout.split()
    sandbox.close()
    assert (True, False) == (_gone(int(output[0])), Path(output[1]).exists())


def test_a_sandbox_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken interpreter is an infrastructure fault with the reason in it."""
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no such luck' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(broken))
    with Sandbox() as sandbox, pytest.raises(SandboxError, match="did not start: no such luck"):
        sandbox.run("print(1)", LIMITS)


def _gone(pid: int) -> bool:
    """Whether a process ends within a few seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False
