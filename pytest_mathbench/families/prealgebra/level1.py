"""Prealgebra, level 1: one step."""

from fractions import Fraction
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed, tex


class OrderOfOperations(Family, domain="prealgebra", level=1):
    """An expression of whole numbers: products before sums."""

    start: int
    first: int
    second: int
    added: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = random.randint(3, 12), random.randint(3, 12)
        return cls(random.randint(first * second + 2, 200), first, second, random.randint(2, 40))

    def statement(self) -> str:
        return rf"Evaluate ${self.start} - {self.first} \cdot {self.second} + {self.added}$."

    def answer(self) -> Answer:
        return self.start - self.first * self.second + self.added

    def check(self) -> Answer:
        return self.start + self.added - sum([self.first] * self.second)


class PercentOfNumber(Family, domain="prealgebra", level=1):
    """A percentage of a whole number that comes out whole."""

    percent: int
    whole: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        percent, whole = random.randint(2, 95), random.randint(20, 900)
        return cls(percent, whole) if percent * whole % 100 == 0 else None

    def statement(self) -> str:
        return rf"What is ${self.percent}\%$ of ${self.whole}$?"

    def answer(self) -> Answer:
        return self.percent * self.whole // 100

    def check(self) -> Answer:
        return Fraction(self.percent, 100) * self.whole


class SumOfFractions(Family, domain="prealgebra", level=1):
    """Two fractions of different denominators, added."""

    one: Fraction
    other: Fraction

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = (Fraction(random.randint(1, 11), random.randint(2, 12)) for _ in range(2))
        different = one.denominator != other.denominator
        return cls(one, other) if different and one < 1 and other < 1 and (one + other).denominator > 1 else None

    def statement(self) -> str:
        return f"Compute ${tex(self.one)} + {tex(self.other)}$. Express your answer as a common fraction."

    def answer(self) -> Answer:
        return self.one + self.other

    def check(self) -> Answer:
        return self.one.numerator / self.one.denominator + self.other.numerator / self.other.denominator


class MeanOfNumbers(Family, domain="prealgebra", level=1):
    """The mean of five whole numbers."""

    numbers: tuple[int, ...]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        numbers = tuple(random.sample(range(10, 100), 5))
        return cls(numbers) if sum(numbers) % 5 == 0 else None

    def statement(self) -> str:
        return f"What is the mean of the five numbers {listed(self.numbers)}?"

    def answer(self) -> Answer:
        return sum(self.numbers) // 5

    def check(self) -> Answer:
        return next(mean for mean in range(100) if sum(number - mean for number in self.numbers) == 0)


class RectangleArea(Family, domain="prealgebra", level=1):
    """A rectangle's area from one side and the perimeter."""

    width: int
    length: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        width = random.randint(3, 60)
        return cls(width, width + random.randint(1, 40))

    def statement(self) -> str:
        return (
            f"A rectangle is ${self.width}$ inches wide, and its perimeter is ${2 * (self.width + self.length)}$ "
            "inches. "
            "How many square inches are in its area?"
        )

    def answer(self) -> Answer:
        return self.width * self.length

    def check(self) -> Answer:
        perimeter = 2 * (self.width + self.length)
        return next(self.width * side for side in range(1000) if self.width + side + self.width + side == perimeter)
