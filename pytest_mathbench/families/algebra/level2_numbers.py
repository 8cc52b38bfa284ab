"""Algebra, level 2: numbers from their sums, rates, inverses and series."""

from fractions import Fraction
from math import gcd
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, polynomial, tex


class GeometricSeries(Family, domain="algebra", level=2):
    """An infinite geometric series, as a sum or as the way of a ball."""

    first: int
    ratio: Fraction
    story: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        ratio = Fraction(random.randint(1, 8), random.randint(2, 9))
        if not ratio < 1:
            return None
        drawn = cls(random.randint(2, 60), ratio, random.choice(["sum", "ball", "first"]))
        return drawn if drawn.story != "ball" or drawn.first * ratio > 1 else None

    def statement(self) -> str:
        ratio = tex(self.ratio)
        if self.story == "sum":
            terms = " + ".join(tex(self.first * self.ratio**power) for power in range(3))
            return (
                rf"What is the sum of the infinite geometric series \[{terms} + \cdots?\] Express your answer as an "
                "integer or a common fraction."
            )
        if self.story == "ball":
            return (
                f"A ball is dropped from a height of ${self.first}$ feet. After each time that it hits the floor, it "
                f"rises to ${ratio}$ of the height from which it has just fallen. If it bounces forever, how many feet "
                "does it travel in all, up and down? Express your answer as an integer or a common fraction."
            )
        return (
            f"The sum of an infinite geometric series is ${self.first}$, and each of its terms is ${ratio}$ of the "
            "term before. What is the first term? Express your answer as an integer or a common fraction."
        )

    def answer(self) -> Answer:
        if self.story == "first":
            return self.first * (1 - self.ratio)
        return self.first * (1 + self.ratio if self.story == "ball" else 1) / (1 - self.ratio)

    def check(self) -> Answer:
        total, term = 0.0, 1.0
        for _ in range(400):
            total += term
            term *= float(self.ratio)
        if self.story == "first":
            return self.first / total
        return self.first * (2 * total - 1 if self.story == "ball" else total)


class InverseTwice(Family, domain="algebra", level=2):
    """The inverse of a function, applied to a number, perhaps twice."""

    above: tuple[int, int]
    below: int
    value: int
    twice: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        above = random.choice([-1, 1]) * random.randint(2, 9), random.choice([-1, 1]) * random.randint(1, 15)
        drawn = cls(above, random.randint(2, 7), random.randint(-12, 30), random.random() < 0.5)
        one, two = drawn._back(Fraction(drawn.value)), drawn.answer()
        return drawn if gcd(*above, drawn.below) == 1 and two != drawn.value != one and two.denominator > 1 else None

    def _back(self, value: Fraction) -> Fraction:
        return (self.below * value - self.above[1]) / self.above[0]

    def statement(self) -> str:
        rule = rf"f(x) = \frac{{{polynomial(self.above)}}}{{{self.below}}}"
        if self.twice:
            return (
                f"Let ${rule}$, and let $f^{{-1}}$ be its inverse. What is "
                rf"$f^{{-1}}\left(f^{{-1}}({self.value})\right)$? Express your answer as a common fraction."
            )
        return (
            f"If ${rule}$ and $f(a) = {self.value}$, what is the value of $a$? Express your answer as a common "
            "fraction."
        )

    def answer(self) -> Answer:
        one = self._back(Fraction(self.value))
        return self._back(one) if self.twice else one

    def check(self) -> Answer:
        x = sympy.Symbol("x")
        image = (self.above[0] * x + self.above[1]) / self.below
        image = image.subs(x, image) if self.twice else image
        rise = image.subs(x, 1) - image.subs(x, 0)
        return (self.value - image.subs(x, 0)) / rise


