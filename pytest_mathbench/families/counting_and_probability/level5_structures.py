"""Counting and probability, level 5: graphs, permutations, games, grids, and cycles with a structure to see."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import comb, factorial, lcm
from random import Random
from typing import Self

from pytest_mathbench.families.counting_and_probability.shared import sound
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer


class ConnectedRoads(Family, domain="counting_and_probability", level=5):
    """Connected labelled graphs with so many edges, of which one may be prescribed."""

    towns: int
    roads: int
    given: bool
    story: int

    naive_program = """
    from math import comb
    trees = towns ** (towns - 2)
    pairs = comb(towns, 2)
    if given:
        trees = trees * (towns - 1) // pairs
    print(trees * comb(pairs - (towns - 1), roads - (towns - 1)))
    """
    solution_program = """
    from math import comb
    connected = {}
    for n in range(1, towns + 1):
        for m in range(roads + 1):
            total = comb(comb(n, 2), m)
            for k in range(1, n):
                part = sum(connected[k, j] * comb(comb(n - k, 2), m - j) for j in range(m + 1) if connected[k, j])
                total -= comb(n - 1, k - 1) * part
            connected[n, m] = total
    answer = connected[towns, roads]
    print(answer * roads // comb(towns, 2) if given else answer)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        towns = random.randint(9, 12)  # for fewer, all graphs can be listed
        return sound(cls(towns, random.randint(towns, towns + 10), random.random() < 0.5, random.randrange(3)))

    def statement(self) -> str:
        one = (
            (", and there must be a road between Aden and Bari, which are two of the towns", ""),
            (", among them the pair of Ava and Ben, who are two of these people", ""),
            (", one of which joins vertices $1$ and $2$", ""),
        )[self.story][not self.given]
        return (
            f"Among ${self.towns}$ towns, exactly ${self.roads}$ roads are to be built, each between two towns, and "
            "at most one between any two. It must be possible to travel from each town to every other one by "
            f"road{one}. In how many ways can the pairs of towns that are joined by a road be chosen?",
            f"A network of ${self.towns}$ people consists of exactly ${self.roads}$ pairs of people who know each "
            f"other{one}. News that any one of them has reaches all others by being passed on between people who know "
            "each other. How many such networks are possible?",
            rf"How many connected simple graphs with the vertices $1, 2, \ldots, {self.towns}$ have exactly "
            f"${self.roads}$ edges{one}?",
        )[self.story]

    def answer(self) -> Answer:
        # From all graphs to connected ones: the logarithm of the generating function, by partitions of the vertices.
        total = 0
        for parts in _partitions(self.towns, self.towns):
            ways = factorial(self.towns)
            for size, times in Counter(parts).items():
                ways //= factorial(size) ** times * factorial(times)
            sign = (-1) ** (len(parts) - 1) * factorial(len(parts) - 1)
            total += sign * ways * comb(sum(comb(size, 2) for size in parts), self.roads)
        return total * self.roads // comb(self.towns, 2) if self.given else total

    def check(self) -> Answer:
        # By the component of the first vertex; with a given edge, those without it are taken off.
        pairs = [comb(size, 2) for size in range(self.towns + 1)]
        rows: list[list[int]] = [[]]
        for size in range(1, self.towns + 1):
            row = [comb(pairs[size], edges) for edges in range(self.roads + 1)]
            for part in range(1, size):
                rest = [comb(pairs[size - part], edges) for edges in range(self.roads + 1)]
                ways = comb(size - 1, part - 1)
                for edges, number in enumerate(rows[part][: pairs[part] + 1]):
                    if number:
                        for other in range(min(pairs[size - part], self.roads - edges) + 1):
                            row[edges + other] -= ways * number * rest[other]
            rows.append(row)
        whole = rows[self.towns][self.roads]
        return Fraction(whole, pairs[self.towns]) * self.roads if self.given else whole


def _partitions(total: int, largest: int) -> Iterator[tuple[int, ...]]:
    """Yield the partitions of a number into parts, none of them above the largest."""
    if not total:
        yield ()
    for part in range(min(total, largest), 0, -1):
        for rest in _partitions(total - part, part):
            yield (part, *rest)


class ShuffleReturns(Family, domain="counting_and_probability", level=5):
    """Permutations of exact order, with so many fixed points."""

    cards: int
    order: int
    fixed: int
    story: int

    naive_program = """
    from math import comb, perm
    moving = cards - fixed
    lengths = [d for d in range(2, moving + 1) if order % d == 0]
    ways = [1] + [0] * moving
    for n in range(1, moving + 1):
        ways[n] = sum(perm(n - 1, d - 1) * ways[n - d] for d in lengths if d <= n)
    print(comb(cards, fixed) * ways[moving])
    """
    solution_program = """
    from math import comb, lcm, perm
    from collections import defaultdict
    moving = cards - fixed
    lengths = [d for d in range(2, moving + 1) if order % d == 0]
    ways = [defaultdict(int) for _ in range(moving + 1)]
    ways[0][1] = 1
    for n in range(1, moving + 1):
        for d in lengths:
            if d <= n:
                for least, number in ways[n - d].items():
                    ways[n][lcm(least, d)] += perm(n - 1, d - 1) * number
    print(comb(cards, fixed) * ways[moving][order])
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        order = random.choice([4, 6, 8, 9, 10, 12, 14, 15, 18, 20, 24, 30])
        drawn = cls(random.randint(13, 21), order, random.randint(2, 5), random.randrange(3))
        every = comb(drawn.cards, drawn.fixed) * sum(number for _, number in drawn._orders())
        return sound(drawn) if every != drawn.answer() else None

    def statement(self) -> str:
        return (
            f"A machine shuffles a deck of ${self.cards}$ different cards, always in the same way. In each shuffle "
            f"exactly ${self.fixed}$ positions keep their card, and the deck is back in its original order for the "
            f"first time after ${self.order}$ shuffles. How many ways of shuffling are there with these properties?",
            f"How many permutations of the numbers from $1$ to ${self.cards}$ have exactly ${self.fixed}$ fixed "
            f"points and have order ${self.order}$, that is, yield the identity when they are applied ${self.order}$ "
            "times in succession, but not when they are applied fewer times (at least once)?",
            f"At each whistle, ${self.cards}$ children on ${self.cards}$ chairs change places, each time by the same "
            f"rule, which says for each chair where the child on it goes. Exactly ${self.fixed}$ children never leave "
            "their chairs, and all children are back where they were at the start, together, for the first time "
            f"after whistle number ${self.order}$. How many such rules are there?",
        )[self.story]

    def _orders(self) -> Iterator[tuple[int, int]]:
        """Yield (order, how many permutations) by cycle type, for the cards that move."""
        moving = self.cards - self.fixed
        for parts in _divided(moving, [d for d in range(2, moving + 1) if self.order % d == 0]):
            ways = factorial(moving)
            for size, times in Counter(parts).items():
                ways //= size**times * factorial(times)
            yield lcm(*parts), ways

    def answer(self) -> Answer:
        return comb(self.cards, self.fixed) * sum(ways for order, ways in self._orders() if order == self.order)

    def check(self) -> Answer:
        # Those whose order divides d, for each divisor d, and of these by inclusion and exclusion over the primes.
        moving = self.cards - self.fixed
        primes = [p for p in (2, 3, 5, 7) if self.order % p == 0]
        total = 0
        for size in range(len(primes) + 1):
            for chosen in combinations(primes, size):
                order = self.order
                for prime in chosen:
                    order //= prime
                ways = [1] + [0] * moving
                for number in range(1, moving + 1):
                    falling = 1
                    for length in range(1, number + 1):
                        if length > 1 and order % length == 0:
                            ways[number] += falling * ways[number - length]
                        falling *= number - length
                total += (-1) ** size * ways[moving]
        return comb(self.cards, self.fixed) * total


def _divided(total: int, lengths: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield the partitions of a number into parts of these lengths."""
    if not total:
        yield ()
    for place, length in enumerate(lengths):
        if length <= total:
            for rest in _divided(total - length, lengths[place:]):
                yield (length, *rest)


class SeatedCouples(Family, domain="counting_and_probability", level=5):
    """Couples who alternate at a table or on a bench, exactly so many of them side by side."""

    couples: int
    together: int
    table: bool
    story: int

    naive_program = """
    from itertools import permutations
    count = 0
    for order in permutations(range(couples)):
        side = 0
        for place, husband in enumerate(order):
            right = (place + 1) % couples if table else place + 1
            side += husband == place or husband == right
        count += side == together
    print(count)
    """
    solution_program = """
    from math import comb, factorial
    n = couples

    def placed(k):
        if table:
            return 2 * n * comb(2 * n - k, k) // (2 * n - k)
        return comb(2 * n - k, k)

    total = 0
    for k in range(together, n + 1):
        total += (-1) ** (k - together) * comb(k, together) * placed(k) * factorial(n - k)
    print(total)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        couples = random.randint(19, 24)  # for fewer, the sets of husbands seated can be listed
        return sound(cls(couples, random.randint(2, 12), random.random() < 0.5, random.randrange(3)))

    def statement(self) -> str:
        n, k = self.couples, self.together
        if self.table:
            return (
                f"The ${2 * n}$ chairs around a round table are numbered. The wives of ${n}$ couples sit on the "
                f"chairs with odd numbers, and it is fixed who sits where. In how many ways can their ${n}$ husbands "
                f"take the other chairs such that exactly ${k}$ husbands sit next to their own wives?",
                f"Of ${n}$ couples, the men have sat down around a round table for ${2 * n}$ people, with one empty "
                f"chair between any two neighbors. In how many ways can the ${n}$ women take these chairs such that "
                f"exactly ${k}$ of them have their own husband as a neighbor?",
                rf"How many permutations $\pi$ of $\{{1, 2, \ldots, {n}\}}$ are there such that $\pi(i) - i$ is "
                f"congruent to $0$ or $1$ modulo ${n}$ for exactly ${k}$ of the numbers $i$?",
            )[self.story]
        return (
            f"The ${2 * n}$ chairs of a row are numbered from left to right. The wives of ${n}$ couples sit on the "
            f"chairs with odd numbers, and it is fixed who sits where. In how many ways can their ${n}$ husbands take "
            f"the other chairs such that exactly ${k}$ husbands sit next to their own wives?",
            f"In a row of ${2 * n}$ theater seats, the women of ${n}$ couples have taken every other seat, beginning "
            f"with the first. In how many ways can the ${n}$ men take the seats that are left such that exactly ${k}$ "
            "of the men sit next to the women they came with?",
            rf"How many permutations $\pi$ of $\{{1, 2, \ldots, {n}\}}$ are there such that $\pi(i) - i$ is $0$ or "
            f"$1$ for exactly ${k}$ of the numbers $i$?",
        )[self.story]

    def answer(self) -> Answer:
        # Rooks that do not attack each other on the cells of a cycle, or of a path.
        n = self.couples
        total = 0
        for rooks in range(self.together, n + 1):
            placed = comb(2 * n - rooks, rooks)
            if self.table:
                placed = placed * 2 * n // (2 * n - rooks)
            total += (-1) ** (rooks - self.together) * comb(rooks, self.together) * placed * factorial(n - rooks)
        return total

    def check(self) -> Answer:
        # Rook placements cell by cell, then the polynomial of hits by Horner's rule in t - 1.
        n = self.couples
        cells = 2 * n - (not self.table)
        rooks = [0] * (n + 1)
        for start in (0, 1) if self.table else (0,):
            states = {(start, start): 1}
            for cell in range(1 if self.table else 0, cells):
                after: Counter[tuple[int, int]] = Counter()
                for (count, last), ways in states.items():
                    after[count, 0] += ways
                    if not last and not (self.table and start and cell == cells - 1) and count < n:
                        after[count + 1, 1] += ways
                states = after
            for (count, _), ways in states.items():
                rooks[count] += ways
        hits = [0]
        for count in range(n, -1, -1):
            up, stay = [0, *hits], [*hits, 0]
            hits = [a - b for a, b in zip(up, stay, strict=True)]
            hits[0] += rooks[count] * factorial(n - count)
        return hits[self.together]
