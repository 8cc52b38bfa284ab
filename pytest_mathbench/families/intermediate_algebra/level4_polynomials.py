"""Intermediate algebra, level 4: polynomials of huge degree that one idea makes small."""

from collections import defaultdict
from fractions import Fraction
from itertools import combinations
from math import factorial, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import through
from pytest_mathbench.families.latex import Answer, polynomial

X = sympy.Symbol("x")
MODULI = (997, 1000, 1009, 2017, 5003, 7919, 10000, 10007, 99991)


class ProductsOfRange(Family, domain="intermediate_algebra", level=4):
    """A coefficient of a product of a huge number of linear factors: Newton's identities."""

    naive_program = """
        import numpy as np

        k = np.arange(1, last + 1) * step % modulus
        sums = np.cumsum(k)[:-1] % modulus
        pairs = np.cumsum(sums * k[1:]) % modulus
        print(pairs[-1] if chosen == 2 else (pairs[:-1] * k[2:]).sum() % modulus)
    """
    solution_program = """
        n = last
        p1, p2 = n * (n + 1) // 2, n * (n + 1) * (2 * n + 1) // 6
        p3 = p1**2
        value = (p1**2 - p2) // 2 if chosen == 2 else (p1**3 - 3 * p1 * p2 + 2 * p3) // 6
        print(value * step**chosen % modulus)
    """

    last: int
    step: int
    chosen: int
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(
            random.randint(10**11, 10**15),
            random.randint(1, 9),
            random.randint(2, 3),
            random.choice(MODULI),
            random.randrange(3),
        )
        return drawn if drawn.answer() > 9 else None

    def statement(self) -> str:
        n, d, k, m = self.last, self.step, self.chosen, self.modulus
        first, second, last = (f"{f}" if f > 1 else "" for f in (d, 2 * d, n * d))
        kind = "two different numbers" if k == 2 else "three different numbers"
        numbers = f"the first ${n}$ positive multiples of ${d}$" if d > 1 else f"the integers from $1$ to ${n}$"
        return (
            rf"The polynomial $(x + {d})(x + {2 * d})(x + {3 * d}) \cdots (x + {n * d})$ has degree ${n}$. What is "
            f"the remainder when its coefficient of $x^{{{n - k}}}$ is divided by ${m}$?",
            f"Find the remainder when the coefficient of $x^{k}$ in the expansion of the product $(1 + {first}x)(1 + "
            rf"{second}x)(1 + {3 * d}x) \cdots (1 + {last}x)$ is divided by ${m}$.",
            f"From {numbers}, {kind} are chosen and multiplied, in every possible way (their order does not matter). "
            f"Let $S$ be the sum of all these products. Find the remainder when $S$ is divided by ${m}$.",
        )[self.wording]

    def answer(self) -> Answer:
        n = self.last
        p1, p2 = n * (n + 1) // 2, n * (n + 1) * (2 * n + 1) // 6
        value = (p1**2 - p2) // 2 if self.chosen == 2 else (p1**3 - 3 * p1 * p2 + 2 * p1**2) // 6
        return value * self.step**self.chosen % self.modulus

    def check(self) -> Answer:
        # By brute force for few factors; a polynomial in their number.
        def few(n: int) -> Fraction:
            return Fraction(
                sum(prod(each) for each in combinations(range(self.step, n * self.step + 1, self.step), self.chosen))
            )

        return int(through(range(2 * self.chosen + 1), few, self.last)) % self.modulus


class ReciprocalsBeyond(Family, domain="intermediate_algebra", level=4):
    """A polynomial of huge degree that agrees with a/(x + c) at 0, ..., n, asked for at n + 1."""

    naive_program = """
        import numpy as np
        from scipy.interpolate import BarycentricInterpolator

        k = np.arange(degree + 1)
        print(float(BarycentricInterpolator(k, top / (k + shift))(degree + 1)))
    """
    solution_program = """
        from fractions import Fraction
        from math import factorial

        # (x + c) P(x) - a has the roots 0, ..., n and the value -a at -c
        n, c = degree, shift
        product = Fraction(factorial(c - 1))  # (n + 1)!/(c (c + 1) ... (c + n))
        for j in range(n + 2, n + c + 1):
            product /= j
        print(top * (1 + (-1) ** n * product) / (n + 1 + c))
    """

    degree: int
    shift: int
    top: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        degree, shift = random.randint(400_000, 999_999), random.randint(2, 3)
        if shift == 2 and degree % 2 == 0:
            return None
        return cls(degree, shift, random.randint(1, 9), random.randrange(2))

    def statement(self) -> str:
        n, c, a = self.degree, self.shift, self.top
        values = ", ".join(rf"\frac{{{a}}}{{{c + k}}}" for k in range(3))
        return (
            rf"Let $n = {n}$. A polynomial $P$ of degree at most $n$ satisfies $P(k) = \frac{{{a}}}{{k + {c}}}$ for "
            r"all integers $k$ with $0 \le k \le n$. What is $P(n + 1)$? Express your answer as a common fraction.",
            rf"The values of a polynomial $P$ of degree at most ${n}$ at $0, 1, 2, \ldots, {n}$ are ${values}, "
            rf"\ldots, \frac{{{a}}}{{{n + c}}}$, in this order. Find $P({n + 1})$. Express your answer as a common "
            "fraction.",
        )[self.wording]

    def answer(self) -> Answer:
        n, c = self.degree, self.shift
        product = Fraction(factorial(c - 1), prod(range(n + 2, n + c + 1)))
        return self.top * (1 + (-1) ** n * product) / (n + 1 + c)

    def check(self) -> Answer:
        # For small degrees by Lagrange: how far (x + c) P(x) is from a at n + 1, whose reciprocal is a polynomial in n.
        def miss(n: int) -> Fraction:
            value = through(range(n + 1), lambda k: Fraction(self.top, k + self.shift), n + 1)
            return Fraction((-1) ** n) / (value * (n + 1 + self.shift) - self.top)

        far = through(range(self.shift + 2), miss, self.degree)
        return (self.top + (-1) ** self.degree / far) / (self.degree + 1 + self.shift)


