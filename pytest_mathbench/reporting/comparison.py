"""Comparison → lines for a terminal."""

from collections.abc import Iterator

from pytest_mathbench.analysis.comparison import Comparison, Pairs
from pytest_mathbench.analysis.statistics import Difference
from pytest_mathbench.reporting.table import aligned, rate


def lines(comparison: Comparison, names: tuple[str, str], walls: tuple[float | None, float | None]) -> Iterator[str]:
    """Yield what was gained, by domain and level, then what it cost; `walls` are the runs' durations in seconds."""
    rows = [["pass rate", *names, "difference, points", "95% interval", "only 1st", "only 2nd", "McNemar p"]]
    rows += [_row(domain, pairs) for domain, pairs in comparison.domains.items()]
    rows += [_row(f"level {level}", pairs) for level, pairs in comparison.levels.items() if level]
    rows.append(_row("all", comparison.pairs))
    yield from aligned(rows)
    yield (
        f"{comparison.pairs.count} pairs, {comparison.unpaired} attempts without one; so many pairs tell a difference "
        f"of {100 * comparison.pairs.detectable:.1f} points from none (5% error, 80% power)"
    )
    yield ""
    yield from aligned(list(_costs(comparison, names, walls)))
    if difference := comparison.program_difference:
        yield (
            f"programs that answered in both runs: {len(comparison.program_seconds)}; the second's take "
            f"{difference.value:+.3f} s of CPU time on average ({_interval(difference, 1, 3)})"
        )


def _row(name: str, pairs: Pairs) -> list[str]:
    difference = pairs.difference
    return [
        name,
        rate(pairs.first),
        rate(pairs.second),
        f"{100 * difference.value:+.1f}",
        _interval(difference, 100, 1),
        str(pairs.only_first),
        str(pairs.only_second),
        "-" if pairs.p_value is None else f"{pairs.p_value:.3f}",
    ]


def _interval(difference: Difference, scale: float, places: int) -> str:
    if difference.low is None or difference.high is None:
        return "-"
    return f"{scale * difference.low:+.{places}f} to {scale * difference.high:+.{places}f}"


def _costs(
    comparison: Comparison, names: tuple[str, str], walls: tuple[float | None, float | None]
) -> Iterator[list[str]]:
    first, second = comparison.costs
    yield ["cost of the pairs", *names, "ratio"]
    yield _cost("requests", first.requests, second.requests)
    yield _cost("tokens of prompts", first.prompt_tokens, second.prompt_tokens)
    yield _cost("tokens of completions", first.completion_tokens, second.completion_tokens)
    yield _cost("generation, s (sum)", first.seconds, second.seconds, 1)
    yield _cost("executions", first.executions, second.executions)
    if seconds := comparison.program_seconds:
        ours, theirs = (sum(column) / len(seconds) for column in zip(*seconds, strict=True))
        yield _cost("program CPU, s (mean)", ours, theirs, 3)
    if (before := walls[0]) is not None and (after := walls[1]) is not None:
        yield _cost("whole run, s", before, after, 1)


def _cost(name: str, first: float, second: float, places: int = 0) -> list[str]:
    ratio = f"{second / first:.2f}" if first else "-"
    return [name, f"{first:.{places}f}", f"{second:.{places}f}", ratio]
