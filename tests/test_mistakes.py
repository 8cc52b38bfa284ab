"""What -v shows of attempts that failed."""

from typing import Any

import pytest
from factories import make_completion, make_execution, make_fault, make_grade, make_problem, make_result

from pytest_mathbench.domains import NO_LEVEL
from pytest_mathbench.execution import Ending
from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.reporting.mistakes import in_full, lines


def wrong(number: int = 1, **fields: Any) -> ItemResult:
    """A wrong attempt."""
    problem = make_problem(id=f"a-{number}", domain="my_domain", level=2, answer="REFERENCE")
    grade = make_grade(correct=False, answer="41")
    return make_result(Outcome.WRONG, **{"problem": problem, "program": "print(41)\n", "grade": grade, **fields})


def test_a_wrong_answer_is_shown_below_its_program() -> None:
    """And no reference answer is."""
    assert ["a-1 (My domain, level 2): wrong", "    print(41)", "  printed    41"] == list(lines([wrong()], 1))


def test_only_the_models_faults_are_shown() -> None:
    """Neither right answers nor what was not measured; an empty line between the others."""
    found = list(lines([make_result(), wrong(1), make_fault(), wrong(2, sample=1)], 2))
    assert ["a-1 (My domain, level 2): wrong", "a-2:2 (My domain, level 2): wrong"] == [
        line for line in found if line.startswith("a-")
    ]
    assert 1 == found.count("")


NOTHING = {"program": None, "execution": None, "grade": None}


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        (
            {"execution": make_execution(ending=Ending.EXCEPTION, detail="ZeroDivisionError: division by zero")},
            ["  error      ZeroDivisionError: division by zero"],
        ),
        ({"execution": make_execution(stdout=""), "grade": None}, ["  printed    nothing"]),
        (
            {**NOTHING, "completion": make_completion(text="I do not know.")},
            ["    I do not know.", "  program    none in the completion above"],
        ),
        (
            {
                **NOTHING,
                "completion": make_completion(
                    text="", reasoning_tokens=1024, completion_tokens=1024, finish_reason="length"
                ),
            },
            ["  thinking   took 1,024 tokens", "  cut off    after 1,024 tokens"],
        ),
    ],
)
def test_how_it_ended(fields: dict[str, Any], end: list[str]) -> None:
    """By an error, with nothing printed, without a program, or without tokens."""
    assert end == list(lines([wrong(**fields)], 1))[-len(end) :]


def test_long_programs_are_cut_and_say_so() -> None:
    """After twelve lines, and at the width of the terminal; -vv shows all lines."""
    long = wrong(program="".join(f"x{number} = {'1' * 90}\n" for number in range(14)))
    found = list(lines([long], 1, 80))
    assert "    … 2 more lines" == found[13]
    assert 80 == max(map(len, found))
    assert found[1].endswith("1…")
    assert 14 == sum("= 11111" in line for line in lines([long], 1, whole=True))


def test_many_mistakes_are_counted() -> None:
    """Twenty are shown; -vv shows all."""
    many = [wrong(number) for number in range(25)]
    found = list(lines(many, 25))
    assert 20 == sum(line.startswith("a-") for line in found)
    assert "and 5 more: the page has all of them, and -vv shows them here" == found[-1]
    assert 25 == sum(line.startswith("a-") for line in lines(many, 25, whole=True))


def test_what_a_model_writes_does_a_terminal_no_harm() -> None:
    """Control characters are shown as escapes; a problem without a level names none."""
    problem = make_problem(id="a", domain="x", level=NO_LEVEL)
    found = list(lines([wrong(problem=problem, program="print('\x1b[31m')\n")], 1))
    assert ["a (X): wrong", "    print('\\x1b[31m')"] == found[:2]


def test_one_attempt_is_shown_whole() -> None:
    """All that its place in a page tells, harmless in a terminal."""
    made = make_result(completion=make_completion(text="so\x1b it is"), sample=2)
    text = "\n".join(in_full(made))
    assert f"{made.problem.id}:3" in text
    for part in ("statement", "completion", "program", "output", "answer"):
        assert f"\n  {part}\n" in text
    assert "\x1b" not in text
