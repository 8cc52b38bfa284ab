"""Algebra, level 3: a short search, or two equations, behind the words."""

from fractions import Fraction
from math import isqrt
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced, polynomial


class FactorableSums(Family, domain="algebra", level=3):
    """The sum of the middle coefficients with which a quadratic factors over the integers."""

    lead: int
    constant: int
    kind: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        constant = random.choice([-1, 1]) * random.randint(6, 60)
        drawn = cls(random.randint(1, 8), constant, random.choice(["sum", "count", "largest"]))
        return drawn if drawn.answer() > 3 else None

    def statement(self) -> str:
        last = f"- {-self.constant}" if self.constant < 0 else f"+ {self.constant}"
        quadratic = f"{'' if self.lead == 1 else self.lead}x^2 + kx {last}"
        if self.kind == "sum":
            return (
                f"What is the sum of all positive integers $k$ for which ${quadratic}$ can be written as a product of "
                "two linear polynomials with integer coefficients?"
            )
        if self.kind == "count":
            return (
                f"For how many positive integers $k$ does the equation ${quadratic} = 0$ have only rational solutions?"
            )
        return (
            f"Let $k$ be a positive integer such that ${quadratic}$ factors into two linear polynomials with integer "
            "coefficients. Find the sum of the largest and the smallest possible values of $k$."
        )

    def answer(self) -> Answer:
        product = self.lead * self.constant
        sums = {d + product // d for d in range(-abs(product), abs(product) + 1) if d and product % d == 0}
        return self._asked({k for k in sums if k > 0})

    def _asked(self, values: set[int]) -> int:
        if self.kind == "count":
            return len(values)
        return sum(values) if self.kind == "sum" else min(values, default=0) + max(values, default=0)

    def check(self) -> Answer:
        squares = ((k, k * k - 4 * self.lead * self.constant) for k in range(1, 500))
        return self._asked({k for k, square in squares if square >= 0 and isqrt(square) ** 2 == square})


class MovingStairs(Family, domain="algebra", level=3):
    """Two people on an escalator take different numbers of steps: how long it is, in steps that show."""

    fast: tuple[int, int]
    slow: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        # Steps taken, and seconds needed.
        fast, slow = ((random.randint(12, 60), random.randint(10, 60)) for _ in range(2))
        drawn = cls(fast, slow, random.randrange(2))
        if fast[0] <= slow[0] or fast[1] >= slow[1]:
            return None
        length = Fraction(drawn.answer())
        if length in {*fast, *slow}:
            return None
        return drawn if length.denominator == 1 and fast[0] < length < 200 else None

    def statement(self) -> str:
        (one, sooner), (two, later) = self.fast, self.slow
        if self.wording:
            return (
                f"An escalator moves up at a constant speed. A boy who walks up it takes ${one}$ steps and is at the "
                f"top after ${sooner}$ seconds. A girl who walks up it, more slowly, takes ${two}$ steps and is at the "
                f"top after ${later}$ seconds. How many steps would each of them take if the escalator stood still?"
            )
        return (
            "A conveyor belt runs from one end of a hall to the other at a constant speed. A robot that drives "
            f"forward on the moving belt gets from one end of the hall to the other in ${sooner}$ seconds and covers "
            f"${one}$ meters of the belt in that time. A slower robot, which also drives forward on it, needs "
            f"${later}$ seconds and covers ${two}$ meters of the belt. How many meters long is the hall?"
        )

    def answer(self) -> Answer:
        (one, sooner), (two, later) = self.fast, self.slow
        return Fraction(one * later - two * sooner, later - sooner)

    def check(self) -> Answer:
        (one, sooner), (two, later) = self.fast, self.slow
        return next(n for n in range(1, 300) if (n - one) * later == (n - two) * sooner)


class EvenCoefficients(Family, domain="algebra", level=3):
    """The sum of the coefficients of even, or odd, powers in a power of a quadratic: two values of it."""

    quadratic: tuple[int, int, int]
    exponent: int
    even: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = random.randint(1, 4), random.choice([-3, -2, -1, 1, 2, 3]), random.choice([-3, -2, -1, 1, 2, 3])
        drawn = cls((a, b, c), random.randint(5, 14), random.random() < 0.5)
        here, there = a + b + c, a - b + c
        return drawn if here and there and 100 < abs(drawn.answer()) < 10**9 else None

    def statement(self) -> str:
        power = rf"\left({polynomial(self.quadratic)}\right)^{braced(self.exponent)}"
        if self.even:
            return (
                rf"When \[{power}\] is expanded and like terms are combined, a polynomial in $x$ results. What is the "
                "sum of the coefficients of the even powers of $x$, including the constant term?"
            )
        last = 2 * self.exponent
        return (
            rf"Let $a_0, a_1, \ldots, a_{{{last}}}$ be the numbers for which ${power} = a_0 + a_1x + a_2x^2 + \cdots + "
            rf"a_{{{last}}}x^{{{last}}}$ for all $x$. What is the value of $a_1 + a_3 + a_5 + \cdots + "
            f"a_{{{last - 1}}}$?"
        )

    def answer(self) -> Answer:
        a, b, c = self.quadratic
        here, there = (a + b + c) ** self.exponent, (a - b + c) ** self.exponent
        return (here + there) // 2 if self.even else (here - there) // 2

    def check(self) -> Answer:
        expanded = [1]
        for _ in range(self.exponent):
            longer = [0] * (len(expanded) + 2)
            for place, value in enumerate(expanded):
                for shift, factor in enumerate(self.quadratic):
                    longer[place + shift] += value * factor
            expanded = longer
        return sum(expanded[0 if self.even else 1 :: 2])
