"""Intermediate algebra, level 5: finite differences, and recurrences whose linear form is not seen at once."""

from fractions import Fraction
from math import comb, gcd
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.intermediate_algebra.shared import matrix_power, term_of_recurrence
from pytest_mathbench.families.latex import Answer, polynomial

MODULI = (997, 1000, 1009, 2017, 5003, 7919, 10000, 10007, 99991, 10**6)


class PolynomialLikePower(Family, domain="intermediate_algebra", level=5):
    """A polynomial of degree n that is k^x at 0, 1, ..., n, and not just beyond: finite differences."""

    naive_program = """
        print(pow(base, degree + ahead, modulus))
    """
    solution_program = """
        # P(x) is the sum of (x choose k) (base - 1)^k over k from 0 to n
        value = pow(base, degree + ahead, modulus) - pow(base - 1, degree + ahead, modulus)
        if ahead == 2:
            value -= (degree + 2) * pow(base - 1, degree + 1, modulus)
        print(value % modulus)
    """

    degree: int
    base: int
    ahead: int
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        degree = random.randint(10**12, 10**15)
        base, ahead, modulus = random.randint(3, 12), random.randint(1, 2), random.choice(MODULI[:9])
        drawn = cls(degree, base, ahead, modulus, random.randrange(2))
        return drawn if drawn.answer() > 20 and drawn.answer() != pow(base, degree + ahead, modulus) else None

    def statement(self) -> str:
        n, a, j, m = self.degree, self.base, self.ahead, self.modulus
        return (
            f"Let $n = {n}$. A polynomial $P(x)$ of degree at most $n$ satisfies $P(k) = {a}^k$ for $k = 0, 1, 2, "
            rf"\ldots, n$. The number $P(n + {j})$ is an integer. What is the remainder when it is divided by ${m}$?",
            rf"There is exactly one polynomial $P$ of degree ${n}$ whose values at $0, 1, 2, \ldots, {n}$ are $1, "
            rf"{a}, {a}^2, \ldots, {a}^{{{n}}}$, in this order. Find the remainder when $P({n + j})$ is divided by "
            f"${m}$.",
        )[self.wording]

    def answer(self) -> Answer:
        n, a, j, m = self.degree, self.base, self.ahead, self.modulus
        missing = sum(comb(n + j, k) * pow(a - 1, n + j - k, m) for k in range(j))
        return (pow(a, n + j, m) - missing) % m

    def check(self) -> Answer:
        # The values by Lagrange for small degrees, carried on by the recurrence with the roots a, a - 1 (and a - 1).
        a, j = self.base, self.ahead
        small = [int(self._lagrange(degree)) for degree in range(j + 1)]
        rule: tuple[int, ...] = (2 * a - 1, -a * (a - 1))
        if j == 2:
            rule = (3 * a - 2, -(3 * a - 1) * (a - 1), a * (a - 1) ** 2)
        return term_of_recurrence(small, rule, self.degree, self.modulus)

    def _lagrange(self, degree: int) -> Fraction:
        total, at = Fraction(0), degree + self.ahead
        for one in range(degree + 1):
            term = Fraction(self.base**one)
            for other in range(degree + 1):
                term *= Fraction(at - other, one - other) if other != one else 1
            total += term
        return total


