"""Geometry, level 4: points around a circle."""

from fractions import Fraction
from math import comb, cos, pi, sin
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex

_Point = tuple[int, int]


class RandomArcs(Family, domain="geometry", level=4):
    """Random points on a circle, and whether some arc between neighbors is long: several arcs may be."""

    points: int
    part: Fraction
    longer: bool
    story: int

    naive_program = """
        print(points * (1 - part) ** (points - 1) if longer else 1 - points * (1 - part) ** (points - 1))
    """
    solution_program = """
        from math import comb
        total = sum((-1) ** k * comb(points, k) * max(0, 1 - k * part) ** (points - 1) for k in range(points + 1))
        print(1 - total if longer else total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        whole = random.randint(3, 9)
        part = Fraction(random.randint(1, whole // 2), whole)
        points = random.randint(4, 11)
        story = random.randrange(3)
        good = part < Fraction(1, 2) and part * points > Fraction(3, 2) and whole ** (points - 1) < 10**9
        # The hikers' gaps are in whole degrees.
        return cls(points, part, random.random() < 0.5, story) if good and (story < 2 or 360 % whole == 0) else None

    def statement(self) -> str:
        part = tex(self.part)
        size = "longer" if self.longer else "shorter"
        if self.story == 0:
            which = "at least one of the arcs is" if self.longer else "all of the arcs are"
            return (
                f"On a circle, ${self.points}$ points are chosen independently and uniformly at random; they divide it "
                f"into ${self.points}$ arcs. What is the probability that {which} {size} than ${part}$ of the "
                "circumference? Express your answer as a common fraction."
            )
        if self.story == 1:
            which = "some piece is" if self.longer else "every piece is"
            return (
                f"A stick of length $1$ is broken at ${self.points - 1}$ points, chosen independently and uniformly at "
                f"random along the stick. What is the probability that {which} {size} than ${part}$? Express your "
                "answer as a common fraction."
            )
        degrees = 360 * self.part
        which = "there is a gap" if self.longer else "there is no gap"
        return (
            f"Around a round lake, ${self.points}$ hikers take independent, uniformly random places on the shore. "
            f"What is the probability that {which} between two neighboring hikers that spans, as seen from the "
            rf"center, more than ${tex(degrees)}^\circ$? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        short = Fraction(0)
        for count in range(self.points + 1):
            if count * self.part < 1:
                short += (-1) ** count * comb(self.points, count) * (1 - count * self.part) ** (self.points - 1)
        return 1 - short if self.longer else short

    def check(self) -> Answer:
        """Get the volume of the allowed gaps from the recursion for the density of a sum of uniform numbers."""

        def density(count: int, at: Fraction) -> Fraction:
            if not 0 <= at < count:
                return Fraction(0)
            if count == 1:
                return Fraction(1)
            return (at * density(count - 1, at) + (count - at) * density(count - 1, at - 1)) / (count - 1)

        short = self.part ** (self.points - 1) * density(self.points, 1 / self.part)
        for factor in range(2, self.points):
            short *= factor
        return 1 - short if self.longer else short


class ProductOfDistances(Family, domain="geometry", level=4):
    """The distances from a point to all vertices of a regular polygon, multiplied: a power plus or minus another."""

    corners: int
    radius: int
    distance: int
    through_corner: bool

    naive_program = """
        from math import cos, pi, sin, hypot
        product = 1.0
        for k in range(corners):
            angle = 2 * pi * k / corners + (0 if through_corner else pi / corners)
            product *= hypot(distance - radius * cos(angle), radius * sin(angle))
        print(round(product))
    """
    solution_program = """
        print(abs(distance**corners - radius**corners) if through_corner else distance**corners + radius**corners)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        corners = random.randint(7, 16)
        top = int(10 ** (20 / corners))
        radius, distance = random.randint(top // 3, top), random.randint(top // 3, top)
        drawn = cls(corners, radius, distance, random.random() < 0.5)
        if not 10**17 < drawn.answer() < 10**20 or not radius / 3 < distance < 3 * radius or radius == distance:
            return None
        # No floating-point number is the answer.
        return drawn if int(float(drawn.answer())) != drawn.answer() else None

    def statement(self) -> str:
        n = self.corners
        if self.through_corner:
            return (
                f"A regular ${n}$-gon $A_1A_2\\dots A_{{{n}}}$ is inscribed in a circle with center $O$ and radius "
                f"${self.radius}$. A point $P$ lies on ray $OA_1$ with $OP = {self.distance}$. What is the product of "
                rf"the ${n}$ distances $PA_1, PA_2, \dots, PA_{{{n}}}$?"
            )
        return (
            f"The ${n}$ vertices of a regular ${n}$-gon lie on a circle with center $O$ and radius ${self.radius}$. A "
            "ray from $O$ passes through the midpoint of a side, and $P$ is the point of this ray with $OP = "
            f"{self.distance}$. The distances from $P$ to all of the vertices are multiplied. What is their product?"
        )

    def answer(self) -> Answer:
        if self.through_corner:
            return abs(self.distance**self.corners - self.radius**self.corners)
        return self.distance**self.corners + self.radius**self.corners

    def check(self) -> Answer:
        product = 1.0
        for corner in range(self.corners):
            turn = 2 * pi * corner / self.corners + (0 if self.through_corner else pi / self.corners)
            product *= abs(complex(self.distance - self.radius * cos(turn), self.radius * sin(turn)))
        return product
