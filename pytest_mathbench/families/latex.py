r"""Exact values → LaTeX as MATH writes it, and whether two values are the same.

Answers are Python's or sympy's values, and LaTeX only at the end:

    int, Fraction, sympy number   5    -\frac{3}{4}    2\sqrt{3}    9\pi    3-2i
    sympy expression              3x^2-x+4
    tuple                         (3,-1): its order counts
    frozenset                     -1,3: several answers, listed from the smallest
    sympy set                     [2,5)    (-\infty,3]\cup[5,\infty)
    sympy matrix                  \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}
    str                           verbatim: \text{Tuesday}, 2041_5
"""

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import sympy

Answer: TypeAlias = Any
"""One of the values above; sympy's have no types."""

_TOLERANCE = 1e-9
_POINTS = (sympy.Rational(17, 11), sympy.Rational(23, 7), sympy.Rational(31, 13), sympy.Rational(5, 17))
"""Where expressions in letters are compared: apart from special points, positive, so that roots are real."""


def tex(value: Answer) -> str:  # noqa: PLR0911 - a table of types
    """Return a value in LaTeX, without dollar signs."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return f"({','.join(map(tex, value))})"
    if isinstance(value, frozenset):
        return ",".join(tex(member) for member in sorted(value, key=_position))
    if isinstance(value, Fraction):
        value = sympy.Rational(value.numerator, value.denominator)
    if isinstance(value, sympy.Interval):
        left, right = "(" if value.left_open else "[", ")" if value.right_open else "]"
        return f"{left}{tex(value.start)},{tex(value.end)}{right}"
    if isinstance(value, sympy.Union):
        return r"\cup".join(tex(part) for part in sorted(value.args, key=lambda part: part.inf))
    if isinstance(value, sympy.MatrixBase):
        rows = r" \\ ".join(" & ".join(map(tex, value.row(number))) for number in range(value.rows))
        return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"
    return _tidy(sympy.latex(sympy.sympify(value)))


def _tidy(latex: str) -> str:
    latex = re.sub(r"\^\{(\w)\}", r"^\1", latex)
    latex = re.sub(r"(?<=[\d}]) (?=[a-z\\(])", "", latex)
    return re.sub(r" (?=[-+] )|(?<=[-+]) ", "", latex)


def polynomial(coefficients: Sequence[Answer], letter: str = "x") -> str:
    """Return a polynomial in LaTeX, its coefficients given from the highest power down: [1, 0, -3] is x^2 - 3."""
    text = ""
    for power, coefficient in zip(range(len(coefficients) - 1, -1, -1), coefficients, strict=True):
        if coefficient == 0:
            continue
        factor = "" if abs(coefficient) == 1 and power else tex(abs(coefficient))
        letters = "" if power == 0 else letter if power == 1 else f"{letter}^{braced(power)}"
        sign = ("-" if coefficient < 0 else "") if not text else (" - " if coefficient < 0 else " + ")
        text += sign + factor + letters
    return text or "0"


def signed(value: Answer) -> str:
    """Return a number with the sign that joins it to what stands before: ` + 3` or ` - 3`."""
    return f" - {tex(-value)}" if value < 0 else f" + {tex(value)}"


def braced(value: Answer) -> str:
    """Return an exponent or an index, in braces where it has more than one sign."""
    text = tex(value)
    return text if len(text) == 1 else f"{{{text}}}"


def listed(items: Iterable[Answer], joint: str = "and") -> str:
    """Return items as a sentence lists them, each between dollar signs: `$1$, $2$, and $3$`."""
    texts = [f"${tex(item)}$" for item in items]
    if len(texts) < 3:  # noqa: PLR2004 - from three on, there are commas
        return f" {joint} ".join(texts)
    return f"{', '.join(texts[:-1])}, {joint} {texts[-1]}"


def matrix(rows: Sequence[Sequence[Answer]]) -> str:
    """Return a matrix, or a column vector of rows of one, in LaTeX."""
    return tex(sympy.Matrix(rows))


def same(one: Answer, other: Answer) -> bool:  # noqa: PLR0911 - a table of types
    """Whether two values are equal: exact where both are rational, else to 9 digits of 15.

    Expressions in letters are compared at four points each.
    """
    if one is None or other is None:  # a method that found nothing
        return False
    if isinstance(one, str) or isinstance(other, str):
        return bool(one == other)
    if isinstance(one, tuple):
        return isinstance(other, tuple) and _pairwise(one, other)
    if isinstance(one, frozenset):
        return isinstance(other, frozenset) and _pairwise(sorted(one, key=_position), sorted(other, key=_position))
    if isinstance(one, sympy.MatrixBase):
        return isinstance(other, sympy.MatrixBase) and one.shape == other.shape and _pairwise(list(one), list(other))
    if isinstance(one, sympy.Set):
        return isinstance(other, sympy.Set) and bool(one == other or _pairwise(_pieces(one), _pieces(other)))
    return _same_number(one, other)


def _pieces(value: Answer) -> list[Answer]:
    """Return the intervals and points of a set of reals, from the left: an interval as its ends and their kind."""
    parts = sorted(value.args if isinstance(value, sympy.Union) else [value], key=lambda part: float(part.inf))
    return [
        (part.start, part.end, str(part.left_open), str(part.right_open))
        if isinstance(part, sympy.Interval)
        else frozenset(part)
        for part in parts
    ]


def _pairwise(one: Sequence[Answer], other: Sequence[Answer]) -> bool:
    return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))


def _same_number(one: Answer, other: Answer) -> bool:
    if isinstance(one, int | Fraction) and isinstance(other, int | Fraction):
        return one == other
    if isinstance(one, tuple | frozenset | sympy.Set) or isinstance(other, tuple | frozenset | sympy.Set):
        return False
    left, right = sympy.sympify(one), sympy.sympify(other)
    if left.is_Rational and right.is_Rational:
        return bool(left == right)
    letters = sorted(left.free_symbols | right.free_symbols, key=str)
    points = range(len(_POINTS)) if letters else (0,)
    for shift in points:
        values = {letter: _POINTS[(shift + place) % len(_POINTS)] for place, letter in enumerate(letters)}
        there = [complex(side.subs(values).evalf(20)) for side in (left, right)]
        if not abs(there[0] - there[1]) <= _TOLERANCE * max(1.0, abs(there[0])):
            return False
    return True


def _position(value: Answer) -> tuple[float, ...]:
    if isinstance(value, tuple):
        return tuple(part for member in value for part in _position(member))
    number = complex(sympy.sympify(value).evalf(20))
    return round(number.real, 9), round(number.imag, 9)