class PowersByPeriod(Family, domain="intermediate_algebra", level=4):
    """The remainder of a few huge powers of x on division by a factor of x^m - 1."""

    naive_program = """
        from sympy import rem, symbols

        x = symbols("x")
        p = sum(c * x**n for c, n in zip(factors, powers)) + constant
        d = sum(c * x**i for i, c in enumerate(reversed(divisor)))
        print(rem(p, d, x))
    """
    solution_program = """
        from sympy import expand, rem, symbols

        x = symbols("x")
        d = sum(c * x**i for i, c in enumerate(reversed(divisor)))
        period = next(m for m in range(1, 31) if rem(x**m - 1, d, x) == 0)
        p = sum(c * x ** (n % period) for c, n in zip(factors, powers)) + constant
        print(expand(rem(p, d, x)))
    """

    divisor: tuple[int, ...]
    factors: tuple[int, ...]
    powers: tuple[int, ...]
    constant: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        divisor = random.choice(list(PERIODS))
        number = random.randint(2, 3)
        factors = tuple(random.choice([-1, 1]) * random.randint(1, 9) for _ in range(number))
        powers = tuple(sorted((random.randint(10**11, 10**15) for _ in range(number)), reverse=True))
        constant = random.choice([-1, 1]) * random.randint(1, 9)
        drawn = cls(divisor, factors, powers, constant, random.randrange(2))
        return drawn if sum(map(bool, drawn._rest())) > 1 else None

    def statement(self) -> str:
        text = ""
        for factor, power in zip(self.factors, self.powers, strict=True):
            sign = ("-" if factor < 0 else "") if not text else (" - " if factor < 0 else " + ")
            text += f"{sign}{abs(factor) if abs(factor) > 1 else ''}x^{{{power}}}"
        text += f" - {-self.constant}" if self.constant < 0 else f" + {self.constant}"
        divisor = polynomial(self.divisor)
        return (
            f"Find the remainder when the polynomial ${text}$ is divided by ${divisor}$. Write it as a polynomial in "
            "$x$.",
            rf"The polynomial \[{text}\] is written as $({divisor})Q(x) + R(x)$ with polynomials $Q(x)$ and $R(x)$, "
            f"where the degree of $R(x)$ is less than ${len(self.divisor) - 1}$. What is $R(x)$?",
        )[self.wording]

    def answer(self) -> Answer:
        return sympy.Poly(self._rest()[::-1], X).as_expr()

    def _rest(self) -> list[int]:
        """Return the remainder's coefficients, from the constant one up."""
        period = PERIODS[self.divisor]
        terms: defaultdict[int, int] = defaultdict(int)
        for factor, power in zip(self.factors, self.powers, strict=True):
            terms[power % period] += factor
        terms[0] += self.constant
        left = [terms[power] for power in range(period)]
        degree = len(self.divisor) - 1
        while len(left) > degree:
            top = left.pop()
            for back, c in enumerate(self.divisor[1:], start=1):
                left[len(left) - back] -= top * c
        return left

    def check(self) -> Answer:
        # By repeated squaring, the divisor taken off each time.
        degree = len(self.divisor) - 1

        def times(one: list[int], other: list[int]) -> list[int]:
            long = [0] * (2 * degree)
            for i, c in enumerate(one):
                for j, d in enumerate(other):
                    long[i + j] += c * d
            for place in range(2 * degree - 1, degree - 1, -1):
                for back, c in enumerate(self.divisor[1:], start=1):
                    long[place - back] -= long[place] * c
            return long[:degree]

        total = [self.constant] + [0] * (degree - 1)
        for factor, power in zip(self.factors, self.powers, strict=True):
            result = [1] + [0] * (degree - 1)
            for digit in f"{power:b}":
                result = times(result, result)
                if digit == "1":
                    result = times(result, [0, 1] + [0] * (degree - 2))
            total = [a + factor * b for a, b in zip(total, result, strict=True)]
        return sympy.Poly(total[::-1], X).as_expr()


PERIODS = {
    (1, 1, 1): 3,
    (1, -1, 1): 6,
    (1, 0, 1): 4,
    (1, 1, 1, 1): 4,
    (1, 0, 0, 1): 6,
    (1, -1, 1, -1): 4,
    (1, 1, 1, 1, 1): 5,
    (1, -1, 1, -1, 1): 10,
    (1, 0, -1, 0, 1): 12,
    (1, 0, 1, 0, 1): 6,
    (1, 2, 2, 1): 6,
}
"""Divisors of x^m - 1, and m."""
