"""Blocks → lines for a terminal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from textwrap import wrap

from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.printable import printable
from pytest_mathbench.reporting.blocks import Block, Cell, Chart, Fact, Headline, Listing, Part, Table
from pytest_mathbench.reporting.report import Report
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.wording import DASH

_OTHERS = "mathbench report lists them"


def lines(report: Report, context: Context, width: int | None = None, *, whole: bool = True) -> Iterator[str]:
    """Yield a report's sections, an empty line between them.

    Where `width` columns have no room for right and measured beside each rate, the rates stand alone; if that is not
    enough, the words of heads stand above each other, and then columns a space apart. Texts are broken between words.
    Long listings are cut unless the report is shown as a `whole`.
    """
    first = True
    for section in report.sections:
        if found := list(written(section.blocks(context), width, whole=whole)):
            if not first:
                yield ""
            yield from found
            first = False


def written(blocks: Iterable[Block], width: int | None = None, *, whole: bool = True) -> Iterator[str]:
    """Yield blocks as lines that do a terminal no harm, whoever wrote what is in them."""
    return map(printable, _written(blocks, width, whole=whole))


def _written(blocks: Iterable[Block], width: int | None, *, whole: bool) -> Iterator[str]:
    for block in blocks:
        match block:
            case str():
                yield from _broken(block, width)
            case Fact():
                yield from _broken(f"{block.name}: {block.text}", width)
            case Table():
                yield from _table(block, width)
            case Listing():
                yield from _listing(block, width, whole=whole)
            case Headline() | Chart():
                pass  # for the page


def _table(table: Table, width: int | None) -> Iterator[str]:
    words = [name.split() for name in table.head]
    height = max(map(len, words))
    stacked = list(zip(*([""] * (height - len(each)) + each for each in words), strict=True))
    tries = (
        _cells([table.head], table, rate),
        _cells([table.head], table, _rate_alone),
        _cells(stacked, table, _rate_alone),
    )
    for laid_out in map(list, tries):
        if width is None or max(map(len, laid_out)) <= width:
            yield from laid_out
            return
    yield from _cells(stacked, table, _rate_alone, gap=" ")


def _cells(
    heads: Sequence[Sequence[str]], table: Table, write: Callable[[Score], str], gap: str = "  "
) -> Iterator[str]:
    yield from aligned([*heads, *([_cell(cell, write) for cell in row] for row in table.rows)], gap)


def _cell(cell: Cell, write: Callable[[Score], str]) -> str:
    if isinstance(cell, str):
        return printable(cell)
    return write(cell.score if isinstance(cell, Part) else cell)


def rate(score: Score) -> str:
    """Write a score into a column: right, measured, per cent; a dash where nothing was measured."""
    return DASH if score.rate is None else f"{score.correct}/{score.measured} {score.rate:6.1%}"


def _rate_alone(score: Score) -> str:
    return DASH if score.rate is None else f"{score.rate:.1%}"


def _listing(listing: Listing, width: int | None, *, whole: bool) -> Iterator[str]:
    most = len(listing.items) if whole or listing.most is None else listing.most
    marks = max((len(item.mark) for item in listing.items), default=0)
    indent = f"{'':{marks}}  " if marks else ""
    for item in listing.items[:most]:
        mark = f"{item.mark:{marks}}  " if marks else ""
        yield from _broken(f"  {mark}{item.text}", width, f"  {indent}  ")
        for detail in item.details:
            yield from _broken(f"  {indent}  {detail}", width, f"  {indent}    ")
    if len(listing.items) > most:
        yield f"  and {len(listing.items) - most} more: {_OTHERS}"


def _broken(text: str, width: int | None, indent: str = "  ") -> Iterator[str]:
    """Break a text between its words, for a terminal; the lines of a log are as long as they are."""
    if width is None:
        yield text
    else:
        yield from wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def aligned(rows: Sequence[Sequence[str]], gap: str = "  ") -> Iterator[str]:
    """Align columns: the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for name, *cells in rows:
        padded = [name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))]
        yield gap.join(padded).rstrip()
