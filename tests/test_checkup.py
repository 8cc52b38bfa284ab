"""A checkup of a problem set finds what would spoil a measurement."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import row
from pytest_mathbench.checkup import check
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.problems import ProblemSet, load, select
from pytest_mathbench.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for all checkups."""
    with Sandbox((WARM_MODULE,)) as sandbox:
        yield sandbox


def test_the_bundled_set_is_sound(sandbox: Sandbox) -> None:
    """Each reference equals itself, none of the guesses finds 3 %, and the families draw the set again."""
    bundled = load("")
    found = check(bundled, sandbox, drawn_again=True)
    assert [] == found.findings
    assert len(bundled.problems) == found.readable
    assert found.same is True
    assert sum(found.guessed.values()) < 0.03 * len(bundled.problems)


def test_what_spoils_a_set_is_named(sandbox: Sandbox, problem_file: Callable[..., Path]) -> None:
    """A reference that cannot be read, and a statement that comes twice, with file and line; guesses are counted."""
    path = problem_file(
        row("a", problem="Is it $7$?", answer="7"),
        row("b", problem="Is it $7$?", answer=r"\frac{"),
        row("c", problem="What is it?", answer="1"),
    )
    found = check(load(str(path)), sandbox, drawn_again=False)
    assert [
        f"{path}, line 2, b: the reference '\\\\frac{{' cannot be read",
        f"{path}, line 2, b: repeats the statement of a",
    ] == found.findings
    assert {"0": 0, "1": 1, "the first number": 1} == found.guessed
    assert found.readable == 2


def test_a_changed_problem_of_the_bundled_set_is_found(sandbox: Sandbox) -> None:
    """A problem that is not what its family draws is named, with what the family draws."""
    few = select(load(""), domains=["algebra"], levels=[1])
    first, *others = few.problems
    changed: ProblemSet = replace(few, problems=(replace(first, answer="12345"), *others))
    found = check(changed, sandbox, drawn_again=True)
    (finding,) = found.findings
    assert found.same is False
    assert f"{first.id}: its family now draws {first.statement!r}" in finding
