"""Grade a program's output in a confined child; the reference reaches no other."""

import json

from pytest_mathbench.errors import GradingError
from pytest_mathbench.records import Ending, Grade, Limits
from pytest_mathbench.sandbox import Sandbox

WARM_MODULE = "pytest_mathbench.grading.equivalence"
"""What the sandbox preloads so that a grading child starts warm."""

LIMITS = Limits(cpu_seconds=5.0, wall_seconds=30.0, memory_bytes=1 << 30)

_THE_ANSWERS_DOING = {Ending.CPU_TIME, Ending.MEMORY, Ending.EXCEPTION, Ending.SIGNAL}
# Libraries that are not there, and a kernel that is out of memory.
_OUR_DOING = ("ImportError", "ModuleNotFoundError", "SIGKILL")

_CHILD = f"from {WARM_MODULE} import main\nmain()\n"


def grade(sandbox: Sandbox, output: str, reference: str) -> Grade:
    """Compare what a program printed with the reference.

    An answer that cannot be compared (it hangs, exhausts or breaks the algebra system) counts as wrong under the rule
    "undecided", which reports count apart. Raises `GradingError` where the child failed for a reason of ours.
    """
    execution = sandbox.run(_CHILD, LIMITS, stdin=json.dumps({"output": output, "reference": reference}))
    if execution.ending == Ending.FINISHED:
        try:
            correct, rule, answer = json.loads(execution.stdout)
        except ValueError:
            raise GradingError(f"the grading child printed {execution.stdout[:200]!r}") from None
        return Grade(correct=correct, rule=rule, answer=answer, seconds=execution.wall_seconds)
    if execution.ending not in _THE_ANSWERS_DOING or execution.detail.startswith(_OUR_DOING):
        raise GradingError(f"the grading child ended with {execution.ending}: {execution.detail}")
    return Grade(correct=False, rule="undecided", answer=execution.detail, seconds=execution.wall_seconds)
