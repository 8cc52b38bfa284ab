"""Number theory, level 5: remainders and valuations of numbers far beyond any loop."""

from collections import Counter
from math import prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced
from pytest_mathbench.families.number_theory.shared import Powers, digits, number_of, product


class PowerTower(Family, domain="number_theory", level=5):
    """The remainder of a tower of powers: Euler's theorem as it stands fails, since the base shares a factor."""

    tower: tuple[int, int, int, int]
    modulus: int
    wording: int

    naive_program = """
    from sympy import totient
    base, second, third, top = tower
    exponent = pow(second, third**top, int(totient(modulus)))
    print(pow(base, exponent, modulus))
    """
    solution_program = """
    from sympy import totient
    base, second, third, top = tower
    phi = int(totient(modulus))
    exponent = pow(second, third**top, phi)
    print(pow(base, exponent + 10 * phi, modulus))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        prime = random.choice([2, 2, 3, 5])
        base, modulus = prime * random.randint(3, 40), prime ** random.randint(3, 7) * random.randint(3, 99)
        second, third, top = random.randint(2, 30), random.randint(3, 12), random.randint(21, 40)
        outer = int(sympy.totient(modulus))
        remainder = pow(base, pow(second, third**top, outer), modulus)
        drawn = cls((base, second, third, top), modulus, random.randint(0, 1))
        answer = drawn.answer()
        fine = base % 10 and modulus in range(200, 10000) and answer != remainder
        # a remainder that is its own square stands for all exponents that the period divides
        return drawn if fine and answer * answer % modulus != answer else None

    def statement(self) -> str:
        base, second, third, top = self.tower
        power = f"{base}^{{{second}^{{{third}^{braced(top)}}}}}"
        if self.wording:
            return (
                f"The integers $x$ and ${power}$ leave the same remainder when they are divided by ${self.modulus}$, "
                f"and $0 \\le x < {self.modulus}$. Find $x$."
            )
        return f"What is the remainder when ${power}$ is divided by ${self.modulus}$?"

    def answer(self) -> Answer:
        base, second, third, top = self.tower
        outer = sympy.totient(self.modulus)
        inner = sympy.totient(outer)
        exponent = pow(second, pow(third, top, int(inner)) + int(inner) * 9, int(outer))
        return pow(base, exponent + int(outer) * 9, self.modulus)

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


class RootsModulo(Family, domain="number_theory", level=5):
    """Roots of a quadratic modulo a huge number whose primes divide their difference: far too many to list."""

    powers: Powers
    roots: tuple[int, int]
    wording: int

    naive_program = """
    # for each prime power there is one root for either factor, and these combine freely
    print(2 ** len(powers))
    """
    solution_program = """
    total, difference = 1, roots[1] - roots[0]
    for p, e in powers:
        s = 0
        while difference % p ** (s + 1) == 0:
            s += 1
        total *= p ** (e // 2) if 2 * s >= e else 2 * p**s
    print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        highest = {2: 10, 3: 6, 5: 4, 7: 3, 11: 2, 13: 2}
        primes = sorted(random.sample(list(highest), 4))
        shared = tuple((prime, random.randint(1, highest[prime])) for prime in primes)
        powers = tuple((prime, random.randint(2, 2 * exponent + 4)) for prime, exponent in shared)
        small = random.randint(1, 40)
        drawn = cls(powers, (small, small + number_of(shared)), random.randint(0, 1))
        both = {exponent > 2 * common for (_, exponent), (_, common) in zip(powers, shared, strict=True)}
        return drawn if len(both) > 1 and drawn.answer() in range(10**8, 10**13) else None

    def statement(self) -> str:
        small, large = self.roots
        if self.wording:
            return (
                rf"Find the number of integers $x$ with $0 \le x < N$ that satisfy \[x^2 + {small + large}x + "
                rf"{small * large} \equiv 0 \pmod{{N}},\] where $N = {product(self.powers)}$."
            )
        return (
            f"Let $N = {product(self.powers)}$. For how many integers $x$ with $1 \\le x \\le N$ is the product $(x + "
            f"{small})(x + {large})$ divisible by $N$?"
        )

    def answer(self) -> Answer:
        difference = self.roots[1] - self.roots[0]
        counts = []
        for prime, exponent in self.powers:
            shared = sympy.multiplicity(prime, difference)
            counts.append(prime ** (exponent // 2) if 2 * shared >= exponent else 2 * prime**shared)
        return prod(counts)

    def check(self) -> Answer:
        return prod(self._lifted(*power) for power in self.powers)

    def _lifted(self, prime: int, exponent: int) -> int:
        """Sort the remainders by how often the prime divides either factor, one digit after the other."""
        small, large = self.roots
        total, classes = 0, [0]
        for level in range(exponent):
            step, after = prime**level, []
            for x in (start + digit * step for start in classes for digit in range(prime)):
                divided = [(x + root) % (step * prime) == 0 for root in self.roots]
                if any(divided):
                    after.append(x)
                    continue
                times = 0
                for root in (small, large):
                    rest = x + root
                    while rest % prime == 0:
                        rest, times = rest // prime, times + 1
                if times >= exponent:
                    total += prime ** (exponent - level - 1)
            classes = after
        return total + len(classes)


class DividedOnce(Family, domain="number_theory", level=5):
    """Binomial coefficients of a huge row that a prime divides exactly once: one carry."""

    prime: int
    terms: tuple[tuple[int, int], ...]
    wording: int

    naive_program = """
    from math import comb
    n = sum(digit * prime**place for digit, place in terms)
    print(sum(comb(n, k) % prime == 0 and comb(n, k) % prime**2 != 0 for k in range(n + 1)))
    """
    solution_program = """
    n = sum(digit * prime**place for digit, place in terms)
    states = {(0, 0): 1}
    while n:
        n, digit = divmod(n, prime)
        after = {}
        for (borrow, count), ways in states.items():
            for k in range(prime):
                short = int(digit - borrow < k)
                if count + short < 2:
                    after[short, count + short] = after.get((short, count + short), 0) + ways
        states = after
    print(states[0, 1])
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        prime = random.choice([5, 7, 11, 13, 17])
        places = sorted([random.randint(18, 24), *random.sample(range(2, 18), 2)], reverse=True)
        return cls(prime, tuple((random.randint(2, prime - 1), place) for place in places), random.randint(0, 1))

    def statement(self) -> str:
        row = " + ".join(rf"{digit} \cdot {self.prime}^{braced(place)}" for digit, place in self.terms)
        if self.wording:
            return (
                f"When $(1 + x)^n$ with $n = {row}$ is expanded, how many of its $n + 1$ coefficients are multiples of "
                f"${self.prime}$ but not of ${self.prime}^2$?"
            )
        return (
            rf"Let $n = {row}$. How many of the binomial coefficients \[\binom{{n}}{{0}}, \binom{{n}}{{1}}, "
            rf"\binom{{n}}{{2}}, \ldots, \binom{{n}}{{n}}\] are divisible by ${self.prime}$ but not by "
            f"${self.prime**2}$?"
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
