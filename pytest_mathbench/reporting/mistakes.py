"""Attempts that failed, each with what the model wrote: for a person who looks at a model in a terminal.

The reference answers are not among it: a log is read by more people than a page.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from pytest_mathbench.domains import NO_LEVEL, label
from pytest_mathbench.printable import printable
from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.reporting.sections.wording import attempt

_MOST = 20
"""How many attempts are shown, unless all are asked for."""

_LINES = 12
"""How many lines of a text are shown of each of them."""

_WIDTH = 100
"""How long a line of a log may be."""


def lines(
    results: Iterable[ItemResult], failed: int, width: int | None = None, *, whole: bool = False
) -> Iterator[str]:
    """Yield the attempts that are the model's faults, of which there are `failed`; all of each if `whole`."""
    faults = (result for result in results if result.outcome not in {None, Outcome.CORRECT})
    for number, result in enumerate(faults if whole else islice(faults, _MOST)):
        if number:
            yield ""
        yield from _attempt(result, width or _WIDTH, whole=whole)
    if not whole and failed > _MOST:
        yield ""
        yield f"and {failed - _MOST} more: the page has all of them, and -vv shows them here"


def in_full(result: ItemResult) -> Iterator[str]:
    """Yield everything of one attempt that somebody asked for by its name, the reference included."""
    yield _line(f"{attempt(result)} ({label(result.problem.domain)}): {result.outcome or 'not measured'}", _WIDTH)
    completion, execution, grade = result.completion, result.execution, result.grade
    texts = {
        "statement": result.problem.statement,
        "reference": result.problem.answer,
        "thinking": completion.reasoning if completion else "",
        "completion": completion.text if completion else "",
        "program": result.program or "",
        "ended": f"{execution.ending} {execution.detail}" if execution else result.fault,
        "output": execution.stdout if execution else "",
        "standard error": execution.stderr if execution else "",
        "answer": grade.answer if grade else "",
        "rule": grade.rule if grade else "",
    }
    for name, text in texts.items():
        if text:
            yield f"  {name}"
            yield from (f"    {printable(line)}" for line in text.strip("\n").splitlines())


def _attempt(result: ItemResult, width: int, *, whole: bool) -> Iterator[str]:
    """Yield who failed and how, the program or what stands in its place, and then what came of it."""
    problem, completion = result.problem, result.completion
    level = "" if problem.level == NO_LEVEL else f", level {problem.level}"
    yield _line(f"{attempt(result)} ({label(problem.domain)}{level}): {result.outcome}", width)
    text = result.program if result.program is not None else completion.text if completion else ""
    yield from _text(text, width, whole=whole)
    for word, found in _ends(result):
        yield _line(f"  {word:9}  {' '.join(found.split()) or 'nothing'}", width)


def _ends(result: ItemResult) -> Iterator[tuple[str, str]]:
    """Yield how it ended: an error, or what was printed."""
    if result.program is None:
        yield "program", "none in the completion above"
    if completion := result.completion:
        if completion.thinking_tokens and not completion.text.strip():
            yield "thinking", f"took {completion.thinking_tokens:,} tokens"
        if completion.truncated:
            yield "cut off", f"after {completion.completion_tokens:,} tokens"
    if (execution := result.execution) and execution.detail:
        yield "error", execution.detail
    elif result.grade:
        yield "printed", result.grade.answer
    elif execution:
        yield "printed", execution.stdout


def _text(text: str, width: int, *, whole: bool) -> Iterator[str]:
    """Yield the first lines of a text, and how many more there are."""
    found = text.strip("\n").splitlines()
    shown = found if whole else found[:_LINES]
    yield from (_line(f"    {line.expandtabs(4)}", width) for line in shown)
    if left := len(found) - len(shown):
        yield f"    … {left} more {'line' if left == 1 else 'lines'}"


def _line(text: str, width: int) -> str:
    """Return a line that does a terminal no harm and fits into it."""
    line = printable(text.rstrip())
    return line if len(line) <= width else f"{line[: width - 1]}…"
