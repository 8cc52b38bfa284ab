"""Prealgebra, level 1: one step."""

from fractions import Fraction
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed, tex


class OrderOfOperations(Family, domain="prealgebra", level=1):
    """An expression of whole numbers: parentheses, a power, a product, and only then the sum."""

    large: int
    small: int
    factor: int
    base: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, large = sorted(random.sample(range(2, 20), 2))
        return cls(large, small, random.randint(3, 12), random.randint(2, 9)) if large - small > 1 else None

    def statement(self) -> str:
        return rf"Evaluate ${self.factor} \cdot ({self.large} - {self.small}) + {self.base}^2$."

    def answer(self) -> Answer:
        return self.factor * (self.large - self.small) + self.base**2

    def check(self) -> Answer:
        return sum([self.large] * self.factor + [-self.small] * self.factor + [self.base] * self.base)


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


class BoxVolume(Family, domain="prealgebra", level=1):
    """The volume of a box."""

    length: int
    width: int
    height: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        width, length = sorted(random.sample(range(3, 21), 2))
        return cls(length, width, random.randint(2, 15))

    def statement(self) -> str:
        return (
            f"A rectangular box is ${self.length}$ inches long, ${self.width}$ inches wide, and ${self.height}$ inches "
            "high. How many cubic inches are in its volume?"
        )

    def answer(self) -> Answer:
        return self.length * self.width * self.height

    def check(self) -> Answer:
        layer = sum(self.length for _ in range(self.width))
        return sum(layer for _ in range(self.height))
