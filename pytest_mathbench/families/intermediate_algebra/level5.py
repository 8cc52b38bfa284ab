"""Intermediate algebra, level 5: insights, and sums and products without end."""

from fractions import Fraction
from math import comb, prod, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, polynomial


class PolesAndRoots(Family, domain="intermediate_algebra", level=5):
    """The sum over the roots of a high power of a quotient of two linear functions."""

    degree: int
    shift: int
    pole: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(8, 24), random.choice([*range(2, 10)]), random.choice([-1, 1]) * random.randint(2, 9))

    def statement(self) -> str:
        sign = "-" if self.pole > 0 else "+"
        return (
            rf"Let $z_1, z_2, \ldots, z_{{{self.degree}}}$ be the complex roots of $z^{{{self.degree}}} = "
            f"{self.shift}$. What "
            rf"is the value of \[\sum_{{k=1}}^{{{self.degree}}} \frac{{1}}{{z_k {sign} {abs(self.pole)}}}?\] Express "
            "your "
            "answer as a common fraction."
        )

    def answer(self) -> Answer:
        # With p(z) = z^n - c, the sum of 1/(a - z_k) is p'(a)/p(a).
        n, a = self.degree, self.pole
        return -Fraction(n * a ** (n - 1), a**n - self.shift)

    def check(self) -> Answer:
        n, a, c = self.degree, Fraction(self.pole), self.shift
        # Geometric series in 1/a: only powers of z that are multiples of n have a sum, n c^j.
        return -float(sum(n * Fraction(c) ** j / a ** (n * j + 1) for j in range(24)))


class GrowingDenominators(Family, domain="intermediate_algebra", level=5):
    """An infinite series of reciprocals of a quadratic recursion, which telescopes."""

    start: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(3, 4000))

    def statement(self) -> str:
        return (
            rf"A sequence has $a_1 = {self.start}$ and $a_{{n+1}} = a_n^2 - a_n + 1$ for all $n \ge 1$. Let \[S = "
            r"\frac{1}{a_1} + \frac{1}{a_2} + \frac{1}{a_3} + \cdots \quad \text{and} \quad T = \frac{1}{a_1} + "
            r"\frac{1}{a_2}.\] What is $\frac{S}{T}$? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        first = self.start
        second = first * first - first + 1
        return Fraction(1, first - 1) / (Fraction(1, first) + Fraction(1, second))

    def check(self) -> Answer:
        terms = [self.start]
        for _ in range(6):
            terms.append(terms[-1] ** 2 - terms[-1] + 1)
        parts = [Fraction(1, term) for term in terms]
        return float(sum(parts) / (parts[0] + parts[1]))


class MinimalPolynomial(Family, domain="intermediate_algebra", level=5):
    """The monic polynomial with whole coefficients of a sum of a square and a cube root."""

    square: int
    cube: int
    shift: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        square, cube = random.choice([2, 3, 5, 6, 7, 10, 11, 13]), random.choice([2, 3, 4, 5, 6, 7, 9, 10, 11, 12])
        return cls(square, cube, random.randint(-8, 8))

    def statement(self) -> str:
        shift = "" if self.shift == 0 else f"{self.shift} + "
        return (
            "Let $p(x)$ be the polynomial of least degree with leading coefficient $1$ and rational coefficients "
            "that has "
            rf"${shift}\sqrt{{{self.square}}} + \sqrt[3]{{{self.cube}}}$ as a root. What is $p({self.shift + 2})$?"
        )

    def answer(self) -> Answer:
        # ((x - s)^3 + 3 a (x - s) - b)^2 = a (3 (x - s)^2 + a)^2, at x - s = 2
        a, b = self.square, self.cube
        return (8 + 6 * a - b) ** 2 - a * (12 + a) ** 2

    def check(self) -> Answer:
        a, b = sqrt(self.square), self.cube ** (1 / 3)
        turn = complex(-0.5, sqrt(3) / 2)
        roots = [sign * a + b * turn**k for sign in (1, -1) for k in range(3)]
        return round(prod(2 - root for root in roots).real)


class EveryFourth(Family, domain="intermediate_algebra", level=5):
    """The sum of every fourth binomial coefficient of a long row: a quarter of the row's sum, and a power of 2."""

    row: int
    first: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        row, first = random.randint(10**6, 10**8), random.randrange(4)
        return cls(row, first) if (row - 2 * first) % 4 != 2 else None

    def statement(self) -> str:
        terms = " + ".join(rf"\binom{{{self.row}}}{{{self.first + 4 * k}}}" for k in range(3))
        return (
            rf"Let \[N = {terms} + \cdots\] be the sum of all $\binom{{{self.row}}}{{k}}$ with $0 \le k \le "
            f"{self.row}$ for "
            rf"which $k$ leaves remainder ${self.first}$ on division by $4$. The number $|4N - 2^{{{self.row}}}|$ is "
            "a power "
            "of $2$. What is its exponent?"
        )

    def answer(self) -> Answer:
        # (1 + i)^n i^(-r) + (1 - i)^n i^r = 2^(n/2 + 1) cos((n - 2 r) pi / 4)
        return self.row // 2 + 1

    def check(self) -> Answer:
        row = self.row % 8 + 16  # eight steps further multiply the difference by 16
        total = sum(comb(row, k) for k in range(self.first, row + 1, 4))
        return abs(4 * total - 2**row).bit_length() - 1 + (self.row - row) // 8 * 4


class FunctionalChain(Family, domain="intermediate_algebra", level=5):
    """A functional equation over the integers that fixes a quadratic, asked for far out."""

    cross: int
    value: int
    at: int
    given: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 40), random.randint(-30, 30), random.randint(10**8, 10**9), random.randint(2, 9))

    def statement(self) -> str:
        return (
            r"A function $f$ from the integers to the integers satisfies \[f(m + n) = f(m) + f(n) + "
            rf"{2 * self.cross}mn\] for "
            rf"all integers $m$ and $n$, and $f({self.given}) = {self._given()}$. What is $f({self.at})$?"
        )

    def _given(self) -> int:
        return self.cross * self.given**2 + self.value * self.given

    def answer(self) -> Answer:
        return self.cross * self.at**2 + self.value * self.at

    def check(self) -> Answer:
        # f(1) from f(given), adding ones; then f(at) by doubling, along its binary digits.
        ones = sum(2 * self.cross * k for k in range(1, self.given))
        unit = (self._given() - ones) // self.given
        number, value = 0, 0
        for digit in f"{self.at:b}":
            value = 2 * value + 2 * self.cross * number * number
            number *= 2
            if digit == "1":
                value += unit + 2 * self.cross * number
                number += 1
        return value


