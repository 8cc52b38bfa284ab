"""Every answer of MATH-500 equals what a program prints for it, and nothing near it.

    python tests/test_references.py

prints the table by type of answer: how many forms were tried, and how many of these were judged falsely.
"""

import json
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pytest
import sympy
from factories import shared_data

from pytest_mathbench.grading.child import warm_up
from pytest_mathbench.grading.equivalence import check, decide
from pytest_mathbench.grading.normalize import plain
from pytest_mathbench.grading.reading import based, expression, items, number

# As in the grading child: the LaTeX grammar's own warnings are nobody's.
pytestmark = pytest.mark.filterwarnings("ignore")

COUNTS = {
    "integer": 333,
    "fraction": 59,
    "decimal": 9,
    "closed form": 34,
    "formula": 18,
    "tuple": 9,
    "interval": 11,
    "set or list": 6,
    "matrix": 7,
    "base": 6,
    "words": 8,
}
"""How many answers of MATH-500 are of a type."""


@dataclass(frozen=True)
class Answer:
    """A reference and what it means: `value` is a sympy value, or the members of a collection."""

    latex: str
    kind: str
    value: Any


def read(latex: str) -> Answer:  # noqa: PLR0911 - one for each type
    """Tell the type of a reference and read its value."""
    text = plain(latex)
    if re.fullmatch(r"\\text\{\(?\w+\)?\}", latex):
        return Answer(latex, "words", text.strip("()"))
    if based(text):
        return Answer(latex, "base", based(text))
    if "matrix" in latex:
        rows = re.sub(r"\\(?:begin|end)\{pmatrix\}", "", latex).split(r"\\")
        return Answer(latex, "matrix", sympy.Matrix([[scalar(cell) for cell in row.split("&")] for row in rows]))
    bare = text.removeprefix(r"x \in").strip()
    # (-2,1) and its like may be intervals too, by the problem; either way the order counts.
    if r"\cup" in bare or r"\infty" in bare or {"[", "]"} & {*bare} or latex == r"(-\sqrt{3}, \sqrt{3})":
        return Answer(latex, "interval", sympy.Union(*map(interval, bare.split(r"\cup"))))
    found = items(bare)
    if found is None:
        return Answer(latex, *_scalar_kind(latex, scalar(text)))
    if found.brackets == "()":
        return Answer(latex, "tuple", tuple(map(scalar, found.parts)))
    signs = [[part.replace(r"\pm", sign) for sign in "+-"] if r"\pm" in part else [part] for part in found.parts]
    return Answer(latex, "set or list", [scalar(part) for part in chain(*signs)])


def interval(text: str) -> Any:
    """Read one interval."""
    text = text.strip()
    start, end = map(scalar, text[1:-1].split(","))
    return sympy.Interval(start, end, text[0] == "(", text[-1] == ")")


def scalar(text: str) -> Any:
    """Read one value."""
    exact = number(plain(text))
    return expression(plain(text)) if exact is None else sympy.Rational(exact.numerator, exact.denominator)


def _scalar_kind(latex: str, value: Any) -> tuple[str, Any]:
    if isinstance(value, sympy.Eq) and value.lhs.is_Symbol and value.rhs.is_Integer:
        return "integer", value.rhs
    if value.free_symbols:
        return "formula", value
    if value.is_Integer:
        return "integer", value
    if value.is_Rational:
        return ("decimal" if "." in latex else "fraction"), value
    return "closed form", value


def printed(answer: Answer) -> Iterator[str]:
    """Return what programs print whose answer is this one."""
    value = answer.value
    if answer.kind == "words":
        yield from (value, value.casefold(), f"({value})" if len(value) == 1 else f"The answer is {value}.")
    elif answer.kind == "base":
        digits, base = value
        yield from (digits, f"{digits}_{base}", f"{digits} (base {base})", f"{digits}_{{{base}}}")
    elif answer.kind == "matrix":
        yield from (str(value), sympy.latex(value), str(value.tolist()), str(np.array(value.tolist()).astype(float)))
        yield str(np.array(value.tolist()).astype(float).tolist())
        if value.shape[1] == 1:
            yield str(value.tolist()).replace(" ", "")
    elif answer.kind == "interval":
        yield from (str(value), in_brackets(value), sympy.latex(value))
        if not isinstance(value, sympy.Union):
            yield f"${in_brackets(value)}$"
    elif answer.kind in ("tuple", "set or list"):
        yield from (str(tuple(value)), str(list(value))) if answer.kind == "tuple" else (str(value), str(value[::-1]))
        yield from (", ".join(map(str, value)), str(sympy.Tuple(*value)), str([as_float(part) for part in value]))
        if answer.kind == "set or list":
            yield from (str({*value}), str(sympy.FiniteSet(*value)), " and ".join(map(str, value)))
        yield answer.latex
    else:
        yield from scalars(value)


