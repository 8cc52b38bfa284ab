"""Geometry, level 5: an insight or a long chain, with exact closed forms."""

from cmath import exp
from fractions import Fraction
from itertools import pairwise
from math import cos, pi, sin, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import integral, root, triangle
from pytest_mathbench.families.latex import Answer, tex


class BeltAroundCircles(Family, domain="geometry", level=5):
    """A tight belt around two pulleys, the angle between whose tangents is special."""

    small: int
    gap: int
    degrees: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(1, 40), random.randint(2, 60), random.choice([30, 45, 60]))

    def statement(self) -> str:
        distance = self._distance()
        return (
            f"Two circular wheels of radii ${self.small}$ and ${self.small + self.gap}$ lie in a plane, and their "
            "centers are "
            f"${tex(distance)}$ apart. A belt is stretched tightly around both of them, without crossing "
            "itself. "
            r"What is the length of the belt? Express your answer in terms of $\pi$, in simplest radical form."
        )

    def _distance(self) -> Answer:
        # The tangent's slope to the line of centers has sine gap / distance.
        return self.gap / sympy.sin(sympy.rad(self.degrees))

    def answer(self) -> Answer:
        turn = sympy.rad(self.degrees)
        large = self.small + self.gap
        straight = 2 * self.gap * sympy.cot(turn)
        return sympy.expand(straight + large * (sympy.pi + 2 * turn) + self.small * (sympy.pi - 2 * turn))

    def check(self) -> Answer:
        # A convex curve is as long as the integral of its support function over all directions.
        distance, large = float(self._distance()), self.small + self.gap
        turn = pi / 2 - pi * self.degrees / 180  # where the far wheel begins to support
        near = 2 * turn * self.small + 2 * integral(lambda u: distance * cos(u), 0, turn)
        return near + (2 * pi - 2 * turn) * large


class LensOfCircles(Family, domain="geometry", level=5):
    """The common part of two disks, one through the center of the other, of special proportions."""

    radius: int
    kind: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 700), random.randrange(2))

    def statement(self) -> str:
        other = self.radius if self.kind == 0 else rf"{self.radius}\sqrt{{3}}"
        where = f"${self.radius}$" if self.kind == 0 else f"${2 * self.radius}$"
        return (
            f"Two circles have radii ${self.radius}$ and ${other}$, and their centers are {where} apart. What is the "
            "area of "
            r"the region that lies inside both circles? Express your answer in terms of $\pi$, in simplest radical "
            "form."
        )

    def answer(self) -> Answer:
        square = sympy.Integer(self.radius) ** 2
        if self.kind == 0:  # two segments of 120 degrees
            return sympy.expand(square * (2 * sympy.pi / 3 - sympy.sqrt(3) / 2))
        # Right angles where they cross: segments of 120 degrees of the small, of 60 degrees of the large circle.
        return sympy.expand(square * (sympy.pi / 3 + 3 * sympy.pi / 6 - sympy.sqrt(3)))

    def check(self) -> Answer:
        r = float(self.radius)
        s, d = (r, r) if self.kind == 0 else (r * sqrt(3), 2 * r)
        x = (d * d + r * r - s * s) / (2 * d)  # of the points where they cross

        def cap(size: float, edge: float) -> float:
            """Return the part of a disk beyond an edge, by its angle from the axis."""
            turn = root(lambda u: edge - size * cos(u), 0, pi)
            return 2 * integral(lambda u: (size * sin(u)) ** 2, 0, turn)

        return cap(r, x) + cap(s, d - x)


class InscribedBalls(Family, domain="geometry", level=5):
    """Infinitely many spheres stacked into a cone, each touching the next: their volumes together."""

    ratio: Fraction
    height: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, large = sorted(random.sample(range(1, 10), 2))
        return cls(Fraction(small, large), random.randint(3, 90))

    def statement(self) -> str:
        p, q = self.ratio.numerator, self.ratio.denominator
        return (
            f"A sphere is inscribed in a right circular cone of height ${self.height}$, so that it touches the base "
            "and the "
            "lateral surface. A second sphere touches the first sphere and the lateral surface, a third sphere "
            "touches the "
            "second sphere and the lateral surface, and so on without end toward the tip of the cone. Each sphere "
            "has a "
            rf"radius that is $\frac{{{p}}}{{{q}}}$ of the radius of the one before. What is the total volume of all "
            "the "
            r"spheres? Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        # The diameters fill the height: 2 r / (1 - k) = h.
        k = sympy.Rational(self.ratio.numerator, self.ratio.denominator)
        first = sympy.Integer(self.height) * (1 - k) / 2
        return sympy.Rational(4, 3) * sympy.pi * first**3 / (1 - k**3)

    def check(self) -> Answer:
        # The sine of the half angle at the tip is (1 - k) / (1 + k); spheres one by one from the base.
        k = float(self.ratio)
        sine = (1 - k) / (1 + k)
        left, total = float(self.height), 0.0
        while left > 1e-6 * self.height:
            radius = left * sine / (1 + sine)
            total += 4 / 3 * pi * radius**3
            left -= 2 * radius
        return total


class RollingPolygon(Family, domain="geometry", level=5):
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
            "endpoint "
            "of that side. The figure rolls along the line to the right without slipping, turning about one vertex "
            "after "
            f"another, until $P$ is on the line again. {asked}? Express your answer in terms of $\\pi$, in simplest "
            "radical "
            "form."
        )

    def answer(self) -> Answer:
        turn, side = sympy.pi / self.corners, sympy.Integer(self.side)
        if self.length:
            diagonals = [side * sympy.sin(k * turn) / sympy.sin(turn) for k in range(1, self.corners)]
            return sympy.expand(2 * turn * sum(diagonals))
        radius = side / (2 * sympy.sin(turn))  # the squares of all diagonals add to 2 n R^2
        return sympy.expand(2 * sympy.pi * radius**2 + self.corners * radius**2 * sympy.sin(2 * turn) / 2)

    def check(self) -> Answer:
        turn = 2 * pi / self.corners
        place, length, area = 0j, 0.0, 0.0
        for pivot in range(1, self.corners):
            arm = place - pivot * self.side
            length += turn * abs(arm)
            path = [pivot * self.side + arm * exp(-1j * turn * step / 400) for step in range(401)]
            # The trapezoids, and what is between each chord and its arc.
            area += sum((one.imag + two.imag) / 2 * (two.real - one.real) for one, two in pairwise(path))
            area += 400 * abs(arm) ** 2 * (turn / 400 - sin(turn / 400)) / 2
            place = path[-1]
        return length if self.length else area


class CentersApart(Family, domain="geometry", level=5):
    """The distance between the incenter and the circumcenter of a triangle, by Euler."""

    sides: tuple[int, int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.randint(5, 60) for _ in range(3))
        return cls((a, b, c)) if a < b + c and b < a + c and c < a + b and len({a, b, c}) == 3 else None

    def statement(self) -> str:
        a, b, c = self.sides
        return (
            f"A triangle has sides of lengths ${a}$, ${b}$, and ${c}$. Let $d$ be the distance between the center of "
            "its "
            "inscribed circle and the center of its circumscribed circle. What is $d^2$? Express your answer as a "
            "common "
            "fraction or an integer."
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
