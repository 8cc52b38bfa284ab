"""What a confined child answers: one question a line, one verdict a line."""

import json
import sys

from pytest_mathbench.answers import AnswerType
from pytest_mathbench.grading.equivalence import check, decide, decide_leniently


def warm_up() -> None:
    """Load what a comparison needs, once, before the first fork."""
    for output, reference in (
        ("sqrt(2)/2", r"\frac{\sqrt{2}}{2}"),
        ("x**2 + 2*x + 1", "(x+1)^2"),
        ("1.41421356", r"\sqrt{2}"),
        ("3*pi", r"\pi+2\pi"),
        ("exp(2) - 1", "e^2-1+0"),
        ("log(7)/log(2)", r"\log_2 7"),
        ("(5 < x) & (x < oo)", r"(5,\infty)"),
    ):
        decide(output, reference)
        decide_leniently(f"so it is {output}", reference)


def serve() -> None:
    """Answer until the input ends.

    A question is `{"strict"|"lenient": output, "reference", "statement", "kind"}`, or `{"check": reference, …}`.
    """
    for line in sys.stdin:
        question = json.loads(line)
        kind = AnswerType(question["kind"]) if question["kind"] else None
        if "check" in question:
            verdict: object = check(question["check"], question["statement"], kind)
        elif "strict" in question:
            verdict = decide(question["strict"], question["reference"], question["statement"], kind)
        else:
            verdict = decide_leniently(question["lenient"], question["reference"], question["statement"], kind)
        print(json.dumps(verdict), flush=True)  # noqa: T201 - that is how it answers
