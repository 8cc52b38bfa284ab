"""The clock over a program: what counts, and what does not."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from waiting import wait_until

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.execution import Ending, Limits
from pytest_mathbench.sandbox import watch
from pytest_mathbench.sandbox.watch import LOOK_SECONDS, Watch, cpu_seconds, memory_of, pid_of

LIMITS = Limits(cpu_seconds=1.0, wall_seconds=1.0, memory_bytes=1 << 30)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def monotonic(self) -> float:
        """Return the time that was set."""
        return self.now


class Program:
    """A process under a watch, whose clocks are set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        script = "import time; print(flush=True); time.sleep(600)"
        self.process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert self.process.stdout
        self.process.stdout.readline()  # it has started, and takes no more memory
        self.pidfd = os.pidfd_open(self.process.pid)
        self.clock = Clock()
        self.cpu = self.queued = 0.0
        monkeypatch.setattr(watch, "time", self.clock)
        monkeypatch.setattr(watch, "cpu_seconds", lambda _: self.cpu)
        monkeypatch.setattr(watch, "_queued_seconds", lambda _: self.queued)
        self.watch = Watch(self.pidfd, 0.0, 0)

    def look(self, after: float, *, cpu: float = 0.0, queued: float = 0.0) -> Ending | None:
        """Let so much time pass, of which the process ran and stood in the queue so long, and look."""
        self.clock.now += after
        self.cpu += cpu
        self.queued += queued
        return self.watch.look(LIMITS)

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()
        os.close(self.pidfd)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """Start a process to watch."""
    found = Program(monkeypatch)
    yield found
    found.close()


def looks_until_over(program: Program, after: float, **used: float) -> int:
    """Return at which look the program is over its limit."""
    for number in range(1, 2000):
        if program.look(after, **used):
            return number
    raise AssertionError("it is never over its limit")


def test_a_program_that_waits_is_over_its_wall_limit_in_time(program: Program) -> None:
    """Ten looks, a tenth of a second each, make a second."""
    assert looks_until_over(program, LOOK_SECONDS) in (10, 11)


@pytest.mark.parametrize("stall", [1.0, 10.0, 1000.0])
def test_a_stall_of_ours_counts_as_what_a_look_can_have_missed(program: Program, stall: float) -> None:
    """However long we were held up, the program is charged for two looks at most."""
    assert program.look(stall) is None
    assert looks_until_over(program, LOOK_SECONDS) >= 8


def test_stalls_without_end_do_not_keep_a_program_for_ever(program: Program) -> None:
    """Each look counts something, so that a wall limit is one."""
    assert looks_until_over(program, 30.0) <= 6


def test_time_in_the_queue_does_not_count(program: Program) -> None:
    """A program that was ready to run, and had no core, is not to blame."""
    looks = looks_until_over(program, LOOK_SECONDS, cpu=0.0, queued=0.75 * LOOK_SECONDS)
    assert looks in range(35, 43)


def test_time_in_the_queue_stretches_the_limit_to_ten_times_itself(program: Program) -> None:
    """What makes itself wait for a core all the time ends as well."""
    assert looks_until_over(program, LOOK_SECONDS, queued=LOOK_SECONDS) in range(90, 105)


def test_cpu_time_counts_whatever_the_look_missed(program: Program) -> None:
    """The kernel's account of CPU time is the verdict."""
    assert Ending.CPU_TIME == program.look(30.0, cpu=1.0)


def test_cpu_time_from_before_does_not_count(program: Program) -> None:
    """What a process used before its program began, or for earlier questions, is not the program's."""
    program.cpu = 5.0
    program.watch = Watch(program.pidfd, 5.0, 0)
    assert program.look(0.1, cpu=0.9) is None


def test_without_limits_nothing_is_over(program: Program) -> None:
    """No limit is no limit."""
    program.clock.now += 100
    assert program.watch.look(Limits(cpu_seconds=None, wall_seconds=None, memory_bytes=1)) is None


def test_a_program_that_has_ended_is_not_over_its_limit(program: Program) -> None:
    """Where the warm process is late to tell, the clock stands still."""
    program.process.kill()
    wait_until(lambda: program.process.poll() is not None)
    assert [None] * 50 == [program.look(LOOK_SECONDS) for _ in range(50)]


def test_a_warm_process_that_never_tells_is_our_fault(program: Program) -> None:
    """After a minute of silence that was seen, it is an error of ours."""
    program.process.kill()
    wait_until(lambda: program.process.poll() is not None)
    with pytest.raises(SandboxError, match="does not say how a program ended"):
        looks_until_over(program, 0.2)


def test_who_uses_next_to_nothing_waits(program: Program) -> None:
    """After three tenths of a second."""
    for _ in range(4):
        program.look(LOOK_SECONDS, cpu=0.001)
    assert program.watch.is_waiting


