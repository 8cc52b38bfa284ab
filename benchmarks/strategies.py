"""Every strategy on the same problems on a real server: a run each, then all of them compared at equal cost.

    python benchmarks/strategies.py URL MODEL FOLDER [STRATEGY...] [--easy 18] [--hard 3] [-- PYTEST-ARGUMENTS]

A strategy is a name, with triggers if they are not the default ones: `regenerate:names,verdict`. FOLDER gets the
problems, so many from each cell of levels 1 to 3 and of levels 4 and 5, and a folder for each strategy, which holds its
run. Killed and started again with the same arguments, it passes over what is finished and resumes what is not.

Every run takes from those before it what they asked for already: the first completions above all, so that strategies
are told apart by what they do with them. So the first should be one that asks for tokens; `single` then costs nothing.
The API key is read as pytest reads it (--mathbench-api-key-env).
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from pytest_mathbench.cli import main as main_of_mathbench
from pytest_mathbench.problems import load, select
from pytest_mathbench.recording.recorded import RUN, RecordedRun

STRATEGIES = ("regenerate", "single", "resample", "random", "repair", "agree")
EASY, HARD = (1, 2, 3), (4, 5)


def write_problems(path: Path, easy: int, hard: int, seed: int) -> int:
    """Write so many bundled problems of each cell, drawn by the seed; return how many there are in all.

    Raises `SystemExit` if the file holds other problems: runs of them are not to be mixed with new ones.
    """
    wanted = [(levels, count) for levels, count in ((EASY, easy), (HARD, hard)) if count]
    parts = [select(load(), levels=levels, per_cell=count, seed=seed) for levels, count in wanted]
    rows = [
        {"problem" if name == "statement" else name: value for name, value in json.loads(problem.to_json()).items()}
        for part in parts
        for problem in part.problems
    ]
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    if path.exists() and path.read_text() != text:
        raise SystemExit(f"{path} holds other problems: name another folder, or give the numbers and the seed as then")
    path.write_text(text)
    return len(rows)


def run_of(folder: Path) -> Path | None:
    """Return the one run in a strategy's folder; None if it was not begun."""
    return next((path.parent for path in sorted(folder.glob(f"*/{RUN}"))), None)


def measured(run: Path | None) -> int:
    """Return how many attempts have an outcome."""
    return len(RecordedRun.open(run, warn=print).measured_attempts) if run else 0


def measure(name: str, options: argparse.Namespace, problems: int, runs: list[Path]) -> Path:
    """Make the run of one strategy, or go on with it; return its folder. Raises `SystemExit` if it is not whole."""
    strategy, _, triggers = name.partition(":")
    folder = options.folder / name.replace(":", "-").replace(",", "+")
    before, start = run_of(folder), time.monotonic()
    if measured(before) < problems * options.samples:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header"]
        given = {
            "model": options.model,
            "base-url": options.url,
            "problems": options.folder / "problems.jsonl",
            "output": folder,
            "strategy": strategy,
            "triggers": triggers,
            "samples": options.samples,
            "temperature": options.temperature,
            "max-tokens": options.max_tokens,
            "token-budget": options.token_budget,
            "regenerations": options.regenerations,
            "concurrency": options.concurrency,
            "resume": before.absolute() if before else "",
            "reuse": ",".join(str(run.absolute()) for run in runs),
        }
        command += [f"--mathbench-{option}={value}" for option, value in given.items() if value != ""]
        print(f"== {name}: {measured(before)} of {problems} before", flush=True)
        subprocess.run([*command, "--timeout=10", *options.arguments], check=False)
    run = run_of(folder)
    if run is None or measured(run) < problems * options.samples:
        raise SystemExit(f"{name}: {measured(run)} of {problems} measured; start this again to go on")
    outcomes = Counter(str(result.outcome) for result in RecordedRun.open(run, warn=print).results())
    print(f"== {name}: {run}, {dict(outcomes)}, {time.monotonic() - start:.0f} s", flush=True)
    return run


def main() -> None:
    """Run what is not there, then compare."""
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("model")
    parser.add_argument("folder", type=Path)
    parser.add_argument("strategies", nargs="*", default=STRATEGIES)
    parser.add_argument("--easy", type=int, default=18, help="problems of each cell of levels 1 to 3")
    parser.add_argument("--hard", type=int, default=3, help="problems of each cell of levels 4 and 5")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing of problems")
    parser.add_argument("--samples", type=int, default=1)
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--max-tokens", type=int, default=512)
    parser.add_argument("--token-budget", type=int, default=2048, help="of an attempt, with all that is thrown away")
    parser.add_argument("--regenerations", type=int, default=64, help="so many that the tokens bind")
    parser.add_argument("--concurrency", type=int, default=16)
    options = parser.parse_args(sys.argv[1:end])
    options.arguments = sys.argv[end + 1 :]
    options.folder.mkdir(parents=True, exist_ok=True)
    count = write_problems(options.folder / "problems.jsonl", options.easy, options.hard, options.seed)
    (options.folder / "arguments.json").write_text(json.dumps(vars(options), default=os.fspath, indent=2) + "\n")
    print(f"{count} problems; {', '.join(options.strategies)}", flush=True)
    runs: list[Path] = []
    for name in options.strategies:
        runs.append(measure(name, options, count, runs))
    single = [run for name, run in zip(options.strategies, runs, strict=True) if name == "single"]
    ordered = single + [run for run in runs if run not in single]
    main_of_mathbench(["compare", *map(str, ordered), "--at-cost"])


if __name__ == "__main__":
    main()
