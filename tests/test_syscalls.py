"""The tables of system calls."""

import itertools
import re
from pathlib import Path

import pytest
from factories import BY_ARGUMENT

from pytest_mathbench.sandbox import syscalls

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_the_kernels(machine: str) -> None:
    """Where the kernel's headers are installed, every number of theirs that is here is the same."""
    if not HEADERS[machine].exists():
        pytest.skip(f"{HEADERS[machine]} is not installed")
    defined = re.findall(r"#define __NR_(\w+)\s+(\d+)", HEADERS[machine].read_text())
    ours = syscalls.numbers(machine)
    theirs = {name: int(number) for name, number in defined if name in ours}
    assert len(theirs) > 250
    assert theirs == {name: ours[name] for name in theirs}


@pytest.mark.parametrize(
    ("machine", "name", "number"),
    [
        ("x86_64", "read", 0), ("x86_64", "execve", 59), ("x86_64", "openat", 257), ("x86_64", "rseq", 334),
        ("x86_64", "seccomp", 317), ("x86_64", "pidfd_send_signal", 424), ("x86_64", "mseal", 462),
        ("aarch64", "openat", 56), ("aarch64", "clone", 220), ("aarch64", "seccomp", 277), ("aarch64", "rseq", 293),
        ("aarch64", "landlock_restrict_self", 446), ("aarch64", "newfstatat", 79),
    ],
)  # fmt: skip
def test_well_known_numbers(machine: str, name: str, number: int) -> None:
    """A shifted table would put every name to a wrong number."""
    assert number == syscalls.numbers(machine)[name]


def test_every_name_is_a_call() -> None:
    """A misspelt name in a list would allow or name nothing."""
    known = {name for machine in HEADERS for name in syscalls.numbers(machine)}
    lists = syscalls.ALLOWED | syscalls.QUIET | syscalls.WITHOUT_EFFECT | syscalls.WRITING | {syscalls.OPENING}
    assert set() == (lists | syscalls.KIND.keys() | BY_ARGUMENT) - known


LISTS = {
    "allowed": syscalls.ALLOWED,
    "quiet": syscalls.QUIET,
    "without effect": syscalls.WITHOUT_EFFECT,
    "announcing": {syscalls.OPENING},
    "a kind of deed": {*syscalls.KIND} - BY_ARGUMENT,
    "by argument": BY_ARGUMENT,
}


@pytest.mark.parametrize(("one", "other"), [*itertools.combinations(LISTS, 2)])
def test_the_lists_exclude_each_other(one: str, other: str) -> None:
    """A call has one fate: what is allowed has no kind of deed, and nothing is both quiet and announced."""
    assert set() == LISTS[one] & LISTS[other]
