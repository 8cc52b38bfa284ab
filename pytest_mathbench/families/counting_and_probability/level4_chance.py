"""Counting and probability, level 4: expected times and continuous chances where the quick formula is wrong."""

from fractions import Fraction
from itertools import combinations
from math import comb, factorial, prod
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex


class PatternWait(Family, domain="counting_and_probability", level=4):
    """The expected number of flips of a biased coin until a pattern that overlaps itself shows."""

    pattern: str
    chance: Fraction
    story: int

    naive_program = """
    p, expected = chance, Fraction(1)
    for letter in pattern:
        expected /= p if letter == "H" else 1 - p
    print(expected)
    """
    solution_program = """
    expected = Fraction(0)
    for size in range(1, len(pattern) + 1):
        if pattern[:size] == pattern[-size:]:
            weight = Fraction(1)
            for letter in pattern[:size]:
                weight *= chance if letter == "H" else 1 - chance
            expected += 1 / weight
    print(expected)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        pattern = "".join(random.choice("HT") for _ in range(random.randint(4, 7)))
        chance = Fraction(random.randint(1, 6), random.randint(3, 8))
        overlaps = any(pattern[:size] == pattern[-size:] for size in range(1, len(pattern)))
        ok = chance < 1 and chance != Fraction(1, 2) and len(set(pattern)) == 2 and overlaps
        return sound(cls(pattern, chance, random.randrange(3))) if ok else None

    def statement(self) -> str:
        chance, size = tex(self.chance), len(self.pattern)
        return (
            f"A coin shows heads with probability ${chance}$ and tails otherwise. It is flipped again and again "
            rf"until the last ${size}$ results, in order, are $\text{{{self.pattern}}}$, where $\text{{H}}$ stands "
            "for heads "
            r"and $\text{T}$ for tails. What is the expected number of flips? Express your answer as a common "
            "fraction.",
            r"A machine prints an endless row of letters; each of them, independently of the others, is $\text{H}$ "
            "with "
            rf"probability ${chance}$ and $\text{{T}}$ otherwise. It is stopped as soon as the string "
            rf"$\text{{{self.pattern}}}$ has been printed in consecutive places. Find the expected number of letters "
            "printed, as a common fraction.",
            f"In each round, Hugo beats Tina with probability ${chance}$, and otherwise Tina wins; the rounds are "
            "independent. On average, how many rounds are played until the initials of the winners of the last "
            rf"${size}$ rounds, in order, read $\text{{{self.pattern}}}$? Express your answer as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        # Conway: one term for each border of the pattern.
        total = Fraction()
        for size in range(1, len(self.pattern) + 1):
            if self.pattern.endswith(self.pattern[:size]):
                heads = self.pattern[:size].count("H")
                total += 1 / (self.chance**heads * (1 - self.chance) ** (size - heads))
        return total

    def check(self) -> Answer:
        size = len(self.pattern)

        def after(state: int, result: str) -> int:
            seen = self.pattern[:state] + result
            return next(k for k in range(min(size, len(seen)), -1, -1) if seen.endswith(self.pattern[:k]))

        # Expected flips from each state, as a + b E_0, state after state.
        values = [(Fraction(0), Fraction(1))]
        for state in range(size):
            result = self.pattern[state]
            right = self.chance if result == "H" else 1 - self.chance
            back = values[after(state, "T" if result == "H" else "H")]
            a, b = values[state]
            values.append(((a - 1 - (1 - right) * back[0]) / right, (b - (1 - right) * back[1]) / right))
        a, b = values[size]
        return -a / b


class FlippedLamps(Family, domain="counting_and_probability", level=4):
    """A random walk on the corners of a cube of many dimensions: too many states, but only the distance counts."""

    lamps: int
    lit: int
    story: int

    naive_program = """
    import numpy as np
    size = 2**lamps
    a, b = np.eye(size), np.ones(size)
    b[0] = 0
    for state in range(1, size):
        for lamp in range(lamps):
            a[state, state ^ (1 << lamp)] -= 1 / lamps
    print(np.linalg.solve(a, b)[2**lit - 1])
    """
    solution_program = """
    from fractions import Fraction
    down = Fraction(1)  # expected steps from j to j - 1 lit lamps, for j = lamps first
    total = Fraction(0)
    for j in range(lamps, 0, -1):
        if j < lamps:
            down = (lamps + (lamps - j) * down) / j
        if j <= lit:
            total += down
    print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        lamps = random.randint(20, 36)
        return sound(cls(lamps, random.randint(2, lamps - 2), random.randrange(3)))

    def statement(self) -> str:
        n, lit = self.lamps, self.lit
        return (
            f"Of ${n}$ lamps, ${lit}$ are on and the others are off. Each minute, one of the ${n}$ lamps is chosen at "
            "random, and its state is changed: on to off, or off to on. What is the expected number of minutes until "
            "all the lamps are off for the first time? Express your answer as a common fraction.",
            f"A bug sits on a vertex of a cube in ${n}$ dimensions, whose vertices are the points with all ${n}$ "
            f"coordinates $0$ or $1$; ${lit}$ of the bug's coordinates are $1$. In each step it moves along a random "
            "edge to a neighboring vertex. What is the expected number of steps until it is at the origin for the "
            "first time? Express your answer as a common fraction.",
            f"A memory holds ${n}$ binary digits, of which ${lit}$ are $1$ and the others are $0$. Each second, a "
            f"fault turns one of the ${n}$ digits, chosen at random, from $0$ to $1$ or from $1$ to $0$. What is the "
            "expected number of seconds until all digits are $0$ for the first time? Express your answer as a common "
            "fraction.",
        )[self.story]

    def answer(self) -> Answer:
        n = self.lamps
        down, total = Fraction(1), Fraction()
        for lit in range(n, 0, -1):
            if lit < n:
                down = (n + (n - lit) * down) / lit
            if lit <= self.lit:
                total += down
        return total

    def check(self) -> Answer:
        # E_0 = 0, E_1 = t, and E_k = 1 + (k E_{k-1} + (n - k) E_{k+1}) / n; t follows from E_n = 1 + E_{n-1}.
        n = self.lamps
        rows = [(Fraction(0), Fraction(0)), (Fraction(0), Fraction(1))]
        for k in range(1, n):
            (a, b), (c, d) = rows[k], rows[k - 1]
            rows.append(((n * (a - 1) - k * c) / (n - k), (n * b - k * d) / (n - k)))
        unknown = (1 + rows[n - 1][0] - rows[n][0]) / (rows[n][1] - rows[n - 1][1])
        return rows[self.lit][0] + rows[self.lit][1] * unknown


