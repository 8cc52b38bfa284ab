"""Counting and probability, level 1: one chance, one mean, one union, one formula."""

from fractions import Fraction
from itertools import product
from math import comb, cos, factorial, pi
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex


class Codes(Family, domain="counting_and_probability", level=1):
    """Codes of letters and digits that may repeat."""

    letters: int
    letter_places: int
    digits: int
    digit_places: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        letters, digits = random.randint(4, 26), random.randint(5, 10)
        return sound(cls(letters, random.randint(1, 3), digits, random.randint(2, 4), random.randrange(2)))

    def statement(self) -> str:
        one = "one letter" if self.letter_places == 1 else f"${self.letter_places}$ letters"
        return (
            f"A code consists of {one} followed by ${self.digit_places}$ digits. Only ${self.letters}$ different "
            f"letters and ${self.digits}$ different digits are in use; both may be repeated. How many codes are "
            "possible?",
            f"Each license plate on an island shows {one} followed by ${self.digit_places}$ digits. Only "
            f"${self.letters}$ different letters and ${self.digits}$ different digits are used, and repetition is "
            "allowed. How many different license plates are there?",
        )[self.story]

    def answer(self) -> Answer:
        return self.letters**self.letter_places * self.digits**self.digit_places

    def check(self) -> Answer:
        ways = 1
        for size, places in ((self.letters, self.letter_places), (self.digits, self.digit_places)):
            for _ in range(places):
                ways = sum(ways for _ in range(size))
        return ways


class BothHappen(Family, domain="counting_and_probability", level=1):
    """Two independent events: both, or neither."""

    first: Fraction
    second: Fraction
    neither: bool
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = (Fraction(random.randint(1, 11), random.randint(3, 12)) for _ in range(2))
        ok = first < 1 and second < 1 and first != second and first + second != 1
        return sound(cls(first, second, random.random() < 0.5, random.randrange(2))) if ok else None

    def statement(self) -> str:
        one, two = tex(self.first), tex(self.second)
        hit, wet = ("neither of them hits", "neither") if self.neither else ("both hit", "each")
        return (
            f"Ada hits a target with probability ${one}$, and Bea, independently of her, with probability ${two}$. "
            f"Each of them shoots once. What is the probability that {hit} the target? Express your answer as a "
            "common fraction.",
            f"The probability of rain on Monday is ${one}$, and on Tuesday it is ${two}$, independently of Monday. "
            f"What is the probability that it rains on {wet} of these two days? Express your answer as a common "
            "fraction.",
        )[self.story]

    def answer(self) -> Answer:
        if self.neither:
            return (1 - self.first) * (1 - self.second)
        return self.first * self.second

    def check(self) -> Answer:
        (a, b), (c, d) = self.first.as_integer_ratio(), self.second.as_integer_ratio()
        cases = [(one < a, two < c) for one, two in product(range(b), range(d))]
        return Fraction(cases.count((not self.neither, not self.neither)), b * d)


