"""RunReport → lines for a terminal."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from pytest_mathbench.analysis.contamination import Gap
from pytest_mathbench.analysis.efforts import Efforts
from pytest_mathbench.analysis.scores import Judged, RunReport, Sampled, Score, Stage
from pytest_mathbench.analysis.statistics import Spread
from pytest_mathbench.domains import NO_LEVEL
from pytest_mathbench.verdicts import Verdict

_MAIN_STAGES = {Stage.GENERATION: 2, Stage.PROGRAM_CPU: 3}
"""Stages shown by domain, and the decimal places that they are worth."""

_MAX_FAULTS = 5
_MAX_FAULT_TEXT = 200


def lines(report: RunReport, width: int | None = None) -> Iterator[str]:
    """Yield the report: pass rates by domain and level, outcomes, durations by domain, what was not measured.

    Where `width` columns have no room for right and measured beside each rate, the rates stand alone.
    """
    if report.cells:
        yield from _pass_rates(report, width)
        yield ""
    if report.sampled:
        yield from _sampled(report)
        yield ""
    if report.gap:
        yield from contamination(report.gap)
        yield ""
    yield from _verdicts(report)
    yield from _outcomes(report)
    if report.efforts:
        yield ""
        yield from _efforts(report.efforts)
    if report.durations:
        yield ""
        yield from _durations(report)
    if report.faults:
        yield ""
        yield from _faults(report)


def _pass_rates(report: RunReport, width: int | None) -> Iterator[str]:
    whole = list(_rates_as(report, rate))
    fits = width is None or max(map(len, whole)) <= width
    yield from whole if fits else _rates_as(report, _rate_alone)


def _rates_as(report: RunReport, written: Callable[[Score], str]) -> Iterator[str]:
    levels: list[int | None] = [level for level in report.levels if level != NO_LEVEL]
    columns = [*levels, None]
    rows = [["pass rate", *(f"level {level}" for level in levels), "all"]]
    rows += [
        [domain or "all", *(written(report.score(domain, level)) for level in columns)]
        for domain in [*report.domains, None]
    ]
    yield from aligned(rows)


def rate(score: Score) -> str:
    """Write a score out: right, measured, per cent; a dash where nothing was measured."""
    return "-" if score.rate is None else f"{score.correct}/{score.measured} {score.rate:6.1%}"


def _rate_alone(score: Score) -> str:
    return "-" if score.rate is None else f"{score.rate:.1%}"


def contamination(gap: Gap) -> Iterator[str]:
    """Yield how fresh problems went beside the bundled ones, and what that says."""
    difference = gap.difference
    bundled, fresh = Score(*gap.bundled), Score(*gap.fresh)
    interval = (
        "no interval from one family"
        if difference.low is None or difference.high is None
        else f"95% interval {100 * difference.low:+.1f} to {100 * difference.high:+.1f}"
    )
    yield (
        f"contamination: bundled {rate(bundled)}, fresh {rate(fresh)}: fresh less bundled "
        f"{100 * difference.value:+.1f} points ({interval}), paired by {gap.families} families"
    )
    if difference.high is not None and difference.high < 0:
        yield "the model solves the bundled problems more often than fresh ones of the same kinds: it may know them"


def _verdicts(report: RunReport) -> Iterator[str]:
    """Yield the interval between the verdicts, what persons overruled, and the judge held against the symbols."""
    strict, lenient = (report.verdicts.get(verdict, Score()) for verdict in (Verdict.STRICT, Verdict.LENIENT))
    if strict.measured:
        judge = f"; by the judge {rate(report.verdicts[Verdict.JUDGE])}" if report.judged.rated else ""
        yield f"verdicts: strict {rate(strict)}, lenient {rate(lenient)}{judge}"
    if report.overruled:
        changes = ", ".join(f"{count} {old} → {new}" for (old, new), count in sorted(report.overruled.items()))
        yield f"overruled by a person, in the pass rates above: {changes}"
    if report.judged.rated or report.judged.faults:
        yield from _judged(report.judged)
    if strict.measured:
        yield ""


def _judged(judged: Judged) -> Iterator[str]:
    yield ""
    yield from aligned(
        [
            [f"judge, {judged.rated} answers", "strict: right", "strict: wrong"],
            ["4 or 5", str(judged.both), str(judged.only_judge)],
            ["1 to 3", str(judged.only_symbols), str(judged.neither)],
        ]
    )
    kappa = "undefined" if judged.kappa is None else f"{judged.kappa:.2f}"
    yield f"agreement {judged.agreement:.1%}, Cohen's kappa {kappa}; {judged.faults} without a rating"
    yield (
        f"judge's cost: {judged.prompt_tokens} tokens of prompts, {judged.completion_tokens} of completions, "
        f"{judged.seconds:.1f} s"
    )
    rows = [["ratings", *map(str, range(1, 6))]]
    rows += [
        [domain, *(str(counts.get(rating, 0)) for rating in range(1, 6))] for domain, counts in judged.ratings.items()
    ]
    yield from aligned(rows)


def _sampled(report: RunReport) -> Iterator[str]:
    """Yield what several samples give: on average, at best, by vote; by domain, then by level."""
    rows = [[f"{report.samples} samples", "problems", "pass@1", f"pass@{report.samples}", f"maj@{report.samples}"]]
    levels = [level for level in report.levels if level != NO_LEVEL]
    rows += [[domain, *_rates(report.sampled_score(domain))] for domain in report.domains]
    rows += [[f"level {level}", *_rates(report.sampled_score(level=level))] for level in levels]
    rows.append(["all", *_rates(report.sampled_score())])
    yield from aligned(rows)


def _rates(sampled: Sampled) -> list[str]:
    if not sampled.problems:
        return ["0", "-", "-", "-"]
    sums = (sampled.pass_at_1, sampled.pass_at_k, sampled.majority)
    return [str(sampled.problems), *(f"{each / sampled.problems:.1%}" for each in sums)]


def _outcomes(report: RunReport) -> Iterator[str]:
    counts = ", ".join(f"{count} {outcome}" for outcome, count in report.outcomes.items() if count)
    yield f"outcomes: {counts or 'none'}; {len(report.faults)} not measured"
    asides = []
    if report.truncated:
        asides.append(f"{report.truncated} cut off by the token limit")
    if report.undecided:
        asides.append(f"{report.undecided} undecided (not comparable within the limits, counted as wrong)")
    if report.echoed:
        asides.append(f"{report.echoed} whose last line was echoed")
    if asides:
        yield "of these: " + ", ".join(asides)
    if report.unsafe_programs:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(report.unsafe.items()))
        share = report.unsafe_programs / report.programs
        yield f"unsafe: {report.unsafe_programs} of {report.programs} programs ({share:.1%}) tried: {kinds}"
    if report.completion_tokens:
        yield f"tokens: {report.prompt_tokens} of prompts, {report.completion_tokens} of completions"


def _efforts(efforts: Efforts) -> Iterator[str]:
    """Yield what the strategy did, and whether that helped."""
    yield (
        f"strategy: {efforts.requests} requests and {efforts.executions} executions for {efforts.attempts} attempts; "
        f"{efforts.regenerated} regenerated, of which {efforts.mended} became right and {efforts.broke} wrong"
    )
    if efforts.triggers:
        rows = [["regenerations", "times", "mended", "broke", "repeats"]]
        rows += [
            [trigger, str(each.times), str(each.mended), str(each.broke), str(each.repeats)]
            for trigger, each in sorted(efforts.triggers.items())
        ]
        yield from aligned(rows)
    if efforts.ended:
        yield "ended by: " + ", ".join(f"{why} {count}" for why, count in efforts.ended.most_common())


def _durations(report: RunReport) -> Iterator[str]:
    """Yield the spread of the two main stages by domain, then of all stages over all domains."""
    rows = [["seconds", "generation: mean", "p50", "p95", "program CPU: mean", "p50", "p95"]]
    rows += [[domain, *_main_stages(stages)] for domain, stages in report.durations.items()]
    rows.append(["all", *_main_stages(report.overall_durations)])
    yield from aligned(rows)
    others = [(stage, each) for stage, each in report.overall_durations.items() if stage not in _MAIN_STAGES]
    means = ", ".join(f"{stage} {each.mean:.3f} (p95 {each.p95:.3f})" for stage, each in others)
    if means:
        yield f"mean seconds of the other stages: {means}"


def _main_stages(stages: Mapping[Stage, Spread]) -> list[str]:
    return [cell for stage, places in _MAIN_STAGES.items() for cell in _spread(stages.get(stage), places)]


def _spread(spread: Spread | None, places: int) -> list[str]:
    if spread is None:
        return ["-"] * 3
    return [f"{value:.{places}f}" for value in (spread.mean, spread.p50, spread.p95)]


def _faults(report: RunReport) -> Iterator[str]:
    yield f"not measured: {len(report.faults)} (outside the pass rates; neither right nor wrong)"
    causes = Counter(" ".join(fault.split())[:_MAX_FAULT_TEXT] for _, fault in report.faults)
    for cause, count in causes.most_common(_MAX_FAULTS):
        yield f"  {count} × {cause}"
    if len(causes) > _MAX_FAULTS:
        yield f"  and {len(causes) - _MAX_FAULTS} other causes"


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Align columns: the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for name, *cells in rows:
        padded = [name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))]
        yield "  ".join(padded).rstrip()
