"""Counting and probability, level 3: series of games, of dice and of steps."""

from fractions import Fraction
from math import comb
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class BestOfSeries(Family, domain="counting_and_probability", level=3):
    """The chance to win a series from a given score, as a polynomial."""

    wins: int
    ours: int
    theirs: int
    letter: str
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        wins = random.randint(3, 6)
        ours, theirs = random.randint(0, wins - 2), random.randint(0, wins - 2)
        ok = ours + theirs and 2 * wins - ours - theirs <= 8
        return cls(wins, ours, theirs, random.choice("ptxrsuw"), random.randrange(3)) if ok else None

    def statement(self) -> str:
        n, ours, theirs, p = self.wins, self.ours, self.theirs, self.letter
        return (
            f"Ava and Bo play a series of games that ends as soon as one of them has won ${n}$ games. Ava wins each "
            f"game with probability ${p}$ and Bo wins it otherwise, independently of the other games. So far, Ava's "
            f"score is ${ours}$ and Bo's score is ${theirs}$. Express the probability that Ava wins the series as a "
            f"polynomial in ${p}$, in expanded form.",
            f"A fencing bout is won by whoever is first to score ${n}$ points. Each point is scored by Cara with "
            f"probability ${p}$, and by Dina otherwise, independently of the other points. The score is now ${ours}$ "
            f"for Cara and ${theirs}$ for Dina. Find the probability that Cara wins, as an expanded polynomial in "
            f"${p}$.",
            f"In each round of a game exactly one of two teams gets a star, and the first team to have ${n}$ stars "
            f"wins. The home team gets each star with probability ${p}$, independently of the other rounds. The score "
            f"in stars is now ${ours}$ for the home team and ${theirs}$ for the guests. What is the probability that "
            f"the home team wins? Give it as a polynomial in ${p}$, multiplied out.",
        )[self.story]

    def answer(self) -> Answer:
        # The last game is won; before it, k games are lost: each (1 - p)^k by its coefficients.
        need, lost = self.wins - self.ours, self.wins - self.theirs
        coefficients = [
            sum(comb(need - 1 + k, k) * comb(k, power) * (-1) ** power for k in range(power, lost))
            for power in range(lost)
        ]
        p = sympy.Symbol(self.letter)
        return sum(coefficient * p ** (need + power) for power, coefficient in enumerate(coefficients))

    def check(self) -> Answer:
        # As if all games that could be needed were played: at least so many of them are won.
        need, lost = self.wins - self.ours, self.wins - self.theirs
        games = need + lost - 1
        coefficients = [0] * (games + 1)
        for won in range(need, games + 1):
            for k in range(games - won + 1):
                coefficients[won + k] += comb(games, won) * comb(games - won, k) * (-1) ** k
        return sympy.Poly(coefficients[::-1], sympy.Symbol(self.letter)).as_expr()


class DistinctFaces(Family, domain="counting_and_probability", level=3):
    """The expected number of different faces that several dice show: linearity."""

    sides: int
    dice: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return sound(cls(random.randint(4, 20), random.randint(3, 12), random.randrange(3)))

    def statement(self) -> str:
        sides, dice = self.sides, self.dice
        return (
            f"A fair die with faces numbered from $1$ to ${sides}$ is rolled ${dice}$ times. What is the expected "
            "number of different numbers that are rolled? Express your answer as a common fraction.",
            f"On the ground floor, ${dice}$ people enter an elevator. Each of them independently chooses one of the "
            f"${sides}$ floors above at random to get out, and the elevator stops only where somebody gets out. Find "
            "the expected number of stops above the ground floor, as a common fraction.",
            f"Each of ${dice}$ letters is put at random into one of ${sides}$ mailboxes, independently of the others. "
            "What is the expected number of mailboxes that are not empty? Express your answer as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        return self.sides * (1 - Fraction(self.sides - 1, self.sides) ** self.dice)

    def check(self) -> Answer:
        chances = {0: Fraction(1)}
        for _ in range(self.dice):
            after = dict.fromkeys(range(self.sides + 2), Fraction())
            for seen, chance in chances.items():
                after[seen] += chance * Fraction(seen, self.sides)
                after[seen + 1] += chance * Fraction(self.sides - seen, self.sides)
            chances = {seen: chance for seen, chance in after.items() if chance}
        return sum(seen * chance for seen, chance in chances.items())


class BrokenStairs(Family, domain="counting_and_probability", level=3):
    """Ways up a staircase by steps of several sizes that leave out two broken stairs."""

    stairs: int
    largest: int
    broken: tuple[int, int]
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        stairs = random.randint(10, 20)
        one, two = sorted(random.sample(range(2, stairs), 2))
        return sound(cls(stairs, random.randint(3, 4), (one, two), random.randrange(2)))

    def statement(self) -> str:
        sizes = {3: "$1$, $2$, or $3$", 4: "$1$, $2$, $3$, or $4$"}[self.largest]
        one, two = self.broken
        return (
            f"A staircase has ${self.stairs}$ stairs. Eva climbs it from the ground to the top stair, taking {sizes} "
            f"stairs at a time, but never steps on stair ${one}$ or stair ${two}$ (counted from below), which are "
            "broken. In how many ways can she climb the stairs?",
            f"A frog sits at $0$ on the number line and jumps to ${self.stairs}$ by jumps to the right, each of "
            f"length {sizes}. It must not land on ${one}$ or on ${two}$. How many sequences of jumps are possible?",
        )[self.story]

    def answer(self) -> Answer:
        ways = [1]
        for stair in range(1, self.stairs + 1):
            ways.append(0 if stair in self.broken else sum(ways[max(0, stair - self.largest) :]))
        return ways[-1]

    def check(self) -> Answer:
        # All ways, less those through one broken stair or the other, plus those through both.
        def compositions(total: int) -> int:
            count = 0
            for parts in range(total + 1):
                for over in range(parts + 1):
                    left = total - parts - over * self.largest
                    if left >= 0 and (parts or not total):
                        spread = comb(left + parts - 1, parts - 1) if parts else int(left == 0)
                        count += (-1) ** over * comb(parts, over) * spread
            return count

        (one, two), top = self.broken, self.stairs
        through = compositions(one) * compositions(top - one) + compositions(two) * compositions(top - two)
        both = compositions(one) * compositions(two - one) * compositions(top - two)
        return compositions(top) - through + both
