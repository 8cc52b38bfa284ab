"""Counting and probability, level 1: one step."""

from fractions import Fraction
from itertools import combinations, permutations, product
from math import comb, factorial
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class Meals(Family, domain="counting_and_probability", level=1):
    """One of each kind: the multiplication principle."""

    soups: int
    mains: int
    desserts: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        soups, mains, desserts = (random.randint(3, 14) for _ in range(3))
        return sound(cls(soups, mains, desserts, random.randrange(3)))

    def statement(self) -> str:
        one, two, three = self.soups, self.mains, self.desserts
        return (
            f"A cafeteria offers ${one}$ soups, ${two}$ main dishes, and ${three}$ desserts. How many different meals "
            "are there that consist of one soup, one main dish, and one dessert?",
            f"Lena has ${one}$ shirts, ${two}$ skirts, and ${three}$ pairs of shoes. In how many ways can she choose "
            "one shirt, one skirt, and one pair of shoes?",
            f"There are ${one}$ roads from Ayton to Beeton, ${two}$ roads from Beeton to Ceeton, and ${three}$ roads "
            "from Ceeton to Deeton. How many ways are there to go from Ayton to Deeton by way of Beeton and then "
            "Ceeton, taking one road on each of the three stages?",
        )[self.story]

    def answer(self) -> Answer:
        return self.soups * self.mains * self.desserts

    def check(self) -> Answer:
        return sum(1 for _ in product(range(self.soups), range(self.mains), range(self.desserts)))


class NotThatColor(Family, domain="counting_and_probability", level=1):
    """The probability that a ball drawn from a bag has another color."""

    red: int
    blue: int
    green: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        red, blue, green = (random.randint(2, 20) for _ in range(3))
        return sound(cls(red, blue, green, random.randrange(3)))

    def statement(self) -> str:
        red, blue, green = self.red, self.blue, self.green
        return (
            f"A bag contains ${red}$ red balls, ${blue}$ blue balls, and ${green}$ green balls. One ball is drawn at "
            "random. What is the probability that it is not blue? Express your answer as a common fraction.",
            f"A shelter houses ${red}$ dogs, ${blue}$ cats, and ${green}$ rabbits. One of these animals is chosen at "
            "random. Find the probability that it is a dog or a rabbit, as a common fraction.",
            f"A shelf holds ${red}$ novels, ${blue}$ atlases, and ${green}$ cookbooks. If a book is taken from it at "
            "random, what is the probability that it is not an atlas? Express your answer as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        return Fraction(self.red + self.green, self.red + self.blue + self.green)

    def check(self) -> Answer:
        balls = "r" * self.red + "b" * self.blue + "g" * self.green
        return sum(ball != "b" for ball in balls) / len(balls)


class Committee(Family, domain="counting_and_probability", level=1):
    """Choosing so many of each of two kinds."""

    women: int
    men: int
    chosen: tuple[int, int]
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        chosen = random.randint(2, 4), random.randint(2, 4)
        return sound(cls(random.randint(5, 18), random.randint(5, 18), chosen, random.randrange(3)))

    def statement(self) -> str:
        one, two = self.chosen
        return (
            f"A club has ${self.women}$ women and ${self.men}$ men as members. In how many ways can a committee of "
            f"${one}$ women and ${two}$ men be chosen from the club?",
            f"A test offers ${self.women}$ questions on algebra and ${self.men}$ questions on geometry. Tom must "
            f"select ${one}$ of the questions on algebra and ${two}$ of those on geometry. How many selections are "
            "possible?",
            f"In how many ways can ${one}$ of ${self.women}$ different novels and ${two}$ of ${self.men}$ different "
            "comics be packed into a bag, if the order of packing does not matter?",
        )[self.story]

    def answer(self) -> Answer:
        return comb(self.women, self.chosen[0]) * comb(self.men, self.chosen[1])

    def check(self) -> Answer:
        women, men = (
            sum(1 for _ in combinations(range(size), number))
            for size, number in zip((self.women, self.men), self.chosen, strict=True)
        )
        return women * men


class Podium(Family, domain="counting_and_probability", level=1):
    """The first places of a contest, in order."""

    runners: int
    places: int
    race: str
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        race = random.choice(["a race", "a regatta", "a chess tournament", "a spelling contest", "a rally"])
        return sound(cls(random.randint(7, 40), random.randint(3, 5), race, random.randrange(2)))

    def statement(self) -> str:
        places = {
            3: "first, second, and third",
            4: "first, second, third, and fourth",
            5: "first, second, third, fourth, and fifth",
        }[self.places]
        return (
            f"There are ${self.runners}$ participants in {self.race}, and there are no ties. In how many different "
            f"ways can the {places} places be taken?",
            f"After {self.race} with ${self.runners}$ participants, ${self.places}$ different prizes are given to "
            f"${self.places}$ different participants, one to each. In how many ways can the prizes be given?",
        )[self.story]

    def answer(self) -> Answer:
        ways = 1
        for taken in range(self.places):
            ways *= self.runners - taken
        return ways

    def check(self) -> Answer:
        return comb(self.runners, self.places) * factorial(self.places)


class SumOfTwoDice(Family, domain="counting_and_probability", level=1):
    """The probability of a sum of two fair dice with many sides."""

    first: int
    second: int
    total: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = random.randint(4, 20), random.randint(4, 20)
        return sound(cls(first, second, random.randint(4, first + second - 1), random.randrange(2)))

    def statement(self) -> str:
        return (
            f"One fair die has faces numbered from $1$ to ${self.first}$, and another has faces numbered from $1$ to "
            f"${self.second}$. Both are rolled. What is the probability that the sum of the two numbers is "
            f"${self.total}$? Express your answer as a common fraction.",
            f"Uma chooses an integer from $1$ to ${self.first}$ at random, and Vic, independently of her, chooses an "
            f"integer from $1$ to ${self.second}$ at random. What is the probability that their integers add up to "
            f"${self.total}$? Express your answer as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        lowest, highest = max(1, self.total - self.second), min(self.first, self.total - 1)
        return Fraction(highest - lowest + 1, self.first * self.second)

    def check(self) -> Answer:
        rolls = list(product(range(1, self.first + 1), range(1, self.second + 1)))
        return Fraction(sum(one + other == self.total for one, other in rolls), len(rolls))


class Handshakes(Family, domain="counting_and_probability", level=1):
    """Each pair once, or each ordered pair."""

    people: int
    ordered: bool
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return sound(cls(random.randint(7, 60), random.random() < 0.4, random.randrange(3)))

    def statement(self) -> str:
        n = self.people
        once = (
            f"At a party, each of ${n}$ people shakes hands exactly once with each of the others. How many handshakes "
            "are there?",
            f"No three of ${n}$ points in the plane lie on a line. How many line segments join two of these points?",
            f"In a league of ${n}$ teams, each team plays exactly one match against each other team. How many matches "
            "are played?",
        )
        twice = (
            f"At the end of summer camp, each of ${n}$ campers sends one postcard to each of the others. How many "
            "postcards are sent?",
            f"A railway line has ${n}$ stations. One kind of ticket is printed for each choice of a departure station "
            "and a different arrival station. How many kinds of tickets are there?",
            f"In a league of ${n}$ teams, each team plays exactly one home match against each other team. How many "
            "matches are played?",
        )
        return (twice if self.ordered else once)[self.story]

    def answer(self) -> Answer:
        return self.people * (self.people - 1) // (1 if self.ordered else 2)

    def check(self) -> Answer:
        pairs = permutations if self.ordered else combinations
        return sum(1 for _ in pairs(range(self.people), 2))
