"""Algebra, level 5: terms of sequences far beyond what can be listed."""

from decimal import Context, Decimal
from functools import cache
from math import isqrt, log10, sqrt
from random import Random
from typing import Self

import mpmath

from pytest_mathbench.families.algebra.shared import huge, large
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, polynomial


class HalvingRecursion(Family, domain="algebra", level=5):
    """A function given by halving its argument, summed far out: the sum halves its range too."""

    first: int
    even: tuple[int, int]
    odd: tuple[int, int]
    last: int
    wording: int

    naive_program = """
        f = [0] * (last + 2)
        f[1] = first
        for n in range(2, last + 1):
            m = n // 2
            f[n] = even[0] * f[m] + even[1] if n % 2 == 0 else odd[0] * f[m] + odd[1] * f[m + 1]
        print(sum(f))
    """
    solution_program = """
        from functools import cache

        @cache
        def total(n):
            if n <= 1:
                return first * n
            m, k = n // 2, (n - 1) // 2
            evens = even[0] * total(m) + even[1] * m
            return first + evens + odd[0] * total(k) + odd[1] * (total(k + 1) - first)

        print(total(last))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        even = random.choice([-2, -1, 1, 2]), random.choice([-1, 1]) * random.randint(1, 9)
        odd = random.choice([-1, 1, 2, 3]), random.choice([-1, 1])
        drawn = cls(random.randint(1, 9), even, odd, huge(random, 11, 13), random.randrange(2))
        return drawn if 10**8 < abs(drawn.answer()) < 10**19 else None

    def statement(self) -> str:
        even = polynomial(self.even, "f(n)")
        odd = polynomial([*self.odd, 0], "x").replace("x^2", "f(n)").replace("x", "f(n + 1)")
        if self.wording:
            return (
                f"A function $f$ on the positive integers satisfies $f(1) = {self.first}$, and for each positive "
                rf"integer $n$, \[f(2n) = {even} \qquad \text{{and}} \qquad f(2n + 1) = {odd}.\] What is the value of "
                rf"the sum $f(1) + f(2) + f(3) + \cdots + f(N)$, where $N = {large(self.last)}$?"
            )
        return (
            rf"Let $f(1) = {self.first}$. For all integers $n \ge 1$, let $f(2n) = {even}$, and let $f(2n + 1) = "
            rf"{odd}$. Find the sum of the values $f(k)$ over all integers $k$ with $1 \le k \le {large(self.last)}$."
        )

    def answer(self) -> Answer:
        @cache
        def total(n: int) -> int:
            if n <= 1:
                return self.first * n
            evens, odds = n // 2, (n - 1) // 2
            result = self.first + self.even[0] * total(evens) + self.even[1] * evens
            return result + self.odd[0] * total(odds) + self.odd[1] * (total(odds + 1) - self.first)

        return total(self.last)

    def check(self) -> Answer:
        (a, b), (c, d) = self.even, self.odd

        def step(bit: int, vector: list[int]) -> list[int]:
            here, after, count = vector
            middle = c * here + d * after
            return [middle, a * after + b * count, count] if bit else [a * here + b * count, middle, count]

        # Sums of (f(n), f(n + 1), 1) over the numbers of so many binary digits that are less than a prefix of the last.
        prefix = level = [self.first, a * self.first + b, 1]
        below, result = [0, 0, 0], 0
        for digit in bin(self.last)[3:]:
            result += level[0]
            level = [x + y for x, y in zip(step(0, level), step(1, level), strict=True)]
            below = [x + y for x, y in zip(step(0, below), step(1, below), strict=True)]
            if digit == "1":
                below = [x + y for x, y in zip(below, step(0, prefix), strict=True)]
            prefix = step(int(digit), prefix)
        return result + below[0] + prefix[0]


class RootSteps(Family, domain="algebra", level=5):
    """Each term adds the whole part of its root: how the terms lie between the squares, and when one is a square."""

    first: int
    bound: int
    wording: int

    naive_program = """
        from math import isqrt
        x, count = first, 0
        while x < bound:
            count += 1
            x += isqrt(x)
        print(count)
    """
    solution_program = """
        from math import isqrt
        j = isqrt(first)
        r, count = first - j * j, 0
        while True:
            if (j + 1) ** 2 >= bound:
                break
            if r == 0:
                count, r, j = count + 3, j - 1, j + 1
            elif r > j:
                count, r, j = count + 1, r - j - 1, j + 1
            else:
                blocks = min(r, max(1, isqrt(bound) - 2 - j))
                count, r, j = count + 2 * blocks, r - blocks, j + blocks
        x = j * j + r
        while x < bound:
            count += 1
            x += isqrt(x)
        print(count)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 300), huge(random, 22, 27), random.randrange(2))

    def statement(self) -> str:
        bound = large(self.bound)
        if self.wording:
            return (
                f"The number ${self.first}$ stands on a board. In each step, the number $x$ on the board is replaced "
                r"with $x + \lfloor \sqrt{x} \rfloor$, where $\lfloor r \rfloor$ is the greatest integer that is at "
                f"most $r$. How many steps does it take until the number on the board is at least ${bound}$?"
            )
        return (
            rf"A sequence is defined by $a_1 = {self.first}$ and $a_{{n+1}} = a_n + \lfloor \sqrt{{a_n}} \rfloor$ for "
            r"$n \ge 1$, where $\lfloor r \rfloor$ denotes the greatest integer that is at most $r$. How many terms "
            f"of the sequence are less than ${bound}$?"
        )

    def answer(self) -> Answer:
        root = isqrt(self.first)
        rest, count = self.first - root * root, 0
        while (root + 1) ** 2 < self.bound:
            if rest == 0:
                count, rest, root = count + 3, root - 1, root + 1
            elif rest > root:
                count, rest, root = count + 1, rest - root - 1, root + 1
            else:
                blocks = min(rest, max(1, isqrt(self.bound) - 2 - root))
                count, rest, root = count + 2 * blocks, rest - blocks, root + blocks
        return count + sum(root**2 + rest + steps * root < self.bound for steps in range(3 if rest == 0 else 2))

    def check(self) -> Answer:
        value, count = self.first, 0
        while isqrt(value) ** 2 < value:
            value, count = value + isqrt(value), count + 1
        square, root = isqrt(value), isqrt(self.bound - 1)
        count += 2 * (root - square)
        while square < root:  # the roots of the squares among the terms double
            square, count = 2 * square, count + 1
        rest = square - root
        return count + sum(root**2 + rest + steps * root < self.bound for steps in range(2 + (rest == 0)))


