"""Prealgebra, level 2: prices, speeds, shares, sums, pages, coins and painted blocks."""

from fractions import Fraction
from itertools import product
from math import gcd
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class DiscountAndTax(Family, domain="prealgebra", level=2):
    """A price goes down by a percentage, and then the lower one goes up by another."""

    price: int
    down: int
    up: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(
            10 * random.randint(20, 200), random.randrange(5, 65, 5), random.randrange(2, 31), random.randrange(2)
        )
        return (
            drawn
            if drawn.price * (100 - drawn.down) * (100 + drawn.up) % 10000 == 0 and drawn.down != drawn.up
            else None
        )

    def statement(self) -> str:
        if self.wording:
            return (
                f"At the end of its first year, a club had ${self.price}$ members. In its second year, the number of "
                f"members fell by ${self.down}\\%$, and in its third year, it rose by ${self.up}\\%$. How many members "
                "did the club have after that?"
            )
        return (
            rf"A sofa costs $\${self.price}$. During a sale, its price is reduced by ${self.down}\%$, and then a tax "
            rf"of ${self.up}\%$ of the reduced price is added. How many dollars does a customer pay for it?"
        )

    def answer(self) -> Answer:
        return self.price * (100 - self.down) * (100 + self.up) // 10000

    def check(self) -> Answer:
        reduced = self.price - Fraction(self.down, 100) * self.price
        return reduced + Fraction(self.up, 100) * reduced


class ThereAndBack(Family, domain="prealgebra", level=2):
    """The average speed of two parts of a way is not the average of the speeds."""

    first: tuple[int, int]
    second: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        speeds = random.sample(range(20, 81, 4), 2)
        ways = [random.randint(10, 200) for _ in speeds]
        drawn = cls((ways[0], speeds[0]), (ways[1], speeds[1]), random.randrange(2))
        mean = drawn.answer()
        usual = mean.denominator < 30 and mean != Fraction(sum(speeds), 2)
        return drawn if usual and mean.denominator > 1 else None

    def statement(self) -> str:
        (way, speed), (more, then) = self.first, self.second
        if self.wording:
            return (
                f"A boat covers the first ${way}$ kilometers of a tour at a steady ${speed}$ kilometers per hour and "
                f"the remaining ${more}$ kilometers at a steady ${then}$ kilometers per hour. What is its average "
                "speed for the whole tour, in kilometers per hour? Express your answer as a common fraction."
            )
        return (
            f"Dana drives ${way}$ miles at ${speed}$ miles per hour and then ${more}$ miles at ${then}$ miles per "
            "hour. What is her average speed on the whole drive, in miles per hour? Express your answer as a common "
            "fraction."
        )

    def answer(self) -> Fraction:
        (way, speed), (more, then) = self.first, self.second
        return (way + more) / (Fraction(way, speed) + Fraction(more, then))

    def check(self) -> Answer:
        hours = sum(way / speed for way, speed in (self.first, self.second))
        return (self.first[0] + self.second[0]) / hours


class SharesInRatio(Family, domain="prealgebra", level=2):
    """A sum of money from the difference of two of three shares."""

    parts: tuple[int, int, int]
    unit: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        parts = tuple(random.sample(range(2, 14), 3))
        drawn = cls((parts[0], parts[1], parts[2]), random.randint(3, 40), random.randrange(2))
        return drawn if gcd(*parts) == 1 and parts[2] - parts[0] > 1 else None

    def statement(self) -> str:
        one, two, three = self.parts
        more = (three - one) * self.unit
        if self.wording:
            return (
                f"Red, green, and blue beads in a jar are in the ratio ${one}:{two}:{three}$. There are ${more}$ more "
                "blue beads than red ones, and there are no beads of other colors. How many beads are in the jar?"
            )
        return (
            f"Three partners share a profit in the ratio ${one}:{two}:{three}$. The third receives $\\${more}$ more "
            "than the first. What is the whole profit, in dollars?"
        )

    def answer(self) -> Answer:
        return sum(self.parts) * self.unit

    def check(self) -> Answer:
        more = (self.parts[2] - self.parts[0]) * self.unit
        shares = next(
            shares for k in range(1, 99) if (shares := [k * part for part in self.parts])[2] - shares[0] == more
        )
        return sum(shares)


class ConsecutiveNumbers(Family, domain="prealgebra", level=2):
    """Consecutive odd or even integers from their sum."""

    first: int
    count: int
    largest: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(11, 120), random.randint(4, 9), random.random() < 0.5)

    def statement(self) -> str:
        kind = "odd" if self.first % 2 else "even"
        count = {4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}[self.count]
        total = sum(range(self.first, self.first + 2 * self.count, 2))
        if self.largest:
            return (
                f"The sum of {count} consecutive {kind} integers is ${total}$. What is the largest of these integers?"
            )
        return (
            f"In a row of {count} houses, the house numbers are consecutive {kind} integers, and their sum is "
            f"${total}$. What is the smallest of these house numbers?"
        )

    def answer(self) -> Answer:
        return self.first + 2 * (self.count - 1) if self.largest else self.first

    def check(self) -> Answer:
        mean = Fraction(sum(range(self.first, self.first + 2 * self.count, 2)), self.count)
        return mean + (self.count - 1) * (1 if self.largest else -1)


