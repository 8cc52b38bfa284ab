"""Intermediate algebra, level 3: two ideas combined."""

from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import expanded
from pytest_mathbench.families.latex import Answer, polynomial, signed

X = sympy.Symbol("x")


class SumsOfPowers(Family, domain="intermediate_algebra", level=3):
    """A sum of powers of the roots of a cubic that has no nice roots."""

    coefficients: tuple[int, int, int]
    power: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.choice([*range(-8, 0), *range(1, 9)]) for _ in range(3))
        return cls((a, b, c), random.randint(3, 5))

    def statement(self) -> str:
        power = self.power
        return (
            f"Let $r$, $s$, and $t$ be the complex roots of the polynomial ${polynomial([1, *self.coefficients])}$. "
            "What is "
            rf"$r^{power} + s^{power} + t^{power}$?"
        )

    def answer(self) -> Answer:
        a, b, c = self.coefficients
        sums = [3, -a, a * a - 2 * b]
        while len(sums) <= self.power:
            sums.append(-a * sums[-1] - b * sums[-2] - c * sums[-3])
        return sums[self.power]

    def check(self) -> Answer:
        a, b, c = self.coefficients
        companion = sympy.Matrix([[0, 0, -c], [1, 0, -b], [0, 1, -a]])
        return (companion**self.power).trace()


class SignsOfFactors(Family, domain="intermediate_algebra", level=3):
    """A polynomial inequality with a double root."""

    single: tuple[int, int]
    double: int
    strict: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        low, middle, high = sorted(random.sample(range(-15, 16), 3))
        order = random.choice([(low, middle, high), (low, high, middle)])
        return cls((order[0], order[1]), order[2], random.random() < 0.5)

    def statement(self) -> str:
        low, high = self.single
        product = expanded([1, -low], [1, -high], [1, -self.double], [1, -self.double])
        sign = "<" if self.strict else r"\le"
        return (
            rf"Find all real numbers $x$ such that \[{polynomial(product)} {sign} 0.\] Express your answer in interval "
            "notation, with braces around a single number."
        )

    def answer(self) -> Answer:
        low, high = self.single
        inside = sympy.Interval(low, high, self.strict, self.strict)
        single = sympy.FiniteSet(self.double)
        return inside - single if self.strict else inside + single if not low < self.double < high else inside

    def check(self) -> Answer:
        low, high = self.single
        value = (X - low) * (X - high) * (X - self.double) ** 2
        points = sorted({low, high, self.double})
        found = sympy.S.EmptySet
        for left, right in pairwise([points[0] - 2, *points, points[-1] + 2]):
            if value.subs(X, sympy.Rational(left + right, 2)) < 0:
                found += sympy.Interval.open(left, right)
        return found if self.strict else found + sympy.FiniteSet(*points)


class PartialFractions(Family, domain="intermediate_algebra", level=3):
    """A finite sum that telescopes after partial fractions."""

    step: int
    start: int
    terms: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 9), random.randint(1, 12), random.randint(20, 400))

    def statement(self) -> str:
        a, d, n = self.start, self.step, self.terms
        shown = " + ".join(rf"\frac{{1}}{{{a + k * d} \cdot {a + k * d + d}}}" for k in range(3))
        last = rf"\frac{{1}}{{{a + (n - 1) * d} \cdot {a + n * d}}}"
        return rf"Compute \[{shown} + \cdots + {last}.\] Express your answer as a common fraction."

    def answer(self) -> Answer:
        return Fraction(self.terms, self.start * (self.start + self.terms * self.step))

    def check(self) -> Answer:
        factors = range(self.start, self.start + self.terms * self.step, self.step)
        return sum(1 / (one * (one + self.step)) for one in factors)


class OtherPolynomial(Family, domain="intermediate_algebra", level=3):
    """The monic cubic whose roots are those of another, shifted and stretched."""

    coefficients: tuple[int, int, int]
    factor: int
    shift: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.choice([*range(-6, 0), *range(1, 7)]) for _ in range(3))
        return cls((a, b, c), random.randint(2, 4), random.choice([*range(-5, 0), *range(1, 6)]))

    def statement(self) -> str:
        roots = [f"{self.factor}{letter}{signed(self.shift)}" for letter in "rst"]
        return (
            f"The polynomial ${polynomial([1, *self.coefficients])}$ has the complex roots $r$, $s$, and $t$. Find "
            "the "
            f"polynomial in $x$ with leading coefficient $1$ whose roots are ${roots[0]}$, ${roots[1]}$, and "
            f"${roots[2]}$. "
            "Write it in expanded form."
        )

    def answer(self) -> Answer:
        a, b, c = self.coefficients
        old = (X - self.shift) / self.factor
        return sympy.expand(self.factor**3 * (old**3 + a * old**2 + b * old + c))

    def check(self) -> Answer:
        a, b, c = self.coefficients
        f, s = self.factor, self.shift
        one, two, three = (
            -f * a + 3 * s,
            f * f * b - 2 * f * s * a + 3 * s * s,
            -(f**3) * c + f * f * s * b - f * s * s * a + s**3,
        )
        return X**3 - one * X**2 + two * X - three  # Vieta, for the moved roots


class ComplexModulus(Family, domain="intermediate_algebra", level=3):
    """The value of |z|^2 from an equation in z and its modulus."""

    real: int
    imaginary: int
    times: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        m, n = sorted(random.sample(range(1, 12), 2))
        scale = random.randint(1, 4)
        legs = [scale * (n * n - m * m), 2 * scale * m * n]
        random.shuffle(legs)
        drawn = cls(legs[0] * random.choice([-1, 1]), legs[1] * random.choice([-1, 1]), random.randint(2, 9))
        return drawn if drawn.check() is not None else None  # else another z of the same sign solves it, too

    def statement(self) -> str:
        size = round(abs(complex(self.real, self.imaginary)))
        right = self.real + self.times * size
        return (
            rf"The complex number $z$ satisfies $z + {self.times}|z| = {right}{signed(self.imaginary)}i$ and has "
            rf"{'positive' if self.real > 0 else 'negative'} real part. What is $|z|^2$?"
        )

    def answer(self) -> Answer:
        return self.real**2 + self.imaginary**2

    def check(self) -> Answer:
        size = round(abs(complex(self.real, self.imaginary)))
        right = self.real + self.times * size
        found = [
            n * n
            for n in range(1, 2000)
            if (right - self.times * n) ** 2 + self.imaginary**2 == n * n and (right - self.times * n) * self.real > 0
        ]
        return found[0] if len(found) == 1 else None
