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
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, large = sorted(random.sample(range(2, 20), 2))
        return (
            cls(large, small, random.randint(3, 12), random.randint(2, 9), random.randrange(2))
            if large - small > 1
            else None
        )

    def statement(self) -> str:
        if self.wording:
            return rf"What is the value of ${self.base}^2 + ({self.large} - {self.small}) \cdot {self.factor}$?"
        return rf"Evaluate ${self.factor} \cdot ({self.large} - {self.small}) + {self.base}^2$."

    def answer(self) -> Answer:
        return self.factor * (self.large - self.small) + self.base**2

    def check(self) -> Answer:
        return sum([self.large] * self.factor + [-self.small] * self.factor + [self.base] * self.base)


class PercentOfNumber(Family, domain="prealgebra", level=1):
    """A percentage of a whole number that comes out whole."""

    percent: int
    whole: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        percent, whole = random.randint(2, 95), random.randint(20, 900)
        fits = percent * whole % 100 == 0 and whole != 100
        return cls(percent, whole, random.randrange(2)) if fits else None

    def statement(self) -> str:
        if self.wording:
            return (
                rf"There are ${self.whole}$ seats in a theater, and ${self.percent}\%$ of them are taken. How many "
                "seats are taken?"
            )
        return rf"What is ${self.percent}\%$ of ${self.whole}$?"

    def answer(self) -> Answer:
        return self.percent * self.whole // 100

    def check(self) -> Answer:
        return Fraction(self.percent, 100) * self.whole


class SumOfFractions(Family, domain="prealgebra", level=1):
    """Two fractions of different denominators, added."""

    one: Fraction
    other: Fraction
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = (Fraction(random.randint(1, 11), random.randint(2, 12)) for _ in range(2))
        different = one.denominator != other.denominator
        return (
            cls(one, other, random.randrange(2))
            if different and one < 1 and other < 1 and (one + other).denominator > 1
            else None
        )

    def statement(self) -> str:
        if self.wording:
            return (
                f"A cook uses ${tex(self.one)}$ of a cup of milk and ${tex(self.other)}$ of a cup of cream. How many "
                "cups is that in all? Express your answer as a common fraction."
            )
        return f"Compute ${tex(self.one)} + {tex(self.other)}$. Express your answer as a common fraction."

    def answer(self) -> Answer:
        return self.one + self.other

    def check(self) -> Answer:
        return self.one.numerator / self.one.denominator + self.other.numerator / self.other.denominator


class MeanOfNumbers(Family, domain="prealgebra", level=1):
    """The mean of five whole numbers."""

    numbers: tuple[int, ...]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        numbers = tuple(random.sample(range(10, 100), 5))
        fits = sum(numbers) % 5 == 0 and sum(numbers) // 5 not in numbers
        return cls(numbers, random.randrange(2)) if fits else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"On five days, a shop sold {listed(self.numbers)} loaves of bread. What is the average number of "
                "loaves that it sold per day?"
            )
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
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        width, length = sorted(random.sample(range(3, 21), 2))
        return cls(length, width, random.randint(2, 15), random.randrange(2))

    def statement(self) -> str:
        if self.wording:
            return (
                f"How many cubes with edges of $1$ centimeter does it take to fill a box that measures ${self.length}$ "
                f"centimeters by ${self.width}$ centimeters by ${self.height}$ centimeters?"
            )
        return (
            f"A rectangular box is ${self.length}$ inches long, ${self.width}$ inches wide, and ${self.height}$ inches "
            "high. What is its volume, in cubic inches?"
        )

    def answer(self) -> Answer:
        return self.length * self.width * self.height

    def check(self) -> Answer:
        layer = sum(self.length for _ in range(self.width))
        return sum(layer for _ in range(self.height))
