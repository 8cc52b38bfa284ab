"""Algebra, level 3: two ideas together."""

from fractions import Fraction
from math import gcd, hypot, isqrt, log, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced, polynomial
from pytest_mathbench.families.numeric import crossing

X = sympy.Symbol("x")


class DrainedTwice(Family, domain="algebra", level=3):
    """A solution is diluted twice by the same unknown amount: a quadratic from a mixture."""

    volume: int
    before: int
    after: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        whole = random.randint(3, 9)
        kept = random.randint(1, whole - 1)
        unit = random.randint(1, 99 // whole**2)
        volume = whole * random.randint(3, 30)
        drawn = cls(volume, unit * whole**2, unit * kept**2, random.randrange(2))
        given = {volume, drawn.before, drawn.after}
        return drawn if gcd(whole, kept) == 1 and drawn.answer() not in given else None

    def statement(self) -> str:
        if self.wording:
            return (
                rf"A barrel is full of ${self.volume}$ liters of a drink that is ${self.before}\%$ juice by volume. A "
                "bucket is filled from the barrel, and the barrel is then filled up with pure water and stirred. The "
                rf"same is done a second time, with the same bucket. The drink in the barrel is now ${self.after}\%$ "
                "juice by volume. How many liters does the bucket hold?"
            )
        return (
            rf"A tank is filled with ${self.volume}$ liters of a solution that is ${self.before}\%$ acid by volume. "
            "From the full tank, $x$ liters are drained and replaced with $x$ liters of water. After the contents "
            "are mixed thoroughly, $x$ liters of the mixture are drained and again replaced with $x$ liters of "
            rf"water. The tank now holds a solution that is ${self.after}\%$ acid by volume. What is the value of $x$?"
        )

    def answer(self) -> Answer:
        ratio = Fraction(self.after, self.before)
        return self.volume * (1 - Fraction(isqrt(ratio.numerator), isqrt(ratio.denominator)))

    def check(self) -> Answer:
        def excess(drained: float) -> float:
            acid = self.volume * self.before / 100
            for _ in range(2):
                acid -= drained * acid / self.volume
            return acid - self.volume * self.after / 100

        return crossing(excess, 0, self.volume)


class LogarithmSum(Family, domain="algebra", level=3):
    """A sum of logarithms equal to a number: a quadratic, one of whose roots is not in the domain."""

    base: int
    first: int
    second: int
    total: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        base, total = random.choice([(2, 5), (2, 6), (2, 7), (3, 4), (4, 3), (6, 2), (6, 3), (10, 2), (12, 2)])
        factors = [d for d in range(1, base**total) if base**total % d == 0 and d * d != base**total]
        factor, solution = random.choice(factors), random.randint(-30, 30)
        first, second = factor - solution, base**total // factor - solution
        drawn = cls(base, first, second, total, random.randrange(2))
        if solution in {0, 1, base, total, first, second} or first == second:
            return None
        return drawn if first * second and max(first, second) < 100 else None

    def statement(self) -> str:
        logs = (rf"\log_{braced(self.base)} ({polynomial([1, shift])})" for shift in (self.first, self.second))
        if self.wording:
            one, two = logs
            return (
                f"The numbers ${one}$ and ${two}$ are defined for a real number $x$, and their sum is ${self.total}$. "
                "What is the value of $x$?"
            )
        return f"Find all real numbers $x$ such that ${' + '.join(logs)} = {self.total}$."

    def answer(self) -> Answer:
        half = self.first + self.second
        root = isqrt(half**2 - 4 * (self.first * self.second - self.base**self.total))
        return Fraction(root - half, 2)

    def check(self) -> Answer:
        low = -min(self.first, self.second)
        return crossing(
            lambda x: log(x + self.first) + log(x + self.second) - self.total * log(self.base), low + 1e-6, low + 1e4
        )


class ChordOfParabola(Family, domain="algebra", level=3):
    """The distance between the points where a line meets a parabola."""

    parabola: tuple[int, int, int]
    line: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        parabola = random.randint(1, 3), random.randint(-6, 6), random.randint(-9, 9)
        line = random.choice([-1, 1]) * random.randint(1, 4), random.randint(-9, 9)
        drawn = cls(parabola, line, random.randrange(2))
        discriminant = drawn._discriminant()
        square = discriminant * (1 + line[0] ** 2)
        return drawn if 0 < discriminant < 150 and isqrt(square) ** 2 != square else None

    def _discriminant(self) -> int:
        (a, b, c), (slope, height) = self.parabola, self.line
        return (b - slope) ** 2 - 4 * a * (c - height)

    def statement(self) -> str:
        if self.wording:
            return (
                f"The graphs of $f(x) = {polynomial(self.parabola)}$ and $g(x) = {polynomial(self.line)}$ meet at two "
                "points. How far are these two points from each other? Express your answer in simplest radical form."
            )
        return (
            f"The line $y = {polynomial(self.line)}$ intersects the parabola $y = {polynomial(self.parabola)}$ at the "
            "points $A$ and $B$. What is the length of segment $AB$? Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        return sympy.sqrt(self._discriminant() * (1 + self.line[0] ** 2)) / self.parabola[0]

    def check(self) -> Answer:
        (a, b, c), (slope, height) = self.parabola, self.line
        middle = (slope - b) / (2 * a)
        reach = sqrt(middle**2 - (c - height) / a)
        one, other = ((x, slope * x + height) for x in (middle - reach, middle + reach))
        return hypot(one[0] - other[0], one[1] - other[1])


class InverseOfComposition(Family, domain="algebra", level=3):
    """The inverse of a linear fractional function after a linear one, as an expression."""

    fraction: tuple[int, int, int, int]
    inner: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([-1, 1]) * random.randint(1, 9) for _ in range(4))
        inner = random.randint(2, 5), random.choice([-1, 1]) * random.randint(1, 9)
        c = abs(c)
        lowest = gcd(a * inner[1] + b, c * inner[1] + d, inner[0] * c, inner[0] * a) == 1
        if a * d == b * c or gcd(a, b, c, d) > 1 or not lowest:
            return None
        return cls((a, b, c, d), inner, random.randrange(2))

    def statement(self) -> str:
        a, b, c, d = self.fraction
        if self.wording:
            return (
                f"If $g(x) = {polynomial(self.inner)}$ and $f(x) = "
                rf"\frac{{{polynomial([a, b])}}}{{{polynomial([c, d])}}}$, what is the inverse function of $f(g(x))$? "
                "Express your answer as a single fraction in $x$, in lowest terms."
            )
        return (
            rf"Let $f(x) = \frac{{{polynomial([a, b])}}}{{{polynomial([c, d])}}}$, let $g(x) = "
            f"{polynomial(self.inner)}$, and let $h(x) = f(g(x))$. Find $h^{{-1}}(x)$ as an expression in $x$."
        )

    def answer(self) -> Answer:
        a, b, c, d = self.fraction
        factor, shift = self.inner
        return ((a * shift + b) - (c * shift + d) * X) / (factor * (c * X - a))

    def check(self) -> Answer:
        a, b, c, d = self.fraction
        factor, shift = self.inner

        def back(value: sympy.Rational) -> sympy.Rational:
            return (value - shift) / factor

        pole, limit, at_zero = sympy.Rational(a, c), back(sympy.Rational(-d, c)), back(sympy.Rational(-b, a))
        return (limit * X - at_zero * pole) / (X - pole)


class TermsInProportion(Family, domain="algebra", level=3):
    """Three terms of an arithmetic sequence form a geometric one, which fixes its difference."""

    first: int
    second: int
    third: int
    wanted: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        second = random.randint(2, 7)
        third = random.randint(second + 1, 20)
        drawn = cls(random.randint(2, 60), second, third, random.randint(21, 40), random.randrange(2))
        return drawn if third != 2 * second - 1 and drawn.answer().denominator == 1 else None

    def statement(self) -> str:
        second, third, wanted = (f"a_{braced(place)}" for place in (self.second, self.third, self.wanted))
        if self.wording:
            return (
                r"In an arithmetic sequence $a_1, a_2, a_3, \ldots$ that is not constant, the first term is "
                f"${self.first}$, and the product of $a_1$ and ${third}$ is the square of ${second}$. What is the "
                f"value of ${wanted}$?"
            )
        return (
            rf"The arithmetic sequence $a_1, a_2, a_3, \ldots$ has $a_1 = {self.first}$ and a nonzero common "
            f"difference. The terms $a_1$, ${second}$, and ${third}$, in that order, form a geometric sequence. What "
            f"is the value of ${wanted}$?"
        )

    def answer(self) -> Answer:
        difference = Fraction(self.first * (self.third - 2 * self.second + 1), (self.second - 1) ** 2)
        return self.first + (self.wanted - 1) * difference

    def check(self) -> Answer:
        unit = (self.second - 1) ** 2

        def term(place: int, step: int) -> int:
            return self.first * unit + (place - 1) * step

        (found,) = (
            term(self.wanted, step)
            for step in range(-1200, 1201)
            if step and term(self.second, step) ** 2 == term(1, step) * term(self.third, step)
        )
        return Fraction(found, unit)
