"""Number theory, level 3: remainders that repeat, divisors under conditions, and squares modulo a number."""

from math import gcd, isqrt, lcm, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class DigitChain(Family, domain="number_theory", level=3):
    """Each number is the units digit of a combination of the two before it: the sum of very many, by their period."""

    start: tuple[int, int]
    factors: tuple[int, int]
    count: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        start = random.randint(1, 9), random.randint(1, 9)
        factors = random.randint(2, 9), random.choice([1, 3, 7, 9])
        drawn = cls(start, factors, random.randint(500, 5000), random.randint(0, 1))
        return drawn if len(drawn._period()) > 12 else None

    def _period(self) -> list[int]:
        """Return the numbers before the first two come again; 1, 3, 7 and 9 can be undone, so these come first."""
        numbers = list(self.start)
        while len(numbers) < 4 or tuple(numbers[-2:]) != self.start:
            numbers.append((self.factors[0] * numbers[-1] + self.factors[1] * numbers[-2]) % 10)
        return numbers[:-2]

    def statement(self) -> str:
        (one, two), (near, far) = self.start, self.factors
        if self.wording:
            other = "" if far == 1 else far
            return (
                rf"A sequence of digits starts with $a_1 = {one}$ and $a_2 = {two}$. For $n \ge 3$, the digit $a_n$ is "
                rf"the units digit of ${near}a_{{n-1}} + {other}a_{{n-2}}$. Find $a_1 + a_2 + a_3 + \cdots + "
                f"a_{{{self.count}}}$."
            )
        times = "" if far == 1 else f"${far}$ times "
        return (
            f"In a list of numbers, the first is ${one}$ and the second is ${two}$. From the third on, each number is "
            f"the units digit of the sum of ${near}$ times the number just before it and {times}the number two places "
            f"before it. What is the sum of the first ${self.count}$ numbers in the list?"
        )

    def answer(self) -> Answer:
        period = self._period()
        rounds, more = divmod(self.count, len(period))
        return rounds * sum(period) + sum(period[:more])

    def check(self) -> Answer:
        one, two = self.start
        total = 0
        for _ in range(self.count):
            total += one
            one, two = two, (self.factors[0] * two + self.factors[1] * one) % 10
        return total


class TwoNumbersWithMultiple(Family, domain="number_theory", level=3):
    """Two numbers with a given greatest common divisor and least common multiple: the extreme one of several pairs."""

    divisor: int
    multiple: int
    asked: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        primes = random.sample([2, 3, 5, 7, 11, 13, 17], random.randint(3, 4))
        ratio = prod(prime ** (random.randint(1, 3) if prime < 5 else 1) for prime in primes)
        divisor = random.randint(2, 30)
        return cls(divisor, divisor * ratio, random.randint(0, 2)) if ratio < 3000 else None

    def statement(self) -> str:
        start = (
            f"The greatest common divisor of two positive integers is ${self.divisor}$, and their least common "
            f"multiple is ${self.multiple}$."
        )
        return (
            f"{start} What is the smallest possible sum of the two integers?",
            f"{start} If their difference is as small as possible, what is the larger of the two integers?",
            f"Two positive integers $a < b$ satisfy $\\gcd(a,b) = {self.divisor}$ and $\\operatorname{{lcm}}(a,b) = "
            f"{self.multiple}$. What is the sum of all the possible values of $a$?",
        )[self.asked]

    def answer(self) -> Answer:
        ratio = self.multiple // self.divisor
        smaller = [d for d in sympy.divisors(ratio) if d * d < ratio and gcd(d, ratio // d) == 1]
        near = max(smaller)
        return self.divisor * (near + ratio // near, ratio // near, sum(smaller))[self.asked]

    def check(self) -> Answer:
        step, product = self.divisor, self.divisor * self.multiple
        numbers = range(step, isqrt(product) + 1, step)
        pairs = [(a, product // a) for a in numbers if product % a == 0]
        pairs = [(a, b) for a, b in pairs if gcd(a, b) == step and lcm(a, b) == self.multiple]
        if self.asked == 0:
            return min(map(sum, pairs))
        return min((b - a, b) for a, b in pairs)[1] if self.asked == 1 else sum(a for a, _ in pairs)


class LastDigitInBases(Family, domain="number_theory", level=3):
    """The bases in which a number ends with a given digit: divisors larger than the digit."""

    number: int
    digit: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        digit, number = random.randint(2, 9), random.randint(300, 4000)
        divisors = sympy.divisors(number - digit)
        fine = len(divisors) in range(8, 25) and divisors[2] <= digit
        return cls(number, digit, random.randint(0, 1)) if fine else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"When the base-ten number ${self.number}$ is written in base $b$, where $b \\ge 2$, its last digit is "
                f"${self.digit}$. What is the sum of all the possible values of $b$?"
            )
        return (
            f"In some bases $b \\ge 2$, the representation of the base-ten number ${self.number}$ has units digit "
            f"${self.digit}$. Find the sum of all such bases $b$."
        )

    def answer(self) -> Answer:
        return sum(divisor for divisor in sympy.divisors(self.number - self.digit) if divisor > self.digit)

    def check(self) -> Answer:
        return sum(base for base in range(2, self.number + 1) if self.number % base == self.digit)


class NeighbouringSquares(Family, domain="number_theory", level=3):
    """Neighbouring remainders that are both those of squares, modulo a composite number."""

    modulus: int
    distance: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        modulus = random.randint(60, 700)
        drawn = cls(modulus, random.randint(1, 4), random.randint(0, 1))
        return drawn if len(sympy.primefactors(modulus)) > 1 and drawn.answer() > 5 else None

    def statement(self) -> str:
        m = self.modulus
        if self.wording:
            return (
                rf"For how many integers $r$ with $0 \le r < {m}$ do both of the congruences $x^2 \equiv r "
                rf"\pmod{{{m}}}$ and $y^2 \equiv r + {self.distance} \pmod{{{m}}}$ have integer solutions $x$ and $y$?"
            )
        return (
            rf"For how many of the integers $r = 0, 1, 2, \ldots, {m - 1}$ do integers $x$ and $y$ exist such that "
            f"$x^2 - r$ and $y^2 - r - {self.distance}$ are both divisible by ${m}$?"
        )

    def answer(self) -> Answer:
        """Multiply the numbers for the prime powers."""
        return prod(self._number(prime**power) for prime, power in sympy.factorint(self.modulus).items())

    def _number(self, modulus: int) -> int:
        squares = {x * x % modulus for x in range(modulus)}
        return sum((square + self.distance) % modulus in squares for square in squares)

    def check(self) -> Answer:
        squares = [False] * self.modulus
        for x in range(self.modulus):
            squares[x * x % self.modulus] = True
        return sum(squares[r] and squares[(r + self.distance) % self.modulus] for r in range(self.modulus))
