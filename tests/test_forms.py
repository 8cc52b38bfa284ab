"""A battery of forms for each type: what Python, sympy, numpy and people print, and what is near and wrong.

Right forms pass at least leniently, and most of them strictly; wrong ones never pass strictly.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import FiniteSet, I, Interval, Matrix, Rational, Symbol, Union, oo, pi, sqrt

from pytest_mathbench.answers import AnswerType, infer
from pytest_mathbench.grading.equivalence import decide, decide_leniently

LEAST = 40
"""Forms of each type, right and wrong each."""

x, y, z, R, r = sympy.symbols("x y z R r")


@dataclass
class Case:
    """A reference of a type, with what is right and what is wrong."""

    reference: str
    statement: str = ""
    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def dressed(*values: str) -> list[str]:
    """Return values as people print them: alone, labelled, boxed, in dollars, in a list, after other lines."""
    frames = ("{}", "Answer: {}", "The answer is {}", "${}$", "\\boxed{{{}}}", "[{}]", "working ...\n{}\n", "x = {}")
    return [frame.format(value) for value, frame in product(values, frames)]


def printed(*values: object) -> list[str]:
    """Return what Python and sympy print of values."""
    return list(dict.fromkeys(form for value in values for form in (str(value), repr(value), sympy.latex(value))))


def integer() -> Iterator[Case]:
    """Whole numbers, small and large."""
    for value in (42, -17, 649, 8, -1234567):
        reference = f"{value:,}" if abs(value) > 999 else str(value)
        own = [
            str(value),
            f"{value}.0",
            f"{value}.",
            f"np.int64({value})",
            f"Integer({value})",
            f"Fraction({value}, 1)",
        ]
        own += [f"({value})", f"{{{value}}}", f"({value},)", f"{value:,}", f"{value}\n\n", f"\\text{{{value}}}"]
        near = [value + 1, value - 1, -value, value * 10, value + 10, value / 1000, value + 0.5, value * 1.0001]
        wrong = [*map(str, near), *map(repr, near), f"{abs(value) // 10} {abs(value) % 10}", f"{value}, {value}"]
        wrong += [f"{value}*x", f"0x{abs(value):x}", f"{value}/7", f"{value - 1}+1", f"{value}_10", f"x > {value}"]
        yield Case(reference, "", own + dressed(str(value)), [*wrong, str(value)[:-1], f"{value}I", f"{value}!"])
    large = 2777707703392874729
    yield Case(
        str(large), "", [str(large), f"{large:,}"], [repr(float(large)), f"{large:.5e}", str(large + 1), "2.8e18"]
    )


def fraction() -> Iterator[Case]:
    """Ratios, mixed numbers, and floats that stand for them."""
    for top, bottom in ((3, 32), (-7, 3), (9, 5), (345, 377)):
        value = Fraction(top, bottom)
        sign = "-" if top < 0 else ""
        forms = [str(value), repr(value), f"Rational({top}, {bottom})", f"{sign}\\frac{{{abs(top)}}}{{{bottom}}}"]
        forms += [f"\\dfrac{{{top}}}{{{bottom}}}", f"{top} / {bottom}", f"({top}/{bottom})", repr(float(value))]
        forms += [f"np.float64({float(value)!r})", f"{float(value):.6f}", f"Rational('{top}/{bottom}')"]
        near = [
            value + 1,
            -value,
            1 / value,
            value + Fraction(1, 100),
            Fraction(top, bottom + 1),
            Fraction(top + 1, bottom),
        ]
        wrong = [
            *map(str, near),
            *(repr(float(each)) for each in near),
            f"{float(value) + 0.01:.2f}",
            f"{float(value):.6f}1",
        ]
        wrong += [
            f"{2 * top}/{2 * bottom}",
            f"{top}, {bottom}",
            f"{top} {bottom}",
            f"{top}//{bottom}",
            f"{top}:{bottom}",
        ]
        yield Case(f"\\frac{{{top}}}{{{bottom}}}", "", forms + dressed(str(value)), wrong)
    yield Case(
        r"1\frac{4}{5}", "", ["9/5", "1 4/5", "1.8", "1\\frac45", "Fraction(9, 5)"], ["1 5/4", "14/5", "4/5", "1.4"]
    )


def decimal() -> Iterator[Case]:
    """Decimals, and what else has their value."""
    for text in ("1.25", "0.15", ".35625", "326.5", "-4.75"):
        value = Fraction(text)
        forms = [text, f"{text}0", str(float(text)), str(value), repr(value), f"np.float64({float(text)})", f"{text}e0"]
        forms += [f"Float('{text}')", f"Decimal('{text}')", f"{float(text):.6f}"]
        near = [value + Fraction(1, 100), value - Fraction(1, 1000), -value, value * 10, value / 10, value + 1]
        wrong = [
            *(str(float(each)) for each in near),
            *map(str, near),
            text[:-1],
            f"{text}1",
            str(int(value)),
            f"{text}x",
        ]
        yield Case(text, "", forms + dressed(text), wrong)


def percent() -> Iterator[Case]:
    """Percentages."""
    for value in ("28", "7.5", "120"):
        forms = [
            f"{value}%",
            f"{value} %",
            value,
            f"{value}\\%",
            f"{value} percent",
            f"{float(value)}",
            f"${value}\\%$",
        ]
        near = [float(value) + 1, float(value) - 0.1, -float(value), float(value) * 10, float(value) / 10]
        wrong = [form for each in near for form in (f"{each}%", str(each), f"{each} percent")]
        yield Case(f"{value}\\%", "", [*forms, str(float(value) / 100), *dressed(value)], wrong)


def quantity() -> Iterator[Case]:
    """Numbers with a unit."""
    for reference, value, unit in (
        (r"90^\circ", "90", "degrees"), (r"\$18.90", "18.90", "dollars"), (r"5.4 \text{ cents}", "5.4", "cents"),
    ):  # fmt: skip
        forms = [
            value,
            f"{value} {unit}",
            f"{value}\\text{{ {unit}}}",
            f"{float(value)}",
            f"\\boxed{{{value}}}",
            f"{value} {unit}.",
        ]
        forms += [f"{value}{unit}", f"${value}$ {unit}", f"{float(value)} {unit}", f"The answer is {value} {unit}."]
        near = [float(value) + 1, float(value) - 0.1, -float(value), float(value) * 10, float(value) / 100]
        wrong = [form for each in near for form in (str(each), f"{each} {unit}", f"${each}$")]
        yield Case(reference, "", forms + dressed(value), wrong)


def real() -> Iterator[Case]:
    """Closed forms."""
    for value in (
        2 * sqrt(3),
        sqrt(889) / 2,
        9 * pi,
        57 + 21 * sqrt(213),
        (-1 + 12 * sqrt(2)) / 82,
        12 - sympy.cbrt(1603),
    ):
        number = float(value)
        forms = [*printed(value, sympy.nsimplify(value)), sympy.srepr(value), repr(number), str(sympy.N(value))]
        forms += [
            str(value).replace("**", "^"),
            f"np.float64({number!r})",
            f"{number:.6f}",
            f"[{value}]",
            f"math.{value}"[5:],
        ]
        forms += [str(value).replace("sqrt", "√"), str(value).replace("pi", "π"), f"{number:.13g}"]
        near = [value + 1, -value, 2 * value, value + sqrt(2), value**2, 1 / value, value * Rational(100001, 100000)]
        wrong = [form for each in near for form in (str(each), sympy.latex(each), repr(float(each)))]
        yield Case(
            sympy.latex(value), "", forms, [*wrong, f"{number:.3f}", f"{number:.6f}", str(int(number)), f"{value}*x"]
        )


def complex_() -> Iterator[Case]:
    """Complex numbers."""
    for real_, imaginary in ((3, -2), (-4, 2), (1, 274)):
        value = real_ + imaginary * I
        sign = "+" if imaginary > 0 else "-"
        forms = [
            *printed(value),
            str(complex(real_, imaginary)),
            f"{real_} {sign} {abs(imaginary)}i",
            sympy.srepr(value),
        ]
        forms += [f"{real_}{sign}{abs(imaginary)}j", f"{float(real_)} {sign} {float(abs(imaginary))}*I", f"({value})"]
        forms += [
            f"{imaginary}*I + {real_}",
            str(np.array([complex(real_, imaginary)])),
            f"mpc(real='{real_}', imag='{imaginary}')",
        ]
        near = [
            sympy.conjugate(value),
            -value,
            value + 1,
            value + I,
            imaginary + real_ * I,
            I * value,
            sympy.Abs(value),
        ]
        wrong = [form for each in near for form in (str(each), sympy.latex(each))]
        yield Case(
            f"{real_}{sign}{abs(imaginary)}i",
            "",
            forms + dressed(str(value)),
            [*wrong, str(real_), f"({real_}, {imaginary})"],
        )


def polynomial() -> Iterator[Case]:
    """Polynomials, in the case of their letters."""
    for value in (x**2 - 2 * x + 3, x**3 + 21 * x**2 + 91 * x + 159, 3 * R**2, R * r / 2, (x + 5) * (y + 2)):
        letter = min(value.free_symbols, key=str)
        forms = [
            *printed(value, sympy.expand(value), sympy.factor(value)),
            str(value).replace("**", "^"),
            sympy.srepr(value),
        ]
        forms += [str(sympy.N(value)), f"y = {value}" if y not in value.free_symbols else f"w = {value}", f"[{value}]"]
        forms += [
            f"Poly({sympy.expand(value)}, {letter}, domain='ZZ')",
            str(value).replace("**2", "²"),
            f"Answer: {value}",
        ]
        near = [
            value + 1,
            -value,
            value + letter,
            2 * value,
            value * letter,
            value.subs(letter, Symbol("w")),
            value.diff(letter),
        ]
        near += [value.subs(letter, Symbol(str(letter).swapcase())), value.subs(letter, 2 * letter)]
        wrong = [form for each in near for form in (str(each), sympy.latex(each), f"f(x) = {each}")]
        yield Case(sympy.latex(value), "", forms, wrong)


def expression() -> Iterator[Case]:
    """Other formulas."""
    for value in (
        (34 - 44 * x) / (40 * x - 35),
        sympy.cot(x),
        3 / (x + 1) + x,
        sqrt(x + 1),
        2**x + 1,
        (x + y) / (x - y),
    ):
        forms = [*printed(value, sympy.simplify(value), sympy.together(value)), sympy.srepr(value), f"[{value}]"]
        forms += [f"f(x) = {value}", str(value).replace("**", "^"), f"Answer: {value}", f"$ {sympy.latex(value)} $"]
        near = [value + 1, -value, 1 / value, value * x, value.subs(x, x + 1), value.subs(x, Symbol("w")), value**2]
        wrong = [form for each in near for form in (str(each), sympy.latex(each))]
        yield Case(sympy.latex(value), "", forms, [*wrong, "x", "1"])


def equation() -> Iterator[Case]:
    """Equations, solved and not."""
    for left, right in ((y, 2 * x + 3), (5 * x - 7 * y + 11 * z + 4, 0), (x**2 / 9 + y**2 / 5, 1), (y, -2 * x)):
        forms = [
            f"{left} = {right}",
            f"Eq({left}, {right})",
            f"{sympy.latex(left)} = {sympy.latex(sympy.sympify(right))}",
        ]
        forms += [f"{right} = {left}", f"${left} = {right}$", f"{left} == {right}", f"[Eq({left}, {right})]"]
        forms += [
            f"Equality({left}, {right})",
            f"{left}={right}",
            f"Answer: {left} = {right}",
            f"\\boxed{{{left} = {right}}}",
        ]
        wrong = [
            f"{left} = {right} + 1",
            f"{left} + x = {right}",
            f"{left} = -({right}) + 7",
            f"{left} < {right}",
            f"{left}",
        ]
        wrong += [
            f"{left} = 2*({right}) - 5",
            f"w = {right}",
            f"Eq({left}, x)",
            f"{left} != {right}",
            "0 = 0",
            f"{left} - x",
        ]
        yield Case(f"{sympy.latex(left)} = {sympy.latex(sympy.sympify(right))}", "", forms, wrong)


def inequality() -> Iterator[Case]:
    """Inequalities in one variable."""
    for reference, ours, region, sign, end in (
        ("x < 5", x < 5, Interval.open(-oo, 5), "<", 5),
        (r"x \ge \frac12", x >= Rational(1, 2), Interval(Rational(1, 2), oo), ">=", Rational(1, 2)),
        (r"x \leqslant -3", x <= -3, Interval(-oo, -3), "<=", -3),
    ):  # fmt: skip
        reversed_ = {"<": ">", ">=": "<=", "<=": ">="}[sign]
        forms = [
            *printed(ours, region),
            f"x {sign} {end}",
            f"{end} {reversed_} x",
            f"${sympy.latex(ours)}$",
            f"x{sign}{end}",
        ]
        forms += [
            f"(-oo < x) & ({ours})",
            f"({ours}) & (x < oo)",
            f"x \\in {sympy.latex(region)}",
            f"x {sign} {float(end)}",
        ]
        forms += [str(ours).replace("<=", "≤").replace(">=", "≥"), f"Answer: x {sign} {end}", f"[{ours}]"]
        other = {"<": "<=", ">=": ">", "<=": "<"}[sign]
        wrong = [
            f"x {other} {end}",
            f"x {reversed_} {end}",
            f"x {sign} {end + 1}",
            f"x {sign} {-end}",
            f"x = {end}",
            f"{end}",
        ]
        wrong += [
            str(region.complement(sympy.S.Reals)),
            f"(0, {end})",
            f"2*x {sign} {end}",
            f"x != {end}",
            "x",
            f"w {sign} {end}",
        ]
        wrong += [f"x {sign} {end} and x > -99 and x < 99", f"{end} {sign} x", f"x {sign} y"]
        yield Case(reference, "", forms, wrong)


def interval() -> Iterator[Case]:
    """Intervals and unions: every end counts."""
    for reference, region in (
        ("[2,5)", Interval.Ropen(2, 5)),
        (r"(-\infty,3]\cup[5,\infty)", Union(Interval(-oo, 3), Interval(5, oo))),
        (r"x \in [-2,7]", Interval(-2, 7)),
        ("(3,4]", Interval.Lopen(3, 4)),
        (
            r"(-\infty,-\frac{17}{3})\cup(\frac{1}{3},\infty)",
            Union(Interval.open(-oo, Rational(-17, 3)), Interval.open(Rational(1, 3), oo)),
        ),
    ):  # fmt: skip
        forms = [*printed(region), f"${sympy.latex(region)}$", str(region.as_relational(x)), f"Answer: {region}"]
        forms += [
            sympy.latex(region).replace(r"\cup", "∪"),
            f"\\boxed{{{sympy.latex(region)}}}",
            sympy.latex(region.as_relational(x)),
        ]
        parts = region.args if isinstance(region, Union) else (region,)
        forms.append(" U ".join(_brackets(part) for part in parts))
        forms.append(
            " or ".join(f"x in {_brackets(part)}" for part in parts) if len(parts) == 1 else _brackets_and(parts)
        )
        wrong = []
        for at, part in enumerate(parts):
            changes = [
                Interval(part.start, part.end, not part.left_open, part.right_open),
                Interval(part.start, part.end, part.left_open, not part.right_open),
                Interval(part.start - 1, part.end, part.left_open, part.right_open),
                Interval(part.start, part.end + 1, part.left_open, part.right_open),
            ]
            for change in changes:
                if change != part:
                    near = Union(*parts[:at], change, *parts[at + 1 :])
                    wrong += [str(near), sympy.latex(near), str(near.as_relational(x))]
            wrong += [f"({part.end}, {part.start})", f"{part.start}, {part.end}", f"{{{part.start}, {part.end}}}"]
        yield Case(reference, "", forms, wrong)


def _brackets(part: Interval) -> str:
    return f"{'[('[bool(part.left_open)]}{part.start}, {part.end}{'])'[bool(part.right_open)]}"


def _brackets_and(parts: tuple[Interval, ...]) -> str:
    return " ∪ ".join(map(_brackets, parts))


def members(values: list[Any]) -> list[str]:
    """Return what Python and sympy print of a sequence."""
    bare = ", ".join(map(str, values))
    return [str(tuple(values)), str(values), bare, str(sympy.Tuple(*values)), f"({bare})".replace(" ", "")]


def tuple_() -> Iterator[Case]:
    """Points and other tuples: their order counts."""
    for values in ([3, -1], [8, 21, 14], [Rational(3, 2), -13], [3, pi / 2], [Rational(2541, 74), 693 * sqrt(3) / 74]):
        own: list[Any] = list(values)
        latex = f"({', '.join(sympy.latex(each) for each in map(sympy.sympify, values))})"
        forms = [*members(own), latex, f"${latex}$", f"[{tuple(own)}]", f"Answer: {tuple(own)}", f"\\boxed{{{latex}}}"]
        forms += [
            f"\\left{latex[:-1]}\\right)",
            str([float(sympy.N(each)) for each in values]),
            " ".join(map(str, own)),
        ]
        wrong_values = [
            own[::-1],
            own[:-1],
            [*own, 7],
            [own[0] + 1, *own[1:]],
            [-each for each in own],
            [*own[:-1], own[-1] + 1],
        ]
        wrong = [form for each in wrong_values for form in members(each)]
        wrong += [str(set(own)), f"[{own[0]}, {own[1]})", f"{own[0]}{own[1]}", str(own[0])]
        yield Case(latex, "Enter your answer as an ordered list.", forms, wrong)


def vector() -> Iterator[Case]:
    """Columns, as matrices, flat lists, and numpy's arrays."""
    for values in ([-1, 7], [34, 0], [Rational(-280, 53), Rational(-80, 53)], [1, 2, 3]):
        column = Matrix(values)
        forms = [*printed(column), str(column.tolist()), str(values), str(tuple(values)), sympy.latex(column.T)]
        forms += [f"Answer: {values}", f"${sympy.latex(column)}$", str(column.T), f"\\boxed{{{sympy.latex(column)}}}"]
        if all(isinstance(each, int) for each in values):
            forms += [str(np.array(values)), repr(np.array(values)), str(np.array(values).reshape(-1, 1))]
            forms += [
                str(np.array(values, dtype=float)),
                repr(np.array(values, dtype=float)),
                str([float(each) for each in values]),
            ]
        near = [values[::-1], [-each for each in values], [each + 1 for each in values], values[:-1], [*values, 5]]
        wrong = [
            form
            for each in near
            if each != values
            for form in (str(Matrix(each)), str(each), sympy.latex(Matrix(each)))
        ]
        yield Case(sympy.latex(column), "", forms, [*wrong, str(set(values)), str(values[0]), str(column * column.T)])


