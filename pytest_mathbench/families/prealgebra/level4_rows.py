"""Prealgebra, level 4: rows, spirals, sheets of paper and lists that are too long to be written down."""

from fractions import Fraction
from math import isqrt
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex

_NUMBERS = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}


class LastOfRow(Family, domain="prealgebra", level=4):
    """The first of each group leaves, again and again: who is left of a row that no list holds."""

    naive_program = """
    row = list(range(1, people + 1))
    while len(row) > 1:
        del row[::group]
    print(row[0])
    """
    solution_program = """
    size, rounds = people, 0
    while size > 1:
        size -= -(-size // group)
        rounds += 1
    place = 1
    for _ in range(rounds):
        place += -(-place // (group - 1))
    print(place)
    """

    people: int
    group: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        people = int(10 ** random.uniform(13, 18))
        return cls(people, random.randint(3, 9), random.randrange(2))

    def statement(self) -> str:
        k = self.group
        places = f"${1}$, ${k + 1}$, ${2 * k + 1}$, and so on"
        if self.wording:
            return (
                f"The integers from $1$ to ${self.people}$ are written in a row. In each step, the numbers in places "
                f"{places}, are crossed out at the same time, and the other numbers, in the same order, form the next "
                "row. This is repeated until only one number is left. Which number is it?"
            )
        return (
            f"Imagine ${self.people}$ cards in a row, numbered in order from $1$ on. Jo takes away the first card and "
            f"then every {self._ordinal()} card after it, that is, the cards in places {places}. Then she moves the "
            "remaining cards together and does the same with them, starting again with the first, and so on, until a "
            "single card remains. What is the number on this card?"
        )

    def _ordinal(self) -> str:
        return {3: "third", 5: "fifth", 8: "eighth", 9: "ninth"}.get(self.group, f"{_NUMBERS[self.group]}th")

    def answer(self) -> Answer:
        size, rounds, place = self.people, 0, 1
        while size > 1:
            size, rounds = size - -(-size // self.group), rounds + 1
        for _ in range(rounds):
            place += -(-place // (self.group - 1))
        return place

    def check(self) -> Answer:
        # Who stays longest is, from the end on, in place 1, then 1 + ceil(1 / (group - 1)), and so on.
        place = 1
        while (before := place + (place + self.group - 2) // (self.group - 1)) <= self.people:
            place = before
        return place


class SquaresFromSheet(Family, domain="prealgebra", level=4):
    """The largest square is cut off a rectangle, again and again: divisions in place of many subtractions."""

    naive_program = """
    squares = 0
    while length and width:
        if length < width:
            length, width = width, length
        length -= width
        squares += 1
    print(squares)
    """
    solution_program = """
    squares = 0
    while width:
        squares += length // width
        length, width = width, length % width
    print(squares)
    """

    length: int
    width: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        quotients = [random.randint(1, 30) for _ in range(random.randint(3, 5))] + [random.randint(2, 9)]
        quotients[random.randrange(len(quotients) - 1)] = random.randint(10**11, 10**13)
        long, wide = random.randint(2, 90), 0
        for quotient in reversed(quotients):
            long, wide = quotient * long + wide, long
        return cls(long, wide, random.randrange(2)) if long < 10**20 else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"Two numbers are written on a board, at first ${self.length}$ and ${self.width}$. In each step the "
                "smaller number is subtracted from the larger one, which is replaced by the difference; if the two "
                "are equal, one of them is replaced by $0$ in this way. After how many steps is there a $0$ on the "
                "board?"
            )
        return (
            f"From a rectangle with sides of lengths ${self.length}$ and ${self.width}$, the largest possible square "
            "is cut off at one end. From the rectangle that is left, the largest possible square is cut off again, "
            "and so on, until the piece that is left is itself a square. Into how many squares has the rectangle been "
            "cut in all, the last piece included?"
        )

    def answer(self) -> Answer:
        squares, long, wide = 0, self.length, self.width
        while wide:
            squares, long, wide = squares + long // wide, wide, long % wide
        return squares

    def check(self) -> Answer:
        # Down the Stern-Brocot tree in growing strides: the squares are the steps to the fraction.
        wanted, squares = Fraction(self.length, self.width), 0
        while wanted > 0:
            stride = 1
            while wanted >= 2 * stride:
                stride *= 2
            wanted, squares = wanted - stride, squares + stride
            if 0 < wanted < 1:
                wanted = 1 / wanted
        return squares


class SpiralOfNumbers(Family, domain="prealgebra", level=4):
    """Where a far number stands in a spiral on the grid."""

    naive_program = """
    x = y = 0
    dx, dy = directions[0]
    ex, ey = directions[1]
    step, leg, used = 0, 1, 0
    direction = [(dx, dy), (ex, ey), (-dx, -dy), (-ex, -ey)]
    turn = 0
    for _ in range(steps):
        x += direction[turn % 4][0]
        y += direction[turn % 4][1]
        used += 1
        if used == leg:
            used, turn = 0, turn + 1
            leg += turn % 2 == 0
    print((x, y))
    """
    solution_program = """
    from math import isqrt
    dx, dy = directions[0]
    ex, ey = directions[1]
    direction = [(dx, dy), (ex, ey), (-dx, -dy), (-ex, -ey)]
    legs = isqrt(4 * steps + 1) - 1  # after m legs: (m + 1)^2 // 4 steps
    m1, m2 = (legs + 1) // 2, legs // 2  # legs along both directions, of lengths 1, 2, 3, ..., with changing signs
    a = (m1 + 1) // 2 if m1 % 2 else -(m1 // 2)
    b = (m2 + 1) // 2 if m2 % 2 else -(m2 // 2)
    x, y = a * dx + b * ex, a * dy + b * ey
    left = steps - (legs + 1) ** 2 // 4
    print((x + left * direction[legs % 4][0], y + left * direction[legs % 4][1]))
    """

    steps: int
    directions: tuple[tuple[int, int], tuple[int, int]]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first = random.choice(((1, 0), (0, 1), (-1, 0), (0, -1)))
        side = random.choice((1, -1))
        second = (side * first[1], side * first[0])
        drawn = cls(random.randint(10**14, 10**18), (first, second), random.randrange(2))
        x, y = drawn.answer()
        return drawn if abs(abs(x) - abs(y)) > 10 and min(abs(x), abs(y)) > 10 else None

    def statement(self) -> str:
        (dx, dy), (ex, ey) = self.directions
        if self.wording:
            names = {(1, 0): "east", (0, 1): "north", (-1, 0): "west", (0, -1): "south"}
            one, two, three, four = (names[way] for way in ((dx, dy), (ex, ey), (-dx, -dy), (-ex, -ey)))
            return (
                "A moving point starts at the origin of the coordinate plane, with north in the direction of the "
                f"positive $y$-axis and east in that of the positive $x$-axis. It goes $1$ unit {one}, $1$ unit {two}, "
                f"$2$ units {three}, $2$ units {four}, $3$ units {one}, $3$ units {two}, $4$ units {three}, and so on, "
                f"using each length twice. At what point $(x,y)$ is it after ${self.steps}$ units in all?"
            )
        path = [(0, 0), (dx, dy), (dx + ex, dy + ey), (ex, ey), (ex - dx, ey - dy), (-dx, -dy), (-dx - ex, -dy - ey)]
        path.append((-ex, -ey))
        shown = ", ".join(f"${number}$ at ${tex(point)}$" for number, point in enumerate(path, start=1))
        return (
            "The positive integers are written on the points with integer coordinates in the plane, in a spiral "
            f"around the origin that always keeps close to the numbers already written: {shown}, and so on. Find the "
            f"coordinates $(x,y)$ of the point on which ${self.steps + 1}$ is written."
        )

    def answer(self) -> Answer:
        legs = isqrt(4 * self.steps + 1) - 1
        left = self.steps - (legs + 1) ** 2 // 4
        along = [(-1) ** (count + 1) * ((count + 1) // 2) for count in ((legs + 1) // 2, legs // 2)]
        along[legs % 2] += left * (-1 if legs % 4 > 1 else 1)
        (dx, dy), (ex, ey) = self.directions
        return (along[0] * dx + along[1] * ex, along[0] * dy + along[1] * ey)

    def check(self) -> Answer:
        # By rings: ring r ends with step (2r + 1)^2 - 1 in the corner (r, -r), along the first and second directions.
        ring = (isqrt(self.steps) + 1) // 2
        back = (2 * ring + 1) ** 2 - 1 - self.steps
        side, rest = divmod(back, 2 * ring)
        a, b = [(ring - rest, -ring), (-ring, -ring + rest), (-ring + rest, ring), (ring, ring - rest)][side]
        (dx, dy), (ex, ey) = self.directions
        return (a * dx + b * ex, a * dy + b * ey)


class ErasedNumber(Family, domain="prealgebra", level=4):
    """One of the first n numbers is erased, and only the mean of the others is known: n is nearly twice the mean."""

    naive_program = """
    from fractions import Fraction
    n = 2
    while True:
        erased = Fraction(n * (n + 1), 2) - mean * (n - 1)
        if erased.denominator == 1 and 1 <= erased <= n:
            break
        n += 1
    print(erased)
    """
    solution_program = """
    from fractions import Fraction
    for n in range(int(2 * mean) - 3, int(2 * mean) + 4):
        erased = Fraction(n * (n + 1), 2) - mean * (n - 1)
        if erased.denominator == 1 and 1 <= erased <= n:
            print(erased)
    """

    mean: Fraction
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        parts = random.randint(7, 99)
        others = parts * random.randint(10**11, 10**13)
        total, block = (others + 1) * (others + 2) // 2, others // parts
        erased = total % block + block * random.randrange(parts)
        mean = Fraction(total - erased, others)
        return cls(mean, random.randrange(2)) if erased > 0 and mean.denominator > 5 else None

    def statement(self) -> str:
        whole, rest = divmod(self.mean, 1)
        if self.wording:
            return (
                "From a list of the numbers $1, 2, 3, \\ldots, n$, one number is missing, and the average of the "
                f"others is exactly ${whole}{tex(rest)}$. Which number is missing?"
            )
        return (
            "Mia's program was to add up all the integers from $1$ to some number $n$, but it skipped one of them. "
            f"The mean of the numbers that it added up is ${tex(self.mean)}$. Which number did it skip?"
        )

    def answer(self) -> Answer:
        found = []
        for others in range(int(2 * self.mean) - 4, int(2 * self.mean) + 3):
            erased = Fraction((others + 1) * (others + 2), 2) - self.mean * others
            if erased.denominator == 1 and 1 <= erased <= others + 1:
                found.append(int(erased))
        return found[0] if len(found) == 1 else None

    def check(self) -> Answer:
        # With m others the mean is m/2 + 3/2 - (x - 1)/m, so that 2 * mean - 3 <= m <= 2 * mean - 1.
        step = self.mean.denominator
        others = -(-(2 * self.mean - 3) // step) * step
        x = (others + 1) * (others + 2) // 2 - self.mean * others
        return x if others <= 2 * self.mean - 1 else None
