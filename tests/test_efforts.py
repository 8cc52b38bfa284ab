"""What a strategy did is added up: by trigger, and from first completion to answer."""

from typing import Any

from pytest_mathbench.analysis.efforts import Efforts, Regenerated
from pytest_mathbench.records import Effort, Outcome, Regeneration

RIGHT, WRONG, CRASHED = Outcome.CORRECT, Outcome.WRONG, Outcome.CRASHED


def step(outcome: Outcome | None, trigger: str = "verdict") -> Regeneration:
    """Make a regeneration with this outcome; None for a repeat."""
    return Regeneration(
        trigger=trigger,
        detail="",
        position=0,
        before="",
        after="",
        tokens_before=1,
        tokens_after=1,
        repeat=outcome is None,
        outcome=outcome,
    )


def effort(*steps: Regeneration, first: Outcome = WRONG, **fields: Any) -> Effort:
    """Make an effort of these steps."""
    costs = {"requests": 2, "prompt_tokens": 3, "completion_tokens": 4, "seconds": 1.0, "executions": 1}
    return Effort(**(costs | fields), ended="nothing found", first=first, regenerations=steps)


def test_a_trigger_is_credited_with_what_its_regenerations_did() -> None:
    """Each step is held against the version before it: a repeat changes nothing."""
    efforts = Efforts()
    efforts.add(effort(step(CRASHED, "syntax"), step(None), step(RIGHT), step(WRONG, "margin"), first=CRASHED), WRONG)
    assert {
        "syntax": Regenerated(1, 0, 0, 0),
        "verdict": Regenerated(2, 1, 0, 1),
        "margin": Regenerated(1, 0, 1, 0),
    } == efforts.triggers
    assert (1, 1, 0, 0) == (efforts.attempts, efforts.regenerated, efforts.mended, efforts.broke)


def test_attempts_are_counted_from_first_to_last() -> None:
    """An attempt is mended if its first completion was wrong and its answer is right; broken the other way round."""
    efforts = Efforts()
    for first, last in ((WRONG, RIGHT), (RIGHT, WRONG), (RIGHT, RIGHT), (CRASHED, WRONG)):
        efforts.add(effort(step(last), first=first), last)
    efforts.add(effort(first=RIGHT), None)
    assert (5, 4, 1, 1, 10, 5) == (
        efforts.attempts,
        efforts.regenerated,
        efforts.mended,
        efforts.broke,
        efforts.requests,
        efforts.executions,
    )
    assert {"nothing found": 5} == efforts.ended
