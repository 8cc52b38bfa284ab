"""Intermediate algebra, level 2: two or three steps of one kind."""

from fractions import Fraction
from math import gcd, log
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import crossing, expanded
from pytest_mathbench.families.latex import Answer, polynomial, signed, tex


class PowersOfOneBase(Family, domain="intermediate_algebra", level=2):
    """An exponential equation whose two bases are powers of one number."""

    prime: int
    degrees: tuple[int, int]
    left: tuple[int, int]
    right: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample([2, 3, 4, 5], 2)
        prime = random.choice([2, 3]) if max(one, other) > 3 else random.choice([2, 3, 5, 7])
        left, right = ((random.randint(1, 5), random.choice([-1, 1]) * random.randint(1, 9)) for _ in range(2))
        if one * left[0] == other * right[0]:
            return None
        drawn = cls(prime, (one, other), left, right)
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        one, other = (
            f"{self.prime**degree}^{{{polynomial(exponent)}}}"
            for degree, exponent in zip(self.degrees, (self.left, self.right), strict=True)
        )
        return rf"Find the real number $x$ such that \[{one} = {other}.\] Express your answer as a common fraction."

    def answer(self) -> Answer:
        one, other = self.degrees
        return Fraction(other * self.right[1] - one * self.left[1], one * self.left[0] - other * self.right[0])

    def check(self) -> Answer:
        one, other = (log(self.prime**degree) for degree in self.degrees)

        def excess(x: float) -> float:
            return one * (self.left[0] * x + self.left[1]) - other * (self.right[0] * x + self.right[1])

        return crossing(excess, -1000, 1000)


class LinearComplexEquation(Family, domain="intermediate_algebra", level=2):
    """A linear equation with complex coefficients."""

    factor: tuple[int, int]
    shift: tuple[int, int]
    solution: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d, x, y = (random.choice([-1, 1]) * random.randint(1, 9) for _ in range(6))
        return cls((abs(a), b), (c, d), (x, y))

    def _right(self) -> tuple[int, int]:
        (a, b), (c, d), (x, y) = self.factor, self.shift, self.solution
        return a * x - b * y + c, a * y + b * x + d

    def statement(self) -> str:
        factor, shift, right = (tex(x + y * sympy.I) for x, y in (self.factor, self.shift, self._right()))
        return (
            f"Find the complex number $z$ such that $({factor})z + ({shift}) = {right}$. "
            "Express your answer in the form $a + bi$, where $a$ and $b$ are real numbers."
        )

    def answer(self) -> Answer:
        return self.solution[0] + self.solution[1] * sympy.I

    def check(self) -> Answer:
        solution = (complex(*self._right()) - complex(*self.shift)) / complex(*self.factor)
        return solution.real + solution.imag * sympy.I


class AsymptoteOfHyperbola(Family, domain="intermediate_algebra", level=2):
    """The asymptotes of a hyperbola with its centre away from the origin."""

    centre: tuple[int, int]
    axes: tuple[int, int]
    is_wide: bool
    slope: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        h, k = (random.choice([-1, 1]) * random.randint(1, 9) for _ in range(2))
        axes = random.randint(2, 9), random.randint(2, 9)
        slope = random.choice(["positive", "negative"])
        return cls((h, k), axes, random.random() < 0.5, slope) if gcd(*axes) == 1 else None

    def statement(self) -> str:
        across, up = (
            rf"\frac{{({letter}{signed(-middle)})^2}}{{{axis**2}}}"
            for letter, middle, axis in zip("xy", self.centre, self.axes, strict=True)
        )
        equation = f"{across} - {up} = 1" if self.is_wide else f"{up} - {across} = 1"
        return (
            rf"The hyperbola \[{equation}\] has two asymptotes. The asymptote with {self.slope} slope is the line "
            "$y = f(x)$, where $f$ is a linear function. What is $f(x)$?"
        )

    def answer(self) -> Answer:
        slope = sympy.Rational(self.axes[1], self.axes[0]) * (1 if self.slope == "positive" else -1)
        return slope * sympy.Symbol("x") + self.centre[1] - slope * self.centre[0]

    def check(self) -> Answer:
        # An asymptote passes through the centre and meets the hyperbola nowhere: the terms in x^2 must cancel.
        sign = 1 if self.slope == "positive" else -1
        slope = sign * crossing(lambda m: 1 / self.axes[0] ** 2 - m**2 / self.axes[1] ** 2, 0, 20)
        return slope * sympy.Symbol("x") + (self.centre[1] - slope * self.centre[0])


class OppositeArgument(Family, domain="intermediate_algebra", level=2):
    """An odd polynomial and a constant, coefficients unknown: from its value at a point to that at its opposite."""

    exponents: tuple[int, int]
    constant: int
    point: int
    value: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        low, high = sorted(random.sample([3, 5, 7, 9], 2))
        constant, value = (random.choice([-1, 1]) * random.randint(2, 40) for _ in range(2))
        return cls((high, low), constant, random.choice([-1, 1]) * random.randint(2, 9), value)

    def statement(self) -> str:
        high, low = self.exponents
        return (
            f"Let $f(x) = ax^{high} + bx^{low} + cx{signed(self.constant)}$, where $a$, $b$, and $c$ are real numbers. "
            f"If $f({self.point}) = {self.value}$, what is $f({-self.point})$?"
        )

    def answer(self) -> Answer:
        return 2 * self.constant - self.value

    def check(self) -> Answer:
        b, c = 2, -3
        high, low = self.exponents
        rest = self.value - self.constant - b * self.point**low - c * self.point
        a, x = Fraction(rest, self.point**high), -self.point
        return a * x**high + b * x**low + c * x + self.constant


class QuotientOfPolynomials(Family, domain="intermediate_algebra", level=2):
    """The quotient of a quartic and a quadratic, by long division."""

    divisor: tuple[int, int, int]
    quotient: tuple[int, int, int]
    remainder: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        u, v, b, c, r, s = (random.choice([-1, 1]) * random.randint(1, 6) for _ in range(6))
        return cls((1, u, v), (random.randint(1, 4), b, c), (r, s))

    def _dividend(self) -> list[int]:
        product = expanded(self.divisor, self.quotient)
        return [*product[:3], product[3] + self.remainder[0], product[4] + self.remainder[1]]

    def statement(self) -> str:
        return (
            f"When the polynomial ${polynomial(self._dividend())}$ is divided by ${polynomial(self.divisor)}$, the "
            "remainder is a polynomial of degree less than $2$. Find the quotient."
        )

    def answer(self) -> Answer:
        return sympy.Poly(self.quotient, sympy.Symbol("x")).as_expr()

    def check(self) -> Answer:
        x = sympy.Symbol("x")
        return sympy.div(sympy.Poly(self._dividend(), x), sympy.Poly(self.divisor, x))[0].as_expr()
