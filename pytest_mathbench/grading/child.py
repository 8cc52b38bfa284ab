"""What a confined child answers: one question a line, one verdict a line."""

import json
import sys
import warnings

from pytest_mathbench.grading.equivalence import check, decide
from pytest_mathbench.grading.leniency import decide_leniently


def warm_up() -> None:
    """Fill the grammar's and sympy's caches, once, before the first fork."""
    warnings.simplefilter("ignore")
    for output, reference in (
        ("sqrt(2)/2", r"\frac{\sqrt{2}}{2}"),
        ("x**2 + 2*x + 1", "(x+1)^2"),
        ("1.41421356", r"\sqrt{2}"),
        ("(5 < x) & (x < oo)", r"(5,\infty)"),
    ):
        decide(output, reference)
        decide_leniently(f"so it is {output}", reference)


def serve() -> None:
    """Answer until the input ends: `{"strict"|"lenient": output, "reference"}`, or `{"check": reference}`."""
    for line in sys.stdin:
        question = json.loads(line)
        if "check" in question:
            verdict: object = check(question["check"])
        elif "strict" in question:
            verdict = decide(question["strict"], question["reference"])
        else:
            verdict = decide_leniently(question["lenient"], question["reference"])
        print(json.dumps(verdict), flush=True)  # noqa: T201 - that is how it answers
