"""What several modules of counting use: draws that are sound, and a few counts."""

import re
from fractions import Fraction
from math import comb
from typing import TypeVar

from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import tex

Drawn = TypeVar("Drawn", bound=Family)

_LONGEST = 10**20


def sound(drawn: Drawn) -> Drawn | None:
    """Return a draw, unless its answer is 0, 1, longer than 20 digits, stands in the statement, or is no fraction.

    An answer that is a Fraction must not be an integer; an integer must be positive.
    """
    value = drawn.answer()
    statement = drawn.statement()
    if isinstance(value, Fraction):
        long = max(abs(value.numerator), value.denominator) >= _LONGEST
        return None if long or value.denominator == 1 or tex(value) in statement else drawn
    if isinstance(value, int):
        stands = str(value) in re.findall(r"\d+", statement)
        return None if value <= 1 or value >= _LONGEST or stands else drawn
    return drawn


def multinomial(*parts: int) -> int:
    """Return the number of strings with so many letters of each kind."""
    ways, total = 1, 0
    for part in parts:
        total += part
        ways *= comb(total, part)
    return ways
