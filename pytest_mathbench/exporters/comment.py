"""A run as a comment on a pull request: what has changed, the verdicts, and the rest of the report folded."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pytest_mathbench.analysis.decisions import overall
from pytest_mathbench.exporters.finished import Finished
from pytest_mathbench.reporting.blocks import Block, Headline, Table
from pytest_mathbench.reporting.export import markdown, plain, plain_html
from pytest_mathbench.reporting.sections.baseline import AgainstBaseline
from pytest_mathbench.reporting.sections.gates import Gates
from pytest_mathbench.reporting.sections.pass_rates import PassRates

LONGEST = 65_536
"""How many characters a comment may have on GitHub."""

MARK = "<!-- pytest-mathbench -->"
"""The first line, which is not shown: a job finds by it the comment that it wrote before."""

_LEFT_OUT = "\nSome lines had no room here; report.html in the run's folder has all of them."
_NAME = 200
"""How much of a model's name is in the heading."""


class _Part(NamedTuple):
    """Lines of which any but the first and the last few may be left out."""

    lines: Iterable[str]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def export(finished: Finished, where: str) -> str:
    """Write the comment into a file."""
    path = Path(where)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(comment(finished), encoding="utf-8")
    return str(path)


def comment(finished: Finished) -> str:
    """Return the comment. Each part has half of the room that is left, so that none takes it from those after it."""
    room, kept, whole = LONGEST - _size(_LEFT_OUT), list[str](), True
    for part in _parts(finished):
        frame = sum(map(_size, (*part.before, *part.after)))
        left = room // 2 - frame
        lines = []
        for line in part.lines:
            if _size(line) <= left:
                lines.append(line)
                left -= _size(line)
            else:
                whole = False
        if any(lines):
            kept += [*part.before, *lines, *part.after]
            room -= frame + sum(map(_size, lines))
    return "\n".join(kept if whole else [*kept, _LEFT_OUT]) + "\n"


def _size(line: str) -> int:
    """Return how many characters a line counts for, its end included, however the host counts them."""
    return len(line.encode("utf-16-le")) // 2 + 1


def _parts(finished: Finished) -> Iterator[_Part]:
    """Yield the heading, the one table that is open, the verdicts, and every other section in a fold."""
    report, context = finished.report, finished.context
    info, shown = context.info, report[AgainstBaseline] if context.comparison else report[PassRates]
    gates = list(report[Gates].blocks(context))
    verdict = f": {overall(context.decisions)}" if context.decisions else ""
    problems = f"{plain(info.problem_set[:_NAME])}, sha256 {info.problems_sha256[:12]}"
    yield _Part([MARK, f"### mathbench: {plain(info.model[:_NAME])}{verdict}", "", f"problems {problems}"])
    first = list(shown.blocks(context))
    table = next((block for block in first if isinstance(block, Table)), None)
    yield _Part(_headlines(first))
    yield _Part(_markdown([table] if table else []))
    yield _Part(_markdown(gates))
    for section in report.sections:
        blocks = list(section.blocks(context))
        if isinstance(section, Gates):
            continue
        if section is shown:
            blocks = [block for block in blocks if not isinstance(block, Table) or block != table]
        title = f"<details><summary>{plain_html(section.title[:_NAME])}</summary>"
        yield _Part(_markdown(blocks), before=("", title), after=("", "</details>"))


def _headlines(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Headline):
            yield from ("", f"**{plain(block.name)}**: {plain(block.value)} ({plain(block.aside)})")


def _markdown(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield from markdown(block)
