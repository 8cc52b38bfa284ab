"""Prealgebra, level 5: numbers in words, in a row of digits, and in stones on a balance."""

from collections import Counter
from functools import cache
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_UNITS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ("", "thousand", "million", "billion", "trillion", "quadrillion")
_SMALL = (*_UNITS, *_TEENS, *(ten + unit for ten in _TENS for unit in _UNITS))
_SPELLED = Counter(len(unit + "hundred" * bool(unit) + rest) for unit in _UNITS for rest in _SMALL if unit or rest)
"""How many of the numbers 1 to 999 have names of so many letters."""


class LettersInName(Family, domain="prealgebra", level=5):
    """How many numbers have names of so many letters: the groups of three digits are spelled one by one."""

    naive_program = """
    units = " one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    units = (units + " seventeen eighteen nineteen").split(" ")
    tens = "  twenty thirty forty fifty sixty seventy eighty ninety".split(" ")
    scales = ["", "thousand", "million", "billion", "trillion", "quadrillion"]

    def spell(n):
        if n < 20:
            return units[n]
        if n < 100:
            return tens[n // 10] + units[n % 10]
        return units[n // 100] + "hundred" + spell(n % 100)

    def name(n):
        text, place = "", 0
        while n:
            if n % 1000:
                text = spell(n % 1000) + scales[place] + text
            n //= 1000
            place += 1
        return text

    print(sum(len(name(n)) == letters for n in range(1, 1000**groups)))
    """
    solution_program = """
    from collections import Counter
    units = [0, 3, 3, 5, 4, 4, 3, 5, 5, 4, 3, 6, 6, 8, 8, 7, 7, 9, 8, 8]
    tens = [0, 0, 6, 6, 5, 5, 5, 7, 6, 6]
    scales = [0, 8, 7, 7, 8, 11]

    def spell(n):
        if n < 20:
            return units[n]
        if n < 100:
            return tens[n // 10] + units[n % 10]
        return units[n // 100] + 7 + spell(n % 100)

    ways = Counter({0: 1})
    for place in range(groups):
        more = Counter()
        for length, count in ways.items():
            for n in range(1000):
                more[length + (spell(n) + scales[place] if n else 0)] += count
        ways = more
    print(ways[letters])
    """

    groups: int
    letters: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        groups = random.randint(4, 6)
        return cls(groups, random.randint(8 * groups, 27 * groups), random.randrange(2))

    def statement(self) -> str:
        limit = f"10^{{{3 * self.groups}}}"
        rule = (
            "Names are written without the word ``and'', such as ``five million two hundred thousand forty-one'', and "
            "spaces and hyphens are not letters."
        )
        large = _GROUPS[self.groups - 1]
        if self.wording:
            return (
                f"Consider the names of all the positive integers less than ${limit}$ in English words, the largest "
                f"words being ``thousand'', ``million'', and so on up to ``{large}''. {rule} How many of the names "
                f"have exactly ${self.letters}$ letters?"
            )
        return (
            f"The name of $41$ in English, forty-one, has $8$ letters. How many positive integers less than ${limit}$ "
            f"have a name of exactly ${self.letters}$ letters? The largest word needed is ``{large}''. {rule}"
        )

    def answer(self) -> Answer:
        return _names(self.groups)[self.letters]

    def check(self) -> Answer:
        return _polynomial(self.groups)[self.letters]


@cache
def _names(groups: int) -> Counter[int]:
    """Return how many names of at most so many groups, none for 0, have how many letters."""
    if not groups:
        return Counter({0: 1})
    fewer = _names(groups - 1)
    ways = fewer.copy()
    for length, count in fewer.items():
        for letters, times in _SPELLED.items():
            ways[length + letters + len(_GROUPS[groups - 1])] += count * times
    return ways


