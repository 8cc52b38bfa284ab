"""Intermediate algebra, level 3: equations whose solutions are counted with care, and substitutions in a circle."""

from fractions import Fraction
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import is_told
from pytest_mathbench.families.latex import Answer, polynomial, signed


class TwoRadicalSolutions(Family, domain="intermediate_algebra", level=3):
    """For how many integers an equation with a square root has two real solutions: neither may be extraneous."""

    factor: int
    shift: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor = random.randint(7, 60)
        drawn = cls(factor, random.choice([-1, 1]) * random.randint(1, 30), random.randrange(2))
        return None if is_told(drawn.answer(), factor, drawn.shift) else drawn

    def statement(self) -> str:
        equation = rf"\sqrt{{{self.factor}x + k}} = x{signed(self.shift)}"
        return (
            rf"For how many integers $k$ does the equation ${equation}$ have two different real solutions $x$?",
            rf"The graphs of $y = \sqrt{{{self.factor}x + k}}$ and $y = x{signed(self.shift)}$, where $k$ is an "
            "integer, meet at exactly two points. How many values of $k$ are possible?",
        )[self.wording]

    def answer(self) -> Answer:
        # With t = x + s: t^2 - a t + (a s - k) = 0 has two roots t >= 0 where 0 <= a s - k < a^2/4.
        return (self.factor**2 + 3) // 4

    def check(self) -> Answer:
        a, s, total = self.factor, self.shift, 0
        for k in range(-(a**2) - 40 * a, a**2 + 40 * a):
            gap = a * a - 4 * (a * s - k)
            total += gap > 0 and a * s - k >= 0
        return total


class CyclicSubstitution(Family, domain="intermediate_algebra", level=3):
    """A functional equation that ties a number to another: a map that comes back after three steps."""

    kind: int
    slope: int
    lift: int
    at: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        slope, lift = random.choice([-1, 1]) * random.randint(1, 6), random.choice([-1, 1]) * random.randint(1, 9)
        at = random.choice([-5, -4, -3, -2, 2, 3, 4, 5, 6, 7])
        drawn = cls(random.randrange(2), slope, lift, at, random.randrange(2))
        return drawn if drawn.answer().denominator > 1 else None

    def _map(self, x: Fraction) -> Fraction:
        return 1 / (1 - x) if self.kind else (x - 1) / x

    def statement(self) -> str:
        image = r"\frac{1}{1 - x}" if self.kind else r"\frac{x - 1}{x}"
        equation = rf"f(x) + f\left({image}\right) = {polynomial([self.slope, self.lift])}"
        return (
            rf"A function $f$, defined for all real numbers except $0$ and $1$, satisfies \[{equation}\] for all $x$ "
            f"in its domain. What is $f({self.at})$? Express your answer as a common fraction.",
            f"A function $f$ is such that ${equation}$ for all real numbers $x$ other than $0$ and $1$. Find "
            f"$f({self.at})$. Express your answer as a common fraction.",
        )[self.wording]

    def answer(self) -> Answer:
        x = Fraction(self.at)
        y = self._map(x)
        z = self._map(y)
        right = [self.slope * each + self.lift for each in (x, y, z)]
        return (right[0] - right[1] + right[2]) / 2

    def check(self) -> Answer:
        # The three equations, by elimination: unknowns f(x), f(y), f(z).
        here, rows = Fraction(self.at), []
        for i in range(3):
            row = [Fraction(int(j in (i, (i + 1) % 3))) for j in range(3)]
            rows.append([*row, self.slope * here + self.lift])
            here = self._map(here)
        if here != self.at:
            return None
        for i in (2, 1):
            for j in range(i):
                factor = rows[j][i] / rows[i][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
        return rows[0][3] / rows[0][0]
