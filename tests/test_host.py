"""The sandbox: how programs end, what they may use, and that nothing of them stays."""

import errno
import itertools
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from waiting import wait_until

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.execution import Ending, Limits
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.sandbox.job import Job
from pytest_mathbench.sandbox.layers import Layers, probe
from pytest_mathbench.sandbox.zygote import WAITING

LIMITS = Limits(cpu_seconds=1.0, wall_seconds=5.0, memory_bytes=512 << 20)
ROOMY = replace(LIMITS, cpu_seconds=10.0, wall_seconds=60.0)


OFF = Layers()


@pytest.fixture(scope="module")
def unconfined() -> Iterator[Sandbox]:
    """A warm process whose programs have only limits."""
    with Sandbox(layers=OFF) as warm:
        yield warm


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
    assert ending == execution.ending
    assert detail == execution.detail
    assert stdout == execution.stdout


def test_a_program_that_waits_meets_the_wall_limit(sandbox: Sandbox) -> None:
    """Sleeping costs no CPU time, so the backstop ends it."""
    limits = Limits(cpu_seconds=1.0, wall_seconds=0.3, memory_bytes=512 << 20)
    execution = sandbox.run("import time; time.sleep(60)", limits)
    assert Ending.WALL_TIME == execution.ending
    assert execution.detail == "over 0.3 s of wall time"


def test_output_is_capped(sandbox: Sandbox) -> None:
    """A flood is cut at the limit, and the program with it."""
    limits = Limits(cpu_seconds=5.0, wall_seconds=20.0, memory_bytes=512 << 20, output_bytes=1000)
    execution = sandbox.run("while True: print('x' * 100)", limits)
    assert Ending.OUTPUT == execution.ending
    assert len(execution.stdout) == 1000


def test_output_at_the_limit_is_whole(sandbox: Sandbox) -> None:
    """Exactly as much as allowed is no flood."""
    limits = Limits(cpu_seconds=5.0, wall_seconds=20.0, memory_bytes=512 << 20, output_bytes=1000)
    execution = sandbox.run("print('x' * 999)", limits)
    assert Ending.FINISHED == execution.ending
    assert "x" * 999 + "\n" == execution.stdout


def test_without_time_limits_a_program_may_take_its_time(sandbox: Sandbox) -> None:
    """No limit is no limit: what the user switched off stays off."""
    limits = Limits(cpu_seconds=None, wall_seconds=None, memory_bytes=512 << 20)
    execution = sandbox.run("import time; time.sleep(0.2); print('done')", limits)
    assert Ending.FINISHED == execution.ending
    assert execution.stdout == "done\n"


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
        (
            "import fcntl\nfor number in range(64):\n    try: print(number, fcntl.fcntl(number, fcntl.F_GETFD))\n"
            "    except OSError: pass",
            "0 0\n1 0\n2 0\n3 1\n",
        ),
    ],
)
def test_a_program_finds_what_a_script_finds(sandbox: Sandbox, program: str, stdout: str) -> None:
    """A program behaves as under `python program.py`, with an empty environment and an empty standard input."""
    execution = sandbox.run(program, LIMITS)
    assert stdout == execution.stdout
    assert execution.stderr == ""


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
    assert 'File "program.py", line 2, in <module>' in stderr
    assert "zygote" not in stderr


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


def test_what_a_program_starts_ends_with_it(unconfined: Sandbox) -> None:
    """A child that an unconfined program leaves behind in its session is killed."""
    execution = unconfined.run("import os, time\npid = os.fork()\nif pid == 0: time.sleep(60)\nprint(pid)", LIMITS)
    assert _gone(int(execution.stdout))


def test_what_a_program_starts_may_print(unconfined: Sandbox) -> None:
    """A child of an unconfined program has its standard streams, as under `python program.py`."""
    execution = unconfined.run("import os; os.system('echo 42')", LIMITS)
    assert "42\n" == execution.stdout


NO_SECCOMP = replace(probe(), seccomp=False, announced=False)


