"""Run pytest sessions that are to be killed, and see what they leave behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER = 36


class Session:
    """A pytest session in its own process group, its output in a file."""

    def __init__(self, folder: Path, arguments: list[str], environment: dict[str, str] | None = None) -> None:
        self.log = folder / "session.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", *arguments],
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=os.environ | {"PYTHONUNBUFFERED": "1"} | (environment or {}),
            )

    def wait_until(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait for something to be so; the session must not end before."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def end(self, how: signal.Signals, seconds: float = 60.0) -> None:
        """Send a signal as a user would: Ctrl-C goes to the whole foreground group, the others to pytest."""
        if how == signal.SIGINT:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        self.process.wait(seconds)


@contextmanager
def reaping() -> Iterator[Callable[[], list[psutil.Process]]]:
    """Adopt what our children orphan; yields a function that returns all our live descendants."""
    libc = ctypes.CDLL(None)
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def descendants() -> list[psutil.Process]:
        return [
            process
            for process in psutil.Process().children(recursive=True)
            if process.pid not in before and _lives(process)
        ]

    try:
        yield descendants
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
        for process in descendants():
            process.kill()


def survivors(descendants: Callable[[], list[psutil.Process]], seconds: float = 20.0) -> list[str]:
    """Return the command lines of what still lives after a generous wait."""
    deadline = time.monotonic() + seconds
    while (alive := descendants()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [str(process) for process in alive if _lives(process)]


def _lives(process: psutil.Process) -> bool:
    """Whether a process still runs; it may end while we ask."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
