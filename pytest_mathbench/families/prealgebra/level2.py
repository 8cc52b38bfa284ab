"""Prealgebra, level 2: two or three steps."""

from fractions import Fraction
from math import gcd, isqrt
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed

_ORDINALS = {3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}


class DrippingTap(Family, domain="prealgebra", level=2):
    """Drops a second to milliliters in some hours: a chain of units."""

    drops: int
    seconds: int
    drops_each: int
    hours: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drops, seconds = random.randint(2, 9), random.randint(3, 20)
        drops_each, hours = random.choice([15, 16, 18, 20, 24, 25]), random.randint(2, 12)
        whole = 3600 * hours * drops % (seconds * drops_each) == 0
        return (
            cls(drops, seconds, drops_each, hours, random.randrange(2)) if whole and gcd(drops, seconds) == 1 else None
        )

    def statement(self) -> str:
        if self.wording:
            return (
                f"A printer prints ${self.drops}$ leaflets every ${self.seconds}$ seconds, and ${self.drops_each}$ "
                f"leaflets are put into each envelope. How many envelopes do the leaflets printed in ${self.hours}$ "
                "hours fill?"
            )
        return (
            f"A tap drips steadily, ${self.drops}$ drops every ${self.seconds}$ seconds, and ${self.drops_each}$ drops "
            f"make $1$ milliliter. How many milliliters of water drip from the tap in ${self.hours}$ hours?"
        )

    def answer(self) -> Answer:
        return 3600 * self.hours * self.drops // (self.seconds * self.drops_each)

    def check(self) -> Answer:
        each, wanted = self.seconds * self.drops_each, 3600 * self.hours * self.drops
        return next(volume for volume in range(1, 100000) if volume * each >= wanted)


class MissingScore(Family, domain="prealgebra", level=2):
    """The score that brings an average to a given value."""

    scores: tuple[int, ...]
    wanted: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(tuple(random.sample(range(60, 99), 4)), random.randint(75, 92), random.randrange(2))
        return drawn if 60 <= drawn.answer() <= 100 and drawn.answer() not in {*drawn.scores, drawn.wanted} else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"The mean of five numbers is ${self.wanted}$. Four of them are {listed(self.scores)}. What is the "
                "fifth?"
            )
        return (
            f"Jonah's scores on his first four tests are {listed(self.scores)}. What score on the fifth test would "
            f"make the average of all five scores equal to ${self.wanted}$?"
        )

    def answer(self) -> Answer:
        return 5 * self.wanted - sum(self.scores)

    def check(self) -> Answer:
        return next(score for score in range(101) if Fraction(sum([*self.scores, score]), 5) == self.wanted)


class MeetingBells(Family, domain="prealgebra", level=2):
    """Two bells that ring together: a least common multiple, so many times."""

    first: int
    second: int
    rings: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = sorted(random.sample(range(6, 46), 2))
        return cls(first, second, random.randint(3, 6), random.randrange(2)) if 1 < gcd(first, second) < first else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"Along a road there is a lamp post every ${self.first}$ meters and a tree every ${self.second}$ "
                "meters, and at the beginning of the road a tree and a lamp post stand side by side. Counting this "
                f"place as the first, how many meters from the beginning is the {_ORDINALS[self.rings]} place where a "
                "tree and a lamp post stand side by side?"
            )
        return (
            f"One bell rings every ${self.first}$ minutes, and another rings every ${self.second}$ minutes. Both ring "
            "together at noon, and that counts as the first time. How many minutes after noon do they ring together "
            f"for the {_ORDINALS[self.rings]} time?"
        )

    def answer(self) -> Answer:
        return (self.rings - 1) * self.first * self.second // gcd(self.first, self.second)

    def check(self) -> Answer:
        together = (minute for minute in range(self.second, 20000, self.second) if minute % self.first == 0)
        return [next(together) for _ in range(self.rings - 1)][-1]


class AngleInRatio(Family, domain="prealgebra", level=2):
    """The largest of three angles of a quadrilateral, from the fourth and their ratio."""

    parts: tuple[int, int, int]
    known: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, middle, large = sorted(random.sample(range(2, 16), 3))
        drawn = cls((small, middle, large), random.randint(20, 170), random.randrange(2))
        whole = (360 - drawn.known) % (small + middle + large) == 0
        return drawn if whole and gcd(small, middle, large) == 1 and drawn.answer() < 180 else None

    def statement(self) -> str:
        if self.wording:
            small, middle, large = self.parts
            return (
                "Four rays from one point divide the full angle around it into four angles. One of them measures "
                f"${self.known}^\\circ$, and the others have measures in the ratio ${small}:{middle}:{large}$. What is "
                "the measure, in degrees, of the largest of these other three angles?"
            )
        small, middle, large = self.parts
        return (
            f"One angle of a quadrilateral measures ${self.known}$ degrees, and the measures of the other three angles "
            f"are in the ratio ${small}:{middle}:{large}$. How many degrees are in the largest of these three angles?"
        )

    def answer(self) -> Answer:
        return (360 - self.known) * self.parts[2] // sum(self.parts)

    def check(self) -> Answer:
        unit = next(unit for unit in range(1, 360) if self.known + sum(part * unit for part in self.parts) == 360)
        return self.parts[2] * unit


class RootsBetween(Family, domain="prealgebra", level=2):
    """How many integers lie between two multiples of square roots."""

    low: tuple[int, int]
    high: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample([2, 3, 5, 6, 7, 10, 11, 13, 14, 15], 2)
        drawn = cls((random.randint(2, 15), one), (random.randint(8, 40), other), random.randrange(2))
        return drawn if drawn.answer() >= 5 and drawn.answer() not in {*drawn.low, *drawn.high} else None

    def statement(self) -> str:
        if self.wording:
            (a, b), (c, d) = self.low, self.high
            return rf"How many whole numbers $n$ satisfy ${a}\sqrt{{{b}}} < n < {c}\sqrt{{{d}}}$?"
        (a, b), (c, d) = self.low, self.high
        return rf"How many integers are greater than ${a}\sqrt{{{b}}}$ and less than ${c}\sqrt{{{d}}}$?"

    def answer(self) -> Answer:
        small, large = (factor**2 * root for factor, root in (self.low, self.high))
        return isqrt(large) - isqrt(small)

    def check(self) -> Answer:
        (a, b), (c, d) = self.low, self.high
        return sum(a * b**0.5 < number < c * d**0.5 for number in range(200))
