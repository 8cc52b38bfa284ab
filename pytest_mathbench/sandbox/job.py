"""One program in the hands of the host: its pipes, its clock, its refusals, its end."""

import contextlib
import json
import os
import select
import signal
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.records import Ending, Execution, Limits
from pytest_mathbench.sandbox import seccomp
from pytest_mathbench.sandbox.ending import Ended, Output
from pytest_mathbench.sandbox.syscalls import KIND

_REPORT_BYTES = 1 << 14
_POLL_SECONDS = 0.1
_AFTER_DEATH_SECONDS = 0.05
_DRAIN_SECONDS = 1.0
_START_SECONDS = 60.0
_MOST_ANSWERS = 1000


class NotStartedError(SandboxError):
    """The warm process was gone before the program could start."""


class Job:
    """One program: its pipes, its clock, its end. It is either supervised to its end, or asked one thing after another.

    `stdin` is what it finds on its standard input; None for a program that is asked.
    """

    def __init__(self, program: str, stdin: str | None) -> None:
        self._program, self._stdin, self._stdout, self._stderr, self._report = (os.pipe() for _ in range(5))
        self._open = {*self._program, *self._stdin, *self._stdout, *self._stderr, *self._report}
        self._socket, self._zygotes_socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pidfd = -1
        self._listener = -1
        self._poll = select.poll()
        self._refused: dict[str, str] = {}
        self._answers = 0
        self._begun = False
        self._cpu_before = 0.0
        self._start = self._looked = time.monotonic()
        self._death: dict[str, Any] = {}
        self._died = 0.0
        self._stopped: Ending | None = None
        self._is_asked = stdin is None
        self.asked = 0
        self._out: dict[int, Output] = {}
        self._unwritten: dict[int, memoryview] = {}
        for descriptor in (self._program[1], self._stdin[1]):
            os.set_blocking(descriptor, False)
        self._write(self._program[1], program)
        if stdin is not None:
            self._write(self._stdin[1], stdin)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def has_ended(self) -> bool:
        """Whether a program that is not being asked was stopped at a limit, or the zygote has said that it ended."""
        return self._stopped is not None or bool(select.select([self._socket], [], [], 0)[0])

    def close(self) -> None:
        """End the program, however far it got."""
        if self._pidfd >= 0:
            self._kill()
        for descriptor in list(self._open):
            self._close(descriptor)
        self._socket.close()
        self._zygotes_socket.close()

    @property
    def _childs_ends(self) -> list[int]:
        return [self._program[0], self._stdin[0], self._stdout[1], self._stderr[1], self._report[1]]

    def send(self, control: socket.socket, limits: dict[str, Any]) -> None:
        """Hand the job to the zygote, and keep only our own ends."""
        ends = [*self._childs_ends, self._zygotes_socket.fileno()]
        try:
            socket.send_fds(control, [json.dumps(limits).encode()], ends)
        except OSError as error:
            raise NotStartedError(f"the sandbox's warm process is gone: {error}") from error
        for descriptor in self._childs_ends:
            self._close(descriptor)
        self._zygotes_socket.close()

    def supervise(self, limits: Limits) -> Execution:
        """Read what it prints, hold it to its limits, and return how it ended."""
        self._begin(limits)
        while not self._death or self._out:
            if not self._step(limits):
                break
        return self._ended(limits)

    def ask(self, question: str, limits: Limits) -> str | Execution:
        """Write it a line, and return the line that it answers within its limits, or how it ended instead."""
        if not self._begun:
            self._begin(limits)
        else:
            self._start = self._looked = time.monotonic()
            self._cpu_before = _cpu_seconds(_pid(self._pidfd))
        self.asked += 1
        answer, complaints, _ = self._said
        answer.data.clear()
        complaints.data.clear()
        self._write(self._stdin[1], f"{question}\n")
        while b"\n" not in answer.data:
            if (self._death and not self._out) or not self._step(limits):
                return self._ended(limits)
        return answer.text()

    def _begin(self, limits: Limits) -> None:
        """Meet the program, and watch all that it may say."""
        self._cpu_before = self._meet()
        self._said = Output(limits.output_bytes), Output(limits.output_bytes), Output(_REPORT_BYTES)
        self._out = dict(zip((self._stdout[0], self._stderr[0], self._report[0]), self._said, strict=True))
        self._start = time.monotonic()
        self._begun = True
        for descriptor in (self._socket.fileno(), *self._out):
            self._poll.register(descriptor, select.POLLIN)

    def _step(self, limits: Limits) -> bool:
        """Wait a moment, and see to its limits. False when nothing more is to be expected."""
        if not self._handle_events(self._out) and self._death:
            return False  # something that outlived the program holds its pipes
        if self._death and time.monotonic() > self._died + _DRAIN_SECONDS:
            return False  # and even writes to them
        if self._stopped is None and not self._death:
            overflowed = self._said[0].overflowed or self._said[1].overflowed
            self._stopped = Ending.OUTPUT if overflowed else self._over_time(limits)
            if self._stopped:
                self._kill()
        return True

    def _ended(self, limits: Limits) -> Execution:
        death = self._death | {"cpu_seconds": max(0.0, self._death["cpu_seconds"] - self._cpu_before)}
        stdout, stderr, report = self._said
        return Ended(death, self._stopped, stdout, stderr, bytes(report.data), self._refused).execution(limits)

    def _handle_events(self, reading: dict[int, Output]) -> bool:
        """Wait a moment, and take part in what happened; False if nothing did."""
        events = self._poll.poll(1000 * (_AFTER_DEATH_SECONDS if self._death else _POLL_SECONDS))
        for descriptor, event in events:
            if descriptor == self._socket.fileno():
                more = self._receive_death()
            elif descriptor == self._listener:
                more = not event & select.POLLHUP and (not event & select.POLLIN or self._note_refusal())
                if not more:  # whoever waits for an answer is told that there is no such call
                    self._close(self._listener)
            elif descriptor in reading:
                more = _drain(descriptor, reading)
            else:
                more = self._feed(descriptor)
            if not more:
                self._poll.unregister(descriptor)
        return bool(events)

    def _meet(self) -> float:
        """Wait for the child that becomes the program. Return the CPU time that it has used already."""
        self._socket.settimeout(_START_SECONDS)
        try:
            message, descriptors, _, _ = socket.recv_fds(self._socket, 1 << 16, 2)
        except OSError as error:
            raise NotStartedError(f"the sandbox's warm process did not answer: {error}") from error
        if not message:
            raise NotStartedError("the sandbox's warm process died before a program could start")
        self._open.update(descriptors)
        self._pidfd, *listeners = descriptors
        told = json.loads(message)
        if "fault" in told:
            raise SandboxError(f"a program could not be confined: {told['fault']}")
        for self._listener in listeners:
            self._poll.register(self._listener, select.POLLIN)
        return float(told["cpu_seconds"])

    def _receive_death(self) -> bool:
        """Take the zygote's last word. False: no more is to come."""
        try:
            message = self._socket.recv(1 << 16)
        except OSError:
            message = b""
        if not message:
            raise SandboxError("the sandbox's warm process died while a program ran")
        self._death, self._died = json.loads(message), time.monotonic()
        return False

    def _over_time(self, limits: Limits) -> Ending | None:
        """Look at the clocks, if it is time to look again."""
        now = time.monotonic()
        if now < self._looked + _POLL_SECONDS:
            return None
        self._looked = now
        pid = _pid(self._pidfd)
        if pid < 0:  # it has ended by now
            return None
        if limits.cpu_seconds is not None and _cpu_seconds(pid) - self._cpu_before >= limits.cpu_seconds:
            return Ending.CPU_TIME
        if limits.wall_seconds is not None and now - self._start >= limits.wall_seconds:
            return Ending.WALL_TIME if now - self._start - _queued_seconds(pid) >= limits.wall_seconds else None
        return None

    def _note_refusal(self) -> bool:
        """Answer a call that was refused. False after so many that all others fail without an answer."""
        operation = seccomp.answer(self._listener)
        if operation:
            self._refused.setdefault(KIND.get(operation, "system"), operation)
        self._answers += 1
        return self._answers < _MOST_ANSWERS

    def _write(self, descriptor: int, text: str) -> None:
        """Write what the pipe takes; the rest, when somebody reads."""
        self._unwritten[descriptor] = memoryview(text.encode("utf-8", "surrogatepass"))
        if self._feed(descriptor):
            self._poll.register(descriptor, select.POLLOUT)

    def _feed(self, descriptor: int) -> bool:
        """Write what the pipe takes; False when all is written, or nobody reads."""
        rest = self._unwritten[descriptor]
        try:
            written = os.write(descriptor, rest[: 1 << 16])
        except BrokenPipeError:
            written = len(rest)
        except BlockingIOError:
            written = 0
        self._unwritten[descriptor] = rest[written:]
        if written < len(rest):
            return True
        del self._unwritten[descriptor]
        if not (self._is_asked and descriptor == self._stdin[1]):  # more is to be written there
            self._close(descriptor)
        return False

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def _close(self, descriptor: int) -> None:
        self._open.discard(descriptor)
        os.close(descriptor)


def _pid(pidfd: int) -> int:
    """Return a process's number as we see it: the zygote may live in another namespace."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="ascii").splitlines():
        if line.startswith("Pid:"):
            return int(line.removeprefix("Pid:"))
    raise SandboxError("the kernel does not say which process a pidfd is of")


def _drain(descriptor: int, reading: dict[int, Output]) -> bool:
    """Read what a pipe holds; False at its end."""
    chunk = os.read(descriptor, 1 << 16)
    reading[descriptor].add(chunk)
    if not chunk:
        del reading[descriptor]
    return bool(chunk)


def _cpu_seconds(pid: int) -> float:
    """Read another process's CPU clock (clock_getcpuclockid(3)); 0 once it is gone."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _queued_seconds(pid: int) -> float:
    """Read how long a process was ready to run and had no core (proc(5), schedstat): that is the machine's load."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
