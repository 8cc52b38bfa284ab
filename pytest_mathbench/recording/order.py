"""The order of a run that may be decided early: which problem comes when."""

from dataclasses import dataclass

from pytest_mathbench.record import Record
from pytest_mathbench.records import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Record):
    """A problem's place in the order of a run: which problem, and which parts of the set it is of."""

    problem: str
    domain: str
    level: int
    family: str = ""


def place_of(problem: Problem) -> Place:
    """Return what an order says of a problem."""
    return Place(problem=problem.id, domain=problem.domain, level=problem.level, family=problem.family)
