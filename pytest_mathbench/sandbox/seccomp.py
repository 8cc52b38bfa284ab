"""A filter of system calls (seccomp(2)): what a program may ask of the kernel.

It covers what Landlock cannot: sockets of every kind, processes, signals, shared memory, metadata. What is not allowed
is refused with EPERM, and announced to a listener if there is one: so the host learns from the kernel itself what a
program tried. The listener answers by `answer`.
"""

import ctypes
import errno
import fcntl
import itertools
import os
import platform
import struct
from contextlib import suppress
from functools import cache
from pathlib import Path

from pytest_mathbench.sandbox import syscalls
from pytest_mathbench.sandbox.kernel import LIBC, OPEN_TO_WRITE, checked, no_new_privileges

MESSAGES = 4
"""The one descriptor that messages may go over: closed before the program runs, and it can make no other socket."""

MAX_THREADS = 64
"""How many threads a program may have at a time, where refusals are announced."""

_SET_MODE_FILTER = 1
_FLAG_SPEC_ALLOW = 1 << 2  # or kernels before 5.16 slow the program down
_FLAG_NEW_LISTENER = 1 << 3

_ALLOW = 0x7FFF0000
_NOTIFY = 0x7FC00000
_KILL = 0x80000000
_ERRNO = 0x00050000
_REFUSE = 0x0  # stands for _NOTIFY or an error, until a filter is made
_ASK = 0x1  # stands for _NOTIFY, or _ALLOW where nobody can be asked
_CONTINUE = 1

# struct seccomp_data: nr, arch, instruction pointer, six arguments; what is looked at of each is the low half
_NR, _ARCH, _ARGUMENTS = 0, 4, 16
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AUDIT_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000  # another table of calls, behind the same architecture
_FIRST_UNKNOWN = 512

_CLONE_THREAD = 0x10000
_CLONE_NAMESPACES = 0x7E020080  # new mount, cgroup, uts, ipc, user, pid, net and time namespaces
_TO_WRITE = OPEN_TO_WRITE | os.O_TMPFILE & ~os.O_DIRECTORY  # O_TMPFILE's own bit, whatever it comes with
# Not F_SETOWN and F_SETSIG: they make the kernel send signals.
_FCNTL = (*range(8), 36, 37, 38, 1030, 1032, 1034)
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS TIOCGWINSZ FIONREAD FIONBIO FIONCLEX FIOCLEX
_PRCTL = (3, 15, 16, 0x53564D41)  # PR_GET_DUMPABLE PR_SET_NAME PR_GET_NAME PR_SET_VMA

# struct seccomp_notif: id, pid, flags, seccomp_data; struct seccomp_notif_resp: id, value, error, flags
_NOTIFICATION = struct.Struct("=QIIiIQ6Q")
_RESPONSE = struct.Struct("=QqiI")
_RECEIVE, _SEND = 0xC0502100, 0xC0182101

_Instruction = tuple[int, int, int, int]
_OWN_PID = (_EQUAL, 0, 1, 0xFFFFFFFF)  # the number is put in by each process


class Filter:
    """A compiled filter. `install` confines the calling process for ever."""

    def __init__(self, *, announce: bool, writable: bool) -> None:
        """`announce` refusals to a listener; `writable` leaves it to other layers where files are written.

        Raises `OSError` (ENOSYS) on a machine whose system calls are not known here.
        """
        machine = platform.machine()
        if machine not in _AUDIT_ARCHITECTURES:
            raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
        refuse = _NOTIFY if announce else _ERRNO | errno.EPERM
        actions = {_return(_REFUSE): _return(refuse), _return(_ASK): _return(_NOTIFY if announce else _ALLOW)}
        code = [actions.get(instruction, instruction) for instruction in _code(machine, writable=writable)]
        self._announce = announce
        self._own_pid = [position for position, instruction in enumerate(code) if instruction == _OWN_PID]
        self._code = b"".join(struct.pack("=HBBI", *instruction) for instruction in code)
        self._system_call = syscalls.numbers(machine)["seccomp"]

    def install(self) -> int:
        """Confine this process, and return the listener's descriptor, -1 without one. Raises `OSError`."""
        code = bytearray(self._code)
        for position in self._own_pid:
            struct.pack_into("=I", code, 8 * position + 4, os.getpid())
        buffer = (ctypes.c_char * len(code)).from_buffer(code)
        program = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
        flags = _FLAG_SPEC_ALLOW | (_FLAG_NEW_LISTENER if self._announce else 0)
        no_new_privileges()
        listener = checked(LIBC.syscall(self._system_call, _SET_MODE_FILTER, flags, program), "seccomp")
        return listener if self._announce else -1