def in_brackets(value: Any) -> str:
    """Print an interval, or a union of them, as one writes it."""
    if isinstance(value, sympy.Union):
        return " U ".join(map(in_brackets, value.args))
    return f"{'[('[bool(value.left_open)]}{value.start}, {value.end}{'])'[bool(value.right_open)]}"


def as_float(value: Any) -> float | complex:
    """Return a number as Python's own arithmetic leaves it."""
    return complex(value) if value.has(sympy.I) else float(value)


def scalars(value: Any) -> Iterator[str]:
    """Return what programs print for one value."""
    if isinstance(value, sympy.Eq):
        yield from (str(value), f"{value.lhs} = {value.rhs}", sympy.latex(value))
        if value.lhs.is_Symbol:
            yield str(value.rhs)
        return
    yield from (str(value), f"${sympy.latex(value)}$", f"[{value}]", f"Answer: {value}")
    if value.free_symbols:
        yield from (str(sympy.expand(value)), str(sympy.factor(value)), str(value).replace("**", "^"))
        yield str(sympy.together(value))
    else:
        decimal = as_float(value)
        yield from (str(decimal), f"{decimal:.15g}", str(np.array([decimal])[0]), repr(np.array([decimal])[0]))
        yield str(sympy.simplify(value))
        if isinstance(decimal, float):
            yield f"{decimal:.6f}" if abs(decimal) >= 1 else f"{decimal:#.6g}"
            yield str(sympy.N(value))
        if value.is_Rational:
            yield from (f"Fraction({value.p}, {value.q})", f"Rational({value.p}, {value.q})")


def perturbed(answer: Answer) -> Iterator[str]:  # noqa: C901 - one branch for each type
    """Return what is printed for answers near this one, and wrong."""
    value = answer.value
    if answer.kind == "words":
        yield from (chr(ord(value[0]) ^ 1) + value[1:], f"not {value}", f"{value} or X", "42", value[:-1])
    elif answer.kind == "base":
        digits, base = value
        other = str(int(digits[:-1] + str((int(digits[-1]) + 1) % int(base))))
        yield from (f"{digits}_{int(base) + 1}", f"{digits}_{int(base) - 1}", str(int(digits, int(base))))
        yield from (other, f"{other}_{base}", f"-{digits}", f"-{digits}_{base}", digits[:-1], f"{digits}_10")
    elif answer.kind == "matrix":
        near = value.copy()
        near[0, 0] += 1
        yield from map(str, (near, -value, value[:-1, :], value.col_join(value[-1:, :]), 2 * value))
        if value[::-1, :] != value and value.shape[1] == 1:
            yield from (str(value[::-1, :]), str([*value][::-1]), str(value[::-1, :].tolist()))
    elif answer.kind == "interval":
        yield from wrong_intervals(value)
    elif answer.kind in ("tuple", "set or list"):
        members = list(value)
        near = [
            [*members[:at], members[at] + step, *members[at + 1 :]] for at in range(len(members)) for step in (1, -1)
        ]
        flipped = [[*members[:at], -members[at], *members[at + 1 :]] for at in range(len(members)) if members[at] != 0]
        wrong = [*near, *flipped, members[:-1], members[1:], [*members, members[-1]], [*members, sympy.Integer(97)]]
        if answer.kind == "tuple":
            wrong.append(members[::-1])
            yield str({*members}) if len({*members}) == len(members) else "97"
        for each in wrong:
            if answer.kind == "tuple" or sorted(map(str, each)) != sorted(map(str, members)):
                yield from (str(tuple(each)), str(each), ", ".join(map(str, each)))
                yield from (str([as_float(part) for part in each]), f"({sympy.latex(sympy.Tuple(*each))})")
    elif isinstance(value, sympy.Eq):
        yield from (f"{value.lhs} = {value.rhs + 1}", f"{value.lhs + 1} = {value.rhs}", str(value.rhs + 1))
        yield from (f"{value.lhs} = {2 * value.rhs + 3}", f"w = {value.rhs}", f"{-value.lhs} = {value.rhs + 1}")
    else:
        for wrong in wrong_scalars(value):
            yield from scalars(wrong)


