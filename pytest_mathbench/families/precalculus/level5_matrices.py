"""Precalculus, level 5: matrices of whole numbers, and the points of a parallelepiped."""

from functools import cache
from itertools import combinations
from math import gcd
from random import Random
from typing import Self

import numpy as np
import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer
from pytest_mathbench.families.precalculus.shared import (
    Rows,
    column,
    cross,
    dot,
    identity,
    power_of,
    prime_factors,
    rows_of,
    shaped,
    times,
)

_PRIMES = (10007, 20011, 30011, 40009, 50021, 60013, 70001, 80021, 99991)


class MatricesOfOrder(Family, domain="precalculus", level=5):
    """How many matrices with small entries satisfy a quadratic equation: by trace and determinant, then divisors."""

    most: int
    kind: str
    wording: int

    naive_program = """
        equation = {"root": (0, 1), "cube": (1, 1), "sixth": (-1, 1), "nil": (0, 0), "one": (0, -1), "same": (-1, 0)}
        p, q = equation[kind]  # A^2 + pA + qI = 0
        count = 0
        entries = range(-most, most + 1)
        for a in entries:
            for b in entries:
                for c in entries:
                    for d in entries:
                        if (a * a + b * c + p * a + q == 0 and b * (a + d + p) == 0
                                and c * (a + d + p) == 0 and b * c + d * d + p * d + q == 0):
                            count += 1
        print(count)
    """
    solution_program = """
        trace, det = {"root": (0, 1), "cube": (-1, 1), "sixth": (1, 1), "nil": (0, 0), "one": (0, -1),
                      "same": (1, 0)}[kind]
        count = 2 if kind in ("one", "same") else 0  # multiples of I
        for a in range(-most, most + 1):
            if abs(trace - a) > most:
                continue
            product = abs(a * (trace - a) - det)  # |bc|
            if product == 0:
                count += 4 * most + 1
            else:
                count += 2 * sum(product % b == 0 and product // b <= most for b in range(1, most + 1))
        print(count)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        kind = random.choice(["root", "cube", "sixth", "nil", "one", "same"])
        return cls(random.randint(285, 360), kind, random.randrange(2))

    def statement(self) -> str:
        equation = {
            "root": r"\mathbf{A}^2 = -\mathbf{I}",
            "cube": r"\mathbf{A}^2 + \mathbf{A} + \mathbf{I} = \mathbf{0}",
            "sixth": r"\mathbf{A}^2 - \mathbf{A} + \mathbf{I} = \mathbf{0}",
            "nil": r"\mathbf{A}^2 = \mathbf{0}",
            "one": r"\mathbf{A}^2 = \mathbf{I}",
            "same": r"\mathbf{A}^2 = \mathbf{A}",
        }[self.kind]
        if self.wording:
            return (
                rf"Each entry of a $2 \times 2$ matrix $\mathbf{{A}}$ is an integer of absolute value at most "
                rf"${self.most}$, and ${equation}$. How many such matrices $\mathbf{{A}}$ are there?"
            )
        return (
            rf"How many matrices $\mathbf{{A}} = \begin{{pmatrix}} a & b \\ c & d \end{{pmatrix}}$ satisfy "
            f"${equation}$, where $a$, $b$, $c$, $d$ are integers from $-{self.most}$ to ${self.most}$, inclusive?"
        )

    def _trace_and_determinant(self) -> tuple[int, int]:
        kinds = {"root": (0, 1), "cube": (-1, 1), "sixth": (1, 1), "nil": (0, 0), "one": (0, -1), "same": (1, 0)}
        return kinds[self.kind]

    def answer(self) -> Answer:
        trace, det = self._trace_and_determinant()
        count, steps = 2 if self.kind in {"one", "same"} else 0, np.arange(self.most + 1, dtype=np.int32)
        for a in range(max(-self.most, trace - self.most), min(self.most, trace + self.most) + 1):
            if 2 * a < trace:  # a and d change places
                continue
            product = abs(a * (trace - a) - det)
            least = max(1, -(-product // self.most))
            found = 2 * int(np.count_nonzero(product % steps[least:] == 0)) if product else 4 * self.most + 1
            count += found * (1 if 2 * a == trace else 2)
        return count

    def check(self) -> Answer:
        trace, det = self._trace_and_determinant()
        ways = _products(self.most)
        values = (a * (trace - a) - det for a in range(-self.most, self.most + 1) if abs(trace - a) <= self.most)
        found = sum(2 * ways[abs(value)] if value else 4 * self.most + 1 for value in values if abs(value) < len(ways))
        return int(found) + (2 if det in {-1, 0} and self.kind != "nil" else 0)


@cache
def _products(most: int) -> "np.ndarray":
    """Return, for each number, in how many ways it is a product of two factors up to `most`."""
    steps = np.arange(1, most + 1)
    return np.bincount(np.multiply.outer(steps, steps).ravel())


class MatrixSeries(Family, domain="precalculus", level=5):
    """A geometric series of a matrix with the eigenvalue 1, so that its formula divides by a singular matrix."""

    value: int
    mix: tuple[int, int]
    terms: int
    modulus: int
    wording: int

    naive_program = """
        from sympy import Matrix, eye
        p, r = mix
        P = Matrix([[1, p], [r, p * r + 1]])
        A = P * Matrix([[1, 0], [0, value]]) * P.inv()
        inverse = (A - eye(2)).inv_mod(modulus)
        power, base, n = eye(2), A, terms
        while n:
            if n % 2:
                power = (power * base).applyfunc(lambda x: x % modulus)
            base, n = (base * base).applyfunc(lambda x: x % modulus), n // 2
        print(sum(A * (power - eye(2)) * inverse) % modulus)
    """
    solution_program = """
        p, r = mix
        det = p * r + 1
        A = [[det - value * p * r, (value - 1) * p], [(1 - value) * r * det, value * det - p * r]]
        def multiply(x, y):
            return [[sum(a * b for a, b in zip(row, col)) % modulus for col in zip(*y)] for row in x]
        block = [A[0] + [1, 0], A[1] + [0, 1], [0, 0, 1, 0], [0, 0, 0, 1]]
        result, n = [[int(i == j) for j in range(4)] for i in range(4)], terms
        while n:
            if n % 2:
                result = multiply(result, block)
            block, n = multiply(block, block), n // 2
        series = [row[2:] for row in result[:2]]  # I + A + ... + A^(n-1)
        print(sum(map(sum, multiply(A, series))) % modulus)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        mix = random.choice([-1, 1]) * random.randint(1, 6), random.randint(1, 6)
        terms, modulus = random.randint(10**14, 10**16), random.choice(_PRIMES)
        drawn = cls(random.choice([-5, -4, -3, -2, 2, 3, 4, 5, 6]), mix, terms, modulus, random.randrange(2))
        return drawn if all(entry for row in drawn._rows() for entry in row) else None

    def _rows(self) -> Rows:
        return shaped((1, self.value), self.mix)

    def statement(self) -> str:
        if self.wording:
            return (
                rf"Let \[\mathbf{{A}} = {rows_of(self._rows())}, \quad \mathbf{{S}} = \sum_{{k=1}}^{{{self.terms}}} "
                rf"\mathbf{{A}}^k.\] The sum of the four entries of $\mathbf{{S}}$ is an integer $s$. Find the integer "
                rf"$r$ with $0 \le r < {self.modulus}$ and $r \equiv s \pmod{{{self.modulus}}}$."
            )
        return (
            rf"Let $\mathbf{{A}} = {rows_of(self._rows())}$ and $\mathbf{{S}} = \mathbf{{A}} + \mathbf{{A}}^2 + "
            rf"\mathbf{{A}}^3 + \cdots + \mathbf{{A}}^{{{self.terms}}}$. All four entries of $\mathbf{{S}}$ are added. "
            rf"Which of the numbers $0, 1, \dots, {self.modulus - 1}$ differs from the result by a multiple of "
            f"${self.modulus}$?"
        )

    def answer(self) -> Answer:
        rows, m = self._rows(), self.modulus
        power = identity(2)
        series: Rows = ((0, 0), (0, 0))
        for bit in f"{self.terms:b}":  # S(2n) = S(n) + A^n S(n)
            series, power = _added(series, times(power, series, m)), times(power, power, m)
            if bit == "1":
                power = times(power, rows, m)
                series = _added(series, power)
        return sum(map(sum, series)) % m

    def check(self) -> Answer:
        # With A = E + v F, where E + F = I, the powers are E + v^k F.
        (a, b), (c, d) = self._rows()
        whole, v, m = a + b + c + d, self.value, self.modulus
        f = (whole - 2) // (v - 1)
        series = v * (pow(v, self.terms, m) - 1) * pow(v - 1, -1, m)
        return (self.terms * (2 - f) + f * series) % m


