"""Algebra, level 3: equations and sums with cases to mind, or exact forms to find."""

from cmath import rect
from fractions import Fraction
from math import isqrt, lcm, pi, prod
from operator import ge, gt, le, lt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.algebra.shared import solutions
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, polynomial
from pytest_mathbench.families.numeric import crossing


class PiecewiseTwice(Family, domain="algebra", level=3):
    """A function in two pieces, applied twice, equals a number: every preimage must lie in its own piece."""

    left: tuple[int, int]
    right: tuple[int, int]
    border: int
    value: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        left, right = ((random.choice([-3, -2, 2, 3]), random.randint(-12, 12)) for _ in range(2))
        drawn = cls(left, right, random.randint(-4, 4), random.randint(-12, 12), random.randrange(2))
        return drawn if left[0] * right[0] < 0 and len(drawn.answer()) in {2, 3} else None

    def statement(self) -> str:
        left, right = polynomial(self.left), polynomial(self.right)
        if self.wording:
            return (
                f"A machine turns a real number $x$ into ${left}$ if $x$ is less than ${self.border}$, and into "
                f"${right}$ otherwise. A number is put into the machine, and the result is put in once more. For which "
                f"numbers is the second result ${self.value}$? Enter all of them, separated by commas."
            )
        return (
            r"Let \[f(x) = \begin{cases} "
            rf"{left} & \text{{if }} x < {self.border}, \\ {right} & \text{{if }} x \ge {self.border}. \end{{cases}}\] "
            f"Find all real numbers $x$ such that $f(f(x)) = {self.value}$. Enter all the solutions, separated by "
            "commas."
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


class FractionInequality(Family, domain="algebra", level=3):
    """An inequality between two fractions in x: multiplying by the denominators loses their signs."""

    above: tuple[int, int]
    below: tuple[int, int]
    sign: str
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        above, below = random.sample(range(2, 10), 2), random.sample(range(-9, 10), 2)
        if not prod(below):
            return None
        return cls(
            (above[0], above[1]), (below[0], below[1]), random.choice(["<", r"\le", ">", r"\ge"]), random.randrange(2)
        )

    def statement(self) -> str:
        left, right = (
            rf"\frac{{{above}}}{{{polynomial([1, below])}}}"
            for above, below in zip(self.above, self.below, strict=True)
        )
        if self.wording:
            words = {"<": "less than", r"\le": "at most", ">": "greater than", r"\ge": "at least"}[self.sign]
            return (
                f"What is the set of all real numbers $x$ for which ${left}$ is {words} ${right}$? Express your answer "
                "in interval notation."
            )
        return (
            rf"Find all real numbers $x$ such that \[{left} {self.sign} {right}.\] Express your answer in interval "
            "notation."
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


class ShiftedProducts(Family, domain="algebra", level=3):
    """Three equations in the products of x, y, z, each of which factors once the right number is added."""

    shift: int
    radicand: int
    factors: tuple[int, int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        shift, radicand = random.randint(2, 7), random.choice([2, 3, 5, 6, 7, 10])
        one, two, three = random.sample(range(1, 10), 3)
        drawn = cls(shift, radicand, (one, two, three), random.randrange(2))
        return drawn if min(one, two, three) ** 2 * radicand > shift**2 else None

    def _totals(self) -> list[int]:
        x, y, z = self.factors
        return [one * other * self.radicand - self.shift**2 for one, other in ((x, y), (y, z), (z, x))]

    def statement(self) -> str:
        one, two, three = self._totals()
        t = self.shift
        if self.wording:
            return (
                f"For each pair of three positive real numbers, the product of the two plus ${t}$ times their sum is "
                f"calculated. The result is ${one}$ for the first and the second number, ${two}$ for the second and "
                f"the third, and ${three}$ for the third and the first. What is the sum of the three numbers? Express "
                "your answer in simplest radical form."
            )
        return (
            rf"Positive real numbers $x$, $y$, and $z$ satisfy \[\begin{{aligned}} xy + {t}x + {t}y &= {one}, \\ yz + "
            rf"{t}y + {t}z &= {two}, \\ zx + {t}z + {t}x &= {three}. \end{{aligned}}\] What is $x + y + z$? Express "
            "your answer in simplest radical form."
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


class AfterTheyMeet(Family, domain="algebra", level=3):
    """Two walkers start at different times, and how long each walks on after they meet fixes the whole time."""

    names: tuple[str, str]
    head_start: int
    first: int
    second: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample(["Amir", "Bella", "Carlos", "Dana", "Emil", "Farah", "Gita", "Hugo"], 2)
        half, first, second = random.randint(2, 15), random.randint(10, 60), random.randint(10, 60)
        square = half**2 + first * second
        drawn = cls((one, other), 2 * half, first, second, random.randrange(2))
        return drawn if isqrt(square) ** 2 < square else None

    def statement(self) -> str:
        one, other = self.names
        if self.wording:
            return (
                f"{one} rows across a lake from a pier to a mill, and {other} rows along the same line from the mill "
                f"to the pier, each at a constant speed. {one} leaves ${self.head_start}$ minutes before {other}. From "
                f"the moment when they pass each other, it takes {one} ${self.first}$ minutes to arrive at the mill, "
                f"and {other} ${self.second}$ minutes to arrive at the pier. For how many minutes does {one} row in "
                "all? Express your answer in simplest radical form."
            )
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


class ShrinkingSpiral(Family, domain="algebra", level=3):
    """The limit of a walk that turns and shrinks forever: geometric series in both coordinates."""

    length: int
    ratio: Fraction
    turn: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        ratio = Fraction(random.randint(1, 6), random.randint(2, 7))
        turn = random.choice([-120, -60, 60, 120])
        return cls(random.randint(2, 40), ratio, turn, random.randrange(2)) if ratio < 1 else None

    def statement(self) -> str:
        part = rf"\frac{{{self.ratio.numerator}}}{{{self.ratio.denominator}}}"
        side = "left" if self.turn > 0 else "right"
        if self.wording:
            return (
                f"A pen draws a path in the coordinate plane. From $(0,0)$ it goes to $({self.length},0)$. Then, "
                rf"again and again, it turns ${abs(self.turn)}^\circ$ to the {side} of its direction and draws a "
                f"segment that is ${part}$ times as long as the segment before. Which point $(x,y)$ does the pen "
                "approach? Enter the ordered pair in exact form."
            )
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
