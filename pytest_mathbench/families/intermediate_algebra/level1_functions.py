"""Intermediate algebra, level 1: functions, roots, and complex numbers, one formula each."""

from fractions import Fraction
from math import isqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import evaluated, is_told
from pytest_mathbench.families.latex import Answer, braced, polynomial, signed, tex
from pytest_mathbench.families.numeric import crossing, least


class VertexOfParabola(Family, domain="intermediate_algebra", level=1):
    """The vertex of a parabola that is given by its equation."""

    leading: int
    vertex: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        x, y = random.choice([-1, 1]) * random.randint(2, 12), random.choice([-1, 1]) * random.randint(2, 40)
        leading = random.randint(1, 5)
        constant = leading * x * x + y
        return cls(leading, (x, y), random.randrange(2)) if constant not in (0, y) else None

    def _coefficients(self) -> list[int]:
        x, y = self.vertex
        return [self.leading, -2 * self.leading * x, self.leading * x * x + y]

    def statement(self) -> str:
        text = polynomial(self._coefficients())
        return (
            rf"Find the vertex of the parabola $y = {text}$. Enter your answer as an ordered pair $(x,y)$.",
            f"The graph of $f(x) = {text}$ is a parabola. What is the lowest point of the graph? Enter the ordered "
            "pair $(x,y)$.",
        )[self.wording]

    def answer(self) -> Answer:
        return self.vertex

    def check(self) -> Answer:
        coefficients = self._coefficients()
        lowest = round(least(lambda x: evaluated(coefficients, x), -50.0, 50.0))
        places = [x for x in range(-50, 51) if evaluated(coefficients, x) == lowest]
        return (places[0], lowest) if len(places) == 1 else None


class VietaOfCubic(Family, domain="intermediate_algebra", level=1):
    """The sum or the product of the roots of a cubic, from its coefficients."""

    coefficients: tuple[int, int, int, int]
    asked: str
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c, d = (random.choice([-1, 1]) * random.randint(2, 12) for _ in range(4))
        drawn = cls((abs(a), b, c, d), random.choice(["sum", "product"]), random.randrange(2))
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        text = polynomial(self.coefficients)
        return (
            f"What is the {self.asked} of the complex roots of the polynomial ${text}$, counted with multiplicity? "
            "Express your answer as a common fraction.",
            f"The equation ${text} = 0$ has the complex solutions $r$, $s$, and $t$, each listed as often as its "
            f"multiplicity. Find ${'r + s + t' if self.asked == 'sum' else 'rst'}$. Express your answer as a common "
            "fraction.",
        )[self.wording]

    def answer(self) -> Answer:
        a, b, _, d = self.coefficients
        return Fraction(-b if self.asked == "sum" else -d, a)

    def check(self) -> Answer:
        a, b, c, d = (Fraction(each, self.coefficients[0]) for each in self.coefficients)
        companion = sympy.Matrix([[0, 0, -d], [1, 0, -c], [0, 1, -b]])
        value = companion.trace() if self.asked == "sum" else companion.det()
        return Fraction(int(value.p), int(value.q)) * a


class DiscriminantOfQuadratic(Family, domain="intermediate_algebra", level=1):
    """The discriminant of a quadratic."""

    coefficients: tuple[int, int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.choice([-1, 1]) * random.randint(2, 15) for _ in range(3))
        drawn = cls((abs(a), b, c), random.randrange(2))
        return None if is_told(drawn.answer(), a, b, c) else drawn

    def statement(self) -> str:
        text = polynomial(self.coefficients)
        return (
            rf"What is the discriminant of the quadratic polynomial ${text}$?",
            f"The solutions of ${text} = 0$ are given by the quadratic formula. Before any simplification, what "
            "number is under the square root sign?",
        )[self.wording]

    def answer(self) -> Answer:
        a, b, c = self.coefficients
        return b * b - 4 * a * c

    def check(self) -> Answer:
        # The square of the difference of the roots, times the square of the leading coefficient.
        a, b, c = self.coefficients
        middle = Fraction(-b, 2 * a)
        return -4 * a * (a * middle**2 + b * middle + c)


class ValueOfInverse(Family, domain="intermediate_algebra", level=1):
    """A value of the inverse of a function, without finding the inverse."""

    power: int
    factor: int
    lift: int
    value: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        lift, wording = random.choice([-1, 1]) * random.randint(1, 30), random.randrange(2)
        if random.random() < 0.5:
            drawn = cls(1, random.randint(2, 12), lift, random.choice([-1, 1]) * random.randint(2, 40), wording)
            return drawn if drawn.answer().denominator > 1 else None
        factor, place = random.randint(1, 5), random.choice([-1, 1]) * random.randint(2, 12)
        drawn = cls(3, factor, lift, factor * place**3 + lift, wording)
        return None if is_told(place, 3, factor, lift, drawn.value) else drawn

    def statement(self) -> str:
        text = polynomial([self.factor, *[0] * (self.power - 1), self.lift])
        form = " Express your answer as a common fraction." if self.power == 1 else ""
        return (
            rf"Let $f(x) = {text}$ for all real numbers $x$. What is $f^{{-1}}({self.value})$?{form}",
            f"The function $f(x) = {text}$, defined for all real numbers $x$, has an inverse function $g$. Find "
            f"$g({self.value})$.{form}",
        )[self.wording]

    def answer(self) -> Answer:
        rest = Fraction(self.value - self.lift, self.factor)
        return rest if self.power == 1 else next(x for x in range(-20, 21) if x**3 == rest)

    def check(self) -> Answer:
        return crossing(lambda x: self.factor * x**self.power + self.lift - self.value, -100.0, 100.0)