def wrong_intervals(value: Any) -> Iterator[str]:
    """Return intervals with other ends, or other brackets."""
    parts = value.args if isinstance(value, sympy.Union) else [value]
    for at, part in enumerate(parts):
        for start, end in ((part.start + 1, part.end), (part.start, part.end + 1), (-part.end, -part.start)):
            if (start, end) != (part.start, part.end):
                near = sympy.Interval(start, end, part.left_open, part.right_open)
                yield from _both(sympy.Union(*parts[:at], near, *parts[at + 1 :]))
        for opened in ((not part.left_open, part.right_open), (part.left_open, not part.right_open)):
            other = sympy.Interval(part.start, part.end, *opened)
            if other != part:
                yield from _both(sympy.Union(*parts[:at], other, *parts[at + 1 :]))
        if len(parts) > 1:
            yield from _both(part)
        yield from (str(part.start), str(part.end), f"({part.end}, {part.start})")


def _both(value: Any) -> tuple[str, str]:
    return str(value), in_brackets(value) if isinstance(value, sympy.Interval | sympy.Union) else str(value)


def wrong_scalars(value: Any) -> list[Any]:
    """Return values near one value."""
    wrong = [-value, value + 1, value - 1, 2 * value, value * sympy.Rational(1001, 1000), value**2]
    if value.free_symbols:
        symbol = min(value.free_symbols, key=str)
        wrong += [value.subs(symbol, symbol + 1), value.subs(symbol, sympy.Symbol("w")), value + symbol, 1 / value]
    elif value != 0:
        wrong += [1 / value, value * sympy.Rational(100001, 100000)]
    if value.has(sympy.I):
        wrong += [sympy.conjugate(value), sympy.I * value, sympy.re(value)]
    return [other for other in wrong if sympy.simplify(other - value) != 0]


def answers() -> list[str]:
    """Return the reference answers."""
    lines = shared_data("math500.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["answer"] for line in lines]


@pytest.fixture(scope="module", autouse=True)
def references() -> list[Answer]:
    """Read the reference answers, with the caches full."""
    warm_up()
    return [*map(read, answers())]


def test_every_type_is_there(references: list[Answer]) -> None:
    """The answers are of these types: what follows leaves none out."""
    assert COUNTS == Counter(answer.kind for answer in references)


def test_every_reference_can_be_read() -> None:
    """None of the answers is compared letter by letter for want of a value."""
    assert [] == [answer for answer in answers() if not check(answer)]


@pytest.mark.parametrize("kind", COUNTS)
def test_what_a_program_prints_equals_the_reference(references: list[Answer], kind: str) -> None:
    """In Python's, sympy's, numpy's and LaTeX's notations, and as a decimal: no false negative."""
    pairs = [(form, answer.latex) for answer in references if answer.kind == kind for form in printed(answer)]
    assert [] == [pair for pair in pairs if not decide(*pair)[0]]


@pytest.mark.parametrize("kind", COUNTS)
def test_what_is_near_the_reference_is_wrong(references: list[Answer], kind: str) -> None:
    """Sign, size, order, brackets, base, number of members: whatever is off makes it wrong. No false positive."""
    pairs = [(form, answer.latex) for answer in references if answer.kind == kind for form in perturbed(answer)]
    assert [] == [pair for pair in pairs if decide(*pair)[0]]


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    warm_up()
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in (*COUNTS, "all")}
    for answer in map(read, answers()):
        right = [decide(form, answer.latex)[0] for form in printed(answer)]
        wrong = [decide(form, answer.latex)[0] for form in perturbed(answer)]
        for kind in (answer.kind, "all"):
            counts[kind].update(
                answers=1, forms=len(right), missed=right.count(False), wrong=len(wrong), passed=wrong.count(True)
            )
    row = "{:12}{:>9}{:>9}{:>17}{:>11}{:>17}\n"
    sys.stdout.write(row.format("type", "answers", "forms", "false negatives", "perturbed", "false positives"))
    for kind, count in counts.items():
        columns = (count[name] for name in ("answers", "forms", "missed", "wrong", "passed"))
        sys.stdout.write(row.format(kind, *columns))


if __name__ == "__main__":
    main()
