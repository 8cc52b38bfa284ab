"""Number theory, level 2: counting and listing numbers by divisibility, squares and primes."""

from math import isqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced
from pytest_mathbench.families.number_theory.shared import digits


class PrimesInClass(Family, domain="number_theory", level=2):
    """The sum of the primes of an interval that leave a given remainder."""

    start: int
    end: int
    modulus: int
    remainder: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        start, modulus = random.randint(10, 300), random.randint(4, 15)
        remainder = random.randint(1, modulus - 1)
        drawn = cls(start, start + random.randint(80, 300), modulus, remainder, random.randint(0, 1))
        return drawn if len(drawn._primes()) > 2 and not sympy.isprime(drawn.start) else None

    def _primes(self) -> list[int]:
        return [p for p in sympy.primerange(self.start, self.end + 1) if p % self.modulus == self.remainder]

    def statement(self) -> str:
        if self.wording:
            return (
                f"What is the sum of all prime numbers between ${self.start}$ and ${self.end}$, inclusive, that are "
                f"${self.remainder}$ more than a multiple of ${self.modulus}$?"
            )
        return (
            rf"Find the sum of all primes $p$ with ${self.start} \le p \le {self.end}$ and $p \equiv {self.remainder} "
            rf"\pmod{{{self.modulus}}}$."
        )

    def answer(self) -> Answer:
        return sum(self._primes())

    def check(self) -> Answer:
        numbers = range(self.start, self.end + 1)
        prime = [number for number in numbers if all(number % q for q in range(2, isqrt(number) + 1))]
        return sum(number for number in prime if (number - self.remainder) % self.modulus == 0)


class SquaresOrCubes(Family, domain="number_theory", level=2):
    """Numbers up to a bound that are squares or cubes, both kinds counted once."""

    last: int
    neither: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(800, 60000), random.random() < 0.5)

    def statement(self) -> str:
        if self.neither:
            return (
                f"How many positive integers less than or equal to ${self.last}$ are neither the square nor the cube "
                "of an integer?"
            )
        return f"How many of the integers from $1$ to ${self.last}$, inclusive, are perfect squares or perfect cubes?"

    def answer(self) -> Answer:
        squares, cubes, both = (int(sympy.integer_nthroot(self.last, power)[0]) for power in (2, 3, 6))
        number = squares + cubes - both
        return self.last - number if self.neither else number

    def check(self) -> Answer:
        found = {x**power for x in range(1, isqrt(self.last) + 1) for power in (2, 3) if x**power <= self.last}
        return self.last - len(found) if self.neither else len(found)


class OneButNotBoth(Family, domain="number_theory", level=2):
    """Numbers up to a bound that are divisible by exactly one of two numbers."""

    last: int
    one: int
    other: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = sorted(random.sample(range(4, 31), 2))
        return cls(random.randint(500, 5000), one, other, random.randint(0, 1)) if other % one else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"The numbers from $1$ to ${self.last}$ are written on cards, one number on each card. A card is "
                f"marked red if its number is a multiple of ${self.one}$ and marked blue if its number is a multiple "
                f"of ${self.other}$. How many cards get exactly one of the two marks?"
            )
        return (
            f"How many positive integers less than or equal to ${self.last}$ are divisible by ${self.one}$ or by "
            f"${self.other}$, but not by both?"
        )

    def answer(self) -> Answer:
        both = self.last // sympy.ilcm(self.one, self.other)
        return self.last // self.one + self.last // self.other - 2 * both

    def check(self) -> Answer:
        numbers = range(1, self.last + 1)
        return sum((number % self.one == 0) != (number % self.other == 0) for number in numbers)


class NextWithDigitSum(Family, domain="number_theory", level=2):
    """The first multiple of a number above a bound whose digits have a given sum."""

    bound: int
    divisor: int
    total: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        bound, divisor, total = 100 * random.randint(10, 300), random.randint(7, 40), random.randint(8, 25)
        drawn = cls(bound, divisor, total, random.randint(0, 1))
        fine = divisor % 3 and divisor % 10
        return drawn if fine and bound + 100 < drawn.answer() < 10**6 else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"A multiple of ${self.divisor}$ is greater than ${self.bound}$, and the sum of its decimal digits is "
                f"${self.total}$. What is the smallest possible value of this multiple?"
            )
        return (
            f"What is the smallest integer $n > {self.bound}$ such that $n$ is divisible by ${self.divisor}$ and the "
            f"sum of the digits of $n$ is ${self.total}$?"
        )

    def answer(self) -> Answer:
        number = self.bound - self.bound % self.divisor + self.divisor
        while sum(digits(number, 10)) != self.total:
            number += self.divisor
            if number > 10**6:  # there may be none at all
                return 0
        return number

    def check(self) -> Answer:
        number = self.bound + 1
        while sum(map(int, str(number))) - self.total or number % self.divisor:
            number += 1
        return number


