"""Geometry, level 2: two steps."""

import cmath
import math
from fractions import Fraction
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import TRIPLES, angle, area, root
from pytest_mathbench.families.latex import Answer


class IsoscelesTrapezoid(Family, domain="geometry", level=2):
    """The area of an isosceles trapezoid from its sides: Pythagoras gives the height."""

    base: int
    overhang: int
    height: int
    leg: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        overhang, height, leg = random.choice(TRIPLES)
        return cls(random.randint(4, 40), overhang, height, leg) if leg < 75 else None

    def statement(self) -> str:
        return (
            f"An isosceles trapezoid has parallel sides of lengths ${self.base}$ and ${self.base + 2 * self.overhang}$,"
            f" and each of its other two sides has length ${self.leg}$. What is the area of the trapezoid?"
        )

    def answer(self) -> Answer:
        return (self.base + self.overhang) * self.height

    def check(self) -> Answer:
        long = self.base + 2 * self.overhang
        left = (long - self.base) / 2
        height = root(lambda height: abs(complex(left, height)) - self.leg, 0, self.leg)
        return area([0j, complex(long), complex(long - left, height), complex(left, height)])


class SimilarTriangles(Family, domain="geometry", level=2):
    """The areas of similar triangles are as the squares of their sides."""

    side: int
    image: int
    area: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample(range(2, 10), 2)
        scale = random.randint(2, 6)
        times = random.randint(2, 15)
        return cls(one * scale, other * scale, one**2 * times) if math.gcd(one, other) == 1 else None

    def statement(self) -> str:
        return (
            "Triangle $ABC$ is similar to triangle $DEF$, with vertices $A$, $B$, $C$ corresponding to $D$, $E$, $F$ "
            "in "
            f"this order. If $AB = {self.side}$, $DE = {self.image}$, and the area of triangle $ABC$ is ${self.area}$, "
            "what is the area of triangle $DEF$?"
        )

    def answer(self) -> Answer:
        return self.area * self.image**2 // self.side**2

    def check(self) -> Answer:
        corners = [0j, complex(self.side), complex(self.side / 3, 2 * self.area / self.side)]
        return area([corner * self.image / self.side for corner in corners])


class BisectorFoot(Family, domain="geometry", level=2):
    """The angle at which a bisector meets the opposite side."""

    left: int
    right: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        left, right = random.randint(20, 110), random.randint(20, 110)
        return cls(left, right) if left != right and (left + right) % 2 == 0 and left + right < 160 else None

    def statement(self) -> str:
        return (
            rf"In triangle $ABC$, $\angle B = {self.left}^\circ$ and $\angle C = {self.right}^\circ$. The bisector of "
            r"$\angle A$ meets side $\overline{BC}$ at $D$. What is the degree measure of $\angle ADB$?"
        )

    def answer(self) -> Answer:
        top = 180 - self.left - self.right
        return 180 - self.left - top // 2

    def check(self) -> Answer:
        left, right = (cmath.rect(1, math.radians(degrees)) for degrees in (self.left, self.right))
        top = left * right.imag / (left.real * right.imag + left.imag * right.real)
        foot = root(lambda foot: angle(0j, top, complex(foot)) - angle(complex(foot), top, 1 + 0j), 0, 1)
        return angle(top, complex(foot), 0j)


class Recast(Family, domain="geometry", level=2):
    """A cylinder is recast as a cone: the volumes agree."""

    metal: str
    radius: int
    height: int
    base: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radius, height, base = random.randint(2, 20), random.randint(3, 30), random.randint(2, 24)
        whole = 3 * radius**2 * height % base**2 == 0
        return (
            cls(random.choice(["copper", "iron", "lead"]), radius, height, base) if whole and base != radius else None
        )

    def statement(self) -> str:
        return (
            f"A solid {self.metal} cylinder with base radius ${self.radius}$ cm and height ${self.height}$ cm is "
            "melted "
            f"down. All of the {self.metal} is then cast into a solid right circular cone with base radius "
            f"${self.base}$ cm. What is the height of the cone, in centimeters?"
        )

    def answer(self) -> Answer:
        return 3 * self.radius**2 * self.height // self.base**2

    def check(self) -> Answer:
        """Cut a cone of height 1 into slices by Simpson's rule, which is exact for it."""
        slices = [(self.base * depth) ** 2 for depth in (0, Fraction(1, 2), 1)]
        return self.radius**2 * self.height * 6 / (slices[0] + 4 * slices[1] + slices[2])


class TurnAndReflect(Family, domain="geometry", level=2):
    """A point is turned by a right angle about another point, then reflected."""

    point: tuple[int, int]
    center: tuple[int, int]
    clockwise: bool
    letter: str
    mirror: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        x, y, a, b, mirror = random.sample([*range(-12, 0), *range(2, 13)], 5)
        return cls((x, y), (a, b), random.random() < 0.5, random.choice("xy"), mirror)

    def statement(self) -> str:
        (x, y), (a, b) = self.point, self.center
        turn = "clockwise" if self.clockwise else "counterclockwise"
        return (
            rf"The point $({x},{y})$ is rotated $90^\circ$ {turn} about the point $({a},{b})$, and the image is then "
            f"reflected over the line ${self.letter} = {self.mirror}$. What are the coordinates of the resulting "
            "point? "
            "Enter the ordered pair $(x,y)$."
        )

    def answer(self) -> Answer:
        (x, y), (a, b) = self.point, self.center
        turned = (a + y - b, b - x + a) if self.clockwise else (a - y + b, b + x - a)
        flip = 2 * self.mirror
        return (flip - turned[0], turned[1]) if self.letter == "x" else (turned[0], flip - turned[1])

    def check(self) -> Answer:
        center = complex(*self.center)
        turned = center + (complex(*self.point) - center) * cmath.exp(math.pi / 2j if self.clockwise else math.pi / -2j)
        axis, along = (self.mirror, 1j) if self.letter == "x" else (self.mirror * 1j, 1)
        image = axis + along * ((turned - axis) / along).conjugate()
        return image.real, image.imag
