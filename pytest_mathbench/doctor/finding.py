"""What was found of one thing that a run needs, and what mends it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pytest_mathbench.errors import MathbenchError
from pytest_mathbench.record import Record


class State(StrEnum):
    """How much of a run is possible."""

    OK = "ok"
    LIMITED = "limited"
    """A run can start, and something is worse than it could be."""
    MISSING = "missing"
    """The run cannot start."""


@dataclass(frozen=True, slots=True)
class Finding(Record):
    """One line. `cure` is the one command or change that mends it; empty where nothing needs mending."""

    name: str
    state: State
    found: str
    cure: str = ""

    @classmethod
    def of(cls, name: str, error: MathbenchError) -> Self:
        """Return the very words with which a run would end, parted where they say what to do."""
        found, _, cure = str(error).partition("\n→ ")
        return cls(name, State.MISSING, found, cure)


def gigabytes(size: float) -> str:
    """Write a number of bytes for people."""
    return f"{size / (1 << 30):.1f} GiB"
