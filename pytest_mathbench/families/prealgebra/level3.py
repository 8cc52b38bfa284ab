r"""Prealgebra, level 3: two ideas, or a short search."""

from datetime import date, timedelta
from fractions import Fraction
from math import pi
from random import Random
from typing import Self

import sympy

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class PathAroundField(Family, domain="prealgebra", level=3):
    """A path of constant width around a rectangle with two semicircles."""

    length: int
    width: int
    path: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        width = 2 * random.randint(10, 30)
        return cls(width + random.randint(10, 60), width, random.randint(2, 9), random.randrange(2))

    def statement(self) -> str:
        if self.wording:
            return (
                f"A swimming pool has the shape of a rectangle, ${self.length}$ feet by ${self.width}$ feet, with a "
                f"semicircle attached to each of its two sides of length ${self.width}$ feet. Its edge is surrounded "
                f"on the outside by a strip of tiles that is ${self.path}$ feet wide everywhere. Find the area of the "
                r"strip, in square feet. Express your answer in terms of $\pi$."
            )
        return (
            f"A sports field consists of a rectangle that is ${self.length}$ yards long and ${self.width}$ yards "
            f"wide, and of two semicircles outside it, whose diameters are the two sides of length ${self.width}$ "
            f"yards. A path that is ${self.path}$ yards wide runs all the way around the outside of the field. What "
            r"is the area of the path, in square yards? Express your answer in terms of $\pi$."
        )

    def answer(self) -> Answer:
        radius = self.width // 2
        return 2 * self.length * self.path + ((radius + self.path) ** 2 - radius**2) * sympy.pi

    def check(self) -> Answer:
        middle = 2 * self.length + pi * (self.width + self.path)  # the line along the middle of the path
        return middle * self.path


class RepeatingDecimals(Family, domain="prealgebra", level=3):
    """The sum of two repeating decimals, one with a digit before its period, as a fraction."""

    lead: int
    period: int
    digit: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        lead, period, digit = random.randint(1, 9), random.randint(12, 98), random.randint(1, 8)
        return cls(lead, period, digit, random.randrange(2)) if period % 11 and period % 10 != lead else None

    def statement(self) -> str:
        if self.wording:
            return (
                rf"Let $x = 0.{self.lead}\overline{{{self.period}}}$ and $y = 0.\overline{{{self.digit}}}$, where a "
                "bar stands over the digits that repeat without end. Express $x + y$ as a common fraction in lowest "
                "terms."
            )
        return (
            rf"Write the sum $0.{self.lead}\overline{{{self.period}}} + 0.\overline{{{self.digit}}}$ of two repeating "
            f"decimals as a common fraction in lowest terms. The bars show that the digits ${self.period}$ of the "
            f"first decimal and the digit ${self.digit}$ of the second repeat without end."
        )

    def answer(self) -> Answer:
        return Fraction(99 * self.lead + self.period, 990) + Fraction(self.digit, 9)

    def check(self) -> Answer:
        return float(f"0.{self.lead}" + f"{self.period}" * 12) + float("0." + f"{self.digit}" * 24)


class EggsSold(Family, domain="prealgebra", level=3):
    """Percentages of what was left, and a gift in between, undone."""

    eggs: int
    percents: tuple[int, int, int]
    gift: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second, third = (random.randrange(10, 65, 5) for _ in range(3))
        drawn = cls(20 * random.randint(15, 100), (first, second, third), random.randint(5, 60), random.randrange(2))
        return drawn if drawn._left().denominator == 1 and drawn._left() > 10 else None

    def _left(self) -> Fraction:
        first, second, third = (Fraction(100 - percent, 100) for percent in self.percents)
        saturday = self.eggs * first * second
        return (saturday - self.gift) * third if saturday.denominator == 1 else Fraction()

    def statement(self) -> str:
        if self.wording:
            first, second, third = self.percents
            return (
                rf"Ravi spends ${first}\%$ of his savings on a bicycle, then ${second}\%$ of the rest on a tent, and "
                rf"then he lends $\${self.gift}$ to his sister. Of what remains he spends ${third}\%$ on books, and "
                rf"after that $\${self._left()}$ are left. How many dollars did he have in savings at first?"
            )
        first, second, third = self.percents
        return (
            rf"On Friday a farmer sold ${first}\%$ of her eggs. On Saturday she sold ${second}\%$ of the eggs that "
            rf"were left, and then she gave ${self.gift}$ eggs to a neighbor. On Sunday she sold ${third}\%$ of the "
            f"eggs that still remained, and after that she had ${self._left()}$ eggs. How many eggs did she have "
            "before she sold any?"
        )

    def answer(self) -> Answer:
        first, second, third = (Fraction(100, 100 - percent) for percent in self.percents)
        return (self._left() * third + self.gift) * second * first

    def check(self) -> Answer:
        first, second, third = (100 - percent for percent in self.percents)
        wanted = 10**6 * int(self._left())
        return next(n for n in range(1, 3000) if (n * first * second - 10**4 * self.gift) * third == wanted)


