"""Precalculus, level 3: two ideas combined."""

from collections.abc import Callable
from fractions import Fraction
from math import acos, asin, atan, cos, dist, gcd, hypot, pi, radians, sin, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, signed, tex


class DistanceToPlane(Family, domain="precalculus", level=3):
    """The distance of a point from a plane."""

    point: tuple[int, int, int]
    normal: tuple[int, int, int]
    right: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q, r = (random.randint(-9, 9) for _ in range(3))
        b, c, right = (random.choice([-1, 1]) * random.randint(1, most) for most in (6, 6, 20))
        drawn = cls((p, q, r), (random.randint(1, 6), b, c), right, random.randrange(2))
        return drawn if gcd(*drawn.normal) == 1 and drawn.answer().is_irrational else None

    def statement(self) -> str:
        plane = sum(n * letter for n, letter in zip(self.normal, sympy.symbols("x y z"), strict=True))
        if self.wording:
            return (
                f"A sphere with center ${tex(self.point)}$ touches the plane ${tex(plane)} = {self.right}$. What is "
                "the radius of the sphere? Express your answer in simplest radical form."
            )
        return (
            f"What is the distance from the point ${tex(self.point)}$ to the plane ${tex(plane)} = {self.right}$? "
            "Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        apart = sum(n * x for n, x in zip(self.normal, self.point, strict=True)) - self.right
        return abs(apart) / sympy.sqrt(sum(n * n for n in self.normal))

    def check(self) -> Answer:
        # The tetrahedron of the point and the plane's intercepts: its volume over its base (by Heron) is the height.
        x, y, z = (self.right / n for n in self.normal)
        p, q, r = self.point
        volume = abs((p - x) * y * z + q * x * z + r * x * y)
        a, b, c = hypot(x, y), hypot(y, z), hypot(z, x)
        return 2 * volume / sqrt(4 * a * a * b * b - (a * a + b * b - c * c) ** 2)


class TrigonometricEquation(Family, domain="precalculus", level=3, answer_type="list"):
    """All solutions of an equation with a sine or cosine of a shifted multiple, in degrees."""

    name: str
    rate: int
    shift: int
    acute: int
    is_negative: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        acute = random.choice([30, 45, 60])
        drawn = cls(
            random.choice(["sin", "cos"]),
            random.randint(2, 3),
            random.randint(11, 149),
            acute,
            random.random() < 0.5,
            random.randrange(2),
        )
        return drawn if (drawn.shift - acute) % drawn.rate == 0 else None

    def statement(self) -> str:
        wave = sympy.sin if self.name == "sin" else sympy.cos
        value = wave(sympy.rad(self.acute)) * (-1 if self.is_negative else 1)
        if self.wording:
            return (
                rf"At which angles $x$, in degrees, does the graph of $y = \{self.name} ({self.rate}x + "
                rf"{self.shift}^\circ)$ meet the line $y = {tex(value)}$, if $0 \le x < 360$? Enter all of them, "
                "separated by commas."
            )
        return (
            rf"Find all $x$ with $0^\circ \le x < 360^\circ$ such that \[\{self.name} ({self.rate}x + "
            rf"{self.shift}^\circ) = {tex(value)}.\] Enter all the solutions in degrees, separated by commas."
        )

    def answer(self) -> Answer:
        first = self.acute + (180 if self.is_negative else 0)
        inner = [first, (180 if self.name == "sin" else 0) - first]
        angles = (Fraction(turn + 360 * k - self.shift, self.rate) for turn in inner for k in range(-2, 6))
        return frozenset(angle for angle in angles if 0 <= angle < 360)

    def check(self) -> Answer:
        wave = sin if self.name == "sin" else cos
        value = wave(radians(self.acute)) * (-1 if self.is_negative else 1)
        return frozenset(x for x in range(360) if abs(wave(radians(self.rate * x + self.shift)) - value) < 1e-9)


class SphericalDistance(Family, domain="precalculus", level=3):
    """The distance of two points in spherical coordinates."""

    radii: tuple[int, int]
    turns: tuple[int, int]
    falls: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radii = random.randint(2, 20), random.randint(2, 20)
        turn = 15 * random.randint(1, 9)
        angle = random.choice([30, 45, 60])
        falls = random.choice([angle, 180 - angle]), random.choice([angle, 180 - angle])
        drawn = cls(radii, (turn, turn + random.choice([60, 90, 120, 180])), falls, random.randrange(2))
        return drawn if drawn.answer().is_irrational else None

    def statement(self) -> str:
        one, other = (
            rf"({radius}, {turn}^\circ, {fall}^\circ)"
            for radius, turn, fall in zip(self.radii, self.turns, self.falls, strict=True)
        )
        if self.wording:
            (near, far), (fall, other_fall) = self.radii, self.falls
            distances = f"distances ${near}$ and ${far}$" if near != far else f"distance ${near}$"
            angles = (
                rf"make angles of ${fall}^\circ$ and ${other_fall}^\circ$"
                if fall != other_fall
                else rf"each make an angle of ${fall}^\circ$"
            )
            return (
                f"Points $P$ and $Q$ are at {distances} from the origin $O$, on rays that {angles} with the positive "
                "$z$-axis. The projections of the rays onto the $xy$-plane make an angle of "
                rf"${self.turns[1] - self.turns[0]}^\circ$. Find $PQ$, in simplest radical form."
            )
        return (
            r"In spherical coordinates $(\rho, \theta, \varphi)$, where $\varphi$ is the angle with the positive "
            f"$z$-axis, two points are ${one}$ and ${other}$. What is the distance between the two points? Express "
            "your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        (p, q), (one, other) = self.radii, map(sympy.rad, self.falls)
        turn = sympy.rad(self.turns[1] - self.turns[0])
        cosine = sympy.sin(one) * sympy.sin(other) * sympy.cos(turn) + sympy.cos(one) * sympy.cos(other)
        return sympy.sqrt(p * p + q * q - 2 * p * q * cosine)

    def check(self) -> Answer:
        points = (
            (
                radius * sin(radians(fall)) * cos(radians(turn)),
                radius * sin(radians(fall)) * sin(radians(turn)),
                radius * cos(radians(fall)),
            )
            for radius, turn, fall in zip(self.radii, self.turns, self.falls, strict=True)
        )
        return dist(*points)


class RangeOfWaves(Family, domain="precalculus", level=3):
    """The range of a sum of a sine and a cosine, shifted."""

    sine: int
    cosine: int
    up: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        sine, cosine = random.sample(range(2, 16), 2)
        up = random.choice([-1, 1]) * random.randint(2, 20)
        drawn = cls(sine, random.choice([-1, 1]) * cosine, up, random.randrange(2))
        return None if sympy.sqrt(sine**2 + cosine**2).is_Integer else drawn

    def statement(self) -> str:
        wave = rf"{self.sine} \sin x{signed(self.cosine)} \cos x{signed(self.up)}"
        if self.wording:
            return (
                f"For which real numbers $c$ does the equation ${wave} = c$ have a real solution $x$? Enter the set "
                "of these $c$ as an interval with exact endpoints."
            )
        return (
            f"Find the range of the function $f(x) = {wave}$, where $x$ is a real number. Express your answer in "
            "interval notation, with exact endpoints."
        )

    def answer(self) -> Answer:
        reach = sympy.sqrt(self.sine**2 + self.cosine**2)
        return sympy.Interval(self.up - reach, self.up + reach)

    def check(self) -> Answer:
        def wave(x: float) -> float:
            return self.sine * sin(x) + self.cosine * cos(x)

        top, bottom = _peak(wave), _peak(lambda x: -wave(x))  # square roots of whole numbers
        return sympy.Interval(self.up - sympy.sqrt(round(bottom**2, 6)), self.up + sympy.sqrt(round(top**2, 6)))


class InverseFunctions(Family, domain="precalculus", level=3):
    """A sine or cosine of an arcsine or arccosine and of twice an arctangent."""

    outer: str
    inner: str
    legs: tuple[int, int]
    slope: Fraction
    sign: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        triples = [(3, 4), (4, 3), (5, 12), (12, 5), (8, 15), (15, 8), (7, 24), (24, 7), (20, 21), (21, 20)]
        a, b = random.choice(triples)
        slope = Fraction(random.randint(1, 8), random.randint(2, 9))
        names = random.choice(["sin", "cos"]), random.choice(["arcsin", "arccos"])
        drawn = cls(*names, (random.choice([-1, 1]) * a, b), slope, random.choice([-1, 1]), random.randrange(2))
        return drawn if slope < 1 and drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        ratio = self._ratio()
        value = tex(ratio) if ratio > 0 else rf"\left({tex(ratio)}\right)"
        if self.wording:
            sign = "+" if self.sign > 0 else "-"
            return (
                rf"Let $\alpha = \{self.inner} {value}$ and $\beta = \arctan {tex(self.slope)}$. What is "
                rf"$\{self.outer} (\alpha {sign} 2\beta)$? Express your answer as a common fraction."
            )
        return (
            rf"Compute \[\{self.outer} \left(\{self.inner} {value} {'+' if self.sign > 0 else '-'} 2 \arctan "
            rf"{tex(self.slope)}\right).\] Express your answer as a common fraction."
        )

    def _ratio(self) -> Fraction:
        return Fraction(self.legs[0], round(hypot(*self.legs)))

    def answer(self) -> Answer:
        ratio, rest = self._ratio(), Fraction(self.legs[1], round(hypot(*self.legs)))
        sine, cosine = (ratio, rest) if self.inner == "arcsin" else (rest, ratio)
        t = self.slope * self.sign
        double_sine, double_cosine = 2 * t / (1 + t * t), (1 - t * t) / (1 + t * t)
        if self.outer == "sin":
            return sine * double_cosine + cosine * double_sine
        return cosine * double_cosine - sine * double_sine

    def check(self) -> Answer:
        angle = (asin if self.inner == "arcsin" else acos)(self._ratio()) + self.sign * 2 * atan(self.slope)
        return (sin if self.outer == "sin" else cos)(angle)


def _peak(wave: Callable[[float], float]) -> float:
    """Return the largest value of a wave of period 2 pi: the best of 60 places, then ever closer around it."""
    best = max((2 * pi * step / 60 for step in range(60)), key=wave)
    width = pi / 30
    while width > 1e-9:
        best, width = max((best - width, best, best + width), key=wave), width * 0.6
    return wave(best)
