"""Polynomials as lists of coefficients, and answers found by numbers alone, for several levels."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Number = TypeVar("Number")


def expanded(*factors: Sequence[int]) -> list[int]:
    """Return the product of polynomials, all given by their coefficients from the highest power down."""
    product = [1]
    for factor in factors:
        longer = [0] * (len(product) + len(factor) - 1)
        for place, one in enumerate(product):
            for shift, other in enumerate(factor):
                longer[place + shift] += one * other
        product = longer
    return product


def evaluated(coefficients: Sequence[int], point: Number) -> Number:
    """Return the value of a polynomial, given by its coefficients from the highest power down."""
    value: Number = 0 * point  # type: ignore[operator, assignment]
    for coefficient in coefficients:
        value = value * point + coefficient  # type: ignore[operator]
    return value


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
