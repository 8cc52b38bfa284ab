"""Number theory, level 5: sequences in which a structure has to be seen."""

from fractions import Fraction
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex
from pytest_mathbench.families.number_theory.shared import digits, repeated


class EveryFraction(Family, domain="number_theory", level=5):
    """The sequence of all positive rational numbers, by the binary digits of a place, or the place of a number."""

    place: int
    value: Fraction
    backwards: bool
    wording: int

    naive_program = """
    from fractions import Fraction
    q, n = Fraction(1), 1
    while (q != value) if backwards else (n < place):
        q, n = 1 / (2 * (q.numerator // q.denominator) - q + 1), n + 1
    print(n if backwards else q)
    """
    solution_program = """
    from fractions import Fraction
    if backwards:
        a, b, bits = value.numerator, value.denominator, ""
        while a != b:
            if a > b:
                a, bits = a - b, "1" + bits
            else:
                b, bits = b - a, "0" + bits
        print(int("1" + bits, 2))
    else:
        a = b = 1
        for bit in bin(place)[3:]:
            a, b = (a + b, b) if bit == "1" else (a, a + b)
        print(Fraction(a, b))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        place = random.randint(10**14, 10**17)
        drawn = cls(place, _fraction_at(place), random.random() < 0.5, random.randint(0, 1))
        return drawn if drawn.value.numerator > 20 and drawn.value.denominator > 20 else None

    def statement(self) -> str:
        rule = (
            r"\[q_1 = 1, \quad q_{n+1} = \frac{1}{2 \lfloor q_n \rfloor - q_n + 1} \quad \text{for } n \ge 1.\] "
            if self.wording
            else r"\[q_1 = 1, \quad \frac{1}{q_{n+1}} = 1 + \lfloor q_n \rfloor - \{q_n\} \quad \text{for } n \ge 1,\] "
            r"where $\{x\} = x - \lfloor x \rfloor$. "
        )
        asked = (
            "Each positive rational number is known to occur in it exactly once. For which $n$ is $q_n = "
            f"{tex(self.value)}$?"
            if self.backwards
            else f"Find $q_n$ for $n = {self.place}$. Express your answer as a common fraction."
        )
        return f"A sequence is defined by {rule}{asked}"

    def answer(self) -> Answer:
        return self.place if self.backwards else _fraction_at(self.place)

    def check(self) -> Answer:
        """Read the continued fraction as the lengths of runs of equal binary digits, from the units up."""
        if not self.backwards:
            rest = self.place
            runs: list[int] = []
            while rest:
                digit = (len(runs) + 1) % 2
                run = 0
                while rest and rest % 2 == digit:
                    rest, run = rest // 2, run + 1
                runs.append(run)
            value = Fraction(runs.pop())
            while runs:
                value = runs.pop() + 1 / value
            return value
        terms = list(sympy.continued_fraction(sympy.Rational(self.value.numerator, self.value.denominator)))
        if len(terms) % 2 == 0:
            terms[-1:] = [terms[-1] - 1, 1]
        return int("".join(str((place + 1) % 2) * run for place, run in enumerate(terms))[::-1], 2)


def _fraction_at(place: int) -> Fraction:
    upper = lower = 1
    for digit in digits(place, 2)[-2::-1]:
        upper, lower = (upper + lower, lower) if digit else (upper, upper + lower)
    return Fraction(upper, lower)


class ConsecutiveIntegers(Family, domain="number_theory", level=5):
    """All integers up to a huge one written as one number: its remainder, by an affine map for each length."""

    last: int
    modulus: int
    falling: bool

    naive_program = """
    order = range(last, 0, -1) if falling else range(1, last + 1)
    print(int("".join(map(str, order))) % modulus)
    """
    solution_program = """
    def times(a, b):
        return [[sum(a[i][k] * b[k][j] for k in range(3)) % modulus for j in range(3)] for i in range(3)]

    value, lengths = 0, range(1, len(str(last)) + 1)
    for length in reversed(lengths) if falling else lengths:
        low, high = 10 ** (length - 1), min(10**length - 1, last)
        number, step = (high, -1) if falling else (low, 1)
        matrix, n = [[10**length % modulus, 1, 0], [0, 1, step], [0, 0, 1]], high - low + 1
        power = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        while n:
            if n % 2:
                power = times(power, matrix)
            matrix, n = times(matrix, matrix), n // 2
        value = (power[0][0] * value + power[0][1] * number + power[0][2]) % modulus
    print(value)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        modulus = random.randint(100, 2000)
        fine = modulus % 2 and modulus % 5 and all(pow(10, power, modulus) != 1 for power in range(1, 7))
        return cls(random.randint(10**12, 10**16), modulus, random.random() < 0.5) if fine else None

    def statement(self) -> str:
        if self.falling:
            return (
                f"Starting with ${self.last}$ and counting down to $1$, all the integers are written one after another "
                "without spaces, so that they form one large number that ends in $\\ldots 54321$. What is the "
                f"remainder when this number is divided by ${self.modulus}$?"
            )
        return (
            f"The integers from $1$ to ${self.last}$ are written one after another without spaces and form one large "
            f"number $N = 1234567891011 \\ldots {self.last}$. What is the remainder when $N$ is divided by "
            f"${self.modulus}$?"
        )

    def _blocks(self) -> list[tuple[int, int, int]]:
        """Return the length, the first and the last of the integers of each length, in the order of writing."""
        lengths = range(1, len(str(self.last)) + 1)
        blocks = [(length, 10 ** (length - 1), min(10**length - 1, self.last)) for length in lengths]
        return blocks[::-1] if self.falling else blocks

    def answer(self) -> Answer:
        value = 0
        for length, low, high in self._blocks():
            first, step = (high, -1) if self.falling else (low, 1)
            factor, weight, constant, _ = repeated((10**length, 1, 0, step), high - low + 1, self.modulus)
            value = (factor * value + weight * first + constant) % self.modulus
        return value

    def check(self) -> Answer:
        """Sum each block as a geometric series and its derivative, modulo a multiple that allows the division."""
        value = 0
        for length, low, high in self._blocks():
            base, count = 10**length, high - low + 1
            wide = self.modulus * (base - 1) ** 2
            power = pow(base, count, wide)
            plain = (power - 1) * (base - 1)
            weighted = base - count * power + (count - 1) * power * base
            total = low * plain + weighted if self.falling else high * plain - weighted
            value = (value * power + total % wide // (base - 1) ** 2) % self.modulus
        return value
