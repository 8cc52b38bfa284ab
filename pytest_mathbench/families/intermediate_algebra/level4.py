"""Intermediate algebra, level 4: symmetric sums and exact forms."""

from fractions import Fraction
from math import isqrt, sqrt
from operator import mul
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import evaluated, is_squarefree, radical, term_of_recurrence
from pytest_mathbench.families.latex import Answer, polynomial
from pytest_mathbench.families.numeric import least

X = sympy.Symbol("x")
MODULI = (997, 1000, 1009, 2017, 5003, 7919, 10000, 10007, 99991)


class LeastOnConstraint(Family, domain="intermediate_algebra", level=4):
    """The least value of a sum of four fractions under a linear constraint: Cauchy's inequality."""

    naive_program = """
        from scipy.optimize import minimize

        best = minimize(
            lambda t: sum(n / v for n, v in zip(numerators, t)),
            [total / 4 / w for w in weights],
            constraints={"type": "eq", "fun": lambda t: sum(w * v for w, v in zip(weights, t)) - total},
            bounds=[(1e-9, None)] * 4,
        )
        print(best.fun)
    """
    solution_program = """
        from sympy import expand, sqrt

        print(expand(sum(sqrt(w * n) for w, n in zip(weights, numerators)) ** 2 / total))
    """

    weights: tuple[int, ...]
    numerators: tuple[int, ...]
    total: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        weights = tuple(random.randint(1, 9) for _ in range(4))
        numerators = tuple(random.randint(1, 20) for _ in range(4))
        squares = {radical(w * n)[1] for w, n in zip(weights, numerators, strict=True)}
        if len(set(weights)) == 1 or len(squares) != 2 or 1 not in squares:
            return None
        return cls(weights, numerators, random.randint(2, 12), random.randrange(2))

    def statement(self) -> str:
        terms = [f"{weight if weight > 1 else ''}{letter}" for weight, letter in zip(self.weights, "wxyz", strict=True)]
        parts = [rf"\frac{{{top}}}{{{letter}}}" for top, letter in zip(self.numerators, "wxyz", strict=True)]
        return (
            f"Positive real numbers $w$, $x$, $y$, and $z$ satisfy ${' + '.join(terms)} = {self.total}$. What is the "
            rf"least possible value of \[{' + '.join(parts)}?\] Express your answer in simplest radical form.",
            rf"Find the greatest real number $m$ such that \[{' + '.join(parts)} \ge m\] for all positive real "
            f"numbers $w$, $x$, $y$, and $z$ with ${' + '.join(terms)} = {self.total}$. Express your answer in "
            "simplest radical form.",
        )[self.wording]

    def answer(self) -> Answer:
        roots = [radical(w * n) for w, n in zip(self.weights, self.numerators, strict=True)]
        inner = max(rest for _, rest in roots)
        plain, times = (
            sum(factor for factor, rest in roots if (rest == inner) == is_inner) for is_inner in (False, True)
        )
        whole, part = plain**2 + times**2 * inner, 2 * plain * times
        return sympy.Rational(whole, self.total) + sympy.Rational(part, self.total) * sympy.sqrt(inner)

    def check(self) -> Answer:
        def pair(place: int, share: float) -> float:
            """Return the least of two neighbouring terms with a share of the total, found where their slopes agree."""
            (a, b), (p, q) = self.weights[place : place + 2], self.numerators[place : place + 2]
            x = share / (a + b * sqrt(q * a / (p * b)))
            return p / x + q / ((share - a * x) / b)

        return least(lambda share: pair(0, share) + pair(2, self.total - share), 1e-3, self.total - 1e-3)


