"""Algebra, level 5: an insight, where programs cannot search."""

from cmath import rect
from fractions import Fraction
from math import ceil, hypot, isqrt, pi, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.algebra.shared import least
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced, polynomial, signed


class CyclicEquation(Family, domain="algebra", level=5):
    """A functional equation under a substitution that returns to x after three steps."""

    factor: int
    other: int
    right: tuple[int, int]
    point: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor = random.randint(3, 7)
        other = random.choice([-1, 1]) * random.randint(2, factor - 1)
        right = random.randint(2, 9), random.choice([-1, 1]) * random.randint(1, 9)
        drawn = cls(factor, other, right, random.choice([-1, 1]) * random.randint(2, 9))
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        return (
            r"A function $f$ is defined for all real numbers other than $0$ and $1$, and it satisfies "
            rf"\[{self.factor}f(x){signed(self.other)}f\left(\frac{{x - 1}}{{x}}\right) = {polynomial(self.right)}\] "
            f"for all such $x$. What is $f({self.point})$? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        p, q, x = self.factor, self.other, self.point
        one, two, three = (
            self.right[0] * place + self.right[1] for place in (x, Fraction(x - 1, x), Fraction(1, 1 - x))
        )
        return (p * p * one - p * q * two + q * q * three) / (p**3 + q**3)

    def check(self) -> Answer:
        value, weight, place = 0.0, 1 / self.factor, float(self.point)
        for _ in range(300):
            value += weight * (self.right[0] * place + self.right[1])
            weight *= -self.other / self.factor
            place = (place - 1) / place
        return value


class RoundedRoots(Family, domain="algebra", level=5):
    """The sum of the rounded square roots of all whole numbers up to an enormous one."""

    lead: int
    zeros: int
    beyond: int
    rounding: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        lead, zeros = random.randint(2, 12), random.randint(8, 11)
        return cls(lead, zeros, random.randint(1, 25), random.choice(["floor", "ceil"]))

    def statement(self) -> str:
        kind = self.rounding
        meaning = "greatest integer that is at most" if kind == "floor" else "least integer that is at least"
        rounded, one, two, three, last = (
            rf"\l{kind} {inside} \r{kind}" for inside in ("r", *(rf"\sqrt{{{k}}}" for k in (1, 2, 3, "N")))
        )
        return (
            rf"Let $N = {self.lead**2} \cdot 10^{braced(2 * self.zeros)} + {self.beyond}$, and for a real number $r$, "
            rf"let ${rounded}$ denote the {meaning} $r$. "
            rf"What is the value of \[{one} + {two} + {three} + \cdots + {last}?\]"
        )

    def answer(self) -> Answer:
        n, e = self.lead * 10**self.zeros, self.beyond
        if self.rounding == "floor":
            return (n - 1) * n * (4 * n + 1) // 6 + n * (e + 1)
        return n * (n + 1) * (4 * n - 1) // 6 + (n + 1) * e

    def check(self) -> Answer:
        n = self.lead * 10**self.zeros
        small = range(self.beyond, self.beyond + 4)
        total = Fraction(0)
        for node in small:
            weight = Fraction(1)
            for other in small:
                weight *= Fraction(n - other, node - other) if other != node else 1
            total += weight * self._directly(node**2 + self.beyond)
        return total

    def _directly(self, last: int) -> int:
        if self.rounding == "floor":
            return sum(isqrt(k) for k in range(1, last + 1))
        return sum(ceil(sqrt(k)) for k in range(1, last + 1))


class EqualFractionalParts(Family, domain="algebra", level=5):
    """How many real numbers in a range are such that two fractional parts agree."""

    linear: int
    start: int
    end: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        start = random.randint(11, 99)
        return cls(random.randint(2, 9), start, start + random.randint(101, 999))

    def statement(self) -> str:
        return (
            r"For a real number $r$, let $\{r\}$ denote $r$ minus the greatest integer that is at most $r$. How many "
            rf"real numbers $x$ with ${self.start} \le x \le {self.end}$ satisfy "
            rf"\[\left\{{x^2 + {self.linear}x\right\}} = \{{x\}}^2?\]"
        )

    def answer(self) -> Answer:
        return self.end**2 - self.start**2 + (self.linear - 1) * (self.end - self.start) + 1

    def check(self) -> Answer:
        def holds(x: Fraction) -> bool:
            return (x * x + self.linear * x) % 1 == (x % 1) ** 2

        def solutions_from(whole: int) -> int:
            # In [whole, whole + 1), x^2 + linear x - (x - whole)^2 is an integer, and it grows from low to high.
            slope = 2 * whole + self.linear
            low, high = (slope * x - whole**2 for x in (whole, whole + 1))
            return sum(holds(Fraction(integer + whole**2, slope)) for integer in range(low, high))

        one, two = solutions_from(1), solutions_from(2)
        growing = sum(one + (two - one) * (whole - 1) for whole in range(self.start, self.end))
        return growing + holds(Fraction(self.end))


class LeastSumOfRoots(Family, domain="algebra", level=5):
    """The least value of a sum of square roots in two variables: a path of three straight pieces."""

    heights: tuple[int, int, int]
    width: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two, three, width = (random.randint(1, 15) for _ in range(4))
        square = width**2 + (one + two + three) ** 2
        return cls((one, two, three), width) if isqrt(square) ** 2 < square else None

    def statement(self) -> str:
        one, two, three = (height**2 for height in self.heights)
        last = polynomial([1, -2 * self.width, self.width**2 + three], "y")
        return (
            r"What is the least possible value of "
            rf"\[\sqrt{{x^2 + {one}}} + \sqrt{{(x - y)^2 + {two}}} + \sqrt{{{last}}},\] "
            "where $x$ and $y$ are real numbers? Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        return sympy.sqrt(self.width**2 + sum(self.heights) ** 2)

    def check(self) -> Answer:
        one, two, three = self.heights

        def best(y: float) -> float:
            return least(lambda x: hypot(x, one) + hypot(x - y, two), 0, self.width) + hypot(y - self.width, three)

        return least(best, 0, self.width)


class ShrinkingSpiral(Family, domain="algebra", level=5):
    """The limit of a walk that turns and shrinks forever: geometric series in both coordinates."""

    length: int
    ratio: Fraction
    turn: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        ratio = Fraction(random.randint(1, 6), random.randint(2, 7))
        return cls(random.randint(2, 40), ratio, random.choice([-120, -60, 60, 120])) if ratio < 1 else None

    def statement(self) -> str:
        part = rf"\frac{{{self.ratio.numerator}}}{{{self.ratio.denominator}}}"
        return (
            f"A beetle starts at the origin and crawls ${self.length}$ units in the direction of the positive "
            rf"$x$-axis. It then turns ${abs(self.turn)}^\circ$ {'counter' * (self.turn > 0)}clockwise and crawls "
            f"${part}$ as far as it has just crawled. It goes on in this way without end, making the same turn before "
            f"each new stretch, which is always ${part}$ as long as the stretch before it. The beetle's position "
            "approaches a point $(x,y)$. Enter this ordered pair in exact form."
        )

    def answer(self) -> Answer:
        r = self.ratio
        cosine = Fraction(1, 2) if abs(self.turn) == 60 else Fraction(-1, 2)
        scale = self.length / (1 - 2 * r * cosine + r * r)
        sine = sympy.sqrt(3) / 2 if self.turn > 0 else -sympy.sqrt(3) / 2
        return scale * (1 - r * cosine), sympy.Rational(scale * r) * sine

    def check(self) -> Answer:
        position, step = 0j, complex(self.length)
        for _ in range(300):
            position += step
            step *= rect(float(self.ratio), self.turn * pi / 180)
        return position.real, position.imag
