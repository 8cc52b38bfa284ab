"""Counting and probability, level 3: two ideas, or a search with conditions."""

from fractions import Fraction
from itertools import product
from math import comb, factorial
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class BoundedSolutions(Family, domain="counting_and_probability", level=3):
    """Candies shared with a least number for one child and a most for another."""

    candies: int
    least: int
    most: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(15, 60), random.randint(2, 8), random.randint(3, 12), random.randrange(3))
        return sound(drawn) if drawn.candies - drawn.least > drawn.most + 2 else None

    def statement(self) -> str:
        n, least, most = self.candies, self.least, self.most
        return (
            f"In how many ways can ${n}$ identical candies be given to Ada, Ben, Cleo, and Dirk, if Ada must get at "
            f"least ${least}$ candies, Ben must get at most ${most}$ candies, and Cleo and Dirk may get any number, "
            "including none?",
            rf"How many quadruples $(a,b,c,d)$ of nonnegative integers satisfy $a + b + c + d = {n}$, $a \ge "
            rf"{least}$, and $b \le {most}$?",
            f"A florist makes bunches of ${n}$ tulips, which are red, yellow, white, or pink. A bunch must have at "
            f"least ${least}$ red tulips and at most ${most}$ yellow ones; any color but red may be missing. How many "
            "different bunches can be made, if only the number of tulips of each color matters?",
        )[self.story]

    def answer(self) -> Answer:
        free = self.candies - self.least
        return comb(free + 3, 3) - comb(free - self.most + 2, 3)

    def check(self) -> Answer:
        shares = product(range(self.least, self.candies + 1), range(self.most + 1))
        return sum(self.candies - ada - ben + 1 for ada, ben in shares if ada + ben <= self.candies)


class PathsPastHole(Family, domain="counting_and_probability", level=3):
    """Lattice paths that avoid a point."""

    end: tuple[int, int]
    hole: tuple[int, int]
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        end = random.randint(5, 12), random.randint(5, 12)
        hole = random.randint(1, end[0] - 1), random.randint(1, end[1] - 1)
        return sound(cls(end, hole, random.randrange(2)))

    def statement(self) -> str:
        (right, up), (x, y) = self.end, self.hole
        return (
            f"A robot walks on the lattice points of the coordinate plane from $(0,0)$ to $({right},{up})$. Each step "
            "goes one unit to the right or one unit up. How many such walks do not pass through the point "
            f"$({x},{y})$?",
            "In a city, all streets run east or north, and they form a square grid. A driver has to go from a "
            f"crossing to the one ${right}$ blocks east and ${up}$ blocks north of it, always driving east or north. "
            f"The crossing ${x}$ {'block' if x == 1 else 'blocks'} east and ${y}$ {'block' if y == 1 else 'blocks'} "
            "north of the start is closed. How many routes are left?",
        )[self.story]

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
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        people = random.randint(6, 40)
        who = random.choice(["judges", "pianists", "captains", "dentists", "pilots", "bakers", "florists", "tailors"])
        return sound(cls(people, random.randint(3, min(6, people // 2)), who, random.randrange(2)))

    def statement(self) -> str:
        return (
            f"Among ${self.people}$ different people there are ${self.apart}$ {self.who}. All ${self.people}$ people "
            "line up in a row at random, all orders being equally likely. What is the probability that no two of the "
            f"{self.who} stand next to each other? Express your answer as a common fraction.",
            f"In a row of ${self.people}$ seats, ${self.apart}$ {self.who} take ${self.apart}$ seats, which are "
            "chosen at random. What is the probability that there is at least one empty seat between any two of "
            "these people? Express your answer as a common fraction.",
        )[self.story]

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
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two = random.randint(2, 12) * 5, random.randint(2, 12) * 5
        x, y, z = (random.randint(1, 9) for _ in range(3))
        drawn = cls((one, two, 100 - one - two), (x, y, z), random.randrange(2))
        good = one + two <= 90 and len({x, y, z}) > 1
        return sound(drawn) if good and drawn.answer() != Fraction(drawn.shares[2], 100) else None

    def statement(self) -> str:
        one, two, three = self.shares
        x, y, z = self.faults
        return (
            rf"Machine $A$ makes ${one}\%$ of the bolts of a factory, machine $B$ makes ${two}\%$, and machine $C$ "
            rf"makes ${three}\%$. Of the bolts that $A$, $B$, and $C$ make, ${x}\%$, ${y}\%$, and ${z}\%$, "
            "respectively, are faulty. A bolt is chosen at random from all bolts made, and it is faulty. What is "
            "the probability that machine $C$ made it? Express your answer as a common fraction.",
            rf"An airline sells ${one}\%$ of its tickets online, ${two}\%$ by telephone, and ${three}\%$ at its "
            rf"counters. Of the tickets sold online, by telephone, and at the counters, ${x}\%$, ${y}\%$, and "
            rf"${z}\%$, respectively, are canceled. A ticket is drawn at random from all canceled tickets. Find the "
            "probability that it was sold at a counter, as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        weights = [share * fault for share, fault in zip(self.shares, self.faults, strict=True)]
        return Fraction(weights[2], sum(weights))

    def check(self) -> Answer:
        made = [100 * share for share in self.shares]  # of 10000 bolts
        faulty = [number * fault // 100 for number, fault in zip(made, self.faults, strict=True)]
        return faulty[2] / sum(faulty)


class FixedHats(Family, domain="counting_and_probability", level=3):
    """Permutations with exactly so many fixed points, and some points that must move."""

    hats: int
    fixed: int
    moved: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        hats = random.randint(7, 18)
        return sound(cls(hats, random.randint(2, hats // 2), random.randint(2, hats // 3), random.randrange(2)))

    def statement(self) -> str:
        few = "neither $1$ nor $2$" if self.moved == 2 else f"none of the numbers from $1$ to ${self.moved}$"
        return (
            f"At a dance, ${self.hats}$ guests leave their hats in a cloakroom, and the hats are handed back, one to "
            f"each guest. Of the guests, ${self.moved}$ are sisters of the host. In how many ways can the hats be "
            f"handed back such that exactly ${self.fixed}$ guests get their own hats, and none of these is a sister "
            "of the host?",
            rf"How many permutations of $1, 2, \ldots, {self.hats}$ leave exactly ${self.fixed}$ of these numbers in "
            f"their places, but {few}?",
        )[self.story]

    def answer(self) -> Answer:
        rest = self.hats - self.fixed
        return comb(self.hats - self.moved, self.fixed) * sum(
            (-1) ** k * comb(rest, k) * factorial(rest - k) for k in range(rest + 1)
        )

    def check(self) -> Answer:
        deranged = [1, 0]
        for number in range(2, self.hats + 1):
            deranged.append((number - 1) * (deranged[-1] + deranged[-2]))
        ways = 1
        for chosen in range(self.fixed):
            ways = ways * (self.hats - self.moved - chosen) // (chosen + 1)
        return ways * deranged[self.hats - self.fixed]
