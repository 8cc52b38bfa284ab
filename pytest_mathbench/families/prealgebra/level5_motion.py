"""Prealgebra, level 5: ways back and forth, and a diagonal over a chessboard."""

from fractions import Fraction
from math import gcd
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class BeadsInTube(Family, domain="prealgebra", level=5):
    """Two beads go back and forth: they meet head-on and by overtaking, and sometimes both ways at once."""

    naive_program = """
    if opposite:  # they are 2L/(u+v) apart head-on, and 2L/(u-v) by overtaking, the first after half of it
        head_on = (seconds * (fast + slow) // length + 1) // 2
        overtaking = (seconds * (fast - slow) // length + 1) // 2
    else:
        head_on = seconds * (fast + slow) // (2 * length)
        overtaking = seconds * (fast - slow) // (2 * length)
    print(head_on + overtaking)
    """
    solution_program = """
    from math import gcd

    def meetings(speed):  # the moments 2Lk/speed, or L(2k+1)/speed
        steps = seconds * speed // length
        return (steps + 1) // 2 if opposite else steps // 2

    total, difference = fast + slow, fast - slow
    common = gcd(total, difference)
    both = meetings(common)
    if opposite and (total // common % 2 == 0 or difference // common % 2 == 0):
        both = 0
    print(meetings(total) + meetings(difference) - both)
    """

    length: int
    fast: int
    slow: int
    seconds: int
    opposite: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        slow, fast = sorted(random.sample(range(4, 31), 2))
        total, difference = fast + slow, fast - slow
        common = gcd(total, difference)
        opposite = random.random() < 0.5
        if difference == common or (opposite and total // common * (difference // common) % 2 == 0):
            return None
        return cls(random.randint(20, 90), fast, slow, random.randint(10**11, 10**13), opposite, random.randrange(2))

    def statement(self) -> str:
        start = "opposite ends" if self.opposite else "the same end"
        if self.wording:
            return (
                f"In a computer game, two robots patrol a straight corridor, ${self.length}$ meters long, forever. "
                f"Both set out at time $0$ from {start} of the corridor; each walks to the other end, turns at once, "
                f"walks back, turns, and so on, one at ${self.fast}$ and the other at ${self.slow}$ meters per "
                rf"second. At how many times $t$, in seconds, with $0 < t \le {self.seconds}$ are both robots at the "
                "same place?"
            )
        return (
            f"Two ideal beads start at the same moment from {start} of a straight tube that is ${self.length}$ "
            f"centimeters long. They move back and forth in it without end, one at ${self.fast}$ and the other at "
            f"${self.slow}$ centimeters per second, turn at the ends without losing time, and pass each other freely. "
            f"At how many moments in the first ${self.seconds}$ seconds are the beads at the same point of the tube? "
            "Include the end of the last second, but not the start."
        )

    def answer(self) -> Answer:
        def moments(speed: int) -> int:
            steps = self.seconds * speed // self.length
            return (steps + 1) // 2 if self.opposite else steps // 2

        total, difference = self.fast + self.slow, self.fast - self.slow
        return moments(total) + moments(difference) - moments(gcd(total, difference))

    def check(self) -> Answer:
        # In units of length / (fast * slow), the times when a bead is at an end are the multiples of the other's speed.
        period = 2 * self.fast * self.slow // gcd(self.fast, self.slow)
        ends = sorted({*range(0, period + 1, self.fast), *range(0, period + 1, self.slow)})

        def apart(time: int) -> Fraction:
            one, other = (Fraction(time, turn) % 2 for turn in (self.slow, self.fast))
            other = (other + 1) % 2 if self.opposite else other
            return min(one, 2 - one) - min(other, 2 - other)

        gaps = [apart(time) for time in ends]
        found = {Fraction(time) for time, gap in zip(ends, gaps, strict=True) if gap == 0 and time > 0}
        for left, right, here, there in zip(ends, ends[1:], gaps, gaps[1:], strict=False):
            if here * there < 0:
                found.add(left + (right - left) * here / (here - there))
        units = Fraction(self.seconds * self.fast * self.slow, self.length)
        periods, rest = divmod(units, period)
        return periods * len(found) + sum(time <= rest for time in found)


class DatesThroughDesert(Family, domain="prealgebra", level=5):
    """A camel eats of what it carries to and fro: the load shrinks at a rate that falls with the number of trips."""

    naive_program = """
    left = stock
    for mile in range(distance):
        trips = -(-left // load)
        left -= 2 * trips - 1
    print(left)
    """
    solution_program = """
    from fractions import Fraction
    left, way = Fraction(stock), Fraction(distance)
    while way > 0:
        trips = -(-left // load)
        full = load * (trips - 1)
        step = min(way, (left - full) / (2 * trips - 1))
        left -= (2 * trips - 1) * step
        way -= step
    print(left)
    """

    load: int
    stock: int
    distance: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        load = 10 * random.randint(20, 100)
        stock = random.randint(2 * load + 20, 5 * load)
        drawn = cls(load, stock, random.randint(load // 4, 3 * load // 2), random.randrange(2))
        if drawn.distance >= drawn._reach():
            return None
        left = drawn.answer()
        return drawn if left.denominator > 1 and 10 < left < load and stock % load else None

    def _reach(self) -> Fraction:
        """Return how far the camel can walk at all."""
        trips, rest = divmod(self.stock, self.load)
        return sum((Fraction(self.load, 2 * trip - 1) for trip in range(1, trips + 1)), Fraction(rest, 2 * trips + 1))

    def statement(self) -> str:
        if self.wording:
            return (
                f"An expedition has ${self.stock}$ liters of fuel at its base and one truck, which uses $1$ liter of "
                f"fuel per mile and can have at most ${self.load}$ liters aboard at any time, including what it burns "
                "itself. It may go back and forth and store any amount of fuel, even fractions of a liter, at any "
                "points along the road. It need not return to the base at the end. What is the greatest number of "
                f"liters of fuel that can be brought to a camp ${self.distance}$ miles from the base? Express your "
                "answer as a common fraction."
            )
        return (
            f"A trader with ${self.stock}$ pounds of dates has one camel, which can carry at most ${self.load}$ pounds "
            "at a time and steadily eats $1$ pound of the dates that it carries for every mile it walks, in either "
            "direction. She may leave any amount of dates anywhere on the way and fetch them later, and the camel "
            f"need not come back. At most how many pounds of dates can reach a market ${self.distance}$ miles away? "
            "Express your answer as a common fraction."
        )

    def answer(self) -> Fraction:
        left, way = Fraction(self.stock), Fraction(self.distance)
        while way > 0:
            trips = -(-left // self.load)
            step = min(way, (left - self.load * (trips - 1)) / (2 * trips - 1))
            left, way = left - (2 * trips - 1) * step, way - step
        return left

    def check(self) -> Answer:
        def needed(brought: float) -> float:
            """Return what must be there at the start, from the market backward."""
            stock, way, trips = brought, float(self.distance), 1
            while True:
                more = (trips * self.load - stock) / (2 * trips - 1)
                if more >= way:
                    return stock + (2 * trips - 1) * way
                stock, way, trips = float(trips * self.load), way - more, trips + 1

        low, high = 0.0, float(self.load)
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if needed(middle) < self.stock else (low, middle)
        return low


class BlackDiagonal(Family, domain="prealgebra", level=5):
    """How much of a diagonal of a large chessboard is black: a little more than half, if both reduced sides are odd."""

    naive_program = """
    from fractions import Fraction
    black, column, row, here = Fraction(0), 0, 0, Fraction(0)
    while here < 1:
        there = min(Fraction(column + 1, columns), Fraction(row + 1, rows))
        if (column + row) % 2 == 0:
            black += there - here
        column += there * columns == column + 1
        row += there * rows == row + 1
        here = there
    print(black if corner == "black" else 1 - black)
    """
    solution_program = """
    from fractions import Fraction
    from math import gcd
    common = gcd(columns, rows)
    p, q = columns // common, rows // common
    first = Fraction(1, 2)
    if p % 2 and q % 2:
        first += Fraction(1, 2 * p * q)
    print(first if corner == "black" else 1 - first)
    """

    columns: int
    rows: int
    corner: str
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q = (2 * random.randint(10**9, 3 * 10**9 // 2) + 1 for _ in range(2))
        common = random.randint(200, 999)
        if gcd(p, q) > 1:
            return None
        return cls(p * common, q * common, random.choice(("black", "white")), random.randrange(2))

    def statement(self) -> str:
        if self.wording:
            return (
                f"A grid of ${self.rows}$ rows and ${self.columns}$ columns of unit squares is colored like a "
                "chessboard, so that squares with a common side have different colors, and the square in its lower "
                f"left corner is {self.corner}. A straight line is drawn from the lower left corner of the grid to its "
                "upper right corner. What fraction of the length of this line runs through black squares? Express "
                "your answer as a common fraction in lowest terms."
            )
        return (
            "The lines on which $x$ or $y$ is an integer divide the coordinate plane into unit squares, which are "
            "colored black and white like an endless chessboard. The square with the opposite corners $(0,0)$ and "
            f"$(1,1)$ is {self.corner}. A point is chosen at random, uniformly, on the line segment from $(0,0)$ to "
            f"$({self.columns},{self.rows})$. What is the probability that it lies in a black square? Express your "
            "answer as a common fraction in lowest terms."
        )

    def answer(self) -> Answer:
        common = gcd(self.columns, self.rows)
        product = self.columns * self.rows // common**2
        return Fraction(product + (1 if self.corner == "black" else -1), 2 * product)

    def check(self) -> Answer:
        # In p * q equal steps t, step t is in column t // q and row t // p; as p and q are odd, t // q + t // p has the
        # parity of t % q + t % p, and this pair of remainders takes each value once.
        p, q = (Fraction(self.columns, self.rows)).as_integer_ratio()
        evens, odds = ((p + 1) // 2) * ((q + 1) // 2), (p // 2) * (q // 2)
        first = Fraction(evens + odds, p * q)
        return first if self.corner == "black" else 1 - first
