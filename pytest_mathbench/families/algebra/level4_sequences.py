"""Algebra, level 4: long sequences and sums, which loops and floats do not reach."""

from fractions import Fraction
from math import exp, log, sqrt
from random import Random
from typing import Self

from pytest_mathbench.families.algebra.shared import huge, large
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, braced, polynomial


class ReturningSequence(Family, domain="algebra", level=4):
    """The sum of very many terms of a sequence that comes back to its first terms after a few."""

    rule: str
    start: tuple[int, ...]
    count: int

    naive_program = """
        from fractions import Fraction
        terms = [Fraction(x) for x in start]
        total = sum(terms)
        for _ in range(count - len(start)):
            if rule == "absolute":
                new = abs(terms[-1]) - terms[-2]
            elif rule == "positive":
                new = max(terms[-1], 0) - terms[-2]
            elif rule == "two":
                new = (terms[-1] + 1) / terms[-2]
            else:
                new = (terms[-1] + terms[-2] + 1) / terms[-3]
            terms = terms[1:] + [new]
            total += new
        print(total)
    """
    solution_program = """
        from fractions import Fraction
        terms = [Fraction(x) for x in start]
        while len(terms) < 100:
            if rule == "absolute":
                new = abs(terms[-1]) - terms[-2]
            elif rule == "positive":
                new = max(terms[-1], 0) - terms[-2]
            elif rule == "two":
                new = (terms[-1] + 1) / terms[-2]
            else:
                new = (terms[-1] + terms[-2] + 1) / terms[-3]
            terms.append(new)
        period = next(p for p in range(1, 50) if terms[p:p + 3] == terms[:3])
        rounds, rest = divmod(count, period)
        print(rounds * sum(terms[:period]) + sum(terms[:rest]))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        rule = random.choice(["absolute", "positive", "two", "three"])
        start = tuple(random.randint(2, 30) for _ in range(3 if rule == "three" else 2))
        drawn = cls(rule, start, huge(random, 11, 14))
        integral = rule in {"absolute", "positive"}
        if integral:
            return drawn if drawn.answer() != drawn.start[0] else None
        return drawn if len(set(start)) > 1 and Fraction(drawn.answer()).denominator > 1 else None

    def _next(self, terms: list[Fraction]) -> Fraction:
        if self.rule == "absolute":
            return abs(terms[-1]) - terms[-2]
        if self.rule == "positive":
            return max(terms[-1], Fraction(0)) - terms[-2]
        above = terms[-1] + 1 if self.rule == "two" else terms[-1] + terms[-2] + 1
        return above / terms[-2 if self.rule == "two" else -3]

    def statement(self) -> str:
        given = ", ".join(f"$a_{place} = {value}$" for place, value in enumerate(self.start, start=1))
        given = " and".join(given.rsplit(",", 1)) if len(self.start) == 2 else ", and".join(given.rsplit(",", 1))
        count = large(self.count)
        if self.rule in {"absolute", "positive"}:
            rule = (
                r"$a_{n+2} = |a_{n+1}| - a_n$"
                if self.rule == "absolute"
                else r"$a_{n+2} = b_{n+1} - a_n$, where $b_{n+1}$ is the larger of $a_{n+1}$ and $0$"
            )
            return (
                f"A sequence begins with {given}. For every positive integer $n$, {rule}. What is the sum of the first "
                f"${count}$ terms of this sequence?"
            )
        rule = (
            r"a_{n+2} = \frac{a_{n+1} + 1}{a_n}"
            if self.rule == "two"
            else r"a_{n+3} = \frac{a_{n+2} + a_{n+1} + 1}{a_n}"
        )
        return (
            rf"The sequence $a_1, a_2, a_3, \ldots$ has {given}, and \[{rule}\] for all $n \ge 1$. Find $a_1 + a_2 + "
            rf"a_3 + \cdots + a_N$, where $N = {count}$. Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        terms = [Fraction(value) for value in self.start]
        while len(terms) < 40:
            terms.append(self._next(terms))
        period = next(p for p in range(1, 30) if terms[p : p + 3] == terms[:3])
        rounds, rest = divmod(self.count, period)
        return rounds * sum(terms[:period]) + sum(terms[:rest])

    def check(self) -> Answer:
        # 360 is a multiple of each of these rules' periods, 5, 8 and 9.
        terms = [Fraction(value) for value in self.start]
        while len(terms) < 360:
            terms.append(self._next(terms))
        rounds, rest = divmod(self.count, 360)
        return rounds * sum(terms) + sum(terms[:rest])


class CircleOfSums(Family, domain="algebra", level=4):
    """Numbers in a circle, of which every three neighbors have a given sum: too many for a system of equations."""

    slope: int
    shift: int
    count: int
    place: int
    wording: int

    naive_program = """
        import numpy
        A = numpy.zeros((count, count))
        b = numpy.zeros(count)
        for k in range(count):
            A[k, k - 1] = A[k, k] = A[k, (k + 1) % count] = 1
            b[k] = slope * (k + 1) + shift
        print(round(numpy.linalg.solve(A, b)[place - 1]))
    """
    solution_program = """
        from fractions import Fraction
        # Three places on, the number is larger by slope, but from count - 1 to 2 it is larger by slope (1 - count).
        m = count // 3
        if count % 3 == 1:
            first = Fraction(slope + shift, 3)
            begin = [first, first - slope * m, first + slope * (m + 1)]
        else:
            first = slope * (m + 1) + Fraction(shift, 3)
            begin = [first, first - slope * (2 * m + 1), first - slope * m]
        print(begin[(place - 1) % 3] + (place - 1) // 3 * slope)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        slope, shift = random.randint(2, 12), random.randint(1, 60)
        drawn = cls(slope, shift, huge(random, 9, 12), random.randint(2, 90), random.randrange(2))
        far = abs(drawn.answer()) > 100
        return drawn if drawn.count % 3 and far and Fraction(drawn.answer()).denominator == 1 else None

    def statement(self) -> str:
        count, total = large(self.count), polynomial([self.slope, self.shift], "k")
        if self.wording:
            return (
                f"Let $N = {count}$. On a circle there are $N$ points, labeled $1$ to $N$ in order, and a real number "
                "is written at each of them. For every $k$ from $1$ to $N$, the number at point $k$ and those at its "
                f"two neighbors add up to ${total}$. What number is written at point ${self.place}$?"
            )
        return (
            rf"Let $N = {count}$. The real numbers $x_1, x_2, \ldots, x_N$ satisfy $x_{{k-1}} + x_k + x_{{k+1}} = "
            rf"{total}$ for $k = 1, 2, \ldots, N$, where $x_0$ means $x_N$ and $x_{{N+1}}$ means $x_1$. What is the "
            f"value of $x_{braced(self.place)}$?"
        )

    def answer(self) -> Answer:
        m = self.count // 3
        if self.count % 3 == 1:
            first = Fraction(self.slope + self.shift, 3)
            begin = [first, first - self.slope * m, first + self.slope * (m + 1)]
        else:
            first = self.slope * (m + 1) + Fraction(self.shift, 3)
            begin = [first, first - self.slope * (2 * m + 1), first - self.slope * m]
        return begin[(self.place - 1) % 3] + (self.place - 1) // 3 * self.slope

    def check(self) -> Answer:
        small = 96 + self.count % 3
        one, two = self._small(small), self._small(small + 3)
        return one + (two - one) * (self.count - small) / 3

    def _small(self, count: int) -> Fraction:
        """Return the number at the place for so many numbers, all of them found by going on by threes."""
        sums = [self.slope * k + self.shift for k in range(1, count + 1)]
        numbers, here = {0: Fraction(0)}, 0
        while (after := (here + 3) % count) != 0:
            numbers[after] = numbers[here] + sums[(here + 2) % count] - sums[(here + 1) % count]
            here = after
        return numbers[self.place - 1] + (sums[1] - numbers[0] - numbers[1] - numbers[2]) / 3


class TelescopingRoots(Family, domain="algebra", level=4):
    """A sum with square roots in its denominators, of far too many terms, that telescopes."""

    first: int
    last: int
    wording: int

    naive_program = """
        from math import sqrt
        total = 0.0
        for k in range(first ** 2, last ** 2):
            total += 1 / ((k + 1) * sqrt(k) + k * sqrt(k + 1))
        print(total)
    """
    solution_program = """
        from fractions import Fraction
        print(Fraction(1, first) - Fraction(1, last))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 40), huge(random, 6, 8), random.randrange(3))

    def statement(self) -> str:
        low, high = self.first**2, self.last**2
        if self.wording == 0:
            return (
                rf"What is the value of \[\sum_{{k={low}}}^{{N}} \frac{{1}}{{(k + 1)\sqrt{{k}} + k\sqrt{{k + 1}}}}\] "
                f"for $N = {high - 1}$? Express your answer as a common fraction."
            )
        if self.wording == 1:
            return (
                rf"For every positive integer $k$, let $a_k = \frac{{\sqrt{{k + 1}} - \sqrt{{k}}}}{{\sqrt{{k^2 + "
                rf"k}}}}$. The numbers $a_k$ with ${low} \le k < {high}$ are added. What is their sum? Express your "
                "answer as a common fraction."
            )
        terms = (rf"\frac{{1}}{{{k + 1}\sqrt{{{k}}} + {k}\sqrt{{{k + 1}}}}}" for k in (low, low + 1))
        return (
            rf"Find the sum \[{' + '.join(terms)} + \cdots + \frac{{1}}{{(N + 1)\sqrt{{N}} + N\sqrt{{N + 1}}}},\] "
            f"where $N = {high - 1}$. Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        return Fraction(self.last - self.first, self.first * self.last)

    def check(self) -> Answer:
        # Some terms one by one, and the others by the formula of Euler and Maclaurin, the integral after Simpson.
        def term(x: float) -> float:
            return 1 / ((x + 1) * sqrt(x) + x * sqrt(x + 1))

        low, high, pieces = self.first**2 + 200, self.last**2, 2000
        step = log(high / low) / pieces
        places = [low * exp(step * piece) for piece in range(pieces + 1)]
        weights = [1, *([4, 2] * (pieces // 2))[:-1], 1]
        integral = sum(w * term(x) * x for w, x in zip(weights, places, strict=True)) * step / 3
        slope = term(low + 0.5) - term(low - 0.5)
        return sum(map(term, range(self.first**2, low))) + integral + term(low) / 2 - slope / 12 - term(high) / 2
