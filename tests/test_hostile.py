"""Hostile programs: each tries what a program must not do, by every layer and with each layer missing in turn."""

import importlib.metadata
import os
import platform
import re
import secrets
import select
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
from factories import BY_ARGUMENT

from pytest_mathbench.families import catalog
from pytest_mathbench.records import Ending, Execution, Limits
from pytest_mathbench.sandbox import syscalls
from pytest_mathbench.sandbox.host import Sandbox
from pytest_mathbench.sandbox.layers import Layers, probe
from pytest_mathbench.sandbox.zygote import WAITING

LIMITS = Limits(cpu_seconds=1.0, wall_seconds=6.0, memory_bytes=256 << 20)
BUSY = replace(LIMITS, cpu_seconds=0.2)
IDLE = replace(LIMITS, wall_seconds=0.2)
ROOMY = replace(LIMITS, cpu_seconds=5.0, wall_seconds=20.0, memory_bytes=4 << 30)

VARIANTS: dict[str, dict[str, Any]] = {
    "full": {},
    "without bubblewrap": {"bubblewrap": ""},
    "without Landlock": {"landlock": 0},
    "not announced": {"announced": False},
}

FINISHED, EXCEPTION, EXIT_STATUS, SIGNAL = Ending.FINISHED, Ending.EXCEPTION, Ending.EXIT_STATUS, Ending.SIGNAL
MEMORY, OUTPUT, FORBIDDEN = Ending.MEMORY, Ending.OUTPUT, Ending.FORBIDDEN
CPU_TIME, WALL_TIME = Ending.CPU_TIME, Ending.WALL_TIME
REFUSED = "refused"
"""seccomp's EPERM escapes: forbidden where the host is told of it, or else an exception like another."""

if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
    pytest.skip("programs cannot be confined here", allow_module_level=True)

NOBODY = 65534
PROJECT = Path(__file__).parent.parent
X86_64 = platform.machine() == "x86_64"

PRELUDE = """
import ctypes, errno, fcntl, os, resource, select, signal, socket, stat, sys, threading, time

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(name, *arguments):
    "A system call by its number; an unknown name fails like an unknown number."
    if name not in NR:
        raise OSError(errno.ENOSYS, name)
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    return checked(libc.syscall(ctypes.c_long(NR[name]), *words), name)


def checked(result, name):
    if result in (-1, None):
        raise OSError(ctypes.get_errno(), name)
    return result


def refused(*attempts, also=()):
    "Do each, and tell on whatever is neither refused nor, where there are no such files, absent."
    for number, attempt in enumerate(attempts):
        try:
            result = attempt()
        except OSError as error:
            if error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS, *also):
                continue
            if error.errno == errno.ENOENT:
                print("ABSENT", number, error)
            else:
                print("BREACH: attempt", number, "got as far as", repr(error))
        else:
            print("BREACH: attempt", number, "gave", repr(result))


def with_code(code):
    "Machine code as a function."
    import mmap
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    kept.append(page)
    return ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))


kept = []
"""
"""What the programs find besides the names of a `World`."""


BUNDLED = sorted(
    {
        str(folder)
        for name in ("purelib", "platlib")
        if (folder := Path(sysconfig.get_path(name), "pytest_mathbench", "bundled")).is_dir()
    }
)
"""The reference answers as they are installed; an editable installation has a copy of them as well."""

FAMILIES = str(Path(catalog.__file__).parent)
"""What computes the reference answers."""


_UNFILTERED = {335, 336}  # uretprobe, uprobe: the kernel lets them pass, and ends who makes them up
_LEFT_OUT = _UNFILTERED | {
    number for name, number in syscalls.numbers(platform.machine()).items() if name in syscalls.ALLOWED | BY_ARGUMENT
}
EVERY_CALL = f"""
for number in {sorted(set(range(512)) - _LEFT_OUT)}:
    refused(lambda: checked(libc.syscall(number, *[ctypes.c_long(0)] * 6), number))
"""
"""Make every system call that no program needs, with zeros."""


class Hostile(NamedTuple):
    """A program, how it may end, and the kinds of deed it is reported for; a kind with a "?" need not be."""

    id: str
    program: str
    endings: tuple[Ending | str, ...] | Ending | str = FINISHED
    kinds: tuple[str, ...] | str = ()
    limits: Limits = LIMITS
    stdout: str | None = None
    detail: str | None = None
    slow: bool = False  # for the full layers only
    bare: bool = False  # run as it is, without PRELUDE

    def may_end(self, layers: Layers) -> set[Ending]:
        """Return how it may end under these layers."""
        refused = FORBIDDEN if layers.announced else EXCEPTION
        endings = (self.endings,) if isinstance(self.endings, str) else self.endings
        return {refused if ending == REFUSED else Ending(ending) for ending in endings}


NETWORK = [
    Hostile("tcp to a listener", "socket.create_connection(('127.0.0.1', TCP)).sendall(b'x')", REFUSED, "network"),
    Hostile("tcp6", "socket.socket(socket.AF_INET6).connect(('::1', TCP))", REFUSED, "network"),
    Hostile("tcp server", "socket.create_server(('127.0.0.1', 0))", REFUSED, "network"),
    Hostile("udp", "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', UDP))", REFUSED, "network"),
    Hostile("unix path", "socket.socket(socket.AF_UNIX).connect(UNIX)", REFUSED, "network"),
    Hostile("unix datagram", """
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', UNIX_DATAGRAM)
    """, REFUSED, "network"),
    Hostile("abstract", "socket.socket(socket.AF_UNIX).connect('\\0' + ABSTRACT)", REFUSED, "network"),
    Hostile("unix bind", "socket.socket(socket.AF_UNIX).bind(WATCHED + '/' + MARK)", REFUSED, "network"),
    Hostile("socketpair", "socket.socketpair()", REFUSED, "network"),
    Hostile("sockets of every family", """
        kinds = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET, 10
        refused(*(lambda f=f, k=k: socket.socket(f, k).fileno() for f in range(46) for k in kinds))
    """, FINISHED, "network"),
    Hostile("netlink, packet, vsock, alg", """
        refused(
            lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).bind((0, 0)),
            lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)),
            lambda: socket.socket(socket.AF_VSOCK).connect((2, 1234)),
            lambda: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET).bind(('hash', 'sha256')),
            lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        )
    """, FINISHED, "network"),
    Hostile("sockets by number", """
        pair = (ctypes.c_int * 2)()
        refused(
            lambda: call("socket", 2, 1, 0),
            lambda: call("socket", 1, 2 | 0o2000000, 0),
            lambda: call("socketpair", 1, 1, 0, pair),
            lambda: call("socket", 16, 3, 0),
        )
    """, FINISHED, "network"),
    Hostile("socket calls on what is open", """
        address, size = bytes(128), ctypes.byref(ctypes.c_int(128))
        refused(*(
            lambda number=number, name=name: call(name, number, address, 16, size, size, 0)
            for number in range(6)
            for name in ("connect", "bind", "listen", "accept", "accept4", "sendto", "recvfrom", "shutdown",
                         "getsockname", "getpeername", "setsockopt", "getsockopt", "sendmmsg", "recvmmsg")
        ))
    """, FINISHED, "network"),
    Hostile("messages with descriptors on every descriptor", """
        read, write = os.pipe()
        os.dup2(write, 4)
        message = (ctypes.c_long * 7)()
        refused(*(
            lambda number=number, name=name: call(name, number, message, 0)
            for number in range(64) for name in ("sendmsg", "recvmsg")
        ), also=(errno.EBADF, errno.ENOTSOCK))
    """, FINISHED, "network"),
    Hostile("messages on 4", """
        message = (ctypes.c_long * 7)()
        refused(
            lambda: call("recvmsg", 4, message, 0),
            lambda: call("sendmsg", 4, message, 0),
            lambda: socket.socket(fileno=4),
            also=(errno.EBADF,),
        )
    """, FINISHED, "network?"),
    Hostile("http", "import urllib.request\nurllib.request.urlopen(f'http://127.0.0.1:{TCP}/')", EXCEPTION, "network"),
    Hostile("dns", "socket.gethostbyname(MARK + '.example.org')", EXCEPTION, "network"),
    Hostile("asyncio", "import asyncio\nasyncio.run(asyncio.open_connection('127.0.0.1', TCP))", REFUSED, "network"),
    Hostile("syslog", "import syslog\nsyslog.syslog(MARK)", FINISHED, "network"),
    Hostile("io_uring", """
        ring = bytes(120)
        refused(
            lambda: call("io_uring_setup", 8, ring),
            lambda: call("io_uring_enter", 3, 1, 1, 0, None, 0),
            lambda: call("io_uring_register", 3, 0, None, 0),
        )
    """, FINISHED, "system"),
]  # fmt: skip

PROCESSES = [
    Hostile("fork", "os.fork()", REFUSED, "process"),
    Hostile("forkpty", "import pty\npty.fork()", (REFUSED, EXCEPTION), ("process?", "write?")),
    Hostile("pty spawn", "import pty\npty.spawn(['/bin/sleep', '60'])", (REFUSED, EXCEPTION), ("process?", "write?")),
    Hostile("os.system", "print(os.system('echo BREACH'))", FINISHED, "process"),
    Hostile("popen", "print(os.popen('echo BREACH').read())", REFUSED, "process"),
    Hostile("posix_spawn", "os.posix_spawn('/bin/sleep', [MARK, '60'], {})", REFUSED, "process"),
    Hostile("spawnv", "print(os.spawnv(os.P_NOWAIT, '/bin/sleep', [MARK, '60']))", REFUSED, "process"),
    Hostile("exec", "os.execv('/bin/sleep', [MARK, '60'])", REFUSED, "process"),
    Hostile("exec of the interpreter", """
        os.execv(sys.executable, [MARK, '-c', 'print("BREACH")'])
    """, REFUSED, "process"),
    Hostile("exec of a descriptor", """
        program = os.open(os.__file__, os.O_RDONLY)
        null = ctypes.c_void_p()
        refused(
            lambda: os.execve(program, [MARK], {}),
            lambda: call("execveat", program, b"", null, null, 0x1000),
            lambda: call("execve", b"/bin/sh", null, null),
        )
    """, FINISHED, "process"),
    Hostile("subprocess", "import subprocess\nsubprocess.run(['sleep', '60'])", REFUSED, "process"),
    Hostile("subprocess in a session", """
        import subprocess
        subprocess.Popen([MARK, '60'], executable='/bin/sleep', start_new_session=True)
    """, REFUSED, "process"),
    Hostile("multiprocessing", """
        import multiprocessing
        multiprocessing.Process(target=print, args=('BREACH',)).start()
    """, REFUSED, "process"),
    Hostile("multiprocessing by spawn", """
        import multiprocessing
        multiprocessing.get_context('spawn').Process(target=print).start()
    """, REFUSED, ("process?", "write?", "network?")),
    Hostile("pool", "import multiprocessing\nmultiprocessing.Pool(2).map(abs, [1])", REFUSED, "write"),
    Hostile("executor", """
        from concurrent.futures import ProcessPoolExecutor
        print(*ProcessPoolExecutor(2).map(abs, [1]))
    """, REFUSED, ("write", "process?")),
    Hostile("fork by number", """
        null = ctypes.c_void_p()
        refused(
            lambda: call("fork"),
            lambda: call("vfork"),
            lambda: call("clone", signal.SIGCHLD, null, null, null, null),
            lambda: call("clone", 0x100 | 0x4000 | signal.SIGCHLD, null, null, null, null),
            lambda: call("clone", 0x8000 | signal.SIGCHLD, null, null, null, null),
            lambda: call("clone", (1 << 32) | signal.SIGCHLD, null, null, null, null),
            lambda: call("clone", 0x10000000 | 0x10900, null, null, null, null),
            lambda: call("clone3", bytes(88), 88),
        )
    """, FINISHED, "process"),
    Hostile("daemon", """
        def step(do):
            try:
                return do()
            except OSError:
                return 0
        if step(os.fork) == 0:
            step(os.setsid)
            if step(os.fork) == 0:
                print("no daemon")
    """, FINISHED, "process", stdout="no daemon\n"),
    Hostile("fork bomb", """
        for _ in range(2000):
            try:
                os.fork()
            except OSError:
                continue
            print("BREACH")
    """, FINISHED, "process", slow=True),
    Hostile("sessions and groups", """
        refused(
            os.setsid,
            os.setpgrp,
            lambda: os.setpgid(0, os.getppid()),
            lambda: os.setpgid(VICTIM, 0),
            lambda: os.tcsetpgrp(0, os.getppid()),
            also=(errno.ENOTTY,),
        )
    """, FINISHED, "process"),
    Hostile("looking into others", """
        buffer = ctypes.create_string_buffer(64)
        area = (ctypes.c_long * 2)(ctypes.addressof(buffer), 64)
        for pid in (os.getppid(), VICTIM, PYTEST, 1):
            refused(
                lambda: call("process_vm_readv", pid, area, 1, area, 1, 0),
                lambda: call("process_vm_writev", pid, area, 1, area, 1, 0),
                lambda: call("ptrace", 16, pid, 0, 0),
                lambda: call("ptrace", 0x4206, pid, 0, 0),
                lambda: call("kcmp", pid, os.getpid(), 0, 0, 0),
                lambda: call("pidfd_open", pid, 0),
                lambda: call("pidfd_getfd", 3, 0, 0),
                lambda: call("process_madvise", 3, area, 1, 4, 0),
                lambda: call("process_mrelease", 3, 0),
            )
    """, FINISHED, "process"),
    Hostile("being looked into", "call('ptrace', 0, 0, 0, 0)", REFUSED, "process"),
    Hostile("other processes' limits", """
        limits = (ctypes.c_ulong * 2)(0, 0)
        for pid in (os.getppid(), VICTIM, PYTEST, 1):
            refused(
                lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (0, 0)),
                lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE),
                lambda: call("prlimit64", pid, 0, limits, None),
            )
    """, FINISHED, "process"),
    Hostile("other processes' scheduling", """
        for pid in (os.getppid(), VICTIM, PYTEST, 1):
            refused(
                lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
                lambda: os.sched_setaffinity(pid, {0}),
                lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
                lambda: call("ioprio_set", 1, pid, 3 << 13),
                lambda: call("migrate_pages", pid, 0, None, None),
                lambda: call("move_pages", pid, 0, None, None, None, 0),
            )
    """, FINISHED, ("system",)),
    Hostile("namespaces", """
        names = 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80
        threads = 0x100 | 0x800 | 0x10000
        null = ctypes.c_void_p()
        refused(
            *(lambda flag=flag: call("unshare", flag) for flag in names),
            *(lambda flag=flag: call("setns", 3, flag) for flag in names),
            *(lambda flag=flag: call("clone", flag | threads, null, null, null, null) for flag in names),
        )
    """, FINISHED, "process"),
]  # fmt: skip

