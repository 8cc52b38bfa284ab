"""Run a command and end its whole process tree when the owner ends, however that happens.

`start` runs this file as a script whose standard input is a pipe from the owner. When the pipe closes (the owner closed
it, crashed, or was killed with -9), or on SIGTERM, the command's process group is terminated, then killed, along with
anything that left the group. If the command ends by itself, the guard exits with its status.
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

GRACE_SECONDS = 5.0
POLL_SECONDS = 0.1
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None)


def start(command: list[str], output: IO[bytes], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """Start a command under a guard; closing the returned process's standard input ends it and all it started."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, *command],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,  # Ctrl-C is for the owner, which then ends the command
    )


def main(command: list[str]) -> int:
    """Run the command until it ends or the owner does. Return its exit status, or 0 if we ended it."""
    linux = sys.platform == "linux"
    if linux:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # we inherit what the server orphans, and can end it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stop.append(number))
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=(lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)) if linux else None,  # noqa: PLW1509
    )
    try:
        while server.poll() is None and not stop and not owner_is_gone():
            pass
        status = server.poll()
        if status is None:
            terminate(server)
    finally:
        kill_all(server)
    return 0 if status is None else status if status >= 0 else 128 - status


def owner_is_gone() -> bool:
    """Wait a moment for the owner's pipe to close."""
    readable, _, _ = select.select([0], [], [], POLL_SECONDS)
    return bool(readable) and not os.read(0, 1)


def terminate(server: "subprocess.Popen[bytes]") -> None:
    """Ask the process group to end, and give it a moment to do so."""
    os.killpg(server.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(GRACE_SECONDS)


def kill_all(server: "subprocess.Popen[bytes]") -> None:
    """Kill what is left of the group, then every orphan that we inherited, until none is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    deadline = time.monotonic() + GRACE_SECONDS
    while children.exists() and (orphans := children.read_text().split()) and time.monotonic() < deadline:
        for orphan in orphans:
            os.kill(int(orphan), signal.SIGKILL)
            os.waitpid(int(orphan), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
