"""Who knows nothing gains nothing: no hedge, no identity, no formula of the statement passes, strictly or leniently."""

import json
import re

import pytest
from factories import shared_data

from pytest_mathbench.answers import AnswerType, infer
from pytest_mathbench.grading.equivalence import decide, decide_leniently
from pytest_mathbench.grading.kinds import expected
from pytest_mathbench.grading.normalize import plain
from pytest_mathbench.grading.parser import read
from pytest_mathbench.grading.statement import key
from pytest_mathbench.grading.syntax import UnreadError
from pytest_mathbench.problems import load
from pytest_mathbench.records import Problem

REFERENCES = {
    "integer": ["5", "23", "649", "-17", "120", "1,234", "2777707703392874729"],
    "fraction": [r"\frac{3}{32}", r"-\frac{7}{3}", r"1\frac{4}{5}", r"\frac{12791015637}{12791015636}"],
    "decimal": ["1.25", "0.15", ".0000672"],
    "percent": [r"28\%"],
    "quantity": [r"90^\circ", r"\$18.90", r"5.4 \text{ cents}"],
    "real": [r"\frac{\sqrt{889}}{2}", r"9\pi", "2^{2000}", "2004!", r"\frac{1}{2004!}", "10^{-400}", r"\pi"],
    "complex": ["3-2i", r"-32\sqrt{3}-32i"],
    "polynomial": ["x^2-2x+3", r"\frac{7x}{2}-\frac{17}{2}", "p - q", "3R^2", "r"],
    "expression": [r"\frac{34-44x}{40x-35}", r"\cot x", r"\frac{Rr}{x}"],
    "equation": ["y = 2x + 3", "5x - 7y + 11z + 4 = 0", r"\frac{x^2}{9}+\frac{y^2}{5}=1"],
    "inequality": [r"x \ge \frac12", "x<5"],
    "interval": ["[2,5)", r"(-\infty,3]\cup[5,\infty)", r"x \in [-2,7]", r"(5,\infty)"],
    "tuple": ["(3,-1)", r"\left( 3, \frac{\pi}{2} \right)"],
    "vector": [r"\begin{pmatrix} -1 \\ 7 \end{pmatrix}"],
    "matrix": [r"\begin{pmatrix} 1 & 0 \\ 2 & 1 \end{pmatrix}"],
    "list": ["-1,3", "125, 155, 305", r"1 \pm \sqrt{19}"],
    "set": [r"\{2,3\}"],
    "tuples": ["(1,2),(3,4)"],
    "values": ["k = 45, n = 2"],
    "numeral": ["2516_8", "1A_{16}"],
    "ratio": ["5:3"],
    "time": ["12:30"],
    "choice": [r"\text{(C)}"],
    "text": [r"\text{Evelyn}", r"\text{even}"],
}

KNOW_NOTHING = [
    "0", "1", "-1", "2", "10", "100", "0.5", "1/2", "0.0", "1e-300", "-1e-300", "5e-324", "1e-9", "1e300", "1e308",
    "1.7976931348623157e+308", "1e400", "1.5*10**400", "0.5*factorial(500)", "1e999999999", "inf", "-inf", "nan",
    "float('inf')", "oo", "-oo", "zoo", "NaN", "None", "True", "False", "x", "y = x", "x = x", "n", "?", "???", "...",
    "0 = 0", "x - x", "0*x", "answer", "the answer", "unknown", "no solution", "not found", "Error", "error 0",
    "not 0", "10 0", "1 2 3", "[]", "()", "{}", "set()", "[0]", "(0, 0)", "[0, 0]", "[[0, 0], [0, 0]]", "[0 0]",
    "Matrix([[0, 0], [0, 0]])", "(-oo, oo)", "Interval(-oo, oo)", "Reals", "EmptySet", "x > 0", "x < 0", "x != 0",
    "Eq(x, x)", "x in Reals", "[None]", "{None: None}", "A or B or C or D", "A, B, C, D", "(A)(B)(C)(D)", "B or C",
    "yes or no", "odd or even", "even or odd", "between 0 and 1000", "at least 0", "0 to 1000", "range(0, 1000)",
    "either 1 or 2", "1 or 2 or 3 or 4 or 5", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9", "0 ± 1000", r"\pm 1", "0:00", "1:1",
    r"\boxed{0}", r"\boxed{0} \boxed{1}", r"\boxed{}", r"\boxed{?}", "<function f at 0x7f>", "Traceback", "undefined",
    "lambda x: x", "f(x)", "a/b", "a + b*I", "p/q", "sqrt(x)", "$x$", "$$", "-", "+", "%", "0%", "100%", "0_10", "base",
]  # fmt: skip
"""What a program prints that has not read the problem."""


def hedged(answer: str) -> list[str]:
    """Return what holds an answer, and takes it back, or does not commit itself to it."""
    return [
        f"not {answer}", f"isn't {answer}", f"the answer is not {answer}", f"the answer isn't ${answer}$",
        f"The answer is never ${answer}$.", f"{answer} or 987654321", f"987654321 or {answer}",
        f"either {answer} or 987654321", f"maybe {answer}", f"perhaps {answer}", f"probably ${answer}$",
        f"{answer}, 987654321", f"987654321, {answer}", f"[{answer}, 987654321]", f"987654321 {answer}",
        f"{answer} 987654321", f"987654321 = {answer}", f"987654321; {answer}", f"$987654321$ or ${answer}$",
        f"{answer} ± 1", rf"{answer} \pm 987654321", rf"\boxed{{987654321}} \boxed{{{answer}}}",
        rf"\boxed{{{answer}}} or \boxed{{987654321}}", rf"\boxed{{{answer}}}" "\n987654321", f"{answer}\n987654321",
        f"It is wrong that it is {answer}", f"{answer}?", f"~{answer}",
    ]  # fmt: skip


