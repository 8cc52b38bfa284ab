"""What Python has no function for: the C library's own calls, and what the kernel refuses as `OSError`."""

import ctypes
import errno
import os

LIBC = ctypes.CDLL(None, use_errno=True)

OPEN_TO_WRITE = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC
"""The flags of open(2) of which none is set where a file is opened only to read."""

_PR_SET_NO_NEW_PRIVS = 38


def checked(result: int, what: str) -> int:
    """Return what a call of `LIBC` returned. Raises `OSError` that says what failed and why if that is negative."""
    if result < 0:
        number = ctypes.get_errno() or errno.EINVAL
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return int(result)


def no_new_privileges() -> None:
    """Give up to gain rights by executing: without that no process may confine itself. Raises `OSError`."""
    checked(LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")
