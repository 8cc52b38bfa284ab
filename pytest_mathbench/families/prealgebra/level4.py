"""Prealgebra, level 4: several ideas, and conditions that are easy to misread."""

from fractions import Fraction
from math import comb, lcm, pi, sin
from random import Random
from statistics import median
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_ORDINALS = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_TIMES = {1: "once", 2: "twice", 3: "three times"}


class MeanIsMedian(Family, domain="prealgebra", level=4):
    """Every number that makes the mean of five numbers their median: it may be small, in the middle or large."""

    numbers: tuple[int, ...]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(tuple(random.sample(range(2, 41), 4)))
        return drawn if len(drawn.answer()) > 1 else None

    def statement(self) -> str:
        numbers = ", ".join(f"${number}$" for number in self.numbers)
        return (
            f"Find all real numbers $x$ for which the mean of the five numbers {numbers}, and $x$ is equal to their "
            "median. Enter all the solutions, separated by commas."
        )

    def answer(self) -> Answer:
        _, low, high, _ = sorted(self.numbers)
        total = sum(self.numbers)
        small, large = 5 * low - total, 5 * high - total
        values = {Fraction(small)} if small <= low else set()
        values |= {Fraction(large)} if large >= high else set()
        return frozenset(values | ({Fraction(total, 4)} if 4 * low <= total <= 4 * high else set()))

    def check(self) -> Answer:
        fourfold = [4 * number for number in self.numbers]
        total = sum(fourfold)
        found = (x for x in range(-800, 801) if total + x == 5 * median([*fourfold, x]))
        return frozenset(Fraction(x, 4) for x in found)


class ClockHands(Family, domain="prealgebra", level=4):
    """When the hands of a clock form an angle for the second, or a later, time after an hour."""

    hour: int
    angle: int
    time: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(1, 12), random.randint(5, 175), random.randint(2, 5))
        return drawn if drawn.angle % 30 and drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        return (
            f"A clock with an hour hand and a minute hand, both of which move steadily, shows exactly ${self.hour}$ "
            f"o'clock. How many minutes later do its hands form an angle of ${self.angle}$ degrees for the "
            f"{_ORDINALS[self.time]} time since then? The angle between the hands is always measured so that it is at "
            r"most $180$ degrees. Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        behind = 30 * self.hour % 360
        gains = [behind + 360 * turn + side for turn in range(-1, 5) for side in (-self.angle, self.angle)]
        return Fraction(2 * sorted(gain for gain in gains if gain > 0)[self.time - 1], 11)

    def check(self) -> Answer:
        # In 2n/11 minutes the hands move by 12n/11 and n/11 degrees; here is every n, in elevenths of a degree.
        found = []
        for n in range(1, 2400):
            apart = (12 * n - n - 330 * self.hour) % 3960
            if min(apart, 3960 - apart) == 11 * self.angle:
                found.append(Fraction(2 * n, 11))
        return found[self.time - 1]


class TurnsOfWork(Family, domain="prealgebra", level=4):
    """Three work in turns of an hour, and the last turn is not a whole one."""

    hours: tuple[int, int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second, third = random.sample(range(10, 41), 3)
        drawn = cls((first, second, third))
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        first, second, third = self.hours
        return (
            f"Working alone, Ana would build a wall in ${first}$ hours, Ben in ${second}$ hours, and Cleo in ${third}$ "
            "hours. They build the wall one at a time, in turns of one hour: first Ana, then Ben, then Cleo, then Ana "
            "again, and so on in this order, until the wall is finished. How many hours after Ana begins is the wall "
            "finished? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        rounds, left = divmod(Fraction(1), sum((Fraction(1, hours) for hours in self.hours), Fraction()))
        time = Fraction(3 * rounds)
        for hours in self.hours:
            turn = min(left * hours, Fraction(1))
            time, left = time + turn, left - turn / hours
        return time

    def check(self) -> Answer:
        stones = lcm(*self.hours)
        time = 0
        while stones >= (rate := lcm(*self.hours) // self.hours[time % 3]):
            stones -= rate
            time += 1
        return time + stones / rate


class CoinInTray(Family, domain="prealgebra", level=4):
    """A coin slides around the sides of a tray: it misses the middle and the corners."""

    length: int
    width: int
    radius: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radius = random.randint(2, 9)
        width, length = sorted(random.sample(range(4 * radius + 1, 4 * radius + 31), 2))
        return cls(length, width, radius)

    def statement(self) -> str:
        return (
            f"The bottom of a tray is a rectangle that is ${self.length}$ centimeters long and ${self.width}$ "
            f"centimeters wide, and its sides are vertical. A round coin with a radius of ${self.radius}$ centimeters "
            "lies flat in the tray. It slides once all the way around the tray, so that it touches at least one side "
            "at every moment, until it is back where it started. How many square centimeters are in the area of the "
            r"part of the bottom that the coin never covers? Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        middle = (self.length - 4 * self.radius) * (self.width - 4 * self.radius)
        return middle + (4 - sympy.pi) * self.radius**2

    def check(self) -> Answer:
        # What it covers is a rounded rectangle around the path of its center, less the middle; its disk is a polygon.
        long, wide = self.length - 2 * self.radius, self.width - 2 * self.radius
        corners = 2**20
        disk = corners * self.radius**2 * sin(2 * pi / corners) / 2
        rounded = long * wide + 2 * self.radius * (long + wide) + disk
        middle = (long - 2 * self.radius) * (wide - 2 * self.radius)
        return self.length * self.width - (rounded - middle)


class NumbersWithDigit(Family, domain="prealgebra", level=4):
    """How many long even or odd numbers hold one digit exactly so often and another not at all."""

    digit: int
    missing: int
    times: int
    length: int
    is_odd: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        digit, missing = random.sample(range(1, 10), 2)
        return cls(digit, missing, random.randint(1, 3), random.randint(12, 18), is_odd=random.random() < 0.5)

    def statement(self) -> str:
        return (
            f"How many {'odd' if self.is_odd else 'even'} positive integers with exactly ${self.length}$ digits "
            "contain "
            f"the digit ${self.digit}$ exactly {_TIMES[self.times]} and do not contain the digit ${self.missing}$ at "
            "all?"
        )

    def answer(self) -> Answer:
        def between(times: int) -> int:
            """Count the ways to fill the places other than the first and the last."""
            return comb(self.length - 2, times) * 8 ** (self.length - 2 - times) if times >= 0 else 0

        firsts = set(range(1, 10)) - {self.missing}
        lasts = set(range(int(self.is_odd), 10, 2)) - {self.missing}
        return sum(between(self.times - (one == self.digit) - (last == self.digit)) for one in firsts for last in lasts)

    def check(self) -> Answer:
        ways = [1, 0, 0, 0]
        for place in range(self.length):
            allowed = range(1, 10) if place == 0 else range(10)
            if place == self.length - 1:
                allowed = range(int(self.is_odd), 10, 2)
            others = len(set(allowed) - {self.digit, self.missing})
            more = [0, *ways[:3]] if self.digit in allowed else [0] * 4
            ways = [others * old + new for old, new in zip(ways, more, strict=True)]
        return ways[self.times]
