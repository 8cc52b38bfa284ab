"""Counting and probability, level 5: points of a large grid, and piles as its points."""

from collections import Counter
from itertools import product
from math import comb, gcd
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class GridTriangles(Family, domain="counting_and_probability", level=5):
    """Triangles with corners in a large grid: collinear triples by greatest common divisors."""

    width: int
    height: int
    story: int

    naive_program = """
    from itertools import combinations
    points = [(x, y) for x in range(width) for y in range(height)]
    count = 0
    for (a, b), (c, d), (e, f) in combinations(points, 3):
        count += (c - a) * (f - b) != (e - a) * (d - b)
    print(count)
    """
    solution_program = """
    from math import comb, gcd
    flat = 0
    for dx in range(width):
        for dy in range(height):
            if dx or dy:
                turns = 2 if dx and dy else 1
                flat += turns * (gcd(dx, dy) - 1) * (width - dx) * (height - dy)
    print(comb(width * height, 3) - flat)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        width, height = random.randint(70, 150), random.randint(70, 150)
        return sound(cls(width, height, random.randrange(3))) if 9000 < width * height < 13000 else None

    def statement(self) -> str:
        width, height = self.width, self.height
        return (
            rf"Consider the points $(x,y)$ with integers $0 \le x \le {width - 1}$ and $0 \le y \le {height - 1}$. "
            "How many triangles of positive area have three of these points as vertices?",
            f"The pegs of a board form ${height}$ rows and ${width}$ columns of a square grid. A rubber band can be "
            "stretched around any three pegs that are not on one line. How many triples of pegs are there around "
            "which it can be stretched?",
            f"In an orchard, ${width * height}$ trees stand at the lattice points of a rectangle, in ${width}$ "
            f"equally spaced rows of ${height}$ trees each; neighbors in a row are as far apart as neighboring rows. "
            "In how many ways can three trees be chosen that do not all lie on one straight line?",
        )[self.story]

    def answer(self) -> Answer:
        # gcd(x, y) is the sum of phi(d) over the common divisors d.
        width, height = self.width, self.height
        phi = list(range(max(width, height) + 1))
        for number in range(2, len(phi)):
            if phi[number] == number:
                for multiple in range(number, len(phi), number):
                    phi[multiple] -= phi[multiple] // number
        slanted = 0
        for d in range(2, min(width, height)):
            one = sum(width - x for x in range(d, width, d))
            slanted += phi[d] * one * sum(height - y for y in range(d, height, d))
        straight = height * comb(width, 3) + width * comb(height, 3)
        return comb(width * height, 3) - straight - 2 * slanted

    def check(self) -> Answer:
        flat = 0
        for x, y in product(range(self.width), range(self.height)):
            between = gcd(x, y) - 1
            if between > 0:
                flat += (1 + (x > 0 < y)) * between * (self.width - x) * (self.height - y)
        return comb(self.width * self.height, 3) - flat


class TwoPiles(Family, domain="counting_and_probability", level=5):
    """Pairs of piles from which the second player wins: the periods of Grundy's values."""

    moves: tuple[int, int, int]
    first: int
    second: int
    story: int

    naive_program = """
    losing = set()
    count = 0
    for a in range(first + 1):
        for b in range(second + 1):
            options = [(a - m, b) for m in moves if m <= a] + [(a, b - m) for m in moves if m <= b]
            if not any(option in losing for option in options):
                losing.add((a, b))
                count += a > 0 and b > 0
    print(count)
    """
    solution_program = """
    from collections import Counter
    top = max(moves)
    grundy = []
    seen = {}
    while True:
        n = len(grundy)
        key = tuple(grundy[-top:])
        if n >= top and key in seen:
            start, period = seen[key], n - seen[key]
            break
        if n >= top:
            seen[key] = n
        options = {grundy[n - m] for m in moves if m <= n}
        value = 0
        while value in options:
            value += 1
        grundy.append(value)

    def values(most):
        counts = Counter(grundy[1:start])
        for r in range(start, start + period):
            counts[grundy[r]] += (most - r) // period + 1
        return counts

    one, other = values(first), values(second)
    print(sum(number * other[value] for value, number in one.items()))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two, three = sorted(random.sample(range(1, 10), 3))
        first, second = random.randint(10**11, 10**13), random.randint(10**4, 10**6)
        dull = (one, two, three) == (1, 2, 3) or one % 2 == two % 2 == three % 2 == 1
        return None if dull else sound(cls((one, two, three), first, second, random.randrange(3)))

    def statement(self) -> str:
        one, two, three = self.moves
        return (
            f"Two players move in turn, and a move takes exactly ${one}$, ${two}$, or ${three}$ stones from one of "
            "two piles. Whoever cannot move loses. The first pile starts with $a$ stones and the second one with "
            rf"$b$ stones, where $1 \le a \le {self.first}$ and $1 \le b \le {self.second}$. For how many of the "
            "pairs $(a,b)$ does the player who moves second win, if both play as well as possible?",
            rf"A counter stands on the point $(a,b)$ with integers $1 \le a \le {self.first}$ and $1 \le b \le "
            f"{self.second}$. Two players take turns moving it ${one}$, ${two}$, or ${three}$ units to the left or "
            "down, never to a point with a negative coordinate; the player who has no move loses. From how many of "
            "these points does the player who does not begin have a winning strategy?",
            "Tim and Kim play with two paper strips, which are $a$ and $b$ squares long. In turn, beginning with "
            f"Tim, they cut ${one}$, ${two}$, or ${three}$ squares off one of the strips (a strip may be used up); "
            rf"whoever cannot do so loses. How many pairs $(a,b)$ with $1 \le a \le {self.first}$ and $1 \le b \le "
            f"{self.second}$ allow Kim to force a win?",
        )[self.story]

    def _grundy(self, length: int) -> list[int]:
        values: list[int] = []
        for size in range(length):
            options = {values[size - move] for move in self.moves if move <= size}
            values.append(next(value for value in range(4) if value not in options))
        return values

    def _repeats(self) -> tuple[list[int], int, int]:
        """Return the values, where their period starts, and the period."""
        values = self._grundy(240)
        longest = self.moves[-1]
        for period in range(1, 110):
            start = next((k for k in range(1, 110) if values[k : k + longest] == values[k + period :][:longest]), None)
            if start is not None:
                return values, start, period
        raise ValueError("no period")

    def answer(self) -> Answer:
        values, start, period = self._repeats()

        def counts(most: int) -> list[int]:
            found = [0] * 4
            for value in values[1:start]:
                found[value] += 1
            for rest in range(start, start + period):
                found[values[rest]] += (most - rest) // period + 1
            return found

        return sum(a * b for a, b in zip(counts(self.first), counts(self.second), strict=True))

    def check(self) -> Answer:
        # The count is linear in either size along a period: small sizes of the same remainders, then straight lines.
        values = self._grundy(330)
        period = next(p for p in range(1, 105) if values[100:220] == values[100 + p : 220 + p])
        one, other = (100 + (size - 100) % period for size in (self.first, self.second))
        x, y = (self.first - one) // period, (self.second - other) // period

        def wins(width: int, height: int) -> int:
            there = Counter(values[1 : height + 1])
            return sum(there[value] for value in values[1 : width + 1])

        corner = wins(one, other)
        right, up = wins(one + period, other) - corner, wins(one, other + period) - corner
        both = wins(one + period, other + period) - corner - right - up
        return corner + x * right + y * up + x * y * both
