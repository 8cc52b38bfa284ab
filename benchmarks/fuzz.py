"""Throw generated programs and garbage at the sandbox until the time is up, and see that nothing gives.

    python benchmarks/fuzz.py [SECONDS]

A program is a few disturbances (garbage and forgeries on the report pipe, closed descriptors, replaced functions,
ignored signals, forbidden deeds) and one end whose class is known. Also: text that is hardly Python, whose class the
compiler tells. After each: the class, what was tried, the warm process, descriptors and processes.
"""

import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import psutil
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from pytest_mathbench.execution import Ending, Limits
from pytest_mathbench.sandbox import Sandbox

LIMITS = Limits(cpu_seconds=0.5, wall_seconds=2.0, memory_bytes=256 << 20, output_bytes=1 << 16)
SECONDS = 600

# What a program does first, and the kind of deed that it is refused for, if any. None of it changes how it ends.
GARBAGE = st.binary(max_size=300).map(lambda data: (f"try: os.write(3, {data!r})\nexcept BaseException: pass", None))
FORGERY = st.builds(
    lambda key, value: (
        f"try: os.write(3, json.dumps({{{key!r}: {value!r}}}).encode() + b'\\n')\nexcept BaseException: pass",
        None,
    ),
    st.sampled_from(["exception", "memory", "refused", "echoed", "operation"]),
    st.booleans() | st.text(max_size=30) | st.integers() | st.none(),
)
DEEDS = st.sampled_from(
    [
        ("socket.socket()", "network"),
        ("socket.socketpair()", "network"),
        ("socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "network"),
        ("os.fork()", "process"),
        ("subprocess.run(['true'])", "process"),
        ("os.execv('/bin/true', ['true'])", "process"),
        ("os.kill(os.getppid(), 9)", "signal"),
        ("os.kill(-1, 15)", "signal"),
        ("open('/tmp/x', 'w')", "write"),
        ("os.mkdir('x')", "write"),
        ("os.chmod('/usr/lib', 0o777)", "write"),
        ("open('/etc/passwd')", "read"),
        ("os.listdir('/proc')", "read"),
        ("os.memfd_create('x')", "shared memory"),
        ("os.setsid()", "process"),
    ]
).map(lambda deed: (f"try: {deed[0]}\nexcept BaseException: pass", deed[1]))
DISTURBANCES = st.sampled_from(
    [
        "os.closerange(3, 64)",
        "os.dup2(2, 3)",
        "json.dumps = json.loads = None",
        "os.write = lambda *_: 0",
        "threading._shutdown = None",
        "traceback.format_exception = None",
        "sys.excepthook = None",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGXCPU, signal.SIG_IGN)",
        "gc.disable()",
        "sys.addaudithook(lambda *_: None)",
        "threading.Thread(target=time.sleep, args=(30,), daemon=True).start()",
        "sys.setrecursionlimit(10**6)",
        "builtins.exit = builtins.open = builtins.repr = None",
        "sys.stderr = None",
        "print('x' * 100)",
    ]
).map(lambda line: (f"try: {line}\nexcept BaseException: pass", None))  # fmt: skip

ENDS = st.one_of(
    st.just(("pass", Ending.FINISHED)),
    st.just(("os._exit(0)", Ending.FINISHED)),
    st.just(("sys.exit(0)", Ending.FINISHED)),
    st.integers(1, 255).map(lambda number: (f"sys.exit({number})", Ending.EXIT_STATUS)),
    st.integers(1, 255).map(lambda number: (f"os._exit({number})", Ending.EXIT_STATUS)),
    st.sampled_from([6, 8, 9, 10, 11]).map(lambda number: (f"os.kill(os.getpid(), {number})", Ending.SIGNAL)),
    st.sampled_from(
        [
            ("while True: print('y' * 1000)", Ending.OUTPUT),
            ("while True: os.close(os.dup(1))", Ending.CPU_TIME),
            ("while True: pass", Ending.CPU_TIME),
            ("time.sleep(60)", Ending.WALL_TIME),
            ("x = bytearray(1 << 30)", None),
            ("x = [0] * (1 << 30)", None),
            ("raise ValueError('\\ud800')", None),
            ("1 / 0", None),
            ("def f(): f()\nsys.setrecursionlimit(1000)\nf()", None),
        ]
    ),
)
TEXT = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="()[]{}:=+-*/\\'\"# \n\tdefxif0123456789,.", max_size=80),
    st.lists(
        st.sampled_from(["(", "[", "{", "-", "not ", "lambda:", "f'{", "if 1:\n ", "x=", "1", "\n", ")"]), max_size=400
    ).map("".join),
)
IMPORTS = "import os, sys, json, socket, subprocess, signal, threading, traceback, gc, time, builtins\n"