def matrix() -> Iterator[Case]:
    """Matrices."""
    for rows in (
        [[1, 0], [2, 1]],
        [[-1, 0], [0, -1]],
        [[Rational(-5, 31), Rational(8, 31)], [Rational(-2, 31), Rational(-3, 31)]],
    ):
        own = Matrix(rows)
        forms = [
            *printed(own),
            sympy.srepr(own),
            str(rows),
            str(tuple(map(tuple, rows))),
            f"Answer: {own}",
            f"${sympy.latex(own)}$",
        ]
        forms += [sympy.latex(own, mat_str="pmatrix", mat_delim=""), sympy.latex(own, mat_str="bmatrix", mat_delim="")]
        forms += [f"ImmutableDenseMatrix({rows})", f"\\boxed{{{sympy.latex(own)}}}", str(own.tolist())]
        if own[0, 0].is_Integer:
            forms += [str(np.array(rows, dtype=int)), repr(np.array(rows, dtype=int)), str(np.array(rows, dtype=float))]
        near = [own.T, -own, 2 * own, own + sympy.ones(2, 2), own[:, :1], own[:1, :], own[:, ::-1]]
        wrong = [form for each in near if each != own for form in (str(each), sympy.latex(each), str(each.tolist()))]
        yield Case(
            sympy.latex(own, mat_str="pmatrix", mat_delim=""), "", forms, [*wrong, str(list(own)), str(own.det())]
        )


