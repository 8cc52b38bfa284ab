"""A run that is over, as exporters have it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pytest_mathbench.printable import printable
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.report import Report
from pytest_mathbench.reporting.sections.section import Context

_LEFT_OUT = "(left out: it may tell the reference answer)"


@dataclass(frozen=True, slots=True)
class Finished:
    """A recorded run with its report, and what is known of it besides its results."""

    run: RecordedRun
    report: Report
    context: Context

    def results(self) -> Iterator[ItemResult]:
        """Read the results that count, without the reference answers: what leaves the run's folder has none."""
        return map(_without_reference, self.run.results())


def _without_reference(result: ItemResult) -> ItemResult:
    """Take away a result's reference answer, and the words of whoever has seen it: the judge, a person who ruled."""
    grade, ruling = result.grade, result.ruling
    if grade and grade.judgement and grade.judgement.reason:
        grade = replace(grade, judgement=replace(grade.judgement, reason=_LEFT_OUT))
    if ruling:
        ruling = replace(ruling, why=_LEFT_OUT)
    return replace(result, problem=replace(result.problem, answer=""), grade=grade, ruling=ruling)


def prompt_of(result: ItemResult) -> str:
    """Return the message that the model was asked with; nothing of an attempt that came to no request."""
    return text(result.request.prompt.user) if result.request else ""


def answer_of(result: ItemResult) -> str:
    """Return what the attempt's program printed as its answer; nothing where it came to none."""
    return text(result.grade.answer) if result.grade else ""


def text(written: str) -> str:
    """Return others' text as any tool can read and show it: half characters and control characters are escaped."""
    return printable(written, keep="\n\t")
