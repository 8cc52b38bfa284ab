"""Counting and probability, level 3: digits, rectangles, games, and chances with two conditions."""

from collections import Counter
from fractions import Fraction
from itertools import combinations_with_replacement, product
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.counting_and_probability.shared import multinomial, sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex


class RectanglesWithCell(Family, domain="counting_and_probability", level=3):
    """Rectangles in a grid that contain one marked square but not another one."""

    columns: int
    rows: int
    wanted: tuple[int, int]
    other: tuple[int, int]
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        columns, rows = random.randint(5, 10), random.randint(5, 10)
        wanted, other = ((random.randint(1, columns), random.randint(1, rows)) for _ in range(2))
        return sound(cls(columns, rows, wanted, other, random.randrange(2))) if wanted != other else None

    def statement(self) -> str:
        (a, b), (c, d) = self.wanted, self.other
        return (
            f"A board consists of ${self.columns}$ columns and ${self.rows}$ rows of unit squares. Squares count as "
            f"rectangles. How many rectangles made of unit squares of the board contain the square in column ${a}$ "
            f"and row ${b}$, but not the square in column ${c}$ and row ${d}$?",
            f"A sheet of ${self.rows}$ rows and ${self.columns}$ columns of stamps is given. A rectangular block of "
            f"one or more whole stamps is to be cut out. It must include the stamp in row ${b}$, column ${a}$, but "
            f"not the damaged stamp in row ${d}$, column ${c}$. In how many ways can the block be chosen?",
        )[self.story]

    def answer(self) -> Answer:
        (a, b), (c, d) = self.wanted, self.other
        around = a * (self.columns + 1 - a) * b * (self.rows + 1 - b)
        across = min(a, c) * (self.columns + 1 - max(a, c))
        return around - across * min(b, d) * (self.rows + 1 - max(b, d))

    def check(self) -> Answer:
        (a, b), (c, d) = self.wanted, self.other
        sides = product(range(1, a + 1), range(a, self.columns + 1))
        count = 0
        for (left, right), (low, high) in product(sides, list(product(range(1, b + 1), range(b, self.rows + 1)))):
            count += not (left <= c <= right and low <= d <= high)
        return count


class DigitsAndSum(Family, domain="counting_and_probability", level=3):
    """Numbers of given length, digit sum, and number of odd digits."""

    length: int
    total: int
    odd: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        length = random.randint(4, 6)
        total, odd = random.randint(2 * length, 7 * length), random.randint(1, length - 1)
        return sound(cls(length, total, odd, random.randrange(3))) if (total - odd) % 2 == 0 else None

    def statement(self) -> str:
        length, total = self.length, self.total
        odd = f"${self.odd}$ odd digits" if self.odd > 1 else "one odd digit"
        return (
            f"How many positive integers with ${length}$ digits, the first of which is not $0$, have a digit sum of "
            f"${total}$ and exactly {odd}?",
            f"Find the number of integers $n$ with $10^{length - 1} \\le n < 10^{length}$ such that the sum of the "
            f"digits of $n$ is ${total}$ and $n$ has exactly {odd}.",
            f"The member numbers of a large club are all the positive integers with exactly ${length}$ digits. How "
            f"many of them have a digit sum of ${total}$ and contain exactly {odd}?",
        )[self.story]

    def answer(self) -> Answer:
        ways: Counter[tuple[int, int]] = Counter({(0, 0): 1})
        for place in range(self.length):
            after: Counter[tuple[int, int]] = Counter()
            for (total, odd), number in ways.items():
                for digit in range(place == 0, 10):
                    after[total + digit, odd + digit % 2] += number
            ways = after
        return ways[self.total, self.odd]

    def check(self) -> Answer:
        # By the digits used, each set of them in all orders, less those that begin with 0.
        count = 0
        for odds in combinations_with_replacement((1, 3, 5, 7, 9), self.odd):
            left = self.total - sum(odds)
            for evens in combinations_with_replacement((0, 2, 4, 6, 8), self.length - self.odd):
                if sum(evens) == left:
                    used = Counter(odds + evens)
                    count += multinomial(*used.values())
                    if used[0]:
                        used[0] -= 1
                        count -= multinomial(*used.values())
        return count


