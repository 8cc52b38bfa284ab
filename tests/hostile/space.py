"""Programs that use memory, threads, stacks and timers up."""

from dataclasses import replace

from hostile.program import BUSY, CPU_TIME, EXCEPTION, FINISHED, MEMORY, ROOMY, SIGNAL, WALL_TIME, X86_64, Hostile

PROGRAMS = [
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
