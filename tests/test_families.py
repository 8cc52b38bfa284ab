"""Families draw problems that differ, are well formed, and whose answers another method confirms."""

import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, Self

import pytest
import sympy
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.families import own
from pytest_mathbench.families.catalog import families
from pytest_mathbench.families.drawing import PER_CELL, draws, flaw, name_of, problems
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import braced, listed, matrix, polynomial, same, signed, tex
from pytest_mathbench.problems import load, select

ALL = families()
BUNDLED_SHA256 = "4186fe1ea770e1434266108a7606423ce59a383fb86e48cd5952ccfe8de6ae78"
SQRT2 = sympy.sqrt(2)
X, Y = sympy.symbols("x y")
INTEGERS = st.integers(-(10**6), 10**6)
RATIONALS = st.builds(Fraction, INTEGERS, st.integers(1, 1000))


class Doubled(Family, domain="algebra", level=1):
    """Twice a number; what a test changes of it, it overrides."""

    number: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 9999))

    def statement(self) -> str:
        return f"What is twice ${self.number}$?"

    def answer(self) -> Any:
        return 2 * self.number

    def check(self) -> Any:
        return self.number + self.number


def changed(**members: Any) -> type[Family]:
    """Return a family like `Doubled`, some of its members others."""
    return type("Changed", (Doubled,), {"__module__": __name__, **members}, domain="algebra", level=1)


# The bundled families


def test_every_cell_has_families() -> None:
    """Each of the 35 cells has at least three families, of different names."""
    cells = Counter((family.domain, family.level) for family in ALL)
    names = {(family.domain, family.level, name_of(family)) for family in ALL}
    assert {(domain, level) for domain in Domain for level in LEVELS} == {
        cell for cell, count in cells.items() if count >= 3
    }
    assert len(ALL) == len(names)


def test_a_family_stands_in_the_module_of_its_cell() -> None:
    """Where a family is found says its domain and level."""
    misplaced = [f for f in ALL if not re.search(rf"\.{f.domain}\.level{f.level}(_[a-z]+)?$", f.__module__)]
    assert [] == misplaced


@pytest.mark.parametrize("family", ALL, ids=lambda family: f"{family.domain}-{family.level}-{name_of(family)}")
def test_a_family_draws_confirmed_problems(family: type[Family]) -> None:
    """Each draw is confirmed by its check as it is drawn; statements differ, and so do most answers."""
    found = list(islice(draws(family, seed=20250128), 40))
    assert 40 == len({draw.statement for draw in found})
    assert len({draw.answer for draw in found}) >= 10


@pytest.fixture(scope="module")
def variant() -> list[Any]:
    """One fresh variant of the bundled set."""
    return list(problems(ALL, 7, load("").problems))


def test_the_bundled_set_is_what_its_families_draw() -> None:
    """Drawn again from the same seed, every one of the 945 problems is the same: the set can be reproduced."""
    assert list(load("").problems) == list(problems(ALL, 0))


def test_the_bundled_set_is_the_one_that_was_published() -> None:
    """Who changes a problem changes the version with it; scores name both."""
    assert load("").name == "bundled 2"
    assert BUNDLED_SHA256 == load("").sha256


def test_each_cell_has_twelve_families_or_thirteen() -> None:
    """Fewer would be too few ideas; of more, some would have one problem in the set."""
    assert {12, 13} >= set(Counter((family.domain, family.level) for family in ALL).values())


def test_each_family_has_two_problems_in_the_set() -> None:
    """At least two draws of each idea."""
    assert min(Counter((each.domain, each.level, each.family) for each in load("").problems).values()) >= 2


def test_the_texts_of_the_set_are_many() -> None:
    """With the numbers blanked, nine of ten problems read differently from all others."""
    texts = {re.sub(r"\d+", "#", problem.statement) for problem in load("").problems}
    assert len(texts) >= 900


def test_answers_are_of_a_size_that_people_read() -> None:
    """Size is no difficulty: hardly an answer has a number of more than twenty digits."""
    assert sum(bool(re.search(r"\d{21}", problem.answer)) for problem in load("").problems) < 10


def test_a_small_selection_has_as_many_families_as_it_can() -> None:
    """Twelve a cell are of twelve families."""
    chosen = select(load(""), per_cell=12).problems
    families_of_cells = {(each.domain, each.level, each.family) for each in chosen}
    assert len(families_of_cells) == len(chosen)


