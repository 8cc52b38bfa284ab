"""What a section of a report is; docs/report.md has an example of one of your own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pytest_mathbench.analysis.comparison import Comparison
from pytest_mathbench.analysis.decisions import Decision
from pytest_mathbench.analysis.sequential import Settlement
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.blocks import Block


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a run besides its results.

    `comparison` holds it against a baseline, the baseline first; None where there is none. `settlement` is there where
    the gates might be decided early. `earlier` are the decisions of earlier runs that it can be compared with, the
    oldest first.
    """

    info: RunInfo
    decisions: Sequence[Decision] = ()
    comparison: Comparison | None = None
    settlement: Settlement | None = None
    earlier: Sequence[Sequence[Decision]] = ()


class Section(Protocol):
    """A part of a report: results are added as they come, in any order, and it is shown at the end.

    It keeps numbers, not texts: a run may have many thousand results. A report that is made again, after reruns say,
    is made of new sections, to which the results are added again.
    """

    @property
    def name(self) -> str:
        """Its key in report.json, and its anchor on the page: lower-case letters and underscores."""

    @property
    def title(self) -> str:
        """Its heading on the page and in a job's summary."""

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema (draft 2020-12) of what `as_json` returns."""

    def add(self, result: ItemResult) -> None:
        """Count a result, measured or not."""

    def blocks(self, context: Context) -> Iterable[Block]:
        """Return what people read, in the terminal, in a job's summary and on the page; nothing shows nothing.

        Texts are plain, whoever wrote them: each surface makes them harmless.
        """

    def as_json(self, context: Context) -> object:
        """Return what machines read in report.json: all figures of `blocks`, and more if you like."""
