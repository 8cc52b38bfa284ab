"""Number theory, level 5: numbers far beyond any loop."""

from collections import Counter
from math import gcd, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced
from pytest_mathbench.families.number_theory.shared import Powers, digits, number_of, product


class PowerTower(Family, domain="number_theory", level=5):
    """The remainder of a tower of powers whose base shares a factor with the modulus."""

    tower: tuple[int, int, int, int]
    modulus: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        base, second, third = random.randint(6, 60), random.randint(2, 15), random.randint(3, 12)
        modulus = random.randint(150, 1000)
        shared = gcd(base, modulus)
        rest = modulus // gcd(modulus, shared**10)
        fine = shared > 1 and sympy.reduced_totient(rest) in range(10, 1000)
        return cls((base, second, third, random.randint(21, 40)), modulus) if fine else None

    def statement(self) -> str:
        base, second, third, top = self.tower
        return (
            f"What is the remainder when ${base}^{{{second}^{{{third}^{braced(top)}}}}}$ is divided by "
            f"${self.modulus}$?"
        )

    def answer(self) -> Answer:
        base, second, third, top = self.tower
        outer = sympy.totient(self.modulus)
        inner = sympy.totient(outer)
        exponent = pow(second, pow(third, top, int(inner)) + int(inner), int(outer))
        return pow(base, exponent + int(outer), self.modulus)

    def check(self) -> Answer:
        return _tower(self.tower, self.modulus)


def _tower(tower: tuple[int, ...], modulus: int) -> int:
    """Return a tower's remainder from the cycle that the powers of its base run into."""
    base, *others = tower
    if len(others) == 1:
        return pow(base, others[0], modulus)
    powers: list[int] = []
    power = 1 % modulus
    while power not in powers:
        powers.append(power)
        power = power * base % modulus
    start = powers.index(power)
    period = len(powers) - start
    return powers[start + (_tower(tuple(others), period) - start) % period]


class SelfPowerProduct(Family, domain="number_theory", level=5):
    """How often a prime divides the product of all k^k up to a huge number."""

    prime: int
    power: int
    factor: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.choice([2, 3, 5, 7, 11, 13, 17, 19, 23]), random.randint(7, 42), random.randint(2, 90))
        return drawn if drawn.factor % drawn.prime and drawn._last() in range(10**10, 10**14) else None

    def _last(self) -> int:
        return int(self.factor * self.prime**self.power)

    def statement(self) -> str:
        return (
            r"Let \[P = 1^1 \cdot 2^2 \cdot 3^3 \cdot 4^4 \cdots n^n,\] where "
            rf"$n = {self.factor} \cdot {self.prime}^{braced(self.power)}$. What is the largest integer $k$ for which "
            f"${self.prime}^k$ divides $P$?"
        )

    def answer(self) -> Answer:
        total, power = 0, self.prime
        while multiples := self._last() // power:
            total += power * multiples * (multiples + 1) // 2
            power *= self.prime
        return total

    def check(self) -> Answer:
        """Write P as (n!)^n over the product of the smaller factorials, whose exponents are digit sums."""
        last, prime = self._last(), self.prime
        digit_sums, power = 0, 1
        while power < last:
            rounds, rest = divmod(last, power * prime)
            digit, more = divmod(rest, power)
            digit_sums += rounds * power * prime * (prime - 1) // 2 + power * digit * (digit - 1) // 2 + digit * more
            power *= prime
        smaller = last * (last - 1) // 2 - digit_sums
        return (last * (last - sum(digits(last, prime))) - smaller) // (prime - 1)


