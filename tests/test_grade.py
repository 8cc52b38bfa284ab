"""An answer is graded in a confined child, which may come to harm."""

import re
from collections.abc import Iterator

import pytest

from pytest_mathbench.errors import GradingError
from pytest_mathbench.execution import Limits
from pytest_mathbench.grading import grade as module
from pytest_mathbench.grading.grade import WARM_MODULE, grade, same_answer
from pytest_mathbench.records import Grade
from pytest_mathbench.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Start a sandbox that is warm for grading."""
    with Sandbox([WARM_MODULE]) as warm:
        yield warm


@pytest.mark.parametrize(
    ("output", "reference", "verdict"),
    [
        ("Working...\n1/2\n", "\\frac{1}{2}", (True, "numeric", "1/2")),
        ("sqrt(8)\n", "2\\sqrt{2}", (True, "symbolic", "sqrt(8)")),
        ("3\n", "\\frac{1}{2}", (False, "numeric", "3")),
        ("(1, 2)\n", "5", (False, "structure", "(1, 2)")),
        ("\n", "1", (False, "unread", "")),
        ("½ ∞ \ud800\n", "1", (False, "unread", "½ ∞ \ud800")),
        ("1\n" * 400_000 + "5\n", "5", (True, "exact", "5")),
        ("__import__('os').abort()\n", "5", (False, "unread", "__import__('os').abort()")),
    ],
    ids=["numeric", "symbolic", "wrong", "structure", "blank", "strange", "long", "hostile"],
)
def test_an_answer_is_graded(sandbox: Sandbox, output: str, reference: str, verdict: tuple[bool, str, str]) -> None:
    """The verdict, its rule and the answer come back from the child, whatever characters and how many there were."""
    graded = grade(sandbox, output, reference)
    assert verdict == (graded.strict, graded.rule, graded.answer)


@pytest.mark.parametrize(
    ("comparison", "reason"),
    [("while True: pass", "over 0.2 s of CPU time"), ("x = bytearray(1 << 40)", "MemoryError")],
)
def test_an_answer_that_cannot_be_compared_is_wrong(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, comparison: str, reason: str
) -> None:
    """A comparison over its limits is the answer's fault: wrong, under a rule of its own, with the reason."""
    limits = Limits(cpu_seconds=0.2, wall_seconds=30, memory_bytes=1 << 30)
    monkeypatch.setattr(module, "STRICT_LIMITS", limits)
    monkeypatch.setattr(module, "LENIENT_LIMITS", limits)
    monkeypatch.setattr(module, "_CHILD", f"input()\n{comparison}\n")
    graded = grade(sandbox, "42\n", "43")
    assert graded == Grade(
        strict=False,
        rule="undecided",
        lenient=False,
        lenient_rule="undecided",
        answer=graded.answer,
        seconds=graded.seconds,
    )
    assert reason in graded.answer


@pytest.mark.parametrize(
    ("child", "message"),
    [
        ("print('hello')", "the grading child said 'hello\\n'"),
        ("pass", "the grading child ended with finished"),
        ("import nowhere.to.be.found", "the grading child ended with exception: ModuleNotFoundError"),
        ("raise SystemExit(3)", "the grading child ended with exit_status: exit status 3"),
        ("import os; os.kill(os.getpid(), 9)", "the grading child ended with signal: SIGKILL"),
        ("import time; time.sleep(60)", "the grading child ended with wall_time: over 1 s of wall time"),
    ],
)
def test_a_broken_grader_is_no_wrong_answer(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, child: str, message: str
) -> None:
    """A child that cannot grade is our fault: an exception, so that the item is not measured."""
    monkeypatch.setattr(module, "_CHILD", child)
    monkeypatch.setattr(module, "STRICT_LIMITS", Limits(cpu_seconds=5, wall_seconds=1, memory_bytes=1 << 30))
    with pytest.raises(GradingError, match=f"^{re.escape(message)}"):
        grade(sandbox, "5\n", "5")


@pytest.mark.parametrize(
    ("output", "other", "same"),
    [
        ("42\n", "so it is\n42.0\n", True),
        ("1/2", "0.5", True),
        ("[1, 2]", "(1, 2)", True),
        ("3", "4", False),
        ("x", "", False),
    ],
)
def test_two_outputs_give_one_answer(sandbox: Sandbox, output: str, other: str, *, same: bool) -> None:
    """As the strict rules have it, whatever their notation."""
    assert same == same_answer(sandbox, output, other)
