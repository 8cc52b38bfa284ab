"""Geometry, level 2: segments of a disk and of a triangle."""

from fractions import Fraction
from math import acos, cos, isqrt, pi, sin
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import integral, triangle
from pytest_mathbench.families.latex import Answer


class CircleBeyondChord(Family, domain="geometry", level=2):
    """The smaller part of a disk that a chord cuts off: a sector less a triangle."""

    radius: int
    degrees: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(3, 60), random.choice([30, 45, 60, 90, 120, 135, 150]), random.randrange(2))

    def statement(self) -> str:
        radicals = "" if self.degrees in (30, 90, 150) else ", in simplest radical form"
        form = rf"Express your answer in terms of $\pi${radicals}."
        if self.story == 0:
            return (
                rf"Points $A$ and $B$ lie on a circle with center $O$ and radius ${self.radius}$, and $\angle AOB = "
                rf"{self.degrees}^\circ$. The chord $\overline{{AB}}$ cuts the disk into two regions. What is the area "
                f"of the smaller region? {form}"
            )
        return (
            f"A round window of radius ${self.radius}$ inches is divided by one straight, thin bar. The radii from the "
            rf"center of the window to the two ends of the bar form an angle of ${self.degrees}^\circ$. What is the "
            f"area of the smaller part of the window, in square inches? {form}"
        )

    def answer(self) -> Answer:
        square = self.radius**2
        sine = sympy.sin(sympy.rad(self.degrees))
        return sympy.Rational(square * self.degrees, 360) * sympy.pi - square * sine / 2

    def check(self) -> Answer:
        r, edge = self.radius, self.radius * cos(pi * self.degrees / 360)
        # In the angle u from the axis, the half width is r sin u, and the depth changes by r sin u du.
        return 2 * integral(lambda u: (r * sin(u)) ** 2, 0, acos(edge / r))


class BisectorLength(Family, domain="geometry", level=2):
    """The length of a bisector of an angle of a triangle of known sides."""

    sides: tuple[int, int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.randint(4, 40) for _ in range(3))
        good = a < b + c and b < a + c and c < a + b and b != c
        square = Fraction(b * c * ((b + c) ** 2 - a * a), (b + c) ** 2) if good else Fraction(1)
        exact = (
            isqrt(square.numerator) ** 2 == square.numerator and isqrt(square.denominator) ** 2 == square.denominator
        )
        return cls((a, b, c), random.randrange(2)) if good and not exact else None

    def statement(self) -> str:
        a, b, c = self.sides
        if self.wording == 0:
            return (
                rf"In triangle $ABC$, $BC = {a}$, $CA = {b}$, and $AB = {c}$. The bisector of $\angle A$ meets side "
                r"$\overline{BC}$ at $D$. What is the length of $\overline{AD}$? Express your answer in simplest "
                "radical form."
            )
        return (
            rf"Triangle $PQR$ has $PQ = {c}$, $QR = {a}$, and $RP = {b}$. Point $S$ on side $\overline{{QR}}$ "
            r"satisfies $\angle QPS = \angle SPR$. Find $PS$. Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        a, b, c = self.sides
        return sympy.sqrt(sympy.Rational(b * c * ((b + c) ** 2 - a * a), (b + c) ** 2))

    def check(self) -> Answer:
        a_at, b_at, c_at = triangle(*map(float, self.sides))
        inward = (b_at - a_at) / abs(b_at - a_at) + (c_at - a_at) / abs(c_at - a_at)
        return abs(inward * (a_at.imag / -inward.imag))
