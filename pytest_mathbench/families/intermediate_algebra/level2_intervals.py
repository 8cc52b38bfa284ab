"""Intermediate algebra, level 2: inequalities, domains, and possible roots."""

from fractions import Fraction
from math import gcd
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import joined, where
from pytest_mathbench.families.latex import Answer, polynomial, signed


class QuotientInequality(Family, domain="intermediate_algebra", level=2):
    """An inequality with a quotient of linear functions: the sign of the denominator matters."""

    above: tuple[int, int]
    pole: int
    bound: int
    sign: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b = random.randint(1, 6), random.choice([-1, 1]) * random.randint(1, 15)
        pole, bound = random.choice([-1, 1]) * random.randint(1, 12), random.choice([-1, 1]) * random.randint(1, 6)
        # (a x + b)/(x - p) - k = ((a - k) x + b + k p)/(x - p)
        if a == bound or b + bound * pole == 0 or a * pole + b == 0:
            return None
        return cls((a, b), pole, bound, random.choice(["<", ">", r"\le", r"\ge"]))

    def statement(self) -> str:
        value = rf"\frac{{{polynomial(self.above)}}}{{{polynomial([1, -self.pole])}}}"
        if self.sign in {"<", ">"}:
            words = "less" if self.sign == "<" else "greater"
            return (
                f"For which real numbers $x$ is ${value}$ {words} than ${self.bound}$? Express your answer in "
                "interval notation."
            )
        return (
            rf"Find all real numbers $x$ such that \[{value} {self.sign} {self.bound}.\] Express your answer in "
            "interval notation."
        )

    def _zero(self) -> Fraction:
        (a, b), k = self.above, self.bound
        return Fraction(-(b + k * self.pole), a - k)

    def answer(self) -> Answer:
        zero = sympy.Rational(self._zero().numerator, self._zero().denominator)
        strict = self.sign in {"<", ">"}
        inside = (self.above[0] - self.bound > 0) == (self.sign in {"<", r"\le"})  # between the zero and the pole
        low, high = min(zero, self.pole), max(zero, self.pole)
        opens = [end == self.pole or strict for end in (low, high)]
        if inside:
            return joined([(low, high, *opens)])
        return joined([(-sympy.oo, low, True, opens[0]), (high, sympy.oo, opens[1], True)])

    def check(self) -> Answer:
        def holds(x: Fraction) -> bool:
            value = (self.above[0] * x + self.above[1]) / (x - self.pole)
            return {"<": value < self.bound, ">": value > self.bound, r"\le": value <= self.bound}.get(
                self.sign, value >= self.bound
            )

        return where(holds, [self._zero()], [Fraction(self.pole)])


class DomainOfRoot(Family, domain="intermediate_algebra", level=2):
    """The domain of a function with a square root and a denominator."""

    roots: tuple[int, int]
    hole: int
    turned: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        low, high = sorted(random.sample([*range(-12, 0), *range(1, 13)], 2))
        turned = random.random() < 0.5
        hole = random.choice(
            [x for x in range(-15, 16) if (low < x < high) == turned and x not in (low, high, 0)] or [0]
        )
        return cls((low, high), hole, turned, random.randrange(2)) if hole and low + high else None

    def statement(self) -> str:
        low, high = self.roots
        sign = -1 if self.turned else 1
        inner = polynomial([sign, -sign * (low + high), sign * low * high])
        value = rf"\frac{{\sqrt{{{inner}}}}}{{{polynomial([1, -self.hole])}}}"
        return (
            rf"Find the domain of the real function $f(x) = {value}$. Express your answer in interval notation.",
            rf"For which real numbers $x$ is \[{value}\] defined as a real number? Express your answer in interval "
            "notation.",
        )[self.wording]

    def answer(self) -> Answer:
        low, high = self.roots
        h, oo = self.hole, sympy.oo
        if self.turned:
            return joined([(low, h, False, True), (h, high, True, False)])
        if h < low:
            return joined([(-oo, h, True, True), (h, low, True, False), (high, oo, False, True)])
        return joined([(-oo, low, True, False), (high, h, False, True), (h, oo, True, True)])

    def check(self) -> Answer:
        low, high = self.roots
        sign = -1 if self.turned else 1
        ends = [Fraction(low), Fraction(high)]
        return where(lambda x: sign * (x - low) * (x - high) >= 0, ends, [Fraction(self.hole)])


class RationalCandidates(Family, domain="intermediate_algebra", level=2):
    """The sum of the positive numbers that the rational root theorem leaves as possible roots."""

    leading: int
    constant: int
    degree: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        leading, constant = random.randint(2, 60), random.randint(2, 120)
        drawn = cls(leading, random.choice([-1, 1]) * constant, random.randint(3, 6), random.randrange(2))
        return drawn if gcd(leading, constant) > 1 and drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        middle = " + ".join(rf"a_{k}x^{k}" if k > 1 else "a_1x" for k in range(self.degree - 1, 0, -1))
        text = rf"{self.leading}x^{self.degree} + {middle}{signed(self.constant)}"
        return (
            f"The coefficients of the polynomial ${text}$ are integers, of which only the first and the last are "
            "known. What is the sum of all distinct positive rational numbers that could be roots of such a "
            "polynomial? Express your answer as a common fraction.",
            f"What is the sum of all distinct positive rational numbers $r$ for which the equation ${text} = 0$ has "
            "the solution $x = r$ for some choice of integers as the unknown coefficients? Express your answer as a "
            "common fraction.",
        )[self.wording]

    def answer(self) -> Answer:
        tops = [d for d in range(1, abs(self.constant) + 1) if self.constant % d == 0]
        return sum({Fraction(p, q) for p in tops for q in range(1, self.leading + 1) if self.leading % q == 0})

    def check(self) -> Answer:
        # p/q in lowest terms, prime by prime: each is in p, in q, or in neither.
        total = Fraction(1)
        for prime in (p for p in range(2, 121) if all(p % d for d in range(2, p))):
            in_top = in_bottom = 0
            top, bottom = self.constant, self.leading
            while top % prime == 0:
                top, in_top = top // prime, in_top + 1
            while bottom % prime == 0:
                bottom, in_bottom = bottom // prime, in_bottom + 1
            total *= sum(Fraction(prime) ** power for power in range(-in_bottom, in_top + 1))
        return total
