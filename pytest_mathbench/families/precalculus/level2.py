"""Precalculus, level 2: two or three steps."""

import cmath
from fractions import Fraction
from math import acos, asin, cos, degrees, gcd, hypot, radians, sin
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex
from pytest_mathbench.families.precalculus.shared import column, rows_of


class ProjectionOnVector(Family, domain="precalculus", level=2):
    """The projection of one vector onto another."""

    vector: tuple[int, int]
    onto: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([*range(-9, 0), *range(1, 10)]) for _ in range(4))
        return cls((a, b), (c, d), random.randrange(2)) if a * c + b * d and a * d - b * c else None

    def statement(self) -> str:
        vector, onto = map(column, (self.vector, self.onto))
        if self.wording:
            return (
                f"Let $P$ be the point ${tex(self.vector)}$. What is the foot of the perpendicular from $P$ to the "
                f"line through the origin and the point ${tex(self.onto)}$? Enter its position vector, as a column "
                "vector."
            )
        return f"Find the projection of ${vector}$ onto ${onto}$. Enter your answer as a column vector."

    def answer(self) -> Answer:
        (a, b), (c, d) = self.vector, self.onto
        factor = Fraction(a * c + b * d, c * c + d * d)
        return sympy.Matrix([factor * c, factor * d])

    def check(self) -> Answer:
        onto = complex(*self.onto)
        image = (complex(*self.vector) / onto).real * onto  # turned so that the line is the real axis, and back
        return sympy.Matrix([image.real, image.imag])


class InverseMatrix(Family, domain="precalculus", level=2):
    """The inverse of a matrix of two rows."""

    rows: tuple[tuple[int, int], tuple[int, int]]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([*range(-9, 0), *range(1, 10)]) for _ in range(4))
        return cls(((a, b), (c, d)), random.randrange(2)) if 1 < abs(a * d - b * c) < 40 else None

    def statement(self) -> str:
        if self.wording:
            return (
                rf"Find the matrix $\mathbf{{X}}$ such that \[{rows_of(self.rows)} \mathbf{{X}} = \begin{{pmatrix}} 1 "
                r"& 0 \\ 0 & 1 \end{pmatrix}.\] Enter your answer as a matrix."
            )
        return rf"Find the inverse of the matrix \[{rows_of(self.rows)}.\] Enter your answer as a matrix."

    def answer(self) -> Answer:
        (a, b), (c, d) = self.rows
        return sympy.Matrix([[d, -b], [-c, a]]) / (a * d - b * c)

    def check(self) -> Answer:
        (a, b), (c, d) = self.rows
        low = [Fraction(-c, a), Fraction(1)]  # the second row, once the first has cleared its first entry
        low = [entry / (d - Fraction(b * c, a)) for entry in low]
        return sympy.Matrix([[(1 - b * low[0]) / a, -b * low[1] / a], low])


