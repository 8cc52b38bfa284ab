"""Run programs in forks of a warm process, with limits, and say how they ended.

    with Sandbox() as sandbox:
        execution = sandbox.run("print(6 * 7)", Limits(cpu_seconds=10, wall_seconds=40, memory_bytes=1 << 30))

The parent decides how a program ended: by what it did to it, then by what the kernel says, and only then by what the
program says of itself.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.records import Ending, Execution, Limits

LAYERS = "limits only"
"""What confines a program; shown in the header."""

WALL_FACTOR = 4.0
"""The wall limit in CPU limits: only a program that waits meets it."""

PRELOAD = ("sympy", "numpy", "math", "fractions", "itertools", "collections", "functools", "decimal", "statistics")

_FILE_BYTES = 1 << 20
_REPORT_BYTES = 1 << 14
_POLL_SECONDS = 0.1
_AFTER_DEATH_SECONDS = 0.05
_DRAIN_SECONDS = 1.0
_START_SECONDS = 60.0
_CLOSE_SECONDS = 3.0
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    # A warm process with threads must not be forked, and each thread pool costs address space.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class Sandbox:
    """A warm process and the programs forked from it. `run` may be called from several threads at once."""

    def __init__(self, preload: Sequence[str] = PRELOAD) -> None:
        self._preload = preload
        self._lock = threading.Lock()
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the warm process; its programs end with it."""
        if self._control:
            self._control.close()
        if self._zygote:
            try:
                self._zygote.wait(_CLOSE_SECONDS)  # it ends its programs, and what they started
            except subprocess.TimeoutExpired:
                self._zygote.kill()
                self._zygote.wait()
        if self._folder:
            self._folder.cleanup()
        self._control = self._zygote = self._folder = None

    def run(self, program: str, limits: Limits, stdin: str = "") -> Execution:
        """Run a program and wait for its end.

        Raises `SandboxError` if it could not be run; whatever the program itself does is in the `Execution`.
        """
        with _Job() as job:
            with self._lock:
                job.send(self._warm_process(), _for_the_kernel(limits))
            return job.supervise(program, stdin, limits)

    def _warm_process(self) -> socket.socket:
        """Return the control socket of the zygote, started at first use and again should it have died."""
        if self._control is None or self._zygote is None or self._zygote.poll() is not None:
            self.close()
            self._control = self._start()
        return self._control

    def _start(self) -> socket.socket:
        self._folder = tempfile.TemporaryDirectory(prefix="mathbench-")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, tempfile.TemporaryFile() as stderr:
            self._zygote = subprocess.Popen(
                # -P: the zygote's own folder is no place to import from. -B: nothing is written.
                [sys.executable, "-P", "-B", str(Path(__file__).with_name("zygote.py")), *self._preload],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                env=_ENVIRONMENT,
                cwd=self._folder.name,
                start_new_session=True,
            )
            theirs.close()  # or its death would not be seen
            ours.settimeout(_START_SECONDS)
            try:
                ready = ours.recv(16)
            except OSError:
                ready = b""
            if ready != b"ready":
                self._zygote.kill()
                self._zygote.wait()
                ours.close()
                stderr.seek(0)
                why = stderr.read()[-2000:].decode(errors="replace").strip()
                raise SandboxError(f"the sandbox did not start: {why or 'it did not answer'}")
        ours.settimeout(None)
        return ours


def _for_the_kernel(limits: Limits) -> dict[str, Any]:
    return {"memory_bytes": limits.memory_bytes, "cpu_seconds": limits.cpu_seconds, "file_bytes": _FILE_BYTES}


@dataclass(slots=True)
class _Output:
    """What came out of one pipe, at most `limit` bytes of it kept."""

    limit: int
    data: bytearray = field(default_factory=bytearray)
    overflowed: bool = False

    def add(self, chunk: bytes) -> None:
        room = self.limit - len(self.data)
        self.data += chunk[:room]
        self.overflowed = self.overflowed or len(chunk) > room

    def text(self) -> str:
        return self.data.decode("utf-8", "replace")