class Watch:
    """What must stay as it is."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.zygote = sandbox.light.pid
        self.descriptors = self._descriptors()
        self.processes = self._processes()
        self.seen: Counter[str] = Counter()

    def check(self, program: str) -> None:
        """Raise if something leaked or died."""
        assert self.zygote == self.sandbox.light.pid, f"the warm process died of {program!r}"
        assert self.descriptors == self._descriptors(), f"descriptors leaked by {program!r}"
        if sum(self.seen.values()) % 50 == 0:
            deadline = time.monotonic() + 5
            while self._processes() > self.processes:
                assert time.monotonic() < deadline, f"processes are left by {program!r}"

    @staticmethod
    def _descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    @staticmethod
    def _processes() -> int:
        return len(psutil.Process().children(recursive=True))


def main() -> None:
    """Fuzz until the time is up."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    warnings.simplefilter("ignore", SyntaxWarning)
    with Sandbox(preload=()) as sandbox:
        sandbox.run("", LIMITS)
        time.sleep(0.5)  # the warm process makes its waiting children when it is idle
        watch = Watch(sandbox)
        start, batch = time.monotonic(), 0
        while time.monotonic() < start + seconds:
            batch += 1
            one_batch(watch, batch)
            print(
                f"{time.monotonic() - start:5.0f} s: {sum(watch.seen.values())} programs: {dict(watch.seen)}",
                flush=True,
            )


def one_batch(watch: Watch, number: int) -> None:
    """Run a few hundred programs of a new seed."""
    strategy = settings(
        max_examples=200, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )

    @strategy
    @given(before=st.lists(st.one_of(GARBAGE, FORGERY, DEEDS, DISTURBANCES), max_size=5), end=ENDS)
    def programs(before: list[tuple[str, str | None]], end: tuple[str, Ending | None]) -> None:
        program = IMPORTS + "\n".join([*(line for line, _ in before), end[0]])
        started = time.monotonic()
        execution = watch.sandbox.run(program, LIMITS)
        watch.seen[execution.ending] += 1
        assert time.monotonic() - started < 15, f"took too long: {program!r}"
        # An exception's name is the program's own word, which a disturbance may have garbled; not that it failed.
        failed = {Ending.EXCEPTION, Ending.EXIT_STATUS, Ending.MEMORY, Ending.FORBIDDEN}
        allowed = {end[1]} if end[1] and end[1] != Ending.EXIT_STATUS else failed
        assert execution.ending in allowed, f"{program}\n--\n{execution}"
        spoilers = ("try: os.closerange", "try: os.dup2", "try: os.write", "try: json")
        disturbed = any(line.startswith(spoilers) for line, _ in before)
        kinds = {kind for _, kind in before if kind and not (kind == "read" and disturbed)}
        # A deed that a disturbance prevented was not tried.
        if not any(line.startswith(("try: builtins", "try: os.closerange")) for line, _ in before):
            assert kinds <= execution.unsafe.keys(), f"{program}\n--\n{execution}"
        watch.check(program)

    @strategy
    @given(source=TEXT)
    def text(source: str) -> None:
        try:
            compile(source.encode("utf-8", "surrogatepass"), "program.py", "exec")
            expected = None
        except Exception as error:  # noqa: BLE001 - whatever the compiler says of garbage
            expected = type(error).__name__
        execution = watch.sandbox.run(source, LIMITS)
        watch.seen[f"text: {execution.ending}"] += 1
        if expected:
            assert (Ending.EXCEPTION, expected) == (execution.ending, execution.detail.partition(":")[0]), repr(source)
        watch.check(source)

    seed(number)(programs)()
    seed(number)(text)()


if __name__ == "__main__":
    main()
