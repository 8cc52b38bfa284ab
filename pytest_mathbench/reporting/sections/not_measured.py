"""What was not measured, and why."""

from collections import Counter
from collections.abc import Iterator

from pytest_mathbench.records import AttemptId, ItemResult
from pytest_mathbench.reporting.blocks import Block, Fact, Headline, Item, Listing
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import COUNT, TEXT, array, closed, described

_CAUSES = 5
_LENGTH = 200


class NotMeasured:
    """The attempts that a fault of ours or of the endpoint's kept from being measured."""

    name, title = "not_measured", "Not measured"
    schema = described(
        closed(
            count=COUNT,
            causes=array(closed(cause=TEXT, count=COUNT)),
            attempts=array(closed(problem=TEXT, sample=COUNT, fault=TEXT)),
        ),
        "Neither right nor wrong, and outside the pass rates",
    )

    def __init__(self) -> None:
        self._faults: list[tuple[AttemptId, str]] = []

    def add(self, result: ItemResult) -> None:
        """Keep the fault of an attempt that was not measured: there are few, and what they say is ours."""
        if result.fault is not None:
            self._faults.append(((result.problem.id, result.sample), result.fault))

    def __len__(self) -> int:
        """Return how many attempts were not measured."""
        return len(self._faults)

    @property
    def _causes(self) -> list[tuple[str, int]]:
        """The faults in one line each, and how often each occurred, the most frequent first."""
        return Counter(" ".join(fault.split())[:_LENGTH] for _, fault in self._faults).most_common()

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield how many there are, and the causes."""
        yield Headline("not measured", str(len(self)), "neither right nor wrong")
        if self._faults:
            yield Fact("not measured", f"{len(self)} (outside the pass rates; neither right nor wrong)")
            yield Listing([Item(f"{count} × {cause}") for cause, count in self._causes], most=_CAUSES)

    def as_json(self, context: Context) -> object:
        """Return the causes, and the fault of every attempt."""
        return {
            "count": len(self),
            "causes": [{"cause": cause, "count": count} for cause, count in self._causes],
            "attempts": [
                {"problem": problem, "sample": sample, "fault": fault} for (problem, sample), fault in self._faults
            ],
        }
