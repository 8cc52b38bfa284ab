"""Confine a process for ever: Landlock for files, seccomp for everything else that the kernel can be asked.

Used in the zygote (build once) and in each of its children (enter); standard library only.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from pytest_mathbench.record import Record
from pytest_mathbench.sandbox.kernel import LIBC, checked
from pytest_mathbench.sandbox.landlock import Ruleset
from pytest_mathbench.sandbox.seccomp import Filter

_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_LAST_CAPABILITY = 63
_CAPABILITY_VERSION_3 = 0x20080522
_CLONE_NEWNS = 0x20000
_MOUNT_FLAGS = 0b1110  # no set-user-id programs, no devices, no execution
_SCRATCH_FILES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Record):
    """What confines a program: the layers to enter, what may be read, and where and how much may be written."""

    landlock: bool
    seccomp: bool
    announce: bool
    readable: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    scratch: str = ""
    scratch_bytes: int = 0


class Confinement:
    """A plan made ready: children forked from here only have to enter it."""

    def __init__(self, plan: Plan) -> None:
        """Raise `OSError` if a layer of the plan cannot be had."""
        self._plan = plan
        scratch = Path(plan.scratch).parent if plan.scratch else None  # a rule counts for what is mounted beneath it
        self._ruleset = (
            Ruleset([*map(Path, plan.readable)], [*map(Path, plan.hidden)], scratch) if plan.landlock else None
        )
        self._filter = Filter(announce=plan.announce, writable=bool(plan.scratch)) if plan.seccomp else None
        # Nobody may look into this process or its children, and no crash handler is started for them.
        checked(LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl(PR_SET_DUMPABLE)")
        if not plan.scratch:
            drop_capabilities()

    def enter(self) -> int:
        """Confine this process. Return the listener to refusals, -1 without. Raises `OSError`."""
        if self._plan.scratch:
            _mount_scratch(self._plan.scratch, self._plan.scratch_bytes)
            drop_capabilities()
        if self._ruleset:
            self._ruleset.enter()
        return self._filter.install() if self._filter else -1


def drop_capabilities() -> None:
    """Give up all that a superuser may do beyond owning its files."""
    for capability in range(_LAST_CAPABILITY + 1):
        LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # not every kernel knows all, nor needs they be there
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    checked(LIBC.capset(header, bytes(24)), "capset")


def _mount_scratch(folder: str, size: int) -> None:
    """Give this process an empty folder of its own, that goes with it."""
    checked(LIBC.unshare(_CLONE_NEWNS), "unshare(CLONE_NEWNS)")
    quota = f"size={size},nr_inodes={_SCRATCH_FILES},mode=700"
    mounted = LIBC.mount(b"tmpfs", folder.encode(), b"tmpfs", _MOUNT_FLAGS, quota.encode())
    checked(mounted, f"mount tmpfs on {folder}")
    os.chdir(folder)
