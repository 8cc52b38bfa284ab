"""How large the page of a recorded run is, how long it takes to make, and to open in Chromium.

    python benchmarks/page.py RUN [COUNT …]

The run's results are repeated under other ids until there are so many (its own number, 945, 12,500). Its texts repeat
only between blocks that are compressed apart, so repeating makes a page no smaller.
"""

import itertools
import resource
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import sync_playwright

from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.reporting.page import render
from pytest_mathbench.reporting.report import report
from pytest_mathbench.reporting.sections.section import Context

OPENED = 5


def main() -> None:
    """Print a line for each number of results."""
    run = RecordedRun.find(sys.argv[1], Path(".mathbench"), print)
    own = list(run.results())
    counts = [int(count) for count in sys.argv[2:]] or [len(own), 945, 12_500]
    print(f"{'results':>8} {'page, MB':>9} {'made in, s':>11} {'opens in, ms (median of ' + str(OPENED) + ')':>30}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for count in counts:
            results = [
                replace(result, problem=replace(result.problem, id=f"{result.problem.id}-{number}"))
                for number, result in enumerate(itertools.islice(itertools.cycle(own), count))
            ]
            start = time.perf_counter()
            text = render(report(results), Context(run.info), results)
            made = time.perf_counter() - start
            path = Path(folder) / "page.html"
            path.write_text(text, encoding="utf-8")
            times = []
            for _ in range(OPENED):
                page = browser.new_context().new_page()
                start = time.perf_counter()
                page.goto(path.as_uri())
                page.locator("html[data-ready]").wait_for(state="attached")
                times.append(1000 * (time.perf_counter() - start))
                page.context.close()
            print(
                f"{count:8} {len(text.encode()) / 1e6:9.2f} {made:11.2f} {statistics.median(times):30.0f}", flush=True
            )
        browser.close()
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
