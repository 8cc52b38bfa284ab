"""Precalculus, level 2: two or three steps."""

import cmath
from fractions import Fraction
from math import gcd, hypot, isqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, matrix, signed, tex


class ProjectionOnVector(Family, domain="precalculus", level=2):
    """The projection of one vector onto another."""

    vector: tuple[int, int]
    onto: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([*range(-9, 0), *range(1, 10)]) for _ in range(4))
        return cls((a, b), (c, d)) if a * c + b * d and a * d - b * c else None

    def statement(self) -> str:
        vector, onto = (matrix([[entry] for entry in each]) for each in (self.vector, self.onto))
        return rf"Find the projection of ${vector}$ onto ${onto}$. Enter your answer as a column vector."

    def answer(self) -> Answer:
        (a, b), (c, d) = self.vector, self.onto
        factor = Fraction(a * c + b * d, c * c + d * d)
        return sympy.Matrix([factor * c, factor * d])

    def check(self) -> Answer:
        (a, b), (c, d) = self.vector, self.onto
        image = complex(a, b) * complex(c, -d)  # turned so that the line is the real axis
        back = complex(image.real, 0) / complex(c, -d)
        return sympy.Matrix([back.real, back.imag])


class InverseMatrix(Family, domain="precalculus", level=2):
    """The inverse of a matrix of two rows."""

    rows: tuple[tuple[int, int], tuple[int, int]]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([*range(-9, 0), *range(1, 10)]) for _ in range(4))
        return cls(((a, b), (c, d))) if 1 < abs(a * d - b * c) < 40 else None

    def statement(self) -> str:
        return rf"Find the inverse of the matrix \[{matrix(self.rows)}.\] Enter your answer as a matrix."

    def answer(self) -> Answer:
        return sympy.Matrix(self.rows).inv()

    def check(self) -> Answer:
        (a, b), (c, d) = self.rows
        by = Fraction(1, a * d - b * c)
        return sympy.Matrix([[by * d, -by * b], [-by * c, by * a]])


class SineFromCosine(Family, domain="precalculus", level=2):
    """A double angle's sine from one ratio and the quadrant."""

    triple: tuple[int, int, int]
    quadrant: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, large = sorted(random.sample(range(1, 45), 2))
        opposite, adjacent = random.sample([large**2 - small**2, 2 * small * large], 2)
        return cls((opposite, adjacent, large**2 + small**2), random.randint(2, 4))

    def statement(self) -> str:
        _, adjacent, longest = self.triple
        sign = "-" if self.quadrant in (2, 3) else ""
        ratio = Fraction(adjacent, longest)
        low, high = 90 * (self.quadrant - 1), 90 * self.quadrant
        return (
            rf"The angle $\theta$ satisfies ${low}^\circ < \theta < {high}^\circ$ and "
            rf"$\cos \theta = {sign}\frac{{{ratio.numerator}}}{{{ratio.denominator}}}$. What is $\sin 2\theta$? "
            "Express "
            "your answer as a common fraction."
        )

    def answer(self) -> Answer:
        opposite, adjacent, longest = self.triple
        sine = opposite * (1 if self.quadrant == 2 else -1)
        cosine = adjacent * (1 if self.quadrant == 4 else -1)
        return Fraction(2 * sine * cosine, longest**2)

    def check(self) -> Answer:
        opposite, adjacent, _ = self.triple
        point = complex(adjacent * (1 if self.quadrant == 4 else -1), opposite * (1 if self.quadrant == 2 else -1))
        return cmath.exp(2j * cmath.phase(point)).imag


class ComplexPower(Family, domain="precalculus", level=2):
    """A power of a complex number of a special angle, by De Moivre."""

    factor: int
    kind: int
    power: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor = random.randint(1, 20) * random.choice([-1, 1])
        return cls(factor, random.randrange(6), random.randint(4, 9))

    def _number(self) -> tuple[Answer, Answer]:
        root = sympy.sqrt(3)
        real, imaginary = [(1, 1), (1, -1), (1, root), (root, 1), (1, -root), (root, -1)][self.kind]
        return self.factor * real, self.factor * imaginary

    def statement(self) -> str:
        real, imaginary = self._number()
        imaginary_part = signed(imaginary) if abs(imaginary) != 1 else signed(imaginary)[:-1]
        return (
            rf"Compute $\left({tex(real)}{imaginary_part}i\right)^{self.power}$. Express your answer in the form "
            "$a + bi$, where $a$ and $b$ are real numbers."
        )

    def answer(self) -> Answer:
        real, imaginary = self._number()
        return sympy.expand((real + imaginary * sympy.I) ** self.power)

    def check(self) -> Answer:
        real, imaginary = map(float, self._number())
        return complex(real, imaginary) ** self.power


class AngleBetweenLines(Family, domain="precalculus", level=2):
    """The cosine of the angle of two vectors whose lengths are whole."""

    one: tuple[int, int, int]
    other: tuple[int, int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = (_with_whole_length(random) for _ in range(2))
        dot = sum(a * b for a, b in zip(one, other, strict=True))
        return cls(one, other) if dot and one < other and gcd(*one) == gcd(*other) == 1 else None

    def statement(self) -> str:
        one, other = (matrix([[entry] for entry in vector]) for vector in (self.one, self.other))
        return (
            rf"Let $\theta$ be the angle between the vectors ${one}$ and ${other}$. What is $\cos \theta$? Express "
            "your "
            "answer as a common fraction or an integer."
        )

    def answer(self) -> Answer:
        one, other = (isqrt(sum(x * x for x in vector)) for vector in (self.one, self.other))
        return Fraction(sum(a * b for a, b in zip(self.one, self.other, strict=True)), one * other)

    def check(self) -> Answer:
        one, other = hypot(*self.one), hypot(*self.other)
        apart = hypot(*(a - b for a, b in zip(self.one, self.other, strict=True)))
        return (one**2 + other**2 - apart**2) / (2 * one * other)  # the law of cosines


def _with_whole_length(random: Random) -> tuple[int, int, int]:
    """Return a vector whose length is m^2 + n^2 + p^2 + q^2 (Euler), its entries in any order and of any sign."""
    m, n, p, q = (random.randint(0, 4) for _ in range(4))
    entries = [m * m + n * n - p * p - q * q, 2 * (m * q + n * p), 2 * (n * q - m * p)]
    random.shuffle(entries)
    one, two, three = (entry * random.choice([-1, 1]) for entry in entries)
    return one, two, three