def test_a_variant_is_shaped_as_the_bundled_set(variant: list[Any]) -> None:
    """The same families, each with as many problems, in the same order."""
    shape = [(problem.domain, problem.level, problem.family) for problem in load("").problems]
    assert shape == [(problem.domain, problem.level, problem.family) for problem in variant]
    assert {PER_CELL} == set(Counter((problem.domain, problem.level) for problem in variant).values())


def test_a_variant_repeats_nothing_of_the_bundled_set(variant: list[Any]) -> None:
    """No statement comes back, nor any family's answer."""
    bundled = load("").problems
    assert set() == {problem.statement for problem in bundled} & {problem.statement for problem in variant}

    def answers(drawn: Any) -> set[tuple[str, int, str, str]]:
        return {(problem.domain, problem.level, problem.family, problem.answer) for problem in drawn}

    assert set() == answers(bundled) & answers(variant)


def test_a_seed_draws_the_same_and_another_does_not(variant: list[Any]) -> None:
    """A variant is known by its seed."""
    bundled = load("").problems
    geometry = [family for family in ALL if family.domain == "geometry"]
    mine = [problem for problem in variant if problem.domain == "geometry"]
    assert mine == list(problems(geometry, 7, bundled))
    assert set() == {problem.statement for problem in mine} & {p.statement for p in problems(geometry, 8, mine)}


# Drawing


def test_a_wrong_answer_is_never_drawn() -> None:
    """A check that finds another answer names the family, both answers and the parameters."""
    wrong = changed(check=lambda self: self.number)
    with pytest.raises(ConfigurationError, match=r"^family Changed \(algebra level 1.* its check finds .*number="):
        next(draws(wrong, 0))


def test_a_family_that_runs_dry_is_named() -> None:
    """A family with too few statements says how many it has."""
    few = changed(draw=classmethod(lambda cls, random: cls(random.randint(2, 4))))
    with pytest.raises(ConfigurationError, match=r"^family Changed .*repeated earlier ones, 3 statements in all"):
        list(draws(few, 0))


def test_a_family_with_few_answers_is_named() -> None:
    """A set's draws of one family differ in their answers; where that cannot be, the family is named."""
    same_answer = changed(answer=lambda _: 7, check=lambda _: 7)
    with pytest.raises(ConfigurationError, match=r"^family Changed .*it has only 1 answers"):
        list(problems([same_answer], 0))


@pytest.mark.parametrize("guess", [0, 1, "number"])
def test_an_answer_that_can_be_guessed_is_left_out(guess: Any) -> None:
    """No draw's answer is 0, 1 or the first number of its statement."""

    def answer(self: Any) -> Any:
        return 3 * self.number if self.number % 2 else self.number if guess == "number" else guess

    found = list(islice(draws(changed(answer=answer, check=answer), 0), 50))
    assert {1} == {draw.family.number % 2 for draw in found}  # type: ignore[attr-defined]  # of a Doubled


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("What is $2?", "an unbalanced dollar sign"),
        (r"Find \[x = 2.", "an unbalanced dollar sign or display"),
        (r"Find $\frac{1}{2$.", "unbalanced braces"),
        ("Find $}2{$.", "unbalanced braces"),
        ("Find $x$", None),
        ("Find x", "no full stop"),
        ("Find $x + -3$.", "two signs in a row"),
        ("Find $1x + 2$.", "a coefficient of 1"),
        ("Find $1 x$.", None),
        ("Find  $x$.", "two spaces in a row"),
        ("Find $x - 2*y$.", "Python"),
        ("Find Fraction(1, 2).", "Python"),
        ("Find \u03c0.", "a character beyond ASCII"),
        (r"It costs \$5.", None),
        (r"It costs $\$5$. Find \[\begin{pmatrix} 1 \\ 2 \end{pmatrix}.\]", None),
        (r"Let \{1, 2\} be a set.", None),
    ],
)
def test_a_flaw_of_the_latex_is_found(statement: str, fault: str | None) -> None:
    """Unbalanced dollars and braces, and what no typesetter writes, are refused; good LaTeX is not."""
    found = flaw(statement)
    assert (fault is None) == (found is None)
    assert (fault or "") in (found or "")