class _Job:
    """One program: its pipes, its clock, its end."""

    def __init__(self) -> None:
        self._program, self._stdin, self._stdout, self._stderr, self._report = (os.pipe() for _ in range(5))
        self._open = {*self._program, *self._stdin, *self._stdout, *self._stderr, *self._report}
        self._socket, self._zygotes_socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pidfd = -1
        self._poll = select.poll()
        self._death: dict[str, Any] | None = None
        self._died = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pidfd >= 0:
            self._kill()
            os.close(self._pidfd)
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
            raise SandboxError(f"the sandbox's warm process is gone: {error}") from error
        for descriptor in self._childs_ends:
            self._close(descriptor)
        self._zygotes_socket.close()

    def supervise(self, program: str, stdin: str, limits: Limits) -> Execution:
        """Feed the program, read what it prints, hold it to its limits, and return how it ended."""
        pid = self._receive_pid()
        stdout, stderr, report = _Output(limits.output_bytes), _Output(limits.output_bytes), _Output(_REPORT_BYTES)
        reading = {self._stdout[0]: stdout, self._stderr[0]: stderr, self._report[0]: report}
        writing = {
            self._program[1]: memoryview(program.encode("utf-8", "surrogatepass")),
            self._stdin[1]: memoryview(stdin.encode("utf-8", "surrogatepass")),
        }
        stopped: Ending | None = None
        start = time.monotonic()
        for descriptor in (self._socket.fileno(), *reading):
            self._poll.register(descriptor, select.POLLIN)
        for descriptor in writing:
            os.set_blocking(descriptor, False)
            self._poll.register(descriptor, select.POLLOUT)
        while self._death is None or reading:
            if not self._handle_events(reading, writing) and self._death:
                break  # something that outlived the program holds its pipes
            if self._death and time.monotonic() > self._died + _DRAIN_SECONDS:
                break  # and even writes to them
            if stopped is None and self._death is None:
                stopped = _over_limit(pid, limits, time.monotonic() - start, stdout, stderr)
                if stopped:
                    self._kill()
        ended = _Ended(self._death or {}, stopped, stdout, stderr, bytes(report.data))
        return ended.execution(limits)

    def _handle_events(self, reading: dict[int, _Output], writing: dict[int, memoryview]) -> bool:
        """Wait a moment, and take part in what happened; False if nothing did."""
        events = self._poll.poll(1000 * (_AFTER_DEATH_SECONDS if self._death else _POLL_SECONDS))
        for descriptor, _ in events:
            if descriptor == self._socket.fileno():
                self._death = self._receive_death()
                self._died = time.monotonic()
                more = False
            elif descriptor in reading:
                more = _drain(descriptor, reading)
            else:
                more = self._feed(descriptor, writing)
            if not more:
                self._poll.unregister(descriptor)
        return bool(events)

    def _receive_pid(self) -> int:
        self._socket.settimeout(_START_SECONDS)
        try:
            message, descriptors, _, _ = socket.recv_fds(self._socket, 4096, 1)
        except OSError as error:
            raise SandboxError(f"the sandbox's warm process did not fork: {error}") from error
        if not descriptors:
            raise SandboxError("the sandbox's warm process died before it could fork")
        self._pidfd = descriptors[0]
        return int(message)

    def _receive_death(self) -> dict[str, Any]:
        try:
            message = self._socket.recv(1 << 16)
        except OSError:
            message = b""
        if not message:
            raise SandboxError("the sandbox's warm process died while a program ran")
        death: dict[str, Any] = json.loads(message)
        return death

    def _feed(self, descriptor: int, writing: dict[int, memoryview]) -> bool:
        """Write what the pipe takes; False, and the pipe closed, when all is written or nobody reads."""
        try:
            written = os.write(descriptor, writing[descriptor][: 1 << 16])
        except BrokenPipeError:
            written = len(writing[descriptor])
        writing[descriptor] = writing[descriptor][written:]
        if len(writing[descriptor]):
            return True
        del writing[descriptor]
        self._close(descriptor)
        return False

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def _close(self, descriptor: int) -> None:
        self._open.discard(descriptor)
        os.close(descriptor)


