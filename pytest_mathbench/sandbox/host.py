"""Run programs in forks of a warm process, with limits, and say how they ended.

    with Sandbox() as sandbox:
        execution = sandbox.run("print(6 * 7)", Limits(cpu_seconds=10, wall_seconds=40, memory_bytes=1 << 30))

The parent decides how a program ended: by what it did to it, then by what the kernel says, and only then by what the
program says of itself.
"""

import contextlib
import os
import resource
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.execution import Execution, Limits
from pytest_mathbench.sandbox.confine import Plan
from pytest_mathbench.sandbox.job import Job, NotStartedError
from pytest_mathbench.sandbox.layers import Layers, choose, wrapper
from pytest_mathbench.sandbox.places import Place, Places
from pytest_mathbench.sandbox.readable import ANSWERS, PACKAGE, Readable, readable
from pytest_mathbench.sandbox.watch import memory_of
from pytest_mathbench.settings import PRELOAD

WALL_FACTOR = 4.0
"""The wall limit in CPU limits: only a program that waits meets it."""

SCRATCH = "/scratch/files"
"""The one folder that a program may write in, where it is given one."""

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    # A warm process with threads must not be forked, and each thread pool costs address space.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""The environment that the warm process is started in."""

_FILE_BYTES = 1 << 20
_START_SECONDS = 300.0
_CLOSE_SECONDS = 3.0
_KERNEL_LIMITS = ((resource.RLIMIT_AS, "v"), (resource.RLIMIT_FSIZE, "f"), (resource.RLIMIT_CPU, "t"))
"""With the letters that the shell calls them."""

_UNLIMITED = sys.maxsize
_MOST_QUESTIONS = 500
"""To one child: what it holds in memory, and what it may have come to, goes with it."""
_MESSAGE_BYTES = 1 << 16
_PACKAGE = "package"
"""In the warm process's folder: the copy of this package that it starts from, without what knows answers."""

_CREDENTIALS = struct.Struct("3i")


