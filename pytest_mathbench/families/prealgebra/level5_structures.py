"""Prealgebra, level 5: lockers, a calendar, shares of coconuts and a folded strip, each with a structure to be seen."""

from math import isqrt
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, listed


class LockersWithAbsentees(Family, domain="prealgebra", level=5):
    """Students change lockers, some are absent: a locker is open where it has an odd number of the other divisors."""

    naive_program = """
    is_open = [False] * (lockers + 1)
    for student in range(1, lockers + 1):
        if all(student % prime for prime in absent):
            for number in range(student, lockers + 1, student):
                is_open[number] = not is_open[number]
    print(sum(is_open))
    """
    solution_program = """
    from itertools import combinations
    from math import isqrt, prod
    # number = (powers of the absent primes) * m, and m must be a square: a square times some of these primes
    print(sum(isqrt(lockers // prod(some)) for size in range(len(absent) + 1) for some in combinations(absent, size)))
    """

    lockers: int
    absent: tuple[int, ...]
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        absent = tuple(sorted(random.sample((2, 3, 5, 7, 11), random.randint(1, 2))))
        return cls(random.randint(10**13, 10**17), absent, random.randrange(2))

    def statement(self) -> str:
        primes = listed(self.absent, "or")
        which = f"not divisible by {primes}"
        if len(self.absent) > 1:
            which = f"divisible by neither {listed(self.absent, 'nor')}"
        if self.wording:
            return (
                f"In an imaginary row of lamps with the numbers $1$ to ${self.lockers}$, all of the lamps are off. For "
                f"each positive integer $k \\le {self.lockers}$ that is {which}, every lamp whose number is a multiple "
                "of $k$ is switched once, from off to on or from on to off. How many lamps are on in the end?"
            )
        return (
            f"Imagine a very long row of ${self.lockers}$ closed lockers and just as many students, both numbered from "
            "$1$ on. One after another, each student changes every locker whose number is a multiple of the student's "
            "own number: closed ones are opened, and open ones are closed. But all the students whose numbers are "
            f"divisible by {primes} are absent. How many lockers are open in the end?"
        )

    def answer(self) -> Answer:
        factors = [1]
        for prime in self.absent:
            factors += [prime * factor for factor in factors]
        return sum(isqrt(self.lockers // factor) for factor in factors)

    def check(self) -> Answer:
        def squares(limit: int, primes: tuple[int, ...]) -> int:
            """Count roots up to the limit that none of the primes divides."""
            if not primes:
                return limit
            return squares(limit, primes[1:]) - squares(limit // primes[0], primes[1:])

        def numbers(limit: int, left: tuple[int, ...]) -> int:
            """Count powers of the primes left times a square, by the powers."""
            if not left:
                return squares(isqrt(limit), self.absent)
            total = 0
            while limit:
                total += numbers(limit, left[1:])
                limit //= left[0]
            return total

        return numbers(self.lockers, self.absent)


class CalendarOfPlanet(Family, domain="prealgebra", level=5):
    """How many years begin on a day of the week, where neither the leap years nor the weeks alone give the period."""

    naive_program = """
    starts, day = [], 1
    for year in range(1, skip + 1):  # the leap years come again after this time
        starts.append(day)
        is_leap = year % leap == 0 and year % skip != 0
        day = (day + days + is_leap - 1) % week + 1
    rounds, rest = divmod(years, skip)
    print(rounds * starts.count(wanted) + starts[:rest].count(wanted))
    """
    solution_program = """
    starts, day = [], 1
    for year in range(1, skip * week + 1):
        starts.append(day)
        is_leap = year % leap == 0 and year % skip != 0
        day = (day + days + is_leap - 1) % week + 1
    rounds, rest = divmod(years, skip * week)
    print(rounds * starts.count(wanted) + starts[:rest].count(wanted))
    """

    days: int
    leap: int
    skip: int
    week: int
    years: int
    wanted: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        leap, week = random.randint(3, 9), random.choice((5, 7, 11, 13))
        skip = leap * random.randint(4, 20)
        days = random.randint(90, 700)
        shift = skip * days + skip // leap - 1
        if shift % week == 0 or days % week == 0:
            return None
        years, wanted = random.randint(10**13, 10**15), random.randint(1, week)
        drawn = cls(days, leap, skip, week, years, wanted, random.randrange(2))
        return drawn if drawn._starts(skip).count(wanted - 1) * week != skip else None

    def _starts(self, years: int) -> list[int]:
        """Return the days, from 0 on, with which so many years begin."""
        starts, day = [], 0
        for year in range(1, years + 1):
            starts.append(day)
            is_leap = year % self.leap == 0 and year % self.skip != 0
            day = (day + self.days + is_leap) % self.week
        return starts

    def statement(self) -> str:
        if self.wording:
            return (
                "On the planet Ombra the days of the week are called Day $1$, Day $2$, and so on up to Day "
                f"${self.week}$, and then Day $1$ comes again. A year has ${self.days}$ days. Only the years whose "
                f"number is divisible by ${self.leap}$, but not by ${self.skip}$, have one more day. The first day of "
                f"year $1$ was a Day $1$. How many of the years from $1$ to ${self.years}$, inclusive, begin with a "
                f"Day ${self.wanted}$?"
            )
        return (
            f"A calendar for robots has weeks of ${self.week}$ days, numbered $1$ to ${self.week}$, which follow one "
            f"another without a break. Its years have ${self.days}$ days, or ${self.days + 1}$ days if the number of "
            f"the year is a multiple of ${self.leap}$ and not a multiple of ${self.skip}$. Year $1$ begins with day "
            f"$1$ of a week. In how many of the first ${self.years}$ years is New Year's Day day ${self.wanted}$ of "
            "its week?"
        )

    def answer(self) -> Answer:
        starts = self._starts(self.skip * self.week)
        rounds, rest = divmod(self.years, len(starts))
        return rounds * starts.count(self.wanted - 1) + starts[:rest].count(self.wanted - 1)

    def check(self) -> Answer:
        # The years of one remainder by `skip`: each is as many days of the week later than the one before.
        shift = (self.skip * self.days + self.skip // self.leap - 1) % self.week
        total = 0
        for place in range(self.skip):  # years place + 1 + k * skip
            start = place * self.days + place // self.leap
            first = (self.wanted - 1 - start) * pow(shift, -1, self.week) % self.week
            last = (self.years - 1 - place) // self.skip
            total += max(0, (last - first) // self.week + 1)
        return total


class CoconutsByNight(Family, domain="prealgebra", level=5):
    """The least heap from which many sailors in turn can take their share by night, and in the morning again."""

    naive_program = """
    heap = sailors
    while True:
        left = heap
        for _ in range(sailors):
            if left < toll or (left - toll) % sailors:
                break
            left -= toll + (left - toll) // sailors
        else:
            if left > rest and left % sailors == rest:
                break
        heap += 1
    print(heap)
    """
    solution_program = """
    heap, step = 0, 1  # all heaps that do for so many nights: heap, heap + step, ...
    n = sailors

    def after(heap, nights):
        for _ in range(nights):
            if (heap - toll) % n:
                return None
            heap -= toll + (heap - toll) // n
        return heap

    for nights in range(1, n + 1):
        while after(heap, nights) is None:
            heap += step
        step *= n
    while after(heap, n) <= rest or after(heap, n) % n != rest:
        heap += step
    print(heap)
    """

    sailors: int
    toll: int
    rest: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        sailors = random.randint(12, 15)
        drawn = cls(sailors, random.randint(1, sailors - 1), random.randint(0, sailors - 1), random.randrange(2))
        return drawn if drawn.toll != drawn.rest else None

    def statement(self) -> str:
        over = f"with ${self.rest}$ left over" if self.rest else "with none left over"
        if self.wording:
            toll = "one coin" if self.toll == 1 else f"${self.toll}$ coins"
            return (
                f"A band of ${self.sailors}$ thieves has hidden a chest of gold coins. On each of ${self.sailors}$ "
                f"nights a different one of them goes to the chest in secret: he pays the guard {toll} out of the "
                rf"chest, and then takes exactly $\frac{{1}}{{{self.sailors}}}$ of the coins that are left, a whole "
                "number. After the last of these nights they open the chest together and share out its coins "
                f"equally, at least one to each, {over}. What is the smallest number of coins that can have been in "
                "the chest at first?"
            )
        toll = "one coconut" if self.toll == 1 else f"${self.toll}$ coconuts"
        return (
            f"A crew of ${self.sailors}$ sailors gathers a heap of coconuts. During the night, each of them in turn "
            f"wakes up, gives {toll} from the heap to the monkeys, finds that the rest can be divided into "
            f"${self.sailors}$ equal whole shares, and hides one of these shares, leaving the others in the heap. In "
            f"the morning, the heap is divided into ${self.sailors}$ equal shares of at least one coconut, {over}. "
            "What is the least possible number of coconuts in the heap at the beginning?"
        )

    def answer(self) -> Answer:
        n = self.sailors
        multiple = (-1) ** n * (self.rest - self.toll) % n or n  # heap + toll * (n - 1) shrinks by (n - 1) / n
        return n**n * multiple - self.toll * (n - 1)

    def check(self) -> Answer:
        # Modulo n to the power n + 1, from the morning backward: heap = n * part + toll, left = (n - 1) * part.
        n = self.sailors
        modulus, heap = n ** (n + 1), self.rest
        found, step = self.rest, n  # what is left in the morning: found, found + step, ...
        for night in range(1, n + 1):
            for _ in range(n):
                heap, whole = found, True
                for _ in range(night):
                    whole = whole and heap % (n - 1) == 0
                    heap = heap // (n - 1) * n + self.toll
                if whole:
                    break
                found += step
            step *= n - 1
        while found <= self.rest:
            found += step
        heap = found
        for _ in range(n):
            heap = heap // (n - 1) * n + self.toll
        return heap if heap < modulus else None


class FoldedStrip(Family, domain="prealgebra", level=5):
    """Which square of a strip comes to lie at a place of the pile, when the strip is folded in half again and again."""

    naive_program = """
    import numpy as np
    pile = np.arange(1, 2**folds + 1).reshape(1, -1)
    for fold in range(folds):
        left, right = np.hsplit(pile, 2)
        if alternating and fold % 2:
            left, right = right, left
        pile = np.vstack([left, right[::-1, ::-1]])
    print(pile[place - 1, 0])
    """
    solution_program = """
    position, layer = 1, place  # unfold: each time there were half as many layers and twice as many positions
    for fold in reversed(range(folds)):
        half, layers = 2 ** (folds - fold - 1), 2**fold
        if alternating and fold % 2:
            if layer > layers:
                position, layer = half + 1 - position, 2 * layers + 1 - layer
            else:
                position += half
        elif layer > layers:
            position, layer = 2 * half + 1 - position, 2 * layers + 1 - layer
    print(position)
    """

    folds: int
    place: int
    alternating: bool
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        folds = random.randint(40, 56)
        return cls(folds, random.randint(2**folds // 8, 2**folds), random.random() < 0.5, random.randrange(2))

    def statement(self) -> str:
        fold = (
            "first the right half over onto the left half, then the left half over onto the right half, then again the "
            "right half onto the left, and so on in turn,"
            if self.alternating
            else "each time the right half over onto the left half,"
        )
        if self.wording:
            return (
                f"The $2^{{{self.folds}}}$ squares of an ideal strip of paper, which has no thickness, are numbered "
                f"$1, 2, 3, \\ldots$ from left to right. The strip is folded in half ${self.folds}$ times, {fold} "
                "until all the squares lie in one pile. The places in the pile are counted from the bottom, the "
                f"lowest being place $1$. What is the number on the square in place ${self.place}$?"
            )
        return (
            f"An imaginary row of $2^{{{self.folds}}}$ stamps, which are joined and numbered from left to right, "
            f"starting with $1$, is folded in half again and again, {fold} until after ${self.folds}$ folds it is a "
            f"pile with the size of one stamp. Which stamp then has exactly ${self.place - 1}$ stamps below it?"
        )

    def answer(self) -> Answer:
        position, layer = 1, self.place
        for fold in reversed(range(self.folds)):
            width, layers = 2 ** (self.folds - fold), 2**fold
            turned = layer > layers
            if turned:
                layer = 2 * layers + 1 - layer
            if self.alternating and fold % 2:
                position = width // 2 + (1 - position if turned else position)
            elif turned:
                position = width + 1 - position
        return position

    def check(self) -> Answer:
        def found(folds: int, place: int) -> tuple[int, bool]:
            """Return a square and whether it lies face down: the first fold makes a strip of double squares."""
            if folds == 0:
                return 1, False
            double, is_turned = found(folds - 1, (place + 1) // 2)
            half = 2 ** (folds - 1)
            pair = (double, 2 * half + 1 - double)
            if self.alternating and (self.folds - folds) % 2:
                pair = (half + double, half + 1 - double)
            is_upper = (place % 2 == 0) != is_turned
            return pair[is_upper], is_turned != is_upper

        return found(self.folds, self.place)[0]
