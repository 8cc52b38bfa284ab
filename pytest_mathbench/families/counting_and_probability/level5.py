"""Counting and probability, level 5: long ranges, patterns that overlap, sticks in pieces."""

from fractions import Fraction
from math import comb, gcd
from operator import mul
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex


class SubsetSums(Family, domain="counting_and_probability", level=5):
    """Subsets of a very long range with a sum of given remainder, counted modulo a prime."""

    size: int
    modulus: int
    residue: int
    prime: int
    story: int

    naive_program = """
    print(pow(2, size, modulus * prime) // modulus)
    """
    solution_program = """
    def times(a, b):
        out = [0] * modulus
        for i, x in enumerate(a):
            for j, y in enumerate(b):
                out[(i + j) % modulus] = (out[(i + j) % modulus] + x * y) % prime
        return out

    def add(ways, element):
        return [(ways[r] + ways[(r - element) % modulus]) % prime for r in range(modulus)]

    one = [1] + [0] * (modulus - 1)
    block = one
    for element in range(1, modulus + 1):
        block = add(block, element)
    result, base, power = one, block, size // modulus
    while power:
        if power & 1:
            result = times(result, base)
        base = times(base, base)
        power >>= 1
    for element in range(1, size % modulus + 1):
        result = add(result, element)
    print(result[residue])
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        size = random.randint(10**12, 10**15)
        modulus = random.choice([5, 7, 9, 11, 13, 15])
        prime = random.choice([10007, 65537, 99991, 100003, 999983, 1000003])
        drawn = cls(size, modulus, random.randrange(modulus), prime, random.randrange(3))
        return sound(drawn) if drawn.answer() != pow(2, size, modulus * prime) // modulus else None

    def statement(self) -> str:
        rest = f"${self.residue}$"
        return (
            rf"Let $N$ be the number of subsets of $\{{1, 2, 3, \ldots, {self.size}\}}$, the empty set (of sum $0$) "
            f"included, the sum of whose elements leaves remainder {rest} on division by ${self.modulus}$. Find the "
            f"remainder when $N$ is divided by ${self.prime}$.",
            f"For each integer $k$ from $1$ to ${self.size}$ there is one card with the number $k$. There are $N$ ways "
            "to choose some of the cards (possibly none, or all) such that the sum of their numbers has the form "
            f"${self.modulus}m + {self.residue}$ with an integer $m$. What remainder does $N$ leave on division by "
            f"${self.prime}$?"
            if self.residue
            else f"For each integer $k$ from $1$ to ${self.size}$ there is one card with the number $k$. There are $N$ "
            "ways to choose some of the cards (possibly none, or all) such that the sum of their numbers is a multiple "
            f"of ${self.modulus}$. What remainder does $N$ leave on division by ${self.prime}$?",
            f"Each of ${self.size}$ lamps, numbered from $1$ to ${self.size}$, is on or off. Find, modulo "
            f"${self.prime}$, the number of states of the lamps in which the sum of the numbers of all lamps that are "
            f"on is congruent to {rest} modulo ${self.modulus}$. Express your answer as an integer from $0$ to "
            f"${self.prime - 1}$.",
        )[self.story]

    def answer(self) -> Answer:
        # By characters: the sum over the roots of unity of each order d, which Ramanujan's sums gather.
        modulus = self.modulus
        left = [1] + [0] * (modulus - 1)
        for element in range(1, self.size % modulus + 1):
            left = [left[rest] + left[(rest - element) % modulus] for rest in range(modulus)]
        total = 0
        for order in (d for d in range(1, modulus + 1) if modulus % d == 0):
            block = pow(2, modulus // order * (self.size // modulus), self.prime)
            total += block * sum(ways * _ramanujan(order, rest - self.residue) for rest, ways in enumerate(left))
        return total * pow(modulus, -1, self.prime) % self.prime

    def check(self) -> Answer:
        modulus, prime = self.modulus, self.prime

        def product(one: list[int], other: list[int]) -> list[int]:
            return [
                sum(one[place] * other[rest - place] for place in range(modulus)) % prime for rest in range(modulus)
            ]

        def subsets(elements: int) -> list[int]:
            ways = [1] + [0] * (modulus - 1)
            for element in range(1, elements + 1):
                ways = [(ways[rest] + ways[(rest - element) % modulus]) % prime for rest in range(modulus)]
            return ways

        ways, base, power = subsets(self.size % modulus), subsets(modulus), self.size // modulus
        while power:
            if power % 2:
                ways = product(ways, base)
            base, power = product(base, base), power // 2
        return ways[self.residue]


def _ramanujan(order: int, shift: int) -> int:
    """Return the sum of the shift-th powers of the primitive roots of unity of an order."""
    common = gcd(order, shift)
    return sum(d * _moebius(order // d) for d in range(1, common + 1) if common % d == 0)


def _moebius(number: int) -> int:
    sign, factor = 1, 2
    while number > 1:
        if number % factor == 0:
            number //= factor
            if number % factor == 0:
                return 0
            sign = -sign
        factor += 1
    return sign


class PatternDuel(Family, domain="counting_and_probability", level=5):
    """Which of two patterns shows first in the flips of a biased coin."""

    first: str
    second: str
    chance: Fraction
    story: int

    naive_program = """
    import random
    wins, games = 0, 2000
    for _ in range(games):
        seen = ""
        while not seen.endswith((first, second)):
            seen += "H" if random.random() < chance else "T"
        wins += seen.endswith(first)
    print(Fraction(wins, games))
    """
    solution_program = """
    from sympy import Matrix, Rational, eye, zeros
    p = Rational(chance.numerator, chance.denominator)
    states = sorted({word[:k] for word in (first, second) for k in range(len(word))})

    def step(state, letter):
        seen = state + letter
        if seen.endswith(first):
            return 1
        if seen.endswith(second):
            return 0
        return max((s for s in states if seen.endswith(s)), key=len)

    a, b = eye(len(states)), zeros(len(states), 1)
    for i, state in enumerate(states):
        for letter, weight in (("H", p), ("T", 1 - p)):
            target = step(state, letter)
            if isinstance(target, str):
                a[i, states.index(target)] -= weight
            else:
                b[i] += weight * target
    print(a.LUsolve(b)[states.index("")])
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        size = random.choice([3, 4, 4, 5])
        first, second = ("".join(random.choice("HT") for _ in range(size)) for _ in range(2))
        chance = Fraction(random.randint(1, 5), random.randint(3, 7))
        if not Fraction(1, 4) <= chance <= Fraction(3, 4) or chance == Fraction(1, 2) or first == second:
            return None
        drawn = cls(first, second, chance, random.randrange(3))
        answer = drawn.answer()
        # not one that a simulation of so many games could hit
        ok = Fraction(1, 50) < answer < Fraction(49, 50) and 10**6 % answer.denominator
        return sound(drawn) if ok else None

    def statement(self) -> str:
        chance = tex(self.chance)
        first, second = rf"$\text{{{self.first}}}$", rf"$\text{{{self.second}}}$"
        return (
            rf"A coin shows heads ($\text{{H}}$) with probability ${chance}$ and tails ($\text{{T}}$) otherwise. It "
            f"is flipped until the last ${len(self.first)}$ results, in order, are {first} or {second}. What is the "
            f"probability that they are {first}? Express your answer as a common fraction.",
            f"Ann and Bob watch the flips of a coin that shows heads with probability ${chance}$. Ann wins as soon as "
            f"the pattern {first} shows in consecutive flips, and Bob wins as soon as {second} does, where "
            r"$\text{H}$ stands for heads and $\text{T}$ for tails. What is the probability that Ann wins? Express "
            "your answer as a common fraction.",
            rf"A random sequence of letters never ends; each letter is $\text{{H}}$ with probability ${chance}$ and "
            r"$\text{T}$ otherwise, independently of the others. What is the probability that the string "
            f"{first} occurs in it earlier than the string {second}? Express your answer as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        # Conway's odds: the overlaps of the end of one word with the start of another.
        def overlap(ending: str, starting: str) -> Fraction:
            total = Fraction()
            for size in range(1, len(starting) + 1):
                if ending[-size:] == starting[:size]:
                    heads = starting[:size].count("H")
                    total += 1 / (self.chance**heads * (1 - self.chance) ** (size - heads))
            return total

        mine = overlap(self.second, self.second) - overlap(self.second, self.first)
        yours = overlap(self.first, self.first) - overlap(self.first, self.second)
        return mine / (mine + yours)

    def check(self) -> Answer:
        # The states of the two patterns' automaton after 2^17 flips, by squaring its matrix.
        words = (self.first, self.second)
        states = sorted({word[:size] for word in words for size in range(len(word) + 1)})
        places = range(len(states))
        steps = [[0.0] * len(states) for _ in places]
        for place, state in enumerate(states):
            if state in words:
                steps[place][place] = 1.0
                continue
            for letter, weight in (("H", float(self.chance)), ("T", float(1 - self.chance))):
                seen = max((known for known in states if (state + letter).endswith(known)), key=len)
                steps[place][states.index(seen)] += weight
        for _ in range(17):
            columns = list(zip(*steps, strict=True))
            steps = [[sum(map(mul, row, column)) for column in columns] for row in steps]
        return steps[states.index("")][states.index(self.first)]


class BrokenStick(Family, domain="counting_and_probability", level=5):
    """A stick broken at several random points: the chance that no piece is too long."""

    cuts: int
    limit: Fraction
    story: int

    naive_program = """
    print(1 - (cuts + 1) * (1 - limit) ** cuts)
    """
    solution_program = """
    from math import comb
    total = 0
    for k in range(cuts + 2):
        if k * limit < 1:
            total += (-1) ** k * comb(cuts + 1, k) * (1 - k * limit) ** cuts
    print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        cuts = random.randint(3, 8)
        limit = Fraction(random.randint(1, 15), random.randint(3, 40))
        ok = Fraction(1, cuts) < limit < Fraction(1, 2)
        return sound(cls(cuts, limit, random.randrange(3))) if ok else None

    def statement(self) -> str:
        limit = tex(self.limit)
        return (
            f"A stick of length $1$ is broken into ${self.cuts + 1}$ pieces at ${self.cuts}$ points that are chosen "
            f"independently and uniformly at random. What is the probability that no piece is longer than ${limit}$? "
            "Express your answer as a common fraction.",
            f"On a circle of circumference $1$, ${self.cuts + 1}$ points are chosen independently and uniformly at "
            f"random. They divide the circle into ${self.cuts + 1}$ arcs. What is the probability that each of the "
            f"arcs has a length of at most ${limit}$? Express your answer as a common fraction.",
            f"During one hour, ${self.cuts}$ buses pass a stop, at times that are independent and uniformly "
            "distributed over the hour. Find the probability that this hour contains no interval longer than "
            f"${limit}$ of an hour in which no bus passes. Express your answer as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        pieces = self.cuts + 1
        terms = ((-1) ** k * comb(pieces, k) * (1 - k * self.limit) ** self.cuts for k in range(pieces + 1))
        return sum((term for k, term in enumerate(terms) if k * self.limit < 1), Fraction())

    def check(self) -> Answer:
        # The density of the sum of pieces, each at most the limit, as a spline.
        width, pieces = float(self.limit), self.cuts + 1
        density = _spline(1.0 / width, pieces) * width ** (pieces - 1)
        for factor in range(2, pieces):
            density *= factor
        return density


def _spline(x: float, order: int) -> float:
    """Return the density at x of the sum of so many uniform variables (Cox and de Boor)."""
    values = [1.0 if k <= x < k + 1 else 0.0 for k in range(order)]
    for degree in range(1, order):
        values = [((x - k) * values[k] + (k + degree + 1 - x) * values[k + 1]) / degree for k in range(order - degree)]
    return values[0]
