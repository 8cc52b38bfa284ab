"""Geometry, level 2: two steps for triangles, circles, and lines."""

import cmath
import math
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import area, triangle
from pytest_mathbench.families.latex import Answer


class ThirdSide(Family, domain="geometry", level=2):
    """How many whole lengths of the third side make a triangle acute, or obtuse."""

    sides: tuple[int, int]
    kind: str
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = sorted(random.sample(range(5, 60), 2))
        drawn = cls((one, other), random.choice(["acute", "obtuse"]), random.randrange(2))
        return drawn if drawn.answer() > 3 and drawn.answer() not in drawn.sides else None

    def statement(self) -> str:
        one, other = self.sides
        if self.story == 0:
            return (
                f"Two sides of a triangle have lengths ${one}$ and ${other}$. The length of the third side is an "
                f"integer, and the triangle is {self.kind}. How many values are possible for the length of the third "
                "side?"
            )
        return (
            f"For how many integers $n$ is there an {self.kind} triangle with side lengths ${one}$, ${other}$, and $n$?"
        )

    def answer(self) -> Answer:
        one, other = self.sides
        low, high = other * other - one * one, other * other + one * one
        acute = math.isqrt(high - 1) - math.isqrt(low)
        if self.kind == "acute":
            return acute
        right = (math.isqrt(low) ** 2 == low) + (math.isqrt(high) ** 2 == high)
        return 2 * one - 1 - acute - right

    def check(self) -> Answer:
        one, other = self.sides
        found = 0
        for third in range(1, one + other):
            a, b, c = sorted((one, other, third))
            bend = a * a + b * b - c * c
            found += a + b > c and (bend > 0 if self.kind == "acute" else bend < 0)
        return found


class ParallelFamilies(Family, domain="geometry", level=2):
    """Regions or crossings of lines in three directions."""

    counts: tuple[int, int, int]
    regions: bool
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = sorted(random.randint(2, 30) for _ in range(3))
        return cls((a, b, c), random.random() < 0.6, random.randrange(2))

    def statement(self) -> str:
        a, b, c = self.counts
        if self.story == 0:
            asked = (
                "Into how many regions do all these lines divide the plane"
                if self.regions
                else "At how many points of the plane do at least two of these lines meet"
            )
            return (
                f"A plane contains ${a}$ distinct lines in one direction, ${b}$ in a second direction, and ${c}$ in a "
                f"third direction. No three of the lines pass through the same point. {asked}?"
            )
        asked = "How many pieces of land are there" if self.regions else "How many crossings are there"
        return (
            f"A large plain is crossed by ${a}$ straight roads that run north, ${b}$ that run east, and ${c}$ that run "
            f"northeast. All are endless, no two coincide, and no three meet at the same point. {asked}?"
        )

    def answer(self) -> Answer:
        a, b, c = self.counts
        crossings = a * b + b * c + c * a
        return 1 + a + b + c + crossings if self.regions else crossings

    def check(self) -> Answer:
        """Add one line after another: each makes as many new pieces as it has parts."""
        drawn: list[int] = []
        pieces, crossings = 1, 0
        for direction, count in enumerate(self.counts):
            for _ in range(count):
                met = sum(other != direction for other in drawn)
                pieces, crossings = pieces + met + 1, crossings + met
                drawn.append(direction)
        return pieces if self.regions else crossings