SIGNALS = [
    Hostile("kill the parent", "os.kill(os.getppid(), signal.SIGKILL)", REFUSED, "signal"),
    Hostile("kill a bystander", "os.kill(VICTIM, signal.SIGKILL)", REFUSED, "signal"),
    Hostile("kill the bystander's group", "os.killpg(VICTIM, signal.SIGKILL)", REFUSED, "signal"),
    Hostile("signals by every call", """
        information = (ctypes.c_int * 32)(signal.SIGKILL, 0, -1)
        for pid in (os.getppid(), VICTIM):
            refused(
                lambda: call("kill", pid, 9),
                lambda: call("kill", -pid, 9),
                lambda: call("kill", pid | 7 << 32, 9),
                lambda: call("tkill", pid, 9),
                lambda: call("tgkill", pid, pid, 9),
                lambda: call("rt_sigqueueinfo", pid, 9, information),
                lambda: call("rt_tgsigqueueinfo", pid, pid, 9, information),
                lambda: call("pidfd_send_signal", 3, 9, None, 0),
                lambda: checked(libc.sigqueue(pid, 9, None), "sigqueue"),
            )
    """, FINISHED, "signal"),
    Hostile("everybody", """
        refused(lambda: os.kill(-1, 0), lambda: os.kill(1, 0), lambda: os.kill(PYTEST, 0))
    """, FINISHED, "signal"),
    Hostile("its own group", "os.kill(0, signal.SIGTERM)", SIGNAL),
    Hostile("a thread of another group", "call('tgkill', os.getpid(), VICTIM, 9)", EXCEPTION),
    Hostile("signals by descriptors", """
        read, write = os.pipe()
        owner = (ctypes.c_int * 2)(1, VICTIM)
        refused(
            lambda: fcntl.fcntl(read, 8, VICTIM),
            lambda: fcntl.fcntl(read, 8, -VICTIM),
            lambda: fcntl.fcntl(read, 10, signal.SIGKILL),
            lambda: fcntl.fcntl(read, 15, bytes(owner)),
            lambda: call("fcntl", read, 8 | 1 << 32, VICTIM),
            lambda: fcntl.fcntl(os.open(os.path.dirname(os.__file__), os.O_RDONLY), 1026, 0x80000001),
            lambda: fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), 1024, fcntl.F_RDLCK),
            lambda: fcntl.ioctl(read, 0x8901, bytes(owner)[4:]),
            lambda: fcntl.ioctl(read, 0x8902, bytes(owner)[4:]),
            also=(errno.ENOTTY,),
        )
        fcntl.fcntl(read, fcntl.F_SETFL, os.O_ASYNC)
        os.write(write, b"x")
    """, FINISHED, "signal"),
    Hostile("a timer for another's thread", """
        event = (ctypes.c_int * 16)(0, 0, 9, 4, VICTIM)
        identity = ctypes.byref(ctypes.c_int())
        refused(lambda: call("timer_create", 1, event, identity), also=(errno.EINVAL,))
        event[4] = os.getppid()
        refused(lambda: call("timer_create", 1, event, identity), also=(errno.EINVAL,))
    """),
    Hostile("signal flood at itself", "for _ in range(3000): os.kill(os.getpid(), 0)"),
    Hostile("SIGKILL", "os.kill(os.getpid(), signal.SIGKILL)", SIGNAL),
    Hostile("SIGSYS", "os.kill(os.getpid(), signal.SIGSYS)", (FORBIDDEN, SIGNAL)),
    Hostile("SIGSTOP", "os.kill(os.getpid(), signal.SIGSTOP)", WALL_TIME, limits=IDLE, slow=True),
    Hostile("abort", "os.abort()", SIGNAL),
    Hostile("segmentation fault", "ctypes.string_at(16)", SIGNAL),
    Hostile("alarm", "signal.setitimer(signal.ITIMER_REAL, 0.01)\nsignal.pause()", SIGNAL),
    Hostile("real-time signal", "os.kill(os.getpid(), signal.SIGRTMIN + 3)", SIGNAL),
]  # fmt: skip

WRITES = [
    *(
        Hostile(f"write {where}", f"open({path} + '/' + MARK, 'w').write('x')", FORBIDDEN, "write")
        for where, path in {
            "in a writable folder": "WATCHED",
            "in /tmp": "'/tmp'",
            "in /dev/shm": "'/dev/shm'",
            "in the home folder": "HOME",
            "in the working folder": "'.'",
            "in site-packages": "SITE",
            "in the library": "os.path.dirname(os.__file__)",
            "in the root": "''",
        }.items()
    ),
    *(Hostile(f"open with {mode}", f"open(PRECIOUS, {mode!r}).write('x')", FORBIDDEN, "write") for mode in ("a", "r+")),
    Hostile("open with x", "open(WATCHED + '/' + MARK, 'x')", FORBIDDEN, "write"),
    Hostile("every flag that writes", """
        new, old, library = WATCHED + "/" + MARK, PRECIOUS, SITE + "/numpy/py.typed"
        refused(
            lambda: os.open(new, os.O_RDONLY | os.O_CREAT),
            lambda: os.open(new, os.O_RDONLY | os.O_CREAT | os.O_EXCL),
            lambda: os.open(new, os.O_PATH | os.O_CREAT),
            lambda: os.open(WATCHED, os.O_TMPFILE | os.O_RDWR),
            lambda: os.open(WATCHED, os.O_TMPFILE | os.O_WRONLY),
            lambda: os.open("/tmp", os.O_TMPFILE | os.O_RDWR),
            lambda: os.open(old, os.O_RDONLY | os.O_TRUNC),
            lambda: os.open(old, os.O_WRONLY | os.O_APPEND),
            lambda: os.open(old, 3),
            lambda: os.open(library, os.O_RDONLY | os.O_TRUNC),
            lambda: os.open(library, os.O_WRONLY),
            lambda: os.open(library, os.O_RDWR | os.O_CREAT),
            lambda: call("openat", -100, new.encode(), os.O_CREAT | 1 << 32, 0o666),
            lambda: call("open", new.encode(), os.O_CREAT, 0o666),
            lambda: call("creat", new.encode(), 0o666),
            lambda: call("openat2", -100, new.encode(), (ctypes.c_long * 3)(os.O_CREAT | os.O_RDWR, 0o666, 0), 24),
            lambda: checked(libc.open(old.encode(), os.O_RDWR), "open"),
        )
    """, FINISHED, "write"),
    Hostile("new names", """
        new, old = WATCHED + "/" + MARK, PRECIOUS
        refused(
            lambda: os.mkdir(new),
            lambda: os.makedirs(HOME + "/" + MARK),
            lambda: os.mkfifo(new),
            lambda: os.mknod(new, stat.S_IFREG | 0o666),
            lambda: os.mknod(new, stat.S_IFCHR | 0o666, os.makedev(1, 1)),
            lambda: os.symlink(old, new),
            lambda: os.link(old, new),
            lambda: os.link(os.__file__, new),
            lambda: os.rename(old, new),
            lambda: os.replace(new, old),
            lambda: call("renameat2", -100, old.encode(), -100, WATCHED.encode(), 2),
            lambda: call("linkat", 0, b"", -100, new.encode(), 0x1000),
        )
    """, FINISHED, "write"),
    Hostile("what is there", """
        old = PRECIOUS
        refused(
            lambda: os.unlink(old),
            lambda: os.rmdir(WATCHED),
            lambda: os.truncate(old, 0),
            lambda: os.chmod(old, 0o777),
            lambda: os.chmod(WATCHED, 0o777),
            lambda: os.chown(old, os.getuid(), os.getgid()),
            lambda: os.lchown(old, os.getuid(), os.getgid()),
            lambda: os.utime(old, (1, 1)),
            lambda: os.utime(old, (1, 1), follow_symlinks=False),
            lambda: os.setxattr(old, "user." + MARK, b"x"),
            lambda: os.removexattr(old, "user." + MARK),
            lambda: call("fchmodat2", -100, old.encode(), 0o777, 0x100),
            lambda: call("setxattrat", -100, old.encode(), 0, b"user.x", bytes(16), 16),
        )
    """, FINISHED, "write"),
    Hostile("what is open", """
        library = os.open(os.__file__, os.O_RDONLY)
        refused(
            lambda: os.fchmod(library, 0o644),
            lambda: os.fchmod(3, 0o777),
            lambda: os.fchown(library, os.getuid(), os.getgid()),
            lambda: os.utime(library, (1, 1)),
            lambda: os.setxattr(library, "user." + MARK, b"x"),
            lambda: os.posix_fallocate(library, 0, 1),
            lambda: os.ftruncate(library, 0),
            lambda: os.write(library, b"x"),
            lambda: os.copy_file_range(library, library, 1),
            lambda: os.pwrite(library, b"x", 0),
            lambda: os.write(os.open(PRECIOUS, os.O_PATH), b"x"),
            lambda: call("fchmod", os.open(PRECIOUS, os.O_PATH), 0o777),
            also=(errno.EBADF, errno.EINVAL),
        )
    """, FINISHED, ("write", "read")),
    Hostile("a writable mapping of a library", """
        import mmap
        with open(os.__file__, "rb") as library:
            refused(lambda: mmap.mmap(library.fileno(), 4096, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE))
            shared = mmap.mmap(library.fileno(), 4096, mmap.MAP_SHARED, mmap.PROT_READ)
        libc.mmap.restype = ctypes.c_void_p
        address = libc.mmap(None, ctypes.c_size_t(4096), 1, 1, os.open(os.__file__, 0), ctypes.c_long(0))
        refused(lambda: checked(libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(4096), 3), "mprotect"))
    """),
    Hostile("tempfile", "import tempfile\ntempfile.NamedTemporaryFile(prefix=MARK, dir=WATCHED)", FORBIDDEN, "write"),
    Hostile("tempfile anywhere", "import tempfile\ntempfile.mkdtemp(prefix=MARK)", EXCEPTION, "write"),
    Hostile("sqlite", """
        import sqlite3
        sqlite3.connect(WATCHED + "/" + MARK).execute("create table t (x)")
    """, EXCEPTION, "write"),
    Hostile("shelve", "import shelve\nshelve.open(WATCHED + '/' + MARK)", (FORBIDDEN, EXCEPTION), ("write", "read?")),
    Hostile("numpy.save", "import numpy\nnumpy.save(WATCHED + '/' + MARK, numpy.ones(3))", FORBIDDEN, "write"),
    Hostile("numpy.tofile", "import numpy\nnumpy.ones(3).tofile(WATCHED + '/' + MARK)", FORBIDDEN, "write"),
    Hostile("numpy.memmap", """
        import numpy
        numpy.memmap(WATCHED + '/' + MARK, mode='w+', shape=(3,))
    """, FORBIDDEN, "write"),
    Hostile("rmtree", "import shutil\nshutil.rmtree(WATCHED)", (FORBIDDEN, EXCEPTION), ("write?", "read?")),
    Hostile("attributes", "call('file_setattr', -100, PRECIOUS.encode(), bytes(32), 32, 0)", REFUSED, "write"),
    Hostile("copy", "import shutil\nshutil.copy(os.__file__, WATCHED + '/' + MARK)", FORBIDDEN, "write"),
    Hostile("py_compile", "import py_compile\npy_compile.compile(os.__file__, SITE + '/' + MARK)", REFUSED, "write"),
    Hostile("log file", "import logging\nlogging.FileHandler(WATCHED + '/' + MARK)", FORBIDDEN, "write"),
    Hostile("bytecode", "sys.dont_write_bytecode = False\nimport this_is_not_cached_anywhere", EXCEPTION),
    Hostile("kernel settings", """
        refused(
            lambda: open("/proc/self/mem", "r+b"),
            lambda: open("/proc/self/oom_score_adj", "w"),
            lambda: open("/proc/self/clear_refs", "w"),
            lambda: open("/proc/sys/kernel/core_pattern", "w"),
            lambda: open("/sys/kernel/mm/transparent_hugepage/enabled", "w"),
            lambda: open("/dev/mem", "r+b"),
            lambda: open("/dev/ptmx", "r+b"),
            lambda: open("/dev/tty", "r+b"),
            lambda: open("/dev/kmsg", "w"),
            lambda: open("/etc/passwd", "a"),
        )
    """, FINISHED, "write"),
]  # fmt: skip