def test_a_flawed_statement_is_never_drawn() -> None:
    """The error quotes the statement."""
    flawed = changed(statement=lambda self: f"What is twice ${self.number}?")
    with pytest.raises(ConfigurationError, match=r"^family Changed .*: an unbalanced dollar sign .* in 'What is twice"):
        next(draws(flawed, 0))


@pytest.mark.parametrize(("domain", "level"), [("topology", 1), ("algebra", 6), ("algebra", 0)])
def test_a_family_of_no_cell_is_refused(domain: str, level: int) -> None:
    """An unknown domain or level is refused where the family is defined."""
    with pytest.raises(ValueError, match=r"^family Lost: "):
        type("Lost", (Doubled,), {}, domain=domain, level=level)


# Families of a user's own

OWN = '''
from pytest_mathbench.families.family import Family


class Tripled(Family, domain="algebra", level=2):
    """Three times a number."""

    number: int

    @classmethod
    def draw(cls, random):
        return cls(random.randint(2, 9999))

    def statement(self):
        return f"What is three times ${self.number}$?"

    def answer(self):
        return 3 * self.number

    def check(self):
        return sum([self.number] * 3)
'''


@pytest.fixture
def family_file(tmp_path: Path) -> Callable[..., Path]:
    """Write the file of families, one text replaced by another."""

    def write(before: str = "", after: str = "") -> Path:
        assert before in OWN
        path = tmp_path / "mine.py"
        path.write_text(OWN.replace(before, after) if before else OWN)
        return path

    return write


def test_a_users_families_are_a_problem_set(family_file: Callable[..., Path]) -> None:
    """A Python file of families is drawn from, by variants too, and a variant repeats nothing."""
    path = family_file()
    first, both = load(str(path)).problems, load(str(path), (0, 5)).problems
    assert len(first) == 27
    assert len(both) == 54
    assert first == both[:27]
    assert both[0].id == "algebra-2-tripled-1"
    assert both[27].id == "algebra-2-tripled-v5-1"
    assert 54 == len({problem.answer for problem in both})


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("(Family, domain", "(object, domain", r"line 5: TypeError: "),
        ("class Tripled", "class ", r"line 5: SyntaxError: "),
        ("return 3 *", "return 3 /", r"line 18: TypeError: |answer is "),
        ("return 3 * self.number", "return self.nothing", r"line 18: AttributeError: "),
        ("9999", "3", r"statements in all"),
        ("${self.number}$?", "${self.number}?", r"unbalanced dollar"),
        ("sum([self.number] * 3)", "self.number", r"its check finds "),
        ('domain="algebra"', 'domain="topology"', r"line 5: ValueError: family Tripled: unknown domain"),
    ],
)
def test_a_users_faulty_family_is_named(family_file: Callable[..., Path], before: str, after: str, reason: str) -> None:
    """Whatever is wrong with a family, the file and line or the family is named before anything runs."""
    path = family_file(before, after)
    where = f"({re.escape(str(path))}|family Tripled)"
    with pytest.raises(ConfigurationError, match=f"^{where}.*({reason})"):
        load(str(path))


def test_a_file_without_families_is_refused(tmp_path: Path) -> None:
    """A Python file that defines none is no problem set."""
    path = tmp_path / "empty.py"
    path.write_text("from pytest_mathbench.families.family import Family\n")
    with pytest.raises(ConfigurationError, match=f"^{re.escape(str(path))}: defines no Family"):
        own.load(path)


# LaTeX


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, "5"),
        (Fraction(-3, 4), r"-\frac{3}{4}"),
        (sympy.Rational(6, 3), "2"),
        (3 * SQRT2 / 4, r"\frac{3\sqrt{2}}{4}"),
        (9 * sympy.pi, r"9\pi"),
        (3 - 2 * sympy.I, "3-2i"),
        (3 * X**2 - X + 4, "3x^2-x+4"),
        (2 * X**12, "2x^{12}"),
        ((3, -1), "(3,-1)"),
        (frozenset([3, -1]), "-1,3"),
        (frozenset([1 + SQRT2, 1 - SQRT2]), r"1-\sqrt{2},1+\sqrt{2}"),
        (sympy.Interval(2, sympy.oo), r"[2,\infty)"),
        (sympy.Union(sympy.Interval.open(5, 6), sympy.Interval(-sympy.oo, 3)), r"(-\infty,3]\cup(5,6)"),
        (sympy.Matrix([[1, 2], [3, Fraction(1, 2)]]), r"\begin{pmatrix} 1 & 2 \\ 3 & \frac{1}{2} \end{pmatrix}"),
        (r"\text{Tuesday}", r"\text{Tuesday}"),
    ],
)
def test_values_are_written_as_math_writes_them(value: Any, expected: str) -> None:
    """Every kind of answer has MATH's own form."""
    assert expected == tex(value)


