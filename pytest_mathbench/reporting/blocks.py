"""What a section of a report shows, before it is lines, Markdown or HTML.

Texts, facts, tables and listings are for every reader: each surface lays them out, so that all show the same figures.
Headlines and charts are for the page, which has the room.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.scores import Score


@dataclass(frozen=True, slots=True)
class Fact:
    """A line that says what it is about: `outcomes: 10 correct, 3 wrong`."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """The score of a part of the problems. On the page it is coloured by its rate, and lists these when chosen."""

    score: Score
    bucket: Bucket


Cell = str | Score | Part


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns, and rows of as many cells; the first column names the rows."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Point:
    """What an item was in one run: its mark, and its value where it has one."""

    mark: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a listing: a `mark` such as PASS, a text, and sentences below it.

    On the page a `trend` stands beside it: what it was in earlier runs, the oldest first, and is now.
    """

    text: str
    mark: str = ""
    details: Sequence[str] = ()
    trend: Sequence[Point] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """Items below each other. Of a long one, a surface that has little room shows the first `most`."""

    items: Sequence[Item]
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure for the head of the page: its name, its value, and what to bear in mind with it."""

    name: str
    value: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart for the page: how it is drawn (templates/page.js has the kinds), its caption, and its data.

    Without data it is drawn of the list of problems.
    """

    kind: str
    caption: str
    data: Sequence[Mapping[str, Any]] = ()


Block = str | Fact | Table | Listing | Headline | Chart
