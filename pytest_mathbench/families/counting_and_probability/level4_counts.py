"""Counting and probability, level 4: hands, grids, rings and subsets, with a count that is easy to get wrong."""

from fractions import Fraction
from itertools import accumulate, product
from math import comb
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_SUITS = ["", "", "", "three", "four", "five", "six"]


class AllSuits(Family, domain="counting_and_probability", level=4):
    """A hand with a card of each suit: one of each and then any others counts too often."""

    suits: int
    ranks: int
    hand: int
    story: int

    naive_program = """
    from fractions import Fraction
    from math import comb
    cards = suits * ranks
    print(Fraction(ranks**suits * comb(cards - suits, hand - suits), comb(cards, hand)))
    """
    solution_program = """
    from fractions import Fraction
    from math import comb
    good = sum((-1) ** k * comb(suits, k) * comb((suits - k) * ranks, hand) for k in range(suits + 1))
    print(Fraction(good, comb(suits * ranks, hand)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        suits, ranks = random.randint(3, 6), random.randint(8, 20)
        hand = random.randint(suits + 1, suits + 6)
        ok = comb(suits * ranks, hand) >= 10**9
        return sound(cls(suits, ranks, hand, random.randrange(3))) if ok else None

    def statement(self) -> str:
        suits, ranks, hand = _SUITS[self.suits], self.ranks, self.hand
        return (
            f"A deck has {suits} suits with ${ranks}$ cards each. A hand of ${hand}$ cards is dealt at random. What "
            "is the probability that the hand contains at least one card of each suit? Express your answer as a "
            "common fraction.",
            f"Each of {suits} schools sends ${ranks}$ students. A jury of ${hand}$ of all these students is drawn by "
            "lot. What is the probability that every school has at least one student on the jury? Express your "
            "answer as a common fraction.",
            f"A box contains marbles of {suits} colors, ${ranks}$ of each color. If ${hand}$ marbles are taken out at "
            "random without replacement, what is the probability that each color occurs among them? Express your "
            "answer as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        good = sum(
            (-1) ** k * comb(self.suits, k) * comb((self.suits - k) * self.ranks, self.hand)
            for k in range(self.suits + 1)
        )
        return Fraction(good, comb(self.suits * self.ranks, self.hand))

    def check(self) -> Answer:
        ways = [1] + [0] * self.hand  # by cards so far, suit after suit, at least one of each
        for _ in range(self.suits):
            ways = [
                sum(ways[size - part] * comb(self.ranks, part) for part in range(1, size + 1))
                for size in range(self.hand + 1)
            ]
        return Fraction(ways[self.hand], comb(self.suits * self.ranks, self.hand))


class TiltedSquares(Family, domain="counting_and_probability", level=4):
    """Squares with corners in a grid of points, most of them tilted."""

    width: int
    height: int
    story: int

    naive_program = """
    points = {(x, y) for x in range(width) for y in range(height)}
    count = 0
    for a, b in points:
        for c, d in points:
            if (a, b) != (c, d) and (c - d + b, d + c - a) in points and (a - d + b, b + c - a) in points:
                count += 1  # each square from each of its four sides
    print(count // 4)
    """
    solution_program = """
    total = 0
    for k in range(1, min(width, height)):
        total += k * (width - k) * (height - k)  # k squares are inscribed in each upright one
    print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        height = random.randint(300, 400)  # too many pairs of points for a loop
        return sound(cls(height + random.randint(1, 60), height, random.randrange(3)))

    def statement(self) -> str:
        width, height = self.width, self.height
        return (
            rf"How many squares have all four vertices among the points $(x,y)$ with integers $1 \le x \le {width}$ "
            rf"and $1 \le y \le {height}$? The sides of a square need not be parallel to the axes.",
            f"The holes in a sheet of metal form a rectangular lattice of ${height}$ rows and ${width}$ columns, with "
            "the same distance between neighbors in both directions. In how many ways can four of the holes be "
            "chosen that are the corners of a square in any position?",
            f"On a display, ${width * height}$ tiny lamps are arranged in ${height}$ rows of ${width}$ at the points "
            "of a square grid. How many sets of four lamps are there that form the corners of a square, tilted "
            "squares included?",
        )[self.story]

    def answer(self) -> Answer:
        return sum(k * (self.width - k) * (self.height - k) for k in range(1, min(self.width, self.height)))

    def check(self) -> Answer:
        # By the vector (a, b) of a side, with a > 0 and b >= 0: (width - a - b)(height - a - b) places for it.
        places = [(self.width - span) * (self.height - span) for span in range(self.height - 1, 0, -1)]
        return sum(accumulate(places))  # for each a, those of all spans a + b from a on


class ApartOnRing(Family, domain="counting_and_probability", level=4):
    """Chosen places on a ring with at least so many free ones between neighbors."""

    places: int
    chosen: int
    between: int
    story: int

    naive_program = """
    from math import comb
    print(comb(places - (chosen - 1) * between, chosen))
    """
    solution_program = """
    from math import comb
    # place 1 chosen, then the gaps; by symmetry each choice is counted `chosen` times over the places
    rest = places - chosen - chosen * between
    print(places * comb(rest + chosen - 1, chosen - 1) // chosen)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        places, chosen, between = random.randint(24, 90), random.randint(5, 12), random.randint(2, 4)
        drawn = cls(places, chosen, between, random.randrange(3))
        ok = places >= chosen * (between + 1) + 3 and comb(places, chosen) >= 10**10
        return sound(drawn) if ok else None

    def statement(self) -> str:
        n, k, d = self.places, self.chosen, self.between
        return (
            f"Of ${n}$ different people who sit around a round table, ${k}$ are to be chosen such that between any "
            f"two of the chosen people there are at least ${d}$ others who are not chosen, both ways around the "
            "table. In how many ways is this possible?",
            f"A circular path has ${n}$ numbered lamps. To save power, exactly ${k}$ of them are to be lit, with at "
            f"least ${d}$ dark lamps between any two lit ones that follow each other around the path. How many "
            "choices of the lit lamps are there?",
            f"The vertices of a regular polygon with ${n}$ sides are numbered. In how many ways can ${k}$ of them be "
            f"marked if any two marked vertices must be at least ${d + 1}$ sides apart along the boundary?",
        )[self.story]

    def answer(self) -> Answer:
        free = self.places - self.chosen * self.between
        return self.places * comb(free, self.chosen) // free

    def check(self) -> Answer:
        # Rows of places in which each chosen one is followed by its free ones; the first chosen place may be early.
        row = [[1] * (self.places + 1)]
        for _ in range(self.chosen):
            before, after = row[-1], [0] * (self.places + 1)
            for size in range(1, self.places + 1):
                after[size] = after[size - 1] + (before[size - self.between - 1] if size > self.between else 0)
            row.append(after)
        through = row[self.chosen][self.places]  # no block crosses from the last place to the first
        crossing = row[self.chosen - 1][self.places - self.between - 1]
        return through + self.between * crossing


class CoprimeSubsets(Family, domain="counting_and_probability", level=4):
    """Subsets of a long range with greatest common divisor 1, too many to list."""

    largest: int
    size: int
    story: int

    naive_program = """
    from itertools import combinations
    from math import gcd
    print(sum(gcd(*chosen) == 1 for chosen in combinations(range(1, largest + 1), size)))
    """
    solution_program = """
    from math import comb
    exact = {}
    for d in range(largest, 0, -1):
        exact[d] = comb(largest // d, size) - sum(exact[m] for m in range(2 * d, largest + 1, d))
    print(exact[1])
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        largest, size = random.randint(300, 1500), random.randint(4, 6)
        return sound(cls(largest, size, random.randrange(3))) if comb(largest, size) >= 10**11 else None

    def statement(self) -> str:
        n, k = self.largest, self.size
        return (
            f"In how many ways can ${k}$ different integers be chosen from the integers $1$ to ${n}$ such that their "
            "greatest common divisor is $1$? The order of the integers does not matter.",
            rf"How many subsets of $\{{1, 2, 3, \ldots, {n}\}}$ have exactly ${k}$ elements and no common divisor of "
            f"all ${k}$ elements other than $1$?",
            f"Tickets are numbered from $1$ to ${n}$. How many sets of ${k}$ tickets are there such that no integer "
            f"greater than $1$ divides all ${k}$ numbers on them?",
        )[self.story]

    def answer(self) -> Answer:
        signs = [0, 1] + [0] * (self.largest - 1)
        for d in range(1, self.largest + 1):
            if signs[d]:
                for multiple in range(2 * d, self.largest + 1, d):
                    signs[multiple] -= signs[d]
        return sum(sign * comb(self.largest // d, self.size) for d, sign in enumerate(signs) if sign)

    def check(self) -> Answer:
        # All subsets, by their greatest common divisor g: the others of a range of n // g; equal quotients together.
        known: dict[int, int] = {}

        def coprime(n: int) -> int:
            if n not in known:
                total, d = comb(n, self.size), 2
                while d <= n:
                    last = n // (n // d)
                    total -= (last - d + 1) * coprime(n // d)
                    d = last + 1
                known[n] = total
            return known[n]

        return coprime(self.largest)


class TopTwoDice(Family, domain="counting_and_probability", level=4):
    """The sum of the two highest of many dice: too many rolls to list."""

    dice: int
    sides: int
    total: int
    story: int

    naive_program = """
    from fractions import Fraction
    from itertools import product
    good = sum(sum(sorted(roll)[-2:]) == total for roll in product(range(1, sides + 1), repeat=dice))
    print(Fraction(good, sides**dice))
    """
    solution_program = """
    from fractions import Fraction
    from math import comb
    good = 0
    for high in range(1, sides + 1):
        low = total - high
        if 1 <= low < high:
            # one die shows high, at least one low, all others less
            good += dice * (low ** (dice - 1) - (low - 1) ** (dice - 1))
        elif low == high:
            below = low - 1
            good += low**dice - below**dice - dice * below ** (dice - 1)
    print(Fraction(good, sides**dice))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        dice, sides = random.randint(9, 16), random.choice([6, 8, 10, 12, 20])
        total = random.randint(sides, 2 * sides - 1)
        drawn = cls(dice, sides, total, random.randrange(3))
        return sound(drawn) if 10**11 <= sides**dice < 10**21 and drawn.answer() > Fraction(1, 2000) else None

    def statement(self) -> str:
        dice, sides, total = self.dice, self.sides, self.total
        return (
            f"Fair dice with faces numbered from $1$ to ${sides}$ are rolled, ${dice}$ of them at once, and only the "
            "two highest results (which may be equal) are kept. What is the probability that the sum of these two is "
            f"${total}$? Express your answer as a common fraction.",
            f"In a game, ${dice}$ fair dice, whose ${sides}$ faces show the numbers from $1$ to ${sides}$, are "
            "rolled. The score is the sum of the numbers on the best two dice, so two dice with the highest number "
            f"both count. Find the probability of a score of exactly ${total}$. Express your answer as a common "
            "fraction.",
            f"Each of ${dice}$ people independently chooses an integer from $1$ to ${sides}$, each with the same "
            f"probability. The chosen numbers are put in order, $a_1 \\le a_2 \\le \\cdots \\le a_{{{dice}}}$. What "
            f"is the probability that $a_{{{dice - 1}}} + a_{{{dice}}} = {total}$? Express your answer as a common "
            "fraction.",
        )[self.story]

    def answer(self) -> Answer:
        n, good = self.dice, 0
        for high, low in product(range(1, self.sides + 1), repeat=2):
            if high + low == self.total and high > low:
                good += n * (low ** (n - 1) - (low - 1) ** (n - 1))
            elif high + low == self.total and high == low:
                good += high**n - (high - 1) ** n - n * (high - 1) ** (n - 1)
        return Fraction(good, self.sides**n)

    def check(self) -> Answer:
        # From the highest face down: how many dice show it, until two are known.
        n, good = self.dice, 0
        for high in range(1, self.sides + 1):
            for many in range(1, n + 1):
                rest = n - many
                if many >= 2:
                    good += comb(n, many) * (high - 1) ** rest * (2 * high == self.total)
                    continue
                low = self.total - high
                if 0 < low < high:
                    good += n * sum(comb(rest, k) * (low - 1) ** (rest - k) for k in range(1, rest + 1))
        return Fraction(good, self.sides**n)
