"""Number theory, level 5: counts, and the simplest of infinitely many."""

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import product as choices
from math import isqrt, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer
from pytest_mathbench.families.number_theory.shared import Powers, number_of, product


class ThreeWithMultiple(Family, domain="number_theory", level=5):
    """Three numbers in no order with a given greatest common divisor and least common multiple."""

    divisor: int
    ratio: Powers
    multiple: Powers
    wording: int

    naive_program = """
    from sympy import factorint
    L = 1
    for p, e in multiple:
        L *= p**e
    total = 1
    for p, e in factorint(L // divisor).items():
        total *= (e + 1) ** 3 - 2 * e**3 + (e - 1) ** 3
    print(total // 6)
    """
    solution_program = """
    from sympy import factorint
    L = 1
    for p, e in multiple:
        L *= p**e
    ordered = two_equal = 1
    for p, e in factorint(L // divisor).items():
        ordered *= (e + 1) ** 3 - 2 * e**3 + (e - 1) ** 3
        two_equal *= 2
    print((ordered - 3 * two_equal) // 6 + two_equal)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        primes = sorted(random.sample([2, 3, 5, 7, 11, 13, 17], random.randint(5, 6)))
        ratio = tuple((prime, random.randint(2, 6)) for prime in primes)
        divisor = random.choice([2, 3, 5, 6, 7, 10, 12, 14, 15, 18, 20, 21])
        multiple = tuple(sorted(sympy.factorint(number_of(ratio) * divisor).items()))
        fine = prod(exponent + 1 for _, exponent in ratio) > 3000
        return cls(divisor, ratio, multiple, random.randint(0, 1)) if fine else None

    def statement(self) -> str:
        if self.wording:
            return (
                "In how many ways can three positive integers, not necessarily different, be chosen so that their "
                f"greatest common divisor is ${self.divisor}$ and their least common multiple is "
                f"${product(self.multiple)}$? The order of the three integers does not matter."
            )
        return (
            r"How many triples $(a,b,c)$ of positive integers with $a \le b \le c$ are there such that the greatest "
            f"common divisor of $a$, $b$, and $c$ is ${self.divisor}$ and their least common multiple is "
            f"${product(self.multiple)}$?"
        )

    def answer(self) -> Answer:
        ordered = prod(6 * exponent for _, exponent in self.ratio)
        return (ordered + 3 * 2 ** len(self.ratio)) // 6

    def check(self) -> Answer:
        """List the exponents for each prime: of all triples, and of those whose first two are equal."""
        ordered = equal = 1
        for _, top in self.ratio:
            found = [three for three in choices(range(top + 1), repeat=3) if min(three) == 0 and max(three) == top]
            ordered *= len(found)
            equal *= sum(first == second for first, second, _ in found)
        return (ordered - 3 * equal) // 6 + equal


class FourSquares(Family, domain="number_theory", level=5):
    """A huge number as a sum of four squares of integers: Jacobi's sum over divisors."""

    powers: Powers
    wording: int

    naive_program = """
    from sympy import divisor_sigma
    N = 1
    for p, e in powers:
        N *= p**e
    print(8 * divisor_sigma(N))
    """
    solution_program = """
    total = 8
    for p, e in powers:
        total *= 3 if p == 2 else (p ** (e + 1) - 1) // (p - 1)
    print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        highest = {3: 6, 5: 4, 7: 3, 11: 3, 13: 2, 17: 2, 19: 2, 23: 2, 29: 2, 31: 2, 37: 2}
        primes = sorted(random.sample(sorted(highest), random.randint(5, 6)))
        powers = ((2, random.randint(2, 10)), *((prime, random.randint(1, highest[prime])) for prime in primes))
        return cls(powers, random.randint(0, 1)) if number_of(powers) in range(10**13, 10**18) else None

    def statement(self) -> str:
        if self.wording:
            return (
                "How many points of four-dimensional space whose four coordinates are integers lie at a distance of "
                rf"exactly $\sqrt{{N}}$ from the origin, where $N = {product(self.powers)}$?"
            )
        return (
            r"How many ordered quadruples $(w,x,y,z)$ of integers, which may be negative or zero, satisfy \[w^2 + x^2 "
            rf"+ y^2 + z^2 = {product(self.powers)}?\]"
        )

    def answer(self) -> Answer:
        return 24 * prod((prime ** (exponent + 1) - 1) // (prime - 1) for prime, exponent in self.powers[1:])

    def check(self) -> Answer:
        """Count the quadruples of each prime power; an eighth of these numbers is multiplicative."""
        return 8 * prod(_quadruples(prime**exponent) // 8 for prime, exponent in self.powers)


@cache
def _quadruples(number: int) -> int:
    root = isqrt(number)
    pairs = Counter(x * x + y * y for x in range(-root, root + 1) for y in range(-root, root + 1))
    return sum(often * pairs[number - part] for part, often in pairs.items())


class BeginningDecimals(Family, domain="number_theory", level=5):
    """The smallest denominator of a fraction whose decimals begin as given: continued fractions, or Farey's tree."""

    decimals: str
    wording: int

    naive_program = """
    from fractions import Fraction
    x, limit = Fraction("0." + decimals), 1
    while True:
        f = x.limit_denominator(limit)
        if f < 1 and str(f.numerator * 10 ** len(decimals) // f.denominator).zfill(len(decimals)) == decimals:
            break
        limit *= 10
    print(f.denominator)
    """
    solution_program = """
    from fractions import Fraction
    ten = 10 ** len(decimals)

    def simplest(low, high):  # the simplest fraction with low <= x < high
        whole = -(-low.numerator // low.denominator)
        if whole < high:
            return Fraction(whole)
        whole -= 1
        # low and high are both in (whole, whole + 1]; invert, and so exchange which end belongs to it
        return whole + 1 / simplest_above(1 / (high - whole), 1 / (low - whole))

    def simplest_above(low, high):  # low < x <= high
        whole = low.numerator // low.denominator + 1
        if whole <= high:
            return Fraction(whole)
        whole -= 1
        return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))

    print(simplest(Fraction(int(decimals), ten), Fraction(int(decimals) + 1, ten)).denominator)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        decimals = "".join(random.choice("0123456789") for _ in range(random.randint(21, 24)))
        if decimals[0] in "09" or decimals[-1] == "0":
            return None
        drawn = cls(decimals, random.randint(0, 1))
        answer = drawn._simplest()
        start = Fraction(int(decimals), 10 ** len(decimals))
        nearest = {start.limit_denominator(bound) for bound in (answer.denominator, *(10**k for k in range(9, 16)))}
        return None if answer in nearest else drawn

    def statement(self) -> str:
        if self.wording:
            return (
                rf"Among all fractions $\frac{{p}}{{q}}$ of positive integers that satisfy \[0.{self.decimals} \le "
                rf"\frac{{p}}{{q}} < 0.{self.decimals} + 10^{{-{len(self.decimals)}}},\] one has the smallest "
                "denominator. What is that denominator?"
            )
        return (
            rf"For positive integers $p$ and $q$, the decimal expansion of $\frac{{p}}{{q}}$ begins with "
            f"$0.{self.decimals}$ and may go on with any digits. What is the smallest possible value of $q$?"
        )

    def answer(self) -> Answer:
        return self._simplest().denominator

    def _simplest(self) -> Fraction:
        """Walk down the continued fractions that both ends of the interval share."""
        ten = 10 ** len(self.decimals)
        low, high = Fraction(int(self.decimals), ten), Fraction(int(self.decimals) + 1, ten)
        terms: list[int] = []
        while low.numerator // low.denominator == high.numerator // high.denominator and low.denominator > 1:
            whole = low.numerator // low.denominator
            terms.append(whole)
            low, high = 1 / (low - whole), 1 / (high - whole) if high != whole else Fraction(ten**2)
        value = Fraction(min(low, high).numerator // min(low, high).denominator + 1)
        for term in reversed(terms):
            value = term + 1 / value
        return value

    def check(self) -> Answer:
        """Take the first convergent or intermediate fraction of the middle that lies in the interval around it."""
        ten = 10 ** len(self.decimals)
        upper, lower = 2 * int(self.decimals) + 1, 2 * ten
        middle = upper, lower
        before, last = (0, 1), (1, 0)
        while lower:
            whole, rest = divmod(upper, lower)
            low, high = 1, whole + 1
            while low < high:
                times = (low + high) // 2
                p, q = before[0] + times * last[0], before[1] + times * last[1]
                if q and abs(p * middle[1] - q * middle[0]) < q:
                    high = times
                else:
                    low = times + 1
            if low <= whole:
                return Fraction(before[0] + low * last[0], before[1] + low * last[1]).denominator
            before, last = last, (before[0] + whole * last[0], before[1] + whole * last[1])
            upper, lower = lower, rest
        return None
