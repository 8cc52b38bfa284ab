"""Number theory, level 1: one step with divisors and primes."""

from math import gcd
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class GreatestCommonDivisor(Family, domain="number_theory", level=1):
    """The greatest common divisor of two numbers."""

    one: int
    other: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        shared, (one, other) = random.randint(6, 80), random.sample(range(3, 40), 2)
        return cls(shared * one, shared * other, random.randint(0, 1)) if min(one, other) > gcd(one, other) else None

    def statement(self) -> str:
        if self.wording:
            return f"What is the largest integer that divides both ${self.one}$ and ${self.other}$?"
        return f"What is the greatest common divisor of ${self.one}$ and ${self.other}$?"

    def answer(self) -> Answer:
        return gcd(self.one, self.other)

    def check(self) -> Answer:
        return max(number for number in range(1, self.one + 1) if self.one % number == 0 == self.other % number)


class ProperDivisors(Family, domain="number_theory", level=1):
    """The sum of the divisors of a number other than itself."""

    number: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        number = random.randint(60, 999)
        return cls(number, random.randint(0, 1)) if sympy.divisor_count(number) in range(6, 17) else None

    def statement(self) -> str:
        if self.wording:
            return (
                "A proper divisor of a positive integer is a positive divisor other than the integer itself. What is "
                f"the sum of the proper divisors of ${self.number}$?"
            )
        return f"Find the sum of all the positive divisors of ${self.number}$ that are less than ${self.number}$."

    def answer(self) -> Answer:
        return int(sympy.divisor_sigma(self.number)) - self.number

    def check(self) -> Answer:
        return sum(divisor for divisor in range(1, self.number) if self.number % divisor == 0)


class CoprimeBelow(Family, domain="number_theory", level=1):
    """How many positive integers below a number are relatively prime to it."""

    number: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        number = random.randint(60, 999)
        return cls(number, random.randint(0, 1)) if len(sympy.primefactors(number)) > 1 else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"How many of the fractions $\\frac{{1}}{{{self.number}}}, \\frac{{2}}{{{self.number}}}, "
                f"\\frac{{3}}{{{self.number}}}, \\ldots, \\frac{{{self.number - 1}}}{{{self.number}}}$ are in lowest "
                "terms?"
            )
        return f"How many positive integers less than ${self.number}$ are relatively prime to ${self.number}$?"

    def answer(self) -> Answer:
        return sympy.totient(self.number)

    def check(self) -> Answer:
        return sum(gcd(number, self.number) == 1 for number in range(1, self.number))


class PrimesBetween(Family, domain="number_theory", level=1):
    """How many primes there are between two numbers."""

    start: int
    end: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        start = random.randint(20, 500)
        drawn = cls(start, start + random.randint(60, 600), random.randint(0, 1))
        return None if sympy.isprime(drawn.start) or sympy.isprime(drawn.end) else drawn

    def statement(self) -> str:
        if self.wording:
            return f"How many prime numbers $p$ satisfy ${self.start} < p < {self.end}$?"
        return f"How many prime numbers are there between ${self.start}$ and ${self.end}$?"

    def answer(self) -> Answer:
        return int(sympy.primepi(self.end)) - int(sympy.primepi(self.start))

    def check(self) -> Answer:
        small = [p for p in range(2, 34) if all(p % q for q in range(2, p))]
        return sum(all(number % p or number == p for p in small) for number in range(self.start, self.end + 1))
