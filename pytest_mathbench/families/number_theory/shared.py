"""Mathematics that several levels share: digits in a base, and numbers written as products of prime powers."""

from collections.abc import Iterable
from math import prod

from pytest_mathbench.families.latex import braced

Powers = tuple[tuple[int, int], ...]
"""Primes, each with its exponent."""


def digits(number: int, base: int) -> list[int]:
    """Return the digits of a positive number, from the units up."""
    found = []
    while number:
        number, digit = divmod(number, base)
        found.append(digit)
    return found


def in_base(number: int, base: int) -> str:
    """Return a number as it is written in a base up to ten, which is its index: 2041_5."""
    return "".join(map(str, reversed(digits(number, base)))) + f"_{base}"


def number_of(powers: Powers) -> int:
    """Return the product of prime powers."""
    return prod(prime**exponent for prime, exponent in powers)


def product(powers: Iterable[tuple[int, int]]) -> str:
    r"""Return a product of powers in LaTeX: 2^5 \cdot 3 \cdot 7^{12}."""
    return r" \cdot ".join(f"{prime}^{braced(exponent)}" if exponent > 1 else str(prime) for prime, exponent in powers)


Appending = tuple[int, int, int, int]
"""(p, q, c, s): x becomes p * x + q * k + c, and the number k that comes next becomes k + s."""


def repeated(step: Appending, times: int, modulus: int) -> Appending:
    """Return what so many repetitions of a step make, modulo a number."""
    whole: Appending = (1, 0, 0, 0)
    while times:
        if times % 2:
            whole = _composed(whole, step, modulus)
        step, times = _composed(step, step, modulus), times // 2
    return whole


def _composed(first: Appending, then: Appending, modulus: int) -> Appending:
    (p, q, c, s), (factor, weight, constant, shift) = first, then
    return (
        factor * p % modulus,
        (factor * q + weight) % modulus,
        (factor * c + weight * s + constant) % modulus,
        s + shift,
    )
