"""What several levels of algebra share: answers found by numbers alone, and huge numbers."""

from collections.abc import Callable
from itertools import groupby
from random import Random

import sympy

from pytest_mathbench.families.latex import braced, signed


def solutions(holds: Callable[[int], bool], unit: int, reach: int) -> sympy.Set:
    """Return the real numbers with a property that can change only at multiples of 1/unit, none of them beyond reach.

    `holds(k)` says whether k/(2 unit) has it: for even k that is one of those points, for odd k a point between two.
    """
    end = 2 * reach * unit + 1
    pieces = []
    for held, run in groupby(range(-end, end + 1), holds):
        if held:
            steps = list(run)
            first, last = steps[0], steps[-1]
            left = -sympy.oo if first == -end else sympy.Rational(first // 2, unit)
            right = sympy.oo if last == end else sympy.Rational((last + 1) // 2, unit)
            pieces.append(sympy.Interval(left, right, first % 2 == 1, last % 2 == 1))
    return sympy.Union(*pieces)


def huge(random: Random, low: int, high: int) -> int:
    """Return a number such as 7 * 10^12 + 431, its power of ten between two bounds."""
    return int(random.randint(1, 9) * 10 ** random.randint(low, high) + random.randint(2, 999))


def large(value: int) -> str:
    r"""Return a positive whole number in LaTeX as `huge` makes it: `7 \cdot 10^{12} + 431`."""
    power = len(str(value)) - 1
    lead, rest = divmod(value, 10**power)
    return (rf"{lead} \cdot " if lead > 1 else "") + f"10^{braced(power)}" + (signed(rest) if rest else "")
