"""A printed answer equals the reference by value, whatever notation either is in, and by nothing less."""

import json
from fractions import Fraction
from random import Random

import pytest
import sympy
from factories import PROPERTY, shared_data
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_mathbench.grading.child import warm_up
from pytest_mathbench.grading.equivalence import decide
from pytest_mathbench.grading.normalize import MAX_ANSWER, answer_of

RULES = {
    "exact", "numeric", "symbolic", "text", "choice", "time", "base", "interval", "structure", "form", "statement",
    "unread", "too long",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Fill the caches before any example's time counts."""
    warm_up()


@pytest.mark.parametrize(
    ("output", "reference"),
    [
        # Numbers
        ("42", "42"),
        ("42.0", "42"),
        ("-0", "0"),
        ("007", "7"),
        ("1e3", "1000"),
        ("1,234,567", "1234567"),
        ("1234567", "1,\\!234,\\!567"),
        ("10080", "10,\\!080"),
        (".5", "\\frac{1}{2}"),
        ("Fraction(1, 2)", "\\frac{1}{2}"),
        ("1/2", "\\frac12"),
        ("-1/2", "\\frac{-1}{2}"),
        ("2/4", "2/4"),
        ("1/2", "\\frac{2}{4}"),
        ("2/-3", "-\\frac{2}{3}"),
        ("3/2", "1\\frac{1}{2}"),
        ("-1 1/2", "-\\frac{3}{2}"),
        ("270/7", "\\frac{270}7\\text{ degrees}"),
        ("np.float64(0.5)", "1/2"),
        ("Rational(1, 2)", "1/2"),
        ("0.3333333333333333", "\\frac{1}{3}"),
        ("66.66666666666667", "\\frac{200}{3}"),
        ("1.4142135623730951", "\\sqrt{2}"),
        ("3.141592653589793", "\\pi"),
        # Units and marks
        ("864", "864 \\mbox{ inches}^2"),
        ("5.4 cents", "5.4 \\text{ cents}"),
        ("$32348", "\\$32,\\!348"),
        ("90 degrees", "90^\\circ"),
        ("28%", "28\\%"),
        # Closed forms
        ("2*sqrt(3)/5", "\\frac{2\\sqrt{3}}{5}"),
        ("sqrt(2)/2", "\\frac{1}{\\sqrt{2}}"),
        ("sqrt(50)", "5\\sqrt{2}"),
        ("sqrt(5 + 2*sqrt(6))", "\\sqrt{2}+\\sqrt{3}"),
        ("2**(1/3)", "\\sqrt[3]{2}"),
        ("pi/3", "\\frac{\\pi}{3}"),
        ("2pi", "2\\pi"),
        ("exp(1)", "e"),
        ("1 + 2*I", "1+2i"),
        ("(1+2j)", "1+2i"),
        ("-32*sqrt(3) - 32*I", r"-32\sqrt{3}-32i"),
        ("sqrt(2)*I", r"i\sqrt{2}"),
        ("oo", "\\infty"),
        # Formulas
        ("x**2 + 2*x + 1", "(x+1)^2"),
        ("(x - 1)*(x + 1)", "x^2-1"),
        ("y = 2*x + 1", "y=2x+1"),
        ("2*x + 1", "y=2x+1"),
        ("x = 5", "5"),
        ("5", "x=5"),
        # Collections
        ("(3, pi/2)", "\\left( 3, \\frac{\\pi}{2} \\right)"),
        ("[3, pi/2]", "\\left( 3, \\frac{\\pi}{2} \\right)"),
        ("[2, 1]", "1,2"),
        ("{1, 2}", "\\{2, 1\\}"),
        ("1 and 2", "2, 1"),
        ("234, 1", "1, 234"),
        ("[-sqrt(2), sqrt(2)]", "\\pm\\sqrt{2}"),
        ("[5]", "5"),
        ("{5}", "5"),
        ("FiniteSet(1, 2)", "1,2"),
        ("[Fraction(1, 2), 3]", "\\frac{1}{2},3"),
        ("[(1, 2), (3, 4)]", "(3,4),(1,2)"),
        ("Matrix([[1, 2], [3, 4]])", "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}"),
        ("[[1 2]\n [3 4]]", "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}"),
        ("Matrix([[1], [2]])", "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}"),
        # Intervals
        ("[-2, 4)", "[-2,4)"),
        ("Interval.Ropen(-2, 4)", "[-2,4)"),
        ("Interval(2, oo)", "[2,\\infty)"),
        ("Interval(-oo, 2)", "(-\\infty,2]"),
        ("Union(Interval.open(-oo, 1), Interval(2, oo))", "(-\\infty,1)\\cup[2,\\infty)"),
        ("(2, oo) U (-oo, 1)", "(-\\infty,1)\\cup(2,\\infty)"),
        # Words
        ("evelyn", "\\text{Evelyn}"),
        ("The answer is: Evelyn", "\\text{Evelyn}"),
        ("C", "\\text{(C)}"),
        ("True", "\\text{True}"),
    ],
)
def test_equal_answers_are_equal(output: str, reference: str) -> None:
    """What Python, sympy and numpy print equals the LaTeX that means the same."""
    assert decide(output, reference)[0]


@pytest.mark.parametrize(
    ("output", "reference"),
    [
        # Numbers
        ("41", "42"),
        ("-42", "42"),
        ("42.1", "42"),
        ("1/3", "\\frac{1}{2}"),
        ("0.33", "\\frac{1}{3}"),
        ("0.33333", "\\frac{1}{3}"),
        ("0.333333", "\\frac{1}{3}"),
        ("0.33333333333333", "\\frac{1}{3}"),
        ("3.14159", "\\pi"),
        ("\\pi", "3.14159"),
        ("9007199254740993.0", "9007199254740993"),
        ("9355781597995980.0", "9355781597994832"),
        ("2.77771e+18", "2777707703392874729"),
        ("7.855167211278894e+43", "78551672112788942358763451234567890123456789"),
        ("1.000000", "\\frac{12791015637}{12791015636}"),
        ("1.0000000000781799", "\\frac{12791015637}{12791015636}"),
        ("2 3", "23"),
        ("5 feet", "5\\text{ inches}"),
        ("90%", "90^\\circ"),
        ("Interval.open(3, 1)", "(3,1)"),
        ("Matrix([[1, 2]])", "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}"),
        ("June 2 0", "\\text{June 20}"),
        ("1 2 3", "123"),
        ("0.0", "2^{2000}"),
        ("1e-300", "\\frac{1}{2004!}"),
        ("1.5*10**400", "2004!"),
        ("0.0", "10^{-400}"),
        ("1e400", "\\infty"),
        ("r**2/2", "\\frac{Rr}{2}"),
        ("log(8)/log(2)", "3"),
        ("5!", "120"),
        ("7 = 5", "5"),
        ("0.333334", "\\frac{1}{3}"),
        ("3.14", "\\pi"),
        ("3.14160", "\\pi"),
        ("1/3", "0.33"),
        ("123", "1,234"),
        ("100, 200", "100200"),
        ("1:00", "12:00"),
        ("5/0", "7/0"),
        ("2, 3", "2/3"),
        # Closed forms
        ("sqrt(2)", "\\sqrt{3}"),
        ("sqrt(2)/2", "\\sqrt{2}"),
        ("1000000000000000000001", "10^{21}"),
        ("sqrt(10**20 + 1)", "10^{10}"),
        ("1 - 2*I", "1+2i"),
        ("oo", "-\\infty"),
        ("oo", "5"),
        ("nan", "5"),
        ("zoo", "\\infty"),
        # Formulas
        ("x", "y"),
        ("x**2 + 1", "(x+1)^2"),
        ("y = 5", "x = 5"),
        ("5*m", "5"),
        # Collections
        ("(2, 1)", "(1,2)"),
        ("{1, 2}", "(1,2)"),
        ("(1, 2)", "[1,2]"),
        ("[1, 2, 3]", "1,2"),
        ("[1, 1]", "1,2"),
        ("[1, 2]", "1,1"),
        ("[1, 2]", "1"),
        ("[]", "0"),
        ("[1, 2]", "12"),
        ("Matrix([[1, 3], [2, 4]])", "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}"),
        # Intervals
        ("[-2, 4]", "[-2,4)"),
        ("(-2, 4]", "[-2,4)"),
        ("Interval.open(2, oo)", "[2,\\infty)"),
        ("-2, 4", "[-2,4)"),
        ("(-oo, 1)", "(-\\infty,1)\\cup(2,\\infty)"),
        ("(-oo, 1), (2, oo)", "(-\\infty,1)\\cup(2,\\infty)"),
        # Words and what is no answer
        ("Navin", "\\text{Evelyn}"),
        ("False", "\\text{True}"),
        ("Evelyn and Navin", "\\text{Evelyn}"),
        ("", "0"),
        ("None", "0"),
        ("x = None", "0"),
        ("<function f at 0x7f>", "7"),
        ("no solution, 42", "42"),
        ("Answer \\( 9 \\) or so", "9"),
    ],
)
def test_different_answers_differ(output: str, reference: str) -> None:
    """Near misses, other structures and what is no answer at all are wrong."""
    assert not decide(output, reference)[0]


@pytest.mark.parametrize(
    ("output", "reference", "decision"),
    [
        ("Answer: $5$", "5", (True, "exact", "5")),
        ("5.0", "5", (True, "numeric", "5.0")),
        ("sqrt(8)", "2\\sqrt{2}", (True, "symbolic", "sqrt(8)")),
        ("2.82842712474619", "2\\sqrt{2}", (True, "numeric", "2.82842712474619")),
        ("evelyn", "\\text{Evelyn}", (True, "text", "evelyn")),
        ("(1, 2, 3)", "(1, 2)", (False, "structure", "(1, 2, 3)")),
        ("(1, 4/3)", "(1, \\frac43)", (True, "numeric", "(1, 4/3)")),
        ("7", "(C)", (False, "choice", "7")),
        ("print this", "\\sqrt{", (False, "unread", "print this")),
        ("9" * (MAX_ANSWER + 1), "9" * (MAX_ANSWER + 1), (False, "too long", "9" * MAX_ANSWER)),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_a_decision_tells_its_rule(output: str, reference: str, decision: tuple[bool, str, str]) -> None:
    """With the verdict come the rule that decided (of a collection, its weakest) and the answer that was read."""
    assert decision == decide(output, reference)


def test_a_hostile_answer_is_read_and_never_run(capfd: pytest.CaptureFixture[str]) -> None:
    """No part of an answer is evaluated as Python."""
    attacks = ["__import__('os').system('echo run')", "print('run')", "(lambda: print('run'))()", "[print('run')]"]
    verdicts = [decide(f"{attack}\n", reference)[0] for attack in attacks for reference in ("run", "0", "\\sqrt{2}")]
    assert [False] * len(verdicts) == verdicts
    assert capfd.readouterr().out == ""


RATIONALS = st.fractions(max_denominator=10**6).filter(lambda value: abs(value) < 10**12)
ROOTS = st.builds(
    lambda factor, radicand, divisor: sympy.Rational(factor, divisor) * sympy.sqrt(radicand),
    st.integers(-99, 99).filter(bool),
    st.integers(2, 99),
    st.integers(1, 99),
)


def _typeset(value: Fraction) -> list[str]:
    """Return the ways in which a reference gives a rational."""
    top, bottom = value.numerator, value.denominator
    sign = "-" if top < 0 else ""
    fractions = [f"{top}/{bottom}", f"\\frac{{{top}}}{{{bottom}}}", f"{sign}\\dfrac{{{abs(top)}}}{{{bottom}}}"]
    return fractions + ([str(top), f"{top}.0", f"{top:,}", f"{top:,}".replace(",", ",\\!")] if bottom == 1 else [])


def _printed(value: Fraction) -> list[str]:
    """Return the ways in which a program prints a rational: a reference's, and Python's own."""
    return [*_typeset(value), repr(value), f"[{value}]"]


@PROPERTY
@given(st.integers(), st.sampled_from(["{}", "{}.", "{}\n", "$x$\n {} ", "Answer: {}", "${}$", "\\boxed{{{}}}"]))
def test_a_whole_number_equals_itself(value: int, form: str) -> None:
    """A number is recognised in any dress that it is printed in."""
    assert decide(form.format(value), str(value))[0]


@PROPERTY
@given(RATIONALS)
def test_the_notations_of_a_rational_are_equal(value: Fraction) -> None:
    """Ratios, LaTeX fractions and, of whole numbers, decimals and thousands' marks equal each other, both ways."""
    pairs = [(output, reference) for output in _printed(value) for reference in _typeset(value)]
    assert [] == [pair for pair in pairs if not decide(*pair)[0]]


@PROPERTY
@given(st.fractions(max_denominator=10**5).filter(lambda value: 0 < abs(value) < 10**4))
def test_a_double_stands_for_the_fraction_that_it_identifies(value: Fraction) -> None:
    """A rational in all digits of a double equals the exact reference; in six digits only where it is that decimal."""
    assert [] == [reference for reference in _typeset(value) if not decide(repr(float(value)), reference)[0]]
    rounded = Fraction(f"{float(value):.6g}")
    assert (rounded == value) == decide(f"{float(value):.6g}", _typeset(value)[0])[0]


@PROPERTY
@given(st.integers(-(10**18), 10**18))
def test_a_double_stands_for_whole_numbers_below_2_to_the_53(value: int) -> None:
    """Above, it may be rounded, even where it is not."""
    assert (abs(value) < 1 << 53) == decide(repr(float(value)), str(value))[0]


@PROPERTY
@given(st.integers(-(10**9), 10**9), st.integers(0, 9))
def test_a_finite_decimal_equals_its_rational_both_ways(digits: int, places: int) -> None:
    """A decimal that is exact is its rational, be it the answer or the reference."""
    decimal = f"{'-' * (digits < 0)}{abs(digits) // 10**places}.{abs(digits) % 10**places:0{places}d}0"
    rational = _typeset(Fraction(digits, 10**places))[:2]
    assert [True] * 4 == [decide(*pair)[0] for other in rational for pair in ((decimal, other), (other, decimal))]


@PROPERTY
@given(RATIONALS, RATIONALS)
def test_different_rationals_are_never_equal(one: Fraction, other: Fraction) -> None:
    """Exact notations of two rationals are never taken for one another."""
    assume(one != other)
    pairs = [(output, reference) for output in _printed(one) for reference in _typeset(other)]
    assert [] == [pair for pair in pairs if decide(*pair)[0]]


@PROPERTY
@given(RATIONALS, st.integers(1, 10**6))
def test_close_rationals_are_never_equal(value: Fraction, distance: int) -> None:
    """No tolerance lies between exact answers, however near they are."""
    near = value + Fraction(1, distance * 10**20)
    assert decide(str(near), str(value))[0] is False
    assert decide(str(value), str(near))[0] is False


@PROPERTY
@given(ROOTS)
def test_a_radical_equals_itself(value: sympy.Expr) -> None:
    """What sympy prints of a radical equals the radical, its LaTeX, and its decimal."""
    outputs = [str(value), str(value).replace("**", "^"), str(float(value))]
    references = [str(value), sympy.latex(value)]
    pairs = [(output, reference) for output in outputs for reference in references]
    assert [] == [pair for pair in pairs if not decide(*pair)[0]]


@PROPERTY
@given(ROOTS, ROOTS)
def test_different_radicals_are_never_equal(one: sympy.Expr, other: sympy.Expr) -> None:
    """Two radicals of different value are never taken for one another."""
    assume(one != other)
    assert not decide(str(one), sympy.latex(other))[0]


@PROPERTY
@given(st.lists(st.integers(-9, 9), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_counts_in_tuples_only(values: list[int], random: Random) -> None:
    """A set of solutions may be printed in any order, a tuple in its own only."""
    shuffled = random.sample(values, len(values))
    bare, tuple_ = ", ".join(map(str, values)), f"({', '.join(map(str, values))})"
    assert decide(str(shuffled), bare)[0] is True
    assert (shuffled == values) == decide(str(tuple(shuffled)), tuple_)[0]


@PROPERTY
@given(st.text(st.characters(), max_size=30), st.sampled_from(["42", "\\sqrt{2}", "x+1", "(1,2)", "\\text{Evelyn}"]))
def test_any_output_can_be_compared(output: str, reference: str) -> None:
    """No text that is printed breaks the comparison: it gives a verdict by a known rule on the answer in it."""
    equal, rule, answer = decide(output, reference)
    assert answer_of(output) == answer
    assert rule in RULES
    assert not equal or answer


PLAIN_RATIONALS = RATIONALS.map(lambda value: sympy.Rational(value.numerator, value.denominator))
EXACT = st.one_of(
    PLAIN_RATIONALS,
    ROOTS,
    st.lists(ROOTS | st.integers(-9, 9).map(sympy.Integer), min_size=2, max_size=4).map(
        lambda each: sympy.Tuple(*each)
    ),
    st.sets(st.integers(-99, 99), min_size=2, max_size=4).map(lambda each: sympy.FiniteSet(*each)),
)


@PROPERTY
@given(EXACT, EXACT)
def test_equality_is_reflexive_and_symmetric(one: sympy.Basic, other: sympy.Basic) -> None:
    """An exact form equals itself, and of two neither is the other's equal alone."""
    assert decide(str(one), str(one))[0] is True
    assert decide(str(one), sympy.latex(one))[0] is True
    assert decide(str(one), str(other))[0] == decide(str(other), str(one))[0]


@PROPERTY
@given(st.fractions(max_denominator=999).filter(lambda value: abs(value) < 10**6 and value.denominator > 1))
def test_the_dress_does_not_count(value: Fraction) -> None:
    """Spacing, more braces, the kind of fraction and the size of brackets change nothing, on either side."""
    sign, top, bottom = "-" * (value < 0), abs(value.numerator), value.denominator
    kinds = (r"\frac", r"\dfrac", r"\tfrac")
    forms = [f"{sign}{kind}{{{top}}}{{{bottom}}}" for kind in kinds] + [f"{sign}{top}/{bottom}"]
    forms += [f"{sign} {kind} {{ {top} }} {{ {bottom} }}" for kind in kinds] + [
        f"{sign}\\frac{{{{{top}}}}}{{{bottom}}}"
    ]
    forms += [f"\\,{forms[0]}\\;", f"${forms[0]}$", f" {sign}{top} / {bottom} "]
    tuples = [f"({forms[0]}, 7)", f"\\left( {forms[1]}, 7 \\right)", f"\\left({forms[3]},\\, 7\\right)"]
    pairs = [(one, other) for alike in (forms, tuples) for one in alike for other in alike]
    assert [] == [pair for pair in pairs if not decide(*pair)[0]]


def test_the_grading_suites_hold_no_false_positive() -> None:
    """Of what other graders' tests call different, nothing is equal here."""
    rows = [json.loads(line) for line in shared_data("equivalence-dev.jsonl").read_text(encoding="utf-8").splitlines()]
    different = [(row["pred"], row["gold"]) for row in rows if not row["expected"]]
    assert [] == [pair for pair in different if decide(*pair)[0]]


def test_real_references_equal_themselves() -> None:
    """Every answer of MATH-500 is right when printed as LaTeX, in dollars or boxed."""
    rows = [json.loads(line) for line in shared_data("math500.jsonl").read_text(encoding="utf-8").splitlines()]
    answers = [row["answer"] for row in rows]
    forms = ("{}", "${}$", "The answer is \\boxed{{{}}}.")
    assert [] == [(form, answer) for form in forms for answer in answers if not decide(form.format(answer), answer)[0]]