@pytest.mark.parametrize("layers", [OFF, NO_SECCOMP, replace(NO_SECCOMP, bubblewrap="")], ids=str)
def test_without_seccomp_what_a_program_starts_ends_with_it(layers: Layers) -> None:
    """Where programs can start others (auto), none of these outlives them, and the next program is unharmed."""
    program = (
        "import os, time\nfor _ in range(3):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        if os.fork() == 0: time.sleep(600)\n        os._exit(0)\nprint(1)"
    )
    with Sandbox(preload=(), layers=layers) as sandbox:
        sandbox.run("print(1)", LIMITS)
        for _ in range(2):
            assert "1\n" == sandbox.run(program, LIMITS).stdout
        deadline, zygote = time.monotonic() + 10, psutil.Process(sandbox.light.pid)
        while (left := len(zygote.children(recursive=True))) != WAITING and time.monotonic() < deadline:
            time.sleep(0.05)
        assert WAITING == left


@pytest.mark.parametrize("close", [False, True], ids=["ended", "closed"])
def test_what_leaves_its_session_ends_too(close: bool) -> None:  # noqa: FBT001 - a parameter
    """A daemon of a program is killed with the program, or with the sandbox."""
    program = (
        "import os, subprocess, sys, time\n"
        "daemon = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "print(daemon.pid, flush=True)\n"
    )
    with Sandbox(preload=(), layers=OFF) as sandbox:
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
    assert _gone(daemon)
    assert len(failed) == 1


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
        sandbox.run("print(1)", LIMITS)
        first = sandbox.light.pid
        os.kill(first, signal.SIGKILL)
        assert _gone(first)
        assert sandbox.run("print(2)", LIMITS).stdout == "2\n"
        assert first != sandbox.light.pid


def test_a_warm_process_that_dies_under_a_program_is_our_fault() -> None:
    """The program gets no outcome: the item is not measured."""
    with Sandbox(preload=()) as sandbox:
        sandbox.run("print(1)", LIMITS)
        killer = threading.Timer(0.5, os.kill, (sandbox.light.pid, signal.SIGKILL))
        killer.start()
        with pytest.raises(SandboxError, match="died while a program ran"):
            sandbox.run("import time\ntime.sleep(60)", LIMITS)