class SmallestMultiplier(Family, domain="number_theory", level=2):
    """The smallest number that makes a given one a square or a cube."""

    number: int
    power: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(40, 900), random.choice([2, 3]), random.randint(0, 1))
        return (
            drawn if drawn.answer() in range(5, 2000) and drawn.answer() != drawn.number ** (drawn.power - 1) else None
        )

    def statement(self) -> str:
        kind = {2: "square", 3: "cube"}[self.power]
        if self.wording:
            return (
                f"What is the smallest positive integer by which ${self.number}$ can be multiplied so that the product "
                f"is the {kind} of an integer?"
            )
        return f"What is the smallest positive integer $n$ for which ${self.number}n$ is a perfect {kind}?"

    def answer(self) -> Answer:
        found = 1
        for prime, exponent in sympy.factorint(self.number).items():
            found *= prime ** (-exponent % self.power)
        return found

    def check(self) -> Answer:
        root = 1
        while root**self.power % self.number:
            root += 1
        return root**self.power // self.number


class ZerosOfFactorial(Family, domain="number_theory", level=2):
    """Zeros at the end of a factorial, or of a quotient of two."""

    number: int
    other: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        number = random.randint(60, 900)
        other = random.choice([0, random.randint(20, number - 30)])
        return cls(number, other, random.randint(0, 1))

    def statement(self) -> str:
        if self.other:
            if self.wording:
                return (
                    rf"How many zeros are there at the end of the integer $\frac{{{self.number}!}}{{{self.other}!}}$ "
                    "when it is written in base ten?"
                )
            return (
                "What is the largest integer $k$ for which $10^k$ divides the product of all integers from "
                f"${self.other + 1}$ to ${self.number}$, inclusive?"
            )
        if self.wording:
            return (
                rf"The product $1 \cdot 2 \cdot 3 \cdots {self.number}$ is written in base ten. How many zeros are "
                "there at its end?"
            )
        return f"How many zeros are there at the end of ${self.number}!$ when it is written in base ten?"

    def answer(self) -> Answer:
        twos, fives = (self._times(prime) for prime in (2, 5))
        return min(twos, fives)

    def _times(self, prime: int) -> int:
        high, low = (number - sum(digits(number, prime)) for number in (self.number, self.other))
        return (high - low) // (prime - 1)

    def check(self) -> Answer:
        value, zeros = 1, 0
        for number in range(self.other + 1, self.number + 1):
            value *= number
            while value % 10 == 0:
                value, zeros = value // 10, zeros + 1
        return zeros


class PeriodLength(Family, domain="number_theory", level=2):
    """The length of the repeating block of a fraction."""

    numerator: int
    denominator: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        denominator = random.randint(13, 400)
        numerator = random.randint(2, denominator - 1)
        drawn = cls(numerator, denominator, random.randint(0, 1))
        fine = sympy.igcd(numerator * 10, denominator) == 1 and 999999 % denominator
        return drawn if fine else None

    def statement(self) -> str:
        fraction = rf"\frac{{{self.numerator}}}{{{self.denominator}}}"
        if self.wording:
            return (
                f"The digits of the decimal expansion of ${fraction}$ repeat, starting right after the decimal point. "
                "How many digits are there in the shortest repeating block?"
            )
        return f"What is the length of the shortest repeating block in the decimal expansion of ${fraction}$?"

    def answer(self) -> Answer:
        return int(sympy.n_order(10, self.denominator))

    def check(self) -> Answer:
        rest, length = 10 * self.numerator % self.denominator, 1
        while rest != self.numerator:
            rest, length = 10 * rest % self.denominator, length + 1
        return length


class RemainderOfExpression(Family, domain="number_theory", level=2):
    """The remainder of an expression of a number of which only the remainder is known."""

    modulus: int
    known: int
    square: int
    linear: int
    constant: int
    power: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        modulus = random.randint(31, 120)
        known, square, linear = random.randint(5, modulus - 2), random.randint(2, 9), random.randint(2, 12)
        drawn = cls(modulus, known, square, linear, random.randint(2, 30), random.randint(2, 5), random.randint(0, 1))
        return drawn if drawn.answer() > 9 and drawn.answer() != known else None

    def statement(self) -> str:
        value = f"{self.square}n^{braced(self.power)} + {self.linear}n + {self.constant}"
        if self.wording:
            return (
                rf"Let $n$ be an integer with $n \equiv {self.known} \pmod{{{self.modulus}}}$. Find the integer $r$ "
                rf"with $0 \le r < {self.modulus}$ and $r \equiv {value} \pmod{{{self.modulus}}}$."
            )
        return (
            f"When a positive integer $n$ is divided by ${self.modulus}$, the remainder is ${self.known}$. What is the "
            f"remainder when ${value}$ is divided by ${self.modulus}$?"
        )

    def answer(self) -> Answer:
        return (self.square * self.known**self.power + self.linear * self.known + self.constant) % self.modulus

    def check(self) -> Answer:
        n = self.known + 7 * self.modulus
        value = self.constant
        for _ in range(self.linear):
            value += n
        for _ in range(self.square):
            value += n**self.power
        return value - value // self.modulus * self.modulus
