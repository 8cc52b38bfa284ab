"""What the plugin costs sessions: start-up without a model, and collection of 5,000 problems.

    python benchmarks/plugin_cost.py

Both sides of each comparison run alternately in one go; medians of whole processes, and their ratio or difference.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
PROBLEMS = 5000


def seconds(arguments: Sequence[str], folder: Path) -> float:
    """Return the wall time of one session."""
    start = time.perf_counter()
    subprocess.run([*PYTEST, *arguments], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def side_by_side(first: Sequence[str], second: Sequence[str], folder: Path, rounds: int) -> tuple[float, float]:
    """Return the median times of two sessions run alternately, after one round to warm the caches."""
    times = [(seconds(first, folder), seconds(second, folder)) for _ in range(rounds + 1)][1:]
    one, other = zip(*times, strict=True)
    return statistics.median(one), statistics.median(other)


def main() -> None:
    """Measure and print."""
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

        without, with_plugin = side_by_side(["test_one.py", "-p", "no:mathbench"], ["test_one.py"], folder, rounds=20)
        print(f"start-up: {without * 1000:.0f} ms without the plugin, {with_plugin * 1000:.0f} ms with it, ", end="")
        print(f"difference {1000 * (with_plugin - without):.1f} ms")

        plain, problems = side_by_side(
            ["test_plain.py", "--collect-only", "-p", "no:mathbench"],
            ["test_suite.py", "--collect-only", "--mathbench-model=m", "--mathbench-problems=set.jsonl"],
            folder,
            rounds=7,
        )
        print(f"collecting {PROBLEMS}: plain {plain:.2f} s, problems {problems:.2f} s, ratio {problems / plain:.2f}")


if __name__ == "__main__":
    main()
