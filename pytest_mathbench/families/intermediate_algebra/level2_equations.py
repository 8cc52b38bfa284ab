"""Intermediate algebra, level 2: circles, logarithms, and polynomials from their roots."""

from fractions import Fraction
from math import isqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import evaluated, expanded, is_told
from pytest_mathbench.families.latex import Answer, braced, polynomial, signed

X = sympy.Symbol("x")


class CircleFromEquation(Family, domain="intermediate_algebra", level=2):
    """The center and the radius of a circle, by completing two squares."""

    center: tuple[int, int]
    radius: int
    asked: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        h, k = (random.choice([-1, 1]) * random.randint(1, 12) for _ in range(2))
        radius = random.randint(2, 15)
        constant = h * h + k * k - radius**2
        asked = random.choice(["circle", "area", "points"])
        drawn = cls((h, k), radius, asked)
        told = asked != "circle" and is_told(drawn.answer(), 2, 2 * h, 2 * k, constant)
        return drawn if constant and not told and abs(h) != abs(k) else None

    def statement(self) -> str:
        h, k = self.center
        left = "x^2 + y^2" + "".join(
            f" {'-' if c < 0 else '+'} {abs(c)}{letter}" for c, letter in ((-2 * h, "x"), (-2 * k, "y"))
        )
        equation = f"{left}{signed(h * h + k * k - self.radius**2)} = 0"
        return {
            "circle": f"The equation ${equation}$ describes a circle with center $(h, k)$ and radius $r$. Enter the "
            "ordered triple $(h,k,r)$.",
            "area": rf"The region enclosed by the curve ${equation}$ has area $c\pi$. What is the integer $c$?",
            "points": f"Among all points $(x, y)$ that satisfy ${equation}$, what is the greatest possible value of "
            "$y$?",
        }[self.asked]

    def answer(self) -> Answer:
        h, k = self.center
        return {"circle": (h, k, self.radius), "area": self.radius**2, "points": k + self.radius}[self.asked]

    def check(self) -> Answer:
        # From the points on it: those above and below, left and right of one another.
        h, k = self.center
        constant = h * h + k * k - self.radius**2

        def meets(x: int) -> list[int]:
            return [y for y in range(-40, 41) if x * x + y * y - 2 * h * x - 2 * k * y + constant == 0]

        columns = {x: meets(x) for x in range(-40, 41)}
        xs = [x for x, ys in columns.items() if ys]
        ys = [y for column in columns.values() for y in column]
        right, top = max(xs), max(ys)
        middle = Fraction(right + min(xs), 2), Fraction(top + min(ys), 2)
        radius = right - middle[0]
        return {"circle": (*middle, radius), "area": radius**2, "points": Fraction(top)}[self.asked]


class SumOfLogarithms(Family, domain="intermediate_algebra", level=2):
    """An equation with a sum of two logarithms: a quadratic, one of whose roots is not in the domain."""

    base: int
    power: int
    shifts: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        base, power = random.choice([(2, random.randint(2, 9)), (3, random.randint(2, 6)), (5, 3), (6, 3), (10, 2)])
        split = random.randint(0, power // 2)
        low, high = base**split, base ** (power - split)
        factor = random.choice([1, 1, 2, 3])
        if high % factor or low == high:
            return None
        low, high = low * factor, high // factor
        x = random.randint(2, 40)
        one, other = low - x, high - x
        drawn = cls(base, power, (one, other), random.randrange(2))
        return drawn if one and other and one != other and not is_told(x, one, other, base, power) else None

    def statement(self) -> str:
        one, other = (rf"\log_{braced(self.base)} (x{signed(shift)})" for shift in self.shifts)
        return (
            f"Find all real numbers $x$ such that ${one} + {other} = {self.power}$. If there are several, separate "
            "them by commas.",
            rf"What is the only real number $x$ that satisfies \[{one} = {self.power} - {other}?\]",
        )[self.wording]

    def answer(self) -> Answer:
        one, other = self.shifts
        gap = isqrt((one - other) ** 2 + 4 * self.base**self.power)
        return Fraction(gap - one - other, 2)

    def check(self) -> Answer:
        one, other = self.shifts
        found = [x for x in range(max(-one, -other) + 1, 3000) if (x + one) * (x + other) == self.base**self.power]
        return found[0] if len(found) == 1 else None


class SymmetricSum(Family, domain="intermediate_algebra", level=2):
    """The squares or the reciprocals of the roots of a cubic added up, from its coefficients."""

    coefficients: tuple[int, int, int]
    asked: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.choice([-1, 1]) * random.randint(2, 15) for _ in range(3))
        drawn = cls((a, b, c), random.choice(["squares", "reciprocals", "product"]))
        if is_told(drawn.answer(), 2, 3, a, b, c) or any(evaluated((1, a, b, c), x) == 0 for x in range(-20, 21)):
            return None
        return drawn if drawn.asked != "reciprocals" or b % c else None

    def statement(self) -> str:
        text = polynomial([1, *self.coefficients])
        return {
            "squares": rf"Let $r$, $s$, and $t$ be the complex roots of ${text}$. Find $r^2 + s^2 + t^2$.",
            "reciprocals": f"The equation ${text} = 0$ has three complex solutions. What is the sum of their "
            "reciprocals? Express your answer as a common fraction.",
            "product": f"If $a$, $b$, and $c$ are the complex solutions of ${text} = 0$, what is "
            "$(a + 1)(b + 1)(c + 1)$?",
        }[self.asked]

    def answer(self) -> Answer:
        a, b, c = self.coefficients
        return {"squares": a * a - 2 * b, "reciprocals": Fraction(-b, c), "product": 1 - a + b - c}[self.asked]

    def check(self) -> Answer:
        a, b, c = self.coefficients
        companion = sympy.Matrix([[0, 0, -c], [1, 0, -b], [0, 1, -a]])
        if self.asked == "squares":
            return (companion * companion).trace()
        if self.asked == "product":
            return (companion + sympy.eye(3)).det()
        value = companion.adjugate().trace() / companion.det()
        return Fraction(int(value.p), int(value.q))


