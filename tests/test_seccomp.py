"""The filter of system calls: what it lets through on each machine, by running its code."""

import errno
import platform

import pytest
from factories import BY_ARGUMENT, PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.sandbox import seccomp, syscalls

MACHINES = ("x86_64", "aarch64")
NATIVE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def verdict(machine: str, number: int, arguments: tuple[int, ...] = (), *, writable: bool = False) -> int:
    """Run the filter as the kernel does, and return its action."""
    code = seccomp._code(machine, writable=writable)
    data = {0: number, 4: NATIVE[machine]} | {16 + 8 * index: value for index, value in enumerate(arguments)}
    accumulator, position = 0, 0
    while True:
        operation, if_true, if_false, operand = code[position]
        position += 1
        match operation:
            case seccomp._LOAD:
                accumulator = data.get(operand, 0)
            case seccomp._RETURN:
                return operand
            case seccomp._EQUAL:
                position += if_true if accumulator == operand else if_false
            case seccomp._AT_LEAST:
                position += if_true if accumulator >= operand else if_false
            case seccomp._ANY_BIT:
                position += if_true if accumulator & operand else if_false
            case _:
                raise AssertionError(operation)


def of(machine: str, name: str, *arguments: int, writable: bool = False) -> int:
    """Return the action for a call by name."""
    return verdict(machine, syscalls.numbers(machine)[name], arguments, writable=writable)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_known_call_has_its_action(machine: str) -> None:
    """What is allowed is allowed, what is quiet fails quietly or does nothing, and all the rest is refused."""
    for name, number in syscalls.numbers(machine).items():
        if name in BY_ARGUMENT:
            continue
        expected = seccomp._REFUSE
        if name in syscalls.ALLOWED:
            expected = seccomp._ALLOW
        if name in syscalls.QUIET:
            expected = seccomp._ERRNO | errno.ENOSYS
        if name in syscalls.WITHOUT_EFFECT:
            expected = seccomp._ERRNO
        assert expected == verdict(machine, number), name


ALLOW, REFUSE, ASK = seccomp._ALLOW, seccomp._REFUSE, seccomp._ASK
IN_VAIN = seccomp._ERRNO


def fails(number: int) -> int:
    """Return the action that fails with an error, and announces nothing."""
    return seccomp._ERRNO | number


