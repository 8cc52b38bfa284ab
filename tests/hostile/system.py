"""Programs that ask the kernel for what no program needs."""

import platform

from factories import BY_ARGUMENT

from hostile.program import (
    CPU_TIME,
    EXCEPTION,
    EXIT_STATUS,
    FINISHED,
    FORBIDDEN,
    MEMORY,
    REFUSED,
    SIGNAL,
    X86_64,
    Hostile,
)
from pytest_mathbench.sandbox import syscalls

_UNFILTERED = {335, 336}  # uretprobe, uprobe: the kernel lets them pass, and ends who makes them up
_CARELESS = syscalls.ALLOWED | syscalls.WITHOUT_EFFECT | BY_ARGUMENT
_LEFT_OUT = _UNFILTERED | {number for name, number in syscalls.numbers(platform.machine()).items() if name in _CARELESS}
EVERY_CALL = f"""
for number in {sorted(set(range(512)) - _LEFT_OUT)}:
    refused(lambda: checked(libc.syscall(number, *[ctypes.c_long(0)] * 6), number))
"""
"""Make every system call that no program needs, with zeros."""

PROGRAMS = [
    Hostile("every call that is not allowed", EVERY_CALL,
            FINISHED, ("network", "process", "signal", "write", "read", "shared memory", "system")),
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
