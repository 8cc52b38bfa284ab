"""Intermediate algebra, level 1: one definition or formula."""

from fractions import Fraction
from math import hypot, log, sqrt
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import crossing, evaluated
from pytest_mathbench.families.latex import Answer, braced, polynomial, signed


class RemainderTheorem(Family, domain="intermediate_algebra", level=1):
    """The remainder of a cubic divided by a linear polynomial: its value at a point."""

    coefficients: tuple[int, int, int, int]
    point: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        b, c, d = (random.choice([-1, 1]) * random.randint(1, 9) for _ in range(3))
        return cls((random.randint(1, 5), b, c, d), random.choice([-4, -3, -2, 2, 3, 4]))

    def statement(self) -> str:
        return (
            f"What is the remainder when ${polynomial(self.coefficients)}$ is divided by "
            f"${polynomial([1, -self.point])}$?"
        )

    def answer(self) -> Answer:
        a, b, c, d = self.coefficients
        x = self.point
        return a * x**3 + b * x**2 + c * x + d

    def check(self) -> Answer:
        left = list(self.coefficients)
        for place in range(3):
            left[place + 1] += self.point * left[place]
            left[place] = 0
        return left[-1]


class LogarithmOfPowers(Family, domain="intermediate_algebra", level=1):
    """The logarithm of a product of powers of the base."""

    base: int
    degrees: tuple[int, int]
    exponents: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample([2, 3], 2)
        exponents = random.randint(2, 20), random.randint(2, 20)
        return cls(random.choice([2, 3, 5, 6, 7, 10]), (one, other), exponents)

    def statement(self) -> str:
        one, other = (
            f"{self.base**degree}^{braced(exponent)}"
            for degree, exponent in zip(self.degrees, self.exponents, strict=True)
        )
        return rf"What is the value of $\log_{braced(self.base)} \left( {one} \cdot {other} \right)$?"

    def answer(self) -> Answer:
        return sum(degree * exponent for degree, exponent in zip(self.degrees, self.exponents, strict=True))

    def check(self) -> Answer:
        one, other = ((self.base**degree) ** power for degree, power in zip(self.degrees, self.exponents, strict=True))
        return log(one * other, self.base)


class PartOfProduct(Family, domain="intermediate_algebra", level=1):
    """The real or the imaginary part of a product of two complex numbers."""

    one: tuple[int, int]
    other: tuple[int, int]
    part: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([-1, 1]) * random.randint(2, 12) for _ in range(4))
        return cls((a, b), (c, d), random.choice(["real", "imaginary"]))

    def statement(self) -> str:
        z, w = (f"{real}{signed(imaginary)}i" for real, imaginary in (self.one, self.other))
        return f"Let $z = {z}$ and $w = {w}$, where $i^2 = -1$. What is the {self.part} part of $zw$?"

    def answer(self) -> Answer:
        (a, b), (c, d) = self.one, self.other
        return a * c - b * d if self.part == "real" else a * d + b * c

    def check(self) -> Answer:
        product = complex(*self.one) * complex(*self.other)
        return product.real if self.part == "real" else product.imag


class FociOfEllipse(Family, domain="intermediate_algebra", level=1):
    """The distance between the foci of an ellipse in standard form."""

    focal: int
    minor: int
    is_wide: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 45), random.randint(2, 99), random.random() < 0.5)

    def statement(self) -> str:
        squares = self.focal**2 + self.minor, self.minor
        one, other = squares if self.is_wide else squares[::-1]
        return (
            "What is the distance between the two foci of the ellipse with the equation "
            rf"\[\frac{{x^2}}{{{one}}} + \frac{{y^2}}{{{other}}} = 1?\]"
        )

    def answer(self) -> Answer:
        return 2 * self.focal

    def check(self) -> Answer:
        long, short = sqrt(self.focal**2 + self.minor), sqrt(self.minor)
        # Both ends of the minor axis are as far from the two foci together as those of the major axis.
        return 2 * crossing(lambda focal: 2 * hypot(focal, short) - 2 * long, 0, long)


class HorizontalAsymptote(Family, domain="intermediate_algebra", level=1):
    """The horizontal asymptote of a quotient of polynomials of the same degree."""

    above: tuple[int, ...]
    below: tuple[int, ...]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        degree = random.choice([2, 3])
        above, below = (
            (random.randint(2, 15), *(random.choice([-1, 1]) * random.randint(1, 9) for _ in range(degree)))
            for _ in range(2)
        )
        drawn = cls((random.choice([-1, 1]) * above[0], *above[1:]), below)
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        return (
            rf"The graph of \[f(x) = \frac{{{polynomial(self.above)}}}{{{polynomial(self.below)}}}\] has a horizontal "
            "asymptote $y = c$. What is the value of $c$? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        return Fraction(self.above[0], self.below[0])

    def check(self) -> Answer:
        return evaluated(self.above, 10**15) / evaluated(self.below, 10**15)
