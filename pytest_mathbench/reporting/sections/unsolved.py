"""The problems that no sample solved."""

from collections.abc import Iterator

from pytest_mathbench.analysis.samples import SampleTally
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.blocks import Block, Fact, Item, Listing
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import COUNT, TEXT, array, closed, described
from pytest_mathbench.reporting.sections.wording import counted

_LISTED = 10


class Unsolved:
    """Problems that were measured, and never solved."""

    name, title = "unsolved", "Unsolved problems"
    schema = closed(
        problems=described(COUNT, "How many were measured"),
        unsolved=described(COUNT, "How many of them no sample solved"),
        ids=array(TEXT),
    )

    def __init__(self) -> None:
        self._samples = SampleTally()

    def add(self, result: ItemResult) -> None:
        """Count a measured attempt."""
        self._samples.add(result)

    @property
    def problems(self) -> list[str]:
        """Their ids, sorted."""
        return self._samples.unsolved

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield them where the outcomes do not tell: with several samples, and for a protocol that lists them."""
        if not context.info.protocol and context.info.samples == 1:
            return
        unsolved = self.problems
        yield Fact("unsolved by this model", f"{len(unsolved)} of {counted(self._samples.problems, 'problem')}")
        if unsolved:
            yield Listing(list(map(Item, unsolved)), most=_LISTED)

    def as_json(self, context: Context) -> object:
        """Return all of them, whatever the run is."""
        return {"problems": self._samples.problems, "unsolved": len(self.problems), "ids": self.problems}
