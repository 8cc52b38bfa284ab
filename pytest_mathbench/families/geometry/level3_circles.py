"""Geometry, level 3: circles, belts, and rolling figures."""

from cmath import exp
from fractions import Fraction
from itertools import pairwise
from math import cos, pi, sin
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import integral, triangle
from pytest_mathbench.families.latex import Answer, tex
from pytest_mathbench.families.numeric import crossing


def _form(answer: Answer) -> str:
    radicals = ", in simplest radical form" if answer.has(sympy.sqrt(2), sympy.sqrt(3)) else ""
    return rf"Express your answer in terms of $\pi${radicals}."


class BeltAroundCircles(Family, domain="geometry", level=3):
    """A tight belt around two pulleys, the angle between whose tangents is special."""

    small: int
    gap: int
    degrees: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, gap, degrees = random.randint(1, 40), random.randint(2, 60), random.choice([30, 45, 60])
        apart = gap / sin(pi * degrees / 180) > 2 * small + gap
        return cls(small, gap, degrees, random.randrange(2)) if apart else None

    def statement(self) -> str:
        distance, large = tex(self._distance()), self.small + self.gap
        form = _form(self.answer())
        if self.story == 0:
            return (
                f"Two circular wheels of radii ${self.small}$ and ${large}$ lie in a plane, and their centers are "
                f"${distance}$ apart. A belt is stretched tightly around both of them, without crossing itself. What "
                f"is the length of the belt? {form}"
            )
        return (
            f"Two parallel logs have circular cross sections of radii ${self.small}$ cm and ${large}$ cm, and their "
            f"axes are ${distance}$ cm apart. A strap is pulled tight once around both, at right angles to the axes. "
            f"How many centimeters of strap are needed? {form}"
        )

    def _distance(self) -> Answer:
        # The tangent's slope to the line of centers has sine gap / distance.
        return self.gap * {30: sympy.Integer(2), 45: sympy.sqrt(2), 60: 2 * sympy.sqrt(3) / 3}[self.degrees]

    def answer(self) -> Answer:
        straight = 2 * self.gap * {30: sympy.sqrt(3), 45: 1, 60: sympy.sqrt(3) / 3}[self.degrees]
        large = self.small + self.gap
        degrees = large * (180 + 2 * self.degrees) + self.small * (180 - 2 * self.degrees)
        return straight + sympy.Rational(degrees, 180) * sympy.pi

    def check(self) -> Answer:
        # A convex curve is as long as the integral of its support function over all directions.
        distance, large = float(self._distance()), self.small + self.gap
        turn = pi / 2 - pi * self.degrees / 180  # where the far wheel begins to support
        near = 2 * turn * self.small + 2 * integral(lambda u: distance * cos(u), 0, turn)
        return near + (2 * pi - 2 * turn) * large


# Half the angle that each circle's part of the common chord spans at its center, and how far apart they are: on the
# far sides of the chord, or (-1) both on one side.
_LENSES = ((60, 60, 1), (45, 45, 1), (30, 30, 1), (60, 30, 1), (60, 45, 1), (45, 30, 1), (60, 30, -1), (45, 30, -1))


class LensOfCircles(Family, domain="geometry", level=3):
    """The common part of two disks of special proportions: two segments, or a disk less a crescent."""

    half: int
    angles: tuple[int, int, int]
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        story = random.randrange(2)
        return cls(random.randint(1, 10 if story else 60), random.choice(_LENSES), story)

    def _radii(self) -> tuple[Answer, Answer]:
        over = {30: sympy.Integer(2), 45: sympy.sqrt(2), 60: 2 * sympy.sqrt(3) / 3}
        one, other, _ = self.angles
        return 3 * self.half * over[one], 3 * self.half * over[other]

    def statement(self) -> str:
        one, other = map(tex, self._radii())
        cot = {30: sympy.sqrt(3), 45: sympy.Integer(1), 60: sympy.sqrt(3) / 3}
        first, second, side = self.angles
        near, far = 3 * self.half * side * cot[first], 3 * self.half * cot[second]
        apart = tex(near + far)
        if apart.startswith("-"):
            apart = tex(far) + tex(near)
        ask = _form(self.answer())
        if self.story == 0:
            radii = f"radius ${one}$" if one == other else f"radii ${one}$ and ${other}$"
            return (
                f"Two circles have {radii}, and their centers are ${apart}$ apart. What is the area of the region "
                f"that lies inside both circles? {ask}"
            )
        reach = (
            f"The first waters all of the ground within ${one}$ meters of it, and the second waters all of the ground "
            f"within ${other}$ meters of it"
        )
        if one == other:
            reach = f"Each of them waters all of the ground within ${one}$ meters of it"
        return (
            f"Two lawn sprinklers stand ${apart}$ meters apart. {reach}. What is the area, in square meters, of the "
            f"ground that is watered by both? {ask}"
        )

    def answer(self) -> Answer:
        one, other, side = self.angles
        turn, plain, rooted = Fraction(0), Fraction(0), Fraction(0)  # of pi, of 1, of the root of 3
        for degrees, beyond in ((one, side), (other, 1)):
            square = (3 * self.half) ** 2 * {30: Fraction(4), 45: Fraction(2), 60: Fraction(4, 3)}[degrees]
            turn += square * (Fraction(degrees, 180) if beyond == 1 else 1 - Fraction(degrees, 180))
            if degrees == 45:
                plain -= beyond * square / 2
            else:
                rooted -= beyond * square / 4
        return sympy.Rational(turn) * sympy.pi + sympy.Rational(plain) + sympy.Rational(rooted) * sympy.sqrt(3)

    def check(self) -> Answer:
        r, s = map(float, self._radii())
        one, other, side = self.angles
        d = side * r * cos(pi * one / 180) + s * cos(pi * other / 180)
        x = (d * d + r * r - s * s) / (2 * d)  # of the points where they cross

        def cap(size: float, edge: float) -> float:
            """Return the part of a disk beyond an edge, by its angle from the axis."""
            turn = crossing(lambda u: edge - size * cos(u), 0, pi)
            return 2 * integral(lambda u: (size * sin(u)) ** 2, 0, turn, 1)

        return cap(r, x) + cap(s, d - x)


