"""Precalculus, level 3: lines and planes in space, and regions of the plane."""

from cmath import exp
from fractions import Fraction
from math import acos, cos, gcd, pi, sin, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, signed, tex
from pytest_mathbench.families.precalculus.shared import column, cross, dot, linear


class DistanceBetweenLines(Family, domain="precalculus", level=3):
    """The distance of two skew lines."""

    points: tuple[tuple[int, int, int], tuple[int, int, int]]
    directions: tuple[tuple[int, int, int], tuple[int, int, int]]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q, u, v = ((random.randint(-5, 5), random.randint(-5, 5), random.randint(-5, 5)) for _ in range(4))
        normal = cross(u, v)
        apart = dot(normal, [a - b for a, b in zip(p, q, strict=True)])
        drawn = cls((p, q), (u, v), random.randrange(2))
        return drawn if apart and any(normal) and drawn.answer().is_irrational else None

    def statement(self) -> str:
        form = "Express your answer in simplest radical form."
        if self.wording:
            (p, q), (u, v) = self.points, self.directions
            return (
                f"One line passes through the point ${tex(p)}$ in the direction of the vector ${column(u)}$, another "
                f"through ${tex(q)}$ in the direction of ${column(v)}$. What is the shortest distance between the two "
                f"lines? {form}"
            )
        one, other, along, across = map(column, (*self.points, *self.directions))
        return (
            rf"Find the distance between the skew lines \[{one} + t {along} \quad \text{{and}} \quad {other} + s "
            rf"{across}.\] {form}"
        )

    def answer(self) -> Answer:
        normal = cross(*self.directions)
        apart = dot(normal, [a - b for a, b in zip(*self.points, strict=True)])
        return abs(apart) / sympy.sqrt(dot(normal, normal))

    def check(self) -> Answer:
        (p, q), (u, v) = self.points, self.directions
        w = [a - b for a, b in zip(p, q, strict=True)]
        uu, uv, vv = dot(u, u), dot(u, v), dot(v, v)
        uw, vw = dot(u, w), dot(v, w)
        t, s = Fraction(uv * vw - vv * uw, uu * vv - uv * uv), Fraction(uu * vw - uv * uw, uu * vv - uv * uv)
        return sqrt(sum(float(c + t * a - s * b) ** 2 for a, b, c in zip(u, v, w, strict=True)))


