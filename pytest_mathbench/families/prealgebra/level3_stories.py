"""Prealgebra, level 3: a display, a snail, two ages and a mixture."""

from fractions import Fraction
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_TIMES = {
    full_day: [
        (f"{hour:02d}{minute:02d}", hour // 10 + hour % 10 + minute // 10 + minute % 10)
        for hour in (range(24) if full_day else range(1, 13))
        for minute in range(60)
    ]
    for full_day in (False, True)
}
"""What a clock shows, and the sum of its digits."""


class DigitsOfTime(Family, domain="prealgebra", level=3):
    """How many times on a digital clock hold a digit and have a large sum of digits."""

    digit: int
    least: int
    full_day: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        drawn = cls(random.randint(0, 9), random.randint(5, 19), random.random() < 0.5)
        sums = [total for time, total in _TIMES[drawn.full_day] if str(drawn.digit) in time]
        return drawn if 20 < drawn.answer() < len(sums) - 5 and drawn.answer() not in {24, 25, 59} else None

    def statement(self) -> str:
        if self.full_day:
            return (
                "A digital clock shows the time with four digits, from 00:00 to 23:59, for one minute each. For how "
                f"many minutes of a day does it show at least one digit ${self.digit}$, while the sum of its four "
                f"digits is at least ${self.least}$?"
            )
        return (
            "An alarm clock shows hours from 01 to 12 and minutes from 00 to 59, always with two digits each, such as "
            f"07:25. Of its $720$ different displays, how many contain the digit ${self.digit}$ at least once and have "
            f"four digits whose sum is at least ${self.least}$?"
        )

    def answer(self) -> Answer:
        wanted = str(self.digit)
        return sum(total >= self.least and wanted in time for time, total in _TIMES[self.full_day])

    def check(self) -> Answer:
        def by_sum(numbers: range) -> tuple[list[int], list[int]]:
            """Count two-digit numbers by the sum of their digits: all of them, and those without the digit."""
            every, without = [0] * 20, [0] * 20
            for number in numbers:
                tens, units = divmod(number, 10)
                every[tens + units] += 1
                without[tens + units] += self.digit not in {tens, units}
            return every, without

        hours, minutes = by_sum(range(24) if self.full_day else range(1, 13)), by_sum(range(60))
        pairs = [(h, m) for h in range(20) for m in range(20) if h + m >= self.least]
        every, without = (sum(hours[kind][h] * minutes[kind][m] for h, m in pairs) for kind in (0, 1))
        return every - without


class SnailInWell(Family, domain="prealgebra", level=3):
    """It climbs by day, slips by night and rests on some days: it is out before the last night."""

    depth: int
    climb: int
    slip: int
    rest: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        climb = random.randint(6, 25)
        slip, rest = random.randint(2, climb // 2), random.randint(4, 9)
        drawn = cls(random.randint(60, 600), climb, slip, rest, random.randrange(2))
        lowest = (rest - 1) * climb - rest * slip
        if lowest <= 0:
            return None
        days = drawn.answer()
        height = 0  # what a count by nights only would find
        nights = 0
        while height < drawn.depth:
            nights += 1
            height += (climb if nights % rest else 0) - slip
        return drawn if 10 < days < nights and days not in {drawn.depth, climb, slip, rest} else None

    def statement(self) -> str:
        days = f"${self.rest}$, ${2 * self.rest}$, ${3 * self.rest}$, and so on,"
        if self.wording:
            return (
                f"An empty tank holds ${self.depth}$ liters. In the first half of each hour a pump brings in "
                f"${self.climb}$ liters, and in the second half of each hour ${self.slip}$ liters leak out; but in "
                f"hours {days} the pump stands still and only the leak goes on as usual. During which hour, counted "
                "from $1$, does the tank become full for the first time?"
            )
        return (
            f"A snail sits at the bottom of a well that is ${self.depth}$ inches deep. Every day it climbs up "
            f"${self.climb}$ inches, and every night it slips back ${self.slip}$ inches; but on days {days} it does "
            "not climb at all, and on the following night it slips back as usual. On which day, counted from $1$, "
            "does it reach the top of the well?"
        )

    def answer(self) -> Answer:
        height, day = 0, 1
        while True:
            height += self.climb if day % self.rest else 0
            if height >= self.depth:
                return day
            height -= self.slip
            day += 1

    def check(self) -> Answer:
        def top(day: int) -> int:
            """Return the height on the evening of a day."""
            return self.climb * (day - day // self.rest) - self.slip * (day - 1)

        return next(day for day in range(1, 2000) if top(day) >= self.depth)


class ProductOfAges(Family, domain="prealgebra", level=3):
    """The product of two ages now and in some years gives their sum, and so both."""

    younger: int
    older: int
    years: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        younger, older = sorted(random.sample(range(4, 70), 2))
        years = random.randint(3, 15)
        return cls(younger, older, years, random.randrange(2)) if older >= max(25, younger + 15) else None

    def statement(self) -> str:
        now = self.younger * self.older
        later = (self.younger + self.years) * (self.older + self.years)
        if self.wording:
            return (
                f"A rectangular garden has an area of ${now}$ square meters. If its length and its width were both "
                f"${self.years}$ meters greater, its area would be ${later}$ square meters. How many meters long is "
                "the longer side of the garden?"
            )
        return (
            f"The product of the ages of Nina and her uncle is ${now}$ today. In ${self.years}$ years the product of "
            f"their ages will be ${later}$. Nina is the younger of the two. How old is her uncle today?"
        )

    def answer(self) -> Answer:
        now, later = self.younger * self.older, (self.younger + self.years) * (self.older + self.years)
        total = (later - now - self.years**2) // self.years
        return max(age for age in range(1, total) if age * (total - age) == now)

    def check(self) -> Answer:
        now, later = self.younger * self.older, (self.younger + self.years) * (self.older + self.years)
        pairs = [(age, now // age) for age in range(1, now + 1) if now % age == 0 and age * age <= now]
        return next(old for young, old in pairs if (young + self.years) * (old + self.years) == later)


class TwiceDiluted(Family, domain="prealgebra", level=3):
    """Part of a solution is replaced twice, by water and by a stronger solution: how strong it is in the end."""

    liters: int
    percent: int
    water: int
    added: int
    strong: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        liters = random.randint(12, 60)
        water, added = random.randint(2, liters // 2), random.randint(2, liters // 2)
        drawn = cls(liters, random.randint(10, 60), water, added, random.randint(15, 90), random.randrange(2))
        share = drawn.answer()
        return drawn if 1 < share.denominator < 1000 and drawn.strong > drawn.percent + 5 and water != added else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"A bowl is filled with ${self.liters}$ cups of a punch of which ${self.percent}\\%$ is juice. First "
                f"${self.water}$ cups of the punch are drunk and replaced with water. Later ${self.added}$ cups of the "
                f"well-stirred mixture are drunk and replaced with a punch of which ${self.strong}\\%$ is juice. How "
                "many cups of juice are in the bowl then? Express your answer as a common fraction."
            )
        return (
            f"A tank contains ${self.liters}$ liters of a solution that is ${self.percent}\\%$ acid by volume. A "
            f"worker takes out ${self.water}$ liters and fills up the tank with water. After mixing, he takes out "
            f"${self.added}$ liters of the new solution and fills up the tank with a solution that is "
            f"${self.strong}\\%$ acid. How many liters of acid are in the tank now? Express your answer as a common "
            "fraction."
        )

    def answer(self) -> Fraction:
        acid = Fraction(self.percent, 100) * (self.liters - self.water)
        return acid * Fraction(self.liters - self.added, self.liters) + Fraction(self.strong * self.added, 100)

    def check(self) -> Answer:
        amount = self.percent / 100 * self.liters
        for taken, strength in ((self.water, 0), (self.added, self.strong / 100)):
            amount -= taken * (amount / self.liters)
            amount += taken * strength
        return amount
