"""Every answer of MATH-500, and of the bundled set, equals what a program prints for it, and nothing near it.

    python tests/test_references.py

prints the table by type of answer: how many forms were tried, and how many of these were judged falsely; and how many
floats of exact answers the rules take.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import pytest
import sympy
from factories import shared_data

from pytest_mathbench.answers import RATIONAL, AnswerType
from pytest_mathbench.grading.equivalence import check, decide
from pytest_mathbench.grading.kinds import COPIED, expected
from pytest_mathbench.grading.syntax import Kind, Node
from pytest_mathbench.problems import load
from pytest_mathbench.records import Problem

SETS = {"bundled": "", "MATH-500": "math500.jsonl"}
KINDS = ("number", "closed form", "formula", "tuple", "interval", "set or list", "matrix", "base", "words", "tuples")

PARTS = pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
FEW = 30


@dataclass(frozen=True)
class Answer:
    """A reference and what it means: `value` is a sympy value, or the members of a collection."""

    problem: Problem
    kind: str
    value: Any

    @property
    def latex(self) -> str:
        """The reference as it is written."""
        return self.problem.answer

    def passes(self, output: str) -> bool:
        """Whether an output is strictly right, or would be if the statement did not hold it."""
        right, rule, _ = decide(output, self.problem.answer, self.problem.statement, self.problem.answer_type)
        return right or rule == COPIED


def valued(node: Node) -> Any:
    """Return a node as sympy's value."""
    parts = [valued(part) for part in node.parts]
    if node.kind == Kind.NUMBER:
        return sympy.Rational(node.text)
    if node.kind == Kind.NAME:
        constants = {"pi": sympy.pi, "e": sympy.E, "i": sympy.I, "oo": sympy.oo}
        return constants.get(node.text, sympy.Symbol(node.text))
    if node.kind == Kind.CALL:
        functions = {"sqrt": sympy.sqrt, "cot": sympy.cot, "root": sympy.root}
        return functions[node.text](*parts)
    if node.kind == Kind.RELATION:
        return sympy.Eq(*parts)
    operations: dict[Kind, Any] = {
        Kind.ADD: lambda one, other: one + other,
        Kind.MIXED: lambda one, other: one + other,
        Kind.MUL: lambda one, other: one * other,
        Kind.DIV: lambda one, other: one / other,
        Kind.POW: lambda one, other: one**other,
        Kind.NEG: lambda one: -one,
    }
    return operations[node.kind](*parts)


def interval(node: Node) -> Any:
    """Return a set of reals as sympy's."""
    if node.kind == Kind.UNION:
        return sympy.Union(*map(interval, node.parts))
    if node.kind == Kind.RELATION:
        return interval(node.parts[1])
    if len(node.parts) == 1:
        return sympy.FiniteSet(valued(node.parts[0]))
    start, end = map(valued, node.parts)
    return sympy.Interval(start, end, node.text[0] == "(", node.text[1] == ")")


def members(node: Node) -> list[Any]:
    """Return the members of a list, both of a ±."""
    if node.kind == Kind.SIGNS:
        one, other = map(valued, node.parts)
        return [one + other, one - other]
    if node.kind == Kind.GROUP:
        return [value for part in node.parts for value in members(part)]
    return [valued(node)]


def read(problem: Problem) -> Answer:  # noqa: PLR0911 - one for each type
    """Tell the type of a reference and read its value."""
    wanted = expected(problem.answer, problem.statement, problem.answer_type)
    kind, node = wanted.kind, wanted.node
    if kind in {AnswerType.TEXT, AnswerType.CHOICE}:
        return Answer(problem, "words", wanted.text.strip("()"))
    if kind == AnswerType.NUMERAL:
        digits, _, base = wanted.text.partition("_")
        return Answer(problem, "base", (digits, base.strip("{}")))
    if kind in {AnswerType.MATRIX, AnswerType.VECTOR}:
        return Answer(problem, "matrix", sympy.Matrix([[valued(cell) for cell in row.parts] for row in node.parts]))
    if kind == AnswerType.INTERVAL:
        return Answer(problem, "interval", interval(node))
    if kind == AnswerType.TUPLE:
        return Answer(problem, "tuple", tuple(map(valued, node.parts)))
    if kind == AnswerType.TUPLES:
        return Answer(problem, "tuples", [tuple(map(valued, part.parts)) for part in node.parts])
    if kind in {AnswerType.LIST, AnswerType.SET}:
        return Answer(problem, "set or list", members(node))
    value = valued(node)
    if kind in RATIONAL:
        return Answer(problem, "number", value)
    return Answer(problem, "closed form" if value.is_number else "formula", value)


