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
    """What is allowed is allowed, what is quiet fails quietly, and all the rest is refused."""
    for name, number in syscalls.numbers(machine).items():
        if name in BY_ARGUMENT:
            continue
        expected = seccomp._REFUSE
        if name in syscalls.ALLOWED:
            expected = seccomp._ALLOW
        if name in syscalls.QUIET:
            expected = seccomp._ERRNO | errno.ENOSYS
        assert (name, expected) == (name, verdict(machine, number))


CONDITIONAL = [
    ("openat", (3, 0, 0o2000000), seccomp._ALLOW),
    ("openat", (3, 0, 1), seccomp._REFUSE),
    ("openat", (3, 0, 2), seccomp._REFUSE),
    ("openat", (3, 0, 0o1000), seccomp._REFUSE),
    ("openat", (3, 0, 0o100), seccomp._REFUSE),
    ("openat", (3, 0, 0o20000000), seccomp._REFUSE),
    ("clone", (0x3D0F00,), seccomp._ASK),
    ("clone", (17,), seccomp._REFUSE),
    ("clone", (0x4111,), seccomp._REFUSE),
    ("clone", (0x10000 | 0x10000000,), seccomp._REFUSE),
    ("kill", (0, 9), seccomp._ALLOW),
    ("kill", (1, 9), seccomp._REFUSE),
    ("kill", (0xFFFFFFFE, 9), seccomp._REFUSE),
    ("sendmsg", (4,), seccomp._ALLOW),
    ("sendmsg", (3,), seccomp._REFUSE),
    ("recvmsg", (5,), seccomp._REFUSE),
    ("fcntl", (1, 3), seccomp._ALLOW),
    ("fcntl", (1, 8), seccomp._REFUSE),
    ("fcntl", (1, 10), seccomp._REFUSE),
    ("ioctl", (0, 0x5401), seccomp._ALLOW),
    ("ioctl", (0, 0x5412), seccomp._ERRNO | errno.ENOTTY),
    ("prctl", (15,), seccomp._ALLOW),
    ("prctl", (1,), seccomp._ERRNO | errno.EPERM),
    ("prlimit64", (0,), seccomp._ALLOW),
    ("prlimit64", (1,), seccomp._REFUSE),
]  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("name", "arguments", "action"), CONDITIONAL)
def test_arguments_decide_some_calls(machine: str, name: str, arguments: tuple[int, ...], action: int) -> None:
    """Files are opened to read, threads made but no processes, messages sent on one descriptor, signals to oneself."""
    assert action == of(machine, name, *arguments)


@pytest.mark.parametrize("machine", MACHINES)
def test_with_a_scratch_folder_files_may_be_written(machine: str) -> None:
    """Where other layers say where, opening to write is allowed; what changes more than files stays refused."""
    actions = [of(machine, name, 3, 0, 0o1101, writable=True) for name in ("openat", "unlinkat", "mknodat", "linkat")]
    assert [seccomp._ALLOW, seccomp._ALLOW, seccomp._REFUSE, seccomp._REFUSE] == actions


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
