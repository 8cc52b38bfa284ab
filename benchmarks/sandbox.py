"""What the sandbox costs a program, beside the ways that others go.

    python -m benchmarks sandbox

A program in the sandbox beside the same by `python -I program.py`, by that in bubblewrap, and in a fork of an equally
warm process that confines nothing, which is what the sandbox would cost at least.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness import Measure, Row, milliseconds, run

from pytest_mathbench.execution import Limits
from pytest_mathbench.sandbox import Sandbox

LIMITS = Limits(cpu_seconds=10.0, wall_seconds=40.0, memory_bytes=1 << 30)
TRIVIAL = "print(6 * 7)"
SYMPY = (
    "from sympy import symbols, solve, simplify, Rational\nx = symbols('x')\n"
    "roots = solve(x**2 - 5*x + 6, x)\nprint(simplify(sum(roots) + Rational(1, 2)))"
)


@contextmanager
def _cold(program: str, *, bubblewrap: bool = False) -> Iterator[tuple[Measure, Measure]]:
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "program.py")
        path.write_text(program, encoding="utf-8")
        before: Sequence[str] = ()
        if bubblewrap:
            before = (sandbox.layers.bubblewrap or "bwrap", "--unshare-all", "--ro-bind", "/", "/")
        command = [*before, sys.executable, "-I", str(path)]

        def cold() -> str:
            return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout

        yield _beside(sandbox, program, cold)


@contextmanager
def _fork(program: str) -> Iterator[tuple[Measure, Measure]]:
    with Sandbox() as sandbox:
        modules = (sandbox.full if "sympy" in program else sandbox.light).modules
        fork = subprocess.Popen(
            [sys.executable, "-P", "-B", str(Path(__file__).with_name("bare_fork.py")), *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

        def forked() -> str:
            print(json.dumps(program), file=fork.stdin, flush=True)
            return str(json.loads(fork.stdout.readline() if fork.stdout else ""))

        with fork:
            yield _beside(sandbox, program, forked)


def _beside(sandbox: Sandbox, program: str, other: Callable[[], str]) -> tuple[Measure, Measure]:
    """Return both measures, having seen that both ways print the same."""
    if (ours := sandbox.run(program, LIMITS).stdout) != (theirs := other()):
        raise SystemExit(f"the ways differ: {ours!r}, {theirs!r}")
    return milliseconds(lambda: sandbox.run(program, LIMITS)), milliseconds(other)


ROWS = [
    Row("sandbox.trivial", "a trivial program", "ms", "python -I", lambda: _cold(TRIVIAL), 100),
    Row("sandbox.trivial-fork", "a trivial program", "ms", "bare fork", lambda: _fork(TRIVIAL), 100),
    Row("sandbox.trivial-bwrap", "a trivial program", "ms", "bubblewrap", lambda: _cold(TRIVIAL, bubblewrap=True), 50),
    Row("sandbox.sympy", "a program that uses sympy", "ms", "python -I", lambda: _cold(SYMPY), 20),
    Row("sandbox.sympy-fork", "a program that uses sympy", "ms", "bare fork", lambda: _fork(SYMPY), 50),
]


def main() -> None:
    """Measure all rows."""
    run(ROWS, __doc__)


if __name__ == "__main__":
    main()
