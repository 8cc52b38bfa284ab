"""Geometry, level 5: points with integer coordinates, far too many to go through."""

from fractions import Fraction
from math import comb, gcd
from random import Random
from typing import Self

from sympy import factorint

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer
from pytest_mathbench.families.numeric import floor_sum


class PointsBelowLine(Family, domain="geometry", level=5):
    """Lattice points in a right triangle whose long side has no lattice points to speak of: Euclid on floor sums."""

    a: int
    b: int
    n: int
    wording: int

    naive_program = """
        print(sum((n - 1 - a * x) // b for x in range(1, (n - 1) // a + 1)))
    """
    solution_program = """
        def floor_sum(count, divisor, slope, start):
            total = 0
            while True:
                total += (count - 1) * count // 2 * (slope // divisor) + count * (start // divisor)
                slope, start = slope % divisor, start % divisor
                top = slope * count + start
                if top < divisor:
                    return total
                count, start, divisor, slope = top // divisor, top % divisor, slope, divisor
        k = (n - 1) // a
        print(floor_sum(k, b, a, n - 1 - a * k))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b = random.randint(10**9, 9 * 10**9), random.randint(10**9, 9 * 10**9)
        # More than 10^11 columns and rows: no loop over either comes to an end.
        n = max(a, b) * random.randint(10**6, 12 * 10**5) * 10**5 + random.randint(1, 10**12)
        return cls(a, b, n, random.randrange(3)) if gcd(a, b) == 1 and 3 * min(a, b) > 2 * max(a, b) else None

    def statement(self) -> str:
        line = f"${self.a}x + {self.b}y = {self.n}$"
        if self.wording == 0:
            return f"How many points with positive integer coordinates lie strictly below the line {line}?"
        if self.wording == 1:
            return (
                f"The line {line} and the two coordinate axes bound a triangle. How many points with integer "
                "coordinates lie in the interior of this triangle?"
            )
        return (
            "A gardener plants a tree at each point of the plane whose two coordinates are positive integers. The "
            f"line {line} is a wall. How many trees stand strictly between the wall and the coordinate axes?"
        )

    def answer(self) -> Answer:
        last = (self.n - 1) // self.a
        return floor_sum(last, self.b, self.a, self.n - 1 - self.a * last)

    def check(self) -> Answer:
        """Count by rows, peeling off whole blocks and turning the triangle over, with rational corners."""

        def below(slope: Fraction, start: Fraction, columns: int) -> int:
            """Return the number of points 1 <= y <= slope x + start in the columns x = 1, ..., columns."""
            if columns <= 0:
                return 0
            whole, base = slope // 1, start // 1
            total = whole * columns * (columns + 1) // 2 + base * columns
            slope, start = slope - whole, start - base
            rows = int(slope * columns + start)
            if rows == 0:
                return total
            # Row y holds the columns from (y - start) / slope on: those not in it lie strictly to its left.
            total += rows * columns
            # x < (y - start) / slope  <=>  x <= ceil((y - start) / slope) - 1
            denominator = slope.numerator * start.denominator * slope.denominator
            nudge = Fraction(1, 2 * denominator)
            return total - below(1 / slope, -start / slope - nudge, rows)

        rows = (self.n - 1) // self.b
        # From the far corner: row y = rows + 1 - t has (n - 1 - b y) // a points.
        return below(Fraction(self.b, self.a), Fraction(self.n - 1 - self.b * (rows + 1), self.a), rows)


class RightAnglesOnCircle(Family, domain="geometry", level=5):
    """Right triangles and rectangles on the lattice points of a circle: sums of two squares, and Thales."""

    square: int
    shape: str

    naive_program = """
        from math import isqrt
        points = []
        for x in range(-isqrt(square), isqrt(square) + 1):
            y = isqrt(square - x * x)
            if y * y == square - x * x:
                points += {(x, y), (x, -y)}
        n = len(points)
        print(n // 2 * (n - 2) if shape == "triangle" else n // 2 * (n // 2 - 1) // 2)
    """
    solution_program = """
        from sympy import factorint
        n = 4
        for p, e in factorint(square).items():
            if p % 4 == 1:
                n *= e + 1
        print(n // 2 * (n - 2) if shape == "triangle" else n // 2 * (n // 2 - 1) // 2)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        square = 2 ** random.randint(0, 3) * random.choice([9, 49, 81, 121, 361, 441])
        for prime in random.sample([5, 13, 17, 29, 37, 41, 53, 61, 73, 89], random.randint(5, 7)):
            square *= prime ** random.randint(1, 4)
        return cls(square, random.choice(["triangle", "rectangle"])) if 10**23 < square < 10**28 else None

    def statement(self) -> str:
        where = f"the circle $x^2 + y^2 = {self.square}$"
        if self.shape == "triangle":
            return f"How many right triangles have three vertices with integer coordinates that all lie on {where}?"
        return (
            f"Consider all points with integer coordinates on {where}. How many rectangles, squares included, have all "
            "four vertices among these points?"
        )

    def answer(self) -> Answer:
        points = 4
        for prime, power in factorint(self.square).items():
            points *= power + 1 if prime % 4 == 1 else 1
        return points // 2 * (points - 2) if self.shape == "triangle" else comb(points // 2, 2)

    def check(self) -> Answer:
        """Count points by Jacobi: four times the divisors of form 4k + 1, less those of form 4k + 3."""
        divisors, left = [1], self.square
        for prime in (2, 3, 5, 7, 11, 13, 17, 19, 29, 37, 41, 53, 61, 73, 89):
            power = 1
            more = divisors
            while left % prime == 0:
                left //= prime
                power *= prime
                more = more + [divisor * power % 4 for divisor in divisors]
            divisors = more
        points = 4 * (divisors.count(1) - divisors.count(3))
        corners = points * (points // 2 - 1)  # a right angle, and a diameter that it sees
        return corners if self.shape == "triangle" else corners // 4


class TiltedRectangles(Family, domain="geometry", level=5):
    """All rectangles with vertices in a grid of points, also those that are tilted: by their bounding boxes."""

    columns: int
    rows: int
    wording: int

    naive_program = """
        from math import comb
        print(comb(columns + 1, 2) * comb(rows + 1, 2))
    """
    solution_program = """
        from math import gcd
        m, n = columns, rows
        total = m * (m + 1) // 2 * (n * (n + 1) // 2)
        for p in range(1, m):
            for q in range(1, n):
                if gcd(p, q) > 1:
                    continue
                k = 1
                while k * p + q <= m and k * q + p <= n:
                    l = 1
                    while k * p + l * q <= m and k * q + l * p <= n:
                        total += (m + 1 - k * p - l * q) * (n + 1 - k * q - l * p)
                        l += 1
                    k += 1
        print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        columns, rows = random.randint(70, 92), random.randint(70, 92)
        return cls(columns, rows, random.randrange(2)) if columns != rows else None

    def statement(self) -> str:
        if self.wording == 0:
            return (
                "How many rectangles, squares included and with sides in any direction, have all four vertices at "
                rf"points $(x,y)$ such that $x$ and $y$ are integers, $0 \le x \le {self.columns}$, and $0 \le y \le "
                f"{self.rows}$?"
            )
        return (
            f"Nails are driven into a board in ${self.rows + 1}$ rows of ${self.columns + 1}$ nails each, as a square "
            "grid. A rubber band is to be stretched around exactly four nails as the corners of a rectangle, which "
            "may be tilted and may be a square. How many different rectangles are possible?"
        )

    def answer(self) -> Answer:
        total = comb(self.columns + 1, 2) * comb(self.rows + 1, 2)
        for p in range(1, self.columns):
            for q in range(1, min(self.columns - p, self.rows - p) + 1):
                if gcd(p, q) > 1:
                    continue
                width, height = p, q
                while width + q <= self.columns and height + p <= self.rows:
                    wide, tall = self.columns + 1 - width, self.rows + 1 - height
                    times = min((wide - 1) // q, (tall - 1) // p)
                    ones = times * (times + 1) // 2
                    total += times * wide * tall - ones * (p * wide + q * tall) + p * q * ones * (2 * times + 1) // 3
                    width, height = width + p, height + q
        return total

    def check(self) -> Answer:
        """In a box of w by h, a corner at x on the base and at y on the right needs x (w - x) = y (h - y)."""
        wide: dict[int, list[int]] = {}
        for width in range(2, self.columns + 1):
            for x in range(1, width):
                wide.setdefault(x * (width - x), []).append(self.columns + 1 - width)
        tall: dict[int, int] = {}
        for height in range(2, self.rows + 1):
            for y in range(1, height):
                tall[y * (height - y)] = tall.get(y * (height - y), 0) + self.rows + 1 - height
        tilted = sum(sum(places) * tall.get(product, 0) for product, places in wide.items())
        straight = self.columns * (self.columns + 1) * self.rows * (self.rows + 1) // 4
        return straight + tilted
