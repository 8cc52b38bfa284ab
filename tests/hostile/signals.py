"""Programs that try to signal others, and what becomes of those that signal themselves."""

from hostile.program import EXCEPTION, FINISHED, FORBIDDEN, IDLE, REFUSED, SIGNAL, WALL_TIME, Hostile

PROGRAMS = [
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
    Hostile("real-time signal", "os.kill(os.getpid(), signal.SIGRTMIN + 3)", EXCEPTION),
]  # fmt: skip
