"""The clock over one program: what it has used of its CPU time and of its wall time, as far as it was seen.

CPU time is the kernel's account of the process. Wall time counts only from look to look, and a look counts at most what
it can have missed: where we ourselves are held up (our process was stopped, another thread held the interpreter's
lock), the program is not to blame. Nor is it for the time in which it was ready to run and had no core.
"""

import os
import select
import time
from pathlib import Path

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.execution import Ending, Limits

LOOK_SECONDS = 0.1
"""How often the clocks are looked at."""

_MOST_MISSED = 2 * LOOK_SECONDS
_LEAST_SHARE = 0.1
"""Of the time that is seen, so much counts however long a program waited for a core: its limit is ten times itself."""

_WAITING_SHARE = 0.02
"""Who uses less of a core is waiting for something else."""

_WAITING_SECONDS = 0.3
_MOST_SILENT_SECONDS = 60.0


class Watch:
    """The clock over a process, from now on.

    `cpu_before` is the CPU time in seconds that it had used by now, `resident_before` the memory that it shares with
    the process that it was forked from, in bytes.
    """

    def __init__(self, pidfd: int, cpu_before: float, resident_before: int) -> None:
        self._pidfd = pidfd
        self._cpu_before = self._cpu = cpu_before
        self._resident = self._resident_before = resident_before
        self._queued: float | None = None
        self._looked = time.monotonic()
        self._wall = self._idle = self._silent = 0.0

    @property
    def is_waiting(self) -> bool:
        """Whether it has for some time been neither running nor ready to run."""
        return self._idle >= _WAITING_SECONDS

    @property
    def held_bytes(self) -> int:
        """The memory that it has taken since it was forked."""
        return max(0, self._resident - self._resident_before)

    def is_due(self) -> bool:
        """Whether it is time to look again."""
        return time.monotonic() >= self._looked + LOOK_SECONDS

    def look(self, limits: Limits) -> Ending | None:
        """Look at the clocks, and return the time limit that the program is over, if any.

        Raises `SandboxError` if it ended a long time ago and the warm process does not say so.
        """
        now = time.monotonic()
        elapsed, self._looked = now - self._looked, now
        seen = min(elapsed, _MOST_MISSED)
        if self._has_ended():  # and the warm process is to tell how
            self._silent += seen
            if self._silent >= _MOST_SILENT_SECONDS:
                raise SandboxError("the sandbox's warm process does not say how a program ended")
            return None
        pid = pid_of(self._pidfd)
        cpu, queued, (_, self._resident) = cpu_seconds(pid), _queued_seconds(pid), memory_of(pid)
        if self._has_ended():  # meanwhile: its number may be another's by now
            return None
        in_queue = 0.0 if self._queued is None else queued - self._queued
        self._wall += max(seen - in_queue, _LEAST_SHARE * seen)
        busy = cpu - self._cpu + in_queue >= _WAITING_SHARE * elapsed
        self._idle = 0.0 if busy else self._idle + seen
        self._cpu, self._queued = cpu, queued
        if limits.cpu_seconds is not None and cpu - self._cpu_before >= limits.cpu_seconds:
            return Ending.CPU_TIME
        if limits.wall_seconds is not None and self._wall >= limits.wall_seconds:
            return Ending.WALL_TIME
        return None

    def _has_ended(self) -> bool:
        return bool(select.select([self._pidfd], [], [], 0)[0])


def pid_of(pidfd: int) -> int:
    """Return a process's number as we see it: the zygote may live in another namespace. -1 once it is gone."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="ascii").splitlines():
        if line.startswith("Pid:"):
            return int(line.removeprefix("Pid:"))
    raise SandboxError("the kernel does not say which process a pidfd is of")


def cpu_seconds(pid: int) -> float:
    """Read another process's CPU clock (clock_getcpuclockid(3)); 0 once it is gone."""
    if pid <= 0:  # the clock of -1 is our own
        return 0.0
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


def memory_of(pid: int) -> tuple[int, int]:
    """Read a process's address space and what of it is in memory (proc(5), statm), in bytes; zeros once it is gone."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0, 0
    size, resident = (int(number) * os.sysconf("SC_PAGE_SIZE") for number in pages[:2])
    return size, resident