@pytest.mark.parametrize("layers", [probe(), replace(probe(), bubblewrap=""), OFF], ids=str)
def test_closing_ends_the_warm_process_and_its_programs(layers: Layers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing outlives the sandbox: no process, and no folder (in a place where no other test makes one)."""
    place = tempfile.mkdtemp()
    monkeypatch.setattr(tempfile, "tempdir", place)
    others = psutil.Process().children(recursive=True)
    sandbox = Sandbox(preload=(), layers=layers)
    sandbox.run("print(1)", LIMITS)
    assert [] != list(Path(place).glob("mathbench-*"))
    processes = set(psutil.Process().children(recursive=True)) - {*others}
    sandbox.close()
    assert all(_gone(process.pid) for process in processes)
    assert [] == list(Path(place).iterdir())
    Path(place).rmdir()


@pytest.mark.parametrize("layers", [probe(), replace(probe(), bubblewrap="")], ids=str)
def test_a_sandbox_that_cannot_start_says_why(layers: Layers) -> None:
    """A module that cannot be preloaded, though it is there, is an infrastructure fault with the reason in it."""
    with Sandbox(["no.such.module"], layers=layers) as sandbox:
        assert "1\n" == sandbox.run("print(1)", LIMITS).stdout
    why = "did not start: (?s:.*)Empty module name"
    with Sandbox([""], layers=layers) as sandbox, pytest.raises(SandboxError, match=why):
        sandbox.run("print(1)", LIMITS)


def test_a_program_that_is_not_there_cannot_confine(tmp_path: Path) -> None:
    """Layers that do not work here are an infrastructure fault, never a wrong answer."""
    layers = replace(probe(), bubblewrap=str(tmp_path / "bwrap"))
    with Sandbox(layers=layers) as sandbox, pytest.raises(SandboxError, match=r"did not start: .*No such file"):
        sandbox.run("print(1)", LIMITS)


def test_a_limit_that_the_system_does_not_grant_is_our_fault(sandbox: Sandbox) -> None:
    """A program that could not be given its limits is not run at all."""
    limits = Limits(cpu_seconds=1.0, wall_seconds=5.0, memory_bytes=1 << 70)
    with pytest.raises(SandboxError, match="cannot be given address_space"):
        sandbox.run("print(1)", limits)


BUSY = """
import time
start, end = time.monotonic(), time.process_time() + 0.3
while time.process_time() < end: pass
print(start, time.monotonic())
"""


def test_no_more_programs_run_at_once_than_wanted() -> None:
    """A program waits for its turn as long as another works."""
    with Sandbox(preload=(), parallel=1) as sandbox, ThreadPoolExecutor(3) as pool:
        shown = [future.result().stdout for future in [pool.submit(sandbox.run, BUSY, ROOMY) for _ in range(3)]]
    spans = sorted(tuple(map(float, text.split())) for text in shown)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))


def test_a_program_that_waits_for_its_turn_loses_none_of_its_time() -> None:
    """Its clock begins when it does."""
    limits = replace(LIMITS, wall_seconds=1.5)
    with Sandbox(preload=(), parallel=1) as sandbox, ThreadPoolExecutor(3) as pool:
        endings = [pool.submit(sandbox.run, "import time; time.sleep(1)", limits) for _ in range(3)]
        assert [Ending.FINISHED] * 3 == [future.result().ending for future in endings]


SLEEPERS = {
    "sleep": "import time; time.sleep(600)",
    "naps": "import time\nwhile True: time.sleep(0.05)",
    "a lock": "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "a pipe": "import os; os.read(os.pipe()[0], 1)",
    "threads": "import threading, time\nfor _ in range(9): threading.Thread(target=time.sleep, args=(600,)).start()",
    "stopped": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
}


@pytest.mark.parametrize("sleeper", SLEEPERS.values(), ids=SLEEPERS)
def test_programs_that_wait_hold_nobody_up(sleeper: str) -> None:
    """With more sleepers than places an honest program ends long before any of them is over its limit."""
    with Sandbox(preload=(), parallel=2) as sandbox, ThreadPoolExecutor(9) as pool:
        sandbox.run("", LIMITS)
        sleepers = [pool.submit(sandbox.run, sleeper, replace(ROOMY, wall_seconds=60.0)) for _ in range(8)]
        assert "42\n" == sandbox.run("print(6 * 7)", LIMITS).stdout
        assert [False] * 8 == [future.done() for future in sleepers]
        os.kill(sandbox.light.pid, signal.SIGKILL)  # nobody needs to wait for them


def test_gradings_have_places_of_their_own() -> None:
    """While programs have all places, however long, questions are answered."""
    busy = "while True: pass"
    with Sandbox(preload=(), parallel=1) as sandbox, ThreadPoolExecutor(1) as pool:
        program = pool.submit(sandbox.run, busy, replace(ROOMY, cpu_seconds=60.0, wall_seconds=600.0))
        wait_until(lambda: sandbox._places._free == 0)
        assert "cba\n" == sandbox.ask(ECHO, "abc", ROOMY)
        assert not program.done()
        os.kill(sandbox.light.pid, signal.SIGKILL)


FEW_DESCRIPTORS = """
import resource, sys, time
from concurrent.futures import ThreadPoolExecutor
from pytest_mathbench.records import Limits
from pytest_mathbench.sandbox import Sandbox
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
limits = Limits(cpu_seconds=5.0, wall_seconds=2.0, memory_bytes=1 << 28)
with Sandbox(preload=()) as sandbox, ThreadPoolExecutor(64) as pool:
    sleepers = [pool.submit(sandbox.run, "import time; time.sleep(600)", limits) for _ in range(40)]
    honest = [pool.submit(sandbox.run, "print(6 * 7)", limits) for _ in range(20)]
    print({str(future.result().ending) for future in sleepers}, {future.result().stdout for future in honest})
"""


def test_few_descriptors_are_enough() -> None:
    """At 256 open files, sleepers and honest programs by the dozen all end as they should."""
    shown = subprocess.run([sys.executable, "-c", FEW_DESCRIPTORS], capture_output=True, text=True, check=False)
    assert "{'wall_time'} {'42\\n'}\n" == shown.stdout, shown.stderr


def test_no_descriptors_left_is_our_fault(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that cannot be given its pipes is not run, and those that there were are closed."""
    sandbox.run("", LIMITS)
    before, pipes, pipe = len(list(Path("/proc/self/fd").iterdir())), [0], os.pipe

    def failing() -> tuple[int, int]:
        pipes[0] += 1
        if pipes[0] > 3:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return pipe()

    monkeypatch.setattr(os, "pipe", failing)
    with pytest.raises(SandboxError, match=r"cannot be given its pipes: .*Too many open files"):
        sandbox.run("print(1)", LIMITS)
    assert before == len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("layers", [probe(), replace(probe(), bubblewrap="")], ids=str)
def test_no_command_line_tells_what_is_hidden(layers: Layers, tmp_path: Path) -> None:
    """Whoever lists processes does not read where the problems lie."""
    hidden = Path(sysconfig.get_path("purelib"), "a-place-of-problems")
    with Sandbox(preload=(), layers=layers, hidden=[hidden, tmp_path]) as sandbox:
        sandbox.run("", LIMITS)
        children = psutil.Process().children(recursive=True)
        lines = [" ".join(process.cmdline()) for process in children if process.is_running()]
    assert [] == [line for line in lines if hidden.name in line or str(tmp_path) in line]


FLOODS = {
    "refusals": "import socket\nwhile True:\n    try: socket.socket()\n    except OSError: pass",
    "threads": "import threading\nwhile True: t = threading.Thread(target=int); t.start(); t.join()",
    "single bytes": "import os\nwhile True: os.write(1, b'x')",
    "single bytes of the report": "import os\nwhile True: os.write(3, b'x')",
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_a_flood_costs_us_little(flood: str) -> None:
    """Whatever a program does that we must see to, it takes a fraction of a core of ours."""
    with Sandbox(preload=()) as sandbox:
        sandbox.run("", LIMITS)
        before, start = time.thread_time(), time.monotonic()
        sandbox.run(flood, Limits(cpu_seconds=2.0, wall_seconds=2.0, memory_bytes=512 << 20))
        share = (time.thread_time() - before) / (time.monotonic() - start)
    assert share < 0.35


ECHO = "import sys\nfor line in sys.stdin: print(line[::-1].strip(), flush=True)\n"
"""Answers a line with its characters in reverse."""

COUNTER = "import sys\nfor number, _ in enumerate(sys.stdin, start=1): print(number, flush=True)\n"
"""Answers how many questions it was asked."""

DOER = "import sys\nfor line in sys.stdin:\n    try: exec(line)\n    except OSError: print('refused', flush=True)\n"
"""Does what it is told."""


@pytest.mark.parametrize(
    ("question", "answer"),
    [("abc", "cba\n"), ("", "\n"), ("é∪\U0001f600", "\U0001f600∪é\n"), ("1" + "x" * 300_000, "x" * 300_000 + "1\n")],
    ids=["short", "empty", "not ASCII", "long"],
)
def test_a_question_has_its_answer(sandbox: Sandbox, question: str, answer: str) -> None:
    """A program is asked with one line, however long, and its line is the answer."""
    assert [answer] * 2 == [sandbox.ask(ECHO, question, LIMITS) for _ in range(2)]


def test_hundreds_of_questions_are_answered_by_one_child() -> None:
    """A child is kept for 500 questions; another answers the next one, and no descriptor is left of the first."""
    with Sandbox(preload=()) as sandbox:
        sandbox.ask(ECHO, "", LIMITS)
        before = len(list(Path("/proc/self/fd").iterdir()))
        answers = [sandbox.ask(COUNTER, "", LIMITS) for _ in range(500)]
        after = len(list(Path("/proc/self/fd").iterdir()))
        assert [f"{number}\n" for number in range(1, 501)] == answers
        assert before == after
        assert ["1\n", "2\n"] == [sandbox.ask(COUNTER, "", LIMITS) for _ in range(2)]


@pytest.mark.parametrize(
    "what",
    [
        "open('/etc/passwd')",
        "open('x', 'w')",
        "import socket; socket.socket()",
        "import os; os.fork()",
        "import os; os.kill(os.getppid(), 9)",
    ],
)
def test_a_program_that_is_asked_is_confined(sandbox: Sandbox, what: str) -> None:
    """It may no more than any other program, and goes on after a refusal."""
    answers = [sandbox.ask(DOER, question, LIMITS) for question in (what, "print(6 * 7, flush=True)")]
    assert ["refused\n", "42\n"] == answers


def test_a_program_that_is_asked_keeps_its_state_to_itself(sandbox: Sandbox) -> None:
    """What it remembers, it remembers alone: no other program that is asked or run finds anything of it."""
    other = f"{DOER}# another\n"
    show = "import math; print(math.pi, flush=True)"
    changed = sandbox.ask(DOER, f"import math; math.pi = 3; {show}", LIMITS)
    assert changed == "3\n"
    assert sandbox.ask(DOER, show, LIMITS) == "3\n"
    assert "3.141592653589793\n" == sandbox.ask(other, show, LIMITS) == sandbox.run(show, LIMITS).stdout


@pytest.mark.parametrize(
    ("harm", "tight", "ending", "detail"),
    [
        ("while True: pass", {"cpu_seconds": 0.3}, Ending.CPU_TIME, "over 0.3 s of CPU time"),
        ("import time; time.sleep(60)", {"wall_seconds": 0.3}, Ending.WALL_TIME, "over 0.3 s of wall time"),
        ("x = bytearray(1 << 30)", {}, Ending.MEMORY, "MemoryError"),
        ("while True: print('x', end='')", {}, Ending.OUTPUT, "printed more than 1000 bytes"),
        ("while True: print('x', file=sys.stderr)", {}, Ending.OUTPUT, "printed more than 1000 bytes"),
        ("1 / 0", {}, Ending.EXCEPTION, "ZeroDivisionError: division by zero"),
        ("sys.exit(3)", {}, Ending.EXIT_STATUS, "exit status 3"),
        ("sys.exit()", {}, Ending.FINISHED, ""),
        ("import os; os.kill(os.getpid(), 9)", {}, Ending.SIGNAL, "SIGKILL"),
        ("import ctypes; ctypes.string_at(0)", {}, Ending.SIGNAL, "SIGSEGV"),
    ],
)
def test_a_question_that_ends_a_program_costs_only_itself(
    sandbox: Sandbox, harm: str, tight: dict[str, Any], ending: Ending, detail: str
) -> None:
    """Who asks is told how the program ended; whoever asks next is answered by a fresh one."""
    program = f"{DOER}# {ending} {harm}\n"
    limits = replace(LIMITS, wall_seconds=60.0, output_bytes=1000)
    assert "1\n" == sandbox.ask(program, "kept = 1; print(kept, flush=True)", limits)
    execution = sandbox.ask(program, harm, replace(limits, **tight))
    assert not isinstance(execution, str)
    assert ending == execution.ending
    assert detail == execution.detail
    assert "False\n" == sandbox.ask(program, "print('kept' in globals(), flush=True)", limits)


def test_what_was_printed_before_the_end_is_kept(sandbox: Sandbox) -> None:
    """A line that was not ended is no answer, but stands in the execution."""
    question = "print('half', end='', flush=True); print('why', file=sys.stderr); sys.exit(3)"
    execution = sandbox.ask(DOER, question, LIMITS)
    assert not isinstance(execution, str)
    assert Ending.EXIT_STATUS == execution.ending
    assert execution.stdout == "half"
    assert execution.stderr == "why\n"


def test_every_question_has_the_whole_cpu_time(sandbox: Sandbox) -> None:
    """What earlier questions used does not count: not for us, not for the kernel, not as what the last one used."""
    program, limits = f"{DOER}# busy\n", replace(LIMITS, cpu_seconds=0.5, wall_seconds=60.0)
    busy = "import time; end = time.process_time() + 0.25; any(time.process_time() > end for _ in iter(int, 1))"
    question = f"{busy}; print('done', flush=True)"
    # 2.5 s together: more than the limit, and than the kernel's own, which lies 2 s behind it at most.
    assert ["done\n"] * 10 == [sandbox.ask(program, question, limits) for _ in range(10)]
    execution = sandbox.ask(program, "1 / 0", limits)
    assert not isinstance(execution, str)
    assert Ending.EXCEPTION == execution.ending
    assert execution.cpu_seconds < 0.25


def test_every_question_has_the_whole_wall_time(sandbox: Sandbox) -> None:
    """How old a child is does not count against a question."""
    program = f"{DOER}# idle\n"
    questions = [
        (f"import time; time.sleep({nap}); print('done', flush=True)", wall) for nap, wall in ((2.2, 60.0), (0.2, 2.0))
    ]
    answers = [sandbox.ask(program, question, replace(LIMITS, wall_seconds=wall)) for question, wall in questions]
    assert ["done\n"] * 2 == answers


def test_questions_from_several_threads_have_their_own_answers() -> None:
    """Each question is answered by itself, and no more children are kept than may run at once."""
    questions = [str(number) for number in range(200)]
    with Sandbox(preload=(), parallel=2) as sandbox, ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda question: sandbox.ask(ECHO, question, LIMITS), questions))
        assert [f"{question[::-1]}\n" for question in questions] == answers
        assert 1 <= len(sandbox._idle[ECHO]) <= 2


