"""What the sandbox costs a program, beside the ways that others go.

    python benchmarks/sandbox.py [ROUNDS]

Each round runs each program once in each way, one after the other: in the sandbox; in a fork of an equally warm process
that confines nothing; by `python -I program.py`; and by the same in bubblewrap. Medians over the rounds (200), in
milliseconds, and their ratios to the sandbox's.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pytest_mathbench.execution import Limits
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.settings import PRELOAD

LIMITS = Limits(cpu_seconds=10.0, wall_seconds=40.0, memory_bytes=1 << 30)
ROUNDS = 200
PROGRAMS = {
    "trivial": "print(6 * 7)",
    "sympy": (
        "from sympy import symbols, solve, simplify, Rational\nx = symbols('x')\n"
        "roots = solve(x**2 - 5*x + 6, x)\nprint(simplify(sum(roots) + Rational(1, 2)))"
    ),
}


def main() -> None:
    """Measure, and print a table for each program."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    fork = subprocess.Popen(
        [sys.executable, "-P", "-B", str(Path(__file__).with_name("bare_fork.py")), *PRELOAD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with fork, tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        print(f"sandbox: {sandbox.layers}; {rounds} rounds")
        path = Path(folder, "program.py")
        bubblewrap = [sandbox.layers.bubblewrap, "--unshare-all", "--ro-bind", "/", "/"]

        def in_a_fork(program: str) -> str:
            print(json.dumps(program), file=fork.stdin, flush=True)
            return str(json.loads(fork.stdout.readline() if fork.stdout else ""))

        def cold(*before: str) -> str:
            command = [*before, sys.executable, "-I", str(path)]
            return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout

        ways: dict[str, Callable[[str], str]] = {
            "sandbox": lambda program: sandbox.run(program, LIMITS).stdout,
            "bare fork": in_a_fork,
            "python -I": lambda _: cold(),
            "bubblewrap + python -I": lambda _: cold(*bubblewrap),
        }
        for name, program in PROGRAMS.items():
            path.write_text(program, encoding="utf-8")
            report(name, measure(program, ways, rounds))


def measure(program: str, ways: dict[str, Callable[[str], str]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every round, after one that is not counted; all ways must print the same."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(rounds + 1):
        printed = set()
        for way, run in ways.items():
            start = time.perf_counter()
            printed.add(run(program))
            if number:
                seconds[way].append(time.perf_counter() - start)
        if len(printed) != 1:
            raise SystemExit(f"the ways differ: {printed}")
    return seconds


def report(name: str, seconds: dict[str, list[float]]) -> None:
    """Print the medians and how many times the sandbox's they are."""
    ours = statistics.median(seconds["sandbox"])
    print(f"\n{name:24}{'median ms':>12}{'p90 ms':>12}{'× sandbox':>12}")
    for way, values in seconds.items():
        median, tail = statistics.median(values), statistics.quantiles(values, n=10)[-1]
        print(f"{way:24}{1000 * median:12.2f}{1000 * tail:12.2f}{median / ours:12.2f}")


if __name__ == "__main__":
    main()
