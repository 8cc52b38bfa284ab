"""Geometry, level 4: points, cubes, and lines of a grid, where the quick formula leaves something out."""

from functools import cache
from itertools import pairwise
from math import comb, gcd
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed
from pytest_mathbench.families.numeric import floor_sum


class PointsInsidePolygon(Family, domain="geometry", level=4):
    """Lattice points inside a large polygon: Pick's theorem, in whole numbers to the end."""

    corners: tuple[tuple[int, int], ...]
    wording: int

    naive_program = """
        from math import gcd
        twice = boundary = 0
        for (x, y), (u, v) in zip(corners, corners[1:] + corners[:1]):
            twice += x * v - u * y
            boundary += gcd(u - x, v - y)
        area = abs(twice) / 2
        print(int(area - boundary / 2 + 1))
    """
    solution_program = """
        from math import gcd
        twice = boundary = 0
        for (x, y), (u, v) in zip(corners, corners[1:] + corners[:1]):
            twice += x * v - u * y
            boundary += gcd(u - x, v - y)
        print((abs(twice) - boundary + 2) // 2)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        scale = random.randint(3, 99)
        signs = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
        if random.random() < 0.5:
            signs.remove(random.choice(signs))
        points = [(x * _far(random, scale), y * _far(random, scale)) for x, y in signs]
        shift = (random.randint(-(10**9), 10**9), random.randint(-(10**9), 10**9))
        corners = tuple((x + shift[0], y + shift[1]) for x, y in points)
        drawn = cls(corners, random.randrange(2))
        steps = [(u - x, v - y) for (x, y), (u, v) in drawn._sides()]
        if any(a * d <= b * c for (a, b), (c, d) in zip(steps, [*steps[1:], steps[0]], strict=True)):
            return None
        # No floating-point number is the answer.
        return drawn if drawn.answer() > 10**17 and int(float(drawn.answer())) != drawn.answer() else None

    def _sides(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        return list(zip(self.corners, (*self.corners[1:], self.corners[0]), strict=True))

    def _measures(self) -> tuple[int, int]:
        twice = boundary = 0
        for (x, y), (u, v) in self._sides():
            twice += x * v - u * y
            boundary += gcd(u - x, v - y)
        return abs(twice), boundary

    def statement(self) -> str:
        name = {3: "triangle", 4: "quadrilateral"}[len(self.corners)]
        if self.wording == 0:
            return (
                f"A {name} in the coordinate plane has the vertices {listed(self.corners)}, in this order. How many "
                f"points with integer coordinates lie in the interior of the {name}, not on its sides?"
            )
        return (
            f"A fence runs straight from each of the points {listed(self.corners)} to the next and from the last back "
            "to the first. There is a post at every point whose coordinates are both integers. How many posts are "
            "strictly inside the fence?"
        )

    def answer(self) -> Answer:
        twice, boundary = self._measures()
        return (twice - boundary + 2) // 2

    def check(self) -> Answer:
        """Add up, over the columns strictly between the outermost corners, what is below the top and not the bottom."""
        left, low = min(x for x, _ in self.corners), min(y for _, y in self.corners)
        inside = 0
        for (x, y), (u, v) in self._sides():  # counterclockwise: the bottom runs to the right, the top to the left
            if x < u:
                first = x + (x == left)
                inside -= floor_sum(u - first, u - x, v - y, (v - y) * (first - x) + (y - low) * (u - x))
            elif u < x:
                first = u + (u == left)
                inside += floor_sum(x - first, x - u, y - v, (y - v) * (first - u) + (v - low) * (x - u) - 1)
        return inside


def _far(random: Random, scale: int) -> int:
    return scale * random.randint(10**7, 10**9 // scale * 2)


class DiagonalThroughCubes(Family, domain="geometry", level=4):
    """The cubes of a box that its diagonal runs through: edges and vertices met by inclusion and exclusion."""

    sizes: tuple[int, int, int]
    story: int

    naive_program = """
        from math import gcd
        a, b, c = sizes
        print(a + b + c - gcd(gcd(a, b), c))
    """
    solution_program = """
        from math import gcd
        a, b, c = sizes
        print(a + b + c - gcd(a, b) - gcd(b, c) - gcd(c, a) + gcd(a, b, c))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q, r, s = (random.randint(2, 300) for _ in range(4))
        a, b, c = (random.randint(10**6, 10**7) for _ in range(3))
        sizes = (a * p * q * s, b * q * r * s, c * r * p * s)
        return cls(sizes, random.randrange(2)) if len(set(sizes)) == 3 else None

    def statement(self) -> str:
        a, b, c = self.sizes
        if self.story == 0:
            return (
                f"A solid box of size ${a}$ by ${b}$ by ${c}$ is made of unit cubes. How many of the unit cubes have "
                "interior points that lie on a given diagonal of the box, from one vertex to the opposite vertex?"
            )
        return (
            f"A warehouse is filled with unit cubes, ${a}$ in length, ${b}$ in width, and ${c}$ in height. A laser "
            "beam goes straight from one corner of this block to the opposite corner, through its center. Through the "
            "interior of how many cubes does the beam pass?"
        )

    def answer(self) -> Answer:
        a, b, c = self.sizes
        return a + b + c - gcd(a, b) - gcd(b, c) - gcd(c, a) + gcd(a, b, c)

    def check(self) -> Answer:
        """Count the moments at which the beam enters a next cube, by how many of its coordinates are whole then."""
        a, b, c = self.sizes
        three = gcd(a, b, c) - 1
        two = [gcd(*pair) - 1 - three for pair in ((a, b), (b, c), (c, a))]
        one = [a - 1 - two[0] - two[2] - three, b - 1 - two[0] - two[1] - three, c - 1 - two[1] - two[2] - three]
        return 1 + sum(one) + sum(two) + three


