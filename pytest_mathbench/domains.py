"""The two axes of every report: seven domains and five levels.

A module of its own, since every pytest session imports it and few need the records.
"""

from enum import StrEnum

LEVELS = (1, 2, 3, 4, 5)


class Domain(StrEnum):
    """The seven subjects of the MATH data set, in its order of presentation."""

    PREALGEBRA = "prealgebra"
    ALGEBRA = "algebra"
    NUMBER_THEORY = "number_theory"
    COUNTING_AND_PROBABILITY = "counting_and_probability"
    GEOMETRY = "geometry"
    INTERMEDIATE_ALGEBRA = "intermediate_algebra"
    PRECALCULUS = "precalculus"
