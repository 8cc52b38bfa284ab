"""Number theory, level 1: one step with digits, bases and remainders."""

from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced
from pytest_mathbench.families.number_theory.shared import digits, in_base


class ToBase(Family, domain="number_theory", level=1):
    """A number in base ten, written in another base."""

    number: int
    base: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(100, 3000), random.randint(3, 9), random.randint(0, 1))

    def statement(self) -> str:
        if self.wording:
            return (
                f"How is the base-ten number ${self.number}$ written in base ${self.base}$? Write the base as a "
                f"subscript, as in $21_{self.base}$."
            )
        return (
            f"Convert ${self.number}$ from base ten to base ${self.base}$. Express your answer with the base "
            f"${self.base}$ as a subscript."
        )

    def answer(self) -> Answer:
        return in_base(self.number, self.base)

    def check(self) -> Answer:
        power, rest, written = 1, self.number, ""
        while power * self.base <= self.number:
            power *= self.base
        while power:
            written += str(rest // power)
            rest, power = rest % power, power // self.base
        return f"{written}_{self.base}"


class PowerRemainder(Family, domain="number_theory", level=1):
    """The remainder of one power."""

    base: int
    exponent: int
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        modulus = random.choice([100, 1000, *range(30, 130)])
        drawn = cls(random.randint(2, 25), random.randint(9, 60), modulus, random.randint(0, 1))
        return drawn if drawn.answer() > 9 and drawn.base % 10 else None

    def statement(self) -> str:
        power = f"{self.base}^{braced(self.exponent)}"
        if self.wording:
            return (
                rf"Find the integer $r$ with $0 \le r < {self.modulus}$ for which ${power} - r$ is divisible by "
                f"${self.modulus}$."
            )
        return f"What is the remainder when ${power}$ is divided by ${self.modulus}$?"

    def answer(self) -> Answer:
        return pow(self.base, self.exponent, self.modulus)

    def check(self) -> Answer:
        return self.base**self.exponent % self.modulus


class ExtremeMultiple(Family, domain="number_theory", level=1):
    """The smallest or the largest multiple of a number that has so many digits."""

    divisor: int
    places: int
    largest: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(11, 98), random.randint(3, 5), random.random() < 0.5, random.randint(0, 1))
        return drawn if drawn.divisor % 10 else None

    def statement(self) -> str:
        which = "largest" if self.largest else "smallest"
        named = {3: "three", 4: "four", 5: "five"}[self.places]
        if self.wording:
            return f"What is the {which} positive multiple of ${self.divisor}$ that has exactly {named} digits?"
        return f"Find the {which} positive {named}-digit integer that is divisible by ${self.divisor}$."

    def answer(self) -> Answer:
        high = 10**self.places - 1
        return (
            high - high % self.divisor if self.largest else -(-(10 ** (self.places - 1)) // self.divisor) * self.divisor
        )

    def check(self) -> Answer:
        numbers = range(10 ** (self.places - 1), 10**self.places)
        return next(number for number in (reversed(numbers) if self.largest else numbers) if number % self.divisor == 0)


class DigitSumOfPower(Family, domain="number_theory", level=1):
    """The sum of the digits of a power."""

    base: int
    exponent: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(2, 99), random.randint(4, 30), random.randint(0, 1))
        return drawn if drawn.base % 10 and drawn.base**drawn.exponent > 10**6 else None

    def statement(self) -> str:
        power = f"{self.base}^{braced(self.exponent)}"
        if self.wording:
            return f"The number ${power}$ is written in base ten, and its digits are added. What is the sum?"
        return f"What is the sum of the decimal digits of ${power}$?"

    def answer(self) -> Answer:
        return sum(digits(self.base**self.exponent, 10))

    def check(self) -> Answer:
        return sum(map(int, str(self.base**self.exponent)))
