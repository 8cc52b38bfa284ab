"""Answers found by numbers alone, for families of several domains."""

from collections.abc import Callable


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
    """Return the least value between two places of a function that falls and then rises."""
    for _ in range(60):
        third = (high - low) / 3
        low, high = (low + third, high) if function(low + third) > function(high - third) else (low, high - third)
    return function(low)


def floor_sum(count: int, divisor: int, slope: int, start: int) -> int:
    """Return the sum of (slope i + start) // divisor for i from 0 to count - 1, by Euclid's algorithm."""
    total = 0
    while True:
        total += count * (count - 1) // 2 * (slope // divisor) + count * (start // divisor)
        slope, start = slope % divisor, start % divisor
        top = slope * count + start
        if top < divisor:
            return total
        count, start = divmod(top, divisor)
        divisor, slope = slope, divisor
