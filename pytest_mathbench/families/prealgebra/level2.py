"""Prealgebra, level 2: two or three steps."""

from fractions import Fraction
from math import gcd
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_ORDINALS = {3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}


class DiscountAndCoupon(Family, domain="prealgebra", level=2):
    """A percentage off a price, then a coupon."""

    name: str
    price: int
    percent: int
    coupon: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        price, percent = random.randint(40, 400), random.choice([5, 10, 15, 20, 25, 30, 35, 40, 45])
        drawn = cls(random.choice(["Dora", "Felix", "Ines", "Tariq"]), price, percent, random.randint(3, 15))
        return drawn if price * percent % 100 == 0 else None

    def statement(self) -> str:
        return (
            rf"The regular price of a coat is $\${self.price}$. In a sale the store takes ${self.percent}\%$ off the "
            rf"regular price, and then {self.name} uses a coupon that takes another $\${self.coupon}$ off. How many "
            f"dollars does {self.name} pay for the coat?"
        )

    def answer(self) -> Answer:
        return self.price - self.price * self.percent // 100 - self.coupon

    def check(self) -> Answer:
        return Fraction(100 - self.percent, 100) * self.price - self.coupon


class SharedInRatio(Family, domain="prealgebra", level=2):
    """A total shared in a ratio of three parts; how much more one gets than another."""

    parts: tuple[int, int, int]
    unit: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        parts = tuple(sorted(random.sample(range(2, 12), 3)))
        small, middle, large = parts
        return cls((small, middle, large), random.randint(3, 40)) if gcd(*parts) == 1 else None

    def statement(self) -> str:
        small, middle, large = self.parts
        return (
            f"Three friends share ${sum(self.parts) * self.unit}$ marbles in the ratio ${small}:{middle}:{large}$. How "
            "many more marbles does the friend with the most get than the friend with the fewest?"
        )

    def answer(self) -> Answer:
        return (self.parts[2] - self.parts[0]) * self.unit

    def check(self) -> Answer:
        shares = [Fraction(part, sum(self.parts)) * (sum(self.parts) * self.unit) for part in self.parts]
        return max(shares) - min(shares)


class MissingScore(Family, domain="prealgebra", level=2):
    """The score that lifts an average to a given value."""

    tests: int
    average: int
    wanted: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        tests, average = random.randint(3, 9), random.randint(60, 90)
        wanted = average + random.randint(1, 4)
        return cls(tests, average, wanted) if wanted * (tests + 1) - average * tests <= 100 else None

    def statement(self) -> str:
        return (
            f"The average of Jonah's scores on his first ${self.tests}$ tests is ${self.average}$. What score on the "
            f"next test would make the average of all ${self.tests + 1}$ scores equal to ${self.wanted}$?"
        )

    def answer(self) -> Answer:
        return self.wanted * (self.tests + 1) - self.average * self.tests

    def check(self) -> Answer:
        scores = [self.average] * self.tests
        return next(score for score in range(101) if sum([*scores, score]) == self.wanted * len([*scores, score]))


class MeetingBells(Family, domain="prealgebra", level=2):
    """Two bells that ring together: a least common multiple on the clock of minutes."""

    first: int
    second: int
    rings: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = sorted(random.sample(range(6, 46), 2))
        drawn = cls(first, second, random.randint(3, 6))
        return drawn if 1 < gcd(first, second) < first else None

    def statement(self) -> str:
        return (
            f"One bell rings every ${self.first}$ minutes and another rings every ${self.second}$ minutes. Both ring "
            "together at noon, and that counts as the first time. How many minutes after noon do they ring together "
            f"for the {_ORDINALS[self.rings]} time?"
        )

    def answer(self) -> Answer:
        return (self.rings - 1) * self.first * self.second // gcd(self.first, self.second)

    def check(self) -> Answer:
        together = (minute for minute in range(1, 20000) if minute % self.first == 0 == minute % self.second)
        return [next(together) for _ in range(self.rings - 1)][-1]


class AngleInRatio(Family, domain="prealgebra", level=2):
    """An angle of a quadrilateral from the other three, which are in a ratio."""

    parts: tuple[int, int, int]
    known: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, middle, large = sorted(random.sample(range(2, 12), 3))
        known = random.randint(30, 150)
        fits = (360 - known) % (small + middle + large) == 0 and gcd(small, middle, large) == 1
        largest = (360 - known) // (small + middle + large) * large
        return cls((small, middle, large), known) if fits and largest < 180 else None

    def statement(self) -> str:
        small, middle, large = self.parts
        return (
            f"One angle of a quadrilateral measures ${self.known}$ degrees, and the measures of the other three are in "
            f"the ratio ${small}:{middle}:{large}$. How many degrees are in the largest of these three angles?"
        )

    def answer(self) -> Answer:
        return (360 - self.known) * self.parts[2] // sum(self.parts)

    def check(self) -> Answer:
        units = next(u for u in range(1, 360) if self.known + sum(part * u for part in self.parts) == 360)
        return self.parts[2] * units
