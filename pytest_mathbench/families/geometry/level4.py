"""Geometry, level 4: several ideas, exact forms."""

from fractions import Fraction
from math import acos, cos, isqrt, pi, sin, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import area, integral, least, root, triangle
from pytest_mathbench.families.latex import Answer


class CircleBeyondChord(Family, domain="geometry", level=4):
    """The area of the smaller part of a disk that a chord of a special angle cuts off, less a triangle."""

    radius: int
    degrees: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(3, 200), random.choice([30, 45, 60, 90, 120, 135, 150]))

    def statement(self) -> str:
        return (
            rf"Points $A$ and $B$ lie on a circle with center $O$ and radius ${self.radius}$, and $\angle AOB = "
            rf"{self.degrees}^\circ$. The chord $\overline{{AB}}$ cuts the disk into two regions. What is the area "
            "of the "
            r"smaller region? Express your answer in terms of $\pi$, in simplest radical form."
        )

    def answer(self) -> Answer:
        square = sympy.Integer(self.radius) ** 2
        turn = sympy.rad(self.degrees)
        return sympy.expand(square * (turn - sympy.sin(turn)) / 2)

    def check(self) -> Answer:
        r, edge = self.radius, self.radius * cos(pi * self.degrees / 360)
        # In the angle u from the axis, the half width is r sin u, and the depth changes by r sin u du.
        return 2 * integral(lambda u: (r * sin(u)) ** 2, 0, acos(edge / r))


class ShortestRoadByRiver(Family, domain="geometry", level=4):
    """The shortest way between two points of an angle's field that touches both of its sides."""

    point: tuple[int, int]
    other: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.randint(1, 40) for _ in range(4))
        drawn = cls((a, b), (c, d))
        # The straight way between the images crosses the axes in the right order: first the x-axis, then the y-axis.
        return drawn if a != c and a * d < b * c and not drawn.answer().is_Integer else None

    def statement(self) -> str:
        (a, b), (c, d) = self.point, self.other
        return (
            f"In the coordinate plane, a fox at $({a},{b})$ runs to a point of the $y$-axis, from there to a point "
            "of the "
            f"$x$-axis, and from there to its den at $({c},{d})$. What is the least possible length of its way? "
            "Express "
            "your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        (a, b), (c, d) = self.point, self.other
        return sympy.sqrt((a + c) ** 2 + (b + d) ** 2)

    def check(self) -> Answer:
        (a, b), (c, d) = self.point, self.other

        def best(y: float) -> float:
            """Return the least way that meets the y-axis here."""
            return abs(complex(a, b - y)) + least(lambda x: abs(complex(x, y)) + abs(complex(c - x, d)), 0, a + c)

        return least(best, 0, b + d)


class FrustumWater(Family, domain="geometry", level=4):
    """How high water stands in a cone that is turned over."""

    radius: int
    height: int
    depth: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        height = random.randint(6, 40)
        return cls(random.randint(3, 30), height, random.randint(2, height - 2))

    def statement(self) -> str:
        return (
            f"A closed hollow cone with base radius ${self.radius}$ cm and height ${self.height}$ cm stands with its "
            "tip "
            f"down and its axis vertical, and it holds water to a depth of ${self.depth}$ cm, measured at the tip. "
            "The cone "
            "is then turned over, so that it stands on its base. How many centimeters deep is the water now? Express "
            "your "
            "answer in simplest radical form."
        )

    def answer(self) -> Answer:
        return self.height - sympy.real_root(sympy.Integer(self.height**3 - self.depth**3), 3)

    def check(self) -> Answer:
        h, d = self.height, self.depth
        slope = self.radius / h
        water = integral(lambda z: pi * (slope * z) ** 2, 0, d)
        return root(lambda y: integral(lambda z: pi * (slope * (h - z)) ** 2, 0, y) - water, 0, h)


class Cevians(Family, domain="geometry", level=4):
    """A quadrilateral that two lines from vertices cut out of a triangle."""

    whole: int
    first: tuple[int, int]
    second: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.randint(1, 7) for _ in range(4))
        return cls(random.randint(20, 200), (a, b), (c, d)) if a != b or c != d else None

    def statement(self) -> str:
        (a, b), (c, d) = self.first, self.second
        return (
            rf"In triangle $ABC$, point $D$ lies on side $\overline{{BC}}$ with $BD : DC = {a} : {b}$, and point $E$ "
            "lies on "
            rf"side $\overline{{CA}}$ with $CE : EA = {c} : {d}$. The segments $\overline{{AD}}$ and "
            rf"$\overline{{BE}}$ meet "
            f"at $P$. The area of triangle $ABC$ is ${self.whole}$. What is the area of quadrilateral $PDCE$? "
            "Express your "
            "answer as a common fraction or an integer."
        )

    def answer(self) -> Answer:
        (a, b), (c, d) = self.first, self.second
        # Masses: at P, BP : PE; triangle BDP is to BCE as (BD / BC)(BP / BE).
        m_b, m_c = Fraction(b), Fraction(a)
        m_a = m_c * c / d
        along = (m_a + m_c) / (m_a + m_b + m_c)
        bce = Fraction(c, c + d)
        return self.whole * bce * (1 - Fraction(a, a + b) * along)

    def check(self) -> Answer:
        (a, b), (c, d) = self.first, self.second
        side = sqrt(2 * self.whole)
        b_at, c_at, a_at = 0j, complex(side), complex(0, side)
        d_at = b_at + (c_at - b_at) * a / (a + b)
        e_at = c_at + (a_at - c_at) * c / (c + d)
        # P = t E on the line from B at the origin, where it meets AD.
        u, v = d_at - a_at, e_at
        t = (a_at.real * u.imag - a_at.imag * u.real) / (v.real * u.imag - v.imag * u.real)
        return area([t * v, d_at, c_at, e_at])


class BisectorLength(Family, domain="geometry", level=4):
    """The length of a bisector of an angle of a triangle of known sides."""

    sides: tuple[int, int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.randint(4, 40) for _ in range(3))
        good = a < b + c and b < a + c and c < a + b and b != c
        square = Fraction(b * c * ((b + c) ** 2 - a * a), (b + c) ** 2) if good else Fraction(1)
        exact = (
            isqrt(square.numerator) ** 2 == square.numerator and isqrt(square.denominator) ** 2 == square.denominator
        )
        return cls((a, b, c)) if good and not exact else None

    def statement(self) -> str:
        a, b, c = self.sides
        return (
            rf"In triangle $ABC$, $BC = {a}$, $CA = {b}$, and $AB = {c}$. The bisector of $\angle A$ meets side "
            r"$\overline{BC}$ at $D$. What is the length of $\overline{AD}$? Express your answer in simplest radical "
            "form."
        )

    def answer(self) -> Answer:
        a, b, c = self.sides
        return sympy.sqrt(sympy.Rational(b * c * ((b + c) ** 2 - a * a), (b + c) ** 2))

    def check(self) -> Answer:
        a_at, b_at, c_at = triangle(*map(float, self.sides))
        inward = (b_at - a_at) / abs(b_at - a_at) + (c_at - a_at) / abs(c_at - a_at)
        return abs(inward * (a_at.imag / -inward.imag))
