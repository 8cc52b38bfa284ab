"""The history of a project's runs, as people and machines read it."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.history import Apart, History, Line, Past, Shift
from pytest_mathbench.reporting.blocks import Block, Chart, Fact, Headline, Item, Listing, Table
from pytest_mathbench.reporting.sections.shapes import difference, score
from pytest_mathbench.reporting.sections.wording import (
    DASH,
    amount,
    bounds,
    counted,
    decimals,
    interval,
    percent,
    points,
)

SCHEMA = 1
"""The number of what `as_json` returns."""

ERROR_RATE = "an unchanged model ever has a mark in at most 5% of histories"
"""What the error is of, as it is shown: all buckets together, however long a history grows."""

MARKS = ("drop", "rise")
"""What a change is."""

NOTHING = "No run is recorded here yet: pytest --mathbench-model=NAME makes one."

_HASH_SHOWN = 8
_MODEL_SHOWN = 24
_MOST_APART = 10


def blocks(history: History) -> Iterator[Block]:
    """Yield each line, and the runs that are in none: what a terminal shows."""
    for line in history.lines:
        for _, part in parts(line):
            yield from part
            yield ""
    if not history.lines:
        yield NOTHING
    yield from apart(history.apart)


def parts(line: Line) -> Iterator[tuple[str, Iterator[Block]]]:
    """Yield what is shown of a line, part by part: a title, and blocks."""
    yield "Changes", _changes(line)
    yield "Runs", _runs(line)
    yield "Pass rates", _rates(line)
    yield "Cost and speed", _costs(line)


def apart(those: Sequence[Apart]) -> Iterator[Block]:
    """Yield the runs that are in no line, with the reason."""
    if those:
        yield Fact("apart", f"{counted(len(those), 'run')} in no line")
        yield Listing([Item(each.place, details=[each.why]) for each in those], most=_MOST_APART)


def headlines(line: Line) -> Iterator[Headline]:
    """Yield the figures of a line that matter: where it stands, and what changed last."""
    last, shifts = line.runs[-1], line.shifts
    rate = last.score(Bucket())
    yield Headline("pass rate, newest run", percent(rate.rate), f"95% interval {bounds(rate.interval)}")
    yield Headline("runs", str(len(line.runs)), f"{_day(line.runs[0])} to {_day(last)}")
    places = len({shift.change.first for shift in shifts})
    newest = f"the last at run {shifts[-1].change.first + 1}" if shifts else "none that is told from noise"
    yield Headline("changes", str(places), newest)
    if last.gates:
        yield Headline("gates, newest run", last.gates, _when(last))


def as_json(history: History) -> dict[str, Any]:
    """Return the same for machines: rates from 0 to 1, intervals of 95 %, durations in seconds; runs count from 1."""
    return {
        "schema": SCHEMA,
        "error_rate": ERROR_RATE,
        "lines": [
            {
                "runs": [_run_json(run) for run in line.runs],
                "buckets": {bucket.name: [score(run.score(bucket)) for run in line.runs] for bucket in line.buckets},
                "changes": [_shift_json(line, shift) for shift in line.shifts],
            }
            for line in history.lines
        ],
        "apart": [{"run": each.place, "why": each.why} for each in history.apart],
    }


# Parts


def _changes(line: Line) -> Iterator[Block]:
    yield Fact("history", f"{counted(len(line.runs), 'run')}, {_day(line.runs[0])} to {_day(line.runs[-1])}")
    found = groupby(line.shifts, key=lambda shift: shift.change.first)
    items = [_change(line, list(shifts)) for _, shifts in found]
    yield Fact("changes", f"{len(items)} told from noise" if items else "none that is told from noise")
    yield Fact("error rate", ERROR_RATE)
    if items:
        yield Listing(items)


def _change(line: Line, shifts: Sequence[Shift]) -> Item:
    """Say what changed at one place: first the bucket that comes first, then the others."""
    main, *others = shifts
    change = main.change
    last, first = (f"run {number + 1}, {_identity(line.runs[number])}" for number in change.between)
    likeliest = "" if change.between[1] - change.between[0] == 1 else f"; likeliest run {change.first + 1}"
    details = [
        f"last run before: {last}",
        f"first run after: {first}{likeliest}",
        f"95% interval {interval(main.difference)}; seen at run {change.seen + 1}: p {change.p_value:.1g}, "
        f"enough is {change.allowed:.1g}",
    ]
    if others:
        told = ", ".join(f"{shift.bucket.label} {points(shift.difference.value)}" for shift in others)
        details.append(f"as well: {told}")
    if settings := line.settings_changed(change):
        details.append(f"what else changed there: {settings}")
    mark = MARKS[main.difference.value > 0]
    return Item(f"{main.bucket.label} {points(main.difference.value)} points", mark=mark, details=details)


def _runs(line: Line) -> Iterator[Block]:
    shifted = {shift.change.first: shift for shift in reversed(line.shifts) if shift.bucket == Bucket()}
    columns = {
        "run": [str(number) for number, _ in enumerate(line.runs, 1)],
        "started, UTC": [_when(run) for run in line.runs],
        "pass rate": [percent(run.score(Bucket()).rate) for run in line.runs],
        "95% interval": [bounds(run.score(Bucket()).interval) for run in line.runs],
        "change": [
            points(shifted[number].difference.value) if number in shifted else "" for number in range(len(line.runs))
        ],
        "gates": [str(run.gates or "") for run in line.runs],
        "commit": [_commit(run.info.commit) for run in line.runs],
    }
    yield _chart(line, Bucket())
    yield _table(columns)


def _rates(line: Line) -> Iterator[Block]:
    first, last = line.runs[0], line.runs[-1]
    firsts = {
        bucket: ", ".join(
            f"{shift.change.first + 1} ({points(shift.difference.value)})"
            for shift in line.shifts
            if shift.bucket == bucket
        )
        for bucket in line.buckets
    }
    yield _table(
        {
            "pass rate": [bucket.label for bucket in line.buckets],
            "first": [percent(first.score(bucket).rate) for bucket in line.buckets],
            "last": [percent(last.score(bucket).rate) for bucket in line.buckets],
            "95% interval": [bounds(last.score(bucket).interval) for bucket in line.buckets],
            "changed at run": list(firsts.values()),
        }
    )
    for bucket in line.buckets[:-1]:
        yield _chart(line, bucket)


def _costs(line: Line) -> Iterator[Block]:
    runs = line.runs
    places = decimals(run.cost.money for run in runs)
    yield _table(
        {
            "run": [str(number) for number, _ in enumerate(runs, 1)],
            "model": [_tail(run.info.model) for run in runs],
            "mathbench": [run.info.versions.get("pytest-mathbench", "") for run in runs],
            "tokens": [f"{run.cost.completion_tokens:,}" for run in runs],
            "tokens/s": [DASH if (speed := run.tokens_per_second) is None else f"{speed:,.1f}" for run in runs],
            "cost": ["" if run.cost.money is None else amount(run.cost.money, places) for run in runs],
            "time, s": ["" if run.wall_seconds is None else f"{run.wall_seconds:,.0f}" for run in runs],
        }
    )
    yield "tokens of completions of the measured attempts; tokens/s is of one request"
    for caption, values in (
        ("Completion tokens", [run.cost.completion_tokens for run in runs]),
        ("Tokens per second of a request", [run.tokens_per_second for run in runs]),
        ("Cost", [run.cost.money for run in runs]),
        ("Time of the whole run, s", [run.wall_seconds for run in runs]),
    ):
        if any(values):
            yield Chart("amounts", caption, [{"run": number, "value": value} for number, value in enumerate(values, 1)])


def _table(columns: dict[str, list[str]]) -> Table:
    """Make a table of its columns, without those that have nothing."""
    kept = {name: cells for name, cells in columns.items() if any(cells)}
    return Table(list(kept), list(zip(*kept.values(), strict=True)))


def _chart(line: Line, bucket: Bucket) -> Chart:
    firsts = [0, *(shift.change.first for shift in line.shifts if shift.bucket == bucket), len(line.runs)]
    data = []
    for start, end in pairwise(firsts):
        stretch = sum((run.score(bucket) for run in line.runs[start + 1 : end]), line.runs[start].score(bucket))
        for number in range(start, end):
            found = score(line.runs[number].score(bucket))
            data.append(
                {
                    "run": number + 1,
                    "rate": found["rate"],
                    "low": found["low"],
                    "high": found["high"],
                    "stretch": start + 1,
                    "mean": stretch.rate,
                }
            )
    caption = "95% intervals, and the mean between changes" if bucket == Bucket() else bucket.label
    return Chart("history", caption, data)


# Machines


def _run_json(run: Past) -> dict[str, Any]:
    info = run.info
    return {
        "run": run.place,
        "started": info.started,
        "commit": info.commit,
        "model": info.model,
        "resolved_model": info.resolved_model,
        "version": info.versions.get("pytest-mathbench"),
        "measured": run.measured,
        "gates": run.gates,
        "completion_tokens": run.cost.completion_tokens,
        "tokens_per_second": run.tokens_per_second,
        "cost": run.cost.money,
        "wall_seconds": run.wall_seconds,
    }


def _shift_json(line: Line, shift: Shift) -> dict[str, Any]:
    change = shift.change
    last, first = (line.runs[number] for number in change.between)
    return {
        "bucket": shift.bucket.name,
        "first": change.first + 1,
        "between": [number + 1 for number in change.between],
        "commits": [last.info.commit, first.info.commit],
        "seen": change.seen + 1,
        "p_value": change.p_value,
        "allowed": change.allowed,
        "difference": difference(shift.difference),
        "settings": line.settings_changed(change),
    }


# Words


def _identity(run: Past) -> str:
    commit = f", commit {_commit(run.info.commit)}" if run.info.commit else ""
    return f"{_when(run)}{commit}"


def _when(run: Past) -> str:
    return f"{run.started:%Y-%m-%d %H:%M}"


def _day(run: Past) -> str:
    return f"{run.started:%Y-%m-%d}"


def _commit(commit: str) -> str:
    """Shorten a commit; of one with changes besides, the mark stays."""
    name, _, dirty = commit.partition("-")
    return f"{name[:_HASH_SHOWN]}{'+' if dirty else ''}"


def _tail(name: str) -> str:
    return name if len(name) <= _MODEL_SHOWN else f"…{name[1 - _MODEL_SHOWN :]}"
