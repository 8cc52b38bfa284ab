"""A run, or two that are compared → one HTML page that opens offline.

Everything in it that a model or a problem set has written is hostile: it is escaped by Jinja2 or `markup`, or lies in
the page as compressed JSON; a Content-Security-Policy lets nothing run but our own scripts, and nothing be fetched.
"""

import base64
import gzip
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pytest_mathbench import difficulty
from pytest_mathbench.analysis.comparison import Comparison, Pairs
from pytest_mathbench.analysis.decisions import Status
from pytest_mathbench.analysis.history import History
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.domains import NO_LEVEL, label
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.records import AttemptId, ItemResult, Outcome
from pytest_mathbench.reporting import at_cost, markup
from pytest_mathbench.reporting import comparison as compared
from pytest_mathbench.reporting import history as looked_back
from pytest_mathbench.reporting.blocks import Block, Chart, Fact, Headline, Listing, Part, Point, Table
from pytest_mathbench.reporting.report import Report
from pytest_mathbench.reporting.sections import wording
from pytest_mathbench.reporting.sections.section import Context

_BLOCK = 50
"""Attempts whose texts are compressed together: opening one inflates so many, and opening the page none."""

_MOST_TEXTS = 3 << 20
"""How many bytes the texts of right attempts may take in a page, and those of all others; the rest is left out."""

_TITLE = 90
_DOMAIN = 100
_PLOT_STYLE = "sha256-+TfQir1nvDucAdvE6XUQBt4ayUjpAWkbw2kCdSfekHM="
"""The hash of the one style element that Observable Plot makes."""


@dataclass(frozen=True, slots=True)
class Side:
    """One run on a page."""

    name: str
    info: RunInfo
    results: Iterable[ItemResult]


@dataclass(slots=True)
class _Shown:
    """What a page shows above its problems: headlines, sections with their blocks, and the data of the charts."""

    headlines: list[Headline] = field(default_factory=list)
    sections: list[tuple[str, str, list[tuple[str, list[Any]]]]] = field(default_factory=list)
    charts: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, title: str, blocks: Iterable[Block]) -> None:
        """Take a section's blocks, those of a kind that follow each other together; nothing is no section."""
        others: list[Block | tuple[str, Chart]] = []
        for block in blocks:
            if isinstance(block, Headline):
                self.headlines.append(block)
            elif isinstance(block, Chart):
                number = f"{name}-{len(self.charts)}"
                self.charts[number] = block.data
                others.append((number, block))
            else:
                others.append(block)
        if others:
            self.sections.append(
                (name, title, [(kind, list(group)) for kind, group in itertools.groupby(others, _kind)])
            )


def _kind(block: object) -> str:
    """Return the name of the macro that shows a block (templates/blocks.html.j2)."""
    kinds = {str: "texts", Fact: "facts", Table: "tables", Listing: "listings", tuple: "charts"}
    return next(name for kind, name in kinds.items() if isinstance(block, kind))


def render(report: Report, context: Context, results: Iterable[ItemResult]) -> Iterator[str]:
    """Yield the page of a run, piece by piece: the sections of its report, then every one of its results."""
    shown = _Shown()
    for section in report.sections:
        shown.add(section.name, section.title, section.blocks(context))
    rate = wording.percent(report.scores.total.rate)
    return _page("run.html.j2", [Side("this run", context.info, results)], shown, rate=rate)


def render_comparison(first: Side, second: Side, comparison: Comparison, differences: Sequence[str]) -> Iterator[str]:
    """Yield the page of two runs on the same problems; `differences` say in what their settings differ."""
    names, shown = (first.name, second.name), _Shown()
    shown.add("pairs", "Pair by pair", [*_headlines(comparison, names), *compared.blocks(comparison, names)])
    rows = [
        *((label(domain), pairs) for domain, pairs in comparison.domains.items()),
        *((f"level {level}", pairs) for level, pairs in comparison.levels.items() if level != NO_LEVEL),
        ("all", comparison.pairs),
    ]
    caption = f"Paired difference in points, {second.name} minus {first.name}, with its 95% interval"
    chart = Chart("differences", caption, [_difference(name, pairs) for name, pairs in rows])
    shown.add("differences", "Differences", [chart])
    difference = wording.points(comparison.pairs.difference.value)
    return _page("comparison.html.j2", [first, second], shown, difference=difference, differences=differences)


def render_history(history: History) -> Iterator[str]:
    """Yield the page of runs over time; of none, it says how to make one."""
    shown = _Shown()
    for number, line in enumerate(history.lines, 1):
        of = f", line {number}" if len(history.lines) > 1 else ""
        if number == 1:
            shown.headlines.extend(looked_back.headlines(line))
        for title, blocks in looked_back.parts(line):
            shown.add(f"{title.lower().replace(' ', '-')}-{number}", f"{title}{of}", blocks)
    if not history.lines:
        shown.add("begin", "How to begin", [looked_back.NOTHING])
    shown.add("apart", "In no line", looked_back.apart(history.apart))
    models = list(dict.fromkeys(run.info.model for line in history.lines for run in line.runs))
    return _page("history.html.j2", [], shown, models=models)


