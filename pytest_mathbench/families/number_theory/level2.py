"""Number theory, level 2: two or three steps of one kind."""

from itertools import count
from math import gcd
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced
from pytest_mathbench.families.number_theory.shared import digits, in_base


class SumInBase(Family, domain="number_theory", level=2):
    """Two numbers added in their own base."""

    one: int
    other: int
    base: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        base = random.randint(4, 9)
        one, other = (random.randint(base**3, base**4 - 1) for _ in range(2))
        return cls(one, other, base, random.randint(0, 1))

    def statement(self) -> str:
        if self.wording:
            one, other = (in_base(number, self.base).split("_")[0] for number in (self.one, self.other))
            return (
                f"Two numbers are written as ${one}$ and ${other}$ in base ${self.base}$. How is their sum written in "
                f"base ${self.base}$? Write the base as a subscript."
            )
        return (
            f"Find the sum ${in_base(self.one, self.base)} + {in_base(self.other, self.base)}$. Express your answer in "
            f"base ${self.base}$, and write the base as a subscript."
        )

    def answer(self) -> Answer:
        return in_base(self.one + self.other, self.base)

    def check(self) -> Answer:
        written, carry = "", 0
        for column in zip(digits(self.one, self.base), digits(self.other, self.base), strict=True):
            carry, digit = divmod(sum(column) + carry, self.base)
            written = f"{digit}{written}"
        return f"{carry or ''}{written}_{self.base}"


class SumOfPowers(Family, domain="number_theory", level=2):
    """The remainder of a sum of two powers."""

    bases: tuple[int, int]
    exponents: tuple[int, int]
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample(range(2, 20), 2)
        return cls(
            (one, other),
            (random.randint(20, 99), random.randint(20, 99)),
            random.randint(21, 120),
            random.randint(0, 1),
        )

    def statement(self) -> str:
        one, other = (f"{base}^{braced(power)}" for base, power in zip(self.bases, self.exponents, strict=True))
        if self.wording:
            return (
                rf"Find the integer $r$ with $0 \le r < {self.modulus}$ such that \[{one} + {other} \equiv r "
                rf"\pmod{{{self.modulus}}}.\]"
            )
        return f"What is the remainder when ${one} + {other}$ is divided by ${self.modulus}$?"

    def answer(self) -> Answer:
        one, other = (pow(*pair, self.modulus) for pair in zip(self.bases, self.exponents, strict=True))
        return (one + other) % self.modulus

    def check(self) -> Answer:
        return sum(base**exponent for base, exponent in zip(self.bases, self.exponents, strict=True)) % self.modulus


class EqualPieces(Family, domain="number_theory", level=2):
    """Two lengths cut into equal pieces: the longest piece is their greatest common divisor."""

    lengths: tuple[int, int]
    material: str
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        piece, (one, other) = random.randint(6, 30), random.sample(range(5, 40), 2)
        material = random.choice(["ropes", "ribbons", "wires", "cables"])
        return cls((piece * one, piece * other), material, random.randint(0, 1)) if gcd(one, other) == 1 else None

    def statement(self) -> str:
        if self.wording:
            one, other = self.lengths
            return (
                f"Two schools send ${one}$ and ${other}$ students to a sports day. Each student is put on a team, and "
                "no team has students from both schools. All teams have the same size, which is as large as possible. "
                "How many teams are there in all?"
            )
        return (
            f"Two {self.material} are ${self.lengths[0]}$ centimeters and ${self.lengths[1]}$ centimeters long. Both "
            "are cut, with nothing left over, into pieces that all have the same length, which is as great as "
            "possible. How many pieces are there in all?"
        )

    def answer(self) -> Answer:
        return sum(self.lengths) // gcd(*self.lengths)

    def check(self) -> Answer:
        pieces = (pieces for pieces in count(1) if sum(self.lengths) % pieces == 0)
        return next(number for number in pieces if self.lengths[0] * number % sum(self.lengths) == 0)


class DivisorsThatAreMultiples(Family, domain="number_theory", level=2):
    """The sum of those divisors of a number that a factor of it divides."""

    number: int
    factor: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor, rest = random.randint(3, 24), random.randint(30, 200)
        return cls(factor * rest, factor, random.randint(0, 1)) if sympy.divisor_count(rest) in range(4, 11) else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"A positive integer divides ${self.number}$ and is itself divisible by ${self.factor}$. What is the "
                "sum of all the possible values of the integer?"
            )
        return (
            f"What is the sum of all the positive divisors of ${self.number}$ that are multiples of ${self.factor}$, "
            f"including ${self.number}$ itself?"
        )

    def answer(self) -> Answer:
        return self.factor * sympy.divisor_sigma(self.number // self.factor)

    def check(self) -> Answer:
        return sum(number for number in range(self.factor, self.number + 1, self.factor) if self.number % number == 0)


class LinearCongruence(Family, domain="number_theory", level=2):
    """A linear congruence with several solutions."""

    coefficient: int
    remainder: int
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        shared, modulus = random.randint(2, 4), random.randint(11, 40)
        coefficient, remainder = random.randint(2, modulus - 2), random.randint(2, modulus - 2)
        fine = gcd(coefficient, modulus) == 1 and remainder % coefficient
        return cls(shared * coefficient, shared * remainder, shared * modulus, random.randint(0, 1)) if fine else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"For which nonnegative integers $n$ less than ${self.modulus}$ is ${self.remainder}$ the remainder "
                f"when ${self.coefficient}n$ is divided by ${self.modulus}$? Enter all of them, separated by commas."
            )
        return (
            rf"Find all integers $x$ with $0 \le x < {self.modulus}$ such that \[{self.coefficient}x \equiv "
            rf"{self.remainder} \pmod{{{self.modulus}}}.\] Enter all the solutions, separated by commas."
        )

    def answer(self) -> Answer:
        shared = gcd(self.coefficient, self.modulus)
        step = self.modulus // shared
        first = self.remainder // shared * pow(self.coefficient // shared, -1, step) % step
        return frozenset(range(first, self.modulus, step))

    def check(self) -> Answer:
        wanted, modulus = self.remainder, self.modulus
        return frozenset(x for x in range(modulus) if (self.coefficient * x - wanted) % modulus == 0)
