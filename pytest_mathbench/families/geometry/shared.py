"""Plane geometry by coordinates and by numbers, for what several levels construct and check."""

import cmath
import math
from collections.abc import Callable, Sequence

TRIPLES = tuple(
    (leg, other, math.isqrt(leg * leg + other * other))
    for leg in range(3, 100)
    for other in range(3, 100)
    if math.isqrt(leg * leg + other * other) ** 2 == leg * leg + other * other
)
"""Right triangles with sides of whole length: either leg first, the hypotenuse last."""

_NODES = (0.1488743389816312, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717)
_WEIGHTS = (0.2955242247147529, 0.2692667193099963, 0.2190863625159820, 0.1494513491505806, 0.0666713443086881)


def angle(arm: complex, vertex: complex, other: complex) -> float:
    """Return the angle at a vertex between the directions to two points, in degrees."""
    return math.degrees(abs(cmath.phase((arm - vertex) / (other - vertex))))


def area(points: Sequence[complex]) -> float:
    """Return the area of a polygon whose vertices are given in order."""
    return abs(sum((one.conjugate() * two).imag for one, two in zip(points, [*points[1:], points[0]], strict=True))) / 2


def triangle(opposite: float, right: float, left: float) -> tuple[complex, complex, complex]:
    """Return A, B, C for BC, CA, AB: B at the origin, C on the positive x-axis, A above it."""
    x = (opposite**2 + left**2 - right**2) / (2 * opposite)
    return complex(x, math.sqrt(left**2 - x**2)), 0j, complex(opposite)


def integral(function: Callable[[float], float], low: float, high: float, pieces: int = 4) -> float:
    """Return an integral, by Gauss's rule with ten places in each piece."""
    half = (high - low) / (2 * pieces)
    middles = [low + half * (2 * piece + 1) for piece in range(pieces)]
    return half * sum(
        weight * (function(middle - half * node) + function(middle + half * node))
        for middle in middles
        for node, weight in zip(_NODES, _WEIGHTS, strict=True)
    )
