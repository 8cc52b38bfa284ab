"""A run against its baseline, pair by pair."""

from collections.abc import Iterator
from dataclasses import asdict
from statistics import fmean
from typing import Any

from pytest_mathbench.analysis.comparison import Comparison, Pairs
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting import comparison
from pytest_mathbench.reporting.blocks import Block, Headline
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import (
    AMOUNT,
    COUNT,
    DIFFERENCE,
    RATE,
    SCORE,
    closed,
    described,
    difference,
    mapping,
    nullable,
    score,
)
from pytest_mathbench.reporting.sections.wording import counted, interval, points

_NAMES = ("baseline", "this run")
_PAIRS = closed(
    count=COUNT,
    baseline=SCORE,
    run=SCORE,
    difference=DIFFERENCE,
    only_baseline=COUNT,
    only_run=COUNT,
    p_value=described(nullable(RATE), "McNemar's test; null where a problem has several samples"),
    detectable=described(AMOUNT, "The smallest difference that is told from none, at 5 % error and 80 % power"),
)
_COST = closed(
    requests=COUNT,
    prompt_tokens=COUNT,
    completion_tokens=COUNT,
    seconds=AMOUNT,
    executions=COUNT,
    money=described(nullable(AMOUNT), "By each run's own price, or its endpoint's figure; null where it is unknown"),
)


class AgainstBaseline:
    """What was gained and lost against a baseline, and what it cost; nothing without one."""

    name, title = "baseline", "Against the baseline"
    schema = described(
        nullable(
            closed(
                pairs=_PAIRS,
                domains=mapping(_PAIRS),
                levels=mapping(_PAIRS),
                unpaired=described(COUNT, "Attempts that one of the two has not measured, or on another problem"),
                costs=described(closed(baseline=_COST, run=_COST), "Of the pairs, generation in seconds"),
                program_seconds=described(
                    nullable(closed(count=COUNT, baseline=AMOUNT, run=AMOUNT, difference=DIFFERENCE)),
                    "CPU seconds, on average, of programs that answered in both",
                ),
            )
        ),
        "On the attempts that both have measured. Null where there is no baseline. Differences are the run's minus "
        "the baseline's",
    )

    def add(self, result: ItemResult) -> None:
        """Take nothing: the comparison is made of the attempts of both runs."""

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield the difference by domain and level, then the costs."""
        if (found := context.comparison) is None:
            return
        pairs = found.pairs
        sure = "" if pairs.difference.low is None else f"95% interval {interval(pairs.difference)}, "
        yield Headline(
            "points against the baseline",
            points(pairs.difference.value),
            f"{sure}{counted(pairs.count, 'pair')}; {100 * pairs.detectable:.1f} points could be told from none",
        )
        yield from comparison.blocks(found, _NAMES)

    def as_json(self, context: Context) -> object:
        """Return the same, and null without a baseline."""
        if (found := context.comparison) is None:
            return None
        before, after = found.costs
        return {
            "pairs": _pairs(found.pairs),
            "domains": {domain: _pairs(pairs) for domain, pairs in found.domains.items()},
            "levels": {str(level): _pairs(pairs) for level, pairs in found.levels.items()},
            "unpaired": found.unpaired,
            "costs": {"baseline": asdict(before), "run": asdict(after)},
            "program_seconds": _program_seconds(found),
        }


def _pairs(pairs: Pairs) -> dict[str, Any]:
    return {
        "count": pairs.count,
        "baseline": score(pairs.first),
        "run": score(pairs.second),
        "difference": difference(pairs.difference),
        "only_baseline": pairs.only_first,
        "only_run": pairs.only_second,
        "p_value": pairs.p_value,
        "detectable": pairs.detectable,
    }


def _program_seconds(found: Comparison) -> dict[str, Any] | None:
    if found.program_difference is None:
        return None
    before, after = zip(*found.program_seconds, strict=True)
    return {
        "count": len(found.program_seconds),
        "baseline": fmean(before),
        "run": fmean(after),
        "difference": difference(found.program_difference),
    }
