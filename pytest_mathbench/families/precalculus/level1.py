"""Precalculus, level 1: one step."""

from math import cos, radians, sin
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, matrix


class DotProduct(Family, domain="precalculus", level=1):
    """The dot product of two vectors in space."""

    one: tuple[int, ...]
    other: tuple[int, ...]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = (tuple(random.randint(-9, 9) for _ in range(3)) for _ in range(2))
        return cls(one, other) if all(one) and all(other) else None

    def statement(self) -> str:
        one, other = (matrix([[entry] for entry in vector]) for vector in (self.one, self.other))
        return rf"Compute the dot product of the vectors ${one}$ and ${other}$."

    def answer(self) -> Answer:
        return sum(a * b for a, b in zip(self.one, self.other, strict=True))

    def check(self) -> Answer:
        total, apart = (sum((a + sign * b) ** 2 for a, b in zip(self.one, self.other, strict=True)) for sign in (1, -1))
        return (total - apart) // 4


class Determinant(Family, domain="precalculus", level=1):
    """The determinant of a matrix of two rows."""

    rows: tuple[tuple[int, int], tuple[int, int]]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([*range(-12, 0), *range(1, 13)]) for _ in range(4))
        return cls(((a, b), (c, d)))

    def statement(self) -> str:
        return rf"Compute the determinant of the matrix \[{matrix(self.rows)}.\]"

    def answer(self) -> Answer:
        (a, b), (c, d) = self.rows
        return a * d - b * c

    def check(self) -> Answer:
        (a, b), (c, d) = self.rows  # the signed area of the triangle of the rows and the origin, twice
        return (a + c) * (b + d) - a * b - c * d - 2 * b * c


class MatrixProduct(Family, domain="precalculus", level=1):
    """A matrix times a vector."""

    rows: tuple[tuple[int, int], tuple[int, int]]
    vector: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d, x, y = (random.choice([*range(-7, 0), *range(1, 8)]) for _ in range(6))
        return cls(((a, b), (c, d)), (x, y))

    def statement(self) -> str:
        column = matrix([[entry] for entry in self.vector])
        return rf"Compute \[{matrix(self.rows)} {column}.\] Enter your answer as a column vector."

    def answer(self) -> Answer:
        return sympy.Matrix(self.rows) * sympy.Matrix(self.vector)

    def check(self) -> Answer:
        (a, b), (c, d) = self.rows
        x, y = self.vector
        return sympy.Matrix([a * x + b * y, c * x + d * y])


class PolarToRectangular(Family, domain="precalculus", level=1):
    """A point in polar coordinates at a multiple of a right angle's third or half."""

    radius: int
    degrees: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 200), random.choice([30, 45, 60, 120, 135, 150, 210, 225, 240, 300, 315, 330]))

    def statement(self) -> str:
        return (
            rf"A point has polar coordinates $r = {self.radius}$ and $\theta = {self.degrees}^\circ$. What is its "
            r"$x$-coordinate in rectangular coordinates? Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        return self.radius * sympy.cos(sympy.rad(self.degrees))

    def check(self) -> Answer:
        return self.radius * sin(radians(90 - self.degrees))


class Amplitude(Family, domain="precalculus", level=1):
    """The largest value of a shifted sine."""

    factor: int
    rate: int
    shift: int
    up: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor, up = random.randint(2, 15), random.randint(2, 30)
        return cls(random.choice([-1, 1]) * factor, random.randint(2, 9), random.randint(1, 9), up)

    def statement(self) -> str:
        return (
            rf"What is the largest value of $y = {self.factor} \sin ({self.rate}x + {self.shift}) + {self.up}$, "
            "where $x$ "
            "is a real number?"
        )

    def answer(self) -> Answer:
        return abs(self.factor) + self.up

    def check(self) -> Answer:
        turn = 90 if self.factor > 0 else 270  # where the sine is 1 or -1
        return self.factor * cos(radians(turn - 90)) + self.up
