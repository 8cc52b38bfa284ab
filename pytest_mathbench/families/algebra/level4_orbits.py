"""Algebra, level 4: functions and recurrences followed exactly, where floats go astray."""

from fractions import Fraction
from math import gcd
from random import Random
from typing import Self

from pytest_mathbench.families.algebra.shared import huge, large
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex


class UnstableRecurrence(Family, domain="algebra", level=4):
    """A recurrence whose rounding errors take it to another limit: it has to be followed exactly."""

    roots: tuple[int, int, int]
    weights: tuple[int, int]
    place: int
    wording: int

    naive_program = """
        from math import floor
        a, b = weights
        r, s, t = roots
        before, x = (a * r + b * s) / (a + b), (a * r ** 2 + b * s ** 2) / (a * r + b * s)
        for _ in range(place - 1):
            before, x = x, r + s + t - (r * s + s * t + t * r - r * s * t / before) / x
        print(floor(10 ** 6 * x))
    """
    solution_program = """
        from fractions import Fraction
        a, b = weights
        r, s, t = roots
        before, x = Fraction(a * r + b * s, a + b), Fraction(a * r ** 2 + b * s ** 2, a * r + b * s)
        for _ in range(place - 1):
            before, x = x, r + s + t - (r * s + s * t + t * r - r * s * t / before) / x
        print(10 ** 6 * x.numerator // x.denominator)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        low = random.randint(4, 12)
        roots = low, low + random.randint(1, 2), random.randint(40, 120)
        weights = random.randint(1, 6), random.randint(1, 6)
        drawn = cls(roots, weights, random.randint(24, 60), random.randrange(2))
        close = roots[1] - Fraction(drawn.answer(), 10**6)
        return drawn if gcd(*weights) == 1 and close > Fraction(1, 10**4) else None

    def _given(self) -> tuple[Fraction, Fraction]:
        (a, b), (r, s, _) = self.weights, self.roots
        return Fraction(a * r + b * s, a + b), Fraction(a * r**2 + b * s**2, a * r + b * s)

    def statement(self) -> str:
        r, s, t = self.roots
        first, second = map(tex, self._given())
        total, pairs, product = r + s + t, r * s + s * t + t * r, r * s * t
        if self.wording:
            return (
                rf"A sequence has $x_0 = {first}$, $x_1 = {second}$, and \[x_{{n+1}} = {total} - "
                rf"\frac{{{pairs}}}{{x_n}} + \frac{{{product}}}{{x_n x_{{n-1}}}}\] for every positive integer $n$. "
                rf"What is the greatest integer that is at most $10^6 \cdot x_{{{self.place}}}$?"
            )
        return (
            rf"Let $x_0 = {first}$ and $x_1 = {second}$, and for $n \ge 1$ let \[x_{{n+1}} = {total} - \frac{{{pairs} "
            rf"- \frac{{{product}}}{{x_{{n-1}}}}}}{{x_n}}.\] Find the value of $\lfloor 1000000 x_{{{self.place}}} "
            r"\rfloor$, where $\lfloor r \rfloor$ is the greatest integer that is at most $r$."
        )

    def answer(self) -> Answer:
        (a, b), (r, s, _), n = self.weights, self.roots, self.place
        return 10**6 * (a * r ** (n + 1) + b * s ** (n + 1)) // (a * r**n + b * s**n)

    def check(self) -> Answer:
        r, s, t = self.roots
        before, here = self._given()
        for _ in range(self.place - 1):
            before, here = here, r + s + t - (r * s + s * t + t * r - r * s * t / before) / here
        return 10**6 * here.numerator // here.denominator


class ZigzagOrbit(Family, domain="algebra", level=4):
    """A stretching map of the unit interval, applied very often to a fraction: powers modulo the denominator."""

    factor: int
    tent: bool
    start: Fraction
    steps: int

    naive_program = """
        x = float(start)
        for _ in range(steps):
            x = min(2 * x, 2 - 2 * x) if tent else factor * x % 1
        print(Fraction(x).limit_denominator(start.denominator))
    """
    solution_program = """
        q = start.denominator
        if tent:
            r = start.numerator * pow(2, steps, 2 * q) % (2 * q)
            print(Fraction(min(r, 2 * q - r), q))
        else:
            print(Fraction(start.numerator * pow(factor, steps, q) % q, q))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor, tent = random.randint(2, 9), random.random() < 0.5
        below = random.randint(50, 500) * 2 + 1
        start = Fraction(random.randint(2, below - 2), below)
        if gcd(factor, below) > 1 or start.denominator < 50:
            return None
        drawn = cls(2 if tent else factor, tent, start, huge(random, 11, 16))
        return drawn if drawn.answer() != start else None

    def statement(self) -> str:
        start, steps = tex(self.start), large(self.steps)
        if self.tent:
            return (
                r"For $0 \le x \le 1$, let $f(x)$ be the smaller of the two numbers $2x$ and $2 - 2x$. The function "
                f"$f$ is applied ${steps}$ times in succession, beginning with the number ${start}$. What number "
                "results? Express your answer as a common fraction."
            )
        return (
            rf"Let $x_0 = {start}$. For each integer $n \ge 0$, let $x_{{n+1}}$ be ${self.factor}x_n$ minus the "
            f"greatest integer that is at most ${self.factor}x_n$. What is the value of $x_N$ for $N = {steps}$? "
            "Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        above, below = self.start.numerator, self.start.denominator
        if not self.tent:
            return Fraction(above * pow(self.factor, self.steps, below) % below, below)
        turned = above * pow(2, self.steps, 2 * below) % (2 * below)
        return Fraction(min(turned, 2 * below - turned), below)

    def check(self) -> Answer:
        below, here = self.start.denominator, self.start.numerator
        seen: dict[int, int] = {}
        orbit: list[int] = []
        while here not in seen:
            seen[here] = len(orbit)
            orbit.append(here)
            here = min(2 * here, 2 * below - 2 * here) if self.tent else self.factor * here % below
        begin = seen[here]
        return Fraction(orbit[begin + (self.steps - begin) % (len(orbit) - begin)], below)
