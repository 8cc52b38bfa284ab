"""Counting and probability, level 5: huge numbers of steps that a recurrence, a period or a rank replaces."""

from itertools import combinations_with_replacement, product
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_COLORS = ("red", "white", "blue", "green")


class ColoredWheel(Family, domain="counting_and_probability", level=5):
    """A wheel of very many sectors, some pairs of colors never side by side: a trace of a power."""

    sectors: int
    forbidden: tuple[tuple[int, int], ...]
    prime: int
    story: int

    naive_program = """
    import numpy as np
    allowed = np.ones((4, 4), dtype=np.int64)
    for a, b in forbidden:
        allowed[a, b] = allowed[b, a] = 0
    print(int(np.trace(np.linalg.matrix_power(allowed, sectors))) % prime)
    """
    solution_program = """
    def times(a, b):
        return [[sum(x * y for x, y in zip(row, column)) % prime for column in zip(*b)] for row in a]

    allowed = [[int((a, b) not in forbidden and (b, a) not in forbidden) for b in range(4)] for a in range(4)]
    result = [[int(i == j) for j in range(4)] for i in range(4)]
    power = sectors
    while power:
        if power & 1:
            result = times(result, allowed)
        allowed = times(allowed, allowed)
        power >>= 1
    print(sum(result[i][i] for i in range(4)) % prime)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        pairs = list(combinations_with_replacement(range(4), 2))
        forbidden = tuple(sorted(random.sample(pairs, random.randint(3, 5))))
        prime = random.choice([10007, 65537, 99991, 100003, 999983, 1000003])
        drawn = cls(random.randint(10**11, 10**12), forbidden, prime, random.randrange(2))
        degrees = [sum(drawn._allowed(one, other) for other in range(4)) for one in range(4)]
        ok = min(degrees) >= 1 and max(degrees) >= 3 and len(set(degrees)) > 1 and drawn._connected()
        return sound(drawn) if ok else None

    def _allowed(self, one: int, other: int) -> bool:
        return (min(one, other), max(one, other)) not in self.forbidden

    def _connected(self) -> bool:
        """Tell whether each color can lead to each other one, so that the wheel is no sum of simpler ones."""
        reached = {0}
        for _ in range(3):
            reached |= {new for old in reached for new in range(4) if self._allowed(old, new)}
        return len(reached) == 4

    def statement(self) -> str:
        def pair(one: int, other: int) -> str:
            if one == other:
                return f"two {_COLORS[one]} ones"
            return f"a {_COLORS[one]} and a {_COLORS[other]} one"

        pairs = "; ".join(pair(*each) for each in self.forbidden)
        return (
            f"A wheel is divided into ${self.sectors}$ sectors, numbered in order around it. Each sector is painted "
            f"red, white, blue, or green, and no two neighboring sectors may be any of the following: {pairs}. Let "
            "$N$ be the number of ways to paint the wheel (not every color need be used). Find the remainder when "
            f"$N$ is divided by ${self.prime}$.",
            f"Around a circular race track stand ${self.sectors}$ flags, at numbered places. Each flag is red, white, "
            f"blue, or green; the colors need not all occur. The following may never stand side by side: {pairs}. The "
            "colors of all the flags can be chosen in $N$ ways. What remainder does $N$ leave on division by "
            f"${self.prime}$?",
        )[self.story]

    def answer(self) -> Answer:
        # The traces of the powers obey the characteristic polynomial (Newton): x^n modulo that polynomial.
        matrix = [[int(self._allowed(one, other)) for other in range(4)] for one in range(4)]
        traces, power = [4], matrix
        for _ in range(4):
            traces.append(sum(power[place][place] for place in range(4)))
            columns = list(zip(*matrix, strict=True))
            power = [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in power]
        elementary = [1]
        for size in range(1, 5):
            newton = sum((-1) ** (k - 1) * elementary[size - k] * traces[k] for k in range(1, size + 1))
            elementary.append(newton // size)
        recurrence = [(-1) ** k * elementary[k + 1] for k in range(4)]  # t_n = sum of r_k t_{n-1-k}

        def reduced(terms: list[int]) -> list[int]:
            terms = terms[:]
            while len(terms) > 4:
                top = terms.pop()
                for k in range(4):
                    terms[-1 - k] = (terms[-1 - k] + top * recurrence[k]) % self.prime
            return terms

        rest = [1, 0, 0, 0]
        for bit in f"{self.sectors:b}":
            square = [0] * 7
            for i, j in product(range(4), repeat=2):
                square[i + j] += rest[i] * rest[j]
            rest = reduced(square)
            if bit == "1":
                rest = reduced([0, *rest])
        return sum(a * b for a, b in zip(rest, traces[:4], strict=True)) % self.prime

    def _times(self, one: list[list[int]], other: list[list[int]]) -> list[list[int]]:
        columns = list(zip(*other, strict=True))
        return [
            [sum(a * b for a, b in zip(row, column, strict=True)) % self.prime for column in columns] for row in one
        ]

    def check(self) -> Answer:
        matrix = [[int(self._allowed(one, other)) for other in range(4)] for one in range(4)]
        power = [[int(one == other) for other in range(4)] for one in range(4)]
        for bit in f"{self.sectors:b}":
            power = self._times(power, power)
            if bit == "1":
                power = self._times(power, matrix)
        return sum(power[place][place] for place in range(4)) % self.prime


class NumberInOrder(Family, domain="counting_and_probability", level=5):
    """The number at a far place among those whose neighboring digits obey a rule."""

    rule: str
    bound: int
    place: int
    story: int

    naive_program = """
    from itertools import count
    rank = 0
    for number in count(1):
        digits = [int(d) for d in str(number)]
        pairs = list(zip(digits, digits[1:]))
        if rule == "apart":
            good = all(abs(a - b) >= bound for a, b in pairs)
        elif rule == "close":
            good = all(abs(a - b) <= bound for a, b in pairs)
        else:
            good = all(a + b <= bound for a, b in pairs)
        rank += good
        if rank == place:
            print(number)
            break
    """
    solution_program = """
    def good(a, b):
        if rule == "apart":
            return abs(a - b) >= bound
        if rule == "close":
            return abs(a - b) <= bound
        return a + b <= bound

    follow = [[b for b in range(10) if good(a, b)] for a in range(10)]
    ways = [[1] * 10]
    left, length = place, 1
    while left > sum(ways[-1][1:]):
        left -= sum(ways[-1][1:])
        ways.append([sum(ways[-1][b] for b in follow[a]) for a in range(10)])
        length += 1
    number, choices = "", range(1, 10)
    for size in range(length - 1, -1, -1):
        for digit in choices:
            if left <= ways[size][digit]:
                break
            left -= ways[size][digit]
        number += str(digit)
        choices = follow[digit]
    print(number)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        rule = random.choice(["apart", "close", "sum"])
        low, high = {"apart": (2, 4), "close": (3, 6), "sum": (7, 12)}[rule]
        drawn = cls(rule, random.randint(low, high), random.randint(10**10, 10**13), random.randrange(2))
        return sound(drawn)

    def statement(self) -> str:
        rule = {
            "apart": f"differ by at least ${self.bound}$",
            "close": f"differ by at most ${self.bound}$",
            "sum": f"have a sum of at most ${self.bound}$",
        }[self.rule]
        return (
            f"Consider all positive integers in which any two neighboring digits {rule}. They are listed in "
            f"increasing order, beginning with $1, 2, \\ldots, 9$. Which integer is number ${self.place}$ on the list?",
            rf"Call a positive integer smooth if any two neighboring digits in it {rule}. (So each of $1, 2, \ldots, "
            f"9$ is smooth.) Find the smooth integer that is larger than exactly ${self.place - 1}$ other smooth "
            "integers.",
        )[self.story]

    def _good(self, one: int, other: int) -> bool:
        if self.rule == "sum":
            return one + other <= self.bound
        return abs(one - other) >= self.bound if self.rule == "apart" else abs(one - other) <= self.bound

    def answer(self) -> Answer:
        follow = [[other for other in range(10) if self._good(one, other)] for one in range(10)]
        ways = [[1] * 10]
        left = self.place
        while left > sum(ways[-1][1:]):
            left -= sum(ways[-1][1:])
            ways.append([sum(ways[-1][other] for other in follow[one]) for one in range(10)])
        number, choices = 0, list(range(1, 10))
        for row in reversed(ways):
            for digit in choices:
                if left <= row[digit]:
                    number, choices = 10 * number + digit, follow[digit]
                    break
                left -= row[digit]
        return number

    def check(self) -> Answer:
        # Bisection over the numbers up to x: those that are shorter, and those that fall below x at each digit.
        good = [[other for other in range(10) if self._good(one, other)] for one in range(10)]
        rows = [[1] * 10]
        for _ in range(20):
            rows.append([sum(rows[-1][other] for other in good[one]) for one in range(10)])
        shorter = [0]
        for row in rows:
            shorter.append(shorter[-1] + sum(row[1:]))

        def up_to(most: int) -> int:
            digits = list(map(int, str(most)))
            total, choices = shorter[len(digits) - 1], list(range(1, 10))
            for position, digit in enumerate(digits):
                total += sum(rows[len(digits) - 1 - position][new] for new in choices if new < digit)
                if digit not in choices:
                    return total
                choices = good[digit]
            return total + 1

        low, high = 1, 10**20
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if up_to(middle) >= self.place else (middle + 1, high)
        return low
