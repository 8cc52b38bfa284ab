"""Geometry, level 1: one formula."""

import math
from fractions import Fraction
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import TRIPLES, angle, area
from pytest_mathbench.families.latex import Answer


class ExteriorAngle(Family, domain="geometry", level=1):
    """An exterior angle of a triangle is the sum of the two remote angles."""

    first: int
    second: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = random.randint(21, 99), random.randint(21, 99)
        return cls(first, second, random.randrange(2)) if first != second and first + second < 160 else None

    def statement(self) -> str:
        if self.wording == 0:
            return (
                rf"In triangle $ABC$, $\angle A = {self.first}^\circ$ and $\angle B = {self.second}^\circ$. Side "
                r"$\overline{BC}$ is extended beyond $C$ to a point $D$. What is the degree measure of $\angle ACD$?"
            )
        return (
            f"Two interior angles of a triangle measure ${self.first}^\\circ$ and ${self.second}^\\circ$. What is the "
            "degree measure of an exterior angle at the third vertex?"
        )

    def answer(self) -> Answer:
        return self.first + self.second

    def check(self) -> Answer:
        slope, other = math.tan(math.radians(self.first)), math.tan(math.radians(self.second))
        x = other / (slope + other)
        top = complex(x, slope * x)
        return angle(0j, top, 2 * top - 1)


class Kite(Family, domain="geometry", level=1):
    """The area of a kite, or of a rhombus, from its diagonals."""

    shape: str
    long: int
    short: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        short = random.randint(5, 40)
        long = short + random.randint(2, 40)
        return (
            cls(random.choice(["kite", "rhombus"]), long, short, random.randrange(2)) if long * short % 2 == 0 else None
        )

    def statement(self) -> str:
        if self.story == 0:
            return (
                f"The diagonals of a {self.shape} have lengths ${self.short}$ and ${self.long}$. What is the area of "
                f"the {self.shape}?"
            )
        return (
            f"A window has the shape of a {self.shape}. Two bars, ${self.short}$ inches and ${self.long}$ inches long, "
            "connect its opposite corners. How many square inches is the area of the window?"
        )

    def answer(self) -> Answer:
        return self.long * self.short // 2

    def check(self) -> Answer:
        crossing = self.long / (2 if self.shape == "rhombus" else 5)
        return area([0j, complex(crossing, -self.short / 2), complex(self.long), complex(crossing, self.short / 2)])


class DistanceOfPoints(Family, domain="geometry", level=1):
    """The distance between two points of the plane, a whole number."""

    start: tuple[int, int]
    end: tuple[int, int]
    distance: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        across, up, distance = random.choice(TRIPLES)
        x, y = random.randint(-20, 20), random.randint(-20, 20)
        end = (x + across * random.choice([1, -1]), y + up * random.choice([1, -1]))
        if distance in {abs(number) for number in (x, y, *end)}:
            return None
        return cls((x, y), end, distance, random.randrange(2))

    def statement(self) -> str:
        (x, y), (right, top) = self.start, self.end
        if self.wording == 0:
            return f"What is the distance between the points $({x},{y})$ and $({right},{top})$ in the coordinate plane?"
        return (
            f"A circle in the coordinate plane has its center at $({x},{y})$ and passes through the point "
            f"$({right},{top})$. What is the radius of the circle?"
        )

    def answer(self) -> Answer:
        return self.distance

    def check(self) -> Answer:
        across, up = (end - start for start, end in zip(self.start, self.end, strict=True))
        direction = math.atan2(up, across)
        return across * math.cos(direction) + up * math.sin(direction)


class ArcLength(Family, domain="geometry", level=1):
    """The length of an arc from the radius and the central angle."""

    radius: int
    degrees: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radius, degrees = random.randint(5, 150), 2 * random.randint(8, 172)
        length, rest = divmod(radius * degrees, 180)
        return cls(radius, degrees, random.randrange(2)) if rest == 0 and length > 1 and degrees != 180 else None

    def statement(self) -> str:
        if self.story == 0:
            return (
                f"A circle has radius ${self.radius}$. What is the length of an arc of this circle whose central "
                rf"angle measures ${self.degrees}^\circ$? Express your answer in terms of $\pi$."
            )
        return (
            f"A pendulum ${self.radius}$ inches long swings through an angle of ${self.degrees}^\\circ$ from one side "
            r"to the other. What is the length, in inches, of the arc traced by its tip? Express your answer in terms "
            r"of $\pi$."
            if self.degrees < 130 and self.radius < 60
            else f"The hand of a dial is ${self.radius}$ cm long, measured from the center of the dial. How many "
            rf"centimeters does its tip travel while the hand turns through ${self.degrees}^\circ$? Express your "
            r"answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        return self.radius * self.degrees // 180 * sympy.pi

    def check(self) -> Answer:
        chords = 10**6
        return chords * 2 * self.radius * math.sin(math.radians(self.degrees) / (2 * chords))


class RectangularPyramid(Family, domain="geometry", level=1):
    """The volume of a pyramid on a rectangle."""

    length: int
    width: int
    height: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        length, width, height = (random.randint(4, 24) for _ in range(3))
        return (
            cls(length, width, height, random.randrange(2))
            if length > width and length * width * height % 3 == 0
            else None
        )

    def statement(self) -> str:
        if self.story == 0:
            return (
                f"A pyramid has height ${self.height}$, and its base is a rectangle with side lengths ${self.length}$ "
                f"and ${self.width}$. What is the volume of the pyramid?"
            )
        return (
            f"A tent has a rectangular floor that measures ${self.length}$ feet by ${self.width}$ feet. Its four "
            f"triangular walls meet at a point ${self.height}$ feet above the floor. How many cubic feet of space does "
            "the tent enclose?"
        )

    def answer(self) -> Answer:
        return self.length * self.width * self.height // 3

    def check(self) -> Answer:
        """Add up the slices by Simpson's rule, exact for their quadratic areas."""
        slices = [(1 - depth) ** 2 * self.length * self.width for depth in (0, Fraction(1, 2), 1)]
        return self.height * (slices[0] + 4 * slices[1] + slices[2]) / 6
