"""Prealgebra, level 4: several steps, conditions that are easy to misread."""

from fractions import Fraction
from math import comb, lcm
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class PercentsUndone(Family, domain="prealgebra", level=4):
    """A price after a rise and two falls, undone."""

    price: int
    rise: int
    first: int
    second: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        rise, first, second = (random.choice(range(5, 65, 5)) for _ in range(3))
        price = random.randint(40, 900)
        final = Fraction(price * (100 + rise) * (100 - first) * (100 - second), 10**6)
        return cls(price, rise, first, second) if final.denominator == 1 else None

    def statement(self) -> str:
        final = self.price * (100 + self.rise) * (100 - self.first) * (100 - self.second) // 10**6
        return (
            rf"The price of a lamp was first raised by ${self.rise}\%$. Later the raised price was lowered by "
            rf"${self.first}\%$, and finally the price that resulted was lowered by ${self.second}\%$. The lamp now "
            rf"costs $\${final}$. How many dollars less does it cost now than before the first change? If it costs "
            "more "
            "now, give a negative number."
        )

    def answer(self) -> Answer:
        return self.price - Fraction(self.price * (100 + self.rise) * (100 - self.first) * (100 - self.second), 10**6)

    def check(self) -> Answer:
        final = self.price * (100 + self.rise) * (100 - self.first) * (100 - self.second) // 10**6
        before = final / (1 - self.second / 100) / (1 - self.first / 100) / (1 + self.rise / 100)
        return before - final


class ClockHands(Family, domain="prealgebra", level=4):
    """When the hands of a clock next form a given angle after an hour."""

    hour: int
    angle: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        hour, angle = random.randint(1, 11), random.randint(5, 175)
        start = min(30 * hour, 360 - 30 * hour)
        drawn = cls(hour, angle)
        return drawn if abs(start - angle) > 3 and drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        return (
            f"How many minutes after ${self.hour}$ o'clock do the hour hand and the minute hand of a clock first "
            "form an "
            f"angle of ${self.angle}$ degrees? The angle between the hands is the smaller one, from $0$ to $180$ "
            "degrees. "
            "Both hands move steadily. Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        lead = 30 * self.hour  # degrees by which the minute hand is behind; it gains 11/2 a minute
        gains = [gain for turn in (0, 360, 720) for gain in (lead - turn - self.angle, lead - turn + self.angle)]
        gains += [lead + self.angle, lead + 360 - self.angle, lead + 360 + self.angle]
        return min(Fraction(2 * gain, 11) for gain in gains if gain > 0)

    def check(self) -> Answer:
        def miss(minute: float) -> float:
            apart = (6 * minute - (30 * self.hour + minute / 2)) % 360
            return min(apart, 360 - apart) - self.angle

        step = 0.01
        low = next(n * step for n in range(1, 20000) if miss(n * step) * miss((n + 1) * step) <= 0)
        high = low + step
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if miss(low) * miss(middle) > 0 else (low, middle)
        return low


class DigitOfFraction(Family, domain="prealgebra", level=4):
    """The sum of the digits of a decimal up to a place far behind the point."""

    numerator: int
    denominator: int
    places: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        denominator = random.choice([7, 13, 17, 19, 21, 23, 29, 37, 41, 53])
        return cls(random.randint(2, denominator - 1), denominator, random.randint(200, 3000))

    def statement(self) -> str:
        return (
            rf"The fraction $\frac{{{self.numerator}}}{{{self.denominator}}}$ is written as an infinite decimal. "
            "What is "
            f"the sum of its first ${self.places}$ digits to the right of the decimal point?"
        )

    def answer(self) -> Answer:
        digits: list[int] = []
        rest = start = self.numerator
        while not digits or rest != start:
            digits.append(10 * rest // self.denominator)
            rest = 10 * rest % self.denominator
        periods, left = divmod(self.places, len(digits))
        return periods * sum(digits) + sum(digits[:left])

    def check(self) -> Answer:
        return sum(map(int, str(self.numerator * 10**self.places // self.denominator)))


class JoinedWorkers(Family, domain="prealgebra", level=4):
    """One starts, another joins, the first leaves: how long the work took altogether."""

    hours: tuple[int, int]
    alone: int
    together: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = random.sample(range(6, 31), 2)
        drawn = cls((first, second), random.randint(1, 4), random.randint(1, 4))
        done = Fraction(drawn.alone + drawn.together, first) + Fraction(drawn.together, second)
        return drawn if done < Fraction(9, 10) and drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        first, second = self.hours
        return (
            f"Nora alone would paint a fence in ${first}$ hours, and Omar alone would paint it in ${second}$ hours. "
            "Nora "
            f"starts alone. After {_hours(self.alone)} Omar joins her, and they work together for "
            f"{_hours(self.together)}. "
            "Then Nora leaves, and Omar finishes the fence alone. How many hours pass from the moment when Nora starts "
            "to the moment when the fence is finished? Express your answer as a common fraction."
        )

    def answer(self) -> Answer:
        first, second = self.hours
        left = 1 - Fraction(self.alone + self.together, first) - Fraction(self.together, second)
        return self.alone + self.together + left * second

    def check(self) -> Answer:
        boards = lcm(*self.hours)  # a fence of so many boards, painted at whole numbers of boards an hour
        nora, omar = (boards // hours for hours in self.hours)
        left = boards - nora * self.alone - (nora + omar) * self.together
        return self.alone + self.together + left / omar


class NumbersWithoutDigit(Family, domain="prealgebra", level=4):
    """How many numbers up to a power of ten hold a digit exactly so often and are even or odd."""

    digit: int
    times: int
    length: int
    odd: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(1, 9), random.randint(1, 3), random.randint(4, 40), odd=random.random() < 0.5)

    def statement(self) -> str:
        return (
            f"How many {'odd' if self.odd else 'even'} positive integers with exactly ${self.length}$ digits contain "
            "the "
            f"digit ${self.digit}$ exactly {['', 'once', 'twice', 'three times'][self.times]}?"
        )

    def answer(self) -> Answer:
        def inner(places: int, times: int) -> int:
            """Count the ways of the places between the first and the last."""
            return comb(places, times) * 9 ** (places - times) if 0 <= times <= places else 0

        ends = [last for last in range(10) if last % 2 == self.odd]
        firsts = range(1, 10)
        return sum(
            inner(self.length - 2, self.times - (first == self.digit) - (last == self.digit))
            for first in firsts
            for last in ends
        )

    def check(self) -> Answer:
        ways = {0: 1}
        for place in range(self.length):
            digits = range(1, 10) if place == 0 else range(10)
            if place == self.length - 1:
                digits = range(int(self.odd), 10, 2)
            after: dict[int, int] = {}
            for count, number in ways.items():
                for digit in digits:
                    after[count + (digit == self.digit)] = after.get(count + (digit == self.digit), 0) + number
            ways = after
        return ways.get(self.times, 0)


def _hours(number: int) -> str:
    return f"${number}$ hour{'s' if number > 1 else ''}"
