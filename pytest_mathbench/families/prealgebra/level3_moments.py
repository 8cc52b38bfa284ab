"""Prealgebra, level 3: means, clocks, turns, and squares in circles."""

from fractions import Fraction
from math import lcm, pi
from random import Random
from statistics import median
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed, tex

_ORDINALS = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}


class MeanIsMedian(Family, domain="prealgebra", level=3):
    """Every number that makes the mean of five numbers their median: it may be small, in the middle or large."""

    numbers: tuple[int, ...]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(tuple(random.sample(range(2, 41), 4)), random.randrange(2))
        return drawn if len(drawn.answer()) > 1 and not drawn.answer() & set(drawn.numbers) else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"Four points on a number line have the coordinates {listed(self.numbers)}. A fifth point has the real "
                "coordinate $x$, and the mean of the five coordinates equals their median. Find all possible values "
                "of $x$. Enter all the solutions, separated by commas."
            )
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


class ClockHands(Family, domain="prealgebra", level=3):
    """When the hands of a clock form an angle for the second, or a later, time after an hour."""

    hour: int
    angle: int
    time: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(1, 12), random.randint(5, 175), random.randint(2, 5), random.randrange(2))
        return drawn if drawn.angle % 30 and drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"It is exactly ${self.hour}$ o'clock, and both hands of a clock move steadily. How many minutes from "
                "now does the angle between the hour hand and the minute hand, which is never taken larger than $180$ "
                f"degrees, measure exactly ${self.angle}$ degrees for the {_ORDINALS[self.time]} time? Express your "
                "answer as a common fraction."
            )
        return (
            f"A clock with an hour hand and a minute hand, both of which move steadily, shows exactly ${self.hour}$ "
            f"o'clock. How many minutes later do its hands form an angle of ${self.angle}$ degrees for the "
            f"{_ORDINALS[self.time]} time since then? The angle between the hands is always measured so that it is at "
            "most $180$ degrees. Express your answer as a common fraction."
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


class TurnsOfWork(Family, domain="prealgebra", level=3):
    """Three work in turns of an hour, and the last turn is not a whole one."""

    hours: tuple[int, int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second, third = random.sample(range(10, 41), 3)
        drawn = cls((first, second, third), random.randrange(2))
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        if self.wording:
            first, second, third = self.hours
            return (
                f"Three pumps, each working alone, could fill an empty tank in ${first}$ hours, ${second}$ hours, and "
                f"${third}$ hours, respectively. They take turns running, never two at once: the first pump for one "
                "hour, then the second for one hour, then the third for one hour, then the first again, and so on. "
                "After how many hours in all is the tank full? Express your answer as a common fraction."
            )
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


class NestedSquares(Family, domain="prealgebra", level=3):
    """Squares and circles inside one another without end: the area between each circle and the next square."""

    side: int
    ratio: Fraction
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        ratio = Fraction(random.randint(1, 8), random.randint(2, 12))
        return (
            cls(random.randint(6, 120), ratio, random.randrange(2))
            if Fraction(1, 5) < ratio < Fraction(7, 10)
            else None
        )

    def statement(self) -> str:
        if self.wording:
            return (
                f"Start with a paper square with sides of length ${self.side}$. In each step, the disk inscribed in "
                "the square is cut out of it, and then a square with the same center, whose sides are "
                f"${tex(self.ratio)}$ as long as those of the square before, is cut out of the disk. The rest of the "
                "disk is kept, and the new square is used for the next step. If the steps go on without end, what is "
                r"the total area of the pieces that are kept? Express your answer in terms of $\pi$."
            )
        return (
            f"A circle is inscribed in a square with sides of length ${self.side}$. Inside the circle lies a second "
            f"square with the same center, whose sides are ${tex(self.ratio)}$ as long, and a circle is inscribed in "
            f"it, and so on without end: the sides of each square are ${tex(self.ratio)}$ as long as those of the "
            "square before. Every region inside a circle and outside the next smaller square is painted blue. What "
            r"is the total blue area? Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        shrunk = sympy.Rational(self.ratio.numerator, self.ratio.denominator) ** 2
        return sympy.expand(self.side**2 * (sympy.pi / 4 - shrunk) / (1 - shrunk))

    def check(self) -> Answer:
        side, total = float(self.side), 0.0
        while side > 1e-9:
            inner = side * float(self.ratio)
            total += pi * (side / 2) ** 2 - inner**2
            side = inner
        return total
