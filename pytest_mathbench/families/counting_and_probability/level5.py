"""Counting and probability, level 5: too many cases, games without end, continuous chance."""

from fractions import Fraction
from math import comb, gcd
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class SubsetSums(Family, domain="counting_and_probability", level=5):
    """Subsets of a long range whose sum is divisible by a prime."""

    prime: int
    blocks: int
    residue: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        prime = random.choice([3, 5, 7, 11, 13])
        return cls(prime, random.randint(4, 60), random.randrange(prime))

    def statement(self) -> str:
        return (
            "Counting the empty set, whose sum is $0$, how many subsets of "
            rf"$\{{1, 2, 3, \ldots, {self.prime * self.blocks}\}}$ have a sum of elements that leaves remainder "
            f"${self.residue}$ on division by ${self.prime}$?"
        )

    def answer(self) -> Answer:
        size = self.prime * self.blocks
        if self.residue:
            return (2**size - 2**self.blocks) // self.prime
        return (2**size + (self.prime - 1) * 2**self.blocks) // self.prime

    def check(self) -> Answer:
        ways = [1] + [0] * (self.prime - 1)
        for element in range(1, self.prime * self.blocks + 1):
            ways = [ways[rest] + ways[(rest - element) % self.prime] for rest in range(self.prime)]
        return ways[self.residue]