class MeetingInPark(Family, domain="counting_and_probability", level=3):
    """Two people who wait different times, given who comes first: an area in a triangle."""

    span: int
    first: int
    second: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = random.sample(range(5, 41), 2)
        return sound(cls(random.choice([60, 75, 80, 90, 100, 120]), first, second, random.randrange(2)))

    def statement(self) -> str:
        return (
            "Anna and Boris arrive at a cafe at independent random times, each uniformly distributed over the same "
            f"${self.span}$ minutes. Anna stays for ${self.first}$ minutes and Boris stays for ${self.second}$ "
            "minutes, even if that takes them past the end of this span. What is the probability that both are in "
            "the cafe at some moment, given that Anna arrives before Boris? Express your answer as a common fraction.",
            "Two ships, the Aurora and the Bounty, reach a port at independent times, uniformly distributed over the "
            f"same ${self.span}$ hours. The Aurora leaves ${self.first}$ hours after she arrives, the Bounty "
            f"${self.second}$ hours after she arrives, perhaps after the end of that span. Given that the Aurora "
            "arrives first, find the probability that she is still there when the Bounty arrives, as a common "
            "fraction.",
        )[self.story]

    def answer(self) -> Answer:
        return 1 - Fraction(self.span - self.first, self.span) ** 2

    def check(self) -> Answer:
        # The gap between two points of the span, the larger less the smaller, has density 2 (s - g) / s^2.
        gap = sympy.Symbol("g")
        density = sympy.Poly(2 * (self.span - gap), gap)
        return density.integrate().eval(self.first) / sympy.Integer(self.span) ** 2


class CutDeck(Family, domain="counting_and_probability", level=3):
    """The expected number of cards until the second ace, with jokers that end it."""

    aces: int
    jokers: int
    others: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return sound(cls(random.randint(3, 9), random.randint(2, 6), random.randint(10, 60), random.randrange(2)))

    def statement(self) -> str:
        total = self.aces + self.jokers + self.others
        return (
            f"A deck of ${total}$ cards contains ${self.aces}$ aces and ${self.jokers}$ jokers. The cards of the "
            "shuffled deck are turned over one by one until either two aces or one joker has been turned over. What "
            "is the expected number of cards that are turned over? Express your answer as a common fraction.",
            f"An urn holds ${self.aces}$ green, ${self.jokers}$ red, and ${self.others}$ white balls. Balls are drawn "
            "at random, one after another and without replacement, until a red ball or a second green ball has been "
            "drawn. What is the expected number of balls drawn? Express your answer as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        # Linearity: a plain card is turned if it comes before the end, at the first or the second special card.
        special = self.aces + self.jokers
        second = Fraction(self.aces, special)  # the first special card is an ace
        plain = self.others * (second * Fraction(2, special + 1) + (1 - second) * Fraction(1, special + 1))
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


class GamblersEnd(Family, domain="counting_and_probability", level=3):
    """The expected length of an unfair game that ends at a goal or at ruin."""

    win: Fraction
    start: int
    goal: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        win = Fraction(random.randint(1, 7), random.randint(3, 9))
        goal = random.randint(5, 12)
        drawn = cls(win, random.randint(2, goal - 2), goal, random.randrange(2))
        return sound(drawn) if win < 1 and win != Fraction(1, 2) else None

    def statement(self) -> str:
        win = tex(self.win)
        return (
            f"In each round of a game, a player gains one point with probability ${win}$ and otherwise loses one "
            f"point, independently of the other rounds. The player starts with ${self.start}$ points and stops on "
            f"reaching ${self.goal}$ points or $0$ points. What is the expected number of rounds that the player "
            "plays? Express your answer as a common fraction.",
            f"A beetle sits at ${self.start}$ on the number line. Each second it moves one unit to the right with "
            f"probability ${win}$, and one unit to the left otherwise, until it is at $0$ or at ${self.goal}$. For "
            "how many seconds, on average, does it move? Express your answer as a common fraction.",
        )[self.story]

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