class LeastOfProduct(Family, domain="intermediate_algebra", level=5):
    """The least value of a product of consecutive shifted factors, which is a square less a constant."""

    step: int
    start: int
    lift: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(1, 9), random.randint(-40, 40), random.randint(2, 60))

    def statement(self) -> str:
        a, d = self.start, self.step
        one, two = ([1, -(2 * a + 3 * d), a * (a + 3 * d)], [1, -(2 * a + 3 * d), (a + d) * (a + 2 * d)])
        below = polynomial([1, -(2 * a + 3 * d), (a + d) * (a + 2 * d) + self.lift + d**2])
        return (
            rf"Find the least value of \[\frac{{({polynomial(one)})({polynomial(two)})}}{{{below}}},\] where $x$ is "
            "a real "
            "number. Express your answer in simplest radical form."
        )

    def _inner(self) -> tuple[int, int, Fraction]:
        """Return the constants by which both factors and the bound of their common quadratic are given."""
        a, d = self.start, self.step
        return (a + d) * (a + 2 * d) - a * (a + 3 * d), self.lift + d**2, Fraction(-(d**2), 4)

    def answer(self) -> Answer:
        # With u the second factor, at least -d^2/4: (u - 2 d^2) u / (u + k) is least where u + k = sqrt(k (k + 2 d^2)).
        gap, k, _ = self._inner()
        root = sympy.sqrt(k * (k + gap))
        return 2 * root - 2 * k - gap

    def check(self) -> Answer:
        gap, k, lowest = self._inner()
        best = min(
            (u - gap) * u / (u + k) for u in (float(lowest) + step / 2000 * (2 * gap + 4) for step in range(4001))
        )
        low, high = float(lowest), float(lowest) + 3.0 * (gap + k)
        for _ in range(200):
            one, two = low + (high - low) / 3, high - (high - low) / 3
            if (one - gap) * one / (one + k) < (two - gap) * two / (two + k):
                high = two
            else:
                low = one
        value = (low - gap) * low / (low + k)
        return value if value <= best + 1e-6 else None