@cache
def _polynomial(groups: int) -> list[int]:
    """Return the same as coefficients of a product, from the words on."""
    units, tens, teens = (
        [sum(len(word) == power for word in words) for power in range(10)] for words in (_UNITS[1:], _TENS, _TEENS)
    )
    below_hundred = _plus(_plus([1, *units[1:]], teens), _times(tens, [1, *units[1:]]))
    block = _times([1, 0, 0, 0, 0, 0, 0, *units], below_hundred)
    product = [1]
    for scale in _GROUPS[:groups]:
        product = _times(product, [1, *[0] * len(scale), *block[1:]])
    return product


def _plus(one: list[int], other: list[int]) -> list[int]:
    size = max(len(one), len(other))
    return [sum(terms) for terms in zip(*(side + [0] * (size - len(side)) for side in (one, other)), strict=True)]


def _times(one: list[int], other: list[int]) -> list[int]:
    product = [0] * (len(one) + len(other) - 1)
    for place, factor in enumerate(one):
        for shift, second in enumerate(other):
            product[place + shift] += factor * second
    return product


class RowRemainder(Family, domain="prealgebra", level=5):
    """The remainder of a number that consists of all the multiples of a number in a row."""

    naive_program = """
    remainder = 0
    for number in range(step, step * count + 1, step):
        remainder = (remainder * 10 ** len(str(number)) + number) % divisor
    print(remainder)
    """
    solution_program = """
    def times(a, b):
        return [[sum(a[i][k] * b[k][j] for k in range(3)) % divisor for j in range(3)] for i in range(3)]

    remainder, done, length = 0, 0, 1
    while done < count:
        last = min(count, (10**length - 1) // step)
        terms = last - done
        power = [[10**length, 1, 0], [0, 1, step], [0, 0, 1]]
        result = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        while terms:
            if terms % 2:
                result = times(power, result)
            power = times(power, power)
            terms //= 2
        first = step * (done + 1)
        remainder = (result[0][0] * remainder + result[0][1] * first + result[0][2]) % divisor
        done, length = last, length + 1
    print(remainder)
    """

    step: int
    count: int
    divisor: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        divisor = random.randint(100, 9999)
        if not all(divisor % prime for prime in (2, 3, 5)):
            return None
        drawn = cls(random.randint(1, 9), random.randint(10**14, 10**17), divisor, random.randrange(2))
        return drawn if drawn.answer() > 9 else None

    def statement(self) -> str:
        start = "".join(str(self.step * number) for number in range(1, 13))
        last = self.step * self.count
        if self.wording:
            what = "positive integers" if self.step == 1 else f"positive multiples of ${self.step}$"
            return (
                f"Imagine the {what} up to and including ${last}$ written in increasing order in one row, without any "
                rf"gaps: \[{start}\ldots{last}\] The row is read as a single huge integer and divided by "
                f"${self.divisor}$. What is the remainder?"
            )
        row = ",".join(str(self.step * number) for number in range(1, 5))
        return (
            rf"The decimal digits of the ${self.count}$ numbers ${row},\ldots,{last}$ are joined, in this order, to "
            rf"form the integer $M = {start}\ldots{last}$. Find the remainder when $M$ is divided by ${self.divisor}$."
        )

    def answer(self) -> Answer:
        modulus, remainder, done, length = self.divisor, 0, 0, 1
        while done < self.count:
            last = min(self.count, (10**length - 1) // self.step)
            terms = last - done
            # one, two, four, ... numbers more: r, first -> r * shift + first * weight + rest
            shift, weight, rest, block = 10**length % modulus, 1, 0, 1
            first = self.step * (done + 1)
            while terms:
                if terms & 1:
                    remainder = (remainder * shift + first * weight + rest) % modulus
                    first += self.step * block
                rest = (rest * shift + self.step * block * weight + rest) % modulus
                weight = (weight * shift + weight) % modulus
                shift, block, terms = shift * shift % modulus, 2 * block, terms >> 1
            done, length = last, length + 1
        return remainder

    def check(self) -> Answer:
        total, after = 0, 1  # from the last block to the first; `after` is the power of ten behind the block
        for length in range(len(str(self.step * self.count)), 0, -1):
            low = (10 ** (length - 1) - 1) // self.step + 1
            high = min(self.count, (10**length - 1) // self.step)
            if high < low:
                continue
            terms, shift = high - low + 1, 10**length
            modulus = self.divisor * (shift - 1) ** 2
            power = pow(shift, terms, modulus)
            geometric = high * (power - 1) * (shift - 1)
            weighted = (terms - 1) * power * shift - terms * power + shift
            block = (geometric - weighted) % modulus // (shift - 1) ** 2
            total = (total + self.step * block * after) % self.divisor
            after = after * power % self.divisor
        return total


class StonesOnBalance(Family, domain="prealgebra", level=5):
    """All weights up to a limit are weighed with powers of 3 on both pans: how many stones are used in all."""

    naive_program = """
    total = 0
    for n in range(1, limit + 1):
        while n:
            digit = n % 3
            if digit == 2:
                digit = -1
            total += digit != 0 if side == "both" else digit == (-1 if side == "goods" else 1)
            n = (n - digit) // 3
    print(total)
    """
    solution_program = """
    total, power = 0, 1
    wanted = {"both": [1, 2], "goods": [2], "other": [1]}[side]
    while power <= 2 * limit:
        def count(top, digit):  # how many of 0, ..., top have this ternary digit
            rounds, rest = divmod(top + 1, 3 * power)
            return rounds * power + min(max(rest - digit * power, 0), power)

        half = (power - 1) // 2  # adding 11...1 in base 3 turns the digits 0, 1, -1 into plain ones
        for digit in wanted:
            total += count(limit + half, digit) - count(half, digit)
        power *= 3
    print(total)
    """

    limit: int
    side: str
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(10**13, 10**17), random.choice(("both", "goods", "other")), random.randrange(2))

    def statement(self) -> str:
        if self.wording:
            sign = {"both": "plus and minus signs together, a plus sign before the first term included,"}
            sign |= {"goods": "minus signs", "other": "plus signs, one before the first term included,"}
            return (
                "Every positive integer can be written in exactly one way, apart from the order, as a sum or "
                "difference of different powers of $3$, such as $+9-3-1=5$ or $+9+1=10$; the largest power always "
                f"comes first. If this is done for each integer from $1$ to ${self.limit}$, how many {sign[self.side]} "
                "are written in all?"
            )
        pan = {"both": "on the two pans", "goods": "on the same pan as the package"}
        pan |= {"other": "on the pan opposite the package"}
        return (
            "A merchant has one stone each of $1$ gram, $3$ grams, $9$ grams, and so on, for every power of $3$. With "
            "stones on one pan or on both pans of a balance, each package of a whole number of grams can be balanced "
            f"in exactly one way. Suppose that she balances packages of $1,2,3,\\ldots,{self.limit}$ grams, one at a "
            f"time, each with the stones that it requires. How many stones does she place {pan[self.side]} in all?"
        )

    def answer(self) -> Answer:
        total, power = 0, 1
        while power <= 2 * self.limit:
            ahead = (power - 1) // 2
            top, below = self.limit + ahead + 1, ahead + 1
            for digit in {"both": (1, 2), "goods": (2,), "other": (1,)}[self.side]:
                for sign, end in ((1, top), (-1, below)):
                    rounds, rest = divmod(end, 3 * power)
                    total += sign * (rounds * power + min(max(rest - digit * power, 0), power))
            power *= 3
        return total

    def check(self) -> Answer:
        kinds = {"both": (1, -1), "goods": (-1,), "other": (1,)}[self.side]

        def stones(n: int) -> int:
            used = 0
            while n:
                digit = (n + 1) % 3 - 1
                used, n = used + (digit in kinds), (n - digit) // 3
            return used

        def total(n: int) -> int:
            """Of 3m - 1, 3m and 3m + 1, each has the stones of m, three times as heavy, and maybe that of 1 gram."""
            rest = 0
            while n % 3 != 1 and n > 0:
                rest, n = rest + stones(n), n - 1
            if n <= 0:
                return rest
            groups = n // 3
            return rest + 3 * total(groups) + len(kinds) * groups + (1 in kinds)

        return total(self.limit)