def render_at_cost(found: at_cost.Shown, infos: Sequence[RunInfo]) -> Iterator[str]:
    """Yield the page of several runs at equal cost: pictures and tables by each measure."""
    shown = _Shown()
    shown.headlines.extend(at_cost.headlines(found))
    for name, title, blocks in at_cost.parts(found):
        shown.add(name, title, blocks)
    return _page("at_cost.html.j2", [], shown, runs=list(zip(found.names, infos, strict=True)))


def _headlines(comparison: Comparison, names: tuple[str, str]) -> Iterator[Headline]:
    pairs, (before, after) = comparison.pairs, comparison.costs
    for name, score in zip(names, (pairs.first, pairs.second), strict=True):
        yield Headline(name, wording.percent(score.rate), f"95% interval {wording.bounds(score.interval)}")
    chance = "" if pairs.p_value is None else f"; McNemar p {pairs.p_value:.3f}"
    sure = f"95% interval {wording.interval(pairs.difference)}{chance}"
    yield Headline("difference, points", wording.points(pairs.difference.value), sure)
    power = f"points, with {pairs.count} pairs, at 5% error and 80% power"
    yield Headline("can be told from none", f"{100 * pairs.detectable:.1f}", power)
    ratio = f"{after.completion_tokens / before.completion_tokens:.2f} x" if before.completion_tokens else wording.DASH
    yield Headline("completion tokens", ratio, f"{before.completion_tokens:,} → {after.completion_tokens:,}")


def _difference(name: str, pairs: Pairs) -> dict[str, Any]:
    found = pairs.difference
    return {"name": name, "value": found.value, "low": found.low, "high": found.high, "count": pairs.count}


def _page(template: str, sides: Sequence[Side], shown: _Shown, **context: object) -> Iterator[str]:
    attempts = _Attempts(sides)
    script = "\n".join(_read(f"vendor/{name}.min.js") for name in ("d3", "plot.umd")) + "\n" + _read("page.js")
    style = _read("page.css")
    environment = Environment(
        loader=PackageLoader("pytest_mathbench.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": wording.percent,
        "rate": wording.rate,
        "interval": _interval,
        "tint": _tint,
        "mark": _mark,
        "places": _places,
        "moment": _moment,
        "shown": markup.shown,
    }
    environment.tests |= {"part": _is(Part), "score": _is(Score), "heat": _has_parts}
    return environment.get_template(template).generate(
        sides=sides,
        headlines=shown.headlines,
        sections=shown.sections,
        policy=f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}' '{_PLOT_STYLE}'",
        script=Markup(script),  # noqa: S704 - ours, and what is vendored
        style=Markup(style),  # noqa: S704 - ours
        blocks=attempts.blocks(),
        data=lambda: _packed(attempts.data(shown.charts)),  # after the blocks, when all is known
        **context,
    )


# Problems


