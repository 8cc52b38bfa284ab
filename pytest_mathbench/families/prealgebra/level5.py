"""Prealgebra, level 5: a pattern or a long chain of steps, where trying everything would never end."""

from fractions import Fraction
from random import Random
from typing import Self

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import Answer

_COUNTS = {3: "three", 4: "four", 5: "five"}


class MultipleAtPosition(Family, domain="prealgebra", level=5):
    """All multiples of a number are written one after another: which of them is at a far position."""

    naive_program = """
    number = digits = 0
    while digits < position:
        number += divisor
        digits += len(str(number))
    print(number)
    """
    solution_program = """
    index, length = position - 1, 1
    while True:
        before = (10 ** (length - 1) - 1) // divisor
        count = (10**length - 1) // divisor - before
        if index < length * count:
            print(divisor * (before + 1 + index // length))
            break
        index -= length * count
        length += 1
    """

    divisor: int
    position: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        return cls(random.randint(3, 19), random.randint(10**16, 10**18), random.randrange(2))

    def statement(self) -> str:
        start = "".join(str(self.divisor * number) for number in range(1, 8))
        if self.wording:
            return (
                f"Starting with ${self.divisor}$, a printer prints the positive multiples of ${self.divisor}$ in "
                rf"increasing order on a long tape, with no gaps between them: \[{start}\ldots\] Which multiple is it "
                f"printing when it prints digit number ${self.position}$?"
            )
        return (
            f"The positive multiples of ${self.divisor}$ are written one after another in increasing order, without "
            rf"spaces, to form the endless row of digits \[{start}\ldots\] Counted from the left, the first digit is "
            f"in position $1$. To which multiple of ${self.divisor}$ does the digit in position ${self.position}$ "
            "belong?"
        )

    def answer(self) -> Answer:
        index = self.position - 1
        length = 1
        while True:
            before = (10 ** (length - 1) - 1) // self.divisor
            count = (10**length - 1) // self.divisor - before
            if index < length * count:
                return self.divisor * (before + 1 + index // length)
            index -= length * count
            length += 1

    def check(self) -> Answer:
        def written(multiples: int) -> int:
            """Count the digits of so many multiples: those with a first digit, with a second, and so on."""
            last = self.divisor * multiples
            return sum(multiples - (10**place - 1) // self.divisor for place in range(len(str(last))))

        low, high = 0, 10**18
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if written(middle) >= self.position else (middle, high)
        return self.divisor * high


class SharedCar(Family, domain="prealgebra", level=5):
    """Friends share a car that carries one at a time, going back and forth, and arrive together."""

    naive_program = """
    from fractions import Fraction
    ride = Fraction(miles, friends)  # the car takes each of them an equal part of the way
    print(ride / driving + (miles - ride) / walking)
    """
    solution_program = """
    from fractions import Fraction
    # Each rides the same distance r. Between two rides the car turns back for r(f - w)/(f(f + w)) hours.
    ride = Fraction(miles * (driving + walking), driving + walking + 2 * walking * (friends - 1))
    print(ride / driving + (miles - ride) / walking)
    """

    friends: int
    miles: int
    driving: int
    walking: int
    wording: int

    @classmethod
    def draw(cls, random: Random) -> Self | None:
        speeds = random.randint(25, 60), random.randint(3, 5)
        drawn = cls(random.randint(3, 5), random.randint(20, 99), *speeds, random.randrange(2))
        return drawn if drawn.answer().denominator > 1 else None

    def statement(self) -> str:
        if self.wording:
            return (
                f"A guide and {_COUNTS[self.friends]} campers set out for a lake ${self.miles}$ miles down a straight "
                f"road. Her motorcycle, with or without one camper, goes ${self.driving}$ miles per hour, and whoever "
                f"is not riding walks on at ${self.walking}$ miles per hour. She takes one camper forward, rides back "
                "to meet those behind, takes one of them forward, and so on, the last one as far as the lake. All the "
                "campers arrive at the same moment. How many hours does the trip take? Express your answer as a "
                "common fraction."
            )
        return (
            f"{_COUNTS[self.friends].capitalize()} friends start together along a straight road of ${self.miles}$ "
            f"miles and walk at ${self.walking}$ miles per hour whenever they do not ride. A car with one passenger "
            f"seat, which always goes ${self.driving}$ miles per hour, takes one of them ahead, turns back to meet "
            "those who have not ridden yet, takes another of them ahead, and so on; the last one rides to the end of "
            "the road. All the friends get there at the same moment. How many hours after the start is that? Express "
            "your answer as a common fraction."
        )

    def answer(self) -> Answer:
        fast, slow = self.driving, self.walking
        ride = Fraction(self.miles * (fast + slow), fast + slow + 2 * slow * (self.friends - 1))  # equal for all
        return ride / fast + (self.miles - ride) / slow

    def check(self) -> Answer:
        def arrival(first_ride: float) -> tuple[float, float]:
            """Return when the last friend arrives, and when the first, who rides so far; the others ride as long."""
            time = walked = 0.0
            for _ in range(self.friends - 1):
                ahead = walked + first_ride
                time += first_ride / self.driving
                walked = time * self.walking
                time += (ahead - walked) / (self.driving + self.walking)
                walked = time * self.walking
            first = first_ride / self.driving + (self.miles - first_ride) / self.walking
            return time + (self.miles - walked) / self.driving, first

        low, high = 0.0, float(self.miles)
        for _ in range(70):
            middle = (low + high) / 2
            last, first = arrival(middle)
            low, high = (middle, high) if last < first else (low, middle)
        return arrival(low)[0]
