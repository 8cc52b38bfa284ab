"""What a strategy of several requests did, and whether that helped."""

from collections.abc import Iterator
from dataclasses import asdict

from pytest_mathbench.analysis.efforts import EffortTally
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.blocks import Block, Fact, Table
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import COUNT, closed, described, mapping, nullable
from pytest_mathbench.reporting.sections.wording import counted, percent


class Strategy:
    """What the strategy did for all attempts together; nothing where a completion is one request."""

    name, title = "strategy", "Strategy"
    schema = described(
        nullable(
            closed(
                attempts=COUNT,
                requests=COUNT,
                executions=COUNT,
                regenerated=COUNT,
                mended=COUNT,
                broke=COUNT,
                followed=COUNT,
                first_correct=COUNT,
                first_tokens=COUNT,
                correct=COUNT,
                tokens=COUNT,
                triggers=mapping(closed(times=COUNT, mended=COUNT, broke=COUNT, repeats=COUNT)),
                ended=mapping(COUNT),
            )
        ),
        "Null where a completion is made in one request. Mended and broke count attempts from first completion to "
        "answer, and by trigger each regeneration. Of the attempts whose standings are known (followed), how many were "
        "right with the first completion and in the end, and the completion tokens of either",
    )

    def __init__(self) -> None:
        self._efforts = EffortTally()

    def add(self, result: ItemResult) -> None:
        """Count a measured attempt that a strategy has made."""
        self._efforts.add(result)

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield what it cost and changed, what each trigger did, and why attempts ended."""
        efforts = self._efforts
        if not efforts.attempts:
            return
        yield Fact(
            "strategy",
            f"{counted(efforts.requests, 'request')} and {counted(efforts.executions, 'execution')} for "
            f"{counted(efforts.attempts, 'attempt')}; "
            f"{efforts.regenerated} regenerated, of which {efforts.mended} became right and {efforts.broke} wrong",
        )
        if efforts.first_tokens:
            yield Fact(
                "what that bought",
                f"{percent(efforts.first_correct / efforts.followed)} right with the first completions, "
                f"{percent(efforts.correct / efforts.followed)} in the end, at "
                f"{efforts.tokens / efforts.first_tokens:.2f}x the tokens",
            )
        if efforts.triggers:
            yield Table(
                ["regenerations", "times", "mended", "broke", "repeats"],
                [
                    [trigger, str(each.times), str(each.mended), str(each.broke), str(each.repeats)]
                    for trigger, each in sorted(efforts.triggers.items())
                ],
            )
        if efforts.ended:
            yield Fact("ended by", ", ".join(f"{why} {count}" for why, count in efforts.ended.most_common()))

    def as_json(self, context: Context) -> object:
        """Return the same, and null without a strategy."""
        if not self._efforts.attempts:
            return None
        return {**asdict(self._efforts), "ended": dict(self._efforts.ended.most_common())}