class PacksOfCards(Family, domain="counting_and_probability", level=4):
    """A collection completed by packs of different cards: not the sum for single cards, divided."""

    kinds: int
    owned: int
    pack: int
    story: int

    naive_program = """
    from fractions import Fraction
    print(sum(Fraction(kinds, missing) for missing in range(1, kinds - owned + 1)) / pack)
    """
    solution_program = """
    from fractions import Fraction
    from math import comb
    expected = [Fraction(0)]
    for missing in range(1, kinds - owned + 1):
        every = comb(kinds, pack)
        stay = comb(kinds - missing, pack)
        total = Fraction(every)
        for new in range(1, min(pack, missing) + 1):
            total += comb(missing, new) * comb(kinds - missing, pack - new) * expected[missing - new]
        expected.append(total / (every - stay))
    print(expected[-1])
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        kinds = random.randint(6, 16)
        return sound(cls(kinds, random.randint(1, kinds - 3), random.randint(2, 4), random.randrange(3)))

    def statement(self) -> str:
        n, k, own = self.kinds, self.pack, self.owned
        have = "one of them" if own == 1 else f"${own}$ of them"
        cards = have if own == 1 else f"{have} (all different)"
        return (
            f"A series consists of ${n}$ different cards. They are sold in packs of ${k}$ different cards, each set "
            f"of ${k}$ cards being equally likely. Nora owns {cards} and buys packs until she has the whole series. "
            "What is the expected number of packs that she buys? Express your answer as a common fraction.",
            f"A quiz has a stock of ${n}$ questions. Each day, ${k}$ different questions are drawn from it at random, "
            f"independently of other days. At first, Paul knows {have[:-8]} of the ${n}$ questions, and he learns "
            "each of the others when it is drawn. After how many days, on average, will he know them all? Express "
            "your answer as a common fraction.",
            f"In a choir of ${n}$ people, {have} already {'has' if own == 1 else 'have'} a medal. At each concert, "
            f"${k}$ different members are drawn at random, and each of these who does not yet have a medal gets one. "
            "What is the expected number of concerts until everyone has a medal? Express your answer as a common "
            "fraction.",
        )[self.story]

    def answer(self) -> Answer:
        # The maximum of the waiting times, by inclusion and exclusion.
        missing, every = self.kinds - self.owned, comb(self.kinds, self.pack)
        terms = (
            (-1) ** (j + 1) * comb(missing, j) * Fraction(every, every - comb(self.kinds - j, self.pack))
            for j in range(1, missing + 1)
        )
        return sum(terms, Fraction())

    def check(self) -> Answer:
        expected = [Fraction()]
        every = comb(self.kinds, self.pack)
        for missing in range(1, self.kinds - self.owned + 1):
            known = self.kinds - missing
            total = Fraction(every)
            for new in range(1, min(self.pack, missing) + 1):
                total += comb(missing, new) * comb(known, self.pack - new) * expected[missing - new]
            expected.append(total / (every - comb(known, self.pack)))
        return expected[-1]


class SumOfUniforms(Family, domain="counting_and_probability", level=4):
    """The chance that a sum of uniform variables is small: a simplex that sticks out of its box."""

    sides: tuple[int, ...]
    most: int
    story: int

    naive_program = """
    from fractions import Fraction
    from math import factorial, prod
    print(Fraction(most ** len(sides), factorial(len(sides)) * prod(sides)))
    """
    solution_program = """
    from fractions import Fraction
    from itertools import combinations
    from math import factorial, prod
    n = len(sides)
    volume = 0
    for size in range(n + 1):
        for over in combinations(sides, size):
            if sum(over) < most:
                volume += (-1) ** size * (most - sum(over)) ** n
    print(Fraction(volume, factorial(n) * prod(sides)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        sides = tuple(sorted(random.randint(2, 9) for _ in range(random.randint(3, 5))))
        most = random.randint(sides[1] + 1, sum(sides) * 2 // 3)
        # not half the greatest sum, where symmetry alone gives 1/2
        ok = len(set(sides)) > 1 and 2 * most != sum(sides)
        return sound(cls(sides, most, random.randrange(3))) if ok else None

    def statement(self) -> str:
        letters = "abcde"[: len(self.sides)]
        ranges = ", ".join(f"$[0,{side}]$" for side in self.sides)
        times = ", ".join(f"${side}$" for side in self.sides[:-1]) + f", and ${self.sides[-1]}$"
        total = " + ".join(letters)
        return (
            f"The real numbers ${', '.join(letters)}$ are chosen independently and uniformly at random from the "
            rf"intervals {ranges}, in this order. What is the probability that ${total} \le {self.most}$? Express "
            "your answer as a common fraction.",
            f"A journey consists of ${len(self.sides)}$ stages. The delays on them are independent and uniformly "
            f"distributed between $0$ and {times} minutes, respectively. What is the probability that the total delay "
            f"is at most ${self.most}$ minutes? Express your answer as a common fraction.",
            f"A bucket holds ${self.most}$ liters. It is empty at first; then ${len(self.sides)}$ random amounts of "
            f"water are poured in, independent and uniformly distributed between $0$ and {times} liters, "
            "respectively. What is the probability that the bucket does not overflow? Express your answer as a "
            "common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        n, volume = len(self.sides), 0
        for size in range(n + 1):
            for over in combinations(self.sides, size):
                volume += (-1) ** size * max(self.most - sum(over), 0) ** n
        return Fraction(volume, factorial(n) * prod(self.sides))

    def check(self) -> Answer:
        # The distribution, a polynomial on each unit interval, is averaged over the length of one side after another.
        steps = [[Fraction(1)] for _ in range(self.most + 1)]
        for side in self.sides:
            integrals: list[list[Fraction]] = []
            before = Fraction()
            for step in steps:
                integral = [before, *(term / (power + 1) for power, term in enumerate(step))]
                integrals.append(integral)
                before = sum(integral, Fraction())
            steps = []
            for place, integral in enumerate(integrals):
                old = integrals[place - side] if place >= side else [Fraction()] * len(integral)
                steps.append([(a - b) / side for a, b in zip(integral, old, strict=True)])
        return steps[self.most][0]