class SineOfDoubleAngle(Family, domain="precalculus", level=2):
    """A double angle's sine, from the angle's sine or cosine and its quadrant."""

    name: str
    point: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        n, m = sorted(random.sample(range(1, 32), 2))
        x, y = random.sample([m * m - n * n, 2 * m * n], 2)
        signs = random.choice([(-1, 1), (-1, -1), (1, -1)])
        drawn = cls(random.choice(["sin", "cos"]), (signs[0] * x, signs[1] * y), random.randrange(2))
        return drawn if gcd(m, n) == 1 and (m - n) % 2 and 20 < m * m + n * n < 1000 else None

    def _given(self) -> tuple[int, Fraction]:
        """Return the angle below the quadrant, in degrees, and the sine or cosine."""
        x, y = self.point
        low = 90 if y > 0 else 180 if x < 0 else 270
        return low, Fraction(x if self.name == "cos" else y, round(hypot(x, y)))

    def statement(self) -> str:
        low, value = self._given()
        if self.wording:
            quadrant = {90: "second", 180: "third", 270: "fourth"}[low]
            return (
                rf"In standard position, the terminal side of the angle $\alpha$ is in the {quadrant} quadrant, and "
                rf"$\{self.name} \alpha = {tex(value)}$. Find $\sin 2\alpha$. Express your answer as a common fraction."
            )
        return (
            rf"The angle $\theta$ satisfies ${low}^\circ < \theta < {low + 90}^\circ$ and $\{self.name} \theta = "
            rf"{tex(value)}$. What is $\sin 2\theta$? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        x, y = self.point
        return Fraction(2 * x * y, x * x + y * y)

    def check(self) -> Answer:
        low, value = self._given()
        angles = [acos(value), -acos(value)] if self.name == "cos" else [asin(value), radians(180) - asin(value)]
        (angle,) = (angle for angle in angles if low < degrees(angle) % 360 < low + 90)
        return sin(2 * angle)


class ArgumentOfPowers(Family, domain="precalculus", level=2):
    """The argument of a product or quotient of powers of two complex numbers on the unit circle."""

    angles: tuple[int, int]
    powers: tuple[int, int]
    is_quotient: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample([angle for angle in range(11, 90) if angle % 15], 2)
        powers = random.randint(3, 12), random.randint(3, 12)
        drawn = cls((one, other), powers, random.random() < 0.5, random.randrange(2))
        return drawn if drawn.answer() else None

    def statement(self) -> str:
        z, w = (rf"\cos {angle}^\circ + i \sin {angle}^\circ" for angle in self.angles)
        m, n = (power if power < 10 else f"{{{power}}}" for power in self.powers)
        formula = rf"\frac{{z^{m}}}{{w^{n}}}" if self.is_quotient else f"z^{m} w^{n}"
        if self.wording:
            return (
                "The complex numbers $z$ and $w$ have absolute value $1$, and their arguments are "
                rf"${self.angles[0]}^\circ$ and ${self.angles[1]}^\circ$, respectively. What is the argument of "
                rf"\[{formula}\] in degrees, at least $0$ and less than $360$?"
            )
        return (
            rf"Let $z = {z}$ and $w = {w}$. The number \[{formula}\] can be written as $\cos \theta^\circ + i \sin "
            r"\theta^\circ$ with $0 \le \theta < 360$. What is $\theta$?"
        )

    def answer(self) -> Answer:
        (one, other), (m, n) = self.angles, self.powers
        return (one * m + (-other if self.is_quotient else other) * n) % 360

    def check(self) -> Answer:
        z, w = (complex(cos(radians(angle)), sin(radians(angle))) for angle in self.angles)
        m, n = self.powers
        number = z**m / w**n if self.is_quotient else z**m * w**n
        return degrees(cmath.phase(number)) % 360


class ThirdSide(Family, domain="precalculus", level=2):
    """The third side of a triangle, by the law of cosines."""

    sides: tuple[int, int]
    angle: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample(range(2, 41), 2)
        drawn = cls((one, other), random.choice([60, 120]), random.randrange(2))
        return drawn if drawn.answer().is_irrational else None

    def statement(self) -> str:
        one, other = self.sides
        if self.wording:
            return (
                rf"Two ships leave a harbor on straight courses that make an angle of ${self.angle}^\circ$. How many "
                f"miles apart are they when the first has sailed ${one}$ miles and the second ${other}$ miles? "
                "Express your answer in simplest radical form."
            )
        return (
            rf"In triangle $ABC$, $AB = {one}$, $AC = {other}$, and $\angle A = {self.angle}^\circ$. What is $BC$? "
            "Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        one, other = self.sides
        return sympy.sqrt(one**2 + other**2 + (one * other if self.angle > 90 else -one * other))

    def check(self) -> Answer:
        one, other = self.sides
        return hypot(one - other * cos(radians(self.angle)), other * sin(radians(self.angle)))
