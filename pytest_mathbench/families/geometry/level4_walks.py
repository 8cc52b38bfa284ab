"""Geometry, level 4: long walks, whose end is wanted."""

from math import isqrt
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class SpiralWalk(Family, domain="geometry", level=4):
    """A walk in a square spiral: how many sides are complete is a square root, in whole numbers."""

    steps: int
    direction: int
    left: bool
    story: int

    naive_program = """
        dx, dy = [(1, 0), (0, 1), (-1, 0), (0, -1)][direction]
        x = y = done = 0
        side = 1
        while done < steps:
            for _ in range(2):
                for _ in range(side):
                    if done < steps:
                        x, y, done = x + dx, y + dy, done + 1
                dx, dy = (-dy, dx) if left else (dy, -dx)
            side += 1
        print((x, y))
    """
    solution_program = """
        from math import isqrt
        j = (isqrt(4 * steps + 1) - 1) // 2
        rest = steps - j * (j + 1)
        a = (j + 1) // 2 if j % 2 else -(j // 2)
        x, y = a, a
        sign = 1 if j % 2 == 0 else -1
        x += sign * min(rest, j + 1)
        y += sign * max(0, rest - j - 1)
        if not left:
            y = -y
        for _ in range(direction):
            x, y = -y, x
        print((x, y))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        steps = random.choice([10 ** random.randint(13, 18), random.randint(10**13, 10**18)]) + random.randint(0, 99)
        return cls(steps, random.randrange(4), random.random() < 0.5, random.randrange(2))

    def statement(self) -> str:
        start = ["east", "north", "west", "south"][self.direction]
        turn = "left" if self.left else "right"
        if self.story == 0:
            return (
                f"A robot starts at the origin facing {start} and walks in a spiral: $1$ unit, a turn of $90^\\circ$ "
                f"to the {turn}, $1$ unit, a turn, $2$ units, a turn, $2$ units, a turn, $3$ units, a turn, $3$ units, "
                f"and so on, with all turns to the {turn}. North is the positive $y$-direction, east the positive "
                f"$x$-direction. Where is it after ${self.steps}$ units in all? Enter the ordered pair $(x,y)$."
            )
        return (
            "The integers $0, 1, 2, \\dots$ are written on the points with integer coordinates along a spiral. The "
            f"origin gets $0$; the first side of the spiral goes {start}, each later side turns to the {turn}, and the "
            "sides are $1, 1, 2, 2, 3, 3, \\dots$ steps long. With east and north as the positive $x$- and "
            f"$y$-directions, which point gets ${self.steps}$? Enter the ordered pair $(x,y)$."
        )

    def answer(self) -> Answer:
        pairs = (isqrt(4 * self.steps + 1) - 1) // 2
        rest = self.steps - pairs * (pairs + 1)
        sign = -1 if pairs % 2 else 1
        corner = (pairs + 1) // 2 if pairs % 2 else -(pairs // 2)
        x, y = corner + sign * min(rest, pairs + 1), corner + sign * max(0, rest - pairs - 1)
        return self._turned(x, y)

    def _turned(self, x: int, y: int) -> tuple[int, int]:
        if not self.left:
            y = -y
        for _ in range(self.direction):
            x, y = -y, x
        return x, y

    def check(self) -> Answer:
        """Go back from the corner (m, -m), where the ring of number m is complete."""
        ring = (isqrt(self.steps) + 1) // 2
        back = (2 * ring + 1) ** 2 - 1 - self.steps
        side, rest = divmod(back, 2 * ring)
        places = [(ring - rest, -ring), (-ring, rest - ring), (rest - ring, ring), (ring, ring - rest), (ring, -ring)]
        return self._turned(*places[side])
