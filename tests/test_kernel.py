"""Calls of the C library: what they return, and how they fail."""

import ctypes
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_mathbench.sandbox.kernel import LIBC, OPEN_TO_WRITE, checked


@pytest.mark.parametrize("result", [0, 1, 2**31 - 1])
def test_what_is_not_negative_is_returned(result: int) -> None:
    """Success comes back as it was: a version, a descriptor."""
    assert result == checked(result, "a call")


def test_a_refusal_is_an_error_with_its_reason() -> None:
    """What the kernel refuses is named, with its own word for why."""
    with pytest.raises(OSError) as error:  # noqa: PT011 - number and message are compared
        checked(LIBC.close(-1), "close(-1)")
    assert errno.EBADF == error.value.errno
    assert error.value.strerror == "close(-1): Bad file descriptor"


def test_a_failure_without_a_reason_is_an_error_too() -> None:
    """A call may fail and leave no error number; that is no success."""
    ctypes.set_errno(0)
    with pytest.raises(OSError, match="a call: Invalid argument") as error:
        checked(-1, "a call")
    assert errno.EINVAL == error.value.errno


def test_privileges_are_given_up_for_ever() -> None:
    """A process that called for it, and all that it starts, gain no rights by executing."""
    program = (
        "import subprocess, sys\nfrom pytest_mathbench.sandbox.kernel import no_new_privileges\nno_new_privileges()\n"
        "print(subprocess.check_output(['grep', 'NoNewPrivs', '/proc/self/status'], text=True))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert ["NoNewPrivs:", "1"] == shown.split()


@pytest.mark.parametrize(
    ("mode", "writes"),
    [("r", False), ("w", True), ("a", True), ("x", True), ("r+", True), ("rb", False), ("wb", True)],
)
def test_the_flags_tell_who_opens_to_write(tmp_path: Path, mode: str, writes: bool) -> None:  # noqa: FBT001
    """Every way of Python's to open a file has one of the flags, save those that only read."""
    path = tmp_path / "file"
    if mode != "x":
        path.touch()
    given = []

    def opener(name: str, flags: int) -> int:
        given.append(flags)
        return os.open(name, flags)

    with open(path, mode, opener=opener):
        pass
    assert [writes] == [bool(flags & OPEN_TO_WRITE) for flags in given]
