"""Number theory, level 3: two ideas, or a short search."""

from collections.abc import Iterator
from itertools import count, takewhile
from math import gcd, isqrt, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced
from pytest_mathbench.families.number_theory.shared import digits


class DecimalDigitSum(Family, domain="number_theory", level=3):
    """The sum of many digits of a repeating decimal."""

    numerator: int
    denominator: int
    places: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        denominator = random.randint(7, 80)
        numerator = random.randint(1, denominator - 1)
        fine = gcd(denominator, 10 * numerator) == 1 and 99 % denominator
        return cls(numerator, denominator, random.randint(80, 400), random.randint(0, 1)) if fine else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"When ${self.numerator}$ is divided by ${self.denominator}$, the quotient is written as the decimal "
                "$0.d_1d_2d_3\\ldots$ with digits $d_1, d_2, d_3, \\ldots$. Find $d_1 + d_2 + d_3 + \\cdots + "
                f"d_{{{self.places}}}$."
            )
        return (
            f"What is the sum of the first ${self.places}$ digits after the decimal point in the decimal expansion of "
            rf"$\frac{{{self.numerator}}}{{{self.denominator}}}$?"
        )

    def answer(self) -> Answer:
        period = sympy.n_order(10, self.denominator)
        block = [int(digit) for digit in f"{self.numerator * (10**period - 1) // self.denominator:0{period}}"]
        blocks, more = divmod(self.places, period)
        return blocks * sum(block) + sum(block[:more])

    def check(self) -> Answer:
        total, rest = 0, self.numerator
        for _ in range(self.places):
            digit, rest = divmod(10 * rest, self.denominator)
            total += digit
        return total


class PalindromesInBase(Family, domain="number_theory", level=3):
    """Numbers of an interval that are palindromes in another base."""

    first: int
    last: int
    base: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first = random.randint(100, 900)
        return cls(first, first + random.randint(600, 1800), random.randint(3, 8), random.randint(0, 1))

    def statement(self) -> str:
        if self.wording:
            return (
                f"Each of the integers from ${self.first}$ to ${self.last}$, inclusive, is written in base "
                f"${self.base}$. How many of the resulting strings of digits read the same from left to right as from "
                "right to left?"
            )
        return (
            "A palindrome is a number whose digits read the same forwards and backwards. How many of the integers "
            f"from ${self.first}$ to ${self.last}$, inclusive, are palindromes when they are written in base "
            f"${self.base}$?"
        )

    def answer(self) -> Answer:
        return sum(
            self.first <= number for number in takewhile(lambda number: number <= self.last, self._palindromes())
        )

    def _palindromes(self) -> Iterator[int]:
        for length in count(1):
            half = (length + 1) // 2
            for number in range(self.base ** (half - 1), self.base**half):
                palindrome, mirrored = number, number // self.base ** (length % 2)
                while mirrored:
                    palindrome = palindrome * self.base + mirrored % self.base
                    mirrored //= self.base
                yield palindrome

    def check(self) -> Answer:
        written = (digits(number, self.base) for number in range(self.first, self.last + 1))
        return sum(places == places[::-1] for places in written)


class FactorialMultiple(Family, domain="number_theory", level=3):
    """The first factorial that a power of a composite number divides."""

    base: int
    power: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        base = random.randint(6, 75)
        return (
            cls(base, random.randint(15, 75), random.randint(0, 1)) if len(sympy.primefactors(base)) in {2, 3} else None
        )

    def statement(self) -> str:
        if self.wording:
            return (
                r"The integers $1, 2, 3, \ldots$ are multiplied together, one after another, until the product is a "
                f"multiple of ${self.base}^{braced(self.power)}$ for the first time. What is the last factor?"
            )
        return (
            "What is the smallest positive integer $n$ for which $n!$ is divisible by "
            f"${self.base}^{braced(self.power)}$?"
        )

    def answer(self) -> Answer:
        return max(self._least(prime, self.power * each) for prime, each in sympy.factorint(self.base).items())

    @staticmethod
    def _least(prime: int, exponent: int) -> int:
        """Return the least number whose factorial has the prime that often, by Legendre's formula."""
        return next(
            number for number in count(prime, prime) if (number - sum(digits(number, prime))) // (prime - 1) >= exponent
        )

    def check(self) -> Answer:
        missing = self.base**self.power
        for number in count(1):
            missing //= gcd(missing, number)
            if missing == 1:
                return number
        return None


class LongestRun(Family, domain="number_theory", level=3):
    """A number as the longest sum of consecutive positive integers."""

    total: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        total = random.randint(500, 9000)
        return cls(total, random.randint(0, 1)) if max(sympy.primefactors(total)) < isqrt(total) else None

    def statement(self) -> str:
        if self.wording:
            return (
                "Boxes are stacked in rows, each row with exactly one box more than the row above it. There are "
                f"${self.total}$ boxes in all, in as many rows as possible. How many boxes are there in the bottom row?"
            )
        return (
            f"The number ${self.total}$ is written as the sum of as many consecutive positive integers as possible. "
            "What is the largest of these integers?"
        )

    def answer(self) -> Answer:
        terms = max(
            terms
            for terms in range(1, isqrt(2 * self.total) + 1)
            if 2 * self.total % terms == 0 and (2 * self.total // terms - terms) % 2
        )
        return (2 * self.total // terms + terms - 1) // 2

    def check(self) -> Answer:
        first = last = total = 1
        while total != self.total:
            if total < self.total:
                last += 1
                total += last
            else:
                total -= first
                first += 1
        return last


class RowsOfPupils(Family, domain="number_theory", level=3):
    """Three remainders, one of them told as what is missing, and a bound."""

    rows: tuple[int, int, int]
    pupils: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other, third = random.sample(range(6, 18), 3)
        rows = one, other, third
        pupils = random.randint(prod(rows) // 4, prod(rows) - 100)
        coprime = gcd(one, other) == gcd(one, third) == gcd(other, third) == 1
        fine = all(pupils % row in range(2, row - 1) for row in rows)
        return cls(rows, pupils, random.randint(0, 1)) if coprime and fine else None

    def _bound(self) -> int:
        return prod(self.rows) // 50 * 50

    def statement(self) -> str:
        (one, two, three), (left, over, rest) = self.rows, (self.pupils % row for row in self.rows)
        if self.wording:
            return (
                f"A box contains fewer than ${self._bound()}$ cards. If they are shared equally among ${one}$ players, "
                f"as far as possible, then ${left}$ cards are left over; if among ${two}$ players, then ${over}$ cards "
                f"are left over. With ${three - rest}$ more cards, ${three}$ players could share them equally. How "
                "many cards are in the box?"
            )
        return (
            f"A school has fewer than ${self._bound()}$ students. If they line up in rows of ${one}$, then ${left}$ "
            f"students are left over. If they line up in rows of ${two}$, then ${over}$ students are left over. If "
            f"they line up in rows of ${three}$, then the last row is ${three - rest}$ students short of being full. "
            "How many students does the school have?"
        )

    def answer(self) -> Answer:
        return self.pupils

    def check(self) -> Answer:
        (one, two, three), (left, over, rest) = self.rows, (self.pupils % row for row in self.rows)
        missing = three - rest
        (found,) = (
            number
            for number in range(over, self._bound(), two)
            if number % one == left and (number + missing) % three == 0
        )
        return found