def test_a_child_that_was_killed_between_questions_is_replaced() -> None:
    """One that is killed from outside, for want of memory say, is made anew, and nobody hears of it."""
    with Sandbox(preload=()) as sandbox:
        assert ["1\n", "2\n"] == [sandbox.ask(COUNTER, "", LIMITS) for _ in range(2)]
        (job,) = sandbox._idle[COUNTER]
        signal.pidfd_send_signal(job._pidfd, signal.SIGKILL)
        wait_until(lambda: job.has_ended)
        assert ["1\n", "2\n"] == [sandbox.ask(COUNTER, "", LIMITS) for _ in range(2)]


def test_a_warm_process_that_was_killed_between_questions_is_replaced() -> None:
    """Its children die with it; the next question starts another."""
    with Sandbox(preload=()) as sandbox:
        assert "1\n" == sandbox.ask(COUNTER, "", LIMITS)
        (job,), first = sandbox._idle[COUNTER], sandbox.light.pid
        os.kill(first, signal.SIGKILL)
        assert _gone(first)
        wait_until(lambda: job.has_ended)
        assert sandbox.ask(COUNTER, "", LIMITS) == "1\n"
        assert first != sandbox.light.pid


def test_a_warm_process_that_dies_under_a_question_is_our_fault() -> None:
    """It is no end of the program's: whoever asked has no answer, and the next question has one."""
    with Sandbox(preload=()) as sandbox:
        assert "1\n" == sandbox.ask(DOER, "print(1, flush=True)", LIMITS)
        first = sandbox.light.pid
        killer = threading.Timer(0.5, os.kill, (first, signal.SIGKILL))
        killer.start()
        with pytest.raises(SandboxError, match="died while a program ran"):
            sandbox.ask(DOER, "import time; time.sleep(60)", LIMITS)
        assert _gone(first)
        assert "1\n" == sandbox.ask(DOER, "print(1, flush=True)", LIMITS)


