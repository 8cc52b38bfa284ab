"""Runs at equal cost, as people and machines read it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_mathbench.analysis.at_cost import COMPARED, MULTIPLES, At, AtCost, Lead, Measure
from pytest_mathbench.analysis.statistics import ERROR
from pytest_mathbench.reporting.blocks import Block, Cell, Chart, Headline, Table
from pytest_mathbench.reporting.sections.shapes import difference, score
from pytest_mathbench.reporting.sections.wording import DASH, counted, interval, percent, points

SCHEMA = 1
"""The number of what `as_json` returns."""

NAMES = {Measure.TOKENS: "completion tokens", Measure.REQUESTS: "requests", Measure.SECONDS: "seconds of generation"}

_SHORT = {Measure.TOKENS: "tokens", Measure.REQUESTS: "requests", Measure.SECONDS: "seconds"}

_ORDINALS = ("th", "st", "nd", "rd")
_TEENS = range(11, 14)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is compared: a name for each run, its folder, what was found by each measure, and problems left out."""

    names: Sequence[str]
    folders: Sequence[str]
    found: Mapping[Measure, AtCost]
    left_out: int

    @property
    def problems(self) -> int:
        """On how many problems the runs are compared."""
        return len({path.problem for path in self.found[Measure.TOKENS].curves[0].attempts})


def ordinal(number: int) -> str:
    """Write the place of a run, counted from 1: 1st, 2nd, 3rd, 4th."""
    last = number % 10
    return f"{number}{_ORDINALS[last] if last < len(_ORDINALS) and number % 100 not in _TEENS else 'th'}"


def named(strategies: Sequence[str]) -> list[str]:
    """Name runs by their place and strategy, and by its triggers where another run has the same strategy."""
    heads = [each.partition(";")[0].replace(", ", ",").partition(" on ") for each in strategies]
    short = [name for name, _, _ in heads]
    return [
        f"{ordinal(place)} {f'{name}:{triggers}' if triggers and short.count(name) > 1 else name}"
        for place, (name, _, triggers) in enumerate(heads, 1)
    ]


def groups(shown: Shown) -> Iterator[Iterator[Block]]:
    """Yield, for a terminal, who is ahead at which budget by each measure, and the differences at equal tokens."""
    yield iter(
        [
            f"pass rates at equal cost, on {counted(shown.problems, 'problem')} that all runs measured, "
            f"{shown.left_out} left out; 1x is what a first completion of {shown.names[0]} costs"
        ]
    )
    for measure in Measure:
        yield _rates(shown, measure)
    yield _leads(shown, Measure.TOKENS)


def parts(shown: Shown) -> Iterator[tuple[str, str, Iterator[Block]]]:
    """Yield what a page shows, part by part: a name, a title, and blocks."""
    for measure in Measure:
        yield f"at-cost-{measure}", f"At equal cost: {NAMES[measure]}", _part(shown, measure)


def headlines(shown: Shown) -> Iterator[Headline]:
    """Yield who is ahead at each cost at which runs are compared, by tokens, and whether that is told from chance."""
    found = shown.found[Measure.TOKENS]
    leads = found.leads()
    for multiple in COMPARED:
        runs = found.ahead(multiple)
        best = found.curves[runs[0]].at(multiple * found.unit) if runs else None
        ahead = ", ".join(shown.names[run] for run in runs)
        yield Headline(f"ahead at {multiple:g}x the tokens", percent(best.score.rate if best else None), ahead)
    told = sum(each.corrected <= ERROR for each in leads)
    yield Headline("told from chance", f"{told} of {len(leads)}", "comparisons, corrected for their number")
    yield Headline("first completion, tokens", f"{found.unit:,.1f}", f"mean of {shown.names[0]}: 1x")


def as_json(shown: Shown) -> dict[str, Any]:
    """Return the same for machines: rates from 0 to 1, intervals of 95 %; runs count from 1.

    A budget is null where the run has no need of one: it ends by itself before.
    """
    return {
        "schema": SCHEMA,
        "problems": shown.problems,
        "left_out": shown.left_out,
        "runs": [{"name": name, "run": folder} for name, folder in zip(shown.names, shown.folders, strict=True)],
        "by": {str(measure): _measure_json(found) for measure, found in shown.found.items()},
    }


# Parts