class PlaneThroughPoints(Family, domain="precalculus", level=3):
    """The equation of the plane through three points, or through a point and perpendicular to two planes."""

    points: tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]
    is_perpendicular: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q, r = ((random.randint(-7, 7), random.randint(-7, 7), random.randint(-7, 7)) for _ in range(3))
        drawn = cls((p, q, r), random.random() < 0.5)
        (u, v), _ = drawn._spanned(), p
        if not all(cross(u, v)) or not dot(p, cross(u, v)) or not all(q) or not all(r):
            return None
        return drawn

    def _spanned(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        p, q, r = self.points
        if self.is_perpendicular:
            return q, r
        return tuple(b - a for a, b in zip(p, q, strict=True)), tuple(b - a for a, b in zip(p, r, strict=True))

    def statement(self) -> str:
        p, q, r = self.points
        form = (
            "Enter your answer in the form $Ax + By + Cz + D = 0$ with integers $A$, $B$, $C$, $D$ such that $A > 0$ "
            r"and $\gcd(|A|,|B|,|C|,|D|) = 1$."
        )
        if self.is_perpendicular:
            one, other = (f"{linear(*each)} = {sum(p) + number}" for number, each in enumerate((q, r)))
            return (
                f"A plane contains the point ${tex(p)}$ and is perpendicular to the plane ${one}$ and to the plane "
                f"${other}$. Find its equation. {form}"
            )
        return f"Find the equation of the plane through the points ${tex(p)}$, ${tex(q)}$, and ${tex(r)}$. {form}"

    def answer(self) -> Answer:
        normal = cross(*self._spanned())
        return _equation(*normal, -dot(normal, self.points[0]))

    def check(self) -> Answer:
        # Points p + u, p + v and p in A x + B y + C z = -1, or the directions of the normals: by Cramer's rule.
        p, (u, v) = self.points[0], self._spanned()
        lines = sympy.Matrix(
            [p, [a + b for a, b in zip(p, u, strict=True)], [a + b for a, b in zip(p, v, strict=True)]]
        )
        x, y, z = lines.adjugate() * sympy.Matrix([-1, -1, -1])
        return _equation(int(x), int(y), int(z), int(lines.det()))


def _equation(a: int, b: int, c: int, d: int) -> str:
    factor = gcd(a, b, c, d) * (-1 if a < 0 else 1)
    a, b, c, d = a // factor, b // factor, c // factor, d // factor
    return f"{linear(a, b, c)}{signed(d)} = 0"


class EllipseOfParameter(Family, domain="precalculus", level=3):
    """The area of the region of a parametrised curve that is a turned ellipse."""

    first: tuple[int, int]
    second: tuple[int, int]
    centre: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([*range(-9, 0), *range(1, 10)]) for _ in range(4))
        centre = random.randint(1, 9), random.randint(1, 9)
        drawn = cls((a, b), (c, d), centre, random.randrange(2))
        return drawn if abs(a * d - b * c) > 1 and a * c + b * d else None

    def statement(self) -> str:
        lines = [
            rf"{letter} &= {_wave(one, 'cos')}{_wave(other, 'sin', joined=True)} + {shift}"
            for letter, (one, other), shift in zip("xy", (self.first, self.second), self.centre, strict=True)
        ]
        if self.wording:
            x, y = (line.split("&= ")[1] for line in lines)
            return (
                rf"At time $t$, a particle is at the point $\left({x}, \, {y}\right)$ of the plane. What is the area "
                r"of the region that its closed path encloses? Express your answer in terms of $\pi$."
            )
        return (
            rf"As $t$ runs through all real numbers, the point $(x,y)$ with \[\begin{{aligned}} {lines[0]}, \\ "
            rf"{lines[1]} \end{{aligned}}\] traces a closed curve. What is the area of the region that it encloses? "
            r"Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        (a, b), (c, d) = self.first, self.second
        return abs(a * d - b * c) * sympy.pi

    def check(self) -> Answer:
        (a, b), (c, d) = self.first, self.second
        steps = 24  # Green's theorem; the trapezoid rule is exact for trigonometric polynomials
        area = 0.0
        for step in range(steps):
            turn = exp(2j * pi * step / steps)
            x, dy = a * turn.real + b * turn.imag, -c * turn.imag + d * turn.real
            area += x * dy * 2 * pi / steps
        return abs(area)


def _wave(factor: int, name: str, *, joined: bool = False) -> str:
    sign = (" - " if factor < 0 else " + ") if joined else "-" if factor < 0 else ""
    return sign + (str(abs(factor)) if abs(factor) > 1 else "") + rf"\{name} t"


class PolarRegion(Family, domain="precalculus", level=3):
    """The area inside a circle through the pole and outside, or inside, a circle around the pole."""

    size: int
    root: int
    name: str
    is_outside: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        size, root, name = random.randint(2, 40), random.choice([1, 2, 3]), random.choice(["sin", "cos"])
        return cls(size, root, name, random.random() < 0.5, random.randrange(2))

    def statement(self) -> str:
        fixed = tex(self.size * sympy.sqrt(self.root))
        form = "Enter its exact area."
        if self.wording:
            centre = (self.size, 0) if self.name == "cos" else (0, self.size)
            where = "not in the second" if self.is_outside else "in the second as well"
            return (
                f"One disk has center ${tex(centre)}$ and radius ${self.size}$, and a second disk has center $(0,0)$ "
                f"and radius ${fixed}$. Consider the region of all points in the first disk that are "
                f"{where}. {form}"
            )
        where = "outside" if self.is_outside else "also inside"
        return (
            rf"A region consists of the points that are inside the graph of $r = {2 * self.size} \{self.name} \theta$ "
            f"and {where} the graph of $r = {fixed}$, in polar coordinates. {form}"
        )

    def answer(self) -> Answer:
        half = {1: sympy.pi / 3, 2: sympy.pi / 4, 3: sympy.pi / 6}[self.root]  # where 2 cos t is the root
        outside = half * (2 - self.root) + sympy.sin(2 * half)
        return self.size**2 * (outside if self.is_outside else sympy.pi - outside)

    def check(self) -> Answer:
        # The lens of two circles, by sectors and the triangle of centres.
        r, big, apart = self.size, self.size * sqrt(self.root), self.size
        one = acos((apart**2 + r**2 - big**2) / (2 * apart * r))
        two = acos((apart**2 + big**2 - r**2) / (2 * apart * big))
        lens = r**2 * (one - sin(one) * cos(one)) + big**2 * (two - sin(two) * cos(two))
        return pi * r**2 - lens if self.is_outside else lens
