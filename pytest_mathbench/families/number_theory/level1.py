"""Number theory, level 1: one step."""

from math import lcm
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer
from pytest_mathbench.families.number_theory.shared import in_base


class LeftOver(Family, domain="number_theory", level=1):
    """What does not fill a package is the remainder."""

    total: int
    size: int
    things: str
    holders: str
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        things, holders = random.choice(
            [("rolls", "bags"), ("bulbs", "boxes"), ("stickers", "envelopes"), ("bottles", "crates"), ("pens", "cases")]
        )
        return cls(random.randint(500, 3000), random.randint(12, 80), things, holders, random.randint(0, 1))

    def statement(self) -> str:
        if self.wording:
            return f"What is the remainder when ${self.total}$ is divided by ${self.size}$?"
        return (
            f"A shop packs ${self.total}$ {self.things} into {self.holders} of ${self.size}$ {self.things} each, and "
            f"fills as many {self.holders} as possible. How many {self.things} are left over?"
        )

    def answer(self) -> Answer:
        return self.total % self.size

    def check(self) -> Answer:
        left = self.total
        while left >= self.size:
            left -= self.size
        return left


class LeastCommonMultiple(Family, domain="number_theory", level=1):
    """The least common multiple of two numbers with a common factor."""

    small: int
    large: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, large = sorted(random.sample(range(12, 121), 2))
        return cls(small, large, random.randint(0, 1)) if large < lcm(small, large) < small * large else None

    def statement(self) -> str:
        if self.wording:
            return f"What is the smallest positive integer that is divisible by both ${self.small}$ and ${self.large}$?"
        return f"What is the least common multiple of ${self.small}$ and ${self.large}$?"

    def answer(self) -> Answer:
        return lcm(self.small, self.large)

    def check(self) -> Answer:
        multiple = self.large
        while multiple % self.small:
            multiple += self.large
        return multiple


class LargestPrimeFactor(Family, domain="number_theory", level=1):
    """The largest prime in a factorisation into three or more primes."""

    number: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        number = random.randint(200, 5000)
        powers = sympy.factorint(number)
        return (
            cls(number, random.randint(0, 1))
            if sum(powers.values()) in {3, 4, 5} and max(powers) in range(11, 400)
            else None
        )

    def statement(self) -> str:
        if self.wording:
            return f"The number ${self.number}$ is written as a product of primes. What is the largest of these primes?"
        return f"What is the largest prime number that divides ${self.number}$?"

    def answer(self) -> Answer:
        return max(sympy.primefactors(self.number))

    def check(self) -> Answer:
        rest, divisor = self.number, 2
        while rest > divisor:
            rest, divisor = (rest, divisor + 1) if rest % divisor else (rest // divisor, divisor)
        return divisor


class FromBase(Family, domain="number_theory", level=1):
    """A number in another base, read in base ten."""

    number: int
    base: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(100, 1500), random.randint(4, 9), random.randint(0, 1))

    def statement(self) -> str:
        if self.wording:
            written = in_base(self.number, self.base).split("_")[0]
            return f"A number is written as ${written}$ in base ${self.base}$. How is it written in base ten?"
        return f"What is ${in_base(self.number, self.base)}$ in base ten?"

    def answer(self) -> Answer:
        return self.number

    def check(self) -> Answer:
        written, base = in_base(self.number, self.base).split("_")
        return int(written, int(base))


class MultiplesBetween(Family, domain="number_theory", level=1):
    """Multiples of a number between two bounds that are none."""

    divisor: int
    start: int
    end: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        divisor, start = random.randint(6, 19), random.randint(50, 400)
        end = start + random.randint(300, 1200)
        return cls(divisor, start, end, random.randint(0, 1)) if start % divisor and end % divisor else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"How many integers that are greater than ${self.start}$ and less than ${self.end}$ are divisible by "
                f"${self.divisor}$?"
            )
        return f"How many multiples of ${self.divisor}$ are there between ${self.start}$ and ${self.end}$?"

    def answer(self) -> Answer:
        return self.end // self.divisor - self.start // self.divisor

    def check(self) -> Answer:
        return sum(number % self.divisor == 0 for number in range(self.start + 1, self.end))
