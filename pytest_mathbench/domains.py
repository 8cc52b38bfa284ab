"""The two axes of every report: seven domains and five levels.

A module of its own, since every pytest session imports it and few need the records.
"""

from collections.abc import Iterable
from enum import StrEnum

LEVELS = (1, 2, 3, 4, 5)

NO_LEVEL = 0
"""The level of a problem whose data set knows none."""


class Domain(StrEnum):
    """The seven subjects of the MATH data set, in its order of presentation; another data set may have its own."""

    PREALGEBRA = "prealgebra"
    ALGEBRA = "algebra"
    NUMBER_THEORY = "number_theory"
    COUNTING_AND_PROBABILITY = "counting_and_probability"
    GEOMETRY = "geometry"
    INTERMEDIATE_ALGEBRA = "intermediate_algebra"
    PRECALCULUS = "precalculus"


def in_order(domains: Iterable[str]) -> list[str]:
    """Return domains as reports list them: MATH's in their order, then a data set's own by name."""
    known = list(map(str, Domain))
    return sorted(set(domains), key=lambda domain: (known.index(domain) if domain in known else len(known), domain))


def label(domain: str) -> str:
    """Return what people read of a domain: "Counting & probability". Marks, options and JSON have it as it is."""
    words = domain.replace("_", " ").strip().replace(" and ", " & ")
    return words[:1].upper() + words[1:] or domain
