"""Algebra, level 5: functions applied over and over, whose structure has to be seen."""

from fractions import Fraction
from itertools import pairwise
from math import gcd, isqrt
from random import Random
from typing import Self

from pytest_mathbench.families.algebra.shared import huge, large
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed, polynomial


class SolutionsOfIterate(Family, domain="algebra", level=5):
    """How many numbers a zigzag graph takes to a given one after many steps: paths between unit intervals."""

    heights: tuple[int, ...]
    steps: int
    target: Fraction
    wording: int

    naive_program = """
        values = {target}
        for _ in range(steps):
            before = set()
            for y in values:
                for i in range(len(heights) - 1):
                    x = i + (y - heights[i]) / (heights[i + 1] - heights[i])
                    if i <= x <= i + 1:
                        before.add(x)
            values = before
        print(len(values))
    """
    solution_program = """
        m = len(heights) - 1
        counts = [int(i < target < i + 1) for i in range(m)]
        for _ in range(steps):
            counts = [
                sum(counts[min(heights[i], heights[i + 1]):max(heights[i], heights[i + 1])]) for i in range(m)
            ]
        print(sum(counts))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        width = random.choice([3, 4, 5])
        heights = tuple(random.randint(0, width) for _ in range(width + 1))
        target = Fraction(random.randint(1, 4 * width - 1), random.randint(2, 7))
        drawn = cls(heights, random.randint(30, 60), target, random.randrange(2))
        if any(one == other for one, other in pairwise(heights)):
            return None
        if target.denominator == 1 or not target < width:
            return None
        return drawn if 10**12 < drawn.answer() < 10**19 else None

    def statement(self) -> str:
        corners = listed(enumerate(self.heights))
        width = len(self.heights) - 1
        target = rf"\frac{{{self.target.numerator}}}{{{self.target.denominator}}}"
        if self.wording:
            return (
                f"The graph of a function $f$ on the interval $[0,{width}]$ is made of line segments that join the "
                f"points {corners}, in that order. The function $f$ is applied ${self.steps}$ times in succession, "
                f"starting with $x$. For how many real numbers $x$ is the result ${target}$?"
            )
        return (
            f"A function $f$ has domain $[0,{width}]$. Its graph consists of the line segments that connect {corners}, "
            "in this order. Let $f_1(x) = f(x)$ and $f_{n+1}(x) = f(f_n(x))$ for each positive integer $n$. "
            f"How many real numbers $x$ satisfy $f_{{{self.steps}}}(x) = {target}$?"
        )

    def _covered(self) -> list[list[int]]:
        width = len(self.heights) - 1
        sides = [sorted(pair) for pair in pairwise(self.heights)]
        return [[int(low <= place < high) for place in range(width)] for low, high in sides]

    def answer(self) -> Answer:
        covered = self._covered()
        counts = [int(place < self.target < place + 1) for place in range(len(covered))]
        for _ in range(self.steps):
            counts = [sum(count for count, over in zip(counts, row, strict=True) if over) for row in covered]
        return sum(counts)

    def check(self) -> Answer:
        width = len(self.heights) - 1
        values, numbers = [self.target], [1]
        while len(numbers) < width:
            values = [
                place + (value - self.heights[place]) / (self.heights[place + 1] - self.heights[place])
                for value in values
                for place in range(width)
                if min(self.heights[place : place + 2]) <= value <= max(self.heights[place : place + 2])
            ]
            numbers.append(len(values))
        # The characteristic polynomial, by Faddeev and LeVerrier, gives the recurrence of these numbers.
        matrix = self._covered()
        power = [[int(row == column) for column in range(width)] for row in range(width)]
        recurrence = []
        for order in range(1, width + 1):
            columns = list(zip(*power, strict=True))
            power = [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in matrix]
            recurrence.append(sum(power[place][place] for place in range(width)) // order)
            for place in range(width):
                power[place][place] -= recurrence[-1]
        while len(numbers) <= self.steps:
            numbers.append(sum(c * numbers[-order] for order, c in enumerate(recurrence, start=1)))
        return numbers[self.steps]


class PointsOfLeastPeriod(Family, domain="algebra", level=5):
    """Points of a zigzag function that return after so many steps and not before: inclusion and exclusion."""

    factor: int
    period: int
    asked: str

    naive_program = """
        points = factor ** period - factor
        print(points if asked == "points" else points // period)
    """
    solution_program = """
        points = {}
        for n in range(1, period + 1):
            points[n] = factor ** n - sum(points[d] for d in range(1, n) if n % d == 0)
        print(points[period] if asked == "points" else points[period] // period)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor, period = random.randint(2, 12), random.randint(4, 60)
        composite = any(period % d == 0 for d in range(2, period))
        drawn = cls(factor, period, random.choice(["points", "cycles"]))
        return drawn if composite and 10**3 < factor**period < 10**19 else None

    def statement(self) -> str:
        if self.asked == "points":
            return (
                rf"For $0 \le x \le 1$, let $f(x)$ be the distance between ${self.factor}x$ and the even integer "
                r"nearest to it, so that $0 \le f(x) \le 1$. How many real numbers $x$ with $0 \le x \le 1$ return to "
                f"themselves for the first time when $f$ has been applied to $x$ exactly ${self.period}$ times?"
            )
        return (
            rf"A function $f$ takes each real number $x$ with $0 \le x \le 1$ to the distance from ${self.factor}x$ to "
            f"the nearest even integer. A set of ${self.period}$ different real numbers is called a cycle if $f$ "
            rf"takes its members around in a circle: $x_1 \to x_2 \to \cdots \to x_{{{self.period}}} \to x_1$. How "
            "many such sets are there?"
        )

    def answer(self) -> Answer:
        points: dict[int, int] = {}
        for n in range(1, self.period + 1):
            points[n] = self.factor**n - sum(count for d, count in points.items() if n % d == 0)
        return points[self.period] // (1 if self.asked == "points" else self.period)

    def check(self) -> Answer:
        primes = [p for p in range(2, self.period + 1) if self.period % p == 0 and all(p % d for d in range(2, p))]
        total = 0
        for mask in range(1 << len(primes)):
            left, sign = self.period, 1
            for place, prime in enumerate(primes):
                if mask >> place & 1:
                    left, sign = left // prime, -sign
            total += sign * self.factor**left
        return total if self.asked == "points" else total // self.period


class ParabolicMap(Family, domain="algebra", level=5):
    """A linear fractional function with one fixed point, applied very often: a translation in disguise."""

    above: tuple[int, int]
    below: tuple[int, int]
    start: int
    steps: int
    wording: int

    naive_program = """
        from fractions import Fraction
        x = Fraction(start)
        for _ in range(steps):
            x = (above[0] * x + above[1]) / (below[0] * x + below[1])
        print(x)
    """
    solution_program = """
        from fractions import Fraction
        fixed = Fraction(above[0] - below[1], 2 * below[0])
        first = (above[0] * Fraction(start) + above[1]) / (below[0] * start + below[1])
        step = 1 / (first - fixed) - 1 / (start - fixed)
        print(fixed + 1 / (1 / (start - fixed) + steps * step))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        fixed, rise, run = random.choice([-1, 1]) * random.randint(1, 6), random.randint(1, 4), random.randint(1, 5)
        start = fixed + random.randint(1, 9)
        if gcd(rise, run) > 1 or not start or run == rise * fixed:
            return None
        above, below = (run + fixed * rise, -rise * fixed**2), (rise, run - rise * fixed)
        return cls(above, below, start, huge(random, 9, 13), random.randrange(2)) if above[0] else None

    def statement(self) -> str:
        above, below = polynomial(self.above), polynomial(self.below)
        if self.wording:
            rule = rf"\frac{{{polynomial(self.above, 'x_n')}}}{{{polynomial(self.below, 'x_n')}}}"
            return (
                rf"A sequence has $x_0 = {self.start}$ and \[x_{{n+1}} = {rule}\] for all integers $n \ge 0$. Let $N = "
                f"{large(self.steps)}$. What is the value of $x_N$? Express your answer as a common fraction."
            )
        return (
            rf"Let $f(x) = \frac{{{above}}}{{{below}}}$. Starting with the number ${self.start}$, the function $f$ is "
            f"applied ${large(self.steps)}$ times, each time to the result of the time before. What is the last "
            "result? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        (a, _), (c, d) = self.above, self.below
        fixed = Fraction(a - d, 2 * c)
        return fixed + 1 / (1 / (self.start - fixed) + self.steps * Fraction(2 * c, a + d))

    def check(self) -> Answer:
        def times(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
            a, b, c, d = one
            e, f, g, h = other
            entries = a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h
            return tuple(entry // gcd(*entries) for entry in entries)

        result: tuple[int, ...] = (1, 0, 0, 1)
        power: tuple[int, ...] = (*self.above, *self.below)
        for bit in bin(self.steps)[:1:-1]:
            result = times(result, power) if bit == "1" else result
            power = times(power, power)
        a, b, c, d = result
        return Fraction(a * self.start + b, c * self.start + d)


class NestedRecursion(Family, domain="algebra", level=5):
    """A function whose recursion calls itself twice, far out: the golden ratio, without floats."""

    place: int
    wording: int

    naive_program = """
        from functools import cache

        @cache
        def f(n):
            return n - f(f(n - 1)) if n > 0 else 0

        print(f(place))
    """
    solution_program = """
        from math import isqrt
        m = place + 1
        print((isqrt(5 * m * m) - m) // 2)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(huge(random, 16, 18), random.randrange(2))

    def statement(self) -> str:
        place = large(self.place)
        if self.wording:
            return (
                r"The sequence $a_0, a_1, a_2, \ldots$ of integers begins with $a_0 = 0$. For every positive integer "
                "$n$, $a_n = n - a_m$, where $m$ stands for $a_{n-1}$. "
                f"What is the value of $a_N$ for $N = {place}$?"
            )
        return (
            r"A function $f$ is defined on the nonnegative integers by $f(0) = 0$ and \[f(n) = n - f(f(n-1))\] for "
            rf"all $n \ge 1$. What is the value of $f\left({place}\right)$?"
        )

    def answer(self) -> Answer:
        m = self.place + 1
        return (isqrt(5 * m * m) - m) // 2

    def check(self) -> Answer:
        # Each Fibonacci number in the place's sum of such numbers, no two of them neighbors, becomes the one before.
        numbers = [1, 1]
        while numbers[-1] <= self.place:
            numbers.append(numbers[-1] + numbers[-2])
        rest, value = self.place, 0
        for index in range(len(numbers) - 1, 0, -1):
            if numbers[index] <= rest:
                rest -= numbers[index]
                value += numbers[index - 1]
        return value