CONDITIONAL = [
    ("openat", (3, 0, 0o2000000), ALLOW),
    ("openat", (3, 0, 1), REFUSE),
    ("openat", (3, 0, 2), REFUSE),
    ("openat", (3, 0, 0o1000), REFUSE),
    ("openat", (3, 0, 0o100), REFUSE),
    ("openat", (3, 0, 0o20000000), REFUSE),
    ("clone", (0x3D0F00,), ASK),
    ("clone", (17,), REFUSE),
    ("clone", (0x4111,), REFUSE),
    ("clone", (0x10000 | 0x10000000,), REFUSE),
    ("kill", (0, 9), ALLOW),
    ("kill", (1, 9), REFUSE),
    ("kill", (0xFFFFFFFE, 9), REFUSE),
    ("kill", (0, 31), ALLOW),
    ("kill", (0, 32), fails(errno.EAGAIN)),
    ("kill", (0, 40), fails(errno.EAGAIN)),
    ("kill", (1, 40), fails(errno.EAGAIN)),
    ("tgkill", (1, 1, 9), REFUSE),
    ("tgkill", (1, 1, 34), fails(errno.EAGAIN)),
    ("sendmsg", (4,), ALLOW),
    ("sendmsg", (3,), REFUSE),
    ("recvmsg", (5,), REFUSE),
    ("fcntl", (1, 3), ALLOW),
    ("fcntl", (1, 1030), ALLOW),
    ("fcntl", (1, 8), REFUSE),
    ("fcntl", (1, 10), REFUSE),
    ("fcntl", (1, 1024), REFUSE),
    ("fcntl", (1, 1031), REFUSE),
    ("fcntl", (1, 6), IN_VAIN),
    ("fcntl", (1, 7), IN_VAIN),
    ("fcntl", (1, 37), IN_VAIN),
    ("fcntl", (1, 38), IN_VAIN),
    ("fcntl", (1, 5), fails(errno.ENOLCK)),
    ("fcntl", (1, 36), fails(errno.ENOLCK)),
    ("ioctl", (0, 0x5401), ALLOW),
    ("ioctl", (0, 0x5412), fails(errno.ENOTTY)),
    ("prctl", (15,), ALLOW),
    ("prctl", (1,), fails(errno.EPERM)),
    ("prlimit64", (0,), ALLOW),
    ("prlimit64", (1,), REFUSE),
    ("madvise", (0, 0, 4), ALLOW),
    ("madvise", (0, 0, 14), ALLOW),
    ("madvise", (0, 0, 102), ALLOW),
    ("madvise", (0, 0, 1), IN_VAIN),
    ("madvise", (0, 0, 3), IN_VAIN),
    ("madvise", (0, 0, 12), fails(errno.EINVAL)),
    ("madvise", (0, 0, 20), fails(errno.EINVAL)),
    ("madvise", (0, 0, 21), fails(errno.EINVAL)),
    ("madvise", (0, 0, 22), fails(errno.EINVAL)),
    ("madvise", (0, 0, 25), fails(errno.EINVAL)),
    ("futex", (0, 128), ALLOW),
    ("futex", (0, 128 | 1), ALLOW),
    ("futex", (0, 0), ALLOW),
    ("futex", (0, 9 | 256), ALLOW),
    ("futex", (0, 1), fails(errno.ENOSYS)),
    ("futex", (0, 3), fails(errno.ENOSYS)),
    ("futex", (0, 5), fails(errno.ENOSYS)),
    ("futex", (0, 7), fails(errno.ENOSYS)),
    ("futex", (0, 10), fails(errno.ENOSYS)),
    ("preadv2", (0, 0, 0, 0, 0, 0), ALLOW),
    ("preadv2", (0, 0, 0, 0, 0, 8), fails(errno.EOPNOTSUPP)),
    ("pwritev2", (0, 0, 0, 0, 0, 2), fails(errno.EOPNOTSUPP)),
    ("fsync", (1,), fails(errno.EINVAL)),
    ("fdatasync", (1,), fails(errno.EINVAL)),
    ("clock_gettime", (0,), ALLOW),
    ("clock_gettime", (2,), ALLOW),
    ("clock_gettime", (11,), ALLOW),
    ("clock_gettime", (0xFFFFFFFA,), ALLOW),
    ("clock_gettime", (0xFFFFFFFE,), ALLOW),
    ("clock_gettime", (0xFFFFFFF2,), fails(errno.EINVAL)),
    ("clock_gettime", (0xFFFFFFE3,), fails(errno.EINVAL)),
    ("clock_getres", (0xFFFFFFF6,), fails(errno.EINVAL)),
    ("clock_nanosleep", (1,), ALLOW),
    ("clock_nanosleep", (0xFFFFFFF2,), fails(errno.EINVAL)),
    ("sched_getaffinity", (0,), ALLOW),
    ("sched_getaffinity", (1,), fails(errno.ENOSYS)),
    ("sched_getscheduler", (1,), fails(errno.ENOSYS)),
    ("sched_getparam", (1,), fails(errno.ENOSYS)),
    ("sched_rr_get_interval", (1,), fails(errno.ENOSYS)),
    ("getpgid", (0,), ALLOW),
    ("getpgid", (1,), fails(errno.ESRCH)),
    ("getsid", (1,), fails(errno.ESRCH)),
    ("getpriority", (0, 0), ALLOW),
    ("getpriority", (0, 1), fails(errno.ESRCH)),
]  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("name", "arguments", "action"), CONDITIONAL)
def test_arguments_decide_some_calls(machine: str, name: str, arguments: tuple[int, ...], action: int) -> None:
    """Files are opened to read, threads made but no processes, signals sent to oneself; nothing is asked of others."""
    assert action == of(machine, name, *arguments)


@pytest.mark.parametrize("machine", MACHINES)
def test_with_a_scratch_folder_files_may_be_written(machine: str) -> None:
    """Where other layers say where, opening to write is allowed; what changes more than files stays refused."""
    expected = {"openat": ALLOW, "unlinkat": ALLOW, "mknodat": REFUSE, "linkat": REFUSE, "fsync": IN_VAIN}
    assert expected == {name: of(machine, name, 3, 0, 0o1101, writable=True) for name in expected}


@pytest.mark.parametrize("machine", MACHINES)
@PROPERTY
@given(number=st.integers(0, 2**32 - 1), arguments=st.tuples(*[st.integers(0, 2**32 - 1)] * 3))
def test_nothing_unknown_is_allowed(machine: str, number: int, arguments: tuple[int, ...]) -> None:
    """A number that no table has is refused, and so is every other table of calls."""
    names = {number: name for name, number in syscalls.numbers(machine).items()}
    action = verdict(machine, number, arguments)
    if names.get(number) in syscalls.ALLOWED:
        assert seccomp._ALLOW == action
    elif number >= 0x40000000:
        assert seccomp._KILL == action
    elif number >= seccomp._FIRST_UNKNOWN:
        assert seccomp._ERRNO | errno.ENOSYS == action
    elif number not in names:
        assert seccomp._REFUSE == action


def test_another_architectures_calls_kill() -> None:
    """A 64-bit process can make 32-bit calls, whose numbers mean other things."""
    first_three = seccomp._code("x86_64", writable=False)[:3]
    assert [(seccomp._EQUAL, 1, 0, 0xC000003E), (seccomp._RETURN, 0, 0, seccomp._KILL)] == first_three[1:]


def test_an_unknown_machine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a table of its calls a machine has no filter, and says so."""
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(OSError, match="no table of system calls for riscv64"):
        seccomp.Filter(announce=False, writable=False)
