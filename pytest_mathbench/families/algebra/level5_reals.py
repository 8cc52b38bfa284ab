"""Algebra, level 5: whole numbers near real ones, counted and added where no loop can go."""

from fractions import Fraction
from math import gcd, isqrt
from random import Random
from typing import Self

import numpy as np

from pytest_mathbench.families.algebra.shared import huge, large
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class FloorsOfMultiples(Family, domain="algebra", level=5):
    """The whole parts of the multiples of a square root, added: a lattice sum, turned about its diagonal."""

    radicand: int
    last: int
    modulus: int
    wording: int

    naive_program = """
        from math import isqrt
        total = 0
        for k in range(1, last + 1):
            total += isqrt(radicand * k * k)
        print(total % modulus)
    """
    solution_program = """
        from math import gcd, isqrt

        def total(n, a, b, c):  # of floor(k (a + b sqrt(radicand)) / c) for k up to n
            if n == 0:
                return 0
            g = gcd(a, b, c)
            a, b, c = a // g, b // g, c // g
            whole = (a + isqrt(b * b * radicand)) // c
            if whole:
                return whole * n * (n + 1) // 2 + total(n, a - whole * c, b, c)
            m = (a * n + isqrt(b * b * radicand * n * n)) // c
            return n * m - total(m, -a * c, b * c, b * b * radicand - a * a)

        print(total(last, 0, 1, 1) % modulus)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radicand = random.randint(2, 99)
        modulus = random.choice([1000, 10**4, 10**5, 10**6])
        drawn = cls(radicand, huge(random, 11, 15), modulus, random.randrange(2))
        return drawn if isqrt(radicand) ** 2 < radicand and drawn.answer() > 20 else None

    def statement(self) -> str:
        d, last = self.radicand, large(self.last)
        if self.wording:
            return (
                rf"For each positive integer $k$, let $a_k$ be the greatest integer that is less than $k\sqrt{{{d}}}$. "
                rf"Let $S = a_1 + a_2 + a_3 + \cdots + a_N$, where $N = {last}$. What is the remainder when $S$ is "
                f"divided by ${self.modulus}$?"
            )
        first, second, end = (rf"\left\lfloor {k}\sqrt{{{d}}} \right\rfloor" for k in ("", "2", "N"))
        return (
            rf"Let $N = {last}$, and let $\lfloor r \rfloor$ denote the greatest integer that is at most $r$. Find the "
            rf"remainder when the sum \[{first} + {second} + \cdots + {end}\] is divided by ${self.modulus}$."
        )

    def answer(self) -> Answer:
        def total(n: int, a: int, b: int, c: int) -> int:
            if n == 0:
                return 0
            common = gcd(a, b, c)
            a, b, c = a // common, b // common, c // common
            whole = (a + isqrt(b * b * self.radicand)) // c
            if whole:
                return whole * n * (n + 1) // 2 + total(n, a - whole * c, b, c)
            m = (a * n + isqrt(b * b * self.radicand * n * n)) // c
            return n * m - total(m, -a * c, b * c, b * b * self.radicand - a * a)

        return total(self.last, 0, 1, 1) % self.modulus

    def check(self) -> Answer:
        # A fraction below the root, close enough that no multiple up to the last has another whole part.
        scale = self.last**2 * 1000
        above, below, offset, n, total = isqrt(self.radicand * scale**2), scale, 0, self.last + 1, 0
        while True:
            total += above // below * (n * (n - 1) // 2) + offset // below * n
            above, offset = above % below, offset % below
            end = above * n + offset
            if end < below:
                return total % self.modulus
            n, offset = divmod(end, below)
            above, below = below, above


class SmallFractionalPart(Family, domain="algebra", level=5):
    """The first multiple of a square root that is just above, or below, a whole number: one-sided approximations."""

    radicand: int
    digits: int
    above: bool
    wording: int

    naive_program = """
        from math import sqrt
        root, bound, n = sqrt(radicand), 10.0 ** -digits, 1
        while (n * root % 1 if above else 1 - n * root % 1) >= bound:
            n += 1
        print(n)
    """
    solution_program = """
        from math import isqrt
        scale = 10 ** 60
        x = isqrt(radicand * scale ** 2) % scale
        y, n, m = scale - x, 1, 1  # n sqrt(radicand) is x above a whole number, m sqrt(radicand) is y below one
        while (x if above else y) * 10 ** digits >= scale:
            if x > y:
                x, n = x - y, n + m
            else:
                y, m = y - x, n + m
        print(n if above else m)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radicand = random.randint(2, 150)
        drawn = cls(radicand, random.randint(13, 18), random.random() < 0.5, random.randrange(2))
        return drawn if isqrt(radicand) ** 2 < radicand and 10**12 < drawn.answer() < 10**19 else None

    def statement(self) -> str:
        side = "greater" if self.above else "less"
        if self.wording:
            return (
                rf"A positive integer $n$ is called good if $n\sqrt{{{self.radicand}}}$ is {side} than the integer "
                f"nearest to it, and the difference between the two is less than $10^{{-{self.digits}}}$. What is the "
                "least good integer?"
            )
        inside = rf"\left\{{ n\sqrt{{{self.radicand}}} \right\}}"
        condition = rf"{inside} < 10^{{-{self.digits}}}" if self.above else rf"{inside} > 1 - 10^{{-{self.digits}}}"
        return (
            r"For a real number $r$, let $\{r\}$ denote $r$ minus the greatest integer that is at most $r$. "
            f"What is the least positive integer $n$ for which ${condition}$?"
        )

    def answer(self) -> Answer:
        scale = 10**60
        x = isqrt(self.radicand * scale**2) % scale
        y, n, m = scale - x, 1, 1
        while (x if self.above else y) * 10**self.digits >= scale:
            if x > y:
                x, n = x - y, n + m
            else:
                y, m = y - x, n + m
        return n if self.above else m

    def check(self) -> Answer:
        # The fractions between (p - e)/n and p/n, or p/n and (p + e)/n: down the tree of all fractions to the root.
        bound = Fraction(1, 10**self.digits)
        low, high = (isqrt(self.radicand), 1), (isqrt(self.radicand) + 1, 1)
        while True:
            p, n = low if self.above else high
            small = self._miss(p, n, bound)
            if small:
                return n
            middle = low[0] + high[0], low[1] + high[1]
            if middle[0] ** 2 < self.radicand * middle[1] ** 2:
                low = middle
            else:
                high = middle

    def _miss(self, p: int, n: int, bound: Fraction) -> bool:
        if self.above:
            return (p + bound) ** 2 > self.radicand * n * n
        return (p - bound) ** 2 < self.radicand * n * n