@pytest.mark.parametrize(
    ("coefficients", "expected"),
    [([1, 0, -3], "x^2 - 3"), ([-1, 1, SQRT2], r"-x^2 + x + \sqrt{2}"), ([0, 0], "0"), ([2, -1, 1], "2x^2 - x + 1")],
)
def test_polynomials_are_written_from_the_highest_power(coefficients: list[Any], expected: str) -> None:
    """Terms that are zero are left out, and so are coefficients of one."""
    assert expected == polynomial(coefficients)


def test_pieces_of_statements() -> None:
    """Signs, exponents, enumerations and matrices as a typesetter writes them."""
    assert signed(3) == " + 3"
    assert signed(-3) == " - 3"
    assert braced(7) == "7"
    assert braced(12) == "{12}"
    assert listed([1, 2]) == "$1$ and $2$"
    assert listed([1, 2, 3], "or") == "$1$, $2$, or $3$"
    assert r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}" == matrix([[1], [2]])


@PROPERTY
@given(st.lists(INTEGERS, min_size=1, max_size=6).filter(any))
def test_a_polynomial_is_read_back(coefficients: list[int]) -> None:
    """What is written is the polynomial, and without a flaw."""
    text = polynomial(coefficients)
    python = re.sub(r"(\d)x", r"\1*x", text.replace("{", "").replace("}", "").replace("^", "**"))
    assert sympy.Poly(coefficients, X).as_expr() == sympy.sympify(python)
    assert flaw(f"Let ${text}$.") is None


@PROPERTY
@given(RATIONALS, RATIONALS)
def test_rationals_are_the_same_only_if_equal(one: Fraction, other: Fraction) -> None:
    """Exact values are compared exactly, in whatever type they come."""
    assert (one == other) == same(one, other) == same(sympy.Rational(one), other)


@PROPERTY
@given(RATIONALS)
def test_a_float_confirms_to_nine_digits(value: Fraction) -> None:
    """A check may be numeric: nine digits decide."""
    assert same(value, float(value))
    assert not same(value, float(value) + 1e-6 * max(1.0, abs(float(value))))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((1, 2), (2, 1), False),
        ((1, 2), (1, 2.0), True),
        ((1, 2), frozenset([1, 2]), False),
        (frozenset([1, 2]), frozenset([2, 1.0]), True),
        (frozenset([1, 2]), frozenset([1]), False),
        ((X + 1) ** 2, X**2 + 2 * X + 1, True),
        (X + Y, X - Y, False),
        (SQRT2, 1.4142135623730951, True),
        (sympy.I, 1j, True),
        (sympy.Interval(0, 1), sympy.Interval(0, 1), True),
        (sympy.Interval(0, 1), sympy.Interval.open(0, 1), False),
        (sympy.Interval(0, SQRT2), sympy.Interval(0, 1.4142135623730951), True),
        (sympy.Interval(0, SQRT2), sympy.Interval(0, 1.41), False),
        (sympy.Interval(0, 1) + sympy.FiniteSet(3), sympy.Interval(0.0, 1.0) + sympy.FiniteSet(3.0), True),
        (sympy.Interval(0, 1), (0, 1), False),
        (3, (3,), False),
        (sympy.Matrix([1, 2]), sympy.Matrix([1.0, 2.0]), True),
        (sympy.Matrix([1, 2]), sympy.Matrix([[1, 2]]), False),
        ("2041_5", "2041_5", True),
        ("5", 5, False),
    ],
)
def test_values_are_the_same_by_value(*, one: Any, other: Any, expected: bool) -> None:
    """Order counts in tuples and not among several answers; kinds do not mix."""
    assert expected == same(one, other)
