"""Algebra, level 4: whole parts of real numbers, where searching does not end or misses the ends."""

from fractions import Fraction
from math import floor, isqrt, lcm, sqrt
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.algebra.shared import huge, large, solutions
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex


class FloorAndCeiling(Family, domain="algebra", level=4):
    """A floor and a ceiling with a given sum, and the ends of the interval that belong to it."""

    down: int
    up: int
    total: int
    wording: int

    naive_program = """
        from math import ceil, floor
        found = [k / 10000 for k in range(10 ** 6) if floor(down * k / 10000) + ceil(up * k / 10000) == total]
        print(f"[{found[0]},{found[-1]}]")
    """
    solution_program = """
        from math import lcm
        from sympy import Interval, Rational
        unit = 2 * lcm(down, up)
        found = [k for k in range(unit * total) if down * k // unit - (-up * k // unit) == total]
        first, last = found[0], found[-1]
        left, right = Rational(first // 2 * 2, unit), Rational((last + 1) // 2 * 2, unit)
        print(Interval(left, right, first % 2 == 1, last % 2 == 1))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        down, up = random.sample(range(2, 13), 2)
        drawn = cls(down, up, random.randint(50, 250), random.randrange(2))
        return drawn if drawn._overlaps() else None

    def _overlaps(self) -> list[tuple[Fraction, Fraction]]:
        share = self.total * self.down // (self.down + self.up)
        overlaps = []
        for floored in range(share - 2, share + 3):
            ceiling = self.total - floored
            low = max(Fraction(floored, self.down), Fraction(ceiling - 1, self.up))
            high = min(Fraction(floored + 1, self.down), Fraction(ceiling, self.up))
            overlaps += [(low, high)] * (low < high)
        return overlaps

    def statement(self) -> str:
        if self.wording:
            return (
                f"For a real number $x$, let $p$ be the greatest integer that is at most ${self.down}x$, and let $q$ "
                f"be the least integer that is at least ${self.up}x$. For which real numbers $x$ is $p + q = "
                f"{self.total}$? Express your answer in interval notation."
            )
        return (
            rf"Find all real numbers $x$ such that \[\lfloor {self.down}x \rfloor + \lceil {self.up}x \rceil = "
            rf"{self.total},\] where $\lfloor r \rfloor$ is the greatest integer that is at most $r$, and $\lceil r "
            r"\rceil$ is the least integer that is at least $r$. Express your answer in interval notation."
        )

    def answer(self) -> Answer:
        ((low, high),) = self._overlaps()
        left_open, right_open = (low * self.up).denominator == 1, (high * self.down).denominator == 1
        return sympy.Interval(sympy.Rational(low), sympy.Rational(high), left_open, right_open)

    def check(self) -> Answer:
        unit = lcm(self.down, self.up)

        def holds(k: int) -> bool:
            return self.down * k // (2 * unit) - (-self.up * k // (2 * unit)) == self.total

        return solutions(holds, unit, self.total // (self.down + self.up) + 2)


class RoundedRoots(Family, domain="algebra", level=4):
    """The sum of the rounded square roots of all whole numbers up to a huge one, by counting equal ones."""

    last: int
    rounding: str

    naive_program = """
        from math import isqrt
        total = 0
        for k in range(1, last + 1):
            root = isqrt(k)
            if rounding == "ceil" and root * root < k or rounding == "nearest" and k > root * root + root:
                root += 1
            total += root
        print(total)
    """
    solution_program = """
        from math import isqrt
        n = isqrt(last)
        if rounding == "floor":
            total = sum(k * (2 * k + 1) for k in range(1, n)) + n * (last - n * n + 1)
        elif rounding == "ceil":
            total = sum(k * (2 * k - 1) for k in range(1, n + 1)) + (n + 1) * (last - n * n)
        else:
            n += last > n * n + n
            total = sum(2 * k * k for k in range(1, n)) + n * (last - n * n + n)
        print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(huge(random, 11, 12), random.choice(["floor", "ceil", "nearest"]))

    def statement(self) -> str:
        last = large(self.last)
        if self.rounding == "nearest":
            return (
                r"For each positive integer $k$, let $a_k$ be the integer nearest to $\sqrt{k}$. "
                rf"What is the value of $a_1 + a_2 + a_3 + \cdots + a_N$ for $N = {last}$?"
            )
        meaning = "greatest integer that is at most" if self.rounding == "floor" else "least integer that is at least"
        rounded, one, two, three, end = (
            rf"\l{self.rounding} {inside} \r{self.rounding}"
            for inside in ("r", *(rf"\sqrt{{{k}}}" for k in (1, 2, 3, "N")))
        )
        return (
            f"Let $N = {last}$, and for a real number $r$, let ${rounded}$ denote the {meaning} $r$. What is the "
            rf"value of \[{one} + {two} + {three} + \cdots + {end}?\]"
        )

    def answer(self) -> Answer:
        n, last = isqrt(self.last), self.last
        if self.rounding == "floor":
            return (n - 1) * n * (4 * n + 1) // 6 + n * (last - n * n + 1)
        if self.rounding == "ceil":
            return n * (n + 1) * (4 * n - 1) // 6 + (n + 1) * (last - n * n)
        n += last > n * n + n
        return (n - 1) * n * (2 * n - 1) // 3 + n * (last - n * n + n)

    def check(self) -> Answer:
        # For each j, how many of the rounded roots are at least j.
        n, last = isqrt(self.last), self.last
        squares = n * (n + 1) * (2 * n + 1) // 6
        if self.rounding == "floor":
            return n * (last + 1) - squares
        if self.rounding == "ceil":
            return (n + 1) * last - squares
        n += last > n * n + n
        return n * last - n * (n + 1) * (2 * n + 1) // 6 + n * (n + 1) // 2


