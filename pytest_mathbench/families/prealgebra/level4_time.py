"""Prealgebra, level 4: calendars, hands of a clock, and work that goes on for very long."""

from datetime import date
from fractions import Fraction
from functools import cache
from math import gcd
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@cache
def _months(number: int, weekday: int) -> tuple[int, ...]:
    """Return for each year of 400, from 2001 on, in how many months a day of the month is that day of the week."""
    years = range(2001, 2401)
    return tuple(sum(date(year, month, number).weekday() == weekday for month in range(1, 13)) for year in years)


class DayOfMonth(Family, domain="prealgebra", level=4):
    """How often a day of the month falls on a day of the week, in more years than a library's calendar has."""

    naive_program = """
    from datetime import date
    count = 0
    for year in range(first, last + 1):
        for month in range(1, 13):
            count += date(year, month, number).weekday() == weekday
    print(count)
    """
    solution_program = """
    from datetime import date
    def months(start, years):
        return sum(date(start + y, m, number).weekday() == weekday for y in range(years) for m in range(1, 13))
    rounds, rest = divmod(last - first + 1, 400)
    print(rounds * months(first, 400) + months(first, rest))
    """

    first: int
    last: int
    number: int
    weekday: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, last = random.randint(1990, 2030), random.randint(10**13, 10**15)
        return cls(first, last, random.randint(1, 28), random.randrange(7), random.randrange(2))

    def statement(self) -> str:
        day = _DAYS[self.weekday]
        rule = (
            "The calendar goes on as it is today: the years divisible by $4$ are leap years, except those that are "
            "divisible by $100$ and not by $400$, and January $1$, $2024$, was a Monday."
        )
        if self.wording:
            return (
                f"An everlasting club meets on every {day} that falls on day ${self.number}$ of a month. How many "
                f"meetings does it hold from the beginning of the year ${self.first}$ to the end of the year "
                f"${self.last}$? {rule}"
            )
        return (
            f"{rule} In how many months, from January of the year ${self.first}$ to December of the year "
            f"${self.last}$, is day ${self.number}$ of the month a {day}?"
        )

    def answer(self) -> Answer:
        months = _months(self.number, self.weekday)
        rounds, rest = divmod(self.last - self.first + 1, 400)
        start = self.first - 2001
        return rounds * sum(months) + sum(months[(start + place) % 400] for place in range(rest))

    def check(self) -> Answer:
        def before(year: int) -> tuple[int, int]:
            """Return how many whole spans of 400 years lie before a year, and how many such days since."""
            spans, rest = divmod(year, 400)
            day, found = 5, 0  # the year 0 of this calendar, as 2000 did, begins with a Saturday
            for place in range(rest):
                leap = place % 4 == 0 and (place % 100 != 0 or place == 0)
                for length in (31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31):
                    found += (day + self.number - 1) % 7 == self.weekday
                    day += length
            return spans, found

        spans, found = before(self.last + 1)
        spans_before, found_before = before(self.first)
        return (spans - spans_before) * _whole(self.number, self.weekday) + found - found_before


@cache
def _whole(number: int, weekday: int) -> int:
    """Count in 4800 months by the remainder of the days before: 146097 days are 20871 weeks."""
    day, found = 5, 0
    for year in range(400):
        leap = year % 4 == 0 and year not in (100, 200, 300)
        for length in (31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31):
            found += (day + number - 1) % 7 == weekday
            day += length
    return found