ALL = [(kind, reference) for kind, references in REFERENCES.items() for reference in references]


def accepted(output: str, reference: str, statement: str = "", kind: AnswerType | None = None) -> bool:
    """Whether an output passes, strictly or leniently."""
    return decide(output, reference, statement, kind)[0] or decide_leniently(output, reference, statement, kind)[0]


def test_every_type_is_tried() -> None:
    """Each with references that are of it."""
    assert set(AnswerType) == set(REFERENCES)
    assert [] == [(kind, reference) for kind, reference in ALL if infer(reference) != kind]
    assert len(KNOW_NOTHING) >= 100


@pytest.mark.parametrize("kind", REFERENCES)
def test_who_knows_nothing_is_wrong(kind: str) -> None:
    """Numbers that are common, huge or tiny, identities, ranges, words, several boxes."""
    found = [
        (output, reference) for reference in REFERENCES[kind] for output in KNOW_NOTHING if accepted(output, reference)
    ]
    assert [] == found


@pytest.mark.parametrize("kind", REFERENCES)
def test_who_does_not_commit_himself_is_wrong(kind: str) -> None:
    """Several candidates, hedges and negations, though the reference be among them."""
    found = [
        (output, reference)
        for reference in REFERENCES[kind]
        for output in hedged(reference)
        if accepted(output, reference) and not (kind == "choice" and output.endswith("} 987654321"))  # a choice's text
    ]
    assert [] == found


UNSOLVED = [
    ("integer", "649", "3245/5", "What is $3245 \\div 5$?"),
    ("integer", "649", "3245/5*1", ""),
    ("integer", "88", "8*(16-7)+4**2", "Evaluate $8 \\cdot (16-7)+4^2$."),
    ("integer", "88", r"8 \cdot (16-7)+4^2", "Evaluate $8 \\cdot (16-7)+4^2$."),
    ("integer", "88", "4**2 + 8*(16 - 7)", "Evaluate $8 \\cdot (16-7)+4^2$."),
    ("integer", "5050", r"\sum_{k=1}^{100} k", r"Compute $\sum_{k=1}^{100} k$."),
    ("integer", "5", "7 = 5", ""),
    ("integer", "0", "x^2 + 1 = 0", ""),
    ("integer", "6", "1 2 3", ""),
    ("integer", "5", "x = 5", "If $x = 5$, what is $x$?"),
    ("real", r"2\sqrt{3}", "sqrt(12)", r"Simplify $\sqrt{12}$."),
    ("real", r"2\sqrt{3}", r"\sqrt{12}", r"Simplify $\sqrt{12}$."),
    ("polynomial", "x^2-1", "(x-1)*(x+1)", "Expand $(x-1)(x+1)$."),
    ("interval", r"(-\infty,-\frac{17}{3})\cup(\frac{1}{3},\infty)", "|6*x + 16| > 18", "Find $x$: $|6x + 16| > 18$."),
    ("interval", r"(-\infty,-\frac{17}{3})\cup(\frac{1}{3},\infty)", "Abs(6*x + 16) > 18", ""),
    ("interval", "[0,2)", r"0 \le x < 2", r"Let $0 \le x < 2$."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "reference", "output", "statement"), UNSOLVED)
def test_what_is_not_solved_is_wrong(kind: str, reference: str, output: str, statement: str) -> None:
    """A formula of the statement, a division that was not made, a relation that was not solved."""
    assert not decide(output, reference, statement, AnswerType(kind))[0]


@pytest.mark.parametrize(("kind", "reference", "output", "statement"), [each for each in UNSOLVED if each[3]])
def test_what_the_statement_holds_is_wrong_leniently(kind: str, reference: str, output: str, statement: str) -> None:
    """However generous a reader is."""
    assert not decide_leniently(output, reference, statement, AnswerType(kind))[0]


FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$|\\\[(.+?)\\\]", re.DOTALL)


def formulas(statement: str) -> list[str]:
    """Return the formulas of a statement, and the sides of its equations."""
    found = [
        next(group for group in match.groups() if group).strip().rstrip(".,;?") for match in FORMULA.finditer(statement)
    ]
    return [part.strip() for formula in found for part in (formula, *formula.split("=")) if part.strip()]


def is_the_reference(formula: str, problem: Problem) -> bool:
    """Whether a formula is the reference, but for notation: a number, or the same expression."""
    wanted = expected(problem.answer, problem.statement, problem.answer_type)
    if plain(formula) == wanted.text:
        return True
    try:
        found = read(plain(formula))
    except UnreadError:
        return False
    return key(found) == key(wanted.node) or (not found.parts and not wanted.node.parts)


@pytest.mark.parametrize("source", ["", "math500.jsonl"])
def test_a_formula_of_the_statement_is_right_only_if_it_is_the_reference(source: str) -> None:
    """Of all bundled problems and of MATH-500: the grader does not do the mathematics."""
    found = [
        (problem.id, formula, problem.answer)
        for problem in load(str(shared_data(source)) if source else "").problems
        for formula in formulas(problem.statement)
        if accepted(formula, problem.answer, problem.statement, problem.answer_type)
        and not is_the_reference(formula, problem)
    ]
    assert [] == found


def test_the_statements_are_looked_at() -> None:
    """So that the test above looks at something."""
    statements = [json.loads(line)["problem"] for line in shared_data("math500.jsonl").read_text().splitlines()]
    assert sum(len(formulas(statement)) for statement in statements) > 1000
