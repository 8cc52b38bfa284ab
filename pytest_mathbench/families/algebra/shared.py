"""Answers found by numbers alone, to check exact ones against, for several levels of algebra."""

from collections.abc import Callable
from itertools import groupby

import sympy


def crossing(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function that changes sign once between two points does so, by bisection."""
    rising = function(high) > 0
    for _ in range(100):
        middle = (low + high) / 2
        if (function(middle) > 0) == rising:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def least(function: Callable[[float], float], low: float, high: float) -> float:
    """Return the least value of a convex function between two points, by cutting off thirds."""
    for _ in range(36):
        third = (high - low) / 3
        if function(low + third) < function(high - third):
            high -= third
        else:
            low += third
    return function((low + high) / 2)


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
