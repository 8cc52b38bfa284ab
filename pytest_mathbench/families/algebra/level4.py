"""Algebra, level 4: several ideas, domains to mind, exact forms."""

from fractions import Fraction
from math import isqrt, lcm, prod
from operator import ge, gt, le, lt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.algebra.shared import crossing, solutions
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, polynomial


class PiecewiseTwice(Family, domain="algebra", level=4):
    """A function in two pieces, applied twice, equals a number: every preimage must lie in its own piece."""

    left: tuple[int, int]
    right: tuple[int, int]
    border: int
    value: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        left, right = ((random.choice([-3, -2, 2, 3]), random.randint(-12, 12)) for _ in range(2))
        drawn = cls(left, right, random.randint(-4, 4), random.randint(-12, 12))
        return drawn if left[0] * right[0] < 0 and len(drawn.answer()) in {2, 3} else None

    def statement(self) -> str:
        left, right = polynomial(self.left), polynomial(self.right)
        return (
            r"Let \[f(x) = \begin{cases} "
            rf"{left} & \text{{if }} x < {self.border}, \\ {right} & \text{{if }} x \ge {self.border}. \end{{cases}}\] "
            f"Find all real numbers $x$ such that $f(f(x)) = {self.value}$. "
            "Enter all the solutions, separated by commas."
        )

    def _preimages(self, value: Fraction) -> list[Fraction]:
        left, right = ((value - shift) / slope for slope, shift in (self.left, self.right))
        return [left] * (left < self.border) + [right] * (right >= self.border)

    def answer(self) -> Answer:
        return frozenset(x for between in self._preimages(Fraction(self.value)) for x in self._preimages(between))

    def check(self) -> Answer:
        unit = lcm(self.left[0], self.right[0]) ** 2

        def image(steps: int) -> int:
            slope, shift = self.left if steps < self.border * unit else self.right
            return slope * steps + shift * unit

        return frozenset(
            Fraction(steps, unit)
            for steps in range(-20 * unit, 20 * unit + 1)
            if image(image(steps)) == self.value * unit
        )


