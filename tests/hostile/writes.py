"""Programs that try to write, make, rename or change files."""

from hostile.program import EXCEPTION, FINISHED, FORBIDDEN, REFUSED, Hostile

PROGRAMS = [
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
