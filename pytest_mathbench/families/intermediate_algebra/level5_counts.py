"""Intermediate algebra, level 5: solutions and polynomials counted."""

from collections import Counter
from functools import cache
from math import gcd, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class CyclicSystem(Family, domain="intermediate_algebra", level=5):
    """Tuples of different reals, each a Chebyshev polynomial of the one before, in a circle: Moebius inversion."""

    naive_program = """
        fixed = degree  # solutions with all unknowns equal
        print(degree**size - fixed)
    """
    solution_program = """
        def mobius(n):
            sign, p = 1, 2
            while n > 1:
                if n % p == 0:
                    n //= p
                    if n % p == 0:
                        return 0
                    sign = -sign
                p += 1
            return sign

        # The n-fold iterate has degree^n fixed points, all real; of them, those whose least period is n.
        print(sum(mobius(size // d) * degree**d for d in range(1, size + 1) if size % d == 0))
    """

    degree: int
    size: int
    scale: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        degree = random.choice([2, 2, 3, 3, 4, 5])
        size = random.randint(4, {2: 62, 3: 39, 4: 31, 5: 27}[degree])
        scale = random.randint(1, 3) if degree in {2, 3} else 1
        return None if sympy.isprime(size) else cls(degree, size, scale, random.randrange(2))

    def _map(self) -> str:
        c, x = self.scale, "x_{k}"
        return {
            2: rf"\frac{{{x}^2}}{{{c}}} - {2 * c}" if c > 1 else rf"{x}^2 - 2",
            3: rf"\frac{{{x}^3}}{{{c * c}}} - 3{x}" if c > 1 else rf"{x}^3 - 3{x}",
            4: rf"{x}^4 - 4{x}^2 + 2",
            5: rf"{x}^5 - 5{x}^3 + 5{x}",
        }[self.degree]

    def statement(self) -> str:
        n = self.size
        return (
            rf"How many ordered ${n}$-tuples $(x_1, x_2, \ldots, x_{{{n}}})$ of pairwise distinct real numbers "
            rf"satisfy \[x_{{k+1}} = {self._map()}\] for $k = 1, 2, \ldots, {n}$, where $x_{{{n + 1}}}$ stands for "
            "$x_1$?",
            rf"A sequence of real numbers $x_1, x_2, x_3, \ldots$ satisfies $x_{{k+1}} = {self._map()}$ for all $k "
            rf"\ge 1$, and ${n}$ is the least positive integer $p$ such that $x_{{k+p}} = x_k$ for all $k \ge 1$. How "
            "many values of $x_1$ are possible?",
        )[self.wording]

    def answer(self) -> Answer:
        return sum(int(sympy.mobius(self.size // d)) * self.degree**d for d in sympy.divisors(self.size))

    def check(self) -> Answer:
        # With x = 2c cos t: the fixed points of an iterate are those with N t = t or N t = -t, up to full turns.
        exact: dict[int, int] = {}
        for period in (d for d in range(1, self.size + 1) if self.size % d == 0):
            n = self.degree**period
            shared = gcd(n - 1, n + 1) // 2 + 1  # t = 0, and t = pi where N is odd
            fixed = (n - 1) // 2 + 1 + (n + 1) // 2 + 1 - shared
            exact[period] = fixed - sum(exact[d] for d in exact if period % d == 0)
        return exact[self.size]


class ConjugateSystem(Family, domain="intermediate_algebra", level=5):
    """A system of powers and conjugates: solutions on the unit circle are counted by a determinant, and zero is one."""

    naive_program = """
        a, b, c, d = exponents[:4]
        if len(exponents) == 4:
            print(abs(a * c - b * d))
        else:
            print(abs(a * c * exponents[4] + b * d * exponents[5]))
    """
    solution_program = """
        a, b, c, d = exponents[:4]  # x^a y^b = 1 and x^d y^c = 1 on the unit circle; besides, all of them 0
        if len(exponents) == 4:
            print(abs(a * c - b * d) + 1)
        else:
            print(abs(a * c * exponents[4] + b * d * exponents[5]) + 1)
    """

    exponents: tuple[int, ...]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        exponents = tuple(random.randint(3, 60) for _ in range(random.choice([4, 6])))
        if prod(exponents[::2]) == prod(exponents[1::2]):
            return None
        return cls(exponents, random.randrange(2))

    def statement(self) -> str:
        letters = "xyz"[: len(self.exponents) // 2]
        equations = [
            f"{letters[i]}^{{{self.exponents[2 * i]}}} &= "
            rf"\overline{{{letters[(i + 1) % len(letters)]}}}^{{\,{self.exponents[2 * i + 1]}}}"
            for i in range(len(letters))
        ]
        system = r"\begin{aligned} " + r", \\ ".join(equations)
        kind = "pairs" if len(letters) == 2 else "triples"
        return (
            r"Let $\overline{w}$ be the complex conjugate of $w$. How many ordered "
            rf"{kind} $({', '.join(letters)})$ of complex numbers satisfy \[{system}? \end{{aligned}}\]",
            f"Find the number of ordered {kind} $({', '.join(letters)})$ of complex numbers that satisfy the system "
            rf"\[{system}, \end{{aligned}}\] where the bar stands for complex conjugation.",
        )[self.wording]

    def answer(self) -> Answer:
        sign = -1 if len(self.exponents) == 4 else 1
        return abs(prod(self.exponents[::2]) + sign * prod(self.exponents[1::2])) + 1

    def check(self) -> Answer:
        # On the unit circle: whole relations of the angles, brought to triangular form by Euclid.
        size = len(self.exponents) // 2
        rows = [[0] * size for _ in range(size)]
        for i in range(size):
            rows[i][i] += self.exponents[2 * i]
            rows[i][(i + 1) % size] += self.exponents[2 * i + 1]
        number = 1
        for column in range(size):
            while any(row[column] for row in rows[column + 1 :]):
                rows[column:] = sorted(rows[column:], key=lambda row: (row[column] == 0, abs(row[column])))
                for row in rows[column + 1 :]:
                    factor = row[column] // rows[column][column]
                    row[:] = [x - factor * y for x, y in zip(row, rows[column], strict=True)]
            number *= abs(rows[column][column])
        return number + 1


class PolynomialsByTwoValues(Family, domain="intermediate_algebra", level=5):
    """How many polynomials with natural coefficients have given values at 1 and at b: carries between far digits."""

    naive_program = """
        from functools import cache

        @cache
        def ways(n, s):  # the constant coefficient is n modulo the base
            if n == 0:
                return 1 if s == 0 else 0
            return sum(ways((n - c) // base, s - c) for c in range(n % base, min(n, s) + 1, base))

        print(ways(digits[0] * base ** powers[0] + digits[1] * base ** powers[1], sum(digits) + moves * (base - 1)))
    """
    solution_program = """
        from functools import cache

        @cache
        def ways(units, left):  # units of one place: some are taken, and each gives `base` units to the place below
            if left == 0:
                return 1
            return sum(ways(taken * base, left - taken) for taken in range(1, min(units, left) + 1))

        # Fewer moves than places between the two digits, or below: each goes its own way.
        print(sum(ways(digits[0], k) * ways(digits[1], moves - k) for k in range(moves + 1)))
    """

    base: int
    digits: tuple[int, int]
    powers: tuple[int, int]
    moves: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        base = random.randint(3, 12)
        digits = random.randint(1, base - 1), random.randint(1, base - 1)
        high, low = random.randint(4 * 10**14, 10**15), random.randint(10**11, 3 * 10**14)
        return cls(base, digits, (high, low), random.randint(9, 16), random.randrange(2))

    def statement(self) -> str:
        factors = [rf"{digit} \cdot " if digit > 1 else "" for digit in self.digits]
        terms = [f"{factor}{self.base}^{{{power}}}" for factor, power in zip(factors, self.powers, strict=True)]
        total, value = sum(self.digits) + self.moves * (self.base - 1), " + ".join(terms)
        return (
            f"How many polynomials $P(x)$ with nonnegative integer coefficients satisfy $P(1) = {total}$ and "
            f"$P({self.base}) = {value}$?",
            f"A polynomial $P$ has coefficients that are all nonnegative integers. Their sum is ${total}$, and "
            rf"\[P({self.base}) = {value}.\] How many such polynomials are there?",
        )[self.wording]

    def answer(self) -> Answer:
        @cache
        def ways(units: int, left: int) -> int:
            if left == 0:
                return 1
            return sum(ways(taken * self.base, left - taken) for taken in range(1, min(units, left) + 1))

        one, other = self.digits
        return sum(ways(one, k) * ways(other, self.moves - k) for k in range(self.moves + 1))

    def check(self) -> Answer:
        # For powers only as far apart as there are moves, from the first digit down: units given to the next place.
        gap = [0] * self.moves
        states = {(0, self.moves): 1}  # units taken from the place above, moves still to be made
        for digit in (self.digits[0], *gap, self.digits[1], *gap):
            longer: Counter[tuple[int, int]] = Counter()
            for (given, left), times in states.items():
                for taken in range(min(left, digit + self.base * given) + 1):
                    longer[taken, left - taken] += times
            states = longer
        return states[0, 0]
