"""Intermediate algebra, level 4: sequences and sums of huge length that one idea makes short."""

from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed, polynomial

MODULI = (997, 1000, 1009, 2017, 5003, 7919, 10000, 10007, 99991)


class HiddenPeriod(Family, domain="intermediate_algebra", level=4):
    """A rational recurrence that comes back to its start after a few steps, asked for far out."""

    naive_program = """
        from fractions import Fraction

        terms = [Fraction(s) for s in start]
        a, b, c, d = entries or (0, 0, 0, 0)
        for n in range(place - len(start)):
            if len(start) == 1:
                new = (a * terms[-1] + b) / (c * terms[-1] + d)
            elif len(start) == 2:
                new = (1 + terms[-1]) / terms[-2]
            else:
                new = (1 + terms[-1] + terms[-2]) / terms[-3]
            terms = terms[1:] + [new]
        print(terms[-1])
    """
    solution_program = """
        from fractions import Fraction

        terms = [Fraction(s) for s in start]
        a, b, c, d = entries or (0, 0, 0, 0)
        while len(terms) < 40:
            if len(start) == 1:
                new = (a * terms[-1] + b) / (c * terms[-1] + d)
            elif len(start) == 2:
                new = (1 + terms[-1]) / terms[-2]
            else:
                new = (1 + terms[-1] + terms[-2]) / terms[-3]
            terms.append(new)
        period = next(p for p in range(1, 13) if all(terms[i] == terms[i + p] for i in range(20)))
        print(terms[(place - 1) % period])
    """

    entries: tuple[int, ...]
    start: tuple[int, ...]
    place: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        entries: tuple[int, ...] = ()
        if random.random() < 0.6:
            a, d, c = random.randint(-7, 7), random.randint(-7, 7), random.randint(1, 7)
            top = (a + d) ** 2
            determinant = Fraction(top, random.choice([1, 2, 3]))
            b = (a * d - determinant) / c
            if b.denominator > 1 or 0 in (a, b, d, top):
                return None
            entries = a, int(b), c, d
        start = tuple(random.sample(range(2, 13), 1 if entries else random.choice([2, 3])))
        drawn = cls(entries, start, random.randint(10**12, 10**16), random.randrange(2))
        orbit = drawn._terms(14)
        if len(orbit) < 14 or drawn.answer().denominator == 1 or drawn.answer() in start:
            return None
        return drawn

    def _terms(self, number: int) -> list[Fraction]:
        """Return the first terms; fewer where a denominator is 0."""
        terms = [Fraction(x) for x in self.start]
        while len(terms) < number:
            if self.entries:
                a, b, c, d = self.entries
                above, below = a * terms[-1] + b, c * terms[-1] + d
            else:
                above, below = sum(terms[1 - len(self.start) :], Fraction(1)), terms[-len(self.start)]
            if below == 0:
                break
            terms.append(above / below)
        return terms

    def statement(self) -> str:
        first = listed([f"a_{i} = {x}" for i, x in enumerate(self.start, 1)])
        if self.entries:
            a, b, c, d = self.entries
            right = rf"\frac{{{polynomial([a, b], 'a_n')}}}{{{polynomial([c, d], 'a_n')}}}"
        elif len(self.start) == 2:
            right = r"\frac{1 + a_n}{a_{n-1}}"
        else:
            right = r"\frac{1 + a_n + a_{n-1}}{a_{n-2}}"
        rule = rf"\[a_{{n+1}} = {right}\] for all $n \ge {len(self.start)}$"
        return (
            f"A sequence is defined by {first}, and {rule}. What is $a_{{{self.place}}}$? Express your answer as a "
            "common fraction.",
            rf"The sequence $a_1, a_2, a_3, \ldots$ of rational numbers satisfies {rule}, and {first}. Find "
            f"$a_{{{self.place}}}$. Express your answer as a common fraction.",
        )[self.wording]

    def answer(self) -> Answer:
        period = {2: 5, 3: 8}.get(len(self.start), 12)
        return self._terms(12)[(self.place - 1) % period]

    def check(self) -> Answer:
        # The period is found in floats.
        terms = [float(x) for x in self.start]
        while len(terms) < 40:
            if self.entries:
                a, b, c, d = self.entries
                terms.append((a * terms[-1] + b) / (c * terms[-1] + d))
            else:
                terms.append((1 + sum(terms[1 - len(self.start) :])) / terms[-len(self.start)])
        size = max(map(abs, terms))
        period = next(p for p in range(1, 13) if all(abs(terms[i] - terms[i + p]) < 1e-6 * size for i in range(24)))
        return Fraction(terms[(self.place - 1) % period]).limit_denominator(10**5)


