"""Algebra, level 2: two steps."""

from fractions import Fraction
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed, polynomial

X = sympy.Symbol("x")


class TwoPipes(Family, domain="algebra", level=2):
    """Two pipes fill a tank together: their rates add."""

    fast: int
    slow: int
    vessel: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        fast = random.randint(4, 40)
        return cls(fast, fast + random.randint(2, 30), random.choice(["tank", "pool", "cistern", "basin"]))

    def statement(self) -> str:
        return (
            f"One pipe fills an empty {self.vessel} in ${self.fast}$ minutes, and another pipe fills it in "
            f"${self.slow}$ minutes. With both pipes open, how many minutes does it take to fill the empty "
            f"{self.vessel}? Express your answer as a common fraction or an integer."
        )

    def answer(self) -> Answer:
        return Fraction(self.fast * self.slow, self.fast + self.slow)

    def check(self) -> Answer:
        time = sympy.Symbol("t")
        (solution,) = sympy.solve(time / self.fast + time / self.slow - 1, time)
        return solution


class QuadraticWithRoots(Family, domain="algebra", level=2):
    """A quadratic that factors, solved for both roots."""

    lead: int
    small: int
    large: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        small, large = random.randint(-15, 14), random.randint(-14, 15)
        return cls(random.randint(1, 4), small, large) if small < large and small * large else None

    def statement(self) -> str:
        coefficients = [self.lead, -self.lead * (self.small + self.large), self.lead * self.small * self.large]
        return (
            rf"Find all values of $x$ such that \[{polynomial(coefficients)} = 0.\] "
            "Enter all the solutions, separated by commas."
        )

    def answer(self) -> Answer:
        return frozenset([self.small, self.large])

    def check(self) -> Answer:
        lead, product, total = self.lead, self.lead * self.small * self.large, -self.lead * (self.small + self.large)
        return frozenset(x for x in range(-20, 21) if lead * x * x + total * x + product == 0)
