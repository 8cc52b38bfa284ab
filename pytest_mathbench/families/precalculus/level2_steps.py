"""Precalculus, level 2: lines, planes, roots, and matrices, in two or three steps."""

from cmath import rect
from fractions import Fraction
from math import dist, gcd, hypot, radians, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex
from pytest_mathbench.families.precalculus.shared import Rows, column, cross, dot, linear, rows_of, shaped, times


class MatrixPower(Family, domain="precalculus", level=2):
    """The sum of the entries of a power of a matrix."""

    values: tuple[int, int]
    mix: tuple[int, int]
    power: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample([-3, -2, 2, 3, 4, 5], 2)
        mix = random.choice([-1, 1]) * random.randint(1, 4), random.randint(1, 4)
        drawn = cls((one, other), mix, random.randint(4, 9), random.randrange(2))
        return drawn if all(entry for row in drawn._rows() for entry in row) else None

    def _rows(self) -> Rows:
        return shaped(self.values, self.mix)

    def statement(self) -> str:
        rows = rows_of(self._rows())
        if self.wording:
            return (
                rf"A product has ${self.power}$ factors, each of them equal to the matrix \[{rows}.\] What do the four "
                "entries of the product add up to?"
            )
        return rf"Let \[\mathbf{{A}} = {rows}.\] What is the sum of all four entries of $\mathbf{{A}}^{self.power}$?"

    def answer(self) -> Answer:
        (a, b), (c, d) = self._rows()
        x, y = 1, 1
        for _ in range(self.power):
            x, y = a * x + b * y, c * x + d * y
        return x + y

    def check(self) -> Answer:
        rows = self._rows()
        result = rows
        for _ in range(self.power - 1):
            result = times(result, rows)
        return sum(map(sum, result))


class ReflectedPoint(Family, domain="precalculus", level=2):
    """A point reflected in a plane."""

    point: tuple[int, int, int]
    normal: tuple[int, int, int]
    right: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, n = ((random.randint(-8, 8), random.randint(-8, 8), random.randint(-8, 8)) for _ in range(2))
        right = random.randint(-20, 20)
        apart = dot(p, n) - right
        if not apart or not all(n) or n[0] < 0 or gcd(*n, right) > 1:
            return None
        return cls(p, n, right, random.randrange(2))

    def statement(self) -> str:
        a, b, c = self.normal
        plane = f"{linear(a, b, c)} = {self.right}"
        if self.wording:
            return (
                f"The plane ${plane}$ is perpendicular to the segment $PQ$ and passes through its midpoint. If $P = "
                f"{tex(self.point)}$, what are the coordinates $(x,y,z)$ of $Q$?"
            )
        return rf"The point ${tex(self.point)}$ is reflected across the plane ${plane}$. Find its image $(x,y,z)$."

    def answer(self) -> Answer:
        factor = Fraction(2 * (dot(self.point, self.normal) - self.right), dot(self.normal, self.normal))
        return tuple(p - factor * n for p, n in zip(self.point, self.normal, strict=True))

    def check(self) -> Answer:
        # Householder's matrix, after a shift along the x-axis that takes the plane to the origin.
        shift = Fraction(self.right, self.normal[0])
        vector: list[Fraction | int] = [self.point[0] - shift, *self.point[1:]]
        size = dot(self.normal, self.normal)
        image = [
            sum(
                (Fraction(int(i == j)) - Fraction(2 * n * m, size)) * x
                for j, (m, x) in enumerate(zip(self.normal, vector, strict=True))
            )
            for i, n in enumerate(self.normal)
        ]
        return image[0] + shift, image[1], image[2]


class TriangleInSpace(Family, domain="precalculus", level=2):
    """The area of a triangle in space."""

    points: tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q, r = ((random.randint(-5, 6), random.randint(-5, 6), random.randint(-5, 6)) for _ in range(3))
        drawn = cls((p, q, r), random.randrange(2))
        return drawn if drawn.answer().is_irrational else None

    def statement(self) -> str:
        p, q, r = map(tex, self.points)
        form = "Express your answer in simplest radical form."
        if self.wording:
            return f"What is the area of triangle $ABC$, if $A = {p}$, $B = {q}$, and $C = {r}$? {form}"
        return f"A triangle in space has the vertices ${p}$, ${q}$, and ${r}$. Find its area. {form}"

    def answer(self) -> Answer:
        p, q, r = self.points
        normal = cross(*([b - a for a, b in zip(p, other, strict=True)] for other in (q, r)))
        return sympy.sqrt(dot(normal, normal)) / 2

    def check(self) -> Answer:
        p, q, r = self.points
        a, b, c = dist(q, r), dist(p, r), dist(p, q)
        return sqrt(4 * a * a * b * b - (a * a + b * b - c * c) ** 2) / 4


