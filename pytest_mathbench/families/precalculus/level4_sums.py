"""Precalculus, level 4: products of waves, long walks, and sums over regular polygons."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import cos, gcd, lcm, pi, prod, sin
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex


class PeriodOfProduct(Family, domain="precalculus", level=4):
    """The least period of a product of waves: the common period of its factors, of which half is enough."""

    names: tuple[str, ...]
    rates: tuple[Fraction, ...]
    factor: int
    wording: int

    naive_program = """
        from sympy import Rational, cos, periodicity, sin, symbols
        x = symbols("x", real=True)
        f = factor
        for name, rate in zip(names, rates):
            f *= (sin if name == "sin" else cos)(Rational(rate.numerator, rate.denominator) * x)
        print(periodicity(f, x))
    """
    solution_program = """
        from itertools import product
        from math import gcd, lcm
        from sympy import Rational, pi
        scale = lcm(*(rate.denominator for rate in rates))
        whole = [int(rate * scale) for rate in rates]
        sums = [sum(sign * rate for sign, rate in zip(signs, whole)) for signs in product([1, -1], repeat=len(whole))]
        print(2 * pi * Rational(scale, gcd(*sums)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        count, near = random.choice([2, 2, 3]), random.randint(1, 6)
        rates = tuple(
            Fraction(near * random.randint(1, 9), random.choice([1, 2, 3, 5, 7, 9, 11])) for _ in range(count)
        )
        names = tuple(random.choice(["sin", "cos"]) for _ in range(count))
        drawn = cls(names, rates, random.randint(2, 9), random.randrange(2))
        scale, whole = drawn._whole()
        unit = gcd(*whole)
        sums = {abs(total) for total in _signed_sums(whole)}
        if sum(whole) // unit % 2 or 0 in sums or len(sums) < 2 ** (count - 1) or scale // unit > 150:
            return None  # the halves bite, and no two of the waves that the product is the sum of can cancel
        return drawn if len(set(rates)) == count else None

    def _whole(self) -> tuple[int, list[int]]:
        scale = lcm(*(rate.denominator for rate in self.rates))
        return scale, [int(rate * scale) for rate in self.rates]

    def statement(self) -> str:
        waves = "".join(
            rf" \{name} {'x' if rate == 1 else tex(rate) + 'x' if rate.denominator == 1 else _over(rate)}"
            for name, rate in zip(self.names, self.rates, strict=True)
        )
        form = r"Express your answer in terms of $\pi$."
        if self.wording:
            return (
                rf"What is the least positive number $p$ such that the function \[f(x) = {self.factor}{waves}\] "
                f"satisfies $f(x + p) = f(x)$ for all real numbers $x$? {form}"
            )
        return rf"Find the fundamental (least positive) period of $y = {self.factor}{waves}$. {form}"

    def answer(self) -> Answer:
        scale, whole = self._whole()
        return 2 * sympy.pi * sympy.Rational(scale, gcd(*_signed_sums(whole)))

    def check(self) -> Answer:
        def product(x: float) -> float:
            return prod(
                (sin if name == "sin" else cos)(float(rate) * x)
                for name, rate in zip(self.names, self.rates, strict=True)
            )

        scale, whole = self._whole()
        longest = 2 * pi * scale / gcd(*whole)
        places = (0.1234, 1.3579, 2.8642, 17.171)
        values = [product(x) for x in places]
        return next(
            longest / parts
            for parts in range(24, 0, -1)
            if all(abs(product(x + longest / parts) - value) < 1e-9 for x, value in zip(places, values, strict=True))
        )


def _over(rate: Fraction) -> str:
    return rf"\frac{{{rate.numerator}x}}{{{rate.denominator}}}"


def _signed_sums(whole: Sequence[int]) -> list[int]:
    sums = [0]
    for rate in whole:
        sums = [total + sign * rate for total in sums for sign in (1, -1)]
    return sums


class GrowingSteps(Family, domain="precalculus", level=4):
    """A walk of ever longer steps that turns by a fixed angle: each whole turn adds the same."""

    turn: int
    lengths: tuple[int, int]
    steps: int
    story: int

    naive_program = """
        import numpy as np
        first, growth = lengths
        k = np.arange(steps)
        angle = np.radians(turn * k)
        print(((first + growth * k) * np.cos(angle)).sum())
    """
    solution_program = """
        from fractions import Fraction
        first, growth = lengths
        cosines = {60: [2, 1, -1, -2, -1, 1], 120: [2, -1, -1], 90: [2, 0, -2, 0]}[turn]  # doubled
        period = len(cosines)
        turns, rest = divmod(steps, period)
        total = turns * sum((first + growth * j) * cosines[j] for j in range(period))
        total += sum((first + growth * (turns * period + j)) * cosines[j] for j in range(rest))
        print(Fraction(total, 2))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        lengths = random.randint(2, 40), random.randint(2, 9)
        drawn = cls(random.choice([60, 60, 120, 120, 90]), lengths, random.randint(10**11, 10**13), random.randrange(2))
        return drawn if drawn.steps % (360 // drawn.turn) and abs(drawn.answer()) > 10**6 else None

    def statement(self) -> str:
        (first, growth), n = self.lengths, self.steps
        form = "Express your answer as an integer or a common fraction."
        if self.story:
            return (
                f"A turtle starts at the origin and crawls ${first}$ units in the direction of the positive $x$-axis. "
                rf"Then, again and again, it turns left by ${self.turn}^\circ$ and crawls ${growth}$ units farther "
                f"than the time before. What is its $x$-coordinate when it has crawled ${n}$ times? {form}"
            )
        return (
            rf"Let $\omega = \cos {self.turn}^\circ + i \sin {self.turn}^\circ$ and \[z = \sum_{{k=0}}^{{{n - 1}}} "
            rf"({first} + {growth}k)\, \omega^k.\] What is the real part of $z$? {form}"
        )

    def _walked(self, steps: int) -> Fraction:
        cosines = {60: [2, 1, -1, -2, -1, 1], 120: [2, -1, -1], 90: [2, 0, -2, 0]}[self.turn]
        first, growth = self.lengths
        return Fraction(sum((first + growth * k) * cosines[k % len(cosines)] for k in range(steps)), 2)

    def answer(self) -> Answer:
        turns, rest = divmod(self.steps, 360 // self.turn)
        period = 360 // self.turn
        return self._walked(rest) + turns * (self._walked(rest + period) - self._walked(rest))

    def check(self) -> Answer:
        # sum w^k = (w^n - 1) / (w - 1), and its derivative, in numbers a + b w with w^2 = t w - 1.
        t, (first, growth), n = {60: 1, 120: -1, 90: 0}[self.turn], self.lengths, self.steps

        def times(x: tuple[Fraction, Fraction], y: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
            (a, b), (c, d) = x, y
            return a * c - b * d, a * d + b * c + t * b * d

        power = (Fraction(1), Fraction(0))
        for _ in range(n % (360 // self.turn)):
            power = times(power, (Fraction(0), Fraction(1)))
        inverse = (Fraction(t - 1, 2 - t), Fraction(-1, 2 - t))  # of w - 1
        plain = times((power[0] - 1, power[1]), inverse)
        # sum k w^k = (n w^n - w sum w^k) / (w - 1)
        shifted = times(plain, (Fraction(0), Fraction(1)))
        rising = times((n * power[0] - shifted[0], n * power[1] - shifted[1]), inverse)
        real, imaginary = (first * p + growth * r for p, r in zip(plain, rising, strict=True))
        return real + imaginary * Fraction(t, 2)


class MeanOfFourthPowers(Family, domain="precalculus", level=4):
    """A mean of fourth powers of cosecants, or of reciprocal chords: a polynomial, beyond the digits of floats."""

    count: int
    is_chord: bool
    wording: int

    naive_program = """
        import numpy as np
        waves = np.sin(np.arange(1, count) * np.pi / count)
        print((1 / ((2 if is_chord else 1) * waves) ** 4).sum() / (count - 1))
    """
    solution_program = """
        from fractions import Fraction
        n = count
        print(Fraction((n + 1) * (n * n + 11), 720 if is_chord else 45))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(3_500_000, 4_600_000), random.random() < 0.5, random.randrange(2))

    def statement(self) -> str:
        n, form = self.count, "Express your answer as an integer or a common fraction."
        if self.is_chord:
            return (
                f"A regular polygon with ${n}$ vertices is inscribed in a circle of radius $1$, and $A$ is one of the "
                "vertices. For each other vertex, let $d$ be its distance from $A$. What is the average of the "
                rf"${n - 1}$ values of $\frac{{1}}{{d^4}}$? {form}"
            )
        if self.wording:
            return (
                rf"For $k = 1, 2, \dots, {n - 1}$, let $a_k$ be the reciprocal of $\sin^4 \frac{{k\pi}}{{{n}}}$. What "
                f"is the arithmetic mean of all $a_k$? {form}"
            )
        return rf"Compute \[\frac{{1}}{{{n - 1}}} \sum_{{k=1}}^{{{n - 1}}} \csc^4 \frac{{k\pi}}{{{n}}}.\] {form}"

    def answer(self) -> Answer:
        n = self.count
        return Fraction((n + 1) * (n * n + 11), 720 if self.is_chord else 45)

    def check(self) -> Answer:
        # 45 times the sum is a polynomial of degree 4 in n: through its values at 1, ..., 5.
        values = [round(45 * sum(1 / sin(pi * k / n) ** 4 for k in range(1, n))) for n in range(1, 8)]
        total, weight, row = 0, 1, values
        for order in range(6):
            total += weight * row[0]
            weight = weight * (self.count - 1 - order) // (order + 1)
            row = [after - before for before, after in pairwise(row)]
        return Fraction(total, 45 * (self.count - 1) * (16 if self.is_chord else 1))


class ReciprocalDistances(Family, domain="precalculus", level=4):
    """A sum of reciprocal squared distances from the vertices of a polygon: a fraction of two long numbers."""

    sides: tuple[int, int]
    count: int
    is_between: bool
    wording: int

    naive_program = """
        from math import cos, pi
        p, q = sides
        shift = 1 / 2 if is_between else 0
        print(sum(1 / (p * p + q * q - 2 * p * q * cos(2 * pi * (k + shift) / count)) for k in range(count)))
    """
    solution_program = """
        from fractions import Fraction
        p, q = sides
        sign = -1 if is_between else 1
        print(Fraction(count * (p**count + sign * q**count), (p * p - q * q) * (p**count - sign * q**count)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        (q, p), count = sorted(random.sample(range(1, 13), 2)), random.randint(9, 40)
        drawn = cls((p, q), count, random.random() < 0.5, random.randrange(2))
        if gcd(p, q) > 1 or not 10**11 < p**count < 10**16:
            return None
        answer = drawn.answer()  # what floats see must not be all of it: they take the two powers for one
        return drawn if 10**11 < answer.denominator < 10**20 and p**count < 10**11 * q**count else None

    def statement(self) -> str:
        (p, q), n, form = self.sides, self.count, "Express your answer as a common fraction in lowest terms."
        if self.wording:
            ray = (
                "on the ray from $O$ through the midpoint of a side"
                if self.is_between
                else "on the ray from $O$ through a vertex"
            )
            return (
                f"The vertices of a regular polygon with ${n}$ sides lie on a circle of radius ${q}$ around $O$. A "
                f"point $P$ with $OP = {p}$ lies {ray}. The reciprocals of the squares of the distances from $P$ to "
                f"all ${n}$ vertices are added. What is the sum? {form}"
            )
        angle = rf"\frac{{(2k+1)\pi}}{{{n}}}" if self.is_between else rf"\frac{{2k\pi}}{{{n}}}"
        return rf"Compute \[\sum_{{k=1}}^{{{n}}} \frac{{1}}{{{p * p + q * q} - {2 * p * q} \cos {angle}}}.\] {form}"

    def answer(self) -> Answer:
        (p, q), n, sign = self.sides, self.count, -1 if self.is_between else 1
        return Fraction(n * (p**n + sign * q**n), (p * p - q * q) * (p**n - sign * q**n))

    def check(self) -> Answer:
        # The trace of the inverse of a ring's matrix: solve it with a loose end at 0, by two runs round the ring.
        (p, q), n, sign = self.sides, self.count, -1 if self.is_between else 1
        lead, near = p * p + q * q, p * q
        # The rows 1 to n - 1 say near x_(j+1) = lead x_j - near x_(j-1), and x_n = sign x_0.
        one, two = [Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]
        for run in (one, two):
            for _ in range(n - 1):
                run.append(Fraction(lead, near) * run[-1] - run[-2])
        free = (sign - one[n]) / two[n]  # x_1 for x_0 = 1
        last = one[n - 1] + free * two[n - 1]
        return n / (lead - near * (free + sign * last))