class RoundTrip(Family, domain="algebra", level=2):
    """The average speed of a way at two speeds: over equal distances, or over parts of it."""

    out: int
    back: int
    asked: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(6, 60), random.randint(6, 60), random.choice(["average", "back", "third"]))
        answer = drawn.answer()
        wrong = {Fraction(drawn.out + drawn.back, 2), Fraction(drawn.out + 2 * drawn.back, 3)}
        return (
            drawn if drawn.out != drawn.back and answer.denominator > 1 and answer not in wrong and answer > 0 else None
        )

    def statement(self) -> str:
        ending = "Express your answer as a common fraction."
        if self.asked == "average":
            return (
                f"Nadia rides to a lake at ${self.out}$ miles per hour and comes back along the same road at "
                f"${self.back}$ miles per hour. What is her average speed, in miles per hour, for the whole ride? "
                f"{ending}"
            )
        if self.asked == "third":
            return (
                f"A train covers the first third of its route at ${self.out}$ kilometers per hour, and the rest at "
                f"${self.back}$ kilometers per hour. What is its average speed for the whole route, in kilometers per "
                f"hour? {ending}"
            )
        return (
            f"A boat goes up a river at ${max(self.out, self.back)}$ kilometers per hour. At what speed, in kilometers "
            f"per hour, does it have to come back the same way for an average of ${min(self.out, self.back)}$ "
            f"kilometers per hour over the whole trip? {ending}"
        )

    def answer(self) -> Answer:
        if self.asked == "average":
            return Fraction(2 * self.out * self.back, self.out + self.back)
        if self.asked == "third":
            return Fraction(3 * self.out * self.back, 2 * self.out + self.back)
        fast, mean = max(self.out, self.back), min(self.out, self.back)
        return Fraction(fast * mean, 2 * fast - mean)

    def check(self) -> Answer:
        way = Fraction(self.out * self.back * 3)
        if self.asked == "average":
            return 2 * way / (way / self.out + way / self.back)
        if self.asked == "third":
            return way / (way / 3 / self.out + way * 2 / 3 / self.back)
        fast, mean = max(self.out, self.back), min(self.out, self.back)
        return way / (2 * way / mean - way / fast)


class SumAndProduct(Family, domain="algebra", level=2):
    """A symmetric expression in two numbers, from their sum and product."""

    total: int
    product: int
    asked: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        asked = random.choice(["squares", "cubes", "reciprocals", "difference"])
        drawn = cls(random.randint(3, 20), random.choice([-1, 1]) * random.randint(2, 40), asked)
        square = drawn.total**2 - 4 * drawn.product
        if square <= 0 or drawn.answer() in {0, 1, drawn.total, drawn.product}:
            return None
        return drawn if asked != "reciprocals" or drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        if self.asked == "squares":
            return (
                f"The sum of two real numbers is ${self.total}$, and their product is ${self.product}$. What is the "
                "sum of their squares?"
            )
        if self.asked == "cubes":
            return f"If $x + y = {self.total}$ and $xy = {self.product}$, what is the value of $x^3 + y^3$?"
        if self.asked == "reciprocals":
            return (
                f"Two real numbers $a$ and $b$ satisfy $a + b = {self.total}$ and $ab = {self.product}$. Find "
                r"$\frac{a}{b} + \frac{b}{a}$. Express your answer as a common fraction."
            )
        return (
            f"Two real numbers add up to ${self.total}$, and their product is ${self.product}$. What is the square of "
            "their difference?"
        )

    def answer(self) -> Answer:
        s, p = self.total, self.product
        values = {"squares": s * s - 2 * p, "cubes": s**3 - 3 * s * p, "difference": s * s - 4 * p}
        return Fraction(s * s - 2 * p, p) if self.asked == "reciprocals" else values[self.asked]

    def check(self) -> Answer:
        middle, reach = self.total / 2, (self.total**2 / 4 - self.product) ** 0.5
        x, y = middle + reach, middle - reach
        values = {"squares": x * x + y * y, "cubes": x**3 + y**3, "difference": (x - y) ** 2}
        return x / y + y / x if self.asked == "reciprocals" else values[self.asked]


class ArithmeticTotal(Family, domain="algebra", level=2):
    """The sum of an arithmetic sequence, from its ends, or in rows of seats."""

    first: int
    difference: int
    count: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(5, 40), random.randint(2, 9), random.randint(12, 50), random.randrange(3))

    def statement(self) -> str:
        last = self.first + (self.count - 1) * self.difference
        if self.wording == 0:
            second = self.first + self.difference
            return (
                rf"What is the sum ${self.first} + {second} + {second + self.difference} + \cdots + {last}$, in which "
                "any two neighboring terms differ by the same number?"
            )
        if self.wording == 1:
            return (
                f"A hall has ${self.count}$ rows of seats. There are ${self.first}$ seats in the first row, and each "
                f"row has ${self.difference}$ seats more than the row in front of it. How many seats does the hall "
                "have?"
            )
        return (
            f"An arithmetic sequence has first term ${self.first}$ and last term ${last}$, and it has ${self.count}$ "
            "terms. What is the sum of its terms?"
        )

    def answer(self) -> Answer:
        return self.count * (2 * self.first + (self.count - 1) * self.difference) // 2

    def check(self) -> Answer:
        return sum(self.first + place * self.difference for place in range(self.count))