def unordered(values: list[Any], reference: str, statement: str) -> Case:
    """Return a list of answers, in any order."""
    forms = [form for each in (values, values[::-1]) for form in members(each)]
    forms += [
        str(set(values)),
        str(FiniteSet(*values)),
        sympy.latex(FiniteSet(*values)),
        " and ".join(map(str, values)),
    ]
    forms += [" or ".join(f"x = {value}" for value in values), f"Answer: {values}", "\n".join(map(str, values))]
    forms += [
        f"frozenset({set(values)})",
        f"\\boxed{{{', '.join(map(str, values))}}}",
        f"{{{', '.join(map(str, values))}}}",
    ]
    first = sympy.sympify(values[0])
    near = [
        values[:-1],
        [*values, 97],
        [first + 1, *values[1:]],
        [-first, *values[1:]],
        [*values, *values[:1]],
        [97, *values[1:]],
    ]
    wrong = [form for each in near for form in members(each)]
    return Case(
        reference,
        statement,
        forms,
        [*wrong, str(values[0]), str(sum(map(sympy.sympify, values))), "".join(map(str, values))],
    )


def list_() -> Iterator[Case]:
    """Several answers."""
    said = "Enter all the solutions, separated by commas."
    for values in (
        [-1, 3],
        [125, 155, 305, 335],
        [Rational(-23, 3), Rational(-7, 3), Rational(28, 9)],
        [1 + sqrt(19), 1 - sqrt(19)],
    ):
        yield unordered(list(values), ",".join(map(sympy.latex, map(sympy.sympify, values))), said)
    yield Case(
        r"1 \pm \sqrt{19}", "", ["1 ± sqrt(19)", "[1 - sqrt(19), 1 + sqrt(19)]"], ["1 + sqrt(19)", "1 ± sqrt(17)"]
    )


