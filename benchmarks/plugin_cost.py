"""What the plugin costs sessions: start-up without a model, and collection of 5,000 problems.

    python benchmarks/plugin_cost.py [--rounds N]

Both sides of each comparison run alternately in one go; medians of whole processes, and their ratio or difference.
Both are told in CPU time too, which other work on the machine disturbs less.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness import Measure, Row

# Plugins that are slow to start, and no part of what is measured, stay out on both sides.
PYTEST = [
    *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
    *("-p", "no:hypothesispytest", "-p", "no:anyio"),
]
PROBLEMS = 5000
# Modules are compiled once, in the round that warms the caches.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def times(arguments: Sequence[str], folder: Path) -> tuple[float, float]:
    """Return the wall time and the CPU time of one session, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([*PYTEST, *arguments], cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def side_by_side(
    first: Sequence[str], second: Sequence[str], folder: Path, rounds: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the median wall and CPU times of two sessions run alternately, after one round to warm the caches."""
    pairs = [(times(first, folder), times(second, folder)) for _ in range(rounds + 1)][1:]
    return _medians([pair[0] for pair in pairs]), _medians([pair[1] for pair in pairs])


def _medians(sessions: Sequence[tuple[float, float]]) -> tuple[float, float]:
    wall, cpu = zip(*sessions, strict=True)
    return statistics.median(wall), statistics.median(cpu)


@contextmanager
def suites() -> Iterator[Path]:
    """Make a folder with one test, with 5,000 parametrized ones, and with a suite of as many problems."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_one.py").write_text("def test_one(): pass\n")
        (folder / "test_plain.py").write_text(
            "import pytest\n\n\n@pytest.mark.parametrize('number', range(5000))\ndef test_plain(number): pass\n"
        )
        (folder / "test_suite.py").write_text("def test_problem(problem, mathbench):\n    mathbench(problem)\n")
        domains = ("algebra", "geometry", "precalculus")
        rows = (
            {"id": f"p-{n}", "domain": domains[n % 3], "level": 1 + n % 5, "problem": f"What is {n}?", "answer": str(n)}
            for n in range(PROBLEMS)
        )
        (folder / "set.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        yield folder


@contextmanager
def start_up() -> Iterator[tuple[Measure, Measure]]:
    """Measure the CPU time of a session of one test, with the plugin and without."""
    with suites() as folder:
        yield (
            lambda: 1000 * times(["test_one.py"], folder)[1],
            lambda: 1000 * times(["test_one.py", "-p", "no:mathbench"], folder)[1],
        )


@contextmanager
def collection() -> Iterator[tuple[Measure, Measure]]:
    """Measure the CPU time of collecting problems, and as many plain tests."""
    problems = ["test_suite.py", "--collect-only", "--mathbench-model=m", "--mathbench-problems=set.jsonl"]
    plain = ["test_plain.py", "--collect-only", "-p", "no:mathbench"]
    with suites() as folder:
        yield (lambda: 1000 * times(problems, folder)[1], lambda: 1000 * times(plain, folder)[1])


ROWS = [
    Row("plugin_cost.start-up", "a session of one test", "ms of CPU", "without the plugin", start_up, 30),
    Row("plugin_cost.collection", f"collecting {PROBLEMS:,} problems", "ms of CPU", "plain tests", collection, 7),
]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30, metavar="N", help="of start-ups; a quarter of collections")
    rounds = parser.parse_args().rounds
    with suites() as folder:
        without, with_plugin = side_by_side(["test_one.py", "-p", "no:mathbench"], ["test_one.py"], folder, rounds)
        for clock, one, other in zip(("wall", "CPU"), without, with_plugin, strict=True):
            print(
                f"start-up, {clock}: {one * 1000:.0f} ms without the plugin, {other * 1000:.0f} ms with it, "
                f"difference {1000 * (other - one):.1f} ms"
            )

        plain, problems = side_by_side(
            ["test_plain.py", "--collect-only", "-p", "no:mathbench"],
            ["test_suite.py", "--collect-only", "--mathbench-model=m", "--mathbench-problems=set.jsonl"],
            folder,
            max(1, rounds // 4),
        )
        for clock, one, other in zip(("wall", "CPU"), plain, problems, strict=True):
            ratio = other / one
            print(f"collecting {PROBLEMS}, {clock}: plain {one:.2f} s, problems {other:.2f} s, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
