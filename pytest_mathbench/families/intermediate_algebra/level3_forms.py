"""Intermediate algebra, level 3: exact forms, and polynomials and functions from what is known of them."""

from fractions import Fraction
from math import gcd, isqrt, prod, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import is_told
from pytest_mathbench.families.latex import Answer, listed, polynomial

X = sympy.Symbol("x")


class NestedRadicals(Family, domain="intermediate_algebra", level=3):
    """A nested radical, written with simple ones: the integers in them are asked for."""

    one: int
    other: int
    factor: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = random.sample(range(2, 60), 2)
        squarefree = all(number % (k * k) for number in (one, other) for k in (2, 3, 5, 7))
        return cls(one, other, random.randint(2, 9), random.randrange(2)) if one > other and squarefree else None

    def statement(self) -> str:
        whole = self.factor**2 * self.one + self.other
        common = gcd(self.one, self.other)
        inner = rf"{2 * self.factor * common}\sqrt{{{self.one * self.other // common**2}}}"
        form = r"a\sqrt{b} - \sqrt{c}"
        return (
            rf"The number $\sqrt{{{whole} - {inner}}}$ can be written as ${form}$, where $a$, $b$, and $c$ are "
            "positive integers, $a > 1$, and neither $b$ nor $c$ is divisible by the square of a prime. Enter the "
            "ordered triple $(a,b,c)$.",
            rf"Positive integers $a$, $b$, and $c$ satisfy \[{form} = \sqrt{{{whole} - {inner}}}.\] If $a$ is greater "
            "than $1$ and neither $b$ nor $c$ is divisible by a perfect square greater than $1$, what is the ordered "
            "triple $(a,b,c)$?",
        )[self.wording]

    def answer(self) -> Answer:
        return self.factor, self.one, self.other

    def check(self) -> Answer:
        whole = self.factor**2 * self.one + self.other
        square = 4 * self.factor**2 * self.one * self.other  # of the inner radical
        found = []
        for c in range(1, whole):
            rest = whole - c  # a^2 b, whose largest square is a^2
            if 4 * rest * c != square or rest < c:
                continue
            a = max(k for k in range(1, isqrt(rest) + 1) if rest % (k * k) == 0)
            if a > 1 and all(c % (k * k) for k in range(2, isqrt(c) + 1)):
                found.append((a, rest // (a * a), c))
        return found[0] if len(found) == 1 else None


class MonicThroughPoints(Family, domain="intermediate_algebra", level=3):
    """A monic polynomial that agrees with a simple rule at several points, asked for elsewhere."""

    points: tuple[int, ...]
    slope: int
    lift: int
    at: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        points = tuple(sorted(random.sample(range(-6, 7), 4)))
        at = random.choice([point for point in range(-9, 10) if point not in points])
        slope, lift = random.choice([*range(-9, -1), *range(2, 10)]), random.choice([*range(-9, 0), *range(1, 10)])
        drawn = cls(points, slope, lift, at, random.randrange(2))
        told = [slope * x * x + lift for x in points]
        return None if is_told(drawn.answer(), 1, 4, at, *points, *told) else drawn

    def statement(self) -> str:
        values = [f"p({x}) = {self.slope * x * x + self.lift}" for x in self.points]
        dots = listed([f"({x}, {self.slope * x * x + self.lift})" for x in self.points])
        return (
            f"A polynomial $p(x)$ of degree $4$ with leading coefficient $1$ satisfies ${'$, $'.join(values[:3])}$, "
            f"and ${values[3]}$. What is $p({self.at})$?",
            f"The graph of $y = x^4 + ax^3 + bx^2 + cx + d$ passes through the four points {dots}. Find the value of "
            f"$y$ when $x = {self.at}$.",
        )[self.wording]

    def answer(self) -> Answer:
        product = 1
        for point in self.points:
            product *= self.at - point
        return product + self.slope * self.at**2 + self.lift

    def check(self) -> Answer:
        # Lagrange, for p(x) - x^4, which has degree 3.
        total = Fraction(self.at**4)
        for one in self.points:
            term = Fraction(self.slope * one * one + self.lift - one**4)
            for other in self.points:
                term *= Fraction(self.at - other, one - other) if other != one else 1
            total += term
        return total


class SlantAsymptote(Family, domain="intermediate_algebra", level=3):
    """Where a rational function crosses its slant asymptote."""

    slope: int
    lift: int
    roots: tuple[int, int]
    cross: Fraction
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        low, high = sorted(random.sample([*range(-7, 0), *range(1, 8)], 2))
        cross = Fraction(random.randint(-20, 20), random.randint(2, 7))
        slope, lift = random.choice([-3, -2, 2, 3, 4]), random.choice([*range(-6, 0), *range(1, 7)])
        drawn = cls(slope, lift, (low, high), cross, random.randrange(2))
        return drawn if cross and cross not in (low, high) and low + high else None

    def statement(self) -> str:
        top, bottom = self._polynomials()
        value = rf"\frac{{{polynomial(top)}}}{{{polynomial(bottom)}}}"
        return (
            rf"The graph of \[f(x) = {value}\] crosses its slant asymptote at exactly one point. What are the "
            "coordinates of this point? Enter the ordered pair $(x,y)$.",
            rf"There is exactly one line that the curve \[y = {value}\] approaches as $x$ tends to infinity. The line "
            "and the curve have one point in common. Find this point, and enter it as an ordered pair $(x,y)$.",
        )[self.wording]

    def _polynomials(self) -> tuple[list[int], list[int]]:
        low, high = self.roots
        bottom = [1, -(low + high), low * high]
        rest = [self.cross.denominator, -self.cross.numerator]
        top = [
            self.slope,
            self.lift + self.slope * bottom[1],
            self.slope * bottom[2] + self.lift * bottom[1] + rest[0],
            self.lift * bottom[2] + rest[1],
        ]
        return top, bottom

    def answer(self) -> Answer:
        return self.cross, self.slope * self.cross + self.lift

    def check(self) -> Answer:
        top, bottom = (sympy.Poly(each, X) for each in self._polynomials())
        quotient, rest = sympy.div(top, bottom)
        (x,) = sympy.roots(rest)
        return x, top.eval(x) / bottom.eval(x) + 0 * quotient.eval(x)


class QuadraticSystem(Family, domain="intermediate_algebra", level=3):
    """All real solutions of a symmetric system in the sum and the product."""

    total: int
    product: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        total, product = random.randint(2, 60), random.choice([*range(-60, 0), *range(1, 61)])
        gap = total * total - 4 * product
        return cls(total, product, random.randrange(2)) if gap > 0 and isqrt(gap) ** 2 != gap else None

    def statement(self) -> str:
        cubes = self.total**3 - 3 * self.total * self.product
        return (
            rf"Real numbers $x$ and $y$ with $x > y$ satisfy \[\begin{{aligned}} x + y &= {self.total}, \\ x^3 + y^3 "
            rf"&= {cubes}. \end{{aligned}}\] What is $x^2 - y^2$? Express your answer in simplest radical form.",
            f"Two different real numbers have sum ${self.total}$, and the sum of their cubes is ${cubes}$. By how "
            "much does the square of the larger number exceed the square of the smaller one? Express your answer in "
            "simplest radical form.",
        )[self.wording]

    def answer(self) -> Answer:
        return self.total * sympy.sqrt(self.total**2 - 4 * self.product)

    def check(self) -> Answer:
        cubes = self.total**3 - 3 * self.total * self.product
        product = (self.total**3 - cubes) / (3 * self.total)
        half = sqrt((self.total / 2) ** 2 - product)
        x, y = self.total / 2 + half, self.total / 2 - half
        return x * x - y * y


class MinimalPolynomial(Family, domain="intermediate_algebra", level=3):
    """The monic polynomial with whole coefficients of a sum of a square and a cube root."""

    square: int
    cube: int
    shift: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        square, cube = random.choice([2, 3, 5, 6, 7, 10, 11, 13]), random.choice([2, 3, 4, 5, 6, 7, 9, 10, 11, 12])
        return cls(square, cube, random.randint(-8, 8), random.randrange(2))

    def statement(self) -> str:
        shift = "" if self.shift == 0 else f"{self.shift} + "
        number = rf"{shift}\sqrt{{{self.square}}} + \sqrt[3]{{{self.cube}}}"
        return (
            "Let $p(x)$ be the polynomial of least degree with leading coefficient $1$ and rational coefficients "
            f"that has ${number}$ as a root. What is $p({self.shift + 2})$?",
            f"Among the polynomials with rational coefficients and leading coefficient $1$ that have ${number}$ as a "
            f"root, let $q(x)$ be the one of least degree. Compute $q({self.shift + 2})$.",
        )[self.wording]

    def answer(self) -> Answer:
        # ((x - s)^3 + 3 a (x - s) - b)^2 = a (3 (x - s)^2 + a)^2, at x - s = 2
        a, b = self.square, self.cube
        return (8 + 6 * a - b) ** 2 - a * (12 + a) ** 2

    def check(self) -> Answer:
        a, b = sqrt(self.square), self.cube ** (1 / 3)
        turn = complex(-0.5, sqrt(3) / 2)
        roots = [sign * a + b * turn**k for sign in (1, -1) for k in range(3)]
        return round(prod(2 - root for root in roots).real)


class FunctionalChain(Family, domain="intermediate_algebra", level=3):
    """A functional equation over the integers that fixes a quadratic, asked for far out."""

    cross: int
    value: int
    at: int
    given: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        at, given = random.randint(20, 400), random.randint(2, 9)
        return cls(random.randint(2, 40), random.randint(-30, 30), at, given, random.randrange(2))

    def statement(self) -> str:
        rule = rf"f(m + n) = f(m) + f(n) + {2 * self.cross}mn"
        return (
            rf"A function $f$ from the integers to the integers satisfies \[{rule}\] for all integers $m$ and $n$, "
            f"and $f({self.given}) = {self._given()}$. What is $f({self.at})$?",
            f"For each integer $n$, the number $f(n)$ is an integer, and ${rule}$ for all integers $m$ and $n$. Given "
            f"that $f({self.given}) = {self._given()}$, find $f({self.at})$.",
        )[self.wording]

    def _given(self) -> int:
        return self.cross * self.given**2 + self.value * self.given

    def answer(self) -> Answer:
        return self.cross * self.at**2 + self.value * self.at

    def check(self) -> Answer:
        # f(1) from f(given), adding ones; then f(at) by doubling, along its binary digits.
        ones = sum(2 * self.cross * k for k in range(1, self.given))
        unit = (self._given() - ones) // self.given
        number, value = 0, 0
        for digit in f"{self.at:b}":
            value = 2 * value + 2 * self.cross * number * number
            number *= 2
            if digit == "1":
                value += unit + 2 * self.cross * number
                number += 1
        return value