class TrianglesInHexagon(Family, domain="geometry", level=4):
    """Equilateral triangles on a triangular grid with the outline of a hexagon: most of them are tilted."""

    side: int
    wording: int

    naive_program = """
        # Along the grid, pointing up or down: the rows that hold a base of k, with a row k above it.
        total = 0
        for k in range(1, 2 * side + 1):
            for row in range(-side, side - k + 1):
                left = max(-side, -side - row)
                right = min(side - k, side - k - row)
                total += max(0, right - left + 1)
        print(2 * total)
    """
    solution_program = """
        from sympy import interpolate, symbols
        def count(n):
            points = {(x, y) for x in range(-n, n + 1) for y in range(-n, n + 1) if abs(x + y) <= n}
            return sum(
                (x - (v - y), y + (u - x) + (v - y)) in points for x, y in points for u, v in points if (u, v) != (x, y)
            ) // 3
        # A sum of counts of places over two coordinates of a side: of degree four.
        print(interpolate([(n, count(n)) for n in range(1, 6)], side))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(150, 700), random.randrange(2))

    def statement(self) -> str:
        if self.wording == 0:
            return (
                f"A regular hexagon with side length ${self.side}$ is divided, by lines parallel to its sides, into "
                "equilateral triangles with side length $1$. How many equilateral triangles, of any size and in any "
                "position, have all three vertices at vertices of these small triangles?"
            )
        return (
            "The pegs of a board stand at the points of a grid of equilateral triangles and fill a regular hexagon, "
            f"with ${self.side + 1}$ pegs along each of its sides, both ends included. In how many ways can one choose "
            "three of the pegs that are the vertices of an equilateral triangle, in any position?"
        )

    def answer(self) -> Answer:
        n = self.side
        return n * (n + 1) * (7 * n * n + 7 * n + 2) // 4

    def check(self) -> Answer:
        """Count in small hexagons, and continue the counts by a polynomial of degree four."""
        row, total = [_triangles_in_hexagon(side) for side in range(5)], 0
        for degree in range(5):
            total += row[0] * comb(self.side, degree)
            row = [later - one for one, later in pairwise(row)]
        return total


@cache
def _triangles_in_hexagon(side: int) -> int:
    span = range(-side, side + 1)
    points = {(x, y) for x in span for y in span if abs(x + y) <= side}
    steps = ((x, y, u - x, v - y) for x, y in points for u, v in points if (u, v) != (x, y))
    return sum((x - b, y + a + b) in points for x, y, a, b in steps) // 3


class LinesThroughPoints(Family, domain="geometry", level=4):
    """The lines that join points of a grid: each of them once, however many of the points it holds."""

    columns: int
    rows: int
    wording: int

    naive_program = """
        from math import gcd
        # A line joins neighbors on it: one step of coprime parts, in two directions.
        total = columns + rows
        for p in range(1, columns):
            for q in range(1, rows):
                if gcd(p, q) == 1:
                    total += 2 * (columns - p) * (rows - q)
        print(total)
    """
    solution_program = """
        from math import gcd
        total = columns + rows
        for p in range(1, columns):
            for q in range(1, rows):
                if gcd(p, q) == 1:
                    # Each line is counted at its first two points: the point before them is out of the grid.
                    total += 2 * ((columns - p) * (rows - q) - max(0, columns - 2 * p) * max(0, rows - 2 * q))
        print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        columns, rows = random.randint(140, 230), random.randint(140, 230)
        return cls(columns, rows, random.randrange(2)) if columns != rows else None

    def statement(self) -> str:
        if self.wording == 0:
            return (
                "How many different lines pass through at least two of the points $(x,y)$ for which $x$ and $y$ are "
                rf"integers with $1 \le x \le {self.columns}$ and $1 \le y \le {self.rows}$?"
            )
        return (
            f"In an orchard, trees stand at the points of a square grid, in ${self.rows}$ rows of ${self.columns}$ "
            "trees each. The trees are treated as points. How many different straight lines, in all directions, "
            "contain at least two of the trees?"
        )

    def answer(self) -> Answer:
        """On each line, the pairs of neighbors are one more than the pairs with one point between them."""
        slanted = 0
        for factor in range(1, min(self.columns, self.rows)):
            if sign := _mobius(factor):
                slanted += sign * self._places(factor) - sign * self._places(2 * factor)
        return self.columns + self.rows + 2 * slanted

    def _places(self, factor: int) -> int:
        """Return the number of pairs of points whose distances along both axes are positive multiples of a factor."""
        across, down = (self.columns - 1) // factor, (self.rows - 1) // factor
        wide = self.columns * across - factor * across * (across + 1) // 2
        return wide * (self.rows * down - factor * down * (down + 1) // 2)

    def check(self) -> Answer:
        """Count the lines of each direction by their first points: those with a next point and no point before."""
        lines = self.columns + self.rows
        for p in range(1, self.columns):
            steps = [q for q in _coprime(p) if q < self.rows]
            # Points with a next one, in p-th columns before the last; for which the one before is out of the grid.
            free = min(p, self.columns - p) * sum(self.rows - q for q in steps)
            if 2 * p < self.columns:
                free += (self.columns - 2 * p) * sum(min(q, self.rows - q) for q in steps)
            lines += 2 * free
        return lines


@cache
def _coprime(number: int) -> tuple[int, ...]:
    return tuple(other for other in range(1, 230) if gcd(number, other) == 1)


@cache
def _mobius(number: int) -> int:
    return int(sympy.mobius(number))
