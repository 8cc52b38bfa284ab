"""Geometry, level 4: paths, turns, and right triangles, where the direct way is too long or not the shortest."""

from collections.abc import Iterator
from math import isqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_Vector = tuple[int, ...]
_Map = tuple[tuple[int, int], tuple[int, int]]
_Face = tuple[int, int, _Vector, _Vector, _Vector, _Vector, tuple[_Vector, ...], tuple[tuple[int, ...], ...]]


class SpiderInRoom(Family, domain="geometry", level=4):
    """The shortest way on the surface of a box between opposite faces: it runs over more faces than expected."""

    sizes: tuple[int, int, int]
    start: tuple[int, int]
    end: tuple[int, int]
    story: int

    naive_program = """
        from sympy import sqrt
        length, width, height = sizes
        (y, z), (v, w) = start, end
        print(sqrt(min(
            (length + z + w) ** 2 + (y - v) ** 2,
            (length + 2 * height - z - w) ** 2 + (y - v) ** 2,
            (length + y + v) ** 2 + (z - w) ** 2,
            (length + 2 * width - y - v) ** 2 + (z - w) ** 2,
        )))
    """
    solution_program = """
        from sympy import sqrt
        length, width, height = sizes
        best = []
        (y, z), (v, w) = start, end
        W, H = width, height
        for _ in range(2):                      # swap the axes
            for _ in range(2):                  # mirror the one
                for _ in range(2):              # mirror the other
                    best.append((length + z + w) ** 2 + (y - v) ** 2)
                    best.append((length + z + v) ** 2 + (y + w) ** 2)
                    best.append((length + z + H - w) ** 2 + (y + H + v) ** 2)
                    y, v = W - y, W - v
                z, w = H - z, H - w
            y, z, v, w, W, H = z, y, w, v, H, W
        print(sqrt(min(best)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        length, width, height = random.randint(8, 40), random.randint(8, 30), random.randint(8, 30)
        start = (random.randint(2, width - 1), random.randint(2, height - 1))
        end = (random.randint(2, width - 1), random.randint(2, height - 1))
        drawn = cls((length, width, height), start, end, random.randrange(2))
        squares = drawn._squares()
        best = min(squares)
        root = isqrt(best)
        return drawn if best < min(squares[::3]) and root * root != best and length not in (width, height) else None

    def _squares(self) -> list[int]:
        """Return the squared lengths over one, two, three, one, ... of the four side faces, in all directions."""
        length, width, height = self.sizes
        (y, z), (v, w) = self.start, self.end
        found = []
        for turned in range(2):
            for mirrored in range(4):
                found.append((length + z + w) ** 2 + (y - v) ** 2)
                found.append((length + z + v) ** 2 + (y + w) ** 2)
                found.append((length + z + height - w) ** 2 + (y + height + v) ** 2)
                y, v = width - y, width - v
                if mirrored % 2:
                    z, w = height - z, height - w
            if turned == 0:
                y, z, v, w, width, height = z, y, w, v, height, width
        return found

    def statement(self) -> str:
        length, width, height = self.sizes
        (y, z), (v, w) = self.start, self.end
        if self.story == 0:
            return (
                f"A room is ${length}$ feet long, ${width}$ feet wide, and ${height}$ feet high. On one of the two end "
                f"walls a spider sits ${y}$ feet from a certain side wall and ${z}$ feet above the floor; on the "
                f"opposite end wall a fly sits ${v}$ feet from the same side wall and ${w}$ feet above the floor. How "
                "many feet long is the shortest path that the spider can crawl to the fly, on walls, floor, and "
                "ceiling? Express your answer in simplest radical form."
            )
        return (
            rf"Points $P = (0,{y},{z})$ and $Q = ({length},{v},{w})$ lie on the surface of the box given by $0 \le x "
            rf"\le {length}$, $0 \le y \le {width}$, $0 \le z \le {height}$. What is the length of the shortest path "
            "from $P$ to $Q$ that stays on the surface of the box? Express your answer in simplest radical form."
        )

    def answer(self) -> Answer:
        return sympy.sqrt(min(self._squares()))

    def check(self) -> Answer:
        """Roll the box about in the plane, and keep the straight ways that cross just the edges rolled over."""
        return sympy.sqrt(min(self._rolled()))

    def _rolled(self) -> Iterator[int]:
        size: dict[_Vector, int] = dict(zip(((1, 0, 0), (0, 1, 0), (0, 0, 1)), self.sizes, strict=True))
        size |= {_minus(axis): length for axis, length in size.items()}
        target = (self.sizes[0], *self.end)
        x, y = self.start
        # A face on the plane: where it lies, which corner of the box is at its lower left, and its directions.
        faces: list[_Face] = [(0, 0, (0, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 0), (), ())]
        while faces:
            left, low, corner, right, up, inward, seen, edges = faces.pop()
            wide, tall, deep = size[right], size[up], size[inward]
            if inward == (-1, 0, 0):
                away = tuple(one - other for one, other in zip(target, corner, strict=True))
                u, v = left + _dot(away, right), low + _dot(away, up)
                if all(_crosses((x, y), (u, v), edge) for edge in edges):
                    yield (u - x) ** 2 + (v - y) ** 2
                continue
            seen = (*seen, inward)
            across = (left + wide, low, left + wide, low + tall), (left, low, left, low + tall)
            along = (left, low + tall, left + wide, low + tall), (left, low, left + wide, low)
            new: list[_Face] = [
                (left + wide, low, _plus(corner, right, wide), inward, up, _minus(right), seen, (*edges, across[0])),
                (left - deep, low, _plus(corner, inward, deep), _minus(inward), up, right, seen, (*edges, across[1])),
                (left, low + tall, _plus(corner, up, tall), right, inward, _minus(up), seen, (*edges, along[0])),
                (left, low - deep, _plus(corner, inward, deep), right, _minus(inward), up, seen, (*edges, along[1])),
            ]
            faces += [face for face in new if face[5] not in seen]


def _minus(axis: _Vector) -> _Vector:
    return tuple(-part for part in axis)


def _plus(place: _Vector, axis: _Vector, times: int) -> _Vector:
    return tuple(part + times * step for part, step in zip(place, axis, strict=True))


def _dot(one: _Vector, other: _Vector) -> int:
    return sum(part * step for part, step in zip(one, other, strict=True))


def _crosses(start: _Vector, end: _Vector, edge: tuple[int, ...]) -> bool:
    """Whether the ends of an edge are on different sides of the straight way, or on it."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    first = dx * (edge[1] - start[1]) - dy * (edge[0] - start[0])
    second = dx * (edge[3] - start[1]) - dy * (edge[2] - start[0])
    return first * second <= 0


