"""Precalculus, level 4: matrices and planes of whole numbers."""

import cmath
from functools import cache
from math import gcd, isqrt, pi
from random import Random
from typing import Self

import numpy as np
import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, signed, tex
from pytest_mathbench.families.precalculus.shared import Rows, column, rows_of


class LongWalk(Family, domain="precalculus", level=4):
    """Where a huge power of a rotation takes a vector: its period is seen, and floats drift."""

    shape: int
    scale: int
    power: int
    vector: tuple[int, int]
    wording: int

    naive_program = """
        import numpy as np
        c, s = [(3**0.5, 1), (1, 3**0.5), (-1, 3**0.5), (-(3**0.5), 1)][shape]
        M = np.array([[c, -s], [s, c]]) * scale / 2
        print((np.linalg.matrix_power(M, power) @ np.array(vector)).tolist())
    """
    solution_program = """
        from sympy import Matrix, expand, eye, sqrt
        c, s = [(sqrt(3), 1), (1, sqrt(3)), (-1, sqrt(3)), (-sqrt(3), 1)][shape]
        M = Matrix([[c, -s], [s, c]]) * scale / 2
        v = Matrix(vector)
        for _ in range(power % 12):
            v = (M * v).applyfunc(expand)
        print(v)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        power = random.randint(10**16, 10**17)
        vector = random.randint(-30, 30), random.randint(-30, 30)
        drawn = cls(random.randrange(4), random.choice([-1, 1]), power, vector, random.randrange(2))
        return drawn if drawn._degrees() % 90 and all(vector) else None

    def _degrees(self) -> int:
        return ([30, 60, 120, 150][self.shape] + (180 if self.scale < 0 else 0)) * self.power % 360

    def statement(self) -> str:
        rotation = _rotation(self.shape, self.scale)
        if self.wording:
            return (
                rf"The map $T$ sends each vector $\mathbf{{v}}$ of the plane to \[T(\mathbf{{v}}) = {rotation} "
                rf"\mathbf{{v}}.\] It is applied ${self.power}$ times in a row, beginning with "
                f"${column(self.vector)}$. Enter the result as a column vector whose entries are exact."
            )
        return (
            rf"Let \[\mathbf{{M}} = {rotation}.\] Compute \[\mathbf{{M}}^{{{self.power}}} {column(self.vector)}.\] "
            "Enter your answer as a column vector with exact entries."
        )

    def answer(self) -> Answer:
        (c, s), (x, y), root = _HALVES[self._degrees()], self.vector, sympy.sqrt(3)
        if self._degrees() % 60:  # the cosine has the root
            return sympy.Matrix(
                [[c * x * root / 2 - sympy.Rational(s * y, 2)], [sympy.Rational(s * x, 2) + c * y * root / 2]]
            )
        return sympy.Matrix(
            [[sympy.Rational(c * x, 2) - s * y * root / 2], [s * x * root / 2 + sympy.Rational(c * y, 2)]]
        )

    def check(self) -> Answer:
        step = cmath.rect(self.scale, [pi / 6, pi / 3, 2 * pi / 3, 5 * pi / 6][self.shape])
        vector = complex(*self.vector)
        for _ in range(self.power % 12):  # twelve steps are a whole number of turns
            vector *= step
        return sympy.Matrix([vector.real, vector.imag])


_HALVES = {30: (1, 1), 60: (1, 1), 120: (-1, 1), 150: (-1, 1), 210: (-1, -1), 240: (-1, -1), 300: (1, -1), 330: (1, -1)}
"""The signs of cosine and sine."""


@cache
def _rotation(shape: int, scale: int) -> str:
    root, half = sympy.sqrt(3), sympy.Rational(scale, 2)
    cosine, sine = [(root, 1), (1, root), (-1, root), (-root, 1)][shape]
    return tex(sympy.Matrix([[half * cosine, -half * sine], [half * sine, half * cosine]]))


class PowerRemainder(Family, domain="precalculus", level=4):
    """A huge power of a matrix to a modulus, which numpy computes with overflow."""

    rows: Rows
    power: int
    modulus: int
    asked: str
    wording: int

    naive_program = """
        import numpy as np
        M = np.linalg.matrix_power(np.array(rows), power)
        print({"sum": M.sum(), "trace": M.trace(), "corner": M[0, 2]}[asked] % modulus)
    """
    solution_program = """
        def multiply(x, y):
            return [[sum(a * b for a, b in zip(row, col)) % modulus for col in zip(*y)] for row in x]
        result, base, n = [[1, 0, 0], [0, 1, 0], [0, 0, 1]], rows, power
        while n:
            if n % 2:
                result = multiply(result, base)
            base, n = multiply(base, base), n // 2
        value = {"sum": sum(map(sum, result)), "trace": sum(result[i][i] for i in range(3)), "corner": result[0][2]}
        print(value[asked] % modulus)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = ((random.randint(-4, 9), random.randint(1, 9), random.randint(-4, 9)) for _ in range(3))
        power, modulus = random.randint(10**11, 10**13), random.choice([997, 1000, 1009, 2027, 3001, 5003, 9973, 10**4])
        drawn = cls((a, b, c), power, modulus, random.choice(["sum", "trace", "corner"]), random.randrange(2))
        rough = np.linalg.matrix_power(np.array(drawn.rows), power)
        value = {"sum": rough.sum(), "trace": rough.trace(), "corner": rough[0, 2]}[drawn.asked] % modulus
        answer = drawn.answer()
        return drawn if answer not in {int(value), 0, 1} else None

    def statement(self) -> str:
        asked = {
            "sum": "sum of all entries",
            "trace": "sum of the entries on the main diagonal",
            "corner": "entry in the first row and third column",
        }[self.asked]
        if self.wording:
            return (
                rf"The matrix \[\mathbf{{A}} = {rows_of(self.rows)}\] is raised to the power ${self.power}$. To which "
                f"integer from $0$ to ${self.modulus - 1}$ is the {asked} of the result congruent modulo "
                f"${self.modulus}$?"
            )
        return (
            rf"Let \[\mathbf{{A}} = {rows_of(self.rows)},\] and let $s$ be the {asked} of "
            rf"$\mathbf{{A}}^{{{self.power}}}$. Find the integer $r$ with $0 \le r < {self.modulus}$ such that $s - r$ "
            f"is a multiple of ${self.modulus}$."
        )

    def answer(self) -> Answer:
        power, rows = np.eye(3, dtype=np.int64), np.array(self.rows)
        for bit in f"{self.power:b}":
            power = power @ power % self.modulus
            if bit == "1":
                power = power @ rows % self.modulus
        value = {"sum": power.sum(), "trace": power.trace(), "corner": power[0, 2]}[self.asked]
        return int(value) % self.modulus

    def check(self) -> Answer:
        # Modulo the characteristic polynomial, t^n is u + v t + w t^2.
        (a, b, c), (d, e, f), (g, h, i) = self.rows
        trace = a + e + i
        minors = a * e - b * d + a * i - c * g + e * i - f * h
        det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
        u, v, w = 1, 0, 0
        for bit in f"{self.power:b}":
            parts = [u * u, 2 * u * v, v * v + 2 * u * w, 2 * v * w, w * w]
            if bit == "1":
                parts.insert(0, 0)
            while len(parts) > 3:
                top = parts.pop()
                parts[-1] += top * trace
                parts[-2] -= top * minors
                parts[-3] += top * det
            u, v, w = (part % self.modulus for part in parts)
        one = np.array(self.rows)
        power = u * np.eye(3, dtype=np.int64) + v * one + w * (one @ one)
        value = {"sum": power.sum(), "trace": power.trace(), "corner": power[0, 2]}[self.asked]
        return int(value) % self.modulus


