"""Precalculus, level 5: curves, iterated waves, random steps, and the sines of the whole numbers."""

from fractions import Fraction
from math import gcd, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex
from pytest_mathbench.families.numeric import floor_sum
from pytest_mathbench.families.precalculus.shared import prime_factors

_MAPS = {
    2: ("2x^2 - 1", "x^2 - 2", "4x(1 - x)", "1 - 2x^2", "2 - x^2"),
    3: ("4x^3 - 3x", "x^3 - 3x"),
    4: ("8x^4 - 8x^2 + 1", "x^4 - 4x^2 + 2"),
    5: ("16x^5 - 20x^3 + 5x", "x^5 - 5x^3 + 5x"),
}


class WaveCycles(Family, domain="precalculus", level=5):
    """The points of an exact period under a polynomial of a multiple angle: all solutions, and Mobius."""

    degree: int
    form: int
    period: int
    asks_cycles: bool

    naive_program = """
        shorter = sum(degree**m for m in range(1, period) if period % m == 0)
        points = degree**period - shorter
        print(points // period if asks_cycles else points)
    """
    solution_program = """
        points = {}
        for n in range(1, period + 1):
            if period % n == 0:
                points[n] = degree**n - sum(points[m] for m in points if n % m == 0)
        print(points[period] // period if asks_cycles else points[period])
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        degree = random.choice([2, 2, 3, 4, 5])
        period = random.randint(*{2: (24, 63), 3: (16, 40), 4: (12, 31), 5: (12, 27)}[degree])
        form, asks_cycles = random.randrange(len(_MAPS[degree])), random.random() < 0.5
        return None if sympy.isprime(period) else cls(degree, form, period, asks_cycles)

    def statement(self) -> str:
        n = self.period
        start = f"Let $f(x) = {_MAPS[self.degree][self.form]}$, "
        if self.asks_cycles:
            return (
                f"{start}and let a cycle of length ${n}$ be a set of ${n}$ different real numbers that $f$ permutes "
                rf"as $x_1 \to x_2 \to \cdots \to x_{{{n}}} \to x_1$. How many cycles of length ${n}$ are there?"
            )
        return (
            rf"{start}and let $f_1(x) = f(x)$ and $f_{{k+1}}(x) = f(f_k(x))$ for $k \ge 1$. For how many real numbers "
            rf"$x$ is $f_{{{n}}}(x) = x$, but $f_k(x) \ne x$ for each $k$ with $1 \le k < {n}$?"
        )

    def answer(self) -> Answer:
        primes, n = list(prime_factors(self.period)), self.period
        terms = [(n, 1)]
        for prime in primes:
            terms += [(left // prime, -sign) for left, sign in terms]
        points = sum(sign * self.degree**left for left, sign in terms)
        return points // n if self.asks_cycles else points

    def check(self) -> Answer:
        found: dict[int, int] = {}
        for n in range(1, self.period + 1):
            if self.period % n == 0:
                size = self.degree**n  # cos(size t) = cos t, for angles t of half a turn: two families of angles
                both = (size - 1) // 2 + 1 + (size + 1) // 2 + 1 - (1 + size % 2)
                found[n] = both - sum(count for m, count in found.items() if n % m == 0)
        points = found[self.period]
        return points // self.period if self.asks_cycles else points


class CrossingsOfWaves(Family, domain="precalculus", level=5):
    """At how many points a curve of two waves crosses itself; it may be run through forth and back."""

    rates: tuple[int, int]
    names: tuple[str, str]
    wording: int

    naive_program = """
        from math import pi
        a, b = rates
        p, q = (0 if name == "cos" else pi / 2 for name in names)
        pairs = set()
        for k in range(2 * a):  # a(s + t) - 2p = 2 pi k and b(s - t) = 2 pi l
            for l in range(1, b):
                s, t = (2 * pi * k + 2 * p) / a, 2 * pi * l / b
                pairs.add(tuple(sorted((round((s + t) / 2 % (2 * pi), 9), round((s - t) / 2 % (2 * pi), 9)))))
        for k in range(2 * b):
            for l in range(1, a):
                s, t = (2 * pi * k + 2 * q) / b, 2 * pi * l / a
                pairs.add(tuple(sorted((round((s + t) / 2 % (2 * pi), 9), round((s - t) / 2 % (2 * pi), 9)))))
        print(len(pairs))
    """
    solution_program = """
        a, b = rates
        turned = any(all((rate * j) % 2 == (name == "sin") for rate, name in zip(rates, names)) for j in range(4))
        print((a - 1) * (b - 1) // 2 if turned else 2 * a * b - a - b)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b = (random.randint(10**6, 10**8) for _ in "ab")
        names = random.choice(["cos", "sin"]), random.choice(["cos", "sin"])
        return cls((a, b), names, random.randrange(2)) if gcd(a, b) == 1 else None

    def statement(self) -> str:
        x, y = (rf"\{name} {rate}t" for name, rate in zip(self.names, self.rates, strict=True))
        if self.wording:
            return (
                rf"A point moves so that at time $t$ it is at $\left({x}, {y}\right)$. At how many points of the plane "
                "does its path cross itself, if the point keeps moving forever?"
            )
        return (
            f"The graph of the parametric equations $x = {x}$, $y = {y}$, for all real $t$, is a curve in the plane. "
            "How many points are there at which two different arcs of this curve cross?"
        )

    def answer(self) -> Answer:
        a, b = self.rates
        turned = {
            ("cos", "cos"): True,
            ("cos", "sin"): a % 2 == 0,
            ("sin", "cos"): b % 2 == 0,
            ("sin", "sin"): a * b % 2 == 1,
        }[self.names]
        return (a - 1) * (b - 1) // 2 if turned else 2 * a * b - a - b

    def check(self) -> Answer:
        a, b = self.rates
        # At some multiple of a quarter turn both waves may be at an end: there the path turns back.
        ends = ({0: 0, 1: 1}[name == "sin"] for name in self.names)
        wanted = tuple(ends)
        if any((a * j % 2, b * j % 2) == wanted for j in range(4)):
            even, odd = ((a - 1) // 2) * ((b - 1) // 2), (a // 2) * (b // 2)
            return even + odd  # (cos(k pi / b), cos(l pi / a)), with k and l both even or both odd
        return (b - 1) * a + (a - 1) * b


class RandomSteps(Family, domain="precalculus", level=5):
    """The expected sixth power of the distance after very many random unit steps: a polynomial in their number."""

    ways: int
    moving: Fraction
    steps: int
    story: int

    naive_program = """
        from fractions import Fraction
        from functools import cache
        moves = {3: [(1, 0), (0, 1), (-1, -1)], 4: [(1, 0), (0, 1), (-1, 0), (0, -1)],
                 6: [(1, 0), (1, 1), (0, 1), (-1, 0), (-1, -1), (0, -1)]}[ways]
        @cache
        def expected(left, x, y):
            if left == 0:
                return Fraction((x * x + y * y if ways == 4 else x * x - x * y + y * y) ** 3)
            value = sum(expected(left - 1, x + a, y + b) for a, b in moves) * moving / ways
            return value + (1 - moving) * expected(left - 1, x, y)
        print(expected(steps, 0, 0))
    """
    solution_program = """
        from fractions import Fraction
        n, r = steps, moving
        value = n * r + 9 * n * (n - 1) * r**2 + 6 * n * (n - 1) * (n - 2) * r**3
        if ways == 3:
            value += n * (n - 1) * r**2
        print(value)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        low, high = random.randint(1, 5), random.randint(2, 6)
        steps, story = random.randint(20_000, 500_000), random.randrange(2)
        drawn = cls(random.choice([3, 4, 6]), Fraction(low, high), steps, story)
        return drawn if low < high and gcd(low, high) == 1 else None

    def statement(self) -> str:
        turn = 360 // self.ways
        if self.story:
            return (
                f"In the complex plane, a token starts at $0$. In each of ${self.steps}$ rounds, independently, it "
                f"stays where it is with probability ${tex(1 - self.moving)}$; otherwise a root of $w^{self.ways} = "
                "1$ is chosen uniformly at random and added. What is the expected value of $|z|^6$ for its final "
                "position $z$? Express your answer as an integer or a common fraction."
            )
        return (
            f"A robot at the origin gets ${self.steps}$ signals. At each signal, independently, it rests with "
            f"probability ${tex(1 - self.moving)}$, and otherwise moves one unit in one of ${self.ways}$ equally "
            rf"likely directions, each ${turn}^\circ$ from the next. If $D$ is its final distance from the origin, "
            "what is the expected value of $D^6$? Express your answer as an integer or a common fraction."
        )

    def answer(self) -> Answer:
        n, r = self.steps, self.moving
        value = n * r + 9 * n * (n - 1) * r**2 + 6 * n * (n - 1) * (n - 2) * r**3
        return value + n * (n - 1) * r**2 if self.ways == 3 else value  # where z^3 = 1, cubes do not vanish

    def check(self) -> Answer:
        # Walk three steps on the lattice, with whole weights, and continue the cubic in the number of steps.
        moves = {
            3: [(1, 0), (0, 1), (-1, -1)],
            4: [(1, 0), (0, 1), (-1, 0), (0, -1)],
            6: [(1, 0), (1, 1), (0, 1), (-1, 0), (-1, -1), (0, -1)],
        }[self.ways]
        p, q = self.moving.numerator, self.moving.denominator
        weights, values = {(0, 0): 1}, [Fraction(0)]
        for step in range(1, 4):
            after: dict[tuple[int, int], int] = {}
            for (x, y), weight in weights.items():
                after[x, y] = after.get((x, y), 0) + weight * (q - p) * self.ways
                for a, b in moves:
                    after[x + a, y + b] = after.get((x + a, y + b), 0) + weight * p
            weights = after
            cosine = 0 if self.ways == 4 else 1
            total = sum(weight * (x * x - cosine * x * y + y * y) ** 3 for (x, y), weight in weights.items())
            values.append(Fraction(total, (q * self.ways) ** step))
        return sum(
            value * prod(Fraction(self.steps - other, place - other) for other in range(4) if other != place)
            for place, value in enumerate(values)
        )


class SinesOfIntegers(Family, domain="precalculus", level=5):
    """For how many whole numbers, in radians, a sine is above a bound: a sum of floors, by Euclid's algorithm."""

    name: str
    bound: Fraction
    is_above: bool
    most: int
    wording: int

    naive_program = """
        import numpy as np
        values = getattr(np, name)(np.arange(1, most + 1))
        print(np.count_nonzero(values > float(bound)) if is_above else np.count_nonzero(values < float(bound)))
    """
    solution_program = """
        from fractions import Fraction
        from mpmath import mp, mpf
        mp.dps = 80
        pi = Fraction(int(mp.pi * mpf(10) ** 60), 10**60)
        def floors(n, m, a, b):  # the sum of floor((a i + b) / m) for i < n
            total = 0
            while True:
                total += n * (n - 1) // 2 * (a // m) + n * (b // m)
                a, b = a % m, b % m
                last = a * n + b
                if last < m:
                    return total
                n, b, m, a = last // m, last % m, a, m
        arcs = {("sin", 0): (0, 6), ("sin", 1): (1, 5), ("sin", -1): (-1, 7), ("cos", 0): (-3, 3), ("cos", 1): (-2, 2),
                ("cos", -1): (-4, 4), ("tan", 0): (0, 6), ("tan", 2): (3, 6), ("tan", -2): (-3, 6)}
        low, high = arcs[name, int(2 * bound)]  # in twelfths of a period
        period = pi if name == "tan" else 2 * pi
        def passed(part):  # how often n is past part of a period, for n = 1, ..., most
            x, y = 1 / period, 1 / period - Fraction(part, 12)
            m = x.denominator * y.denominator
            return floors(most, m, int(x * m), int(y * m))
        count = passed(low) - passed(high)
        print(count if is_above else most - count)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        name = random.choice(["sin", "cos", "tan"])
        bound = random.choice([-1, 0, 1]) * (Fraction(1) if name == "tan" else Fraction(1, 2))
        return cls(name, bound, random.random() < 0.5, random.randint(10**11, 10**14), random.randrange(2))

    def statement(self) -> str:
        sign = ">" if self.is_above else "<"
        if self.wording:
            kind = "greater" if self.is_above else "less"
            return (
                rf"The numbers $\{self.name} 1, \{self.name} 2, \{self.name} 3, \dots, \{self.name} {self.most}$ are "
                f"written down, where the angles are in radians. How many of them are {kind} than ${tex(self.bound)}$?"
            )
        return (
            rf"For how many integers $n$ with $1 \le n \le {self.most}$ is $\{self.name} n {sign} {tex(self.bound)}$, "
            "if angles are measured in radians?"
        )

    def _arc(self) -> tuple[Fraction, Fraction]:
        """Return the part of a period in which the value is above the bound."""
        if self.name == "tan":
            return Fraction(int(self.bound), 4), Fraction(1, 2)
        half = {-1: Fraction(1, 3), 0: Fraction(1, 4), 1: Fraction(1, 6)}[int(2 * self.bound)]
        middle = Fraction(1, 4) if self.name == "sin" else Fraction(0)
        return middle - half, middle + half

    def answer(self) -> Answer:
        low, high = self._arc()
        period = _PI * (1 if self.name == "tan" else 2)
        count = 0
        for part, sign in ((low, 1), (high, -1)):
            step, first = 1 / period, 1 / period - part
            scale = step.denominator * first.denominator
            count += sign * floor_sum(self.most, scale, int(step * scale), int(first * scale))
        return count if self.is_above else self.most - count

    def check(self) -> Answer:
        # The same arc, seen from the other side of the period: column by column, by another fraction for pi.
        low, high = self._arc()
        period = _NEAR_PI * (1 if self.name == "tan" else 2)
        above = _lattice(self.most, 1 / period, 1 - low) - _lattice(self.most, 1 / period, 1 - high)
        return above if self.is_above else self.most - above


_DIGITS = 3141592653589793238462643383279502884197169399375105820974944592
_PI = Fraction(_DIGITS, 10**63)
_NEAR_PI = _PI.limit_denominator(10**30)


def _lattice(n: int, slope: Fraction, height: Fraction) -> int:
    """Return the sum of floor(slope i + height) over 1 <= i <= n."""
    if n == 0:
        return 0
    whole, start = slope // 1, height // 1
    if whole or start:
        return whole * (n * (n + 1) // 2) + start * n + _lattice(n, slope - whole, height - start)
    top = (slope * n + height) // 1  # the points under the line, counted by rows
    if top == 0:
        return 0
    # In row j are the i with slope i + height >= j: n + 1 - ceil((j - height) / slope).
    return n * top - _lattice(top, 1 / slope, -height / slope - Fraction(1, slope.numerator * height.denominator * 2))
