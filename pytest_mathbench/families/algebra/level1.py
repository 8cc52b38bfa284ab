"""Algebra, level 1: one step."""

from fractions import Fraction
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced, polynomial, tex


class LinearEquation(Family, domain="algebra", level=1):
    """A linear equation with the unknown on both sides."""

    left: int
    left_constant: int
    right: int
    right_constant: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        right = random.randint(2, 8)
        left = right + random.randint(2, 9)
        constant, solution = random.randint(-20, 20), random.randint(-25, 25)
        other = (left - right) * solution + constant
        if not constant * other * solution or solution in {left, constant, right, other}:
            return None
        return cls(left, constant, right, other, random.randrange(2))

    def statement(self) -> str:
        left = polynomial([self.left, self.left_constant])
        right = polynomial([self.right, self.right_constant])
        if self.wording:
            return f"The expressions ${left}$ and ${right}$ have the same value. What is $x$?"
        return f"What value of $x$ satisfies the equation ${left} = {right}$?"

    def answer(self) -> Answer:
        return Fraction(self.right_constant - self.left_constant, self.left - self.right)

    def check(self) -> Answer:
        (solution,) = (
            x for x in range(-50, 51) if self.left * x + self.left_constant == self.right * x + self.right_constant
        )
        return solution


class NewOperation(Family, domain="algebra", level=1):
    """A made-up operation on two numbers, evaluated by its definition."""

    first: int
    second: int
    one: int
    other: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.randint(2, 12), random.randint(2, 12)
        drawn = cls(random.randint(2, 9), random.randint(2, 9), one, other, random.randrange(2))
        return drawn if one != other and drawn.answer() not in {0, 1, drawn.first, drawn.second, one, other} else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"A function of two numbers is given by $f(a,b) = {self.first}a + {self.second}b - ab$. Find "
                f"$f({self.one},{self.other})$."
            )
        return (
            rf"For all real numbers $a$ and $b$, define $a \diamond b = {self.first}a + {self.second}b - ab$. What is "
            rf"the value of ${self.one} \diamond {self.other}$?"
        )

    def answer(self) -> Answer:
        return self.first * self.one + self.second * self.other - self.one * self.other

    def check(self) -> Answer:
        return self.first * self.second - (self.one - self.second) * (self.other - self.first)


class SegmentMidpoint(Family, domain="algebra", level=1):
    """The midpoint of a segment between lattice points."""

    start: tuple[int, int]
    end: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        start, middle = ((random.randint(-9, 9), random.randint(-9, 9)) for _ in range(2))
        end = 2 * middle[0] - start[0], 2 * middle[1] - start[1]
        return cls(start, end, random.randrange(2)) if start[0] != end[0] and start[1] != end[1] else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"The point $M$ lies on the segment from $A = {tex(self.start)}$ to $B = {tex(self.end)}$, as far from "
                "$A$ as from $B$. What are the coordinates of $M$? Enter your answer as an ordered pair $(x,y)$."
            )
        return (
            f"What is the midpoint of the line segment with endpoints ${tex(self.start)}$ and ${tex(self.end)}$? Enter "
            "your answer as an ordered pair $(x,y)$."
        )

    def answer(self) -> Answer:
        return tuple(Fraction(one + other, 2) for one, other in zip(self.start, self.end, strict=True))

    def check(self) -> Answer:
        (a, b), (c, d) = self.start, self.end
        (middle,) = (
            (x, y)
            for x in range(min(a, c), max(a, c) + 1)
            for y in range(min(b, d), max(b, d) + 1)
            if (x - a) * (d - b) == (y - b) * (c - a)
            if (x - a) ** 2 + (y - b) ** 2 == (x - c) ** 2 + (y - d) ** 2
        )
        return middle


class Variation(Family, domain="algebra", level=1):
    """Direct or inverse proportion, from one pair of values to another."""

    direct: bool
    before: int
    value: int
    after: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        before, value, after = (random.randint(2, 20) for _ in range(3))
        drawn = cls(random.random() < 0.5, before, value, after, random.randrange(2))
        return drawn if len({before, value, after}) == 3 and drawn.answer().denominator == 1 else None

    def statement(self) -> str:
        if self.wording and self.direct:
            return (
                "The length by which a spring is stretched is directly proportional to the weight that hangs on it. A "
                f"weight of ${self.before}$ newtons stretches it by ${self.value}$ millimeters. By how many "
                f"millimeters does a weight of ${self.after}$ newtons stretch it?"
            )
        if self.wording:
            return (
                "The time that a job takes is inversely proportional to the number of machines that do it. With "
                f"${self.before}$ machines, it takes ${self.value}$ hours. How many hours does it take with "
                f"${self.after}$ machines?"
            )
        return (
            f"The quantity $y$ is {'directly' if self.direct else 'inversely'} proportional to the quantity $x$. When "
            f"$x = {self.before}$, $y = {self.value}$. What is the value of $y$ when $x = {self.after}$?"
        )

    def answer(self) -> Answer:
        ratio = Fraction(self.after, self.before)
        return self.value * ratio if self.direct else self.value / ratio

    def check(self) -> Answer:
        if self.direct:
            return next(y for y in range(401) if y * self.before == self.value * self.after)
        return next(y for y in range(401) if y * self.after == self.value * self.before)


class PowerOfPower(Family, domain="algebra", level=1):
    """A power of a power over a power, as one power."""

    base: int
    inner: int
    outer: int
    below: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        inner, outer = random.randint(2, 12), random.randint(2, 9)
        drawn = cls(random.randint(2, 9), inner, outer, random.randint(2, inner * outer - 2), random.randrange(2))
        return drawn if drawn.answer() not in {drawn.base, inner, outer, drawn.below} else None

    def statement(self) -> str:
        base = self.base
        above = rf"\left({base}^{braced(self.inner)}\right)^{braced(self.outer)}"
        if self.wording:
            return (
                f"The number ${above}$ is divided by ${base}^{braced(self.below)}$. The result is a power of ${base}$. "
                "What is its exponent?"
            )
        return rf"If $\frac{{{above}}}{{{base}^{braced(self.below)}}} = {base}^n$, what is the value of $n$?"

    def answer(self) -> Answer:
        return self.inner * self.outer - self.below

    def check(self) -> Answer:
        quotient = (self.base**self.inner) ** self.outer // self.base**self.below
        return next(n for n in range(200) if self.base**n == quotient)
