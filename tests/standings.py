"""Attempts whose answers changed as their costs grew, for tests of what is compared at equal cost."""

from collections.abc import Sequence
from typing import Any

from factories import make_completion, make_problem, make_result

from pytest_mathbench.records import Effort, ItemResult, Outcome, Standing

KINDS = {"r": Outcome.CORRECT, "w": Outcome.WRONG, "c": Outcome.CRASHED}


def passed_through(problem: str, tokens: Sequence[int], outcomes: str, *, sample: int = 0, **fields: Any) -> ItemResult:
    """Make an attempt of completions of so many tokens each, and what it would have come to after each.

    A completion takes one request and a second.
    """
    standings = tuple(
        Standing(
            requests=number,
            prompt_tokens=10 * number,
            completion_tokens=sum(tokens[:number]),
            seconds=float(number),
            outcome=KINDS[outcome],
        )
        for number, outcome in enumerate(outcomes, 1)
    )
    effort = Effort(
        requests=len(tokens),
        prompt_tokens=10 * len(tokens),
        completion_tokens=sum(tokens),
        seconds=float(len(tokens)),
        executions=len(tokens),
        ended="nothing found",
        first=standings[0].outcome,
        standings=standings,
    )
    return make_result(standings[-1].outcome, problem=make_problem(id=problem, **fields), sample=sample, effort=effort)


def in_one(problem: str, tokens: int, outcome: str, *, sample: int = 0, **fields: Any) -> ItemResult:
    """Make an attempt of one request."""
    completion = make_completion(completion_tokens=tokens, seconds=1.0)
    return make_result(KINDS[outcome], problem=make_problem(id=problem, **fields), sample=sample, completion=completion)
