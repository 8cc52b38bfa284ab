"""Prealgebra, level 3: two ideas, or a short search."""

from datetime import date, timedelta
from fractions import Fraction
from math import gcd
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class FenceAroundPond(Family, domain="prealgebra", level=3):
    """A path of constant width around a circle: the difference of two areas."""

    radius: int
    width: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(3, 60), random.randint(1, 30))

    def statement(self) -> str:
        return (
            f"A circular pond has a diameter of ${2 * self.radius}$ feet. A walkway that is ${self.width}$ feet wide "
            r"runs all the way around it. How many square feet are in the area of the walkway? Express your answer in "
            r"terms of $\pi$."
        ).replace("$1$ feet wide", "$1$ foot wide")

    def answer(self) -> Answer:
        return ((self.radius + self.width) ** 2 - self.radius**2) * sympy.pi

    def check(self) -> Answer:
        middle = self.radius + self.width / 2  # a ring is as long as its middle circle
        return 2 * 3.141592653589793 * middle * self.width


class RepeatingDecimal(Family, domain="prealgebra", level=3):
    """A decimal with digits before its period, as a fraction."""

    lead: int
    period: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        lead, period = random.randint(1, 9), random.randint(10, 98)
        return cls(lead, period) if period % 11 and (period % 10) != lead else None

    def statement(self) -> str:
        return (
            rf"Write the repeating decimal $0.{self.lead}\overline{{{self.period}}}$, in which the digits "
            rf"${self.period}$ repeat without end, as a common fraction in lowest terms."
        )

    def answer(self) -> Answer:
        return Fraction(100 * self.lead + self.period - self.lead, 990)

    def check(self) -> Answer:
        return float(f"0.{self.lead}" + f"{self.period}" * 12)


class LeftOverInGroups(Family, domain="prealgebra", level=3):
    """The least number of things that leaves given remainders in groups of two sizes and is in a range."""

    sizes: tuple[int, int]
    left: tuple[int, int]
    more: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample(range(5, 20), 2)
        left = random.randint(1, one - 1), random.randint(1, other - 1)
        drawn = cls((one, other), left, 10 * random.randint(10, 40))
        return drawn if gcd(one, other) == 1 and left[0] != left[1] else None

    def statement(self) -> str:
        return (
            f"A club has more than ${self.more}$ members. When they line up in rows of ${self.sizes[0]}$, the last row "
            f"has only ${self.left[0]}$, and when they line up in rows of ${self.sizes[1]}$, the last row has only "
            f"${self.left[1]}$. What is the smallest number of members that the club can have?"
        )

    def answer(self) -> Answer:
        first, second = self.sizes
        residue = self.left[0] + first * ((self.left[1] - self.left[0]) * pow(first, -1, second) % second)
        return residue + first * second * ((self.more - residue) // (first * second) + 1)

    def check(self) -> Answer:
        members = range(self.more + 1, 10000)
        return next(n for n in members if (n % self.sizes[0], n % self.sizes[1]) == self.left)


class DayOfTheWeek(Family, domain="prealgebra", level=3):
    """The number of times a weekday falls in a span of days that begins on a given one."""

    start: int
    wanted: int
    days: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        start, wanted = random.sample(range(7), 2)
        return cls(start, wanted, random.randint(100, 900))

    def statement(self) -> str:
        return (
            f"A museum is open every day for ${self.days}$ days in a row, and the first of these days is a "
            f"{_DAYS[self.start]}. Tickets cost $\\$9$ on {_DAYS[self.wanted]}s and $\\$12$ on all other days. A "
            "visitor "
            "comes exactly once on each of these days. How many dollars does the visitor pay altogether?"
        )

    def answer(self) -> Answer:
        weeks, rest = divmod(self.days, 7)
        return 12 * self.days - 3 * (weeks + ((self.wanted - self.start) % 7 < rest))

    def check(self) -> Answer:
        first = date(2024, 1, 1) + timedelta(self.start)  # that was a Monday
        opened = [first + timedelta(number) for number in range(self.days)]
        return sum(9 if day.weekday() == self.wanted else 12 for day in opened)


class TwoSpeeds(Family, domain="prealgebra", level=3):
    """There and back at two speeds: the average is not the mean of the speeds."""

    there: int
    back: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        there, back = random.sample(range(8, 76), 2)
        return cls(there, back) if (2 * there * back) % (there + back) else None

    def statement(self) -> str:
        return (
            f"Priya rides from her home to a lake at an average speed of ${self.there}$ miles per hour, and at once "
            "back "
            f"along the same road at an average speed of ${self.back}$ miles per hour. What is her average speed for "
            "the "
            "whole ride, in miles per hour? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        return Fraction(2 * self.there * self.back, self.there + self.back)

    def check(self) -> Answer:
        miles = self.there * self.back
        hours = miles // self.there + miles // self.back
        return sympy.Rational(2 * miles, hours)