class TurnsAboutPoints(Family, domain="geometry", level=4):
    """A point is turned about some centers in rotation, very often: a round of turns is a shift or comes back."""

    point: tuple[int, int]
    centers: tuple[tuple[int, int], ...]
    turn: int
    times: int
    wording: int

    naive_program = """
        x, y = point
        c, s = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[turn]
        for k in range(times):
            a, b = centers[k % len(centers)]
            x, y = a + c * (x - a) - s * (y - b), b + s * (x - a) + c * (y - b)
        print((x, y))
    """
    solution_program = """
        c, s = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[turn]
        def go(x, y, n):
            for k in range(n):
                a, b = centers[k % len(centers)]
                x, y = a + c * (x - a) - s * (y - b), b + s * (x - a) + c * (y - b)
            return x, y
        period = 4 * len(centers)
        # The turns add up to whole turns over the period, which therefore is a shift of every point.
        x, y = go(*point, period)
        dx, dy = x - point[0], y - point[1]
        rounds = times // period
        print(go(point[0] + rounds * dx, point[1] + rounds * dy, times % period))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        turn, count = random.choice([(90, 4), (270, 4), (180, 2), (180, 4), (90, 3), (270, 3)])
        places = [(random.randint(-15, 15), random.randint(-15, 15)) for _ in range(count + 1)]
        times = random.randint(10**12, 10**15) if random.random() < 0.5 else 10 ** random.randint(12, 15)
        times += random.randint(0, 30)
        drawn = cls(places[0], tuple(places[1:]), turn, times, random.randrange(2))
        if len(set(places)) <= count or drawn.answer() in places:
            return None
        shift = drawn._moved(*places[0], 4 * count)
        return drawn if count == 3 or shift != places[0] else None

    def _moved(self, x: int, y: int, times: int) -> tuple[int, int]:
        cosine, sine = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[self.turn]
        for number in range(times):
            a, b = self.centers[number % len(self.centers)]
            x, y = a + cosine * (x - a) - sine * (y - b), b + sine * (x - a) + cosine * (y - b)
        return x, y

    def statement(self) -> str:
        names = "ABCD"[: len(self.centers)]
        centers = [f"${name} = ({x},{y})$" for name, (x, y) in zip(names, self.centers, strict=True)]
        where = " and ".join(centers) if len(centers) == 2 else ", ".join(centers[:-1]) + ", and " + centers[-1]
        how = {90: r"$90^\circ$ counterclockwise", 180: r"$180^\circ$", 270: r"$90^\circ$ clockwise"}[self.turn]
        order = ", ".join(f"${name}$" for name in names)
        if self.wording == 0:
            return (
                f"Let {where}. A point starts at $({self.point[0]},{self.point[1]})$ and is rotated {how} about each "
                f"of {order} in turn, then again about {order}, and so on. At which point is it after ${self.times}$ "
                "rotations? Enter the ordered pair $(x,y)$."
            )
        return (
            f"A token starts at $({self.point[0]},{self.point[1]})$ in the coordinate plane. In each move it is "
            f"rotated {how} about one of the points {where}: in the first move about $A$, in the next about $B$, and "
            f"so on in alphabetical order, with $A$ following ${names[-1]}$. Where is the token after ${self.times}$ "
            "moves? Enter the ordered pair $(x,y)$."
        )

    def answer(self) -> Answer:
        period = 4 * len(self.centers)
        rounds, rest = divmod(self.times, period)
        x, y = self.point
        u, v = self._moved(x, y, period)
        return self._moved(x + rounds * (u - x), y + rounds * (v - y), rest)

    def check(self) -> Answer:
        """Compose maps z -> f z + g of Gaussian integers: a round, its power by squaring, and the rest."""
        size = len(self.centers)
        turn = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[self.turn]

        def times(one: tuple[int, int], two: tuple[int, int]) -> tuple[int, int]:
            return one[0] * two[0] - one[1] * two[1], one[0] * two[1] + one[1] * two[0]

        def after(one: _Map, two: _Map) -> _Map:
            (f, g), (h, k) = one, two
            moved = times(h, g)
            return times(h, f), (moved[0] + k[0], moved[1] + k[1])

        singles: list[_Map] = []
        for center in self.centers:
            back = times(turn, center)
            singles.append((turn, (center[0] - back[0], center[1] - back[1])))
        still: _Map = ((1, 0), (0, 0))
        power = still
        for single in singles:
            power = after(power, single)
        whole, rounds = still, self.times // size
        while rounds:
            if rounds % 2:
                whole = after(whole, power)
            power, rounds = after(power, power), rounds // 2
        for single in singles[: self.times % size]:
            whole = after(whole, single)
        moved = times(whole[0], self.point)
        return moved[0] + whole[1][0], moved[1] + whole[1][1]


class TrianglesWithInradius(Family, domain="geometry", level=4):
    """Right triangles with whole sides and a given inradius: divisors of a product that is known."""

    inradius: int
    wording: int

    naive_program = """
        count = 0
        r = inradius
        for a in range(2 * r + 1, 4 * r):
            # (a - 2r)(b - 2r) = 2 r^2
            if 2 * r * r % (a - 2 * r) == 0 and a < 2 * r + 2 * r * r // (a - 2 * r):
                count += 1
        print(count)
    """
    solution_program = """
        from sympy import divisor_count
        print(divisor_count(2 * inradius**2) // 2)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        inradius = 2 ** random.randint(1, 12)
        for prime in random.sample([3, 5, 7, 11, 13, 17, 19, 23], random.randint(1, 3)):
            inradius *= prime ** random.randint(1, 9 if prime == 3 else 3)
        if random.random() < 0.3:
            inradius *= random.choice([1009, 1511, 2003, 2503, 3001])
        inradius *= random.choice([100003, 200003, 300007, 400009, 500009, 600011, 700001, 800011, 900001])
        inradius *= random.choice([10007, 20011, 30011, 40009, 50021, 60013, 70001, 80021, 90001])
        drawn = cls(inradius, random.randrange(3))
        return drawn if 10**11 < inradius < 10**17 and 20 < drawn.answer() < 1600 else None

    def statement(self) -> str:
        if self.wording == 0:
            return (
                "How many right triangles with three integer side lengths have an inscribed circle of radius "
                f"${self.inradius}$? Congruent triangles are counted once."
            )
        if self.wording == 1:
            return (
                "How many noncongruent right triangles have integer side lengths and an area that is equal to "
                f"${self.inradius // 2}$ times the perimeter?"
            )
        return (
            "In a right triangle, all three sides have integer lengths, and the sum of the legs exceeds the "
            f"hypotenuse by ${2 * self.inradius}$. How many such triangles are there, if congruent ones are counted "
            "once?"
        )

    def answer(self) -> Answer:
        return int(sympy.divisor_count(2 * self.inradius**2)) // 2

    def check(self) -> Answer:
        """Make the legs from each factor of 2 r^2, and test them."""
        factors = [1]
        for prime, power in sympy.factorint(self.inradius).items():
            powers = [prime**exponent for exponent in range(2 * power + 1 + (prime == 2))]
            factors = [factor * more for factor in factors for more in powers]
        product, double = 2 * self.inradius**2, 2 * self.inradius
        found = 0
        for factor in factors:
            a, b = double + factor, double + product // factor
            if a < b and (a + b - double) ** 2 == a * a + b * b:
                found += 1
        return found
