"""No answer, however hostile, is held right, and none takes the grader longer than its limits, or anything along."""

import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from pytest_mathbench.grading.grade import LENIENT_LIMITS, STRICT_LIMITS, WARM_MODULE, grade
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.sandbox.zygote import WAITING

PATIENCE = 30.0
"""Seconds of wall time for both verdicts, on a machine that is busy otherwise; CPU time has limits of its own."""

HANGS = {
    # Numbers too big for any machine
    "power tower": ("9**9**9**9", "7"),
    "latex tower": (r"9^{9^{9^{9}}}", "7"),
    "reference tower": ("7", r"9^{9^{9^{9}}}"),
    "factorial call": ("factorial(10**9)", "7"),
    "reference factorial": ("7", "1000000000!"),
    "binomial call": ("binomial(10**9, 5*10**8)", "7"),
    "binomial": (r"\binom{10^9}{10^8}", "7"),
    "exponent": ("1e999999999", "7"),
    "float power": ("1.0000001**(10**400)", "7"),
    "root": ("(10**5000 + 1)**(1/7919)", "7"),
    # Algebra without an end
    "binomial product": ("(x + 1)**(10**6)", "x"),
    "expanded against product": ("(x + y + z + 1)**200", "(x + y + z + 1)^{199}(x + y + z + 2)"),
    "latex product": (r"(x+1)^{1000000} \cdot (x-1)^{1000000}", r"(x^2-1)^{1000000}+1"),
    "nested sines": ("sin(" * 90 + "x" + ")" * 90, "x"),
    "nested numeric sines": ("sin(" * 150 + "1" + ")" * 150, "7"),
    "nested roots": ("sqrt(2 + " * 80 + "x" + ")" * 80, "x"),
    "equal but for roots": ("sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11)+sqrt(13)+" * 9 + "x", r"x+\sqrt{17}"),
    "polynomial inequality": ("x**97 - 3*x**50 + x - 7 > 0", "(1,2)"),
    "transcendental inequality": ("sin(x) + exp(x)*cos(x**2) > x**3", "(1,2)"),
    "sum": (r"\sum_{n=1}^{1000000000} \frac{1}{n}", "7"),
    "product": (r"\prod_{n=1}^{1000000000} (1 + \frac{1}{n^2})", "7"),
    "integral": (r"\int_0^1 x^x \sin(x^x) e^{x^2} dx", "7"),
    "limit": (r"\lim_{x \to 0} (\sin x / x)^{1/x^2}", "7"),
    "zeta": (r"\zeta(3) + \zeta(10^9)", "7"),
    # Text too deep, too long, or too much alike
    "fractions": (r"\frac{1}{" * 500 + "x" + "}" * 500, "7"),
    "root tower": (r"\sqrt{" * 300 + "2" + "}" * 300, "7"),
    "exponents": ("x^{" * 300 + "x" + "}" * 300, "7"),
    "parentheses": ("(" * 900 + "1" + ")" * 900, "7"),
    "more parentheses": ("(" * 2000 + "1" + ")" * 2000, "7"),
    "open parentheses": ("( " * 1000, "7"),
    "closed parentheses": (" )" * 1000 + "\n" + ")" * 1000, "7"),
    "brackets": ("[" * 900 + "7" + "]" * 900, "7,8"),
    "braces": ("{" * 1900, "7"),
    "unbalanced": (r"\frac{1}{2}}}}}{{{{", "7"),
    "million digits": ("9" * 1_000_000, "7"),
    "million brackets": ("[" * 1_000_000, "7"),
    "million backslashes": ("\\" * 1_000_000, "7"),
    "million commas": ("," * 1_000_000, "7"),
    "million lines": (")\n" * 500_000, "7"),
    "digits": ("9" * 1900, "7"),
    "digits apart": ("1 " * 950, "7"),
    "minus signs": ("-" * 1990 + "x", "7"),
    "thousands": ("1," * 990, "7"),
    "thousands of thousands": ("123," * 490 + "12", "7"),
    "letters apart": ("a b " * 490, "7"),
    "words": ("a. " * 600 + "!", r"\text{Evelyn}"),
    "bases": ("base " * 390, "12_8"),
    "clocks": ("1:" * 990, "1:00"),
    "units": ("7 " + "cm " * 600 + "!", "7"),
    "degrees": (r"^\circ" * 390, "7"),
    "labels": ("the answer is " * 140, "7"),
    "boxes": (r"\boxed{" * 280, "7"),
    "text marks": (r"\text{" * 300 + "}" * 300, "7"),
    "spaces": ("1" + " " * 1990 + "x", "7"),
    "tabs": ("7" + "\t \t" * 600 + "/", "8"),
    "calls": ("Rational(" * 200 + "1" + ")" * 200, "7"),
    "containers": ("Matrix(" * 250 + "1" + ")" * 250, "7"),
    "numpy": ("[" + "1. " * 600 + "x]", "7"),
    "matrices": (r"\begin{pmatrix}" * 120, r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}"),
    "unions": (r" \cup ".join(f"({n},{n + 1})" for n in range(150)), r"(0,1)\cup(2,3)"),
    "deep unions": ("Union(" * 200 + "Interval(1, 2)" + ")" * 200, "(1,2)"),
    "relations": (" < ".join("abcdefghij" * 40), "(1,2)"),
    "relations in one variable": (" and ".join(f"x != {n}" for n in range(150)), "(1,2)"),
    "signs": (r"\pm" * 600, r"1 \pm \sqrt{2}"),
    "set": (", ".join(f"sqrt({n})" for n in range(2, 200)), ", ".join(f"\\sqrt{{{n}}}" for n in range(3, 201))),
    "decimal commas": ("1,5" * 500, "1.5"),
    # What would like to be more than an answer
    "import": ("__import__('os').system('id')", "7"),
    "exec": ("exec('import os; os.abort()')", "7"),
    "eval": ("eval('3 + 4')", "7"),
    "lambda": ("(lambda: 7)()", "8"),
    "comprehension": ("[7 for _ in iter(int, 1)]", "7"),
    "f-string": ("f'{3 + 4}'", "7"),
    "attribute": ("().__class__.__base__.__subclasses__()", "7"),
    "walrus": ("(x := 7)", "x"),
    "definition": (r"\def\x{\x\x}\x", "7"),
    "command": (r"\newcommand{\x}{\x\x} \x", "7"),
    "input": (r"\input{/etc/passwd}", "7"),
    "write": (r"\immediate\write18{id}", "7"),
    # Characters that are none
    "control characters": ("".join(map(chr, range(32))), "7"),
    "nul": ("7\0", "70"),
    "override": ("\N{RIGHT-TO-LEFT OVERRIDE}7", "7"),
    "surrogates": ("\ud800\udfff" * 500, "7"),
    "emoji": ("\N{KEYCAP TEN}" * 900, "7"),
    "superscripts": ("7" + "\N{SUPERSCRIPT TWO}" * 900, "49"),
    "digits of other scripts": ("\N{ARABIC-INDIC DIGIT SEVEN}²" * 900, "7"),
    "combining": ("7" + "\N{COMBINING LONG SOLIDUS OVERLAY}" * 1900, "8"),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Start a sandbox that is warm for grading."""
    with Sandbox([WARM_MODULE]) as warm:
        yield warm


def test_both_verdicts_are_had_within_two_seconds() -> None:
    """A child may not take more CPU time than that, whatever it is asked."""
    assert STRICT_LIMITS.cpu_seconds is not None
    assert LENIENT_LIMITS.cpu_seconds is not None
    assert STRICT_LIMITS.cpu_seconds + LENIENT_LIMITS.cpu_seconds <= 2


@pytest.mark.parametrize(("output", "reference"), HANGS.values(), ids=HANGS)
def test_a_hostile_answer_is_wrong_and_soon_so(
    sandbox: Sandbox, record_property: Callable[[str, object], None], output: str, reference: str
) -> None:
    """It is not right, strictly or leniently, and is judged, or given up, in time."""
    start = time.monotonic()
    graded = grade(sandbox, output, reference)
    seconds = time.monotonic() - start
    record_property("grading_seconds", round(seconds, 3))
    record_property("grading_rules", f"{graded.rule}, {graded.lenient_rule}")
    assert graded.strict is False
    assert graded.lenient is False
    assert seconds < PATIENCE


def test_nothing_is_left_of_the_hostile_answers(sandbox: Sandbox) -> None:
    """After all of them an ordinary answer is right; left are the waiting children and the one that answers next."""
    zygote, deadline = psutil.Process(sandbox.light.pid), time.monotonic() + 10
    assert [True, True] == [grade(sandbox, "sqrt(8)\n", "2\\sqrt{2}").strict for _ in range(2)]
    while (left := len(zygote.children(recursive=True))) != WAITING + 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert WAITING + 1 == left
