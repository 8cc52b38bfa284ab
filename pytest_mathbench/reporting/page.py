"""A run, or two that are compared → one HTML page that opens offline.

Everything in it that a model or a problem set has written is hostile: it is escaped by Jinja2 or `markup`, or lies in
the page as compressed JSON; a Content-Security-Policy lets nothing run but our own scripts, and nothing be fetched.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pytest_mathbench.analysis.comparison import Comparison, Pairs
from pytest_mathbench.analysis.gates import Decision, overall
from pytest_mathbench.analysis.scores import RunReport, Score, Stage
from pytest_mathbench.analysis.statistics import wilson
from pytest_mathbench.domains import NO_LEVEL
from pytest_mathbench.records import ItemResult, RunInfo
from pytest_mathbench.reporting import markup

_BLOCK = 50
"""Problems whose texts are compressed together: opening one inflates so many, and opening the page none."""

_TITLE = 90
_PLOT_STYLE = "sha256-+TfQir1nvDucAdvE6XUQBt4ayUjpAWkbw2kCdSfekHM="
"""The hash of the one style element that Observable Plot makes."""


@dataclass(frozen=True, slots=True)
class Side:
    """One run on a page."""

    name: str
    info: RunInfo
    results: Iterable[ItemResult]


def render(
    side: Side, report: RunReport, decisions: Sequence[Decision] = (), comparison: Comparison | None = None
) -> str:
    """Return the page of a run; `comparison` holds it against a baseline, the baseline first."""
    return _page(
        "run.html.j2",
        [side],
        {
            "domains": [_bar(domain, report.score(domain), comparison) for domain in report.domains],
            "times": list(_times(report)),
            "outcomes": [[str(outcome).replace("_", " "), count] for outcome, count in report.outcomes.items()],
        },
        report=report,
        decisions=decisions,
        status=overall(decisions) if decisions else None,
        comparison=comparison,
    )


def render_comparison(first: Side, second: Side, comparison: Comparison, differences: Sequence[str]) -> str:
    """Return the page of two runs on the same problems; `differences` say in what their settings differ."""
    rows = [
        *comparison.domains.items(),
        *((f"level {level}", pairs) for level, pairs in comparison.levels.items() if level != NO_LEVEL),
        ("all", comparison.pairs),
    ]
    return _page(
        "comparison.html.j2",
        [first, second],
        {"differences": [_difference(name, pairs) for name, pairs in rows]},
        rows=rows,
        comparison=comparison,
        differences=differences,
    )


def _page(template: str, sides: Sequence[Side], figures: Mapping[str, Any], **context: object) -> str:
    rows, blocks = _problems(sides)
    script = "\n".join(_read(f"vendor/{name}.min.js") for name in ("d3", "plot.umd")) + "\n" + _read("page.js")
    style = _read("page.css")
    data = {"names": [side.name for side in sides], "rows": rows, "figures": figures}
    environment = Environment(
        loader=PackageLoader("pytest_mathbench.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": _percent, "interval": _interval, "tint": _tint, "shown": markup.shown}
    return environment.get_template(template).render(
        sides=sides,
        policy=f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}' '{_PLOT_STYLE}'",
        script=Markup(script),  # noqa: S704 - ours, and what is vendored
        style=Markup(style),  # noqa: S704 - ours
        data=_packed(data),
        blocks=[_packed(block) for block in blocks],
        block_size=_BLOCK,
        NO_LEVEL=NO_LEVEL,
        **context,
    )


# Problems


def _problems(sides: Sequence[Side]) -> tuple[list[list[Any]], list[list[list[Any]]]]:
    """Return a row for each attempt, and their texts in blocks; of two runs, of attempts that are in both."""
    found: dict[tuple[str, int], list[tuple[list[Any], dict[str, Any]]]] = {}
    heads: dict[tuple[str, int], list[Any]] = {}
    for side in sides:
        for result in side.results:
            key = (result.problem.id, result.sample)
            found.setdefault(key, []).append((_figures(result), _texts(result)))
            heads[key] = [
                markup.shown(result.problem.id, 200),
                result.sample,
                markup.shown(result.problem.domain, 100),
                result.problem.level,
                " ".join(markup.shown(result.problem.statement, _TITLE).split()),
            ]
    kept = [key for key in found if len(found[key]) == len(sides)]
    rows = [[*heads[key], [figures for figures, _ in found[key]]] for key in kept]
    texts = [[text for _, text in found[key]] for key in kept]
    return rows, [texts[start : start + _BLOCK] for start in range(0, len(texts), _BLOCK)]


def _figures(result: ItemResult) -> list[Any]:
    """Return what the table shows of an attempt: outcome, tokens, seconds of generation and CPU, whether unsafe."""
    completion, execution = result.completion, result.execution
    return [
        str(result.outcome or "not_measured"),
        completion.completion_tokens if completion else None,
        round(completion.seconds, 3) if completion else None,
        round(execution.cpu_seconds, 4) if execution else None,
        bool(execution and execution.unsafe),
    ]


def _texts(result: ItemResult) -> dict[str, Any]:
    """Return what an opened problem shows; `statement`, `reference` and `program` are HTML, the rest is text."""
    texts: dict[str, Any] = {
        "statement": markup.statement(result.problem.statement),
        "reference": markup.formula(result.problem.answer) or markup.statement(result.problem.answer),
        "facts": list(_facts(result)),
    }
    if result.fault:
        texts["fault"] = markup.shown(result.fault)
    if result.request:
        texts["prompt"] = markup.shown(result.request.prompt.user)
    if result.completion:
        texts["completion"] = markup.shown(result.completion.text)
    if result.program is not None:
        texts["program"] = markup.program(result.program)
    if result.execution:
        texts["stdout"] = markup.shown(result.execution.stdout)
        texts["stderr"] = markup.shown(result.execution.stderr)
    if result.grade:
        texts["answer"] = markup.shown(result.grade.answer)
        if (judgement := result.grade.judgement) is not None:
            said = judgement.fault if judgement.rating is None else f"{judgement.rating} of 5: {judgement.reason}"
            texts["judge"] = markup.shown(str(said))
    if result.effort and result.effort.regenerations:
        texts["regenerations"] = [
            markup.shown(f"{each.trigger} ({each.detail}) at token {each.position}: {each.before!r} → {each.after!r}")
            for each in result.effort.regenerations
        ]
    return texts


def _facts(result: ItemResult) -> Iterator[tuple[str, str]]:
    """Yield names and values of what happened, stage by stage."""
    if completion := result.completion:
        cut = ", cut off by the token limit" if completion.truncated else ""
        yield "generation", f"{completion.seconds:.2f} s after {completion.queued_seconds:.2f} s in the queue"
        yield "tokens", f"{completion.prompt_tokens} prompt, {completion.completion_tokens} completion{cut}"
    if execution := result.execution:
        detail = f": {execution.detail}" if execution.detail else ""
        yield "execution", markup.shown(f"{execution.ending.replace('_', ' ')}{detail}", 300)
        yield "program time", f"{execution.cpu_seconds:.3f} s CPU, {execution.wall_seconds:.3f} s wall"
        for kind, operation in execution.unsafe.items():
            yield "unsafe", markup.shown(f"{kind}: {operation}", 300)
    if grade := result.grade:
        lenient = f", lenient: {grade.lenient_rule}" if grade.lenient_rule else ""
        yield "grade", f"{'right' if grade.strict else 'wrong'} by the rule {grade.rule}{lenient}"
    if effort := result.effort:
        yield "effort", f"{effort.requests} requests, {effort.executions} executions; {effort.ended}"


# Figures


def _bar(name: str, score: Score, comparison: Comparison | None) -> dict[str, Any]:
    pairs = comparison.domains.get(name) if comparison else None
    before = pairs.first if pairs else None
    return {"name": name, **_rate(score), **({"baseline": before.rate} if before else {})}


def _rate(score: Score) -> dict[str, Any]:
    low, high = wilson(score.correct, score.measured)
    return {"rate": score.rate, "low": low, "high": high, "correct": score.correct, "measured": score.measured}


def _times(report: RunReport) -> Iterator[dict[str, Any]]:
    for domain in report.domains:
        if spread := report.durations.get(domain, {}).get(Stage.GENERATION):
            yield {"name": domain, "seconds": spread.mean, **_rate(report.score(domain))}


def _difference(name: str, pairs: Pairs) -> dict[str, Any]:
    found = pairs.difference
    return {"name": name, "value": found.value, "low": found.low, "high": found.high, "count": pairs.count}


# Filters, and what the page is packed of


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"


def _interval(score: Score) -> str:
    low, high = wilson(score.correct, score.measured)
    return f"{100 * low:.0f}–{100 * high:.0f}"


def _tint(rate: float | None) -> str:
    """Return the class of a cell's colour, of eleven."""
    return "" if rate is None else f"tint{round(10 * rate)}"


def _packed(data: object) -> str:
    text = json.dumps(data, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode()


@cache
def _read(name: str) -> str:
    return (files("pytest_mathbench.reporting") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