class WithinDistance(Family, domain="geometry", level=2):
    """The region of all points within a distance of a rectangle or triangle: strips along the sides, and one disk."""

    sides: tuple[int, ...]
    distance: int
    around: bool
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        if random.random() < 0.5:
            length, width = random.randint(5, 40), random.randint(3, 30)
            sides: tuple[int, ...] = (length, width)
        else:
            m, n = random.randint(2, 5), random.randint(1, 4)
            if m <= n:
                return None
            sides = (m * m - n * n, 2 * m * n, m * m + n * n)
        return cls(sides, random.randint(2, 12), random.random() < 0.5, random.randrange(2))

    def statement(self) -> str:
        if len(self.sides) == 2:
            shape = f"a rectangle with side lengths ${self.sides[0]}$ and ${self.sides[1]}$"
        else:
            shape = f"a right triangle with side lengths ${self.sides[0]}$, ${self.sides[1]}$, and ${self.sides[2]}$"
        form = r"Express your answer in terms of $\pi$."
        if self.story == 0:
            where = "outside" if self.around else "inside or outside"
            return (
                f"Consider {shape}. What is the area of the set of all points {where} it whose distance from the "
                f"nearest point of the {'rectangle' if len(self.sides) == 2 else 'triangle'}, interior included, is at "
                f"most ${self.distance}$? {form}"
            )
        asked = (
            "What is the area of the lawn, in square meters"
            if self.around
            else "What is the area of the lawn and the pool together, in square meters"
        )
        return (
            f"A pool has the shape of {shape}, in meters. It is surrounded by a lawn that consists of all points "
            f"outside the pool that are at most ${self.distance}$ meters from it. {asked}? {form}"
        )

    def _inside(self) -> Fraction:
        return Fraction(self.sides[0] * self.sides[1], len(self.sides) - 1)

    def answer(self) -> Answer:
        border = sum(self.sides) * (2 if len(self.sides) == 2 else 1)
        plain = border * self.distance + (0 if self.around else self._inside())
        return sympy.Rational(plain) + self.distance**2 * sympy.pi

    def check(self) -> Answer:
        """Go around the border: straight steps along the sides, and arcs of known segments at the corners."""
        width, height = self.sides[:2]
        hull = [0j, complex(width), *([complex(width, height)] if len(self.sides) == 2 else []), complex(0, height)]
        steps = [end - start for start, end in zip(hull, [*hull[1:], hull[0]], strict=True)]
        ring, segments = [], 0.0
        for place, (corner, step) in enumerate(zip(hull, steps, strict=True)):
            out = -1j * step / abs(step) * self.distance
            ring += [corner + out, corner + step + out]
            turn = cmath.phase(steps[(place + 1) % len(steps)] / step)
            segments += self.distance**2 * (turn - math.sin(turn)) / 2
        return area(ring) + segments - (float(self._inside()) if self.around else 0)


class TouchingBothAxes(Family, domain="geometry", level=2):
    """The circles through a point that are tangent to both axes: a quadratic equation."""

    point: tuple[int, int]
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        m, n, scale = random.randint(1, 9), random.randint(1, 9), random.randint(1, 12)
        x, y = scale * 2 * m * m, scale * n * n
        if random.random() < 0.5:
            x, y = y, x
        signs = random.choice([(1, 1), (-1, 1), (1, -1), (-1, -1)])
        return (
            cls((x * signs[0], y * signs[1]), random.randrange(2)) if max(x, y) <= 200 and math.gcd(m, n) == 1 else None
        )

    def statement(self) -> str:
        x, y = self.point
        if self.story == 0:
            return (
                f"Two circles are tangent to both coordinate axes and pass through the point $({x},{y})$. What are "
                "their radii? Enter both values, separated by a comma."
            )
        return (
            f"Find all positive numbers $r$ such that some circle of radius $r$ passes through $({x},{y})$ and is "
            "tangent to the $x$-axis and to the $y$-axis. Enter all the values, separated by commas."
        )

    def answer(self) -> Answer:
        x, y = map(abs, self.point)
        root = math.isqrt(2 * x * y)
        return frozenset({x + y - root, x + y + root})

    def check(self) -> Answer:
        x, y = map(abs, self.point)
        return frozenset(r for r in range(1, 3 * (x + y)) if (x - r) ** 2 + (y - r) ** 2 == r * r)


