"""Intermediate algebra, level 2: two or three steps of one kind."""

from fractions import Fraction
from math import gcd, log
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import expanded, is_told
from pytest_mathbench.families.latex import Answer, polynomial, signed, tex
from pytest_mathbench.families.numeric import crossing


class PowersOfOneBase(Family, domain="intermediate_algebra", level=2):
    """An exponential equation whose two bases are powers of one number."""

    prime: int
    degrees: tuple[int, int]
    left: tuple[int, int]
    right: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample([2, 3, 4, 5], 2)
        prime = random.choice([2, 3]) if max(one, other) > 3 else random.choice([2, 3, 5, 7])
        left, right = ((random.randint(1, 5), random.choice([-1, 1]) * random.randint(1, 9)) for _ in range(2))
        if one * left[0] == other * right[0]:
            return None
        drawn = cls(prime, (one, other), left, right, random.randrange(2))
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        one, other = (
            f"{self.prime**degree}^{{{polynomial(exponent)}}}"
            for degree, exponent in zip(self.degrees, (self.left, self.right), strict=True)
        )
        return (
            rf"Find the real number $x$ such that \[{one} = {other}.\] Express your answer as a common fraction.",
            f"For which real number $x$ do the functions $f(x) = {one}$ and $g(x) = {other}$ have the same value? "
            "Express your answer as a common fraction.",
        )[self.wording]

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
    root: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d, x, y = (random.choice([-1, 1]) * random.randint(1, 9) for _ in range(6))
        drawn = cls((abs(a), b), (c, d), (x, y), random.randrange(2))
        return None if drawn.root in {drawn.factor, drawn.shift, drawn._right()} else drawn

    def _right(self) -> tuple[int, int]:
        (a, b), (c, d), (x, y) = self.factor, self.shift, self.root
        return a * x - b * y + c, a * y + b * x + d

    def statement(self) -> str:
        factor, shift, right = (tex(x + y * sympy.I) for x, y in (self.factor, self.shift, self._right()))
        return (
            f"Find the complex number $z$ such that $({factor})z + ({shift}) = {right}$. Express your answer in the "
            "form $a + bi$, where $a$ and $b$ are real numbers.",
            f"When a complex number is multiplied by ${factor}$ and ${shift}$ is added to the product, the result is "
            f"${right}$. What is the number? Express your answer in the form $a + bi$ with real numbers $a$ and $b$.",
        )[self.wording]

    def answer(self) -> Answer:
        return self.root[0] + self.root[1] * sympy.I

    def check(self) -> Answer:
        solution = (complex(*self._right()) - complex(*self.shift)) / complex(*self.factor)
        return solution.real + solution.imag * sympy.I


class AsymptoteOfHyperbola(Family, domain="intermediate_algebra", level=2):
    """The asymptotes of a hyperbola with its centre away from the origin."""

    centre: tuple[int, int]
    axes: tuple[int, int]
    is_wide: bool
    slope: str
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        h, k = (random.choice([-1, 1]) * random.randint(1, 9) for _ in range(2))
        axes = random.randint(2, 9), random.randint(2, 9)
        slope = random.choice(["positive", "negative"])
        drawn = cls((h, k), axes, random.random() < 0.5, slope, random.randrange(2))
        return drawn if gcd(*axes) == 1 else None

    def statement(self) -> str:
        across, up = (
            rf"\frac{{({letter}{signed(-middle)})^2}}{{{axis**2}}}"
            for letter, middle, axis in zip("xy", self.centre, self.axes, strict=True)
        )
        equation = f"{across} - {up} = 1" if self.is_wide else f"{up} - {across} = 1"
        return (
            rf"The hyperbola \[{equation}\] has two asymptotes. The asymptote with {self.slope} slope is the line $y "
            "= f(x)$, where $f$ is a linear function. What is $f(x)$?",
            f"Of the two asymptotes of the hyperbola ${equation}$, one has {self.slope} slope. Its equation is $y = "
            "mx + n$. Write the expression $mx + n$ with numbers in place of $m$ and $n$.",
        )[self.wording]

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
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        low, high = sorted(random.sample([3, 5, 7, 9], 2))
        constant, value = (random.choice([-1, 1]) * random.randint(2, 40) for _ in range(2))
        point = random.choice([-1, 1]) * random.randint(2, 9)
        drawn = cls((high, low), constant, point, value, random.randrange(2))
        return None if is_told(2 * constant - value, value, constant, point, high, low) else drawn

    def statement(self) -> str:
        high, low = self.exponents
        text = f"ax^{high} + bx^{low} + cx{signed(self.constant)}"
        return (
            f"Let $f(x) = {text}$, where $a$, $b$, and $c$ are real numbers. If $f({self.point}) = {self.value}$, "
            f"what is $f({-self.point})$?",
            f"For some real numbers $a$, $b$, and $c$, the graph of $y = {text}$ passes through the points "
            f"$({self.point}, {self.value})$ and $({-self.point}, t)$. Find $t$.",
        )[self.wording]

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
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        u, v, b, c, r, s = (random.choice([-1, 1]) * random.randint(1, 6) for _ in range(6))
        drawn = cls((1, u, v), (random.randint(1, 4), b, c), (r, s), random.randrange(2))
        return None if drawn.quotient == drawn.divisor else drawn

    def _dividend(self) -> list[int]:
        product = expanded(self.divisor, self.quotient)
        return [*product[:3], product[3] + self.remainder[0], product[4] + self.remainder[1]]

    def statement(self) -> str:
        text, divisor = polynomial(self._dividend()), polynomial(self.divisor)
        return (
            f"When the polynomial ${text}$ is divided by ${divisor}$, the remainder is a polynomial of degree less "
            "than $2$. Find the quotient.",
            f"There exist a polynomial $q(x)$ and numbers $a$ and $b$ such that \\[{text} = ({divisor})q(x) + ax + "
            "b\\] for all $x$. What is $q(x)$?",
        )[self.wording]

    def answer(self) -> Answer:
        return sympy.Poly(self.quotient, sympy.Symbol("x")).as_expr()

    def check(self) -> Answer:
        x = sympy.Symbol("x")
        return sympy.div(sympy.Poly(self._dividend(), x), sympy.Poly(self.divisor, x))[0].as_expr()