def set_() -> Iterator[Case]:
    """Sets in braces."""
    for values in ([2, 3], [-2, 5, 9], [sqrt(2), sqrt(3)]):
        yield unordered(list(values), rf"\{{{','.join(map(sympy.latex, map(sympy.sympify, values)))}\}}", "")


def tuples() -> Iterator[Case]:
    """Several points, in any order."""
    for points in ([(1, 2), (3, 4)], [(2, -49), (3, -8), (12, 1)]):
        forms = [str(points), str(points[::-1]), ", ".join(map(str, points)), str(set(points)), str(FiniteSet(*points))]
        forms += [
            str([list(point) for point in points]),
            f"Answer: {points}",
            "\n".join(map(str, points)),
            str(tuple(points)),
        ]
        forms += [str([dict(zip("xy", point, strict=True)) for point in points]).replace("'", "")]
        forms += [" and ".join(map(str, points)), sympy.latex(FiniteSet(*points)), f"${', '.join(map(str, points))}$"]
        forms += ["; ".join(map(str, points)), f"\\boxed{{{', '.join(map(str, points))}}}", str(tuple(points[::-1]))]
        forms += [" or ".join(map(str, points)), f"{{{', '.join(map(str, points))}}}", f"$${points}$$", f"**{points}**"]
        forms += [f"Solutions: {points}", f"The answers are {points}"]
        first, *rest = points
        near = [
            rest,
            [first[::-1], *rest],
            [(first[0] + 1, first[1]), *rest],
            [(-first[0], first[1]), *rest],
            [*points, (7, 8)],
        ]
        wrong = [
            form for each in near for form in (str(each), ", ".join(map(str, each)), str(set(each)), str(each[::-1]))
        ]
        yield Case(",".join(map(str, points)).replace(" ", ""), "", forms, [*wrong, str(sum(points, ()))])


