"""Intermediate algebra, level 5: conjugates, roots of unity, and finite differences."""

from collections.abc import Sequence
from itertools import count
from math import isqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import matrix_power, term_of_recurrence
from pytest_mathbench.families.latex import Answer, polynomial

MODULI = (997, 1000, 1009, 2017, 5003, 7919, 10000, 10007, 99991, 10**6)


class FloorOfPower(Family, domain="intermediate_algebra", level=5):
    """The integer part of a huge power of a + sqrt(b): its conjugate is small, and its sign matters."""

    naive_program = """
        from math import floor, sqrt

        print(floor((whole + sqrt(radicand)) ** exponent) % modulus)
    """
    solution_program = """
        u, v, x, y, n = 1, 0, whole, 1, exponent  # u + v sqrt(radicand)
        while n:
            if n & 1:
                u, v = (u * x + v * y * radicand) % modulus, (u * y + v * x) % modulus
            x, y = (x * x + y * y * radicand) % modulus, 2 * x * y % modulus
            n >>= 1
        positive = whole**2 > radicand or exponent % 2 == 0
        print((2 * u - positive) % modulus)
    """

    whole: int
    radicand: int
    exponent: int
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        whole = random.randint(2, 12)
        radicand = random.randint((whole - 1) ** 2 + 1, (whole + 1) ** 2 - 1)
        if radicand == whole**2:
            return None
        return cls(whole, radicand, random.randint(10**12, 10**16), random.choice(MODULI), random.randrange(3))

    def statement(self) -> str:
        power = rf"\left({self.whole} + \sqrt{{{self.radicand}}}\right)^n"
        return (
            rf"Let $n = {self.exponent}$. Find the remainder when $\left\lfloor {power} \right\rfloor$ is divided by "
            f"${self.modulus}$.",
            f"For $n = {self.exponent}$, let $N$ be the greatest integer that does not exceed ${power}$. What is the "
            f"remainder when $N$ is divided by ${self.modulus}$?",
            f"Let $n = {self.exponent}$. What is the least number of integers that can be removed from the set of "
            f"all positive integers less than ${power}$ so that the number of integers left is a multiple of "
            f"${self.modulus}$?",
        )[self.wording]

    def answer(self) -> Answer:
        a, b, n = self.whole, self.radicand, self.exponent
        both = term_of_recurrence((2, 2 * a), (2 * a, b - a * a), n, self.modulus)
        return (both - (1 if a * a > b or n % 2 == 0 else 0)) % self.modulus

    def check(self) -> Answer:
        a, b = self.whole, self.radicand
        u, v = 1, 0
        for _ in range(6 + self.exponent % 2):
            u, v = a * u + b * v, u + a * v
        less = 2 * u - (u + isqrt(b * v * v))  # at a small exponent of the same parity
        top = matrix_power((a, b, 1, a), self.exponent, self.modulus)
        return (2 * top[0] - less) % self.modulus


