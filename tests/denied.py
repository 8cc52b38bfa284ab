"""Run a command where the kernel refuses some system calls, as a container's profile may.

    python denied.py ERRNO NAME,NAME COMMAND...

`clone` is refused only where it would make a user namespace.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

from pytest_mathbench.sandbox import syscalls

_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_USER_NAMESPACE = 0x10000000


def main() -> None:
    """Install the filter and become the command."""
    code, names, *command = sys.argv[1:]
    numbers = syscalls.numbers(platform.machine())
    refuse = (0x06, 0, 0, 0x00050000 | getattr(errno, code))
    program = [(0x20, 0, 0, 0)]
    for name in names.split(","):
        test = [(0x20, 0, 0, 16), (0x45, 0, 1, _NEW_USER_NAMESPACE)] if name == "clone" else []
        back = [(0x20, 0, 0, 0)] if name == "clone" else []
        program += [(0x15, 0, len(test) + 1 + len(back), numbers[name]), *test, refuse, *back]
    program.append((0x06, 0, 0, 0x7FFF0000))
    packed = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(packed, len(packed))
    _LIBC.prctl(38, 1, 0, 0, 0)
    if _LIBC.syscall(numbers["seccomp"], 1, 0, struct.pack("@HP", len(program), ctypes.addressof(buffer))):
        raise OSError(ctypes.get_errno(), "seccomp")
    os.execv(command[0], command)  # noqa: S606 - becomes what it confines


if __name__ == "__main__":
    main()
