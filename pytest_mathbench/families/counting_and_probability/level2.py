"""Counting and probability, level 2: two or three steps."""

from fractions import Fraction
from itertools import combinations, product
from math import comb, factorial, prod
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced, tex


class LetterArrangements(Family, domain="counting_and_probability", level=2):
    """The arrangements of a string with repeated letters."""

    letters: str
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        kinds = random.sample("ABCDEKLMNORSTU", random.randint(4, 6))
        counts = [random.randint(1, 5) for _ in kinds]
        letters = [letter for letter, count in zip(kinds, counts, strict=True) for _ in range(count)]
        random.shuffle(letters)
        good = 8 <= len(letters) <= 14 and max(counts) > 1
        return sound(cls("".join(letters), random.randrange(2))) if good else None

    def statement(self) -> str:
        return (
            rf"How many different strings can be formed by rearranging all the letters of $\text{{{self.letters}}}$, "
            "that string itself included?",
            f"A child has ${len(self.letters)}$ letter blocks, which show the letters of $\\text{{{self.letters}}}$; "
            "blocks with the same letter look alike. In how many different ways can all the blocks be put in a row?",
        )[self.story]

    def answer(self) -> Answer:
        return factorial(len(self.letters)) // prod(factorial(self.letters.count(each)) for each in set(self.letters))

    def check(self) -> Answer:
        ways, free = 1, len(self.letters)
        for letter in set(self.letters):
            ways *= comb(free, self.letters.count(letter))
            free -= self.letters.count(letter)
        return ways


class AtLeastTwo(Family, domain="counting_and_probability", level=2):
    """Committees with at least two of a kind."""

    women: int
    men: int
    size: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        women, men, size = random.randint(4, 18), random.randint(4, 18), random.randint(4, 9)
        return sound(cls(women, men, size, random.randrange(2))) if size <= min(women + 2, men) else None

    def statement(self) -> str:
        return (
            f"From ${self.women}$ women and ${self.men}$ men, a committee of ${self.size}$ people is to be chosen. In "
            "how many ways can this be done if the committee must include at least two women?",
            f"A drawer holds ${self.women}$ different ties and ${self.men}$ different scarves. In how many ways can "
            f"${self.size}$ of these items be chosen, if at least two of them must be ties and the order does not "
            "matter?",
        )[self.story]

    def answer(self) -> Answer:
        everyone = comb(self.women + self.men, self.size)
        return everyone - comb(self.men, self.size) - self.women * comb(self.men, self.size - 1)

    def check(self) -> Answer:
        sizes = range(2, self.size + 1)
        return sum(comb(self.women, number) * comb(self.men, self.size - number) for number in sizes)


class TwoOfOneColor(Family, domain="counting_and_probability", level=2):
    """Two things without replacement that are of the same kind, or of different ones."""

    counts: tuple[int, int, int]
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two, three = (random.randint(2, 15) for _ in range(3))
        return sound(cls((one, two, three), random.randrange(3)))

    def statement(self) -> str:
        red, blue, green = self.counts
        return (
            f"An urn contains ${red}$ red balls, ${blue}$ blue balls, and ${green}$ green balls. Two balls are drawn "
            "at random without replacement. What is the probability that they have the same color? Express your "
            "answer as a common fraction.",
            f"A class consists of ${red}$ students from Aville, ${blue}$ from Beville, and ${green}$ from Ceville. "
            "Two different students in the class are chosen at random. What is the probability that they come from "
            "different towns? Express your answer as a common fraction.",
            f"In a drawer there are ${red}$ red, ${blue}$ blue, and ${green}$ green single socks. Two of them are "
            "taken at random in the dark. Find the probability that these two socks match in color, as a common "
            "fraction.",
        )[self.story]

    def answer(self) -> Answer:
        alike = Fraction(sum(comb(count, 2) for count in self.counts), comb(sum(self.counts), 2))
        return 1 - alike if self.story == 1 else alike

    def check(self) -> Answer:
        balls = [color for color, count in enumerate(self.counts) for _ in range(count)]
        pairs = list(combinations(balls, 2))
        return Fraction(sum((one == other) != (self.story == 1) for one, other in pairs), len(pairs))


class BinomialTerm(Family, domain="counting_and_probability", level=2):
    """A coefficient of a binomial expansion."""

    first: int
    second: int
    power: int
    exponent: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        power = random.randint(6, 12)
        second = random.choice([*range(-5, -1), *range(2, 6)])
        first = random.choice([each for each in range(2, 6) if each != abs(second)])
        return cls(first, second, power, random.randint(2, power - 2), random.randrange(2))

    def statement(self) -> str:
        sign = "+" if self.second > 0 else "-"
        base = f"({self.first}x {sign} {abs(self.second)})^{braced(self.power)}"
        power = f"x^{braced(self.exponent)}"
        return (
            f"What is the coefficient of ${power}$ in the expansion of ${base}$?",
            f"When ${base}$ is multiplied out and like terms are collected, one term is $c{power}$ with a constant "
            "$c$. Find $c$.",
        )[self.story]

    def answer(self) -> Answer:
        rest = self.power - self.exponent
        return comb(self.power, self.exponent) * self.first**self.exponent * self.second**rest

    def check(self) -> Answer:
        coefficients = [1]
        for _ in range(self.power):
            up, stay = [0, *(self.first * c for c in coefficients)], [*(self.second * c for c in coefficients), 0]
            coefficients = [a + b for a, b in zip(up, stay, strict=True)]
        return coefficients[self.exponent]