def printed(answer: Answer) -> Iterator[str]:  # noqa: C901 - one branch for each type
    """Return what programs print whose answer is this one."""
    value = answer.value
    if answer.kind == "words":
        yield from (value, value.casefold(), f"({value})" if len(value) == 1 else f"The answer is {value}.")
    elif answer.kind == "base":
        digits, base = value
        yield from (digits, f"{digits}_{base}", f"{digits} (base {base})", f"{digits}_{{{base}}}")
    elif answer.kind == "tuples":
        yield from (str(value), str(value[::-1]), ", ".join(map(str, value)), str({*value}), answer.latex)
    elif answer.kind == "matrix":
        yield from (str(value), sympy.latex(value), str(value.tolist()), repr(value), sympy.srepr(value))
        if all(identified(each) for each in value):
            yield str(np.array(value.tolist()).astype(float).tolist())
        if all(each.is_Integer for each in value):
            yield from (str(np.array(value.tolist()).astype(float)), str(np.array(value.tolist()).astype(int)))
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
    if isinstance(value, sympy.FiniteSet):
        return str(value)
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
    yield from (str(value), f"${sympy.latex(value)}$", f"[{value}]", f"Answer: {value}", sympy.srepr(value))
    if value.free_symbols:
        yield from (str(sympy.expand(value)), str(sympy.factor(value)), str(value).replace("**", "^"))
        yield str(sympy.together(value))
    elif value.is_Rational:
        yield from (f"Fraction({value.p}, {value.q})", f"Rational({value.p}, {value.q})")
    else:
        yield str(sympy.simplify(value))


def floats(value: Any) -> Iterator[str]:
    """Return what programs print that compute with doubles."""
    decimal = as_float(value)
    yield from (str(decimal), str(np.array([decimal])[0]), repr(np.array([decimal])[0]))
    if abs(decimal) < 1e15:  # beyond, 15 digits are not all of them
        yield f"{decimal:.15g}"
        if isinstance(decimal, float):
            yield str(sympy.N(value))


def exact(form: str, value: Any) -> bool:
    """Whether a decimal is the value itself, as 0.5 is a half; a double's digits of a large integer are its own."""
    return bool(
        value.is_Rational
        and not value.is_Integer
        and sympy.Rational(form.removeprefix("np.float64(").rstrip(")")) == value
    )


def identified(value: Any) -> bool:
    """Whether a double stands for a value by the rules: not for a large number, nor for a large denominator."""
    if not value.is_Rational:
        return True
    if value.is_Integer:
        return bool(abs(value) < 1 << 53)
    return bool(2 * value.q**2 * sympy.Rational(2, 10**14) * abs(value) < 1)


def perturbed(answer: Answer) -> Iterator[str]:  # noqa: C901, PLR0912 - one branch for each type
    """Return what is printed for answers near this one, and wrong."""
    value = answer.value
    if answer.kind == "words":
        yield from (chr(ord(value[0]) ^ 1) + value[1:], f"not {value}", f"{value} or X", "42", value[:-1])
    elif answer.kind == "base":
        digits, base = value
        other = str(int(digits[:-1] + str((int(digits[-1]) + 1) % int(base))))
        yield from (f"{digits}_{int(base) + 1}", f"{digits}_{int(base) - 1}", str(int(digits, int(base))))
        yield from (other, f"{other}_{base}", f"-{digits}", f"-{digits}_{base}", digits[:-1], f"{digits}_10")
    elif answer.kind == "tuples":
        first, *others = value
        yield from map(str, (others, [first[::-1], *others], [(first[0] + 1, *first[1:]), *others], [*value, (97, 89)]))
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
            yield from islice(scalars(wrong), 4)
            if not wrong.free_symbols:
                yield from islice(floats(wrong), 3)


def wrong_intervals(value: Any) -> Iterator[str]:
    """Return intervals with other ends, or other brackets."""
    parts = value.args if isinstance(value, sympy.Union) else [value]
    for at, part in enumerate(parts):
        if isinstance(part, sympy.FiniteSet):
            others = [*parts[:at], *parts[at + 1 :]]
            yield from _both(sympy.Union(*others, sympy.FiniteSet(max(part) + 97)))
            yield from _both(sympy.Union(*others))
            continue
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
    return [other for other in wrong if differ(other, value)]


def differ(one: Any, other: Any) -> bool:
    """Whether two values are different ones, at a point."""
    point = {symbol: sympy.Rational(7 + 4 * at, 3) for at, symbol in enumerate(one.free_symbols | other.free_symbols)}
    return bool(abs(sympy.N((one - other).subs(point), 30)) > sympy.Float("1e-20"))


@cache
def answers(name: str) -> tuple[Answer, ...]:
    """Return the reference answers of a set."""
    source = str(shared_data(SETS[name])) if SETS[name] else ""
    return tuple(map(read, load(source).problems))


