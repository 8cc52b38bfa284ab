"""One program in the hands of the host: its pipes, its clock, its refusals, its end."""

import contextlib
import json
import os
import select
import signal
import socket
import time
from types import TracebackType
from typing import Any, Self

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.execution import Ending, Execution, Limits
from pytest_mathbench.sandbox import seccomp
from pytest_mathbench.sandbox.ending import Ended, Output
from pytest_mathbench.sandbox.places import Place
from pytest_mathbench.sandbox.watch import LOOK_SECONDS, Watch, cpu_seconds, pid_of

_REPORT_BYTES = 1 << 14
_AFTER_DEATH_SECONDS = 0.05
_DRAIN_SECONDS = 1.0
_START_SECONDS = 300.0
_MOST_REFUSALS = 1000
_MOST_EVENTS = 100
"""Between two looks at the clocks. A program that does more waits for us each time, so that it costs us little."""

_PAUSE_SECONDS = 0.001


class NotStartedError(SandboxError):
    """The warm process was gone before the program could start."""


class Job:
    """One program: its pipes, its clock, its end. It is either supervised to its end, or asked one thing after another.

    `stdin` is what it finds on its standard input; None for a program that is asked.
    """

    def __init__(self, program: str, stdin: str | None, place: Place | None = None) -> None:
        """Raise `SandboxError` if there are no descriptors left for it. A `place` is lent while the program waits."""
        self._open: set[int] = set()
        try:
            self._program, self._stdin, self._stdout, self._stderr, self._report = (self._pipe() for _ in range(5))
            self._socket, self._zygotes_socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        except OSError as error:
            for descriptor in self._open:
                os.close(descriptor)
            raise SandboxError(f"a program cannot be given its pipes: {error} (ulimit -n)") from error
        self._place = place
        self._pidfd = -1
        self._listener = -1
        self._poll = select.poll()
        self._refused: dict[str, str] = {}
        self._refusals = 0
        self._watch: Watch | None = None
        self._resident = 0
        self._events = 0
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

    def _pipe(self) -> tuple[int, int]:
        pair = os.pipe()
        self._open.update(pair)
        return pair

    def send(self, control: socket.socket, limits: dict[str, Any], resident_bytes: int) -> None:
        """Hand the job to the zygote, which holds so much memory, and keep only our own ends."""
        self._resident = resident_bytes
        ends = [*self._childs_ends, self._zygotes_socket.fileno()]
        try:
            socket.send_fds(control, [json.dumps(limits).encode()], ends)
        except OSError as error:
            raise NotStartedError(f"the sandbox's warm process is gone: {error}") from error
        for descriptor in self._childs_ends:
            self._close(descriptor)
        self._zygotes_socket.close()

    def supervise(self, limits: Limits) -> Ended:
        """Read what it prints, hold it to its limits, and return how it ended."""
        self._begin(limits)
        while not self._death or self._out:
            if not self._step(limits):
                break
        return self._ended()

    def ask(self, question: str, limits: Limits) -> str | Execution:
        """Write it a line, and return the line that it answers within its limits, or how it ended instead."""
        if self._watch is None:
            self._begin(limits)
        else:
            self._cpu_before, self._events = cpu_seconds(pid_of(self._pidfd)), 0
            self._watch = Watch(self._pidfd, self._cpu_before, self._resident)
        self.asked += 1
        answer, complaints, _ = self._said
        answer.data.clear()
        complaints.data.clear()
        self._write(self._stdin[1], f"{question}\n")
        while b"\n" not in answer.data:
            if (self._death and not self._out) or not self._step(limits):
                return self._ended().execution(limits)
        return answer.text()

    def _begin(self, limits: Limits) -> None:
        """Meet the program, and watch all that it may say."""
        self._cpu_before = self._meet()
        self._watch = Watch(self._pidfd, self._cpu_before, self._resident)
        self._said = Output(limits.output_bytes), Output(limits.output_bytes), Output(_REPORT_BYTES)
        self._out = dict(zip((self._stdout[0], self._stderr[0], self._report[0]), self._said, strict=True))
        for descriptor in (self._socket.fileno(), *self._out):
            self._poll.register(descriptor, select.POLLIN)

    def _step(self, limits: Limits) -> bool:
        """Wait a moment, and see to its limits. False when nothing more is to be expected."""
        if not self._handle_events(self._out) and self._death:
            return False  # something that outlived the program holds its pipes
        if self._death and time.monotonic() > self._died + _DRAIN_SECONDS:
            return False  # and even writes to them
        if self._stopped is None and not self._death:
            self._stopped = Ending.OUTPUT if any(said.overflowed for said in self._said) else self._look(limits)
            if self._stopped:
                self._kill()
        return True

    def _look(self, limits: Limits) -> Ending | None:
        """Look at the clocks, if it is time to look again."""
        if self._watch is None or not self._watch.is_due():
            return None
        self._events = 0
        over = self._watch.look(limits)
        if self._place:
            self._place.note(
                is_waiting=self._watch.is_waiting,
                held_bytes=self._watch.held_bytes,
                most_bytes=limits.memory_bytes,
            )
        return over

    def _ended(self) -> Ended:
        death = self._death | {"cpu_seconds": max(0.0, self._death["cpu_seconds"] - self._cpu_before)}
        return Ended(death, self._stopped, *self._said, self._refused)

    def _handle_events(self, reading: dict[int, Output]) -> bool:
        """Wait a moment, and take part in what happened; False if nothing did."""
        self._events += 1
        if self._events > _MOST_EVENTS:
            time.sleep(_PAUSE_SECONDS)
        events = self._poll.poll(1000 * (_AFTER_DEATH_SECONDS if self._death else LOOK_SECONDS))
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

    def _note_refusal(self) -> bool:
        """Answer a call that was announced. False after so many refusals that all others fail without an answer."""
        if refused := seccomp.answer(self._listener):
            self._refused.setdefault(*refused)
            self._refusals += 1
        return self._refusals < _MOST_REFUSALS

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


def _drain(descriptor: int, reading: dict[int, Output]) -> bool:
    """Read what a pipe holds; False at its end."""
    chunk = os.read(descriptor, 1 << 16)
    reading[descriptor].add(chunk)
    if not chunk:
        del reading[descriptor]
    return bool(chunk)
