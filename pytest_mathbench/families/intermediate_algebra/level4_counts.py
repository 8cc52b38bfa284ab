"""Intermediate algebra, level 4: solutions counted, and sums over huge ranges."""

from fractions import Fraction
from math import isqrt
from random import Random
from typing import Self

import numpy as np

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class RootsInSector(Family, domain="intermediate_algebra", level=4):
    """How many of a huge number of roots have their argument in a range whose ends are met exactly."""

    naive_program = """
        import numpy as np

        k = np.arange(degree)
        angle = (turn + 360 * k) / degree  # the argument of each solution, in degrees
        print(int(((angle > low) & (angle < high)).sum()))
    """
    solution_program = """
        # low < (turn + 360 k)/degree < high
        first = (low * degree - turn) // 360 + 1
        last = -(-(high * degree - turn) // 360) - 1
        print(last - first + 1)
    """

    degree: int
    turn: int
    low: int
    high: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        degree, turn = random.randint(10**11, 10**16), random.choice([0, 90, 180, 270])
        low, high = sorted(random.sample(range(10, 351, 5), 2))
        ends = [(angle * degree - turn) % 360 == 0 for angle in (low, high)]
        return cls(degree, turn, low, high, random.randrange(2)) if any(ends) and high - low > 20 else None

    def statement(self) -> str:
        n, value = self.degree, {0: "1", 90: "i", 180: "-1", 270: "-i"}[self.turn]
        return (
            rf"How many complex solutions $z$ of $z^{{{n}}} = {value}$ have an argument $\theta$ with "
            rf"${self.low}^\circ < \theta < {self.high}^\circ$?",
            rf"The complex solutions of the equation $z^{{{n}}} = {value}$ are written as $z = \cos \theta "
            r"+ i \sin \theta$ with $0^\circ \le \theta < 360^\circ$. For how many of them is $\theta$ greater than "
            rf"${self.low}^\circ$ and less than ${self.high}^\circ$?",
        )[self.wording]

    def answer(self) -> Answer:
        first = (self.low * self.degree - self.turn) // 360 + 1
        last = -(-(self.high * self.degree - self.turn) // 360) - 1
        return last - first + 1

    def check(self) -> Answer:
        # Search for the first root beyond each end, with exact fractions.
        def below(end: int, *, strict: bool) -> int:
            low, high = -1, self.degree
            while high - low > 1:
                middle = (low + high) // 2
                angle = Fraction(self.turn + 360 * middle, self.degree)
                if angle < end or (angle == end and not strict):
                    low = middle
                else:
                    high = middle
            return low + 1

        return below(self.high, strict=True) - below(self.low, strict=False)


class DoubledPreimages(Family, domain="intermediate_algebra", level=4):
    """The distinct real solutions of an equation in iterated Chebyshev polynomials: most of them are double."""

    naive_program = """
        print(2**squares * 3**cubes)  # the degree
    """
    solution_program = """
        n = 2**squares * 3**cubes  # with x = 2 cos t: cos(n t) is 1 or -1, for t from 0 to pi
        print(n // 2 + 1 if sign > 0 else (n - 1) // 2 + 1)
    """

    squares: int
    cubes: int
    sign: int
    order: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        squares, cubes = random.randint(3, 30), random.randint(3, 18)
        return cls(squares, cubes, random.choice([-1, 1]), random.randrange(3))

    def statement(self) -> str:
        a, b, value = self.squares, self.cubes, 2 * self.sign
        return (
            "Let $f(x) = x^2 - 2$ and $g(x) = x^3 - 3x$. Let $h(x)$ be the function that applies $f$ to $x$ first, "
            f"${a}$ times, and then $g$, ${b}$ times. How many different real numbers $x$ satisfy $h(x) = {value}$?",
            f"A real number $x$ is replaced ${b}$ times in a row with its cube minus three times itself ($x \\to x^3 - "
            rf"3x$), and then ${a}$ times in a row with its square minus two ($x \to x^2 - 2$). For how many starting "
            f"values is the final result ${value}$?",
            rf"For a real number $x_0$, let $x_{{n+1}} = x_n^3 - 3x_n$ for $0 \le n < {b}$ and $x_{{n+1}} = x_n^2 - "
            rf"2$ for ${b} \le n < {a + b}$. How many values of $x_0$ are there for which $x_{{{a + b}}} = {value}$?",
        )[self.order]

    def answer(self) -> Answer:
        n = 2**self.squares * 3**self.cubes
        return n // 2 + 1 if self.sign > 0 else (n - 1) // 2 + 1

    def check(self) -> Answer:
        # Backwards, from the last map to the first: numbers between -2 and 2, and those two.
        steps = [2] * self.squares + [3] * self.cubes
        if self.order == 0:
            steps.reverse()
        inside, top, bottom = 0, int(self.sign > 0), int(self.sign < 0)
        for step in steps:
            if step == 2:  # 2 comes from 2 and -2, -2 from 0 alone, all others from two inside
                inside, bottom = 2 * inside + bottom, top
            else:  # 2 comes from 2 and -1, -2 from -2 and 1, all others from three inside
                inside = 3 * inside + top + bottom
        return inside + top + bottom


class WithoutRealRoots(Family, domain="intermediate_algebra", level=4):
    """Pairs of coefficients for which a quadratic has no real root, or no two: a sum over the small one alone."""

    naive_program = """
        total = 0
        for c in range(1, limit + 1):
            for b in range(-limit if signed else 1, limit + 1):
                if b * b < 4 * leading * c or (equal and b * b == 4 * leading * c):
                    total += 1
        print(total)
    """
    solution_program = """
        from math import isqrt

        total = 0
        for b in range(1, isqrt(4 * leading * limit) + 1):
            least = -(-b * b // (4 * leading)) if equal else b * b // (4 * leading) + 1
            total += max(0, limit - least + 1)
        print(2 * total + limit if signed else total)
    """

    leading: int
    limit: int
    equal: bool
    signed: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        limit = random.randint(10**9, 4 * 10**9)
        return cls(random.randint(1, 3), limit, random.random() < 0.5, random.random() < 0.5)

    def statement(self) -> str:
        n = self.limit
        quadratic = f"{self.leading if self.leading > 1 else ''}x^2 + bx + c"
        some = "at most one real solution" if self.equal else "no real solution"
        if self.signed:
            return (
                rf"For how many ordered pairs $(b, c)$ of integers with $-{n} \le b \le {n}$ and $1 \le c \le {n}$ "
                f"does the equation ${quadratic} = 0$ have {some}?"
            )
        return (
            f"Positive integers $b$ and $c$ do not exceed ${n}$, and the equation ${quadratic} = 0$ has "
            f"{some}. How many ordered pairs $(b, c)$ are possible?"
        )

    def answer(self) -> Answer:
        # Sums of the quotient of b^2 by 4a over the residues of b modulo 2a.
        a, n, total = self.leading, self.limit, 0
        top = isqrt(4 * a * n) if self.equal else isqrt(4 * a * n - 1)
        for residue in range(2 * a):
            count = (top - residue) // (2 * a) + 1  # b = 2 a j + r: b^2 = 4 a (a j^2 + j r) + r^2
            squares, ones = (count - 1) * count * (2 * count - 1) // 6, (count - 1) * count // 2
            rest = -(-residue * residue // (4 * a)) - 1 if self.equal else residue * residue // (4 * a)
            total += count * (n - rest) - a * squares - residue * ones
        zero = n + 1 if self.equal else n  # b = 0, as it was counted
        return 2 * (total - zero) + n if self.signed else total - zero

    def check(self) -> Answer:
        a, n = self.leading, self.limit
        b = np.arange(1, isqrt(4 * a * n) + 1, dtype=np.int64)
        least = -(-b * b // (4 * a)) if self.equal else b * b // (4 * a) + 1
        total = int(np.maximum(0, n - least + 1).sum())
        return 2 * total + n if self.signed else total