class SpinnerMean(Family, domain="counting_and_probability", level=1):
    """The expected value of a number drawn from a small list, some values several times."""

    values: tuple[int, int, int]
    counts: tuple[int, int, int]
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two, three = sorted(random.sample(range(1, 31), 3))
        counts = random.randint(2, 9), random.randint(2, 9), random.randint(2, 9)
        return sound(cls((one, two, three), counts, random.randrange(2)))

    def statement(self) -> str:
        (a, b, c), (x, y, z) = self.values, self.counts
        return (
            f"A spinner has ${x + y + z}$ equal sectors. The number ${a}$ is written on ${x}$ of them, ${b}$ on "
            f"${y}$, and ${c}$ on the other ${z}$. What is the expected value of the number that is spun? Express "
            "your answer as a common fraction.",
            f"A box contains ${x + y + z}$ tickets, of which ${x}$ are worth ${a}$ points each, ${y}$ are worth ${b}$ "
            f"points each, and ${z}$ are worth ${c}$ points each. One ticket is drawn at random. How many points is "
            "it expected to be worth? Express your answer as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        return Fraction(sum(a * x for a, x in zip(self.values, self.counts, strict=True)), sum(self.counts))

    def check(self) -> Answer:
        sectors = [a for a, x in zip(self.values, self.counts, strict=True) for _ in range(x)]
        return sum(Fraction(sector, len(sectors)) for sector in sectors)


class MultipleDrawn(Family, domain="counting_and_probability", level=1):
    """The probability that a number drawn from a range is a multiple."""

    tickets: int
    divisor: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(30, 200), random.randint(3, 12), random.randrange(3))
        return sound(drawn) if drawn.answer() != Fraction(1, drawn.divisor) else None

    def statement(self) -> str:
        n, d = self.tickets, self.divisor
        return (
            f"An integer from $1$ to ${n}$, inclusive, is chosen at random. What is the probability that it is a "
            f"multiple of ${d}$? Express your answer as a common fraction.",
            f"The tickets of a raffle are numbered from $1$ to ${n}$, and each ticket whose number is divisible by "
            f"${d}$ wins. Find the probability that a ticket drawn at random wins, as a common fraction.",
            rf"What is the probability that a random element of the set $\{{1, 2, 3, \ldots, {n}\}}$ is divisible by "
            f"${d}$? Express your answer as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        return Fraction(self.tickets // self.divisor, self.tickets)

    def check(self) -> Answer:
        return Fraction(sum(number % self.divisor == 0 for number in range(1, self.tickets + 1)), self.tickets)


class DartOnBoard(Family, domain="counting_and_probability", level=1):
    """A chance as a ratio of areas: a disk in a rectangle, or the rest of it."""

    width: int
    height: int
    radius: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        width, height, radius = random.randint(6, 30), random.randint(6, 30), random.randint(2, 12)
        ok = width != height and 2 * radius < min(width, height)
        return cls(width, height, radius, random.randrange(3)) if ok else None

    def statement(self) -> str:
        width, height, radius = self.width, self.height, self.radius
        return (
            f"A circle of radius ${radius}$ lies inside a rectangle with sides ${width}$ and ${height}$. A point is "
            "chosen uniformly at random in the rectangle. What is the probability that it lies inside the circle? "
            r"Express your answer in terms of $\pi$.",
            f"On a rectangular board, ${width}$ feet by ${height}$ feet, a disk with a radius of ${radius}$ feet is "
            "painted, all of it on the board. A dart hits a random point of the board, all points being equally "
            r"likely. Find, in terms of $\pi$, the probability that it misses the disk.",
            f"A rectangular garden, ${width}$ meters by ${height}$ meters, contains a round pond with a radius of "
            f"${radius}$ meters. A leaf falls on a random point of the garden, pond included. What is the "
            r"probability that it falls into the pond? Express your answer in terms of $\pi$.",
        )[self.story]

    def answer(self) -> Answer:
        inside = sympy.pi * self.radius**2 / (self.width * self.height)
        return 1 - inside if self.story == 1 else inside

    def check(self) -> Answer:
        # The disk as thin strips, by the angles of their ends.
        steps = 64
        area = sum(2 * self.radius**2 * cos(pi * (k / steps - 0.5)) ** 2 * pi / steps for k in range(steps))
        inside = area / (self.width * self.height)
        return 1 - inside if self.story == 1 else inside


class FactorialQuotient(Family, domain="counting_and_probability", level=1):
    """A quotient of factorials."""

    top: int
    parts: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        top = random.randint(7, 16)
        one, two = random.randint(3, top - 2), random.randint(2, 6)
        return sound(cls(top, (one, two))) if one + two <= top else None

    def statement(self) -> str:
        one, two = self.parts
        if (one + two) % 3 == 0:
            return rf"Compute $\frac{{{self.top}!}}{{{one}! \cdot {two}!}}$."
        if (one + two) % 3 == 1:
            return rf"What is the value of ${self.top}!$ divided by the product of ${one}!$ and ${two}!$?"
        return (
            rf"Evaluate $\dfrac{{{self.top}!}}{{({one}!)({two}!)}}$, where $n!$ is the product of the integers from "
            "$1$ to $n$."
        )

    def answer(self) -> Answer:
        return factorial(self.top) // factorial(self.parts[0]) // factorial(self.parts[1])

    def check(self) -> Answer:
        one, two = self.parts
        ways = comb(self.top, one) * comb(self.top - one, two)
        for number in range(2, self.top - one - two + 1):
            ways *= number
        return ways


class UnionOfTwo(Family, domain="counting_and_probability", level=1):
    """How many are in at least one of two sets, or in neither."""

    total: int
    first: int
    second: int
    both: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = random.randint(8, 60), random.randint(8, 60)
        both = random.randint(3, min(first, second) - 2)
        outside = random.randint(3, 40)
        return sound(cls(first + second - both + outside, first, second, both, random.randrange(3)))

    def statement(self) -> str:
        n, one, two, both = self.total, self.first, self.second, self.both
        return (
            f"Of ${n}$ students, ${one}$ play football, ${two}$ play chess, and ${both}$ play both. How many of the "
            "students play neither?",
            f"In a village with ${n}$ households, ${one}$ keep a dog, ${two}$ keep a cat, and ${both}$ keep both a "
            "dog and a cat. How many households keep at least one of the two animals?",
            f"Set $A$ has ${one}$ elements, set $B$ has ${two}$ elements, and ${both}$ elements belong to both. How "
            "many elements belong to exactly one of the two sets?",
        )[self.story]

    def answer(self) -> Answer:
        union = self.first + self.second - self.both
        return (self.total - union, union, union - self.both)[self.story]

    def check(self) -> Answer:
        one, two = set(range(self.first)), set(range(self.first - self.both, self.first - self.both + self.second))
        everyone = set(range(self.total))
        return len((everyone - one - two, one | two, one ^ two)[self.story])
