"""A comparison of two runs, as people read it."""

from collections.abc import Iterator

from pytest_mathbench.analysis.comparison import Comparison, Pairs
from pytest_mathbench.domains import label
from pytest_mathbench.reporting.blocks import Block, Cell, Fact, Table
from pytest_mathbench.reporting.sections.wording import DASH, counted, interval, points


def blocks(
    comparison: Comparison,
    names: tuple[str, str],
    walls: tuple[float | None, float | None] = (None, None),
) -> Iterator[Block]:
    """Yield what was gained, by domain and level, then what it cost; `walls` are the runs' durations in seconds."""
    pairs = comparison.pairs
    yield Table(
        ["pass rate", *names, "change, points", "95% interval", "lost", "won", "McNemar p"],
        [
            *(_row(label(domain), each) for domain, each in comparison.domains.items()),
            *(_row(f"level {level}", each) for level, each in comparison.levels.items() if level),
            _row("all", pairs),
        ],
    )
    yield (
        f"{counted(pairs.count, 'pair')}, {counted(comparison.unpaired, 'attempt')} without one; with so many pairs a "
        f"difference of {100 * pairs.detectable:.1f} points can be told from none (5% error, 80% power)"
    )
    yield Table(["cost of the pairs", *names, "ratio"], list(_costs(comparison, walls)))
    if difference := comparison.program_difference:
        yield Fact(
            "programs that answered in both runs",
            f"{len(comparison.program_seconds)}; those of {names[1]} take {difference.value:+.3f} s of CPU time on "
            f"average ({interval(difference, 1, 3)})",
        )


def _row(name: str, pairs: Pairs) -> list[Cell]:
    difference = pairs.difference
    return [
        name,
        pairs.first,
        pairs.second,
        points(difference.value),
        interval(difference),
        str(pairs.only_first),
        str(pairs.only_second),
        DASH if pairs.p_value is None else f"{pairs.p_value:.3f}",
    ]


def _costs(comparison: Comparison, walls: tuple[float | None, float | None]) -> Iterator[list[str]]:
    first, second = comparison.costs
    yield _cost("requests", first.requests, second.requests)
    yield _cost("prompt tokens", first.prompt_tokens, second.prompt_tokens)
    yield _cost("completion tokens", first.completion_tokens, second.completion_tokens)
    yield _cost("generation, s (sum)", first.seconds, second.seconds, 1)
    yield _cost("executions", first.executions, second.executions)
    if first.money is not None and second.money is not None and (first.money or second.money):
        yield _cost("cost", first.money, second.money, 4)
    if seconds := comparison.program_seconds:
        ours, theirs = (sum(column) / len(seconds) for column in zip(*seconds, strict=True))
        yield _cost("program CPU, s (mean)", ours, theirs, 3)
    if (before := walls[0]) is not None and (after := walls[1]) is not None:
        yield _cost("whole run, s", before, after, 1)


def _cost(name: str, first: float, second: float, places: int = 0) -> list[str]:
    ratio = f"{second / first:.2f}" if first else DASH
    return [name, f"{first:,.{places}f}", f"{second:,.{places}f}", ratio]
