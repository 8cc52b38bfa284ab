"""Programs that try to start processes, or to act on those that there are."""

from hostile.program import EXCEPTION, FINISHED, REFUSED, Hostile

PROGRAMS = [
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
    Hostile("pool", "import multiprocessing\nmultiprocessing.Pool(2).map(abs, [1])", REFUSED, "process"),
    Hostile("executor", """
        from concurrent.futures import ProcessPoolExecutor
        print(*ProcessPoolExecutor(2).map(abs, [1]))
    """, REFUSED, "process"),
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
