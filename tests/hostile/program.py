"""What a hostile program is: its source, how it may end, and what it is reported for."""

import platform
import sysconfig
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pytest_mathbench.execution import Ending, Limits
from pytest_mathbench.families import catalog
from pytest_mathbench.sandbox.layers import Layers

LIMITS = Limits(cpu_seconds=1.0, wall_seconds=6.0, memory_bytes=256 << 20)
BUSY = replace(LIMITS, cpu_seconds=0.2)
IDLE = replace(LIMITS, wall_seconds=0.2)
ROOMY = replace(LIMITS, cpu_seconds=5.0, wall_seconds=20.0, memory_bytes=4 << 30)

X86_64 = platform.machine() == "x86_64"

FINISHED, EXCEPTION, EXIT_STATUS, SIGNAL = Ending.FINISHED, Ending.EXCEPTION, Ending.EXIT_STATUS, Ending.SIGNAL
MEMORY, OUTPUT, FORBIDDEN = Ending.MEMORY, Ending.OUTPUT, Ending.FORBIDDEN
CPU_TIME, WALL_TIME = Ending.CPU_TIME, Ending.WALL_TIME
REFUSED = "refused"
"""seccomp's EPERM escapes: forbidden where the host is told of it, or else an exception like another."""

BUNDLED = sorted(
    {
        str(folder)
        for name in ("purelib", "platlib")
        if (folder := Path(sysconfig.get_path(name), "pytest_mathbench", "bundled")).is_dir()
    }
)
"""The reference answers as they are installed; an editable installation has a copy of them as well."""

FAMILIES = str(Path(catalog.__file__).parent)
"""What computes the reference answers."""

PRELUDE = """
import ctypes, errno, fcntl, os, resource, select, signal, socket, stat, sys, threading, time

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(name, *arguments):
    "A system call by its number; an unknown name fails like an unknown number."
    if name not in NR:
        raise OSError(errno.ENOSYS, name)
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    return checked(libc.syscall(ctypes.c_long(NR[name]), *words), name)


def checked(result, name):
    if result in (-1, None):
        raise OSError(ctypes.get_errno(), name)
    return result


def refused(*attempts, also=()):
    "Do each, and tell on whatever is neither refused nor, where there are no such files, absent."
    for number, attempt in enumerate(attempts):
        try:
            result = attempt()
        except OSError as error:
            if error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS, *also):
                continue
            if error.errno == errno.ENOENT:
                print("ABSENT", number, error)
            else:
                print("BREACH: attempt", number, "got as far as", repr(error))
        else:
            print("BREACH: attempt", number, "gave", repr(result))


def with_code(code):
    "Machine code as a function."
    import mmap
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    kept.append(page)
    return ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))


kept = []
"""
"""What programs find besides the names of a `World`."""


class Hostile(NamedTuple):
    """A program, how it may end, and the kinds of deed it is reported for; a kind with a "?" need not be."""

    id: str
    program: str
    endings: tuple[Ending | str, ...] | Ending | str = FINISHED
    kinds: tuple[str, ...] | str = ()
    limits: Limits = LIMITS
    stdout: str | None = None
    detail: str | None = None
    slow: bool = False  # for the full layers only
    bare: bool = False  # run as it is, without PRELUDE

    def may_end(self, layers: Layers) -> set[Ending]:
        """Return how it may end under these layers."""
        refused = FORBIDDEN if layers.announced else EXCEPTION
        endings = (self.endings,) if isinstance(self.endings, str) else self.endings
        return {refused if ending == REFUSED else Ending(ending) for ending in endings}
