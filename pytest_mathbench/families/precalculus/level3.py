"""Precalculus, level 3: two ideas combined."""

from fractions import Fraction
from itertools import pairwise
from math import cos, gcd, pi, sin, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, matrix, signed, tex


class DistanceToPlane(Family, domain="precalculus", level=3):
    """The distance of a point from a plane."""

    point: tuple[int, int, int]
    normal: tuple[int, int, int]
    right: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q, r = (random.randint(-9, 9) for _ in range(3))
        a, b, c = (random.choice([*range(-6, 0), *range(1, 7)]) for _ in range(3))
        right = random.choice([*range(-20, 0), *range(1, 21)])
        apart = a * p + b * q + c * r - right
        return cls((p, q, r), (a, b, c), right) if apart and a > 0 and gcd(a, b, c) == 1 else None

    def statement(self) -> str:
        a, b, c = self.normal
        plane = sympy.Integer(a), b, c
        terms = "".join(
            (tex(n) if abs(n) > 1 else "-" if n < 0 else "") + letter
            if place == 0
            else (signed(n) if abs(n) > 1 else " - " if n < 0 else " + ") + letter
            for place, (n, letter) in enumerate(zip(plane, "xyz", strict=True))
        )
        return (
            f"What is the distance from the point ${tex(self.point)}$ to the plane ${terms} = {self.right}$? Express "
            "your "
            "answer in simplest radical form."
        )

    def answer(self) -> Answer:
        apart = sum(n * x for n, x in zip(self.normal, self.point, strict=True)) - self.right
        return abs(apart) / sympy.sqrt(sum(n * n for n in self.normal))

    def check(self) -> Answer:
        step = Fraction(
            self.right - sum(n * x for n, x in zip(self.normal, self.point, strict=True)),
            sum(n * n for n in self.normal),
        )
        foot = [x + step * n for n, x in zip(self.normal, self.point, strict=True)]
        return sqrt(sum(float(a - b) ** 2 for a, b in zip(foot, self.point, strict=True)))


class SolutionsOfSine(Family, domain="precalculus", level=3):
    """How many solutions a trigonometric equation has in an interval."""

    rate: int
    squares: int
    turns: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 40), random.randint(3, 30), random.randint(2, 40))

    def statement(self) -> str:
        return (
            rf"How many real numbers $x$ with $0 \le x \le {self.turns}\pi$ satisfy "
            rf"$\sin^2 ({self.rate}x) = \frac{{1}}{{{self.squares}}}$?"
        )

    def answer(self) -> Answer:
        return 2 * self.rate * self.turns  # two in each interval of half a period, none at its ends

    def check(self) -> Answer:
        value = 1 / self.squares
        half = [sin(pi * n / 997) ** 2 > value for n in range(998)]  # one half period of the sine
        return sum(a != b for a, b in pairwise(half)) * self.rate * self.turns


class ReflectedVector(Family, domain="precalculus", level=3):
    """A vector reflected over the line of another."""

    vector: tuple[int, int]
    line: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([*range(-9, 0), *range(1, 10)]) for _ in range(4))
        return cls((a, b), (c, d)) if a * d - b * c and a * c + b * d and gcd(c, d) == 1 else None

    def statement(self) -> str:
        vector, line = (matrix([[entry] for entry in each]) for each in (self.vector, self.line))
        return (
            f"The vector ${vector}$ is reflected over the line through the origin with direction vector ${line}$. "
            "Find the "
            "resulting vector. Enter your answer as a column vector."
        )

    def answer(self) -> Answer:
        (a, b), (c, d) = self.vector, self.line
        factor = Fraction(2 * (a * c + b * d), c * c + d * d)
        return sympy.Matrix([factor * c - a, factor * d - b])

    def check(self) -> Answer:
        direction = complex(*self.line)
        image = (complex(*self.vector) / direction).conjugate() * direction
        return sympy.Matrix([image.real, image.imag])


class SumOfTwoWaves(Family, domain="precalculus", level=3):
    """The range of a sum of a sine and a cosine, shifted."""

    sine: int
    cosine: int
    up: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        sine, cosine = random.sample(range(1, 16), 2)
        root = sympy.sqrt(sine**2 + cosine**2)
        return None if root.is_Integer else cls(sine, random.choice([-1, 1]) * cosine, random.randint(-20, 20) or 7)

    def statement(self) -> str:
        joined = (signed(self.cosine) if abs(self.cosine) > 1 else " - " if self.cosine < 0 else " + ") + r"\cos x"
        first = (tex(self.sine) if self.sine > 1 else "") + r"\sin x"
        return (
            rf"Find the range of the function $f(x) = {first}{joined}{signed(self.up)}$, where $x$ is a real number. "
            "Express your answer in interval notation, in simplest radical form."
        )

    def answer(self) -> Answer:
        reach = sympy.sqrt(self.sine**2 + self.cosine**2)
        return sympy.Interval(self.up - reach, self.up + reach)

    def check(self) -> Answer:
        # Where the derivative vanishes, tan x = sine / cosine: the values there, squared, are whole.
        square = sympy.nsimplify(sympy.Integer(self.sine) * self.sine + self.cosine * self.cosine)
        ends = sorted([self.up - sympy.Pow(square, sympy.Rational(1, 2)), self.up + sympy.sqrt(square)], key=float)
        peak = max(self.sine * sin(t / 500) + self.cosine * cos(t / 500) + self.up for t in range(3142))
        return sympy.Interval(*ends) if abs(peak - float(ends[1])) < 0.01 else None


class TriangleInSpace(Family, domain="precalculus", level=3):
    """The area of a triangle with corners in space."""

    corners: tuple[tuple[int, int, int], ...]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        corners = tuple((random.randint(-6, 6), random.randint(-6, 6), random.randint(-6, 6)) for _ in range(3))
        return cls(corners) if cls(corners).answer().is_irrational else None

    def statement(self) -> str:
        first, second, third = (tex(corner) for corner in self.corners)
        return (
            f"What is the area of the triangle with vertices ${first}$, ${second}$, and ${third}$? Express your "
            "answer in "
            "simplest radical form."
        )

    def answer(self) -> Answer:
        (a, b, c), u, v = self.corners
        p, q, r = u[0] - a, u[1] - b, u[2] - c
        s, t, w = v[0] - a, v[1] - b, v[2] - c
        return sympy.sqrt((q * w - r * t) ** 2 + (r * s - p * w) ** 2 + (p * t - q * s) ** 2) / 2

    def check(self) -> Answer:
        one, two, three = self.corners
        a, b, c = (
            sqrt(sum((x - y) ** 2 for x, y in zip(u, v, strict=True)))
            for u, v in ((one, two), (two, three), (three, one))
        )
        square = 4 * a * a * b * b - (a * a + b * b - c * c) ** 2  # Heron's, as Archimedes wrote it
        return sqrt(round(square)) / 4
