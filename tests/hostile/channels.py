"""Programs that try to leave signs for others, or to read theirs: what is cached, locked, queued or running."""

from hostile.program import EXCEPTION, FINISHED, Hostile

PROGRAMS = [
    Hostile("what is cached", """
        library = os.open(os.__file__, os.O_RDONLY)
        libc.mmap.restype = ctypes.c_void_p
        address = libc.mmap(None, ctypes.c_size_t(4096), 1, 1, library, ctypes.c_long(0))
        buffer = ctypes.create_string_buffer(64)
        area = (ctypes.c_long * 2)(ctypes.addressof(buffer), 64)
        refused(
            lambda: call("mincore", ctypes.c_void_p(address), 4096, (ctypes.c_ubyte * 1)()),
            lambda: call("cachestat", library, bytes(16), bytes(40), 0),
            lambda: call("preadv2", library, area, 1, 0, 0, 8),
            lambda: os.preadv(library, [bytearray(64)], 0, os.RWF_NOWAIT),
            also=(errno.EOPNOTSUPP,),
        )
    """),
    Hostile("what is wanted in the cache", """
        library = os.open(os.__file__, os.O_RDONLY)
        for advice in range(6):
            os.posix_fadvise(library, 0, 0, advice)
        call("readahead", library, 0, 1 << 20)
        libc.mmap.restype = ctypes.c_void_p
        address = ctypes.c_void_p(libc.mmap(None, ctypes.c_size_t(4096), 1, 2, library, ctypes.c_long(0)))
        for advice in (0, 1, 2, 3):
            call("madvise", address, 4096, advice)
        refused(*(
            lambda advice=advice: call("madvise", address, 4096, advice) for advice in (12, 13, 20, 21, 22, 23, 25)
        ), also=(errno.EINVAL,))
    """),
    Hostile("evicting pages", """
        libc.mmap.restype = ctypes.c_void_p
        library = os.open(os.__file__, os.O_RDONLY)
        address = ctypes.c_void_p(libc.mmap(None, ctypes.c_size_t(4096), 1, 1, library, ctypes.c_long(0)))
        ctypes.string_at(address.value, 1)
        os.posix_fadvise(library, 0, 0, os.POSIX_FADV_DONTNEED)
        libc.madvise(address, ctypes.c_size_t(4096), 21)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_majflt
        again = libc.mmap(None, ctypes.c_size_t(4096), 1, 1, library, ctypes.c_long(0))
        ctypes.string_at(again, 1)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_majflt - before)
    """, stdout="0\n"),
    Hostile("locks of files", """
        one, other = (os.open(os.__file__, os.O_RDONLY) for _ in range(2))
        for operation in (fcntl.LOCK_EX, fcntl.LOCK_SH, fcntl.LOCK_EX):
            fcntl.flock(one, operation | fcntl.LOCK_NB)
            fcntl.flock(other, operation | fcntl.LOCK_NB)
        print("nobody is locked out")
    """, stdout="nobody is locked out\n"),
    Hostile("locks of parts of files", """
        import struct
        library = os.open(os.__file__, os.O_RDONLY)
        lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 1, 0)
        for command in (fcntl.F_SETLK, fcntl.F_SETLKW, 37, 38):
            fcntl.fcntl(library, command, lock)
        fcntl.lockf(library, fcntl.LOCK_SH)
        wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 1, 0)
        refused(*(lambda c=c: fcntl.fcntl(library, c, wanted) for c in (fcntl.F_GETLK, 36)), also=(errno.ENOLCK,))
        refused(
            lambda: fcntl.fcntl(library, 1024, fcntl.F_RDLCK),
            lambda: fcntl.fcntl(library, 1025),
            lambda: fcntl.fcntl(library, 1031, 1 << 20),
        )
    """, FINISHED, "signal"),
    Hostile("futexes in a library's pages", """
        library = os.open(os.__file__, os.O_RDONLY)
        libc.mmap.restype = ctypes.c_void_p
        for flags in (1, 2):
            word = ctypes.c_void_p(libc.mmap(None, ctypes.c_size_t(4096), 1, flags, library, ctypes.c_long(0)))
            refused(*(
                lambda operation=operation: call("futex", word, operation, 1, None, word, 0)
                for operation in (1, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 1 | 256, 10 | 256)
            ))
            refused(
                lambda: call("futex_wake", word, 1, 1, 2),
                lambda: call("futex_wait", word, 0, 1, 2, None, 1),
                lambda: call("futex_requeue", word, 0, 1, 1),
                lambda: call("futex_waitv", word, 1, 0, None, 1),
            )
    """),
    Hostile("a robust list", """
        print(call("set_robust_list", ctypes.c_void_p(16), 24))
        refused(*(lambda pid=pid: call("get_robust_list", pid, bytes(8), bytes(8)) for pid in (0, 1, VICTIM)))
    """, stdout="0\n"),
    Hostile("timers that count for all", """
        event = (ctypes.c_int * 16)(0, 0, 0, 1)
        refused(lambda: call("timer_create", 1, event, ctypes.byref(ctypes.c_int())))
    """),
    Hostile("signals that count for all", """
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        thread = threading.get_native_id()
        refused(*(
            lambda number=number, send=send: send(number)
            for number in (32, 33, signal.SIGRTMIN, 40, signal.SIGRTMAX)
            for send in (lambda n: os.kill(os.getpid(), n), lambda n: call("tgkill", os.getpid(), thread, n))
        ), also=(errno.EAGAIN,))
    """),
    Hostile("other processes' clocks", """
        for pid in (os.getppid(), VICTIM, PYTEST, 1):
            refused(*(
                lambda clock=clock, name=name: call(name, (~pid << 3) | clock, (ctypes.c_long * 2)())
                for clock in (0, 1, 2, 4, 5, 6) for name in ("clock_gettime", "clock_getres")
            ), also=(errno.EINVAL,))
            refused(lambda: call("clock_nanosleep", (~pid << 3) | 2, 0, bytes(16), None), also=(errno.EINVAL,))
    """),
    Hostile("whether others are there", """
        for pid in (os.getppid(), VICTIM, PYTEST, 1):
            refused(
                lambda: os.sched_getaffinity(pid),
                lambda: os.sched_getscheduler(pid),
                lambda: os.sched_getparam(pid),
                lambda: os.sched_rr_get_interval(pid),
                lambda: os.getpgid(pid),
                lambda: os.getsid(pid),
                lambda: os.getpriority(os.PRIO_PROCESS, pid),
                lambda: os.getpriority(os.PRIO_PGRP, pid),
                lambda: call("capget", (ctypes.c_int * 2)(0x20080522, pid), bytes(24)),
                lambda: call("sched_getattr", pid, bytes(56), 56, 0),
                lambda: call("ioprio_get", 1, pid),
                also=(errno.ESRCH,),
            )
    """),
    Hostile("what is to be written to the disk", """
        library = os.open(os.__file__, os.O_RDONLY)
        refused(lambda: os.fsync(library), lambda: os.fdatasync(library), also=(errno.EINVAL,))
        libc.mmap.restype = ctypes.c_void_p
        address = ctypes.c_void_p(libc.mmap(None, ctypes.c_size_t(4096), 1, 1, library, ctypes.c_long(0)))
        print(call("msync", address, 4096, 4))
    """, (FINISHED, EXCEPTION), stdout="0\n"),
    Hostile("its own clocks, scheduling and futexes", """
        print(time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID) > 0, time.thread_time() > 0, time.process_time() > 0)
        print(time.clock_gettime(-6) > 0, time.clock_gettime(-2) > 0, time.clock_getres(time.CLOCK_MONOTONIC) > 0)
        print(len(os.sched_getaffinity(0)) > 0, len(os.sched_getaffinity(os.getpid())) > 0)
        print(os.getpriority(0, 0) == os.getpriority(0, os.getpid()))
        print(os.getpgid(0) == os.getpgrp(), os.getsid(0) == os.getsid(os.getpid()))
        lock, done = threading.Lock(), []
        threads = [threading.Thread(target=lambda: (lock.acquire(), done.append(1), lock.release())) for _ in range(20)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(len(done))
    """, stdout="True True True\nTrue True True\nTrue True\nTrue\nTrue True\n20\n"),
]  # fmt: skip
"""The last is no attack: it is what these are to leave alone."""
