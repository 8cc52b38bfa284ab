"""Geometry, level 5: figures that go on and on: recurrences, periods and digits."""

from functools import cache
from itertools import combinations
from math import gcd, isqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


@cache
def _tangent_curvatures() -> list[tuple[int, int, int]]:
    """Return the coprime curvatures below 120 of three circles between which a fourth one's is an integer, too."""
    return [
        (a, b, c)
        for a, b, c in combinations(range(2, 120), 3)
        if isqrt(whole := a * b + b * c + c * a) ** 2 == whole and gcd(a, b, c) == 1
    ]


class ChainOfCircles(Family, domain="geometry", level=5):
    """Each circle touches the three before it: Descartes makes the curvatures a linear recurrence."""

    first: tuple[int, int, int]
    position: int
    modulus: int
    wording: int

    naive_program = """
        from math import sqrt
        a, b, c = first
        for _ in range(position - 3):
            a, b, c = b, c, round(a + b + c + 2 * sqrt(a * b + b * c + c * a))
        print(c % modulus)
    """
    solution_program = """
        from math import isqrt
        a, b, c = first
        d = a + b + c + 2 * isqrt(a * b + b * c + c * a)
        def times(P, Q):
            return [[sum(P[i][k] * Q[k][j] for k in range(4)) % modulus for j in range(4)] for i in range(4)]
        M = [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-1, 2, 2, 2]]
        R = [[int(i == j) for j in range(4)] for i in range(4)]
        n = position - 1
        while n:
            if n % 2:
                R = times(R, M)
            M = times(M, M)
            n //= 2
        print(sum(x * y for x, y in zip(R[0], (a, b, c, d))) % modulus)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = random.choice(_tangent_curvatures())
        position = random.randint(1, 9999) * 10 ** random.randint(12, 14) + random.randint(1, 999)
        modulus = random.choice([1009, 9973, 10**4, 10**5, 10**6, 99991, 65537])
        drawn = cls((a, b, c), position, modulus, random.randrange(2))
        return drawn if drawn.answer() > 120 else None

    def statement(self) -> str:
        if self.wording == 1:
            a, b, c = self.first
            return (
                "The curvature of a circle is the reciprocal of its radius. Circles $C_1$, $C_2$, and $C_3$ with "
                f"curvatures ${a}$, ${b}$, and ${c}$ are externally tangent to one another, and $C_4$ is the small "
                r"circle between them, tangent to all three. For $n \ge 5$, $C_n$ is the circle other than $C_{n-4}$ "
                "that is tangent to each of $C_{n-3}$, $C_{n-2}$, and $C_{n-1}$. All the curvatures turn out to be "
                f"integers. Find the remainder when the curvature of $C_{{{self.position}}}$ is divided by "
                f"${self.modulus}$."
            )
        radii = ", ".join(rf"$\frac{{1}}{{{curvature}}}$" for curvature in self.first[:2])
        return (
            rf"Circles $C_1$, $C_2$, and $C_3$ with radii {radii}, and $\frac{{1}}{{{self.first[2]}}}$ touch each "
            r"other externally. $C_4$ lies in the gap between them and touches all three; for $n \ge 5$, $C_n \ne "
            r"C_{n-4}$ touches $C_{n-1}$, $C_{n-2}$, and $C_{n-3}$ externally. The radius of each $C_n$ is "
            rf"$\frac{{1}}{{k_n}}$ with an integer $k_n$. What is the remainder when $k_{{{self.position}}}$ is "
            f"divided by ${self.modulus}$?"
        )

    def _start(self) -> list[int]:
        a, b, c = self.first
        return [a, b, c, a + b + c + 2 * isqrt(a * b + b * c + c * a)]

    def answer(self) -> Answer:
        """Take the power of the matrix of k_{n+1} = 2 k_n + 2 k_{n-1} + 2 k_{n-2} - k_{n-3}."""
        power = [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-1, 2, 2, 2]]
        state, left = self._start(), self.position - 1
        while left:
            if left % 2:
                state = [sum(x * y for x, y in zip(row, state, strict=True)) % self.modulus for row in power]
            columns = list(zip(*power, strict=True))
            power = [
                [sum(x * y for x, y in zip(row, column, strict=True)) % self.modulus for column in columns]
                for row in power
            ]
            left //= 2
        return state[0]

    def check(self) -> Answer:
        """Reduce x^(n-1) by the characteristic polynomial, one binary digit after another."""
        form = [1, 0, 0, 0]
        for digit in f"{self.position - 1:b}":
            product = [0] * 8
            for one, left in enumerate(form):
                for two, right in enumerate(form):
                    product[one + two + (digit == "1")] += left * right
            for power in range(7, 3, -1):
                top = product[power]
                for down, times in ((1, 2), (2, 2), (3, 2), (4, -1)):
                    product[power - down] += top * times
            form = [coefficient % self.modulus for coefficient in product[:4]]
        return sum(x * y for x, y in zip(form, self._start(), strict=True)) % self.modulus


class FeetOfAltitudes(Family, domain="geometry", level=5):
    """The triangle of the feet of altitudes, again and again: up to sign, its angles double modulo a half turn."""

    parts: tuple[int, int, int]
    steps: int
    largest: bool

    naive_program = """
        p = sum(parts)
        x = list(parts)
        for _ in range(steps):
            x = [p - 2 * t if max(x) * 2 < p else (2 * t - p if 2 * t > p else 2 * t) for t in x]
        from sympy import Rational, pi
        print(Rational(max(x) if largest else min(x), p) * pi)
    """
    solution_program = """
        from sympy import Rational, pi
        p = sum(parts)
        x = [pow(2, steps, p) * t % p for t in parts]
        if sum(x) > p:
            x = [p - t for t in x]
        print(Rational(max(x) if largest else min(x), p) * pi)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        prime = int(sympy.nextprime(random.randint(10**10, 10**11)))
        first, second = random.randint(10**9, prime // 2), random.randint(10**9, prime // 2)
        third = prime - first - second
        if third < 10**9 or len({first, second, third}) < 3:
            return None
        steps = random.choice([random.randint(10**3, 10**4) * 10**12, 10 ** random.randint(14, 18)])
        return cls((first, second, third), steps, random.random() < 0.5)

    def statement(self) -> str:
        total = sum(self.parts)
        first, second, third = (rf"$\frac{{{part}\pi}}{{{total}}}$" for part in self.parts)
        return (
            rf"Triangle $T_0$ has angles of {first}, {second}, and {third} radians. For each $n \ge 1$, the vertices "
            f"of triangle $T_n$ are the feet of the three altitudes of $T_{{n-1}}$. What is the "
            f"{'largest' if self.largest else 'smallest'} angle, in radians, of $T_{{{self.steps}}}$? Express your "
            r"answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        total = sum(self.parts)
        parts = [pow(2, self.steps, total) * part % total for part in self.parts]
        if sum(parts) > total:
            parts = [total - part for part in parts]
        return sympy.Rational(max(parts) if self.largest else min(parts), total) * sympy.pi

    def check(self) -> Answer:
        """Go step by step at the end, and before it by the order of 2, found from the divisors of p - 1."""
        total = sum(self.parts)
        order = total - 1
        for prime in sympy.primefactors(total - 1):
            while order % prime == 0 and pow(2, order // prime, total) == 1:
                order //= prime
        slow = 500
        rest = (self.steps - slow) % order
        factor = 1
        for digit in f"{rest:b}":
            factor = factor * factor * (1 + int(digit)) % total
        parts = [part * factor % total for part in self.parts]
        if sum(parts) != total:
            parts = [-part % total for part in parts]
        for _ in range(slow):
            top = max(parts)
            if 2 * top < total:
                parts = [total - 2 * part for part in parts]
            else:
                parts = [2 * part - total if part == top else 2 * part for part in parts]
        return sympy.Rational(max(parts) if self.largest else min(parts), total) * sympy.pi


class DragonWalk(Family, domain="geometry", level=5):
    """A walk that turns like a folded strip of paper: the curve is made of two turned copies of itself."""

    steps: int
    first_left: bool
    story: int

    naive_program = """
        x, y, dx, dy = 0, 0, 1, 0
        for n in range(1, steps + 1):
            x, y = x + dx, y + dy
            odd = n
            while odd % 2 == 0:
                odd //= 2
            if (odd % 4 == 1) == first_left:
                dx, dy = -dy, dx
            else:
                dx, dy = dy, -dx
        print((x, y))
    """
    solution_program = """
        sign = 1 if first_left else -1
        def times(p, q):
            return (p[0] * q[0] - p[1] * q[1], p[0] * q[1] + p[1] * q[0])
        def at(n):
            if n == 0:
                return (0, 0)
            end, k = (1, 0), 1
            while 2 * k <= n:
                end, k = times(end, (1, sign)), 2 * k
            back = at(2 * k - n)  if n > k else (0, 0)
            if n == k:
                return end
            turned = times((0, -sign), (back[0] - end[0], back[1] - end[1]))
            return (end[0] + turned[0], end[1] + turned[1])
        print(at(steps))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        steps = random.choice([10 ** random.randint(13, 18), random.randint(10**13, 10**17)])
        steps += random.randint(-50, 50)
        drawn = cls(steps, random.random() < 0.5, random.randrange(2))
        return drawn if min(map(abs, drawn.answer())) > 99 else None

    def statement(self) -> str:
        turn, other = ("left", "right") if self.first_left else ("right", "left")
        mover = "A plotter's pen" if self.story else "An ant"
        return (
            f"{mover} starts at the origin, facing in the direction of the positive $x$-axis, and moves in steps of "
            rf"length $1$. After step number $n$, it turns $90^\circ$ to the {turn} if the largest odd divisor of $n$ "
            rf"leaves remainder $1$ when divided by $4$, and $90^\circ$ to the {other} otherwise. Where is it after "
            f"${self.steps}$ steps? Enter the ordered pair $(x,y)$."
        )

    def answer(self) -> Answer:
        sign = 1 if self.first_left else -1

        def at(steps: int) -> tuple[int, int]:
            x, y, half = 1, 0, 1
            while 2 * half <= steps:
                x, y, half = x - sign * y, y + sign * x, 2 * half
            if steps == half:
                return x, y
            # The second half is the first one backwards, turned about the place between them.
            u, v = at(2 * half - steps)
            return x + sign * (v - y), y - sign * (u - x)

        return at(self.steps)

    def check(self) -> Answer:
        """Add up the steps by their binary digits: a step's direction tells how often its number's digits change."""
        turn = (0, 1) if self.first_left else (0, -1)

        def times(one: tuple[int, int], two: tuple[int, int]) -> tuple[int, int]:
            return one[0] * two[0] - one[1] * two[1], one[0] * two[1] + one[1] * two[0]

        bits = f"0{self.steps:b}"
        # all_after[k][d]: the sum over all strings of k digits after a digit d.
        after = [((1, 0), (1, 0))]
        for _ in bits:
            zero, one = after[-1]
            two, three = times(turn, zero), times(turn, one)
            after.append(((zero[0] + three[0], zero[1] + three[1]), (two[0] + one[0], two[1] + one[1])))
        total, facing = (0, 0), (1, 0)
        for place in range(1, len(bits)):
            if bits[place] == "1":
                lower = facing if bits[place - 1] == "0" else times(facing, turn)
                block = times(lower, after[len(bits) - 1 - place][0])
                total = (total[0] + block[0], total[1] + block[1])
            if bits[place] != bits[place - 1]:
                facing = times(facing, turn)
        return total


class TableCrossings(Family, domain="geometry", level=5):
    """A ball shot at 45 degrees from a corner: where it crosses its own path, after unfolding and reducing."""

    width: int
    height: int
    story: int

    naive_program = """
        from math import lcm
        seen, twice = set(), set()
        x = y = 0
        dx = dy = 1
        for _ in range(lcm(width, height) - 1):
            x, y = x + dx, y + dy
            if x in (0, width):
                dx = -dx
            if y in (0, height):
                dy = -dy
            if (x, y) in seen:
                twice.add((x, y))
            seen.add((x, y))
        print(len(twice))
    """
    solution_program = """
        from math import gcd
        g = gcd(width, height)
        print((width // g - 1) * (height // g - 1) // 2)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        scale = random.randint(2, 60)
        width, height = scale * random.randint(10**6, 10**8), scale * random.randint(10**6, 10**8)
        return cls(width, height, random.randrange(2)) if width // 3 < height < width else None

    def statement(self) -> str:
        if self.story == 0:
            return (
                f"A rectangular billiard table is ${self.width}$ units long and ${self.height}$ units wide. A ball, "
                r"treated as a point, is shot from a corner at an angle of $45^\circ$ to the sides. It rebounds from "
                "the sides at equal angles, and it stops at the first corner that it reaches. Through how many "
                "points in the interior of the table does it pass twice?"
            )
        return (
            f"A ray of light starts at the vertex $(0,0)$ of the rectangle $0 \\le x \\le {self.width}$, $0 \\le y "
            f"\\le {self.height}$ in the direction of the point $(1,1)$. It is reflected by the sides of the rectangle "
            "and ends at the first vertex that it meets. How many points in the interior of the rectangle does the "
            "path of the ray visit more than once?"
        )

    def answer(self) -> Answer:
        common = gcd(self.width, self.height)
        return (self.width // common - 1) * (self.height // common - 1) // 2

    def check(self) -> Answer:
        """Colour a board of the reduced size: the path meets the inner points of one colour, each of them twice."""
        common = sympy.igcd(self.width, self.height)
        wide, high = int(self.width // common) - 1, int(self.height // common) - 1
        return (wide // 2) * (high // 2) + ((wide + 1) // 2) * ((high + 1) // 2)
