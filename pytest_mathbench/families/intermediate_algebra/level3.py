"""Intermediate algebra, level 3: two ideas combined."""

from fractions import Fraction
from math import hypot, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import expanded, is_told, joined, where
from pytest_mathbench.families.latex import Answer, polynomial, signed

X = sympy.Symbol("x")


class SumsOfPowers(Family, domain="intermediate_algebra", level=3):
    """A sum of powers of the roots of a cubic that has no nice roots."""

    coefficients: tuple[int, int, int]
    power: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.choice([*range(-8, 0), *range(1, 9)]) for _ in range(3))
        drawn = cls((a, b, c), random.randint(3, 5), random.randrange(2))
        return None if is_told(drawn.answer(), 2, 3, drawn.power, a, b, c) else drawn

    def statement(self) -> str:
        power, text = self.power, polynomial([1, *self.coefficients])
        return (
            f"Let $r$, $s$, and $t$ be the complex roots of the polynomial ${text}$. What is $r^{power} + s^{power} "
            f"+ t^{power}$?",
            f"Each of the three complex solutions of ${text} = 0$, counted with multiplicity, is raised to the power "
            f"${power}$. What is the sum of the three results?",
        )[self.wording]

    def answer(self) -> Answer:
        a, b, c = self.coefficients
        sums = [3, -a, a * a - 2 * b]
        while len(sums) <= self.power:
            sums.append(-a * sums[-1] - b * sums[-2] - c * sums[-3])
        return sums[self.power]

    def check(self) -> Answer:
        a, b, c = self.coefficients
        companion = sympy.Matrix([[0, 0, -c], [1, 0, -b], [0, 1, -a]])
        return (companion**self.power).trace()


class SignsOfFactors(Family, domain="intermediate_algebra", level=3):
    """A polynomial inequality with a double root."""

    single: tuple[int, int]
    double: int
    strict: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        low, middle, high = sorted(random.sample(range(-15, 16), 3))
        order = random.choice([(low, middle, high), (low, high, middle)])
        return cls((order[0], order[1]), order[2], random.random() < 0.5, random.randrange(2))

    def statement(self) -> str:
        low, high = self.single
        product = expanded([1, -low], [1, -high], [1, -self.double], [1, -self.double])
        sign = "<" if self.strict else r"\le"
        lonely = not self.strict and not low < self.double < high
        form = "interval notation" + (", with braces around a single number" if lonely else "")
        return (
            rf"Find all real numbers $x$ such that \[{polynomial(product)} {sign} 0.\] Express your answer in {form}.",
            f"For which real numbers $x$ is the value of $f(x) = {polynomial(product)}$ "
            f"{'negative' if self.strict else 'not positive'}? Express your answer in {form}.",
        )[self.wording]

    def answer(self) -> Answer:
        low, high = self.single
        if low < self.double < high:
            if not self.strict:
                return sympy.Interval(low, high)
            return joined([(low, self.double, True, True), (self.double, high, True, True)])
        inside = sympy.Interval(low, high, self.strict, self.strict)
        return inside if self.strict else sympy.Union(inside, sympy.FiniteSet(self.double), evaluate=False)

    def check(self) -> Answer:
        low, high = self.single

        def holds(x: Fraction) -> bool:
            value = (x - low) * (x - high) * (x - self.double) ** 2
            return value < 0 if self.strict else value <= 0

        ends = [Fraction(low), Fraction(high), Fraction(self.double)]
        inside = where(holds, ends)
        alone = not self.strict and self.double not in inside and holds(ends[2])
        return sympy.Union(inside, sympy.FiniteSet(self.double), evaluate=False) if alone else inside


class PartialFractions(Family, domain="intermediate_algebra", level=3):
    """A finite sum that telescopes after partial fractions."""

    step: int
    start: int
    terms: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 9), random.randint(1, 12), random.randint(20, 400), random.randrange(2))

    def statement(self) -> str:
        a, d, n = self.start, self.step, self.terms
        shown = " + ".join(rf"\frac{{1}}{{{a + k * d} \cdot {a + k * d + d}}}" for k in range(3))
        last = rf"\frac{{1}}{{{a + (n - 1) * d} \cdot {a + n * d}}}"
        return (
            rf"Compute \[{shown} + \cdots + {last}.\] Express your answer as a common fraction.",
            rf"The numbers ${a}, {a + d}, {a + 2 * d}, \ldots, {a + n * d}$ form an arithmetic sequence. For every "
            "two consecutive terms, the reciprocal of their product is taken. What is the sum of all these "
            "reciprocals? Express your answer as a common fraction.",
        )[self.wording]

    def answer(self) -> Answer:
        return Fraction(self.terms, self.start * (self.start + self.terms * self.step))

    def check(self) -> Answer:
        factors = range(self.start, self.start + self.terms * self.step, self.step)
        return sum(1 / (one * (one + self.step)) for one in factors)


