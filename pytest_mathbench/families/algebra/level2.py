"""Algebra, level 2: two steps."""

from fractions import Fraction
from math import gcd
from operator import ge, gt, le, lt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.algebra.shared import solutions
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, polynomial, signed, tex
from pytest_mathbench.families.numeric import crossing


class TwoPipes(Family, domain="algebra", level=2):
    """Two pipes fill a tank together: their rates add."""

    fast: int
    slow: int
    vessel: str
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        fast = random.randint(4, 60)
        drawn = cls(fast, fast + random.randint(2, 40), random.choice(["tank", "pool", "basin"]), random.randrange(2))
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"Working alone, Ravi paints a fence in ${self.slow}$ hours, and Lena paints the same fence in "
                f"${self.fast}$ hours. If they paint it together, each at the usual speed, how many hours do they "
                "need? Express your answer as a common fraction."
            )
        return (
            f"One pipe fills an empty {self.vessel} in ${self.fast}$ minutes, and another pipe fills it in "
            f"${self.slow}$ minutes. With both pipes open, how many minutes does it take to fill the empty "
            f"{self.vessel}? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        return Fraction(self.fast * self.slow, self.fast + self.slow)

    def check(self) -> Answer:
        return crossing(lambda time: time / self.fast + time / self.slow - 1, 0, self.fast)


class QuadraticWithRoots(Family, domain="algebra", level=2):
    """A quadratic that factors, solved for both roots."""

    lead: int
    small: int
    large: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, large = random.randint(-15, 14), random.randint(-14, 15)
        drawn = cls(random.randint(1, 4), small, large, random.randrange(2))
        return drawn if small < large and small * large else None

    def statement(self) -> str:
        coefficients = [self.lead, -self.lead * (self.small + self.large), self.lead * self.small * self.large]
        if self.wording:
            return (
                f"At which values of $x$ does the graph of $y = {polynomial(coefficients)}$ meet the $x$-axis? Enter "
                "all of them, separated by commas."
            )
        return (
            rf"Find all values of $x$ such that \[{polynomial(coefficients)} = 0.\] Enter all the solutions, separated "
            "by commas."
        )

    def answer(self) -> Answer:
        return frozenset([self.small, self.large])

    def check(self) -> Answer:
        lead, product, total = self.lead, self.lead * self.small * self.large, -self.lead * (self.small + self.large)
        return frozenset(x for x in range(-20, 21) if lead * x * x + total * x + product == 0)


class PerpendicularLine(Family, domain="algebra", level=2):
    """A line through a point, perpendicular to a given line, and its y-intercept."""

    line: tuple[int, int, int]
    point: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b = random.randint(2, 9), random.choice([-1, 1]) * random.randint(2, 9)
        x, y = random.choice([-1, 1]) * random.randint(2, 9), random.randint(-9, 9)
        drawn = cls((a, b, random.randint(2, 20)), (x, y), random.randrange(2))
        return drawn if gcd(a, b) == 1 and x * b % a else None

    def statement(self) -> str:
        a, b, c = self.line
        if self.wording:
            return (
                f"The lines ${a}x{signed(b)}y = {c}$ and $y = mx + k$ meet at a right angle, and the second of them "
                f"goes through ${tex(self.point)}$. What is the value of $k$? Express your answer as a common fraction."
            )
        return (
            f"A line passes through the point ${tex(self.point)}$ and is perpendicular to the line ${a}x{signed(b)}y = "
            f"{c}$. What is the $y$-coordinate of the point where it crosses the $y$-axis? Express your answer as a "
            "common fraction."
        )

    def answer(self) -> Answer:
        slope = Fraction(self.line[1], self.line[0])
        return self.point[1] - slope * self.point[0]

    def check(self) -> Answer:
        a, b, c = self.line
        x, y = self.point
        one, other = (0, c / b), (c / a, 0)
        return crossing(lambda t: x * (other[0] - one[0]) + (y - t) * (other[1] - one[1]), -500, 500)


class AbsoluteInequality(Family, domain="algebra", level=2):
    """An inequality with an absolute value, its solutions as intervals."""

    factor: int
    shift: int
    sign: str
    bound: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        shift = random.choice([-1, 1]) * random.randint(1, 20)
        sign, bound = random.choice(["<", r"\le", ">", r"\ge"]), random.randint(2, 20)
        return cls(random.randint(2, 6), shift, sign, bound, random.randrange(2))

    def statement(self) -> str:
        if self.wording:
            words = {"<": "less than", r"\le": "at most", ">": "greater than", r"\ge": "at least"}[self.sign]
            return (
                f"For which real numbers $x$ is the distance between ${self.factor}x$ and ${-self.shift}$ on the "
                f"number line {words} ${self.bound}$? Express your answer in interval notation."
            )
        return (
            f"Find all real numbers $x$ such that $|{polynomial([self.factor, self.shift])}| {self.sign} "
            f"{self.bound}$. Express your answer in interval notation."
        )

    def answer(self) -> Answer:
        left, right = (sympy.Rational(end - self.shift, self.factor) for end in (-self.bound, self.bound))
        is_open = self.sign in {"<", ">"}
        if self.sign in {"<", r"\le"}:
            return sympy.Interval(left, right, is_open, is_open)
        return sympy.Interval(-sympy.oo, left, True, is_open) + sympy.Interval(right, sympy.oo, is_open, True)

    def check(self) -> Answer:
        compare = {"<": lt, r"\le": le, ">": gt, r"\ge": ge}[self.sign]
        return solutions(lambda k: compare(abs(k + 2 * self.shift), 2 * self.bound), self.factor, 25)


class TwoPurchases(Family, domain="algebra", level=2):
    """Two purchases of the same two goods: a system of two linear equations in words."""

    goods: tuple[str, str]
    first: tuple[int, int]
    second: tuple[int, int]
    prices: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample(["basket", "blanket", "chair", "kettle", "lamp", "pillow", "teapot", "tray"], 2)
        first, second = ((random.randint(2, 9), random.randint(2, 9)) for _ in range(2))
        prices = random.randint(5, 60), random.randint(5, 60)
        drawn = cls((one, other), first, second, prices, random.randrange(2))
        if first[0] * second[1] == first[1] * second[0] or prices[0] in {*first, *second}:
            return None
        return drawn

    def statement(self) -> str:
        one, other = self.goods
        (a, b), (c, d) = self.first, self.second
        if self.wording:
            return (
                "A baker packs small and large boxes of rolls. Any two small boxes hold the same number of rolls, and "
                f"so do any two large boxes. There are ${self._cost(self.first)}$ rolls in ${a}$ small and ${b}$ large "
                f"boxes, and ${self._cost(self.second)}$ rolls in ${c}$ small and ${d}$ large boxes. How many rolls "
                "are in a small box?"
            )
        return (
            f"At a market, all {one}s cost the same, and all {other}s cost the same. Altogether, ${a}$ {one}s and "
            rf"${b}$ {other}s cost $\${self._cost(self.first)}$, while ${c}$ {one}s and ${d}$ {other}s cost "
            rf"$\${self._cost(self.second)}$. How many dollars does one {one} cost?"
        )

    def _cost(self, counts: tuple[int, int]) -> int:
        return counts[0] * self.prices[0] + counts[1] * self.prices[1]

    def answer(self) -> Answer:
        return self.prices[0]

    def check(self) -> Answer:
        (a, b), (c, d) = self.first, self.second
        return Fraction(self._cost(self.first) * d - self._cost(self.second) * b, a * d - b * c)