READS = [
    Hostile("the secret", "print(open(SECRET_FILE).read())", FORBIDDEN, "read"),
    Hostile("the secret at home", "print(open(HOME_SECRET).read())", FORBIDDEN, "read"),
    Hostile("passwords", "print(open('/etc/passwd').read())", FORBIDDEN, "read"),
    Hostile("the problems", "print(open(PROBLEMS).read())", FORBIDDEN, "read"),
    Hostile("the tests", "print(open(TESTS).read())", FORBIDDEN, "read"),
    Hostile("the bundled problems", """
        for folder in BUNDLED:
            path = folder + "/algebra.jsonl"
            refused(
                lambda: os.listdir(folder),
                lambda: open(path).read(),
                lambda: os.open(path, os.O_RDONLY),
                lambda: checked(libc.open(path.encode(), 0), "open"),
                lambda: call("openat", checked(libc.open(folder.encode(), os.O_PATH), "open"), b"algebra.jsonl", 0),
            )
    """, FINISHED, "read" if BUNDLED else ()),
    Hostile("the families", """
        path = FAMILIES + "/catalog.py"
        refused(
            lambda: os.listdir(FAMILIES),
            lambda: open(path).read(),
            lambda: checked(libc.open(path.encode(), 0), "open"),
        )
    """, FINISHED, "read"),
    Hostile("importing the families", """
        try:
            from pytest_mathbench.families import catalog
        except (ImportError, OSError):
            print("fine")
        else:
            print(catalog.families())
    """, FINISHED, "read", stdout="fine\n"),
    Hostile("os.open", "print(os.read(os.open(SECRET_FILE, os.O_RDONLY), 99))", FORBIDDEN, "read"),
    Hostile("a name in bytes", "print(os.read(os.open(os.fsencode(SECRET_FILE), 0), 99))", FORBIDDEN, "read"),
    Hostile("from the root", "os.chdir('/')\nprint(open(SECRET_FILE[1:]).read())", FORBIDDEN, "read"),
    Hostile("by the way of a library", """
        print(open(SITE + '/../../../../../..' + SECRET_FILE).read())
    """, FORBIDDEN, "read"),
    Hostile("a link in the working folder", "print(open('link').read())", EXCEPTION),
    Hostile("relative to a folder", """
        root = checked(libc.open(b"/", os.O_PATH | os.O_DIRECTORY), "open")
        print(os.read(os.open(SECRET_FILE[1:], os.O_RDONLY, dir_fd=root), 99))
    """, EXCEPTION),
    Hostile("by C", """
        libc.fopen.restype = libc.opendir.restype = ctypes.c_void_p
        refused(*(
            lambda path=path: checked(libc.opendir(os.path.dirname(path).encode()), path)
            for path in (SECRET_FILE, PRECIOUS, PROBLEMS, TESTS, "/proc/self/environ", "/sys/x", "/boot/x")
        ))
        for path in (SECRET_FILE, HOME_SECRET, PROBLEMS, "/etc/passwd", "/proc/self/environ"):
            path = path.encode()
            refused(
                lambda: checked(libc.open(path, 0), "open"),
                lambda: checked(libc.fopen(path, b"r"), "fopen"),
                lambda: call("open", path, 0),
                lambda: call("openat", -100, path, 0),
                lambda: call("openat2", -100, path, bytes(24), 24),
            )
    """),
    Hostile("by a path descriptor", """
        for path in (SECRET_FILE, HOME_SECRET, PROBLEMS):
            try:
                handle = checked(libc.open(path.encode(), os.O_PATH), "open")
            except FileNotFoundError:
                continue
            refused(
                lambda: os.read(handle, 99),
                lambda: os.pread(handle, 99, 0),
                lambda: os.sendfile(1, handle, 0, 99),
                lambda: call("openat", handle, b"", 0),
                lambda: call("openat", -100, b"/proc/self/fd/%d" % handle, 0),
                lambda: call("openat", -100, b"/dev/fd/%d" % handle, 0),
                lambda: call("execveat", handle, b"", None, None, 0x1000),
                lambda: os.listxattr(handle),
                also=(errno.EBADF, errno.ENOTDIR, errno.ENOENT),
            )
    """, FINISHED, ("process?", "system?")),
    Hostile("by a handle", """
        handle, mount = bytes([8, 0, 0, 0, 1, 0, 0, 0]) + bytes(120), ctypes.byref(ctypes.c_int())
        refused(
            lambda: call("name_to_handle_at", -100, SECRET_FILE.encode(), handle, mount, 0),
            lambda: call("open_by_handle_at", 3, handle, 0),
            lambda: call("open_tree", -100, b"/", 0),
        )
    """, FINISHED, "system"),
    Hostile("numpy.fromfile", "import numpy\nprint(bytes(numpy.fromfile(SECRET_FILE, 'u1')))", FORBIDDEN, "read"),
    Hostile("numpy.loadtxt", "import numpy\nprint(numpy.loadtxt(SECRET_FILE, str))", (FORBIDDEN, EXCEPTION), "read?"),
    Hostile("numpy.memmap to read", """
        import numpy
        print(bytes(numpy.memmap(SECRET_FILE)))
    """, (FORBIDDEN, REFUSED), ("read?", "write?")),
    Hostile("linecache", "import linecache\nprint(linecache.getlines(SECRET_FILE))", FINISHED, "read?"),
    Hostile("runpy", "import runpy\nprint(runpy.run_path(SECRET_FILE))", FORBIDDEN, "read"),
    Hostile("importlib", """
        import importlib.util
        spec = importlib.util.spec_from_file_location("secret", SECRET_FILE + ".py")
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    """, FORBIDDEN, "read"),
    Hostile("sys.path", "sys.path.insert(0, os.path.dirname(SECRET_FILE))\nimport secret_module", EXCEPTION, "read?"),
    Hostile("dlopen", "ctypes.CDLL(SECRET_FILE)", EXCEPTION),
    Hostile("sqlite to read", """
        import sqlite3
        sqlite3.connect('file:' + SECRET_FILE + '?mode=ro', uri=True).execute('select * from sqlite_master')
    """, EXCEPTION),
    Hostile("fileinput", "import fileinput\nprint(*fileinput.input([SECRET_FILE]))", FORBIDDEN, "read"),
    Hostile("traceback", "exec(compile('1 / 0', SECRET_FILE, 'exec'))", EXCEPTION, "read?"),
    Hostile("a warning", "import warnings\nwarnings.warn_explicit('x', Warning, SECRET_FILE, 1)", FINISHED, "read?"),
    Hostile("syntax error", "raise SyntaxError('x', (SECRET_FILE, 1, 1, None))", EXCEPTION, "read?"),
    Hostile("folders", """
        for path in ("/", "/root", "/home", "/tmp", "/etc", HOME, WATCHED, os.path.dirname(PROBLEMS), "/proc", "/dev"):
            refused(lambda: os.listdir(path), lambda: next(os.scandir(path)))
    """, FINISHED, "read"),
    Hostile("walk", "print(sum(len(files) for _, _, files in os.walk(HOME)))", FINISHED, "read", stdout="0\n"),
    Hostile("glob", "import glob\nprint(glob.glob(WATCHED + '/*'))", FINISHED, "read", stdout="[]\n"),
    Hostile("/proc", """
        for pid in ("self", "thread-self", os.getpid(), os.getppid(), VICTIM, PYTEST, 1):
            refused(*(
                lambda name=name: open(f"/proc/{pid}/{name}", "rb").read()
                for name in ("environ", "cmdline", "maps", "mem", "stat", "status", "auxv", "io", "mountinfo")
            ))
    """, FINISHED, "read"),
    Hostile("links in /proc", """
        for pid in (os.getppid(), VICTIM, PYTEST, 1):
            refused(*(lambda name=name: os.readlink(f"/proc/{pid}/{name}") for name in ("exe", "cwd", "root", "fd/0")))
            refused(
                lambda: os.chdir(f"/proc/{pid}/cwd"),
                lambda: os.stat(f"/proc/{pid}/root/etc"),
                lambda: checked(libc.open(b"/proc/%d/root/etc/passwd" % pid, 0), "open"),
            )
    """),
    Hostile("the devices that it may read", """
        for device in ("zero", "random", "urandom", "null"):
            with open("/dev/" + device, "rb", buffering=0) as file:
                print(len(file.read(1)))
    """, stdout="1\n1\n1\n0\n"),
    Hostile("devices", """
        refused(*(
            lambda path=path: open(path, "rb").read(1)
            for path in ("/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/vda", "/dev/sda", "/dev/fuse", "/dev/full")
        ))
    """, FINISHED, "read"),
    Hostile("a hidden folder's file", "print(open(HIDDEN_FOLDER + '/METADATA').read())", FORBIDDEN, "read"),
    Hostile("a hidden file", "print(open(HIDDEN_FILE).read())", FORBIDDEN, "read"),
    Hostile("a hidden folder", "print(os.listdir(HIDDEN_FOLDER))", FORBIDDEN, "read"),
    Hostile("what is hidden, by other ways", """
        import importlib.metadata

        def content(path, folder=-100):
            with open(call("openat", folder, path.encode(), 0), "rb") as file:
                if found := file.read():
                    return found
            raise OSError(errno.ENOENT, path)

        for path in (HIDDEN_FOLDER + "/METADATA", HIDDEN_FOLDER + "/RECORD", HIDDEN_FILE):
            folder, name = os.path.split(path)
            try:
                handle = checked(libc.open(folder.encode(), os.O_PATH), "open")
            except FileNotFoundError:
                continue
            refused(
                lambda: content(path),
                lambda: content(name, handle),
                lambda: content(f"{folder}/./../{os.path.basename(folder)}/{name}"),
                lambda: os.rename(path, path + MARK),
                lambda: os.link(path, path + MARK),
                lambda: call("umount2", path.encode(), 2),
                lambda: call("umount2", folder.encode(), 2),
            )
        print(importlib.metadata.distribution("numpy").read_text("METADATA"))
    """, (FINISHED, EXCEPTION, FORBIDDEN), ("write", "system", "read?")),
    Hostile("the environment", """
        print(dict(os.environ), os.environb, sys.argv, sys.orig_argv, sys.flags)
        entries = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
        print(*entries[:1] if entries else ())
    """),
    Hostile("the stack's arguments and environment", """
        start = ctypes.c_void_p.in_dll(libc, "program_invocation_name").value
        page, found = start & ~4095, bytearray(1)
        seen = ctypes.string_at(start, page + 4096 - start)
        while libc.mincore(ctypes.c_void_p(page := page + 4096), ctypes.c_size_t(4096), (ctypes.c_char * 1)()) == 0:
            seen += ctypes.string_at(page, 4096)
        print(len(seen) > 100, seen)
    """),
    Hostile("the memory of those before", """
        import gc, re
        gc.unfreeze()
        things, frame = gc.get_objects(), sys._getframe()
        while frame:
            things += [frame.f_globals, frame.f_locals]
            frame = frame.f_back
        texts = []
        for thing in things:
            if type(thing) in (dict, list, tuple, set):
                values = [*thing, *thing.values()] if type(thing) is dict else [*thing]
                texts += [text for text in values if type(text) in (str, bytes) and len(text) < 9999]
        print(re.findall("sesame-[0-9a-f]{8,}|an earlie[r] program", str(texts)))
    """, stdout="[]\n", limits=ROOMY),
]  # fmt: skip

