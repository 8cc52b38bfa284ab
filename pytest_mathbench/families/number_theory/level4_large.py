"""Number theory, level 4: powers, factorials and roots that are too large to compute or to list."""

from functools import cache
from heapq import heappop, heappush
from math import gcd
from random import Random
from typing import Self

import mpmath
import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced


class OneOfEach(Family, domain="number_theory", level=4):
    """The largest impossible total of three numbers, each of which has to occur, by the remainders of the smallest."""

    sizes: tuple[int, int, int]
    wording: int

    naive_program = """
    a, b, c = sizes
    limit = b * c
    possible = [False] * (limit + 1)
    possible[a + b + c] = True
    for n in range(a + b + c, limit + 1):
        if any(n >= s and possible[n - s] for s in sizes):
            possible[n] = True
    print(max(n for n in range(limit + 1) if not possible[n]))
    """
    solution_program = """
    a, b, c = sizes
    least = {}
    for y in range(1, a + 1):
        for z in range(1, a + 1):
            total = y * b + z * c
            least[total % a] = min(total, least.get(total % a, total))
    print(max(least.values()))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two, three = random.randint(21, 90), random.randint(10**9, 10**11), random.randint(10**9, 10**11)
        two, three = sorted((two, three))
        drawn = cls((one, two, three), random.randint(0, 1))
        fine = gcd(one, two) == gcd(one, three) == 1 and 2 * three < two * (three * pow(two, -1, one) % one)
        return drawn if fine else None

    def statement(self) -> str:
        one, two, three = self.sizes
        if self.wording:
            return (
                f"In a game, there are unlimited supplies of tokens worth ${one}$, ${two}$, and ${three}$ points. A "
                "player must own at least one token of each of the three values, and the score is the total value of "
                "the tokens owned. What is the largest integer that cannot be a score?"
            )
        return (
            f"What is the largest integer that cannot be written in the form ${one}x + {two}y + {three}z$ with "
            "positive integers $x$, $y$, and $z$?"
        )

    def answer(self) -> Answer:
        one, two, three = self.sizes
        least: dict[int, int] = {}
        for first in range(1, one + 1):
            for second in range(1, one + 1):
                total = two * first + three * second
                if total < least.get(total % one, total + 1):
                    least[total % one] = total
        return max(least.values())

    def check(self) -> Answer:
        """Find the shortest ways between the remainders, from the one that one token of each value leaves."""
        one, two, three = self.sizes
        heap, settled = [two + three], dict[int, int]()
        while heap:
            total = heappop(heap)
            if total % one not in settled:
                settled[total % one] = total
                heappush(heap, total + two)
                heappush(heap, total + three)
        return max(settled.values())


class FirstDigits(Family, domain="number_theory", level=4):
    """The first digits of a power too large to compute, to more places than floats have."""

    base: int
    exponent: int
    places: int
    wording: int

    naive_program = """
    import mpmath
    value = mpmath.mpf(base) ** exponent
    digits = mpmath.nstr(value, places + 2, strip_zeros=False)
    print(digits.replace(".", "")[:places])
    """
    solution_program = """
    from mpmath import mp, mpf, log10, floor
    mp.dps = 60
    x = exponent * log10(mpf(base))
    print(int(mpf(10) ** (x - floor(x) + places - 1)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(2, 99), random.randint(10**11, 10**14), random.randint(17, 19), random.randint(0, 1))
        if drawn.base in {10, *range(20, 100, 10)}:
            return None
        with mpmath.workdps(15):
            rough = mpmath.nstr(mpmath.mpf(drawn.base) ** drawn.exponent, drawn.places + 2, strip_zeros=False)
        return drawn if int(rough.replace(".", "")[: drawn.places]) != drawn.answer() else None

    def statement(self) -> str:
        power = f"{self.base}^{braced(self.exponent)}"
        named = {17: "seventeen", 18: "eighteen", 19: "nineteen"}[self.places]
        if self.wording:
            return (
                rf"For a certain integer $k$, the integer part of $\frac{{{power}}}{{10^k}}$ has exactly "
                f"${self.places}$ digits. What is this integer part?"
            )
        return f"The number ${power}$ is written in base ten. What number is formed by its first {named} digits?"

    def answer(self) -> Answer:
        with mpmath.workdps(60):
            logarithm = self.exponent * mpmath.log10(self.base)
            return int(mpmath.mpf(10) ** (logarithm - mpmath.floor(logarithm) + self.places - 1))

    def check(self) -> Answer:
        """Square and multiply, keeping 60 digits."""
        value = 1
        for bit in f"{self.exponent:b}":
            value = value * value * (self.base if bit == "1" else 1)
            value //= 10 ** max(0, value.bit_length() * 3 // 10 - 60)
        return int(str(value)[: self.places])


class PerfectPowers(Family, domain="number_theory", level=4):
    """Perfect powers up to a bound so near to one that roots as floats are rounded across an integer."""

    last: int
    wording: int

    naive_program = """
    from sympy import mobius
    total = 0
    for k in range(2, 70):
        total -= mobius(k) * (int(last ** (1 / k)) - 1)
    print(total)
    """
    solution_program = """
    from sympy import integer_nthroot, mobius
    total = 0
    for k in range(2, 70):
        total -= mobius(k) * (integer_nthroot(last, k)[0] - 1)
    print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        power = random.choice([2, 2, 3, 5, 7])
        root = random.randint(*{2: (10**9, 9 * 10**9), 3: (10**5, 10**6), 5: (1000, 9000), 7: (200, 600)}[power])
        drawn = cls(root**power - (random.randint(1, 9) if power == 2 else 0), random.randint(0, 1))
        by_floats = -sum(int(sympy.mobius(k)) * (int(drawn.last ** (1 / k)) - 1) for k in range(2, 70))
        return drawn if drawn.last > 10**14 and drawn.answer() != by_floats else None

    def statement(self) -> str:
        if self.wording:
            return (
                rf"How many integers $n$ with $2 \le n \le {self.last}$ can be written as $n = a^b$ with integers $a "
                r"\ge 2$ and $b \ge 2$?"
            )
        return (
            "An integer greater than $1$ is called a perfect power if it is the square, the cube, or any higher "
            f"integer power of an integer. How many perfect powers do not exceed ${self.last}$?"
        )

    def answer(self) -> Answer:
        exponents = range(2, self.last.bit_length())
        return -sum(int(sympy.mobius(k)) * (sympy.integer_nthroot(self.last, k)[0] - 1) for k in exponents)

    def check(self) -> Answer:
        return _perfect_powers(self.last)


@cache
def _perfect_powers(last: int) -> int:
    """Return their number: each has one base that is none itself."""
    total = 0
    for exponent in range(2, last.bit_length()):
        low, high = 1, 2 ** (last.bit_length() // exponent + 1)
        while low < high - 1:
            middle = (low + high) // 2
            low, high = (middle, high) if middle**exponent <= last else (low, middle)
        total += low - 1 - _perfect_powers(low)
    return total


class FactorialBeforePrime(Family, domain="number_theory", level=4):
    """The remainder of a factorial just below a prime: Wilson's theorem, and inverses."""

    prime: int
    before: int
    wording: int

    naive_program = """
    from math import factorial
    print(factorial(prime - before) % prime)
    """
    solution_program = """
    value = -1
    for k in range(1, before):
        value = value * pow(prime - k, -1, prime) % prime
    print(value)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(sympy.nextprime(random.randint(10**19, 10**20)), random.randint(3, 15), random.randint(0, 1))

    def statement(self) -> str:
        if self.wording:
            return (
                rf"The number $p = {self.prime}$ is prime. The product $1 \cdot 2 \cdot 3 \cdots (p - {self.before})$ "
                "is divided by $p$. What is the remainder?"
            )
        return (
            rf"Let $p$ be the prime number ${self.prime}$. Find the integer $r$ with $0 < r < p$ and \[(p - "
            rf"{self.before})! \equiv r \pmod p.\]"
        )

    def answer(self) -> Answer:
        below = sympy.factorial(self.before - 1)
        return (-1) ** self.before * pow(int(below), -1, self.prime) % self.prime

    def check(self) -> Answer:
        value = self.prime - 1
        for factor in range(self.prime - 1, self.prime - self.before, -1):
            while value % factor:
                raise_by = -value * pow(self.prime, -1, factor) % factor
                value += raise_by * self.prime
            value = value // factor % self.prime
        return value