class DigitsOfTerm(Family, domain="algebra", level=5):
    """How many digits a term of a squaring sequence has: a closed form, and a logarithm to many places."""

    chebyshev: bool
    first: int
    place: int
    wording: int

    naive_program = """
        from math import log10
        digits = log10(first)
        for _ in range(place - 1):
            digits = 2 * digits + (log10(2) if chebyshev else 0)
        print(int(digits) + 1)
    """
    solution_program = """
        from mpmath import mp, mpf, log10, sqrt, floor
        mp.dps = 60
        k = mpf(first)
        root = k + sqrt(k * k - 1) if chebyshev else (k + sqrt(k * k - 4)) / 2
        print(int(floor(2 ** (place - 1) * log10(root) - (log10(2) if chebyshev else 0))) + 1)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.random() < 0.5, random.randint(3, 99), random.randint(52, 60), random.randrange(2))
        k = drawn.first
        root = k + sqrt(k * k - 1) if drawn.chebyshev else (k + sqrt(k * k - 4)) / 2
        near = int(2 ** (drawn.place - 1) * log10(root) - drawn.chebyshev * log10(2)) + 1
        return drawn if drawn.answer() < 9 * 10**17 and near != drawn.answer() else None

    def statement(self) -> str:
        rule = "2a_n^2 - 1" if self.chebyshev else "a_n^2 - 2"
        if self.wording:
            words = "one less than twice its square" if self.chebyshev else "two less than its square"
            return (
                f"A machine replaces each number that is put into it with {words}. The number ${self.first}$ is put "
                f"in, and each result is put in again, until the machine has been used ${self.place - 1}$ times. How "
                "many digits does the last result have?"
            )
        return (
            f"A sequence of integers has $a_1 = {self.first}$ and $a_{{n+1}} = {rule}$ for every positive integer $n$. "
            f"How many digits does the number $a_{{{self.place}}}$ have?"
        )

    def answer(self) -> Answer:
        with mpmath.workdps(60):
            k = mpmath.mpf(self.first)
            root = k + mpmath.sqrt(k * k - 1) if self.chebyshev else (k + mpmath.sqrt(k * k - 4)) / 2
            exponent = 2 ** (self.place - 1) * mpmath.log10(root) - self.chebyshev * mpmath.log10(2)
            return int(mpmath.floor(exponent)) + 1

    def check(self) -> Answer:
        context = Context(prec=70, Emax=10**18 - 1)
        term = Decimal(self.first)
        for _ in range(self.place - 1):
            square = context.multiply(term, term)
            term = context.subtract(context.add(square, square), 1) if self.chebyshev else context.subtract(square, 2)
        return term.adjusted() + 1


class IntegerPartOfPower(Family, domain="algebra", level=5):
    """The integer part of a huge power of a + sqrt(b), modulo a number: its conjugate, small and perhaps negative."""

    whole: int
    radicand: int
    exponent: int
    modulus: int
    wording: int

    naive_program = """
        from math import floor, sqrt
        print(floor((whole + sqrt(radicand)) ** exponent) % modulus)
    """
    solution_program = """
        def times(x, y):
            return ((x[0] * y[0] + radicand * x[1] * y[1]) % modulus, (x[0] * y[1] + x[1] * y[0]) % modulus)

        result, power, e = (1, 0), (whole % modulus, 1), exponent
        while e:
            if e % 2:
                result = times(result, power)
            power = times(power, power)
            e //= 2
        conjugate_is_positive = whole ** 2 > radicand or exponent % 2 == 0
        print((2 * result[0] - conjugate_is_positive) % modulus)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        whole = random.randint(2, 9)
        radicand = random.randint((whole - 1) ** 2 + 1, (whole + 1) ** 2 - 1)
        modulus = random.choice([100, 1000, 10000, random.randint(101, 999)])
        drawn = cls(whole, radicand, huge(random, 10, 17), modulus, random.randrange(2))
        return drawn if isqrt(radicand) ** 2 < radicand and drawn.answer() > 99 else None

    def statement(self) -> str:
        base, exponent = rf"{self.whole} + \sqrt{{{self.radicand}}}", large(self.exponent)
        if self.wording:
            return (
                rf"Let $N$ be the greatest integer that is less than $\left({base}\right)^k$, where $k = {exponent}$. "
                f"What is the remainder when $N$ is divided by ${self.modulus}$?"
            )
        return (
            rf"When \[\left\lfloor \left({base}\right)^{{{exponent}}} \right\rfloor\] is divided by ${self.modulus}$, "
            r"what is the remainder? Here $\lfloor r \rfloor$ denotes the greatest integer that is at most $r$."
        )

    def answer(self) -> Answer:
        trace, norm = 2 * self.whole, self.whole**2 - self.radicand
        one, other = 2, trace  # the sums of conjugate powers with exponents k and k + 1
        power = 1
        for bit in f"{self.exponent:b}":
            middle = one * other - power * trace
            if bit == "1":
                one, other, power = middle, other * other - 2 * power * norm, power * power * norm
            else:
                one, other, power = one * one - 2 * power, middle, power * power
            one, other, power = one % self.modulus, other % self.modulus, power % self.modulus
        return (one - (norm > 0 or self.exponent % 2 == 0)) % self.modulus

    def check(self) -> Answer:
        result, power = (1, 0), (self.whole, 1)
        for bit in bin(self.exponent)[:1:-1]:
            if bit == "1":
                result = self._times(result, power)
            power = self._times(power, power)
        below = self.radicand < self.whole**2
        return (2 * result[0] - int(below or self.exponent % 2 == 0)) % self.modulus

    def _times(self, one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
        (a, b), (c, d) = one, other
        return (a * c + self.radicand * b * d) % self.modulus, (a * d + b * c) % self.modulus
