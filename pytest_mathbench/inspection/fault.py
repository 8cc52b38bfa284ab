"""What is wrong with a name in a program."""

from typing import NamedTuple


class Fault(NamedTuple):
    """A name that means nothing: its place, both from 1, what Python would say, and the names that are valid there.

    `certain` tells that it is met, unless the program fails before.
    """

    line: int
    column: int
    message: str
    allowed: list[str]
    certain: bool
