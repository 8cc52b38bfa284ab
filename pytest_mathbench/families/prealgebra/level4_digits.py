"""Prealgebra, level 4: digits: on displays and counters, behind the point, and of rounded percents."""

from fractions import Fraction
from functools import cache
from math import gcd
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_MATCHES = (6, 2, 5, 5, 4, 5, 6, 3, 7, 6)


class MatchesForNumbers(Family, domain="prealgebra", level=4):
    """The matches that all the integers of a long range take, each digit its own number of them."""

    naive_program = """
    matches = [6, 2, 5, 5, 4, 5, 6, 3, 7, 6]
    total = 0
    for number in range(low, high + 1):
        total += sum(matches[int(digit)] for digit in str(number))
    print(total)
    """
    solution_program = """
    matches = [6, 2, 5, 5, 4, 5, 6, 3, 7, 6]

    def upto(n):
        total, power = 0, 1
        while power <= n:
            head, digit, tail = n // (10 * power), n // power % 10, n % power
            for d in range(10):
                count = head * power + (power if d < digit else tail + 1 if d == digit else 0)
                total += matches[d] * (count - power if d == 0 else count)
            power *= 10
        return total

    print(upto(high) - upto(low - 1))
    """

    low: int
    high: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(10**4, 10**11), random.randint(10**13, 10**16), random.randrange(2))

    def statement(self) -> str:
        table = ", ".join(f"${count}$" for count in _MATCHES)
        if self.wording:
            return (
                f"On a display, the digits $0$, $1$, $2$, $\\ldots$, $9$ are shown by {table} lit segments, in this "
                f"order. Suppose that it shows each of the integers from ${self.low}$ to ${self.high}$ for one second, "
                "without leading zeros, and that each segment uses $1$ unit of energy in each second in which it is "
                "lit. How many units of energy does it use in all?"
            )
        return (
            f"The digits from $0$ to $9$ are made of {table} matches, in this order. How many matches would it take to "
            f"make all the integers from ${self.low}$ to ${self.high}$, inclusive?"
        )

    def answer(self) -> Answer:
        def upto(n: int) -> int:
            total, power = 0, 1
            while power <= n:
                rounds, rest = divmod(n + 1, 10 * power)
                total += rounds * power * sum(_MATCHES) - _MATCHES[0] * power
                total += sum(count * min(max(rest - d * power, 0), power) for d, count in enumerate(_MATCHES))
                power *= 10
            return total

        return upto(self.high) - upto(self.low - 1)

    def check(self) -> Answer:
        def upto(n: int) -> tuple[int, int]:
            """Return the matches for 1 to n and those for n: the numbers 10h + d, by their heads h."""
            if n < 10:
                return sum(_MATCHES[1 : n + 1]), _MATCHES[n]
            head, digit = divmod(n, 10)
            total, last = upto(head)
            before = 10 * (total - last) + (head - 1) * sum(_MATCHES) + sum(_MATCHES[1:])
            return before + (digit + 1) * last + sum(_MATCHES[: digit + 1]), last + _MATCHES[digit]

        return upto(self.high)[0] - upto(self.low - 1)[0]


