"""Number theory, level 4: an insight, or conditions that are easy to misread."""

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import count
from math import gcd, isqrt, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, signed
from pytest_mathbench.families.number_theory.shared import digits


class RepeatingInBase(Family, domain="number_theory", level=4):
    """A repeating expansion in another base, as a fraction in base ten."""

    base: int
    start: int
    block: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        base = random.randint(4, 9)
        start, block = (random.randint(base, base**2 - 1) for _ in range(2))
        return cls(base, start, block) if block % (base + 1) and (block - start) % base else None

    def statement(self) -> str:
        start, block = ("".join(map(str, reversed(digits(part, self.base)))) for part in (self.start, self.block))
        return (
            rf"In base ${self.base}$, the number $x$ is written as $0.{start}\overline{{{block}}}$, where the block "
            rf"${block}$ repeats forever. Write $x$ in base ten as a common fraction in lowest terms."
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


class IntegerPairs(Family, domain="number_theory", level=4):
    """All integer points of a hyperbola, by a factorisation of its multiple."""

    product: int
    across: int
    up: int
    constant: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor, across, up = random.randint(2, 5), random.randint(2, 9), random.randint(2, 9)
        x, y = random.randint(-30, 30), random.randint(-30, 30)
        drawn = cls(factor, across, up, factor * x * y - across * x - up * y)
        if not drawn.constant or gcd(factor, across) > 1 or gcd(factor, up) > 1 or not drawn._whole():
            return None
        pairs = drawn.answer()
        return drawn if len(pairs) in {2, 3, 4} and max(abs(x) + abs(y) for x, y in pairs) in range(40, 400) else None

    def _whole(self) -> int:
        return self.product * self.constant + self.across * self.up

    def statement(self) -> str:
        return (
            rf"Find all ordered pairs $(x,y)$ of integers, positive, negative, or zero, such that "
            rf"\[{self.product}xy = {self.across}x + {self.up}y{signed(self.constant)}.\] "
            "Enter all the pairs, separated by commas."
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
        furthest = self.product * abs(self.constant) + self.across * self.up + self.up
        pairs = set()
        for x in range(-furthest, furthest + 1):
            y, rest = divmod(self.across * x + self.constant, self.product * x - self.up)
            pairs |= set() if rest else {(x, y)}
        return frozenset(pairs)


class SquareAndCube(Family, domain="number_theory", level=4):
    """One multiple of a number is a square and another a cube: exponents modulo 2 and 3."""

    to_square: int
    to_cube: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(*random.sample(range(6, 130), 2))
        return drawn if drawn.answer() in range(10**8, 10**12) else None

    def statement(self) -> str:
        return (
            f"What is the smallest positive integer $n$ for which ${self.to_square}n$ is a perfect square and "
            f"${self.to_cube}n$ is a perfect cube?"
        )

    def answer(self) -> Answer:
        square, cube = sympy.factorint(self.to_square), sympy.factorint(self.to_cube)
        return prod(
            prime ** next(e for e in range(6) if (e + square.get(prime, 0)) % 2 == (e + cube.get(prime, 0)) % 3 == 0)
            for prime in {*square, *cube}
        )

    def check(self) -> Answer:
        step = prod(sympy.primefactors(self.to_cube))
        for root in count(step, step):
            number, rest = divmod(root**3, self.to_cube)
            if not rest and isqrt(self.to_square * number) ** 2 == self.to_square * number:
                return number
        return None


class TotientValue(Family, domain="number_theory", level=4):
    """The sum of all numbers with a given totient."""

    totient: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        totient = 4 * random.randint(100, 3000)
        return cls(totient) if len(_with_totient(totient)) not in {0, 2} else None

    def statement(self) -> str:
        return (
            f"For some positive integers $n$, exactly ${self.totient}$ of the integers $1, 2, 3, \\ldots, n$ are "
            "relatively prime to $n$. What is the sum of all such values of $n$?"
        )

    def answer(self) -> Answer:
        return sum(_with_totient(self.totient))

    def check(self) -> Answer:
        return _by_totient()[self.totient]


@cache
def _with_totient(totient: int, above: int = 1) -> frozenset[int]:
    """Return the numbers with a totient whose primes are all above a bound."""
    found = {1} if totient == 1 else set()
    for divisor in sympy.divisors(totient):
        prime = divisor + 1
        if prime > above and sympy.isprime(prime):
            rest, power = totient // divisor, prime
            while True:
                found |= {power * number for number in _with_totient(rest, prime)}
                if rest % prime:
                    break
                rest, power = rest // prime, power * prime
    return frozenset(found)


@cache
def _by_totient() -> Counter[int]:
    """Sieve totients, and add up the numbers with each; the bound is high enough, for n < 5.3 * totient there."""
    totients = list(range(64000))
    for prime in range(2, len(totients)):
        if totients[prime] == prime:
            for multiple in range(prime, len(totients), prime):
                totients[multiple] -= totients[multiple] // prime
    sums: Counter[int] = Counter()
    for number, totient in enumerate(totients):
        sums[totient] += number
    return sums


class OneOfEach(Family, domain="number_theory", level=4):
    """The largest impossible total of three sizes, where each has to occur."""

    sizes: tuple[int, int, int]
    things: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two, three = sorted(random.sample(range(6, 36), 3))
        mixed = {one * first + two * second for first in range(6) for second in range(6)}
        fine = gcd(one, two, three) == 1 and two % one and three not in mixed
        things = random.choice(["tiles", "screws", "beads", "candles", "marbles"])
        return cls((one, two, three), things) if fine else None

    def statement(self) -> str:
        one, two, three = self.sizes
        return (
            f"A shop sells {self.things} in packs of ${one}$, packs of ${two}$, and packs of ${three}$, and it accepts "
            "only orders that include at least one pack of each of the three sizes. Packs are not opened. What is the "
            f"largest number of {self.things} that cannot be ordered exactly?"
        )

    def answer(self) -> Answer:
        one, two, three = self.sizes
        least: dict[int, int] = {}
        for total in sorted(
            two * first + three * second for first in range(1, one + 1) for second in range(1, one + 1)
        ):
            least.setdefault(total % one, total)
        return max(least.values())

    def check(self) -> Answer:
        first = sum(self.sizes)
        possible = {first}
        run, total = 0, first
        while run < self.sizes[0]:
            total += 1
            if any(total - size in possible for size in self.sizes):
                possible.add(total)
                run += 1
            else:
                run = 0
        return total - run