DESCRIPTORS = [
    Hostile("what was inherited", """
        for number in range(1 << 16):
            try:
                mode = os.fstat(number).st_mode
            except OSError:
                continue
            if number > 3 or not stat.S_ISFIFO(mode):
                print("BREACH", number, stat.filemode(mode))
    """),
    Hostile("pipes from their other end", """
        refused(*(lambda n=n: os.read(n, 1) for n in (1, 2, 3)), lambda: os.write(0, b"x"), also=(errno.EBADF,))
        refused(*(lambda n=n: open(f"/proc/self/fd/{n}", "rb").read(1) for n in range(4)))
        refused(*(lambda n=n: open(f"/dev/fd/{n}", "rb").read(1) for n in range(4)))
    """, FINISHED, "read"),
    Hostile("garbage on the report", "os.write(3, bytes(range(256)) * 30)"),
    Hostile("lone surrogates on the report", r"""
        os.write(3, b'{"exception": "\\ud800"}\n')
        os._exit(1)
    """, EXCEPTION),
    Hostile("a flood on the report", "for _ in range(200): os.write(3, b'x' * (1 << 20))", limits=ROOMY, slow=True),
    Hostile("brackets on the report", "os.write(3, b'[' * 60_000)\nos._exit(1)", EXIT_STATUS),
    Hostile("braces on the report", "os.write(3, b'{\"a\":' * 12_000 + b'\\n{}')\nos._exit(1)", EXIT_STATUS),
    Hostile("digits on the report", "os.write(3, b'9' * 16_000 + b'\\n-1e99999\\nNaN\\n')\nos._exit(1)", EXIT_STATUS),
    Hostile("no text on the report", r"""
        os.write(3, b'\xff\xfe{\0\n\xef\xbb\xbf{}\n\0\0\0{')
        os._exit(1)
    """, EXIT_STATUS),
    Hostile("a forged exception", "os.write(3, b'{\"exception\": \"forged\"}\\n')\nos._exit(0)"),
    Hostile("a forged exception with a status", r"""
        os.write(3, b'{"exception": "forged"}\n')
        os._exit(9)
    """, EXCEPTION),
    Hostile("a forged end", "os.write(3, b'{}\\n' * 9)\n1 / 0", EXCEPTION),
    Hostile("forged deeds", r"""
        for deed in ('{"tried": "network", "operation": "x"}', '{"tried": ["read"], "operation": "x"}', '[]', '7',
                     '{"tried": {}}', '{"tried": "read", "operation": 7}', '{"tried": null}', '"tried"', 'null',
                     '{"ending": "finished"}', '{"refused": 1, "memory": 1}', '{"exception": {}}', '{"echoed": []}'):
            os.write(3, deed.encode() + b"\n")
        os._exit(1)
    """, EXIT_STATUS),
    Hostile("a forged deed of its own", r"""
        os.write(3, b'{"tried": "read", "operation": "\\ud800"}\n')
    """, FINISHED, "read"),
    Hostile("a forged refusal", "os.write(3, b'{\"exception\": \"x\", \"refused\": true}')\nos._exit(1)", EXCEPTION),
    Hostile("a forged death", """
        os.write(3, b'{"status": 0, "cpu_seconds": -9, "wall_seconds": 0}')
        1 / 0
    """, EXCEPTION),
    Hostile("closing everything", "os.closerange(0, 64)"),
    Hostile("closing the report", "os.close(3)\n1 / 0", (EXCEPTION, EXIT_STATUS)),
    Hostile("closing the output", "os.close(1)\nprint(1)", EXIT_STATUS),
    Hostile("output as the report", "print(1, flush=True)\nos.dup2(3, 1)\nprint('{}' * 99)", stdout="1\n"),
    Hostile("report as the output", "os.dup2(1, 3)\n1 / 0", (EXCEPTION, EXIT_STATUS)),
    Hostile("errors as the report", "os.dup2(3, 2)\n1 / 0", EXCEPTION),
    Hostile("a report that nobody reads", "os.dup2(os.pipe()[1], 3)\n1 / 0", (EXCEPTION, EXIT_STATUS)),
    Hostile("a full report", """
        os.dup2(w := os.pipe()[1], 3)
        os.write(3, b'x' * 65536)
        1 / 0
    """, WALL_TIME, limits=IDLE, slow=True),
    Hostile("non-blocking pipes", """
        for n in range(4): os.set_blocking(n, False)
        print('x' * 500_000)
    """, (FINISHED, EXCEPTION, EXIT_STATUS)),
    Hostile("too many descriptors", "while True: kept.append(os.pipe())", EXCEPTION),
    Hostile("terminals", r"""
        refused(
            *(lambda n=n: fcntl.ioctl(n, 0x5412, b"x") for n in range(4)),
            *(lambda n=n: fcntl.ioctl(n, 0x540E, 0) for n in range(4)),
            lambda: fcntl.ioctl(0, 0x541C, b"\3x"),
            lambda: os.openpty(),
            lambda: fcntl.ioctl(0, 0x5402, bytes(60)),
            also=(errno.ENOTTY,),
        )
    """, FINISHED, "write"),
    Hostile("splices", """
        read, write = os.pipe()
        library = os.open(os.__file__, 0)
        area = (ctypes.c_long * 2)(ctypes.addressof(ctypes.create_string_buffer(64)), 64)
        refused(
            lambda: call("splice", library, None, write, None, 64, 0),
            lambda: call("vmsplice", write, area, 1, 0),
            lambda: call("tee", read, 1, 64, 0),
        )
    """),
]  # fmt: skip

SHARED = [
    Hostile("System V", """
        refused(
            lambda: call("shmget", 0, 4096, 0o1666),
            lambda: call("shmget", 0x6D62, 4096, 0o1666),
            lambda: call("shmat", 0, None, 0),
            lambda: call("shmctl", 0, 0, None),
            lambda: call("semget", 0, 1, 0o1666),
            lambda: call("semctl", 0, 0, 0, 0),
            lambda: call("semop", 0, bytes(6), 1),
            lambda: call("msgget", 0x6D62, 0o1666),
            lambda: call("msgsnd", 0, bytes(16), 8, 0),
            lambda: call("msgrcv", 0, bytes(16), 8, 0, 0),
            lambda: call("msgctl", 0, 0, None),
        )
    """, FINISHED, "shared memory"),
    Hostile("message queues", """
        refused(
            lambda: call("mq_open", MARK.encode(), os.O_CREAT | os.O_RDWR, 0o666, None),
            lambda: call("mq_unlink", MARK.encode()),
            lambda: call("mq_notify", 3, bytes(64)),
        )
    """, FINISHED, "shared memory"),
    Hostile("memory with a descriptor", """
        refused(
            lambda: os.memfd_create(MARK),
            lambda: call("memfd_create", MARK.encode(), 2),
            lambda: call("memfd_secret", 0),
        )
    """, FINISHED, "shared memory"),
    Hostile("memfd", "os.memfd_create(MARK)", REFUSED, "shared memory"),
    Hostile("POSIX shared memory", """
        from multiprocessing.shared_memory import SharedMemory
        SharedMemory(MARK, create=True, size=4096)
    """, REFUSED, "write"),
    Hostile("POSIX semaphores", """
        libc.sem_open.restype = ctypes.c_void_p
        refused(lambda: checked(libc.sem_open(b"/" + MARK.encode(), os.O_CREAT, 0o666, 1), "sem_open"))
        refused(lambda: checked(libc.shm_open(b"/" + MARK.encode(), os.O_CREAT | os.O_RDWR, 0o666), "shm_open"))
    """, FINISHED, "write"),
]  # fmt: skip

SYSTEM = [
    Hostile("every call that is not allowed", EVERY_CALL,
            FINISHED, ("network", "process", "signal", "write", "shared memory", "system")),
    Hostile("mounts and roots", """
        refused(
            lambda: call("mount", b"none", b"/", b"tmpfs", 0, None),
            lambda: call("umount2", b"/", 2),
            lambda: os.chroot("/"),
            lambda: call("pivot_root", b"/", b"/"),
            lambda: call("fsopen", b"tmpfs", 0),
            lambda: call("open_tree", -100, b"/", 1),
            lambda: call("move_mount", 3, b"", -100, b"/", 4),
            lambda: call("mount_setattr", -100, b"/", 0, bytes(32), 32),
            lambda: call("swapon", b"/", 0),
            lambda: call("quotactl", 0x800002, b"/dev/vda", 0, None),
            lambda: call("acct", None),
        )
    """, FINISHED, "system"),
    Hostile("chroot", "os.chroot('/')", REFUSED, "system"),
    Hostile("keys and programs in the kernel", """
        refused(
            lambda: call("add_key", b"user", MARK.encode(), b"x", 1, -3),
            lambda: call("request_key", b"user", MARK.encode(), None, -3),
            lambda: call("keyctl", 0, -3, 1),
            lambda: call("bpf", 0, bytes(128), 128),
            lambda: call("perf_event_open", bytes(128), 0, -1, -1, 0),
            lambda: call("userfaultfd", 0),
            lambda: call("userfaultfd", 1),
            lambda: call("init_module", b"", 0, b""),
            lambda: call("finit_module", 3, b"", 0),
            lambda: call("delete_module", MARK.encode(), 0),
            lambda: call("kexec_load", 0, 0, None, 0),
        )
    """, FINISHED, "system"),
    Hostile("the machine", """
        refused(
            lambda: call("reboot", 0xFEE1DEAD, 672274793, 0, None),
            lambda: call("sethostname", MARK.encode(), len(MARK)),
            lambda: call("setdomainname", MARK.encode(), len(MARK)),
            lambda: call("settimeofday", None, None),
            lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
            lambda: call("adjtimex", bytes(208)),
            lambda: call("clock_adjtime", 0, bytes(208)),
            lambda: call("syslog", 3, bytes(64), 64),
            lambda: call("vhangup"),
            lambda: call("iopl", 3),
            lambda: call("ioperm", 0, 1, 1),
            lambda: call("modify_ldt", 0, bytes(64), 64),
        )
    """, FINISHED, "system"),
    Hostile("who it is", """
        refused(
            lambda: os.setuid(os.getuid()),
            lambda: os.setgid(os.getgid()),
            lambda: os.setresuid(0, 0, 0),
            lambda: os.setgroups([]),
            lambda: call("setfsuid", 0),
            lambda: call("capset", bytes([0x22, 5, 8, 0x20, 0, 0, 0, 0]), bytes(24)),
            lambda: call("personality", 0x40000),
            lambda: call("mlockall", 1),
        )
    """, FINISHED, "system"),
    Hostile("prctl", """
        refused(*(lambda a=a: call("prctl", *a, 0, 0, 0) for a in (
            (1, 0), (1, signal.SIGTERM), (4, 1), (4, 0), (8, 1), (22, 1), (22, 2, bytes(16)), (23, 0), (24, 0), (28, 0),
            (36, 0), (38, 0), (38, 1), (47, 1), (0x59616D61, 0), (35, 1), (10, 1), (14, 1), (26, 2), (53, 1),
        )))
        print(call("prctl", 3, 0, 0, 0, 0))
    """, stdout="0\n"),
    Hostile("more filters", """
        filter = bytes(16)
        refused(
            lambda: call("seccomp", 0, 0, None),
            lambda: call("seccomp", 1, 0, filter),
            lambda: call("seccomp", 1, 8, filter),
            lambda: call("seccomp", 2, 0, bytes(4)),
            lambda: call("landlock_create_ruleset", None, 0, 1),
            lambda: call("landlock_add_rule", 3, 1, bytes(16), 0),
            lambda: call("landlock_restrict_self", 3, 0),
        )
    """, FINISHED, "system"),
    Hostile("watching files", """
        refused(
            lambda: call("inotify_init"),
            lambda: call("inotify_init1", 0),
            lambda: call("inotify_add_watch", 3, WATCHED.encode(), 0xFFF),
            lambda: call("fanotify_init", 0, 0),
            lambda: call("fanotify_mark", 3, 1, 1, -100, b"/"),
            lambda: call("lookup_dcookie", 1, bytes(64), 64),
        )
    """, FINISHED, "system"),
    Hostile("higher limits", """
        for name in ("AS", "CPU", "FSIZE", "NOFILE", "CORE", "MEMLOCK", "MSGQUEUE"):
            limit = getattr(resource, "RLIMIT_" + name)
            for wanted in (resource.RLIM_INFINITY, resource.getrlimit(limit)[1] + 1):
                pair = (ctypes.c_ulong * 2)(wanted & 2**64 - 1, wanted & 2**64 - 1)
                refused(lambda: call("prlimit64", 0, limit, pair, None), lambda: call("setrlimit", limit, pair))
    """),
    Hostile("lower limits", """
        for n in range(16):
            with open(os.__file__): resource.setrlimit(n, (0, 0))
    """, (FINISHED, EXCEPTION, EXIT_STATUS, SIGNAL, CPU_TIME, MEMORY)),
    Hostile("unknown calls", "refused(*(lambda n=n: checked(libc.syscall(n), n) for n in range(512, 3000, 7)))"),
    Hostile("calls below zero", "libc.syscall(ctypes.c_long(-1))", FORBIDDEN),
    *([
        Hostile("x32", "libc.syscall(ctypes.c_long(0x40000000 | 57))", FORBIDDEN),
        Hostile("x32, its own numbers", "libc.syscall(ctypes.c_long(0x40000000 | 520))", FORBIDDEN),
        Hostile("32 bits", "with_code(bytes.fromhex('b802000000cd80c3'))()", FORBIDDEN),
        Hostile("32 bits, socketcall", "with_code(bytes.fromhex('b866000000bb01000000cd80c3'))()", FORBIDDEN),
        Hostile("machine code's fork", """
            print(with_code(bytes.fromhex('b8390000000f05c3'))())
        """, FINISHED, "process", stdout="-1\n"),
        Hostile("vsyscall", """
            ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long)(0xffffffffff600400)(0)
        """, (FINISHED, SIGNAL)),
    ] if X86_64 else []),
]  # fmt: skip

