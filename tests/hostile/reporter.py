"""Programs that turn on the part of the sandbox that runs inside of them."""

from dataclasses import replace

from hostile.program import (
    BUSY,
    CPU_TIME,
    EXCEPTION,
    EXIT_STATUS,
    FINISHED,
    FORBIDDEN,
    IDLE,
    MEMORY,
    OUTPUT,
    ROOMY,
    SIGNAL,
    WALL_TIME,
    Hostile,
)

PROGRAMS = [
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