class PartsOfTriangle(Family, domain="geometry", level=2):
    """An altitude, the inradius, or the circumradius of a triangle with whole sides and area."""

    sides: tuple[int, int, int]
    asked: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        sides = random.choice(_HERONIAN)
        scale = random.randint(1, 3)
        a, b, c = random.sample(sides, 3)
        drawn = cls((a * scale, b * scale, c * scale), random.randrange(4))
        return drawn if drawn.answer() > 3 and drawn.answer() not in drawn.sides else None

    def statement(self) -> str:
        a, b, c = self.sides
        asked = (
            r"length of the altitude from $A$ to side $\overline{BC}$",
            "radius of its inscribed circle",
            "radius of its circumscribed circle",
            "length of its longest altitude",
        )[self.asked]
        form = "Express your answer as a common fraction or an integer."
        if self.asked == 0:
            return f"In triangle $ABC$, $AB = {c}$, $BC = {a}$, and $CA = {b}$. What is the {asked}? {form}"
        return f"A triangle has sides of lengths ${a}$, ${b}$, and ${c}$. What is the {asked}? {form}"

    def answer(self) -> Answer:
        a, b, c = self.sides
        around = a + b + c
        size = math.isqrt(around * (around - 2 * a) * (around - 2 * b) * (around - 2 * c) // 16)
        return (
            Fraction(2 * size, a),
            Fraction(2 * size, around),
            Fraction(a * b * c, 4 * size),
            Fraction(2 * size, min(a, b, c)),
        )[self.asked]

    def check(self) -> Answer:
        a, b, c = map(float, self.sides)
        if self.asked == 3:
            return max(triangle(*sides)[0].imag for sides in ((a, b, c), (b, c, a), (c, a, b)))
        top = triangle(a, b, c)[0]
        if self.asked == 0:
            return top.imag
        if self.asked == 2:
            return abs(complex(a / 2, (abs(top) ** 2 - a * top.real) / (2 * top.imag)))
        half = math.tan(math.atan2(top.imag, top.real) / 2)
        other = math.tan(math.atan2(top.imag, a - top.real) / 2)
        return a * half * other / (half + other)


def _heronian() -> list[tuple[int, int, int]]:
    found = []
    for a, b, c in combinations(range(5, 60), 3):
        if a + b <= c or math.gcd(a, b, c) > 1:
            continue
        product = (a + b + c) * (a + b - c) * (a + c - b) * (b + c - a)
        if math.isqrt(product) ** 2 == product and a * a + b * b != c * c:
            found.append((a, b, c))
    return found


_HERONIAN = tuple(_heronian())


class ConeFromSector(Family, domain="geometry", level=2):
    """A sector of paper is rolled into a cone: its arc is the circle of the base."""

    radius: int
    degrees: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radius, degrees = (
            random.randint(3, 60),
            random.choice([90, 120, 135, 144, 150, 160, 180, 200, 216, 225, 240, 270, 288, 300]),
        )
        base = Fraction(radius * degrees, 360)
        drawn = cls(radius, degrees, random.randrange(3))
        if base.denominator > 1:
            return None
        height = radius**2 - int(base) ** 2
        return drawn if (math.isqrt(height) ** 2 == height) == (drawn.story == 2) else None

    def statement(self) -> str:
        sector = f"radius ${self.radius}$ cm and central angle ${self.degrees}^\\circ$"
        if self.story == 0:
            return (
                f"A sector of a circle, cut from paper, has {sector}. Its two straight edges are joined, so that the "
                "lateral surface of a right circular cone is formed. How many centimeters high is the cone? Express "
                "your answer in simplest radical form."
            )
        if self.story == 1:
            return (
                "When the lateral surface of a right circular cone is cut along a straight line from the tip and laid "
                f"flat, it is a sector of a circle with {sector}. What is the height of the cone, in centimeters? "
                "Express your answer in simplest radical form."
            )
        return (
            f"A paper cup in the shape of a right circular cone is made by rolling up a sector with {sector}, edge to "
            r"edge. How many cubic centimeters does the cup hold? Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        base = self.radius * self.degrees // 360
        height = sympy.sqrt(self.radius**2 - base**2)
        return sympy.pi * base**2 * height / 3 if self.story == 2 else height

    def check(self) -> Answer:
        """Find the half angle at the tip from the area of the sector, which is pi r l."""
        sector = math.pi * self.radius**2 * self.degrees / 360
        tilt = math.asin(sector / (math.pi * self.radius**2))
        height = self.radius * math.cos(tilt)
        return math.pi * height**3 * math.tan(tilt) ** 2 / 3 if self.story == 2 else height
