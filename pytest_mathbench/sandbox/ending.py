"""How a program ended, by what was done to it, what the kernel says, and last what the program says of itself."""

import json
import os
import signal
from dataclasses import dataclass, field
from typing import Any

from pytest_mathbench.execution import Ending, Execution, Limits
from pytest_mathbench.printable import printable

KEPT = 1 << 16
"""How many characters of each stream are recorded. JSON takes at most 12 bytes for one."""

_DETAIL = 500
"""How many characters of what a program says of itself are recorded."""

_OUT_OF_MEMORY_SHARE = 0.5  # of its memory that a program held when the kernel killed it for want of any


@dataclass(slots=True)
class Output:
    """What came out of one pipe, at most `limit` bytes of it kept."""

    limit: int
    data: bytearray = field(default_factory=bytearray)
    overflowed: bool = False

    def add(self, chunk: bytes) -> None:
        """Keep what there is room for."""
        room = self.limit - len(self.data)
        self.data += chunk[:room]
        self.overflowed = self.overflowed or len(chunk) > room

    def text(self) -> str:
        """Return it as text, whatever the bytes are."""
        return self.data.decode("utf-8", "replace")

    def excerpt(self) -> str:
        """Return what is recorded of it: all of it, or its head and its tail."""
        text = self.text()
        if (left_out := len(text) - KEPT) <= 0:
            return text
        return f"{text[: KEPT // 2]}\n[... {left_out} characters left out ...]\n{text[-KEPT // 2 :]}"


def _own_words(report: bytes) -> list[dict[str, Any]]:
    """Read what the program's side says of it, an object a line; it may say anything."""
    words = []
    for line in report.splitlines():
        try:
            word = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(word, dict):
            words.append(word)
    return words


@dataclass(frozen=True, slots=True)
class Ended:
    """All that is known of a program that has ended: the kernel's word, what we did, what it printed and reported."""

    death: dict[str, Any]
    stopped: Ending | None
    stdout: Output
    stderr: Output
    report: Output
    refused: dict[str, str]

    def execution(self, limits: Limits) -> Execution:
        """Return the record."""
        words = _own_words(bytes(self.report.data))
        last = words[-1] if words else {}
        unsafe = dict(self.refused)
        for word in words:
            kind, operation = word.get("tried"), word.get("operation")
            # Of a file's name the program's side has to speak; and of all, where the kernel announces nothing.
            if kind in ("read", "write") and isinstance(operation, str) and unsafe.get(kind, "open") == "open":
                unsafe[kind] = _shown(operation)
        ending, detail = self._limit(limits) or self._end(last, limits, unsafe)
        return Execution(
            ending=ending,
            detail=detail,
            stdout=self.stdout.excerpt(),
            stderr=self.stderr.excerpt(),
            cpu_seconds=self.death["cpu_seconds"],
            wall_seconds=self.death["wall_seconds"],
            unsafe=unsafe,
            echoed=last.get("echoed") is True,
        )

    def wants_library(self, limits: Limits) -> bool:
        """Whether the program's side ended it within its limits because it imports what another warm process has."""
        return self._limit(limits) is None and any("elsewhere" in word for word in _own_words(bytes(self.report.data)))

    def _limit(self, limits: Limits) -> tuple[Ending, str] | None:
        """Return the limit that it went over, whoever noticed first: what it used decides, not when we looked."""
        # Of one process the clock that we stop it by and the kernel's last account of it differ by some hundredths.
        limit = limits.cpu_seconds
        if limit is not None and (self.stopped == Ending.CPU_TIME or self.death["cpu_seconds"] >= limit):
            return Ending.CPU_TIME, f"over {limits.cpu_seconds:g} s of CPU time"
        if self.stopped == Ending.WALL_TIME:
            return Ending.WALL_TIME, f"over {limits.wall_seconds:g} s of wall time"
        if self.stdout.overflowed or self.stderr.overflowed:
            return Ending.OUTPUT, f"printed more than {limits.output_bytes} bytes"
        if self.report.overflowed:
            return Ending.OUTPUT, f"wrote more than {self.report.limit} bytes to the sandbox's own pipe"
        return None

    def _end(self, last: dict[str, Any], limits: Limits, unsafe: dict[str, str]) -> tuple[Ending, str]:
        """Return how it ended by itself: the kernel's word first, its own only to name an exception."""
        status = int(self.death["status"])
        if os.WIFSIGNALED(status):
            return self._killed(os.WTERMSIG(status), limits)
        exit_status = os.WEXITSTATUS(status)
        if not exit_status:
            return Ending.FINISHED, ""
        exception = last.get("exception")
        if not isinstance(exception, str):
            return Ending.EXIT_STATUS, f"exit status {exit_status}"
        if last.get("memory") is True:
            return Ending.MEMORY, _shown(exception)
        if last.get("refused") is True and unsafe:
            return Ending.FORBIDDEN, f"{', '.join(map(': '.join, unsafe.items()))} ({_shown(exception)})"
        return Ending.EXCEPTION, _shown(exception)

    def _killed(self, number: int, limits: Limits) -> tuple[Ending, str]:
        if number == signal.SIGSYS:
            return Ending.FORBIDDEN, "a system call of another architecture"
        if number == signal.SIGKILL and self.death["peak_bytes"] >= _OUT_OF_MEMORY_SHARE * limits.memory_bytes:
            return Ending.MEMORY, "killed by the kernel"
        return Ending.SIGNAL, _signal_name(number)


def _shown(text: str) -> str:
    return printable(text[:_DETAIL])


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most real-time signals have no name
        return f"signal {number}"
