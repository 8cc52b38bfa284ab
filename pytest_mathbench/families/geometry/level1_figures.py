"""Geometry, level 1: one formula or one definition, for solids, angles, and points."""

import math
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.geometry.shared import angle
from pytest_mathbench.families.latex import Answer


class PolygonAngle(Family, domain="geometry", level=1):
    """The sum of the interior angles of a convex polygon, its diagonals, or the number of sides from the sum."""

    sides: int
    asked: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(7, 119), random.randrange(4))

    def statement(self) -> str:
        if self.asked == 0:
            return (
                "What is the sum of the degree measures of the interior angles of a convex polygon with "
                f"${self.sides}$ sides?"
            )
        if self.asked == 1:
            return f"How many diagonals does a convex polygon with ${self.sides}$ sides have?"
        if self.asked == 2:
            return (
                rf"The interior angles of a convex polygon add up to ${180 * (self.sides - 2)}^\circ$. How many sides "
                "does the polygon have?"
            )
        return (
            f"A convex polygon has ${self.sides}$ sides. From one of its vertices, all diagonals are drawn. Into how "
            "many triangles do they divide the polygon?"
        )

    def answer(self) -> Answer:
        n = self.sides
        return (180 * (n - 2), n * (n - 3) // 2, n, n - 2)[self.asked]

    def check(self) -> Answer:
        n = self.sides
        if self.asked == 1:
            return sum(1 for one in range(n) for two in range(one + 2, n) if (two + 1) % n != one)
        corners = [complex(math.cos(2 * math.pi * k / n), math.sin(2 * math.pi * k / n)) for k in range(3)]
        total = n * angle(*corners)
        return {0: total, 2: n * total / (180 * (n - 2)), 3: total / 180}[self.asked]


class MidpointAndEnd(Family, domain="geometry", level=1):
    """The other endpoint of a segment from its midpoint, or the fourth vertex of a parallelogram."""

    start: tuple[int, int]
    half: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        x, y, a, b = (random.randint(-15, 15) for _ in range(4))
        return cls((x, y), (a, b), random.randrange(3)) if a and b and (x, y) != (-2 * a, -2 * b) else None

    def statement(self) -> str:
        (x, y), (a, b) = self.start, self.half
        middle = f"$({x + a},{y + b})$"
        if self.wording == 0:
            return (
                rf"The midpoint of segment $\overline{{PQ}}$ is {middle}, and $P = ({x},{y})$. What are the "
                "coordinates of $Q$? Enter the ordered pair $(x,y)$."
            )
        if self.wording == 1:
            return (
                f"A circle has its center at {middle}. One endpoint of a diameter is $({x},{y})$. What are the "
                "coordinates of the other endpoint of this diameter? Enter the ordered pair $(x,y)$."
            )
        return (
            f"The point $({x},{y})$ is reflected through the point {middle}, that is, rotated by $180^\\circ$ about "
            "it. What is the image? Enter the ordered pair $(x,y)$."
        )

    def answer(self) -> Answer:
        return self.start[0] + 2 * self.half[0], self.start[1] + 2 * self.half[1]

    def check(self) -> Answer:
        start, half = complex(*self.start), complex(*self.half)
        turned = start + half + (start - (start + half)) * complex(math.cos(math.pi), math.sin(math.pi))
        return round(turned.real, 9), round(turned.imag, 9)


class SurfaceOfBox(Family, domain="geometry", level=1):
    """The surface area of a box with three different edges, closed or without a lid."""

    sizes: tuple[int, int, int]
    kind: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        length, width, height = (random.randint(2, 30) for _ in range(3))
        kind = random.randrange(3)
        # A tank is not deeper than it is long, and a room is neither narrow nor very high.
        plausible = (True, height <= length, width >= 8 <= height <= 14)[kind]
        return cls((length, width, height), kind) if length > width and height != width and plausible else None

    def statement(self) -> str:
        length, width, height = self.sizes
        if self.kind == 0:
            return (
                f"A rectangular box is ${length}$ cm long, ${width}$ cm wide, and ${height}$ cm high. What is its "
                "total surface area, in square centimeters?"
            )
        if self.kind == 1:
            return (
                f"An open tank in the shape of a rectangular box is ${length}$ m long, ${width}$ m wide, and "
                f"${height}$ m deep. It has a floor and four side walls, but no top. How many square meters of sheet "
                "metal is it made of?"
            )
        return (
            f"The rectangular floor of a room measures ${length}$ feet by ${width}$ feet, and the room is ${height}$ "
            "feet high. What is the total area of its four walls, in square feet?"
        )

    def answer(self) -> Answer:
        length, width, height = self.sizes
        return 2 * (length + width) * height + (2, 1, 0)[self.kind] * length * width

    def check(self) -> Answer:
        """Count the free faces of the unit cubes of the box, layer by layer."""
        length, width, height = self.sizes
        border = sum(
            (x == 0) + (x == length - 1) + (y == 0) + (y == width - 1) for x in range(length) for y in range(width)
        )
        return border * height + (2 - self.kind) * sum(1 for _ in range(length) for _ in range(width))


class SectorArea(Family, domain="geometry", level=1):
    """The area of a sector, or of a ring, in terms of pi."""

    radius: int
    degrees: int
    inner: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        radius, degrees = (
            random.randint(3, 40),
            random.choice([20, 24, 30, 36, 40, 45, 60, 72, 80, 90, 100, 108, 120, 150]),
        )
        inner = random.randint(2, radius - 1) if random.random() < 0.4 else 0
        return cls(radius, 360 if inner else degrees, inner) if inner or radius**2 * degrees % 360 == 0 else None

    def statement(self) -> str:
        if self.inner:
            return (
                f"Two circles have the same center and radii ${self.inner}$ and ${self.radius}$. What is the area of "
                r"the region between the two circles? Express your answer in terms of $\pi$."
            )
        return (
            f"A sector of a circle of radius ${self.radius}$ has a central angle of ${self.degrees}^\\circ$. What is "
            r"the area of the sector? Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        return (self.radius**2 - self.inner**2) * self.degrees // 360 * sympy.pi

    def check(self) -> Answer:
        """Add thin rings, each as long as its middle line."""
        rings = [self.inner + (self.radius - self.inner) * (part + 0.5) / 50 for part in range(50)]
        return sum(math.radians(self.degrees) * ring * (self.radius - self.inner) / 50 for ring in rings)


class EulerFormula(Family, domain="geometry", level=1):
    """Vertices, edges, and faces of a convex polyhedron, by Euler or from a prism or pyramid."""

    base: int
    kind: str
    asked: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        kind = random.choice(["prism", "pyramid", "convex polyhedron", "bipyramid"])
        return cls(random.randint(5, 90), kind, random.choice(["vertices", "edges", "faces"]))

    def _counts(self) -> dict[str, int]:
        n = self.base
        vertices, edges, faces = {
            "prism": (2 * n, 3 * n, n + 2),
            "pyramid": (n + 1, 2 * n, n + 1),
            "bipyramid": (n + 2, 3 * n, 2 * n),
            "convex polyhedron": (n + n // 3, 2 * n, n - n // 3 + 2),
        }[self.kind]
        return {"vertices": vertices, "edges": edges, "faces": faces}

    def statement(self) -> str:
        counts = self._counts()
        given = [f"${number}$ {name}" for name, number in counts.items() if name != self.asked]
        if self.kind == "convex polyhedron":
            return f"A convex polyhedron has {given[0]} and {given[1]}. How many {self.asked} does it have?"
        if self.kind == "bipyramid":
            return (
                f"Two congruent pyramids, whose bases have ${self.base}$ sides, are glued together along their bases, "
                f"and no two faces of the resulting solid lie in the same plane. How many {self.asked} does the "
                "solid have?"
            )
        return (
            f"The base of a {self.kind} is a polygon with ${self.base}$ sides. How many {self.asked} does the "
            f"{self.kind} have?"
        )

    def answer(self) -> Answer:
        return self._counts()[self.asked]

    def check(self) -> Answer:
        """Build the list of faces, where there is one, and count."""
        n = self.base
        if self.kind == "convex polyhedron":
            counts = self._counts()
            signs = {"vertices": 1, "edges": -1, "faces": 1}
            rest = 2 - sum(sign * counts[name] for name, sign in signs.items() if name != self.asked)
            return rest * signs[self.asked]
        low, high = [*range(n)], [*range(n, 2 * n)]
        ring = [(k, (k + 1) % n) for k in range(n)]
        if self.kind == "prism":
            faces = [low, high, *([a, b, b + n, a + n] for a, b in ring)]
        else:
            faces = [[a, b, n] for a, b in ring] + (
                [low] if self.kind == "pyramid" else [[a, b, n + 1] for a, b in ring]
            )
        edges = {frozenset(pair) for face in faces for pair in zip(face, [*face[1:], face[0]], strict=True)}
        found = {
            "faces": len(faces),
            "edges": len(edges),
            "vertices": len({corner for face in faces for corner in face}),
        }
        return found[self.asked]
