"""The decisions on the gates."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from pytest_mathbench.analysis.decisions import ERROR_RATE, MID_P, Decision, Status, overall
from pytest_mathbench.analysis.sequential import Settlement
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.blocks import Block, Chart, Fact, Headline, Item, Listing, Point
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import (
    COUNT,
    FLAG,
    NUMBER,
    RATE,
    TEXT,
    array,
    closed,
    described,
    nullable,
)
from pytest_mathbench.reporting.sections.wording import counted

_MEANING = {
    Status.PASS: "every gate is met",
    Status.FAIL: "a gate is not met",
    Status.INCONCLUSIVE: "what was measured does not decide it",
}
_STATUS = {"enum": list(map(str, Status))}
_SIGNIFICANCE = closed(p_value=RATE, discordant=COUNT, comparisons=COUNT, detectable=nullable(RATE), mid_p=FLAG)
_TRACE = closed(
    gate=TEXT,
    subject=TEXT,
    at=array(COUNT),
    for_pass=array(NUMBER),
    for_fail=array(NUMBER),
    decided=nullable(COUNT),
)
_SETTLEMENT = closed(
    decided=described(nullable(COUNT), "After how many problems of the random order; null if only the whole run did"),
    problems=COUNT,
    attempts=COUNT,
    tokens=COUNT,
    beyond_attempts=described(COUNT, "Made beyond the decision, with their tokens"),
    beyond_tokens=COUNT,
    saved=described(COUNT, "Tokens of the attempts that were not made, at the mean of those that were"),
    traces=described(array(_TRACE), "How the evidence grew, as a share of what is enough"),
)
_GROUND = closed(
    status=_STATUS,
    subject=described(TEXT, "The bucket or measure; empty where it is the run"),
    sentence=TEXT,
    value=described(nullable(NUMBER), "A rate, a difference of rates, seconds, tokens, or a ratio to the baseline"),
    low=nullable(NUMBER),
    high=nullable(NUMBER),
    count=nullable(COUNT),
    run=described(nullable(NUMBER), "What a difference or ratio is of, beside the baseline's"),
    baseline=nullable(NUMBER),
    significance=described(nullable(_SIGNIFICANCE), "Where a drop fails only if it is not chance"),
)


_CAPTION = (
    "The evidence for PASS and for FAIL after each problem of the random order, as a share of what is enough (the "
    "dashed line). A bucket is decided by whichever gets there first"
)


class Gates:
    """What became of each gate, and of all of them; nothing without gates."""

    name, title = "gates", "Gates"
    schema = described(
        nullable(
            closed(
                status=_STATUS,
                decisions=array(closed(status=_STATUS, gate=TEXT, grounds=array(_GROUND), advisory=FLAG)),
                early=described(nullable(_SETTLEMENT), "Null where the gates could be decided at the end only"),
            )
        ),
        "Null where no gate was set",
    )

    def add(self, result: ItemResult) -> None:
        """Take nothing: gates are decided on the attempts of the run and of its baseline."""

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield what all gates come to, then each gate with the numbers that decided."""
        if context.decisions:
            status = overall(context.decisions)
            yield Headline("gates", status, _MEANING[status])
            yield from decision_blocks(context.decisions, context.settlement, context.info.order_seed, context.earlier)
            if context.settlement and context.settlement.traces:
                yield Chart("evidence", _CAPTION, [asdict(each) for each in context.settlement.traces])

    def as_json(self, context: Context) -> object:
        """Return the decisions with their grounds."""
        if not context.decisions:
            return None
        return {
            "status": overall(context.decisions),
            "decisions": [asdict(each) for each in context.decisions],
            "early": asdict(context.settlement) if context.settlement else None,
        }


def decision_blocks(
    decisions: Sequence[Decision],
    settlement: Settlement | None = None,
    seed: int | None = None,
    earlier: Sequence[Sequence[Decision]] = (),
) -> Iterator[Block]:
    """Yield decisions, of this run or of gates that are tried on a recorded one; and when they were made early."""
    status = overall(decisions)
    yield Fact("gates", f"{status}: {_MEANING[status]}")
    if settlement:
        yield Fact("decided", _when(settlement, seed))
    tests = [ground.significance for each in decisions for ground in each.grounds if ground.significance]
    if settlement or tests:
        yield Fact("error rate", f"{ERROR_RATE}; {MID_P}" if any(each.mid_p for each in tests) else ERROR_RATE)
    yield Listing(
        [
            Item(
                each.gate,
                mark=_mark(each),
                details=[ground.sentence for ground in each.grounds],
                trend=_trend(each, earlier),
            )
            for each in decisions
        ]
    )


def _trend(decision: Decision, earlier: Sequence[Sequence[Decision]]) -> list[Point]:
    """Return what became of a gate in earlier runs that had it, and in this one; nothing if none had it."""
    before = [each for decisions in earlier for each in decisions if each.gate == decision.gate]
    return [_point(each) for each in (*before, decision)] if before else []


def _point(decision: Decision) -> Point:
    """Return a decision with its value, if it is about one thing."""
    value = decision.grounds[0].value if len(decision.grounds) == 1 else None
    return Point(decision.status, value)


def _mark(decision: Decision) -> str:
    return f"({decision.status})" if decision.advisory else decision.status


def _when(settlement: Settlement, seed: int | None) -> str:
    """Say how much of the run decided, and what that saved."""
    of = f"{settlement.problems:,} problems in the random order of seed {seed}"
    if settlement.decided is None:
        return f"by the whole run: no beginning of its {of} was enough"
    beyond = counted(settlement.beyond_attempts, "attempt")
    return (
        f"early, by the first {settlement.decided:,} of {of} ({settlement.share:.0%}): "
        f"{counted(settlement.attempts, 'attempt')}, {settlement.tokens:,} tokens; {beyond} and "
        f"{settlement.beyond_tokens:,} tokens were made beyond; about {settlement.saved:,} tokens were saved"
    )
