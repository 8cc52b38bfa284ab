"""Precalculus, level 4: several ideas, exact forms."""

from cmath import exp
from collections.abc import Sequence
from fractions import Fraction
from math import pi, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, matrix, signed, tex


class DistanceBetweenLines(Family, domain="precalculus", level=4):
    """The distance of two skew lines."""

    points: tuple[tuple[int, int, int], tuple[int, int, int]]
    directions: tuple[tuple[int, int, int], tuple[int, int, int]]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q, u, v = ((random.randint(-5, 5), random.randint(-5, 5), random.randint(-5, 5)) for _ in range(4))
        normal = _cross(u, v)
        apart = sum(n * (a - b) for n, a, b in zip(normal, p, q, strict=True))
        return cls((p, q), (u, v)) if apart and any(normal) else None

    def statement(self) -> str:
        p, q, u, v = (matrix([[entry] for entry in each]) for each in (*self.points, *self.directions))
        return (
            rf"What is the shortest distance between a point of the line \[{p} + t {u}\] and a point of the line "
            rf"\[{q} + s {v},\] where $t$ and $s$ are real numbers? Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        normal = _cross(*self.directions)
        apart = sum(n * (a - b) for n, a, b in zip(normal, *self.points, strict=True))
        return abs(apart) / sympy.sqrt(sum(n * n for n in normal))

    def check(self) -> Answer:
        (p, q), (u, v) = self.points, self.directions
        w = [a - b for a, b in zip(p, q, strict=True)]
        uu, uv, vv = _dot(u, u), _dot(u, v), _dot(v, v)
        uw, vw = _dot(u, w), _dot(v, w)
        t, s = Fraction(uv * vw - vv * uw, uu * vv - uv * uv), Fraction(uu * vw - uv * uw, uu * vv - uv * uv)
        return sqrt(sum(float(c + t * a - s * b) ** 2 for a, b, c in zip(u, v, w, strict=True)))


class RotatedPoint(Family, domain="precalculus", level=4):
    """A point of the complex plane turned about another, by a special angle."""

    point: tuple[int, int]
    centre: tuple[int, int]
    degrees: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q, r, s = (random.choice([*range(-9, 0), *range(1, 10)]) for _ in range(4))
        return cls((p, q), (r, s), random.choice([30, 45, 60, 120, 135, 150])) if (p, q) != (r, s) else None

    def statement(self) -> str:
        point, centre = (f"{each[0]}{signed(each[1])}i".replace(" 1i", " i") for each in (self.point, self.centre))
        return (
            f"In the complex plane, the point ${point}$ is rotated counterclockwise by ${self.degrees}^\\circ$ about "
            "the "
            f"point ${centre}$. What complex number is the result? Express your answer in the form $a + bi$, where "
            "$a$ and "
            "$b$ are real numbers in simplest radical form."
        )

    def answer(self) -> Answer:
        centre = self.centre[0] + self.centre[1] * sympy.I
        angle = sympy.rad(self.degrees)
        turned = (self.point[0] + self.point[1] * sympy.I - centre) * (sympy.cos(angle) + sympy.I * sympy.sin(angle))
        return sympy.expand(centre + turned)

    def check(self) -> Answer:
        centre = complex(*self.centre)
        return centre + (complex(*self.point) - centre) * exp(1j * pi * self.degrees / 180)


class MatrixPower(Family, domain="precalculus", level=4):
    """A high power of a matrix with two whole eigenvalues, left with its powers."""

    values: tuple[int, int]
    mix: tuple[int, int]
    power: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample([-3, -2, 2, 3, 4, 5], 2)
        return cls((one, other), (random.randint(1, 4), random.randint(1, 4)), random.randint(8, 14))

    def _rows(self) -> Answer:
        basis = sympy.Matrix([[1, self.mix[0]], [self.mix[1], self.mix[0] * self.mix[1] + 1]])
        return basis * sympy.diag(*self.values) * basis.inv()

    def statement(self) -> str:
        return (
            rf"Let \[\mathbf{{A}} = {tex(self._rows())}.\] What is the sum of all four entries of "
            rf"$\mathbf{{A}}^{{{self.power}}}$?"
        )

    def answer(self) -> Answer:
        one, other = self.values
        rows = self._rows()
        first, second = Fraction(one) ** self.power, Fraction(other) ** self.power  # by Lagrange: A^n = p A + q I
        p = (first - second) / (one - other)
        q = first - p * one
        return p * Fraction(int(sum(rows))) + 2 * q

    def check(self) -> Answer:
        (a, b), (c, d) = ([int(entry) for entry in self._rows().row(number)] for number in (0, 1))
        vector = [1, 1]
        for _ in range(self.power):
            vector = [a * vector[0] + b * vector[1], c * vector[0] + d * vector[1]]
        return sum(vector)


class TangentSum(Family, domain="precalculus", level=4):
    """The sum of angles whose tangents are the roots of a cubic."""

    roots: tuple[Fraction, Fraction]
    third: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two = (Fraction(random.randint(1, 9), random.randint(2, 9)) for _ in range(2))
        return cls((one, two), random.randint(2, 9)) if one < two and one * two != 1 else None

    def statement(self) -> str:
        one, two = self.roots
        return (
            rf"Acute angles $\alpha$, $\beta$, and $\gamma$ satisfy $\tan \alpha = {tex(one)}$, $\tan \beta = "
            f"{tex(two)}$, "
            rf"and $\tan \gamma = {self.third}$. What is $\tan (\alpha + \beta - 2\gamma)$? Express your answer as a "
            "common "
            "fraction or an integer."
        )

    def answer(self) -> Answer:
        one, two = self.roots
        added = (one + two) / (1 - one * two)
        doubled = Fraction(2 * self.third, 1 - self.third**2)
        return (added - doubled) / (1 + added * doubled) if 1 + added * doubled else Fraction(0)

    def check(self) -> Answer:
        one, two = self.roots
        turned = sympy.Integer(1)
        for real, imaginary, times in (
            (one.denominator, one.numerator, 1),
            (two.denominator, two.numerator, 1),
            (1, -self.third, 2),
        ):
            for _ in range(times):
                turned = sympy.expand(turned * (real + imaginary * sympy.I))
        real, imaginary = turned.as_real_imag()
        return sympy.Rational(imaginary, real) if real else 0


class EllipseOfParameter(Family, domain="precalculus", level=4):
    """The area of the region of a parametrised curve that is a turned ellipse."""

    first: tuple[int, int]
    second: tuple[int, int]
    centre: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([*range(-9, 0), *range(1, 10)]) for _ in range(4))
        centre = random.randint(1, 9), random.randint(1, 9)
        return cls((a, b), (c, d), centre) if abs(a * d - b * c) > 1 else None

    def statement(self) -> str:
        lines = [
            rf"{letter} &= {_wave(one, 'cos')}{_wave(other, 'sin', joined=True)} + {shift}"
            for letter, (one, other), shift in zip("xy", (self.first, self.second), self.centre, strict=True)
        ]
        return (
            rf"As $t$ runs through all real numbers, the point $(x,y)$ with \[\begin{{aligned}} {lines[0]}, \\ "
            f"{lines[1]} "
            r"\end{aligned}\] traces a closed curve. What is the area of the region that it encloses? Express your "
            "answer "
            r"in terms of $\pi$."
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


def _dot(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _cross(u: tuple[int, int, int], v: tuple[int, int, int]) -> tuple[int, int, int]:
    return u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]
