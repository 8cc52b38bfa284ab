"""Number theory, level 5: digits with carries, and remainders in long sums."""

from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer
from pytest_mathbench.families.numeric import floor_sum


class SumOfDigitsKept(Family, domain="number_theory", level=5):
    """Numbers whose multiple has a digit sum in a given relation to their own: digits with carries."""

    factor: int
    length: int
    more: int
    wording: int

    naive_program = """
    def s(n):
        return sum(map(int, str(n)))

    print(sum(s(factor * n) == s(n) + more for n in range(1, 10**length)))
    """
    solution_program = """
    states = {(0, 0): 1}
    for _ in range(length):
        after = {}
        for (carry, difference), ways in states.items():
            for digit in range(10):
                up, below = divmod(factor * digit + carry, 10)
                key = up, difference + below - digit
                after[key] = after.get(key, 0) + ways
        states = after
    total = sum(w for (c, d), w in states.items() if sum(map(int, str(c))) + d == more)
    print(total - (more == 0))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(2, 9), random.randint(12, 17), random.randint(0, 9), random.randint(0, 1))
        return drawn if drawn.more % 3 == 0 or drawn.factor % 3 != 1 else None

    def statement(self) -> str:
        same = f" + {self.more}" if self.more else ""
        if self.wording:
            more = f"${self.more}$ more than" if self.more else "equal to"
            return (
                f"How many positive integers with at most ${self.length}$ digits have the property that, when they are "
                f"multiplied by ${self.factor}$, the sum of the digits of the result is {more} the sum of their own "
                "digits?"
            )
        return (
            "Let $S(n)$ denote the sum of the decimal digits of $n$. How many positive integers $n < "
            f"10^{{{self.length}}}$ satisfy $S({self.factor}n) = S(n){same}$?"
        )

    def answer(self) -> Answer:
        """Keep, for each carry, the numbers of ways by difference, packed into one integer."""
        width, middle = 64, 10 * self.length
        ways = [1 << width * middle] + [0] * (self.factor - 1)
        for _ in range(self.length):
            after = [0] * self.factor
            for carry, packed in enumerate(ways):
                for digit in range(10):
                    up, below = divmod(self.factor * digit + carry, 10)
                    shift = width * (below - digit)
                    after[up] += packed << shift if shift >= 0 else packed >> -shift
            ways = after
        wanted = sum(
            ways[carry] >> width * (middle + self.more - carry) & (1 << width) - 1 for carry in range(self.factor)
        )
        return wanted - (self.more == 0)

    def check(self) -> Answer:
        """Read the digits from the left, each with the carry that it needs from its right."""
        width, middle = 64, 10 * self.length
        ways = [1 << width * (middle + carry) for carry in range(self.factor)]
        for _ in range(self.length):
            after = [0] * self.factor
            for carry in range(self.factor):
                for digit in range(10):
                    up, below = divmod(self.factor * digit + carry, 10)
                    after[carry] += ways[up] << width * 9 >> width * (9 - below + digit)
            ways = after
        return (ways[0] >> width * (middle + self.more)) % (1 << width) - (self.more == 0)


class SmallRemainders(Family, domain="number_theory", level=5):
    """Multiples of a number whose remainders are small: a difference of two sums of floors, as Euclid's algorithm."""

    step: int
    circle: int
    bound: int
    last: int
    wording: int

    naive_program = """
    print(sum(step * k % circle < bound for k in range(1, last + 1)))
    """
    solution_program = """
    def floors(n, m, a, b):  # the sum of (a * k + b) // m for 0 <= k < n
        total = 0
        while True:
            total += n * (n - 1) // 2 * (a // m) + n * (b // m)
            a, b = a % m, b % m
            top = a * n + b
            if top < m:
                return total
            n, b, m, a = top // m, top % m, a, m

    n = last + 1
    count = floors(n, circle, step, 0) - floors(n, circle, step, circle - bound) + n
    print(count - 1)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        circle = random.randint(10**13, 10**14)
        step, last = random.randint(circle // 100, circle // 2), random.randint(10**12, circle // 3)
        drawn = cls(step, circle, circle // random.randint(3, 200), last, random.randint(0, 1))
        return drawn if abs(drawn.answer() - last * drawn.bound // circle) > 1 else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"On a circle, ${self.circle}$ points are numbered in order from $0$ to ${self.circle - 1}$. A token "
                f"starts at point $0$ and makes ${self.last}$ jumps, each of them ${self.step}$ points forward. How "
                f"many of its jumps end at a point whose number is less than ${self.bound}$?"
            )
        return (
            rf"For how many integers $k$ with $1 \le k \le {self.last}$ is the remainder when ${self.step} k$ is "
            f"divided by ${self.circle}$ less than ${self.bound}$?"
        )

    def answer(self) -> Answer:
        high = floor_sum(self.last + 1, self.circle, self.step, 0)
        low = floor_sum(self.last + 1, self.circle, self.step, self.circle - self.bound)
        return high - low + self.last

    def check(self) -> Answer:
        """Sum the floors as the area under a word of steps up and right, which Euclid's algorithm composes."""
        up, right = (1, 0, 0), (0, 1, 0)
        high = _word(self.step, self.circle, 0, self.last, up, right)[2]
        low = _word(self.step, self.circle, self.circle - self.bound, self.last, up, right)[2]
        return high - low + self.last


_Word = tuple[int, int, int]


def _joined(one: _Word, other: _Word) -> _Word:
    """Return the steps up, the steps right, and the sum of heights at steps right, of two words in a row."""
    return one[0] + other[0], one[1] + other[1], one[2] + other[2] + one[0] * other[1]


def _times(word: _Word, number: int) -> _Word:
    up, right, area = word
    return up * number, right * number, area * number + up * right * number * (number - 1) // 2


def _word(slope: int, modulus: int, start: int, last: int, up: _Word, right: _Word) -> _Word:  # noqa: PLR0913, PLR0917
    if last == 0:
        return 0, 0, 0
    if slope >= modulus:
        return _word(slope % modulus, modulus, start, last, up, _joined(_times(up, slope // modulus), right))
    height = (last * slope + start) // modulus
    if height == 0:
        return _times(right, last)
    after = last - (modulus * height - start - 1) // slope
    inner = _word(modulus, slope, (modulus - start - 1) % slope, height - 1, right, up)
    before = _joined(_times(right, (modulus - start - 1) // slope), up)
    return _joined(_joined(before, inner), _times(right, after))