class ReciprocalsOfDifferences(Family, domain="intermediate_algebra", level=4):
    """A sum over the roots of a quintic without nice roots of 1/(a - r)^2: derivatives, and an exact fraction."""

    naive_program = """
        import numpy as np

        print(sum(1 / (point - np.roots(coefficients)) ** 2).real)
    """
    solution_program = """
        from sympy import Poly, Rational, symbols

        p = Poly(list(coefficients), symbols("x"))
        value, first, second = p.eval(point), p.diff().eval(point), p.diff().diff().eval(point)
        print(Rational(first**2 - value * second, value**2))
    """

    coefficients: tuple[int, ...]
    point: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        tail = tuple(random.choice([*range(-9, 0), *range(1, 10)]) for _ in range(5))
        drawn = cls((1, *tail), random.choice([-6, -5, -4, 4, 5, 6]), random.randrange(2))
        if any(evaluated(drawn.coefficients, r) == 0 for r in range(-9, 10)) or not is_squarefree(drawn.coefficients):
            return None
        value = drawn.answer()
        return drawn if abs(value.numerator) * value.denominator > 10**14 else None

    def statement(self) -> str:
        a = self.point
        text = polynomial(self.coefficients)

        def gap(root: str) -> str:
            return f"({a} - {root})^2" if a > 0 else f"({root} + {-a})^2"

        terms = [rf"\frac{{1}}{{{gap(f'r_{k}')}}}" for k in (1, 2, 5)]
        return (
            rf"Let $r_1, r_2, r_3, r_4, r_5$ be the complex roots of $p(x) = {text}$. What is \[{terms[0]} + "
            rf"{terms[1]} + \cdots + {terms[2]}?\] Express your answer as a common fraction.",
            rf"The sum \[\sum_r \frac{{1}}{{{gap('r')}}}\] over all complex solutions $r$ of the equation ${text} = "
            "0$ is a rational number. Find it. Express your answer as a common fraction.",
        )[self.wording]

    def answer(self) -> Answer:
        p = self.coefficients
        first = [c * (5 - i) for i, c in enumerate(p[:-1])]
        second = [c * (4 - i) for i, c in enumerate(first[:-1])]
        v, d, dd = (evaluated(each, self.point) for each in (p, first, second))
        return Fraction(d * d - v * dd, v * v)

    def check(self) -> Answer:
        # q(y) = p(a - y) has the roots a - r: from its last three coefficients the sums of 1/y and of 1/(y y').
        shifted = sympy.Poly(self.coefficients, X).compose(sympy.Poly([-1, self.point], X)).all_coeffs()
        zeroth, linear, square = (int(c) for c in shifted[:-4:-1])
        one, pairs = Fraction(-linear, zeroth), Fraction(square, zeroth)
        return one**2 - 2 * pairs


class FarPowerSum(Family, domain="intermediate_algebra", level=4):
    """The sum of huge powers of the roots of a cubic, modulo a number: a recurrence by repeated squaring."""

    naive_program = """
        import numpy as np

        roots = np.roots([1, *coefficients])
        print(int(round(sum(roots.astype(complex) ** power).real)) % modulus)
    """
    solution_program = """
        a, b, c = coefficients

        def times(one, other):
            return [[sum(one[i][k] * other[k][j] for k in range(3)) % modulus for j in range(3)] for i in range(3)]

        result, base, n = [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[-a, -b, -c], [1, 0, 0], [0, 1, 0]], power
        while n:
            if n & 1:
                result = times(result, base)
            base = times(base, base)
            n >>= 1
        print(sum(result[i][i] for i in range(3)) % modulus)  # the trace of a power of the companion matrix
    """

    coefficients: tuple[int, int, int]
    power: int
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.choice([*range(-8, 0), *range(1, 9)]) for _ in range(3))
        if any(r**3 + a * r * r + b * r + c == 0 for r in range(-9, 10)):
            return None
        drawn = cls((a, b, c), random.randint(10**12, 10**16), random.choice(MODULI), random.randrange(2))
        return drawn if 20 < drawn.answer() < drawn.modulus - 1 else None

    def statement(self) -> str:
        p, n, m = polynomial([1, *self.coefficients]), self.power, self.modulus
        return (
            f"Let $r$, $s$, and $t$ be the complex roots of ${p}$. The number $r^{{{n}}} + s^{{{n}}} + t^{{{n}}}$ is "
            f"an integer $N$. Find the remainder, from $0$ to ${m - 1}$, when $N$ is divided by ${m}$.",
            "For every positive integer $n$, let $S_n$ be the sum of the $n$-th powers of the three complex "
            f"solutions of ${p} = 0$. Then $S_n$ is an integer. What is the least nonnegative integer that differs "
            f"from $S_{{{n}}}$ by a multiple of ${m}$?",
        )[self.wording]

    def answer(self) -> Answer:
        a, b, c = self.coefficients
        return term_of_recurrence((3, -a, a * a - 2 * b), (-a, -b, -c), self.power, self.modulus)

    def check(self) -> Answer:
        # The trace of a power of the companion matrix.
        a, b, c = self.coefficients
        rows = [[-a, -b, -c], [1, 0, 0], [0, 1, 0]]
        result = [[int(i == j) for j in range(3)] for i in range(3)]
        for digit in f"{self.power:b}":
            result = self._times(result, result)
            if digit == "1":
                result = self._times(result, rows)
        return sum(result[i][i] for i in range(3)) % self.modulus

    def _times(self, one: list[list[int]], other: list[list[int]]) -> list[list[int]]:
        columns = list(zip(*other, strict=True))
        return [[sum(map(mul, row, column)) % self.modulus for column in columns] for row in one]


