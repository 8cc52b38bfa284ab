"""Counting and probability, level 3: two ideas, or a search with conditions."""

from fractions import Fraction
from itertools import product
from math import comb, factorial
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class BoundedSolutions(Family, domain="counting_and_probability", level=3):
    """Candies shared with a least number for one child and a most for another."""

    candies: int
    least: int
    most: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(15, 60), random.randint(2, 8), random.randint(3, 12))

    def statement(self) -> str:
        return (
            f"In how many ways can ${self.candies}$ identical candies be given to Ada, Ben, Cleo, and Dirk, if Ada "
            "must get "
            f"at least ${self.least}$ candies, Ben must get at most ${self.most}$ candies, and Cleo and Dirk may get "
            "any "
            "number, including none?"
        )

    def answer(self) -> Answer:
        free = self.candies - self.least
        return comb(free + 3, 3) - (comb(free - self.most + 2, 3) if free > self.most else 0)

    def check(self) -> Answer:
        shares = product(range(self.least, self.candies + 1), range(self.most + 1))
        return sum(self.candies - ada - ben + 1 for ada, ben in shares if ada + ben <= self.candies)


class PathsPastHole(Family, domain="counting_and_probability", level=3):
    """Lattice paths that avoid a point."""

    end: tuple[int, int]
    hole: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        end = random.randint(5, 12), random.randint(5, 12)
        return cls(end, (random.randint(1, end[0] - 1), random.randint(1, end[1] - 1)))

    def statement(self) -> str:
        (right, up), (x, y) = self.end, self.hole
        return (
            f"A robot walks on the lattice points of the coordinate plane from $(0,0)$ to $({right},{up})$. Each "
            "step goes "
            f"one unit to the right or one unit up. How many such walks do not pass through the point $({x},{y})$?"
        )

    def answer(self) -> Answer:
        (right, up), (x, y) = self.end, self.hole
        return comb(right + up, up) - comb(x + y, y) * comb(right - x + up - y, up - y)

    def check(self) -> Answer:
        ways = {(0, 0): 1}
        for x, y in product(range(self.end[0] + 1), range(self.end[1] + 1)):
            if (x, y) != (0, 0):
                ways[x, y] = 0 if (x, y) == self.hole else ways.get((x - 1, y), 0) + ways.get((x, y - 1), 0)
        return ways[self.end]


class NotNextToEachOther(Family, domain="counting_and_probability", level=3):
    """People in a row, of whom some must not stand side by side."""

    people: int
    apart: int
    who: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        people = random.randint(6, 40)
        who = random.choice(["judges", "pianists", "captains", "dentists", "pilots", "bakers", "florists", "tailors"])
        return cls(people, random.randint(2, min(6, people // 2)), who)

    def statement(self) -> str:
        return (
            f"Among ${self.people}$ different people there are ${self.apart}$ {self.who}. All ${self.people}$ people "
            "line "
            f"up in a row at random, all orders being equally likely. What is the probability that no two of the "
            f"{self.who} stand next to each other? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        others = self.people - self.apart
        return Fraction(comb(others + 1, self.apart), comb(self.people, self.apart))

    def check(self) -> Answer:
        good = {(0, False): 1}  # (how many stand so far, whether the last is one of them) -> rows
        for _ in range(self.people):
            after: dict[tuple[int, bool], int] = {}
            for (count, last), ways in good.items():
                after[count, False] = after.get((count, False), 0) + ways
                if not last and count < self.apart:
                    after[count + 1, True] = after.get((count + 1, True), 0) + ways
            good = after
        rows = sum(ways for (count, _), ways in good.items() if count == self.apart)
        orders = factorial(self.apart) * factorial(self.people - self.apart)
        return Fraction(rows * orders, factorial(self.people))


class FaultyMachines(Family, domain="counting_and_probability", level=3):
    """Bayes: which machine made a faulty piece."""

    shares: tuple[int, int, int]
    faults: tuple[int, int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two = random.randint(2, 12) * 5, random.randint(2, 12) * 5
        x, y, z = (random.randint(1, 9) for _ in range(3))
        return cls((one, two, 100 - one - two), (x, y, z)) if one + two <= 90 and len({x, y, z}) > 1 else None

    def statement(self) -> str:
        one, two, three = self.shares
        x, y, z = self.faults
        return (
            rf"Machine $A$ makes ${one}\%$ of the bolts of a factory, machine $B$ makes ${two}\%$, and machine $C$ "
            "makes "
            rf"${three}\%$. Of the bolts that $A$, $B$, and $C$ make, ${x}\%$, ${y}\%$, and ${z}\%$, respectively, are "
            "faulty. A bolt is chosen at random from all bolts made, and it is faulty. What is the probability that "
            "machine $C$ made it? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        weights = [share * fault for share, fault in zip(self.shares, self.faults, strict=True)]
        return Fraction(weights[2], sum(weights))

    def check(self) -> Answer:
        made = [100 * share for share in self.shares]  # of 10000 bolts
        faulty = [number * fault // 100 for number, fault in zip(made, self.faults, strict=True)]
        return faulty[2] / sum(faulty)


class RisingDigits(Family, domain="counting_and_probability", level=3):
    """Numbers whose digits rise and that are divisible by a small number."""

    length: int
    divisor: int
    lowest: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(3, 4), random.randint(3, 60), random.randrange(0, 900, 25))

    def statement(self) -> str:
        low = 10 ** (self.length - 1) + self.lowest
        return (
            f"How many integers from ${low}$ to ${10**self.length - 1}$, inclusive, are divisible by "
            f"${self.divisor}$ and "
            "have digits none of which is greater than the digit to its right?"
        )

    def answer(self) -> Answer:
        low = 10 ** (self.length - 1) + self.lowest
        start = low + -low % self.divisor
        numbers = range(start, 10**self.length, self.divisor)
        return sum(list(str(number)) == sorted(str(number)) for number in numbers)

    def check(self) -> Answer:
        low = 10 ** (self.length - 1) + self.lowest

        def count(prefix: int, last: int, left: int) -> int:
            if not left:
                return int(prefix >= low and prefix % self.divisor == 0)
            return sum(count(10 * prefix + digit, digit, left - 1) for digit in range(last, 10))

        return count(0, 1, self.length)
