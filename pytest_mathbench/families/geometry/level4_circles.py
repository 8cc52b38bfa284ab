"""Geometry, level 4: circles, where the obvious case is not the whole or not the right one."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product
from math import pi
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import TRIPLES
from pytest_mathbench.families.latex import Answer, listed, signed
from pytest_mathbench.families.numeric import least

_Point = tuple[int, int]


class TangentToThreeLines(Family, domain="geometry", level=4):
    """All the circles tangent to both axes and to an oblique line: they lie in more than one quadrant."""

    legs: tuple[int, int]
    hypotenuse: int
    wording: int

    naive_program = """
        from sympy import symbols, solve
        r = symbols("r", positive=True)
        p, q = legs
        # The center is (r, r) or, with signs as those of the intercepts, beside the line.
        sx, sy = (1 if p > 0 else -1), (1 if q > 0 else -1)
        print(solve((q * sx * r + p * sy * r - p * q) ** 2 - r**2 * (p**2 + q**2), r))
    """
    solution_program = """
        from sympy import symbols, solve
        r = symbols("r", positive=True)
        p, q = legs
        radii = set()
        for sx in (1, -1):
            for sy in (1, -1):
                radii |= set(solve((q * sx * r + p * sy * r - p * q) ** 2 - r**2 * (p**2 + q**2), r))
        print(*sorted(radii), sep=", ")
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other, hypotenuse = random.choice(TRIPLES)
        legs = (one * random.choice([1, -1]), other * random.choice([1, -1]))
        return cls(legs, hypotenuse, random.randrange(2)) if hypotenuse > 12 else None

    def statement(self) -> str:
        p, q = self.legs
        if self.wording == 0:
            common = sympy.igcd(p, q)
            x, y, rest = abs(q) // common, (p if q > 0 else -p) // common, p * abs(q) // common
            return (
                "Find the radii of all circles that are tangent to the $x$-axis, to the $y$-axis, and to the line "
                f"${x}x{signed(y)}y = {rest}$. Enter all the radii, separated by commas."
            )
        return (
            f"A line meets the coordinate axes at $({p},0)$ and $(0,{q})$. Find the radius of every circle in the "
            "plane that is tangent to this line and to both coordinate axes. Enter all the values, separated by "
            "commas."
        )

    def answer(self) -> Answer:
        """Take the inscribed and the three escribed circles of a right triangle."""
        a, b = map(abs, self.legs)
        c = self.hypotenuse
        return frozenset({(a + b - c) // 2, (a - b + c) // 2, (-a + b + c) // 2, (a + b + c) // 2})

    def check(self) -> Answer:
        p, q = self.legs
        found = set()
        for x, y, side in product((1, -1), repeat=3):
            # The center (x r, y r) is at the distance r from q x + p y = p q, on one side.
            radius = Fraction(p * q, q * x + p * y + side * self.hypotenuse)
            if radius > 0:
                found.add(radius)
        return frozenset(found)


class SweptRing(Family, domain="geometry", level=4):
    """A polygon turns about a point outside: the hole is bounded by the nearest point, inside a side."""

    corners: tuple[_Point, ...]
    pivot: _Point
    wording: int

    naive_program = """
        from sympy import pi
        squares = [(x - pivot[0]) ** 2 + (y - pivot[1]) ** 2 for x, y in corners]
        print((max(squares) - min(squares)) * pi)
    """
    solution_program = """
        from sympy import Point, Segment, pi
        p = Point(*pivot)
        sides = [Segment(Point(*a), Point(*b)) for a, b in zip(corners, corners[1:] + corners[:1])]
        far = max((x - p.x) ** 2 + (y - p.y) ** 2 for x, y in corners)
        print((far - min(s.distance(p) for s in sides) ** 2) * pi)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        points = [(random.randint(-15, 15), random.randint(-15, 15)) for _ in range(random.choice([3, 4]))]
        pivot = (random.randint(-15, 15), random.randint(-15, 15))
        drawn = cls(tuple(points), pivot, random.randrange(2))
        turns = {_side(a, b, c) for a, b, c in drawn._triples()}
        if turns not in ({1}, {-1}) or (len(points) == 4 and _side(points[0], points[1], points[3]) not in turns):
            return None
        outside = [_side(a, b, pivot) for a, b in drawn._sides()]
        if 0 in outside or set(outside) == turns:
            return None
        near = min(map(drawn._from_side, drawn._sides()))
        feet = near < min((x - pivot[0]) ** 2 + (y - pivot[1]) ** 2 for x, y in points)
        return drawn if feet and near.denominator <= 100 and near > 1 else None

    def _sides(self) -> list[tuple[_Point, _Point]]:
        return list(zip(self.corners, (*self.corners[1:], self.corners[0]), strict=True))

    def _triples(self) -> Iterator[tuple[_Point, _Point, _Point]]:
        size = len(self.corners)
        for place in range(size):
            yield self.corners[place], self.corners[(place + 1) % size], self.corners[(place + 2) % size]

    def _from_side(self, side: tuple[_Point, _Point]) -> Fraction:
        """Return the squared distance of the pivot from a side."""
        (x, y), (u, v) = side
        across, up = u - x, v - y
        right, top = self.pivot[0] - x, self.pivot[1] - y
        along, size = right * across + top * up, across**2 + up**2
        if along <= 0:
            return Fraction(right**2 + top**2)
        if along >= size:
            return Fraction((right - across) ** 2 + (top - up) ** 2)
        return Fraction((across * top - up * right) ** 2, size)

    def statement(self) -> str:
        name = {3: "triangle", 4: "quadrilateral"}[len(self.corners)]
        pivot = f"$({self.pivot[0]},{self.pivot[1]})$"
        if self.wording == 0:
            return (
                f"The {name} with vertices {listed(self.corners)}, together with its interior, is rotated through a "
                f"full turn about the point {pivot} of the coordinate plane. What is the area of the region that it "
                r"sweeps out? Express your answer in terms of $\pi$."
            )
        return (
            f"A metal plate in the shape of a {name} has its corners, in this order, at {listed(self.corners)}. It is "
            f"turned through $360^\\circ$ in its plane around a fixed pin at {pivot}. What is the area of the set of "
            r"all points that the plate covers at some time? Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        far = max((x - self.pivot[0]) ** 2 + (y - self.pivot[1]) ** 2 for x, y in self.corners)
        return sympy.Rational(far - min(map(self._from_side, self._sides()))) * sympy.pi

    def check(self) -> Answer:
        pivot = complex(*self.pivot)
        corners = [complex(*corner) - pivot for corner in self.corners]

        def distance(a: complex, b: complex) -> float:
            return least(lambda part: abs(a + part * (b - a)), 0, 1)

        near = min(distance(a, b) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True))
        return pi * (max(map(abs, corners)) ** 2 - near**2)


def _side(a: _Point, b: _Point, c: _Point) -> int:
    """Return on which side of the line from a to b a point c lies."""
    cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (cross > 0) - (cross < 0)


class SmallestDisk(Family, domain="geometry", level=4):
    """The smallest disk over some points: three of them fix it, not the two that are farthest apart."""

    points: tuple[_Point, ...]
    story: int

    naive_program = """
        from itertools import combinations
        from sympy import Rational, pi
        far = max((a - c) ** 2 + (b - d) ** 2 for (a, b), (c, d) in combinations(points, 2))
        print(Rational(far, 4) * pi)
    """
    solution_program = """
        from itertools import combinations
        from fractions import Fraction
        from sympy import Rational, pi
        best = None
        for group in [*combinations(points, 2), *combinations(points, 3)]:
            (a, b), (c, d) = group[:2]
            if len(group) == 2:
                x, y = Fraction(a + c, 2), Fraction(b + d, 2)
            else:
                e, f = group[2]
                det = 2 * ((c - a) * (f - b) - (d - b) * (e - a))
                if det == 0:
                    continue
                s, t = c * c + d * d - a * a - b * b, e * e + f * f - a * a - b * b
                x, y = Fraction(s * (f - b) - t * (d - b), det), Fraction((c - a) * t - (e - a) * s, det)
            square = max((x - u) ** 2 + (y - v) ** 2 for u, v in points)
            if best is None or square < best:
                best = square
        print(Rational(best.numerator, best.denominator) * pi)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        points = tuple((random.randint(-12, 12), random.randint(-12, 12)) for _ in range(random.randint(5, 6)))
        drawn = cls(points, random.randrange(2))
        if len(set(points)) < len(points):
            return None
        square = drawn._square()
        far = max((x - u) ** 2 + (y - v) ** 2 for (x, y), (u, v) in combinations(points, 2))
        return drawn if 4 * square > far and square.denominator <= 60 else None

    def _square(self) -> Fraction:
        """Return the squared radius: by Helly, the most that any three of the points need."""
        return Fraction(
            *max((_over(*triple) for triple in combinations(self.points, 3)), key=lambda part: part[0] / part[1])
        )

    def statement(self) -> str:
        if self.story == 0:
            return (
                "What is the area of the smallest circular disk that contains all of the points "
                rf"{listed(self.points)}? Express your answer in terms of $\pi$."
            )
        return (
            f"On a map, villages lie at the points {listed(self.points)}. A radio mast can be placed anywhere and "
            "reaches all points up to a certain distance from it. What is the least possible area of the disk that "
            r"it reaches, if every village must lie inside the disk or on its edge? Express your answer in terms of "
            r"$\pi$."
        )

    def answer(self) -> Answer:
        return sympy.Rational(self._square()) * sympy.pi

    def check(self) -> Answer:
        """Move the center along the boundary of what is possible: try each circle on two or three of the points."""
        best = float("inf")
        places = [complex(*point) for point in self.points]
        for one, two in combinations(places, 2):
            centers = [(one + two) / 2]
            for third in places:
                # The center on the bisector of two points: where the third is as far.
                normal = 1j * (two - one)
                slope = (normal.conjugate() * (third - centers[0])).real
                if third not in {one, two} and abs(slope) > 1e-9:
                    over = abs(third - centers[0]) ** 2 - abs(one - centers[0]) ** 2
                    centers.append(centers[0] + normal * over / (2 * slope))
            best = min(best, *(max(abs(center - place) ** 2 for place in places) for center in centers))
        return pi * best


def _over(one: _Point, two: _Point, three: _Point) -> tuple[int, int]:
    """Return the squared radius of the smallest disk over three points, as a fraction."""
    small, middle, large = sorted((a - c) ** 2 + (b - d) ** 2 for (a, b), (c, d) in combinations((one, two, three), 2))
    if small + middle <= large:
        return large, 4
    double = (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])
    return small * middle * large, 4 * double**2
