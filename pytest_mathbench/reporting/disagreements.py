"""The answers on which verdicts differ, laid out for a person."""

from collections.abc import Iterator

from pytest_mathbench.domains import label
from pytest_mathbench.printable import printable
from pytest_mathbench.records import UNDECIDED, UNREAD, ItemResult
from pytest_mathbench.reporting.sections.wording import attempt

_SHOWN_LINES = 6
_SHOWN_WIDTH = 300
_LOOKED_AT = 2000


def differ(result: ItemResult) -> bool:
    """Whether the verdicts do not all say the same, or symbols could not say, or not read the answer."""
    grade = result.grade
    if grade is None:
        return False
    verdicts = {grade.strict, grade.lenient}
    if grade.judgement and grade.judgement.correct is not None:
        verdicts.add(grade.judgement.correct)
    return len(verdicts) > 1 or bool({UNDECIDED, UNREAD} & {grade.rule, grade.lenient_rule})


def lines(result: ItemResult) -> Iterator[str]:
    """Yield what a person needs to rule: the problem, what was printed, and who says what by which rule."""
    problem, grade, execution = result.problem, result.grade, result.execution
    assert grade  # noqa: S101 - only graded answers differ
    outcome = result.overruled or result.outcome or "not measured"
    yield f"{attempt(result)} ({label(problem.domain)}, level {problem.level}): {outcome}"
    yield f"  problem    {_line(problem.statement)}"
    yield f"  reference  {_line(problem.answer)}"
    yield f"  answer     {_line(grade.answer)}"
    printed = execution.stdout.rstrip().rsplit("\n", _SHOWN_LINES)[-_SHOWN_LINES:] if execution else []
    for number, line in enumerate(printed):
        yield f"  {'output' if number == 0 else '':9}  {_line(line)}"
    yield f"  strict     {_word(grade.strict)} ({grade.rule})"
    yield f"  lenient    {_word(grade.lenient)} ({grade.lenient_rule or grade.rule})"
    if judgement := grade.judgement:
        said = f"{judgement.rating} of 5: {judgement.reason}" if judgement.rating else f"no rating: {judgement.fault}"
        yield f"  judge      {_line(said)}"
    if ruling := result.ruling:
        yield f"  overruled  {_word(ruling.correct)} by {ruling.who}, {ruling.when}: {_line(ruling.why)}"


def _word(correct: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return "right" if correct else "wrong"


def _line(text: str) -> str:
    """Return a text as one line of bounded width."""
    line = printable(" ".join(text[:_LOOKED_AT].split()))
    return line if len(line) <= _SHOWN_WIDTH else f"{line[:_SHOWN_WIDTH]}…"
