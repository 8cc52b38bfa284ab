"""Counting and probability, level 5: patterns that are the same after a motion (Burnside)."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import product
from math import comb, factorial, gcd, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.counting_and_probability.shared import multinomial, sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class Bracelets(Family, domain="counting_and_probability", level=5):
    """Bracelets of three colors up to rotation and turning over, with given numbers of each color."""

    counts: tuple[int, int, int]
    story: int

    naive_program = """
    from math import factorial
    beads = sum(counts)
    strings = factorial(beads)
    for count in counts:
        strings //= factorial(count)
    print(round(strings / (2 * beads)))
    """
    solution_program = """
    from math import factorial, gcd
    from collections import Counter

    def colorings(lengths):
        ways = {(0,) * len(counts): 1}
        for length in lengths:
            after = Counter()
            for used, number in ways.items():
                for i in range(len(counts)):
                    if used[i] + length <= counts[i]:
                        after[used[:i] + (used[i] + length,) + used[i + 1 :]] += number
            ways = after
        return ways.get(tuple(counts), 0)

    n = sum(counts)
    total = 0
    for turn in range(n):
        cycles = gcd(turn, n)
        total += colorings([n // cycles] * cycles)
    for axis in range(n):
        fixed = sum((axis - i) % n == i for i in range(n))
        total += colorings([1] * fixed + [2] * ((n - fixed) // 2))
    print(total // (2 * n))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        step = random.choice([2, 2, 3, 4])
        red, white, blue = (step * random.randint(1, 18 // step) for _ in range(3))
        if not 14 <= red + white + blue <= 36 or len({red, white, blue}) == 1:
            return None
        drawn = cls((red, white, blue), random.randrange(3))
        strings = multinomial(red, white, blue)  # too many to list, but not free under the motions
        ok = strings >= 10**8 and drawn.answer() > strings / (2 * (red + white + blue)) + 2
        return sound(drawn) if ok else None

    def statement(self) -> str:
        red, white, blue = self.counts
        total = sum(self.counts)
        return (
            f"A bracelet has ${total}$ beads on a closed ring: ${red}$ red, ${white}$ white, and ${blue}$ blue beads. "
            "Two bracelets count as the same if one can be rotated or turned over to look like the other. How many "
            "different bracelets are there?",
            f"A glass disc that can be seen from both sides is divided into ${total}$ equal sectors. Of these, "
            f"${red}$ are stained red, ${white}$ white, and ${blue}$ blue. Discs that look alike after a rotation or "
            "after being turned over are not distinguished. How many different discs are possible?",
            f"A wire is bent into a regular polygon with ${total}$ sides, and the corners are painted: ${red}$ of "
            f"them red, ${white}$ white, and ${blue}$ blue. How many essentially different results are there, if two "
            "results count as the same whenever a rotation of the polygon in space takes one to the other?",
        )[self.story]

    def answer(self) -> Answer:
        total, common = sum(self.counts), gcd(*self.counts)
        turns = sum(
            int(sympy.totient(d)) * multinomial(*(count // d for count in self.counts))
            for d in range(1, common + 1)
            if common % d == 0
        )
        halves = [count // 2 for count in self.counts]
        odd = sum(count % 2 for count in self.counts)
        if total % 2:
            mirrors = total * multinomial(*halves) if odd == 1 else 0
        elif odd:
            mirrors = total * multinomial(*halves)
        else:
            fixed = (multinomial(*(half - (place == kind) for place, half in enumerate(halves))) for kind in range(3))
            mirrors = total // 2 * (multinomial(*halves) + sum(fixed))
        return (turns + mirrors) // (2 * total)

    def check(self) -> Answer:
        size = sum(self.counts)
        kinds: Counter[tuple[int, ...]] = Counter()
        for shift in range(size):
            kinds[_cycles(tuple((place + shift) % size for place in range(size)))] += 1
            kinds[_cycles(tuple((shift - place) % size for place in range(size)))] += 1
        kept = sum(number * self._colored(lengths) for lengths, number in kinds.items())
        return kept // (2 * size)

    def _colored(self, lengths: tuple[int, ...]) -> int:
        """Count the colorings that are constant on cycles of these lengths."""
        red, white, _ = self.counts
        ways = Counter({(0, 0): 1})
        for length, times in Counter(lengths).items():
            after: Counter[tuple[int, int]] = Counter()
            for (one, two), number in ways.items():
                for more in range(min(times, (red - one) // length) + 1):
                    for most in range(min(times - more, (white - two) // length) + 1):
                        chosen = multinomial(more, most, times - more - most)
                        after[one + more * length, two + most * length] += number * chosen
            ways = after
        return ways[red, white]


def _cycles(permutation: tuple[int, ...]) -> tuple[int, ...]:
    """Return the lengths of a permutation's cycles, sorted."""
    lengths: list[int] = []
    seen: set[int] = set()
    for start in range(len(permutation)):
        length, place = 0, start
        while place not in seen:
            seen.add(place)
            place = permutation[place]
            length += 1
        if length:
            lengths.append(length)
    return tuple(sorted(lengths))


_SOLIDS: dict[str, list[tuple[int, int]]] = {
    # what is painted: (rotations, cycles of each), the identity first
    "faces of a cube": [(1, 6), (3, 4), (12, 3), (8, 2)],
    "vertices of a cube": [(1, 8), (17, 4), (6, 2)],
    "edges of a cube": [(1, 12), (3, 6), (6, 3), (8, 4), (6, 7)],
    "edges of a regular tetrahedron": [(1, 6), (8, 2), (3, 4)],
    "faces of a regular octahedron": [(1, 8), (17, 4), (6, 2)],
    "edges of a regular octahedron": [(1, 12), (3, 6), (6, 3), (8, 4), (6, 7)],
    "faces of a regular dodecahedron": [(1, 12), (44, 4), (15, 6)],
    "faces of a regular icosahedron": [(1, 20), (24, 4), (20, 8), (15, 10)],
}


class PaintedSolid(Family, domain="counting_and_probability", level=5):
    """A solid painted with exactly so many of the available colors, up to rotation."""

    parts: str
    available: int
    used: int
    story: int

    naive_program = """
    from math import comb
    number, rotations = {
        "faces of a cube": (6, 24),
        "vertices of a cube": (8, 24),
        "edges of a cube": (12, 24),
        "edges of a regular tetrahedron": (6, 12),
        "faces of a regular octahedron": (8, 24),
        "edges of a regular octahedron": (12, 24),
        "faces of a regular dodecahedron": (12, 60),
        "faces of a regular icosahedron": (20, 60),
    }[parts]
    onto = sum((-1) ** i * comb(used, i) * (used - i) ** number for i in range(used + 1))
    print(comb(available, used) * onto // rotations)
    """
    solution_program = """
    from math import comb
    cube_vertices = [(1, 8), (17, 4), (6, 2)]
    cube_edges = [(1, 12), (3, 6), (6, 3), (8, 4), (6, 7)]
    group = {
        "faces of a cube": [(1, 6), (6, 3), (3, 4), (8, 2), (6, 3)],
        "vertices of a cube": cube_vertices,
        "edges of a cube": cube_edges,
        "edges of a regular tetrahedron": [(1, 6), (8, 2), (3, 4)],
        "faces of a regular octahedron": cube_vertices,
        "edges of a regular octahedron": cube_edges,
        "faces of a regular dodecahedron": [(1, 12), (24, 4), (20, 4), (15, 6)],
        "faces of a regular icosahedron": [(1, 20), (24, 4), (20, 8), (15, 10)],
    }[parts]
    order = sum(number for number, _ in group)
    def orbits(colors):
        return sum(number * colors**cycles for number, cycles in group) // order
    print(comb(available, used) * sum((-1) ** i * comb(used, i) * orbits(used - i) for i in range(used + 1)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        parts = random.choice(list(_SOLIDS))
        turns = _SOLIDS[parts]
        number = turns[0][1]
        most = max(cycles for _, cycles in turns[1:])
        used = random.randint(2, min(most, 6))
        drawn = cls(parts, random.randint(used + 1, 14), used, random.randrange(3))
        onto = sum((-1) ** i * comb(used, i) * (used - i) ** number for i in range(used + 1))
        free = comb(drawn.available, used) * onto // sum(times for times, _ in turns)
        return sound(drawn) if drawn.answer() != free else None

    def statement(self) -> str:
        solid = self.parts.split(" of ")[1]
        parts = self.parts.split(" of ")[0]
        return (
            f"Each of the {self.parts} is painted with one of ${self.available}$ available colors, and in the end "
            f"exactly ${self.used}$ different colors have been used. How many different results are there, if results "
            "that differ only by a rotation of the solid in space count as the same?",
            f"A factory makes wooden models of {solid} whose {parts} are painted, each in a single color. There are "
            f"${self.available}$ colors of paint, and on each model exactly ${self.used}$ of these occur. How many "
            "different models are possible, if models that can be rotated to look alike count as the same?",
            f"In how many ways, up to rotations of the solid, can the {self.parts} be colored so that exactly "
            f"${self.used}$ of ${self.available}$ given colors appear?",
        )[self.story]

    def answer(self) -> Answer:
        turns = _SOLIDS[self.parts]
        order = sum(times for times, _ in turns)

        def orbits(colors: int) -> int:
            return int(sum(times * colors**cycles for times, cycles in turns) // order)

        exactly = sum((-1) ** i * comb(self.used, i) * orbits(self.used - i) for i in range(self.used + 1))
        return comb(self.available, self.used) * exactly

    def check(self) -> Answer:
        kinds = _rotations(self.parts)
        onto = factorial(self.used)
        kept = sum(number * onto * _partitions(cycles, self.used) for cycles, number in kinds)
        return comb(self.available, self.used) * kept // sum(number for _, number in kinds)


def _partitions(size: int, blocks: int) -> int:
    """Return Stirling's number of the second kind."""
    row = [1]
    for _ in range(size):
        row = [k * (row[k] if k < len(row) else 0) + (row[k - 1] if k else 0) for k in range(len(row) + 1)]
    return row[blocks] if blocks < len(row) else 0


_Point = tuple[float, float, float]
_Move = Callable[[_Point], _Point]


@cache
def _rotations(parts: str) -> list[tuple[int, int]]:
    """Return (cycles, how many rotations have so many) from coordinates, the group made from its generators."""
    golden = (1 + sqrt(5)) / 2
    signs: list[_Point] = [(x, y, z) for x, y, z in product((1.0, -1.0), repeat=3)]
    axes: list[_Point] = [p for s in (1.0, -1.0) for p in ((s, 0.0, 0.0), (0.0, s, 0.0), (0.0, 0.0, s))]
    middles: list[_Point] = [
        p for a, b in product((1.0, -1.0), repeat=2) for p in ((a, b, 0.0), (b, 0.0, a), (0.0, a, b))
    ]

    def rectangles(short: float, long: float) -> list[_Point]:
        return [p for a, b in product((short, -short), (long, -long)) for p in ((0.0, a, b), (b, 0.0, a), (a, b, 0.0))]

    def cycle(point: _Point) -> _Point:
        return point[1], point[2], point[0]

    def half(point: _Point) -> _Point:
        return -point[0], -point[1], point[2]

    def quarter(point: _Point) -> _Point:
        return -point[1], point[0], point[2]

    shapes: dict[str, tuple[list[_Point], list[_Move]]] = {
        "faces of a cube": (axes, [cycle, quarter]),
        "vertices of a cube": (signs, [cycle, quarter]),
        "edges of a cube": (middles, [cycle, quarter]),
        "edges of a regular tetrahedron": (axes, [cycle, half]),
        "faces of a regular octahedron": (signs, [cycle, quarter]),
        "edges of a regular octahedron": (middles, [cycle, quarter]),
        "faces of a regular dodecahedron": (rectangles(1, golden), [cycle, half, _fifth]),
        "faces of a regular icosahedron": (signs + rectangles(golden, 1 / golden), [cycle, half, _fifth]),
    }
    points, generators = shapes[parts]

    def nearest(target: _Point) -> int:
        return min(range(len(points)), key=lambda k: sum((a - b) ** 2 for a, b in zip(points[k], target, strict=True)))

    steps = [tuple(nearest(move(point)) for point in points) for move in generators]
    group = {tuple(range(len(points)))}
    fresh = list(group)
    while fresh:
        fresh = [new for old in fresh for step in steps if (new := tuple(step[k] for k in old)) not in group]
        fresh = list(set(fresh))
        group.update(fresh)
    return list(Counter(len(_cycles(permutation)) for permutation in group).items())


def _fifth(point: _Point) -> _Point:
    """Turn a point by a fifth of a turn about the vertex (0, 1, golden ratio) of an icosahedron."""
    golden = (1 + sqrt(5)) / 2
    norm = sqrt(1 + golden**2)
    axis = (0.0, 1 / norm, golden / norm)
    cosine, sine = (golden - 1) / 2, sqrt(1 - ((golden - 1) / 2) ** 2)
    along = sum(a * b for a, b in zip(axis, point, strict=True))
    cross = (
        axis[1] * point[2] - axis[2] * point[1],
        axis[2] * point[0] - axis[0] * point[2],
        axis[0] * point[1] - axis[1] * point[0],
    )
    x, y, z = (p * cosine + c * sine + a * along * (1 - cosine) for p, c, a in zip(point, cross, axis, strict=True))
    return x, y, z
