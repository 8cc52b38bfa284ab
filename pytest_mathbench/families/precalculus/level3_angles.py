"""Precalculus, level 3: sums of angles, turned points, and angles brought into a range."""

from cmath import exp
from fractions import Fraction
from math import acos, asin, atan, cos, pi, sin, tan
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, signed, tex


class RotatedPoint(Family, domain="precalculus", level=3):
    """A point of the complex plane turned about another, by a special angle."""

    point: tuple[int, int]
    centre: tuple[int, int]
    degrees: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q, r, s = (random.choice([*range(-9, 0), *range(1, 10)]) for _ in range(4))
        drawn = cls((p, q), (r, s), random.choice([30, 45, 60, 120, 135, 150]), random.randrange(2))
        return drawn if p != r and q != s else None

    def statement(self) -> str:
        form = "Enter the exact values."
        if self.wording:
            return (
                rf"The point $P = {tex(self.point)}$ is rotated counterclockwise by ${self.degrees}^\circ$ about the "
                f"point $C = {tex(self.centre)}$. What are the coordinates $(x,y)$ of its image? {form}"
            )
        point, centre = (f"{each[0]}{signed(each[1])}i".replace(" 1i", " i") for each in (self.point, self.centre))
        return (
            rf"In the complex plane, the number ${point}$ is rotated counterclockwise by ${self.degrees}^\circ$ about "
            f"the number ${centre}$, and becomes $x + yi$ with real numbers $x$ and $y$. Find the ordered pair "
            f"$(x,y)$. {form}"
        )

    def answer(self) -> Answer:
        (p, q), (r, s), angle = self.point, self.centre, sympy.rad(self.degrees)
        cosine, sine = sympy.cos(angle), sympy.sin(angle)
        return r + cosine * (p - r) - sine * (q - s), s + sine * (p - r) + cosine * (q - s)

    def check(self) -> Answer:
        centre = complex(*self.centre)
        turned = centre + (complex(*self.point) - centre) * exp(1j * pi * self.degrees / 180)
        return turned.real, turned.imag


class TangentSum(Family, domain="precalculus", level=3):
    """The tangent of two angles less twice a third, from their tangents."""

    slopes: tuple[Fraction, Fraction]
    third: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two = (Fraction(random.randint(1, 9), random.randint(2, 9)) for _ in range(2))
        third = random.randint(2, 9)
        if one >= two or one * two == 1:
            return None
        drawn = cls((one, two), third, random.randrange(2))
        if 1 + drawn._added() * drawn._doubled() == 0:
            return None
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        one, two = self.slopes
        if self.wording:
            return (
                rf"Compute $\tan \left(\arctan {tex(one)} + \arctan {tex(two)} - 2 \arctan {self.third}\right)$. "
                "Express your answer as a common fraction."
            )
        return (
            rf"Acute angles $\alpha$, $\beta$, and $\gamma$ satisfy $\tan \alpha = {tex(one)}$, $\tan \beta = "
            rf"{tex(two)}$, and $\tan \gamma = {self.third}$. What is $\tan (\alpha + \beta - 2\gamma)$? Express your "
            "answer as a common fraction."
        )

    def _added(self) -> Fraction:
        one, two = self.slopes
        return (one + two) / (1 - one * two)

    def _doubled(self) -> Fraction:
        return Fraction(2 * self.third, 1 - self.third**2)

    def answer(self) -> Answer:
        added, doubled = self._added(), self._doubled()
        return (added - doubled) / (1 + added * doubled)

    def check(self) -> Answer:
        one, two = self.slopes
        x, y = 1, 0  # a product of Gaussian integers has the sum of their angles
        for u, v in ((one.denominator, one.numerator), (two.denominator, two.numerator), *[(1, -self.third)] * 2):
            x, y = x * u - y * v, x * v + y * u
        return Fraction(y, x)


class EndlessTurns(Family, domain="precalculus", level=3):
    """An infinite sum of scaled sines or cosines of a progression of angles."""

    ratio: Fraction
    degrees: int
    is_sine: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        ratio = Fraction(random.randint(1, 11), random.randint(2, 12))
        degrees, is_sine = random.choice([30, 45, 60, 120, 135, 150]), random.random() < 0.5
        if not Fraction(1, 6) < ratio < Fraction(6, 7) or (degrees % 60 == 0 and not is_sine):
            return None  # cosines of 60 and 120 degrees add to a fraction
        return cls(ratio, degrees, is_sine, random.randrange(2))

    def statement(self) -> str:
        name, form = r"\sin" if self.is_sine else r"\cos", "Enter the exact value."
        if self.wording:
            terms = ", ".join(
                rf"\left({tex(self.ratio)}\right)^{n} {name} {n * self.degrees}^\circ".replace(")^1", ")")
                for n in (1, 2, 3)
            )
            return (
                rf"The sequence $a_1, a_2, a_3, \dots$ begins with \[{terms}\] and continues by the same rule. What is "
                f"the sum of all its terms? {form}"
            )
        return (
            rf"Find the value of the infinite series \[\sum_{{n=1}}^{{\infty}} \left({tex(self.ratio)}\right)^n {name} "
            rf"\left({self.degrees}n^\circ\right).\] {form}"
        )

    def answer(self) -> Answer:
        r = sympy.Rational(self.ratio.numerator, self.ratio.denominator)
        angle = sympy.rad(self.degrees)
        c, s = sympy.cos(angle), sympy.sin(angle)
        # Over 1 - 2 r c + r^2, whose conjugate has the other sign of the root in c.
        above = r * s if self.is_sine else r * c - r**2
        if self.degrees % 60 == 0:
            return above / (1 - 2 * r * c + r**2)
        norm = (1 + r**2) ** 2 - 4 * r**2 * c**2
        return sympy.expand(above * (1 + r**2 + 2 * r * c) / norm)

    def check(self) -> Answer:
        wave = sin if self.is_sine else cos
        return sum(float(self.ratio) ** n * wave(pi * self.degrees * n / 180) for n in range(1, 200))


class PrincipalAngle(Family, domain="precalculus", level=3):
    """An inverse function of its function: the angle, in radians, of the same value in the function's range."""

    name: str
    angle: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.choice(["sin", "cos", "tan"]), random.randint(5, 400), random.randrange(2))

    def statement(self) -> str:
        form = r"Express your answer exactly, in terms of $\pi$."
        if self.wording:
            low, high = {
                "sin": (r"-\frac{\pi}{2} \le", r"\le"),
                "cos": (r"0 \le", r"\le"),
                "tan": (r"-\frac{\pi}{2} <", "<"),
            }[self.name]
            top = r"\pi" if self.name == "cos" else r"\frac{\pi}{2}"
            return (
                rf"Angles are in radians. What is the number $x$ with ${low} x {high} {top}$ for which $\{self.name} x "
                rf"= \{self.name} {self.angle}$? {form}"
            )
        return rf"Compute $\arc{self.name} (\{self.name} {self.angle})$, where all angles are in radians. {form}"

    def answer(self) -> Answer:
        halves = round(self.angle / pi)
        if self.name == "tan":
            return self.angle - halves * sympy.pi
        if self.name == "sin":
            return (self.angle - halves * sympy.pi) * (-1 if halves % 2 else 1)
        turns = round(self.angle / (2 * pi))
        return (self.angle - 2 * turns * sympy.pi) * (1 if self.angle > 2 * turns * pi else -1)

    def check(self) -> Answer:
        function, inverse = {"sin": (sin, asin), "cos": (cos, acos), "tan": (tan, atan)}[self.name]
        return inverse(function(self.angle))
