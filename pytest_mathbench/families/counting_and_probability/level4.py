"""Counting and probability, level 4: arrangements that a quick count gets wrong or that are too many to list."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from math import comb, factorial, prod
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import multinomial, sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_NAMED = ["", "", "two", "three", "four", "five", "six", "seven"]


class RoundTable(Family, domain="counting_and_probability", level=4):
    """Couples around a table, some of whom sit together and some never: the events are not independent."""

    couples: int
    together: int
    apart: int
    story: int

    naive_program = """
    from fractions import Fraction
    side = Fraction(2, 2 * couples - 1)
    print(side**together * (1 - side) ** apart)
    """
    solution_program = """
    from fractions import Fraction
    from math import comb, factorial
    people = 2 * couples
    good = 0
    for k in range(apart + 1):
        pairs = together + k
        good += (-1) ** k * comb(apart, k) * 2**pairs * factorial(people - pairs - 1)
    print(Fraction(good, factorial(people - 1)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        couples = random.randint(7, 30)
        return sound(cls(couples, random.randint(2, 3), random.randint(2, 4), random.randrange(2)))

    def statement(self) -> str:
        people = 2 * self.couples
        together, apart = _NAMED[self.together], _NAMED[self.apart]
        return (
            f"The ${people}$ people of ${self.couples}$ couples sit down at random on the ${people}$ chairs around a "
            f"round table, all seatings being equally likely. {together.capitalize()} of the couples are on their "
            f"honeymoon, and {apart} of the other couples have quarreled. What is the probability that the two people "
            "of each honeymoon couple sit next to each other, but the two people of each quarreled couple do not? "
            "Express your answer as a common fraction.",
            f"Socks of ${self.couples}$ different pairs are hung in random order on a circular clothesline with "
            f"${people}$ pegs, one sock on each peg. What is the probability that the two socks of each of {together} "
            f"given pairs hang on neighboring pegs, but the two socks of each of {apart} other given pairs do not? "
            "Express your answer as a common fraction.",
        )[self.story]

    def answer(self) -> Answer:
        people = 2 * self.couples

        def joined(pairs: int) -> int:
            """Count the circular seatings in which these pairs sit together."""
            return (1 << pairs) * factorial(people - pairs - 1)

        good = sum((-1) ** k * comb(self.apart, k) * joined(self.together + k) for k in range(self.apart + 1))
        return Fraction(good, factorial(people - 1))

    def check(self) -> Answer:
        people = 2 * self.couples
        # One pair after another is glued to one block: the chance that the next one is together, given the earlier.
        chances = [Fraction(1)]
        for pairs in range(self.together + self.apart):
            blocks = people - pairs  # of which two single people are the next pair
            chances.append(chances[-1] * Fraction(2, blocks - 1))
        differences = chances[self.together :]
        for _ in range(self.apart):
            differences = [one - other for one, other in pairwise(differences)]
        return differences[0]


class StringsWithoutRuns(Family, domain="counting_and_probability", level=4):
    """Strings without a run of three equal letters whose ends differ, too many to list."""

    letters: int
    length: int
    story: int

    naive_program = """
    from itertools import product
    count = 0
    for word in product(range(letters), repeat=length):
        if word[0] != word[-1] and not any(a == b == c for a, b, c in zip(word, word[1:], word[2:])):
            count += 1
    print(count)
    """
    solution_program = """
    from collections import Counter
    states = Counter({(0, 1): letters})  # is the last letter another than the first?, run
    for _ in range(length - 1):
        after = Counter()
        for (other, run), ways in states.items():
            if run == 1:
                after[other, 2] += ways
            if other:
                after[0, 1] += ways
                after[1, 1] += (letters - 2) * ways
            else:
                after[1, 1] += (letters - 1) * ways
        states = after
    print(states[1, 1] + states[1, 2])
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        letters, length = random.randint(3, 12), random.randint(11, 38)
        return sound(cls(letters, length, random.randrange(3))) if letters**length >= 10**12 else None

    def statement(self) -> str:
        n, size = self.letters, self.length
        return (
            f"An alphabet has ${n}$ letters. How many strings of ${size}$ letters of this alphabet are there in which "
            "no three consecutive letters are all the same and the last letter differs from the first?",
            f"Each of the ${size}$ stairs of a staircase is painted in one of ${n}$ colors, so that no three "
            "consecutive stairs have the same color, and the lowest and the highest stair have different colors. In "
            "how many ways can this be done, if not every color need be used?",
            f"On each of ${size}$ consecutive days, Mia wears one of her ${n}$ hats. She never wears the same hat on "
            "three days in a row, and on the last day she does not wear the hat of the first day. In how many ways "
            "can she choose the hats for all these days?",
        )[self.story]

    def answer(self) -> Answer:
        # By blocks: each is one or two long and differs from the one before it; first and last differ, in a ring.
        total = 0
        for blocks in range((self.length + 1) // 2, self.length + 1):
            cycle = (self.letters - 1) ** blocks + (-1) ** blocks * (self.letters - 1)
            total += comb(blocks, self.length - blocks) * cycle
        return total

    def check(self) -> Answer:
        # State: (whether the last letter is the first one, length of the run), counted letter by letter.
        states = Counter({(True, 1): self.letters})
        for _ in range(self.length - 1):
            after: Counter[tuple[bool, int]] = Counter()
            for (same, run), ways in states.items():
                if run == 1:
                    after[same, 2] += ways
                if not same:
                    after[True, 1] += ways
                after[False, 1] += (self.letters - 1 if same else self.letters - 2) * ways
            states = after
        return sum(ways for (same, _), ways in states.items() if not same)


class BoxesOfTwo(Family, domain="counting_and_probability", level=4):
    """Different things in like groups with at least so many each: filling up afterwards counts too often."""

    people: int
    groups: int
    least: int
    story: int

    naive_program = """
    from math import comb, factorial
    ways, free = 1, people
    for _ in range(groups):
        ways *= comb(free, least)
        free -= least
    print(ways * groups**free // factorial(groups))
    """
    solution_program = """
    from functools import cache
    from math import comb

    @cache
    def ways(n, k):
        if k == 0:
            return int(n == 0)
        return sum(comb(n - 1, size - 1) * ways(n - size, k - 1) for size in range(least, n + 1))

    print(ways(people, groups))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        groups, least = random.randint(3, 7), random.randint(2, 4)
        return sound(cls(random.randint(groups * least + 2, groups * least + 10), groups, least, random.randrange(3)))

    def statement(self) -> str:
        n, k, least = self.people, self.groups, _NAMED[self.least]
        return (
            f"In how many ways can ${n}$ hikers split into ${k}$ groups, each of at least {least} people? The groups "
            "have no names or order.",
            f"A teacher divides ${n}$ different books into ${k}$ parcels that all look alike, with at least {least} "
            "books in each parcel. In how many ways can she do this?",
            rf"How many partitions of the set $\{{1, 2, \ldots, {n}\}}$ consist of exactly ${k}$ subsets, each of "
            f"which has {least} or more elements?",
        )[self.story]

    def answer(self) -> Answer:
        # The associated Stirling numbers: a new element joins a group, or makes one with others.
        n, k, least = self.people, self.groups, self.least
        table: dict[tuple[int, int], int] = {(0, 0): 1}
        for size in range(1, n + 1):
            for groups in range(k + 1):
                joins = groups * table.get((size - 1, groups), 0)
                opens = comb(size - 1, least - 1) * table.get((size - least, groups - 1), 0)
                table[size, groups] = joins + opens
        return table[n, k]

    def check(self) -> Answer:
        # By the sizes of the groups.
        def sizes(left: int, parts: int, low: int) -> list[tuple[int, ...]]:
            if parts == 1:
                return [(left,)] if left >= low else []
            return [(one, *rest) for one in range(low, left // parts + 1) for rest in sizes(left - one, parts - 1, one)]

        total = 0
        for parts in sizes(self.people, self.groups, self.least):
            ways = factorial(self.people) // prod(map(factorial, parts))
            total += ways // prod(map(factorial, Counter(parts).values()))
        return total


class NoTwins(Family, domain="counting_and_probability", level=4):
    """Arrangements of a word in which no two equal letters are neighbors, too many to list."""

    letters: str
    story: int

    naive_program = """
    from sympy.utilities.iterables import multiset_permutations
    count = 0
    for word in multiset_permutations(list(letters)):
        count += all(a != b for a, b in zip(word, word[1:]))
    print(count)
    """
    solution_program = """
    from collections import Counter
    from functools import cache

    counts = Counter(letters)
    kinds = sorted(counts)

    @cache
    def ways(left, last):
        if not any(left):
            return 1
        return sum(
            ways(left[:i] + (n - 1,) + left[i + 1 :], i) for i, n in enumerate(left) if n and i != last
        )

    print(ways(tuple(counts[kind] for kind in kinds), -1))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        kinds = random.sample("ABCDEKLMNORSTU", random.randint(5, 7))
        counts = [random.randint(1, 5) for _ in kinds]
        letters = [letter for letter, count in zip(kinds, counts, strict=True) for _ in range(count)]
        random.shuffle(letters)
        every = multinomial(*counts)
        ok = every >= 10**10 and sum(count > 1 for count in counts) >= 3 and len(letters) <= 20
        return sound(cls("".join(letters), random.randrange(3))) if ok else None

    def statement(self) -> str:
        counts = sorted(Counter(self.letters).items())
        named = [
            f"${count}$ $\\text{{{letter}}}$'s" if count > 1 else f"one $\\text{{{letter}}}$"
            for letter, count in counts
        ]
        return (
            rf"In how many different ways can all the letters of $\text{{{self.letters}}}$ be arranged in a row such "
            "that no two equal letters stand next to each other?",
            f"How many strings consist of {', '.join(named[:-1])}, and {named[-1]}, and have no two adjacent letters "
            "that are the same?",
            rf"A printer has one tile for each of the ${len(self.letters)}$ letters of $\text{{{self.letters}}}$; "
            "tiles with the same letter cannot be told apart. How many different rows can be made of all these "
            "tiles in which neighboring tiles always show different letters?",
        )[self.story]

    def answer(self) -> Answer:
        # Each letter's copies are cut into blocks, blocks are arranged as single things: inclusion and exclusion.
        total: Counter[int] = Counter({0: 1})  # blocks so far -> signed ways, divided by the blocks' orders
        scale = 1
        for count in Counter(self.letters).values():
            after: Counter[int] = Counter()
            scale *= factorial(count)
            for blocks in range(1, count + 1):
                part = (-1) ** (count - blocks) * comb(count - 1, blocks - 1) * factorial(count) // factorial(blocks)
                for so_far, ways in total.items():
                    after[so_far + blocks] += ways * part
            total = after
        return sum(ways * factorial(blocks) for blocks, ways in total.items()) // scale

    def check(self) -> Answer:
        # One letter after another is put in; the state is the number of places between two equal letters.
        states: Counter[int] = Counter({0: 1})
        length = 0
        for count in Counter(self.letters).values():
            after: Counter[int] = Counter()
            for bad, ways in states.items():
                for blocks in range(1, count + 1):
                    for healed in range(min(bad, blocks) + 1):
                        put = comb(bad, healed) * comb(length + 1 - bad, blocks - healed)
                        after[bad - healed + count - blocks] += ways * put * comb(count - 1, blocks - 1)
            states = after
            length += count
        return states[0]
