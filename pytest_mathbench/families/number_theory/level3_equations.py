"""Number theory, level 3: equations in integers, exponents of primes, and repeating digits."""

from fractions import Fraction
from math import gcd, isqrt, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, signed
from pytest_mathbench.families.number_theory.shared import digits


class IntegerPairs(Family, domain="number_theory", level=3):
    """All integer points of a hyperbola, by a factorisation of its multiple."""

    product: int
    across: int
    up: int
    constant: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor, across, up = random.randint(2, 5), random.randint(2, 9), random.randint(2, 9)
        x, y = random.randint(-30, 30), random.randint(-30, 30)
        drawn = cls(factor, across, up, factor * x * y - across * x - up * y, random.randint(0, 1))
        if not drawn.constant or gcd(factor, across) > 1 or gcd(factor, up) > 1 or not drawn._whole():
            return None
        pairs = drawn.answer()
        return drawn if len(pairs) in {2, 3, 4} and max(abs(x) + abs(y) for x, y in pairs) in range(40, 400) else None

    def _whole(self) -> int:
        return self.product * self.constant + self.across * self.up

    def statement(self) -> str:
        if self.wording:
            return (
                rf"The curve \[{self.product}xy - {self.across}x - {self.up}y = {self.constant}\] passes through only "
                "finitely many points whose coordinates are both integers. Find all these points. Enter your answer "
                "as ordered pairs $(x,y)$, separated by commas."
            )
        return (
            rf"Find all ordered pairs $(x,y)$ of integers, positive, negative, or zero, such that \[{self.product}xy = "
            rf"{self.across}x + {self.up}y{signed(self.constant)}.\] Enter all the pairs, separated by commas."
        )

    def answer(self) -> Answer:
        whole = self._whole()
        factors = [sign * divisor for divisor in sympy.divisors(whole) for sign in (1, -1)]
        return frozenset(
            ((factor + self.up) // self.product, (whole // factor + self.across) // self.product)
            for factor in factors
            if (factor + self.up) % self.product == (whole // factor + self.across) % self.product == 0
        )

    def check(self) -> Answer:
        furthest = abs(self.constant) + self.across * self.up + self.up
        pairs = set()
        for x in range(-furthest, furthest + 1):
            y, rest = divmod(self.across * x + self.constant, self.product * x - self.up)
            pairs |= set() if rest else {(x, y)}
        return frozenset(pairs)


class RepeatingInBase(Family, domain="number_theory", level=3):
    """A repeating expansion in another base, as a fraction in base ten."""

    base: int
    start: int
    block: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        base = random.randint(4, 9)
        start, block = (random.randint(base, base**2 - 1) for _ in range(2))
        fine = block % (base + 1) and (block - start) % base
        return cls(base, start, block, random.randint(0, 1)) if fine else None

    def statement(self) -> str:
        start, block = ("".join(map(str, reversed(digits(part, self.base)))) for part in (self.start, self.block))
        if self.wording:
            return (
                "What common fraction in lowest terms, written in base ten, equals "
                rf"$0.{start}{block}{block}{block}\ldots_{{{self.base}}}$, a number in base ${self.base}$ in which the "
                f"digits ${block}$ repeat forever?"
            )
        return (
            rf"In base ${self.base}$, the number $x$ is written as $0.{start}\overline{{{block}}}$, where the block "
            f"${block}$ repeats forever. Write $x$ in base ten as a common fraction in lowest terms."
        )

    def answer(self) -> Answer:
        whole = self.start * (self.base**2 - 1) + self.block
        return Fraction(whole, self.base**2 * (self.base**2 - 1))

    def check(self) -> Answer:
        places = digits(self.block, self.base) * 20 + digits(self.start, self.base)
        value = Fraction()
        for digit in places:
            value = (value + digit) / self.base
        return value.limit_denominator(self.base**4)


class SidesFromDiagonal(Family, domain="number_theory", level=3):
    """A number as a sum of two squares in several ways: the extreme one of them."""

    square: int
    asked: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        square = prod(random.choice([2, 5, 5, 9, 13, 17, 25, 29, 37, 41]) for _ in range(random.randint(4, 6)))
        drawn = cls(square, random.randint(0, 2))
        return drawn if square in range(5000, 2 * 10**6) and len(drawn._points()) > 2 else None

    def statement(self) -> str:
        return (
            "The lengths of the sides of a rectangle are integers, and its diagonal has length "
            rf"$\sqrt{{{self.square}}}$. What is the largest possible perimeter of the rectangle?",
            "The lengths of the sides of a rectangle are integers, and the square of the length of its diagonal is "
            f"${self.square}$. What is the smallest possible area of the rectangle?",
            f"Consider all pairs of positive integers $x$ and $y$ with $x < y$ and $x^2 + y^2 = {self.square}$. What "
            "is the sum of the values of $y$ over all these pairs?",
        )[self.asked]

    def _points(self) -> set[tuple[int, int]]:
        """Multiply Gaussian integers with the norms of the prime factors, up to units and reflections."""
        points = {(0, 1)}
        for prime, exponent in sympy.factorint(self.square).items():
            norm, times = (9, exponent // 2) if prime == 3 else (prime, exponent)
            a, b = next((a, b) for a in range(norm) for b in range(a, norm) if a * a + b * b == norm)
            for _ in range(times):
                found = [(a * x - b * y, a * y + b * x) for x, y in points]
                found += [(a * x + b * y, a * y - b * x) for x, y in points]
                points = {(min(abs(x), abs(y)), max(abs(x), abs(y))) for x, y in found}
        return {(x, y) for x, y in points if x}

    def answer(self) -> Answer:
        return self._result(self._points())

    def _result(self, points: set[tuple[int, int]]) -> int:
        if self.asked == 0:
            return max(2 * (x + y) for x, y in points)
        return min(x * y for x, y in points) if self.asked == 1 else sum(y for x, y in points if x < y)

    def check(self) -> Answer:
        shorter = range(1, isqrt(self.square // 2) + 1)
        rests = ((x, self.square - x * x) for x in shorter)
        return self._result({(x, isqrt(rest)) for x, rest in rests if isqrt(rest) ** 2 == rest})


class SelfPowerProduct(Family, domain="number_theory", level=3):
    """How often a prime divides the product of all k^k up to a number."""

    prime: int
    last: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.choice([2, 3, 5, 7, 11, 13]), random.randint(60, 700), random.randint(0, 1))
        return drawn if drawn.last > 5 * drawn.prime else None

    def statement(self) -> str:
        start = r"1^1 \cdot 2^2 \cdot 3^3 \cdot 4^4 \cdots"
        if self.prime == 5:
            return (
                rf"How many zeros are there at the end of the decimal representation of the product \[{start} "
                rf"{self.last}^{{{self.last}}}?\]"
            )
        if self.wording:
            return (
                rf"What is the exponent of ${self.prime}$ in the prime factorization of the product \[{start} "
                rf"{self.last}^{{{self.last}}}?\]"
            )
        return (
            f"Let $P = {start} {self.last}^{{{self.last}}}$. What is the largest integer $k$ for which "
            f"${self.prime}^k$ divides $P$?"
        )

    def answer(self) -> Answer:
        total, power = 0, self.prime
        while multiples := self.last // power:
            total += power * multiples * (multiples + 1) // 2
            power *= self.prime
        return total

    def check(self) -> Answer:
        total = 0
        for number in range(1, self.last + 1):
            rest = number
            while rest % self.prime == 0:
                rest //= self.prime
                total += number
        return total
