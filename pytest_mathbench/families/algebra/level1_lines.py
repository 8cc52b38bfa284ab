"""Algebra, level 1: lines, points and distances on the number line and in the plane."""

from fractions import Fraction
from math import hypot, isqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, polynomial, tex


class SlopeThroughPoints(Family, domain="algebra", level=1):
    """The slope of the line through two points."""

    one: tuple[int, int]
    other: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = ((random.randint(-12, 12), random.randint(-12, 12)) for _ in range(2))
        drawn = cls(one, other, random.randrange(2))
        return drawn if one[0] != other[0] and one[1] != other[1] and drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        one, other = tex(self.one), tex(self.other)
        if self.wording:
            return (
                f"The graph of $f(x) = mx + b$ contains the points ${one}$ and ${other}$. What is the value of $m$? "
                "Express your answer as a common fraction."
            )
        return f"What is the slope of the line through ${one}$ and ${other}$? Express your answer as a common fraction."

    def answer(self) -> Answer:
        return Fraction(self.other[1] - self.one[1], self.other[0] - self.one[0])

    def check(self) -> Answer:
        (a, b), (c, d) = self.one, self.other
        slope, _ = sympy.Matrix([[a, 1], [c, 1]]).inv() * sympy.Matrix([b, d])
        return slope


class PointDistance(Family, domain="algebra", level=1):
    """The distance between two points of the plane, as a radical."""

    one: tuple[int, int]
    other: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = ((random.randint(-9, 9), random.randint(-9, 9)) for _ in range(2))
        square = (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
        is_radical = isqrt(square) ** 2 < square and one[0] != other[0] and one[1] != other[1]
        return cls(one, other, random.randrange(2)) if is_radical else None

    def statement(self) -> str:
        one, other = tex(self.one), tex(self.other)
        if self.wording:
            return (
                f"How long is the line segment that joins the points ${one}$ and ${other}$ of the coordinate plane? "
                "Express your answer in simplest radical form."
            )
        return (
            f"What is the distance between the points ${one}$ and ${other}$? Express your answer in simplest radical "
            "form."
        )

    def answer(self) -> Answer:
        return sympy.sqrt((self.one[0] - self.other[0]) ** 2 + (self.one[1] - self.other[1]) ** 2)

    def check(self) -> Answer:
        return hypot(self.one[0] - self.other[0], self.one[1] - self.other[1])


class AbsoluteEquation(Family, domain="algebra", level=1):
    """Both solutions of an equation with one absolute value."""

    factor: int
    shift: int
    value: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(1, 5), random.randint(-20, 20), random.randint(2, 40), random.randrange(2))
        whole = all((end - drawn.shift) % drawn.factor == 0 for end in (-drawn.value, drawn.value))
        return drawn if whole and drawn.shift and drawn.value != abs(drawn.shift) else None

    def statement(self) -> str:
        inside = polynomial([self.factor, self.shift])
        if self.wording:
            return (
                f"The expression ${inside}$ has the absolute value ${self.value}$. What are the possible values of "
                "$x$? Enter all of them, separated by commas."
            )
        return f"Find all solutions of the equation $|{inside}| = {self.value}$. Enter them separated by commas."

    def answer(self) -> Answer:
        return frozenset((end - self.shift) // self.factor for end in (-self.value, self.value))

    def check(self) -> Answer:
        return frozenset(x for x in range(-100, 101) if abs(self.factor * x + self.shift) == self.value)
