"""Comparisons a second on one core: strict verdicts in a confined child, beside Math-Verify called in process.

    python benchmarks/grading.py ../shared/data/math500.jsonl

Each reference is compared with itself as a program would print it or in dollars, and with a wrong form of itself.
"""

import argparse
import json
import logging
import os
import time
import warnings
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import math_verify

from pytest_mathbench.grading import child
from pytest_mathbench.grading.grade import WARM_MODULE, grade
from pytest_mathbench.sandbox import Sandbox

ROUNDS = 3


Case = tuple[str, str, str]
"""An output, the reference, the statement."""


def pairs(rows: list[dict[str, str]]) -> list[Case]:
    """Return for each reference an output that is right, and one that is wrong."""
    right = [(f"The answer is: ${row['answer']}$\n", row["answer"], row["problem"]) for row in rows]
    wrong = [(f"{other['answer']}\n", row["answer"], row["problem"]) for row, other in pairwise(rows)]
    return right + wrong


def per_second(compare: Callable[[str, str, str], object], cases: list[Case]) -> float:
    """Return how many cases a second are compared, at best."""
    best = 0.0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for case in cases:
            compare(*case)
        best = max(best, len(cases) / (time.perf_counter() - start))
    return best


def in_process(output: str, reference: str, _: str) -> bool:
    """Compare as Math-Verify's users do, without its time-outs."""
    parsed = [math_verify.parse(text, parsing_timeout=None) for text in (f"${reference}$", output)]
    return bool(math_verify.verify(*parsed, timeout_seconds=None))


def main() -> None:
    """Measure both on one core, in one run, and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("references", type=Path, help="JSON lines with a `problem` and its `answer` each")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cases = pairs([json.loads(line) for line in options.references.read_text(encoding="utf-8").splitlines()])
    child.warm_up()
    with Sandbox((WARM_MODULE,)) as sandbox:
        print(f"{len(cases)} comparisons, best of {ROUNDS} rounds, one core")
        ours = per_second(lambda *case: grade(sandbox, *case), cases)
        theirs = per_second(in_process, cases)
    print(f"strict and lenient, confined  {ours:7.0f} a second")
    print(f"Math-Verify, in process       {theirs:7.0f} a second")
    print(f"ratio                         {ours / theirs:7.2f}")


if __name__ == "__main__":
    main()