class RootsModulo(Family, domain="number_theory", level=5):
    """Roots of a quadratic modulo a huge number whose primes divide the difference of its roots."""

    powers: Powers
    roots: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        highest = {2: 11, 3: 7, 5: 4, 7: 4, 11: 3, 13: 3}
        primes = sorted(random.sample(list(highest), 4))
        powers = tuple((prime, random.randint(highest[prime] // 2 + 1, highest[prime])) for prime in primes)
        small = random.randint(1, 40)
        difference = prod(prime ** random.randint(0, 2) for prime in primes) * random.randint(1, 3)
        fine = number_of(powers) in range(10**10, 10**14) and difference in range(12, 500)
        return cls(powers, (small, small + difference)) if fine else None

    def statement(self) -> str:
        small, large = self.roots
        return (
            f"Let $N = {product(self.powers)}$. For how many integers $x$ with $1 \\le x \\le N$ is the product "
            f"$(x + {small})(x + {large})$ divisible by $N$?"
        )

    def answer(self) -> Answer:
        difference = self.roots[1] - self.roots[0]
        counts = []
        for prime, exponent in self.powers:
            shared = sympy.multiplicity(prime, difference)
            counts.append(prime ** (exponent // 2) if 2 * shared >= exponent else 2 * prime**shared)
        return prod(counts)

    def check(self) -> Answer:
        small, large = self.roots
        moduli = [prime**exponent for prime, exponent in self.powers]
        return prod(sum((x + small) * (x + large) % modulus == 0 for x in range(modulus)) for modulus in moduli)


class CirclePoints(Family, domain="number_theory", level=5):
    """A huge number as a sum of two squares, in how many ways."""

    powers: Powers

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        split = random.sample([5, 13, 17, 29, 37], random.randint(2, 3))
        powers = [(2, random.randint(2, 9)), *((prime, random.randint(3, 9)) for prime in split)]
        powers.append((random.choice([3, 7, 11, 19]), 2 * random.randint(1, 3)))
        drawn = cls(tuple(sorted(powers)))
        return drawn if number_of(drawn.powers) in range(10**20, 10**26) else None

    def statement(self) -> str:
        return (
            rf"How many ordered pairs $(x,y)$ of positive integers with $x < y$ satisfy \[x^2 + y^2 = "
            rf"{product(self.powers)}?\]"
        )

    def answer(self) -> Answer:
        points = 4 * prod(exponent + 1 for prime, exponent in self.powers if prime % 4 == 1)
        on_lines = 4 * all(exponent % 2 == 0 for prime, exponent in self.powers if prime % 4 == 1)
        return (points - on_lines) // 8

    def check(self) -> Answer:
        """Multiply the Gaussian integers with these norms, up to units and reflections."""
        points = {(0, 1)}
        for prime, exponent in self.powers:
            inert = (prime + 1) % 4 == 0
            norm, times = (prime**2, exponent // 2) if inert else (prime, exponent)
            factor = next((a, b) for a in range(norm) for b in range(a, norm) if a * a + b * b == norm)
            for _ in range(times):
                points = {pair for point in points for pair in _products(point, factor)}
        return sum(0 < x < y for x, y in points)


def _products(point: tuple[int, int], other: tuple[int, int]) -> set[tuple[int, int]]:
    """Return the products of a Gaussian integer with another and with its conjugate, in the first octant."""
    (x, y), (a, b) = point, other
    pairs = ((abs(a * x - b * y), abs(a * y + b * x)), (abs(a * x + b * y), abs(a * y - b * x)))
    return {(min(pair), max(pair)) for pair in pairs}


class DividedOnce(Family, domain="number_theory", level=5):
    """Binomial coefficients of a huge row that a prime divides exactly once: one carry."""

    prime: int
    terms: tuple[tuple[int, int], ...]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        prime = random.choice([5, 7, 11, 13, 17])
        places = sorted([random.randint(14, 24), *random.sample(range(2, 14), 2)], reverse=True)
        return cls(prime, tuple((random.randint(2, prime - 1), place) for place in places))

    def statement(self) -> str:
        row = " + ".join(rf"{digit} \cdot {self.prime}^{braced(place)}" for digit, place in self.terms)
        return (
            rf"Let $n = {row}$. How many of the binomial coefficients "
            rf"\[\binom{{n}}{{0}}, \binom{{n}}{{1}}, \binom{{n}}{{2}}, \ldots, \binom{{n}}{{n}}\] are divisible by "
            rf"${self.prime}$ but not by ${self.prime**2}$?"
        )

    def answer(self) -> Answer:
        written = {place: digit for digit, place in self.terms}
        whole = prod(digit + 1 for digit in written.values())
        return sum(
            (self.prime - 1 - below) * digit * whole // ((digit + 1) * (below + 1))
            for place, digit in written.items()
            for below in [written.get(place - 1, 0)]
        )

    def check(self) -> Answer:
        row = sum(digit * self.prime**place for digit, place in self.terms)
        ways = Counter({(0, 0): 1})
        for digit in digits(row, self.prime):
            after: Counter[tuple[int, int]] = Counter()
            for (borrow, borrows), number in ways.items():
                for lower in range(self.prime):
                    short = int(digit - borrow < lower)
                    after[short, borrows + short] += number
            ways = after
        return ways[0, 1]