@pytest.mark.parametrize("name", SETS)
def test_every_reference_can_be_read(name: str) -> None:
    """Each has a value of its type, none of another kind than are told apart here."""
    found = answers(name)
    assert [] == [
        answer.latex
        for answer in found
        if not check(answer.latex, answer.problem.statement, answer.problem.answer_type)
    ]
    assert {answer.kind for answer in found} <= set(KINDS)
    assert {"bundled": 945, "MATH-500": 500}[name] == len(found)


def some(name: str, kind: str, every: int) -> list[Answer]:
    """Return one of so many answers of a kind; all where they are few."""
    found = [answer for answer in answers(name) if answer.kind == kind]
    return found if len(found) <= FEW else found[::every]


@PARTS
@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_program_prints_equals_the_reference(name: str, kind: str, every: int) -> None:
    """In Python's, sympy's, numpy's and LaTeX's notations: no false negative."""
    pairs = [(form, answer) for answer in some(name, kind, every) for form in printed(answer)]
    assert [] == [(form, answer.latex) for form, answer in pairs if not answer.passes(form)]


@PARTS
@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_near_the_reference_is_wrong(name: str, kind: str, every: int) -> None:
    """Sign, size, order, brackets, base, number of members: whatever is off makes it wrong. No false positive."""
    pairs = [(form, answer) for answer in some(name, kind, every) for form in perturbed(answer)]
    assert [] == [(form, answer.latex) for form, answer in pairs if answer.passes(form)]


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("kind", ["number", "closed form"])
def test_a_float_is_right_where_it_stands_for_the_value(name: str, kind: str) -> None:
    """All its digits, of a number that they identify; where they do not, a float is wrong."""
    found = [answer for answer in answers(name) if answer.kind == kind]
    assert [] == [
        (form, answer.latex)
        for answer in found
        for form in floats(answer.value)
        if answer.passes(form) != (identified(answer.value) or exact(form, answer.value))
    ]


def shortcuts(answer: Answer) -> list[str]:
    """Return what comes of computing where exactness is the point: doubles, rounding, a bound that is too small."""
    value = answer.value
    if answer.kind in {"base", "words", "interval", "tuples", "formula"}:
        return list(islice(perturbed(answer), 3))
    if answer.kind not in {"tuple", "set or list", "matrix"}:
        return [form for each in rounded(value) if each != value for form in [str(each)]]
    return [str(each) for each in zip(*map(rounded, value), strict=True) if [*each] != [*value]] + [str([*value][:-1])]


def rounded(value: Any) -> list[Any]:
    """Return a number as doubles leave it: as a whole number, to six digits, to four, and one too few."""
    if value.has(sympy.I):
        return [complex(f"{complex(value):.6g}"), complex(f"{complex(value):.4g}"), complex(value) - 1, value - 1]
    whole = sympy.Integer(int(float(value))) if value.is_Integer else sympy.Integer(round(value))
    decimals = [f"{float(value):.6g}", f"{float(value):.4g}"]
    return [whole, *(value if sympy.Rational(each) == value else float(each) for each in decimals), value - 1]


def test_a_shortcut_is_wrong() -> None:
    """Of each problem of level 4 and 5, and so of each of their families, whose point is often that it fails."""
    tried = [(answer, shortcuts(answer)) for answer in answers("bundled") if answer.problem.level >= 4]
    families = {(answer.problem.domain, answer.problem.family) for answer, _ in tried}
    assert families == {(answer.problem.domain, answer.problem.family) for answer, forms in tried if forms}
    assert [] == [(answer.problem.id, form) for answer, forms in tried for form in forms if answer.passes(form)]


def main() -> None:
    """Print the table."""
    for name in SETS:
        counts: dict[str, Counter[str]] = {kind: Counter() for kind in (*KINDS, "all")}
        taken = Counter[str]()
        for answer in answers(name):
            right = [answer.passes(form) for form in printed(answer)]
            wrong = [answer.passes(form) for form in perturbed(answer)]
            if answer.kind in {"number", "closed form"}:
                taken[f"{answer.kind}: repr(float) {answer.passes(repr(as_float(answer.value)))}"] += 1
            for kind in (answer.kind, "all"):
                counts[kind].update(
                    answers=1, forms=len(right), missed=right.count(False), wrong=len(wrong), passed=wrong.count(True)
                )
        row = "{:12}{:>9}{:>9}{:>17}{:>11}{:>17}\n"
        sys.stdout.write(row.format(name, "answers", "forms", "false negatives", "perturbed", "false positives"))
        for kind, count in counts.items():
            columns = (count[column] for column in ("answers", "forms", "missed", "wrong", "passed"))
            sys.stdout.write(row.format(kind, *columns))
        sys.stdout.write(f"{dict(taken)}\n")


if __name__ == "__main__":
    main()
