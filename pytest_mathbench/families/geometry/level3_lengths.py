"""Geometry, level 3: cones, roads, and parts of a triangle."""

from fractions import Fraction
from math import gcd, pi, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import area, integral
from pytest_mathbench.families.latex import Answer, tex
from pytest_mathbench.families.numeric import crossing, least


class InscribedBalls(Family, domain="geometry", level=3):
    """Infinitely many spheres stacked into a cone, each touching the next: their volumes together."""

    ratio: Fraction
    height: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, large = sorted(random.sample(range(1, 10), 2))
        return cls(Fraction(small, large), random.randint(3, 90), random.randrange(2))

    def statement(self) -> str:
        part = tex(self.ratio)
        if self.story == 0:
            return (
                f"A sphere is inscribed in a right circular cone of height ${self.height}$, so that it touches the "
                "base and the lateral surface. A second sphere touches the first and the lateral surface, a third "
                "touches the second and the lateral surface, and so on, without end, toward the tip. The radius of "
                f"each sphere is ${part}$ of that of the one before. What is the total volume of all the spheres? "
                r"Express your answer in terms of $\pi$."
            )
        return (
            f"Infinitely many balls are stacked inside a cone that is ${self.height}$ cm high and stands on its base. "
            "The lowest ball touches the base, each other ball rests on the one below, and every ball touches the "
            f"cone's lateral surface all around. The radius of each ball is ${part}$ of that of the ball below. How "
            r"many cubic centimeters do all the balls fill? Express your answer in terms of $\pi$."
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


class ShortestRoadByRiver(Family, domain="geometry", level=3):
    """The shortest path between two points inside a right angle that touches both of its sides: two reflections."""

    point: tuple[int, int]
    other: tuple[int, int]
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.randint(1, 40) for _ in range(4))
        drawn = cls((a, b), (c, d), random.randrange(2))
        # The straight way between the images crosses the axes in the right order: first the x-axis, then the y-axis.
        return drawn if a != c and a * d < b * c and not drawn.answer().is_Integer else None

    def statement(self) -> str:
        (a, b), (c, d) = self.point, self.other
        if self.story == 0:
            return (
                f"In the coordinate plane, an ant walks from $({a},{b})$ to some point on the $y$-axis, from there to "
                f"some point on the $x$-axis, and from there to $({c},{d})$. What is the least possible length of its "
                "path? Express your answer in simplest radical form."
            )
        return (
            f"Two straight canals meet at a right angle. A farmhouse is ${a}$ km from the first canal and ${b}$ km "
            f"from the second, and a barn, in the same right angle, is ${c}$ km from the first and ${d}$ km from the "
            "second. A farmer goes from the farmhouse to the first canal, on to the second canal, and on to the barn. "
            "How many kilometers long is the shortest such route? Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        (a, b), (c, d) = self.point, self.other
        return sympy.sqrt((a + c) ** 2 + (b + d) ** 2)

    def check(self) -> Answer:
        (a, b), (c, d) = self.point, self.other

        def best(y: float) -> float:
            """Return the least way that meets the y-axis here."""
            x = c * y / (y + d)  # where the angles are equal
            return abs(complex(a, b - y)) + abs(complex(x, y)) + abs(complex(c - x, d))

        return least(best, 0, b + d)


class FrustumWater(Family, domain="geometry", level=3):
    """How high water stands in a cone that is turned over."""

    radius: int
    height: int
    depth: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        height = random.randint(6, 40)
        drawn = cls(random.randint(3, 30), height, random.randint(2, height - 2), random.randrange(2))
        # Not the square of a cube root: 3^{2/3} is no radical form.
        return drawn if "frac" not in tex(drawn.answer()) else None

    def statement(self) -> str:
        if self.story == 0:
            return (
                f"A closed hollow cone with base radius ${self.radius}$ cm and height ${self.height}$ cm is held with "
                f"its tip down and its axis vertical, and the water in it is ${self.depth}$ cm deep. The cone is then "
                "turned over, so that it stands on its base. How many centimeters deep is the water now? Express your "
                "answer in simplest radical form."
            )
        return (
            f"A sealed bottle has the shape of a right circular cone that is ${self.height}$ cm high. When it hangs "
            f"upside down, with its tip as the lowest point, the surface of the juice inside is ${self.depth}$ cm "
            "above the tip. How many centimeters above the base is the surface when the bottle stands on its base? "
            "Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        return self.height - sympy.real_root(sympy.Integer(self.height**3 - self.depth**3), 3)

    def check(self) -> Answer:
        h, d = self.height, self.depth
        slope = self.radius / h
        water = integral(lambda z: pi * (slope * z) ** 2, 0, d)
        return crossing(lambda y: integral(lambda z: pi * (slope * (h - z)) ** 2, 0, y, 1) - water, 0, h)


class Cevians(Family, domain="geometry", level=3):
    """A quadrilateral that two lines from vertices cut out of a triangle."""

    whole: int
    first: tuple[int, int]
    second: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.randint(1, 7) for _ in range(4))
        return (
            cls(random.randint(20, 200), (a, b), (c, d), random.randrange(2))
            if gcd(a, b) == gcd(c, d) == 1 and a != b and c != d
            else None
        )

    def statement(self) -> str:
        (a, b), (c, d) = self.first, self.second
        if self.wording == 0:
            return (
                rf"In triangle $ABC$, $D$ lies on side $\overline{{BC}}$ with $BD : DC = {a} : {b}$, and $E$ lies on "
                rf"side $\overline{{CA}}$ with $CE : EA = {c} : {d}$. The segments $\overline{{AD}}$ and "
                rf"$\overline{{BE}}$ meet at $P$. The area of triangle $ABC$ is ${self.whole}$. What is the area of "
                "quadrilateral $PDCE$? Express your answer as a common fraction or an integer."
            )
        return (
            f"A triangular field $ABC$ has an area of ${self.whole}$ acres. A fence runs from $A$ to a point $D$ on "
            rf"side $\overline{{BC}}$ such that $BD : DC = {a} : {b}$, and another runs from $B$ to a point $E$ on "
            rf"side $\overline{{CA}}$ such that $CE : EA = {c} : {d}$. The two fences divide the field into four "
            "parts. How many acres is the part with a corner at $C$? Express your answer as a common fraction or an "
            "integer."
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
