"""Precalculus, level 4: equations of waves, counted where the obvious count is wrong."""

from fractions import Fraction
from math import cos, floor, gcd, pi, radians, sin
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer, tex

_DIGITS = 3141592653589793238462643383279502884197169399375105820974944592
_PI = Fraction(_DIGITS, 10**63)


class SharedSolutions(Family, domain="precalculus", level=4):
    """How many solutions an equation of two cosines has in a huge interval: two families of angles that overlap."""

    one: int
    other: int
    turns: int
    wording: int

    naive_program = """
        low, high = other - one, other + one
        print((turns * low // 2 + 1) + (turns * high // 2 + 1))
    """
    solution_program = """
        from math import gcd
        low, high = other - one, other + one
        print(sum(sign * (turns * rate // 2 + 1) for rate, sign in ((low, 1), (high, 1), (gcd(low, high), -1))))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        one, other = sorted(random.sample(range(3, 90), 2))
        return cls(one, other, random.randint(10**12, 10**13), random.randrange(2))

    def statement(self) -> str:
        interval = rf"$0 \le x \le {self.turns}\pi$"
        if self.wording:
            return (
                rf"At how many points $(x,y)$ with {interval} do the graphs of $y = \cos {self.one}x$ and $y = \cos "
                f"{self.other}x$ meet?"
            )
        return rf"How many real numbers $x$ with {interval} satisfy $\cos {self.one}x = \cos {self.other}x$?"

    def answer(self) -> Answer:
        def within(rate: int) -> int:
            """Count the multiples of 2 pi / rate in the interval."""
            return self.turns * rate // 2 + 1

        low, high = self.other - self.one, self.other + self.one
        return within(low) + within(high) - within(gcd(low, high))

    def check(self) -> Answer:
        low, high = self.other - self.one, self.other + self.one
        # In one turn of 2 pi, and in the half turn that may be left: the angles as parts of a turn.
        scale = low * high
        angles = set(range(0, scale, high)) | set(range(0, scale, low))
        turns, half = divmod(self.turns, 2)
        return turns * len(angles) + (sum(2 * angle <= scale for angle in angles) if half else 1)


class EqualTangents(Family, domain="precalculus", level=4):
    """An equation of two tangents, some of whose solutions are poles of both."""

    rates: tuple[int, int]
    turns: int
    wording: int

    naive_program = """
        a, b = rates
        print(turns * abs(a - b))  # x = k pi / (a - b)
    """
    solution_program = """
        from math import gcd
        a, b = rates
        print(turns * (abs(a - b) - gcd(a, b)))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        factor = random.randint(1, 9)
        a, b = (factor * random.randrange(1, 60, 2) for _ in "ab")
        drawn = cls((a, b), random.randint(10**8, 10**12), random.randrange(2))
        return drawn if a < b and a > 1 else None  # both odd but for the common factor: poles coincide

    def statement(self) -> str:
        a, b = self.rates
        if self.wording:
            return (
                rf"The graphs of $y = \tan {a}x$ and $y = \tan {b}x$ are drawn for $0 \le x < {self.turns}\pi$. How "
                "many points do the two graphs have in common?"
            )
        return rf"How many real solutions does $\tan {a}x = \tan {b}x$ have with $0 \le x < {self.turns}\pi$?"

    def answer(self) -> Answer:
        a, b = self.rates
        return self.turns * (b - a - gcd(a, b))

    def check(self) -> Answer:
        a, b = self.rates  # x = k pi / (b - a) is a pole where 2 a k is an odd multiple of b - a
        apart = b - a
        return self.turns * sum((2 * a * k) % (2 * apart) != apart for k in range(apart))


