"""Comparisons on one core: strict and lenient verdicts in a confined child, beside Math-Verify called in process.

    python benchmarks/grading.py [REFERENCES.jsonl]

Each reference, by default of the bundled problems, is compared with itself as a program would print it or in dollars,
and with a wrong form of itself; a round is a hundred of these.
"""

import argparse
import itertools
import json
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import math_verify
from harness import Measure, Row, milliseconds, show

from pytest_mathbench.grading import child
from pytest_mathbench.grading.grade import WARM_MODULE, grade
from pytest_mathbench.problems import load
from pytest_mathbench.sandbox import Sandbox

COMPARISONS = 100

Case = tuple[str, str, str]
"""An output, the reference, the statement."""


def pairs(rows: Sequence[Case]) -> list[Case]:
    """Return for each reference, with its statement, an output that is right, and one that is wrong."""
    right = [(f"The answer is: ${answer}$\n", answer, statement) for _, answer, statement in rows]
    wrong = [(f"{other}\n", answer, statement) for (_, other, _), (_, answer, statement) in pairwise(rows)]
    return [case for pair in itertools.zip_longest(right, wrong) for case in pair if case]


def in_process(output: str, reference: str, _: str) -> bool:
    """Compare as Math-Verify's users do, without its time-outs."""
    parsed = [math_verify.parse(text, parsing_timeout=None) for text in (f"${reference}$", output)]
    return bool(math_verify.verify(*parsed, timeout_seconds=None))


def bundled() -> list[Case]:
    """Return the bundled references with their statements."""
    return [("", problem.answer, problem.statement) for problem in load("").problems]


@contextmanager
def beside_math_verify(rows: Sequence[Case] = ()) -> Iterator[tuple[Measure, Measure]]:
    """Measure both on one core, of the same comparisons in each round."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    ours, theirs = (itertools.cycle(pairs(rows or bundled())) for _ in range(2))
    child.warm_up()
    try:
        with Sandbox((WARM_MODULE,)) as sandbox:
            yield (
                milliseconds(lambda: [grade(sandbox, *case) for case in itertools.islice(ours, COMPARISONS)]),
                milliseconds(lambda: [in_process(*case) for case in itertools.islice(theirs, COMPARISONS)]),
            )
    finally:
        os.sched_setaffinity(0, cores)
        logging.disable(logging.NOTSET)


ROWS = [Row("grading.hundred", "a hundred comparisons", "ms", "Math-Verify", beside_math_verify, 19)]


def main() -> None:
    """Measure both, and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("references", type=Path, nargs="?", help="JSON lines with a `problem` and its `answer` each")
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    rows: list[Case] = []
    if options.references:
        lines = options.references.read_text(encoding="utf-8").splitlines()
        rows = [("", row["answer"], row["problem"]) for row in map(json.loads, lines)]
    (row,) = ROWS
    show([Row(row.name, row.what, row.unit, row.peer, lambda: beside_math_verify(rows), row.rounds)], options.rounds)


if __name__ == "__main__":
    main()