class _Attempts:
    """What a page shows of every attempt; of two runs, of those that are in both. Read once, by `blocks`."""

    def __init__(self, sides: Sequence[Side]) -> None:
        self._sides = sides
        self._problems: dict[str, tuple[int, list[Any]]] = {}
        self._rows: list[str] = []  # in JSON, which takes less memory than what it is of
        self._left_out = 0

    def blocks(self) -> Iterator[tuple[int, str]]:
        """Yield the attempts' texts in numbered blocks, each packed as soon as it is full."""
        numbers = itertools.count()
        filling: dict[bool, tuple[int, list[Any]]] = {}
        left = {True: _MOST_TEXTS, False: _MOST_TEXTS}
        for attempt in self._pairs():
            right = all(result.outcome == Outcome.CORRECT for result in attempt)
            place = None
            if left[right] > 0:
                number, block = filling.get(right) or filling.setdefault(right, (next(numbers), []))
                place = number * _BLOCK + len(block)
                block.append([_texts(result) for result in attempt])
                if len(block) == _BLOCK:
                    packed = _packed(_json(filling.pop(right)[1]))
                    left[right] -= len(packed)
                    yield number, packed
            self._add(attempt, place)
        for number, block in filling.values():
            yield number, _packed(_json(block))

    def data(self, figures: dict[str, Any]) -> str:
        """Return in JSON what the list of problems and the charts are made of."""
        problems = [head for _, head in self._problems.values()]
        marks = dict.fromkeys(head[1] for head in problems)
        known = {
            "names": [side.name for side in self._sides],
            "problems": problems,
            "block": _BLOCK,
            "left_out": self._left_out,
            "domains": {mark: markup.shown(label(mark), _DOMAIN) for mark in marks},
            "figures": figures,
        }
        return f'{_json(known)[:-1]},"rows":[{",".join(self._rows)}]}}'

    def _add(self, attempt: Sequence[ItemResult], place: int | None) -> None:
        """Note what the table shows; `place` is that of the texts among all, None if they are left out."""
        problem, sample = attempt[0].problem, attempt[0].sample
        if problem.id not in self._problems:
            domain, statement = markup.shown(problem.domain, _DOMAIN), markup.shown(problem.statement, _TITLE)
            head = [markup.shown(problem.id, 200), domain, problem.level, " ".join(statement.split())]
            self._problems[problem.id] = (len(self._problems), head)
        number, _ = self._problems[problem.id]
        row = [number, sample, place, [_figures(result) for result in attempt]]
        self._rows.append(_json(row))
        self._left_out += place is None

    def _pairs(self) -> Iterator[Sequence[ItemResult]]:
        """Yield the results of an attempt in each run."""
        if len(self._sides) == 1:
            yield from ((result,) for result in self._sides[0].results)
            return
        found: dict[AttemptId, list[ItemResult]] = {}
        for side in self._sides:
            for result in side.results:
                found.setdefault(result.attempt, []).append(result)
        yield from (results for results in found.values() if len(results) == len(self._sides))


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
        if result.completion.reasoning:
            texts["thinking"] = markup.shown(result.completion.reasoning)
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
    """Yield names and values of what is known of the family, and of what happened, stage by stage."""
    if measured := difficulty.of(result.problem):
        yield "family", markup.shown(f"{result.problem.family}, solved by {', '.join(map(str, measured))}", 300)
    if completion := result.completion:
        thinking = f", {completion.thinking_tokens} of them thinking" if completion.thinking_tokens else ""
        cut = ", cut off by the token limit" if completion.truncated else ""
        yield "generation", f"{completion.seconds:.2f} s after {completion.queued_seconds:.2f} s in the queue"
        yield "tokens", f"{completion.prompt_tokens} prompt, {completion.completion_tokens} completion{thinking}{cut}"
    if execution := result.execution:
        detail = f": {execution.detail}" if execution.detail else ""
        yield "execution", markup.shown(f"{execution.ending.replace('_', ' ')}{detail}", 300)
        yield "program time", f"{execution.cpu_seconds:.3f} s CPU, {execution.wall_seconds:.3f} s wall"
        for kind, operation in execution.unsafe.items():
            yield "unsafe", markup.shown(f"{kind}: {operation}", 300)
    if grade := result.grade:
        lenient = f", lenient: {grade.lenient_rule}" if grade.lenient_rule else ""
        yield "grade", f"{'right' if grade.strict else 'wrong'} by the rule {grade.rule}{lenient}"
    if ruling := result.ruling:
        word = "right" if ruling.correct else "wrong"
        yield "ruling", markup.shown(f"{word}, by {ruling.who}, {ruling.when}: {ruling.why}", 300)
    if effort := result.effort:
        yield "effort", f"{effort.requests} requests, {effort.executions} executions; {effort.ended}"


# Filters and tests of the templates, and what the page is packed of


def _is(kind: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, kind)


def _has_parts(table: Table) -> bool:
    return any(isinstance(cell, Part) for row in table.rows for cell in row)


def _interval(score: Score) -> str:
    """Write the 95 % interval in per cent, as short as a cell of the heat map is narrow."""
    low, high = score.interval
    return f"{100 * low:.0f}–{100 * high:.0f}"


def _tint(rate: float | None) -> str:
    """Return the class of a cell's colour, of eleven."""
    return "" if rate is None else f"tint{round(10 * rate)}"


def _mark(text: str) -> str:
    """Return the class of a status or of a change; nothing for any other text."""
    return text.lower() if text in {*Status, *looked_back.MARKS} else ""


def _places(trend: Sequence[Point]) -> list[tuple[float, float, str]]:
    """Return where a trend's points are, each in 10 by 20 units of a picture, and their marks."""
    values = [point.value for point in trend if point.value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    return [
        (
            10 * number + 5,
            10.0 if point.value is None or low == high else round(16 - 12 * (point.value - low) / (high - low), 1),
            point.mark,
        )
        for number, point in enumerate(trend)
    ]


def _moment(started: str) -> str:
    """Write out when a run was started."""
    return f"{datetime.fromisoformat(started).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _json(data: object) -> str:
    return json.dumps(data, separators=(",", ":"))


def _packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode()


@cache
def _read(name: str) -> str:
    return (files("pytest_mathbench.reporting") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
