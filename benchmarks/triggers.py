"""How often a program that a trigger flags is one that fails, and how many of those that fail it flags.

    python benchmarks/triggers.py PROGRAMS.jsonl [--limit N]      rows with `code`: real models' programs
    python benchmarks/triggers.py RUN/completions.jsonl           a recorded run, with its tokens if it has them

Each program is run in the sandbox, and fails if it does not end well. Triggers look at it without running it; the
verdict, which runs it, is what they are measured by. Prints, for each, how many are flagged, precision with its 95 %
interval, recall, and milliseconds of CPU time for a program, the sandbox's child and ours.
"""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pytest_mathbench.analysis.intervals import wilson
from pytest_mathbench.execution import Ending
from pytest_mathbench.extraction import extract
from pytest_mathbench.inspection.inspector import Inspector, Triggers
from pytest_mathbench.inspection.lookup import NAMES_MODULE
from pytest_mathbench.pipeline import limits
from pytest_mathbench.recording.completions import Entry
from pytest_mathbench.records import Completion
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.settings import PRELOAD

TRIGGERS = {
    "syntax": ("syntax",),
    "names": ("names",),
    "syntax or names": ("syntax", "names"),
    "margin < 0.05": ("margin",),
    "entropy > 1.5": ("entropy",),
}
NAMED = ("NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError", "AttributeError")


def completions(path: Path) -> Iterator[Completion]:
    """Yield the completions that hold a program."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "code" in row:
            yield Completion(
                text=f"```python\n{row['code']}\n```",
                finish_reason="stop",
                prompt_tokens=0,
                completion_tokens=0,
                queued_seconds=0.0,
                seconds=0.0,
            )
        elif extract((completion := Entry.from_json(line).completion).text):
            yield completion


def childs(sandbox: Sandbox) -> float:
    """Return the CPU time, in seconds, of all children that the warm processes have or had."""
    ticks = 0
    for zygote in {process.pid for process in (sandbox.light, sandbox.full)} - {0}:
        living = Path(f"/proc/{zygote}/task/{zygote}/children").read_text(encoding="ascii").split()
        ticks += sum(sum(_ticks(child)[:2]) for child in living) + sum(_ticks(str(zygote))[2:])
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: str) -> list[int]:
    """Return utime, stime, cutime and cstime (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return [int(each) for each in fields[11:15]]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    chosen = list(completions(options.path))[: options.limit]
    with Sandbox((*PRELOAD, NAMES_MODULE)) as sandbox:
        runs = [Inspector(sandbox, limits(5.0, 1 << 30), Triggers((), 0, 0)).trial(each).execution for each in chosen]
        failed = [run is None or run.ending != Ending.FINISHED for run in runs]
        named = [run is not None and run.detail.startswith(NAMED) for run in runs]
        kinds = Counter(run.detail.partition(":")[0] for run in runs if run and run.ending == Ending.EXCEPTION)
        print(f"{len(chosen)} programs, {sum(failed)} fail: {dict(kinds.most_common(8))}")
        print("| trigger | flagged | of these fail (95 %) | of all that fail | of those that fail for a name | ms |")
        print("|---|---|---|---|---|---|")
        for title, names in TRIGGERS.items():
            inspector = Inspector(sandbox, limits(5.0, 1 << 30), Triggers(names, margin=0.05, entropy=1.5))
            inspector.inspect(chosen[0], 0)  # a child that is asked is there
            before, ours = childs(sandbox), time.process_time()
            flagged = [inspector.inspect(each, 0) is not None for each in chosen]
            cost = 1000 * (childs(sandbox) - before + time.process_time() - ours) / len(chosen)
            if not any(flagged):
                continue
            right = sum(one and other for one, other in zip(flagged, failed, strict=True))
            for_a_name = sum(one and other for one, other in zip(flagged, named, strict=True))
            low, high = wilson(right, sum(flagged))
            print(
                f"| `{title}` | {sum(flagged)} | {100 * right / sum(flagged):.1f} % ({100 * low:.1f} to "
                f"{100 * high:.1f}) | {100 * right / max(1, sum(failed)):.1f} % "
                f"| {100 * for_a_name / max(1, sum(named)):.1f} % | {cost:.1f} |"
            )


if __name__ == "__main__":
    main()
