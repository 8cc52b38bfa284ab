"""Numbers are exact where they are rational, and of many digits elsewhere; large ones are refused at once."""

from fractions import Fraction

import pytest

from pytest_mathbench.grading.normalize import plain
from pytest_mathbench.grading.numeric import QUICK, Evaluator, Literal, decimals, equal, literal, names, significant
from pytest_mathbench.grading.parser import read
from pytest_mathbench.grading.syntax import UnreadError


def value(text: str) -> object:
    """Compute a text."""
    return Evaluator(QUICK)(read(plain(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2**10", Fraction(1024)),
        ("2**-2", Fraction(1, 4)),
        ("0**0", Fraction(1)),
        ("(-1)**(10**400)", Fraction(1)),
        ("sqrt(49/4)", Fraction(7, 2)),
        (r"\sqrt[3]{-27}", Fraction(-3)),
        ("8**(2/3)", Fraction(4)),
        ("5!", Fraction(120)),
        (r"\binom{10}{3}", Fraction(120)),
        ("floor(7/2)", Fraction(3)),
        ("floor(-sqrt(2))", Fraction(-2)),
        ("abs(-3/4)", Fraction(3, 4)),
        ("1 1/2", Fraction(3, 2)),
        ("1e3", Fraction(1000)),
        ("log(1)", Fraction(0)),
    ],
)
def test_rational_numbers_stay_rational(text: str, expected: Fraction) -> None:
    """Whatever they are computed of."""
    assert expected == value(text)


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9", "2**(10**9)", "x", "1/0", "0**-1", "factorial(10**9)", "binomial(10**9, 5*10**8)", "1e999999",
        "sin(10**100)", "exp(10**10)", "(-1)!", "log(0)", "2**(10**9*sqrt(2))", "(sqrt(2))**(10**12)", "oo - oo",
    ],
)  # fmt: skip
def test_what_is_no_number_or_too_large_is_refused(text: str) -> None:
    """Before it is computed."""
    with pytest.raises(UnreadError):
        value(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("sqrt(2)*sqrt(3)", "sqrt(6)", True),
        ("sqrt(5 + 2*sqrt(6))", "sqrt(2) + sqrt(3)", True),
        ("exp(pi*sqrt(163))", "262537412640768744", False),
        ("sqrt(10**80 + 1)", "10**40", False),
        ("10**400 + sqrt(2)", "10**400 + sqrt(3)", False),
        ("sin(pi)", "0", True),
        ("cos(pi/5)", "(1 + sqrt(5))/4", True),
        ("10**-400*sqrt(2)", "0", False),
        ("exp(I*pi)", "-1", True),
        ("log(8)/log(2)", "3", True),
        ("1/2004!", "1/2006!", False),
    ],
)
def test_numbers_of_any_size_are_compared(one: str, other: str, expected: bool) -> None:  # noqa: FBT001 - a verdict
    """To 500 digits, relative to their size; a near miss is none."""
    assert expected == equal(read(plain(one)), read(plain(other)))


def test_literals_are_told_from_what_is_computed() -> None:
    """With their digits, or the terms of a ratio."""
    found = [literal(read(text)) for text in ("-3/4", "2/4", "1.50", "7", "2*3", "sqrt(4)", "1 5/4", "3/0")]
    assert [
        Literal(Fraction(-3, 4), "", (-3, 4)),
        Literal(Fraction(1, 2), "", (2, 4)),
        Literal(Fraction(3, 2), "1.50"),
        Literal(Fraction(7)),
        None,
        None,
        None,
        None,
    ] == found
    assert [True, False] == [each.reduced for each in found[:2] if each]


def test_digits_and_names_are_counted() -> None:
    """Zeros in front are no digits."""
    assert [1, 3, 2, 2] == list(map(significant, ("0.005", "1.50", "1.5e300", "0010")))
    node = read("1.5*x + 2*y - 0.25")
    assert ["1.5", "0.25"] == decimals(node)
    assert {"x", "y"} == names(node)
