"""Grade a program's output in a confined child; the reference reaches no other."""

import json
import time
from dataclasses import replace
from typing import Any

from pytest_mathbench.answers import AnswerType
from pytest_mathbench.errors import GradingError
from pytest_mathbench.execution import Ending, Execution, Limits
from pytest_mathbench.grading.normalize import READ_TEXT, answer_of
from pytest_mathbench.records import UNDECIDED, Grade
from pytest_mathbench.sandbox import Sandbox

WARM_MODULE = "pytest_mathbench.grading.child"
"""What the sandbox preloads so that a grading child starts warm."""

STRICT_LIMITS = Limits(cpu_seconds=1.2, wall_seconds=30.0, memory_bytes=1 << 30)
LENIENT_LIMITS = replace(STRICT_LIMITS, cpu_seconds=0.6)
"""Both verdicts on any text are had, or given up, within 2 seconds of CPU time."""

_CHILD = f"from {WARM_MODULE} import serve\nserve()\n"
_THE_ANSWERS_DOING = {Ending.CPU_TIME, Ending.MEMORY, Ending.EXCEPTION, Ending.SIGNAL}
# Libraries that are not there, and a kernel that is out of memory.
_OUR_DOING = ("ImportError", "ModuleNotFoundError", "SIGKILL")


def grade(sandbox: Sandbox, output: str, reference: str, statement: str = "", kind: AnswerType | None = None) -> Grade:
    """Compare what a program printed with the reference, strictly and, if that fails, leniently.

    Without a type, it is inferred. What the statement holds already is no answer to it.

    An answer that cannot be compared (it hangs, exhausts or breaks the algebra system) counts as wrong under the rule
    "undecided", which reports count apart. Raises `GradingError` where the child failed for a reason of ours.
    """
    tail = output[-READ_TEXT:]
    wanted = {"reference": reference, "statement": statement[-READ_TEXT:], "kind": kind or ""}
    said, seconds = _ask(sandbox, STRICT_LIMITS, strict=tail, **wanted)
    strict, rule, answer = (False, UNDECIDED, said.detail) if isinstance(said, Execution) else said
    verdicts = Grade(strict=strict, rule=rule, lenient=strict, answer=answer, seconds=seconds)
    if strict:
        return verdicts
    said, more = _ask(sandbox, LENIENT_LIMITS, lenient=tail, **wanted)
    lenient, lenient_rule = (False, UNDECIDED) if isinstance(said, Execution) else said
    return replace(verdicts, lenient=lenient, lenient_rule=lenient_rule, seconds=seconds + more)


def same_answer(sandbox: Sandbox, output: str, other: str) -> bool:
    """Whether two outputs give one answer, by the strict rules for a reference whose type is not told.

    What cannot be compared within the limits is not the same. Raises `GradingError` as `grade` does.
    """
    said, _ = _ask(
        sandbox, STRICT_LIMITS, strict=output[-READ_TEXT:], reference=answer_of(other), statement="", kind=""
    )
    return not isinstance(said, Execution) and said[0]


def readable(sandbox: Sandbox, reference: str, statement: str = "", kind: AnswerType | None = None) -> bool:
    """Whether a reference can be read, and by its value equals itself. Raises `GradingError` as `grade` does."""
    rule, _ = _ask(sandbox, STRICT_LIMITS, check=reference, statement=statement[-READ_TEXT:], kind=kind or "")
    return not isinstance(rule, Execution) and rule != ""


def _ask(sandbox: Sandbox, limits: Limits, **question: str) -> tuple[Any, float]:
    """Return what a grading child says, or how it ended over the answer, and after how many seconds."""
    start = time.monotonic()
    said = sandbox.ask(_CHILD, json.dumps(question), limits)
    seconds = time.monotonic() - start
    if isinstance(said, str):
        try:
            return json.loads(said), seconds
        except ValueError:
            raise GradingError(f"the grading child said {said[:200]!r}") from None
    if said.ending not in _THE_ANSWERS_DOING or said.detail.startswith(_OUR_DOING):
        raise GradingError(f"the grading child ended with {said.ending}: {said.detail}")
    return said, seconds