class RadicalSigns(Family, domain="intermediate_algebra", level=4):
    """The product over all choices of signs of a sum of eight square roots: an integer of hundreds of digits."""

    naive_program = """
        from itertools import product
        from math import sqrt

        result = 1.0
        for signs in product((1, -1), repeat=len(radicands)):
            result *= whole + sum(sign * sqrt(r) for sign, r in zip(signs, radicands))
        print(round(result) % modulus)
    """
    solution_program = """
        from itertools import product
        from mpmath import mp, nint, sqrt

        mp.dps = 1000
        roots = [sqrt(r) for r in radicands]
        result = mp.mpf(1)
        for signs in product((1, -1), repeat=len(roots)):
            result *= whole + sum(sign * root for sign, root in zip(signs, roots))
        print(int(nint(result)) % modulus)
    """

    whole: int
    radicands: tuple[int, ...]
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radicands = tuple(sorted(random.sample([2, 3, 5, 7, 11, 13, 17, 19, 23, 29], 8)))
        drawn = cls(
            random.randint(12, 40),
            radicands,
            random.choice([5003, 7919, 10007, 99991]),
            random.randrange(2),
        )
        return drawn if drawn.answer() > 40 else None

    def statement(self) -> str:
        roots = r" \pm ".join(rf"\sqrt{{{r}}}" for r in self.radicands)
        m = self.modulus
        return (
            rf"There are $256$ numbers of the form \[{self.whole} \pm {roots},\] one for each choice of the eight "
            f"signs. Their product is an integer $N$. Find the remainder $r$ when $N$ is divided by ${m}$, where $0 "
            rf"\le r < {m}$.",
            rf"Let $P(x)$ be the monic polynomial of degree $256$ whose roots are the numbers \[\pm {roots},\] for "
            f"all choices of the signs. The number $P({self.whole})$ is an integer. What is the least nonnegative "
            f"integer that differs from it by a multiple of ${m}$?",
        )[self.wording]

    def answer(self) -> Answer:
        # Modulo a prime p that leaves 3 on division by 4, r or -r is a square: all roots are there once i is.
        p = self.modulus
        sums = [(self.whole, 0)]
        for r in self.radicands:
            real, imaginary = pow(r, (p + 1) // 4, p), 0
            if real * real % p != r:
                real, imaginary = 0, pow(-r, (p + 1) // 4, p)
            sums = [(u + sign * real, v + sign * imaginary) for u, v in sums for sign in (1, -1)]
        x, y = 1, 0
        for u, v in sums:
            x, y = (x * u - y * v) % p, (x * v + y * u) % p
        return x

    def check(self) -> Answer:
        scale = 10**500
        sums = [self.whole * scale]
        for r in self.radicands:
            root = isqrt(r * scale * scale)
            sums = [value + sign * root for value in sums for sign in (1, -1)]
        result = scale
        for factor in sums:
            result = result * factor // scale
        return (result + scale // 2) // scale % self.modulus
