"""The type of a reference is told by how it is written, and by what its statement asks for."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from factories import make_problem, shared_data
from hypothesis import given
from hypothesis import strategies as st

from conftest import row
from pytest_mathbench.answers import AnswerType, base_asked, infer, top_level
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.families.family import Family
from pytest_mathbench.problems import ProblemSet, load
from pytest_mathbench.records import Problem


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("-17", "integer"),
        (r"11,\! 111,\! 100", "integer"),
        ("58,500", "integer"),
        (r"\text{13}", "integer"),
        (r"\frac{3}{4}", "fraction"),
        (r"-\frac12", "fraction"),
        (r"1\frac{4}{5}", "fraction"),
        ("5.4", "decimal"),
        (r"28\%", "percent"),
        (r"2\sqrt{3}", "real"),
        (r"9\pi", "real"),
        ("10^{21}", "real"),
        (r"\log_2 7", "real"),
        (r"3-2i", "complex"),
        ("3x^2-x+4", "polynomial"),
        (r"\frac{34-44x}{40x-35}", "expression"),
        (r"\cot x", "expression"),
        ("x=5", "integer"),
        ("y = 2x + 3", "equation"),
        (r"x \ge \frac12", "inequality"),
        (r"x \in [-2,7]", "interval"),
        ("[2,5)", "interval"),
        (r"(-\infty,3]\cup[5,\infty)", "interval"),
        ("(3,-1)", "tuple"),
        (r"\left( 3, \frac{\pi}{2} \right)", "tuple"),
        (r"(p,q)=(3,2)", "tuple"),
        (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", "vector"),
        (r"\begin{pmatrix} 1 & 0 \\ 2 & 1 \end{pmatrix}", "matrix"),
        ("-1,3", "list"),
        (r"1 \pm \sqrt{19}", "list"),
        (r"\{1,2\}", "set"),
        ("(1,2),(3,4)", "tuples"),
        ("k = 45, n = 2", "values"),
        ("2041_5", "numeral"),
        ("5:3", "ratio"),
        ("12:30", "time"),
        (r"90^\circ", "quantity"),
        (r"5.4 \text{ cents}", "quantity"),
        (r"\$32,\!348", "quantity"),
        (r"\text{(C)}", "choice"),
        (r"\text{Tuesday}", "text"),
    ],
)
def test_a_reference_has_a_type(reference: str, expected: str) -> None:
    """Each type is known by its own marks."""
    assert expected == infer(reference)


@pytest.mark.parametrize(
    ("reference", "statement", "expected"),
    [
        ("125,155,305,335", "Enter all the solutions in degrees, separated by commas.", "list"),
        ("125,155", "How many are there?", "integer"),
        ("115,000", "Enter them separated by commas.", "integer"),
        ("(1,2)", "Find all $x$. Express your answer in interval notation.", "interval"),
        ("(1,2)", "Enter your answer as an ordered pair.", "tuple"),
        ("1, 2, 3", "Find the ordered triple $(a,b,c)$.", "tuple"),
        ("3:30", "What is the ratio of boys to girls?", "ratio"),
        ("52", "What is $3_6 + 45_6$? Express your answer in base $6$.", "numeral"),
        ("52", "Express your answer in base ten.", "integer"),
        ("B", "Express the area in terms of $B$.", "polynomial"),
        ("B", "Which is it? $\\text{(A)}$ $B$ or $\\text{(B)}$ $C$", "choice"),
    ],
)
def test_a_statement_says_what_is_asked_for(reference: str, statement: str, expected: str) -> None:
    """What a reference leaves open, the statement tells."""
    assert expected == infer(reference, statement)


def test_the_base_that_is_asked_for() -> None:
    """In digits or as a word."""
    asked = ["Express your answer in base $7$.", "Give your answer as a base-nine number.", "How many in base $7$?"]
    assert [7, 9, None] == list(map(base_asked, asked))


@given(st.text(), st.text())
def test_every_text_has_a_type(reference: str, statement: str) -> None:
    """Whatever a reference is, it is of a type."""
    assert infer(reference, statement) in AnswerType


def test_math500s_types() -> None:
    """All of MATH-500's references, each of its type."""
    rows = [json.loads(line) for line in shared_data("math500.jsonl").read_text(encoding="utf-8").splitlines()]
    counts = Counter(str(infer(each["answer"], each["problem"])) for each in rows)
    assert {
        "integer": 315, "fraction": 58, "real": 28, "quantity": 21, "polynomial": 14, "interval": 11, "tuple": 9,
        "decimal": 7, "complex": 6, "vector": 6, "numeral": 6, "text": 5, "list": 5, "choice": 3, "equation": 3,
        "matrix": 1, "expression": 1, "set": 1,
    } == counts  # fmt: skip


def test_a_column_gives_the_type(problem_file: Callable[..., Path]) -> None:
    """It goes before what would be inferred, and changes the hash of the set."""
    plain, given_ = (
        load(str(problem_file(row("a", answer="1,200", **more), name=f"{len(more)}.jsonl")))
        for more in ({}, {"answer_type": "list"})
    )
    assert ["integer", "list"] == [problem.answer_type for each in (plain, given_) for problem in each.problems]
    assert plain.sha256 != given_.sha256


def test_an_inferred_type_is_no_part_of_the_hash() -> None:
    """A set stays itself when types are told better."""
    problem = make_problem(answer="42")
    inferred = make_problem(answer="42", answer_type=AnswerType.INTEGER)
    assert ProblemSet("a", (problem,)).sha256 == ProblemSet("b", (inferred,)).sha256


def test_an_unknown_type_is_refused(problem_file: Callable[..., Path]) -> None:
    """With its place, and the types that there are."""
    with pytest.raises(ConfigurationError, match=r"line 1: unknown answer_type 'number'; the types are integer, "):
        load(str(problem_file(row("a", answer_type="number"))))


def test_a_type_is_recorded() -> None:
    """It goes to JSON and back; a record of an earlier version has none."""
    problem = make_problem(answer_type=AnswerType.LIST)
    assert problem == Problem.from_json(problem.to_json())
    data = json.loads(problem.to_json())
    del data["answer_type"]
    assert Problem.from_data(data).answer_type is None


def test_a_family_declares_its_type() -> None:
    """An unknown one is refused when the class is made."""
    with pytest.raises(ValueError, match="family Odd: unknown answer_type 'number'; the types are integer"):

        class Odd(Family, domain="algebra", level=1, answer_type="number"):
            """A family whose type is none."""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1, 2,3", ["1", "2", "3"]),
        ("(1, 2), [3, {4, 5}]", ["(1, 2)", "[3, {4, 5}]"]),
        ("\\frac{1,2}{3}", ["\\frac{1,2}{3}"]),
        ("[0, 1), 2", ["[0, 1)", "2"]),
        ("1,,2,", ["1", "", "2", ""]),
        ("", [""]),
    ],
)
def test_separators_in_brackets_split_nothing(text: str, parts: list[str]) -> None:
    """Only commas outside all brackets part a collection."""
    assert parts == top_level(text)
