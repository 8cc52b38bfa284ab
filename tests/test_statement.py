"""A formula that the statement holds is told from an answer, in whatever notation it is printed."""

import pytest

from pytest_mathbench.grading.normalize import plain
from pytest_mathbench.grading.parser import read
from pytest_mathbench.grading.statement import repeats

STATEMENT = (
    r"Let $x = 3$. Evaluate $$8 \cdot (16-7)+4^2$$ and "
    r"\[\begin{aligned} a &= \sqrt{12}, \\ b &= \frac{3}{20}\end{aligned}\]"
)


@pytest.mark.parametrize(
    ("answer", "reference", "expected"),
    [
        ("8*(16-7)+4**2", "88", True),
        ("4^2 + 8(16 - 7)", "88", True),
        ("16 - 7", "9", True),
        ("sqrt(12)", r"2\sqrt{3}", True),
        ("3/20", "0.15", True),
        ("x = 3", "3", True),
        ("88", "88", False),
        ("3", "3", False),
        ("3/20", r"\frac{3}{20}", False),
        (r"\sqrt{12}", r"\sqrt{12}", False),
        ("2*sqrt(3)", r"2\sqrt{3}", False),
        ("x", "x", False),
    ],
)
def test_a_formula_of_the_statement_is_found(answer: str, reference: str, expected: bool) -> None:  # noqa: FBT001
    """Whole, as a part or a side; a number is none, nor is what the reference is itself."""
    assert expected == repeats(read(plain(answer)), read(plain(reference)), STATEMENT)


def test_without_a_statement_nothing_is_repeated() -> None:
    """A pair by itself has none."""
    assert not repeats(read("1 + 1"), read("2"), "")