class UnknownCoefficients(Family, domain="intermediate_algebra", level=2):
    """Two unknown coefficients of a cubic, from two of its factors or remainders."""

    points: tuple[int, int]
    remainders: tuple[int, int]
    unknown: tuple[int, int]
    constant: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        r, s = random.sample([-4, -3, -2, -1, 1, 2, 3, 4], 2)
        a, b = (random.choice([-1, 1]) * random.randint(2, 9) for _ in range(2))
        constant = random.choice([-1, 1]) * random.randint(2, 12)
        one, other = (x**3 + a * x * x + b * x + constant for x in (r, s))
        if random.random() < 0.4:
            t = random.choice([-5, -3, -2, 2, 3, 5])
            _, a, b, constant = expanded([1, -r], [1, -s], [1, -t])
            one = other = 0
        return cls((r, s), (one, other), (a, b), constant) if a and b and a != b and r + s else None

    def statement(self) -> str:
        one, other = (polynomial([1, -x]) for x in self.points)
        text = f"x^3 + ax^2 + bx{signed(self.constant)}"
        if self.remainders == (0, 0):
            return (
                rf"The polynomial ${text}$ is divisible by both ${one}$ and ${other}$. Find the ordered pair $(a,b)$."
            )
        return (
            f"When ${text}$ is divided by ${one}$, the remainder is ${self.remainders[0]}$, and when it is divided by "
            f"${other}$, the remainder is ${self.remainders[1]}$. What is the ordered pair $(a,b)$?"
        )

    def answer(self) -> Answer:
        return self.unknown

    def check(self) -> Answer:
        (r, s), (one, other) = self.points, self.remainders
        right = [value - x**3 - self.constant for x, value in ((r, one), (s, other))]
        determinant = r * r * s - s * s * r
        return (
            Fraction(right[0] * s - right[1] * r, determinant),
            Fraction(r * r * right[1] - s * s * right[0], determinant),
        )


class ConjugateRoots(Family, domain="intermediate_algebra", level=2):
    """A cubic with real coefficients from a real root and one that is not real."""

    real: int
    complex_root: tuple[int, int]
    asked: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        real, p, q = (random.choice([-1, 1]) * random.randint(1, 7) for _ in range(3))
        return cls(real, (p, q), random.randrange(2)) if real + 2 * p and p * p + q * q + 2 * p * real else None

    def statement(self) -> str:
        p, q = self.complex_root
        root = f"{p}{signed(q)}i" if abs(q) > 1 else f"{p} {'+' if q > 0 else '-'} i"
        return (
            "A cubic polynomial in $x$ with real coefficients and leading coefficient $1$ has the roots "
            f"${self.real}$ and ${root}$. Find the polynomial, and write it in expanded form.",
            f"Let $f(x) = x^3 + bx^2 + cx + d$, where $b$, $c$, and $d$ are real numbers. If $f({self.real}) = 0$ "
            f"and $f({root}) = 0$, what is the ordered triple $(b,c,d)$?",
        )[self.asked]

    def answer(self) -> Answer:
        p, q = self.complex_root
        coefficients = expanded([1, -self.real], [1, -2 * p, p * p + q * q])
        return tuple(coefficients[1:]) if self.asked else sympy.Poly(coefficients, X).as_expr()

    def check(self) -> Answer:
        p, q = self.complex_root
        roots = [complex(self.real), complex(p, q), complex(p, -q)]
        one, two = -sum(roots), roots[0] * roots[1] + roots[0] * roots[2] + roots[1] * roots[2]
        three = -roots[0] * roots[1] * roots[2]
        numbers = [round(value.real) for value in (one, two, three)]
        return tuple(numbers) if self.asked else X**3 + numbers[0] * X**2 + numbers[1] * X + numbers[2]
