"""Append-only files of lines: what was written stays written, whatever dies.

Each line is handed to the operating system at once, so that it survives a `kill -9`, and to the disk within a second,
so that a power cut costs no more than that. One process at a time writes a file; a reader gets whole lines only.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pytest_mathbench.errors import ConfigurationError, RecordingError

_SYNC_SECONDS = 1.0
_BLOCK = 1 << 14
"""Bytes that are read at a time in search of the end of a line."""


class Journal:
    """Writes a file line by line. Thread-safe; locks the file against other processes."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it. Raises `ConfigurationError` if it cannot be written, or is being written."""
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None
        try:
            # The kernel releases the lock when the process ends, however that happens.
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            raise ConfigurationError(
                f"{path} is being written by another run; wait for it to end, or stop it"
            ) from None
        self._lock = threading.Lock()
        self._end = os.fstat(self._descriptor).st_size
        self._dirty = threading.Event()
        self._closed = threading.Event()
        self._syncing = threading.Thread(target=self._sync, name="mathbench-journal", daemon=True)
        self._syncing.start()
        if self._end and os.pread(self._descriptor, 1, self._end - 1) != b"\n":
            self.append("")  # ends a line that a kill cut off, so that the next one is whole

    def append(self, line: str) -> int:
        """Write a line, and return the offset of its first byte.

        Raises `RecordingError`, leaving no part of the line behind, if it cannot be written or the journal is closed;
        `ValueError` if the text has several lines.
        """
        if "\n" in line:
            raise ValueError("a line of a journal cannot contain a line break")
        data = line.encode() + b"\n"
        with self._lock:
            if self._closed.is_set():  # the descriptor may belong to another file by now
                raise RecordingError(f"{self.path} cannot be written: the run has ended")
            start = self._end
            try:
                while self._end < start + len(data):
                    self._end += os.write(self._descriptor, data[self._end - start :])
            except OSError as error:
                self._end = start
                with suppress(OSError):
                    os.ftruncate(self._descriptor, start)
                raise RecordingError(
                    f"{self.path} cannot be written: {error.strerror}; what was written before is kept: "
                    "fix that, then continue with --mathbench-resume"
                ) from None
        self._dirty.set()
        return start

    def close(self) -> None:
        """Hand everything to the disk and close the file."""
        with self._lock:
            if self._closed.is_set():
                return
            self._closed.set()
        self._dirty.set()
        self._syncing.join()
        os.close(self._descriptor)

    def _sync(self) -> None:
        while not self._closed.is_set():
            self._dirty.wait()
            self._dirty.clear()
            with suppress(OSError):  # the next write will say what is wrong
                os.fsync(self._descriptor)
            self._closed.wait(_SYNC_SECONDS)


def whole_lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Yield the number, the offset in bytes and the text of each line of a journal; a missing file has none.

    Empty lines are left out, and so is a last line without a line break: a kill cut it off.
    """
    if not path.exists():
        return
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return
            if line != b"\n":
                yield number, offset, line[:-1]
            offset += len(line)


def line_at(descriptor: int, offset: int) -> bytes:
    """Return the line that begins at an offset of an open file."""
    line = b""
    while block := os.pread(descriptor, _BLOCK, offset + len(line)):
        line += block
        if b"\n" in block:
            break
    return line.partition(b"\n")[0]