def _drain(descriptor: int, reading: dict[int, _Output]) -> bool:
    """Read what a pipe holds; False at its end."""
    chunk = os.read(descriptor, 1 << 16)
    reading[descriptor].add(chunk)
    if not chunk:
        del reading[descriptor]
    return bool(chunk)


def _over_limit(pid: int, limits: Limits, wall_seconds: float, *outputs: _Output) -> Ending | None:
    if any(output.overflowed for output in outputs):
        return Ending.OUTPUT
    if limits.cpu_seconds is not None and _cpu_seconds(pid) >= limits.cpu_seconds:
        return Ending.CPU_TIME
    if limits.wall_seconds is not None and wall_seconds >= limits.wall_seconds:
        return Ending.WALL_TIME if wall_seconds - _queued_seconds(pid) >= limits.wall_seconds else None
    return None


def _cpu_seconds(pid: int) -> float:
    """Read another process's CPU clock (clock_getcpuclockid(3)); 0 once it is gone."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _own_words(report: bytes) -> dict[str, Any]:
    """Read what the child says of its end; it may say anything."""
    try:
        words = json.loads(report)
    except (ValueError, RecursionError):
        return {}
    return words if isinstance(words, dict) else {}


def _queued_seconds(pid: int) -> float:
    """Read how long a process was ready to run and had no core (proc(5), schedstat): that is the machine's load."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


@dataclass(frozen=True, slots=True)
class _Ended:
    """All that is known of a program that has ended: the kernel's word, what we did, what it printed and reported."""

    death: dict[str, Any]
    stopped: Ending | None
    stdout: _Output
    stderr: _Output
    report: bytes

    def execution(self, limits: Limits) -> Execution:
        """Return the record. Raises `SandboxError` if the program was never reached."""
        started, _, own_words = self.report.partition(b"\n")
        if started != b"started":
            status, stderr = self.death["status"], self.stderr.text()[-2000:]
            raise SandboxError(f"a program could not be started (wait status {status}): {stderr}")
        ending, detail = self._limit(limits) or self._end(_own_words(own_words))
        return Execution(
            ending=ending,
            detail=detail,
            stdout=self.stdout.text(),
            stderr=self.stderr.text(),
            cpu_seconds=self.death["cpu_seconds"],
            wall_seconds=self.death["wall_seconds"],
        )

    def _limit(self, limits: Limits) -> tuple[Ending, str] | None:
        """Return the limit that ended it, by what we did or, at the edge, by what the kernel did first."""
        killed_by = os.WTERMSIG(self.death["status"]) if os.WIFSIGNALED(self.death["status"]) else None
        over_cpu = limits.cpu_seconds is not None and self.death["cpu_seconds"] >= limits.cpu_seconds
        kernel_stopped = not self.stopped and killed_by in {signal.SIGXCPU, signal.SIGKILL} and over_cpu
        if self.stopped == Ending.CPU_TIME or kernel_stopped:
            return Ending.CPU_TIME, f"over {limits.cpu_seconds:g} s of CPU time"
        if self.stopped == Ending.WALL_TIME:
            return Ending.WALL_TIME, f"over {limits.wall_seconds:g} s of wall time"
        if self.stopped == Ending.OUTPUT or self.stdout.overflowed or self.stderr.overflowed:
            return Ending.OUTPUT, f"printed more than {limits.output_bytes} bytes"
        return None

    def _end(self, own_words: dict[str, Any]) -> tuple[Ending, str]:
        """Return how it ended by itself: the kernel's word first, its own only to name an exception."""
        status = int(self.death["status"])
        if os.WIFSIGNALED(status):
            return Ending.SIGNAL, signal.Signals(os.WTERMSIG(status)).name
        exit_status = os.WEXITSTATUS(status)
        if not exit_status:
            return Ending.FINISHED, ""
        if isinstance(exception := own_words.get("exception"), str):
            printable = exception.encode("utf-8", "backslashreplace").decode()  # a lone surrogate breaks reports
            return (Ending.MEMORY if own_words.get("memory") is True else Ending.EXCEPTION), printable
        return Ending.EXIT_STATUS, f"exit status {exit_status}"