class SingularMatrices(Family, domain="precalculus", level=4):
    """How many matrices with entries up to a bound have the determinant 0, or have not: products counted once."""

    least: int
    most: int
    is_singular: bool
    wording: int

    naive_program = """
        count = 0
        entries = range(least, most + 1)
        for a in entries:
            for b in entries:
                for c in entries:
                    for d in entries:
                        count += (a * d - b * c == 0) == is_singular
        print(count)
    """
    solution_program = """
        from collections import Counter
        entries = range(least, most + 1)
        products = Counter(a * d for a in entries for d in entries)
        count = sum(n * n for n in products.values())
        print(count if is_singular else len(entries) ** 4 - count)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randrange(2), random.randint(600, 680), random.random() < 0.5, random.randrange(2))

    def statement(self) -> str:
        kind = "have no inverse" if self.is_singular else "have an inverse"
        if self.wording:
            ask = "does not exist" if self.is_singular else "exists"
            return (
                rf"The entries of $\mathbf{{M}} = \begin{{pmatrix}} a & b \\ c & d \end{{pmatrix}}$ are integers with "
                rf"${self.least} \le a, b, c, d \le {self.most}$. For how many of these matrices $\mathbf{{M}}$ is it "
                rf"true that $\mathbf{{M}}^{{-1}}$ {ask}?"
            )
        return (
            rf"How many $2 \times 2$ matrices, each of whose entries is one of the integers from ${self.least}$ to "
            f"${self.most}$, inclusive, {kind}?"
        )

    def answer(self) -> Answer:
        # Both rows are multiples of the same primitive vector; of those, 2 phi(m) have the greater entry m > 1.
        totients, n = _totients(), self.most
        count = sum((2 * totients[m] - (m == 1)) * (n // m) ** 2 for m in range(1, n + 1))
        entries = n
        if self.least == 0:
            count, entries = count + (2 * n + 1) ** 2, n + 1  # and both products 0
        return count if self.is_singular else entries**4 - count

    def check(self) -> Answer:
        # A first row with the gcd g and the greater entry m is parallel to n g / m rows, rounded down.
        n, ratios = self.most, _ratios()
        count = int((n * ratios[0][:n, :n] // ratios[1][:n, :n]).sum())
        if self.least == 0:  # a row of 0, or two rows on the same axis
            count += 2 * (n + 1) ** 2 - 1 + 2 * n * n
        return count if self.is_singular else (n + 1 - self.least) ** 4 - count


@cache
def _ratios() -> tuple["np.ndarray", "np.ndarray"]:
    """Return gcd and maximum for all pairs of numbers up to 680."""
    steps = np.arange(1, 681, dtype=np.int32)
    return np.gcd.outer(steps, steps), np.maximum.outer(steps, steps)


@cache
def _totients() -> list[int]:
    totients = list(range(800))
    for n in range(2, 800):
        if totients[n] == n:
            for multiple in range(n, 800, n):
                totients[multiple] -= totients[multiple] // n
    return totients


class NearestLatticePoint(Family, domain="precalculus", level=4):
    """The least distance of points with whole coordinates from a plane that contains none: above or below it."""

    normal: tuple[int, int, int]
    right: int
    wording: int

    naive_program = """
        from fractions import Fraction
        from math import gcd, isqrt
        a, b, c = normal
        print(Fraction(right % gcd(a, b, c), isqrt(a * a + b * b + c * c)))
    """
    solution_program = """
        from fractions import Fraction
        from math import gcd, isqrt
        a, b, c = normal
        g = gcd(a, b, c)
        print(Fraction(min(right % g, -right % g), isqrt(a * a + b * b + c * c)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q, r, s = (random.randint(1000, 9999) for _ in range(4))
        normal = p * p + q * q - r * r - s * s, 2 * (q * r + p * s), 2 * (q * s - p * r)
        if gcd(*normal) > 1 or not all(normal):
            return None
        factor = random.randint(12, 99)
        right = random.randint(100, 999) * factor * max(map(abs, normal))
        right += random.randint(factor // 2 + 1, factor - 3)  # the multiple above is nearer than the one below
        a, b, c = (factor * entry for entry in normal)
        return cls((abs(a), b, c), right, random.randrange(2))

    def statement(self) -> str:
        a, b, c = self.normal
        plane = f"{a}x{signed(b)}y{signed(c)}z = {self.right}"
        form = "Express your answer as a common fraction."
        if self.wording:
            return (
                rf"No point with three integer coordinates lies in the plane \[{plane}.\] How close to the plane can "
                f"such a point be? {form}"
            )
        return (
            rf"Let $d$ be the distance of a point $(x,y,z)$ from the plane \[{plane}.\] If $x$, $y$, and $z$ have to "
            f"be integers, what is the least possible value of $d$? {form}"
        )

    def answer(self) -> Answer:
        factor = gcd(*self.normal)
        length = isqrt(sum(entry * entry for entry in self.normal))
        return sympy.Rational(min(self.right % factor, -self.right % factor), length)

    def check(self) -> Answer:
        # Points by Bezout: the nearest whole values of the left side, each reached by a point.
        a, b, c = self.normal
        s, t, g = map(int, sympy.gcdex(sympy.Integer(a), sympy.Integer(b)))
        u, v, h = map(int, sympy.gcdex(sympy.Integer(g), sympy.Integer(c)))
        gaps = []
        for k in (self.right // h, self.right // h + 1):
            x, y, z = k * u * s, k * u * t, k * v
            gaps.append(abs(a * x + b * y + c * z - self.right))
        return min(gaps) / sympy.sqrt(a * a + b * b + c * c)
