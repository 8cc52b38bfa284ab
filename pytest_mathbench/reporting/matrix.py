"""Several models' runs → the tables of a paper, for a terminal."""

from collections.abc import Iterator, Sequence

from pytest_mathbench.analysis.matrix import Row, Unsolved
from pytest_mathbench.analysis.noise import Noise
from pytest_mathbench.analysis.scores import Stage
from pytest_mathbench.domains import NO_LEVEL, in_order
from pytest_mathbench.reporting.table import aligned, rate


def lines(rows: Sequence[Row], unsolved: Unsolved) -> Iterator[str]:
    """Yield model × domain, model × level, time against accuracy, and the problems that no model solved."""
    ranked = sorted(rows, key=lambda row: row.report.total.rate or 0.0, reverse=True)
    domains = in_order({domain for row in rows for domain in row.report.domains})
    levels = sorted({level for row in rows for level in row.report.levels if level != NO_LEVEL})
    yield from aligned(
        [
            ["model × domain", *domains, "all"],
            *(
                [row.model, *(rate(row.report.score(domain)) for domain in domains), rate(row.report.total)]
                for row in ranked
            ),
        ]
    )
    yield ""
    yield from aligned(
        [
            ["model × level", *(f"level {level}" for level in levels), "all"],
            *(
                [row.model, *(rate(row.report.score(level=level)) for level in levels), rate(row.report.total)]
                for row in ranked
            ),
        ]
    )
    yield ""
    yield from aligned([_TIMES, *(_times(row) for row in ranked)])
    yield ""
    yield from _unsolved(unsolved)


def noise(found: Sequence[Noise]) -> Iterator[str]:
    """Yield how much each bucket's pass rate moves, and which margin that suggests."""
    rows = [["noise", "problems", "mean", "deviation", "largest", "discordant", "margin, points"]]
    rows += [
        [
            each.bucket,
            str(each.problems),
            f"{sum(each.rates) / len(each.rates):.1%}",
            f"{100 * each.deviation:.1f}",
            f"{100 * each.largest:.1f}",
            f"{each.discordant:.1%}",
            f"{100 * each.margin:.1f}",
        ]
        for each in found
    ]
    yield from aligned(rows)
    yield f"of {len(found[-1].rates)} runs of one set-up; deviation and largest difference of two in points"
    yield "a gate on points alone needs the margin to fail no more than 5% of unchanged runs; 'no worse than baseline'"
    yield "needs none for that: it asks whether a drop is chance"


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
    report = row.report
    means = [
        f"{spread.mean:.{places}f}" if (spread := report.overall_durations.get(stage)) else "-"
        for stage, places in ((Stage.GENERATION, 2), (Stage.EXECUTION, 3), (Stage.PROGRAM_CPU, 3))
    ]
    return [
        row.model,
        rate(report.total),
        *means,
        f"{report.completion_tokens / report.total.measured:.0f}" if report.total.measured else "-",
        f"{report.unsafe_programs / report.programs:.1%}" if report.programs else "-",
        str(len(report.faults)),
        "-" if row.wall_seconds is None else f"{row.wall_seconds:.0f}",
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
