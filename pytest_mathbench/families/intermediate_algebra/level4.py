"""Intermediate algebra, level 4: several ideas, exact forms."""

from fractions import Fraction
from math import gcd, isqrt, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import least
from pytest_mathbench.families.latex import Answer, polynomial, signed

X = sympy.Symbol("x")


class LeastOnConstraint(Family, domain="intermediate_algebra", level=4):
    """The least value of a sum of fractions under a linear constraint: Cauchy's inequality."""

    weights: tuple[int, int, int]
    numerators: tuple[int, int, int]
    total: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.randint(1, 6) for _ in range(3))
        p, q, r = (random.choice([1, 2, 3, 4, 6, 8, 9, 12]) for _ in range(3))
        roots = [isqrt(x) ** 2 == x for x in (a * p, b * q, c * r)]
        return cls((a, b, c), (p, q, r), random.randint(2, 12)) if sum(roots) == 2 else None

    def statement(self) -> str:
        terms = [f"{weight if weight > 1 else ''}{letter}" for weight, letter in zip(self.weights, "xyz", strict=True)]
        parts = [rf"\frac{{{top}}}{{{letter}}}" for top, letter in zip(self.numerators, "xyz", strict=True)]
        return (
            rf"Positive real numbers $x$, $y$, and $z$ satisfy ${' + '.join(terms)} = {self.total}$. What is the least "
            rf"possible value of \[{' + '.join(parts)}?\] Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        root = sum(sympy.sqrt(w * n) for w, n in zip(self.weights, self.numerators, strict=True))
        return sympy.expand(root**2 / self.total)

    def check(self) -> Answer:
        (a, b, c), (p, q, r) = self.weights, self.numerators

        def best(z: float) -> float:
            """Return the least of the first two terms, found where their slopes agree, and the third."""
            left = self.total - c * z
            x = left / (a + b * sqrt(q * a / (p * b)))
            return p / x + q / ((left - a * x) / b) + r / z

        return least(best, 1e-3, self.total / c - 1e-3)


class NestedRadicals(Family, domain="intermediate_algebra", level=4):
    """A nested radical, written with simple ones: the integers in them are asked for."""

    one: int
    other: int
    factor: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample(range(2, 60), 2)
        squarefree = all(number % (k * k) for number in (one, other) for k in (2, 3, 5, 7))
        return cls(one, other, random.randint(2, 9)) if one > other and squarefree else None

    def statement(self) -> str:
        whole = self.factor**2 * self.one + self.other
        common = gcd(self.one, self.other)
        inner = rf"{2 * self.factor * common}\sqrt{{{self.one * self.other // common**2}}}"
        return (
            rf"The number $\sqrt{{{whole} - {inner}}}$ can be written as $a\sqrt{{b}} - \sqrt{{c}}$, where $a$, $b$, "
            "and $c$ are positive integers, $a > 1$, and neither $b$ nor $c$ is divisible by the square of a prime. "
            "Enter the ordered triple $(a,b,c)$."
        )

    def answer(self) -> Answer:
        return self.factor, self.one, self.other

    def check(self) -> Answer:
        whole = self.factor**2 * self.one + self.other
        square = 4 * self.factor**2 * self.one * self.other  # of the inner radical
        found = []
        for c in range(1, whole):
            rest = whole - c  # a^2 b, whose largest square is a^2
            if 4 * rest * c != square or rest < c:
                continue
            a = max(k for k in range(1, isqrt(rest) + 1) if rest % (k * k) == 0)
            if a > 1 and all(c % (k * k) for k in range(2, isqrt(c) + 1)):
                found.append((a, rest // (a * a), c))
        return found[0] if len(found) == 1 else None


class MonicThroughPoints(Family, domain="intermediate_algebra", level=4):
    """A monic polynomial that agrees with a simple rule at several points, asked for elsewhere."""

    points: tuple[int, ...]
    slope: int
    lift: int
    at: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        points = tuple(sorted(random.sample(range(-6, 7), 4)))
        at = random.choice([point for point in range(-9, 10) if point not in points])
        slope, lift = random.choice([*range(-9, -1), *range(2, 10)]), random.choice([*range(-9, 0), *range(1, 10)])
        return cls(points, slope, lift, at)

    def statement(self) -> str:
        values = [f"p({x}) = {self.slope * x * x + self.lift}" for x in self.points]
        return (
            "A polynomial $p(x)$ of degree $4$ with leading coefficient $1$ satisfies "
            f"${'$, $'.join(values[:3])}$, and ${values[3]}$. What is $p({self.at})$?"
        )

    def answer(self) -> Answer:
        product = 1
        for point in self.points:
            product *= self.at - point
        return product + self.slope * self.at**2 + self.lift

    def check(self) -> Answer:
        # Lagrange, for p(x) - x^4, which has degree 3.
        total = Fraction(self.at**4)
        for one in self.points:
            term = Fraction(self.slope * one * one + self.lift - one**4)
            for other in self.points:
                term *= Fraction(self.at - other, one - other) if other != one else 1
            total += term
        return total


class SlantAsymptote(Family, domain="intermediate_algebra", level=4):
    """Where a rational function crosses its slant asymptote."""

    slope: int
    lift: int
    roots: tuple[int, int]
    cross: Fraction

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        low, high = sorted(random.sample([*range(-7, 0), *range(1, 8)], 2))
        cross = Fraction(random.randint(-20, 20), random.randint(2, 7))
        slope, lift = random.choice([-3, -2, 2, 3, 4]), random.choice([*range(-6, 0), *range(1, 7)])
        return cls(slope, lift, (low, high), cross) if cross and cross not in (low, high) and low + high else None

    def statement(self) -> str:
        top, bottom = self._polynomials()
        return (
            rf"The graph of \[f(x) = \frac{{{polynomial(top)}}}{{{polynomial(bottom)}}}\] crosses its slant "
            "asymptote at "
            "exactly one point. What are the coordinates of this point? Enter the ordered pair $(x,y)$."
        )

    def _polynomials(self) -> tuple[list[int], list[int]]:
        low, high = self.roots
        bottom = [1, -(low + high), low * high]
        rest = [self.cross.denominator, -self.cross.numerator]
        top = [
            self.slope,
            self.lift + self.slope * bottom[1],
            self.slope * bottom[2] + self.lift * bottom[1] + rest[0],
            self.lift * bottom[2] + rest[1],
        ]
        return top, bottom

    def answer(self) -> Answer:
        return self.cross, self.slope * self.cross + self.lift

    def check(self) -> Answer:
        top, bottom = (sympy.Poly(each, X) for each in self._polynomials())
        quotient, rest = sympy.div(top, bottom)
        (x,) = sympy.roots(rest)
        return x, top.eval(x) / bottom.eval(x) + 0 * quotient.eval(x)


class QuadraticSystem(Family, domain="intermediate_algebra", level=4):
    """All real solutions of a symmetric system in the sum and the product."""

    total: int
    product: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        total, product = random.randint(2, 60), random.choice([*range(-60, 0), *range(1, 61)])
        gap = total * total - 4 * product
        return cls(total, product) if gap > 0 and isqrt(gap) ** 2 != gap else None

    def statement(self) -> str:
        cubes = self.total**3 - 3 * self.total * self.product
        return (
            rf"Real numbers $x$ and $y$ with $x > y$ satisfy \[\begin{{aligned}} x + y &= {self.total}, \\ x^3 + y^3 "
            "&= "
            rf"{cubes}. \end{{aligned}}\] What is $x^2 - y^2{signed(self.product)}$? Express your answer in simplest "
            "radical form."
        )

    def answer(self) -> Answer:
        return self.total * sympy.sqrt(self.total**2 - 4 * self.product) + self.product

    def check(self) -> Answer:
        cubes = self.total**3 - 3 * self.total * self.product
        product = (self.total**3 - cubes) / (3 * self.total)
        half = sqrt((self.total / 2) ** 2 - product)
        x, y = self.total / 2 + half, self.total / 2 - half
        return x * x - y * y + self.product