def values_() -> Iterator[Case]:
    """Values by name."""
    for k, n in ((45, 2), (-7, 12)):
        forms = [
            f"k = {k}, n = {n}",
            f"n = {n}, k = {k}",
            f"{{k: {k}, n: {n}}}",
            f"[{{k: {k}, n: {n}}}]",
            f"k={k},n={n}",
        ]
        forms += [
            f"k = {k} and n = {n}",
            f"(k, n) = ({k}, {n})",
            f"({k}, {n})",
            f"[{k}, {n}]",
            f"{k}, {n}",
            f"${{k = {k}, n = {n}}}$",
        ]
        forms += [
            f"k = {k}; n = {n}",
            f"[Eq(k, {k}), Eq(n, {n})]",
            f"{{'k': {k}, 'n': {n}}}",
            f"Answer: k = {k}, n = {n}",
        ]
        forms += [f"k = {k}\nn = {n}", f"k = {float(k)}, n = {float(n)}", f"\\boxed{{k = {k}, n = {n}}}", f"{k} {n}"]
        forms += [f"$k = {k}, n = {n}$"]
        near = [(n, k), (k + 1, n), (k, n + 1), (-k, n), (k, -n)]
        wrong = [
            form
            for a, b in near
            for form in (f"k = {a}, n = {b}", f"{{k: {a}, n: {b}}}", f"k={a} and n={b}", f"n = {b}, k = {a}")
        ]
        yield Case(
            f"k = {k}, n = {n}",
            "",
            forms,
            [*wrong, f"k = {k}", f"m = {k}, n = {n}", str(k), f"k = {k}, n = {n}, m = 1"],
        )


