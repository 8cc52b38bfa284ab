"""What completions of nasty shapes cost the host, and whether an honest item beside each keeps its verdict.

    python benchmarks/hostile_text.py [--sizes 4096 65536 1048576 10485760] [--sessions 65536 1048576]

For each shape (tests/shapes.py) and size, by itself: CPU and wall seconds of this process for all that it does with a
completion — extraction, its program's execution in the sandbox, grading, the record as JSON, the page. Then, for each
size of --sessions, a whole pytest session on a loopback server: each shape is the completion of one problem, with an
honest one after it, at --timeout=2; the CPU seconds are pytest's own process, less those of a session of as many honest
items. A verdict of an honest item that is not "correct" ends the benchmark with an error.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from factories import make_completion, make_problem, make_request
from shapes import SHAPES

from conftest import ScriptedServer, row
from pytest_mathbench import pipeline
from pytest_mathbench.extraction import extract_program
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.records import Completion, ItemResult, Request
from pytest_mathbench.reporting import page
from pytest_mathbench.sandbox import Sandbox

SECONDS = 2.0
HONEST = "```python\nprint(sum(range(7)) * 2)\n```"
SUITE = "def test_problem(problem, mathbench): mathbench(problem)\n"
# In a process of its own, so that its CPU time can be told from that of pytest's children.
PLUGIN = """
import time
def pytest_unconfigure():
    print(f"\\nHOST {time.process_time():.3f}")
"""


class Fixed:
    """A source of one completion."""

    def __init__(self, text: str) -> None:
        self._completion = make_completion(text=text)

    def complete(self, _: Request) -> Completion:
        """Return it."""
        return self._completion


def measured(act: Callable[[], object]) -> tuple[float, float]:
    """Return the CPU seconds of this process, without its children's, and the wall seconds of an act."""
    cpu, wall = time.process_time(), time.perf_counter()
    act()
    return time.process_time() - cpu, time.perf_counter() - wall


def alone(sizes: Sequence[int]) -> None:
    """Measure each shape by itself."""
    print(f"{'milliseconds of CPU (wall)':32}", *(f"{size:>22,}" for size in sizes))
    worst = dict.fromkeys(sizes, 0.0)
    found = dict.fromkeys(sizes, 0.0)
    with Sandbox([WARM_MODULE]) as sandbox:
        evaluate(sandbox, HONEST)
        for name, shape in SHAPES.items():
            cells = []
            for size in sizes:
                text = shape(size)
                extraction, _ = measured(partial(extract_program, text))
                cpu, wall = measured(partial(whole, sandbox, text))
                found[size], worst[size] = max(found[size], extraction), max(worst[size], cpu)
                cells.append(f"{1000 * extraction:5.0f} {1000 * cpu:6.0f} ({1000 * wall:6.0f})")
            print(f"{name:32}", *(f"{cell:>22}" for cell in cells), flush=True)
    print(f"{'the most of extraction':32}", *(f"{1000 * found[size]:22.0f}" for size in sizes))
    print(f"{'the most of all':32}", *(f"{1000 * worst[size]:22.0f}" for size in sizes))


def whole(sandbox: Sandbox, text: str) -> None:
    """Do all that is done with a completion."""
    result = ItemResult.from_json(evaluate(sandbox, text).to_json())
    page._texts(result)  # noqa: SLF001 - what a page has of one attempt; its frame costs the same for all


def evaluate(sandbox: Sandbox, text: str) -> ItemResult:
    """Evaluate a problem that is answered so."""
    limits = pipeline.limits(SECONDS, 1 << 30)
    return pipeline.evaluate(make_problem(), make_request(), source=Fixed(text), sandbox=sandbox, limits=limits)


def session(size: int) -> None:
    """Run a session of all shapes with an honest item after each, and one of honest items only."""
    texts = {f"nasty-{number:03}": shape(size) for number, shape in enumerate(SHAPES.values())}
    rows = [each for name in texts for each in (row(name), row(name.replace("nasty", "honest")))]
    hosts, walls = [], []
    for nasty in ({}, texts):
        server = ScriptedServer()
        server.default = HONEST
        server.answers = {f"Problem {name}.": text for name, text in nasty.items()}
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            outcomes, host = run(Path(folder), rows, server.url)
            walls.append(time.perf_counter() - start)
            hosts.append(host)
        server.close()
        wrong = {name: outcome for name, outcome in outcomes.items() if "honest" in name and outcome != "correct"}
        assert not wrong, f"verdicts of honest items: {wrong}"
        assert len(outcomes) == len(rows), f"{len(rows) - len(outcomes)} items were not measured"
    per_shape = (hosts[1] - hosts[0]) / len(texts)
    print(
        f"session, {size:,} characters, {len(texts)} shapes: {len(texts)} of {len(texts)} honest items correct; host "
        f"{hosts[1]:.1f} s of CPU ({hosts[0]:.1f} with honest items only, {per_shape:.3f} for each shape), "
        f"wall {walls[1]:.0f} s ({walls[0]:.0f})"
    )


def run(folder: Path, rows: Sequence[dict[str, object]], url: str) -> tuple[dict[str, str], float]:
    """Return how each item ended, and the CPU seconds of pytest's own process."""
    (folder / "set.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    (folder / "test_it.py").write_text(SUITE)
    (folder / "host.py").write_text(PLUGIN)
    given = ["--mathbench-model=m", "--mathbench-problems=set.jsonl", f"--mathbench-base-url={url}"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "host",
        "-p",
        "no:cacheprovider",
        f"--timeout={SECONDS}",
        *given,
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "HOST " in done.stdout, done.stdout + done.stderr
    (results,) = folder.glob(".mathbench/*/results.jsonl")
    read = map(ItemResult.from_json, results.read_text().splitlines())
    return {result.problem.id: str(result.outcome) for result in read}, float(done.stdout.rpartition("HOST ")[2])


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[1 << 12, 1 << 16, 1 << 20, 10 << 20])
    parser.add_argument("--sessions", type=int, nargs="*", default=[1 << 16, 1 << 20])
    options = parser.parse_args()
    if options.sizes:
        alone(options.sizes)
    for size in options.sessions:
        session(size)


if __name__ == "__main__":
    main()