def test_a_program_that_cannot_be_given_its_limits_is_not_asked(sandbox: Sandbox) -> None:
    """That is our fault, and leaves no descriptor."""
    sandbox.ask(ECHO, "", LIMITS)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(SandboxError, match="cannot be given address_space"):
        sandbox.ask(f"{ECHO}# never\n", "", replace(LIMITS, memory_bytes=1 << 70))
    assert before == len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("layers", [probe(), replace(probe(), bubblewrap=""), OFF], ids=str)
def test_programs_that_wait_for_questions_end_with_the_sandbox(layers: Layers) -> None:
    """Leaving it ends those that were asked, the warm process and its other children, and leaves no descriptor."""
    others = {*psutil.Process().children(recursive=True)}
    before = len(list(Path("/proc/self/fd").iterdir()))
    with Sandbox(preload=(), layers=layers) as sandbox:
        answers = [sandbox.ask(program, "42", LIMITS) for program in (ECHO, COUNTER)]
        pids = [process.pid for process in set(psutil.Process().children(recursive=True)) - others]
    assert ["24\n", "1\n"] == answers
    assert all(_gone(pid) for pid in pids)
    assert before == len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not os.access(sysconfig.get_path("purelib"), os.W_OK), reason="puts a package beside the others")
def test_hidden_files_are_not_read_wherever_they_are(tmp_path: Path) -> None:
    """An installed package may hold reference answers; what is hidden is hidden from every layer."""
    place = Path(sysconfig.get_path("purelib"))
    with tempfile.TemporaryDirectory(dir=place) as folder:
        Path(folder, "answers.jsonl").write_text("secret")
        Path(folder, "library.py").write_text("value = 42")
        single = Path(folder, "single")
        single.mkdir()
        (single / "one.txt").write_text("secret")
        program = (
            f"for name in ('answers.jsonl', 'single/one.txt', 'library.py'):\n"
            f"    try: print(open({folder!r} + '/' + name).read())\n"
            "    except OSError: print('no')\n"
        )
        hidden = [Path(folder, "answers.jsonl"), single]
        for layers in (probe(), replace(probe(), bubblewrap=""), replace(probe(), landlock=0)):
            with Sandbox(preload=(), layers=layers, hidden=hidden) as sandbox:
                execution = sandbox.run(program, LIMITS)
            assert "no\nno\nvalue = 42\n" == execution.stdout
            assert {"read": f"open {folder}/answers.jsonl"} == execution.unsafe


