"""Number theory, level 4: numbers built from their primes."""

from collections.abc import Iterator
from functools import cache
from math import prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed


class SquareAndCube(Family, domain="number_theory", level=4):
    """One multiple of a number is a square and another a cube: exponents modulo 2 and 3."""

    to_square: int
    to_cube: int
    wording: int

    naive_program = """
    from itertools import count
    from math import isqrt
    for root in count(1):
        n, rest = divmod(root**3, to_cube)
        if rest == 0 and isqrt(to_square * n) ** 2 == to_square * n:
            break
    print(n)
    """
    solution_program = """
    from sympy import factorint
    square, cube = factorint(to_square), factorint(to_cube)
    n = 1
    for p in {*square, *cube}:
        n *= p ** next(e for e in range(6) if (e + square.get(p, 0)) % 2 == 0 and (e + cube.get(p, 0)) % 3 == 0)
    print(n)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(20, 1500), random.randint(10**5, 5 * 10**6), random.randint(0, 1))
        number = drawn.answer()
        # both roots are too far for a loop, and the cubes are not only the multiples of to_cube
        far = drawn.to_cube * number > (2 * 10**8) ** 3 and number > drawn.to_square * 10**16
        return drawn if far and number < 10**20 and number % drawn.to_cube**2 else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"A positive integer is called lucky if ${self.to_square}$ times the integer is the square of an "
                f"integer and ${self.to_cube}$ times the integer is the cube of an integer. What is the smallest lucky "
                "integer?"
            )
        return (
            f"What is the smallest positive integer $n$ for which ${self.to_square}n$ is a perfect square and "
            f"${self.to_cube}n$ is a perfect cube?"
        )

    def answer(self) -> Answer:
        square, cube = sympy.factorint(self.to_square), sympy.factorint(self.to_cube)
        return prod(
            prime ** next(e for e in range(6) if (e + square.get(prime, 0)) % 2 == (e + cube.get(prime, 0)) % 3 == 0)
            for prime in {*square, *cube}
        )

    def check(self) -> Answer:
        """Give each prime factor in turn the exponent that the Chinese remainder theorem names."""
        found, rest, prime = 1, self.to_square * self.to_cube, 2
        while rest > 1:
            if rest % prime:
                prime = prime + 1 if (prime + 1) ** 2 <= rest else rest
                continue
            exponents = []
            for number in (self.to_square, self.to_cube):
                exponent = 0
                while number % prime ** (exponent + 1) == 0:
                    exponent += 1
                exponents.append(exponent)
            found *= prime ** ((-3 * exponents[0] - 4 * exponents[1]) % 6)
            rest //= prime ** sum(exponents)
        return found


class TotientValue(Family, domain="number_theory", level=4):
    """The sum of all numbers with a given totient, by the divisors of the totient."""

    totient: int
    largest: bool

    naive_program = """
    from itertools import count
    from sympy import totient as phi
    found = [n for n in range(totient + 1, 6 * totient) if phi(n) == totient]
    print(max(found) if largest else sum(found))
    """
    solution_program = """
    from sympy import divisors, isprime

    def preimages(value, above):
        found = [1] if value == 1 else []
        for d in divisors(value):
            p = d + 1
            if p > above and isprime(p):
                rest, power = value // d, p
                while True:
                    found += [power * n for n in preimages(rest, p)]
                    if rest % p:
                        break
                    rest, power = rest // p, power * p
        return found

    found = preimages(totient, 1)
    print(max(found) if largest else sum(found))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        large, small = (
            sympy.nextprime(random.randint(10**9, 10**10)),
            random.choice([2, 4, 6, 10, 12, 16, 18, 22, 28, 30]),
        )
        if not sympy.isprime(large * small + 1):
            return None
        totient = large * small * random.choice([4, 6, 8, 12, 16, 18, 20, 24])
        if len(_with_totient(totient)) not in range(4, 40):
            return None
        return cls(totient, random.random() < 0.5)

    def statement(self) -> str:
        start = f"For some positive integers $n$, exactly ${self.totient}$ of the integers $1, 2, 3, \\ldots, n$ are "
        if self.largest:
            return f"{start}relatively prime to $n$. What is the largest such integer $n$?"
        return f"{start}relatively prime to $n$. What is the sum of all such integers $n$?"

    def answer(self) -> Answer:
        found = _with_totient(self.totient)
        return max(found) if self.largest else sum(found)

    def check(self) -> Answer:
        """Add one prime after the other to the numbers whose totients divide the given one."""
        wanted = self.totient
        found: dict[int, list[int]] = {1: [1]}
        for divisor in sympy.divisors(wanted):
            if not sympy.isprime(divisor + 1):
                continue
            after = {totient: list(numbers) for totient, numbers in found.items()}
            power, value = divisor + 1, divisor
            while wanted % value == 0:
                for totient, numbers in found.items():
                    if wanted % (totient * value) == 0:
                        after.setdefault(totient * value, []).extend(number * power for number in numbers)
                power, value = power * (divisor + 1), value * (divisor + 1)
            found = after
        return max(found[wanted]) if self.largest else sum(found[wanted])


