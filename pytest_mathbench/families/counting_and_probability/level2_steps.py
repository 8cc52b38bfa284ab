"""Counting and probability, level 2: digits, shelves, samples, surveys and raffles."""

from fractions import Fraction
from itertools import permutations
from math import comb, factorial, perm
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed, tex


class DifferentDigits(Family, domain="counting_and_probability", level=2):
    """Even, odd or large numbers with different digits out of a given set."""

    digits: tuple[int, ...]
    length: int
    least: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        digits = tuple(sorted(random.sample(range(10), random.randint(5, 8))))
        return sound(cls(digits, random.randint(3, 4), random.choice(digits[2:-1]), random.randrange(3)))

    def statement(self) -> str:
        digits, size = listed(self.digits), self.length
        zero = ", the first of which is not $0$," if 0 in self.digits else ""
        nor = " The first digit must not be $0$." if 0 in self.digits else ""
        return (
            f"How many even integers with ${size}$ digits{zero} have different digits, all of them among {digits}?",
            f"Odd integers with ${size}$ digits are formed from the digits {digits}, none of which is used more than "
            f"once in a number.{nor} How many such integers are there?",
            f"There is one card for each of the digits {digits}. Of these cards, ${size}$ are put in a row to make an "
            f"integer. How many different integers greater than ${self.least * 10 ** (size - 1)}$ can be made?",
        )[self.story]

    def answer(self) -> Answer:
        count = len(self.digits)
        if self.story == 2:
            return sum(digit >= self.least for digit in self.digits) * perm(count - 1, self.length - 1)
        first = sum(
            sum(digit not in (0, last) for digit in self.digits) for last in self.digits if last % 2 == self.story
        )
        return first * perm(count - 2, self.length - 2)

    def check(self) -> Answer:
        low = (self.least if self.story == 2 else 1) * 10 ** (self.length - 1)
        numbers = (int("".join(map(str, row))) for row in permutations(self.digits, self.length))
        return sum(number >= low and (self.story == 2 or number % 2 == self.story) for number in numbers)


class SubjectsTogether(Family, domain="counting_and_probability", level=2):
    """Things of several kinds in a row, each kind together."""

    counts: tuple[int, ...]
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        counts = tuple(random.randint(2, 8) for _ in range(3))
        return sound(cls(counts, random.randrange(3)))

    def statement(self) -> str:
        one, two, three = self.counts
        return (
            f"In how many ways can ${one}$ different books on algebra, ${two}$ different books on botany, and "
            f"${three}$ different books on chess be arranged on a shelf, if the books on each subject must stand "
            "together?",
            f"A line of people consists of ${one}$ Danes, ${two}$ Finns, and ${three}$ Swedes. All people of the same "
            "nationality stand together, with no others between them. In how many orders can these people stand in "
            "the line?",
            f"A concert consists of ${one}$ different waltzes, ${two}$ different marches, and ${three}$ different "
            "polkas. The pieces of each kind are played in one block, with no others between them. How many orders "
            "of the pieces are possible?",
        )[self.story]

    def answer(self) -> Answer:
        ways = factorial(len(self.counts))
        for count in self.counts:
            ways *= factorial(count)
        return ways

    def check(self) -> Answer:
        # Place by place: any thing first of those of new kinds, then the rest of its kind.
        def rows(left: tuple[int, ...]) -> int:
            if not left:
                return 1
            total = 0
            for place, count in enumerate(left):
                inside = 1
                for free in range(count, 0, -1):
                    inside *= free
                total += inside * rows(left[:place] + left[place + 1 :])
            return total

        return rows(self.counts)


