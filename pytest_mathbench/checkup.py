"""Whether a problem set is sound: references that can be graded, statements that differ, answers that hide."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pytest_mathbench.grading.grade import grade, readable
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.problems.sources import BUNDLED
from pytest_mathbench.sandbox import Sandbox

GUESSES = ("0", "1", "the first number")
"""What a model answers that has not read the problem."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(slots=True)
class Checkup:
    """What was found: sentences for the user, and how many answers each guess hits under the lenient verdict."""

    findings: list[str] = field(default_factory=list)
    readable: int = 0
    guessed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GUESSES, 0))
    drawn_again: bool = False
    families: int = 0
    same: bool = False


def check(problem_set: ProblemSet, sandbox: Sandbox, *, drawn_again: bool) -> Checkup:
    """Look at every problem; with `drawn_again`, draw those of the bundled set again and compare."""
    found = Checkup(drawn_again=drawn_again)
    ids: dict[str, str] = {}
    for problem in problem_set.problems:
        place = f"{problem_set.places.get(problem.id, problem_set.name)}, {problem.id}"
        if readable(sandbox, problem.answer, problem.statement, problem.answer_type):
            found.readable += 1
        else:
            found.findings.append(f"{place}: the reference {problem.answer[:200]!r} cannot be read")
        if twin := ids.get(problem.statement):
            found.findings.append(f"{place}: repeats the statement of {twin}")
        ids[problem.statement] = problem.id
        for guess, answer in zip(GUESSES, _guesses(problem.statement), strict=True):
            found.guessed[guess] += (
                bool(answer) and grade(sandbox, answer, problem.answer, problem.statement, problem.answer_type).lenient
            )
    if drawn_again:
        found.findings += _differences(problem_set, found)
    return found


def _guesses(statement: str) -> tuple[str, str, str]:
    first = _NUMBER.search(statement)
    return "0", "1", first[0] if first else ""


def _differences(problem_set: ProblemSet, found: Checkup) -> Iterator[str]:
    """Yield how the bundled problems differ from what their families draw."""
    from pytest_mathbench.families import catalog, drawing  # only the bundled set has them here

    families = catalog.families()
    found.families = len(families)
    again = {problem.id: problem for problem in drawing.problems(families, BUNDLED)}
    written = [problem for problem in problem_set.problems if problem.variant == BUNDLED]
    changed = [problem for problem in written if again.get(problem.id) != problem]
    found.same = not changed
    for problem in changed:
        there = again.get(problem.id)
        now = f"{there.statement!r} with {there.answer!r}" if there else "no problem"
        yield f"{problem_set.places.get(problem.id, '')}, {problem.id}: its family now draws {now}"
