"""How many honest programs are run beside a hog of each kind, for each core that it leaves.

    python benchmarks/hogs.py [SECONDS]

One hog after the other runs all the time, as fast as its verdict allows, while honest programs are run by as many
threads as there are cores, and one more. A sleeper leaves all cores, any other hog all but one. The ratio is to the
same count without a hog, times the share of the cores that are left. Each kind is measured between two counts alone.
"""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from pytest_mathbench.execution import Limits
from pytest_mathbench.sandbox import Sandbox

LIMITS = Limits(cpu_seconds=2.0, wall_seconds=8.0, memory_bytes=512 << 20)
SECONDS = 8.0
CORES = len(os.sched_getaffinity(0))
HONEST = "print(sum(n * n for n in range(20000)))"
HOGS = {  # the program, and how many cores it takes
    "spins": ("while True: pass", 1),
    "sleeps": ("import time\ntime.sleep(60)", 0),
    "waits for a lock": ("import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()", 0),
    "takes memory": ("x = []\nwhile True: x.append(bytearray(1 << 16))", 1),
    "floods its output": ("import os\nwhile True: os.write(1, b'x' * 65536)", 1),
    "floods its report": ("import os\nwhile True: os.write(3, b'x' * 65536)", 1),
    "is refused without end": ("import socket\nwhile True:\n try: socket.socket()\n except OSError: pass", 1),
    "spins in threads": (
        "from threading import Thread\nfor _ in range(60): Thread(target=lambda: all(iter(lambda: 1, 0))).start()",
        1,
    ),
}


def main() -> None:
    """Measure each kind, and print its ratio."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with Sandbox() as sandbox:
        sandbox.run(HONEST, LIMITS)
        before = honest(sandbox, seconds)
        for name, (program, cores) in HOGS.items():
            ended = threading.Event()
            hog = threading.Thread(target=feed, args=(sandbox, program, ended))
            hog.start()
            beside = honest(sandbox, seconds)
            ended.set()
            hog.join()
            after = honest(sandbox, seconds)
            alone = (before + after) / 2
            ratio = beside / (alone * (CORES - cores) / CORES)
            print(
                f"{name:>24}: {beside:6.0f} a second, alone {alone:6.0f}, for each core left {ratio:.2f} x", flush=True
            )
            before = after


def feed(sandbox: Sandbox, program: str, ended: threading.Event) -> None:
    """Run a hog again and again."""
    while not ended.is_set():
        sandbox.run(program, LIMITS)


def honest(sandbox: Sandbox, seconds: float) -> float:
    """Return how many honest programs are run in a second."""
    deadline = time.monotonic() + seconds

    def work(_: int) -> int:
        count = 0
        while time.monotonic() < deadline:
            assert sandbox.run(HONEST, LIMITS).stdout
            count += 1
        return count

    with ThreadPoolExecutor(CORES + 1) as pool:
        return sum(pool.map(work, range(CORES + 1))) / seconds


if __name__ == "__main__":
    main()