@cache
def _with_totient(totient: int) -> tuple[int, ...]:
    """Return the numbers with a totient."""
    primes = [divisor + 1 for divisor in sympy.divisors(totient) if sympy.isprime(divisor + 1)]
    return tuple(_made_of(totient, primes))


def _made_of(totient: int, primes: list[int]) -> Iterator[int]:
    """Yield the numbers with a totient that are made of some of these primes, in rising order."""
    if totient == 1:
        yield 1
    for place, prime in enumerate(primes):
        if prime > totient + 1:
            break
        rest, uneven = divmod(totient, prime - 1)
        power = prime
        while not uneven:
            for number in _made_of(rest, primes[place + 1 :]):
                yield power * number
            (rest, uneven), power = divmod(rest, prime), power * prime


class ExactlySoManyDivisors(Family, domain="number_theory", level=4):
    """The smallest number with a given number of divisors: the primes of that number need not be the exponents."""

    divisors: int
    avoided: tuple[int, ...]

    naive_program = """
    from sympy import factorint, nextprime
    exponents = sorted((q - 1 for q, times in factorint(divisors).items() for _ in range(times)), reverse=True)
    n, p = 1, 1
    for e in exponents:
        p = nextprime(p)
        while p in avoided:
            p = nextprime(p)
        n *= p**e
    print(n)
    """
    solution_program = """
    from sympy import primerange
    primes = [p for p in primerange(2, 80) if p not in avoided]

    def least(count, place, highest):
        if count == 1:
            return 1
        options = []
        for e in range(1, highest + 1):
            if count % (e + 1) == 0 and place < len(primes):
                rest = least(count // (e + 1), place + 1, e)
                if rest:
                    options.append(primes[place] ** e * rest)
        return min(options, default=None)

    print(least(divisors, 0, divisors))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        divisors = random.choice(_SMOOTH)
        avoided = tuple(sorted(random.sample([2, 3, 5, 7, 11, 13, 17], random.choice([0, 1, 2, 2, 3, 3]))))
        drawn = cls(divisors, avoided)
        fine = drawn.answer() in range(10**11, 10**20)
        return drawn if fine and drawn.answer() < drawn._greedy() else None

    def _primes(self) -> list[int]:
        return [prime for prime in _PRIMES if prime not in self.avoided]

    def _greedy(self) -> int:
        factors = [prime for prime, times in sympy.factorint(self.divisors).items() for _ in range(times)]
        return prod(prime ** (q - 1) for prime, q in zip(self._primes(), sorted(factors, reverse=True), strict=False))

    def statement(self) -> str:
        if not self.avoided:
            return f"What is the smallest positive integer that has exactly ${self.divisors}$ positive divisors?"
        if len(self.avoided) == 1:
            return (
                f"A positive integer has exactly ${self.divisors}$ positive divisors, and ${self.avoided[0]}$ is not "
                "among them. What is the smallest possible value of the integer?"
            )
        condition = f"that is not divisible by any of the primes {listed(self.avoided, 'or')}"
        if len(self.avoided) == 2:
            condition = f"that is divisible neither by ${self.avoided[0]}$ nor by ${self.avoided[1]}$"
        return f"Find the smallest positive integer {condition} and has exactly ${self.divisors}$ positive divisors."

    def answer(self) -> Answer:
        return _least(self.divisors, tuple(self._primes()), self.divisors)

    def check(self) -> Answer:
        """Go through the primes, keeping the least number for each number of divisors that divides the given one."""
        least = {1: 1}
        for prime in self._primes():
            after: dict[int, int] = {}
            for divisors, number in least.items():
                for factor in _divisors(self.divisors // divisors):
                    candidate = number * prime ** (factor - 1)
                    if candidate > _HIGHEST:
                        break
                    key = divisors * factor
                    if key not in after or candidate < after[key]:
                        after[key] = candidate
            least = after
        return least[self.divisors]


_PRIMES = tuple(sympy.primerange(2, 54))
_SMOOTH = tuple(number for number in range(64, 12000) if 2**12 * 3**5 * 5**3 * 7**2 % number == 0)


_HIGHEST = 10**20


@cache
def _divisors(number: int) -> tuple[int, ...]:
    return tuple(sympy.divisors(number))


@cache
def _least(divisors: int, primes: tuple[int, ...], highest: int) -> int:
    """Return the least number with so many divisors, made of these primes, the exponents not rising; 0 for none."""
    if divisors == 1:
        return 1
    best = 0
    if primes:
        for factor in _divisors(divisors)[1:]:
            power = primes[0] ** (factor - 1)
            if factor > highest or power > (best or _HIGHEST):
                break
            rest = _least(divisors // factor, primes[1:], factor)
            if rest and not 0 < best <= power * rest:
                best = power * rest
    return best
