"""Counting and probability, level 4: several ideas, conditions that are easy to misread, exact forms."""

from fractions import Fraction
from itertools import pairwise
from math import comb, factorial
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_NAMED = ["", "", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"]


class RoundTable(Family, domain="counting_and_probability", level=4):
    """Couples around a table, some of whom sit together and some never."""

    couples: int
    together: int
    apart: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        couples = random.randint(4, 60)
        together, apart = random.randint(2, 9), random.randint(2, 9)
        return cls(couples, together, apart) if together + apart <= couples else None

    def statement(self) -> str:
        people = 2 * self.couples
        return (
            f"A group of ${people}$ people consists of ${self.couples}$ couples. They sit down at random on the "
            f"${people}$ "
            f"chairs around a round table, all seatings being equally likely. {_NAMED[self.together]} of the couples "
            "are "
            f"on honeymoon, and {_NAMED[self.apart].lower()} of the other couples have quarreled. What is the "
            "probability "
            "that the two people of each honeymoon couple sit next to each other, and the two people of no quarreled "
            "couple do? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        people = 2 * self.couples

        def joined(pairs: int) -> int:
            """Count the circular seatings in which these pairs sit together."""
            return (1 << pairs) * factorial(people - pairs - 1)

        good = sum((-1) ** k * comb(self.apart, k) * joined(self.together + k) for k in range(self.apart + 1))
        return Fraction(good, factorial(people - 1))

    def check(self) -> Answer:
        people = 2 * self.couples
        # One pair after another is glued to one block: the chance that the next one is together, given the earlier.
        chances = [Fraction(1)]
        for pairs in range(self.together + self.apart):
            blocks = people - pairs  # of which two single people are the next pair
            chances.append(chances[-1] * Fraction(2, blocks - 1))
        differences = chances[self.together :]
        for _ in range(self.apart):
            differences = [one - other for one, other in pairwise(differences)]
        return differences[0]


class FixedHats(Family, domain="counting_and_probability", level=4):
    """Permutations with exactly so many fixed points, and one point that must move."""

    hats: int
    fixed: int
    moved: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        hats = random.randint(7, 40)
        return cls(hats, random.randint(2, hats // 2), random.randint(2, hats // 3))

    def statement(self) -> str:
        return (
            f"A group of ${self.hats}$ guests leave their hats in a cloakroom, and the hats are handed back, one to "
            "each "
            f"guest. Of the guests, ${self.moved}$ are sisters of the host. In how many ways can the hats be handed "
            "back "
            f"such that exactly ${self.fixed}$ guests get their own hats, and none of these is a sister of the host?"
        )

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


class MeetingInPark(Family, domain="counting_and_probability", level=4):
    """Two people who wait different times: an area in a rectangle."""

    span: int
    first: int
    second: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = random.sample(range(5, 41), 2)
        return cls(random.choice([60, 75, 80, 90, 100, 120]), first, second)

    def statement(self) -> str:
        return (
            f"Anna and Boris come to a cafe at independent random times, each uniformly distributed over the same "
            f"${self.span}$ minutes. Anna stays for ${self.first}$ minutes and Boris stays for ${self.second}$ "
            "minutes, "
            "even if that takes them past the end of this span. What is the probability that both are in the cafe at "
            "some "
            "moment, given that Anna comes before Boris? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        miss = Fraction((self.span - self.first) ** 2, 2)
        half = Fraction(self.span**2, 2)
        return (half - miss) / half

    def check(self) -> Answer:
        # The gap between two points of the span, the larger less the smaller, has density 2 (s - g) / s^2.
        gap = sympy.Symbol("g")
        density = sympy.Poly(2 * (self.span - gap), gap)
        return density.integrate().eval(self.first) / sympy.Integer(self.span) ** 2


class StringsWithoutRuns(Family, domain="counting_and_probability", level=4):
    """Strings over an alphabet without a run of three equal letters."""

    letters: int
    length: int
    both: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 26), random.randint(6, 60), random.random() < 0.5)

    def statement(self) -> str:
        ends = " and in which the first letter differs from the last letter" if self.both else ""
        return (
            f"An alphabet has ${self.letters}$ letters. How many strings of ${self.length}$ letters of this alphabet "
            "are "
            f"there in which no three consecutive letters are all the same{ends}?"
        )

    def answer(self) -> Answer:
        # By blocks: each is one or two long and differs from the one before it.
        total = 0
        for blocks in range((self.length + 1) // 2, self.length + 1):
            shapes = comb(blocks, self.length - blocks)
            cycle = (self.letters - 1) ** blocks + (-1) ** blocks * (self.letters - 1)  # ends differ, in a ring
            total += shapes * (cycle if self.both else self.letters * (self.letters - 1) ** (blocks - 1))
        return total if not (self.both and self.letters < 2) else 0

    def check(self) -> Answer:
        # State: (whether the last letter is the first one, length of the run), counted letter by letter.
        states = {(True, 1): self.letters}
        for _ in range(self.length - 1):
            after: dict[tuple[bool, int], int] = {}
            for (same, run), ways in states.items():
                if run == 1:
                    after[same, 2] = after.get((same, 2), 0) + ways
                if not same:
                    after[True, 1] = after.get((True, 1), 0) + ways
                others = self.letters - 1 if same else self.letters - 2
                after[False, 1] = after.get((False, 1), 0) + others * ways
            states = after
        return sum(ways for (same, _), ways in states.items() if not (self.both and same))


class CutDeck(Family, domain="counting_and_probability", level=4):
    """The expected number of cards until the second ace, with jokers that end it."""

    aces: int
    jokers: int
    others: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(3, 9), random.randint(1, 6), random.randint(10, 60))

    def statement(self) -> str:
        total = self.aces + self.jokers + self.others
        return (
            f"A deck of ${total}$ cards contains ${self.aces}$ aces and ${self.jokers}$ "
            f"{'joker' if self.jokers == 1 else 'jokers'}. The cards of the shuffled deck are turned over one by one "
            "until "
            "two aces, or one joker, have been turned over. What is the expected number of cards that are turned over? "
            "Express your answer as a common fraction or an integer."
        )

    def answer(self) -> Answer:
        # Linearity: each other card is among those turned with the chance that it comes before the end.
        aces, jokers = self.aces, self.jokers
        special = aces + jokers

        def before(places: int) -> Fraction:
            """Return the chance that a card comes before the end, which is at the first or the second special card."""
            return Fraction(places, special + 1)

        second = Fraction(aces, special)  # the first special card is an ace: the end is at the second special card
        plain = self.others * (second * before(2) + (1 - second) * before(1))
        return plain + 1 + second

    def check(self) -> Answer:
        total = self.aces + self.jokers + self.others
        expected, alive = Fraction(), [Fraction(1), Fraction(0)]  # no ace so far, one ace
        for turned in range(total):
            if not any(alive):
                break
            expected += sum(alive)
            left = total - turned
            none, one = alive
            plain = [self.others - turned, self.others - turned + 1]
            alive = [
                none * Fraction(max(plain[0], 0), left),
                none * Fraction(self.aces, left) + one * Fraction(max(plain[1], 0), left),
            ]
        return expected
