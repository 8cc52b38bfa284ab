"""Algebra, level 1: values of functions, powers and sequences."""

from fractions import Fraction
from math import ceil, floor
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, polynomial, tex

X = sympy.Symbol("x")


class CompositionValue(Family, domain="algebra", level=1):
    """One function of the value of another."""

    outer: tuple[int, int, int]
    inner: tuple[int, int]
    point: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        outer = random.randint(1, 4), random.randint(-6, 6), random.randint(-9, 9)
        inner = random.choice([-3, -2, 2, 3, 4, 5]), random.choice([-1, 1]) * random.randint(1, 9)
        drawn = cls(outer, inner, random.randint(2, 7), random.randrange(2))
        given = {*outer, *inner, drawn.point, inner[0] * drawn.point + inner[1]}
        return drawn if drawn.answer() not in given else None

    def statement(self) -> str:
        outer, inner = polynomial(self.outer), polynomial(self.inner)
        if self.wording:
            return (
                f"Machine $A$ turns a number $x$ into ${inner}$, and machine $B$ turns a number $x$ into ${outer}$. "
                f"The number ${self.point}$ is put into machine $A$, and the result is put into machine $B$. What "
                "comes out?"
            )
        return f"If $f(x) = {outer}$ and $g(x) = {inner}$, what is the value of $f(g({self.point}))$?"

    def answer(self) -> Answer:
        a, b, c = self.outer
        value = self.inner[0] * self.point + self.inner[1]
        return a * value**2 + b * value + c

    def check(self) -> Answer:
        (a, b, c), (m, k) = self.outer, self.inner
        expanded = a * m * m, 2 * a * m * k + b * m, a * k * k + b * k + c
        return sum(coefficient * self.point**power for power, coefficient in zip((2, 1, 0), expanded, strict=True))


class ExpandedProduct(Family, domain="algebra", level=1):
    """The product of two linear polynomials, or of one and a quadratic, multiplied out."""

    one: tuple[int, int]
    other: tuple[int, ...]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one = random.randint(2, 6), random.choice([-1, 1]) * random.randint(1, 9)
        other = tuple(random.choice([-1, 1]) * random.randint(1, 7) for _ in range(random.choice([2, 3])))
        return cls(one, (abs(other[0]), *other[1:]), random.randrange(2))

    def statement(self) -> str:
        one, other = polynomial(self.one), polynomial(self.other)
        if self.wording:
            return f"What is the product of ${one}$ and ${other}$? Express your answer as a polynomial in $x$."
        return f"Expand the product $({one})({other})$ and combine like terms."

    def answer(self) -> Answer:
        coefficients = [0] * (len(self.other) + 1)
        for place, value in enumerate(self.other):
            coefficients[place] += self.one[0] * value
            coefficients[place + 1] += self.one[1] * value
        return sum(coefficient * X**power for power, coefficient in enumerate(reversed(coefficients)))

    def check(self) -> Answer:
        other = sympy.Integer(0)
        for coefficient in self.other:
            other = other * X + coefficient
        return (self.one[0] * X + self.one[1]) * other


class FloorsOfFractions(Family, domain="algebra", level=1):
    """A floor and a ceiling of fractions, one of them negative."""

    positive: Fraction
    negative: Fraction
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        positive, negative = (Fraction(random.randint(20, 150), random.randint(3, 9)) for _ in range(2))
        drawn = cls(positive, -negative, random.randrange(2))
        return drawn if min(positive.denominator, negative.denominator) > 1 and abs(drawn.answer()) > 3 else None

    def statement(self) -> str:
        one, other = tex(self.positive), tex(self.negative)
        if self.wording:
            return (
                f"Let $a$ be the greatest integer that is less than ${one}$, and let $b$ be the greatest integer that "
                f"is less than ${other}$. What is the value of $a - b$?"
            )
        return (
            rf"What is the value of $\left\lceil {one} \right\rceil + \left\lfloor {other} \right\rfloor$? Here "
            r"$\lceil r \rceil$ is the least integer that is at least $r$, and $\lfloor r \rfloor$ is the greatest "
            "integer that is at most $r$."
        )

    def answer(self) -> Answer:
        if self.wording:
            return floor(self.positive) - floor(self.negative)
        return ceil(self.positive) + floor(self.negative)

    def check(self) -> Answer:
        steps = range(-200, 200)
        low = max(n for n in steps if n < self.negative)
        if self.wording:
            return max(n for n in steps if n < self.positive) - low
        return min(n for n in steps if n > self.positive) + low


class FractionalPower(Family, domain="algebra", level=1):
    """A power with a fraction as its exponent, perhaps negative."""

    root: int
    above: int
    below: int
    negative: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        below = random.randint(2, 5)
        drawn = cls(random.randint(2, 12), random.randint(2, 5), below, random.random() < 0.4, random.randrange(2))
        small = drawn.root**below < 10**5 and drawn.root**drawn.above < 10**4
        return drawn if small and drawn.above % below and (below != 4 or drawn.above % 2) else None

    def statement(self) -> str:
        base, exponent = self.root**self.below, rf"\frac{{{self.above}}}{{{self.below}}}"
        sign = "-" if self.negative else ""
        ending = " Express your answer as a common fraction." if self.negative else ""
        if self.wording:
            return rf"If $x = {base}$, what is the value of $x^{{{sign}{self.above}/{self.below}}}$?" + ending
        return rf"Evaluate ${base}^{{{sign}{exponent}}}$." + ending

    def answer(self) -> Answer:
        return Fraction(self.root) ** (-self.above if self.negative else self.above)

    def check(self) -> Answer:
        base = self.root**self.below
        value = next(v for v in range(1, 10**4 + 1) if v**self.below == base**self.above)
        return Fraction(1, value) if self.negative else value


class ArithmeticTerm(Family, domain="algebra", level=1):
    """A term of an arithmetic sequence, from its first terms."""

    first: int
    difference: int
    place: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        difference = random.choice([-1, 1]) * random.randint(2, 12)
        return cls(random.randint(2, 60), difference, random.randint(15, 60), random.randrange(2))

    def statement(self) -> str:
        terms = ", ".join(str(self.first + step * self.difference) for step in range(3))
        if self.wording and self.difference > 0:
            return (
                f"A gardener plants ${self.first}$ tulips in the first row and ${self.difference}$ more in each row "
                f"than in the row before. How many tulips does the gardener plant in row number ${self.place}$?"
            )
        return (
            rf"Each term of the sequence ${terms}, \ldots$ differs from the term before it by the same amount. What is "
            f"term number ${self.place}$ of the sequence?"
        )

    def answer(self) -> Answer:
        return self.first + (self.place - 1) * self.difference

    def check(self) -> Answer:
        term = self.first
        for _ in range(self.place - 1):
            term += self.difference
        return term
