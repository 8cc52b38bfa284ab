"""Landlock (landlock(7)): which files a program may read, and which folder, if any, it may write in.

A ruleset is built once; every program enters a domain of its own by it. What the running kernel knows is handled, from
the first version on: files; since 4 TCP; since 6 abstract sockets and signals to processes outside of the domain.
"""

import fcntl
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_mathbench.sandbox.kernel import LIBC, checked, no_new_privileges

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION = 1
_OUT_OF_THE_WAY = 10  # programs find their own descriptors from 0 on
_RULE_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG, _MAKE_SYM, _REFER, _TRUNCATE = (
    1 << bit for bit in (4, 5, 7, 8, 12, 13, 14)
)
_SCRATCH = (
    _WRITE_FILE | _READ_FILE | _READ_DIR | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM | _REFER
    | _TRUNCATE
)  # fmt: skip
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many rights on files a version knows
_FILE_RIGHTS_SINCE_5 = 16
_TCP_SINCE, _TCP = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11


def version() -> int:
    """Return the version that the kernel offers. Raises `OSError` (ENOSYS or EOPNOTSUPP) if it offers none."""
    return checked(LIBC.syscall(_CREATE_RULESET, None, 0, _VERSION), "landlock")


class Ruleset:
    """What may be read, and written if `scratch` is given. Close-on-exec; lives as long as the process."""

    def __init__(self, readable: Sequence[Path], hidden: Sequence[Path] = (), scratch: Path | None = None) -> None:
        """Allow `readable` files and trees, save what is `hidden` in them. Raises `OSError`."""
        self.version = version()
        self._handled = (1 << _FILE_RIGHTS.get(self.version, _FILE_RIGHTS_SINCE_5)) - 1
        attributes = struct.pack(
            "=QQQ",
            self._handled,
            _TCP if self.version >= _TCP_SINCE else 0,
            _SCOPES if self.version >= _SCOPES_SINCE else 0,
        )
        size = 8 + 8 * (self.version >= _TCP_SINCE) + 8 * (self.version >= _SCOPES_SINCE)
        created = checked(LIBC.syscall(_CREATE_RULESET, attributes, size, 0), "landlock_create_ruleset")
        self._descriptor = fcntl.fcntl(created, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
        os.close(created)
        for path, rights in _rules(readable, {path.resolve() for path in hidden}):
            self._allow(path, rights)
        if scratch:
            self._allow(scratch, _SCRATCH)

    def enter(self) -> None:
        """Confine this process for ever. Raises `OSError`."""
        no_new_privileges()
        checked(LIBC.syscall(_RESTRICT_SELF, self._descriptor, 0), "landlock_restrict_self")

    def _allow(self, path: Path, rights: int) -> None:
        try:
            beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            return  # it was taken away since it was listed: nobody can read it
        try:
            rule = struct.pack("=Qi", rights & self._handled, beneath)
            checked(LIBC.syscall(_ADD_RULE, self._descriptor, _RULE_PATH_BENEATH, rule, 0), f"landlock: {path}")
        finally:
            os.close(beneath)


def _rules(readable: Sequence[Path], hidden: set[Path]) -> Iterator[tuple[Path, int]]:
    """Yield path and rights. A folder that holds something hidden may be listed, and its other entries read."""
    for path in readable:
        real = path.resolve()
        if real.is_dir():
            yield real, _READ_DIR
        for part in _parts(real, hidden):
            yield part, _READ_FILE


def _parts(path: Path, hidden: set[Path]) -> Iterator[Path]:
    if path in hidden:
        return
    if not any(path in secret.parents for secret in hidden):
        yield path
        return
    for entry in sorted(path.iterdir()):
        if not entry.is_symlink():  # what it leads to has, or has not, its own rule
            yield from _parts(entry, hidden)
