"""Number theory, level 4: sums and counts over common divisors."""

from math import gcd, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed
from pytest_mathbench.families.number_theory.shared import Powers, number_of, product


class SumOfCommonDivisors(Family, domain="number_theory", level=4):
    """The sum of the greatest common divisors of a number with all numbers up to it, by divisors and totients."""

    powers: Powers
    wording: int

    naive_program = """
    from math import gcd, prod
    n = prod(p**e for p, e in powers)
    print(sum(gcd(k, n) for k in range(1, n + 1)))
    """
    solution_program = """
    total = 1
    for p, e in powers:
        total *= sum(p**i * (p ** (e - i) - (p ** (e - i - 1) if i < e else 0)) for i in range(e + 1))
    print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        primes = sorted(random.sample(list(sympy.primerange(2, 60)), random.randint(4, 6)))
        powers = tuple((prime, random.randint(1, 6 if prime < 8 else 2)) for prime in primes)
        return cls(powers, random.randint(0, 1)) if number_of(powers) in range(2 * 10**11, 10**16) else None

    def statement(self) -> str:
        if self.wording:
            return (
                rf"Let $n = {product(self.powers)}$. For each of the integers $k = 1, 2, 3, \ldots, n$, the fraction "
                r"$\frac{k}{n}$ is reduced to lowest terms by dividing $k$ and $n$ by the largest possible integer. "
                "What is the sum of these $n$ divisors?"
            )
        return rf"Let $n = {product(self.powers)}$. Find \[\gcd(1,n) + \gcd(2,n) + \gcd(3,n) + \cdots + \gcd(n,n).\]"

    def answer(self) -> Answer:
        return prod(p ** (e - 1) * ((e + 1) * p - e) for p, e in self.powers)

    def check(self) -> Answer:
        """Sum d * phi(n / d) over all divisors, through each prime power's divisors."""
        terms = [(1, 1)]
        for p, e in self.powers:
            terms = [(d * p**i, t * (p ** (e - i) - p ** (e - i) // p)) for d, t in terms for i in range(e + 1)]
        return sum(d * t for d, t in terms)


class NoneOfThePrimes(Family, domain="number_theory", level=4):
    """Numbers up to a bound that none of some primes divides: the proportion alone does not give their number."""

    last: int
    primes: tuple[int, ...]
    wording: int

    naive_program = """
    from math import prod
    from sympy import totient
    m = prod(primes)
    print(last * totient(m) // m)
    """
    solution_program = """
    count = [(last, 1)]
    for p in primes:
        count += [(value // p, -sign) for value, sign in count]
    print(sum(value * sign for value, sign in count))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        primes = tuple(sorted(random.sample(list(sympy.primerange(2, 60)), random.randint(7, 9))))
        drawn = cls(random.randint(10**14, 10**18), primes, random.randint(0, 1))
        whole = prod(primes)
        proportion = drawn.last * prod(prime - 1 for prime in primes) // whole
        return drawn if whole > 10**9 and abs(drawn.answer() - proportion) > 2 else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"How many of the integers from $1$ to ${self.last}$ are relatively prime to "
                f"${product((prime, 1) for prime in self.primes)}$?"
            )
        return (
            f"How many positive integers less than or equal to ${self.last}$ are divisible by none of the primes "
            f"{listed(self.primes)}?"
        )

    def answer(self) -> Answer:
        terms = [(self.last, 1)]
        for prime in self.primes:
            terms += [(value // prime, -sign) for value, sign in terms]
        return sum(value * sign for value, sign in terms)

    def check(self) -> Answer:
        """Count by whole periods of the small primes, and take those away whose least large prime is known."""
        small = self.primes[:2]
        period = prod(small)
        kept = [0] * (period + 1)
        for number in range(1, period + 1):
            kept[number] = kept[number - 1] + (gcd(number, period) == 1)

        def free(last: int, others: tuple[int, ...]) -> int:
            count = last // period * kept[period] + kept[last % period]
            return count - sum(free(last // prime, others[:place]) for place, prime in enumerate(others))

        return free(self.last, self.primes[2:])
