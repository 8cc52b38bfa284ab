"""Geometry, level 1: angles in a circle, and lengths and areas from coordinates or by Pythagoras."""

import math
from fractions import Fraction
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import angle, area
from pytest_mathbench.families.latex import Answer


class InscribedAngle(Family, domain="geometry", level=1):
    """An inscribed angle is half the arc that it sees, and opposite angles of a cyclic quadrilateral add to 180."""

    degrees: int
    kind: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(17, 163), random.randrange(3))

    def statement(self) -> str:
        if self.kind == 0:
            return (
                "Points $A$, $B$, and $C$ lie on a circle with center $O$, and $C$ lies on the longer of the two "
                rf"arcs between $A$ and $B$. If $\angle AOB = {self.degrees}^\circ$, what is the degree measure of "
                r"$\angle ACB$? Express your answer as a common fraction or an integer."
            )
        if self.kind == 1:
            return (
                rf"Quadrilateral $ABCD$ is inscribed in a circle, and $\angle A = {self.degrees}^\circ$. What is the "
                r"degree measure of $\angle C$?"
            )
        return (
            rf"Triangle $ABC$ is inscribed in a circle with diameter $\overline{{AB}}$. The shorter arc from $B$ to "
            rf"$C$ has a measure of ${self.degrees}^\circ$. What is the degree measure of $\angle ABC$? Express your "
            "answer as a common fraction or an integer."
        )

    def answer(self) -> Answer:
        half = Fraction(self.degrees, 2)
        return (half, 180 - self.degrees, 90 - half)[self.kind]

    def check(self) -> Answer:
        def on_circle(degrees: float) -> complex:
            return complex(math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))

        if self.kind == 0:
            return angle(on_circle(0), on_circle(self.degrees + 77), on_circle(self.degrees))
        if self.kind == 1:  # A sees the arc from B over C to D, which is twice its measure
            return angle(on_circle(0), on_circle(self.degrees * 0.7), on_circle(2 * self.degrees))
        return angle(on_circle(180), on_circle(0), on_circle(self.degrees))


class LatticeTriangle(Family, domain="geometry", level=1):
    """The area of a triangle with a side along the grid, or of any, from its coordinates."""

    corners: tuple[tuple[int, int], ...]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        corners = tuple((random.randint(-12, 12), random.randint(-12, 12)) for _ in range(3))
        drawn = cls(corners, random.randrange(2))
        numbers = {abs(number) for corner in corners for number in corner}
        return drawn if drawn.answer() >= 4 and drawn.answer() not in numbers else None

    def statement(self) -> str:
        a, b, c = (f"({x},{y})" for x, y in self.corners)
        if self.wording == 0:
            return (
                f"What is the area of the triangle with vertices ${a}$, ${b}$, and ${c}$? Express your answer as a "
                "common fraction or an integer."
            )
        return (
            f"In the coordinate plane, $A = {a}$, $B = {b}$, and $C = {c}$. Find the area of triangle $ABC$. Express "
            "your answer as a common fraction or an integer."
        )

    def answer(self) -> Answer:
        (a, b), (c, d), (e, f) = self.corners
        return Fraction(abs((c - a) * (f - b) - (e - a) * (d - b)), 2)

    def check(self) -> Answer:
        """Use Heron's formula on the lengths of the sides."""
        a, b, c = (math.dist(self.corners[k], self.corners[k - 1]) for k in range(3))
        return math.sqrt((a * a + b * b + c * c) ** 2 - 2 * (a**4 + b**4 + c**4)) / 4


class RectangleFromDiagonal(Family, domain="geometry", level=1):
    """Pythagoras for a leg or a diagonal, from a triple that is enlarged."""

    legs: tuple[int, int, int]
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        m, n, scale = random.randint(2, 9), random.randint(1, 8), random.randint(1, 6)
        if m <= n:
            return None
        one, other = sorted((scale * (m * m - n * n), scale * 2 * m * n))
        drawn = cls((one, other, scale * (m * m + n * n)), random.randrange(4))
        # No ladder is longer than 40 feet.
        return drawn if one < other and (drawn.story != 2 or drawn.legs[2] <= 480) else None

    def statement(self) -> str:
        one, other, long = self.legs
        return (
            f"A rectangle has a diagonal of length ${long}$ and a side of length ${one}$. What is the area of the "
            "rectangle?",
            f"The legs of a right triangle are ${one}$ and ${other}$ units long. What is the perimeter of the "
            "triangle?",
            f"A ladder ${long}$ inches long leans against a vertical wall. Its foot stands on level ground, ${one}$ "
            "inches from the wall. How many inches above the ground does it touch the wall?",
            f"A right triangle has a hypotenuse of length ${long}$ and a leg of length ${other}$. What is the area of "
            "the triangle?",
        )[self.story]

    def answer(self) -> Answer:
        one, other, long = self.legs
        return (one * other, one + other + long, other, one * other // 2)[self.story]

    def check(self) -> Answer:
        one, _, long = self.legs
        corners = [0j, complex(one), complex(0, math.sqrt(long**2 - one**2))]
        around = sum(abs(corners[k] - corners[k - 1]) for k in range(3))
        return (2 * area(corners), around, abs(corners[2]), area(corners))[self.story]
