"""Several models' runs → the tables of a paper, for a terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.durations import Stage
from pytest_mathbench.analysis.matrix import Attempts, Unsolved
from pytest_mathbench.analysis.noise import Noise
from pytest_mathbench.domains import NO_LEVEL, in_order, label
from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.reporting.blocks import Cell, Table
from pytest_mathbench.reporting.report import Report
from pytest_mathbench.reporting.sections.durations import Durations
from pytest_mathbench.reporting.sections.not_measured import NotMeasured
from pytest_mathbench.reporting.sections.outcomes import Outcomes
from pytest_mathbench.reporting.sections.wording import DASH, percent
from pytest_mathbench.reporting.table import aligned, rate, written


@dataclass(frozen=True, slots=True)
class Row:
    """One model's run. `wall_seconds` is how long it took, where that is known."""

    model: str
    report: Report
    attempts: Attempts
    wall_seconds: float | None = None


def row(model: str, results: Iterable[ItemResult], wall_seconds: float | None) -> Row:
    """Add up one model's run."""
    report, attempts = Report(), dict[str, Counter[Outcome]]()
    for result in results:
        report.add(result)
        if result.outcome is not None:
            attempts.setdefault(result.problem.id, Counter())[result.outcome] += 1
    return Row(model, report, attempts, wall_seconds)


def lines(rows: Sequence[Row], unsolved: Unsolved) -> Iterator[str]:
    """Yield model × domain, model × level, time against accuracy, and the problems that no model solved."""
    ranked = sorted(rows, key=lambda row: row.report.scores.total.rate or 0.0, reverse=True)
    domains = in_order({domain for row in rows for domain in row.report.scores.domains})
    levels = sorted({level for row in rows for level in row.report.scores.levels if level != NO_LEVEL})
    for name, columns in (
        ("model × domain", [(label(domain), Bucket(domain)) for domain in domains]),
        ("model × level", [(f"level {level}", Bucket(level=level)) for level in levels]),
    ):
        buckets = [*(bucket for _, bucket in columns), Bucket()]
        rates: list[list[Cell]] = [[row.model, *map(row.report.scores.of, buckets)] for row in ranked]
        yield from written([Table([name, *(column for column, _ in columns), "all"], rates)])
        yield ""
    yield from aligned([_TIMES, *map(_times, ranked)])
    yield ""
    yield from _unsolved(unsolved)


def noise(found: Sequence[Noise]) -> Iterator[str]:
    """Yield how much each bucket's pass rate moves, and which margin that suggests."""
    rows = [
        [
            "noise",
            "problems",
            "mean",
            "deviation",
            "largest",
            "discordant",
            "margin, points",
            "found, points",
            *_MARGINS,
        ]
    ]
    rows += [
        [
            each.bucket,
            str(each.problems),
            f"{sum(each.rates) / len(each.rates):.1%}",
            f"{100 * each.deviation:.1f}",
            f"{100 * each.largest:.1f}",
            f"{each.discordant:.1%}",
            f"{100 * each.margin:.1f}",
            f"{100 * each.detectable:.1f}",
            *(f"{each.fails_by_points(margin):.1%}" for margin in _MARGINS.values()),
        ]
        for each in found
    ]
    yield from aligned(rows)
    yield f"of {len(found[-1].rates)} runs of one set-up; deviation and largest difference of two in points"
    yield "a gate on points alone needs the margin to fail no more than 5% of unchanged runs; by 1, 2 and 5 points it"
    yield "fails so many of them. 'no worse than baseline' needs none for that: it asks whether a drop is chance, and"
    yield "finds one of so many points in 80% of runs, as the only comparison"


_MARGINS = {"by 1": 0.01, "by 2": 0.02, "by 5": 0.05}


_TIMES = [
    "time against accuracy",
    "accuracy",
    "generation, s",
    "execution, s",
    "program CPU, s",
    "tokens",
    "unsafe",
    "not measured",
    "whole run, s",
]


def _times(row: Row) -> list[str]:
    report, total = row.report, row.report.scores.total
    spreads, outcomes = report[Durations].overall, report[Outcomes]
    means = [
        f"{spread.mean:.{places}f}" if (spread := spreads.get(stage)) else DASH
        for stage, places in ((Stage.GENERATION, 2), (Stage.EXECUTION, 3), (Stage.PROGRAM_CPU, 3))
    ]
    return [
        row.model,
        rate(total),
        *means,
        f"{outcomes.completion_tokens / total.measured:.0f}" if total.measured else DASH,
        percent(outcomes.unsafe_rate),
        str(len(report[NotMeasured])),
        DASH if row.wall_seconds is None else f"{row.wall_seconds:.0f}",
    ]


def _unsolved(unsolved: Unsolved) -> Iterator[str]:
    share = f" ({len(unsolved.problems) / unsolved.shared:.2%})" if unsolved.shared else ""
    yield f"solved by no model: {len(unsolved.problems)} of {unsolved.shared} that all have measured{share}"
    if not unsolved.problems:
        return
    yield "how their attempts ended: " + ", ".join(
        f"{count} {outcome}" for outcome, count in unsolved.reasons.most_common()
    )
    for problem, outcomes in unsolved.problems.items():
        yield f"  {problem}: " + ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
