"""Intermediate algebra, level 5: coefficients of powers and products, and sums over roots."""

from cmath import exp, pi
from collections import Counter
from fractions import Fraction
from functools import cache
from math import gcd, prod
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, polynomial


class OddCoefficients(Family, domain="intermediate_algebra", level=5):
    """The number of odd coefficients of a huge power of a polynomial: squares modulo 2, and the binary digits of n."""

    naive_program = """
        print(len(exponents) ** bin(power).count("1"))  # as for binomial coefficients
    """
    solution_program = """
        from functools import cache

        def times(one, other):  # polynomials modulo 2, as the binary digits of integers
            result = 0
            while other:
                if other & 1:
                    result ^= one
                one <<= 1
                other >>= 1
            return result

        base = sum(1 << e for e in exponents)

        @cache
        def odd(n, factor):
            if factor == 0:
                return 0
            if n == 0:
                return bin(factor).count("1")
            if n % 2:
                factor = times(factor, base)
            digits = bin(factor)[:1:-1]
            even, rest = digits[::2][::-1], digits[1::2][::-1]
            return odd(n // 2, int(even, 2)) + odd(n // 2, int(rest or "0", 2))

        print(odd(power, 1))
    """

    exponents: tuple[int, ...]
    power: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        exponents = random.choice([(0, 1, 2), (0, 1, 3), (0, 2, 3), (0, 1, 4), (0, 1, 2, 4), (0, 3, 4), (0, 2, 3, 4)])
        power = random.randint(2**34, 2**46)
        drawn = cls(exponents, power, random.randrange(2))
        return drawn if drawn.answer() != len(exponents) ** power.bit_count() else None

    def statement(self) -> str:
        coefficients = [int(e in self.exponents) for e in range(self.exponents[-1], -1, -1)]
        power = rf"\left({polynomial(coefficients)}\right)^{{{self.power}}}"
        return (
            rf"How many coefficients of the polynomial ${power}$, written in expanded form, are odd?",
            f"The polynomial ${power}$ is multiplied out, like terms are collected, and then every term whose "
            "coefficient is even is crossed out. How many terms are left?",
        )[self.wording]

    def answer(self) -> Answer:
        @cache
        def odd(n: int, factor: int) -> int:
            if n == 0 or factor == 0:
                return factor.bit_count()
            if n % 2:
                product = 0
                for e in self.exponents:
                    product ^= factor << e
                factor = product
            digits = f"{factor:b}"[::-1]
            return sum(odd(n // 2, int(digits[part::2][::-1] or "0", 2)) for part in (0, 1))

        return odd(self.power, 1)

    def check(self) -> Answer:
        # From the first binary digit on: how often each pattern of neighbours occurs among the coefficients modulo 2.
        degree = self.exponents[-1]
        width = degree + 1

        @cache
        def next_to(window: tuple[int, ...], digit: str) -> list[tuple[int, ...]]:
            shifts, start = (self.exponents, degree) if digit == "1" else ((0,), 0)
            return [
                tuple(sum(window[(j - e) // 2] for e in shifts if (j - e) % 2 == 0) % 2 for j in range(s, s + width))
                for s in (start, start + 1)
            ]

        windows = Counter({tuple(int(i == place) for i in range(width)): 1 for place in range(width)})
        for digit in f"{self.power:b}":
            longer: Counter[tuple[int, ...]] = Counter()
            for window, times in windows.items():
                for new in next_to(window, digit):
                    longer[new] += times
            windows = longer
        return sum(times for window, times in windows.items() if window[0])


class SumOverUnity(Family, domain="intermediate_algebra", level=5):
    """A sum of reciprocals over all roots of unity but 1: a polynomial in their number, which is huge."""

    naive_program = """
        import numpy as np

        w = np.exp(2j * np.pi * np.arange(1, degree) / degree)
        terms = [1 / (1 - w) ** 2, 1 / (1 - w) ** 3, 1 / abs(1 - w) ** 2, w / (1 - w) ** 2, 1 / abs(1 - w) ** 4][kind]
        print(round(terms.sum().real))
    """
    solution_program = """
        from fractions import Fraction

        n = degree
        # e_k of the numbers 1/(1 - w) is C(n, k + 1)/n, as the numbers 1 - w are the roots of (1 - (1 - x)^n)/x
        e1, e2, e3 = Fraction(n - 1, 2), Fraction((n - 1) * (n - 2), 6), Fraction((n - 1) * (n - 2) * (n - 3), 24)
        e4 = Fraction((n - 1) * (n - 2) * (n - 3) * (n - 4), 120)
        p1 = e1
        p2 = e1 * p1 - 2 * e2
        p3 = e1 * p2 - e2 * p1 + 3 * e3
        p4 = e1 * p3 - e2 * p2 + e3 * p1 - 4 * e4
        # with v = 1/(1 - w): 1/|1 - w|^2 = v(1 - v), as the conjugate of v is 1 - v; and w = 1 - 1/v
        print([p2, p3, p1 - p2, p2 - p1, p2 - 2 * p3 + p4][kind])
    """

    degree: int
    kind: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        kind = random.randrange(5)
        degree = random.randint(4 * 10**8, 10**10) if kind < 4 else random.randint(300_000, 500_000)
        return cls(degree, kind, random.randrange(2)) if gcd(degree, 30) == 1 and degree % 8 in {1, 5} else None

    def statement(self) -> str:
        n = self.degree
        term = (
            r"\frac{1}{(1 - z)^2}",
            r"\frac{1}{(1 - z)^3}",
            r"\frac{1}{|1 - z|^2}",
            r"\frac{z}{(1 - z)^2}",
            r"\frac{1}{|1 - z|^4}",
        )[self.kind]
        return (
            rf"What is the sum of the numbers \[{term}\] over all complex numbers $z \ne 1$ with $z^{{{n}}} = 1$? The "
            "sum is an integer.",
            rf"Let $z_1, z_2, \ldots, z_{{{n - 1}}}$ be the roots of the polynomial $z^{{{n - 1}}} + z^{{{n - 2}}} + "
            rf"\cdots + z + 1$. Compute the integer \[\sum_{{k=1}}^{{{n - 1}}} {term.replace('z', 'z_k')}.\]",
        )[self.wording]

    def answer(self) -> Answer:
        n = self.degree
        return (
            Fraction(-(n - 1) * (n - 5), 12),
            Fraction(-(n - 1) * (n - 3), 8),
            Fraction(n * n - 1, 12),
            Fraction(1 - n * n, 12),
            Fraction((n * n - 1) * (n * n + 11), 720),
        )[self.kind]

    def check(self) -> Answer:
        # The sums for few roots, by numbers; they lie on a polynomial of degree at most 4.
        def small(n: int) -> Fraction:
            total = 0.0
            for k in range(1, n):
                z = exp(2j * pi * k / n)
                one = 1 - z
                term = (1 / one**2, 1 / one**3, 1 / abs(one) ** 2, z / one**2, 1 / abs(one) ** 4)[self.kind]
                total += complex(term).real
            return Fraction(round(720 * total), 720)

        places, total = range(2, 9), Fraction(0)
        for here in places:
            term = small(here)
            for other in places:
                term *= Fraction(self.degree - other, here - other) if other != here else 1
            total += term
        return total


class ProductWithoutEnd(Family, domain="intermediate_algebra", level=5):
    """A coefficient of an infinite product: substituting x/a for x gives a relation of neighbouring coefficients."""

    naive_program = """
        terms = [1.0] + [0.0] * power
        for i in range(first, first + 60):
            factor = scale / base**i
            if inverse:
                for k in range(1, power + 1):
                    terms[k] += factor * terms[k - 1]
            else:
                for k in range(power, 0, -1):
                    terms[k] += factor * terms[k - 1]
        print(terms[power])
    """
    solution_program = """
        from fractions import Fraction

        # P(x) = (1 + s x/a^f) P(x/a), or Q(x) (1 - s x/a^f) = Q(x/a)
        value, ratio = Fraction(1), Fraction(scale, base**first)
        for k in range(1, power + 1):
            value *= (ratio if inverse else ratio / base ** (k - 1)) / (1 - Fraction(1, base**k))
        print(value)
    """

    base: int
    scale: int
    first: int
    power: int
    inverse: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(
            random.randint(2, 9),
            random.randint(1, 9),
            random.randint(0, 3),
            random.randint(3, 6),
            random.random() < 0.5,
            random.randrange(2),
        )
        value = drawn.answer()
        plain = gcd(drawn.scale, drawn.base) == 1 and drawn.scale != drawn.base
        return (
            drawn
            if plain
            and value.numerator * value.denominator > 10**14
            and max(value.numerator, value.denominator) < 10**14
            else None
        )

    def statement(self) -> str:
        a, c, f = self.base, self.scale, self.first
        top = f"{c}x" if c > 1 else "x"
        sign = "-" if self.inverse else "+"
        parts = [rf"\frac{{{top}}}{{{a**i}}}" if i else top for i in range(f, f + 3)]
        product = "".join(rf"\left(1 {sign} {part}\right)" for part in parts) + r" \cdots"
        general = rf"\prod_{{n={f}}}^{{\infty}} \left(1 {sign} \frac{{{top}}}{{{a}^n}}\right)"
        if self.inverse:
            product, general = rf"\frac{{1}}{{{product}}}", rf"\frac{{1}}{{\displaystyle {general}}}"
        return (
            rf"For $|x|$ small enough, the function \[{product}\] equals a power series in $x$. In the product, the "
            rf"coefficient of $x$ in each factor is $\frac{{1}}{{{a}}}$ of that in the one before. Find the "
            f"coefficient of $x^{self.power}$ in the series. Express your answer as a common fraction.",
            rf"When \[{general}\] is written as a power series $c_0 + c_1x + c_2x^2 + \cdots$, for $x$ near $0$, what "
            f"is $c_{self.power}$? Express your answer as a common fraction.",
        )[self.wording]

    def answer(self) -> Answer:
        a, k = self.base, self.power
        value = Fraction(self.scale**k, prod(a**j - 1 for j in range(1, k + 1)))
        if self.inverse:
            value *= a ** (k * (k - 1) // 2)
        return value * Fraction(a) ** (k - k * self.first)

    def check(self) -> Answer:
        terms = [1.0] + [0.0] * self.power
        ratios = [self.scale * Fraction(self.base) ** -i for i in range(self.first, self.first + 60)]
        for ratio in map(float, ratios):
            order = range(1, self.power + 1) if self.inverse else range(self.power, 0, -1)
            for k in order:
                terms[k] += ratio * terms[k - 1]
        # Small numbers: their quotient tells more.
        value, ratio = Fraction(1), Fraction(self.scale) / self.base**self.first
        for k in range(1, self.power + 1):
            value *= (ratio if self.inverse else ratio / self.base ** (k - 1)) / (1 - Fraction(1, self.base**k))
        return value if abs(terms[self.power] / value - 1) < 1e-9 else None