class FrameOfRatio(Family, domain="prealgebra", level=2):
    """The area of a rectangle from its perimeter and the ratio of its sides, or the other way around."""

    long: int
    wide: int
    unit: int
    from_area: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        wide, long = sorted(random.sample(range(2, 14), 2))
        drawn = cls(long, wide, random.randint(3, 20), random.random() < 0.5)
        return drawn if gcd(long, wide) == 1 else None

    def statement(self) -> str:
        perimeter, area = 2 * self.unit * (self.long + self.wide), self.unit**2 * self.long * self.wide
        if self.from_area:
            return (
                f"A rectangular field has an area of ${area}$ square meters, and the ratio of its length to its width "
                f"is ${self.long}:{self.wide}$. How many meters of fence does it take to go around the field?"
            )
        return (
            f"The length and the width of a rectangle are in the ratio ${self.long}:{self.wide}$, and its perimeter is "
            f"${perimeter}$ inches. What is its area in square inches?"
        )

    def answer(self) -> Answer:
        if self.from_area:
            return 2 * self.unit * (self.long + self.wide)
        return self.unit**2 * self.long * self.wide

    def check(self) -> Answer:
        perimeter, area = 2 * self.unit * (self.long + self.wide), self.unit**2 * self.long * self.wide
        sides = [(k * self.long, k * self.wide) for k in range(1, 50)]
        if self.from_area:
            return next(2 * (length + width) for length, width in sides if length * width == area)
        return next(length * width for length, width in sides if 2 * (length + width) == perimeter)


class DigitsOfPages(Family, domain="prealgebra", level=2):
    """How many digits number the pages of a part of a book, or how many pages so many digits number."""

    first: int
    last: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        last = random.randint(110, 990)
        return cls(random.randint(3, 95) if random.random() < 0.5 else 1, last, random.randrange(2))

    def statement(self) -> str:
        if self.first == 1 and self.wording:
            return (
                "The pages of a book are numbered $1, 2, 3, \\ldots$, and the numbers of all its pages have "
                f"${self._digits()}$ digits altogether. How many pages does the book have?"
            )
        if self.wording:
            return (
                f"Lockers are numbered from ${self.first}$ to ${self.last}$ with metal digits, one piece for each "
                "digit. How many metal digits are needed?"
            )
        return (
            f"The pages of one volume of an encyclopedia are numbered from ${self.first}$ to ${self.last}$. How many "
            "digits do these page numbers have altogether?"
        )

    def _digits(self) -> int:
        return sum(len(str(page)) for page in range(self.first, self.last + 1))

    def answer(self) -> Answer:
        if self.first == 1 and self.wording:
            return (self._digits() - 9 - 2 * 90) // 3 + 99
        return self._digits()

    def check(self) -> Answer:
        if self.first == 1 and self.wording:
            left, page = self._digits(), 0
            while left:
                page += 1
                left -= len(str(page))
            return page
        return sum(self.last - max(self.first, low) + 1 for low in (1, 10, 100))


class CoinsInJar(Family, domain="prealgebra", level=2):
    """Two kinds of coins: how many there are and what they are worth."""

    many: int
    few: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        many, few = random.sample(range(6, 70), 2)
        return cls(many, few, random.randrange(2)) if many not in {10, 25} else None

    def statement(self) -> str:
        total = self.many + self.few
        if self.wording:
            return (
                f"A parking lot holds only cars with $4$ wheels and motorcycles with $2$ wheels. There are ${total}$ "
                f"vehicles, with ${4 * self.many + 2 * self.few}$ wheels in all. How many cars are there?"
            )
        return (
            f"A jar holds ${total}$ coins, each of them a dime, worth $10$ cents, or a quarter, worth $25$ cents. "
            f"Together they are worth ${25 * self.many + 10 * self.few}$ cents. How many quarters are in the jar?"
        )

    def answer(self) -> Answer:
        return self.many

    def check(self) -> Answer:
        total, high, low = self.many + self.few, *((4, 2) if self.wording else (25, 10))
        worth = high * self.many + low * self.few
        return (worth - low * total) // (high - low)


class PaintedBlock(Family, domain="prealgebra", level=2):
    """A painted block is cut into small cubes: how many have so many painted faces."""

    sides: tuple[int, int, int]
    faces: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        short, middle, long = sorted(random.sample(range(3, 13), 3))
        return cls((long, middle, short), random.randrange(3), random.randrange(2))

    def statement(self) -> str:
        long, middle, short = self.sides
        painted = ("no painted face", "exactly one painted face", "exactly two painted faces")[self.faces]
        if self.wording:
            return (
                f"A box-shaped cake that is ${long}$ inches long, ${middle}$ inches wide, and ${short}$ inches high is "
                "covered with chocolate on all six sides, including the bottom, and then cut into cubes with edges of "
                "$1$ inch. How many of these cubes have chocolate on "
                f"{('no face', 'just one face', 'just two faces')[self.faces]}?"
            )
        return (
            f"The whole surface of a wooden block that measures ${long}$ by ${middle}$ by ${short}$ centimeters is "
            "painted. Then the block is sawn into cubes with edges of $1$ centimeter. How many of the cubes have "
            f"{painted}?"
        )

    def answer(self) -> Answer:
        a, b, c = (side - 2 for side in self.sides)
        return (a * b * c, 2 * (a * b + b * c + a * c), 4 * (a + b + c))[self.faces]

    def check(self) -> Answer:
        cubes = product(*(range(side) for side in self.sides))
        ends = [{0, side - 1} for side in self.sides]
        return sum(sum(at in end for at, end in zip(cube, ends, strict=True)) == self.faces for cube in cubes)
