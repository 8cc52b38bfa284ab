"""How hard the bundled families were found to be: pass rates of models that were tried, from `difficulty.csv`.

`python benchmarks/difficulty.py RUN ...` writes the file from recorded runs.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pytest_mathbench.records import Problem

FILE = "difficulty.csv"
COLUMNS = ("domain", "level", "family", "model", "solved", "attempts")

FamilyId = tuple[str, int, str]
"""Domain, level and name."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How many attempts at problems of one family a model solved."""

    model: str
    solved: int
    attempts: int

    def __str__(self) -> str:
        return f"{self.model} {self.solved} of {self.attempts}"


@cache
def catalogue() -> Mapping[FamilyId, tuple[Measured, ...]]:
    """Return what was measured of each bundled family, in the order of the file; nothing where nobody tried it."""
    found: dict[FamilyId, tuple[Measured, ...]] = {}
    lines = files("pytest_mathbench").joinpath(FILE).read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        family = (row["domain"], int(row["level"]), row["family"])
        measured = Measured(row["model"], int(row["solved"]), int(row["attempts"]))
        found[family] = (*found.get(family, ()), measured)
    return found


def of(problem: Problem) -> tuple[Measured, ...]:
    """Return what was measured of a problem's family; nothing of a problem that is no family's of the bundled set."""
    return catalogue().get((problem.domain, problem.level, problem.family), ()) if problem.family else ()
