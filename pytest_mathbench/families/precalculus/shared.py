"""What several modules of precalculus need."""

from collections.abc import Sequence
from typing import TypeAlias

from pytest_mathbench.families.latex import polynomial

Rows: TypeAlias = tuple[tuple[int, ...], ...]


def column(vector: Sequence[int]) -> str:
    """Return a column vector in LaTeX."""
    return rows_of(tuple((entry,) for entry in vector))


def rows_of(rows: Rows) -> str:
    """Return a matrix of whole numbers in LaTeX, fast."""
    body = r" \\ ".join(" & ".join(map(str, row)) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def identity(size: int) -> Rows:
    """Return the identity matrix."""
    return tuple(tuple(int(i == j) for j in range(size)) for i in range(size))


def times(one: Rows, other: Rows, modulus: int = 0) -> Rows:
    """Return the product of two matrices, its entries reduced if there is a modulus."""
    columns = list(zip(*other, strict=True))
    product = tuple(tuple(sum(a * b for a, b in zip(row, entries, strict=True)) for entries in columns) for row in one)
    return tuple(tuple(entry % modulus for entry in row) for row in product) if modulus else product


def power_of(rows: Rows, exponent: int, modulus: int = 0) -> Rows:
    """Return a power of a matrix by repeated squaring."""
    if len(rows) == 2 and modulus:
        return _small_power(rows, exponent, modulus)
    result = identity(len(rows))
    while exponent:
        if exponent % 2:
            result = times(result, rows, modulus)
        rows, exponent = times(rows, rows, modulus), exponent // 2
    return result


def _small_power(rows: Rows, exponent: int, modulus: int) -> Rows:
    (a, b), (c, d) = rows
    w, x, y, z = 1, 0, 0, 1
    for bit in f"{exponent:b}":
        cross_term = x * y
        w, x, y, z = w * w + cross_term, x * (w + z), y * (w + z), z * z + cross_term
        if bit == "1":
            w, x, y, z = w * a + x * c, w * b + x * d, y * a + z * c, y * b + z * d
        w, x, y, z = w % modulus, x % modulus, y % modulus, z % modulus
    return (w, x), (y, z)


def dot(one: Sequence[int], other: Sequence[int]) -> int:
    """Return the dot product."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def cross(u: Sequence[int], v: Sequence[int]) -> tuple[int, int, int]:
    """Return the cross product."""
    return u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]


def shaped(values: tuple[int, int], mix: tuple[int, int]) -> Rows:
    """Return the matrix with the given whole eigenvalues; its basis is (1, r), (p, pr + 1), for a mix of p and r."""
    (one, other), (p, r) = values, mix
    det = p * r + 1
    return (
        (one * det - other * p * r, (other - one) * p),
        ((one - other) * r * det, other * det - one * p * r),
    )


def prime_factors(number: int) -> dict[int, int]:
    """Return the prime factors with their exponents, by trial division."""
    factors: dict[int, int] = {}
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            factors[divisor] = factors.get(divisor, 0) + 1
            number //= divisor
        divisor += 1
    if number > 1:
        factors[number] = factors.get(number, 0) + 1
    return factors


def linear(a: int, b: int, c: int) -> str:
    """Return ax + by + cz in LaTeX, for coefficients that are not 0."""
    return f"{polynomial([a, 0])}{_term(b, 'y')}{_term(c, 'z')}"


def _term(factor: int, letter: str) -> str:
    return f"{' - ' if factor < 0 else ' + '}{abs(factor) if abs(factor) > 1 else ''}{letter}"
