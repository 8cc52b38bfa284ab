"""Bundled problems beside fresh ones of the same families."""

from collections.abc import Iterator

from pytest_mathbench.analysis.contamination import FamilyTally, Gap
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.blocks import Block, Fact
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import (
    COUNT,
    DIFFERENCE,
    SCORE,
    closed,
    described,
    difference,
    nullable,
    score,
)
from pytest_mathbench.reporting.sections.wording import counted, interval, points, rate


class Contamination:
    """How fresh problems went beside the bundled ones, where both were measured."""

    name, title = "contamination", "Contamination"
    schema = described(
        nullable(closed(families=COUNT, bundled=SCORE, fresh=SCORE, difference=DIFFERENCE)),
        "Null unless bundled and fresh problems of a family were measured. The difference is fresh minus bundled",
    )

    def __init__(self) -> None:
        self._families = FamilyTally()

    def add(self, result: ItemResult) -> None:
        """Count a measured attempt at a problem that a family has drawn."""
        self._families.add(result)

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield both rates with their difference, and what that says."""
        if gap := self._families.gap():
            yield from gap_blocks(gap)

    def as_json(self, context: Context) -> object:
        """Return both scores and their difference."""
        if not (gap := self._families.gap()):
            return None
        return {
            "families": gap.families,
            "bundled": score(Score(*gap.bundled)),
            "fresh": score(Score(*gap.fresh)),
            "difference": difference(gap.difference),
        }


def gap_blocks(gap: Gap) -> Iterator[Block]:
    """Yield a gap, of one run or between two."""
    found = gap.difference
    sure = "no interval from one family" if found.low is None else f"95% interval {interval(found)}"
    yield Fact(
        "contamination",
        f"bundled {rate(Score(*gap.bundled))}, fresh {rate(Score(*gap.fresh))}; fresh minus bundled "
        f"{points(found.value)} points ({sure}), paired by {counted(gap.families, 'family', 'families')}",
    )
    if found.high is not None and found.high < 0:
        yield "the model solves bundled problems more often than fresh ones of the same kinds: it may have seen them"
