"""Prealgebra, level 5: a pattern or a long chain of steps, where trying everything would never end."""

from collections import Counter
from fractions import Fraction
from functools import cache
from math import factorial, pi, prod
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex

_COUNTS = {3: "Three", 4: "Four", 5: "Five"}


class MultipleAtPosition(Family, domain="prealgebra", level=5):
    """All multiples of a number are written one after another: which of them is at a far position."""

    divisor: int
    position: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(3, 19), random.randint(10**16, 10**18))

    def statement(self) -> str:
        start = "".join(str(self.divisor * number) for number in range(1, 8))
        return (
            f"The positive multiples of ${self.divisor}$ are written one after another in increasing order, without "
            rf"spaces, so that the digits \[{start}\ldots\] "
            f"result. Counted from the left, the first digit is in position $1$. To which multiple of ${self.divisor}$ "
            f"does the digit in position ${self.position}$ belong?"
        )

    def answer(self) -> Answer:
        index = self.position - 1
        length = 1
        while True:
            before = (10 ** (length - 1) - 1) // self.divisor
            count = (10**length - 1) // self.divisor - before
            if index < length * count:
                return self.divisor * (before + 1 + index // length)
            index -= length * count
            length += 1

    def check(self) -> Answer:
        def written(multiples: int) -> int:
            """Count the digits of so many multiples: those with a first digit, with a second, and so on."""
            last = self.divisor * multiples
            return sum(multiples - (10**place - 1) // self.divisor for place in range(len(str(last))))

        low, high = 0, 10**18
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if written(middle) >= self.position else (middle, high)
        return self.divisor * high


class NestedSquares(Family, domain="prealgebra", level=5):
    """Squares and circles inside one another without end: the area between each circle and the next square."""

    side: int
    ratio: Fraction

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        ratio = Fraction(random.randint(1, 8), random.randint(2, 12))
        return cls(random.randint(6, 120), ratio) if Fraction(1, 5) < ratio < Fraction(7, 10) else None

    def statement(self) -> str:
        return (
            f"A square with sides of length ${self.side}$ is drawn, and a circle is inscribed in it. Inside this "
            "circle a "
            f"second square with the same center is drawn, whose sides are ${tex(self.ratio)}$ as long as the sides "
            "of "
            "the first square, and a circle is inscribed in the second square. This goes on without end: inside each "
            f"circle a square with the same center is drawn, whose sides are ${tex(self.ratio)}$ as long as the "
            "sides of "
            "the square before, and a circle is inscribed in it. For every circle, the region inside the circle and "
            "outside the next smaller square is painted blue. What is the total blue area? Express your answer in "
            "terms "
            r"of $\pi$."
        )

    def answer(self) -> Answer:
        shrunk = sympy.Rational(self.ratio.numerator, self.ratio.denominator) ** 2
        return sympy.expand(self.side**2 * (sympy.pi / 4 - shrunk) / (1 - shrunk))

    def check(self) -> Answer:
        side, total = float(self.side), 0.0
        while side > 1e-9:
            inner = side * float(self.ratio)
            total += pi * (side / 2) ** 2 - inner**2
            side = inner
        return total


class ArrangementInOrder(Family, domain="prealgebra", level=5):
    """The number at a far position in the ordered list of all arrangements of twenty digits."""

    digits: str
    position: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        digits = "".join(sorted(random.choices(random.sample("123456789", 4), k=20)))
        repeats = Counter(digits).values()
        if len(repeats) < 4 or max(repeats) > 7:
            return None
        total = factorial(20) // prod(map(factorial, repeats))
        return cls(digits, random.randint(total // 10, total - total // 10))

    def statement(self) -> str:
        return (
            f"All the different twenty-digit integers whose digits are those of ${self.digits}$ in some order, this "
            "integer "
            f"included, are listed in increasing order. Which integer is number ${self.position}$ in the list, if the "
            "smallest is number $1$?"
        )

    def answer(self) -> Answer:
        left = Counter(self.digits)
        before, number = self.position - 1, ""
        while len(number) < len(self.digits):
            for digit in sorted(left):
                ways = factorial(left.total() - 1) * left[digit] // prod(map(factorial, left.values()))
                if before < ways:
                    break
                before -= ways
            number += digit
            left[digit] -= 1
        return int(number)

    def check(self) -> Answer:
        @cache
        def ways(*left: int) -> int:
            """Count the arrangements by their first digit."""
            if not any(left):
                return 1
            return sum(ways(*left[:place], count - 1, *left[place + 1 :]) for place, count in enumerate(left) if count)

        kinds = sorted(set(self.digits), reverse=True)  # from the far end of the list, so from the largest digit
        left = [self.digits.count(kind) for kind in kinds]
        after, number = ways(*left) - self.position, 0
        for _ in self.digits:
            place = 0
            while True:
                if left[place]:
                    left[place] -= 1
                    if after < (block := ways(*left)):
                        break
                    after -= block
                    left[place] += 1
                place += 1
            number = 10 * number + int(kinds[place])
        return number


class UnitsDigitChain(Family, domain="prealgebra", level=5):
    """Each number is the units digit of a combination of the two before: they repeat, however many are added."""

    start: tuple[int, int]
    factors: tuple[int, int]
    count: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        start = random.randint(1, 9), random.randint(1, 9)
        drawn = cls(start, (random.randint(2, 9), random.choice([3, 7, 9])), random.randint(10**15, 10**16))
        return drawn if len(drawn._period()) >= 20 else None

    def _period(self) -> list[int]:
        """Return the numbers before the first two come again; 3, 7 and 9 can be undone, so these come first again."""
        numbers = list(self.start)
        while len(numbers) < 4 or tuple(numbers[-2:]) != self.start:
            numbers.append((self.factors[0] * numbers[-1] + self.factors[1] * numbers[-2]) % 10)
        return numbers[:-2]

    def statement(self) -> str:
        return (
            f"In a list of numbers, the first is ${self.start[0]}$ and the second is ${self.start[1]}$. From the "
            "third on, "
            f"each number is the units digit of the sum of ${self.factors[0]}$ times the number just before it and "
            f"${self.factors[1]}$ times the number two places before it. What is the sum of the first ${self.count}$ "
            "numbers in the list?"
        )

    def answer(self) -> Answer:
        period = self._period()
        times, rest = divmod(self.count, len(period))
        return times * sum(period) + sum(period[:rest])

    def check(self) -> Answer:
        # From each pair of digits: the pair after 1, 2, 4, ... steps, and the sum of the numbers stepped over.
        p, q = self.factors
        after = [10 * (pair % 10) + (p * (pair % 10) + q * (pair // 10)) % 10 for pair in range(100)]
        sums = [pair // 10 for pair in range(100)]
        pair, total = 10 * self.start[0] + self.start[1], 0
        for bit in reversed(f"{self.count:b}"):
            if bit == "1":
                total, pair = total + sums[pair], after[pair]
            sums = [sums[one] + sums[after[one]] for one in range(100)]
            after = [after[after[one]] for one in range(100)]
        return total


class SharedCar(Family, domain="prealgebra", level=5):
    """Friends share a car that carries one at a time, going back and forth, and arrive together."""

    friends: int
    miles: int
    driving: int
    walking: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(3, 5), random.randint(20, 99), random.randint(25, 60), random.randint(3, 5))
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        return (
            f"{_COUNTS[self.friends]} friends have to travel ${self.miles}$ miles along a straight road. Each of "
            "them walks "
            f"at ${self.walking}$ miles per hour. A driver helps them with a car that goes at ${self.driving}$ miles "
            "per "
            "hour, with or without a passenger, and has room for only one of them. They all start at the same moment "
            "and "
            "from the same place. The car carries the first friend part of the way, while all the others walk. This "
            "friend then walks the rest of the way, and the car turns back at once until it meets the friends who have "
            "not yet been in it, carries one of them forward, and so on. It carries the last of them to the end of the "
            "road. Nobody ever rests, no time is lost in getting in and out, and all the friends reach the end of the "
            "road at the same moment. How many hours after the start is that? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        fast, slow = self.driving, self.walking
        ride = Fraction(self.miles * (fast + slow), fast + slow + 2 * slow * (self.friends - 1))  # equal for all
        return ride / fast + (self.miles - ride) / slow

    def check(self) -> Answer:
        def arrival(first_ride: float) -> tuple[float, float]:
            """Return when the last friend arrives, and when the first, who rides so far; the others ride as long."""
            time = walked = 0.0
            for _ in range(self.friends - 1):
                ahead = walked + first_ride
                time += first_ride / self.driving
                walked = time * self.walking
                time += (ahead - walked) / (self.driving + self.walking)
                walked = time * self.walking
            first = first_ride / self.driving + (self.miles - first_ride) / self.walking
            return time + (self.miles - walked) / self.driving, first

        low, high = 0.0, float(self.miles)
        for _ in range(70):
            middle = (low + high) / 2
            last, first = arrival(middle)
            low, high = (middle, high) if last < first else (low, middle)
        return arrival(low)[0]
