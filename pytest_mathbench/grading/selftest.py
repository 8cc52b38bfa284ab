"""Does grading work here? Known pairs and every reference, through the installed libraries, before anything counts.

A changed version of a parser's library has halved another harness's score in silence.
"""

from collections.abc import Iterable, Mapping

from pytest_mathbench.errors import GradingError
from pytest_mathbench.grading.grade import grade, readable
from pytest_mathbench.records import Problem
from pytest_mathbench.sandbox import Sandbox

STRICTLY, LENIENTLY, NOT = "strictly", "leniently", "not"

KNOWN: tuple[tuple[str, str, str], ...] = (
    ("42", "42", STRICTLY),
    ("Answer: 42", "42", STRICTLY),
    ("x = 1\n7.0", "7", STRICTLY),
    ("1,234,567", "1234567", STRICTLY),
    ("Fraction(3, 7)", r"\frac{3}{7}", STRICTLY),
    ("3/7", r"\dfrac37", STRICTLY),
    ("-3/7", r"-\frac{3}{7}", STRICTLY),
    ("0.42857142857142855", r"\frac{3}{7}", STRICTLY),
    ("7/2", r"3\frac{1}{2}", STRICTLY),
    ("1e3", "1000", STRICTLY),
    ("sqrt(8)", r"2\sqrt{2}", STRICTLY),
    ("2.8284271247461903", r"2\sqrt{2}", STRICTLY),
    ("sqrt(2)/2", r"\frac{1}{\sqrt{2}}", STRICTLY),
    ("2**(1/3)", r"\sqrt[3]{2}", STRICTLY),
    ("pi/3", r"\frac{\pi}{3}", STRICTLY),
    ("1 + 2*I", "1+2i", STRICTLY),
    ("-32*sqrt(3) - 32*I", r"-32\sqrt{3}-32i", STRICTLY),
    ("(1+2j)", "1+2i", STRICTLY),
    ("x**2 + 2*x + 1", "(x+1)^2", STRICTLY),
    ("y = 2*x + 1", "y=2x+1", STRICTLY),
    ("(3, pi/2)", r"\left( 3, \frac{\pi}{2} \right)", STRICTLY),
    ("{2, 1}", "1,2", STRICTLY),
    ("[-sqrt(2), sqrt(2)]", r"\pm\sqrt{2}", STRICTLY),
    ("FiniteSet(1, 2)", r"\{1,2\}", STRICTLY),
    ("Matrix([[1, 2], [3, 4]])", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", STRICTLY),
    ("[[1 2]\n [3 4]]", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", STRICTLY),
    ("Interval.Ropen(-2, 4)", "[-2,4)", STRICTLY),
    ("(5 < x) & (x < oo)", r"(5,\infty)", STRICTLY),
    ("Union(Interval.open(-oo, 1), Interval(2, oo))", r"(-\infty,1)\cup[2,\infty)", STRICTLY),
    ("evelyn", r"\text{Evelyn}", STRICTLY),
    ("C", r"\text{(C)}", STRICTLY),
    ("28", r"28\%", STRICTLY),
    ("90", r"90^\circ", STRICTLY),
    ("0o2516", "2516_8", STRICTLY),
    ("0.28", r"28\%", LENIENTLY),
    ("0.428571", r"\frac{3}{7}", LENIENTLY),
    ("3.14159", r"\pi", LENIENTLY),
    ("log(8)/log(2)", "3", LENIENTLY),
    ("2.6667", r"\frac{8}{3}", LENIENTLY),
    ("2/4", r"\frac{1}{2}", LENIENTLY),
    ("The number of ways is $12$.", "12", LENIENTLY),
    ("1\n2", "1,2", LENIENTLY),
    ("Therefore $x < 5$.", "x<5", LENIENTLY),
    ("41", "42", NOT),
    ("4 2", "42", NOT),
    ("r**2/2", r"\frac{Rr}{2}", NOT),
    ("1e21", "1000000000000000000001", NOT),
    ("7 = 5", "5", NOT),
    ("-42", "42", NOT),
    ("0.33", r"\frac{1}{3}", NOT),
    ("0.333334", r"\frac{1}{3}", NOT),
    ("3.14", r"\pi", NOT),
    ("sqrt(2)", r"\sqrt{3}", NOT),
    ("1000000000000000000001", "10^{21}", NOT),
    ("1 - 2*I", "1+2i", NOT),
    ("x**2 + 1", "(x+1)^2", NOT),
    ("y = 5", "x=5", NOT),
    ("(2, 1)", "(1,2)", NOT),
    ("[1, 2, 3]", "1,2", NOT),
    ("Matrix([[1, 3], [2, 4]])", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", NOT),
    ("[-2, 4]", "[-2,4)", NOT),
    ("x > 5", r"[5,\infty)", NOT),
    ("Navin", r"\text{Evelyn}", NOT),
    ("not Evelyn", r"\text{Evelyn}", NOT),
    ("B", r"\text{(C)}", NOT),
    ("2516_9", "2516_8", NOT),
    (r"$\frac{1}{2006!}$", r"\frac{1}{2004!}", NOT),
    ("None", "0", NOT),
    ("", "0", NOT),
)
"""(output, reference, how they are equal)"""


def run(sandbox: Sandbox, problems: Iterable[Problem] = (), places: Mapping[str, str] | None = None) -> int:
    """Grade what is known, and read each problem's reference; return how many were looked at.

    Raises `GradingError`, which names the pair, or the problem and its place, that is not as it should be.
    """
    looked_at = 0
    for output, reference, expected in KNOWN:
        verdict = grade(sandbox, output, reference)
        found = STRICTLY if verdict.strict else LENIENTLY if verdict.lenient else NOT
        if found != expected:
            raise GradingError(
                f"self-test: {output!r} is to be {expected} equal to {reference!r}, and is {found} "
                f"({verdict.lenient_rule or verdict.rule}): is the installed mpmath whole, and of a version that "
                "pytest-mathbench takes?"
            )
        looked_at += 1
    for problem in problems:
        if not readable(sandbox, problem.answer, problem.statement, problem.answer_type):
            place = (places or {}).get(problem.id, problem.id)
            raise GradingError(
                f"{place}: the reference {problem.answer[:200]!r} cannot be read, so that no answer would equal it by "
                "value; mend it, or leave the problem out"
            )
        looked_at += 1
    return looked_at
