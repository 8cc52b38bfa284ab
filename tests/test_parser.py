"""One grammar reads what Python, sympy and numpy print, LaTeX, and what people write; nothing else."""

import contextlib
import sys

import numpy as np
import pytest
import sympy
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.grading.normalize import plain
from pytest_mathbench.grading.numeric import equal
from pytest_mathbench.grading.parser import read
from pytest_mathbench.grading.statement import key
from pytest_mathbench.grading.syntax import Kind, Node, UnreadError

ALIKE = [
    ["3/4", r"\frac{3}{4}", r"\frac34", r"\dfrac{3}{4}", "Fraction(3, 4)", "Rational(3, 4)", "3 / 4", "(3)/(4)"],
    ["2*x**2", "2x^2", "2 x^{2}", r"2 \cdot x^2", "2*x^2", "2x²", "x**2*2", r"2 \times {x}^{2}"],
    ["sqrt(3)", r"\sqrt{3}", r"\sqrt3", "√3", "math.sqrt(3)", "np.sqrt(3)", "√(3)", "sympy.sqrt(3)"],
    ["x_1 + 2", "x1 + 2", "x_{1} + 2", "2 + x₁"],
    ["(1, 2)", r"\left( 1, 2 \right)", "(1,2)", "Tuple(1, 2)", "Point2D(1, 2)"],
    ["1 1/2", r"1\frac{1}{2}", r"1 \frac12"],
    ["x <= 3", r"x \le 3", r"x \leqslant 3", "x ≤ 3", "Le(x, 3)", "LessThan(x, 3)"],
    ["[[1, 2], [3, 4]]", "[[1 2]\n [3 4]]"],
    ["Matrix([[1, 2], [3, 4]])", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "array([[1, 2],\n       [3, 4]])"],
    ["{1, 2}", r"\{1, 2\}", "FiniteSet(1, 2)", "frozenset({1, 2})", r"\left\{1, 2\right\}"],
    ["Interval.Ropen(2, 5)", "[2, 5)", r"\left[2, 5\right)"],
    ["Eq(y, 2*x)", "y = 2x", "y == 2*x"],
    ["sin(2*x)", r"\sin 2x", r"\sin(2x)", r"\sin{\left(2 x \right)}"],
    ["Abs(x)", "|x|", "abs(x)", r"\left|x\right|", r"\lvert x \rvert"],
]


@pytest.mark.parametrize("texts", ALIKE, ids=[texts[0] for texts in ALIKE])
def test_notations_of_one_thing_are_read_alike(texts: list[str]) -> None:
    """But for the order of sums and products."""
    assert 1 == len({key(read(plain(text))) for text in texts})


@pytest.mark.parametrize("text", ["3 - 2*I", "3-2i", "(3-2j)", "3.0 - 2.0*I", "mpc(real='3', imag='-2')", "-2*I + 3"])
def test_complex_numbers_are_read(text: str) -> None:
    """In each notation, to the same value."""
    assert equal(read(text), read("3 - 2*i"))


@pytest.mark.parametrize(
    "text",
    [
        "", "2 3", "1 2 3", "x 2", "error 0", "10 0", "not 0", "None", "nan", "zoo", "(", ")", "(1", "1)", "[1, 2",
        "{", r"\frac{1}", r"\frac{1}{", r"\sqrt{", "1 +", "* 2", "x ==", "tool(3)", "__import__('os')",
        "x.y.z()", "1 if 2 else 3", r"\int_0^1 x", r"\lim x", r"\unknown", "#", "a; ; b", "1,,2", "?",
        r"\begin{pmatrix} 1 & 2 \\ 3 \end{pmatrix}", r"\begin{document}", "(1, 2, 3]", "sqrt", "Matrix([])", "½",
        "(" * 60 + "1" + ")" * 60, "-" * 100 + "1", "x" + "^x" * 100,
    ],
)  # fmt: skip
def test_what_is_no_answer_is_not_read(text: str) -> None:
    """Numbers and words side by side, what is not closed, unknown functions and commands, what is too deep."""
    with pytest.raises(UnreadError):
        read(text)


def test_factors_side_by_side_are_products() -> None:
    """Unless they are digits."""
    assert key(read("2(x+1)y")) == key(read("2*(x+1)*y"))
    assert Node(Kind.NAME, (), "area") == read("area")
    assert key(read("Rr")) == key(read("R*r")) != key(read("r*r"))


EXPRESSIONS = st.recursive(
    st.sampled_from([*sympy.symbols("x y R r"), sympy.Integer(2), sympy.Integer(-3), sympy.Rational(3, 7), sympy.pi]),
    lambda inner: st.one_of(
        st.builds(lambda one, other: one + other, inner, inner),
        st.builds(lambda one, other: one * other, inner, inner),
        st.builds(lambda one: one**2, inner),
        st.builds(sympy.sin, inner),
        st.builds(lambda one: sympy.sqrt(one**2 + 1), inner),
    ),
    max_leaves=8,
)


@PROPERTY
@given(EXPRESSIONS)
def test_what_sympy_prints_is_read(value: sympy.Expr) -> None:
    """As str, repr, srepr and LaTeX."""
    for text in (str(value), repr(value), sympy.srepr(value), sympy.latex(value)):
        assert read(plain(text))


@PROPERTY
@given(st.lists(st.lists(st.integers(-99, 99), min_size=2, max_size=2), min_size=2, max_size=4))
def test_what_numpy_prints_is_read(rows: list[list[int]]) -> None:
    """Whole numbers and floats, as str and repr."""
    shapes = set()
    for array in (np.array(rows), np.array(rows, dtype=float)):
        for text in (str(array), repr(array)):
            node = read(plain(text))
            shapes.add((len(node.parts), len(node.parts[0].parts)))
    assert {(len(rows), 2)} == shapes


@PROPERTY
@given(st.text(max_size=40))
def test_any_text_is_read_or_not(text: str) -> None:
    """Nothing else is raised, and nothing is as deep as Python's stack."""
    limit = sys.getrecursionlimit()
    with contextlib.suppress(UnreadError):
        read(text)
    assert limit == sys.getrecursionlimit()
