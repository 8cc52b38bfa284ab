"""What thousands of programs, hostile ones and gradings leave behind in the host and in the warm process.

    python benchmarks/endurance.py [PROGRAMS HOSTILE GRADINGS]

After every part and every thousand: open descriptors and resident memory of this process, resident memory of the warm
one, processes below this one, and how many of them are zombies. What leaks grows from thousand to thousand.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil

from pytest_mathbench.execution import Limits
from pytest_mathbench.grading.grade import WARM_MODULE, grade
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.settings import PRELOAD

LIMITS = Limits(cpu_seconds=0.3, wall_seconds=0.6, memory_bytes=256 << 20, output_bytes=1 << 16)
COUNTS = (5000, 3000, 3000)
WORKERS = 4

HONEST = [
    "print(6 * 7)",
    "from sympy import symbols, solve\nx = symbols('x')\nprint(solve(x**2 - 5*x + 6, x))",
    "import numpy\nprint(numpy.arange(9).reshape(3, 3))",
    "raise ValueError('no')",
    "import sys\nsys.exit(3)",
    "from fractions import Fraction\nprint(Fraction(1, 3) + Fraction(1, 6))",
]
HOSTILE = [
    "while True: pass",
    "x = []\nwhile True: x.append(bytearray(1 << 20))",
    "while True: print('x' * 1000)",
    "import os\nwhile True: os.fork()",
    "import time\ntime.sleep(60)",
    "import os\nos.closerange(0, 256)",
    "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "import socket\nsocket.socket()",
    "import threading, time\nfor _ in range(200): threading.Thread(target=time.sleep, args=(60,)).start()",
    "import os\nos.write(3, b'\\x00' * 100000)",
    "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
    "open('/etc/shadow').read()",
]
ANSWERS = [
    ("42", "42"),
    ("1/3", r"\frac{1}{3}"),
    ("sqrt(2)/2", r"\frac{\sqrt{2}}{2}"),
    ("[1, 2, 3]", "1,2,3"),
    ("x**2 + 1", "x^2+1"),
    ("9**9**9**9", "2"),
    ("(" * 500, "2"),
    ("sin(1)**2 + cos(1)**2", "1"),
]


def main() -> None:
    """Run all three parts, and print what is held after each thousand."""
    programs, hostile, gradings = map(int, sys.argv[1:4]) if len(sys.argv) > 1 else COUNTS
    with Sandbox((*PRELOAD, WARM_MODULE)) as sandbox:
        for program in ("print(1)", "import sympy"):
            sandbox.run(program, LIMITS)
        state("at first", sandbox)
        repeat("programs", programs, lambda n: sandbox.run(HONEST[n % len(HONEST)], LIMITS), sandbox)
        repeat("hostile", hostile, lambda n: sandbox.run(HOSTILE[n % len(HOSTILE)], LIMITS), sandbox)
        repeat("gradings", gradings, lambda n: grade(sandbox, *ANSWERS[n % len(ANSWERS)]), sandbox)
    time.sleep(0.5)
    print(f"closed: {len(psutil.Process().children(recursive=True))} processes below this one")


def repeat(part: str, count: int, do: Callable[[int], object], sandbox: Sandbox) -> None:
    """Do something so many times, in some threads, and say every thousand what is held."""
    start = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        for numbers in thousands(count):
            list(pool.map(do, numbers))
            state(f"{numbers[-1] + 1} {part}", sandbox)
    print(f"{part}: {count / (time.monotonic() - start):.0f} a second")


def thousands(count: int) -> list[range]:
    """Return the numbers below one in parts of a thousand."""
    return [range(first, min(first + 1000, count)) for first in range(0, count, 1000)]


def state(when: str, sandbox: Sandbox) -> None:
    """Print what this process and the warm one hold."""
    ours, warm = psutil.Process(), [psutil.Process(each.pid) for each in (sandbox.light, sandbox.full)]
    below = ours.children(recursive=True)
    zombies = sum(each.is_running() and each.status() == psutil.STATUS_ZOMBIE for each in below)
    held = " + ".join(f"{each.memory_info().rss / 1e6:.1f}" for each in warm)
    print(
        f"{when:>16}: {ours.num_fds()} descriptors, {ours.memory_info().rss / 1e6:.1f} MB here, "
        f"{held} MB warm, {len(below)} processes, {zombies} zombies",
        flush=True,
    )


if __name__ == "__main__":
    main()