def numeral() -> Iterator[Case]:
    """Digits in a base."""
    for digits, base in (("2516", 8), ("1a3", 16), ("12104", 7), ("40", 9)):
        forms = [
            f"{digits}_{base}",
            digits,
            f"{digits}_{{{base}}}",
            f"{digits} (base {base})",
            f"{digits} base {base}",
            f"'{digits}'",
        ]
        forms += [
            f"Answer: {digits}",
            f"${digits}_{{{base}}}$",
            f"\\boxed{{{digits}_{base}}}",
            f"0{digits}",
            digits.upper(),
            f"[{digits}]",
        ]
        prefix = {8: "0o", 16: "0x"}.get(base)
        forms += [f"{prefix}{digits}"] if prefix else [f"{digits}_{{{base}}}."]
        forms += [f"The answer is {digits}"]
        value = int(digits, base)
        wrong = [
            f"{digits}_{base + 1}",
            str(value),
            f"{digits[::-1]}_{base}",
            f"{digits}0",
            digits[:-1],
            f"-{digits}",
            f"0b{value:b}",
        ]
        wrong += [
            f"{digits} (base 10)",
            f"{digits}_{base - 1}",
            f"{value}_10",
            f"{digits[:-1]}0_{base}",
            " ".join(digits),
            f"{digits}.5",
        ]
        wrong += [f"1{digits}", f"{digits}1"]
        yield Case(f"{digits}_{{{base}}}", "", forms, wrong)


