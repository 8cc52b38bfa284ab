"""Buckets: the parts of a problem set that have scores of their own, and what they are called."""

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, Self, TypeVar

from pytest_mathbench.domains import LEVELS, in_order, label

OVERALL = "overall"

Cell = tuple[str, int]
"""A domain and a level."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The problems of a domain, of a level, of one cell, or all of them."""

    domain: str | None = None
    level: int | None = None

    @property
    def name(self) -> str:
        """What gates call it: overall, algebra, level3, algebra/level3."""
        level = None if self.level is None else f"level{self.level}"
        return "/".join(part for part in (self.domain, level) if part is not None) or OVERALL

    @property
    def label(self) -> str:
        """What people read: overall, Algebra, level 3, or Algebra, level 3."""
        level = None if self.level is None else f"level {self.level}"
        domain = None if self.domain is None else label(self.domain)
        return ", ".join(part for part in (domain, level) if part is not None) or OVERALL

    def holds(self, cell: Cell) -> bool:
        """Whether the problems of a cell are in it."""
        return self.domain in {None, cell[0]} and self.level in {None, cell[1]}

    def among(self, cells: Iterable[Cell]) -> list["Bucket"]:  # noqa: ARG002 - `Every` needs them
        """Return itself: one bucket is one, whatever was measured."""
        return [self]


class Every(StrEnum):
    """All buckets of one kind."""

    DOMAIN = "every domain"
    LEVEL = "every level"
    CELL = "every bucket"

    def among(self, cells: Iterable[Cell]) -> list[Bucket]:
        """Return the buckets of this kind that hold any of the cells, in their order; levels from the lowest."""
        found = list(cells)
        if self == Every.DOMAIN:
            return [Bucket(domain) for domain in dict.fromkeys(domain for domain, _ in found)]
        if self == Every.LEVEL:
            return [Bucket(level=level) for level in sorted({level for _, level in found})]
        return [Bucket(*cell) for cell in found]


class _Count(Protocol):
    def __add__(self, other: Self, /) -> Self: ...


Count = TypeVar("Count", bound=_Count)


class ByCell(Generic[Count]):
    """What is counted in each cell in which anything was measured; counts are pooled by adding them."""

    def __init__(self, nothing: Count) -> None:
        """`nothing` is the count of no attempt at all."""
        self.cells: dict[Cell, Count] = {}
        self._nothing = nothing

    def count(self, cell: Cell, found: Count) -> None:
        """Add what was found in a cell."""
        self.cells[cell] = self.cells.get(cell, self._nothing) + found

    @property
    def total(self) -> Count:
        """The count of all cells together."""
        return self.of(Bucket())

    @property
    def domains(self) -> list[str]:
        """The domains that were measured, in the order of reports."""
        return in_order(domain for domain, _ in self.cells)

    @property
    def levels(self) -> list[int]:
        """The levels that were measured, from the lowest."""
        return sorted({level for _, level in self.cells})

    def of(self, bucket: Bucket) -> Count:
        """Return the pooled count of a bucket."""
        pooled = self._nothing
        for cell, found in self.cells.items():
            if bucket.holds(cell):
                pooled = pooled + found
        return pooled


def read(text: str, domains: Collection[str], others: Collection[str] = ()) -> Bucket | Every:
    """Read what a bucket, or every one of a kind, is called; `domains` are those of the problem set.

    Raises `ValueError`, which names what comes nearest: a bucket, or one of the `others` that may stand in its place.
    """
    name = re.sub(r"\s*/\s*", "/", text.strip())
    levels = [Bucket(level=level) for level in LEVELS]
    whole = [Bucket(), *map(Bucket, domains), *levels]
    cells = [Bucket(domain, level) for domain in domains for level in LEVELS]
    known = {each.name: each for each in reversed([*whole, *cells])}  # the first of a name counts
    if name in known:
        return known[name]
    if name in set(Every):
        return Every(name)
    near = difflib.get_close_matches(name, [*others, *Every, *known], n=3)
    valid = ", ".join([OVERALL, *others, *Every, *domains, *(level.name for level in levels)])
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {valid}, and DOMAIN/levelN"
    raise ValueError(f"unknown bucket {name!r}: {hint}")