def answer(listener: int) -> str | None:
    """Answer the call that waits at a listener. Return its name if it was refused.

    A thread is granted as long as there are not too many: they cost the kernel memory that no limit counts.
    """
    notification = bytearray(_NOTIFICATION.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, notification)
    except OSError:  # the caller was killed meanwhile
        return None
    call, caller, _, number, _, _, flags, *_ = _NOTIFICATION.unpack(notification)
    name = _names().get(number, f"system call {number}")
    thread = name == "clone" and flags & (_CLONE_THREAD | _CLONE_NAMESPACES) == _CLONE_THREAD
    granted = thread and _threads(caller) < MAX_THREADS
    refusal = 0 if granted else errno.EAGAIN if thread else errno.EPERM
    with suppress(OSError):
        fcntl.ioctl(listener, _SEND, bytearray(_RESPONSE.pack(call, 0, -refusal, _CONTINUE if granted else 0)))
    return None if thread else name


@cache
def _names() -> dict[int, str]:
    return {number: name for name, number in syscalls.numbers(platform.machine()).items()}


def _threads(pid: int) -> int:
    """Count a process's threads (proc(5), status)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("Threads:"):
                return int(line.split()[1])
    return MAX_THREADS


def _code(machine: str, *, writable: bool) -> list[_Instruction]:
    """Return the filter. It walks up the numbers, run by run: the first run that ends above a call's decides."""
    numbers = syscalls.numbers(machine)
    code = [
        _load(_ARCH),
        (_EQUAL, 1, 0, _AUDIT_ARCHITECTURES[machine]),
        _return(_KILL),
        _load(_NR),
        (_AT_LEAST, 0, 1, _X32),
        _return(_KILL),
    ]
    names = {number: name for name, number in numbers.items()}
    known = _rules(writable=writable)
    rules = [known.get(names.get(number, ""), [_return(_REFUSE)]) for number in range(_FIRST_UNKNOWN)]
    end = 0
    for rule, run in itertools.groupby(rules):
        end += len(list(run))
        code += [(_AT_LEAST, len(rule), 0, end), *rule]
    return [*code, _return(_ERRNO | errno.ENOSYS)]


def _rules(*, writable: bool) -> dict[str, list[_Instruction]]:
    """Return what becomes of each call; all others are refused."""
    mine = [_argument(0), _OWN_PID, _return(_ALLOW), _return(_REFUSE)]
    rules = {name: [_return(_ALLOW)] for name in syscalls.ALLOWED}
    rules |= {name: [_return(_ERRNO | errno.ENOSYS)] for name in syscalls.QUIET}
    rules |= {
        "open": _unless(1, _TO_WRITE),
        "openat": _unless(2, _TO_WRITE),
        "clone": [
            _argument(0),
            (_ANY_BIT, 0, 1, _CLONE_NAMESPACES),
            _return(_REFUSE),
            (_ANY_BIT, 0, 1, _CLONE_THREAD),
            _return(_ASK),
            _return(_REFUSE),
        ],
        "tgkill": mine,
        "kill": [_argument(0), (_EQUAL, 0, 1, 0), _return(_ALLOW), *mine],
        "prlimit64": [_argument(0), (_EQUAL, 0, 1, 0), _return(_ALLOW), *mine],
        "sendmsg": _only(0, (MESSAGES,), _REFUSE),
        "recvmsg": _only(0, (MESSAGES,), _REFUSE),
        "fcntl": _only(1, _FCNTL, _REFUSE),
        "ioctl": _only(1, _IOCTL, _ERRNO | errno.ENOTTY),
        "prctl": _only(0, _PRCTL, _ERRNO | errno.EPERM),
    }
    if writable:
        rules |= {name: [_return(_ALLOW)] for name in syscalls.WRITING}
    return rules


def _load(offset: int) -> _Instruction:
    return (_LOAD, 0, 0, offset)


def _argument(index: int) -> _Instruction:
    return _load(_ARGUMENTS + 8 * index)


def _return(action: int) -> _Instruction:
    return (_RETURN, 0, 0, action)


def _only(index: int, values: tuple[int, ...], otherwise: int) -> list[_Instruction]:
    """Allow some values of an argument."""
    tests = [step for value in values for step in ((_EQUAL, 0, 1, value), _return(_ALLOW))]
    return [_argument(index), *tests, _return(otherwise)]


def _unless(index: int, bits: int) -> list[_Instruction]:
    """Refuse an argument that has any of some bits."""
    return [_argument(index), (_ANY_BIT, 0, 1, bits), _return(_REFUSE), _return(_ALLOW)]