@pytest.mark.parametrize("busy", [{"cpu": 0.005}, {"queued": 0.05}])
def test_who_works_or_wants_to_does_not_wait(program: Program, busy: dict[str, float]) -> None:
    """A twentieth of a core, or a place in its queue, is work."""
    for _ in range(10):
        program.look(LOOK_SECONDS, **busy)
    assert not program.watch.is_waiting


def test_who_works_again_waits_no_longer(program: Program) -> None:
    """One busy look is enough."""
    for _ in range(5):
        program.look(LOOK_SECONDS)
    program.look(LOOK_SECONDS, cpu=0.05)
    assert not program.watch.is_waiting


def test_a_look_is_due_after_a_while(program: Program) -> None:
    """Not at once, and not before its time."""
    assert not program.watch.is_due()
    program.clock.now += LOOK_SECONDS
    assert program.watch.is_due()


def test_memory_that_is_shared_does_not_count(program: Program) -> None:
    """Held is what came on top of what it was forked with."""
    _, resident = memory_of(program.process.pid)
    program.watch = Watch(program.pidfd, 0.0, resident - 4096)
    program.look(LOOK_SECONDS)
    assert 4096 == program.watch.held_bytes


def test_a_process_has_its_clock_and_its_memory() -> None:
    """Read of another process, they grow as it works."""
    process = subprocess.Popen([sys.executable, "-c", "x = bytearray(1 << 26)\nwhile True: pass"])
    try:
        wait_until(lambda: cpu_seconds(process.pid) > 0.2)
        assert memory_of(process.pid)[1] > 1 << 26
    finally:
        process.kill()
        process.wait()


def test_a_process_that_is_gone_has_none() -> None:
    """Neither clock nor memory, and no number."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    pidfd = os.pidfd_open(process.pid)
    process.wait()
    assert -1 == pid_of(pidfd)
    assert cpu_seconds(process.pid) == 0.0
    assert (0, 0) == memory_of(process.pid)
    os.close(pidfd)


STALLED = """
import sys, threading
from pytest_mathbench.records import Limits
from pytest_mathbench.sandbox import Sandbox
limits = Limits(cpu_seconds=5.0, wall_seconds=1.0, memory_bytes=1 << 30)
program = "import time\\ntime.sleep(0.3)\\nprint('x' * 300_000)"
with Sandbox(preload=()) as sandbox:
    sandbox.run("", limits)
    if sys.argv[1] == "lock":
        # Backtracking keeps the interpreter's lock for seconds.
        hog = threading.Thread(target=lambda: __import__("re").match("(a+)+$", "a" * int(sys.argv[2]) + "b"))
        threading.Timer(0.1, hog.start).start()
    print("ready", flush=True)
    execution = sandbox.run(program, limits)
    print(execution.ending, execution.detail)
"""


def test_a_host_that_is_stopped_makes_no_verdict() -> None:
    """Stopped for ten seconds under a program whose output fills its pipe, we go on with it where it was."""
    host = subprocess.Popen([sys.executable, "-c", STALLED, "stop"], stdout=subprocess.PIPE, text=True)
    with host:
        assert host.stdout
        assert "ready\n" == host.stdout.readline()
        time.sleep(0.1)
        host.send_signal(signal.SIGSTOP)
        time.sleep(10)
        host.send_signal(signal.SIGCONT)
        assert "finished \n" == host.stdout.read()


def test_a_thread_that_holds_the_lock_makes_no_verdict() -> None:
    """While another thread of ours keeps the interpreter for seconds, no program's time runs out."""
    size, seconds = 18, 0.0
    while seconds < 3.0:  # as large as this machine needs it
        size += 1
        command = f"import re, time; t = time.time(); re.match('(a+)+$', 'a' * {size} + 'b'); print(time.time() - t)"
        shown = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout
        seconds = float(shown)
    stalled = [sys.executable, "-c", STALLED, "lock", str(size)]
    shown = subprocess.run(stalled, capture_output=True, text=True, check=True).stdout
    assert "ready\nfinished \n" == shown


def test_a_process_that_is_gone_has_no_clock() -> None:
    """Its number is -1 by then, of which the kernel would give the clock of whoever asks."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    pidfd = os.pidfd_open(process.pid)
    process.wait()
    assert cpu_seconds(pid_of(pidfd)) == 0.0
    os.close(pidfd)


def test_what_is_read_while_a_program_ends_counts_for_nothing(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the time its clock is read its number may be that of another, which has run for long."""

    def of_another(_: int) -> float:
        program.process.kill()
        program.process.wait()
        return 1000.0

    monkeypatch.setattr(watch, "cpu_seconds", of_another)
    assert program.look(LOOK_SECONDS) is None
