"""Prealgebra, level 4: areas and boxes where a part is easily forgotten or counted twice."""

from math import gcd, pi, sin
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class CoinInTray(Family, domain="prealgebra", level=4):
    """A coin slides around the sides of a tray: it misses the middle and the corners."""

    naive_program = """
    covered_border = length * width - (length - 4 * radius) * (width - 4 * radius)
    print(length * width - covered_border)
    """
    solution_program = """
    from sympy import pi
    print((length - 4 * radius) * (width - 4 * radius) + (4 - pi) * radius**2)
    """

    length: int
    width: int
    radius: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radius = random.randint(2, 9)
        width, length = sorted(random.sample(range(4 * radius + 1, 4 * radius + 31), 2))
        return cls(length, width, radius, random.randrange(2))

    def statement(self) -> str:
        if self.wording:
            return (
                f"The floor of a room is a rectangle of ${self.length}$ by ${self.width}$ decimeters. A cleaning "
                f"robot, a disk of radius ${self.radius}$ decimeters, drives once all the way around the room along "
                "the walls: it always touches at least one wall, and it ends where it began. It cleans exactly the "
                "points of the floor that it passes over. How many square decimeters of the floor are not cleaned? "
                r"Express your answer in terms of $\pi$."
            )
        return (
            f"The bottom of a tray is a rectangle that is ${self.length}$ centimeters long and ${self.width}$ "
            f"centimeters wide, and its sides are vertical. A round coin with a radius of ${self.radius}$ centimeters "
            "lies flat in the tray. It slides once all the way around the tray, so that it touches at least one side "
            "at every moment, until it is back where it started. What is the area, in square centimeters, of the "
            r"part of the bottom that the coin never covers? Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        middle = (self.length - 4 * self.radius) * (self.width - 4 * self.radius)
        return middle + (4 - sympy.pi) * self.radius**2

    def check(self) -> Answer:
        # What it covers is a rounded rectangle around the path of its center, less the middle; its disk is a polygon.
        long, wide = self.length - 2 * self.radius, self.width - 2 * self.radius
        corners = 2**20
        disk = corners * self.radius**2 * sin(2 * pi / corners) / 2
        rounded = long * wide + 2 * self.radius * (long + wide) + disk
        middle = (long - 2 * self.radius) * (wide - 2 * self.radius)
        return self.length * self.width - (rounded - middle)


class SkewerThroughBox(Family, domain="prealgebra", level=4):
    """How many unit cubes the diagonal of a box passes through: inclusion and exclusion with three divisors."""

    naive_program = """
    from math import gcd
    print(a + b + c - gcd(a, b) - gcd(b, c) - gcd(a, c))
    """
    solution_program = """
    from math import gcd
    print(a + b + c - gcd(a, b) - gcd(b, c) - gcd(a, c) + gcd(a, b, c))
    """

    a: int
    b: int
    c: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two, three, whole = (random.randint(2, 99) for _ in range(4))
        ends = [random.randint(10**8, 10**9) for _ in range(3)]
        sides = (whole * one * two * ends[0], whole * one * three * ends[1], whole * two * three * ends[2])
        return cls(*sides, random.randrange(2)) if len(set(sides)) == 3 else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"A huge box measures ${self.a}$ by ${self.b}$ by ${self.c}$ and is filled completely with unit cubes, "
                "whose edges are parallel to those of the box. A thin straight needle is pushed from one corner of "
                "the box to the opposite corner, through the center of the box. Through the interior of how many unit "
                "cubes does the needle pass?"
            )
        return (
            f"A rectangular solid that is ${self.a}$ units long, ${self.b}$ units wide, and ${self.c}$ units high is "
            "built of cubes with edges of $1$ unit. A diagonal joins two opposite corners of the solid, through its "
            "center. How many of the cubes have points of this diagonal in their interior?"
        )

    def answer(self) -> Answer:
        pairs = gcd(self.a, self.b) + gcd(self.b, self.c) + gcd(self.a, self.c)
        return self.a + self.b + self.c - pairs + gcd(self.a, self.b, self.c)

    def check(self) -> Answer:
        # A new cube at each moment i/a, i/b or i/c below 1, and one at 0: the fractions by their denominators.
        def shared(one: int, other: int) -> int:
            return int(sympy.igcd(one, other)) - 1

        all_three = sympy.igcd(self.a, self.b, self.c) - 1
        only_two = shared(self.a, self.b) + shared(self.a, self.c) + shared(self.b, self.c) - 3 * all_three
        meetings = self.a - 1 + self.b - 1 + self.c - 1  # of planes, one for each plane that is met
        return int(1 + meetings - only_two - 2 * all_three)
