"""The kind of a reference answer is told by how MATH writes it."""

from collections import Counter

import pytest
from factories import shared_data
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.problems import load
from pytest_mathbench.problems.answers import AnswerType, answer_type


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("-17", "integer"),
        (r"11,\! 111,\! 100", "integer"),
        (r"\frac{3}{4}", "fraction"),
        (r"-\frac12", "fraction"),
        ("5.4", "decimal"),
        (r"2\sqrt{3}", "radical"),
        (r"\frac{3\sqrt{2}}{4}", "radical"),
        (r"9\pi", "pi"),
        (r"3-2i", "complex"),
        ("3x^2-x+4", "expression"),
        ("(3,-1)", "tuple"),
        (r"\left( 3, \frac{\pi}{2} \right)", "tuple"),
        ("-1,3", "list"),
        ("[2,5)", "interval"),
        (r"(-\infty,3]\cup[5,\infty)", "interval"),
        (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", "matrix"),
        (r"\text{Tuesday}", "text"),
        ("2041_5", "numeral"),
        (r"90^\circ", "quantity"),
        (r"5.4 \text{ cents}", "quantity"),
        (r"\$32,\!348", "quantity"),
    ],
)
def test_the_kinds_of_answers(reference: str, expected: str) -> None:
    """Each kind is known by its own marks."""
    assert expected == answer_type(reference)


@given(st.text())
def test_every_text_has_a_kind(text: str) -> None:
    """Whatever a reference is, it is counted."""
    assert answer_type(text) in AnswerType


def test_math500s_answers_have_kinds() -> None:
    """Nearly all of MATH-500's references are of a kind that has a name."""
    kinds = Counter(answer_type(problem.answer) for problem in load(str(shared_data("math500.jsonl"))).problems)
    assert (500, True) == (kinds.total(), kinds[AnswerType.OTHER] <= 5)