class CountedDegrees(Family, domain="precalculus", level=4):
    """For how many whole numbers of degrees a wave is beyond a half: a period, whose edges floats miss."""

    name: str
    line: tuple[int, int]
    half: int
    is_inclusive: bool
    most: int
    wording: int

    naive_program = """
        from math import cos, radians, sin
        wave = sin if name == "sin" else cos
        def holds(n):
            value = wave(radians(line[0] * n + line[1]))
            return value >= half / 2 if is_inclusive else value > half / 2
        whole, rest = divmod(most, 360)
        print(whole * sum(map(holds, range(1, 361))) + sum(map(holds, range(1, rest + 1))))
    """
    solution_program = """
        def holds(n):
            angle = (line[0] * n + line[1] - (90 if name == "sin" else 0)) % 360
            away, limit = min(angle, 360 - angle), 60 if half > 0 else 120
            return away <= limit if is_inclusive else away < limit
        whole, rest = divmod(most, 360)
        print(whole * sum(map(holds, range(1, 361))) + sum(map(holds, range(1, rest + 1))))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        line = random.choice([1, 2, 3, 4, 5, 7]), random.randint(1, 89)
        half, is_inclusive = random.choice([-1, 1]), random.random() < 0.5
        drawn = cls(random.choice(["sin", "cos"]), line, half, is_inclusive, random.randint(10**9, 10**13), 0)
        wave = sin if drawn.name == "sin" else cos
        floats = [wave(radians(line[0] * n + line[1])) for n in range(1, 361)]
        wrong = [n for n, value in enumerate(floats, 1) if drawn._holds(n) != drawn._beyond(value)]
        # What floats miss is missed in each period: it must not cancel.
        if sum(1 if drawn._holds(n) else -1 for n in wrong) == 0:
            return None
        return cls(drawn.name, line, half, is_inclusive, drawn.most, random.randrange(2))

    def _beyond(self, value: float) -> bool:
        return value >= self.half / 2 if self.is_inclusive else value > self.half / 2

    def _holds(self, n: int) -> bool:
        rate, shift = self.line
        angle = (rate * n + shift - (90 if self.name == "sin" else 0)) % 360
        away, limit = min(angle, 360 - angle), 60 if self.half > 0 else 120
        return away <= limit if self.is_inclusive else away < limit

    def statement(self) -> str:
        rate, shift = self.line
        wave = rf"\{self.name} ({'' if rate == 1 else rate}n + {shift})^\circ"
        value = tex(Fraction(self.half, 2))
        if self.wording:
            kind = "at least" if self.is_inclusive else "greater than"
            return (
                rf"Let $a_n = {wave}$. How many of the numbers $a_1, a_2, a_3, \dots, a_{{{self.most}}}$ are {kind} "
                f"${value}$?"
            )
        sign = r"\ge" if self.is_inclusive else ">"
        return rf"How many integers $n$ with $1 \le n \le {self.most}$ satisfy ${wave} {sign} {value}$?"

    def answer(self) -> Answer:
        whole, rest = divmod(self.most, 360)
        return whole * sum(map(self._holds, range(1, 361))) + sum(map(self._holds, range(1, rest + 1)))

    def check(self) -> Answer:
        wave, (rate, shift) = sin if self.name == "sin" else cos, self.line
        fine = [self._beyond(round(wave(radians(rate * n + shift)), 9)) for n in range(360)]
        return sum((self.most - n) // 360 + (n > 0) for n, good in enumerate(fine) if good)


class WaveAgainstLine(Family, domain="precalculus", level=4):
    """How often a wave meets a line of a tiny slope: a count that needs more digits of pi than a float has."""

    name: str
    rate: int
    steep: int
    wording: int

    naive_program = """
        from math import floor, pi
        reach = rate * steep
        if name == "sin":
            print(4 * floor(reach / (2 * pi) - 1 / 4) + 3)
        else:
            print(2 * floor(reach / pi) + 1)
    """
    solution_program = """
        from mpmath import floor, mp, mpf, pi
        mp.dps = 60
        reach = mpf(rate * steep)
        if name == "sin":
            print(4 * int(floor(reach / (2 * pi) - mpf(1) / 4)) + 3)
        else:
            print(2 * int(floor(reach / pi)) + 1)
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        steep = random.randint(10**17, 10**18)
        drawn = cls(random.choice(["sin", "cos"]), random.randint(2, 9), steep, random.randrange(2))
        reach = drawn.rate * steep
        rough = 4 * floor(reach / (2 * pi) - 1 / 4) + 3 if drawn.name == "sin" else 2 * floor(reach / pi) + 1
        return drawn if rough != drawn.answer() else None

    def statement(self) -> str:
        wave = rf"\{self.name} {self.rate}x"
        if self.wording:
            return (
                "At how many points of the plane does the line through the origin with slope "
                rf"$\frac{{1}}{{{self.steep}}}$ meet the graph of $y = {wave}$, where $x$ is in radians?"
            )
        return (
            rf"How many real numbers $x$ satisfy the equation ${wave} = \frac{{x}}{{{self.steep}}}$, where the angle "
            f"of the {'sine' if self.name == 'sin' else 'cosine'} is in radians?"
        )

    def answer(self) -> Answer:
        # Each crest, at a sine of 1, is cut twice if the line is still below 1 there.
        reach = self.rate * self.steep
        return 4 * floor(reach / (2 * _PI) - Fraction(1, 4)) + 3 if self.name == "sin" else 2 * floor(reach / _PI) + 1

    def check(self) -> Answer:
        quarters = self.rate * self.steep * 2 * 10**63 // _DIGITS  # whole quarter turns under the line's last height
        if (
            self.name == "sin"
        ):  # crests at 1, 5, 9, ... quarters, the first one cut once beside the origin; and mirrored
            crests = (quarters - 1) // 4
            return 1 + 2 * (1 + 2 * crests)
        crests, troughs = quarters // 4, (quarters - 2) // 4 + 1  # to the right, beyond the first one, and to the left
        return 1 + 2 * crests + 2 * troughs


