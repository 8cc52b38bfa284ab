"""The answers on which verdicts differ, laid out for a person."""

from collections.abc import Iterator

from pytest_mathbench.records import UNDECIDED, ItemResult, Ruling

_SHOWN_LINES = 6
_SHOWN_WIDTH = 300


def differ(result: ItemResult) -> bool:
    """Whether strict and lenient symbols and the judge do not all say the same, or symbols could not say."""
    grade = result.grade
    if grade is None:
        return False
    verdicts = {grade.strict, grade.lenient}
    if grade.judgement and grade.judgement.correct is not None:
        verdicts.add(grade.judgement.correct)
    return len(verdicts) > 1 or UNDECIDED in (grade.rule, grade.lenient_rule)


def lines(result: ItemResult, ruling: Ruling | None = None) -> Iterator[str]:
    """Yield what a person needs to rule: the problem, what was printed, and who says what by which rule."""
    problem, grade, execution = result.problem, result.grade, result.execution
    assert grade  # noqa: S101 - only graded answers differ
    name = problem.id if result.sample == 0 else f"{problem.id}:{result.sample + 1}"
    yield f"{name} ({problem.domain}, level {problem.level}): {result.outcome or 'not measured'}"
    yield f"  problem    {_printable(problem.statement)}"
    yield f"  reference  {_printable(problem.answer)}"
    yield f"  answer     {_printable(grade.answer)}"
    printed = execution.stdout.rstrip().splitlines()[-_SHOWN_LINES:] if execution else []
    for number, line in enumerate(printed):
        yield f"  {'output' if number == 0 else '':9}  {_printable(line)}"
    yield f"  strict     {_word(grade.strict)} ({grade.rule})"
    yield f"  lenient    {_word(grade.lenient)} ({grade.lenient_rule or grade.rule})"
    if judgement := grade.judgement:
        said = f"{judgement.rating} of 5: {judgement.reason}" if judgement.rating else f"no rating: {judgement.fault}"
        yield f"  judge      {_printable(said)}"
    if ruling:
        yield f"  overruled  {_word(ruling.correct)} by {ruling.who}, {ruling.when}: {_printable(ruling.why)}"


def _word(correct: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return "right" if correct else "wrong"


def _printable(text: str) -> str:
    """Return hostile text as one line that can do a terminal no harm."""
    line = " ".join(text.split())
    safe = "".join(
        char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode() for char in line
    )
    return safe if len(safe) <= _SHOWN_WIDTH else f"{safe[:_SHOWN_WIDTH]}…"