class BeadsOnWire(Family, domain="algebra", level=5):
    """Two beads run to and fro on a wire: head-on meetings, overtakings, and those at an end, which are both."""

    length: int
    speeds: tuple[int, int]
    time: int
    wording: int

    naive_program = """
        one, other = speeds
        print(((one + other) * time // length + 1) // 2)
    """
    solution_program = """
        from math import gcd
        one, other = speeds

        def odd_multiples(speed):  # t with speed * t an odd multiple of the length
            return (speed * time // length + 1) // 2

        both = odd_multiples(gcd(one + other, one - other))
        print(odd_multiples(one + other) + odd_multiples(abs(one - other)) - both)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other, length = random.randint(3, 40), random.randint(3, 40), random.randint(20, 200)
        common = gcd(one, other)
        drawn = cls(length, (max(one, other), min(one, other)), huge(random, 11, 14), random.randrange(2))
        if any(speed * drawn.time % length == 0 for speed in (one + other, one - other)):
            return None  # they might meet at the last moment
        return drawn if abs(one - other) > common and (one + other) // common % 2 else None

    def statement(self) -> str:
        one, other = self.speeds
        time = large(self.time)
        if self.wording:
            return (
                f"Two points start at the same moment from the two ends of a segment of length ${self.length}$ and "
                f"move back and forth along it without end, at constant speeds of ${one}$ and ${other}$ units of "
                "length per second. Each of them turns around at once whenever it comes to an end, and they pass each "
                f"other freely. At how many moments in the first ${time}$ seconds are the two points at the same place?"
            )
        return (
            f"A wire is ${self.length}$ centimeters long. Two beads leave its opposite ends at time $t = 0$, and "
            f"slide to and fro along the whole wire at ${one}$ and ${other}$ centimeters per second, passing through "
            rf"each other freely. For how many times $t$, in seconds, with $0 < t \le {time}$, are the beads at the "
            "same point of the wire?"
        )

    def answer(self) -> Answer:
        def odd_multiples(speed: int) -> int:
            return (speed * self.time // self.length + 1) // 2

        one, other = self.speeds
        both = odd_multiples(gcd(one + other, one - other))
        return odd_multiples(one + other) + odd_multiples(one - other) - both

    def check(self) -> Answer:
        one, other = self.speeds
        period = Fraction(2 * self.length, gcd(one, other))

        def apart(time: Fraction) -> Fraction:
            places = (time * one % (2 * self.length), (time * other + self.length) % (2 * self.length))
            left, right = (min(place, 2 * self.length - place) for place in places)
            return left - right

        times = {
            Fraction(k * self.length, speed)
            for speed in (one + other, one - other)
            for k in range(1, 2 * speed // gcd(one, other) + 1)
        }
        meetings = [time for time in times if apart(time) == 0]
        rounds, rest = divmod(self.time, period)
        return rounds * len(meetings) + sum(time <= rest for time in meetings)


class FactorableQuadratics(Family, domain="algebra", level=5):
    """Quadratics with bounded coefficients that factor: their roots are counted, below a hyperbola and a line."""

    linear: int
    constant: int
    wording: int

    naive_program = """
        from math import isqrt
        count = 0
        for b in range(-linear, linear + 1):
            for c in range(1, constant + 1):
                d = b * b - 4 * c
                if d >= 0 and isqrt(d) ** 2 == d:
                    count += 1
        print(count)
    """
    solution_program = """
        count, r = 0, 1
        while r * r <= constant and 2 * r <= linear:
            count += min(constant // r, linear - r) - r + 1
            r += 1
        print(2 * count)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        constant = random.randint(10, 60) * 10**6 + random.randint(1, 999)
        return cls(random.randint(3, 400) * isqrt(constant) // 100 * 100, constant, random.randrange(2))

    def statement(self) -> str:
        linear, constant = self.linear, self.constant
        if self.wording:
            return (
                r"How many quadratics $x^2 + bx + c$, whose coefficients $b$ and $c$ are integers with $|b| \le "
                rf"{linear}$ and $1 \le c \le {constant}$, can be written as a product of two linear polynomials with "
                "integer coefficients?"
            )
        return (
            rf"For how many ordered pairs $(b,c)$ of integers with $-{linear} \le b \le {linear}$ and $1 \le c \le "
            f"{constant}$ does the equation $x^2 + bx + c = 0$ have only integers as its solutions?"
        )

    def answer(self) -> Answer:
        count = 0
        for root in range(1, min(isqrt(self.constant), self.linear // 2) + 1):
            count += min(self.constant // root, self.linear - root) - root + 1
        return 2 * count

    def check(self) -> Answer:
        # Ordered pairs of roots: the smaller at most the root of the bound, twice, less the square of both small.
        side = isqrt(self.constant)
        root = np.arange(1, side + 1)
        most = np.maximum(0, self.linear - root)
        ordered = 2 * np.minimum(self.constant // root, most).sum() - np.minimum(side, most).sum()
        return int(ordered) + min(side, self.linear // 2)
