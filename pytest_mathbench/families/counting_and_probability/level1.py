"""Counting and probability, level 1: one step."""

from fractions import Fraction
from itertools import combinations, product
from math import comb
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class Meals(Family, domain="counting_and_probability", level=1):
    """One of each kind: the multiplication principle."""

    soups: int
    mains: int
    desserts: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(3, 14), random.randint(3, 14), random.randint(3, 14))

    def statement(self) -> str:
        return (
            f"A canteen offers ${self.soups}$ soups, ${self.mains}$ main dishes, and ${self.desserts}$ desserts. How "
            "many "
            "different meals are there that consist of one soup, one main dish, and one dessert?"
        )

    def answer(self) -> Answer:
        return self.soups * self.mains * self.desserts

    def check(self) -> Answer:
        return sum(1 for _ in product(range(self.soups), range(self.mains), range(self.desserts)))


class NotThatColor(Family, domain="counting_and_probability", level=1):
    """The probability that a ball drawn from a bag has another color."""

    red: int
    blue: int
    green: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 20), random.randint(2, 20), random.randint(2, 20))

    def statement(self) -> str:
        return (
            f"A bag contains ${self.red}$ red balls, ${self.blue}$ blue balls, and ${self.green}$ green balls. One "
            "ball is "
            "drawn at random. What is the probability that it is not blue? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        return Fraction(self.red + self.green, self.red + self.blue + self.green)

    def check(self) -> Answer:
        balls = "r" * self.red + "b" * self.blue + "g" * self.green
        return sum(ball != "b" for ball in balls) / len(balls)


class Committee(Family, domain="counting_and_probability", level=1):
    """Choosing a committee of men and women."""

    women: int
    men: int
    chosen: tuple[int, int]

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(5, 18), random.randint(5, 18), (random.randint(2, 4), random.randint(2, 4)))

    def statement(self) -> str:
        return (
            f"A club has ${self.women}$ women and ${self.men}$ men as members. In how many ways can a committee of "
            f"${self.chosen[0]}$ women and ${self.chosen[1]}$ men be chosen from the club?"
        )

    def answer(self) -> Answer:
        return comb(self.women, self.chosen[0]) * comb(self.men, self.chosen[1])

    def check(self) -> Answer:
        women, men = (
            sum(1 for _ in combinations(range(size), number))
            for size, number in zip((self.women, self.men), self.chosen, strict=True)
        )
        return women * men


class Podium(Family, domain="counting_and_probability", level=1):
    """The first places of a race, in order."""

    runners: int
    places: int
    race: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        race = random.choice(["race", "regatta", "ski jump", "chess tournament", "spelling contest", "rally"])
        return cls(random.randint(7, 99), random.randint(3, 5), race)

    def statement(self) -> str:
        places = {3: "first, second, and third", 4: "first, second, third, and fourth"}
        named = places.get(self.places, "first, second, third, fourth, and fifth")
        return (
            f"In a {self.race} with ${self.runners}$ participants there are no ties. In how many different ways can "
            "the "
            f"{named} places be taken?"
        )

    def answer(self) -> Answer:
        ways = 1
        for taken in range(self.places):
            ways *= self.runners - taken
        return ways

    def check(self) -> Answer:
        orders = {3: 6, 4: 24, 5: 120}[self.places]
        return comb(self.runners, self.places) * orders


class SumOfTwoDice(Family, domain="counting_and_probability", level=1):
    """The probability of a sum of two fair dice with many sides."""

    first: int
    second: int
    total: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = random.randint(4, 20), random.randint(4, 20)
        return cls(first, second, random.randint(4, first + second - 1))

    def statement(self) -> str:
        return (
            f"One fair die has faces numbered from $1$ to ${self.first}$, and another has faces numbered from $1$ to "
            f"${self.second}$. Both are rolled. What is the probability that the sum of the two numbers is "
            f"${self.total}$? "
            "Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        lowest, highest = max(1, self.total - self.second), min(self.first, self.total - 1)
        return Fraction(highest - lowest + 1, self.first * self.second)

    def check(self) -> Answer:
        rolls = list(product(range(1, self.first + 1), range(1, self.second + 1)))
        return Fraction(sum(one + other == self.total for one, other in rolls), len(rolls))