class FractionInequality(Family, domain="algebra", level=4):
    """An inequality between two fractions in x: multiplying by the denominators loses their signs."""

    above: tuple[int, int]
    below: tuple[int, int]
    sign: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        above, below = random.sample(range(2, 10), 2), random.sample(range(-9, 10), 2)
        if not prod(below):
            return None
        return cls((above[0], above[1]), (below[0], below[1]), random.choice(["<", r"\le", ">", r"\ge"]))

    def statement(self) -> str:
        left, right = (
            rf"\frac{{{above}}}{{{polynomial([1, below])}}}"
            for above, below in zip(self.above, self.below, strict=True)
        )
        return (
            rf"Find all real numbers $x$ such that \[{left} {self.sign} {right}.\] "
            "Express your answer in interval notation."
        )

    def answer(self) -> Answer:
        (p, q), (a, b) = self.above, self.below
        root = sympy.Rational(q * a - p * b, p - q)
        ends = sorted([root, sympy.Integer(-a), sympy.Integer(-b)])
        strict = self.sign in {"<", ">"}
        is_open = [strict or end != root for end in ends]
        if (p > q) == (self.sign in {"<", r"\le"}):
            outer = sympy.Interval(-sympy.oo, ends[0], True, is_open[0])
            return outer + sympy.Interval(ends[1], ends[2], is_open[1], is_open[2])
        return sympy.Interval(ends[0], ends[1], is_open[0], is_open[1]) + sympy.Interval(
            ends[2], sympy.oo, is_open[2], True
        )

    def check(self) -> Answer:
        compare = {"<": lt, r"\le": le, ">": gt, r"\ge": ge}[self.sign]
        (p, q), (a, b) = self.above, self.below
        unit = abs(p - q)

        def holds(k: int) -> bool:
            one, other = k + 2 * unit * a, k + 2 * unit * b
            return one * other != 0 and bool(compare(p / one, q / other))

        return solutions(holds, unit, 200 // unit)


class FloorAndCeiling(Family, domain="algebra", level=4):
    """A floor and a ceiling with a given sum, and the ends of the interval that belong to it."""

    down: int
    up: int
    total: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        down, up = random.sample(range(2, 13), 2)
        drawn = cls(down, up, random.randint(50, 250))
        return drawn if drawn._overlaps() else None

    def _overlaps(self) -> list[tuple[Fraction, Fraction]]:
        share = self.total * self.down // (self.down + self.up)
        overlaps = []
        for floor in range(share - 2, share + 3):
            ceiling = self.total - floor
            low = max(Fraction(floor, self.down), Fraction(ceiling - 1, self.up))
            high = min(Fraction(floor + 1, self.down), Fraction(ceiling, self.up))
            overlaps += [(low, high)] * (low < high)
        return overlaps

    def statement(self) -> str:
        return (
            rf"Find all real numbers $x$ such that \[\lfloor {self.down}x \rfloor + \lceil {self.up}x \rceil = "
            rf"{self.total},\] where $\lfloor r \rfloor$ is the greatest integer that is at most $r$, and "
            r"$\lceil r \rceil$ is the least integer that is at least $r$. Express your answer in interval notation."
        )

    def answer(self) -> Answer:
        ((low, high),) = self._overlaps()
        left_open, right_open = (low * self.up).denominator == 1, (high * self.down).denominator == 1
        return sympy.Interval(sympy.Rational(low), sympy.Rational(high), left_open, right_open)

    def check(self) -> Answer:
        unit = lcm(self.down, self.up)

        def holds(k: int) -> bool:
            return self.down * k // (2 * unit) - (-self.up * k // (2 * unit)) == self.total

        return solutions(holds, unit, self.total // (self.down + self.up) + 2)


class ShiftedProducts(Family, domain="algebra", level=4):
    """Three equations in the products of x, y, z, each of which factors once the right number is added."""

    shift: int
    radicand: int
    factors: tuple[int, int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        shift, radicand = random.randint(2, 7), random.choice([2, 3, 5, 6, 7, 10])
        one, two, three = random.sample(range(1, 10), 3)
        return cls(shift, radicand, (one, two, three)) if min(one, two, three) ** 2 * radicand > shift**2 else None

    def _totals(self) -> list[int]:
        x, y, z = self.factors
        return [one * other * self.radicand - self.shift**2 for one, other in ((x, y), (y, z), (z, x))]

    def statement(self) -> str:
        one, two, three = self._totals()
        t = self.shift
        return (
            rf"Positive real numbers $x$, $y$, and $z$ satisfy \[\begin{{aligned}} xy + {t}x + {t}y &= {one}, \\ "
            rf"yz + {t}y + {t}z &= {two}, \\ zx + {t}z + {t}x &= {three}. \end{{aligned}}\] "
            "What is $x + y + z$? Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        return sum(self.factors) * sympy.sqrt(self.radicand) - 3 * self.shift

    def check(self) -> Answer:
        one, two, three = self._totals()
        t = self.shift

        def others(x: float) -> tuple[float, float]:
            return (one - t * x) / (x + t), (three - t * x) / (x + t)

        def excess(x: float) -> float:
            y, z = others(x)
            return y * z + t * y + t * z - two

        x = crossing(excess, 0, min(one, three) / t)
        return x + sum(others(x))


class AfterTheyMeet(Family, domain="algebra", level=4):
    """Two walkers start at different times, and how long each walks on after they meet fixes the whole time."""

    names: tuple[str, str]
    head_start: int
    first: int
    second: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample(["Amir", "Bella", "Carlos", "Dana", "Emil", "Farah", "Gita", "Hugo"], 2)
        half, first, second = random.randint(2, 15), random.randint(10, 60), random.randint(10, 60)
        square = half**2 + first * second
        return cls((one, other), 2 * half, first, second) if isqrt(square) ** 2 < square else None

    def statement(self) -> str:
        one, other = self.names
        return (
            f"{one} walks from town $P$ to town $Q$, and {other} walks from $Q$ to $P$ along the same road. Each of "
            f"them walks at a constant speed without stopping. {other} sets out ${self.head_start}$ minutes later than "
            f"{one}. After the two meet on the road, {one} needs another ${self.first}$ minutes to reach $Q$, and "
            f"{other} needs another ${self.second}$ minutes to reach $P$. How many minutes does the whole walk take "
            f"{one}? Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        half = self.head_start // 2
        return self.first + half + sympy.sqrt(half**2 + self.first * self.second)

    def check(self) -> Answer:
        def excess(meeting: float) -> float:
            later = meeting - self.head_start
            return meeting / (meeting + self.first) + later / (later + self.second) - 1

        return self.first + crossing(excess, self.head_start, 1000)