def ratio() -> Iterator[Case]:
    """Ratios of several numbers."""
    for one, other in ((5, 3), (11, 21), (7, 4)):
        forms = [
            f"{one}:{other}",
            f"{one} : {other}",
            f"${one}:{other}$",
            f"\\boxed{{{one}:{other}}}",
            f"[{one}, {other}]",
        ]
        forms += [
            f"({one}, {other})",
            f"Answer: {one}:{other}",
            f"The ratio is {one}:{other}.",
            f"{one}:{other}\n",
            f"[{one}:{other}]",
        ]
        forms += [f"{one}:\\ {other}", f"a:b = {one}:{other}", f"**{one}:{other}**", f"{one}.0:{other}.0"]
        wrong = [
            f"{other}:{one}",
            f"{one + 1}:{other}",
            f"{one}:{other + 1}",
            f"{one}",
            f"-{one}:{other}",
            f"{one}:{other}:1",
        ]
        wrong += [
            f"{one}{other}",
            f"{one} {other}",
            f"{2 * one}:{other}",
            f"{one};{other}:1",
            f"{other}/{one}",
            f"{one}-{other}",
        ]
        wrong += [f"{one}*{other}", f"{one}:"]
        yield Case(f"{one}:{other}", "What is the ratio?", forms, wrong)


def time() -> Iterator[Case]:
    """Times of day."""
    for hour, minute in ((12, 30), (1, 5), (9, 45), (3, 20)):
        text = f"{hour}:{minute:02}"
        forms = [
            text,
            f"{hour:02}:{minute:02}",
            f"{text} am",
            f"{text} PM",
            f"${text}$",
            f"\\boxed{{{text}}}",
            f"Answer: {text}",
        ]
        forms += [f"{text} p.m.", f"[{text}]", f"'{text}'", f"The time is {text}."]
        wrong = [
            f"{hour % 12 + 1}:{minute:02}",
            f"{hour}:{(minute + 1) % 60:02}",
            f"{minute}:{hour:02}",
            str(hour),
            f"-{text}",
        ]
        wrong += [
            f"{hour}{minute:02}",
            f"{hour}.{minute:02}",
            f"{text}:30",
            f"{hour} {minute}",
            f"{hour}:{minute}0",
            f"1{text}0",
        ]
        yield Case(text, "", forms, wrong)