class Sandbox:
    """A warm process and the programs forked from it. `run` may be called from several threads at once."""

    def __init__(
        self,
        preload: Sequence[str] = PRELOAD,
        *,
        layers: Layers | None = None,
        hidden: Sequence[Path] = (),
        parallel: int | None = None,
        scratch_bytes: int = 0,
    ) -> None:
        """Prepare a sandbox; its warm process is started by the first program.

        `layers` are those of `layers.choose("strict")` unless given. No program reads what is `hidden`, wherever it
        is. At most `parallel` programs run at once, one for each core by default, besides those that only wait, and at
        most as many are asked; others wait. With `scratch_bytes` each program has an empty folder of its own to write
        in, of that size.

        `zygote_pid` is the warm process's number, `address_space` its size in bytes; both 0 before the first program.

        Raises `SandboxError` if programs cannot be confined here, or a scratch folder not be given.
        """
        self.layers = choose("strict", scratch=scratch_bytes > 0) if layers is None else layers
        self._preload = preload
        self._hidden = tuple(hidden)
        self._readable = Readable((), ())
        self._scratch_bytes = scratch_bytes
        places = parallel or len(os.sched_getaffinity(0))
        self._places, self._asking = Places(places), Places(places)
        self._lock = threading.Lock()
        self._zygote: subprocess.Popen[bytes] | None = None
        self.zygote_pid = 0
        self._pidfd = -1
        self.address_space = self._resident = 0
        self._control: socket.socket | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._idle: dict[str, list[Job]] = {}
        """Programs that wait to be asked."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the warm process; its programs end with it."""
        while self._idle:
            for job in self._idle.popitem()[1]:
                job.close()
        if self._control:
            self._control.close()
        if self._zygote:
            try:
                self._zygote.wait(_CLOSE_SECONDS)  # it ends its programs, and what they started
            except subprocess.TimeoutExpired:
                self._zygote.kill()
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.zygote_pid or self._zygote.pid, signal.SIGKILL)
                self._zygote.wait()
        if self._pidfd >= 0:
            os.close(self._pidfd)
        if self._folder:
            self._folder.cleanup()
        self._control = self._zygote = self._folder = None
        self.zygote_pid = 0
        self._pidfd = -1

    def hide(self, paths: Sequence[Path]) -> None:
        """Let no program to come read these either. Not to be called while programs run.

        A warm process whose programs could is ended, and started anew by the next program. Raises `SandboxError` for a
        folder that programs cannot do without.
        """
        known = [path.resolve() for path in self._hidden]
        new = [path for path in paths if not any(path.resolve().is_relative_to(place) for place in known)]
        with self._lock:
            self._hidden += tuple(new)
            if new and self._control and readable(self._hidden) != self._readable:
                self.close()

    def run(self, program: str, limits: Limits, *, stdin: str = "", echo: bool = False) -> Execution:
        """Run a program and wait for its end. `echo` prints the value of a last line that is an expression.

        Raises `SandboxError` if it could not be run; whatever the program itself does is in the `Execution`.
        """
        with self._places.taken() as place:
            try:
                return self._run(program, limits, stdin, place, echo=echo)
            except NotStartedError:
                # Killed from outside (out of memory, say), and its death not seen yet.
                return self._run(program, limits, stdin, place, echo=echo)

    def ask(self, program: str, question: str, limits: Limits) -> str | Execution:
        """Ask a program that answers each line of its input with one, and return its answer, or how it ended instead.

        It is kept for further questions, until it has answered many; the limits are each question's own. One that
        ended is made anew. Raises `SandboxError` if it could not be run.
        """
        with self._asking.taken():
            try:
                return self._ask(program, question, limits)
            except NotStartedError:
                return self._ask(program, question, limits)  # as in `run`

    def _ask(self, program: str, question: str, limits: Limits) -> str | Execution:
        if (job := self._take_idle(program)) is None:
            job = self._begin_asking(program, limits)
        keep = False
        try:
            answer = job.ask(question, limits)
            keep = isinstance(answer, str) and job.asked < _MOST_QUESTIONS and not job.has_ended
        finally:
            if keep:
                with self._lock:
                    self._idle.setdefault(program, []).append(job)
            else:
                job.close()
        return answer

    def _take_idle(self, program: str) -> Job | None:
        with self._lock:
            waiting = self._idle.get(program, [])
            while waiting:
                job = waiting.pop()
                if not job.has_ended:  # killed from outside, or with its warm process
                    return job
                job.close()
        return None

    def _begin_asking(self, program: str, limits: Limits) -> Job:
        job = Job(program, None)
        try:
            with self._lock:
                control = self._warm_process()
                job.send(control, self._job_of(replace(limits, cpu_seconds=None), echo=False), self._resident)
        except BaseException:
            job.close()
            raise
        return job

    def _run(self, program: str, limits: Limits, stdin: str, place: Place, *, echo: bool) -> Execution:
        with Job(program, stdin, place) as job:
            with self._lock:
                control = self._warm_process()
                job.send(control, self._job_of(limits, echo=echo), self._resident)
            return job.supervise(limits)

    def _warm_process(self) -> socket.socket:
        """Return the control socket of the zygote, started at first use and again should it have died."""
        if self._control is None or select.select([self._pidfd], [], [], 0)[0]:
            self.close()
            self._control = self._start()
        return self._control

    def _start(self) -> socket.socket:
        """Start the warm process and return the control socket to it, once it has said that it is ready."""
        self._readable = readable(self._hidden)
        self._folder = tempfile.TemporaryDirectory(prefix="mathbench-")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with theirs, tempfile.TemporaryFile() as stderr, tempfile.TemporaryFile() as options:
            try:
                self._zygote = subprocess.Popen(
                    self._command(Path(self._folder.name), options),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=stderr,
                    env=ENVIRONMENT,
                    cwd=self._folder.name,
                    start_new_session=True,
                    pass_fds=[options.fileno()],
                )
                theirs.close()  # or its death would not be seen
                ours.settimeout(_START_SECONDS)
                plan = f"{self._plan().to_json()}\n".encode()
                for start in range(0, len(plan), _MESSAGE_BYTES):
                    ours.send(plan[start : start + _MESSAGE_BYTES])
                ready, ancillary, _, _ = ours.recvmsg(16, socket.CMSG_SPACE(_CREDENTIALS.size))
                why = "" if ready else self._last_words(stderr)
            except OSError as error:
                why = self._last_words(stderr) if isinstance(error, ConnectionError) else str(error)
            if why:
                ours.close()
                self.close()
                raise SandboxError(f"the sandbox did not start: {why}")
        ours.settimeout(None)
        # The kernel names the sender as we see it: the zygote itself may live in another namespace.
        self.zygote_pid = _CREDENTIALS.unpack(ancillary[0][2])[0]
        # Its own death: bubblewrap around it lives a moment longer.
        self._pidfd = os.pidfd_open(self.zygote_pid)
        self.address_space, self._resident = memory_of(self.zygote_pid)
        # It has imported what it needs: programs find the place empty.
        shutil.rmtree(Path(self._folder.name, _PACKAGE), ignore_errors=True)
        return ours

    def _last_words(self, stderr: IO[bytes]) -> str:
        if self._zygote:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._zygote.wait(_CLOSE_SECONDS)
        stderr.seek(0)
        return stderr.read()[-2000:].decode(errors="replace").strip() or "it did not answer"

    def _command(self, folder: Path, options: IO[bytes]) -> list[str]:
        """Return the command that starts the warm process; bubblewrap reads its `options` from a file."""
        # -P: the zygote's own folder is no place to import from. -B: nothing is written.
        command = [sys.executable, "-P", "-B", str(Path(__file__).with_name("zygote.py")), *self._preload]
        if not self.layers.bubblewrap:
            return command
        package = folder / _PACKAGE
        shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns(*ANSWERS, "templates"))
        wrapped = wrapper(
            self._readable,
            package,
            folder=SCRATCH,
            writable=self._scratch_bytes > 0,
            processes=not self.layers.seccomp,
        )
        # Not on the command line: whoever lists processes need not read what is hidden, and where.
        options.write(b"".join(os.fsencode(option) + b"\0" for option in wrapped))
        options.seek(0)
        return [self.layers.bubblewrap, "--args", str(options.fileno()), "--", *command]

    def _plan(self) -> Plan:
        return Plan(
            landlock=bool(self.layers.landlock),
            seccomp=self.layers.seccomp,
            announce=self.layers.announced,
            readable=(*map(str, self._readable.roots), "."),
            hidden=tuple(map(str, self._readable.hidden)),
            scratch=SCRATCH if self._scratch_bytes else "",
            scratch_bytes=self._scratch_bytes,
        )

    def _job_of(self, limits: Limits, *, echo: bool) -> dict[str, Any]:
        """Return what the zygote's child has to know: the kernel's limits are backstops behind our own clock."""
        wanted = {
            "address_space": self.address_space + limits.memory_bytes,
            "file_bytes": self._scratch_bytes or _FILE_BYTES,
            "cpu_seconds": _UNLIMITED if limits.cpu_seconds is None else int(limits.cpu_seconds) + 2,
        }
        for (name, value), (limit, letter) in zip(wanted.items(), _KERNEL_LIMITS, strict=True):
            _, ceiling = resource.getrlimit(limit)
            if value > (_UNLIMITED if ceiling == resource.RLIM_INFINITY else ceiling):
                raise SandboxError(
                    f"a program cannot be given {name} {value}: the hard limit here is {ceiling}\n→ ulimit -H{letter} "
                    "unlimited, as the user or the service that may raise it, before this is started"
                )
        return wanted | {"echo": echo}