class HiddenLinear(Family, domain="intermediate_algebra", level=5):
    """A recurrence with a quotient whose terms are whole, as they satisfy a linear one; a far term modulo a number."""

    naive_program = """
        before, here = first, second
        for _ in range(place - 2):
            before, here = here, (here * here + constant) // before
        print(here % modulus)
    """
    solution_program = """
        ratio = (first**2 + second**2 + constant) // (first * second)  # a(n+1) + a(n-1) = ratio a(n)

        def times(one, other):
            return [[sum(one[i][k] * other[k][j] for k in (0, 1)) % modulus for j in (0, 1)] for i in (0, 1)]

        power, base, n = [[1, 0], [0, 1]], [[ratio, -1], [1, 0]], place - 1
        while n:
            if n & 1:
                power = times(power, base)
            base = times(base, base)
            n >>= 1
        print((power[1][0] * second + power[1][1] * first) % modulus)
    """

    first: int
    second: int
    constant: int
    place: int
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second, ratio = random.randint(1, 9), random.randint(2, 15), random.randint(3, 12)
        constant = ratio * first * second - first**2 - second**2
        if constant == 0 or first >= second:
            return None
        drawn = cls(first, second, constant, random.randint(10**12, 10**16), random.choice(MODULI), random.randrange(2))
        return drawn if drawn.answer() > 20 and drawn.answer() != abs(constant) else None

    def statement(self) -> str:
        a, b, k, n, m = self.first, self.second, self.constant, self.place, self.modulus
        tail = f"+ {k}" if k > 0 else f"- {-k}"
        other = f"= {k}" if k > 0 else f"= -{-k}"
        return (
            rf"A sequence is defined by $a_1 = {a}$, $a_2 = {b}$, and \[a_{{n+1}} = \frac{{a_n^2 "
            rf"{tail}}}{{a_{{n-1}}}}\] for all $n \ge 2$. All its terms are integers. Find the remainder when "
            f"$a_{{{n}}}$ is divided by ${m}$.",
            rf"The positive integers $a_1, a_2, a_3, \ldots$ satisfy $a_1 = {a}$, $a_2 = {b}$, and "
            rf"$a_{{n-1}}a_{{n+1}} - a_n^2 {other}$ for all $n \ge 2$. What is the remainder when $a_{{{n}}}$ is "
            f"divided by ${m}$?",
        )[self.wording]

    def answer(self) -> Answer:
        ratio = (self.first**2 + self.second**2 + self.constant) // (self.first * self.second)
        return term_of_recurrence((self.first, self.second), (ratio, -1), self.place - 1, self.modulus)

    def check(self) -> Answer:
        terms = [self.first, self.second]
        while len(terms) < 12:
            quotient, rest = divmod(terms[-1] ** 2 + self.constant, terms[-2])
            if rest:
                return None
            terms.append(quotient)
        # The linear rule from the terms alone: the solution of two equations for its two factors.
        a, b, c, d = terms[:4]
        divisor = b * b - a * c
        if divisor == 0 or gcd(a, b) == 0:
            return None
        one, two = Fraction(c * b - a * d, divisor), Fraction(b * d - c * c, divisor)
        if any(terms[i] != one * terms[i - 1] + two * terms[i - 2] for i in range(2, 12)):
            return None
        top = matrix_power((int(one), int(two), 1, 0), self.place - 1, self.modulus)
        return (top[2] * b + top[3] * a) % self.modulus


class LongMoebius(Family, domain="intermediate_algebra", level=5):
    """The numerator, in lowest terms, of a quotient of linear functions applied a huge number of times."""

    naive_program = """
        from fractions import Fraction

        a, b, c, d = entries
        x = Fraction(start)
        for _ in range(times):
            x = (a * x + b) / (c * x + d)
        print(x.numerator % modulus)
    """
    solution_program = """
        def product(one, other):
            return [[sum(one[i][k] * other[k][j] for k in (0, 1)) % modulus for j in (0, 1)] for i in (0, 1)]

        a, b, c, d = entries  # ad - bc = 1 or -1: no fraction is ever reduced
        power, base, n = [[1, 0], [0, 1]], [[a, b], [c, d]], times
        while n:
            if n & 1:
                power = product(power, base)
            base = product(base, base)
            n >>= 1
        print((power[0][0] * start + power[0][1]) % modulus)
    """

    entries: tuple[int, int, int, int]
    start: int
    times: int
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        wording = random.randrange(2)
        if wording:
            one, two = random.randint(1, 9), random.randint(2, 9)
            entries = one * two + 1, one, two, 1
        else:
            a, b, c = (random.randint(2, 9) for _ in range(3))
            d, rest = divmod(b * c + random.choice([-1, 1]), a)
            if rest or d < 2:
                return None
            entries = a, b, c, d
        times = random.randint(10**11, 10**15)
        return cls(entries, random.randint(2, 20), times, random.choice(MODULI), wording)

    def statement(self) -> str:
        a, b, c, d = self.entries
        head = (
            rf"Let $f(x) = \frac{{{polynomial([a, b])}}}{{{polynomial([c, d])}}}$, and let $x_0 = {self.start}$ and "
            r"$x_{n+1} = f(x_n)$ for all $n \ge 0$.",
            rf"A sequence of rational numbers has $x_0 = {self.start}$ and $x_{{n+1}} = {b} + \cfrac{{1}}{{{c} + "
            r"\cfrac{1}{x_n}}$ for all $n \ge 0$.",
        )[self.wording]
        return (
            rf"{head} When $x_{{{self.times}}}$ is written as a fraction $\frac{{p}}{{q}}$ in lowest terms, with "
            f"positive integers $p$ and $q$, what is the remainder when $p$ is divided by ${self.modulus}$?"
        )

    def answer(self) -> Answer:
        top = matrix_power(self.entries, self.times, self.modulus)
        return (top[0] * self.start + top[1]) % self.modulus

    def check(self) -> Answer:
        a, b, c, d = self.entries
        x, numerators = Fraction(self.start), []
        for _ in range(8):
            numerators.append(x.numerator)
            x = (a * x + b) / (c * x + d)
        rule = a + d, b * c - a * d
        if any(numerators[i] != rule[0] * numerators[i - 1] + rule[1] * numerators[i - 2] for i in range(2, 8)):
            return None
        return term_of_recurrence(numerators[:2], rule, self.times, self.modulus)