class SumByHalves(Family, domain="intermediate_algebra", level=4):
    """The sum of a huge number of values of a function that is given for 2n and 2n + 1 by its value at n."""

    naive_program = """
        from functools import cache

        @cache
        def f(n):
            if n == 0:
                return 0
            return even * f(n // 2) if n % 2 == 0 else odd * f(n // 2) + extra

        print(sum(f(n) for n in range(1, last + 1)) % modulus)
    """
    solution_program = """
        def f(n):
            if n == 0:
                return 0
            return even * f(n // 2) if n % 2 == 0 else odd * f(n // 2) + extra

        def total(n):  # f(0) + ... + f(n)
            if n == 0:
                return 0
            if n % 2 == 0:
                return total(n - 1) + f(n)
            return (even + odd) * total(n // 2) + extra * (n // 2 + 1)

        print(total(last) % modulus)
    """

    even: int
    odd: int
    extra: int
    last: int
    modulus: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        even, odd = random.choice([-3, -2, -1, 2, 3, 4, 5]), random.choice([-2, -1, 1, 2, 3, 4])
        drawn = cls(
            even,
            odd,
            random.randint(1, 9),
            random.randint(10**12, 10**16),
            random.choice(MODULI),
            random.randrange(2),
        )
        return drawn if even + odd and drawn.answer() > 9 else None

    def statement(self) -> str:
        one, other = (f"{'-' if f == -1 else '' if f == 1 else f}f(n)" for f in (self.even, self.odd))
        rules = rf"$f(2n) = {one}$ and $f(2n + 1) = {other} + {self.extra}$ for all integers $n \ge 0$"
        return (
            f"A function $f$ is defined for nonnegative integers by $f(0) = 0$, {rules}. Let $S = f(1) + f(2) + f(3) "
            rf"+ \cdots + f({self.last})$. What is the remainder $r$ when $S$ is divided by ${self.modulus}$, where "
            rf"$0 \le r < {self.modulus}$?",
            "Let $f$ be the function from the nonnegative integers to the integers with $f(0) = 0$ and with "
            rf"{rules}. Find the least nonnegative integer $r$ for which the sum of all $f(k)$ with $1 \le k \le "
            f"{self.last}$ is $r$ more than a multiple of ${self.modulus}$.",
        )[self.wording]

    def answer(self) -> Answer:
        def pair(n: int) -> tuple[int, int]:
            """Return f(n) and the sum up to it."""
            if n == 0:
                return 0, 0
            half, below = pair(n // 2)
            value = self.odd * half + self.extra if n % 2 else self.even * half
            full = (self.even + self.odd) * below + self.extra * (n // 2 + 1)  # up to 2 (n // 2) + 1
            return value, full if n % 2 else full - (self.odd * half + self.extra)

        return pair(self.last)[1] % self.modulus

    def check(self) -> Answer:
        # Along the binary digits: how many numbers begin lower, and the sum of their values so far.
        number, total, here = 0, 0, 0
        for digit in f"{self.last:b}":
            number, total = 2 * number, (self.even + self.odd) * total + self.extra * number
            if digit == "1":
                number, total, here = number + 1, total + self.even * here, self.odd * here + self.extra
            else:
                here = self.even * here
        return (total + here) % self.modulus


class PairOfLogarithms(Family, domain="intermediate_algebra", level=4):
    """Numbers of a huge range divisible by the integer parts of their logarithms: multiples between powers."""

    naive_program = """
        from math import floor, log

        total = 0
        for k in range(high, last + 1):
            one, other = floor(log(k, low)), floor(log(k, high))
            total += k % (one + other) == 0 if added else k % one == k % other == 0
        print(total)
    """
    solution_program = """
        from math import lcm

        ends = sorted({low**i for i in range(60)} | {high**i for i in range(60)} | {last + 1})
        ends = [e for e in ends if e <= last + 1]
        total = one = other = 0
        for start, end in zip(ends, ends[1:]):
            while low ** (one + 1) <= start:
                one += 1
            while high ** (other + 1) <= start:
                other += 1
            if other:
                divisor = one + other if added else lcm(one, other)
                total += (end - 1) // divisor - (start - 1) // divisor
        print(total)
    """

    low: int
    high: int
    added: bool
    last: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        low, high = sorted(random.sample(range(2, 13), 2))
        last = random.randint(10**12, 10**16)
        return cls(low, high, random.random() < 0.5, last, random.randrange(2))

    def statement(self) -> str:
        a, b, n = self.low, self.high, self.last
        kind = "divisible by $a_k + b_k$" if self.added else "divisible by both $a_k$ and $b_k$"
        one, other = (rf"\left\lfloor \log_{{{base}}} k \right\rfloor" for base in (a, b))
        return (
            rf"For an integer $k \ge {b}$, let $a_k = {one}$ and $b_k = {other}$, where $\lfloor t \rfloor$ is the "
            rf"greatest integer that does not exceed $t$. How many integers $k$ with ${b} \le k \le {n}$ are {kind}?",
            rf"For an integer $k \ge {b}$, let $a_k$ be the greatest integer with ${a}^{{a_k}} \le k$, and $b_k$ the "
            rf"greatest integer with ${b}^{{b_k}} \le k$. For how many $k$ from ${b}$ to ${n}$ is $k$ {kind}?",
        )[self.wording]

    def answer(self) -> Answer:
        ends = sorted({base**i for base in (self.low, self.high) for i in range(54)} | {self.last + 1})
        total = one = other = 0
        for start, end in pairwise(ends):
            if start > self.last:
                break
            while self.low ** (one + 1) <= start:
                one += 1
            while self.high ** (other + 1) <= start:
                other += 1
            if other:
                divisor = one + other if self.added else lcm(one, other)
                total += (end - 1) // divisor - (start - 1) // divisor
        return total

    def check(self) -> Answer:
        # For each pair of values, the range of the numbers that have them, and its multiples one apart from the other.
        a, b, n, total = self.low, self.high, self.last, 0
        for i in range(1, n.bit_length() + 1):
            for j in range(1, i + 1):
                start, end = max(a**i, b**j), min(a ** (i + 1), b ** (j + 1), n + 1)
                step = i + j if self.added else i * j // gcd(i, j)
                total += len(range(start + -start % step, end, step))
        return total
