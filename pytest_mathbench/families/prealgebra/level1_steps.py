"""Prealgebra, level 1: rounding, times, parts, medians, signs, roots, angles and proportions."""

from fractions import Fraction
from random import Random
from statistics import median
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed

_PLACES = {10: "ten", 100: "hundred", 1000: "thousand"}


class RoundedNumber(Family, domain="prealgebra", level=1):
    """A whole number, rounded to a place."""

    number: int
    place: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        number, place = random.randint(10000, 999999), random.choice((10, 100, 1000))
        return cls(number, place, random.randrange(2)) if number % place not in {0, place // 2} else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"The population of a town is ${self.number}$. What is the population rounded to the nearest "
                f"{_PLACES[self.place]}?"
            )
        return f"Round ${self.number}$ to the nearest {_PLACES[self.place]}."

    def answer(self) -> Answer:
        return (self.number + self.place // 2) // self.place * self.place

    def check(self) -> Answer:
        below = self.number - self.number % self.place
        return min((below, below + self.place), key=lambda end: abs(end - self.number))


class MinutesBetween(Family, domain="prealgebra", level=1):
    """How many minutes lie between a time in the morning and one in the afternoon."""

    start: tuple[int, int]
    end: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        start = random.randint(6, 11), random.randint(1, 59)
        end = random.randint(1, 8), random.randint(1, 59)
        return cls(start, end, random.randrange(2)) if start[1] != end[1] else None

    def statement(self) -> str:
        start, end = (f"{hour}:{minute:02d}" for hour, minute in (self.start, self.end))
        if self.wording:
            return (
                f"A train leaves at {start} a.m. and arrives at {end} p.m. on the same day. How many minutes does the "
                "trip take?"
            )
        return f"How many minutes are there from {start} a.m. to {end} p.m. on the same day?"

    def answer(self) -> Answer:
        return 60 * (12 + self.end[0] - self.start[0]) + self.end[1] - self.start[1]

    def check(self) -> Answer:
        to_noon = 60 - self.start[1] + 60 * (11 - self.start[0])
        return to_noon + 60 * self.end[0] + self.end[1]


class PartOfWhole(Family, domain="prealgebra", level=1):
    """A fraction of a number of things."""

    top: int
    bottom: int
    whole: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        top, bottom = sorted(random.sample(range(2, 13), 2))
        drawn = cls(top, bottom, bottom * random.randint(6, 60), random.randrange(2))
        return drawn if Fraction(top, bottom).denominator == bottom else None

    def statement(self) -> str:
        part = rf"\frac{{{self.top}}}{{{self.bottom}}}"
        if self.wording:
            return f"Of the ${self.whole}$ students at a school, ${part}$ ride the bus. How many students ride the bus?"
        return f"What is ${part}$ of ${self.whole}$?"

    def answer(self) -> Answer:
        return self.whole // self.bottom * self.top

    def check(self) -> Answer:
        return Fraction(self.top, self.bottom) * self.whole


class MedianOfNumbers(Family, domain="prealgebra", level=1):
    """The median of six numbers in disorder: half the sum of the two in the middle."""

    numbers: tuple[int, ...]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        numbers = tuple(random.sample(range(11, 150), 6))
        low, high = sorted(numbers)[2:4]
        return cls(numbers, random.randrange(2)) if (high - low) % 2 == 0 else None

    def statement(self) -> str:
        if self.wording:
            return f"Six packages weigh {listed(self.numbers)} pounds. What is the median of their weights, in pounds?"
        return f"Find the median of the numbers {listed(self.numbers)}."

    def answer(self) -> Answer:
        return sum(sorted(self.numbers)[2:4]) // 2

    def check(self) -> Answer:
        return Fraction(median(self.numbers))


class TemperatureChange(Family, domain="prealgebra", level=1):
    """A number below zero that goes up and down."""

    start: int
    rise: int
    fall: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        start, rise, fall = random.randint(3, 30), random.randint(3, 40), random.randint(3, 50)
        end = rise - fall - start
        return (
            cls(start, rise, fall, random.randrange(2)) if -60 < end < -1 and -end not in {start, rise, fall} else None
        )

    def statement(self) -> str:
        if self.wording:
            return f"Compute $-{self.start} + {self.rise} - {self.fall}$."
        return (
            f"In the morning the temperature was $-{self.start}$ degrees. By noon it had risen by ${self.rise}$ "
            f"degrees, and by the evening it had fallen by ${self.fall}$ degrees. What was the temperature in the "
            "evening, in degrees?"
        )

    def answer(self) -> Answer:
        return -self.start + self.rise - self.fall

    def check(self) -> Answer:
        return -sum((self.start, self.fall, -self.rise))


class RootsOfSquares(Family, domain="prealgebra", level=1):
    """Two square roots of perfect squares."""

    small: int
    large: int
    is_sum: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, large = sorted(random.sample(range(4, 40), 2))
        return cls(small, large, random.random() < 0.5) if large - small not in {1, small**2} else None

    def statement(self) -> str:
        large, small = self.large**2, self.small**2
        if self.is_sum:
            return rf"What is the value of $\sqrt{{{large}}} + \sqrt{{{small}}}$?"
        return (
            f"One square has an area of ${large}$ square inches, and another has an area of ${small}$ square inches. "
            "How many inches longer is a side of the first square than a side of the second?"
        )

    def answer(self) -> Answer:
        return self.large + self.small if self.is_sum else self.large - self.small

    def check(self) -> Answer:
        large, small = (round((side**2) ** 0.5) for side in (self.large, self.small))
        return large + small if self.is_sum else large - small


class ThirdAngle(Family, domain="prealgebra", level=1):
    """The third angle of a triangle, or of three on a straight line."""

    one: int
    other: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.randint(15, 110), random.randint(15, 110)
        third = 180 - one - other
        return cls(one, other, random.randrange(2)) if third > 9 and len({one, other, third}) == 3 else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"A straight angle is divided into three angles. Two of them measure ${self.one}$ degrees and "
                f"${self.other}$ degrees. How many degrees does the third angle measure?"
            )
        return (
            f"Two angles of a triangle measure ${self.one}^\\circ$ and ${self.other}^\\circ$. What is the measure of "
            "its third angle, in degrees?"
        )

    def answer(self) -> Answer:
        return 180 - self.one - self.other

    def check(self) -> Answer:
        return next(angle for angle in range(1, 180) if self.one + self.other + angle == 180)


class SamePrice(Family, domain="prealgebra", level=1):
    """A proportion: so many for so much, and more of them."""

    first: int
    value: int
    second: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = random.sample(range(3, 25), 2)
        value = random.randint(4, 90)
        whole = value * second % first == 0
        return cls(first, value, second, random.randrange(2)) if whole and value != first and second % first else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"A machine fills ${self.value}$ bottles in ${self.first}$ minutes. At this rate, how many bottles "
                f"does it fill in ${self.second}$ minutes?"
            )
        return (
            rf"If ${self.first}$ pounds of nuts cost $\${self.value}$, how many dollars do ${self.second}$ pounds of "
            "the same nuts cost?"
        )

    def answer(self) -> Answer:
        return self.value * self.second // self.first

    def check(self) -> Answer:
        return Fraction(self.value, self.first) * self.second
