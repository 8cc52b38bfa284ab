"""Precalculus, level 1: one step."""

from math import radians, sin
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer
from pytest_mathbench.families.precalculus.shared import column, rows_of


class DotProduct(Family, domain="precalculus", level=1):
    """The dot product of two vectors in space."""

    one: tuple[int, ...]
    other: tuple[int, ...]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = (tuple(random.randint(-9, 9) for _ in range(3)) for _ in range(2))
        return cls(one, other, random.randrange(2)) if all(one) and all(other) else None

    def statement(self) -> str:
        one, other = map(column, (self.one, self.other))
        if self.wording:
            return (
                rf"Let $\mathbf{{u}} = {one}$ and $\mathbf{{v}} = {other}$. What is $\mathbf{{u}} \cdot \mathbf{{v}}$?"
            )
        return f"Compute the dot product of the vectors ${one}$ and ${other}$."

    def answer(self) -> Answer:
        return sum(a * b for a, b in zip(self.one, self.other, strict=True))

    def check(self) -> Answer:
        total, apart = (sum((a + sign * b) ** 2 for a, b in zip(self.one, self.other, strict=True)) for sign in (1, -1))
        return (total - apart) // 4


class Determinant(Family, domain="precalculus", level=1):
    """The determinant of a matrix of two rows."""

    rows: tuple[tuple[int, int], tuple[int, int]]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([*range(-12, 0), *range(1, 13)]) for _ in range(4))
        return cls(((a, b), (c, d)), random.randrange(2))

    def statement(self) -> str:
        if self.wording:
            determinant = rows_of(self.rows).replace("pmatrix", "vmatrix")
            return rf"Evaluate the determinant \[{determinant}.\]"
        return rf"Compute the determinant of the matrix \[{rows_of(self.rows)}.\]"

    def answer(self) -> Answer:
        (a, b), (c, d) = self.rows
        return a * d - b * c

    def check(self) -> Answer:
        (a, b), (c, d) = self.rows
        return (a + c) * (b + d) - a * b - c * d - 2 * b * c  # the rows' parallelogram, cut from its box


class MatrixTimesVector(Family, domain="precalculus", level=1):
    """A matrix times a vector."""

    rows: tuple[tuple[int, int], tuple[int, int]]
    vector: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d, x, y = (random.choice([*range(-7, 0), *range(1, 8)]) for _ in range(6))
        return cls(((a, b), (c, d)), (x, y), random.randrange(2))

    def statement(self) -> str:
        if self.wording:
            return (
                rf"A linear map of the plane has the matrix $\mathbf{{M}} = {rows_of(self.rows)}$. Find the image "
                rf"$\mathbf{{M}} \mathbf{{v}}$ of the vector $\mathbf{{v}} = {column(self.vector)}$. Enter your answer "
                "as a column vector."
            )
        return rf"Compute \[{rows_of(self.rows)} {column(self.vector)}.\] Enter your answer as a column vector."

    def answer(self) -> Answer:
        return sympy.Matrix(self.rows) * sympy.Matrix(self.vector)

    def check(self) -> Answer:
        (a, b), (c, d) = self.rows
        z = complex(*self.vector)  # a linear map of the plane sends z to p z + q z'
        image = (complex(a + d, c - b) * z + complex(a - d, c + b) * z.conjugate()) / 2
        return sympy.Matrix([image.real, image.imag])


class PolarToRectangular(Family, domain="precalculus", level=1):
    """A rectangular coordinate of a point in polar coordinates, where its sine or cosine is a half."""

    radius: int
    degrees: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(
            2 * random.randint(2, 250), random.choice([30, 60, 120, 150, 210, 240, 300, 330]), random.randrange(2)
        )

    def _letter(self) -> str:
        return "x" if self.degrees % 60 == 0 else "y"

    def statement(self) -> str:
        if self.wording:
            return (
                f"The point $(x,y)$ is ${self.radius}$ units from the origin, and its position vector makes an angle "
                rf"of ${self.degrees}^\circ$ with the positive $x$-axis, measured counterclockwise. Find "
                f"${self._letter()}$."
            )
        return (
            rf"A point has polar coordinates $r = {self.radius}$ and $\theta = {self.degrees}^\circ$. What is its "
            f"${self._letter()}$-coordinate in rectangular coordinates?"
        )

    def answer(self) -> Answer:
        wave = sympy.cos if self._letter() == "x" else sympy.sin
        return self.radius * wave(sympy.rad(self.degrees))

    def check(self) -> Answer:
        return self.radius * sin(radians(self.degrees + (90 if self._letter() == "x" else 0)))


class LargestValue(Family, domain="precalculus", level=1):
    """The largest or smallest value of a shifted sine or cosine."""

    factor: int
    name: str
    inner: tuple[int, int]
    up: int
    is_least: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor, inner = random.choice([-1, 1]) * random.randint(2, 15), (random.randint(2, 9), random.randint(1, 9))
        return cls(factor, random.choice(["sin", "cos"]), inner, random.randint(2, 60), random.random() < 0.5)

    def statement(self) -> str:
        rate, shift = self.inner
        return (
            rf"What is the {'smallest' if self.is_least else 'largest'} value of ${self.factor} \{self.name} ({rate}x "
            f"+ {shift}) + {self.up}$, where $x$ is a real number?"
        )

    def answer(self) -> Answer:
        return self.up - abs(self.factor) if self.is_least else self.up + abs(self.factor)

    def check(self) -> Answer:
        best = min if self.is_least else max
        return best(self.factor * sin(radians(turn)) + self.up for turn in range(360))
