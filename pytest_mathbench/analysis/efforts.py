"""What a strategy of several requests did, and what that cost."""

from collections import Counter
from dataclasses import dataclass, field

from pytest_mathbench.records import ItemResult, Outcome


@dataclass(frozen=True, slots=True)
class Regenerated:
    """Regenerations for one trigger: how many, how many made a wrong completion right, and a right one wrong."""

    times: int = 0
    mended: int = 0
    broke: int = 0
    repeats: int = 0

    def __add__(self, other: "Regenerated") -> "Regenerated":
        """Add counts."""
        return Regenerated(
            self.times + other.times,
            self.mended + other.mended,
            self.broke + other.broke,
            self.repeats + other.repeats,
        )


@dataclass(slots=True)
class EffortTally:
    """The sum of all attempts' efforts; `mended` and `broke` count attempts, from first completion to answer.

    `followed` attempts have standings: of them it is counted how many were right at first and in the end, and how many
    completion tokens that took.
    """

    attempts: int = 0
    regenerated: int = 0
    mended: int = 0
    broke: int = 0
    requests: int = 0
    executions: int = 0
    followed: int = 0
    first_correct: int = 0
    first_tokens: int = 0
    correct: int = 0
    tokens: int = 0
    triggers: dict[str, Regenerated] = field(default_factory=dict)
    ended: Counter[str] = field(default_factory=Counter)

    def add(self, result: ItemResult) -> None:
        """Count a measured attempt; one that a single request made counts nowhere."""
        effort, outcome = result.effort, result.outcome
        if effort is None or outcome is None:
            return
        self.attempts += 1
        self.regenerated += bool(effort.regenerations)
        self.requests += effort.requests
        self.executions += effort.executions
        if effort.ended:
            self.ended[effort.ended] += 1
        if effort.first is not None:
            change = _change(effort.first, outcome)
            self.mended += change > 0
            self.broke += change < 0
        if effort.standings:
            first = effort.standings[0]
            self.followed += 1
            self.first_correct += first.outcome == Outcome.CORRECT
            self.first_tokens += first.completion_tokens
            self.correct += outcome == Outcome.CORRECT
            self.tokens += effort.completion_tokens
        before = effort.first
        for each in effort.regenerations:
            is_new = each.outcome is not None  # and no repeat, nor a step within one completion
            change = _change(before, each.outcome) if is_new else 0
            counted = Regenerated(1, int(change > 0), int(change < 0), int(each.repeat))
            self.triggers[each.trigger] = self.triggers.get(each.trigger, Regenerated()) + counted
            before = each.outcome if is_new else before


def _change(before: Outcome | None, after: Outcome | None) -> int:
    return (after == Outcome.CORRECT) - (before == Outcome.CORRECT)
