"""Geometry, level 5: figures counted up to congruence or similarity, and solids cut."""

from itertools import pairwise
from math import acos, comb, cos, gcd, hypot, pi, sin, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer
from pytest_mathbench.families.numeric import crossing


class PrimitiveTriangles(Family, domain="geometry", level=5):
    """Triangles with whole sides without a common divisor: a rounded square, and inversion over the divisors."""

    perimeter: int
    wording: int

    naive_program = """
        from math import gcd
        count = 0
        for a in range(1, perimeter // 3 + 1):
            for b in range(max(a, perimeter // 2 + 1 - a), (perimeter - a) // 2 + 1):
                if gcd(gcd(a, b), perimeter) == 1:
                    count += 1
        print(count)
    """
    solution_program = """
        from sympy import divisors, mobius
        def alcuin(n):
            return (n * n + 24) // 48 if n % 2 == 0 else ((n + 3) ** 2 + 24) // 48
        print(sum(int(mobius(d)) * alcuin(perimeter // d) for d in divisors(perimeter)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        perimeter = 1
        for prime in random.sample([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31], random.randint(3, 4)):
            perimeter *= prime ** random.randint(1, 3)
        perimeter *= random.choice([101, 211, 307, 401, 503, 601, 701, 809, 907])
        return cls(perimeter, random.randrange(2)) if 10**8 < perimeter < 2 * 10**10 else None

    def statement(self) -> str:
        if self.wording == 0:
            return (
                f"How many triangles have perimeter ${self.perimeter}$ and three integer side lengths whose greatest "
                "common divisor is $1$? Congruent triangles are counted once."
            )
        return (
            f"A wire of length ${self.perimeter}$ is bent into a triangle with integer side lengths that have no "
            "common divisor greater than $1$. How many noncongruent triangles can be made?"
        )

    def answer(self) -> Answer:
        signs = {1: 1}  # of the divisors without a square
        for prime in sympy.primefactors(self.perimeter):
            signs |= {divisor * prime: -sign for divisor, sign in signs.items()}
        total = 0
        for divisor, sign in signs.items():
            rest = self.perimeter // divisor
            rest += 3 * (rest % 2)
            total += sign * ((rest * rest + 24) // 48)
        return total

    def check(self) -> Answer:
        """Take away, from all the triangles, the multiples of each smaller primitive one."""
        found: dict[int, int] = {}
        for perimeter in sympy.divisors(self.perimeter):
            # Half of what a side lacks to half the perimeter: partitions of one number into three parts.
            size = perimeter // 2 if perimeter % 2 == 0 else (perimeter + 3) // 2
            parts = (comb(size - 1, 2) + 3 * ((size - 1) // 2) + 2 * (size % 3 == 0)) // 6 if size > 2 else 0
            found[perimeter] = parts - sum(number for smaller, number in found.items() if perimeter % smaller == 0)
        return found[self.perimeter]


class PolygonsInPolygon(Family, domain="geometry", level=5):
    """Noncongruent polygons on the vertices of a regular one: Burnside, with turns and reflections."""

    corners: int
    chosen: int
    wording: int

    naive_program = """
        from math import comb
        print(comb(corners, chosen) // (2 * corners))
    """
    solution_program = """
        from math import comb, gcd
        from sympy import totient, divisors
        n, k = corners, chosen
        total = sum(int(totient(d)) * comb(n // d, k // d) for d in divisors(gcd(n, k)))
        if n % 2:
            total += n * comb((n - 1) // 2, k // 2)
        elif k % 2:
            total += n // 2 * 2 * comb(n // 2 - 1, k // 2)
        else:
            total += n * comb(n // 2, k // 2)
        print(total // (2 * n))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        chosen, corners = random.randint(4, 9), random.randint(40, 3000)
        drawn = cls(corners, chosen, random.randrange(2))
        return drawn if gcd(corners, chosen) > 1 and 10**12 < comb(corners, chosen) < 10**21 else None

    def statement(self) -> str:
        if self.wording == 0:
            return (
                f"How many noncongruent convex ${self.chosen}$-gons have all of their vertices among the vertices of a "
                f"regular ${self.corners}$-gon?"
            )
        return (
            f"A circle is divided into ${self.corners}$ equal arcs. Of the points of division, ${self.chosen}$ are "
            f"chosen, and neighboring chosen points are joined to form a convex polygon with ${self.chosen}$ sides. "
            "How many different polygons can be formed, if congruent polygons, mirror images included, are counted "
            "once?"
        )

    def answer(self) -> Answer:
        n, k = self.corners, self.chosen
        common = gcd(n, k)
        total = sum(int(sympy.totient(d)) * comb(n // d, k // d) for d in sympy.divisors(common))
        if n % 2:
            total += n * comb(n // 2, k // 2)
        elif k % 2:
            total += n * comb(n // 2 - 1, k // 2)
        else:
            total += n * comb(n // 2, k // 2)
        return total // (2 * n)

    def check(self) -> Answer:
        """Count cycles of k gaps that add up to n, under the k turns and k reflections of the cycle."""
        n, k = self.corners, self.chosen
        fixed = 0
        for turn in range(k):
            free = gcd(turn, k)  # gaps that determine all
            if n % (k // free) == 0:
                fixed += comb(n * free // k - 1, free - 1)
        pairs = k // 2
        if k % 2:
            fixed += k * sum(comb(side - 1, pairs - 1) for side in range(pairs, (n - 1) // 2 + 1))
        else:
            fixed += pairs * (comb(n // 2 - 1, pairs - 1) if n % 2 == 0 else 0)
            # Two gaps on the axis, and pairs - 1 on each side of it.
            fixed += pairs * sum(
                comb(side - 1, pairs - 2) * (n - 2 * side - 1) for side in range(pairs - 1, (n - 2) // 2 + 1)
            )
        return fixed // (2 * k)


class CubesThatAreCut(Family, domain="geometry", level=5):
    """The unit cubes of a box that an oblique plane cuts: two layers of cubes, each by inclusion and exclusion."""

    sizes: tuple[int, int, int]
    level_sum: int
    wording: int

    naive_program = """
        a, b, c = sizes
        count = 0
        for i in range(a):
            for j in range(b):
                for k in range(c):
                    if i + j + k < level_sum < i + j + k + 3:
                        count += 1
        print(count)
    """
    solution_program = """
        from itertools import combinations
        from math import comb
        def layer(t):
            total = 0
            for r in range(4):
                for chosen in combinations(sizes, r):
                    if t >= sum(chosen):
                        total += (-1) ** r * comb(t - sum(chosen) + 2, 2)
            return total
        print(layer(level_sum - 1) + layer(level_sum - 2))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.randint(10**9, 3 * 10**9) for _ in range(3))
        longest = max(a, b, c)
        low, high = longest + 10**7, a + b + c - longest - 10**7
        return cls((a, b, c), random.randint(low, high), random.randrange(2)) if low < high else None

    def statement(self) -> str:
        a, b, c = self.sizes
        if self.wording == 0:
            return (
                rf"The box $0 \le x \le {a}$, $0 \le y \le {b}$, $0 \le z \le {c}$ is divided into unit cubes. How "
                f"many of these cubes have interior points that lie on the plane $x + y + z = {self.level_sum}$?"
            )
        return (
            f"A block of ${a}$ by ${b}$ by ${c}$ unit cubes stands with a corner at the origin and edges along the "
            f"positive coordinate axes. It is sawn apart along the plane $x + y + z = {self.level_sum}$. How many of "
            "the unit cubes are cut into two pieces?"
        )

    def answer(self) -> Answer:
        """Count the cubes whose lowest corners have the sums s - 1 and s - 2."""
        total = 0
        for layer in (self.level_sum - 1, self.level_sum - 2):
            for beyond in range(8):
                out = [size for place, size in enumerate(self.sizes) if beyond >> place & 1]
                if layer >= sum(out):
                    total += (-1) ** len(out) * comb(layer - sum(out) + 2, 2)
        return total

    def check(self) -> Answer:
        """Add up the rows of cubes: their number is linear in between the places where a row ends."""
        a, b, c = self.sizes

        def rows(rest: int) -> int:
            """Return how many pairs j, k of the two other places have this sum."""
            return max(0, min(rest + 1, b, c, b + c - 1 - rest))

        total = 0
        for layer in (self.level_sum - 1, self.level_sum - 2):
            ends = {0, a - 1}
            for bend in (-1, min(b, c) - 1, max(b, c) - 1, b + c - 1):
                ends |= {end for end in (layer - bend - 1, layer - bend, layer - bend + 1) if 0 <= end < a}
            places = sorted(ends)
            total += rows(layer - places[0])
            for start, stop in pairwise(places):
                first, last = rows(layer - start), rows(layer - stop)
                total += (first + last) * (stop - start + 1) // 2 - first
        return total


class StringAroundFrustum(Family, domain="geometry", level=5):
    """The shortest way once around a frustum and back: unrolled, the straight way would cross the missing top."""

    unit: int
    shape: int
    slant: int
    story: int

    naive_program = """
        from sympy import Integer, pi, radsimp, sin, sqrt
        unit = Integer(unit)
        base, top = [(2 * unit, unit), (unit * sqrt(2), unit), (2 * unit, unit * sqrt(3))][shape]
        full = radsimp(slant * base / (base - top))
        angle = 2 * pi * base / full
        print(2 * full * sin(angle / 2) if angle < pi else 2 * full)
    """
    solution_program = """
        from sympy import Integer, acos, expand, pi, radsimp, sqrt
        unit = Integer(unit)
        base, top = [(2 * unit, unit), (unit * sqrt(2), unit), (2 * unit, unit * sqrt(3))][shape]
        full = radsimp(slant * (base / (base - top)))
        small = expand(full - slant)
        touching = acos(radsimp(top / base))      # the tangents leave the top circle at this angle
        print(expand(2 * sqrt(expand(full**2 - small**2)) + 2 * pi * top - 2 * small * touching))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(5, 60), random.randrange(3), random.randint(3, 90), random.randrange(2))
        base, top = drawn._radii()
        whole = drawn.slant * base / (base - top)
        turn = 2 * pi * base / whole
        # The whole of the tangents' turn and a good part along the rim of the top.
        return drawn if 2 * acos(top / base) + 0.2 < turn < 6.0 else None

    def _radii(self) -> tuple[float, float]:
        """Return the radii, one of them a side and the other the hypotenuse of a right triangle with known angles."""
        unit = self.unit
        return ((2 * unit, unit), (unit * sqrt(2), unit), (2 * unit, unit * sqrt(3)))[self.shape]

    def statement(self) -> str:
        base = rf"{self.unit}\sqrt{{2}}" if self.shape == 1 else 2 * self.unit
        top = rf"{self.unit}\sqrt{{3}}" if self.shape == 2 else self.unit
        size = f"radii ${base}$ cm and ${top}$ cm and slant height ${self.slant}$ cm"
        if self.story == 0:
            return (
                f"A lampshade is the lateral surface of a frustum of a right circular cone, with {size}. An ant "
                "starts at a point of the larger rim, walks on the outside of the lampshade once around its axis, "
                "and returns to where it started. What is the least possible length of its path, in centimeters? "
                r"Express your answer in terms of $\pi$, in simplest radical form."
            )
        return (
            f"A frustum of a right circular cone has {size}, and $P$ is a point of its larger rim. A string starts at "
            "$P$, goes once around the lateral surface, and ends at $P$; it may touch the rims but not leave the "
            "lateral surface. How many centimeters long is the shortest such string? Express your answer in terms of "
            r"$\pi$, in simplest radical form."
        )

    def answer(self) -> Answer:
        # Unrolled, the two tangents from P to the missing sector turn by 60, 45, or 30 degrees, as cos = top / base.
        unit, slant = self.unit, self.slant
        two, three, pi_ = sympy.sqrt(2), sympy.sqrt(3), sympy.pi
        if self.shape == 0:
            return 2 * slant * three + sympy.Rational(6 * unit - 2 * slant, 3) * pi_
        if self.shape == 1:
            return (
                2 * slant
                + 2 * slant * two
                + sympy.Rational(4 * unit - slant, 2) * pi_
                - sympy.Rational(slant, 2) * two * pi_
            )
        return 4 * slant + 2 * slant * three + sympy.Rational(6 * unit - 2 * slant, 3) * three * pi_ - slant * pi_

    def check(self) -> Answer:
        base, top = self._radii()
        whole = self.slant * base / (base - top)
        inner = whole - self.slant
        half = pi * base / whole

        def tilt(turn: float) -> float:
            """Return the cosine between a rim's radius and the way from it to P, which is 0 where they touch."""
            rim = complex(inner * cos(turn), inner * sin(turn))
            return (rim.conjugate() * (whole - rim)).real

        touch = crossing(tilt, 0, half)
        straight = hypot(whole - inner * cos(touch), inner * sin(touch))
        return 2 * (straight + inner * (half - touch))