def _part(shown: Shown, measure: Measure) -> Iterator[Block]:
    found = shown.found[measure]
    yield _curves(shown, measure)
    for baseline in found.baselines:
        if leads := [lead for lead in found.leads() if lead.baseline == baseline]:
            caption = f"Points ahead of {shown.names[baseline]}, with 95% intervals"
            yield Chart("differences", caption, [_difference(shown, lead) for lead in leads])
    yield from _rates(shown, measure)
    yield from _leads(shown, measure)


def _rates(shown: Shown, measure: Measure) -> Iterator[Block]:
    found = shown.found[measure]
    rows: list[list[Cell]] = [
        [
            name,
            *(DASH if at is None else percent(at.score.rate) for at in found.row(run)),
            f"{found.curves[run].most / found.unit:.2f}x" if found.unit else DASH,
        ]
        for run, name in enumerate(shown.names)
    ]
    ahead = [_ahead(found, multiple) for multiple in MULTIPLES]
    yield Table(
        [f"by {_SHORT[measure]}", *(f"{multiple:g}x" for multiple in MULTIPLES), "spent"],
        [*rows, ["ahead", *ahead, ""]],
    )
    yield f"1x is {found.unit:,.{_places(measure)}f} {NAMES[measure]} an attempt"


def _ahead(found: AtCost, multiple: float) -> str:
    """Name the run that is ahead; of several that are level, say how many."""
    runs = found.ahead(multiple)
    return ordinal(runs[0] + 1) if len(runs) == 1 else f"{len(runs)} level"


def _leads(shown: Shown, measure: Measure) -> Iterator[Block]:
    leads = shown.found[measure].leads()
    for baseline in shown.found[measure].baselines:
        rows = [_lead(shown, lead) for lead in leads if lead.baseline == baseline]
        if rows:
            head = [f"less {shown.names[baseline]}", f"{_SHORT[measure]}", "points", "95% interval", "won", "lost", "p"]
            yield Table(head, rows)
            yield f"p is two-sided, and corrected for {counted(len(rows), 'comparison')} (Holm)"


def _lead(shown: Shown, lead: Lead) -> list[Cell]:
    return [
        shown.names[lead.run],
        f"{lead.multiple:g}x",
        points(lead.difference.value),
        interval(lead.difference),
        str(lead.pairs.only_second),
        str(lead.pairs.only_first),
        f"{lead.corrected:.3f}",
    ]


def _curves(shown: Shown, measure: Measure) -> Chart:
    found = shown.found[measure]
    dotted = " and ".join(f"{multiple:g}x" for multiple in COMPARED)
    caption = (
        f"Pass rate by mean {NAMES[measure]} of an attempt, with 95% intervals; dashed where a run has ended, "
        f"dotted at {dotted}"
    )
    marks = [multiple * found.unit for multiple in COMPARED]
    data = [
        {"name": name, "points": [_point(at) for at in curve.points()], "unit": NAMES[measure], "marks": marks}
        for name, curve in zip(shown.names, found.curves, strict=True)
    ]
    return Chart("costs", caption, data)


def _point(at: At) -> dict[str, float | None]:
    low, high = at.score.interval
    return {"cost": at.cost, "rate": at.score.rate, "low": low, "high": high}


def _difference(shown: Shown, lead: Lead) -> dict[str, Any]:
    return {"name": f"{lead.multiple:g}x {shown.names[lead.run]}", **difference(lead.difference)}


def _places(measure: Measure) -> int:
    return 2 if measure == Measure.SECONDS else 1


# Machines


def _measure_json(found: AtCost) -> dict[str, Any]:
    return {
        "unit": found.unit,
        "curves": [[_at_json(at) for at in curve.points()] for curve in found.curves],
        "at": [
            {"multiple": multiple, "runs": [at and _at_json(at) for at in each]}
            for multiple, each in zip(
                MULTIPLES, zip(*(found.row(run) for run in range(len(found.curves))), strict=True), strict=True
            )
        ],
        "differences": [
            {
                "baseline": lead.baseline + 1,
                "run": lead.run + 1,
                "multiple": lead.multiple,
                "difference": difference(lead.difference),
                "won": lead.pairs.only_second,
                "lost": lead.pairs.only_first,
                "p_value": lead.p_value,
                "corrected": lead.corrected,
            }
            for lead in found.leads()
        ],
    }


def _at_json(at: At) -> dict[str, Any]:
    budget = None if math.isinf(at.budget) else at.budget
    return {"budget": budget, "cost": at.cost, "score": score(at.score)}
