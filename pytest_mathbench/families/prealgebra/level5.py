"""Prealgebra, level 5: long chains, and numbers too large to try them all."""

from fractions import Fraction
from math import gcd
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class DigitOfConcatenation(Family, domain="prealgebra", level=5):
    """The digit at a far place when all even, or odd, numbers are written one after another."""

    place: int
    odd: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(10**17, 10**18), odd=random.random() < 0.5)

    def statement(self) -> str:
        kind, start = ("odd", "13579111315") if self.odd else ("even", "24681012141618")
        return (
            f"The positive {kind} integers are written one after another in increasing order, without spaces, to "
            "form the "
            rf"infinite string $\mathtt{{{start}\ldots}}$. What two-digit number is formed by the digits in positions "
            f"${self.place}$ and ${self.place + 1}$ of the string, in this order? The first digit of the string is in "
            "position $1$. If the first of the two digits is $0$, give only the other digit."
        )

    def answer(self) -> Answer:
        return 10 * self._digit(self.place - 1) + self._digit(self.place)

    def _digit(self, index: int) -> int:
        length = 1
        while index >= (block := length * self._count(length)):
            index -= block
            length += 1
        first = 1 if length == 1 else 10 ** (length - 1) + self.odd
        first += 1 if length == 1 and not self.odd else 0
        return int(str(first + 2 * (index // length))[index % length])

    def _count(self, length: int) -> int:
        return (5 if self.odd else 4) if length == 1 else 45 * 10 ** (length - 2)

    def check(self) -> Answer:
        def written(number: int) -> int:
            """Count the digits of all numbers of the kind up to one."""
            total = 0
            power = 1
            while power <= number:
                kinds = [(limit + 1) // 2 if self.odd else limit // 2 for limit in (power - 1, number)]
                total += kinds[1] - kinds[0]
                power *= 10
            return total

        def digit(place: int) -> int:
            low, high = 0, 10**18
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if written(middle) >= place else (middle, high)
            return int(str(high)[place - written(high - 1) - 1])

        return 10 * digit(self.place) + digit(self.place + 1)


class DivisibleByOneOf(Family, domain="prealgebra", level=5):
    """How many numbers in a huge range are divisible by exactly one of three."""

    low: int
    high: int
    divisors: tuple[int, int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two, three = sorted(random.sample(range(4, 31), 3))
        low = random.randint(10**14, 10**15)
        related = gcd(one, two) > 1 and all(large % small for small, large in ((one, two), (one, three), (two, three)))
        return cls(low, low + random.randint(10**14, 10**15), (one, two, three)) if related else None

    def statement(self) -> str:
        one, two, three = self.divisors
        return (
            f"How many integers from ${self.low}$ to ${self.high}$, inclusive, are divisible by exactly one of the "
            "numbers "
            f"${one}$, ${two}$, and ${three}$?"
        )

    def answer(self) -> Answer:
        def multiples(*divisors: int) -> int:
            common = int(sympy.ilcm(1, *divisors))
            return self.high // common - (self.low - 1) // common

        one, two, three = self.divisors
        singles = multiples(one) + multiples(two) + multiples(three)
        pairs = multiples(one, two) + multiples(one, three) + multiples(two, three)
        return singles - 2 * pairs + 3 * multiples(one, two, three)

    def check(self) -> Answer:
        one, two, three = self.divisors
        period = one * two // gcd(one, two)
        period = period * three // gcd(period, three)
        good = [sum(number % divisor == 0 for divisor in self.divisors) == 1 for number in range(period)]
        before = [sum(good[:rest]) for rest in ((self.high + 1) % period, self.low % period)]
        return sum(good) * ((self.high + 1) // period - self.low // period) + before[0] - before[1]


class SheetOfCircles(Family, domain="prealgebra", level=5):
    """A square, its incircle, the square in that, and so on: the shaded rings of all of them."""

    side: int
    count: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(2 * random.randint(3, 120), random.randint(3, 12))

    def statement(self) -> str:
        return (
            f"A square has sides of length ${self.side}$. A circle is inscribed in it, a second square is inscribed "
            "in the "
            "circle with all four vertices on the circle, a second circle is inscribed in the second square, and so "
            "on, "
            f"until there are ${self.count}$ squares and ${self.count}$ circles. The region inside each square and "
            "outside "
            "the circle inscribed in it is shaded. What is the total shaded area? Express your answer in terms of "
            "$\\pi$."
        )

    def answer(self) -> Answer:
        total = sympy.Rational(self.side**2) * (2 - sympy.Rational(2, 2**self.count))
        return sympy.expand(total * (1 - sympy.pi / 4))

    def check(self) -> Answer:
        side, total = float(self.side), 0.0
        for _ in range(self.count):
            radius = side / 2
            total += side * side - 3.141592653589793 * radius * radius
            side = radius * 2**0.5
        return total


class SumOfAllArrangements(Family, domain="prealgebra", level=5):
    """The mean of all different numbers that the digits of a long number can form."""

    digits: tuple[int, ...]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        digits = tuple(sorted(random.choices(range(1, 10), k=14)))
        return cls(digits) if len(set(digits)) > 4 else None

    def statement(self) -> str:
        number = "".join(map(str, self.digits))
        return (
            f"All different fourteen-digit numbers that can be formed by rearranging the digits of ${number}$ are "
            "written "
            "down, this number included. What is the average of all these numbers? Express your answer as a common "
            "fraction or an integer."
        )

    def answer(self) -> Answer:
        return Fraction(sum(self.digits) * int("1" * 14), 14)

    def check(self) -> Answer:
        # By symmetry each place holds each digit as often as the digit occurs.
        shares = {digit: Fraction(self.digits.count(digit), 14) for digit in set(self.digits)}
        return sum((10**place * digit * share for place in range(14) for digit, share in shares.items()), Fraction())


class GearsAndMarks(Family, domain="prealgebra", level=5):
    """Three gears whose marks meet again only after a very long time."""

    teeth: tuple[int, int, int]
    offset: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two, three = sorted(random.sample(range(2000, 9000), 3))
        coprime = gcd(one, two) == gcd(one, three) == gcd(two, three) == 1
        return cls((one, two, three), (random.randint(2, two - 2), random.randint(2, three - 2))) if coprime else None

    def statement(self) -> str:
        one, two, three = self.teeth
        return (
            f"A counter starts at $0$ and increases by $1$ every second. Three lamps watch it. The first lamp flashes "
            f"whenever the counter is a multiple of ${one}$. The second flashes whenever the counter leaves remainder "
            f"${self.offset[0]}$ on division by ${two}$, and the third whenever it leaves remainder "
            f"${self.offset[1]}$ on "
            f"division by ${three}$. What does the counter show when all three lamps flash at the same time for the "
            "first time?"
        )

    def answer(self) -> Answer:
        one, two, three = self.teeth
        value = one * (self.offset[0] * pow(one, -1, two) % two)
        return value + one * two * ((self.offset[1] - value) * pow(one * two, -1, three) % three)

    def check(self) -> Answer:
        one, two, three = self.teeth
        value, step = 0, one
        for modulus, rest in ((two, self.offset[0]), (three, self.offset[1])):
            while value % modulus != rest:
                value += step
            step *= modulus
        return value