class ArgumentsOfRoots(Family, domain="precalculus", level=2, answer_type="list"):
    """The arguments of all roots of a complex number, or those in a range."""

    order: int
    angle: int
    size: int
    is_half: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        order, angle = random.choice([3, 4, 5, 6]), random.randint(10, 359)
        drawn = cls(order, angle, random.randint(2, 9), random.random() < 0.5)
        return drawn if angle % order == 0 and angle % 180 and len(drawn.answer()) > 1 else None

    def statement(self) -> str:
        n, number = self.order, rf"{self.size**self.order} (\cos {self.angle}^\circ + i \sin {self.angle}^\circ)"
        if self.is_half:
            return (
                f"Some of the solutions of $z^{n} = {number}$ have a positive imaginary part. Each of them can be "
                rf"written as $z = {self.size} (\cos \theta^\circ + i \sin \theta^\circ)$ with $0 < \theta < 180$. "
                r"Find all these values of $\theta$, separated by commas."
            )
        return (
            rf"The solutions of $z^{n} = {number}$ are written as $z = r (\cos \theta^\circ + i \sin \theta^\circ)$ "
            r"with $r > 0$ and $0 \le \theta < 360$. Find all values of $\theta$, separated by commas."
        )

    def answer(self) -> Answer:
        angles = ((self.angle + 360 * k) // self.order for k in range(self.order))
        return frozenset(angle for angle in angles if angle < 180 or not self.is_half)

    def check(self) -> Answer:
        number = rect(1, radians(self.angle))
        good = [
            angle
            for angle in range(180 if self.is_half else 360)
            if abs(rect(1, radians(angle)) ** self.order - number) < 1e-9
        ]
        return frozenset(good)


class LineMeetsPlane(Family, domain="precalculus", level=2):
    """The point at which the line through two points meets a plane."""

    points: tuple[tuple[int, int, int], tuple[int, int, int]]
    normal: tuple[int, int, int]
    right: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        p, q, n = ((random.randint(-7, 7), random.randint(-7, 7), random.randint(-7, 7)) for _ in range(3))
        right = random.randint(-15, 15)
        rise = dot(n, q) - dot(n, p)
        if not rise or not all(n) or n[0] < 0 or dot(n, p) == right or dot(n, q) == right:
            return None
        drawn = cls((p, q), n, right, random.randrange(2))
        return drawn if all(b - a for a, b in zip(p, q, strict=True)) else None

    def statement(self) -> str:
        p, q = self.points
        a, b, c = self.normal
        plane = f"{linear(a, b, c)} = {self.right}"
        if self.wording:
            direction = tuple(y - x for x, y in zip(p, q, strict=True))
            return (
                f"A ray of light runs along the line through the point ${tex(p)}$ in the direction of "
                f"${column(direction)}$. At which point $(x,y,z)$ does this line meet the plane ${plane}$?"
            )
        return (
            f"Find the point $(x,y,z)$ at which the line through ${tex(p)}$ and ${tex(q)}$ intersects the plane "
            f"${plane}$."
        )

    def answer(self) -> Answer:
        p, q = self.points
        time = Fraction(self.right - dot(self.normal, p), dot(self.normal, q) - dot(self.normal, p))
        return tuple(a + time * (b - a) for a, b in zip(p, q, strict=True))

    def check(self) -> Answer:
        # Weights of the two points: as far from the plane as the other one is.
        p, q = self.points
        one, other = (dot(self.normal, point) - self.right for point in (p, q))
        return tuple(Fraction(other * a - one * b, other - one) for a, b in zip(p, q, strict=True))


class UnknownEntry(Family, domain="precalculus", level=2):
    """The entry for which a matrix of three rows has a given determinant, or no inverse."""

    rows: Rows
    place: tuple[int, int]
    value: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        r = random.randint
        rows = tuple((r(-6, 6), r(-6, 6), r(-6, 6)) for _ in range(3))
        value = random.choice([0, r(-40, 40)])
        drawn = cls(rows, (r(0, 2), r(0, 2)), value)
        slope = drawn._determinant(1) - drawn._determinant(0)
        return drawn if abs(slope) > 1 and drawn.answer() not in {0, 1} else None

    def _determinant(self, entry: int) -> int:
        i, j = self.place
        rows = [list(row) for row in self.rows]
        rows[i][j] = entry
        return dot(rows[0], cross(rows[1], rows[2]))

    def statement(self) -> str:
        i, j = self.place
        rows = [list(map(str, row)) for row in self.rows]
        rows[i][j] = "k"
        body = r" \\ ".join(" & ".join(row) for row in rows)
        matrix = rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"
        if self.value == 0:
            return rf"For which real number $k$ does the matrix \[{matrix}\] have no inverse?"
        return rf"The determinant of the matrix \[{matrix}\] is ${self.value}$. What is $k$?"

    def answer(self) -> Answer:
        start = self._determinant(0)
        return Fraction(self.value - start, self._determinant(1) - start)

    def check(self) -> Answer:
        # By Laplace: the cofactor, and the rest of the row of the unknown entry.
        i, j = self.place
        rows = sympy.Matrix(self.rows)
        rest = sum(rows[i, c] * rows.cofactor(i, c) for c in range(3) if c != j)
        return sympy.Rational(self.value - rest, rows.cofactor(i, j))


class AngleOfDirections(Family, domain="precalculus", level=2):
    """The cosine of the angle between two vectors, or of the acute angle of two planes."""

    one: tuple[int, int, int]
    other: tuple[int, int, int]
    rights: tuple[int, int]
    is_planes: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        def signed() -> int:
            return random.choice([-1, 1]) * random.randint(1, 6)

        u, v = ((random.randint(1, 6), signed(), signed()) for _ in "uv")
        rights = random.randint(2, 20), random.randint(2, 20)
        drawn = cls(u, v, rights, random.random() < 0.5)
        return drawn if dot(u, v) and drawn.answer().is_irrational else None

    def statement(self) -> str:
        if self.is_planes:
            one, other = (
                f"{linear(a, b, c)} = {right}"
                for (a, b, c), right in zip((self.one, self.other), self.rights, strict=True)
            )
            return (
                rf"The planes ${one}$ and ${other}$ meet at an acute angle $\theta$. What is $\cos \theta$? Express "
                "your answer in simplest radical form."
            )
        return (
            rf"Let $\theta$ be the angle between the vectors ${column(self.one)}$ and ${column(self.other)}$. What is "
            r"$\cos \theta$? Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        size = sympy.sqrt(dot(self.one, self.one) * dot(self.other, self.other))
        product = dot(self.one, self.other)
        return (abs(product) if self.is_planes else product) / size

    def check(self) -> Answer:
        a, b = hypot(*self.one), hypot(*self.other)  # the law of cosines
        cosine = (a * a + b * b - dist(self.one, self.other) ** 2) / (2 * a * b)
        return abs(cosine) if self.is_planes else cosine


class PowerOfComplex(Family, domain="precalculus", level=2):
    """A power of a complex number with a special argument, in rectangular form."""

    scale: int
    shape: int
    power: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.choice([-2, -1, 1, 2, 3]), random.randrange(4), random.randint(5, 14), random.randrange(2))
        (a, b), (c, d) = drawn._powered()
        return drawn if (a or b) and (c or d) and max(map(abs, (a, b, c, d))) < 10**7 else None

    def _parts(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return the real and the imaginary part, each of a whole number and a multiple of the root of 3."""
        (a, b), (c, d) = [((1, 0), (1, 0)), ((1, 0), (-1, 0)), ((0, 1), (1, 0)), ((1, 0), (0, 1))][self.shape]
        return (self.scale * a, self.scale * b), (self.scale * c, self.scale * d)

    def _powered(self) -> tuple[tuple[int, int], tuple[int, int]]:
        (a, b), (c, d) = self._parts()
        p, q, r, s = 1, 0, 0, 0
        for _ in range(self.power):
            p, q, r, s = (
                p * a + 3 * q * b - r * c - 3 * s * d,
                p * b + q * a - r * d - s * c,
                p * c + 3 * q * d + r * a + 3 * s * b,
                p * d + q * c + r * b + s * a,
            )
        return (p, q), (r, s)

    def statement(self) -> str:
        real, imaginary = (
            f"{'-' if root < 0 else ''}{abs(root) if abs(root) > 1 else ''}\\sqrt{{3}}" if root else f"{whole}"
            for whole, root in self._parts()
        )
        sign, unit = ("-", imaginary[1:]) if imaginary[0] == "-" else ("+", imaginary)
        number = f"{real} {sign} {'' if unit == '1' else unit}i"
        power = self.power if self.power < 10 else f"{{{self.power}}}"
        form = "in the form $a + bi$ with real numbers $a$ and $b$"
        if self.wording:
            return rf"Let $z = {number}$. Find the exact value of $z^{power}$, {form}."
        return rf"Compute $\left({number}\right)^{power}$. Enter the exact value, {form}."

    def answer(self) -> Answer:
        (a, b), (c, d) = self._powered()
        root = sympy.sqrt(3)
        return a + b * root + (c + d * root) * sympy.I

    def check(self) -> Answer:
        (a, b), (c, d) = self._parts()
        number = complex(a + b * sqrt(3), c + d * sqrt(3)) ** self.power
        return sympy.Float(number.real, 20) + sympy.I * sympy.Float(number.imag, 20)
