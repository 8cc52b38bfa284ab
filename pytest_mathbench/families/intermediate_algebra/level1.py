"""Intermediate algebra, level 1: one definition or formula."""

from fractions import Fraction
from math import hypot, log, sqrt
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import evaluated, is_told
from pytest_mathbench.families.latex import Answer, braced, polynomial, signed
from pytest_mathbench.families.numeric import crossing


class RemainderTheorem(Family, domain="intermediate_algebra", level=1):
    """The remainder of a cubic divided by a linear polynomial: its value at a point."""

    coefficients: tuple[int, int, int, int]
    point: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        b, c, d = (random.choice([-1, 1]) * random.randint(1, 9) for _ in range(3))
        coefficients, point = (random.randint(1, 5), b, c, d), random.choice([-4, -3, -2, 2, 3, 4])
        drawn = cls(coefficients, point, random.randrange(2))
        return None if is_told(drawn.answer(), 2, 3, point, *coefficients) else drawn

    def statement(self) -> str:
        text, divisor = polynomial(self.coefficients), polynomial([1, -self.point])
        return (
            rf"What is the remainder when ${text}$ is divided by ${divisor}$?",
            f"There exist a polynomial $q(x)$ and a number $r$ such that ${text} = ({divisor})q(x) + r$ for all $x$. "
            "Find $r$.",
        )[self.wording]

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
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample([2, 3], 2)
        exponents = random.randint(2, 20), random.randint(2, 20)
        base = random.choice([2, 3, 5, 6, 7, 10])
        drawn = cls(base, (one, other), exponents, random.randrange(2))
        return None if is_told(drawn.answer(), base, base**2, base**3, *exponents) else drawn

    def statement(self) -> str:
        one, other = (
            f"{self.base**degree}^{braced(exponent)}"
            for degree, exponent in zip(self.degrees, self.exponents, strict=True)
        )
        return (
            rf"What is the value of $\log_{braced(self.base)} \left( {one} \cdot {other} \right)$?",
            rf"Find the real number $x$ for which ${self.base}^x = {one} \cdot {other}$.",
        )[self.wording]

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
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([-1, 1]) * random.randint(2, 12) for _ in range(4))
        drawn = cls((a, b), (c, d), random.choice(["real", "imaginary"]), random.randrange(2))
        return None if is_told(drawn.answer(), 2, a, b, c, d) else drawn

    def statement(self) -> str:
        z, w = (f"{real}{signed(imaginary)}i" for real, imaginary in (self.one, self.other))
        letter = "a" if self.part == "real" else "b"
        return (
            f"Let $z = {z}$ and $w = {w}$, where $i^2 = -1$. What is the {self.part} part of $zw$?",
            f"When $({z})({w})$ is multiplied out and written as $a + bi$ with real numbers $a$ and $b$, what is "
            f"${letter}$?",
        )[self.wording]

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
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        focal, minor = random.randint(2, 45), random.randint(2, 99)
        drawn = cls(focal, minor, random.random() < 0.5, random.randrange(2))
        return None if is_told(drawn.answer(), minor, focal**2 + minor) else drawn

    def statement(self) -> str:
        squares = self.focal**2 + self.minor, self.minor
        one, other = squares if self.is_wide else squares[::-1]
        equation = rf"\frac{{x^2}}{{{one}}} + \frac{{y^2}}{{{other}}} = 1"
        return (
            rf"What is the distance between the two foci of the ellipse with equation \[{equation}?\]",
            rf"The points $F$ and $G$ are the foci of the ellipse ${equation}$. Find the length $FG$.",
        )[self.wording]

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
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        degree = random.choice([2, 3])
        above, below = (
            (random.randint(2, 15), *(random.choice([-1, 1]) * random.randint(1, 9) for _ in range(degree)))
            for _ in range(2)
        )
        drawn = cls((random.choice([-1, 1]) * above[0], *above[1:]), below, random.randrange(2))
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        value = rf"\frac{{{polynomial(self.above)}}}{{{polynomial(self.below)}}}"
        return (
            rf"The graph of \[f(x) = {value}\] has a horizontal asymptote $y = c$. What is the value of $c$? Express "
            "your answer as a common fraction.",
            rf"As $x$ grows without bound, the value of \[{value}\] approaches a number $c$. Find $c$. Express your "
            "answer as a common fraction.",
        )[self.wording]

    def answer(self) -> Answer:
        return Fraction(self.above[0], self.below[0])

    def check(self) -> Answer:
        return evaluated(self.above, 10**15) / evaluated(self.below, 10**15)