def _added(one: Rows, other: Rows) -> Rows:
    return tuple(tuple(a + b for a, b in zip(*pair, strict=True)) for pair in zip(one, other, strict=True))


class MatrixOrder(Family, domain="precalculus", level=5):
    """The first power of a matrix that is the identity modulo a prime: a divisor of the order of a large field."""

    rows: Rows
    prime: int
    wording: int

    naive_program = """
        (a, b), (c, d) = rows
        w, x, y, z = a, b, c, d
        n = 1
        while (w % prime, x % prime, y % prime, z % prime) != (1, 0, 0, 1):
            w, x = (w * a + x * c) % prime, (w * b + x * d) % prime
            y, z = (y * a + z * c) % prime, (y * b + z * d) % prime
            n += 1
        print(n)
    """
    solution_program = """
        from sympy import factorint
        def multiply(x, y):
            return [[sum(a * b for a, b in zip(row, col)) % prime for col in zip(*y)] for row in x]
        def power(n):
            result, base = [[1, 0], [0, 1]], [list(row) for row in rows]
            while n:
                if n % 2:
                    result = multiply(result, base)
                base, n = multiply(base, base), n // 2
            return result
        n = prime**2 - 1
        for q, e in factorint(n).items():
            for _ in range(e):
                if power(n // q) == [[1, 0], [0, 1]]:
                    n //= q
        print(n)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([*range(-9, 0), *range(1, 10)]) for _ in range(4))
        prime = random.randint(500_000, 5_000_000) | 1
        if not sympy.isprime(prime) or pow((a - d) ** 2 + 4 * b * c, (prime - 1) // 2, prime) != prime - 1:
            return None  # no eigenvalue among the residues: it lies in the field of p^2 elements
        drawn = cls(((a, b), (c, d)), prime, random.randrange(2))
        return drawn if a * d != b * c and drawn.answer() > 10**11 else None

    def statement(self) -> str:
        if self.wording:
            return (
                rf"Let $\mathbf{{A}} = {rows_of(self.rows)}$. Find the least positive integer $n$ for which all "
                rf"entries of $\mathbf{{A}}^n - \mathbf{{I}}$ are divisible by the prime ${self.prime}$."
            )
        return (
            "Two matrices of integers are called alike if each entry of their difference is a multiple of the prime "
            rf"${self.prime}$. Let \[\mathbf{{A}} = {rows_of(self.rows)}.\] What is the smallest integer $n \ge 1$ "
            r"such that $\mathbf{A}^n$ and the identity matrix are alike?"
        )

    def _factors(self) -> dict[int, int]:
        factors = dict(prime_factors(self.prime - 1))
        for factor, exponent in prime_factors(self.prime + 1).items():
            factors[factor] = factors.get(factor, 0) + exponent
        return factors

    def answer(self) -> Answer:
        order = self.prime**2 - 1
        for factor, exponent in self._factors().items():
            for _ in range(exponent):
                if power_of(self.rows, order // factor, self.prime) == identity(2):
                    order //= factor
        return order

    def check(self) -> Answer:
        (a, b), (c, d) = self.rows
        trace, det, p = a + d, a * d - b * c, self.prime

        def power(exponent: int) -> tuple[int, int]:
            """Return the power of a root z of z^2 = trace z - det, as (u, v) for u + v z."""
            u, v = 1, 0
            for bit in f"{exponent:b}":
                u, v = (u * u - det * v * v) % p, (2 * u * v + trace * v * v) % p
                if bit == "1":
                    u, v = -det * v % p, (u + trace * v) % p
            return u, v

        order = 1
        for factor, exponent in self._factors().items():  # the part of the order that is a power of each prime
            rest = (p * p - 1) // factor**exponent
            while power(rest) != (1, 0):
                order, rest = order * factor, rest * factor
        return order


class BoxOfPoints(Family, domain="precalculus", level=5):
    """The points of whole coordinates inside a parallelepiped: its volume, less faces and edges by their gcds."""

    vectors: tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]
    wording: int

    naive_program = """
        import numpy as np
        basis = np.array(vectors)
        low, high = np.minimum(basis, 0).sum(axis=0), np.maximum(basis, 0).sum(axis=0)
        grid = np.meshgrid(*(np.arange(l, h + 1) for l, h in zip(low, high)), indexing="ij")
        points = np.stack(grid, axis=-1).reshape(-1, 3)
        parts = np.linalg.solve(basis.T, points.T)
        print(np.count_nonzero(((parts > 0) & (parts < 1)).all(axis=0)))
    """
    solution_program = """
        from itertools import combinations
        from math import gcd
        def cross(u, v):
            return u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]
        u, v, w = vectors
        volume = abs(sum(a * b for a, b in zip(u, cross(v, w))))
        print(volume - sum(gcd(*cross(*pair)) for pair in combinations(vectors, 2)) + sum(gcd(*x) for x in vectors) - 1)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        vectors = []
        for _ in range(3):
            factor, x, y, z = random.randint(2, 9), *(random.choice([-1, 1]) * random.randint(100, 999) for _ in "xyz")
            vectors.append((factor * x, factor * y, factor * z))
        u, v, w = vectors
        drawn = cls((u, v, w), random.randrange(2))
        bites = all(gcd(*cross(*pair)) > gcd(*pair[0]) * gcd(*pair[1]) for pair in [(u, v), (v, w)])
        return drawn if bites and abs(dot(u, cross(v, w))) > 10**9 else None

    def statement(self) -> str:
        u, v, w = map(column, self.vectors)
        if self.wording:
            return (
                rf"Let \[\mathbf{{u}} = {u}, \quad \mathbf{{v}} = {v}, \quad \mathbf{{w}} = {w}.\] How many points "
                r"with three integer coordinates are of the form $r \mathbf{u} + s \mathbf{v} + t \mathbf{w}$ with "
                "real numbers $0 < r, s, t < 1$?"
            )
        return (
            rf"A parallelepiped has a vertex at the origin, and the edges from there are the vectors \[{u}, \quad {v}, "
            rf"\quad {w}.\] How many points with three integer coordinates lie strictly inside the parallelepiped?"
        )

    def answer(self) -> Answer:
        # Ehrhart's polynomial of a parallelepiped, at -1.
        u, v, w = self.vectors
        faces = sum(gcd(*cross(one, other)) for one, other in combinations(self.vectors, 2))
        return abs(dot(u, cross(v, w))) - faces + sum(gcd(*edge) for edge in self.vectors) - 1

    def check(self) -> Answer:
        # The points modulo the edges are a group; inside are those none of whose three parts is whole.
        u, v, w = self.vectors
        normals = [cross(v, w), cross(w, u), cross(u, v)]
        det = abs(dot(u, normals[0]))
        whole = [gcd(det, *normal) for normal in normals]  # the kernel of each part
        both = [gcd(*(x for x in edge)) for edge in self.vectors]  # two parts whole: a multiple of an edge
        return det - sum(whole) + sum(both) - 1
