"""Algebra, level 2: circles, parabolas and the domains of functions."""

from fractions import Fraction
from math import isqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.algebra.shared import solutions
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, polynomial, signed


class CircleFromEquation(Family, domain="algebra", level=2):
    """The radius, or the center, of a circle given by an expanded equation: both squares completed."""

    center: tuple[int, int]
    square: int
    asked: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        center = (random.choice([-1, 1]) * random.randint(1, 12), random.choice([-1, 1]) * random.randint(1, 12))
        drawn = cls(center, random.randint(5, 150), random.choice(["radius", "center", "distance"]))
        constant = center[0] ** 2 + center[1] ** 2 - drawn.square
        far = isqrt(center[0] ** 2 + center[1] ** 2) ** 2 < center[0] ** 2 + center[1] ** 2
        radical = isqrt(drawn.square) ** 2 < drawn.square
        return drawn if constant and {"radius": radical, "center": True, "distance": far}[drawn.asked] else None

    def statement(self) -> str:
        h, k = self.center
        left = f"x^2 + y^2{signed(-2 * h)}x{signed(-2 * k)}y"
        right = self.square - h * h - k * k
        if self.asked == "radius":
            return (
                rf"The points $(x,y)$ with \[{left} = {right}\] form a circle. What is its radius? Express your answer "
                "in simplest radical form."
            )
        if self.asked == "center":
            return (
                f"What is the center of the circle with equation ${left}{signed(-right)} = 0$? Enter your answer as an "
                "ordered pair."
            )
        return (
            f"How far is the center of the circle ${left} = {right}$ from the origin? Express your answer in simplest "
            "radical form."
        )

    def answer(self) -> Answer:
        if self.asked == "center":
            return self.center
        return sympy.sqrt(self.square if self.asked == "radius" else self.center[0] ** 2 + self.center[1] ** 2)

    def check(self) -> Answer:
        # The lowest and the leftmost point of the circle lie under and beside its center.
        h, k = self.center
        right = self.square - h * h - k * k
        values = [(x * x - 2 * h * x, x * x - 2 * k * x, x) for x in range(-20, 21)]
        x, y = min(values)[2], min(values, key=lambda value: value[1])[2]
        if self.asked == "center":
            return x, y
        return (
            (right - min(values)[0] - min(value[1] for value in values)) ** 0.5
            if self.asked == "radius"
            else abs(x + y * 1j)
        )


class VertexOfParabola(Family, domain="algebra", level=2):
    """The least or greatest value of a quadratic, or where its graph turns."""

    lead: int
    linear: int
    constant: int
    asked: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        lead, linear = random.choice([-1, 1]) * random.randint(1, 5), random.choice([-1, 1]) * random.randint(2, 30)
        drawn = cls(lead, linear, random.randint(-30, 60), random.choice(["value", "vertex"]))
        return drawn if drawn._vertex()[1].denominator > 1 and drawn.constant else None

    def _vertex(self) -> tuple[Fraction, Fraction]:
        x = Fraction(-self.linear, 2 * self.lead)
        return x, self.constant - self.lead * x * x

    def statement(self) -> str:
        quadratic = polynomial([self.lead, self.linear, self.constant])
        if self.asked == "value":
            kind = "least" if self.lead > 0 else "greatest"
            return (
                f"What is the {kind} value of ${quadratic}$, where $x$ is a real number? Express your answer as a "
                "common fraction."
            )
        return f"What is the vertex of the parabola $y = {quadratic}$? Enter your answer as an ordered pair $(x,y)$."

    def answer(self) -> Answer:
        return self._vertex()[1] if self.asked == "value" else self._vertex()

    def check(self) -> Answer:
        # Of the multiples of 1/(2 lead), which is best.
        unit = abs(2 * self.lead)
        values = [(self.lead * k * k + self.linear * k * unit + self.constant * unit**2, k) for k in range(-40, 41)]
        value, place = min(values) if self.lead > 0 else max(values)
        result = Fraction(place, unit), Fraction(value, unit**2)
        return result[1] if self.asked == "value" else result


class DomainOfRoot(Family, domain="algebra", level=2):
    """Where the square root of a quadratic, or its reciprocal, is defined."""

    small: int
    large: int
    inside: bool
    reciprocal: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, large = random.randint(-12, 10), random.randint(-10, 12)
        drawn = cls(small, large, random.random() < 0.5, random.random() < 0.5, random.randrange(2))
        return drawn if small < large and small * large and small + large else None

    def statement(self) -> str:
        sign = -1 if self.inside else 1
        root = rf"\sqrt{{{polynomial([sign, -sign * (self.small + self.large), sign * self.small * self.large])}}}"
        formula = rf"\frac{{1}}{{{root}}}" if self.reciprocal else root
        if self.wording:
            return (
                rf"For which real numbers $x$ is \[{formula}\] defined as a real number? Express your answer in "
                "interval notation."
            )
        return (
            f"What is the domain of the real-valued function $f(x) = {formula}$? Express your answer in interval "
            "notation."
        )

    def answer(self) -> Answer:
        strict = self.reciprocal
        if self.inside:
            return sympy.Interval(self.small, self.large, strict, strict)
        outer = sympy.Interval(-sympy.oo, self.small, True, strict)
        return outer + sympy.Interval(self.large, sympy.oo, strict, True)

    def check(self) -> Answer:
        def holds(k: int) -> bool:
            value = (k - 2 * self.small) * (k - 2 * self.large) * (-1 if self.inside else 1)
            return value > 0 if self.reciprocal else value >= 0

        return solutions(holds, 1, 20)
