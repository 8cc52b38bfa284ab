"""Algebra, level 4: least values and sizes that floats get wrong."""

from decimal import Context, Decimal
from fractions import Fraction
from math import floor, isqrt, log
from random import Random
from typing import Self

import mpmath

from pytest_mathbench.families.algebra.shared import huge, large
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class LeastSumOfDistances(Family, domain="algebra", level=4):
    """The least value of a long sum of absolute values: at one of the corners, the middle one by weight."""

    value: int
    count: int
    wording: int

    naive_program = """
        import numpy
        from scipy.optimize import minimize_scalar
        k = numpy.arange(1, count + 1)
        result = minimize_scalar(lambda x: numpy.abs(k * x - value).sum(), bounds=(0, value), method="bounded")
        print(result.fun)
    """
    solution_program = """
        from fractions import Fraction
        m = next(m for m in range(1, count + 1) if 2 * m * (m + 1) >= count * (count + 1))
        print(sum(abs(Fraction(k * value, m) - value) for k in range(1, count + 1)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(1, 12), random.randint(200, 4000), random.randrange(2))
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        value, count = self.value, self.count
        first, second, third, last = (rf"|{k}x - {value}|" for k in ("", 2, 3, count))
        terms = rf"{first} + {second} + {third} + \cdots + {last}"
        if self.wording:
            return (
                rf"For each real number $x$, let \[f(x) = {terms},\] a sum of ${count}$ terms. What is the minimum "
                "value of $f(x)$? Express your answer as a common fraction."
            )
        return (
            rf"What is the least possible value of \[\sum_{{k=1}}^{{{count}}} |kx - {value}|,\] where $x$ is a real "
            "number? Express your answer as a common fraction."
        )

    def _corner(self) -> int:
        half = Fraction(self.count * (self.count + 1), 2)
        corner = isqrt(int(half))
        return corner + (corner * (corner + 1) < half)

    def answer(self) -> Answer:
        # The terms up to the corner add up to value (m - 1) / 2, and those beyond it to the rest.
        m, rest = self._corner(), self.count - self._corner()
        return Fraction(self.value * (m * (m - 1) + rest * (rest + 1)), 2 * m)

    def check(self) -> Answer:
        near = round(self.count / 2**0.5)
        totals = [(sum(abs(k - m) for k in range(1, self.count + 1)), m) for m in (near - 1, near, near + 1)]
        return min(Fraction(self.value * total, m) for total, m in totals)


class LeastExponent(Family, domain="algebra", level=4):
    """The least power of one number that exceeds a huge power of another: a logarithm to more places than a float's."""

    base: int
    other: int
    exponent: int
    wording: int

    naive_program = """
        from math import floor, log
        print(floor(exponent * log(other) / log(base)) + 1)
    """
    solution_program = """
        from mpmath import mp, log, floor
        mp.dps = 60
        print(int(floor(exponent * log(other) / log(base))) + 1)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        base, other = random.sample(range(2, 24), 2)
        drawn = cls(base, other, huge(random, 16, 18), random.randrange(2))
        ratio = log(other) / log(base)
        if any(abs(ratio * k - round(ratio * k)) < 1e-9 for k in range(1, 5)):
            return None
        exact, near = drawn.answer(), floor(drawn.exponent * log(other) / log(base)) + 1
        return drawn if near != exact and floor(drawn.exponent * ratio) + 1 != exact else None

    def statement(self) -> str:
        exponent = large(self.exponent)
        if self.wording:
            return (
                f"The number ${self.other}^n$, where $n = {exponent}$, is written in base ${self.base}$. How many "
                "digits does it have there?"
            )
        return (
            f"Let $n = {exponent}$. What is the least positive integer $m$ such that ${self.base}^m > {self.other}^n$?"
        )

    def answer(self) -> Answer:
        with mpmath.workdps(60):
            return int(mpmath.floor(self.exponent * mpmath.log(self.other) / mpmath.log(self.base))) + 1

    def check(self) -> Answer:
        context = Context(prec=50)
        one, other = (context.ln(Decimal(number)) for number in (self.base, self.other))
        return int(context.divide(context.multiply(other, self.exponent), one)) + 1


class SignOfProduct(Family, domain="algebra", level=4):
    """For how many integers a product of very many linear factors is negative: every other gap between its roots."""

    square: int
    linear: int
    factors: int
    strict: bool

    naive_program = """
        count = 0
        for x in range(1, square * factors ** 2 + linear * factors):
            negative = sum(x < square * k * k + linear * k for k in range(1, factors + 1)) % 2
            zero = any(x == square * k * k + linear * k for k in range(1, factors + 1))
            count += not zero and negative == 1 or zero and not strict
        print(count + (not strict))
    """
    solution_program = """
        def brute(n):
            roots = [square * k * k + linear * k for k in range(1, n + 1)]
            count = 0
            for x in range(1, roots[-1] + 1):
                zero = x in roots
                count += (not strict) if zero else sum(x < r for r in roots) % 2
            return count

        from fractions import Fraction
        xs = [2, 4, 6]
        ys = [brute(n) for n in xs]
        total = Fraction(0)
        for i in range(3):
            term = Fraction(ys[i])
            for j in range(3):
                if i != j:
                    term *= Fraction(factors - xs[j], xs[i] - xs[j])
            total += term
        print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(1, 6), random.randint(0, 9), huge(random, 7, 8), random.random() < 0.5)
        return drawn if drawn.factors % 2 == 0 and (drawn.linear or drawn.square > 1) else None

    def statement(self) -> str:
        def root(k: int) -> int:
            return self.square * k * k + self.linear * k

        count = large(self.factors)
        formula = ("" if self.square == 1 else str(self.square)) + "k^2"
        formula += "" if not self.linear else " + k" if self.linear == 1 else f" + {self.linear}k"
        if self.strict:
            return (
                f"Let $N = {count}$, and let $r_k = {formula}$ for each positive integer $k$. For how many integers "
                r"$x$ is the product $(x - r_1)(x - r_2)(x - r_3) \cdots (x - r_N)$ negative?"
            )
        return (
            rf"How many integers $x$ satisfy \[(x - {root(1)})(x - {root(2)})(x - {root(3)}) \cdots (x - r) \le 0,\] "
            rf"where the product has one factor for each of the numbers ${formula}$ with $k = 1, 2, \ldots, {count}$, "
            "of which $r$ is the largest?"
        )

    def answer(self) -> Answer:
        n = self.factors
        count = self.square * n * (n + 1) // 2 + (self.linear - 1) * n // 2
        return count if self.strict else count + n

    def check(self) -> Answer:
        # Gaps between the roots k - 1 and k for even k, in pairs from both ends, each pair with the same sum.
        def gap(k: int) -> int:
            return self.square * (2 * k - 1) + self.linear - 1

        pairs = self.factors // 2
        inside = Fraction((gap(2) + gap(self.factors)) * pairs, 2)
        return inside if self.strict else inside + 2 * pairs