SCRATCH = """
import os, pathlib, tempfile
print(os.listdir("."))
pathlib.Path("a.txt").write_text("x" * 1000)
os.makedirs("b/c"); os.rename("a.txt", "b/c/d.txt"); print(len(open("b/c/d.txt").read()))
print(tempfile.gettempdir() == os.getcwd())
for attempt in ("/etc/x", "../x", "/usr/lib/x"):
    try: open(attempt, "w")
    except OSError: print("refused")
written = 0
try:
    with open("large", "wb") as file:
        for _ in range(1000): written += file.write(bytes(1 << 16)); file.flush()
except OSError as error: print(error.strerror, written <= 4 << 20)
try:
    for number in range(10000): open(f"file-{number}", "w").close()
except OSError as error: print(error.strerror, number < 1000)
"""


@pytest.mark.skipif(not (probe().bubblewrap and probe().landlock), reason="needs bubblewrap and Landlock")
def test_a_scratch_folder_is_private_empty_and_bounded() -> None:
    """Each program that is given one writes there and nowhere else, not more than its quota, and leaves nothing."""
    with Sandbox(preload=(), scratch_bytes=4 << 20) as sandbox:
        executions = [sandbox.run(SCRATCH, LIMITS) for _ in range(2)]
    expected = "[]\n1000\nTrue\n" + "refused\n" * 3 + "No space left on device True\nNo space left on device True\n"
    assert [(expected, "")] * 2 == [(execution.stdout, execution.stderr) for execution in executions]
    assert ["write"] * 2 == [kind for execution in executions for kind in execution.unsafe]


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