class ThreeHands(Family, domain="prealgebra", level=4):
    """How often at least two of three hands coincide: all three meet more often than at midnight."""

    naive_program = """
    slow, middle, fast = turns
    pairs = (middle - slow) + (fast - middle) + (fast - slow)
    print(days * (pairs - 2))  # all three are together once a day, at midnight
    """
    solution_program = """
    from math import gcd
    slow, middle, fast = turns
    pairs = (middle - slow) + (fast - middle) + (fast - slow)
    print(days * (pairs - 2 * gcd(middle - slow, fast - middle)))
    """

    turns: tuple[int, int, int]
    days: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        slow, middle, fast = sorted(random.sample(range(1, 60), 3))
        if gcd(middle - slow, fast - middle) == 1 or middle - slow == fast - middle:
            return None
        return cls((slow, middle, fast), random.randint(10**9, 10**11), random.randrange(2))

    def statement(self) -> str:
        slow, middle, fast = self.turns
        if self.wording:
            laps = "$1$ lap" if slow == 1 else f"${slow}$ laps"
            return (
                "In a simulation, three cyclists start together and ride around a circular track in the same "
                f"direction for ${self.days}$ hours. In each hour one of them rides {laps}, another ${middle}$ laps, "
                f"and the third ${fast}$ laps, each at a steady speed. At how many moments after the start, the end of "
                "the last hour included, are at least two of them at the same place on the track?"
            )
        times = "once" if slow == 1 else f"${slow}$ times"
        return (
            "An imaginary clock has three hands, which turn steadily in the same direction: in one day the first "
            f"turns {times}, the second ${middle}$ times, and the third ${fast}$ times around the dial. At first all "
            f"three point to the top. At how many moments in the following ${self.days}$ days, the start not included "
            "but the end of the last day included, do at least two of the hands point in the same direction?"
        )

    def answer(self) -> Answer:
        slow, middle, fast = self.turns
        return self.days * (2 * (fast - slow) - 2 * gcd(middle - slow, fast - middle))

    def check(self) -> Answer:
        slow, middle, fast = self.turns
        gaps = (middle - slow, fast - middle, fast - slow)
        return self.days * len({Fraction(turn, gap) for gap in gaps for turn in range(gap)})


class MasonsJoin(Family, domain="prealgebra", level=4):
    """One more mason comes each day and all rest on each nth day: on which far day a wall is finished."""

    naive_program = """
    day, left = 0, bricks
    while left > 0:
        day += 1
        if day % rest:
            left -= each * day
    print(day)
    """
    solution_program = """
    def laid(day):
        rests = day // rest
        return each * (day * (day + 1) // 2 - rest * rests * (rests + 1) // 2)

    low, high = 0, 10**20
    while high - low > 1:
        middle = (low + high) // 2
        if laid(middle) >= bricks:
            high = middle
        else:
            low = middle
    print(high)
    """

    each: int
    rest: int
    bricks: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        each, rest, day = random.randint(2, 99), random.randint(3, 9), random.randint(10**12, 10**14)
        if day % rest == 0:
            return None
        rests = (day - 1) // rest
        before = each * (day * (day - 1) // 2 - rest * rests * (rests + 1) // 2)
        return cls(each, rest, before + random.randint(1, each * day), random.randrange(2))

    def statement(self) -> str:
        days = f"${self.rest}, {2 * self.rest}, {3 * self.rest}, \\ldots$"
        if self.wording:
            return (
                "In a computer game, one mason works on a wall on the first day, two masons on the second day, and so "
                f"on: on day $n$ there are $n$ masons. Each of them lays ${self.each}$ bricks a day, but on days "
                f"{days} nobody works. On which day is brick number ${self.bricks}$ laid?"
            )
        return (
            "The positive integers are written in order into the rows of an endless table, whose row number $n$ has "
            f"exactly ${self.each}n$ places. All places are used, except that the rows {days} are left empty. In which "
            f"row is ${self.bricks}$ written?"
        )

    def answer(self) -> Answer:
        low, high = 0, 10**20
        while high - low > 1:
            day = (low + high) // 2
            rests = day // self.rest
            laid = self.each * (day * (day + 1) - self.rest * rests * (rests + 1))
            low, high = (low, day) if laid >= 2 * self.bricks else (day, high)
        return high

    def check(self) -> Answer:
        # Whole rounds of `rest` days: round k brings a + k * b bricks; sum them for a first guess, then step by days.
        rest, each = self.rest, self.each
        once, more = each * rest * (rest - 1) // 2, each * rest * (rest - 1)
        rounds = 0
        for bit in reversed(range(60)):
            trial = rounds + (1 << bit)
            if trial * once + more * trial * (trial - 1) // 2 < self.bricks:
                rounds = trial
        day, laid = rounds * rest, rounds * once + more * rounds * (rounds - 1) // 2
        while laid < self.bricks:
            day += 1
            laid += each * day if day % rest else 0
        return day
