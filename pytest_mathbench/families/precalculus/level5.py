"""Precalculus, level 5: waves, roots of unity, and angles."""

from fractions import Fraction
from math import gcd, isqrt
from random import Random
from typing import Self

import numpy as np

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer
from pytest_mathbench.families.precalculus.shared import power_of, prime_factors

_MODULI = (997, 1009, 2003, 4001, 5003, 7919, 9973, 10007, 20011, 50021, 99991)


class CosineProduct(Family, domain="precalculus", level=5):
    """A product of shifted cosines over a whole turn is a term of a linear recurrence, here far out."""

    count: int
    lead: int
    sixths: int
    modulus: int
    wording: int

    naive_program = """
        from math import cos, pi
        product = 1
        for k in range(count):
            product *= lead - 2 * cos((2 * k + sixths / 6) * pi / count)
        print(round(product) % modulus)
    """
    solution_program = """
        v, w = 2, lead
        for bit in bin(count)[2:]:
            if bit == "1":
                v, w = (v * w - lead) % modulus, (w * w - 2) % modulus
            else:
                v, w = (v * v - 2) % modulus, (v * w - lead) % modulus
        print((v - {0: 2, 2: 1, 3: 0, 4: -1, 6: -2}[sixths]) % modulus)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        count, lead = random.randint(10**12, 10**15), random.randint(3, 30)
        drawn = cls(count, lead, random.choice([0, 2, 3, 4, 6]), random.choice(_MODULI), random.randrange(2))
        return drawn if drawn.answer() > 1 else None

    def statement(self) -> str:
        n = self.count
        angle = {
            0: rf"\frac{{2k\pi}}{{{n}}}",
            2: rf"\frac{{(6k+1)\pi}}{{{3 * n}}}",
            3: rf"\frac{{(4k+1)\pi}}{{{2 * n}}}",
            4: rf"\frac{{(6k+2)\pi}}{{{3 * n}}}",
            6: rf"\frac{{(2k+1)\pi}}{{{n}}}",
        }[self.sixths]
        if self.wording:
            return (
                rf"For $k = 0, 1, 2, \dots, {n - 1}$, let \[a_k = {self.lead} - 2 \cos {angle}.\] The product of all "
                f"${n}$ numbers $a_k$ is an integer. What is its remainder upon division by ${self.modulus}$?"
            )
        return (
            rf"The product \[P = \prod_{{k=0}}^{{{n - 1}}} \left({self.lead} - 2 \cos {angle}\right)\] is an integer. "
            f"Find the remainder when $P$ is divided by ${self.modulus}$."
        )

    def _end(self) -> int:
        return {0: 2, 2: 1, 3: 0, 4: -1, 6: -2}[self.sixths]

    def answer(self) -> Answer:
        # With a = x + 1/x, the product is x^n + x^(-n) - 2 cos(n phi); the first two are a trace.
        (p, _), (_, q) = power_of(((self.lead, -1), (1, 0)), self.count, self.modulus)
        return (p + q - self._end()) % self.modulus

    def check(self) -> Answer:
        v, w = 2, self.lead
        for bit in f"{self.count:b}":
            both = v * w - self.lead
            v, w = (both, w * w - 2) if bit == "1" else (v * v - 2, both)
            v, w = v % self.modulus, w % self.modulus
        return (v - self._end()) % self.modulus


class TangentTelescope(Family, domain="precalculus", level=5):
    """A very long sum of arctangents telescopes; its tangent is asked for, exactly."""

    shift: int
    step: int
    terms: int
    wording: int

    naive_program = """
        from mpmath import atan, inf, nsum, tan
        a, b = shift, step
        total = nsum(lambda n: atan(b / (b * b * n * n + b * (2 * a + b) * n + a * a + a * b + 1)), [0, inf])
        print(tan(total))
    """
    solution_program = """
        from fractions import Fraction
        print(Fraction(step * terms, 1 + shift * (shift + step * terms)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(2, 60), random.randint(2, 60), random.randint(10**11, 10**13), random.randrange(2))

    def statement(self) -> str:
        a, b = self.shift, self.step
        ratio = rf"\frac{{{b}}}{{{b * b}n^2 + {b * (2 * a + b)}n + {a * a + a * b + 1}}}"
        if self.wording:
            return (
                rf"Let \[S = \sum_{{n=0}}^{{{self.terms - 1}}} \arctan {ratio}.\] What is $\tan S$? Express your "
                "answer as a common fraction."
            )
        return (
            rf"For each nonnegative integer $n$, let $\theta_n$ be the acute angle with \[\tan \theta_n = {ratio}.\] "
            rf"Find $\tan (\theta_0 + \theta_1 + \cdots + \theta_{{{self.terms - 1}}})$. Express your answer as a "
            "common fraction."
        )

    def answer(self) -> Answer:
        last = self.shift + self.step * self.terms  # the sum is arctan(last) - arctan(shift)
        return Fraction(last - self.shift, 1 + last * self.shift)

    def check(self) -> Answer:
        a, b = self.shift, self.step
        total, found = Fraction(0), []
        for n in range(5):
            term = Fraction(b, b * b * n * n + b * (2 * a + b) * n + a * a + a * b + 1)
            total = (total + term) / (1 - total * term)
            found.append(1 / total)
        slope = 2 * (found[0] - found[1])  # the reciprocals are u + v / m
        if any(found[m - 1] != found[0] - slope + slope / m for m in range(1, 6)):
            return None
        return 1 / (found[0] - slope + slope / self.terms)


class MeanOfCosecants(Family, domain="precalculus", level=5):
    """The mean of squared cosecants over the fractions in lowest terms: a sum over all of them, then Mobius."""

    order: int
    wording: int

    naive_program = """
        from math import gcd, pi, sin
        total = count = 0
        for k in range(1, order):
            if gcd(k, order) == 1:
                total += 1 / sin(pi * k / order) ** 2
                count += 1
        print(total / count)
    """
    solution_program = """
        from fractions import Fraction
        from sympy import factorint
        mean = Fraction(order, 3)
        for p in factorint(order):
            mean *= Fraction(p + 1, p)
        print(mean)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        order = 1
        while order < 10**11:
            order *= random.choice([2, 2, 3, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 101, 103, 107, 211])
        return cls(order, random.randrange(2))

    def statement(self) -> str:
        n = self.order
        if self.wording:
            return (
                rf"Find the average of the numbers $\frac{{1}}{{\sin^2 \frac{{k\pi}}{{{n}}}}}$, where $k$ runs over "
                f"the positive integers less than ${n}$ that have no prime factor in common with it. Express your "
                "answer as an integer or a common fraction."
            )
        return (
            rf"Let $S$ be the set of all positive integers $k < {n}$ for which the fraction $\frac{{k}}{{{n}}}$ is in "
            rf"lowest terms. What is the mean value of $\csc^2 \frac{{k\pi}}{{{n}}}$ over all $k$ in $S$? Express your "
            "answer as an integer or a common fraction."
        )

    def answer(self) -> Answer:
        mean = Fraction(self.order, 3)
        for prime in prime_factors(self.order):
            mean *= Fraction(prime + 1, prime)
        return mean

    def check(self) -> Answer:
        n, terms = self.order, [(1, 1)]
        for prime in prime_factors(n):
            terms += [(divisor * prime, -sign) for divisor, sign in terms]
        count = sum(sign * (n // divisor) for divisor, sign in terms)
        return Fraction(sum(sign * ((n // divisor) ** 2 - 1) for divisor, sign in terms), 3 * count)


class RationalAngle(Family, domain="precalculus", level=5):
    """The numerator of the cosine or sine of a huge multiple of an angle, to a modulus."""

    adjacent: int
    hypotenuse: int
    times: int
    is_sine: bool
    modulus: int
    wording: int

    naive_program = """
        from math import sqrt
        z = complex(adjacent, sqrt(hypotenuse**2 - adjacent**2)) ** times
        print(round(z.imag if is_sine else z.real) % modulus)
    """
    solution_program = """
        from math import isqrt
        p, q = 2 * adjacent, hypotenuse**2
        def multiply(x, y):  # of numbers a + b z, where z^2 = p z - q
            (a, b), (c, d) = x, y
            return (a * c - q * b * d) % modulus, (a * d + b * c + p * b * d) % modulus
        result, z, n = (1, 0), (0, 1), times
        while n:
            if n % 2:
                result = multiply(result, z)
            z, n = multiply(z, z), n // 2
        a, b = result
        print((b * isqrt(q - adjacent**2) if is_sine else a + b * adjacent) % modulus)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        hypotenuse, times = random.randrange(3, 90, 2), random.randint(10**14, 10**16)
        adjacent = random.randint(1, hypotenuse - 1)
        rest = hypotenuse**2 - adjacent**2
        drawn = cls(adjacent, hypotenuse, times, isqrt(rest) ** 2 == rest, random.choice(_MODULI), random.randrange(2))
        return drawn if gcd(adjacent, hypotenuse) == 1 and drawn.answer() > 9 else None

    def statement(self) -> str:
        name, q = "sin" if self.is_sine else "cos", self.hypotenuse
        if self.wording:
            return (
                rf"Let $N = {self.times}$, and let $\theta$ be the acute angle with $\cos \theta = "
                rf"\frac{{{self.adjacent}}}{{{q}}}$. When the point $({q}^N, 0)$ is rotated counterclockwise about the "
                rf"origin by $N\theta$, the ${'y' if self.is_sine else 'x'}$-coordinate of its image is an integer "
                f"$a$. Which number from $0$ to ${self.modulus - 1}$ is congruent to $a$ modulo ${self.modulus}$?"
            )
        return (
            rf"The acute angle $\theta$ satisfies $\cos \theta = \frac{{{self.adjacent}}}{{{q}}}$. Then \[\{name} "
            rf"({self.times}\theta) = \frac{{a}}{{{q}^{{{self.times}}}}},\] where $a$ is an integer. Find the integer "
            rf"$r$ with $0 \le r < {self.modulus}$ such that $a - r$ is divisible by ${self.modulus}$."
        )

    def answer(self) -> Answer:
        p, q, m = self.adjacent, self.hypotenuse, self.modulus
        # Both a_n are of the recurrence a_(n+1) = 2 p a_n - q^2 a_(n-1).
        (_, _), (last, before) = power_of(((2 * p, -q * q), (1, 0)), self.times, m)
        first, zeroth = (isqrt(q * q - p * p), 0) if self.is_sine else (p, 1)
        return (last * first + before * zeroth) % m

    def check(self) -> Answer:
        p, m = self.adjacent, self.modulus
        rest = self.hypotenuse**2 - p**2  # numbers a + b sqrt(-rest)
        a, b = 1, 0
        for bit in f"{self.times:b}":
            a, b = (a * a - rest * b * b) % m, 2 * a * b % m
            if bit == "1":
                a, b = (a * p - rest * b) % m, (a + b * p) % m
        return b * isqrt(rest) % m if self.is_sine else a


class PowersOfWaves(Family, domain="precalculus", level=5):
    """A sum of huge powers of shifted cosines over a regular polygon counts closed walks on it."""

    count: int
    lead: int
    power: int
    modulus: int
    wording: int

    naive_program = """
        from math import cos, pi
        print(round(sum((lead + 2 * cos(2 * pi * k / count)) ** power for k in range(count))) % modulus)
    """
    solution_program = """
        def multiply(x, y):  # polynomials, with t^count = 1
            z = [0] * count
            for i, a in enumerate(x):
                for j, b in enumerate(y):
                    z[(i + j) % count] = (z[(i + j) % count] + a * b) % modulus
            return z
        result, base, n = [1] + [0] * (count - 1), [lead, 1] + [0] * (count - 3) + [1], power
        while n:
            if n % 2:
                result = multiply(result, base)
            base, n = multiply(base, base), n // 2
        print(count * result[0] % modulus)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        count, power = random.choice([5, 7, 8, 9, 10, 11]), random.randint(10**12, 10**15)
        drawn = cls(count, random.randint(1, 9), power, random.choice(_MODULI), random.randrange(2))
        return drawn if drawn.answer() > 9 else None

    def statement(self) -> str:
        n, inner = self.count, rf"{self.lead} + 2 \cos \frac{{2k\pi}}{{{self.count}}}"
        if self.wording:
            return (
                rf"For $k = 1, 2, \dots, {n}$, let $x_k = {inner}$. The number \[x_1^N + x_2^N + \cdots + x_{{{n}}}^N, "
                rf"\quad \text{{where }} N = {self.power},\] is an integer. What is its remainder upon division by "
                f"${self.modulus}$?"
            )
        return (
            rf"The sum \[\sum_{{k=1}}^{{{n}}} \left({inner}\right)^{{{self.power}}}\] is an integer. Find the "
            f"remainder when it is divided by ${self.modulus}$."
        )

    def answer(self) -> Answer:
        n, m = self.count, self.modulus
        result, base, left = [1] + [0] * (n - 1), [self.lead, 1] + [0] * (n - 3) + [1], self.power
        while left:
            if left % 2:
                result = _wrapped(result, base, m)
            base, left = _wrapped(base, base, m), left // 2
        return n * result[0] % m

    def check(self) -> Answer:
        n, m = self.count, self.modulus
        steps = np.eye(n, dtype=np.int64)
        ring = self.lead * steps + np.roll(steps, 1, axis=0) + np.roll(steps, -1, axis=0)
        for bit in f"{self.power:b}":
            steps = steps @ steps % m
            if bit == "1":
                steps = steps @ ring % m
        return int(np.trace(steps)) % m


def _wrapped(one: list[int], other: list[int], modulus: int) -> list[int]:
    n = len(one)
    return [sum(one[i] * other[k - i] for i in range(n)) % modulus for k in range(n)]
