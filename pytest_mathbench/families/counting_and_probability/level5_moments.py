"""Counting and probability, level 5: mean and variance of a count whose events depend on each other."""

from fractions import Fraction
from itertools import product
from math import comb, prod
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import multinomial
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class LikeNeighbors(Family, domain="counting_and_probability", level=5):
    """Mean and variance of the number of neighbors of one color in a random row: dependent pairs."""

    counts: tuple[int, ...]
    story: int

    naive_program = """
    from fractions import Fraction
    n = sum(counts)
    p = Fraction(sum(c * (c - 1) for c in counts), n * (n - 1))
    print(f"({(n - 1) * p}, {(n - 1) * p * (1 - p)})")
    """
    solution_program = """
    from fractions import Fraction
    from math import perm
    n = sum(counts)
    two = Fraction(sum(perm(c, 2) for c in counts), perm(n, 2))
    three = Fraction(sum(perm(c, 3) for c in counts), perm(n, 3))
    four = Fraction(
        sum(perm(c, 4) for c in counts)
        + sum(perm(c, 2) * perm(d, 2) for i, c in enumerate(counts) for j, d in enumerate(counts) if i != j),
        perm(n, 4),
    )
    mean = (n - 1) * two
    square = mean + 2 * (n - 2) * three + (n - 2) * (n - 3) * four
    print(f"({mean}, {square - mean**2})")
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        counts = tuple(random.randint(60, 140) for _ in range(3))  # too many for a table over the counts left
        drawn = cls(counts, random.randrange(3))
        mean, variance = drawn.answer()
        alone = mean * (1 - mean / (sum(counts) - 1))  # as if the pairs were independent; so it is for equal counts
        return None if mean in counts or variance in (alone, int(variance)) else drawn

    def statement(self) -> str:
        one, two, three = self.counts
        total = sum(self.counts)
        end = (
            r"Find the mean $\mu$ and the variance $v$ of $X$. Enter your answer as an ordered pair $(\mu,v)$ of "
            "integers or common fractions."
        )
        return (
            f"A shuffled deck of ${total}$ cards, ${one}$ of them red, ${two}$ green, and ${three}$ black, is laid "
            f"out in a row. Let $X$ be the number of pairs of neighboring cards of the same color. {end}",
            f"In random order, ${one}$ Greeks, ${two}$ Irish, and ${three}$ Swiss form a line of ${total}$ people. "
            "Let $X$ be the number of people in it, apart from the first, who have the nationality of the person "
            f"directly before them. {end}",
            rf"A string is drawn at random from all strings that consist of ${one}$ letters $\text{{A}}$, ${two}$ "
            rf"letters $\text{{B}}$, and ${three}$ letters $\text{{C}}$. Let $X$ be the number of places in it where "
            f"a letter is followed by the same letter. {end}",
        )[self.story]

    def answer(self) -> Answer:
        n = sum(self.counts)
        two, three, four = (Fraction(sum(_falling(c, k) for c in self.counts), _falling(n, k)) for k in (2, 3, 4))
        pairs = sum(_falling(c, 2) for c in self.counts)
        four += Fraction(pairs**2 - sum(_falling(c, 2) ** 2 for c in self.counts), _falling(n, 4))
        mean = (n - 1) * two
        return mean, mean + 2 * (n - 2) * three + (n - 2) * (n - 3) * four - mean**2

    def check(self) -> Answer:
        # Factorial moments: mark one or two of the like pairs, which glues cards to blocks of one color.
        every = multinomial(*self.counts)
        moments = [Fraction(), Fraction()]
        for glued in product(range(3), repeat=len(self.counts)):
            if 0 < sum(glued) <= 2:
                blocks = [count - marks for count, marks in zip(self.counts, glued, strict=True)]
                cuts = prod(comb(count - 1, marks) for count, marks in zip(self.counts, glued, strict=True))
                moments[sum(glued) - 1] += Fraction(cuts * multinomial(*blocks), every)
        mean, pairs = moments
        return mean, 2 * pairs + mean - mean**2


def _falling(number: int, factors: int) -> int:
    return prod(number - k for k in range(factors))
