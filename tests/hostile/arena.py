"""Where hostile programs run: a world of things that they are after, and a sandbox that is looked at from all sides."""

import os
import platform
import re
import secrets
import select
import socket
import tempfile
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from hostile.program import LIMITS, PRELUDE, Hostile
from pytest_mathbench.sandbox import syscalls
from pytest_mathbench.sandbox.host import Sandbox
from pytest_mathbench.sandbox.layers import Layers
from pytest_mathbench.sandbox.warm import WarmProcess
from pytest_mathbench.sandbox.zygote import WAITING

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class World:
    """What the programs are after. `names` are told to them; `secrets` may never come out."""

    mark: str
    names: dict[str, Any]
    secrets: tuple[str, ...]
    listeners: tuple[socket.socket, ...]
    victim: psutil.Process

    def text(self, hostile: Hostile) -> str:
        """Return a program's full text."""
        if hostile.bare:
            return hostile.program
        program = textwrap.dedent(hostile.program)
        called = set(re.findall(r"[\"'](\w+)[\"']", program))
        numbers = {name: n for name, n in syscalls.numbers(platform.machine()).items() if name in called}
        names = "".join(f"{name} = {value!r}\n" for name, value in (self.names | {"NR": numbers}).items())
        return f"{names}{PRELUDE}\n{program}"

    def state(self) -> dict[str, object]:
        """Return all that no program may change."""
        poll = select.poll()
        for listener in self.listeners:
            poll.register(listener, select.POLLIN)
        watched = Path(self.names["WATCHED"])
        folders = (tempfile.gettempdir(), "/dev/shm", Path.home(), self.names["SITE"], PROJECT)  # noqa: S108
        return {
            "received": poll.poll(0),
            "victim": self.victim.status(),
            "files": {str(path): _status(path) for path in (watched, *watched.iterdir())},
            "names": [name for folder in folders for name in _names(folder) if self.mark in name],
            "IPC": [Path("/proc/sysvipc", kind).read_text() for kind in ("shm", "sem", "msg")],
            "host": platform.node(),
            "devices": [
                Path(path).stat().st_mode for path in ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
            ],
        }


def _names(folder: Path | str) -> list[str]:
    return os.listdir(folder)  # noqa: PTH208 - no more than the names, and often


def _command_line(pid: str) -> str:
    """Return a process's arguments; nothing of one that has ended."""
    try:
        with Path("/proc", pid, "cmdline").open("rb", buffering=0) as file:
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def _status(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return (
        found.st_mode,
        found.st_uid,
        found.st_gid,
        found.st_size,
        found.st_nlink,
        found.st_mtime_ns,
        found.st_ctime_ns,
    )


class Arena:
    """A sandbox in the world. Its mark is in the command lines of all that comes of its warm processes.

    Programs are forked from the full one or, unless they name numpy, from the `light` one.
    """

    def __init__(self, world: World, layers: Layers, *, light: bool, **more: Any) -> None:
        self.world = world
        self.layers = layers
        self._ending = "" if light else "\n# numpy\n"
        self.mark = f"pytest_mathbench.{world.mark}-{secrets.token_hex(4)}"
        self.sandbox = Sandbox(layers=layers, preload=("numpy", self.mark), **more)
        self.at_rest: dict[str, object] = {}
        self.strangers: set[str] = set()
        """Processes that were seen not to be ours, which no process becomes: all are read at each look otherwise."""

    @property
    def warm(self) -> list[WarmProcess]:
        """Both warm processes."""
        return [self.sandbox.light, self.sandbox.full]

    def text(self, hostile: Hostile) -> str:
        """Return a program's full text."""
        return self.world.text(hostile) + ("" if hostile.bare else self._ending)

    def start(self, program: str) -> None:
        """Run a first program in a fork of either warm process."""
        for ending in ("", "\n# numpy\n"):
            self.sandbox.run(program + ending, LIMITS)
        self.at_rest = {"waiting": self.waiting(), "processes": len(self.processes())}
        assert [WAITING] * 2 == self.at_rest["waiting"]

    def state(self) -> dict[str, object]:
        """Return all that is to be the same after each program."""
        return self.world.state() | {
            "warm processes": [process.pid for process in self.warm],
            "waiting": self.waiting(),
            "processes": len(self.processes()),
            "working folders": [_names(process.folder) for process in self.warm if process.folder],
            "descriptors": len(_names("/proc/self/fd")),
        }

    def waiting(self) -> list[int]:
        """Return how many children each warm process has, when it has made those that it keeps ready."""
        children = [Path(f"/proc/{process.pid}/task/{process.pid}/children") for process in self.warm]
        deadline = time.monotonic() + 2
        while True:
            numbers = [len(each.read_text().split()) for each in children]
            if numbers == [WAITING] * 2 or time.monotonic() > deadline:
                return numbers
            time.sleep(0.001)

    def processes(self) -> list[int]:
        """Return all processes that are forks of a warm process, whoever their parent is now, or were named by it."""
        there = set(filter(str.isdigit, _names("/proc")))
        self.strangers &= there
        found = []
        for entry in there - self.strangers:
            line = _command_line(entry)
            if self.mark in line or line.startswith(self.world.mark):
                found.append(int(entry))
            else:
                self.strangers.add(entry)
        return found

    def close(self) -> None:
        """Close the sandbox. Nothing of it may be left."""
        self.sandbox.close()
        deadline = time.monotonic() + 5
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert [] == self.processes()