class FaultyCounter(Family, domain="prealgebra", level=4):
    """A counter that skips digits in every place counts in a smaller base."""

    naive_program = """
    def is_shown(reading):
        return not any(str(digit) in str(reading) for digit in skipped)

    if forward:
        reading, left = start, number
        while left:
            reading += 1
            left -= is_shown(reading)
        print(reading)
    else:
        print(sum(is_shown(reading) for reading in range(start + 1, number + 1)))
    """
    solution_program = """
    digits = [str(d) for d in range(10) if d not in skipped]
    base = len(digits)

    def true(reading):
        value = 0
        for digit in str(reading):
            value = base * value + digits.index(digit)
        return value

    if forward:
        value, text = true(start) + number, ""
        while value:
            text = digits[value % base] + text
            value //= base
        print(text)
    else:
        print(true(number) - true(start))
    """

    skipped: tuple[int, ...]
    start: int
    number: int
    forward: bool

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        skipped = tuple(sorted(random.sample(range(1, 10), random.randint(1, 2))))
        digits = [digit for digit in "0123456789" if int(digit) not in skipped]
        start = int("".join(random.choices(digits, k=6)))
        forward = random.random() < 0.5
        number = random.randint(10**13, 10**14) if forward else int("".join(random.choices(digits, k=15)))
        return cls(skipped, start, number, forward) if start > 10**4 and number > 10**12 else None

    def statement(self) -> str:
        which = f"digit ${self.skipped[0]}$"
        if len(self.skipped) == 2:
            which = f"digits ${self.skipped[0]}$ and ${self.skipped[1]}$"
        if self.forward:
            return (
                f"A pulse counter with plenty of places is faulty: in every place it skips the {which} and goes on at "
                "once to the next digit; otherwise it works as usual and moves on by one reading for each pulse. At "
                f"present it shows ${self.start}$. What does it show after ${self.number}$ more pulses?"
            )
        return (
            f"On the wheels of an unusual counter the {which} {'is' if len(self.skipped) == 1 else 'are'} missing; the "
            "other digits are in their usual order, and when a wheel has gone once around, the next wheel to its left "
            "moves on by one digit as usual. In a simulation, this counter counts the steps. Its reading was "
            f"${self.start}$ at first and is ${self.number}$ now. How many steps has it counted in between?"
        )

    def answer(self) -> Answer:
        digits = [digit for digit in range(10) if digit not in self.skipped]
        base = len(digits)

        def true(reading: int) -> int:
            return base * true(reading // 10) + digits.index(reading % 10) if reading else 0

        def shown(count: int) -> int:
            return 10 * shown(count // base) + digits[count % base] if count else 0

        return shown(true(self.start) + self.number) if self.forward else true(self.number) - true(self.start)

    def check(self) -> Answer:
        def readings(limit: int) -> int:
            """Count the readings below a limit, by the first place in which they are smaller."""
            text = str(limit)
            total = 0
            for place, digit in enumerate(text):
                smaller = sum(other not in self.skipped for other in range(int(digit)))
                total += smaller * (10 - len(self.skipped)) ** (len(text) - place - 1)
                if int(digit) in self.skipped:
                    break
            return total

        if not self.forward:
            return readings(self.number) - readings(self.start)
        low, high, wanted = self.start, 10**24, readings(self.start) + self.number
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if readings(middle) <= wanted else (low, middle)
        return low


class DigitsBehindPoint(Family, domain="prealgebra", level=4):
    """The sum of a huge number of digits of a fraction's decimal expansion, which is periodic after some digits."""

    naive_program = """
    from decimal import Decimal, getcontext
    getcontext().prec = count + 10
    decimal = str(Decimal(top) / Decimal(bottom))
    print(sum(int(digit) for digit in decimal.split(".")[1][:count]))
    """
    solution_program = """
    rest, digits, seen = top, [], {}
    while rest not in seen:
        seen[rest] = len(digits)
        digit, rest = divmod(10 * rest, bottom)
        digits.append(digit)
    lead, period = digits[: seen[rest]], digits[seen[rest] :]
    rounds, more = divmod(count - len(lead), len(period))
    print(sum(lead) + rounds * sum(period) + sum(period[:more]))
    """

    top: int
    bottom: int
    count: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        odd = random.randint(17, 400)
        bottom = odd * random.choice((1, 2, 4, 5, 8, 20, 25))
        top = random.randint(2, bottom - 1)
        if odd % 2 == 0 or odd % 5 == 0 or odd % 3 == 0 or gcd(top, bottom) > 1:
            return None
        return cls(top, bottom, random.randint(10**13, 10**16), random.randrange(2))

    def statement(self) -> str:
        fraction = rf"\frac{{{self.top}}}{{{self.bottom}}}"
        if self.wording:
            return (
                f"Imagine dividing ${self.top}$ by ${self.bottom}$ by long division and going on until ${self.count}$ "
                f"digits after the decimal point have been found. What is the sum of these ${self.count}$ digits?"
            )
        return (
            f"What is the sum of the first ${self.count}$ digits after the decimal point in the decimal expansion of "
            f"${fraction}$?"
        )

    def answer(self) -> Answer:
        rest, digits, seen = self.top, list[int](), dict[int, int]()
        while rest not in seen:
            seen[rest] = len(digits)
            digit, rest = divmod(10 * rest, self.bottom)
            digits.append(digit)
        start = seen[rest]
        rounds, more = divmod(self.count - start, len(digits) - start)
        return sum(digits[: start + more]) + rounds * sum(digits[start:])

    def check(self) -> Answer:
        shift = next(shift for shift in range(9) if gcd(10**shift * self.top, self.bottom) == self._tens())
        whole, part = divmod(Fraction(10**shift * self.top, self.bottom), 1)
        length = next(n for n in range(1, 1000) if pow(10, n, part.denominator) == 1)
        period = f"{part * (10**length - 1)}".zfill(length)
        rounds, more = divmod(self.count - shift, length)
        once, rest = (sum(map(int, text)) for text in (period, period[:more]))
        return sum(map(int, str(whole))) + rounds * once + rest

    def _tens(self) -> int:
        """Return the part of the denominator that divides a power of 10."""
        return gcd(self.bottom, 10**9)


class RoundedPoll(Family, domain="prealgebra", level=4):
    """How many numbers of votes may be behind three rounded percents: from a few hundred on, all of them."""

    naive_program = """
    def fits(n):
        counts = [[a for a in range(n + 1) if round(100 * a / n) == percent] for percent in percents]
        return any(n - a - b in counts[2] for a in counts[0] for b in counts[1])

    print(sum(fits(n) for n in range(1, limit + 1)))
    """
    solution_program = """
    def fits(n):
        counts = [[a for a in range(n + 1) if (200 * a + n) // (2 * n) == percent] for percent in percents]
        return all(counts) and sum(map(min, counts)) <= n <= sum(map(max, counts))

    many = 1000  # each percent leaves a choice of some n/100 votes, so that a large n always fits
    print(limit - sum(not fits(n) for n in range(1, many)))
    """

    percents: tuple[int, int, int]
    limit: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        first, second = random.randint(5, 60), random.randint(5, 60)
        third = random.choice((99, 100, 100, 100, 101)) - first - second
        if third < 5 or len({first, second, third}) < 3:
            return None
        return cls((first, second, third), random.randint(10**12, 10**15), random.randrange(2))

    def statement(self) -> str:
        one, two, three = (rf"${percent}\%$" for percent in self.percents)
        rule = (
            "All three percentages were rounded to the nearest whole percent, and halves were rounded up, so that for "
            r"instance $6.5\%$ became $7\%$."
        )
        if self.wording:
            return (
                f"In a simulated election, the first candidate received {one} of the votes, the second {two}, and the "
                f"third {three}; there were no other candidates and no invalid votes. {rule} There were at most "
                f"${self.limit}$ votes. How many different values are possible for the number of votes?"
            )
        return (
            f"A computer prints $n$ letters, each of which is an A, a B, or a C. It reports that {one} of the letters "
            f"are A, {two} are B, and {three} are C. {rule} For how many positive integers $n \\le {self.limit}$ is "
            "this possible?"
        )

    def answer(self) -> Answer:
        # The sums of counts reach 3n/200 - 3 to both sides of a middle at most n/100 off n: all fit from 600 on.
        one, two, three = (_ends(percent) for percent in self.percents)
        fitting = sum(
            a <= b and c <= d and e <= f and a + c + e <= votes <= b + d + f
            for votes, ((a, b), (c, d), (e, f)) in enumerate(zip(one, two, three, strict=True), start=1)
        )
        return self.limit - len(one) + fitting

    def check(self) -> Answer:
        possible, tried = 0, 601
        for votes in range(1, tried + 1):
            sums = 1  # the bits are the possible sums
            for percent in self.percents:
                exact = percent * votes
                near = range(max(exact // 100 - votes // 200 - 1, 0), exact // 100 + votes // 200 + 3)
                more = 0
                for count in near:
                    if -votes <= 2 * (100 * count - exact) < votes:
                        more |= sums << count
                sums = more
            possible += sums >> votes & 1
        return self.limit - tried + possible


@cache
def _ends(percent: int) -> tuple[tuple[int, int], ...]:
    """Return for 1, 2, ..., 600 votes the least and the largest number of them that are rounded to a percent."""
    return tuple(
        (-((1 - 2 * percent) * votes // 200), -(-(2 * percent + 1) * votes // 200) - 1) for votes in range(1, 601)
    )
