"""Geometry, level 2: two steps."""

import cmath
import math
from fractions import Fraction
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import TRIPLES, angle, area
from pytest_mathbench.families.latex import Answer
from pytest_mathbench.families.numeric import crossing


class IsoscelesTrapezoid(Family, domain="geometry", level=2):
    """The area of an isosceles trapezoid from its sides: Pythagoras gives the height."""

    base: int
    overhang: int
    height: int
    leg: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        overhang, height, leg = random.choice(TRIPLES)
        return cls(random.randint(4, 40), overhang, height, leg, random.randrange(2)) if leg < 75 else None

    def statement(self) -> str:
        long = self.base + 2 * self.overhang
        if self.story == 0:
            return (
                f"An isosceles trapezoid has parallel sides of lengths ${self.base}$ and ${long}$, and each of its "
                f"other two sides has length ${self.leg}$. What is the area of the trapezoid?"
            )
        return (
            f"The cross section of a dam is a trapezoid: its top is ${self.base}$ m wide, its bottom is ${long}$ m "
            f"wide, both are horizontal, and the two slanted sides are each ${self.leg}$ m long. What is the area of "
            "the cross section, in square meters?"
        )

    def answer(self) -> Answer:
        return (self.base + self.overhang) * self.height

    def check(self) -> Answer:
        long = self.base + 2 * self.overhang
        left = (long - self.base) / 2
        height = crossing(lambda height: abs(complex(left, height)) - self.leg, 0, self.leg)
        return area([0j, complex(long), complex(long - left, height), complex(left, height)])


class SimilarTriangles(Family, domain="geometry", level=2):
    """The areas of similar triangles are as the squares of their sides."""

    side: int
    image: int
    area: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample(range(2, 10), 2)
        scale = random.randint(2, 6)
        times = random.randint(2, 15)
        drawn = cls(one * scale, other * scale, one**2 * times, random.randrange(2))
        return drawn if math.gcd(one, other) == 1 and drawn.answer() not in (drawn.side, drawn.image) else None

    def statement(self) -> str:
        if self.story == 0:
            return (
                "Triangle $ABC$ is similar to triangle $DEF$, with vertices $A$, $B$, $C$ corresponding to $D$, $E$, "
                f"$F$ in this order. If $AB = {self.side}$, $DE = {self.image}$, and the area of triangle $ABC$ is "
                f"${self.area}$, what is the area of triangle $DEF$?"
            )
        return (
            f"A photograph with an area of ${self.area}$ square inches and a width of ${self.side}$ inches is scaled, "
            f"without distortion, so that its width becomes ${self.image}$ inches. What is the area of the scaled "
            "photograph, in square inches?"
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
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        left, right = random.randint(20, 110), random.randint(20, 110)
        return (
            cls(left, right, random.randrange(2))
            if left != right and (left + right) % 2 == 0 and left + right < 160
            else None
        )

    def statement(self) -> str:
        if self.wording == 0:
            return (
                rf"In triangle $ABC$, $\angle B = {self.left}^\circ$ and $\angle C = {self.right}^\circ$. The bisector "
                r"of $\angle A$ meets side $\overline{BC}$ at $D$. What is the degree measure of $\angle ADB$?"
            )
        return (
            rf"Point $S$ on side $\overline{{QR}}$ of triangle $PQR$ is such that $\angle QPS = \angle SPR$. If "
            rf"$\angle Q = {self.left}^\circ$ and $\angle R = {self.right}^\circ$, how many degrees is $\angle PSQ$?"
        )

    def answer(self) -> Answer:
        top = 180 - self.left - self.right
        return 180 - self.left - top // 2

    def check(self) -> Answer:
        left, right = (cmath.rect(1, math.radians(degrees)) for degrees in (self.left, self.right))
        top = left * right.imag / (left.real * right.imag + left.imag * right.real)
        foot = crossing(lambda foot: angle(0j, top, complex(foot)) - angle(complex(foot), top, 1 + 0j), 0, 1)
        return angle(top, complex(foot), 0j)


class Recast(Family, domain="geometry", level=2):
    """A cylinder is recast as a cone: the volumes agree."""

    metal: str
    radius: int
    height: int
    base: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radius, height, base = random.randint(2, 20), random.randint(3, 30), random.randint(2, 24)
        whole = 3 * radius**2 * height % base**2 == 0
        drawn = cls(random.choice(["copper", "iron", "lead"]), radius, height, base, random.randrange(2))
        return drawn if whole and base != radius and drawn._plausible() else None

    def statement(self) -> str:
        if self.story == 0:
            return (
                f"A solid {self.metal} cylinder with base radius ${self.radius}$ cm and height ${self.height}$ cm is "
                f"melted down. All of the {self.metal} is then cast into a solid right circular cone with base radius "
                f"${self.base}$ cm. What is the height of the cone, in centimeters?"
            )
        return (
            f"A cylindrical can with inner radius ${self.radius}$ cm is filled with water to a height of "
            f"${self.height}$ cm. This is exactly enough water to fill a hollow right circular cone with inner base "
            f"radius ${self.base}$ cm. How many centimeters high is the cone on the inside?"
        )

    def _plausible(self) -> bool:
        answer = self.answer()
        return bool(
            self.base // 3 <= answer <= 90 and answer > 3 and answer not in (self.radius, self.height, self.base)
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
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        x, y, a, b, mirror = random.sample([*range(-12, 0), *range(2, 13)], 5)
        drawn = cls((x, y), (a, b), random.random() < 0.5, random.choice("xy"), mirror, random.randrange(2))
        return drawn if drawn.answer() not in ((x, y), (a, b)) else None

    def statement(self) -> str:
        (x, y), (a, b) = self.point, self.center
        turn = "clockwise" if self.clockwise else "counterclockwise"
        if self.wording == 0:
            return (
                rf"Let $P = ({x},{y})$ and $C = ({a},{b})$. Rotating $P$ by $90^\circ$ {turn} about $C$ gives the "
                f"point $Q$, and $R$ is the reflection of $Q$ over the line ${self.letter} = {self.mirror}$. Find the "
                "coordinates of $R$. Enter the ordered pair $(x,y)$."
            )
        return (
            rf"The point $({x},{y})$ is rotated $90^\circ$ {turn} about the point $({a},{b})$, and the image is then "
            f"reflected over the line ${self.letter} = {self.mirror}$. What are the coordinates of the resulting "
            "point? Enter the ordered pair $(x,y)$."
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
