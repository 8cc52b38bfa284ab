"""Gates that decide early, on what a real model's programs do: unchanged runs, and the same model with damage.

    python benchmarks/real_pairs.py PROGRAMS.jsonl [--trials 10000] [--margin 10]

PROGRAMS.jsonl has several programs of one model for each problem ("problem_id", "answer", "code"). Each is extracted,
run and graded by the pipeline. A trial deals the samples of each problem to a baseline and a run, half each, in a
random order of the problems; an unchanged run differs from its baseline by sampling noise alone. Damage is done to the
run's programs, which are run and graded again: cut off after so many characters, as by a smaller token limit, or
without their imports. Decided is "overall no worse than baseline by more than the margin"; what is not decided early is
decided by the full run's test, at what is left of 5 %.
"""

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from pytest_mathbench import settle_no_worse
from pytest_mathbench.analysis.betting import EARLY
from pytest_mathbench.analysis.statistics import worse_by_permutation
from pytest_mathbench.answers import infer
from pytest_mathbench.bites import LIMITS, written
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.pipeline import evaluate
from pytest_mathbench.records import Outcome, Problem, Prompt, Request, Sampling
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.settings import PRELOAD

DAMAGE: dict[str, Callable[[str], str]] = {
    "unchanged": lambda code: code,
    "cut off after 600 characters": lambda code: code[:600],
    "cut off after 400 characters": lambda code: code[:400],
    "cut off after 200 characters": lambda code: code[:200],
    "imports lost": lambda code: "\n".join(line for line in code.splitlines() if "import" not in line),
}
REQUEST = Request(prompt=Prompt(user=""), sampling=Sampling())


def outcomes(rows: Sequence[dict[str, Any]], damage: Callable[[str], str], sandbox: Sandbox) -> list[bool]:
    """Return whether each program is right once the damage is done to it."""

    def is_right(row: dict[str, Any]) -> bool:
        kind = infer(row["answer"], "")
        problem = Problem(
            id=row["problem_id"], domain="", level=1, statement="", answer=row["answer"], answer_type=kind
        )
        result = evaluate(problem, REQUEST, source=written(damage(row["code"])), sandbox=sandbox, limits=LIMITS)
        return result.outcome == Outcome.CORRECT

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return list(pool.map(is_right, rows))


def main() -> None:
    """Run every program, deal the samples, and print a line for each damage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", type=Path)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--margin", type=float, default=10.0, help="in points")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.programs.read_text(encoding="utf-8").splitlines()]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row["problem_id"]].append(place)
    samples = min(map(len, places.values())) // 2 * 2
    deal = np.array([chosen[:samples] for chosen in places.values()])
    print(f"{len(deal)} problems, {samples // 2} samples on either side, margin {options.margin:g} points")
    generator = np.random.default_rng(1)
    right: dict[str, Any] = {}
    with Sandbox((*PRELOAD, WARM_MODULE)) as sandbox:
        for name, damage in DAMAGE.items():
            print(f"running the programs: {name} ...", file=sys.stderr, flush=True)
            right[name] = np.array(outcomes(rows, damage, sandbox))
    heads = ("passed early", "failed early", "failed in all", "problems used")
    print(f"{'run':30} {'rate':>6}", *(f"{head:>13}" for head in heads))
    for name, run in right.items():
        shares = decided(right["unchanged"], run, deal, options, generator)
        print(f"{name:30} {run.mean():6.1%}", *(f"{share:13.2%}" for share in shares), flush=True)


def decided(
    before: Any, after: Any, deal: Any, options: argparse.Namespace, generator: np.random.Generator
) -> tuple[float, float, float, float]:
    """Return the shares of trials that passed early, failed early and failed at all, and of the problems used."""
    passed = failed = failed_in_full = used = 0
    half = deal.shape[1] // 2
    for _ in range(options.trials):
        order = generator.permuted(generator.permuted(deal, axis=1), axis=0)
        first, second = before[order[:, :half]], after[order[:, half : 2 * half]]
        differences = second.mean(axis=1) - first.mean(axis=1)
        found = settle_no_worse(differences, options.margin / 100)
        by_pass, by_fail = int(found.passed) or len(deal) + 1, int(found.failed) or len(deal) + 1
        if min(by_pass, by_fail) <= len(deal):
            passed += by_pass <= by_fail
            failed += by_fail < by_pass
        elif differences.mean() < -options.margin / 100:
            counts = zip(first.sum(axis=1), second.sum(axis=1), strict=True)
            p = worse_by_permutation([(int(one), half, int(other), half) for one, other in counts])
            failed_in_full += p <= 0.05 - EARLY
        used += min(by_pass, by_fail, len(deal))
    trials = options.trials
    return passed / trials, failed / trials, (failed + failed_in_full) / trials, used / trials / len(deal)


if __name__ == "__main__":
    main()
