"""Whether a printed answer is the reference. Runs in a confined child only; docs/grading.md states the rules."""

from pytest_mathbench.answers import AnswerType
from pytest_mathbench.grading.kinds import compare, expected
from pytest_mathbench.grading.leniency import decide_in_prose
from pytest_mathbench.grading.normalize import MAX_ANSWER, answer_of, plain, units
from pytest_mathbench.grading.scalars import STRUCTURE, Decision
from pytest_mathbench.grading.syntax import UnreadError
from pytest_mathbench.records import UNREAD


def decide(output: str, reference: str, statement: str = "", kind: AnswerType | None = None) -> tuple[bool, str, str]:
    """Return the strict verdict on an output: (whether it is right, the rule that decided, the answer read in it)."""
    answer = answer_of(output)
    if len(answer) > MAX_ANSWER:
        return False, "too long", answer[:MAX_ANSWER]
    try:
        wanted = expected(reference, statement, kind)
    except (UnreadError, RecursionError):
        return plain(answer) == plain(reference) != "", UNREAD, answer
    if _of_another_unit(answer, reference):
        return False, STRUCTURE, answer
    return *compare(plain(answer), wanted, lenient=False), answer


def decide_leniently(output: str, reference: str, statement: str = "", kind: AnswerType | None = None) -> Decision:
    """Return whether an output that is strictly wrong passes a generous reader, and by which rule."""
    answer = answer_of(output)[-MAX_ANSWER:]
    try:
        wanted = expected(reference, statement, kind)
    except (UnreadError, RecursionError):
        return False, UNREAD
    if _of_another_unit(answer, reference):
        return False, STRUCTURE
    equal, rule = compare(plain(answer), wanted, lenient=True)
    return (True, f"lenient {rule}") if equal else decide_in_prose(output, answer, reference, wanted, rule)


def _of_another_unit(answer: str, reference: str) -> bool:
    """Whether both name units, and none that is the other's."""
    ours, theirs = units(answer), units(reference)
    return bool(ours and theirs and not ours & theirs)


def check(reference: str, statement: str = "", kind: AnswerType | None = None) -> str:
    """Return the rule by which a reference is found equal to itself by value; "" if it cannot be read."""
    try:
        wanted = expected(reference, statement, kind)
    except (UnreadError, RecursionError):
        return ""
    return str(wanted.kind)