class AbsoluteValueOfComplex(Family, domain="intermediate_algebra", level=1):
    """The absolute value of a complex number whose parts are the legs of a right triangle with whole sides."""

    real: int
    imaginary: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        m, n = sorted(random.sample(range(1, 10), 2))
        scale = random.randint(1, 3)
        legs = [scale * (n * n - m * m), 2 * scale * m * n]
        random.shuffle(legs)
        return cls(legs[0] * random.choice([-1, 1]), legs[1] * random.choice([-1, 1]), random.randrange(2))

    def statement(self) -> str:
        z = f"{self.real}{signed(self.imaginary)}i"
        return (
            rf"Compute $|{z}|$, where $i^2 = -1$.",
            rf"In the complex plane, what is the distance from the origin to the point ${z}$?",
        )[self.wording]

    def answer(self) -> Answer:
        return isqrt(self.real**2 + self.imaginary**2)

    def check(self) -> Answer:
        return abs(complex(self.real, self.imaginary))


class EndlessGeometric(Family, domain="intermediate_algebra", level=1):
    """The sum of an infinite geometric series."""

    first: int
    ratio: Fraction
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        ratio = Fraction(random.choice([-1, 1]) * random.randint(1, 7), random.randint(2, 9))
        drawn = cls(random.randint(2, 40), ratio, random.randrange(2))
        return drawn if abs(ratio) < 1 and drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        terms = [self.first * self.ratio**k for k in range(3)]
        text = "".join(signed(term) for term in terms)[3:]
        return (
            rf"What is the sum of the infinite geometric series \[{text} + \cdots?\] Express your answer as a common "
            "fraction.",
            f"An infinite geometric series has first term ${self.first}$ and common ratio ${tex(self.ratio)}$. Find "
            "its sum. Express your answer as a common fraction.",
        )[self.wording]

    def answer(self) -> Answer:
        return self.first / (1 - self.ratio)

    def check(self) -> Answer:
        return sum(float(self.first) * float(self.ratio) ** k for k in range(400))


class FocusOfParabola(Family, domain="intermediate_algebra", level=1):
    """The focus of a parabola with its vertex at the origin, or its directrix."""

    top: int
    bottom: int
    asked: str

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor = Fraction(random.randint(1, 9), random.randint(1, 30))
        drawn = cls(factor.numerator, factor.denominator, random.choice(["focus", "directrix", "distance"]))
        return drawn if drawn._focal().denominator > 1 else None

    def _focal(self) -> Fraction:
        return Fraction(self.bottom, 4 * self.top)

    def statement(self) -> str:
        top = f"{self.top if self.top > 1 else ''}x^2"
        equation = rf"y = \frac{{{top}}}{{{self.bottom}}}" if self.bottom > 1 else rf"y = {top}"
        return {
            "focus": f"The focus of the parabola ${equation}$ is the point $(0, c)$. What is $c$? Express your answer "
            "as a common fraction.",
            "directrix": f"The directrix of the parabola ${equation}$ is the line $y = d$. What is $d$? Express your "
            "answer as a common fraction.",
            "distance": f"How far is the focus of the parabola ${equation}$ from its directrix? Express your answer as "
            "a common fraction.",
        }[self.asked]

    def answer(self) -> Answer:
        return {"focus": 1, "directrix": -1, "distance": 2}[self.asked] * self._focal()

    def check(self) -> Answer:
        # A point of the parabola at the height of the focus is 2 c from the axis, and 2 c from the directrix.
        low, high = Fraction(0), Fraction(1000)
        for _ in range(60):
            c = (low + high) / 2
            if Fraction(self.top, self.bottom) * (2 * c) ** 2 > c:
                high = c
            else:
                low = c
        return float(low) * {"focus": 1, "directrix": -1, "distance": 2}[self.asked]


class PowersOfUnit(Family, domain="intermediate_algebra", level=1):
    """A sum of multiples of powers of i."""

    factors: tuple[int, int]
    powers: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factors = random.randint(2, 20), random.choice([-1, 1]) * random.randint(2, 20)
        powers = random.randint(10, 999), random.randint(10, 999)
        return cls(factors, powers, random.randrange(2)) if sum(powers) % 2 else None

    def statement(self) -> str:
        (a, b), (m, n) = self.factors, self.powers
        text = f"{a}i^{braced(m)}{signed(b)}i^{braced(n)}"
        return (
            f"Simplify ${text}$, where $i^2 = -1$. Express your answer in the form $a + bi$, where $a$ and $b$ are "
            "real numbers.",
            f"Let $i$ be the imaginary unit, and let $z = {text}$. Write $z$ in the form $a + bi$ with real numbers "
            "$a$ and $b$.",
        )[self.wording]

    def answer(self) -> Answer:
        return sum(f * sympy.I ** (p % 4) for f, p in zip(self.factors, self.powers, strict=True))

    def check(self) -> Answer:
        parts = [0, 0]
        for factor, power in zip(self.factors, self.powers, strict=True):
            one, other = factor, 0
            for _ in range(power):
                one, other = -other, one
            parts = [parts[0] + one, parts[1] + other]
        return parts[0] + parts[1] * sympy.I
