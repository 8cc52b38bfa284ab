"""Counting and probability, level 2: two or three steps."""

from fractions import Fraction
from itertools import combinations
from math import comb, factorial, prod
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class LetterArrangements(Family, domain="counting_and_probability", level=2):
    """The arrangements of a string with repeated letters."""

    letters: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        kinds = random.sample("ABCDEKLMNORSTU", random.randint(4, 6))
        counts = [random.randint(1, 5) for _ in kinds]
        letters = [letter for letter, count in zip(kinds, counts, strict=True) for _ in range(count)]
        random.shuffle(letters)
        return cls("".join(letters)) if 8 <= len(letters) <= 14 and max(counts) > 1 else None

    def statement(self) -> str:
        return (
            rf"How many different strings can be formed by rearranging all the letters of $\text{{{self.letters}}}$, "
            "that "
            "string itself included?"
        )

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

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(4, 18), random.randint(4, 18), random.randint(4, 9))

    def statement(self) -> str:
        return (
            f"From ${self.women}$ women and ${self.men}$ men, a committee of ${self.size}$ people is to be chosen. "
            "In how "
            "many ways can this be done if the committee must include at least two women?"
        )

    def answer(self) -> Answer:
        everyone = comb(self.women + self.men, self.size)
        return everyone - comb(self.men, self.size) - self.women * comb(self.men, self.size - 1)

    def check(self) -> Answer:
        sizes = range(2, self.size + 1)
        return sum(comb(self.women, number) * comb(self.men, self.size - number) for number in sizes)


class TwoOfOneColor(Family, domain="counting_and_probability", level=2):
    """Two balls without replacement that have the same color."""

    counts: tuple[int, int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two, three = (random.randint(2, 15) for _ in range(3))
        return cls((one, two, three))

    def statement(self) -> str:
        red, blue, green = self.counts
        return (
            f"An urn contains ${red}$ red balls, ${blue}$ blue balls, and ${green}$ green balls. Two balls are drawn "
            "at "
            "random without replacement. What is the probability that they have the same color? Express your answer "
            "as a "
            "common fraction."
        )

    def answer(self) -> Answer:
        return Fraction(sum(comb(count, 2) for count in self.counts), comb(sum(self.counts), 2))

    def check(self) -> Answer:
        balls = [color for color, count in enumerate(self.counts) for _ in range(count)]
        pairs = list(combinations(balls, 2))
        return Fraction(sum(one == other for one, other in pairs), len(pairs))


class BinomialTerm(Family, domain="counting_and_probability", level=2):
    """A coefficient of a binomial expansion."""

    first: int
    second: int
    power: int
    exponent: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        power = random.randint(6, 12)
        second = random.choice([*range(-5, -1), *range(2, 6)])
        return cls(random.randint(2, 5), second, power, random.randint(2, power - 2))

    def statement(self) -> str:
        sign = "+" if self.second > 0 else "-"
        return (
            f"What is the coefficient of $x^{{{self.exponent}}}$ in the expansion of "
            f"$({self.first}x {sign} {abs(self.second)})^{{{self.power}}}$?"
        )

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
    """A biased coin, flipped several times."""

    chance: Fraction
    flips: int
    heads: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        chance = Fraction(random.randint(1, 11), random.randint(3, 12))
        flips = random.randint(4, 10)
        return cls(chance, flips, random.randint(2, flips - 1)) if chance < 1 and chance != Fraction(1, 2) else None

    def statement(self) -> str:
        return (
            "A biased coin shows heads with probability "
            rf"$\frac{{{self.chance.numerator}}}{{{self.chance.denominator}}}$. "
            f"It is flipped ${self.flips}$ times. What is the probability that it shows heads exactly ${self.heads}$ "
            "times? Express your answer as a common fraction."
        )

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