class EveryFewBinomials(Family, domain="intermediate_algebra", level=5):
    """Every m-th binomial coefficient of a huge row, modulo a prime: a power of 1 + x modulo x^m - 1."""

    naive_program = """
        from cmath import exp, pi

        roots = [exp(2j * pi * j / step) for j in range(step)]
        print(round(sum((1 + w) ** row / w**first for w in roots).real / step) % modulus)
    """
    solution_program = """
        def product(one, other):
            result = [0] * step
            for i, a in enumerate(one):
                for j, b in enumerate(other):
                    result[(i + j) % step] += a * b
            return [value % modulus for value in result]

        power, base, n = [1] + [0] * (step - 1), [1, 1] + [0] * (step - 2), row
        while n:
            if n & 1:
                power = product(power, base)
            base = product(base, base)
            n >>= 1
        print(power[first])
    """

    row: int
    step: int
    first: int
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        step = random.choice([3, 5, 6, 7, 8, 9, 10])
        start = random.randint(1000, 20000)
        modulus = next(n for n in count(start) if n % step == 1 and sympy.isprime(n))
        drawn = cls(random.randint(10**12, 10**15), step, random.randrange(step), modulus, random.randrange(3))
        return drawn if drawn.answer() > 20 else None

    def statement(self) -> str:
        n, m, r, p = self.row, self.step, self.first, self.modulus
        rest = f"leaves remainder ${r}$ on division by ${m}$" if r else f"is divisible by ${m}$"
        shown = " + ".join(rf"\binom{{n}}{{{r + k * m}}}" for k in range(3))
        return (
            rf"Let $n = {n}$, and let \[S = {shown} + \cdots,\] where the sum contains all $\binom{{n}}{{k}}$ with $0 "
            rf"\le k \le n$ for which $k$ {rest}. Find the remainder when $S$ is divided by ${p}$.",
            f"In the expansion of $(1 + x)^{{{n}}}$, the coefficients of all powers $x^k$ for which $k$ {rest} are "
            f"added. What is the remainder when the sum is divided by ${p}$?",
            f"A set has ${n}$ elements. Let $S$ be the number of its subsets whose number of elements {rest}. Find "
            f"the remainder when $S$ is divided by ${p}$.",
        )[self.wording]

    def answer(self) -> Answer:
        power, base, n = [1] + [0] * (self.step - 1), [1, 1] + [0] * (self.step - 2), self.row
        while n:
            if n & 1:
                power = self._product(power, base)
            base = self._product(base, base)
            n >>= 1
        return power[self.first]

    def _product(self, one: Sequence[int], other: Sequence[int]) -> list[int]:
        result = [0] * self.step
        for i, a in enumerate(one):
            for j, b in enumerate(other):
                result[(i + j) % self.step] += a * b
        return [value % self.modulus for value in result]

    def check(self) -> Answer:
        # The modulus is a prime that leaves 1 on division by the step: roots of unity are integers modulo it.
        p, m = self.modulus, self.step
        powers = (pow(g, (p - 1) // m, p) for g in range(2, p))
        root = next(w for w in powers if all(pow(w, d, p) != 1 for d in range(1, m)))
        total = sum(pow(1 + pow(root, j, p), self.row, p) * pow(root, -j * self.first, p) for j in range(m))
        return total * pow(m, -1, p) % p


class ProductOverUnity(Family, domain="intermediate_algebra", level=5):
    """The product of a quadratic over all n-th roots of unity, n huge: the two factors swap their places."""

    naive_program = """
        import numpy as np

        w = np.exp(2j * np.pi * np.arange(degree) / degree)
        print(int(round(np.prod(w**2 + linear * w + constant).real)) % modulus)
    """
    solution_program = """
        def times(one, other):
            return [[sum(one[i][k] * other[k][j] for k in (0, 1)) % modulus for j in (0, 1)] for i in (0, 1)]

        power, base, n = [[1, 0], [0, 1]], [[-linear, -constant], [1, 0]], degree
        while n:
            if n & 1:
                power = times(power, base)
            base = times(base, base)
            n >>= 1
        # (r^n - 1)(s^n - 1) for the roots r and s of the quadratic
        print((pow(constant, degree, modulus) - power[0][0] - power[1][1] + 1) % modulus)
    """

    degree: int
    linear: int
    constant: int
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        linear, constant = random.choice([-1, 1]) * random.randint(1, 9), random.choice([-1, 1]) * random.randint(2, 9)
        gap = linear**2 - 4 * constant
        if 1 + linear + constant == 0 or (gap >= 0 and isqrt(gap) ** 2 == gap):
            return None
        drawn = cls(random.randint(10**11, 10**15), linear, constant, random.choice(MODULI[:9]), random.randrange(3))
        return drawn if drawn.answer() > 9 else None

    def statement(self) -> str:
        n, m = self.degree, self.modulus
        value = polynomial([1, self.linear, self.constant], "z")
        return (
            f"Let $P$ be the product of the numbers ${value}$ over all complex numbers $z$ with $z^{{{n}}} = 1$. "
            rf"Then $P$ is an integer. Find the remainder $r$ when $P$ is divided by ${m}$, where $0 \le r < {m}$.",
            rf"Let $n = {n}$, and let $z_1, z_2, \ldots, z_n$ be the $n$ complex roots of the polynomial $z^n - 1$. "
            rf"With $f(z) = {value}$, the number $N = f(z_1)f(z_2) \cdots f(z_n)$ is an integer. What is the least "
            f"nonnegative integer $r$ such that $N - r$ is a multiple of ${m}$?",
            f"For each of the ${n}$ vertices of a regular polygon inscribed in the unit circle of the complex plane, "
            f"one of which is $1$, the value of $f(z) = {value}$ is computed. The product of all these values is an "
            f"integer. Find its remainder (from $0$ to ${m - 1}$) on division by ${m}$.",
        )[self.wording]

    def answer(self) -> Answer:
        n, m = self.degree, self.modulus
        sums = term_of_recurrence((2, -self.linear), (-self.linear, -self.constant), n, m)
        return (pow(self.constant, n, m) - sums + 1) % m

    def check(self) -> Answer:
        a, b, c, d = matrix_power((-self.linear, -self.constant, 1, 0), self.degree, self.modulus)
        return ((a - 1) * (d - 1) - b * c) % self.modulus  # the determinant of C^n - I, C the companion matrix