class OtherPolynomial(Family, domain="intermediate_algebra", level=3):
    """The monic cubic whose roots are those of another, shifted and stretched."""

    coefficients: tuple[int, int, int]
    factor: int
    shift: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        a, b, c = (random.choice([*range(-6, 0), *range(1, 7)]) for _ in range(3))
        shift = random.choice([*range(-5, 0), *range(1, 6)])
        return cls((a, b, c), random.randint(2, 4), shift, random.randrange(2))

    def statement(self) -> str:
        roots = [f"{self.factor}{letter}{signed(self.shift)}" for letter in "rst"]
        old = polynomial([1, *self.coefficients])
        return (
            f"The polynomial ${old}$ has the complex roots $r$, $s$, and $t$. Find the polynomial in $x$ with "
            f"leading coefficient $1$ whose roots are ${roots[0]}$, ${roots[1]}$, and ${roots[2]}$. Write it in "
            "expanded form.",
            f"Let $r$, $s$, and $t$ be the complex numbers with $(x - r)(x - s)(x - t) = {old}$. Expand the product "
            rf"$\left(x - ({roots[0]})\right)\left(x - ({roots[1]})\right)\left(x - ({roots[2]})\right)$.",
        )[self.wording]

    def answer(self) -> Answer:
        a, b, c = self.coefficients
        one, f = [1, -self.shift], self.factor
        cube, square = expanded(one, one, one), [0, *expanded(one, one)]
        low = [0, 0, f * f * b, -f * f * b * self.shift + f**3 * c]
        return sympy.Poly([x + f * a * y + z for x, y, z in zip(cube, square, low, strict=True)], X).as_expr()

    def check(self) -> Answer:
        a, b, c = self.coefficients
        f, s = self.factor, self.shift
        one, two, three = (
            -f * a + 3 * s,
            f * f * b - 2 * f * s * a + 3 * s * s,
            -(f**3) * c + f * f * s * b - f * s * s * a + s**3,
        )
        return sympy.Poly([1, -one, two, -three], X).as_expr()  # Vieta, for the moved roots


class ComplexModulus(Family, domain="intermediate_algebra", level=3):
    """The value of |z|^2 from an equation in z and its modulus."""

    real: int
    imaginary: int
    times: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        m, n = sorted(random.sample(range(1, 12), 2))
        scale = random.randint(1, 4)
        legs = [scale * (n * n - m * m), 2 * scale * m * n]
        random.shuffle(legs)
        real, imaginary = legs[0] * random.choice([-1, 1]), legs[1] * random.choice([-1, 1])
        drawn = cls(real, imaginary, random.randint(2, 9), random.randrange(2))
        if real + drawn.times * round(hypot(real, imaginary)) == 0:
            return None
        return drawn if drawn.check() is not None else None  # else another z of the same sign solves it, too

    def statement(self) -> str:
        size = round(abs(complex(self.real, self.imaginary)))
        right = f"{self.real + self.times * size}{signed(self.imaginary)}i"
        sign = "positive" if self.real > 0 else "negative"
        return (
            f"The complex number $z$ satisfies $z + {self.times}|z| = {right}$ and has {sign} real part. What is "
            "$|z|^2$?",
            f"The sum of a complex number with {sign} real part and ${self.times}$ times its absolute value is "
            f"${right}$. Find the square of its absolute value.",
        )[self.wording]

    def answer(self) -> Answer:
        return self.real**2 + self.imaginary**2

    def check(self) -> Answer:
        # All nonnegative sizes n, rational or not: (right - times n)^2 + imaginary^2 = n^2.
        right = self.real + self.times * hypot(self.real, self.imaginary)
        lead, half = self.times**2 - 1, self.times * right
        gap = half**2 - lead * (right**2 + self.imaginary**2)
        sizes = [(half + sign * sqrt(max(gap, 0.0))) / lead for sign in (1, -1)]
        found = [n for n in sizes if n > -1e-9 and (right - self.times * n) * self.real > -1e-9]
        return round(found[0] ** 2) if len(found) == 1 else None
