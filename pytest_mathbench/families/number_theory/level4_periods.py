"""Number theory, level 4: long products and sums, and periods."""

from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer
from pytest_mathbench.families.number_theory.shared import digits


class ZerosInBase(Family, domain="number_theory", level=4):
    """Zeros at the end of a product of consecutive numbers in a base whose largest prime does not decide."""

    start: int
    last: int
    base: int
    wording: int

    naive_program = """
    from sympy import primefactors
    p = max(primefactors(base))
    zeros, power = 0, p
    while power <= last:
        zeros += last // power - (start - 1) // power
        power *= p
    print(zeros)
    """
    solution_program = """
    from sympy import factorint

    def exponent(n, p):
        total = 0
        while n:
            n //= p
            total += n
        return total

    print(min((exponent(last, p) - exponent(start - 1, p)) // e for p, e in factorint(base).items()))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        base = random.choice(
            [8, 9, 12, 16, 18, 24, 25, 27, 32, 36, 45, 48, 49, 50, 54, 63, 64, 72, 75, 80, 90, 96, 98, 100]
        )
        start = random.randint(10**11, 10**13)
        drawn = cls(start, start + random.randint(10**12, 10**14), base, random.randint(0, 1))
        prime = max(sympy.primefactors(base))
        return drawn if drawn.answer() != drawn._times(prime) else None

    def _times(self, prime: int) -> int:
        high, low = (number - sum(digits(number, prime)) for number in (self.last, self.start - 1))
        return (high - low) // (prime - 1)

    def statement(self) -> str:
        if self.wording:
            return (
                f"The product of all the integers from ${self.start}$ to ${self.last}$, inclusive, is written in base "
                f"${self.base}$. How many zeros are there at its end?"
            )
        return (
            rf"Let \[N = {self.start} \cdot {self.start + 1} \cdot {self.start + 2} \cdots {self.last}.\] What is the "
            f"largest integer $k$ for which $N$ is divisible by ${self.base}^k$?"
        )

    def answer(self) -> Answer:
        return min(self._times(prime) // exponent for prime, exponent in sympy.factorint(self.base).items())

    def check(self) -> Answer:
        numbers = []
        for prime, exponent in sympy.factorint(self.base).items():
            powers = [prime**k for k in range(1, 60)]
            numbers.append(sum(self.last // power - (self.start - 1) // power for power in powers) // exponent)
        return min(numbers)


class PowerAndNumber(Family, domain="number_theory", level=4):
    """A congruence in which a number occurs as exponent and as factor: its period is not the modulus."""

    base: int
    prime: int
    factor: int
    last: int

    naive_program = """
    def fits(n):
        return (n * factor * pow(base, n, prime) - 1) % prime == 0 if factor else (pow(base, n, prime) - n) % prime == 0

    whole, rest = divmod(last, prime)
    print(whole * sum(map(fits, range(1, prime + 1))) + sum(map(fits, range(1, rest + 1))))
    """
    solution_program = """
    def fits(n):
        return (n * factor * pow(base, n, prime) - 1) % prime == 0 if factor else (pow(base, n, prime) - n) % prime == 0

    period = prime * (prime - 1)
    whole, rest = divmod(last, period)
    print(whole * sum(map(fits, range(1, period + 1))) + sum(map(fits, range(1, rest + 1))))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        prime = random.choice(list(sympy.primerange(19, 90)))
        factor = random.choice([0, random.randint(2, 12)])
        drawn = cls(random.randint(2, 15), prime, factor, random.randint(10**14, 10**17))
        if drawn.base % prime < 2 or factor % prime == 1:
            return None
        in_one = sum(map(drawn._fits, range(1, prime + 1)))
        whole, rest = divmod(drawn.last, prime)
        return drawn if whole * in_one + sum(map(drawn._fits, range(1, rest + 1))) != drawn.answer() else None

    def _fits(self, number: int) -> bool:
        power = pow(self.base, number, self.prime)
        return ((self.factor * number * power - 1) if self.factor else power - number) % self.prime == 0

    def statement(self) -> str:
        if self.factor:
            return (
                rf"For how many integers $n$ with $1 \le n \le {self.last}$ does ${self.factor}n \cdot {self.base}^n$ "
                f"leave a remainder of $1$ when it is divided by ${self.prime}$?"
            )
        return (
            rf"How many positive integers $n \le {self.last}$ have the property that ${self.base}^n - n$ is divisible "
            f"by ${self.prime}$?"
        )

    def answer(self) -> Answer:
        """For each exponent modulo p - 1, one remainder modulo p, and so one number modulo p(p - 1)."""
        total, prime, period = 0, self.prime, self.prime * (self.prime - 1)
        for exponent in range(prime - 1):
            power = pow(self.base, exponent, prime)
            wanted = pow(self.factor * power, -1, prime) if self.factor else power
            first = (exponent * prime - wanted * (prime - 1)) % period
            total += (self.last - first) // period + (first > 0)
        return total

    def check(self) -> Answer:
        period, prime, power, fitting = self.prime * (self.prime - 1), self.prime, 1, []
        for number in range(1, period + 1):
            power = power * self.base % prime
            if (self.factor * number * power - 1 if self.factor else power - number) % prime == 0:
                fitting.append(number)
        whole, rest = divmod(self.last, period)
        return whole * len(fitting) + sum(number <= rest for number in fitting)


