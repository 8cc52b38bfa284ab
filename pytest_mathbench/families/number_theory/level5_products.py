"""Number theory, level 5: long products, and triangular numbers."""

from functools import cache
from math import isqrt, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced
from pytest_mathbench.families.number_theory.shared import digits


class ProductOfDifferences(Family, domain="number_theory", level=5):
    """How often a prime divides the product of all a^k - 1: lifting the exponent, and Legendre's formula."""

    base: int
    prime: int
    last: int
    wording: int

    naive_program = """
    from sympy import n_order
    m = last // n_order(base, prime)  # the prime divides a^k - 1 for the multiples k of the order
    total = m
    while m:
        m //= prime
        total += m
    print(total)
    """
    solution_program = """
    from sympy import multiplicity, n_order
    order = n_order(base, prime)
    m = last // order
    total = m * multiplicity(prime, base**order - 1)
    while m:
        m //= prime
        total += m
    print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        prime, base = random.choice([3, 5, 7, 11, 13, 17, 19, 23]), random.randint(2, 400)
        fine = base % prime > 1 and pow(base, prime - 1, prime**2) == 1
        return cls(base, prime, random.randint(10**13, 10**17), random.randint(0, 1)) if fine else None

    def statement(self) -> str:
        a, p = self.base, self.prime
        if self.wording:
            return (
                rf"Let $n = {self.last}$. What is the largest integer $k$ for which \[{p}^k \text{{ divides }} ({a}^1 "
                rf"- 1)({a}^2 - 1)({a}^3 - 1) \cdots ({a}^n - 1)?\]"
            )
        return (
            rf"The number \[\prod_{{j=1}}^{{{self.last}}} \left({a}^j - 1\right)\] is divided by ${p}$ again and "
            "again, as long as the quotient is an integer. How many divisions are made?"
        )

    def answer(self) -> Answer:
        order = sympy.n_order(self.base, self.prime)
        multiples = self.last // order
        lifted = multiples * sympy.multiplicity(self.prime, self.base**order - 1)
        return lifted + (multiples - sum(digits(multiples, self.prime))) // (self.prime - 1)

    def check(self) -> Answer:
        total, modulus, order = 0, self.prime, 1
        while pow(self.base, order, modulus) != 1:
            order += 1
        while order <= self.last:
            total += self.last // order
            modulus *= self.prime
            if pow(self.base, order, modulus) != 1:
                order *= self.prime
        return total


class LastOfFactorial(Family, domain="number_theory", level=5):
    """The last three digits of a huge factorial that are left when its zeros are deleted."""

    number: int
    wording: int

    naive_program = """
    from math import factorial
    value = factorial(number)
    while value % 10 == 0:
        value //= 10
    print(value % 1000)
    """
    solution_program = """
    from math import prod
    n, fives, value = number, 0, 1
    while n:
        rounds, rest = divmod(n, 125)
        block = prod(k for k in range(1, 125) if k % 5)
        value = value * pow(block, rounds, 125) * prod(k for k in range(1, rest + 1) if k % 5) % 125
        n //= 5
        fives += n
    value = value * pow(2, -fives, 125) % 125
    print(next(k for k in range(0, 1000, 8) if k % 125 == value))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(10**19, 10 ** random.randint(20, 22)), random.randint(0, 2))
        return drawn if drawn.answer() > 100 else None

    def statement(self) -> str:
        return (
            f"All the zeros at the end of the decimal representation of ${self.number}!$ are deleted. What are the "
            "last three digits of the number that remains? Enter them as one three-digit number.",
            f"Let $10^k$ be the highest power of $10$ that divides $n!$, where $n = {self.number}$. What is the "
            r"remainder when $\frac{n!}{10^k}$ is divided by $1000$?",
            f"The number ${self.number}!$ ends with a long row of zeros. What three-digit number is formed by the "
            "three digits that stand immediately before these zeros?",
        )[self.wording]

    def answer(self) -> Answer:
        rest, fives, value = self.number, 0, 1
        block = prod(number for number in range(1, 125) if number % 5)
        while rest:
            rounds, more = divmod(rest, 125)
            value = value * pow(block, rounds, 125) * prod(k for k in range(1, more + 1) if k % 5) % 125
            rest //= 5
            fives += rest
        value = value * pow(2, -fives, 125) % 125
        return next(number for number in range(0, 1000, 8) if number % 125 == value)

    def check(self) -> Answer:
        """Count how often each residue occurs among the factors without their fives; divide by a power of 2."""
        rests = [self.number]
        while rests[-1]:
            rests.append(rests[-1] // 5)
        half = (125 + 1) // 2
        value = pow(half, sum(rests[1:]), 125)
        for residue in range(1, 125):
            if residue % 5:
                often = sum((rest - residue) // 125 + 1 for rest in rests)
                value = value * pow(residue, often, 125) % 125
        return 376 * value % 1000


class TriangularMultiple(Family, domain="number_theory", level=5):
    """Triangular numbers that are a multiple of others: Pell's equation, with conditions of parity and two classes."""

    factor: int
    bound: int
    larger: bool
    wording: int

    naive_program = """
    from math import isqrt
    best, n = None, 1
    while n < 10**bound:
        square = 4 * factor * n * (n + 1) + 1
        if isqrt(square) ** 2 == square:
            m = (isqrt(square) - 1) // 2
            if m < 10**bound or not larger:
                best = m if larger else n
        n += 1
    print(best)
    """
    solution_program = """
    from math import isqrt
    from sympy.solvers.diophantine.diophantine import diop_DN
    (u, v), = diop_DN(factor, 1)
    starts = {(s * x, y) for x, y in diop_DN(factor, 1 - factor) for s in (1, -1)} | {(1, 1), (-1, 1)}
    found = set()
    for x, y in starts:
        while abs(x) < 10 ** (bound + 3):
            found.add((abs(int(x)) // 2, abs(int(y)) // 2)) if x % 2 and y % 2 else None
            x, y = u * x + factor * v * y, v * x + u * y
    print(max((m if larger else n) for m, n in found if (m if larger else n) < 10**bound))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor = random.choice([2, 3, 5, 6, 7, 8, 10, 11, 12, 14, 15, 20])
        drawn = cls(factor, random.randint(13, 19), random.random() < 0.5, random.randint(0, 1))
        return drawn if drawn.answer() > 10**12 else None

    def statement(self) -> str:
        letter = "m" if self.larger else "n"
        if self.wording:
            return (
                rf"The positive integers $m$ and $n$ satisfy \[1 + 2 + 3 + \cdots + m = {self.factor}(1 + 2 + 3 + "
                rf"\cdots + n).\] What is the largest possible value of ${letter}$ that is less than "
                f"$10^{braced(self.bound)}$?"
            )
        return (
            rf"For a positive integer $k$, let $T_k = \frac{{k(k+1)}}{{2}}$. Among all pairs $(m,n)$ of positive "
            f"integers with $T_m = {self.factor} T_n$, find the largest ${letter}$ below $10^{braced(self.bound)}$."
        )

    def answer(self) -> Answer:
        place = 0 if self.larger else 1
        return max(pair[place] for pair in _triangular_pairs(self.factor) if pair[place] < 10**self.bound)

    def check(self) -> Answer:
        """Continue the solutions that a search finds by the recurrence that they are seen to satisfy."""
        terms = [pair[0 if self.larger else 1] for pair in _first_pairs(self.factor)]
        for period in range(1, len(terms)):
            sums = [
                (before + after + 1, 2 * middle + 1)
                for before, middle, after in zip(terms, terms[period:], terms[2 * period :], strict=False)
            ]
            ratio = sums[0][0] // sums[0][1] if len(sums) > 1 else 0
            if ratio and all(total == ratio * middle for total, middle in sums):
                break
        while terms[-1] < 10**self.bound:
            terms.append(ratio * (2 * terms[-period] + 1) - 1 - terms[-2 * period])
        return terms[-2]


@cache
def _triangular_pairs(factor: int) -> list[tuple[int, int]]:
    """Return the indices of pairs of triangular numbers, by powers of the fundamental unit."""
    short = next(y for y in range(1, 10**4) if isqrt(factor * y * y + 1) ** 2 == factor * y * y + 1)
    long = isqrt(factor * short**2 + 1)
    found = set()
    for start in range(1, 2 * long):
        square = factor * start**2 + 1 - factor
        if square > 0 and isqrt(square) ** 2 == square:
            for sign in (1, -1):
                x, y = sign * isqrt(square), start
                while abs(x) < 10**22:
                    if x % 2 and y % 2 and abs(y) > 1:
                        found.add((abs(x) // 2, abs(y) // 2))
                    x, y = long * x + factor * short * y, short * x + long * y
    return sorted(found)


@cache
def _first_pairs(factor: int) -> list[tuple[int, int]]:
    squares = ((n, 4 * factor * n * (n + 1) + 1) for n in range(60000))
    return [(isqrt(square) // 2, n) for n, square in squares if isqrt(square) ** 2 == square]