class Necklaces(Family, domain="counting_and_probability", level=5):
    """Necklaces of many beads up to rotation, with a given number of black ones."""

    beads: int
    black: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        beads = random.randint(30, 120)
        black = random.randint(8, beads - 8)
        return cls(beads, black) if gcd(beads, black) > 1 else None

    def statement(self) -> str:
        return (
            f"A circular bracelet has ${self.beads}$ beads, of which ${self.black}$ are black and "
            f"${self.beads - self.black}$ are white. Two bracelets are the same if one is a rotation of the other; a "
            "bracelet cannot be turned over. How many different bracelets are there?"
        )

    def answer(self) -> Answer:
        common = gcd(self.beads, self.black)
        divisors = [d for d in range(1, common + 1) if common % d == 0]
        return sum(int(sympy.totient(d)) * comb(self.beads // d, self.black // d) for d in divisors) // self.beads

    def check(self) -> Answer:
        # Each rotation keeps the colorings whose cycles, all equally long, are of one color.
        kept = 0
        for turn in range(self.beads):
            cycles = gcd(turn, self.beads)
            length = self.beads // cycles
            kept += comb(cycles, self.black // length) if self.black % length == 0 else 0
        return kept // self.beads


class PatternRace(Family, domain="counting_and_probability", level=5):
    """The expected number of flips of a biased coin until a pattern shows."""

    pattern: str
    chance: Fraction

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        pattern = "".join(random.choice("HT") for _ in range(random.randint(5, 7)))
        chance = Fraction(random.randint(1, 6), random.randint(3, 8))
        return cls(pattern, chance) if chance < 1 and len(set(pattern)) == 2 else None

    def statement(self) -> str:
        return (
            rf"A coin shows heads with probability $\frac{{{self.chance.numerator}}}{{{self.chance.denominator}}}$ and "
            "tails otherwise. It is flipped again and again until the last "
            rf"${len(self.pattern)}$ results, in order, are $\text{{{self.pattern}}}$, where $\text{{H}}$ stands for "
            "heads "
            r"and $\text{T}$ for tails. What is the expected number of flips? Express your answer as a common "
            "fraction or "
            "an integer."
        )

    def answer(self) -> Answer:
        # Conway: one term for each border of the pattern.
        total = Fraction()
        for size in range(1, len(self.pattern) + 1):
            if self.pattern.endswith(self.pattern[:size]):
                heads = self.pattern[:size].count("H")
                total += 1 / (self.chance**heads * (1 - self.chance) ** (size - heads))
        return total

    def check(self) -> Answer:
        size = len(self.pattern)

        def after(state: int, result: str) -> int:
            seen = self.pattern[:state] + result
            return next(k for k in range(min(size, len(seen)), -1, -1) if seen.endswith(self.pattern[:k]))

        # Expected flips from each state, as a + b E_0, state after state.
        values = [(Fraction(0), Fraction(1))]
        for state in range(size):
            result = self.pattern[state]
            right = self.chance if result == "H" else 1 - self.chance
            back = values[after(state, "T" if result == "H" else "H")]
            a, b = values[state]
            values.append(((a - 1 - (1 - right) * back[0]) / right, (b - (1 - right) * back[1]) / right))
        a, b = values[size]
        return -a / b


class GamblersEnd(Family, domain="counting_and_probability", level=5):
    """The chance to reach a goal in an unfair game with steps of two sizes up and one down."""

    win: Fraction
    start: int
    goal: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        win = Fraction(random.randint(1, 7), random.randint(3, 9))
        goal = random.randint(6, 14)
        return cls(win, random.randint(2, goal - 2), goal) if win < 1 and win != Fraction(1, 2) else None

    def statement(self) -> str:
        return (
            rf"In each round of a game, a player gains one point with probability $\frac{{{self.win.numerator}}}"
            rf"{{{self.win.denominator}}}$ and otherwise loses one point, independently of the other rounds. The "
            "player "
            f"starts with ${self.start}$ points and stops on reaching ${self.goal}$ points or $0$ points. What is the "
            "expected number of rounds that the player plays? Express your answer as a common fraction or an integer."
        )

    def answer(self) -> Answer:
        ratio = (1 - self.win) / self.win
        reach = (1 - ratio**self.start) / (1 - ratio**self.goal)
        return (self.goal * reach - self.start) / (2 * self.win - 1)

    def check(self) -> Answer:
        # E_k = 1 + p E_{k+1} + q E_{k-1}, from E_0 = 0 and an unknown E_1 = t: E_k = a_k + b_k t.
        p, q = self.win, 1 - self.win
        values = [(Fraction(0), Fraction(0)), (Fraction(0), Fraction(1))]
        for k in range(1, self.goal):
            (a, b), (c, d) = values[k], values[k - 1]
            values.append(((a - 1 - q * c) / p, (b - q * d) / p))
        unknown = -values[self.goal][0] / values[self.goal][1]
        return values[self.start][0] + values[self.start][1] * unknown


class BrokenStick(Family, domain="counting_and_probability", level=5):
    """A stick broken at several random points: the chance that no piece is too long."""

    cuts: int
    limit: Fraction

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        cuts = random.randint(4, 9)
        limit = Fraction(random.randint(1, 40), random.randint(3, 60))
        return cls(cuts, limit) if Fraction(1, cuts - 1) < limit < Fraction(1, 2) else None

    def statement(self) -> str:
        return (
            f"A stick of length $1$ is broken at ${self.cuts}$ points, which are chosen independently and uniformly at "
            f"random on it, into ${self.cuts + 1}$ pieces. What is the probability that no piece is longer than "
            rf"$\frac{{{self.limit.numerator}}}{{{self.limit.denominator}}}$? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        pieces = self.cuts + 1
        terms = ((-1) ** k * comb(pieces, k) * (1 - k * self.limit) ** self.cuts for k in range(pieces + 1))
        return sum((term for k, term in enumerate(terms) if k * self.limit < 1), Fraction())

    def check(self) -> Answer:
        # The density of the sum of pieces, each at most the limit, as a spline, integrated piece after piece.
        width, rest, pieces = float(self.limit), 1.0, self.cuts + 1
        return _spline(rest / width, pieces) * width ** (pieces - 1) * _factorial(pieces - 1)


def _spline(x: float, order: int) -> float:
    """Return the density at x of the sum of so many uniform variables (Cox and de Boor)."""
    values = [1.0 if k <= x < k + 1 else 0.0 for k in range(order)]
    for degree in range(1, order):
        values = [((x - k) * values[k] + (k + degree + 1 - x) * values[k + 1]) / degree for k in range(order - degree)]
    return values[0]


def _factorial(number: int) -> float:
    product = 1.0
    for factor in range(2, number + 1):
        product *= factor
    return product