def test_a_question_is_asked_again_where_the_warm_process_has_just_died(sandbox: Sandbox) -> None:
    """As a program is run again that could not start: a kill from outside costs no answer."""
    assert "1\n" == sandbox.ask(f"{DOER}# first\n", "print(1, flush=True)", LIMITS)
    os.kill(sandbox.light.pid, signal.SIGKILL)
    assert "2\n" == sandbox.ask(f"{DOER}# second\n", "print(2, flush=True)", LIMITS)


def test_an_answer_beyond_the_limit_ends_its_child(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where answer and exceeded limit are seen at once, the child is killed: the next question gets another."""
    handle, stalls = Job._handle_events, [0.0, 1.0]

    def late(job: Job, reading: dict[int, Any]) -> bool:
        time.sleep(stalls.pop() if stalls else 0.0)
        return handle(job, reading)

    program = f"{DOER}# late\n"
    assert "0\n" == sandbox.ask(program, "print(0, flush=True)", LIMITS)
    monkeypatch.setattr(Job, "_handle_events", late)
    sandbox.ask(program, "import time; time.sleep(0.35); print(1, flush=True)", replace(LIMITS, wall_seconds=0.3))
    assert "2\n" == sandbox.ask(program, "print(2, flush=True)", replace(LIMITS, wall_seconds=60.0))
