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
from collections.abc import Iterable
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
_FCNTL = (*range(5), 1030, 1032, 1034)
_SET_LOCK, _GET_LOCK = (6, 7, 37, 38), (5, 36)  # F_SETLK, F_SETLKW, F_GETLK, and those of open file descriptions
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS TIOCGWINSZ FIONREAD FIONBIO FIONCLEX FIOCLEX
_PRCTL = (3, 15, 16, 0x53564D41)  # PR_GET_DUMPABLE PR_SET_NAME PR_GET_NAME PR_SET_VMA
# Nothing that moves pages into memory or out of it, or merges them with others': that can be seen by all who map them.
_MADVISE = (4, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19, 102, 103)
_MADVISE_IN_VAIN = range(4)  # how soon pages are wanted
_FUTEX_PRIVATE = 128
_FUTEX_SHARED = (0, 9, 9 | 256)  # to wait, for pthread_join: only the kernel wakes who does
_FIRST_SPECIAL_CLOCK = 16
_OWN_CLOCKS = (0xFFFFFFFA, 0xFFFFFFFE)  # CPU time of this process, and of this thread (clock_getcpuclockid(3))
_FIRST_QUEUED_SIGNAL = 32

# struct seccomp_notif: id, pid, flags, seccomp_data; struct seccomp_notif_resp: id, value, error, flags
_NOTIFICATION = struct.Struct("=QIIiIQ6Q")
_RESPONSE = struct.Struct("=QqiI")
_RECEIVE, _SEND = 0xC0502100, 0xC0182101

_Instruction = tuple[int, int, int, int]
_OWN_PID = (_EQUAL, 0, 1, 0xFFFFFFFF)  # the number is put in by each process
_LET_IT = (_RETURN, 0, 0, _ALLOW)
_IN_VAIN = (_RETURN, 0, 0, _ERRNO)  # without an error: the caller takes it as done


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


def answer(listener: int) -> tuple[str, str] | None:
    """Answer the call that waits at a listener. Return what was refused: the kind of deed, and the call's name.

    A thread is granted as long as there are not too many: they cost the kernel memory that no limit counts.
    """
    notification = bytearray(_NOTIFICATION.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, notification)
    except OSError:  # the caller was killed meanwhile
        return None
    call, caller, _, number, _, _, first, *_ = _NOTIFICATION.unpack(notification)
    name = _names().get(number, f"system call {number}")
    thread = name == "clone" and first & (_CLONE_THREAD | _CLONE_NAMESPACES) == _CLONE_THREAD
    granted = thread and _threads(caller) < MAX_THREADS
    refusal = 0 if granted else errno.EAGAIN if thread else errno.EPERM
    with suppress(OSError):
        fcntl.ioctl(listener, _SEND, bytearray(_RESPONSE.pack(call, 0, -refusal, _CONTINUE if granted else 0)))
    if thread:
        return None
    if name == syscalls.OPENING:
        return ("write" if first else "read"), "open"
    return syscalls.KIND.get(name, "system"), name


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
    return [*code, _fail(errno.ENOSYS)]


def _rules(*, writable: bool) -> dict[str, list[_Instruction]]:
    """Return what becomes of each call; all others are refused."""
    mine = [_OWN_PID, _LET_IT]
    mine_only = [_argument(0), *mine, _return(_REFUSE)]
    # Signals that queue count for the user, and make others' fail.
    not_queued = [(_AT_LEAST, 0, 1, _FIRST_QUEUED_SIGNAL), _fail(errno.EAGAIN)]
    clock = [_argument(0), (_AT_LEAST, 1, 0, _FIRST_SPECIAL_CLOCK), _LET_IT, *_among(_OWN_CLOCKS)]
    rules = {name: [_LET_IT] for name in syscalls.ALLOWED}
    rules |= {name: [_fail(errno.ENOSYS)] for name in syscalls.QUIET}
    rules |= {name: [_IN_VAIN] for name in syscalls.WITHOUT_EFFECT}
    rules |= {name: [*clock, _fail(errno.EINVAL)] for name in ("clock_gettime", "clock_getres", "clock_nanosleep")}
    rules |= {
        name: [_argument(0), *_among((0,)), *mine, _fail(errno.ENOSYS)]
        for name in ("sched_getaffinity", "sched_getparam", "sched_getscheduler", "sched_rr_get_interval")
    }
    rules |= {name: [_argument(0), *_among((0,)), *mine, _fail(errno.ESRCH)] for name in ("getpgid", "getsid")}
    rules |= {name: [_argument(5), *_among((0,)), _fail(errno.EOPNOTSUPP)] for name in ("preadv2", "pwritev2")}
    # What a program prints into cannot be flushed to a disk, and what it reads need not be.
    rules |= {name: [_IN_VAIN if writable else _fail(errno.EINVAL)] for name in ("fsync", "fdatasync")}
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
        "tgkill": [_argument(2), *not_queued, *mine_only],
        "kill": [_argument(1), *not_queued, _argument(0), *_among((0,)), *mine, _return(_REFUSE)],
        "prlimit64": [_argument(0), *_among((0,)), *mine, _return(_REFUSE)],
        "getpriority": [_argument(1), *_among((0,)), *mine, _fail(errno.ESRCH)],
        "futex": [
            _argument(1),
            (_ANY_BIT, 0, 1, _FUTEX_PRIVATE),
            _LET_IT,
            *_among(_FUTEX_SHARED),
            _fail(errno.ENOSYS),
        ],
        "madvise": [_argument(2), *_among(_MADVISE), *_among(_MADVISE_IN_VAIN, _IN_VAIN), _fail(errno.EINVAL)],
        "sendmsg": [_argument(0), *_among((MESSAGES,)), _return(_REFUSE)],
        "recvmsg": [_argument(0), *_among((MESSAGES,)), _return(_REFUSE)],
        "fcntl": [
            _argument(1),
            *_among(_FCNTL),
            *_among(_SET_LOCK, _IN_VAIN),
            *_among(_GET_LOCK, _fail(errno.ENOLCK)),
            _return(_REFUSE),
        ],
        "ioctl": [_argument(1), *_among(_IOCTL), _fail(errno.ENOTTY)],
        "prctl": [_argument(0), *_among(_PRCTL), _fail(errno.EPERM)],
    }
    if writable:
        rules |= {name: [_LET_IT] for name in syscalls.WRITING}
    return rules


def _load(offset: int) -> _Instruction:
    return (_LOAD, 0, 0, offset)


def _argument(index: int) -> _Instruction:
    return _load(_ARGUMENTS + 8 * index)


def _return(action: int) -> _Instruction:
    return (_RETURN, 0, 0, action)


def _fail(number: int) -> _Instruction:
    """Refuse without a word, with an error."""
    return _return(_ERRNO | number)


def _among(values: Iterable[int], then: _Instruction = _LET_IT) -> list[_Instruction]:
    """Allow some values of the argument that was loaded last, or answer them otherwise."""
    return [step for value in values for step in ((_EQUAL, 0, 1, value), then)]


def _unless(index: int, bits: int) -> list[_Instruction]:
    """Refuse an argument that has any of some bits."""
    return [_argument(index), (_ANY_BIT, 0, 1, bits), _return(_REFUSE), _LET_IT]