class ExactlyHeads(Family, domain="counting_and_probability", level=2):
    """Independent trials with exactly so many successes."""

    chance: Fraction
    flips: int
    heads: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        chance = Fraction(random.randint(1, 11), random.randint(3, 12))
        flips = random.randint(4, 10)
        drawn = cls(chance, flips, random.randint(2, flips - 1), random.randrange(3))
        return sound(drawn) if chance < 1 and chance != Fraction(1, 2) else None

    def statement(self) -> str:
        chance, flips, heads = tex(self.chance), self.flips, self.heads
        return (
            f"A biased coin shows heads with probability ${chance}$. It is flipped ${flips}$ times. What is the "
            f"probability that it shows heads exactly ${heads}$ times? Express your answer as a common fraction.",
            f"Each of ${flips}$ seeds sprouts with probability ${chance}$, independently of the others. What is the "
            f"probability that exactly ${heads}$ of them sprout? Express your answer as a common fraction.",
            f"A player makes each free throw with probability ${chance}$, independently of the other throws. Find the "
            f"probability that she makes exactly ${heads}$ of ${flips}$ free throws, as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        rest = self.flips - self.heads
        return comb(self.flips, self.heads) * self.chance**self.heads * (1 - self.chance) ** rest

    def check(self) -> Answer:
        chances = {0: Fraction(1)}
        for _ in range(self.flips):
            after: dict[int, Fraction] = {}
            for heads, chance in chances.items():
                after[heads] = after.get(heads, Fraction()) + chance * (1 - self.chance)
                after[heads + 1] = after.get(heads + 1, Fraction()) + chance * self.chance
            chances = after
        return chances[self.heads]


class FirstToHit(Family, domain="counting_and_probability", level=2):
    """Two players in turn until one succeeds: a geometric series."""

    first: Fraction
    second: Fraction
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = (Fraction(random.randint(1, 7), random.randint(3, 10)) for _ in range(2))
        ok = first < 1 and second < 1 and first != second
        return sound(cls(first, second, random.randrange(3))) if ok else None

    def statement(self) -> str:
        one, two = tex(self.first), tex(self.second)
        return (
            "Ann and Ben take turns shooting at a target, and Ann shoots first. Each of her shots hits with "
            f"probability ${one}$, and each of his with probability ${two}$, all independently. Whoever hits first "
            "wins. What is the probability that Ann wins? Express your answer as a common fraction.",
            "Two doctors test samples alternately, Dr. Ash first. Each sample that Dr. Ash tests is positive with "
            f"probability ${one}$, and each that Dr. Birch tests with probability ${two}$, all independently. They "
            "stop at the first positive sample. What is the probability that Dr. Birch found it? Express your answer "
            "as a common fraction.",
            "In a snowball duel, Kay and Lou throw alternately until one hits the other. Kay throws first. Each of "
            f"Kay's throws hits with probability ${one}$, and each of Lou's with probability ${two}$, all "
            "independently. Find the probability that Kay is hit, as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        begins = self.first / (1 - (1 - self.first) * (1 - self.second))
        return begins if self.story == 0 else 1 - begins

    def check(self) -> Answer:
        p, q = float(self.first), float(self.second)
        alive, won = 1.0, [0.0, 0.0]
        while alive > 1e-14:
            won[0] += alive * p
            won[1] += alive * (1 - p) * q
            alive *= (1 - p) * (1 - q)
        return won[self.story > 0]


class TrianglesInPolygon(Family, domain="counting_and_probability", level=2):
    """Triangles of a polygon's vertices without a side of it, or with exactly one."""

    sides: int
    one: bool
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return sound(cls(random.randint(8, 60), random.random() < 0.5, random.randrange(2)))

    def statement(self) -> str:
        n = self.sides
        return (
            f"A triangle has its three vertices at vertices of a convex polygon with ${n}$ sides. How many such "
            f"triangles are there that share {'exactly one side' if self.one else 'no side'} with the polygon?",
            f"Around a circle, ${n}$ people stand in fixed places. Three of them are to be chosen such that "
            f"{'exactly one pair' if self.one else 'no two'} of the chosen people {'stands' if self.one else 'stand'} "
            "in neighboring places. In how many ways can this be done?",
        )[self.story]

    def answer(self) -> Answer:
        n = self.sides
        if self.one:
            return n * (n - 4)
        return comb(n, 3) - n * (n - 4) - n

    def check(self) -> Answer:
        # By the numbers of sides between the vertices, starting from one of them.
        n, count = self.sides, 0
        for a, b in product(range(1, n), repeat=2):
            if a + b < n:
                count += [a, b, n - a - b].count(1) == int(self.one)
        return n * count // 3