class DoubledCosines(Family, domain="precalculus", level=4):
    """Where a very long iteration of a multiple-angle formula leads: floats are chaos, residues are not."""

    part: tuple[int, int]
    factor: int
    steps: int
    wording: int

    naive_program = """
        from math import acos, cos, pi
        k, q = part
        x = cos(k * pi / q * float(factor) ** steps)
        print(round(acos(x) * q / pi))
    """
    solution_program = """
        k, q = part
        r = k * pow(factor, steps, 2 * q) % (2 * q)
        print(min(r, 2 * q - r))
    """

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        q = random.choice([101, 103, 107, 131, 139, 149, 163, 173, 179, 197, 211, 227, 269, 293, 317, 347, 419, 461])
        steps = random.randint(10**12, 10**15)
        drawn = cls((random.randint(2, q - 1), q), random.choice([2, 3]), steps, random.randrange(2))
        return drawn if drawn.answer() != drawn.part[0] else None

    def statement(self) -> str:
        (k, q), n = self.part, self.steps
        rule = "2x^2 - 1" if self.factor == 2 else "4x^3 - 3x"
        last = rf"with an integer $r$ from $0$ to ${q}$. What is $r$?"
        if self.wording:
            return (
                rf"The function $f(x) = {rule}$ is applied ${n}$ times in a row, starting from $\cos "
                rf"\frac{{{k}\pi}}{{{q}}}$. The result can be written as $\cos \frac{{r\pi}}{{{q}}}$ {last}"
            )
        return (
            rf"Let $x_0 = \cos \frac{{{k}\pi}}{{{q}}}$ and $x_{{n+1}} = {rule.replace('x', 'x_n')}$ for $n \ge 0$. "
            rf"Then $x_{{{n}}} = \cos \frac{{r\pi}}{{{q}}}$ {last}"
        )

    def answer(self) -> Answer:
        k, q = self.part
        place = k * pow(self.factor, self.steps, 2 * q) % (2 * q)
        return min(place, 2 * q - place)

    def check(self) -> Answer:
        k, q = self.part
        seen = [k]
        while True:  # each cosine from the one before, until one comes again
            place = seen[-1] * self.factor % (2 * q)
            place = min(place, 2 * q - place)
            if place in seen:
                first = seen.index(place)
                return seen[first + (self.steps - first) % (len(seen) - first)]
            seen.append(place)
