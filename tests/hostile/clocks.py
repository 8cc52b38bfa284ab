"""Programs that use their time up: loops, naps, deadlocks, storms of refusals."""

from dataclasses import replace

from hostile.program import BUSY, CPU_TIME, EXIT_STATUS, FINISHED, IDLE, ROOMY, WALL_TIME, Hostile

PROGRAMS = [
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
