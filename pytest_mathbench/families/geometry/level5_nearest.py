"""Geometry, level 5: what is nearest among endlessly many points."""

from math import gcd, isqrt
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class ShortestInLattice(Family, domain="geometry", level=5):
    """The least distance in a lattice that is given by two long, nearly parallel vectors: reduction."""

    first: tuple[int, int]
    second: tuple[int, int]
    wording: int

    naive_program = """
        best = None
        for u in range(-300, 301):
            for v in range(-300, 301):
                d = (u * first[0] + v * second[0]) ** 2 + (u * first[1] + v * second[1]) ** 2
                if d > 0 and (best is None or d < best):
                    best = d
        print(best)
    """
    solution_program = """
        def dot(p, q):
            return p[0] * q[0] + p[1] * q[1]
        p, q = first, second
        while True:
            if dot(p, p) > dot(q, q):
                p, q = q, p
            m = (2 * dot(p, q) + dot(p, p)) // (2 * dot(p, p))
            if m == 0:
                break
            q = (q[0] - m * p[0], q[1] - m * p[1])
        print(dot(p, p))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two = ((random.randint(-2000, 2000), random.randint(-2000, 2000)) for _ in range(2))
        if abs(one[0] * two[1] - one[1] * two[0]) < 10**5:
            return None
        for _ in range(6):
            times = random.randint(20, 90)
            one, two = two, (one[0] + times * two[0], one[1] + times * two[1])
        return cls(one, two, random.randrange(2)) if all((*one, *two)) else None

    def statement(self) -> str:
        (a, b), (c, d) = self.first, self.second
        if self.wording == 0:
            return (
                rf"Let $\mathbf{{a}} = ({a},{b})$ and $\mathbf{{b}} = ({c},{d})$, and let $L$ be the set of all points "
                r"with position vectors $u\mathbf{a} + v\mathbf{b}$, where $u$ and $v$ are integers. What is the "
                "square of the least distance from the origin to another point of $L$?"
            )
        return (
            f"A grasshopper sits at the origin. Each of its jumps is along the vector $({a},{b})$, along $({c},{d})$, "
            "or along the opposite of one of them. Among the points other than the origin that it can reach, what is "
            "the least value of $x^2 + y^2$?"
        )

    def answer(self) -> Answer:
        """Reduce the quadratic form of the lattice."""
        (a, b), (c, d) = self.first, self.second
        one, mixed, two = a * a + b * b, a * c + b * d, c * c + d * d
        while True:
            if one > two:
                one, two = two, one
            times = (2 * mixed + one) // (2 * one)
            if times == 0:
                return one
            mixed, two = mixed - times * one, two - 2 * times * mixed + times * times * one

    def check(self) -> Answer:
        """Go through the columns of the lattice, which are evenly filled."""
        (a, b), (c, d) = self.first, self.second
        step = gcd(a, c)
        u = pow(a // step, -1, abs(c // step)) if abs(c // step) > 1 else 0
        v = (step - u * a) // c
        rise = u * b + v * d  # of the lattice point (step, rise)
        gap = abs(a * d - b * c) // step
        best, column = gap * gap, 1
        while (column * step) ** 2 < best:
            off = column * rise % gap
            best = min(best, (column * step) ** 2 + min(off, gap - off) ** 2)
            column += 1
        return best


class NearestBelowRoot(Family, domain="geometry", level=5):
    """The lattice point nearest to an irrational line on one side of it: between the convergents."""

    root: int
    limit: int
    above: bool

    naive_program = """
        from sympy import sqrt, continued_fraction_convergents, continued_fraction_iterator
        best = None
        for c in continued_fraction_convergents(continued_fraction_iterator(sqrt(root))):
            if c.q > limit:
                break
            if (c.p**2 > root * c.q**2) == above:
                best = (c.q, c.p)
        print(best)
    """
    solution_program = """
        from math import isqrt
        low, high = (1, isqrt(root)), (0, 1)
        while True:
            middle = (low[0] + high[0], low[1] + high[1])
            if middle[0] > limit:
                break
            if middle[1] ** 2 < root * middle[0] ** 2:
                low = middle
            else:
                high = middle
        print(high if above else low)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        root, limit = random.randint(2, 400), random.randint(10**11, 10**14)
        drawn = cls(root, limit, random.random() < 0.5)
        if isqrt(root) ** 2 == root:
            return None
        x, y = drawn.answer()
        return drawn if (x, y) not in _convergents(root, limit) else None

    def statement(self) -> str:
        side = "above" if self.above else "below"
        return (
            rf"Among all points $(x,y)$ with integer coordinates and $1 \le x \le {self.limit}$ that lie {side} the "
            rf"line $y = \sqrt{{{self.root}}}\,x$, which one is nearest to this line? Enter the ordered pair $(x,y)$."
        )

    def answer(self) -> Answer:
        low, high = (1, isqrt(self.root)), (0, 1)
        while (x := low[0] + high[0]) <= self.limit:
            y = low[1] + high[1]
            if y * y < self.root * x * x:
                low = (x, y)
            else:
                high = (x, y)
        return high if self.above else low

    def check(self) -> Answer:
        """Let each side's gap shrink by the other's, as often as it goes, in 60 digits."""
        scale = 10**60
        slope = isqrt(self.root * scale * scale)
        y = isqrt(self.root)
        under, over = [1, y, slope - y * scale], [1, y + 1, (y + 1) * scale - slope]
        under_next = True
        while True:
            one, other = (under, over) if under_next else (over, under)
            # As often as the gap stays positive and x within the limit.
            times = min((one[2] - 1) // other[2], (self.limit - one[0]) // other[0])
            for part in range(2):
                one[part] += times * other[part]
            one[2] -= times * other[2]
            if times == 0 and one[0] + other[0] > self.limit:
                return tuple((over if self.above else under)[:2])
            under_next = not under_next


def _convergents(root: int, limit: int) -> list[tuple[int, int]]:
    """Return the convergents of a square root, as (x, y), as far as x goes."""
    whole = isqrt(root)
    m, d, a = 0, 1, whole
    before, now = (0, 1), (1, whole)
    found = [now]
    while True:
        m = d * a - m
        d = (root - m * m) // d
        a = (whole + m) // d
        before, now = now, (a * now[0] + before[0], a * now[1] + before[1])
        if now[0] > limit:
            return found
        found.append(now)
