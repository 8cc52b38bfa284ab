"""Precalculus, level 1: angles, waves, and vectors, by one formula."""

from cmath import phase, rect
from fractions import Fraction
from math import cos, degrees, gcd, hypot, pi, radians, sin, tan
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex
from pytest_mathbench.families.precalculus.shared import Rows, column, cross, dot, rows_of


class Magnitude(Family, domain="precalculus", level=1):
    """The length of a vector in space."""

    vector: tuple[int, int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        x, y, z = (random.choice([-1, 1]) * random.randint(1, 9) for _ in range(3))
        drawn = cls((x, y, z), random.randrange(2))
        return drawn if drawn.answer().is_irrational else None

    def statement(self) -> str:
        form = "Express your answer in simplest radical form."
        if self.wording:
            return f"How far is the point ${tex(self.vector)}$ from the origin? {form}"
        return f"What is the magnitude of the vector ${column(self.vector)}$? {form}"

    def answer(self) -> Answer:
        return sympy.sqrt(dot(self.vector, self.vector))

    def check(self) -> Answer:
        return hypot(*self.vector)


class PeriodOfWave(Family, domain="precalculus", level=1):
    """The period of a sine, cosine, or tangent of a multiple of x."""

    name: str
    factor: int
    rate: Fraction
    shift: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        rate = Fraction(random.randint(1, 24), random.choice([1, 1, 2, 3, 4, 5]))
        factor, shift = random.randint(2, 20), random.randint(1, 9)
        drawn = cls(random.choice(["sin", "cos", "tan"]), factor, rate, shift, random.randrange(2))
        return drawn if rate not in {1, 2} else None

    def statement(self) -> str:
        inner = f"{tex(self.rate)} x + {self.shift}".replace("} x", "}x") if self.rate.denominator > 1 else ""
        inner = inner or f"{self.rate}x + {self.shift}"
        wave = rf"{self.factor} \{self.name} \left({inner}\right)"
        form = r"Express your answer in terms of $\pi$."
        if self.wording:
            return (
                f"Find the smallest positive number $p$ such that the function $f(x) = {wave}$ satisfies $f(x + p) = "
                f"f(x)$ for all {'$x$ in its domain' if self.name == 'tan' else 'real numbers $x$'}. {form}"
            )
        return f"What is the period of $y = {wave}$? {form}"

    def answer(self) -> Answer:
        return (1 if self.name == "tan" else 2) * sympy.pi / sympy.Rational(self.rate.numerator, self.rate.denominator)

    def check(self) -> Answer:
        wave = {"sin": sin, "cos": cos, "tan": tan}[self.name]
        steps = [k * pi / (2 * float(self.rate)) for k in range(1, 5)]  # quarters of a turn
        starts = [0.123, 0.456]
        return next(
            p
            for p in steps
            if all(abs(wave(float(self.rate) * (x + p)) - wave(float(self.rate) * x)) < 1e-9 for x in starts)
        )


class RadiansAndDegrees(Family, domain="precalculus", level=1):
    """An angle in degrees in radians, or the other way round."""

    angle: int
    is_to_radians: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        angle = random.randint(5, 700)
        return cls(angle, random.random() < 0.5, random.randrange(2)) if angle % 180 and gcd(angle, 180) > 2 else None

    def statement(self) -> str:
        radian = tex(sympy.rad(self.angle))
        if self.is_to_radians:
            if self.wording:
                return rf"How many radians is an angle of ${self.angle}^\circ$? Express your answer in terms of $\pi$."
            return rf"Convert ${self.angle}^\circ$ to radians. Express your answer in terms of $\pi$."
        if self.wording:
            return rf"How many degrees is an angle of ${radian}$ radians?"
        return rf"An angle measures ${radian}$ in radians. What is its measure in degrees?"

    def answer(self) -> Answer:
        return sympy.pi * self.angle / 180 if self.is_to_radians else self.angle

    def check(self) -> Answer:
        turn = radians(self.angle)
        return turn if self.is_to_radians else degrees(turn)


class ProductInPolarForm(Family, domain="precalculus", level=1):
    """The product or quotient of two complex numbers in polar form."""

    sizes: tuple[int, int]
    angles: tuple[int, int]
    is_quotient: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.randint(2, 12), random.randint(2, 12)
        first, second = random.randint(11, 170), random.randint(11, 170)
        if random.random() < 0.5:
            return cls((one * other, other), (first, second), True) if first > second + 5 else None
        return cls((one, other), (first, second), False)

    def statement(self) -> str:
        z, w = (
            rf"{size} (\cos {angle}^\circ + i \sin {angle}^\circ)"
            for size, angle in zip(self.sizes, self.angles, strict=True)
        )
        ask = r"in the form $r (\cos \theta^\circ + i \sin \theta^\circ)$ with $r > 0$ and $0 \le \theta < 360$"
        if self.is_quotient:
            return rf"Write the quotient \[\frac{{{z}}}{{{w}}}\] {ask}. Enter the ordered pair $(r, \theta)$."
        return rf"Let $z = {z}$ and $w = {w}$. The product $zw$ is written {ask}. Find the ordered pair $(r, \theta)$."

    def answer(self) -> Answer:
        (one, other), (first, second) = self.sizes, self.angles
        return (one // other, first - second) if self.is_quotient else (one * other, first + second)

    def check(self) -> Answer:
        z, w = (rect(size, radians(angle)) for size, angle in zip(self.sizes, self.angles, strict=True))
        number = z / w if self.is_quotient else z * w
        return round(abs(number), 9), round(degrees(phase(number)) % 360, 9)


class CrossProduct(Family, domain="precalculus", level=1):
    """The cross product of two vectors."""

    one: tuple[int, int, int]
    other: tuple[int, int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        u, v = ((random.randint(-6, 6), random.randint(-6, 6), random.randint(-6, 6)) for _ in range(2))
        return cls(u, v, random.randrange(2)) if all(cross(u, v)) else None

    def statement(self) -> str:
        u, v = column(self.one), column(self.other)
        if self.wording:
            return (
                rf"Let $\mathbf{{a}} = {u}$ and $\mathbf{{b}} = {v}$. Find $\mathbf{{a}} \times \mathbf{{b}}$. Enter "
                "your answer as a column vector."
            )
        return rf"Compute the cross product \[{u} \times {v}.\] Enter your answer as a column vector."

    def answer(self) -> Answer:
        return sympy.Matrix(cross(self.one, self.other))

    def check(self) -> Answer:
        rows = [self.one, self.other]
        minors = []
        for skipped in range(3):
            (a, b), (c, d) = ([x for place, x in enumerate(row) if place != skipped] for row in rows)
            minors.append((a * d - b * c) * (-1) ** skipped)
        return sympy.Matrix(minors)


class SpecialValue(Family, domain="precalculus", level=1):
    """A multiple of a trigonometric function of an angle whose value is known."""

    factor: int
    name: str
    degrees: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        degrees = random.choice([a for a in range(30, 360) if a % 30 == 0 or a % 45 == 0])
        drawn = cls(random.randint(3, 30), random.choice(["sin", "cos", "tan"]), degrees, random.randrange(2))
        return drawn if degrees % 90 and abs(drawn.answer()) != drawn.factor else None

    def statement(self) -> str:
        ask = rf"${self.factor} \{self.name} {self.degrees}^\circ$"
        if self.wording:
            return f"Find the exact value of {ask}."
        return rf"What is {ask}? Give the exact value, not a decimal approximation."

    def answer(self) -> Answer:
        wave = {"sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan}[self.name]
        return self.factor * wave(sympy.rad(self.degrees))

    def check(self) -> Answer:
        turned = rect(1, radians(self.degrees))
        return self.factor * {"sin": turned.imag, "cos": turned.real, "tan": turned.imag / turned.real}[self.name]


class PointOfLine(Family, domain="precalculus", level=1):
    """The point of a parametrised line for a value of the parameter."""

    start: tuple[int, int, int]
    direction: tuple[int, int, int]
    time: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        def entry() -> int:
            return random.choice([-1, 1]) * random.randint(2, 9)

        start, direction = ((entry(), entry(), entry()) for _ in "pv")
        return cls(start, direction, entry(), random.randrange(2))

    def statement(self) -> str:
        if self.wording:
            return (
                f"A particle is at ${tex(self.start)}$ at time $t = 0$ and moves with constant velocity "
                f"${column(self.direction)}$. At which point $(x,y,z)$ is it at $t = {abs(self.time)}$?"
            )
        lines = r", \quad ".join(
            f"{letter} = {first} {'-' if step < 0 else '+'} {abs(step)}t"
            for letter, first, step in zip("xyz", self.start, self.direction, strict=True)
        )
        return rf"A line is given by \[{lines}.\] Which point $(x,y,z)$ of the line corresponds to $t = {self.time}$?"

    def answer(self) -> Answer:
        time = abs(self.time) if self.wording else self.time
        return tuple(first + time * step for first, step in zip(self.start, self.direction, strict=True))

    def check(self) -> Answer:
        place, time = list(self.start), abs(self.time) if self.wording else self.time
        for _ in range(abs(time)):
            place = [x + (step if time > 0 else -step) for x, step in zip(place, self.direction, strict=True)]
        return tuple(place)


class MatrixCombination(Family, domain="precalculus", level=1):
    """A multiple of one matrix plus or minus a multiple of another."""

    one: Rows
    other: Rows
    factors: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = (((r(-9, 9), r(-9, 9)), (r(-9, 9), r(-9, 9))) for r in [random.randint] * 2)
        factors = random.randint(2, 5), random.choice([-1, 1]) * random.randint(2, 5)
        return cls(one, other, factors, random.randrange(2))

    def statement(self) -> str:
        (p, q), a, b = self.factors, rows_of(self.one), rows_of(self.other)
        sign, q = "+" if q > 0 else "-", abs(q)
        if self.wording:
            return (
                rf"Let $\mathbf{{A}} = {a}$ and $\mathbf{{B}} = {b}$. Find ${p} \mathbf{{A}} {sign} {q} \mathbf{{B}}$. "
                "Enter your answer as a matrix."
            )
        return rf"Compute \[{p} {a} {sign} {q} {b}.\] Enter your answer as a matrix."

    def answer(self) -> Answer:
        p, q = self.factors
        return p * sympy.Matrix(self.one) + q * sympy.Matrix(self.other)

    def check(self) -> Answer:
        p, q = self.factors
        return sympy.Matrix(2, 2, lambda i, j: p * self.one[i][j] + q * self.other[i][j])