class EqualFractionalParts(Family, domain="algebra", level=4):
    """How many real numbers in a range are such that two fractional parts agree, in the part at its end among them."""

    linear: int
    start: int
    end: Fraction
    wording: int

    naive_program = """
        last, count = int(end), 0
        for whole in range(start, last):
            count += 2 * whole + linear
        print(count + int((2 * last + linear) * (end - last)))
    """
    solution_program = """
        last, count = int(end), 0
        for whole in range(start, last):
            count += 2 * whole + linear
        print(count + int((2 * last + linear) * (end - last)) + 1)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        start, parts = random.randint(11, 99), random.randint(3, 9)
        end = start + random.randint(101, 9999) + Fraction(random.randint(1, parts - 1), parts)
        return cls(random.randint(2, 19), start, end, random.randrange(2))

    def statement(self) -> str:
        end = tex(self.end)
        if self.wording:
            return (
                r"The fractional part of a real number $r$ is $r - n$, where $n$ is the greatest integer with $n \le "
                f"r$. For how many real numbers $x$ from ${self.start}$ to ${end}$, inclusive, is the fractional part "
                f"of $x^2 + {self.linear}x$ equal to the square of the fractional part of $x$?"
            )
        return (
            r"For a real number $r$, let $\{r\}$ denote $r$ minus the greatest integer that is at most $r$. How many "
            rf"real numbers $x$ with ${self.start} \le x \le {end}$ satisfy \[\left\{{x^2 + {self.linear}x\right\}} = "
            rf"\{{x\}}^2?\]"
        )

    def answer(self) -> Answer:
        last = floor(self.end)
        whole = last**2 - self.start**2 + (self.linear - 1) * (last - self.start)
        return whole + floor((2 * last + self.linear) * (self.end - last)) + 1

    def check(self) -> Answer:
        def holds(x: Fraction) -> bool:
            return (x * x + self.linear * x) % 1 == (x % 1) ** 2

        def solutions_from(whole: int, part: Fraction) -> int:
            # In [whole, whole + 1), x^2 + linear x - (x - whole)^2 is an integer, and it grows from low to high.
            slope = 2 * whole + self.linear
            low, high = (slope * x - whole**2 for x in (whole, whole + 1))
            places = (Fraction(integer + whole**2, slope) for integer in range(low, high))
            return sum(holds(x) for x in places if x <= whole + part)

        last, part = floor(self.end), self.end % 1
        one, two = (solutions_from(whole, Fraction(1)) for whole in (1, 2))
        growing = sum(one + (two - one) * (whole - 1) for whole in range(self.start, last))
        # A part of the last unit: as many more in each as many units as its denominator says.
        rounds, small = divmod(last, part.denominator)
        one, two = (solutions_from(whole, part) for whole in (small, small + part.denominator))
        return growing + one + (two - one) * rounds


class FloorQuadratic(Family, domain="algebra", level=4):
    """A quadratic equation with a floor in its linear term: a root for each whole part that it may have."""

    lead: int
    linear: int
    constant: int
    wording: int

    naive_program = """
        from sympy import floor, solve, symbols
        x = symbols("x", real=True)
        print(sum(root ** 2 for root in solve(lead * x ** 2 - linear * floor(x) + constant, x)))
    """
    solution_program = """
        from fractions import Fraction
        total = Fraction(0)
        for n in range(linear // lead + 2):
            square = Fraction(linear * n - constant, lead)
            if n ** 2 <= square < (n + 1) ** 2:
                total += square
        print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        lead, linear = random.randint(2, 7), random.randint(20, 150)
        drawn = cls(lead, linear, random.randint(11, linear * linear // (4 * lead)), random.randrange(2))
        values = drawn._squares()
        return drawn if 3 <= len(values) <= 12 and sum(values).denominator > 1 else None

    def _squares(self) -> list[Fraction]:
        return [
            Fraction(self.linear * n - self.constant, self.lead)
            for n in range(self.linear // self.lead + 2)
            if self.linear * n >= self.constant and isqrt((self.linear * n - self.constant) // self.lead) == n
        ]

    def statement(self) -> str:
        left = rf"{self.lead}x^2 - {self.linear}\lfloor x \rfloor + {self.constant} = 0"
        if self.wording:
            return (
                r"For a real number $x$, let $\lfloor x \rfloor$ denote the greatest integer that is at most $x$. The "
                f"real numbers $x$ with ${left}$ are squared, and the squares are added. What is the sum? Express "
                "your answer as a common fraction."
            )
        return (
            rf"What is the sum of the squares of all real numbers $x$ that satisfy \[{left},\] where $\lfloor x "
            r"\rfloor$ is the greatest integer that is at most $x$? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        return sum(self._squares())

    def check(self) -> Answer:
        total = 0.0
        for n in range(self.constant // self.linear, self.linear // self.lead + 2):
            square = (self.linear * n - self.constant) / self.lead
            if square >= 0 and floor(sqrt(square) + 1e-12) == n:
                total += square
        return total


class ThreeFloors(Family, domain="algebra", level=4):
    """Which whole numbers a sum of three floors takes as its value: a pattern that repeats with each unit of x."""

    factors: tuple[int, int, int]
    last: int
    missed: bool

    naive_program = """
        from math import floor, lcm
        unit, values, k = lcm(*factors), set(), 0
        while True:
            value = sum(f * k // unit for f in factors)
            if value > last:
                break
            if value:
                values.add(value)
            k += 1
        print(last - len(values) if missed else len(values))
    """
    solution_program = """
        from math import lcm
        unit, period = lcm(*factors), sum(factors)
        values = {sum(f * k // unit for f in factors) for k in range(unit)}
        rounds, rest = divmod(last, period)
        count = rounds * len(values) + sum(0 < v <= rest for v in values)
        print(last - count if missed else count)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, two, three = sorted(random.sample(range(2, 15), 3))
        return cls((one, two, three), huge(random, 11, 14), random.random() < 0.5)

    def statement(self) -> str:
        one, two, three = (rf"\lfloor {factor}x \rfloor" for factor in self.factors)
        last = large(self.last)
        if self.missed:
            return (
                rf"For a real number $x$, let $f(x) = {one} + {two} + {three}$, where $\lfloor r \rfloor$ is the "
                rf"greatest integer that is at most $r$. How many integers $n$ with $1 \le n \le {last}$ are not equal "
                "to $f(x)$ for any real number $x$?"
            )
        return (
            r"Let $\lfloor r \rfloor$ denote the greatest integer that is at most $r$. How many of the integers from "
            f"$1$ to ${last}$, inclusive, can be written as ${one} + {two} + {three}$ for some real number $x$?"
        )

    def answer(self) -> Answer:
        unit, period = lcm(*self.factors), sum(self.factors)
        values = {sum(factor * k // unit for factor in self.factors) for k in range(unit)}
        rounds, rest = divmod(self.last, period)
        count = rounds * len(values) + sum(0 < value <= rest for value in values)
        return self.last - count if self.missed else count

    def check(self) -> Answer:
        period = sum(self.factors)

        def value(x: Fraction) -> int:
            return sum(floor(factor * x) for factor in self.factors)

        # The values between which the sum jumps, at each place where it does.
        places = sorted({Fraction(k, factor) for factor in self.factors for k in range(factor + 1)})
        hits = [any(value(x) == n for x in places) for n in range(1, period + 1)]
        rounds, rest = divmod(self.last, period)
        count = rounds * sum(hits) + sum(hits[:rest])
        return self.last - count if self.missed else count
