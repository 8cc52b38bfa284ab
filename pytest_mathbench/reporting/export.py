"""A report as JSON for machines, with its schema, and as Markdown for a CI job's summary."""

import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from pytest_mathbench.analysis.decisions import Decision
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.analysis.sequential import Settlement
from pytest_mathbench.printable import printable
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.reporting.blocks import Block, Cell, Chart, Fact, Headline, Item, Listing, Part, Table
from pytest_mathbench.reporting.report import Report
from pytest_mathbench.reporting.sections import shapes
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.wording import rate

_SIGNS = "|<>`*_[]#\\~&"
"""What is markup, and is not with a backslash before it."""

_CALLS = re.compile(r"(?<=[@#])(?=\w)|(?<=GH-)(?=\d)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
_APART = "<!---->"
"""A comment between the two halves of what would call somebody: it is not seen, and no escape would do."""

SCHEMA = 2
REPORT = "report.json"
PAGE = "report.html"


def as_json(report: Report, context: Context) -> dict[str, Any]:
    """Return the report as what goes into JSON. Rates are from 0 to 1, intervals of 95 %, durations in seconds."""
    sections = {section.name: section.as_json(context) for section in report.sections}
    return {"schema": SCHEMA, "run": asdict(replace(context.info, order=())), **sections}


def schema(report: Report) -> dict[str, Any]:
    """Return the JSON Schema of what `as_json` returns, assembled from the sections' own.

    It allows other sections beside these: a plugin may have added some.
    """
    own = {
        "schema": {"const": SCHEMA},
        "run": {
            "type": "object",
            "description": "What was measured, with what, where: the contents of run.json, without the order",
            "required": [field.name for field in fields(RunInfo)],
        },
    }
    sections = {section.name: {"title": section.title, **section.schema} for section in report.sections}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"pytest-mathbench {REPORT}",
        "description": "One run's report. Rates are from 0 to 1, intervals of 95 %, durations in seconds.",
        "type": "object",
        "properties": {**own, **sections},
        "required": [*own, *sections],
        "$defs": shapes.DEFINITIONS,
    }


def as_text(report: Report, context: Context) -> str:
    """Return report.json, in ASCII."""
    return json.dumps(as_json(report, context), indent=1) + "\n"


def read_decisions(folder: Path, warn: Callable[[str], None]) -> tuple[list[Decision], Settlement | None]:
    """Return the decisions that a run's report holds, and when they were made if early.

    `warn` is told if it holds some that cannot be read.
    """
    path = folder / REPORT
    try:
        gates = json.loads(path.read_bytes())["gates"]
        if gates is None:
            return [], None
        early = gates.get("early")
        decisions = [Decision.from_data(each) for each in gates["decisions"]]
        return decisions, None if early is None else Settlement.from_data(early)
    except FileNotFoundError:
        return [], None
    except (OSError, ValueError, LookupError, TypeError) as error:
        warn(f"{path}: its gates cannot be read, and are left out: {error}")
        return [], None


def as_markdown(report: Report, context: Context) -> Iterator[str]:
    """Yield the lines of a job's summary: the sections in the order of the report."""
    info = context.info
    yield f"### mathbench: {plain(info.model)}"
    yield ""
    yield f"{plain(info.strategy)}; problems {plain(info.problem_set)}, sha256 {info.problems_sha256[:12]}"
    for section in report.sections:
        if found := [line for block in section.blocks(context) for line in markdown(block)]:
            yield from ("", f"#### {plain(section.title)}", *found)


def markdown(block: Block) -> Iterator[str]:
    """Yield the lines of a block that everybody reads, an empty line before it."""
    match block:
        case str():
            yield from ("", plain(block))
        case Fact():
            yield from ("", f"**{plain(block.name)}**: {plain(block.text)}")
        case Table():
            yield ""
            yield _row(list(map(plain, block.head)))
            yield "|---|" + "---:|" * (len(block.head) - 1)
            yield from (_row(list(map(_cell, row))) for row in block.rows)
        case Listing():
            yield ""
            yield from _listing(block)
        case Headline() | Chart():
            pass  # for the page


def _listing(listing: Listing) -> Iterator[str]:
    most = len(listing.items) if listing.most is None else listing.most
    for item in listing.items[:most]:
        yield from _item(item)
    if len(listing.items) > most:
        yield f"- and {len(listing.items) - most} more"


def _item(item: Item) -> Iterator[str]:
    mark = f"**{plain(item.mark)}** " if item.mark else ""
    yield f"- {mark}{plain(item.text)}"
    yield from (f"  - {plain(detail)}" for detail in item.details)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    score = cell.score if isinstance(cell, Part) else cell
    return rate(score) if isinstance(score, Score) else plain(score)


def plain(text: str) -> str:
    """Write a text so that nothing in it is Markdown: what a model, a file or a problem is called."""
    return _harmless(text, lambda part: "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in part))


def plain_html(text: str) -> str:
    """Write a text so that nothing in it is HTML: a title within an element."""
    return _harmless(text, html.escape)


def _harmless(text: str, escape: Callable[[str], str]) -> str:
    """Escape a line that mentions nobody, refers to nothing, and is no link: a code host looks for that afterwards."""
    return _APART.join(map(escape, _CALLS.split(printable(" ".join(text.split())))))