class RollingPolygon(Family, domain="geometry", level=3):
    """A regular polygon rolls along a line: the path of a vertex, and the region below it."""

    side: int
    corners: int
    length: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 400), random.choice([3, 4, 6]), random.random() < 0.5)

    def statement(self) -> str:
        name = {3: "An equilateral triangle", 4: "A square", 6: "A regular hexagon"}[self.corners]
        asked = (
            "What is the length of the path that $P$ travels"
            if self.length
            else "What is the area of the region between the line and the path that $P$ travels"
        )
        return (
            f"{name} with side length ${self.side}$ stands with one side on a horizontal line, and $P$ is the left "
            f"endpoint of that side. The {name.split()[-1]} rolls along the line to the right without slipping, "
            f"turning about one vertex after another, until $P$ is on the line again. {asked}? {_form(self.answer())}"
        )

    def answer(self) -> Answer:
        two, three = sympy.sqrt(2), sympy.sqrt(3)
        if self.length:  # arcs of 360 / n degrees about n - 1 vertices, their radii the side and the diagonals
            radii = {3: 2, 4: 2 + two, 6: 4 + 2 * three}[self.corners]
            return sympy.expand(sympy.Rational(2 * self.side, self.corners) * radii) * sympy.pi
        square = self.side**2  # the squares of all those radii add to 2 n R^2
        shape = {3: three / 4, 4: sympy.Integer(1), 6: 3 * three / 2}[self.corners]
        return square * shape + square * sympy.Rational({3: 2, 4: 3, 6: 6}[self.corners], 3) * sympy.pi

    def check(self) -> Answer:
        turn = 2 * pi / self.corners
        place, length, area = 0j, 0.0, 0.0
        for pivot in range(1, self.corners):
            arm = place - pivot * self.side
            length += turn * abs(arm)
            path = [pivot * self.side + arm * exp(-1j * turn * step / 60) for step in range(61)]
            # The trapezoids, and what is between each chord and its arc.
            area += sum((one.imag + two.imag) / 2 * (two.real - one.real) for one, two in pairwise(path))
            area += 60 * abs(arm) ** 2 * (turn / 60 - sin(turn / 60)) / 2
            place = path[-1]
        return length if self.length else area


class CentersApart(Family, domain="geometry", level=3):
    """The distance between the incenter and the circumcenter of a triangle, by Euler."""

    sides: tuple[int, int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.randint(5, 60) for _ in range(3))
        return (
            cls((a, b, c), random.randrange(2))
            if a < b + c and b < a + c and c < a + b and len({a, b, c}) == 3
            else None
        )

    def statement(self) -> str:
        a, b, c = self.sides
        if self.wording == 0:
            return (
                f"A triangle has sides of lengths ${a}$, ${b}$, and ${c}$. Let $d$ be the distance between the center "
                "of its inscribed circle and the center of its circumscribed circle. What is $d^2$? Express your "
                "answer as a common fraction or an integer."
            )
        return (
            f"In triangle $ABC$, $AB = {c}$, $BC = {a}$, and $CA = {b}$. The three angle bisectors meet at $I$, and "
            "the perpendicular bisectors of the three sides meet at $O$. What is $OI^2$? Express your answer as a "
            "common fraction or an integer."
        )

    def answer(self) -> Answer:
        a, b, c = self.sides
        # Euler: d^2 = R (R - 2 r), where 2 R r = a b c / (a + b + c).
        sixteen = (a + b + c) * (-a + b + c) * (a - b + c) * (a + b - c)
        return Fraction((a * b * c) ** 2, sixteen) - Fraction(a * b * c, a + b + c)

    def check(self) -> Answer:
        a, b, c = map(float, self.sides)
        one, two, three = triangle(a, b, c)
        incenter = (a * one + b * two + c * three) / (a + b + c)
        center = complex(a / 2, (abs(one) ** 2 - a * one.real) / (2 * one.imag))
        return abs(incenter - center) ** 2
