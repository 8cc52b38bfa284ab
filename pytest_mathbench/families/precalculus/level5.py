"""Precalculus, level 5: an insight or a long chain, and exact forms of what no program ends."""

from fractions import Fraction
from math import cos, gcd, pi, prod, sin
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, matrix, tex


class ProductOfSines(Family, domain="precalculus", level=5):
    """The product of a shifted factor over all roots of unity, as a power."""

    count: int
    base: int
    shift: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        count, base = random.randint(5, 60), random.randint(2, 9)
        return cls(count, base, random.choice([90, 180, 270]))

    def statement(self) -> str:
        degrees = Fraction(360, self.count)
        step = tex(degrees)
        sign = "-" if self.shift == 180 else "+"
        return (
            rf"Let \[P = \prod_{{k=1}}^{{{self.count}}} \left({self.base**2 + 1} {sign} {2 * self.base} \cos "
            rf"\left(k \cdot {step}^\circ + {self.shift}^\circ\right)\right).\] What is the value of $P$? Express your "
            rf"answer as an integer."
        )

    def answer(self) -> Answer:
        # |b - e^(iu)|^2 = b^2 + 1 - 2 b cos u, over all n-th roots of e^(i s n): |b^n - e^(i s n)|^2.
        sign = 1 if self.shift == 180 else -1
        turn = sympy.rad(self.shift * self.count) + (0 if sign == 1 else sympy.pi * self.count)
        power = self.base**self.count
        return sympy.Integer(power**2 + 1) - 2 * power * sympy.cos(turn)

    def check(self) -> Answer:
        sign = -1 if self.shift == 180 else 1
        factors = (
            self.base**2 + 1 + sign * 2 * self.base * cos(2 * pi * k / self.count + pi * self.shift / 180)
            for k in range(1, self.count + 1)
        )
        return prod(factors)


class EndlessTurns(Family, domain="precalculus", level=5):
    """An infinite sum of scaled cosines of a progression of angles."""

    ratio: Fraction
    degrees: int
    sine: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        ratio = Fraction(random.randint(1, 30), random.randint(2, 31))
        degrees = random.choice([30, 45, 60, 120, 135, 150])
        return cls(ratio, degrees, random.random() < 0.5) if Fraction(1, 6) < ratio < Fraction(6, 7) else None

    def statement(self) -> str:
        ratio, name = tex(self.ratio), r"\sin" if self.sine else r"\cos"
        return (
            rf"Find the value of the infinite series \[\sum_{{n=1}}^{{\infty}} \left({ratio}\right)^n {name} "
            rf"\left({self.degrees}n^\circ\right).\] Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        r = sympy.Rational(self.ratio.numerator, self.ratio.denominator)
        c, s = sympy.cos(sympy.rad(self.degrees)), sympy.sin(sympy.rad(self.degrees))
        above = r * s if self.sine else r * c - r**2
        return sympy.radsimp(above / (1 - 2 * r * c + r**2))

    def check(self) -> Answer:
        wave = sin if self.sine else cos
        return sum(float(self.ratio) ** n * wave(pi * self.degrees * n / 180) for n in range(1, 400))


class SharedSolutions(Family, domain="precalculus", level=5):
    """How many solutions an equation of two waves has in a huge interval."""

    one: int
    other: int
    turns: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = sorted(random.sample(range(3, 90), 2))
        return cls(one, other, random.randint(10**12, 10**13))

    def statement(self) -> str:
        interval = rf"$0 \le x \le {self.turns}\pi$"
        return rf"How many real numbers $x$ with {interval} satisfy $\cos {self.one}x = \cos {self.other}x$?"

    def answer(self) -> Answer:
        def within(rate: int) -> int:
            """Count the multiples of 2 pi / rate in the interval."""
            return self.turns * rate // 2 + 1

        low, high = self.other - self.one, self.other + self.one
        return within(low) + within(high) - within(gcd(low, high))

    def check(self) -> Answer:
        low, high = self.other - self.one, self.other + self.one
        # In one turn of 2 pi, and in the half turn that may be left: the angles as fractions of a turn.
        angles = {Fraction(k, low) for k in range(low)} | {Fraction(k, high) for k in range(high)}
        turns, half = divmod(self.turns, 2)
        return turns * len(angles) + (sum(angle <= Fraction(1, 2) for angle in angles) if half else 1)


class TangentTelescope(Family, domain="precalculus", level=5):
    """An infinite sum of arctangents that telescopes; its tangent is asked for."""

    shift: int
    step: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 60), random.randint(2, 60))

    def statement(self) -> str:
        a, b = self.shift, self.step
        inner = f"{b * b}n^2 + {b * (2 * a + b)}n + {a * a + a * b + 1}"
        return (
            rf"For each nonnegative integer $n$, let $\theta_n$ be the acute angle with \[\tan \theta_n = "
            rf"\frac{{{b}}}{{{inner}}}.\] Let $S = \theta_0 + \theta_1 + \theta_2 + \cdots$. What is $\sin 2S$? "
            "Express your "
            "answer as a common fraction."
        )

    def answer(self) -> Answer:
        return Fraction(2 * self.shift, self.shift**2 + 1)  # S is a right angle less the arctangent of the shift

    def check(self) -> Answer:
        a, b = self.shift, self.step
        number = complex(1)
        terms = 3000
        for n in range(terms):
            number *= complex(b * b * n * n + b * (2 * a + b) * n + a * a + a * b + 1, b)
            number /= abs(number)
        rest = b * terms + a  # what is left is the arctangent of its reciprocal
        number *= complex(rest, 1)
        return number.imag * number.real * 2 / abs(number) ** 2


class LongWalk(Family, domain="precalculus", level=5):
    """Where a huge power of a matrix, a rotation with a stretch, takes a vector."""

    shape: int
    scale: int
    power: int
    vector: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        power = random.randint(10**15, 10**16)
        vector = random.randint(2, 30), random.randint(2, 30)
        return cls(random.randrange(4), random.choice([-1, 1]), power, vector)

    def _matrix(self) -> Answer:
        root = sympy.sqrt(3)
        cosine, sine = [(root, 1), (1, root), (-1, root), (-root, 1)][self.shape]
        half = sympy.Rational(self.scale, 2)
        return sympy.Matrix([[half * cosine, -half * sine], [half * sine, half * cosine]])

    def statement(self) -> str:
        vector = matrix([[entry] for entry in self.vector])
        return (
            rf"Let \[\mathbf{{M}} = {tex(self._matrix())}.\] Compute \[\mathbf{{M}}^{{{self.power}}} {vector}.\] "
            "Enter your "
            "answer as a column vector with entries in simplest radical form."
        )

    def answer(self) -> Answer:
        degrees = [30, 60, 120, 150][self.shape] + (180 if self.scale < 0 else 0)
        angle = sympy.rad(degrees * self.power % 360)
        c, s = sympy.cos(angle), sympy.sin(angle)
        x, y = self.vector
        return sympy.Matrix([sympy.expand(c * x - s * y), sympy.expand(s * x + c * y)])

    def check(self) -> Answer:
        entries = [float(entry) for entry in self._matrix()]
        vector = complex(*self.vector)
        for _ in range(self.power % 12):  # twelve steps are a whole number of turns
            vector *= complex(entries[0], entries[2])
        return sympy.Matrix([vector.real, vector.imag])