TIME = [
    Hostile("a loop", "while True: pass", CPU_TIME, limits=BUSY, slow=True),
    Hostile("a loop that ignores signals", """
        for n in range(1, 65):
            if n not in (9, 19, 32, 33):
                signal.signal(n, signal.SIG_IGN)
        while True: pass
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("a loop that blocks signals", """
        signal.pthread_sigmask(0, range(1, 65))
        while True: pass
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("a loop that catches everything", """
        while True:
            try:
                while True: pass
            except: pass
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("C: a power", "x = 10 ** 10 ** 8", CPU_TIME, limits=BUSY, slow=True),
    Hostile("C: a sum", "sum(range(10 ** 12))", CPU_TIME, limits=BUSY, slow=True),
    Hostile("C: backtracking", "import re\nre.match('(a+)+$', 'a' * 60 + 'b')", CPU_TIME, limits=BUSY, slow=True),
    Hostile("C: digits", "sys.set_int_max_str_digits(0)\nx = str(1 << 10**8)", CPU_TIME, limits=BUSY, slow=True),
    Hostile("busy threads", """
        def spin():
            while True: pass
        for _ in range(8): threading.Thread(target=spin).start()
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("a busy daemon thread", """
        def spin():
            while True: pass
        threading.Thread(target=spin, daemon=True).start()
    """),
    Hostile("a busy daemon thread in C", """
        threading.Thread(target=lambda: sum(range(10**12)), daemon=True).start()
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("a thread that never ends", """
        threading.Thread(target=time.sleep, args=(99,)).start()
    """, WALL_TIME, limits=IDLE, slow=True),
    Hostile("sleep", "time.sleep(1000)", WALL_TIME, limits=IDLE, slow=True),
    Hostile("sleep that ignores signals", """
        for n in range(1, 65):
            if n not in (9, 19, 32, 33):
                signal.signal(n, signal.SIG_IGN)
        time.sleep(1000)
    """, WALL_TIME, limits=IDLE, slow=True),
    Hostile("deadlock", "lock = threading.Lock()\nlock.acquire()\nlock.acquire()", WALL_TIME, limits=IDLE, slow=True),
    Hostile("a pipe that stays empty", "read, write = os.pipe()\nos.read(read, 1)", WALL_TIME, limits=IDLE, slow=True),
    Hostile("pause", "signal.pause()", WALL_TIME, limits=IDLE, slow=True),
    Hostile("sigwait", "signal.sigwait([signal.SIGTERM])", WALL_TIME, limits=IDLE, slow=True),
    Hostile("poll", "select.poll().poll()", WALL_TIME, limits=IDLE, slow=True),
    Hostile("the first thread ends, another sleeps", """
        threading.Thread(target=time.sleep, args=(99,)).start()
        libc.syscall(NR['exit'], 0)
    """, WALL_TIME, limits=IDLE, slow=True),
    Hostile("the first thread ends, another loops", """
        def spin():
            while True: pass
        threading.Thread(target=spin).start()
        libc.syscall(NR['exit'], 0)
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("the first thread ends, another ends later", """
        threading.Thread(target=lambda: (time.sleep(0.2), os._exit(7))).start()
        libc.syscall(NR['exit'], 0)
    """, EXIT_STATUS, slow=True),
    Hostile("refusals from many threads", """
        def bother():
            while True:
                libc.syscall(NR["socket"], 2, 1, 0)
        for _ in range(8):
            threading.Thread(target=bother, daemon=True).start()
        time.sleep(0.1)
        os._exit(0)
    """, FINISHED, "network", limits=ROOMY),  # each thread may reserve an arena of its own
    Hostile("refusals in a storm of signals", """
        signal.signal(signal.SIGALRM, lambda *_: None)
        signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
        for _ in range(1000):
            libc.syscall(NR["socket"], 2, 1, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    """, FINISHED, "network"),
    Hostile("refusals without end", """
        while True: libc.syscall(NR['socket'], 2, 1, 0)
    """, (CPU_TIME, WALL_TIME), "network", limits=replace(BUSY, wall_seconds=1.0), slow=True),
]  # fmt: skip

SPACE = [
    Hostile("a list", "while True: kept.append([0] * 100_000)", MEMORY, slow=True),
    Hostile("bytearrays", "while True: kept.append(bytearray(1 << 20))", MEMORY, slow=True),
    Hostile("one bytearray", "bytearray(1 << 40)", MEMORY, slow=True),
    Hostile("small things", """
        while True: kept.append(object())
    """, (MEMORY, CPU_TIME), limits=replace(ROOMY, memory_bytes=64 << 20), slow=True),
    Hostile("a string", "x = 'x'\nwhile True: x += x", MEMORY, slow=True),
    Hostile("numpy", "import numpy\nwhile True: kept.append(numpy.ones(1 << 20))", MEMORY, slow=True),
    Hostile("numpy at once", "import numpy\nnumpy.ones((1 << 20, 1 << 20))", MEMORY),
    Hostile("a great number", "x = 1 << (1 << 36)", MEMORY),
    Hostile("the last byte", """
        size = 1 << 26
        while size:
            try:
                kept.append(bytearray(size))
            except MemoryError:
                size //= 2
        raise MemoryError
    """, MEMORY, slow=True),
    Hostile("anonymous memory", """
        import mmap
        while True:
            kept.append(mmap.mmap(-1, 1 << 24, mmap.MAP_PRIVATE))
            kept[-1].write(bytes(1 << 24))
    """, (EXCEPTION, MEMORY), slow=True),
    Hostile("shared anonymous memory", """
        import mmap
        while True:
            kept.append(mmap.mmap(-1, 1 << 24))
            kept[-1].write(bytes(1 << 24))
    """, (EXCEPTION, MEMORY), slow=True),
    Hostile("/dev/zero", "open('/dev/zero', 'rb').read()", MEMORY, slow=True),
    Hostile("malloc", """
        libc.malloc.restype = ctypes.c_void_p
        while p := libc.malloc(1 << 20): ctypes.memset(p, 1, 1 << 20)
    """, FINISHED, slow=True),
    Hostile("generators in generators", """
        sys.setrecursionlimit(10**9)
        def g(): yield from g()
        next(g())
    """, (SIGNAL, MEMORY, EXCEPTION), slow=True),
    Hostile("calls in calls", """
        sys.setrecursionlimit(10**9)
        def f(): return f()
        f()
    """, (MEMORY, CPU_TIME, SIGNAL), slow=True),
    Hostile("threads", """
        event = threading.Event()
        while True: threading.Thread(target=event.wait, daemon=True).start()
    """, EXCEPTION, slow=True),
    Hostile("threads' stacks", """
        threading.stack_size(64 << 20)
        event = threading.Event()
        while True: threading.Thread(target=event.wait, daemon=True).start()
    """, EXCEPTION, slow=True),
    Hostile("timers without end", """
        event = (ctypes.c_int * 16)(0, 0, 0, 1)
        identity = ctypes.byref(ctypes.c_int())
        made = 0
        while made < 5000 and libc.syscall(NR["timer_create"], 1, event, identity) == 0:
            made += 1
        if made == 5000:
            print("BREACH: nothing bounds their number")
    """),
    *([
        Hostile("threads without stacks", """
            clone_or_pause = with_code(bytes.fromhex(
                "b838000000bf000f050031f631d24d31d24d31c00f0585c07401c3b8220000000f05ebf7"
            ))
            if sum(clone_or_pause() > 0 for _ in range(1500)) == 1500:
                print("BREACH: nothing bounds their number", flush=True)
            time.sleep(0.3)
            os._exit(0)
        """, (FINISHED, MEMORY), "process?", slow=True),
        Hostile("threads that start threads", """
            with_code(bytes.fromhex("b838000000bf000f050031f631d24d31d24d31c00f05ebe8"))()
        """, (CPU_TIME, WALL_TIME), "process?", limits=replace(BUSY, wall_seconds=0.5), slow=True),
    ] if X86_64 else []),
    Hostile("C stack: repr", """
        sys.setrecursionlimit(10**9)
        x = []
        for _ in range(3 * 10**5): x = [x]
        repr(x)
    """, (SIGNAL, EXCEPTION), limits=ROOMY, slow=True),
    Hostile("C stack: pickle", """
        import pickle
        sys.setrecursionlimit(10**9)
        x = []
        for _ in range(10**6): x = [x]
        pickle.dumps(x)
    """, (SIGNAL, EXCEPTION, MEMORY), limits=ROOMY, slow=True),
    Hostile("C stack: json", """
        import json
        sys.setrecursionlimit(10**9)
        json.loads('[' * 10**6)
    """, (SIGNAL, EXCEPTION), limits=ROOMY, slow=True),
    Hostile("C stack: ast", """
        import ast
        sys.setrecursionlimit(10**9)
        x = ast.Constant(1)
        for _ in range(10**5): x = ast.UnaryOp(ast.USub(), x)
        compile(ast.Expression(x), '', 'eval')
    """, (SIGNAL, EXCEPTION), limits=ROOMY, slow=True),
    Hostile("C stack: callbacks", """
        sys.setrecursionlimit(10**9)
        COMPARE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        def compare(one, other):
            libc.qsort((ctypes.c_int * 2)(), 2, 4, callback)
            return 0
        callback = COMPARE(compare)
        compare(0, 0)
    """, SIGNAL, slow=True),
    Hostile("deep destruction", "x = None\nfor _ in range(10**6): x = (x,)\ndel x", limits=ROOMY, slow=True),
]  # fmt: skip

OUTPUTS = [
    Hostile("200 MB of output", "for _ in range(200): print('x' * (1 << 20))", OUTPUT, slow=True),
    Hostile("200 MB of errors", "for _ in range(200): sys.stderr.write('x' * (1 << 20))", OUTPUT, slow=True),
    Hostile("200 MB at once", "os.write(1, bytes(200 << 20))", OUTPUT, limits=ROOMY, slow=True),
    Hostile("a line without end", "while True: os.write(2, b'\\r')", OUTPUT, limits=ROOMY, slow=True),
    Hostile("a part, then the end", "print(1, flush=True)\nprint(2)\nos._exit(0)", stdout="1\n"),
    Hostile("no text", "os.write(1, bytes(range(256)))\nos.write(2, b'\\xed\\xa0\\x80\\0\\x1b[2J')"),
    Hostile("surrogates", "sys.stderr.write('\\udfff')\nprint('\\ud800')", EXCEPTION),
    Hostile("a great exit", "sys.exit('x' * (10 << 20))", OUTPUT, slow=True),
]  # fmt: skip

REPORTER = [
    Hostile("no builtins", """
        import builtins
        for name in list(vars(builtins)): delattr(builtins, name)
    """, (FINISHED, EXCEPTION, EXIT_STATUS)),
    Hostile("no print", "import builtins\nbuiltins.print = None\n1 / 0", EXCEPTION),
    Hostile("no isinstance", """
        import builtins
        builtins.isinstance = builtins.type = builtins.len = lambda *_: 1 / 0
        1 / 0
    """, (EXCEPTION, EXIT_STATUS)),
    Hostile("os.write lies", "os.write = lambda *_: 0\n1 / 0", EXCEPTION),
    Hostile("os._exit does nothing", "os._exit = lambda *_: None\nprint(42)", FINISHED, stdout="42\n"),
    Hostile("os._exit raises", """
        def refuse(*_): raise SystemExit(0)
        os._exit = refuse
        print(42)
    """, FINISHED, stdout="42\n"),
    Hostile("os is empty", "print(42)\nos.__dict__.clear()", (FINISHED, EXIT_STATUS)),
    Hostile("json raises", "import json\njson.dumps = json.loads = None\n1 / 0", EXCEPTION),
    Hostile("json's encoder lies", """
        import json.encoder
        json.encoder.JSONEncoder.encode = lambda *_: '{}'
        1 / 0
    """, (EXCEPTION, EXIT_STATUS)),
    Hostile("contextlib is gone", "import contextlib\ncontextlib.suppress = None\nprint(42)", FINISHED, stdout="42\n"),
    Hostile("traceback raises", "import traceback\ntraceback.format_exception = None\n1 / 0", EXCEPTION),
    Hostile("traceback loops", """
        import traceback
        def spin(*_, **__):
            while True: pass
        for name in traceback.__all__:
            setattr(traceback, name, spin)
        1 / 0
    """, (CPU_TIME, EXCEPTION), limits=BUSY, slow=True),
    Hostile("no modules", "sys.modules.clear()\n1 / 0", (EXCEPTION, EXIT_STATUS)),
    Hostile("no streams", "del sys.stdout, sys.stderr, sys.stdin\n1 / 0", (EXCEPTION, EXIT_STATUS)),
    Hostile("streams that are nothing", "sys.stdout = sys.stderr = None\n1 / 0", EXCEPTION),
    Hostile("another stream", """
        class Quiet:
            def write(self, _): pass
            def flush(self): pass
        print(42)
        sys.stdout = Quiet()
    """, stdout="42\n"),
    Hostile("another stream to the same end", """
        class Tee:
            def __init__(self, stream): self.stream = stream
            def write(self, text): self.stream.write(text)
            def flush(self): self.stream.flush()
        sys.stdout = Tee(sys.stdout)
        print(42)
    """, stdout="42\n"),
    Hostile("a stream that cannot be flushed", """
        class Stuck:
            closed = False
            def flush(self): 1 / 0
        sys.stdout = Stuck()
    """, EXIT_STATUS),
    Hostile("a stream that is never flushed", """
        class Stuck:
            closed = False
            def flush(self):
                while True: pass
        sys.stdout = Stuck()
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("a stream that ends it", """
        class End:
            closed = False
            def flush(self): os._exit(0)
        sys.stdout = End()
        1 / 0
    """),
    Hostile("errors that end it", "class End:\n    def write(self, _): os._exit(0)\nsys.stderr = End()\n1 / 0"),
    Hostile("a wicked errno", """
        class E(OSError): errno = property(lambda _: 1 / 0)
        print(42)
        raise E
    """, EXCEPTION, stdout="42\n"),
    Hostile("a wicked name", """
        class Meta(type): __name__ = property(lambda _: 1 / 0)
        class E(Exception, metaclass=Meta): pass
        print(42)
        raise E
    """, EXCEPTION, stdout="42\n"),
    Hostile("a wicked name and text", """
        class Meta(type):
            __name__ = property(lambda _: 1 / 0)
        class E(Exception, metaclass=Meta):
            __notes__ = property(lambda _: 1 / 0)
        class Stuck:
            def write(self, _): 1 / 0
        print(42, flush=True)
        sys.stderr = Stuck()
        raise E
    """, EXCEPTION, stdout="42\n"),
    Hostile("a wicked class", """
        class E(Exception): __class__ = property(lambda _: 1 / 0)
        print(42)
        raise E
    """, EXCEPTION, stdout="42\n"),
    Hostile("text that loops", """
        class E(Exception):
            def __str__(self):
                while True: pass
        raise E
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("text that sleeps", """
        class E(Exception):
            def __str__(self): time.sleep(99)
        raise E
    """, WALL_TIME, limits=IDLE, slow=True),
    Hostile("text that ends it", "class E(Exception):\n    def __str__(self): os._exit(0)\nraise E"),
    Hostile("text that leaves", "class E(Exception):\n    def __str__(self): raise SystemExit(0)\nraise E", EXCEPTION),
    Hostile("text that floods", """
        class E(Exception):
            def __str__(self):
                while True: os.write(1, bytes(1 << 20))
        raise E
    """, OUTPUT),
    Hostile("text of 50 MB", "raise Exception('x' * (50 << 20))", (EXCEPTION, MEMORY), slow=True),
    Hostile("text that is none", "class E(Exception):\n    def __str__(self): return 7\nraise E", EXCEPTION),
    Hostile("text for a terminal", "raise Exception('\\x1b[2J\\0\\ud800\\r')", EXCEPTION),
    Hostile("a name for a terminal", "raise type('\\x1b[2J', (Exception,), {})", EXCEPTION),
    Hostile("a deed for a terminal", "open('/\\x1b[2J')", FORBIDDEN, "read"),
    Hostile("a name of 1 MB", "raise type('E' * (1 << 20), (Exception,), {})", EXCEPTION),
    Hostile("notes", "e = Exception()\ne.__notes__ = 7\nraise e", EXCEPTION),
    Hostile("a chain of exceptions", """
        e = None
        for _ in range(10**4):
            f = Exception()
            f.__context__ = e
            e = f
        raise e
    """, (EXCEPTION, CPU_TIME), slow=True),
    Hostile("a ring of exceptions", """
        e, f = Exception(), Exception()
        e.__cause__, f.__cause__ = f, e
        raise e
    """, EXCEPTION),
    Hostile("groups in groups", """
        e = Exception()
        for _ in range(10**4): e = ExceptionGroup('x', [e])
        raise e
    """, EXCEPTION, slow=True),
    Hostile("a wide group", """
        raise ExceptionGroup('x', [Exception('x')] * 10**5)
    """, (EXCEPTION, MEMORY, CPU_TIME), slow=True),
    Hostile("a long traceback", """
        sys.setrecursionlimit(10**9)
        def f(n):
            if n: f(n - 1)
            1 / 0
        f(10**5)
    """, EXCEPTION, limits=ROOMY, slow=True),
    Hostile("a million frames", """
        sys.setrecursionlimit(10**9)
        def f(n):
            if n: f(n - 1)
            1 / 0
        f(10**6)
    """, (EXCEPTION, MEMORY, CPU_TIME), limits=replace(ROOMY, cpu_seconds=1.0), slow=True),
    Hostile("a ring of frames", """
        try:
            1 / 0
        except Exception as e: t = e.__traceback__
        try: t.tb_next = t
        except ValueError: raise
    """, EXCEPTION),
    Hostile("SystemExit of its own", """
        class I(int):
            def __and__(self, _): return 'x'
        print(42)
        raise SystemExit(I(3))
    """, EXIT_STATUS, stdout="42\n", detail="exit status 3"),
    Hostile("a stream of no equal", """
        class Stream:
            def write(self, _): pass
            def flush(self): pass
            def __eq__(self, _): 1 / 0
        print(42)
        sys.stdout = Stream()
    """, stdout="42\n"),
    Hostile("SystemExit that loops", """
        class Stuck:
            def __str__(self):
                while True: pass
        raise SystemExit(Stuck())
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("SystemExit without a code", "e = SystemExit()\ndel e.code\nraise e", (FINISHED, EXCEPTION, EXIT_STATUS)),
    Hostile("statuses", "raise SystemExit(1 << 70)", EXIT_STATUS),
    Hostile("KeyboardInterrupt", "raise KeyboardInterrupt", SIGNAL),
    Hostile("BaseException", "class B(BaseException): pass\nraise B", EXCEPTION),
    Hostile("GeneratorExit", "raise GeneratorExit", EXCEPTION),
    Hostile("a hook for exceptions", "sys.excepthook = lambda *_: os._exit(0)\n1 / 0", (EXCEPTION, FINISHED)),
    Hostile("a hook for audits", """
        def hook(*_): raise RuntimeError
        sys.addaudithook(hook)
        open(os.__file__)
    """, EXCEPTION),
    Hostile("a hook that ends it", "sys.addaudithook(lambda *_: os._exit(0))\nopen(SECRET_FILE)", FINISHED, "read"),
    Hostile("a hook for unraisable", """
        sys.unraisablehook = lambda *_: os._exit(5)
        class A:
            def __del__(self): 1 / 0
        del A().x
    """, (EXCEPTION, EXIT_STATUS)),
    Hostile("a trace that raises", """
        print(42)
        def trace(*_): raise ZeroDivisionError
        sys.settrace(trace)
    """, FINISHED, stdout="42\n"),
    Hostile("a profile that raises", """
        print(42)
        def trace(*_): raise ZeroDivisionError
        sys.setprofile(trace)
    """, (FINISHED, EXCEPTION), stdout="42\n"),
    Hostile("a trace that ends it", "sys.settrace(lambda *_: os._exit(0))\n1 / 0", (FINISHED, EXCEPTION)),
    Hostile("an alarm in the reporter", """
        def ring(*_): raise ValueError
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        1 / 0
    """, (EXCEPTION, EXIT_STATUS)),
    Hostile("threads are not waited for", "threading._shutdown = lambda: os._exit(0)\n1 / 0"),
    Hostile("threads are waited for in vain", """
        threading._shutdown = lambda: time.sleep(99)
    """, WALL_TIME, limits=IDLE, slow=True),
    Hostile("an exit handler that loops", """
        import atexit
        def spin():
            while True: pass
        atexit.register(spin)
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("an exit handler that exits", "import atexit\natexit.register(sys.exit, 5)\nprint(42)", stdout="42\n"),
    Hostile("a warning about its caller", """
        import warnings
        warnings.warn('x', stacklevel=2)
        print(42)
    """, stdout="42\n"),
    Hostile("its own stack", "import traceback\ntraceback.print_stack()\nprint(42)", stdout="42\n"),
    Hostile("a warning at the end", "async def late(): pass\nx = late()\nprint(42)", stdout="42\n"),
    Hostile("exit handlers without end", """
        import atexit
        def again(): atexit.register(again)
        atexit.register(again)
    """, (FINISHED, CPU_TIME), limits=BUSY, slow=True),
    Hostile("a destructor that loops", """
        class Stuck:
            def __del__(self):
                while True: pass
        x = Stuck()
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("a destructor that comes back", """
        class Undead:
            def __del__(self):
                global x
                x = self
        x = Undead()
    """),
    Hostile("a destructor that ends it", """
        class End:
            def __del__(self): os._exit(9)
        x = End()
    """, EXIT_STATUS),
    Hostile("a destructor that prints", """
        class Last:
            def __del__(self): print(42 + 0 * os.getpid())
        x = Last()
    """, stdout="42\n"),
    Hostile("a destructor in a list", """
        class Last:
            def __del__(self): print(42 + 0 * os.getpid())
        x = [Last()]
    """, stdout="42\n"),
    Hostile("a destructor in a ring", """
        class Last:
            def __del__(self): print(42 + 0 * os.getpid())
        class Ring: pass
        x = Ring()
        x.itself, x.last = x, Last()
    """, stdout="42\n"),
    Hostile("a generator's end", """
        def late():
            try: yield
            finally: print(42 + 0 * os.getpid())
        x = late()
        next(x)
    """, stdout="42\n"),
    Hostile("a finalizer that loops", """
        import weakref
        class A: pass
        def spin():
            while True: pass
        x = A()
        weakref.finalize(x, spin)
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("a collection that loops", """
        import gc
        def spin(*_):
            while True: pass
        gc.callbacks.append(spin)
        gc.collect()
    """, CPU_TIME, limits=BUSY, slow=True),
    Hostile("a namespace that cannot be emptied", """
        class Key(str):
            def __hash__(self): return 7
            def __eq__(self, _): 1 / 0
        globals()[Key('x')] = 1
    """),
    Hostile("a wicked import", "import builtins\nbuiltins.__import__ = lambda *_: os._exit(0)\n1 / 0"),
    Hostile("frames of the reporter", """
        frame = sys._getframe()
        while frame.f_back:
            frame = frame.f_back
            frame.f_globals.update(os=None, run=None, script=None, json=None)
        1 / 0
    """, (EXCEPTION, EXIT_STATUS), ("network?", "process?", "read?")),
    Hostile("the reporter's own names", """
        frame = sys._getframe(1)
        for name in list(frame.f_globals):
            if name[:2] != '__': frame.f_globals[name] = None
        1 / 0
    """, (EXCEPTION, EXIT_STATUS)),
    Hostile("the memory of the interpreter", """
        ctypes.memset(id(None), 0, 64)
        print(None)
    """, (SIGNAL, FINISHED, EXCEPTION, EXIT_STATUS, MEMORY)),
]  # fmt: skip

SOURCES = [
    Hostile("empty", "", FINISHED, bare=True),
    Hostile("no Python", "Here is the program: print(42)", EXCEPTION, bare=True),
    Hostile("prose of 1 MB", "the answer is " * 75_000, EXCEPTION, bare=True, slow=True),
    Hostile("10 MB in one string", f"x = '{'a' * (10 << 20)}'\nprint(len(x))",
            FINISHED, stdout="10485760\n", bare=True, slow=True),
    Hostile("10 MB of comments", "# comment\n" * (1 << 20) + "print(42)",
            FINISHED, stdout="42\n", bare=True, limits=ROOMY, slow=True),
    Hostile("10 MB of statements", "x = 1\n" * 1_700_000, (MEMORY, CPU_TIME), bare=True, slow=True),
    Hostile("10 MB without a line", "x" * (10 << 20), (EXCEPTION, MEMORY), bare=True, slow=True),
    Hostile("a zero byte", "print(1)\0print(2)", EXCEPTION, stdout="", bare=True),
    Hostile("zero bytes", "\0" * 100_000, EXCEPTION, bare=True),
    Hostile("lone surrogates", "print('\ud800\udfff')", EXCEPTION, bare=True),
    Hostile("parentheses", "(" * 100_000, EXCEPTION, bare=True),
    Hostile("parentheses that match", "(" * 100_000 + "1" + ")" * 100_000, EXCEPTION, bare=True),
    Hostile("lists in lists", "x = " + "[" * 100_000 + "]" * 100_000, EXCEPTION, bare=True),
    Hostile("minus signs", "-" * 1_000_000 + "1", (EXCEPTION, MEMORY), bare=True),
    Hostile("a long sum", "x = " + "+".join(["1"] * 100_000), (EXCEPTION, FINISHED), bare=True, slow=True),
    Hostile("a long chain", "x = (1)" + ".real" * 100_000, (EXCEPTION, SIGNAL, MEMORY), bare=True),
    Hostile("nots", "x = " + "not " * 100_000 + "1", (EXCEPTION, MEMORY), bare=True),
    Hostile("lambdas", "lambda: " * 50_000 + "1", (EXCEPTION, MEMORY), bare=True),
    Hostile("blocks", "\n".join(" " * n + "if 1:" for n in range(200)) + "\n" + " " * 200 + "1", EXCEPTION, bare=True),
    Hostile("else ifs", "if 0: 1\n" + "elif 0: 1\n" * 20_000, (FINISHED, EXCEPTION, SIGNAL, MEMORY), bare=True),
    Hostile("a long integer", "x = " + "9" * 100_000, EXCEPTION, bare=True),
    Hostile("a constant to fold", "x = 9 ** 9 ** 9 ** 9", (CPU_TIME, MEMORY), limits=BUSY, bare=True, slow=True),
    Hostile("f-strings in f-strings", "x = f'" + "{1:" * 3_000 + "}" * 3_000 + "'", EXCEPTION, bare=True),
    Hostile("a wrong cookie", "# coding: nonsense\nprint(42)", EXCEPTION, bare=True),
    Hostile("a cookie that is none", "# coding: rot13\nprint(42)", EXCEPTION, bare=True),
    Hostile("a cookie of wide characters", "# coding: utf-16\nprint(42)", (EXCEPTION, FINISHED), bare=True),
    Hostile("a cookie that unescapes", "# coding: unicode_escape\nx = 1 \\nprint(42)",
            (EXCEPTION, FINISHED), bare=True),
    Hostile("a cookie that is wrong", "# coding: ascii\nprint('\u00e9')", EXCEPTION, bare=True),
    Hostile("a byte order mark", "\ufeffprint(42)", FINISHED, stdout="42\n", bare=True),
    Hostile("marks and a cookie", "\ufeff# coding: latin-1\nprint(42)", EXCEPTION, bare=True),
    Hostile("carriage returns", "print(42)\r\nprint(\r\n43)\r\n", FINISHED, stdout="42\n43\n", bare=True),
    Hostile("carriage returns only", "print(42)\rprint(43)\r", FINISHED, stdout="42\n43\n", bare=True),
    Hostile("tabs and spaces", "if 1:\n\tprint(1)\n        print(2)", EXCEPTION, bare=True),
    Hostile("form feeds", "\f\fprint(42)\n\f\nprint(43)\f", FINISHED, stdout="42\n43\n", bare=True),
    Hostile("a backslash at the end", "print(42)\n\\", EXCEPTION, stdout="", bare=True),
    Hostile("blank lines", "\n" * 1_000_000 + "print(42)", FINISHED, stdout="42\n", bare=True, slow=True),
    Hostile("a warning that is an error", "x = '\\d'\nprint(42)", FINISHED, stdout="42\n", bare=True),
    Hostile("future", "from __future__ import braces", EXCEPTION, bare=True),
    Hostile("names of another world", "\u202eprint(42)", EXCEPTION, bare=True),
]  # fmt: skip

SCRATCH = [
    Hostile("more than there is room for", "open('big', 'wb').write(bytes(4 << 20))", EXCEPTION),
    Hostile("more than there is room for, in holes", "open('big', 'wb').truncate(1 << 40)", EXCEPTION),
    Hostile("more files than there may be", "for n in range(10_000): open(str(n), 'w').close()", EXCEPTION),
    Hostile("more folders than there may be", """
        for n in range(10_000):
            os.mkdir('x')
            os.chdir('x')
    """, EXCEPTION),
    Hostile("what the ones before have left", "print(os.listdir('.'))", stdout="[]\n"),
    Hostile("writing elsewhere", """
        refused(*(
            lambda path=path: open(path, "w")
            for path in ("/x", "/scratch/x", "/tmp/x", "/dev/x", "/dev/zero", PRECIOUS, SITE + "/" + MARK, "../x")
        ), also=(errno.EROFS,))
    """, FINISHED, "write"),
    Hostile("writing elsewhere, by C", """
        refused(*(
            lambda path=path, flags=flags: checked(libc.open(path.encode(), flags, 0o666), path)
            for path in ("/x", "/scratch/x", "/tmp/x", "/dev/x", "/dev/zero", PRECIOUS, SITE + "/" + MARK, "../x")
            for flags in (os.O_WRONLY | os.O_CREAT, os.O_RDWR | os.O_CREAT, os.O_TMPFILE | os.O_RDWR)
        ), also=(errno.EROFS, errno.ENOTDIR))
    """),
    Hostile("links out of it", """
        paths = SECRET_FILE, HOME_SECRET, PRECIOUS, PROBLEMS, TESTS, "/etc/passwd", "/proc/1/environ"
        for number, path in enumerate(paths):
            os.symlink(path, str(number))
            refused(
                lambda: open(str(number)).read(),
                lambda: open(str(number), "a"),
                lambda: os.link(path, "x"),
                lambda: os.listdir(os.path.dirname(path)),
                lambda: os.truncate(str(number), 0),
                also=(errno.EROFS,),
            )
        os.symlink("/", "root")
        refused(lambda: os.listdir("root"), lambda: open("root/x", "w"), also=(errno.EROFS,))
    """, FINISHED, ("write", "read")),
    Hostile("libraries", """
        refused(
            lambda: os.open(os.__file__, os.O_RDONLY | os.O_TRUNC),
            lambda: os.open(SITE + "/numpy/py.typed", os.O_RDWR),
            lambda: os.truncate(SITE + "/numpy/py.typed", 0),
            lambda: os.chmod(os.__file__, 0o644),
            lambda: os.utime(SITE + "/numpy/py.typed"),
            lambda: os.rename(SITE + "/numpy/py.typed", "x"),
            lambda: os.rename(SITE + "/numpy/py.typed", SITE + "/numpy/" + MARK),
            lambda: os.link(os.__file__, "x"),
            lambda: os.mkdir(SITE + "/" + MARK),
            lambda: os.symlink("x", SITE + "/" + MARK),
            lambda: os.unlink(SITE + "/" + MARK),
            lambda: os.posix_fallocate(os.open(os.__file__, 0), 0, 1 << 20),
            also=(errno.EROFS, errno.EXDEV, errno.EBADF),
        )
    """, FINISHED, "write"),
    Hostile("what is more than a file", """
        open("x", "w").close()
        refused(
            lambda: os.mkfifo("f"),
            lambda: os.mknod("n", stat.S_IFCHR | 0o666, os.makedev(1, 1)),
            lambda: os.setxattr("x", "user.x", b"x"),
            lambda: os.chown("x", 0, 0),
            lambda: os.link("x", "y"),
            lambda: os.chmod("x", 0o4755) or os.execv("./x", ["x"]),
            lambda: socket.socket(socket.AF_UNIX).bind("s"),
            lambda: call("mount", b"none", b"/scratch/files", b"tmpfs", 0, None),
            lambda: call("umount2", b"/scratch/files", 2),
            lambda: call("unshare", 0x20000),
            lambda: os.rmdir("/scratch/files"),
            lambda: os.rename("/scratch/files", "/scratch/x"),
            also=(errno.EROFS,),
        )
    """, FINISHED, ("write", "process", "network", "system")),
]  # fmt: skip

DEVICES = Hostile("the machine's devices", """
    for device in ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"):
        refused(lambda: os.chmod(device, stat.S_IMODE(os.stat(device).st_mode)), also=(errno.EROFS,))
""", FINISHED, "write?")  # fmt: skip

PROGRAMS = [
    *NETWORK,
    *PROCESSES,
    *SIGNALS,
    *WRITES,
    *READS,
    *DESCRIPTORS,
    *SHARED,
    *SYSTEM,
    *TIME,
    *SPACE,
    *OUTPUTS,
    *REPORTER,
    *SOURCES,
]

_GLOBALS = "globals are emptied in the order they were made: what an object uses at its end goes before it"
CASES = [pytest.param(hostile, id=hostile.id) for hostile in PROGRAMS]


@dataclass(frozen=True, slots=True)
class World:
    """What the programs are after. `names` are told to them; `secrets` may never come out."""

    mark: str
    names: dict[str, Any]
    secrets: tuple[str, ...]
    listeners: tuple[socket.socket, ...]
    victim: psutil.Process

    def text(self, hostile: Hostile) -> str:
        """Return a program's full text."""
        if hostile.bare:
            return hostile.program
        program = textwrap.dedent(hostile.program)
        called = set(re.findall(r"[\"'](\w+)[\"']", program))
        numbers = {name: n for name, n in syscalls.numbers(platform.machine()).items() if name in called}
        names = "".join(f"{name} = {value!r}\n" for name, value in (self.names | {"NR": numbers}).items())
        return f"{names}{PRELUDE}\n{program}"

    def state(self) -> dict[str, object]:
        """Return all that no program may change."""
        poll = select.poll()
        for listener in self.listeners:
            poll.register(listener, select.POLLIN)
        watched = Path(self.names["WATCHED"])
        folders = (tempfile.gettempdir(), "/dev/shm", Path.home(), self.names["SITE"], PROJECT)  # noqa: S108
        return {
            "received": poll.poll(0),
            "victim": self.victim.status(),
            "files": {str(path): _status(path) for path in (watched, *watched.iterdir())},
            "names": [name for folder in folders for name in _names(folder) if self.mark in name],
            "IPC": [Path("/proc/sysvipc", kind).read_text() for kind in ("shm", "sem", "msg")],
            "host": platform.node(),
            "devices": [
                Path(path).stat().st_mode for path in ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
            ],
        }


def _names(folder: Path | str) -> list[str]:
    return os.listdir(folder)  # noqa: PTH208 - no more than the names, and often


def _status(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return (
        found.st_mode,
        found.st_uid,
        found.st_gid,
        found.st_size,
        found.st_nlink,
        found.st_mtime_ns,
        found.st_ctime_ns,
    )


class Arena:
    """A sandbox in the world. Its mark is in the command lines of all that comes of its warm process."""

    def __init__(self, world: World, layers: Layers, **more: Any) -> None:
        self.world = world
        self.layers = layers
        self.mark = f"{world.mark}-{secrets.token_hex(4)}"
        self.sandbox = Sandbox(layers=layers, preload=("numpy", self.mark), **more)
        self.at_rest: dict[str, object] = {}

    def start(self, program: str) -> None:
        """Run a first program."""
        self.sandbox.run(program, LIMITS)
        self.at_rest = {"waiting": self.waiting(), "processes": len(self.processes())}
        assert WAITING == self.at_rest["waiting"]

    def state(self) -> dict[str, object]:
        """Return all that is to be the same after each program."""
        assert self.sandbox._folder
        return self.world.state() | {
            "warm process": self.sandbox.zygote_pid,
            "waiting": self.waiting(),
            "processes": len(self.processes()),
            "working folder": _names(self.sandbox._folder.name),
            "descriptors": len(_names("/proc/self/fd")),
        }

    def waiting(self) -> int:
        """Return how many children the warm process has, when it has made those that it keeps ready."""
        pid = self.sandbox.zygote_pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        deadline = time.monotonic() + 2
        while (number := len(children.read_text().split())) != WAITING and time.monotonic() < deadline:
            time.sleep(0.001)
        return number

    def processes(self) -> list[int]:
        """Return all processes that are forks of the warm process, whoever their parent is now, or were named by it."""
        found = []
        for entry in filter(str.isdigit, _names("/proc")):
            with suppress(OSError):
                line = Path("/proc", entry, "cmdline").read_text(errors="replace")
                if self.mark in line or line.startswith(self.world.mark):
                    found.append(int(entry))
        return found

    def close(self) -> None:
        """Close the sandbox. Nothing of it may be left."""
        self.sandbox.close()
        deadline = time.monotonic() + 5
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert [] == self.processes()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Make files with secrets, listeners, and a process that must live."""
    mark = f"mathbench-hostile-{secrets.token_hex(8)}"
    sesame = [f"sesame-{secrets.token_hex(16)}" for _ in range(3)]
    folder, watched = tmp_path_factory.mktemp("secret"), tmp_path_factory.mktemp("watched")
    for name in ("secret", "secret.py", "secret_module.py"):
        (folder / name).write_text(f"print({sesame[0]!r})\n")
    (watched / "precious").write_text("precious\n")
    watched.chmod(0o777)
    problems = PROJECT / "problems" / "algebra.jsonl"
    metadata = [_metadata("numpy"), _metadata("pytest")]
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("MATHBENCH_HOSTILE_SECRET", sesame[1])
        at_home = Path.home() / f".{mark}"
        at_home.write_text(sesame[2])
        stack.callback(at_home.unlink)
        sleep = [shutil.which("sleep") or "sleep", "3600"]
        victim = stack.enter_context(subprocess.Popen(sleep, start_new_session=True))
        stack.callback(victim.kill)
        listeners = {
            name: stack.enter_context(socket.socket(family, kind))
            for name, family, kind in (
                ("TCP", socket.AF_INET, socket.SOCK_STREAM),
                ("UDP", socket.AF_INET, socket.SOCK_DGRAM),
                ("UNIX", socket.AF_UNIX, socket.SOCK_STREAM),
                ("UNIX_DATAGRAM", socket.AF_UNIX, socket.SOCK_DGRAM),
                ("ABSTRACT", socket.AF_UNIX, socket.SOCK_STREAM),
            )
        }
        for name, listener in listeners.items():
            paths = {"ABSTRACT": f"\0{mark}", "UNIX": str(folder / "s"), "UNIX_DATAGRAM": str(folder / "d")}
            listener.bind(paths.get(name, ("127.0.0.1", 0)))
            if listener.type == socket.SOCK_STREAM:
                listener.listen()
        yield World(
            mark=mark,
            names={
                "MARK": mark,
                "SECRET_FILE": str(folder / "secret"),
                "HOME": str(Path.home()),
                "HOME_SECRET": str(at_home),
                "WATCHED": str(watched),
                "PRECIOUS": str(watched / "precious"),
                "PROBLEMS": str(problems),
                "TESTS": __file__,
                "HIDDEN_FOLDER": str(metadata[0].parent),
                "HIDDEN_FILE": str(metadata[1]),
                "SITE": str(metadata[0].parent.parent),
                "BUNDLED": BUNDLED,
                "FAMILIES": FAMILIES,
                "PYTEST": os.getpid(),
                "VICTIM": victim.pid,
                "TCP": listeners["TCP"].getsockname()[1],
                "UDP": listeners["UDP"].getsockname()[1],
                "UNIX": str(folder / "s"),
                "UNIX_DATAGRAM": str(folder / "d"),
                "ABSTRACT": mark,
            },
            secrets=(*sesame, problems.read_text()[:50], "Metadata-Version", "root:x:", "Hostile programs: each"),
            listeners=tuple(listeners.values()),
            victim=psutil.Process(victim.pid),
        )


def _metadata(name: str) -> Path:
    """Return an installed file that stands for the reference answers: inside what may be read, but hidden."""
    files = importlib.metadata.files(name) or ()
    return Path(str(next(file for file in files if file.name == "METADATA").locate())).resolve()


@pytest.fixture(scope="module", params=VARIANTS)
def arena(request: pytest.FixtureRequest, world: World) -> Iterator[Arena]:
    """Make a sandbox that lacks one layer or none; nothing of it is left at the end."""
    there, changes = probe(), VARIANTS[request.param]
    layers = replace(there, **changes)
    if lacking := [name for name in changes if not getattr(there, name)]:
        pytest.skip(f"this machine has no {lacking[0]} anyway: {there}")
    if not layers.sufficient:
        pytest.skip(f"too little to confine programs with: {layers}")
    hidden = (Path(world.names["HIDDEN_FOLDER"]), Path(world.names["HIDDEN_FILE"]))
    with closing(Arena(world, layers, hidden=hidden)) as arena:
        arena.start("x = 'an earlier program'")
        assert arena.sandbox._folder
        Path(arena.sandbox._folder.name, "link").symlink_to(world.names["SECRET_FILE"])
        yield arena


@pytest.fixture(scope="module")
def scratch(world: World) -> Iterator[Arena]:
    """Make a sandbox whose programs have a folder to write in."""
    layers = probe()
    if not (layers.landlock and layers.bubblewrap and layers.sufficient):
        pytest.skip(f"too little to give programs a folder with: {layers}")
    with closing(Arena(world, layers, scratch_bytes=1 << 20)) as arena:
        arena.start("open('left', 'w').write('behind')")
        yield arena


@pytest.mark.parametrize("hostile", [case for case in CASES if not case.values[0].slow])
def test_nothing_comes_of_it(arena: Arena, hostile: Hostile) -> None:
    """A hostile program ends as it should, is reported, learns no secret, changes nothing, and the next one runs."""
    check(arena, hostile)


@pytest.mark.parametrize("arena", ["full"], indirect=True)
@pytest.mark.parametrize("hostile", [case for case in CASES if case.values[0].slow])
def test_nothing_comes_of_a_long_one(arena: Arena, hostile: Hostile) -> None:
    """Nor does anything come of one that goes to its limits; this has nothing to do with the layers."""
    check(arena, hostile)


@pytest.mark.parametrize("hostile", [pytest.param(hostile, id=hostile.id) for hostile in SCRATCH])
def test_nothing_comes_of_a_folder_to_write_in(scratch: Arena, hostile: Hostile) -> None:
    """A program with a folder of its own has that folder, and nothing more."""
    check(scratch, hostile)


def test_devices_are_not_touched(scratch: Arena) -> None:
    """Programs may read the machine's devices, and that is all."""
    check(scratch, DEVICES)


@pytest.mark.parametrize("arena", ["full"], indirect=True)
def test_refusals_without_end_are_answered_without_us(arena: Arena) -> None:
    """After a thousand answers the host listens no more, and the kernel refuses alone: the program pays, not we."""
    program = (
        "import ctypes, errno\nlibc = ctypes.CDLL(None, use_errno=True)\nseen = []\nfor _ in range(3000):\n"
        "    assert libc.socket(2, 1, 0) == -1\n    seen.append(errno.errorcode[ctypes.get_errno()])\n"
        "print(seen.count('EPERM'), seen.count('ENOSYS'))"
    )
    execution = arena.sandbox.run(program, LIMITS)
    assert ("1000 2000\n", {"network": "socket"}) == (execution.stdout, execution.unsafe)


def check(arena: Arena, hostile: Hostile, *, echo: bool = False) -> None:
    """Run a program and compare all that can be seen of it with what is to be."""
    before = arena.state()
    execution = arena.sandbox.run(arena.world.text(hostile), hostile.limits, echo=echo)
    assert execution.ending in hostile.may_end(arena.layers), execution
    assert [] == _said(arena, execution), execution
    assert hostile.stdout in (None, execution.stdout), execution
    assert hostile.detail in (None, execution.detail), execution
    assert execution == Execution.from_json(execution.to_json())
    assert set() == _misreported(arena.layers, hostile, execution), execution
    assert before | arena.at_rest == arena.state()
    assert "42\n" == arena.sandbox.run("print(6 * 7)", LIMITS).stdout


def _said(arena: Arena, execution: Execution) -> list[str]:
    """Return what a program should not have been able to say."""
    said = "\n".join((execution.stdout, execution.stderr, execution.detail, *execution.unsafe.values()))
    clean = re.fullmatch(r"[^\x00-\x08\x0b-\x1f\x7f]*", "".join((execution.detail, *execution.unsafe.values())))
    told = ("BREACH",) if arena.layers.bubblewrap else ("BREACH", "ABSENT")
    return [
        *(text for text in told if text in execution.stdout),
        *(text for text in arena.world.secrets if text in said),
        *([] if clean else ["control characters"]),
    ]


def _misreported(layers: Layers, hostile: Hostile, execution: Execution) -> set[str]:
    """Return the kinds of deed that were reported but not done, or done but not reported."""
    kinds = (hostile.kinds,) if isinstance(hostile.kinds, str) else hostile.kinds
    found = set(execution.unsafe)
    if not layers.announced:
        return found - {"read", "write"}
    return (found ^ {kind for kind in kinds if "?" not in kind}) - {kind.rstrip("?") for kind in kinds if "?" in kind}


@pytest.mark.parametrize("arena", ["full"], indirect=True)
@pytest.mark.parametrize("hostile", [case for case in CASES if case.values[0].bare])
def test_nothing_comes_of_printing_a_last_line(arena: Arena, hostile: Hostile) -> None:
    """A source is as bad when the value of its last line is wanted."""
    check(arena, hostile, echo=True)


def test_the_battery_holds_for_an_ordinary_user() -> None:
    """Confinement does not rest on the superuser's rights: everything above is the same without them."""
    if os.geteuid() != 0:
        pytest.skip("these tests are run by an ordinary user already")
    with tempfile.TemporaryDirectory(prefix="mathbench-") as home:
        os.chown(home, NOBODY, NOBODY)

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-B", *arguments],
                cwd=PROJECT,
                env={"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": home},
                user=NOBODY,
                group=NOBODY,
                extra_groups=[],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=900,
                check=False,
            )

        try:
            ready = run("-c", "import numpy, psutil, pytest, pytest_mathbench.sandbox.host")
        except PermissionError:
            pytest.skip(f"only root may run {sys.executable}")
        if ready.returncode:
            pytest.skip(f"only root may read what the tests need: {ready.stderr.strip().splitlines()[-1]}")
        itself = f"{Path(__file__).relative_to(PROJECT)}::{test_the_battery_holds_for_an_ordinary_user.__name__}"
        tests = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "--maxfail=20", f"--deselect={itself}", __file__)
        assert 0 == tests.returncode, tests.stdout[-10_000:]
