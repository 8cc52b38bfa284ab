"""What a strategy did is added up: by trigger, and from first completion to answer."""

from collections.abc import Sequence
from typing import Any

import pytest
from factories import make_fault, make_result
from standings import passed_through

from pytest_mathbench.analysis.efforts import EffortTally, Regenerated
from pytest_mathbench.records import Effort, ItemResult, Outcome, Regeneration

RIGHT, WRONG, CRASHED = Outcome.CORRECT, Outcome.WRONG, Outcome.CRASHED


def step(outcome: Outcome | None, trigger: str = "verdict") -> Regeneration:
    """Make a regeneration with this outcome; None for a repeat."""
    return Regeneration(
        trigger=trigger, detail="", position=0, before="", after="", tokens_before=1, tokens_after=1,
        repeat=outcome is None, outcome=outcome,
    )  # fmt: skip


def attempt(answer: Outcome, *steps: Regeneration, first: Outcome | None = WRONG, **fields: Any) -> ItemResult:
    """Make an attempt of these steps."""
    costs = {"requests": 2, "prompt_tokens": 3, "completion_tokens": 4, "seconds": 1.0, "executions": 1}
    effort = Effort(**{"ended": "nothing found", **costs, **fields}, first=first, regenerations=steps)
    return make_result(answer, effort=effort)


def tally(results: Sequence[ItemResult]) -> EffortTally:
    """Add results up."""
    found = EffortTally()
    for result in results:
        found.add(result)
    return found


def test_a_trigger_is_credited_with_what_its_regenerations_did() -> None:
    """Each step is held against the version before it: a repeat changes nothing."""
    steps = (step(CRASHED, "syntax"), step(None), step(RIGHT), step(WRONG, "margin"))
    assert {
        "syntax": Regenerated(1, 0, 0, 0),
        "verdict": Regenerated(2, 1, 0, 1),
        "margin": Regenerated(1, 0, 1, 0),
    } == tally([attempt(WRONG, *steps, first=CRASHED)]).triggers


@pytest.mark.parametrize(
    ("first", "last", "mended", "broke"),
    [
        (WRONG, RIGHT, 1, 0),
        (CRASHED, RIGHT, 1, 0),
        (RIGHT, WRONG, 0, 1),
        (RIGHT, RIGHT, 0, 0),
        (CRASHED, WRONG, 0, 0),
        (None, RIGHT, 0, 0),
    ],
)
def test_an_attempt_is_held_against_its_first_completion(
    first: Outcome | None, last: Outcome, mended: int, broke: int
) -> None:
    """It is mended if that was wrong and its answer is right; broken the other way round."""
    found = tally([attempt(last, step(last), first=first)])
    assert mended == found.mended
    assert broke == found.broke


def test_costs_and_ends_are_added_up() -> None:
    """Requests and executions of all attempts; how many were regenerated at all; why each ended."""
    found = tally([attempt(RIGHT, step(RIGHT)), attempt(WRONG, ended="the budget", requests=5, executions=0)])
    assert 2 == found.attempts
    assert 1 == found.regenerated
    assert 7 == found.requests
    assert 1 == found.executions
    assert {"nothing found": 1, "the budget": 1} == found.ended


def test_only_measured_efforts_count() -> None:
    """One request is no effort, and what was not measured has no outcome to hold against."""
    effort = attempt(RIGHT).effort
    assert 0 == tally([make_result(), make_fault(effort=effort)]).attempts


def test_what_was_right_at_first_and_in_the_end_is_held_against_the_tokens() -> None:
    """Of attempts whose standings are known; others count for nothing here."""
    found = tally([passed_through("a", [10, 20], "cr"), passed_through("b", [10], "r"), attempt(RIGHT)])
    assert (2, 1, 2) == (found.followed, found.first_correct, found.correct)
    assert (20, 40) == (found.first_tokens, found.tokens)