class DigitsOfPeriod(Family, domain="number_theory", level=4):
    """The digits in the period of a fraction with a huge prime below: its halves add up to nines."""

    numerator: int
    prime: int
    wording: int

    naive_program = """
    from sympy import n_order
    period = n_order(10, prime)
    block = numerator * (10**period - 1) // prime
    print(sum(map(int, str(block))))
    """
    solution_program = """
    from sympy import n_order
    period = n_order(10, prime)
    print(9 * period // 2)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        prime = sympy.nextprime(random.randint(10**12, 10**13))
        if prime % 4 == 3 or pow(10, prime // 2, prime) != 1:  # an odd period, or the longest: p - 1
            return None
        drawn = cls(random.randint(2, 99), prime, random.randint(0, 1))
        period = drawn._period()
        return drawn if period % 2 == 0 and period > 10**11 else None

    def _period(self) -> int:
        return int(sympy.n_order(10, self.prime))

    def statement(self) -> str:
        if self.wording:
            return (
                f"When ${self.numerator}$ is divided by the prime number ${self.prime}$ and the quotient is written as "
                "a decimal, a block of digits repeats forever, starting right after the decimal point. What is the "
                "sum of the digits in the shortest such block?"
            )
        return (
            f"Let $p$ be the prime number ${self.prime}$. What is the sum of the digits in the shortest repeating "
            "block, which begins right after the decimal point, of the decimal expansion of "
            rf"$\frac{{{self.numerator}}}{{p}}$?"
        )

    def answer(self) -> Answer:
        return 9 * self._period() // 2

    def check(self) -> Answer:
        """Add the remainders in pairs r and p - r, as 10^h = -1: nine times their sum over p is the sum of digits."""
        minus, half = self.prime - 1, self.prime - 1
        for factor, times in sympy.factorint(minus).items():
            for _ in range(times):
                if pow(10, 2 * half // factor, self.prime) == 1 and half % factor == 0:
                    half //= factor
        return 9 * half if pow(10, half, self.prime) == minus else None


class SumOfRoots(Family, domain="number_theory", level=4):
    """The integer parts of all roots, summed by their values; the last root as a float falls on the wrong side."""

    last: int
    degree: int
    wording: int

    naive_program = """
    root = int(last ** (1 / degree))
    print(sum(last - j**degree + 1 for j in range(1, root + 1)))
    """
    solution_program = """
    from sympy import integer_nthroot
    root = integer_nthroot(last, degree)[0]
    print(sum(last - j**degree + 1 for j in range(1, root + 1)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        degree = random.choice([3, 4, 4, 5])
        root = random.randint(*{3: (10**4, 4 * 10**4), 4: (5000, 9900), 5: (800, 2000)}[degree])
        last = root**degree + (random.randint(0, 2) if degree == 3 else -random.randint(2, 9))
        by_floats = int(last ** (1 / degree))
        return cls(last, degree, random.randint(0, 1)) if (by_floats == root) != (degree == 3) else None

    def statement(self) -> str:
        degree = self.degree
        if self.wording:
            return (
                rf"For a positive integer $k$, let $f(k)$ be the largest integer $r$ with $r^{degree} \le k$. Find "
                rf"$f(1) + f(2) + f(3) + \cdots + f({self.last})$."
            )
        return (
            rf"Find \[\sum_{{k=1}}^{{{self.last}}} \left\lfloor \sqrt[{degree}]{{k}} \right\rfloor,\] where $\lfloor x "
            r"\rfloor$ is the greatest integer that is at most $x$."
        )

    def answer(self) -> Answer:
        root = sympy.integer_nthroot(self.last, self.degree)[0]
        return root * (self.last + 1) - _power_sum(root, self.degree)

    def check(self) -> Answer:
        root = round(self.last ** (1 / self.degree)) + 1
        while root**self.degree > self.last:
            root -= 1
        total = sum(value * ((value + 1) ** self.degree - value**self.degree) for value in range(1, root))
        return total + root * (self.last - root**self.degree + 1)


def _power_sum(last: int, exponent: int) -> int:
    """Return 1^e + 2^e + ... + last^e for e = 3, 4 or 5."""
    plain = last * (last + 1)
    if exponent == 3:
        return (plain // 2) ** 2
    if exponent == 4:
        return plain * (2 * last + 1) * (3 * plain - 1) // 30
    return plain**2 * (2 * plain - 1) // 12