def choice() -> Iterator[Case]:
    """Letters of choices."""
    for letter in "ACDE":
        others = [other for other in "ABCDE" if other != letter]
        forms = [
            letter,
            f"({letter})",
            f"{letter}.",
            f"{letter})",
            f"\\text{{({letter})}}",
            f"[{letter}]",
            f"'{letter}'",
            f"({letter}) 12",
        ]
        forms += [f"Answer: {letter}", f"\\boxed{{{letter}}}", f"\\boxed{{\\text{{{letter}}}}}"]
        wrong = [*others, *(f"({other})" for other in others), f"{letter}{others[0]}", f"{letter} or {others[0]}", "12"]
        yield Case(f"\\text{{({letter})}}", "", forms, wrong)


def text() -> Iterator[Case]:
    """Words."""
    for name in ("Evelyn", "even", "ellipse", "Tuesday"):
        forms = [
            name,
            name.lower(),
            name.upper(),
            f"'{name}'",
            f'"{name}"',
            f"[{name}]",
            f"\\text{{{name}}}",
            f"{name}.",
            f"It is {name}",
        ]
        forms += [f"Answer: {name}", f"\\boxed{{\\text{{{name}}}}}", f"The answer is {name}."]
        wrong = [
            f"not {name}",
            f"{name}s",
            name[:-1],
            f"un{name}",
            "Navin",
            "42",
            f"{name} or Navin",
            f"{name}, Navin",
            f"isn't {name}",
        ]
        wrong += [name[::-1], f"{name}?"]
        yield Case(f"\\text{{{name}}}", "", forms, wrong)


CASES: dict[str, Callable[[], Iterator[Case]]] = {
    "integer": integer, "fraction": fraction, "decimal": decimal, "percent": percent, "quantity": quantity,
    "real": real, "complex": complex_, "polynomial": polynomial, "expression": expression, "equation": equation,
    "inequality": inequality, "interval": interval, "tuple": tuple_, "vector": vector, "matrix": matrix, "list": list_,
    "set": set_, "tuples": tuples, "values": values_, "numeral": numeral, "ratio": ratio, "time": time,
    "choice": choice, "text": text,
}  # fmt: skip


def test_the_battery_is_large_enough() -> None:
    """Forty forms of each type, right and wrong, at least; references are of their type."""
    counts = {
        kind: (sum(len(set(case.right)) for case in cases()), sum(len(set(case.wrong)) for case in cases()))
        for kind, cases in CASES.items()
    }
    assert set(AnswerType) == set(CASES)
    assert {} == {kind: count for kind, count in counts.items() if min(count) < LEAST}
    assert sum(map(sum, counts.values())) >= 1600


@pytest.mark.parametrize("kind", CASES)
def test_a_right_form_passes(kind: str) -> None:
    """Leniently at least: no false negative."""
    found = [
        (form, case.reference)
        for case in CASES[kind]()
        for form in dict.fromkeys(case.right)
        if not decide(form, case.reference, case.statement, AnswerType(kind))[0]
        and not decide_leniently(form, case.reference, case.statement, AnswerType(kind))[0]
    ]
    assert [] == found


@pytest.mark.parametrize("kind", CASES)
def test_a_wrong_form_never_passes_strictly(kind: str) -> None:
    """No false positive."""
    found = [
        (form, case.reference)
        for case in CASES[kind]()
        for form in dict.fromkeys(case.wrong)
        if form not in case.right and decide(form, case.reference, case.statement, AnswerType(kind))[0]
    ]
    assert [] == found


@pytest.mark.parametrize("kind", CASES)
def test_references_of_the_battery_have_their_type(kind: str) -> None:
    """As it is told from them and their statements."""
    assert {kind} == {str(infer(case.reference, case.statement)) for case in CASES[kind]()}
