"""Geometry, level 3: two ideas together, or a short search."""

import math
from fractions import Fraction
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer
from pytest_mathbench.families.numeric import crossing


class IntegerTriangles(Family, domain="geometry", level=3):
    """Triangles with whole sides, a given perimeter and no short side, counted by kind."""

    kind: str
    perimeter: int
    shortest: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        perimeter = random.randint(45, 120)
        return cls(
            random.choice(["acute", "obtuse", "scalene"]),
            perimeter,
            random.randint(4, perimeter // 5),
            random.randrange(2),
        )

    def statement(self) -> str:
        if self.story == 0:
            return (
                f"How many {self.kind} triangles have integer side lengths, perimeter ${self.perimeter}$, and no side "
                f"shorter than ${self.shortest}$? Congruent triangles are counted once."
            )
        return (
            f"A wire ${self.perimeter}$ cm long is bent into a triangle whose sides are whole numbers of centimeters, "
            f"each at least ${self.shortest}$ cm. How many noncongruent {self.kind} triangles are possible?"
        )

    def answer(self) -> Answer:
        found = 0
        for a in range(self.shortest, self.perimeter // 3 + 1):
            for b in range(max(a, self.perimeter // 2 + 1 - a), (self.perimeter - a) // 2 + 1):
                c = self.perimeter - a - b
                excess = a * a + b * b - c * c
                found += {"acute": excess > 0, "obtuse": excess < 0, "scalene": a < b < c}[self.kind]
        return found

    def check(self) -> Answer:
        """Go over all ordered triples of sides, and judge the largest angle by its cosine."""
        found = 0
        for a in range(self.shortest, self.perimeter // 2 + 1):
            for b in range(self.shortest, self.perimeter // 2 + 1):
                c = self.perimeter - a - b
                if not (a <= b <= c < a + b):
                    continue
                cosine = (a * a + b * b - c * c) / (2 * a * b)
                kinds = {"acute": cosine > 1e-9, "obtuse": cosine < -1e-9, "scalene": len({a, b, c}) == 3}
                found += kinds[self.kind]
        return found


class BallInCone(Family, domain="geometry", level=3):
    """The sphere inscribed in a cone of given radius and slant height."""

    radius: int
    slant: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radius, slant = random.randint(3, 60), random.randint(8, 120)
        if not 1.2 * radius < slant < 6 * radius:
            return None
        surface = Fraction(4 * radius**2 * (slant - radius), slant + radius)
        return cls(radius, slant, random.randrange(2)) if surface.denominator < 20 else None

    def statement(self) -> str:
        if self.story == 0:
            return (
                f"A right circular cone has base radius ${self.radius}$ and slant height ${self.slant}$. A sphere "
                "inside the cone is tangent to the base of the cone and to its lateral surface. What is the surface "
                r"area of the sphere? Express your answer in terms of $\pi$."
            )
        return (
            "The largest possible ball is carved from a wooden right circular cone whose base has radius "
            f"${self.radius}$ cm and whose slant height is ${self.slant}$ cm. How many square centimeters is the "
            r"surface area of the ball? Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        return sympy.Rational(4 * self.radius**2 * (self.slant - self.radius), self.slant + self.radius) * sympy.pi

    def check(self) -> Answer:
        """Grow the sphere until its center is as far from the slant line as from the base."""
        height = math.sqrt(self.slant**2 - self.radius**2)
        ball = crossing(lambda ball: ball - (height - ball) * self.radius / self.slant, 0, height)
        return 4 * math.pi * ball**2


class ParallelChords(Family, domain="geometry", level=3):
    """Two parallel chords and the distance between them give the circle."""

    chord: int
    other: int
    distance: int
    side: str
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        half, far = random.randint(3, 40), random.randint(3, 40)
        square = half**2 + far**2
        others = [(leg, math.isqrt(square - leg**2)) for leg in range(half + 1, math.isqrt(square))]
        exact = [(leg, near) for leg, near in others if leg**2 + near**2 == square]
        if not exact:
            return None
        leg, near = random.choice(exact)
        opposite = random.random() < 0.5
        side = "opposite sides" if opposite else "the same side"
        return cls(2 * half, 2 * leg, far + near if opposite else far - near, side, random.randrange(2))

    def statement(self) -> str:
        if self.story == 0:
            return (
                f"Two parallel chords of a circle have lengths ${self.chord}$ and ${self.other}$. They lie on "
                f"{self.side} of the center of the circle, and the distance between them is ${self.distance}$. What "
                r"is the area of the circle? Express your answer in terms of $\pi$."
            )
        return (
            f"Two parallel straight paths, ${self.distance}$ m apart, cross a circular park, whose center is "
            f"{'between them' if self.side == 'opposite sides' else 'not between them'}. Inside the park, one path is "
            f"${self.chord}$ m and the other is ${self.other}$ m long. What is the area of the park, in square "
            r"meters? Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        """Use that the squares of the distances from the center differ as those of the half chords do."""
        apart = Fraction(self.other**2 - self.chord**2, 4 * self.distance)
        far = (self.distance + apart) / 2
        return sympy.Rational(far**2 + Fraction(self.chord**2, 4)) * sympy.pi

    def check(self) -> Answer:
        sign = 1 if self.side == "opposite sides" else -1

        def between(radius: float) -> float:
            far, near = (math.sqrt(max(0.0, radius**2 - chord**2 / 4)) for chord in (self.chord, self.other))
            return far + sign * near - self.distance

        return math.pi * crossing(between, self.other / 2, 1000) ** 2


SHAPES = {
    3: "an equilateral triangle",
    4: "a square",
    5: "a regular pentagon",
    6: "a regular hexagon",
    8: "a regular octagon",
    10: "a regular decagon",
    12: "a regular dodecagon",
}


class TetheredGoat(Family, domain="geometry", level=3):
    """A goat tied to a corner of a building: the rope shortens as it bends around further corners."""

    sides: int
    side: int
    rope: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        sides, side = random.choice(list(SHAPES)), random.randint(5, 24)
        rope = random.randint(side + 2, 3 * side - 1)
        return cls(sides, side, rope, random.randrange(2)) if 2 * rope < sides * side and rope % side else None

    def statement(self) -> str:
        if self.story == 0:
            return (
                f"A dog is kept on a leash ${self.rope}$ feet long. The other end of the leash is fastened to a "
                "corner of a shed, on the outside. The shed stands on an open, level lawn, and its floor plan is "
                f"{SHAPES[self.sides]} with side length ${self.side}$ feet. How many square feet of the lawn can the "
                r"dog reach without entering the shed? Express your answer in terms of $\pi$."
            )
        return (
            f"The floor plan of a building is {SHAPES[self.sides]} with side length ${self.side}$ meters. A goat is "
            f"tied outside the building, at one of its corners, by a rope ${self.rope}$ meters long. The goat cannot "
            "enter the building, and the ground around it is level and open. What is the area, in square meters, of "
            r"the ground that the goat can reach? Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        total = Fraction(self.sides + 2, 2 * self.sides) * self.rope**2
        total += Fraction(2, self.sides) * sum(free**2 for free in range(self.rope - self.side, 0, -self.side))
        return sympy.Rational(total) * sympy.pi

    def check(self) -> Answer:
        """Add up the lengths of the curves at each distance along the rope, which grow linearly in between."""

        def curve(distance: int) -> float:
            corner = 2 * math.pi / self.sides
            arcs = sum(distance - bend for bend in range(self.side, distance, self.side))
            return (math.pi + corner) * distance + 2 * corner * arcs

        return sum((curve(distance) + curve(distance + 1)) / 2 for distance in range(self.rope))


class MedianBetween(Family, domain="geometry", level=3):
    """The median from a known angle between two known sides."""

    left: int
    right: int
    degrees: int
    story: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        left, right = random.sample(range(3, 41), 2)
        drawn = cls(left, right, random.choice([60, 120]), random.randrange(2))
        return drawn if not drawn.answer().is_Rational else None

    def statement(self) -> str:
        if self.story == 1:
            return (
                f"Two straight roads leave a village $A$ at an angle of ${self.degrees}^\\circ$. Village $B$ is "
                f"${self.left}$ km from $A$ on one of them, and village $C$ is ${self.right}$ km from $A$ on the "
                "other. A well lies at the midpoint of the straight segment from $B$ to $C$. How many kilometers is "
                "the well from $A$, in a straight line? Express your answer in simplest radical form."
            )
        return (
            rf"In triangle $ABC$, $AB = {self.left}$, $AC = {self.right}$, and $\angle BAC = {self.degrees}^\circ$. "
            r"Let $M$ be the midpoint of $\overline{BC}$. What is the length of $\overline{AM}$? Express your answer "
            "in simplest radical form."
        )

    def answer(self) -> Answer:
        product = self.left * self.right * (1 if self.degrees == 60 else -1)
        return sympy.sqrt(self.left**2 + self.right**2 + product) / 2

    def check(self) -> Answer:
        turn = math.radians(self.degrees)
        return abs(complex(self.left) + self.right * complex(math.cos(turn), math.sin(turn))) / 2