class MuseumTickets(Family, domain="prealgebra", level=3):
    """How often a weekday falls in a span of days, told by prices."""

    start: int
    cheap_day: int
    days: int
    prices: tuple[int, int]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        start, cheap_day = random.sample(range(7), 2)
        prices = (random.randint(4, 9), random.randint(11, 16))
        return cls(start, cheap_day, random.randint(100, 900), prices, random.randrange(2))

    def statement(self) -> str:
        if self.wording:
            few, many = self.prices
            return (
                f"A baker works every day. He bakes ${few}$ cakes each {_DAYS[self.cheap_day]} and ${many}$ cakes on "
                f"each of the other days of the week. How many cakes does he bake in ${self.days}$ days in a row, the "
                f"first of which is a {_DAYS[self.start]}?"
            )
        cheap, dear = self.prices
        return (
            rf"A ticket to a museum costs $\${cheap}$ on a {_DAYS[self.cheap_day]} and $\${dear}$ on any other day of "
            f"the week. A painter visits the museum once a day for ${self.days}$ days in a row, and the first of "
            f"these days is a {_DAYS[self.start]}. How many dollars does the painter pay for all these tickets "
            "together?"
        )

    def answer(self) -> Answer:
        weeks, rest = divmod(self.days, 7)
        cheap_days = weeks + ((self.cheap_day - self.start) % 7 < rest)
        return self.prices[1] * self.days - (self.prices[1] - self.prices[0]) * cheap_days

    def check(self) -> Answer:
        first = date(2024, 1, 1) + timedelta(self.start)  # 1 January 2024 was a Monday
        visits = [first + timedelta(number) for number in range(self.days)]
        return sum(self.prices[visit.weekday() != self.cheap_day] for visit in visits)


class TableWithGap(Family, domain="prealgebra", level=3):
    """The missing number in a table, from the mean."""

    least: int
    counts: tuple[int, ...]
    gap: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        counts = tuple(random.randint(4, 40) for _ in range(5))
        drawn = cls(random.randint(1, 6), counts, random.randrange(5), random.randrange(2))
        mean = drawn._mean()
        shown = {
            *range(drawn.least, drawn.least + 5),
            *(count for place, count in enumerate(counts) if place != drawn.gap),
        }
        fits = 100 % mean.denominator == 0 and mean.denominator > 1 and counts[drawn.gap] not in shown
        return drawn if fits else None

    def _mean(self) -> Fraction:
        return Fraction(sum(number * count for number, count in enumerate(self.counts, self.least)), sum(self.counts))

    def statement(self) -> str:
        if self.wording:
            *rolls, last = (
                f"${goals}$ goal{'s' * (goals > 1)} in ${'n' if goals == self.least + self.gap else count}$ games"
                for goals, count in enumerate(self.counts, self.least)
            )
            return (
                f"In the games of one season, a hockey team scored {', '.join(rolls)}, and {last}. These are all its "
                f"games, and the mean number of goals per game was exactly ${float(self._mean())}$. What is $n$?"
            )
        numbers = " & ".join(str(self.least + place) for place in range(5))
        counts = " & ".join("n" if place == self.gap else str(count) for place, count in enumerate(self.counts))
        return (
            "The table shows how many students of a school read each number of books last summer. One of the numbers "
            r"of students is missing and is written as $n$. \[\begin{array}{c|ccccc} "
            rf"\text{{Books read}} & {numbers} \\ \hline \text{{Students}} & {counts} \end{{array}}\] The mean number "
            f"of books read by these students is exactly ${float(self._mean())}$. What is $n$?"
        )

    def answer(self) -> Answer:
        known = [(self.least + place, count) for place, count in enumerate(self.counts) if place != self.gap]
        mean, value = self._mean(), self.least + self.gap
        return sum((number - mean) * count for number, count in known) / (mean - value)

    def check(self) -> Answer:
        numbers = range(self.least, self.least + 5)
        hundredths = round(100 * float(self._mean()))

        def fits(n: int) -> bool:
            counts = [*self.counts[: self.gap], n, *self.counts[self.gap + 1 :]]
            return 100 * sum(map(int.__mul__, numbers, counts)) == hundredths * sum(counts)

        return next(n for n in range(1000) if fits(n))