class DefectiveSample(Family, domain="counting_and_probability", level=2):
    """At least one defective piece in a sample without replacement."""

    pieces: int
    defective: int
    sample: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        pieces = random.randint(12, 30)
        return sound(cls(pieces, random.randint(2, 6), random.randint(2, 5), random.randrange(3)))

    def statement(self) -> str:
        n, bad, size = self.pieces, self.defective, self.sample
        return (
            f"Of ${n}$ light bulbs, ${bad}$ are defective. A sample of ${size}$ bulbs is chosen at random, without "
            "replacement. What is the probability that at least one of them is defective? Express your answer as a "
            "common fraction.",
            f"Of the ${n}$ tickets in a raffle, ${bad}$ are winning tickets. Rosa draws ${size}$ of the ${n}$ tickets "
            "at random. What is the probability that at least one of hers is a winning ticket? Express your answer "
            "as a common fraction.",
            f"A farmer has ${n}$ hens, ${bad}$ of which are white. A fox takes ${size}$ hens at random. Find the "
            "probability that it takes at least one white hen, as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        return 1 - Fraction(comb(self.pieces - self.defective, self.sample), comb(self.pieces, self.sample))

    def check(self) -> Answer:
        none = Fraction(1)
        for drawn in range(self.sample):
            none *= Fraction(self.pieces - self.defective - drawn, self.pieces - drawn)
        return 1 - none


class UnknownReds(Family, domain="counting_and_probability", level=2, answer_type="list"):
    """How many red ones there are, from the chance that two have different colors: two solutions."""

    total: int
    red: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        total = random.randint(12, 70)
        red = random.randint(3, total // 2 - 1)
        drawn = cls(total, red, random.randrange(3))
        chance = drawn._chance()
        return None if {red, total - red} & {chance.numerator, chance.denominator} else drawn

    def _chance(self) -> Fraction:
        return Fraction(2 * self.red * (self.total - self.red), self.total * (self.total - 1))

    def statement(self) -> str:
        chance, n = tex(self._chance()), self.total
        return (
            f"A bag contains ${n}$ balls, each of which is red or blue. If two balls are drawn at random without "
            f"replacement, the probability that they have different colors is ${chance}$. How many red balls can "
            "there be? Enter all possible numbers, separated by commas.",
            f"Of ${n}$ people, some are right-handed and all others are left-handed. When a pair of different people "
            "is chosen at random, it consists of one right-handed and one left-handed person with probability "
            f"${chance}$. Find all possible numbers of left-handed people. Enter your answers separated by commas.",
            f"A box holds ${n}$ screws, each of which is either long or short. Two screws are taken out together at "
            f"random, and the probability that both are long or both are short is ${tex(1 - self._chance())}$. What "
            "are the possible numbers of long screws? Separate your answers by commas.",
        )[self.story]

    def answer(self) -> Answer:
        return frozenset({self.red, self.total - self.red})

    def check(self) -> Answer:
        pairs = comb(self.total, 2)
        alike = (1 - self._chance()) * pairs
        return frozenset(r for r in range(self.total + 1) if comb(r, 2) + comb(self.total - r, 2) == alike)


class Survey(Family, domain="counting_and_probability", level=2):
    """Three sets that overlap: how many belong to none, or to exactly one."""

    only: tuple[int, int, int]
    pairs: tuple[int, int, int]
    every: int
    none: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.randint(5, 40) for _ in range(3))
        ab, ac, bc = (random.randint(2, 15) for _ in range(3))
        return sound(cls((a, b, c), (ab, ac, bc), random.randint(2, 12), random.randint(3, 30), random.randrange(2)))

    def statement(self) -> str:
        (a, b, c), (ab, ac, bc), every = self.only, self.pairs, self.every
        total = a + b + c + ab + ac + bc + every + self.none
        one, two, three = a + ab + ac + every, b + ab + bc + every, c + ac + bc + every
        return (
            f"Of ${total}$ guests of a hotel, ${one}$ speak English, ${two}$ French, and ${three}$ German. English "
            f"and French are spoken by ${ab + every}$ of them, English and German by ${ac + every}$, French and "
            f"German by ${bc + every}$, and all three languages by ${every}$. How many guests speak none of these "
            "languages?",
            f"In a school, ${one}$ students sing, ${two}$ act, and ${three}$ paint. Of these, ${ab + every}$ sing and "
            f"act, ${ac + every}$ sing and paint, ${bc + every}$ act and paint, and ${every}$ do all three. How many "
            "students do exactly one of the three?",
        )[self.story]

    def answer(self) -> Answer:
        return self.none if self.story == 0 else sum(self.only)

    def check(self) -> Answer:
        # From the numbers of the statement, by inclusion and exclusion.
        (a, b, c), (ab, ac, bc), every = self.only, self.pairs, self.every
        singles = [a + ab + ac + every, b + ab + bc + every, c + ac + bc + every]
        doubles = [ab + every, ac + every, bc + every]
        if self.story:
            return sum(singles) - 2 * sum(doubles) + 3 * every
        total = a + b + c + ab + ac + bc + every + self.none
        return total - sum(singles) + sum(doubles) - every


class LargestDrawn(Family, domain="counting_and_probability", level=2):
    """The chance that the largest, or the smallest, of several numbers drawn is a given one."""

    balls: int
    drawn: int
    number: int
    largest: bool
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        balls, drawn = random.randint(12, 30), random.randint(3, 5)
        number = random.randint(drawn + 1, balls - drawn)
        return (
            sound(cls(balls, drawn, number, random.random() < 0.5, random.randrange(2))) if balls > 2 * drawn else None
        )

    def statement(self) -> str:
        kind = "largest" if self.largest else "smallest"
        return (
            f"From ${self.balls}$ balls numbered from $1$ to ${self.balls}$, ${self.drawn}$ are drawn at random "
            f"without replacement. What is the probability that the {kind} number drawn is ${self.number}$? Express "
            "your answer as a common fraction.",
            rf"A subset with ${self.drawn}$ elements of $\{{1, 2, \ldots, {self.balls}\}}$ is chosen at random. Find "
            f"the probability that its {kind} element is ${self.number}$, as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        beyond = self.number - 1 if self.largest else self.balls - self.number
        return Fraction(comb(beyond, self.drawn - 1), comb(self.balls, self.drawn))

    def check(self) -> Answer:
        # At most this number, less at most the one before: products of chances, ball after ball.
        def within(size: int) -> Fraction:
            chance = Fraction(1)
            for taken in range(self.drawn):
                chance *= Fraction(max(size - taken, 0), self.balls - taken)
            return chance

        size = self.number if self.largest else self.balls - self.number + 1
        return within(size) - within(size - 1)
