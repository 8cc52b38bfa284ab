"""Polynomials as lists of coefficients, and answers found by numbers alone, for several levels."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

import sympy

from pytest_mathbench.families.latex import Answer

Number = TypeVar("Number")


def expanded(*factors: Sequence[int]) -> list[int]:
    """Return the product of polynomials, all given by their coefficients from the highest power down."""
    product = [1]
    for factor in factors:
        longer = [0] * (len(product) + len(factor) - 1)
        for place, one in enumerate(product):
            for shift, other in enumerate(factor):
                longer[place + shift] += one * other
        product = longer
    return product


def evaluated(coefficients: Sequence[int], point: Number) -> Number:
    """Return the value of a polynomial, given by its coefficients from the highest power down."""
    value: Number = 0 * point  # type: ignore[operator, assignment]
    for coefficient in coefficients:
        value = value * point + coefficient  # type: ignore[operator]
    return value


def term_of_recurrence(first: Sequence[int], rule: Sequence[int], place: int, modulus: int) -> int:
    """Return a term of a linear recurrence, counted from 0: each is the sum of rule[i] times that i + 1 places before.

    Found by powers of x modulo the characteristic polynomial.
    """
    order = len(rule)

    def product(one: Sequence[int], other: Sequence[int]) -> list[int]:
        long = [0] * (2 * order - 1)
        for power, left in enumerate(one):
            for shift, right in enumerate(other):
                long[power + shift] += left * right
        for power in range(2 * order - 2, order - 1, -1):
            top = long.pop()
            for back, factor in enumerate(rule, start=1):
                long[power - back] += top * factor
        return [value % modulus for value in long]

    result, square = [1] + [0] * (order - 1), ([0, 1] + [0] * (order - 2) if order > 1 else [rule[0]])
    while place:
        if place & 1:
            result = product(result, square)
        square = product(square, square)
        place >>= 1
    return sum(factor * value for factor, value in zip(result, first, strict=True)) % modulus


def matrix_power(matrix: tuple[int, int, int, int], exponent: int, modulus: int) -> tuple[int, int, int, int]:
    """Return a power of a matrix of two rows (a, b) and (c, d), modulo a number."""
    result, base = (1, 0, 0, 1), matrix
    while exponent:
        if exponent & 1:
            result = _times(result, base, modulus)
        base = _times(base, base, modulus)
        exponent >>= 1
    return result


def _times(one: tuple[int, int, int, int], other: tuple[int, int, int, int], modulus: int) -> tuple[int, int, int, int]:
    (a, b, c, d), (e, f, g, h) = one, other
    return (
        (a * e + b * g) % modulus,
        (a * f + b * h) % modulus,
        (c * e + d * g) % modulus,
        (c * f + d * h) % modulus,
    )


def radical(number: int) -> tuple[int, int]:
    """Return the square root of a positive integer in simplest form: the factor, and what stays under the root."""
    factor, rest, divisor = 1, number, 2
    while divisor * divisor <= rest:
        while rest % (divisor * divisor) == 0:
            factor, rest = factor * divisor, rest // divisor**2
        divisor += 1
    return factor, rest


def is_squarefree(coefficients: Sequence[int], prime: int = 1_000_003) -> bool:
    """Whether a polynomial has no multiple root; it may be called not so where it has one modulo the prime only."""
    degree = len(coefficients) - 1
    one = [c % prime for c in coefficients]
    other = [c * (degree - i) % prime for i, c in enumerate(coefficients[:-1])]
    while len(other) > 1:
        inverse = pow(other[0], -1, prime)
        while len(one) >= len(other):
            factor = one[0] * inverse % prime
            one = [(c - factor * (other[i] if i < len(other) else 0)) % prime for i, c in enumerate(one)][1:]
        while one and one[0] == 0:
            one = one[1:]
        one, other = other, one
    return bool(other)


def joined(parts: Sequence[tuple[Answer, Answer, bool, bool]]) -> Answer:
    """Return the union of intervals that do not touch: each by its ends and whether they are left out."""
    intervals = [sympy.Interval(*part) for part in parts]
    return intervals[0] if len(intervals) == 1 else sympy.Union(*intervals, evaluate=False)


def where(holds: Callable[[Fraction], bool], ends: Sequence[Fraction], poles: Sequence[Fraction] = ()) -> Answer:
    """Return the real numbers for which something holds that changes at the given ends only, by trying them all.

    At poles it never holds. What holds at a single point apart from others is left out.
    """
    marks = sorted({*map(Fraction, ends), *map(Fraction, poles)})
    middles = [(left + right) / 2 for left, right in pairwise([marks[0] - 2, *marks, marks[-1] + 2])]
    at = [mark not in poles and holds(mark) for mark in marks]
    bounds = [-sympy.oo, *(sympy.Rational(mark.numerator, mark.denominator) for mark in marks), sympy.oo]
    parts: list[tuple[Answer, Answer, bool, bool]] = []
    for place, middle in enumerate(middles):
        if holds(middle):
            left_open, right_open = place == 0 or not at[place - 1], place == len(marks) or not at[place]
            if parts and parts[-1][1] == bounds[place] and not left_open:
                parts[-1] = parts[-1][0], bounds[place + 1], parts[-1][2], right_open
            else:
                parts.append((bounds[place], bounds[place + 1], left_open, right_open))
    return joined(parts)


def through(places: range, values: Callable[[int], Fraction], at: int) -> Fraction:
    """Return the value at a place of the polynomial of least degree with given values elsewhere, by Lagrange."""
    total = Fraction(0)
    for one in places:
        term = values(one)
        for other in places:
            term *= Fraction(at - other, one - other) if other != one else 1
        total += term
    return total


def is_told(answer: int | Fraction, *numbers: int) -> bool:
    """Whether an answer is too small, or up to its sign one of the numbers of its statement."""
    size = abs(Fraction(answer))
    return size < 2 or size in {abs(number) for number in numbers}
