"""How large the page of a recorded run is, how long it takes to make, and to open in Chromium.

    python benchmarks/page.py [--run RUN] [--sizes 945x1 12500x16]

The run's results (of the newest in .mathbench, unless one is named) are repeated under other ids, until there are so
many problems with so many samples. Texts repeat only between blocks that are compressed apart, so repeating makes a
page no smaller. Beside each page stands what its report takes, by CPU time, and the most memory that was held.
"""

import argparse
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.page import render
from pytest_mathbench.reporting.report import report
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.settings import LATEST

OPENED = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default=LATEST)
    parser.add_argument("--sizes", nargs="+", default=["945x1", "12500x1", "12500x16"])
    options = parser.parse_args(arguments)
    run = RecordedRun.find(options.run, Path(".mathbench"), print)
    own = list(run.results())
    heads = ("attempts", "page, MB", "report, s", "page, s", "page, ms each", "opens in, ms", "memory, MiB")
    print("".join(f"{head:>15}" for head in heads))
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for size in options.sizes:
            problems, samples = map(int, size.split("x"))
            row = measure(run.info, own, (problems, samples), browser, Path(folder, "page.html"))
            print("".join(f"{figure:>15}" for figure in row), flush=True)
        browser.close()


def measure(info: RunInfo, own: Sequence[ItemResult], size: tuple[int, int], browser: Browser, path: Path) -> list[str]:
    """Return a row: how many attempts, and what their page is like."""
    problems, samples = size
    start = time.process_time()
    made = report(results(own, problems, samples))
    reported = time.process_time() - start
    start = time.process_time()
    with path.open("w", encoding="utf-8") as file:
        file.writelines(render(made, Context(info), results(own, problems, samples)))
    written = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        f"{problems * samples:,}",
        f"{path.stat().st_size / 1e6:.2f}",
        f"{reported:.1f}",
        f"{written:.1f}",
        f"{1000 * written / (problems * samples):.3f}",
        f"{statistics.median(opening(browser, path) for _ in range(OPENED)):.0f}",
        f"{memory:.0f}",
    ]


def opening(browser: Browser, path: Path) -> float:
    """Return how many milliseconds a page takes to open, its list and charts drawn."""
    page = browser.new_context().new_page()
    start = time.perf_counter()
    page.goto(path.as_uri())
    page.locator("html[data-ready]").wait_for(state="attached")
    took = 1000 * (time.perf_counter() - start)
    page.context.close()
    return took


def results(own: Sequence[ItemResult], problems: int, samples: int) -> Iterator[ItemResult]:
    """Yield so many problems' attempts, one result after the other, none of them kept."""
    for number in range(problems):
        for sample in range(samples):
            one = own[(number + sample * 7) % len(own)]
            yield replace(one, problem=replace(own[number % len(own)].problem, id=f"problem-{number}"), sample=sample)


if __name__ == "__main__":
    main()
