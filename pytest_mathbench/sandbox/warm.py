"""One warm process in the hands of the host: how it is started, given jobs, found dead, and ended."""

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
from pathlib import Path
from typing import IO, Any

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.execution import Limits
from pytest_mathbench.sandbox.confine import Plan
from pytest_mathbench.sandbox.job import Job
from pytest_mathbench.sandbox.layers import Layers, wrapper
from pytest_mathbench.sandbox.readable import ANSWERS, PACKAGE, Readable
from pytest_mathbench.sandbox.watch import memory_of

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
"""The environment that a warm process is started in."""

_FILE_BYTES = 1 << 20
_START_SECONDS = 300.0
_CLOSE_SECONDS = 3.0
_KERNEL_LIMITS = ((resource.RLIMIT_AS, "v"), (resource.RLIMIT_FSIZE, "f"), (resource.RLIMIT_CPU, "t"))
"""With the letters that the shell calls them."""

_UNLIMITED = sys.maxsize
_MESSAGE_BYTES = 1 << 16
_PACKAGE = "package"
"""In the warm process's folder: the copy of this package that it starts from, without what knows answers."""

_CREDENTIALS = struct.Struct("3i")


class WarmProcess:
    """A zygote (zygote.py) that has imported `modules`. `hand` may be called from several threads at once.

    `pid` is its number, `address_space` its size in bytes; both 0 until it is ready.
    """

    def __init__(self, modules: Sequence[str], layers: Layers, scratch_bytes: int) -> None:
        self.modules = modules
        self._layers = layers
        self._scratch_bytes = scratch_bytes
        self._lock = threading.Lock()
        self._readable = Readable((), ())
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._stderr: IO[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._pidfd = -1
        self.pid = 0
        self.address_space = self._resident = 0

    @property
    def folder(self) -> Path | None:
        """The folder that it works in, which is empty once it is ready; None before it was started."""
        return Path(self._folder.name) if self._folder else None

    def start(self, readable: Readable) -> None:
        """Start it, unless it was; do not wait until it is ready. Raises `SandboxError` if that cannot be."""
        with self._lock:
            self._readable = readable
            if self._process is None:
                self._start()

    def hand(self, job: Job, limits: Limits, *, echo: bool = False, elsewhere: Sequence[str] = ()) -> None:
        """Hand it a job, as soon as it is ready. `elsewhere` are libraries that the program shall not import here.

        One that has died is replaced. Raises `SandboxError` if it did not start, or the limits cannot be given.
        """
        with self._lock:
            if self._pidfd >= 0 and select.select([self._pidfd], [], [], 0)[0]:
                self._close()
            if self._process is None:
                self._start()
            control = self._ready()
            wanted = self._wanted(limits) | {"echo": echo, "elsewhere": list(elsewhere)}
            job.send(control, wanted, self._resident)

    def close(self) -> None:
        """End it; its programs end with it."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._control:
            self._control.close()
        if self._process:
            if not self.pid:  # it has nothing to end
                self._process.kill()
            try:
                self._process.wait(_CLOSE_SECONDS)  # it ends its programs, and what they started
            except subprocess.TimeoutExpired:
                self._process.kill()
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid or self._process.pid, signal.SIGKILL)
                self._process.wait()
        if self._pidfd >= 0:
            os.close(self._pidfd)
        if self._stderr:
            self._stderr.close()
        if self._folder:
            self._folder.cleanup()
        self._control = self._process = self._stderr = self._folder = None
        self.pid = 0
        self._pidfd = -1

    def _start(self) -> None:
        """Start the process, and tell it what is to confine its programs."""
        self._folder = tempfile.TemporaryDirectory(prefix="mathbench-")
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed once it is ready, or has said why it is not
        with theirs, tempfile.TemporaryFile() as options:
            try:
                self._process = subprocess.Popen(
                    self._command(Path(self._folder.name), options),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=self._stderr,
                    env=ENVIRONMENT,
                    cwd=self._folder.name,
                    start_new_session=True,
                    pass_fds=[options.fileno()],
                )
                theirs.close()  # or its death would not be seen
                self._control.settimeout(_START_SECONDS)
                plan = f"{self._plan().to_json()}\n".encode()
                for start in range(0, len(plan), _MESSAGE_BYTES):
                    self._control.send(plan[start : start + _MESSAGE_BYTES])
            except OSError as error:
                raise self._failure(error) from None

    def _ready(self) -> socket.socket:
        """Return the control socket of a process that was started, once it has said that it is ready."""
        if self._control is None:
            raise SandboxError("the sandbox was closed")
        if self.pid:
            return self._control
        try:
            ready, ancillary, _, _ = self._control.recvmsg(16, socket.CMSG_SPACE(_CREDENTIALS.size))
        except OSError as error:
            raise self._failure(error) from None
        if not ready:
            raise self._failure(None)
        self._control.settimeout(None)
        # The kernel names the sender as we see it: the zygote itself may live in another namespace.
        self.pid = _CREDENTIALS.unpack(ancillary[0][2])[0]
        # Its own death: bubblewrap around it lives a moment longer.
        self._pidfd = os.pidfd_open(self.pid)
        self.address_space, self._resident = memory_of(self.pid)
        if self._stderr:
            self._stderr.close()
        if self.folder:  # it has imported what it needs: programs find the place empty
            shutil.rmtree(self.folder / _PACKAGE, ignore_errors=True)
        return self._control

    def _failure(self, error: OSError | None) -> SandboxError:
        """Say why it did not start, and leave nothing of it."""
        why = self._last_words() if error is None or isinstance(error, ConnectionError) else str(error)
        self._close()
        return SandboxError(f"the sandbox did not start: {why}")

    def _last_words(self) -> str:
        if self._process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_CLOSE_SECONDS)
        said = b""
        if self._stderr:
            self._stderr.seek(0)
            said = self._stderr.read()
        return said[-2000:].decode(errors="replace").strip() or "it did not answer"

    def _command(self, folder: Path, options: IO[bytes]) -> list[str]:
        """Return the command that starts it; bubblewrap reads its `options` from a file."""
        # -P: the zygote's own folder is no place to import from. -B: nothing is written.
        command = [sys.executable, "-P", "-B", str(Path(__file__).with_name("zygote.py")), *self.modules]
        if not self._layers.bubblewrap:
            return command
        package = folder / _PACKAGE
        shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns(*ANSWERS, "templates"))
        wrapped = wrapper(
            self._readable,
            package,
            folder=SCRATCH,
            writable=self._scratch_bytes > 0,
            processes=not self._layers.seccomp,
        )
        # Not on the command line: whoever lists processes need not read what is hidden, and where.
        options.write(b"".join(os.fsencode(option) + b"\0" for option in wrapped))
        options.seek(0)
        return [self._layers.bubblewrap, "--args", str(options.fileno()), "--", *command]

    def _plan(self) -> Plan:
        return Plan(
            landlock=bool(self._layers.landlock),
            seccomp=self._layers.seccomp,
            announce=self._layers.announced,
            readable=(*map(str, self._readable.roots), "."),
            hidden=tuple(map(str, self._readable.hidden)),
            scratch=SCRATCH if self._scratch_bytes else "",
            scratch_bytes=self._scratch_bytes,
        )

    def _wanted(self, limits: Limits) -> dict[str, Any]:
        """Return the kernel's limits, which are backstops behind our own clock."""
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
        return wanted
